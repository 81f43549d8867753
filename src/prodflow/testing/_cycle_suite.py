"""The laws of a cycle, as a pytest class to subclass."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from prodflow import (
    Backward,
    Change,
    Forward,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
)
from prodflow.testing import laws
from prodflow.testing._cases import SHARED
from prodflow.testing._studio import NOON
from prodflow.testing._walks import walks_of

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
    @given(day=_DAYS, days=st.integers(0, 20), data=st.data())
    def test_a_hold_pauses_and_a_return_continues(
        self,
        cycle: StatusCycle,
        flow: ProductionFlow,
        day: date,
        days: int,
        data: st.DataObject,
    ) -> None:
        """A hold changes nothing that was agreed, and moves only the dates that it should."""
        asides = _asides(cycle)
        order = _opened(flow, cycle, day, data.draw(st.sampled_from(cycle.path[:-1])))
        for aside in asides:
            laws.a_hold_gives_back_what_was_agreed(flow, order, aside)
            laws.a_hold_of_no_days_changes_nothing(flow, order, aside)
            laws.a_hold_moves_due_dates_by_its_working_days(flow, order, aside, days)
            laws.what_is_amended_on_hold_is_meant_for_the_work(flow, order, aside)
            laws.a_return_from_hold_enters_nothing(flow, order, aside)
        if len(asides) > 1:
            laws.several_asides_are_one_hold(flow, order, asides, days)

    def test_a_completed_aside_goes_on(self, cycle: StatusCycle, flow: ProductionFlow) -> None:
        """What was complete before an aside isn't done again after it."""
        for aside in _asides(cycle):
            for status in cycle.path[:-1]:
                order = _opened(flow, cycle, _MONDAY, status)
                laws.a_completed_aside_goes_on(flow, order, aside)

    def test_a_cancellation_can_be_taken_back(
        self, cycle: StatusCycle, flow: ProductionFlow
    ) -> None:
        """An order that was cancelled by mistake goes on where it was."""
        for cancelled in _cancelled(cycle):
            for status in cycle.path[:-1]:
                order = _opened(flow, cycle, _MONDAY, status)
                laws.a_cancellation_taken_back_continues_the_visit(flow, order, cancelled)

    def test_no_detour_gets_round_the_rules(self, cycle: StatusCycle, flow: ProductionFlow) -> None:
        """A hold or a cancellation does nothing that the direct way may not."""
        for status in cycle.path[:-1]:
            laws.no_detour_gets_round_the_rules(flow, _opened(flow, cycle, _MONDAY, status))

    @SHARED
    @given(today=_DAYS)
    def test_the_window_has_the_right_defaults(
        self, cycle: StatusCycle, flow: ProductionFlow, today: date
    ) -> None:
        """A status is complete unless it waits, and a window sent back unchanged is accepted."""
        for status in cycle.choices():
            order = _opened(flow, cycle, _MONDAY, status)
            laws.going_on_completes_and_pausing_does_not(flow, order)
            if order.is_open:
                laws.a_window_sent_back_unchanged_is_accepted(flow, order, today)

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
    @given(data=st.data())
    def test_a_bulk_of_any_orders_equals_its_singles(
        self, cycle: StatusCycle, flow: ProductionFlow, data: st.DataObject
    ) -> None:
        """Orders that something is against are named, each with what is against it."""
        histories = _siblings(data.draw(_walks(flow, cycle)))
        orders = [changes[-1].order for changes in histories]
        laws.every_bulk_verb_equals_its_single_verb(flow, histories)
        laws.choices_of_a_bulk_are_those_of_its_orders(flow, orders)
        laws.a_bulk_keeps_what_only_rules_refuse(flow, orders, orders[0].cycle.path[1].key)

    @SHARED
    @given(data=st.data())
    def test_every_history_is_sound(
        self, cycle: StatusCycle, flow: ProductionFlow, data: st.DataObject
    ) -> None:
        """Whatever way an order takes, its history rebuilds it and its events are distinct."""
        changes = data.draw(_walks(flow, cycle))
        laws.replay_rebuilds_the_order(changes)
        laws.visits_follow_one_another(changes)
        laws.an_order_that_moved_is_refused(flow, changes)
        for change in changes:
            laws.nothing_is_overdue_on_its_due_day(change.order)
            laws.a_change_fills_each_slot_once(change)
        if changes[-1].order.is_open:
            laws.a_change_made_again_gives_the_same_events(flow, changes[-1].order)

    @SHARED
    @given(data=st.data())
    def test_an_undo_gives_the_order_back(
        self, cycle: StatusCycle, flow: ProductionFlow, data: st.DataObject
    ) -> None:
        """Whatever was recorded last can be taken back, down to the opening."""
        changes = data.draw(_walks(flow, cycle))
        for last in range(1, len(changes) + 1):
            laws.an_undo_gives_the_order_back(flow, changes[:last])
        laws.undoing_everything_leads_to_the_opening(flow, changes)

    @SHARED
    @given(day=_DAYS, days=st.integers(-30, 30), data=st.data())
    def test_dates_are_corrected(
        self,
        cycle: StatusCycle,
        flow: ProductionFlow,
        day: date,
        days: int,
        data: st.DataObject,
    ) -> None:
        """A corrected day stays within its bounds and moves only what counts from it."""
        laws.an_untouched_order_follows_its_order_date(flow, cycle, day, day + timedelta(days))
        for change in data.draw(_walks(flow, cycle)):
            order = change.order
            today = order.begun_on + timedelta(data.draw(st.integers(-3, 20)))
            first = order.entered_after or order.entered_on
            corrected = first + timedelta(data.draw(st.integers(-2, 20)))
            laws.a_first_day_is_corrected_within_its_bounds(flow, order, corrected, today)

    @SHARED
    @given(data=st.data())
    def test_orders_move_to_another_version(
        self, cycle: StatusCycle, flow: ProductionFlow, data: st.DataObject
    ) -> None:
        """An order that moves to another version of its cycle stays where it is."""
        for change in data.draw(_walks(flow, cycle)):
            order = change.order
            newer = evolve(order.cycle, version=order.cycle.version + 1)
            laws.a_migration_keeps_the_visit(flow, order, newer)
            laws.renaming_and_back_changes_nothing(flow, order)


def _asides(cycle: StatusCycle) -> list[str]:
    return [status.key for status in cycle.non_standard if not status.cancelled]


def _cancelled(cycle: StatusCycle) -> list[str]:
    return [status.key for status in cycle.non_standard if status.cancelled]


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


def _walks(flow: ProductionFlow, cycle: StatusCycle) -> SearchStrategy[tuple[Change, ...]]:
    """The changes of an order that takes any way under this flow."""
    return walks_of(flow, cycle, min_size=4, max_size=12).map(lambda history: history.changes)


def _siblings(changes: Sequence[Change]) -> list[list[Change]]:
    """Several orders of one type: each has had as much of these changes as it could."""
    lengths = range(len(changes), 0, -3)
    return [[_of(change, f"law-{last}") for change in changes[:last]] for last in lengths]


def _of(change: Change, order_id: str) -> Change:
    """The same change of another order, without its events."""
    order, entry = evolve(change.order, id=order_id), evolve(change.entry, order_id=order_id)
    return Change(order, entry)
