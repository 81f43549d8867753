"""How a value becomes data, and how data become a value again.

Theory of operation. cattrs writes two functions for each class, out of its fields and their types;
what it does not know by itself, or would guess at, is said here. On the way out a field has a
*unstructure hook*, value to data; on the way in a *structure hook*, data and type to value. Those
on the way in take what JSON has and nothing like it: exactly a `str`, an `int`, a `bool`, a `list`,
or a `dict` whose keys are exactly `str`. What has passed them goes to the public constructor, which
holds all other rules.

What goes wrong comes as a tree of exceptions, which `_problems` flattens into paths and reasons.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from types import GenericAlias, NoneType, UnionType
from typing import Any, Final, Generic, Literal, TypeVar, cast, final, get_args, get_origin

import attrs
from cattrs import (
    AttributeValidationNote,
    ClassValidationError,
    Converter,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.fns import identity
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from prodflow import _checks as checks
from prodflow.cycle import Status, StatusCycle
from prodflow.duedate import Backward, Forward, FromEntry
from prodflow.errors import CycleNotFoundError, DefinitionError, InvalidCycleError
from prodflow.flow import Change, ChangeRules, ProductionFlow
from prodflow.order import HistoryEntry, Move, ProductionOrder
from prodflow.triggers import Action, CustomAction, Scalar, Trigger, When

SCHEMA: Final = 1
"""The number of the schema that `dump_*` follows."""

T = TypeVar("T")
Data = dict[str, Any]
Policy = Forward | Backward | FromEntry

# --- A kind of value, with its schema -----------------------------------------------------------


@final
class Kind(Generic[T]):
    """A class of values, or several that their data tell apart, with the way out and back.

    Args:
        name: what to call a value in messages.
        kind: the class, or the union of the classes.
    """

    def __init__(self, name: str, kind: Any) -> None:  # noqa: ANN401 - a union is no type
        self._name = name
        self._kind = kind
        self._classes = get_args(kind) or (kind,)

    # Stores convert entries and orders all the time: the hooks are looked up once.
    @cached_property
    def _to_data(self) -> Callable[[T], Data]:
        return _converter.get_unstructure_hook(self._kind)

    @cached_property
    def _from_data(self) -> Callable[[object, Any], T]:
        return _converter.get_structure_hook(self._kind)

    def dump(self, value: T) -> Data:
        """The data of a value, with the number of the schema."""
        return {"schema": SCHEMA, **self.plain(value)}

    def plain(self, value: T) -> Data:
        """The data of a value, as they stand in those of another."""
        if type(value) not in self._classes:
            words = " or ".join(cls.__name__ for cls in self._classes)
            raise TypeError(f"{self._name} must be of type {words}, not {checks.shown(value)}")
        return self._to_data(value)

    def load(self, data: object) -> T:
        """The value of such data."""
        return self.built(fields_of_schema(data))

    def built(self, fields: object, path: str = "$") -> T:
        """The value of data that stand at *path* in others."""
        try:
            return self._from_data(fields, self._kind)
        except (ClassValidationError, TypeError, ValueError) as error:
            problems = tuple(_problems(error, path))
        raise DefinitionError(problems)


def fields_of(data: object, path: str = "$") -> Data:
    """The fields of data that must be an object."""
    try:
        return dict(_object(data))
    except TypeError as error:
        raise DefinitionError(((path, str(error)),)) from None


def fields_of_schema(data: object) -> Data:
    """The fields of data that must follow our schema, without its number."""
    fields = fields_of(data)
    schema = fields.pop("schema", None)
    if type(schema) is not int or schema != SCHEMA:
        raise DefinitionError((("$.schema", f"must be {SCHEMA}, not {checks.shown(schema)}"),))
    return fields


def _problems(error: Exception, path: str) -> Iterator[tuple[str, str]]:
    """Every reason with its path, out of a tree of exceptions."""
    match error:
        case ClassValidationError() | IterableValidationError():
            within, whole = error.group_exceptions()
            for inner, note in within:
                yield from _problems(inner, path + _step(note))
            for inner in whole:
                yield from _problems(inner, path)
        case InvalidCycleError():  # says by its own problems, each with the keys of statuses
            raise error from None
        case ForbiddenExtraKeysError():
            yield path, f"has unknown fields: {checks.listed(sorted(error.extra_fields))}"
        case KeyError():
            yield path, "is missing"
        case _:
            # A constructor says "key must be ...": our path can say which one.
            name, must, rest = str(error).partition(" must ")
            is_field = bool(must) and name.isidentifier()
            yield (f"{path}.{name}", f"must {rest}") if is_field else (path, str(error))


def _step(note: AttributeValidationNote | IterableValidationNote) -> str:
    if isinstance(note, AttributeValidationNote):
        return f".{note.name.lstrip('_')}"
    return f"[{checks.shown(note.index)}]"


# --- What JSON has, and nothing like it ---------------------------------------------------------


def _exactly(kind: type[T], words: str) -> Callable[..., T]:
    def from_data(value: object, _: object = None) -> T:
        if type(value) is not kind:
            raise TypeError(f"must be {words}, not {checks.shown(value)}")
        return value

    return from_data


_text: Final = _exactly(str, "a text")
_whole: Final = _exactly(int, "a whole number")
_flag: Final = _exactly(bool, "true or false")
_list: Final[Callable[..., list[Any]]] = _exactly(list, "a list")
_dict: Final[Callable[..., Data]] = _exactly(dict, "an object")

_PAIR: Final = 2
_KEYS: Final = frozenset({str})
_SCALARS: Final = frozenset({str, int, float, bool, NoneType})


def _object(value: object, _: object = None) -> Data:
    found = _dict(value)
    if not _KEYS.issuperset(map(type, found)):
        raise TypeError(f"must be an object with texts for keys, not {checks.shown(found)}")
    return found


def _scalar(value: object, _: object) -> Scalar:
    if type(value) not in _SCALARS:
        raise TypeError(f"must be a text, a number, true, false or null, not {checks.shown(value)}")
    return cast("Scalar", value)


def _word(value: object, words: Iterable[str]) -> str:
    if type(value) is not str or value not in words:
        raise ValueError(f"must be one of {checks.listed([*words])}, not {checks.shown(value)}")
    return value


def _is_optional(kind: object) -> bool:
    return (
        isinstance(kind, UnionType) and len(get_args(kind)) == _PAIR and NoneType in get_args(kind)
    )


def _from_optional(kind: object, converter: Converter) -> Callable[[object, object], object]:
    """A value, or None out of null; half of all fields are such, and cattrs looks up each time."""
    (cls,) = set(get_args(kind)) - {NoneType}
    structure = converter.get_structure_hook(cls)
    return lambda value, _: None if value is None else structure(value, cls)


def _to_optional(kind: object, converter: Converter) -> Callable[[Any], object]:
    """The data of a value, or None; what stands for itself is not even asked for."""
    (cls,) = set(get_args(kind)) - {NoneType}
    unstructure = converter.get_unstructure_hook(cls)
    if unstructure is identity:
        return identity
    return lambda value: None if value is None else unstructure(value)


# --- What is written as text --------------------------------------------------------------------


def _from_iso(kind: type[date], example: str) -> Callable[[object, object], date]:
    def from_data(value: object, _: object) -> date:
        try:
            found = kind.fromisoformat(_text(value))
        except ValueError:
            found = None
        if found is None or found.isoformat() != value:  # Python reads more forms than it writes
            raise ValueError(f"must be such as {example!r}, not {checks.shown(value)}")
        return found

    return from_data


_MOVES: Final = {move.value: move for move in Move}


def _move(value: object, _: object) -> Move:
    return _MOVES[_word(value, _MOVES)]


def _is_literal(kind: object) -> bool:
    return get_origin(kind) is Literal


def _from_word(kind: object) -> Callable[[object, object], str]:
    words: tuple[str, ...] = get_args(kind)
    return lambda value, _: _word(value, words)


def _to_word(_: object) -> Callable[[str], str]:
    return str.__str__  # a member of a str enum passes for its word


# --- What is written as a list ------------------------------------------------------------------


def _is_collection(kind: object) -> bool:
    return get_origin(kind) in {tuple, frozenset}


def _from_list(kind: object, converter: Converter) -> Callable[[object, object], object]:
    """A tuple or a set out of a list, and of nothing else."""
    origin: Any = get_origin(kind)
    items: Any = GenericAlias(list, get_args(kind)[0])
    structure = converter.get_structure_hook(items)
    return lambda value, _: origin(structure(_list(value), items))


def _to_list(kind: object, converter: Converter) -> Callable[[Iterable[Any]], list[Any]]:
    """A list out of a tuple; a sorted one out of a set, so that equal values give equal data."""
    item = get_args(kind)[0]
    unstructure = str.__str__ if item is str else converter.get_unstructure_hook(item)
    if get_origin(kind) is frozenset:
        return lambda value: sorted(map(unstructure, value))
    return lambda value: [*map(unstructure, value)]


# --- What is written as an object ---------------------------------------------------------------


def _from_fields(kind: type[T], converter: Converter) -> Callable[[object, object], T]:
    """A value of a class out of an object with its fields."""
    structure = make_dict_structure_fn(kind, converter, **_fields(kind))
    return lambda value, _: structure(_object(value), kind)


def _to_fields(kind: type[T], converter: Converter) -> Callable[[T], Data]:
    return make_dict_unstructure_fn(kind, converter, **_fields(kind))


def _fields(kind: type) -> dict[str, Any]:
    return {"_cattrs_use_alias": True} | _OVERRIDES.get(kind, {})


def _tag(cls: type) -> str:
    """The name of a class in data: `StatusChanged` is "status-changed"."""
    return re.sub(r"\B(?=[A-Z])", "-", cls.__name__).lower()


def _register_union(converter: Converter, union: Any) -> None:  # noqa: ANN401 - a union is no type
    """One of several classes: an object with its fields and its `kind`."""
    tags: dict[type, str] = {cls: _tag(cls) for cls in get_args(union)}
    classes: dict[str, type] = {tag: cls for cls, tag in tags.items()}

    def from_data(value: object, _: object) -> object:
        fields = dict(_object(value))
        try:
            cls = classes[_word(fields.pop("kind", None), classes)]
        except ValueError as error:
            raise ValueError(f"kind {error}") from None
        return converter.get_structure_hook(cls)(fields, cls)

    def to_data(value: object) -> Data:
        cls = type(value)
        return {"kind": tags[cls], **converter.get_unstructure_hook(cls)(value)}

    converter.register_structure_hook(union, from_data)
    converter.register_unstructure_hook(union, to_data)


# --- What a type does not tell ------------------------------------------------------------------


def _no_code(value: object) -> None:
    if value is not None:
        raise ValueError("a condition or a guard is code, which is no data: leave it out")


def _null(value: object, _: object) -> None:
    if value is not None:
        raise ValueError(f"must be null, for code is no data, not {checks.shown(value)}")


def _from_payload(value: object, _: object) -> dict[str, Scalar]:
    return _converter.structure(_object(value), dict[str, Scalar])


def _to_targets(value: Iterable[tuple[str, Iterable[str]]]) -> dict[str, list[str]]:
    return {key: sorted(allowed) for key, allowed in value}


def _from_targets(value: object, _: object) -> dict[str, tuple[str, ...]]:
    return _converter.structure(_object(value), dict[str, tuple[str, ...]])


# A flow takes any policy, and only our own are data.
POLICY: Final = Kind[Policy]("due_dates", Policy)


def _from_policy(value: object, _: object) -> Policy:
    return cast("Policy", _converter.structure(value, cast("Any", Policy)))


# An order names its cycle, and its status by the key. `order_of` sees to both.
ORDER: Final = Kind[ProductionOrder]("order", ProductionOrder)


@attrs.frozen
class _CycleName:
    order_type: str
    version: int


_CYCLE_NAME: Final = Kind[_CycleName]("cycle", _CycleName)


def _to_cycle_name(cycle: StatusCycle) -> Data:
    return {"order_type": cycle.order_type, "version": cycle.version}


def order_of(data: object, cycles: Iterable[StatusCycle], path: str = "$") -> ProductionOrder:
    """The order of such data, pinned to the one of *cycles* that they name."""
    fields = fields_of(data, path)
    name = _CYCLE_NAME.built(fields.get("cycle"), f"{path}.cycle")
    for cycle in cycles:
        if (cycle.order_type, cycle.version) == (name.order_type, name.version):
            fields["cycle"] = cycle
            if "status" in fields:
                fields["status"] = (cycle, fields["status"])
            return ORDER.built(fields, path)
    raise CycleNotFoundError(name.order_type, name.version)


def _from_status(value: tuple[StatusCycle, object], _: object) -> Status:
    cycle, key = value
    if type(key) is not str or key not in cycle:
        raise ValueError(f"must be the key of a status of the cycle, not {checks.shown(key)}")
    return cycle[key]


def _as_it_is(value: object, _: object) -> object:
    return value


_CODE: Final = override(unstruct_hook=_no_code, struct_hook=_null)
_OVERRIDES: Final[dict[type, dict[str, Any]]] = {
    Change: {"order": override(struct_hook=_as_it_is)},
    ChangeRules: {
        "guard": _CODE,
        "_targets": override(unstruct_hook=_to_targets, struct_hook=_from_targets),
    },
    CustomAction: {"payload": override(unstruct_hook=dict, struct_hook=_from_payload)},
    ProductionFlow: {"due_dates": override(unstruct_hook=POLICY.plain, struct_hook=_from_policy)},
    ProductionOrder: {
        "cycle": override(unstruct_hook=_to_cycle_name, struct_hook=_as_it_is),
        "status": override(unstruct_hook=attrgetter("key"), struct_hook=_from_status),
    },
    Trigger: {"condition": _CODE},
}


def _made() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    for scalar, exactly in ((str, _text), (int, _whole), (bool, _flag)):
        converter.register_structure_hook(scalar, exactly)
    # A member of an int enum passes for its number; a bool is an int to Python, and stays.
    converter.register_unstructure_hook(int, int.__int__)
    converter.register_unstructure_hook(bool, identity)
    for moment, example in ((date, "2026-11-30"), (datetime, "2026-11-30T09:00:00+00:00")):
        converter.register_structure_hook(moment, _from_iso(moment, example))
        converter.register_unstructure_hook(moment, moment.isoformat)
    converter.register_structure_hook(Move, _move)
    converter.register_unstructure_hook(Move, attrgetter("value"))
    converter.register_structure_hook(Scalar, _scalar)
    converter.register_structure_hook_factory(_is_optional, _from_optional)
    converter.register_unstructure_hook_factory(_is_optional, _to_optional)
    converter.register_structure_hook_factory(_is_literal, _from_word)
    converter.register_unstructure_hook_factory(_is_literal, _to_word)
    converter.register_structure_hook_factory(_is_collection, _from_list)
    converter.register_unstructure_hook_factory(_is_collection, _to_list)
    converter.register_structure_hook_factory(attrs.has, _from_fields)
    converter.register_unstructure_hook_factory(attrs.has, _to_fields)
    for union in (When, Action, Policy, HistoryEntry):
        _register_union(converter, union)
    return converter


_converter: Final = _made()
