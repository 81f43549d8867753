"""Which orders to find, as a value that every store reads alike."""

from collections.abc import Iterable
from datetime import date
from heapq import nsmallest
from typing import Annotated, final

from attrs import NOTHING, NothingType, frozen

from prodflow import _checks as checks
from prodflow._fields import ANY, Check, Day, Number, Text, checked
from prodflow.order import ProductionOrder

Position = tuple[date | None, str]


def _position(name: str, value: Position) -> Position:
    if not isinstance(value, tuple) or len(value) != 2:  # noqa: PLR2004 - a pair
        raise TypeError(f"{name} must be the (due_on, id) of an order, not {checks.shown(value)}")
    checks.optional_day(f"the due_on of {name}", value[0])
    checks.text(f"the id of {name}", value[1])
    return value


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OrderQuery:
    """Which orders to find: those that every field given agrees with, by due date, then id.

    A field left out asks nothing; None asks for the orders without one.

    Args:
        order_type: the key of their cycle.
        status: the key of their status.
        workflow_stage: the stage of their status.
        department: the department responsible.
        user: the user responsible.
        vendor: the lab or vendor.
        invoice_id: the invoice they fulfil.
        is_open: True for open orders, False for complete and cancelled ones.
        due_by: the last due date, inclusive.
        delivery_by: the last delivery date, inclusive.
        overdue_on: the day on which they are overdue.
        after: (due_on, id) of the last order of the page before; None for the first page.
        limit: at most so many orders, from 1; None for all.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds.

    Source:
        The Production hub; decision D14.
    """

    order_type: Text | NothingType = ANY
    status: Text | NothingType = ANY
    workflow_stage: Text | NothingType | None = ANY
    department: Text | NothingType | None = ANY
    user: Text | NothingType | None = ANY
    vendor: Text | NothingType | None = ANY
    invoice_id: Text | NothingType | None = ANY
    is_open: bool | NothingType = ANY
    due_by: Day | NothingType | None = ANY
    delivery_by: Day | NothingType | None = ANY
    overdue_on: Day | NothingType = ANY
    after: Annotated[Position, Check(_position)] | None = None
    limit: Number | None = None

    def matches(self, order: ProductionOrder) -> bool:
        """Whether an order is one of those asked for, whatever page it is on.

        Args:
            order: any order.

        Raises:
            TypeError: if *order* is no `ProductionOrder`.
        """
        checks.instance("order", order, ProductionOrder, "a ProductionOrder")
        facts = (
            (self.order_type, order.cycle.order_type),
            (self.status, order.status.key),
            (self.workflow_stage, order.status.workflow_stage),
            (self.department, order.department),
            (self.user, order.user),
            (self.vendor, order.vendor),
            (self.invoice_id, order.invoice_id),
            (self.is_open, order.is_open),
        )
        return (
            all(asked is NOTHING or asked == fact for asked, fact in facts)
            and _is_by(order.due_on, self.due_by)
            and _is_by(order.delivery_on, self.delivery_by)
            and (self.overdue_on is NOTHING or order.is_overdue(today=self.overdue_on))
        )

    def select(self, orders: Iterable[ProductionOrder]) -> list[ProductionOrder]:
        """The page asked for out of all *orders*: what a store without an index does.

        Args:
            orders: all there are, in any order.

        Raises:
            TypeError: if *orders* is no iterable of `ProductionOrder`.
        """
        every = checks.items("orders", orders, "ProductionOrder")
        found = [order for order in every if self.matches(order)]
        if self.after is not None:
            last = _place(*self.after)
            found = [order for order in found if _order_place(order) > last]
        if self.limit is None:
            return sorted(found, key=_order_place)
        return nsmallest(self.limit, found, key=_order_place)


def _is_by(day: date | None, limit: date | NothingType | None) -> bool:
    if limit is NOTHING:
        return True
    if day is None or limit is None:
        return day is limit
    return day <= limit


def _place(due_on: date | None, order_id: str) -> tuple[bool, date, str]:
    """The place in the order of pages: by due date, those without one last, then by id."""
    return (due_on is None, due_on or date.min, order_id)


def _order_place(order: ProductionOrder) -> tuple[bool, date, str]:
    return _place(order.due_on, order.id)
