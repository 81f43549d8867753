"""How JSON data become strings, numbers, dates, lists and objects.

A hook is a function that loads values of one type. It takes plain JSON data, such as a `str` or a
`list`; a value of a subclass of `str` or `list` is refused. cattrs calls a hook with the data and
the type to load. Our hooks ignore the second argument.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import NoneType
from typing import Any, Final, TypeVar, cast

from prodflow import _checks as checks
from prodflow._trigger_values import Scalar
from prodflow.codec._problems import WRONG, ProblemsError

T = TypeVar("T")
Data = dict[str, Any]
Hook = Callable[[Any, Any], T]

_KEYS: Final = frozenset({str})
_SCALARS: Final = frozenset({str, int, float, bool, NoneType})


def _exactly(kind: type, words: str) -> Hook[Any]:
    def load(value: object, _: object) -> object:
        if type(value) is not kind:
            raise TypeError(f"must be {words}, not {checks.shown(value)}")
        return value

    return load


text: Final[Hook[str]] = _exactly(str, "a string")
whole: Final[Hook[int]] = _exactly(int, "a whole number")
flag: Final[Hook[bool]] = _exactly(bool, "true or false")
_list: Final[Hook[list[Any]]] = _exactly(list, "a list")
_dict: Final[Hook[Data]] = _exactly(dict, "an object")


def fields(value: object) -> Data:
    """The fields of a JSON object."""
    data = _dict(value, None)
    if not _KEYS.issuperset(map(type, data)):
        raise TypeError(f"must be an object with string keys, not {checks.shown(data)}")
    return data


def is_object(value: object) -> bool:
    """Whether the value is a JSON object."""
    return type(value) is dict


def scalar(value: object, _: object) -> Scalar:
    """The value, which may be anything but a list or an object."""
    if type(value) not in _SCALARS:
        expected = "a string, a number, true, false or null"
        raise TypeError(f"must be {expected}, not {checks.shown(value)}")
    return cast("Scalar", value)


def null(value: object, _: object) -> None:
    """None; for a field that holds code, which can't be loaded."""
    if value is not None:
        raise ValueError(f"must be null, as code can't be loaded, not {checks.shown(value)}")


def unchanged(value: T, _: object) -> T:
    """The value itself; for a field that is already loaded."""
    return value


def word(value: object, meanings: Mapping[str, T]) -> T:
    """The meaning of a word."""
    if type(value) is not str or value not in meanings:
        among = "one of " if len(meanings) > 1 else ""
        raise ValueError(f"must be {among}{checks.listed([*meanings])}, not {checks.shown(value)}")
    return meanings[value]


def word_of(meanings: Mapping[str, T]) -> Hook[T]:
    """A hook that reads a word, and returns what the word means."""
    return lambda value, _: word(value, meanings)


def iso(kind: type[date], example: str) -> Hook[date]:
    """The hook for a date or datetime; it takes only the form that `dump` writes."""

    def load(value: object, _: object) -> date:
        try:
            found = kind.fromisoformat(text(value, None))
        except ValueError:
            found = None
        if found is None or found.isoformat() != value:  # Python reads more forms than it writes
            raise ValueError(f"must look like {example!r}, not {checks.shown(value)}")
        return found

    return load


def optional(hook: Hook[T]) -> Hook[T | None]:
    """The hook for a value or null."""
    return lambda value, _: None if value is None else hook(value, None)


def list_of(hook: Hook[T], into: Callable[[list[T]], Any] = list) -> Hook[Any]:
    """The hook for a list, which *into* turns into a tuple or a set."""

    def load(value: object, _: object) -> object:
        items = _list(value, None)
        return into(_each(enumerate(items), len(items), hook))

    return load


def object_of(hook: Hook[T]) -> Hook[dict[str, T]]:
    """The hook for an object with any keys."""

    def load(value: object, _: object) -> dict[str, T]:
        data = fields(value)
        return dict(zip(data, _each(data.items(), len(data), hook), strict=True))

    return load


def _each(items: Iterable[tuple[object, object]], size: int, hook: Hook[T]) -> list[T]:
    """Load the items of pairs (index or key, item); stop once there are `LIMIT` problems."""
    loaded: list[T] = []
    problems: ProblemsError | None = None
    for number, (step, item) in enumerate(items, start=1):
        try:
            loaded.append(hook(item, None))
        except WRONG as error:
            problems = problems or ProblemsError()
            problems.add(error, f"[{checks.shown(step)}]")
            if problems.is_full:
                problems.left += size - number
                break
    if problems is not None:
        raise problems
    return loaded
