"""Values as JSON data, and JSON text: what is dumped, what is loaded, what is refused and where."""

import inspect
import pickle
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from functools import partial
from typing import Any, Final, get_args, get_type_hints

import pytest
from attrs import evolve, fields
from cattrs import ClassValidationError

from prodflow import (
    EVERY_DAY,
    Backward,
    BulkChoice,
    BulkProposal,
    Change,
    ChangeRules,
    Choice,
    CreateTask,
    CycleConflictError,
    CycleNotFoundError,
    DaysFromDelivery,
    DaysInStatus,
    DefinitionError,
    Entering,
    Facts,
    Forward,
    FromEntry,
    HistoryEntry,
    InvalidCycleError,
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
from prodflow._facts import Fact
from prodflow.codec import dump, load, load_entry, load_policy, read_json, write_json
from prodflow.codec._problems import checked
from prodflow.export import Cell, Table

DAY: Final = date(2026, 11, 2)
AT: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", default_duration=1, initial=True),
        Status("done", "Delivered", final=True),
        Status("hold", "On hold", non_standard=True),
    ],
)
CALENDAR: Final = WorkingCalendar(holidays=[date(2026, 12, 25)])
TERMS: Final = Terms(
    Forward(CALENDAR, calendars={"done": EVERY_DAY}),
    {"West": VendorTerms(durations={"ordered": 2}, calendars={"hold": CALENDAR})},
)
TRIGGER: Final = Trigger("greet", Opening(), CreateTask("Say hello"))
REASON: Final = Reason("torn", "Torn in the post", moves=[Move.BACK], chargeable=False)
PERMISSION: Final = Permission(
    {"lead", "office"}, to=["done"], where=Where(facts={"rush": True, "copies": [None, 1]})
)
RULES: Final = ChangeRules(
    targets={"hold": ["ordered"]},
    reason_required=[Move.BACK],
    reasons=[REASON],
    permissions=[PERMISSION],
)
PARTED: Final = OrderSplit(
    order_id="PO-1", sequence=2, by="ann", at=AT, quantity=3, parts=[("PO-2", 2), ("PO-3", 1)]
)
FLOW: Final = ProductionFlow(due_dates=Forward(CALENDAR), triggers=[TRIGGER], rules=RULES)
CHANGE: Final = FLOW.open(CYCLE, order_id="PO-1", ordered_on=DAY, by="ann", at=AT)
WHERE: Final = Where(order_type="prints", vendor={"West", None}, user=None, department=[])
QUERY: Final = OrderQuery(
    status={"done", "hold"}, vendor=None, due_by=DAY, facts={"rush": True}, after=CHANGE.order
)
ITEM: Final = OutboxItem(
    CHANGE.events[0], "studio", "first", 3, "bounced", AT, AT + timedelta(minutes=5), given_up=True
)
VALUES: Final[dict[str, Any]] = {
    "cycle": CYCLE,
    "calendar": CALENDAR,
    "policy": FLOW.due_dates,
    "terms": TERMS,
    "trigger": TRIGGER,
    "reason": REASON,
    "permission": PERMISSION,
    "rules": RULES,
    "flow": FLOW,
    "order": CHANGE.order,
    "entry": CHANGE.entry,
    "split": PARTED,
    "event": CHANGE.events[0],
    "item": ITEM,
    "where": WHERE,
    "query": QUERY,
    "change": CHANGE,
}
LOADS: Final[dict[str, Callable[[object], object]]] = {
    "cycle": partial(load, kind=StatusCycle),
    "calendar": partial(load, kind=WorkingCalendar),
    "policy": load_policy,
    "terms": load_policy,
    "trigger": partial(load, kind=Trigger),
    "reason": partial(load, kind=Reason),
    "permission": partial(load, kind=Permission),
    "rules": partial(load, kind=ChangeRules),
    "flow": partial(load, kind=ProductionFlow),
    "order": partial(load, kind=ProductionOrder, cycles=[CYCLE]),
    "entry": load_entry,
    "split": load_entry,
    "event": partial(load, kind=TriggerEvent),
    "item": partial(load, kind=OutboxItem),
    "where": partial(load, kind=Where),
    "query": partial(load, kind=OrderQuery),
    "change": partial(load, kind=Change, cycles=[CYCLE]),
    "opened": partial(load, kind=OrderOpened),
}
STATUS: Final = {"key": "ordered", "description": "Ordered"}
ENTRY: Final = dump(CHANGE.entry)
ORDER: Final = dump(CHANGE.order)
SPLIT: Final = dump(PARTED)
GREET: Final = {key: value for key, value in dump(TRIGGER).items() if key != "schema"}
EVENT: Final = {key: value for key, value in dump(ITEM)["event"].items() if key != "schema"}
TASK: Final = {"kind": "create-task", "title": "Call"}


def problems(read: Callable[[Any], object], data: object) -> list[tuple[str, str]]:
    """The problems for which the data are refused."""
    with pytest.raises(DefinitionError) as refusal:
        read(data)
    return [*refusal.value.problems]


class TestValues:
    """Every value can be dumped, and its data loaded."""

    @pytest.mark.parametrize("kind", VALUES)
    def test_goes_there_and_back(self, kind: str) -> None:
        """Dumped data load as an equal value."""
        assert LOADS[kind](dump(VALUES[kind])) == VALUES[kind]

    @pytest.mark.parametrize("kind", VALUES)
    def test_names_its_schema_first(self, kind: str) -> None:
        """A reader sees first which schema the data follow."""
        data = dump(VALUES[kind])
        assert next(iter(data.items())) == ("schema", codec.SCHEMA)

    @pytest.mark.parametrize("kind", VALUES)
    def test_leaves_the_data_as_they_are(self, kind: str) -> None:
        """Loading doesn't change the data, so they can be loaded twice."""
        data = dump(VALUES[kind])
        LOADS[kind](data)
        assert data == dump(VALUES[kind])

    def test_a_cycle_is_written_with_all_its_fields(self) -> None:
        """A later release may change a default without changing what was saved."""
        small = StatusCycle(
            "p", [Status("a", "A", initial=True), Status("b", "B", final=True, default_user="ann")]
        )
        plain = {
            "default_duration": None,
            "default_department": None,
            "default_user": None,
            "workflow_stage": None,
            "public_description": None,
            "colour": None,
            "initial": False,
            "final": False,
            "non_standard": False,
            "cancelled": False,
            "pauses": False,
            "inactive": False,
        }
        assert dump(small) == {
            "schema": 1,
            "order_type": "p",
            "statuses": [
                {"key": "a", "description": "A", **plain, "initial": True},
                {"key": "b", "description": "B", **plain, "final": True, "default_user": "ann"},
            ],
            "description": "",
            "version": 1,
        }

    def test_fields_with_a_default_may_be_left_out(self) -> None:
        """A file written by hand needs only the fields that differ from the defaults."""
        data = {
            "schema": 1,
            "order_type": "prints",
            "statuses": [
                {**STATUS, "default_duration": 1, "initial": True},
                {"key": "done", "description": "Delivered", "final": True},
                {"key": "hold", "description": "On hold", "non_standard": True},
            ],
        }
        assert load(data, StatusCycle) == CYCLE

    def test_an_order_names_its_cycle_and_its_status(self) -> None:
        """An order doesn't repeat the cycle, which is saved once."""
        assert (ORDER["cycle"], ORDER["status"]) == (
            {"order_type": "prints", "version": 1},
            "ordered",
        )

    def test_an_order_finds_its_cycle_among_others(self) -> None:
        """The cycles may come in any order, from any iterable."""
        others = (evolve(CYCLE, version=2), evolve(CYCLE, order_type="albums"), CYCLE)
        assert load(ORDER, ProductionOrder, cycles=iter(others)).cycle is CYCLE

    def test_sets_are_sorted(self) -> None:
        """Equal values give equal text, in whatever order their items were given."""
        days = [date(2026, 12, day) for day in range(1, 25)]
        one = WorkingCalendar(holidays=days, working_weekdays=[6, 0, 3])
        two = WorkingCalendar(holidays=reversed(days), working_weekdays=[3, 6, 0])
        assert write_json(dump(one)) == write_json(dump(two))

    def test_members_of_enums_become_plain(self) -> None:
        """Values may hold members of your own enums; data hold plain strings and numbers."""

        class Word(StrEnum):
            EMAIL = "email"
            FORWARD = "forward"
            VENDOR = "vendor"

        class Number(IntEnum):
            TWO = 2

        message = SendMessage("hi", channels=[Word.EMAIL])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
        policy = Backward(without_delivery=Word.FORWARD)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        flow = ProductionFlow(
            due_dates=policy, triggers=[Trigger("k", Entering(), message), TRIGGER]
        )
        amended = FLOW.amend(CHANGE.order, by="ann", at=AT, vendor="lab").entry
        assert isinstance(amended, OrderAmended)
        found = [
            dump(flow)["due_dates"]["without_delivery"],
            *dump(flow)["triggers"][0]["action"]["channels"],
            *dump(evolve(amended, changed=[Word.VENDOR]))["changed"],
            dump(evolve(CYCLE, version=Number.TWO))["version"],
        ]
        assert [(type(value), value) for value in found] == [
            (str, "forward"),
            (str, "email"),
            (str, "vendor"),
            (int, 2),
        ]


