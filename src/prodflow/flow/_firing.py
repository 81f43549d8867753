"""The events that a change of an order causes, and the reminders that an order should have.

Theory of operation. An immediate trigger fires on the day of a change. A reminder is a function of
the order: `TriggerTable.reminders` works out which reminders an order should have, by slot. Every
change compares the reminders before and after, or gives them again (decisions D25 to D27 and D34):

- The opening gives all reminders.
- A status change gives the reminders of the visit that begins or continues. If it opens a closed
  order, it gives those of the delivery date too.
- An amendment or a migration gives only the reminders that differ. None as the day withdraws a
  reminder.
- An undo fires nothing and gives back the reminders of the earlier order.

`TriggerTable` groups the triggers of a flow by their status, so that a change checks only the
triggers that can fire. An event's id is a digest of its slot (`prodflow.triggers` explains slots).
So the same change always gives the same event, and a reminder's new day replaces its old day.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import assert_never, final

from attrs import evolve

from prodflow._trigger_values import Dated, status_of
from prodflow._trusted import trusted
from prodflow.calendars import WorkingCalendar
from prodflow.errors import DateOutOfRangeError
from prodflow.order import HistoryEntry, Move, OrderOpened, ProductionOrder, StatusChanged
from prodflow.triggers import (
    Completing,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Entering,
    Leaving,
    Opening,
    Slot,
    Trigger,
    TriggerEvent,
    Until,
)

_event = trusted(TriggerEvent)


def _event_id(order_id: str, trigger: str, number: int | None) -> str:
    """The id of an event: a digest of its slot (decision D26)."""
    # Ids and keys have no newlines (decision D33), so two slots never give the same text.
    slot = f"{order_id}\n{trigger}\n{'' if number is None else number}"
    return hashlib.sha256(slot.encode()).hexdigest()[:32]


# A function that says whether an entry fires an immediate trigger. It takes the order before the
# entry (None for an opening), the order after the entry, and the entry. The table has already
# compared the status.
_Occasion = Callable[[ProductionOrder | None, ProductionOrder, HistoryEntry], bool]
_Firing = tuple[Trigger, _Occasion]
_Reminding = tuple[Trigger, Dated]


@final
class TriggerTable:
    """The triggers of a flow that are switched on, by the status that an order leaves or enters."""

    __slots__ = (
        *("_any", "_dated", "_dated_any", "_delivery", "_entering", "_leaving", "_reminds"),
        "looks_back",
    )

    def __init__(self, triggers: Iterable[Trigger]) -> None:
        self._any: tuple[_Firing, ...] = ()
        self._entering: dict[str, tuple[_Firing, ...]] = {}
        self._leaving: dict[str, tuple[_Firing, ...]] = {}
        self._dated: dict[str, tuple[_Reminding, ...]] = {}
        self._dated_any: tuple[_Reminding, ...] = ()
        self._delivery: tuple[_Reminding, ...] = ()
        self.looks_back = False
        """Whether an undo has to look at the history: if a reminder outlives its visit, or if an
        order has the event of an immediate trigger only once."""
        for trigger in triggers:
            if trigger.enabled:
                self._add(trigger)
        self._reminds = bool(self._dated or self._dated_any or self._delivery)

    def _add(self, trigger: Trigger) -> None:
        status = status_of(trigger.when)
        match trigger.when:
            case DaysFromDelivery() as when:
                self._delivery += ((trigger, when),)
            case DaysInStatus() | DaysFromDue() as when:
                self.looks_back = self.looks_back or not when.while_in_status
                if status is None:
                    self._dated_any += ((trigger, when),)
                else:
                    self._dated[status] = (*self._dated.get(status, ()), (trigger, when))
            case Opening() | Entering() | Leaving() | Completing() as when:
                self.looks_back = self.looks_back or trigger.once_per_order
                row = trigger, _occasion(when)
                if status is None:
                    self._any += (row,)
                    return
                if isinstance(when, Leaving | Completing):
                    self._leaving[status] = (*self._leaving.get(status, ()), row)
                if not isinstance(when, Leaving):
                    self._entering[status] = (*self._entering.get(status, ()), row)
            case _:
                assert_never(trigger.when)

    def events(
        self,
        before: ProductionOrder | None,
        order: ProductionOrder,
        entry: HistoryEntry,
        calendar: WorkingCalendar,
        today: date,
    ) -> tuple[TriggerEvent, ...]:
        """The events of an opening or a status change.

        Args:
            before: the order before the entry; None for an opening.
            order: the order after the entry.
            entry: the entry.
            calendar: the calendar of the policy.
            today: the day of the change. On a later day than the due date, no reminder warns of the
                due date; the same goes for the delivery date.

        Returns:
            The events of immediate triggers come first, then the reminders.

        Raises:
            DateOutOfRangeError: if a reminder would fall outside the calendar.
        """
        events = self._immediate(before, order, entry)
        if self._reminds:
            number = entry.sequence
            is_continued = before is not None and order.visit != number
            events += self._of_visit(order, calendar, today, number, again=is_continued)
            events += self._of_delivery(before, order, calendar, today, number)
        return tuple(events)

    def _immediate(
        self, before: ProductionOrder | None, order: ProductionOrder, entry: HistoryEntry
    ) -> list[TriggerEvent]:
        """The events of the immediate triggers that an opening or a status change fires."""
        status = order.status
        rows = self._any
        if before is not None and before.status is not status:
            rows += self._leaving.get(before.status.key, ())
        rows += self._entering.get(status.key, ())
        events: list[TriggerEvent] = []
        for trigger, occurs in rows:
            if (
                _concerns(trigger, order)
                and occurs(before, order, entry)
                and (trigger.condition is None or trigger.condition(order, entry))
            ):
                events.append(_fired(trigger, order, entry))
        return events

    def fired_before(
        self,
        before: ProductionOrder,
        undone: StatusChanged,
        history: Sequence[tuple[HistoryEntry, ProductionOrder | None]],
        entry: HistoryEntry,
    ) -> tuple[TriggerEvent, ...]:
        """What an undone status change replaced: events that the order has only once.

        An undo fires nothing. But if an earlier entry fired the same trigger, and its event is
        still pending, the undo must not take this event with it.

        Args:
            before: the order before the undo.
            undone: the status change.
            history: the earlier entries that count, each with the order after it.
            entry: the entry that undoes.
        """
        if not history:
            return ()
        said = self._immediate(history[-1][1], before, undone)
        replaced = {event.slot for event in said if event.number is None}
        if not replaced:
            return ()
        last: dict[Slot, TriggerEvent] = {}
        previous: ProductionOrder | None = None
        for earlier, state in history:
            if state is not None and isinstance(earlier, OrderOpened | StatusChanged):
                for event in self._immediate(previous, state, earlier):
                    if event.slot in replaced:
                        last[event.slot] = event
            previous = state
        return tuple(evolve(event, sequence=entry.sequence) for event in last.values())

    def differing(
        self,
        before: ProductionOrder,
        order: ProductionOrder,
        entry: HistoryEntry,
        calendar: WorkingCalendar,
    ) -> tuple[TriggerEvent, ...]:
        """The reminders that differ after an amendment, a migration, or the undo of one of them.

        Raises:
            DateOutOfRangeError: if a reminder would fall outside the calendar.
        """
        if not self._reminds:
            return ()
        # The order stays in its visit, so a trigger has the same slot before and after.
        concerned = (*self._rows(order), *self._delivery)
        if before.status is not order.status:
            rows = {trigger.key: (trigger, when) for trigger, when in self._rows(before)}
            rows |= {trigger.key: (trigger, when) for trigger, when in concerned}
            concerned = tuple(rows.values())
        today = entry.at.date()
        return tuple(_differing(concerned, before, order, calendar, today, entry.sequence))

    def given_back(  # noqa: PLR0917 - passed on by one caller
        self,
        before: ProductionOrder,
        order: ProductionOrder,
        undone: StatusChanged,
        earlier: Iterable[ProductionOrder],
        entry: HistoryEntry,
        calendar: WorkingCalendar,
    ) -> tuple[TriggerEvent, ...]:
        """The reminders that the undo of a status change gives back.

        A cancellation drops the reminders that have outlived an earlier visit, and a return moves
        them. Any status change can move a reminder that the order has only once. So these come back
        for earlier visits too. What a return said is withdrawn first.

        Args:
            before: the order before the undo.
            order: the order after the undo.
            undone: the status change.
            earlier: the order as it was last in each visit since the last cancellation, except the
                present visit.
            entry: the entry that undoes.
            calendar: the calendar of the policy.

        Raises:
            DateOutOfRangeError: if a reminder would fall outside the calendar.
        """
        if not self._reminds:
            return ()
        today, number = entry.at.date(), entry.sequence
        is_return = undone.visit != undone.sequence
        of_before = [
            _reminder(trigger, when, before, number, None)
            for trigger, when in self._rows(before)
            if _outlives(when)
        ]
        moved = {event.slot for event in of_before}
        given = {event.slot: event for event in of_before if is_return}
        for state in earlier:
            for event in self._of_visit(state, calendar, today, number):
                is_moved = before.is_cancelled or is_return or event.slot in moved
                if event.until is None and is_moved:
                    given[event.slot] = event
        for trigger, when in self._rows(order):
            day = _answer(trigger, when, order, calendar, today)
            event = _reminder(trigger, when, order, number, day)
            if day is not None:
                given[event.slot] = event
            elif _outlives(when):
                # What an earlier visit said stays where this visit has nothing to say. A warning
                # that is too late is something to say.
                is_too_late = _answer(trigger, when, order, calendar, None) is not None
                if is_too_late or event.slot not in given:
                    given[event.slot] = event
        return (*given.values(), *self._of_delivery(before, order, calendar, today, number))

    def said_before(
        self,
        events: Iterable[TriggerEvent],
        earlier: Iterable[ProductionOrder],
        entry: HistoryEntry,
        calendar: WorkingCalendar,
    ) -> tuple[TriggerEvent, ...]:
        """The events; where one withdraws what the order has once, what an earlier visit said.

        Args:
            events: the events of an undo.
            earlier: the order as it was last in each earlier visit, as for `given_back`.
            entry: the entry that undoes.
            calendar: the calendar of the policy.
        """
        said = {
            event.slot: event
            for state in earlier
            for event in self._of_visit(state, calendar, entry.at.date(), entry.sequence)
            if event.until is None
        }
        return tuple(
            event if event.fire_on is not None else said.get(event.slot, event) for event in events
        )

    def reminders(
        self, order: ProductionOrder, calendar: WorkingCalendar, today: date
    ) -> tuple[TriggerEvent, ...]:
        """The reminders that an order should have on a day: those of its visit and its delivery."""
        of_visit = self._of_visit(order, calendar, today, order.visit)
        return (*of_visit, *self._of_delivery(None, order, calendar, today, 1))

    # --- The reminders of an order, on which all of these rest. A *today* of None counts nothing as
    # too late. The events have the sequence number *number*.

    def _rows(self, order: ProductionOrder) -> tuple[_Reminding, ...]:
        """The triggers that may remind of the present visit."""
        rows = self._dated.get(order.status.key, ())
        return (*self._dated_any, *rows) if self._dated_any and order.is_open else rows

    def _of_visit(
        self,
        order: ProductionOrder,
        calendar: WorkingCalendar,
        today: date | None,
        number: int,
        *,
        again: bool = False,
    ) -> Iterator[TriggerEvent]:
        """The reminders of the present visit.

        If they are given *again*, a reminder that has outlived the visit may still be pending. If
        it's no longer wanted, an event without a day withdraws it. What the order has only once may
        be of another visit, so it stays.
        """
        for trigger, when in self._rows(order):
            day = _answer(trigger, when, order, calendar, today)
            if day is not None:
                yield _reminder(trigger, when, order, number, day)
            elif again and _outlives(when) and not trigger.once_per_order:
                yield _reminder(trigger, when, order, number, None)

    def _of_delivery(
        self,
        before: ProductionOrder | None,
        order: ProductionOrder,
        calendar: WorkingCalendar,
        today: date,
        number: int,
    ) -> Iterator[TriggerEvent]:
        """The reminders of the delivery date: those that differ; all if *before* was not open."""
        if not order.is_open:
            return
        if before is not None and before.is_open:
            yield from _differing(self._delivery, before, order, calendar, today, number)
            return
        for trigger, when in self._delivery:
            day = _answer(trigger, when, order, calendar, today)
            if day is not None:
                yield _reminder(trigger, when, order, number, day)


def _outlives(when: Dated) -> bool:
    """Whether the reminder of a visit stays when the order leaves the visit."""
    return not isinstance(when, DaysFromDelivery) and not when.while_in_status


def _differing(  # noqa: PLR0917 - as `events` has them
    rows: Iterable[_Reminding],
    before: ProductionOrder,
    order: ProductionOrder,
    calendar: WorkingCalendar,
    today: date,
    number: int,
) -> Iterator[TriggerEvent]:
    """The reminders whose day differs; without a day where *order* doesn't want them."""
    for trigger, when in rows:
        if trigger.condition is None and _is_untouched(when, before, order):
            continue
        day = _answer(trigger, when, order, calendar, today) if _is_of(when, order) else None
        if day != _past_answer(trigger, when, before, calendar):
            yield _reminder(trigger, when, order, number, day)


