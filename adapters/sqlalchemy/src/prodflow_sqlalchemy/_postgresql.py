"""The statements for PostgreSQL, where many transactions can write at the same time."""

import re
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

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
    Dialect,
    Failure,
    Row,
    SlotKey,
    SlotRow,
    Stored,
    T,
    json_text,
    listed,
    of_tenant,
    slot_row,
)

_BUSY: Final = frozenset({"40001", "40P01", "55P03", "23505"})
"""Serialization failure, deadlock, lock not available, and a key that others just inserted."""

_LOST: Final = frozenset({"08000", "08003", "08006", "57P01", "57P02", "57P03"})
"""A lost connection, and a server that stops, crashes or starts."""

_REFUSED: Final = re.compile(
    r"authentication failed|no password supplied|no pg_hba\.conf entry|is not permitted to log in"
    r"|(role|database|user) .*does not exist|no such (database|user)|statement pooling mode"
)
"""What a server, or a pooler, says when another attempt to connect wouldn't help.

libpq reports no SQLSTATE of a connection that failed. In a server that speaks another language, the
second attempt is refused too.
"""

_DO_NOT_SORT: Final = sa.text(
    "WITH present AS MATERIALIZED (SELECT current_setting('enable_sort') AS setting)"
    " SELECT setting, set_config('enable_sort', 'off', TRUE) FROM present"
)
_SORT: Final = sa.text("SELECT set_config('enable_sort', :setting, TRUE)")

_NO_WORKERS: Final = sa.text(
    "WITH present AS MATERIALIZED"
    " (SELECT current_setting('max_parallel_workers_per_gather') AS setting)"
    " SELECT setting, set_config('max_parallel_workers_per_gather', '0', TRUE) FROM present"
)
_WORKERS: Final = sa.text("SELECT set_config('max_parallel_workers_per_gather', :setting, TRUE)")

_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("version", "visit", "held_visit", "cycle_version", "base"), "integer"),
    **dict.fromkeys(("rank", "quantity", "sequence", "slot_number"), "integer"),
    **dict.fromkeys(("is_open", "dated", "automatic", "closed", "given_up"), "boolean"),
    **dict.fromkeys(("attempts", "retry_at", "leased_until"), "bigint"),
}


_NEW_EPOCH: Final = "left(replace(CAST(gen_random_uuid() AS text), '-', ''), 16)"


