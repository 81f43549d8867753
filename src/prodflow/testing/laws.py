"""What holds for every cycle, calendar, policy, flow and catalogue: one function for each rule.

A law asserts the rule that its docstring states, and returns nothing. Draw its arguments from
`prodflow.testing.strategies`, or pass your own. `CycleSuite` calls every law except those of
settings, and those of words, which are for your catalogue and your tables. In a Hypothesis test
`--hypothesis-show-statistics` shows how many examples had the case that a law is about.

Example:
    >>> from datetime import date
    >>> from prodflow import Forward, Status, StatusCycle
    >>> cycle = StatusCycle(
    ...     "signs", [Status("cut", "Cut", initial=True), Status("done", "Done", final=True)]
    ... )
    >>> plan_dates_never_decrease(cycle, Forward(), date(2026, 11, 16))
"""

from prodflow._homes import settle
from prodflow.testing._answer_laws import (
    a_form_has_one_command,
    an_answer_changes_only_what_was_seen,
    an_answer_is_what_its_parts_give,
)
from prodflow.testing._change_laws import (
    a_bulk_keeps_what_only_rules_refuse,
    a_change_fills_each_slot_once,
    a_change_made_again_gives_the_same_events,
    a_closed_order_does_not_advance,
    a_closed_order_reopens_only_if_allowed,
    a_jump_keeps_the_date_of_the_plan,
    a_refused_bulk_names_every_order,
    a_window_sent_back_unchanged_is_accepted,
    advancing_reaches_the_final,
    an_order_that_moved_is_refused,
    bulk_equals_singles,
    choices_of_a_bulk_are_those_of_its_orders,
    choices_say_what_the_window_says,
    every_bulk_verb_equals_its_single_verb,
    going_back_completes_nothing,
    going_on_completes_and_pausing_does_not,
    no_detour_gets_round_the_rules,
    what_is_refused_is_told,
)
from prodflow.testing._edit_laws import (
    an_edit_is_what_its_parts_give,
    an_edit_of_an_old_version_saves_nothing,
)
from prodflow.testing._event_laws import (
    a_trigger_fires_for_its_entries,
    reminders_are_counted_day_by_day,
    the_outbox_follows_the_orders,
    what_never_fails_is_delivered,
)
from prodflow.testing._fact_laws import (
    a_change_is_planned_with_its_facts,
    facts_follow_the_entries,
    what_is_amended_is_planned_with,
)
from prodflow.testing._family_laws import (
    a_permission_only_restricts,
    a_reorder_repeats_the_order,
    a_split_divides_the_order,
)
from prodflow.testing._form_laws import (
    a_changed_field_is_read,
    a_moved_row_is_a_move,
    a_new_row_gets_a_new_key,
    an_edit_is_one_version,
    every_problem_of_statuses_has_a_place,
    every_problem_of_triggers_has_a_place,
    problems_show_no_keys,
    statuses_posted_back_are_unchanged,
    triggers_posted_back_are_unchanged,
)
from prodflow.testing._history_laws import (
    a_first_day_is_corrected_within_its_bounds,
    a_hold_follows_new_defaults,
    a_migration_closes_nothing,
    a_migration_keeps_the_visit,
    an_amended_delivery_moves_its_due_date_only,
    an_undo_gives_the_order_back,
    an_untouched_order_follows_its_order_date,
    renaming_and_back_changes_nothing,
    replay_rebuilds_the_order,
    undoing_everything_leads_to_the_opening,
    visits_follow_one_another,
)
from prodflow.testing._hold_laws import (
    a_cancellation_taken_back_continues_the_visit,
    a_completed_aside_goes_on,
    a_hold_gives_back_what_was_agreed,
    a_hold_moves_due_dates_by_its_working_days,
    a_hold_of_no_days_changes_nothing,
    a_return_from_hold_enters_nothing,
    several_asides_are_one_hold,
    what_is_amended_on_hold_is_meant_for_the_work,
)
from prodflow.testing._message_laws import messages_show_no_keys, store_messages_show_no_keys
from prodflow.testing._outlook_laws import (
    a_longer_duration_never_makes_the_finish_earlier,
    an_outlook_begins_as_the_plan,
    an_outlook_has_the_rest_of_the_path,
    going_on_early_never_makes_the_finish_later,
    waiting_never_brings_the_finish_nearer,
)
from prodflow.testing._page_laws import (
    a_field_of_a_page_changes_alone,
    a_page_shows_every_problem_once,
    an_untouched_page_changes_nothing,
    buttons_move_one_row,
    whatever_is_posted_gives_a_page,
)
from prodflow.testing._plan_laws import (
    a_start_in_time_keeps_the_latest_dates,
    a_vendor_has_the_durations_of_its_terms,
    add_counts_working_days,
    an_order_is_due_as_its_policy_says,
    an_order_is_due_as_planned,
    asides_never_change_the_plan,
    backward_ends_on_the_delivery_date,
    equal_calendars_count_like_one,
    every_date_of_a_plan_is_a_working_day,
    every_path_is_active_and_standard,
    forward_equals_backward,
    nothing_is_due_before_its_anchor,
    nothing_is_overdue_on_its_due_day,
    plan_dates_never_decrease,
)
from prodflow.testing._preference_laws import (
    preferences_change_only_what_they_show,
    preferences_posted_back_are_unchanged,
)
from prodflow.testing._settings_laws import (
    a_calendar_is_put_in_for_its_name,
    a_name_is_used_only_in_settings,
    equal_settings_give_equal_flows,
    of_two_edits_of_settings_one_is_kept,
    settings_are_read_or_refused,
    settings_come_back_from_a_store,
    settings_posted_back_are_unchanged,
)
from prodflow.testing._window_laws import (
    a_window_shows_every_refusal,
    an_untouched_window_gives_the_default_change,
    what_is_typed_stays_and_the_rest_follows,
    whatever_is_posted_is_read,
)
from prodflow.testing._word_laws import words_change_only_texts, words_have_every_text

