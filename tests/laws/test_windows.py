"""Laws of the Status Change window as a web form: any order, bulk, policy and rule."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import ChangeRules, Move, ProductionFlow, ProductionOrder
from prodflow.testing import laws
from prodflow.testing._cases import few
from prodflow.testing._posting import odd_forms, typed_texts
from prodflow.testing.strategies import change_rules, histories, production_flows, status_cycles

CYCLES = status_cycles(min_size=3, max_size=7)
# Each change needs something to be typed.
ASKING = ChangeRules(note_required=Move, reason_required={Move.NEXT, Move.ASIDE})


class Selection(NamedTuple):
    """Orders that a user has selected, and the flow that is to change them."""

    flow: ProductionFlow
    orders: Sequence[ProductionOrder]
    today: date
    keys: Sequence[str]
    """The keys of their statuses."""


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    """One order or several, at any point of a walk, and any rules."""
    cycle = draw(CYCLES)
    walk = draw(
        histories(cycles=st.just(cycle), flows=production_flows(max_size=0), min_size=2, max_size=8)
    )
    rules = draw(st.sampled_from([walk.flow.rules, ASKING]) | change_rules(cycle=cycle))
    flow = evolve(walk.flow, rules=rules)
    several = draw(st.integers(1, 4))
    orders = [
        evolve(change.order, id=f"PO-{number}")
        for number, change in enumerate(walk.changes[::-1][:several])
    ]
    today = orders[0].begun_on + timedelta(draw(st.integers(-2, 14)))
    return Selection(flow, orders, today, [status.key for status in orders[0].cycle])


@st.composite
def typings(draw: st.DrawFn) -> tuple[Selection, list[tuple[str, str]]]:
    """A selection, and what a user types into its window."""
    selection = draw(selections())
    texts = typed_texts(st.sampled_from(selection.keys))
    return selection, draw(st.lists(texts, min_size=4, max_size=8))


@st.composite
def postings(draw: st.DrawFn) -> tuple[Selection, dict[str, Any]]:
    """A selection, and what anybody may post to it."""
    selection = draw(selections())
    return selection, draw(odd_forms(st.sampled_from(selection.keys)))


class TestWindows:
    """Nothing is set by hand but what a user typed (D16, D20, D23)."""

    @given(selections())
    def test_an_untouched_window_gives_the_default_change(self, selection: Selection) -> None:
        """The shipped law."""
        flow, orders, today, _ = selection
        laws.an_untouched_window_gives_the_default_change(flow, orders, today)

    @given(typings())
    def test_what_is_typed_stays(self, drawn: tuple[Selection, list[tuple[str, str]]]) -> None:
        """The shipped law."""
        (flow, orders, today, _), typed = drawn
        laws.what_is_typed_stays_and_the_rest_follows(flow, orders, today, typed)

    @given(postings())
    def test_whatever_is_posted_is_read(self, drawn: tuple[Selection, dict[str, Any]]) -> None:
        """The shipped law."""
        (flow, orders, today, _), form = drawn
        laws.whatever_is_posted_is_read(flow, orders, today, form)

    @few(2)
    @given(selections(), st.integers(0, 99))
    def test_a_window_shows_every_refusal(self, selection: Selection, number: int) -> None:
        """The shipped law."""
        flow, orders, today, keys = selection
        to = [None, *keys][number % (len(keys) + 1)]
        laws.a_window_shows_every_refusal(flow, orders, today, to)
