"""Checks of arguments, so that SQLite and PostgreSQL refuse the same values."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, TypeVar

T = TypeVar("T")

_NUMBER_MAX: Final = 2**31 - 1
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def instance(name: str, value: T, kind: type | tuple[type, ...]) -> T:
    """The value itself; a value that isn't an instance of *kind* is refused."""
    if not isinstance(value, kind):
        expected = getattr(kind, "__name__", kind)
        raise TypeError(f"{name} must be of type {expected}, not {value!r:.60}")
    return value


def text(name: str, value: str) -> str:
    return instance(name, value, str)


def texts(name: str, values: Iterable[str]) -> list[str]:
    """Several texts; a single str is refused."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be an iterable of str, not {values!r:.60}")
    return [text(f"an item of {name}", value) for value in values]


def lookup(name: str, value: str) -> str:
    """A text to look for. A text that no database can store becomes "", which finds nothing."""
    return "" if _UNSTORABLE.search(text(name, value)) else str.__str__(value)


def lookups(name: str, values: Iterable[str]) -> list[str]:
    """Several texts to look for."""
    return [lookup(name, value) for value in texts(name, values)]


def day(name: str, value: date) -> date:
    """A date; a datetime is refused."""
    if isinstance(value, datetime):
        raise TypeError(f"{name} must be a date without a time, not {value!r:.60}")
    return instance(name, value, date)


def number(name: str, value: int, low: int) -> int:
    """An int of at least *low*; a bool is refused."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {value!r:.60}")
    if not low <= value <= _NUMBER_MAX:
        raise ValueError(f"{name} must be from {low} to {_NUMBER_MAX:,}, not {value!r:.60}")
    return value
