"""The preferences: fields of a page, and what comes back."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

import pytest

from prodflow import (
    EVERY_DAY,
    MONDAY_TO_FRIDAY,
    Backward,
    ChangeRules,
    FlowSettings,
    Forward,
    FromEntry,
    InvalidSettingsError,
    Move,
    Permission,
    PlanningFacts,
    Reason,
    SettingsProblem,
    Terms,
    TypeSettings,
    VendorTerms,
    WorkingCalendar,
    find_settings_problems,
)
from prodflow.forms import preferences, read_preferences, read_settings
from prodflow.samples import GERMAN
from prodflow.testing._forms import fields_of, posted_preferences

SHOP: Final = WorkingCalendar(holidays=[date(2026, 12, 25)])
TORN: Final = Reason("torn", "Torn", moves=[Move.BACK])
SETTINGS: Final = FlowSettings(
    due_dates=Terms(
        Forward("shop", calendars={"lab": "courier"}), {"West": VendorTerms(durations={"lab": 2})}
    ),
    rules=ChangeRules(
        allow_skip=False,
        note_required=[Move.BACK],
        reasons=[TORN],
        permissions=[Permission({"lead"}, to={"done"})],
    ),
    calendars={"shop": SHOP, "courier": EVERY_DAY},
    cutoff=time(17),
    zone="Europe/Lisbon",
)


@dataclass(frozen=True)
class Never:
    """A policy of a host: nothing is due."""

    name: str = "never"
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY
    shift_holds: bool = False

    def due_on(self, _: PlanningFacts, /) -> date | None:
        """No date."""


def field(page: dict[str, Any], name: str) -> dict[str, Any]:
    """A field of a page."""
    return next(it for it in fields_of(page) if it["name"] == name)


def read(
    settings: FlowSettings = SETTINGS, order_type: str | None = None, **typed: list[str]
) -> FlowSettings:
    """The settings after some fields were typed; in the names, `__` is a dot."""
    changes = {name.replace("__", "."): texts for name, texts in typed.items()}
    form = posted_preferences(preferences(settings, order_type), changes)
    return read_preferences(form, settings, order_type)


def problems_of(**typed: Any) -> list[tuple[str, tuple[str | int, ...]]]:  # noqa: ANN401 - lists of texts
    """The codes and paths of what is wrong with typed fields."""
    with pytest.raises(InvalidSettingsError) as caught:
        read(**typed)
    return [(problem.code, problem.path) for problem in caught.value.problems]


class TestPage:
    """The page shows the preferences of all order types, or of one."""

    def test_fields_are_in_the_sequence_of_the_page(self) -> None:
        """Due dates come first, then the rules, and then the times of the shop."""
        assert [(it["name"], it["kind"]) for it in preferences(SETTINGS)["fields"]] == [
            ("due_dates.kind", "choice"),
            ("due_dates.calendar", "choice"),
            ("due_dates.without_delivery", "choice"),
            ("due_dates.shift_holds", "flag"),
            ("rules.allow_skip", "flag"),
            ("rules.allow_back", "flag"),
            ("rules.allow_reopen", "flag"),
            ("rules.note_required", "choices"),
            ("rules.reason_required", "choices"),
            ("cutoff", "time"),
            ("zone", "text"),
        ]

    def test_a_field_has_the_items_of_a_field_of_the_window(self) -> None:
        """So one template draws both."""
        shown = field(preferences(SETTINGS), "due_dates.calendar")
        assert (shown["title"], shown["text"]) == ("Calendar", "shop")
        assert [(it["text"], it["title"], it["is_selected"]) for it in shown["choices"]] == [
            ("", "Monday to Friday", False),
            ("shop", "shop", True),
            ("courier", "courier", False),
        ]
        assert {*shown} == {
            *("name", "title", "kind", "kinds", "text", "is_several", "placeholder", "empty"),
            *("is_given", "is_required", "choices", "problems"),
        }

    def test_a_field_says_which_due_dates_use_it(self) -> None:
        """A script can hide it for the others."""
        page = preferences(SETTINGS)
        assert field(page, "due_dates.without_delivery")["kinds"] == ["backward"]
        assert field(page, "due_dates.shift_holds")["kinds"] == ["forward", "backward"]
        assert field(page, "zone")["kinds"] is None

    @pytest.mark.parametrize(
        ("calendar", "title"),
        [
            (MONDAY_TO_FRIDAY, "Monday to Friday"),
            (EVERY_DAY, "Every day"),
            (SHOP, "A calendar without a name"),
        ],
    )
    def test_a_calendar_without_a_name_has_a_title(
        self, calendar: WorkingCalendar, title: str
    ) -> None:
        """It stays if nobody chooses another one."""
        settings = FlowSettings(due_dates=Forward(calendar))
        first = field(preferences(settings), "due_dates.calendar")["choices"][0]
        assert (first["title"], first["is_selected"]) == (title, True)
        assert read(settings) is settings

    def test_reasons_are_rows_with_a_blank_one(self) -> None:
        """The key is hidden."""
        first, blank = preferences(SETTINGS)["reasons"]
        assert (first["title"], first["is_new"]) == ("Torn", False)
        assert (blank["title"], blank["is_new"]) == ("New reason", True)
        assert [(it["name"].rpartition(".")[2], it["kind"]) for it in first["fields"]] == [
            ("key", "hidden"),
            ("description", "text"),
            ("moves", "choices"),
            ("chargeable", "flag"),
            ("inactive", "flag"),
        ]

    def test_a_time_has_its_seconds_only_if_there_are_any(self) -> None:
        """As a browser shows it."""
        assert field(preferences(SETTINGS), "cutoff")["text"] == "17:00"
        late = SETTINGS.edited(cutoff=time(17, 0, 30))
        assert field(preferences(late), "cutoff")["text"] == "17:00:30"

    def test_an_order_type_may_have_what_all_have(self) -> None:
        """Its page shows the preferences of all types, and no times of the shop."""
        page = preferences(SETTINGS, "prints")
        assert field(page, "due_dates.kind")["choices"][0]["title"] == "As for all order types"
        assert field(page, "due_dates.kind")["text"] == field(page, "rules.own")["text"] == ""
        assert field(page, "due_dates.calendar")["text"] == "shop"
        assert "cutoff" not in {it["name"] for it in page["fields"]}

    def test_titles_are_in_your_words(self) -> None:
        """Also those of the lists."""
        first = preferences(SETTINGS, words=GERMAN)["fields"][0]
        assert first["title"] == "Fälligkeiten"
        assert first["choices"][0]["title"] == "Vorwärts ab dem Auftragsdatum"

    def test_problems_without_a_field_are_apart(self) -> None:
        """Such as those of another order type, or those that the page doesn't show."""
        problems = [
            SettingsProblem("odd", "warning", ("by_order_type", "prints", "rules"), "odd rules"),
            SettingsProblem("odd", "warning", ("rules", "targets", "lab"), "odd target"),
            SettingsProblem("odd", "warning", ("rules", "reason_required"), "no reason"),
        ]
        page = preferences(SETTINGS, problems=problems)
        assert [it["message"] for it in page["problems"]] == ["odd rules", "odd target"]
        assert field(page, "rules.reason_required")["problems"][0]["severity"] == "warning"
        of_type = preferences(SETTINGS, "prints", problems=problems)
        assert len(of_type["problems"]) == len(problems)