class TestFacts:
    """A fact is plain data, but a Decimal or a date names its kind."""

    @pytest.mark.parametrize(
        ("value", "data"),
        [
            ("Lee", "Lee"),
            ("2026-11-02", "2026-11-02"),
            (True, True),
            (0, 0),
            (2**63 - 1, 2**63 - 1),
            (1 - 2**63, 1 - 2**63),
            (Decimal("1.50"), {"decimal": "1.50"}),
            (Decimal("-0.0"), {"decimal": "-0.0"}),
            (Decimal("1E+3"), {"decimal": "1000"}),
            (Decimal("1E-29"), {"decimal": "0.00000000000000000000000000001"}),
            (DAY, {"date": "2026-11-02"}),
        ],
    )
    def test_goes_there_and_back(self, value: Fact, data: object) -> None:
        """Through the text too, as a value of the same kind."""
        facts = Facts({"it": value})
        order = evolve(CHANGE.order, facts=facts)
        assert repr(dump(order)["facts"]) == repr({"it": data})
        text = write_json(dump(order))
        loaded = load(read_json(text), ProductionOrder, cycles=[CYCLE])
        assert (loaded.facts, type(loaded.facts["it"])) == (facts, type(value))

    def test_members_of_enums_become_plain(self) -> None:
        """A fact of your own enums is kept as plain text or number."""

        class Size(StrEnum):
            LARGE = "large"

        class Copies(IntEnum):
            TWO = 2

        facts = dump(evolve(CHANGE.order, facts={"a": Size.LARGE, "b": Copies.TWO}))["facts"]
        assert [(type(value), value) for value in facts.values()] == [(str, "large"), (int, 2)]

    def test_a_removed_fact_is_null(self) -> None:
        """An entry has the facts that it set, and null for one that it removed."""
        entry = FLOW.amend(
            evolve(CHANGE.order, facts={"rush": True}),
            by="ann",
            at=AT,
            facts={"rush": None, "copies": 2},
        ).entry
        data = dump(entry)
        assert data["facts"] == {"copies": 2, "rush": None}
        assert load_entry(data) == entry

    def test_wanted_facts_may_be_a_list(self) -> None:
        """Null among the values asks for orders without the fact."""
        where = Where(facts={"client": {"Lee", None}, "rush": True, "due": DAY, "size": None})
        data = {
            "client": [None, "Lee"],
            "due": {"date": "2026-11-02"},
            "rush": True,
            "size": None,
        }
        assert dump(where) == {"schema": 1, "facts": data}
        assert load(dump(where), Where) == where

    def test_no_facts_need_no_room(self) -> None:
        """Orders without facts share one value."""
        orders = [load(ORDER, ProductionOrder, cycles=[CYCLE]) for _ in range(2)]
        assert orders[0].facts is orders[1].facts


class TestQueries:
    """A stored query has the fields that were given."""

    def test_what_was_not_asked_for_is_not_written(self) -> None:
        """None is a value to ask for, and so is an empty set."""
        query = OrderQuery(
            order_type={"prints", "albums"}, user={"ann", None}, vendor=None, department=frozenset()
        )
        given = {
            "order_type": ["albums", "prints"],
            "department": [],
            "user": [None, "ann"],
            "vendor": None,
        }
        page = {"sort": "due", "after": None, "limit": None}
        assert dump(query) == {"schema": 1, **given, **page}
        assert dump(OrderQuery()) == {"schema": 1, **page}

    def test_every_field_may_be_left_out(self) -> None:
        """Data without any field find every order."""
        assert load({"schema": 1}, OrderQuery) == OrderQuery()

    def test_every_field_is_written(self) -> None:
        """A query that gives every field has every field in its data."""
        given: dict[str, Any] = {
            "is_open": True,
            **dict.fromkeys(("order_type", "status", "text"), "x"),
            **dict.fromkeys(("workflow_stage", "department", "user", "vendor", "invoice_id")),
            **dict.fromkeys(("due_by", "due_from", "delivery_by", "closed_from", "closed_by")),
            **dict.fromkeys(("ordered_from", "ordered_by", "overdue_on"), DAY),
            "facts": {"rush": None},
        }
        data = dump(OrderQuery(**given))
        assert data.keys() == {"schema", *(field.name for field in fields(OrderQuery))}
        assert load(data, OrderQuery) == OrderQuery(**given)

    def test_it_keeps_its_page(self) -> None:
        """The order after which the page begins is written as a position."""
        query = OrderQuery(sort="id", after=CHANGE.order, limit=20)
        assert dump(query)["after"] == query.position(CHANGE.order)
        assert load(dump(query), OrderQuery) == query


class TestTriggers:
    """A trigger is dumped with its description, its switch and its condition."""

    @pytest.mark.parametrize(
        "more",
        [
            {"description": 'Zoë\'s "call"', "enabled": False},
            {"condition": Where()},
            {"condition": WHERE},
            {"condition": Where(vendor="West")},
            {"condition": Where(vendor=None)},
            {"when": DaysFromDelivery(-3, working=True)},
            {"when": DaysInStatus(None, 3, working=True)},
        ],
    )
    def test_goes_there_and_back(self, more: dict[str, Any]) -> None:
        """Everything that a user edits comes back, alone and in a flow."""
        trigger = evolve(TRIGGER, **more)
        flow = evolve(FLOW, triggers=[trigger])
        assert load(dump(trigger), Trigger) == trigger
        assert load(dump(flow), ProductionFlow) == flow

    def test_a_condition_has_the_fields_that_were_given(self) -> None:
        """None is a value to ask for; what wasn't asked for isn't written."""
        assert GREET["condition"] is None
        data = dump(evolve(TRIGGER, condition=Where(vendor=["West", None, "East"], user=None)))
        assert data["condition"] == {"vendor": [None, "East", "West"], "user": None}

    def test_an_older_trigger_is_switched_on(self) -> None:
        """Data without the description and the switch load as they were meant."""
        old = {key: GREET[key] for key in ("key", "when", "action")}
        assert load({"schema": 1, **old}, Trigger) == TRIGGER


