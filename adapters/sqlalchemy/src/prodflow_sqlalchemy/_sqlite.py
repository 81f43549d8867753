"""The statements for SQLite, where only one transaction at a time can write."""

import re
import sqlite3
import time
from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from prodflow_sqlalchemy import _sharing as sharing
from prodflow_sqlalchemy import _tasks as tasks
from prodflow_sqlalchemy._dialect import (
    COMMITS_BY_ITSELF,
    ENTRY_COLUMNS,
    FACT_COLUMNS,
    ITEM_COLUMNS,
    ORDER_CHANGES,
    ORDER_COLUMNS,
    ORDER_KEY,
    PENDING_COLUMNS,
    SLOT_COLUMNS,
    SLOT_KEY,
    ConnectionSettings,
    CycleKey,
    Dialect,
    Failure,
    Row,
    SlotKey,
    SlotRow,
    Stored,
    T,
    json_text,
    listed,
)
from prodflow_sqlalchemy._schema import sql_name

_BUSY: Final = 5
_LOCKED: Final = 6
_PATIENCE: Final = 10_000
"""Milliseconds that a transaction waits for another writer."""
_CACHE: Final = 65_536
"""KiB of the database that a connection keeps at most; 2,000 hold few of the indexes."""
_YES: Final = frozenset({"true", "yes", "on", "y", "t", "1"})
"""What SQLAlchemy takes for True in a URL."""

_MARK: Final = "prodflow_unit"
"""The savepoint at the beginning of a unit."""

_EXISTING: Final = sa.text(
    "SELECT name FROM sqlite_master"
    " WHERE type = 'table' AND name IN (SELECT value FROM json_each(:names))"
)


_NAME: Final = re.compile(r":(\w+)")
"""The name of a parameter in a statement; no statement has a colon for anything else."""

_NEW_EPOCH: Final = "lower(hex(randomblob(8)))"


