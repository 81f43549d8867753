"""Several callers at the same time: races, deadlocks and serialization failures."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from prodflow import (
    CommandReusedError,
    DuplicateOrderError,
    OrderQuery,
    StaleOrdersError,
    StatusCycle,
    StoreError,
)
from prodflow_sqlalchemy import RetryableStoreError, SqlStore

from .studio import (
    AT,
    CYCLE,
    LEASE,
    WAITING,
    amended,
    at_the_lab,
    eventually,
    once_before,
    opened,
    rows_of,
)

_THREADS: Final = 4
_SAVING: Final = """
import pickle, sys
from prodflow_sqlalchemy import SqlStore
url, change = pickle.load(sys.stdin.buffer)
with SqlStore.open(url) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    store.save(change)
"""


def at_once(call: Callable[[int], object]) -> list[object]:
    """The results of several threads that call at the same time; a StoreError gives its class."""
    start = Barrier(_THREADS, timeout=10)

    def outcome(number: int) -> object:
        start.wait()
        try:
            return call(number)
        except StoreError as error:
            return type(error)

    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(outcome, range(_THREADS)))


def test_threads_with_one_command_save_once(store: SqlStore) -> None:
    """Threads that save the same command at once save it once."""
    change = opened(command_id="c-1")
    assert at_once(lambda _: store.save(change)) == [None] * _THREADS
    assert store.history("PO-1") == store.entries_of("c-1") == (change.entry,)


def test_processes_with_one_command_save_once(url: str) -> None:
    """Processes that save the same command at once save it once."""
    change = opened(command_id="c-1")
    command = [sys.executable, "-c", _SAVING]
    both = [
        subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdin is not None
        process.stdin.write(pickle.dumps((url, change)))
        process.stdin.flush()
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    for process in both:
        process.communicate(b"\n", timeout=60)
    assert [process.returncode for process in both] == [0, 0]
    with SqlStore.open(url) as store:
        assert store.history("PO-1") == (change.entry,)


def test_a_command_id_is_of_one_save(store: SqlStore) -> None:
    """If different saves use one command id at once, one succeeds and the others are refused."""
    outcomes = at_once(lambda number: store.save(opened(f"PO-{number}", command_id="c-1")))
    assert sorted(outcomes, key=str) == [CommandReusedError] * (_THREADS - 1) + [None]
    assert len(store.find(OrderQuery())) == 1


def test_an_id_is_of_one_order(store: SqlStore) -> None:
    """If threads open orders under one id at once, one succeeds and the others are refused."""
    outcomes = at_once(lambda number: store.save(opened(vendor=f"{number}")))
    assert sorted(outcomes, key=str) == [DuplicateOrderError] * (_THREADS - 1) + [None]
    assert len(store.history("PO-1")) == 1


def test_a_version_of_a_cycle_is_put_once(store: SqlStore) -> None:
    """Threads may save the same cycle at once."""
    assert at_once(lambda _: store.put_cycle(CYCLE)) == [None] * _THREADS
    assert store.versions("prints") == (1,)


def test_cycles_are_taken_in_one_order(postgres_url: str) -> None:
    """In PostgreSQL two saves of the same cycles never deadlock, in any order of the cycles."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    albums, books = (StatusCycle(kind, CYCLE.statuses) for kind in ("albums", "books"))
    with engine.connect() as connection, ThreadPoolExecutor(1) as threads:
        caller = SqlStore(connection)
        caller.put_cycle(albums)
        other = threads.submit(store.save, opened("PO-1", books), opened("PO-2", albums))
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        caller.put_cycle(books)
        connection.commit()
        other.result()
    assert (store.order_types(), len(store.find(OrderQuery()))) == (("albums", "books"), 2)
    engine.dispose()


