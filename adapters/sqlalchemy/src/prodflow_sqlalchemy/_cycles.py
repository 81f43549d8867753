"""The versions of cycles, in the database and in memory."""

from collections.abc import Iterable
from typing import Any, final

import sqlalchemy as sa

from prodflow import CycleNotFoundError, StatusCycle
from prodflow.stores import Edit, check_cycles, check_edit
from prodflow_sqlalchemy import _reading as reading
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._dialect import Dialect
from prodflow_sqlalchemy._schema import TENANT

Name = tuple[str, int]
Versions = dict[Name, StatusCycle]


@final
class Cycles:
    """The versions of cycles; a committed version never changes, so one read is enough.

    Before a transaction adds a version, it locks the order type. So if two people edit the same
    version, the second edit waits for the first and is then refused (decision D5a).

    Args:
        dialect: the statements for the database.
        are_certain: whether every version that is read has been committed. It's False in a
            caller's transaction, where a version may still be rolled back.
    """

    def __init__(self, dialect: Dialect, *, are_certain: bool) -> None:
        self._dialect = dialect
        self._are_certain = are_certain
        self._known: Versions = {}

    def get(self, connection: sa.Connection, order_type: str, version: int) -> StatusCycle:
        """One version of a cycle, or a `CycleNotFoundError`."""
        known = self.load(connection, [(order_type, version)])
        if not known:
            raise CycleNotFoundError(order_type, version)
        return known[order_type, version]

    def load(self, connection: sa.Connection, names: Iterable[Name]) -> Versions:
        """The stored versions with these order types and numbers; unknown names are left out."""
        wanted = [*names]
        found = {name: self._known[name] for name in wanted if name in self._known}
        missing: dict[str, list[int]] = {}
        for order_type, version in wanted:
            if (order_type, version) not in found:
                missing.setdefault(order_type, []).append(version)
        c = self._dialect.tables.cycles.c
        for order_type, versions in missing.items():
            statement: Any = sa.select(c.version, c.data).where(
                c.tenant == TENANT,
                c.order_type == order_type,
                self._dialect.among(c.version, versions),
            )
            read = {
                (order_type, row.version): reading.cycle(self._dialect.tables, order_type, row)
                for row in connection.execute(statement)
            }
            self.remember(read)
            found |= read
        return {name: found[name] for name in wanted if name in found}

    def all(self, connection: sa.Connection, order_type: str | None = None) -> list[StatusCycle]:
        """All stored versions of one order type, or of all types; sorted by type, then number."""
        c = self._dialect.tables.cycles.c
        named = sa.select(c.order_type, c.version).where(c.tenant == TENANT)
        named = named.order_by(c.order_type, c.version)
        if order_type is not None:
            named = named.where(c.order_type == order_type)
        names = [(row.order_type, row.version) for row in connection.execute(named)]
        return [*self.load(connection, names).values()]

    def newest(self, connection: sa.Connection) -> tuple[StatusCycle, ...]:
        """The newest version of each order type, sorted by order type."""
        c = self._dialect.tables.cycles.c
        named = sa.select(c.order_type, sa.func.max(c.version).label("version"))
        named = named.where(c.tenant == TENANT)
        grouped: sa.Executable = named.group_by(c.order_type).order_by(c.order_type)
        names = [(row.order_type, row.version) for row in connection.execute(grouped)]
        return tuple(self.load(connection, names).values())

    def keep(self, connection: sa.Connection, cycles: Iterable[StatusCycle]) -> Versions:
        """Insert the orders' new cycle versions; returns what to `remember` after the commit.

        Raises:
            CycleConflictError: if a version is already stored with different content.
            StaleCycleError: if a version isn't stored yet, and is higher than the newest version
                that `put` has stored.
        """
        given = {id(cycle): cycle for cycle in cycles}.values()  # a bulk shares its cycles
        names = {(cycle.order_type, cycle.version) for cycle in given}
        known = self.load(connection, names)
        put: dict[str, int] = {}
        missing = names - known.keys()
        for order_type in sorted({order_type for order_type, _ in missing}):
            version = self._dialect.lock_type(connection, order_type)
            if version is not None:
                put[order_type] = version
        known |= self.load(connection, missing)  # others may have added them before the lock
        for cycle in check_cycles(given, known, put):
            self._dialect.add_cycle(connection, rows.cycle_row(cycle, None))
            known[cycle.order_type, cycle.version] = cycle
        return known

    def put(self, connection: sa.Connection, cycle: StatusCycle, edit: Edit) -> Versions:
        """Insert an edit unless it's already stored; returns what to `remember` after the commit.

        Raises:
            StaleCycleError: if the newest version isn't the one that the edit replaces.
                `put_cycle` lists the other errors.
        """
        self._dialect.lock_type(connection, cycle.order_type)
        versions = {it.version: it for it in self.all(connection, cycle.order_type)}
        if check_edit(cycle, edit.replaces, versions):
            self._dialect.add_cycle(connection, rows.cycle_row(cycle, edit))
        return {(cycle.order_type, cycle.version): cycle}

    def remember(self, cycles: Versions) -> None:
        """Keep versions in memory, so that they needn't be read again."""
        if self._are_certain:
            self._known.update(cycles)
