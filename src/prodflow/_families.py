"""Families: which orders come from one order, because they were split or ordered again.

An order comes from the order in its `split_from`, otherwise from the order in its `reorder_of`. If
that order isn't among those that were given, the order is the first of a family. Every order is in
exactly one family, even if damaged data lets orders come from one another in a circle: then the
order that was given first is the first of its family.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
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
    ids = {order.id for order in orders}
    children: defaultdict[str | None, list[ProductionOrder]] = defaultdict(list)
    for order in orders:
        parent_id = _parent_id(order, ids)
        children[parent_id if parent_id in ids else None].append(order)
    placed: set[str] = set()
    firsts = (*children[None], *orders)  # in a circle, no order is the first
    return [
        list(_descents(first, children, placed, ids)) for first in firsts if first.id not in placed
    ]


def _parent_id(order: ProductionOrder, ids: set[str]) -> str | None:
    parents = [parent for parent in (order.split_from, order.reorder_of) if parent is not None]
    return next((parent for parent in parents if parent in ids), next(iter(parents), None))


def _descents(
    first: ProductionOrder,
    children: defaultdict[str | None, list[ProductionOrder]],
    placed: set[str],
    ids: set[str],
) -> Iterator[Descent]:
    rest = [(first, 0)]
    while rest:
        order, depth = rest.pop()
        placed.add(order.id)
        yield Descent(order, _parent_id(order, ids), depth)
        later = [child for child in children[order.id] if child.id not in placed]
        rest += [(child, depth + 1) for child in reversed(later)]
