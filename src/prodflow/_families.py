"""Families: which orders come from one order, because they were split or ordered again.

An order comes from the order in its `split_from`, otherwise from the order in its `reorder_of`. If
that order isn't among those that were given, the order is the first of a family. Every order is in
exactly one family, even if damaged data lets orders come from one another in a circle: then the
order of the circle that was given first is the first of its family.
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import NamedTuple

from prodflow.order import ProductionOrder


class Descent(NamedTuple):
    """An order, the order that it comes from, and how many orders it comes from one by one."""

    order: ProductionOrder
    parent_id: str | None
    depth: int


def families_of(orders: Sequence[ProductionOrder]) -> list[list[Descent]]:
    """The families of orders with different ids, in the sequence of *orders*.

    Each family begins with its first order, and every other order comes after its parent.
    """
    known = {order.id: order for order in orders}
    parents = {order.id: _parent_id(order, known) for order in orders}
    children: defaultdict[str, list[ProductionOrder]] = defaultdict(list)
    firsts: list[ProductionOrder] = []
    for order in orders:
        parent_id = parents[order.id]
        if parent_id is None or parent_id not in known:
            firsts.append(order)
        else:
            children[parent_id].append(order)
    placed: set[str] = set()
    families = [list(_descents(first, parents, children, placed)) for first in firsts]
    for order in orders:
        if order.id not in placed:  # it comes from a circle
            first = known[_circle(order.id, parents)]
            families.append(list(_descents(first, parents, children, placed)))
    return families


def _parent_id(order: ProductionOrder, known: Container[str]) -> str | None:
    parents = [parent for parent in (order.split_from, order.reorder_of) if parent is not None]
    return next((parent for parent in parents if parent in known), next(iter(parents), None))


def _circle(order_id: str, parents: Mapping[str, str | None]) -> str:
    """The order that was given first of the circle from which an order comes."""
    climbed: dict[str | None, None] = {}
    above: str | None = order_id
    while above not in climbed:
        climbed[above] = None
        above = parents[above or ""]
    path = list(climbed)
    circle = path[path.index(above) :]
    return next(known for known in parents if known in circle)


def _descents(
    first: ProductionOrder,
    parents: Mapping[str, str | None],
    children: Mapping[str, list[ProductionOrder]],
    placed: set[str],
) -> Iterator[Descent]:
    rest = [(first, 0)]
    while rest:
        order, depth = rest.pop()
        placed.add(order.id)
        yield Descent(order, parents[order.id], depth)
        later = [child for child in children.get(order.id, ()) if child.id not in placed]
        rest += [(child, depth + 1) for child in reversed(later)]
