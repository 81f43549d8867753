"""Several callers at the same time: races, deadlocks and serialization failures."""

import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, timedelta
from threading import Barrier
from typing import Any, Final, TypeVar

import pytest
import sqlalchemy as sa
from attrs import evolve
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from prodflow import (
    CommandReusedError,
    DaysInStatus,
    DuplicateOrderError,
    OrderQuery,
    OutboxItem,
    ProductionFlow,
    StaleCycleError,
    StaleOrdersError,
    StatusCycle,
    StoreError,
)
from prodflow_sqlalchemy import RetryableStoreError, SqlStore

from .studio import (
    AT,
    CHASE,
    CYCLE,
    FLOW,
    LEASE,
    MONDAY,
    WAITING,
    amended,
    at_the_lab,
    claimed_at_once,
    eventually,
    once_before,
    opened,
    rows_of,
    saved_during_a_claim,
)

T = TypeVar("T")

_THREADS: Final = 4
_PROCESS: Final = """
import pickle, sys
from prodflow import StoreError
from prodflow_sqlalchemy import SqlStore
url, value = pickle.load(sys.stdin.buffer)
with SqlStore.open(url) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        {call}
        print("saved")
    except StoreError as error:
        print(type(error).__name__)
"""
_AT_A_LOCK: Final = (
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND application_name = current_setting('application_name')"
)
_SAVING: Final = "store.save(value)"
_EDITING: Final = "store.put_cycle(value, replaces=1)"


def in_processes(call: str, arguments: Sequence[object]) -> list[str]:
    """What processes print that make a call at the same time, with one argument each."""
    command = [sys.executable, "-c", _PROCESS.format(call=call)]
    with ExitStack() as stack:  # if one fails, the others end too
        processes = [
            stack.enter_context(
                subprocess.Popen(  # noqa: S603 - our own command
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
                )
            )
            for _ in arguments
        ]
        for process, argument in zip(processes, arguments, strict=True):
            assert process.stdin is not None
            process.stdin.write(pickle.dumps(argument))
            process.stdin.flush()
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
        return [it.communicate(b"\n", timeout=60)[0].decode().strip() for it in processes]


def at_once(call: Callable[[int], T]) -> list[T | type[StoreError]]:
    """The results of several threads that call at the same time; a StoreError gives its class."""
    start = Barrier(_THREADS, timeout=10)

    def outcome(number: int) -> T | type[StoreError]:
        start.wait()
        try:
            return call(number)
        except StoreError as error:
            return type(error)

    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(outcome, range(_THREADS)))


def test_who_waits_for_somebody_else_is_not_in_the_way(postgres: str, postgres_url: str) -> None:
    """The tests of this page go on when a connection of the test waits for another one of it."""
    engine, other = sa.create_engine(postgres_url), sa.create_engine(postgres)
    store = SqlStore(engine)
    store.create_schema()
    ((schema,),) = rows_of(engine, "SELECT current_schema()")
    lock = f"LOCK TABLE {schema}.prodflow_outbox"
    with ThreadPoolExecutor(2) as threads, engine.connect() as one, other.connect() as two:
        two.exec_driver_sql(lock)
        waiting = threads.submit(at_the_lab, store, "PO-1")
        eventually(lambda: len(rows_of(engine, _AT_A_LOCK)), 1)
        assert rows_of(engine, WAITING) == []
        two.commit()
        waiting.result()
        one.exec_driver_sql(lock)
        waiting = threads.submit(at_the_lab, store, "PO-2")
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        one.commit()
        waiting.result()
    engine.dispose()
    other.dispose()


def test_what_was_seen_once_has_happened() -> None:
    """A test that waits for something goes on, even if that is over at the next look."""
    looks = iter([0, 1, 0])
    eventually(lambda: next(looks), 1)
    assert [*looks] == [0]


def test_threads_with_one_command_save_once(store: SqlStore) -> None:
    """Threads that save the same command at once save it once."""
    change = opened(command_id="c-1")
    assert at_once(lambda _: store.save(change)) == [None] * _THREADS
    assert store.history("PO-1") == store.entries_of("c-1") == (change.entry,)


@pytest.mark.full  # threads do the same above
def test_processes_with_one_command_save_once(url: str) -> None:
    """Processes that save the same command at once save it once."""
    change = opened(command_id="c-1")
    assert in_processes(_SAVING, [(url, change)] * 2) == ["saved", "saved"]
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