class TestReading:
    """What comes back changes what the page shows, and nothing else."""

    def test_untouched_it_is_the_same_value(self) -> None:
        """So saving it changes nothing."""
        assert read() is SETTINGS
        assert read(SETTINGS, "prints") is SETTINGS

    def test_another_kind_keeps_calendars_and_vendors(self) -> None:
        """A field that the new kind doesn't have is dropped."""
        edited = read(due_dates__kind=["backward"], due_dates__without_delivery=["error"])
        assert edited.version == SETTINGS.version + 1
        assert edited.due_dates == Terms(
            Backward("shop", calendars={"lab": "courier"}, without_delivery="error"),
            {"West": VendorTerms(durations={"lab": 2})},
        )
        again = read(edited, due_dates__kind=["from-entry"], due_dates__shift_holds=["on"])
        assert again.due_dates == Terms(
            FromEntry("shop", calendars={"lab": "courier"}),
            {"West": VendorTerms(durations={"lab": 2})},
        )

    def test_no_name_is_the_usual_calendar(self) -> None:
        """Monday to Friday."""
        settings = SETTINGS.edited(due_dates=Forward("shop"))
        assert read(settings, due_dates__calendar=[""]).due_dates == Forward()

    def test_rules_keep_what_is_not_shown(self) -> None:
        """Such as permissions."""
        edited = read(rules__allow_skip=["on"], rules__note_required=["back", "reopen"])
        assert edited.rules == ChangeRules(
            note_required=[Move.BACK, Move.REOPEN],
            reasons=[TORN],
            permissions=[Permission({"lead"}, to={"done"})],
        )

    def test_a_new_reason_gets_a_key(self) -> None:
        """A key that no other reason has had."""
        edited = read(rules__reasons__1__description=["Torn"], rules__reasons__1__moves=["next"])
        assert edited.rules.reasons == (TORN, Reason("torn-2", "Torn", moves=[Move.NEXT]))

    def test_a_reason_may_be_switched_off_or_left_out(self) -> None:
        """A page without reasons leaves them as they are."""
        off = read(rules__reasons__0__inactive=["on"])
        assert off.rules.reasons[0].inactive
        form = posted_preferences(preferences(SETTINGS))
        gone = {name: it for name, it in form.items() if not name.startswith("rules.reasons.0.")}
        assert read_preferences(gone, SETTINGS).rules.reasons == ()
        none = {name: it for name, it in form.items() if not name.startswith("rules.reasons")}
        assert read_preferences({**none, "rules.reasons.x": "y"}, SETTINGS) is SETTINGS

    def test_an_order_type_gets_what_differs(self) -> None:
        """And loses it again."""
        own = read(SETTINGS, "prints", due_dates__kind=["backward"], rules__own=["on"])
        assert {*own.by_order_type} == {"prints"}
        assert own.by_order_type["prints"].rules == SETTINGS.rules
        again = read(own, "prints", due_dates__kind=[""], rules__own=[])
        assert again.by_order_type["prints"] == TypeSettings()
        assert (again.due_dates, again.rules) == (SETTINGS.due_dates, SETTINGS.rules)

    def test_a_policy_in_code_stays_or_is_replaced(self) -> None:
        """It's a line of the list as long as it's there."""
        settings = FlowSettings(due_dates=Never())
        page = preferences(settings)
        assert field(page, "due_dates.kind")["choices"][-1]["title"] == "Another way: never"
        assert read(settings) is settings
        assert read(settings, due_dates__kind=["forward"]).due_dates == Forward()

    def test_pairs_are_read_too(self) -> None:
        """As frameworks give them; of several values of a field the last one counts."""
        form = posted_preferences(preferences(SETTINGS), {"zone": ["UTC", " Etc/GMT "]})
        pairs: list[Any] = [(name, text) for name, texts in form.items() for text in texts]
        pairs.append((5, "odd"))
        assert read_preferences(pairs, SETTINGS).zone == "Etc/GMT"
        with pytest.raises(TypeError, match="pairs"):
            read_preferences([5], SETTINGS)  # type: ignore[list-item]

    def test_a_name_without_a_value_was_not_posted(self) -> None:
        """A framework may give an empty list for it."""
        settings = FlowSettings()
        assert read_preferences({"rules.reasons.0.key": []}, settings) == read_preferences(
            {}, settings
        )

    def test_all_problems_are_named_with_their_places(self) -> None:
        """The page shows them in their fields, with what was typed."""
        typed: Any = {
            "due_dates__calendar": ["nowhere"],
            "cutoff": ["5 pm"],
            "rules__reasons__1__description": ["\0"],
            "rules__reasons__1__key": [""],
        }
        assert problems_of(**typed) == [
            ("unknown-calendar", ("due_dates", "default_policy", "calendar")),
            ("bad-text", ("rules", "reasons", 1, "description")),
            ("bad-time", ("cutoff",)),
        ]
        form = posted_preferences(
            preferences(SETTINGS), {name.replace("__", "."): it for name, it in typed.items()}
        )
        with pytest.raises(InvalidSettingsError) as caught:
            read_preferences(form, SETTINGS)
        page = preferences(SETTINGS, form=form, problems=caught.value.problems)
        assert page["problems"] == []
        shown = field(page, "due_dates.calendar")
        assert (shown["text"], len(shown["problems"])) == ("nowhere", 1)
        assert field(page, "cutoff")["text"] == "5 pm"

    def test_a_kind_must_be_in_the_list(self) -> None:
        """Whatever was posted."""
        place = ("due_dates", "default_policy", "kind")
        assert problems_of(due_dates__kind=["terms"]) == [("bad-word", place)]
        assert problems_of(due_dates__kind=[""]) == [("bad-word", place)]


