"""Checks for the values that callers pass in: one function for each kind of value.

A check takes the name of an argument and its value, and returns the value if it is acceptable.
Otherwise it raises `TypeError` for a value of the wrong kind, or `ValueError` for a value out of
bounds. The message says what was expected. If people can type in the value, the message is a
`Message`, which stays one as `error.args[0]`. `_fields` has field types that run the checks.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timezone
from functools import cache
from typing import Final, TypeVar, cast

from prodflow import _messages as messages
from prodflow import _shown
from prodflow._messages import Message

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
C = TypeVar("C", bound=Callable[..., object])

NAME_LENGTH: Final = 200
NOTE_LENGTH: Final = 10_000
DAYS_MAX: Final = 36_525
NUMBER_MAX: Final = 2**31 - 1
COUNT_MAX: Final = 2**63 - 1
_FEW: Final = 8
_PAIR: Final = 2

shown: Final = _shown.shown

_KEY: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")

# Refused: control characters, lone surrogates, bidirectional controls, noncharacters (D33).
_BIDI: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NONCHARACTERS: Final = "\ufdd0-\ufdef" + "".join(
    chr((plane << 16) | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_CONTROLS: Final = r"\x00-\x1f\x7f-\x9f"
# Not compiled here, because that takes 0.5 ms at import (Python 3.11), and few apps need it.
_REFUSED: Final = f"[{_CONTROLS}\ud800-\udfff{_BIDI}{_NONCHARACTERS}]"
_REFUSED_IN_NOTES: Final = rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{_BIDI}{_NONCHARACTERS}]"


def listed(names: Sequence[object]) -> str:
    """The first few names, and how many more there are, for messages."""
    few = messages.joined(shown(name) for name in names[:_FEW])
    if len(names) <= _FEW:
        return few
    return messages.text("{few} and {count} more", few=few, count=len(names) - _FEW)


def _length(name: str, value: str, limit: int) -> Message:
    return messages.text(
        "{name} must have 1 to {limit} characters, not {length}",
        name=name,
        limit=limit,
        length=len(value),
    )


def text(name: str, value: str, limit: int = NAME_LENGTH) -> str:
    """A name or an id: 1 to *limit* characters that every store can hold."""
    # Printable text has no refused character. To search for one takes 1.4 µs; `isprintable` takes
    # 0.05 (Python 3.11).
    if type(value) is str and 0 < len(value) <= limit and value.isprintable():
        return value
    if not isinstance(value, str):
        raise TypeError(_no_text(name, value))
    if not 0 < len(value) <= limit:
        raise ValueError(_length(name, value, limit))
    if refused := re.search(_REFUSED, value):
        raise ValueError(_refusal(name, refused))
    return plain(value)


def _no_text(name: str, value: object) -> Message:
    return messages.text("{name} must be a str, not {value}", name=name, value=shown(value))


def _refusal(name: str, refused: re.Match[str]) -> Message:
    return messages.text(
        "{name} must not hold the character {character} at position {position}:"
        " no control, surrogate, bidirectional control or noncharacter is accepted",
        name=name,
        character=f"U+{ord(refused[0]):04X}",
        position=refused.start(),
    )


def optional_text(name: str, value: str | None) -> str | None:
    """A `text`, or None."""
    return None if value is None else text(name, value)


def description(name: str, value: str) -> str:
    """Text of 1 to 200 characters that isn't blank."""
    checked = text(name, value)
    if checked.isspace():
        raise ValueError(messages.text("{name} must not be blank", name=name))
    return checked


def note(name: str, value: str, limit: int = NOTE_LENGTH) -> str:
    """Free text of up to *limit* characters; it may be empty, and it may have newlines and tabs."""
    if type(value) is str and not value:
        return value
    if not isinstance(value, str):
        raise TypeError(_no_text(name, value))
    if len(value) > limit:
        raise ValueError(
            messages.text(
                "{name} must have at most {limit} characters, not {length}",
                name=name,
                limit=limit,
                length=len(value),
            )
        )
    if not value.isprintable() and (refused := re.search(_REFUSED_IN_NOTES, value)):
        raise ValueError(_refusal(name, refused))
    return plain(value)


