"""The board: orders in columns, by stage, status, department, user or vendor."""

from collections.abc import Callable, Iterable
from datetime import date
from itertools import islice
from operator import attrgetter
from typing import Final, Literal, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Count, Day, Note, Text, checked
from prodflow._trusted import trusted
from prodflow.calendars import EVERY_DAY, WorkingCalendar
from prodflow.cycle import Status, StatusCycle
from prodflow.export import Table
from prodflow.hub._orders import (
    ORDER_COLUMNS,
    WITHIN,
    WITHOUT,
    Tally,
    by_name,
    deadlines,
    each,
    in_list_order,
    order_cells,
    order_tuple,
)
from prodflow.order import ProductionOrder

__all__ = ["Board", "BoardBy", "BoardColumn", "board"]

BoardBy = Literal["workflow_stage", "status", "department", "user", "vendor"]
"""What the columns of a board stand for."""


# Many order types may call a key differently, but a title has to end.
_FEW: Final = 8


def _nowhere(_: Status) -> None:
    """A vendor has no place in a cycle."""


# For each of them: its heading, where an order has it, and where a status has it for the order of
# the columns.
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
    """One column of a board, with its orders as they came.

    Args:
        key: the stage, the key of the status, the department, user or vendor; None: without one.
        title: what people read: of a status its description, else the key.
        orders: the orders, in the order in which they were given.
        overdue: how many of them are open and past their due date.
        due_soon: how many of them are open and due from today to the limit; none is overdue.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a text or a count out of bounds.

    Source:
        Decision D14.
    """

    key: Text | None
    title: Note
    orders: tuple[ProductionOrder, ...] = field(converter=order_tuple)
    overdue: Count
    due_soon: Count

    @property
    def count(self) -> int:
        """How many orders there are."""
        return len(self.orders)


_column = trusted(BoardColumn)


def _columns(value: Iterable[BoardColumn]) -> tuple[BoardColumn, ...]:
    return checks.instances("columns", value, BoardColumn, "BoardColumn")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Board:
    """Orders in columns, each order in one.

    Args:
        by: what the columns stand for.
        today: the day for which it was made.
        columns: the columns, from left to right.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for another *by*.

    Source:
        "Each production order with this status will appear at the associated stage on the Workflow
        hub".
    """

    by: BoardBy
    today: Day
    columns: tuple[BoardColumn, ...] = field(converter=_columns)

    def table(self) -> Table:
        """A line for each column: how many orders, how many late or nearly."""
        return Table(
            "Orders on the Board",
            (_FACTS[self.by][0], "Orders", "Overdue", "Due Soon"),
            [(col.title, col.count, col.overdue, col.due_soon) for col in self.columns],
            notes=(f"As of {self.today}: {sum(col.count for col in self.columns):,} orders.",),
        )

    def orders_table(self) -> Table:
        """A line for each order, column by column."""
        return Table(
            "Orders by Column",
            ("Column", *ORDER_COLUMNS),
            [(col.title, *order_cells(order)) for col in self.columns for order in col.orders],
            notes=(f"As of {self.today}.",),
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
    """Orders in columns, read in one pass.

    Every order given is in exactly one column, closed ones too: give the open ones for a board of
    what is to be done.

    Args:
        orders: orders of any types and cycle versions.
        by: what the columns stand for. Order types whose statuses share a key share its column.
        today: the day for which late orders are counted.
        columns: the keys of the columns to begin with, in this order, also where no order is in
            them; None is the column of the orders without one. Left out: none. What else has
            orders follows in cycle order: the types by name, of each the newest version's list
            first, then what no list names, by name; the orders without one come last.
        within: how many days ahead an order is due soon, 0 for today only.
        calendar: the days that *within* counts; every day unless told otherwise.

    Returns:
        A board, whose columns hold orders in the order in which they came.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for another *by*, a column named twice, or *within* outside 0 to 36,525.

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
    found: dict[str | None, tuple[list[ProductionOrder], Tally]] = {
        key: ([], Tally()) for key in first
    }
    cycles: dict[StatusCycle, None] = {}
    last: StatusCycle | None = None
    for order in each(orders):
        if order.cycle is not last:  # hashing a cycle is what takes time here
            last = order.cycle
            cycles[last] = None
        key = key_of_order(order)
        if key not in found:
            found[key] = ([], Tally())
        column, tally = found[key]
        column.append(order)
        tally.add(limits.standing(order))
    titles = _titles(by, key_of_status, cycles)
    places = {key: place for place, key in enumerate(dict.fromkeys((*first, *titles)))}
    rest = sorted(found.keys() - set(first), key=lambda key: _place(key, places))
    return Board(
        by=by,
        today=today,
        columns=[
            _column(
                key,
                WITHOUT if key is None else titles.get(key, key),
                tuple(found[key][0]),
                found[key][1].overdue,
                found[key][1].due_soon,
            )
            for key in (*first, *rest)
        ],
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
    """The titles of what the cycles name, in cycle order."""
    titles: dict[str, dict[str, None]] = {}
    for _, status in in_list_order(cycles):
        key = key_of_status(status)
        if key is not None:
            title = status.description if by == "status" else key
            titles.setdefault(key, {})[title] = None
    return {key: " / ".join(islice(words, _FEW)) for key, words in titles.items()}


def _place(
    key: str | None, places: dict[str | None, int]
) -> tuple[bool, int, tuple[bool, str, str]]:
    return (key is None, places.get(key, len(places)), by_name(key))
