"""A store to learn from: the simplest one that passes `prodflow.testing.OrderStoreSuite`.

It keeps everything in a few dictionaries. A save changes copies of them, and the copies replace the
originals if nothing fails. Use it in one thread only. It has the rules of the outbox in its own
code instead of calling `outbox_effect`, so the tests can compare the two.
"""

from collections.abc import Iterable
from copy import copy
from datetime import date, datetime, timedelta
from typing import Self

from attrs import evolve, frozen

from prodflow import (
    Change,
    CommandReusedError,
    CycleConflictError,
    CycleNotFoundError,
    HistoryEntry,
    OrderNotFoundError,
    OrderQuery,
    ProductionOrder,
    StatusCycle,
    TriggerEvent,
)
from prodflow.stores import check_next, repeats

Slot = tuple[str, str, int | None]


@frozen
class Note:
    """The content of a slot: its event, when the lease ends, and whether the slot is closed."""

    event: TriggerEvent
    leased_until: datetime | None = None
    closed: bool = False


class NotebookStore:
    """Orders, cycles and events in memory; a store doesn't have to subclass the protocols."""

    def __init__(self) -> None:
        self.orders: dict[str, ProductionOrder] = {}
        self.entries: tuple[HistoryEntry, ...] = ()
        self.cycles: dict[tuple[str, int], StatusCycle] = {}
        self.slots: dict[Slot, Note] = {}

    # Orders

    def get(self, order_id: str, /) -> ProductionOrder:
        """The order with this id."""
        if order_id not in self.orders:
            raise OrderNotFoundError(order_id)
        return self.orders[order_id]

    def load(self, order_ids: Iterable[str], /) -> dict[str, ProductionOrder]:
        """The orders with these ids; unknown ids are left out."""
        return {key: self.orders[key] for key in order_ids if key in self.orders}

    def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> tuple[HistoryEntry, ...]:
        """The entries of an order."""
        version = self.get(order_id).version
        last = version if limit is None else after + limit
        of_order = (entry for entry in self.entries if entry.order_id == order_id)
        return tuple(entry for entry in of_order if after < entry.sequence <= last)

    def entries_of(self, command_id: str, /) -> tuple[HistoryEntry, ...]:
        """The entries that a command saved."""
        return tuple(entry for entry in self.entries if entry.command_id == command_id)

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """The orders that match a query."""
        return query.select(self.orders.values())

    # Saving

    def save(self, *changes: Change) -> None:
        """Save all changes or none."""
        if self.is_repeated(changes):
            return
        self.check_versions(changes)
        self.check_ids(changes)
        pages = self.copied()
        for change in changes:
            pages.write(change)
        vars(self).update(vars(pages))

    def is_repeated(self, changes: tuple[Change, ...]) -> bool:
        """Whether the command of these changes has saved them already."""
        command_id = changes[0].entry.command_id if changes else None
        done = () if command_id is None else self.entries_of(command_id)
        if command_id is None or not done:
            return False
        if not repeats([change.entry for change in changes], done):
            raise CommandReusedError(command_id, done)
        return True

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Refuse a change that is not the next one of its order."""
        check_next(changes, {order.id: order.version for order in self.orders.values()})

    def check_ids(self, changes: tuple[Change, ...]) -> None:
        """Refuse an event whose id belongs to an event in another slot."""
        owners = {note.event.id: slot for slot, note in self.slots.items() if not note.closed}
        for event in (event for change in changes for event in change.events):
            if owners.setdefault(event.id, event.slot) != event.slot:
                raise ValueError(f"the id {event.id!r} belongs to an event in another slot")

    def copied(self) -> Self:
        """A notebook with copies of all pages."""
        pages = copy(self)
        pages.orders, pages.cycles = dict(self.orders), dict(self.cycles)
        pages.slots = dict(self.slots)
        return pages

    def write(self, change: Change) -> None:
        """Write one change: its order, entry, cycle and events."""
        self.put_cycle(change.order.cycle)
        self.orders[change.order.id] = change.order
        self.entries = (*self.entries, change.entry)
        if change.order.visit == change.entry.sequence:
            self.void(change.order)
        for event in change.events:
            self.fill(event)

    def void(self, order: ProductionOrder) -> None:
        """Delete the reminders that became void because the order began another visit."""
        for slot, note in list(self.slots.items()):
            event = note.event
            earlier = event.order_id == order.id and event.visit < order.visit
            dies = event.dated and (event.while_in_status or order.is_cancelled)
            if earlier and dies and not note.closed:
                del self.slots[slot]

    def fill(self, event: TriggerEvent) -> None:
        """Put an event into its slot, unless the slot is closed."""
        note = self.slots.get(event.slot)
        if note is not None and note.closed:
            return
        if event.fire_on is None:
            self.slots.pop(event.slot, None)
        elif note is None:
            self.slots[event.slot] = Note(event)
        else:
            self.slots[event.slot] = evolve(note, event=evolve(event, id=note.event.id))

    # Cycles

    def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        """One version of a cycle; by default the highest."""
        wanted = max(self.versions(order_type), default=0) if version is None else version
        if (order_type, wanted) not in self.cycles:
            raise CycleNotFoundError(order_type, version)
        return self.cycles[order_type, wanted]

    def put_cycle(self, cycle: StatusCycle, /) -> None:
        """Save a version of a cycle."""
        if self.cycles.setdefault((cycle.order_type, cycle.version), cycle) != cycle:
            raise CycleConflictError(cycle.order_type, cycle.version)

    def versions(self, order_type: str, /) -> tuple[int, ...]:
        """The versions of a cycle."""
        return tuple(sorted(version for kind, version in self.cycles if kind == order_type))

    def order_types(self) -> tuple[str, ...]:
        """The keys of all cycles."""
        return tuple(sorted({kind for kind, _ in self.cycles}))

    # Events

    def pending(
        self,
        *,
        as_of: date,
        after: TriggerEvent | None = None,
        limit: int = 100,
        automatic: bool | None = None,
    ) -> list[TriggerEvent]:
        """The events that are due, by date, then id."""
        open_events = [note.event for note in self.slots.values() if not note.closed]
        wanted = [event for event in open_events if automatic in {None, event.automatic}]
        due = sorted(_sort_key(event) for event in wanted if _sort_key(event)[0] <= as_of)
        if after is not None:
            due = [key for key in due if key > _sort_key(after)]
        by_id = {event.id: event for event in open_events}
        return [by_id[event_id] for _, event_id in due[:limit]]

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[TriggerEvent]:
        """Due automatic events, which no other caller gets until the lease ends."""
        due = self.pending(as_of=as_of, limit=len(self.slots) or 1, automatic=True)
        free = [event for event in due if self.is_free(event, now)][:limit]
        for event in free:
            self.slots[event.slot] = evolve(self.slots[event.slot], leased_until=now + lease)
        return free

    def is_free(self, event: TriggerEvent, now: datetime) -> bool:
        """Whether nobody holds a lease on an event at this instant."""
        until = self.slots[event.slot].leased_until
        return until is None or until <= now

    def acknowledge(self, *event_ids: str) -> None:
        """Close the slots of events that were acted on."""
        for slot, note in self.slots.items():
            if note.event.id in event_ids:
                self.slots[slot] = evolve(note, closed=True)

    def dismiss(self, *event_ids: str) -> None:
        """Close the slots of events that nobody will act on."""
        self.acknowledge(*event_ids)

    def forget(self, *, before: date) -> int:
        """Delete closed slots that no change can fill again, and return how many."""
        past = [
            slot
            for slot, note in self.slots.items()
            if note.closed
            and _sort_key(note.event)[0] < before
            and slot[2] is not None
            and slot[2] < self.orders[slot[0]].visit
        ]
        for slot in past:
            del self.slots[slot]
        return len(past)


def _sort_key(event: TriggerEvent) -> tuple[date, str]:
    return (event.fire_on or date.max, event.id)
