"""The package: its public names, their places and docstrings, and its values."""

import ast
import builtins
import inspect
import pickle
from collections.abc import Callable, Iterator
from copy import copy, deepcopy
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib import import_module, resources
from itertools import chain
from textwrap import dedent
from types import FunctionType, ModuleType
from typing import Final, is_typeddict

import pytest
from attrs import fields, has
from attrs.exceptions import FrozenInstanceError

import prodflow
from prodflow import (
    EVERY_DAY,
    Backoff,
    Backward,
    BulkChoice,
    Choice,
    Completing,
    Contact,
    CreateTask,
    CustomAction,
    CycleProblem,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Delivered,
    Entering,
    FlowSettings,
    Forward,
    FromEntry,
    Held,
    Leaving,
    Move,
    Opening,
    OrderQuery,
    OrderSplit,
    OutboxItem,
    Permission,
    PlanningFacts,
    ProductionFlow,
    ProductionOrder,
    Reason,
    Refusal,
    RuleProblem,
    SameStatusError,
    SendMessage,
    SettingsProblem,
    Status,
    StatusCycle,
    Terms,
    Trigger,
    TriggerProblem,
    TypeSettings,
    VendorTerms,
    Where,
    Words,
    codec,
    diagrams,
    export,
    forms,
    hub,
    invoices,
    outlook,
    plan,
    samples,
    stores,
)
from prodflow.invoices import (
    FirstPayment,
    InStatus,
    Invoice,
    InvoiceLine,
    InvoiceSaved,
    Notify,
    OnCompletion,
    PaidAtLeast,
    PaidInFull,
    SetDeliveredOn,
    SetInvoiceStatus,
    UnplacedLine,
    invoice_progress,
    orders_for_invoice,
)

# The names of design.md, section 5 (errors: section 6), under the module of the heading. These take
# or return Held, HistoryEntry, Choice, Place, RuleProblem and TriggerProblem.
HEADINGS: Final = {
    "errors": """
        ProdflowError RuleError InvalidCycleError InvalidTriggersError
        InvalidSettingsError UnknownStatusError InactiveStatusError
        NoNextStatusError SameStatusError OrderMovedError StatusMovedError CompletionDateError
        MissingDeliveryDateError MixedOrderTypesError ChangeRefusedError BulkRefusedError
        UnmappedStatusError ClosingChangedError NothingToUndoError SplitError DateOutOfRangeError
        DefinitionError StoreError OrderNotFoundError StaleOrdersError DuplicateOrderError
        CycleNotFoundError CycleConflictError CommandReusedError StaleCycleError
        SettingsNotFoundError StaleSettingsError SettingsProblem CursorError DamagedRowError
        KeyReusedError CycleProblem TriggerProblem RuleProblem Refusal
    """,
    "_words": "AnyWords Message Words say",
    "calendars": "WorkingCalendar EVERY_DAY MONDAY_TO_FRIDAY business_date",
    "cycle": "Status StatusCycle find_problems slug Place",
    "duedate": """
        Forward Backward FromEntry Terms VendorTerms DueDatePolicy PlanningFacts
        plan PlannedStatus Plan plan_many
    """,
    "order": """
        ProductionOrder Move OrderOpened StatusChanged OrderAmended CycleAdopted ChangeUndone
        OrderSplit Held HistoryEntry Facts FactChanges effective
    """,
    "_outlook": "ExpectedStatus Outlook outlook",
    "triggers": """
        Trigger Where Opening Entering Leaving Completing DaysInStatus DaysFromDue DaysFromDelivery
        CreateTask SendMessage CustomAction Contact TriggerEvent find_trigger_problems is_wanted
    """,
    "flow": """
        ProductionFlow ProposedChange BulkProposal BulkChoice Change ChangeRules Choice Overrides
        Amendments Permission Reason Reminders find_rule_problems
    """,
    "settings": "FlowSettings SettingsChanges TypeSettings find_settings_problems",
    "stores": """
        OrderStore OrderQuery CycleStore SettingsStore Outbox OutboxItem MemoryStore deliver_due
        Backoff Delivered
    """,
}
LAYERS: Final = {heading: names.split() for heading, names in HEADINGS.items()}
# Public modules; `import prodflow` loads only `stores` of them.
APART: Final[tuple[ModuleType, ...]] = (
    codec,
    diagrams,
    export,
    forms,
    hub,
    invoices,
    samples,
    stores,
)
PLACES: Final = [(layer, name) for layer, names in LAYERS.items() for name in names]

