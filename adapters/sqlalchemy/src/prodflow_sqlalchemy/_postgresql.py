"""The statements for PostgreSQL, where many transactions can write at the same time."""

import re
from collections.abc import Collection, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from prodflow import DamagedRowError
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
    ConcurrentSaveError,
    ConnectionSettings,
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
from prodflow_sqlalchemy._one_order import FEW_EVENTS, KINDS, OneOrder
from prodflow_sqlalchemy._schema import sql_name

_BUSY: Final = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, and a lock that isn't available."""

_DUPLICATE: Final = "23505"

_NOT_THERE: Final = "23503"
"""A foreign key that refers to no row."""

_NO_DATA: Final = "22"
"""The class of the errors that a server reports for JSON or a number that it can't read."""

_LOST: Final = frozenset({"08000", "08003", "08006", "57P01", "57P02", "57P03"})
"""A lost connection, and a server that stops, crashes or starts."""

_PATIENCE: Final = 2.0
"""Seconds that an interrupted call waits for the server to cancel its statement."""

_IDLE: Final = 0
_ACTIVE: Final = 1
_FAILED: Final = 3
_OPEN: Final = frozenset({_ACTIVE, 2, _FAILED})
"""The status of a connection, as libpq has it.

It has no transaction, is in the middle of a statement, or has a transaction that can only be rolled
back; a transaction is open if it's one of `_OPEN`.
"""

_LEVEL: Final = "READ COMMITTED"
_READ_COMMITTED: Final = 2
"""Its number in psycopg."""


_BY_KEY: Final = "BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL jit = off"
"""Begins a transaction that looks everything up by key, in one round trip.

PostgreSQL reads a small table as a whole. The plan of a prepared statement stays until the next
ANALYZE, and the table may have grown a hundred times as large by then.
"""


class _Before(NamedTuple):
    """What a connection had before a transaction of the store.

    Args:
        adapter: the connection as SQLAlchemy uses it.
        driver: the connection of psycopg; without asyncio, it's the same object.
        autocommit: whether it committed each statement.
        level: the number of its level; None for the default of the server.
        threshold: how often psycopg sends a statement before it prepares the statement.
        is_changed: whether anything of that was changed.
    """

    adapter: Any
    driver: Any
    autocommit: bool
    level: int | None
    threshold: int | None
    is_changed: bool


_REFUSED: Final = re.compile(
    r"authentication failed|no password supplied|no pg_hba\.conf entry|is not permitted to log in"
    r"|(role|database|user) .*does not exist|no such (database|user)|statement pooling mode"
)
"""What a server, or a pooler, says when another attempt to connect wouldn't help.

libpq reports no SQLSTATE of a connection that failed. In a server that speaks another language, the
second attempt is refused too.
"""

_CHANGE: Final = sa.text(
    "WITH present AS MATERIALIZED (SELECT current_setting(:name) AS setting)"
    " SELECT setting, set_config(:name, :value, TRUE) FROM present"
)
_CHANGE_BACK: Final = sa.text("SELECT set_config(:name, :value, TRUE)")

_ENCODING: Final = "UTF8"

_EXISTING: Final = sa.text(
    "SELECT tablename FROM pg_tables WHERE schemaname = coalesce(:schema, current_schema())"
    " AND tablename = ANY(CAST(:names AS text[]))"
)
"""Tables of one schema: a search path may have a schema with tables of other people, too."""

_NEW_EPOCH: Final = "left(replace(CAST(gen_random_uuid() AS text), '-', ''), 16)"


