"""Exceptions thrown into a call, such as a soft time limit of a worker or Ctrl+C.

The numbers of the last test are a tenth of those in its docstring, or all under the profile
`thorough`.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import event as sql_event

from prodflow import OrderQuery
from prodflow_sqlalchemy import SqlStore

from .conftest import emptied, number
from .scenarios.interruptions import SoftTimeLimitError, interrupted_saves, thrown
from .scenarios.processes import Record, apart, reported
from .studio import WAITING, advanced, amended, at_the_lab, eventually, opened, rows_of

IDLE = (
    "SELECT state FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    " AND application_name = current_setting('application_name') AND state <> 'idle'"
)
"""Returns a row for each other connection of the test that is in a transaction."""


@pytest.fixture
def engine(postgres_url: str) -> Iterator[sa.Engine]:
    """An engine for PostgreSQL with an order."""
    url = sa.make_url(postgres_url)
    options = f"{url.query['options']} -c lock_timeout=2s"  # or a lock left behind stops the test
    engine = sa.create_engine(url.update_query_dict({"options": options}))
    SqlStore(engine).create_schema()
    SqlStore(engine).save(opened())
    yield engine
    engine.dispose()


@pytest.fixture
def watching(postgres_url: str) -> Iterator[sa.Engine]:
    """Another engine for the same database, which looks at the connections."""
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    yield engine
    engine.dispose()


def interrupted(
    call: Callable[[], object], error: type[BaseException], when: Callable[[], bool]
) -> BaseException | None:
    """Throw an error into a call in the main thread once it waits, as a worker's alarm does."""

    def alarm(*_: object) -> None:
        raise error

    main = threading.get_ident()

    def watch() -> None:
        eventually(when, expected=True)
        signal.pthread_kill(main, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, alarm)
    watcher = threading.Thread(target=watch)
    try:
        watcher.start()
        call()
    except BaseException as caught:  # noqa: BLE001 - returned
        return caught
    finally:
        watcher.join()
        signal.signal(signal.SIGUSR1, before)
    return None


@pytest.mark.parametrize("error", [SoftTimeLimitError, KeyboardInterrupt, TimeoutError])
def test_a_thrown_error_frees_the_locks(
    engine: sa.Engine, watching: sa.Engine, error: type[BaseException]
) -> None:
    """A save that waits for a lock is thrown out; it leaves neither a transaction nor a lock."""
    store = SqlStore(engine)
    change = amended(store.get("PO-1"), vendor="Acme", command_id="c-1")
    with watching.connect() as connection:
        connection.exec_driver_sql("SELECT 1 FROM prodflow_orders FOR UPDATE")
        caught = interrupted(
            lambda: store.save(change), error, lambda: bool(rows_of(watching, WAITING))
        )
        assert isinstance(caught, error)
        eventually(lambda: len(rows_of(watching, IDLE)), 1)  # the one of this test
        connection.rollback()
    store.save(change)
    assert store.get("PO-1").vendor == "Acme"


@pytest.mark.parametrize("error", [SoftTimeLimitError, KeyboardInterrupt])
def test_a_caller_is_left_with_a_lost_connection(
    engine: sa.Engine, watching: sa.Engine, error: type[BaseException]
) -> None:
    """The same in a transaction of the caller."""
    change = amended(SqlStore(engine).get("PO-1"), vendor="Acme", command_id="c-1")

    def save() -> None:
        with engine.begin() as connection:
            SqlStore(connection).save(opened("PO-2"))
            SqlStore(connection).save(change)

    with watching.connect() as connection:
        connection.exec_driver_sql("SELECT 1 FROM prodflow_orders FOR UPDATE")
        caught = interrupted(save, error, lambda: bool(rows_of(watching, WAITING)))
        assert isinstance(caught, error)
        eventually(lambda: len(rows_of(watching, IDLE)), 1)
        connection.rollback()
    save()
    assert len(SqlStore(engine).find(OrderQuery())) == 2