# The members in design.md, by class.
MEMBERS: Final = {
    "StatusCycle": """
        order_type statuses description version path non_standard initial final warnings next_after
        choices add remove move_up move_down move_to replace set_initial set_final deactivate
        reactivate edited __getitem__ __contains__ __len__ __iter__
    """,
    "CycleProblem": "code severity keys message field index",
    "TriggerProblem": "code trigger message field index",
    "WorkingCalendar": "is_working_day add count following preceding from_rules from_holidays",
    "DueDatePolicy": "name calendar shift_holds due_on",
    "PlanningFacts": """
        cycle status plan_from ordered_on delivery_on entered_on paused_working_days held_days
        vendor quantity priority facts
    """,
    "PlannedStatus": "status due_on earliest_on latest_on",
    "ExpectedStatus": "status begins_on finish_on",
    "Outlook": "finish_on slack_days is_provisional __getitem__ __len__",
    "Plan": "float_days start_by is_provisional past __getitem__ __len__",
    "ProductionOrder": """
        id cycle order_type status entered_on entered_after resumed_on paused_days
        paused_working_days held_days due_on calculated_due_on due_on_is_manual department user
        ordered_on delivery_on plan_from invoice_id vendor priority quantity facts split_from
        reorder_of resumes_in held visit version
        is_complete is_cancelled is_open is_overdue is_past_delivery apply replay
    """,
    "Held": """
        visit status entered_on entered_after paused_on paused_days paused_working_days due_on
        due_on_is_manual department user
    """,
    "Move": "NEXT SKIP BACK ASIDE RESUME REOPEN",
    "OrderOpened": """
        order_id sequence by recorded_by at note command_id order_type cycle_version to_status
        ordered_on delivery_on plan_from invoice_id vendor priority quantity facts entered_on
        resumed_on paused_days paused_working_days held_days due_on calculated_due_on
        due_on_is_manual department user policy reason split_from reorder_of
    """,
    "StatusChanged": """
        order_id sequence by recorded_by at note command_id from_status to_status move skipped
        completed_on current_complete visit entered_on entered_after resumed_on paused_days
        paused_working_days held_days due_on calculated_due_on due_on_is_manual department user
        resumes_in held facts policy reason
    """,
    "OrderAmended": """
        order_id sequence by recorded_by at note command_id ordered_on delivery_on plan_from
        entered_on vendor invoice_id priority quantity facts held_days due_on calculated_due_on
        due_on_is_manual department user held policy reason changed
    """,
    "CycleAdopted": """
        order_id sequence by recorded_by at note command_id cycle_version from_status to_status
        resumes_in held due_on calculated_due_on policy
    """,
    "ChangeUndone": """
        order_id sequence by recorded_by at note command_id undoes cycle_version to_status visit
        entered_on entered_after resumed_on paused_days paused_working_days held_days due_on
        calculated_due_on due_on_is_manual department user ordered_on delivery_on plan_from
        invoice_id vendor priority quantity facts resumes_in held
    """,
    "OrderSplit": "order_id sequence by recorded_by at note command_id quantity parts",
    "Facts": "merged changes_to __getitem__ __contains__ __len__ __iter__",
    "FactChanges": "__getitem__ __contains__ __len__ __iter__",
    "SendMessage": "channel_for",
    "TriggerEvent": """
        id trigger order_id visit number sequence action fire_on dated until automatic
    """,
    "ProductionFlow": """
        open propose revise choices accept advance amend replan migrate undo split reorder
        propose_all revise_all choices_all accept_all advance_all amend_all replan_all migrate_all
        undo_all reminders reminders_all
    """,
    "Reminders": "order_id version visit today events",
    "OutboxItem": "event tenant epoch attempts last_error retry_at leased_until given_up",
    "Backoff": "first factor longest attempts after",
    "Delivered": "done unwanted failed given_up",
    "ProposedChange": """
        order from_ to move skipped completed_on current_complete visit entered_on resumed_on
        paused_days paused_working_days held_days due_on calculated_due_on due_on_is_manual
        department user facts reason today by recorded_by roles note policy given refusals
    """,
    "BulkProposal": "proposals ready refusals without_refused __len__",
    "Change": "order entry events",
    "Choice": "status move refusals needs",
    "BulkChoice": "status open_to refusals needs",
    "Refusal": "code message keys",
    "Permission": "roles to from_ moves verbs where",
    "Reason": "key description moves chargeable inactive",
    "RuleProblem": "code key message",
    "OrderQuery": "position matches select count begins_after",
    "OrderStore": "get load save history entries_of find count histories erase forget_commands",
    "FlowSettings": """
        due_dates rules by_order_type calendars triggers cutoff zone version edited flow
    """,
    "TypeSettings": "due_dates rules",
    "SettingsProblem": "code severity path message",
    "SettingsStore": "get_settings put_settings settings_edits",
    "CycleStore": "get_cycle put_cycle versions keys edits order_types newest",
    "Outbox": """
        pending claim acknowledge dismiss fail release extend set_reminders get_event forget
    """,
    "MemoryStore": """
        get load save history entries_of find count histories get_cycle put_cycle versions keys
        edits order_types newest get_settings put_settings settings_edits pending claim
        acknowledge dismiss fail release extend set_reminders get_event forget
    """,
}

