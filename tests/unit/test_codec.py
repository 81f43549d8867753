"""Values as JSON data, and JSON text: what comes out, what goes in, what is refused and where."""

import inspect
import pickle
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from functools import partial
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    Backward,
    ChangeRules,
    CreateTask,
    CycleNotFoundError,
    DefinitionError,
    Entering,
    Forward,
    InvalidCycleError,
    Opening,
    OrderAmended,
    ProductionFlow,
    SendMessage,
    Status,
    StatusCycle,
    Trigger,
    WorkingCalendar,
    codec,
)
from prodflow.codec import (
    dump_calendar,
    dump_change,
    dump_cycle,
    dump_entry,
    dump_event,
    dump_flow,
    dump_order,
    dump_policy,
    dump_rules,
    dump_trigger,
    load_calendar,
    load_change,
    load_cycle,
    load_entry,
    load_event,
    load_flow,
    load_order,
    load_policy,
    load_rules,
    load_trigger,
    read_json,
    write_json,
)

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
TRIGGER: Final = Trigger("greet", Opening(), CreateTask("Say hello"))
RULES: Final = ChangeRules(targets={"hold": ["ordered"]})
FLOW: Final = ProductionFlow(due_dates=Forward(CALENDAR), triggers=[TRIGGER], rules=RULES)
CHANGE: Final = FLOW.open(CYCLE, order_id="PO-1", ordered_on=DAY, by="ann", at=AT)
VALUES: Final[dict[str, object]] = {
    "cycle": CYCLE,
    "calendar": CALENDAR,
    "policy": FLOW.due_dates,
    "trigger": TRIGGER,
    "rules": RULES,
    "flow": FLOW,
    "order": CHANGE.order,
    "entry": CHANGE.entry,
    "event": CHANGE.events[0],
    "change": CHANGE,
}
DUMPS: Final[dict[str, Callable[[Any], dict[str, Any]]]] = {
    "cycle": dump_cycle,
    "calendar": dump_calendar,
    "policy": dump_policy,
    "trigger": dump_trigger,
    "rules": dump_rules,
    "flow": dump_flow,
    "order": dump_order,
    "entry": dump_entry,
    "event": dump_event,
    "change": dump_change,
}
LOADS: Final[dict[str, Callable[[object], object]]] = {
    "cycle": load_cycle,
    "calendar": load_calendar,
    "policy": load_policy,
    "trigger": load_trigger,
    "rules": load_rules,
    "flow": load_flow,
    "order": partial(load_order, cycles=[CYCLE]),
    "entry": load_entry,
    "event": load_event,
    "change": partial(load_change, cycles=[CYCLE]),
}
STATUS: Final = {"key": "ordered", "description": "Ordered"}
ENTRY: Final = dump_entry(CHANGE.entry)
ORDER: Final = dump_order(CHANGE.order)
TASK: Final = {"kind": "create-task", "title": "Call"}


def problems(load: Callable[[Any], object], data: object) -> list[tuple[str, str]]:
    """What a refusal has in its field."""
    with pytest.raises(DefinitionError) as refusal:
        load(data)
    return [*refusal.value.problems]


