"""Lists of statuses and triggers in forms: grids, what comes back, problems with their place."""

import json
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    CreateTask,
    CustomAction,
    DaysInStatus,
    Entering,
    InvalidCycleError,
    InvalidTriggersError,
    Leaving,
    Move,
    Opening,
    SendMessage,
    Status,
    StatusCycle,
    Trigger,
    Where,
    find_problems,
    find_trigger_problems,
    say,
)
from prodflow.forms import posted_rows, read_triggers, status_rows, trigger_rows

NEW: Final = Status("new", "Ordered", initial=True, default_duration=1)
LAB: Final = Status("lab", "At the lab", default_duration=5, default_user="Ada", colour="#2f6f4e")
HOLD: Final = Status("hold", "On hold", non_standard=True, pauses=True)
DONE: Final = Status("done", "Delivered", final=True)
CYCLE: Final = StatusCycle("prints", [NEW, LAB, HOLD, DONE], description="Prints", version=3)
DAY: Final = date(2026, 11, 30)
CALL: Final = Trigger(
    "call",
    DaysInStatus("lab", 3),
    CreateTask("Call the lab"),
    description="Call the lab after three days",
    condition=Where(
        vendor={"West", None}, facts={"price": Decimal("1.50"), "shot": [DAY, None], "rush": True}
    ),
)
TELL: Final = Trigger(
    "tell",
    Entering("done", moves=[Move.NEXT, Move.SKIP]),
    SendMessage("ready", channels=["sms", "email"]),
    order_types=["prints"],
    enabled=False,
)
BILL: Final = Trigger("bill", Leaving(), CustomAction("bill", {"rush": True, "copies": 2}))
ROWS: Final[list[dict[str, Any]]] = status_rows(CYCLE)["rows"]
OPENED: Final = {"kind": "opening"}
BILLING: Final = {"kind": "custom-action", "name": "bill"}
GREET: Final = {"kind": "send-message", "template": "greeting"}


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """A row without some of its fields."""
    return {name: value for name, value in row.items() if name not in names}


