"""The board: orders in columns by stage, status, department, user, vendor or a fact."""

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date
from itertools import islice, zip_longest
from operator import attrgetter
from typing import Annotated, Final, Literal, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._facts import Fact, by_value, fact_named, plain
from prodflow._fields import Check, Count, Day, Said, checked
from prodflow._messages import text
from prodflow._names import Names
from prodflow._outlook import Outlook, Policies, looking_by
from prodflow._words import AnyWords
from prodflow.calendars import EVERY_DAY, WorkingCalendar
from prodflow.cycle import Status, StatusCycle
from prodflow.export import Table
from prodflow.hub._groups import Distinct, checked_fact, distinct, read
from prodflow.hub._orders import (
    DEPARTMENT,
    DUE_SOON,
    ORDERS,
    OVERDUE,
    QUANTITY,
    STATUS,
    USER,
    VENDOR,
    WITHIN,
    OrderColumns,
    Tally,
    as_of,
    deadlines,
    each,
    has_quantity,
    late_by,
    names_for,
    versions,
)
from prodflow.order import ProductionOrder

__all__ = ["Board", "BoardBy", "BoardColumn", "board"]

BoardBy = Literal["workflow_stage", "status", "department", "user", "vendor"]
"""What the columns of a board are made of, if it isn't a fact."""

# Many order types may use the same key, so a column's title has only the first few descriptions.
_FEW: Final = 8


def _nowhere(_: Status) -> None:
    """None, since a status has no default vendor and no facts."""


# For each way to make columns: the heading, the function that gives an order's key from the order
# and its status as people see it now, and the function that gives a status's key. The keys of
# statuses give the columns their order.
_Key = Fact | None
_KeyOf = Callable[[ProductionOrder, Status], _Key]
_Way = tuple[str, _KeyOf, Callable[[Status], str | None]]
_WAYS: Final[Mapping[str, _Way]] = {
    "workflow_stage": (
        text("Stage"),
        lambda _, status: status.workflow_stage,
        attrgetter("workflow_stage"),
    ),
    "status": (STATUS, lambda _, status: status.key, attrgetter("key")),
    "department": (
        DEPARTMENT,
        lambda order, _: order.department,
        attrgetter("default_department"),
    ),
    "user": (USER, lambda order, _: order.user, attrgetter("default_user")),
    "vendor": (VENDOR, lambda order, _: order.vendor, _nowhere),
}


def _way(by: str) -> _Way:
    fact = fact_named("by", by, *_WAYS)
    if fact is None:
        return _WAYS[by]
    return fact, lambda order, _: order.facts.get(fact), _nowhere


def _by(_: str, value: str) -> str:
    _way(value)
    return value


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class BoardColumn:
    """One column of a board with its orders.

    Args:
        key: the stage, status key, department, user, vendor or value of a fact; None for orders
            without one.
        title: the description of a status, otherwise the key.
        orders: the orders, in the sequence in which you passed them in.
        overdue: how many of the orders are overdue.
        due_soon: how many of the orders are due soon.
        quantity: the sum of the known quantities.
        outlooks: the outlook of each of the orders, None for a closed one; empty if the board was
            made without a policy.
        days_late: by how many days each of the orders is overdue, None for one that isn't.

    Raises:
        ValueError: if there are outlooks or days late, but not one for each order.
    """

    key: Annotated[Fact | None, Check(checked_fact)]
    title: Said
    orders: tuple[ProductionOrder, ...]
    overdue: Count
    due_soon: Count
    quantity: Count = 0
    outlooks: tuple[Outlook | None, ...] = ()
    days_late: tuple[int | None, ...] = ()

    def __attrs_post_init__(self) -> None:
        for name in ("outlooks", "days_late"):
            if len(getattr(self, name)) not in {0, len(self.orders)}:
                raise ValueError(
                    f"{name} must be one for each of the {len(self.orders)} orders, or none, not"
                    f" {len(getattr(self, name))}"
                )

    @property
    def count(self) -> int:
        """How many orders the column has."""
        return len(self.orders)

    @property
    def at_risk(self) -> int:
        """How many orders will miss their delivery dates, by their outlooks."""
        slacks = (0 if it is None else it.slack_days or 0 for it in self.outlooks)
        return sum(slack < 0 for slack in slacks)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Board:
    """Orders in columns, each order in exactly one column.

    Args:
        by: what the columns are made of, as in the function `board`.
        today: the date of the report.
        columns: the columns from left to right.
        cycles: cycle versions that name the statuses.
        looks_ahead: whether the board was made with a policy, and has the outlooks of its orders.

    Source:
        "Each production order with this status will appear at the associated stage on the Workflow
        hub".
    """

    by: Annotated[str, Check(_by)]
    today: Day
    columns: tuple[BoardColumn, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)
    looks_ahead: bool = False

    def table(self, *more: Literal["quantity"], words: AnyWords | None = None) -> Table:
        """One line for each column.

        Args:
            more: "quantity" for a further column with the pieces of the orders.
            words: your words; None for English.
        """
        last = None if has_quantity(more) else -1
        ahead = (text("At Risk"),) if self.looks_ahead else ()
        return Table(
            text("Orders on the Board"),
            (_way(self.by)[0], ORDERS, OVERDUE, DUE_SOON, *ahead, QUANTITY)[:last],
            [
                (
                    *(col.title, col.count, col.overdue, col.due_soon),
                    *((col.at_risk,) if self.looks_ahead else ()),
                    col.quantity,
                )[:last]
                for col in self.columns
            ],
            notes=(as_of(self.today, sum(col.count for col in self.columns)),),
        ).said(words)

    def orders_table(self, *more: str, words: AnyWords | None = None) -> Table:
        """One line for each order with its days late, column by column.

        Args:
            more: further columns: "priority", "quantity" or facts such as "facts.client".
            words: your words; None for English.

        Raises:
            ValueError: if there is no such column.
        """
        shown = [
            (col.title, order, expected, days)
            for col in self.columns
            for order, expected, days in zip_longest(col.orders, col.outlooks, col.days_late)
        ]
        names = names_for(self.cycles, (order for _, order, _, _ in shown))
        columns = OrderColumns(names, more, shows_late=True, looks_ahead=self.looks_ahead)
        rows = [
            (title, *columns.cells(order, expected, days)) for title, order, expected, days in shown
        ]
        return Table(
            text("Orders by Column"),
            (text("Column"), *columns.titles),
            rows,
            notes=(as_of(self.today, len(rows)),),
        ).said(words)


