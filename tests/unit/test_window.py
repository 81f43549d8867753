"""The Status Change window as a web form: what it shows, and what a user gave in it."""

# ruff: noqa: ANN401 - a browser may post anything

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from prodflow import (
    BulkProposal,
    ChangeRules,
    Choice,
    Move,
    ProductionFlow,
    ProductionOrder,
    Reason,
    Refusal,
    Status,
    StatusCycle,
    Words,
    say,
)
from prodflow.forms import FormProblem, Given, given, window
from prodflow.testing._posting import field_of, names_of, posted

MONDAY: Final = date(2026, 11, 16)
AT: Final = datetime(2026, 11, 16, 9, tzinfo=UTC)
PRINTS: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", initial=True, default_duration=1, default_user="Ann"),
        Status("lab", "At the lab", default_duration=5, default_department="Lab"),
        Status("check", "Quality check", default_duration=1),
        Status("hold", "On hold", non_standard=True, pauses=True),
        Status("delivered", "Delivered", final=True),
    ],
)
FLOW: Final = ProductionFlow()
TORN: Final = Reason("torn", "Torn in the post")
OLD: Final = Reason("old", "No longer used", inactive=True)
RULED: Final = ProductionFlow(
    rules=ChangeRules(
        allow_skip=False,
        note_required={Move.BACK, Move.REOPEN},
        reason_required={Move.REOPEN},
        reasons=[TORN, OLD],
    )
)
WHO: Final[dict[str, Any]] = {"today": MONDAY, "by": "Ann", "recorded_by": "Ann"}


def opened(order_id: str = "PO-1", status: str | None = None) -> ProductionOrder:
    """An order in a status."""
    return FLOW.open(
        PRINTS, order_id=order_id, ordered_on=MONDAY, status=status, by="Ann", at=AT
    ).order


def shown(
    *orders: ProductionOrder, flow: ProductionFlow = FLOW, to: str | None = None, **more: Any
) -> dict[str, Any]:
    """The window of a bulk."""
    bulk = flow.propose_all(orders, to=to, **WHO)
    lists = flow.choices_all(orders, **WHO)
    return window(bulk, lists, reasons=flow.rules.reasons, **more)


def again(read: Given, *orders: ProductionOrder, flow: ProductionFlow = FLOW) -> dict[str, Any]:
    """The window after a form was posted."""
    bulk = flow.propose_all(orders, **{**WHO, **read.values})
    lists = flow.choices_all(orders, **WHO)
    return window(bulk, lists, given=read, reasons=flow.rules.reasons)


def read(page: Mapping[str, Any], **typed: str) -> Given:
    """What the user gave who typed these texts."""
    form = posted(page, typed)
    return given(form, form)


def texts(page: Mapping[str, Any]) -> dict[str, str]:
    """The text of each field."""
    return {field["name"]: field["text"] for field in page["fields"]}


def problems(page: Mapping[str, Any], name: str) -> list[str]:
    """The codes of the problems of a field."""
    return [problem["code"] for problem in field_of(page, name)["problems"]]


