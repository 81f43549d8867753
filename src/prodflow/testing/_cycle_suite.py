"""The laws of a cycle, as a pytest class to subclass."""

from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from prodflow import (
    Backward,
    Change,
    Forward,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    Status,
    StatusCycle,
)
from prodflow.testing import laws
from prodflow.testing._cases import SHARED
from prodflow.testing._studio import NOON

__all__ = ["CycleSuite"]

_DAYS: Final = st.dates(date(2026, 1, 1), date(2027, 12, 31))
_MONDAY: Final = date(2026, 11, 16)


class CycleSuite:
    """Tests that every cycle must pass under its flow; subclass it and give it a `cycle` fixture.

    Override the `flow` fixture too if your orders move by your own rules, policy or triggers.

    Example:
        >>> import pytest
        >>> from prodflow import Status, StatusCycle
        >>> class TestSigns(CycleSuite):
        ...     @pytest.fixture
        ...     def cycle(self) -> StatusCycle:
        ...         ends = [Status("cut", "Cut", initial=True), Status("done", "Done", final=True)]
        ...         return StatusCycle("signs", ends)
    """

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """The flow that moves the orders; override it for your own rules, policy or triggers."""
        return ProductionFlow()

    def test_the_path_is_active_and_standard(self, cycle: StatusCycle) -> None:
        """Inactive and non-standard statuses are not on the path."""
        laws.every_path_is_active_and_standard(cycle)

    @SHARED
    @given(ordered_on=_DAYS)
    def test_advancing_reaches_the_final(
        self, cycle: StatusCycle, flow: ProductionFlow, ordered_on: date
    ) -> None:
        """No status is a dead end."""
        laws.advancing_reaches_the_final(flow, cycle, ordered_on)

    @SHARED
    @given(ordered_on=_DAYS, delivery_on=_DAYS)
    def test_plan_dates_never_decrease(
        self, cycle: StatusCycle, flow: ProductionFlow, ordered_on: date, delivery_on: date
    ) -> None:
        """A status is never due before the status that precedes it."""
        laws.plan_dates_never_decrease(cycle, flow.due_dates, ordered_on, delivery_on)

    @SHARED
    @given(day=_DAYS)
    def test_both_ways_of_counting_agree(
        self, cycle: StatusCycle, flow: ProductionFlow, day: date
    ) -> None:
        """Counting forward and counting backward meet, and each keeps to its anchor."""
        calendar = flow.due_dates.calendar
        laws.forward_equals_backward(cycle, calendar, day)
        laws.nothing_is_due_before_its_anchor(cycle, calendar, day)
        laws.backward_ends_on_the_delivery_date(cycle, Backward(calendar), day)
        laws.add_counts_working_days(calendar, day, (day - date(2026, 12, 31)).days % 40)

    @SHARED
    @given(ordered_on=_DAYS, delivery_on=_DAYS)
    def test_asides_never_change_the_plan(
        self, cycle: StatusCycle, flow: ProductionFlow, ordered_on: date, delivery_on: date
    ) -> None:
        """Statuses off the path change no date of the plan."""
        laws.asides_never_change_the_plan(cycle, flow.due_dates, ordered_on, delivery_on)

    @SHARED
    @given(day=_DAYS)
    def test_a_jump_keeps_the_date_of_the_plan(
        self, cycle: StatusCycle, flow: ProductionFlow, day: date
    ) -> None:
        """Skipped statuses still count, under a policy that counts from the order or delivery."""
        if isinstance(flow.due_dates, Forward | Backward):
            laws.a_jump_keeps_the_date_of_the_plan(flow, _opened(flow, cycle, day), day)

    @SHARED
    @given(day=_DAYS, data=st.data())
    def test_a_hold_gives_back_what_was_agreed(
        self, cycle: StatusCycle, flow: ProductionFlow, day: date, data: st.DataObject
    ) -> None:
        """A hold changes nothing that was agreed, and completes nothing."""
        for aside in _asides(cycle):
            status = data.draw(st.sampled_from(cycle.path[:-1]))
            order = _opened(flow, cycle, day, status)
            laws.a_hold_gives_back_what_was_agreed(flow, order, aside)
            laws.a_return_from_hold_enters_nothing(flow, order, aside)
            laws.a_completed_aside_goes_on(flow, order, aside)

    def test_going_back_completes_nothing(self, cycle: StatusCycle, flow: ProductionFlow) -> None:
        """Work that is sent back was not completed."""
        for status in cycle.path[1:-1]:
            order = _opened(flow, cycle, _MONDAY, status)
            laws.going_back_completes_nothing(flow, order, cycle.initial.key)

    def test_closed_orders_stay_closed(self, cycle: StatusCycle, flow: ProductionFlow) -> None:
        """No closed order advances by itself, alone or in a bulk."""
        for status in cycle.choices():
            if status.closes:
                order = _opened(flow, cycle, _MONDAY, status)
                laws.a_closed_order_does_not_advance(flow, order)
                other = _opened(flow, cycle, _MONDAY, order_id="other")
                laws.a_refused_bulk_names_every_order(flow, [other, order])

    def test_a_bulk_equals_its_singles(self, cycle: StatusCycle, flow: ProductionFlow) -> None:
        """Orders that change together change as they would alone."""
        orders = [
            _opened(flow, cycle, _MONDAY, status, order_id=status.key)
            for status in cycle.choices()
            if not status.closes
        ]
        laws.bulk_equals_singles(flow, orders)

    @SHARED
    @given(day=_DAYS, data=st.data())
    def test_every_history_is_sound(
        self, cycle: StatusCycle, flow: ProductionFlow, day: date, data: st.DataObject
    ) -> None:
        """Whatever way an order takes, its history rebuilds it and its events are distinct."""
        changes = _walk(flow, cycle, day, data.draw(_steps(cycle)))
        laws.replay_rebuilds_the_order(changes)
        laws.visits_follow_one_another(changes)
        for change in changes:
            laws.nothing_is_overdue_on_its_due_day(change.order)
            laws.a_change_fills_each_slot_once(change)
        if changes[-1].order.is_open:
            laws.a_change_made_again_gives_the_same_events(flow, changes[-1].order)


def _asides(cycle: StatusCycle) -> list[str]:
    return [status.key for status in cycle.non_standard if not status.cancelled]


def _opened(
    flow: ProductionFlow,
    cycle: StatusCycle,
    day: date,
    status: Status | None = None,
    order_id: str = "law",
) -> ProductionOrder:
    return _opening(flow, cycle, day, status, order_id).order


def _opening(
    flow: ProductionFlow, cycle: StatusCycle, day: date, status: Status | None, order_id: str
) -> Change:
    return flow.open(
        cycle,
        order_id=order_id,
        ordered_on=day,
        delivery_on=day,
        status=None if status is None else status.key,
        by="Law",
        at=NOON,
    )


def _steps(cycle: StatusCycle) -> SearchStrategy[list[tuple[str, int]]]:
    keys = st.sampled_from([status.key for status in cycle.choices()])
    return st.lists(st.tuples(keys, st.integers(0, 10)), max_size=6)


def _walk(
    flow: ProductionFlow, cycle: StatusCycle, day: date, steps: list[tuple[str, int]]
) -> list[Change]:
    """The changes of an order that takes these steps, without those that a rule refuses."""
    changes = [_opening(flow, cycle, day, None, "law")]
    for key, days in steps:
        order = changes[-1].order
        today = order.entered_on + timedelta(days)
        try:
            proposal = flow.propose(order, today=today, by="Law", to=key, note="law")
            changes.append(flow.accept(proposal, at=NOON))
        except RuleError:
            continue
    return changes
