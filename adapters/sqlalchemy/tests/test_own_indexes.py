"""Unique indexes that an app has added to the tables of the store."""

import pytest
import sqlalchemy as sa

from prodflow import FlowSettings, StatusCycle
from prodflow_sqlalchemy import DatabaseFailedError, SqlStore

from .studio import AT, CYCLE, at_the_lab, contents, once_before, opened

_INDEXES = {
    "orders": "(invoice_id)",
    "commands": "(tenant)",
    "settings": "(put_by)",
    "facts": "(name)",
    "order_types": "(tenant)",
    "history": "(tenant)",
    "outbox": "(tenant)",
    "cycles": "(tenant)",
}


def saves(store: SqlStore, name: str) -> None:
    """A save that puts a second row into a table."""
    if name == "settings":
        store.put_settings(FlowSettings(version=2), replaces=1, by="Ann", at=AT)
    elif name == "order_types":
        store.put_cycle(StatusCycle("albums", CYCLE.statuses), replaces=None)
    elif name == "cycles":
        store.put_cycle(CYCLE.replace("lab", description="Lab"), replaces=1)
    elif name == "outbox":
        at_the_lab(store, "PO-8")
    else:
        store.save(opened("PO-2", invoice_id="INV-1", facts={"client": "B"}, command_id="c-2"))


@pytest.mark.parametrize("name", _INDEXES)
def test_an_index_of_the_app_is_an_error_of_the_app(
    engine: sa.Engine, store: SqlStore, name: str
) -> None:
    """What a unique index of the app refuses is a DatabaseFailedError that names it."""
    store.save(opened("PO-1", invoice_id="INV-1", facts={"client": "A"}, command_id="c-1"))
    store.put_settings(FlowSettings(), replaces=None, by="Ann", at=AT)
    with engine.begin() as connection:
        if name == "outbox":
            at_the_lab(SqlStore(connection), "PO-7")
            connection.exec_driver_sql("DELETE FROM prodflow_outbox WHERE trigger_key <> 'welcome'")
        connection.exec_driver_sql(f"CREATE UNIQUE INDEX mine ON prodflow_{name} {_INDEXES[name]}")
    before = contents(store)
    column = _INDEXES[name].strip("()")
    statements = once_before(engine, "", lambda: None)
    with pytest.raises(DatabaseFailedError, match=f'"mine"|UNIQUE constraint failed: .*{column}'):
        saves(store, name)
    assert contents(SqlStore(engine)) == before
    inserted = f"INSERT INTO prodflow_{name}"
    assert sum(statement.startswith(inserted) for statement in statements) == 1
