"""`AsyncSqlStore`: the calls of `SqlStore` for asyncio, also in a transaction of the caller."""

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import date
from typing import Any, Final, TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    create_async_engine,
)
from sqlalchemy.util import greenlet_spawn

from prodflow import (
    CursorError,
    DamagedRowError,
    FlowSettings,
    OrderNotFoundError,
    OrderQuery,
    StaleOrdersError,
)
from prodflow_sqlalchemy import AsyncSqlStore, SchemaVersionError, SqlStore
from prodflow_sqlalchemy._postgresql import PostgresqlDialect
from prodflow_sqlalchemy._sharing import _entry
from prodflow_sqlalchemy._tasks import complete

from .conftest import emptied
from .stepping import cancelled_at
from .studio import (
    AT,
    CYCLE,
    FLOW,
    LEASE,
    MONDAY,
    advanced,
    amended,
    at_the_lab,
    eventually,
    opened,
    rows_of,
)

T = TypeVar("T")

READS: Final[dict[str, Callable[[Any], Any]]] = {
    "get": lambda store: store.get("PO-1"),
    "load": lambda store: store.load(["PO-2", "PO-9", "PO-1"]),
    "find": lambda store: store.find(OrderQuery(status="lab")),
    "count": lambda store: store.count(OrderQuery(), by=("status", "user")),
    "history": lambda store: store.history("PO-1", after=1, limit=1),
    "entries_of": lambda store: store.entries_of("c"),
    "get_cycle": lambda store: store.get_cycle("prints", 1),
    "newest": lambda store: store.newest(),
    "versions": lambda store: store.versions("prints"),
    "edits": lambda store: store.edits("prints"),
    "keys": lambda store: store.keys("prints"),
    "order_types": lambda store: store.order_types(),
    "get_settings": lambda store: store.get_settings(),
    "settings_edits": lambda store: store.settings_edits(),
    "pending": lambda store: store.pending(as_of=date.max, trigger="chase", limit=1),
    "get_event": lambda store: store.get_event("nothing"),
    "feed": lambda store: store.feed(limit=1),
    "verify": lambda store: store.verify(),
}


def url_of(engine: sa.Engine) -> str:
    """The URL of an engine, which `open` takes for both kinds of stores."""
    return engine.url.render_as_string(hide_password=False)


def with_store(engine: sa.Engine, work: Callable[[AsyncSqlStore], Coroutine[Any, Any, T]]) -> T:
    """Do work with a store for asyncio, in the database of an engine."""

    async def main() -> T:
        async with await AsyncSqlStore.open(url_of(engine)) as store:
            return await work(store)

    return asyncio.run(main())


def with_engine(
    url: str,
    work: Callable[[AsyncEngine], Coroutine[Any, Any, T]],
    **options: Any,  # noqa: ANN401
) -> T:
    """Do work with an engine for asyncio."""
    driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
    parsed = sa.make_url(url)

    async def main() -> T:
        named = parsed.set(drivername=driver[parsed.get_backend_name()])
        engine = create_async_engine(named, **options)
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    return asyncio.run(main())


# --- Calls


def parameters(method: Callable[..., object]) -> list[inspect.Parameter]:
    """The parameters of a method, with their kinds, types and defaults.

    The types of binds aren't there: `AsyncSqlStore` has other ones.
    """
    them = inspect.signature(method).parameters.values()
    return [it.replace(annotation=object) if it.name == "bind" else it for it in them]


def test_every_method_of_the_store_is_there() -> None:
    """It has the methods of `SqlStore`, with the same parameters and docs, as coroutines."""
    names = {name for name in dir(SqlStore) if not name.startswith("_")}
    assert names == {name for name in dir(AsyncSqlStore) if not name.startswith("_")}
    for name in names - {"schema_version"}:
        ours, theirs = getattr(AsyncSqlStore, name), getattr(SqlStore, name)
        assert parameters(ours) == parameters(theirs), name
        assert name in {"histories", "unit"} or inspect.iscoroutinefunction(ours), name
        assert inspect.getdoc(ours)
    assert parameters(AsyncSqlStore) == parameters(SqlStore)


