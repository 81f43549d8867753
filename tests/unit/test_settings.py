"""Settings: values, flows, and the problems of whatever is posted."""

import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final, NoReturn

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError

from prodflow import (
    EVERY_DAY,
    MONDAY_TO_FRIDAY,
    Backward,
    ChangeRules,
    CreateTask,
    DaysInStatus,
    Entering,
    FlowSettings,
    Forward,
    FromEntry,
    InvalidSettingsError,
    MemoryStore,
    Move,
    Opening,
    Permission,
    PlanningFacts,
    ProductionFlow,
    Reason,
    SettingsProblem,
    Status,
    StatusCycle,
    Terms,
    Trigger,
    TypeSettings,
    VendorTerms,
    Where,
    WorkingCalendar,
    codec,
    find_settings_problems,
    plan,
    say,
)
from prodflow.samples import GERMAN
from prodflow.stores import check_settings

Anything = Any

MONDAY: Final = date(2026, 11, 16)
NOON: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)
SHOP: Final = WorkingCalendar(holidays=[date(2026, 11, 18)])
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("new", "New", initial=True, default_duration=1),
        Status("lab", "At the lab", default_duration=3),
        Status("done", "Done", final=True),
    ],
)
CALL: Final = Trigger("call", DaysInStatus("lab", 3), CreateTask("Call the lab"))
STRICT: Final = ChangeRules(allow_skip=False)
SETTINGS: Final = FlowSettings(
    due_dates=Forward("shop"),
    by_order_type={
        "albums": TypeSettings(rules=STRICT),
        "frames": TypeSettings(due_dates=Backward("courier")),
    },
    calendars={"shop": SHOP, "courier": EVERY_DAY},
    triggers=[CALL],
    cutoff=time(17),
    zone="Europe/Lisbon",
)


@dataclass(frozen=True)
class OrderDate:
    """A policy of a host: everything is due on the order date."""

    name: str = "order-date"
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY
    shift_holds: bool = False

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The order date."""
        return planning.ordered_on


class Broken:
    """A policy that fails when somebody asks what it is."""

    name = "broken"
    shift_holds = False

    @property
    def calendar(self) -> WorkingCalendar:
        """No calendar."""
        raise RuntimeError

    def due_on(self, _: PlanningFacts, /) -> date | None:
        """No date."""


class HostileNumber(int):
    """A number that can't be compared."""

    def __ge__(self, _: object) -> bool:
        """No answer."""
        raise RuntimeError

    __le__ = __ge__


class HostileText(str):
    """A text that can't be read."""

    def strip(self, *_: object) -> NoReturn:
        """No text."""
        raise RuntimeError

    startswith = __len__ = strip

    def lower(self, *_: object) -> NoReturn:  # pyright: ignore[reportIncompatibleMethodOverride] - hostile
        """No text."""
        raise RuntimeError

    __slots__ = ()


class HostileList(list[object]):
    """A list that can't be read."""

    def __iter__(self) -> NoReturn:
        """No items."""
        raise RuntimeError


def never(*_: object) -> None:
    """Code that allows everything."""


def always(*_: object) -> bool:
    """Code that is always true."""
    return True


