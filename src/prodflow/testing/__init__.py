"""The kit to test your own cycles, flows and stores with; it needs `prodflow[testing]`.

`CycleSuite` and `OrderStoreSuite` are pytest classes to subclass, `store_machine` compares a store
with the model step by step, and `FaultyStore` fails on schedule. `prodflow.testing.laws` has each
law as a function, and `prodflow.testing.strategies` draws every value for Hypothesis.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from prodflow.testing.cycles import CycleSuite
    from prodflow.testing.faults import FaultyStore, StoreFault
    from prodflow.testing.machine import store_machine
    from prodflow.testing.stores import OrderStoreSuite, Store

__all__ = [
    "CycleSuite",
    "FaultyStore",
    "OrderStoreSuite",
    "Store",
    "StoreFault",
    "store_machine",
]

_HOMES: Final = {
    "CycleSuite": "cycles",
    "FaultyStore": "faults",
    "OrderStoreSuite": "stores",
    "Store": "stores",
    "StoreFault": "faults",
    "store_machine": "machine",
}
_ASSERTING: Final = ("_order_laws", "_outbox_laws", "laws", "machine", "stores")


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    # Hypothesis imports this package at its own start, for the types it registers: nothing else
    # may be loaded then. And pytest must be told before the laws are, to explain their assertions;
    # of those that are loaded already it would warn.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    asserting = {f"{__name__}.{module}" for module in _ASSERTING}
    import_module("pytest").register_assert_rewrite(*asserting - sys.modules.keys())
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
