"""Stores with one bug each in their SQL or their transactions, which the tests must find."""

import sqlalchemy as sa

from prodflow import Change
from prodflow_sqlalchemy import SqlStore
from prodflow_sqlalchemy._cycles import Cycles
from prodflow_sqlalchemy._dialect import Dialect, json_text
from prodflow_sqlalchemy._postgresql import PostgresqlDialect
from prodflow_sqlalchemy._saving import Saving
from prodflow_sqlalchemy._sqlite import SqliteDialect
from prodflow_sqlalchemy._transactions import Transactions

__all__ = [
    "CommandApart",
    "DeferredBegin",
    "NoGuard",
    "NoGuardAtAll",
    "PublishesFirst",
    "SerialCursor",
    "speaking",
]


class DeferredBegin(SqliteDialect):
    """Every transaction begins as if it only reads."""

    def _open(
        self,
        connection: sa.Connection,
        *,
        write: bool,  # noqa: ARG002 - the bug is to ignore it
    ) -> None:
        super()._open(connection, write=False)


class NoGuard(PostgresqlDialect):
    """Orders are not locked, and their version is not compared."""

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        self._lock_orders = _changed(self._lock_orders, " FOR UPDATE", "")
        self._move_orders = _changed(self._move_orders, " AND o.version = v.base", "")


class NoGuardAtAll(NoGuard):
    """The history may be overwritten too."""

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        last_wins = " ON CONFLICT (order_id, sequence) DO UPDATE SET data = excluded.data"
        self._add_entries = sa.text(f"{self._add_entries.text}{last_wins}")


class SerialCursor(PostgresqlDialect):
    """The feed uses the serial number of an entry, which it gets before the commit."""

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        start = "(xid, position) > (CAST(CAST(:xid AS text) AS xid8), :position)"
        feed = _changed(self._feed, start, "position > :position AND :xid >= 0")
        feed = _changed(feed, " AND xid < pg_snapshot_xmin(pg_current_snapshot())", "")
        self._feed = _changed(feed, "ORDER BY xid, position", "ORDER BY position")


class PublishesFirst(SqlStore):  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues] - final for users
    """Events are saved in another transaction, before their changes."""

    def save(self, *changes: Change) -> None:
        """Fill the slots, then save."""
        self._write(lambda connection: self._saving.fill(connection, changes, known=()))
        super().save(*changes)


class CommandApart(SqlStore):  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues] - final for users
    """A command id is saved in another transaction, and is then taken as done."""

    def save(self, *changes: Change) -> None:
        """Take the id, then save."""
        command_id = changes[0].entry.command_id
        places = json_text([(change.order.id, change.order.version) for change in changes])
        if command_id is None or self._write(
            lambda connection: self._dialect.add_command(connection, command_id, places)
        ):
            self._write(lambda connection: self._saving.save(connection, changes, None))


def speaking(dialect: type[Dialect], engine: sa.Engine) -> SqlStore:
    """A store with another dialect."""
    store = SqlStore(engine)
    spoken = dialect("prodflow_")
    store._dialect = spoken  # noqa: SLF001 - the bug goes in here
    store._transactions = Transactions(engine, spoken)  # noqa: SLF001
    store._cycles = Cycles(spoken, are_certain=True)  # noqa: SLF001
    store._saving = Saving(spoken, store._cycles)  # noqa: SLF001
    return store


def _changed(statement: sa.TextClause, was: str, becomes: str) -> sa.TextClause:
    if statement.text.count(was) != 1:
        raise ValueError(f"{was!r} must be once in {statement.text!r}")
    return sa.text(statement.text.replace(was, becomes))
