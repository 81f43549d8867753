"""Bad input: a call with any argument gives a value or a clear refusal.

Theory of operation. `CALLS` has one valid call of every public callable that takes arguments. The
callables and their arguments are found by inspection of `__all__`, so a new one fails here until it
has a call. Each test replaces one argument of one valid call; the test ids name the pairs.
"""

import dis
import inspect
import itertools
import pickle
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from functools import cache
from types import EllipsisType, MappingProxyType, NoneType, UnionType
from typing import (
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import pytest
from attrs import NOTHING, evolve, fields, frozen, has
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import prodflow
from prodflow import (
    EVERY_DAY,
    Backoff,
    Backward,
    BulkChoice,
    BulkRefusedError,
    Change,
    ChangeRefusedError,
    ChangeRules,
    Choice,
    ClosingChangedError,
    CommandReusedError,
    Completing,
    CompletionDateError,
    Contact,
    CreateTask,
    CursorError,
    CustomAction,
    CycleConflictError,
    CycleNotFoundError,
    CycleProblem,
    DamagedRowError,
    DateOutOfRangeError,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    DefinitionError,
    Delivered,
    DuplicateOrderError,
    Entering,
    FactChanges,
    Facts,
    FlowSettings,
    Forward,
    FromEntry,
    HistoryEntry,
    InactiveStatusError,
    InvalidCycleError,
    InvalidSettingsError,
    InvalidTriggersError,
    KeyReusedError,
    Leaving,
    MemoryStore,
    Message,
    MissingDeliveryDateError,
    MixedOrderTypesError,
    Move,
    NoNextStatusError,
    NothingToUndoError,
    Opening,
    OrderMovedError,
    OrderNotFoundError,
    OrderQuery,
    OutboxItem,
    Permission,
    PlanningFacts,
    ProdflowError,
    ProductionFlow,
    ProductionOrder,
    Reason,
    Refusal,
    RuleError,
    RuleProblem,
    SameStatusError,
    SendMessage,
    SettingsNotFoundError,
    SettingsProblem,
    SplitError,
    StaleCycleError,
    StaleOrdersError,
    StaleSettingsError,
    Status,
    StatusCycle,
    StatusMovedError,
    StoreError,
    Terms,
    Trigger,
    TriggerProblem,
    TypeSettings,
    UnknownStatusError,
    UnmappedStatusError,
    VendorTerms,
    Where,
    Words,
    WorkingCalendar,
    codec,
    diagrams,
    export,
    forms,
    hub,
    invoices,
    outlook,
    plan,
    samples,
)
from prodflow.export import Table
from prodflow.hub import (
    CycleTime,
    Load,
    OnTime,
    Span,
)
from prodflow.invoices import (
    FirstPayment,
    InStatus,
    Invoice,
    InvoiceLine,
    InvoiceOrders,
    InvoiceProgress,
    InvoiceSaved,
    Notify,
    OnCompletion,
    PaidAtLeast,
    PaidInFull,
    PlacedOrder,
    SetDeliveredOn,
    SetInvoiceStatus,
    UnplacedLine,
    order_id_for,
)
from prodflow.samples import Sample
from prodflow.testing._cases import few

from ._parts import parts

# --- One of everything ------------------------------------------------------------------------

MONDAY: Final = date(2026, 11, 16)
NOON: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)
RECORDED: Final = {
    "by": "ann",
    "at": NOON,
    "recorded_by": "bob",
    "note": "why",
    "command_id": "cmd-9",
}
BY: Final = RECORDED | {"roles": ["office", "lead"]}

CALENDAR: Final = WorkingCalendar(holidays=[date(2026, 12, 25)])
LAB_TERMS: Final = VendorTerms(durations={"lab": 4}, calendars={"lab": CALENDAR})
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", default_duration=1, initial=True),
        Status("retouch", "Retouch", default_duration=3, default_user="ann"),
        Status("lab", "At the lab", default_duration=2),
        Status("done", "Delivered", final=True),
        Status("hold", "On hold", non_standard=True),
        Status("old", "Given up", default_duration=2, non_standard=True, inactive=True),
        Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
    ],
    description="Prints",
)
NEXT_CYCLE: Final = CYCLE.add(Status("frame", "Framing"), 3)
MAPPED: Final = CYCLE.remove("retouch")
MAPPING: Final = {"retouch": "lab"}
ALBUMS: Final = StatusCycle(
    "albums",
    [Status("ordered", "Ordered", initial=True), Status("bound", "Bound", final=True)],
)
TRIGGERS: Final = (
    Trigger("call", DaysInStatus("lab", 3), CreateTask("Call the lab", due_days=1)),
    Trigger("tell", Entering("retouch"), SendMessage("begun", channels=("email", "call"))),
    Trigger("remind", DaysFromDue(None, -1), CustomAction("ring", {"loud": True})),
)
TORN: Final = Reason("torn", "Torn in the post")
LEADS: Final = Permission(
    ["lead"], to={"old"}, from_={"lab"}, moves={Move.SKIP}, where=Where(facts={"rush": True})
)
OFFICE: Final = Permission(["office"], verbs={"split"})
RULES: Final = ChangeRules(
    note_required={Move.BACK},
    reason_required={Move.REOPEN},
    reasons=[TORN],
    targets={"old": ["ordered"]},
    permissions=[LEADS, OFFICE],
)
FACTS_GIVEN: Final[dict[str, Any]] = {
    "client": "Lee",
    "copies": 2,
    "price": Decimal("1.50"),
    "rush": True,
    "shot": MONDAY,
}
ABOUT: Final[dict[str, Any]] = {"facts": FACTS_GIVEN, "priority": 5, "quantity": 12}
FLOW: Final = ProductionFlow(due_dates=Forward(CALENDAR), triggers=TRIGGERS, rules=RULES)

OPENED: Final = FLOW.open(
    CYCLE,
    order_id="A-1",
    ordered_on=MONDAY,
    delivery_on=date(2026, 12, 4),
    by="ann",
    at=NOON,
    **ABOUT,
)
ADVANCED: Final = FLOW.advance(OPENED.order, today=date(2026, 11, 17), by="ann", at=NOON)
ORDER: Final = ADVANCED.order
OTHER: Final = FLOW.open(CYCLE, order_id="A-2", ordered_on=MONDAY, by="ann", at=NOON)
ALBUM: Final = FLOW.open(ALBUMS, order_id="B-1", ordered_on=MONDAY, by="ann", at=NOON)
PROPOSAL: Final = FLOW.propose(ORDER, today=date(2026, 11, 18), by="ann", user="cy", note="why")
HOLD: Final = FLOW.advance(
    ORDER, today=date(2026, 11, 19), by="ann", at=NOON, to="hold", current_complete=False
)
AMENDED: Final = FLOW.amend(ORDER, by="ann", at=NOON, vendor="lab one", facts={"rush": None})
MIGRATED: Final = FLOW.migrate(ORDER, NEXT_CYCLE, by="ann", at=NOON)
ENTRIES: Final = (OPENED.entry, ADVANCED.entry)
SPLIT: Final = FLOW.split(ORDER, [("A-1-b", 3)], by="ann", at=NOON, roles=["office"])[0]
UNDONE: Final = FLOW.undo(AMENDED.order, [*ENTRIES, AMENDED.entry], by="ann", at=NOON)
BULK: Final = FLOW.propose_all([ORDER, OTHER.order], today=date(2026, 11, 18), by="ann")
PLAN: Final = plan(CYCLE, FLOW.due_dates, ordered_on=MONDAY, delivery_on=date(2026, 12, 4))
EXPECTED: Final = next(filter(None, [outlook(ORDER, FLOW.due_dates, today=MONDAY)]))
AT_RISK: Final = hub.at_risk(
    [evolve(ORDER, delivery_on=MONDAY)], FLOW.due_dates, today=date(2027, 1, 4)
)
LOAD: Final = hub.load([ORDER], FLOW.due_dates, today=MONDAY, horizon=30)
EXPERIENCE: Final = hub.learn([ENTRIES], [CYCLE], as_of=date(2026, 11, 30), calendar=CALENDAR)
FORECASTS: Final = hub.forecast([ORDER], EXPERIENCE, today=date(2026, 11, 30))
JUDGED: Final = hub.JudgedForecast(
    "A-1", ((1, 0.25), (3, 1.0)), date(2026, 11, 19), 2.5, chance=0.25, is_met=True
)
BACKTEST: Final = hub.Backtest(
    rows=(
        hub.BacktestRow(
            cut_on=MONDAY,
            orders=2,
            told=2,
            judged=(JUDGED,),
            calendar=CALENDAR,
            last_on=date(2026, 11, 30),
        ),
    ),
    window_days=365,
    at_least=20,
    warnings=("selected-by-end",),
)
TOLD: Final = evolve(
    FORECASTS[0],
    reason=None,
    comparable=3,
    still_open=1,
    cancelled_share=0.25,
    curve=((1, 0.25), (3, 1.0)),
)
ORDER_PLAN: Final = hub.order_plan(ORDER, FLOW.due_dates, ENTRIES, today=MONDAY)
DIGEST: Final = hub.digest([ORDER], today=date(2027, 1, 4))
BEYOND: Final = hub.beyond_calendar(
    [ORDER], Forward(WorkingCalendar(known_through=date(2026, 1, 1)))
)
PROMISES: Final = hub.OnTimeByVendor(rows=(hub.VendorOnTime("West", 3, 2, 1),))
NOT_NOW: Final = Refusal("guard", "not now", ("lab",))
REFUSED: Final = SameStatusError("A-1", "retouch")
LINE: Final = InvoiceLine("1", order_type="prints", vendor="lab one", description="5 x 7")
UNPLACED: Final = UnplacedLine(InvoiceLine("2"), ("no-order-type", "no-vendor"))
REASONS: Final = [Reason("late", "Late", moves={Move.BACK})]
INVOICE: Final = Invoice(
    "I-1",
    (LINE, UNPLACED.line),
    total=Decimal("90.00"),
    paid=Decimal("45.00"),
    status="approved",
    invoiced_on=MONDAY,
    delivery_on=date(2026, 12, 4),
)
PLACED: Final = PlacedOrder(
    FLOW.open(
        CYCLE,
        order_id="I-1-prints",
        ordered_on=MONDAY,
        invoice_id="I-1",
        vendor="lab one",
        by="ann",
        at=NOON,
    ),
    (LINE,),
)
PAST: Final = (*ENTRIES, HOLD.entry)
ITEM: Final = OutboxItem(
    ADVANCED.events[0], attempts=1, last_error="bounced", retry_at=NOON, leased_until=NOON
)
REMINDERS: Final = FLOW.reminders(ORDER, today=date(2026, 11, 18))
FACTS: Final = PlanningFacts(
    cycle=CYCLE,
    status=CYCLE["lab"],
    plan_from=date(2026, 11, 17),
    ordered_on=MONDAY,
    delivery_on=date(2026, 12, 4),
    entered_on=date(2026, 11, 18),
    paused_working_days=1,
    held_days=2,
    vendor="lab one",
    quantity=12,
    priority=5,
    facts=FACTS_GIVEN,
)
VISITS: Final = hub.visits(PAST)
REASONED: Final = (
    *ENTRIES,
    FLOW.advance(ORDER, today=MONDAY, by="ann", at=NOON, reason="torn").entry,
)
BOARD: Final = hub.board([ORDER, ALBUM.order], today=MONDAY)
WORKLOAD: Final = hub.workload([ORDER, ALBUM.order], today=MONDAY)
REPORT: Final = hub.status_report([ORDER, ALBUM.order], today=MONDAY)
FAMILIES: Final = hub.family([ORDER, ALBUM.order])
LIST: Final = hub.overdue([ORDER, OTHER.order], today=date(2026, 12, 1))
ACTIVITY: Final = hub.activity([PAST], [CYCLE], since=MONDAY, until=date(2026, 12, 1))
REASON_REPORT: Final = hub.reasons([REASONED], [CYCLE], today=MONDAY)
WORDS: Final = Words(texts={"Due": "fällig"}, number=str, day=str)
MESSAGE: Final = Message("{order_id} is late", {"order_id": "A-1"})


