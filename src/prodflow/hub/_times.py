"""How long orders stay in each status, and how often they leave it on time."""

from collections.abc import Iterable
from itertools import starmap
from typing import Final, NamedTuple, final

from attrs import field, frozen

from prodflow._fields import checked
from prodflow._messages import Message, text
from prodflow._names import Names, StatusKey
from prodflow._words import AnyWords
from prodflow.cycle import StatusCycle
from prodflow.export import Table
from prodflow.hub._figures import (
    DAYS_COLUMNS,
    HOURS_COLUMNS,
    HOURS_NOTE,
    Days,
    Hours,
    days_cells,
    hours_cells,
    hours_of,
    percent,
    share,
    summed,
)
from prodflow.hub._orders import STATUS, TYPE, versions
from prodflow.hub._visits import Visit, by_status

__all__ = [
    "OnTime",
    "OnTimeRate",
    "StatusTime",
    "TimeInStatus",
    "on_time_rate",
    "time_in_status",
]

_VISITS: Final = text("Visits")


@final
class StatusTime(NamedTuple):
    """How long the visits of one status took.

    Args:
        visits: how many visits have ended.
        resumed: how many of these visits were paused in between.
        lasting: how many orders are in the status now.
        paused: how many other visits are paused now, because their orders are on hold or
            cancelled.
        calendar: the calendar days of the visits that have ended, without the days paused.
        working: the working days of the same visits, by the calendar that you passed to the
            function `visits`.
        hours: the hours between the instants at which the same visits were recorded to begin and to
            end, without the pauses; visits without such instants don't count.
    """

    order_type: str
    status: str
    title: str
    visits: int
    resumed: int
    lasting: int
    paused: int
    calendar: Days
    working: Days
    hours: Hours


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class TimeInStatus:
    """How long orders stay in each status.

    Args:
        rows: the statuses that orders visited, by order type, in cycle order.
        cycles: the cycle versions that name the order types.
    """

    rows: tuple[StatusTime, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each status, in calendar days.

        Args:
            words: your words; None for English.
        """
        days = [row.calendar for row in self.rows]
        return self._table(text("Calendar Days in Status"), days).said(words)

    def working_table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each status, in working days.

        Args:
            words: as in `table`.
        """
        days = [row.working for row in self.rows]
        return self._table(text("Working Days in Status"), days).said(words)

    def hours_table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each status, in hours by the clock.

        Nights and weekends count. What is recorded in the evening, but was done in the morning, has
        the hours of the evening.

        Args:
            words: as in `table`.
        """
        names = Names(self.cycles)
        return Table(
            text("Hours in Status"),
            (TYPE, STATUS, _VISITS, *HOURS_COLUMNS),
            [
                (names.type_name(row.order_type), row.title, row.visits, *hours_cells(row.hours))
                for row in self.rows
            ],
            notes=(HOURS_NOTE,),
        ).said(words)

    def _table(self, title: Message, days: Iterable[Days]) -> Table:
        names = Names(self.cycles)
        return Table(
            title,
            (
                *(TYPE, STATUS, _VISITS, text("Resumed"), text("Ongoing"), text("Paused")),
                *DAYS_COLUMNS,
            ),
            [
                (names.type_name(row.order_type), *row[2:7], *days_cells(figures))
                for row, figures in zip(self.rows, days, strict=True)
            ],
            notes=(text("Days count only the visits that have ended, without the days paused."),),
        )


def time_in_status(visits: Iterable[Visit], *, cycles: Iterable[StatusCycle] = ()) -> TimeInStatus:
    """How long orders stay in each status, in calendar days, in working days and in hours.

    A visit that hasn't ended has no length yet, so it's only counted. The days of a pause don't
    count for the paused visit: they count for the hold.

    Source:
        Decision D18.
    """
    given = versions(cycles)
    return TimeInStatus(rows=tuple(starmap(_time, by_status(visits, given))), cycles=given)


def _time(key: StatusKey, title: str, stays: list[Visit]) -> StatusTime:
    calendar = [visit.calendar_days for visit in stays if visit.calendar_days is not None]
    working = [visit.working_days for visit in stays if visit.working_days is not None]
    ended, paused = len(calendar), sum(visit.is_paused for visit in stays)
    resumed = sum(visit.left_on is not None and bool(visit.pauses) for visit in stays)
    return StatusTime(
        *(*key, title, ended, resumed, len(stays) - ended - paused, paused),
        summed(calendar),
        summed(working),
        hours_of(visit.recorded_for for visit in stays),
    )


@final
class OnTime(NamedTuple):
    """How many visits of one status ended on time.

    Args:
        visits: how many visits have ended and had a due date.
        on_time: how many of these visits ended on their due date or before.
    """

    order_type: str
    status: str
    title: str
    visits: int
    on_time: int

    @property
    def rate(self) -> float | None:
        """The share of visits on time, from 0 to 1; None without visits."""
        return share(self.on_time, self.visits)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OnTimeRate:
    """How many visits ended on time, in each status and in total.

    Args:
        rows: the statuses that orders visited, by order type, in cycle order.
        cycles: the cycle versions that name the order types.
    """

    rows: tuple[OnTime, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)

    @property
    def visits(self) -> int:
        """How many visits have ended and had a due date."""
        return sum(row.visits for row in self.rows)

    @property
    def on_time(self) -> int:
        """How many visits ended on their due date or before."""
        return sum(row.on_time for row in self.rows)

    @property
    def rate(self) -> float | None:
        """The share of visits on time, from 0 to 1; None without visits."""
        return share(self.on_time, self.visits)

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each status.

        Args:
            words: your words; None for English.
        """
        names = Names(self.cycles)
        return Table(
            text("Visits on Time"),
            (TYPE, STATUS, _VISITS, text("On Time"), text("Rate (%)")),
            [
                (
                    names.type_name(row.order_type),
                    *(row.title, row.visits, row.on_time, percent(row.rate)),
                )
                for row in self.rows
            ],
            notes=(text("Counts only visits that have ended and had a due date."),),
        ).said(words)


def on_time_rate(visits: Iterable[Visit], *, cycles: Iterable[StatusCycle] = ()) -> OnTimeRate:
    """How many visits ended on their due date or before.

    If the due date of a visit was moved, the last due date counts. So a visit can be on time
    because its due date was moved. A visit counts even if the order left the status incomplete,
    since an order should leave by the due date in any case. A visit that was paused counts once,
    when it has ended.

    Source:
        Decisions D14, D15 and D18.
    """
    given = versions(cycles)
    return OnTimeRate(rows=tuple(starmap(_on_time, by_status(visits, given))), cycles=given)


def _on_time(key: StatusKey, title: str, stays: list[Visit]) -> OnTime:
    on_time = [visit.on_time for visit in stays if visit.on_time is not None]
    return OnTime(*key, title, len(on_time), sum(on_time))
