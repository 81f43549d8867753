"""Deploys: a later release migrates the tables while processes of this one are at work.

The numbers of the tests with processes are a tenth of those in their docstrings, or all under the
profile `thorough`.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from operator import attrgetter
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from prodflow import OrderQuery
from prodflow_sqlalchemy import (
    SCHEMA_VERSION,
    DatabaseFailedError,
    SchemaVersionError,
    SqlStore,
)

from .conftest import database, number
from .scenarios.deploys import WRITES, deployed, migrated_under_load, worked
from .scenarios.later import LATER, later
from .scenarios.processes import Record, apart, reported
from .studio import (
    AT,
    LEASE,
    advanced,
    amended,
    at_the_lab,
    contents,
    entries_of_feed,
    opened,
    rows_of,
)


@pytest.mark.parametrize("name", WRITES)
def test_an_earlier_release_cannot_write_after_the_migration(
    engine: sa.Engine, store: SqlStore, name: str
) -> None:
    """After the migration, each call of an earlier release that writes is refused."""
    (order,) = at_the_lab(store, "PO-1")
    at_the_lab(store, "PO-9")
    item = store.claim(as_of=date.max, now=AT, lease=LEASE, limit=1)[0]
    later(engine).migrate()
    before = contents(later(engine))
    with pytest.raises(SchemaVersionError) as caught:
        WRITES[name](store, order, item)
    assert caught.value == SchemaVersionError(SCHEMA_VERSION, LATER)
    assert contents(later(engine)) == before
    WRITES[name](later(engine), order, item)


_place = attrgetter("order_id", "sequence")


def test_a_migration_keeps_everything(engine: sa.Engine, store: SqlStore) -> None:
    """A step may add a column and rewrite a table; the later release writes what it must."""
    orders = at_the_lab(store, "PO-1", "PO-2")
    before, entries = contents(store), list(store.history("PO-1") + store.history("PO-2"))
    assert sorted(entries_of_feed(store), key=_place) == entries
    new = later(engine)
    with pytest.raises(SchemaVersionError):
        new.get("PO-1")
    new.migrate()
    new.migrate()
    assert contents(new) == before
    assert sorted(entries_of_feed(new), key=_place) == entries
    assert (new.schema_version, store.schema_version) == (LATER, LATER)
    new.save(advanced(orders[0], to="hold"))
    assert len(entries_of_feed(new)) == len(entries) + 1
    sizes = rows_of(engine, "SELECT 1 FROM prodflow_history WHERE size = length(data)")
    assert len(sizes) == len(entries) + 1
    assert len(rows_of(engine, "SELECT id FROM prodflow_orders_v1")) == 2


def test_tables_without_a_step_are_refused(engine: sa.Engine, store: SqlStore) -> None:
    """Tables of a version that no step begins with can't be migrated."""
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE prodflow_schema SET version = 0")
    for each in (store, later(engine)):
        with pytest.raises(SchemaVersionError) as caught:
            each.migrate()
        assert caught.value.actual == 0


def test_two_migrations_at_once_are_one(engine: sa.Engine, store: SqlStore) -> None:
    """A migration that finds that another process has been faster has nothing to do."""
    at_the_lab(store, "PO-1")
    faster: list[SqlStore] = []

    @event.listens_for(engine, "reset")
    def migrate_first(*_: object) -> None:
        if not faster:  # when the slower one has read the version
            faster.append(later(engine))
            faster[0].migrate()

    assert callable(migrate_first)
    slower = later(engine)
    slower.migrate()
    assert (faster[0].schema_version, slower.schema_version) == (LATER, LATER)
    assert slower.get("PO-1") == faster[0].get("PO-1")


def test_a_step_that_fails_changes_nothing(engine: sa.Engine, store: SqlStore) -> None:
    """If a step fails, the tables and their version stay, and the earlier release goes on."""
    at_the_lab(store, "PO-1")
    before = contents(store)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE prodflow_history ADD COLUMN size text")
        else:
            connection.exec_driver_sql("CREATE TABLE prodflow_new (size)")
    with pytest.raises(DatabaseFailedError):
        later(engine).migrate()
    assert (contents(store), store.schema_version) == (before, SCHEMA_VERSION)
    store.save(opened("PO-2"))


def test_what_an_earlier_release_does_not_write_is_refused(postgres_url: str) -> None:
    """A row of an earlier release is refused even in a transaction that sees the old version."""
    engine = sa.create_engine(postgres_url)
    SqlStore(engine).create_schema()
    at_the_lab(SqlStore(engine), "PO-1")
    with engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        inner = SqlStore(connection)
        assert inner.order_types() == ("prints",)
        connection.commit()
        assert rows_of(engine, "SELECT 1") == [(1,)]
        connection.exec_driver_sql("SELECT 1")
        later(engine).migrate()
        with pytest.raises(DatabaseFailedError, match="size"):
            inner.save(opened("PO-2"))
        connection.rollback()
    assert [order.id for order in later(engine).find(OrderQuery())] == ["PO-1"]
    engine.dispose()


