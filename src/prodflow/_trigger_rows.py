"""Triggers as lines of a form: how a line is written and read, and everything wrong in a list.

Theory of operation. A line has the fields of `Trigger`, by name. `when` and `action` are mappings
with a `kind`, the name of their class in lower case, and the fields of that class. So a line is
what `prodflow.codec` dumps, but the texts that a browser posts are accepted too.

A problem names its field by a path, such as `when.status`. A field that the chosen kind doesn't
have is a problem only if it's filled in: a page without scripts shows the fields of all kinds.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final, NamedTuple, cast, get_args

from attrs import NOTHING, define, evolve, fields

from prodflow import _checks as checks
from prodflow._facts import Alternatives, Fact
from prodflow._messages import Message, text
from prodflow._posted import (
    Posted,
    data,
    has_no_text,
    is_empty,
    kind_of,
    name_of,
    pairs_of,
    posted_fields,
)
from prodflow._statuses import shortened
from prodflow._trigger_values import Action, CustomAction, Trigger, When, Where, status_of
from prodflow.cycle import StatusCycle, slug
from prodflow.errors import InvalidTriggersError, TriggerProblem
from prodflow.order import Move

TITLES: Final[Mapping[str, Message]] = {
    "key": text("Key"),
    "description": text("Description"),
    "enabled": text("Switched on"),
    "when": text("When"),
    "status": text("Status"),
    "moves": text("Moves"),
    "days": text("Days"),
    "working": text("Working days"),
    "while_in_status": text("Only while in the status"),
    "action": text("Action"),
    "title": text("Task"),
    "department": text("Department"),
    "user": text("User"),
    "due_days": text("Due after days"),
    "template": text("Message"),
    "to": text("Recipient"),
    "channels": text("Channels"),
    "marketing": text("Marketing"),
    "name": text("Name"),
    "payload": text("Data"),
    "order_types": text("Order types"),
    "order_type": text("Order type"),
    "vendor": text("Vendor"),
    "facts": text("Facts"),
    "condition": text("Condition"),
    "automatic": text("Automatic"),
    "once_per_order": text("Once per order"),
}
"""What people read above the columns of a list of triggers, by field."""

Part = When | Action


WHEN: Final = {kind_of(cls): cls for cls in get_args(When)}
ACTIONS: Final = {kind_of(cls): cls for cls in get_args(Action)}
_NAMES: Final = {cls: name for name, cls in (WHEN | ACTIONS).items()}


def _posted(cls: type) -> tuple[Posted, ...]:
    return tuple(
        it._replace(check=_moves_with(it.check)) if it.name == "moves" else it
        for it in posted_fields(cls, TITLES)
    )


def _moves_with(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda words: check(None if words is None else [*map(Move, words)])


PARTS: Final = {cls: _posted(cls) for cls in _NAMES}
"""The fields of each kind of occasion and action, as a form fills them in."""
FIELDS: Final = {
    it.name: it for it in _posted(Trigger) if it.name not in {"when", "action", "condition"}
}
"""The fields of a trigger, without those that have fields of their own."""
_NAMED: Final = ("order_type", "vendor", "department", "user")

# --- Writing ------------------------------------------------------------------------------------


def to_row(trigger: Trigger) -> dict[str, Any]:
    """A trigger as the line of a form, in the form that the codec dumps.

    Raises:
        ValueError: if its condition is code.
    """
    return {
        "key": trigger.key,
        "when": _to_part(trigger.when),
        "action": _to_part(trigger.action),
        "description": trigger.description,
        "enabled": trigger.enabled,
        "order_types": [*trigger.order_types],
        "condition": _to_condition(trigger.condition),
        "automatic": trigger.automatic,
        "once_per_order": trigger.once_per_order,
    }


def _to_part(part: Part) -> dict[str, Any]:
    values = {it.name: to_value(getattr(part, it.name)) for it in fields(type(part))}
    if isinstance(part, CustomAction):
        values["payload"] = dict(part.payload)
    return {"kind": _NAMES[type(part)], **values}


def to_value(value: object) -> object:
    """A value of a field as data."""
    if isinstance(value, frozenset):
        return sorted(map(str, cast("frozenset[Move]", value)))
    return [*cast("tuple[object, ...]", value)] if isinstance(value, tuple) else value


def _to_condition(condition: object) -> dict[str, Any] | None:
    if condition is None:
        return None
    if not isinstance(condition, Where):
        expected = "a Where for a form, since a form can't hold code"
        raise ValueError(f"condition must be {expected}")  # noqa: TRY004 - as the codec raises
    values = {name: getattr(condition, name) for name in _NAMED}
    row: dict[str, Any] = {
        name: _to_wanted(value) for name, value in values.items() if value is not NOTHING
    }
    facts = {name: to_fact(value) for name, value in condition.facts.items()}
    return row | {"facts": facts} if facts else row


def _to_wanted(value: object) -> object:
    if not isinstance(value, frozenset):
        return value
    names = cast("frozenset[str | None]", value)
    return sorted(names, key=lambda each: (each is not None, each or ""))


def to_fact(value: Fact | Alternatives | None) -> object:
    """A fact, or the facts that are wanted, as data."""
    match value:
        case Decimal():
            return {"decimal": format(value, "f")}
        case date():
            return {"date": value.isoformat()}
        case tuple():
            return [*map(to_fact, value)]
        case _:
            return value


# --- Reading ------------------------------------------------------------------------------------

_Say = Callable[[Message], Message]
WhereProblem = tuple[str, tuple[str, ...], Message]
"""A code, a path and a message."""


class _Fault(NamedTuple):
    """A problem of a line whose name isn't known yet."""

    code: str
    field: str | None
    say: _Say
    """The message, from what people call the trigger."""


