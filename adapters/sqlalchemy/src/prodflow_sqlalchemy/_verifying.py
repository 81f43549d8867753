"""Finds rows that can't be read or don't fit together, and makes the rows of an order again.

The history is what counts: an order, its facts and the cycle version that it's pinned to follow
from its entries. So each history is replayed, and the rows that a save would have written are
compared with those that are stored.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, final

import sqlalchemy as sa
from attrs import frozen

from prodflow import (
    CycleNotFoundError,
    DamagedRowError,
    HistoryEntry,
    OrderNotFoundError,
    ProductionOrder,
    StatusCycle,
)
from prodflow_sqlalchemy import _reading as reading
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._dialect import FACT_COLUMNS, ORDER_COLUMNS, Dialect

__all__ = ["Damage"]

Key = tuple[str | int, ...]

_COMPARED: Final = tuple(name for name in ORDER_COLUMNS if name != "data")
_OF_EVENT: Final = (
    *("order_id", "trigger_key", "slot_number", "id", "visit", "sequence", "fire_on", "dated"),
    *("until", "automatic"),
)
"""The columns of a slot that follow from its event."""


@final
@frozen
class Damage:
    """A row of a database that is damaged, or missing.

    Args:
        table: the name of the table.
        key: the values of the row's key, without the tenant.
        problem: "unreadable" if the row can't be read, "missing" if it should be there, "unknown"
            if it shouldn't, and "different" if it holds something else than it should.
    """

    table: str
    key: Key
    problem: Literal["unreadable", "missing", "unknown", "different"]


@final
class Verifier:
    """Compares what is stored with what follows from the histories.

    Args:
        dialect: the statements.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._tables = dialect.tables
        self._cycles: dict[tuple[str, int], StatusCycle] = {}
        self._digests: dict[tuple[str, int], str] = {}
        self._unreadable: set[tuple[str, int]] = set()

    # --- Portions of orders

    def portion(
        self, after: str, limit: int, connection: sa.Connection
    ) -> tuple[str | None, Sequence[Damage]]:
        """The last of the next ids, and what is damaged in the rows of these orders.

        The id is None if there are no more orders.
        """
        ids = self._ids(connection, after, limit)
        return (ids[-1] if ids else None, [*self._orders(connection, ids)])

    def _ids(self, connection: sa.Connection, after: str, limit: int) -> Sequence[str]:
        """The next ids that are in the tables of orders, histories or facts, sorted."""
        tables = self._tables
        columns = [tables.orders.c.id, tables.history.c.order_id, tables.facts.c.order_id]
        some = [
            sa.select(column.label("id"))
            .where(column.table.c.tenant == self._dialect.tenant, column > after)
            .distinct()
            .order_by(column)
            .limit(limit)
            .subquery()
            for column in columns
        ]
        every = sa.union(*(sa.select(each.c.id) for each in some)).order_by("id").limit(limit)
        return connection.execute(every).scalars().all()

    def _orders(self, connection: sa.Connection, ids: Sequence[str]) -> Iterator[Damage]:
        """What is damaged in the rows of some orders, their histories and their facts."""
        tables = self._tables
        orders = self._rows(connection, tables.orders, "id", ids)
        histories = self._rows(connection, tables.history, "order_id", ids, "sequence")
        facts = self._rows(connection, tables.facts, "order_id", ids, "name")
        for order_id in ids:
            if not histories[order_id]:
                yield from self._without_history(orders[order_id], facts[order_id])
                continue
            order = self._replayed(connection, order_id, histories[order_id])
            if isinstance(order, Damage):
                yield order
            else:
                yield from self._compared(order, orders[order_id], facts[order_id])

    def _rows(
        self,
        connection: sa.Connection,
        table: sa.Table,
        column: str,
        ids: Collection[str],
        *order: str,
    ) -> Mapping[str, Sequence[sa.Row[Any]]]:
        """The rows of some orders in a table, by the id of the order."""
        found: dict[str, list[sa.Row[Any]]] = {order_id: [] for order_id in ids}
        statement = sa.select(table).where(
            table.c.tenant == self._dialect.tenant, self._dialect.among(table.c[column], ids)
        )
        for row in connection.execute(statement.order_by(*(table.c[name] for name in order))):
            found[getattr(row, column)].append(row)
        return found

    def _replayed(
        self, connection: sa.Connection, order_id: str, stored: Sequence[sa.Row[Any]]
    ) -> ProductionOrder | Damage:
        """The order that results from a history, or the row that is in the way."""
        tables = self._tables
        entries: list[HistoryEntry] = []
        for number, row in enumerate(stored, start=1):
            if row.sequence != number:
                return Damage(tables.history.name, (order_id, number), "missing")
            try:
                entries.append(reading.entry(tables, row))
            except DamagedRowError:
                return Damage(tables.history.name, (order_id, number), "unreadable")
        try:
            return self._replay(connection, entries)
        except CycleNotFoundError as error:
            name = (error.order_type, error.version or 0)
            is_there = name in self._unreadable
            return Damage(tables.cycles.name, name, "unreadable" if is_there else "missing")
        except reading.UNREADABLE:  # entries of several orders may be mixed up in any way
            known = [*self._cycles.values()]

            def fails(number: int) -> bool:
                return not _is_readable(ProductionOrder.replay, entries[:number], known)

            wrong = 1 + bisect_left(range(1, len(entries)), x=True, key=fails)
            return Damage(tables.history.name, (order_id, wrong), "different")

    def _replay(
        self, connection: sa.Connection, entries: Sequence[HistoryEntry]
    ) -> ProductionOrder:
        try:
            return ProductionOrder.replay(entries, self._cycles.values())
        except CycleNotFoundError:  # a save may have brought it meanwhile
            self._read_cycles(connection)
            return ProductionOrder.replay(entries, self._cycles.values())

    def _read_cycles(self, connection: sa.Connection) -> None:
        """Read every version of every cycle that can be read."""
        for row in self._each(connection, self._tables.cycles):
            name = (row.order_type, row.version)
            if name not in self._cycles:
                try:
                    self._cycles[name] = reading.cycle(self._tables, row.order_type, row)
                    self._digests[name] = row.digest
                except DamagedRowError:
                    self._unreadable.add(name)

    def _without_history(
        self, orders: Sequence[sa.Row[Any]], facts: Iterable[sa.Row[Any]]
    ) -> Iterator[Damage]:
        tables = self._tables
        for row in orders:
            yield Damage(tables.history.name, (row.id, 1), "missing")
        for row in () if orders else facts:
            yield Damage(tables.facts.name, (row.order_id, row.name), "unknown")

    def _compared(
        self,
        order: ProductionOrder,
        stored: Sequence[sa.Row[Any]],
        facts: Iterable[sa.Row[Any]],
    ) -> Iterator[Damage]:
        """What differs from the rows of an order."""
        tables, key = self._tables, (order.id,)
        wanted = {row["name"]: row for row in rows.fact_rows(self._dialect.tenant, order)}
        expected = self._order_row(order, [*wanted.values()])
        if not stored:
            yield Damage(tables.orders.name, key, "missing")
        for row in stored:
            try:
                is_same = reading.order(tables, row, [order.cycle]) == order
            except DamagedRowError:
                yield Damage(tables.orders.name, key, "unreadable")
            else:
                if not is_same or _differs(row, expected, _COMPARED):
                    yield Damage(tables.orders.name, key, "different")
        named = {row.name: row for row in facts}
        for name in sorted(wanted.keys() | named.keys()):
            if name not in named:
                yield Damage(tables.facts.name, (order.id, name), "missing")
            elif name not in wanted:
                yield Damage(tables.facts.name, (order.id, name), "unknown")
            elif _differs(named[name], wanted[name], FACT_COLUMNS):
                yield Damage(tables.facts.name, (order.id, name), "different")

    def _order_row(self, order: ProductionOrder, facts: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The row that a save would have written, with the digest of the stored cycle."""
        row = rows.order_row(self._dialect.tenant, order, rows.facts_hash(facts))
        digest = self._digests[order.cycle.order_type, order.cycle.version]
        return {**row, "cycle_digest": digest}

    # --- The other tables

    def others(self, connection: sa.Connection) -> Sequence[Damage]:
        """What is damaged in the tables of cycles, settings, commands and events."""
        parts = (self._in_cycles, self._in_settings, self._in_commands, self._in_outbox)
        return [damage for part in parts for damage in part(connection)]

    def _in_cycles(self, connection: sa.Connection) -> Iterator[Damage]:
        tables = self._tables
        self._read_cycles(connection)
        types = {row.order_type for row in self._each(connection, tables.order_types)}
        for row in self._each(connection, tables.cycles):
            name = (row.order_type, row.version)
            if name in self._unreadable or not _is_readable(rows.edit, row):
                yield Damage(tables.cycles.name, name, "unreadable")
            elif rows.digest(row.data) != row.digest:
                yield Damage(tables.cycles.name, name, "different")
            if row.order_type not in types:
                types.add(row.order_type)
                yield Damage(tables.order_types.name, (row.order_type,), "missing")

    def _in_settings(self, connection: sa.Connection) -> Iterator[Damage]:
        table = self._tables.settings
        for row in self._each(connection, table):
            if not (
                _is_readable(reading.settings, self._tables, row.version, row.data)
                and _is_readable(rows.edit, row)
            ):
                yield Damage(table.name, (row.version,), "unreadable")
            elif rows.digest(row.data) != row.digest:
                yield Damage(table.name, (row.version,), "different")

    def _in_commands(self, connection: sa.Connection) -> Iterator[Damage]:
        table = self._tables.commands
        for row in self._each(connection, table):
            if not (
                _is_readable(reading.places, self._tables, row)
                and _is_readable(date.fromisoformat, row.done_on)
            ):
                yield Damage(table.name, (row.id,), "unreadable")

    def _in_outbox(self, connection: sa.Connection) -> Iterator[Damage]:
        table = self._tables.outbox
        for row in self._each(connection, table):
            if not _is_readable(reading.item, self._tables, row):
                yield Damage(table.name, (row.id,), "unreadable")
            elif _differs(row, rows.slot_row(self._dialect.tenant, rows.item(row)), _OF_EVENT):
                yield Damage(table.name, (row.id,), "different")

    def _each(self, connection: sa.Connection, table: sa.Table) -> Iterable[sa.Row[Any]]:
        """Every row of a table, by its key; they needn't fit into memory together."""
        statement = sa.select(table).where(table.c.tenant == self._dialect.tenant)
        return connection.execute(
            statement.order_by(*table.primary_key.columns), execution_options={"yield_per": 1_000}
        )

    # --- Rebuilding

    def rebuild(self, connection: sa.Connection, order_id: str) -> ProductionOrder:
        """Write the rows of an order again, from its history.

        Raises:
            DamagedRowError: if the history can't be replayed.
            OrderNotFoundError: if there is no history.
        """
        tables = self._tables
        self._dialect.lock_orders(connection, [order_id])
        stored = self._rows(connection, tables.history, "order_id", [order_id], "sequence")
        if not stored[order_id]:
            raise OrderNotFoundError(order_id)
        order = self._replayed(connection, order_id, stored[order_id])
        if isinstance(order, Damage):
            raise DamagedRowError(order.table, order.key)
        c = tables.orders.c
        connection.execute(
            sa.delete(tables.orders).where(c.tenant == self._dialect.tenant, c.id == order_id)
        )
        facts = rows.fact_rows(self._dialect.tenant, order)
        self._dialect.add_orders(connection, [self._order_row(order, facts)])
        self._dialect.replace_facts(connection, [order_id], facts)
        return order


def _is_readable(read: Callable[..., object], *given: object) -> bool:
    try:
        read(*given)
    except reading.UNREADABLE:
        return False
    return True


def _differs(row: sa.Row[Any], expected: Mapping[str, Any], columns: Iterable[str]) -> bool:
    return any(getattr(row, name) != expected[name] for name in columns)
