"""Laws of facts, priority and quantity: values, orders, and what policies see (D36)."""

import copy
import pickle
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from prodflow import (
    EVERY_DAY,
    FactChanges,
    Facts,
    PlanningFacts,
    ProductionFlow,
    ProductionOrder,
    StatusCycle,
    Where,
    WorkingCalendar,
)
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing._drawing import fact_changes_for
from prodflow.testing._studio import CYCLE
from prodflow.testing.strategies import History, histories, production_flows, production_orders

from ._orders import AT, cycles_with_asides

BY: dict[str, Any] = {"by": "Ada", "at": AT}
ORDER = (
    ProductionFlow().open(CYCLE, order_id="7", ordered_on=date(2026, 11, 2), by="Ada", at=AT).order
)

# --- The model ----------------------------------------------------------------------------------

Model = dict[str, tuple[str, object]]

# Python takes many of these for equal.
ALL: list[str | bool | int | Decimal | date] = [
    *(True, 1, Decimal(1), Decimal("1.00"), "1"),
    *(False, 0, Decimal("-0.0"), "0", date(2026, 11, 30)),
]
CLOSE = st.sampled_from(ALL)
NAMES = st.sampled_from(["a", "b", "c.d"])
VALUES = st.dictionaries(NAMES, CLOSE)
CHANGES = st.dictionaries(NAMES, st.none() | CLOSE)


def kind(value: object) -> str:
    """The kind of a fact, by the text of the decision."""
    kinds = [("flag", bool), ("number", int | Decimal), ("text", str), ("day", date)]
    return next(name for name, classes in kinds if isinstance(value, classes))


def model(values: Mapping[str, object]) -> Model:
    """Facts as a plain dict that Python compares as facts are compared."""
    return {name: (kind(value), value) for name, value in values.items()}


def merged(values: Model, changes: Mapping[str, object]) -> Model:
    """The same facts after changes."""
    new = {name: value for name, value in changes.items() if value is not None}
    return {name: values[name] for name in values if name not in changes} | model(new)


def likely_equal(values: dict[str, Any]) -> SearchStrategy[dict[str, Any]]:
    """The same facts, with values that Python takes for equal, or any others."""
    same = {name: st.sampled_from([it for it in ALL if it == values[name]]) for name in values}
    return st.fixed_dictionaries(same) | VALUES


def of_one_kind(values: dict[str, Any]) -> SearchStrategy[dict[str, Any]]:
    """Equal facts, whose values may be of other classes."""
    same = {
        name: st.sampled_from([it for it in ALL if (kind(it), it) == (kind(value), value)])
        for name, value in values.items()
    }
    return st.fixed_dictionaries(same)


def likely_met(values: dict[str, Any]) -> SearchStrategy[dict[str, list[Any]]]:
    """Alternatives for some facts, often with the value that a fact has."""
    others = st.lists(st.none() | CLOSE, max_size=3)
    met = {
        name: st.tuples(st.just(value), st.none() | CLOSE).map(list)
        for name, value in values.items()
    }
    return st.fixed_dictionaries(met) | st.dictionaries(NAMES, others)


class TestFacts:
    """Facts are compared by kind and value; they are read-only, hashable and picklable."""

    @given(VALUES, st.data())
    def test_facts_are_equal_by_kind_and_value(
        self, one: dict[str, Any], data: st.DataObject
    ) -> None:
        """With one another and with a plain dict, on either side; equal facts have one hash."""
        other = data.draw(likely_equal(one) | of_one_kind(one))
        expected = model(one) == model(other)
        case("Python finds them equal, and their kinds differ", one == other and not expected)
        case("their classes differ, and they are equal", expected and repr(one) != repr(other))
        assert (Facts(one) == Facts(other)) is expected
        assert (Facts(one) == other) is expected
        assert (one == Facts(other)) is expected
        assert (Facts(one) != Facts(other)) is not expected
        assert not expected or hash(Facts(one)) == hash(Facts(other))

    @given(st.from_type(Facts), st.from_type(FactChanges))
    def test_facts_are_read_only_mappings(self, facts: Facts, changes: FactChanges) -> None:
        """Sorted by name, with what they were made of, in every copy."""
        case("there are several facts", len(facts) > 1)
        for values in (facts, changes):
            assert [*values] == sorted(values)
            assert dict(values) == {name: values[name] for name in values}
            again: dict[str, Any] = dict([*values.items()][::-1])
            assert type(values)(again) == values
            for other in (pickle.loads(pickle.dumps(values)), copy.deepcopy(values)):
                assert type(other) is type(values)
                assert (other, hash(other), repr(other)) == (values, hash(values), repr(values))
            assert not hasattr(values, "__setitem__")
            assert not hasattr(values, "update")

    @given(VALUES, CHANGES)
    def test_merging_is_that_of_plain_dicts(
        self, values: dict[str, Any], changes: dict[str, Any]
    ) -> None:
        """A value replaces or adds a fact, and None removes one, if it is there."""
        facts = Facts(values)
        case("a fact is removed", any(changes[name] is None for name in changes if name in values))
        assert model(facts.merged(changes)) == merged(model(values), changes)
        assert facts.merged(FactChanges(changes)) == facts.merged(changes)
        assert facts.merged({}) is facts
        assert dict(facts) == values

    @given(VALUES, CHANGES, CHANGES)
    def test_changes_add_up(
        self, values: dict[str, Any], first: dict[str, Any], second: dict[str, Any]
    ) -> None:
        """Two merges are one with the later values."""
        case("a change is overruled", not first.keys().isdisjoint(second))
        facts = Facts(values)
        assert facts.merged(first).merged(second) == facts.merged(first | second)

    @given(st.from_type(Facts), st.from_type(Facts), VALUES, st.data())
    def test_changes_lead_from_facts_to_facts(
        self, one: Facts, other: Facts, close: dict[str, Any], data: st.DataObject
    ) -> None:
        """They name what differs and nothing else, and lead back too."""
        closer = data.draw(likely_equal(close))
        for before, after in ((one, other), (Facts(close), Facts(closer))):
            changes = before.changes_to(after)
            assert before.merged(changes) == after
            assert after.merged(after.changes_to(before)) == before
            old, new = model(before), model(after)
            names = {name for name in old | new if old.get(name) != new.get(name)}
            assert changes.keys() == names
        case("a fact changes its kind", close == closer and Facts(close) != Facts(closer))

    @given(VALUES, st.data())
    def test_a_condition_finds_the_values_that_it_names(
        self, values: dict[str, Any], data: st.DataObject
    ) -> None:
        """One of the alternatives, by kind and value; None stands for no such fact."""
        wanted = data.draw(likely_met(values))
        order = evolve(ORDER, facts=values)
        has = model(values)
        expected = all(
            has.get(name) in [None if it is None else (kind(it), it) for it in among]
            for name, among in wanted.items()
        )
        case("it finds the order", bool(wanted) and expected)
        assert Where(facts=wanted)(order, None) is expected
        for name, among in wanted.items():
            alone = [Where(facts={name: value})(order, None) for value in among]
            assert any(alone) is Where(facts={name: among})(order, None)


