"""Units of work: changes of orders and of an app's own tables, in one transaction."""

import os
import sqlite3
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from prodflow import OrderQuery
from prodflow_sqlalchemy import (
    DatabaseFailedError,
    OutcomeUnknownError,
    RetryableStoreError,
    SqlStore,
)

from .studio import amended, opened, rows_of
from .test_failures import through_a_proxy


@pytest.fixture(autouse=True)
def notes(engine: sa.Engine, store: SqlStore) -> Iterator[None]:
    """A table of the app."""
    assert store.schema_version
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (id TEXT PRIMARY KEY)")
    yield
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def note(connection: sa.Connection, text: str = "one") -> None:
    """A statement of the app."""
    connection.execute(sa.text("INSERT INTO notes VALUES (:id)"), {"id": text})


def broken_off(store: SqlStore, error: type[BaseException]) -> None:
    """A unit whose block raises an error after it has saved both."""
    with store.unit() as (connection, inner):
        note(connection)
        inner.save(opened())
        raise error


@contextmanager
def joined(engine: sa.Engine) -> Generator[SqlStore]:
    """A store in a transaction of the caller, who commits it."""
    with engine.begin() as connection:
        yield SqlStore(connection)


def found(engine: sa.Engine) -> tuple[list[str], list[str]]:
    """The ids of the orders and the notes that were saved."""
    orders = SqlStore(engine).find(OrderQuery(sort="id"))
    return [it.id for it in orders], [row[0] for row in rows_of(engine, "SELECT id FROM notes")]


def test_a_unit_saves_both(engine: sa.Engine, store: SqlStore) -> None:
    """At the end of the block, the unit commits the orders and the app's own rows."""
    with store.unit() as (connection, inner):
        note(connection)
        inner.save(opened())
        inner.save(amended(inner.get("PO-1"), vendor="Acme"))
        assert found(engine) == ([], [])  # readers see what was there before, and don't wait
    assert found(engine) == (["PO-1"], ["one"])
    assert store.get("PO-1").vendor == "Acme"


@pytest.mark.parametrize("error", [RuntimeError, ValueError, KeyboardInterrupt])
def test_an_error_takes_both_back(
    engine: sa.Engine, store: SqlStore, error: type[BaseException]
) -> None:
    """An error of the block passes, and nothing is saved or left locked."""
    with pytest.raises(error):
        broken_off(store, error)
    assert found(engine) == ([], [])
    with store.unit() as (connection, inner):
        note(connection)
        inner.save(opened())
    assert found(engine) == (["PO-1"], ["one"])


def test_an_error_of_the_apps_statement_passes(engine: sa.Engine, store: SqlStore) -> None:
    """An error of the app's own statement is the error of SQLAlchemy."""
    with engine.begin() as connection:
        note(connection)
    with pytest.raises(IntegrityError):
        broken_off(store, RuntimeError)
    assert found(engine) == ([], ["one"])


@pytest.mark.parametrize("is_own", [True, False], ids=["engine", "connection"])
def test_a_unit_without_its_transaction_is_no_success(
    engine: sa.Engine, store: SqlStore, *, is_own: bool
) -> None:
    """If the block goes on after an error that has ended the transaction, nothing is saved."""
    with engine.begin() as connection:
        note(connection)

    def go_on(unit: SqlStore) -> None:
        """In PostgreSQL, any error of a statement ends the transaction."""
        with unit.unit() as (connection, inner):
            inner.save(opened())
            with suppress(IntegrityError):
                connection.exec_driver_sql(
                    "INSERT OR ROLLBACK INTO notes VALUES ('one')"
                    if engine.dialect.name == "sqlite"
                    else "INSERT INTO notes VALUES ('one')"
                )
            with suppress(DatabaseFailedError):  # SQLite begins another transaction
                inner.save(opened("PO-2"))

    with (
        pytest.raises(ValueError, match=r"begin_nested\(\)"),
        nullcontext(store) if is_own else joined(engine) as unit,
    ):
        go_on(unit)
    assert found(engine) == ([], ["one"])


def test_a_statement_that_may_fail_has_a_savepoint(engine: sa.Engine, store: SqlStore) -> None:
    """An error inside `begin_nested` undoes its statement alone, and the unit goes on."""
    with store.unit() as (connection, inner):
        note(connection)
        inner.save(opened())
        with suppress(IntegrityError), connection.begin_nested():
            note(connection)
    assert found(engine) == (["PO-1"], ["one"])