class TestValues:
    """Settings are a value."""

    def test_by_default_nothing_is_set(self) -> None:
        """Without settings, a flow is as a flow without arguments."""
        settings = FlowSettings()
        assert settings.flow("prints") == ProductionFlow()
        assert (settings.cutoff, settings.zone, settings.version) == (None, None, 1)

    def test_an_edit_is_the_next_version(self) -> None:
        """`edited` changes what you give, and nothing else."""
        edited = SETTINGS.edited(cutoff=None, triggers=[])
        assert edited == evolve(SETTINGS, cutoff=None, triggers=[], version=2)
        assert SETTINGS.version == 1

    @pytest.mark.parametrize("changes", [{"version": 4}, {"triggerz": []}, {"_flows": {}}])
    def test_only_fields_are_edited(self, changes: Anything) -> None:
        """The number is the next one, and another name is a mistake."""
        with pytest.raises(TypeError):
            SETTINGS.edited(**changes)

    def test_settings_are_frozen_and_hold_copies(self) -> None:
        """What was passed may change later."""
        calendars = {"shop": SHOP}
        settings = FlowSettings(calendars=calendars)
        calendars["courier"] = EVERY_DAY
        assert settings.calendars == {"shop": SHOP}
        with pytest.raises(FrozenInstanceError):
            settings.zone = "UTC"  # type: ignore[misc]

    def test_made_flows_make_no_difference(self) -> None:
        """They are in neither equality, hash, repr nor pickle."""
        fresh = evolve(SETTINGS)
        asked = evolve(SETTINGS)
        asked.flow("prints")
        assert (asked, hash(asked), repr(asked)) == (fresh, hash(fresh), repr(fresh))
        assert pickle.dumps(asked) == pickle.dumps(fresh)
        assert pickle.loads(pickle.dumps(asked)) == fresh

    @pytest.mark.parametrize(
        ("given", "error"),
        [
            ({"cutoff": "17:00"}, TypeError),
            ({"cutoff": NOON}, TypeError),
            ({"cutoff": time(17, tzinfo=UTC)}, ValueError),
            ({"zone": UTC}, TypeError),
            ({"zone": ""}, ValueError),
            ({"zone": "/etc/passwd"}, ValueError),
            ({"zone": "../UTC"}, ValueError),
            ({"zone": "Europe/"}, ValueError),
            ({"zone": "Europe/Lisboa\n"}, ValueError),
            ({"zone": "x" * 65}, ValueError),
            ({"calendars": {"": SHOP}}, ValueError),
            ({"calendars": [("shop", SHOP)]}, TypeError),
            ({"by_order_type": {"no key": TypeSettings()}}, ValueError),
            ({"by_order_type": [TypeSettings()]}, TypeError),
            ({"triggers": [CALL, CALL]}, ValueError),
            ({"due_dates": "forward"}, TypeError),
            ({"rules": None}, TypeError),
            ({"version": 0}, ValueError),
        ],
    )
    def test_what_is_wrong_is_refused(self, given: Anything, error: type[Exception]) -> None:
        """Each field has its check."""
        with pytest.raises(error):
            FlowSettings(**given)

    @pytest.mark.parametrize("zone", ["UTC", "Etc/GMT+1", "America/Argentina/Buenos_Aires"])
    def test_a_zone_is_a_name(self, zone: str) -> None:
        """It isn't looked up."""
        assert FlowSettings(zone=zone).zone == zone

    @pytest.mark.parametrize(
        "given",
        [
            {"due_dates": Forward("shop")},
            {"due_dates": FromEntry(calendars={"lab": "courier"})},
            {"due_dates": Terms(Forward(), {"West": VendorTerms(calendars={"lab": "shop"})})},
            {"by_order_type": {"prints": TypeSettings(due_dates=Backward("shop"))}},
        ],
    )
    def test_a_name_needs_its_calendar(self, given: Anything) -> None:
        """A policy of settings names a calendar that they have."""
        with pytest.raises(InvalidSettingsError, match="there is no calendar"):
            FlowSettings(**given, calendars={"Shop": SHOP})