def newest_entries(_: str, /, *, after: int) -> list[HistoryEntry]:
    """The entries of an order after a version."""
    return [OTHER.entry][after:]


WINDOW: Final = forms.window(BULK, FLOW.choices_all([ORDER, OTHER.order], today=MONDAY, by="ann"))
GIVEN: Final = forms.given({"due_on": "2026-12-01", "user": ["", "\n"]}, WINDOW)
SUGGESTED: Final = hub.suggest_durations(
    [PAST], CYCLE, calendar=CALENDAR, as_of=date(2026, 11, 30), at_least=1
)


SETTINGS: Final = FlowSettings(
    due_dates=Forward(EVERY_DAY, calendars={"lab": CALENDAR}),
    rules=RULES,
    by_order_type={"prints": TypeSettings(due_dates=Backward(EVERY_DAY))},
    calendars={"shop": CALENDAR, "spare": EVERY_DAY},
    triggers=list(TRIGGERS),
    cutoff=time(17),
    zone="Europe/Lisbon",
)


def store() -> MemoryStore:
    """A store with two orders, one of them advanced, their cycles and their events."""
    filled = MemoryStore()
    filled.put_cycle(NEXT_CYCLE, replaces=None)
    filled.put_settings(SETTINGS, replaces=None, by="ann", at=NOON)
    filled.save(OPENED, OTHER)
    filled.save(ADVANCED)
    return filled


def weighed(order: ProductionOrder) -> int:
    """What an order counts for."""
    return order.version


def do_nothing(_item: OutboxItem, _order: ProductionOrder) -> None:
    """Act on an event."""


def noon() -> datetime:
    """Read a clock that has stopped."""
    return NOON


def contents(store: MemoryStore) -> object:
    """Everything that a store shows; this claims its events."""
    orders = store.find(OrderQuery())
    types = store.order_types()
    return (
        orders,
        [store.history(order.id) for order in orders],
        [store.get_cycle(key, version) for key in types for version in store.versions(key)],
        [store.get_settings(edit.version) for edit in store.settings_edits()],
        [store.entries_of(command_id) for command_id in ("cmd-1", "cmd-9", "B-1")],
        store.pending(as_of=date.max),
        store.claim(as_of=date.max, now=NOON, lease=timedelta(hours=1)),
        store.forget(before=date.max),
        store.forget_commands(before=date.max),
    )


# Their parts are examples too: a flow has triggers, a report has rows.
EXAMPLES: Final[tuple[object, ...]] = (
    *(EXPECTED, EXPECTED[1], AT_RISK, AT_RISK[0], DIGEST, DIGEST[0]),
    *(BEYOND, BEYOND[0], PROMISES, PROMISES.rows[0]),
    *(BULK, HOLD, PLAN, PLAN[1], PROPOSAL, ORDER, AMENDED.entry, MIGRATED.entry, UNDONE.entry),
    *(SPLIT.entry, ORDER.facts, FactChanges({"rush": None}), RULES, TORN, LEADS),
    *(FACTS, Move.NEXT, BulkChoice(CYCLE["lab"], ["A-1"], {"A-2": (NOT_NOW,), "A-3": REFUSED})),
    *(
        CYCLE.place("lab"),
        Choice(CYCLE["lab"], Move.NEXT, (NOT_NOW,), ("note",)),
        Sample(CYCLE, FLOW),
    ),
    *(Backward(EVERY_DAY, without_delivery="forward"), FromEntry(EVERY_DAY)),
    Terms(Forward(CALENDAR, calendars={"lab": EVERY_DAY}), {"lab one": LAB_TERMS}),
    LAB_TERMS,
    *(Forward(EVERY_DAY, shift_holds=True), Contact(channels={"email", "sms"}, do_not_call=True)),
    *(Completing("lab"), Leaving("lab", moves={Move.NEXT}), DaysFromDue("lab", -2, working=True)),
    OrderQuery(order_type="prints", user=None, due_by=MONDAY, after="due.none.0.QS0x", limit=3),
    OrderQuery(status={"lab", "qa"}, vendor={None}, facts={"client": ["Lee", None]}, text="Lee"),
    TriggerProblem("unknown-status", "call", "no such status", "when.status", 0),
    *(Where(vendor={"lab one", None}, user="ann"), DaysFromDelivery(-3, working=True), REMINDERS),
    *(ITEM, Backoff(factor=1.5), Delivered(done=(ITEM,), failed=(ITEM,))),
    RuleProblem("unknown-status", "lba", "no such status"),
    forms.Answer(WINDOW, [OTHER], "window-1"),
    *(GIVEN, forms.FormProblem("bad-date", "due_on", "this isn't a date")),
    *(SETTINGS, SettingsProblem("code", "error", ["triggers", 0, "condition"], "no code")),
    # Errors
    *(
        ProdflowError("why"),
        RuleError("why"),
        StoreError("why"),
        BulkRefusedError({"A-1": REFUSED}),
    ),
    *(ChangeRefusedError("A-1", (NOT_NOW,)), CommandReusedError("cmd-9", (OPENED.entry,))),
    *(CompletionDateError("A-1", MONDAY, MONDAY, MONDAY), CycleConflictError("prints", 1)),
    *(ClosingChangedError("A-1", "open", "complete"), KeyReusedError("prints", ("lab",))),
    *(NothingToUndoError("A-1"), OrderMovedError("A-1", 1, 2), StaleCycleError("prints", 1, 2)),
    *(SettingsNotFoundError(2), StaleSettingsError(1, 2)),
    *(CursorError("1.7", "beyond"), DamagedRowError("orders", ("A-1",))),
    *(CycleNotFoundError("prints", 1), DateOutOfRangeError(MONDAY, 1)),
    DefinitionError((("$.statuses[0].key", "is missing"),)),
    *(DuplicateOrderError({"A-1": (0, 1)}), InactiveStatusError("prints", "lab")),
    InvalidCycleError(
        order_type="prints",
        problems=(CycleProblem("no-final", "error", ("lab",), "no final", "final", 0),),
    ),
    InvalidSettingsError(
        problems=(SettingsProblem("bad-time", "error", ("cutoff",), "no time"),),
    ),
    InvalidTriggersError(
        problems=(TriggerProblem("bad-text", "call", "no title", "action.title", 0),)
    ),
    *(MissingDeliveryDateError("prints", "lab"), MixedOrderTypesError(("prints", "albums"))),
    *(NoNextStatusError("A-1", "done"), OrderNotFoundError("A-1"), REFUSED),
    SplitError("A-1", "part-below-one", "A-1-b"),
    *(StaleOrdersError({"A-1": (1, 2)}), StatusMovedError("A-1", "lab", "done")),
    *(UnknownStatusError("prints", "lba"), UnmappedStatusError("A-1", "prints", 2, ("lab",))),
    # Invoices
    *(INVOICE, InvoiceOrders(placed=(PLACED,), unplaced=(UNPLACED,)), PaidAtLeast(50)),
    InvoiceProgress(open=1, complete=2, cancelled=3, next_due_on=MONDAY, last_due_on=MONDAY),
    *(InStatus("approved"), SetDeliveredOn("I-1", MONDAY), SetInvoiceStatus("I-1", "ready")),
    OnCompletion(status="ready", delivered=True, notify=(SendMessage("ready"),)),
    Notify("I-1", SendMessage("ready", to="vendor", channels=["sms"], marketing=True)),
    # Reports
    *(hub.cycle_time(VISITS, [CYCLE]), LIST),
    CycleTime("A-1", "prints", MONDAY, MONDAY, MONDAY, 1, Span(0, 0, 0, 0), Span(0, 0, 0, 0)),
    *(hub.lateness_under([PAST], CYCLE, policy=Forward(CALENDAR)), hub.move_graph(VISITS)),
    *(hub.on_time_rate(VISITS), OnTime("prints", "lab", "At the lab", 0, 0), hub.rework(VISITS)),
    *(SUGGESTED, VISITS[0]),
    hub.Pause(MONDAY, date(2026, 11, 18), 2, 7),
    hub.time_in_status(VISITS),
    Load("lab", 1, 0, 0, 0),
    hub.Group("West", WORKLOAD),
    *(BOARD, WORKLOAD, REPORT, FAMILIES, REASON_REPORT),
    *(hub.tracking(ORDER, ENTRIES), hub.PublicStep("In production", "done", MONDAY, MONDAY)),
    *(ORDER_PLAN, LOAD, ACTIVITY, hub.time_by_user(VISITS)),
    *(EXPERIENCE, EXPERIENCE.stays[0], FORECASTS, TOLD, BACKTEST, BACKTEST[0], JUDGED),
    hub.RenamedStatus("prints", 2, "lab", "print-lab"),
    *(WORDS, MESSAGE, REASONS[0], hub.ReasonTotal("late", "Late", True, 1, 3)),  # noqa: FBT003 - a tuple
)

