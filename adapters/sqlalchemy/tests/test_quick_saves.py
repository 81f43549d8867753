"""A save of one change in PostgreSQL: few statements, and whatever fails is told as ever."""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from prodflow import (
    Change,
    CreateTask,
    DuplicateOrderError,
    Entering,
    OrderQuery,
    ProductionFlow,
    StaleOrdersError,
    Trigger,
)
from prodflow_sqlalchemy import DatabaseFailedError, RetryableStoreError, SqlStore

from .studio import (
    AT,
    FLOW,
    MONDAY,
    WAITING,
    advanced,
    amended,
    at_the_lab,
    contents,
    eventually,
    once_before,
    opened,
    rows_of,
)

_TERMINATED: Final = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    " AND application_name = current_setting('application_name')"
)


@pytest.fixture
def engine(postgres_url: str) -> Iterator[sa.Engine]:
    """An engine with one connection to PostgreSQL, and tables."""
    engine = sa.create_engine(postgres_url, pool_size=1, max_overflow=0)
    SqlStore(engine).create_schema()
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: sa.Engine) -> SqlStore:
    """A store in PostgreSQL that knows the cycle of its order PO-0."""
    store = SqlStore(engine)
    store.save(opened("PO-0"))
    return store


@pytest.fixture
def executioner(postgres_url: str) -> Iterator[sa.Engine]:
    """An engine to end the connections of others with."""
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    yield engine
    engine.dispose()


@contextmanager
def other_transaction(
    url: str,
) -> Generator[tuple[sa.Connection, Callable[[SqlStore, Change], Future[None]]]]:
    """A transaction, and a function that saves a change meanwhile, until it waits for that."""
    other = sa.create_engine(url, poolclass=sa.NullPool)
    with ThreadPoolExecutor(1) as threads, other.connect() as connection:

        def saving(store: SqlStore, change: Change) -> Future[None]:
            waiting = threads.submit(store.save, change)
            eventually(lambda: len(rows_of(other, WAITING)), 1)
            return waiting

        yield connection, saving
    other.dispose()