class TestDumping:
    """A value of another class is refused, and so is code."""

    @pytest.mark.parametrize("value", [None, "text", {}, StatusCycle, STATUS, CYCLE["ordered"]])
    def test_another_value_is_refused(self, value: Any) -> None:  # noqa: ANN401 - that is the test
        """The codec dumps whole values of the classes that it knows."""
        with pytest.raises(TypeError, match=r"^value must be .*, such as a StatusCycle, not "):
            dump(value)

    def test_a_condition_is_refused(self) -> None:
        """A condition is code."""
        with pytest.raises(ValueError, match="condition"):
            dump(evolve(TRIGGER, condition=lambda _order, _entry: True))

    def test_a_guard_is_refused(self) -> None:
        """A guard is code."""
        with pytest.raises(ValueError, match="guard"):
            dump(evolve(RULES, guard=lambda _order, _proposal: None))

    def test_a_guard_of_entries_is_refused(self) -> None:
        """So is the guard of the verbs without a window, alone or in a flow."""
        rules = evolve(RULES, entry_guard=lambda _order, _entry: None)
        for value in (rules, evolve(FLOW, rules=rules)):
            with pytest.raises(ValueError, match="guard"):
                dump(value)

    def test_a_flow_with_code_is_refused(self) -> None:
        """A guard isn't dropped silently."""
        with pytest.raises(ValueError, match="guard"):
            dump(evolve(FLOW, rules=evolve(RULES, guard=lambda _order, _proposal: None)))

    def test_a_policy_of_the_host_is_refused(self) -> None:
        """A flow accepts it, but it's code."""

        class Never:
            name = "never"
            calendar = CALENDAR
            shift_holds = False

            def due_on(self, *_: object, **__: object) -> None:
                """No date."""

        assert Never().due_on() is None  # type: ignore[func-returns-value]
        words = r"^due_dates must be of type Forward or Backward or FromEntry or Terms, not <"
        with pytest.raises(TypeError, match=words):
            dump(evolve(FLOW, due_dates=Never()))


NO_KIND: Final = (
    "must be one of 'order-opened', 'status-changed', 'order-amended', 'cycle-adopted',"
    " 'change-undone', 'order-split', not None"
)

FACT: Final = "must be a string, a whole number, true, false, or an object with 'decimal' or 'date'"
MOVE: Final = "must be one of 'next', 'skip', 'back', 'aside', 'resume', 'reopen'"

