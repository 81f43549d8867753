"""Laws of values: frozen, equal by value, hashable, picklable, and valid for their constructors."""

import copy
import pickle
from collections.abc import Iterable
from datetime import date
from typing import Any

from attrs import evolve, fields, has
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    Backward,
    ChangeRules,
    CreateTask,
    Move,
    Opening,
    Plan,
    ProductionFlow,
    ProposedChange,
    StatusCycle,
    Trigger,
    find_problems,
    plan_many,
)
from prodflow.testing._cases import case, few
from prodflow.testing.strategies import (
    History,
    broken_status_lists,
    change_rules,
    histories,
    order_dates,
    production_flows,
    proposals,
    status_cycles,
)

from ._parts import parts, values_of

OPENED = Trigger("OPENED", Opening(), CreateTask("Find the files"))  # no drawn key is like this
WALKS = histories(
    cycles=status_cycles(min_size=3, max_size=6),
    flows=production_flows(max_size=2).map(
        lambda flow: evolve(flow, triggers=[*flow.triggers, OPENED])
    ),
    min_size=3,
    max_size=6,
)
FLOWS = production_flows(min_size=1, rules=change_rules())
ASKING = ProductionFlow(due_dates=Backward(without_delivery="error"))
STRICT = FLOWS.map(lambda flow: evolve(flow, rules=ChangeRules(note_required=Move)))


def attrs_parts(values: Iterable[object]) -> list[object]:
    """The attrs values among these and inside them, each once."""
    return [value for value in parts(values) if has(type(value))]


def check(*values: object) -> None:
    """Each of the values, and each part of them, survives its constructor, pickle and copy."""
    for value in attrs_parts(values):
        assert value == type(value)(**values_of(value))
        for other in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):
            assert type(value) is type(other)
            assert (value, hash(value)) == (other, hash(other))


class TestValues:
    """Values are equal by value, hashable and picklable, and pass their public constructors."""

    @few(2)
    @given(WALKS)
    def test_changes(self, history: History) -> None:
        """Orders, entries and events, with everything in them."""
        case("the changes have events", any(change.events for change in history.changes))
        check(history.changes, history.cycles)

    @few(2)
    @given(FLOWS)
    def test_flows(self, flow: ProductionFlow) -> None:
        """Flows, policies, calendars, triggers and rules."""
        case("the rules refuse something", flow.rules != ChangeRules())
        check(flow)

    @few(2)
    @given(proposals(flows=FLOWS | STRICT))
    def test_proposals(self, proposal: ProposedChange) -> None:
        """Proposals, with the reasons against them."""
        case("there are reasons against it", proposal.refusals)
        check(proposal)

    @given(proposals(flows=st.just(ASKING)))
    def test_proposals_are_those_that_a_flow_makes(self, proposal: ProposedChange) -> None:
        """None is drawn for an order that the flow's policy refuses."""
        case("there is no delivery date", proposal.order.delivery_on is None)
        is_on_path = proposal.to in proposal.order.cycle.path
        assert proposal.order.delivery_on or not (proposal.to.is_due and is_on_path)

    @few(2)
    @given(production_flows(max_size=0, rules=change_rules()), WALKS)
    def test_bulks_and_choices(self, flow: ProductionFlow, history: History) -> None:
        """Bulk proposals and choices."""
        case("the order is open", history.order.is_open)
        today = history.order.entered_on
        check(
            flow.propose_all([history.order], today=today, by="Ada"),
            flow.choices(history.order, today=today, by="Ada"),
        )

    @few(2)
    @given(production_flows(), status_cycles(), order_dates(delivery_days=st.integers(-3, 90)))
    def test_plans(
        self, flow: ProductionFlow, cycle: StatusCycle, dates: tuple[date, date | None]
    ) -> None:
        """Plans and their rows."""
        policy = flow.due_dates
        plans: list[Plan] = plan_many(cycle, policy, [dates])
        case("the plan has due dates", any(plans[0].due_dates))
        check(plans, *map(tuple, plans))

    @few(2)
    @given(broken_status_lists())
    def test_problems(self, broken: tuple[list[Any], frozenset[str]]) -> None:
        """The problems of a list."""
        case("there are several problems", len(broken[1]) > 1)
        check(find_problems(broken[0]))

    @few(2)
    @given(WALKS)
    def test_values_are_frozen(self, history: History) -> None:
        """No field of a value can be set or deleted."""
        case("there are events", any(change.events for change in history.changes))
        for value in attrs_parts([history.changes, history.flow]):
            for field in fields(type(value)):  # type: ignore[arg-type]  # has
                for attempt in (setattr, delattr):
                    arguments = (value, field.name, None)[: 3 if attempt is setattr else 2]
                    assert is_refused(attempt, *arguments)


def is_refused(attempt: Any, *arguments: object) -> bool:  # noqa: ANN401 - setattr or delattr
    """Whether the attempt raises AttributeError."""
    try:
        attempt(*arguments)
    except AttributeError:
        return True
    return False
