"""Laws of settings, and of the stores that keep them (decision D39)."""

import json
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    DueDatePolicy,
    FlowSettings,
    InvalidSettingsError,
    ProductionFlow,
    SettingsProblem,
    SettingsStore,
    StaleSettingsError,
    StatusCycle,
    find_settings_problems,
    plan,
)
from prodflow.duedate import Path, named_calendars
from prodflow.forms import read_settings
from prodflow.testing._cases import case
from prodflow.testing._forms import as_nested_texts
from prodflow.testing._studio import MONDAY, NOON

__all__ = [
    "a_calendar_is_put_in_for_its_name",
    "a_name_is_used_only_in_settings",
    "equal_settings_give_equal_flows",
    "of_two_edits_of_settings_one_is_kept",
    "settings_are_read_or_refused",
    "settings_come_back_from_a_store",
    "settings_posted_back_are_unchanged",
]

Read = Callable[[Any], FlowSettings]
Find = Callable[[object, Sequence[StatusCycle]], Iterable[SettingsProblem]]


def equal_settings_give_equal_flows(settings: FlowSettings, order_type: str) -> None:
    """Equal settings give equal flows, and the same settings give the same flow (D39).

    Args:
        settings: any settings.
        order_type: the order type of the flow.
    """
    case("the type has settings of its own", order_type in settings.by_order_type)
    flow = settings.flow(order_type)
    assert settings.flow(order_type) is flow
    for twin in (evolve(settings), pickle.loads(pickle.dumps(settings))):  # noqa: S301 - our own
        assert (twin, hash(twin)) == (settings, hash(settings))
        assert (twin.flow(order_type), hash(twin.flow(order_type))) == (flow, hash(flow))
    edited = settings.edited()
    assert edited != settings
    assert edited.version == settings.version + 1
    assert edited.flow(order_type) == flow


def a_calendar_is_put_in_for_its_name(settings: FlowSettings, order_type: str) -> None:
    """The flow has calendars in place of their names, and follows an edit of a calendar (D39).

    Args:
        settings: any settings.
        order_type: the order type of the flow.
    """
    policy = _policy(settings, order_type)
    named = dict(named_calendars(policy))
    case("the policy names a calendar", named)
    edited = settings.edited(calendars=dict.fromkeys(settings.calendars, EVERY_DAY))
    for each in (settings, edited):
        counted = each.flow(order_type).due_dates
        assert {path: _at(counted, path) for path in named} == {
            path: each.calendars[name] for path, name in named.items()
        }
    restored = edited.edited(calendars=settings.calendars)
    assert restored.flow(order_type) == settings.flow(order_type)


def a_name_is_used_only_in_settings(
    settings: FlowSettings, order_type: str, cycle: StatusCycle
) -> None:
    """Outside settings, a policy that names a calendar is refused (D39).

    Args:
        settings: any settings.
        order_type: the order type whose policy is used.
        cycle: a cycle to plan.
    """
    policy = _policy(settings, order_type)
    names = {name for _, name in named_calendars(policy)}
    case("the policy names a calendar", names)
    if names:
        with pytest.raises(ValueError, match="FlowSettings"):
            ProductionFlow(due_dates=policy)
        with pytest.raises(ValueError, match="FlowSettings"):
            plan(cycle, policy, ordered_on=MONDAY, delivery_on=MONDAY)
        rest = {name: it for name, it in settings.calendars.items() if name not in names}
        with pytest.raises(InvalidSettingsError) as caught:
            settings.edited(calendars=rest)
        assert {it.code for it in caught.value.problems} == {"unknown-calendar"}


def settings_posted_back_are_unchanged(
    settings: FlowSettings, data: Mapping[str, Any], read: Read = read_settings
) -> None:
    """Settings that a form posts back untouched are the same settings (D39).

    That holds for JSON, and for the texts that a browser posts.

    Args:
        settings: settings without code.
        data: what `codec.dump` made of them.
        read: `read_settings`, or a function of your app that reads more.
    """
    case("an order type has settings of its own", settings.by_order_type)
    case("there are triggers", settings.triggers)
    texts = as_nested_texts(json.loads(json.dumps(data)))
    for form in (data, json.loads(json.dumps(data)), texts):
        assert (read(form), read(form).version) == (settings, settings.version)


