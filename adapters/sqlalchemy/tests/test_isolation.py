"""Isolation levels that the caller has chosen: they work, or the error says which one doesn't."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from prodflow import DuplicateOrderError, OrderQuery
from prodflow_sqlalchemy import RetryableStoreError, SqlStore

from .studio import advanced, amended, at_the_lab, opened, rows_of

_LEVELS: Final = ("AUTOCOMMIT", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")
_SNAPSHOTS: Final = _LEVELS[2:]


def by_engine(url: str, level: str) -> sa.Engine:
    """An engine with a level."""
    return sa.create_engine(url, isolation_level=level)


def by_options(url: str, level: str) -> sa.Engine:
    """A view of an engine, with a level."""
    return sa.create_engine(url).execution_options(isolation_level=level)


def by_server(url: str, level: str) -> sa.Engine:
    """An engine whose server has another default."""
    options = sa.make_url(url).query["options"]
    value = level.replace(" ", "\\ ")
    asked = {"options": f"{options} -c default_transaction_isolation={value}"}
    return sa.create_engine(sa.make_url(url).update_query_dict(asked))


def by_driver(url: str, _: str) -> sa.Engine:
    """An engine whose driver commits each statement."""
    return sa.create_engine(url, connect_args={"autocommit": True})


_WAYS: Final[list[tuple[Callable[[str, str], sa.Engine], str]]] = [
    *((by_engine, level) for level in _LEVELS),
    *((by_options, level) for level in _LEVELS),
    *((by_server, level) for level in _LEVELS[1:]),
    (by_driver, "AUTOCOMMIT"),
]


@pytest.fixture(params=_WAYS, ids=lambda way: f"{way[0].__name__} {way[1]}")
def engine(request: pytest.FixtureRequest, postgres_url: str) -> Iterator[sa.Engine]:
    """Engines for PostgreSQL with a level of their own."""
    way, level = request.param
    engine = way(postgres_url, level)
    yield engine
    engine.dispose()


def test_the_store_has_a_level_of_its_own(engine: sa.Engine) -> None:
    """With any level, orders are saved at once by many threads, and none needs to be repeated."""
    store = SqlStore(engine)
    store.create_schema()
    seen: set[str] = set()

    @event.listens_for(engine, "after_cursor_execute")
    def look(connection: sa.Connection, cursor: Any, *_: object) -> None:  # noqa: ANN401 - of the driver
        cursor.connection.cursor().execute("SELECT 1")
        seen.add(cursor.connection.execute("SHOW transaction_isolation").fetchone()[0])
        assert cursor.connection.info.transaction_status.name == "INTRANS"
        assert connection.in_transaction()

    assert callable(look)
    ids = [f"PO-{number}" for number in range(12)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(partial(at_the_lab, store), ids))
    assert (len(store.find(OrderQuery())), seen) == (12, {"read committed"})
    assert (store.verify(), seen) == ((), {"read committed", "repeatable read"})


def test_the_callers_level_stays(engine: sa.Engine) -> None:
    """After a call, the connection has the caller's level again."""

    def looked() -> list[object]:
        with engine.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            return [driver.autocommit, rows_of(engine, "SHOW transaction_isolation")]

    before = looked()
    store = SqlStore(engine)
    store.create_schema()
    store.save(opened())
    assert store.get("PO-1") == opened().order
    assert looked() == before


@pytest.mark.parametrize("level", _SNAPSHOTS)
def test_a_callers_snapshot_works(postgres_url: str, level: str) -> None:
    """In a transaction with a snapshot, a save works, or must be repeated if others were faster."""
    engine = by_engine(postgres_url, level)
    store = SqlStore(engine)
    store.create_schema()
    store.save(opened("PO-1"))
    with engine.connect() as connection:
        inner = SqlStore(connection)
        change = amended(inner.get("PO-1"), vendor="late")
        store.save(amended(store.get("PO-1"), vendor="early"))
        with pytest.raises(RetryableStoreError):
            inner.save(change)
        connection.rollback()
        inner.save(amended(inner.get("PO-1"), vendor="late"))
        connection.commit()
    assert store.get("PO-1").vendor == "late"
    engine.dispose()


@pytest.mark.parametrize("level", _SNAPSHOTS)
def test_tables_are_not_made_in_a_snapshot(postgres_url: str, level: str) -> None:
    """Tables can't be created in a transaction with a snapshot: it may not see those of others."""
    engine = by_engine(postgres_url, level)
    with (
        engine.connect() as connection,
        pytest.raises(ValueError, match=f"READ COMMITTED, not {level}"),
    ):
        SqlStore(connection).create_schema()
    engine.dispose()


