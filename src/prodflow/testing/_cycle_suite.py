"""The laws of a cycle, as a pytest class to subclass."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import pytest
from attrs import asdict, evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from prodflow import (
    Amendments,
    Backward,
    Change,
    Forward,
    FromEntry,
    MemoryStore,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Terms,
    Where,
)
from prodflow.testing import laws, strategies
from prodflow.testing._cases import SHARED
from prodflow.testing._drawing import fact_changes_for
from prodflow.testing._forms import BrokenMapping, page_forms, status_forms, trigger_forms
from prodflow.testing._law_steps import RECORDED, advanced, is_allowed
from prodflow.testing._life import Step
from prodflow.testing._posting import odd_forms, typed_texts
from prodflow.testing._studio import NOON
from prodflow.testing._walks import walks_of

__all__ = ["CycleSuite"]

_DAYS: Final = st.dates(date(2026, 1, 1), date(2027, 12, 31))
_STRANGER: Final = "a vendor of no terms"
_MONDAY: Final = date(2026, 11, 16)
# A field of a status, and a value for it.
_CHANGES: Final[SearchStrategy[tuple[str, object]]] = st.one_of(
    st.tuples(st.sampled_from(["pauses", "inactive", "non_standard"]), st.booleans()),
    st.tuples(st.just("default_duration"), st.none() | st.integers(0, 9)),
    st.tuples(st.just("description"), st.sampled_from(["Framing", "名"])),
    st.tuples(st.sampled_from(["default_user", "workflow_stage"]), st.sampled_from([None, "Ada"])),
)
# The number of a row of a page, and a text to put into its fields.
_TYPED: Final = st.tuples(
    st.integers(-2, 9), st.sampled_from(["x", "5", "client = Lee", "West\nEast"])
)
_MORE: Final = st.lists(strategies.statuses(), max_size=1)


class CycleSuite:
    """Tests that every cycle must pass with its flow: subclass this and add a `cycle` fixture.

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
    @given(data=st.data())
    def test_the_list_is_edited_in_a_form(self, cycle: StatusCycle, data: st.DataObject) -> None:
        """Whatever people change in the list of statuses, it becomes one new version, or none."""
        laws.statuses_posted_back_are_unchanged(cycle)
        status = data.draw(st.sampled_from(cycle.statuses))
        index = data.draw(st.integers(0, len(cycle) - 1))
        laws.a_moved_row_is_a_move(cycle, status.key, index)
        field, value = data.draw(_CHANGES)
        laws.a_changed_field_is_read(cycle, status.key, field, value)
        for name, same in asdict(status).items():
            if name != "key":
                laws.a_changed_field_is_read(cycle, status.key, name, same)
        for removed in (None, status.key):
            laws.a_new_row_gets_a_new_key(cycle, status.key, ["framing"], removed)
            laws.a_new_row_gets_a_new_key(cycle, "Framing", ["framing"], removed)
        listed = data.draw(st.permutations([*cycle, *data.draw(_MORE)]))
        laws.an_edit_is_one_version(cycle, listed)
        laws.an_edit_is_one_version(cycle, cycle.statuses)
        laws.an_edit_is_one_version(cycle, [*cycle, *cycle])
        laws.problems_show_no_keys(listed)
        rows: list[Any] = data.draw(status_forms(cycle))
        mixed: list[Any] = [None, *rows, BrokenMapping()]
        laws.every_problem_of_statuses_has_a_place(rows)
        laws.every_problem_of_statuses_has_a_place(mixed)
        laws.buttons_move_one_row(cycle)

    @SHARED
    @given(data=st.data())
    def test_triggers_are_edited_in_a_form(
        self, cycle: StatusCycle, flow: ProductionFlow, data: st.DataObject
    ) -> None:
        """A form gives back the triggers that it was given, or says what's wrong and where."""
        triggers = [it for it in flow.triggers if isinstance(it.condition, Where | None)]
        laws.triggers_posted_back_are_unchanged(triggers)
        laws.problems_show_no_keys([], triggers, [cycle])
        rows: list[Any] = data.draw(trigger_forms(triggers))
        mixed: list[Any] = [None, *rows, BrokenMapping()]
        laws.every_problem_of_triggers_has_a_place(rows, [cycle])
        laws.every_problem_of_triggers_has_a_place(mixed, [cycle])
        laws.an_untouched_page_changes_nothing(cycle, triggers)
        number, typed = data.draw(_TYPED)
        some = triggers[number:][:2]
        laws.a_field_of_a_page_changes_alone(cycle, some, number, typed)
        laws.a_page_shows_every_problem_once(data.draw(status_forms(cycle)), rows, cycle)
        laws.whatever_is_posted_gives_a_page(
            cycle, triggers, data.draw(page_forms(cycle, triggers))
        )

    @SHARED
    @given(ordered_on=_DAYS)
    def test_advancing_reaches_the_final(
        self, cycle: StatusCycle, flow: ProductionFlow, ordered_on: date
    ) -> None:
        """An order that keeps advancing reaches the final status from every open status."""
        laws.advancing_reaches_the_final(flow, cycle, ordered_on)

    @SHARED
    @given(ordered_on=_DAYS, delivery_on=_DAYS)
    def test_plan_dates_never_decrease(
        self, cycle: StatusCycle, flow: ProductionFlow, ordered_on: date, delivery_on: date
    ) -> None:
        """A status is never due before the status that precedes it."""
        for vendor in _vendors(flow):
            laws.plan_dates_never_decrease(
                cycle, flow.due_dates, ordered_on, delivery_on, vendor=vendor
            )

    @SHARED
    @given(ordered_on=_DAYS, delivery_on=_DAYS)
    def test_every_status_counts_its_own_days(
        self, cycle: StatusCycle, flow: ProductionFlow, ordered_on: date, delivery_on: date
    ) -> None:
        """Each date is a working day of its status, for every vendor, in plans and in orders."""
        policy = flow.due_dates
        for vendor in _vendors(flow):
            laws.every_date_of_a_plan_is_a_working_day(
                cycle, policy, ordered_on, delivery_on, vendor=vendor
            )
            laws.an_order_is_due_as_planned(flow, cycle, ordered_on, delivery_on, vendor)
            laws.a_start_in_time_keeps_the_latest_dates(cycle, policy, delivery_on, vendor)
            if vendor is not None and isinstance(policy, Terms):
                laws.a_vendor_has_the_durations_of_its_terms(
                    cycle, policy, vendor, ordered_on, delivery_on
                )
        plain = policy.default_policy if isinstance(policy, Terms) else policy
        if isinstance(plain, Forward | Backward | FromEntry):
            laws.equal_calendars_count_like_one(cycle, plain, ordered_on, delivery_on, held_days=3)

    @SHARED
    @given(day=_DAYS)
    def test_both_ways_of_counting_agree(
        self, cycle: StatusCycle, flow: ProductionFlow, day: date
    ) -> None:
        """Forward and backward plans agree, and stay between order date and delivery date."""
        calendar = flow.due_dates.calendar
        laws.forward_equals_backward(cycle, calendar, day)
        laws.nothing_is_due_before_its_anchor(cycle, calendar, day)
        laws.backward_ends_on_the_delivery_date(cycle, Backward(calendar), day)
        laws.add_counts_working_days(calendar, day, (day - date(2026, 12, 31)).days % 40)

    @SHARED
    @given(delivery_on=_DAYS, days=st.integers(-20, 40), data=st.data())
    def test_outlooks_follow_the_order(
        self,
        cycle: StatusCycle,
        flow: ProductionFlow,
        delivery_on: date,
        days: int,
        data: st.DataObject,
    ) -> None:
        """An order is expected as planned, not earlier if it waits, not later if it goes on."""
        policy = flow.due_dates
        for vendor in _vendors(flow):
            laws.an_outlook_begins_as_the_plan(cycle, policy, _MONDAY, delivery_on, vendor)
        for change in data.draw(_walks(flow, cycle)):
            order, today = change.order, change.order.begun_on + timedelta(days)
            slower = data.draw(st.sampled_from(order.cycle.path[:-1])).key
            laws.an_outlook_has_the_rest_of_the_path(order, policy, today)
            laws.waiting_never_brings_the_finish_nearer(order, policy, today, abs(days))
            laws.going_on_early_never_makes_the_finish_later(order, policy, today)
            laws.a_longer_duration_never_makes_the_finish_earlier(order, policy, today, slower, 3)

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
        """A status that you jump to is due as planned: the days of skipped statuses count."""
        policy = flow.due_dates
        plain = policy.default_policy if isinstance(policy, Terms) else policy
        if isinstance(plain, Forward | Backward):
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
        """A hold keeps what was agreed; only the policy can move due dates."""
        status = data.draw(st.sampled_from(cycle.path[:-1]))
        opened = [_opening(flow, cycle, day, status)]
        asides = _detours(flow, opened[0].order)
        for changes in (opened, *(_returned(flow, opened, aside, days) for aside in asides)):
            for aside in asides:
                laws.a_hold_gives_back_what_was_agreed(flow, changes, aside)
                laws.a_hold_of_no_days_changes_nothing(flow, changes, aside)
                laws.a_hold_moves_due_dates_by_its_working_days(flow, changes, aside, days)
                laws.what_is_amended_on_hold_is_meant_for_the_work(flow, changes, aside)
                laws.a_return_from_hold_enters_nothing(flow, changes, aside)
            if len(asides) > 1:
                laws.several_asides_are_one_hold(flow, changes, asides, days)

    def test_a_completed_aside_goes_on(self, cycle: StatusCycle, flow: ProductionFlow) -> None:
        """Work that was complete before a hold isn't done again after the hold."""
        for status in cycle.path[:-1]:
            opening = _opening(flow, cycle, _MONDAY, status)
            for aside in _detours(flow, opening.order):
                laws.a_completed_aside_goes_on(flow, [opening], aside)

    @SHARED
    @given(day=_DAYS, days=st.integers(0, 20))
    def test_a_cancellation_can_be_taken_back(
        self, cycle: StatusCycle, flow: ProductionFlow, day: date, days: int
    ) -> None:
        """An order that was cancelled by mistake can return and continue its visit."""
        for status in cycle.path[:-1]:
            changes = [_opening(flow, cycle, day, status)]
            for cancelled in _detours(flow, changes[0].order, cancelled=True):
                laws.a_cancellation_taken_back_continues_the_visit(flow, changes, cancelled)
                laws.a_hold_moves_due_dates_by_its_working_days(flow, changes, cancelled, days)

    def test_no_detour_gets_round_the_rules(self, cycle: StatusCycle, flow: ProductionFlow) -> None:
        """A move that the rules refuse is also refused after a hold or a cancellation."""
        for status in cycle.path[:-1]:
            laws.no_detour_gets_round_the_rules(flow, _opened(flow, cycle, _MONDAY, status))

    @SHARED
    @given(today=_DAYS)
    def test_the_window_has_the_right_defaults(
        self, cycle: StatusCycle, flow: ProductionFlow, today: date
    ) -> None:
        """Moving on completes a status, pausing doesn't, and every default is accepted."""
        for status in cycle.choices():
            order = _opened(flow, cycle, _MONDAY, status)
            laws.going_on_completes_and_pausing_does_not(flow, order)
            if order.is_open:
                laws.a_window_sent_back_unchanged_is_accepted(flow, order, today)

    @SHARED
    @given(data=st.data())
    def test_permissions_only_restrict(
        self, cycle: StatusCycle, flow: ProductionFlow, data: st.DataObject
    ) -> None:
        """With one more permission, users can do the same or less; with its role, the same."""
        added = data.draw(st.lists(strategies.permissions(cycle=cycle), min_size=2, max_size=2))
        roles = data.draw(st.sets(st.sampled_from([added[0].roles[0], added[1].roles[0]])))
        orders = [_opened(flow, cycle, _MONDAY, status) for status in cycle.choices()]
        for permission in added:
            rules = evolve(flow.rules, permissions=(*flow.rules.permissions, permission))
            stricter = evolve(flow, rules=rules)
            for order in orders:
                laws.a_permission_only_restricts(flow, stricter, permission, order, roles)
            flow = stricter

    @SHARED
    @given(data=st.data())
    def test_a_split_divides_the_order(
        self, cycle: StatusCycle, flow: ProductionFlow, data: st.DataObject
    ) -> None:
        """A part has everything of its order but a quantity of its own, and nothing is lost."""
        changes = data.draw(_walks(flow, cycle))
        quantities = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
        by_hand: Amendments = {"due_on": data.draw(_DAYS)}
        for last in range(1, len(changes) + 1):
            order = changes[last - 1].order
            left = data.draw(st.sampled_from([1, 0, 2]))  # with nothing left, it's no split
            given: Amendments = {"quantity": sum(quantities) + left}
            for each in (given, given | by_hand):
                amended = flow.amend(order, **each, **RECORDED)
                laws.a_split_divides_the_order(flow, [*changes[:last], amended], quantities)
        laws.a_split_divides_the_order(flow, changes, [])

    @SHARED
    @given(day=_DAYS, data=st.data())
    def test_a_reorder_repeats_the_order(
        self, cycle: StatusCycle, flow: ProductionFlow, day: date, data: st.DataObject
    ) -> None:
        """A reprint has what its order is about, but begins from the start."""
        for change in data.draw(_walks(flow, cycle)):
            laws.a_reorder_repeats_the_order(flow, change.order, day)

    def test_going_back_completes_nothing(self, cycle: StatusCycle, flow: ProductionFlow) -> None:
        """Work that is sent back was not completed."""
        for status in cycle.path[1:-1]:
            order = _opened(flow, cycle, _MONDAY, status)
            if is_allowed(flow, order, cycle.initial.key):
                laws.going_back_completes_nothing(flow, order, cycle.initial.key)

    def test_closed_orders_stay_closed(self, cycle: StatusCycle, flow: ProductionFlow) -> None:
        """Alone or in a bulk, a closed order advances only if you name a target status."""
        for status in cycle.choices():
            if status.closes:
                order = _opened(flow, cycle, _MONDAY, status)
                laws.a_closed_order_does_not_advance(flow, order)
                laws.a_closed_order_reopens_only_if_allowed(flow, order)
                other = _opened(flow, cycle, _MONDAY, order_id="other")
                laws.a_refused_bulk_names_every_order(flow, [other, order])

    @SHARED
    @given(today=_DAYS, data=st.data())
    def test_the_rules_are_told(
        self, cycle: StatusCycle, flow: ProductionFlow, today: date, data: st.DataObject
    ) -> None:
        """The list of choices and the window show exactly the refusals of the rules."""
        orders = [_opened(flow, cycle, _MONDAY, status) for status in cycle.choices()]
        for order in (*orders, data.draw(_walks(flow, cycle))[-1].order):
            laws.choices_say_what_the_window_says(flow, order, today)
            laws.what_is_refused_is_told(flow, order, today)

    def test_a_bulk_equals_its_singles(self, cycle: StatusCycle, flow: ProductionFlow) -> None:
        """In a bulk, each order advances as it would alone."""
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
        """A bulk that is refused names each refused order, with the reason."""
        histories = _siblings(data.draw(_walks(flow, cycle)))
        orders = [changes[-1].order for changes in histories]
        laws.every_bulk_verb_equals_its_single_verb(flow, histories)
        laws.choices_of_a_bulk_are_those_of_its_orders(flow, orders)
        laws.a_bulk_keeps_what_only_rules_refuse(flow, orders, orders[0].cycle.path[1].key)

    @SHARED
    @given(data=st.data(), days=st.integers(-2, 9))
    def test_the_window_comes_back_as_a_form(
        self, cycle: StatusCycle, flow: ProductionFlow, data: st.DataObject, days: int
    ) -> None:
        """What a user types into a web form counts, and nothing else does."""
        orders = [changes[-1].order for changes in _siblings(data.draw(_walks(flow, cycle)))]
        today = orders[0].begun_on + timedelta(days)
        keys = st.sampled_from([status.key for status in cycle])
        typed = data.draw(st.lists(typed_texts(keys), min_size=3, max_size=6))
        form = data.draw(odd_forms(keys))
        to = data.draw(st.none() | keys)
        for some in (orders, orders[:1]):
            laws.an_untouched_window_gives_the_default_change(flow, some, today)
            laws.what_is_typed_stays_and_the_rest_follows(flow, some, today, typed)
            laws.whatever_is_posted_is_read(flow, some, today, form)
            laws.a_window_shows_every_refusal(flow, some, today, to)

    @SHARED
    @given(data=st.data())
    def test_every_history_is_sound(
        self, cycle: StatusCycle, flow: ProductionFlow, data: st.DataObject
    ) -> None:
        """Replaying any history gives the order again, and the events of one change all differ."""
        changes = data.draw(_walks(flow, cycle))
        laws.replay_rebuilds_the_order(changes)
        laws.visits_follow_one_another(changes)
        laws.facts_follow_the_entries(changes)
        laws.an_order_that_moved_is_refused(flow, changes)
        for before, change in zip((None, *changes), changes, strict=False):
            laws.nothing_is_overdue_on_its_due_day(change.order)
            laws.an_order_is_due_as_its_policy_says(flow, change.order)
            laws.a_change_fills_each_slot_once(change)
            laws.a_trigger_fires_for_its_entries(flow, before and before.order, change)
            laws.reminders_are_counted_day_by_day(flow, change.order, change.order.begun_on)
        if changes[-1].order.is_open:
            laws.a_change_made_again_gives_the_same_events(flow, changes[-1].order)

    @SHARED
    @given(steps=strategies.lives())
    def test_the_outbox_follows_the_orders(
        self, cycle: StatusCycle, flow: ProductionFlow, steps: Sequence[Step]
    ) -> None:
        """Whatever happens to orders and triggers, everything is said once, and in time."""
        laws.the_outbox_follows_the_orders(MemoryStore(), flow, cycle, steps)

    @SHARED
    @given(data=st.data())
    def test_an_undo_gives_the_order_back(
        self, cycle: StatusCycle, flow: ProductionFlow, data: st.DataObject
    ) -> None:
        """The changes of an order can be undone one by one, down to the opening."""
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
        """A corrected day stays within its bounds, and moves only dates counted from it."""
        laws.an_untouched_order_follows_its_order_date(flow, cycle, day, day + timedelta(days))
        for change in data.draw(_walks(flow, cycle)):
            order = change.order
            today = order.begun_on + timedelta(data.draw(st.integers(-3, 20)))
            first = order.entered_after or order.entered_on
            corrected = first + timedelta(data.draw(st.integers(-2, 20)))
            laws.a_first_day_is_corrected_within_its_bounds(flow, order, corrected, today)
            laws.an_amended_delivery_moves_its_due_date_only(flow, order, day)
            facts = data.draw(fact_changes_for(order.facts))
            laws.what_is_amended_is_planned_with(flow, order, facts, days, abs(days) or None)
            laws.a_change_is_planned_with_its_facts(flow, order, facts, today)

    @SHARED
    @given(data=st.data())
    def test_orders_move_to_another_version(
        self, cycle: StatusCycle, flow: ProductionFlow, data: st.DataObject
    ) -> None:
        """An order that moves to another version of its cycle stays in its visit."""
        walk = data.draw(_walks(flow, cycle))
        for last, change in enumerate(walk, start=1):
            changes = walk[:last]
            laws.a_migration_keeps_the_visit(flow, changes, _edited(change.order.cycle))
            laws.a_migration_closes_nothing(flow, change.order)
            laws.a_hold_follows_new_defaults(flow, changes)
            laws.renaming_and_back_changes_nothing(flow, changes)