@define
class _Row:
    """A line as it was read; of a line with problems, what could be read."""

    index: int
    key: str = ""
    description: str = ""
    when: When | None = None
    order_types: tuple[str, ...] = ()
    problems: Sequence[TriggerProblem] = ()
    trigger: Trigger | None = None
    """None if the line has problems. If *key* is empty, its key has no meaning yet."""


def _saying(template: Message, **more: str | int) -> _Say:
    return lambda name: template.with_fields(name=name, **more)


_NO_KIND: Final = {
    "when": _saying(text("{name}: choose when it fires")),
    "action": _saying(text("{name}: choose what to do")),
}
_NO_CONDITION: Final = text("{name}: {field} must be JSON, such as {example}")
_NO_NAMES: Final = text("{name}: {field} must be names of 1 to {most} characters")
_NO_FACTS: Final = text("{name}: write each fact on a line, such as client = Lee")
_EXAMPLE: Final = '{"vendor": "West Lab"}'
_NO_FIELD: Final = text("{name} has a field that it can't have, {field}: clear it")


def _mapping(value: object) -> dict[Any, object] | None:
    """The fields of an object, or of a text in JSON; None for anything else."""
    try:
        found = data(value)
        if isinstance(found, Mapping):
            return pairs_of(cast("Mapping[Any, object]", found))
    except Exception:  # noqa: BLE001, S110 - the host's mapping may fail in any way
        pass
    return None


def _read_fields(
    values: dict[Any, object], wanted: Iterable[Posted], path: str, faults: list[_Fault]
) -> dict[str, Any]:
    """The fields that can be read, taken out of *values*."""
    read: dict[str, Any] = {}
    for posted in wanted:
        value = values.pop(posted.name, NOTHING)
        if value is NOTHING and posted.default is not NOTHING:
            continue
        try:
            read[posted.name] = posted.read("" if value is NOTHING else value)
        except Exception:  # noqa: BLE001 - the host's value may fail in any way
            field = path + posted.name
            if posted.name == "status":  # it's chosen from a list
                faults.append(_Fault("unknown-status", field, _saying(_NO_STATUS)))
            else:
                say = partial(posted.refusal, value=None if value is NOTHING else value)
                faults.append(_Fault(posted.code, field, say))
    return read


