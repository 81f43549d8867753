"""The type of a field says what the field accepts.

`Text`, `Key`, `Day` and the other names below are plain types to a type checker, a str or a date,
and carry a check from `_checks`. A class whose decorator says `field_transformer=checked` applies
to each of its fields the check that the type asks for:

1. An annotated type runs its check: `by: Text`.
2. `bool`, a `Literal`, a callable and a class accept their own values, and `tuple[X, ...]` a tuple
   of what `X` accepts: `move: Move`, `severity: Literal["error", "warning"]`.
3. `| None` and `| NothingType` add that one value: `user: Text | None`.

A field with a converter of its own is left alone. The checks are converters, because attrs lets
anybody switch validators off for the whole process.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import reduce
from operator import or_
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, get_args, get_origin

from attrs import NOTHING, Attribute, Factory, NothingType

from prodflow import _checks as checks

Test = Callable[[str, Any], Any]
"""A function of `_checks`: the name of a field and a value in, the value that it keeps out."""


class Check(NamedTuple):
    """The check that a type carries."""

    test: Test

    def __repr__(self) -> str:
        return self.test.__name__


Text = Annotated[str, Check(checks.text)]
Description = Annotated[str, Check(checks.description)]
Label = Annotated[str, Check(checks.label)]
Note = Annotated[str, Check(checks.note)]
Key = Annotated[str, Check(checks.key)]
Day = Annotated[date, Check(checks.day)]
Instant = Annotated[datetime, Check(checks.instant)]
Duration = Annotated[int, Check(checks.duration)]
Number = Annotated[int, Check(checks.number)]
Count = Annotated[int, Check(checks.count)]


def between(low: int, high: int) -> Check:
    """The mark of a type of whole numbers, both bounds included."""

    def whole(name: str, value: int) -> int:
        return checks.whole(name, value, low, high)

    return Check(whole)


ANY: Final[Any] = Factory(lambda: NOTHING)
"""The default NOTHING; given to attrs itself, NOTHING means that there is no default."""


def checked(_: type, fields: "list[Attribute[Any]]") -> "list[Attribute[Any]]":
    """The fields of a class, each with the check that its type asks for."""
    return [
        field
        if field.converter is not None or not field.init  # pyright: ignore[reportUnknownMemberType]  # attrs leaves its types open
        else field.evolve(converter=_converter(field.name.lstrip("_"), field.type))
        for field in fields
    ]


def test_of(kind: Any) -> Test:  # noqa: ANN401 - a type in any of its forms
    """The check that a type asks for.

    Args:
        kind: the type of a field: annotated, a class, a `Literal`, a callable, a tuple or a union.
    """
    if get_origin(kind) is Annotated:
        return next(mark.test for mark in kind.__metadata__ if isinstance(mark, Check))
    if kind is bool:
        return checks.flag
    if get_origin(kind) is Callable:
        return checks.function
    made = _TESTS.get(get_origin(kind), _instance)
    return made(get_args(kind) or (kind,))


def _converter(name: str, kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - as above
    test = test_of(kind)

    def convert(value: Any) -> Any:  # noqa: ANN401 - the check refuses what is wrong
        return test(name, value)

    convert.__annotations__ = {"value": _plain(kind)}  # the type that __init__ shows for it
    return convert


def _plain(kind: Any) -> Any:  # noqa: ANN401 - a type in any of its forms
    """A type without its checks, as signatures show it."""
    if get_origin(kind) is Annotated:
        return get_args(kind)[0]
    if get_origin(kind) in {Union, UnionType}:
        return reduce(or_, map(_plain, get_args(kind)))
    return kind


def _any_of(kinds: Sequence[Any]) -> Test:
    """What a union accepts: None and NOTHING as they are, and one type or several classes."""
    sentinels = tuple(
        value for cls, value in ((NoneType, None), (NothingType, NOTHING)) if cls in kinds
    )
    others = tuple(kind for kind in kinds if kind not in {NoneType, NothingType})
    test = test_of(others[0]) if len(others) == 1 else _instance(others)

    def accept(name: str, value: Any) -> Any:  # noqa: ANN401 - the check refuses what is wrong
        if any(value is sentinel for sentinel in sentinels):
            return value
        return test(name, value)

    def accept_none(name: str, value: Any) -> Any:  # noqa: ANN401 - as above
        return None if value is None else test(name, value)

    return accept_none if sentinels == (None,) else accept


def _instance(classes: tuple[type, ...]) -> Test:
    *others, last = (cls.__name__ for cls in classes)
    article = "an" if (others or [last])[0][0] in "AEIOU" else "a"
    expected = f"{article} {', '.join(others)} or {last}" if others else f"{article} {last}"

    def accept(name: str, value: Any) -> Any:  # noqa: ANN401 - refused below
        return checks.instance(name, value, classes, expected)

    return accept


def _words(words: tuple[str, ...]) -> Test:
    def accept(name: str, value: str) -> str:
        return checks.one_of(name, value, *words)

    return accept


def _items(kinds: Sequence[Any]) -> Test:
    test = test_of(kinds[0])

    def accept(name: str, value: Any) -> Any:  # noqa: ANN401 - refused below
        for item in checks.instance(name, value, tuple, "a tuple"):
            test(f"an item of {name}", item)
        return value

    return accept


_TESTS: Final[dict[Any, Callable[[tuple[Any, ...]], Test]]] = {
    Literal: _words,
    tuple: _items,
    Union: _any_of,
    UnionType: _any_of,
}
