"""Dates, times and numbers from the texts in which prodflow writes them."""

import re
from datetime import date, time
from decimal import Decimal
from typing import Final, TypeVar, cast

T = TypeVar("T", bound=date | time)

_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def moment(kind: type[T], text: str) -> T | None:
    """The date, datetime or time that a text writes in ISO form; None for any other text.

    Python reads more forms than it writes, and only the written form is accepted. A time may also
    leave out its seconds, as browsers do.
    """
    try:
        found = cast("T", kind.fromisoformat(text))
    except ValueError:
        return None
    return found if text in _forms(found) else None


def _forms(found: date | time) -> tuple[str, ...]:
    if isinstance(found, time):
        return found.isoformat(), found.isoformat("minutes")
    return (found.isoformat(),)


def decimal(text: str) -> Decimal | None:
    """The number that a text writes without an exponent; None for any other text."""
    number = Decimal(text) if _DECIMAL.fullmatch(text) else None
    return number if number is not None and format(number, "f") == text else None
