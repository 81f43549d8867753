"""A store of orders, history, cycles, settings, commands and outbox in one database.

Theory of operation. A save is one transaction (`_saving`):

1. Insert the command id.
2. Update the stored orders, if they still have the expected versions, and insert new orders.
3. Insert the cycles, or compare them with stored cycles.
4. Append to the history, and change the slots of the outbox.

If one step fails, the transaction is rolled back.

A store with an engine begins and ends its transactions, and retries if other transactions were in
the way. A store with a connection writes inside a savepoint of the caller's transaction; the
caller commits.
"""

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from operator import attrgetter
from types import TracebackType
from typing import Any, Final, Self, TypeVar, final, overload

import sqlalchemy as sa
from attrs import evolve
from sqlalchemy.exc import DBAPIError

from prodflow import (
    Change,
    CycleStore,
    DamagedRowError,
    FlowSettings,
    HistoryEntry,
    OrderNotFoundError,
    OrderQuery,
    OrderStore,
    Outbox,
    OutboxItem,
    ProductionOrder,
    Reminders,
    SettingsStore,
    StatusCycle,
)
from prodflow.stores import Counts, Edit, check_by, check_tenant, lease_bounds
from prodflow_sqlalchemy import _arguments as arguments
from prodflow_sqlalchemy import _connecting as connecting
from prodflow_sqlalchemy import _reading as reading
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._cycles import Cycles, Versions
from prodflow_sqlalchemy._dialect import Dialect
from prodflow_sqlalchemy._erasing import Erasing
from prodflow_sqlalchemy._errors import SchemaVersionError
from prodflow_sqlalchemy._events import events
from prodflow_sqlalchemy._feed import Feed, FeedLag, FeedPage
from prodflow_sqlalchemy._orders import OrderFinder
from prodflow_sqlalchemy._postgresql import PostgresqlDialect
from prodflow_sqlalchemy._rows import Fact
from prodflow_sqlalchemy._saving import Saving
from prodflow_sqlalchemy._schema import IS_PENDING, SCHEMA_VERSION, orders_view
from prodflow_sqlalchemy._settings import SettingsVersions
from prodflow_sqlalchemy._sqlite import SqliteDialect
from prodflow_sqlalchemy._transactions import Transactions
from prodflow_sqlalchemy._verifying import Damage, Verifier

T = TypeVar("T")
S = TypeVar("S", bound="SqlStore")

_DIALECTS: Final[Mapping[str, type[Dialect]]] = {
    dialect.name: dialect for dialect in (SqliteDialect, PostgresqlDialect)
}

_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)

_INSTANT: Final = timedelta(microseconds=1)
"""The shortest lease, where none is asked for."""

PORTION: Final = 250
"""How many orders `histories` reads at a time."""