class TestEdited:
    """The whole list of statuses as a form holds it, as one next version."""

    def test_whatever_changes_is_one_version(self) -> None:
        """Moved, renamed, deleted and new statuses are one version."""
        rows: list[dict[str, Any]] = [
            {"key": "new", "initial": "on"},
            {"description": "Retouch"},
            {"key": "hold", "description": "Waiting", "non_standard": True},
            {"key": "done", "final": True},
        ]
        edited = CYCLE.edited(rows)
        assert (edited.version, edited.order_type, edited.description) == (4, "prints", "Prints")
        assert edited.statuses == (
            NEW,
            Status("retouch", "Retouch"),
            Status("hold", "Waiting", non_standard=True),
            DONE,
        )

    def test_nothing_changed_is_the_same_cycle(self) -> None:
        """Then there is no version to save."""
        assert CYCLE.edited(ROWS) is CYCLE
        assert CYCLE.edited(CYCLE) is CYCLE

    @pytest.mark.parametrize("text", ["on", "true", "1", "yes", " True "])
    def test_a_ticked_box_is_true(self, text: str) -> None:
        """A browser posts "on"; other clients post other words."""
        edited = CYCLE.edited([*CYCLE.statuses[:3], {"key": "done", "final": text}])
        assert edited is CYCLE

    @pytest.mark.parametrize("text", ["off", "false", "0", "no", ""])
    def test_a_box_that_is_not_ticked_is_false(self, text: str) -> None:
        """A hidden field may post "off" or nothing."""
        row = {"key": "hold", "non_standard": "on", "pauses": text}
        rows: list[Any] = [NEW, LAB, row, DONE]
        assert CYCLE.edited(rows)["hold"] == Status("hold", "On hold", non_standard=True)

    def test_what_is_left_out_stays(self) -> None:
        """Except flags: a browser leaves out a box that isn't ticked."""
        rows = [without(row, "colour", "default_user", "pauses") for row in ROWS]
        edited = CYCLE.edited(rows)
        assert edited["lab"] == LAB
        assert not edited["hold"].pauses

    def test_an_empty_text_is_none(self) -> None:
        """An empty field of a form clears the value."""
        row = {"key": "lab", "default_user": "", "default_duration": "", "colour": ""}
        assert CYCLE.edited([NEW, row, HOLD, DONE])["lab"] == Status("lab", "At the lab")

    def test_the_text_of_a_number_is_a_number(self) -> None:
        """White space around it doesn't matter."""
        row = {"key": "lab", "default_duration": " 7 "}
        assert CYCLE.edited([NEW, row, HOLD, DONE])["lab"].default_duration == 7

    def test_a_new_status_gets_a_key_from_its_description(self) -> None:
        """The key was never used in this version, among the rows, or in *taken*."""
        rows: list[Any] = [
            NEW,
            {"key": "", "description": "Lab"},  # the status `lab` is deleted
            {"key": None, "description": "Frame"},
            {"description": "Frame again", "key": " "},
            Status("frame-2", "Framed"),
            {"description": "Mount"},
            DONE,
        ]
        edited = CYCLE.edited(rows, taken=["mount", "mount-2"])
        keys = [status.key for status in edited]
        assert keys == ["new", "lab-2", "frame", "frame-again", "frame-2", "mount-3", "done"]

    def test_a_key_that_the_host_gives_stays(self) -> None:
        """A new status may come with its key."""
        row = {"key": "qa", "description": "Quality check"}
        assert CYCLE.edited([NEW, row, DONE])["qa"] == Status("qa", "Quality check")

    def test_all_problems_come_at_once(self) -> None:
        """Each with the line and the field that it belongs to."""
        rows = [
            {"key": "new", "initial": "on", "default_duration": "soon"},
            {"description": "  "},
            {"key": "done", "description": "ordered", "final": "on"},
        ]
        with pytest.raises(InvalidCycleError) as caught:
            CYCLE.edited(rows)
        places = [(it.code, it.index, it.field) for it in caught.value.problems]
        assert places == [
            ("bad-duration", 0, "default_duration"),
            ("blank-description", 1, "description"),
            ("duplicate-description", 2, "description"),
        ]
        assert caught.value.order_type == "prints"

    def test_a_warning_is_no_obstacle(self) -> None:
        """A list with warnings is a cycle, and keeps them."""
        edited = CYCLE.edited([LAB, NEW, DONE])
        assert [it.code for it in edited.warnings] == ["outside-cycle"]

    @pytest.mark.parametrize("rows", ["new", None, 7])
    def test_rows_are_a_list(self, rows: Any) -> None:  # noqa: ANN401 - bad input
        """Anything else is the caller's mistake."""
        with pytest.raises(TypeError, match="rows must be an iterable of statuses"):
            CYCLE.edited(rows)

    def test_taken_are_keys(self) -> None:
        """A str isn't a list of keys."""
        with pytest.raises(TypeError, match="taken must be an iterable of keys"):
            CYCLE.edited(ROWS, taken="lab")


class TestPlaces:
    """Every problem of a list of statuses says where it is."""

    @pytest.mark.parametrize(
        ("rows", "code", "index", "field"),
        [
            ([LAB], "no-initial", None, "initial"),
            ([LAB], "no-final", None, "final"),
            ([NEW, Status("a", "A", initial=True), DONE], "several-initials", 1, "initial"),
            ([NEW, DONE, Status("a", "A", final=True)], "several-finals", 2, "final"),
            ([LAB, Status("a", "A", initial=True, final=True)], "initial-is-final", 1, "final"),
            ([DONE, LAB, NEW], "final-before-initial", 0, "final"),
            ([NEW, 7, DONE, LAB], "outside-cycle", 3, "non_standard"),
            ([NEW, None, NEW, DONE], "duplicate-key", 2, "key"),
            ([NEW, {"key": "x", "size": 1}, DONE], "unknown-field", 1, "size"),
            ([NEW, {"key": "x", 7: 1}, DONE], "unknown-field", 1, None),
            ([NEW, {"key": "x", "\n": 1}, DONE], "unknown-field", 1, None),
            ([NEW, "x"], "not-a-status", 1, None),
            ([NEW, {f"a{n}": n for n in range(101)}], "not-a-status", 1, None),
            ([NEW, evolve(DONE, default_duration=1)], "final-has-duration", 1, "default_duration"),
        ],
    )
    def test_a_problem_has_its_line_and_its_field(
        self, rows: list[Any], code: str, index: int | None, field: str | None
    ) -> None:
        """Lines that can't be read are counted too."""
        found = [(it.index, it.field) for it in find_problems(rows) if it.code == code]
        assert (index, field) in found

    def test_a_long_name_is_shortened(self) -> None:
        """So that a message stays one line."""
        row = {"key": "x", "description": "x" * 200, "colour": "red"}
        (problem, *_) = find_problems([row])
        assert len(problem.message) < 150

    def test_many_names_are_counted(self) -> None:
        """The message names the first three."""
        rows = [Status(f"s{n}", f"S {n}", initial=True) for n in range(10)]
        problem = find_problems(rows)[0]
        assert problem.message.endswith("'S 2' and 7 more")

    def test_a_message_is_said_in_other_words(self) -> None:
        """The name of a field is a text of its own."""
        words = {
            "{name}: {field} must be yes or no": "{field} von {name}: ja oder nein",
            "Final": "Endstatus",
        }
        problem = find_problems([{"key": "a", "description": "Labor", "final": "x"}])[0]
        assert say(problem.message, words) == "Endstatus von 'Labor': ja oder nein"


