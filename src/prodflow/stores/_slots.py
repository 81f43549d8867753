"""The slots of an outbox in memory: which events are pending, and which slots are closed.

Theory of operation. `outbox_effect` decides what a save does to the slots (decisions D26 and D27),
and this module keeps the slots. An agenda has the pending events by day, so a call that reads due
events looks at no other events. The agenda sorts the events of a day when that day is first read.
Closed slots are kept, so that no event can fill them again.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import final

from prodflow.flow import Change
from prodflow.order import ProductionOrder
from prodflow.stores._rules import NO_EFFECT, Effect, effect, may_void
from prodflow.triggers import Slot, TriggerEvent


@final
class Slots:
    """Pending and closed slots; every other slot is empty."""

    def __init__(self) -> None:
        self._pending: dict[str, TriggerEvent] = {}
        self._leases: dict[str, datetime] = {}
        self._ids: dict[Slot, str] = {}
        self._dated: dict[str, set[str]] = {}  # ids of reminders, by order id
        self._closed: dict[Slot, date] = {}
        self._agenda = _Agenda()

    def effect(self, changes: Sequence[Change]) -> Effect:
        """The result of `outbox_effect`; it's called only for changes that may have an effect."""
        pending, concerned, has_events = self._pending, dict[str, TriggerEvent](), False
        for change in changes:
            ids = self._dated.get(change.order.id)
            if ids is not None and may_void(change):
                for event_id in ids:
                    concerned[event_id] = pending[event_id]
            for event in change.events:
                has_events = True
                for known_id in (event.id, self._ids.get(event.slot, event.id)):
                    if known_id in pending:
                        concerned[known_id] = pending[known_id]
        return effect(concerned.values(), changes) if concerned or has_events else NO_EFFECT

    def change(self, emptied: Iterable[Slot], filled: Iterable[TriggerEvent]) -> None:
        """Empty the slots *emptied*, then put the events *filled* into slots that aren't closed."""
        for slot in emptied:
            if slot in self._ids:
                self._empty(self._ids[slot])
        for event in filled:
            slot = event.slot
            if event.fire_on is not None and slot not in self._closed:
                self._fill(slot, event, event.fire_on)

    def _fill(self, slot: Slot, event: TriggerEvent, fire_on: date) -> None:
        lease = self._leases.get(event.id)
        self._empty(event.id)
        self._pending[event.id] = event
        self._ids[slot] = event.id
        if event.dated:
            self._dated.setdefault(event.order_id, set()).add(event.id)
        self._agenda.add(fire_on, event.id)
        if lease is not None:
            self._leases[event.id] = lease

    def _empty(self, event_id: str) -> TriggerEvent | None:
        event = self._pending.pop(event_id, None)
        if event is None or event.fire_on is None:
            return None
        del self._ids[event.slot]
        self._leases.pop(event_id, None)
        self._agenda.remove(event.fire_on, event_id)
        if event.dated:
            in_order = self._dated[event.order_id]
            in_order.remove(event_id)
            if not in_order:
                del self._dated[event.order_id]
        return event

    def close(self, event_ids: Iterable[str]) -> None:
        """Close the slots of these events; ids of events that aren't pending are ignored."""
        for event_id in event_ids:
            event = self._empty(event_id)
            if event is not None and event.fire_on is not None:
                self._closed[event.slot] = event.fire_on

    def forget(self, before: date, orders: Mapping[str, ProductionOrder]) -> int:
        """Delete closed slots that no change can fill again, and return how many."""
        past = [
            slot
            for slot, day in self._closed.items()
            if day < before and slot[2] is not None and slot[2] not in _going_on(orders[slot[0]])
        ]
        for slot in past:
            del self._closed[slot]
        return len(past)

    def pending(
        self, as_of: date, after: TriggerEvent | None, limit: int, *, automatic: bool | None
    ) -> list[TriggerEvent]:
        """The pending events that follow *after*, up to the day *as_of*, by date, then id."""
        last = None if after is None or after.fire_on is None else (after.fire_on, after.id)
        due = (self._pending[event_id] for event_id in self._agenda.due(as_of, last))
        wanted = (event for event in due if automatic in {None, event.automatic})
        return list(islice(wanted, limit))

    def claim(self, as_of: date, now: datetime, until: datetime, limit: int) -> list[TriggerEvent]:
        """Lease automatic events that are due by *as_of* and have no lease at *now*."""
        due = (self._pending[event_id] for event_id in self._agenda.due(as_of, None))
        free = (event for event in due if event.automatic and self._is_free(event.id, now))
        claimed = list(islice(free, limit))
        self._leases.update((event.id, until) for event in claimed)
        return claimed

    def _is_free(self, event_id: str, now: datetime) -> bool:
        lease = self._leases.get(event_id)
        return lease is None or lease <= now


def _going_on(order: ProductionOrder) -> set[int]:
    """The visits whose slots can still be filled: the present visit, and a visit on hold."""
    return {order.visit} if order.held is None else {order.visit, order.held.visit}


@final
class _Agenda:
    """Event ids by day."""

    def __init__(self) -> None:
        self._days: list[date] = []
        self._pages: dict[date, _Page] = {}

    def add(self, day: date, event_id: str) -> None:
        if day not in self._pages:
            self._pages[day] = _Page()
            insort(self._days, day)
        self._pages[day].add(event_id)

    def remove(self, day: date, event_id: str) -> None:
        page = self._pages[day]
        page.ids.remove(event_id)
        if not page.ids:
            del self._pages[day]
            del self._days[bisect_left(self._days, day)]

    def due(self, as_of: date, after: tuple[date, str] | None) -> Iterator[str]:
        """The ids that follow *after*, up to the day *as_of*, by day, then id."""
        first, last_id = ("", "") if after is None else after
        begin = 0 if after is None else bisect_left(self._days, after[0])
        for day in self._days[begin : bisect_right(self._days, as_of)]:
            yield from self._pages[day].read(last_id if day == first else "")


@final
class _Page:
    """The ids of one day, sorted when they are read.

    Removed ids stay in the sorted list until they are half of the list. Removed ids at the
    beginning are skipped only once. So reading and removing a long page bit by bit costs no more
    than doing it at once.
    """

    __slots__ = ("_read_from", "_sorted", "ids")

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self._sorted: list[str] | None = None
        self._read_from = 0

    def add(self, event_id: str) -> None:
        self.ids.add(event_id)
        self._sorted = None

    def read(self, after: str) -> Iterator[str]:
        if self._sorted is None or len(self._sorted) - self._read_from > 2 * len(self.ids):
            self._sorted, self._read_from = sorted(self.ids), 0
        while self._sorted[self._read_from] not in self.ids:
            self._read_from += 1
        begin = max(bisect_right(self._sorted, after), self._read_from)
        return (event_id for event_id in islice(self._sorted, begin, None) if event_id in self.ids)
