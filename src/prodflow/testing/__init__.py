"""Tools to test your own cycles, flows and stores; they need `prodflow[testing]`.

Subclass `CycleSuite` to test a cycle, `OrderStoreSuite` to test a store, `AsyncOrderStoreSuite` to
test one with coroutines, and `SettingsStoreSuite` to test a store of settings, with pytest.
`store_machine` compares a store with `MemoryStore` step
by step, and `FaultyStore` fails when you tell it to. `prodflow.testing.laws` has every law as a
function, and `prodflow.testing.strategies` has the strategies for Hypothesis.
"""

import pytest

from prodflow._homes import settle

# pytest explains the failed assertions of a module only if it is registered before its import.
pytest.register_assert_rewrite(
    *(
        f"{__name__}.{module}"
        for module in (
            *("_cycle_laws", "_order_laws", "_outbox_laws", "_query_laws"),
            *("_machine", "_repeat_laws", "_shared_laws", "_store_suite"),
            "_tenant_laws",
            *("_change_laws", "_event_laws", "_history_laws", "_hold_laws", "_plan_laws"),
            *("_life", "_posting", "_reports", "_window_laws"),
            *("_settings_laws", "_settings_suite"),
        )
    )
)

from prodflow.testing import laws as laws  # noqa: E402 - after the line above
from prodflow.testing._async_suite import AsyncOrderStoreSuite  # noqa: E402
from prodflow.testing._cycle_suite import CycleSuite  # noqa: E402
from prodflow.testing._faults import Fault, FaultyStore, StoreFault  # noqa: E402
from prodflow.testing._machine import store_machine  # noqa: E402
from prodflow.testing._settings_suite import SettingsStoreSuite  # noqa: E402
from prodflow.testing._store_suite import Capability, OrderStoreSuite, Store  # noqa: E402

__all__ = [
    "AsyncOrderStoreSuite",
    "Capability",
    "CycleSuite",
    "Fault",
    "FaultyStore",
    "OrderStoreSuite",
    "SettingsStoreSuite",
    "Store",
    "StoreFault",
    "store_machine",
]

settle(globals())