# The signatures in design.md: `name=` is optional, `/` and `*` are Python's.
SIGNATURES: Final = {
    "Status": """key, description, *, default_duration=, default_department=, default_user=,
        workflow_stage=, public_description=, colour=, initial=, final=, non_standard=,
        cancelled=, pauses=, inactive=""",
    "StatusCycle": "order_type, statuses, *, description=, version=",
    "StatusCycle.add": "self, status, index=",
    "StatusCycle.move_to": "self, key, index",
    "StatusCycle.replace": "self, key, **changes",
    "StatusCycle.edited": "self, rows, *, taken=",
    "find_problems": "statuses",
    "CycleProblem": "code, severity, keys, message, field=, index=",
    "TriggerProblem": "code, trigger, message, field=, index=",
    "slug": "description, taken=",
    "WorkingCalendar": "*, working_weekdays=, holidays=, extra_working_days=, known_through=",
    "WorkingCalendar.add": "self, day, n",
    "WorkingCalendar.from_holidays": """
        library, /, *, years, holidays=, extra_working_days=, known_through=
    """,
    "WorkingCalendar.count": "self, start, end",
    "business_date": "at, *, zone, cutoff=, calendar",
    "Forward": "calendar=, *, calendars=, shift_holds=",
    "Backward": "calendar=, *, calendars=, without_delivery=, shift_holds=",
    "FromEntry": "calendar=, *, calendars=",
    "Terms": "default_policy, vendors",
    "VendorTerms": "*, durations=, calendars=",
    "DueDatePolicy.due_on": "self, planning, /",
    "PlanningFacts": """*, cycle, status, plan_from, ordered_on, delivery_on=, entered_on,
        paused_working_days=, held_days=, vendor=, quantity=, priority=, facts=""",
    "plan": """cycle, policy, *, ordered_on, delivery_on=, vendor=, quantity=, priority=,
        facts=""",
    "plan_many": "cycle, policy, dates, *, vendor=, quantity=, priority=, facts=",
    "PlannedStatus": "status, due_on, earliest_on, latest_on",
    "ExpectedStatus": "status, begins_on, finish_on",
    "outlook": "order, policy, *, today",
    "Plan.past": "self, *, today",
    "ProductionOrder.is_overdue": "self, *, today",
    "ProductionOrder.is_past_delivery": "self, *, today",
    "ProductionOrder.apply": "self, entry, *, cycle=",
    "ProductionOrder.replay": "entries, cycles",
    "effective": "entries",
    "Facts": "values=",
    "FactChanges": "values=",
    "Facts.merged": "self, changes",
    "Facts.changes_to": "self, other",
    "Trigger": """key, when, action, *, description=, enabled=, order_types=, condition=,
        automatic=, once_per_order=""",
    "Where": "*, order_type=, vendor=, department=, user=, facts=",
    "Opening": "",
    "Entering": "status=, *, moves=",
    "Leaving": "status=, *, moves=",
    "Completing": "status=",
    "DaysInStatus": "status, days, *, working=, while_in_status=",
    "DaysFromDue": "status, days, *, working=, while_in_status=",
    "DaysFromDelivery": "days, *, working=",
    "CreateTask": "title, *, department=, user=, due_days=",
    "SendMessage": "template, *, to=, channels=, marketing=",
    "SendMessage.channel_for": "self, contact",
    "CustomAction": "name, payload=",
    "Contact": "*, channels=, do_not_market=, do_not_call=",
    "find_trigger_problems": "triggers, cycles",
    "is_wanted": "event, order",
    "ProductionFlow": "*, due_dates=, triggers=, rules=",
    "ProductionFlow.open": """self, cycle, *, order_id, ordered_on, delivery_on=,
        plan_from=, invoice_id=, vendor=, priority=, quantity=, facts=, status=,
        entered_on=, due_on=, department=, user=, reason=, by, at, recorded_by=, roles=,
        note=, command_id=""",
    "ProductionFlow.propose": """self, order, *, today, by, recorded_by=, roles=, to=,
        expect=, current_complete=, completed_on=, due_on=, department=, user=, facts=,
        reason=, note=""",
    "ProductionFlow.revise": "self, proposal, **more",
    "ProductionFlow.choices": "self, order, *, today, by, recorded_by=, roles=",
    "ProductionFlow.accept": "self, proposal, *, at, command_id=",
    "ProductionFlow.advance": """self, order, *, today, by, at, recorded_by=, roles=,
        command_id=, expect=, **overrides""",
    "ProductionFlow.amend": """self, order, *, by, at, expect=, ordered_on=,
        delivery_on=, plan_from=, entered_on=, vendor=, invoice_id=, due_on=,
        department=, user=, priority=, quantity=, facts=, reason=, recorded_by=, roles=,
        note=, command_id=""",
    "ProductionFlow.replan": "self, order, *, by, at, expect=, recorded_by=, note=, command_id=",
    "ProductionFlow.migrate": """self, order, cycle, *, mapping=, expect=, by, at,
        recorded_by=, roles=, note=, command_id=""",
    "ProductionFlow.undo": """self, order, entries, *, cycles=, expect=, by, at,
        recorded_by=, roles=, note=, command_id=""",
    "ProductionFlow.split": """self, order, parts, *, expect=, by, at, recorded_by=,
        roles=, note=, command_id=""",
    "ProductionFlow.reorder": """self, order, *, order_id, ordered_on, reason,
        delivery_on=, plan_from=, invoice_id=, vendor=, priority=, quantity=, facts=,
        due_on=, department=, user=, expect=, by, at, recorded_by=, roles=, note=,
        command_id=""",
    "ProductionFlow.reminders": "self, order, *, today",
    "ProductionFlow.reminders_all": "self, orders, *, today",
    "ProductionFlow.propose_all": """self, orders, *, today, by, recorded_by=, roles=,
        expect=, **overrides""",
    "ProductionFlow.revise_all": "self, bulk, **more",
    "ProductionFlow.choices_all": "self, orders, *, today, by, recorded_by=, roles=",
    "ProductionFlow.accept_all": "self, bulk, *, at, command_id=",
    "ProductionFlow.advance_all": """self, orders, *, today, by, at, recorded_by=,
        roles=, command_id=, expect=, **overrides""",
    "ProductionFlow.amend_all": """self, orders, *, by, at, expect=, reason=,
        recorded_by=, roles=, note=, command_id=, **amendments""",
    "ProductionFlow.replan_all": """self, orders, *, by, at, expect=, recorded_by=, note=,
        command_id=""",
    "ProductionFlow.migrate_all": """self, orders, cycle, *, mapping=, expect=, by, at,
        recorded_by=, roles=, note=, command_id=""",
    "ProductionFlow.undo_all": """self, histories, *, cycles=, expect=, by, at,
        recorded_by=, roles=, note=, command_id=""",
    "ChangeRules": """*, allow_skip=, allow_back=, allow_reopen=, note_required=,
        reason_required=, reasons=, targets=, permissions=, guard=, entry_guard=""",
    "FlowSettings": """*, due_dates=, rules=, by_order_type=, calendars=, triggers=, cutoff=,
        zone=, version=""",
    "FlowSettings.edited": "self, **changes",
    "FlowSettings.flow": "self, order_type",
    "TypeSettings": "*, due_dates=, rules=",
    "find_settings_problems": "data, cycles",
    "SettingsProblem": "code, severity, path, message",
    "SettingsStore.get_settings": "self, version=, /",
    "SettingsStore.put_settings": "self, settings, /, *, replaces, by, at",
    "SettingsStore.settings_edits": "self",
    "Refusal": "code, message, keys=",
    "Permission": "roles, *, to=, from_=, moves=, verbs=, where=",
    "Reason": "key, description, *, moves=, chargeable=, inactive=",
    "Choice": "status, move, refusals=, needs=",
    "BulkChoice": "status, open_to, refusals, needs=",
    "BulkProposal": "proposals, refusals",
    "find_rule_problems": "rules, cycles",
    "OrderQuery": """*, order_type=, status=, workflow_stage=, department=, user=, vendor=,
        invoice_id=, is_open=, facts=, text=, due_by=, due_from=, delivery_by=, ordered_from=,
        ordered_by=, closed_from=, closed_by=, overdue_on=, sort=, after=, limit=""",
    "OrderQuery.position": "self, order",
    "MemoryStore": "",
    "Reminders": "*, order_id, version, visit, today, events=",
    "OutboxItem": """event, tenant=, epoch=, attempts=, last_error=, retry_at=, leased_until=,
        given_up=""",
    "Backoff": "*, first=, factor=, longest=, attempts=",
    "Backoff.after": "self, attempts, now",
    "Delivered": "*, done=, unwanted=, failed=, given_up=",
    "deliver_due": "store, act, *, as_of, now, lease, retry=, limit=",
    "stores.check_next": "changes, versions, *, erased=",
    "stores.repeats": "entries, done, *, erased=",
    "stores.outbox_effect": "pending, *causes",
} | {
    f"{store}.{method}": signature
    for protocol, methods in {
        "OrderStore": {
            "get": "self, order_id, /",
            "load": "self, order_ids, /",
            "save": "self, *changes",
            "history": "self, order_id, /, *, after=, limit=",
            "entries_of": "self, command_id, /",
            "find": "self, query, /",
            "count": "self, query, /, *, by=",
            "histories": "self, query, /",
            "erase": "self, order_id, /",
            "forget_commands": "self, *, before",
        },
        "CycleStore": {
            "get_cycle": "self, order_type, version=, /",
            "put_cycle": "self, cycle, /, *, replaces, by=, at=",
            "versions": "self, order_type, /",
            "keys": "self, order_type, /",
            "edits": "self, order_type, /",
            "newest": "self",
            "order_types": "self",
        },
        "Outbox": {
            "pending": """self, *, as_of, order_id=, trigger=, automatic=, given_up=, after=,
                limit=""",
            "claim": "self, *, as_of, now, lease, limit=",
            "acknowledge": "self, *items",
            "dismiss": "self, *items",
            "fail": "self, item, /, *, error, retry_at",
            "release": "self, *items",
            "extend": "self, *items, now, lease",
            "set_reminders": "self, *reminders",
            "get_event": "self, event_id, /",
            "forget": "self, *, before",
        },
    }.items()
    for method, signature in methods.items()
    for store in (protocol, "MemoryStore")
}


