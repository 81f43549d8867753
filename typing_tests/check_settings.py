"""What type checkers make of settings and of the stores that keep them; never run."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Unpack, assert_type

from hypothesis.strategies import SearchStrategy

from prodflow import (
    Backward,
    DueDatePolicy,
    FlowSettings,
    Forward,
    FromEntry,
    InvalidSettingsError,
    MemoryStore,
    ProductionFlow,
    SettingsChanges,
    SettingsNotFoundError,
    SettingsProblem,
    SettingsStore,
    StaleSettingsError,
    StatusCycle,
    Terms,
    Trigger,
    TypeSettings,
    VendorTerms,
    WorkingCalendar,
    codec,
    find_settings_problems,
)
from prodflow.forms import preferences, read_preferences, read_settings
from prodflow.stores import Edit, check_settings
from prodflow.testing import SettingsStoreSuite
from prodflow.testing.laws import (
    a_calendar_is_put_in_for_its_name,
    a_name_is_used_only_in_settings,
    equal_settings_give_equal_flows,
    of_two_edits_of_settings_one_is_kept,
    preferences_change_only_what_they_show,
    preferences_posted_back_are_unchanged,
    settings_are_read_or_refused,
    settings_come_back_from_a_store,
    settings_posted_back_are_unchanged,
)
from prodflow.testing.strategies import flow_settings


def edit(
    store: SettingsStore, by: str, at: datetime, **changes: Unpack[SettingsChanges]
) -> FlowSettings:
    """An app's own function for an edit keeps the types of its keywords."""
    settings = store.get_settings()
    edited = settings.edited(**changes)
    store.put_settings(edited, replaces=settings.version, by=by, at=at)
    return edited


def check_values(calendar: WorkingCalendar, triggers: list[Trigger]) -> None:
    """A policy takes a calendar or a name, and gives a calendar."""
    assert_type(Forward("shop").calendar, WorkingCalendar)
    assert_type(Backward(calendar="shop").calendars, Mapping[str, WorkingCalendar])
    FromEntry(calendar, calendars={"lab": "courier", "pickup": calendar})
    Terms(Forward("shop"), {"West": VendorTerms(calendars={"lab": "courier"})})
    settings = FlowSettings(
        due_dates=Forward("shop"),
        by_order_type={"prints": TypeSettings(due_dates=Backward("shop"))},
        calendars={"shop": calendar},
        triggers=triggers,
        cutoff=time(17),
        zone="Europe/Lisbon",
    )
    assert_type(settings.due_dates, DueDatePolicy)
    assert_type(settings.calendars["shop"], WorkingCalendar)
    assert_type(settings.by_order_type["prints"].due_dates, DueDatePolicy | None)
    assert_type(settings.triggers, tuple[Trigger, ...])
    assert_type(settings.cutoff, time | None)
    assert_type(settings.zone, str | None)
    assert_type(settings.flow("prints"), ProductionFlow)
    assert_type(settings.edited(cutoff=None), FlowSettings)
    Forward(5)  # type: ignore[arg-type]
    FlowSettings(Forward())  # type: ignore[call-arg]
    settings.edited(cutof=None)  # type: ignore[call-arg]
    settings.edited(version=3)  # type: ignore[call-arg]


def check_problems(settings: FlowSettings, cycle: StatusCycle) -> None:
    """Data of any kind are checked, and what is dumped can be loaded."""
    data = codec.dump(settings)
    problems = find_settings_problems(data, [cycle])
    assert_type(problems, tuple[SettingsProblem, ...])
    assert_type(problems[0].path, tuple[str | int, ...])
    assert_type(codec.load(data, FlowSettings), FlowSettings)
    codec.dump(TypeSettings())
    find_settings_problems(settings, [cycle])
    find_settings_problems({"zone": "UTC"}, cycle)  # type: ignore[arg-type]
    assert_type(preferences(settings, "prints", problems=problems), dict[str, Any])
    assert_type(read_preferences({"zone": "UTC"}, settings), FlowSettings)
    assert_type(read_preferences([("zone", "UTC")], settings, "prints"), FlowSettings)
    try:
        assert_type(read_settings(data), FlowSettings)
    except InvalidSettingsError as error:
        assert_type(error.problems, tuple[SettingsProblem, ...])


def check_store(settings: FlowSettings, at: datetime) -> None:
    """`MemoryStore` keeps settings; who edits them and when must be given."""
    store: SettingsStore = MemoryStore()
    assert_type(store.get_settings(1), FlowSettings)
    assert_type(store.settings_edits(), tuple[Edit, ...])
    assert_type(check_settings(settings, None, {1: settings}), bool)
    edit(store, "ann", at, zone="UTC")
    edit(store, "ann", at, zoned="UTC")  # type: ignore[call-arg]
    store.put_settings(settings, replaces=None)  # type: ignore[call-arg]
    try:
        store.put_settings(settings, replaces=1, by="ann", at=at)
    except StaleSettingsError as error:
        assert_type(error.actual, int | None)
    except SettingsNotFoundError as error:
        assert_type(error.version, int | None)


class OwnSettings(SettingsStoreSuite):
    """A suite for a store of settings."""

    capabilities = frozenset({"concurrent"})


def check_strategies(cycle: StatusCycle) -> None:
    """The strategies draw settings."""
    assert_type(flow_settings(cycle=cycle), SearchStrategy[FlowSettings])


def check_laws(settings: FlowSettings, cycle: StatusCycle) -> None:
    """The laws of settings give nothing."""
    a_calendar_is_put_in_for_its_name(settings, "prints")
    a_name_is_used_only_in_settings(settings, "prints", cycle)
    equal_settings_give_equal_flows(settings, "prints")
    of_two_edits_of_settings_one_is_kept(MemoryStore(), settings, settings, (1, 2))
    settings_come_back_from_a_store(MemoryStore(), settings)
    settings_posted_back_are_unchanged(settings, codec.dump(settings))
    settings_are_read_or_refused({"zone": ""}, [cycle], read=read_settings)
    preferences_posted_back_are_unchanged(settings, "prints")
    preferences_change_only_what_they_show(settings, {"zone": ["UTC"]}, read=read_preferences)