# --- What is public, by inspection ------------------------------------------------------------

Call = Callable[[], dict[str, object]]
OPERATORS: Final = {"__getitem__", "__contains__"}  # the only magic methods that users call
ERROR_WORDS: Final = inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL)
ENUM_VALUE: Final = inspect.Parameter("value", inspect.Parameter.POSITIONAL_ONLY)


def public_callables() -> dict[str, Callable[..., object]]:
    """Every public constructor, method, operator and function, by the name that users write."""
    found: dict[str, Callable[..., object]] = {}
    modules = (prodflow, diagrams, export, forms, hub, invoices, samples)
    for name, value in [(name, getattr(m, name)) for m in modules for name in m.__all__]:
        if not inspect.isclass(value):
            if inspect.isfunction(value):
                found[name] = value
        elif not getattr(value, "_is_protocol", False) and not is_typeddict(value):
            found[name] = value
            found |= {f"{name}.{attribute}": function for attribute, function in methods(value)}
    return found


def methods(cls: type) -> Iterator[tuple[str, Callable[..., object]]]:
    """The public methods of a class, without those that it has from Python's classes."""
    for name in dir(cls):
        raw = inspect.getattr_static(cls, name)
        function = raw.__func__ if isinstance(raw, classmethod | staticmethod) else raw
        is_public = name in OPERATORS or not name.startswith("_")
        if is_public and inspect.isfunction(function) and is_ours(function.__module__):
            yield name, getattr(cls, name)


def is_ours(module: str) -> bool:
    """Whether a module is one of prodflow's."""
    return module.partition(".")[0] == "prodflow"


def parameters(function: Callable[..., object]) -> dict[str, inspect.Parameter]:
    """The parameters of a callable without `self`; each key of a TypedDict is one."""
    if isinstance(function, type) and issubclass(function, Enum):
        return {"value": ENUM_VALUE}
    try:
        found = dict(inspect.signature(function).parameters)
    except ValueError:  # an exception class that leaves its words to Python
        return {"args": ERROR_WORDS}
    found.pop("self", None)
    for name, parameter in tuple(found.items()):
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            del found[name]
            found |= {
                key: inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, annotation=hint)
                for key, hint in unpacked(function, name).items()
                if NOT_TAKEN.get(function.__name__) != key
            }
    return found


# A bulk is expected when it is proposed: the keyword is refused with whatever value.
NOT_TAKEN: Final = {"revise_all": "expect"}


def unpacked(function: Callable[..., object], name: str) -> dict[str, object]:
    """The keys of the TypedDict that annotates `**name`, with their types; none of other kinds."""
    typed = get_args(get_type_hints(function)[name])[0]
    return get_type_hints(typed) if is_typeddict(typed) else {}


PUBLIC: Final = public_callables()
PARAMETERS: Final = {name: found for name in PUBLIC if (found := parameters(PUBLIC[name]))}
PAIRS: Final = [(name, parameter) for name in PARAMETERS for parameter in PARAMETERS[name]]

# --- One valid call of each -------------------------------------------------------------------


def examples() -> dict[str, object]:
    """One example of each public class, by its name."""
    found = [*EXAMPLES, *parts(EXAMPLES), *REPORT.rows]
    named = {type(value).__name__: value for value in found[::-1]}
    return {name: value for name, value in named.items() if PUBLIC.get(name) is type(value)}


def construction(example: object) -> Call:
    """The call that builds *example*, with a list or dict wherever the type allows one."""
    taken = PARAMETERS[type(example).__name__]

    def call() -> dict[str, object]:
        return {name: widened(taken[name].annotation, getattr(example, name)) for name in taken}

    return call


def widened(hint: object, value: object) -> object:
    """The same value in a mutable container, if it is a container: a change of it would show."""
    if isinstance(value, MappingProxyType):
        return dict(value)
    if get_origin(hint) is Iterable and isinstance(value, tuple | frozenset):
        return list(value)
    return value


def overrides() -> dict[str, object]:
    """Every keyword of a status change of `ORDER`."""
    return {
        "to": "lab",
        "current_complete": True,
        "completed_on": date(2026, 11, 18),
        "due_on": date(2026, 11, 30),
        "department": "lab",
        "user": "ann",
        "facts": {"client": "Kim", "copies": None},
        "reason": "torn",
        "note": "why",
    }


def amendments() -> dict[str, object]:
    """Every keyword of an amendment."""
    return {
        "ordered_on": date(2026, 11, 13),
        "delivery_on": date(2026, 12, 11),
        "plan_from": date(2026, 11, 16),
        "entered_on": MONDAY,
        "vendor": "lab one",
        "invoice_id": "I-1",
        "due_on": date(2026, 11, 30),
        "department": "lab",
        "user": "ann",
        "priority": -5,
        "quantity": None,
        "facts": {"client": None, "copies": 3},
    }


COUNTED: Final = {"today": MONDAY, "within": 2, "calendar": CALENDAR}
NAMES: Final = {"cycles": [CYCLE, ALBUMS]}
SAID: Final = NAMES | {"lang": "de", "words": WORDS}
ACCEPTING: Final = {"at": NOON, "command_id": "cmd-9"}
TODAY: Final = {
    "today": date(2026, 11, 18),
    "by": "ann",
    "recorded_by": "bob",
    "roles": ["office", "lead"],
}
WHY: Final = {"reason": "torn"}
SEEN: Final = {"expect": 2}  # what the screen showed, of one order and of many
ALL_SEEN: Final = {"expect": {"A-1": 2}}
REPLANNING: Final = ProductionFlow(due_dates=Backward(CALENDAR))
CHOSEN: Final = {"columns": ["id"], "words": WORDS}
TABLE: Final = export.Table("Orders", ["id", "due"], [["A-1", MONDAY]], notes=["one order"])


def each(owner: object, *names: str, **arguments: object) -> dict[str, Call]:
    """The same call of several methods of an object, or of several functions if it is None."""
    prefix = "" if owner is None else f"{type(owner).__name__}."
    bound = {} if owner is None else {"self": owner}
    return {f"{prefix}{name}": lambda: bound | renewed(arguments) for name in names}


def stored(name: str, **arguments: object) -> dict[str, Call]:
    """A call of a method of a new `MemoryStore`."""
    return {f"MemoryStore.{name}": lambda: {"self": store()} | renewed(arguments)}


def renewed(arguments: Mapping[str, object]) -> dict[str, object]:
    """The arguments with new lists and dicts, which a call may change."""
    return {
        key: value.copy() if isinstance(value, list | dict | set) else value
        for key, value in arguments.items()
    }


PLANNED: Final = {"vendor": "lab one", "quantity": 3, "priority": 2, "facts": {"client": "Lee"}}

