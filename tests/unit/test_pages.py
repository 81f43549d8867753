"""Pages of grids: fields, buttons, blank rows, conditions, and what browsers post for them."""

import json
from collections import UserDict
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    CreateTask,
    CycleProblem,
    DaysInStatus,
    Entering,
    InvalidCycleError,
    InvalidTriggersError,
    Move,
    Opening,
    SendMessage,
    Status,
    StatusCycle,
    Trigger,
    Where,
    find_trigger_problems,
)
from prodflow.forms import page, posted_rows, read_triggers, status_rows, trigger_rows
from prodflow.testing._browser import posted_page
from prodflow.testing._forms import BrokenMapping

CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("new", "Ordered", initial=True),
        Status("lab", "At the lab", default_duration=5),
        Status("done", "Delivered", final=True),
    ],
    description="Prints",
)
ALBUMS: Final = StatusCycle(
    "albums", [Status("new", "Received", initial=True), Status("done", "Delivered", final=True)]
)
GRID: Final = status_rows(CYCLE)
CALL: Final = Trigger(
    "call", DaysInStatus("lab", 3), CreateTask("Call the lab"), description="Call the lab"
)
TELL: Final = Trigger("tell", Entering(), SendMessage("ready", channels=["sms", "email"]))


def triggers_of(*triggers: Trigger) -> dict[str, Any]:
    """A grid of triggers for two order types."""
    return trigger_rows(triggers, [CYCLE, ALBUMS])


def field(shown: dict[str, Any], number: int, path: str) -> dict[str, Any]:
    """A field of a page."""
    fields: list[dict[str, Any]] = shown["rows"][number]["fields"]
    return next(it for it in fields if it["field"] == path)


def paths(shown: dict[str, Any], number: int) -> list[str]:
    """The paths of the fields of a row."""
    return [it["field"] for it in shown["rows"][number]["fields"]]


