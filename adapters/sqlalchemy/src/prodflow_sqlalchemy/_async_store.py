"""The store for asyncio: the methods of `SqlStore`, each as a coroutine.

SQLAlchemy runs the methods of an inner `SqlStore` in a greenlet, so all statements and rules are
those of `SqlStore`. `_tasks` says what differs.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import AbstractContextManager, asynccontextmanager
from copy import copy
from datetime import date, datetime, timedelta
from inspect import getdoc
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar, final, overload

import sqlalchemy as sa
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.util import greenlet_spawn

from prodflow import (
    Change,
    FlowSettings,
    HistoryEntry,
    OrderQuery,
    OutboxItem,
    ProductionOrder,
    Reminders,
    StatusCycle,
)
from prodflow.stores import Counts, Edit
from prodflow_sqlalchemy import _arguments as arguments
from prodflow_sqlalchemy import _connecting as connecting
from prodflow_sqlalchemy import _tasks as tasks
from prodflow_sqlalchemy._feed import FeedLag, FeedPage
from prodflow_sqlalchemy._rows import Fact
from prodflow_sqlalchemy._store import (
    PORTION,
    SqlStore,
    have_tables,
    joining,
    tenants_due,
    unbound,
)
from prodflow_sqlalchemy._verifying import Damage

if TYPE_CHECKING:  # it needs greenlet, and imports the ORM
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
    from sqlalchemy.orm import Session

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A", bound="type[AsyncSqlStore]")


def _documented(cls: A) -> A:
    """Give each method the docstring of the method of `SqlStore` that it calls."""
    for name, member in vars(cls).items():
        if not name.startswith("_") and not member.__doc__:
            member.__doc__ = getdoc(getattr(SqlStore, name))
    return cls


@final
@_documented
class AsyncSqlStore:
    """`SqlStore` for asyncio, with the drivers psycopg and aiosqlite: its methods are coroutines.

    It has the methods of `SqlStore`, with the same arguments, results and errors; two differ:
    `histories` returns an asynchronous iterator, and the block of `unit` gets an `AsyncConnection`
    and an `AsyncSqlStore`. While a call waits for the database, other tasks go on.

    If a task is cancelled during a call, the call stops, rolls back, and gives its connection back
    before the `CancelledError` appears. As after a lost connection, the call may have been done
    already. A connection or session that you passed has lost its transaction then: roll it back.

    Install `prodflow-sqlalchemy[asyncio]`.

    Args:
        bind: an engine, a connection or a session of `sqlalchemy.ext.asyncio`. With an engine, each
            call is one transaction. With a connection or a session, each call joins your
            transaction, and you commit it.
        prefix: as for `SqlStore`.
        schema: as for `SqlStore`.
        tenant: as for `SqlStore`.

    Raises:
        ValueError: as for `SqlStore`, or if the connection hasn't been opened, or if the session
            has no bind or several ones.

    Example:
        >>> import asyncio
        >>> async def order_types() -> tuple[str, ...]:
        ...     async with await AsyncSqlStore.open("sqlite:///:memory:") as store:
        ...         return await store.order_types()
        >>> asyncio.run(order_types())
        ()
    """

    def __init__(
        self,
        bind: "AsyncEngine | AsyncConnection | AsyncSession",
        *,
        prefix: str = "prodflow_",
        schema: str | None = None,
        tenant: str = "",
    ) -> None:
        from sqlalchemy.ext import asyncio  # noqa: PLC0415 - as above

        self._current: Callable[[], sa.Engine | sa.Connection]
        match bind:
            case asyncio.AsyncEngine(sync_engine=engine):
                self._current = lambda: engine
            case asyncio.AsyncConnection(sync_connection=sa.Connection() as connection):
                engine = connection.engine
                self._current = lambda: connection
            case asyncio.AsyncConnection():
                raise ValueError("the connection must be open: await it, or enter its context")
            case asyncio.AsyncSession(sync_session=session):
                engine = _engine_of(session)
                self._current = session.connection
            case _:
                raise TypeError(
                    "bind must be an AsyncEngine, an AsyncConnection or an AsyncSession,"
                    f" not {type(bind).__name__}: without asyncio, use SqlStore"
                )
        self._bind = bind
        self._stops = engine.name != "sqlite"
        self._store = unbound(engine.dialect, prefix=prefix, schema=schema, tenant=tenant)
        self._joined: sa.Engine | sa.Connection | None = None
        if isinstance(bind, asyncio.AsyncEngine):
            self._join()

    def _join(self) -> SqlStore:
        """The store for the engine, or for the connection that has the transaction now."""
        current = self._current()
        if self._joined is not current:
            self._store, self._joined = joining(self._store, current), current
        return self._store

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        prefix: str = "prodflow_",
        schema: str | None = None,
        tenant: str = "",
        create: bool = True,
    ) -> Self:
        """As `SqlStore.open`; a URL that names no driver gets one for asyncio."""
        engine = connecting.async_engine(url, create=create)
        store = cls(engine, prefix=prefix, schema=schema, tenant=tenant)
        try:
            await store._call(have_tables, create=create)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Close the connections of the engine; what else you passed stays open."""
        if isinstance(self._joined, sa.Engine):
            await tasks.complete(greenlet_spawn(self._joined.dispose), stops=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _call(
        self, method: Callable[Concatenate[SqlStore, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Call a method of the inner store."""

        def call() -> T:
            return method(self._join(), *args, **named)

        return await tasks.complete(greenlet_spawn(call), stops=self._stops)

    # --- Tables

    @property
    async def schema_version(self) -> int | None:
        """As `SqlStore.schema_version`, to be awaited."""
        return await self._call(lambda store: store.schema_version)

    async def create_schema(self) -> None:
        await self._call(SqlStore.create_schema)

    async def migrate(self) -> None:
        await self._call(SqlStore.migrate)

    # --- Orders

    async def get(self, order_id: str, /) -> ProductionOrder:
        return await self._call(SqlStore.get, order_id)

    async def load(self, order_ids: Iterable[str], /) -> dict[str, ProductionOrder]:
        return await self._call(SqlStore.load, order_ids)

    async def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        return await self._call(SqlStore.find, query)

    @overload
    async def count(self, query: OrderQuery, /, *, by: None = None) -> int: ...

    @overload
    async def count(self, query: OrderQuery, /, *, by: str) -> Counts[Fact]: ...

    @overload
    async def count(
        self, query: OrderQuery, /, *, by: tuple[str, str]
    ) -> Counts[tuple[Fact, Fact]]: ...

    async def count(
        self, query: OrderQuery, /, *, by: str | tuple[str, str] | None = None
    ) -> int | Counts[Fact] | Counts[tuple[Fact, Fact]]:
        count: Any = SqlStore.count  # an overloaded function has no ParamSpec
        counted: int | Counts[Fact] | Counts[tuple[Fact, Fact]]
        counted = await self._call(count, query, by=by)
        return counted

    def histories(
        self, query: OrderQuery, /
    ) -> AsyncIterator[tuple[ProductionOrder, tuple[HistoryEntry, ...]]]:
        arguments.instance("query", query, OrderQuery)
        return self._histories(query)

    async def _histories(
        self, query: OrderQuery
    ) -> AsyncIterator[tuple[ProductionOrder, tuple[HistoryEntry, ...]]]:
        histories = await self._call(SqlStore.histories, query)
        while portion := await self._call(lambda _: [*islice(histories, PORTION)]):
            for history in portion:
                yield history

    async def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> tuple[HistoryEntry, ...]:
        return await self._call(SqlStore.history, order_id, after=after, limit=limit)

    async def entries_of(self, command_id: str, /) -> tuple[HistoryEntry, ...]:
        return await self._call(SqlStore.entries_of, command_id)

    async def save(self, *changes: Change) -> None:
        await self._call(SqlStore.save, *changes)

    async def erase(self, order_id: str, /) -> None:
        await self._call(SqlStore.erase, order_id)

    async def forget_commands(self, *, before: date) -> int:
        return await self._call(SqlStore.forget_commands, before=before)

    # --- Cycles

    async def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        return await self._call(SqlStore.get_cycle, order_type, version)

    async def newest(self) -> tuple[StatusCycle, ...]:
        return await self._call(SqlStore.newest)

    async def put_cycle(
        self,
        cycle: StatusCycle,
        /,
        *,
        replaces: int | None,
        by: str | None = None,
        at: datetime | None = None,
    ) -> None:
        await self._call(SqlStore.put_cycle, cycle, replaces=replaces, by=by, at=at)

    async def versions(self, order_type: str, /) -> tuple[int, ...]:
        return await self._call(SqlStore.versions, order_type)

    async def edits(self, order_type: str, /) -> tuple[Edit, ...]:
        return await self._call(SqlStore.edits, order_type)

    async def keys(self, order_type: str, /) -> tuple[str, ...]:
        return await self._call(SqlStore.keys, order_type)

    async def order_types(self) -> tuple[str, ...]:
        return await self._call(SqlStore.order_types)

    # --- Settings

    async def get_settings(self, version: int | None = None, /) -> FlowSettings:
        return await self._call(SqlStore.get_settings, version)

    async def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        await self._call(SqlStore.put_settings, settings, replaces=replaces, by=by, at=at)

    async def settings_edits(self) -> tuple[Edit, ...]:
        return await self._call(SqlStore.settings_edits)

    # --- Outbox

    async def pending(
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
        return await self._call(
            SqlStore.pending,
            as_of=as_of,
            order_id=order_id,
            trigger=trigger,
            automatic=automatic,
            given_up=given_up,
            after=after,
            limit=limit,
        )

    async def get_event(self, event_id: str, /) -> OutboxItem | None:
        return await self._call(SqlStore.get_event, event_id)

    async def claim(
        self, *, as_of: date, now: datetime | None = None, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        return await self._call(SqlStore.claim, as_of=as_of, now=now, lease=lease, limit=limit)

    async def acknowledge(self, *items: OutboxItem | str) -> None:
        await self._call(SqlStore.acknowledge, *items)

    async def dismiss(self, *items: OutboxItem | str) -> None:
        await self._call(SqlStore.dismiss, *items)

    async def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        await self._call(SqlStore.fail, item, error=error, retry_at=retry_at)

    async def release(self, *items: OutboxItem) -> None:
        await self._call(SqlStore.release, *items)

    async def extend(
        self, *items: OutboxItem, now: datetime | None = None, lease: timedelta
    ) -> list[OutboxItem]:
        return await self._call(SqlStore.extend, *items, now=now, lease=lease)

    async def set_reminders(self, *reminders: Reminders) -> None:
        await self._call(SqlStore.set_reminders, *reminders)

    @classmethod
    async def tenants_due(
        cls,
        bind: "AsyncEngine | AsyncConnection | AsyncSession",
        /,
        *,
        as_of: date,
        now: datetime | None = None,
        prefix: str = "prodflow_",
        schema: str | None = None,
    ) -> tuple[str, ...]:
        """As `SqlStore.tenants_due`, with a bind for asyncio."""
        store = cls(bind, prefix=prefix, schema=schema)
        return await store._call(tenants_due, as_of, now)

    async def forget(self, *, before: date) -> int:
        return await self._call(SqlStore.forget, before=before)

    # --- Feed

    async def feed(self, after: str | None = None, *, limit: int = 100) -> FeedPage:
        return await self._call(SqlStore.feed, after, limit=limit)

    async def lag(self, cursor: str | None, /) -> FeedLag:
        return await self._call(SqlStore.lag, cursor)

    async def restored(self) -> None:
        await self._call(SqlStore.restored)

    # --- Damage

    async def verify(self) -> tuple[Damage, ...]:
        return await self._call(SqlStore.verify)

    async def rebuild(self, order_id: str, /) -> ProductionOrder:
        return await self._call(SqlStore.rebuild, order_id)

    # --- Transactions

    @asynccontextmanager
    async def unit(self) -> AsyncGenerator[tuple["AsyncConnection", Self]]:
        """As `SqlStore.unit`, with an `AsyncConnection` and an `AsyncSqlStore` for the block.

        Example:
            >>> import asyncio
            >>> async def order_types() -> tuple[str, ...]:
            ...     async with await AsyncSqlStore.open("sqlite:///:memory:") as store:
            ...         async with store.unit() as (connection, inner):
            ...             return await inner.order_types()
            >>> asyncio.run(order_types())
            ()
        """
        entered: list[AbstractContextManager[tuple[sa.Connection, SqlStore]]] = []

        def enter(store: SqlStore) -> tuple[sa.Connection, SqlStore]:
            unit = store.unit()
            given = unit.__enter__()
            entered.append(unit)
            return given

        try:
            connection, store = await self._call(enter)
            inner = self._inside(connection, store)
            yield inner._async_connection(connection), inner  # noqa: SLF001 - of this class
        except BaseException as error:
            for unit in entered:  # if this task was cancelled, it may have been entered or not
                await self._call(_end, unit, error)
            raise
        for unit in entered:
            await self._call(_end, unit, None)

    def _inside(self, connection: sa.Connection, store: SqlStore) -> Self:
        """A store for the block of a unit."""
        inner = copy(self)
        inner._current = lambda: connection  # noqa: SLF001 - of this class
        inner._store, inner._joined = store, connection  # noqa: SLF001 - as above
        return inner

    def _async_connection(self, connection: sa.Connection) -> "AsyncConnection":
        from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine  # noqa: PLC0415 - as above

        if isinstance(self._bind, AsyncConnection):
            return self._bind
        return AsyncConnection(AsyncEngine(connection.engine), connection)


def _end(_: SqlStore, unit: AbstractContextManager[object], error: BaseException | None) -> None:
    """End a unit, as after a block that has raised an error, if there is one."""
    unit.__exit__(None if error is None else type(error), error, None)


def _engine_of(session: "Session") -> sa.Engine:
    try:
        return session.get_bind().engine
    except InvalidRequestError:
        raise ValueError(
            "the session must have one bind: pass a connection, as from await session.connection()"
        ) from None