# The kind of value, the data, and every problem with its path and reason.
REFUSALS: Final[dict[str, tuple[str, object, list[tuple[str, str]]]]] = {
    "a list": ("cycle", [], [("$", "must be an object, not []")]),
    "keys that are not strings": (
        "cycle",
        {2: 3},
        [("$", "must be an object with string keys, not {2: 3}")],
    ),
    "no schema": ("cycle", {}, [("$.schema", "must be 1, not None")]),
    "another schema": ("cycle", {"schema": 2}, [("$.schema", "must be 1, not 2")]),
    "a flag for the schema": ("cycle", {"schema": True}, [("$.schema", "must be 1, not True")]),
    "all at once": (
        "cycle",
        {
            "schema": 1,
            "statuses": [{"key": 1, "description": None}, "done", {**STATUS, "shade": "red"}],
            "version": 1.0,
            "note": "x",
            "author": "y",
        },
        [
            ("$.order_type", "is missing"),
            ("$.statuses[0].key", "must be a string, not 1"),
            ("$.statuses[0].description", "must be a string, not None"),
            ("$.statuses[1]", "must be an object, not 'done'"),
            ("$.statuses[2]", "has unknown fields: 'shade'"),
            ("$.version", "must be a whole number, not 1.0"),
            ("$", "has unknown fields: 'author', 'note'"),
        ],
    ),
    "a string for a list": (
        "cycle",
        {"schema": 1, "order_type": "p", "statuses": "done"},
        [("$.statuses", "must be a list, not 'done'")],
    ),
    "a number for a flag": (
        "rules",
        {"schema": 1, "allow_skip": 1},
        [("$.allow_skip", "must be true or false, not 1")],
    ),
    "a flag for a number": (
        "calendar",
        {"schema": 1, "working_weekdays": [True]},
        [("$.working_weekdays[0]", "must be a whole number, not True")],
    ),
    "what the constructor refuses": (
        "cycle",
        {"schema": 1, "order_type": "p", "statuses": [{**STATUS, "key": ""}]},
        [
            (
                "$.statuses[0].key",
                "must be 1 to 64 ASCII letters, digits, '_', '-' or '.', not ''",
            )
        ],
    ),
    "what the constructor refuses, in its own words": (
        "cycle",
        {"schema": 1, "order_type": "p", "statuses": [{**STATUS, "key": "x must y"}]},
        [
            (
                "$.statuses[0].key",
                "must be 1 to 64 ASCII letters, digits, '_', '-' or '.', not 'x must y'",
            )
        ],
    ),
    "what the constructor refuses as a whole": (
        "calendar",
        {"schema": 1, "working_weekdays": []},
        [("$", "a calendar needs at least one working day: choose one")],
    ),
    "dates in another form": (
        "calendar",
        {"schema": 1, "holidays": ["20261225", "2026-W52-5", "2026-02-30", "", "2026-12-25", 0]},
        [
            ("$.holidays[0]", "must look like '2026-11-30', not '20261225'"),
            ("$.holidays[1]", "must look like '2026-11-30', not '2026-W52-5'"),
            ("$.holidays[2]", "must look like '2026-11-30', not '2026-02-30'"),
            ("$.holidays[3]", "must look like '2026-11-30', not ''"),
            ("$.holidays[5]", "must be a string, not 0"),
        ],
    ),
    "an instant in another form": (
        "entry",
        {**ENTRY, "at": "2026-11-02T09:00:00Z"},
        [("$.at", "must look like '2026-11-30T09:00:00+00:00', not '2026-11-02T09:00:00Z'")],
    ),
    "an instant without an offset": (
        "entry",
        {**ENTRY, "at": "2026-11-02T09:00:00"},
        [
            (
                "$.at",
                "must be aware, for example in UTC, not datetime.datetime(2026, 11, 2, 9, 0)",
            )
        ],
    ),
    "no kind": (
        "entry",
        {"schema": 1},
        [
            (
                "$.kind",
                NO_KIND,
            )
        ],
    ),
    "a kind that is not a string": (
        "policy",
        {"schema": 1, "kind": []},
        [("$.kind", "must be one of 'forward', 'backward', 'from-entry', 'terms', not []")],
    ),
    "terms in pieces": (
        "policy",
        {
            "schema": 1,
            "kind": "terms",
            "default_policy": {"kind": "terms"},
            "vendors": {"West": {"durations": {"lab": "2"}, "calendars": []}, "East": None},
        },
        [
            (
                "$.default_policy.kind",
                "must be one of 'forward', 'backward', 'from-entry', not 'terms'",
            ),
            ("$.vendors['West'].durations['lab']", "must be a whole number, not '2'"),
            ("$.vendors['West'].calendars", "must be an object, not []"),
            ("$.vendors['East']", "must be an object, not None"),
        ],
    ),
    "terms that the constructor refuses": (
        "policy",
        {
            "schema": 1,
            "kind": "terms",
            "default_policy": {"kind": "forward"},
            "vendors": {"West": {"durations": {"lab": -1}}},
        },
        [("$.vendors['West'].durations['lab']", "must be from 0 to 36,525, not -1")],
    ),
    "a calendar of a status": (
        "policy",
        {"schema": 1, "kind": "forward", "calendars": {"lab": None, "": {}}},
        [("$.calendars['lab']", "must be an object, not None")],
    ),
    "an unknown word": (
        "policy",
        {"schema": 1, "kind": "backward", "without_delivery": "guess"},
        [("$.without_delivery", "must be one of 'none', 'forward', 'error', not 'guess'")],
    ),
    "unknown moves": (
        "rules",
        {"schema": 1, "note_required": ["back", "NEXT", 1]},
        [
            (
                f"$.note_required[{index}]",
                "must be one of 'next', 'skip', 'back', 'aside', 'resume', 'reopen', not " + shown,
            )
            for index, shown in ((1, "'NEXT'"), (2, "1"))
        ],
    ),
    "deep in a flow": (
        "flow",
        {
            "schema": 1,
            "due_dates": {"kind": "forward", "calendar": {"holidays": [None]}},
            "triggers": [
                {
                    "key": "k",
                    "when": {"kind": "opening", "status": "x"},
                    "action": {"kind": "custom-action", "name": "n", "payload": {"a @ b": []}},
                    "condition": "order.vendor",
                },
            ],
            "rules": {
                "targets": {"lab": ["qa", 2], "hold": "qa"},
                "guard": 0,
                "entry_guard": "ours",
            },
        },
        [
            ("$.due_dates.calendar.holidays[0]", "must be a string, not None"),
            ("$.triggers[0].when", "has unknown fields: 'status'"),
            (
                "$.triggers[0].action.payload['a @ b']",
                "must be a string, a number, true, false or null, not []",
            ),
            ("$.triggers[0].condition", "must be an object, not 'order.vendor'"),
            ("$.rules.targets['lab'][1]", "must be a string, not 2"),
            ("$.rules.targets['hold']", "must be a list, not 'qa'"),
            ("$.rules.guard", "must be null, as code can't be loaded, not 0"),
            ("$.rules.entry_guard", "must be null, as code can't be loaded, not 'ours'"),
        ],
    ),
    "a payload that is a list": (
        "trigger",
        {
            "schema": 1,
            "key": "k",
            "when": {"kind": "opening"},
            "action": {"kind": "custom-action", "name": "n", "payload": [["a", 1]]},
        },
        [("$.action.payload", "must be an object, not [['a', 1]]")],
    ),
    "targets that are a list": (
        "rules",
        {"schema": 1, "targets": [["a", ["b"]]]},
        [("$.targets", "must be an object, not [['a', ['b']]]")],
    ),
    "a target that is not a key": (
        "rules",
        {"schema": 1, "targets": {"": ["qa"]}},
        [
            (
                "$",
                "a key of targets must be 1 to 64 ASCII letters, digits, '_', '-' or '.', not ''",
            )
        ],
    ),
    "a cycle that is a string": (
        "order",
        {**ORDER, "cycle": "prints"},
        [("$.cycle", "must be an object, not 'prints'")],
    ),
    "a wrong cycle": (
        "order",
        {**ORDER, "cycle": {"order_type": "prints", "version": "1", "statuses": []}},
        [
            ("$.cycle.version", "must be a whole number, not '1'"),
            ("$.cycle", "has unknown fields: 'statuses'"),
        ],
    ),
    "a status that the cycle does not have": (
        "order",
        {**ORDER, "status": "lab", "visit": "1"},
        [
            ("$.status", "must be the key of a status of the cycle, not 'lab'"),
            ("$.visit", "must be a whole number, not '1'"),
        ],
    ),
    "a status that is a list": (
        "order",
        {**ORDER, "status": ["ordered"]},
        [("$.status", "must be the key of a status of the cycle, not ['ordered']")],
    ),
    "no status": (
        "order",
        {key: ORDER[key] for key in ORDER if key != "status"},
        [("$.status", "is missing")],
    ),
    "an order in a change": (
        "change",
        {**dump(CHANGE), "order": {"cycle": {"order_type": "prints", "version": 0.0}}},
        [("$.order.cycle.version", "must be a whole number, not 0.0")],
    ),
    "a field of an order in a change": (
        "change",
        {
            **dump(CHANGE),
            "order": {key: ORDER[key] for key in ORDER if key != "schema"} | {"visit": "1"},
        },
        [("$.order.visit", "must be a whole number, not '1'")],
    ),
    "no order in a change": (
        "change",
        {**dump(CHANGE), "order": None},
        [("$.order", "must be an object, not None")],
    ),
    "an entry in a change": (
        "change",
        {**dump(CHANGE), "entry": {}, "events": [TASK]},
        [
            (
                "$.entry.kind",
                NO_KIND,
            ),
            ("$.events[0].id", "is missing"),
            ("$.events[0].trigger", "is missing"),
            ("$.events[0].order_id", "is missing"),
            ("$.events[0].visit", "is missing"),
            ("$.events[0].number", "is missing"),
            ("$.events[0].sequence", "is missing"),
            ("$.events[0].action", "is missing"),
            ("$.events[0].fire_on", "is missing"),
            ("$.events[0].dated", "is missing"),
            ("$.events[0].until", "is missing"),
            ("$.events[0].automatic", "is missing"),
            ("$.events[0]", "has unknown fields: 'kind', 'title'"),
        ],
    ),
    "a trigger in pieces": (
        "trigger",
        {
            **GREET,
            "schema": 1,
            "description": None,
            "enabled": 1,
            "condition": {"vendor": ["West", 7, True], "user": 7, "phase": "moon"},
        },
        [
            ("$.description", "must be a string, not None"),
            ("$.enabled", "must be true or false, not 1"),
            ("$.condition.vendor[1]", "must be a string, not 7"),
            ("$.condition.vendor[2]", "must be a string, not True"),
            ("$.condition.user", "must be a string, not 7"),
            ("$.condition", "has unknown fields: 'phase'"),
        ],
    ),
    "a condition that the constructor refuses": (
        "where",
        {"schema": 1, "vendor": ""},
        [("$.vendor", "must have 1 to 200 characters, not 0")],
    ),
    "an item in pieces": (
        "item",
        {
            **dump(ITEM),
            "event": None,
            "tenant": None,
            "epoch": 7,
            "attempts": 1.0,
            "last_error": [],
            "retry_at": "tomorrow",
            "leased_until": 7,
            "given_up": 0,
        },
        [
            ("$.event", "must be an object, not None"),
            ("$.tenant", "must be a string, not None"),
            ("$.epoch", "must be a string, not 7"),
            ("$.attempts", "must be a whole number, not 1.0"),
            ("$.last_error", "must be a string, not []"),
            ("$.retry_at", "must look like '2026-11-30T09:00:00+00:00', not 'tomorrow'"),
            ("$.leased_until", "must be a string, not 7"),
            ("$.given_up", "must be true or false, not 0"),
        ],
    ),
    "an event of an item": (
        "item",
        {**dump(ITEM), "event": {**EVENT, "until": "never", "number": "1", "sequence": None}},
        [
            ("$.event.number", "must be a whole number, not '1'"),
            ("$.event.sequence", "must be a whole number, not None"),
            ("$.event.until", "must be one of 'left', 'closed', not 'never'"),
        ],
    ),
    "an item without a day": (
        "item",
        {**dump(ITEM), "event": {**EVENT, "id": "e-1", "fire_on": None}},
        [("$", "an event in an outbox has a day, and 'e-1' has none")],
    ),
    "a kind other than that asked for": (
        "opened",
        {"schema": 1, "kind": "status-changed"},
        [("$.kind", "must be 'order-opened', not 'status-changed'")],
    ),
    "facts in pieces": (
        "entry",
        {
            **ENTRY,
            "facts": {
                "a": 1.5,
                "b": None,
                "c": {"decimal": "NaN"},
                "d": {"decimal": "1E+3"},
                "e": {"decimal": "01"},
                "f": {"decimal": 1},
                "g": {"date": "2026-11-02T09:00:00"},
                "h": {"date": "2026-11-02", "decimal": "1"},
                "i": {},
                "j": {"float": 1},
                "k": [1],
                "l": "x" * 201,
                "m": 2**63,
                "n": {"decimal": "1" * 31},
                "o": {"decimal": "0." + "0" * 30},
                "p": "",
                "q": {"decimal": "-"},
            },
        },
        [
            ("$.facts['a']", f"{FACT}, not 1.5"),
            ("$.facts['b']", f"{FACT}, not None"),
            ("$.facts['c']", "must look like '1.50', not 'NaN'"),
            ("$.facts['d']", "must look like '1.50', not '1E+3'"),
            ("$.facts['e']", "must look like '1.50', not '01'"),
            ("$.facts['f']", "must be a string, not 1"),
            ("$.facts['g']", "must look like '2026-11-30', not '2026-11-02T09:00:00'"),
            ("$.facts['h']", f"{FACT}, not {{'date': '2026-11-02', 'decimal': '1'}}"),
            ("$.facts['i']", f"{FACT}, not {{}}"),
            ("$.facts['j']", f"{FACT}, not {{'float': 1}}"),
            ("$.facts['k']", f"{FACT}, not [1]"),
            ("$.facts['l']", "must have 1 to 200 characters, not 201"),
            (
                "$.facts['m']",
                f"must be from {1 - 2**63:,} to {2**63 - 1:,}, not 9223372036854775808",
            ),
            ("$.facts['n']", "must have at most 30 digits without an exponent, not 31"),
            ("$.facts['o']", "must have at most 30 digits without an exponent, not 31"),
            ("$.facts['p']", "must have 1 to 200 characters, not 0"),
            ("$.facts['q']", "must look like '1.50', not '-'"),
        ],
    ),
    "too many facts": (
        "order",
        {**ORDER, "facts": {f"fact-{number}": number for number in range(33)}},
        [("$.facts", "must hold at most 32 names, not 33")],
    ),
    "a fact without a key": (
        "order",
        {**ORDER, "facts": {"a b": "Lee"}},
        [
            (
                "$.facts",
                "a key of facts must be 1 to 64 ASCII letters, digits, '_', '-' or '.', not 'a b'",
            )
        ],
    ),
    "facts that are a list": (
        "order",
        {**ORDER, "facts": [["client", "Lee"]]},
        [("$.facts", "must be an object, not [['client', 'Lee']]")],
    ),
    "wanted facts in pieces": (
        "where",
        {"schema": 1, "facts": {"a": [None, 1, [2], "", {"decimal": "x"}], "b": 1.0}},
        [
            ("$.facts['a'][2]", f"{FACT}, not [2]"),
            ("$.facts['a'][3]", "must have 1 to 200 characters, not 0"),
            ("$.facts['a'][4]", "must look like '1.50', not 'x'"),
            ("$.facts['b']", f"{FACT}, not 1.0"),
        ],
    ),
    "priorities and quantities out of bounds": (
        "order",
        {**ORDER, "priority": 1_001},
        [("$.priority", "must be from -1,000 to 1,000, not 1001")],
    ),
    "no quantity": (
        "order",
        {**ORDER, "quantity": 0},
        [("$.quantity", "must be from 1 to 2,147,483,647, not 0")],
    ),
    "a query in pieces": (
        "query",
        {
            "schema": 1,
            "order_type": None,
            "status": ["done", None],
            "user": ["ann", 1, None],
            "is_open": None,
            "facts": {"a": 1.5},
            "text": 3,
            "due_by": "today",
            "ordered_by": None,
            "sort": "vendor",
            "after": {"id": "PO-1"},
            "limit": 1.0,
            "page": 2,
        },
        [
            ("$.order_type", "must be a string, not None"),
            ("$.status[1]", "must be a string, not None"),
            ("$.user[1]", "must be a string, not 1"),
            ("$.is_open", "must be true or false, not None"),
            ("$.facts['a']", f"{FACT}, not 1.5"),
            ("$.text", "must be a string, not 3"),
            ("$.due_by", "must look like '2026-11-30', not 'today'"),
            ("$.ordered_by", "must be a string, not None"),
            ("$.sort", "must be one of 'due', 'priority', 'id', not 'vendor'"),
            ("$.after", "must be a string, not {'id': 'PO-1'}"),
            ("$.limit", "must be a whole number, not 1.0"),
            ("$", "has unknown fields: 'page'"),
        ],
    ),
    "a page of another list": (
        "query",
        {"schema": 1, "sort": "id", "after": "-"},
        [
            (
                "$.after",
                "must be a position of the sort 'id', as query.position(order) returns it, not '-'",
            )
        ],
    ),
    "parts in pieces": (
        "entry",
        {
            **SPLIT,
            "parts": [{"order_id": "", "quantity": 0}, {"order_id": 1}, ["PO-3", 1]],
        },
        [
            ("$.parts[0].order_id", "must have 1 to 200 characters, not 0"),
            ("$.parts[1].order_id", "must be a string, not 1"),
            ("$.parts[1].quantity", "is missing"),
            ("$.parts[2]", "must be an object, not ['PO-3', 1]"),
        ],
    ),
    "no parts": (
        "entry",
        {**SPLIT, "parts": []},
        [("$.parts", "must be one or more orders besides 'PO-1', each once, not ")],
    ),
    "reasons and permissions in pieces": (
        "rules",
        {
            "schema": 1,
            "reason_required": ["often"],
            "reasons": [{"key": "torn"}, {"key": "t", "description": "T", "moves": ["up"]}],
            "permissions": [
                {"roles": "lead"},
                {"roles": ["lead"], "verbs": ["do"], "where": "everywhere"},
                {"roles": ["lead"], "from": ["lab"]},
            ],
        },
        [
            ("$.reason_required[0]", f"{MOVE}, not 'often'"),
            ("$.reasons[0].description", "is missing"),
            ("$.reasons[1].moves[0]", f"{MOVE}, not 'up'"),
            ("$.permissions[0].roles", "must be a list, not 'lead'"),
            (
                "$.permissions[1].verbs[0]",
                "must be one of 'open', 'amend', 'migrate', 'undo', 'split', 'reorder', not 'do'",
            ),
            ("$.permissions[1].where", "must be an object, not 'everywhere'"),
            ("$.permissions[2]", "has unknown fields: 'from'"),
        ],
    ),
    "a permission that the constructor refuses": (
        "permission",
        {"schema": 1, "roles": []},
        [("$.roles", "must name at least one")],
    ),
    "an empty change": (
        "change",
        {"schema": 1},
        [("$.order", "is missing"), ("$.entry", "is missing")],
    ),
}


