"""Saved data of schema 1, which must load for ever: `tests/golden/schema-1.json`.

No program writes the file: if a test here fails, the codec has changed, not the file. Add new
variants to both by hand. To change what is there, add another schema number, and keep loading the
old one.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    Backward,
    BulkChoice,
    BulkProposal,
    Change,
    ChangeRules,
    ChangeUndone,
    Choice,
    Completing,
    CreateTask,
    CustomAction,
    CycleAdopted,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Entering,
    FactChanges,
    Facts,
    Forward,
    FromEntry,
    Held,
    Leaving,
    Move,
    Opening,
    OrderAmended,
    OrderOpened,
    OrderQuery,
    OrderSplit,
    OutboxItem,
    Permission,
    Plan,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    Reason,
    Refusal,
    SameStatusError,
    SendMessage,
    Status,
    StatusChanged,
    StatusCycle,
    Terms,
    Trigger,
    TriggerEvent,
    VendorTerms,
    Where,
    WorkingCalendar,
    codec,
    plan,
)
from prodflow.export import Table

DATA: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "golden" / "schema-1.json").read_text(encoding="utf-8")
)

# --- What an app defines ------------------------------------------------------------------------

PRINTS: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", initial=True, default_duration=0, default_user="ann"),
        Status("retouch", "Retouche, zweite Prüfung", default_duration=3, workflow_stage="edit"),
        Status("proof", "Proof", default_duration=9, inactive=True),
        Status(
            "lab",
            "At the lab 現像 🎞",
            default_duration=36_525,
            default_department="Lab",
            public_description="In Arbeit 🎞",
            colour="#00aaFF",
        ),
        Status("qa", "Quality check", public_description="In Arbeit 🎞"),
        Status("shipped", "Shipped", final=True),
        Status("hold", "On hold", non_standard=True, pauses=True),
        Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
    ],
    description="Prints & enlargements",
    version=3,
)
AT: Final = datetime(2026, 11, 16, 12, 30, tzinfo=UTC)
FEWEST: Final = StatusCycle(
    "A-1_b.c", [Status("0", "In", initial=True), Status("1", "Out", final=True)]
)

CLOSED: Final = WorkingCalendar(
    working_weekdays=[0, 1, 2, 3, 4, 5],
    holidays=[date(2026, 12, 26), date(2026, 12, 25), date(2027, 1, 1)],
    extra_working_days=[date(2026, 12, 20), date(2026, 12, 13)],
)
KNOWN: Final = WorkingCalendar(known_through=date(2027, 12, 31))
FAIRS: Final = WorkingCalendar(
    working_weekdays=[], extra_working_days=[date(1, 1, 1), date(9999, 12, 31)]
)

ON_OPENING: Final = Trigger("greet", Opening(), CreateTask("Say hello"))
ON_ENTERING: Final = Trigger(
    "begun",
    Entering("lab", moves=[Move.NEXT, Move.SKIP, Move.BACK, Move.ASIDE, Move.RESUME, Move.REOPEN]),
    SendMessage(
        "begun.txt",
        to="vendor",
        channels=("web_form", "letter", "call", "sms", "email"),
        marketing=True,
    ),
    order_types=["prints", "albums"],
    automatic=False,
    once_per_order=True,
)
PAYLOAD: Final[dict[str, str | int | float | bool | None]] = {
    "text": 'two\nlines,\ta tab, "quotes", \\ and ünïcödé 🎞',
    "empty": "",
    "least": -(2**63),
    "most": 2**63 - 1,
    "one": 1,
    "one.0": 1.0,
    "tenth": 0.1,
    "large": 1.7976931348623157e308,
    "small": 5e-324,
    "minus-nought": -0.0,
    "yes": True,
    "no": False,
    "none": None,
}
FACTS: Final = Facts(
    {
        "client": 'Zoë "Lee" 現像 🎞',
        "longest": "x" * 200,
        "rush": True,
        "framed": False,
        "copies": 2,
        "least": 1 - 2**63,
        "most": 2**63 - 1,
        "price": Decimal("1.50"),
        "digits": Decimal("-0.12345678901234567890123456789"),
        "whole": Decimal("2E+3"),
        "first": date(1, 1, 1),
        "last": date(9999, 12, 31),
    }
)
NEW_FACTS: Final = FactChanges({"client": None, "copies": 3, "rush": False, "shot": AT.date()})
ANYWHERE: Final = Where()
SOMEWHERE: Final = Where(
    order_type="prints",
    vendor={"Lab West", None, "現像所"},
    department=None,
    user=[],
    facts={
        "client": "Lee",
        "copies": [None, 1, True, "1", Decimal("1.5"), date(2026, 11, 30)],
        "framed": None,
        "size": set(),
    },
)
TRIGGERS: Final = (
    ON_OPENING,
    ON_ENTERING,
    Trigger("any", Entering(), SendMessage("entered")),
    Trigger("left", Leaving("retouch", moves=[]), CustomAction("ring", PAYLOAD)),
    Trigger("left-any", Leaving(), CustomAction("nothing")),
    Trigger(
        "completed",
        Completing("shipped"),
        CreateTask("Archive", department="Office", user="Zoë", due_days=0),
    ),
    Trigger("completed-any", Completing(), CreateTask("Note", due_days=36_525)),
    Trigger("call", DaysInStatus("lab", 3), CreateTask("Call the lab")),
    Trigger("stays", DaysInStatus(None, 0, while_in_status=False), CreateTask("Look")),
    Trigger("hurry", DaysFromDue("lab", -1, working=True), CreateTask("Hurry")),
    Trigger("late", DaysFromDue(None, 2, while_in_status=False), CreateTask("Apologise")),
    Trigger("worked", DaysInStatus("lab", 5, working=True), CreateTask("Ask")),
    Trigger("ready", DaysFromDelivery(-3), SendMessage("ready")),
    Trigger(
        "edited",
        DaysFromDelivery(0, working=True),
        SendMessage("today"),
        description='Zoë\'s "delivery" 🎞',
        enabled=False,
        condition=SOMEWHERE,
    ),
    Trigger("anywhere", Opening(), CustomAction("ring"), condition=ANYWHERE),
)
BLURRED: Final = Reason("blurred", "Unscharf 🎞")
TORN: Final = Reason(
    "torn", "Torn in the post", moves=[Move.REOPEN, Move.BACK], chargeable=False, inactive=True
)
LEADS: Final = Permission({"lead", "Büro"})
OFFICE: Final = Permission(
    ["office"],
    verbs=["open", "amend", "migrate", "undo", "split", "reorder"],
    where=Where(vendor=None, facts={"rush": True}),
)
SENDERS: Final = Permission(
    ["shipping"],
    to=["shipped", "cancelled"],
    from_=["qa"],
    moves=[Move.SKIP, Move.NEXT],
    where=SOMEWHERE,
)
STRICT: Final = ChangeRules(
    allow_skip=False,
    allow_back=False,
    allow_reopen=False,
    note_required=[Move.REOPEN, Move.BACK, Move.ASIDE],
    reason_required=[Move.REOPEN, Move.BACK],
    reasons=[TORN, BLURRED],
    targets={"lab": ["qa", "hold"], "hold": [], "cancelled": ["ordered"]},
    permissions=[OFFICE, SENDERS],
)

# --- What happens to orders ---------------------------------------------------------------------

KATHMANDU: Final = timezone(timedelta(hours=5, minutes=45))
NEWFOUNDLAND: Final = timezone(-timedelta(hours=3, minutes=30))
BEFORE_ZONES: Final = timezone(timedelta(hours=5, minutes=53, seconds=28))

OPENED: Final = OrderOpened(
    order_id="PO-2026/0001 · ☃",
    sequence=1,
    by="Ann",
    recorded_by="front desk",
    at=datetime(2026, 11, 2, 9, 0, 0, 123_456, KATHMANDU),
    note="first line\n\tsecond line\n😀",
    command_id="cmd-1",
    order_type="prints",
    cycle_version=3,
    to_status="ordered",
    ordered_on=date(2026, 11, 2),
    delivery_on=date(2026, 12, 24),
    plan_from=date(2026, 11, 9),
    invoice_id="R-7",
    vendor="Fotolabor Süd",
    priority=1_000,
    quantity=2**31 - 1,
    facts=FACTS,
    entered_on=date(2026, 11, 2),
    due_on=date(2026, 11, 2),
    calculated_due_on=date(2026, 11, 2),
    department=None,
    user="ann",
    policy="forward",
    reason="blurred",
    reorder_of="PO-2025/0999",
)
BARE: Final = OrderOpened(
    order_id="1",
    sequence=1,
    by="a",
    at=AT,
    order_type="prints",
    cycle_version=1,
    to_status="hold",
    ordered_on=date(1, 1, 1),
    delivery_on=None,
    plan_from=date(1, 1, 1),
    invoice_id=None,
    vendor=None,
    entered_on=date(9999, 12, 31),
    due_on=None,
    calculated_due_on=None,
    department=None,
    user=None,
    policy="my.own",
)
UNDER_WAY: Final = evolve(
    BARE,
    to_status="retouch",
    ordered_on=date(2026, 10, 12),
    plan_from=date(2026, 10, 14),
    entered_on=date(2026, 10, 19),
    resumed_on=date(2026, 10, 30),
    paused_days=5,
    paused_working_days=3,
    held_days=8,
    due_on=date(2026, 11, 20),
    due_on_is_manual=True,
    department="Lab",
    quantity=1,
    split_from="PO-1",
)
NEXT: Final = StatusChanged(
    order_id="PO-1",
    sequence=2,
    by="Ann",
    at=datetime(2026, 11, 3, 23, 59, 59, tzinfo=NEWFOUNDLAND),
    from_status="ordered",
    to_status="retouch",
    move=Move.NEXT,
    skipped=(),
    completed_on=date(2026, 11, 3),
    current_complete=True,
    visit=2,
    entered_on=date(2026, 11, 3),
    entered_after=date(2026, 11, 2),
    due_on=date(2026, 11, 5),
    calculated_due_on=date(2026, 11, 5),
    due_on_is_manual=False,
    department=None,
    user=None,
    resumes_in=None,
    held=None,
    policy="forward",
)
SKIP: Final = evolve(
    NEXT,
    sequence=3,
    visit=3,
    at=datetime(1885, 1, 1, 12, tzinfo=BEFORE_ZONES),
    from_status="retouch",
    to_status="shipped",
    move=Move.SKIP,
    skipped=("lab", "qa"),
    due_on=None,
    calculated_due_on=None,
)
BACK: Final = evolve(
    NEXT,
    sequence=4,
    visit=4,
    from_status="lab",
    move=Move.BACK,
    completed_on=None,
    current_complete=False,
    due_on=date(2026, 11, 30),
    due_on_is_manual=True,
    department="Retouching",
    user="rita",
    facts=NEW_FACTS,
    reason="torn",
)
HOLD: Final = evolve(
    BACK,
    sequence=5,
    visit=5,
    from_status="retouch",
    to_status="hold",
    move=Move.ASIDE,
    due_on=None,
    due_on_is_manual=True,
    resumes_in="retouch",
    facts={},
    reason=None,
    held=Held(
        visit=4,
        status="retouch",
        entered_on=date(2026, 11, 3),
        entered_after=date(2026, 11, 2),
        paused_on=date(2026, 11, 3),
        due_on=date(2026, 11, 30),
        due_on_is_manual=True,
        department="Retouching",
        user="rita",
    ),
)
ASIDE: Final = evolve(
    NEXT, sequence=6, visit=6, to_status="hold", move=Move.ASIDE, resumes_in="retouch"
)
RESUME: Final = evolve(
    NEXT,
    sequence=7,
    visit=4,
    from_status="hold",
    move=Move.RESUME,
    completed_on=date(2026, 11, 9),
    entered_after=None,
    resumed_on=date(2026, 11, 9),
    paused_days=6,
    paused_working_days=4,
    held_days=4,
)
REOPEN: Final = evolve(
    BACK,
    sequence=8,
    visit=8,
    from_status="shipped",
    to_status="qa",
    move=Move.REOPEN,
    held_days=36_525,
    policy="from-entry",
)
PAUSED: Final = Held(
    visit=4,
    status="retouch",
    entered_on=date(2026, 10, 30),
    entered_after=date(2026, 10, 28),
    paused_on=date(2026, 11, 3),
    paused_days=2**63 - 1,
    paused_working_days=3,
    due_on=None,
    due_on_is_manual=True,
    department="Lab",
    user=None,
)
AMENDED: Final = OrderAmended(
    order_id="PO-1",
    sequence=9,
    by="Ann",
    recorded_by=None,
    at=AT,
    note="",
    command_id=None,
    ordered_on=date(2026, 11, 1),
    delivery_on=None,
    plan_from=date(2026, 11, 8),
    entered_on=date(2026, 11, 2),
    vendor=None,
    invoice_id="R-8",
    priority=-1_000,
    quantity=12,
    facts=NEW_FACTS,
    held_days=4,
    due_on=date(2026, 11, 20),
    calculated_due_on=None,
    due_on_is_manual=True,
    department="Lab",
    user="名前",
    held=None,
    policy="forward",
    reason="blurred",
    changed=(
        "ordered_on",
        "delivery_on",
        "plan_from",
        "entered_on",
        "vendor",
        "invoice_id",
        "priority",
        "quantity",
        "facts",
        "held_days",
        "due_on",
        "calculated_due_on",
        "due_on_is_manual",
        "department",
        "user",
    ),
)
AMENDED_ON_HOLD: Final = evolve(AMENDED, held=PAUSED, changed=["held"])
SAME: Final = evolve(
    AMENDED,
    priority=0,
    quantity=None,
    facts={},
    due_on=None,
    due_on_is_manual=False,
    reason=None,
    changed=(),
)
ADOPTED: Final = CycleAdopted(
    order_id="PO-1",
    sequence=10,
    by="Ann",
    at=AT,
    cycle_version=4,
    from_status="hold",
    to_status="waiting",
    resumes_in="retouch",
    held=PAUSED,
    due_on=date(2026, 11, 20),
    calculated_due_on=date(2026, 11, 27),
    policy="backward",
)
ADOPTED_ON_PATH: Final = evolve(
    ADOPTED, to_status="lab", resumes_in=None, held=None, due_on=None, calculated_due_on=None
)
UNDONE: Final = ChangeUndone(
    order_id="PO-1",
    sequence=11,
    by="Ann",
    recorded_by="front desk",
    at=AT,
    note="a slip",
    command_id="cmd-2",
    undoes=10,
    cycle_version=3,
    to_status="hold",
    visit=5,
    entered_on=date(2026, 11, 3),
    entered_after=date(2026, 11, 2),
    resumed_on=None,
    paused_days=0,
    paused_working_days=0,
    held_days=4,
    due_on=date(2026, 11, 30),
    calculated_due_on=None,
    due_on_is_manual=True,
    department="Sales",
    user="Zoë",
    ordered_on=date(2026, 11, 2),
    delivery_on=date(2026, 12, 24),
    plan_from=date(2026, 11, 9),
    invoice_id="R-7",
    vendor="Fotolabor Süd",
    priority=5,
    quantity=100,
    facts={"client": "Lee", "shot": None},
    resumes_in="retouch",
    held=PAUSED,
)
UNDONE_TO_A_RETURN: Final = evolve(
    UNDONE,
    recorded_by=None,
    note="",
    command_id=None,
    undoes=8,
    cycle_version=1,
    to_status="retouch",
    visit=1,
    entered_after=None,
    resumed_on=date(2026, 11, 9),
    paused_days=6,
    paused_working_days=4,
    due_on=None,
    due_on_is_manual=False,
    department=None,
    user=None,
    delivery_on=None,
    plan_from=date(2026, 11, 2),
    invoice_id=None,
    vendor=None,
    priority=0,
    quantity=None,
    facts={},
    resumes_in=None,
    held=None,
)
SPLIT: Final = OrderSplit(
    order_id="PO-1",
    sequence=12,
    by="Ann",
    at=AT,
    note="two boxes",
    quantity=60,
    parts=[("PO-1 b", 39), ("PO-1 a", 1)],
)

ORDER: Final = ProductionOrder(
    id="PO-1",
    cycle=PRINTS,
    status=PRINTS["retouch"],
    entered_on=date(2026, 11, 3),
    entered_after=date(2026, 11, 2),
    due_on=date(2026, 11, 5),
    calculated_due_on=date(2026, 11, 5),
    due_on_is_manual=False,
    department=None,
    user=None,
    ordered_on=date(2026, 11, 2),
    delivery_on=None,
    plan_from=date(2026, 11, 2),
    invoice_id=None,
    vendor=None,
    resumes_in=None,
    held=None,
    visit=2,
    version=2,
)
HELD: Final = evolve(
    ORDER,
    status=PRINTS["hold"],
    entered_after=None,
    held_days=12,
    due_on=date(2026, 11, 30),
    calculated_due_on=None,
    due_on_is_manual=True,
    department="Sales",
    user="Zoë",
    delivery_on=date(2026, 12, 24),
    plan_from=date(2026, 11, 9),
    invoice_id="R-7",
    vendor="Fotolabor Süd",
    priority=-5,
    quantity=60,
    facts=FACTS,
    split_from="PO-0",
    reorder_of="PO-2025/0999",
    resumes_in="retouch",
    held=PAUSED,
    visit=5,
    version=2_147_483_647,
)
RESUMED: Final = evolve(
    ORDER,
    resumed_on=date(2026, 11, 9),
    paused_days=6,
    paused_working_days=4,
    held_days=4,
    version=7,
)

REMINDER: Final = TriggerEvent(
    id="d48006414711686dc3473909694ff42a",
    trigger="call",
    order_id="PO-1",
    visit=2,
    number=2,
    sequence=5,
    action=CreateTask("Call the lab"),
    fire_on=date(2026, 11, 6),
    dated=True,
    until="left",
    automatic=True,
)
WITHDRAWN: Final = evolve(REMINDER, fire_on=None, automatic=False)
ONCE: Final = evolve(
    REMINDER,
    action=CustomAction("ring", PAYLOAD),
    number=None,
    dated=False,
    until=None,
)
DELIVERY: Final = evolve(REMINDER, number=None, sequence=1, until="closed")
FAILED: Final = OutboxItem(
    REMINDER,
    tenant="studio",
    epoch="second",
    attempts=10,
    last_error="550 no such mailbox\n\tkéine 🎞",
    retry_at=datetime(2026, 11, 6, 9, 4, 0, 1, tzinfo=KATHMANDU),
    leased_until=datetime(2026, 11, 6, 9, tzinfo=UTC),
    given_up=True,
)
EVERY_FIELD: Final = OrderQuery(
    order_type={"prints", "A-1_b.c"},
    status="lab",
    workflow_stage=None,
    department={None, "Lab"},
    user="Zoë",
    vendor=frozenset(),
    invoice_id={"R-7", "R-8"},
    is_open=False,
    facts=SOMEWHERE.facts,
    text="100% 現像_",
    due_by=None,
    due_from=date(2026, 11, 1),
    delivery_by=date(9999, 12, 31),
    ordered_from=date(1, 1, 1),
    ordered_by=date(2026, 11, 30),
    closed_from=date(2026, 11, 2),
    closed_by=None,
    overdue_on=date(2026, 11, 16),
    sort="priority",
    after=HELD,
    limit=2_147_483_647,
)

# --- What pages show ----------------------------------------------------------------------------

BACKWARD: Final = plan(
    PRINTS, Backward(EVERY_DAY), ordered_on=date(2026, 11, 2), delivery_on=date(2026, 12, 24)
)
FLOW: Final = ProductionFlow(rules=evolve(STRICT, permissions=[], reasons=[]))
SHOWN: Final = FLOW.propose(
    ORDER,
    to="shipped",
    today=date(2026, 11, 4),
    by="Ann",
    recorded_by="front desk",
    roles=["lead", "Büro"],
    facts=NEW_FACTS,
    reason="torn",
    note="in a\nhurry",
)
REFUSED: Final = Refusal("skip", "Erst prüfen 🎞", ["lab", "qa"])
SELECTED: Final = BulkProposal([SHOWN], {"PO-2": SameStatusError("PO-2", "shipped")})
SHORT: Final = BulkChoice(
    PRINTS["lab"],
    ["PO-1"],
    {"PO-2": (REFUSED,), "PO-3": SameStatusError("PO-3", "lab")},
    ["note"],
)
REPORT: Final = Table(
    "Orders 🎞",
    ["id", "due", "price", "share", "late", "days"],
    [
        ["PO-1", date(2026, 11, 5), Decimal("1.50"), 0.5, True, 2**63],
        ["PO-2", None, Decimal("1E+1000"), -0.0, False, -1],
    ],
    notes=["2 orders"],
    struck=[1, 0],
)

# --- The table ----------------------------------------------------------------------------------

VALUES: Final[dict[str, Any]] = {
    "cycle": PRINTS,
    "cycle, fewest": FEWEST,
    "calendar": WorkingCalendar(),
    "calendar, every day": EVERY_DAY,
    "calendar, closed": CLOSED,
    "calendar, fairs": FAIRS,
    "calendar, known": KNOWN,
    "policy, forward": Forward(),
    "policy, forward with holds": Forward(CLOSED, shift_holds=True),
    "policy, backward": Backward(),
    "policy, backward or forward": Backward(EVERY_DAY, without_delivery="forward"),
    "policy, backward or error": Backward(without_delivery="error"),
    "policy, from entry": FromEntry(EVERY_DAY),
    "policy, forward by status": Forward(
        calendars={"shipped": CLOSED, "lab": EVERY_DAY}, shift_holds=True
    ),
    "policy, backward by status": Backward(KNOWN, calendars={"lab": FAIRS}),
    "policy, from entry by status": FromEntry(calendars={"lab": FAIRS}),
    "policy, terms": Terms(FromEntry(), {}),
    "policy, terms by vendor": Terms(
        Backward(calendars={"lab": EVERY_DAY}, without_delivery="forward"),
        {
            "Lab West": VendorTerms(durations={"retouch": 0, "lab": 36_525}),
            "現像所": VendorTerms(calendars={"lab": KNOWN}),
            "East": VendorTerms(),
        },
    ),
    **{f"trigger, {trigger.key}": trigger for trigger in TRIGGERS},
    "reason": BLURRED,
    "reason, torn": TORN,
    "permission": LEADS,
    "permission, verbs": OFFICE,
    "permission, moves": SENDERS,
    "rules": ChangeRules(),
    "rules, strict": STRICT,
    "flow": ProductionFlow(),
    "flow, full": ProductionFlow(
        due_dates=Backward(EVERY_DAY), triggers=TRIGGERS[:2], rules=STRICT
    ),
    "order": ORDER,
    "order, held": HELD,
    "order, resumed": RESUMED,
    "entry, opened": OPENED,
    "entry, opened bare": BARE,
    "entry, opened under way": UNDER_WAY,
    "entry, next": NEXT,
    "entry, skip": SKIP,
    "entry, back": BACK,
    "entry, hold": HOLD,
    "entry, aside": ASIDE,
    "entry, resume": RESUME,
    "entry, reopen": REOPEN,
    "entry, amended": AMENDED,
    "entry, amended nothing": SAME,
    "entry, amended on hold": AMENDED_ON_HOLD,
    "entry, adopted": ADOPTED,
    "entry, adopted on the path": ADOPTED_ON_PATH,
    "entry, undone": UNDONE,
    "entry, undone to a return": UNDONE_TO_A_RETURN,
    "entry, split": SPLIT,
    "event": REMINDER,
    "event, withdrawn": WITHDRAWN,
    "event, once": ONCE,
    "event, delivery": DELIVERY,
    "item": OutboxItem(REMINDER),
    "item, failed": FAILED,
    "where": ANYWHERE,
    "where, somewhere": SOMEWHERE,
    "query": OrderQuery(),
    "query, every field": EVERY_FIELD,
    "query, second page": OrderQuery(is_open=True, after="due.2026-11-16.5.UE8", limit=100),
    "change": Change(ORDER, NEXT),
    "change, with events": Change(ORDER, NEXT, (REMINDER, WITHDRAWN)),
    "proposal": SHOWN,
    "bulk proposal": SELECTED,
    "choice": Choice(PRINTS["lab"], Move.NEXT),
    "choice, refused": Choice(PRINTS["shipped"], Move.SKIP, [REFUSED], ["note", "reason"]),
    "choice, present": Choice(PRINTS["ordered"], None),
    "bulk choice": SHORT,
    "plan": BACKWARD,
    "plan, without delivery": plan(FEWEST, Forward(), ordered_on=date(2026, 11, 2)),
    "table": REPORT,
    "table, empty": Table("", []),
}
CYCLES: Final = (FEWEST, evolve(PRINTS, version=2), PRINTS)
LOADS: Final[dict[str, Callable[[object], object]]] = {
    "cycle": partial(codec.load, kind=StatusCycle),
    "calendar": partial(codec.load, kind=WorkingCalendar),
    "policy": codec.load_policy,
    "trigger": partial(codec.load, kind=Trigger),
    "reason": partial(codec.load, kind=Reason),
    "permission": partial(codec.load, kind=Permission),
    "rules": partial(codec.load, kind=ChangeRules),
    "flow": partial(codec.load, kind=ProductionFlow),
    "order": partial(codec.load, kind=ProductionOrder, cycles=CYCLES),
    "entry": codec.load_entry,
    "event": partial(codec.load, kind=TriggerEvent),
    "item": partial(codec.load, kind=OutboxItem),
    "where": partial(codec.load, kind=Where),
    "query": partial(codec.load, kind=OrderQuery),
    "change": partial(codec.load, kind=Change, cycles=CYCLES),
}


def kind(name: str) -> str:
    """The kind of a value: the first word of its name."""
    return name.partition(",")[0]


LOADED: Final = [name for name in VALUES if kind(name) in LOADS]


def test_the_file_holds_what_is_written_out_here() -> None:
    """Every value of the file is tested."""
    assert [*DATA] == [*VALUES]


def test_the_file_has_a_value_of_every_class() -> None:
    """A class that the codec dumps must be saved here, so that its data load for ever."""
    assert {*get_args(get_type_hints(codec.dump)["value"])} == {*map(type, VALUES.values())}


@pytest.mark.parametrize("name", LOADED)
def test_saved_data_load(name: str) -> None:
    """Data of schema 1 load for ever, as the value that was saved."""
    assert LOADS[kind(name)](DATA[name]) == VALUES[name]


def test_only_what_pages_show_is_not_loaded() -> None:
    """Each other value must load for ever."""
    left = {type(VALUES[name]) for name in VALUES if name not in LOADED}
    assert left == {ProposedChange, BulkProposal, Choice, BulkChoice, Plan, Table}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_dumped_as_it_was_saved(name: str) -> None:
    """The text is the same too: 1 is neither 1.0 nor true."""
    assert json.dumps(codec.dump(VALUES[name])) == json.dumps(DATA[name])


@pytest.mark.parametrize("name", LOADED)
def test_saved_data_are_loaded_whole(name: str) -> None:
    """A loaded value is dumped as it was saved, with numbers of the same types."""
    loaded: Any = LOADS[kind(name)](DATA[name])
    assert json.dumps(codec.dump(loaded)) == json.dumps(DATA[name])


def test_an_instant_keeps_its_offset() -> None:
    """The local time of each entry can still be shown."""
    entries = [codec.load_entry(DATA[f"entry, {name}"]) for name in ("opened", "next", "skip")]
    assert [entry.at.utcoffset() for entry in entries] == [
        zone.utcoffset(None) for zone in (KATHMANDU, NEWFOUNDLAND, BEFORE_ZONES)
    ]


CALL_OF_THE_THIRD: Final = "866693f614d2ad1b6c0ee78e830678d2"


def test_the_id_of_an_immediate_event_counts_entries() -> None:
    """A return continues a visit, so an immediate event has the number of its entry in its id.

    `tests/golden/event_ids.json` has this id too: a number is that of a visit, or of an entry.
    """
    returned = Trigger("call", Entering("ordered", moves=[Move.RESUME]), CreateTask("Call"))
    flow = ProductionFlow(triggers=[returned])
    monday = date(2026, 11, 2)
    change = flow.open(PRINTS, order_id="PO-1", ordered_on=monday, by="ann", at=AT)
    for to in ("hold", "ordered"):
        change = flow.advance(change.order, today=monday, to=to, by="ann", at=AT)
    (event,) = change.events
    assert (event.id, event.visit, event.number) == (CALL_OF_THE_THIRD, 1, 3)
