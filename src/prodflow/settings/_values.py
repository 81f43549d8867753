"""Settings as values, and the flows that they make."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import time
from functools import partial
from typing import Annotated, Final, TypedDict, Unpack, final

from attrs import evolve, field, frozen

from prodflow import _checks as checks
from prodflow._fields import Check, Number, checked
from prodflow._mappings import FrozenMapping
from prodflow._messages import Message, text
from prodflow.calendars import WorkingCalendar
from prodflow.duedate import (
    OURS,
    DueDatePolicy,
    Forward,
    check_policy,
    named_calendars,
    with_calendars,
)
from prodflow.errors import InvalidSettingsError, SettingsProblem
from prodflow.flow import ChangeRules, ProductionFlow
from prodflow.flow._flow import unique_triggers
from prodflow.flow._rules import LENIENT
from prodflow.triggers import Trigger, Where

Path = tuple[str | int, ...]
"""Where something is in settings: the names of fields, the keys of mappings, and indexes."""

_ZONE: Final = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")
_ZONE_LENGTH: Final = 64


def _check_policy(name: str, value: DueDatePolicy) -> DueDatePolicy:
    """`check_policy`, but our own policies may name their calendars."""
    return value if isinstance(value, OURS) else check_policy(name, value)


_NO_CUTOFF: Final = text("{name} must be a time without a time zone, not {value}")
_NO_ZONE: Final = text("{name} must be the name of a time zone, such as {example}, not {value}")


def _check_cutoff(name: str, value: time) -> time:
    if not isinstance(value, time):
        raise TypeError(_NO_CUTOFF.with_fields(name=name, value=checks.shown(value)))
    if value.tzinfo is not None:
        raise ValueError(_NO_CUTOFF.with_fields(name=name, value=str(value)))
    return value


def _check_zone(name: str, value: str) -> str:
    checked = checks.text(name, value, _ZONE_LENGTH)
    if not _ZONE.fullmatch(checked):
        shown = checks.shown(value)
        raise ValueError(_NO_ZONE.with_fields(name=name, example="'Europe/Lisbon'", value=shown))
    return checked


_NO_CALENDAR: Final = text("there is no calendar {name}: add it, or choose another one")


def no_calendar(name: str) -> Message:
    """What is wrong with the name of a calendar that settings don't have."""
    return _NO_CALENDAR.with_fields(name=checks.shown(name))


SettingsPolicy = Annotated[DueDatePolicy, Check(_check_policy)]
Cutoff = Annotated[time, Check(_check_cutoff)]
Zone = Annotated[str, Check(_check_zone)]


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class TypeSettings:
    """What differs for one order type.

    Args:
        due_dates: the due-date policy of the type; None for the one of all types.
        rules: the rules of the type, which replace those of all types; None for those of all types.

    Source:
        Decision D39.
    """

    due_dates: SettingsPolicy | None = None
    rules: ChangeRules | None = None


_Types = FrozenMapping[str, TypeSettings]
_Calendars = FrozenMapping[str, WorkingCalendar]
_FORWARD: Final = Forward()
_NO_TYPES: Final = _Types()
_NO_CALENDARS: Final = _Calendars()


def _by_order_type(value: Mapping[str, TypeSettings]) -> _Types:
    checks.instance("by_order_type", value, Mapping, "a mapping of order types to TypeSettings")
    return _Types(
        (
            checks.key("a key of by_order_type", key),
            checks.instance(f"by_order_type[{key!r}]", it, TypeSettings, "a TypeSettings"),
        )
        for key, it in value.items()
    )


def _calendars(value: Mapping[str, WorkingCalendar]) -> _Calendars:
    checks.instance("calendars", value, Mapping, "a mapping of names to calendars")
    return _Calendars(
        (
            checks.text("a name in calendars", name),
            checks.instance(f"calendars[{name!r}]", it, WorkingCalendar, "a WorkingCalendar"),
        )
        for name, it in value.items()
    )


class SettingsChanges(TypedDict, total=False):
    """The fields of `FlowSettings` that `edited` can change: all but the version."""

    due_dates: DueDatePolicy
    rules: ChangeRules
    by_order_type: Mapping[str, TypeSettings]
    calendars: Mapping[str, WorkingCalendar]
    triggers: Iterable[Trigger]
    cutoff: time | None
    zone: str | None


