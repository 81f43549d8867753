"""Quick ways to load and dump orders and the entries of their histories.

Theory of operation. The codec in `_converter` decides which data are right and what they mean. The
functions here do the same for usual data in a quarter of the time, because a store reads and writes
thousands of orders at once. `tests/laws/test_quick.py` holds the two together.

1. A reader is one function, written from the fields of a class. One condition checks the kinds and
   ranges of all values. The constructor of `_trusted` builds the value, and
   `__attrs_post_init__` checks the rules between its fields.
2. A reader raises an error for anything that it doesn't expect: an unknown or a missing field, a
   wrong kind, a text that isn't printable. Then the codec loads the data, and it's the codec that
   accepts them or lists their problems. So a reader may refuse right data, but it never accepts
   data that the codec refuses, and never builds another value.
3. A writer is one function too. It writes each field as the codec does, in the same sequence.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from operator import itemgetter
from types import UnionType
from typing import Any, Final, NamedTuple, TypeVar, Union, get_args, get_origin

import attrs
from attrs import Attribute

from prodflow import _checks as checks
from prodflow import _fields as kinds
from prodflow._facts import LIMIT, NO_CHANGES, NO_FACTS, FactChanges, Facts, unchecked
from prodflow._posted import kind_of
from prodflow._trusted import trusted
from prodflow._written import moment
from prodflow.codec import _facts as facts
from prodflow.codec import _hooks as hooks
from prodflow.codec import _pages as pages
from prodflow.codec._hooks import Data, Hook
from prodflow.codec._problems import OF_DATA
from prodflow.codec._thorough import SCHEMA, Named
from prodflow.cycle import Status, StatusCycle
from prodflow.order import Held, HistoryEntry, Move, OrderSplit, ProductionOrder

T = TypeVar("T")

_ENTRIES: Final = {
    kind_of(cls): cls
    for cls in get_args(HistoryEntry)
    if cls is not OrderSplit  # an order is split once, if ever
}
_NAMES: Final = {cls: name for name, cls in _ENTRIES.items()}

# --- Loading ------------------------------------------------------------------------------------


def order(data: Any, cycles: Named) -> ProductionOrder | None:  # noqa: ANN401 - data of any kind
    """The order that the data describe; None if the codec has to look at them."""
    try:
        found: ProductionOrder = _reader(ProductionOrder)(hooks.fields(data), cycles)
    except OF_DATA:
        return None
    return found


def entry(data: Any) -> HistoryEntry | None:  # noqa: ANN401 - as above
    """The history entry that the data describe; None if the codec has to look at them."""
    try:
        fields = hooks.fields(data)
        found: HistoryEntry = _reader(_ENTRIES[hooks.text(fields["kind"], None)])(fields)
    except OF_DATA:
        return None
    return found


class _Read(NamedTuple):
    """How to read a field: a condition on its data, and an expression for its value.

    The name of the variable that has the data is written as `{it}`.
    """

    condition: str
    value: str = "{it}"

    @property
    def or_none(self) -> "_Read":
        """The same for a value or null."""
        value = self.value
        if value != "{it}":
            value = f"None if {{it}} is None else {value}"
        return _Read(f"({{it}} is None or {self.condition})", value)


_STR: Final = "type({it}) is str"


def _whole(low: int, high: int) -> _Read:
    return _Read(f"type({{it}}) is int and {low} <= {{it}} <= {high}")


_READS: Final[Mapping[Any, _Read]] = {
    kinds.Text: _Read(
        f"{_STR} and 0 < len({{it}}) <= {checks.NAME_LENGTH} and {{it}}.isprintable()"
    ),
    kinds.Note: _Read(_STR, "{it} and note('', {it})"),
    kinds.Key: _Read(f"{_STR} and is_key({{it}})"),
    # Python reads three forms more; of 10 characters, only "2026-W49-1" is one of them.
    kinds.Day: _Read(f"{_STR} and len({{it}}) == 10 and {{it}}[5] != 'W'", "day({it})"),
    kinds.Instant: _Read(_STR, "instant({it})"),
    kinds.Number: _whole(1, checks.NUMBER_MAX),
    kinds.Count: _whole(0, checks.COUNT_MAX),
    kinds.Priority: _whole(-kinds.PRIORITY_MAX, kinds.PRIORITY_MAX),
    bool: _Read("({it} is True or {it} is False)"),
    Move: _Read(_STR, "moves[{it}]"),
    Held: _Read("True", "held(fields({it}))"),
    Facts: _Read("True", "facts({it})"),
    FactChanges: _Read("True", "changes({it})"),
    StatusCycle: _Read("True", "(pinned := cycle({it}, cycles))"),
    Status: _Read(_STR, "pinned.place({it}).status"),
}


def _read(field: "Attribute[Any]") -> _Read:
    """How to read a field."""
    if get_origin(field.type) is tuple:
        return _Read("type({it}) is list", f"names({{it}}, convert_{field.name})")
    kind = _without_none(field.type)
    return _READS[kind] if kind == field.type else _READS[kind].or_none


def _without_none(kind: Any) -> Any:  # noqa: ANN401 - a type in any of its forms
    """X for the type `X | None`."""
    return get_args(kind)[0] if get_origin(kind) in {Union, UnionType} else kind


@cache
def _reader(cls: type) -> Callable[..., Any]:
    """The function that reads the data of a class; those of an order need cycles too."""
    fields = attrs.fields(cls)
    reads = [(_read(field), f"its_{field.name}") for field in fields]
    conditions = [read.condition.format(it=name) for read, name in reads]
    values = [read.value.format(it=name) for read, name in reads]
    keys = [field.name for field in fields]
    names = [name for _, name in reads]
    if cls is not Held:
        keys.append("schema")
        names.append("schema")
        conditions += ["type(schema) is int", f"schema == {SCHEMA}"]
    if cls in _NAMES:
        keys.append("kind")
        names.append("kind")
    lines = [
        "def read(data, cycles=None):",
        f"    if len(data) != {len(keys)}:",
        "        raise ValueError",
        f"    {', '.join(names)} = values(data)",
        f"    if not ({' and '.join(conditions)}):",
        "        raise ValueError",
        f"    value = build({', '.join(values)})",
        "    value.__attrs_post_init__()",
        "    return value",
    ]
    scope: dict[str, Any] = {
        "fields": hooks.fields,
        "values": itemgetter(*keys),
        "build": trusted(cls),
        "is_key": checks.is_key,
        "note": checks.note,
        "day": date.fromisoformat,
        "instant": _instant,
        "moves": {move.value: move for move in Move},
        "held": None if cls is Held else _reader(Held),
        "facts": _facts,
        "changes": _changes,
        "cycle": _cycle,
        "names": _names,
        **{f"convert_{field.name}": field.converter for field in fields},
    }
    return _made("read", lines, scope)


def _made(name: str, lines: Sequence[str], scope: dict[str, Any]) -> Callable[..., Any]:
    """The function that lines of code define."""
    exec("\n".join(lines), scope)  # noqa: S102 - made of field names only, as attrs itself does
    made: Callable[..., Any] = scope[name]
    return made


def _instant(text: str) -> datetime:
    found = moment(datetime, text)
    if found is None:
        raise ValueError
    return checks.instant("", found)


def _names(data: list[str], convert: Callable[[list[str]], tuple[str, ...]]) -> tuple[str, ...]:
    if not all(type(name) is str for name in data):
        raise TypeError
    return convert(data)


def _cycle(data: object, cycles: Named) -> StatusCycle:
    name = hooks.fields(data)
    order_type, version = hooks.text(name["order_type"], None), hooks.whole(name["version"], None)
    if len(name) > len((order_type, version)):
        raise ValueError
    return cycles[order_type, version]


def _facts(data: object) -> Facts:
    values = _values(data, LIMIT, facts.from_fact)
    return unchecked(Facts, values) if values else NO_FACTS


def _changes(data: object) -> FactChanges:
    values = _values(data, 2 * LIMIT, facts.from_change)
    return unchecked(FactChanges, values) if values else NO_CHANGES


def _values(data: object, limit: int, read: Hook[T]) -> dict[str, T]:
    fields = hooks.fields(data)
    if len(fields) > limit or [*fields] != sorted(fields) or not all(map(checks.is_key, fields)):
        raise ValueError
    return {name: read(value, None) for name, value in fields.items()}


# --- Dumping ------------------------------------------------------------------------------------

_QUICK: Final = frozenset({ProductionOrder, *_NAMES})


def dumped(value: object) -> Data | None:
    """An order or an entry as data; None for a value that the codec has to dump."""
    cls: type = type(value)
    return _writer(cls)(value) if cls in _QUICK else None


_WRITES: Final[Mapping[Any, str]] = {
    **dict.fromkeys((kinds.Text, kinds.Note, kinds.Key, bool), "{it}"),
    kinds.Day: "day({it})",
    kinds.Instant: "instant({it})",
    # A member of an int enum becomes its number.
    **dict.fromkeys(
        (kinds.Number, kinds.Count, kinds.Priority),
        "({it} if type({it}) is int else whole({it}))",
    ),
    Move: "word({it})",
    Held: "held({it})",
    **dict.fromkeys((Facts, FactChanges), "(facts({it}) if {it} else {{}})"),
    StatusCycle: "cycle({it})",
    Status: "{it}.key",
}


def _write(field: "Attribute[Any]", it: str) -> str:
    """The expression for the data of a field, whose value is in the variable *it*."""
    if get_origin(field.type) is tuple:
        return f"[*map(word, {it})]"
    kind = _without_none(field.type)
    write = _WRITES[kind].format(it=it)
    return write if kind == field.type else f"None if {it} is None else {write}"


@cache
def _writer(cls: type) -> Callable[[Any], Data]:
    """The function that writes the data of a value of a class."""
    fields = attrs.fields(cls)
    pairs = [f"'{field.name}': {_write(field, f'its_{field.name}')}" for field in fields]
    if cls in _NAMES:
        pairs.insert(0, f"'kind': '{_NAMES[cls]}'")
    if cls is not Held:
        pairs.insert(0, f"'schema': {SCHEMA}")
    lines = [
        "def write(value):",
        *(f"    its_{field.name} = value.{field.name}" for field in fields),
        f"    return {{{', '.join(pairs)}}}",
    ]
    scope: dict[str, Any] = {
        "day": date.isoformat,
        "instant": datetime.isoformat,
        "whole": int.__int__,
        "word": str.__str__,
        "held": None if cls is Held else _writer(Held),
        "facts": facts.to_facts,
        "cycle": pages.to_cycle_name,
    }
    return _made("write", lines, scope)
