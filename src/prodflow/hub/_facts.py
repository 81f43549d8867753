"""Facts in reports: how you name one, and how people read and sort its values."""

from datetime import date
from decimal import Decimal
from typing import Final

from prodflow import _checks as checks
from prodflow._facts import Fact, fact, kind_of, plain

Distinct = tuple[str | None, Fact | None]
"""A value with its kind. To Python, True equals 1."""

_PREFIX: Final = "facts."
_KINDS: Final = ("text", "number", "day", "flag")


def fact_named(argument: str, text: str, *words: str) -> str | None:
    """The name of the fact in a text such as "facts.client"; None if the text is one of *words*.

    Raises:
        ValueError: if *text* is neither one of *words* nor names a fact.
    """
    if isinstance(text, str) and text in words:
        return None
    if not isinstance(text, str) or not text.startswith(_PREFIX):
        known = ", ".join(map(repr, words))
        raise ValueError(
            f"{argument} must be {known} or the name of a fact such as 'facts.client', not"
            f" {checks.shown(text)}"
        )
    return checks.key(f"the name of a fact in {argument}", text.removeprefix(_PREFIX))


def checked_fact(name: str, value: Fact | None) -> Fact | None:
    """The value of a fact, or None."""
    if value is None or isinstance(value, str):
        return checks.optional_text(name, value)
    return plain(fact(name, value))


def distinct(value: Fact | None) -> Distinct:
    """The value with its kind, so that it equals another one only if both are of one kind."""
    return kind_of(value), value


def read(value: Fact) -> str:
    """The value as people read it."""
    match value:
        case bool():
            return "Yes" if value else "No"
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def by_value(value: Fact) -> tuple[int, str, Decimal, date, str]:
    """The sort key of a value: texts regardless of case, numbers, days, then No and Yes."""
    kind = _KINDS.index(kind_of(value) or "")
    match value:
        case str():
            return kind, value.casefold(), Decimal(0), date.min, value
        case int() | Decimal():
            return kind, "", Decimal(value), date.min, ""
        case _:
            return kind, "", Decimal(0), value, ""