def test_an_event_is_claimed_once(store: SqlStore) -> None:
    """Threads that claim at once never get the same event."""
    at_the_lab(store, *(f"PO-{number}" for number in range(_THREADS)))
    claims = at_once(lambda _: store.claim(as_of=date.max, now=AT, lease=LEASE, limit=2))
    claimed = [item for claim in claims if isinstance(claim, list) for item in claim]
    assert len(claimed) == len({item.event.id for item in claimed}) == 2 * _THREADS


def test_a_claim_passes_over_what_another_takes(postgres_url: str) -> None:
    """In PostgreSQL a claim doesn't wait for another, and takes other events."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    assert claimed_at_once(engine, store) == 0
    engine.dispose()


def test_reminders_that_are_set_during_a_claim_keep_its_lease(postgres_url: str) -> None:
    """In PostgreSQL `set_reminders` waits for a claim, and keeps its lease and its attempt."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    assert saved_during_a_claim(engine, store) == 0
    engine.dispose()


def failed(store: SqlStore, item: OutboxItem) -> None:
    """Give the item up."""
    store.fail(item, error="no", retry_at=None)


def extended(store: SqlStore, item: OutboxItem) -> None:
    """Lengthen the claim."""
    store.extend(item, now=AT, lease=2 * LEASE)


@pytest.mark.parametrize("call", [failed, SqlStore.release, extended, SqlStore.acknowledge])
@pytest.mark.parametrize("level", ["READ COMMITTED", "SERIALIZABLE"])
def test_who_waited_for_another_day_passes_over_it(
    postgres_url: str, level: str, call: Callable[[SqlStore, OutboxItem], object]
) -> None:
    """In PostgreSQL a worker that waits for a new day of its reminder then passes over it."""
    engine = sa.create_engine(postgres_url, isolation_level=level)
    store = SqlStore(engine)
    store.create_schema()
    (order,) = at_the_lab(store, "PO-1")
    (item,) = [
        each
        for each in store.claim(as_of=date.max, now=AT, lease=LEASE)
        if each.event.trigger == "chase"
    ]
    later = ProductionFlow(triggers=[evolve(CHASE, when=DaysInStatus("lab", 9))])
    with ThreadPoolExecutor(1) as threads, engine.connect() as connection:
        SqlStore(connection).set_reminders(later.reminders(order, today=MONDAY))
        waiting = threads.submit(call, store, item)
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        connection.commit()
        waiting.result()
    of_then = evolve(item.event, fire_on=MONDAY + timedelta(days=9), sequence=2)
    moved = OutboxItem(of_then, epoch=item.epoch)
    assert store.get_event(item.event.id) == moved
    engine.dispose()


def test_a_failure_that_waited_for_a_longer_lease_is_noted(postgres_url: str) -> None:
    """In PostgreSQL a worker that waits for the event, and still has it then, fails it."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    at_the_lab(store, "PO-1")
    item, *_ = store.claim(as_of=date.max, now=AT, lease=LEASE)
    with ThreadPoolExecutor(1) as threads, engine.connect() as connection:
        extended(SqlStore(connection), item)
        waiting = threads.submit(failed, store, item)
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        connection.commit()
        waiting.result()
    assert store.get_event(item.event.id) == evolve(
        item, last_error="no", leased_until=None, given_up=True
    )
    engine.dispose()


def test_reminders_that_waited_for_a_save_are_stale(postgres_url: str) -> None:
    """In PostgreSQL `set_reminders` waits for a save of the order, and then is refused."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    (order,) = at_the_lab(store, "PO-1")
    with ThreadPoolExecutor(1) as threads, engine.connect() as connection:
        SqlStore(connection).save(amended(order, vendor="Acme"))
        waiting = threads.submit(store.set_reminders, FLOW.reminders(order, today=MONDAY))
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        connection.commit()
        with pytest.raises(StaleOrdersError) as caught:
            waiting.result()
    assert caught.value.conflicts == {"PO-1": (2, 3)}
    engine.dispose()


def test_a_version_of_a_cycle_is_put_once(store: SqlStore) -> None:
    """Threads may save the same edit at once; it's saved once."""
    assert at_once(lambda n: store.put_cycle(CYCLE, replaces=None, by=f"{n}")) == [None] * _THREADS
    assert (store.versions("prints"), len(store.edits("prints"))) == ((1,), 1)


