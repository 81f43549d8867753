"""How the planned load is counted.

Theory of operation. Each row of an outlook puts the weight of its order on some days of a
department: the working days after the row begins, up to the day on which it's finished. To write
every day would take too long for many orders. So we write only where the weight begins and where it
ends, into one *difference array* for each department and calendar, and add up at the end. There,
the days that are closed in the calendar are left out.

Weights are added up as whole numbers, so that the sums don't depend on the sequence of the orders.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, compress, repeat

from prodflow import _checks as checks
from prodflow._outlook import Outlook, Policies, Ways, by_type, outlooks
from prodflow._planned_loads import (
    SCALE,
    DepartmentLoad,
    LoadPer,
    PlannedLoad,
    horizon_days,
    scaled,
    unscaled,
)
from prodflow.calendars import WorkingCalendar
from prodflow.duedate import DueDatePolicy
from prodflow.errors import DateOutOfRangeError
from prodflow.hub._orders import by_name, each, exact
from prodflow.order import ProductionOrder

__all__ = ["DepartmentLoad", "LoadPer", "PlannedLoad", "load"]

_Work = tuple[Outlook, Iterable[WorkingCalendar]]
"""An outlook, and the calendar of each row."""


def load(
    orders: Iterable[ProductionOrder],
    policy: Policies,
    *,
    today: date,
    horizon: int,
    per: LoadPer = "day",
    weigh: Callable[[ProductionOrder], int | Decimal] | None = None,
) -> PlannedLoad:
    """How much work each department has on the days to come, as the orders' outlooks plan it.

    Each status to come counts on every working day after it begins, up to the day on which it's
    finished; a status that is finished on the day on which it begins counts on that day. The
    working days are those of the status. The present status counts for the department of the order,
    and every later status for its default department. An order on hold counts where it will
    continue, for the department that comes back with it.

    Args:
        policy: the due-date policy of the orders, or the policies by order type.
        today: the first day of the load.
        horizon: how many days the load covers, with *today*: from 1 to 3,660.
        per: "day" for a column for each day on which somebody works; "week" for weeks that begin on
            Mondays, each with the sum of its days.
        weigh: a function that gives what an order counts for on each day, such as its quantity: an
            int or Decimal from 0 to 10**15, with up to 15 decimal places. With None, each order
            counts as 1.

    Raises:
        DateOutOfRangeError: if a date would be outside the calendar.
        ValueError: if there is no policy for the type of an order, or for a weight out of bounds.

    Source:
        Decision D40.
    """
    checks.day("today", today)
    horizon_days("horizon", horizon)
    if horizon > (date.max - today).days + 1:
        raise DateOutOfRangeError(today, horizon - 1)
    checks.one_of("per", per, "day", "week")
    if weigh is not None:
        checks.function("weigh", weigh)
    days = [today + timedelta(number) for number in range(horizon)]
    counting = _Counting(days)
    work_of = by_type(policy, lambda one: _works(one, today))
    for order in each(orders):
        work = work_of(order)
        if work is not None:
            counting.add(order, *work, SCALE if weigh is None else scaled(_weight(weigh(order))))
    totals = counting.totals()
    if per == "week":
        columns = [*_weeks(days, repeat(0, horizon))]
        totals = {name: [*_weeks(days, parts).values()] for name, parts in totals.items()}
    else:
        policies = policy.values() if isinstance(policy, Mapping) else (policy,)
        shown = counting.columns(totals, [Ways(one)[None].calendar for one in policies])
        columns = [*compress(days, shown)]
        totals = {name: [*compress(parts, shown)] for name, parts in totals.items()}
    rows = [
        DepartmentLoad(name, tuple(map(unscaled, parts)))
        for name, parts in totals.items()
        if any(parts)
    ]
    rows.sort(key=lambda row: by_name(row.department))
    return PlannedLoad(today=today, horizon=horizon, per=per, days=tuple(columns), rows=tuple(rows))


def _weight(value: int | Decimal) -> int | Decimal:
    if exact("what weigh gives", value) < 0:
        raise ValueError(f"what weigh gives must be at least 0, not {checks.shown(value)}")
    return value


def _works(policy: DueDatePolicy, today: date) -> Callable[[ProductionOrder], _Work | None]:
    """The function that gives the outlook of an order, with the calendar of each row."""
    expect, ways = outlooks(policy, today), Ways(policy)

    def of(order: ProductionOrder) -> _Work | None:
        expected = expect(order)
        if expected is None:
            return None
        way = ways[order.vendor]
        if way.steps is None:
            return expected, repeat(way.calendar)
        # The final status is on the path, but has no row.
        rest = way.steps.along(order.cycle)[-1 - len(expected) : -1]
        return expected, [step.calendar for step in rest]

    return of


class _Counting:
    """The difference arrays.

    Args:
        days: the days of the load.
    """

    def __init__(self, days: Sequence[date]) -> None:
        self._days = days
        # By department and the id of a calendar: hashing a calendar takes longer than all the rest.
        self._spread: dict[tuple[str | None, int], list[int]] = {}
        self._calendars: dict[int, WorkingCalendar] = {}
        self._at_once: dict[str | None, list[int]] = {}

    def add(
        self,
        order: ProductionOrder,
        expected: Outlook,
        calendars: Iterable[WorkingCalendar],
        weight: int,
    ) -> None:
        """Add the work that an order has still to do."""
        first, horizon = self._days[0].toordinal(), len(self._days)
        begin = expected.first_on.toordinal() - first
        departments = (
            _department(order, expected),
            *[status.default_department for status in expected.statuses[1:]],
        )
        for department, day, calendar in zip(
            departments, expected.finish_dates, calendars, strict=False
        ):
            if begin >= horizon:
                return
            end = day.toordinal() - first
            if end == begin:
                self._at_once.setdefault(department, [0] * horizon)[begin] += weight
            else:
                key = department, id(calendar)
                changes = self._spread.get(key)
                if changes is None:
                    self._calendars[id(calendar)] = calendar
                    changes = self._spread[key] = [0] * (horizon + 1)
                changes[begin + 1] += weight
                if end < horizon:
                    changes[end + 1] -= weight
            begin = end

    def totals(self) -> dict[str | None, list[int]]:
        """The work of each department on each day."""
        works = {key: _working(calendar, self._days) for key, calendar in self._calendars.items()}
        totals = {department: [*amounts] for department, amounts in self._at_once.items()}
        for (department, calendar), changes in self._spread.items():
            here = totals.setdefault(department, [0] * len(self._days))
            amounts = accumulate(changes[:-1])
            for number, (amount, is_open) in enumerate(zip(amounts, works[calendar], strict=True)):
                here[number] += amount if is_open else 0
        return totals

    def columns(
        self, totals: Mapping[str | None, Sequence[int]], calendars: Iterable[WorkingCalendar]
    ) -> list[bool]:
        """For each day, whether somebody works then, by the calendars used or by these ones."""
        used = [_working(it, self._days) for it in (*self._calendars.values(), *calendars)]
        return [any(day) for day in zip(*used, *totals.values(), strict=True)]


def _department(order: ProductionOrder, expected: Outlook) -> str | None:
    """The department that does the first row of an outlook."""
    if order.resumes_in is None:
        return order.department
    if order.held is not None:
        return order.held.department
    return expected.statuses[0].default_department if expected.statuses else None


def _working(calendar: WorkingCalendar, days: Iterable[date]) -> list[bool]:
    return [*map(calendar.is_working_day, days)]


def _weeks(days: Iterable[date], parts: Iterable[int]) -> dict[date, int]:
    """The sum of each week, by its Monday."""
    weeks: defaultdict[date, int] = defaultdict(int)
    for day, part in zip(days, parts, strict=True):
        weeks[day - timedelta(day.weekday())] += part
    return weeks