@final
class SqlStore(OrderStore, CycleStore, SettingsStore, Outbox):
    """A store in SQLite or PostgreSQL.

    Args:
        bind: an engine or a connection. With an engine, each call is one transaction. With a
            connection, each call joins your transaction, and you commit the transaction; `unit`
            begins one that's right for both databases.
        prefix: what the names of the tables begin with; see `tables`.
        schema: the schema of PostgreSQL that has the tables; see `tables`.
        tenant: whose data it is; several tenants, such as studios, can share the tables. A store
            neither sees nor changes what belongs to another tenant, and passes over its items.

    Raises:
        ValueError: if the database isn't SQLite or PostgreSQL, the driver of PostgreSQL isn't
            psycopg 3, the driver is for asyncio, *bind* has a `schema_translate_map`, or *tenant*
            has more than 200 characters or one that `check_tenant` refuses.

    Every call can also raise:

    - `SchemaVersionError`, `RetryableStoreError` or `DatabaseFailedError`.
    - `DamagedRowError`, if it reads a row that is damaged, or lacks one that should be there.
    - `OutcomeUnknownError`, if it changes something.
    - `ValueError`, if the database doesn't store texts in UTF-8, the connection was opened in
      another process, your own transaction is open on the only connection of the engine, or a
      listener of the engine begins transactions of another level than READ COMMITTED. A call that
      changes something also refuses a connection in AUTOCOMMIT.

    Example:
        >>> store = SqlStore.open("sqlite:///:memory:")
        >>> store.order_types()
        ()
    """

    def __init__(
        self,
        bind: sa.Engine | sa.Connection,
        *,
        prefix: str = "prodflow_",
        schema: str | None = None,
        tenant: str = "",
    ) -> None:
        if not isinstance(bind, sa.Engine | sa.Connection):
            raise TypeError(
                f"bind must be an Engine or a Connection, not {type(bind).__name__}:"
                " for asyncio, use AsyncSqlStore"
            )
        self._choose(bind.dialect, prefix, schema, tenant)
        if bind.dialect.is_async:
            raise ValueError(
                f"the driver of the bind, {bind.dialect.driver}, is for asyncio: use AsyncSqlStore"
            )
        _check_translation(bind)
        self._take_part_in(bind)

    def _choose(self, dialect: sa.Dialect, prefix: str, schema: str | None, tenant: str) -> None:
        """Choose the statements for a database."""
        if dialect.name not in _DIALECTS:
            raise ValueError(f"the database must be SQLite or PostgreSQL, not {dialect.name}")
        if dialect.name == "postgresql" and dialect.driver != "psycopg":
            raise ValueError(
                "the driver of PostgreSQL must be psycopg 3, by a URL that begins with"
                f" 'postgresql+psycopg://', not {dialect.driver}"
            )
        self._dialect: Dialect = _DIALECTS[dialect.name](prefix, schema, check_tenant(tenant))
        self._tables = self._dialect.tables
        self._feed = Feed(self._dialect)
        self._is_ready = False

    def _take_part_in(self, bind: sa.Engine | sa.Connection) -> None:
        """Work with an engine, or in the transaction of a connection."""
        self._bind = bind
        self._transactions = Transactions(bind, self._dialect)
        self._cycles = Cycles(self._dialect, are_certain=self._transactions.are_own)
        self._settings = SettingsVersions(self._dialect)
        self._saving = Saving(self._dialect, self._cycles)
        self._erasing = Erasing(self._dialect)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        prefix: str = "prodflow_",
        schema: str | None = None,
        tenant: str = "",
        create: bool = True,
    ) -> Self:
        """A store in the database at a URL; creates the tables if there are none.

        Args:
            url: such as `sqlite:///studio.db` or `postgresql://user@host/studio`. If an earlier
                release created the tables, call `migrate` next. To wait for a server longer than
                ten seconds, add `?connect_timeout=20`.
            prefix: what the names of the tables begin with; see `tables`.
            schema: the schema of PostgreSQL that has the tables; see `tables`.
            tenant: whose data it is; see the class.
            create: False for a database that must be there already, such as a restored backup. In
                SQLite, the file isn't created either.

        Raises:
            ValueError: if *url* isn't a URL of SQLite or PostgreSQL, or the driver is missing.
            SchemaVersionError: if there are no tables, and *create* is False.
            DatabaseFailedError: if the file of SQLite can't be opened.
        """
        engine = connecting.engine(url, create=create)
        store = cls(engine, prefix=prefix, schema=schema, tenant=tenant)
        try:
            have_tables(store, create=create)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close the connections of the engine; a connection that you passed stays open."""
        if isinstance(self._bind, sa.Engine):
            self._bind.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- Tables

    @property
    def schema_version(self) -> int | None:
        """The version of the tables in the database; None if there are no tables."""
        return self._transactions.run(self._read_version, write=False)

    def _read_version(self, connection: sa.Connection) -> int | None:
        self._check_connection(connection)
        schema = self._tables.schema
        if schema.name not in self._dialect.existing(connection, [schema.name]):
            return None
        version: int = connection.execute(sa.select(sa.func.max(schema.c.version))).scalar_one()
        return version

    def _check_connection(self, connection: sa.Connection) -> None:
        _check_translation(connection)
        self._dialect.check_encoding(connection)

    def create_schema(self) -> None:
        """Create the tables and the view of orders; if they exist already, nothing changes.

        In PostgreSQL, it creates the schema too if you have named one.

        Raises:
            SchemaVersionError: if there are tables of another version.
            ValueError: if the store uses a connection to PostgreSQL in REPEATABLE READ or
                SERIALIZABLE.
        """

        def create(connection: sa.Connection) -> None:
            self._dialect.lock_schema(connection)
            if self._read_version(connection) is None:
                self._create(connection)

        self._transactions.run(create, again=True)
        self._read(_nothing)  # refuses tables of another version

    def _create(self, connection: sa.Connection) -> None:
        """Create what is missing: Alembic may have created tables."""
        metadata, schema = self._tables.metadata, self._tables.schema
        if schema.schema is not None and not sa.inspect(connection).has_schema(schema.schema):
            connection.execute(sa.schema.CreateSchema(schema.schema))
        known = self._dialect.existing(connection, [it.name for it in metadata.sorted_tables])
        missing = [table for table in metadata.sorted_tables if table.name not in known]
        metadata.create_all(connection, missing, checkfirst=False)
        connection.exec_driver_sql(orders_view(self._tables, dialect=self._dialect.name))
        row = {"version": self._dialect.version, **self._dialect.first_row()}
        connection.execute(sa.insert(schema).values(row))

    def migrate(self) -> None:
        """Upgrade the tables of an earlier release; all data is kept.

        In the meantime, other processes can read, and those that write wait. Afterwards, processes
        of the earlier release can't write any more: they get a `SchemaVersionError`. There is no
        earlier release yet, so this only checks the tables.

        Raises:
            SchemaVersionError: if there are no tables, or the tables are those of a later release.
            RetryableStoreError: if another transaction kept a table locked all the time.
            ValueError: as for `create_schema`, if there is something to upgrade.
        """
        if self.schema_version != self._dialect.version:
            self._transactions.run(self._migrate, again=True)

    def _migrate(self, connection: sa.Connection) -> None:
        dialect = self._dialect
        dialect.lock_schema(connection)
        actual = self._read_version(connection)
        if actual is None or not dialect.steps.keys() >= {*range(actual, dialect.version)}:
            raise SchemaVersionError(dialect.version, actual)
        if actual >= dialect.version:
            dialect.check_version(actual)  # another process may have been faster
            return
        with dialect.without_writers(connection):
            for version in range(actual, dialect.version):
                dialect.steps[version](connection, self._tables)
            connection.exec_driver_sql(orders_view(self._tables, dialect=dialect.name))
            connection.execute(sa.update(self._tables.schema), {"version": dialect.version})

    # --- Orders

    def get(self, order_id: str, /) -> ProductionOrder:
        stored_id = arguments.lookup("order_id", order_id)

        def read(connection: sa.Connection) -> list[ProductionOrder]:
            return self._orders(connection, self._dialect.order(connection, stored_id))

        for order in self._read(read, by_key=True):
            return order
        raise OrderNotFoundError(order_id)

    def load(self, order_ids: Iterable[str], /) -> dict[str, ProductionOrder]:
        ids = arguments.lookups("order_ids", order_ids)
        c = self._tables.orders.c
        statement: Any = sa.select(
            c.id, c.order_type, c.cycle_version, c.cycle_digest, c.data
        ).where(c.tenant == self._dialect.tenant, self._dialect.among(c.id, ids))
        orders = self._read(
            lambda connection: self._orders(connection, connection.execute(statement).all())
        )
        by_id = {order.id: order for order in orders}
        return {order_id: by_id[order_id] for order_id in ids if order_id in by_id}

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        arguments.instance("query", query, OrderQuery)
        return self._read(
            lambda connection: self._orders(connection, self._finder(connection).page(query))
        )

    @overload
    def count(self, query: OrderQuery, /, *, by: None = None) -> int: ...

    @overload
    def count(self, query: OrderQuery, /, *, by: str) -> Counts[Fact]: ...

    @overload
    def count(self, query: OrderQuery, /, *, by: tuple[str, str]) -> Counts[tuple[Fact, Fact]]: ...

    def count(
        self, query: OrderQuery, /, *, by: str | tuple[str, str] | None = None
    ) -> int | Counts[Fact] | Counts[tuple[Fact, Fact]]:
        arguments.instance("query", query, OrderQuery)
        names = check_by(by)

        def read(connection: sa.Connection) -> int | Counts[Any]:
            finder = self._finder(connection)
            return finder.count_by(query, names) if names else finder.count(query)

        return self._read(read)

    def histories(
        self, query: OrderQuery, /
    ) -> Iterator[tuple[ProductionOrder, tuple[HistoryEntry, ...]]]:
        arguments.instance("query", query, OrderQuery)
        return self._histories(query)

    def _histories(
        self, query: OrderQuery
    ) -> Iterator[tuple[ProductionOrder, tuple[HistoryEntry, ...]]]:
        left = query.limit
        while left is None or left > 0:
            size = PORTION if left is None else min(left, PORTION)
            page = self._read(partial(self._portion, evolve(query, limit=size)))
            yield from ((order, entries) for order, entries in page if entries)
            if len(page) < size:
                return
            query = evolve(query, after=query.position(page[-1][0]))
            left = None if left is None else left - size

    def _portion(
        self, query: OrderQuery, connection: sa.Connection
    ) -> list[tuple[ProductionOrder, tuple[HistoryEntry, ...]]]:
        """A page of orders with their histories, up to the version of each order.

        An order that was erased after the page was read has no entries.
        """
        orders = self._orders(connection, self._finder(connection).page(query))
        c = self._tables.history.c
        statement: Any = (
            sa.select(c.order_id, c.sequence, c.data)
            .where(
                c.tenant == self._dialect.tenant,
                self._dialect.among(c.order_id, [it.id for it in orders]),
            )
            .order_by(c.order_id, c.sequence)
        )
        by_order: dict[str, list[sa.Row[Any]]] = {order.id: [] for order in orders}
        for row in connection.execute(statement):
            by_order[row.order_id].append(row)
        # A save may have come between the two statements, or an order may have been erased.
        without = [order_id for order_id, its_rows in by_order.items() if not its_rows]
        erased = self._erasing.among(connection, without) if without else ()
        read = partial(reading.entries, self._tables)
        return [
            (
                order,
                () if order.id in erased else read(order.id, by_order[order.id], to=order.version),
            )
            for order in orders
        ]

    def _finder(self, connection: sa.Connection) -> OrderFinder:
        return OrderFinder(self._dialect, connection, partial(self._cycles.all, connection))

    def _orders(
        self, connection: sa.Connection, stored: Sequence[sa.Row[Any]]
    ) -> list[ProductionOrder]:
        keys = [(row.order_type, row.cycle_version, row.cycle_digest) for row in stored]
        cycles = self._cycles.of(connection, keys)
        return [
            reading.order(self._tables, row, [cycles[key]])
            for row, key in zip(stored, keys, strict=True)
        ]

    def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> tuple[HistoryEntry, ...]:
        stored_id = arguments.lookup("order_id", order_id)
        arguments.number("after", after, 0)
        if limit is not None:
            arguments.number("limit", limit, 1)

        def read(connection: sa.Connection) -> tuple[HistoryEntry, ...]:
            first, *others = self._dialect.history(connection, stored_id, after, limit)
            if first.data is None and first.version is None:
                raise OrderNotFoundError(order_id)
            stored = [] if first.data is None else [first, *others]
            to = after + len(stored)
            if first.version is not None:  # an order without a row can have a history
                last = reading.version(self._tables, order_id, first.version)
                to = max(to, last if limit is None else min(last, after + limit))
            return reading.entries(self._tables, order_id, stored, after=after, to=to)

        return self._read(read, by_key=True)

    def entries_of(self, command_id: str, /) -> tuple[HistoryEntry, ...]:
        stored_id = arguments.lookup("command_id", command_id)
        return self._read(lambda connection: self._saving.done(connection, stored_id), by_key=True)

    # --- Saving

    def save(self, *changes: Change) -> None:
        for change in changes:
            arguments.instance("changes", change, Change)
        command_ids = {change.entry.command_id for change in changes}
        if len(command_ids) > 1:
            raise ValueError("the changes of one save must share one command_id")
        if changes:
            (command_id,) = command_ids
            attempts = count()

            def save(connection: sa.Connection) -> Versions:
                in_steps = next(attempts) > 0
                return self._saving.save(connection, changes, command_id, in_steps=in_steps)

            is_named = command_id is not None
            cycles = self._write(save, command_id=command_id, again=is_named, by_key=True)
            self._cycles.remember(cycles)

    # --- Erasing and forgetting

    def erase(self, order_id: str, /) -> None:
        stored_id = arguments.lookup("order_id", order_id)
        self._write(lambda connection: self._erasing.erase(connection, stored_id), again=True)

    def forget_commands(self, *, before: date) -> int:
        day = arguments.day("before", before).isoformat()
        return self._write(lambda connection: self._dialect.forget_commands(connection, day))

    # --- Cycles

    def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        key = arguments.lookup("order_type", order_type)
        if version is not None:
            arguments.number("version", version, 1)
        return self._read(lambda connection: self._cycles.get(connection, key, version))

    def newest(self) -> tuple[StatusCycle, ...]:
        return self._read(self._cycles.newest)

    def put_cycle(
        self,
        cycle: StatusCycle,
        /,
        *,
        replaces: int | None,
        by: str | None = None,
        at: datetime | None = None,
    ) -> None:
        arguments.instance("cycle", cycle, StatusCycle)
        edit = Edit(cycle.version, replaces, by, at)
        self._write(lambda connection: self._cycles.put(connection, cycle, edit), again=True)

    def versions(self, order_type: str, /) -> tuple[int, ...]:
        key = arguments.lookup("order_type", order_type)
        c = self._tables.cycles.c
        return self._scalars(
            sa.select(c.version)
            .where(c.tenant == self._dialect.tenant, c.order_type == key)
            .order_by(c.version)
        )

    def edits(self, order_type: str, /) -> tuple[Edit, ...]:
        key = arguments.lookup("order_type", order_type)
        c = self._tables.cycles.c
        statement: Any = (
            sa.select(c.version, c.replaces, c.put_by, c.put_at)
            .where(c.tenant == self._dialect.tenant, c.order_type == key, c.replaces.is_not(None))
            .order_by(c.version)
        )
        return self._read(
            lambda connection: tuple(
                reading.edit(self._tables.cycles, (key, row.version), row)
                for row in connection.execute(statement)
            )
        )

    def keys(self, order_type: str, /) -> tuple[str, ...]:
        key = arguments.lookup("order_type", order_type)
        versions = self._read(lambda connection: self._cycles.all(connection, key))
        return tuple(sorted({status.key for cycle in versions for status in cycle}))

    def order_types(self) -> tuple[str, ...]:
        c = self._tables.order_types.c
        return self._scalars(
            sa.select(c.order_type).where(c.tenant == self._dialect.tenant).order_by(c.order_type)
        )

    def _scalars(self, statement: sa.Select[Any]) -> tuple[Any, ...]:
        return self._read(lambda connection: tuple(connection.execute(statement).scalars()))

    # --- Settings

    def get_settings(self, version: int | None = None, /) -> FlowSettings:
        if version is not None:
            arguments.number("version", version, 1)
        return self._read(lambda connection: self._settings.get(connection, version))

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        arguments.instance("settings", settings, FlowSettings)
        author, instant = arguments.text("by", by), arguments.instance("at", at, datetime)
        edit = Edit(settings.version, replaces, author, instant)
        self._write(lambda connection: self._settings.put(connection, settings, edit), again=True)

    def settings_edits(self) -> tuple[Edit, ...]:
        return self._read(self._settings.edits)

    # --- Outbox

    def pending(
        self,
        *,
        as_of: date,
        order_id: str | None = None,
        trigger: str | None = None,
        automatic: bool | None = None,
        given_up: bool | None = None,
        after: OutboxItem | None = None,
        limit: int = 100,
    ) -> list[OutboxItem]:
        arguments.day("as_of", as_of)
        arguments.number("limit", limit, 1)
        for name, flag in (("automatic", automatic), ("given_up", given_up)):
            if flag is not None:
                arguments.instance(name, flag, bool)
        if after is not None:
            arguments.instance("after", after, OutboxItem)
        statement = events(
            self._tables.outbox,
            self._dialect.tenant,
            as_of=as_of,
            order_id=None if order_id is None else arguments.lookup("order_id", order_id),
            trigger=None if trigger is None else arguments.lookup("trigger", trigger),
            automatic=automatic,
            given_up=given_up,
            after=after,
            limit=limit,
        )
        return self._read(lambda connection: self._items(connection, statement))

    def get_event(self, event_id: str, /) -> OutboxItem | None:
        statement = self._events_of([arguments.lookup("event_id", event_id)])
        found = self._read(lambda connection: self._items(connection, statement))
        return found[0] if found else None

    def _events_of(self, ids: Collection[str]) -> sa.Select[Any]:
        """The statement for the pending events with these ids."""
        outbox = self._tables.outbox
        return sa.select(outbox).where(
            outbox.c.tenant == self._dialect.tenant,
            IS_PENDING,
            self._dialect.among(outbox.c.id, ids),
        )

    def _items(self, connection: sa.Connection, statement: sa.Executable) -> list[OutboxItem]:
        return [reading.item(self._tables, row) for row in connection.execute(statement)]

    def claim(
        self, *, as_of: date, now: datetime | None = None, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """As `Outbox.claim`; without *now*, the database's clock counts.

        If the workers of several computers leave *now* out, a wrong clock of one of them makes no
        difference.

        Source:
            Decision D28.
        """
        arguments.day("as_of", as_of)
        arguments.number("limit", limit, 1)
        begin = _begin(now, lease)

        def claim(connection: sa.Connection) -> list[OutboxItem]:
            instant, until = self._lease(connection, begin, lease)
            claimed = self._dialect.claim(connection, as_of.isoformat(), instant, until, limit)
            in_sequence = sorted(claimed, key=attrgetter("attempts", "fire_on", "id"))
            return [reading.item(self._tables, row) for row in in_sequence]

        return self._write(claim)  # if an event can't be read, none is claimed

    def _lease(
        self, connection: sa.Connection, begin: int | None, lease: timedelta
    ) -> tuple[int, int]:
        """The microseconds at which a lease begins and ends."""
        instant = self._dialect.now(connection) if begin is None else begin
        return instant, instant + lease // timedelta(microseconds=1)

    @classmethod
    def tenants_due(
        cls,
        bind: sa.Engine | sa.Connection,
        /,
        *,
        as_of: date,
        now: datetime | None = None,
        prefix: str = "prodflow_",
        schema: str | None = None,
    ) -> tuple[str, ...]:
        """The tenants from whose store `claim` would return something, sorted.

        So one worker can serve many tenants without asking each of them. It takes a few steps in an
        index for each tenant that has pending events, however many events there are.

        Args:
            bind: an engine or a connection, as for a store.
            as_of: the last day on which an event is due.
            now: the current instant, with an offset from UTC; None for the database's clock.
            prefix: what the names of the tables begin with; see `tables`.
            schema: the schema of PostgreSQL that has the tables; see `tables`.

        Source:
            Decision D45.
        """
        return tenants_due(cls(bind, prefix=prefix, schema=schema), as_of, now)

    def acknowledge(self, *items: OutboxItem | str) -> None:
        closing = [self._closing(item) for item in items if not self._is_foreign(item)]
        if closing:
            self._write(lambda connection: self._dialect.close(connection, closing), again=True)

    def dismiss(self, *items: OutboxItem | str) -> None:
        self.acknowledge(*items)

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        arguments.instance("item", item, OutboxItem)
        arguments.text("error", error)
        failed = evolve(item, last_error=error, retry_at=retry_at)  # checks both
        if self._is_foreign(item):
            return
        row = rows.current(item) | {
            "last_error": failed.last_error,
            "retry_at": None if failed.retry_at is None else rows.microseconds(failed.retry_at),
            "given_up": failed.retry_at is None,
        }
        leases: Sequence[int] | None = None

        def fail(connection: sa.Connection) -> None:
            nonlocal leases
            leases = self._dialect.fail(connection, row, leases)

        self._write(fail, again=True)

    def release(self, *items: OutboxItem) -> None:
        released = self._current(items)
        if released:
            self._write(lambda connection: self._dialect.release(connection, released))

    def extend(
        self, *items: OutboxItem, now: datetime | None = None, lease: timedelta
    ) -> list[OutboxItem]:
        """As `Outbox.extend`; without *now*, the database's clock counts.

        Source:
            Decision D28.
        """
        given = self._current(items)
        begin = _begin(now, lease)
        if not given:
            return []
        statement = self._events_of([row["id"] for row in given])

        def extend(connection: sa.Connection) -> list[OutboxItem]:
            _, until = self._lease(connection, begin, lease)
            self._dialect.extend(connection, [row | {"until": until} for row in given])
            return self._items(connection, statement)

        stored = self._write(extend, again=True)
        leased = {tuple(rows.current(it).values()): it for it in stored if it.leased_until}
        named = [tuple(row.values()) for row in given]
        return [leased[name] for name in named if name in leased]

    def _is_foreign(self, item: OutboxItem | str) -> bool:
        """Whether an item is of another tenant, which can have an event with the same id."""
        return isinstance(item, OutboxItem) and item.tenant != self._dialect.tenant

    def _current(self, items: Iterable[OutboxItem]) -> list[dict[str, Any]]:
        given = [arguments.instance("an item", item, OutboxItem) for item in items]
        return [rows.current(item) for item in given if not self._is_foreign(item)]

    def _closing(self, item: OutboxItem | str) -> dict[str, str | None]:
        if isinstance(item, OutboxItem):
            fire_on = rows.due(item.event.fire_on)
            return {"tenant": item.tenant, "id": item.event.id, "fire_on": fire_on}
        event_id = arguments.lookup("an item", item)
        return {"tenant": self._dialect.tenant, "id": event_id, "fire_on": None}

    def set_reminders(self, *reminders: Reminders) -> None:
        for each in reminders:
            arguments.instance("reminders", each, Reminders)
        if reminders:
            self._write(
                lambda connection: self._saving.set_reminders(connection, reminders), again=True
            )

    def forget(self, *, before: date) -> int:
        day = arguments.day("before", before).isoformat()
        return self._write(lambda connection: self._dialect.forget(connection, day))

    # --- Feed

    def feed(self, after: str | None = None, *, limit: int = 100) -> FeedPage:
        """A page of the committed entries of all orders, in a sequence that never changes.

        Use it for read models and relays. If you store the cursor in the same transaction as your
        results, you process each entry exactly once. The entries of one order are in sequence. An
        entry appears when all transactions that began before the entry's transaction have
        ended. So a transaction that stays open delays the feed.

        Args:
            after: the cursor of the previous page; None to begin with the first entry.
            limit: the most entries to return, from 1 to 2,147,483,647.

        Raises:
            CursorError: if *after* is from another epoch or tenant, or from beyond the end.
            ValueError: if *after* isn't a cursor, or if the store uses a connection to SQLite. On
                such a connection, the feed would have entries that aren't committed yet.

        Source:
            Decision D47.
        """
        self._check_feed()
        arguments.number("limit", limit, 1)
        return self._read(lambda connection: self._feed.page(connection, after, limit))

    def lag(self, cursor: str | None, /) -> FeedLag:
        """How far a reader of the feed is behind, and which transactions hold the feed up.

        Args:
            cursor: the cursor of the last page that the reader has read; None if it has read none.

        Raises:
            CursorError: as for `feed`.
            ValueError: if *cursor* isn't a cursor, or if the store uses a connection to SQLite.
        """
        self._check_feed()
        return self._read(lambda connection: self._feed.lag(connection, cursor))

    def _check_feed(self) -> None:
        if not self._transactions.are_own and self._dialect.name == "sqlite":
            raise ValueError("the feed of SQLite must be read by a store made of an engine")

    def restored(self) -> None:
        """Begin another epoch, after the database was restored or a replica was promoted.

        From now on, `feed` refuses the cursors from before. Call it before you start your app, and
        let every reader of the feed begin again.

        Source:
            Decision D47.
        """
        self._write(self._dialect.restored, again=True)

    # --- Damage

    def verify(self) -> tuple[Damage, ...]:
        """The damaged rows; empty if all is well.

        Each history is replayed and compared with its order. You may save meanwhile. It takes as
        long as reading everything: about a minute for 100,000 orders.

        Returns:
            First the rows of cycles, settings, commands and events, then those of orders, by id. Of
            a damaged history, only the first damaged row is there, so verify again after a repair.

        Raises:
            ValueError: if the store uses a connection.

        Source:
            Decision D48.
        """
        if not self._transactions.are_own:
            raise ValueError("verify must be called on a store made of an engine")
        verifier = Verifier(self._dialect)
        found = dict.fromkeys(self._frozen(verifier.others))
        last: str | None = ""
        while last is not None:
            last, damaged = self._frozen(partial(verifier.portion, last, PORTION))
            found |= dict.fromkeys(damaged)
        return tuple(found)

    def _frozen(self, work: Callable[[sa.Connection], T]) -> T:
        """Read in a transaction in which saves of others don't appear meanwhile."""

        def read(connection: sa.Connection) -> T:
            self._dialect.freeze(connection)
            looking = partial(self._decoded, work, returns=True)
            return self._checked(looking, connection, write=False)

        return self._transactions.run(read, write=False)

    def rebuild(self, order_id: str, /) -> ProductionOrder:
        """Write an order again, as it results from its history.

        Use it if the order's row is damaged or missing. Its events stay as they are.

        Raises:
            DamagedRowError: if the history can't be replayed.
            OrderNotFoundError: if there is no history.

        Source:
            Decision D48.
        """
        stored_id = arguments.lookup("order_id", order_id)
        return self._write(
            lambda connection: Verifier(self._dialect).rebuild(connection, stored_id), again=True
        )

    # --- Transactions

    @contextmanager
    def unit(self) -> Generator[tuple[sa.Connection, Self]]:
        """A transaction for orders and for your own tables: it saves all changes, or none.

        The block gets a connection for your own statements, and a store that works in the same
        transaction. The unit commits at the end of the block. If the block raises an error, the
        unit rolls back, and the error passes. If you fork, end the unit first.

        In SQLite, other writers wait from the beginning of the unit, so nobody changes what you
        have read; readers don't wait. With a store made of a connection, the unit is a savepoint in
        your transaction.

        Raises:
            RetryableStoreError: if others are in the way: run the whole unit again. Your own
                statements raise an `OperationalError` of SQLAlchemy then.
            OutcomeUnknownError: if the connection was lost during the commit.
            DatabaseFailedError: if the database refuses to begin or to commit the transaction.
            ValueError: if the block has ended the transaction or has caught an error that did, if
                it has forked, if the connection of the store is in AUTOCOMMIT, or if your own
                transaction is open on the only connection of the engine. Run a statement that may
                fail inside `connection.begin_nested()`.

        Source:
            Decision D48.

        Example:
            >>> store = SqlStore.open("sqlite:///:memory:")
            >>> with store.unit() as (connection, inner):
            ...     inner.order_types()
            ()
        """
        with self._transactions.unit() as connection:
            yield connection, joining(self, connection)

    def _read(self, work: Callable[[sa.Connection], T], *, by_key: bool = False) -> T:
        """Do work that changes nothing; *by_key*, if it looks up all it needs by its key."""
        checked = partial(self._checked, work, write=False)
        return self._transactions.run(checked, write=False, by_key=by_key)

    def _write(
        self,
        work: Callable[[sa.Connection], T],
        *,
        command_id: str | None = None,
        again: bool = False,
        by_key: bool = False,
    ) -> T:
        """Do work that changes something.

        Args:
            work: what to do, with the connection.
            command_id: the command that the work carries out.
            again: whether a second time changes nothing more.
            by_key: whether the work looks up all it needs by its key.
        """
        checked = partial(self._checked, work, write=True)
        return self._transactions.run(checked, by_key=by_key, command_id=command_id, again=again)

    def _checked(
        self, work: Callable[[sa.Connection], T], connection: sa.Connection, *, write: bool
    ) -> T:
        """Call *work*; before the first call, check the version of the tables."""
        self._check_connection(connection)
        if not self._is_ready:
            self._dialect.check_version(self._read_version(connection))
            self._is_ready = True
        self._dialect.check(connection, write=write)
        return work(connection) if write else self._decoded(work, connection)

    def _decoded(
        self,
        work: Callable[[sa.Connection], T],
        connection: sa.Connection,
        *,
        returns: bool = False,
    ) -> T:
        """Call work that changes nothing.

        If a text isn't UTF-8, SQLite names no row. Then the work is done again, to find the row.

        Args:
            work: what to do, with the connection.
            connection: the connection.
            returns: whether the second call may return, because the work looks for damage.

        Raises:
            DamagedRowError: if the row was found.
        """
        try:
            return work(connection)
        except DBAPIError as error:
            decoding = self._dialect.decoding(connection, error)
            if decoding is None:
                raise
            undecoded = error
        with decoding:
            try:
                result = work(connection)
                if returns:
                    return result
            except DamagedRowError:
                raise
            except reading.UNREADABLE:  # the text is in a key, for example
                pass
        raise undecoded