@pytest.mark.parametrize("far", [0, 1], ids=["one number", "numbers apart"])
def test_threads_that_edit_one_version_keep_one_edit(
    engine: sa.Engine, store: SqlStore, far: int
) -> None:
    """If threads edit the same version at once, one edit is saved and the others are stale."""
    store.put_cycle(CYCLE, replaces=None)

    def edit(number: int) -> None:
        version = 2 + number * far
        edited = evolve(CYCLE, description=f"Prints {number}", version=version)
        SqlStore(engine).put_cycle(edited, replaces=1)

    outcomes = at_once(edit)
    assert sorted(outcomes, key=str) == [StaleCycleError] * (_THREADS - 1) + [None]
    assert [edit.replaces for edit in store.edits("prints")] == [None, 1]
    assert store.versions("prints") == (1, 2 + outcomes.index(None) * far)


@pytest.mark.full  # threads do the same above
def test_processes_that_edit_one_version_keep_one_edit(url: str) -> None:
    """If processes edit the same version at once, one edit is saved and the others are stale."""
    with SqlStore.open(url) as store:
        store.put_cycle(CYCLE, replaces=None)
    edits = [evolve(CYCLE, description=f"{number}", version=2 + number) for number in range(3)]
    outcomes = in_processes(_EDITING, [(url, edit) for edit in edits])
    assert sorted(outcomes) == ["StaleCycleError", "StaleCycleError", "saved"]
    with SqlStore.open(url) as store:
        assert store.newest() == (edits[outcomes.index("saved")],)
        assert len(store.edits("prints")) == 2


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_a_caller_who_waited_for_an_edit_edits_another(postgres_url: str, level: str) -> None:
    """In PostgreSQL an edit waits for another, and then is stale, or must be tried again."""
    engine = sa.create_engine(postgres_url, isolation_level=level)
    store = SqlStore(engine)
    store.create_schema()
    store.put_cycle(CYCLE, replaces=None)
    first, second = (evolve(CYCLE, version=version) for version in (2, 3))
    with engine.connect() as two, ThreadPoolExecutor(1) as threads, engine.connect() as one:
        SqlStore(one).put_cycle(first, replaces=1)
        caller = SqlStore(two)
        assert caller.versions("prints") == (1,)  # its snapshot
        waiting = threads.submit(caller.put_cycle, second, replaces=1)
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        one.commit()
        stale = level == "READ COMMITTED"
        with pytest.raises(StaleCycleError if stale else RetryableStoreError):
            waiting.result()
        two.rollback()
        with pytest.raises(StaleCycleError):
            caller.put_cycle(second, replaces=1)
    assert store.versions("prints") == (1, 2)
    engine.dispose()


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
def test_a_save_that_waited_for_an_edit_brings_no_higher_version(
    postgres_url: str, level: str
) -> None:
    """In PostgreSQL a save of a higher version waits for the first edit, and then is refused."""
    engine = sa.create_engine(postgres_url, isolation_level=level)
    store = SqlStore(engine)
    store.create_schema()
    store.save(opened("PO-1"))
    brought = opened("PO-2", evolve(CYCLE, version=3))
    with ThreadPoolExecutor(1) as threads, engine.connect() as connection:
        SqlStore(connection).put_cycle(evolve(CYCLE, version=2), replaces=1)
        waiting = threads.submit(store.save, brought)
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        connection.commit()
        with pytest.raises(StaleCycleError) as caught:
            waiting.result()
    assert caught.value == StaleCycleError("prints", 3, 2)
    assert (store.versions("prints"), list(store.load(["PO-2"]))) == ((1, 2), [])
    engine.dispose()


def test_an_edit_of_another_store_is_read_at_once(engine: sa.Engine, store: SqlStore) -> None:
    """A store that has read the cycles before finds orders by the stages of an edit since."""
    store.put_cycle(CYCLE, replaces=None)
    store.save(opened("PO-1"))
    query = OrderQuery(workflow_stage="Desk")
    assert store.find(query) == []
    edited = CYCLE.replace("ordered", workflow_stage="Desk")
    SqlStore(engine).put_cycle(edited, replaces=1)
    assert [order.id for order in store.find(query)] == ["PO-1"]
    assert store.newest() == (edited,)