def _is_untouched(when: Dated, before: ProductionOrder, order: ProductionOrder) -> bool:
    """Whether everything that the day of a reminder depends on is as before.

    A warning also depends on the day of the change, on which it may be too late.
    """
    if before.status is not order.status:
        return False
    match when:
        case DaysInStatus():
            return before.entered_on == order.entered_on and before.paused_days == order.paused_days
        case DaysFromDue(days=days):
            return days >= 0 and before.due_on == order.due_on
        case DaysFromDelivery(days=days):
            return days >= 0 and before.delivery_on == order.delivery_on
        case _:
            assert_never(when)


def _past_answer(
    trigger: Trigger, when: Dated, before: ProductionOrder, calendar: WorkingCalendar
) -> date | None:
    """The day that a reminder had before a change, also if it was too late for a warning."""
    if not _is_of(when, before):
        return None
    try:
        return _answer(trigger, when, before, calendar, None)
    except DateOutOfRangeError:  # no such reminder was ever given
        return None


def _concerns(trigger: Trigger, order: ProductionOrder) -> bool:
    return not trigger.order_types or order.cycle.order_type in trigger.order_types


# --- Immediate triggers ---------------------------------------------------------------------------


def _fired(trigger: Trigger, order: ProductionOrder, entry: HistoryEntry) -> TriggerEvent:
    """The event of an immediate trigger that an entry fires."""
    day = order.begun_on
    if isinstance(trigger.when, Opening):
        day = min(order.ordered_on, entry.at.date())
    number = None if trigger.once_per_order else entry.sequence
    return _event(
        _event_id(order.id, trigger.key, number),
        trigger.key,
        order.id,
        order.visit,
        number,
        entry.sequence,
        trigger.action,
        day,
        False,  # noqa: FBT003 - see `trusted`
        None,
        trigger.automatic,
    )