CALLS: Final[dict[str, Call]] = {
    "Table": construction(TABLE),
    **{name: construction(example) for name, example in examples().items()},
    "Move": lambda: {"value": "next"},
    "ProductionFlow": lambda: {
        "due_dates": Forward(CALENDAR),
        "triggers": list(TRIGGERS),
        "rules": RULES,
    },
    "answer": lambda: {
        "flow": FLOW,
        "orders": [ORDER, OTHER.order],
        "form": {"user": "eve", "shown": WINDOW["shown"], "ok": ""},
        "today": MONDAY,
        "by": "ann",
        "at": NOON,
        "roles": ["lead"],
        "facts": {"client": "Lee"},
        "departments": ["lab desk"],
        "users": ["eve"],
        "cycles": [NEXT_CYCLE],
        "history": newest_entries,
        "day": date.fromisoformat,
        "words": {"Due Date": "Termin"},
    },
    "given": lambda: {
        "form": {"user": "eve", "to": ["lab"]},
        "shown": WINDOW,
        "day": date.fromisoformat,
    },
    "window": lambda: {
        "proposal": BULK,
        "choices": list(FLOW.choices_all([ORDER, OTHER.order], today=MONDAY, by="ann")),
        "given": GIVEN,
        "reasons": [TORN],
        "departments": ["lab desk"],
        "users": ["eve"],
        "cycles": [NEXT_CYCLE],
        "history": newest_entries,
        "zone": UTC,
        "words": {"Due Date": "Termin"},
    },
    # Cycles, calendars, plans
    **each(CYCLE, "deactivate", "move_up", "next_after", "place", "remove", "set_final", key="lab"),
    **each(CYCLE, "__getitem__", key="lab"),
    **each(CYCLE, "move_down", "set_initial", key="retouch"),
    **each(CYCLE, "reactivate", key="old"),
    **each(CYCLE, "__contains__", status=CYCLE["lab"]),
    **each(CYCLE, "add", status=Status("new", "New"), index=2),
    **each(CYCLE, "move_to", key="hold", index=2),
    **each(
        CYCLE,
        "replace",
        **{field.name: getattr(CYCLE["hold"], field.name) for field in fields(Status)},
    ),
    **each(CYCLE, "edited", rows=[*CYCLE.statuses], taken=["hold"]),
    **each(None, "status_rows", cycle=CYCLE, words={"Key": "Schlüssel"}),
    **each(
        None,
        "trigger_rows",
        triggers=list(TRIGGERS),
        cycles=[CYCLE, ALBUMS],
        words={"Key": "Schlüssel"},
    ),
    **each(None, "read_settings", data=codec.dump(SETTINGS)),
    **each(
        None,
        "preferences",
        settings=SETTINGS,
        order_type="prints",
        form={"due_dates.kind": "forward"},
        problems=[SettingsProblem("bad-time", "error", ("cutoff",), "no time")],
        words={},
    ),
    **each(
        None,
        "read_preferences",
        form={"due_dates.kind": "forward", "rules.note_required": ["back"]},
        settings=SETTINGS,
        order_type="prints",
    ),
    **each(None, "read_triggers", rows=list(TRIGGERS), cycles=[CYCLE, ALBUMS], taken=["call"]),
    **each(
        None,
        "posted_rows",
        form=[("statuses.0.key", "lab")],
        grid=forms.status_rows(CYCLE),
    ),
    **each(
        None,
        "page",
        grid=forms.trigger_rows(TRIGGERS, [CYCLE]),
        rows=[{"description": "Call the lab", "when": {"kind": "opening"}}],
        problems=[TriggerProblem("bad-text", "call", "fill it in", "action.title", 0)],
        blank=1,
        words={"Key": "Schlüssel"},
    ),
    "edit_statuses": lambda: {
        "cycle": CYCLE,
        "form": [("version", "1"), ("save", ""), ("statuses.0.key", "lab")],
        "taken": ["hold"],
        "blank": 2,
        "words": {"Key": "Schlüssel"},
    },
    "edit_triggers": lambda: {
        "settings": SETTINGS,
        "cycles": [CYCLE, ALBUMS],
        "form": [("version", "1"), ("save", ""), ("triggers.0.key", "lab")],
        "blank": 2,
        "words": {"Key": "Schlüssel"},
    },
    "edit_preferences": lambda: {
        "settings": SETTINGS,
        "order_type": "prints",
        "form": [("version", "1"), ("save", ""), ("cutoff", "17:00")],
        "words": {"Key": "Schlüssel"},
    },
    **each(None, "find_problems", statuses=[CYCLE["lab"], {"key": "lab", "description": "Lab"}]),
    **each(None, "slug", description="At the lab", taken=["at-the-lab"]),
    **each(CALENDAR, "following", "is_working_day", "preceding", day=MONDAY),
    **each(CALENDAR, "add", day=MONDAY, n=3),
    **each(CALENDAR, "count", start=MONDAY, end=NOON.date()),
    **each(CALENDAR, "offsets", day=MONDAY, days=[0, None, 5]),
    "WorkingCalendar.from_holidays": lambda: {
        "library": Almanac(),
        "years": [2026, 2027],
        "holidays": [MONDAY],
        "extra_working_days": {date(2026, 11, 22)},
        "known_through": date(2027, 6, 30),
    },
    "WorkingCalendar.from_rules": lambda: {
        "rules": ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=3"),
        "since": date(2026, 1, 1),
        "until": date(2028, 12, 31),
        "working_weekdays": [0, 1, 2],
        "holidays": [MONDAY],
        "extra_working_days": {date(2026, 11, 22)},
        "known_through": date(2027, 12, 31),
    },
    **each(
        None,
        "business_date",
        at=NOON,
        zone=timezone(timedelta(hours=2)),
        cutoff=time(17),
        calendar=CALENDAR,
    ),
    **each(Backward(CALENDAR), "due_on", planning=FACTS),
    **each(Forward(CALENDAR), "due_on", planning=FACTS),
    **each(FromEntry(CALENDAR), "due_on", planning=FACTS),
    **each(Terms(Forward(CALENDAR), {"lab one": LAB_TERMS}), "due_on", planning=FACTS),
    "plan": lambda: {
        "cycle": CYCLE,
        "policy": Backward(CALENDAR),
        "ordered_on": MONDAY,
        "delivery_on": date(2026, 12, 4),
        **PLANNED,
    },
    "plan_many": lambda: {
        "cycle": CYCLE,
        "policy": FromEntry(CALENDAR),
        "dates": [(MONDAY, None), (MONDAY, date(2026, 12, 4))],
        **PLANNED,
    },
    **each(PLAN, "__getitem__", index=1),
    "outlook": lambda: {"order": ORDER, "policy": Terms(Forward(CALENDAR), {}), "today": MONDAY},
    **each(EXPECTED, "__getitem__", index=1),
    **each(PLAN, "past", today=date(2026, 12, 1)),
    # Orders
    **each(ORDER, "apply", entry=MIGRATED.entry, cycle=NEXT_CYCLE),
    **each(ORDER, "is_overdue", "is_past_delivery", today=MONDAY),
    "ProductionOrder.replay": lambda: {
        "entries": [OPENED.entry, ADVANCED.entry, MIGRATED.entry],
        "cycles": [CYCLE, NEXT_CYCLE, ALBUMS],
    },
    **{
        name: call
        for change in (OPENED, HOLD, AMENDED, MIGRATED, UNDONE, SPLIT)
        for name, call in each(change.entry, "repeats", other=change.entry).items()
    },
    **each(None, "effective", entries=[*ENTRIES, AMENDED.entry, UNDONE.entry]),
    # Flows
    **each(SendMessage("begun"), "channel_for", contact=Contact(channels={"email"})),
    **each(None, "find_trigger_problems", triggers=list(TRIGGERS), cycles=[CYCLE, ALBUMS]),
    **each(None, "is_wanted", event=ADVANCED.events[0], order=ORDER),
    **each(None, "find_rule_problems", rules=RULES, cycles=[CYCLE, ALBUMS]),
    **each(RULES, "refusals", proposal=PROPOSAL),
    **each(SETTINGS, "flow", order_type="prints"),
    **each(
        SETTINGS,
        "edited",
        due_dates=Backward("shop"),
        rules=RULES,
        by_order_type={"prints": TypeSettings(rules=RULES)},
        calendars={"shop": EVERY_DAY},
        triggers=list(TRIGGERS),
        cutoff=time(18),
        zone="UTC",
    ),
    "find_settings_problems": lambda: {
        "data": codec.dump(SETTINGS),
        "cycles": [CYCLE, ALBUMS],
    },
    **each(
        RULES,
        "check_entry",
        order=ORDER,
        entry=AMENDED.entry,
        after=AMENDED.order,
        verb="amend",
        roles=("lead",),
        repeats=ORDER,
    ),
    # Facts
    "Facts": lambda: {"values": {**FACTS_GIVEN}},
    "FactChanges": lambda: {"values": {**FACTS_GIVEN, "rush": None}},
    **each(ORDER.facts, "merged", changes={"client": "Kim", "copies": None}),
    **each(ORDER.facts, "changes_to", other=Facts({"client": "Kim"})),
    **each(ORDER.facts, "__getitem__", key="client"),
    **each(ORDER.facts, "__contains__", key="client"),
    **each(FactChanges({"rush": None}), "__getitem__", "__contains__", key="rush"),
    **each(
        FLOW,
        "open",
        cycle=CYCLE,
        order_id="A-9",
        ordered_on=MONDAY,
        delivery_on=date(2026, 12, 4),
        invoice_id="I-1",
        vendor="lab one",
        status="lab",
        plan_from=date(2026, 11, 17),
        entered_on=date(2026, 11, 18),
        due_on=date(2026, 11, 30),
        department="lab",
        user="ann",
        **ABOUT,
        **WHY,
        **BY,
    ),
    **each(FLOW, "split", order=ORDER, parts=[("A-1-b", 3), ("A-1-c", 4)], **BY, **SEEN),
    **each(
        FLOW,
        "reorder",
        order=ORDER,
        order_id="A-9",
        ordered_on=MONDAY,
        delivery_on=date(2026, 12, 4),
        plan_from=date(2026, 11, 17),
        invoice_id="I-1",
        vendor="lab one",
        due_on=date(2026, 11, 30),
        department="lab",
        user="ann",
        **ABOUT,
        **WHY,
        **BY,
        **SEEN,
    ),
    **each(FLOW, "propose", order=ORDER, **TODAY, **SEEN, **overrides()),
    **each(FLOW, "propose_all", orders=[ORDER], **TODAY, **ALL_SEEN, **overrides()),
    **each(FLOW, "revise", proposal=PROPOSAL, **TODAY, **SEEN, **overrides()),
    **each(FLOW, "revise_all", bulk=BULK, **TODAY, **overrides()),
    **each(FLOW, "choices", order=ORDER, **TODAY),
    **each(FLOW, "choices_all", orders=[ORDER, OTHER.order], **TODAY),
    **each(FLOW, "accept", proposal=PROPOSAL, **ACCEPTING),
    **each(FLOW, "accept_all", bulk=BULK, **ACCEPTING),
    **each(FLOW, "advance", order=ORDER, **TODAY, **ACCEPTING, **SEEN, **overrides()),
    **each(FLOW, "advance_all", orders=[ORDER], **TODAY, **ACCEPTING, **ALL_SEEN, **overrides()),
    **each(FLOW, "amend", order=ORDER, **BY, **WHY, **SEEN, **amendments()),
    **each(FLOW, "amend_all", orders=[ORDER, OTHER.order], **BY, **WHY, **ALL_SEEN, **amendments()),
    **each(FLOW, "migrate", order=ORDER, cycle=MAPPED, mapping=MAPPING, **BY, **SEEN),
    **each(
        FLOW,
        "migrate_all",
        orders=[ORDER, OTHER.order],
        cycle=MAPPED,
        mapping=MAPPING,
        **BY,
        **ALL_SEEN,
    ),
    **each(FLOW, "reminders", order=ORDER, today=MONDAY),
    **each(FLOW, "reminders_all", orders=[ORDER, OTHER.order], today=MONDAY),
    **each(REPLANNING, "replan", order=ORDER, **RECORDED, **SEEN),
    **each(REPLANNING, "replan_all", orders=[ORDER, OTHER.order], **RECORDED, **ALL_SEEN),
    **each(FLOW, "undo", order=ORDER, entries=list(ENTRIES), cycles=[CYCLE], **BY, **SEEN),
    **each(FLOW, "undo_all", histories=[(ORDER, ENTRIES)], cycles=[CYCLE], **BY, **ALL_SEEN),
    # Stores
    **each(OrderQuery(status="lab"), "matches", order=ORDER, cycles=[CYCLE]),
    **each(
        OrderQuery(after="due.2026-11-02.0.QS0w", limit=1),
        "select",
        orders=[ORDER, OTHER.order],
        cycles=[CYCLE],
    ),
    **each(
        OrderQuery(is_open=True),
        "count",
        orders=[ORDER, OTHER.order],
        by=("status", "facts.client"),
        cycles=[CYCLE],
    ),
    **each(OrderQuery(sort="priority"), "position", order=ORDER),
    **stored("acknowledge", items=(ITEM, "unknown")),
    **stored("dismiss", items=(ITEM, "unknown")),
    **stored("fail", item=ITEM, error="bounced", retry_at=NOON),
    **stored("release", items=(ITEM,)),
    **stored("extend", items=(ITEM,), now=NOON, lease=timedelta(minutes=5)),
    **stored("set_reminders", reminders=(REMINDERS,)),
    **stored("get_event", event_id=ITEM.event.id),
    **each(ITEM, "is_free", now=NOON),
    **each(Backoff(), "after", attempts=3, now=NOON),
    "deliver_due": lambda: {
        "store": store(),
        "act": do_nothing,
        "as_of": date(2026, 12, 1),
        "now": noon,
        "lease": timedelta(minutes=5),
        "retry": Backoff(),
        "limit": 10,
    },
    **stored("claim", as_of=date(2026, 12, 1), now=NOON, lease=timedelta(minutes=5), limit=10),
    **stored(
        "pending",
        as_of=date(2026, 12, 1),
        order_id="A-1",
        trigger="tell",
        automatic=True,
        given_up=False,
        after=ITEM,
        limit=10,
    ),
    **stored("entries_of", command_id="cmd-9"),
    **stored("find", query=OrderQuery(is_open=True)),
    **stored("count", query=OrderQuery(is_open=True), by="status"),
    **stored("histories", query=OrderQuery(is_open=True)),
    **stored("erase", order_id="A-2"),
    **stored("forget", before=date(2026, 12, 1)),
    **stored("forget_commands", before=date(2026, 12, 1)),
    **stored("get", order_id="A-1"),
    **stored("get_cycle", order_type="prints", version=1),
    **stored("history", order_id="A-1", after=1, limit=1),
    **stored("load", order_ids=["A-1", "A-3"]),
    **stored("get_settings", version=1),
    **stored("put_settings", settings=SETTINGS.edited(), replaces=1, by="ann", at=NOON),
    **stored("put_cycle", cycle=ALBUMS, replaces=None, by="ann", at=NOON),
    **stored("save", changes=(ALBUM, HOLD)),
    **stored("versions", order_type="prints"),
    **stored("keys", order_type="prints"),
    **stored("edits", order_type="prints"),
    # Reports
    **each(
        None,
        "overdue",
        "past_delivery",
        orders=[ORDER, ALBUM.order],
        today=MONDAY,
        calendar=CALENDAR,
        **NAMES,
    ),
    "at_risk": lambda: {
        "orders": [ORDER, ALBUM.order],
        "policy": {"prints": Backward(CALENDAR), "albums": Forward()},
        "today": MONDAY,
        "forecast": FORECASTS,
        **NAMES,
    },
    **each(AT_RISK, "__getitem__", index=0),
    "learn": lambda: {
        "histories": [list(PAST), [ALBUM.entry]],
        "cycles": [CYCLE, ALBUMS],
        "as_of": MONDAY,
        "calendar": CALENDAR,
        "window_days": 30,
    },
    "forecast": lambda: {
        "orders": [ORDER, ALBUM.order],
        "experience": EXPERIENCE,
        "today": MONDAY,
        "at_least": 1,
        **NAMES,
    },
    "backtest": lambda: {
        "histories": [list(PAST), [ALBUM.entry]],
        "cycles": [CYCLE, ALBUMS],
        "calendar": CALENDAR,
        "cuts": [MONDAY],
        "window_days": 30,
        "at_least": 1,
    },
    **each(TOLD, "by", share=0.8),
    **each(TOLD, "chance_by", day=MONDAY),
    **each(FORECASTS, "__getitem__", index=0),
    **each(FORECASTS, "table", words=WORDS),
    **each(BACKTEST, "done_before", "done_by", share=0.8),
    **each(BACKTEST[0], "done_before", "done_by", share=0.8),
    **each(BACKTEST, "__getitem__", index=0),
    **each(BACKTEST, "table", words=WORDS),
    "digest": lambda: {
        "orders": [ORDER, ALBUM.order],
        "by": "vendor",
        "policy": {"prints": Backward(CALENDAR), "albums": Forward()},
        **COUNTED,
        **NAMES,
    },
    **each(DIGEST, "text", part=DIGEST[0], words=WORDS),
    **each(DIGEST, "__getitem__", index=0),
    "beyond_calendar": lambda: {
        "orders": [ORDER, ALBUM.order],
        "policy": {"prints": Backward(CALENDAR), "albums": Forward()},
        **NAMES,
    },
    **each(BEYOND, "__getitem__", index=0),
    **each(PROMISES, "table", words=WORDS),
    **each(None, "on_time_by_vendor", orders=[ORDER, ALBUM.order]),
    **each(None, "due_soon", orders=[ORDER, ALBUM.order], **COUNTED, **NAMES),
    **each(None, "workload", orders=[ORDER, ALBUM.order], by="facts.client", **COUNTED),
    **each(
        None,
        "board",
        orders=[ORDER, ALBUM.order],
        by="department",
        columns=["lab", None],
        policy={"prints": Backward(CALENDAR), "albums": Forward()},
        **COUNTED,
        **NAMES,
    ),
    "status_report": lambda: {
        "orders": [ORDER, OTHER.order],
        "order_type": "prints",
        "statuses": ["ordered", "retouch"],
        "due_by": date(2026, 12, 1),
        "user": "ann",
        "vendor": None,
        "sort_by": "client",
        "by": "facts.client",
        "clients": {"A-1": "West"},
        "amounts": {"A-1": Decimal("9.90")},
        "policy": FLOW.due_dates,
        "forecast": FORECASTS,
        **COUNTED,
        **renewed(NAMES),
    },
    **each(LIST, "__getitem__", index=1),
    **each(FAMILIES, "__getitem__", index=1),
    **each(LIST, "table", more=("priority", "facts.client"), words=WORDS),
    **each(AT_RISK, "table", more=("priority", "facts.client"), words=WORDS),
    **each(DIGEST, "table", more=("priority", "facts.client"), words=WORDS),
    **each(BEYOND, "table", more=("priority", "facts.client"), words=WORDS),
    **each(REPORT, "table", more=("priority", "facts.client"), words=WORDS),
    **each(REPORT, "counts_table", more=("quantity",), words=WORDS),
    **each(BOARD, "table", more=("quantity",), words=WORDS),
    **each(BOARD, "orders_table", more=("priority", "facts.client"), words=WORDS),
    **each(
        WORKLOAD,
        *("table", "departments_table", "users_table"),
        more=("quantity",),
        words=WORDS,
    ),
    **{
        name: call
        for report, *tables in (
            *((FAMILIES, "table"), (SUGGESTED, "table"), (REASON_REPORT, "table", "totals_table")),
            *((hub.cycle_time(VISITS, [CYCLE]), "table", "orders_table"),),
            *((hub.move_graph(VISITS), "table"), (hub.on_time_rate(VISITS), "table")),
            *((hub.time_by_user(VISITS), "table"), (ACTIVITY, "table")),
            *((hub.rework(VISITS), "table"), (hub.tracking(ORDER, ENTRIES), "table")),
            (ORDER_PLAN, "table"),
            *((hub.time_in_status(VISITS), "table", "working_table", "hours_table"),),
            (hub.lateness_under([PAST], CYCLE, policy=Forward(CALENDAR)), "table"),
        )
        for name, call in each(report, *tables, words=WORDS).items()
    },
    **each(
        None,
        *("cycle_time", "move_graph", "on_time_rate", "rework", "time_in_status"),
        visits=list(VISITS),
        **NAMES,
    ),
    "time_by_user": lambda: {"visits": list(VISITS)},
    "activity": lambda: {
        "histories": [list(PAST)],
        "cycles": [CYCLE],
        "since": MONDAY,
        "until": date(2026, 12, 1),
        "by": "week",
    },
    **each(None, "history_table", entries=list(PAST), reasons=REASONS, words=WORDS, **NAMES),
    **each(None, "family", orders=[ORDER, ALBUM.order], **NAMES),
    "load": lambda: {
        "orders": [ORDER, ALBUM.order],
        "policy": {"prints": Backward(CALENDAR), "albums": Forward()},
        "today": MONDAY,
        "horizon": 5,
        "per": "week",
        "weigh": weighed,
    },
    **each(LOAD, "__getitem__", index=0),
    **each(LOAD, "table", words=WORDS),
    "order_plan": lambda: {
        "order": ORDER,
        "policy": FLOW.due_dates,
        "entries": list(ENTRIES),
        "today": MONDAY,
        "forecast": FORECASTS,
        **NAMES,
    },
    **each(ORDER_PLAN, "__getitem__", index=0),
    **each(None, "tracking", order=ORDER, entries=list(ENTRIES), today=MONDAY, **NAMES),
    **each(
        None,
        "reasons",
        histories=[list(PAST), [ALBUM.entry]],
        today=MONDAY,
        by="facts.client",
        reasons=REASONS,
        calendar=CALENDAR,
        **NAMES,
    ),
    **each(None, "visits", entries=list(PAST), calendar=CALENDAR),
    **each(None, "in_use", cycle=CYCLE, orders=[ORDER, HOLD.order]),
    **each(None, "order_type_table", cycles=[CYCLE, NEXT_CYCLE, ALBUMS], words=WORDS),
    **each(None, "status_table", cycle=CYCLE, show_inactive=True, words=WORDS),
    **each(
        None,
        "lateness_under",
        histories=[list(PAST), [ALBUM.entry]],
        cycle=CYCLE,
        policy=Forward(CALENDAR),
        **NAMES,
    ),
    **each(
        None,
        "suggest_durations",
        histories=[list(PAST), [ALBUM.entry]],
        cycle=CYCLE,
        calendar=CALENDAR,
        as_of=date(2026, 11, 30),
        calendars={"lab": EVERY_DAY},
        quantile=0.5,
        at_least=1,
        **NAMES,
    ),
    **each(SUGGESTED, "replay", histories=[list(PAST), [ALBUM.entry]], policy=Backward(CALENDAR)),
    # Invoices
    **each(InvoiceProgress(open=1, complete=0, cancelled=0), "is_overdue", today=MONDAY),
    **each(
        None,
        "completion_intents",
        wanted=OnCompletion(status="ready"),
        before=[PLACED.change.order],
        after=[evolve(PLACED.change.order, status=CYCLE["done"])],
    ),
    **each(
        None,
        "invoice_progress",
        orders=[PLACED.change.order],
        policy={"prints": FLOW.due_dates},
        today=MONDAY,
    ),
    **each(None, "is_due", condition=PaidAtLeast(50), before=INVOICE, after=INVOICE),
    **each(None, "is_met", condition=PaidInFull(), invoice=INVOICE),
    **each(None, "order_id_for", invoice=INVOICE, vendor="lab one", order_type="prints", attempt=2),
    **each(
        None,
        "orders_for_invoice",
        flow=FLOW,
        invoice=INVOICE,
        cycles=[CYCLE, ALBUMS],
        ordered_on=MONDAY,
        order_ids=order_id_for,
        orders=[ORDER],
        roles=["office", "lead"],
        **RECORDED,
    ),
    # Formats and pictures
    **each(None, "to_csv", table=TABLE, delimiter=";", decimal=",", **CHOSEN),
    **each(
        None,
        "to_ics",
        orders=[ORDER],
        at=NOON,
        policy={ORDER.order_type: Forward()},
        today=MONDAY,
        title="Orders",
        app="shop.example",
        **NAMES,
        words=WORDS,
    ),
    **each(None, "to_markdown", "to_text", table=TABLE, **CHOSEN),
    **each(None, "to_html", table=TABLE, lang="de", fragment=True, **CHOSEN),
    **each(None, "to_xlsx", table=TABLE, lang="de", **CHOSEN),
    **each(
        None, "to_pdf", table=TABLE, paper="letter", lang="de", font=[], missing="box", **CHOSEN
    ),
    **each(None, "missing_characters", table=TABLE, font=None, **CHOSEN),
    **each(TABLE, "said", words=WORDS),
    **each(None, "say", message=MESSAGE, words=WORDS),
    **each(
        None,
        *("cycle_dot", "cycle_mermaid"),
        cycle=CYCLE,
        counts={"lab": 2},
        words=WORDS,
        **NAMES,
    ),
    **each(None, "cycle_svg", cycle=CYCLE, counts={"lab": 2}, title="Prints", theme="dark", **SAID),
    **each(
        None,
        "flow_svg",
        cycle=CYCLE,
        moves={("ordered", "lab"): 2},
        title="Moves",
        theme="dark",
        **SAID,
    ),
    **each(
        None,
        "forecast_svg",
        forecasts=FORECASTS,
        title="What to say",
        theme="dark",
        lang="en",
        words=WORDS,
    ),
    **each(
        None, "backtest_svg", backtest=BACKTEST, title="Kept", theme="dark", lang="en", words=WORDS
    ),
    **each(None, "load_svg", load=LOAD, title="A load", theme="dark", lang="en", words=WORDS),
    **each(None, "plan_svg", plan=PLAN, today=MONDAY, title="A plan", theme="dark", **SAID),
}

