"""The versions of cycles, in the database and in memory."""

from collections.abc import Iterable
from operator import attrgetter
from typing import final

import sqlalchemy as sa

from prodflow import CycleConflictError, CycleNotFoundError, StatusCycle
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._dialect import Dialect

Versions = dict[tuple[str, int], StatusCycle]


@final
class Cycles:
    """The versions of cycles; a committed version never changes, so each is read only once.

    Args:
        dialect: the statements.
        are_certain: whether every version that is read has been committed. In a caller's
            transaction, a version may still be rolled back.
    """

    def __init__(self, dialect: Dialect, *, are_certain: bool) -> None:
        self._dialect = dialect
        self._are_certain = are_certain
        self._known: Versions = {}

    def get(self, connection: sa.Connection, order_type: str, version: int) -> StatusCycle:
        """One version of a cycle, or a `CycleNotFoundError`."""
        known = self._known.get((order_type, version))
        if known is None:
            c = self._dialect.tables.cycles.c
            statement = sa.select(c.data).where(c.order_type == order_type, c.version == version)
            data = connection.scalar(statement)
            if data is None:
                raise CycleNotFoundError(order_type, version)
            known = rows.cycle(data)
            self.remember({(order_type, version): known})
        return known

    def keep(self, connection: sa.Connection, cycles: Iterable[StatusCycle]) -> Versions:
        """Insert new versions, and return what to `remember` after the commit.

        Raises:
            CycleConflictError: if a version is stored with other content.
        """
        kept: Versions = {}
        for cycle in sorted(cycles, key=attrgetter("order_type", "version")):
            name = (cycle.order_type, cycle.version)
            if name not in kept:
                kept[name] = self._kept(connection, cycle)
            if kept[name] != cycle:
                raise CycleConflictError(*name)
        return kept

    def _kept(self, connection: sa.Connection, cycle: StatusCycle) -> StatusCycle:
        """The stored cycle of this type and version; if there's none, *cycle* is inserted."""
        if (cycle.order_type, cycle.version) not in self._known:
            data = rows.cycle_data(cycle)
            if self._dialect.add_cycle(connection, cycle.order_type, cycle.version, data):
                return cycle
        return self.get(connection, cycle.order_type, cycle.version)

    def remember(self, cycles: Versions) -> None:
        """Keep versions in memory, so that they needn't be read again."""
        if self._are_certain:
            self._known.update(cycles)
