"""A store to learn from: the simplest one that passes `prodflow.testing.OrderStoreSuite`.

It keeps everything in a few dictionaries. A save changes copies of them, and the copies replace the
originals if nothing fails. Use it in one thread only. It has the rules of the outbox in its own
code instead of calling `outbox_effect`, so the tests can compare the two.
"""

from collections.abc import Iterable
from copy import copy
from datetime import UTC, date, datetime, timedelta
from typing import Self

from attrs import evolve, frozen

from prodflow import (
    Change,
    CommandReusedError,
    CycleNotFoundError,
    HistoryEntry,
    OrderNotFoundError,
    OrderQuery,
    ProductionOrder,
    StatusCycle,
    TriggerEvent,
)
from prodflow.stores import Edit, check_cycles, check_edit, check_next, repeats

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
        self.edited: tuple[tuple[str, Edit], ...] = ()
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
        return query.select(self.orders.values(), cycles=self.cycles.values())

    # Saving

    def save(self, *changes: Change) -> None:
        """Save all changes or none."""
        if self.is_repeated(changes):
            return
        self.check_versions(changes)
        new = self.new_cycles(changes)
        self.check_ids(changes)
        pages = self.copied()
        pages.cycles |= {(cycle.order_type, cycle.version): cycle for cycle in new}
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

    def new_cycles(self, changes: tuple[Change, ...]) -> tuple[StatusCycle, ...]:
        """The versions of cycles that a save brings."""
        put = {order_type: edit.version for order_type, edit in self.edited}
        return check_cycles([change.order.cycle for change in changes], self.cycles, put)

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
        """Write one change: its order, entry and events."""
        self.orders[change.order.id] = change.order
        self.entries = (*self.entries, change.entry)
        self.void(change.order)
        for event in change.events:
            self.fill(event)
        self.void(change.order)

    def void(self, order: ProductionOrder) -> None:
        """Delete the reminders that have no place in the order's present visit."""
        for slot, note in list(self.slots.items()):
            mine = note.event.order_id == order.id
            if mine and not note.closed and self.is_void(note.event, order):
                del self.slots[slot]

    def is_void(self, event: TriggerEvent, order: ProductionOrder) -> bool:
        """Whether an event ends with its visit, and its order is in another one."""
        elsewhere = event.while_in_status and event.visit != order.visit
        return event.dated and (elsewhere or (order.is_cancelled and event.visit < order.visit))

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

    def newest(self) -> tuple[StatusCycle, ...]:
        """The newest version of every cycle."""
        return tuple(self.get_cycle(order_type) for order_type in self.order_types())

    def put_cycle(
        self,
        cycle: StatusCycle,
        /,
        *,
        replaces: int | None,
        by: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Save an edit of a cycle."""
        edit = Edit(cycle.version, replaces, by, at)
        if self.is_new(cycle, replaces):
            self.cycles[cycle.order_type, cycle.version] = cycle
            self.edited = (*self.edited, (cycle.order_type, edit))

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Whether an edit may be saved and isn't yet."""
        kind = cycle.order_type
        return check_edit(
            cycle, replaces, {number: self.cycles[kind, number] for number in self.versions(kind)}
        )

    def edits(self, order_type: str, /) -> tuple[Edit, ...]:
        """The edits of a cycle."""
        return tuple(edit for kind, edit in self.edited if kind == order_type)

    def keys(self, order_type: str, /) -> tuple[str, ...]:
        """Every key that a cycle has or had."""
        versions = [self.cycles[order_type, number] for number in self.versions(order_type)]
        return tuple(sorted({status.key for cycle in versions for status in cycle}))

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
        # In UTC: a zone would add by the clock on the wall, which may be put back meanwhile.
        until = now.astimezone(UTC) + lease
        for event in free:
            self.slots[event.slot] = evolve(self.slots[event.slot], leased_until=until)
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
            and slot[2] not in self.going_on(slot[0])
        ]
        for slot in past:
            del self.slots[slot]
        return len(past)

    def going_on(self, order_id: str) -> set[int]:
        """The visits of an order whose slots a change can fill: the present one, one on hold."""
        order = self.orders[order_id]
        return {order.visit} | ({order.held.visit} if order.held else set())


def _sort_key(event: TriggerEvent) -> tuple[date, str]:
    return (event.fire_on or date.max, event.id)
