"""Laws of settings: equal ones give equal flows, and a name stands for its calendar (D39)."""

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from prodflow import (
    EVERY_DAY,
    Backward,
    FlowSettings,
    Forward,
    FromEntry,
    MemoryStore,
    StatusCycle,
    Terms,
    VendorTerms,
    codec,
    find_settings_problems,
)
from prodflow.forms import preferences
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing._forms import settings_forms, typed_preferences
from prodflow.testing._studio import CYCLE
from prodflow.testing.strategies import flow_settings, status_cycles

SETTINGS = flow_settings() | flow_settings(cycle=CYCLE)


@st.composite
def of_types(draw: DrawFn) -> tuple[FlowSettings, str]:
    """Settings, and an order type that often has settings of its own."""
    settings = draw(SETTINGS)
    return settings, draw(st.sampled_from(["prints", *settings.by_order_type]))


@st.composite
def of_preferences(draw: DrawFn) -> tuple[FlowSettings, str | None]:
    """Settings, often with terms of vendors; and an order type, or None for all of them."""
    settings, order_type = draw(of_types())
    terms = {"West": VendorTerms(durations={"lab": 2})}
    if isinstance(settings.due_dates, Forward | Backward | FromEntry) and draw(st.booleans()):
        settings = evolve(settings, due_dates=Terms(settings.due_dates, terms))
    return settings, draw(st.sampled_from([None, None, order_type]))


class TestFlows:
    """`settings.flow` is a function of the settings, and puts calendars in for their names."""

    @given(of_type=of_types())
    def test_equal_settings_give_equal_flows(self, of_type: tuple[FlowSettings, str]) -> None:
        """The memo of flows makes no difference to equality, hash and pickle."""
        laws.equal_settings_give_equal_flows(*of_type)

    @given(of_type=of_types())
    def test_a_calendar_is_put_in_for_its_name(self, of_type: tuple[FlowSettings, str]) -> None:
        """Everywhere in a policy, and after an edit of the calendars."""
        laws.a_calendar_is_put_in_for_its_name(*of_type)

    @given(of_type=of_types(), cycle=status_cycles())
    def test_a_name_is_used_only_in_settings(
        self, of_type: tuple[FlowSettings, str], cycle: StatusCycle
    ) -> None:
        """A flow and a plan refuse it, and settings refuse a name without a calendar."""
        laws.a_name_is_used_only_in_settings(*of_type, cycle)


class TestForms:
    """Settings are read from what the codec dumps, and from what a browser posts."""

    @given(settings=SETTINGS)
    def test_posted_back_they_are_unchanged(self, settings: FlowSettings) -> None:
        """As data, as JSON, and as texts."""
        laws.settings_posted_back_are_unchanged(settings, codec.dump(settings))

    @given(data=st.data(), settings=SETTINGS)
    def test_a_form_is_read_or_refused(self, data: st.DataObject, settings: FlowSettings) -> None:
        """Whatever it holds."""
        form = data.draw(settings_forms(codec.dump(settings)))
        laws.settings_are_read_or_refused(form, [CYCLE])


class TestPreferences:
    """The preferences are fields of the settings, for all order types or for one."""

    @given(shown=of_preferences())
    def test_posted_back_they_are_unchanged(self, shown: tuple[FlowSettings, str | None]) -> None:
        """Whatever the page doesn't show."""
        laws.preferences_posted_back_are_unchanged(*shown)

    @given(shown=of_preferences(), data=st.data())
    def test_only_what_they_show_changes(
        self, shown: tuple[FlowSettings, str | None], data: st.DataObject
    ) -> None:
        """And every problem is in its field."""
        settings, order_type = shown
        typed = data.draw(typed_preferences(preferences(settings, order_type)))
        laws.preferences_change_only_what_they_show(settings, typed, order_type)

    def test_a_reason_is_added(self) -> None:
        """The shipped law, for a description that is typed into the blank row."""
        typed = {"rules.reasons.0.description": ["Torn"]}
        laws.preferences_change_only_what_they_show(FlowSettings(), typed)

    def test_what_the_page_does_not_show_stays(self) -> None:
        """The shipped law, for due dates by vendor, and for calendars by status."""
        for due_dates in (
            Terms(Forward(), {"West": VendorTerms(durations={"lab": 2})}),
            Forward(calendars={"lab": EVERY_DAY}),
        ):
            settings = FlowSettings(due_dates=due_dates)
            laws.preferences_change_only_what_they_show(settings, {"zone": ["Europe/Berlin"]})


class TestStores:
    """A store gives settings back, and keeps one of two edits."""

    @given(settings=SETTINGS)
    def test_settings_come_back(self, settings: FlowSettings) -> None:
        """Twice in the same store, the second time as the next version."""
        case("users have edited them", settings != FlowSettings())
        store = MemoryStore()
        for _ in range(2):
            laws.settings_come_back_from_a_store(store, settings)

    @few(2)
    @given(first=SETTINGS, second=st.none() | SETTINGS, data=st.data())
    def test_of_two_edits_one_is_kept(
        self, first: FlowSettings, second: FlowSettings | None, data: st.DataObject
    ) -> None:
        """In an empty store, and in one that has settings already."""
        store = MemoryStore()
        for _ in range(2):
            steps = data.draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
            laws.of_two_edits_of_settings_one_is_kept(store, first, second or first, steps)


class TestProblems:
    """Settings that exist have no errors, whatever the cycles are."""

    @given(settings=SETTINGS, cycles=st.lists(st.just(CYCLE) | status_cycles(), max_size=2))
    def test_settings_have_no_errors(
        self, settings: FlowSettings, cycles: list[StatusCycle]
    ) -> None:
        """There may be warnings, each with its place and a text."""
        problems = find_settings_problems(settings, cycles)
        case("there is a warning", problems)
        for problem in problems:
            assert (problem.severity, bool(problem.path)) == ("warning", True)
            assert len(problem.message.splitlines()) == 1
