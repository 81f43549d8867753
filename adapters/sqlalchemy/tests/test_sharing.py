"""One connection of SQLite, shared by threads or by two transactions of a thread.

In the first test, the numbers are a twentieth of those in its docstring or more, or all under the
profile `thorough`.
"""

import sqlite3
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import count
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import event, given
from hypothesis import strategies as st

from prodflow import OrderQuery
from prodflow_sqlalchemy import DatabaseFailedError, RetryableStoreError, SqlStore
from prodflow_sqlalchemy._sharing import turn

from .conftest import number
from .scenarios.processes import Record, Result, Stopwatch, reported
from .studio import at_the_lab, eventually, opened, rows_of

if TYPE_CHECKING:
    from _typeshed import TraceFunction

_THREADS = 6


def shared(url: str = "sqlite://") -> sa.Engine:
    """An engine whose threads share one connection."""
    return sa.create_engine(url, poolclass=sa.StaticPool, connect_args={"check_same_thread": False})


@pytest.fixture(params=["sqlite-memory", "sqlite-file"])
def engine(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[sa.Engine]:
    """An engine with one connection and a table of the app: in memory, then in a file."""
    engine = shared(sqlite_url) if request.param == "sqlite-file" else shared()
    SqlStore(engine).create_schema()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (id TEXT PRIMARY KEY)")
    yield engine
    engine.dispose()


def saved(store: SqlStore, order_id: str) -> str | None:
    """The id of an order with two entries that was saved; None if the save was refused."""
    with suppress(RetryableStoreError):
        at_the_lab(store, order_id)
        return order_id
    return None


def saved_anew(engine: sa.Engine, order_id: str) -> str | None:
    """The same with a store that is made for it."""
    return saved(SqlStore(engine), order_id)


def joined(engine: sa.Engine, order_id: str, *, rolls_back: bool) -> str | None:
    """The same in a transaction of the caller; None if it was rolled back."""
    with suppress(RetryableStoreError), engine.connect() as connection:
        connection.exec_driver_sql("INSERT INTO notes VALUES (?)", (order_id,))
        at_the_lab(SqlStore(connection), order_id)
        if not rolls_back:
            connection.commit()
            return order_id
    return None


def noted(engine: sa.Engine, note: str) -> str:
    """A note that the app itself has committed."""
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO notes VALUES (?)", (note,))
    return note


def looked(engine: sa.Engine) -> None:
    """The app takes the connection, and gives it back; the pool then rolls it back."""
    rows_of(engine, "SELECT 1")


def test_threads_lose_no_order(engine: sa.Engine, record_property: Record) -> None:
    """6 threads save 4,800 orders with one connection: each acknowledged order is whole."""
    watch = Stopwatch()
    store = SqlStore(engine)
    ids = [f"PO-{each}" for each in range(240 * number(20))]
    with ThreadPoolExecutor(_THREADS) as threads:
        acknowledged = {*threads.map(partial(saved, store), ids)} - {None}
    stored = {order.id: len(entries) for order, entries in store.histories(OrderQuery())}
    found = Result(
        done={"orders acknowledged": len(acknowledged)},
        wrong={
            "saves refused": len(ids) - len(acknowledged),
            "acknowledged orders lost": len(acknowledged - stored.keys()),
            "orders stored in part": sum(entries != 2 for entries in stored.values()),
            "events missing or extra": abs(
                len(store.pending(as_of=date.max, limit=1_000_000)) - 3 * len(ids)
            ),
        },
        seconds=watch.seconds,
    )
    assert reported(found, record_property) == {}


def test_nobody_is_kept_waiting_by_one_call_after_the_other(engine: sa.Engine) -> None:
    """A thread gets its turn though another thread saves without a pause."""
    store, is_over = SqlStore(engine), Event()

    def go_on() -> int:
        number = 0
        while not is_over.is_set():
            number += saved(store, f"other-{number}") is not None
        return number

    with ThreadPoolExecutor(1) as threads:
        others = threads.submit(go_on)
        mine = [saved(store, f"mine-{number}") for number in range(5)]
        is_over.set()
    assert None not in mine
    assert store.count(OrderQuery()) == len(mine) + others.result()


def test_stores_of_one_engine_take_turns(engine: sa.Engine) -> None:
    """Threads that each make a store of the engine take turns too."""
    ids = [f"PO-{number}" for number in range(60)]
    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(partial(saved_anew, engine), ids))
    assert len(SqlStore(engine).find(OrderQuery())) == len(ids)


