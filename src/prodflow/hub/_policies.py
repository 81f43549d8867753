"""Reports that look ahead take one policy, or one for each order type."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from prodflow.duedate import DueDatePolicy
from prodflow.order import ProductionOrder

T = TypeVar("T")

Policies = DueDatePolicy | Mapping[str, DueDatePolicy]
"""The argument `policy`."""

Looking = Callable[[ProductionOrder], T]


def by_type(policy: Policies, make: Callable[[DueDatePolicy], Looking[T]]) -> Looking[T]:
    """The function that *make* gives for a policy; for several, the one of the order's type."""
    if not isinstance(policy, Mapping):
        return make(policy)
    functions = {order_type: make(each) for order_type, each in policy.items()}

    def of(order: ProductionOrder) -> T:
        try:
            function = functions[order.order_type]
        except KeyError:
            raise ValueError(
                f"policy must have a policy for {order.order_type!r}, the type of order"
                f" {order.id!r}"
            ) from None
        return function(order)

    return of
