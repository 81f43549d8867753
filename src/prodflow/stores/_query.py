"""A query for orders, which means the same in every store."""

from collections.abc import Iterable, Mapping
from datetime import date
from heapq import nsmallest
from operator import itemgetter
from typing import Annotated, final

from attrs import NOTHING, NothingType, frozen

from prodflow import _checks as checks
from prodflow._fields import ANY, Check, Day, Number, Text, checked
from prodflow.cycle import StatusCycle, by_version
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
    """Which orders to find, and which page of them.

    An order matches if every field that you give matches. In a field such as *user*, None finds
    orders without a user. Orders are sorted by due date, then id; orders without a due date
    come last.

    Args:
        order_type: the key of the cycle.
        status: the key of the status.
        workflow_stage: the workflow stage of the status, in the newest version of the order type.
            If that version has no such status, the order's own version counts.
        department: the department responsible.
        user: the user responsible.
        vendor: the lab or vendor.
        invoice_id: the invoice that the order fulfils.
        is_open: True for open orders, False for complete and cancelled ones.
        due_by: the last due date to include.
        delivery_by: the last delivery date to include.
        overdue_on: the day on which the order must be overdue.
        after: (due_on, id) of the last order on the previous page; None for the first page.
        limit: the most orders to return, from 1 to 2,147,483,647; None for all.

    Source:
        The Production hub; decisions D5 and D14.
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

    def matches(self, order: ProductionOrder, *, cycles: Iterable[StatusCycle] = ()) -> bool:
        """Whether an order matches; `after` and `limit` make no difference.

        Args:
            cycles: cycle versions; the newest of the order's type gives the workflow stage. If
                *cycles* has no version of this type, the order's own version counts.
        """
        checks.instance("order", order, ProductionOrder, "a ProductionOrder")
        return self._matches(order, self._newest(cycles, ()))

    def select(
        self, orders: Iterable[ProductionOrder], *, cycles: Iterable[StatusCycle] = ()
    ) -> list[ProductionOrder]:
        """The page of *orders* that the query asks for; a store without indexes can use this.

        Args:
            orders: every order of the store.
            cycles: cycle versions; the newest of each type gives the workflow stages. If *cycles*
                has no version of a type, the newest version among the orders of this type counts.
        """
        every = checks.instances("orders", orders, ProductionOrder, "ProductionOrder")
        newest = self._newest(cycles, every)
        matching = [order for order in every if self._matches(order, newest)]
        if self.after is not None:
            last = _sort_key(*self.after)
            matching = [order for order in matching if _order_key(order) > last]
        if self.limit is None:
            return sorted(matching, key=_order_key)
        return nsmallest(self.limit, matching, key=_order_key)

    def _newest(
        self, cycles: Iterable[StatusCycle], orders: Iterable[ProductionOrder]
    ) -> Mapping[str, StatusCycle]:
        """The newest version by order type; *orders* are read only for a query with a stage."""
        given = sorted(by_version(cycles).items(), key=itemgetter(0))
        newest = {order_type: cycle for (order_type, _), cycle in given}
        if self.workflow_stage is not NOTHING:
            own: dict[str, StatusCycle] = {}
            for order in orders:
                cycle = order.cycle
                if cycle.version >= own.setdefault(cycle.order_type, cycle).version:
                    own[cycle.order_type] = cycle
            newest = own | newest
        return newest

    def _matches(self, order: ProductionOrder, newest: Mapping[str, StatusCycle]) -> bool:
        status = order.status
        facts = (
            (self.order_type, order.cycle.order_type),
            (self.status, status.key),
            (self.department, order.department),
            (self.user, order.user),
            (self.vendor, order.vendor),
            (self.invoice_id, order.invoice_id),
            (self.is_open, order.is_open),
        )
        if not all(value is NOTHING or value == fact for value, fact in facts):
            return False
        if self.workflow_stage is not NOTHING:
            cycle = newest.get(order.cycle.order_type, order.cycle)
            known = cycle[status.key] if status.key in cycle else status  # noqa: SIM401 - a cycle has no get
            if known.workflow_stage != self.workflow_stage:
                return False
        return (
            _is_by(order.due_on, self.due_by)
            and _is_by(order.delivery_on, self.delivery_by)
            and (self.overdue_on is NOTHING or order.is_overdue(today=self.overdue_on))
        )


def _is_by(day: date | None, limit: date | NothingType | None) -> bool:
    if limit is NOTHING:
        return True
    if day is None or limit is None:
        return day is limit
    return day <= limit


def _sort_key(due_on: date | None, order_id: str) -> tuple[bool, date, str]:
    return (due_on is None, due_on or date.min, order_id)


def _order_key(order: ProductionOrder) -> tuple[bool, date, str]:
    return _sort_key(order.due_on, order.id)
