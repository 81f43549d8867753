"""The view of orders, which people join with tables of their own."""

from datetime import date, timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa

from prodflow import ProductionOrder
from prodflow_sqlalchemy import SqlStore, tables

from .studio import AT, FLOW, MONDAY, advanced, opened, rows_of

COLUMNS: Final = [
    *("tenant", "id", "version", "order_type", "cycle_version", "status", "is_open", "due_on"),
    *("priority", "quantity", "ordered_on", "delivery_on", "entered_on", "closed_on"),
    *("department", "assignee", "vendor", "invoice_id", "split_from", "reorder_of"),
]
"""What the guide promises."""


def shown(engine: sa.Engine) -> list[dict[str, Any]]:
    """The rows of the view, by id; dates of SQLite are texts."""
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM prodflow_orders_v1 ORDER BY id"))
        return [row._asdict() for row in rows]


def expected(order: ProductionOrder, kind: str) -> dict[str, Any]:
    """The row of an order."""
    dates = {
        "due_on": order.due_on,
        "ordered_on": order.ordered_on,
        "delivery_on": order.delivery_on,
        "entered_on": order.entered_on,
        "closed_on": None if order.is_open else order.entered_on,
    }
    return {
        "tenant": "",
        "id": order.id,
        "version": order.version,
        "order_type": order.order_type,
        "cycle_version": order.cycle.version,
        "status": order.status.key,
        "is_open": order.is_open,
        **{
            name: day if kind == "postgresql" or day is None else day.isoformat()
            for name, day in dates.items()
        },
        "priority": order.priority,
        "quantity": order.quantity,
        "department": order.department,
        "assignee": order.user,
        "vendor": order.vendor,
        "invoice_id": order.invoice_id,
        "split_from": order.split_from,
        "reorder_of": order.reorder_of,
    }


def test_the_view_has_the_promised_columns(engine: sa.Engine, store: SqlStore) -> None:
    """The columns are those of the guide, in their sequence."""
    store.save(opened())
    assert [list(row) for row in shown(engine)] == [COLUMNS]


def test_the_view_shows_orders_as_they_are(engine: sa.Engine, store: SqlStore) -> None:
    """Each order has a row with its values: open, closed, and with every value given."""
    full = opened(
        "PO-1",
        delivery_on=MONDAY + timedelta(9),
        vendor="Acme",
        invoice_id="INV-7",
        priority=5,
        quantity=3,
        department="Lab desk",
        user="Ben",
        due_on=date.max,
    )
    closed = [opened("PO-2")]
    closed += [advanced(closed[-1].order, to="lab")]
    closed += [advanced(closed[-1].order, today=MONDAY + timedelta(1))]
    store.save(full, *closed)
    kind = engine.dialect.name
    orders = [full.order, closed[-1].order]
    assert shown(engine) == [expected(order, kind) for order in orders]
    assert shown(engine)[1]["closed_on"] == expected(orders[1], kind)["entered_on"]


def test_the_view_joins_with_tables_of_the_host(engine: sa.Engine, store: SqlStore) -> None:
    """A table of the host can be joined with the view in plain SQL."""
    store.save(opened("PO-1", vendor="Acme"), opened("PO-2", vendor="Other"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE labs (name text, phone text)")
        connection.exec_driver_sql("INSERT INTO labs VALUES ('Acme', '555')")
    joined = "SELECT o.id, l.phone FROM prodflow_orders_v1 AS o JOIN labs AS l ON l.name = o.vendor"
    assert rows_of(engine, joined) == [("PO-1", "555")]


def test_the_view_is_made_for_tables_of_alembic(engine: sa.Engine) -> None:
    """If Alembic has created the tables, `create_schema` adds the view."""
    made = tables(dialect=engine.dialect.name)
    made.metadata.create_all(engine)
    assert made.orders_view not in sa.inspect(engine).get_view_names()
    SqlStore(engine).create_schema()
    assert made.orders_view in sa.inspect(engine).get_view_names()


@pytest.mark.parametrize("prefix", ["studio_", "a" * 31])
def test_the_view_has_the_prefix(engine: sa.Engine, prefix: str) -> None:
    """The name of the view begins with the prefix."""
    store = SqlStore(engine, prefix=prefix)
    store.create_schema()
    store.save(FLOW.open(opened().order.cycle, order_id="PO-1", ordered_on=MONDAY, by="A", at=AT))
    assert rows_of(engine, f"SELECT id FROM {prefix}orders_v1") == [("PO-1",)]  # noqa: S608 - ours