def test_an_opening_that_lost_a_race_is_a_duplicate(postgres_url: str) -> None:
    """In PostgreSQL a save waits for another that opens the same order, and then is refused."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    with engine.connect() as connection, ThreadPoolExecutor(1) as threads:
        SqlStore(connection).save(opened(vendor="first"))
        second = threads.submit(store.save, opened(vendor="second"))
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        connection.commit()
        with pytest.raises(DuplicateOrderError) as caught:
            second.result()
    assert (caught.value.conflicts, store.get("PO-1").vendor) == ({"PO-1": (0, 1)}, "first")
    engine.dispose()


@pytest.mark.parametrize("joined", [False, True], ids=["engine", "connection"])
def test_who_is_overtaken_every_time_is_told(postgres_url: str, *, joined: bool) -> None:
    """A save that others overtake at every attempt ends with a RetryableStoreError."""
    engine, other = sa.create_engine(postgres_url), sa.create_engine(postgres_url)
    SqlStore(engine).create_schema()
    SqlStore(other).save(opened("PO-2"))
    attempts: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def overtake(*arguments: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        statement: str = arguments[2]
        taken = "UPDATE prodflow_orders SET id = 'PO-1' WHERE id = 'PO-2'"
        given_back = "UPDATE prodflow_orders SET id = 'PO-2' WHERE id = 'PO-1'"
        with other.begin() as connection:
            if statement.startswith("INSERT INTO prodflow_orders"):
                attempts.append(statement)
                connection.exec_driver_sql(taken)
            elif statement.startswith("SELECT id, version"):
                connection.exec_driver_sql(given_back)

    assert callable(overtake)
    with engine.connect() as connection, pytest.raises(RetryableStoreError) as caught:
        SqlStore(connection if joined else engine).save(opened("PO-1"))
    assert (caught.value.reason, len(attempts)) == ("others were in the way", 8)
    engine.dispose()
    other.dispose()


def hasty(url: str) -> sa.Engine:
    """An engine for PostgreSQL that detects deadlocks after 10 ms."""
    place = sa.make_url(url)
    options = f"{place.query['options']} -c deadlock_timeout=10ms"
    return sa.create_engine(place.update_query_dict({"options": options}))


def test_a_deadlock_with_a_caller_is_solved(postgres_url: str) -> None:
    """In PostgreSQL a store repeats a transaction that a deadlock has ended."""
    engine, callers = hasty(postgres_url), sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    (order,) = at_the_lab(store, "PO-1")
    change = amended(order, vendor="Acme", command_id="c-1")
    with callers.connect() as connection, ThreadPoolExecutor(1) as threads:
        caller = SqlStore(connection)
        caller.save(amended(order, vendor="Other"))  # holds the order

        def take_the_command() -> None:
            caller.save(opened("PO-2", command_id="c-1"))
            connection.rollback()

        def go_on() -> None:
            threads.submit(take_the_command)
            eventually(lambda: len(rows_of(callers, WAITING)), 1)

        attempts = once_before(engine, "SELECT id, version", go_on)  # holds the command
        store.save(change)
    assert (len(attempts), store.get("PO-1").vendor) == (2, "Acme")
    assert store.entries_of("c-1") == (change.entry,)
    engine.dispose()
    callers.dispose()


def test_a_serialization_failure_is_tried_again(postgres_url: str) -> None:
    """In PostgreSQL a store repeats a transaction after a serialization failure."""
    engine = sa.create_engine(postgres_url, isolation_level="SERIALIZABLE")
    other = sa.create_engine(postgres_url)
    store = SqlStore(other)
    store.create_schema()
    at_the_lab(store, "PO-1")
    events = store.pending(as_of=date.max)

    def claim() -> None:
        store.claim(as_of=date.max, now=AT, lease=LEASE)

    attempts = once_before(engine, "SELECT 1 FROM prodflow_outbox", claim)
    SqlStore(engine).acknowledge(*(event.id for event in events))
    assert (len(attempts), store.pending(as_of=date.max)) == (2, [])
    engine.dispose()
    other.dispose()


def test_a_serialization_failure_of_a_caller_is_retryable(postgres_url: str) -> None:
    """In PostgreSQL a caller must repeat a transaction after a serialization failure."""
    engine = sa.create_engine(postgres_url, isolation_level="SERIALIZABLE")
    store = SqlStore(engine)
    store.create_schema()
    at_the_lab(store, "PO-1")
    with engine.connect() as connection:
        inner = SqlStore(connection)
        change = amended(inner.get("PO-1"), vendor="late")
        store.claim(as_of=date.max, now=AT, lease=LEASE)
        store.save(amended(store.get("PO-1"), vendor="early"))
        with pytest.raises(RetryableStoreError, match="serialize"):
            inner.save(change)
        connection.rollback()
        with pytest.raises(StaleOrdersError):
            inner.save(change)
    engine.dispose()


def test_a_deadlock_of_two_callers_is_retryable(postgres_url: str) -> None:
    """In PostgreSQL one of two callers that deadlock gets a RetryableStoreError."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    first, second = at_the_lab(store, "PO-1", "PO-2")

    def outcome(connection: sa.Connection, number: str) -> object:
        try:
            SqlStore(connection).save(amended(store.get(number), vendor="Acme"))
        except RetryableStoreError as error:
            connection.rollback()
            return type(error)
        connection.commit()
        return None

    with (
        engine.connect() as one,
        engine.connect() as two,
        ThreadPoolExecutor(2) as threads,
    ):
        SqlStore(one).save(amended(first, vendor="Acme"))
        SqlStore(two).save(amended(second, vendor="Acme"))
        waiting = threads.submit(outcome, one, "PO-2")
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        outcomes = [outcome(two, "PO-1"), waiting.result()]
    assert RetryableStoreError in outcomes
    engine.dispose()
