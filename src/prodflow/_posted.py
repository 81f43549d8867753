"""Values as forms hold them, and the fields of a class that a form can fill in.

Theory of operation. A browser posts every value as a text: "5" for a number, "on" for a box that is
ticked, and an empty text for an empty field. It leaves out a box that isn't ticked. A program posts
JSON. A `Posted` field reads both: it turns a text into a value where the text is clear, and leaves
every other value as it is. Then the check of the field accepts or refuses the value. So there is
one set of rules for values, wherever they come from.
"""

import json
import re
from collections.abc import Callable, Mapping
from itertools import islice
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, cast, get_args, get_origin

import attrs

from prodflow._checks import DAYS_MAX, NAME_LENGTH, plain
from prodflow._fields import Colour, Duration, Key
from prodflow._messages import Message, text

Kind = Literal["key", "text", "number", "colour", "flag", "choices", "data"]
"""What a field holds: a key, a text, a whole number, a colour, yes or no, some words of a list, or
data without a simple form."""

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,20}")
_FLAGS: Final = {
    **dict.fromkeys(("on", "true", "yes", "1"), True),
    **dict.fromkeys(("off", "false", "no", "0", ""), False),
}
_MOST_FIELDS: Final = 100


def kind_of(cls: type) -> str:
    """The name of a class in data: "days-in-status" for `DaysInStatus`."""
    return re.sub(r"\B(?=[A-Z])", "-", cls.__name__).lower()


def flag(value: object) -> object:
    """True or False for a text that a box or a list of yes and no posts."""
    if not isinstance(value, str):
        return value
    return _FLAGS.get(value.strip().lower(), value)


def whole(value: object) -> object:
    """The number that a text has in ASCII digits."""
    if not isinstance(value, str):
        return value
    digits = value.strip()
    return int(digits) if _WHOLE.fullmatch(digits) else value


def data(value: object) -> object:
    """The list or object that a text has in JSON."""
    if not isinstance(value, str) or not value.strip().startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def choices(value: object) -> object:
    """Some words as a list: a text has commas between them, or is JSON."""
    found = data(value)
    if isinstance(found, str):
        return [word.strip() for word in found.split(",") if word.strip()]
    if isinstance(found, list):
        return [*filter(_is_filled, cast("list[object]", found))]
    return found


def _is_filled(value: object) -> bool:
    return not (isinstance(value, str) and not value)


def is_empty(value: object) -> bool:
    """Whether a field with this value is left empty, or not ticked."""
    if isinstance(value, str):
        return value.strip().lower() in {"", "off", "false"}
    if isinstance(value, list | dict):
        return not value or is_blank(cast("object", value))
    return value is None or value is False


def has_no_text(value: object) -> bool:
    """Whether a text is missing: it's None, or has nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_blank(value: object) -> bool:
    """Whether a value is an empty text, or empty texts only, as a list of boxes may post them."""
    if isinstance(value, list):
        return value != [] and not any(map(_is_filled, cast("list[object]", value)))
    return not _is_filled(value)


_READ: Final[Mapping[Kind, Callable[[object], object]]] = {
    "key": lambda value: value,
    "text": lambda value: value,
    "colour": lambda value: value,
    "number": whole,
    "flag": flag,
    "choices": choices,
    "data": lambda value: {} if is_blank(value) else data(value),
}
_CODES: Final[Mapping[Kind, str]] = {
    "key": "bad-key",
    "text": "bad-text",
    "colour": "bad-colour",
    "number": "bad-duration",
    "flag": "bad-flag",
    "choices": "bad-choice",
    "data": "bad-data",
}
_REFUSALS: Final[Mapping[Kind, Message]] = {
    "key": text("{name}: {field} must have 1 to 64 ASCII letters, digits, '_', '-' or '.'"),
    "text": text("{name}: {field} must have 1 to {most} characters, and no control characters"),
    "colour": text("{name}: {field} must be '#' and six hexadecimal digits, such as '#2f6f4e'"),
    "number": text("{name}: {field} must be a whole number from {least} to {most}"),
    "flag": text("{name}: {field} must be yes or no"),
    "choices": text("{name}: {field} must be chosen from the list"),
    "data": text("{name}: {field} must be JSON, such as {example}"),
}
_TYPED: Final = frozenset({"key", "text", "colour", "number"})
_EMPTY: Final = text("{name}: {field} must be filled in")
_EXAMPLE: Final = '{"copies": 2}'


class Posted(NamedTuple):
    """A field of a class, as a form fills it in."""

    name: str
    title: Message
    kind: Kind
    optional: bool
    """Whether an empty field is None."""
    default: Any
    """The value of a field that is left out; NOTHING if it must be filled in."""
    check: Callable[[Any], Any]
    least: int
    """The least number that the field accepts."""

    @property
    def code(self) -> str:
        """The code of the problem if the value can't be accepted."""
        return _CODES[self.kind]

    def read(self, value: object) -> Any:  # noqa: ANN401 - as the class has it
        """The value as the class has it.

        Raises:
            TypeError: for a value of the wrong kind; ValueError for one out of bounds. A host's
                value may raise anything.
        """
        if self.optional and is_blank(value):
            return self.check(None)
        return self.check(_READ[self.kind](value))

    def refusal(self, name: str, value: object) -> Message:
        """What is wrong with a value that `read` refuses; *name* says of what."""
        if self.kind in _TYPED and has_no_text(value):
            return _EMPTY.with_fields(name=name, field=self.title)
        return _REFUSALS[self.kind].with_fields(
            name=name,
            field=self.title,
            example=_EXAMPLE,
            least=self.least,
            most=DAYS_MAX if self.kind == "number" else NAME_LENGTH,
        )


def posted_fields(cls: type, titles: Mapping[str, Message]) -> tuple[Posted, ...]:
    """The fields of a class of values, in the sequence of the class."""
    return tuple(
        Posted(
            field.name,
            titles[field.name],
            _kind(field.type),
            NoneType in get_args(field.type),
            field.default,
            cast("Callable[[Any], Any]", field.converter),
            0 if Duration in (field.type, *get_args(field.type)) else -DAYS_MAX,
        )
        for field in attrs.fields(cls)
    )


def _kind(kind: Any) -> Kind:  # noqa: ANN401 - a type in any of its forms
    if kind is bool:
        return "flag"
    if kind is Key or kind is Colour:
        return "key" if kind is Key else "colour"
    match get_origin(kind), get_args(kind):
        case (form, (first, *_)) if form in {Union, UnionType}:
            return _kind(first)
        case (form, (first, *_)) if form is Annotated:
            return "number" if first is int else "text"
        case (form, (first, *_)) if form in {tuple, frozenset} and get_origin(first) is not tuple:
            return "choices"
        case _:
            return "data"


def pairs_of(item: Mapping[Any, object]) -> dict[Any, object]:
    """The fields of a mapping, which may be of any class, as a dict.

    Raises:
        ValueError: if it has more than a hundred fields; and whatever the mapping raises.
    """
    fields = dict(islice(item.items(), _MOST_FIELDS + 1))
    if len(fields) > _MOST_FIELDS:
        raise ValueError(f"a line has at most {_MOST_FIELDS} fields")
    return fields


def name_of(field: object) -> str | None:
    """The name of a field as a problem has it; None for what can't be a name."""
    if isinstance(field, str) and 0 < len(field) <= NAME_LENGTH and field.isprintable():
        return plain(field)
    return None