@pytest.mark.parametrize("name", sorted(WRITES.keys() - {"restored"}))  # it writes in this table
def test_the_version_takes_no_round_trip(postgres_url: str, name: str) -> None:
    """In PostgreSQL, the version is read by a statement that a call needs anyway."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    (order,) = at_the_lab(store, "PO-1")
    item = store.claim(as_of=date.max, now=AT, lease=LEASE, limit=1)[0]
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    WRITES[name](store, order, item)
    reading = [statement for statement in seen if "prodflow_schema" in statement]
    assert reading
    assert all("prodflow_" in each.replace("prodflow_schema", "") for each in reading)
    engine.dispose()


class Load:
    """Threads that use a store of this release until they are refused, or stopped."""

    def __init__(self, engine: sa.Engine) -> None:
        self.store = SqlStore(engine)
        self.done = 0
        self.orders: list[str] = []
        self._stop = Event()

    def run(self, number: int) -> None:
        """Write in every way, until the tables are those of the later release."""
        try:
            while not self._stop.is_set():
                worked(self.store, f"PO-{number}-{self.done}", self.orders.append)
                self.done += 1
        except SchemaVersionError:
            pass

    def read(self, _: int) -> None:
        """Read in every way, until stopped."""
        while not self._stop.is_set():
            self.store.find(OrderQuery(status="lab", limit=10))
            self.store.count(OrderQuery(), by="workflow_stage")
            self.store.newest()

    def stop(self) -> None:
        """Let all threads end."""
        self._stop.set()


@pytest.fixture
def load(engine: sa.Engine, store: SqlStore) -> Iterator[Load]:
    """Four writers and a reader at work."""
    at_the_lab(store, "PO-1")
    load = Load(engine)
    with ThreadPoolExecutor(5) as threads:
        running = [threads.submit(load.run, number) for number in range(4)]
        running.append(threads.submit(load.read, 0))
        while load.done < 8 and not any(each.done() for each in running):
            pass
        yield load
        load.stop()
    for each in running:
        each.result()


def test_a_migration_goes_through_under_load(engine: sa.Engine, load: Load) -> None:
    """With live writers and readers, a migration ends, and nothing acknowledged is lost."""
    attempts: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: attempts.append(given[2]))
    new = later(engine)
    new.migrate()
    load.stop()
    assert new.schema_version == LATER
    assert sum(statement.startswith("LOCK TABLE") for statement in attempts) <= 3
    assert set(load.orders) <= {order.id for order in new.find(OrderQuery())}


def test_a_migration_waits_briefly(postgres_url: str) -> None:
    """If a transaction keeps a table locked, a migration lets the others go on, and tries again."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    (order,) = at_the_lab(store, "PO-1")
    locks: list[Any] = []
    second = Event()

    @event.listens_for(engine, "before_cursor_execute")
    def listener(*arguments: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        if arguments[2].startswith("LOCK TABLE"):
            locks.append(arguments[2])
            if len(locks) == 2:
                second.set()

    assert callable(listener)
    with ThreadPoolExecutor(1) as threads, engine.connect() as connection:
        SqlStore(connection).save(amended(order, vendor="slow"))
        migrating = threads.submit(later(engine).migrate)
        assert second.wait(30)
        connection.commit()
        migrating.result()
    assert later(engine).get("PO-1").vendor == "slow"
    engine.dispose()


def test_the_timeout_of_the_caller_stays(postgres_url: str) -> None:
    """A migration in a caller's transaction leaves its settings as they were."""
    engine = sa.create_engine(postgres_url)
    SqlStore(engine).create_schema()
    with engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '7s'")
        inner = later(engine)
        inner._migrate(connection)  # noqa: SLF001 - what a store on this connection does
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "7s"
        assert inner._read_version(connection) == LATER  # noqa: SLF001
        connection.rollback()
    assert SqlStore(engine).schema_version == SCHEMA_VERSION
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[str]]:
    """The URLs of empty databases: 20 of SQLite, then 20 of PostgreSQL, or fewer."""
    wanted = range(number(20))
    if request.param == "sqlite":
        yield [f"sqlite:///{tmp_path / f'studio-{each}.db'}" for each in wanted]
        return
    server: str = request.getfixturevalue("postgres")
    with ExitStack() as schemas:
        yield [schemas.enter_context(database(server)) for _ in wanted]


@pytest.mark.full
def test_migrations_go_through_under_load(urls: list[str], record_property: Record) -> None:
    """20 databases are migrated under 4 writers and a reader: no acknowledged order is lost."""
    found = apart(migrated_under_load, urls)
    assert reported(found, record_property) == {}


@pytest.mark.full
def test_an_earlier_release_that_goes_on_changes_nothing(url: str, record_property: Record) -> None:
    """After a migration, the 1,000 calls of 4 processes of an earlier release change nothing."""
    found = apart(deployed, url, calls=number(250))
    assert reported(found, record_property) == {}
