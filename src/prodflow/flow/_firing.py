"""The events that a change of an order causes.

Theory of operation. `TriggerTable` groups the triggers of a flow by their status, so that a change
checks only the triggers that can fire. An immediate trigger fires on the day of the change. A
dated trigger sets the day of a reminder; None as the day withdraws the reminder. An event's id is a
digest of its slot (`prodflow.triggers` explains slots). So the same change always gives the same
event, and a reminder's new day replaces its old day.
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
    """The id of an event: a digest of its slot (decision D26).

    For an event of a visit, the digest includes the status and the first day of the visit. The id
    of such an event begins with the first day of the visit, so that a database index keeps events
    of the same time together.
    """
    # Ids and keys have no newlines (decision D33), so two slots never give the same text.
    if trigger.once_per_order:
        return _digest(f"{order.id}\n{trigger.key}")
    day = order.entered_on.toordinal()
    slot = f"{order.id}\n{trigger.key}\n{number}\n{order.status.key}\n{day}"
    return f"{day:06x}{_digest(slot)}"[:32]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


# A function that says whether an entry fires a trigger. It takes the order before the entry (None
# for an opening), the order after the entry, and the entry. The table has already compared the
# status.
_Occasion = Callable[[ProductionOrder | None, ProductionOrder, HistoryEntry], bool]
_Reminder = DaysInStatus | DaysFromDue
_Row = tuple[Trigger, _Occasion, _Reminder | None]


@final
class TriggerTable:
    """The triggers of a flow, by the status that an order leaves or enters."""

    __slots__ = ("_any", "_entering", "_leaving")

    def __init__(self, triggers: Iterable[Trigger]) -> None:
        self._any: tuple[_Row, ...] = ()
        self._entering: dict[str, tuple[_Row, ...]] = {}
        self._leaving: dict[str, tuple[_Row, ...]] = {}
        for trigger in triggers:
            status, when = watched_status(trigger), trigger.when
            row = trigger, _occasion(when), when if isinstance(when, _Reminder) else None
            if status is None:
                self._any += (row,)
                continue
            if isinstance(when, Leaving | Completing):
                self._leaving[status] = (*self._leaving.get(status, ()), row)
            if not isinstance(when, Leaving):
                self._entering[status] = (*self._entering.get(status, ()), row)

    def events(
        self,
        before: ProductionOrder | None,
        order: ProductionOrder,
        entry: HistoryEntry,
        calendar: WorkingCalendar,
    ) -> tuple[TriggerEvent, ...]:
        """The events of an entry that led from *before* to *order*.

        Args:
            before: the order before the entry; None for an opening.
            order: the order after the entry.
            entry: the entry.
            calendar: the calendar of the policy.

        Returns:
            Events of triggers for any status come first. Events of triggers for the previous status
            come next, and those for the new status last. Each group is in the order of the flow's
            triggers.

        Raises:
            DateOutOfRangeError: if a reminder would fall outside the calendar.
        """
        status = order.status
        rows = self._any
        if before is not None and before.status is not status:
            rows += self._leaving.get(before.status.key, ())
        rows += self._entering.get(status.key, ())
        if not rows:
            return ()
        events: list[TriggerEvent] = []
        for trigger, occurs, reminder in rows:
            if trigger.order_types and order.cycle.order_type not in trigger.order_types:
                continue
            if not occurs(before, order, entry):
                continue
            fire_on: date | None = order.begun_on
            number = entry.sequence  # one visit can be left and resumed more than once
            if reminder is not None:
                fire_on, number = _day(reminder, order, calendar), order.visit
                # A return from a hold doesn't repeat reminders that are long past: decision D25.
                if fire_on is not None and fire_on < order.begun_on and _resumes(entry):
                    continue
            if trigger.condition is not None and not trigger.condition(order, entry):
                if not isinstance(entry, OrderAmended):
                    continue
                fire_on = None  # withdraws what was scheduled before the amendment
            events.append(
                _event(
                    _event_id(trigger, order, number),
                    trigger.key,
                    order.id,
                    number,
                    trigger.action,
                    fire_on,
                    reminder is not None,
                    reminder is not None and reminder.while_in_status,
                    trigger.automatic,
                    trigger.once_per_order,
                )
            )
        return tuple(events)


def _occasion(when: When) -> _Occasion:
    match when:
        case Opening():
            return lambda before, _order, _entry: before is None
        case Entering(moves=moves):
            return lambda before, _order, entry: (
                moves is None if before is None else _moves_by(moves, entry)
            )
        case Leaving(moves=moves):
            return lambda before, _order, entry: before is not None and _moves_by(moves, entry)
        case Completing(status=status):
            return partial(_completes, status)
        case DaysInStatus() | DaysFromDue():
            return partial(_schedules, when)
        case _:
            assert_never(when)


def _completes(
    status: str | None, before: ProductionOrder | None, order: ProductionOrder, entry: HistoryEntry
) -> bool:
    """Whether an entry completes *status*; None stands for any status.

    An order completes the final status as soon as it enters the status (decision D20b).
    """
    if isinstance(entry, StatusChanged):
        if entry.current_complete and (status is None or status == entry.from_status):
            return True
    elif before is not None:
        return False
    return order.status.final and (status is None or status == order.status.key)


_RESUME: Final = Move.RESUME  # looking it up takes 0.07 µs each time (Python 3.11)


def _moves_by(moves: frozenset[Move] | None, entry: HistoryEntry) -> bool:
    """Whether the entry is one of *moves*; None means any move that begins a visit (D25)."""
    if not isinstance(entry, StatusChanged):
        return False
    if moves is None:
        return entry.visit == entry.sequence
    return entry.move in moves


def _resumes(entry: HistoryEntry) -> bool:
    return isinstance(entry, StatusChanged) and entry.move is _RESUME


def _schedules(
    when: _Reminder, before: ProductionOrder | None, order: ProductionOrder, entry: HistoryEntry
) -> bool:
    """Whether an entry sets, moves or withdraws a reminder (decisions D25 and D26)."""
    if before is None or isinstance(entry, StatusChanged):
        return isinstance(when, DaysInStatus) or order.due_on is not None
    if isinstance(when, DaysFromDue):
        return before.due_on != order.due_on
    return before.entered_on != order.entered_on


def _day(when: _Reminder, order: ProductionOrder, calendar: WorkingCalendar) -> date | None:
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