class TestStatusRows:
    """A list of statuses as a grid."""

    def test_a_grid_is_plain_data(self) -> None:
        """JSON gives the same grid again."""
        grid = status_rows(CYCLE)
        assert json.loads(json.dumps(grid)) == grid
        assert (grid["name"], grid["order_type"], grid["version"]) == ("statuses", "prints", 3)

    def test_a_column_says_how_to_show_a_field(self) -> None:
        """With a title, the kind of field, and whether it must be filled in."""
        columns = {column["field"]: column for column in status_rows(CYCLE)["columns"]}
        assert [*columns] == [*ROWS[0]]
        assert columns["description"] == {
            "field": "description",
            "title": "Description",
            "kind": "text",
            "required": True,
            "choices": None,
            "kinds": None,
            "default": None,
            "single": False,
        }
        kinds = {name: column["kind"] for name, column in columns.items()}
        assert (kinds["key"], kinds["colour"]) == ("key", "colour")
        assert (kinds["default_duration"], kinds["pauses"]) == ("number", "flag")

    def test_titles_are_in_the_words_of_the_host(self) -> None:
        """Keys and descriptions stay as they are."""
        title = status_rows(CYCLE)["columns"][1]["title"]
        assert (title, say(title, {"Description": "Name"})) == ("Description", "Name")
        columns = status_rows(CYCLE, words={"Description": "Name"})["columns"]
        assert [it["title"] for it in columns][:3] == ["Key", "Name", "Default duration"]
        words = {"To the next status": "Weiter", "At the lab": "!", "Moves": "Schritte"}
        columns = {it["field"]: it for it in trigger_rows([], [CYCLE], words=words)["columns"]}
        assert columns["when.moves"]["title"] == "Schritte"
        assert columns["when.moves"]["choices"][0] == {"value": "next", "title": "Weiter"}
        assert columns["when.status"]["choices"][1]["title"] == "At the lab"