@pytest.mark.parametrize("name", ["sqlite_url", "postgres_url"])
def test_autocommit_is_refused_by_name(request: pytest.FixtureRequest, name: str) -> None:
    """A caller's connection that commits each statement is refused, by name."""
    engine = by_engine(request.getfixturevalue(name), "AUTOCOMMIT")
    store = SqlStore(engine)
    store.create_schema()
    with engine.connect() as connection:
        inner = SqlStore(connection)
        with pytest.raises(ValueError, match="AUTOCOMMIT"):
            inner.save(opened())
        assert inner.find(OrderQuery()) == []
    engine.dispose()


@pytest.fixture
def dying(postgres_url: str) -> Iterator[SqlStore]:
    """A store in AUTOCOMMIT with an order; its first transaction that locks loses the server."""
    engine = by_engine(postgres_url, "AUTOCOMMIT")
    store = SqlStore(engine)
    store.create_schema()
    store.save(opened())
    executioner = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    killed: list[int] = []

    @event.listens_for(engine, "after_cursor_execute")
    def terminate(connection: sa.Connection, *given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        if "FOR UPDATE" in given[1] and not killed:
            driver: Any = connection.connection.driver_connection
            killed.append(driver.info.backend_pid)
            rows_of(executioner, f"SELECT pg_terminate_backend({killed[0]}, 5000)")

    assert callable(terminate)
    yield store
    assert len(killed) == 1
    engine.dispose()
    executioner.dispose()


def test_a_refusal_outlives_the_connection(dying: SqlStore) -> None:
    """If the level of the engine can't be set again, since the server is gone, that is no news."""
    with pytest.raises(DuplicateOrderError):
        dying.save(opened())
    assert dying.get("PO-1") == opened().order


def test_an_error_of_a_unit_outlives_the_connection(dying: SqlStore) -> None:
    """The same for what the app's own code raises."""

    def fail() -> None:
        with dying.unit() as (connection, _):
            connection.exec_driver_sql("SELECT 1 FROM prodflow_orders FOR UPDATE")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert dying.get("PO-1") == opened().order


def test_a_save_outlives_the_connection(dying: SqlStore) -> None:
    """Work that is cut off is done again, in the level of the store."""
    change = advanced(opened().order)
    dying.save(change)
    assert dying.get("PO-1") == change.order


def test_a_level_that_was_changed_is_not_left(postgres_url: str) -> None:
    """If something is thrown before the work begins, the connection is closed."""
    engine = by_engine(postgres_url, "AUTOCOMMIT")
    store = SqlStore(engine)
    thrown: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def throw(*given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        if "pg_backend_pid" in given[2] and not thrown:
            thrown.append(given[2])
            raise KeyboardInterrupt

    assert callable(throw)
    with pytest.raises(KeyboardInterrupt):
        store.create_schema()
    with engine.connect() as connection:
        assert getattr(connection.connection.dbapi_connection, "autocommit", None) is True
    store.create_schema()
    engine.dispose()


def test_a_listener_that_begins_is_refused_by_name(postgres_url: str) -> None:
    """A listener that begins transactions of another level is refused; one of the same works."""
    for level in _LEVELS[1:3]:
        engine = by_engine(postgres_url, level)

        @event.listens_for(engine, "checkout")
        def ask(driver: Any, *_: object) -> None:  # noqa: ANN401 - of psycopg
            driver.execute("SELECT 1")

        assert callable(ask)
        if level == "READ COMMITTED":
            SqlStore(engine).create_schema()
            SqlStore(engine).save(opened())
        else:
            with pytest.raises(ValueError, match="isolation_level='READ COMMITTED'"):
                SqlStore(engine).save(opened("PO-2"))
        engine.dispose()
    with SqlStore.open(postgres_url) as store:
        assert list(store.load(["PO-1", "PO-2"])) == ["PO-1"]


@pytest.mark.parametrize("is_taken", [False, True])
def test_a_unit_that_closed_its_connection_leaves_no_level(
    postgres_url: str, *, is_taken: bool
) -> None:
    """If the block closes the connection, nobody gets it in the level of the store."""
    engine = sa.create_engine(postgres_url, isolation_level="SERIALIZABLE", pool_size=1)
    store = SqlStore(engine)
    store.create_schema()
    taken: list[sa.Connection] = []

    def close_inside() -> None:
        with store.unit() as (connection, _):
            connection.close()
            if is_taken:
                taken.append(engine.connect())
                taken[0].exec_driver_sql("SELECT 1")

    with pytest.raises(ValueError, match="leave commit and rollback"):
        close_inside()
    for connection in taken:
        with pytest.raises(OperationalError):
            connection.exec_driver_sql("SELECT 1")
        connection.close()
    assert rows_of(engine, "SHOW transaction_isolation") == [("serializable",)]
    engine.dispose()
