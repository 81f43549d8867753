"""Reads settings from nested mappings, and collects every problem on the way.

Theory of operation. A *reader* takes a value and its path. It returns the value that the settings
would have. If the value is wrong, it reports problems and returns `BAD`. So a bad field hides no
other field.

The type of a field says how the field is read: `of` makes the reader of a type. `_OVERRIDES` has
the fields for which the type isn't enough, such as those with mappings and lists. A value may be
JSON data, as `prodflow.codec` dumps it, a text that a browser posts, or already a value of
prodflow. `_posted` turns texts into values, as it does for lists, and `_trigger_rows` reads
triggers and conditions.

What must stay true: data without errors here become settings, and data that the codec can load have
no errors and become the settings that it loads. Two laws check this.
"""

from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, time
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, cast, get_args, get_origin

import attrs

from prodflow import _checks as checks
from prodflow._fields import (
    Day,
    Description,
    Duration,
    Key,
    Label,
    Number,
    Text,
    between,
    check_of,
)
from prodflow._messages import Message, text
from prodflow._posted import choices, data, flag, is_blank, is_empty, kind_of, whole
from prodflow._trigger_rows import Lines, read_where
from prodflow._written import moment
from prodflow.calendars import WorkingCalendar
from prodflow.duedate import (
    OURS,
    Backward,
    DueDatePolicy,
    Forward,
    FromEntry,
    Terms,
    VendorTerms,
)
from prodflow.errors import SettingsProblem, Severity, TriggerProblem
from prodflow.flow import ChangeRules, Permission, Reason
from prodflow.order import Move
from prodflow.settings._titles import title_of
from prodflow.settings._values import Cutoff, FlowSettings, Path, TypeSettings, Zone, no_calendar
from prodflow.triggers import Trigger, Where

BAD: Final[Any] = object()
"""What a reader returns for a value with an error."""

Reader = Callable[[object, Path, "Report"], Any]
Check = Callable[[str, Any], Any]


class Report:
    """The problems found so far, and the values read.

    Args:
        calendars: the names that policies may use; None if they aren't known.
    """

    def __init__(self, calendars: Collection[object] | None) -> None:
        self.calendars = calendars
        self.problems: list[SettingsProblem] = []
        self.read: list[tuple[Path, object]] = []

    def add(self, severity: Severity, code: str, path: Path, message: str) -> None:
        """Add a problem."""
        self.problems.append(SettingsProblem(code, severity, path, message))

    def refuse(self, code: str, path: Path, message: str) -> Any:  # noqa: ANN401 - a `BAD` is of no type
        """Add an error, and return `BAD`."""
        self.add("error", code, path, message)
        return BAD


# --- Single values ------------------------------------------------------------------------------


def _same(value: object) -> object:
    return value


def _leaf(code: str, check: Check, posted: Callable[[object], object] = _same) -> Reader:
    """The reader of a value that *check* accepts; the message of a problem is that of its error.

    Args:
        posted: what turns a text that a browser posts into a value.
    """

    def read(value: object, path: Path, report: Report) -> object:
        name = title_of(path)
        try:
            return check(name, posted(checks.plain(cast("str", value))))
        except (TypeError, ValueError) as error:
            message = error.args[0]
        except Exception:  # noqa: BLE001 - the host's value may fail in any way
            message = text("{name} can't be read: give another value").with_fields(name=name)
        return report.refuse(code, path, message)

    return read


def _whole(low: int, high: int) -> Reader:
    return _leaf("bad-number", between(low, high).run, whole)


def _written(kind: type[date] | type[time], example: str, check: Check) -> Check:
    """A check that also takes the text of a date or time."""

    def run(name: str, value: Any) -> object:  # noqa: ANN401 - the check refuses wrong values
        if not is_of(value, str):
            return check(name, value)
        found = moment(kind, value)
        if found is None:
            template = text("{name} must look like {example}, not {value}")
            shown = checks.shown(value)
            raise ValueError(template.with_fields(name=name, example=repr(example), value=shown))
        return check(name, found)

    return run


def _word(words: Mapping[str, object]) -> Reader:
    def check(name: str, value: Any) -> object:  # noqa: ANN401 - as above
        return words[checks.one_of(name, value, *words)]

    return _leaf("bad-word", check)


def _code(_: object, path: Path, report: Report) -> object:
    """Reads a field that holds code: nothing is allowed here."""
    return report.refuse("code", path, _IS_CODE)