def named(path: str) -> Callable[..., object]:
    """The public callable with this name."""
    name, _, attribute = path.partition(".")
    value = getattr(prodflow, name)
    function: Callable[..., object] = getattr(value, attribute) if attribute else value
    return function


class _Default:
    """A placeholder for any default in a signature."""

    def __repr__(self) -> str:
        return ""


def written(function: Callable[..., object]) -> str:
    """The signature, written as in the table above."""
    signature = inspect.signature(function)
    bare = [
        parameter.replace(
            annotation=parameter.empty,
            default=parameter.empty if parameter.default is parameter.empty else _Default(),
        )
        for parameter in signature.parameters.values()
    ]
    return str(signature.replace(parameters=bare, return_annotation=signature.empty))[1:-1]


PUBLIC: Final[list[tuple[str, object]]] = [
    (name, getattr(module, name))
    for module in (prodflow, *APART)
    for name in module.__all__
    if module is prodflow or name not in prodflow.__all__
]
CLASSES: Final = [value for _, value in PUBLIC if isinstance(value, type)]
PROTOCOLS: Final = [cls for cls in CLASSES if getattr(cls, "_is_protocol", False)]
ERRORS: Final[list[type]] = [cls for cls in CLASSES if issubclass(cls, BaseException)]
VALUES: Final = [cls for cls in CLASSES if has(cls) and not issubclass(cls, BaseException)]
VALUES.append(export.Table)