class PostgresqlDialect(Dialect):
    """The statements for PostgreSQL; many rows are passed as one JSON parameter."""

    name = "postgresql"
    attempts = 8

    def __init__(self, prefix: str, schema: str | None = None, tenant: str = "") -> None:
        super().__init__(prefix, schema, tenant)
        orders, facts = sql_name(self.tables.orders), sql_name(self.tables.facts)
        history = sql_name(self.tables.history)
        commands, outbox = sql_name(self.tables.commands), sql_name(self.tables.outbox)
        every = self.tables.metadata.tables.values()
        self._keys = {f"{table.name}_pkey" for table in every} | {
            str(index.name) for table in every for index in table.indexes if index.unique
        }
        self._one = OneOrder(
            self.tables,
            tenant,
            version=self._version,
            expected=self.version,
            epoch=self._epoch,
            on_closed=self._on_closed,
        )
        self._lock_schema = sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))")
        self._add_orders = sa.text(
            f"INSERT INTO {orders} ({listed(ORDER_COLUMNS)})"
            f" SELECT {listed(ORDER_COLUMNS)} FROM {_records(ORDER_COLUMNS)} ORDER BY id"
            f" ON CONFLICT ({listed(ORDER_KEY)}) DO NOTHING"
        )
        locked = (
            "SELECT id, version, facts_hash, schema_version"
            f" FROM ({self._version}) AS present (schema_version) LEFT JOIN"
            f" (SELECT id, version, facts_hash FROM {orders} WHERE tenant = :tenant"
            " AND id = {ids} ORDER BY id FOR UPDATE) AS locked ON TRUE"
        )
        # With an array, PostgreSQL makes another plan each time, which takes longer than a lock.
        self._lock_order = self.of_tenant(locked.format(ids=":id"))
        self._lock_orders = self.of_tenant(locked.format(ids="ANY(CAST(:ids AS text[]))"))
        self._move_orders = sa.text(
            f"UPDATE {orders} AS o"
            f" SET {listed(f'{name} = v.{name}' for name in ORDER_CHANGES)}"
            f" FROM {_records((*ORDER_KEY, *ORDER_CHANGES, 'base'))}"
            " WHERE o.tenant = v.tenant AND o.id = v.id AND o.version = v.base"
        )
        self._delete_facts = self.of_tenant(
            f"DELETE FROM {facts} WHERE tenant = :tenant"
            " AND order_id = ANY(CAST(:order_ids AS text[]))"
        )
        self._add_facts = sa.text(
            f"INSERT INTO {facts} ({listed(FACT_COLUMNS)})"
            f" SELECT {listed(FACT_COLUMNS)} FROM {_records(FACT_COLUMNS)}"
        )
        self._entries_of = self.of_tenant(
            "SELECT CASE coalesce(e.number, 1) WHEN 1 THEN c.entries END AS entries,"
            f" h.order_id, h.sequence, h.data FROM {commands} AS c LEFT JOIN"
            " json_array_elements(CAST(c.entries AS json)) WITH ORDINALITY AS e(place, number)"
            f" ON TRUE LEFT JOIN {history} AS h ON h.tenant = :tenant"
            " AND h.order_id = e.place ->> 0 AND h.sequence = CAST(e.place ->> 1 AS integer)"
            " WHERE c.tenant = :tenant AND c.id = :id ORDER BY e.number"
        )
        # An entry has the number of its transaction (`xid`). If a transaction writes before it
        # loads an order, the order's last entry may have a higher number than the transaction.
        # Then the new entry gets the number of the last entry, so that the feed has the
        # entries of an order in sequence.
        self._add_entries = sa.text(
            f"INSERT INTO {history} ({listed(ENTRY_COLUMNS)}, xid)"
            f" SELECT {listed(ENTRY_COLUMNS)}, greatest(pg_current_xact_id(),"
            f" CASE WHEN v.sequence > 1 THEN (SELECT h.xid FROM {history} AS h WHERE"
            " h.tenant = v.tenant AND h.order_id = v.order_id"
            " ORDER BY h.sequence DESC LIMIT 1) END)"
            f" FROM {_records(ENTRY_COLUMNS)} ORDER BY ordinality"
        )
        pending = (
            f"SELECT {listed(PENDING_COLUMNS)} FROM {outbox}"
            " WHERE tenant = :tenant AND NOT closed AND"
        )
        locked = f"ORDER BY {listed(SLOT_KEY)} FOR UPDATE"
        # With an OR, PostgreSQL would check both lists again for every row that it finds.
        self._pending_slots = self.of_tenant(
            f"WITH of_orders AS ({pending} order_id = ANY(CAST(:order_ids AS text[])) {locked}),"
            f" of_events AS ({pending} id = ANY(CAST(:event_ids AS text[])) {locked})"
            " SELECT * FROM of_orders UNION SELECT * FROM of_events"
        )
        self._empty_slots = sa.text(
            f"DELETE FROM {outbox} AS o USING {_records(SLOT_KEY)}"
            f" WHERE {_same_slot('o', 'v')} AND NOT o.closed"
        )
        self._fill_slots = sa.text(
            f"INSERT INTO {outbox} ({listed(SLOT_COLUMNS)}, epoch)"
            f" SELECT {listed(SLOT_COLUMNS)}, {self._epoch} FROM {_records(SLOT_COLUMNS)}"
            f" ORDER BY {listed(SLOT_KEY)} {self._on_closed}"
        )
        present = f"({self._version}) AS schema_version"
        self._lease = self.of_tenant(
            f"WITH free AS (SELECT {listed(SLOT_KEY)} FROM {outbox} WHERE {self._free}"
            " LIMIT :limit FOR UPDATE SKIP LOCKED)"
            f" UPDATE {outbox} AS o SET attempts = o.attempts + 1, leased_until = :until FROM free"
            f" WHERE {_same_slot('o', 'free')}"
            f" RETURNING {listed(f'o.{name}' for name in ITEM_COLUMNS)}, {present}"
        )
        lease = "coalesce(leased_until, 0)"
        self._fail = sa.text(
            f"WITH held AS (SELECT {listed(SLOT_KEY)}, {lease} AS lease FROM {outbox}"
            f" WHERE {self._is_current} AND {lease} = ANY(coalesce(CAST(:leases AS bigint[]),"
            f" ARRAY[{lease}])) FOR UPDATE)"
            f" UPDATE {outbox} AS o SET last_error = :last_error, retry_at = :retry_at,"
            f" leased_until = NULL, given_up = :given_up FROM held WHERE {_same_slot('o', 'held')}"
            f" RETURNING held.lease, {present}"
        )
        self._add_settings = sa.text(f"{self._add_settings.text} RETURNING {present}")
        self._lock_events = self.of_tenant(
            f"WITH locked AS (SELECT 1 FROM {outbox} WHERE tenant = :tenant AND NOT closed"
            f" AND id = ANY(CAST(:ids AS text[])) {locked})"
            f" SELECT {present}, (SELECT count(*) FROM locked)"
        )
        self._close = sa.text(
            f"UPDATE {outbox} AS o SET closed = TRUE, leased_until = NULL"
            f" FROM {_records(('tenant', 'id', 'fire_on'))}"
            " WHERE o.tenant = v.tenant AND NOT o.closed AND o.id = v.id"
            " AND o.fire_on = coalesce(v.fire_on, o.fire_on)"
        )
        slot = listed(f"s.{name}" for name in SLOT_KEY)
        self._forget = self.of_tenant(
            f"WITH past AS (SELECT {slot} FROM {outbox} AS s"
            f" JOIN {orders} AS o ON o.tenant = s.tenant AND o.id = s.order_id"
            " WHERE s.tenant = :tenant AND s.closed AND s.fire_on < :before"
            " AND s.slot_number > 0 AND s.slot_number <> o.visit"
            " AND s.slot_number IS DISTINCT FROM o.held_visit"
            f" ORDER BY {slot} FOR UPDATE OF s), gone AS"
            f" (DELETE FROM {outbox} AS s USING past WHERE {_same_slot('s', 'past')} RETURNING 1)"
            f" SELECT {present}, (SELECT count(*) FROM gone) AS number"
        )
        self._forget_commands = self.of_tenant(
            f"WITH past AS (SELECT id FROM {commands} WHERE tenant = :tenant"
            " AND done_on < :before ORDER BY id FOR UPDATE), gone AS"
            f" (DELETE FROM {commands} AS c USING past"
            " WHERE c.tenant = :tenant AND c.id = past.id RETURNING 1)"
            f" SELECT {present}, (SELECT count(*) FROM gone) AS number"
        )
        # An open transaction may still add entries with its number. So an entry appears only when
        # no open transaction has the same number or a lower one.
        schema = sql_name(self.tables.schema)
        oldest = "pg_snapshot_xmin(pg_current_snapshot())"
        start = "CAST(CAST(:xid AS text) AS xid8)"
        after = f"FROM {history} WHERE tenant = :tenant AND (xid, position) > ({start}, :position)"
        # The oldest open transaction never goes back, so no page ended with it or a later one.
        is_beyond = f"s.epoch, {start} >= {oldest} AS is_beyond"
        self._feed = self.of_tenant(
            f"SELECT {is_beyond}, h.order_id, h.sequence, h.data,"
            " CAST(CAST(h.xid AS text) AS bigint) AS xid, h.position"
            f" FROM {schema} AS s LEFT JOIN (SELECT order_id, sequence, data, xid, position"
            f" {after} AND xid < {oldest} ORDER BY xid, position LIMIT :limit) AS h"
            " ON TRUE ORDER BY h.xid, h.position"
        )
        self._behind = self.of_tenant(
            f"SELECT {is_beyond}, (SELECT count(*) {after} AND xid < {oldest}) AS ready,"
            f" (SELECT count(*) FROM {history} WHERE tenant = :tenant AND xid >= {oldest})"
            f" AS waiting FROM {schema} AS s"
        )
        # Any user may see the locks. Each transaction holds a lock on its own number, and one for
        # each savepoint in which it has written. A prepared transaction has no process.
        self._holders = self.of_tenant(
            'SELECT process, "user", database, application, since'
            " FROM (SELECT DISTINCT ON (l.virtualtransaction) l.pid AS process,"
            ' coalesce(a.usename, p.owner) AS "user", coalesce(a.datname, p.database) AS database,'
            " coalesce(a.application_name, p.gid) AS application,"
            " coalesce(a.xact_start, p.prepared) AS since, age(l.transactionid) AS age"
            " FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid"
            " LEFT JOIN pg_prepared_xacts AS p ON p.transaction = l.transactionid"
            " WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted"
            " AND age(l.transactionid) >= (SELECT min(age(CAST(h.xid AS xid)))"
            f" FROM {history} AS h WHERE h.tenant = :tenant AND h.xid >= {oldest})"
            " ORDER BY l.virtualtransaction, age(l.transactionid) DESC) AS held ORDER BY age DESC"
        )
        self._lock_history = sa.text(f"LOCK TABLE {history} IN SHARE ROW EXCLUSIVE MODE")
        self._restored = sa.text(
            f"UPDATE {schema} SET epoch = {_NEW_EPOCH} RETURNING version AS schema_version"
        )
        self._renumber = sa.text(
            f"UPDATE {history} SET xid = '1' WHERE EXISTS"
            f" (SELECT 1 FROM {history} AS late WHERE late.xid >= pg_current_xact_id())"
        )

    def ping(self, connection: sa.Connection) -> None:
        before = self._begin(connection, write=False, by_key=True)
        connection.exec_driver_sql("SELECT 1")
        self.end(connection, before)

    def begin(
        self, connection: sa.Connection, *, write: bool, by_key: bool = False
    ) -> ConnectionSettings | None:
        """Choose the level of the transaction, which begins with its first statement.

        The store has locks for what needs them. So it works in READ COMMITTED, whatever the engine
        has: with a snapshot, a save would have to be repeated whenever another was faster.

        If all is looked up by key, work that only reads gets no transaction: BEGIN and ROLLBACK
        would be two round trips more. Other work begins with statements that cost no round trip
        and choose the plans: see `_BY_KEY`.

        psycopg prepares a statement that it has sent five times, and PostgreSQL may then plan it
        once for all values. That's right for a key, and wrong for a page, whose plan depends on the
        values. So other work that reads prepares nothing.

        Raises:
            ValueError: if a listener of the engine has begun a transaction of another level.
        """
        before = self._begin(connection, write=write, by_key=by_key)
        return before if before.is_changed else None

    def _begin(self, connection: sa.Connection, *, write: bool, by_key: bool) -> _Before:
        driver: Any = connection.connection.driver_connection
        autocommit, level = driver.autocommit, driver.isolation_level
        by_default = connection.dialect.default_isolation_level == _LEVEL
        is_right = not autocommit and (level == _READ_COMMITTED or (level is None and by_default))
        is_idle = driver.info.transaction_status == _IDLE
        if not is_right and not is_idle:
            raise ValueError(
                f"the engine begins transactions by itself, in another level than {_LEVEL}:"
                f" give it isolation_level={_LEVEL!r}"
            )
        by_key = by_key and is_right and by_default and is_idle and not _has_wishes(connection)
        adapter: Any = connection.connection.dbapi_connection
        try:
            if not is_right:
                _set(adapter, driver, autocommit=False, level=_READ_COMMITTED)
            if self.prepare(connection) and is_idle:
                connection.rollback()  # what follows may have to be the first statement
            threshold = driver.prepare_threshold
            is_changed = by_key or not (write and is_right)
            before = _Before(adapter, driver, autocommit, level, threshold, is_changed)
            if by_key:
                _set(adapter, driver, autocommit=True, level=level)
                if write:
                    connection.exec_driver_sql(_BY_KEY)
            elif not write:
                driver.prepare_threshold = None
        except BaseException:
            connection.invalidate()  # it may have been left in another level than before
            raise
        return before

    def finish(self, connection: sa.Connection) -> None:
        """Commit, since psycopg forgets what it has prepared when it rolls back."""
        connection.commit()

    def end(self, connection: sa.Connection, settings: ConnectionSettings) -> None:
        """End the transaction, and put the connection of the driver back as it was.

        If the block of a unit has closed its connection, the pool may have given that of the driver
        to somebody else, who mustn't go on in the level of the store.
        """
        if connection.invalidated:
            return
        before = _Before(*settings)
        if not connection.closed:
            connection.rollback()  # or the driver would refuse
        before.driver.prepare_threshold = before.threshold
        try:
            _set(
                before.adapter,
                before.driver,
                autocommit=before.autocommit,
                level=before.level,
            )
        except connection.dialect.loaded_dbapi.Error:  # it has begun another transaction
            before.adapter.close()

    def prepare(self, connection: sa.Connection) -> bool:
        """Prepare a connection that is new to the store; whether it has run a statement for that.

        psycopg prepares a statement that it has sent five times. Behind a pooler in transaction
        mode, each transaction may run in another session of the server, where the name of the
        statement is unknown, or is that of another statement. A pooler doesn't pass on the process
        id of the session. So if the server names another id, psycopg prepares nothing.
        """
        if connection.info.get("prodflow"):
            return False
        driver: Any = connection.connection.driver_connection
        process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        if process != driver.info.backend_pid:
            driver.prepare_threshold = None
        connection.info["prodflow"] = True
        return True

    def has_transaction(self, driver: Any) -> bool:  # noqa: ANN401 - a connection of psycopg
        return driver.info.transaction_status in _OPEN

    def is_whole(self, connection: sa.Connection) -> bool:
        driver: Any = connection.connection.driver_connection
        status: int = driver.info.transaction_status
        return status != _FAILED

    def join(self, connection: sa.Connection) -> None:
        """Check the connection; the driver begins the transaction at the first statement."""
        if _commits_by_itself(connection):
            raise ValueError(COMMITS_BY_ITSELF)
        self.prepare(connection)

    def freeze(self, connection: sa.Connection) -> None:
        connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))

    def abandon(self, connection: sa.Connection, *, keeps_idle: bool) -> None:
        """Cancel the statement, and close the connection, which ends the transaction.

        A server that waits for a lock doesn't notice that its client is gone: it would wait on,
        and keep the locks that it has.
        """
        if connection.invalidated or connection.closed:
            return
        driver: Any = connection.connection.driver_connection
        is_working = driver.info.transaction_status == _ACTIVE
        if keeps_idle and not is_working:
            return
        if is_working:
            with suppress(Exception):  # whatever it is, the connection is closed next
                if hasattr(driver, "cancel_safe"):  # since psycopg 3.2
                    tasks.result(driver.cancel_safe(timeout=_PATIENCE))
                else:  # pragma: no cover - an older psycopg
                    driver.cancel()
        connection.invalidate()

    def existing(self, connection: sa.Connection, names: Collection[str]) -> Collection[str]:
        where = {"schema": self.tables.schema.schema, "names": [*names]}
        return connection.execute(_EXISTING, where).scalars().all()

    def lock_schema(self, connection: sa.Connection) -> None:
        level = connection.get_isolation_level()
        if level not in {_LEVEL, "READ UNCOMMITTED"}:  # to PostgreSQL, both are the same
            # With a snapshot, we wouldn't see tables that others create while we wait for the lock.
            raise ValueError(f"tables are created in a transaction of {_LEVEL}, not {level}")
        connection.execute(self._lock_schema, {"name": sql_name(self.tables.schema)})

    def _version_in(self, schema: sa.Table) -> str:
        version = super()._version_in(schema)
        if schema.schema is None:  # as `existing` has it
            version += (
                " WHERE tableoid ="
                f" to_regclass(concat(quote_ident(current_schema()), '.{schema.name}'))"
            )
        return version

    def check_encoding(self, connection: sa.Connection) -> None:
        """Check what the server has told the driver, and set the encoding of the connection."""
        told: Any = connection.connection.driver_connection
        stored: str | None = told.info.parameter_status("server_encoding")
        if stored not in {_ENCODING, None}:  # a pooler needn't pass it on
            raise ValueError(
                f"the encoding of the database must be {_ENCODING}, not {stored}: create another"
                f" database with ENCODING '{_ENCODING}'"
            )
        if told.info.parameter_status("client_encoding") != _ENCODING:
            connection.exec_driver_sql(f"SET client_encoding = '{_ENCODING}'")

    @contextmanager
    def without_writers(self, connection: sa.Connection) -> Generator[None]:
        """Lock all tables against writers, in the sequence in which a save locks them.

        A transaction that waits here for a table has no lock yet that a step needs. Readers go on.
        While this waits for the writers before it, writers after it wait too, so it waits briefly
        and is then tried again.
        """
        t = self.tables
        first = (t.commands, t.orders, t.order_types, t.cycles, t.facts, t.history, t.outbox)
        others = [table for table in t.metadata.sorted_tables if table not in first]
        names = listed(sql_name(table) for table in (*first, *others))
        with _changed(connection, "lock_timeout", "2s"):
            connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
            yield

    def save_at_once(
        self, connection: sa.Connection, row: Row, facts: Sequence[Row], entry: Row
    ) -> bool:
        try:
            version, is_saved = self._one.save(connection, row, facts, entry)
        except DBAPIError as error:
            if self.failure(error) is Failure.OTHER:  # such as tables of another version
                raise ConcurrentSaveError from error
            raise
        self.check_version(version)
        return is_saved

    def lock_orders(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, Stored]:
        if len(ids) == 1:
            rows = connection.execute(self._lock_order, {"id": ids[0]}).all()
        else:
            rows = connection.execute(self._lock_orders, {"ids": ids}).all()
        self.check_version(rows[0].schema_version)
        return {row.id: Stored(row.version, row.facts_hash) for row in rows if row.id is not None}

    def add_orders(self, connection: sa.Connection, rows: Sequence[Row]) -> int:
        return connection.execute(self._add_orders, {"rows": json_text(rows)}).rowcount

    def move_orders(self, connection: sa.Connection, rows: Sequence[Row]) -> int:
        return connection.execute(self._move_orders, {"rows": json_text(rows)}).rowcount

    def replace_facts(
        self, connection: sa.Connection, order_ids: Collection[str], rows: Sequence[Row]
    ) -> None:
        if order_ids:
            connection.execute(self._delete_facts, {"order_ids": [*order_ids]})
        if rows:
            connection.execute(self._add_facts, {"rows": json_text(rows)})

    def entries_of(self, connection: sa.Connection, command_id: str) -> Sequence[sa.Row[Any]]:
        try:
            return connection.execute(self._entries_of, {"id": command_id}).all()
        except DBAPIError as error:
            if not (getattr(error.orig, "sqlstate", None) or "").startswith(_NO_DATA):
                raise
        raise DamagedRowError(self.tables.commands.name, (command_id,))

    def add_entries(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        connection.execute(self._add_entries, {"rows": json_text(rows)})

    def pending_slots(
        self, connection: sa.Connection, order_ids: Collection[str], event_ids: Collection[str]
    ) -> Sequence[sa.Row[Any]]:
        if len(order_ids) == 1 and len(event_ids) <= FEW_EVENTS:
            return self._one.pending_slots(connection, next(iter(order_ids)), event_ids)
        ids = {"order_ids": [*order_ids], "event_ids": [*event_ids]}
        return connection.execute(self._pending_slots, ids).all()

    def change_slots(
        self, connection: sa.Connection, emptied: Sequence[SlotKey], filled: Sequence[Row]
    ) -> None:
        order_ids = {order_id for order_id, _, _ in emptied}
        if len(order_ids) == 1:
            self._one.change_slots(connection, order_ids.pop(), emptied, filled)
        else:
            super().change_slots(connection, emptied, filled)

    def empty_slots(self, connection: sa.Connection, keys: Iterable[SlotKey]) -> None:
        rows = [self.slot_row(key) for key in keys]
        connection.execute(self._empty_slots, {"rows": json_text(rows)})

    def fill_slots(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        connection.execute(self._fill_slots, {"rows": json_text(rows)})

    def claim(
        self, connection: sa.Connection, as_of: str, now: int, until: int, limit: int
    ) -> list[SlotRow]:
        """Lease due events that are free now, and read them in the sequence of the index.

        While its statistics are old, PostgreSQL expects few events, and reads and sorts all that
        are due: a million in 1.4 s (PostgreSQL 15). Without sorting, a hundred take 4 ms. No
        statement in here may need to sort, or PostgreSQL would compile it first, in 40 ms.
        """
        with _changed(connection, "enable_sort", "off"):
            return super().claim(connection, as_of, now, until, limit)

    def now(self, connection: sa.Connection) -> int:
        ask = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"
        now: int = connection.exec_driver_sql(ask).scalar_one()
        return now

    def lease(self, connection: sa.Connection, bounds: Row) -> Sequence[SlotRow]:
        """Lease free events, and skip events that others have locked."""
        leased = connection.execute(self._lease, bounds).all()
        self._check_rows(leased)
        return leased

    def fail(
        self, connection: sa.Connection, row: Row, leases: Sequence[int] | None
    ) -> Sequence[int]:
        ended = connection.execute(self._fail, {**row, "leases": leases}).all()
        self._check_rows(ended)
        return [row.lease for row in ended]

    def add_settings(self, connection: sa.Connection, row: Row) -> bool:
        added = connection.execute(self._add_settings, row).all()
        self._check_rows(added)
        return bool(added)

    def _check_rows(self, rows: Sequence[sa.Row[Any]]) -> None:
        """Check the version that a statement returned with the rows that it wrote, if any."""
        if rows:
            self.check_version(rows[0].schema_version)

    def lock_events(self, connection: sa.Connection, event_ids: Collection[str]) -> None:
        self._check_rows(connection.execute(self._lock_events, {"ids": [*event_ids]}).all())

    def close(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        self.lock_events(connection, [row["id"] for row in rows])
        connection.execute(self._close, {"rows": json_text(rows)})

    def forget(self, connection: sa.Connection, before: str) -> int:
        return self._forgotten(connection, self._forget, before)

    def forget_commands(self, connection: sa.Connection, before: str) -> int:
        return self._forgotten(connection, self._forget_commands, before)

    def _forgotten(self, connection: sa.Connection, statement: sa.TextClause, before: str) -> int:
        row = connection.execute(statement, {"before": before}).one()
        self.check_version(row.schema_version)
        number: int = row.number
        return number

    def first_row(self) -> Row:
        return {"epoch": sa.literal_column(_NEW_EPOCH)}

    def restored(self, connection: sa.Connection) -> None:
        """Begin another epoch.

        In a dump, entries can have higher transaction numbers than the server, and then new entries
        would come before them. So all entries get the lowest number, and keep the sequence of their
        positions.
        """
        connection.execute(self._lock_history)
        self.check_version(connection.scalar(self._restored))
        connection.execute(self._renumber)

    def feed(
        self, connection: sa.Connection, after: tuple[int, int], limit: int
    ) -> Sequence[sa.Row[Any]]:
        """Entries older than the oldest open transaction, sorted by transaction and position."""
        cursor = {"xid": after[0], "position": after[1], "limit": limit}
        return self._present(connection.execute(self._feed, cursor).all())

    def behind(
        self, connection: sa.Connection, after: tuple[int, int]
    ) -> tuple[sa.Row[Any], Sequence[sa.Row[Any]]]:
        place = {"xid": after[0], "position": after[1]}
        counted = self._present(connection.execute(self._behind, place).all())[0]
        return counted, connection.execute(self._holders).all() if counted.waiting else ()

    def among(self, column: sa.ColumnElement[T], values: Collection[T]) -> sa.ColumnElement[bool]:
        kind = sa.Integer if isinstance(column.type, sa.Integer) else sa.Text
        return column == sa.any_(sa.literal([*values], sa.ARRAY(kind)))

    def among_found(
        self, column: sa.ColumnElement[T], statement: sa.Select[Any]
    ) -> sa.ColumnElement[bool]:
        """As an array, so that it's found before the index of the column is read."""
        return column == sa.any_(sa.func.array(statement.scalar_subquery()))

    def each(self, values: Collection[str]) -> sa.FromClause:
        array = sa.literal([*values], sa.ARRAY(sa.Text))
        return sa.func.unnest(array).table_valued("value").render_derived()

    def among_rows(
        self, columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[str | int]]
    ) -> sa.ColumnElement[bool]:
        lists = zip(*rows, strict=True)
        arrays = [
            sa.literal([*values], sa.ARRAY(column.type))
            for column, values in zip(columns, lists, strict=True)
        ]
        names = [column.name for column in columns]
        each = sa.func.unnest(*arrays).table_valued(*names).render_derived()
        return sa.tuple_(*columns).in_(sa.select(each))

    def has_part(self, column: sa.Column[str], text: str) -> sa.ColumnElement[bool]:
        return sa.func.strpos(column, text) > 0

    def unindexed(self, column: sa.Column[T]) -> sa.ColumnElement[T]:
        return column + (0 if isinstance(column.type, sa.Integer) else "")

    @contextmanager
    def serially(self, connection: sa.Connection) -> Generator[None]:
        """Run the statements inside without parallel workers.

        PostgreSQL expects more rows than a page needs, and starts workers for them. That takes 10
        ms (PostgreSQL 15), which is longer than the page takes without them.
        """
        with _changed(connection, "max_parallel_workers_per_gather", "0"):
            yield

    def collected(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[str | None]:
        return sa.cast(sa.func.array_to_json(sa.func.array_agg(column)), sa.Text)

    def failure(self, error: DBAPIError) -> Failure:
        """The kind of an error, by its SQLSTATE and by whether the connection is lost."""
        reported: Any = error.orig
        state: str | None = getattr(reported, "sqlstate", None)
        unanswered = state is None and isinstance(error, OperationalError)
        if isinstance(error, OperationalError) and _REFUSED.search(str(error.orig)):
            return Failure.OTHER
        if error.connection_invalidated or unanswered or state in _LOST:
            return Failure.LOST
        if state == _DUPLICATE:  # of a key that others have just inserted, or of the app's own
            return Failure.BUSY if reported.diag.constraint_name in self._keys else Failure.OTHER
        is_busy = state in _BUSY or self._is_without_cycle(error, state)
        return Failure.BUSY if is_busy else Failure.OTHER

    def _is_without_cycle(self, error: DBAPIError, state: str | None) -> bool:
        """Whether an order was refused because its cycle isn't in the database any more."""
        if state != _NOT_THERE:
            return False
        refused: Any = error.orig
        return refused.diag.constraint_name in {
            it.name for it in self.tables.orders.foreign_key_constraints
        }


@contextmanager
def _changed(connection: sa.Connection, name: str, value: str) -> Generator[None]:
    """Change a setting of the server; after an error, the rollback puts it back."""
    before: str = connection.execute(_CHANGE, {"name": name, "value": value}).scalar_one()
    yield
    connection.execute(_CHANGE_BACK, {"name": name, "value": before})


def _has_wishes(connection: sa.Connection) -> bool:
    """Whether the app has a wish for transactions that only a BEGIN of the driver fulfils.

    A listener may set something that lasts as long as the transaction, such as the user of a row
    security policy. Without a transaction, the store would read nothing then, and not notice.
    """
    driver: Any = connection.connection.driver_connection
    listeners: Any = connection.dispatch
    return (
        bool(listeners.begin or listeners.before_execute or listeners.before_cursor_execute)
        or driver.read_only is not None
        or driver.deferrable is not None
    )


def _commits_by_itself(connection: sa.Connection) -> bool:
    return bool(getattr(connection.connection.driver_connection, "autocommit", False))


def _set(adapter: Any, driver: Any, *, autocommit: bool, level: int | None) -> None:  # noqa: ANN401 - as in `_Before`
    """Give a connection of psycopg its autocommit and its level."""
    is_same = driver.isolation_level == level  # to set it takes as long as half a look-up
    if adapter is driver:
        driver.autocommit = autocommit
        if not is_same:
            driver.isolation_level = level
    else:
        adapter.set_autocommit(autocommit)
        if not is_same:
            adapter.set_isolation_level(level)


def _same_slot(one: str, other: str) -> str:
    """The condition that the rows of two tables have the same slot."""
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in SLOT_KEY)


def _records(columns: Iterable[str]) -> str:
    """SQL that turns the parameter `rows` into a table `v`; `ordinality` numbers its rows."""
    fields = listed(f"{name} {KINDS.get(name, 'text')}" for name in columns)
    source = f"json_to_recordset(CAST(:rows AS json)) AS ({fields})"
    return f"ROWS FROM ({source}) WITH ORDINALITY AS v"
