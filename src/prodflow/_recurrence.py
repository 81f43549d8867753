"""Recurrence rules of RFC 5545 as dates, in bounded time whatever the text.

python-dateutil does the expanding. It stops at the end of the calendar, not at UNTIL, while nothing
matches: a rule for 30 February keeps it busy for eight thousand years. So a rule is run in the last
years that look like those asked for; the Gregorian calendar repeats every 400 years, weekdays
included. What else would cost without limit is refused from the text.
"""

import re
from collections.abc import Iterator
from datetime import MAXYEAR, date, datetime, time
from typing import Final

from dateutil.rrule import rrulestr

from prodflow import _checks as checks

_CYCLE: Final = 400  # years
_SPAN: Final = 500  # years
_DATES: Final = 36_525
_POSITIONS: Final = 12
_LENGTH: Final = 1_000

_FREQUENCIES: Final = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
_PARTS: Final = (
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYDAY",
    "BYMONTH",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYSETPOS",
)
_UNTIL: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(T\d{6}Z?)?", re.ASCII)


def expand(rule: str, since: date, until: date) -> Iterator[date]:
    """The dates of *rule* from *since*, where it is anchored, to *until*, both included.

    Raises:
        TypeError: if *rule* is no str.
        ValueError: if it is no rule of RFC 5545, is more frequent than daily, has more than 12
            positions or gives more than 36,525 dates, and where the bounds are more than 500 years
            apart.
    """
    if until.year - since.year > _SPAN:
        raise ValueError(f"since and until must be at most {_SPAN} years apart")
    parts = _parts(rule)
    if "UNTIL" in parts:
        until = min(until, _day(rule, parts.pop("UNTIL")))
    shift = (MAXYEAR - until.year) // _CYCLE * _CYCLE if until >= since else 0
    start = datetime.combine(since.replace(year=since.year + shift), time.min)
    end = until.replace(year=until.year + shift)
    for found, day in enumerate(_days(rule, parts, start)):
        if day > end:
            return
        if found == _DATES:
            raise ValueError(
                f"a rule may give at most {_DATES:,} dates, {checks.shown(rule)} gives more"
            )
        yield day.replace(year=day.year - shift)


def _parts(rule: str) -> dict[str, str]:
    """The parts of a rule by name, once all of them are known to be harmless."""
    checks.text("a rule", rule, _LENGTH)
    parts: dict[str, str] = {}
    for part in rule.upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS or name in parts:
            raise _refused(rule, f"has each of the parts {', '.join(_PARTS)} at most once")
        parts[name] = value
    if parts.get("FREQ") not in _FREQUENCIES:
        raise _refused(rule, f"has a FREQ of {', '.join(_FREQUENCIES)}")
    for name in ("INTERVAL", "COUNT"):
        if not re.fullmatch("0*[1-9][0-9]{0,8}", parts.get(name, "1")):
            raise _refused(rule, f"counts {name} from 1")
    if "COUNT" in parts and "UNTIL" in parts:
        raise _refused(rule, "has COUNT or UNTIL, not both")
    positions = parts.get("BYSETPOS", "").count(",") + 1
    if positions > _POSITIONS or ("BYSETPOS" in parts and parts["FREQ"] == "DAILY"):
        raise _refused(rule, f"has at most {_POSITIONS} positions, and none where it is daily")
    return parts


def _day(rule: str, text: str) -> date:
    found = _UNTIL.fullmatch(text)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise _refused(rule, "has an UNTIL such as 20261231")


def _days(rule: str, parts: dict[str, str], start: datetime) -> Iterator[date]:
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        expanded = rrulestr(text, dtstart=start)
    except (ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        raise _refused(rule, "is a RRULE of RFC 5545") from error
    try:
        for moment in expanded:
            yield moment.date()
    except (ValueError, OverflowError):
        return  # the calendar ended in the middle of a period


def _refused(rule: str, expected: str) -> ValueError:
    return ValueError(f"{checks.shown(rule)} is no rule that {expected}")