# --- Arbitrary values -------------------------------------------------------------------------


class HostError(Exception):
    """Raised by a host's object when prodflow uses it in a way that it must not."""


def _refuse(*_: object) -> object:
    raise HostError


def hostile(*names: str) -> object:
    """An object whose named magic methods raise."""
    body = {"__hash__": object.__hash__} | dict.fromkeys(names, _refuse)
    return type("Hostile", (), body)()


class Stage(StrEnum):
    """A host's enum of keys: its members are str, so they are accepted."""

    LAB = "lab"


class Weekday(IntEnum):
    """A host's enum of numbers: its members are int, so they are accepted."""

    MONDAY = 0


class Dateless:
    """Almost a policy, but without a calendar."""

    name = "dateless"
    calendar: WorkingCalendar | None = None

    def due_on(self, *_: object, **__: object) -> date:
        """Return an instant where a policy must return a day."""
        return NOON


class Nameless(Dateless):
    """Almost a policy, but its name is not a key."""

    name = "not a key"
    calendar = EVERY_DAY


class Late(Dateless):
    """Almost a policy, but it returns an instant."""

    calendar = EVERY_DAY


@frozen
class Almanac:
    """What an object of the `holidays` library has, for a land that rests on Sundays only."""

    years: frozenset[int] = frozenset({2026, 2027})

    def is_weekend(self, day: date) -> bool:
        """Whether it's a Sunday."""
        return day.isoweekday() == 7

    def is_working_day(self, day: date) -> bool:
        """Whether it's another day."""
        return not self.is_weekend(day)


