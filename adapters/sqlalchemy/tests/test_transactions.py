"""A store in a transaction of its caller, next to the tables of an app."""

from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa

from prodflow import (
    CycleNotFoundError,
    DuplicateOrderError,
    OrderQuery,
    ProductionFlow,
    StaleOrdersError,
)
from prodflow_sqlalchemy import SqlStore

from .studio import (
    AT,
    CYCLE,
    LEASE,
    MONDAY,
    advanced,
    amended,
    at_the_lab,
    contents,
    opened,
    rows_of,
)


@pytest.fixture(autouse=True)
def invoices(engine: sa.Engine, store: SqlStore) -> sa.Table:
    """A table of the app, next to those of the store."""
    assert store.schema_version
    table = sa.Table("invoices", sa.MetaData(), sa.Column("id", sa.String, primary_key=True))
    table.create(engine)
    return table


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    """The caller's connection."""
    with engine.connect() as connection:
        yield connection


def test_a_commit_keeps_both(
    connection: sa.Connection, engine: sa.Engine, store: SqlStore, invoices: sa.Table
) -> None:
    """The caller commits its own row and the change together."""
    connection.execute(sa.insert(invoices), {"id": "INV-1"})
    SqlStore(connection).save(opened(invoice_id="INV-1"))
    connection.commit()
    assert rows_of(engine, "SELECT id FROM invoices") == [("INV-1",)]
    assert store.get("PO-1").invoice_id == "INV-1"


def test_a_rollback_takes_both_back(
    connection: sa.Connection, engine: sa.Engine, store: SqlStore, invoices: sa.Table
) -> None:
    """A rollback of the caller undoes its row, the order, history, cycle, command and events."""
    before = contents(store)
    connection.execute(sa.insert(invoices), {"id": "INV-1"})
    inner = SqlStore(connection)
    first = opened(command_id="c-1")
    inner.save(first)
    inner.save(advanced(first.order))
    assert (len(inner.history("PO-1")), len(inner.claim(as_of=date.max, now=AT, lease=LEASE))) == (
        2,
        2,
    )
    connection.rollback()
    assert rows_of(engine, "SELECT id FROM invoices") == []
    assert (contents(store), store.entries_of("c-1")) == (before, ())


def test_a_setting_of_the_caller_stays(postgres_url: str) -> None:
    """In PostgreSQL a claim leaves the settings of the caller's transaction as they were."""
    engine = sa.create_engine(postgres_url)
    SqlStore(engine).create_schema()
    at_the_lab(SqlStore(engine), "PO-1")
    with engine.connect() as connection:
        settings: list[object] = []
        for setting in ("on", "off"):
            connection.exec_driver_sql(f"SET LOCAL enable_sort = {setting}")
            SqlStore(connection).claim(as_of=date.max, now=AT, lease=LEASE)
            settings.append(connection.exec_driver_sql("SHOW enable_sort").scalar())
        connection.rollback()
        settings.append(connection.exec_driver_sql("SHOW enable_sort").scalar())
    assert settings == ["on", "off", "on"]
    engine.dispose()


def test_the_store_begins_where_the_caller_has_not(
    connection: sa.Connection, store: SqlStore
) -> None:
    """A save begins the transaction if the caller has not."""
    SqlStore(connection).save(opened())
    assert (connection.in_transaction(), store.find(OrderQuery())) == (True, [])
    connection.commit()
    assert store.get("PO-1") == opened().order


def test_nothing_is_committed_for_the_caller(connection: sa.Connection, store: SqlStore) -> None:
    """No call commits the transaction of the caller."""
    at_the_lab(store, "PO-1")
    first, second, third = store.pending(as_of=date.max)
    before = contents(store)
    inner = SqlStore(connection)
    inner.put_cycle(CYCLE.replace("hold", description="Paused"), replaces=1)
    inner.acknowledge(first)
    inner.dismiss(second.event.id)
    inner.fail(third, error="no", retry_at=None)
    inner.release(third)
    inner.extend(*inner.claim(as_of=date.max, now=AT, lease=LEASE), now=AT, lease=LEASE)
    inner.set_reminders(ProductionFlow().reminders(inner.get("PO-1"), today=MONDAY))
    inner.forget(before=date.max)
    inner.forget_commands(before=date.max)
    inner.erase("PO-2")
    inner.save(amended(inner.get("PO-1"), vendor="Acme"))
    inner.create_schema()
    inner.migrate()
    inner.close()
    connection.rollback()
    assert contents(store) == before
    assert len(store.claim(as_of=date.max, now=AT, lease=LEASE)) == 2


def test_a_refused_save_leaves_the_transaction_usable(
    connection: sa.Connection, engine: sa.Engine, store: SqlStore, invoices: sa.Table
) -> None:
    """After a refused save the caller can go on, and what was saved before is kept."""
    store.save(opened("PO-1"))
    inner = SqlStore(connection)
    connection.execute(sa.insert(invoices), {"id": "INV-1"})
    inner.save(opened("PO-2"))
    with pytest.raises(DuplicateOrderError):
        inner.save(opened("PO-3", command_id="c-1"), opened("PO-1", command_id="c-1"))
    inner.save(opened("PO-4", command_id="c-1"))
    connection.commit()
    assert [order.id for order in store.find(OrderQuery())] == ["PO-1", "PO-2", "PO-4"]
    assert rows_of(engine, "SELECT id FROM invoices") == [("INV-1",)]


def test_several_saves_are_seen_by_one_another(connection: sa.Connection, store: SqlStore) -> None:
    """Within a transaction each call sees the effects of earlier calls."""
    inner = SqlStore(connection)
    inner.save(opened())
    inner.save(advanced(inner.get("PO-1")))
    with pytest.raises(StaleOrdersError):
        inner.save(advanced(opened().order, to="hold"))
    assert inner.get_cycle("prints") == CYCLE
    with pytest.raises(CycleNotFoundError):
        store.get_cycle("prints")
    connection.rollback()


def test_a_cycle_taken_back_is_not_remembered(connection: sa.Connection, store: SqlStore) -> None:
    """A cycle that was rolled back is saved again with the next order."""
    inner = SqlStore(connection)
    inner.save(opened())
    connection.rollback()
    inner.save(opened())
    connection.commit()
    assert store.get_cycle("prints") == CYCLE


def test_a_savepoint_of_the_caller_is_respected(connection: sa.Connection, store: SqlStore) -> None:
    """Rolling back a savepoint of the caller undoes a save in it."""
    inner = SqlStore(connection)
    inner.save(opened("PO-1"))
    savepoint = connection.begin_nested()
    inner.save(opened("PO-2"))
    savepoint.rollback()
    connection.commit()
    assert [order.id for order in store.find(OrderQuery())] == ["PO-1"]
