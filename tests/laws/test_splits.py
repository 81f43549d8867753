"""Laws of splits and reprints: what a part and a reprint take from their order (D37, D38)."""

from collections.abc import Sequence
from datetime import date

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    Change,
    CreateTask,
    DaysFromDelivery,
    DaysInStatus,
    Opening,
    OrderOpened,
    OrderSplit,
    ProductionFlow,
    ProductionOrder,
    Trigger,
)
from prodflow.testing import laws
from prodflow.testing._cases import case
from prodflow.testing._law_steps import same_but
from prodflow.testing._studio import CYCLE
from prodflow.testing.strategies import History, histories, production_flows

from ._orders import AT, OnPath, cycles_with_asides, orders_on_the_path

FLOW = ProductionFlow()
BACK = Trigger("BACK", Opening(), CreateTask("Find the files"))  # no drawn key is like this
WALKS = histories(
    flows=production_flows(max_size=2).map(
        lambda flow: evolve(flow, triggers=[*flow.triggers, BACK])
    ),
    min_size=3,
    max_size=9,
)
HELD = histories(
    cycles=cycles_with_asides(), flows=production_flows(max_size=0), min_size=3, max_size=8
)


@st.composite
def divided(draw: st.DrawFn) -> tuple[OnPath, Sequence[int]]:
    """An open order with reminders, and the quantities of its parts; mostly they add up."""
    on_path = draw(orders_on_the_path())
    days = draw(st.integers(0, 400))
    reminders = [
        Trigger("splits", DaysInStatus(None, days), CreateTask("Look")),
        Trigger("parts", DaysFromDelivery(days), CreateTask("Ask")),
    ]
    flow = evolve(on_path.flow, triggers=(*on_path.flow.triggers, *reminders))
    quantities = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4))
    whole = max(1, sum(quantities) + draw(st.integers(0, 6)))
    amended = flow.amend(on_path.order, quantity=whole, by="Ada", at=AT)
    return OnPath(flow, [*on_path.changes, amended]), quantities


def split(order: ProductionOrder, part_id: str, quantity: int) -> tuple[Change, ...]:
    """The split of one part, if something stays."""
    if order.quantity is None or quantity >= order.quantity:
        return ()
    return FLOW.split(order, [(part_id, quantity)], by="Ada", at=AT)


class TestSplits:
    """The parts of an order, together with what stays, are the order (D37)."""

    @given(divided())
    def test_a_split_divides_the_order(self, drawn: tuple[OnPath, Sequence[int]]) -> None:
        """The shipped law."""
        on_path, quantities = drawn
        laws.a_split_divides_the_order(on_path.flow, on_path.changes, quantities)

    @given(divided())
    def test_facts_follow_the_entries(self, drawn: tuple[OnPath, Sequence[int]]) -> None:
        """The shipped law: after a split the order has what stays."""
        on_path, quantities = drawn
        number = on_path.order.quantity or 0
        case("there is something to divide", number > 1)
        if number > 1:
            (whole, _) = on_path.flow.split(on_path.order, [("part", 1)], by="Ada", at=AT)
            amended = on_path.flow.amend(whole.order, priority=len(quantities), by="Ada", at=AT)
            laws.facts_follow_the_entries([*on_path.changes, whole, amended])

    @given(histories(min_size=7, max_size=12))
    def test_walks_are_split(self, walk: History) -> None:
        """An order that was split keeps its place, its dates and its people.

        It says nothing new. Only a warning about a day that is over is withdrawn (D25b).
        """
        whole = [change for change in walk.changes if isinstance(change.entry, OrderSplit)]
        case("the order was split", whole)
        case("the walk begins with a part", walk.order.split_from)
        for change in whole:
            before = walk.changes[change.order.version - 2].order
            assert change.order == same_but(before, change.order, "version", "quantity")
            assert all(event.dated and event.fire_on is None for event in change.events)

    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), max_size=6))
    def test_the_quantity_of_a_family_is_constant(self, splits: list[tuple[int, int]]) -> None:
        """However often orders and their parts are split, nothing is added and nothing lost."""
        opened = FLOW.open(
            CYCLE, order_id="PO-0", ordered_on=date(2026, 3, 2), quantity=40, by="Ada", at=AT
        )
        family = {"PO-0": opened.order}
        for number, (which, quantity) in enumerate(splits, start=1):
            order = [*family.values()][which % len(family)]
            family |= {it.order.id: it.order for it in split(order, f"PO-{number}", quantity)}
        parents = {order.split_from for order in family.values()}
        case("a part was split again", parents - {None, "PO-0"})
        assert sum(order.quantity or 0 for order in family.values()) == 40


class TestReorders:
    """A reprint is the same order again, from its start (D38)."""

    @given(WALKS, st.dates(date(2026, 1, 1), date(2027, 12, 31)))
    def test_a_reorder_repeats_the_order(self, walk: History, ordered_on: date) -> None:
        """The shipped law, after any walk."""
        laws.a_reorder_repeats_the_order(walk.flow, walk.order, ordered_on)

    @given(HELD, st.data())
    def test_a_reprint_is_an_order_like_any_other(self, walk: History, data: st.DataObject) -> None:
        """Its history begins with its opening, and names the order that it repeats all along."""
        first = FLOW.reorder(
            *(walk.order,),
            order_id="reprint",
            ordered_on=walk.order.ordered_on,
            reason="damaged",
            by="Ada",
            at=AT,
        )
        changes = [first]
        for _ in range(data.draw(st.integers(1, 4))):
            order = changes[-1].order
            others = [it.key for it in order.cycle.choices() if it.key != order.status.key]
            to = data.draw(st.sampled_from(others))
            changes.append(FLOW.advance(order, today=order.begun_on, to=to, by="Ada", at=AT))
        case("the order was held", walk.order.held_days)
        case("a reprint moved several times", len(changes) > 2)
        opening = first.entry
        assert isinstance(opening, OrderOpened)
        assert (opening.held_days, opening.resumed_on) == (0, None)
        assert {change.order.reorder_of for change in changes} == {walk.order.id}
        entries = [change.entry for change in changes]
        assert ProductionOrder.replay(entries, [first.order.cycle]) == changes[-1].order
