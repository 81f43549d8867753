"""Behind a pooler in transaction mode, a store works; in statement mode, it says so."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Final

import pytest
import sqlalchemy as sa

from prodflow import OrderQuery
from prodflow_sqlalchemy import DatabaseFailedError, SqlStore

from ._pgbouncer import PROGRAM, pooled
from ._postgres import BINARIES, Server
from .studio import LEASE, advanced, entries_of_feed, eventually, opened

_WRITERS: Final = 4
_ORDERS: Final = 25


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


@pytest.mark.parametrize("mode", ["transaction", "session"])
@pytest.mark.parametrize("is_own", [True, False], ids=["engine", "open"])
def test_every_save_works_behind_a_pooler(server: Server, mode: str, *, is_own: bool) -> None:
    """Threads save, read and claim while the pooler moves them from session to session."""
    with pooled(server, mode, size=3 if mode == "transaction" else 9) as url:
        engine = sa.create_engine(url)
        store = SqlStore(engine) if is_own else SqlStore.open(url)
        name = f"{mode}-{is_own}"

        def work(writer: int) -> int:
            opening = [opened(f"{name}-{writer}-{number}") for number in range(_ORDERS)]
            for change in opening:  # psycopg forgets what it prepared when a read is rolled back
                store.save(change)
            for change in opening:
                store.save(advanced(store.get(change.order.id), command_id=change.order.id))
                store.find(OrderQuery(order_type="prints", limit=3))
                store.acknowledge(*store.claim(as_of=date.max, lease=LEASE, limit=3))
            return _ORDERS

        with ThreadPoolExecutor(_WRITERS) as threads:
            saved = sum(threads.map(work, range(_WRITERS)))
        orders = [it for it in store.find(OrderQuery()) if it.id.startswith(f"{name}-")]
        assert {order.version for order in orders} == {2}
        assert len(orders) == saved == _WRITERS * _ORDERS
        assert store.verify() == ()
        eventually(lambda: store.lag(None).waiting, 0)
        fed = [it for it in entries_of_feed(store) if it.order_id.startswith(f"{name}-")]
        assert len(fed) == 2 * saved
        store.close()
        engine.dispose()


def test_a_caller_s_connection_behind_a_pooler_prepares_nothing(server: Server) -> None:
    """A store in the caller's transaction takes care of the connection too."""
    with pooled(server, "transaction") as url:
        engine = sa.create_engine(url)
        for number in range(20):
            with engine.begin() as connection:
                SqlStore(connection).save(opened(f"caller-{number}"))
        with engine.connect() as connection:
            found = SqlStore(connection).find(OrderQuery(limit=100_000))
        engine.dispose()
    assert sum(order.id.startswith("caller-") for order in found) == 20


def test_without_a_pooler_statements_are_prepared(server: Server) -> None:
    """A connection to the server itself keeps its prepared statements, which are quicker."""
    engine = sa.create_engine(server.url, pool_size=1)
    store = SqlStore(engine)
    for number in range(10):
        store.save(opened(f"plain-{number}"))
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