def _no_others(values: Mapping[Any, object], path: str, faults: list[_Fault]) -> None:
    """Report the fields that are left, unless they are empty."""
    for name, value in values.items():
        if not is_empty(value):
            field = name_of(name)
            place = None if field is None else name_of(path + field)
            shown = text("{name}", name=checks.shown(name))
            faults.append(_Fault("unknown-field", place, _saying(_NO_FIELD, field=shown)))


def _read_part(value: object, path: str, kinds: Mapping[str, type], faults: list[_Fault]) -> Any:  # noqa: ANN401 - a `When` or an `Action`
    if type(value) in kinds.values():
        return value
    values = _mapping(value) or {}
    kind = values.pop("kind", None)
    cls = kinds.get(kind) if isinstance(kind, str) else None
    if cls is None:
        faults.append(_Fault("unknown-kind", f"{path}.kind", _NO_KIND[path]))
        return None
    before = len(faults)
    read = _read_fields(values, PARTS[cls], f"{path}.", faults)
    _no_others(values, f"{path}.", faults)
    return cls(**read) if len(faults) == before else None


def _read_condition(value: object, faults: list[_Fault]) -> Where | None:
    if value is None or isinstance(value, Where):
        return value
    if isinstance(value, str) and not value.strip():
        return None
    values = _mapping(value)
    if values is None:
        say = _saying(_NO_CONDITION, field=TITLES["condition"], example=_EXAMPLE)
        faults.append(_Fault("bad-condition", "condition", say))
        return None
    if values and all(isinstance(each, str) and not each for each in values.values()):
        return None  # a form whose fields are all left empty
    given: dict[str, Any] = {}
    for name, read in (*((name, _read_wanted) for name in _NAMED), ("facts", _read_facts)):
        one = values.pop(name, "")
        if isinstance(one, str) and not one:
            continue
        try:
            given[name] = read(one)
            Where(**{name: given[name]})
        except Exception:  # noqa: BLE001 - the host's mapping may fail in any way
            template = _NO_FACTS if name == "facts" else _NO_NAMES
            say = _saying(template, field=TITLES[name], most=checks.NAME_LENGTH)
            faults.append(_Fault("bad-condition", f"condition.{name}", say))
            given.pop(name, None)
    _no_others(values, "condition.", faults)
    return Where(**given)


def read_where(value: object, name: str) -> tuple[Where | None, list[WhereProblem]]:
    """A condition outside of a list of triggers, and what is wrong with it.

    Args:
        value: data of any kind.
        name: what the condition belongs to, for messages.
    """
    faults: list[_Fault] = []
    try:
        where = _read_condition(value, faults)
    except Exception:  # noqa: BLE001 - the host's value may fail in any way
        where = _read_condition(NOTHING, faults)
    shown = text("{name}", name=name)
    return where, [
        (code, tuple(filter(None, [(field or "").partition(".")[2]])), say(shown))
        for code, field, say in faults
    ]


def _read_wanted(value: Any) -> object:  # noqa: ANN401 - data of any kind
    """One name or several; in a list, an empty text is an order without one."""
    if isinstance(value, list | tuple):
        names = cast("list[object]", value)
        return [None if isinstance(each, str) and not each else each for each in names]
    return value


def _read_facts(value: object) -> object:
    found = _mapping(value)
    if found is None:
        raise TypeError
    return {name: _read_fact(each) for name, each in found.items()}


_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def _read_fact(value: Any) -> Any:  # noqa: ANN401 - data of any kind
    if isinstance(value, list | tuple):
        return [*map(_read_fact, cast("list[object]", value))]
    if not isinstance(value, Mapping):
        return value
    written: Any
    ((tag, written),) = pairs_of(cast("Mapping[Any, object]", value)).items()
    if tag == "decimal" and _DECIMAL.fullmatch(written):
        return Decimal(written)
    if tag == "date":
        return date.fromisoformat(written)
    raise ValueError


