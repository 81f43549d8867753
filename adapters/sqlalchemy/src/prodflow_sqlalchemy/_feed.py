"""The feed of committed entries: its cursors, its pages, and how far a reader is behind.

A cursor is a text that names an epoch, the last entry that was read, and a tenant. Another process
may restore the database while a store is open, so the epoch is read in the statement that reads
the entries.
"""

import re
from datetime import datetime
from itertools import starmap
from typing import Final, Self, final

import sqlalchemy as sa
from attrs import frozen

from prodflow import CursorError, HistoryEntry
from prodflow_sqlalchemy import _arguments as arguments
from prodflow_sqlalchemy import _reading as reading
from prodflow_sqlalchemy._dialect import Dialect

__all__ = ["FeedHolder", "FeedLag", "FeedPage"]

_CURSOR: Final = re.compile(r"([0-9a-f]{16})\.([0-9]{1,18})\.([0-9]{1,18})\.(.*)", re.DOTALL)


@final
@frozen
class FeedPage:
    """A page of committed entries, and the cursor for the next page.

    A page without entries has the cursor that you passed.
    """

    entries: tuple[HistoryEntry, ...]
    cursor: str | None


@final
@frozen
class FeedHolder:
    """A transaction that the feed waits for.

    Args:
        process: the process id of its connection; None for a prepared transaction.
        user: the database user.
        database: the database that the connection uses; it can be another one on the same server.
        application: the `application_name` of the connection, or the id of a prepared transaction.
        since: when the transaction began, an aware datetime; None if the database doesn't show it
            to your user.
    """

    process: int | None
    user: str | None
    database: str | None
    application: str | None
    since: datetime | None


@final
@frozen
class FeedLag:
    """How far a reader of the feed is behind.

    Args:
        ready: the number of entries that come after the cursor.
        waiting: the number of further entries that are committed, but don't appear in the feed
            before older transactions have ended. In SQLite, it's always 0.
        holders: the transactions that these entries wait for, the oldest first.
    """

    ready: int
    waiting: int
    holders: tuple[FeedHolder, ...]


@final
@frozen
class Cursor:
    """The place of an entry in the feed."""

    epoch: str
    transaction: int
    position: int
    tenant: str

    @classmethod
    def read(cls, name: str, text: str) -> Self:
        """The cursor that a text names; *name* is the argument that has the text."""
        parts = _CURSOR.fullmatch(arguments.text(name, text))
        if parts is None:
            raise ValueError(f"{name} must be the cursor of a page of a feed, not {text!r:.60}")
        return cls(parts[1], int(parts[2]), int(parts[3]), parts[4])

    def __str__(self) -> str:
        return f"{self.epoch}.{self.transaction}.{self.position}.{self.tenant}"

    def check(self, tenant: str, epoch: str, *, is_beyond: bool) -> None:
        """Refuse a cursor that the feed of a tenant can't go on from."""
        if self.tenant != tenant:
            raise CursorError(str(self), "tenant")
        if self.epoch != epoch:
            raise CursorError(str(self), "restored")
        if is_beyond:
            raise CursorError(str(self), "beyond")


@final
class Feed:
    """Reads the feed.

    Args:
        dialect: the statements of the database.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def page(self, connection: sa.Connection, after: str | None, limit: int) -> FeedPage:
        """A page of entries."""
        cursor = None if after is None else Cursor.read("after", after)
        first, *others = self._dialect.feed(connection, _place(cursor), limit)
        if cursor is not None:
            cursor.check(self._dialect.tenant, first.epoch, is_beyond=bool(first.is_beyond))
        if first.data is None:  # there is always a row, for the epoch
            return FeedPage((), after)
        last = others[-1] if others else first
        entries = tuple(reading.entry(self._dialect.tables, row) for row in (first, *others))
        cursor = Cursor(last.epoch, last.xid, last.position, self._dialect.tenant)
        return FeedPage(entries, str(cursor))

    def lag(self, connection: sa.Connection, after: str | None) -> FeedLag:
        """How far a cursor is behind."""
        cursor = None if after is None else Cursor.read("cursor", after)
        counted, holders = self._dialect.behind(connection, _place(cursor))
        if cursor is not None:
            cursor.check(self._dialect.tenant, counted.epoch, is_beyond=bool(counted.is_beyond))
        return FeedLag(counted.ready, counted.waiting, tuple(starmap(FeedHolder, holders)))


def _place(cursor: Cursor | None) -> tuple[int, int]:
    return (0, 0) if cursor is None else (cursor.transaction, cursor.position)
