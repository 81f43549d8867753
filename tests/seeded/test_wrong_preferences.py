"""Readers and pages of settings with one bug each, which the laws of the kit must catch.

The tables name the law that must catch each bug, from each of three seeds.
"""

# ruff: noqa: ANN401 - a form holds anything

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from prodflow import (
    FlowSettings,
    Forward,
    InvalidSettingsError,
    SettingsProblem,
    StatusCycle,
    Terms,
    TypeSettings,
    VendorTerms,
    codec,
    find_settings_problems,
    forms,
)
from prodflow.testing import laws
from prodflow.testing._cases import SHARED
from prodflow.testing._forms import settings_forms, typed_preferences
from prodflow.testing._studio import CYCLE, FLOW
from prodflow.testing.strategies import flow_settings

Read = Callable[..., FlowSettings]
Hunt = Callable[..., list[bool]]
TERMS: Final = {"West": VendorTerms(durations={"lab": 2})}


@st.composite
def shown(draw: DrawFn) -> tuple[FlowSettings, str | None]:
    """Settings, often with terms of vendors; and an order type, or None for all of them."""
    settings = draw(flow_settings() | flow_settings(cycle=CYCLE))
    settings = evolve(settings, triggers=settings.triggers or FLOW.triggers)
    if isinstance(settings.due_dates, Forward):
        settings = evolve(settings, due_dates=Terms(settings.due_dates, TERMS))
    return settings, draw(st.sampled_from([None, "prints", *settings.by_order_type]))


# --- Whole settings -----------------------------------------------------------------------------


def only_dumped(data: Any) -> FlowSettings:
    """Read what the codec dumps, and no texts of a browser."""
    return codec.load({**data, "schema": 1}, FlowSettings)


def without_types(data: Any) -> FlowSettings:
    """Leave out what differs by order type."""
    return evolve(forms.read_settings(data), by_order_type={})


def first_version(data: Any) -> FlowSettings:
    """Forget the number of the version."""
    return evolve(forms.read_settings(data), version=1)


def first_problem(data: Any) -> FlowSettings:
    """Stop at the first problem."""
    try:
        return forms.read_settings(data)
    except InvalidSettingsError as error:
        raise InvalidSettingsError(error.problems[:1]) from None


def defaults(data: Any) -> FlowSettings:
    """Take the defaults for what can't be read."""
    try:
        return forms.read_settings(data)
    except InvalidSettingsError:
        return FlowSettings()


Find = Callable[[object, Sequence[StatusCycle]], tuple[SettingsProblem, ...]]


def no_triggers(data: object, cycles: Sequence[StatusCycle]) -> tuple[SettingsProblem, ...]:
    """Pass over the triggers."""
    found = find_settings_problems(data, cycles)
    return tuple(it for it in found if it.path[:1] != ("triggers",))


def strict(data: object, cycles: Sequence[StatusCycle]) -> tuple[SettingsProblem, ...]:
    """Find an error in every text for a flag."""
    found = find_settings_problems(data, cycles)
    rules = data.get("rules") if type(data) is dict else None
    if type(rules) is dict and isinstance(rules.get("allow_skip"), str):
        problem = SettingsProblem("bad-flag", "error", ("rules", "allow_skip"), "no flag")
        return (problem, *found)
    return found


def raising(data: object, cycles: Sequence[StatusCycle]) -> tuple[SettingsProblem, ...]:
    """Take for granted that rules are a mapping, and that triggers are mappings with texts."""
    if type(data) is dict:
        for name in ("due_dates", "rules", "calendars", "by_order_type"):
            data.get(name, {}).items()
        for row in data.get("triggers", []):
            row.get("key", "").strip()
    return find_settings_problems(data, cycles)


class Settings:
    """The laws of whole settings, for a reader or a search."""

    read: Read = staticmethod(forms.read_settings)
    find: Find = staticmethod(find_settings_problems)

    @SHARED
    @given(drawn=shown())
    def test_back(self, drawn: tuple[FlowSettings, str | None]) -> None:
        """Posted back untouched."""
        settings, _ = drawn
        laws.settings_posted_back_are_unchanged(settings, codec.dump(settings), type(self).read)

    @SHARED
    @given(drawn=shown(), data=st.data())
    def test_read(self, drawn: tuple[FlowSettings, str | None], data: st.DataObject) -> None:
        """Read or refused."""
        form = data.draw(settings_forms(codec.dump(drawn[0])))
        cls = type(self)
        laws.settings_are_read_or_refused(form, [CYCLE], find=cls.find, read=cls.read)


READERS: Final[Mapping[Read, str]] = {
    only_dumped: "test_back",
    without_types: "test_back",
    first_version: "test_back",
    first_problem: "test_read",
    defaults: "test_read",
}
SEARCHES: Final[Mapping[Find, str]] = dict.fromkeys([no_triggers, strict, raising], "test_read")


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("read", "law"), READERS.items(), ids=lambda it: getattr(it, "__name__", it)
)
def test_a_wrong_reader_is_caught(read: Read, law: str, hunt: Hunt) -> None:
    """Each bug makes its law fail, from every seed."""
    suite = type("Wrong", (Settings,), {"read": staticmethod(read)})
    assert all(hunt(suite, law, lambda test: test()))


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("find", "law"), SEARCHES.items(), ids=lambda it: getattr(it, "__name__", it)
)
def test_a_wrong_search_is_caught(find: Find, law: str, hunt: Hunt) -> None:
    """Each bug makes its law fail, from every seed."""
    suite = type("Wrong", (Settings,), {"find": staticmethod(find)})
    assert all(hunt(suite, law, lambda test: test()))


