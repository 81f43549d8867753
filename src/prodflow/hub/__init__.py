"""Reports: where orders are, what is late, how long things take, who has how much to do.

Pass in the orders or histories that you have read from your store. Every report is a value: read
its fields, or print and export its `table()`. Other tables of a report have names such as
`orders_table()`.

Theory of operation. Reports read one of three things:

- Orders say where things are now. `board`, `status_report`, `workload`, `overdue`, `past_delivery`,
  `due_soon`, `at_risk`, `beyond_calendar`, `load`, `digest`, `family`, `in_use` and
  `on_time_by_vendor` read each order once.
- Visits say what has happened. A visit is one stay of an order in one status, and `visits` reads
  the visits of an order from its history. Pass the visits of one order or of many to
  `time_in_status`, `time_by_user`, `cycle_time`, `on_time_rate`, `rework` or `move_graph`.
- Histories say how many days orders need. `suggest_durations` suggests default durations, and
  `lateness_under` counts how many orders would have been late with given durations. `learn` gathers
  the experience from which `forecast` says by when open orders will be done; `backtest` shows how
  often such forecasts would have kept their word.
  `reasons` counts why orders were sent back, stopped or ordered again. `activity` counts what was
  opened, advanced and completed between two dates. `history_table` lists the
  entries of one order, `tracking` shows a client how far it is, and `order_plan` shows the studio
  what was done when and what is to come.

Only `history_table` shows undone changes; all other reports ignore them. When an order goes on
hold, its visit pauses; when the order returns, the visit continues. The days on hold don't count
for the paused visit. They count for the visit to the hold status (decision D18).

What must stay true: Every order is in exactly one column of a board. Suppose that you cut the
visits of an order at their pauses, and sort the parts by day: then each part begins on the day on
which the previous part ends. The days of all parts up to the completion of the order add up to its
cycle time.

These arguments mean the same everywhere:

- `orders`: orders of any types and cycle versions, in an iterable that is read once.
- `today`: the date that the report is for.
- `within`: a number of days, from 0 to 36,525. An order counts as due soon if it's due today or in
  the next *within* days. If *within* is 0, only orders that are due today count.
- `calendar`: the working calendar in which a report counts days.
- `by`: what orders are grouped by. `board` puts each group into a column, and `digest` into a part.
  `workload`, `status_report` and `reasons` take a fact such as "facts.client"; they report on all
  orders, and again on the orders of each value. The value is the one that an order has now
  (decision D36).
- `visits`: visits of any orders. It's a `ValueError` if a visit comes twice.
- `histories`: the whole histories of orders. Orders of a different type than the cycle are
  skipped. It's a `ValueError` if an order comes twice, or if an entry is missing or out of order.
- `cycles`: cycle versions, from which statuses get their titles, stages and sequence. The newest
  version of each order type counts. Reports on orders also use the versions of the orders, so you
  need *cycles* only if there are newer versions. Statuses that aren't in any cycle come last, by
  key (decision D5).

These fields mean the same in all rows:

- `order_type` and `status`: the keys of an order type and of one of its statuses.
- `title`: the description of the status, or its key if no cycle has it.
- `orders`: how many orders there are.
- `overdue`: how many open orders are past their due date. On the due date itself, an order isn't
  overdue yet (decision D14).
- `due_soon`: how many open orders are due today or in the next *within* days. Overdue orders don't
  count.
- `quantity`: the sum of the known quantities.
"""