class TestFlows:
    """`settings.flow` makes the flow of an order type."""

    def test_a_type_has_what_differs(self) -> None:
        """And what all types have in common."""
        prints, albums, frames = map(SETTINGS.flow, ("prints", "albums", "frames"))
        assert prints == ProductionFlow(due_dates=Forward(SHOP), triggers=[CALL])
        assert albums == evolve(prints, rules=STRICT)
        assert frames == evolve(prints, due_dates=Backward(EVERY_DAY))

    def test_a_flow_is_made_once(self) -> None:
        """Types without settings of their own share a flow."""
        settings = evolve(SETTINGS)
        assert settings.flow("prints") is settings.flow("signs")
        assert settings.flow("albums") is settings.flow("albums")
        assert settings.flow("albums") is not settings.flow("prints")

    def test_calendars_are_put_in_everywhere(self) -> None:
        """Also by status and by vendor; what isn't a name stays as it is."""
        policy = Terms(
            FromEntry("shop", calendars={"lab": "courier", "done": SHOP}),
            {"West": VendorTerms(durations={"lab": 2}, calendars={"lab": "courier"})},
        )
        settings = SETTINGS.edited(due_dates=policy)
        assert settings.flow("prints").due_dates == Terms(
            FromEntry(SHOP, calendars={"lab": EVERY_DAY, "done": SHOP}),
            {"West": VendorTerms(durations={"lab": 2}, calendars={"lab": EVERY_DAY})},
        )

    def test_a_policy_without_names_stays_the_same(self) -> None:
        """Nothing is made anew without need."""
        policy = Forward(SHOP)
        assert FlowSettings(due_dates=policy).flow("prints").due_dates is policy

    def test_a_policy_of_the_host_works(self) -> None:
        """It's code, so it works in a program and can't be saved."""
        settings = FlowSettings(due_dates=OrderDate())
        order = settings.flow("prints").open(
            CYCLE, order_id="PO-1", ordered_on=MONDAY, by="ann", at=NOON
        )
        assert order.order.due_on == MONDAY

    def test_an_edited_calendar_moves_due_dates(self) -> None:
        """Orders under way follow by `replan_all`."""
        flow = SETTINGS.flow("prints")
        order = flow.open(CYCLE, order_id="PO-1", ordered_on=MONDAY, by="ann", at=NOON).order
        moved = flow.advance(order, today=MONDAY, by="ann", at=NOON).order
        closed = WorkingCalendar(holidays=[date(2026, 11, 18), date(2026, 11, 19)])
        edited = SETTINGS.edited(calendars={**SETTINGS.calendars, "shop": closed})
        (change,) = edited.flow("prints").replan_all([moved], by="ann", at=NOON)
        assert (moved.due_on, change.order.due_on) == (date(2026, 11, 23), date(2026, 11, 24))

    def test_a_trigger_that_is_switched_off_reminds_no_more(self) -> None:
        """Its pending reminders go when they are set again (D30)."""
        store, flow = MemoryStore(), SETTINGS.flow("prints")
        opened = flow.open(CYCLE, order_id="PO-1", ordered_on=MONDAY, by="ann", at=NOON)
        moved = flow.advance(opened.order, today=MONDAY, by="ann", at=NOON)
        store.save(opened, moved)
        assert [item.event.trigger for item in store.pending(as_of=date.max)] == ["call"]
        off = SETTINGS.edited(triggers=[evolve(CALL, enabled=False)]).flow("prints")
        store.set_reminders(*off.reminders_all([moved.order], today=MONDAY))
        assert store.pending(as_of=date.max) == []

    @pytest.mark.parametrize(("key", "error"), [(None, TypeError), ("no key", ValueError)])
    def test_an_order_type_is_a_key(self, key: Anything, error: type[Exception]) -> None:
        """As everywhere."""
        with pytest.raises(error, match="order_type"):
            SETTINGS.flow(key)


NAMED: Final = (
    Forward("shop"),
    Backward(calendars={"lab": "shop"}),
    FromEntry("shop"),
    Terms(Forward("shop"), {}),
    Terms(Forward(), {"West": VendorTerms(calendars={"lab": "shop"})}),
)