_IS_CODE: Final = text("this is code, which can't be saved: leave it out")
_KEY: Final = _leaf("bad-key", check_of(Key))
_TEXT: Final = _leaf("bad-text", check_of(Text))
_DURATION: Final = _leaf("bad-duration", check_of(Duration), whole)
_DAY: Final = _leaf("bad-date", _written(date, "2026-11-30", check_of(Day)))
_LEAVES: Final[dict[Any, Reader]] = {
    Key: _KEY,
    Text: _TEXT,
    Description: _leaf("bad-text", check_of(Description)),
    Label: _leaf("bad-text", check_of(Label)),
    Duration: _DURATION,
    Number: _leaf("bad-number", check_of(Number), whole),
    bool: _leaf("bad-flag", check_of(bool), flag),
    Day: _DAY,
    Cutoff: _leaf("bad-time", _written(time, "17:30", check_of(Cutoff))),
    Zone: _leaf("bad-zone", check_of(Zone)),
    Move: _word({move.value: move for move in Move}),
}


# --- Lists and mappings -------------------------------------------------------------------------


def _optional(reader: Reader) -> Reader:
    def read(value: object, path: Path, report: Report) -> object:
        is_none = value is None or _is_so(is_blank, value)
        return None if is_none else reader(value, path, report)

    return read


def _is_so(ask: Callable[[object], bool], value: object) -> bool:
    """The answer to a question about a value; False if the host's value fails."""
    try:
        return ask(value)
    except Exception:  # noqa: BLE001 - it may fail in any way
        return False


# The type of a value is compared, since `isinstance` may ask the host's value.


def is_of(value: object, *classes: type) -> bool:
    """Whether a value is of one of these classes."""
    return issubclass(type(value), classes)


def _items(value: Any) -> list[object] | None:  # noqa: ANN401 - data of any kind
    """The items of a list; None for any other value."""
    try:
        found = choices(checks.plain(value)) if is_of(value, str) else value
        return [*cast("list[object]", found)] if is_of(found, list, tuple, AbstractSet) else None
    except Exception:  # noqa: BLE001 - the host's list may fail in any way
        return None


def _items_of(value: object, path: Path, report: Report) -> list[object] | None:
    """The items of a list; any other value is reported."""
    items = _items(value)
    if items is None:
        message = text("{name} must be a list, not {value}")
        fields = {"name": title_of(path), "value": checks.shown(value)}
        report.refuse("not-a-list", path, message.with_fields(**fields))
    return items


def _list(item: Reader, *, at_least_one: bool = False) -> Reader:
    def read(value: object, path: Path, report: Report) -> object:
        given = _items_of(value, path, report)
        if given is None:
            return BAD
        items = [
            item(each, (*path, index), report)
            for index, each in enumerate(given)
            if not is_of(each, str) or checks.plain(cast("str", each))  # a box may post no text
        ]
        if at_least_one and not items:
            message = text("{name} must name at least one")
            return report.refuse("empty-list", path, message.with_fields(name=title_of(path)))
        return BAD if any(it is BAD for it in items) else tuple(items)

    return read


def pairs_of(value: Any, path: Path, report: Report) -> dict[str, object] | None:  # noqa: ANN401 - as above
    """The items of a mapping; None for any other value.

    A key that isn't a text is reported and left out. Within settings, a mapping may be a text in
    JSON, and an empty text is an empty one.
    """
    try:
        if path and is_of(value, str):
            value = data(checks.plain(value)) if value else {}
        pairs = [*value.items()]
        return {checks.plain(key): item for key, item in pairs if _is_text(key, path, report)}
    except Exception:  # noqa: BLE001 - the host's mapping may fail in any way
        message = text("{name} must be a mapping, not {value}")
        fields = {"name": title_of(path), "value": checks.shown(value)}
        report.add("error", "not-a-mapping", path, message.with_fields(**fields))
        return None


def _is_text(key: object, path: Path, report: Report) -> bool:
    if is_of(key, str):
        return True
    message = text("a name in {name} must be a text, not {value}")
    shown = message.with_fields(name=title_of(path), value=checks.shown(key))
    report.add("error", "bad-key", path, shown)
    return False


def _as_mapping(value: Any) -> object:  # noqa: ANN401 - data of any kind
    """A mapping, also of the pairs that a value of ours keeps as a tuple."""
    try:
        return dict(value) if is_of(value, tuple) else value
    except (TypeError, ValueError):
        return value


