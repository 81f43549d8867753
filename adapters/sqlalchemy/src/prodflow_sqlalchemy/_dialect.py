"""The SQL statements of a store: the shared ones, and an interface for those that differ.

All statements run inside a transaction. To avoid deadlocks, every transaction locks its rows in
the same sequence: the command, known orders, order types, new orders, slots. Rows of one kind are
locked in the sequence of their keys.

Every ON CONFLICT names its columns: an app may have added a unique index to a table, and its
refusals are errors of the app.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import Enum
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from prodflow import Message
from prodflow_sqlalchemy._errors import SchemaVersionError
from prodflow_sqlalchemy._migrations import STEPS
from prodflow_sqlalchemy._schema import (
    IS_FOR_WORKERS,
    SCHEMA_VERSION,
    Tables,
    sql_name,
    tables,
)

T = TypeVar("T", int, str)

Row = Mapping[str, Any]
SlotRow = sa.Row[Any]
SlotKey = tuple[str, str, int]
ConnectionSettings = tuple[Any, ...]
"""What a connection had before the store changed it."""
CycleKey = tuple[str, int, str]
"""An order type, a version and its digest: it names one content, even after a restore."""

ORDER_KEY: Final = ("tenant", "id")
ORDER_COLUMNS: Final = (
    *(*ORDER_KEY, "version", "visit", "held_visit", "order_type", "cycle_version", "cycle_digest"),
    *("status", "is_open", "due", "rank", "quantity"),
    *("ordered_on", "entered_on", "delivery_on", "closed_on"),
    *("department", "assignee", "vendor", "invoice_id", "split_from", "reorder_of", "facts_hash"),
    *("search", "data"),
)
ORDER_CHANGES: Final = tuple(
    name
    for name in ORDER_COLUMNS
    if name not in {*ORDER_KEY, "order_type", "split_from", "reorder_of"}
)
"""The columns of an order that a change can change."""
FACT_COLUMNS: Final = ("tenant", "order_id", "name", "value", "is_open", "due", "rank")
SETTINGS_COLUMNS: Final = ("tenant", "version", "replaces", "put_by", "put_at", "digest", "data")
ENTRY_COLUMNS: Final = ("tenant", "order_id", "sequence", "data")
SLOT_KEY: Final = ("tenant", "order_id", "trigger_key", "slot_number")
SLOT_COLUMNS: Final = (
    *(*SLOT_KEY, "id", "visit", "sequence", "fire_on", "dated", "until", "automatic", "closed"),
    *("attempts", "last_error", "retry_at", "leased_until", "given_up", "data"),
)
"""The columns of a slot."""
PENDING_COLUMNS: Final = (
    *(*SLOT_KEY[1:], "id", "visit", "sequence", "fire_on", "dated", "until"),
    *("attempts", "last_error", "retry_at", "leased_until", "given_up"),
)
"""What a save reads of a pending slot."""
ITEM_COLUMNS: Final = (
    *("tenant", "id", "epoch", "fire_on", "attempts"),
    *("last_error", "retry_at", "leased_until", "given_up", "data"),
)
"""What an `OutboxItem` is made of."""
_MOST: Final = 2**31 - 1
"""The highest sequence number, and so the most entries of an order."""
_KEPT: Final = frozenset({*SLOT_KEY, "id"})

_IS_FREE: Final = (
    f"{IS_FOR_WORKERS.text} AND fire_on <= :as_of"
    " AND (leased_until IS NULL OR leased_until <= :now)"
    " AND (retry_at IS NULL OR retry_at <= :now)"
)
"""The condition that a worker can claim an event."""

COMMITS_BY_ITSELF: Final = (
    "the connection is in AUTOCOMMIT, which commits each statement by itself:"
    " the store needs a transaction to take part in"
)


class ConcurrentSaveError(Exception):
    """The transaction must be repeated: it has read old data, or has to read more."""


# Each tenant has another store. Since they share the tables, SQLAlchemy compiles a statement once
# for all tenants, and making a store takes 0.7 ms instead of 8 (Python 3.11).
_shared_tables: Final = lru_cache(maxsize=32)(tables)


class Stored(NamedTuple):
    """What a save reads of a stored order."""

    version: int
    facts_hash: str | None


class Failure(Enum):
    """Kinds of database errors, with the reason to report."""

    BUSY = Message("others were in the way")
    LOST = Message("the connection was lost")
    OTHER = Message("anything else")


class Dialect(ABC):
    """The statements of a store in one kind of database.

    Args:
        prefix: what the names of all tables begin with.
        schema: the schema of PostgreSQL that has the tables; see `tables`.
        tenant: whose rows the statements read and write.
    """

    name: str
    version = SCHEMA_VERSION
    """The version of the tables that the statements are for."""
    steps = STEPS
    attempts: int
    """How many times a transaction is tried if other transactions are in the way."""

    def __init__(self, prefix: str, schema: str | None = None, tenant: str = "") -> None:
        self.tenant = tenant
        self.tables: Tables = _shared_tables(prefix, dialect=self.name, schema=schema)
        self._version = self._version_in(self.tables.schema)
        replaced = ", ".join(
            f"{column} = excluded.{column}" for column in SLOT_COLUMNS if column not in _KEPT
        )
        types = self.tables.order_types
        # The update changes nothing, but it locks the row. It fails if the transaction's snapshot
        # of the database is too old for writing.
        self._lock_type = self.of_tenant(
            f"INSERT INTO {sql_name(types)} (tenant, order_type) VALUES (:tenant, :order_type)"
            " ON CONFLICT (tenant, order_type)"
            f" DO UPDATE SET put_version = {types.name}.put_version"
        )
        self._add_command = self.of_tenant(
            f"INSERT INTO {sql_name(self.tables.commands)} (tenant, id, done_on, entries)"
            " VALUES (:tenant, :id, :done_on, :entries) ON CONFLICT (tenant, id) DO NOTHING"
        )
        self._add_settings = sa.text(
            f"INSERT INTO {sql_name(self.tables.settings)} ({listed(SETTINGS_COLUMNS)})"
            f" VALUES ({listed(f':{column}' for column in SETTINGS_COLUMNS)})"
            " ON CONFLICT (tenant, replaces) DO NOTHING"
        )
        history, orders = sql_name(self.tables.history), sql_name(self.tables.orders)
        self._order = self.of_tenant(
            f"SELECT id, order_type, cycle_version, cycle_digest, data FROM {orders}"
            " WHERE tenant = :tenant AND id = :id"
        )
        self._history = self.of_tenant(
            "SELECT present.version, page.order_id, page.sequence, page.data FROM (SELECT"
            f" (SELECT version FROM {orders} WHERE tenant = :tenant AND id = :id) AS version)"
            " AS present LEFT JOIN"
            f" (SELECT order_id, sequence, data FROM {history} WHERE tenant = :tenant"
            " AND order_id = :id AND sequence > :after ORDER BY sequence LIMIT :limit) AS page"
            " ON TRUE ORDER BY page.sequence"
        )
        self._put_version = self.of_tenant(
            f"SELECT put_version, ({self._version}) AS schema_version FROM {sql_name(types)}"
            " WHERE tenant = :tenant AND order_type = :order_type"
        )
        outbox = sql_name(self.tables.outbox)
        self._epoch = f"(SELECT epoch FROM {sql_name(self.tables.schema)})"
        self._on_closed = (
            f"ON CONFLICT ({listed(SLOT_KEY)}) DO UPDATE SET {replaced}"
            f" WHERE NOT {self.tables.outbox.name}.closed"
        )
        # Each step looks up the next number in the index, and passes over the events themselves.
        least = (
            f"SELECT min(attempts) FROM {outbox} WHERE tenant = :tenant AND {IS_FOR_WORKERS.text}"
        )
        self._levels = self.of_tenant(
            f"WITH RECURSIVE levels (level) AS ({least} UNION ALL"
            f" SELECT ({least} AND attempts > level) FROM levels WHERE level IS NOT NULL)"
            " SELECT level FROM levels WHERE level IS NOT NULL"
        )
        self._free = (
            f"tenant = :tenant AND attempts = :attempts AND {_IS_FREE} ORDER BY fire_on, id"
        )
        self._tenants_due = sa.text(_tenants_due(outbox))
        self._is_current = (
            "tenant = :tenant AND NOT closed"
            " AND id = :id AND fire_on = :fire_on AND attempts = :attempts"
        )
        self._fail = sa.text(
            f"UPDATE {outbox} SET last_error = :last_error, retry_at = :retry_at,"
            f" leased_until = NULL, given_up = :given_up WHERE {self._is_current}"
        )
        self._release = sa.text(
            f"UPDATE {outbox} SET attempts = CASE attempts WHEN 0 THEN 0 ELSE attempts - 1 END,"
            f" retry_at = NULL, leased_until = NULL, given_up = FALSE WHERE {self._is_current}"
        )
        self._extend = sa.text(
            f"UPDATE {outbox} SET leased_until = :until WHERE {self._is_current}"
            " AND leased_until IS NOT NULL"
        )

    def of_tenant(self, statement: str) -> sa.TextClause:
        """A statement whose parameter `tenant` has a value, which the caches don't see."""
        return sa.text(statement).bindparams(tenant=self.tenant)

    def slot_row(self, key: SlotKey) -> dict[str, Any]:
        """The key of a slot, as parameters of a statement."""
        return dict(zip(SLOT_KEY, (self.tenant, *key), strict=True))

    def ping(self, connection: sa.Connection) -> None:  # noqa: B027 - for the others
        """Ask the server for an answer; a `DBAPIError` if the connection was lost meanwhile."""

    @abstractmethod
    def begin(
        self, connection: sa.Connection, *, write: bool, by_key: bool = False
    ) -> ConnectionSettings | None:
        """Begin a transaction of the store.

        Args:
            connection: the connection.
            write: whether the transaction can change something.
            by_key: whether all statements look up what they need by its key.

        Returns:
            The settings for `end`, if there are any.
        """

    def finish(self, connection: sa.Connection) -> None:  # noqa: B027 - for the others
        """End a transaction that has only read, and that has succeeded."""

    @abstractmethod
    def join(self, connection: sa.Connection) -> None:
        """Make sure that the caller's transaction has begun and can write.

        Raises:
            ValueError: if the connection commits each statement by itself.
        """

    def prepare(self, connection: sa.Connection) -> bool:  # noqa: ARG002 - for others
        """Prepare a caller's connection for reading; whether this has run a statement."""
        return False

    @abstractmethod
    def has_transaction(self, driver: Any) -> bool:  # noqa: ANN401 - a connection of the driver
        """Whether a transaction is open on a connection of the driver."""

    def mark(self, connection: sa.Connection) -> None:  # noqa: B027 - for the others
        """Mark the beginning of a unit, for `is_whole`."""

    @abstractmethod
    def is_whole(self, connection: sa.Connection) -> bool:
        """Whether everything that was done since the mark can still be committed."""

    def end(self, connection: sa.Connection, settings: ConnectionSettings) -> None:  # noqa: B027 - for the others
        """End the transaction, and put a connection back as it was before `begin`."""

    def abandon(self, connection: sa.Connection, *, keeps_idle: bool) -> None:  # noqa: B027 - for the others
        """Stop the statement that a connection may be in the middle of; never fails.

        Args:
            connection: the connection.
            keeps_idle: whether the connection stays open if it's between two statements.
        """

    @abstractmethod
    def existing(self, connection: sa.Connection, names: Collection[str]) -> Collection[str]:
        """Those of these names of tables that are taken where the store has its tables."""

    def _version_in(self, schema: sa.Table) -> str:
        """SQL for the version of the tables in the database."""
        return f"SELECT max(version) FROM {sql_name(schema)}"

    def check_version(self, actual: int | None) -> None:
        """Refuse tables of another version.

        Every transaction that writes calls this, since `migrate` may have changed the tables.
        """
        if actual != self.version:
            raise SchemaVersionError(self.version, actual)

    def _present(self, rows: Sequence[sa.Row[Any]]) -> Sequence[sa.Row[Any]]:
        """Rows that are there unless somebody has emptied the table of the schema."""
        if not rows:
            self.check_version(None)
        return rows

    @abstractmethod
    def check_encoding(self, connection: sa.Connection) -> None:
        """Make sure that texts of every kind can be stored, and sort by code point.

        Raises:
            ValueError: if the database doesn't store texts in UTF-8.
        """

    def check(self, connection: sa.Connection, *, write: bool) -> None:  # noqa: B027 - for others
        """Check what can change under a running store, and isn't checked by a later statement."""

    @abstractmethod
    def freeze(self, connection: sa.Connection) -> None:
        """Let all statements of a transaction that begins now read the same saves."""

    @abstractmethod
    def lock_schema(self, connection: sa.Connection) -> None:
        """Keep others from creating or changing tables until the transaction ends."""

    @contextmanager
    def without_writers(self, connection: sa.Connection) -> Generator[None]:  # noqa: ARG002 - for others
        """Keep others from writing until the transaction ends."""
        yield

    def add_command(self, connection: sa.Connection, row: Row) -> bool:
        """Insert a command; False if its id is taken. Waits while others insert the same id."""
        return connection.execute(self._add_command, row).rowcount == 1

    def lock_type(self, connection: sa.Connection, order_type: str) -> int | None:
        """Keep others from adding versions of a cycle until the transaction ends.

        Returns:
            The newest version that `put_cycle` has saved; None if it has saved no version.
        """
        connection.execute(self._lock_type, {"order_type": order_type})
        row = connection.execute(self._put_version, {"order_type": order_type}).one()
        self.check_version(row.schema_version)
        version: int | None = row.put_version
        return version

    def has_cycles(self, connection: sa.Connection, keys: Iterable[CycleKey]) -> bool:  # noqa: ARG002 - for others
        """Whether these versions are stored; True if a foreign key checks it later."""
        return True

    def add_cycle(self, connection: sa.Connection, row: Row) -> None:
        """Insert a version of a cycle; the order type of the cycle must be locked."""
        connection.execute(sa.insert(self.tables.cycles), row)
        if row["replaces"] is not None:
            c = self.tables.order_types.c
            types = sa.update(self.tables.order_types).where(
                c.tenant == self.tenant, c.order_type == row["order_type"]
            )
            connection.execute(types, {"put_version": row["version"]})

    def add_settings(self, connection: sa.Connection, row: Row) -> bool:
        """Insert a version of the settings; False if there is one that replaces the same version.

        Waits while others insert such a version.
        """
        return connection.execute(self._add_settings, row).rowcount == 1

    @abstractmethod
    def save_at_once(
        self, connection: sa.Connection, row: Row, facts: Sequence[Row], entry: Row
    ) -> bool:
        """Write an order and its entry, without reading what is stored first.

        Args:
            connection: the connection.
            row: the order, with the version that it must have before as its `base`; 0 if it's new.
            facts: its facts; they are written if it's new.
            entry: the entry that is added.

        Returns:
            False if nothing was written, because the stored order has another version, or has other
            facts.

        Raises:
            ConcurrentSaveError: if the database refuses it; a save in steps then finds out why.
        """

    @abstractmethod
    def lock_orders(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, Stored]:
        """Lock these orders, if stored, until the transaction ends; returns them by id."""

    @abstractmethod
    def add_orders(self, connection: sa.Connection, rows: Sequence[Row]) -> int:
        """Insert orders that don't exist yet, and return how many."""

    @abstractmethod
    def move_orders(self, connection: sa.Connection, rows: Sequence[Row]) -> int:
        """Update the orders whose stored version is the `base` of their row; returns how many."""

    @abstractmethod
    def replace_facts(
        self, connection: sa.Connection, order_ids: Collection[str], rows: Sequence[Row]
    ) -> None:
        """Delete the facts of locked orders, and insert others."""

    def order(self, connection: sa.Connection, order_id: str) -> Sequence[sa.Row[Any]]:
        """The row of an order, with what an order is read from; empty if it isn't stored."""
        return connection.execute(self._order, {"id": order_id}).all()

    def history(
        self, connection: sa.Connection, order_id: str, after: int, limit: int | None
    ) -> Sequence[sa.Row[Any]]:
        """The entries of an order after a sequence number.

        Each row has the `order_id`, `sequence` and `data` of an entry, and the `version` of the
        order, None if the order has no row. If there are no entries, there is one row whose `data`
        is None.
        """
        values = {"id": order_id, "after": after, "limit": limit or _MOST}
        return connection.execute(self._history, values).all()

    @abstractmethod
    def entries_of(self, connection: sa.Connection, command_id: str) -> Sequence[sa.Row[Any]]:
        """The entries that a command saved, in the sequence of their changes.

        Each row has the `order_id`, `sequence` and `data` of an entry; they are None if the entry
        is missing. The first row also has the `entries` of the command. There are no rows if the
        command isn't stored.

        Raises:
            DamagedRowError: if the database can't read the entries of the command.
        """

    @abstractmethod
    def add_entries(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """Append entries to the history."""

    @abstractmethod
    def pending_slots(
        self, connection: sa.Connection, order_ids: Collection[str], event_ids: Collection[str]
    ) -> Sequence[SlotRow]:
        """Lock and return pending slots, those of these orders and those of these events.

        The rows have the `PENDING_COLUMNS`.
        """

    def change_slots(
        self, connection: sa.Connection, emptied: Sequence[SlotKey], filled: Sequence[Row]
    ) -> None:
        """Empty slots, and then fill others."""
        if emptied:
            self.empty_slots(connection, emptied)
        if filled:
            self.fill_slots(connection, filled)

    @abstractmethod
    def empty_slots(self, connection: sa.Connection, keys: Iterable[SlotKey]) -> None:
        """Delete slots that are pending."""

    @abstractmethod
    def fill_slots(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """Insert or replace pending slots; a closed slot stays as it is."""

    def claim(
        self, connection: sa.Connection, as_of: str, now: int, until: int, limit: int
    ) -> list[SlotRow]:
        """Lease due events that are free now; returns their `ITEM_COLUMNS`.

        Events with fewer attempts come first. In an index that begins with the attempts, the due
        events of each number of attempts are side by side. So there is a statement for each
        number, until there are enough events; no statement reads events that aren't due.
        """
        claimed: list[SlotRow] = []
        for level in sorted(connection.execute(self._levels).scalars()):
            bounds = {"as_of": as_of, "now": now, "until": until, "attempts": level}
            claimed += self.lease(connection, bounds | {"limit": limit - len(claimed)})
            if len(claimed) == limit:
                break
        return claimed

    def tenants_due(self, connection: sa.Connection, as_of: str, now: int) -> Sequence[str]:
        """The tenants that have due events that are free now, sorted."""
        return connection.execute(self._tenants_due, {"as_of": as_of, "now": now}).scalars().all()

    @abstractmethod
    def now(self, connection: sa.Connection) -> int:
        """The microseconds since 1970 by the database's clock."""

    @abstractmethod
    def lease(self, connection: sa.Connection, bounds: Row) -> Sequence[SlotRow]:
        """Lease free events with a certain number of attempts; returns their `ITEM_COLUMNS`."""

    @abstractmethod
    def lock_events(self, connection: sa.Connection, event_ids: Collection[str]) -> None:
        """Lock the pending slots of these events until the transaction ends."""

    @abstractmethod
    def close(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """Close pending slots of events by `id`; with a `fire_on`, only if it's still the day."""

    @abstractmethod
    def fail(
        self, connection: sa.Connection, row: Row, leases: Sequence[int] | None
    ) -> Sequence[int] | None:
        """End the lease of an event, if the event is still current.

        Args:
            connection: the connection.
            row: the event, and what its columns get.
            leases: None in the first attempt, and then what the attempt before has returned. That
                attempt may have been committed, and another worker may have claimed the event
                since. The number of attempts doesn't show that if the event was released.

        Returns:
            The ends of the leases that were ended, 0 where there was none; None in a database whose
            commits are always answered.
        """

    def release(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """End the leases of the events that are still current, and take off an attempt."""
        self.lock_events(connection, [row["id"] for row in rows])
        connection.execute(self._release, rows)

    def extend(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """Lengthen the leases of the events that are still current; leaves them locked."""
        self.lock_events(connection, [row["id"] for row in rows])
        connection.execute(self._extend, rows)

    @abstractmethod
    def forget(self, connection: sa.Connection, before: str) -> int:
        """Delete closed slots that were due before a day; returns how many.

        Slots that a change could fill again stay.
        """

    @abstractmethod
    def forget_commands(self, connection: sa.Connection, before: str) -> int:
        """Delete the commands that were done before a day; returns how many."""

    @abstractmethod
    def first_row(self) -> Row:
        """What the only row of the table of the schema begins with, besides the version."""

    @abstractmethod
    def restored(self, connection: sa.Connection) -> None:
        """Begin another epoch; what is added to the feed from now on comes after what it has."""

    @abstractmethod
    def feed(
        self, connection: sa.Connection, after: tuple[int, int], limit: int
    ) -> Sequence[sa.Row[Any]]:
        """The committed entries after a place.

        Each row has the `order_id`, `sequence`, `data`, `xid` and `position` of an entry. It also
        has the `epoch`, and `is_beyond`: whether the place is beyond the end of the feed. If there
        are no entries, there is one row whose `data` is None.
        """

    @abstractmethod
    def behind(
        self, connection: sa.Connection, after: tuple[int, int]
    ) -> tuple[sa.Row[Any], Sequence[sa.Row[Any]]]:
        """The number of entries after a place, and the transactions that the feed waits for.

        In the first row, `ready` counts the entries that the feed has, and `waiting` those that it
        doesn't have yet; `epoch` and `is_beyond` are as in `feed`. The other rows have the fields
        of a `FeedHolder`.
        """

    @abstractmethod
    def among(self, column: sa.ColumnElement[T], values: Collection[T]) -> sa.ColumnElement[bool]:
        """The condition that a column has one of these values, passed as a single parameter."""

    @abstractmethod
    def among_found(
        self, column: sa.ColumnElement[T], statement: sa.Select[Any]
    ) -> sa.ColumnElement[bool]:
        """The condition that a column has one of the values that a statement finds first."""

    @abstractmethod
    def each(self, values: Collection[str]) -> sa.FromClause:
        """A table of these values; its column is `value`."""

    @abstractmethod
    def among_rows(
        self, columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[str | int]]
    ) -> sa.ColumnElement[bool]:
        """The condition that some columns have the values of one of these rows."""

    @abstractmethod
    def has_part(self, column: sa.Column[str], text: str) -> sa.ColumnElement[bool]:
        """The condition that a text is part of a column."""

    @abstractmethod
    def unindexed(self, column: sa.Column[T]) -> sa.ColumnElement[T]:
        """The value of a column, but written so that no index of the column is used."""

    @contextmanager
    def serially(self, connection: sa.Connection) -> Generator[None]:  # noqa: ARG002 - for others
        """Run the statements inside in one process of the database."""
        yield

    def grouped(self, column: sa.Column[T]) -> sa.ColumnElement[T]:
        """A column of a pair by which rows are grouped."""
        return column

    @abstractmethod
    def collected(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[str | None]:
        """The values of a column in all rows, as a JSON array; None if there may be no row."""

    def decoding(
        self,
        connection: sa.Connection,  # noqa: ARG002 - for others
        error: DBAPIError,  # noqa: ARG002 - for others
    ) -> AbstractContextManager[None] | None:
        """A context that reads texts that aren't UTF-8, in a form that JSON refuses.

        None if the error doesn't say that there is such a text.
        """
        return None

    @abstractmethod
    def failure(self, error: DBAPIError) -> Failure:
        """The kind of a database error."""


def json_text(value: object) -> str:
    """JSON text from orjson; Python's json would use a sixth of the time of a bulk save."""
    return orjson.dumps(value).decode()


def _tenants_due(outbox: str) -> str:
    """SQL for the tenants that have free events; it reads a few rows of the index of claims.

    It goes from place to place: a place is a tenant and a number of attempts. The next place is the
    tenant's next number or, if there is none, the next tenant with the number -1, which no event
    has. At each place, the first free event is enough.
    """
    events = f"FROM {outbox} WHERE {IS_FOR_WORKERS.text}"
    # In this sequence, PostgreSQL reads them from the index of claims, which has no other events.
    first = "ORDER BY tenant, attempts, fire_on, id LIMIT 1"
    tenant = f"SELECT tenant {events} AND tenant > place.tenant {first}"
    number = (
        f"SELECT min(attempts) {events} AND tenant = place.tenant AND attempts > place.attempts"
    )
    return (
        "WITH RECURSIVE place (tenant, attempts) AS"
        f" (SELECT (SELECT tenant {events} {first}), CAST(-1 AS bigint) UNION ALL"
        f" SELECT CASE WHEN ({number}) IS NULL THEN ({tenant}) ELSE place.tenant END,"
        f" coalesce(({number}), -1) FROM place WHERE place.tenant IS NOT NULL)"
        f" SELECT DISTINCT tenant FROM place WHERE (SELECT 1 FROM {outbox} AS o"
        " WHERE o.tenant = place.tenant AND o.attempts = place.attempts"
        f" AND {_IS_FREE} LIMIT 1) = 1 ORDER BY tenant"
    )


def listed(columns: Iterable[str]) -> str:
    """Names separated by commas, for SQL."""
    return ", ".join(columns)
