"""How long orders stay in each status, and how often by their due date."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import checked
from prodflow.cycle import StatusCycle
from prodflow.export import Table
from prodflow.hub._figures import DAYS_COLUMNS, Days, days_cells, rounded, summed
from prodflow.hub._names import Key, StatusNames
from prodflow.hub._visits import Visit, each_visit

__all__ = [
    "OnTime",
    "OnTimeRate",
    "StatusTime",
    "TimeInStatus",
    "on_time_rate",
    "time_in_status",
]


@final
class StatusTime(NamedTuple):
    """How long the visits of one status took."""

    order_type: str
    """The key of the order type."""
    status: str
    """The key of the status."""
    title: str
    """Its description; its key where no cycle says more."""
    visits: int
    """How many visits have ended."""
    lasting: int
    """How many visits last: orders that stand in it."""
    calendar: Days
    """The calendar days of those that have ended."""
    working: Days
    """The working days of those that have ended, of the calendar given to `visits`."""


def _times(value: Iterable[StatusTime]) -> tuple[StatusTime, ...]:
    return checks.instances("rows", value, StatusTime, "StatusTime")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class TimeInStatus:
    """How long orders stay in each status.

    Args:
        rows: the statuses that were visited, by order type, in cycle order.

    Raises:
        TypeError: for a value of the wrong kind.
    """

    rows: tuple[StatusTime, ...] = field(converter=_times)

    def table(self) -> Table:
        """A line for each status, in calendar days."""
        return self._table("Calendar Days in Status", [row.calendar for row in self.rows])

    def working_table(self) -> Table:
        """A line for each status, in working days."""
        return self._table("Working Days in Status", [row.working for row in self.rows])

    def _table(self, title: str, days: Iterable[Days]) -> Table:
        return Table(
            title,
            ("Type", "Status", "Visits", "Lasting", *DAYS_COLUMNS),
            [
                (row.order_type, row.title, row.visits, row.lasting, *days_cells(figures))
                for row, figures in zip(self.rows, days, strict=True)
            ],
            notes=("Days of the visits that have ended.",),
        )


def time_in_status(visits: Iterable[Visit], *, cycles: Iterable[StatusCycle] = ()) -> TimeInStatus:
    """How long orders stay in each status, in calendar and working days.

    A visit that lasts has no length yet; it is counted apart. The totals of one order's visits up
    to its completion add up to its cycle time.

    Args:
        visits: visits of any orders, each once.
        cycles: where the order and the descriptions of the statuses come from, any versions;
            statuses that no cycle has follow by key.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a visit that is given twice.
    """
    titles = StatusNames(cycles)
    found: defaultdict[Key, list[Visit]] = defaultdict(list)
    for visit in each_visit(visits):
        found[visit.order_type, visit.status].append(visit)
    return TimeInStatus(rows=[_time(key, titles, found[key]) for key in _sorted(found, titles)])


def _sorted(keys: Iterable[Key], titles: StatusNames) -> list[Key]:
    return sorted(keys, key=titles.place)


def _time(key: Key, titles: StatusNames, found: list[Visit]) -> StatusTime:
    calendar = [visit.calendar_days for visit in found if visit.calendar_days is not None]
    working = [visit.working_days for visit in found if visit.working_days is not None]
    return StatusTime(
        *key,
        titles.of(key),
        len(calendar),
        len(found) - len(calendar),
        summed(calendar),
        summed(working),
    )


@final
class OnTime(NamedTuple):
    """How many visits of one status ended by their due date."""

    order_type: str
    """The key of the order type."""
    status: str
    """The key of the status."""
    title: str
    """Its description; its key where no cycle says more."""
    visits: int
    """How many visits with a due date have ended."""
    on_time: int
    """How many of them ended by it, the day itself included."""

    @property
    def rate(self) -> float | None:
        """Their share, from 0 to 1; None where there is no such visit."""
        return self.on_time / self.visits if self.visits else None


def _on_times(value: Iterable[OnTime]) -> tuple[OnTime, ...]:
    return checks.instances("rows", value, OnTime, "OnTime")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OnTimeRate:
    """How many visits ended by their due date.

    Args:
        rows: the statuses that were visited, by order type, in cycle order.

    Raises:
        TypeError: for a value of the wrong kind.
    """

    rows: tuple[OnTime, ...] = field(converter=_on_times)

    @property
    def visits(self) -> int:
        """How many visits with a due date have ended."""
        return sum(row.visits for row in self.rows)

    @property
    def on_time(self) -> int:
        """How many of them ended by it."""
        return sum(row.on_time for row in self.rows)

    @property
    def rate(self) -> float | None:
        """Their share, from 0 to 1; None where there is no such visit."""
        return self.on_time / self.visits if self.visits else None

    def table(self) -> Table:
        """A line for each status."""
        return Table(
            "Visits on Time",
            ("Type", "Status", "Visits", "On Time", "Rate"),
            [
                (row.order_type, row.title, row.visits, row.on_time, rounded(row.rate))
                for row in self.rows
            ],
            notes=("Visits that have ended and had a due date; the due day itself is on time.",),
        )


def on_time_rate(visits: Iterable[Visit], *, cycles: Iterable[StatusCycle] = ()) -> OnTimeRate:
    """How many visits ended by the due date that stood when they ended.

    A due date that was moved in time was met. Visits that last, or never had a due date, are left
    out. A visit that was left incomplete counts like any other: what is due is that the order
    leaves, and after a hold the next visit has the due date again.

    Args:
        visits: visits of any orders, each once.
        cycles: where the order and the descriptions of the statuses come from, any versions;
            statuses that no cycle has follow by key.

    Returns:
        A rate for all visits and one for each status that was visited.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a visit that is given twice.

    Source:
        Decisions D14 and D15.
    """
    titles = StatusNames(cycles)
    found: defaultdict[Key, list[bool]] = defaultdict(list)
    for visit in each_visit(visits):
        on_time = found[visit.order_type, visit.status]
        if visit.on_time is not None:
            on_time.append(visit.on_time)
    return OnTimeRate(
        rows=[
            OnTime(*key, titles.of(key), len(found[key]), sum(found[key]))
            for key in _sorted(found, titles)
        ]
    )