def board(
    orders: Iterable[ProductionOrder],
    *,
    by: BoardBy | str = "workflow_stage",
    today: date,
    columns: Iterable[Fact | None] | None = None,
    within: int = WITHIN,
    calendar: WorkingCalendar = EVERY_DAY,
    cycles: Iterable[StatusCycle] = (),
    policy: Policies | None = None,
) -> Board:
    """Orders in columns, for example by status or by client.

    Closed orders are included; for a board of the work to do, pass in open orders only. If several
    order types use the same key, they share one column.

    Args:
        by: what the columns are made of: a `BoardBy`, or a fact such as "facts.client".
        columns: the keys of the columns to show first, even if they are empty. The key None is the
            column of orders without a key. The other columns follow: first the keys of one order
            type in cycle order, then the keys of the next order type, and so on. Then come keys
            that aren't in any cycle, by name. The values of a fact are in the order of decision
            D36. The column of orders without a key comes last.
        calendar: the calendar of *within*. Its days are also the days late, as in `overdue`.
        policy: the due-date policy of the orders, or the policies by order type; the board then
            has their outlooks. None for a board without them.

    Raises:
        DateOutOfRangeError: if the date of an outlook would be outside the calendar.
        ValueError: if *by* is something else, or *columns* names a column twice. Also if there is
            no policy for the type of an order.

    Source:
        "Setting up Production Statuses", Association; decisions D14, D36 and
        D40.

    Example:
        >>> from datetime import date
        >>> board([], by="status", today=date(2026, 11, 2), columns=["lab"]).columns[0].count
        0
    """
    _, key_of_order, key_of_status = _way(by)
    limits = deadlines(today, within, calendar)
    expect = None if policy is None else looking_by(policy, today)
    days_late = late_by(calendar, today)
    first = _first_columns(columns)
    filled: dict[Distinct, _Filled] = {distinct(key): _Filled(key) for key in first}
    shown, known = tuple(each(orders)), versions(cycles)
    names = names_for(known, shown)
    for order in shown:
        key = key_of_order(order, names.newest(order.order_type, order.status))
        key = None if key is None else plain(key)
        column = filled.setdefault(distinct(key), _Filled(key))
        column.orders.append(order)
        column.days_late.append(days_late(order))
        if expect is not None:
            column.outlooks.append(expect(order))
        column.tally.add(order, limits.flags(order))
    titles = _titles(by, key_of_status, names, {order.order_type for order in shown})
    ranks: dict[_Key, int] = {key: rank for rank, key in enumerate(titles)}
    in_sequence = list(filled.values())
    rest = sorted(
        in_sequence[len(first) :],
        key=lambda column: (
            column.key is None,
            ranks.get(column.key, len(ranks)),
            by_value(column.key),
        ),
    )
    return Board(
        by=by,
        today=today,
        columns=tuple(column.done(titles) for column in (*in_sequence[: len(first)], *rest)),
        cycles=known,
        looks_ahead=expect is not None,
    )


class _Filled:
    """A column while orders are put into it."""

    def __init__(self, key: _Key) -> None:
        self.key = key
        self.orders: list[ProductionOrder] = []
        self.outlooks: list[Outlook | None] = []
        self.days_late: list[int | None] = []
        self.tally = Tally()

    def done(self, titles: Mapping[_Key, str]) -> BoardColumn:
        """The column with all its orders."""
        return BoardColumn(
            key=self.key,
            title=titles.get(self.key, read(self.key)),
            orders=tuple(self.orders),
            overdue=self.tally.overdue,
            due_soon=self.tally.due_soon,
            quantity=self.tally.quantity,
            outlooks=tuple(self.outlooks),
            days_late=tuple(self.days_late),
        )


def _first_columns(columns: Iterable[Fact | None] | None) -> tuple[_Key, ...]:
    if columns is None:
        return ()
    keys = tuple(
        checked_fact("an item of columns", key)
        for key in checks.items("columns", columns, "keys or None")
    )
    if len(set(map(distinct, keys))) < len(keys):
        raise ValueError(f"columns must name each column once, not {checks.listed(keys)}")
    return keys


def _titles(
    by: str,
    key_of_status: Callable[[Status], str | None],
    names: Names,
    order_types: Container[str],
) -> dict[_Key, str]:
    """The title of each key that a status has, in cycle order.

    The keys of order types with orders come first. The other order types only add keys that are
    still missing.
    """
    titles: dict[_Key, dict[str, None]] = {}
    others: dict[_Key, dict[str, None]] = {}
    for (order_type, _), status in names.statuses.items():
        key = key_of_status(status)
        if key is not None:
            title = status.description if by == "status" else key
            here = titles if order_type in order_types else others
            here.setdefault(key, {})[title] = None
    titles = titles | {key: others[key] for key in others if key not in titles}
    return {key: " / ".join(islice(words, _FEW)) for key, words in titles.items()}