TEXTS: Final = (
    "",
    " ",
    "lab",
    "nowhere",
    "A-1",
    "B-1",
    "email",
    "x" * 64,
    "x" * 65,
    "x" * 201,
    "x" * 10_000,
    "x" * 10_001,
    "🧵" * 10_000,
    "a b",
    "nul \x00 inside",
    "line\nbreak\ttab",
    "line \u2028 separator",
    "lone \ud800 surrogate",
    "\udfff",
    "bidi \u202e override",
    "isolate \u2066",
    "\ufffe",
    "\U0010ffff",
    "Größe",
    "注文",
    "طلب",
    "١٢",
    "e\u0301",
    "FREQ=DAILY",
    "FREQ=SECONDLY",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;COUNT=" + "9" * 5_000,
    "FREQ=DAILY;BYDAY=" + "MO," * 200 + "MO",
)
NUMBERS: Final = (
    *(True, False, 0, 1, -1, 2, 3, 6, 7, 100, 36_525, 36_526, 2**31 - 1, 2**31, 10**12, -(10**12)),
    *(10**400, 10**5_000, -(10**400), 0.0, 1.0, -0.0, 1.5, 1e300, float("inf"), float("nan"), 2j),
    *(Decimal(1), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal("-0.01")),
    *(Decimal("1E+999999"), Decimal("1E-999999"), Decimal("0E+999999"), Fraction(1, 2)),
    Weekday.MONDAY,
)
MOMENTS: Final = (
    *(date.min, date(1, 1, 2), MONDAY, date(2026, 11, 21), date(9999, 12, 30), date.max),
    *(datetime.min, datetime.max, datetime(2026, 11, 16, 12)),  # noqa: DTZ001, DTZ901 - naive
    *(NOON, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
    datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-23))),
    *(time(12), timedelta(0), timedelta(-1), timedelta.min, timedelta.max, timedelta(days=1)),
)
OURS: Final = (
    *(*examples().values(), *TRIGGERS, *Move, *CYCLE, ALBUMS, NEXT_CYCLE, ALBUM.order, ALBUM.entry),
    *(OTHER.order, OTHER.entry, HOLD, AMENDED, MIGRATED, OPENED, EVERY_DAY, NOTHING),
    FLOW.propose(ALBUM.order, today=MONDAY, by="ann"),
    *(InvoiceSaved(), FirstPayment(), Invoice("I-2", total=1)),
    *(MemoryStore(), Dateless(), Nameless(), Late(), Stage.LAB, WorkingCalendar, Status),
)
ODDITIES: Final = (
    *(None, ..., NotImplemented, b"lab", bytearray(b"lab"), memoryview(b"lab"), object(), object),
    *(int, type, len, print, lambda *_: None, pytest, EllipsisType, range(3), slice(1), slice("a")),
    *(hostile("__repr__", "__str__"), hostile("__eq__", "__ne__"), hostile("__bool__")),
    hostile("__eq__", "__ne__", "__bool__", "__repr__", "__str__", "__lt__", "__gt__"),
    *(type("dict", (), {})(), type("array", (), {})()),  # called like what they are not
)


def containers() -> tuple[object, ...]:
    """New lists, dicts and sets, with valid, invalid and repeated items."""
    return (
        *([], (), {}, set(), frozenset(), iter(()), (n for n in (1, 2)), [[]], [{}], [None]),
        *([""], ["lab"], ["lab", "lab"], "lab", {"lab": "lab"}, {"lab": ["done"]}, {1: 2}),
        *({"lab": None}, {"": ""}, {None: None}, {("lab",): "lab"}, {"retouch": "nowhere"}),
        *([("lab", 1)], [("lab", 1), ("lab", 2)], [("lab", [])], [("lab", float("nan"))]),
        *([("lab", "\ud800")], [("lab",)], [["lab", 1]], (None, "A-1"), (MONDAY, "A-1")),
        *((NOON, "A-1"), (MONDAY, ""), ("A-1", MONDAY), (MONDAY,), (MONDAY, None), [MONDAY]),
        *([MONDAY, MONDAY], [NOON], [True], [7], [-1], [1.0], [10**12], [10**5_000], {True: 1}),
        *([(MONDAY, None)], [(NOON, None)], [(MONDAY, NOON)], [(MONDAY, [])], [([], [])]),
        *([(None, MONDAY)], [(date.max, None)], [(MONDAY, date.min)], [(MONDAY, None, None)]),
        *(
            [Move.NEXT],
            ["next"],
            ["email"],
            ["email", "email"],
            ["pigeon"],
            [b"email"],
            [["email"]],
        ),
        *([ORDER], [ORDER, ORDER], [ORDER, ALBUM.order], [ALBUM.order], [OPENED], [OPENED.entry]),
        *([OPENED, OPENED], [ADVANCED, OPENED], [PROPOSAL, PROPOSAL], [CYCLE], [CYCLE, CYCLE]),
        *([CYCLE, CYCLE.replace("lab", description="B")], [NEXT_CYCLE], [ALBUMS], [STATUS_TWICE]),
        *(list(CYCLE), [*CYCLE, *CYCLE], list(reversed(CYCLE.statuses)), [{"key": ["lab"]}]),
        *([{"key": "a", "final": 1}, 3, None], [{"key": "\ud800" * 500}], [{1: 2, (): []}]),
        *([{"k" * 10_000: 1}], [{str(n): n for n in range(500)}], [ADVANCED.entry]),
        *([OPENED.entry, OPENED.entry], [OPENED.entry, ALBUM.entry], [OPENED.entry, HOLD.entry]),
        *([OPENED.entry, None], TRIGGERS, [TRIGGERS[0], TRIGGERS[0]], [*TRIGGERS, None], ADVANCED),
        *(
            list(ADVANCED.events),
            ["to"],
            ["due_on", "due_on"],
            ["expect"],
            [["to"]],
            ["x" * 10_000],
        ),
        *({"A-1": REFUSED}, {"A-1": "no"}, {"": REFUSED}, {5: REFUSED}, {"A-1": ValueError("no")}),
        *((None,) * 4, (MONDAY,) * 4, (NOON,) * 4, ("",) * 4, [None] * 4),
        *([hostile("__repr__")], [hostile("__eq__", "__ne__")], {hostile("__repr__"): 1}),
        *({"lab": hostile("__repr__")}, [("lab", hostile("__repr__", "__eq__"))]),
        *([{"key": hostile("__eq__", "__bool__", "__repr__")}], [hostile("__bool__")]),
        *(
            [[[[["x" * 100] * 6] * 6] * 6] * 6],
            {n: dict.fromkeys("abcdefgh", "x" * 99) for n in range(9)},
        ),
        *([LINE, LINE], [LINE, UNPLACED.line], [PLACED], [UNPLACED], [SendMessage("ready")]),
        *(["no-vendor"], ["no-vendor", "too-dear"], [PLACED.change.order], ["I-1-prints"]),
        *MANY,
        *([{hostile("__repr__", "__str__"): 1}], MappingProxyType({"lab": "lab"})),
    )