@given(
    plans=st.lists(
        st.lists(
            st.sampled_from(["save", "read", "note", "look", "join", "roll back"]), max_size=6
        ),
        min_size=2,
        max_size=4,
    )
)
def test_what_is_acknowledged_is_there(plans: list[list[str]]) -> None:
    """Whatever threads do with a shared connection, what was acknowledged is there, and no more."""
    event("two threads or more save" if sum("save" in plan for plan in plans) > 1 else "others")
    engine = shared()
    store = SqlStore(engine)
    store.create_schema()
    app = threading.Lock()  # the threads of an app must take turns at their own transactions
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (id TEXT PRIMARY KEY)")

    def run(number: int) -> tuple[set[str], set[str]]:
        orders: set[str | None] = set()
        notes: set[str | None] = set()
        for step, name in enumerate(plans[number]):
            key = f"{number}-{step}"
            match name:
                case "save":
                    orders.add(saved(store, key))
                case "read":
                    with suppress(RetryableStoreError):
                        store.find(OrderQuery())
                case "note":
                    with app:
                        notes.add(noted(engine, key))
                case "look":
                    with app:
                        looked(engine)
                case _:
                    with app:
                        kept = joined(engine, key, rolls_back=name == "roll back")
                    orders.add(kept)
                    notes.add(kept)
        return orders - {None}, notes - {None}  # type: ignore[return-value]

    with ThreadPoolExecutor(len(plans)) as threads:
        kept = list(threads.map(run, range(len(plans))))
    found = {order.id: len(entries) for order, entries in store.histories(OrderQuery())}
    assert found == {key: 2 for orders, _ in kept for key in orders}
    assert {row[0] for row in rows_of(engine, "SELECT id FROM notes")} == {
        key for _, notes in kept for key in notes
    }
    engine.dispose()