# --- Preferences --------------------------------------------------------------------------------


def always_new(form: Any, settings: FlowSettings, order_type: str | None) -> FlowSettings:
    """Make a version where nothing has changed."""
    edited = forms.read_preferences(form, settings, order_type)
    return settings.edited() if edited is settings else edited


def loses_terms(form: Any, settings: FlowSettings, order_type: str | None) -> FlowSettings:
    """Drop the terms of vendors."""
    edited = forms.read_preferences(form, settings, order_type)
    policy = edited.due_dates
    plain = policy.default_policy if isinstance(policy, Terms) else policy
    return evolve(edited, due_dates=plain)


def loses_permissions(form: Any, settings: FlowSettings, order_type: str | None) -> FlowSettings:
    """Make the rules out of the page alone."""
    edited = forms.read_preferences(form, settings, order_type)
    return evolve(edited, rules=evolve(edited.rules, permissions=(), targets=None))


def own_rules(form: Any, settings: FlowSettings, order_type: str | None) -> FlowSettings:
    """Give every order type rules that differ."""
    edited = forms.read_preferences(form, settings, order_type)
    if order_type is None:
        return edited
    own = edited.by_order_type.get(order_type, TypeSettings())
    types = {**edited.by_order_type, order_type: evolve(own, rules=own.rules or edited.rules)}
    return evolve(edited, by_order_type=types)


def ticked_stays(form: Any, settings: FlowSettings, order_type: str | None) -> FlowSettings:
    """Take a box that isn't posted for one that isn't touched."""
    before = forms.preferences(settings, order_type)
    missing = {it["name"]: it["text"] for it in before["fields"] if it["kind"] == "flag"}
    return forms.read_preferences({**missing, **form}, settings, order_type)


def for_all(form: Any, settings: FlowSettings, order_type: str | None) -> FlowSettings:
    """Let what is for one order type be for all."""
    edited = forms.read_preferences(form, settings, order_type)
    own = edited.by_order_type.get(order_type or "")
    if own is None:
        return edited
    rules, policy = own.rules or edited.rules, own.due_dates or edited.due_dates
    return evolve(edited, rules=rules, due_dates=policy)


def on_top(settings: FlowSettings, order_type: str | None, **more: Any) -> Mapping[str, Any]:
    """Show every problem above the fields."""
    problems = more.pop("problems", ())
    return {**forms.preferences(settings, order_type, **more), "problems": [*problems]}


def forgets_typed(settings: FlowSettings, order_type: str | None, **more: Any) -> Mapping[str, Any]:
    """Show the settings again, not what was typed."""
    return forms.preferences(settings, order_type, problems=more.get("problems", ()))


def without_zone(settings: FlowSettings, order_type: str | None, **more: Any) -> Mapping[str, Any]:
    """Show an empty zone."""
    page = forms.preferences(settings, order_type, **more)
    fields = [it | {"text": ""} if it["name"] == "zone" else it for it in page["fields"]]
    return page | {"fields": fields}


class Preferences:
    """The laws of preferences, for a reader or a page."""

    read: Read = staticmethod(forms.read_preferences)
    show: Callable[..., Mapping[str, Any]] = staticmethod(forms.preferences)

    @SHARED
    @given(drawn=shown())
    def test_back(self, drawn: tuple[FlowSettings, str | None]) -> None:
        """Posted back untouched."""
        cls = type(self)
        laws.preferences_posted_back_are_unchanged(*drawn, read=cls.read, show=cls.show)

    @SHARED
    @given(drawn=shown(), data=st.data())
    def test_typed(self, drawn: tuple[FlowSettings, str | None], data: st.DataObject) -> None:
        """Some fields are typed."""
        settings, order_type = drawn
        typed = data.draw(typed_preferences(forms.preferences(*drawn)))
        cls = type(self)
        laws.preferences_change_only_what_they_show(
            settings, typed, order_type, read=cls.read, show=cls.show
        )


POSTED: Final[Mapping[Read, str]] = {
    always_new: "test_back",
    loses_terms: "test_back",
    loses_permissions: "test_back",
    own_rules: "test_back",
    ticked_stays: "test_typed",
    for_all: "test_typed",
}
PAGES: Final[Mapping[Callable[..., Mapping[str, Any]], str]] = {
    on_top: "test_typed",
    forgets_typed: "test_typed",
    without_zone: "test_back",
}


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("read", "law"), POSTED.items(), ids=lambda it: getattr(it, "__name__", it)
)
def test_wrong_preferences_are_caught(read: Read, law: str, hunt: Hunt) -> None:
    """Each bug makes its law fail, from every seed."""
    suite = type("Wrong", (Preferences,), {"read": staticmethod(read)})
    assert all(hunt(suite, law, lambda test: test()))


@pytest.mark.scaled
@pytest.mark.parametrize(("show", "law"), PAGES.items(), ids=lambda it: getattr(it, "__name__", it))
def test_a_wrong_page_is_caught(
    show: Callable[..., Mapping[str, Any]], law: str, hunt: Hunt
) -> None:
    """Each bug makes its law fail, from every seed."""
    suite = type("Wrong", (Preferences,), {"show": staticmethod(show)})
    assert all(hunt(suite, law, lambda test: test()))
