"""SQL for order queries, and for pages of rows that come straight from an index."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from attrs import NOTHING

from prodflow import OrderQuery, OutboxItem, StatusCycle
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._schema import (
    IS_COMPLETE,
    IS_OPEN,
    IS_PENDING,
    NO_DAY,
)


def selected(
    orders: sa.Table, query: OrderQuery, cycles: Iterable[StatusCycle]
) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """The statement for the orders that match a query, sorted as `OrderStore.find` says.

    Args:
        orders: the table.
        query: which orders, and which page of them.
        cycles: every version of every cycle. They're needed only if the query asks for a workflow
            stage.
    """
    conditions = [*_conditions(orders, query)]
    if query.workflow_stage is not NOTHING:
        conditions.append(_in_stage(orders, query, cycles))
    statement = sa.select(orders).where(*conditions)
    if _has_one_index(query):
        return page([statement], "due", "id", limit=query.limit)
    halves = [statement.where(IS_OPEN), statement.where(IS_COMPLETE)]
    return page(halves, "due", "id", limit=query.limit)


def _has_one_index(query: OrderQuery) -> bool:
    """Whether one index serves the query; if not, open orders and closed orders use two indexes."""
    indexed = (query.order_type, query.department, query.user, query.vendor, query.is_open)
    return (
        any(value is not NOTHING for value in (*indexed, query.overdue_on))
        or isinstance(query.invoice_id, str)  # the index has no orders without an invoice
    )


def events(
    outbox: sa.Table,
    *,
    as_of: date,
    order_id: str | None,
    trigger: str | None,
    automatic: bool | None,
    given_up: bool | None,
    after: OutboxItem | None,
    limit: int,
) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """The statement for pending events, filtered and sorted as `Outbox.pending` says."""
    c = outbox.c
    due: Any = sa.select(outbox).where(c.fire_on <= as_of.isoformat())
    if trigger is not None:
        due = due.where(c.trigger_key == trigger)
    if after is not None:
        last = sa.tuple_(sa.literal(rows.due(after.event.fire_on)), sa.literal(after.event.id))
        due = due.where(sa.tuple_(c.fire_on, c.id) > last)
    flags = [
        (c.automatic == for_workers, c.given_up == is_given_up)
        for for_workers in _values(automatic)
        for is_given_up in _values(given_up)
    ]
    if order_id is None:
        parts = [due.where(IS_PENDING, *both) for both in flags]
    else:
        # The primary key serves these. Said in other words, the condition keeps SQLite from an
        # index of pending events.
        is_pending = (c.order_id == order_id, c.closed.is_not(sa.true()))
        parts = [due.where(*is_pending, sa.or_(*(sa.and_(*both) for both in flags)))]
    return page(parts, "fire_on", "id", limit=limit)


def _values(flag: bool | None) -> tuple[bool, ...]:  # noqa: FBT001 - the only argument
    return (True, False) if flag is None else (flag,)


def page(
    parts: Sequence[sa.Select[Any]], *order: str, limit: int | None
) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """The statement for the first rows of several queries, merged and sorted by *order*.

    Each query is also sorted and limited on its own, so that an index can serve it.
    """
    pages = [part.order_by(*order).limit(limit) for part in parts]
    if len(pages) == 1:
        return pages[0]
    merged = sa.union_all(*(sa.select(part.subquery()) for part in pages))
    return merged.order_by(*order).limit(limit)


def _conditions(
    orders: sa.Table, query: OrderQuery
) -> Iterator[sa.ColumnElement[bool] | sa.TextClause]:
    c = orders.c
    exact: list[tuple[sa.Column[Any], object]] = [
        (c.order_type, query.order_type),
        (c.status, query.status),
        (c.department, query.department),
        (c.assignee, query.user),
        (c.vendor, query.vendor),
        (c.invoice_id, query.invoice_id),
    ]
    for column, value in exact:
        if value is not NOTHING:
            yield column.is_(None) if value is None else column == value
    if query.is_open is not NOTHING:
        yield IS_OPEN if query.is_open else IS_COMPLETE
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


def _in_stage(
    orders: sa.Table, query: OrderQuery, cycles: Iterable[StatusCycle]
) -> sa.ColumnElement[bool]:
    """The orders whose status has the workflow stage of the query, by the newest cycle version.

    If the newest version doesn't have the order's status, the order's own version counts. The table
    of orders has no column for stages, so an edit of a cycle needn't change the table (decision
    D5).
    """
    c = orders.c
    by_type: dict[str, list[StatusCycle]] = {}
    for cycle in cycles:
        if query.order_type in {NOTHING, cycle.order_type}:
            by_type.setdefault(cycle.order_type, []).append(cycle)
    found: list[sa.ColumnElement[bool]] = []
    for order_type, versions in by_type.items():
        newest = max(versions, key=attrgetter("version"))
        of_type: list[sa.ColumnElement[bool]] = [c.status.in_(_keys(newest, query))]
        for cycle in versions:
            gone = [key for key in _keys(cycle, query) if key not in newest]
            if gone:
                of_type.append(sa.and_(c.cycle_version == cycle.version, c.status.in_(gone)))
        found.append(sa.and_(c.order_type == order_type, sa.or_(*of_type)))
    return sa.or_(sa.false(), *found)


def _keys(cycle: StatusCycle, query: OrderQuery) -> list[str]:
    return [status.key for status in cycle if status.workflow_stage == query.workflow_stage]
