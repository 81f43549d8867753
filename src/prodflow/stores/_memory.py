"""The store in memory, which other stores are compared with; for many apps it is enough."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from threading import RLock
from typing import final

from prodflow import _checks as checks
from prodflow.cycle import StatusCycle
from prodflow.errors import (
    CommandReusedError,
    CycleConflictError,
    CycleNotFoundError,
    OrderNotFoundError,
)
from prodflow.flow import Change
from prodflow.order import HistoryEntry, ProductionOrder
from prodflow.stores._protocols import CycleStore, OrderStore, Outbox
from prodflow.stores._query import OrderQuery
from prodflow.stores._rules import check_next, repeats
from prodflow.stores._slots import Slots
from prodflow.triggers import TriggerEvent


@final
class MemoryStore(OrderStore, CycleStore, Outbox):
    """A store in the memory of one process; its threads may share it.

    Each call sees every save as a whole or not at all. `find` reads every order; `pending` and
    `claim` read only the events that are due.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._orders: dict[str, ProductionOrder] = {}
        self._histories: dict[str, list[HistoryEntry]] = {}
        self._commands: dict[str, tuple[HistoryEntry, ...]] = {}
        self._cycles: dict[str, dict[int, StatusCycle]] = {}
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
        command_ids = {change.entry.command_id for change in changes}
        if len(command_ids) > 1:
            raise ValueError("the changes of one save must share one command_id")
        command_id = next(iter(command_ids), None)
        entries = tuple(change.entry for change in changes)
        with self._lock:
            if command_id is not None and command_id in self._commands:
                done = self._commands[command_id]
                if repeats(entries, done):
                    return
                raise CommandReusedError(command_id, done)
            # Everything that may be refused is worked out before anything is written.
            ids = {change.order.id for change in changes if change.order.id in self._orders}
            check_next(changes, {order_id: self._orders[order_id].version for order_id in ids})
            cycles = self._new_cycles(changes)
            emptied, filled = self._slots.effect(changes)
            for cycle in cycles:
                self._cycles.setdefault(cycle.order_type, {})[cycle.version] = cycle
            for change in changes:
                self._orders[change.order.id] = change.order
                self._histories.setdefault(change.order.id, []).append(change.entry)
            self._slots.change(emptied, filled)
            if command_id is not None:
                self._commands[command_id] = entries

    def _new_cycles(self, changes: Iterable[Change]) -> list[StatusCycle]:
        new: dict[tuple[str, int], StatusCycle] = {}
        for change in changes:
            cycle = change.order.cycle
            known = self._cycles.get(cycle.order_type, {}).get(cycle.version)
            if known is None:
                known = new.setdefault((cycle.order_type, cycle.version), cycle)
            _check_same(cycle, known)
        return list(new.values())

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
            return self._commands.get(command_id, ())

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        checks.instance("query", query, OrderQuery, "an OrderQuery")
        with self._lock:
            orders = list(self._orders.values())
        return query.select(orders)

    def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        checks.instance("order_type", order_type, str, "a str")
        if version is not None:
            checks.number("version", version)
        with self._lock:
            versions = self._cycles.get(order_type, {})
            wanted = max(versions, default=None) if version is None else version
            if wanted is None or wanted not in versions:
                raise CycleNotFoundError(order_type, version)
            return versions[wanted]

    def put_cycle(self, cycle: StatusCycle, /) -> None:
        checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
        with self._lock:
            versions = self._cycles.setdefault(cycle.order_type, {})
            _check_same(cycle, versions.setdefault(cycle.version, cycle))

    def versions(self, order_type: str, /) -> tuple[int, ...]:
        checks.instance("order_type", order_type, str, "a str")
        with self._lock:
            return tuple(sorted(self._cycles.get(order_type, ())))

    def order_types(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(sorted(self._cycles))

    def pending(
        self,
        *,
        as_of: date,
        after: TriggerEvent | None = None,
        limit: int = 100,
        automatic: bool | None = None,
    ) -> list[TriggerEvent]:
        checks.day("as_of", as_of)
        checks.number("limit", limit)
        if after is not None:
            checks.instance("after", after, TriggerEvent, "a TriggerEvent or None")
        if automatic is not None:
            checks.flag("automatic", automatic)
        with self._lock:
            return self._slots.pending(as_of, after, limit, automatic=automatic)

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[TriggerEvent]:
        checks.day("as_of", as_of)
        checks.instant("now", now)
        checks.instance("lease", lease, timedelta, "a timedelta")
        checks.number("limit", limit)
        if lease <= timedelta(0):
            raise ValueError(f"lease must be longer than zero, not {lease}")
        try:
            until = now + lease
        except OverflowError:
            raise ValueError(f"lease must end before year 10000, not be {lease}") from None
        with self._lock:
            return self._slots.claim(as_of, now, until, limit)

    def acknowledge(self, *event_ids: str) -> None:
        checks.instances("event_ids", event_ids, str, "str, given one by one")
        with self._lock:
            self._slots.close(event_ids)

    def dismiss(self, *event_ids: str) -> None:
        self.acknowledge(*event_ids)

    def forget(self, *, before: date) -> int:
        checks.day("before", before)
        with self._lock:
            return self._slots.forget(before, self._orders)


def _check_same(cycle: StatusCycle, known: StatusCycle) -> None:
    if cycle is not known and cycle != known:
        raise CycleConflictError(cycle.order_type, cycle.version)