class TestValues:
    """Every value becomes data, and data the value again."""

    @pytest.mark.parametrize("kind", VALUES)
    def test_goes_there_and_back(self, kind: str) -> None:
        """What was dumped loads as an equal value."""
        assert LOADS[kind](DUMPS[kind](VALUES[kind])) == VALUES[kind]

    @pytest.mark.parametrize("kind", VALUES)
    def test_names_its_schema_first(self, kind: str) -> None:
        """Whoever reads a line knows at once how to go on."""
        data = DUMPS[kind](VALUES[kind])
        assert next(iter(data.items())) == ("schema", codec.SCHEMA)

    @pytest.mark.parametrize("kind", VALUES)
    def test_leaves_the_data_as_they_are(self, kind: str) -> None:
        """Data may be loaded twice."""
        data = DUMPS[kind](VALUES[kind])
        LOADS[kind](data)
        assert data == DUMPS[kind](VALUES[kind])

    def test_a_cycle_is_written_with_all_its_fields(self) -> None:
        """Nothing is left to the defaults of a later version."""
        small = StatusCycle(
            "p", [Status("a", "A", initial=True), Status("b", "B", final=True, default_user="ann")]
        )
        plain = {
            "default_duration": None,
            "default_department": None,
            "default_user": None,
            "workflow_stage": None,
            "initial": False,
            "final": False,
            "non_standard": False,
            "cancelled": False,
            "inactive": False,
        }
        assert dump_cycle(small) == {
            "schema": 1,
            "order_type": "p",
            "statuses": [
                {"key": "a", "description": "A", **plain, "initial": True},
                {"key": "b", "description": "B", **plain, "final": True, "default_user": "ann"},
            ],
            "description": "",
            "version": 1,
        }

    def test_what_has_a_default_may_be_left_out(self) -> None:
        """A file written by hand names what differs."""
        data = {
            "schema": 1,
            "order_type": "prints",
            "statuses": [
                {**STATUS, "default_duration": 1, "initial": True},
                {"key": "done", "description": "Delivered", "final": True},
                {"key": "hold", "description": "On hold", "non_standard": True},
            ],
        }
        assert load_cycle(data) == CYCLE

    def test_an_order_names_its_cycle_and_its_status(self) -> None:
        """The cycle is saved once, not with each of its orders."""
        assert (ORDER["cycle"], ORDER["status"]) == (
            {"order_type": "prints", "version": 1},
            "ordered",
        )

    def test_an_order_finds_its_cycle_among_others(self) -> None:
        """By order type and version, in any order, from any iterable."""
        others = (evolve(CYCLE, version=2), evolve(CYCLE, order_type="albums"), CYCLE)
        assert load_order(ORDER, iter(others)).cycle is CYCLE

    def test_sets_are_sorted(self) -> None:
        """Equal values give equal text, however they were built."""
        days = [date(2026, 12, day) for day in range(1, 25)]
        one = WorkingCalendar(holidays=days, working_weekdays=[6, 0, 3])
        two = WorkingCalendar(holidays=reversed(days), working_weekdays=[3, 6, 0])
        assert write_json(dump_calendar(one)) == write_json(dump_calendar(two))

    def test_members_of_enums_become_plain(self) -> None:
        """A host may keep its words and numbers in enums; data hold none."""

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
            dump_flow(flow)["due_dates"]["without_delivery"],
            *dump_flow(flow)["triggers"][0]["action"]["channels"],
            *dump_entry(evolve(amended, changed=[Word.VENDOR]))["changed"],
            dump_cycle(evolve(CYCLE, version=Number.TWO))["version"],
        ]
        assert [(type(value), value) for value in found] == [
            (str, "forward"),
            (str, "email"),
            (str, "vendor"),
            (int, 2),
        ]


class TestDumping:
    """What is none of the values is refused, and so is what is code."""

    @pytest.mark.parametrize("kind", VALUES)
    @pytest.mark.parametrize("value", [None, "text", {}, StatusCycle, STATUS])
    def test_another_value_is_refused(self, kind: str, value: object) -> None:
        """Each function takes its own kind."""
        with pytest.raises(TypeError):
            DUMPS[kind](value)

    @pytest.mark.parametrize(("kind", "other"), [*zip(VALUES, [*VALUES][1:], strict=False)])
    def test_a_value_of_another_kind_is_refused(self, kind: str, other: str) -> None:
        """A calendar is no policy, though it is one of ours."""
        with pytest.raises(TypeError):
            DUMPS[kind](VALUES[other])

    def test_a_refusal_names_the_kinds_and_shows_the_value(self) -> None:
        """All of them, where there are several."""
        words = r"^due_dates must be of type Forward or Backward or FromEntry, not 'forward'$"
        with pytest.raises(TypeError, match=words):
            dump_policy("forward")  # type: ignore[arg-type]  # on purpose

    def test_a_condition_is_refused(self) -> None:
        """Code is no data."""
        with pytest.raises(ValueError, match="condition"):
            dump_trigger(evolve(TRIGGER, condition=lambda _order, _entry: True))

    def test_a_guard_is_refused(self) -> None:
        """Code is no data."""
        with pytest.raises(ValueError, match="guard"):
            dump_rules(evolve(RULES, guard=lambda _order, _proposal: None))

    def test_a_flow_with_code_is_refused(self) -> None:
        """Nothing is dropped in silence."""
        with pytest.raises(ValueError, match="guard"):
            dump_flow(evolve(FLOW, rules=evolve(RULES, guard=lambda _order, _proposal: None)))

    def test_a_policy_of_ones_own_is_refused(self) -> None:
        """The flow takes it, the data cannot."""

        class Never:
            name = "never"
            calendar = CALENDAR

            def due_on(self, *_: object, **__: object) -> None:
                """No date."""

        assert Never().due_on() is None  # type: ignore[func-returns-value]
        with pytest.raises(TypeError, match="due_dates"):
            dump_flow(evolve(FLOW, due_dates=Never()))


