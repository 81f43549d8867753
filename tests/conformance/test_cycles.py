"""Our own cycles pass the suite that users check theirs with."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import pytest
from attrs import evolve
from hypothesis import given

from prodflow import (
    EVERY_DAY,
    Backward,
    ChangeRules,
    FromEntry,
    MemoryStore,
    Move,
    Permission,
    PlanningFacts,
    ProductionFlow,
    Status,
    StatusCycle,
    Terms,
    VendorTerms,
    Where,
    WorkingCalendar,
)
from prodflow.testing import CycleSuite, laws, strategies
from prodflow.testing._law_steps import RECORDED
from prodflow.testing._life import Step
from prodflow.testing._studio import CYCLE, FLOW, MONDAY


class TestStudio(CycleSuite):
    """A cycle with a hold and triggers, under a forward policy."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """The flow of the suites."""
        return FLOW


class TestBackward(CycleSuite):
    """The same cycle under a backward policy."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """A flow that insists on a delivery date."""
        return ProductionFlow(due_dates=Backward(without_delivery="error"))


@pytest.mark.full  # the classes without this mark reach every line
class TestFromEntry(CycleSuite):
    """The same cycle under a policy that counts from the entry."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """A flow that counts from the entry."""
        return ProductionFlow(due_dates=FromEntry())


class TestCalendarsByStatus(CycleSuite):
    """The same cycle, in which statuses count their own days, and vendors have terms."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """A flow that counts backward, by vendor."""
        courier = WorkingCalendar(working_weekdays=[1, 5])
        keys = [status.key for status in CYCLE.path]
        lab = VendorTerms(durations=dict.fromkeys(keys, 2), calendars={keys[1]: EVERY_DAY})
        return ProductionFlow(
            due_dates=Terms(
                Backward(calendars={keys[0]: courier}),
                {"Lab": lab, "Other": VendorTerms(durations={keys[0]: 0})},
            )
        )


class YearEnd:
    """A policy of the host: everything is due at the end of the year."""

    name = "year-end"
    calendar = WorkingCalendar()
    shift_holds = False

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The last day of the year of the order date; None for the final status."""
        return None if planning.status.final else date(planning.ordered_on.year, 12, 31)


class TestOwnPolicy(CycleSuite):
    """The same cycle under a policy of the host."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """A flow with that policy."""
        return ProductionFlow(due_dates=YearEnd())


class TestStrict(CycleSuite):
    """The same cycle under strict rules."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """A flow that takes only the next status, and asks for notes."""
        rules = ChangeRules(
            allow_skip=False,
            allow_back=False,
            allow_reopen=False,
            note_required={Move.ASIDE, Move.RESUME},
        )
        return ProductionFlow(rules=rules)


class TestSmallest(CycleSuite):
    """A cycle of two statuses, under the default flow."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """A cycle without statuses between its ends."""
        ends = [Status("cut", "Cut", initial=True), Status("done", "Done", final=True)]
        return StatusCycle("signs", ends)


def test_a_hold_does_not_hide_a_missing_delivery_date() -> None:
    """If the next status can't be planned, it can't be after a hold either."""
    cycle = StatusCycle(
        "signs",
        [
            Status("cut", "Cut", initial=True),
            Status("print", "Print", default_duration=2),
            Status("done", "Done", final=True),
            Status("hold", "On hold", non_standard=True, pauses=True),
        ],
    )
    flow = ProductionFlow(due_dates=Backward(without_delivery="error"))
    opened = flow.open(cycle, order_id="7", ordered_on=MONDAY, **RECORDED)
    laws.a_completed_aside_goes_on(flow, [opened], "hold")


@pytest.mark.parametrize(
    "permission",
    [Permission(["lead"], verbs={"open"}), Permission(["lead"], where=Where(vendor="West"))],
)
def test_a_permission_for_something_else_restricts_nothing(permission: Permission) -> None:
    """The law holds for a permission about openings, and for one about other orders."""
    stricter = evolve(FLOW, rules=ChangeRules(permissions=[permission]))
    order = FLOW.open(CYCLE, order_id="7", ordered_on=MONDAY, **RECORDED).order
    laws.a_permission_only_restricts(FLOW, stricter, permission, order, ["clerk"])


class Wrapped:
    """A flow in a class of the host, which passes every call on."""

    def __init__(self, flow: ProductionFlow) -> None:
        """Wrap a flow."""
        self._flow = flow

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the flow has
        """The attribute of the flow."""
        return getattr(self._flow, name)


@given(steps=strategies.lives())
def test_a_wrapped_flow_lives_too(steps: Sequence[Step]) -> None:
    """The lives of orders need only the verbs of a flow; what they can't edit stays as it is."""
    flow = cast("ProductionFlow", Wrapped(FLOW))
    laws.the_outbox_follows_the_orders(MemoryStore(), flow, CYCLE, steps)
