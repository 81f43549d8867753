"""The SQL statements of a store: the shared ones, and an interface for those that differ.

All statements run inside a transaction. To avoid deadlocks, every transaction locks its rows in
the same sequence: the command, known orders, new orders, order types, slots. Rows of one kind are
locked in the sequence of their keys.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Final, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from prodflow_sqlalchemy._schema import Tables, tables

T = TypeVar("T", int, str)

Row = Mapping[str, Any]
SlotRow = sa.Row[Any]
SlotKey = tuple[str, str, int]

ORDER_COLUMNS: Final = (
    *("id", "version", "visit", "held_visit", "order_type", "cycle_version", "status", "is_open"),
    *("due", "delivery_on", "department", "assignee", "vendor", "invoice_id", "data"),
)
ENTRY_COLUMNS: Final = ("order_id", "sequence", "data")
SLOT_COLUMNS: Final = (
    *("order_id", "trigger_key", "slot_visit", "id", "visit", "fire_on", "dated"),
    *("while_in_status", "automatic", "closed", "data"),
)
_KEPT: Final = frozenset({"order_id", "trigger_key", "slot_visit", "id"})

COMMITS_BY_ITSELF: Final = (
    "the connection commits each statement by itself: the store needs a transaction to take part in"
)


class Failure(Enum):
    """Kinds of database errors, with the reason to report."""

    BUSY = "others were in the way"
    LOST = "the connection was lost"
    OTHER = "anything else"


class Dialect(ABC):
    """The statements of a store in one kind of database.

    Args:
        prefix: what the names of all tables begin with.
    """

    name: str
    attempts: int
    """How many times a transaction is tried if other transactions are in the way."""

    def __init__(self, prefix: str) -> None:
        self.tables: Tables = tables(prefix, dialect=self.name)
        replaced = ", ".join(
            f"{column} = excluded.{column}" for column in SLOT_COLUMNS if column not in _KEPT
        )
        types = self.tables.order_types.name
        # The update changes nothing, but it locks the row. It fails if the transaction's snapshot
        # of the database is too old for writing.
        self._lock_type = sa.text(
            f"INSERT INTO {types} (order_type) VALUES (:order_type) ON CONFLICT (order_type)"
            f" DO UPDATE SET put_version = {types}.put_version"
        )
        self._add_command = sa.text(
            f"INSERT INTO {self.tables.commands.name} (id, entries) VALUES (:id, :entries)"
            " ON CONFLICT DO NOTHING"
        )
        self._on_closed = (
            f"ON CONFLICT (order_id, trigger_key, slot_visit)"
            f" DO UPDATE SET {replaced} WHERE NOT {self.tables.outbox.name}.closed"
        )

    @abstractmethod
    def begin(self, connection: sa.Connection, *, write: bool) -> None:
        """Begin a transaction of the store."""

    @abstractmethod
    def join(self, connection: sa.Connection) -> None:
        """Make sure that the caller's transaction has begun and can write.

        Raises:
            ValueError: if the connection commits each statement by itself.
        """

    @abstractmethod
    def lock_schema(self, connection: sa.Connection) -> None:
        """Keep others from creating or changing tables until the transaction ends."""

    def add_command(self, connection: sa.Connection, command_id: str, entries: str) -> bool:
        """Insert a command; False if its id is taken. Waits while others insert the same id."""
        values = {"id": command_id, "entries": entries}
        return connection.execute(self._add_command, values).rowcount == 1

    def lock_type(self, connection: sa.Connection, order_type: str) -> int | None:
        """Keep others from adding versions of a cycle until the transaction ends.

        Returns:
            The newest version that `put_cycle` has saved; None if it has saved no version.
        """
        connection.execute(self._lock_type, {"order_type": order_type})
        c = self.tables.order_types.c
        version: int | None = connection.scalar(
            sa.select(c.put_version).where(c.order_type == order_type)
        )
        return version

    def add_cycle(self, connection: sa.Connection, row: Row) -> None:
        """Insert a version of a cycle; the order type of the cycle must be locked."""
        connection.execute(sa.insert(self.tables.cycles), row)
        if row["replaces"] is not None:
            c = self.tables.order_types.c
            types = sa.update(self.tables.order_types).where(c.order_type == row["order_type"])
            connection.execute(types, {"put_version": row["version"]})

    @abstractmethod
    def lock_orders(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
        """Lock these orders, if stored, until the transaction ends; returns their versions."""

    @abstractmethod
    def add_orders(self, connection: sa.Connection, rows: Sequence[Row]) -> int:
        """Insert orders that don't exist yet, and return how many."""

    @abstractmethod
    def move_orders(self, connection: sa.Connection, rows: Sequence[Row]) -> int:
        """Update the orders whose stored version is the `base` of their row; returns how many."""

    @abstractmethod
    def entries_of(self, connection: sa.Connection, command_id: str) -> Sequence[str]:
        """The `data` of the entries that a command saved, in the sequence of their changes."""

    @abstractmethod
    def add_entries(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """Append entries to the history."""

    @abstractmethod
    def pending_slots(
        self, connection: sa.Connection, order_ids: Collection[str], event_ids: Collection[str]
    ) -> Sequence[SlotRow]:
        """Lock and return pending slots: those of these events, and of these orders' reminders.

        The rows have the columns that `_rows.pending_slot` reads.
        """

    @abstractmethod
    def empty_slots(self, connection: sa.Connection, keys: Iterable[SlotKey]) -> None:
        """Delete slots that are pending."""

    @abstractmethod
    def fill_slots(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """Insert or replace pending slots; a closed slot stays as it is."""

    @abstractmethod
    def claim(
        self, connection: sa.Connection, as_of: str, now: int, until: int, limit: int
    ) -> Sequence[sa.Row[Any]]:
        """Lease due events that aren't leased now; returns their `fire_on`, `id` and `data`."""

    @abstractmethod
    def close(self, connection: sa.Connection, event_ids: Collection[str]) -> None:
        """Close pending slots."""

    @abstractmethod
    def forget(self, connection: sa.Connection, before: str) -> int:
        """Delete closed slots that were due before a day; returns how many.

        Slots that a change could fill again stay.
        """

    @abstractmethod
    def feed(
        self, connection: sa.Connection, after: tuple[int, int], limit: int
    ) -> Sequence[sa.Row[Any]]:
        """The committed entries after a cursor: each with its `data`, `xid` and `position`."""

    @abstractmethod
    def among(self, column: sa.Column[T], values: Collection[T]) -> sa.ColumnElement[bool]:
        """The condition that a column has one of these values, passed as a single parameter."""

    @abstractmethod
    def failure(self, error: DBAPIError) -> Failure:
        """The kind of a database error."""


def json_text(value: object) -> str:
    """JSON text from orjson; Python's json would use a sixth of the time of a bulk save."""
    return orjson.dumps(value).decode()


def slot_row(key: SlotKey) -> dict[str, Any]:
    """The key of a slot, as parameters of a statement."""
    order_id, trigger_key, slot_visit = key
    return {"order_id": order_id, "trigger_key": trigger_key, "slot_visit": slot_visit}


def listed(columns: Iterable[str]) -> str:
    """Names separated by commas, for SQL."""
    return ", ".join(columns)
