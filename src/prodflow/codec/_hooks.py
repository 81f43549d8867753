"""How JSON data become strings, numbers, dates, lists and objects.

A hook is a function that loads values of one type. It takes plain JSON data, such as a `str` or a
`list`; a value of a subclass of `str` or `list` is refused. cattrs calls a hook with the data and
the type to load. Our hooks ignore the second argument.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from types import NoneType
from typing import Any, Final, TypeVar, cast

from prodflow import _checks as checks
from prodflow._messages import Message
from prodflow._messages import text as message
from prodflow._trigger_values import Scalar
from prodflow._written import moment
from prodflow.codec._problems import NO_STRING, WRONG, ProblemsError

T = TypeVar("T")
M = TypeVar("M", bound=date | time)
Data = dict[str, Any]
Hook = Callable[[Any, Any], T]

_KEYS: Final = frozenset({str})
_SCALARS: Final = frozenset({str, int, float, bool, NoneType})


def _exactly(kind: type, refusal: Message) -> Hook[Any]:
    def load(value: object, _: object) -> object:
        if type(value) is not kind:
            raise TypeError(refusal.with_fields(value=checks.shown(value)))
        return value

    return load


text: Final[Hook[str]] = _exactly(str, NO_STRING)
whole: Final[Hook[int]] = _exactly(int, message("must be a whole number, not {value}"))
flag: Final[Hook[bool]] = _exactly(bool, message("must be true or false, not {value}"))
_list: Final[Hook[list[Any]]] = _exactly(list, message("must be a list, not {value}"))
_dict: Final[Hook[Data]] = _exactly(dict, message("must be an object, not {value}"))

LOOKS: Final = message("must look like {example}, not {value}")
_NO_NAMES: Final = message("must be an object with string keys, not {value}")
_NO_SCALAR: Final = message("must be a string, a number, true, false or null, not {value}")
_IS_CODE: Final = message("must be null, as code can't be loaded, not {value}")
_ANOTHER_WORD: Final = message("must be {expected}, not {value}")
_NO_WORD: Final = message("must be one of {words}, not {value}")


def fields(value: object) -> Data:
    """The fields of a JSON object."""
    data = _dict(value, None)
    if not _KEYS.issuperset(map(type, data)):
        raise TypeError(_NO_NAMES.with_fields(value=checks.shown(data)))
    return data


def is_object(value: object) -> bool:
    """Whether the value is a JSON object."""
    return type(value) is dict


def scalar(value: object, _: object) -> Scalar:
    """The value, which may be anything but a list or an object."""
    if type(value) not in _SCALARS:
        raise TypeError(_NO_SCALAR.with_fields(value=checks.shown(value)))
    return cast("Scalar", value)


def null(value: object, _: object) -> None:
    """None; for a field that holds code, which can't be loaded."""
    if value is not None:
        raise ValueError(_IS_CODE.with_fields(value=checks.shown(value)))


def unchanged(value: T, _: object) -> T:
    """The value itself; for a field that is already loaded."""
    return value


def word(value: object, meanings: Mapping[str, T]) -> T:
    """The meaning of a word."""
    if type(value) is not str or value not in meanings:
        known, shown = checks.listed([*meanings]), checks.shown(value)
        if len(meanings) == 1:
            raise ValueError(_ANOTHER_WORD.with_fields(expected=known, value=shown))
        raise ValueError(_NO_WORD.with_fields(words=known, value=shown))
    return meanings[value]


def word_of(meanings: Mapping[str, T]) -> Hook[T]:
    """A hook that reads a word, and returns what the word means."""
    return lambda value, _: word(value, meanings)


def iso(kind: type[M], example: str) -> Hook[M]:
    """The hook for a date, datetime or time, in a form that `moment` accepts."""

    def load(value: object, _: object) -> M:
        found = moment(kind, text(value, None))
        if found is None:
            raise ValueError(LOOKS.with_fields(example=repr(example), value=checks.shown(value)))
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