class TestLoading:
    """A refusal says in its fields where the data are wrong, and why."""

    @pytest.mark.parametrize("name", REFUSALS)
    def test_says_where_and_why(self, name: str) -> None:
        """Each problem is a path and a reason, which read as one sentence."""
        kind, data, expected = REFUSALS[name]
        assert problems(LOADS[kind], data) == expected

    def test_reads_as_a_sentence(self) -> None:
        """The message puts path and reason together."""
        error = DefinitionError((("$.statuses[0].key", "must be a string, not 1"),))
        assert str(error).endswith(": $.statuses[0].key must be a string, not 1")

    @pytest.mark.parametrize("name", REFUSALS)
    def test_a_refusal_pickles(self, name: str) -> None:
        """Another process gets it with all its problems."""
        kind, data, expected = REFUSALS[name]
        with pytest.raises(DefinitionError) as refusal:
            LOADS[kind](data)
        assert [*pickle.loads(pickle.dumps(refusal.value)).problems] == expected

    def test_a_value_is_not_its_data(self) -> None:
        """An order or an entry in place of its data is refused."""
        data = {**dump(CHANGE), "order": CHANGE.order, "entry": CHANGE.entry}
        assert [path for path, _ in problems(LOADS["change"], data)] == ["$.order"]

    def test_a_status_is_not_its_key(self) -> None:
        """A status or a date in place of its data is refused."""
        data = {**ORDER, "status": CYCLE["ordered"], "entered_on": DAY}
        assert [path for path, _ in problems(LOADS["order"], data)] == ["$.status", "$.entered_on"]

    def test_statuses_that_make_no_cycle_are_refused_as_everywhere(self) -> None:
        """The problems name statuses by their keys, as for a cycle that you build."""
        data = {"schema": 1, "order_type": "prints", "statuses": [STATUS]}
        with pytest.raises(InvalidCycleError) as refusal:
            load(data, StatusCycle)
        assert [problem.code for problem in refusal.value.problems] == ["no-initial", "no-final"]

    @pytest.mark.parametrize("kind", ["order", "change"])
    @pytest.mark.parametrize("cycles", [(), [evolve(CYCLE, version=2)]])
    def test_a_cycle_that_is_not_given_is_not_found(
        self, kind: str, cycles: list[StatusCycle]
    ) -> None:
        """You must give the version of the order."""
        value = VALUES[kind]
        with pytest.raises(CycleNotFoundError) as refusal:
            load(dump(value), type(value), cycles=cycles)
        assert (refusal.value.order_type, refusal.value.version) == ("prints", 1)

    @pytest.mark.parametrize("kind", [ProductionOrder, Change])
    @pytest.mark.parametrize("cycles", [None, CYCLE.order_type, [CYCLE, None], {"prints": CYCLE}])
    def test_cycles_of_another_type_are_refused(
        self,
        kind: type[ProductionOrder | Change],
        cycles: Any,  # noqa: ANN401 - that is the test
    ) -> None:
        """Wrong arguments are the caller's mistake, whatever the data are."""
        with pytest.raises(TypeError, match=r"^cycles must be an iterable of StatusCycle"):
            load({}, kind, cycles=cycles)

    def test_two_cycles_of_one_version_are_refused(self) -> None:
        """The codec doesn't choose between them."""
        with pytest.raises(CycleConflictError):
            load(ORDER, ProductionOrder, cycles=[CYCLE, evolve(CYCLE, description="Prints")])

    @pytest.mark.parametrize("kind", [None, "cycle", [], CYCLE, Status, HistoryEntry, dict])
    def test_another_kind_is_refused(self, kind: Any) -> None:  # noqa: ANN401 - that is the test
        """The kind must be one class that the codec knows."""
        with pytest.raises(TypeError, match=r"^kind must be .*, such as StatusCycle, not "):
            load({}, kind)

    @pytest.mark.parametrize("value", [CHANGE.entry, FLOW.due_dates])
    def test_one_class_of_several_can_be_asked_for(self, value: OrderOpened | Forward) -> None:
        """If you know which entry or policy it is, your type checker knows it too."""
        assert load(dump(value), type(value)) == value

    @pytest.mark.parametrize(
        ("kind", "value"), [(StatusChanged, CHANGE.entry), (FromEntry, FLOW.due_dates)]
    )
    def test_another_class_than_that_asked_for_is_refused(
        self, kind: type[StatusChanged | FromEntry], value: OrderOpened | Forward
    ) -> None:
        """The data name their class."""
        [(path, _)] = problems(partial(load, kind=kind), dump(value))
        assert path == "$.kind"


