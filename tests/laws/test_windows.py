"""Laws of the Status Change window as a web form: any order, bulk, policy and rule."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import ChangeRules, HistoryEntry, Move, ProductionFlow, ProductionOrder
from prodflow.testing import laws
from prodflow.testing._cases import few
from prodflow.testing._law_steps import RECORDED
from prodflow.testing._posting import odd_forms, typed_texts
from prodflow.testing._studio import CYCLE
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


SELECTIONS = selections()


@st.composite
def typings(
    draw: st.DrawFn, drawn: st.SearchStrategy[Selection] = SELECTIONS
) -> tuple[Selection, list[tuple[str, str]]]:
    """A selection, and what a user types into its window."""
    selection = draw(drawn)
    texts = typed_texts(st.sampled_from(selection.keys))
    return selection, draw(st.lists(texts, min_size=4, max_size=8))


@st.composite
def postings(
    draw: st.DrawFn, drawn: st.SearchStrategy[Selection] = SELECTIONS
) -> tuple[Selection, dict[str, Any]]:
    """A selection, and what anybody may post to it."""
    selection = draw(drawn)
    return selection, draw(odd_forms(st.sampled_from(selection.keys)))


@st.composite
def divided(draw: st.DrawFn) -> Selection:
    """A selection with one more order, which is closed and so has no next status."""
    selection = draw(selections())
    flow, orders, today, keys = selection
    if orders[0].status == orders[0].cycle.final:
        return selection
    who: dict[str, Any] = {"today": max(today, orders[0].begun_on), **RECORDED}
    change = ProductionFlow().advance(orders[0], to=orders[0].cycle.final.key, **who)
    return Selection(flow, [*orders, evolve(change.order, id="PO-closed")], today, keys)


TYPED = typings(divided()).map(lambda drawn: (drawn[0], dict(drawn[1][:2])))
FORMS = st.one_of(TYPED, TYPED, postings())
BUTTONS = st.sampled_from(["ok", "without", "without", "without", "recalculate"])
SAVING = st.sampled_from(["ok", "without"])


class Moved(NamedTuple):
    """Orders that a page showed, and the same orders later."""

    flow: ProductionFlow
    seen: Sequence[ProductionOrder]
    now: Sequence[ProductionOrder]
    entries: Sequence[HistoryEntry]
    today: date


@st.composite
def movings(draw: st.DrawFn) -> Moved:
    """Some orders, of which some change while a user looks at them, and perhaps another order."""
    walk = draw(histories(cycles=CYCLES, flows=production_flows(max_size=0), min_size=3))
    changes = walk.changes
    seen: list[ProductionOrder] = []
    now: list[ProductionOrder] = []
    entries: list[HistoryEntry] = []
    for number in range(draw(st.integers(1, 3))):
        first = draw(st.integers(0, len(changes) - 1))
        last = draw(st.sampled_from([first, len(changes) - 1]))
        order_id = f"PO-{number}"
        seen.append(evolve(changes[first].order, id=order_id))
        now.append(evolve(changes[last].order, id=order_id))
        between = changes[first + 1 : last + 1]
        entries += [evolve(change.entry, order_id=order_id) for change in between]
    if draw(st.booleans()):
        now.append(changes[0].order)
    rules = draw(st.sampled_from([walk.flow.rules, ChangeRules()]))
    today = max(order.begun_on for order in now) + timedelta(draw(st.integers(0, 14)))
    return Moved(evolve(walk.flow, rules=rules), seen, now, entries, today)


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

    def test_an_empty_name_of_a_user_is_the_logged_in_user(self) -> None:
        """The shipped law, for a form whose user has deleted the name."""
        flow, day = ProductionFlow(), date(2026, 3, 2)
        order = flow.open(CYCLE, order_id="7", ordered_on=day, **RECORDED).order
        laws.whatever_is_posted_is_read(flow, [order], day, {"by": " "})

    @few(2)
    @given(selections(), st.integers(0, 99))
    def test_a_window_shows_every_refusal(self, selection: Selection, number: int) -> None:
        """The shipped law."""
        flow, orders, today, keys = selection
        to = [None, *keys][number % (len(keys) + 1)]
        laws.a_window_shows_every_refusal(flow, orders, today, to)


class TestAnswers:
    """An answer does what its parts do, and saves only what the user has seen (D22, D23)."""

    @given(FORMS, BUTTONS)
    def test_an_answer_is_what_its_parts_give(
        self, drawn: tuple[Selection, dict[str, Any]], do: str
    ) -> None:
        """The shipped law, for what people type, and for anything else."""
        (flow, orders, today, _), form = drawn
        laws.an_answer_is_what_its_parts_give(flow, orders, today, form, do)

    @given(movings(), SAVING)
    def test_an_answer_changes_only_what_was_seen(self, moved: Moved, do: str) -> None:
        """The shipped law."""
        flow, seen, now, entries, today = moved
        laws.an_answer_changes_only_what_was_seen(flow, seen, now, entries, today, do=do)

    @given(typings())
    def test_a_form_has_one_command(self, drawn: tuple[Selection, list[tuple[str, str]]]) -> None:
        """The shipped law."""
        (flow, orders, today, _), typed = drawn
        laws.a_form_has_one_command(flow, orders, today, typed[:2])
