"""SQL for order queries: pages of orders, and counts.

`_parts` takes a query apart. Each part of a page finds the sort keys of its orders in an index. The
parts are merged, and only the orders of the resulting page are read from the table.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, Final, final

import sqlalchemy as sa
from attrs import frozen
from orjson import loads

from prodflow import DamagedRowError, OrderQuery
from prodflow.stores import Counts, fact_named
from prodflow_sqlalchemy import _reading as reading
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._conditions import Cycles
from prodflow_sqlalchemy._dialect import ConcurrentSaveError, Dialect
from prodflow_sqlalchemy._parts import FEW, MANY, Half, Part, Parts
from prodflow_sqlalchemy._places import Stages, stages
from prodflow_sqlalchemy._schema import CLOSED_COUNTS

_SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "due": ("due", "rank", "id"),
    "priority": ("rank", "due", "id"),
    "id": ("id",),
}
"""By sort, the columns of the table of orders."""

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "order_type": ("order_type",),
    "status": ("order_type", "status"),
    "workflow_stage": ("order_type", "status", "cycle_version"),
    "department": ("department",),
    "user": ("assignee",),
    "vendor": ("vendor",),
    "priority": ("rank",),
    "is_open": (),
}
"""By the name of what orders are counted by, the columns that are read.

They are the first columns of an index, so that the database needn't sort.
"""


@frozen
class _Group:
    """What orders are counted by.

    Args:
        columns: the columns that are read.
        fact: the name of the fact, if it's one.
        facts: the table of facts, under another name.
    """

    columns: tuple[sa.ColumnElement[Any], ...]
    fact: str | None = None
    facts: sa.FromClause | None = None


@final
class OrderFinder:
    """Makes and runs the statements for order queries in one transaction.

    Args:
        dialect: the statements of the database.
        connection: the connection of the transaction.
        cycles: returns every version of every cycle.
        few: how many facts are few; see `_parts`.
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
        self._parts = Parts(dialect, connection, cycles, few=few, many=many)
        self._dialect = dialect
        self._connection = connection
        self._cycles = cycles
        self._orders = dialect.tables.orders
        self._facts = dialect.tables.facts

    # --- Pages

    def page(self, query: OrderQuery) -> Sequence[sa.Row[Any]]:
        """The rows of the orders that a query finds, sorted as it says."""
        parts = self._parts.of_page(query)
        if not parts:
            return []
        keys = [self._keys(part, query) for part in parts]
        order = _SORTS[query.sort]
        found: Any = keys[0]
        if len(keys) > 1:
            found = sa.union_all(*(sa.select(each.subquery()) for each in keys))
            found = found.order_by(*order).limit(query.limit)
        page = found.subquery("page")
        c = self._orders.c
        statement: Any = (
            sa.select(page.c.id, c.order_type, c.cycle_version, c.cycle_digest, c.data)
            .select_from(page)
            .outerjoin(self._orders, sa.and_(c.tenant == self._dialect.tenant, c.id == page.c.id))
            .order_by(*(page.c[name] for name in order))
        )
        with self._dialect.serially(self._connection) if query.facts else nullcontext():
            found_rows: Sequence[sa.Row[Any]] = self._connection.execute(statement).all()
        for row in found_rows:
            if row.data is None:  # only the facts of the order are left
                raise DamagedRowError(self._orders.name, (row.id,))
        return found_rows

    def _keys(self, part: Part, query: OrderQuery) -> sa.Select[Any]:
        """The statement for the sort keys of a page of a part."""
        facts, orders = self._facts.c, self._orders.c
        is_from_facts = part.fact is not None and part.half is Half.CLOSED
        column: dict[str, sa.ColumnElement[Any]] = {
            "id": orders.id if part.fact is None else facts.order_id,
            "due": facts.due if is_from_facts else orders.due,
            "rank": facts.rank if is_from_facts else orders.rank,
        }
        if part.fact is None:
            for name in self._passed_over(part, query):
                column[name] = self._dialect.unindexed(orders[name])
        order = [column[name] for name in _SORTS[query.sort]]
        needs_orders = not is_from_facts and query.sort != "id"
        named = [column[name].label(name) for name in _SORTS[query.sort]]
        statement = self._select(part, named, needs_orders=needs_orders)
        if query.begins_after is not None:
            last = query.begins_after
            at = {"id": last.id, "due": rows.due(last.due_on), "rank": -last.priority}
            values = [sa.literal(at[name]) for name in _SORTS[query.sort]]
            statement = statement.where(
                sa.tuple_(*order) > sa.tuple_(*values) if len(order) > 1 else order[0] > values[0]
            )
        return statement.order_by(*order).limit(query.limit)

    @staticmethod
    def _passed_over(part: Part, query: OrderQuery) -> Collection[str]:
        """The sort keys that no index is to be used for, because another index is quicker."""
        if part.is_period:
            return _SORTS[query.sort]
        if part.half is Half.OPEN and query.sort == "id":
            return ["id"]  # the primary key has all the closed orders before the first open one
        if part.half is Half.OPEN and query.sort == "priority" and part.is_driven:
            return ["rank"]  # the index of the priorities has all open orders, the driver few
        return ()

    def _select(self, part: Part, columns: Sequence[Any], *, needs_orders: bool) -> sa.Select[Any]:
        """The statement that selects some columns of the orders of a part."""
        orders, facts = self._orders, self._facts
        statement: Any = sa.select(*columns)
        if part.fact is None:
            statement = statement.select_from(orders).where(orders.c.tenant == self._dialect.tenant)
            order_id, table = orders.c.id, orders
        else:
            name, value = part.fact
            source: Any = facts
            if needs_orders or part.conditions:
                same = sa.and_(
                    orders.c.tenant == self._dialect.tenant, orders.c.id == facts.c.order_id
                )
                source = facts.join(orders, same)
            statement = statement.select_from(source).where(
                facts.c.tenant == self._dialect.tenant, facts.c.name == name, facts.c.value == value
            )
            order_id, table = facts.c.order_id, facts
        if part.half is not Half.BOTH:
            statement = statement.where(part.half.of(table))
        has = [self._has_fact(order_id, name, values) for name, values in part.facts]
        selected: sa.Select[Any] = statement.where(*part.conditions, *has)
        return selected

    def _has_fact(
        self, order_id: sa.ColumnElement[str], name: str, values: Sequence[str | None]
    ) -> sa.ColumnElement[bool]:
        """The condition that an order has one of these values of a fact."""
        other = self._facts.alias()
        named = sa.select(sa.literal(1)).where(
            other.c.tenant == self._dialect.tenant,
            other.c.order_id == order_id,
            other.c.name == name,
        )
        some = [value for value in values if value is not None]
        has: list[sa.ColumnElement[bool]] = []
        if some:
            is_one = other.c.value == some[0]
            if len(some) > 1:
                is_one = self._dialect.among(other.c.value, some)
            has.append(named.where(is_one).exists())
        if None in values:
            has.append(~named.exists())
        return sa.or_(sa.false(), *has) if len(has) != 1 else has[0]

    # --- Counts. One statement counts every part: an order may be closed at any moment.

    def count(self, query: OrderQuery) -> int:
        """How many orders a query finds."""
        counted = [
            self._select(part, [sa.func.count()], needs_orders=False)
            for part in self._parts.of_count(query)
        ]
        return sum(row[0] for row in self._all(counted))

    def count_by(self, query: OrderQuery, names: Sequence[str]) -> Counts[Any]:
        """How many orders a query finds, by one or two values."""
        groups = [self._group(name, f"counted_{number}") for number, name in enumerate(names)]
        is_open, *found, numbers = self._columns(
            [self._grouped(part, groups) for part in self._parts.of_count(query)],
            sum(len(group.columns) for group in groups) + 2,
        )
        # These come after the count, so that they have the cycles of all orders counted.
        stage_of: Stages = stages(self._cycles()) if "workflow_stage" in names else {}
        values: list[Iterable[Any]] = []
        for name, group in zip(names, groups, strict=True):
            columns, found = found[: len(group.columns)], found[len(group.columns) :]
            values.append(self._read(name, group, columns or [is_open], stage_of))
        if len(names) == 1:
            pairs = zip(values[0], numbers, strict=True)
            return Counts((value, number) for value, number in pairs if value is not None if number)
        pairs = zip(zip(*values, strict=True), numbers, strict=True)
        return Counts((pair, number) for pair, number in pairs if None not in pair if number)

    def _read(
        self, name: str, group: _Group, columns: Sequence[Sequence[Any]], stage_of: Stages
    ) -> Sequence[Any]:
        """The values of a group; a `DamagedRowError` if there is one that can't be read."""
        try:
            return [*_values(name, columns, stage_of)]
        except reading.UNREADABLE:
            damaged = next(
                row for row in zip(*columns, strict=True) if not _is_read(name, row, stage_of)
            )
        is_same = [column == value for column, value in zip(group.columns, damaged, strict=True)]
        source: Any = self._orders if group.facts is None else group.facts
        key = ["id"] if group.facts is None else ["order_id", "name"]
        statement: Any = sa.select(*(source.c[each] for each in key)).limit(1)
        if group.facts is not None:
            is_same.append(group.facts.c.name == group.fact)
        named = statement.where(source.c.tenant == self._dialect.tenant, *is_same)
        first = self._connection.execute(named).first()
        if first is None:  # somebody has changed it meanwhile
            raise ConcurrentSaveError
        table = self._orders if group.facts is None else self._facts
        raise DamagedRowError(table.name, tuple(first))

    def _all(self, statements: Sequence[sa.Select[Any]]) -> Sequence[sa.Row[Any]]:
        """The rows of several statements, run as one."""
        if not statements:
            return []
        every: Any = statements[0] if len(statements) == 1 else sa.union_all(*statements)
        found: Sequence[sa.Row[Any]] = self._connection.execute(every).all()
        return found

    def _columns(self, statements: Sequence[sa.Select[Any]], width: int) -> Sequence[Sequence[Any]]:
        """The columns of several statements, run as one; each column is read as one JSON text.

        SQLite takes twice as long for rows: of a fact, there may be as many values as orders.
        """
        if not statements:
            return [()] * width
        every: Any = statements[0] if len(statements) == 1 else sa.union_all(*statements)
        counted = every.subquery("counted")
        collected = sa.select(*map(self._dialect.collected, counted.c))
        return [loads(text or "[]") for text in self._connection.execute(collected).one()]

    def _group(self, name: str, alias: str) -> _Group:
        """What a name says to count by; a fact is read from a table with the alias."""
        fact = fact_named(name)
        if fact is not None:
            facts = self._facts.alias(alias)
            return _Group((facts.c.value,), fact, facts)
        return _Group(tuple(self._orders.c[column] for column in _COLUMNS[name]))

    def _grouped(self, part: Part, groups: Sequence[_Group]) -> sa.Select[Any]:
        """The statement that counts the orders of a part by some columns."""
        columns: list[Any] = [column for group in groups for column in group.columns]
        facts = [(group.fact, group.facts) for group in groups if group.facts is not None]
        needs_orders = any(group.columns and group.facts is None for group in groups)
        is_open = sa.literal(part.half is Half.OPEN).label("is_open")
        if len(groups) > 1 and not facts and part == Part(half=Half.CLOSED):
            return self._summed(part, is_open, columns)
        if len(groups) > 1 and not facts:
            columns = [self._dialect.grouped(column) for column in columns]
        counted = [is_open, *_numbered(columns), sa.func.count().label("number")]
        order_id: sa.ColumnElement[str] = self._orders.c.id
        if part.fact is not None:
            order_id = self._facts.c.order_id
            statement = self._select(part, counted, needs_orders=needs_orders)
        elif needs_orders or part.conditions or not facts:
            statement = self._select(part, counted, needs_orders=True)
        else:  # the table of facts is enough
            (name, first), *facts = facts
            order_id = first.c.order_id
            has = [self._has_fact(order_id, each, values) for each, values in part.facts]
            first_of_all: Any = sa.select(*counted)
            statement = first_of_all.where(self._is_fact(first, name), part.half.of(first), *has)
        for name, table in facts:
            is_same = table.c.order_id == order_id
            statement = statement.where(self._is_fact(table, name), is_same, part.half.of(table))
        return statement.group_by(*columns)

    def _is_fact(self, facts: sa.FromClause, name: str | None) -> sa.ColumnElement[bool]:
        return sa.and_(facts.c.tenant == self._dialect.tenant, facts.c.name == name)

    def _summed(
        self,
        part: Part,
        is_open: sa.ColumnElement[bool],
        columns: Sequence[sa.ColumnElement[Any]],
    ) -> sa.Select[Any]:
        """The statement that counts all closed orders by the columns of a pair.

        It counts by the first columns of an index, which needs no sorting, and adds up the numbers.
        """
        names = {column.name for column in columns}
        first = min(_beginnings(names), key=len)
        same = [self._orders.c[name] for name in first]
        inner = self._select(part, [*same, sa.func.count().label("number")], needs_orders=True)
        each = inner.group_by(*same).subquery("equal")
        summed: list[sa.ColumnElement[Any]] = [each.c[column.name] for column in columns]
        total = sa.func.sum(each.c.number).label("number")
        return sa.select(is_open, *_numbered(summed), total).group_by(*summed)


