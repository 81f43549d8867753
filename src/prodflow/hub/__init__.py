"""The hub: what is where and late, how long things take, and who has how much to do.

Theory of operation. Everything here is a question about values that an app has read from its store:
orders for what is so now, histories for what has been. Nothing is read or kept here, and `today` is
an argument. Each answer is a value with its figures as fields, and its `table()` is the same for
people, as a `prodflow.export.Table`; where one table cannot show it, there are more, named
`..._table()`. Only the lists of order types and of statuses are tables from the first.

Of orders: `board`, `status_report`, `workload` and the lists `overdue`, `past_delivery` and
`due_soon` read them in one pass, and hold no more than the answer. All count alike: an open order
is overdue after its due date (decision D14), and due soon from today to a limit; never both.

Of histories: `visits` makes of each the stays of its order, which tile its life. What comes after
asks visits alone, of one order or of a million: `time_in_status`, `cycle_time`, `on_time_rate`,
`rework` and `move_graph`. `suggest_durations` learns from histories what durations would have been
kept, and `lateness_under` holds histories against any durations.

What must stay true: the columns of a board partition the orders; the visits of an order begin and
end on the same days; the times in its statuses up to its completion add up to its cycle time.
"""

from prodflow._homes import settle
from prodflow.hub._board import Board, BoardBy, BoardColumn, board
from prodflow.hub._cycletime import CycleTime, CycleTimes, Span, cycle_time
from prodflow.hub._durations import Suggestion, Suggestions, suggest_durations
from prodflow.hub._figures import Days
from prodflow.hub._lateness import Lateness, StatusLateness, lateness_under
from prodflow.hub._lists import OrderList, due_soon, overdue, past_delivery
from prodflow.hub._moves import MoveCount, MoveGraph, Rework, StatusRework, move_graph, rework
from prodflow.hub._reports import (
    Amount,
    SortBy,
    StatusCount,
    StatusReport,
    StatusReportRow,
    status_report,
)
from prodflow.hub._statuses import in_use, order_type_table, status_table
from prodflow.hub._times import (
    OnTime,
    OnTimeRate,
    StatusTime,
    TimeInStatus,
    on_time_rate,
    time_in_status,
)
from prodflow.hub._visits import Visit, visits
from prodflow.hub._workload import Load, Workload, WorkloadRow, workload

__all__ = [
    "Amount",
    "Board",
    "BoardBy",
    "BoardColumn",
    "CycleTime",
    "CycleTimes",
    "Days",
    "Lateness",
    "Load",
    "MoveCount",
    "MoveGraph",
    "OnTime",
    "OnTimeRate",
    "OrderList",
    "Rework",
    "SortBy",
    "Span",
    "StatusCount",
    "StatusLateness",
    "StatusReport",
    "StatusReportRow",
    "StatusRework",
    "StatusTime",
    "Suggestion",
    "Suggestions",
    "TimeInStatus",
    "Visit",
    "Workload",
    "WorkloadRow",
    "board",
    "cycle_time",
    "due_soon",
    "in_use",
    "lateness_under",
    "move_graph",
    "on_time_rate",
    "order_type_table",
    "overdue",
    "past_delivery",
    "rework",
    "status_report",
    "status_table",
    "suggest_durations",
    "time_in_status",
    "visits",
    "workload",
]

settle(globals())