def unbound(dialect: sa.Dialect, *, prefix: str, schema: str | None, tenant: str) -> SqlStore:
    """What `joining` makes stores of: a store that works nowhere yet."""
    store = SqlStore.__new__(SqlStore)
    store._choose(dialect, prefix, schema, tenant)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - of this module
    return store


def joining(store: S, bind: sa.Engine | sa.Connection) -> S:
    """A store like another one, for an engine or in the transaction of a connection."""
    _check_translation(bind)
    joined = copy(store)
    joined._take_part_in(bind)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - of this module
    return joined


def tenants_due(store: SqlStore, as_of: date, now: datetime | None) -> tuple[str, ...]:
    """`SqlStore.tenants_due`, with a store of any tenant."""
    day = arguments.day("as_of", as_of).isoformat()
    begin = _begin(now, _INSTANT)

    def read(connection: sa.Connection) -> tuple[str, ...]:
        instant, _ = store._lease(connection, begin, _INSTANT)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - of this module
        return tuple(store._dialect.tenants_due(connection, day, instant))  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - of this module

    return store._read(read)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - of this module


def have_tables(store: SqlStore, *, create: bool) -> None:
    """Make sure that there are tables, of any version.

    Raises:
        SchemaVersionError: if there are none, and *create* is False.
    """
    if store.schema_version is None:
        if not create:
            raise SchemaVersionError(SCHEMA_VERSION, None)
        store.create_schema()


def _check_translation(bind: sa.Engine | sa.Connection) -> None:
    """Refuse what would send some statements to another schema: SQL in text isn't translated."""
    if bind.get_execution_options().get("schema_translate_map"):
        raise ValueError(
            "a store can't follow a schema_translate_map: leave it out, and name the schema of the"
            " tables as schema=..."
        )


def _nothing(_: sa.Connection) -> None:
    pass


def _begin(now: datetime | None, lease: timedelta) -> int | None:
    """The microseconds at which a lease begins; None for those of the database's clock."""
    if now is None:
        lease_bounds(_ANY_TIME, lease)  # refuses a lease that is too long
        return None
    return rows.microseconds(lease_bounds(now, lease)[0])
