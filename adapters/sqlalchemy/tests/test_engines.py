"""Engines of an app, with other isolation levels, listeners, pools and drivers."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from prodflow import OrderQuery, StaleOrdersError
from prodflow_sqlalchemy import RetryableStoreError, SqlStore

from .studio import AT, LEASE, amended, at_the_lab, contents, opened, rows_of, with_an_id_taken


def listening(url: str, statement: str) -> sa.Engine:
    """The recipe of SQLAlchemy for SQLite: a listener begins transactions, not the driver."""
    engine = sa.create_engine(url)

    @event.listens_for(engine, "connect")
    def connected(driver: sqlite3.Connection, _: object) -> None:  # pyright: ignore[reportUnusedFunction] - by SQLAlchemy
        driver.isolation_level = None

    @event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:  # pyright: ignore[reportUnusedFunction] - by SQLAlchemy
        connection.exec_driver_sql(statement)

    return engine


SQLITE_ENGINES: dict[str, Callable[[str], sa.Engine]] = {
    "autocommit": lambda url: sa.create_engine(url, isolation_level="AUTOCOMMIT"),
    "begin": lambda url: listening(url, "BEGIN"),
    "begin immediate": lambda url: listening(url, "BEGIN IMMEDIATE"),
    "exclusive": lambda url: sa.create_engine(url, connect_args={"isolation_level": "EXCLUSIVE"}),
    "no pool": lambda url: sa.create_engine(url, poolclass=sa.NullPool),
    "serializable": lambda url: sa.create_engine(url, isolation_level="SERIALIZABLE"),
    "uncommitted": lambda url: sa.create_engine(url, isolation_level="READ UNCOMMITTED"),
}
POSTGRES_ENGINES: dict[str, Callable[[str], sa.Engine]] = {
    "autocommit": lambda url: sa.create_engine(url, isolation_level="AUTOCOMMIT"),
    "repeatable": lambda url: sa.create_engine(url, isolation_level="REPEATABLE READ"),
    "serializable": lambda url: sa.create_engine(url, isolation_level="SERIALIZABLE"),
    "no pool": lambda url: sa.create_engine(url, poolclass=sa.NullPool),
}


@pytest.fixture(
    params=[
        *(("sqlite", name) for name in SQLITE_ENGINES),
        *(("postgresql", name) for name in POSTGRES_ENGINES),
    ],
    ids=" ".join,
)
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """Engines that apps may have."""
    kind, name = request.param
    if kind == "sqlite":
        engine = SQLITE_ENGINES[name](request.getfixturevalue("sqlite_url"))
    else:
        engine = POSTGRES_ENGINES[name](request.getfixturevalue("postgres_url"))
    yield engine
    engine.dispose()


def test_a_save_is_all_or_nothing(engine: sa.Engine, store: SqlStore) -> None:
    """With any engine, a refused save saves nothing."""
    at_the_lab(store, "PO-1")
    before = contents(store)
    with pytest.raises(StaleOrdersError):
        store.save(opened("PO-2", command_id="c"), amended(opened().order, command_id="c"))
    with pytest.raises(ValueError, match="another slot"):
        store.save(*with_an_id_taken(store))  # refused when nearly everything is written
    assert (contents(SqlStore(engine)), store.entries_of("c")) == (before, ())


def test_what_is_saved_is_committed(engine: sa.Engine, store: SqlStore) -> None:
    """After a call, every other connection sees its effect."""
    at_the_lab(store, "PO-1")
    claimed = store.claim(as_of=date.max, now=AT, lease=LEASE)
    store.acknowledge(claimed[0])
    before = contents(store)
    engine.dispose()
    assert contents(SqlStore(engine)) == before


def test_threads_lose_no_update(store: SqlStore) -> None:
    """With any isolation level, one of several changes of a version is saved."""
    at_the_lab(store, "PO-1", "PO-2")

    def amend_often(worker: int) -> int:
        saved = 0
        while saved < 5:
            orders = store.load(["PO-1", "PO-2"]).values()
            with suppress(StaleOrdersError, RetryableStoreError):
                store.save(*(amended(order, vendor=f"{worker}") for order in orders))
                saved += 1
        return saved

    with ThreadPoolExecutor(3) as threads:
        saved = sum(threads.map(amend_often, range(3)))
    assert [store.get(order_id).version for order_id in ("PO-1", "PO-2")] == [2 + saved] * 2
    assert [entry.sequence for entry in store.history("PO-2")] == list(range(1, saved + 3))


# Connections that commit by themselves


@pytest.mark.parametrize("name", ["sqlite_url", "postgres_url"])
def test_there_must_be_a_transaction_to_take_part_in(
    request: pytest.FixtureRequest, name: str
) -> None:
    """A connection that commits each statement is refused: it has no transaction to join."""
    engine = sa.create_engine(request.getfixturevalue(name))
    store = SqlStore(engine)
    store.create_schema()
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        with pytest.raises(ValueError, match="AUTOCOMMIT, which commits each statement"):
            SqlStore(connection).save(opened())
        assert SqlStore(connection).order_types() == ()
    assert store.order_types() == ()
    engine.dispose()


class _Autocommitting(sqlite3.Connection):
    """A connection like that of sqlite3.connect(autocommit=True), since Python 3.12."""

    autocommit = True


def test_a_driver_that_never_commits_is_refused(sqlite_url: str) -> None:
    """A driver whose commit() does nothing is refused."""
    engine = sa.create_engine(sqlite_url, connect_args={"factory": _Autocommitting})
    with pytest.raises(ValueError, match="AUTOCOMMIT, which commits each statement"):
        SqlStore(engine).create_schema()
    engine.dispose()


def test_a_driver_that_is_always_in_a_transaction(sqlite_url: str) -> None:
    """The store works with sqlite3.connect(autocommit=False)."""
    since_3_12 = {"autocommit": False} if sys.version_info >= (3, 12) else {}
    engine = sa.create_engine(sqlite_url, connect_args=since_3_12)
    store = SqlStore(engine)
    store.create_schema()
    at_the_lab(store, "PO-1")
    before = contents(store)
    with pytest.raises(ValueError, match="another slot"):
        store.save(*with_an_id_taken(store))
    engine.dispose()
    assert contents(SqlStore(engine)) == before
    engine.dispose()


# The caller's listeners


@pytest.mark.parametrize("statement", ["BEGIN", "BEGIN IMMEDIATE"])
def test_a_listener_may_begin_for_the_caller(sqlite_url: str, statement: str) -> None:
    """A store takes part in a transaction that a listener has begun."""
    engine = listening(sqlite_url, statement)
    store = SqlStore(engine)
    store.create_schema()
    with engine.connect() as connection:
        SqlStore(connection).save(opened("PO-1"))
        connection.rollback()
        SqlStore(connection).save(opened("PO-2"))
        connection.commit()
    assert list(store.load(["PO-1", "PO-2"])) == ["PO-2"]
    engine.dispose()


def test_an_overtaken_snapshot_must_be_done_again(sqlite_url: str) -> None:
    """In SQLite a deferred transaction must be repeated if another wrote after it had read."""
    engine = sa.create_engine(sqlite_url)
    store = SqlStore(engine)
    store.create_schema()
    store.save(opened("PO-1"))
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        inner = SqlStore(connection)
        change = amended(inner.get("PO-1"), vendor="late")
        store.save(opened("PO-2"))
        with pytest.raises(RetryableStoreError):
            inner.save(change)
        connection.rollback()
        inner.save(change)  # the same again, from the beginning
        connection.commit()
    assert store.get("PO-1").vendor == "late"
    engine.dispose()


def test_a_busy_database_must_be_done_again(sqlite_url: str) -> None:
    """In SQLite a transaction that waits too long for another writer must be repeated."""
    impatient = sa.create_engine(sqlite_url, connect_args={"timeout": 0.01})
    engine = sa.create_engine(sqlite_url)
    store = SqlStore(engine)
    store.create_schema()
    with engine.connect() as writing, impatient.connect() as connection:
        SqlStore(writing).save(opened("PO-1"))
        connection.exec_driver_sql("BEGIN")
        with pytest.raises(RetryableStoreError):
            SqlStore(connection).save(opened("PO-2"))
        connection.rollback()
        writing.commit()
        SqlStore(connection).save(opened("PO-2"))
        connection.commit()
    assert len(store.find(OrderQuery())) == 2
    engine.dispose()
    impatient.dispose()


def test_the_file_is_kept_safe(sqlite_url: str) -> None:
    """Every connection uses a write-ahead log, syncs to disk, and waits for other writers."""
    engine = sa.create_engine(sqlite_url, poolclass=sa.StaticPool)
    SqlStore(engine).create_schema()
    found = [
        rows_of(engine, f"PRAGMA {name}")[0][0]
        for name in ("journal_mode", "synchronous", "busy_timeout")
    ]
    assert found == ["wal", 2, 10_000]
    engine.dispose()


def test_many_threads_share_a_file(sqlite_url: str) -> None:
    """Threads can use one SQLite file, each with its own connection."""
    ids = [f"PO-{number}" for number in range(40)]
    with SqlStore.open(sqlite_url) as store, ThreadPoolExecutor(8) as threads:
        list(threads.map(partial(at_the_lab, store), ids))
        expected = dict.fromkeys(ids, 2)
        assert {order.id: order.version for order in store.find(OrderQuery())} == expected
