"""What the triggers of a flow say to a change.

Theory of operation. `TriggerTable` sorts the triggers by the status they look at, so that a change
asks only those that may answer. An answer is a day, or None to withdraw what was scheduled, and
becomes an event. Its id is made from the slot that it fills, so that the same decision taken twice
is the same event, and a new date for a reminder replaces the old one instead of adding to it.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from typing import Final, assert_never, final

from prodflow._trusted import trusted
from prodflow.calendars import WorkingCalendar
from prodflow.errors import DateOutOfRangeError
from prodflow.order import (
    HistoryEntry,
    Move,
    OrderAmended,
    ProductionOrder,
    StatusChanged,
)
from prodflow.triggers import (
    Completing,
    DaysFromDue,
    DaysInStatus,
    Entering,
    Leaving,
    Opening,
    Trigger,
    TriggerEvent,
    When,
    watched_status,
)

_event = trusted(TriggerEvent)


def _event_id(trigger: Trigger, order: ProductionOrder, number: int) -> str:
    """A digest of the slot and, but once per order, of the visit's status and first day.

    That day comes first, so that events of one time are neighbours in the index of a database.
    """
    # No id or key holds a newline, so the joined text names one slot only: decision D33.
    if trigger.once_per_order:
        return _digest(f"{order.id}\n{trigger.key}")
    day = order.entered_on.toordinal()
    slot = f"{order.id}\n{trigger.key}\n{number}\n{order.status.key}\n{day}"
    return f"{day:06x}{_digest(slot)}"[:32]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


# The day, None to withdraw; whether it is dated; whether it dies on leaving.
_Firing = tuple[date | None, bool, bool]

# What a trigger answers to an entry that led from one order to another, by a calendar; None where
# the entry is not its occasion. The table asks only about the status that the trigger looks at.
_Answer = Callable[
    [ProductionOrder | None, ProductionOrder, HistoryEntry, WorkingCalendar], _Firing | None
]
_Asked = tuple[tuple[Trigger, _Answer], ...]


@final
class TriggerTable:
    """The triggers of a flow, sorted by the status whose leaving or entering they wait for."""

    __slots__ = ("_any", "_entering", "_leaving")

    def __init__(self, triggers: Iterable[Trigger]) -> None:
        every: list[tuple[Trigger, _Answer]] = []
        entering: dict[str, _Asked] = {}
        leaving: dict[str, _Asked] = {}
        for trigger in triggers:
            status, row = watched_status(trigger), (trigger, _answer(trigger.when))
            if status is None:
                every.append(row)
                continue
            if isinstance(trigger.when, Leaving | Completing):
                leaving[status] = (*leaving.get(status, ()), row)
            if not isinstance(trigger.when, Leaving):
                entering[status] = (*entering.get(status, ()), row)
        self._any, self._entering, self._leaving = tuple(every), entering, leaving

    def events(
        self,
        before: ProductionOrder | None,
        order: ProductionOrder,
        entry: HistoryEntry,
        calendar: WorkingCalendar,
    ) -> tuple[TriggerEvent, ...]:
        """What the triggers say to an entry that led from *before* to *order*.

        Args:
            before: the order before the entry; None for an opening.
            order: the order after it.
            entry: the entry.
            calendar: the working days of the policy.

        Returns:
            The events of the triggers for any status first, then of those for the status left, then
            of those for the status entered, each in the order in which the triggers were given.

        Raises:
            DateOutOfRangeError: where a reminder would fall outside the calendar.
        """
        status = order.status
        asked = self._any
        if before is not None and before.status is not status:
            asked += self._leaving.get(before.status.key, ())
        asked += self._entering.get(status.key, ())
        if not asked:
            return ()
        events: list[TriggerEvent] = []
        for trigger, answer in asked:
            if trigger.order_types and order.cycle.order_type not in trigger.order_types:
                continue
            firing = answer(before, order, entry, calendar)
            if firing is None:
                continue
            fire_on, dated, while_in_status = firing
            if trigger.condition is not None and not trigger.condition(order, entry):
                if not isinstance(entry, OrderAmended):
                    continue
                fire_on = None  # what it scheduled before no longer holds
            # An immediate event is about its own occasion: a visit can be left more than once.
            number = order.visit if dated else entry.sequence
            events.append(
                _event(
                    _event_id(trigger, order, number),
                    trigger.key,
                    order.id,
                    number,
                    trigger.action,
                    fire_on,
                    dated,
                    while_in_status,
                    trigger.automatic,
                    trigger.once_per_order,
                )
            )
        return tuple(events)


def _answer(when: When) -> _Answer:
    """The function that answers for *when*, found once for all entries."""
    match when:
        case Opening():
            return _opens
        case Entering():
            return partial(_enters, when.moves)
        case Leaving():
            return partial(_leaves, when.moves)
        case Completing():
            return partial(_completes, when.status)
        case DaysInStatus() | DaysFromDue():
            return partial(_reminds, when)
        case _:
            assert_never(when)


def _opens(
    before: ProductionOrder | None,
    order: ProductionOrder,
    _entry: HistoryEntry,
    _calendar: WorkingCalendar,
) -> _Firing | None:
    return (order.entered_on, False, False) if before is None else None


def _enters(
    moves: frozenset[Move] | None,
    before: ProductionOrder | None,
    order: ProductionOrder,
    entry: HistoryEntry,
    _calendar: WorkingCalendar,
) -> _Firing | None:
    enters = moves is None if before is None else _moves_by(moves, entry)
    return (order.begun_on, False, False) if enters else None


def _leaves(
    moves: frozenset[Move] | None,
    before: ProductionOrder | None,
    order: ProductionOrder,
    entry: HistoryEntry,
    _calendar: WorkingCalendar,
) -> _Firing | None:
    leaves = before is not None and _moves_by(moves, entry)
    return (order.begun_on, False, False) if leaves else None


def _completes(
    status: str | None,
    before: ProductionOrder | None,
    order: ProductionOrder,
    entry: HistoryEntry,
    _calendar: WorkingCalendar,
) -> _Firing | None:
    completed = _completed(before, order, entry)
    completes = bool(completed) if status is None else status in completed
    return (order.begun_on, False, False) if completes else None


def _completed(
    before: ProductionOrder | None, order: ProductionOrder, entry: HistoryEntry
) -> list[str]:
    """The keys of what an entry completes; entering the final status is its completion (D20b)."""
    completed: list[str] = []
    if isinstance(entry, StatusChanged) and entry.current_complete:
        completed.append(entry.from_status)
    if order.status.final and (before is None or isinstance(entry, StatusChanged)):
        completed.append(order.status.key)
    return completed


_RESUME: Final = Move.RESUME  # looking a member up on its enum costs as much as a due date


def _moves_by(moves: frozenset[Move] | None, entry: HistoryEntry) -> bool:
    """Whether the entry is one of *moves*; continuing a visit must be named (decision D25)."""
    if not isinstance(entry, StatusChanged):
        return False
    if moves is None:
        return entry.visit == entry.sequence
    return entry.move in moves


def _reminds(
    when: DaysInStatus | DaysFromDue,
    before: ProductionOrder | None,
    order: ProductionOrder,
    entry: HistoryEntry,
    calendar: WorkingCalendar,
) -> _Firing | None:
    if not _schedules(when, before, order, entry):
        return None
    fire_on = _day(when, order, calendar)
    # On the way back from a hold, what was due long ago is not said again: decision D25.
    if fire_on is not None and fire_on < order.begun_on and _resumes(entry):
        return None
    return fire_on, True, when.while_in_status


def _resumes(entry: HistoryEntry) -> bool:
    return isinstance(entry, StatusChanged) and entry.move is _RESUME


def _schedules(
    when: DaysInStatus | DaysFromDue,
    before: ProductionOrder | None,
    order: ProductionOrder,
    entry: HistoryEntry,
) -> bool:
    """Whether an entry sets a reminder, moves it or withdraws it (decisions D25 and D26)."""
    if before is None or isinstance(entry, StatusChanged):
        return isinstance(when, DaysInStatus) or order.due_on is not None
    if isinstance(when, DaysFromDue):
        return before.due_on != order.due_on
    return before.entered_on != order.entered_on


def _day(
    when: DaysInStatus | DaysFromDue, order: ProductionOrder, calendar: WorkingCalendar
) -> date | None:
    match when:
        case DaysInStatus(_, days):
            return _shifted(order.entered_on, days + order.paused_days)
        case DaysFromDue(_, days, working=working):
            if order.due_on is None:
                return None
            if working:
                return calendar.add(order.due_on, days)
            return _shifted(order.due_on, days)
        case _:
            assert_never(when)


def _shifted(day: date, days: int) -> date:
    try:
        return day + timedelta(days)
    except OverflowError:
        raise DateOutOfRangeError(day, days) from None