class Counted:
    """An item that counts how often it is shown."""

    shown = 0

    def __repr__(self) -> str:
        Counted.shown += 1
        return "counted"


LISTS: Final[dict[str, Callable[[list[object]], tuple[str, object]]]] = {
    "statuses": lambda items: ("cycle", {"schema": 1, "order_type": "p", "statuses": items}),
    "a set": lambda items: ("calendar", {"schema": 1, "holidays": items}),
    "keys of the host": lambda items: (
        "rules",
        {"schema": 1, "targets": {str(number): item for number, item in enumerate(items)}},
    ),
    "lists in a list": lambda items: (
        "flow",
        {"schema": 1, "triggers": [{**GREET, "order_types": items[:60]}] * 200},
    ),
}


class TestBounds:
    """However many items are wrong, the work is bounded: loading stops after 100 problems."""

    @pytest.mark.parametrize("name", LISTS)
    def test_stops_after_a_hundred_problems(self, name: str) -> None:
        """The last pair says that there is more."""
        kind, data = LISTS[name]([0] * 10_000)
        found = problems(LOADS[kind], data)
        assert len(found) == 101
        assert found[-1][0] == "$"

    @pytest.mark.parametrize("name", LISTS)
    def test_leaves_the_rest_unread(self, name: str) -> None:
        """Items after the hundredth problem are not looked at."""
        Counted.shown = 0
        kind, data = LISTS[name]([Counted()] * 10_000)
        problems(LOADS[kind], data)
        assert 100 <= Counted.shown < 200

    def test_says_how_many_items_are_left(self) -> None:
        """The items that were not read are counted."""
        data = {"schema": 1, "order_type": "p", "statuses": [0] * 10_000}
        expected = ("$", "has 9,900 more values to check: correct these problems first")
        assert problems(LOADS["cycle"], data)[-1] == expected

    def test_counts_the_problems_that_it_leaves_out(self) -> None:
        """Each of several lists stops after 100 problems, and the refusal has the first 100."""
        data = {"schema": 1, "holidays": [0] * 150, "extra_working_days": [0] * 120}
        *found, last = problems(LOADS["calendar"], data)
        assert [path for path, _ in found] == [f"$.holidays[{index}]" for index in range(100)]
        assert last == ("$", "has 170 more values to check: correct these problems first")

    def test_a_hundred_problems_are_named_without_a_last_pair(self) -> None:
        """Nothing is left to check."""
        data = {"schema": 1, "order_type": "p", "statuses": [0] * 100}
        assert [path for path, _ in problems(LOADS["cycle"], data)] == [
            f"$.statuses[{index}]" for index in range(100)
        ]

    def test_correct_items_are_read_to_the_end(self) -> None:
        """Only problems are counted: the last of many items may be the wrong one."""
        data = {"schema": 1, "order_type": "p", "statuses": [*[STATUS] * 1_000, 0]}
        assert [path for path, _ in problems(LOADS["cycle"], data)] == ["$.statuses[1000]"]

    def test_many_unknown_fields_are_one_problem(self) -> None:
        """The reason names the first few and counts the others."""
        data = {"schema": 1, "kind": "forward"} | {f"f{number:05}": 0 for number in range(10_000)}
        [(path, reason)] = problems(load_policy, data)
        assert path == "$"
        assert reason.endswith("'f00007' and 9,992 more")


