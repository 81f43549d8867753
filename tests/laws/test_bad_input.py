"""Bad input: whatever one argument of a call is, the answer is a value or a clear refusal.

How it works. `CALLS` holds one valid call of every public callable that takes an argument. What
those are, and which arguments they take, is read from `__all__` by inspection, so what is new fails
the tests here until the table has it. Each test then replaces one argument of one valid call: the
test ids are the list of the pairs covered.
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
from attrs import NOTHING, evolve, has
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import prodflow
from prodflow import (
    EVERY_DAY,
    Backward,
    BulkRefusedError,
    Change,
    ChangeRefusedError,
    ChangeRules,
    Choice,
    CommandReusedError,
    Completing,
    CompletionDateError,
    Contact,
    CreateTask,
    CustomAction,
    CycleConflictError,
    CycleNotFoundError,
    CycleProblem,
    DateOutOfRangeError,
    DaysFromDue,
    DaysInStatus,
    DefinitionError,
    DuplicateOrderError,
    Entering,
    Forward,
    FromEntry,
    Held,
    InactiveStatusError,
    InvalidCycleError,
    Leaving,
    MemoryStore,
    MissingDeliveryDateError,
    MixedOrderTypesError,
    Move,
    NoNextStatusError,
    Opening,
    OrderNotFoundError,
    OrderQuery,
    ProdflowError,
    ProductionFlow,
    RuleError,
    SameStatusError,
    SendMessage,
    StaleOrdersError,
    Status,
    StatusCycle,
    StatusMovedError,
    StoreError,
    Trigger,
    TriggerProblem,
    UnknownStatusError,
    UnmappedStatusError,
    WorkingCalendar,
    diagrams,
    export,
    hub,
    invoices,
    plan,
    samples,
)
from prodflow.export import Table
from prodflow.hub import (
    BoardColumn,
    CycleTime,
    Days,
    Load,
    MoveCount,
    OnTime,
    Span,
    StatusCount,
    StatusLateness,
    StatusReportRow,
    StatusRework,
    WorkloadRow,
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

# --- One of everything ------------------------------------------------------------------------

MONDAY: Final = date(2026, 11, 16)
NOON: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)
BY: Final = {"by": "ann", "at": NOON, "recorded_by": "bob", "note": "why", "command_id": "cmd-9"}

CALENDAR: Final = WorkingCalendar(holidays=[date(2026, 12, 25)])
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
ALBUMS: Final = StatusCycle(
    "albums",
    [Status("ordered", "Ordered", initial=True), Status("bound", "Bound", final=True)],
)
TRIGGERS: Final = (
    Trigger("call", DaysInStatus("lab", 3), CreateTask("Call the lab", due_days=1)),
    Trigger("tell", Entering("retouch"), SendMessage("begun", channels=("email", "call"))),
    Trigger("remind", DaysFromDue(None, -1), CustomAction("ring", {"loud": True})),
)
RULES: Final = ChangeRules(note_required={Move.BACK}, targets={"old": ["ordered"]})
FLOW: Final = ProductionFlow(due_dates=Forward(CALENDAR), triggers=TRIGGERS, rules=RULES)

OPENED: Final = FLOW.open(
    CYCLE, order_id="A-1", ordered_on=MONDAY, delivery_on=date(2026, 12, 4), by="ann", at=NOON
)
ADVANCED: Final = FLOW.advance(OPENED.order, today=date(2026, 11, 17), by="ann", at=NOON)
ORDER: Final = ADVANCED.order
OTHER: Final = FLOW.open(CYCLE, order_id="A-2", ordered_on=MONDAY, by="ann", at=NOON)
ALBUM: Final = FLOW.open(ALBUMS, order_id="B-1", ordered_on=MONDAY, by="ann", at=NOON)
PROPOSAL: Final = FLOW.propose(ORDER, today=date(2026, 11, 18), by="ann", user="cy", note="why")
HOLD: Final = FLOW.advance(
    ORDER, today=date(2026, 11, 19), by="ann", at=NOON, to="hold", current_complete=False
)
AMENDED: Final = FLOW.amend(ORDER, by="ann", at=NOON, vendor="lab one")
MIGRATED: Final = FLOW.migrate(ORDER, NEXT_CYCLE, by="ann", at=NOON)
BULK: Final = FLOW.propose_all([ORDER, OTHER.order], today=date(2026, 11, 18), by="ann")
PLAN: Final = plan(CYCLE, FLOW.due_dates, ordered_on=MONDAY, delivery_on=date(2026, 12, 4))
REFUSED: Final = SameStatusError("A-1", "retouch")
LINE: Final = InvoiceLine("1", order_type="prints", vendor="lab one", description="5 x 7")
UNPLACED: Final = UnplacedLine(InvoiceLine("2"), ("no-order-type", "no-vendor"))
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
PAST: Final = (OPENED.entry, ADVANCED.entry, HOLD.entry)
VISITS: Final = hub.visits(PAST)
LIST: Final = hub.overdue([ORDER, OTHER.order], today=date(2026, 12, 1))
SUGGESTED: Final = hub.suggest_durations([PAST], CYCLE, calendar=CALENDAR, at_least=1)


def store() -> MemoryStore:
    """A store with two orders, one of which has moved, their cycles and their events."""
    kept = MemoryStore()
    kept.put_cycle(NEXT_CYCLE)
    kept.save(OPENED, OTHER)
    kept.save(ADVANCED)
    return kept


def contents(kept: MemoryStore) -> object:
    """All that a store shows of itself; its free events are taken on the way."""
    orders = kept.find(OrderQuery())
    types = kept.order_types()
    return (
        orders,
        [kept.history(order.id) for order in orders],
        [kept.get_cycle(key, version) for key in types for version in kept.versions(key)],
        [kept.entries_of(command_id) for command_id in ("cmd-1", "cmd-9", "B-1")],
        kept.pending(as_of=date.max),
        kept.claim(as_of=date.max, now=NOON, lease=timedelta(hours=1)),
        kept.forget(before=date.max),
    )


EXAMPLES: Final[tuple[object, ...]] = (
    ALBUM,
    BULK,
    CALENDAR,
    CYCLE,
    FLOW,
    HOLD.entry,
    Held(due_on=MONDAY, due_on_is_manual=False, department="lab", user="ann"),
    AMENDED.entry,
    MIGRATED.entry,
    OPENED.entry,
    ORDER,
    PLAN,
    PLAN[1],
    PROPOSAL,
    RULES,
    Backward(EVERY_DAY, without_delivery="forward"),
    BulkRefusedError({"A-1": REFUSED}),
    ChangeRefusedError("A-1", ("not now",)),
    Choice(CYCLE["lab"], Move.NEXT, ("not now",)),
    CommandReusedError("cmd-9", (OPENED.entry,)),
    Completing("lab"),
    CompletionDateError("A-1", MONDAY, MONDAY, MONDAY),
    Contact(channels={"email", "sms"}, do_not_call=True),
    CreateTask("Call", department="lab", user="ann", due_days=2),
    CustomAction("ring", {"loud": True, "times": 3}),
    CycleConflictError("prints", 1),
    CycleNotFoundError("prints", 1),
    CycleProblem("no-final", "error", ("lab",), "one status must be final"),
    DateOutOfRangeError(MONDAY, 1),
    DefinitionError((("$.statuses[0].key", "is missing"),)),
    DaysFromDue("lab", -2, working=True),
    DaysInStatus("lab", 2),
    DuplicateOrderError({"A-1": (0, 1)}),
    Entering("lab", moves={Move.NEXT}),
    Forward(EVERY_DAY, shift_holds=True),
    FromEntry(EVERY_DAY),
    InactiveStatusError("prints", "lab"),
    InvalidCycleError(
        order_type="prints", problems=(CycleProblem("no-final", "error", (), "no final"),)
    ),
    Leaving("lab", moves={Move.NEXT}),
    MissingDeliveryDateError("prints", "lab"),
    MixedOrderTypesError(("prints", "albums")),
    Move.NEXT,
    NoNextStatusError("A-1", "done"),
    OrderNotFoundError("A-1"),
    OrderQuery(order_type="prints", user=None, due_by=MONDAY, after=(None, "A-1"), limit=3),
    ProdflowError("why"),
    REFUSED,
    RuleError("why"),
    SendMessage("begun", to="vendor", channels=["sms"], marketing=True),
    StaleOrdersError({"A-1": (1, 2)}),
    Status("lab", "At the lab", default_duration=2, default_user="ann", workflow_stage="lab"),
    StatusMovedError("A-1", "lab", "done"),
    StoreError("why"),
    CYCLE.place("lab"),
    TRIGGERS[0],
    ADVANCED.events[0],
    TriggerProblem("unknown-status", "call", "no such status"),
    UnknownStatusError("prints", "lba"),
    UnmappedStatusError("A-1", "prints", 2, ("lab",)),
    INVOICE,
    InvoiceOrders(placed=(PLACED,), unplaced=(UNPLACED,)),
    InvoiceProgress(open=1, complete=2, cancelled=3, next_due_on=MONDAY, last_due_on=MONDAY),
    LINE,
    Notify("I-1", SendMessage("ready")),
    OnCompletion(status="ready", delivered=True, notify=(SendMessage("ready"),)),
    PLACED,
    PaidAtLeast(50),
    InStatus("approved"),
    Sample(CYCLE, FLOW),
    SetDeliveredOn("I-1", MONDAY),
    SetInvoiceStatus("I-1", "ready"),
    UNPLACED,
    hub.board([ORDER, ALBUM.order], today=MONDAY),
    BoardColumn(key="lab", title="At the lab", orders=(ORDER,), overdue=0, due_soon=1),
    CycleTime("A-1", "prints", MONDAY, MONDAY, MONDAY, 1, Span(0, 0, 0, 0), Span(0, 0, 0, 0)),
    hub.cycle_time(VISITS, [CYCLE]),
    Days(0, None, None, None, None),
    hub.lateness_under([PAST], CYCLE, policy=Forward(CALENDAR)),
    Load("lab", 1, 0, 0),
    MoveCount("prints", "ordered", "lab", "Ordered", "At the lab", 1),
    hub.move_graph(VISITS),
    OnTime("prints", "lab", "At the lab", 0, 0),
    hub.on_time_rate(VISITS),
    LIST,
    hub.rework(VISITS),
    Span(0, 0, 0, 0),
    StatusCount("prints", "lab", "Prints: At the lab", 1, 0, 0),
    StatusLateness(CYCLE["lab"], 0, 0, 0),
    hub.status_report([ORDER, ALBUM.order], today=MONDAY),
    StatusReportRow(ORDER, "West", Decimal("9.90")),
    StatusRework("prints", "lab", "At the lab", 1, 1, 0, 0, 0),
    hub.time_in_status(VISITS).rows[0],
    SUGGESTED.rows[0],
    SUGGESTED,
    hub.time_in_status(VISITS),
    VISITS[0],
    hub.workload([ORDER, ALBUM.order], today=MONDAY),
    WorkloadRow("lab", "ann", 1, 0, 0),
)

# --- What is public, by inspection ------------------------------------------------------------

Call = Callable[[], dict[str, object]]
OPERATORS: Final = {"__getitem__", "__contains__"}  # the magic methods that take what a user has
ERROR_WORDS: Final = inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL)
ENUM_VALUE: Final = inspect.Parameter("value", inspect.Parameter.POSITIONAL_ONLY)


def public_callables() -> dict[str, Callable[..., object]]:
    """Every constructor, method, operator and function, by the name that users write."""
    found: dict[str, Callable[..., object]] = {}
    modules = (prodflow, diagrams, export, hub, invoices, samples)
    for name, value in [(name, getattr(m, name)) for m in modules for name in m.__all__]:
        if not inspect.isclass(value):
            if inspect.isfunction(value):
                found[name] = value
        elif not getattr(value, "_is_protocol", False) and not is_typeddict(value):
            found[name] = value
            found |= {f"{name}.{attribute}": function for attribute, function in methods(value)}
    return found


def methods(cls: type) -> Iterator[tuple[str, Callable[..., object]]]:
    """The public methods of a class; those that Python's own classes lend it are Python's."""
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
    """What a callable takes; the keys of a TypedDict one by one, the object itself left out."""
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
            }
    return found


def unpacked(function: Callable[..., object], name: str) -> dict[str, object]:
    """The keys of the TypedDict that annotates `**name`, with their types."""
    (typed,) = get_args(get_type_hints(function)[name])
    assert is_typeddict(typed)
    return get_type_hints(typed)


PUBLIC: Final = public_callables()
PARAMETERS: Final = {name: found for name in PUBLIC if (found := parameters(PUBLIC[name]))}
PAIRS: Final = [(name, parameter) for name in PARAMETERS for parameter in PARAMETERS[name]]

# --- One valid call of each -------------------------------------------------------------------


def construction(example: object) -> Call:
    """The call that builds *example*, with lists and dicts where any iterable will do."""
    taken = PARAMETERS[type(example).__name__]

    def call() -> dict[str, object]:
        return {name: widened(taken[name].annotation, getattr(example, name)) for name in taken}

    return call


def widened(hint: object, value: object) -> object:
    """The same value in something that can be changed, so that a change of it would be seen."""
    if isinstance(value, MappingProxyType):
        return dict(value)
    if get_origin(hint) is Iterable and isinstance(value, tuple | frozenset):
        return list(value)
    return value


def overrides() -> dict[str, object]:
    """Every keyword of a status change of `ORDER`."""
    return {
        "to": "lab",
        "expect": "retouch",
        "current_complete": True,
        "completed_on": date(2026, 11, 18),
        "due_on": date(2026, 11, 30),
        "department": "lab",
        "user": "ann",
        "note": "why",
    }


def amendments() -> dict[str, object]:
    """Every keyword of an amendment."""
    return {
        "ordered_on": date(2026, 11, 13),
        "delivery_on": date(2026, 12, 11),
        "vendor": "lab one",
        "invoice_id": "I-1",
        "due_on": date(2026, 11, 30),
        "department": "lab",
        "user": "ann",
    }


def dates() -> dict[str, object]:
    """What a policy is asked with."""
    return {
        "cycle": CYCLE,
        "key": "lab",
        "ordered_on": MONDAY,
        "delivery_on": date(2026, 12, 4),
        "entered_on": MONDAY,
    }


COUNTED: Final = {"today": MONDAY, "within": 2, "calendar": CALENDAR}
ACCEPTING: Final = {"at": NOON, "recorded_by": "bob", "command_id": "cmd-9"}
TODAY: Final = {"today": date(2026, 11, 18), "by": "ann"}
REPLANNING: Final = ProductionFlow(due_dates=Backward(CALENDAR))

TABLE: Final = export.Table("Orders", ["id", "due"], [["A-1", MONDAY]], notes=["one order"])

CALLS: Final[dict[str, Call]] = {
    "Table": construction(TABLE),
    "to_csv": lambda: {"table": TABLE},
    "to_html": lambda: {"table": TABLE, "lang": "de"},
    "to_markdown": lambda: {"table": TABLE},
    "to_pdf": lambda: {"table": TABLE, "paper": "letter", "lang": "de", "font": None},
    "to_text": lambda: {"table": TABLE},
    "to_xlsx": lambda: {"table": TABLE},
    **{type(example).__name__: construction(example) for example in EXAMPLES},
    "Move": lambda: {"value": "next"},
    "ProductionFlow": lambda: {
        "due_dates": Forward(CALENDAR),
        "triggers": list(TRIGGERS),
        "rules": RULES,
    },
    "Backward.due_on": lambda: {"self": Backward(CALENDAR), **dates()},
    "ChangeRules.reasons": lambda: {"self": RULES, "proposal": PROPOSAL},
    "CycleAdopted.repeats": lambda: {"self": MIGRATED.entry, "other": MIGRATED.entry},
    "Forward.due_on": lambda: {"self": Forward(CALENDAR), **dates()},
    "FromEntry.due_on": lambda: {"self": FromEntry(CALENDAR), **dates()},
    "InvoiceProgress.is_overdue": lambda: {
        "self": InvoiceProgress(open=1, complete=0, cancelled=0),
        "today": MONDAY,
    },
    "OrderList.__getitem__": lambda: {"self": LIST, "index": 1},
    "Suggestions.replay": lambda: {
        "self": SUGGESTED,
        "histories": [list(PAST), [ALBUM.entry]],
        "policy": Backward(CALENDAR),
    },
    "board": lambda: {
        "orders": [ORDER, ALBUM.order],
        "by": "department",
        "columns": ["lab", None],
        **COUNTED,
    },
    "cycle_time": lambda: {"visits": list(VISITS), "cycles": [CYCLE, ALBUMS]},
    "cycle_dot": lambda: {"cycle": CYCLE, "counts": {"lab": 2}},
    "cycle_mermaid": lambda: {"cycle": CYCLE, "counts": {"lab": 2}},
    "cycle_svg": lambda: {"cycle": CYCLE, "counts": {"lab": 2}, "title": "Prints"},
    "flow_svg": lambda: {"cycle": CYCLE, "moves": {("ordered", "lab"): 2}, "title": "Moves"},
    "plan_svg": lambda: {"plan": PLAN, "today": MONDAY, "title": "A plan"},
    "due_soon": lambda: {"orders": [ORDER, ALBUM.order], **COUNTED},
    "in_use": lambda: {"cycle": CYCLE, "orders": [ORDER, HOLD.order], "resuming": True},
    "lateness_under": lambda: {
        "histories": [list(PAST), [ALBUM.entry]],
        "cycle": CYCLE,
        "policy": Forward(CALENDAR),
    },
    "move_graph": lambda: {"visits": list(VISITS), "cycles": [CYCLE, ALBUMS]},
    "on_time_rate": lambda: {"visits": list(VISITS), "cycles": [CYCLE, ALBUMS]},
    "order_type_table": lambda: {"cycles": [CYCLE, NEXT_CYCLE, ALBUMS]},
    "overdue": lambda: {"orders": [ORDER, ALBUM.order], "today": MONDAY},
    "past_delivery": lambda: {"orders": [ORDER, ALBUM.order], "today": MONDAY},
    "rework": lambda: {"visits": list(VISITS), "cycles": [CYCLE, ALBUMS]},
    "status_report": lambda: {
        "orders": [ORDER, OTHER.order],
        "order_type": "prints",
        "statuses": ["ordered", "retouch"],
        "due_by": date(2026, 12, 1),
        "user": "ann",
        "vendor": None,
        "sort_by": "client",
        "clients": {"A-1": "West"},
        "amounts": {"A-1": Decimal("9.90")},
        **COUNTED,
    },
    "status_table": lambda: {"cycle": CYCLE, "show_inactive": True},
    "suggest_durations": lambda: {
        "histories": [list(PAST), [ALBUM.entry]],
        "cycle": CYCLE,
        "calendar": CALENDAR,
        "quantile": 0.5,
        "at_least": 1,
    },
    "time_in_status": lambda: {"visits": list(VISITS), "cycles": [CYCLE, ALBUMS]},
    "visits": lambda: {"entries": list(PAST), "calendar": CALENDAR},
    "workload": lambda: {"orders": [ORDER, ALBUM.order], **COUNTED},
    "MemoryStore.acknowledge": lambda: {
        "self": store(),
        "event_ids": (ADVANCED.events[0].id, "unknown"),
    },
    "MemoryStore.claim": lambda: {
        "self": store(),
        "as_of": date(2026, 12, 1),
        "now": NOON,
        "lease": timedelta(minutes=5),
        "limit": 10,
    },
    "MemoryStore.dismiss": lambda: {
        "self": store(),
        "event_ids": (ADVANCED.events[0].id, "unknown"),
    },
    "MemoryStore.entries_of": lambda: {"self": store(), "command_id": "cmd-9"},
    "MemoryStore.find": lambda: {"self": store(), "query": OrderQuery(is_open=True)},
    "MemoryStore.forget": lambda: {"self": store(), "before": date(2026, 12, 1)},
    "MemoryStore.get": lambda: {"self": store(), "order_id": "A-1"},
    "MemoryStore.get_cycle": lambda: {"self": store(), "order_type": "prints", "version": 1},
    "MemoryStore.history": lambda: {"self": store(), "order_id": "A-1", "after": 1, "limit": 1},
    "MemoryStore.load": lambda: {"self": store(), "order_ids": ["A-1", "A-3"]},
    "MemoryStore.pending": lambda: {
        "self": store(),
        "as_of": date(2026, 12, 1),
        "after": ADVANCED.events[0],
        "limit": 10,
        "automatic": True,
    },
    "MemoryStore.put_cycle": lambda: {"self": store(), "cycle": ALBUMS},
    "MemoryStore.save": lambda: {"self": store(), "changes": (ALBUM, HOLD)},
    "MemoryStore.versions": lambda: {"self": store(), "order_type": "prints"},
    "OrderAmended.repeats": lambda: {"self": AMENDED.entry, "other": AMENDED.entry},
    "OrderOpened.repeats": lambda: {"self": OPENED.entry, "other": OPENED.entry},
    "OrderQuery.matches": lambda: {"self": OrderQuery(status="lab"), "order": ORDER},
    "OrderQuery.select": lambda: {
        "self": OrderQuery(after=(MONDAY, "A-0"), limit=1),
        "orders": [ORDER, OTHER.order],
    },
    "Plan.__getitem__": lambda: {"self": PLAN, "index": 1},
    "Plan.past": lambda: {"self": PLAN, "today": date(2026, 12, 1)},
    "ProductionFlow.accept": lambda: {"self": FLOW, "proposal": PROPOSAL, **ACCEPTING},
    "ProductionFlow.accept_all": lambda: {"self": FLOW, "bulk": BULK, **ACCEPTING},
    "ProductionFlow.advance": lambda: {
        "self": FLOW,
        "order": ORDER,
        **TODAY,
        **ACCEPTING,
        **overrides(),
    },
    "ProductionFlow.advance_all": lambda: {
        "self": FLOW,
        "orders": [ORDER],
        **TODAY,
        **ACCEPTING,
        **overrides(),
    },
    "ProductionFlow.amend": lambda: {"self": FLOW, "order": ORDER, **BY, **amendments()},
    "ProductionFlow.amend_all": lambda: {
        "self": FLOW,
        "orders": [ORDER, OTHER.order],
        **BY,
        **amendments(),
    },
    "ProductionFlow.choices": lambda: {"self": FLOW, "order": ORDER, **TODAY},
    "ProductionFlow.migrate": lambda: {
        "self": FLOW,
        "order": ORDER,
        "cycle": NEXT_CYCLE,
        "mapping": {"retouch": "lab"},
        **BY,
    },
    "ProductionFlow.migrate_all": lambda: {
        "self": FLOW,
        "orders": [ORDER, OTHER.order],
        "cycle": NEXT_CYCLE,
        "mapping": {"retouch": "lab"},
        **BY,
    },
    "ProductionFlow.open": lambda: {
        "self": FLOW,
        "cycle": CYCLE,
        "order_id": "A-9",
        "ordered_on": MONDAY,
        "delivery_on": date(2026, 12, 4),
        "invoice_id": "I-1",
        "vendor": "lab one",
        "status": "lab",
        **BY,
    },
    "ProductionFlow.propose": lambda: {"self": FLOW, "order": ORDER, **TODAY, **overrides()},
    "ProductionFlow.propose_all": lambda: {
        "self": FLOW,
        "orders": [ORDER],
        **TODAY,
        **overrides(),
    },
    "ProductionFlow.replan": lambda: {"self": REPLANNING, "order": ORDER, **BY},
    "ProductionFlow.replan_all": lambda: {
        "self": REPLANNING,
        "orders": [ORDER, OTHER.order],
        **BY,
    },
    "ProductionFlow.revise": lambda: {
        "self": FLOW,
        "proposal": PROPOSAL,
        **TODAY,
        **overrides(),
    },
    "ProductionOrder.apply": lambda: {
        "self": ORDER,
        "entry": MIGRATED.entry,
        "cycle": NEXT_CYCLE,
    },
    "ProductionOrder.is_overdue": lambda: {"self": ORDER, "today": MONDAY},
    "ProductionOrder.is_past_delivery": lambda: {"self": ORDER, "today": MONDAY},
    "ProductionOrder.replay": lambda: {
        "entries": [OPENED.entry, ADVANCED.entry, MIGRATED.entry],
        "cycles": [CYCLE, NEXT_CYCLE, ALBUMS],
    },
    "SendMessage.channel_for": lambda: {
        "self": SendMessage("begun"),
        "contact": Contact(channels={"email"}),
    },
    "StatusChanged.repeats": lambda: {"self": HOLD.entry, "other": HOLD.entry},
    "StatusCycle.__contains__": lambda: {"self": CYCLE, "status": CYCLE["lab"]},
    "StatusCycle.__getitem__": lambda: {"self": CYCLE, "key": "lab"},
    "StatusCycle.add": lambda: {"self": CYCLE, "status": Status("new", "New"), "index": 2},
    "StatusCycle.deactivate": lambda: {"self": CYCLE, "key": "lab"},
    "StatusCycle.move_down": lambda: {"self": CYCLE, "key": "retouch"},
    "StatusCycle.move_to": lambda: {"self": CYCLE, "key": "hold", "index": 2},
    "StatusCycle.move_up": lambda: {"self": CYCLE, "key": "lab"},
    "StatusCycle.next_after": lambda: {"self": CYCLE, "key": "lab"},
    "StatusCycle.place": lambda: {"self": CYCLE, "key": "lab"},
    "StatusCycle.reactivate": lambda: {"self": CYCLE, "key": "old"},
    "StatusCycle.remove": lambda: {"self": CYCLE, "key": "lab"},
    "StatusCycle.replace": lambda: {
        "self": CYCLE,
        "key": "hold",
        "description": "Set aside",
        "default_duration": 2,
        "default_department": "office",
        "default_user": "ann",
        "workflow_stage": "lab",
        "initial": False,
        "final": False,
        "non_standard": True,
        "cancelled": False,
        "inactive": False,
    },
    "StatusCycle.set_final": lambda: {"self": CYCLE, "key": "lab"},
    "StatusCycle.set_initial": lambda: {"self": CYCLE, "key": "retouch"},
    "WorkingCalendar.add": lambda: {"self": CALENDAR, "day": MONDAY, "n": 3},
    "WorkingCalendar.count": lambda: {"self": CALENDAR, "start": MONDAY, "end": NOON.date()},
    "WorkingCalendar.following": lambda: {"self": CALENDAR, "day": MONDAY},
    "WorkingCalendar.from_rules": lambda: {
        "rules": ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=3"),
        "since": date(2026, 1, 1),
        "until": date(2028, 12, 31),
        "working_weekdays": [0, 1, 2],
        "holidays": [MONDAY],
        "extra_working_days": {date(2026, 11, 22)},
    },
    "WorkingCalendar.is_working_day": lambda: {"self": CALENDAR, "day": MONDAY},
    "WorkingCalendar.offsets": lambda: {"self": CALENDAR, "day": MONDAY, "days": [0, None, 5]},
    "WorkingCalendar.preceding": lambda: {"self": CALENDAR, "day": MONDAY},
    "completion_intents": lambda: {
        "wanted": OnCompletion(status="ready"),
        "before": [PLACED.change.order],
        "after": [evolve(PLACED.change.order, status=CYCLE["done"])],
    },
    "find_problems": lambda: {"statuses": [CYCLE["lab"], {"key": "lab", "description": "Lab"}]},
    "find_trigger_problems": lambda: {"triggers": list(TRIGGERS), "cycles": [CYCLE, ALBUMS]},
    "invoice_progress": lambda: {"orders": [PLACED.change.order]},
    "is_due": lambda: {"condition": PaidAtLeast(50), "before": INVOICE, "after": INVOICE},
    "is_met": lambda: {"condition": PaidInFull(), "invoice": INVOICE},
    "order_id_for": lambda: {"invoice": INVOICE, "vendor": "lab one", "order_type": "prints"},
    "orders_for_invoice": lambda: {
        "flow": FLOW,
        "invoice": INVOICE,
        "cycles": [CYCLE, ALBUMS],
        "ordered_on": MONDAY,
        "order_ids": order_id_for,
        "taken": ["A-1"],
        **BY,
    },
    "plan": lambda: {
        "cycle": CYCLE,
        "policy": Backward(CALENDAR),
        "ordered_on": MONDAY,
        "delivery_on": date(2026, 12, 4),
    },
    "plan_many": lambda: {
        "cycle": CYCLE,
        "policy": FromEntry(CALENDAR),
        "dates": [(MONDAY, None), (MONDAY, date(2026, 12, 4))],
    },
    "slug": lambda: {"description": "At the lab", "taken": ["at-the-lab"]},
}

# --- Arbitrary values -------------------------------------------------------------------------


class HostError(Exception):
    """What the objects of a host raise here; prodflow must not ask them what makes them raise."""


def _refuse(*_: object) -> object:
    raise HostError


def hostile(*names: str) -> object:
    """An object on which these magic methods raise."""
    body = {"__hash__": object.__hash__} | dict.fromkeys(names, _refuse)
    return type("Hostile", (), body)()


class Stage(StrEnum):
    """A host's own enum of keys: its members are str, so they pass."""

    LAB = "lab"


