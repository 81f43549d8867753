"""Finds the problems in settings: what can't be read, and what doesn't fit the cycles."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, cast

from prodflow import _checks as checks
from prodflow._messages import text
from prodflow._trigger_rows import Lines
from prodflow.cycle import StatusCycle
from prodflow.duedate import Backward, Forward, FromEntry, VendorTerms, given_calendars
from prodflow.errors import InvalidSettingsError, SettingsProblem
from prodflow.flow import ChangeRules, find_rule_problems
from prodflow.settings._reading import Report, fields_of, is_of, pairs_of, place_of
from prodflow.settings._values import FlowSettings, Path, TypeSettings

Cycles = Sequence[StatusCycle]
Warnings = Iterator[tuple[str, Path, str]]
"""Each has a code, a path and a message."""

_UNKNOWN_TYPE: Final = text("no cycle has the order type {key}: correct it, or add the cycle")
_UNKNOWN_STATUS: Final = text("no cycle has the status {key}: correct it, or add the status")


def find_settings_problems(
    data: object, cycles: Iterable[StatusCycle]
) -> tuple[SettingsProblem, ...]:
    """Every error and oddity in settings, even in a form that is half filled in.

    If there are no errors, `forms.read_settings` makes the settings out of the data.

    Args:
        data: what `codec.dump` made of settings, or nested mappings of field values as a form holds
            them. Texts as a browser posts them are accepted too, as in lists of triggers: "5" for a
            number, "on" for a flag, an empty text for None. Fields that are left out have their
            defaults. You can also pass `FlowSettings`.
        cycles: the cycles of your app, in any versions.

    Returns:
        First the errors, then the warnings; empty if there are none. These are the codes:

        - `bad-key`, `bad-text`, `bad-number`, `bad-duration`, `bad-flag`, `bad-date`, `bad-time`,
          `bad-zone` and `bad-word`: a value isn't of the right kind, or it's out of bounds.
        - `not-a-mapping`, `not-a-list`, `empty-list`, `missing-field` and `unknown-field`: the data
          don't have the right form. An unknown field that is empty is no problem.
        - `code`: a value is code, such as a guard or a due-date policy of your own, and can't be
          saved.
        - `unknown-calendar`: a policy names a calendar that the settings don't have.
        - `duplicate-reason`: two reasons have the same key.
        - `no-working-days` and `moves-and-verbs`: fields don't fit together.
        - In triggers, the errors of `find_trigger_problems`; in a permission, also `bad-condition`.
        - The warnings are `unknown-order-type` and `unknown-status` for keys that no cycle has, and
          `dead-end` and `no-reason` as `find_rule_problems` explains them.

    Raises:
        TypeError: if *cycles* holds anything but cycles. Wrong data are problems, and never raise
            an exception.

    Source:
        Decision D39.

    Example:
        >>> form = {"due_dates": {"kind": "forward", "calendar": "shop"}, "cutoff": "5 pm"}
        >>> for problem in find_settings_problems(form, []):
        ...     print(problem.path, problem.message)
        ('due_dates', 'calendar') there is no calendar 'shop': add it, or choose another one
        ('cutoff',) Cut-off must look like '17:30', not '5 pm'
    """
    known = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
    report, _ = _read(data)
    for path, value in report.read:
        for code, place, message in _warnings(path, value, known):
            report.add("warning", code, place, message)
    return tuple(report.problems)


def read_settings(data: object) -> FlowSettings:
    """The settings that a form holds.

    Args:
        data: the form, as `find_settings_problems` takes it. A trigger without a key is a new one,
            and gets a key from its description.

    Raises:
        InvalidSettingsError: with all errors, each with its path.

    Source:
        Decision D39.

    Example:
        >>> form = {"rules": {"allow_skip": "off"}, "cutoff": "17:00", "zone": ""}
        >>> settings = read_settings(form)
        >>> settings.rules.allow_skip, settings.cutoff, settings.zone
        (False, datetime.time(17, 0), None)
    """
    report, fields = _read(data)
    if report.problems:
        raise InvalidSettingsError(tuple(report.problems))
    return FlowSettings(**fields)


def _read(data: object) -> tuple[Report, dict[str, Any]]:
    """Every error in data, and the fields of the settings that it has."""
    report = Report(_names(data))
    given: object = data
    if not is_of(data, FlowSettings):
        pairs = pairs_of(data, (), report)
        if pairs is None:
            return report, {}
        pairs.pop("schema", None)  # `codec.load` checks it
        given = pairs
    return report, fields_of(FlowSettings, given, (), report) or {}


def _names(data: object) -> frozenset[str] | None:
    """The names of the calendars that data have; None if they can't be read."""
    if is_of(data, FlowSettings):
        return frozenset(cast("FlowSettings", data).calendars)
    pairs = pairs_of(data, (), Report(None)) or {}
    names = pairs_of(pairs.get("calendars", {}), ("calendars",), Report(None))
    return None if names is None else frozenset(names)


# --- Warnings -----------------------------------------------------------------------------------


def _warnings(path: Path, value: object, cycles: Cycles) -> Warnings:
    """What in a value that could be read doesn't fit the cycles."""
    match value:
        case TypeSettings():
            if all(cycle.order_type != path[-1] for cycle in cycles):
                yield _unknown_type(path, cast("str", path[-1]))
        case Lines():
            for problem in value.unknown(cycles):
                yield problem.code, (*path, *place_of(problem)), problem.message
        case ChangeRules():
            yield from _of_rules(path, value, _concerned(path, cycles))
        case Forward() | Backward() | FromEntry():
            yield from _of_keys((*path, "calendars"), given_calendars(value), path, cycles)
        case VendorTerms():
            yield from _of_keys((*path, "calendars"), given_calendars(value), path, cycles)
            yield from _of_keys((*path, "durations"), value.durations, path, cycles)
        case _:
            pass


def _concerned(path: Path, cycles: Cycles) -> Cycles:
    """The cycles that a value is for: those of its order type, or all cycles."""
    if path[0] != "by_order_type":
        return cycles
    return [cycle for cycle in cycles if cycle.order_type == path[1]]


def _unknown_type(path: Path, order_type: str) -> tuple[str, Path, str]:
    return "unknown-order-type", path, _UNKNOWN_TYPE.with_fields(key=checks.shown(order_type))


def _unknown_status(path: Path, status: str) -> tuple[str, Path, str]:
    return "unknown-status", path, _UNKNOWN_STATUS.with_fields(key=checks.shown(status))


def _of_keys(path: Path, keys: Iterable[str], owner: Path, cycles: Cycles) -> Warnings:
    concerned = _concerned(owner, cycles)
    for key in keys:
        if all(key not in cycle for cycle in concerned):
            yield _unknown_status((*path, key), key)


def _of_rules(path: Path, rules: ChangeRules, cycles: Cycles) -> Warnings:
    known = {status.key for cycle in cycles for status in cycle}
    for source, allowed in rules.targets.items():
        for key in sorted({source, *allowed} - known):
            yield _unknown_status((*path, "targets", source), key)
    for index, permission in enumerate(rules.permissions):
        for name, keys in (("to", permission.to), ("from_", permission.from_)):
            for key in sorted(keys - known):
                yield _unknown_status((*path, "permissions", index, name), key)
    for problem in find_rule_problems(rules, cycles):
        match problem.code:
            case "dead-end":
                yield problem.code, (*path, "targets", problem.key), problem.message
            case "no-reason":
                yield problem.code, (*path, "reason_required"), problem.message
            case _:
                pass  # an unknown status, which is above with its place