STATUS_TWICE: Final = (CYCLE["lab"], CYCLE["lab"])
# Many of a thing must not make a message longer.
MANY: Final = (
    [Status(f"key-{n}-{'x' * 50}", f"{n}-{'y' * 190}", initial=True) for n in range(100)],
    [{"description": f"{n}-{'y' * 190}", "initial": True, "final": True} for n in range(100)],
    [{"key": f"{n}", "description": "y" * 200, "cancelled": True} for n in range(100)],
    [Trigger(f"key-{n // 2}-{'x' * 50}", Opening(), CreateTask("Call")) for n in range(100)],
    [evolve(ORDER, id=f"{n}-{'x' * 190}") for n in range(50)],
    [evolve(ALBUM.order, id=f"{n}-{'x' * 190}") for n in range(50)],
    [InvoiceLine(f"{n // 2}-{'x' * 190}") for n in range(100)],
    [
        evolve(ALBUM.order, id=f"{n}", cycle=evolve(ALBUMS, order_type=f"{n}-{'x' * 50}"))
        for n in range(50)
    ],
    {f"{n}-{'x' * 50}": f"{n}" for n in range(100)},
    ["x" * 64] * 100,
)


def awkward() -> tuple[object, ...]:
    """All values that have been awkward before, with new containers."""
    return (*TEXTS, *NUMBERS, *MOMENTS, *OURS, *ODDITIES, *containers())


def scalars() -> st.SearchStrategy[object]:
    """Any single value that Hypothesis can show."""
    return st.one_of(
        st.none() | st.booleans() | st.integers() | st.integers(-(10**12), 10**12) | st.floats(),
        st.text() | st.text(st.characters(codec=None), max_size=80) | st.binary(),
        st.text("abcxyz0189_-.", min_size=1, max_size=64),
        st.dates() | st.dates(MONDAY, date(2026, 12, 31)) | st.timedeltas(),
        st.datetimes() | st.datetimes(timezones=st.just(UTC)),
        st.sampled_from([*TEXTS, *NUMBERS, *MOMENTS]),
        st.sampled_from(OURS),
    )


def arbitrary() -> st.SearchStrategy[object]:
    """Any value, alone or in something that holds values."""
    hashable = st.text(max_size=8) | st.integers() | st.none() | st.sampled_from(TEXTS)
    return st.one_of(
        scalars(),
        st.lists(scalars(), max_size=3),
        st.lists(scalars(), max_size=3).map(tuple),
        st.lists(st.tuples(scalars(), scalars()), max_size=2),
        st.dictionaries(hashable, scalars() | st.lists(hashable, max_size=2), max_size=3),
        st.lists(st.dictionaries(st.sampled_from(FIELDS) | hashable, scalars(), max_size=4)),
        st.frozensets(hashable, max_size=3),
    )


FIELDS: Final = tuple(PARAMETERS["Status"])

# --- The check --------------------------------------------------------------------------------

# What a refusal may name instead of the argument: its items, ...
ITEMS: Final = {
    "channels": "an item of channels",
    "entries": "entry",
    "extra_working_days": "an extra working day",
    "histories": "entries",
    "holidays": "a holiday",
    "orders": "order",
    "paused_days": "days paused",
    "paused_working_days": "days paused",
    "parts": "part",
    "roles": "an item of roles",
    "rules": "(a|the) rule",
    "verbs": "a verb",
    "vendors": "a vendor",
    "working_weekdays": "an item of working_weekdays",
}
OTHERWISE: Final = {
    ("BulkProposal", "refusals"): "a refusal",
    ("Facts", "values"): "facts",
    ("FactChanges", "values"): "facts",
    ("Facts.merged", "changes"): "facts",
    ("Table", "columns"): "row",
    ("Table", "rows"): "row",
    ("plan_many", "dates"): "ordered_on|delivery_on",
    # ... the argument that receives it, ...
    ("ProductionFlow.advance", "to"): "a key",
    ("ProductionFlow.advance_all", "to"): "a key",
    ("ProductionFlow.open", "status"): "a key",
    ("ProductionFlow.propose", "to"): "a key",
    ("ProductionFlow.propose_all", "to"): "a key",
    ("ProductionFlow.revise", "to"): "a key",
    ("ProductionFlow.revise_all", "to"): "a key",
    ("ProductionFlow.undo_all", "histories"): "orders?|entries",
    # ... or the values that a broken rule is about.
    ("ChangeUndone", "ordered_on"): "plan_from must be",
    ("plan_svg", "plan"): "today must be None",
    ("ChangeUndone", "resumes_in"): "the status to come back to",
    ("ChangeUndone", "sequence"): "undoes must be",
    ("ChangeUndone", "undoes"): "visit must be",
    ("Change", "entry"): "an order is opened by its first entry",
    ("Change", "events"): "an event of",
    ("Held", "entered_on"): "paused_on must be",
    ("Backoff.after", "now"): "the pause",
    ("MemoryStore.acknowledge", "items"): "an item",
    ("MemoryStore.claim", "now"): "lease",
    ("MemoryStore.dismiss", "items"): "an item",
    ("MemoryStore.extend", "now"): "lease",
    ("OutboxItem", "event"): "an event in an outbox",
    ("Reminders", "order_id"): "events must be",
    ("OrderOpened", "sequence"): "its first entry",
    ("OrderAmended", "ordered_on"): "plan_from must be",
    ("OrderOpened", "ordered_on"): "plan_from must be",
    ("PlacedOrder", "change"): "lines must be of the vendor",
    ("Plan", "cycle"): "a plan of .* needs",
    ("Plan", "due_dates"): "a plan of .* needs",
    ("Plan", "earliest_dates"): "a plan of .* needs",
    ("Plan", "latest_dates"): "a plan of .* needs",
    ("ProductionFlow.amend", "ordered_on"): "plan_from must be",
    ("ProductionFlow.amend_all", "ordered_on"): "plan_from must be",
    ("ProductionFlow.migrate", "cycle"): "mapping must",
    ("ProductionFlow.migrate_all", "cycle"): "mapping must",
    ("ProductionFlow.migrate_all", "orders"): "order|mapping must",
    ("ProductionFlow.open", "ordered_on"): "plan_from must be",
    ("ProductionFlow.reorder", "ordered_on"): "plan_from must be",
    ("ProductionFlow.reorder", "order_id"): "the new order",
    ("ProductionOrder", "ordered_on"): "plan_from must be",
    ("ProductionOrder.apply", "cycle"): "the entry names version",
    ("ProductionOrder.apply", "entry"): "cycle is for|order .* is open already",
    ("ProductionOrder.replay", "entries"): "entry|history begins|is open already",
    ("ProposedChange", "entered_on"): "completed_on must be",
    ("ProposedChange", "resumed_on"): "(completed|entered)_on must be",
    ("StatusChanged", "resumes_in"): "the status to come back to",
    ("StatusChanged", "sequence"): "visit must be|a visit that goes on",
    ("StatusChanged", "visit"): "a visit that goes on",
    ("Visit", "entered_on"): "the days of a visit",
    ("Visit", "left_on"): "the days of a visit",
    ("Visit", "pauses"): "the days of a visit",
    ("WorkingCalendar", "working_weekdays"): "an item of working_weekdays|a calendar needs",
}

UNSTORABLE: Final = "\x00\x01\x1b\x7f\x85\u200f\u202e\u2066\ufffe\U0010ffff"
RAISE: Final = dis.opmap["RAISE_VARARGS"]
# Enums, tuples and mappings refuse other values with Python's own messages.
PYTHONS_OWN: Final = {
    *("Move", "Families.__getitem__", "OrderList.__getitem__", "Plan.__getitem__"),
    *("AtRisk.__getitem__", "Digest.__getitem__", "Outlook.__getitem__"),
    *("OrderPlan.__getitem__", "PlannedLoad.__getitem__"),
    *("AtRisk.__getitem__", "BeyondCalendar.__getitem__", "Outlook.__getitem__"),
    *("Backtest.__getitem__", "Forecasts.__getitem__"),
    *("Facts.__getitem__", "Facts.__contains__"),
    *("FactChanges.__getitem__", "FactChanges.__contains__"),
}
TAKES_MORE: Final = {
    *("find_problems", "find_trigger_problems", "page"),  # whatever a form has
    *("posted_rows", "given", "answer", "read_preferences"),  # whatever a browser posts
    *("edit_statuses", "edit_triggers", "edit_preferences"),
}
# Only the orders of the report, or the texts of the page, are looked up in these mappings.
LOOKED_UP: Final = {
    ("status_report", "clients"),
    ("status_report", "amounts"),
    ("status_rows", "words"),
    ("trigger_rows", "words"),
    ("preferences", "form"),
    ("window", "words"),
    ("window", "history"),
    ("answer", "words"),
    ("edit_preferences", "words"),
    ("edit_triggers", "words"),
    ("edit_statuses", "words"),
    ("answer", "history"),
}

# To attrs, NOTHING is a value that was left out, if the default is worked out.
LEFT_OUT: Final = {("InvoiceProgress", "fraction_done")}

# The host's function is called, and may raise anything.
CALLED: Final = {
    ("deliver_due", "act"),
    ("deliver_due", "now"),
    ("load", "weigh"),
    ("orders_for_invoice", "order_ids"),
    ("status_rows", "words"),
    ("trigger_rows", "words"),
    ("window", "words"),
    ("window", "history"),
    ("answer", "words"),
    ("edit_preferences", "words"),
    ("edit_triggers", "words"),
    ("edit_statuses", "words"),
    ("answer", "history"),
}


def shortly(value: object) -> str:
    """A short `repr` for the message of a failing test, even if the value has none."""
    try:
        return repr(value)[:100]
    except (HostError, ValueError):
        return object.__repr__(value)


def invoke(name: str, arguments: Mapping[str, object]) -> object:
    """Call it with each argument by position or by name, as its parameter takes it."""
    positional = [arguments["self"]] if "self" in arguments else []
    keywords: dict[str, object] = {}
    for key, parameter in PARAMETERS.get(name, {}).items():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            positional.extend(arguments[key])  # type: ignore[arg-type]  # a tuple in every call
        elif parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            positional.append(arguments[key])
        else:
            keywords[key] = arguments[key]
    return PUBLIC[name](*positional, **keywords)


