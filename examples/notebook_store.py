"""A store to learn from: the simplest one that passes the suites of `prodflow.testing`.

It keeps everything in a few dictionaries. A save changes copies of them, and the copies replace the
originals if nothing fails. Use it in one thread only. It has the rules of the outbox in its own
code instead of calling `outbox_effect`, so the tests can compare the two.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from datetime import date, datetime, timedelta
from typing import Any, Self

from attrs import evolve, frozen

from prodflow import (
    Change,
    ChangeUndone,
    CommandReusedError,
    CycleAdopted,
    CycleNotFoundError,
    FlowSettings,
    HistoryEntry,
    OrderAmended,
    OrderNotFoundError,
    OrderOpened,
    OrderQuery,
    OrderSplit,
    OutboxItem,
    ProductionOrder,
    Reminders,
    SettingsNotFoundError,
    StatusCycle,
    TriggerEvent,
)
from prodflow.stores import (
    Edit,
    check_cycles,
    check_edit,
    check_next,
    check_reminders,
    check_settings,
    lease_bounds,
    repeats,
)

Slot = tuple[str, str, int | None]


@frozen
class Note:
    """The content of a slot: its item, and whether the slot is closed."""

    item: OutboxItem
    closed: bool = False


@frozen
class Command:
    """The entries of a command, without those of erased orders, and its latest day."""

    entries: tuple[HistoryEntry, ...] = ()
    day: date = date.min

    def without(self, order_id: str) -> "Command":
        """The command after an order was erased."""
        kept = tuple(entry for entry in self.entries if entry.order_id != order_id)
        return Command(kept, self.day)


class NotebookStore:
    """Orders, cycles, settings and events in memory; it needn't subclass the protocols."""

    def __init__(self) -> None:
        self.orders: dict[str, ProductionOrder] = {}
        self.entries: tuple[HistoryEntry, ...] = ()
        self.commands_done: dict[str, Command] = {}
        self.erased: set[str] = set()
        self.cycles: dict[tuple[str, int], StatusCycle] = {}
        self.edited: tuple[tuple[str, Edit], ...] = ()
        self.settings: dict[int, tuple[FlowSettings, Edit]] = {}
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
        command = self.commands_done.get(command_id)
        return () if command is None else command.entries

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """The orders that match a query."""
        return query.select(self.orders.values(), cycles=self.cycles.values())

    def count(self, query: OrderQuery, /, *, by: str | tuple[str, str] | None = None) -> Any:  # noqa: ANN401 - an int without *by*, and `Counts` with it
        """How many orders match a query, or how many of each value."""
        return query.count(self.orders.values(), by=by, cycles=self.cycles.values())

    def histories(
        self, query: OrderQuery, /
    ) -> Iterator[tuple[ProductionOrder, tuple[HistoryEntry, ...]]]:
        """The orders that match a query with their histories, as they are now."""
        entries: dict[str, list[HistoryEntry]] = {}
        for entry in self.entries:
            entries.setdefault(entry.order_id, []).append(entry)
        return iter([(order, tuple(entries[order.id])) for order in self.find(query)])

    # Saving

    def save(self, *changes: Change) -> None:
        """Save all changes or none."""
        if self.is_repeated(changes):
            return
        self.check_versions(changes)
        new = self.new_cycles(changes)
        self.check_ids(event for change in changes for event in change.events)
        pages = self.copied()
        pages.cycles |= {(cycle.order_type, cycle.version): cycle for cycle in new}
        for change in changes:
            pages.write(change)
        vars(self).update(vars(pages))

    def is_repeated(self, changes: tuple[Change, ...]) -> bool:
        """Whether the command of these changes has saved them already."""
        command_id = changes[0].entry.command_id if changes else None
        if command_id is None or command_id not in self.commands_done:
            return False
        done = self.entries_of(command_id)
        if done and not repeats([it.entry for it in changes], done, erased=self.erased):
            raise CommandReusedError(command_id, done)
        return True

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Refuse a change that is not the next one of its order."""
        versions = {order.id: order.version for order in self.orders.values()}
        check_next(changes, versions, erased=self.erased)

    def new_cycles(self, changes: tuple[Change, ...]) -> tuple[StatusCycle, ...]:
        """The versions of cycles that a save brings."""
        put = {order_type: edit.version for order_type, edit in self.edited}
        return check_cycles([change.order.cycle for change in changes], self.cycles, put)

    def check_ids(self, events: Iterable[TriggerEvent]) -> None:
        """Refuse an event whose id belongs to an event in another slot."""
        owners = {item.event.id: item.event.slot for item in self.items()}
        for event in events:
            if owners.setdefault(event.id, event.slot) != event.slot:
                raise ValueError(f"the id {event.id!r} belongs to an event in another slot")

    def copied(self) -> Self:
        """A notebook with copies of all pages."""
        pages = copy(self)
        pages.orders, pages.cycles = dict(self.orders), dict(self.cycles)
        pages.slots, pages.commands_done = dict(self.slots), dict(self.commands_done)
        return pages

    def write(self, change: Change) -> None:
        """Write one change: its order, entry and events."""
        self.orders[change.order.id] = change.order
        self.entries = (*self.entries, change.entry)
        self.note_command(change.entry)
        first = self.first_day(change)
        for event in change.events:
            self.fill(event, first)
        if isinstance(change.entry, ChangeUndone):
            self.withdraw(change.order.id, change.entry.undoes)
        self.void(change.order)

    def note_command(self, entry: HistoryEntry) -> None:
        """Add an entry to its command, if it has one."""
        if entry.command_id is not None:
            command = self.commands_done.get(entry.command_id, Command())
            day = max(command.day, entry.at.date())
            self.commands_done[entry.command_id] = Command((*command.entries, entry), day)

    def first_day(self, change: Change) -> date | None:
        """The first day for which a change fills empty slots; None if any day will do."""
        entry = change.entry
        is_part = isinstance(entry, OrderOpened) and entry.split_from is not None
        is_quiet = is_part or isinstance(entry, OrderAmended | CycleAdopted | OrderSplit)
        return entry.at.date() if is_quiet else None

    def withdraw(self, order_id: str, undone: int) -> None:
        """Empty the slots of an undone change."""
        for item in self.items(order_id):
            if self.is_undone(item.event, undone):
                del self.slots[item.event.slot]

    def is_undone(self, event: TriggerEvent, undone: int) -> bool:
        """Whether a change caused an event, or began the visit that the event reminds of."""
        of_visit = event.dated and event.visit == undone and event.until != "closed"
        return of_visit or event.sequence == undone

    def void(self, order: ProductionOrder) -> None:
        """Empty the slots of reminders that nobody wants any more."""
        for item in self.items(order.id):
            if item.event.dated and self.is_void(item.event, order):
                del self.slots[item.event.slot]

    def is_void(self, event: TriggerEvent, order: ProductionOrder) -> bool:
        """Whether a reminder has lost its purpose, now that its order is as it is."""
        left = event.until == "left" and event.visit != order.visit
        closed = event.until == "closed" and not order.is_open
        return left or closed or (order.is_cancelled and event.visit < order.visit)

    def fill(self, event: TriggerEvent, first: date | None) -> None:
        """Put an event into its slot, unless the slot is closed."""
        note = self.slots.get(event.slot)
        if note is not None and note.closed:
            return
        if event.fire_on is None:
            self.slots.pop(event.slot, None)
        elif note is not None:
            self.slots[event.slot] = Note(self.renewed(note.item, event))
        elif first is None or event.fire_on >= first:
            self.slots[event.slot] = Note(OutboxItem(event))

    def renewed(self, item: OutboxItem, event: TriggerEvent) -> OutboxItem:
        """A pending item with another event, which keeps the id."""
        event = evolve(event, id=item.event.id)
        if event.fire_on == item.event.fire_on:
            return evolve(item, event=event)
        return OutboxItem(event)

    def items(self, order_id: str | None = None) -> list[OutboxItem]:
        """The pending items of an order, or of all orders."""
        return [
            note.item
            for note in self.slots.values()
            if not note.closed and order_id in {None, note.item.event.order_id}
        ]

    # Erasing and forgetting

    def erase(self, order_id: str, /) -> None:
        """Delete everything of an order, and keep its id from being used again."""
        if order_id in self.orders:
            del self.orders[order_id]
            self.erased.add(order_id)
            self.entries = tuple(entry for entry in self.entries if entry.order_id != order_id)
            self.slots = {slot: note for slot, note in self.slots.items() if slot[0] != order_id}
            self.commands_done = {
                command_id: command.without(order_id)
                for command_id, command in self.commands_done.items()
            }

    def forget_commands(self, *, before: date) -> int:
        """Delete the ids of commands before a day, and return how many."""
        past = [key for key, command in self.commands_done.items() if command.day < before]
        for command_id in past:
            del self.commands_done[command_id]
        return len(past)

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

    # Settings

    def get_settings(self, version: int | None = None, /) -> FlowSettings:
        """One version of the settings, or the newest."""
        wanted = max(self.settings, default=None) if version is None else version
        if wanted is None or wanted not in self.settings:
            raise SettingsNotFoundError(version)
        return self.settings[wanted][0]

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        """Save an edit of the settings as their newest version."""
        versions = {number: kept for number, (kept, _) in self.settings.items()}
        if check_settings(settings, replaces, versions):
            edit = Edit(settings.version, replaces, by, at)
            self.settings = {**self.settings, settings.version: (settings, edit)}

    def settings_edits(self) -> tuple[Edit, ...]:
        """Who saved which version of the settings, and when."""
        return tuple(edit for _, edit in self.settings.values())

    # Events

    def pending(
        self,
        *,
        as_of: date,
        order_id: str | None = None,
        trigger: str | None = None,
        automatic: bool | None = None,
        given_up: bool | None = None,
        after: OutboxItem | None = None,
        limit: int = 100,
    ) -> list[OutboxItem]:
        """The pending events that are due, by date, then id."""
        due = [
            item
            for item in sorted(self.items(order_id), key=day_and_id)
            if day_and_id(item)[0] <= as_of
            and (after is None or day_and_id(item) > day_and_id(after))
            and trigger in {None, item.event.trigger}
            and automatic in {None, item.event.automatic}
            and given_up in {None, item.given_up}
        ]
        return due[:limit]

    def get_event(self, event_id: str, /) -> OutboxItem | None:
        """The pending event with this id."""
        return next((item for item in self.items() if item.event.id == event_id), None)

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """Due automatic events, which no other caller gets until the lease ends."""
        instant, until = lease_bounds(now, lease)
        free = [
            item
            for item in sorted(self.items(), key=self.turn)
            if day_and_id(item)[0] <= as_of and self.is_free(item, instant)
        ]
        return [self.put(self.claimed(item, until)) for item in free[:limit]]

    def turn(self, item: OutboxItem) -> tuple[int, date, str]:
        """The key by which a claim sorts the events."""
        return (item.attempts, *day_and_id(item))

    def is_free(self, item: OutboxItem, now: datetime) -> bool:
        """Whether a worker may claim an event at this instant."""
        return item.is_free(now)

    def claimed(self, item: OutboxItem, until: datetime) -> OutboxItem:
        """An item after a claim."""
        return evolve(item, attempts=item.attempts + 1, leased_until=until)

    def put(self, item: OutboxItem) -> OutboxItem:
        """Write a pending item into its slot."""
        self.slots[item.event.slot] = Note(item)
        return item

    def acknowledge(self, *items: OutboxItem | str) -> None:
        """Close the slots of events that were acted on."""
        for item in items:
            stored = self.get_event(item if isinstance(item, str) else item.event.id)
            if stored is not None and (isinstance(item, str) or self.is_same(item, stored)):
                self.slots[stored.event.slot] = Note(stored, closed=True)

    def is_same(self, item: OutboxItem, stored: OutboxItem) -> bool:
        """Whether closing an item closes what is stored."""
        return item.event.fire_on == stored.event.fire_on

    def dismiss(self, *items: OutboxItem | str) -> None:
        """Close the slots of events that nobody will act on."""
        self.acknowledge(*items)

    def current(self, item: OutboxItem) -> OutboxItem | None:
        """What is stored of an item, if the item is current."""
        stored = self.get_event(item.event.id)
        if stored is None or not self.is_same(item, stored) or item.attempts != stored.attempts:
            return None
        return stored

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """End the lease of an event that has failed."""
        failed = evolve(
            item,
            last_error=error,
            retry_at=retry_at,
            leased_until=None,
            given_up=retry_at is None,
        )
        stored = self.current(item)
        if stored is not None:
            self.put(evolve(failed, event=stored.event))

    def release(self, *items: OutboxItem) -> None:
        """End the lease of events, and take the attempt off."""
        for item in items:
            stored = self.current(item)
            if stored is not None:
                self.put(self.released(stored))

    def released(self, item: OutboxItem) -> OutboxItem:
        """An item after it was released."""
        attempts = max(item.attempts - 1, 0)
        return evolve(item, attempts=attempts, retry_at=None, leased_until=None, given_up=False)

    def extend(self, *items: OutboxItem, now: datetime, lease: timedelta) -> list[OutboxItem]:
        """Lengthen leases."""
        _, until = lease_bounds(now, lease)
        stored = [self.current(item) for item in items]
        return [
            self.put(evolve(item, leased_until=until))
            for item in stored
            if item is not None and item.leased_until is not None
        ]

    def set_reminders(self, *reminders: Reminders) -> None:
        """Set the reminders of all orders or of none."""
        check_reminders(
            reminders, lambda key: self.orders[key].version if key in self.orders else 0
        )
        self.check_ids(event for each in reminders for event in each.events)
        pages = self.copied()
        for each in reminders:
            pages.remind(each)
        vars(self).update(vars(pages))

    def remind(self, reminders: Reminders) -> None:
        """Empty the slots of reminders that aren't given, then fill those that are."""
        wanted = {event.slot for event in reminders.events}
        for item in self.items(reminders.order_id):
            if self.is_concerned(item.event, reminders) and item.event.slot not in wanted:
                del self.slots[item.event.slot]
        for event in reminders.events:
            self.fill(event, reminders.today)

    def is_concerned(self, event: TriggerEvent, reminders: Reminders) -> bool:
        """Whether an event is a reminder of the present visit or of the delivery date."""
        return event.dated and (event.visit == reminders.visit or event.until == "closed")

    def forget(self, *, before: date) -> int:
        """Delete closed slots that no change can fill again, and return how many."""
        past = [
            slot
            for slot, note in self.slots.items()
            if note.closed
            and day_and_id(note.item)[0] < before
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


def day_and_id(item: OutboxItem) -> tuple[date, str]:
    """The key by which pending events are sorted."""
    return (item.event.fire_on or date.max, item.event.id)