def test_a_refused_edit_leaves_the_transaction_usable(engine: sa.Engine, store: SqlStore) -> None:
    """After a refused edit a caller can go on, and nothing is left of it."""
    store.put_cycle(CYCLE, replaces=None)
    albums = StatusCycle("albums", CYCLE.statuses)
    with engine.begin() as connection:
        caller = SqlStore(connection)
        for cycle in (evolve(CYCLE, version=2), albums):
            with pytest.raises(StaleCycleError):
                caller.put_cycle(cycle, replaces=7)
        caller.put_cycle(evolve(CYCLE, version=2), replaces=1)
        caller.save(opened("PO-1", evolve(CYCLE, version=2)))
    assert (store.versions("prints"), store.order_types()) == ((1, 2), ("prints",))


def test_cycles_are_taken_in_one_order(postgres_url: str) -> None:
    """In PostgreSQL two saves of the same cycles never deadlock, in any order of the cycles."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    albums, books = (StatusCycle(kind, CYCLE.statuses) for kind in ("albums", "books"))
    with ThreadPoolExecutor(1) as threads, engine.connect() as connection:
        caller = SqlStore(connection)
        caller.put_cycle(albums, replaces=None)
        other = threads.submit(store.save, opened("PO-1", books), opened("PO-2", albums))
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        caller.put_cycle(books, replaces=None)
        connection.commit()
        other.result()
    assert (store.order_types(), len(store.find(OrderQuery()))) == (("albums", "books"), 2)
    engine.dispose()


def test_an_opening_that_lost_a_race_is_a_duplicate(postgres_url: str) -> None:
    """In PostgreSQL a save waits for another that opens the same order, and then is refused."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    with ThreadPoolExecutor(1) as threads, engine.connect() as connection:
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
    with ThreadPoolExecutor(1) as threads, callers.connect() as connection:
        caller = SqlStore(connection)
        caller.save(amended(order, vendor="Other"))  # holds the order

        def take_the_command() -> None:
            caller.save(opened("PO-2", command_id="c-1"))
            connection.rollback()

        def go_on() -> None:
            threads.submit(take_the_command)
            eventually(lambda: len(rows_of(callers, WAITING)), 1)

        attempts = once_before(engine, "WITH saved AS (UPDATE", go_on)  # holds the command
        store.save(change)
    assert (len(attempts), store.get("PO-1").vendor) == (1, "Acme")
    assert store.entries_of("c-1") == (change.entry,)
    engine.dispose()
    callers.dispose()


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
def test_a_failure_of_a_race_is_tried_again(postgres_url: str, state: str) -> None:
    """In PostgreSQL a store repeats a transaction that lost to others: here, a trigger says so."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SEQUENCE tries")
        connection.exec_driver_sql(
            "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF nextval('tries') < 3 THEN RAISE 'lost' USING ERRCODE = '{state}'; END IF;"
            " RETURN NEW; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER losing BEFORE INSERT ON prodflow_orders"
            " FOR EACH ROW EXECUTE FUNCTION lose()"
        )
    store.save(opened())
    assert store.get("PO-1") == opened().order
    assert rows_of(engine, "SELECT last_value FROM tries") == [(3,)]
    engine.dispose()


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
        ThreadPoolExecutor(2) as threads,
        engine.connect() as two,
    ):
        SqlStore(one).save(amended(first, vendor="Acme"))
        SqlStore(two).save(amended(second, vendor="Acme"))
        waiting = threads.submit(outcome, one, "PO-2")
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        outcomes = [outcome(two, "PO-1"), waiting.result()]
    assert RetryableStoreError in outcomes
    engine.dispose()


def test_a_deadlock_of_a_unit_is_an_error_of_its_statement(postgres_url: str) -> None:
    """In PostgreSQL, a deadlock of the app's own statements in units is an OperationalError."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    store.save(opened("PO-1"), opened("PO-2"))
    both_have_one = Barrier(2)

    def outcome(first: str, second: str) -> object:
        ask = sa.text("SELECT 1 FROM prodflow_orders WHERE id = :id FOR UPDATE")
        try:
            with store.unit() as (connection, _):
                connection.execute(ask, {"id": first})
                both_have_one.wait()
                connection.execute(ask, {"id": second})
        except OperationalError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(2) as threads:
        outcomes = [*threads.map(outcome, ["PO-1", "PO-2"], ["PO-2", "PO-1"])]
    assert {*outcomes} == {OperationalError, None}
    engine.dispose()