class SqliteDialect(Dialect):
    """The statements for SQLite: they run row by row, because there is no server to wait for."""

    name = "sqlite"
    attempts = 1  # it waits for other writers, up to _PATIENCE

    def __init__(self, prefix: str, schema: str | None = None, tenant: str = "") -> None:
        super().__init__(prefix, schema, tenant)
        orders, facts = sql_name(self.tables.orders), sql_name(self.tables.facts)
        history = sql_name(self.tables.history)
        commands, outbox = sql_name(self.tables.commands), sql_name(self.tables.outbox)
        self._lock_orders = self.of_tenant(
            f"SELECT id, version, facts_hash FROM {orders}"
            " WHERE tenant = :tenant AND id IN (SELECT value FROM json_each(:ids))"
        )
        self._add_orders = (
            f"INSERT INTO {orders} ({listed(ORDER_COLUMNS)})"
            f" VALUES ({_parameters(ORDER_COLUMNS)})"
            f" ON CONFLICT ({listed(ORDER_KEY)}) DO NOTHING"
        )
        self._move_orders = (
            f"UPDATE {orders}"
            f" SET {listed(f'{name} = :{name}' for name in ORDER_CHANGES)}"
            " WHERE tenant = :tenant AND id = :id AND version = :base"
        )
        self._move_order = f"{self._move_orders} AND facts_hash IS :facts_hash"
        self._delete_facts = self.of_tenant(
            f"DELETE FROM {facts} WHERE tenant = :tenant"
            " AND order_id IN (SELECT value FROM json_each(:order_ids))"
        )
        self._add_facts = (
            f"INSERT INTO {facts} ({listed(FACT_COLUMNS)}) VALUES ({_parameters(FACT_COLUMNS)})"
        )
        place = "CASE e.type WHEN 'array' THEN e.value ELSE '[]' END"
        self._entries_of = self.of_tenant(
            "SELECT CASE coalesce(e.key, 0) WHEN 0 THEN c.entries END AS entries,"
            f" h.order_id, h.sequence, h.data FROM {commands} AS c LEFT JOIN"
            " json_each(CASE WHEN json_valid(c.entries) THEN c.entries ELSE '[]' END) AS e"
            f" LEFT JOIN {history} AS h ON h.tenant = :tenant"
            f" AND h.order_id = json_extract({place}, '$[0]')"
            f" AND h.sequence = json_extract({place}, '$[1]')"
            " WHERE c.tenant = :tenant AND c.id = :id ORDER BY e.key"
        )
        self._has_cycle = (
            f"SELECT 1 FROM {sql_name(self.tables.cycles)} WHERE tenant = ?"
            " AND order_type = ? AND version = ? AND digest = ?"
        )
        schema = sql_name(self.tables.schema)
        self._take_positions = f"UPDATE {schema} SET last_position = last_position + :number"
        self._last_position = f"SELECT last_position FROM {schema}"
        self._add_entries = (
            f"INSERT INTO {history} ({listed(ENTRY_COLUMNS)}, position)"
            f" VALUES ({_parameters(ENTRY_COLUMNS)}, :position)"
        )
        pending = (
            f"SELECT {listed(PENDING_COLUMNS)} FROM {outbox}"
            " WHERE tenant = :tenant AND NOT closed AND"
        )
        self._pending_slots = self.of_tenant(
            f"{pending} order_id IN (SELECT value FROM json_each(:order_ids))"
            f" UNION {pending} id IN (SELECT value FROM json_each(:event_ids))"
        )
        self._empty_slots = (
            f"DELETE FROM {outbox} WHERE NOT closed"
            f" AND ({listed(SLOT_KEY)}) = ({_parameters(SLOT_KEY)})"
        )
        self._fill_slots = (
            f"INSERT INTO {outbox} ({listed(SLOT_COLUMNS)}, epoch)"
            f" VALUES ({_parameters(SLOT_COLUMNS)}, {self._epoch}) {self._on_closed}"
        )
        claimed = {"attempts": "attempts + 1 AS attempts", "leased_until": ":until AS leased_until"}
        self._due = self.of_tenant(
            f"SELECT rowid, {listed(claimed.get(name, name) for name in ITEM_COLUMNS)}"
            f" FROM {outbox} WHERE {self._free} LIMIT :limit"
        )
        self._lease = (
            f"UPDATE {outbox} SET attempts = :attempts, leased_until = :until WHERE rowid = :rowid"
        )
        self._close = (
            f"UPDATE {outbox} SET closed = TRUE, leased_until = NULL"
            " WHERE tenant = :tenant AND NOT closed"
            " AND id = :id AND fire_on = coalesce(:fire_on, fire_on)"
        )
        self._forget = self.of_tenant(
            f"DELETE FROM {outbox} WHERE tenant = :tenant AND closed AND fire_on < :before"
            f" AND slot_number > 0 AND NOT EXISTS (SELECT 1 FROM {orders} AS o"
            f" WHERE o.tenant = :tenant AND o.id = {outbox}.order_id"
            f" AND {outbox}.slot_number IN (o.visit, o.held_visit))"
        )
        self._forget_commands = self.of_tenant(
            f"DELETE FROM {commands} WHERE tenant = :tenant AND done_on < :before"
        )
        self._restored = sa.text(
            f"UPDATE {schema} SET epoch = {_NEW_EPOCH}, last_position ="
            f" max(last_position, (SELECT coalesce(max(position), 0) FROM {history}))"
        )
        after = f"FROM {history} WHERE tenant = :tenant AND position > :position"
        is_beyond = "s.epoch, :position > s.last_position AS is_beyond"
        self._feed = self.of_tenant(
            f"SELECT {is_beyond}, h.order_id, h.sequence, h.data, 0 AS xid, h.position"
            f" FROM {schema} AS s LEFT JOIN (SELECT order_id, sequence, data, position {after}"
            " ORDER BY position LIMIT :limit) AS h ON TRUE"
            " ORDER BY h.position"
        )
        self._behind = self.of_tenant(
            f"SELECT {is_beyond}, (SELECT count(*) {after}) AS ready, 0 AS waiting"
            f" FROM {schema} AS s"
        )

    def begin(
        self,
        connection: sa.Connection,
        *,
        write: bool,
        by_key: bool = False,  # noqa: ARG002 - a transaction costs no round trip
    ) -> ConnectionSettings | None:
        sharing.refuse_nested(connection)
        connection.begin()
        if _driver(connection).in_transaction:  # begun by a listener of the engine, maybe deferred
            connection.exec_driver_sql("ROLLBACK")
        self._open(connection, write=write)
        return None

    def join(self, connection: sa.Connection) -> None:
        if not connection.in_transaction():
            connection.begin()  # a listener of the engine may also begin it in the database
        if not _driver(connection).in_transaction:
            if _driver(connection).isolation_level is None:
                raise ValueError(COMMITS_BY_ITSELF)
            self._open(connection, write=True)

    def _open(self, connection: sa.Connection, *, write: bool) -> None:
        if _autocommit(connection) == 1:  # then commit() does nothing
            raise ValueError(COMMITS_BY_ITSELF)
        if not connection.info.get("prodflow"):
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {_PATIENCE}")
            self._use_wal(connection)
            connection.exec_driver_sql("PRAGMA synchronous = FULL")
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE}")
            connection.info["prodflow"] = True
        # After a plain BEGIN, a transaction that has read can't write once another has written.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    def has_transaction(self, driver: sqlite3.Connection) -> bool:
        return driver.in_transaction

    def mark(self, connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"SAVEPOINT {_MARK}")

    def is_whole(self, connection: sa.Connection) -> bool:
        """Whether the mark is still there; a rollback by SQLite takes it away."""
        try:
            connection.exec_driver_sql(f"RELEASE {_MARK}")
        except DBAPIError:
            return False
        return True

    def _use_wal(self, connection: sa.Connection) -> None:
        """Keep a write-ahead log, even if another process creates the file at this moment.

        Then SQLite doesn't wait for the other process, but fails at once. A transaction does wait.
        """
        end = time.monotonic() + _PATIENCE / 1_000
        while True:
            try:
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            except DBAPIError as error:
                if self.failure(error) is not Failure.BUSY or time.monotonic() > end:
                    raise
            else:
                return
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql("ROLLBACK")

    def existing(self, connection: sa.Connection, names: Collection[str]) -> Collection[str]:
        return connection.execute(_EXISTING, {"names": json_text([*names])}).scalars().all()

    def check_encoding(self, connection: sa.Connection) -> None:
        if not connection.info.get("prodflow_encoding"):
            (encoding,) = _first(connection, "PRAGMA encoding")
            if encoding != "UTF-8":
                raise ValueError(
                    f"the encoding of the database must be UTF-8, not {encoding}: create another"
                    " file, without PRAGMA encoding"
                )
            connection.info["prodflow_encoding"] = True

    def check(self, connection: sa.Connection, *, write: bool) -> None:
        if write:
            self.check_version(_first(connection, self._version)[0])

    def freeze(self, connection: sa.Connection) -> None:
        """Do nothing: every transaction reads what was there when it began."""

    def lock_schema(self, connection: sa.Connection) -> None:
        """Do nothing: a transaction that writes has locked the whole database."""

    def has_cycles(self, connection: sa.Connection, keys: Iterable[CycleKey]) -> bool:
        """Look them up: SQLite checks a foreign key only for connections that ask for it."""
        return all(_first(connection, self._has_cycle, (self.tenant, *key)) for key in keys)

    def save_at_once(
        self, connection: sa.Connection, row: Row, facts: Sequence[Row], entry: Row
    ) -> bool:
        if row["base"]:
            written = _many(connection, self._move_order, [row])
        else:
            written = self.add_orders(connection, [row])
        if written:
            if not row["base"]:
                self.replace_facts(connection, (), facts)
            self.add_entries(connection, [entry])
        return bool(written)

    def lock_orders(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, Stored]:
        rows = connection.execute(self._lock_orders, {"ids": json_text(ids)})
        return {row.id: Stored(row.version, row.facts_hash) for row in rows}

    def add_orders(self, connection: sa.Connection, rows: Sequence[Row]) -> int:
        return _many(connection, self._add_orders, rows)

    def move_orders(self, connection: sa.Connection, rows: Sequence[Row]) -> int:
        return _many(connection, self._move_orders, rows)

    def replace_facts(
        self, connection: sa.Connection, order_ids: Collection[str], rows: Sequence[Row]
    ) -> None:
        if order_ids:
            connection.execute(self._delete_facts, {"order_ids": json_text([*order_ids])})
        if rows:
            _many(connection, self._add_facts, rows)

    def entries_of(self, connection: sa.Connection, command_id: str) -> Sequence[sa.Row[Any]]:
        return connection.execute(self._entries_of, {"id": command_id}).all()

    def add_entries(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        connection.exec_driver_sql(self._take_positions, {"number": len(rows)})
        last: int = _first(connection, self._last_position)[0]
        first = last - len(rows) + 1
        numbered = [{**row, "position": n} for n, row in enumerate(rows, start=first)]
        _many(connection, self._add_entries, numbered)

    def pending_slots(
        self, connection: sa.Connection, order_ids: Collection[str], event_ids: Collection[str]
    ) -> Sequence[sa.Row[Any]]:
        ids = {"order_ids": json_text([*order_ids]), "event_ids": json_text([*event_ids])}
        return connection.execute(self._pending_slots, ids).all()

    def empty_slots(self, connection: sa.Connection, keys: Iterable[SlotKey]) -> None:
        rows = [self.slot_row(key) for key in keys]
        _many(connection, self._empty_slots, rows)

    def fill_slots(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        _many(connection, self._fill_slots, rows)

    def now(self, connection: sa.Connection) -> int:
        """The microseconds of the computer's clock, rounded to milliseconds."""
        ask = "SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000"
        now: int = connection.exec_driver_sql(ask).scalar_one()
        return now

    def lease(self, connection: sa.Connection, bounds: Row) -> Sequence[SlotRow]:
        due = connection.execute(self._due, bounds).all()
        if due:
            leases = [
                {"attempts": row.attempts, "until": row.leased_until, "rowid": row.rowid}
                for row in due
            ]
            _many(connection, self._lease, leases)
        return due

    def lock_events(self, connection: sa.Connection, event_ids: Collection[str]) -> None:
        """Do nothing: a transaction that writes has locked the whole database."""

    def close(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        _many(connection, self._close, rows)

    def fail(
        self,
        connection: sa.Connection,
        row: Row,
        leases: Sequence[int] | None,  # noqa: ARG002 - the outcome is always known
    ) -> None:
        connection.execute(self._fail, row)

    def forget(self, connection: sa.Connection, before: str) -> int:
        return connection.execute(self._forget, {"before": before}).rowcount

    def forget_commands(self, connection: sa.Connection, before: str) -> int:
        return connection.execute(self._forget_commands, {"before": before}).rowcount

    def first_row(self) -> Row:
        return {"epoch": sa.literal_column(_NEW_EPOCH), "last_position": 0}

    def restored(self, connection: sa.Connection) -> None:
        connection.execute(self._restored)

    def feed(
        self, connection: sa.Connection, after: tuple[int, int], limit: int
    ) -> Sequence[sa.Row[Any]]:
        """Entries by position; writers take turns, so a lower position is committed first."""
        place = {"position": after[1], "limit": limit}
        return self._present(connection.execute(self._feed, place).all())

    def behind(
        self, connection: sa.Connection, after: tuple[int, int]
    ) -> tuple[sa.Row[Any], Sequence[sa.Row[Any]]]:
        """The feed waits for nothing: an entry is there as soon as it's committed."""
        counted = connection.execute(self._behind, {"position": after[1]}).all()
        return self._present(counted)[0], ()

    def among(self, column: sa.ColumnElement[T], values: Collection[T]) -> sa.ColumnElement[bool]:
        each = sa.func.json_each(json_text([*values])).table_valued("value")
        return column.in_(sa.select(each.c.value))

    def among_found(
        self, column: sa.ColumnElement[T], statement: sa.Select[Any]
    ) -> sa.ColumnElement[bool]:
        return column.in_(statement)

    def each(self, values: Collection[str]) -> sa.FromClause:
        return sa.func.json_each(json_text([*values])).table_valued("value")

    def among_rows(
        self, columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[str | int]]
    ) -> sa.ColumnElement[bool]:
        each = sa.func.json_each(json_text(rows)).table_valued("value")
        values = [sa.func.json_extract(each.c.value, f"$[{n}]") for n in range(len(columns))]
        return sa.tuple_(*columns).in_(sa.select(*values))

    def has_part(self, column: sa.Column[str], text: str) -> sa.ColumnElement[bool]:
        return sa.func.instr(column, text) > 0

    def unindexed(self, column: sa.Column[T]) -> sa.ColumnElement[T]:
        return sa.literal_column(f"+{column.table.name}.{column.name}", column.type)

    def grouped(self, column: sa.Column[T]) -> sa.ColumnElement[T]:
        """The value of a column, so that no index of one column is used, only one of both.

        For an index that begins with the first column, SQLite would look up the second column of
        each row in the table.
        """
        return self.unindexed(column)

    def collected(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[str | None]:
        return sa.func.json_group_array(column, type_=sa.Text)

    def decoding(
        self, connection: sa.Connection, error: DBAPIError
    ) -> AbstractContextManager[None] | None:
        is_undecoded = str(error.orig).startswith("Could not decode to UTF-8")
        return _as_surrogates(_driver(connection)) if is_undecoded else None

    def failure(self, error: DBAPIError) -> Failure:
        """BUSY for a busy or locked database, OTHER for everything else.

        The kind LOST never occurs, because a connection to a file can't be lost.
        """
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        return Failure.BUSY if code in {_BUSY, _LOCKED} else Failure.OTHER


def without_creating(url: sa.URL) -> sa.URL:
    """A URL for the same database, but one that SQLite doesn't create if it's missing."""
    if str(url.query.get("uri")).lower() in _YES:
        return url if "mode" in url.query else url.update_query_dict({"mode": "rw"})
    if url.database in {None, "", ":memory:"}:
        return url
    path = Path(str(url.database)).absolute()
    return url.set(database=path.as_uri()).update_query_dict({"uri": "true", "mode": "rw"})


def _first(connection: sa.Connection, statement: str, values: tuple[str | int, ...] = ()) -> Any:  # noqa: ANN401 - a row
    """The first row of a short statement, or None.

    It takes 2 µs with the driver and 30 with SQLAlchemy (Python 3.11), which then reports errors.
    """
    if connection.dialect.is_async:
        return connection.exec_driver_sql(statement, values).first()
    try:
        return _driver(connection).execute(statement, values).fetchone()
    except sqlite3.Error:
        return connection.exec_driver_sql(statement, values).first()


def _many(connection: sa.Connection, statement: str, rows: Sequence[Row]) -> int:
    """Run a statement for each row, and return how many rows were changed."""
    # SQLAlchemy's compiled statements copy every row, which takes a third of a bulk save's time.
    # The driver looks up each name for each row, which takes a tenth of it (Python 3.11).
    numbered, values = _by_position(statement)
    return connection.exec_driver_sql(numbered, [*map(values, rows)]).rowcount


@lru_cache(maxsize=64)
def _by_position(statement: str) -> tuple[str, Callable[[Row], tuple[Any, ...]]]:
    """A statement with `?` in place of names, and a function that reads their values from a row."""
    return _NAME.sub("?", statement), itemgetter(*_NAME.findall(statement))


@contextmanager
def _as_surrogates(driver: Any) -> Generator[None]:  # noqa: ANN401 - a connection of sqlite3
    """Decode bytes that aren't UTF-8 as surrogates."""
    before = driver.text_factory
    driver.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = before


def _driver(connection: sa.Connection) -> Any:  # noqa: ANN401 - a connection of sqlite3 or aiosqlite
    return connection.connection.driver_connection


def _autocommit(connection: sa.Connection) -> int | None:
    """The mode of a connection since Python 3.12: True, False, or -1 for that of older versions.

    With aiosqlite, only the thread of the connection may read it.
    """
    driver = _driver(connection)
    if connection.dialect.is_async:
        return cast("int | None", tasks.result(driver._execute(_mode, driver._conn)))  # noqa: SLF001 - as SQLAlchemy does it
    return _mode(driver)


def _mode(driver: Any) -> int | None:  # noqa: ANN401 - a connection of sqlite3
    mode: int | None = getattr(driver, "autocommit", None)
    return mode


def _parameters(columns: Iterable[str]) -> str:
    return listed(f":{name}" for name in columns)
