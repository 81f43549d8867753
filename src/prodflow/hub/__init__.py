"""Reports: where orders are, what is late, how long things take, who has how much to do.

Pass in the orders or histories that you have read from your store. Every report is a value: read
its fields, or print and export its `table()`. Further tables of a report are named `..._table()`.

Theory of operation. Reports read one of three things:

- Orders say where things are now. `board`, `status_report`, `workload`, `overdue`, `past_delivery`,
  `due_soon` and `in_use` go through them once.
- Visits say what has happened. `visits` turns the history of one order into its stays in each
  status. Pass the visits of one order or of many to `time_in_status`, `cycle_time`,
  `on_time_rate`, `rework` or `move_graph`.
- Histories say how long statuses need. `suggest_durations` derives durations from them, and
  `lateness_under` counts how many orders would have been late under given durations.
  `history_table` lists the entries of one order.

Only `history_table` shows what was undone; for all other reports it never happened. A hold pauses
a visit, and a return continues it: the days on hold are days of the hold (decision D18).

What must stay true: Every order is in exactly one column of a board. Without its pauses, each part
of a visit begins on the day on which the part before it ends. The times of an order in its
statuses, up to its completion, add up to its cycle time.

These arguments mean the same everywhere:

- `orders`: orders of any types and cycle versions, in an iterable that is read once.
- `today`: the date that the report is for.
- `within`: how many days ahead an order counts as due soon, from 0 (due today) to 36,525.
- `calendar`: which days count, whether for *within*, as working days or in durations.
- `visits`: visits of any orders. The same visit twice is a `ValueError`.
- `histories`: the whole histories of orders. Other order types than that of the cycle are skipped.
  The same order twice is a `ValueError`, and so is an entry that doesn't follow the one before.
- `cycles`: cycle versions, from which statuses get their titles, stages and order. The newest
  version of each order type counts. Reports on orders also know the versions of the orders, so they
  need *cycles* only for newer ones. Statuses that no cycle has come last, by key (decision D5).

These fields mean the same in all rows:

- `order_type` and `status`: the keys of an order type and of one of its statuses.
- `title`: the description of the status, or its key if no cycle has it.
- `orders`: how many orders there are.
- `overdue`: how many open orders are past their due date; the due date itself is not late
  (decision D14).
- `due_soon`: how many open orders are due from today to the last day of *within*. None of them
  is overdue.
"""

from prodflow._homes import settle
from prodflow.hub._board import Board, BoardBy, BoardColumn, board
from prodflow.hub._cycletime import CycleTime, CycleTimes, Span, cycle_time
from prodflow.hub._durations import Suggestion, Suggestions, suggest_durations
from prodflow.hub._figures import Days
from prodflow.hub._lateness import Lateness, StatusLateness, lateness_under
from prodflow.hub._lists import OrderList, due_soon, overdue, past_delivery
from prodflow.hub._moves import MoveCount, MoveGraph, Rework, StatusRework, move_graph, rework
from prodflow.hub._notes import history_table
from prodflow.hub._reading import visits
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
from prodflow.hub._visits import Pause, Visit
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
    "Pause",
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
    "history_table",
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
