"""What type checkers make of the kit to test with; never run."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar, assert_type

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.strategies import SearchStrategy

from prodflow import (
    Change,
    ChangeRules,
    CycleStore,
    DueDatePolicy,
    Forward,
    HistoryEntry,
    MemoryStore,
    OrderQuery,
    OrderStore,
    Outbox,
    OutboxItem,
    Permission,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    Status,
    StatusCycle,
    Terms,
    Trigger,
    WorkingCalendar,
    forms,
)
from prodflow.export import Table
from prodflow.testing import (
    AsyncOrderStoreSuite,
    Capability,
    CycleSuite,
    Fault,
    FaultyStore,
    OrderStoreSuite,
    Store,
    StoreFault,
    laws,
    store_machine,
)
from prodflow.testing.laws import (
    a_bulk_keeps_what_only_rules_refuse,
    a_cancellation_taken_back_continues_the_visit,
    a_change_fills_each_slot_once,
    a_change_is_planned_with_its_facts,
    a_change_made_again_gives_the_same_events,
    a_changed_field_is_read,
    a_closed_order_does_not_advance,
    a_closed_order_reopens_only_if_allowed,
    a_completed_aside_goes_on,
    a_field_of_a_page_changes_alone,
    a_first_day_is_corrected_within_its_bounds,
    a_form_has_one_command,
    a_hold_follows_new_defaults,
    a_hold_gives_back_what_was_agreed,
    a_hold_moves_due_dates_by_its_working_days,
    a_hold_of_no_days_changes_nothing,
    a_jump_keeps_the_date_of_the_plan,
    a_longer_duration_never_makes_the_finish_earlier,
    a_migration_closes_nothing,
    a_migration_keeps_the_visit,
    a_moved_row_is_a_move,
    a_new_row_gets_a_new_key,
    a_page_shows_every_problem_once,
    a_permission_only_restricts,
    a_refused_bulk_names_every_order,
    a_reorder_repeats_the_order,
    a_return_from_hold_enters_nothing,
    a_split_divides_the_order,
    a_start_in_time_keeps_the_latest_dates,
    a_trigger_fires_for_its_entries,
    a_vendor_has_the_durations_of_its_terms,
    a_window_sent_back_unchanged_is_accepted,
    a_window_shows_every_refusal,
    add_counts_working_days,
    advancing_reaches_the_final,
    an_amended_delivery_moves_its_due_date_only,
    an_answer_changes_only_what_was_seen,
    an_answer_is_what_its_parts_give,
    an_edit_is_one_version,
    an_edit_is_what_its_parts_give,
    an_edit_of_an_old_version_saves_nothing,
    an_order_is_due_as_its_policy_says,
    an_order_is_due_as_planned,
    an_order_that_moved_is_refused,
    an_outlook_begins_as_the_plan,
    an_outlook_has_the_rest_of_the_path,
    an_undo_gives_the_order_back,
    an_untouched_order_follows_its_order_date,
    an_untouched_page_changes_nothing,
    an_untouched_window_gives_the_default_change,
    asides_never_change_the_plan,
    backward_ends_on_the_delivery_date,
    bulk_equals_singles,
    buttons_move_one_row,
    choices_of_a_bulk_are_those_of_its_orders,
    choices_say_what_the_window_says,
    equal_calendars_count_like_one,
    every_bulk_verb_equals_its_single_verb,
    every_date_of_a_plan_is_a_working_day,
    every_path_is_active_and_standard,
    every_problem_of_statuses_has_a_place,
    every_problem_of_triggers_has_a_place,
    facts_follow_the_entries,
    forward_equals_backward,
    going_back_completes_nothing,
    going_on_completes_and_pausing_does_not,
    going_on_early_never_makes_the_finish_later,
    messages_show_no_keys,
    no_detour_gets_round_the_rules,
    nothing_is_due_before_its_anchor,
    nothing_is_overdue_on_its_due_day,
    plan_dates_never_decrease,
    problems_show_no_keys,
    reminders_are_counted_day_by_day,
    renaming_and_back_changes_nothing,
    replay_rebuilds_the_order,
    several_asides_are_one_hold,
    statuses_posted_back_are_unchanged,
    store_messages_show_no_keys,
    the_outbox_follows_the_orders,
    triggers_posted_back_are_unchanged,
    undoing_everything_leads_to_the_opening,
    visits_follow_one_another,
    waiting_never_brings_the_finish_nearer,
    what_is_amended_is_planned_with,
    what_is_amended_on_hold_is_meant_for_the_work,
    what_is_refused_is_told,
    what_is_typed_stays_and_the_rest_follows,
    what_never_fails_is_delivered,
    whatever_is_posted_gives_a_page,
    whatever_is_posted_is_read,
    words_change_only_texts,
    words_have_every_text,
)
from prodflow.testing.strategies import (
    History,
    broken_status_lists,
    change_rules,
    due_date_policies,
    histories,
    lives,
    order_dates,
    order_queries,
    permissions,
    production_flows,
    production_orders,
    proposals,
    status_cycles,
    statuses,
    triggers,
    working_calendars,
)


class TestSigns(CycleSuite):
    """The suite of a cycle, with both of its fixtures."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle under test."""
        return StatusCycle("signs", [Status("cut", "Cut", initial=True, final=True)])

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """The flow that moves it."""
        return ProductionFlow()