def test_reads_answer_as_those_of_the_sync_store(kept: sa.Engine) -> None:
    """Each call that reads returns what the same call of `SqlStore` returns."""
    sync = emptied(kept)
    sync.put_cycle(CYCLE, replaces=None, by="Ann", at=AT)
    sync.put_settings(FlowSettings(), replaces=None, by="Ann", at=AT)
    at_the_lab(sync, "PO-1", "PO-2")
    sync.save(amended(sync.get("PO-2"), vendor="V", command_id="c"))

    async def answers(store: AsyncSqlStore) -> dict[str, object]:
        found = {name: await read(store) for name, read in READS.items()}
        assert await store.schema_version == sync.schema_version
        assert (await store.lag(None)).ready + (await store.lag(None)).waiting == 5
        assert [it async for it in store.histories(OrderQuery())] == [*sync.histories(OrderQuery())]
        return found

    assert with_store(kept, answers) == {name: read(sync) for name, read in READS.items()}


def test_writes_are_there_for_the_sync_store(kept: sa.Engine) -> None:
    """What each call that writes has changed, another store reads."""
    sync = emptied(kept)

    async def work(store: AsyncSqlStore) -> None:
        await store.create_schema()
        await store.migrate()
        await store.put_cycle(CYCLE, replaces=None, by="Ann", at=AT)
        await store.put_settings(FlowSettings(), replaces=None, by="Ann", at=AT)
        await store.save(opened(), opened("PO-2"))
        order = await store.get("PO-1")
        await store.save(advanced(order))
        with pytest.raises(StaleOrdersError):
            await store.save(advanced(order))
        await store.set_reminders(FLOW.reminders(await store.get("PO-1"), today=MONDAY))
        welcome, chase = await store.claim(as_of=date.max, now=AT, lease=LEASE)
        assert sync.claim(as_of=date.max, now=AT, lease=LEASE) == []
        assert await store.extend(chase, now=AT, lease=2 * LEASE) == [
            sync.get_event(chase.event.id)
        ]
        await store.fail(welcome, error="busy", retry_at=None)
        await store.release(chase)
        await store.acknowledge(welcome)
        assert [it.event.trigger for it in sync.pending(as_of=date.max)] == ["people", "chase"]
        await store.dismiss(chase.event.id)
        assert await store.forget(before=MONDAY) == 0
        assert await store.rebuild("PO-1") == sync.get("PO-1")
        before = await store.feed(limit=1)
        await store.restored()
        with pytest.raises(CursorError):
            await store.feed(before.cursor or "0000000000000000.0.0.")

    with_store(kept, work)
    found = sync.load(["PO-1", "PO-2"]).values()
    assert [order.status.key for order in found] == ["lab", "ordered"]


def test_an_order_is_erased_and_a_command_forgotten(kept: sa.Engine) -> None:
    """Erasing and forgetting work as in the store without asyncio."""
    store = emptied(kept)
    store.save(opened("PO-1", command_id="c-1"))

    async def work(them: AsyncSqlStore) -> int:
        await them.erase("PO-1")
        return await them.forget_commands(before=date.max)

    assert with_store(kept, work) == 1
    assert store.find(OrderQuery()) == []


def test_the_tenants_that_have_something_due_are_found(kept: sa.Engine) -> None:
    """`tenants_due` takes a bind for asyncio."""
    emptied(kept)
    at_the_lab(SqlStore(kept, tenant="North"), "PO-1")

    async def work(engine: AsyncEngine) -> tuple[str, ...]:
        return await AsyncSqlStore.tenants_due(engine, as_of=date.max, now=AT)

    assert with_engine(url_of(kept), work) == ("North",)


def test_a_history_is_read_in_portions(kept: sa.Engine) -> None:
    """The histories come one by one; what isn't a query is refused at once."""
    at_the_lab(emptied(kept), "PO-1", "PO-2")

    async def first(store: AsyncSqlStore) -> str:
        with pytest.raises(TypeError, match="query must be"):
            store.histories("all")  # type: ignore[arg-type]
        async for order, entries in store.histories(OrderQuery()):
            assert len(entries) == order.version
            return order.id
        return ""

    assert with_store(kept, first) == "PO-1"