def _mapping(key: Reader, value: Reader) -> Reader:
    def read(given: object, path: Path, report: Report) -> object:
        pairs = pairs_of(_as_mapping(given), path, report)
        if pairs is None:
            return BAD
        items = [
            (key(name, (*path, name), report), value(it, (*path, name), report))
            for name, it in pairs.items()
        ]
        return BAD if any(BAD is it for pair in items for it in pair) else dict(items)

    return read


# --- Values with fields -------------------------------------------------------------------------


def fields_of(cls: type, value: object, path: Path, report: Report) -> dict[str, Any] | None:
    """The fields of a value of a class, as its constructor takes them; None if it has none.

    A field that is left out has its default. A field with an error is `BAD`.
    """
    spec = _spec(cls)
    if is_of(value, cls):
        pairs: dict[str, object] = {name: getattr(value, it.name) for name, it, _ in spec}
    elif (read := pairs_of(value, path, report)) is not None:
        pairs = read
    else:
        return None
    found: dict[str, Any] = {}
    for name, it, reader in spec:
        if name in pairs:
            found[name] = reader(pairs.pop(name), (*path, name), report)
        elif it.default is attrs.NOTHING:
            message = text("{name} is missing: fill it in").with_fields(name=title_of((name,)))
            found[name] = report.refuse("missing-field", (*path, name), message)
    for unknown, given in pairs.items():
        if not _is_so(is_empty, given):  # a page without scripts shows the fields of all kinds
            message = text("there is no field {name} here: leave it out")
            shown = message.with_fields(name=checks.shown(unknown))
            report.add("error", "unknown-field", (*path, unknown), shown)
    return found


@cache
def _spec(cls: type) -> tuple[tuple[str, "attrs.Attribute[Any]", Reader], ...]:
    """The fields that the constructor of a class takes: each name, the field, and its reader."""
    return tuple(
        (it.alias, it, _OVERRIDES.get((cls, it.alias)) or of(it.type))
        for it in attrs.fields(cast("type[attrs.AttrsInstance]", cls))
        if it.init and it.alias is not None
    )


def _value(cls: type, value: object, path: Path, report: Report) -> object:
    found = fields_of(cls, value, path, report)
    if found is None or any(it is BAD for it in found.values()):
        return BAD
    try:
        built: object = cls(**found)
    except ValueError:  # the fields don't fit together
        code, name, message = _TOGETHER[cls]
        return report.refuse(code, (*path, name), message)
    report.read.append((path, built))
    return built


_TOGETHER: Final[dict[type, tuple[str, str, Message]]] = {
    WorkingCalendar: (
        "no-working-days",
        "working_weekdays",
        text("a calendar needs at least one working day: choose one"),
    ),
    Permission: (
        "moves-and-verbs",
        "verbs",
        text("moves are of status changes, and verbs are the other changes: use two permissions"),
    ),
}


def _reasons(value: object, path: Path, report: Report) -> object:
    """Reads reasons, whose keys differ."""
    found = _list(partial(_value, Reason))(value, path, report)
    seen: set[object] = set()
    for index, each in enumerate(_items(value) or ()):
        key = _key_of(each)
        if key is not None and key in seen:
            message = text("two reasons have the key {key}: change one of them")
            shown = message.with_fields(key=checks.shown(key))
            found = report.refuse("duplicate-reason", (*path, index, "key"), shown)
        seen.add(key)
    return found


def _key_of(value: Any) -> str | None:  # noqa: ANN401 - data of any kind
    """The key of a reason or of its data; None if it can't be read."""
    pairs = {"key": value.key} if is_of(value, Reason) else pairs_of(value, ("",), Report(None))
    found: Any = (pairs or {}).get("key")
    return checks.plain(found) if is_of(found, str) else None


def _triggers(value: object, path: Path, report: Report) -> object:
    """Reads triggers as lists of triggers are read, but no code is allowed here."""
    items = _items_of(value, path, report)
    if items is None:
        return BAD
    lines = Lines(items, keyless=True)
    for problem in lines.problems():
        report.refuse(problem.code, (*path, *place_of(problem)), problem.message)
    report.read.append((path, lines))
    for index, each in enumerate(items):
        if is_of(each, Trigger):
            condition = cast("Trigger", each).condition
            if condition is not None and not is_of(condition, Where):
                report.refuse("code", (*path, index, "condition"), _IS_CODE)
    return lines.triggers()