__all__ = [
    "a_bulk_keeps_what_only_rules_refuse",
    "a_calendar_is_put_in_for_its_name",
    "a_cancellation_taken_back_continues_the_visit",
    "a_change_fills_each_slot_once",
    "a_change_is_planned_with_its_facts",
    "a_change_made_again_gives_the_same_events",
    "a_changed_field_is_read",
    "a_closed_order_does_not_advance",
    "a_closed_order_reopens_only_if_allowed",
    "a_completed_aside_goes_on",
    "a_field_of_a_page_changes_alone",
    "a_first_day_is_corrected_within_its_bounds",
    "a_form_has_one_command",
    "a_hold_follows_new_defaults",
    "a_hold_gives_back_what_was_agreed",
    "a_hold_moves_due_dates_by_its_working_days",
    "a_hold_of_no_days_changes_nothing",
    "a_jump_keeps_the_date_of_the_plan",
    "a_longer_duration_never_makes_the_finish_earlier",
    "a_migration_closes_nothing",
    "a_migration_keeps_the_visit",
    "a_moved_row_is_a_move",
    "a_name_is_used_only_in_settings",
    "a_new_row_gets_a_new_key",
    "a_page_shows_every_problem_once",
    "a_permission_only_restricts",
    "a_refused_bulk_names_every_order",
    "a_reorder_repeats_the_order",
    "a_return_from_hold_enters_nothing",
    "a_split_divides_the_order",
    "a_start_in_time_keeps_the_latest_dates",
    "a_trigger_fires_for_its_entries",
    "a_vendor_has_the_durations_of_its_terms",
    "a_window_sent_back_unchanged_is_accepted",
    "a_window_shows_every_refusal",
    "add_counts_working_days",
    "advancing_reaches_the_final",
    "an_amended_delivery_moves_its_due_date_only",
    "an_answer_changes_only_what_was_seen",
    "an_answer_is_what_its_parts_give",
    "an_edit_is_one_version",
    "an_edit_is_what_its_parts_give",
    "an_edit_of_an_old_version_saves_nothing",
    "an_order_is_due_as_its_policy_says",
    "an_order_is_due_as_planned",
    "an_order_that_moved_is_refused",
    "an_outlook_begins_as_the_plan",
    "an_outlook_has_the_rest_of_the_path",
    "an_undo_gives_the_order_back",
    "an_untouched_order_follows_its_order_date",
    "an_untouched_page_changes_nothing",
    "an_untouched_window_gives_the_default_change",
    "asides_never_change_the_plan",
    "backward_ends_on_the_delivery_date",
    "bulk_equals_singles",
    "buttons_move_one_row",
    "choices_of_a_bulk_are_those_of_its_orders",
    "choices_say_what_the_window_says",
    "equal_calendars_count_like_one",
    "equal_settings_give_equal_flows",
    "every_bulk_verb_equals_its_single_verb",
    "every_date_of_a_plan_is_a_working_day",
    "every_path_is_active_and_standard",
    "every_problem_of_statuses_has_a_place",
    "every_problem_of_triggers_has_a_place",
    "facts_follow_the_entries",
    "forward_equals_backward",
    "going_back_completes_nothing",
    "going_on_completes_and_pausing_does_not",
    "going_on_early_never_makes_the_finish_later",
    "messages_show_no_keys",
    "no_detour_gets_round_the_rules",
    "nothing_is_due_before_its_anchor",
    "nothing_is_overdue_on_its_due_day",
    "of_two_edits_of_settings_one_is_kept",
    "plan_dates_never_decrease",
    "preferences_change_only_what_they_show",
    "preferences_posted_back_are_unchanged",
    "problems_show_no_keys",
    "reminders_are_counted_day_by_day",
    "renaming_and_back_changes_nothing",
    "replay_rebuilds_the_order",
    "settings_are_read_or_refused",
    "settings_come_back_from_a_store",
    "settings_posted_back_are_unchanged",
    "several_asides_are_one_hold",
    "statuses_posted_back_are_unchanged",
    "store_messages_show_no_keys",
    "the_outbox_follows_the_orders",
    "triggers_posted_back_are_unchanged",
    "undoing_everything_leads_to_the_opening",
    "visits_follow_one_another",
    "waiting_never_brings_the_finish_nearer",
    "what_is_amended_is_planned_with",
    "what_is_amended_on_hold_is_meant_for_the_work",
    "what_is_refused_is_told",
    "what_is_typed_stays_and_the_rest_follows",
    "what_never_fails_is_delivered",
    "whatever_is_posted_gives_a_page",
    "whatever_is_posted_is_read",
    "words_change_only_texts",
    "words_have_every_text",
]

settle(globals())
