"""Hypothesis knows our types without any set-up, by the entry point."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import prodflow
from prodflow._hypothesis import register


@pytest.mark.parametrize(
    "kind",
    [
        prodflow.Backward,
        prodflow.ChangeRules,
        prodflow.ChangeUndone,
        prodflow.CycleAdopted,
        prodflow.Forward,
        prodflow.FromEntry,
        prodflow.Held,
        prodflow.OrderAmended,
        prodflow.OrderOpened,
        prodflow.ProductionFlow,
        prodflow.ProductionOrder,
        prodflow.ProposedChange,
        prodflow.Status,
        prodflow.StatusChanged,
        prodflow.StatusCycle,
        prodflow.Trigger,
        prodflow.WorkingCalendar,
    ],
)
def test_a_type_is_drawn_as_itself(kind: type[object]) -> None:
    """`st.from_type` gives values of each of our types."""
    register()

    @given(st.from_type(kind))
    @settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
    def law(value: object) -> None:
        assert type(value) is kind

    law()