class TestWindow:
    """What the window shows."""

    def test_has_the_fields_of_the_page_in_its_order(self) -> None:
        """The eight fields of the page come first, then the note and the reason."""
        page = shown(opened())
        assert [field["title"] for field in page["fields"]] == [
            "Current Status",
            "Date Completed",
            "Change To Status",
            "Due Date",
            "Status Updated By",
            "New Status Assigned to Dept",
            "New Status Assigned to User",
            "Current Status Not Complete",
            "Note",
            "Reason",
        ]
        assert names_of(page)[-3:] == ["not_complete", "note", "reason"]

    def test_shows_every_default(self) -> None:
        """Each field has its default as a text, and none counts as given."""
        page = shown(opened())
        assert texts(page) == {
            "status": "Ordered",
            "completed_on": "2026-11-16",
            "to": "lab",
            "due_on": "2026-11-24",
            "by": "Ann",
            "department": "Lab",
            "user": "",
            "not_complete": "",
            "note": "",
            "reason": "",
        }
        assert not any(field["is_given"] for field in page["fields"])
        assert page["is_ready"]

    def test_a_hold_ticks_the_box(self) -> None:
        """If the present status isn't complete, the box is ticked and the date is empty."""
        page = shown(opened(), to="hold")
        assert (texts(page)["not_complete"], texts(page)["completed_on"]) == ("on", "")

    def test_the_kinds_say_how_to_show_a_field(self) -> None:
        """A reason is a line of text unless there are reasons to pick from."""
        kinds = [field["kind"] for field in shown(opened())["fields"]]
        assert kinds == [
            *("output", "date", "choice", "date", "text", "text", "text", "flag", "note", "text")
        ]
        assert field_of(shown(opened(), flow=RULED), "reason")["kind"] == "choice"

    def test_the_heading_counts(self) -> None:
        """The heading says how many orders change, and how many are refused."""
        orders = [opened("PO-1"), opened("PO-2"), opened("PO-3", "lab")]
        assert shown(orders[0])["heading"] == "1 record will be modified"
        page = shown(*orders, to="lab")
        assert page["heading"] == "2 records will be modified, 1 is refused"
        assert (page["modified"], page["refused"], page["is_ready"]) == (2, 1, False)

    def test_a_bulk_has_a_line_for_each_order(self) -> None:
        """A line shows where the order goes, and what refuses it."""
        page = shown(opened("PO-1"), opened("PO-2", "lab"), to="lab")
        first, second = page["orders"]
        assert first == {
            "id": "PO-1",
            "version": 1,
            "status": "Ordered",
            "to": "At the lab",
            "completed_on": "2026-11-16",
            "due_on": "2026-11-24",
            "department": "Lab",
            "user": "",
            "is_moved": False,
            "is_refused": False,
            "problems": [],
        }
        assert second["is_refused"]
        assert {second[name] for name in ("to", "completed_on", "due_on", "user")} == {""}
        assert [problem["code"] for problem in second["problems"]] == ["same-status"]

    def test_the_host_writes_the_days_of_a_line(self) -> None:
        """A line is for people; the text of a field is for the browser, which wants ISO 8601."""
        page = shown(opened(), words=Words(day=lambda day: f"{day:%d.%m.%Y}"))
        [line] = page["orders"]
        assert (line["completed_on"], line["due_on"]) == ("16.11.2026", "24.11.2026")
        assert texts(page)["due_on"] == "2026-11-24"
        [line] = shown(opened())["orders"]
        assert say(line["due_on"], Words(day=lambda day: f"{day:%d.%m.}")) == "24.11."

    def test_a_chosen_status_has_its_description(self) -> None:
        """The line of a choice that isn't offered names the status, or what was posted."""
        page = window(FLOW.propose(opened(), to="hold", **WHO), [])
        assert [line["title"] for line in field_of(page, "to")["choices"]] == ["On hold"]
        order = opened()
        lost = Given({"to": "lost"}, texts={"to": "lost"})
        bulk = FLOW.propose_all([order], to="lost", **WHO)
        page = window(bulk, FLOW.choices_all([order], **WHO), given=lost)
        assert field_of(page, "to")["choices"][0]["title"] == "lost"

    def test_several_values_are_no_text(self) -> None:
        """Where the orders differ, the field says "several", and its text is empty."""
        page = shown(opened("PO-1"), opened("PO-2", "lab"))
        to = field_of(page, "to")
        assert (to["text"], to["is_several"], to["placeholder"]) == ("", True, "several")
        assert [line["title"] for line in to["choices"] if line["is_selected"]] == ["several"]
        assert field_of(page, "status")["is_several"]
        assert not field_of(page, "user")["is_several"]

    def test_a_status_is_refused_or_needs_something(self) -> None:
        """A refused status says why; one that only needs a note says so instead."""
        page = shown(opened("PO-1", "lab"), flow=RULED)
        lines = {line["text"]: line for line in field_of(page, "to")["choices"]}
        assert [key for key, line in lines.items() if line["is_refused"]] == ["lab", "delivered"]
        assert [it["code"] for it in lines["delivered"]["problems"]] == ["skip"]
        assert lines["ordered"]["needs"] == ["note"]
        assert [key for key, line in lines.items() if line["is_selected"]] == ["check"]

    def test_a_status_is_open_to_some_orders(self) -> None:
        """If a status is open to some orders, it isn't refused; its problems name the others."""
        page = shown(opened("PO-1"), opened("PO-2", "lab"))
        lab = next(it for it in field_of(page, "to")["choices"] if it["text"] == "lab")
        assert not lab["is_refused"]
        assert [problem["orders"] for problem in lab["problems"]] == [["PO-2"]]

    def test_a_missing_note_is_asked_for_at_its_field(self) -> None:
        """The refusal is at the field that settles it, and the field is required."""
        page = shown(opened("PO-1", "lab"), flow=RULED, to="ordered")
        note = field_of(page, "note")
        assert (problems(page, "note"), note["is_required"]) == (["note"], True)
        assert page["heading"] == "1 record will be modified"
        assert not page["is_ready"]

    def test_a_closed_order_has_no_default(self) -> None:
        """The window of a closed order asks for a status."""
        page = shown(opened("PO-1", "delivered"))
        to = field_of(page, "to")
        assert (to["choices"][0]["title"], to["choices"][0]["is_selected"]) == (
            "choose a status",
            True,
        )
        assert problems(page, "to") == ["no-next-status"]
        assert texts(page)["by"] == "Ann"

    def test_inactive_reasons_are_left_out(self) -> None:
        """The list of reasons has the active ones, and a line for no reason."""
        choices = field_of(shown(opened(), flow=RULED), "reason")["choices"]
        assert [(line["text"], line["title"]) for line in choices] == [
            ("", "no reason"),
            ("torn", "Torn in the post"),
        ]

    def test_a_reason_that_is_in_no_list_stays_selected(self) -> None:
        """A browser would post the first line otherwise."""
        page = shown(opened(), flow=RULED)
        page = again(read(page, reason="lost"), opened(), flow=RULED)
        reason = field_of(page, "reason")
        assert [it["text"] for it in reason["choices"] if it["is_selected"]] == ["lost"]
        assert problems(page, "reason") == ["reason"]

    def test_people_are_suggested(self) -> None:
        """First those of the app, then the defaults of the statuses and those of the orders."""
        page = shown(opened(), users=["Zoë", "Ann"], departments={"Front desk"})
        users = [line["text"] for line in field_of(page, "user")["choices"]]
        assert users == ["Zoë", "Ann"]
        assert not any(line["is_refused"] for line in field_of(page, "user")["choices"])
        departments = [line["text"] for line in field_of(page, "department")["choices"]]
        assert departments == ["Front desk", "Lab"]

    def test_names_come_from_the_newest_version(self) -> None:
        """A status has the description of the newest version (D5)."""
        newest = PRINTS.replace("lab", description="At Acme Lab")
        page = shown(opened("PO-1", "lab"), cycles=[newest])
        assert texts(page)["status"] == "At Acme Lab"
        titles = [line["title"] for line in field_of(page, "to")["choices"]]
        assert titles[:2] == ["Ordered", "At Acme Lab"]

    def test_texts_are_said_in_your_words(self) -> None:
        """With `words`, every text is in another language; your own rules' texts too."""
        rules = ChangeRules(guard=lambda _, proposal: proposal.note or "the invoice isn't paid")
        words = {
            "Due Date": "Termin",
            "the invoice isn't paid": "Rechnung unbezahlt",
            "{modified}, {refused}": "{modified}; {refused}",
            "{count} records will be modified": "{count} Aufträge werden geändert",
            "{count} is refused": "{count} abgelehnt",
        }
        page = shown(opened(), flow=ProductionFlow(rules=rules), words=words)
        assert page["heading"] == "0 Aufträge werden geändert; 1 abgelehnt"
        assert field_of(page, "due_on")["title"] == "Termin"
        assert field_of(page, "to")["problems"][0]["message"] == "Rechnung unbezahlt"
        assert type(page["heading"]) is str

    def test_texts_can_be_said_later(self) -> None:
        """Without `words`, the texts are messages."""
        page = shown(opened("PO-1"), opened("PO-2"))
        words = {"{count} records will be modified": "{count} Aufträge werden geändert"}
        assert say(page["heading"], words) == "2 Aufträge werden geändert"

    def test_a_rule_can_name_the_field(self) -> None:
        """A refusal of a guard goes to the field that its code names."""
        rules = ChangeRules(guard=lambda *_: Refusal("user", "Ann is on holiday"))
        page = shown(opened(), flow=ProductionFlow(rules=rules))
        assert problems(page, "user") == ["user"]

    def test_a_single_proposal_has_the_same_window(self) -> None:
        """The window of a proposal is that of a bulk of one order."""
        order = opened()
        page = window(FLOW.propose(order, **WHO), FLOW.choices(order, **WHO))
        assert page == shown(order)

    def test_a_bulk_of_your_own_may_know_no_orders(self) -> None:
        """A bulk that you put together from errors has only the ids."""
        refusals = FLOW.propose_all([opened("PO-1", "delivered")], **WHO).refusals
        page = window(BulkProposal([], refusals), FLOW.choices(opened(), **WHO))
        assert [(line["id"], line["status"]) for line in page["orders"]] == [("PO-1", "")]
        assert texts(page)["status"] == ""
        assert json.loads(page["shown"])["versions"] == {}

    def test_is_plain_data(self) -> None:
        """The window can become JSON and back."""
        page = shown(opened("PO-1"), opened("PO-2", "lab"), flow=RULED)
        assert json.loads(json.dumps(page)) == page

    @pytest.mark.parametrize("wrong", [opened(), None, [FLOW.propose(opened(), **WHO)]])
    def test_wants_a_proposal(self, wrong: Any) -> None:
        """Only a proposal or a bulk has a window."""
        with pytest.raises(TypeError, match="proposal must be a ProposedChange or a BulkProposal"):
            window(wrong, [])

    def test_wants_choices(self) -> None:
        """The choices are those that a flow returns."""
        with pytest.raises(TypeError, match="choices must be"):
            window(FLOW.propose(opened(), **WHO), ["lab"])  # type: ignore[arg-type]  # no choices

    def test_a_choice_of_one_order_can_be_shown_for_many(self) -> None:
        """The refusals of a `Choice` are those of every order."""
        bulk = FLOW.propose_all([opened("PO-1"), opened("PO-2")], **WHO)
        refused = Choice(PRINTS["check"], Move.SKIP, [Refusal("skip", "not yet")], ["note"])
        line = field_of(window(bulk, [refused]), "to")["choices"][-1]
        assert (line["is_refused"], line["needs"]) == (True, [])
        assert line["problems"][0]["orders"] == ["PO-1", "PO-2"]


