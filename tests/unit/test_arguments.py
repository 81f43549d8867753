"""Every public call that refuses an argument names it and shows its value.

Each test replaces one argument of a valid call by `...`, which no argument accepts.
`tests/laws/test_bad_input.py` finds the calls by inspection and tries many more values.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final, TypeAlias

import pytest
from attrs import evolve, fields

from prodflow import (
    Backoff,
    Backward,
    BulkChoice,
    BulkProposal,
    ChangeRules,
    Choice,
    Completing,
    Contact,
    CreateTask,
    CustomAction,
    CycleProblem,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Entering,
    FlowSettings,
    Forward,
    FromEntry,
    Held,
    Leaving,
    MemoryStore,
    Move,
    OrderQuery,
    OutboxItem,
    PlanningFacts,
    ProductionFlow,
    ProductionOrder,
    Refusal,
    RuleProblem,
    SameStatusError,
    SendMessage,
    SettingsProblem,
    Status,
    StatusCycle,
    Trigger,
    TriggerEvent,
    TriggerProblem,
    TypeSettings,
    Where,
    WorkingCalendar,
    deliver_due,
    effective,
    find_problems,
    find_rule_problems,
    find_settings_problems,
    find_trigger_problems,
    is_wanted,
    plan,
    plan_many,
    slug,
)
from prodflow.stores import check_reminders, check_settings, lease_bounds, outbox_effect

Anything: TypeAlias = Any  # what a caller without a type checker may pass
Arguments: TypeAlias = dict[str, Any]
Call: TypeAlias = Callable[..., object]

WRONG: Final[Anything] = ...  # no argument accepts it; messages show Ellipsis

MONDAY: Final = date(2026, 11, 16)
FRIDAY: Final = date(2026, 11, 20)
NOON: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)
PRINTS: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", default_duration=1, initial=True),
        Status("lab", "At the lab", default_duration=2),
        Status("done", "Delivered", final=True),
        Status("client", "Waiting on client", default_duration=5, non_standard=True),
    ],
)
FLOW: Final = ProductionFlow()
STORE: Final = MemoryStore()
OPENED: Final = FLOW.open(PRINTS, order_id="PO-1", ordered_on=MONDAY, by="ann", at=NOON)
ORDER: Final = OPENED.order
PROPOSAL: Final = FLOW.propose(ORDER, today=MONDAY, by="ann")
BULK: Final = FLOW.propose_all([ORDER], today=MONDAY, by="ann")
NEXT_CYCLE: Final = PRINTS.add(Status("frame", "Framing"), 2)
ADOPTED: Final = FLOW.migrate(ORDER, NEXT_CYCLE, by="ann", at=NOON)
EVENT: Final = TriggerEvent(
    id="e-1",
    trigger="call",
    order_id="PO-1",
    visit=1,
    number=1,
    sequence=1,
    action=CreateTask("Call"),
    fire_on=MONDAY,
    dated=True,
    until="left",
    automatic=True,
)
ITEM: Final = OutboxItem(EVENT)
REMINDERS: Final = FLOW.reminders(ORDER, today=MONDAY)
ERROR: Final = SameStatusError("PO-1", "lab")
REFUSAL: Final = Refusal("guard", "not today")
ADVANCED: Final = FLOW.accept(PROPOSAL, at=NOON)
CHANGED: Final = ADVANCED.entry
HISTORY: Final = [OPENED.entry, CHANGED]
UNDONE: Final = FLOW.undo(ADVANCED.order, HISTORY, by="ann", at=NOON)
PLANNING: Final = PlanningFacts(
    cycle=PRINTS, status=PRINTS["lab"], plan_from=MONDAY, ordered_on=MONDAY, entered_on=MONDAY
)
PROBLEM: Final = CycleProblem("no-final", "error", (), "one status must be final")
TRIGGER: Final = Trigger("call", Entering(), CreateTask("Call"))
PLAN: Final = plan(PRINTS, Forward(), ordered_on=MONDAY)

VALUES: Final = (
    ADOPTED.entry,
    Backoff(),
    Backward(),
    BULK,
    BulkChoice(PRINTS["lab"], ["PO-1"], {}),
    ChangeRules(),
    Choice(PRINTS["lab"], Move.NEXT),
    Completing("lab"),
    Contact(),
    CreateTask("Call"),
    CustomAction("ring"),
    PROBLEM,
    DaysFromDelivery(1),
    DaysFromDue("lab", 1),
    DaysInStatus("lab", 1),
    EVENT,
    Entering("lab"),
    FLOW,
    CHANGED,
    FLOW.amend(ORDER, by="ann", at=NOON).entry,
    FlowSettings(),
    Forward(),
    FromEntry(),
    ITEM,
    Held(
        visit=1,
        status="lab",
        entered_on=MONDAY,
        paused_on=MONDAY,
        due_on=None,
        due_on_is_manual=False,
        department=None,
        user=None,
    ),
    Leaving("lab"),
    OPENED,
    OPENED.entry,
    ORDER,
    OrderQuery(),
    PLAN,
    PLAN[0],
    PLANNING,
    PRINTS,
    PRINTS["lab"],
    PROPOSAL,
    REFUSAL,
    REMINDERS,
    RuleProblem("dead-end", "lab", "no status may follow"),
    SendMessage("begun"),
    SettingsProblem("code", "error", [], "no code"),
    TRIGGER,
    TriggerProblem("unknown-status", "call", "no such status"),
    TypeSettings(),
    UNDONE.entry,
    Where(),
    WorkingCalendar(),
)


def by_position(function: Call) -> Call:
    """The same function, for positional arguments."""

    def call(**given: object) -> object:
        return function(*given.values())

    return call


def names_of(value: Anything) -> Iterable[str]:
    """The names that the class of a value uses for its fields."""
    return [field.alias or field.name for field in fields(type(value)) if field.init]


PUT: Final[Arguments] = {"replaces": 1, "by": "ann", "at": NOON}
RECORDING: Final[Arguments] = {"at": NOON, "command_id": None}
BY: Final[Arguments] = {"by": "ann", "recorded_by": None, "note": "", **RECORDING}
TODAY: Final[Arguments] = {"today": MONDAY, "by": "ann", "recorded_by": None}
EXPECT: Final[Arguments] = {"expect": "ordered"}
EXPECT_ALL: Final[Arguments] = {"expect": {"PO-1": 1}}
OVERRIDES: Final[Arguments] = {
    "current_complete": True,
    "completed_on": MONDAY,
    "due_on": FRIDAY,
    "department": None,
    "user": None,
    "note": "",
}
AMENDMENTS: Final[Arguments] = {
    "ordered_on": MONDAY,
    "delivery_on": FRIDAY,
    "plan_from": MONDAY,
    "entered_on": MONDAY,
    "vendor": None,
    "invoice_id": None,
    "due_on": FRIDAY,
    "department": None,
    "user": None,
}
OPENING: Final[Arguments] = {
    "cycle": PRINTS,
    "order_id": "PO-2",
    "ordered_on": MONDAY,
    "delivery_on": FRIDAY,
    "plan_from": MONDAY,
    "invoice_id": None,
    "vendor": None,
    "entered_on": MONDAY,
    "due_on": FRIDAY,
    "department": None,
    "user": None,
    **BY,
}
FIELDS: Final[Arguments] = {name: getattr(PRINTS["lab"], name) for name in names_of(PRINTS["lab"])}
MIGRATION: Final[Arguments] = {"cycle": NEXT_CYCLE, "mapping": {}, **BY}
UNDOING: Final[Arguments] = {"cycles": [PRINTS], **BY}
PAGE: Final[Arguments] = {"automatic": True, "given_up": False, "after": ITEM, "limit": 1}
DELIVERING: Final[Arguments] = {
    "act": print,
    "as_of": MONDAY,
    "now": lambda: NOON,
    "lease": timedelta(1),
    "retry": Backoff(),
    "limit": 1,
}
RULES: Final[Arguments] = {"since": MONDAY, "until": FRIDAY}

# The calls, with valid arguments.
CALLS: Final[list[tuple[Call, Arguments]]] = [
    (ChangeRules().refusals, {"proposal": PROPOSAL}),
    (by_position(Backward().due_on), {"planning": PLANNING}),
    (by_position(Forward().due_on), {"planning": PLANNING}),
    (by_position(FromEntry().due_on), {"planning": PLANNING}),
    (FLOW.accept, {"proposal": PROPOSAL, **RECORDING}),
    (FLOW.accept_all, {"bulk": BULK, **RECORDING}),
    (FLOW.advance, {"order": ORDER, **TODAY, **RECORDING, **EXPECT, **OVERRIDES}),
    (FLOW.advance_all, {"orders": [ORDER], **TODAY, **RECORDING, **EXPECT_ALL, **OVERRIDES}),
    (FLOW.amend, {"order": ORDER, **BY, **EXPECT, **AMENDMENTS}),
    (FLOW.amend_all, {"orders": [ORDER], **BY, **EXPECT_ALL, **AMENDMENTS}),
    (FLOW.choices, {"order": ORDER, **TODAY}),
    (FLOW.choices_all, {"orders": [ORDER], **TODAY}),
    (FLOW.migrate, {"order": ORDER, **EXPECT, **MIGRATION}),
    (FLOW.migrate_all, {"orders": [ORDER], **EXPECT_ALL, **MIGRATION}),
    (FLOW.open, OPENING),
    (FLOW.propose, {"order": ORDER, **TODAY, **EXPECT, **OVERRIDES}),
    (FLOW.propose_all, {"orders": [ORDER], **TODAY, **EXPECT_ALL, **OVERRIDES}),
    (FLOW.reminders, {"order": ORDER, "today": MONDAY}),
    (FLOW.reminders_all, {"orders": [ORDER], "today": MONDAY}),
    (FLOW.replan, {"order": ORDER, **BY, **EXPECT}),
    (FLOW.replan_all, {"orders": [ORDER], **BY, **EXPECT_ALL}),
    (FLOW.revise, {"proposal": PROPOSAL, **TODAY, **EXPECT, **OVERRIDES}),
    (FLOW.revise_all, {"bulk": BULK, **TODAY, **OVERRIDES}),
    (FLOW.undo, {"order": ADVANCED.order, "entries": HISTORY, "expect": 2, **UNDOING}),
    (FLOW.undo_all, {"histories": [(ADVANCED.order, HISTORY)], **EXPECT_ALL, **UNDOING}),
    (ORDER.apply, {"entry": ADOPTED.entry, "cycle": NEXT_CYCLE}),
    (ORDER.is_overdue, {"today": MONDAY}),
    (ORDER.is_past_delivery, {"today": MONDAY}),
    (OrderQuery().matches, {"order": ORDER}),
    (OrderQuery().select, {"orders": [ORDER]}),
    (OrderQuery().count, {"orders": [ORDER], "by": "status"}),
    (OrderQuery().position, {"order": ORDER}),
    (PLAN.past, {"today": MONDAY}),
    (PRINTS.__getitem__, {"key": "lab"}),
    (PRINTS.add, {"status": Status("new", "New"), "index": 0}),
    (PRINTS.deactivate, {"key": "lab"}),
    (PRINTS.move_down, {"key": "lab"}),
    (PRINTS.move_to, {"key": "lab", "index": 0}),
    (PRINTS.move_up, {"key": "lab"}),
    (PRINTS.next_after, {"key": "lab"}),
    (PRINTS.place, {"key": "lab"}),
    (PRINTS.reactivate, {"key": "lab"}),
    (PRINTS.remove, {"key": "lab"}),
    (PRINTS.replace, FIELDS),
    (PRINTS.set_final, {"key": "lab"}),
    (PRINTS.set_initial, {"key": "lab"}),
    (ProductionOrder.replay, {"entries": [OPENED.entry], "cycles": [PRINTS]}),
    (Backoff().after, {"attempts": 1, "now": NOON}),
    (STORE.claim, {"as_of": MONDAY, "now": NOON, "lease": timedelta(1), "limit": 1}),
    (by_position(STORE.entries_of), {"command_id": "c-1"}),
    (STORE.extend, {"now": NOON, "lease": timedelta(1)}),
    (by_position(partial(STORE.extend, now=NOON, lease=timedelta(1))), {"items": ITEM}),
    (partial(STORE.fail, ITEM), {"error": "no", "retry_at": NOON}),
    (by_position(partial(STORE.fail, error="no", retry_at=None)), {"item": ITEM}),
    (by_position(STORE.find), {"query": OrderQuery()}),
    (by_position(STORE.count), {"query": OrderQuery()}),
    (by_position(STORE.histories), {"query": OrderQuery()}),
    (STORE.forget, {"before": MONDAY}),
    (by_position(STORE.get), {"order_id": "PO-1"}),
    (by_position(STORE.get_cycle), {"order_type": "prints", "version": 1}),
    (by_position(STORE.history), {"order_id": "PO-1"}),
    (partial(STORE.history, "PO-1"), {"after": 1, "limit": 1}),
    (by_position(STORE.load), {"order_ids": ["PO-1"]}),
    (by_position(STORE.get_event), {"event_id": "e-1"}),
    (STORE.pending, {"as_of": MONDAY, "order_id": "PO-1", "trigger": "call", **PAGE}),
    (by_position(STORE.release), {"items": ITEM}),
    (by_position(STORE.set_reminders), {"reminders": REMINDERS}),
    (by_position(partial(STORE.put_cycle, replaces=None)), {"cycle": PRINTS}),
    (by_position(partial(STORE.put_settings, **PUT)), {"settings": FlowSettings()}),
    (partial(STORE.put_settings, FlowSettings()), PUT),
    (by_position(STORE.get_settings), {"version": 1}),
    (check_settings, {"settings": FlowSettings(), "replaces": 1, "versions": {1: FlowSettings()}}),
    (by_position(STORE.save), {"changes": OPENED}),
    (by_position(STORE.versions), {"order_type": "prints"}),
    (SendMessage("begun").channel_for, {"contact": Contact()}),
    (WorkingCalendar().add, {"day": MONDAY, "n": 1}),
    (WorkingCalendar().following, {"day": MONDAY}),
    (WorkingCalendar.from_rules, {**RULES, "holidays": (), "extra_working_days": ()}),
    (partial(WorkingCalendar.from_rules, **RULES), {"working_weekdays": (0,)}),
    (WorkingCalendar().is_working_day, {"day": MONDAY}),
    (WorkingCalendar().offsets, {"day": MONDAY, "days": []}),
    (WorkingCalendar().preceding, {"day": MONDAY}),
    (partial(check_reminders, [REMINDERS]), {"version_of": {"PO-1": 1}.get}),
    (deliver_due, {"store": STORE, **DELIVERING}),
    (ITEM.is_free, {"now": NOON}),
    (effective, {"entries": HISTORY}),
    (find_problems, {"statuses": []}),
    (find_rule_problems, {"rules": ChangeRules(), "cycles": []}),
    (FlowSettings().flow, {"order_type": "prints"}),
    (partial(find_settings_problems, {}), {"cycles": []}),
    (find_trigger_problems, {"triggers": [], "cycles": []}),
    (is_wanted, {"event": EVENT, "order": ORDER}),
    (lease_bounds, {"now": NOON, "lease": timedelta(1)}),
    (plan, {"cycle": PRINTS, "policy": Forward(), "ordered_on": MONDAY, "delivery_on": FRIDAY}),
    (plan_many, {"cycle": PRINTS, "policy": Forward(), "dates": []}),
    (slug, {"description": "At the lab", "taken": []}),
]

# What the message calls the argument instead: what it passes on, or what it holds.
CALLED_OTHERWISE: Final[list[tuple[Call, Arguments, str]]] = [
    (WorkingCalendar().count, {"start": WRONG, "end": FRIDAY}, "start"),
    (WorkingCalendar().count, {"start": MONDAY, "end": WRONG}, "end"),
    (partial(FLOW.advance, ORDER, **TODAY, **RECORDING), {"to": WRONG}, "a key"),
    (partial(FLOW.open, **OPENING), {"status": WRONG}, "a key"),
    (partial(FLOW.propose, ORDER, **TODAY), {"to": WRONG}, "a key"),
    (partial(FLOW.revise, PROPOSAL), {"to": WRONG}, "a key"),
]

# Arguments with one wrong item.
ITEMS: Final[list[tuple[Call, Arguments, str]]] = [
    (BulkProposal, {"proposals": [WRONG], "refusals": {}}, "proposals"),
    (BulkProposal, {"proposals": [], "refusals": {WRONG: ERROR}}, "an order id in refusals"),
    (BulkProposal, {"proposals": [], "refusals": {"PO-1": WRONG}}, "a refusal"),
    (partial(BulkChoice, PRINTS["lab"]), {"open_to": [WRONG], "refusals": {}}, "open_to"),
    (partial(BulkChoice, PRINTS["lab"], []), {"refusals": {WRONG: ()}}, "an order id in refusals"),
    (partial(BulkChoice, PRINTS["lab"], []), {"refusals": {"PO-1": WRONG}}, "refusals"),
    (partial(BulkChoice, PRINTS["lab"], []), {"refusals": {"PO-1": [WRONG]}}, "refusals"),
    (partial(Choice, PRINTS["lab"], None), {"refusals": [WRONG]}, "refusals"),
    (partial(Choice, PRINTS["lab"], None), {"needs": [WRONG]}, "needs"),
    (partial(Refusal, "guard", "no"), {"keys": [WRONG]}, "an item of keys"),
    (ChangeRules, {"note_required": [WRONG]}, "note_required"),
    (ChangeRules, {"targets": {WRONG: ["lab"]}}, "a key of targets"),
    (ChangeRules, {"targets": {"lab": WRONG}}, "targets"),
    (ChangeRules, {"targets": {"lab": [WRONG]}}, "an item of targets"),
    (Contact, {"channels": [WRONG]}, "an item of channels"),
    (CustomAction, {"name": "ring", "payload": [WRONG]}, "payload"),
    (CustomAction, {"name": "ring", "payload": {WRONG: 1}}, "a key of payload"),
    (CustomAction, {"name": "ring", "payload": {"loud": WRONG}}, "an item of payload"),
    (Entering, {"moves": [WRONG]}, "moves"),
    (FLOW.advance_all, {"orders": [WRONG], **TODAY, **RECORDING}, "orders"),
    (FLOW.amend_all, {"orders": [WRONG], **BY}, "orders"),
    (FLOW.migrate_all, {"orders": [WRONG], **MIGRATION}, "orders"),
    (FLOW.propose_all, {"orders": [WRONG], **TODAY}, "orders"),
    (FLOW.reminders_all, {"orders": [WRONG], "today": MONDAY}, "orders"),
    (FLOW.replan_all, {"orders": [WRONG], **BY}, "orders"),
    (FLOW.choices_all, {"orders": [WRONG], **TODAY}, "orders"),
    (FLOW.propose_all, {"orders": [ORDER], **TODAY, "expect": {"PO-1": WRONG}}, "expect.*"),
    (FLOW.undo, {"order": ORDER, "entries": [WRONG], **BY}, "entries"),
    (FLOW.undo, {"order": ORDER, "entries": [], **BY, "cycles": [WRONG]}, "cycles"),
    (FLOW.undo_all, {"histories": [WRONG], **BY}, "histories"),
    (FLOW.undo_all, {"histories": [(WRONG, [])], **BY}, "order"),
    (FLOW.undo_all, {"histories": [(ORDER, WRONG)], **BY}, "entries"),
    (Leaving, {"moves": [WRONG]}, "moves"),
    (OrderQuery().select, {"orders": [WRONG]}, "orders"),
    (OrderQuery().count, {"orders": [WRONG]}, "orders"),
    (ProductionFlow, {"triggers": [WRONG]}, "triggers"),
    (ProductionOrder.replay, {"entries": [WRONG], "cycles": []}, "entries"),
    (ProductionOrder.replay, {"entries": [OPENED.entry, WRONG], "cycles": [PRINTS]}, "entry"),
    (ProductionOrder.replay, {"entries": [], "cycles": [WRONG]}, "cycles"),
    (SendMessage, {"template": "begun", "channels": [WRONG]}, "an item of channels"),
    (StatusCycle, {"order_type": "prints", "statuses": [WRONG]}, "statuses"),
    (Where, {"vendor": [WRONG]}, "an item of vendor"),
    (by_position(STORE.acknowledge), {"items": WRONG}, "an item"),
    (by_position(STORE.dismiss), {"items": WRONG}, "an item"),
    (by_position(check_reminders), {"reminders": [WRONG], "version_of": len}, "reminders"),
    (by_position(partial(outbox_effect, [])), {"causes": WRONG}, "an item of causes"),
    (partial(evolve, REMINDERS), {"events": [WRONG]}, "events"),
    (WorkingCalendar, {"extra_working_days": [WRONG]}, "an extra working day"),
    (WorkingCalendar, {"holidays": [WRONG]}, "a holiday"),
    (WorkingCalendar, {"working_weekdays": [WRONG]}, "an item of working_weekdays"),
    (by_position(STORE.load), {"order_ids": [WRONG]}, "order_ids"),
    (partial(FLOW.migrate, ORDER), {**MIGRATION, "mapping": {WRONG: "lab"}}, "a key of mapping"),
    (partial(FLOW.migrate, ORDER), {**MIGRATION, "mapping": {"lab": WRONG}}, "an item of mapping"),
    (partial(WorkingCalendar().offsets, MONDAY), {"days": [WRONG]}, "days"),
    (partial(WorkingCalendar.from_rules, WRONG, **RULES), {}, "a rule"),
    (partial(evolve, CHANGED), {"skipped": [WRONG]}, "an item of skipped"),
    (partial(evolve, OPENED), {"events": [WRONG]}, "events"),
    (partial(evolve, PLAN), {"due_dates": (WRONG,)}, "an item of due_dates"),
    (partial(evolve, PLAN), {"earliest_dates": (WRONG,)}, "an item of earliest_dates"),
    (partial(evolve, PLAN), {"latest_dates": (WRONG,)}, "an item of latest_dates"),
    (partial(evolve, PROBLEM), {"keys": [WRONG]}, "an item of keys"),
    (partial(evolve, PROPOSAL), {"given": [WRONG]}, "given"),
    (partial(evolve, PROPOSAL), {"refusals": [WRONG]}, "refusals"),
    (effective, {"entries": [WRONG]}, "entries"),
    (find_rule_problems, {"rules": ChangeRules(), "cycles": [WRONG]}, "cycles"),
    (FlowSettings, {"triggers": [WRONG]}, "triggers"),
    (FlowSettings, {"calendars": {WRONG: WorkingCalendar()}}, "a key of calendars"),
    (FlowSettings, {"calendars": {"shop": WRONG}}, "calendars.*"),
    (FlowSettings, {"by_order_type": {WRONG: TypeSettings()}}, "a key of by_order_type"),
    (FlowSettings, {"by_order_type": {"prints": WRONG}}, "by_order_type.*"),
    (partial(SettingsProblem, "code", "error"), {"path": [WRONG], "message": ""}, "path"),
    (partial(evolve, PROPOSAL), {"skipped": [WRONG]}, "skipped"),
    (partial(evolve, TRIGGER), {"order_types": [WRONG]}, "an item of order_types"),
    (partial(find_settings_problems, {}), {"cycles": [WRONG]}, "cycles"),
    (partial(find_trigger_problems, triggers=[]), {"cycles": [WRONG]}, "cycles"),
    (partial(plan_many, PRINTS, Forward()), {"dates": [WRONG]}, "dates"),
    (partial(plan_many, PRINTS, Forward()), {"dates": [(WRONG,)]}, "dates"),
    (partial(plan_many, PRINTS, Forward()), {"dates": [(WRONG, None)]}, "ordered_on"),
    (partial(plan_many, PRINTS, Forward()), {"dates": [(MONDAY, WRONG)]}, "delivery_on"),
    (partial(slug, "At the lab"), {"taken": [WRONG]}, "taken"),
]


@pytest.mark.parametrize(
    ("call", "arguments", "name"),
    [(call, {**valid, name: WRONG}, name) for call, valid in CALLS for name in valid],
)
def test_a_refusal_names_the_argument(call: Call, arguments: Arguments, name: str) -> None:
    """For a value of the wrong kind, the message names the argument and shows the value."""
    with pytest.raises((TypeError, ValueError), match=rf"^(a )?{name} must .*Ellipsis"):
        call(**arguments)


@pytest.mark.parametrize(
    ("value", "name"),
    [(value, name) for value in VALUES for name in names_of(value)],
)
def test_a_refusal_names_the_field(value: Anything, name: str) -> None:
    """For a value of the wrong kind, the message names the field and shows the value."""
    with pytest.raises((TypeError, ValueError), match=rf"^{name} must .*Ellipsis"):
        evolve(value, **{name: WRONG})


@pytest.mark.parametrize(("call", "arguments", "called"), [*CALLED_OTHERWISE, *ITEMS])
def test_a_refusal_says_what_is_wrong(call: Call, arguments: Arguments, called: str) -> None:
    """For one wrong item, the message says what it is and shows it, but not the others."""
    with pytest.raises((TypeError, ValueError), match=rf"^{called} must .*Ellipsis"):
        call(**arguments)