def _read(index: int, item: Any, *, keyless: bool) -> _Row:  # noqa: ANN401 - whatever a form holds
    if isinstance(item, Trigger):
        when, types = item.when, item.order_types
        return _Row(index, item.key, item.description, when, types, trigger=item)
    values = pairs_of(item)
    values.pop("schema", None)  # the number that the codec writes
    is_new = keyless and has_no_text(values.get("key"))
    if is_new:
        values["key"] = _NO_KEY
    faults: list[_Fault] = []
    read = _read_fields(values, FIELDS.values(), "", faults)
    when = _read_part(values.pop("when", None), "when", WHEN, faults)
    action = _read_part(values.pop("action", None), "action", ACTIONS, faults)
    condition = _read_condition(values.pop("condition", None), faults)
    _no_others(values, "", faults)
    row = _Row(index, "" if is_new else read.get("key", ""), read.get("description", ""), when)
    row.order_types = read.get("order_types", ())
    row.problems = [_problem(row, *fault) for fault in faults]
    if not faults:
        row.trigger = Trigger(when=when, action=action, condition=condition, **read)
    return row


_NO_KEY: Final = "new"


def _read_all(items: Iterable[object], *, keyless: bool = False) -> list[_Row]:
    rows: list[_Row] = []
    for index, item in enumerate(items):
        try:
            rows.append(_read(index, item, keyless=keyless))
        except Exception:  # noqa: BLE001 - the host's mapping may fail in any way
            row = _Row(index)
            say = _saying(_NO_TRIGGER, value=text("{name}", name=checks.shown(item)))
            row.problems = [_problem(row, "not-a-trigger", None, say)]
            rows.append(row)
    return rows


_NO_TRIGGER: Final = text("{name} must be a Trigger or a mapping, not {value}")


def _problem(row: _Row, code: str, field: str | None, say: _Say) -> TriggerProblem:
    return TriggerProblem(code, row.key or None, say(_name(row)), field, row.index)


def _name(row: _Row) -> Message:
    """What people call a trigger: its description, or the number of its line."""
    words = row.description.split()  # a description may have several lines
    if not words:
        return _line(row)
    return text("'{description}'", description=shortened(" ".join(words)))


def _line(row: _Row) -> Message:
    return text("line {line}", line=row.index + 1)


# --- The whole list -----------------------------------------------------------------------------


def find_trigger_problems(
    triggers: Iterable[Trigger | Mapping[str, object]], cycles: Iterable[StatusCycle]
) -> tuple[TriggerProblem, ...]:
    """Everything wrong in a list of triggers, even in a form that is half filled in.

    Args:
        triggers: the list. An item is a `Trigger`, or a mapping for a line of a form: what
            `codec.dump` gives, with the values of `Trigger`, or texts as a browser posts them.
            Fields that the mapping leaves out have their defaults.
        cycles: the cycles of your app, in any versions. The status of a trigger must be in at
            least one cycle of the trigger's order types.

    Returns:
        The problems in the sequence of the triggers; empty if there are none.

    Raises:
        TypeError: if *triggers* isn't iterable, or *cycles* holds something else. A wrong item of
            *triggers* is a problem, and never raises an exception.

    Source:
        Decision D30.

    Example:
        >>> from prodflow import CreateTask, DaysInStatus
        >>> reminder = Trigger("call", DaysInStatus("at-teh-lab", 3), CreateTask("Call the lab"))
        >>> form = {"key": "ask", "when": {"kind": "entering"}, "action": {"kind": "create-task"}}
        >>> for problem in find_trigger_problems([reminder, form], []):
        ...     print(problem.index, problem.field, problem.code)
        0 when.status unknown-status
        1 action.title bad-text
    """
    known = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
    return Lines(checks.items("triggers", triggers, "triggers")).problems(known)


