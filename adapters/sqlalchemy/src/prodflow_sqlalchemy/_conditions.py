"""The conditions of an order query on columns of the table of orders."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, final

import sqlalchemy as sa
from attrs import NOTHING

from prodflow import OrderQuery, StatusCycle
from prodflow.stores import folded
from prodflow_sqlalchemy._dialect import Dialect
from prodflow_sqlalchemy._places import in_stages, several, stages
from prodflow_sqlalchemy._schema import NO_DAY, NOBODY

Condition = sa.ColumnElement[bool]
Values = tuple[str | None, ...]
Cycles = Callable[[], Iterable[StatusCycle]]

DRIVERS: Final = frozenset({"vendor", "assignee", "department"})
"""Columns that have an index of open orders, and one of closed orders for each sort."""

_DAYS: Final = ("due", "delivery_on", "ordered_on", "closed_on")
"""Columns of days that a query can bound."""


def choices(query: OrderQuery) -> Mapping[str, Values]:
    """The values that a query allows, by column."""
    fields = {
        "order_type": query.order_type,
        "status": query.status,
        "department": query.department,
        "assignee": query.user,
        "vendor": query.vendor,
        "invoice_id": query.invoice_id,
    }
    asked = {name: several(wanted) for name, wanted in fields.items() if wanted is not NOTHING}
    for name in asked.keys() & DRIVERS:
        asked[name] = tuple(NOBODY if value is None else value for value in asked[name])
    return asked


@final
class Conditions:
    """Makes the conditions of queries.

    Args:
        dialect: the statements of the database.
        cycles: returns every version of every cycle.
    """

    def __init__(self, dialect: Dialect, cycles: Cycles) -> None:
        self._dialect = dialect
        self._cycles = cycles
        self._orders = dialect.tables.orders

    def of(
        self,
        query: OrderQuery,
        *,
        without: Collection[str] = (),
        unindexed: Collection[str] = (),
    ) -> tuple[Condition, ...]:
        """Every condition of a query.

        Args:
            query: which orders.
            without: columns that need no condition.
            unindexed: columns whose index isn't to be used.
        """
        c = self._orders.c
        found = [
            self.is_among(c[name], values)
            for name, values in choices(query).items()
            if name not in without
        ]
        if query.workflow_stage is not NOTHING:
            wanted = several(query.workflow_stage)
            found.append(in_stages(self._orders, self._dialect, wanted, stages(self._cycles())))
        for on_days in self.periods(query, unindexed=unindexed).values():
            found += on_days
        if query.text is not NOTHING:
            found.append(self._dialect.has_part(c.search, folded(query.text)))
        return tuple(found)

    def is_among(self, column: sa.ColumnElement[Any], values: Sequence[str | None]) -> Condition:
        """The condition that a column has one of these values, of which None may be one."""
        some = [value for value in values if value is not None]
        found: list[Condition] = []
        if some:
            found.append(column == some[0] if len(some) == 1 else self._dialect.among(column, some))
        if None in values:
            found.append(column.is_(None))
        return found[0] if len(found) == 1 else sa.or_(*found)

    def periods(
        self, query: OrderQuery, *, unindexed: Collection[str] = ()
    ) -> Mapping[str, Sequence[Condition]]:
        """The conditions on days, by column.

        Args:
            query: which orders.
            unindexed: columns whose index isn't to be used.
        """
        c = self._orders.c
        columns: dict[str, sa.ColumnElement[str]] = {
            name: self._dialect.unindexed(c[name]) if name in unindexed else c[name]
            for name in _DAYS
        }
        found: dict[str, list[Condition]] = {name: [] for name in _DAYS}
        bounds = (
            ("due", query.due_from, query.due_by),
            ("delivery_on", NOTHING, query.delivery_by),
            ("ordered_on", query.ordered_from, query.ordered_by),
            ("closed_on", query.closed_from, query.closed_by),
        )
        for name, first, last in bounds:
            if isinstance(first, date):
                found[name].append(columns[name] >= first.isoformat())
            if isinstance(last, date):
                found[name].append(columns[name] <= last.isoformat())
        if query.due_by is None or query.due_from is None:
            found["due"].append(columns["due"] == NO_DAY)
        if isinstance(query.due_from, date):
            found["due"].append(columns["due"] < NO_DAY)
        if isinstance(query.overdue_on, date):
            found["due"].append(columns["due"] < query.overdue_on.isoformat())
        if query.delivery_by is None:
            found["delivery_on"].append(c.delivery_on.is_(None))
        return {name: on_days for name, on_days in found.items() if on_days}
