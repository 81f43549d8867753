"""The problems in data: the first hundred, each with its path.

A mebibyte of JSON can have half a million wrong items. To list them all took 13 s and 1.2 GB
(Python 3.11), mostly for exceptions. So we stop loading a list once it has `LIMIT` problems, and
count the items that are left.
"""

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar, final

from cattrs import AttributeValidationNote, ClassValidationError, ForbiddenExtraKeysError

from prodflow import _checks as checks
from prodflow.errors import DefinitionError, InvalidCycleError

T = TypeVar("T")

LIMIT: Final = 100
_SUBJECT: Final = re.compile(r"[A-Za-z]\w*(\[.*\])?")
"""A field of a constructor, perhaps with the key of an item: `durations['lab']`."""
WRONG: Final = (ClassValidationError, TypeError, ValueError)
"""What a hook of cattrs raises for data that the hook can't load."""


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
                self._add(path, f"has unknown fields: {names}")
            case KeyError():
                self._add(path, "is missing")
            case _:
                # A constructor's message begins with a field name, "key must be ...", which goes
                # into the path, unless the path ends with it: the value of a field is a `Facts`.
                name, must, rest = str(error).partition(" must ")
                if must and _SUBJECT.fullmatch(name):
                    place = path if path.endswith(f".{name}") else f"{path}.{name}"
                    self._add(place, f"must {rest}")
                else:
                    self._add(path, str(error))

    def refusal(self) -> DefinitionError:
        """The error for the user; if values are left to check, its last pair says how many."""
        rest = ("$", f"has {self.left:,} more values to check: correct these problems first")
        return DefinitionError((*self.pairs, rest) if self.left else tuple(self.pairs))

    def _add(self, path: str, reason: str) -> None:
        if self.is_full:
            self.left += 1
        else:
            self.pairs.append((path, reason))


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
