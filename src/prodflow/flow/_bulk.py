"""Bulk: one verb for many orders of one type, all or none (decision D23).

Every `_all` verb is made of the same three steps: `of_one_type` checks the orders, `each` applies
the single verb and sets aside the orders that it refuses, `all_or_none` raises if there are any.
"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Final, TypeVar

from prodflow import _checks as checks
from prodflow.errors import BulkRefusedError, MixedOrderTypesError, RuleError
from prodflow.order import ProductionOrder

T = TypeVar("T")
R = TypeVar("R")

_id: Final[Callable[[ProductionOrder], str]] = attrgetter("id")
_order_type: Final[Callable[[ProductionOrder], str]] = attrgetter("cycle.order_type")


def of_one_type(orders: Iterable[ProductionOrder]) -> tuple[ProductionOrder, ...]:
    """The orders of a bulk as a tuple.

    Raises:
        MixedOrderTypesError: if they have several order types.
        ValueError: if there is no order, or one of them twice.
    """
    checked = checks.instances("orders", orders, ProductionOrder, "ProductionOrder")
    if not checked:
        raise ValueError("orders must hold at least one order")
    if len(set(map(_id, checked))) < len(checked):
        raise ValueError("orders must hold no order twice")
    order_types = tuple(dict.fromkeys(map(_order_type, checked)))
    if len(order_types) > 1:
        raise MixedOrderTypesError(order_types)
    return checked


def each(
    items: Iterable[T], verb: Callable[[T], R], id_of: Callable[[T], str]
) -> tuple[list[R], dict[str, RuleError]]:
    """Call *verb* for each item; return its results, and the errors of refused orders by id."""
    results: list[R] = []
    refusals: dict[str, RuleError] = {}
    for item in items:
        try:
            results.append(verb(item))
        except RuleError as error:
            # A traceback keeps its frames alive, and they hold every order of the bulk.
            error.__context__ = None
            refusals[id_of(item)] = error.with_traceback(None)
    return results, refusals


def all_or_none(orders: Iterable[ProductionOrder], verb: Callable[[ProductionOrder], R]) -> list[R]:
    """What *verb* returns for each order.

    Raises:
        BulkRefusedError: if it refuses any; the error names every one.
    """
    results, refusals = each(orders, verb, _id)
    if refusals:
        raise BulkRefusedError(refusals)
    return results
