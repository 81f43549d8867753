"""Reads the orders of a database in parallel: each worker reads a range of ids.

    parts = ranges(engine, 8)
    for counted in ENGINES["dask"](partial(count_statuses, url), parts):
        ...

The engines are those of `scale`. A worker opens its own store, so only the URL and a range are
sent to it. The ranges cover all ids: an order that is opened during the scan belongs to one of
them. Each order is read with a whole history, but different orders are read at different times.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

import sqlalchemy as sa

from prodflow import HistoryEntry, OrderQuery, ProductionOrder
from prodflow.stores import Position
from prodflow_sqlalchemy import SqlStore

_LAST_IDS: Final = sa.text(
    "SELECT max(id) FROM (SELECT id, ntile(:parts) OVER (ORDER BY id) AS part"
    " FROM prodflow_orders_v1 WHERE tenant = :tenant) AS numbered GROUP BY part ORDER BY part"
)


class Range(NamedTuple):
    """The ids that come after one id, up to another; None for no limit."""

    after: str | None
    until: str | None


def ranges(engine: sa.Engine, parts: int, *, tenant: str = "") -> list[Range]:
    """Ranges that have about the same number of orders; fewer than *parts* if there are few."""
    with engine.connect() as connection:
        last = connection.execute(_LAST_IDS, {"parts": parts, "tenant": tenant}).scalars().all()
    return [Range(*ends) for ends in zip([None, *last[:-1]], [*last[:-1], None], strict=True)]


def histories(
    store: SqlStore, part: Range
) -> Iterator[tuple[ProductionOrder, tuple[HistoryEntry, ...]]]:
    """The orders of a range, by id, with their histories."""
    after = None if part.after is None else Position(sort="id", id=part.after).text
    for order, entries in store.histories(OrderQuery(sort="id", after=after)):
        if part.until is not None and order.id > part.until:
            return
        yield order, entries


def count_statuses(url: str, part: Range) -> Counter[str]:
    """A job for a worker: how often the orders of a range have entered each status."""
    with SqlStore.open(url, create=False) as store:
        return Counter(
            status
            for _, entries in histories(store, part)
            for status in (getattr(entry, "to_status", None) for entry in entries)
            if status is not None
        )