class Weekday(IntEnum):
    """A host's own enum of numbers: its members are int, so they pass."""

    MONDAY = 0


class Dateless:
    """Looks like a policy, but has no calendar."""

    name = "dateless"
    calendar: WorkingCalendar | None = None

    def due_on(self, *_: object, **__: object) -> date:
        """Give the moment instead of a day, as a policy must not."""
        return NOON


class Nameless(Dateless):
    """Looks like a policy, but its name is none."""

    name = "not a key"
    calendar = EVERY_DAY


class Late(Dateless):
    """A policy in all but that it gives a moment instead of a day."""

    calendar = EVERY_DAY


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
    *(*EXAMPLES, *TRIGGERS, *Move, *CYCLE, ALBUMS, NEXT_CYCLE, ALBUM.order, ALBUM.entry),
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
    """Lists, dicts and sets of the right, the wrong and the same thing twice; new at every call."""
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
    """Everything that has been awkward before; containers are new at every call."""
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

# What a refusal may speak of instead of the argument: what this holds, each by its own name, ...
ITEMS: Final = {
    "channels": "a channel",
    "entries": "entry",
    "extra_working_days": "an extra working day",
    "histories": "entries",
    "holidays": "a holiday",
    "orders": "order",
    "rules": "(a|the) rule",
    "working_weekdays": "a working weekday",
}
OTHERWISE: Final = {
    ("BulkProposal", "refusals"): "a refusal",
    ("Table", "columns"): "row",
    ("Table", "rows"): "row",
    ("plan_many", "dates"): "ordered_on|delivery_on",
    # ... what it is handed on as, ...
    ("Backward.due_on", "delivery_on"): "day",
    ("Backward.due_on", "entered_on"): "day",
    ("Forward.due_on", "entered_on"): "day",
    ("Forward.due_on", "ordered_on"): "day",
    ("FromEntry.due_on", "entered_on"): "day",
    ("ProductionFlow.advance", "to"): "a key",
    ("ProductionFlow.advance_all", "to"): "a key",
    ("ProductionFlow.open", "status"): "a key",
    ("ProductionFlow.propose", "to"): "a key",
    ("ProductionFlow.propose_all", "to"): "a key",
    ("ProductionFlow.revise", "to"): "a key",
    ("ProposedChange", "refusals"): "reasons",
    # ... or, where a rule over several values is broken, those that it is about.
    ("Change", "entry"): "an order is opened by its first entry",
    ("Change", "events"): "an event of",
    ("MemoryStore.claim", "now"): "lease",
    ("OrderOpened", "sequence"): "its first entry",
    ("PlacedOrder", "change"): "lines must be of the vendor",
    ("Plan", "cycle"): "a plan of .* needs",
    ("Plan", "due_dates"): "a plan of .* needs",
    ("Plan", "earliest_dates"): "a plan of .* needs",
    ("Plan", "latest_dates"): "a plan of .* needs",
    ("ProductionOrder.apply", "cycle"): "the entry adopts version",
    ("ProductionOrder.apply", "entry"): "cycle is for|order .* is open already",
    ("ProductionOrder.replay", "entries"): "entry|history begins|is open already",
    ("WorkingCalendar", "working_weekdays"): "a working weekday|a calendar needs",
}