def members(cls: type) -> Iterator[tuple[str, object]]:
    """The public methods and properties of a class that are written in prodflow."""
    inherited = chain.from_iterable(vars(base).items() for base in reversed(cls.__mro__))
    for name, value in dict(inherited).items():
        function = value.__func__ if isinstance(value, classmethod) else value
        written_by = function.fget if isinstance(function, property) else function
        is_written = isinstance(written_by, FunctionType) and is_ours(written_by)
        if is_written and not name.startswith("_"):
            yield f"{cls.__name__}.{name}", function


def is_ours(function: FunctionType) -> bool:
    """Whether prodflow defines the function."""
    return function.__module__.startswith("prodflow")


FUNCTIONS: Final = [(name, value) for name, value in PUBLIC if isinstance(value, FunctionType)]
DOCUMENTED: Final = [
    *((cls.__name__, cls) for cls in CLASSES),
    *FUNCTIONS,
    *chain.from_iterable(map(members, CLASSES)),
]
WRITTEN: Final = [(name, value) for name, value in DOCUMENTED if isinstance(value, FunctionType)]
# The docstring of prodflow describes the first line once, and those of prodflow.hub and
# prodflow.invoices the second. The others are obvious.
OBVIOUS: Final = {
    *("order", "today", "by", "recorded_by", "roles", "at", "note", "command_id"),
    *("visits", "within", "invoice", "condition"),
    *("orders", "order_id", "cycle", "cycles", "calendar", "policy", "flow", "store", "key"),
    *("value", "data", "text", "entry", "entries", "histories", "events", "status", "day"),
}


AS_IN_ORDERS: Final = "\n\nFields named as in `ProductionOrder` have the same meaning here"
"""With this sentence, the docstring of a class leaves fields to that of orders."""


def section(value: object, heading: str) -> list[str]:
    """The lines of a section of a docstring, without their indentation."""
    _, _, rest = (inspect.getdoc(value) or "").partition(f"\n{heading}:\n")
    return dedent(rest.partition("\n\n")[0]).splitlines()


def entries(value: object, heading: str) -> set[str]:
    """The names of the entries in a section; the lines of a text are indented."""
    lines = [line for line in section(value, heading) if not line.startswith(" ")]
    return {line.partition(":")[0] for line in lines}


def raised(function: FunctionType) -> set[type]:
    """The errors that a function raises itself."""
    tree = ast.parse(dedent(inspect.getsource(function)))
    built = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise)]
    names = {ast.unparse(error.func) for error in built if isinstance(error, ast.Call)}
    known = vars(builtins) | vars(prodflow)
    return {known[name] for name in names & known.keys()}


def has_first_line(value: object) -> bool:
    """Whether a docstring begins with one sentence on a line of its own."""
    own = vars(value).get("__doc__") if isinstance(value, type) else inspect.getdoc(value)
    first, *rest = (own or "").splitlines() or [""]
    is_sentence = first.rstrip('"').endswith(".")
    return (
        is_sentence and (first[:1].isupper() or first[:1] == "`") and not "".join(rest[:1]).strip()
    )


def has_arguments(function: FunctionType) -> bool:
    """Whether a docstring describes the arguments that aren't obvious, and no others."""
    arguments = inspect.signature(function).parameters.keys() - {"self", "cls"}
    return arguments - OBVIOUS <= entries(function, "Args") <= arguments


