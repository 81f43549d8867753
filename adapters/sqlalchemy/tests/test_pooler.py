"""Behind a pooler in transaction mode, a store works; in statement mode, it says so.

In the first test, the numbers are smaller unless the profile is `thorough`.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any, Final

import pytest
import sqlalchemy as sa

from prodflow import OrderQuery, StoreError
from prodflow_sqlalchemy import DatabaseFailedError, SqlStore

from ._pgbouncer import PROGRAM, pooled
from ._postgres import BINARIES, Server
from .conftest import number
from .scenarios.processes import Record, Result, Stopwatch, reported
from .studio import LEASE, advanced, entries_of_feed, opened

_WRITERS: Final = 8


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of PostgreSQL, with the tables of a store."""
    if not BINARIES or PROGRAM is None:
        message = "pgbouncer is not installed (Debian: postgresql pgbouncer)"
        (pytest.fail if os.environ.get("PRODFLOW_REQUIRE_POSTGRES") else pytest.skip)(message)
    server = Server("fsync=off")
    try:
        server.start()
        SqlStore.open(server.url).close()
        yield server
        server.stop()
    finally:
        server.remove()


@pytest.mark.parametrize("mode", ["transaction", pytest.param("session", marks=pytest.mark.full)])
@pytest.mark.parametrize(
    "is_own", [True, pytest.param(False, marks=pytest.mark.full)], ids=["engine", "open"]
)
def test_every_save_works_behind_a_pooler(
    server: Server, mode: str, record_property: Record, *, is_own: bool
) -> None:
    """Behind a pooler, 8 threads make 2,000 saves, and also read and claim: no call fails."""
    orders = max(13, number(125))
    watch = Stopwatch()
    with pooled(server, mode, size=3 if mode == "transaction" else 9) as url:
        engine = sa.create_engine(url)
        store = SqlStore(engine) if is_own else SqlStore.open(url)
        name = f"{mode}-{is_own}"

        def work(writer: int) -> tuple[int, int]:
            saves = failures = 0
            opening = [opened(f"{name}-{writer}-{each}") for each in range(orders)]
            for change in opening:  # psycopg forgets what it prepared when a read is rolled back
                try:
                    store.save(change)
                    saves += 1
                except StoreError:
                    failures += 1
            for change in opening:
                try:
                    store.save(advanced(store.get(change.order.id), command_id=change.order.id))
                    saves += 1
                    store.find(OrderQuery(order_type="prints", limit=3))
                    store.acknowledge(*store.claim(as_of=date.max, lease=LEASE, limit=3))
                except StoreError:
                    failures += 1
            return saves, failures

        with ThreadPoolExecutor(_WRITERS) as threads:
            worked = [*threads.map(work, range(_WRITERS))]
        saves = sum(each for each, _ in worked)
        stored = {
            order.id: (order.version, len(entries))
            for order, entries in store.histories(OrderQuery())
            if order.id.startswith(f"{name}-")
        }
        fed = [it for it in entries_of_feed(store) if it.order_id.startswith(f"{name}-")]
        found = Result(
            done={"saves acknowledged": saves},
            wrong={
                "calls failed": sum(each for _, each in worked),
                "saves lost": 2 * _WRITERS * orders
                - sum(version for version, _ in stored.values()),
                "orders unlike their history": sum(
                    version != entries for version, entries in stored.values()
                ),
                "damaged rows": len(store.verify()),
                "entries missing from the feed": saves - len(fed),
            },
            seconds=watch.seconds,
        )
        store.close()
        engine.dispose()
    assert reported(found, record_property) == {}


def test_a_caller_s_connection_behind_a_pooler_prepares_nothing(server: Server) -> None:
    """A store in the caller's transaction takes care of the connection too."""
    with pooled(server, "transaction") as url:
        engine = sa.create_engine(url)
        for each in range(20):
            with engine.begin() as connection:
                SqlStore(connection).save(opened(f"caller-{each}"))
        with engine.connect() as connection:
            found = SqlStore(connection).find(OrderQuery(limit=100_000))
        engine.dispose()
    assert sum(order.id.startswith("caller-") for order in found) == 20


@pytest.mark.parametrize("level", ["READ COMMITTED", "AUTOCOMMIT"])
def test_a_caller_who_only_reads_prepares_nothing(server: Server, level: str) -> None:
    """A store that only reads in the caller's transaction takes care of the connection too."""
    with pooled(server, "transaction") as url:
        engine = sa.create_engine(url, isolation_level=level)
        with engine.connect() as connection:
            store = SqlStore(connection)
            for _ in range(20):
                store.load(["PO-1"])
                connection.rollback()
            driver: Any = connection.connection.driver_connection
            assert driver.prepare_threshold is None
        engine.dispose()


def test_without_a_pooler_statements_are_prepared(server: Server) -> None:
    """A connection to the server itself keeps its prepared statements, which are quicker."""
    engine = sa.create_engine(server.url, pool_size=1)
    store = SqlStore(engine)
    for each in range(10):
        store.save(opened(f"plain-{each}"))
    with engine.connect() as connection:
        count = connection.execute(sa.text("SELECT count(*) FROM pg_prepared_statements"))
        assert count.scalar_one() > 0
    engine.dispose()


def test_statement_mode_is_refused_by_name(server: Server) -> None:
    """Without transactions a store can't work; the error names the mode, and nothing is tried."""
    with pooled(server, "statement") as url:
        with pytest.raises(DatabaseFailedError, match="statement pooling mode"):
            SqlStore.open(url)
        engine = sa.create_engine(url)
        with pytest.raises(DatabaseFailedError, match="statement pooling mode"):
            SqlStore(engine).save(opened())
        engine.dispose()