def _beginnings(names: Collection[str]) -> Iterable[Sequence[str]]:
    """For each index of `CLOSED_COUNTS`, its first columns up to the last of these, if it can."""
    for columns in CLOSED_COUNTS.values():
        if set(names).issubset(columns):
            yield columns[: 1 + max(columns.index(name) for name in names)]


def _numbered(columns: Iterable[sa.ColumnElement[Any]]) -> Sequence[sa.ColumnElement[Any]]:
    """Columns with names of their own: two may be of facts."""
    return [column.label(f"column_{number}") for number, column in enumerate(columns)]


def _is_read(name: str, row: Sequence[Any], stage_of: Stages) -> bool:
    try:
        return bool([*_values(name, [[value] for value in row], stage_of)])
    except reading.UNREADABLE:
        return False


def _values(name: str, columns: Sequence[Sequence[Any]], stage_of: Stages) -> Iterable[Any]:
    """The values that orders are counted by, from the columns that were read for them."""
    match name:
        case "is_open":
            return map(bool, columns[0])
        case "workflow_stage":
            return [stage_of[place] for place in zip(*columns, strict=True)]
        case "priority":
            return [-rank for rank in columns[0]]
        case "status":
            return columns[1]
        case _ if fact_named(name) is not None:
            return map(rows.fact_of, columns[0])
        case _:
            return [value or None for value in columns[0]]