def _detours(flow: ProductionFlow, order: ProductionOrder, *, cancelled: bool = False) -> list[str]:
    """The asides, or cancelled statuses, that an order may go to and return from."""
    statuses = [it for it in order.cycle.non_standard if it.cancelled == cancelled]
    keys = [status.key for status in statuses if is_allowed(flow, order, status.key)]
    gone = {key: advanced(flow, order, to=key, current_complete=False).order for key in keys}
    return [key for key in keys if is_allowed(flow, gone[key], order.status.key)]


def _returned(
    flow: ProductionFlow, changes: Sequence[Change], aside: str, days: int
) -> list[Change]:
    """The changes of an order, and a hold of some days."""
    order = changes[-1].order
    held = advanced(flow, order, to=aside, current_complete=False)
    return [*changes, held, advanced(flow, held.order, today=order.begun_on + timedelta(days))]


def _vendors(flow: ProductionFlow) -> list[str | None]:
    """None, a vendor without terms, and every vendor with terms."""
    return [None, _STRANGER, *(flow.due_dates.vendors if isinstance(flow.due_dates, Terms) else ())]


def _edited(cycle: StatusCycle) -> StatusCycle:
    """A version in which every status has other people and takes longer."""
    statuses = [
        evolve(
            status,
            default_duration=1 + (status.default_duration or 0),
            default_department="Edited",
            default_user="Edited",
        )
        for status in cycle
    ]
    return evolve(cycle, statuses=statuses, version=cycle.version + 1000)


def _opened(
    flow: ProductionFlow,
    cycle: StatusCycle,
    day: date,
    status: Status | None = None,
    order_id: str = "law",
) -> ProductionOrder:
    return _opening(flow, cycle, day, status, order_id).order


def _opening(
    flow: ProductionFlow,
    cycle: StatusCycle,
    day: date,
    status: Status | None = None,
    order_id: str = "law",
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
    """The changes of an order that takes random steps under this flow."""
    return walks_of(flow, cycle, min_size=4, max_size=12).map(lambda history: history.changes)


def _siblings(changes: Sequence[Change]) -> list[list[Change]]:
    """Orders of one type: the first has all changes, and each next order has three fewer."""
    lengths = range(len(changes), 0, -3)
    return [[_of(change, f"law-{last}") for change in changes[:last]] for last in lengths]


def _of(change: Change, order_id: str) -> Change:
    """The same change, made to another order, without events."""
    order, entry = evolve(change.order, id=order_id), evolve(change.entry, order_id=order_id)
    return Change(order, entry)