class TestTriggerRows:
    """A list of triggers as a grid."""

    def test_a_grid_is_plain_data(self) -> None:
        """JSON gives the same grid again, and the grid the same triggers."""
        grid = trigger_rows([CALL, TELL, BILL], [CYCLE])
        assert json.loads(json.dumps(grid)) == grid
        assert read_triggers(grid["rows"], [CYCLE]) == (CALL, TELL, BILL)

    def test_a_row_has_the_fields_of_a_trigger(self) -> None:
        """An occasion and an action have their kind."""
        (row,) = trigger_rows([TELL])["rows"]
        assert row["when"] == {"kind": "entering", "status": "done", "moves": ["next", "skip"]}
        assert row["action"]["channels"] == ["sms", "email"]
        assert (row["enabled"], row["order_types"], row["condition"]) == (False, ["prints"], None)

    def test_the_choices_are_those_of_the_newest_cycles(self) -> None:
        """Statuses and order types by their names, whatever the sequence of the cycles."""
        renamed = CYCLE.replace("lab", description="In the lab")
        for cycles in ([CYCLE, renamed], [renamed, CYCLE]):
            columns = {it["field"]: it for it in trigger_rows([], cycles)["columns"]}
            assert columns["when.status"]["kind"] == "choice"
            assert columns["when.status"]["choices"][1] == {
                "value": "lab",
                "title": "In the lab",
                "order_type": "prints",
            }
            assert columns["order_types"]["choices"] == [{"value": "prints", "title": "Prints"}]

    def test_a_column_says_which_kinds_have_it(self) -> None:
        """So a page can hide the others."""
        columns = {it["field"]: it for it in trigger_rows([])["columns"]}
        assert columns["when.days"]["kinds"] == [
            "days-in-status",
            "days-from-due",
            "days-from-delivery",
        ]
        assert columns["action.title"]["required"]
        assert not columns["action.user"]["required"]

    def test_every_kind_and_move_has_a_title(self) -> None:
        """No user reads the words of the data."""
        columns = {it["field"]: it for it in trigger_rows([])["columns"]}
        for field in ("when.kind", "action.kind", "when.moves", "action.channels"):
            assert all(it["title"][0].isupper() for it in columns[field]["choices"])
        assert [it["value"] for it in columns["when.moves"]["choices"]] == [*Move]

    def test_code_has_no_place_in_a_form(self) -> None:
        """As in the codec."""
        trigger = Trigger("a", Opening(), CreateTask("A"), condition=lambda _order, _entry: True)
        with pytest.raises(ValueError, match="condition must be a Where for a form"):
            trigger_rows([trigger])


class TestReadTriggers:
    """The triggers that a form holds."""

    def test_a_new_trigger_gets_a_key(self) -> None:
        """From its description, or a plain one."""
        row = {"when": OPENED, "action": GREET}
        rows: list[Any] = [row | {"description": "Greet Zoë"}, row, row | {"key": ""}, CALL]
        keys = [trigger.key for trigger in read_triggers(rows, taken=["greet-zoe"])]
        assert keys == ["greet-zoe-2", "trigger", "trigger-2", "call"]

    @pytest.mark.parametrize(
        ("moves", "expected"),
        [
            ("next, skip", {Move.NEXT, Move.SKIP}),
            (["next"], {Move.NEXT}),
            ('["next"]', {Move.NEXT}),
            ("[]", set()),
            ([], set()),
            ("", None),
            ([""], None),
            (None, None),
            (["", "next"], {Move.NEXT}),
        ],
    )
    def test_a_list_may_be_a_text(self, moves: object, expected: set[Move] | None) -> None:
        """With commas or in JSON; an empty text is None where None is possible."""
        row = {"when": {"kind": "entering", "moves": moves}, "action": GREET}
        (trigger,) = read_triggers([row])
        assert trigger.when == Entering(moves=expected)

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            (None, None),
            ("", None),
            ({"vendor": "", "user": ""}, None),
            ({}, Where()),
            ("{}", Where()),
            (Where(user="Ada"), Where(user="Ada")),
            ({"vendor": "West", "user": ""}, Where(vendor="West")),
            ({"vendor": None}, Where(vendor=None)),
            ({"vendor": ["West", ""]}, Where(vendor={"West", None})),
            ('{"facts": {"rush": true}}', Where(facts={"rush": True})),
            ({"facts": {"d": {"date": "2026-11-30"}}}, Where(facts={"d": date(2026, 11, 30)})),
            ({"facts": {"n": [{"decimal": "1.5"}, 2]}}, Where(facts={"n": [Decimal("1.5"), 2]})),
        ],
    )
    def test_a_condition_is_read(self, condition: object, expected: Where | None) -> None:
        """As the codec dumps it, or as the fields of a form; in a list, "" is an order without."""
        (trigger,) = read_triggers([{"when": OPENED, "action": GREET, "condition": condition}])
        assert trigger.condition == expected

    def test_a_row_may_hold_values(self) -> None:
        """Occasions and actions as values, and a payload in JSON."""
        action = BILLING | {"payload": '{"copies": 2}'}
        row = {"key": "a", "when": Opening(), "action": action}
        assert read_triggers([row]) == (
            Trigger("a", Opening(), CustomAction("bill", {"copies": 2})),
        )

    def test_fields_of_other_kinds_may_be_empty(self) -> None:
        """A page without scripts posts the fields of all kinds."""
        when: dict[str, Any] = OPENED | {"status": "", "moves": [], "days": None, "working": "off"}
        (trigger,) = read_triggers([{"when": when, "action": GREET, "schema": 1}])
        assert trigger.when == Opening()

    def test_all_problems_come_at_once(self) -> None:
        """Each with its line and its field."""
        rows: list[Any] = [{"when": {"kind": "days-in-status"}}, 7, CALL, CALL]
        with pytest.raises(InvalidTriggersError) as caught:
            read_triggers(rows)
        assert [(it.code, it.index, it.field) for it in caught.value.problems] == [
            ("bad-duration", 0, "when.days"),
            ("unknown-kind", 0, "action.kind"),
            ("not-a-trigger", 1, None),
            ("duplicate-trigger", 3, "key"),
        ]
        assert str(caught.value).startswith("the triggers can't be used: line 1: Days must be")

    def test_statuses_are_looked_up_if_there_are_cycles(self) -> None:
        """Without cycles, any key will do."""
        lost = Trigger("a", Entering("lost"), CreateTask("A"))
        assert read_triggers([lost]) == (lost,)
        with pytest.raises(InvalidTriggersError):
            read_triggers([lost], [CYCLE])


