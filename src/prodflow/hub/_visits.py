"""Visits: the stays of an order in its statuses, read from its history.

Theory of operation. Only the entries that still count are read (decision D34).

1. A visit begins with the entry that enters a status: an `OrderOpened`, or a `StatusChanged` of any
   move. It ends with the next `StatusChanged`, on the day on which the next visit begins.
2. A hold doesn't end the visit, but pauses it. The hold is a visit as well. If the order returns,
   the paused visit continues; if it goes on to another status, the visit has ended with the hold's
   first day (decision D18).
3. Other entries don't end a visit. An amendment may change its due date, its people and its first
   day, which is also the last day of the visit before (decision D35). A new cycle version may
   change the key of the status (decision D5b). The visit has the last of each.

What must stay true: cut every visit at its pauses. The parts of all visits of an order, in the
sequence of the entries that began them, follow one another without a gap: each ends on the day on
which the next one begins, and only the last has no end. So own days of visits, without pauses, add
up to the life of the order.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from operator import attrgetter
from typing import NamedTuple, assert_never, final

from attrs import define, frozen

from prodflow import _checks as checks
from prodflow._fields import Count, Day, Key, Number, Text, checked
from prodflow._names import Names, StatusKey
from prodflow._trusted import trusted
from prodflow.calendars import MONDAY_TO_FRIDAY, WorkingCalendar
from prodflow.cycle import StatusCycle
from prodflow.hub._history import Counting, counting
from prodflow.order import (
    CycleAdopted,
    Held,
    HistoryEntry,
    Move,
    OrderAmended,
    OrderOpened,
    StatusChanged,
)

__all__ = ["Pause", "Visit", "visits"]


@final
class Pause(NamedTuple):
    """A time for which a visit was paused.

    Args:
        paused_on: its first day: the order went on hold, or was cancelled by mistake.
        resumed_on: the day on which the order came back. While it hasn't come back, this and the
            other fields are None.
        working_days: the working days from `paused_on` up to the day before `resumed_on`.
        sequence: the number of the entry by which the order came back.
    """

    paused_on: date
    resumed_on: date | None
    working_days: int | None
    sequence: int | None


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Visit:
    """One stay of an order in one status. A hold pauses it, and a return continues it.

    Args:
        order_id: the order.
        sequence: the number of the visit, as in `ProductionOrder.visit`.
        order_type: the key of the order's cycle.
        cycle_version: the last cycle version that the order was pinned to during the visit.
        status: the key of the status in that version.
        move: the kind of move that began the visit; None for the opening.
        entered_on: the first day of the visit.
        left_on: the day on which the order left for good, which is no day of the visit. None while
            the order is in the status, and while the visit is paused.
        completed: whether the order completed the status when it left; False without `left_on`.
        working_days: the working days from `entered_on` up to the day before `left_on`, without
            those of its pauses; None without `left_on`.
        pauses: the times for which the visit was paused, in sequence.
        due_on: the last due date; None if there was none.
        department: the last department, or None.
        user: the last user, or None.

    Raises:
        ValueError: if the days are out of order, or one of them needs another.

    Source:
        "A history of all status changes is kept"; decisions D5b, D18, D20 and D35.
    """

    order_id: Text
    sequence: Number
    order_type: Key
    cycle_version: Number
    status: Key
    move: Move | None
    entered_on: Day
    left_on: Day | None
    completed: bool
    working_days: Count | None
    pauses: tuple[Pause, ...] = ()
    due_on: Day | None
    department: Text | None
    user: Text | None

    def __attrs_post_init__(self) -> None:
        if (self.left_on is None) != (self.working_days is None):
            raise ValueError("working_days must be given if left_on is, and only then")
        if self.left_on is None and self.completed:
            raise ValueError("completed must be False while left_on is None")
        days = [self.entered_on, *_days_of(self.pauses)]
        if self.left_on is not None:
            if self.is_paused:
                raise ValueError("a visit that is paused must have left_on None")
            days.append(self.left_on)
        if days != sorted(days):
            raise ValueError(
                f"the days of a visit must follow one another, not be {checks.listed(days)}"
            )

    @property
    def is_paused(self) -> bool:
        """Whether the order is on hold now, or cancelled, and would continue the visit."""
        return bool(self.pauses) and self.pauses[-1].resumed_on is None

    @property
    def paused_days(self) -> int:
        """The calendar days of the pauses from which the order came back."""
        return sum(
            (pause.resumed_on - pause.paused_on).days
            for pause in self.pauses
            if pause.resumed_on is not None
        )

    @property
    def paused_working_days(self) -> int:
        """The working days of the pauses from which the order came back."""
        return sum(pause.working_days or 0 for pause in self.pauses)

    @property
    def calendar_days(self) -> int | None:
        """The days from `entered_on` up to the day before `left_on`, without its pauses.

        None without `left_on`.
        """
        if self.left_on is None:
            return None
        return (self.left_on - self.entered_on).days - self.paused_days

    @property
    def on_time(self) -> bool | None:
        """Whether the visit ended on its due date or before; None if it has no end or due date.

        Source:
            Decision D14.
        """
        if self.left_on is None or self.due_on is None:
            return None
        return self.left_on <= self.due_on


def _days_of(pauses: Iterable[Pause]) -> Iterator[date]:
    for pause in pauses:
        yield pause.paused_on
        yield date.max if pause.resumed_on is None else pause.resumed_on


def visits(
    entries: Iterable[HistoryEntry], *, calendar: WorkingCalendar = MONDAY_TO_FRIDAY
) -> tuple[Visit, ...]:
    """The visits of one order, by number, from its whole history.

    What was undone leaves no trace, and corrected days count as corrected.

    Returns:
        At least one visit. Whether or not the order is closed, the visit that it's in has no end.
        Nor has the visit that is paused, if there is one.

    Raises:
        ValueError: if there is no entry, or an entry doesn't follow the one before it.

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
    before: "_Stay | None" = None
    """The visit that the order left for this one."""
    left_on: date | None = None
    completed: bool = False
    pauses: tuple[Pause, ...] = ()
    """The pauses from which the order came back."""
    paused_on: date | None = None
    """The first day of the pause from which it hasn't come back."""

    def correct(self, day: date) -> None:
        """Move its first day, and with it the day on which the order left the visit before."""
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
            *(opened.due_on, opened.department, opened.user),
        )
        self.stays = [self.here]
        self.paused: _Stay | None = None
        self.since = opened.entered_on  # when it was entered, or resumed

    def change(self, entry: StatusChanged) -> None:
        """Leave the present visit, for another one or for the one that is paused."""
        here, day = self.here, entry.resumed_on or entry.entered_on
        self._check_follows(entry)
        if day < self.since:
            raise ValueError(
                f"entries must follow one another: {entry.order_id!r} entered its status on"
                f" {self.since}, so it cannot leave it on {day}"
            )
        self.since = day
        if entry.held is not None and entry.held.visit == here.sequence:
            self.paused, here.paused_on = here, day
        else:
            here.left_on, here.completed = day, entry.current_complete
        if entry.visit != entry.sequence:
            self._resume(entry, day)
            return
        if entry.held is None:
            self._end_pause()
        self.here = _Stay(
            *(entry.sequence, entry.move, entry.to_status, here.cycle_version, entry.entered_on),
            *(entry.due_on, entry.department, entry.user, here),
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
        self.here = visit

    def _end_pause(self) -> None:
        if self.paused is not None:
            self.paused.left_on, self.paused.paused_on = self.paused.paused_on, None
            self.paused = None

    def amend(self, entry: OrderAmended) -> None:
        """Give the present visit what it has from an amendment."""
        here = self.here
        here.due_on, here.department, here.user = entry.due_on, entry.department, entry.user
        if entry.entered_on != here.entered_on:
            if not here.pauses:
                self.since = entry.entered_on
            here.correct(entry.entered_on)
        if entry.held is not None:
            self._keep(entry.held)

    def adopt(self, entry: CycleAdopted) -> None:
        """Give the present visit what it has from another version of the cycle."""
        self._check_follows(entry)
        here = self.here
        here.cycle_version, here.status = entry.cycle_version, entry.to_status
        here.due_on = entry.due_on
        if entry.held is None:
            self._end_pause()
        else:
            self._keep(entry.held)

    def _keep(self, held: Held) -> None:
        """Give the paused visit what was changed for it while the order was on hold."""
        if self.paused is not None:
            self.paused.status, self.paused.cycle_version = held.status, self.here.cycle_version
            self.paused.due_on = held.due_on
            self.paused.department, self.paused.user = held.department, held.user

    def _check_follows(self, entry: StatusChanged | CycleAdopted) -> None:
        if entry.from_status != self.here.status:
            raise ValueError(
                f"entries must follow one another: {entry.order_id!r} is at"
                f" {self.here.status!r}, not at {entry.from_status!r}"
            )


_visit = trusted(Visit, _Stay, OrderOpened, given=("working_days", "pauses"))


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
            case _:
                assert_never(entry)
    return tuple([_visit_of(stay, entries.opened, calendar) for stay in reading.stays])


def _visit_of(stay: _Stay, opened: OrderOpened, calendar: WorkingCalendar) -> Visit:
    """The visit that was read."""
    pauses = stay.pauses
    if stay.paused_on is not None:
        pauses += (Pause(stay.paused_on, None, None, None),)
    if stay.left_on is None:
        return _visit(stay, opened, None, pauses)
    days = calendar.count(stay.entered_on, stay.left_on)
    if pauses:
        days -= sum(pause.working_days or 0 for pause in pauses)
    return _visit(stay, opened, days, pauses)


# --- The visits that a report is about -----------------------------------------------------------


class Part(NamedTuple):
    """The part of a visit between two pauses; most visits have only one.

    Args:
        number: the entry that began it.
        begun_on: its first day.
        ended_on: the day on which the next part began; None for the last part of an order.
        visit: the visit.
    """

    number: int
    begun_on: date
    ended_on: date | None
    visit: Visit


def each_visit(visits: Iterable[Visit]) -> tuple[Visit, ...]:
    """The visits as a tuple, once each of them has been checked to be there once."""
    stays = checks.instances("visits", visits, Visit, "Visit")
    if len({(visit.order_id, visit.sequence) for visit in stays}) < len(stays):
        raise ValueError("visits must hold each visit once: some are there twice")
    return stays


def by_status(
    visits: Iterable[Visit], cycles: Iterable[StatusCycle]
) -> Iterator[tuple[StatusKey, str, list[Visit]]]:
    """The visits of each status with its title, by order type, in cycle order."""
    names = Names(cycles)
    statuses: defaultdict[StatusKey, list[Visit]] = defaultdict(list)
    for visit in each_visit(visits):
        statuses[visit.order_type, visit.status].append(visit)
    for key in sorted(statuses, key=names.rank):
        yield key, names.title(key), statuses[key]


def by_order(visits: Iterable[Visit]) -> dict[str, list[Visit]]:
    """The visits of each order, by number; all visits of an order must be there."""
    orders: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in each_visit(visits):
        orders[visit.order_id].append(visit)
    for order_id, stays in orders.items():
        stays.sort(key=attrgetter("sequence"))
        parts = parts_of(stays)
        follows = [part.ended_on for part in parts] == [
            *(part.begun_on for part in parts[1:]),
            None,
        ]
        if stays[0].move is not None or not follows:
            raise ValueError(f"visits must be all those of order {order_id!r}, or none")
    return orders


def parts_of(visits: Iterable[Visit]) -> list[Part]:
    """The parts of one order's visits, in the order in which they began."""
    parts: list[Part] = []
    for visit in visits:
        number, begun_on = visit.sequence, visit.entered_on
        for pause in visit.pauses:
            parts.append(Part(number, begun_on, pause.paused_on, visit))
            if pause.sequence is not None and pause.resumed_on is not None:
                number, begun_on = pause.sequence, pause.resumed_on
        if not visit.is_paused:
            parts.append(Part(number, begun_on, visit.left_on, visit))
    return sorted(parts, key=attrgetter("number"))