def _occasion(when: Opening | Entering | Leaving | Completing) -> _Occasion:
    match when:
        case Opening():
            return lambda before, _order, _entry: before is None
        case Entering(moves=moves):
            return partial(_enters, moves)
        case Leaving(moves=moves):
            return partial(_leaves, moves)
        case Completing(status=status):
            return partial(_completes, status)
        case _:
            assert_never(when)


def _enters(
    moves: frozenset[Move] | None,
    before: ProductionOrder | None,
    _order: ProductionOrder,
    entry: HistoryEntry,
) -> bool:
    """Whether an entry enters a status; without *moves*, a visit must begin with it (D25)."""
    if moves is None:
        return before is None or (
            isinstance(entry, StatusChanged) and entry.visit == entry.sequence
        )
    return isinstance(entry, StatusChanged) and entry.move in moves


def _leaves(
    moves: frozenset[Move] | None,
    _before: ProductionOrder | None,
    _order: ProductionOrder,
    entry: HistoryEntry,
) -> bool:
    return isinstance(entry, StatusChanged) and (moves is None or entry.move in moves)


def _completes(
    status: str | None,
    _before: ProductionOrder | None,
    order: ProductionOrder,
    entry: HistoryEntry,
) -> bool:
    """Whether an entry completes *status*; None means any status of the path.

    An order completes the final status as soon as it enters the status (decision D20b).
    """
    if isinstance(entry, StatusChanged) and entry.current_complete:
        left = entry.from_status
        if left == status or (status is None and order.cycle.place(left).position is not None):
            return True
    return order.status.final and (status is None or status == order.status.key)