class TestGiven:
    """What a user gave."""

    def test_an_untouched_form_gives_nothing(self) -> None:
        """Defaults that come back aren't set by hand."""
        order = opened()
        found = read(shown(order))
        assert (found.values, found.problems, found.versions) == ({}, (), {"PO-1": 1})
        change = FLOW.advance(order, **WHO, at=AT, **found.values)
        assert not change.order.due_on_is_manual

    def test_only_the_picked_status_is_given(self) -> None:
        """Another status gets its own due date and people."""
        page = shown(opened())
        found = read(page, to="check")
        assert found.values == {"to": "check"}
        assert texts(again(found, opened()))["due_on"] == "2026-11-25"

    def test_what_was_given_before_stays(self) -> None:
        """A due date that was typed stays when another status is picked."""
        page = shown(opened())
        page = again(read(page, due_on="2026-12-01"), opened())
        found = read(page, to="check")
        assert found.values == {"to": "check", "due_on": date(2026, 12, 1)}

    def test_texts_become_values(self) -> None:
        """Each field has its keyword."""
        found = read(
            shown(opened()),
            completed_on="2026-11-16",
            due_on=" 2026-W49-1 ",
            by="Eve ",
            department="Desk",
            user=" Tom",
            note="two\nlines ",
            reason="torn",
        )
        assert found.values == {
            "due_on": date(2026, 11, 30),
            "by": "Eve",
            "department": "Desk",
            "user": "Tom",
            "note": "two\nlines ",
            "reason": "torn",
        }

    def test_white_space_alone_is_no_change(self) -> None:
        """A space after the department that was shown gives nothing."""
        assert read(shown(opened()), department="Lab ").values == {}

    def test_an_empty_text_is_none(self) -> None:
        """Emptied fields are given too; an empty note stays a text."""
        page = shown(opened())
        page = again(read(page, note="why"), opened())
        found = read(page, due_on="", department="", note="", completed_on="", by="", to="")
        assert found.values == {
            "completed_on": None,
            "to": None,
            "due_on": None,
            "department": None,
            "note": "",
        }

    def test_the_box_means_not_complete(self) -> None:
        """A ticked box gives `current_complete=False`, an unticked one True."""
        page = shown(opened())
        found = read(page, not_complete="on")
        assert found.values == {"current_complete": False}
        page = again(found, opened())
        assert texts(page)["completed_on"] == ""
        assert read(page, not_complete="").values == {"current_complete": True}

    def test_the_last_of_box_and_date_counts(self) -> None:
        """Typing a date unticks the box, and ticking the box drops the date (D20)."""
        ticked = again(read(shown(opened()), not_complete="on"), opened())
        assert read(ticked, completed_on="2026-11-16").values == {"completed_on": MONDAY}
        order = FLOW.amend(opened(), entered_on=date(2026, 11, 12), by="Ann", at=AT).order
        dated = again(read(shown(order), completed_on="2026-11-13"), order)
        assert read(dated, not_complete="on").values == {"current_complete": False}

    def test_a_page_may_empty_the_date_with_the_box(self) -> None:
        """If a script empties the date when the box is ticked, the two agree."""
        found = read(shown(opened()), not_complete="on", completed_on="")
        assert found.values == {"current_complete": False, "completed_on": None}
        assert again(found, opened())["is_ready"]

    def test_box_and_date_together_are_a_mistake(self) -> None:
        """A status that isn't complete has no completion date; the texts stay."""
        found = read(shown(opened()), not_complete="on", completed_on="2026-11-15")
        assert found.values == {"current_complete": False}
        assert [(it.code, it.field) for it in found.problems] == [
            ("complete-and-not", "completed_on")
        ]
        page = again(found, opened())
        assert (texts(page)["completed_on"], texts(page)["not_complete"]) == ("2026-11-15", "on")
        assert read(page).problems == found.problems

    def test_several_untouched_gives_nothing_and_touched_goes_to_all(self) -> None:
        """What is typed over "several" is for every order."""
        page = shown(opened("PO-1"), opened("PO-2", "lab"))
        assert read(page).values == {}
        assert read(page, due_on="2026-12-01").values == {"due_on": date(2026, 12, 1)}

    def test_several_can_be_emptied_for_all(self) -> None:
        """An empty text over "several" is untouched, so a box empties the field."""
        page = shown(opened("PO-1"), opened("PO-2", "lab"))
        box = field_of(page, "due_on")["empty"]
        form = posted(page, {box: "on"})
        assert given(form, form).values == {"due_on": None}
        form = posted(page, {box: "on", "due_on": "2026-12-01"})
        assert given(form, form).values == {"due_on": date(2026, 12, 1)}
        assert given({box: 5, "due_on": ""}, page).values == {}
        assert field_of(shown(opened()), "due_on")["empty"] is None

    def test_all_mistakes_at_once(self) -> None:
        """Every mistake is told with its field, and the window shows each text again."""
        found = read(
            shown(opened()),
            completed_on="yesterday",
            due_on="30.11.2026",
            to="no such key",
            user="E\u202eve",
            note="x" * 10_001,
        )
        assert [(it.code, it.field) for it in found.problems] == [
            ("bad-date", "completed_on"),
            ("bad-key", "to"),
            ("bad-date", "due_on"),
            ("bad-text", "user"),
            ("bad-text", "note"),
        ]
        assert found.values == {}
        page = again(found, opened())
        assert texts(page)["due_on"] == "30.11.2026"
        assert problems(page, "due_on") == ["bad-date"]
        assert not page["is_ready"]
        assert read(page).problems == found.problems
        assert read(page, due_on="2026-11-30").values == {"due_on": date(2026, 11, 30)}

    def test_a_date_can_be_typed_as_the_host_reads_it(self) -> None:
        """What the page wrote is ISO 8601, so that is read too, when the form comes back."""

        def german(typed: str) -> date:
            return datetime.strptime(typed, "%d.%m.%Y").date()  # noqa: DTZ007 - no time

        form = posted(shown(opened()), {"due_on": " 30.11.2026 ", "completed_on": "x"})
        found = given(form, form, day=german)
        assert found.values == {"due_on": date(2026, 11, 30)}
        [problem] = found.problems
        assert (problem.code, problem.field) == ("bad-date", "completed_on")
        assert problem.message == "this isn't a date: write the year, the month and the day"
        page = again(Given(found.values), opened())
        assert texts(page)["due_on"] == "2026-11-30"
        form = posted(page, {})
        assert given(form, form, day=german).values == {"due_on": date(2026, 11, 30)}
        form = posted(page, {"due_on": ""})
        assert given(form, form, day=german).values == {"due_on": None}

    def test_what_reads_a_date_gives_a_date(self) -> None:
        """Anything else is a mistake of the host."""
        form = posted(shown(opened()), {"due_on": "today"})
        with pytest.raises(TypeError, match="what day gives must be a date without a time"):
            given(form, form, day=lambda _: AT)
        with pytest.raises(TypeError, match="day must be a callable"):
            given(form, form, day="%d.%m.%Y")  # type: ignore[arg-type]

    def test_a_text_that_is_too_long_is_told_its_length(self) -> None:
        """The message says how long the text may be, or that a character can't be kept."""
        found = read(shown(opened()), user="x" * 201, department="x" * 200, note="a\x01")
        assert [problem.message for problem in found.problems] == [
            "this text has 201 characters: shorten it to 200",
            "this text has a character that can't be kept: type it again",
        ]
        assert found.values == {"department": "x" * 200}

    @pytest.mark.parametrize("wrong", [5, None, b"on", "\ud800", "a\0b", [7], {}])
    def test_what_no_page_can_show_is_told(self, wrong: Any) -> None:
        """What isn't a text is a mistake too, and the field shows its default again."""
        page = shown(opened())
        found = given({"user": wrong}, page)
        expected = [] if wrong is None else [("bad-text", "user")]
        assert [(it.code, it.field) for it in found.problems] == expected
        assert not field_of(again(found, opened()), "user")["is_given"]

    @pytest.mark.parametrize(
        ("posted_as", "values"),
        [
            (["", "on"], {"current_complete": False}),
            ("TRUE", {"current_complete": False}),
            ([], {}),
            ("off", {}),
        ],
    )
    def test_a_box_has_several_words(self, posted_as: Any, values: dict[str, Any]) -> None:
        """The last text of a list counts, as if a hidden field precedes the box."""
        assert given({"not_complete": posted_as}, shown(opened())).values == values

    def test_a_box_with_another_word_is_a_mistake(self) -> None:
        """A box is ticked or not."""
        found = given({"not_complete": "perhaps"}, shown(opened()))
        assert [(it.code, it.field) for it in found.problems] == [("bad-flag", "not_complete")]
        assert problems(again(found, opened()), "not_complete") == ["bad-flag"]

    def test_a_disabled_field_is_untouched(self) -> None:
        """A browser posts no disabled field."""
        assert given({}, shown(opened())).values == {}

    @pytest.mark.parametrize(
        "damaged",
        [
            *(None, "", "{}", "[]", "[" * 100_000, "9" * 5_000, 7, ["{}"]),
            '{"texts":{},"given":[],"versions":{}}',
        ],
    )
    def test_a_damaged_page_gives_nothing(self, damaged: Any) -> None:
        """Without the hidden field nobody knows what was typed."""
        found = given({"user": "Eve"}, {"shown": damaged})
        assert found.values == {}
        assert [(it.code, it.field) for it in found.problems] == [("bad-form", None)]
        page = again(found, opened())
        assert [it["code"] for it in page["problems"]] == ["bad-form"]

    @pytest.mark.parametrize(
        ("part", "wrong"),
        [
            ("texts", {"due_on": 5}),
            ("given", ["colour"]),
            ("given", [[]]),
            ("versions", {"PO-1": 0}),
            ("versions", ["PO-1"]),
            ("versions", {"": 1}),
        ],
    )
    def test_a_changed_hidden_field_is_damaged(self, part: str, wrong: Any) -> None:
        """The hidden field has texts, names of fields, and versions."""
        page = shown(opened())
        state = json.loads(page["shown"])
        state[part] = {**state[part], **wrong} if part == "texts" else wrong
        found = given({}, {"shown": json.dumps(state)})
        assert [problem.code for problem in found.problems] == ["bad-form"]

    def test_the_page_itself_will_do(self) -> None:
        """An app that keeps the page needs no hidden field."""
        page = shown(opened())
        assert given({"user": "Eve"}, page) == given({"user": "Eve", "shown": page["shown"]}, page)

    def test_the_hidden_field_is_a_text(self) -> None:
        """Bytes aren't a form field."""
        page = shown(opened())
        found = given({}, {"shown": page["shown"].encode()})
        assert [problem.code for problem in found.problems] == ["bad-form"]

    def test_every_field_can_be_given(self) -> None:
        """A page may say that the user has filled in all fields."""
        page = shown(opened())
        state = json.loads(page["shown"])
        state["given"] = [*state["texts"]]
        found = given({}, {"shown": json.dumps(state)})
        assert found.values == {
            "completed_on": MONDAY,
            "current_complete": True,
            "to": "lab",
            "due_on": date(2026, 11, 24),
            "by": "Ann",
            "department": "Lab",
            "user": None,
            "note": "",
            "reason": None,
        }
        assert Given(found.values) == Given({**found.values})

    def test_wants_mappings(self) -> None:
        """A form is a mapping, as `parse_qs` reads it."""
        with pytest.raises(TypeError, match="form must be a mapping"):
            given("user=Eve", {})  # type: ignore[arg-type]  # a text
        with pytest.raises(TypeError, match="shown must be"):
            given({}, "user=Eve")  # type: ignore[arg-type]  # a text

    def test_knows_its_keywords(self) -> None:
        """A `Given` has keywords of `propose` and names of fields only."""
        with pytest.raises(ValueError, match="values must have keywords"):
            Given({"status": "lab"})
        with pytest.raises(ValueError, match="texts must have names"):
            Given({}, texts={"colour": "red"})