UNSTORABLE: Final = "\x00\x01\x1b\x7f\x85\u200f\u202e\u2066\ufffe\U0010ffff"
RAISE: Final = dis.opmap["RAISE_VARARGS"]
# An enum and a tuple refuse what is no member of theirs in Python's own words.
PYTHONS_OWN: Final = {"Move", "OrderList.__getitem__", "Plan.__getitem__"}
# A policy looks at the dates that it counts from, not at those of other policies; what a form holds
# is what find_problems is for.
TAKES_MORE: Final = {"Backward.due_on", "Forward.due_on", "FromEntry.due_on", "find_problems"}
# Of a mapping of the host's only the orders of the report are looked up.
LOOKED_UP: Final = {("status_report", "clients"), ("status_report", "amounts")}

# What is not only kept but called: what the host's own code does there is the host's.
CALLED: Final = {("orders_for_invoice", "order_ids")}


def shortly(value: object) -> str:
    """A value for the message of a failing test, also where it has no `repr` to give."""
    try:
        return repr(value)[:100]
    except (HostError, ValueError):
        return object.__repr__(value)


def invoke(name: str, arguments: Mapping[str, object]) -> object:
    """Call it, each argument in the way in which its parameter takes it."""
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


def replace_and_check(name: str, parameter: str, value: object) -> None:
    """A valid call with one argument replaced gives a value or a clear refusal; nothing changes."""
    if (name, parameter) in CALLED and callable(value):
        return
    arguments, kept = CALLS[name](), originals(name)
    if PARAMETERS[name][parameter].kind is inspect.Parameter.VAR_POSITIONAL:
        valid = arguments[parameter]
        assert isinstance(valid, tuple)
        arguments[parameter] = (*valid[:-1], value)
    else:
        arguments[parameter] = value
    held = items_of(value)
    try:
        result = invoke(name, arguments)
    except (ProdflowError, TypeError, ValueError) as error:
        check_refusal(name, error)
        check_naming(name, parameter, error)
        if isinstance(arguments.get("self"), MemoryStore):
            assert contents(arguments["self"]) == contents(store())  # type: ignore[arg-type]
    except IndexError:
        assert name in PYTHONS_OWN
    except HostError:
        assert name in PYTHONS_OWN
    else:
        check_acceptance(name, parameter, value)
        check_result(result)
    assert items_of(value) == held
    for key, before in kept.items():
        if key != parameter:
            assert arguments[key] == before