def place_of(problem: TriggerProblem) -> Path:
    """Where a problem is in a list of triggers."""
    part, _, field = (problem.field or "").partition(".")
    steps = (part, field) if part in {"when", "action", "condition"} else (problem.field,)
    return (cast("int", problem.index), *filter(None, steps))


def _where(value: object, path: Path, report: Report) -> object:
    """Reads a condition as lists of triggers do."""
    where, problems = read_where(value, title_of(path[:-1]))
    for code, steps, message in problems:
        report.refuse(code, (*path, *steps), message)
    return BAD if problems else where


def _one_of(*classes: type) -> Reader:
    """The reader of a value of several classes; data name the class in `kind`."""
    by_kind = {kind_of(cls): cls for cls in classes}
    kind_reader = _word(by_kind)

    def read(value: object, path: Path, report: Report) -> object:
        if is_of(value, *classes):
            return _value(type(value), value, path, report)
        pairs = pairs_of(value, path, report)
        if pairs is None:
            return BAD
        cls = kind_reader(pairs.pop("kind", None), (*path, "kind"), report)
        return BAD if cls is BAD else _value(cls, pairs, path, report)

    return read


@cache
def of(kind: Any) -> Reader:  # noqa: ANN401 - a type may have any form
    """The reader of a type of field."""
    if kind in _LEAVES:
        return _LEAVES[kind]
    origin, kinds = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        others = [each for each in kinds if each is not NoneType]
        reader = of(others[0]) if len(others) == 1 else _one_of(*others)
        return reader if len(others) == len(kinds) else _optional(reader)
    if origin is Literal:
        return _word({word: word for word in kinds})
    if origin in {tuple, frozenset}:
        return _list(of(kinds[0]))
    return partial(_value, kind)


def _calendar(value: object, path: Path, report: Report) -> object:
    """Reads a calendar of a policy, or its name."""
    if not is_of(value, str):
        return _value(WorkingCalendar, value, path, report)
    name = _TEXT(value, path, report)
    if name is BAD or report.calendars is None or name in report.calendars:
        return name
    return report.refuse("unknown-calendar", path, no_calendar(name))


def _policy(value: object, path: Path, report: Report) -> object:
    if type(value) not in OURS and _is_policy(value):
        return report.refuse("code", path, _IS_CODE)
    return _one_of(*OURS)(value, path, report)


def _is_policy(value: object) -> bool:
    """Whether a value looks like a policy of the host."""
    try:
        return isinstance(value, DueDatePolicy)
    except Exception:  # noqa: BLE001 - the host's object may fail in any way
        return True


_KEYS: Final = _list(_KEY)
_DAYS: Final = _list(_DAY)
_BY_STATUS: Final = _mapping(_KEY, _calendar)
_POLICY_FIELDS: Final[dict[str, Reader]] = {"calendar": _calendar, "calendars": _BY_STATUS}

_OVERRIDES: Final[dict[tuple[type, str], Reader]] = {
    (FlowSettings, "due_dates"): _policy,
    (FlowSettings, "by_order_type"): _mapping(_KEY, partial(_value, TypeSettings)),
    (FlowSettings, "calendars"): _mapping(_TEXT, partial(_value, WorkingCalendar)),
    (FlowSettings, "triggers"): _triggers,
    (TypeSettings, "due_dates"): _optional(_policy),
    **{
        (cls, name): reader
        for cls in (Forward, Backward, FromEntry)
        for name, reader in _POLICY_FIELDS.items()
    },
    (Terms, "vendors"): _mapping(_TEXT, partial(_value, VendorTerms)),
    (VendorTerms, "durations"): _mapping(_KEY, _DURATION),
    (VendorTerms, "calendars"): _BY_STATUS,
    (WorkingCalendar, "working_weekdays"): _list(_whole(0, 6)),
    (WorkingCalendar, "holidays"): _DAYS,
    (WorkingCalendar, "extra_working_days"): _DAYS,
    (ChangeRules, "targets"): _mapping(_KEY, _KEYS),
    (ChangeRules, "reasons"): _reasons,
    (ChangeRules, "guard"): _optional(_code),
    (ChangeRules, "entry_guard"): _optional(_code),
    (Permission, "roles"): _list(_TEXT, at_least_one=True),
    (Permission, "to"): _KEYS,
    (Permission, "from_"): _KEYS,
    (Permission, "where"): _where,
}
