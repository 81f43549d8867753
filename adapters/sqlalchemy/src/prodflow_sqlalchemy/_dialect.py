"""What differs between the databases, and the statements that they share.

Everything here runs inside a transaction that the store has begun. Locks are taken in one order
everywhere, so that no two transactions wait for each other: the command, known orders, new orders,
cycles, slots, each sorted by key.
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
    *("id", "version", "visit", "order_type", "cycle_version", "status", "is_open", "due"),
    *("delivery_on", "workflow_stage", "department", "assignee", "vendor", "invoice_id", "data"),
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
    """What kind of trouble a database error is."""

    BUSY = "others were in the way"
    LOST = "the connection was lost"
    OTHER = "anything else"


class Dialect(ABC):
    """The statements of a store in one database.

    Args:
        prefix: of the names of the tables.
    """

    name: str
    attempts: int
    """How often a transaction is tried where others are in the way."""

    def __init__(self, prefix: str) -> None:
        self.tables: Tables = tables(prefix, dialect=self.name)
        replaced = ", ".join(
            f"{column} = excluded.{column}" for column in SLOT_COLUMNS if column not in _KEPT
        )
        self._add_cycle = sa.text(
            f"INSERT INTO {self.tables.cycles.name} (order_type, version, data)"
            " VALUES (:order_type, :version, :data) ON CONFLICT DO NOTHING"
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
        """Begin a transaction of our own."""

    @abstractmethod
    def join(self, connection: sa.Connection) -> None:
        """Make sure that the transaction of the caller is open, for writing.

        Raises:
            ValueError: if the connection commits each statement by itself.
        """

    @abstractmethod
    def lock_schema(self, connection: sa.Connection) -> None:
        """Keep others from changing the tables until the transaction ends."""

    def add_command(self, connection: sa.Connection, command_id: str, entries: str) -> bool:
        """Take a command id, after whoever is about to take it; False if it is taken."""
        values = {"id": command_id, "entries": entries}
        return connection.execute(self._add_command, values).rowcount == 1

    def add_cycle(
        self, connection: sa.Connection, order_type: str, version: int, data: str
    ) -> bool:
        """Insert a version of a cycle; False if it is there."""
        values = {"order_type": order_type, "version": version, "data": data}
        return connection.execute(self._add_cycle, values).rowcount == 1

    @abstractmethod
    def lock_orders(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
        """The versions of known orders, which nobody else changes until the transaction ends."""

    @abstractmethod
    def add_orders(self, connection: sa.Connection, rows: Sequence[Row]) -> int:
        """Insert new orders; how many of them were new."""

    @abstractmethod
    def move_orders(self, connection: sa.Connection, rows: Sequence[Row]) -> int:
        """Update orders that are still at their `base` version; how many of them were."""

    @abstractmethod
    def entries_of(self, connection: sa.Connection, command_id: str) -> Sequence[str]:
        """The `data` of the entries that a command saved, in the order of its changes."""

    @abstractmethod
    def add_entries(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """Append to the history."""

    @abstractmethod
    def pending_slots(
        self, connection: sa.Connection, order_ids: Collection[str], event_ids: Collection[str]
    ) -> Sequence[SlotRow]:
        """The pending slots that may be voided or filled again, for changing them.

        They are the dated ones of these orders, and those of these events.
        """

    @abstractmethod
    def empty_slots(self, connection: sa.Connection, keys: Iterable[SlotKey]) -> None:
        """Delete pending slots; closed ones stay closed."""

    @abstractmethod
    def fill_slots(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """Insert or replace pending slots; closed ones stay as they are."""

    @abstractmethod
    def claim(
        self, connection: sa.Connection, as_of: str, now: int, until: int, limit: int
    ) -> Sequence[sa.Row[Any]]:
        """Lease due events that nobody has leased; their columns `fire_on`, `id` and `data`."""

    @abstractmethod
    def close(self, connection: sa.Connection, event_ids: Collection[str]) -> None:
        """Close pending slots."""

    @abstractmethod
    def forget(self, connection: sa.Connection, before: str) -> int:
        """Delete closed slots of earlier days and earlier visits; how many it were."""

    @abstractmethod
    def feed(
        self, connection: sa.Connection, after: tuple[int, int], limit: int
    ) -> Sequence[sa.Row[Any]]:
        """Committed entries after a cursor: `data`, `xid` and `position`, their own cursor."""

    @abstractmethod
    def among(self, column: sa.Column[T], values: Collection[T]) -> sa.ColumnElement[bool]:
        """Whether a column has one of many values, as one parameter."""

    @abstractmethod
    def failure(self, error: DBAPIError) -> Failure:
        """What kind of trouble an error is."""


def json_text(value: object) -> str:
    """A value, rows or ids as one text; Python's own json takes a sixth of a bulk."""
    return orjson.dumps(value).decode()


def slot_row(key: SlotKey) -> dict[str, Any]:
    """The key of a slot as the parameters of a statement."""
    order_id, trigger_key, slot_visit = key
    return {"order_id": order_id, "trigger_key": trigger_key, "slot_visit": slot_visit}


def listed(columns: Iterable[str]) -> str:
    """Names for SQL."""
    return ", ".join(columns)
