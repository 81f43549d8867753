"""The problems in data: the first hundred, each with its path.

A mebibyte of JSON can have half a million wrong items. To list them all took 13 s and 1.2 GB
(Python 3.11), mostly for exceptions. So we stop loading a list once it has `LIMIT` problems, and
count the items that are left.

A person who imports a file reads the problems, so each reason is a message. The check of a field
names the field: "key must have 1 to 200 characters". Here the path names it, so `_UNNAMED` has the
same text without a name. Some rules hold between the fields of orders, entries and events. Only a
program or a damaged row breaks them, so their reasons stay English.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, final

from cattrs import AttributeValidationNote, ClassValidationError, ForbiddenExtraKeysError

from prodflow import _checks as checks
from prodflow._messages import Message, text
from prodflow.errors import DefinitionError, InvalidCycleError, ProdflowError

T = TypeVar("T")

LIMIT: Final = 100
_SUBJECT: Final = re.compile(r"[A-Za-z]\w*(\[.*\])?")
"""A field of a constructor, perhaps with the key of an item: `durations['lab']`."""
WRONG: Final = (ClassValidationError, TypeError, ValueError)
"""What a hook of cattrs raises for data that the hook can't load."""
OF_DATA: Final = (
    *(ProdflowError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError),
    RecursionError,
)
"""What wrong data can raise in an object.

cattrs also collects what is thrown into the call, such as the soft time limit of a task queue.
"""


@final
class ProblemsError(ValueError):
    """Up to `LIMIT` problems in data, and how many more values are left to check.

    The hook of a list raises a `ProblemsError` for the problems of its items. For an object, cattrs
    raises a group of exceptions, which may contain a `ProblemsError`. `add` collects the problems
    from both.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.left = 0

    @property
    def is_full(self) -> bool:
        """Whether there are `LIMIT` problems."""
        return len(self.pairs) >= LIMIT

    def add(self, error: Exception, path: str) -> None:
        """Add the problems that an exception reports about the data at *path*."""
        match error:
            case ProblemsError():
                self.left += error.left
                for inner_path, reason in error.pairs:
                    self._add(path + inner_path, reason)
            case ClassValidationError():
                of_fields, of_object = error.group_exceptions()
                for inner, note in of_fields:
                    self.add(inner, f"{path}.{_field(note)}")
                for inner in of_object:
                    self.add(inner, path)
            case InvalidCycleError():  # it lists its problems itself, with the keys of statuses
                raise error from None
            case ForbiddenExtraKeysError():
                names = checks.listed(sorted(error.extra_fields))
                self._add(path, _UNKNOWN.with_fields(names=names))
            case KeyError():
                self._add(path, _MISSING)
            case _ if isinstance(error, OF_DATA):
                self._add(*_placed(error.args[0] if error.args else "", path))
            case _:
                raise error from None

    def refusal(self) -> DefinitionError:
        """The error for the user; if values are left to check, its last pair says how many."""
        if not self.left:
            return DefinitionError(tuple(self.pairs))
        return DefinitionError((*self.pairs, ("$", _MORE.with_fields(count=self.left))))

    def _add(self, path: str, reason: str) -> None:
        if self.is_full:
            self.left += 1
        else:
            self.pairs.append((path, reason))


def _placed(reason: object, path: str) -> tuple[str, str]:
    """The path of a problem and its reason: the name in a constructor's message joins the path.

    The path may already end with it, because the value of a field can be a `Facts`.
    """
    if isinstance(reason, Message):
        name: object = reason.fields.get("name")
        # A message as a name is for people: "an item of roles".
        if type(name) is str and reason.template in _UNNAMED and _SUBJECT.fullmatch(name):
            return _under(path, name), without_name(reason)
        return path, reason
    name, must, rest = str(reason).partition(" must ")
    if must and _SUBJECT.fullmatch(name):
        return _under(path, name), f"must {rest}"
    return path, str(reason)


def _under(path: str, name: str) -> str:
    return path if path.endswith(f".{name}") else f"{path}.{name}"


def without_name(reason: Message) -> Message:
    """The reason of a check, without the name of what was checked."""
    return _UNNAMED[reason.template].with_fields(**reason.fields)


def problem_of(error: Exception, path: str) -> ProblemsError:
    """One problem at a path within the data of an object."""
    problems = ProblemsError()
    problems.add(error, path)
    return problems


NO_STRING: Final = text("must be a string, not {value}")
_UNKNOWN: Final = text("has unknown fields: {names}")
_MISSING: Final = text("is missing")
_MORE: Final = text("has {count} more values to check: correct these problems first")
_UNNAMED: Final[Mapping[str, Message]] = {
    "{name} must be a str, not {value}": NO_STRING,
    "{name} must have 1 to {limit} characters, not {length}": text(
        "must have 1 to {limit} characters, not {length}"
    ),
    "{name} must have at most {limit} characters, not {length}": text(
        "must have at most {limit} characters, not {length}"
    ),
    "{name} must not be blank": text("must not be blank"),
    "{name} must not hold the character {character} at position {position}:"
    " no control, surrogate, bidirectional control or noncharacter is accepted": text(
        "must not hold the character {character} at position {position}:"
        " no control, surrogate, bidirectional control or noncharacter is accepted"
    ),
    "{name} must be 1 to 64 ASCII letters, digits, '_', '-' or '.', not {value}": text(
        "must be 1 to 64 ASCII letters, digits, '_', '-' or '.', not {value}"
    ),
    "{name} must be '#' and six hexadecimal digits, such as '#2f6f4e', not {value}": text(
        "must be '#' and six hexadecimal digits, such as '#2f6f4e', not {value}"
    ),
    "{name} must be aware, for example in UTC, not {value}": text(
        "must be aware, for example in UTC, not {value}"
    ),
    "{name} must be from {low} to {high}, not {value}": text(
        "must be from {low} to {high}, not {value}"
    ),
    "{name} must hold at most {limit} names, not {count}": text(
        "must hold at most {limit} names, not {count}"
    ),
    "{name} must have at most {limit} digits without an exponent, not {count}": text(
        "must have at most {limit} digits without an exponent, not {count}"
    ),
    "{name} must have unique keys; used twice: {keys}": text(
        "must have unique keys; used twice: {keys}"
    ),
    "{name} must name at least one": text("must name at least one"),
    "{name} must be a time without a time zone, not {value}": text(
        "must be a time without a time zone, not {value}"
    ),
    "{name} must be the name of a time zone, such as {example}, not {value}": text(
        "must be the name of a time zone, such as {example}, not {value}"
    ),
}
"""The texts of checks without the name, by the text with it: the checks that data can fail."""


def _field(note: AttributeValidationNote) -> str:
    return note.name.lstrip("_")


def checked(load: Callable[[Any], T], data: object, path: str = "$") -> T:
    """The result of *load* for the data at *path*.

    Raises:
        DefinitionError: if *load* refuses the data.
    """
    try:
        return load(data)
    except WRONG as error:
        problems = ProblemsError()
        problems.add(error, path)
    raise problems.refusal()
