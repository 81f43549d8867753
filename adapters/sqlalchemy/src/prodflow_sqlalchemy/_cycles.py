"""The versions of cycles, in the database and in memory."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple, final

import sqlalchemy as sa

from prodflow import CycleNotFoundError, DamagedRowError, StatusCycle
from prodflow.stores import Edit, check_cycles, check_edit
from prodflow_sqlalchemy import _reading as reading
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._dialect import CycleKey, Dialect

Name = tuple[str, int]


class Version(NamedTuple):
    """A stored version of a cycle, and its digest."""

    digest: str
    cycle: StatusCycle


Versions = dict[Name, Version]


@final
class Cycles:
    """The versions of cycles, in memory and in the database.

    The memory keeps versions by their digest, so it's right even if a backup is restored. A save
    doesn't read what an earlier save has read or stored. If that version is gone, a foreign key of
    PostgreSQL refuses the order, and the save begins again; in SQLite, a save looks the version up.

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
        self._known: dict[CycleKey, StatusCycle] = {}
        self._stored: Versions = {}

    def get(
        self, connection: sa.Connection, order_type: str, version: int | None = None
    ) -> StatusCycle:
        """One version of a cycle, or the highest; a `CycleNotFoundError` if there is none."""
        c = self._dialect.tables.cycles.c
        named: Any = sa.select(c.order_type, c.version, c.digest)
        named = named.where(c.tenant == self._dialect.tenant, c.order_type == order_type)
        if version is not None:
            named = named.where(c.version == version)
        for cycle in self._listed(connection, named.order_by(c.version.desc()).limit(1)):
            return cycle
        raise CycleNotFoundError(order_type, version)

    def of(
        self, connection: sa.Connection, keys: Iterable[CycleKey]
    ) -> dict[CycleKey, StatusCycle]:
        """The versions that stored orders have, or a `DamagedRowError` for one that is gone."""
        wanted = set(keys)
        missing = wanted - self._known.keys()
        if missing:
            self._read(connection, {(order_type, version) for order_type, version, _ in missing})
        for order_type, version, _ in wanted - self._known.keys():
            raise DamagedRowError(self._dialect.tables.cycles.name, (order_type, version))
        return {key: self._known[key] for key in wanted}

    def all(self, connection: sa.Connection, order_type: str | None = None) -> list[StatusCycle]:
        """All stored versions of one order type, or of all types; sorted by type, then number."""
        c = self._dialect.tables.cycles.c
        named: Any = sa.select(c.order_type, c.version, c.digest).where(
            c.tenant == self._dialect.tenant
        )
        if order_type is not None:
            named = named.where(c.order_type == order_type)
        return self._listed(connection, named.order_by(c.order_type, c.version))

    def newest(self, connection: sa.Connection) -> tuple[StatusCycle, ...]:
        """The newest version of each order type, sorted by order type."""
        cycles = self._dialect.tables.cycles
        c, later = cycles.c, cycles.alias().c
        has_later = sa.exists().where(
            later.tenant == self._dialect.tenant,
            later.order_type == c.order_type,
            later.version > c.version,
        )
        named: Any = sa.select(c.order_type, c.version, c.digest)
        named = named.where(c.tenant == self._dialect.tenant, ~has_later).order_by(c.order_type)
        return tuple(self._listed(connection, named))

    def _listed(self, connection: sa.Connection, statement: sa.Executable) -> list[StatusCycle]:
        keys = [(row.order_type, row.version, row.digest) for row in connection.execute(statement)]
        found = self.of(connection, keys)
        return [found[key] for key in keys]

    def keep(self, connection: sa.Connection, cycles: Iterable[StatusCycle]) -> Versions:
        """Insert the orders' new cycle versions; returns what to `remember` after the commit.

        Raises:
            CycleConflictError: if a version is already stored with different content.
            StaleCycleError: if a version isn't stored yet, and is higher than the newest version
                that `put` has stored.
        """
        given = {id(cycle): cycle for cycle in cycles}.values()  # a bulk shares its cycles
        names = {(cycle.order_type, cycle.version) for cycle in given}
        known = self._still_stored(connection, names)
        known |= self._read(connection, names - known.keys())
        put: dict[str, int] = {}
        missing = names - known.keys()
        for order_type in sorted({order_type for order_type, _ in missing}):
            version = self._dialect.lock_type(connection, order_type)
            if version is not None:
                put[order_type] = version
        known |= self._read(connection, missing)  # others may have added them before the lock
        stored = {name: version.cycle for name, version in known.items()}
        for cycle in check_cycles(given, stored, put):
            known[cycle.order_type, cycle.version] = self._add(connection, cycle, None)
        return known

    def known(self, connection: sa.Connection, cycle: StatusCycle) -> Versions:
        """What `keep` returns for a cycle, if nothing has to be read or locked; empty otherwise."""
        name = (cycle.order_type, cycle.version)
        known = self._still_stored(connection, [name])
        return known if known and known[name].cycle == cycle else {}

    def put(self, connection: sa.Connection, cycle: StatusCycle, edit: Edit) -> None:
        """Insert an edit unless it's already stored.

        Raises:
            StaleCycleError: if the newest version isn't the one that the edit replaces.
                `put_cycle` lists the other errors.
        """
        self._dialect.lock_type(connection, cycle.order_type)
        versions = {it.version: it for it in self.all(connection, cycle.order_type)}
        if check_edit(cycle, edit.replaces, versions):
            self._add(connection, cycle, edit)

    def _add(self, connection: sa.Connection, cycle: StatusCycle, edit: Edit | None) -> Version:
        row = rows.cycle_row(self._dialect.tenant, cycle, edit)
        self._dialect.add_cycle(connection, row)
        return Version(row["digest"], cycle)

    def remember(self, versions: Versions) -> None:
        """Take versions for stored, so that they needn't be read before the next save."""
        if self._are_certain:
            self._stored.update(versions)

    def forget(self) -> None:
        """Take nothing for stored: the database may have lost what it had."""
        self._stored.clear()

    def _still_stored(self, connection: sa.Connection, names: Iterable[Name]) -> Versions:
        """Those of some versions that an earlier save has read or stored."""
        known = {name: self._stored[name] for name in names if name in self._stored}
        if self._dialect.has_cycles(connection, [(*name, it.digest) for name, it in known.items()]):
            return known
        self.forget()
        return {}

    def _read(self, connection: sa.Connection, names: Collection[Name]) -> Versions:
        """The stored versions with these order types and numbers; unknown names are left out."""
        by_type: dict[str, list[int]] = {}
        for order_type, version in names:
            by_type.setdefault(order_type, []).append(version)
        c = self._dialect.tables.cycles.c
        found: Versions = {}
        for order_type, versions in by_type.items():
            statement: Any = sa.select(c.version, c.digest, c.data).where(
                c.tenant == self._dialect.tenant,
                c.order_type == order_type,
                self._dialect.among(c.version, versions),
            )
            for row in connection.execute(statement):
                found[order_type, row.version] = Version(row.digest, self._decoded(order_type, row))
        return found

    def _decoded(self, order_type: str, row: sa.Row[Any]) -> StatusCycle:
        key = (order_type, row.version, row.digest)
        cycle = self._known.get(key)
        if cycle is None:
            cycle = self._known[key] = reading.cycle(self._dialect.tables, order_type, row)
        return cycle
