"""Versions of cycles in their table, and those that are known without asking."""

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
    """The versions of cycles; one that was committed never changes, so it is read once.

    Args:
        dialect: how the database is spoken to.
        are_certain: whether what was read is committed; in a transaction of the caller it may not.
    """

    def __init__(self, dialect: Dialect, *, are_certain: bool) -> None:
        self._dialect = dialect
        self._are_certain = are_certain
        self._known: Versions = {}

    def get(self, connection: sa.Connection, order_type: str, version: int) -> StatusCycle:
        """A version.

        Raises:
            CycleNotFoundError: if there is none.
        """
        known = self._known.get((order_type, version))
        if known is None:
            c = self._dialect.tables.cycles.c
            chosen = sa.select(c.data).where(c.order_type == order_type, c.version == version)
            data = connection.scalar(chosen)
            if data is None:
                raise CycleNotFoundError(order_type, version)
            known = rows.cycle(data)
            self.remember({(order_type, version): known})
        return known

    def keep(self, connection: sa.Connection, cycles: Iterable[StatusCycle]) -> Versions:
        """Insert what is new; what to `remember` once it is committed.

        Raises:
            CycleConflictError: if a version is known with other content.
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
        """The cycle that stands under this name, once it is there."""
        if (cycle.order_type, cycle.version) not in self._known:
            data = rows.cycle_data(cycle)
            if self._dialect.add_cycle(connection, cycle.order_type, cycle.version, data):
                return cycle
        return self.get(connection, cycle.order_type, cycle.version)

    def remember(self, cycles: Versions) -> None:
        """Spare later calls the reading."""
        if self._are_certain:
            self._known.update(cycles)
