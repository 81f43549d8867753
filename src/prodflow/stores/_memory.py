"""The store in memory, which is enough for many apps.

Tests use this store as the model: they compare other stores with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from threading import RLock
from typing import Final, NamedTuple, final, overload

from prodflow import _checks as checks
from prodflow._facts import Fact
from prodflow.cycle import StatusCycle, not_found
from prodflow.errors import CommandReusedError, OrderNotFoundError, SettingsNotFoundError
from prodflow.flow import Change, Reminders
from prodflow.order import HistoryEntry, ProductionOrder
from prodflow.settings import FlowSettings
from prodflow.stores._counts import Counts
from prodflow.stores._items import OutboxItem
from prodflow.stores._protocols import CycleStore, Edit, OrderStore, Outbox, SettingsStore
from prodflow.stores._query import OrderQuery
from prodflow.stores._rules import (
    check_cycles,
    check_reminders,
    check_settings,
    is_new,
    lease_bounds,
    refuse_stale,
    repeats,
)
from prodflow.stores._slots import Slots

_NO_VERSIONS: Final[Mapping[int, StatusCycle]] = {}


class _Command(NamedTuple):
    """A command that was carried out: its day, and its entries without those of erased orders."""

    day: date
    entries: tuple[HistoryEntry, ...]


@final
class MemoryStore(OrderStore, CycleStore, SettingsStore, Outbox):
    """A store in memory, for one process; the threads of the process may share it.

    Each call sees every save as a whole or not at all. `find`, `count` and `histories` read
    every order; `pending` and `claim` read only the events that are due.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._orders: dict[str, ProductionOrder] = {}
        self._histories: dict[str, list[HistoryEntry]] = {}
        self._commands: dict[str, _Command] = {}
        self._erased: set[str] = set()
        self._cycles: dict[str, dict[int, StatusCycle]] = {}
        self._edits: dict[str, list[Edit]] = {}
        self._settings: dict[int, FlowSettings] = {}
        self._settings_edits: list[Edit] = []
        self._slots = Slots()

    def get(self, order_id: str, /) -> ProductionOrder:
        checks.instance("order_id", order_id, str, "a str")
        with self._lock:
            if order_id not in self._orders:
                raise OrderNotFoundError(order_id)
            return self._orders[order_id]

    def load(self, order_ids: Iterable[str], /) -> dict[str, ProductionOrder]:
        ids = checks.instances("order_ids", order_ids, str, "str")
        with self._lock:
            return {key: self._orders[key] for key in ids if key in self._orders}

    def save(self, *changes: Change) -> None:
        checks.instances("changes", changes, Change, "Change, given one by one")
        entries = tuple([change.entry for change in changes])
        command_ids = {entry.command_id for entry in entries}
        if len(command_ids) > 1:
            raise ValueError("the changes of one save must share one command_id")
        command_id = next(iter(command_ids), None)
        with self._lock:
            if command_id is not None and command_id in self._commands:
                done = self._commands[command_id].entries
                erased = self._erased.intersection(entry.order_id for entry in entries)
                if not done or repeats(entries, done, erased=erased):
                    return
                raise CommandReusedError(command_id, done)
            # All checks that may refuse the save come before anything is written.
            refuse_stale(changes, self._version, self._erased)
            cycles = self._new_cycles(changes)
            emptied, filled = self._slots.effect(changes)
            for cycle in cycles:
                self._cycles.setdefault(cycle.order_type, {})[cycle.version] = cycle
            for change, entry in zip(changes, entries, strict=True):
                order_id = entry.order_id
                self._orders[order_id] = change.order
                if order_id in self._histories:
                    self._histories[order_id].append(entry)
                else:
                    self._histories[order_id] = [entry]
            if emptied or filled:
                self._slots.change(emptied, filled)
            if command_id is not None:
                self._commands[command_id] = _Command(_latest(entries), entries)

    def _version(self, order_id: str) -> int:
        order = self._orders.get(order_id)
        return 0 if order is None else order.version

    def _new_cycles(self, changes: Iterable[Change]) -> tuple[StatusCycle, ...]:
        last: StatusCycle | None = None
        other: list[StatusCycle] = []
        for change in changes:
            cycle = change.order.cycle
            if cycle is not last:  # the orders of a bulk mostly share one cycle object
                last = cycle
                if self._cycles.get(cycle.order_type, _NO_VERSIONS).get(cycle.version) is not cycle:
                    other.append(cycle)
        if not other:
            return ()
        types = {cycle.order_type for cycle in other}
        known = {
            (order_type, version): cycle
            for order_type in types
            for version, cycle in self._cycles.get(order_type, _NO_VERSIONS).items()
        }
        put = {name: self._edits[name][-1].version for name in types if name in self._edits}
        return check_cycles(other, known, put)

    def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> tuple[HistoryEntry, ...]:
        checks.instance("order_id", order_id, str, "a str")
        checks.whole("after", after, 0, checks.NUMBER_MAX)
        if limit is not None:
            checks.number("limit", limit)
        with self._lock:
            if order_id not in self._histories:
                raise OrderNotFoundError(order_id)
            end = None if limit is None else after + limit
            return tuple(self._histories[order_id][after:end])

    def entries_of(self, command_id: str, /) -> tuple[HistoryEntry, ...]:
        checks.instance("command_id", command_id, str, "a str")
        with self._lock:
            return self._commands[command_id].entries if command_id in self._commands else ()

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        checks.instance("query", query, OrderQuery, "an OrderQuery")
        with self._lock:
            orders, cycles = list(self._orders.values()), self.newest()
        return query.select(orders, cycles=cycles)

    @overload
    def count(self, query: OrderQuery, /, *, by: None = None) -> int: ...

    @overload
    def count(self, query: OrderQuery, /, *, by: str) -> Counts[Fact]: ...

    @overload
    def count(self, query: OrderQuery, /, *, by: tuple[str, str]) -> Counts[tuple[Fact, Fact]]: ...

    def count(
        self, query: OrderQuery, /, *, by: str | tuple[str, str] | None = None
    ) -> int | Counts[Fact] | Counts[tuple[Fact, Fact]]:
        checks.instance("query", query, OrderQuery, "an OrderQuery")
        with self._lock:
            orders, cycles = list(self._orders.values()), self.newest()
        return query.count(orders, by=by, cycles=cycles)

    def histories(
        self, query: OrderQuery, /
    ) -> Iterator[tuple[ProductionOrder, tuple[HistoryEntry, ...]]]:
        checks.instance("query", query, OrderQuery, "an OrderQuery")
        with self._lock:
            histories = dict(self._histories)
            orders = self.find(query)
        # Later saves only add entries to a list, and the slice leaves them out.
        return ((order, tuple(histories[order.id][: order.version])) for order in orders)

    def erase(self, order_id: str, /) -> None:
        checks.instance("order_id", order_id, str, "a str")
        with self._lock:
            if order_id not in self._orders:
                return
            del self._orders[order_id]
            for command_id in {entry.command_id for entry in self._histories.pop(order_id)}:
                if command_id is not None and command_id in self._commands:
                    day, entries = self._commands[command_id]
                    kept = tuple(entry for entry in entries if entry.order_id != order_id)
                    self._commands[command_id] = _Command(day, kept)
            self._slots.erase(order_id)
            self._erased.add(order_id)

    def forget_commands(self, *, before: date) -> int:
        checks.day("before", before)
        with self._lock:
            past = [key for key, command in self._commands.items() if command.day < before]
            for command_id in past:
                del self._commands[command_id]
            return len(past)

    def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        checks.instance("order_type", order_type, str, "a str")
        if version is not None:
            checks.number("version", version)
        with self._lock:
            versions = self._cycles.get(order_type, {})
            wanted = max(versions, default=None) if version is None else version
            if wanted is None or wanted not in versions:
                raise not_found(order_type, version, versions.values())
            return versions[wanted]

    def newest(self) -> tuple[StatusCycle, ...]:
        with self._lock:
            return tuple(versions[max(versions)] for _, versions in sorted(self._cycles.items()))

    def put_cycle(
        self,
        cycle: StatusCycle,
        /,
        *,
        replaces: int | None,
        by: str | None = None,
        at: datetime | None = None,
    ) -> None:
        checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
        edit = Edit(cycle.version, replaces, by, at)
        with self._lock:
            if is_new(cycle, replaces, self._cycles.get(cycle.order_type, _NO_VERSIONS)):
                self._cycles.setdefault(cycle.order_type, {})[cycle.version] = cycle
                self._edits.setdefault(cycle.order_type, []).append(edit)

    def versions(self, order_type: str, /) -> tuple[int, ...]:
        checks.instance("order_type", order_type, str, "a str")
        with self._lock:
            return tuple(sorted(self._cycles.get(order_type, ())))

    def edits(self, order_type: str, /) -> tuple[Edit, ...]:
        checks.instance("order_type", order_type, str, "a str")
        with self._lock:
            return tuple(self._edits.get(order_type, ()))

    def keys(self, order_type: str, /) -> tuple[str, ...]:
        checks.instance("order_type", order_type, str, "a str")
        with self._lock:
            versions = self._cycles.get(order_type, _NO_VERSIONS).values()
            return tuple(sorted({status.key for cycle in versions for status in cycle}))

    def order_types(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(sorted(self._cycles))

    def get_settings(self, version: int | None = None, /) -> FlowSettings:
        if version is not None:
            checks.number("version", version)
        with self._lock:
            wanted = max(self._settings, default=None) if version is None else version
            if wanted is None or wanted not in self._settings:
                raise SettingsNotFoundError(version)
            return self._settings[wanted]

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        checks.instance("settings", settings, FlowSettings, "a FlowSettings")
        author, instant = checks.text("by", by), checks.instant("at", at)
        edit = Edit(settings.version, replaces, author, instant)
        with self._lock:
            if check_settings(settings, replaces, self._settings):
                self._settings[settings.version] = settings
                self._settings_edits.append(edit)

    def settings_edits(self) -> tuple[Edit, ...]:
        with self._lock:
            return tuple(self._settings_edits)

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
        checks.day("as_of", as_of)
        checks.number("limit", limit)
        for name, key in (("order_id", order_id), ("trigger", trigger)):
            if key is not None:
                checks.instance(name, key, str, "a str or None")
        for name, value in (("automatic", automatic), ("given_up", given_up)):
            if value is not None:
                checks.flag(name, value)
        position = None
        if after is not None:
            last = checks.instance("after", after, OutboxItem, "an OutboxItem or None").event
            position = None if last.fire_on is None else (last.fire_on, last.id)

        def is_asked_for(item: OutboxItem) -> bool:
            return (
                trigger in {None, item.event.trigger}
                and automatic in {None, item.event.automatic}
                and given_up in {None, item.given_up}
            )

        with self._lock:
            return self._slots.pending(as_of, position, limit, order_id, is_asked_for)

    def get_event(self, event_id: str, /) -> OutboxItem | None:
        checks.instance("event_id", event_id, str, "a str")
        with self._lock:
            return self._slots.get(event_id)

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        checks.day("as_of", as_of)
        instant, until = lease_bounds(now, lease)
        checks.number("limit", limit)
        with self._lock:
            return self._slots.claim(as_of, instant, until, limit)

    def acknowledge(self, *items: OutboxItem | str) -> None:
        for item in items:
            checks.instance("an item", item, (OutboxItem, str), "an OutboxItem or an id")
        with self._lock:
            self._slots.close(items)

    def dismiss(self, *items: OutboxItem | str) -> None:
        self.acknowledge(*items)

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        checks.instance("item", item, OutboxItem, "an OutboxItem")
        text = checks.note("error", error)
        instant = None if retry_at is None else checks.instant("retry_at", retry_at)
        with self._lock:
            self._slots.fail(item, text, instant)

    def release(self, *items: OutboxItem) -> None:
        checks.instances("items", items, OutboxItem, "OutboxItem, given one by one")
        with self._lock:
            self._slots.release(items)

    def extend(self, *items: OutboxItem, now: datetime, lease: timedelta) -> list[OutboxItem]:
        checks.instances("items", items, OutboxItem, "OutboxItem, given one by one")
        _, until = lease_bounds(now, lease)
        with self._lock:
            return self._slots.extend(items, until)

    def set_reminders(self, *reminders: Reminders) -> None:
        with self._lock:
            check_reminders(reminders, self._version)
            self._slots.change(*self._slots.effect(reminders))

    def forget(self, *, before: date) -> int:
        checks.day("before", before)
        with self._lock:
            return self._slots.forget(before, self._orders)


def _latest(entries: Iterable[HistoryEntry]) -> date:
    """The latest date that the entries of a command show."""
    return max(entry.at.date() for entry in entries)
