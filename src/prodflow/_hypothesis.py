"""The hook that Hypothesis calls when it starts, so that `st.from_type` knows our types.

Hypothesis calls it in every test run of every app that has prodflow installed, so this module must
load fast. The module only lists the types. `prodflow.testing` is imported when a test first draws
a value of one of these types.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

import prodflow

_STRATEGIES: Final[dict[type, str]] = {
    prodflow.Backward: "backward_policies",
    prodflow.ChangeRules: "change_rules",
    prodflow.ChangeUndone: "undone_changes",
    prodflow.CycleAdopted: "adoptions",
    prodflow.FactChanges: "fact_changes",
    prodflow.Facts: "facts",
    prodflow.FlowSettings: "flow_settings",
    prodflow.Forward: "forward_policies",
    prodflow.FromEntry: "from_entry_policies",
    prodflow.Held: "paused_visits",
    prodflow.OrderAmended: "amendments",
    prodflow.OrderOpened: "openings",
    prodflow.OrderSplit: "splits",
    prodflow.Permission: "permissions",
    prodflow.ProductionFlow: "production_flows",
    prodflow.ProductionOrder: "production_orders",
    prodflow.ProposedChange: "proposals",
    prodflow.Reason: "reasons",
    prodflow.Status: "statuses",
    prodflow.StatusChanged: "status_changes",
    prodflow.StatusCycle: "status_cycles",
    prodflow.Terms: "terms",
    prodflow.Trigger: "triggers",
    prodflow.TypeSettings: "type_settings",
    prodflow.VendorTerms: "vendor_terms",
    prodflow.WorkingCalendar: "working_calendars",
}


def register() -> None:
    """Tell Hypothesis how to draw our types; Hypothesis finds this function by an entry point."""
    strategies = import_module("hypothesis.strategies")
    for kind, name in _STRATEGIES.items():
        strategies.register_type_strategy(kind, _drawn_by(name))


def _drawn_by(name: str) -> Callable[[type], Any]:
    def strategy(_: type) -> Any:  # noqa: ANN401 - a strategy for that type
        return getattr(import_module("prodflow.testing._by_type"), name)()

    return strategy