class PostgresqlDialect(Dialect):
    """The statements for PostgreSQL; many rows are passed as one JSON parameter."""

    name = "postgresql"
    attempts = 8

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        orders, facts = self.tables.orders.name, self.tables.facts.name
        history = self.tables.history.name
        commands, outbox = self.tables.commands.name, self.tables.outbox.name
        self._lock_schema = sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))")
        self._add_orders = sa.text(
            f"INSERT INTO {orders} ({listed(ORDER_COLUMNS)})"
            f" SELECT {listed(ORDER_COLUMNS)} FROM {_records(ORDER_COLUMNS)} ORDER BY id"
            " ON CONFLICT DO NOTHING"
        )
        self._lock_orders = of_tenant(
            f"SELECT id, version, facts_hash FROM {orders}"
            " WHERE tenant = :tenant AND id = ANY(CAST(:ids AS text[])) ORDER BY id FOR UPDATE"
        )
        self._move_orders = sa.text(
            f"UPDATE {orders} AS o"
            f" SET {listed(f'{name} = v.{name}' for name in ORDER_CHANGES)}"
            f" FROM {_records((*ORDER_KEY, *ORDER_CHANGES, 'base'))}"
            " WHERE o.tenant = v.tenant AND o.id = v.id AND o.version = v.base"
        )
        self._delete_facts = of_tenant(
            f"DELETE FROM {facts} WHERE tenant = :tenant"
            " AND order_id = ANY(CAST(:order_ids AS text[]))"
        )
        self._add_facts = sa.text(
            f"INSERT INTO {facts} ({listed(FACT_COLUMNS)})"
            f" SELECT {listed(FACT_COLUMNS)} FROM {_records(FACT_COLUMNS)}"
        )
        self._entries_of = of_tenant(
            f"SELECT h.order_id, h.sequence, h.data FROM {commands} AS c,"
            " json_array_elements(CAST(c.entries AS json)) WITH ORDINALITY AS e(place, number)"
            f" JOIN {history} AS h ON h.tenant = :tenant AND h.order_id = e.place ->> 0"
            " AND h.sequence = CAST(e.place ->> 1 AS integer)"
            " WHERE c.tenant = :tenant AND c.id = :id ORDER BY e.number"
        )
        # An entry has the number of its transaction (`xid`). If a transaction writes before it
        # loads an order, the order's last entry may have a higher number than the transaction.
        # Then the new entry gets the number of the last entry, so that the feed has the
        # entries of an order in sequence.
        self._add_entries = sa.text(
            f"INSERT INTO {history} ({listed(ENTRY_COLUMNS)}, xid)"
            f" SELECT {listed(ENTRY_COLUMNS)}, greatest(pg_current_xact_id(),"
            f" (SELECT h.xid FROM {history} AS h WHERE h.tenant = v.tenant"
            " AND h.order_id = v.order_id ORDER BY h.sequence DESC LIMIT 1))"
            f" FROM {_records(ENTRY_COLUMNS)} ORDER BY ordinality"
        )
        pending = (
            f"SELECT {listed(PENDING_COLUMNS)} FROM {outbox}"
            " WHERE tenant = :tenant AND NOT closed AND"
        )
        locked = f"ORDER BY {listed(SLOT_KEY)} FOR UPDATE"
        # With an OR, PostgreSQL would check both lists again for every row that it finds.
        self._pending_slots = of_tenant(
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
        self._lease = of_tenant(
            f"WITH free AS (SELECT {listed(SLOT_KEY)} FROM {outbox} WHERE {self._free}"
            " LIMIT :limit FOR UPDATE SKIP LOCKED)"
            f" UPDATE {outbox} AS o SET attempts = o.attempts + 1, leased_until = :until FROM free"
            f" WHERE {_same_slot('o', 'free')}"
            f" RETURNING {listed(f'o.{name}' for name in ITEM_COLUMNS)}"
        )
        self._lock_events = of_tenant(
            f"SELECT 1 FROM {outbox} WHERE tenant = :tenant AND NOT closed"
            f" AND id = ANY(CAST(:ids AS text[])) {locked}"
        )
        self._close = sa.text(
            f"UPDATE {outbox} AS o SET closed = TRUE, leased_until = NULL"
            f" FROM {_records(('tenant', 'id', 'fire_on'))}"
            " WHERE o.tenant = v.tenant AND NOT o.closed AND o.id = v.id"
            " AND o.fire_on = coalesce(v.fire_on, o.fire_on)"
        )
        slot = listed(f"s.{name}" for name in SLOT_KEY)
        self._forget = of_tenant(
            f"WITH past AS (SELECT {slot} FROM {outbox} AS s"
            f" JOIN {orders} AS o ON o.tenant = s.tenant AND o.id = s.order_id"
            " WHERE s.tenant = :tenant AND s.closed AND s.fire_on < :before"
            " AND s.slot_number > 0 AND s.slot_number <> o.visit"
            " AND s.slot_number IS DISTINCT FROM o.held_visit"
            f" ORDER BY {slot} FOR UPDATE OF s)"
            f" DELETE FROM {outbox} AS s USING past WHERE {_same_slot('s', 'past')}"
        )
        # An open transaction may still add entries with its number. So an entry appears only when
        # no open transaction has the same number or a lower one.
        schema = self.tables.schema.name
        oldest = "pg_snapshot_xmin(pg_current_snapshot())"
        start = "CAST(CAST(:xid AS text) AS xid8)"
        after = f"FROM {history} WHERE tenant = :tenant AND (xid, position) > ({start}, :position)"
        # The oldest open transaction never goes back, so no page ended with it or a later one.
        is_beyond = f"s.epoch, {start} >= {oldest} AS is_beyond"
        self._feed = of_tenant(
            f"SELECT {is_beyond}, h.order_id, h.sequence, h.data,"
            " CAST(CAST(h.xid AS text) AS bigint) AS xid, h.position"
            f" FROM {schema} AS s LEFT JOIN (SELECT order_id, sequence, data, xid, position"
            f" {after} AND xid < {oldest} ORDER BY xid, position LIMIT :limit) AS h"
            " ON TRUE ORDER BY h.xid, h.position"
        )
        self._behind = of_tenant(
            f"SELECT {is_beyond}, (SELECT count(*) {after} AND xid < {oldest}) AS ready,"
            f" (SELECT count(*) FROM {history} WHERE tenant = :tenant AND xid >= {oldest})"
            f" AS waiting FROM {schema} AS s"
        )
        # Any user may see the locks, each transaction holds a lock on its own number, and a
        # prepared one has no process.
        self._holders = of_tenant(
            "SELECT l.pid, coalesce(a.usename, p.owner), coalesce(a.datname, p.database),"
            " coalesce(a.application_name, p.gid), coalesce(a.xact_start, p.prepared)"
            " FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid"
            " LEFT JOIN pg_prepared_xacts AS p ON p.transaction = l.transactionid"
            " WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted"
            " AND age(l.transactionid) >= (SELECT min(age(CAST(h.xid AS xid)))"
            f" FROM {history} AS h WHERE h.tenant = :tenant AND h.xid >= {oldest})"
            " ORDER BY age(l.transactionid) DESC"
        )
        self._lock_history = sa.text(f"LOCK TABLE {history} IN SHARE ROW EXCLUSIVE MODE")
        self._restored = sa.text(f"UPDATE {schema} SET epoch = {_NEW_EPOCH}")
        self._renumber = sa.text(
            f"UPDATE {history} SET xid = '1' WHERE EXISTS"
            f" (SELECT 1 FROM {history} AS late WHERE late.xid >= pg_current_xact_id())"
        )

    def begin(self, connection: sa.Connection, *, write: bool) -> None:
        """Begin one transaction, even if the driver would commit after each statement."""
        if write and _commits_by_itself(connection):
            connection.execution_options(isolation_level="READ COMMITTED")
        if _meet(connection):
            connection.rollback()  # what follows may have to be the first statement

    def join(self, connection: sa.Connection) -> None:
        """Check the connection; the driver begins the transaction at the first statement."""
        if _commits_by_itself(connection):
            raise ValueError(COMMITS_BY_ITSELF)
        _meet(connection)

    def freeze(self, connection: sa.Connection) -> None:
        connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))

    def lock_schema(self, connection: sa.Connection) -> None:
        if not connection.in_nested_transaction():
            # Otherwise we wouldn't see tables that others create while we wait for the lock.
            connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"))
        connection.execute(self._lock_schema, {"name": self.tables.schema.name})

    def lock_orders(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, Stored]:
        rows = connection.execute(self._lock_orders, {"ids": ids})
        return {row.id: Stored(row.version, row.facts_hash) for row in rows}

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
        return connection.execute(self._entries_of, {"id": command_id}).all()

    def add_entries(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        connection.execute(self._add_entries, {"rows": json_text(rows)})

    def pending_slots(
        self, connection: sa.Connection, order_ids: Collection[str], event_ids: Collection[str]
    ) -> Sequence[sa.Row[Any]]:
        ids = {"order_ids": [*order_ids], "event_ids": [*event_ids]}
        return connection.execute(self._pending_slots, ids).all()

    def empty_slots(self, connection: sa.Connection, keys: Iterable[SlotKey]) -> None:
        rows = [slot_row(key) for key in keys]
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
        setting: str = connection.execute(_DO_NOT_SORT).scalar_one()
        claimed = super().claim(connection, as_of, now, until, limit)
        connection.execute(_SORT, {"setting": setting})
        return claimed

    def now(self, connection: sa.Connection) -> int:
        ask = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"
        now: int = connection.exec_driver_sql(ask).scalar_one()
        return now

    def lease(self, connection: sa.Connection, bounds: Row) -> Sequence[SlotRow]:
        """Lease free events, and skip events that others have locked."""
        return connection.execute(self._lease, bounds).all()

    def lock_events(self, connection: sa.Connection, event_ids: Collection[str]) -> None:
        connection.execute(self._lock_events, {"ids": [*event_ids]})

    def close(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        self.lock_events(connection, [row["id"] for row in rows])
        connection.execute(self._close, {"rows": json_text(rows)})

    def forget(self, connection: sa.Connection, before: str) -> int:
        return connection.execute(self._forget, {"before": before}).rowcount

    def first_row(self) -> Row:
        return {"epoch": sa.literal_column(_NEW_EPOCH)}

    def restored(self, connection: sa.Connection) -> None:
        """Begin another epoch.

        In a dump, entries can have higher transaction numbers than the server, and then new entries
        would come before them. So all entries get the lowest number, and keep the sequence of their
        positions.
        """
        connection.execute(self._lock_history)
        connection.execute(self._restored)
        connection.execute(self._renumber)

    def feed(
        self, connection: sa.Connection, after: tuple[int, int], limit: int
    ) -> Sequence[sa.Row[Any]]:
        """Entries older than the oldest open transaction, sorted by transaction and position."""
        cursor = {"xid": after[0], "position": after[1], "limit": limit}
        return connection.execute(self._feed, cursor).all()

    def behind(self, connection: sa.Connection, after: tuple[int, int]) -> sa.Row[Any]:
        place = {"xid": after[0], "position": after[1]}
        return connection.execute(self._behind, place).one()

    def holders(self, connection: sa.Connection) -> Sequence[sa.Row[Any]]:
        return connection.execute(self._holders).all()

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
        setting: str = connection.execute(_NO_WORKERS).scalar_one()
        yield
        connection.execute(_WORKERS, {"setting": setting})

    def collected(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[str | None]:
        return sa.cast(sa.func.array_to_json(sa.func.array_agg(column)), sa.Text)

    def failure(self, error: DBAPIError) -> Failure:
        """The kind of an error, by its SQLSTATE and by whether the connection is lost."""
        state: str | None = getattr(error.orig, "sqlstate", None)
        unanswered = state is None and isinstance(error, OperationalError)
        if isinstance(error, OperationalError) and _REFUSED.search(str(error.orig)):
            return Failure.OTHER
        if error.connection_invalidated or unanswered or state in _LOST:
            return Failure.LOST
        return Failure.BUSY if state in _BUSY else Failure.OTHER


def _meet(connection: sa.Connection) -> bool:
    """Prepare a connection that is new to the store; whether it has run a statement for that.

    psycopg prepares a statement that it has sent five times. Behind a pooler in transaction mode,
    each transaction may run in another session of the server, where the name of the statement is
    unknown, or is that of another statement. A pooler doesn't pass on the process id of the
    session. So if the server names another id, psycopg prepares nothing.
    """
    if connection.info.get("prodflow"):
        return False
    driver: Any = connection.connection.driver_connection
    process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    if process != driver.info.backend_pid:
        driver.prepare_threshold = None
    connection.info["prodflow"] = True
    return True


def _commits_by_itself(connection: sa.Connection) -> bool:
    return bool(getattr(connection.connection.dbapi_connection, "autocommit", False))


def _same_slot(one: str, other: str) -> str:
    """The condition that the rows of two tables have the same slot."""
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in SLOT_KEY)


def _records(columns: Iterable[str]) -> str:
    """SQL that turns the parameter `rows` into a table `v`; `ordinality` numbers its rows."""
    fields = listed(f"{name} {_KINDS.get(name, 'text')}" for name in columns)
    source = f"json_to_recordset(CAST(:rows AS json)) AS ({fields})"
    return f"ROWS FROM ({source}) WITH ORDINALITY AS v"
