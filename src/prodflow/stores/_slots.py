"""The slots of an outbox in memory: what is pending, for which day, and what is closed.

Theory of operation. An event fills a slot (decision D26). Pending slots stand in an agenda by day,
so that taking what is due looks at nothing else; within a day they are sorted when they are first
read. Leaving a visit looks only at the pending slots of that order (decision D27). A closed slot is
kept so that it stays closed; a voided one leaves no trace.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import final

from attrs import evolve

from prodflow.order import ProductionOrder
from prodflow.triggers import Slot, TriggerEvent


@final
class Slots:
    """Pending and closed slots; a slot that is in neither is empty."""

    def __init__(self) -> None:
        self._pending: dict[str, TriggerEvent] = {}
        self._leases: dict[str, datetime] = {}
        self._ids: dict[Slot, str] = {}
        self._by_order: dict[str, set[str]] = {}
        self._closed: dict[Slot, date] = {}
        self._agenda = _Agenda()

    def keep(self, order: ProductionOrder, events: Iterable[TriggerEvent]) -> None:
        """What a change does to the slots: leaving voids first, then its own events come in."""
        if order.visit == order.version:
            self._void(order)
        for event in events:
            self._put(event)

    def _void(self, order: ProductionOrder) -> None:
        """What dies with the visit that a change has just ended (decision D27)."""
        for event_id in tuple(self._by_order.get(order.id, ())):
            event = self._pending[event_id]
            dies = event.while_in_status or order.is_cancelled
            if event.dated and dies and event.visit < order.visit:
                self._empty(event_id)

    def check(self, events: Iterable[TriggerEvent]) -> None:
        """Refuse events whose id another slot has, pending or among themselves.

        Raises:
            ValueError: if there is one.
        """
        slots: dict[str, Slot] = {}
        for event in events:
            pending = self._pending.get(event.id)
            slot = slots.setdefault(event.id, event.slot if pending is None else pending.slot)
            if slot != event.slot:
                raise ValueError(f"the id {event.id!r} is that of an event of another slot, {slot}")

    def _put(self, event: TriggerEvent) -> None:
        if event.slot in self._closed:
            return
        event_id = self._ids.get(event.slot, event.id)
        lease = self._leases.get(event_id)
        self._empty(event_id)
        if event.fire_on is None:
            return
        # What is pending keeps its id and its lease, whatever else is new: decision D26.
        self._pending[event_id] = event if event.id == event_id else evolve(event, id=event_id)
        self._ids[event.slot] = event_id
        self._by_order.setdefault(event.order_id, set()).add(event_id)
        self._agenda.add(event.fire_on, event_id)
        if lease is not None:
            self._leases[event_id] = lease

    def _empty(self, event_id: str) -> TriggerEvent | None:
        event = self._pending.pop(event_id, None)
        if event is None or event.fire_on is None:
            return None
        del self._ids[event.slot]
        self._leases.pop(event_id, None)
        self._agenda.remove(event.fire_on, event_id)
        of_order = self._by_order[event.order_id]
        of_order.remove(event_id)
        if not of_order:
            del self._by_order[event.order_id]
        return event

    def close(self, event_ids: Iterable[str]) -> None:
        """Close what is pending under these ids."""
        for event_id in event_ids:
            event = self._empty(event_id)
            if event is not None and event.fire_on is not None:
                self._closed[event.slot] = event.fire_on

    def forget(self, before: date, orders: Mapping[str, ProductionOrder]) -> int:
        """Drop the closed slots of days before *before* that no later change can fill again."""
        past = [
            slot
            for slot, day in self._closed.items()
            if day < before and slot[2] is not None and slot[2] < orders[slot[0]].visit
        ]
        for slot in past:
            del self._closed[slot]
        return len(past)

    def pending(
        self, as_of: date, after: TriggerEvent | None, limit: int, *, automatic: bool | None
    ) -> list[TriggerEvent]:
        """The events due by *as_of*, from the one after *after*."""
        last = None if after is None or after.fire_on is None else (after.fire_on, after.id)
        due = (self._pending[event_id] for event_id in self._agenda.due(as_of, last))
        wanted = (event for event in due if automatic in {None, event.automatic})
        return list(islice(wanted, limit))

    def claim(self, as_of: date, now: datetime, until: datetime, limit: int) -> list[TriggerEvent]:
        """The automatic events due by *as_of* and not leased at *now*, leased until *until*."""
        due = (self._pending[event_id] for event_id in self._agenda.due(as_of, None))
        free = (event for event in due if event.automatic and self._is_free(event.id, now))
        claimed = list(islice(free, limit))
        self._leases.update((event.id, until) for event in claimed)
        return claimed

    def _is_free(self, event_id: str, now: datetime) -> bool:
        lease = self._leases.get(event_id)
        return lease is None or lease <= now


@final
class _Agenda:
    """Ids by day, read in the order of days and ids."""

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
        """The ids of all days up to *as_of*, from the one after *after*, a day and an id."""
        first, last_id = ("", "") if after is None else after
        begin = 0 if after is None else bisect_left(self._days, after[0])
        for day in self._days[begin : bisect_right(self._days, as_of)]:
            yield from self._pages[day].read(last_id if day == first else "")


@final
class _Page:
    """The ids of one day, sorted when they are read.

    Ids taken off stay in the sorted list until half of it is gone, and the first ones until the
    next reading, so that taking a long page bit by bit costs no more than taking it at once.
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
        return (found for found in islice(self._sorted, begin, None) if found in self.ids)
