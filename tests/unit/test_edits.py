"""Pages to edit statuses, triggers and preferences: what to show, and what to save."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from prodflow import CreateTask, Entering, FlowSettings, Status, StatusCycle, Trigger
from prodflow.forms import edit_preferences, edit_statuses, edit_triggers

PRINTS: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", initial=True, default_duration=1),
        Status("lab", "At the lab", default_duration=5),
        Status("delivered", "Delivered", final=True),
    ],
)
CALL: Final = Trigger("call", Entering("lab"), CreateTask("Call"), description="Call the lab")
SETTINGS: Final = FlowSettings(triggers=[CALL])


def sent(page: Mapping[str, Any], *buttons: str, **typed: str) -> dict[str, Any]:
    """What a browser posts after the user has typed these texts and pressed a button."""
    form: dict[str, Any] = {"version": page["version"]} | dict.fromkeys(buttons, "")
    for row in page["rows"]:
        for field in row["fields"]:
            chosen = [line["text"] for line in field["choices"] if line["is_selected"]]
            if field["kind"] == "choices":
                form[field["name"]] = chosen
            elif field["text"] or field["kind"] not in {"flag", "radio"}:
                form[field["name"]] = field["text"]
    return form | typed


class TestStatuses:
    """The status list of an order type."""

    def test_saves_the_next_version(self) -> None:
        """The edited version comes with the page, and a new status gets a new key."""
        page, nothing = edit_statuses(PRINTS)
        assert nothing is None
        typed = {"statuses.1.description": "At West Lab", "statuses.3.description": "Framing"}
        form = sent(page, "save", **typed)
        _, edited = edit_statuses(PRINTS, form, taken=["framing"])
        assert edited is not None
        assert edited.version == 2
        assert edited["lab"].description == "At West Lab"
        assert edited.statuses[-1].key == "framing-2"

    def test_untouched_is_the_same_version(self) -> None:
        """So saving it changes nothing."""
        assert edit_statuses(PRINTS, sent(edit_statuses(PRINTS)[0], "save"))[1] is PRINTS

    def test_other_buttons_save_nothing(self) -> None:
        """The page keeps its version and what was typed."""
        form = sent(edit_statuses(PRINTS)[0], "statuses.1.up", **{"statuses.1.description": "Lab"})
        newer = PRINTS.replace("lab", description="At the laboratory")
        page, nothing = edit_statuses(newer, form)
        assert nothing is None
        assert [row["title"] for row in page["rows"]][:2] == ["Lab", "Ordered"]
        assert (page["version"], page["saved"]) == ("1", None)

    def test_mistakes_are_shown(self) -> None:
        """Nothing is saved, and each problem stands at its field."""
        form = sent(edit_statuses(PRINTS)[0], "save", **{"statuses.1.default_duration": "soon"})
        page, nothing = edit_statuses(PRINTS, form)
        assert nothing is None
        assert page["is_refused"]
        wrong = [it for row in page["rows"] for it in row["fields"] if it["problems"]]
        assert [(it["field"], it["text"]) for it in wrong] == [("default_duration", "soon")]

    def test_a_newer_version_is_shown_too(self) -> None:
        """Nothing of either is lost, and the next "Save" counts."""
        form = sent(edit_statuses(PRINTS)[0], "save", **{"statuses.1.description": "Mine"})
        newer = PRINTS.replace("lab", description="Theirs")
        page, nothing = edit_statuses(newer, form)
        assert nothing is None
        assert [row["title"] for row in page["saved"]["rows"]] == ["Ordered", "Theirs", "Delivered"]
        assert page["rows"][1]["title"] == "Mine"
        assert page["version"] == "2"
        _, edited = edit_statuses(newer, sent(page, "save"))
        assert edited is not None
        assert (edited.version, edited["lab"].description) == (3, "Mine")

    def test_a_new_page_has_the_warnings(self) -> None:
        """After a save, the user sees what is odd."""
        odd = PRINTS.edited([*PRINTS.statuses, Status("late", "Too late")])
        page, _ = edit_statuses(odd)
        problems = [
            it for row in page["rows"] for field in row["fields"] for it in field["problems"]
        ]
        assert [it["severity"] for it in problems] == ["warning"]
        assert not page["is_refused"]

    @pytest.mark.parametrize("version", ["", "x", "\ud800", None])
    def test_a_damaged_version_is_an_old_one(self, version: object) -> None:
        """Nothing is saved over a version that the user perhaps hasn't seen."""
        form = sent(edit_statuses(PRINTS)[0]) | {"version": version}
        assert edit_statuses(PRINTS, form)[0]["version"] == ""
        page, nothing = edit_statuses(PRINTS, form | {"save": ""})
        assert nothing is None
        assert page["saved"] is not None

    def test_texts_are_in_your_words(self) -> None:
        """The buttons have your words too."""
        page, _ = edit_statuses(PRINTS, words={"Save": "Speichern", "Description": "Text"})
        assert [it["title"] for it in page["buttons"]] == ["Speichern"]
        assert page["rows"][0]["fields"][1]["title"] == "Text"