def lines(field: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """The lines of a list."""
    return [(it["text"], it["title"], it["is_selected"]) for it in field["choices"]]


def typed(grid: dict[str, Any], number: int, **texts: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - texts, lines or ticks
    """The rows after somebody has typed into a row; "__" is a dot in the name of a field."""
    put = {(number, name.replace("__", ".")): text for name, text in texts.items()}
    return posted_rows(posted_page(page(grid), put), grid)


class TestFields:
    """A row has a field for each input."""

    def test_a_page_is_plain_data(self) -> None:
        """JSON gives the same page again."""
        for grid in (GRID, triggers_of(CALL, TELL)):
            shown = page(grid)
            assert json.loads(json.dumps(shown)) == shown

    def test_a_field_has_what_a_window_has(self) -> None:
        """So one macro of a template draws both."""
        assert field(page(GRID), 1, "default_duration") == {
            "name": "statuses.1.default_duration",
            "field": "default_duration",
            "title": "Default duration",
            "kind": "number",
            "text": "5",
            "is_several": False,
            "placeholder": "",
            "empty": None,
            "is_given": True,
            "is_required": False,
            "choices": [],
            "problems": [],
        }

    def test_users_do_not_see_keys(self) -> None:
        """The key of a row is a hidden field, but not the name of an action."""
        row = {"when": {"kind": "opening"}, "action": {"kind": "custom-action", "name": "bill"}}
        shown = page(triggers_of(), [row])
        assert field(shown, 0, "key")["kind"] == "hidden"
        assert field(shown, 0, "action.name")["kind"] == "text"

    def test_the_title_of_a_row_is_its_description(self) -> None:
        """A row without one has its number; a long one is cut."""
        rows = [{"description": "At\nthe lab"}, {"key": "a"}, {"description": "x" * 60}]
        titles = [row["title"] for row in page(triggers_of(), rows)["rows"]]
        assert titles == ["At the lab", "line 2", f"{'x' * 49}…", "New trigger"]

    def test_a_row_has_the_fields_of_its_kinds(self) -> None:
        """An occasion without a status has no field for one."""
        shown = page(triggers_of(CALL, TELL))
        assert {"when.days", "action.title"} <= {*paths(shown, 0)}
        assert {"when.moves", "action.channels"} <= {*paths(shown, 1)}
        assert {"when.days", "action.title"}.isdisjoint(paths(shown, 1))
        assert "when.status" not in paths(page(triggers_of(), [{"when": "x", "action": 5}]), 0)

    def test_a_value_that_is_not_in_the_list_becomes_a_line(self) -> None:
        """So a page that nobody touched changes nothing."""
        gone = Trigger("call", DaysInStatus("gone", 3), CreateTask("Call"), order_types=["books"])
        shown = page(triggers_of(gone))
        assert lines(field(shown, 0, "when.status"))[-1] == ("gone", "gone", True)
        assert lines(field(shown, 0, "order_types"))[0] == ("books", "books", True)

    def test_the_statuses_are_those_of_the_order_types(self) -> None:
        """Without order types, those of all; a key that several lists have is one line."""
        status = field(page(triggers_of(CALL)), 0, "when.status")
        assert lines(status) == [
            ("", "Any open status", False),
            ("new", "Received, Ordered", False),
            ("done", "Delivered", False),
            ("lab", "At the lab", True),
        ]
        albums = evolve(CALL, order_types=["albums"])
        assert [it[0] for it in lines(field(page(triggers_of(albums)), 0, "when.status"))] == [
            *("", "new", "done", "lab")
        ]

    @pytest.mark.parametrize(
        ("kind", "title"),
        [
            ("entering", "Any status"),
            ("completing", "Any standard status"),
            ("days-from-due", "Any open status"),
        ],
    )
    def test_an_empty_status_says_what_it_means(self, kind: str, title: str) -> None:
        """It means other statuses for other occasions (D25)."""
        shown = page(triggers_of(), [{"when": {"kind": kind}}])
        assert lines(field(shown, 0, "when.status"))[0] == ("", title, True)

    def test_chosen_lines_come_first(self) -> None:
        """In their sequence, since a browser posts them in the sequence of the page."""
        channels = field(page(triggers_of(TELL)), 0, "action.channels")
        assert [it[0] for it in lines(channels)] == ["sms", "email", "call", "letter", "web_form"]
        row = {"action": {"kind": "send-message", "channels": "sms, pigeon"}, "order_types": 5}
        shown = page(triggers_of(), [row])
        assert lines(field(shown, 0, "action.channels"))[1] == ("pigeon", "pigeon", True)
        assert lines(field(shown, 0, "order_types"))[0] == ("5", "5", True)

    def test_a_list_that_is_empty_is_a_line(self) -> None:
        """No moves aren't all moves."""
        never = evolve(TELL, when=Entering(moves=[]))
        grid = triggers_of(never)
        assert lines(field(page(grid), 0, "when.moves"))[0] == ("[]", "None of them", True)
        assert read_triggers(posted_rows(posted_page(page(grid)), grid)) == (never,)

    def test_a_text_with_newlines_has_several_lines(self) -> None:
        """A line of text would lose them."""
        grid = triggers_of(evolve(CALL, description="Call\nthe lab"))
        assert field(page(grid), 0, "description")["kind"] == "note"
        (trigger,) = read_triggers(posted_rows(posted_page(page(grid)), grid))
        assert trigger.description == "Call\nthe lab"

    def test_a_page_shows_what_was_typed(self) -> None:
        """Whatever it is."""
        rows = typed(GRID, 1, default_duration="soon", pauses=True, description="Lab")
        shown = page(GRID, rows)
        assert field(shown, 1, "default_duration")["text"] == "soon"
        assert field(shown, 1, "pauses")["text"] == "on"
        assert shown["rows"][1]["title"] == "Lab"

    def test_rows_can_be_anything(self) -> None:
        """A status or a trigger too; what can't be read is an empty row."""
        own = UserDict({"description": {"a", "b"}, "default_user": object, "colour": 5})
        rows: list[Any] = [CYCLE["lab"], own, BrokenMapping(), None]
        shown = page(GRID, rows, blank=0)
        assert [row["title"] for row in shown["rows"]][::2] == ["At the lab", "line 3"]
        assert field(shown, 1, "colour")["text"] == "5"
        rows = [CALL, {"when": BrokenMapping(), "order_types": BrokenMapping()}]
        assert page(triggers_of(), rows)["rows"][0]["title"] == "Call the lab"

    def test_texts_are_in_the_words_of_the_host(self) -> None:
        """Also the buttons, the lines and the problems; names stay as they are."""
        words = {
            "Up": "Hoch",
            "Any open status": "Jeder offene",
            "New trigger": "Neu",
            "choose": "?",
        }
        shown = page(triggers_of(CALL), words=words)
        assert shown["rows"][0]["buttons"][0]["title"] == "Hoch"
        assert shown["rows"][1]["title"] == "Neu"
        assert lines(field(shown, 0, "when.status"))[0][1] == "Jeder offene"
        assert lines(field(shown, 1, "when.kind"))[0] == ("", "?", True)

    @pytest.mark.parametrize(
        "grid", [None, {"name": "statuses"}, {"name": "x", "columns": []}, {**GRID, "name": "x"}]
    )
    def test_a_page_is_of_a_grid(self, grid: Any) -> None:  # noqa: ANN401 - bad input
        """Anything else is the caller's mistake."""
        with pytest.raises(TypeError, match="grid must be what status_rows or trigger_rows gave"):
            page(grid)


class TestProblems:
    """A problem is in the field that it's about."""

    def test_a_problem_is_in_its_field(self) -> None:
        """The others are above; errors come first."""
        rows = typed(GRID, 1, description="", default_duration="soon")
        rows[2]["final"] = "off"
        with pytest.raises(InvalidCycleError) as caught:
            CYCLE.edited(rows)
        shown = page(GRID, rows, caught.value.problems)
        (problem,) = field(shown, 1, "description")["problems"]
        assert problem == {
            "code": "blank-description",
            "message": "line 2 has no description: fill it in",
            "field": "description",
            "index": 1,
            "severity": "error",
        }
        assert [it["code"] for it in shown["problems"]] == ["no-final"]

    def test_errors_come_before_warnings(self) -> None:
        """Whatever their sequence was."""
        warning = CycleProblem("outside-cycle", "warning", (), "move it")
        error = CycleProblem("no-final", "error", (), "mark it", "final")
        shown = page(GRID, None, [warning, error])
        assert [it["severity"] for it in shown["problems"]] == ["error", "warning"]

    def test_a_problem_of_a_key_is_above(self) -> None:
        """Users don't see keys."""
        rows = [{"key": "a", "description": "A"}, {"key": "a", "description": "B"}]
        found = [CycleProblem("duplicate-key", "error", ("a",), "same key", "key", 1)]
        assert [it["code"] for it in page(GRID, rows, found)["problems"]] == ["duplicate-key"]

    def test_problems_are_problems(self) -> None:
        """Anything else is the caller's mistake."""
        with pytest.raises(TypeError, match="problems must be an iterable of CycleProblem"):
            page(GRID, None, ["wrong"])  # type: ignore[list-item]  # a caller's mistake


class TestButtons:
    """A row can be moved and deleted without a script."""

    def test_a_row_has_buttons(self) -> None:
        """Each says what it's for; a blank row has none."""
        shown = page(GRID)
        assert shown["rows"][0]["buttons"] == [
            {
                "name": "statuses.0.up",
                "title": "Up",
                "label": "Move Ordered up",
                "is_disabled": True,
            },
            {
                "name": "statuses.0.down",
                "title": "Down",
                "label": "Move Ordered down",
                "is_disabled": False,
            },
            {
                "name": "statuses.0.delete",
                "title": "Delete",
                "label": "Delete Ordered",
                "is_disabled": False,
            },
        ]
        assert shown["rows"][3]["buttons"] == []

    @pytest.mark.parametrize(
        ("pressed", "expected"),
        [
            ("statuses.1.up", "lab new done"),
            ("statuses.0.down", "lab new done"),
            ("statuses.0.up", "new lab done"),
            ("statuses.2.down", "new lab done"),
            ("statuses.1.delete", "new done"),
            ("statuses.3.up", "new lab done"),
            ("statuses.99.delete", "new lab done"),
            ("statuses.x.up", "new lab done"),
            ("statuses..up", "new lab done"),
            ("triggers.1.up", "new lab done"),
        ],
    )
    def test_a_button_that_is_pressed(self, pressed: str, expected: str) -> None:
        """It moves its row, or deletes it; anything else does nothing."""
        rows = posted_rows(posted_page(page(GRID), pressed=pressed), GRID)
        assert " ".join(row["key"] for row in rows) == expected


class TestRadioButtons:
    """One status is initial, and one is final."""

    def test_the_groups_have_one_name(self) -> None:
        """Each button posts the number of its row."""
        shown = page(GRID)
        final = field(shown, 2, "final")
        assert (final["name"], final["kind"], final["text"]) == ("statuses.final", "radio", "2")
        assert [(it["text"], it["title"]) for it in final["choices"]] == [("2", "Final")]
        assert field(shown, 1, "final")["text"] == ""

    def test_the_mark_goes_to_another_row(self) -> None:
        """The one that had it loses it."""
        rows = typed(GRID, 1, initial=True)
        assert [row["initial"] for row in rows] == [False, "on", False]

    @pytest.mark.parametrize("number", ["7", "", "x", None, 5, []])
    def test_any_number_can_be_posted(self, number: object) -> None:
        """If there is no such row, none is marked."""
        (row,) = posted_rows({"statuses.0.description": "A", "statuses.initial": number}, GRID)
        assert row["initial"] is False

    def test_a_page_marks_one_row(self) -> None:
        """If several rows are marked, the last one, as a browser does."""
        rows = [{"description": "A", "initial": True}, {"description": "B", "initial": True}]
        shown = page(GRID, rows)
        assert [field(shown, number, "initial")["text"] for number in (0, 1)] == ["", "1"]


class TestBlankRows:
    """The rows for new statuses and triggers."""

    def test_a_blank_row_shows_the_defaults(self) -> None:
        """A trigger is switched on and automatic."""
        shown = page(triggers_of(), blank=2)
        assert [row["is_new"] for row in shown["rows"]] == [True, True]
        ticked = [it["field"] for it in shown["rows"][0]["fields"] if it["text"] == "on"]
        assert ticked == ["enabled", "automatic"]

    def test_a_blank_row_left_alone_is_no_row(self) -> None:
        """Whatever is ticked."""
        grid = triggers_of(CALL)
        assert len(typed(grid, 1, enabled=False, condition__x=None)) == 1
        assert len(typed(grid, 1, **{"condition.vendor-none": True})) == 1

    @pytest.mark.parametrize(
        ("path", "text"),
        [("when.kind", "opening"), ("order_types", ["prints"]), ("condition.vendor", "West")],
    )
    def test_anything_else_makes_a_row(self, path: str, text: Any) -> None:  # noqa: ANN401 - see `typed`
        """Something chosen, too: the next page shows the fields of its kind."""
        assert len(typed(triggers_of(CALL), 1, **{path: text})) == 2

    def test_a_kind_that_was_chosen_has_its_defaults(self) -> None:
        """The page had no fields for it, so nothing of it was left empty."""
        grid = triggers_of()
        (row,) = typed(grid, 0, when__kind="days-in-status", action__kind="send-message")
        assert (row["when"], row["action"]) == (
            {"kind": "days-in-status"},
            {"kind": "send-message"},
        )
        shown = page(grid, [row])
        assert field(shown, 0, "when.while_in_status")["text"] == "on"
        assert field(shown, 0, "action.to")["text"] == "client"
        assert lines(field(shown, 0, "action.channels"))[0] == ("email", "E-mail", True)


class TestOtherKinds:
    """Somebody chooses another kind of occasion or action."""

    def test_what_both_kinds_have_stays(self) -> None:
        """The rest is dropped, since the next page has no field to clear it in."""
        grid = triggers_of(CALL)
        (row,) = typed(grid, 0, when__kind="entering", action__kind="")
        assert row["when"] == {"kind": "entering", "status": "lab"}
        assert row["action"] == {"kind": ""}

    def test_a_list_that_is_emptied_is_empty(self) -> None:
        """It doesn't get its default: somebody has to choose a channel."""
        grid = triggers_of(TELL)
        rows = typed(grid, 0, action__channels=[])
        with pytest.raises(InvalidTriggersError) as caught:
            read_triggers(rows)
        assert [it.field for it in caught.value.problems] == ["action.channels"]

    def test_parts_that_are_texts(self) -> None:
        """Nothing is dropped from them."""
        form = {"triggers.0.when.days": "3", "triggers.0.when.shown": "opening"}
        (row,) = posted_rows({**form, "triggers.0.when": "x"}, triggers_of())
        assert row["when"] == "x"


class TestConditions:
    """A condition is fields of its own."""

    @pytest.mark.parametrize(
        "condition",
        [
            None,
            Where(),
            Where(vendor="West"),
            Where(vendor={"West"}),
            Where(vendor=[]),
            Where(user=None),
            Where(user={None}),
            Where(order_type=["prints", "books"], department=["Lab", None, "Sales"]),
            Where(order_type=None),
            Where(
                facts={
                    "client": "Lee",
                    "size": "5",
                    "copies": 5,
                    "price": Decimal("1.50"),
                    "weight": Decimal(2),
                    "shot": [date(2026, 11, 30), None],
                    "day": date(2026, 11, 30),
                    "odd": '"2026-13-40"',
                    "near": "2026-13-40",
                    "rush": False,
                    "none": None,
                }
            ),
        ],
    )
    def test_an_untouched_condition_stays(self, condition: Where | None) -> None:
        """Exactly as it was, also where another one looks the same."""
        grid = triggers_of(evolve(CALL, condition=condition))
        (trigger,) = read_triggers(posted_rows(posted_page(page(grid)), grid))
        assert trigger.condition == condition

    @pytest.mark.parametrize(
        ("path", "content", "expected"),
        [
            ("condition.vendor", "West\n East ", Where(vendor={"West", "East"}, user="Ada")),
            ("condition.vendor", " West ", Where(vendor="West", user="Ada")),
            ("condition.vendor-none", True, Where(vendor={"Lee, Inc", None}, user="Ada")),
            ("condition.vendor", " ", Where(user="Ada")),
            ("condition.department-none", True, None),
            (
                "condition.facts",
                "rush = true\n\nclient = Lee\ncopies = 5\nprice = 1.50\nshot = 2026-11-30",
                Where(
                    vendor="Lee, Inc",
                    user="Ada",
                    facts={
                        "rush": True,
                        "client": "Lee",
                        "copies": 5,
                        "price": Decimal("1.50"),
                        "shot": date(2026, 11, 30),
                    },
                ),
            ),
            (
                "condition.facts",
                '{"client": ["Lee", null]}',
                Where(vendor="Lee, Inc", user="Ada", facts={"client": ["Lee", None]}),
            ),
        ],
    )
    def test_a_condition_is_typed(self, path: str, content: Any, expected: Where | None) -> None:  # noqa: ANN401 - see `typed`
        """One name on each line, or one fact; other fields stay."""
        grid = triggers_of(evolve(CALL, condition=Where(vendor="Lee, Inc", user="Ada")))
        (trigger,) = read_triggers(typed(grid, 0, **{path: content}))
        if expected is None:
            expected = Where(vendor="Lee, Inc", user="Ada", department=None)
        assert trigger.condition == expected

    def test_order_types_of_a_condition(self) -> None:
        """They have a field if the condition has some."""
        grid = triggers_of(evolve(CALL, condition=Where(order_type="prints")))
        types = field(page(grid), 0, "condition.order_type")
        assert lines(types) == [("prints", "Prints", True), ("albums", "albums", False)]
        (trigger,) = read_triggers(typed(grid, 0, condition__order_type=["prints", "albums"]))
        assert trigger.condition == Where(order_type={"prints", "albums"})
        (trigger,) = read_triggers(typed(grid, 0, condition__order_type=[]))
        assert trigger.condition is None
        assert "condition.order_type" not in paths(page(triggers_of(CALL)), 0)

    @pytest.mark.parametrize(
        "text", ["client", "= Lee", "client =", "a = 1\na = 2", "a = [", "a = {"]
    )
    def test_facts_that_cannot_be_read(self, text: str) -> None:
        """The page keeps them, with a message that says what to type."""
        grid = triggers_of(CALL)
        rows = typed(grid, 0, condition__facts=text)
        shown = page(grid, rows, find_trigger_problems(rows, [CYCLE]))
        facts = field(shown, 0, "condition.facts")
        assert facts["text"] == text
        assert [it["message"] for it in facts["problems"]] == [
            "'Call the lab': write each fact on a line, such as client = Lee"
        ]

    @pytest.mark.parametrize(
        "condition",
        [
            "x",
            "[1]",
            {"other": 1},
            {"vendor": 5},
            {"vendor": ["a\nb"]},
            {"facts": []},
            {"facts": {"a b": 1}},
            {"user": BrokenMapping()},
            BrokenMapping(),
            5,
        ],
    )
    def test_what_fields_cannot_show_is_one_text(self, condition: object) -> None:
        """It comes back as it was."""
        shown = page(triggers_of(), [{"description": "A", "condition": condition}])
        whole = field(shown, 0, "condition")
        assert (whole["kind"], whole["title"]) == ("note", "Condition, in JSON")
        (row,) = posted_rows(posted_page(shown), triggers_of())
        assert row["condition"] == whole["text"]

    @pytest.mark.parametrize("hidden", ["", "x", "[]", '{"vendor": 5}', None, 5, BrokenMapping()])
    def test_a_damaged_hidden_field_is_no_condition(self, hidden: object) -> None:
        """The fields that were filled in are read."""
        form = {"triggers.0.condition.shown": hidden, "triggers.0.condition.vendor": "West"}
        (row,) = posted_rows(form, triggers_of())
        assert row["condition"] == {"vendor": "West"}
        form["triggers.0.condition.vendor"] = 5
        (row,) = posted_rows({**form, "triggers.0.key": "a"}, triggers_of())
        assert row["condition"] is None

    def test_a_condition_needs_names(self) -> None:
        """A name that is too long is a problem of its field."""
        rows = typed(triggers_of(CALL), 0, condition__vendor="x" * 201)
        (problem,) = find_trigger_problems(rows, [CYCLE])
        assert problem.field == "condition.vendor"
        assert problem.message == "'Call the lab': Vendor must be names of 1 to 200 characters"


class TestMessages:
    """A message says what to type."""

    def test_an_empty_field_must_be_filled_in(self) -> None:
        """Whatever its kind."""
        row: dict[str, Any] = {
            "when": {"kind": "days-in-status", "status": "", "days": ""},
            "action": {"kind": "create-task", "title": " "},
        }
        assert [it.message for it in find_trigger_problems([row], [CYCLE])] == [
            "line 1: Key must be filled in",
            "line 1: Days must be filled in",
            "line 1: Task must be filled in",
        ]

    def test_data_are_json(self) -> None:
        """With an example."""
        row: dict[str, Any] = {
            "key": "a",
            "when": {"kind": "opening"},
            "action": {"kind": "custom-action", "name": "bill", "payload": "copies"},
            "condition": "vendor",
        }
        assert [it.message for it in find_trigger_problems([row], [CYCLE])] == [
            'line 1: Data must be JSON, such as {"copies": 2}',
            'line 1: Condition must be JSON, such as {"vendor": "West Lab"}',
        ]

    def test_an_opening_has_no_status(self) -> None:
        """Moves have titles."""
        tell = evolve(TELL, when=Entering("new", moves=[Move.NEXT]), condition=None)
        moves = field(page(triggers_of(tell)), 0, "when.moves")
        assert lines(moves)[0] == ("next", "To the next status", True)
        assert "when.moves" not in paths(page(triggers_of(evolve(tell, when=Opening()))), 0)