class TestNames:
    """A name of a calendar means something in settings only."""

    @pytest.mark.parametrize("policy", NAMED)
    @pytest.mark.parametrize(
        "use",
        [
            lambda policy: ProductionFlow(due_dates=policy),
            lambda policy: plan(CYCLE, policy, ordered_on=MONDAY),
            lambda policy: plan(CYCLE, policy, ordered_on=MONDAY, vendor="East"),
            lambda policy: policy.due_on(
                PlanningFacts(
                    cycle=CYCLE,
                    status=CYCLE["lab"],
                    plan_from=MONDAY,
                    ordered_on=MONDAY,
                    entered_on=MONDAY,
                )
            ),
        ],
        ids=["flow", "plan", "vendor", "due_on"],
    )
    def test_elsewhere_it_is_refused(
        self, policy: Anything, use: Callable[[Anything], object]
    ) -> None:
        """The message says where a name is right."""
        with pytest.raises(ValueError, match="only in settings"):
            use(policy)

    @pytest.mark.parametrize(
        ("value", "field"),
        [
            (Forward("shop"), "calendar"),
            (Terms(Backward("shop"), {}), "calendar"),
            (Forward(calendars={"lab": "shop"}), "calendars"),
            (VendorTerms(calendars={"lab": "shop"}), "calendars"),
        ],
    )
    def test_a_name_is_no_calendar(self, value: object, field: str) -> None:
        """Reading it as one says where a name is right."""
        with pytest.raises(ValueError, match="'shop', only in settings"):
            getattr(value, field)

    def test_a_policy_shows_its_names(self) -> None:
        """Two policies that name different calendars differ."""
        assert repr(Forward("shop")) == (
            "Forward(calendar='shop', calendars=FrozenMapping({}), shift_holds=False)"
        )
        assert len({Forward("shop"), Forward("courier"), Forward("shop")}) == 2
        assert pickle.loads(pickle.dumps(Forward("shop"))) == Forward("shop")

    @pytest.mark.parametrize("name", ["", "x" * 201, "a\nb"])
    def test_a_name_is_a_text(self, name: str) -> None:
        """Of 1 to 200 characters."""
        with pytest.raises(ValueError, match="name of calendar"):
            Forward(name)
        with pytest.raises(ValueError, match="name of calendar"):
            Forward(calendars={"lab": name})


CODE: Final[dict[str, tuple[Anything, tuple[str | int, ...]]]] = {
    "guard": ({"rules": ChangeRules(guard=never)}, ("rules", "guard")),
    "entry guard": ({"rules": ChangeRules(entry_guard=never)}, ("rules", "entry_guard")),
    "policy": ({"due_dates": OrderDate()}, ("due_dates",)),
    "condition": (
        {"triggers": [CALL, evolve(CALL, key="b", condition=always)]},
        ("triggers", 1, "condition"),
    ),
    "guard of a type": (
        {"by_order_type": {"prints": TypeSettings(rules=ChangeRules(guard=never))}},
        ("by_order_type", "prints", "rules", "guard"),
    ),
    "policy of a type": (
        {"by_order_type": {"prints": TypeSettings(due_dates=OrderDate())}},
        ("by_order_type", "prints", "due_dates"),
    ),
}


class TestCode:
    """Settings that are saved hold data only."""

    @pytest.mark.parametrize("what", CODE)
    def test_code_is_told_with_its_place(self, what: str) -> None:
        """By `put_settings`, by the codec, and by `find_settings_problems`."""
        given, path = CODE[what]
        settings = FlowSettings(**given)
        place = ".".join(map(str, path))
        with pytest.raises(ValueError, match=place):
            MemoryStore().put_settings(settings, replaces=None, by="ann", at=NOON)
        with pytest.raises((TypeError, ValueError)):
            codec.dump(settings)
        (problem,) = find_settings_problems(settings, [CYCLE])
        assert (problem.code, problem.severity, problem.path) == ("code", "error", path)

    def test_conditions_that_are_data_are_kept(self) -> None:
        """A `Where` is no code."""
        kept = evolve(CALL, condition=Where(vendor="West"))
        settings = FlowSettings(triggers=[kept])
        assert check_settings(settings, None, {})
        assert find_settings_problems(settings, [CYCLE]) == ()


def problems_of(data: object, *cycles: StatusCycle) -> list[tuple[str, tuple[str | int, ...]]]:
    """The codes and paths of the errors in data."""
    found = find_settings_problems(data, cycles)
    return [(problem.code, problem.path) for problem in found if problem.severity == "error"]