class TestRounds:
    """A window that is shown again and again."""

    def test_who_did_it_stays(self) -> None:
        """The user in "Status Updated By" stays, also if `recorded_by` isn't given."""
        order = opened()
        page = window(FLOW.propose(order, today=MONDAY, by="Ann"), [])
        found = read(page, by="Eve")
        page = window(FLOW.propose(order, today=MONDAY, **found.values), [], given=found)
        assert read(page).values == {"by": "Eve"}

    def test_who_did_it_is_given_if_another_records_it(self) -> None:
        """If the logged-in user is another one, the user in the field was given."""
        proposal = FLOW.propose(opened(), today=MONDAY, by="Eve", recorded_by="Ann")
        assert read(window(proposal, [])).values == {"by": "Eve"}
        bulk = FLOW.propose_all(
            [opened("PO-1", "delivered")], today=MONDAY, by="Eve", recorded_by="Ann"
        )
        assert read(window(bulk, [])).values == {"by": "Eve"}

    def test_an_error_keeps_what_the_user_saw(self) -> None:
        """If no order has a proposal, the fields show what they showed before."""
        page = shown(opened())
        page = again(read(page, completed_on="2026-12-24"), opened())
        assert problems(page, "completed_on") == ["completion-date"]
        assert (texts(page)["to"], texts(page)["due_on"]) == ("lab", "2026-11-24")
        assert read(page, completed_on="2026-11-16").values == {"completed_on": MONDAY}
        assert read(page).values == {"completed_on": date(2026, 12, 24)}

    def test_every_keyword_survives_an_error(self) -> None:
        """What was given is given again, also for orders without a proposal."""
        order = opened("PO-1", "delivered")
        page = shown(order)
        page = again(read(page, not_complete="on", note="why", due_on=""), order)
        assert problems(page, "to") == ["no-next-status"]
        assert read(page).values == {"current_complete": False, "note": "why"}

    def test_an_order_that_moved_is_told_once(self) -> None:
        """The window says which orders have changed, and the next OK counts."""
        page = shown(opened())
        found = read(page)
        moved = FLOW.advance(opened(), **WHO, at=AT).order
        page = again(found, moved)
        assert [line["is_moved"] for line in page["orders"]] == [True]
        assert [it["code"] for it in page["problems"]] == ["order-moved"]
        assert (page["is_ready"], page["refused"]) == (False, 0)
        assert again(read(page), moved)["is_ready"]

    def test_an_order_that_moved_hides_old_defaults(self) -> None:
        """If `expect` refuses the order, the old defaults aren't shown as its own."""
        found = read(shown(opened()), user="Eve")
        moved = FLOW.advance(opened(), **WHO, at=AT).order
        bulk = FLOW.propose_all([moved], expect=found.versions, **WHO, **found.values)
        page = window(bulk, [], given=found)
        assert (texts(page)["to"], texts(page)["user"]) == ("", "Eve")
        assert [it["code"] for it in page["problems"]] == ["order-moved"]
        assert page["refused"] == 1

    def test_an_order_that_is_gone_is_told(self) -> None:
        """An order that the user saw and that isn't there any more is a problem of the page."""
        found = read(shown(opened("PO-1"), opened("PO-2")))
        page = again(found, opened("PO-1"))
        assert [(it["code"], it["orders"]) for it in page["problems"]] == [
            ("order-not-found", ["PO-2"])
        ]
        assert not page["is_ready"]
        assert again(read(page), opened("PO-1"))["is_ready"]

    def test_a_problem_of_your_own_has_a_place_too(self) -> None:
        """A problem of another field is shown by the page."""
        own = Given({}, [FormProblem("too-late", "colour", "it's printed already")])
        assert [it["message"] for it in again(own, opened())["problems"]] == [
            "it's printed already"
        ]
