"""Hypothesis knows our types without any setup, by the entry point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import prodflow
from prodflow._hypothesis import register
from prodflow.testing._cases import few


@pytest.mark.parametrize(
    "kind",
    [
        prodflow.Backward,
        prodflow.ChangeRules,
        prodflow.ChangeUndone,
        prodflow.CycleAdopted,
        prodflow.FactChanges,
        prodflow.Facts,
        prodflow.FlowSettings,
        prodflow.Forward,
        prodflow.FromEntry,
        prodflow.Held,
        prodflow.OrderAmended,
        prodflow.OrderOpened,
        prodflow.OrderSplit,
        prodflow.Permission,
        prodflow.ProductionFlow,
        prodflow.ProductionOrder,
        prodflow.ProposedChange,
        prodflow.Reason,
        prodflow.Status,
        prodflow.StatusChanged,
        prodflow.StatusCycle,
        prodflow.Terms,
        prodflow.Trigger,
        prodflow.TypeSettings,
        prodflow.VendorTerms,
        prodflow.WorkingCalendar,
    ],
)
@few(20)
@given(data=st.data())
def test_a_type_is_drawn_as_itself(kind: type[object], data: st.DataObject) -> None:
    """`st.from_type` gives values of each of our types."""
    register()
    assert type(data.draw(st.from_type(kind))) is kind