class TestMyStore(OrderStoreSuite):
    """The suite of a store."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {"clock", "persistent", "shared", "tenants"}
    )

    @pytest.fixture
    def store(self) -> Store:
        """An empty store."""
        return MemoryStore()

    def reopened(self, store: Store) -> Store:
        """The store, closed and opened again."""
        return store

    def another(self, store: Store) -> Store:
        """A second store of the same data."""
        return store

    def another_tenant(self, store: Store) -> Store:  # noqa: ARG002 - it shares nothing
        """A store of another tenant."""
        return MemoryStore()

    def clock(self, store: Store) -> datetime:  # noqa: ARG002 - there is one clock for all
        """The instant on the store's clock."""
        return datetime(2026, 11, 16, tzinfo=UTC)


class TestMyAsyncStore(AsyncOrderStoreSuite):
    """The suite of a store with coroutines."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset({"concurrent"})

    @pytest.fixture
    def opening(self) -> Callable[[], Awaitable[object]]:
        """Opens an empty store."""

        async def opening() -> object:
            return MemoryStore()

        return opening


def check_stores(schedule: list[Fault]) -> None:
    """A store is one of all three kinds; so is one that fails."""
    store: Store = FaultyStore(MemoryStore(), [*schedule, None, "before", "after"])
    orders: OrderStore = store
    cycles: CycleStore = store
    outbox: Outbox = store
    assert_type(orders.get("PO-1"), ProductionOrder)
    assert_type(cycles.get_cycle("signs"), StatusCycle)
    assert_type(outbox.pending(as_of=date(2026, 11, 16)), list[OutboxItem])
    assert_type(store_machine(MemoryStore), type[RuleBasedStateMachine])
    assert_type(
        store_machine(lambda: store, reopened=lambda store: store), type[RuleBasedStateMachine]
    )
    alternating = store_machine(lambda: store, another_tenant=lambda store: store)
    assert_type(alternating, type[RuleBasedStateMachine])
    error: Exception = StoreFault()
    raise error


def check_strategies(history: History) -> None:
    """What each draws."""
    cycles = status_cycles(durations=st.integers(1, 3), max_size=4)
    assert_type(cycles, SearchStrategy[StatusCycle])
    assert_type(statuses(keys=st.just("lab")), SearchStrategy[Status])
    assert_type(
        broken_status_lists(cycles=cycles),
        SearchStrategy[tuple[list[Status | Mapping[str, object]], frozenset[str]]],
    )
    assert_type(working_calendars(max_size=2), SearchStrategy[WorkingCalendar])
    assert_type(due_date_policies(), SearchStrategy[DueDatePolicy])
    assert_type(due_date_policies(cycle=history.cycles[0]), SearchStrategy[DueDatePolicy])
    assert_type(lives(), SearchStrategy[list[tuple[str, dict[str, Any]]]])
    assert_type(order_dates(), SearchStrategy[tuple[date, date | None]])
    assert_type(change_rules(), SearchStrategy[ChangeRules])
    assert_type(permissions(), SearchStrategy[Permission])
    assert_type(triggers(), SearchStrategy[Trigger])
    assert_type(production_flows(rules=change_rules()), SearchStrategy[ProductionFlow])
    assert_type(production_orders(cycles=cycles), SearchStrategy[ProductionOrder])
    assert_type(order_queries(orders=production_orders()), SearchStrategy[OrderQuery])
    assert_type(proposals(), SearchStrategy[ProposedChange])
    assert_type(histories(cycles=cycles, min_size=3), SearchStrategy[History])
    assert_type(history.changes, tuple[Change, ...])
    assert_type(history.entries, tuple[HistoryEntry, ...])
    assert_type(history.order, ProductionOrder)


def check_laws(
    flow: ProductionFlow, order: ProductionOrder, cycle: StatusCycle, change: Change, day: date
) -> None:
    """Every law is a function of what it is about, and gives nothing."""
    of_a_flow: list[Callable[[ProductionFlow, ProductionOrder], None]] = [
        a_change_made_again_gives_the_same_events,
        a_closed_order_does_not_advance,
        a_closed_order_reopens_only_if_allowed,
        a_migration_closes_nothing,
        going_on_completes_and_pausing_does_not,
        no_detour_gets_round_the_rules,
    ]
    of_an_aside: list[Callable[[ProductionFlow, Sequence[Change], str], None]] = [
        a_cancellation_taken_back_continues_the_visit,
        a_completed_aside_goes_on,
        a_hold_gives_back_what_was_agreed,
        a_hold_of_no_days_changes_nothing,
        a_return_from_hold_enters_nothing,
        what_is_amended_on_hold_is_meant_for_the_work,
    ]
    of_many: list[Callable[[ProductionFlow, Sequence[ProductionOrder]], None]] = [
        a_refused_bulk_names_every_order,
        bulk_equals_singles,
        choices_of_a_bulk_are_those_of_its_orders,
    ]
    of_a_history: list[Callable[[Sequence[Change]], None]] = [
        facts_follow_the_entries,
        replay_rebuilds_the_order,
        visits_follow_one_another,
    ]
    of_a_run: list[Callable[[ProductionFlow, Sequence[Change]], None]] = [
        a_hold_follows_new_defaults,
        an_order_that_moved_is_refused,
        an_undo_gives_the_order_back,
        renaming_and_back_changes_nothing,
        undoing_everything_leads_to_the_opening,
    ]
    of_a_day: list[Callable[[ProductionFlow, ProductionOrder, date], None]] = [
        a_jump_keeps_the_date_of_the_plan,
        a_window_sent_back_unchanged_is_accepted,
        an_amended_delivery_moves_its_due_date_only,
        choices_say_what_the_window_says,
        what_is_refused_is_told,
    ]
    of_an_outlook: list[Callable[[ProductionOrder, DueDatePolicy, date], None]] = [
        an_outlook_has_the_rest_of_the_path,
        going_on_early_never_makes_the_finish_later,
    ]
    of_a_policy: list[Callable[[StatusCycle, DueDatePolicy, date], None]] = [
        an_outlook_begins_as_the_plan,
        a_start_in_time_keeps_the_latest_dates,
        asides_never_change_the_plan,
        backward_ends_on_the_delivery_date,
        every_date_of_a_plan_is_a_working_day,
        plan_dates_never_decrease,
    ]
    of_a_calendar: list[Callable[[StatusCycle, WorkingCalendar, date], None]] = [
        forward_equals_backward,
        nothing_is_due_before_its_anchor,
    ]
    of_a_flow[0](flow, order)
    of_an_outlook[0](order, flow.due_dates, day)
    waiting_never_brings_the_finish_nearer(order, flow.due_dates, day, 3)
    a_longer_duration_never_makes_the_finish_earlier(order, flow.due_dates, day, "lab", 3)
    of_an_aside[0](flow, [change], "hold")
    of_many[0](flow, (order,))
    of_a_history[0]([change])
    of_a_run[0](flow, [change])
    of_a_day[0](flow, order, day)
    of_a_policy[0](cycle, flow.due_dates, day)
    of_a_calendar[0](cycle, WorkingCalendar(), day)
    a_bulk_keeps_what_only_rules_refuse(flow, [order], "hold")
    a_change_fills_each_slot_once(change)
    a_first_day_is_corrected_within_its_bounds(flow, order, day, day)
    a_hold_moves_due_dates_by_its_working_days(flow, [change], "hold", 3)
    a_migration_keeps_the_visit(flow, [change], cycle, {"lab": "print"})
    a_change_is_planned_with_its_facts(flow, order, {"client": None}, day)
    a_permission_only_restricts(flow, flow, Permission(["lead"]), order, ["lead"])
    a_split_divides_the_order(flow, [change], [1, 2])
    a_reorder_repeats_the_order(flow, order, day)
    what_is_amended_is_planned_with(flow, order, {"copies": 2}, 5, None)
    a_vendor_has_the_durations_of_its_terms(cycle, Terms(Forward(), {}), "West", day)
    add_counts_working_days(WorkingCalendar(), day, 3)
    an_order_is_due_as_its_policy_says(flow, change.order)
    an_order_is_due_as_planned(flow, cycle, day, vendor="West")
    equal_calendars_count_like_one(cycle, Forward(), day, held_days=3)
    advancing_reaches_the_final(flow, cycle, day)
    an_untouched_order_follows_its_order_date(flow, cycle, day, day)
    every_bulk_verb_equals_its_single_verb(flow, [[change]])
    every_path_is_active_and_standard(cycle)
    going_back_completes_nothing(flow, order, "ordered")
    nothing_is_overdue_on_its_due_day(order)
    several_asides_are_one_hold(flow, [change], ["hold", "wait"], 3)
    a_trigger_fires_for_its_entries(flow, None, change)
    reminders_are_counted_day_by_day(flow, order, day)
    the_outbox_follows_the_orders(MemoryStore(), flow, cycle, [("wait", {"days": 1})])
    what_never_fails_is_delivered(MemoryStore(), 5, failing={1}, dying=[], limit=2)


def check_laws_of_forms_and_words(
    flow: ProductionFlow, order: ProductionOrder, cycle: StatusCycle, day: date
) -> None:
    """The same for the laws of windows, of lists that people edit, and of words."""
    a_window_shows_every_refusal(flow, [order], day, "lab", window=forms.window)
    an_untouched_window_gives_the_default_change(flow, [order], day, given=forms.given)
    what_is_typed_stays_and_the_rest_follows(flow, [order], day, [("user", "Eve")])
    whatever_is_posted_is_read(flow, [order], day, {"user": ["", 5]})
    an_answer_is_what_its_parts_give(flow, [order], day, {"to": "lab"}, "ok", answer=forms.answer)
    an_answer_changes_only_what_was_seen(flow, [order], [order], [], day, do="without")
    a_form_has_one_command(flow, [order], day, [("to", "lab")])
    an_edit_is_what_its_parts_give(cycle, [], [("cutoff", "17:00")])
    an_edit_of_an_old_version_saves_nothing(cycle, cycle, [], statuses=forms.edit_statuses)
    words_have_every_text({"yes": "ja"})
    messages_show_no_keys(flow, order)
    store_messages_show_no_keys(MemoryStore, cycle)
    words_change_only_texts(Table("Late", ["order"]), str.upper)
    a_changed_field_is_read(cycle, "lab", "default_duration", 3)
    a_moved_row_is_a_move(cycle, "lab", 2)
    a_new_row_gets_a_new_key(cycle, "Framing", ["framing"], removed="lab")
    an_edit_is_one_version(cycle, cycle.statuses)
    every_problem_of_statuses_has_a_place([{"key": "lab"}, *cycle])
    every_problem_of_triggers_has_a_place([{"key": "call"}, *flow.triggers], [cycle])
    problems_show_no_keys(cycle.statuses, flow.triggers, [cycle])
    a_field_of_a_page_changes_alone(cycle, flow.triggers, 0, "5", page=forms.page)
    a_page_shows_every_problem_once([{"key": "lab"}], [{"key": "call"}], cycle)
    an_untouched_page_changes_nothing(cycle, flow.triggers, posted=forms.posted_rows)
    buttons_move_one_row(cycle)
    whatever_is_posted_gives_a_page(cycle, flow.triggers, [("statuses.0.key", 5)])
    statuses_posted_back_are_unchanged(cycle)
    triggers_posted_back_are_unchanged(flow.triggers)


def check_testing_refuses(flow: ProductionFlow, cycle: StatusCycle, order: ProductionOrder) -> None:
    """Each of these is a finding of both checkers."""
    FaultyStore(MemoryStore(), ["never"])  # type: ignore[list-item]  # one of two words, or None
    FaultyStore([], [None])  # type: ignore[arg-type]  # a store
    store_machine(MemoryStore())  # type: ignore[arg-type]  # what makes one, not one
    status_cycles(st.text())  # type: ignore[call-arg]  # all by name
    production_orders(cycles=cycle)  # type: ignore[arg-type]  # a strategy, not a value
    laws.bulk_equals_singles(flow, order)  # type: ignore[arg-type]  # orders, not one
    laws.a_completed_aside_goes_on(flow, [])  # type: ignore[call-arg]  # by which status?
