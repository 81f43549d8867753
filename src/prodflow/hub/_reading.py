"""How visits are read from a history.

Theory of operation. Only the entries that still count are read; undone changes are left out
(decision D34).

1. A visit begins with the entry that enters a status: an `OrderOpened`, or a `StatusChanged` of any
   move. It ends with the next `StatusChanged`, on the day on which the next visit begins.
2. A hold is an exception: it doesn't end the visit, but pauses the visit. The time on hold is a
   visit too. If the order returns, the paused visit continues. If the order continues in another
   status of the path instead, the paused visit counts as ended on the first day of the hold
   (decision D18).
3. Other entries don't end a visit, but they may change the values of the visit. An amendment may
   change the due date, the department and the user. An amendment may also correct the first day of
   the visit, and thereby the last day of the previous visit (decision D35). A new cycle version may
   change the key of the status (decision D5b). The visit has the last value of each field.

A history is read in one pass: 0.7 µs an entry (Python 3.11).
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import assert_never

from attrs import define

from prodflow import _checks as checks
from prodflow._trusted import trusted
from prodflow.calendars import MONDAY_TO_FRIDAY, WorkingCalendar
from prodflow.hub._history import Counting, counting
from prodflow.hub._visits import Pause, Visit
from prodflow.order import (
    CycleAdopted,
    Held,
    HistoryEntry,
    Move,
    OrderAmended,
    OrderOpened,
    OrderSplit,
    StatusChanged,
)

__all__ = ["visits"]


def visits(
    entries: Iterable[HistoryEntry], *, calendar: WorkingCalendar = MONDAY_TO_FRIDAY
) -> tuple[Visit, ...]:
    """The visits of one order, by number, from its whole history.

    Undone changes are left out, and a corrected day replaces the day first recorded.

    Returns:
        At least one visit. The present visit has no end, even if the order is closed. A paused
        visit has no end either.

    Raises:
        ValueError: if there is no entry, or an entry doesn't follow the entry before it.

    Source:
        "A history of all status changes is kept on the Status Notes tab"; decisions D5b, D18, D20,
        D34 and D35.

    Example:
        >>> from datetime import UTC, date, datetime
        >>> from prodflow import ProductionFlow, Status, StatusCycle
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [Status("lab", "At the lab", initial=True), Status("done", "Done", final=True)],
        ... )
        >>> friday, monday = date(2026, 11, 6), date(2026, 11, 9)
        >>> who = {"by": "ann", "at": datetime(2026, 11, 9, tzinfo=UTC)}
        >>> opened = ProductionFlow().open(cycle, order_id="PO-1", ordered_on=friday, **who)
        >>> moved = ProductionFlow().advance(opened.order, today=monday, **who)
        >>> lab, done = visits([opened.entry, moved.entry])
        >>> lab.calendar_days, lab.working_days, done.left_on
        (3, 1, None)
    """
    checks.instance("calendar", calendar, WorkingCalendar, "a WorkingCalendar")
    return read_visits(counting("entries", entries), calendar)


@define(eq=False, weakref_slot=False)
class _Stay:
    """A visit while its history is being read."""

    sequence: int
    move: Move | None
    status: str
    cycle_version: int
    entered_on: date
    due_on: date | None
    department: str | None
    user: str | None
    since_at: datetime
    """When it was recorded that the visit began or resumed."""
    before: "_Stay | None" = None
    """The visit that the order left when this visit began; None for the first visit."""
    left_on: date | None = None
    completed: bool = False
    pauses: tuple[Pause, ...] = ()
    """The pauses that have ended."""
    paused_on: date | None = None
    """The first day of a pause that hasn't ended."""
    recorded_for: timedelta = timedelta()
    """How long the visit lasted before it was left or paused, by the instants recorded."""

    def correct(self, day: date) -> None:
        """Correct the first day of the visit.

        On this day, the previous visit ended or was paused, so that visit is corrected too.
        """
        self.entered_on = day
        if self.before is not None:
            if self.before.left_on is None:
                self.before.paused_on = day
            else:
                self.before.left_on = day