def has_errors(function: FunctionType) -> bool:
    """Whether a docstring names our errors that the function raises, or their families."""
    told = entries(function, "Raises")
    errors = raised(function) - {TypeError, ValueError}  # the docstring of prodflow names those
    return all(told & {base.__name__ for base in cls.__mro__} for cls in errors)


class TestNames:
    """The names of design.md exist, in the places it says."""

    @pytest.mark.parametrize("layer", LAYERS)
    def test_every_name_is_public_in_the_module_of_its_heading(self, layer: str) -> None:
        """Every name is public in the module of its heading, and in `prodflow`."""
        module: ModuleType = import_module(f"prodflow.{layer}")
        assert set(LAYERS[layer]) <= set(module.__all__)
        values = {name: getattr(module, name) for name in LAYERS[layer]}
        assert values == {name: getattr(prodflow, name) for name in LAYERS[layer]}

    def test_nothing_else_is_exported(self) -> None:
        """No other name is exported, so a new one needs an entry in the table and in design.md."""
        assert sorted(name for _, name in PLACES) == sorted(prodflow.__all__)

    @pytest.mark.parametrize("module", [prodflow, *APART], ids=lambda module: module.__name__)
    def test_all_is_sorted(self, module: ModuleType) -> None:
        """`__all__` has constants, then classes, then functions, each sorted by name."""
        kinds = [(not name.isupper(), name[0].islower(), name) for name in module.__all__]
        assert sorted(kinds) == kinds

    def test_every_class_says_where_users_import_it_from(self) -> None:
        """The module of every class is its public one, as pickles and tracebacks show it."""
        homes: dict[str, str] = {}
        for module in (*APART, prodflow):
            homes |= dict.fromkeys(module.__all__, module.__name__)
        assert {name: cls.__module__ for name, cls in PUBLIC if isinstance(cls, type)} == {
            name: homes[name] for name, cls in PUBLIC if isinstance(cls, type)
        }

    @pytest.mark.parametrize("name", MEMBERS)
    def test_every_member_is_there(self, name: str) -> None:
        """Every field, property and method of design.md exists."""
        cls = getattr(prodflow, name)
        assert [member for member in MEMBERS[name].split() if not hasattr(cls, member)] == []

    @pytest.mark.parametrize("path", SIGNATURES)
    def test_every_signature_is_as_written(self, path: str) -> None:
        """Names, order, kinds and optionality of the arguments are those of design.md."""
        assert " ".join(SIGNATURES[path].split()) == written(named(path))

    def test_the_package_says_that_it_is_typed(self) -> None:
        """The package has a `py.typed` file, so type checkers read its annotations."""
        assert resources.files(prodflow).joinpath("py.typed").is_file()


class TestDocstrings:
    """Every public name says what you get, what it takes and what it refuses."""

    def test_the_package_and_its_modules_say_what_they_are(self) -> None:
        """The package and its modules have docstrings."""
        modules = [prodflow, *APART, *(import_module(f"prodflow.{layer}") for layer in LAYERS)]
        assert all(module.__doc__ for module in modules)

    def test_has_a_first_line(self) -> None:
        """Every docstring begins with one sentence on one line; methods can inherit theirs."""
        assert [name for name, value in DOCUMENTED if not has_first_line(value)] == []

    @pytest.mark.parametrize("cls", [cls for cls in VALUES if fields(cls) and cls != Opening])
    def test_a_value_says_what_its_arguments_are(self, cls: type) -> None:
        """A class describes all arguments of its constructor, or says where they are described."""
        described = set().union(*(entries(base, "Args") for base in cls.__mro__[:-1]))
        text = inspect.getdoc(cls) or ""
        elsewhere = entries(ProductionOrder, "Args") if AS_IN_ORDERS in text else ()
        arguments = inspect.signature(cls).parameters.keys()
        assert described <= arguments <= described.union(elsewhere)

    def test_a_callable_says_what_its_arguments_are(self) -> None:
        """`Args:` has an entry for each argument that isn't obvious, and for nothing else."""
        assert [name for name, value in WRITTEN if not has_arguments(value)] == []

    def test_what_is_raised_is_told(self) -> None:
        """`Raises:` names each of our errors that a function raises itself, or its family."""
        assert [name for name, value in WRITTEN if not has_errors(value)] == []

    @pytest.mark.parametrize("cls", [cls for cls in CLASSES if cls not in [*ERRORS, *PROTOCOLS]])
    def test_is_not_made_to_be_subclassed(self, cls: type) -> None:
        """Other classes than errors, protocols, TypedDicts and suites are final."""
        assert is_typeddict(cls) or getattr(cls, "__final__", False)


