"""The board: orders in columns by stage, status, department, user or vendor."""

from collections.abc import Callable, Container, Iterable
from datetime import date
from itertools import islice
from operator import attrgetter
from typing import Final, Literal, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Count, Day, Note, Text, checked
from prodflow._names import Names
from prodflow.calendars import EVERY_DAY, WorkingCalendar
from prodflow.cycle import Status, StatusCycle
from prodflow.export import Table
from prodflow.hub._orders import (
    ORDER_COLUMNS,
    WITHIN,
    WITHOUT,
    Tally,
    as_of,
    by_name,
    deadlines,
    each,
    names_for,
    order_cells,
    versions,
)
from prodflow.order import ProductionOrder

__all__ = ["Board", "BoardBy", "BoardColumn", "board"]

BoardBy = Literal["workflow_stage", "status", "department", "user", "vendor"]
"""What the columns of a board are made of."""

# Many order types may use the same key, so a column's title has only the first few descriptions.
_FEW: Final = 8


def _nowhere(_: Status) -> None:
    """None, since a status has no default vendor."""


# For each way to make columns: the heading, the function that gives an order's key from the order
# and its status as people see it now, and the function that gives a status's key. The keys of
# statuses give the columns their order.
_KeyOf = Callable[[ProductionOrder, Status], str | None]
_FACTS: Final[dict[str, tuple[str, _KeyOf, Callable[[Status], str | None]]]] = {
    "workflow_stage": (
        "Stage",
        lambda _, status: status.workflow_stage,
        attrgetter("workflow_stage"),
    ),
    "status": ("Status", lambda _, status: status.key, attrgetter("key")),
    "department": (
        "Department",
        lambda order, _: order.department,
        attrgetter("default_department"),
    ),
    "user": ("User", lambda order, _: order.user, attrgetter("default_user")),
    "vendor": ("Vendor", lambda order, _: order.vendor, _nowhere),
}


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class BoardColumn:
    """One column of a board with its orders.

    Args:
        key: the stage, status key, department, user or vendor; None for orders without one.
        title: the description of a status, otherwise the key.
        orders: the orders, in the sequence in which you passed them in.
        overdue: how many of the orders are overdue.
        due_soon: how many of the orders are due soon.
    """

    key: Text | None
    title: Note
    orders: tuple[ProductionOrder, ...]
    overdue: Count
    due_soon: Count

    @property
    def count(self) -> int:
        """How many orders the column has."""
        return len(self.orders)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Board:
    """Orders in columns, each order in exactly one column.

    Args:
        by: what the columns are made of.
        today: the date of the report.
        columns: the columns from left to right.
        cycles: cycle versions that name the statuses.

    Source:
        "Each production order with this status will appear at the associated stage on the Workflow
        hub".
    """

    by: BoardBy
    today: Day
    columns: tuple[BoardColumn, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)

    def table(self) -> Table:
        """One line for each column."""
        return Table(
            "Orders on the Board",
            (_FACTS[self.by][0], "Orders", "Overdue", "Due Soon"),
            [(col.title, col.count, col.overdue, col.due_soon) for col in self.columns],
            notes=(as_of(self.today, sum(col.count for col in self.columns)),),
        )

    def orders_table(self) -> Table:
        """One line for each order, column by column."""
        shown = [(col.title, order) for col in self.columns for order in col.orders]
        names = names_for(self.cycles, (order for _, order in shown))
        rows = [(title, *order_cells(order, names)) for title, order in shown]
        return Table(
            "Orders by Column",
            ("Column", *ORDER_COLUMNS),
            rows,
            notes=(as_of(self.today, len(rows)),),
        )


def board(
    orders: Iterable[ProductionOrder],
    *,
    by: BoardBy = "workflow_stage",
    today: date,
    columns: Iterable[str | None] | None = None,
    within: int = WITHIN,
    calendar: WorkingCalendar = EVERY_DAY,
    cycles: Iterable[StatusCycle] = (),
) -> Board:
    """Orders in columns, for example by status.

    Closed orders are included; for a board of the work to do, pass in open orders only. If several
    order types use the same key, they share one column.

    Args:
        by: what the columns are made of.
        columns: the keys of the columns to show first, even if they are empty. The key None is the
            column of orders without a key. The other columns follow: first the keys of one order
            type in cycle order, then the keys of the next order type, and so on. Then come keys
            that aren't in any cycle, by name. The column of orders without a key comes last.

    Raises:
        ValueError: if *columns* names a column twice.

    Source:
        "Setting up Production Statuses", Association; decision D14.

    Example:
        >>> from datetime import date
        >>> board([], by="status", today=date(2026, 11, 2), columns=["lab"]).columns[0].count
        0
    """
    checks.one_of("by", by, *_FACTS)
    _, key_of_order, key_of_status = _FACTS[by]
    limits = deadlines(today, within, calendar)
    first = _first_columns(columns)
    filled: dict[str | None, tuple[list[ProductionOrder], Tally]] = {
        key: ([], Tally()) for key in first
    }
    shown, known = tuple(each(orders)), versions(cycles)
    names = names_for(known, shown)
    for order in shown:
        key = key_of_order(order, names.newest(order.order_type, order.status))
        if key not in filled:
            filled[key] = ([], Tally())
        column, tally = filled[key]
        column.append(order)
        tally.add(limits.flags(order))
    titles = _titles(by, key_of_status, names, {order.order_type for order in shown})
    ranks: dict[str | None, int] = {key: rank for rank, key in enumerate(titles)}
    rest = sorted(
        filled.keys() - set(first),
        key=lambda key: (key is None, ranks.get(key, len(ranks)), by_name(key)),
    )
    return Board(
        by=by,
        today=today,
        columns=tuple(
            BoardColumn(
                key=key,
                title=WITHOUT if key is None else titles.get(key, key),
                orders=tuple(filled[key][0]),
                overdue=filled[key][1].overdue,
                due_soon=filled[key][1].due_soon,
            )
            for key in (*first, *rest)
        ),
        cycles=known,
    )


def _first_columns(columns: Iterable[str | None] | None) -> tuple[str | None, ...]:
    if columns is None:
        return ()
    keys = tuple(
        checks.optional_text("an item of columns", key)
        for key in checks.items("columns", columns, "str or None")
    )
    if len(set(keys)) < len(keys):
        raise ValueError(f"columns must name each column once, not {checks.listed(keys)}")
    return keys


def _titles(
    by: BoardBy,
    key_of_status: Callable[[Status], str | None],
    names: Names,
    order_types: Container[str],
) -> dict[str, str]:
    """The title of each key that a status has, in cycle order.

    The keys of order types with orders come first. The other order types only add keys that are
    still missing.
    """
    titles: dict[str, dict[str, None]] = {}
    others: dict[str, dict[str, None]] = {}
    for (order_type, _), status in names.statuses.items():
        key = key_of_status(status)
        if key is not None:
            title = status.description if by == "status" else key
            here = titles if order_type in order_types else others
            here.setdefault(key, {})[title] = None
    titles = titles | {key: others[key] for key in others if key not in titles}
    return {key: " / ".join(islice(words, _FEW)) for key, words in titles.items()}