# --- Orders -------------------------------------------------------------------------------------


@frozen
class ByFacts:
    """A policy of a host: how long work takes depends on what is ordered."""

    name: str = "by-facts"
    calendar: WorkingCalendar = EVERY_DAY
    shift_holds: bool = False

    def due_on(self, planning: PlanningFacts, /) -> date:
        """A day for each sign of the facts, each piece and each point of priority."""
        days = sum(len(f"{name}{value}") for name, value in planning.facts.items())
        days += (planning.quantity or 0) % 50 + planning.priority
        return date.fromordinal(max(1, min(planning.plan_from.toordinal() + days, 3_000_000)))


HOST_FLOW = ProductionFlow(due_dates=ByFacts())
QUIET = production_flows(max_size=0)
HOSTS = production_flows(max_size=0, policies=st.just(ByFacts()))
WALKS = histories(cycles=cycles_with_asides(), flows=QUIET | HOSTS, min_size=3, max_size=10)
ORDERS = production_orders(cycles=cycles_with_asides(), flows=HOSTS, max_size=5)
PRIORITIES = st.integers(-1_000, 1_000)
QUANTITIES = st.none() | st.integers(1, 2**31 - 1)


class TestOrders:
    """Entries keep the facts that they set; orders keep all of them (D36)."""

    @given(WALKS)
    def test_facts_follow_the_entries(self, walk: History) -> None:
        """The shipped law, whatever was done and undone."""
        laws.facts_follow_the_entries(walk.changes)

    @given(WALKS)
    def test_an_undo_restores_the_facts(self, walk: History) -> None:
        """The shipped laws, down to the opening."""
        laws.an_undo_gives_the_order_back(walk.flow, walk.changes)
        laws.undoing_everything_leads_to_the_opening(walk.flow, walk.changes)

    @given(st.data(), ORDERS, PRIORITIES, QUANTITIES)
    def test_what_is_amended_is_planned_with(
        self, data: st.DataObject, order: ProductionOrder, priority: int, quantity: int | None
    ) -> None:
        """The shipped law, for a policy that looks at facts, and for one that doesn't."""
        facts = data.draw(fact_changes_for(order.facts))
        for flow in (HOST_FLOW, ProductionFlow()):
            laws.what_is_amended_is_planned_with(flow, order, facts, priority, quantity)

    @few(2)
    @given(st.data(), ORDERS, st.integers(-2, 9))
    def test_a_change_is_planned_with_its_facts(
        self, data: st.DataObject, order: ProductionOrder, days: int
    ) -> None:
        """The shipped law, for a policy that looks at facts."""
        facts = data.draw(fact_changes_for(order.facts))
        today = order.begun_on + timedelta(days)
        laws.a_change_is_planned_with_its_facts(HOST_FLOW, order, facts, today)

    @given(cycles_with_asides(), st.from_type(Facts), PRIORITIES, QUANTITIES, st.data())
    def test_an_opening_is_planned_with_its_facts(
        self,
        cycle: StatusCycle,
        facts: Facts,
        priority: int,
        quantity: int | None,
        data: st.DataObject,
    ) -> None:
        """An order opened with facts is due like one that was given them later."""
        opened: dict[str, Any] = {"order_id": "7", "ordered_on": date(2026, 11, 2), **BY}
        opened["status"] = data.draw(st.sampled_from(cycle.choices())).key
        given: dict[str, Any] = {"facts": facts, "priority": priority, "quantity": quantity}
        at_once = HOST_FLOW.open(cycle, **opened, **given).order
        bare = HOST_FLOW.open(cycle, **opened).order
        later = HOST_FLOW.amend(bare, **given, **BY).order
        case("the facts move the due date", at_once.due_on != bare.due_on)
        assert at_once == evolve(later, version=1)