def label(name: str, value: str) -> str:
    """Free text of up to 200 characters, checked like a note."""
    return note(name, value, NAME_LENGTH)


def message(name: str, value: str, limit: int = NOTE_LENGTH) -> str:
    """A text for people, checked like a note; a `Message` keeps its template and its fields."""
    if type(value) is Message and len(value) <= limit and value.isprintable():
        return value  # most often
    checked = note(name, value, limit)
    return value if isinstance(value, Message) else checked


def title(name: str, value: str) -> str:
    """A text for people of up to 200 characters; a `Message` stays one."""
    return message(name, value, NAME_LENGTH)


def printable(value: str) -> str:
    """The text, with U+FFFD in place of each character that `note` refuses."""
    if value.isprintable():
        return value
    if isinstance(value, Message):
        return messages.cleaned(value, printable)
    return re.sub(_REFUSED_IN_NOTES, "\N{REPLACEMENT CHARACTER}", value)


def key(name: str, value: str) -> str:
    """A key: 1 to 64 ASCII letters, digits, `_`, `-` or `.`."""
    if not isinstance(value, str):
        raise TypeError(_no_text(name, value))
    if not is_key(value):
        raise ValueError(
            messages.text(
                "{name} must be 1 to 64 ASCII letters, digits, '_', '-' or '.', not {value}",
                name=name,
                value=shown(value),
            )
        )
    return value if type(value) is str else plain(value)


def is_key(text: str) -> bool:
    """Whether a text can be a key."""
    return _KEY.fullmatch(text) is not None


def plain(value: str) -> str:
    """The same text as a plain str, even if it's a member of a str enum."""
    return str.__str__(value) if isinstance(value, str) else value


def colour(name: str, value: str) -> str:
    """A colour as CSS writes it in hexadecimal: `#` and six digits."""
    if not isinstance(value, str):
        raise TypeError(
            messages.text(
                "{name} must be a str such as '#2f6f4e', not {value}", name=name, value=shown(value)
            )
        )
    if not _COLOUR.fullmatch(value):
        raise ValueError(
            messages.text(
                "{name} must be '#' and six hexadecimal digits, such as '#2f6f4e', not {value}",
                name=name,
                value=shown(value),
            )
        )
    return plain(value)


def day(name: str, value: date) -> date:
    """A date; a datetime is refused, although Python counts it as a date."""
    if type(value) is date:  # most often
        return value
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(
            messages.text(
                "{name} must be a date without a time, not {value}", name=name, value=shown(value)
            )
        )
    return value


def optional_day(name: str, value: date | None) -> date | None:
    """A `day`, or None."""
    return None if value is None else day(name, value)


def instant(name: str, value: datetime) -> datetime:
    """The same instant with a fixed offset from UTC, instead of a time zone (decision D20).

    Python adds and compares datetimes of one time zone by the local clock. In the autumn hour that
    occurs twice, the result would be wrong.
    """
    if not isinstance(value, datetime):
        raise TypeError(
            messages.text("{name} must be a datetime, not {value}", name=name, value=shown(value))
        )
    if value.tzinfo is UTC:  # most often
        return value
    offset = value.utcoffset()
    if offset is None:
        raise ValueError(
            messages.text(
                "{name} must be aware, for example in UTC, not {value}",
                name=name,
                value=shown(value),
            )
        )
    return value if type(value.tzinfo) is timezone else value.replace(tzinfo=timezone(offset))


def flag(name: str, value: bool) -> bool:  # noqa: FBT001 - the value to check, not a switch
    """True or False; other truthy and falsy values are refused."""
    if value is not True and value is not False:
        raise TypeError(
            messages.text(
                "{name} must be True or False, not {value}", name=name, value=shown(value)
            )
        )
    return value


