"""Texts that people read: English templates with named fields, and how a hub says them.

A template is written out where it's used, here or in a page, so that a test can list all of them
and compare them with the German ones. It's never put together from pieces.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, final

from attrs import evolve, field, frozen

from prodflow import AnyWords, Message, Words, say
from prodflow.samples import GERMAN as GERMAN_OF_PRODFLOW
from prodflow_hub._german import GERMAN

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov")


def _english_day(value: date) -> str:
    month = (*_MONTHS, "Dec")[value.month - 1]
    day = f"{value.day} {month} {value.year}"
    return f"{day}, {value:%H:%M}" if isinstance(value, datetime) else day


def _german_day(value: date) -> str:
    day = f"{value:%d.%m.}{value.year}"
    return f"{day}, {value:%H:%M}" if isinstance(value, datetime) else day


def _english_short(value: date) -> str:
    return f"{value.day} {(*_MONTHS, 'Dec')[value.month - 1]}"


def _german_short(value: date) -> str:
    return f"{value:%d.%m.}"


def _german_number(value: float | Decimal) -> str:
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


ENGLISH: Final = Words(day=_english_day)
"""English, with dates such as 4 Mar 2026."""

IN_GERMAN: Final = Words(
    texts={**GERMAN_OF_PRODFLOW, **GERMAN}, day=_german_day, number=_german_number
)
"""All texts of the hub and of prodflow in German."""

LANGUAGES: Final[Mapping[str, Words]] = {"en": ENGLISH, "de": IN_GERMAN}


def _words(value: AnyWords) -> Words:
    return value if isinstance(value, Words) else Words(texts=value)


_SHORT: Final[Mapping[str, Callable[[date], str]]] = {"en": _english_short, "de": _german_short}


@final
@frozen
class Speech:
    """How a hub says texts, numbers, dates and times.

    Args:
        words: the words of the hub.
        lang: their language, a tag such as `de`.
    """

    words: Words = field(converter=_words)
    lang: str

    @property
    def for_pictures(self) -> Words:
        """The same words, with dates that are short enough for a picture."""
        if self.words is not LANGUAGES.get(self.lang):
            return self.words
        return evolve(self.words, day=_SHORT[self.lang])

    def say(self, template: str, /, **fields: Any) -> str:  # noqa: ANN401 - Message checks them
        """A text with its fields, in the words of the hub."""
        return say(Message(template, fields) if fields else template, self.words)

    def count(self, count: int, one: str, many: str, /, **fields: Any) -> str:  # noqa: ANN401 - as above
        """A text about a number of things."""
        return say(Message(many, {"count": count, **fields}, one), self.words)

    def message(self, message: str) -> str:
        """A message, such as that of a refusal."""
        return say(message, self.words)

    def day(self, value: date | None) -> str:
        """A date or an instant; "" for None."""
        write: Callable[[date], str] | None = self.words.day
        if value is None:
            return ""
        return value.isoformat() if write is None else write(value)

    def cell(self, value: object) -> str:
        """A cell of a table."""
        match value:
            case None:
                return ""
            case bool():
                return self.say("yes") if value else self.say("no")
            case str():
                return value
            case date():
                return self.day(value)
            case int() | float() | Decimal():
                return self.number(value)
            case _:
                raise TypeError(f"a cell can't be {value!r}")

    def number(self, value: float | Decimal) -> str:
        """A number."""
        return f"{value:,}" if self.words.number is None else self.words.number(value)
