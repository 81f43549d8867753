"""Strategies for settings."""

from collections.abc import Mapping
from datetime import time
from typing import Final, cast

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import (
    Backward,
    ChangeRules,
    DueDatePolicy,
    FlowSettings,
    Forward,
    FromEntry,
    StatusCycle,
    Terms,
    TypeSettings,
    VendorTerms,
    WorkingCalendar,
)
from prodflow.testing._dates import due_date_policies, working_calendars
from prodflow.testing._drawing import KEYS, PEOPLE, check_cycle, checked, pick
from prodflow.testing._flows import change_rules, triggers

_Plain = Forward | Backward | FromEntry

_NAMES: Final = st.sampled_from(["shop", "courier", "lab"]) | PEOPLE
_CUTOFFS: Final = st.none() | st.sampled_from([time(17), time(0), time(16, 30, 15)])
_ZONES: Final = st.sampled_from([None, "Europe/Lisbon", "Etc/GMT+1", "UTC"])
_NAMED: Final = st.booleans()
_RULES: Final = st.just(ChangeRules())


def flow_settings(
    *, cycle: StatusCycle | None = None, rules: SearchStrategy[ChangeRules] | None = None
) -> SearchStrategy[FlowSettings]:
    """Settings that hold data only; often, their policies name calendars.

    Args:
        cycle: the cycle whose statuses and order type the settings name; with None they name any
            keys.
        rules: the rules; by default any.
    """
    check_cycle(cycle)
    types = KEYS if cycle is None else st.just(cycle.order_type) | KEYS
    return _flow_settings(cycle, types, checked("rules", rules, change_rules(cycle=cycle)))


def type_settings() -> SearchStrategy[TypeSettings]:
    """What differs for an order type; no policy names a calendar."""
    return st.builds(
        TypeSettings,
        due_dates=st.none() | due_date_policies(),
        rules=st.none() | change_rules(),
    )


@st.composite
def _flow_settings(
    draw: DrawFn,
    cycle: StatusCycle | None,
    types: SearchStrategy[str],
    rules: SearchStrategy[ChangeRules],
) -> FlowSettings:
    calendars = draw(st.dictionaries(_NAMES, working_calendars(max_size=2), max_size=3))
    policies = _policies(cycle, calendars)
    own = st.builds(TypeSettings, due_dates=st.none() | policies, rules=st.none() | rules)
    return FlowSettings(
        due_dates=draw(policies),
        rules=draw(_RULES | rules),
        by_order_type=draw(st.dictionaries(types, own, max_size=2)),
        calendars=calendars,
        triggers=draw(
            st.lists(triggers(cycle=cycle), max_size=3, unique_by=lambda trigger: trigger.key)
        ),
        cutoff=draw(_CUTOFFS),
        zone=draw(_ZONES),
        version=draw(st.integers(1, 3)),
    )


@st.composite
def _policies(
    draw: DrawFn, cycle: StatusCycle | None, calendars: Mapping[str, WorkingCalendar]
) -> DueDatePolicy:
    """Policies that name some of these calendars instead of having them."""
    policy = draw(due_date_policies(cycle=cycle))
    names = [*calendars]

    def maybe(calendar: WorkingCalendar) -> WorkingCalendar | str:
        is_named = draw(_NAMED) if names else False
        return pick(draw, names) if is_named else calendar

    def by_status(given: Mapping[str, WorkingCalendar]) -> dict[str, WorkingCalendar | str]:
        return {key: maybe(calendar) for key, calendar in given.items()}

    def plain(given: _Plain) -> _Plain:
        return evolve(given, calendar=maybe(given.calendar), calendars=by_status(given.calendars))

    if not isinstance(policy, Terms):
        return plain(cast("_Plain", policy))
    terms = {
        vendor: VendorTerms(durations=it.durations, calendars=by_status(it.calendars))
        for vendor, it in policy.vendors.items()
    }
    return Terms(plain(policy.default_policy), terms)