def read_triggers(
    rows: Iterable[Trigger | Mapping[str, object]],
    cycles: Iterable[StatusCycle] | None = None,
    *,
    taken: Collection[str] = (),
) -> tuple[Trigger, ...]:
    """The triggers that a form holds.

    Args:
        rows: the list, as `find_trigger_problems` takes it. A mapping without a key is a new
            trigger, and gets a key from its description.
        cycles: the cycles of your app; None if statuses and order types aren't to be looked up.
        taken: keys that new triggers must not get, such as those of triggers that were deleted.

    Raises:
        InvalidTriggersError: with all problems, each with its line and its field.

    Source:
        Decision D30.

    Example:
        >>> (trigger,) = read_triggers(
        ...     [
        ...         {
        ...             "description": "Call the lab",
        ...             "when": {"kind": "days-in-status", "status": "lab", "days": "3"},
        ...             "action": {"kind": "create-task", "title": "Call"},
        ...         }
        ...     ]
        ... )
        >>> trigger.key, trigger.when
        ('call-the-lab', DaysInStatus(status='lab', days=3, working=False, while_in_status=True))
    """
    used = {*checks.instances("taken", taken, str, "keys")}
    known = None
    if cycles is not None:
        known = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
    lines = Lines(checks.items("rows", rows, "triggers"), keyless=True)
    problems = lines.problems(known)
    if problems:
        raise InvalidTriggersError(problems)
    return lines.triggers(used)


class Lines:
    """A list of triggers, as it was read.

    Args:
        items: the list.
        keyless: whether a line may have no key yet.
    """

    def __init__(self, items: Iterable[object], *, keyless: bool = False) -> None:
        self._rows = _read_all(items, keyless=keyless)

    def problems(self, known: Sequence[StatusCycle] | None = None) -> tuple[TriggerProblem, ...]:
        """Everything wrong; None for the cycles if statuses aren't to be looked up."""
        return _problems_of(self._rows, known)

    def unknown(self, known: Sequence[StatusCycle]) -> Iterator[TriggerProblem]:
        """The statuses and order types that no cycle has."""
        for row in self._rows:
            yield from _unknown(row, known)

    def triggers(self, taken: Iterable[str] = ()) -> tuple[Trigger, ...]:
        """The triggers of the lines that have no problems, each with a key."""
        used = {*taken, *(row.key for row in self._rows)}
        triggers: list[Trigger] = []
        for row in self._rows:
            trigger = row.trigger
            if trigger is not None and not row.key:
                trigger = evolve(trigger, key=slug(_name_for_key(row), used))
                used.add(trigger.key)
            if trigger is not None:
                triggers.append(trigger)
        return tuple(triggers)


def _name_for_key(row: _Row) -> str:
    return "trigger" if has_no_text(row.description) else row.description


def _problems_of(
    rows: Iterable[_Row], known: Sequence[StatusCycle] | None
) -> tuple[TriggerProblem, ...]:
    problems: list[TriggerProblem] = []
    lines: dict[str, _Row] = {}
    for row in rows:
        problems += row.problems
        first = lines.setdefault(row.key, row) if row.key else row
        if first is not row:
            say = _saying(_TWICE, line=_line(first))
            problems.append(_problem(row, "duplicate-trigger", "key", say))
        if known is not None:
            problems += _unknown(row, known)
    return tuple(problems)


_TWICE: Final = text("{name} has the same key as {line}: each trigger needs a key of its own")
_NO_TYPE: Final = text("{name} is for an order type that has no statuses: choose other order types")
_NO_STATUS: Final = text("{name} is for a status that no list has: choose another status")
_OTHER_STATUS: Final = text(
    "{name} is for the status '{status}', which its order types don't have: choose another status"
)


def _unknown(row: _Row, cycles: Sequence[StatusCycle]) -> Iterator[TriggerProblem]:
    """The order types that no cycle has, and the status if the cycles of its types lack it."""
    for order_type in row.order_types:
        if all(cycle.order_type != order_type for cycle in cycles):
            yield _problem(row, "unknown-order-type", "order_types", _saying(_NO_TYPE))
    status = None if row.when is None else status_of(row.when)
    types = row.order_types
    concerned = (cycle for cycle in cycles if not types or cycle.order_type in types)
    if status is None or any(status in cycle for cycle in concerned):
        return
    names = [cycle[status].description for cycle in cycles if status in cycle]
    if names:
        shown = text("{name}", name=shortened(names[-1]))
        yield _problem(row, "unknown-status", "when.status", _saying(_OTHER_STATUS, status=shown))
    else:
        yield _problem(row, "unknown-status", "when.status", _saying(_NO_STATUS))
