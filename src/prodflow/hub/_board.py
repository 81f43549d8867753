"""The board: orders in columns by stage, status, department, user or vendor."""

from collections.abc import Callable, Iterable
from datetime import date
from itertools import islice
from operator import attrgetter
from typing import Final, Literal, final

from attrs import frozen

from prodflow import _checks as checks
from prodflow._fields import Count, Day, Note, Text, checked
from prodflow.calendars import EVERY_DAY, WorkingCalendar
from prodflow.cycle import Status, StatusCycle
from prodflow.export import Table
from prodflow.hub._names import in_list_order
from prodflow.hub._orders import (
    ORDER_COLUMNS,
    WITHIN,
    WITHOUT,
    Tally,
    as_of,
    by_name,
    deadlines,
    each,
    order_cells,
)
from prodflow.order import ProductionOrder

__all__ = ["Board", "BoardBy", "BoardColumn", "board"]

BoardBy = Literal["workflow_stage", "status", "department", "user", "vendor"]
"""What the columns of a board are made of."""

# Many order types may share a key, so a title names only the first few of its descriptions.
_FEW: Final = 8


def _nowhere(_: Status) -> None:
    """No status has a default vendor."""


# The heading, the function for the key of an order, and the one for the key of a status, which
# gives the columns their order.
_FACTS: Final[dict[str, tuple[str, Callable[..., str | None], Callable[..., str | None]]]] = {
    "workflow_stage": ("Stage", attrgetter("status.workflow_stage"), attrgetter("workflow_stage")),
    "status": ("Status", attrgetter("status.key"), attrgetter("key")),
    "department": ("Department", attrgetter("department"), attrgetter("default_department")),
    "user": ("User", attrgetter("user"), attrgetter("default_user")),
    "vendor": ("Vendor", attrgetter("vendor"), _nowhere),
}


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class BoardColumn:
    """One column of a board with its orders.

    Args:
        key: the stage, status key, department, user or vendor; None for orders without one.
        title: the description of a status, otherwise the key.
        orders: the orders, in the order in which you passed them in.
        overdue: how many are overdue.
        due_soon: how many are due soon.
    """

    key: Text | None
    title: Note
    orders: tuple[ProductionOrder, ...]
    overdue: Count
    due_soon: Count

    @property
    def count(self) -> int:
        """How many orders there are."""
        return len(self.orders)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Board:
    """Orders in columns, each order in exactly one.

    Args:
        by: what the columns are made of.
        today: the date of the report.
        columns: the columns from left to right.

    Source:
        "Each production order with this status will appear at the associated stage on the Workflow
        hub".
    """

    by: BoardBy
    today: Day
    columns: tuple[BoardColumn, ...]

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
        rows = [(col.title, *order_cells(order)) for col in self.columns for order in col.orders]
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
) -> Board:
    """Orders in columns, for example by status.

    Closed orders are included; for a board of the work to do, pass in open orders only. Order types
    that use the same key share its column.

    Args:
        by: what the columns are made of.
        columns: the keys of the first columns, which are there even if they are empty; None is the
            column of orders without a key. Other columns follow by order type, in the order of
            the newest version of each cycle. Then come keys that no cycle has, by name, and last
            the orders without a key.

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
    cycles: dict[StatusCycle, None] = {}
    for order in each(orders):
        cycles[order.cycle] = None
        key = key_of_order(order)
        if key not in filled:
            filled[key] = ([], Tally())
        column, tally = filled[key]
        column.append(order)
        tally.add(limits.flags(order))
    titles = _titles(by, key_of_status, cycles)
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
    by: BoardBy, key_of_status: Callable[[Status], str | None], cycles: Iterable[StatusCycle]
) -> dict[str, str]:
    """The titles of the keys that the cycles have, in cycle order."""
    titles: dict[str, dict[str, None]] = {}
    for _, status in in_list_order(cycles):
        key = key_of_status(status)
        if key is not None:
            title = status.description if by == "status" else key
            titles.setdefault(key, {})[title] = None
    return {key: " / ".join(islice(words, _FEW)) for key, words in titles.items()}