DAY: Final = date(2026, 11, 16)
AT: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)
LAB: Final = Status("lab", "At the lab", default_duration=2)
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", initial=True),
        LAB,
        Status("done", "Delivered", final=True),
        Status("hold", "On hold", non_standard=True),
    ],
)
CALL: Final = Trigger("call", DaysInStatus("lab", 3), CreateTask("Call the lab"))
FLOW: Final = ProductionFlow(triggers=[CALL])
FACTS: Final = prodflow.Facts(
    {"client": "Lee", "rush": True, "copies": 2, "price": Decimal("1.50"), "shot": DAY}
)
OPENED: Final = FLOW.open(
    CYCLE,
    order_id="PO-1",
    ordered_on=DAY,
    priority=5,
    quantity=12,
    facts=FACTS,
    reason="repeat",
    by="ann",
    at=AT,
)
ADVANCED: Final = FLOW.advance(OPENED.order, today=DAY, by="ann", at=AT)
UNDONE: Final = FLOW.undo(ADVANCED.order, [OPENED.entry, ADVANCED.entry], by="ann", at=AT)
PLAN: Final = plan(CYCLE, Forward(), ordered_on=DAY)
EXPECTED: Final = next(filter(None, [outlook(OPENED.order, Forward(), today=DAY)]))
PLANNING: Final = PlanningFacts(
    cycle=CYCLE, status=LAB, plan_from=DAY, ordered_on=DAY, entered_on=DAY, vendor="a lab"
)
HELD: Final = Held(
    visit=2,
    status="lab",
    entered_on=DAY,
    paused_on=DAY,
    due_on=DAY,
    due_on_is_manual=True,
    department=None,
    user="ann",
)
REFUSAL: Final = Refusal("guard", "not today", ("lab",))
INVOICE: Final = Invoice("INV-1", [InvoiceLine("1", order_type="prints", vendor="a lab")], total=9)
ORDERS: Final = orders_for_invoice(FLOW, INVOICE, [CYCLE], ordered_on=DAY, by="ann", at=AT)
VISITS: Final = hub.visits([OPENED.entry, ADVANCED.entry])
BOARD: Final = hub.board([OPENED.order], by="status", today=DAY)
FAMILIES: Final = hub.family([OPENED.order])
SETTINGS: Final = FlowSettings(
    due_dates=Forward("shop"), calendars={"shop": EVERY_DAY}, triggers=[CALL], cutoff=time(17)
)
EXPERIENCE: Final = hub.learn([[OPENED.entry]], [CYCLE], as_of=DAY)
FORECASTS: Final = hub.forecast([OPENED.order], EXPERIENCE, today=DAY)
BACKTEST: Final = hub.backtest([[OPENED.entry]], [CYCLE], cuts=[DAY])
EXAMPLES: Final[tuple[object, ...]] = (
    *(LAB, CYCLE, CALL, FLOW, FLOW.rules, OPENED, OPENED.order, OPENED.entry, ADVANCED.entry),
    *(ADVANCED.events[0], PLAN, PLAN[0], Forward(), Backward(), FromEntry(), EVERY_DAY),
    OutboxItem(ADVANCED.events[0], attempts=1, last_error="bounced", retry_at=AT, leased_until=AT),
    *(FLOW.reminders(ADVANCED.order, today=DAY), Backoff(), DaysFromDelivery(-3, working=True)),
    Delivered(done=(OutboxItem(ADVANCED.events[0]),)),
    *(Where(vendor={"a lab", None}, user=None), Where(order_type="prints")),
    stores.Edit(version=2, replaces=1, by="ann", at=AT),
    *(PLANNING, UNDONE.entry, REFUSAL, RuleProblem("dead-end", "lab", "no status may follow")),
    OrderSplit(order_id="PO-1", sequence=2, by="ann", at=AT, quantity=3, parts=[("PO-2", 2)]),
    Permission(["lead"], to=["done"], where=Where(facts={"client": {"Lee", None}})),
    *(
        Permission(["office"], verbs=["split", "open"]),
        Reason("torn", "Torn in the post", moves=[Move.BACK]),
    ),
    BulkChoice(LAB, ["PO-1"], {"PO-2": (REFUSAL,), "PO-3": SameStatusError("PO-3", "lab")}),
    FLOW.propose(OPENED.order, today=DAY, by="ann", facts={"shot": None}, roles=["lead"]),
    FLOW.propose_all([OPENED.order], today=DAY, by="ann"),
    FLOW.amend(OPENED.order, user="bob", facts={"rush": None}, by="ann", at=AT).entry,
    FLOW.migrate(OPENED.order, CYCLE.move_up("hold"), by="ann", at=AT).entry,
    *(Choice(LAB, Move.NEXT, [REFUSAL], ["note"]), Contact(channels=["email"])),
    *(CreateTask("Call"), OrderQuery(), stores.Position(sort="id", id="PO-1")),
    Forward(calendars={"lab": EVERY_DAY}),
    Terms(Backward(), {"West": VendorTerms(durations={"lab": 2})}),
    VendorTerms(durations={"lab": 2}, calendars={"lab": EVERY_DAY}),
    *(CustomAction("ring", {"loud": True}), SendMessage("begun"), Opening(), Entering("lab")),
    *(Leaving("lab"), Completing("lab"), DaysInStatus("lab", 1), DaysFromDue("lab", -1)),
    forms.FormProblem("bad-date", "due_on", "this isn't a date"),
    forms.Answer({"heading": "1 record will be modified"}, [OPENED], "window-1"),
    forms.Given(
        {"due_on": DAY, "user": None},
        [forms.FormProblem("bad-form", None, "open it again")],
        {"PO-1": 1},
        {"due_on": "2026-11-16", "user": ""},
    ),
    CycleProblem("no-final", "error", (), "one status must be final"),
    TriggerProblem("unknown-status", "call", "no such status"),
    SettingsProblem("bad-date", "error", ["calendars", "shop", "holidays", 0], "no date"),
    *(SETTINGS, TypeSettings(due_dates=Backward("shop"), rules=FLOW.rules)),
    HELD,
    *(INVOICE, INVOICE.lines[0], ORDERS, ORDERS.placed[0], samples.PRINTS),
    UnplacedLine(INVOICE.lines[0], ("no-vendor",)),
    *(InvoiceSaved(), FirstPayment(), PaidAtLeast(50), PaidInFull(), InStatus("approved")),
    invoice_progress(change.order for change in ORDERS.changes),
    *(SetInvoiceStatus("INV-1", "ready"), SetDeliveredOn("INV-1", DAY)),
    *(Notify("INV-1", SendMessage("ready")), OnCompletion(notify=[SendMessage("ready")])),
    *(EXPECTED, EXPECTED[0], hub.at_risk([OPENED.order], Forward(), today=DAY)),
    *(hub.beyond_calendar([OPENED.order], Forward()), hub.on_time_by_vendor([OPENED.order])),
    *(BOARD, BOARD.columns[0], VISITS[0], VISITS[1]),
    hub.digest([OPENED.order], today=DAY),
    *(hub.overdue([OPENED.order], today=DAY), hub.status_report([OPENED.order], today=DAY)),
    *(hub.workload([OPENED.order], today=DAY, by="facts.client"), hub.time_in_status(VISITS)),
    *(hub.on_time_rate(VISITS), hub.cycle_time(VISITS, [CYCLE]), hub.rework(VISITS)),
    *(hub.time_by_user(VISITS), hub.activity([[OPENED.entry]], [CYCLE], since=DAY, until=DAY)),
    *(hub.move_graph(VISITS), FAMILIES, FAMILIES[0]),
    hub.tracking(OPENED.order, [OPENED.entry]),
    hub.load([OPENED.order], Forward(), today=DAY, horizon=5),
    hub.order_plan(OPENED.order, Forward(), [OPENED.entry], today=DAY),
    hub.reasons([[OPENED.entry]], [CYCLE], today=DAY),
    *(EXPERIENCE, FORECASTS, FORECASTS[0], BACKTEST, BACKTEST[0]),
    hub.suggest_durations([[OPENED.entry]], CYCLE, calendar=EVERY_DAY, as_of=DAY),
    hub.lateness_under([[OPENED.entry]], CYCLE, policy=Forward()),
    export.Table("Orders", ["id", "due"], [["PO-1", DAY]], notes=["one order"]),
    Words(texts={"yes": "ja"}),
)