from prodflow._homes import settle
from prodflow.hub._activity import Activity, ActivityBy, ActivityCount, activity
from prodflow.hub._backtesting import Backtest, BacktestRow, JudgedForecast, backtest
from prodflow.hub._beyond import BeyondCalendar, OrderBeyond, beyond_calendar
from prodflow.hub._board import Board, BoardBy, BoardColumn, board
from prodflow.hub._cycletime import CycleTime, CycleTimes, Span, cycle_time
from prodflow.hub._digest import Digest, DigestBy, DigestPart, digest
from prodflow.hub._durations import Suggestion, Suggestions, suggest_durations
from prodflow.hub._experience import (
    Experience,
    ExperienceWarning,
    PastStay,
    RenamedStatus,
    StayEnd,
    learn,
)
from prodflow.hub._family import Families, Family, Kinship, Relative, family
from prodflow.hub._figures import Days, Hours
from prodflow.hub._forecasting import Forecast, Forecasts, NoForecast, forecast
from prodflow.hub._groups import Group
from prodflow.hub._lateness import Lateness, StatusLateness, lateness_under
from prodflow.hub._lists import OrderList, due_soon, overdue, past_delivery
from prodflow.hub._loads import DepartmentLoad, LoadPer, PlannedLoad, load
from prodflow.hub._moves import MoveCount, MoveGraph, Rework, StatusRework, move_graph, rework
from prodflow.hub._notes import history_table
from prodflow.hub._order_plans import OrderPlan, OrderStep, OrderStepState, order_plan
from prodflow.hub._promises import OnTimeByVendor, VendorOnTime, on_time_by_vendor
from prodflow.hub._reading import visits
from prodflow.hub._reasons import ReasonCount, ReasonReport, ReasonTotal, reasons
from prodflow.hub._reports import (
    Amount,
    SortBy,
    StatusCount,
    StatusReport,
    StatusReportRow,
    status_report,
)
from prodflow.hub._risks import AtRisk, OrderAtRisk, at_risk
from prodflow.hub._statuses import in_use, order_type_table, status_table
from prodflow.hub._times import (
    OnTime,
    OnTimeRate,
    StatusTime,
    TimeInStatus,
    on_time_rate,
    time_in_status,
)
from prodflow.hub._tracking import PublicStep, StepState, Tracking, tracking
from prodflow.hub._users import TimeByUser, UserTime, time_by_user
from prodflow.hub._visits import Pause, Visit
from prodflow.hub._workload import Load, Workload, WorkloadRow, workload

__all__ = [
    "Activity",
    "ActivityBy",
    "ActivityCount",
    "Amount",
    "AtRisk",
    "Backtest",
    "BacktestRow",
    "BeyondCalendar",
    "Board",
    "BoardBy",
    "BoardColumn",
    "CycleTime",
    "CycleTimes",
    "Days",
    "DepartmentLoad",
    "Digest",
    "DigestBy",
    "DigestPart",
    "Experience",
    "ExperienceWarning",
    "Families",
    "Family",
    "Forecast",
    "Forecasts",
    "Group",
    "Hours",
    "JudgedForecast",
    "Kinship",
    "Lateness",
    "Load",
    "LoadPer",
    "MoveCount",
    "MoveGraph",
    "NoForecast",
    "OnTime",
    "OnTimeByVendor",
    "OnTimeRate",
    "OrderAtRisk",
    "OrderBeyond",
    "OrderList",
    "OrderPlan",
    "OrderStep",
    "OrderStepState",
    "PastStay",
    "Pause",
    "PlannedLoad",
    "PublicStep",
    "ReasonCount",
    "ReasonReport",
    "ReasonTotal",
    "Relative",
    "RenamedStatus",
    "Rework",
    "SortBy",
    "Span",
    "StatusCount",
    "StatusLateness",
    "StatusReport",
    "StatusReportRow",
    "StatusRework",
    "StatusTime",
    "StayEnd",
    "StepState",
    "Suggestion",
    "Suggestions",
    "TimeByUser",
    "TimeInStatus",
    "Tracking",
    "UserTime",
    "VendorOnTime",
    "Visit",
    "Workload",
    "WorkloadRow",
    "activity",
    "at_risk",
    "backtest",
    "beyond_calendar",
    "board",
    "cycle_time",
    "digest",
    "due_soon",
    "family",
    "forecast",
    "history_table",
    "in_use",
    "lateness_under",
    "learn",
    "load",
    "move_graph",
    "on_time_by_vendor",
    "on_time_rate",
    "order_plan",
    "order_type_table",
    "overdue",
    "past_delivery",
    "reasons",
    "rework",
    "status_report",
    "status_table",
    "suggest_durations",
    "time_by_user",
    "time_in_status",
    "tracking",
    "visits",
    "workload",
]

settle(globals())
