"""Lists of orders: overdue, past delivery, due soon."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import zip_longest
from operator import attrgetter
from typing import final

from attrs import evolve, field, frozen

from prodflow import _checks as checks
from prodflow._fields import Count, Day, Title, checked
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
    days_past,
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
        days_late: by how many days each order is late; empty in a list of orders that aren't late.
        cycles: the cycle versions from which the names of the statuses come.
    """

    title: Title
    today: Day
    orders: tuple[ProductionOrder, ...]
    days_late: tuple[Count, ...] = ()
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)

    def __attrs_post_init__(self) -> None:
        if len(self.days_late) not in {0, len(self.orders)}:
            raise ValueError("days_late must have an item for each order, or none at all")

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
        names = names_for(self.cycles, self.orders)
        columns = OrderColumns(names, more, shows_late=bool(self.days_late))
        lines = zip_longest(self.orders, self.days_late)
        return Table(
            self.title,
            columns.titles,
            [columns.cells(order, days_late=days) for order, days in lines],
            notes=(as_of(self.today, len(self)),),
        ).said(words)


def overdue(
    orders: Iterable[ProductionOrder],
    *,
    today: date,
    calendar: WorkingCalendar = EVERY_DAY,
    cycles: Iterable[StatusCycle] = (),
) -> OrderList:
    """The open orders that are past their due date, by due date, with the days late.

    Of orders with the same date, those with a higher priority come first, then the lower number.

    Args:
        calendar: the calendar whose days after the due date, up to today, are days late. With
            working days, an order that was due on Friday is 0 days late on Saturday.

    Source:
        Decision D14.
    """
    title, day_of = text("Overdue Orders"), attrgetter("due_on")
    return _past(title, orders, today, day_of, calendar=calendar, cycles=cycles)


def past_delivery(
    orders: Iterable[ProductionOrder],
    *,
    today: date,
    calendar: WorkingCalendar = EVERY_DAY,
    cycles: Iterable[StatusCycle] = (),
) -> OrderList:
    """The open orders that are past their delivery date, by delivery date, with the days late.

    Of orders with the same date, those with a higher priority come first, then the lower number.
    Orders without a due date are included. On the delivery date itself an order is not late.

    Args:
        calendar: as in `overdue`, for the days after the delivery date.

    Source:
        Decision D14.
    """
    title, day_of = text("Orders Past Delivery"), attrgetter("delivery_on")
    return _past(title, orders, today, day_of, calendar=calendar, cycles=cycles)


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
    soon = [
        (order.due_on, order)
        for order in asked
        if order.due_on is not None and limits.flags(order)[1]
    ]
    title = text("Orders Due by {day}", day=limits.soon_by)
    return _listed(title, today, soon, asked, cycles)


def _past(
    title: Message,
    orders: Iterable[ProductionOrder],
    today: date,
    date_of: Callable[[ProductionOrder], date | None],
    *,
    calendar: WorkingCalendar,
    cycles: Iterable[StatusCycle],
) -> OrderList:
    checks.day("today", today)
    checks.instance("calendar", calendar, WorkingCalendar, "a WorkingCalendar")
    asked = tuple(each(orders))
    late = [
        (day, order)
        for order in asked
        if (day := date_of(order)) is not None and day < today and order.is_open
    ]
    # The list is by day, too.
    days_late = tuple(map(days_past(calendar, today), sorted(day for day, _ in late)))
    return evolve(_listed(title, today, late, asked, cycles), days_late=days_late)


def _listed(
    title: Message,
    today: date,
    dated: Sequence[tuple[date, ProductionOrder]],
    asked: Sequence[ProductionOrder],
    cycles: Iterable[StatusCycle],
) -> OrderList:
    ordered = sorted(dated, key=lambda pair: by_urgency(*pair))
    shown = tuple(order for _, order in ordered)
    return OrderList(title=title, today=today, orders=shown, cycles=naming(cycles, asked, shown))
