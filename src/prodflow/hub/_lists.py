"""Lists of orders: overdue, past delivery, due soon."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import final, overload

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Day, Label, checked
from prodflow.calendars import EVERY_DAY, WorkingCalendar
from prodflow.export import Table
from prodflow.hub._orders import (
    ORDER_COLUMNS,
    WITHIN,
    by_day,
    by_number,
    deadlines,
    each,
    order_cells,
    order_tuple,
)
from prodflow.order import ProductionOrder

__all__ = ["OrderList", "due_soon", "overdue", "past_delivery"]


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OrderList(Sequence[ProductionOrder]):
    """Orders for somebody to see to: a sequence of `ProductionOrder`.

    Args:
        title: what they have in common.
        today: the day for which it was made.
        orders: the orders, the most urgent first.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a title out of bounds.
    """

    title: Label
    today: Day
    orders: tuple[ProductionOrder, ...] = field(converter=order_tuple)

    def __len__(self) -> int:
        return len(self.orders)

    @overload
    def __getitem__(self, index: int) -> ProductionOrder: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ProductionOrder, ...]: ...
    def __getitem__(self, index: int | slice) -> ProductionOrder | tuple[ProductionOrder, ...]:
        """The order at an index, or the orders of a slice.

        Raises:
            IndexError: if there is no such order.
            TypeError: if *index* is neither an int nor a slice.
        """
        return self.orders[index]

    def __iter__(self) -> Iterator[ProductionOrder]:
        return iter(self.orders)

    def table(self) -> Table:
        """A line for each order."""
        return Table(
            self.title,
            ORDER_COLUMNS,
            map(order_cells, self.orders),
            notes=(f"As of {self.today}: {len(self):,} orders.",),
        )


def overdue(orders: Iterable[ProductionOrder], *, today: date) -> OrderList:
    """The open orders whose due date is over, by due date, then number.

    Args:
        orders: any orders.
        today: the day for which it is asked; what is due on it is not overdue.

    Raises:
        TypeError: for a value of the wrong kind.

    Source:
        Decision D14.
    """
    checks.day("today", today)
    return _listed(
        "Overdue Orders",
        today,
        [
            (order.due_on, order)
            for order in each(orders)
            if order.due_on is not None and order.due_on < today and order.is_open
        ],
    )


def past_delivery(orders: Iterable[ProductionOrder], *, today: date) -> OrderList:
    """The open orders whose delivery date is over, by delivery date, then number.

    Args:
        orders: any orders; one without a due date can still be late here.
        today: the day for which it is asked; what is to be delivered on it is not late.

    Raises:
        TypeError: for a value of the wrong kind.

    Source:
        Decision D14.
    """
    checks.day("today", today)
    return _listed(
        "Orders Past Delivery",
        today,
        [
            (order.delivery_on, order)
            for order in each(orders)
            if order.delivery_on is not None and order.delivery_on < today and order.is_open
        ],
    )


def due_soon(
    orders: Iterable[ProductionOrder],
    *,
    today: date,
    within: int = WITHIN,
    calendar: WorkingCalendar = EVERY_DAY,
) -> OrderList:
    """The open orders due from today to so many days ahead, by due date, then number.

    Args:
        orders: any orders; those overdue are not among the answer.
        today: the first day.
        within: how many days ahead, 0 for today only.
        calendar: the days that *within* counts; every day unless told otherwise. The last day is
            `calendar.add(today, within)`, or the end of the calendar.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for *within* outside 0 to 36,525.

    Source:
        Decisions D9 and D14.
    """
    limits = deadlines(today, within, calendar)
    return _listed(
        f"Orders Due by {limits.soon_by}",
        today,
        [(order.due_on, order) for order in each(orders) if limits.standing(order)[1]],
    )


def _listed(title: str, today: date, dated: list[tuple[date | None, ProductionOrder]]) -> OrderList:
    dated.sort(key=lambda pair: (by_day(pair[0]), by_number(pair[1].id)))
    return OrderList(title=title, today=today, orders=[order for _, order in dated])
