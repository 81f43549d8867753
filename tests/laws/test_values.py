"""Laws of values: frozen, equal by value, hashable, picklable, taken by their constructors."""

import copy
import pickle
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from attrs import Attribute, fields, has
from hypothesis import given, settings
from hypothesis import strategies as st

from prodflow import Plan, ProductionFlow, ProposedChange, StatusCycle, find_problems, plan_many
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

WALKS = histories(cycles=status_cycles(min_size=3, max_size=6), min_size=3, max_size=6)
few = settings(max_examples=settings().max_examples // 2)  # each example is many values
FLOWS = production_flows(min_size=1, rules=change_rules())


def given_fields(value: object) -> list["Attribute[Any]"]:
    """The fields that its constructor takes."""
    return [field for field in fields(type(value)) if field.init]  # type: ignore[arg-type]  # has


def parts(values: Iterable[object]) -> Iterator[object]:
    """The attrs values among these, and those that they are made of, each once."""
    seen: set[object] = set()
    rest = list(values)
    while rest:
        value = rest.pop()
        if isinstance(value, tuple | list | frozenset):
            rest += value
        elif isinstance(value, Mapping):
            rest += value.values()
        elif has(type(value)) and value not in seen:
            seen.add(value)
            yield value
            rest += [getattr(value, field.alias or field.name) for field in given_fields(value)]


def rebuilt(value: object) -> object:
    """The value made anew from its fields by its public constructor."""
    names = [field.alias or field.name for field in given_fields(value)]
    return type(value)(**{name: getattr(value, name) for name in names})


def check(*values: object) -> None:
    """Each of the values, and of their parts, is a value in every respect."""
    for value in parts(values):
        assert value == rebuilt(value)
        for other in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):
            assert type(value) is type(other)
            assert (value, hash(value)) == (other, hash(other))


class TestValues:
    """Equal by value, hashable, picklable; the public constructor takes what the library built."""

    @few
    @given(WALKS)
    def test_changes(self, history: History) -> None:
        """Orders, entries and events, with all that they hold."""
        check(history.changes, history.cycles)

    @few
    @given(FLOWS)
    def test_flows(self, flow: ProductionFlow) -> None:
        """Flows, policies, calendars, triggers and rules."""
        check(flow)

    @few
    @given(proposals(flows=FLOWS))
    def test_proposals(self, proposal: ProposedChange) -> None:
        """Proposals, with what the rules have against them."""
        check(proposal)

    @few
    @given(production_flows(max_size=0, rules=change_rules()), WALKS)
    def test_bulks_and_choices(self, flow: ProductionFlow, history: History) -> None:
        """Bulk proposals and the lines of the list to choose from."""
        today = history.order.entered_on
        check(
            flow.propose_all([history.order], today=today, by="Ada"),
            flow.choices(history.order, today=today, by="Ada"),
        )

    @few
    @given(production_flows(), status_cycles(), order_dates(delivery_days=st.integers(-3, 90)))
    def test_plans(
        self, flow: ProductionFlow, cycle: StatusCycle, dates: tuple[date, date | None]
    ) -> None:
        """Plans and their rows."""
        policy = flow.due_dates
        found: list[Plan] = plan_many(cycle, policy, [dates])
        check(found, *map(tuple, found))

    @few
    @given(broken_status_lists())
    def test_problems(self, broken: tuple[list[Any], frozenset[str]]) -> None:
        """The problems of a list."""
        check(find_problems(broken[0]))

    @few
    @given(WALKS)
    def test_values_are_frozen(self, history: History) -> None:
        """No field of any of them can be set or deleted."""
        for value in parts([history.changes, history.flow]):
            for field in fields(type(value)):  # type: ignore[arg-type]  # has
                for attempt in (setattr, delattr):
                    arguments = (value, field.name, None)[: 3 if attempt is setattr else 2]
                    assert is_refused(attempt, *arguments)


def is_refused(attempt: Any, *arguments: object) -> bool:  # noqa: ANN401 - setattr or delattr
    """Whether it raises AttributeError."""
    try:
        attempt(*arguments)
    except AttributeError:
        return True
    return False
