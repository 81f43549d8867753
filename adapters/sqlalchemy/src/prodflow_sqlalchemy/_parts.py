"""The parts of an order query, each of which one index serves.

Theory of operation.

1. Every order is in the indexes of open orders or in those of closed orders. So a query for both
   has a part for each *half*, unless the primary key or the index of invoices serves it.
2. One filter of a query is the *driver*: its index finds the orders, and each of them is checked
   for the other filters. If the driver has several values, there is a part for each, because a
   database reads an index in its sequence for one value only.
3. Without statistics, a database doesn't know which facts are rare. So the store counts them first,
   up to a limit, and the rarest fact is the driver. If even that fact is common among open orders,
   it's quicker to read the open orders in their sequence, and check each for the fact.
4. In the same way, a period of days is the driver if it has few orders. The database may use no
   index of a longer one, and reads the orders in their sequence.
5. By id, half a million older orders may come before the first of a longer period. So the first id
   of each day is looked up. A page of 100 orders has no order of another day than the 100 days
   with the lowest first ids: each of these days has an order that comes before.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import Enum
from typing import Any, Final, final

import sqlalchemy as sa
from attrs import NOTHING, frozen

from prodflow import DamagedRowError, OrderQuery
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._conditions import (
    DRIVERS,
    Condition,
    Conditions,
    Cycles,
    Values,
    choices,
)
from prodflow_sqlalchemy._dialect import ConcurrentSaveError, Dialect
from prodflow_sqlalchemy._places import places, several

MOST_PARTS: Final = 60
"""With more parts, the database sorts what it finds instead."""

FEW: Final = 1_500
"""How many orders the database looks up and sorts in a few milliseconds."""

MANY: Final = 20_000
"""How many orders the database finds in an index and sorts in a few milliseconds."""

MOST_DAYS: Final = 4_000
"""For how many days the database looks up the first order of each in a few milliseconds."""

Wanted = rows.Fact | tuple[rows.Fact | None, ...] | None
"""What a query wants of a fact."""


class Half(Enum):
    """Orders that are in the same indexes; the value is the condition of these indexes."""

    OPEN = "{}.is_open"
    CLOSED = "NOT {}.is_open"
    BOTH = "TRUE"

    def of(self, table: sa.FromClause) -> sa.TextClause:
        """The condition on the rows of a table; SQLite needs the words of the index."""
        return sa.text(self.value.format(getattr(table, "name", table)))


_BY_DAY: Final = frozenset(
    {
        ("due", Half.OPEN),
        ("due", Half.CLOSED),
        ("ordered_on", Half.CLOSED),
        ("closed_on", Half.CLOSED),
    }
)
"""Columns of days that have an index, of open or of closed orders."""

_FIRST_IDS: Final = frozenset({"ordered_on", "closed_on"})
"""Columns of days whose index of closed orders has the ids of each day in sequence."""


@final
@frozen(kw_only=True)
class Part:
    """A part of a query: which orders, and what finds them.

    Args:
        half: which indexes are used.
        conditions: conditions on columns of the table of orders.
        is_driven: whether the first condition is the driver.
        is_period: whether a condition on days is the driver.
        fact: the name and the stored value of the fact that is the driver, if one is.
        facts: the names and the stored values of other facts that an order must have; None for
            orders without the fact.
    """

    half: Half
    conditions: tuple[Condition, ...] = ()
    is_driven: bool = False
    is_period: bool = False
    fact: tuple[str, str] | None = None
    facts: tuple[tuple[str, Values], ...] = ()


@final
class Parts:
    """Takes a query apart, in one transaction.

    Args:
        dialect: the statements of the database.
        connection: the connection of the transaction.
        cycles: returns every version of every cycle.
        few: how many facts are few.
        many: how many orders of a period are many.
    """

    def __init__(
        self,
        dialect: Dialect,
        connection: sa.Connection,
        cycles: Cycles,
        *,
        few: int = FEW,
        many: int = MANY,
    ) -> None:
        self._dialect = dialect
        self._connection = connection
        self._cycles = cycles
        self._conditions = Conditions(dialect, cycles)
        self._few = few
        self._many = many
        self._orders = dialect.tables.orders
        self._facts = dialect.tables.facts

    def of_count(self, query: OrderQuery) -> Sequence[Part]:
        """The parts of a count, each with open or with closed orders; none if nothing matches."""
        halves, facts = _halves(query), _facts(query)
        if _finds_nothing(query, facts):
            return []
        conditions = self._conditions.of(query)
        if not _drivers(facts):
            return [Part(half=half, conditions=conditions, facts=_pairs(facts)) for half in halves]
        return [
            part
            for half in halves
            for part in self._by_fact(half, conditions, facts, self._rarest(half, facts))
        ]

    def of_page(self, query: OrderQuery) -> Sequence[Part]:
        """The parts of a page; none if the query finds nothing."""
        halves, facts = _halves(query), _facts(query)
        if _finds_nothing(query, facts):
            return []
        conditions = self._conditions.of(query)
        if len(halves) > 1 and (_is_by_invoice(query) or _is_by_id(query)):
            return [Part(half=Half.BOTH, conditions=conditions, facts=_pairs(facts))]
        if _is_by_invoice(query) or not _drivers(facts):
            return self._by_columns(query, halves, conditions, facts)
        found: list[Part] = []
        has_columns = not DRIVERS.isdisjoint(choices(query))
        for half in halves:
            name = self._rarest(half, facts)
            has_another_way = has_columns or (half is Half.OPEN and query.sort != "id")
            if has_another_way and self._numbers_of_facts(half, facts)[name] > self._few:
                found += self._by_columns(query, [half], conditions, facts)
            else:
                found += self._by_fact(half, conditions, facts, name)
        return found

    # --- Drivers

    def _by_columns(
        self,
        query: OrderQuery,
        halves: Sequence[Half],
        conditions: tuple[Condition, ...],
        facts: Mapping[str, Values],
    ) -> Sequence[Part]:
        """The parts of a page whose driver is a column or a pair of columns, if there is one."""
        chosen = choices(query)
        columns = sorted(DRIVERS & chosen.keys())
        parts: list[Part] = []
        for half in halves:
            if columns:
                name = min(columns, key=lambda each: len(chosen[each]))
                other = self._conditions.of(query, without={name})
                driven = [
                    self._conditions.is_among(self._orders.c[name], [it]) for it in chosen[name]
                ]
            else:
                found = places(query, self._cycles(), are_open=half is Half.OPEN)
                if found is None:
                    return [self._by_days(query, each, facts) for each in halves]
                c = self._orders.c
                other = self._conditions.of(query, without={"order_type", "status"})
                driven = [sa.and_(c.order_type == kind, c.status == key) for kind, key in found]
            parts += [
                Part(half=half, conditions=(each, *other), is_driven=True, facts=_pairs(facts))
                for each in driven
            ]
        if len(parts) <= MOST_PARTS:
            return parts
        return [Part(half=half, conditions=conditions, facts=_pairs(facts)) for half in halves]

    def _by_days(self, query: OrderQuery, half: Half, facts: Mapping[str, Values]) -> Part:
        """The part of a page whose driver is the shortest period of the query, if it's short."""
        periods = {
            name: conditions
            for name, conditions in self._conditions.periods(query).items()
            if (name, half) in _BY_DAY and name != query.sort
        }
        numbers = self._numbers(
            [
                sa.select(sa.literal(1).label("one")).where(
                    self._orders.c.tenant == self._dialect.tenant,
                    *conditions,
                    half.of(self._orders),
                )
                for conditions in periods.values()
            ],
            self._many,
        )
        if (
            query.sort == "id"
            and half is Half.CLOSED
            and not facts
            and min(numbers, default=0) > self._many
        ):
            days = self._first_days(query)
            if days is not None:
                return Part(half=half, conditions=(days,), is_period=True)
        short = min(zip(numbers, periods, strict=True), default=(self._many + 1, ""))
        is_short = short[0] <= self._many
        unindexed = periods.keys() - ({short[1]} if is_short else {})
        return Part(
            half=half,
            conditions=self._conditions.of(query, unindexed=unindexed),
            is_period=is_short,
            facts=_pairs(facts),
        )

    def _first_days(self, query: OrderQuery) -> Condition | None:
        """The condition that closed orders are of the days that can have the first ids of a period.

        None if the query has another condition, no limit, or too long a period.
        """
        (name, period), *others = self._conditions.periods(query).items()
        is_other = others or len(self._conditions.of(query)) > len(period)
        if is_other or name not in _FIRST_IDS or query.limit is None:
            return None
        c = self._orders.c
        is_closed = Half.CLOSED.of(self._orders)
        ends = [
            sa.select(end(c[name])).where(c.tenant == self._dialect.tenant, *period, is_closed)
            for end in (sa.func.min, sa.func.max)
        ]
        bounds = self._connection.execute(sa.select(*(it.scalar_subquery() for it in ends))).one()
        if None in bounds:  # somebody has deleted the orders that were counted
            raise ConcurrentSaveError
        first, last = (self._day(name, bound) for bound in bounds)
        if (last - first).days >= MOST_DAYS:
            return None
        days = [(first + timedelta(n)).isoformat() for n in range((last - first).days + 1)]
        day = self._dialect.each(days)
        is_next = c.id > ("" if query.begins_after is None else query.begins_after.id)
        of_day = sa.select(sa.func.min(c.id)).where(
            c.tenant == self._dialect.tenant, c[name] == day.c.value, is_next, is_closed
        )
        each = sa.select(day.c.value, of_day.scalar_subquery().label("first")).subquery("days")
        # A day without orders comes last: to leave it out, each day would be looked up twice.
        begins = sa.select(each.c.value).order_by(each.c.first.nulls_last()).limit(query.limit)
        return self._dialect.among_found(c[name], begins)

    def _day(self, name: str, text: str) -> date:
        """The day in a column of orders."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            c = self._orders.c
            named = (
                sa.select(c.id).where(c.tenant == self._dialect.tenant, c[name] == text).limit(1)
            )
            damaged = self._connection.execute(named).first()
        if damaged is None:
            raise ConcurrentSaveError
        raise DamagedRowError(self._orders.name, tuple(damaged))

    def _by_fact(
        self,
        half: Half,
        conditions: tuple[Condition, ...],
        facts: Mapping[str, Values],
        name: str,
    ) -> Iterable[Part]:
        """The parts of a query whose driver is a fact."""
        values = _drivers(facts)[name]
        if len(values) > MOST_PARTS:
            yield Part(half=half, conditions=conditions, facts=_pairs(facts))
            return
        other = _pairs({each: them for each, them in facts.items() if each != name})
        for value in values:
            yield Part(half=half, conditions=conditions, fact=(name, value), facts=other)

    def _rarest(self, half: Half, facts: Mapping[str, Values]) -> str:
        """The fact that the fewest orders have."""
        name, *others = _drivers(facts)
        if not others:
            return name
        numbers = self._numbers_of_facts(half, facts)
        return min(numbers, key=lambda each: numbers[each])

    def _numbers_of_facts(self, half: Half, facts: Mapping[str, Values]) -> Mapping[str, int]:
        """How many orders have each fact that can be the driver, counted up to a limit."""
        drivers = _drivers(facts)
        c = self._facts.c
        counted = [
            sa.select(sa.literal(1).label("one")).where(
                c.tenant == self._dialect.tenant,
                c.name == name,
                self._conditions.is_among(c.value, values),
                half.of(self._facts),
            )
            for name, values in drivers.items()
        ]
        return dict(zip(drivers, self._numbers(counted, self._few), strict=True))

    def _numbers(self, statements: Sequence[sa.Select[Any]], limit: int) -> Sequence[int]:
        """How many rows the statements have, each counted up to one more than a limit."""
        if not statements:
            return []
        some = [statement.limit(limit + 1).subquery() for statement in statements]
        counted = [sa.select(sa.func.count()).select_from(each).scalar_subquery() for each in some]
        return self._connection.execute(sa.select(*counted)).one()


def _halves(query: OrderQuery) -> Sequence[Half]:
    """The halves that can have orders of a query."""
    halves = {Half.OPEN, Half.CLOSED}
    if query.is_open is not NOTHING:
        halves &= {Half.OPEN if query.is_open else Half.CLOSED}
    if query.overdue_on is not NOTHING:
        halves &= {Half.OPEN}
    for bound in (query.closed_from, query.closed_by):
        if bound is not NOTHING:
            halves &= {Half.OPEN if bound is None else Half.CLOSED}
    return [half for half in (Half.OPEN, Half.CLOSED) if half in halves]


def _facts(query: OrderQuery) -> Mapping[str, Values]:
    """The stored values that a query allows for each fact."""
    return {
        name: tuple(None if value is None else rows.fact(value) for value in _values(wanted))
        for name, wanted in query.facts.items()
    }


def _values(wanted: Wanted) -> Sequence[rows.Fact | None]:
    return wanted if isinstance(wanted, tuple) else (wanted,)


def _drivers(facts: Mapping[str, Values]) -> Mapping[str, tuple[str, ...]]:
    """The facts that an order must have; their index can find the orders."""
    return {
        name: tuple(value for value in values if value is not None)
        for name, values in facts.items()
        if None not in values
    }


def _pairs(facts: Mapping[str, Values]) -> tuple[tuple[str, Values], ...]:
    return tuple(facts.items())


def _finds_nothing(query: OrderQuery, facts: Mapping[str, Values]) -> bool:
    """Whether a query has an empty set of alternatives."""
    return not all((*facts.values(), *choices(query).values(), several(query.workflow_stage)))


def _is_by_invoice(query: OrderQuery) -> bool:
    """Whether the index of invoices finds the orders: each invoice has few."""
    return None not in choices(query).get("invoice_id", (None,))


def _is_by_id(query: OrderQuery) -> bool:
    """Whether a query sorts by id and no filter has an index, so that the primary key serves it."""
    names = choices(query).keys() - {"invoice_id"}
    asked = (
        *(query.workflow_stage, query.due_from, query.due_by),
        *(query.ordered_from, query.ordered_by),
    )
    is_filtered = names or _drivers(_facts(query)) or any(each is not NOTHING for each in asked)
    return query.sort == "id" and not is_filtered