def _no_flows() -> dict[str | None, ProductionFlow]:
    return {}


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class FlowSettings:
    """What users edit, as one value: one immutable version of the settings of a studio.

    A policy in settings can name its calendars: `Forward("shop")` counts in the calendar
    "shop" of `calendars`. So if somebody edits this calendar, every policy that names it follows.

    A `SettingsStore` keeps data only. Settings with code, such as a guard, a condition that is a
    function, or a policy of your own, work in your program but can't be saved.

    Args:
        due_dates: the due-date policy.
        rules: which changes are accepted.
        by_order_type: what differs, by order type.
        calendars: the calendars by name. A name has 1 to 200 characters.
        triggers: when to create tasks and messages, for all order types together. Each trigger
            needs a different key.
        cutoff: the time of day from which an order counts as taken on the next working day, for
            `business_date`; None if orders count until midnight.
        zone: the name of the studio's time zone, such as "Europe/Lisbon"; None if unknown. It isn't
            looked up: for `business_date`, pass `zoneinfo.ZoneInfo(settings.zone)`.
        version: the number of the version.

    Raises:
        InvalidSettingsError: if policies name calendars that *calendars* doesn't have.

    Source:
        "Maintenance" and "Preferences"; decision D39.

    Example:
        >>> from datetime import date
        >>> from prodflow import Forward, WorkingCalendar
        >>> shop = WorkingCalendar(holidays=[date(2026, 12, 25)])
        >>> settings = FlowSettings(due_dates=Forward("shop"), calendars={"shop": shop})
        >>> settings.flow("prints").due_dates.calendar == shop
        True
        >>> closed = WorkingCalendar(holidays=[date(2026, 12, 24), date(2026, 12, 25)])
        >>> edited = settings.edited(calendars={"shop": closed})
        >>> edited.version, edited.flow("prints").due_dates.calendar == closed
        (2, True)
    """

    due_dates: SettingsPolicy = _FORWARD
    rules: ChangeRules = LENIENT
    by_order_type: _Types = field(default=_NO_TYPES, converter=_by_order_type)
    calendars: _Calendars = field(default=_NO_CALENDARS, converter=_calendars)
    triggers: tuple[Trigger, ...] = field(default=(), converter=unique_triggers)
    cutoff: Cutoff | None = None
    zone: Zone | None = None
    version: Number = 1
    _flows: dict[str | None, ProductionFlow] = field(
        init=False, eq=False, repr=False, factory=_no_flows
    )

    def __attrs_post_init__(self) -> None:
        problems = [
            SettingsProblem("unknown-calendar", "error", (*path, *place), no_calendar(name))
            for path, policy in policies(self)
            for place, name in named_calendars(policy)
            if name not in self.calendars
        ]
        if problems:
            raise InvalidSettingsError(tuple(problems))

    def __reduce__(self) -> tuple[object, ...]:
        rebuild = partial(
            FlowSettings,
            due_dates=self.due_dates,
            rules=self.rules,
            by_order_type=self.by_order_type,
            calendars=self.calendars,
            triggers=self.triggers,
            cutoff=self.cutoff,
            zone=self.zone,
            version=self.version,
        )
        return rebuild, ()

    def edited(self, **changes: Unpack[SettingsChanges]) -> "FlowSettings":
        """The next version of the settings, with some fields changed.

        Args:
            changes: the fields that change, with their new values.

        Raises:
            InvalidSettingsError: if policies name calendars that the new version doesn't have, for
                example because a user has deleted them.

        Source:
            Decision D39.
        """
        return evolve(self, version=self.version + 1, **changes)

    def flow(self, order_type: str) -> ProductionFlow:
        """The flow by which orders of a type move.

        It has the policy and the rules of the type, with the calendars themselves in place of their
        names, and all triggers. Asking again gives the same flow.

        Args:
            order_type: the key of a cycle. It needn't be in `by_order_type`.

        Source:
            Decision D39.
        """
        key = checks.key("order_type", order_type)
        known = key if key in self.by_order_type else None
        flow = self._flows.get(known)
        if flow is None:
            own = _SAME if known is None else self.by_order_type[known]
            policy = self.due_dates if own.due_dates is None else own.due_dates
            rules = self.rules if own.rules is None else own.rules
            flow = ProductionFlow(
                due_dates=with_calendars(policy, self.calendars),
                triggers=self.triggers,
                rules=LENIENT if rules == LENIENT else rules,  # a flow need not ask that one
            )
            flow = self._flows.setdefault(known, flow)
        return flow


_SAME: Final = TypeSettings()


def policies(settings: FlowSettings) -> Iterator[tuple[Path, DueDatePolicy]]:
    """The policies of settings, each with its path."""
    yield ("due_dates",), settings.due_dates
    for order_type, own in settings.by_order_type.items():
        if own.due_dates is not None:
            yield ("by_order_type", order_type, "due_dates"), own.due_dates


def code_in(settings: FlowSettings) -> Iterator[Path]:
    """The paths of what is code in settings, and so can't be saved."""
    for path, policy in policies(settings):
        if not isinstance(policy, OURS):
            yield path
    all_rules: list[tuple[Path, ChangeRules | None]] = [(("rules",), settings.rules)]
    for order_type, own in settings.by_order_type.items():
        all_rules.append((("by_order_type", order_type, "rules"), own.rules))
    for path, rules in all_rules:
        if rules is not None:
            for name in ("guard", "entry_guard"):
                if getattr(rules, name) is not None:
                    yield (*path, name)
    for index, trigger in enumerate(settings.triggers):
        if trigger.condition is not None and not isinstance(trigger.condition, Where):
            yield ("triggers", index, "condition")


def refuse_code(settings: FlowSettings) -> None:
    """Raise an error if settings hold code.

    Raises:
        ValueError: if they do.
    """
    found = [".".join(map(str, path)) for path in code_in(settings)]
    if found:
        raise ValueError(
            f"settings that are saved must hold data only, and these are code:"
            f" {checks.listed(found)}: leave them out, or give them to a flow of your own"
        )
