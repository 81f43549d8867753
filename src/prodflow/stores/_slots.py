"""The slots of an outbox in memory: which items are pending, and which slots are closed.

Theory of operation. `outbox_effect` decides what a save does to the slots (decisions D26 and D27),
and this module keeps the slots. There is an agenda for each number of attempts, since what has been
tried least is claimed first. An agenda has the pending items by day, so a call that reads due items
looks at no other items. It sorts the items of a day when that day is first read. Closed slots are
kept, so that no event can fill them again.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from heapq import merge
from itertools import islice
from typing import Final, final

from attrs import evolve

from prodflow._trusted import trusted
from prodflow.flow import Change, Reminders
from prodflow.order import ProductionOrder
from prodflow.stores._items import OutboxItem, is_current, is_free
from prodflow.stores._rules import NO_EFFECT, Effect, effect, may_void
from prodflow.triggers import Slot

_claimed = trusted(OutboxItem, OutboxItem, given=["attempts", "leased_until"])
_NONE: Final[frozenset[str]] = frozenset()

Position = tuple[date, str]
"""The day and the id of an item, by which `pending` sorts."""


@final
class Slots:
    """Pending and closed slots; every other slot is empty."""

    def __init__(self) -> None:
        self._pending: dict[str, OutboxItem] = {}
        self._ids: dict[Slot, str] = {}
        self._by_order: dict[str, set[str]] = {}
        self._closed: dict[Slot, date] = {}
        self._agendas: dict[int, _Agenda] = {}  # by attempts

    # --- Saving

    def effect(self, causes: Sequence[Change | Reminders]) -> Effect:
        """The result of `outbox_effect`."""
        concerned: dict[str, OutboxItem] = {}
        has_effect = False
        for cause in causes:
            events = cause.events
            if isinstance(cause, Change):
                if not events and not may_void(cause):
                    continue
                order_id = cause.order.id
            else:
                order_id = cause.order_id
            known = self._by_order.get(order_id)
            if known is not None:
                has_effect = True
                for event_id in known:
                    concerned[event_id] = self._pending[event_id]
            for event in events:
                has_effect = True
                if event.id in self._pending:
                    concerned[event.id] = self._pending[event.id]
        return effect(concerned.values(), causes) if has_effect else NO_EFFECT

    def change(self, emptied: Iterable[Slot], filled: Iterable[OutboxItem]) -> None:
        """Empty the slots *emptied*, then put the items *filled* into slots that aren't closed."""
        for slot in emptied:
            if slot in self._ids:
                self._empty(self._ids[slot])
        for item in filled:
            slot = item.event.slot
            if slot not in self._closed:
                self._put(item, slot)

    def _put(self, item: OutboxItem, slot: Slot) -> None:
        event_id = item.event.id
        if event_id in self._pending:
            self._empty(event_id)
        self._pending[event_id] = item
        self._ids[slot] = event_id
        in_order = self._by_order.get(slot[0])
        if in_order is None:
            self._by_order[slot[0]] = {event_id}
        else:
            in_order.add(event_id)
        agenda = self._agendas.get(item.attempts)
        if agenda is None:
            agenda = self._agendas[item.attempts] = _Agenda()
        agenda.add(_day(item), event_id)

    def _empty(self, event_id: str) -> None:
        item = self._pending.pop(event_id)
        event = item.event
        del self._ids[event.slot]
        in_order = self._by_order[event.order_id]
        in_order.remove(event_id)
        if not in_order:
            del self._by_order[event.order_id]
        self._agendas[item.attempts].remove(_day(item), event_id)

    # --- Closing

    def close(self, items: Iterable[OutboxItem | str]) -> None:
        """Close slots: those of ids if pending, those of items if they still have the same day."""
        for closing in items:
            event_id = closing if isinstance(closing, str) else closing.event.id
            stored = self._pending.get(event_id)
            if stored is not None and (
                isinstance(closing, str) or closing.event.fire_on == stored.event.fire_on
            ):
                self._empty(event_id)
                self._closed[stored.event.slot] = _day(stored)

    def erase(self, order_id: str) -> None:
        """Delete the pending and the closed slots of an order."""
        for event_id in tuple(self._by_order.get(order_id, _NONE)):
            self._empty(event_id)
        for slot in [slot for slot in self._closed if slot[0] == order_id]:
            del self._closed[slot]

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

    # --- Reading

    def get(self, event_id: str) -> OutboxItem | None:
        """The pending item of an event; None if there is none."""
        return self._pending.get(event_id)

    def pending(
        self,
        as_of: date,
        after: Position | None,
        limit: int,
        order_id: str | None,
        is_asked_for: Callable[[OutboxItem], bool],
    ) -> list[OutboxItem]:
        """The pending items that follow *after*, up to the day *as_of*, by date, then id."""
        found: Iterable[str]
        if order_id is None:
            agendas = (agenda.due(as_of, after) for agenda in self._agendas.values())
            found = (event_id for _, event_id in merge(*agendas))
        else:
            mine = [(_day(self._pending[it]), it) for it in self._by_order.get(order_id, _NONE)]
            found = [
                event_id
                for day, event_id in sorted(mine)
                if day <= as_of and (after is None or (day, event_id) > after)
            ]
        items = (self._pending[event_id] for event_id in found)
        return list(islice(filter(is_asked_for, items), limit))

    # --- The work of workers

    def claim(self, as_of: date, now: datetime, until: datetime, limit: int) -> list[OutboxItem]:
        """Lease items that are due by *as_of* and free at *now*, what was tried least first."""
        due = (
            self._pending[event_id]
            for attempts in sorted(self._agendas)
            for _, event_id in self._agendas[attempts].due(as_of, None)
        )
        free = list(islice((item for item in due if is_free(item, now)), limit))
        claimed = [_claimed(item, item.attempts + 1, until) for item in free]
        for item in claimed:
            self._put(item, item.event.slot)
        return claimed

    def fail(self, item: OutboxItem, error: str, retry_at: datetime | None) -> None:
        """End the lease of a current item, to be tried again at *retry_at*, or never."""
        stored = self._current(item)
        if stored is not None:
            given_up = retry_at is None
            failed = evolve(
                stored, last_error=error, retry_at=retry_at, leased_until=None, given_up=given_up
            )
            self._pending[item.event.id] = failed

    def release(self, items: Iterable[OutboxItem]) -> None:
        """End the leases of current items as if they hadn't been claimed."""
        for item in items:
            stored = self._current(item)
            if stored is not None:
                attempts = max(0, stored.attempts - 1)
                again = evolve(
                    stored, attempts=attempts, retry_at=None, leased_until=None, given_up=False
                )
                self._put(again, again.event.slot)

    def extend(self, items: Iterable[OutboxItem], until: datetime) -> list[OutboxItem]:
        """Lengthen the leases of current items, and return those items."""
        extended: list[OutboxItem] = []
        for item in items:
            stored = self._current(item)
            if stored is not None and stored.leased_until is not None:
                longer = _claimed(stored, stored.attempts, until)
                self._pending[item.event.id] = longer
                extended.append(longer)
        return extended

    def _current(self, item: OutboxItem) -> OutboxItem | None:
        """The stored item, if *item* is current."""
        stored = self._pending.get(item.event.id)
        return stored if stored is not None and is_current(item, stored) else None