def settings_are_read_or_refused(
    form: object,
    cycles: Sequence[StatusCycle] = (),
    *,
    find: Find = find_settings_problems,
    read: Read = read_settings,
) -> None:
    """A form becomes settings exactly if no errors are found in it (D39).

    All errors are found at once, and nothing else is raised.

    Args:
        form: whatever a form holds.
        cycles: the cycles of the app.
        find: `find_settings_problems`, or a function of your app that finds more.
        read: `read_settings`, or a function of your app that reads more.
    """
    problems = tuple(find(form, cycles))
    errors = tuple(it for it in problems if it.severity == "error")
    case("there are errors", errors)
    case("there are no errors", not errors)
    assert problems[: len(errors)] == errors
    assert all("\n" not in it.message for it in problems)
    if errors:
        with pytest.raises(InvalidSettingsError) as caught:
            read(form)
        assert caught.value.problems == errors
        return
    settings = read(form)
    assert read(settings) == settings
    assert {it.severity for it in find(settings, cycles)} <= {"warning"}


def settings_come_back_from_a_store(store: SettingsStore, settings: FlowSettings) -> None:
    """A store gives settings back as they were put, with their flows, author and instant (D39).

    Args:
        store: any store; it may hold settings already.
        settings: the settings to put. They are put as the next version.
    """
    replaces, version = _next(store)
    put = evolve(settings, version=version)
    before = store.settings_edits()
    store.put_settings(put, replaces=replaces, by="Zoë", at=NOON)
    found = store.get_settings()
    assert (found, store.get_settings(version)) == (put, put)
    for order_type in ("prints", *settings.by_order_type):
        assert found.flow(order_type) == put.flow(order_type)
    *others, edit = store.settings_edits()
    assert tuple(others) == before
    assert (edit.version, edit.replaces, edit.by, edit.at) == (version, replaces, "Zoë", NOON)


def of_two_edits_of_settings_one_is_kept(
    store: SettingsStore, first: FlowSettings, second: FlowSettings, steps: tuple[int, int]
) -> None:
    """If two people edit one version, the store keeps the first edit and refuses the second (D39).

    Args:
        store: any store; it may hold settings already.
        first: what the first makes of the newest version.
        second: what the second makes of it.
        steps: by how much each raises the number of the version.
    """
    replaces, _ = _next(store)
    base = replaces or 0
    edits = [
        evolve(settings, version=base + step)
        for settings, step in zip((first, second), steps, strict=True)
    ]
    case("both make the same of it", edits[0] == edits[1])
    case("both take the same number", steps[0] == steps[1])
    store.put_settings(edits[0], replaces=replaces, by="Ann", at=NOON)
    kept = store.settings_edits()
    if edits[0] == edits[1]:
        store.put_settings(edits[1], replaces=replaces, by="Bob", at=NOON)
    else:
        with pytest.raises(StaleSettingsError) as caught:
            store.put_settings(edits[1], replaces=replaces, by="Bob", at=NOON)
        assert (caught.value.expected, caught.value.actual) == (replaces, edits[0].version)
    assert (store.get_settings(), store.settings_edits()) == (edits[0], kept)
    assert kept[-1].by == "Ann"


def _next(store: SettingsStore) -> tuple[int | None, int]:
    """The newest version, and the number after it."""
    edits = store.settings_edits()
    return (edits[-1].version, edits[-1].version + 1) if edits else (None, 1)


def _policy(settings: FlowSettings, order_type: str) -> DueDatePolicy:
    own = settings.by_order_type.get(order_type)
    return settings.due_dates if own is None or own.due_dates is None else own.due_dates


def _at(policy: DueDatePolicy, path: Path) -> object:
    """What a policy has at a path of field names and keys."""
    found: object = policy
    for step in path:
        is_by_key = isinstance(found, Mapping)
        found = cast("Any", found)[step] if is_by_key else getattr(found, step)
    return found