class _Reading:
    """The visits of one order, as far as its history has been read."""

    def __init__(self, opened: OrderOpened, calendar: WorkingCalendar) -> None:
        self.calendar = calendar
        self.here = _Stay(
            *(1, None, opened.to_status, opened.cycle_version, opened.entered_on),
            *(opened.due_on, opened.department, opened.user, opened.at),
        )
        if opened.resumed_on is not None:
            self.here.pauses = _before_the_split(opened, opened.resumed_on, calendar)
        self.stays = [self.here]
        self.paused: _Stay | None = None
        # When the present visit began or resumed.
        self.since = opened.resumed_on or opened.entered_on

    def change(self, entry: StatusChanged) -> None:
        """Leave the present visit, and begin another or resume the paused visit."""
        here, day = self.here, entry.resumed_on or entry.entered_on
        self._check_follows(entry)
        if day < self.since:
            raise ValueError(
                f"entries must follow one another: {entry.order_id!r} entered its status on"
                f" {self.since}, so it cannot leave it on {day}"
            )
        self.since = day
        here.recorded_for += entry.at - here.since_at
        if entry.held is not None and entry.held.visit == here.sequence:
            self.paused, here.paused_on = here, day
        else:
            here.left_on, here.completed = day, entry.current_complete
        if entry.visit != entry.sequence:
            self._resume(entry, day)
            return
        if self.paused is not None:
            self._keep(self.paused, entry.held)
        self.here = _Stay(
            *(entry.sequence, entry.move, entry.to_status, here.cycle_version, entry.entered_on),
            *(entry.due_on, entry.department, entry.user, entry.at, here),
        )
        self.stays.append(self.here)

    def _resume(self, entry: StatusChanged, day: date) -> None:
        visit = self.paused
        if visit is None or visit.paused_on is None or visit.sequence != entry.visit:
            raise ValueError(f"visit {entry.visit} of order {entry.order_id!r} is not on hold")
        days = self.calendar.count(visit.paused_on, day)
        visit.pauses += (Pause(visit.paused_on, day, days, entry.sequence),)
        visit.status, visit.cycle_version = entry.to_status, self.here.cycle_version
        visit.due_on, visit.department, visit.user = entry.due_on, entry.department, entry.user
        visit.paused_on = self.paused = None
        visit.since_at = entry.at
        self.here = visit

    def _keep(self, visit: _Stay, held: Held | None) -> None:
        """Update the paused visit from *held*; if *held* is None, the visit has ended."""
        if held is None:
            visit.left_on, visit.paused_on, self.paused = visit.paused_on, None, None
            return
        visit.status, visit.cycle_version = held.status, self.here.cycle_version
        visit.due_on, visit.department, visit.user = held.due_on, held.department, held.user

    def amend(self, entry: OrderAmended) -> None:
        """Update the present and the paused visit from an amendment."""
        here = self.here
        here.due_on, here.department, here.user = entry.due_on, entry.department, entry.user
        if entry.entered_on != here.entered_on:
            if not here.pauses:
                self.since = entry.entered_on
            here.correct(entry.entered_on)
        if self.paused is not None:
            self._keep(self.paused, entry.held)

    def adopt(self, entry: CycleAdopted) -> None:
        """Update the present and the paused visit from another version of the cycle."""
        self._check_follows(entry)
        here = self.here
        here.cycle_version, here.status = entry.cycle_version, entry.to_status
        here.due_on = entry.due_on
        if self.paused is not None:
            self._keep(self.paused, entry.held)

    def _check_follows(self, entry: StatusChanged | CycleAdopted) -> None:
        if entry.from_status != self.here.status:
            raise ValueError(
                f"entries must follow one another: {entry.order_id!r} is at"
                f" {self.here.status!r}, not at {entry.from_status!r}"
            )


def _before_the_split(
    opened: OrderOpened, resumed_on: date, calendar: WorkingCalendar
) -> tuple[Pause, ...]:
    """The pauses of a part's first visit, as one pause that ends with the last of them.

    The history of a part doesn't say when the visit was paused, only for how many days.
    """
    paused_on = max(opened.entered_on, resumed_on - timedelta(opened.paused_days))
    days = calendar.count(paused_on, resumed_on)
    return (Pause(paused_on, resumed_on, days, None),)


_visit = trusted(Visit, _Stay, OrderOpened, given=("working_days", "pauses", "recorded_for"))


def read_visits(entries: Counting, calendar: WorkingCalendar) -> tuple[Visit, ...]:
    """`visits` for arguments that have been checked."""
    reading = _Reading(entries.opened, calendar)
    for entry in entries.later:
        match entry:
            case StatusChanged():
                reading.change(entry)
            case OrderAmended():
                reading.amend(entry)
            case CycleAdopted():
                reading.adopt(entry)
            case OrderSplit():
                pass
            case _:
                assert_never(entry)
    return tuple([_visit_of(stay, entries.opened, calendar) for stay in reading.stays])


def _visit_of(stay: _Stay, opened: OrderOpened, calendar: WorkingCalendar) -> Visit:
    """The `Visit` made from *stay*."""
    pauses = stay.pauses
    if stay.paused_on is not None:
        pauses += (Pause(stay.paused_on, None, None, None),)
    if stay.left_on is None:
        return _visit(stay, opened, None, pauses, None)
    days = calendar.count(stay.entered_on, stay.left_on)
    if pauses:
        days -= sum(pause.working_days or 0 for pause in pauses)
    return _visit(stay, opened, days, pauses, stay.recorded_for)