TASK: Final[dict[str, object]] = {"kind": "create-task", "title": "Call"}
LINE: Final[dict[str, object]] = {"key": "a", "when": {"kind": "opening"}, "action": TASK}
FORWARD: Final[dict[str, object]] = {"kind": "forward"}
WRONG: Final[list[tuple[dict[str, Any], str, tuple[str | int, ...]]]] = [
    ({"due_dates": {}}, "bad-word", ("due_dates", "kind")),
    ({"due_dates": 5}, "not-a-mapping", ("due_dates",)),
    ({"due_dates": Broken()}, "code", ("due_dates",)),
    ({"due_dates": FORWARD | {"calendar": "shop"}}, "unknown-calendar", ("due_dates", "calendar")),
    ({"due_dates": FORWARD | {"calendar": ""}}, "bad-text", ("due_dates", "calendar")),
    ({"due_dates": FORWARD | {"calendar": 5}}, "not-a-mapping", ("due_dates", "calendar")),
    (
        {"due_dates": FORWARD | {"calendars": {"lab": "shop"}}},
        "unknown-calendar",
        ("due_dates", "calendars", "lab"),
    ),
    ({"due_dates": FORWARD | {"shift_holds": 1}}, "bad-flag", ("due_dates", "shift_holds")),
    ({"due_dates": FORWARD | {"name": "forward"}}, "unknown-field", ("due_dates", "name")),
    (
        {"due_dates": {"kind": "backward", "without_delivery": "never"}},
        "bad-word",
        ("due_dates", "without_delivery"),
    ),
    (
        {"due_dates": {"kind": "terms", "default_policy": FORWARD}},
        "missing-field",
        ("due_dates", "vendors"),
    ),
    (
        {
            "due_dates": {
                "kind": "terms",
                "default_policy": FORWARD,
                "vendors": {"West": {"durations": {"lab": -1}}},
            }
        },
        "bad-duration",
        ("due_dates", "vendors", "West", "durations", "lab"),
    ),
    (
        {"by_order_type": {"a b": {}}},
        "bad-key",
        ("by_order_type", "a b"),
    ),
    (
        {"by_order_type": {"prints": {"due_dates": FORWARD | {"calendar": "x"}}}},
        "unknown-calendar",
        ("by_order_type", "prints", "due_dates", "calendar"),
    ),
    (
        {"calendars": {"shop": {"working_weekdays": []}}},
        "no-working-days",
        ("calendars", "shop", "working_weekdays"),
    ),
    (
        {"calendars": {"shop": {"working_weekdays": [7]}}},
        "bad-number",
        ("calendars", "shop", "working_weekdays", 0),
    ),
    (
        {"calendars": {"shop": {"holidays": 5}}},
        "not-a-list",
        ("calendars", "shop", "holidays"),
    ),
    (
        {"calendars": {"shop": {"holidays": ["25.12.2026"]}}},
        "bad-date",
        ("calendars", "shop", "holidays", 0),
    ),
    (
        {"calendars": {"shop": {"known_through": NOON}}},
        "bad-date",
        ("calendars", "shop", "known_through"),
    ),
    ({"calendars": {7: {}}}, "bad-key", ("calendars",)),
    ({"calendars": 7}, "not-a-mapping", ("calendars",)),
    ({"rules": {"targets": {"lab": {}}}}, "not-a-list", ("rules", "targets", "lab")),
    ({"rules": {"note_required": ["up"]}}, "bad-word", ("rules", "note_required", 0)),
    ({"rules": {"guard": "code"}}, "code", ("rules", "guard")),
    ({"rules": {"guard": never}}, "code", ("rules", "guard")),
    (
        {
            "rules": {
                "reasons": [{"key": "a", "description": "A"}, {"key": "a", "description": "B"}]
            }
        },
        "duplicate-reason",
        ("rules", "reasons", 1, "key"),
    ),
    (
        {"rules": {"permissions": [{"roles": []}]}},
        "empty-list",
        ("rules", "permissions", 0, "roles"),
    ),
    (
        {"rules": {"permissions": [{"roles": ["a"], "moves": ["next"], "verbs": ["open"]}]}},
        "moves-and-verbs",
        ("rules", "permissions", 0, "verbs"),
    ),
    ({"triggers": {"a": LINE}}, "not-a-list", ("triggers",)),
    ({"triggers": [None]}, "not-a-trigger", ("triggers", 0)),
    ({"triggers": [LINE, LINE]}, "duplicate-trigger", ("triggers", 1, "key")),
    ({"triggers": [LINE | {"key": "a b"}]}, "bad-key", ("triggers", 0, "key")),
    (
        {"triggers": [LINE | {"when": {"kind": "never"}}]},
        "unknown-kind",
        ("triggers", 0, "when", "kind"),
    ),
    ({"triggers": [LINE | {"condition": never}]}, "bad-condition", ("triggers", 0, "condition")),
    (
        {"triggers": [LINE | {"condition": {"facts": {"size": 1.5}}}]},
        "bad-condition",
        ("triggers", 0, "condition", "facts"),
    ),
    ({"triggers": [LINE | {"when.x": 5}]}, "unknown-field", ("triggers", 0, "when", "x")),
    ({"triggers": [LINE | {"a.b": 5}]}, "unknown-field", ("triggers", 0, "a.b")),
    (
        {"rules": {"permissions": [{"roles": ["a"], "where": {"vendor": ["West", 5]}}]}},
        "bad-condition",
        ("rules", "permissions", 0, "where", "vendor"),
    ),
    (
        {"rules": {"permissions": [{"roles": ["a"], "where": 5}]}},
        "bad-condition",
        ("rules", "permissions", 0, "where"),
    ),
    (
        {"rules": {"permissions": [{"roles": ["a"], "where": HostileText("x")}]}},
        "bad-condition",
        ("rules", "permissions", 0, "where"),
    ),
    (
        {
            "triggers": [
                LINE | {"action": {"kind": "custom-action", "name": "a", "payload": {"b": []}}}
            ]
        },
        "bad-data",
        ("triggers", 0, "action", "payload"),
    ),
    (
        {
            "triggers": [
                LINE | {"action": {"kind": "send-message", "template": "a", "channels": []}}
            ]
        },
        "bad-choice",
        ("triggers", 0, "action", "channels"),
    ),
    ({"cutoff": "5 pm"}, "bad-time", ("cutoff",)),
    ({"cutoff": "17:00+01:00"}, "bad-time", ("cutoff",)),
    ({"zone": "Lisbon time"}, "bad-zone", ("zone",)),
    ({"version": "one"}, "bad-number", ("version",)),
    ({"guard": "x"}, "unknown-field", ("guard",)),
    ({"guard": HostileText("x")}, "unknown-field", ("guard",)),
]