class TestTriggerProblems:
    """Every problem of a trigger says where it is."""

    @pytest.mark.parametrize(
        ("row", "code", "field"),
        [
            ({"key": "a b"}, "bad-key", "key"),
            ({}, "bad-key", "key"),
            ({"key": "a", "description": "\x00"}, "bad-text", "description"),
            ({"key": "a", "enabled": "x"}, "bad-flag", "enabled"),
            ({"key": "a", "order_types": "a b"}, "bad-choice", "order_types"),
            ({"key": "a", "order_types": "prints, books"}, "unknown-order-type", "order_types"),
            ({"key": "a", "when": None}, "unknown-kind", "when.kind"),
            ({"key": "a", "when": {"kind": ["opening"]}}, "unknown-kind", "when.kind"),
            ({"key": "a", "when": {"kind": "create-task"}}, "unknown-kind", "when.kind"),
            ({"when": {"kind": "entering", "status": "a b"}}, "unknown-status", "when.status"),
            ({"when": {"kind": "entering", "status": "lost"}}, "unknown-status", "when.status"),
            ({"when": {"kind": "entering", "moves": ["up"]}}, "bad-choice", "when.moves"),
            ({"when": {"kind": "entering", "moves": 7}}, "bad-choice", "when.moves"),
            ({"when": OPENED | {"days": 3}}, "unknown-field", "when.days"),
            ({"when": OPENED | {7: 3}}, "unknown-field", None),
            ({"action": {"kind": "create-task", "title": " "}}, "bad-text", "action.title"),
            ({"action": BILLING | {"payload": 7}}, "bad-data", "action.payload"),
            ({"action": BILLING | {"payload": "{"}}, "bad-data", "action.payload"),
            ({"condition": "West"}, "bad-condition", "condition"),
            ({"condition": {"vendor": 7}}, "bad-condition", "condition.vendor"),
            ({"condition": {"facts": 7}}, "bad-condition", "condition.facts"),
            ({"condition": {"facts": {"n": {"decimal": "x"}}}}, "bad-condition", "condition.facts"),
            ({"condition": {"weather": "fine"}}, "unknown-field", "condition.weather"),
            ({"colour": "red"}, "unknown-field", "colour"),
        ],
    )
    def test_a_problem_has_its_field(
        self, row: dict[Any, Any], code: str, field: str | None
    ) -> None:
        """As a path, in the line that was given."""
        found = find_trigger_problems([CALL, row], [CYCLE])
        assert (code, field, 1) in [(it.code, it.field, it.index) for it in found]

    def test_a_trigger_is_named_by_its_description(self) -> None:
        """Or else by its line; the key is in the problem."""
        lost = {"key": "a", "when": {"kind": "entering", "status": "lost"}, "action": GREET}
        named = find_trigger_problems([lost, lost | {"key": "b", "description": "Call"}], [CYCLE])
        assert [(it.trigger, it.message) for it in named] == [
            ("a", "line 1 is for a status that no list has: choose another status"),
            ("b", "'Call' is for a status that no list has: choose another status"),
        ]

    def test_a_description_of_two_lines_is_one_line(self) -> None:
        """A message is one line."""
        row = {"key": "a", "description": "Call\n\tthe lab", "when": OPENED}
        (problem,) = find_trigger_problems([row], [CYCLE])
        assert problem.message == "'Call the lab': choose what to do"

    def test_a_status_of_another_type_is_named(self) -> None:
        """By its description."""
        other = StatusCycle("books", [NEW, DONE])
        trigger = Trigger("a", Entering("lab"), CreateTask("A"), order_types=["books"])
        (problem,) = find_trigger_problems([trigger], [CYCLE, other])
        assert problem.message == (
            "line 1 is for the status 'At the lab', which its order types don't have:"
            " choose another status"
        )