def replace_and_check(name: str, parameter: str, value: object) -> bool:
    """Check a valid call with one argument replaced; whether it was refused."""
    if ((name, parameter) in CALLED or parameter == "words") and callable(value):
        return False
    arguments, kept = CALLS[name](), originals(name)
    if PARAMETERS[name][parameter].kind is inspect.Parameter.VAR_POSITIONAL:
        valid = arguments[parameter]
        assert isinstance(valid, tuple)
        arguments[parameter] = (*valid[:-1], value)
    else:
        arguments[parameter] = value
    held = items_of(value)
    is_refused = True
    try:
        result = invoke(name, arguments)
    except (ProdflowError, TypeError, ValueError) as error:
        check_refusal(name, error)
        check_naming(name, parameter, error)
        if isinstance(arguments.get("self"), MemoryStore):
            assert contents(arguments["self"]) == contents(store())  # type: ignore[arg-type]
    except LookupError:
        assert name in PYTHONS_OWN
    except HostError:
        assert name in PYTHONS_OWN
    else:
        is_refused = False
        check_acceptance(name, parameter, value)
        check_result(result)
    assert items_of(value) == held
    for key, before in kept.items():
        if key != parameter:
            assert arguments[key] == before
    return is_refused


@cache
def originals(name: str) -> dict[str, object]:
    """Deep copies of the arguments of a valid call, without the store."""
    arguments = CALLS[name]()
    return {k: deepcopy(v) for k, v in arguments.items() if not isinstance(v, MemoryStore)}


def items_of(value: object) -> list[int]:
    """The identities of the items of a container, which no call may change."""
    if isinstance(value, dict):
        return [id(item) for pair in value.items() for item in pair]
    return list(map(id, value)) if isinstance(value, list | set) else []


def check_refusal(name: str, error: Exception) -> None:
    """Check that the refusal is a documented error, raised on purpose, with one short line."""
    message = str(error)
    if name in PYTHONS_OWN:
        return
    assert isinstance(error, ProdflowError) or type(error) in {TypeError, ValueError}
    assert is_deliberate(error), f"Python's own words: {message}"
    # A class says once what its methods have in common.
    described = {name, name.partition(".")[0]} & PUBLIC.keys()
    documented = "\n".join(inspect.getdoc(PUBLIC[path]) or "" for path in described)
    if type(error) not in {TypeError, ValueError}:  # the docstring of prodflow names those once
        kinds = [kind.__name__ for kind in type(error).__mro__ if issubclass(kind, ProdflowError)]
        assert any(f"{kind}:" in documented for kind in kinds), f"not documented: {error!r}"
    assert len(message.splitlines()) == 1, message
    assert 0 < len(message) <= 1_000, message
    assert message.isprintable(), message
    assert not message[0].isupper(), message
    if isinstance(error, ProdflowError):
        assert pickle.loads(pickle.dumps(error)) == error


def check_naming(name: str, parameter: str, error: Exception) -> None:
    """Check that the message names the argument before it says what was expected.

    The errors of prodflow name orders and statuses instead. A `ValueError` may be about several
    arguments.
    """
    if isinstance(error, ProdflowError) or name in PYTHONS_OWN:
        return
    message = str(error)
    subject = message.partition(" must ")[0] if isinstance(error, TypeError) else message
    spoken_of = OTHERWISE.get((name, parameter)) or ITEMS.get(parameter, parameter)
    assert re.search(rf"\b({parameter}|{spoken_of})\b", subject), message


def is_deliberate(error: Exception) -> bool:
    """Whether a raise statement of prodflow raised the error, and not a failing operation."""
    step = error.__traceback__
    assert step is not None
    while step.tb_next is not None:
        step = step.tb_next
    operation = step.tb_frame.f_code.co_code[step.tb_lasti]
    return operation == RAISE and is_ours(step.tb_frame.f_globals["__name__"])


def check_acceptance(name: str, parameter: str, value: object) -> None:
    """Check that an accepted value has the annotated type, and is not a near miss of it."""
    owner = PUBLIC[name]
    if isinstance(owner, type) and issubclass(owner, Exception | tuple):
        return  # only the library and the stores build these, unchecked
    if value is NOTHING and (name, parameter) in LEFT_OUT:
        return
    is_looked_up = (name, parameter) in LOOKED_UP or parameter == "words"
    if name not in PYTHONS_OWN | TAKES_MORE and not is_looked_up:
        assert conforms(value, hints(name)[parameter]), f"accepted {shortly(value)}"
    # A table replaces characters that no page may have, and what holds a message checks it.
    if isinstance(owner, type) and isinstance(value, str) and name not in {"Table", "Message"}:
        assert not any(char in UNSTORABLE or "\ud800" <= char <= "\udfff" for char in value)


def check_result(result: object) -> None:
    """Check that the result passes its public constructor: nothing got in unchecked."""
    parts = list(result) if isinstance(result, list | tuple) else [result]
    parts += [value for part in parts if isinstance(part, Change) for value in whole(part)]
    for value in parts:
        if isinstance(value, Table):
            assert value == evolve(value)
        elif has(type(value)) and not isinstance(value, Exception):
            name = type(value).__name__
            kind: Any = type(value)
            held = {it.alias: getattr(value, it.name) for it in fields(kind)}
            facts = {key: held[key] for key in parameters(PUBLIC[name])}
            assert Stage not in map(type, facts.values()), "an enum of the host is left behind"
            assert value == invoke(name, facts)


def whole(change: Change) -> tuple[object, ...]:
    """The values of a change."""
    return (change.order, change.entry, *change.events)


@cache
def hints(name: str) -> dict[str, object]:
    """The annotations of a callable, and of the keys of its TypedDict."""
    function = PUBLIC[name]
    is_class = isinstance(function, type)
    maker = "__new__" if is_class and "__new__" in vars(function) else "__init__"
    found = get_type_hints(getattr(function, maker) if is_class else function)
    given = {key: taken.annotation for key, taken in PARAMETERS[name].items() if key not in found}
    return found | given


def conforms(value: object, hint: Any) -> bool:  # noqa: ANN401 - an annotation can be anything
    """Whether a value has an annotated type, where a bool is not an int and a datetime no date."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return any(conforms(value, part) for part in inner)
    if origin is Literal:
        return any(type(value) is type(word) and value == word for word in inner)
    if origin is not None:
        return conforms_generic(value, origin, inner)
    return isinstance(hint, TypeVar) or conforms_class(value, NoneType if hint is None else hint)


def conforms_generic(value: object, origin: type, inner: tuple[object, ...]) -> bool:
    """The same for containers and callables."""
    origin = Iterable if origin is Collection else origin  # read once, it may be an iterator
    if isinstance(value, str | bytes) or not isinstance(value, origin):
        return False
    match value:
        case _ if not issubclass(origin, Iterable):  # a Callable
            return True
        case Mapping() if issubclass(origin, Mapping):
            return all(conforms_items(pair, inner) for pair in value.items())
        case tuple() if origin is tuple and inner[-1] is not ...:
            return conforms_items(value, inner)
        case Collection():
            return all(conforms(item, inner[0]) for item in value)
        case _:  # it can be read only once
            return True


def conforms_items(value: tuple[object, ...], inner: tuple[object, ...]) -> bool:
    """The same for the items of a tuple, one by one."""
    return len(value) == len(inner) and all(map(conforms, value, inner))


NEAR_MISSES: Final[dict[object, type]] = {int: bool, date: datetime}


def conforms_class(value: object, hint: Any) -> bool:  # noqa: ANN401 - Any is one
    """The same for a class, except for its near miss."""
    if hint is datetime:
        return isinstance(value, datetime) and value.utcoffset() is not None
    if hint in {Any, float}:
        return hint is Any or isinstance(value, int | float)
    return isinstance(value, hint) and not isinstance(value, NEAR_MISSES.get(hint, ()))


# --- The laws ---------------------------------------------------------------------------------


class TestCoverage:
    """Every parameter of every public callable is in a valid call."""

    def test_every_public_callable_has_a_valid_call(self) -> None:
        """A new class, method or function fails here until `CALLS` has it."""
        assert sorted(PARAMETERS) == sorted(CALLS)

    def test_every_parameter_is_given(self) -> None:
        """A new parameter fails here until its call gives it."""
        given = {name: sorted(CALLS[name]().keys() - {"self"}) for name in PARAMETERS}
        assert given == {name: sorted(PARAMETERS[name]) for name in PARAMETERS}

    def test_the_calls_are_valid(self) -> None:
        """With nothing replaced each call gives a value."""
        for name in PARAMETERS:
            try:
                invoke(name, CALLS[name]())
            except Exception as error:
                raise AssertionError(name) from error

    def test_only_what_takes_no_argument_is_left_out(self) -> None:
        """A callable without a call in the table takes no argument."""
        left_out = PUBLIC.keys() - PARAMETERS.keys()
        assert all(not parameters(PUBLIC[name]) for name in left_out)

    def test_lists_the_pairs_that_are_covered(
        self, record_property: Callable[[str, object], None]
    ) -> None:
        """`pytest -rP` shows them; so do the ids of the tests below."""
        pairs = [f"{name}({parameter})" for name, parameter in sorted(PAIRS)]
        print(*pairs, f"{len(pairs)} pairs", sep="\n")  # noqa: T201 - the list that is asked for
        record_property("pairs", pairs)
        signatures = itertools.chain.from_iterable(map(parameters, PUBLIC.values()))
        assert len(set(pairs)) == len(list(signatures))


# With fewer examples than in a full run, each pair gets every n-th of the awkward values. Pairs
# begin at different ones, so that together they still meet all.
STEP: Final = max(1, 100 // settings().max_examples)


@pytest.mark.full
@pytest.mark.parametrize("name", sorted(PARAMETERS))
class TestBadInput:
    """A bad argument is refused with a documented error that names it, and changes nothing."""

    def test_what_has_been_awkward_before(self, name: str) -> None:
        """Near misses, both ends of the calendar, odd texts, hostile objects, our own values."""
        for parameter in PARAMETERS[name]:
            for value in awkward()[PAIRS.index((name, parameter)) % STEP :: STEP]:
                try:
                    replace_and_check(name, parameter, value)
                except Exception as error:
                    raise AssertionError(f"{name}({parameter}={shortly(value)})") from error

    def test_anything(self, name: str) -> None:
        """Whatever Hypothesis draws."""

        # A closure, because pytest's plugin of Hypothesis nests the settings of a parametrized test
        # once for each parameter, and Python's stack has room for about a thousand. Explaining a
        # failure would take minutes where a value is large.
        @few(5, phases=set(Phase) - {Phase.explain})
        @given(value=arbitrary())
        def law(parameter: str, value: object) -> None:
            replace_and_check(name, parameter, value)

        for parameter in PARAMETERS[name]:
            law(parameter=parameter)
