"""The store in memory: the model that other stores are measured by, and enough for many apps."""

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
    DuplicateOrderError,
    OrderNotFoundError,
    StaleOrdersError,
)
from prodflow.flow import Change
from prodflow.order import HistoryEntry, ProductionOrder
from prodflow.stores._query import OrderQuery
from prodflow.stores._slots import Slots
from prodflow.triggers import TriggerEvent


@final
class MemoryStore:
    """Orders, cycles and events in memory, for one process; safe for its threads.

    It is an `OrderStore`, a `CycleStore` and an `Outbox`. Every call sees a whole number of saves.
    Finding orders looks at all of them; finding due events does not.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._orders: dict[str, ProductionOrder] = {}
        self._histories: dict[str, list[HistoryEntry]] = {}
        self._commands: dict[str, tuple[HistoryEntry, ...]] = {}
        self._cycles: dict[str, dict[int, StatusCycle]] = {}
        self._slots = Slots()

    def get(self, order_id: str, /) -> ProductionOrder:
        """The order of this id.

        Args:
            order_id: the id of an order.

        Raises:
            OrderNotFoundError: if there is none.
            TypeError: if *order_id* is no str.
        """
        checks.instance("order_id", order_id, str, "a str")
        with self._lock:
            if order_id not in self._orders:
                raise OrderNotFoundError(order_id)
            return self._orders[order_id]

    def load(self, order_ids: Iterable[str], /) -> dict[str, ProductionOrder]:
        """The orders of these ids; unknown ones are left out.

        Args:
            order_ids: ids, in any order, some perhaps unknown.

        Raises:
            TypeError: if *order_ids* is no iterable of str.
        """
        ids = checks.instances("order_ids", order_ids, str, "str")
        with self._lock:
            return {found: self._orders[found] for found in ids if found in self._orders}

    def save(self, *changes: Change) -> None:
        """Keep changes in one transaction: orders, history, cycles and outbox, all or nothing.

        Args:
            changes: they share one command id or have none; several of one order are consecutive.

        Raises:
            CommandReusedError: if the command id has saved something else; if it has saved just
                this, nothing happens.
            StaleOrdersError: if a change is not the next of its order; all such orders are named.
            DuplicateOrderError: the same, where every one of them is an opening.
            CycleConflictError: if a cycle version is known with other content.
            TypeError: for what is no `Change`.
            ValueError: if the changes have several command ids, or an event has the id of another.

        Source:
            Decisions D21, D22, D26, D27 and D28.
        """
        checks.instances("changes", changes, Change, "Change, given one by one")
        command_ids = {change.entry.command_id for change in changes}
        if len(command_ids) > 1:
            raise ValueError("the changes of one save must share one command_id")
        command_id = next(iter(command_ids), None)
        entries = tuple(change.entry for change in changes)
        with self._lock:
            if command_id is not None and command_id in self._commands:
                done = self._commands[command_id]
                if _repeats(entries, done):
                    return
                raise CommandReusedError(command_id, done)
            self._check_versions(changes)
            cycles = self._new_cycles(changes)
            self._slots.check(event for change in changes for event in change.events)
            for cycle in cycles:
                self._cycles.setdefault(cycle.order_type, {})[cycle.version] = cycle
            for change in changes:
                self._orders[change.order.id] = change.order
                self._histories.setdefault(change.order.id, []).append(change.entry)
                self._slots.keep(change.order, change.events)
            if command_id is not None:
                self._commands[command_id] = entries

    def _check_versions(self, changes: Iterable[Change]) -> None:
        versions: dict[str, int] = {}
        conflicts: dict[str, tuple[int, int]] = {}
        for change in changes:
            order_id, expected = change.order.id, change.entry.sequence - 1
            if order_id not in versions:
                versions[order_id] = len(self._histories.get(order_id, ()))
            if versions[order_id] == expected:
                versions[order_id] += 1
            else:
                conflicts.setdefault(order_id, (expected, versions[order_id]))
        if conflicts:
            opening = all(expected == 0 for expected, _ in conflicts.values())
            raise (DuplicateOrderError if opening else StaleOrdersError)(conflicts)

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
        """The entries of an order in their sequence, from the one after *after*.

        Args:
            order_id: the order.
            after: the sequence of the last entry known, 0 for none.
            limit: at most so many entries, from 1; None for all.

        Raises:
            OrderNotFoundError: if there is no such order.
            TypeError: for a value of the wrong kind.
            ValueError: for a number out of bounds.
        """
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
        """What a command saved, in the order of its changes; empty if it has saved nothing.

        Args:
            command_id: what a command was saved under.

        Raises:
            TypeError: if *command_id* is no str.

        Source:
            Decision D22.
        """
        checks.instance("command_id", command_id, str, "a str")
        with self._lock:
            return self._commands.get(command_id, ())

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """The orders asked for, by due date, those without one last, then by id.

        Args:
            query: what the orders must be like, and which page of them.

        Raises:
            TypeError: if *query* is no `OrderQuery`.
        """
        checks.instance("query", query, OrderQuery, "an OrderQuery")
        with self._lock:
            orders = list(self._orders.values())
        return query.select(orders)

    def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        """A version of a cycle; None for the highest.

        Args:
            order_type: the key of the cycle.
            version: one of its versions; None for the highest.

        Raises:
            CycleNotFoundError: if there is none.
            TypeError: for a value of the wrong kind.
            ValueError: for a version out of bounds.
        """
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
        """Keep a version of a cycle; keeping the same again does nothing.

        Args:
            cycle: any version of any order type.

        Raises:
            CycleConflictError: if the version is known with other content.
            TypeError: if *cycle* is no `StatusCycle`.
        """
        checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
        with self._lock:
            versions = self._cycles.setdefault(cycle.order_type, {})
            _check_same(cycle, versions.setdefault(cycle.version, cycle))

    def versions(self, order_type: str, /) -> tuple[int, ...]:
        """The versions of a cycle, ascending; empty if there is none.

        Args:
            order_type: the key of the cycle.

        Raises:
            TypeError: if *order_type* is no str.
        """
        checks.instance("order_type", order_type, str, "a str")
        with self._lock:
            return tuple(sorted(self._cycles.get(order_type, ())))

    def order_types(self) -> tuple[str, ...]:
        """The keys of all cycles, sorted."""
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
        """The events due by a day, claimed or not, by date, then id.

        Args:
            as_of: the last day, inclusive.
            after: the last event of the page before; None for the first page.
            limit: at most so many events, from 1.
            automatic: only those that workers may take, or only the others; None for both.

        Raises:
            TypeError: for a value of the wrong kind.
            ValueError: for a limit out of bounds.

        Source:
            Decision D28.
        """
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
        """Automatic events due by a day, for this caller alone until the lease is over.

        Args:
            as_of: the last day, inclusive.
            now: the instant of the claim, aware.
            lease: how long nobody else gets them; longer than nothing.
            limit: at most so many events, from 1.

        Raises:
            TypeError: for a value of the wrong kind.
            ValueError: for a naive *now*, a lease that is not positive or ends after year 9999, or
                a limit out of bounds.

        Source:
            Decision D28.
        """
        checks.day("as_of", as_of)
        checks.instant("now", now)
        checks.instance("lease", lease, timedelta, "a timedelta")
        checks.number("limit", limit)
        if lease <= timedelta(0):
            raise ValueError(f"lease must be longer than nothing, not {lease}")
        try:
            until = now + lease
        except OverflowError:
            raise ValueError(f"lease must end before year 10000, not {lease} later") from None
        with self._lock:
            return self._slots.claim(as_of, now, until, limit)

    def acknowledge(self, *event_ids: str) -> None:
        """Close the slots of events that were acted on; ids that are not pending are passed over.

        Args:
            event_ids: ids of events that were acted on; unknown ones do no harm.

        Raises:
            TypeError: for an id that is no str.

        Source:
            Decisions D26 and D28.
        """
        checks.instances("event_ids", event_ids, str, "str, given one by one")
        with self._lock:
            self._slots.close(event_ids)

    def dismiss(self, *event_ids: str) -> None:
        """Close the slots of events that nobody will act on; ids not pending are passed over.

        Args:
            event_ids: ids of events that nobody will act on; unknown ones do no harm.

        Raises:
            TypeError: for an id that is no str.

        Source:
            Decision D26.
        """
        self.acknowledge(*event_ids)

    def forget(self, *, before: date) -> int:
        """Drop closed slots of events before a day that nothing can fill again; how many it were.

        Slots of an order's present visit, and of triggers that happen once in an order, stay: a
        closed slot stays closed.

        Args:
            before: the day, exclusive, on which the events were to be acted on.

        Raises:
            TypeError: if *before* is no date.

        Source:
            Decision D26.
        """
        checks.day("before", before)
        with self._lock:
            return self._slots.forget(before, self._orders)


def _repeats(entries: tuple[HistoryEntry, ...], done: tuple[HistoryEntry, ...]) -> bool:
    return len(entries) == len(done) and all(
        entry.repeats(other) for entry, other in zip(entries, done, strict=True)
    )


def _check_same(cycle: StatusCycle, known: StatusCycle) -> None:
    if cycle is not known and cycle != known:
        raise CycleConflictError(cycle.order_type, cycle.version)