def left_alone(store: SqlStore) -> None:
    """A save that was thrown out has left neither a transaction nor a change."""
    assert store.find(OrderQuery()) == []
    store.save(opened("PO-1", command_id="c-1"))
    assert store.history("PO-1") == store.entries_of("c-1")


def test_an_error_between_two_statements_leaves_nothing(kept: sa.Engine) -> None:
    """The connection is closed, though it isn't at work."""
    store = emptied(kept)
    thrown: list[str] = []

    def throw(*given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        if "prodflow_orders" in given[2] and not thrown:
            thrown.append(given[2])
            raise SoftTimeLimitError

    sql_event.listen(kept, "before_cursor_execute", throw)
    try:
        with pytest.raises(SoftTimeLimitError):
            store.save(opened("PO-1", command_id="c-1"))
    finally:
        sql_event.remove(kept, "before_cursor_execute", throw)
    left_alone(store)


def test_an_error_that_sqlalchemy_wraps_passes_as_it_was(kept: sa.Engine) -> None:
    """While SQLAlchemy prepares a statement, it wraps what is thrown into it."""
    store = emptied(kept)
    plain = kept.dialect.execution_ctx_cls

    def throw(*_: object, **__: object) -> None:
        raise SoftTimeLimitError

    begins = {"_init_statement": throw, "_init_compiled": throw}
    kept.dialect.execution_ctx_cls = type("Thrown", (plain,), begins)
    try:
        with pytest.raises(SoftTimeLimitError):
            store.save(opened("PO-1", command_id="c-1"))
    finally:
        kept.dialect.execution_ctx_cls = plain
    left_alone(store)


def test_an_error_while_a_connection_is_given_back_leaves_nothing(kept: sa.Engine) -> None:
    """A refused save is rolled back, and then something is thrown: no connection is kept."""
    store = emptied(kept)
    thrown: list[object] = []

    def throw(*given: object) -> None:
        if not thrown:
            thrown.append(given)
            raise KeyboardInterrupt

    move = amended(opened("PO-1").order, vendor="Acme")
    sql_event.listen(kept, "reset", throw)
    try:
        with pytest.raises(KeyboardInterrupt):
            store.save(move)  # there is no such order
    finally:
        sql_event.remove(kept, "reset", throw)
    left_alone(store)


# Between psycopg's connect and SQLAlchemy's pool, nobody has the connection: it's then collected.
@pytest.mark.filterwarnings("ignore:.* was deleted while still open:ResourceWarning")
@given(line=st.integers(1, 4_000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_error_thrown_anywhere_leaves_nothing(kept: sa.Engine, line: int) -> None:
    """Wherever an error is thrown into a save, it's done or not, and nothing stays locked."""
    store = emptied(kept)
    (order,) = at_the_lab(store, "PO-1")
    change = advanced(order, to="hold", command_id="c-1")
    try:
        thrown(lambda: store.save(change), line)
    except (SoftTimeLimitError, AssertionError):  # SQLAlchemy asserts what no longer holds then
        event("thrown")
    with kept.connect() as connection:  # refused at once if a lock is left
        is_sqlite = kept.dialect.name == "sqlite"
        connection.exec_driver_sql(
            "PRAGMA busy_timeout = 0" if is_sqlite else "SET LOCAL lock_timeout = 1"
        )
        connection.exec_driver_sql("UPDATE prodflow_orders SET rank = rank")
        connection.rollback()
    done = len(store.entries_of("c-1"))
    assert (store.get("PO-1").version, len(store.history("PO-1"))) == (2 + done, 2 + done)
    store.save(change)
    assert store.get("PO-1") == change.order


@pytest.mark.full
def test_an_interrupted_save_is_whole_or_not_there(url: str, record_property: Record) -> None:
    """500 saves are interrupted at any point: each one is stored whole or not at all."""
    found = apart(interrupted_saves, url, saves=number(500))
    assert reported(found, record_property) == {}
