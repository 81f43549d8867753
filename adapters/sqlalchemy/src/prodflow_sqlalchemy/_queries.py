"""An `OrderQuery` in SQL; what is asked for stands in indexed columns."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from attrs import NOTHING

from prodflow import OrderQuery
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy.schema import IS_OPEN, NO_DAY


def chosen(orders: sa.Table, query: OrderQuery) -> sa.Select[Any]:
    """The rows of the orders asked for, by due date, those without one last, then by id."""
    return (
        sa.select(orders)
        .where(*_conditions(orders, query))
        .order_by("due", "id")
        .limit(query.limit)
    )


def _conditions(
    orders: sa.Table, query: OrderQuery
) -> Iterator[sa.ColumnElement[bool] | sa.TextClause]:
    c = orders.c
    exact: list[tuple[sa.Column[Any], object]] = [
        (c.order_type, query.order_type),
        (c.status, query.status),
        (c.workflow_stage, query.workflow_stage),
        (c.department, query.department),
        (c.assignee, query.user),
        (c.vendor, query.vendor),
        (c.invoice_id, query.invoice_id),
    ]
    for column, asked in exact:
        if asked is not NOTHING:
            yield column.is_(None) if asked is None else column == asked
    if query.is_open is not NOTHING:
        yield IS_OPEN if query.is_open else sa.not_(c.is_open)
    if query.due_by is not NOTHING:
        yield c.due == NO_DAY if query.due_by is None else c.due <= query.due_by.isoformat()
    if isinstance(query.overdue_on, date):
        yield sa.and_(IS_OPEN, c.due < query.overdue_on.isoformat())
    if query.delivery_by is None:
        yield c.delivery_on.is_(None)
    elif isinstance(query.delivery_by, date):
        yield c.delivery_on <= query.delivery_by.isoformat()
    if query.after is not None:
        due_on, order_id = query.after
        yield sa.tuple_(c.due, c.id) > sa.tuple_(sa.literal(rows.due(due_on)), sa.literal(order_id))