# --- Reminders ------------------------------------------------------------------------------------


def _reminder(
    trigger: Trigger, when: Dated, order: ProductionOrder, sequence: int, day: date | None
) -> TriggerEvent:
    number = None if trigger.once_per_order else order.visit
    until: Until | None = None
    if isinstance(when, DaysFromDelivery):
        number, until = None, "closed"
    elif when.while_in_status:
        until = "left"
    return _event(
        _event_id(order.id, trigger.key, number),
        trigger.key,
        order.id,
        order.visit,
        number,
        sequence,
        trigger.action,
        day,
        True,  # noqa: FBT003 - see `trusted`
        until,
        trigger.automatic,
    )


def _is_of(when: Dated, order: ProductionOrder) -> bool:
    """Whether a reminder is one of the order's present status, or of its delivery date."""
    status = None if isinstance(when, DaysFromDelivery) else when.status
    return order.is_open if status is None else status == order.status.key


def _answer(
    trigger: Trigger,
    when: Dated,
    order: ProductionOrder,
    calendar: WorkingCalendar,
    today: date | None,
) -> date | None:
    """The day of a reminder; None if the order doesn't want the reminder (D25, D25b)."""
    if not _concerns(trigger, order):
        return None
    days, counted = when.days, calendar if when.working else None
    day: date | None
    match when:
        case DaysInStatus():
            day = _after_entry(order, days, counted)
        case DaysFromDue():
            day = _from_date(order.due_on, days, counted, today)
        case DaysFromDelivery():
            day = _from_date(order.delivery_on, days, counted, today)
        case _:
            assert_never(when)
    if day is None or (trigger.condition is not None and not trigger.condition(order, None)):
        return None
    return day


def _after_entry(order: ProductionOrder, days: int, calendar: WorkingCalendar | None) -> date:
    """Some days after the visit began, without the days paused."""
    if calendar is None:
        return _shifted(order.entered_on, days + order.paused_days)
    days += order.paused_working_days
    return calendar.add(order.entered_on, days) if days else calendar.following(order.entered_on)


def _from_date(
    anchor: date | None, days: int, calendar: WorkingCalendar | None, today: date | None
) -> date | None:
    """Some days from a due or delivery date; None without a date, or if a warning is too late."""
    if anchor is None or (days < 0 and today is not None and anchor < today):
        return None
    if calendar is None:
        return _shifted(anchor, days)
    return calendar.add(calendar.preceding(anchor), days)


def _shifted(day: date, days: int) -> date:
    try:
        return day + timedelta(days)
    except OverflowError:
        raise DateOutOfRangeError(day, days) from None
