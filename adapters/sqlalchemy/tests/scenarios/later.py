"""A later release, whose tables have a column more: `size`, in the history."""

from collections.abc import Callable
from typing import Final

import sqlalchemy as sa

from prodflow_sqlalchemy import SqlStore, Tables
from prodflow_sqlalchemy._dialect import ENTRY_COLUMNS, Dialect, listed
from prodflow_sqlalchemy._postgresql import PostgresqlDialect
from prodflow_sqlalchemy._sqlite import SqliteDialect

from .wrong import speaking

__all__ = ["LATER", "later"]

LATER: Final = 2
"""The version of its tables."""


def _with_size(connection: sa.Connection, tables: Tables) -> None:
    """Rewrite the history with its sizes, and in PostgreSQL the facts too."""
    history, facts = tables.history, tables.facts
    if connection.dialect.name == "postgresql":
        for statement in (
            f"ALTER TABLE {facts.name} ALTER COLUMN rank TYPE bigint",
            f"ALTER TABLE {history.name} ADD COLUMN size integer",
            f"UPDATE {history.name} SET size = length(data)",  # noqa: S608 - our own names
            f"ALTER TABLE {history.name} ALTER COLUMN size SET NOT NULL",
        ):
            connection.exec_driver_sql(statement)
        return
    new = history.to_metadata(sa.MetaData(), name="prodflow_new")
    new.indexes.clear()
    new.append_column(sa.Column("size", sa.Integer, nullable=False))
    new.create(connection)
    names = listed(column.name for column in history.columns)
    connection.exec_driver_sql(
        f"INSERT INTO {new.name} ({names}, size)"  # noqa: S608 - our own names
        f" SELECT {names}, length(data) FROM {history.name}"
    )
    history.drop(connection)
    connection.exec_driver_sql(f"ALTER TABLE {new.name} RENAME TO {history.name}")
    for index in history.indexes:
        index.create(connection)


_STEPS: Final = {1: _with_size}


class _LaterSqlite(SqliteDialect):
    version = LATER
    steps = _STEPS

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        columns = listed(ENTRY_COLUMNS)
        values = listed(f":{name}" for name in ENTRY_COLUMNS)
        statement = self._add_entries.replace(columns, f"{columns}, size")
        self._add_entries = statement.replace(values, f"{values}, length(:data)")


class _LaterPostgresql(PostgresqlDialect):
    version = LATER
    steps = _STEPS

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        columns = listed(ENTRY_COLUMNS)
        statement = self._add_entries.text.replace(f"({columns}", f"({columns}, size", 1)
        statement = statement.replace(f"SELECT {columns}", f"SELECT {columns}, length(data)", 1)
        self._add_entries = sa.text(statement)


_DIALECTS: Final[dict[str, Callable[[str], Dialect]]] = {
    "sqlite": _LaterSqlite,
    "postgresql": _LaterPostgresql,
}


def later(engine: sa.Engine) -> SqlStore:
    """A store of the later release."""
    return speaking(_DIALECTS[engine.dialect.name], engine)