@cache
def originals(name: str) -> dict[str, object]:
    """Deep copies of the arguments of a valid call; of a store the contents are asked."""
    arguments = CALLS[name]()
    return {k: deepcopy(v) for k, v in arguments.items() if not isinstance(v, MemoryStore)}


def items_of(value: object) -> list[int]:
    """The identities of what a container holds, which no call may change."""
    if isinstance(value, dict):
        return [id(item) for pair in value.items() for item in pair]
    return list(map(id, value)) if isinstance(value, list | set) else []


def check_refusal(name: str, error: Exception) -> None:
    """The refusal is one of the documented errors, made by hand, in one short line."""
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
    """A refusal says which argument it is about, before it says what was expected of it.

    An error of prodflow's own speaks of orders and statuses instead; a `ValueError` may be about
    how several arguments go together.
    """
    if isinstance(error, ProdflowError) or name in PYTHONS_OWN:
        return
    message = str(error)
    subject = message.partition(" must ")[0] if isinstance(error, TypeError) else message
    spoken_of = OTHERWISE.get((name, parameter)) or ITEMS.get(parameter, parameter)
    assert re.search(rf"\b({parameter}|{spoken_of})\b", subject), message


def is_deliberate(error: Exception) -> bool:
    """Whether a raise statement of prodflow made the error, not an operation that went wrong."""
    step = error.__traceback__
    assert step is not None
    while step.tb_next is not None:
        step = step.tb_next
    operation = step.tb_frame.f_code.co_code[step.tb_lasti]
    return operation == RAISE and is_ours(step.tb_frame.f_globals["__name__"])


