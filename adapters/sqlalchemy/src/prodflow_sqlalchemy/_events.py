"""SQL for pages of pending events, which come straight from an index."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from prodflow import OutboxItem
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._schema import IS_PENDING


def events(
    outbox: sa.Table,
    tenant: str,
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
    due: Any = sa.select(outbox).where(c.tenant == tenant, c.fire_on <= as_of.isoformat())
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