def whole(name: str, value: int, low: int, high: int) -> int:
    """An int from *low* to *high*, both included; a bool is refused."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(
            messages.text("{name} must be an int, not {value}", name=name, value=shown(value))
        )
    if not low <= value <= high:
        raise ValueError(
            messages.text(
                "{name} must be from {low} to {high}, not {value}",
                name=name,
                low=low,
                high=high,
                value=shown(value),
            )
        )
    return value


def duration(name: str, value: int) -> int:
    """Whole days from 0 to 36,525."""
    return whole(name, value, 0, DAYS_MAX)


def number(name: str, value: int) -> int:
    """A version, a sequence number or a limit: 1 or more."""
    return whole(name, value, 1, NUMBER_MAX)


def count(name: str, value: int) -> int:
    """A number of things: 0 or more."""
    return whole(name, value, 0, COUNT_MAX)


def instance(name: str, value: T, kind: type | tuple[type, ...], expected: str) -> T:
    """A value of the class *kind*; *expected* describes this class in the message."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {expected}, not {shown(value)}")
    return value


def items(name: str, value: Iterable[T], expected: str) -> tuple[T, ...]:
    """The items of an iterable as a tuple; a str is refused, though it is iterable."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be an iterable of {expected}, not {shown(value)}")
    return tuple(value)


def instances(name: str, value: Iterable[object], kind: type[T], expected: str) -> tuple[T, ...]:
    """The items of an iterable as a tuple, if all are of the class *kind*."""
    values = items(name, value, expected)
    for item in values:
        if not isinstance(item, kind):
            raise TypeError(f"{name} must be an iterable of {expected}, not hold {shown(item)}")
    return cast("tuple[T, ...]", values)


def pairs(
    name: str, value: Mapping[K, V] | tuple[tuple[K, V], ...], expected: str
) -> tuple[tuple[K, V], ...]:
    """The pairs of a mapping; a tuple of pairs, which `attrs.evolve` passes, stays as it is."""
    if isinstance(value, Mapping):
        return tuple(value.items())
    if not isinstance(value, tuple) or not all(
        isinstance(item, tuple) and len(item) == _PAIR for item in value
    ):
        raise TypeError(f"{name} must be a mapping {expected}, not {shown(value)}")
    return value


def one_of(name: str, value: str, *words: str) -> str:
    """One of a few words."""
    if not isinstance(value, str) or value not in words:
        raise ValueError(
            messages.text(
                "{name} must be {among}, not {value}",
                name=name,
                among=messages.either(map(repr, words)),
                value=shown(value),
            )
        )
    return value


def function(name: str, value: C) -> C:
    """A callable."""
    if not callable(value):
        raise TypeError(f"{name} must be a callable, not {shown(value)}")
    return value


_NO_ROLES: Final[tuple[str, ...]] = ()


def roles(value: Iterable[str]) -> tuple[str, ...]:
    """The roles of a user, each once."""
    if value is _NO_ROLES:  # most often
        return _NO_ROLES
    names = (text(item_of("roles"), role) for role in items("roles", value, "roles"))
    return tuple(dict.fromkeys(names))


def keys(name: str, value: Iterable[str]) -> tuple[str, ...]:
    """The keys of an iterable as a tuple."""
    part = item_of(name)
    return tuple(key(part, item) for item in items(name, value, "keys"))


def at_least_one(name: str, values: Collection[object]) -> None:
    """Refuse a list without an item."""
    if not values:
        raise ValueError(messages.text("{name} must name at least one", name=name))


def unique(name: str, keys: Sequence[str]) -> None:
    """Refuse keys that occur more than once; *name* says of what they are the keys."""
    if len(set(keys)) < len(keys):
        repeated = sorted(key for key, times in Counter(keys).items() if times > 1)
        raise ValueError(
            messages.text(
                "{name} must have unique keys; used twice: {keys}",
                name=name,
                keys=listed(repeated),
            )
        )


@cache
def item_of(name: str) -> Message:
    """The name of an item in a list, for checks."""
    return messages.text("an item of {name}", name=name)


@cache
def key_of(name: str) -> Message:
    """The name of a key in a mapping, for checks."""
    return messages.text("a key of {name}", name=name)