def check_acceptance(name: str, parameter: str, value: object) -> None:
    """What was accepted is what the annotation says, near misses left out."""
    owner = PUBLIC[name]
    if isinstance(owner, type) and issubclass(owner, Exception | tuple):
        return  # not validated: the library and the stores build them
    if name not in PYTHONS_OWN | TAKES_MORE and (name, parameter) not in LOOKED_UP:
        assert conforms(value, hints(name)[parameter]), f"accepted {shortly(value)}"
    # A table marks what no page may hold.
    if isinstance(owner, type) and isinstance(value, str) and name != "Table":
        assert not any(char in UNSTORABLE or "\ud800" <= char <= "\udfff" for char in value)


def check_result(result: object) -> None:
    """What comes back could have been built by hand: nothing slipped in unchecked."""
    parts = list(result) if isinstance(result, list | tuple) else [result]
    parts += [value for part in parts if isinstance(part, Change) for value in whole(part)]
    for value in parts:
        if isinstance(value, Table):
            assert value == evolve(value)
        elif has(type(value)) and not isinstance(value, Exception):
            name = type(value).__name__
            facts = {key: getattr(value, key) for key in parameters(PUBLIC[name])}
            assert Stage not in map(type, facts.values()), "an enum of the host is left behind"
            assert value == invoke(name, facts)