def statements(engine: sa.Engine) -> list[str]:
    """A list that gets the beginning of each statement that has run."""
    seen: list[str] = []

    @event.listens_for(engine, "after_cursor_execute")
    def listener(*arguments: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        seen.append(arguments[2][:11])

    assert callable(listener)
    return seen


def test_the_plans_of_a_save_scan_no_table(engine: sa.Engine, store: SqlStore) -> None:
    """What is prepared while a table is small is right when it's large: it uses an index."""
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    for number in range(14):  # PostgreSQL plans a statement for all values after ten times
        store.save(opened(f"PO-{number + 1}"))
        store.save(advanced(store.get(f"PO-{number}")))
        store.save(amended(store.get(f"PO-{number}"), due_on=None))
    plans: list[str] = []
    with engine.connect() as connection:
        prepared = connection.exec_driver_sql(
            "SELECT name, cardinality(parameter_types) FROM pg_prepared_statements"
            " WHERE statement ~ '(saved|UPDATE|INTO)' AND generic_plans > 0"
        ).all()
        for name, number in prepared:
            values = ", ".join(["NULL"] * number)
            rows = connection.exec_driver_sql(f"EXPLAIN EXECUTE {name} ({values})").scalars()
            plans.append("\n".join(rows))
    scanned = [
        line
        for plan in plans
        for line in plan.splitlines()
        if "Seq Scan" in line and "prodflow_schema" not in line
    ]
    assert (len(plans) > 3, scanned) == (True, [])


def test_a_change_that_is_not_the_next_is_refused(store: SqlStore) -> None:
    """A save that comes too late is refused with both versions, and so is a second opening."""
    late = amended(store.get("PO-0"), vendor="late")
    store.save(amended(store.get("PO-0"), vendor="early"))
    with pytest.raises(StaleOrdersError) as stale:
        store.save(late)
    with pytest.raises(DuplicateOrderError) as duplicate:
        store.save(opened("PO-0"))
    assert stale.value.conflicts == {"PO-0": (1, 2)}
    assert duplicate.value.conflicts == {"PO-0": (0, 2)}
    assert store.verify() == ()


@pytest.mark.parametrize("commits", [True, False])
def test_a_save_that_waited_looks_again(
    postgres_url: str, store: SqlStore, *, commits: bool
) -> None:
    """A save waits for another one of the order: it's refused if that is done, or else saved."""
    early, late = (amended(store.get("PO-0"), vendor=vendor) for vendor in ("early", "late"))
    with other_transaction(postgres_url) as (connection, saving):
        SqlStore(connection).save(early)
        waiting = saving(store, late)
        (connection.commit if commits else connection.rollback)()
        stale = waiting.exception()
    assert isinstance(stale, StaleOrdersError) is commits
    assert store.get("PO-0") == (early if commits else late).order


def test_a_save_that_waited_sees_new_slots(postgres_url: str, store: SqlStore) -> None:
    """An order leaves the lab while a reminder for the lab is set: the reminder is void."""
    store.save(ProductionFlow().advance(store.get("PO-0"), today=MONDAY, by="Ann", at=AT))
    order = store.get("PO-0")
    with other_transaction(postgres_url) as (connection, saving):
        SqlStore(connection).set_reminders(FLOW.reminders(order, today=MONDAY))
        waiting = saving(store, advanced(order))
        reminded = SqlStore(connection).pending(as_of=date.max)
        connection.commit()
        waiting.result()
    assert [item.event.trigger for item in reminded] == ["chase"]
    assert store.get("PO-0").status.key == "shipped"
    assert store.pending(as_of=date.max) == []


def test_slots_are_emptied_and_filled(store: SqlStore) -> None:
    """If an order leaves the lab, its reminder there is void, and the next event is added."""
    at_the_lab(store, "PO-1", "PO-2")
    flow = ProductionFlow(triggers=[Trigger("bye", Entering("shipped"), CreateTask("Thanks"))])
    store.save(flow.advance(store.get("PO-1"), today=MONDAY, by="Ann", at=AT))
    pending = [
        sorted(it.event.trigger for it in store.pending(as_of=date.max, order_id=order_id))
        for order_id in ("PO-1", "PO-2")
    ]
    assert pending == [["bye", "people", "welcome"], ["chase", "people", "welcome"]]


def test_changed_facts_are_saved(engine: sa.Engine, store: SqlStore) -> None:
    """If the facts change too, they are written anew, and the order is found by them."""
    store.save(opened("PO-1", facts={"paper": "matt"}))
    seen = statements(engine)
    store.save(amended(store.get("PO-1"), vendor="Acme"))
    same = len(seen)
    store.save(amended(store.get("PO-1"), facts={"paper": "gloss"}))
    found = [
        [order.id for order in store.find(OrderQuery(facts={"paper": value}))]
        for value in ("matt", "gloss")
    ]
    assert (found, store.verify()) == ([[], ["PO-1"]], ())
    assert seen[same - 2 : same] == ["BEGIN; SET ", "WITH saved "]
    assert any(statement.startswith("INSERT INTO") for statement in seen[same:])


@pytest.mark.parametrize("table", ["orders", "history", "outbox"])
def test_a_refusal_within_a_statement_is_told(
    engine: sa.Engine, store: SqlStore, table: str
) -> None:
    """If the database refuses a part of a statement, its own words are told; nothing is saved."""
    change = advanced(store.get("PO-0"))
    before = contents(store)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RAISE EXCEPTION ''no writing in %%'', TG_TABLE_NAME; END'"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER refusing BEFORE INSERT OR UPDATE ON prodflow_{table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    with pytest.raises(DatabaseFailedError) as caught:
        store.save(change)
    assert caught.value.reason == f"no writing in prodflow_{table}"
    assert contents(store) == before
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER refusing ON prodflow_{table}")
    store.save(change)
    assert store.get("PO-0") == change.order


@pytest.mark.parametrize(
    "beginning", ["SELECT id", "WITH saved", "WITH of_order", "INSERT INTO prodflow_outbox"]
)
def test_a_click_cut_off_is_done_again(
    engine: sa.Engine, store: SqlStore, executioner: sa.Engine, beginning: str
) -> None:
    """If the connection is lost before any statement of a click, the click is saved once."""
    seen = once_before(engine, beginning, lambda: rows_of(executioner, _TERMINATED))
    change = advanced(store.get("PO-0"))
    store.save(change)
    assert seen
    assert store.history("PO-0") == (opened("PO-0").entry, change.entry)
    assert len(store.pending(as_of=date.max)) == len(change.events)


def test_a_unit_begins_on_a_connection_that_answers(
    store: SqlStore, executioner: sa.Engine
) -> None:
    """A unit replaces a connection that was lost meanwhile: its block can't be done again."""
    rows_of(executioner, _TERMINATED)
    with store.unit() as (_, inner):
        inner.save(opened("PO-1"))
    assert list(store.load(["PO-1"])) == ["PO-1"]


def test_a_unit_gives_up_if_each_connection_is_lost(
    engine: sa.Engine, store: SqlStore, executioner: sa.Engine
) -> None:
    """A unit tries two connections; then it's the caller who begins it again."""

    @event.listens_for(engine, "before_cursor_execute")
    def cut(*_: object) -> None:
        rows_of(executioner, _TERMINATED)

    with pytest.raises(RetryableStoreError), store.unit():
        pass
    event.remove(engine, "before_cursor_execute", cut)
    assert [order.id for order in store.find(OrderQuery())] == ["PO-0"]


def test_what_a_listener_sets_for_a_transaction_counts(engine: sa.Engine, store: SqlStore) -> None:
    """A listener may set something for each transaction; then a look-up has a transaction too."""
    seen: list[str] = []

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("SELECT set_config('studio.user', 'Ann', TRUE)")

    @event.listens_for(engine, "after_cursor_execute")
    def look(_: sa.Connection, cursor: Any, statement: str, *given: object) -> None:  # noqa: ANN401, ARG001 - as SQLAlchemy calls it
        if statement.startswith("SELECT id"):
            seen.extend(
                cursor.connection.execute("SELECT current_setting('studio.user')").fetchone()
            )

    assert callable(begin)
    assert callable(look)
    store.get("PO-0")
    assert seen == ["Ann"]


def test_an_engine_that_only_reads_saves_nothing(engine: sa.Engine, store: SqlStore) -> None:
    """The app's wish that transactions only read is respected."""
    reader = SqlStore(engine.execution_options(postgresql_readonly=True))
    change = advanced(reader.get("PO-0"))
    with pytest.raises(DatabaseFailedError, match="read-only"):
        reader.save(change)
    assert len(store.history("PO-0")) == 1


def test_a_save_leaves_the_settings_of_the_server(engine: sa.Engine, store: SqlStore) -> None:
    """What a save sets ends with its transaction, also if the save is refused."""
    at_the_lab(store, "PO-1")
    with pytest.raises(DuplicateOrderError):
        store.save(opened("PO-1"))
    store.save(opened("PO-2"))
    shown = [rows_of(engine, f"SHOW {name}") for name in ("enable_seqscan", "jit")]
    assert shown == [[("on",)], [("on",)]]
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        assert (driver.autocommit, driver.prepare_threshold) == (False, 5)
