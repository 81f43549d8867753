"""What a browser posts from the preferences screen, as the next version of the settings."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple, cast

import attrs
from attrs import evolve

from prodflow import _checks as checks
from prodflow._posted import flag, kind_of
from prodflow.calendars import MONDAY_TO_FRIDAY, WorkingCalendar
from prodflow.cycle import slug
from prodflow.duedate import (
    OURS,
    Backward,
    DueDatePolicy,
    Forward,
    FromEntry,
    Terms,
    given_calendar,
    given_calendars,
)
from prodflow.errors import InvalidSettingsError
from prodflow.flow import ChangeRules, Reason
from prodflow.forms._given import can_be_shown
from prodflow.forms._posts import pairs_in
from prodflow.settings import FlowSettings, TypeSettings
from prodflow.settings._reading import BAD, Report, fields_of, of
from prodflow.settings._values import Path

Form = Mapping[str, object] | Iterable[tuple[str, object]]
Row = dict[str, Any]
Plain = Forward | Backward | FromEntry

KINDS: Final[Mapping[str, type[Plain]]] = {
    kind_of(cls): cls for cls in (Forward, Backward, FromEntry)
}
OWN: Final = "own"
"""The kind of a policy that is code."""
OWN_RULES: Final = "rules.own"
REASONS: Final = "rules.reasons"
FLAGS: Final = ("allow_skip", "allow_back", "allow_reopen")
REQUIRED: Final = ("note_required", "reason_required")


def read_preferences(
    form: Form, settings: FlowSettings, order_type: str | None = None
) -> FlowSettings:
    """The next version of the settings, from the preferences that a browser posts.

    Everything that the page doesn't show stays as it is, such as triggers, calendars, permissions
    and the terms of vendors. If nothing has changed, you get the same settings.

    A field that isn't posted stays as it is. But a browser posts nothing for a box that isn't
    ticked, and for a list in which nothing is selected, so your page needs all boxes and lists.

    Args:
        form: what was posted, as pairs of names and values, or as a mapping from each name to its
            text or a list of its texts.
        settings: the version that the page showed.
        order_type: the order type whose preferences the page showed, as for `preferences`.

    Raises:
        InvalidSettingsError: with all errors, each with its path in the settings.

    Source:
        "Preferences"; decision D39.

    Example:
        >>> from prodflow import FlowSettings
        >>> form = {"due_dates.kind": "backward", "cutoff": "17:00", "rules.allow_skip": "on"}
        >>> edited = read_preferences(form, FlowSettings())
        >>> edited.due_dates.name, edited.rules.allow_skip, edited.rules.allow_back
        ('backward', True, False)
    """
    part = part_of(settings, order_type)
    posted = Posted(form)
    report = Report(settings.calendars.keys())
    due_dates = _read_policy(posted, part, report)
    rules = _read_rules(posted, part, report)
    found: dict[str, Any] = {}
    if order_type is None:
        times: Row = {
            "cutoff": posted.value("cutoff", settings.cutoff),
            "zone": posted.value("zone", settings.zone),
        }
        given = {name: it.strip() if isinstance(it, str) else it for name, it in times.items()}
        found = fields_of(FlowSettings, given, (), report) or {}
    if report.problems:
        raise InvalidSettingsError(tuple(report.problems))
    if order_type is None:
        found |= {"due_dates": due_dates, "rules": rules}
    else:
        types = dict(settings.by_order_type)
        own = TypeSettings(due_dates=due_dates, rules=rules)
        if own != types.get(order_type, _NOTHING):
            types[order_type] = own
        found = {"by_order_type": types}
    edited = settings.edited(**cast("Any", found))
    return settings if evolve(edited, version=settings.version) == settings else edited


_NOTHING: Final = TypeSettings()


class Part(NamedTuple):
    """The settings that a page shows: those of all order types, or those of one."""

    path: Path
    policy: DueDatePolicy | None
    """None if an order type has the policy of all types."""
    rules: ChangeRules | None
    shown_policy: DueDatePolicy
    shown_rules: ChangeRules

    @property
    def plain(self) -> Plain:
        """The policy whose fields the page shows."""
        policy = self.shown_policy
        if isinstance(policy, Terms):
            return policy.default_policy
        return policy if isinstance(policy, Plain) else Forward(policy.calendar)

    @property
    def kind(self) -> str:
        """The kind of due dates, as the page shows it."""
        if self.policy is None:
            return ""
        return kind_of(type(self.plain)) if isinstance(self.policy, OURS) else OWN


def part_of(settings: FlowSettings, order_type: str | None) -> Part:
    checks.instance("settings", settings, FlowSettings, "a FlowSettings")
    policy, rules = settings.due_dates, settings.rules
    if order_type is None:
        return Part((), policy, rules, policy, rules)
    own = settings.by_order_type.get(checks.key("order_type", order_type), _NOTHING)
    return Part(
        ("by_order_type", order_type),
        own.due_dates,
        own.rules,
        policy if own.due_dates is None else own.due_dates,
        rules if own.rules is None else own.rules,
    )


def shown(value: object) -> str:
    """A text that a page can hold; an empty one for anything else."""
    return str(value) if isinstance(value, str) and can_be_shown(value) else ""


class Posted:
    """What a browser posted."""

    def __init__(self, form: Form) -> None:
        self._values: dict[str, list[object]] = {}
        for name, value in pairs_in(form):
            self._values.setdefault(name, []).append(value)

    def value(self, name: str, otherwise: object = False) -> object:  # noqa: FBT002 - a box
        """What was posted for a field; *otherwise* if nothing was, as for a box without a tick."""
        values = self._values.get(name)
        return values[-1] if values else otherwise

    def words(self, name: str) -> list[object]:
        """The lines of a list that are selected."""
        return [it for it in self._values.get(name, ()) if not _is_blank(it)]

    def reasons(self, part: Part) -> list[Reason | Row]:
        """The reasons without blank rows; if none were posted, those that are there."""
        rows: dict[str, Row] = {}
        for name, values in self._values.items():
            number, dot, field = name.removeprefix(f"{REASONS}.").partition(".")
            if name.startswith(f"{REASONS}.") and dot:
                row = rows.setdefault(number, {"moves": [], "chargeable": False, "inactive": False})
                row[field] = self.words(name) if field == "moves" else values[-1]
        if not rows:
            return [*part.shown_rules.reasons]
        return [
            row
            for row in rows.values()
            if row["moves"] or not all(_is_blank(row.get(name)) for name in ("key", "description"))
        ]


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value)


def _read_policy(posted: Posted, part: Part, report: Report) -> DueDatePolicy | None:
    kind = posted.value("due_dates.kind", part.kind)
    if part.path and kind == "":
        return None
    if kind == OWN == part.kind:
        return part.policy
    cls = KINDS.get(shown(kind))
    has = set[str | None]() if cls is None else {it.alias for it in attrs.fields(cls) if it.init}
    values = {name: it for name, it in _policy_values(posted, part.plain).items() if name in has}
    path: Path = (*part.path, "due_dates")
    terms = part.shown_policy if isinstance(part.shown_policy, Terms) else None
    if terms is not None:
        path = (*path, "default_policy")
    policy = of(Plain)({"kind": kind, **values}, path, report)
    if policy is BAD or terms is None:
        return cast("DueDatePolicy", policy)
    return evolve(terms, default_policy=policy)


def _policy_values(posted: Posted, policy: Plain) -> Row:
    """The fields that some kind of policy has: what was posted, or what is there."""
    calendar = given_calendar(policy)
    name = posted.value("due_dates.calendar", calendar if isinstance(calendar, str) else "")
    without = getattr(policy, "without_delivery", "none")
    return {
        "calendar": unnamed(policy) if name == "" else name,
        "calendars": dict(given_calendars(policy)),
        "shift_holds": posted.value("due_dates.shift_holds"),
        "without_delivery": posted.value("due_dates.without_delivery", without),
    }


def _read_rules(posted: Posted, part: Part, report: Report) -> ChangeRules | None:
    if part.path and flag(posted.value(OWN_RULES)) is not True:
        return None
    given: Row = {name: posted.value(f"rules.{name}") for name in FLAGS}
    given |= {name: posted.words(f"rules.{name}") for name in REQUIRED}
    reasons = posted.reasons(part)
    used = {it.key for it in part.shown_rules.reasons} | {*map(_key_of, reasons)}
    for row in reasons:
        if isinstance(row, dict) and _is_blank(row.get("key")):
            row["key"] = _new_key(row["description"], used)
            used.add(row["key"])
    found = fields_of(ChangeRules, given | {"reasons": reasons}, (*part.path, "rules"), report)
    return None if report.problems else evolve(part.shown_rules, **(found or {}))


def _key_of(reason: Reason | Row) -> str:
    return reason.key if isinstance(reason, Reason) else shown(reason.get("key"))


def _new_key(description: object, taken: Iterable[str]) -> str:
    try:
        return slug(cast("str", description), [*taken])
    except (TypeError, ValueError):  # the reader says what is wrong with it
        return slug("new", [*taken])


def unnamed(policy: Plain) -> WorkingCalendar:
    """The calendar of a policy if it has no name; otherwise the usual one."""
    calendar = given_calendar(policy)
    return MONDAY_TO_FRIDAY if isinstance(calendar, str) else calendar
