"""Orders, history, cycles, commands and outbox in one database.

Theory of operation. A save is one transaction: it takes its command id, moves known orders on by an
UPDATE that names the version they must still have, inserts new ones, makes sure of the cycles,
appends to the history, and changes the slots of the outbox (`_saving`). Whatever is refused,
everything is.

With an engine the store opens and ends its transactions itself, and tries again when others were in
the way. With a connection it works inside the transaction of the caller, behind a savepoint, and
leaves the rest to the caller.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from operator import attrgetter
from types import TracebackType
from typing import Any, Final, Self, TypeVar, final

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy.exc import ArgumentError

from prodflow import (
    Change,
    CycleNotFoundError,
    HistoryEntry,
    OrderNotFoundError,
    OrderQuery,
    ProductionOrder,
    StatusCycle,
    TriggerEvent,
)
from prodflow_sqlalchemy import _arguments as arguments
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._cycles import Cycles
from prodflow_sqlalchemy._dialect import Dialect
from prodflow_sqlalchemy._errors import SchemaVersionError
from prodflow_sqlalchemy._migrations import MIGRATIONS
from prodflow_sqlalchemy._postgresql import PostgresqlDialect
from prodflow_sqlalchemy._queries import chosen, page
from prodflow_sqlalchemy._saving import Saving
from prodflow_sqlalchemy._schema import IS_FOR_PEOPLE, IS_FOR_WORKERS, SCHEMA_VERSION
from prodflow_sqlalchemy._sqlite import SqliteDialect
from prodflow_sqlalchemy._transactions import Transactions

T = TypeVar("T")

_DIALECTS: Final[Mapping[str, type[Dialect]]] = {
    dialect.name: dialect for dialect in (SqliteDialect, PostgresqlDialect)
}

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_CURSOR: Final = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")


@final
@frozen
class FeedPage:
    """Some committed entries, and the cursor of the last of them for the next page.

    Without new entries the cursor is the one that was given.
    """

    entries: tuple[HistoryEntry, ...]
    cursor: str | None


@final
class SqlStore:
    """An `OrderStore`, `CycleStore` and `Outbox` in SQLite or PostgreSQL.

    Args:
        bind: an engine, and every save is a transaction of its own; or a connection, and the store
            takes part in the transaction of its caller, who commits. With SQLite the caller begins
            that with BEGIN IMMEDIATE.
        prefix: begins the name of every table, `[a-z_][a-z0-9_]{0,30}`.

    Raises:
        TypeError: if *bind* is neither.
        ValueError: for another database, another driver of PostgreSQL than psycopg 3, or another
            prefix.

    Beside what its method says, every call may raise `SchemaVersionError`, `RetryableStoreError`
    and `DatabaseFailedError`, and one that changes something `OutcomeUnknownError`.

    Example:
        >>> store = SqlStore.open("sqlite:///:memory:")
        >>> store.order_types()
        ()
    """

    def __init__(self, bind: sa.Engine | sa.Connection, *, prefix: str = "prodflow_") -> None:
        if not isinstance(bind, sa.Engine | sa.Connection):
            raise TypeError(f"bind must be an Engine or a Connection, not {bind!r:.60}")
        if bind.dialect.name not in _DIALECTS:
            raise ValueError(f"the database must be SQLite or PostgreSQL, not {bind.dialect.name}")
        if bind.dialect.name == "postgresql" and bind.dialect.driver != "psycopg":
            raise ValueError(
                "the driver of PostgreSQL must be psycopg 3, by a URL that begins with"
                f" 'postgresql+psycopg://', not {bind.dialect.driver}"
            )
        self._bind = bind
        self._dialect: Dialect = _DIALECTS[bind.dialect.name](prefix)
        self._tables = self._dialect.tables
        self._transactions = Transactions(bind, self._dialect)
        self._cycles = Cycles(self._dialect, are_certain=self._transactions.are_own)
        self._saving = Saving(self._dialect, self._cycles)
        self._is_ready = False

    @classmethod
    def open(cls, url: str, *, prefix: str = "prodflow_") -> Self:
        """A store in the database of a URL, with its tables made if there are none.

        Args:
            url: such as `sqlite:///studio.db` or `postgresql://user@host/studio`. Tables of another
                version are opened too, for `migrate`; all else refuses them.
            prefix: begins the name of every table.

        Raises:
            TypeError: if *url* is no str.
            ValueError: for what is no URL of SQLite or PostgreSQL, or whose driver is missing.
        """
        arguments.text("url", url)
        try:
            place = sa.make_url(url)
            if place.drivername == "postgresql":  # before 2.1 that meant psycopg2
                place = place.set(drivername="postgresql+psycopg")
            engine = sa.create_engine(place, pool_pre_ping=True)
        except (ArgumentError, ImportError) as error:
            raise ValueError(
                "url must be one of SQLite or PostgreSQL, such as 'sqlite:///studio.db' or"
                f" 'postgresql://user@host/studio': {error}"
            ) from None
        store = cls(engine, prefix=prefix)
        try:
            if store.schema_version is None:
                store.create_schema()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Give back the connections of the engine; a connection given is left alone."""
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
        """The version of the tables that are there; None if there are none."""
        return self._transactions.run(self._read_version, write=False)

    def _read_version(self, connection: sa.Connection) -> int | None:
        schema = self._tables.schema
        if not sa.inspect(connection).has_table(schema.name):
            return None
        version: int = connection.execute(sa.select(sa.func.max(schema.c.version))).scalar_one()
        return version

    def create_schema(self) -> None:
        """Make the tables; does nothing if they are there.

        Raises:
            SchemaVersionError: if there are tables of another version.
        """

        def create(connection: sa.Connection) -> None:
            self._dialect.lock_schema(connection)
            if self._read_version(connection) is None:
                self._tables.metadata.create_all(connection)  # Alembic may have made them
                version = {"version": SCHEMA_VERSION}
                connection.execute(sa.insert(self._tables.schema), version)

        self._transactions.run(create)
        self._read(_nothing)

    def migrate(self) -> None:
        """Bring tables of an earlier release up to this one's, step by step, with all their data.

        Raises:
            SchemaVersionError: if there are no tables, or those of a later release.
        """

        def step(connection: sa.Connection) -> None:
            self._dialect.lock_schema(connection)
            found = self._read_version(connection)
            if found is None or found > SCHEMA_VERSION:
                raise SchemaVersionError(SCHEMA_VERSION, found)
            for version in range(found + 1, SCHEMA_VERSION + 1):
                MIGRATIONS[version](connection, self._tables)
                connection.execute(sa.update(self._tables.schema), {"version": version})

        self._transactions.run(step)

    # --- Orders

    def get(self, order_id: str, /) -> ProductionOrder:
        """The order of this id.

        Args:
            order_id: the id of an order.

        Raises:
            OrderNotFoundError: if there is none.
            TypeError: if *order_id* is no str.
        """
        found = self.load([arguments.text("order_id", order_id)])
        if order_id not in found:
            raise OrderNotFoundError(order_id)
        return found[order_id]

    def load(self, order_ids: Iterable[str], /) -> dict[str, ProductionOrder]:
        """The orders of these ids; unknown ones are left out.

        Args:
            order_ids: ids, in any order, some perhaps unknown.

        Raises:
            TypeError: if *order_ids* is no iterable of str.
        """
        ids = arguments.lookups("order_ids", order_ids)
        orders = self._tables.orders
        found = self._orders(sa.select(orders).where(self._dialect.among(orders.c.id, ids)))
        by_id = {order.id: order for order in found}
        return {order_id: by_id[order_id] for order_id in ids if order_id in by_id}

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """The orders asked for, by due date, those without one last, then by id.

        Args:
            query: what the orders must be like, and which page of them.

        Raises:
            TypeError: if *query* is no `OrderQuery`.
        """
        arguments.instance("query", query, OrderQuery)
        return self._orders(chosen(self._tables.orders, query))

    def _orders(self, wanted: sa.Executable) -> list[ProductionOrder]:
        def read(connection: sa.Connection) -> list[ProductionOrder]:
            found = connection.execute(wanted).all()
            cycles = {
                key: self._cycles.get(connection, *key)
                for key in {(row.order_type, row.cycle_version) for row in found}
            }
            return [rows.order(row, [cycles[row.order_type, row.cycle_version]]) for row in found]

        return self._read(read)

    def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> tuple[HistoryEntry, ...]:
        """The entries of an order in their sequence, from the one after *after*.

        Args:
            order_id: the order.
            after: the sequence of the last entry known, 0 for none.
            limit: at most so many entries, from 1; None for all.

        Raises:
            OrderNotFoundError: if there is no such order.
            TypeError: for a value of the wrong kind.
            ValueError: for a number out of bounds.
        """
        wanted = arguments.lookup("order_id", order_id)
        arguments.number("after", after, 0)
        if limit is not None:
            arguments.number("limit", limit, 1)
        c = self._tables.history.c
        chosen = (
            sa.select(c.data)
            .where(c.order_id == wanted, c.sequence > after)
            .order_by(c.sequence)
            .limit(limit)
        )
        orders = self._tables.orders.c

        def read(connection: sa.Connection) -> Sequence[str]:
            found = connection.execute(chosen).scalars().all()
            if not found:
                known = sa.select(orders.id).where(orders.id == wanted)
                if connection.execute(known).first() is None:
                    raise OrderNotFoundError(order_id)
            return found

        return tuple(map(rows.entry, self._read(read)))

    def entries_of(self, command_id: str, /) -> tuple[HistoryEntry, ...]:
        """What a command saved, in the order of its changes; empty if it has saved nothing.

        Args:
            command_id: what a command was saved under.

        Raises:
            TypeError: if *command_id* is no str.

        Source:
            Decision D22.
        """
        wanted = arguments.lookup("command_id", command_id)
        return self._read(lambda connection: self._saving.done(connection, wanted))

    # --- Saving

    def save(self, *changes: Change) -> None:
        """Keep changes in one transaction: orders, history, cycles and outbox, all or nothing.

        Args:
            changes: they share one command id or have none; several of one order are consecutive.

        Raises:
            CommandReusedError: if the command id has saved something else; if it has saved just
                this, nothing happens.
            StaleOrdersError: if a change is not the next of its order; all such orders are named.
            DuplicateOrderError: the same, where every one of them is an opening.
            CycleConflictError: if a cycle version is known with other content.
            RetryableStoreError: if others were in the way all the time.
            OutcomeUnknownError: if the connection was lost during the commit.
            TypeError: for what is no `Change`.
            ValueError: if the changes have several command ids, or an event has the id of another.

        Source:
            Decisions D21, D22, D26, D27 and D28.
        """
        for change in changes:
            arguments.instance("changes", change, Change)
        command_ids = {change.entry.command_id for change in changes}
        if len(command_ids) > 1:
            raise ValueError("the changes of one save must share one command_id")
        if changes:
            (command_id,) = command_ids
            cycles = self._write(
                lambda connection: self._saving.save(connection, changes, command_id),
                command_id=command_id,
            )
            self._cycles.remember(cycles)

    # --- Cycles

    def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        """A version of a cycle; None for the highest.

        Args:
            order_type: the key of the cycle.
            version: one of its versions; None for the highest.

        Raises:
            CycleNotFoundError: if there is none.
            TypeError: for a value of the wrong kind.
            ValueError: for a version out of bounds.
        """
        wanted_type = arguments.lookup("order_type", order_type)
        if version is not None:
            arguments.number("version", version, 1)

        def read(connection: sa.Connection) -> StatusCycle:
            c = self._tables.cycles.c
            highest = sa.select(sa.func.max(c.version)).where(c.order_type == wanted_type)
            wanted = connection.scalar(highest) if version is None else version
            if wanted is None:
                raise CycleNotFoundError(order_type, None)
            return self._cycles.get(connection, wanted_type, wanted)

        return self._read(read)

    def put_cycle(self, cycle: StatusCycle, /) -> None:
        """Keep a version of a cycle; keeping the same again does nothing.

        Args:
            cycle: any version of any order type.

        Raises:
            CycleConflictError: if the version is known with other content.
            TypeError: if *cycle* is no `StatusCycle`.
        """
        arguments.instance("cycle", cycle, StatusCycle)
        kept = self._write(lambda connection: self._cycles.keep(connection, [cycle]))
        self._cycles.remember(kept)

    def versions(self, order_type: str, /) -> tuple[int, ...]:
        """The versions of a cycle, ascending; empty if there is none.

        Args:
            order_type: the key of the cycle.

        Raises:
            TypeError: if *order_type* is no str.
        """
        wanted = arguments.lookup("order_type", order_type)
        c = self._tables.cycles.c
        return self._scalars(sa.select(c.version).where(c.order_type == wanted).order_by(c.version))

    def order_types(self) -> tuple[str, ...]:
        """The keys of all cycles, sorted."""
        c = self._tables.cycles.c
        return self._scalars(sa.select(c.order_type).distinct().order_by(c.order_type))

    def _scalars(self, wanted: sa.Select[Any]) -> tuple[Any, ...]:
        def read(connection: sa.Connection) -> tuple[Any, ...]:
            return tuple(connection.execute(wanted).scalars())

        return self._read(read)

    # --- Outbox

    def pending(
        self,
        *,
        as_of: date,
        after: TriggerEvent | None = None,
        limit: int = 100,
        automatic: bool | None = None,
    ) -> list[TriggerEvent]:
        """The events due by a day, claimed or not, by date, then id.

        Args:
            as_of: the last day, inclusive.
            after: the last event of the page before; None for the first page.
            limit: at most so many events, from 1.
            automatic: only those that workers may take, or only the others; None for both.

        Raises:
            TypeError: for a value of the wrong kind.
            ValueError: for a limit out of bounds.

        Source:
            Decision D28.
        """
        arguments.day("as_of", as_of)
        arguments.number("limit", limit, 1)
        c = self._tables.outbox.c
        wanted: Any = sa.select(c.id, c.data, c.fire_on).where(c.fire_on <= as_of.isoformat())
        if after is not None:
            arguments.instance("after", after, TriggerEvent)
            if after.fire_on is not None:
                last = sa.tuple_(sa.literal(after.fire_on.isoformat()), sa.literal(after.id))
                wanted = wanted.where(sa.tuple_(c.fire_on, c.id) > last)
        if automatic is not None:
            arguments.instance("automatic", automatic, bool)
        parts = [
            wanted.where(is_asked)
            for asked, is_asked in ((True, IS_FOR_WORKERS), (False, IS_FOR_PEOPLE))
            if automatic in {None, asked}
        ]
        found = page(parts, "fire_on", "id", limit=limit)
        return self._read(
            lambda connection: [rows.event(row) for row in connection.execute(found).all()]
        )

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[TriggerEvent]:
        """Automatic events due by a day, by date, then id, for this caller alone under a lease.

        Args:
            as_of: the last day, inclusive.
            now: the instant of the claim, aware.
            lease: how long nobody else gets them; longer than nothing.
            limit: at most so many events, from 1.

        Raises:
            TypeError: for a value of the wrong kind.
            ValueError: for a naive *now*, a lease that is not positive or ends after year 9999, or
                a limit out of bounds.

        Source:
            Decision D28.
        """
        arguments.day("as_of", as_of)
        arguments.instant("now", now)
        arguments.instance("lease", lease, timedelta)
        arguments.number("limit", limit, 1)
        if lease <= timedelta(0):
            raise ValueError(f"lease must be longer than nothing, not {lease}")
        try:
            until = now + lease
        except OverflowError:
            raise ValueError(f"lease must end before year 10000, not {lease} later") from None
        bounds = (as_of.isoformat(), _microseconds(now), _microseconds(until), limit)
        found = self._write(lambda connection: self._dialect.claim(connection, *bounds))
        return [rows.event(row) for row in sorted(found, key=attrgetter("fire_on", "id"))]

    def acknowledge(self, *event_ids: str) -> None:
        """Close the slots of events that were acted on; ids that are not pending are passed over.

        Args:
            event_ids: ids of events that were acted on; unknown ones do no harm.

        Raises:
            TypeError: for an id that is no str.

        Source:
            Decisions D26 and D28.
        """
        ids = arguments.lookups("event_ids", event_ids)
        if ids:
            self._write(lambda connection: self._dialect.close(connection, ids))

    def dismiss(self, *event_ids: str) -> None:
        """Close the slots of events that nobody will act on; ids not pending are passed over.

        Args:
            event_ids: ids of events that nobody will act on; unknown ones do no harm.

        Raises:
            TypeError: for an id that is no str.

        Source:
            Decision D26.
        """
        self.acknowledge(*event_ids)

    def forget(self, *, before: date) -> int:
        """Drop closed slots of events before a day that nothing can fill again; how many it were.

        Slots of an order's present visit, and of triggers that happen once in an order, stay.

        Args:
            before: the day, exclusive, on which the events were to be acted on.

        Raises:
            TypeError: if *before* is no date.

        Source:
            Decision D26.
        """
        day = arguments.day("before", before).isoformat()
        return self._write(lambda connection: self._dialect.forget(connection, day))

    # --- Feed

    def feed(self, after: str | None = None, *, limit: int = 100) -> FeedPage:
        """The committed entries of all orders in one stable order, page by page.

        For read models and relays: whoever keeps the cursor with what it has made of the entries
        misses none and sees none twice. An entry comes out once every transaction that began
        before its own has ended, so that none that is committed late is passed over. The entries of
        an order come in their sequence.

        Args:
            after: the cursor of the page before; None to begin with the first entry.
            limit: at most so many entries, from 1.

        Raises:
            TypeError: for a value of the wrong kind.
            ValueError: for what is no cursor, a limit out of bounds, or in SQLite a store made of a
                connection, which would see what may yet be undone.
        """
        if not self._transactions.are_own and self._dialect.name == "sqlite":
            raise ValueError("in SQLite the feed is read by a store made of an engine")
        arguments.number("limit", limit, 1)
        place = _place(after, is_sqlite=self._dialect.name == "sqlite")
        found = self._read(lambda connection: self._dialect.feed(connection, place, limit))
        if not found:
            return FeedPage((), after)
        last = found[-1]
        return FeedPage(tuple(rows.entry(row.data) for row in found), f"{last.xid}.{last.position}")

    # --- Transactions

    def _read(self, work: Callable[[sa.Connection], T]) -> T:
        return self._transactions.run(partial(self._checked, work), write=False)

    def _write(self, work: Callable[[sa.Connection], T], *, command_id: str | None = None) -> T:
        return self._transactions.run(partial(self._checked, work), command_id=command_id)

    def _checked(self, work: Callable[[sa.Connection], T], connection: sa.Connection) -> T:
        """Work on tables of the version that it was written for, which is asked once."""
        if not self._is_ready:
            found = self._read_version(connection)
            if found != SCHEMA_VERSION:
                raise SchemaVersionError(SCHEMA_VERSION, found)
            self._is_ready = True
        return work(connection)


def _nothing(_: sa.Connection) -> None:
    pass


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _place(cursor: str | None, *, is_sqlite: bool) -> tuple[int, int]:
    if cursor is None:
        return (0, 0)
    found = _CURSOR.fullmatch(arguments.text("after", cursor))
    # SQLite has no number of a transaction, and PostgreSQL none that is 0.
    if found is None or (int(found[1]) == 0) is not is_sqlite:
        raise ValueError(f"after must be the cursor of a page of this database, not {cursor!r:.60}")
    return (int(found[1]), int(found[2]))