def nested(depth: int) -> list[str]:
    """Texts of this depth: nested lists, nested objects, and both."""
    deepest = "[]" if depth % 2 else "0"
    return [
        "[" * depth + "]" * depth,
        '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1),
        '[{"[":' * (depth // 2) + deepest + "}]" * (depth // 2),
    ]


class TestText:
    """JSON text of unknown origin is checked before it is parsed."""

    def test_goes_there_and_back(self) -> None:
        """Text that is written can be read."""
        data = {"text": 'ü\n"\\', "numbers": [0, -1, 0.5, 1e100], "rest": [True, False, None, {}]}
        assert read_json(write_json(data)) == data

    def test_is_one_line(self) -> None:
        """A file may hold one value on each line."""
        assert write_json({"a": "1\n2\r3", "b": [1, "ü"]}) == r'{"a":"1\n2\r3","b":[1,"ü"]}'

    @pytest.mark.parametrize("char", ["x", "é", "名", "🎞"])
    def test_may_have_a_mebibyte(self, char: str) -> None:
        """The bound is in bytes of UTF-8, inclusive."""
        size = len(char.encode())
        rest = "x" * ((2**20 - 2) % size)
        text = f'"{char * ((2**20 - 2) // size)}{rest}"'
        assert read_json(text) == text[1:-1]

    @pytest.mark.parametrize(
        "text", [f'"{"x" * (2**20 - 1)}"', f'"{"é" * 2**19}"', " " * 2**24], ids=len
    )
    def test_may_not_have_more(self, text: str) -> None:
        """One byte too many is refused."""
        assert problems(read_json, text) == [("$", "must have at most 1,048,576 bytes")]

    @pytest.mark.parametrize("text", nested(16), ids=len)
    def test_may_be_nested_sixteen_deep(self, text: str) -> None:
        """The bound is included."""
        assert read_json(text)

    @pytest.mark.parametrize(
        "text", [*nested(17), "[" * 2**20, "{" * 17, '["' + "[" * 100], ids=len
    )
    def test_may_not_be_nested_deeper(self, text: str) -> None:
        """One level more is refused, before the text is parsed."""
        with pytest.raises(DefinitionError):
            read_json(text)

    @pytest.mark.parametrize(
        "text",
        ["[" * 17, '["\\\\",' + "[" * 16, '{"\\"":' * 17, '"a"' + "[" * 17, "]" * 9 + "[" * 26],
    )
    def test_the_depth_is_checked_before_the_syntax(self, text: str) -> None:
        """Text that is nested too deep is refused for that, even if it isn't JSON."""
        assert problems(read_json, text) == [("$", "must be nested at most 16 deep")]

    @pytest.mark.parametrize("inner", ["[" * 99, '\\"' + "[" * 99, "\\\\\\\\" + "{" * 99 + "\\n"])
    def test_brackets_in_a_string_do_not_count(self, inner: str) -> None:
        """A note may hold any number of them."""
        assert read_json(f'[["{inner}"]]')

    def test_brackets_side_by_side_do_not_count(self) -> None:
        """A list of objects may be as long as the bytes allow."""
        assert read_json("[" + ",".join(["{}"] * 300_000) + "]") == [{}] * 300_000

    @pytest.mark.parametrize(
        "text", ['{"a":1,"a":1}', '[{"b":0,"a":1,"a":2}]', r'{"a":1,"\u0061":2}']
    )
    def test_a_key_may_occur_once(self, text: str) -> None:
        """Nobody can say which of two values is meant."""
        expected = [("$", "must not have a key twice in one object: 'a'")]
        assert problems(read_json, text) == expected

    def test_a_key_may_occur_in_several_objects(self) -> None:
        """It's unique within each of them."""
        assert read_json('{"a":{"a":[{"a":1}]}}') == {"a": {"a": [{"a": 1}]}}

    def test_a_key_among_many_may_occur_once(self) -> None:
        """The second of a hundred thousand keys is found without comparing each with each."""
        text = "{" + ",".join(f'"{key:x}":0' for key in [*range(100_000), 7]) + "}"
        expected = [("$", "must not have a key twice in one object: '7'")]
        assert problems(read_json, text) == expected

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
    def test_a_number_is_finite(self, number: str) -> None:
        """JSON has no such numbers; Python reads a number that is too large as infinity."""
        expected = [("$", f"must not hold {number!r}, which isn't a finite number")]
        assert problems(read_json, f'{{"a":[{number}]}}') == expected

    @pytest.mark.parametrize(
        "text", ["", " ", "nan", "{'a':1}", "[1,]", "01", "1 2", "\ufeff{}", '"\n"', "9" * 5_000]
    )
    def test_other_text_is_refused(self, text: str) -> None:
        """So is a number with more digits than Python reads."""
        [(path, reason)] = problems(read_json, text)
        assert (path, reason[:13]) == ("$", "must be JSON:")

    @pytest.mark.parametrize("text", [None, b"{}", 1, ["{}"]])
    def test_bytes_are_refused(self, text: Any) -> None:  # noqa: ANN401 - that is the test
        """The codec doesn't guess their encoding."""
        with pytest.raises(TypeError, match=r"^text must be a str"):
            read_json(text)

    @pytest.mark.parametrize("value", [DAY, {1}, b"a", 1j, object()])
    def test_a_value_without_a_json_form_is_not_written(self, value: object) -> None:
        """Data hold dicts, lists, strings, numbers, flags and None."""
        with pytest.raises(TypeError):
            write_json({"a": value})

    def test_a_key_without_a_json_form_is_not_written(self) -> None:
        """A tuple can't be a key."""
        with pytest.raises(TypeError):
            write_json({("a", "b"): 1})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]

    @pytest.mark.parametrize(
        "value",
        [float("nan"), float("inf"), -float("inf"), "\ud800", 10**5_000],
        ids=["nan", "infinity", "minus infinity", "half a character", "too large"],
    )
    def test_text_that_could_not_be_read_is_not_written(self, value: object) -> None:
        """Numbers must be finite and not too long, characters whole."""
        with pytest.raises(ValueError, match=r".+"):
            write_json({"a": [value]})

    def test_data_that_hold_themselves_are_not_written(self) -> None:
        """Their text would have no end."""
        data: dict[str, Any] = {}
        data["data"] = [data]
        with pytest.raises(ValueError, match=r".+"):
            write_json(data)

    @pytest.mark.parametrize("depth", [16, 17, 10_000])
    def test_data_nested_too_deep_are_not_written(self, depth: int) -> None:
        """`read_json` would refuse the text."""
        data: Any = 0
        for _ in range(depth):
            data = [data]
        with pytest.raises(ValueError, match="nested"):
            write_json({"a": data})

    def test_data_nested_sixteen_deep_are_written(self) -> None:
        """The bound is included."""
        data: Any = 0
        for _ in range(15):
            data = [data]
        assert read_json(write_json({"a": data})) == {"a": data}

    def test_data_are_written_as_long_as_can_be_read(self) -> None:
        """A mebibyte is the most."""
        data = {"a": "x" * (2**20 - 8)}
        assert (len(write_json(data)), read_json(write_json(data))) == (2**20, data)

    def test_data_that_are_longer_are_not_written(self) -> None:
        """`read_json` would refuse the text."""
        with pytest.raises(ValueError, match="bytes"):
            write_json({"a": "x" * (2**20 - 7)})