def test_a_unit_may_read_before_it_writes(engine: sa.Engine, store: SqlStore) -> None:
    """In SQLite, nobody can come between a read and a save; in PostgreSQL, others may."""
    store.save(opened())
    is_sqlite = engine.dialect.name == "sqlite"
    with store.unit() as (_, inner):
        order = inner.get("PO-1")
        if is_sqlite:
            file = sqlite3.connect(str(engine.url.database), timeout=0)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                file.execute("INSERT INTO notes VALUES ('between')")
            file.close()
        else:
            store.save(opened("PO-2"))
        inner.save(amended(order, vendor="Acme"))
    assert store.get("PO-1").vendor == "Acme"


def test_a_unit_ends_its_transaction_itself(engine: sa.Engine, store: SqlStore) -> None:
    """A block that commits is told to leave that to the unit."""

    def commit_inside() -> None:
        with store.unit() as (connection, inner):
            inner.save(opened())
            connection.commit()
            note(connection)

    with pytest.raises(ValueError, match="leave commit and rollback"):
        commit_inside()
    assert found(engine) == (["PO-1"], [])


def test_a_unit_of_a_connection_is_a_savepoint(engine: sa.Engine) -> None:
    """In a transaction of the caller, a unit is undone alone, and committed by the caller."""
    with engine.connect() as connection:
        caller = SqlStore(connection)
        with caller.unit() as (same, inner):
            assert same is connection
            inner.save(opened("PO-0"))
        caller.save(opened("PO-2"))
        with pytest.raises(RuntimeError):
            broken_off(caller, RuntimeError)
        assert found(engine) == ([], [])
        with caller.unit() as (_, inner), inner.unit() as (_, innermost):
            innermost.save(opened("PO-3"))
        connection.commit()
    assert found(engine) == (["PO-0", "PO-2", "PO-3"], [])


def test_units_of_many_threads(engine: sa.Engine, store: SqlStore) -> None:
    """Units of several threads wait for one another, and each is whole."""

    def work(number: int) -> None:
        with store.unit() as (connection, inner):
            inner.save(opened(f"PO-{number:02}"))
            note(connection, f"PO-{number:02}")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(20)))
    orders, texts = found(engine)
    assert orders == sorted(texts) == [f"PO-{number:02}" for number in range(20)]


@pytest.mark.parametrize("level", ["AUTOCOMMIT", "SERIALIZABLE"])
def test_a_unit_has_a_transaction_in_any_level(url: str, store: SqlStore, level: str) -> None:
    """With an engine of another level, a unit is all or nothing too."""
    engine = sa.create_engine(url, isolation_level=level)
    with pytest.raises(RuntimeError):
        broken_off(SqlStore(engine), RuntimeError)
    assert (store.find(OrderQuery()), rows_of(engine, "SELECT id FROM notes")) == ([], [])
    engine.dispose()


def test_a_full_pool_is_retryable(url: str) -> None:
    """A unit that gets no connection in time is a RetryableStoreError."""
    engine = sa.create_engine(
        url, poolclass=sa.QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01
    )
    store = SqlStore(engine)
    with engine.connect(), pytest.raises(RetryableStoreError), store.unit():
        pass
    engine.dispose()


@pytest.mark.parametrize("fails", [False, True])
def test_a_unit_of_a_forked_process_is_left_alone(
    engine: sa.Engine, store: SqlStore, *, fails: bool
) -> None:
    """A unit that goes on in a forked process is refused there, and goes on in its own process."""
    children: list[int] = []
    try:
        with store.unit() as (connection, inner):
            inner.save(opened())
            children.append(os.fork())
            if children[0]:
                assert os.waitstatus_to_exitcode(os.waitpid(children[0], 0)[1]) == 0
                note(connection)
            elif fails:
                raise KeyError
    except ValueError as error:
        os._exit(0 if "another process" in str(error) else 1)
    finally:
        if children == [0]:
            os._exit(2)
    assert found(engine) == (["PO-1"], ["one"])


def test_a_lost_commit_is_unknown(postgres_url: str) -> None:
    """If the connection is lost during the commit of a unit, its outcome is unknown."""
    with through_a_proxy(postgres_url, passed_on=True) as (engine, _):
        store = SqlStore.open(postgres_url, prefix="far_")
        store.close()
        far = SqlStore(engine, prefix="far_")
        with pytest.raises(OutcomeUnknownError), far.unit() as (_, inner):
            inner.save(opened())
        assert far.get("PO-1") == opened().order