class TestTriggers:
    """The list of triggers."""

    def test_saves_the_next_settings(self) -> None:
        """Only the triggers change."""
        page, _ = edit_triggers(SETTINGS, [PRINTS])
        assert [it["name"] for it in page["buttons"]] == ["save", "show"]
        typed = {"triggers.0.description": "Call them"}
        _, edited = edit_triggers(SETTINGS, [PRINTS], sent(page, "save", **typed))
        assert edited is not None
        assert (edited.version, edited.triggers[0].description) == (2, "Call them")

    def test_untouched_is_the_same_version(self) -> None:
        """So saving it changes nothing."""
        page, _ = edit_triggers(SETTINGS, [PRINTS])
        assert edit_triggers(SETTINGS, [PRINTS], [*sent(page, "save").items()])[1] is SETTINGS

    def test_mistakes_are_shown(self) -> None:
        """A status that isn't there stands at its field."""
        page, _ = edit_triggers(SETTINGS, [PRINTS])
        form = sent(page, "save", **{"triggers.0.when.status": "nowhere"})
        page, nothing = edit_triggers(SETTINGS, [PRINTS], form)
        assert nothing is None
        assert page["is_refused"]

    def test_a_list_is_given_if_a_line_is_selected(self) -> None:
        """So a page can show only what somebody has filled in."""
        page, _ = edit_triggers(SETTINGS.edited(triggers=[CALL]), [PRINTS])
        fields = {it["field"]: it["is_given"] for it in page["rows"][0]["fields"]}
        assert (fields["when.status"], fields["when.moves"]) == (True, False)


class TestPreferences:
    """The due dates and the rules."""

    def test_saves_the_next_settings(self) -> None:
        """Only what the page shows changes."""
        page, _ = edit_preferences(SETTINGS)
        _, edited = edit_preferences(SETTINGS, None, sent(page, "save", cutoff="17:00"))
        assert edited is not None
        assert (edited.version, str(edited.cutoff)) == (2, "17:00:00")
        assert edited.triggers == (CALL,)

    def test_the_saved_page_has_no_blank_row(self) -> None:
        """What is saved has no new reason."""
        page, _ = edit_preferences(SETTINGS)
        form = sent(page, "save", **{"rules.reasons.0.description": "Torn"})
        newer = SETTINGS.edited(zone="Europe/Lisbon")
        page, _ = edit_preferences(newer, None, form)
        assert [row["title"] for row in page["saved"]["rows"]] == ["Due dates and rules"]
        assert [row["title"] for row in page["rows"]][1:] == ["Torn", "New reason"]

    def test_mistakes_are_shown(self) -> None:
        """A time that isn't one stands at its field, and titles are in your words."""
        page, _ = edit_preferences(SETTINGS)
        form = sent(page, "save", cutoff="5 pm")
        words = {"Due dates and rules": "Regeln"}
        page, nothing = edit_preferences(SETTINGS, None, form, words=words)
        assert nothing is None
        assert page["rows"][0]["title"] == "Regeln"
        wrong = [it["name"] for it in page["fields"] if it["problems"]]
        assert wrong == ["cutoff"]
