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
    Backward,
    BulkProposal,
    ChangeRules,
    Choice,
    Completing,
    Contact,
    CreateTask,
    CustomAction,
    CycleProblem,
    DaysFromDue,
    DaysInStatus,
    Entering,
    Forward,
    FromEntry,
    Held,
    Leaving,
    MemoryStore,
    Move,
    OrderQuery,
    ProductionFlow,
    ProductionOrder,
    SameStatusError,
    SendMessage,
    Status,
    StatusCycle,
    Trigger,
    TriggerEvent,
    TriggerProblem,
    WorkingCalendar,
    find_problems,
    find_trigger_problems,
    plan,
    plan_many,
    slug,
)

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
    action=CreateTask("Call"),
    fire_on=MONDAY,
    dated=True,
    while_in_status=True,
    automatic=True,
)
REFUSAL: Final = SameStatusError("PO-1", "lab")
CHANGED: Final = FLOW.accept(PROPOSAL, at=NOON).entry
PROBLEM: Final = CycleProblem("no-final", "error", (), "one status must be final")
TRIGGER: Final = Trigger("call", Entering(), CreateTask("Call"))
PLAN: Final = plan(PRINTS, Forward(), ordered_on=MONDAY)

VALUES: Final = (
    ADOPTED.entry,
    Backward(),
    BULK,
    ChangeRules(),
    Choice(PRINTS["lab"], Move.NEXT),
    Completing("lab"),
    Contact(),
    CreateTask("Call"),
    CustomAction("ring"),
    PROBLEM,
    DaysFromDue("lab", 1),
    DaysInStatus("lab", 1),
    EVENT,
    Entering("lab"),
    FLOW,
    CHANGED,
    FLOW.amend(ORDER, by="ann", at=NOON).entry,
    Forward(),
    FromEntry(),
    Held(due_on=None, due_on_is_manual=False, department=None, user=None),
    Leaving("lab"),
    OPENED,
    OPENED.entry,
    ORDER,
    OrderQuery(),
    PLAN,
    PLAN[0],
    PRINTS,
    PRINTS["lab"],
    PROPOSAL,
    SendMessage("begun"),
    TRIGGER,
    TriggerProblem("unknown-status", "call", "no such status"),
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


RECORDING: Final[Arguments] = {"at": NOON, "recorded_by": None, "command_id": None}
BY: Final[Arguments] = {"by": "ann", "note": "", **RECORDING}
TODAY: Final[Arguments] = {"today": MONDAY, "by": "ann"}
OVERRIDES: Final[Arguments] = {
    "expect": "ordered",
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
    "invoice_id": None,
    "vendor": None,
    **BY,
}
FIELDS: Final[Arguments] = {name: getattr(PRINTS["lab"], name) for name in names_of(PRINTS["lab"])}
MIGRATION: Final[Arguments] = {"cycle": NEXT_CYCLE, "mapping": {}, **BY}
DATES: Final[Arguments] = {"ordered_on": MONDAY, "delivery_on": FRIDAY, "entered_on": MONDAY}
RULES: Final[Arguments] = {"since": MONDAY, "until": FRIDAY}

# The calls, with valid arguments.
CALLS: Final[list[tuple[Call, Arguments]]] = [
    (ChangeRules().reasons, {"proposal": PROPOSAL}),
    (partial(Backward().due_on, **DATES), {"cycle": PRINTS, "key": "lab"}),
    (partial(Forward().due_on, **DATES), {"cycle": PRINTS, "key": "lab"}),
    (partial(FromEntry().due_on, **DATES), {"cycle": PRINTS, "key": "lab"}),
    (FLOW.accept, {"proposal": PROPOSAL, **RECORDING}),
    (FLOW.accept_all, {"bulk": BULK, **RECORDING}),
    (FLOW.advance, {"order": ORDER, **TODAY, **RECORDING, **OVERRIDES}),
    (FLOW.advance_all, {"orders": [ORDER], **TODAY, **RECORDING, **OVERRIDES}),
    (FLOW.amend, {"order": ORDER, **BY, **AMENDMENTS}),
    (FLOW.amend_all, {"orders": [ORDER], **BY, **AMENDMENTS}),
    (FLOW.choices, {"order": ORDER, **TODAY}),
    (FLOW.migrate, {"order": ORDER, **MIGRATION}),
    (FLOW.migrate_all, {"orders": [ORDER], **MIGRATION}),
    (FLOW.open, OPENING),
    (FLOW.propose, {"order": ORDER, **TODAY, **OVERRIDES}),
    (FLOW.propose_all, {"orders": [ORDER], **TODAY, **OVERRIDES}),
    (FLOW.replan, {"order": ORDER, **BY}),
    (FLOW.replan_all, {"orders": [ORDER], **BY}),
    (FLOW.revise, {"proposal": PROPOSAL, **TODAY, **OVERRIDES}),
    (ORDER.apply, {"entry": ADOPTED.entry, "cycle": NEXT_CYCLE}),
    (ORDER.is_overdue, {"today": MONDAY}),
    (ORDER.is_past_delivery, {"today": MONDAY}),
    (OrderQuery().matches, {"order": ORDER}),
    (OrderQuery().select, {"orders": [ORDER]}),
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
    (by_position(STORE.acknowledge), {"event_ids": "e-1"}),
    (STORE.claim, {"as_of": MONDAY, "now": NOON, "lease": timedelta(1), "limit": 1}),
    (by_position(STORE.dismiss), {"event_ids": "e-1"}),
    (by_position(STORE.entries_of), {"command_id": "c-1"}),
    (by_position(STORE.find), {"query": OrderQuery()}),
    (STORE.forget, {"before": MONDAY}),
    (by_position(STORE.get), {"order_id": "PO-1"}),
    (by_position(STORE.get_cycle), {"order_type": "prints", "version": 1}),
    (by_position(STORE.history), {"order_id": "PO-1"}),
    (partial(STORE.history, "PO-1"), {"after": 1, "limit": 1}),
    (by_position(STORE.load), {"order_ids": ["PO-1"]}),
    (STORE.pending, {"as_of": MONDAY, "after": EVENT, "limit": 1, "automatic": True}),
    (by_position(STORE.put_cycle), {"cycle": PRINTS}),
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
    (find_problems, {"statuses": []}),
    (find_trigger_problems, {"triggers": [], "cycles": []}),
    (plan, {"cycle": PRINTS, "policy": Forward(), "ordered_on": MONDAY, "delivery_on": FRIDAY}),
    (plan_many, {"cycle": PRINTS, "policy": Forward(), "dates": []}),
    (slug, {"description": "At the lab", "taken": []}),
]

# What the message calls the argument instead: what it passes on, or what it holds.
CALLED_OTHERWISE: Final[list[tuple[Call, Arguments, str]]] = [
    (partial(Backward().due_on, PRINTS, "lab", **DATES), {"delivery_on": WRONG}, "day"),
    (partial(Backward().due_on, PRINTS, "client", **DATES), {"entered_on": WRONG}, "day"),
    (partial(Forward().due_on, PRINTS, "lab", **DATES), {"ordered_on": WRONG}, "day"),
    (partial(FromEntry().due_on, PRINTS, "lab", **DATES), {"entered_on": WRONG}, "day"),
    (WorkingCalendar().count, {"start": WRONG, "end": FRIDAY}, "start"),
    (WorkingCalendar().count, {"start": MONDAY, "end": WRONG}, "end"),
    (partial(FLOW.advance, ORDER, **TODAY, **RECORDING), {"to": WRONG}, "a key"),
    (partial(FLOW.open, **OPENING), {"status": WRONG}, "a key"),
    (partial(FLOW.propose, ORDER, **TODAY), {"to": WRONG}, "a key"),
    (partial(FLOW.revise, PROPOSAL), {"to": WRONG}, "a key"),
    (partial(evolve, PROPOSAL), {"refusals": WRONG}, "reasons"),
]

# Arguments with one wrong item.
ITEMS: Final[list[tuple[Call, Arguments, str]]] = [
    (BulkProposal, {"proposals": [WRONG], "refusals": {}}, "proposals"),
    (BulkProposal, {"proposals": [], "refusals": {WRONG: REFUSAL}}, "an order id in refusals"),
    (BulkProposal, {"proposals": [], "refusals": {"PO-1": WRONG}}, "a refusal"),
    (ChangeRules, {"note_required": [WRONG]}, "note_required"),
    (ChangeRules, {"targets": {WRONG: ["lab"]}}, "a key of targets"),
    (ChangeRules, {"targets": {"lab": WRONG}}, "targets"),
    (ChangeRules, {"targets": {"lab": [WRONG]}}, "an item of targets"),
    (Contact, {"channels": [WRONG]}, "a channel"),
    (CustomAction, {"name": "ring", "payload": [WRONG]}, "payload"),
    (CustomAction, {"name": "ring", "payload": {WRONG: 1}}, "a name in payload"),
    (CustomAction, {"name": "ring", "payload": {"loud": WRONG}}, "a value in payload"),
    (Entering, {"moves": [WRONG]}, "moves"),
    (FLOW.advance_all, {"orders": [WRONG], **TODAY, **RECORDING}, "orders"),
    (FLOW.amend_all, {"orders": [WRONG], **BY}, "orders"),
    (FLOW.migrate_all, {"orders": [WRONG], **MIGRATION}, "orders"),
    (FLOW.propose_all, {"orders": [WRONG], **TODAY}, "orders"),
    (FLOW.replan_all, {"orders": [WRONG], **BY}, "orders"),
    (Leaving, {"moves": [WRONG]}, "moves"),
    (OrderQuery().select, {"orders": [WRONG]}, "order"),
    (ProductionFlow, {"triggers": [WRONG]}, "triggers"),
    (ProductionOrder.replay, {"entries": [WRONG], "cycles": []}, "entries"),
    (ProductionOrder.replay, {"entries": [OPENED.entry, WRONG], "cycles": [PRINTS]}, "entry"),
    (ProductionOrder.replay, {"entries": [], "cycles": [WRONG]}, "cycles"),
    (SendMessage, {"template": "begun", "channels": [WRONG]}, "a channel"),
    (StatusCycle, {"order_type": "prints", "statuses": [WRONG]}, "statuses"),
    (WorkingCalendar, {"extra_working_days": [WRONG]}, "an extra working day"),
    (WorkingCalendar, {"holidays": [WRONG]}, "a holiday"),
    (WorkingCalendar, {"working_weekdays": [WRONG]}, "a working weekday"),
    (by_position(STORE.load), {"order_ids": [WRONG]}, "order_ids"),
    (partial(FLOW.migrate, ORDER), {**MIGRATION, "mapping": {WRONG: "lab"}}, "a key of mapping"),
    (partial(FLOW.migrate, ORDER), {**MIGRATION, "mapping": {"lab": WRONG}}, "a value of mapping"),
    (partial(WorkingCalendar().offsets, MONDAY), {"days": [WRONG]}, "days"),
    (partial(WorkingCalendar.from_rules, WRONG, **RULES), {}, "a rule"),
    (partial(evolve, CHANGED), {"skipped": [WRONG]}, "an item of skipped"),
    (partial(evolve, OPENED), {"events": [WRONG]}, "events"),
    (partial(evolve, PLAN), {"due_dates": (WRONG,)}, "an item of due_dates"),
    (partial(evolve, PLAN), {"earliest_dates": (WRONG,)}, "an item of earliest_dates"),
    (partial(evolve, PLAN), {"latest_dates": (WRONG,)}, "an item of latest_dates"),
    (partial(evolve, PROBLEM), {"keys": [WRONG]}, "an item of keys"),
    (partial(evolve, PROPOSAL), {"given": [WRONG]}, "given"),
    (partial(evolve, PROPOSAL), {"refusals": [WRONG]}, "reasons"),
    (partial(evolve, PROPOSAL), {"skipped": [WRONG]}, "skipped"),
    (partial(evolve, TRIGGER), {"order_types": [WRONG]}, "an item of order_types"),
    (partial(find_trigger_problems, cycles=[]), {"triggers": [WRONG]}, "triggers"),
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
    [
        (value, name)
        for value in VALUES
        for name in names_of(value)
        if (value, name) != (PROPOSAL, "refusals")  # whose message speaks of reasons, see above
    ],
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
