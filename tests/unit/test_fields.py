"""The type of a field says what the field accepts."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, get_type_hints

import pytest
from attrs import NOTHING, NothingType, field, frozen

from prodflow._fields import (
    ANY,
    Count,
    Day,
    Description,
    Duration,
    Instant,
    Key,
    Label,
    Note,
    Number,
    Text,
    between,
    checked,
)

Anything = Any
DAY = date(2026, 11, 16)
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


@frozen(kw_only=True, field_transformer=checked)
class Parcel:
    """A class with a field of every kind."""

    name: Anything = field(default="", converter=str)
    text: Text = "a"
    description: Description = "a"
    label: Label = ""
    note: Note = ""
    key: Key = "a"
    day: Day = DAY
    instant: Instant = NOON
    duration: Duration = 0
    number: Number = 1
    count: Count = 0
    weight: Annotated[int, between(0, 30)] = 1
    flag: bool = False
    side: Literal["left", "right"] = "left"
    hook: Callable[[int], int] | None = None
    when: date | datetime = DAY
    days: tuple[Day | None, ...] = ()
    user: Text | None = None
    asked: Day | NothingType | None = ANY


GOOD: list[tuple[str, object]] = [
    ("text", "x" * 200),
    ("label", ""),
    ("note", "x" * 10_000),
    ("duration", 36_525),
    ("number", 2**31 - 1),
    ("count", 2**63 - 1),
    ("weight", 30),
    ("flag", True),
    ("side", "right"),
    ("hook", abs),
    ("hook", None),
    ("when", NOON),
    ("days", (DAY, None)),
    ("user", None),
    ("user", "ann"),
    ("asked", None),
    ("asked", NOTHING),
    ("asked", DAY),
]

WRONG: list[tuple[str, object, type[Exception]]] = [
    ("text", 7, TypeError),
    ("text", "", ValueError),
    ("description", " ", ValueError),
    ("label", "x" * 201, ValueError),
    ("note", None, TypeError),
    ("key", "a b", ValueError),
    ("day", NOON, TypeError),
    ("day", None, TypeError),
    ("instant", datetime(2026, 11, 16, 12), ValueError),  # noqa: DTZ001 - naive on purpose
    ("duration", -1, ValueError),
    ("number", 0, ValueError),
    ("count", -1, ValueError),
    ("weight", 31, ValueError),
    ("flag", 1, TypeError),
    ("side", "up", ValueError),
    ("hook", 7, TypeError),
    ("when", "today", TypeError),
    ("days", [DAY], TypeError),
    ("days", (7,), TypeError),
    ("user", 7, TypeError),
    ("user", NOTHING, TypeError),
    ("asked", 7, TypeError),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_a_field_takes_what_its_type_allows(name: str, value: object) -> None:
    """A field accepts the values of its type, bounds included."""
    given: dict[str, Anything] = {name: value}
    assert getattr(Parcel(**given), name) == value


@pytest.mark.parametrize(("name", "value", "error"), WRONG)
def test_a_field_refuses_everything_else(name: str, value: object, error: type[Exception]) -> None:
    """A field refuses other values; the message has the field's name."""
    given: dict[str, Anything] = {name: value}
    with pytest.raises(error, match=name):
        Parcel(**given)


def test_a_union_of_classes_names_them_all() -> None:
    """For a union of classes, the message names all of them."""
    wrong: Anything = "today"
    with pytest.raises(TypeError, match="when must be a date or datetime, not 'today'"):
        Parcel(when=wrong)


def test_a_converter_of_its_own_is_left_alone() -> None:
    """A field with a converter runs no check before the converter."""
    assert Parcel(name=7).name == "7"


def test_the_constructor_keeps_its_annotations() -> None:
    """The constructor keeps the annotations, so `help` shows the types of the fields."""
    assert get_type_hints(Parcel.__init__)["user"] == str | None


def test_a_type_shows_its_check() -> None:
    """In a signature, the mark of a check is one word."""
    assert repr(Text) == "typing.Annotated[str, text]"