class TestProblems:
    """`find_settings_problems` names all problems of what is posted, each with its place."""

    @pytest.mark.parametrize(("data", "code", "path"), WRONG)
    def test_a_problem_has_a_code_and_a_place(
        self, data: dict[str, Any], code: str, path: tuple[str | int, ...]
    ) -> None:
        """And a message of one line, which the codec agrees with."""
        assert problems_of(data, CYCLE) == [(code, path)]
        (problem,) = (it for it in find_settings_problems(data, []) if it.severity == "error")
        assert problem.message.isprintable()

    def test_all_are_named_at_once(self) -> None:
        """Problems of one field hide none of another."""
        data = {"cutoff": "5 pm", "zone": "a b", "version": 0, "guard": 1}
        assert problems_of(data | {"triggers": [LINE, None, LINE]}) == [
            ("not-a-trigger", ("triggers", 1)),
            ("duplicate-trigger", ("triggers", 2, "key")),
            ("bad-time", ("cutoff",)),
            ("bad-zone", ("zone",)),
            ("bad-number", ("version",)),
            ("unknown-field", ("guard",)),
        ]

    @pytest.mark.parametrize("data", [None, 5, "settings", [], (), [("zone", "UTC")]])
    def test_what_is_no_mapping_is_a_problem(self, data: object) -> None:
        """The settings as a whole have the empty path."""
        (problem,) = find_settings_problems(data, [])
        assert (problem.code, problem.path) == ("not-a-mapping", ())
        assert problem.message == f"Settings must be a mapping, not {data!r}"

    def test_a_form_is_as_good_as_the_codec(self) -> None:
        """Nested mappings may hold values of prodflow, dates and times."""
        form = {
            "due_dates": Forward("shop"),
            "rules": STRICT,
            "calendars": {"shop": {"holidays": [MONDAY, "2026-12-25"]}, "courier": EVERY_DAY},
            "triggers": [CALL, LINE],
            "by_order_type": {"prints": TypeSettings(rules=STRICT)},
            "cutoff": time(17),
            "zone": None,
        }
        assert problems_of(form, CYCLE) == []
        assert problems_of({"cutoff": "17:00"}) == problems_of({"cutoff": "17:00:00"}) == []
        assert problems_of({}) == problems_of({"schema": 1}) == []

    @pytest.mark.parametrize(
        ("data", "code", "path"),
        [
            ({"version": HostileNumber(1)}, "bad-number", ("version",)),
            ({"triggers": HostileList([1])}, "not-a-list", ("triggers",)),
            ({"rules": {"targets": (1, 2)}}, "not-a-mapping", ("rules", "targets")),
        ],
    )
    def test_what_fails_is_a_problem(
        self, data: dict[str, Any], code: str, path: tuple[str | int, ...]
    ) -> None:
        """A value of the host may raise whatever it likes."""
        assert problems_of(data) == [(code, path)]

    def test_what_the_codec_dumps_has_no_errors(self) -> None:
        """And neither have the settings themselves."""
        assert problems_of(SETTINGS) == problems_of(codec.dump(SETTINGS)) == []

    def test_a_time_without_seconds_loads(self) -> None:
        """A browser posts it so."""
        assert codec.load({"schema": 1, "cutoff": "17:00"}, FlowSettings).cutoff == time(17)

    @pytest.mark.parametrize(("data", "code", "path"), WRONG)
    def test_a_message_is_a_text_of_the_catalogue(
        self, data: dict[str, Any], code: str, path: tuple[str | int, ...]
    ) -> None:
        """No English is left if a catalogue has every text, and each problem names its field."""
        (problem,) = (it for it in find_settings_problems(data, []) if it.severity == "error")
        assert (problem.code, problem.path) == (code, path)
        assert re.fullmatch("<.*>", say(problem.message, "<{}>".format))
        assert say(problem.message, GERMAN) != problem.message

    def test_problems_may_be_translated(self) -> None:
        """A message keeps its template and its fields."""
        (problem,) = find_settings_problems({"due_dates": {"kind": "forward", "calendar": "x"}}, [])
        assert problem == SettingsProblem(
            "unknown-calendar",
            "error",
            ("due_dates", "calendar"),
            "there is no calendar 'x': add it, or choose another one",
        )
        message: Any = problem.message
        assert message.template == "there is no calendar {name}: add it, or choose another one"


