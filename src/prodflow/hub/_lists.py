"""Lists of orders: overdue, past delivery, due soon."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Day, Title, checked
from prodflow._messages import Message, text
from prodflow._sequences import Rows
from prodflow._words import AnyWords
from prodflow.calendars import EVERY_DAY, WorkingCalendar
from prodflow.cycle import StatusCycle
from prodflow.export import Table
from prodflow.hub._orders import (
    WITHIN,
    OrderColumns,
    as_of,
    by_urgency,
    deadlines,
    each,
    names_for,
    naming,
    versions,
)
from prodflow.order import ProductionOrder

__all__ = ["OrderList", "due_soon", "overdue", "past_delivery"]


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OrderList(Rows[ProductionOrder]):
    """Orders that need attention, as a sequence of `ProductionOrder`.

    Args:
        title: what the orders have in common.
        today: the date of the report.
        orders: the orders, the most urgent first.
        cycles: the cycle versions from which the names of the statuses come.
    """

    title: Title
    today: Day
    orders: tuple[ProductionOrder, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)

    @property
    def _items(self) -> tuple[ProductionOrder, ...]:
        return self.orders

    def table(self, *more: str, words: AnyWords | None = None) -> Table:
        """One line for each order.

        Args:
            more: further columns: "priority", "quantity" or facts such as "facts.client".
            words: your words; None for English.

        Raises:
            ValueError: if there is no such column.
        """
        columns = OrderColumns(names_for(self.cycles, self.orders), more)
        return Table(
            self.title,
            columns.titles,
            map(columns.cells, self.orders),
            notes=(as_of(self.today, len(self)),),
        ).said(words)


def overdue(
    orders: Iterable[ProductionOrder], *, today: date, cycles: Iterable[StatusCycle] = ()
) -> OrderList:
    """The open orders that are past their due date, by due date.

    Of orders with the same date, those with a higher priority come first, then the lower number.

    Source:
        Decision D14.
    """
    return _past(text("Overdue Orders"), orders, today, attrgetter("due_on"), cycles)


def past_delivery(
    orders: Iterable[ProductionOrder], *, today: date, cycles: Iterable[StatusCycle] = ()
) -> OrderList:
    """The open orders that are past their delivery date, by delivery date.

    Of orders with the same date, those with a higher priority come first, then the lower number.
    Orders without a due date are included. On the delivery date itself an order is not late.

    Source:
        Decision D14.
    """
    return _past(text("Orders Past Delivery"), orders, today, attrgetter("delivery_on"), cycles)


def due_soon(
    orders: Iterable[ProductionOrder],
    *,
    today: date,
    within: int = WITHIN,
    calendar: WorkingCalendar = EVERY_DAY,
    cycles: Iterable[StatusCycle] = (),
) -> OrderList:
    """The open orders that are due today or soon, by due date.

    Of orders with the same date, those with a higher priority come first, then the lower number.
    The last day that counts as soon is `calendar.add(today, within)`, or the last day of the
    calendar if the calendar ends earlier.

    Source:
        Decisions D9 and D14.
    """
    limits = deadlines(today, within, calendar)
    asked = tuple(each(orders))
    soon = [(order.due_on, order) for order in asked if limits.flags(order)[1]]
    title = text("Orders Due by {day}", day=limits.soon_by)
    return _listed(title, today, soon, asked, cycles)


_DateOf = Callable[[ProductionOrder], date | None]


def _past(
    title: Message,
    orders: Iterable[ProductionOrder],
    today: date,
    date_of: _DateOf,
    cycles: Iterable[StatusCycle],
) -> OrderList:
    checks.day("today", today)
    asked = tuple(each(orders))
    late = [
        (day, order)
        for order in asked
        if (day := date_of(order)) is not None and day < today and order.is_open
    ]
    return _listed(title, today, late, asked, cycles)


def _listed(
    title: Message,
    today: date,
    dated: Sequence[tuple[date | None, ProductionOrder]],
    asked: Sequence[ProductionOrder],
    cycles: Iterable[StatusCycle],
) -> OrderList:
    ordered = sorted(dated, key=lambda pair: by_urgency(*pair))
    shown = tuple(order for _, order in ordered)
    return OrderList(title=title, today=today, orders=shown, cycles=naming(cycles, asked, shown))