# --- What pages show ----------------------------------------------------------------------------

TUESDAY: Final = date(2026, 11, 3)
PROPOSAL: Final = evolve(FLOW, rules=ChangeRules(allow_skip=False)).propose(
    CHANGE.order, to="done", today=TUESDAY, by="ann", facts={"price": Decimal("1.50"), "rush": None}
)
PAGES: Final[dict[type, Any]] = {
    ProposedChange: PROPOSAL,
    BulkProposal: FLOW.propose_all([CHANGE.order], today=TUESDAY, by="ann"),
    Choice: FLOW.choices(CHANGE.order, today=TUESDAY, by="ann")[0],
    BulkChoice: FLOW.choices_all([CHANGE.order], today=TUESDAY, by="ann")[0],
    Plan: plan(CYCLE, Forward(), ordered_on=DAY),
    Table: Table("Orders", ["id", "due"], [["PO-1", DAY]]),
}


class TestPages:
    """Pages show proposals, choices, plans and tables, and never send them back."""

    @pytest.mark.parametrize("kind", PAGES)
    def test_only_dumping_takes_it(self, kind: type[Any]) -> None:
        """Loading says so, whatever the data."""
        data = dump(PAGES[kind])
        assert codec.read_json(write_json(data)) == data
        with pytest.raises(TypeError, match=rf"^a {kind.__name__} can't be loaded, only dumped: "):
            load(data, kind)

    def test_a_proposal_has_all_that_the_window_shows(self) -> None:
        """Statuses have their descriptions, the order is as `dump` writes it."""
        data = dump(PROPOSAL)
        assert data["order"] == {key: ORDER[key] for key in ORDER if key != "schema"}
        assert (data["from_"], data["to"]) == (
            {"key": "ordered", "description": "Ordered"},
            {"key": "done", "description": "Delivered"},
        )
        assert (data["completed_on"], data["given"]) == ("2026-11-03", ["facts", "to"])
        assert data["facts"] == {"price": {"decimal": "1.50"}, "rush": None}
        assert data.keys() == {"schema", *(field.name for field in fields(ProposedChange))}

    def test_refusals_are_written_out(self) -> None:
        """A page shows the message at the field that the code is about."""
        skipping = evolve(CYCLE, statuses=[*CYCLE, Status("lab", "Lab")]).move_up("lab")
        order = FLOW.open(
            skipping.move_up("lab"), order_id="PO-2", ordered_on=DAY, by="ann", at=AT
        ).order
        flow = ProductionFlow(rules=ChangeRules(allow_skip=False))
        (refusal,) = dump(flow.propose(order, to="done", today=DAY, by="ann"))["refusals"]
        assert (refusal["code"], refusal["keys"]) == ("skip", ["lab"])
        assert refusal.keys() == {"code", "message", "keys"}

    def test_a_bulk_has_the_errors_by_order(self) -> None:
        """An error is written like a refusal, so a page needs one list for both."""
        done = FLOW.advance(CHANGE.order, today=TUESDAY, by="ann", at=AT).order
        bulk = FLOW.propose_all(
            [done, evolve(CHANGE.order, id="PO-2")], to="done", today=TUESDAY, by="ann"
        )
        data = dump(bulk)
        assert [proposal["order"]["id"] for proposal in data["proposals"]] == ["PO-2"]
        error = bulk.refusals["PO-1"]
        assert data["refusals"] == {
            "PO-1": [{"code": "same-status", "message": str(error), "keys": []}]
        }

    def test_a_choice_has_its_move(self) -> None:
        """The list "Change To Status", for one order and for many."""
        names = [(one["status"]["key"], one["move"]) for one in map(dump, FLOW.choices(**NOW))]
        assert names == [("ordered", None), ("done", "next"), ("hold", "aside")]
        many = [dump(one) for one in FLOW.choices_all([NOW["order"]], today=DAY, by="ann")]
        assert [one["open_to"] for one in many] == [[], ["PO-1"], ["PO-1"]]
        assert [[*one["refusals"]] for one in many] == [["PO-1"], [], []]

    def test_a_plan_is_written_as_rows(self) -> None:
        """One row for each status of the path, each date in ISO form or null."""
        data = dump(plan(CYCLE, Forward(), ordered_on=DAY, delivery_on=date(2026, 11, 9)))
        assert data == {
            "schema": 1,
            "cycle": {"order_type": "prints", "version": 1},
            "rows": [
                {
                    "status": {"key": "ordered", "description": "Ordered"},
                    "due_on": "2026-11-03",
                    "earliest_on": "2026-11-03",
                    "latest_on": "2026-11-09",
                },
                {
                    "status": {"key": "done", "description": "Delivered"},
                    "due_on": None,
                    "earliest_on": None,
                    "latest_on": None,
                },
            ],
            "float_days": 4,
            "start_by": "2026-11-06",
            "is_provisional": False,
        }

    def test_the_cells_of_a_table_stay_plain(self) -> None:
        """A date and a Decimal become text; numbers, flags and blanks stay as they are."""
        cells: list[Cell] = [DAY, Decimal("1.50"), 0.5, 7, True, None, "x"]
        data = dump(Table("", ["c"] * 7, [cells]))
        assert repr(data["rows"]) == "[['2026-11-02', '1.50', 0.5, 7, True, None, 'x']]"


class SoftTimeLimitError(Exception):
    """What a worker throws into a task that takes too long."""


class TestInterruptions:
    """An exception that is thrown into a call comes out as it is."""

    def test_it_is_no_problem_of_the_data(self) -> None:
        """Only what data raise becomes a problem, although cattrs collects every exception."""
        error = SoftTimeLimitError()

        def interrupted(_: object) -> StatusCycle:
            raise ClassValidationError("", [error], StatusCycle)  # pyright: ignore[reportCallIssue] - unlike other groups

        with pytest.raises(SoftTimeLimitError):
            checked(interrupted, dump(CYCLE))


NOW: Final[dict[str, Any]] = {"order": CHANGE.order, "today": DAY, "by": "ann"}

FUNCTIONS: Final = [name for name in codec.__all__ if name != "SCHEMA"]


class TestModule:
    """Every public function is documented, and every value that is dumped can be loaded."""

    def test_all_is_sorted(self) -> None:
        """The constant comes first."""
        assert [*codec.__all__] == ["SCHEMA", *sorted(FUNCTIONS)]

    def test_a_dumped_class_can_be_loaded(self) -> None:
        """The codec takes the same classes both ways, but for those that only pages show."""
        dumped = get_args(get_type_hints(dump)["value"])
        bound: object = get_type_hints(load)["return"].__bound__
        assert [kind for kind in dumped if kind not in PAGES] == [*get_args(bound)]
        assert {*dumped} >= {*PAGES}

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_says_what_it_gives_and_refuses(self, name: str) -> None:
        """The docstring has a first sentence and the errors."""
        written = inspect.getdoc(getattr(codec, name)) or ""
        assert written.partition("\n")[0].endswith(".")
        assert re.search(r"^Raises:$", written, re.MULTILINE)