def slots(cls: type) -> list[str]:
    """The names of all slots of a class and its bases."""
    return [name for base in cls.__mro__ for name in vars(base).get("__slots__", ())]


class TestValues:
    """Values don't change, have only their fields, and can be pickled and copied."""

    def test_there_is_an_example_of_each(self) -> None:
        """Every class of values has an example in the list above."""
        assert {type(example) for example in EXAMPLES} == set(VALUES)

    @pytest.mark.parametrize("value", EXAMPLES, ids=lambda value: type(value).__name__)
    def test_is_frozen(self, value: object) -> None:
        """No field can be assigned, deleted or added."""
        for name in ("added", *slots(type(value))):
            with pytest.raises(FrozenInstanceError):
                setattr(value, name, None)
            with pytest.raises(FrozenInstanceError):
                delattr(value, name)

    @pytest.mark.parametrize("value", EXAMPLES, ids=lambda value: type(value).__name__)
    def test_is_slotted(self, value: object) -> None:
        """A value has slots and no `__dict__`."""
        assert not hasattr(value, "__dict__")

    @pytest.mark.parametrize("value", EXAMPLES, ids=lambda value: type(value).__name__)
    def test_survives_pickling(self, value: object) -> None:
        """An unpickled value has the same value and hash, in every protocol."""
        protocols = range(pickle.HIGHEST_PROTOCOL + 1)
        copies = [pickle.loads(pickle.dumps(value, protocol)) for protocol in protocols]
        assert copies == [value for _ in protocols]
        assert {*map(hash, copies)} == {hash(value)}

    @pytest.mark.parametrize("value", EXAMPLES, ids=lambda value: type(value).__name__)
    def test_a_copy_is_equal(self, value: object) -> None:
        """A copy is equal to the original."""
        assert value == copy(value) == deepcopy(value)