def warnings_of(data: object, *cycles: StatusCycle) -> list[tuple[str, tuple[str | int, ...]]]:
    """The codes and paths of the warnings about data; they have no errors."""
    found = find_settings_problems(data, cycles)
    assert {problem.severity for problem in found} <= {"warning"}
    return [(problem.code, problem.path) for problem in found]


class TestWarnings:
    """What can be read but doesn't fit the cycles is a warning."""

    @pytest.mark.parametrize(
        ("settings", "code", "path"),
        [
            (
                FlowSettings(by_order_type={"albums": TypeSettings()}),
                "unknown-order-type",
                ("by_order_type", "albums"),
            ),
            (
                FlowSettings(triggers=[evolve(CALL, order_types=["prints", "albums"])]),
                "unknown-order-type",
                ("triggers", 0, "order_types"),
            ),
            (
                FlowSettings(triggers=[Trigger("a", Entering("lba"), CreateTask("Call"))]),
                "unknown-status",
                ("triggers", 0, "when", "status"),
            ),
            (
                FlowSettings(due_dates=Forward(calendars={"lba": SHOP})),
                "unknown-status",
                ("due_dates", "calendars", "lba"),
            ),
            (
                FlowSettings(due_dates=Terms(Forward(), {"W": VendorTerms(durations={"lba": 1})})),
                "unknown-status",
                ("due_dates", "vendors", "W", "durations", "lba"),
            ),
            (
                FlowSettings(
                    due_dates=Terms(Forward(), {"W": VendorTerms(calendars={"lba": SHOP})})
                ),
                "unknown-status",
                ("due_dates", "vendors", "W", "calendars", "lba"),
            ),
            (
                FlowSettings(rules=ChangeRules(targets={"lab": ["lba", "done"]})),
                "unknown-status",
                ("rules", "targets", "lab"),
            ),
            (
                FlowSettings(rules=ChangeRules(permissions=[Permission({"a"}, from_={"lba"})])),
                "unknown-status",
                ("rules", "permissions", 0, "from_"),
            ),
            (
                FlowSettings(rules=ChangeRules(targets={"lab": []})),
                "dead-end",
                ("rules", "targets", "lab"),
            ),
            (
                FlowSettings(
                    rules=ChangeRules(
                        reason_required={Move.BACK},
                        reasons=[Reason("torn", "Torn", inactive=True)],
                    )
                ),
                "no-reason",
                ("rules", "reason_required"),
            ),
            (
                FlowSettings(
                    by_order_type={"prints": TypeSettings(rules=ChangeRules(targets={"lab": []}))}
                ),
                "dead-end",
                ("by_order_type", "prints", "rules", "targets", "lab"),
            ),
        ],
    )
    def test_a_warning_has_a_code_and_a_place(
        self, settings: FlowSettings, code: str, path: tuple[str | int, ...]
    ) -> None:
        """Settings with warnings can be saved."""
        assert warnings_of(settings, CYCLE) == [(code, path)]
        assert warnings_of(codec.dump(settings), CYCLE) == [(code, path)]

    def test_settings_that_fit_have_none(self) -> None:
        """Keys may be those of any version, and triggers may be for any status."""
        older = StatusCycle("prints", [*CYCLE.statuses[:2], Status("old", "Old", final=True)])
        settings = FlowSettings(
            due_dates=Forward(calendars={"old": SHOP}),
            triggers=[CALL, Trigger("b", Opening(), CreateTask("Call"))],
            by_order_type={"prints": TypeSettings(rules=STRICT)},
        )
        assert warnings_of(settings, CYCLE, evolve(older, version=2)) == []

    def test_rules_of_a_type_are_for_its_cycles(self) -> None:
        """A status of another type is unknown to them."""
        other = StatusCycle(
            "albums", [Status("new", "New", initial=True), Status("sewn", "Sewn", final=True)]
        )
        rules = ChangeRules(targets={"new": ["sewn"]})
        of_type = FlowSettings(by_order_type={"prints": TypeSettings(rules=rules)})
        assert warnings_of(FlowSettings(rules=rules), CYCLE, other) == [
            ("dead-end", ("rules", "targets", "new"))
        ]
        assert warnings_of(of_type, CYCLE, other) == [
            ("unknown-status", ("by_order_type", "prints", "rules", "targets", "new")),
            ("dead-end", ("by_order_type", "prints", "rules", "targets", "new")),
        ]


class TestRulesOfStores:
    """`check_settings` says whether there is something to save."""

    def test_only_the_versions_compared_are_needed(self) -> None:
        """The newest, and the one with the same number."""
        second = SETTINGS.edited()
        assert check_settings(SETTINGS, None, {})
        assert check_settings(second, 1, {1: SETTINGS})
        assert not check_settings(SETTINGS, None, {1: SETTINGS, 7: second})
