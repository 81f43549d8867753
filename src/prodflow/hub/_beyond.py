"""The orders whose dates lie beyond what the calendars know."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple, cast, final

from attrs import field, frozen

from prodflow._fields import checked
from prodflow._messages import count_of, text
from prodflow._sequences import Rows
from prodflow._words import AnyWords
from prodflow.cycle import StatusCycle
from prodflow.duedate import DueDatePolicy, DueDates, counted_by, due_dates
from prodflow.errors import MissingDeliveryDateError
from prodflow.export import Table
from prodflow.hub._orders import OrderColumns, by_urgency, each, names_for, naming, versions
from prodflow.order import ProductionOrder

__all__ = ["BeyondCalendar", "OrderBeyond", "beyond_calendar"]


@final
class OrderBeyond(NamedTuple):
    """An order with a date after the last day whose holidays are known.

    Args:
        order: the order.
        last_on: the last of its dates.
        known_through: the last day whose holidays are known to all calendars in which it counts.
    """

    order: ProductionOrder
    last_on: date
    known_through: date


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class BeyondCalendar(Rows[OrderBeyond]):
    """The open orders that need holidays nobody has entered, as a sequence of `OrderBeyond`.

    Args:
        rows: the orders, those with the earliest last date first.
        cycles: the cycle versions from which the names of the statuses come.
    """

    rows: tuple[OrderBeyond, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)

    @property
    def _items(self) -> tuple[OrderBeyond, ...]:
        return self.rows

    def table(self, *more: str, words: AnyWords | None = None) -> Table:
        """One line for each order, with its last date and what the calendar knows.

        Args:
            more: further columns: "priority", "quantity" or facts such as "facts.client".
            words: your words; None for English.

        Raises:
            ValueError: if there is no such column.
        """
        columns = OrderColumns(names_for(self.cycles, (row.order for row in self.rows)), more)
        return Table(
            text("Orders beyond the Calendar"),
            (*columns.titles, text("Last Date"), text("Holidays Known Through")),
            [(*columns.cells(row.order), row.last_on, row.known_through) for row in self.rows],
            notes=(
                count_of(
                    len(self),
                    "{count} open order has a date for which no holidays are known.",
                    "{count} open orders have a date for which no holidays are known.",
                ),
            ),
        ).said(words)


def beyond_calendar(
    orders: Iterable[ProductionOrder],
    policy: DueDatePolicy | Mapping[str, DueDatePolicy],
    *,
    cycles: Iterable[StatusCycle] = (),
) -> BeyondCalendar:
    """The open orders with a date after the last day whose holidays are known.

    The dates of an order are its delivery date, its due date, and the due dates that the policy
    gives to the statuses still to come. The day is the earliest `known_through` of the calendars in
    which the order counts. Enter more holidays before that day comes, then replan these orders.

    Of orders with the same last date, those with a higher priority come first, then the lower
    number.

    Args:
        policy: the due-date policy of the orders, or the policies by order type.

    Raises:
        DateOutOfRangeError: if a date would be outside the calendar.
        ValueError: if there is no policy for the type of an order.

    Source:
        Decision D9b.
    """
    dates_of = _dates_of(policy)
    asked = tuple(each(orders))
    rows: list[OrderBeyond] = []
    for order in asked:
        if order.status.closes:
            continue
        dates = dates_of(order)
        known = dates.known_through(order)
        last_on = None if known is None else dates.last_on(order)
        if known is not None and last_on is not None and last_on > known:
            rows.append(OrderBeyond(order, last_on, known))
    rows.sort(key=lambda row: by_urgency(row.last_on, row.order))
    shown = [row.order for row in rows]
    return BeyondCalendar(rows=tuple(rows), cycles=naming(cycles, asked, shown))


def _dates_of(
    policy: DueDatePolicy | Mapping[str, DueDatePolicy],
) -> "Callable[[ProductionOrder], _Dates]":
    """The function that gives the dates under the policy of an order."""
    if not isinstance(policy, Mapping):
        dates = _Dates(policy)
        return lambda _: dates
    by_type = {order_type: _Dates(it) for order_type, it in policy.items()}

    def of(order: ProductionOrder) -> _Dates:
        try:
            return by_type[order.order_type]
        except KeyError:
            raise ValueError(
                f"policy must have a policy for {order.order_type!r}, the type of order"
                f" {order.id!r}"
            ) from None

    return of


class _Dates:
    """The dates of orders under one policy."""

    def __init__(self, policy: DueDatePolicy) -> None:
        self._policy = policy
        counted_by(policy, None)  # checks the policy
        self._find: DueDates = due_dates(policy)

    def known_through(self, order: ProductionOrder) -> date | None:
        """The last day whose holidays all calendars of the order know."""
        calendar, steps = counted_by(self._policy, order.vendor)
        return calendar.known_through if steps is None else steps.known_through(order.cycle)

    def last_on(self, order: ProductionOrder) -> date | None:
        """The last date of an open order; None if it has none."""
        held = None if order.held is None else order.held.due_on
        given = (order.delivery_on, order.due_on, held, *self._to_come(order))
        return max((day for day in given if day is not None), default=None)

    def _to_come(self, order: ProductionOrder) -> Iterator[date | None]:
        """The due dates of the statuses after the present one."""
        cycle, here = order.cycle, order.cycle.place(order.status.key).position
        if here is None:  # `resumes_in` is on the path
            first = cast("int", cycle.place(cast("str", order.resumes_in)).position)
        else:
            first = here + 1
        details = (order.ordered_on, order.vendor, order.quantity, order.priority, order.facts)
        entered_on = order.due_on or order.entered_on
        for status in cycle.path[first:]:
            try:
                day = self._find(
                    *(cycle, cycle.place(status.key), order.plan_from, order.delivery_on),
                    *(entered_on, 0, order.held_days, details),
                )
            except MissingDeliveryDateError:
                return  # without a delivery date, it has no dates under this policy
            yield day
            entered_on = day or entered_on
