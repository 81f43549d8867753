"""What the lists of orders share: reading orders, what is late or nearly, and order in lists."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple, TypeVar

from prodflow import _checks as checks
from prodflow.calendars import WorkingCalendar
from prodflow.cycle import Status, StatusCycle
from prodflow.errors import DateOutOfRangeError
from prodflow.export import Cell
from prodflow.order import ProductionOrder

T = TypeVar("T")

WITHIN: Final = 3
WITHOUT: Final = "(none)"
_NUMBER: Final = re.compile("([0-9]+)")


def each(orders: Iterable[ProductionOrder]) -> Iterator[ProductionOrder]:
    """The orders one by one, so that a million of them need not be held twice."""
    if isinstance(orders, str | bytes) or not isinstance(orders, Iterable):
        raise TypeError(
            f"orders must be an iterable of ProductionOrder, not {checks.shown(orders)}"
        )
    for order in orders:
        if not isinstance(order, ProductionOrder):
            raise TypeError(
                f"orders must be an iterable of ProductionOrder, not hold {checks.shown(order)}"
            )
        yield order


def order_tuple(orders: Iterable[ProductionOrder]) -> tuple[ProductionOrder, ...]:
    """The orders as a tuple."""
    return tuple(each(orders))


class Deadlines(NamedTuple):
    """Which due dates are over, and which nearly."""

    today: date
    soon_by: date

    def standing(self, order: ProductionOrder) -> tuple[bool, bool]:
        """Whether an order is overdue, and whether it is due soon: never both (decision D14)."""
        due_on = order.due_on
        if due_on is None or order.status.closes:
            return (False, False)
        is_over = due_on < self.today
        return (is_over, not is_over and due_on <= self.soon_by)


def deadlines(today: date, within: int, calendar: WorkingCalendar) -> Deadlines:
    """The limits for a day; no date lies after the end of the calendar, so there all are soon."""
    checks.day("today", today)
    checks.whole("within", within, 0, checks.DAYS_MAX)
    checks.instance("calendar", calendar, WorkingCalendar, "a WorkingCalendar")
    try:
        return Deadlines(today, calendar.add(today, within))
    except DateOutOfRangeError:
        return Deadlines(today, date.max)


class Tally:
    """How many orders, and how many of them are late or nearly; filled while they pass."""

    __slots__ = ("due_soon", "orders", "overdue")

    def __init__(self) -> None:
        self.orders = self.overdue = self.due_soon = 0

    def add(self, standing: tuple[bool, bool]) -> None:
        """Count one more order."""
        self.orders += 1
        self.overdue += standing[0]
        self.due_soon += standing[1]


def in_list_order(cycles: Iterable[StatusCycle]) -> Iterator[tuple[StatusCycle, Status]]:
    """The statuses of several cycles: by order type, the newest version first, in list order.

    A status that a newer version has is not given again.
    """
    seen: set[tuple[str, str]] = set()
    for cycle in sorted(cycles, key=lambda cycle: (cycle.order_type, -cycle.version)):
        for status in cycle:
            if (cycle.order_type, status.key) not in seen:
                seen.add((cycle.order_type, status.key))
                yield cycle, status


def by_name(name: str | None) -> tuple[bool, str, str]:
    """The place of a name in a list for people: None last."""
    return (name is None, (name or "").casefold(), name or "")


def by_number(order_id: str) -> tuple[tuple[str | int, ...], str]:
    """The place of an order number: PO-9 before PO-10."""
    parts = _NUMBER.split(order_id)
    return (tuple(int(part) if index % 2 else part for index, part in enumerate(parts)), order_id)


def by_day(day: date | None) -> tuple[bool, date]:
    """The place of a day: None last."""
    return (day is None, day or date.max)


ORDER_COLUMNS: Final = (
    "Number",
    "Type",
    "Status",
    "Ordered",
    "Due",
    "Delivery",
    "Department",
    "User",
    "Vendor",
    "Invoice",
)


def order_cells(order: ProductionOrder) -> tuple[Cell, ...]:
    """What a list shows of an order, as the columns above name it."""
    return (
        order.id,
        type_name(order.cycle),
        order.status.description,
        order.ordered_on,
        order.due_on,
        order.delivery_on,
        order.department,
        order.user,
        order.vendor,
        order.invoice_id,
    )


def type_name(cycle: StatusCycle) -> str:
    """What people call an order type."""
    return cycle.description or cycle.order_type


def mapping(name: str, value: Mapping[str, T] | None, expected: str) -> Mapping[str, T]:
    """A mapping that the host gives; None is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping {expected}, not {checks.shown(value)}")
    return value
