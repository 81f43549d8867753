"""Where orders are in their cycles: order types, statuses and workflow stages.

The table of orders has no column for workflow stages, so an edit of a cycle needn't change the
table (decision D5). A stage is looked up in the versions of the cycles instead.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, cast

import sqlalchemy as sa
from attrs import NOTHING

from prodflow import OrderQuery, Status, StatusCycle
from prodflow_sqlalchemy._dialect import Dialect

Place = tuple[str, str]
"""An order type and a status."""

_MOST: Final = 100
"""With more alternatives, they are one parameter: SQLite refuses a condition 1,000 levels deep."""

Stages = Mapping[tuple[str, str, int], str | None]
"""The workflow stage of a status, by order type, key and cycle version."""


def stages(cycles: Iterable[StatusCycle]) -> Stages:
    """The workflow stage of each status of each version.

    The newest version names it; if that version doesn't have the status, its own version does.

    Args:
        cycles: every version of every cycle.
    """
    by_type: dict[str, list[StatusCycle]] = {}
    for cycle in cycles:
        by_type.setdefault(cycle.order_type, []).append(cycle)
    found: dict[tuple[str, str, int], str | None] = {}
    for order_type, versions in by_type.items():
        newest = max(versions, key=attrgetter("version"))
        for cycle in versions:
            for status in cycle:
                known = newest[status.key] if status.key in newest else status  # noqa: SIM401 - a cycle has no get
                found[order_type, status.key, cycle.version] = known.workflow_stage
    return found


def several(wanted: Any) -> tuple[str | None, ...]:  # noqa: ANN401 - a field of a query
    """The values that a field of a query allows, sorted; None comes first."""
    if isinstance(wanted, frozenset):
        values = cast("frozenset[str | None]", wanted)
        return tuple(sorted(values, key=lambda value: (value is not None, value or "")))
    return (wanted,)


def places(
    query: OrderQuery, cycles: Iterable[StatusCycle], *, are_open: bool
) -> Sequence[Place] | None:
    """The places where the orders of a query can be; None if the query names no place.

    Args:
        query: which orders.
        cycles: every version of every cycle.
        are_open: whether the places of open orders are asked for, or those of closed orders.
    """
    asked = (query.order_type, query.status, query.workflow_stage)
    if all(wanted is NOTHING for wanted in asked):
        return None
    types, keys, names = (None if each is NOTHING else set(several(each)) for each in asked)
    every = [*cycles]
    stage_of: Stages = {} if names is None else stages(every)
    found = {
        (cycle.order_type, status.key)
        for cycle in every
        if types is None or cycle.order_type in types
        for status in cycle
        if _closes(status) is not are_open
        if keys is None or status.key in keys
        if names is None or stage_of[cycle.order_type, status.key, cycle.version] in names
    }
    return sorted(found)


def _closes(status: Status) -> bool:
    return status.final or status.cancelled


def in_stages(
    orders: sa.Table, dialect: Dialect, wanted: Iterable[str | None], stage_of: Stages
) -> sa.ColumnElement[bool]:
    """The condition that the status of an order has one of the workflow stages.

    If a status has one of them in some versions only, these versions are part of the condition.
    """
    names = set(wanted)
    versions: dict[Place, list[int]] = {}
    counts: dict[Place, int] = {}
    for (order_type, key, version), stage in stage_of.items():
        place = (order_type, key)
        counts[place] = counts.get(place, 0) + 1
        if stage in names:
            versions.setdefault(place, []).append(version)
    c = orders.c
    whole = [place for place, numbers in versions.items() if len(numbers) == counts[place]]
    some = [
        (*place, number)
        for place, numbers in versions.items()
        if len(numbers) < counts[place]
        for number in numbers
    ]
    return sa.or_(
        _is_one((c.order_type, c.status), whole, dialect),
        _is_one((c.order_type, c.status, c.cycle_version), some, dialect),
    )


def _is_one(
    columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[str | int]], dialect: Dialect
) -> sa.ColumnElement[bool]:
    """The condition that some columns have the values of one of these rows."""
    if len(rows) > _MOST:
        return dialect.among_rows(columns, rows)
    equal = [
        sa.and_(*(column == value for column, value in zip(columns, row, strict=True)))
        for row in rows
    ]
    return sa.or_(sa.false(), *equal)