def test_a_damaged_text_is_named(tmp_path: Any) -> None:  # noqa: ANN401 - a path
    """A text that isn't UTF-8 is found with the driver for asyncio too."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'studio.db'}")
    with SqlStore(engine) as sync:
        sync.create_schema()
        sync.save(opened())
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE prodflow_orders SET data = CAST(x'ff' AS TEXT)")
    with pytest.raises(DamagedRowError):
        with_store(engine, lambda store: store.get("PO-1"))
    engine.dispose()


# --- What is refused


@pytest.mark.parametrize("url", ["sqlite+aiosqlite://", "postgresql+psycopg://host/studio"])
def test_a_sync_store_refuses_what_is_for_asyncio(url: str) -> None:
    """An engine, a connection or a driver for asyncio is refused with the name of its store."""
    engine = create_async_engine(url)
    for bind in (engine, engine.connect(), AsyncSession(engine)):
        with pytest.raises(TypeError, match="use AsyncSqlStore"):
            SqlStore(bind)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is for asyncio: use AsyncSqlStore"):
        SqlStore(engine.sync_engine)


def test_a_sync_store_is_not_opened_with_a_driver_for_asyncio() -> None:
    """A URL with a driver for asyncio is refused by `SqlStore.open`."""
    with pytest.raises(ValueError, match="use AsyncSqlStore"):
        SqlStore.open("sqlite+aiosqlite://")


def test_a_store_for_asyncio_refuses_what_is_not() -> None:
    """An engine for threads, a connection that isn't open, and a session without a bind."""
    engine = create_async_engine("sqlite+aiosqlite://")
    with pytest.raises(TypeError, match="without asyncio, use SqlStore"):
        AsyncSqlStore(sa.create_engine("sqlite://"))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must be open"):
        AsyncSqlStore(engine.connect())
    with pytest.raises(ValueError, match="must have one bind"):
        AsyncSqlStore(AsyncSession())
    with pytest.raises(ValueError, match="schema_translate_map"):
        AsyncSqlStore(engine.execution_options(schema_translate_map={None: "other"}))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite+pysqlite://", "isn't for asyncio"),
        ("mysql+aiomysql://host/studio", "the driver 'aiomysql' must be installed"),
        ("studio.db", "this one can't be read"),
    ],
)
def test_a_url_that_is_not_for_asyncio_is_refused(url: str, reason: str) -> None:
    """`open` says what is wrong with the URL."""
    with pytest.raises(ValueError, match=reason):
        asyncio.run(AsyncSqlStore.open(url))