def whole(change: Change) -> tuple[object, ...]:
    """The values of a change."""
    return (change.order, change.entry, *change.events)


@cache
def hints(name: str) -> dict[str, object]:
    """The annotations of a callable, with those of a TypedDict's keys."""
    function = PUBLIC[name]
    is_class = isinstance(function, type)
    found = get_type_hints(inspect.getattr_static(function, "__init__") if is_class else function)
    given = {key: taken.annotation for key, taken in PARAMETERS[name].items() if key not in found}
    return found | given


def conforms(value: object, hint: Any) -> bool:  # noqa: ANN401 - an annotation can be anything
    """Whether a value is what an annotation says: a bool is no int, a datetime no date."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return any(conforms(value, part) for part in inner)
    if origin is Literal:
        return any(type(value) is type(word) and value == word for word in inner)
    if origin is not None:
        return conforms_generic(value, origin, inner)
    return isinstance(hint, TypeVar) or conforms_class(value, NoneType if hint is None else hint)


def conforms_generic(value: object, origin: type, inner: tuple[object, ...]) -> bool:
    """The same for what holds other values, and for a callable."""
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
    """The same for a class, without its near miss."""
    if hint is datetime:
        return isinstance(value, datetime) and value.utcoffset() is not None
    if hint in {Any, float}:
        return hint is Any or isinstance(value, int | float)
    return isinstance(value, hint) and not isinstance(value, NEAR_MISSES.get(hint, ()))


# --- The laws ---------------------------------------------------------------------------------


class TestCoverage:
    """Every parameter of every public callable has a valid call, so that none is forgotten."""

    def test_every_public_callable_has_a_valid_call(self) -> None:
        """A new class, method or function fails here until `CALLS` has it."""
        assert sorted(PARAMETERS) == sorted(CALLS)

    @pytest.mark.parametrize("name", sorted(PARAMETERS))
    def test_every_parameter_is_given(self, name: str) -> None:
        """A new parameter fails here until its call gives it."""
        assert sorted(PARAMETERS[name]) == sorted(CALLS[name]().keys() - {"self"})

    @pytest.mark.parametrize("name", sorted(PARAMETERS))
    def test_the_call_is_valid(self, name: str) -> None:
        """With nothing replaced the call gives a value."""
        invoke(name, CALLS[name]())

    def test_only_what_takes_no_argument_is_left_out(self) -> None:
        """What the table does not hold cannot be given anything."""
        left_out = PUBLIC.keys() - PARAMETERS.keys()
        assert all(not parameters(PUBLIC[name]) for name in left_out)

    def test_lists_the_pairs_that_are_covered(
        self, record_property: Callable[[str, object], None]
    ) -> None:
        """`pytest -rP` shows them, and so do the ids of the tests below."""
        pairs = [f"{name}({parameter})" for name, parameter in sorted(PAIRS)]
        print(*pairs, f"{len(pairs)} pairs", sep="\n")  # noqa: T201 - the list that is asked for
        record_property("pairs", pairs)
        signatures = itertools.chain.from_iterable(map(parameters, PUBLIC.values()))
        assert len(set(pairs)) == len(list(signatures))


@pytest.mark.parametrize(("name", "parameter"), PAIRS, ids=map("-".join, PAIRS))
class TestBadInput:
    """Fed anything, a call refuses with a documented error that names it, and changes nothing."""

    def test_what_has_been_awkward_before(self, name: str, parameter: str) -> None:
        """Near misses, both ends of the calendar, odd texts, hostile objects, our own values."""
        for value in awkward():
            try:
                replace_and_check(name, parameter, value)
            except Exception as error:
                raise AssertionError(f"{name}({parameter}={shortly(value)})") from error

    # Explaining a failure would take minutes where a value is large.
    @settings(max_examples=20, phases=set(Phase) - {Phase.explain})
    @given(value=arbitrary())
    def test_anything(self, name: str, parameter: str, value: object) -> None:
        """Whatever Hypothesis comes up with."""
        replace_and_check(name, parameter, value)