def test_a_deleted_calendar_is_an_error_for_people() -> None:
    """With all places where it was used."""
    with pytest.raises(InvalidSettingsError) as caught:
        SETTINGS.edited(calendars={})
    assert [(it.code, it.path) for it in caught.value.problems] == [
        ("unknown-calendar", ("due_dates", "default_policy", "calendar")),
        ("unknown-calendar", ("due_dates", "default_policy", "calendars", "lab")),
    ]
    assert caught.value.problems[0].message == (
        "there is no calendar 'shop': add it, or choose another one"
    )


def test_nested_texts_are_read() -> None:
    """As lists of statuses and triggers read them."""
    form = {
        "due_dates": {"kind": "backward", "without_delivery": "none", "shift_holds": "off"},
        "rules": {"allow_skip": "no", "note_required": "back, reopen", "guard": ""},
        "calendars": {"shop": '{"working_weekdays": [0, 1]}', "lab": ""},
        "triggers": [
            {
                "description": "Call the lab",
                "when": {"kind": "days-in-status", "status": "lab", "days": "3"},
                "action": {"kind": "create-task", "title": "Call", "user": ""},
            }
        ],
        "cutoff": "",
        "version": "4",
    }
    assert find_settings_problems(form, []) == find_settings_problems(read_settings(form), [])
    settings = read_settings(form)
    assert settings.rules.note_required == {Move.BACK, Move.REOPEN}
    assert settings.calendars["shop"] == WorkingCalendar(working_weekdays=[0, 1])
    assert [trigger.key for trigger in settings.triggers] == ["call-the-lab"]
    assert (settings.cutoff, settings.version) == (None, 4)