GRIDS: Final[list[Any]] = [
    None,
    {},
    {"columns": [{}]},
    {"columns": 7},
    {"columns": [{"field": "a"}]},
]


class TestPostedRows:
    """The rows that a browser posts."""

    def test_rows_come_as_they_are_posted(self) -> None:
        """Numbers may be in any sequence, and other names are passed over."""
        form = [
            ("token", "x"),
            ("statuses.7.description", "B"),
            ("statuses.0.description", "A"),
            ("statuses.7.colour", "#000000"),
            ("statuses.x.description", "C"),
            ("statuses.1", "C"),
            (7, "C"),
        ]
        rows = posted_rows(form, status_rows(CYCLE))  # type: ignore[arg-type]  # a host's mistake
        assert [row["description"] for row in rows] == ["B", "A"]

    def test_a_box_that_is_not_ticked_is_false(self) -> None:
        """Also one that is ticked by default."""
        grid = trigger_rows([])
        form = {
            "triggers.0.description": "Call",
            "triggers.0.when.kind": "days-in-status",
            "triggers.0.when.days": "3",
            "triggers.0.action.kind": "create-task",
            "triggers.0.action.title": "Call",
        }
        (trigger,) = read_triggers(posted_rows(form, grid))
        when = DaysInStatus(None, 3, while_in_status=False)
        assert (trigger.when, trigger.enabled, trigger.automatic) == (when, False, False)

    def test_a_name_that_comes_again(self) -> None:
        """A list has all the values, and any other field the last one."""
        form: dict[str, object] = {
            "triggers.0.key": ["a", "b"],
            "triggers.0.order_types": ["prints", "books"],
            "triggers.0.condition": "",
            "triggers.0.condition.vendor": ["West", ""],
        }
        for posted in (form, form.items()):
            (row,) = posted_rows(posted, trigger_rows([]))
            assert row["key"] == "b"
            assert row["order_types"] == ["prints", "books"]
            assert row["condition"] == {"vendor": ["West", ""]}

    def test_blank_lines_are_left_out(self) -> None:
        """A page may offer lines for new statuses; what is ticked there doesn't matter."""
        form = {
            "statuses.0.description": "",
            "statuses.1.description": "A",
            "statuses.2.description": "",
            "statuses.3.final": "on",
        }
        rows = posted_rows(form, status_rows(CYCLE))
        assert [row["description"] for row in rows] == ["A"]

    @pytest.mark.parametrize("grid", GRIDS)
    def test_a_grid_is_what_was_shown(self, grid: Any) -> None:  # noqa: ANN401 - bad input
        """Anything else is the caller's mistake."""
        with pytest.raises(TypeError, match="grid must be what status_rows or trigger_rows gave"):
            posted_rows([], grid)

    @pytest.mark.parametrize("form", [None, "a=b", [7], [("a",)], ["ab"]])
    def test_a_form_is_pairs(self, form: Any) -> None:  # noqa: ANN401 - bad input
        """Or a mapping."""
        with pytest.raises(TypeError, match="form must be an iterable of pairs"):
            posted_rows(form, status_rows(CYCLE))
