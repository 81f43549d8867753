"""What type checkers make of prodflow-sqlalchemy; never run."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from typing import assert_type

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from prodflow import (
    Change,
    HistoryEntry,
    OrderQuery,
    OrderStore,
    OutboxItem,
    ProductionOrder,
    StoreError,
)
from prodflow.stores import Edit
from prodflow.testing import Store
from prodflow_sqlalchemy import (
    SCHEMA_VERSION,
    AsyncSqlStore,
    Damage,
    DatabaseFailedError,
    FeedHolder,
    FeedLag,
    FeedPage,
    OutcomeUnknownError,
    RetryableStoreError,
    SchemaVersionError,
    SqlStore,
    Tables,
    tables,
)


def check_store(engine: sa.Engine, connection: sa.Connection, change: Change) -> None:
    """A store of all three kinds, made of an engine, a connection or a URL."""
    store = SqlStore.open("sqlite://", prefix="studio_", create=True)
    assert_type(store, SqlStore)
    anywhere: list[Store] = [store, SqlStore(engine), SqlStore(connection, schema="studio_7")]
    anywhere += [SqlStore.open("sqlite://", tenant="North"), SqlStore(engine, tenant="South")]
    orders: OrderStore = store
    orders.save(change, change)
    assert_type(anywhere[0].get("PO-1"), ProductionOrder)
    assert_type(store.history("PO-1", after=1), tuple[HistoryEntry, ...])
    assert_type(anywhere[0].history("PO-1"), Sequence[HistoryEntry])
    store.put_cycle(change.order.cycle, replaces=1, by="Ann", at=change.entry.at)
    assert_type(store.edits("prints"), tuple[Edit, ...])
    assert_type(store.schema_version, int | None)
    store.create_schema()
    store.migrate()
    with store.unit() as unit:
        assert_type(unit, tuple[sa.Connection, SqlStore])
    store.close()


async def check_async_store(
    engine: AsyncEngine, connection: AsyncConnection, session: AsyncSession, change: Change
) -> None:
    """The same methods, as coroutines, with what SQLAlchemy has for asyncio."""
    async with await AsyncSqlStore.open("sqlite://", prefix="studio_", create=True) as store:
        assert_type(store, AsyncSqlStore)
        await store.save(change, change)
        assert_type(await store.get("PO-1"), ProductionOrder)
        assert_type(await store.count(OrderQuery()), int)
        assert_type(await store.schema_version, int | None)
        assert_type(
            store.histories(OrderQuery()),
            AsyncIterator[tuple[ProductionOrder, tuple[HistoryEntry, ...]]],
        )
    for joined in (
        AsyncSqlStore(engine),
        AsyncSqlStore(connection),
        AsyncSqlStore(session, schema="studio_7"),
    ):
        async with joined.unit() as unit:
            assert_type(unit, tuple[AsyncConnection, AsyncSqlStore])
        await joined.close()


async def check_async_store_refuses(engine: sa.Engine, store: AsyncSqlStore) -> None:
    """Each of these is a finding of both checkers."""
    AsyncSqlStore(engine)  # type: ignore[arg-type]  # an engine for asyncio
    SqlStore.open(store)  # type: ignore[arg-type]  # a URL
    await store.get(order_id="PO-1")  # type: ignore[call-arg]  # by position


def check_feed(store: SqlStore) -> None:
    """A page, and the one after it."""
    page = store.feed(limit=10)
    assert_type(page, FeedPage)
    assert_type(page.entries, tuple[HistoryEntry, ...])
    assert_type(page.cursor, str | None)
    assert_type(store.feed(page.cursor), FeedPage)
    lag = store.lag(page.cursor)
    assert_type(lag, FeedLag)
    assert_type((lag.ready, lag.waiting), tuple[int, int])
    assert_type(lag.holders, tuple[FeedHolder, ...])
    assert_type(lag.holders[0].process, int | None)
    assert_type(lag.holders[0].since, datetime | None)
    store.restored()


def check_clock(store: SqlStore) -> None:
    """A claim by the clock of the database."""
    claimed = store.claim(as_of=date.max, lease=timedelta(minutes=1))
    assert_type(claimed, list[OutboxItem])
    assert_type(store.extend(*claimed, now=None, lease=timedelta(minutes=1)), list[OutboxItem])


def check_tenants(engine: sa.Engine, connection: sa.Connection, now: datetime) -> None:
    """Which tenants have something due, by either clock."""
    assert_type(SqlStore.tenants_due(engine, as_of=date.max), tuple[str, ...])
    assert_type(SqlStore.tenants_due(connection, as_of=date.max, now=now), tuple[str, ...])
    SqlStore.tenants_due(engine)  # type: ignore[call-arg]  # as of which day


def check_damage(store: SqlStore) -> None:
    """What is damaged, and an order that is made again."""
    damaged = store.verify()
    assert_type(damaged, tuple[Damage, ...])
    assert_type((damaged[0].table, damaged[0].key), tuple[str, tuple[str | int, ...]])
    assert_type(store.rebuild("PO-1"), ProductionOrder)


def check_tables() -> None:
    """The tables, for Alembic and for queries of a host."""
    found = tables("studio_", dialect="postgresql", schema="studio_7")
    assert_type(found, Tables)
    assert_type(found.metadata, sa.MetaData)
    assert_type(found.orders, sa.Table)
    assert_type(range(SCHEMA_VERSION), range)


def check_errors(error: StoreError) -> StoreError:
    """Errors of a store, with their facts in typed fields."""
    match error:
        case RetryableStoreError() | DatabaseFailedError():
            assert_type(error.reason, str)
        case OutcomeUnknownError():
            assert_type(error.command_id, str | None)
        case SchemaVersionError():
            assert_type(error.expected, int)
            assert_type(error.actual, int | None)
        case _:
            assert_type(error.code, str)
    return RetryableStoreError("locked")


def check_sqlalchemy_refuses(store: SqlStore, engine: sa.Engine, page: FeedPage) -> None:
    """Each of these is a finding of both checkers."""
    SqlStore("sqlite://")  # type: ignore[arg-type]  # an engine or a connection: open() takes URLs
    SqlStore(engine, "studio_")  # type: ignore[call-arg]  # the prefix goes by name
    SqlStore.open(engine)  # type: ignore[arg-type]  # a URL
    store.feed(7)  # type: ignore[arg-type]  # a cursor
    store.feed(None, 10)  # type: ignore[call-arg]  # the limit goes by name
    store.get(order_id="PO-1")  # type: ignore[call-arg]  # by position
    tables("studio_", "sqlite")  # type: ignore[call-arg]  # the dialect goes by name
    page.cursor = None  # type: ignore[misc]  # frozen