def test_a_database_without_tables_is_refused(tmp_path: Any) -> None:  # noqa: ANN401 - a path
    """With `create=False`, a database must have its tables."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'studio.db'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 1")
    with pytest.raises(SchemaVersionError):
        asyncio.run(AsyncSqlStore.open(url_of(engine), create=False))
    engine.dispose()


def test_a_connection_that_commits_by_itself_is_refused(kept: sa.Engine) -> None:
    """A store can't save with a connection in AUTOCOMMIT."""
    emptied(kept)

    async def save(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            await AsyncSqlStore(connection).save(opened())

    with pytest.raises(ValueError, match="AUTOCOMMIT"):
        with_engine(url_of(kept), save, isolation_level="AUTOCOMMIT")


# --- Transactions


async def saves(store: AsyncSqlStore, order_id: str) -> None:
    """A save, and a read of what it has saved."""
    await store.save(opened(order_id))
    assert (await store.get(order_id)).version == 1


def test_a_store_joins_the_connection_of_the_caller(kept: sa.Engine) -> None:
    """What a store saves with a connection is kept if the caller commits."""
    sync = emptied(kept)

    async def work(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            store = AsyncSqlStore(connection)
            await saves(store, "PO-1")
            await connection.commit()
            await saves(store, "PO-2")
            await connection.rollback()
            async with store.unit() as (same, inner):
                assert same is connection
                await saves(inner, "PO-3")
            await store.close()
            await connection.commit()

    with_engine(url_of(kept), work)
    assert [order.id for order in sync.find(OrderQuery())] == ["PO-1", "PO-3"]


def test_a_store_joins_the_session_of_the_caller(kept: sa.Engine) -> None:
    """What a store saves with a session is in the transaction that the session has then."""
    sync = emptied(kept)

    async def work(engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session:
            store = AsyncSqlStore(session)
            await saves(store, "PO-1")
            await session.commit()
            await saves(store, "PO-2")
            await session.rollback()
            async with store.unit() as (connection, inner):
                assert connection.sync_connection is (await session.connection()).sync_connection
                await saves(inner, "PO-3")
            await session.commit()

    with_engine(url_of(kept), work)
    assert [order.id for order in sync.find(OrderQuery())] == ["PO-1", "PO-3"]


def test_a_unit_saves_everything_or_nothing(kept: sa.Engine) -> None:
    """A unit commits at its end; after an error, it rolls back, and the error passes."""
    sync = emptied(kept)

    async def work(store: AsyncSqlStore) -> None:
        for order_id in ("PO-1", "PO-2"):
            with suppress(OrderNotFoundError):
                async with store.unit() as (connection, inner):
                    assert isinstance(connection, AsyncConnection)
                    assert await connection.scalar(sa.text("SELECT 1")) == 1
                    await saves(inner, order_id)
                    async with inner.unit() as (_, nested):
                        await nested.get("PO-1")
                    await inner.get("PO-1" if order_id == "PO-1" else "PO-9")

    with_store(kept, work)
    assert [order.id for order in sync.find(OrderQuery())] == ["PO-1"]


def test_the_level_of_an_engine_is_put_back(postgres_url: str) -> None:
    """A store works in READ COMMITTED, and puts a connection back in the level of its engine."""
    level = sa.text("SHOW transaction_isolation")

    async def work(engine: AsyncEngine) -> tuple[object, object]:
        store = AsyncSqlStore(engine.execution_options(isolation_level="READ COMMITTED"))
        await store.create_schema()
        async with AsyncSqlStore(engine).unit() as (connection, inner):
            await saves(inner, "PO-1")
            during = await connection.scalar(level)
        async with engine.connect() as connection:
            return during, await connection.scalar(level)

    expected = ("read committed", "serializable")
    assert with_engine(postgres_url, work, isolation_level="SERIALIZABLE") == expected


# --- Tasks that share a connection


MEMORY: Final = "sqlite://"


def test_tasks_take_turns_at_a_database_in_memory() -> None:
    """Tasks that share the only connection of an engine don't come into each other's transactions.

    They also connect only once.
    """

    async def work(engine: AsyncEngine) -> list[str]:
        store = AsyncSqlStore(engine)
        assert await asyncio.gather(*(store.lag(None) for _ in range(3)), return_exceptions=True)
        await store.create_schema()

        async def save(number: int) -> None:
            async with store.unit() as (_, inner):
                await inner.save(opened(f"PO-{number}"))
                if number % 2:
                    raise OrderNotFoundError(f"PO-{number}")

        await asyncio.gather(*map(save, range(6)), return_exceptions=True)
        return [order.id for order in await store.find(OrderQuery())]

    assert with_engine(MEMORY, work) == ["PO-0", "PO-2", "PO-4"]


def test_only_one_task_connects() -> None:
    """If tasks need the only connection at the same time, they get the same one."""

    async def work(engine: AsyncEngine) -> int:
        store = AsyncSqlStore(engine)
        entries = await asyncio.gather(
            *(greenlet_spawn(_entry, engine.sync_engine) for _ in range(3))
        )
        await store.create_schema()
        return len({id(entry) for entry in entries})

    assert with_engine(MEMORY, work) == 1


def test_a_task_with_the_only_connection_is_refused_another_transaction() -> None:
    """A task that has the connection of an engine must use the store of its own transaction.

    Another task waits until the connection is back.
    """

    async def work(engine: AsyncEngine) -> list[str]:
        store = AsyncSqlStore(engine)
        await store.create_schema()
        async with engine.connect() as connection:
            await AsyncSqlStore(connection).save(opened("PO-1"))
            waiting = asyncio.create_task(store.save(opened("PO-2")))
            with pytest.raises(ValueError, match="only one connection"):
                await store.save(opened("PO-3"))
            assert not waiting.done()
            await connection.commit()
        await waiting
        return [order.id for order in await store.find(OrderQuery())]

    assert with_engine(MEMORY, work) == ["PO-1", "PO-2"]


# --- Cancelled calls (test_async_cancelled.py cancels at each await)


def test_a_call_that_waits_for_its_turn_is_cancelled() -> None:
    """A cancelled call doesn't wait for its turn any longer, and does nothing."""

    async def work(engine: AsyncEngine) -> int:
        store = AsyncSqlStore(engine)
        await store.create_schema()
        async with engine.connect() as connection:
            await AsyncSqlStore(connection).save(opened("PO-1"))
            waiting = asyncio.create_task(store.save(opened("PO-2")))
            for _ in range(5):  # until it waits
                await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.sleep(0)  # until the call knows
            await connection.commit()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        return await store.count(OrderQuery())

    assert with_engine(MEMORY, work) == 1


def test_a_database_in_memory_outlives_a_cancelled_call() -> None:
    """A call of SQLite that is cancelled at any await keeps its connection."""

    async def work(engine: AsyncEngine) -> int:
        store = AsyncSqlStore(engine)
        await store.create_schema()
        number = 1
        while await cancelled_at(number, lambda: store.save(opened(f"PO-{number}"))):  # noqa: B023 - called at once
            number += 1
        return number - await store.count(OrderQuery())

    assert with_engine(MEMORY, work) in {0, 1}  # the first may be cancelled before it begins


def test_a_cancelled_call_begins_no_other_transaction() -> None:
    """A long call of SQLite, such as `verify`, ends after the transaction that it's in."""
    seen: list[str] = []

    async def work(engine: AsyncEngine) -> bool:
        store = AsyncSqlStore(engine)
        await store.create_schema()
        verifying: asyncio.Task[object] = asyncio.create_task(store.verify())

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def cancel(*given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
            seen.append(given[2])
            verifying.cancel()

        assert callable(cancel)
        await asyncio.wait([verifying])
        return verifying.cancelled()

    assert with_engine(MEMORY, work)
    assert any("prodflow_cycles" in statement for statement in seen)
    assert not any("prodflow_history" in statement for statement in seen)


async def stubborn(started: asyncio.Event, times: int) -> str:
    """Work that goes on although it's cancelled, for some times."""
    for _ in range(times):
        started.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
    raise OrderNotFoundError("PO-1")


@pytest.mark.parametrize("times", [1, 3])
def test_a_call_that_does_not_end_is_cancelled_again(times: int) -> None:
    """If a cancelled call doesn't end soon, it's cancelled again; its own error is dropped."""

    async def work() -> bool:
        started = asyncio.Event()
        call = asyncio.create_task(complete(stubborn(started, times), stops=True, patience=0.001))
        await started.wait()
        call.cancel()
        await asyncio.wait([call])
        return call.cancelled()

    assert asyncio.run(work())


def test_an_interrupted_statement_is_cancelled_in_the_server(postgres_url: str) -> None:
    """A connection that is given up is closed, and the server no longer runs its statement."""
    server = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    asleep = (
        "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(600)'"
    )
    dialect = PostgresqlDialect("prodflow_")

    async def work(engine: AsyncEngine) -> None:
        async with engine.connect() as sleeping:
            connection = sleeping.sync_connection
            assert connection is not None
            driver: Any = connection.connection.driver_connection
            # As after a second cancellation: the statement runs on, and nothing waits for it.
            driver.pgconn.send_query(b"SELECT pg_sleep(600)")
            eventually(lambda: len(rows_of(server, asleep)), 1)
            await greenlet_spawn(dialect.abandon, connection, keeps_idle=False)
            assert sleeping.invalidated
            eventually(lambda: len(rows_of(server, asleep)), 0)

    with_engine(postgres_url, work)
