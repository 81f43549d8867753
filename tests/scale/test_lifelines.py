"""The curves behind forecasts and learned durations, compared with the library lifelines."""

from collections import Counter
from importlib import import_module
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodflow.hub._curves import CANCELLED, DONE, KINDS, OPEN, curve_of
from prodflow.testing._cases import case

# The type checkers run where it isn't installed.
lifelines: Final[Any] = import_module("lifelines")

Outcomes = list[tuple[int, int]]

TIED: Final = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from([DONE, DONE, OPEN])), min_size=5, max_size=60
)
# Of orders that ended after as many days, lifelines would move some.
APART: Final = st.lists(
    st.tuples(st.integers(1, 500), st.sampled_from([DONE, DONE, CANCELLED, OPEN])),
    min_size=5,
    max_size=60,
    unique_by=lambda outcome: outcome[0],
)


def steps(outcomes: Outcomes) -> dict[int, float]:
    """The share done by each day on which an order was done."""
    return dict(curve_of(Counter(days * KINDS + kind for days, kind in outcomes)).steps)


@settings(max_examples=100)
@given(TIED)
def test_without_cancelled_orders_it_is_the_curve_of_kaplan_and_meier(outcomes: Outcomes) -> None:
    """Also where many orders ended after as many days, and others are still open."""
    fitter = lifelines.KaplanMeierFitter()
    fitter.fit([days for days, _ in outcomes], [kind == DONE for _, kind in outcomes])
    found = steps(outcomes)
    case("some orders are still open", any(kind == OPEN for _, kind in outcomes))
    for days, share in found.items():
        assert 1 - share == pytest.approx(fitter.survival_function_at_times(days).item())


@settings(max_examples=100)
@given(APART)
def test_with_cancelled_orders_it_is_the_curve_of_aalen_and_johansen(outcomes: Outcomes) -> None:
    """Divided by the share that wasn't cancelled."""
    days = [each for each, _ in outcomes]
    ends = [{DONE: 1, CANCELLED: 2, OPEN: 0}[kind] for _, kind in outcomes]
    found = steps(outcomes)
    case("some were cancelled, some are still open", {0, 1, 2} <= {*ends})
    if found and 2 in ends:
        fitters = [lifelines.AalenJohansenFitter(calculate_variance=False) for _ in range(2)]
        done, cancelled = (
            fitter.fit(days, ends, event_of_interest=end).cumulative_density_.iloc[:, 0]
            for end, fitter in enumerate(fitters, start=1)
        )
        expected = {each: done[float(each)] / (1 - cancelled.iloc[-1]) for each in found}
        assert found == pytest.approx(expected)