NO_KIND: Final = (
    "must be one of 'order-opened', 'status-changed', 'order-amended', 'cycle-adopted', not None"
)

# What is loaded, the data, and every problem: where, and why.
REFUSALS: Final[dict[str, tuple[str, object, list[tuple[str, str]]]]] = {
    "no object": ("cycle", [], [("$", "must be an object, not []")]),
    "keys that are no texts": (
        "cycle",
        {2: 3},
        [("$", "must be an object with texts for keys, not {2: 3}")],
    ),
    "no schema": ("cycle", {}, [("$.schema", "must be 1, not None")]),
    "another schema": ("cycle", {"schema": 2}, [("$.schema", "must be 1, not 2")]),
    "a flag for the schema": ("cycle", {"schema": True}, [("$.schema", "must be 1, not True")]),
    "all at once": (
        "cycle",
        {
            "schema": 1,
            "statuses": [{"key": 1, "description": None}, "done", {**STATUS, "colour": "red"}],
            "version": 1.0,
            "note": "x",
            "author": "y",
        },
        [
            ("$.order_type", "is missing"),
            ("$.statuses[0].key", "must be a text, not 1"),
            ("$.statuses[0].description", "must be a text, not None"),
            ("$.statuses[1]", "must be an object, not 'done'"),
            ("$.statuses[2]", "has unknown fields: 'colour'"),
            ("$.version", "must be a whole number, not 1.0"),
            ("$", "has unknown fields: 'author', 'note'"),
        ],
    ),
    "a text for a list": (
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
        [("$", "a calendar needs at least one working weekday (0 = Monday) or extra working day")],
    ),
    "dates in other words": (
        "calendar",
        {"schema": 1, "holidays": ["20261225", "2026-W52-5", "2026-02-30", "", "2026-12-25", 0]},
        [
            ("$.holidays[0]", "must be such as '2026-11-30', not '20261225'"),
            ("$.holidays[1]", "must be such as '2026-11-30', not '2026-W52-5'"),
            ("$.holidays[2]", "must be such as '2026-11-30', not '2026-02-30'"),
            ("$.holidays[3]", "must be such as '2026-11-30', not ''"),
            ("$.holidays[5]", "must be a text, not 0"),
        ],
    ),
    "an instant in other words": (
        "entry",
        {**ENTRY, "at": "2026-11-02T09:00:00Z"},
        [("$.at", "must be such as '2026-11-30T09:00:00+00:00', not '2026-11-02T09:00:00Z'")],
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
    "a kind that is no text": (
        "policy",
        {"schema": 1, "kind": []},
        [("$.kind", "must be one of 'forward', 'backward', 'from-entry', not []")],
    ),
    "a word that is none": (
        "policy",
        {"schema": 1, "kind": "backward", "without_delivery": "guess"},
        [("$.without_delivery", "must be one of 'none', 'forward', 'error', not 'guess'")],
    ),
    "moves that are none": (
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
            "rules": {"targets": {"lab": ["qa", 2], "hold": "qa"}, "guard": 0},
        },
        [
            ("$.due_dates.calendar.holidays[0]", "must be a text, not None"),
            ("$.triggers[0].when", "has unknown fields: 'status'"),
            (
                "$.triggers[0].action.payload['a @ b']",
                "must be a text, a number, true, false or null, not []",
            ),
            (
                "$.triggers[0].condition",
                "must be null, for code is no data, not 'order.vendor'",
            ),
            ("$.rules.targets['lab'][1]", "must be a text, not 2"),
            ("$.rules.targets['hold']", "must be a list, not 'qa'"),
            ("$.rules.guard", "must be null, for code is no data, not 0"),
        ],
    ),
    "no payload": (
        "trigger",
        {
            "schema": 1,
            "key": "k",
            "when": {"kind": "opening"},
            "action": {"kind": "custom-action", "name": "n", "payload": [["a", 1]]},
        },
        [("$.action.payload", "must be an object, not [['a', 1]]")],
    ),
    "no targets": (
        "rules",
        {"schema": 1, "targets": [["a", ["b"]]]},
        [("$.targets", "must be an object, not [['a', ['b']]]")],
    ),
    "a target that is no key": (
        "rules",
        {"schema": 1, "targets": {"": ["qa"]}},
        [
            (
                "$",
                "a key of targets must be 1 to 64 ASCII letters, digits, '_', '-' or '.', not ''",
            )
        ],
    ),
    "no cycle": (
        "order",
        {**ORDER, "cycle": "prints"},
        [("$.cycle", "must be an object, not 'prints'")],
    ),
    "half a cycle": (
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
    "a status that is no text": (
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
        {**dump_change(CHANGE), "order": {"cycle": {"order_type": "prints", "version": 0.0}}},
        [("$.order.cycle.version", "must be a whole number, not 0.0")],
    ),
    "a field of an order in a change": (
        "change",
        {
            **dump_change(CHANGE),
            "order": {key: ORDER[key] for key in ORDER if key != "schema"} | {"visit": "1"},
        },
        [("$.order.visit", "must be a whole number, not '1'")],
    ),
    "an order in a change that is none": (
        "change",
        {**dump_change(CHANGE), "order": None},
        [("$.order", "must be an object, not None")],
    ),
    "an entry in a change": (
        "change",
        {**dump_change(CHANGE), "entry": {}, "events": [TASK]},
        [
            (
                "$.entry.kind",
                NO_KIND,
            ),
            ("$.events[0].id", "is missing"),
            ("$.events[0].trigger", "is missing"),
            ("$.events[0].order_id", "is missing"),
            ("$.events[0].visit", "is missing"),
            ("$.events[0].action", "is missing"),
            ("$.events[0].fire_on", "is missing"),
            ("$.events[0].dated", "is missing"),
            ("$.events[0].while_in_status", "is missing"),
            ("$.events[0].automatic", "is missing"),
            ("$.events[0]", "has unknown fields: 'kind', 'title'"),
        ],
    ),
    "a change without anything": (
        "change",
        {"schema": 1},
        [("$.order", "is missing"), ("$.entry", "is missing")],
    ),
}


class TestLoading:
    """Data that are not as they should be say where and why, in fields."""

    @pytest.mark.parametrize("name", REFUSALS)
    def test_says_where_and_why(self, name: str) -> None:
        """Each problem is a path and a reason; together they read as a sentence."""
        kind, data, expected = REFUSALS[name]
        assert problems(LOADS[kind], data) == expected

    def test_reads_as_a_sentence(self) -> None:
        """What is wrong, where, and what it should be."""
        error = DefinitionError((("$.statuses[0].key", "must be a text, not 1"),))
        assert str(error).endswith(": $.statuses[0].key must be a text, not 1")

    @pytest.mark.parametrize("name", REFUSALS)
    def test_a_refusal_pickles(self, name: str) -> None:
        """It goes to another process whole, without what led to it."""
        kind, data, expected = REFUSALS[name]
        with pytest.raises(DefinitionError) as refusal:
            LOADS[kind](data)
        assert [*pickle.loads(pickle.dumps(refusal.value)).problems] == expected

    def test_no_value_stands_in_for_its_data(self) -> None:
        """Python's own values are no JSON, be they ever so right."""
        data = {**dump_change(CHANGE), "order": CHANGE.order, "entry": CHANGE.entry}
        assert [path for path, _ in problems(LOADS["change"], data)] == ["$.order"]

    def test_no_status_stands_in_for_its_key(self) -> None:
        """The same for a status and a cycle."""
        data = {**ORDER, "status": CYCLE["ordered"], "entered_on": DAY}
        assert [path for path, _ in problems(LOADS["order"], data)] == ["$.status", "$.entered_on"]

    def test_statuses_that_make_no_cycle_say_so_themselves(self) -> None:
        """The problems of a cycle name its statuses, as everywhere."""
        data = {"schema": 1, "order_type": "prints", "statuses": [STATUS]}
        with pytest.raises(InvalidCycleError) as refusal:
            load_cycle(data)
        assert [problem.code for problem in refusal.value.problems] == ["no-initial", "no-final"]

    @pytest.mark.parametrize(
        ("load", "data"), [(load_order, ORDER), (load_change, dump_change(CHANGE))]
    )
    def test_a_cycle_that_is_not_given_is_not_found(
        self, load: Callable[..., object], data: object
    ) -> None:
        """The program must give the version that the order is pinned to."""
        with pytest.raises(CycleNotFoundError) as refusal:
            load(data, [evolve(CYCLE, version=2)])
        assert (refusal.value.order_type, refusal.value.version) == ("prints", 1)

    @pytest.mark.parametrize("load", [load_order, load_change])
    @pytest.mark.parametrize("cycles", [None, CYCLE.order_type, [CYCLE, None], {"prints": CYCLE}])
    def test_cycles_that_are_none_are_refused(
        self, load: Callable[..., object], cycles: object
    ) -> None:
        """That is the caller's mistake, not that of the data."""
        with pytest.raises(TypeError, match=r"^cycles must be an iterable of StatusCycle"):
            load({}, cycles)

    def test_ten_thousand_problems_are_counted(self) -> None:
        """The message names the first few, the field has all."""
        data = {"schema": 1, "order_type": "p", "statuses": [0] * 10_000}
        assert len(problems(load_cycle, data)) == 10_000


def nested(depth: int) -> list[str]:
    """Texts that are nested so deep, by lists, by objects, and by both."""
    deepest = "[]" if depth % 2 else "0"
    return [
        "[" * depth + "]" * depth,
        '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1),
        '[{"[":' * (depth // 2) + deepest + "}]" * (depth // 2),
    ]


class TestText:
    """JSON text of unknown origin is looked at before it is parsed."""

    def test_goes_there_and_back(self) -> None:
        """What is written is read."""
        data = {"text": 'ü\n"\\', "numbers": [0, -1, 0.5, 1e100], "rest": [True, False, None, {}]}
        assert read_json(write_json(data)) == data

    def test_is_one_line(self) -> None:
        """A file may hold a value a line."""
        assert write_json({"a": "1\n2\r3", "b": [1, "ü"]}) == r'{"a":"1\n2\r3","b":[1,"ü"]}'

    @pytest.mark.parametrize("char", ["x", "é", "名", "🎞"])
    def test_may_have_a_mebibyte(self, char: str) -> None:
        """The bound is in bytes of UTF-8, and included."""
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
        """One more is refused, and nobody parses it to find out."""
        with pytest.raises(DefinitionError):
            read_json(text)

    @pytest.mark.parametrize(
        "text",
        ["[" * 17, '["\\\\",' + "[" * 16, '{"\\"":' * 17, '"a"' + "[" * 17, "]" * 9 + "[" * 26],
    )
    def test_is_nested_where_it_is_no_json_too(self, text: str) -> None:
        """The depth is what is refused first."""
        assert problems(read_json, text) == [("$", "must be nested at most 16 deep")]

    @pytest.mark.parametrize("inner", ["[" * 99, '\\"' + "[" * 99, "\\\\\\\\" + "{" * 99 + "\\n"])
    def test_brackets_in_a_string_nest_nothing(self, inner: str) -> None:
        """A note may hold what it likes."""
        assert read_json(f'[["{inner}"]]')

    def test_many_brackets_side_by_side_nest_nothing(self) -> None:
        """A list of objects may be as long as the bytes allow."""
        assert read_json("[" + ",".join(["{}"] * 300_000) + "]") == [{}] * 300_000

    @pytest.mark.parametrize(
        "text", ['{"a":1,"a":1}', '[{"b":0,"a":1,"a":2}]', r'{"a":1,"\u0061":2}']
    )
    def test_a_key_stands_once(self, text: str) -> None:
        """Which of two would be meant is nothing to guess."""
        expected = [("$", "must not name a key twice in one object: 'a'")]
        assert problems(read_json, text) == expected

    def test_a_key_may_stand_in_several_objects(self) -> None:
        """Once in each."""
        assert read_json('{"a":{"a":[{"a":1}]}}') == {"a": {"a": [{"a": 1}]}}

    def test_many_keys_take_no_longer_than_they_are(self) -> None:
        """A hundred thousand keys, one of them twice, are refused at once."""
        text = "{" + ",".join(f'"{key:x}":0' for key in [*range(100_000), 7]) + "}"
        expected = [("$", "must not name a key twice in one object: '7'")]
        assert problems(read_json, text) == expected

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
    def test_a_number_is_finite(self, number: str) -> None:
        """What JSON does not have, and what Python would make of too large a number."""
        expected = [("$", f"must not hold {number!r}, which is no finite number")]
        assert problems(read_json, f'{{"a":[{number}]}}') == expected

    @pytest.mark.parametrize(
        "text", ["", " ", "nan", "{'a':1}", "[1,]", "01", "1 2", "\ufeff{}", '"\n"', "9" * 5_000]
    )
    def test_what_is_no_json_is_refused(self, text: str) -> None:
        """And so is a number that Python would not take."""
        [(path, reason)] = problems(read_json, text)
        assert (path, reason[:13]) == ("$", "must be JSON:")

    @pytest.mark.parametrize("text", [None, b"{}", 1, ["{}"]])
    def test_what_is_no_text_is_refused(self, text: Any) -> None:  # noqa: ANN401 - that is the test
        """Bytes have an encoding, which is not ours to guess."""
        with pytest.raises(TypeError, match=r"^text must be a str"):
            read_json(text)

    @pytest.mark.parametrize("value", [DAY, {1}, b"a", 1j, object()])
    def test_what_json_does_not_have_is_not_written(self, value: object) -> None:
        """Data hold dicts, lists, texts, numbers, flags and None."""
        with pytest.raises(TypeError):
            write_json({"a": value})

    def test_keys_that_json_does_not_have_are_not_written(self) -> None:
        """A tuple is no key."""
        with pytest.raises(TypeError):
            write_json({("a", "b"): 1})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]

    @pytest.mark.parametrize(
        "value",
        [float("nan"), float("inf"), -float("inf"), "\ud800", 10**5_000],
        ids=["nan", "infinity", "minus infinity", "half a character", "too large"],
    )
    def test_what_could_not_be_read_is_not_written(self, value: object) -> None:
        """Numbers that are none, half a character, and a number that Python would not take."""
        with pytest.raises(ValueError, match=r".+"):
            write_json({"a": [value]})

    def test_data_that_hold_themselves_are_not_written(self) -> None:
        """There would be no end."""
        data: dict[str, Any] = {}
        data["data"] = [data]
        with pytest.raises(ValueError, match=r".+"):
            write_json(data)

    @pytest.mark.parametrize("depth", [16, 17, 10_000])
    def test_data_are_nested_as_deep_as_can_be_read(self, depth: int) -> None:
        """Fifteen lists in an object are the deepest."""
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
        """A mebibyte is written."""
        data = {"a": "x" * (2**20 - 8)}
        assert (len(write_json(data)), read_json(write_json(data))) == (2**20, data)

    def test_data_that_are_longer_are_not_written(self) -> None:
        """What is saved can be loaded, or is not saved."""
        with pytest.raises(ValueError, match="bytes"):
            write_json({"a": "x" * (2**20 - 7)})


FUNCTIONS: Final = [name for name in codec.__all__ if name != "SCHEMA"]


class TestModule:
    """What is public is documented, and there is a way back for every way out."""

    def test_all_is_sorted(self) -> None:
        """The constant first."""
        assert [*codec.__all__] == ["SCHEMA", *sorted(FUNCTIONS)]

    def test_what_is_dumped_is_loaded(self) -> None:
        """Each function has its counterpart."""
        kinds = [name.removeprefix("dump_") for name in FUNCTIONS if name.startswith("dump_")]
        loaded = [name.removeprefix("load_") for name in FUNCTIONS if name.startswith("load_")]
        assert kinds == loaded == sorted(VALUES)

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_says_what_it_gives_and_refuses(self, name: str) -> None:
        """A sentence, and what is raised."""
        written = inspect.getdoc(getattr(codec, name)) or ""
        assert written.partition("\n")[0].endswith(".")
        assert re.search(r"^Raises:$", written, re.MULTILINE)