def _day(item: OutboxItem) -> date:
    day = item.event.fire_on
    assert day is not None  # noqa: S101 - an item has one
    return day


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
        page = self._pages.get(day)
        if page is None:
            page = self._pages[day] = _Page()
            insort(self._days, day)
        page.ids.add(event_id)
        page.is_sorted = False

    def remove(self, day: date, event_id: str) -> None:
        page = self._pages[day]
        page.ids.remove(event_id)
        if not page.ids:
            del self._pages[day]
            del self._days[bisect_left(self._days, day)]

    def due(self, as_of: date, after: Position | None) -> Iterator[Position]:
        """The days and ids that follow *after*, up to the day *as_of*, by day, then id."""
        first, last_id = ("", "") if after is None else after
        begin = 0 if after is None else bisect_left(self._days, after[0])
        for day in self._days[begin : bisect_right(self._days, as_of)]:
            for event_id in self._pages[day].read(last_id if day == first else ""):
                yield day, event_id


@final
class _Page:
    """The ids of one day, sorted when they are read.

    Removed ids stay in the sorted list until they are half of the list. Removed ids at the
    beginning are skipped only once. So reading and removing a long page bit by bit costs no more
    than doing it at once.
    """

    __slots__ = ("_read_from", "_sorted", "ids", "is_sorted")

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.is_sorted = False
        self._sorted: list[str] = []
        self._read_from = 0

    def read(self, after: str) -> Iterator[str]:
        if not self.is_sorted or len(self._sorted) - self._read_from > 2 * len(self.ids):
            self._sorted, self._read_from, self.is_sorted = sorted(self.ids), 0, True
        while self._sorted[self._read_from] not in self.ids:
            self._read_from += 1
        begin = max(bisect_right(self._sorted, after), self._read_from)
        return (event_id for event_id in islice(self._sorted, begin, None) if event_id in self.ids)
