"""Rows that go back in time under a running store, as after a restore or between tests.

The numbers of the test with processes are a tenth of those in its docstring, or all under the
profile `thorough`.
"""

import sqlite3
from collections.abc import Callable
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from prodflow import CycleConflictError, FlowSettings, OrderQuery, SettingsNotFoundError
from prodflow_sqlalchemy import DatabaseFailedError, RetryableStoreError, SqlStore, tables

from .conftest import emptied, number
from .scenarios.processes import Record, apart, reported
from .scenarios.restores import restored_under_load
from .studio import AT, CYCLE, MONDAY, advanced, at_the_lab, contents, opened, rows_of

PAUSED: Final = CYCLE.replace("hold", description="Paused")
WAITING: Final = CYCLE.replace("hold", description="Waiting")


def without_cycles(engine: sa.Engine) -> list[tuple[object, ...]]:
    """The orders whose cycle is in no table."""
    return rows_of(
        engine,
        "SELECT o.id FROM prodflow_orders AS o LEFT JOIN prodflow_cycles AS c"
        " ON c.order_type = o.order_type AND c.version = o.cycle_version WHERE c.version IS NULL",
    )


def test_a_cycle_that_is_gone_is_saved_again(kept: sa.Engine) -> None:
    """If the rows are deleted under a store, the next order brings its cycle with it."""
    store = emptied(kept)
    at_the_lab(store, "PO-1")
    emptied(kept)
    orders = at_the_lab(store, "PO-2", "PO-3")
    assert without_cycles(kept) == []
    assert SqlStore(kept).find(OrderQuery()) == orders
    assert SqlStore(kept).get_cycle("prints") == CYCLE


def test_a_version_that_is_gone_is_saved_again(kept: sa.Engine) -> None:
    """If only the newest version is gone, an order that moves to it brings it with it."""
    store = emptied(kept)
    (order,) = at_the_lab(store, "PO-1")
    store.put_cycle(PAUSED, replaces=1)
    with kept.begin() as connection:
        connection.execute(sa.text("DELETE FROM prodflow_cycles WHERE version = 2"))
        connection.execute(sa.text("UPDATE prodflow_order_types SET put_version = NULL"))
    from_2 = opened("PO-2", PAUSED)
    store.save(from_2)
    assert without_cycles(kept) == []
    assert SqlStore(kept).load(["PO-1", "PO-2"]) == {"PO-1": order, "PO-2": from_2.order}


def test_a_lost_edit_is_not_taken_for_the_one_that_replaced_it(kept: sa.Engine) -> None:
    """If another edit has taken the number of a lost edit, every store goes by the other edit."""
    store = emptied(kept)
    at_the_lab(store, "PO-1")
    store.put_cycle(PAUSED, replaces=1)
    store.save(opened("PO-2", PAUSED))
    emptied(kept)
    other = SqlStore(kept)
    other.put_cycle(CYCLE, replaces=None)
    other.put_cycle(WAITING, replaces=1)
    other.save(opened("PO-3", WAITING))
    assert store.get_cycle("prints") == store.get_cycle("prints", 2) == WAITING
    assert store.newest() == (WAITING,)
    assert [order.cycle for order in store.find(OrderQuery(status="ordered"))] == [WAITING]
    assert store.get("PO-3") == opened("PO-3", WAITING).order
    before = contents(other)
    with pytest.raises(CycleConflictError):
        store.save(opened("PO-4", PAUSED))
    assert contents(other) == before
    store.save(opened("PO-4", WAITING))
    assert other.get("PO-4").cycle == WAITING


def test_lost_settings_are_not_taken_for_those_that_replaced_them(kept: sa.Engine) -> None:
    """If other settings have taken the number of lost ones, every store goes by the others."""
    store = emptied(kept)
    lost, kept_ones = FlowSettings(zone="Europe/Lisbon"), FlowSettings(zone="Europe/Vienna")
    store.put_settings(lost, replaces=None, by="Ann", at=AT)
    assert store.get_settings() == store.get_settings(1) == lost
    emptied(kept)
    with pytest.raises(SettingsNotFoundError):
        store.get_settings(1)
    SqlStore(kept).put_settings(kept_ones, replaces=None, by="Ben", at=AT)
    assert store.get_settings() == store.get_settings(1) == kept_ones


CHANGES: Final[list[Callable[[SqlStore], None]]] = [
    lambda store: store.save(opened("PO-2", command_id="c-2")),
    lambda store: store.put_cycle(CYCLE, replaces=None),
    lambda store: store.put_settings(FlowSettings(), replaces=None, by="Ann", at=AT),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_store_forgets_what_the_database_has_lost(
    kept: sa.Engine, change: Callable[[SqlStore], None]
) -> None:
    """A change after a restore does what it would do in a store that was opened after it."""
    store = emptied(kept)
    at_the_lab(store, "PO-1")
    change(store)
    emptied(kept)
    change(store)
    found = contents(store)
    change(emptied(kept))
    assert found == contents(store)


def test_the_database_keeps_the_cycles_of_orders(store: SqlStore, engine: sa.Engine) -> None:
    """A cycle with orders can't be deleted: the tables have a foreign key."""
    at_the_lab(store, "PO-1")
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        with pytest.raises(IntegrityError):
            connection.exec_driver_sql("DELETE FROM prodflow_cycles")


def test_foreign_keys_of_sqlite_may_be_on(sqlite_url: str) -> None:
    """A connection that checks foreign keys can save everything."""
    engine = sa.create_engine(sqlite_url)

    @event.listens_for(engine, "connect")
    def connected(driver: sqlite3.Connection, _: object) -> None:  # pyright: ignore[reportUnusedFunction] - by SQLAlchemy
        driver.execute("PRAGMA foreign_keys = ON")

    store = SqlStore(engine)
    store.create_schema()
    (order,) = at_the_lab(store, "PO-1")
    store.save(opened("PO-2", PAUSED), opened("PO-3"))
    store.save(advanced(order, to="hold", today=MONDAY))
    assert without_cycles(engine) == []
    engine.dispose()


def test_a_caller_must_do_it_again(postgres_url: str) -> None:
    """In PostgreSQL, a caller's transaction with an old snapshot must be repeated."""
    engine = sa.create_engine(postgres_url)
    SqlStore(engine).create_schema()
    SqlStore(engine).put_cycle(CYCLE, replaces=None)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        inner = SqlStore(connection)
        assert inner.order_types() == ("prints",)
        emptied(engine)
        with pytest.raises(RetryableStoreError):
            inner.save(opened())
        connection.rollback()
        inner.save(opened())
        connection.commit()
    assert without_cycles(engine) == []
    engine.dispose()


def test_other_foreign_keys_are_the_business_of_the_app(postgres_url: str) -> None:
    """A foreign key of the app that refuses an order is reported, not tried again."""
    assert tables(dialect="postgresql").orders.foreign_key_constraints
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    with engine.begin() as connection:
        connection.exec_driver_sql('CREATE TABLE labs (name text COLLATE "C" PRIMARY KEY)')
        connection.exec_driver_sql(
            "ALTER TABLE prodflow_orders ADD CONSTRAINT labs FOREIGN KEY (vendor) REFERENCES labs"
        )
    with pytest.raises(DatabaseFailedError, match="labs"):
        store.save(opened(vendor="Acme"))
    engine.dispose()


@pytest.mark.full
def test_a_restore_under_load_loses_nothing_that_came_after_it(
    url: str, record_property: Record
) -> None:
    """A backup is restored 20 times under 4 processes: each save after a restore is kept whole."""
    found = apart(restored_under_load, url, restores=number(20))
    assert reported(found, record_property) == {}
