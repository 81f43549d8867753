"""The strategy for queries.

A query that is drawn field by field finds nothing most of the time. So the fields take their values
from two orders: from the first one, so that several fields together still find it, or from the
second one, which often differs.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import OrderQuery, ProductionOrder
from prodflow.testing._drawing import checked, later, pick
from prodflow.testing._walks import production_orders

TEXTS: Final[dict[str, Callable[[ProductionOrder], str | None]]] = {
    "order_type": lambda order: order.order_type,
    "status": lambda order: order.status.key,
    "workflow_stage": lambda order: order.status.workflow_stage,
    "department": lambda order: order.department,
    "user": lambda order: order.user,
    "vendor": lambda order: order.vendor,
    "invoice_id": lambda order: order.invoice_id,
}
"""The fields of a query for texts, and how each is read from an order."""

DAYS: Final[dict[str, Callable[[ProductionOrder], date | None]]] = {
    "due_by": lambda order: order.due_on,
    "due_from": lambda order: order.due_on,
    "delivery_by": lambda order: order.delivery_on,
    "ordered_from": lambda order: order.ordered_on,
    "ordered_by": lambda order: order.ordered_on,
    "closed_from": lambda order: order.entered_on,
    "closed_by": lambda order: order.entered_on,
    "overdue_on": lambda order: order.due_on,
}
"""The fields of a query for days, and how each is read from an order; some orders aren't closed."""

ALWAYS: Final = {"order_type", "status", "ordered_from", "ordered_by", "overdue_on"}
"""The fields that every order has, so that a query can't ask for orders without one."""
_NAMES: Final = [*TEXTS, *DAYS, "is_open", "facts", "facts", "text", "text"]
GROUPS: Final = [
    *("order_type", "status", "workflow_stage", "department", "user", "vendor", "priority"),
    "is_open",
]
"""The fields that orders can be counted by."""

_DAY: Final = date(2026, 11, 16)
_WILDCARDS: Final = ["%", "_", "nothing like it"]


def order_queries(
    *, orders: SearchStrategy[ProductionOrder] | None = None
) -> SearchStrategy[OrderQuery]:
    """Queries with up to four fields, any sort and any page, which often find some orders.

    Args:
        orders: orders that the query may find; the fields take their values from two of them. None
            for any orders.
    """
    return _order_queries(checked("orders", orders, production_orders()))


def groupings(
    orders: SearchStrategy[ProductionOrder],
) -> SearchStrategy[str | tuple[str, str] | None]:
    """Arguments *by* for `OrderStore.count`: None, a name, or two."""
    facts = orders.map(lambda order: [f"facts.{name}" for name in order.facts])
    names = facts.flatmap(lambda known: st.sampled_from([*GROUPS, *known, "facts.unknown"]))
    pairs = st.tuples(names, names).filter(lambda both: both[0] != both[1])
    return st.none() | names | pairs


@st.composite
def _order_queries(draw: DrawFn, orders: SearchStrategy[ProductionOrder]) -> OrderQuery:
    both = draw(orders), draw(orders)
    names = draw(st.lists(st.sampled_from(_NAMES), max_size=4, unique=True))
    given: dict[str, Any] = {name: _value(draw, name, *both) for name in names}
    given["sort"] = pick(draw, ["due", "priority", "id"])
    query = OrderQuery(**given)
    if draw(st.booleans()):
        last = pick(draw, both)
        given["after"] = last if draw(st.booleans()) else query.position(last)
    given["limit"] = draw(st.none() | st.integers(1, 5))
    return OrderQuery(**given)


def _value(draw: DrawFn, name: str, one: ProductionOrder, other: ProductionOrder) -> object:
    """The value of a field, which the first order has, or nearly so."""
    if name in TEXTS:
        return _choice(draw, name, TEXTS[name](one), TEXTS[name](other))
    if name in DAYS:
        return _bound(draw, name, DAYS[name](pick(draw, [one, one, other])))
    match name:
        case "is_open":
            return pick(draw, [one.is_open, one.is_open, not one.is_open])
        case "facts":
            return _wanted(draw, one, other)
        case _:
            return _phrase(draw, pick(draw, [one, one, other]))


def _choice(draw: DrawFn, name: str, one: str | None, other: str | None) -> object:
    """A value or a set of values; None only in a field that may be None."""
    values: list[str | None] = [one, other, "unknown"]
    if name not in ALWAYS:
        values.append(None)
    form = draw(st.integers(0, 5))
    if form > 1:
        return one
    return pick(draw, values) if form else frozenset(draw(st.lists(st.sampled_from(values))))


def _bound(draw: DrawFn, name: str, day: date | None) -> date | None:
    if day is None and name not in ALWAYS:
        return pick(draw, [None, None, _DAY])
    return later(day or _DAY, draw(st.integers(-1, 1)))


def _wanted(draw: DrawFn, one: ProductionOrder, other: ProductionOrder) -> dict[str, Any]:
    """What the facts must be, for one or two names."""
    known = {**other.facts, **one.facts, "unknown": None}
    names = draw(st.lists(st.sampled_from(list(known)), min_size=1, max_size=2, unique=True))
    wanted: dict[str, Any] = {}
    for name in names:
        values = [one.facts.get(name), other.facts.get(name), True, 1, "1", None]
        form = draw(st.integers(0, 3))
        if form > 1:
            wanted[name] = values[0]
        else:
            wanted[name] = draw(st.lists(st.sampled_from(values))) if form else pick(draw, values)
    return wanted


def _phrase(draw: DrawFn, order: ProductionOrder) -> str:
    """A part of a text of the order, perhaps in another case."""
    texts = [order.id, order.invoice_id, order.vendor, order.user, *order.facts.values()]
    text = pick(draw, [text for text in texts if isinstance(text, str)])
    begin, size = draw(st.integers(0, len(text) - 1)), draw(st.integers(1, 4))
    part = text[begin : begin + size]
    cases = [part, part.lower(), part.upper(), *_WILDCARDS]
    return pick(draw, cases)[:200]