@pytest.mark.parametrize("pool", [sa.StaticPool, sa.SingletonThreadPool])
def test_a_transaction_of_the_thread_is_kept(sqlite_url: str, pool: type[sa.Pool]) -> None:
    """A call that would end an open transaction of its own thread is refused."""
    engine = sa.create_engine(sqlite_url, poolclass=pool)
    store = SqlStore(engine)
    store.create_schema()
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (id TEXT PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO notes VALUES ('one')")
        with pytest.raises(ValueError, match="in a transaction of yours"):
            store.save(opened())
        with pytest.raises(ValueError, match="in a transaction of yours"):
            store.find(OrderQuery())
        SqlStore(connection).save(opened("PO-2"))
        connection.commit()
        store.save(opened())  # the connection is out, but in no transaction
    assert sorted(store.load(["PO-1", "PO-2"])) == ["PO-1", "PO-2"]
    assert rows_of(engine, "SELECT id FROM notes") == [("one",)]
    engine.dispose()


def test_a_transaction_of_another_thread_is_refused(engine: sa.Engine) -> None:
    """A save in the transaction of a caller is refused while another thread has the connection."""
    with ThreadPoolExecutor(1) as threads, engine.connect() as connection:
        connection.exec_driver_sql("INSERT INTO notes VALUES ('one')")

        def join() -> None:
            with engine.connect() as other:
                SqlStore(other).save(opened())

        with pytest.raises(RetryableStoreError, match="somebody else is using it"):
            threads.submit(join).result()


def test_the_app_waits_for_a_transaction_of_the_store(engine: sa.Engine) -> None:
    """While a caller's transaction has a save in it, other threads wait for the connection."""
    with ThreadPoolExecutor(1) as threads:
        with engine.connect() as connection:
            SqlStore(connection).save(opened())
            waiting = threads.submit(noted, engine, "late")
            connection.rollback()
            SqlStore(connection).save(opened("PO-2"))
            connection.commit()
            assert not waiting.done()
        assert waiting.result() == "late"
    assert [order.id for order in SqlStore(engine).find(OrderQuery())] == ["PO-2"]
    assert rows_of(engine, "SELECT id FROM notes") == [("late",)]


def test_a_connection_may_move_to_another_thread(engine: sa.Engine) -> None:
    """A connection that one thread opens and another uses, as in FastAPI, has its turn."""
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        connection = one.submit(engine.connect).result()
        store = SqlStore(connection)
        for number, threads in enumerate([other, one, other]):
            threads.submit(store.save, opened(f"PO-{number}")).result()
        with pytest.raises(RetryableStoreError, match="somebody else is using it"):
            taken_at_once(engine)
        other.submit(connection.commit).result()
        one.submit(connection.close).result()
        taken_at_once(engine)
    assert len(SqlStore(engine).find(OrderQuery())) == 3


def test_a_forgotten_connection_keeps_nobody_waiting(engine: sa.Engine) -> None:
    """A connection that a thread never closed counts until it is collected."""
    store = SqlStore(engine)
    is_out = threading.Event()

    def forget() -> None:
        engine.connect()
        is_out.set()

    thread = threading.Thread(target=forget)
    thread.start()
    thread.join()
    eventually(is_out.is_set, expected=True)
    store.save(opened())
    assert store.get("PO-1") == opened().order


def test_a_store_may_come_after_its_connection(sqlite_url: str) -> None:
    """The first store of an engine can be made of a connection; other threads wait for it."""
    engine = shared(sqlite_url)
    with ThreadPoolExecutor(1) as threads:
        with engine.connect() as connection:
            store = SqlStore(connection)
            store.create_schema()
            connection.commit()
            waiting = threads.submit(looked, engine)
            store.save(opened())
            connection.commit()
            assert not waiting.done()
        waiting.result()
    assert SqlStore(engine).get("PO-1") == opened().order
    engine.dispose()


def test_postgresql_may_share_a_connection_too(postgres_url: str) -> None:
    """In PostgreSQL, threads take turns at the only connection of an engine as well."""
    engine = sa.create_engine(postgres_url, poolclass=sa.StaticPool)
    store = SqlStore(engine)
    store.create_schema()
    ids = [f"PO-{number}" for number in range(20)]
    with ThreadPoolExecutor(_THREADS) as threads:
        assert list(threads.map(partial(saved, store), ids)) == ids
    with engine.connect() as connection:
        SqlStore(connection).save(opened("PO-20"))
        with pytest.raises(ValueError, match="in a transaction of yours"):
            store.find(OrderQuery())
        connection.commit()
    assert {*store.load([*ids, "PO-20"])} == {*ids, "PO-20"}
    engine.dispose()


@pytest.mark.parametrize("name", ["sqlite_url", "postgres_url"])
def test_a_lost_connection_is_replaced(request: pytest.FixtureRequest, name: str) -> None:
    """If the only connection of an engine is lost, the next call gets another one."""
    engine = sa.create_engine(request.getfixturevalue(name), poolclass=sa.StaticPool)
    store = SqlStore(engine)
    store.create_schema()
    for order_id in ("PO-1", "PO-2"):
        with engine.connect() as connection:
            connection.invalidate()
        store.save(opened(order_id))
    assert {*store.load(["PO-1", "PO-2"])} == {"PO-1", "PO-2"}
    engine.dispose()


def test_a_connection_may_be_lost_while_others_wait(sqlite_url: str) -> None:
    """Whoever waits for a connection that is lost takes turns at the next one."""
    engine = shared(sqlite_url)
    SqlStore(engine).create_schema()
    ids = [f"PO-{number}" for number in range(40)]

    def lose(order_id: str) -> str | None:
        with suppress(RetryableStoreError), SqlStore(engine).unit() as (connection, inner):
            inner.save(opened(order_id))
            connection.invalidate()
        return None

    work = [
        partial(lose if number % 4 == 0 else partial(saved_anew, engine), it)
        for number, it in enumerate(ids)
    ]
    with ThreadPoolExecutor(_THREADS) as threads:
        done = {each.result() for each in [threads.submit(it) for it in work]} - {None}
    assert {order.id for order in SqlStore(engine).find(OrderQuery())} == done
    assert len(done) == 30
    engine.dispose()


def test_nobody_waits_for_ever(engine: sa.Engine) -> None:
    """A call is refused if another thread has the connection for too long."""
    with ThreadPoolExecutor(1) as threads:
        with turn(engine, has_transaction=has_begun):
            refused = threads.submit(taken_at_once, engine)
            with pytest.raises(RetryableStoreError, match="somebody else is using it"):
                refused.result()
        threads.submit(taken_at_once, engine).result()


def taken_at_once(engine: sa.Engine) -> None:
    """Take a turn without waiting for it."""
    with turn(engine, has_transaction=has_begun, patience=0):
        pass


def has_begun(driver: sqlite3.Connection) -> bool:
    """Whether a transaction is open."""
    return driver.in_transaction


def test_a_thrown_exception_leaves_no_turn(engine: sa.Engine) -> None:
    """Wherever an exception is thrown while a turn begins, other threads get theirs."""
    with ThreadPoolExecutor(1) as threads:
        outcomes: list[bool] = []
        for step in range(20):
            outcomes.append(taken_until(engine, step))
            threads.submit(taken_at_once, engine).result()
    assert (outcomes[0], outcomes[-1]) == (False, True)


def taken_until(engine: sa.Engine, step: int) -> bool:
    """Take a turn, and throw an exception at a step of that; False if it was thrown."""
    steps = count()

    def throw(frame: FrameType, kind: str, _: object) -> "TraceFunction | None":
        if frame.f_code.co_name != "_taken":
            return None
        if kind == "line" and next(steps) == step:
            raise KeyboardInterrupt
        return throw

    before = sys.gettrace()
    try:
        sys.settrace(throw)
        with turn(engine, has_transaction=has_begun):
            sys.settrace(before)
    except KeyboardInterrupt:
        return False
    finally:
        sys.settrace(before)
    return True


def test_a_shared_connection_to_nowhere(sqlite_url: str) -> None:
    """An engine with one connection that can't connect reports that."""
    engine = shared(sqlite_url.replace("studio.db", "nowhere/studio.db"))
    with pytest.raises(DatabaseFailedError, match="unable to open"):
        SqlStore(engine).create_schema()
