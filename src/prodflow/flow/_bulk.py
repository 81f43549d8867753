"""Bulk: the same change for many orders of one type, all or none (decision D23).

Every `_all` method has the same three steps. `of_one_type` checks the orders. `each` calls the
single method for each order, and collects the errors. `all_or_none` raises if there are errors.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Final, TypeVar

from prodflow import _checks as checks
from prodflow.cycle import StatusCycle, type_name
from prodflow.errors import (
    BulkRefusedError,
    MixedOrderTypesError,
    RuleError,
    UnknownStatusError,
    titled,
)
from prodflow.flow._proposing import check_expected
from prodflow.order import ProductionOrder

T = TypeVar("T")
R = TypeVar("R")

_id: Final[Callable[[ProductionOrder], str]] = attrgetter("id")
_order_type: Final[Callable[[ProductionOrder], str]] = attrgetter("cycle.order_type")
_version: Final[Callable[[StatusCycle], int]] = attrgetter("version")


def of_one_type(orders: Iterable[ProductionOrder]) -> tuple[ProductionOrder, ...]:
    """The orders of a bulk as a tuple.

    Raises:
        MixedOrderTypesError: if the orders have several types.
        ValueError: if there are no orders, or if an order occurs twice.
    """
    checked = unique(orders)
    if not checked:
        raise ValueError("orders must hold at least one order")
    if len({*map(_order_type, checked)}) > 1:
        names = {order.cycle.order_type: type_name(order.cycle) for order in checked}
        raise titled(MixedOrderTypesError(tuple(names)), order_types=tuple(names.values()))
    return checked


def unique(orders: Iterable[ProductionOrder]) -> tuple[ProductionOrder, ...]:
    """The orders as a tuple; raises `ValueError` if an order occurs twice."""
    checked = checks.instances("orders", orders, ProductionOrder, "ProductionOrder")
    if len(set(map(_id, checked))) < len(checked):
        raise ValueError("orders must hold no order twice")
    return checked


def each(
    items: Iterable[T],
    verb: Callable[[T], R],
    order_of: Callable[[T], ProductionOrder],
    expect: Mapping[str, int] | None = None,
) -> tuple[list[R], dict[str, RuleError]]:
    """The results of *verb* for the items, and its errors by order id.

    Args:
        items: orders, or values that contain one order each.
        verb: the single method, called with each item.
        order_of: returns the order of an item.
        expect: the versions that a screen showed, by order id; None for no check. Orders that
            aren't in the mapping aren't checked.
    """
    results: list[R] = []
    refusals: dict[str, RuleError] = {}
    for item in items:
        order = order_of(item)
        try:
            if expect:
                check_expected(order, expect.get(order.id))
            results.append(verb(item))
        except RuleError as error:
            # A traceback keeps its frames alive, and they hold every order of the bulk.
            error.__context__ = None
            refusals[order.id] = error.with_traceback(None)
        except Exception as error:
            error.add_note(f"order {order.id!r}")
            raise
    _describe(refusals, map(order_of, items))
    return results, refusals


def _describe(refusals: Mapping[str, RuleError], orders: Iterable[ProductionOrder]) -> None:
    """Give an unknown status the description that it has in the cycle of another order."""
    unknown = [error for error in refusals.values() if isinstance(error, UnknownStatusError)]
    if unknown:
        cycles = sorted({order.cycle for order in orders}, key=_version)
        titles = {status.key: status.description for cycle in cycles for status in cycle}
        for error in unknown:
            titled(error, key=titles.get(error.key, error.key))


def all_or_none(
    items: Iterable[T],
    verb: Callable[[T], R],
    order_of: Callable[[T], ProductionOrder],
    expect: Mapping[str, int] | None,
) -> list[R]:
    """The result of *verb* for each item.

    Raises:
        BulkRefusedError: if *verb* refuses any order; the error lists all refused orders.
    """
    results, refusals = each(items, verb, order_of, expect)
    if refusals:
        raise BulkRefusedError(refusals)
    return results


def versions(expect: Mapping[str, int] | None) -> Mapping[str, int] | None:
    """Check the `expect` of a bulk method, and return it."""
    if expect is not None:
        checks.instance("expect", expect, Mapping, "a mapping from order ids to versions")
        for order_id, version in expect.items():
            checks.text("an order id in expect", order_id)
            checks.number(f"expect[{checks.shown(order_id)}]", version)
    return expect


def itself(order: ProductionOrder) -> ProductionOrder:
    return order
