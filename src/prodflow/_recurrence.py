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
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_RANGES: Final = {
    "BYMONTH": range(1, 13),
    "BYMONTHDAY": (*range(-31, 0), *range(1, 32)),
    "BYYEARDAY": (*range(-366, 0), *range(1, 367)),
    "BYWEEKNO": (*range(-53, 0), *range(1, 54)),
    "BYSETPOS": (*range(-366, 0), *range(1, 367)),
}
_PARTS: Final = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_RANGES)
_COUNT: Final = re.compile("[0-9]{1,9}")
_NUMBER: Final = re.compile("[+-]?[0-9]{1,3}")
_DAY: Final = re.compile(f"([+-]?[0-9]{{1,2}})?({'|'.join(_WEEKDAYS)})")
_UNTIL: Final = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})(T[0-9]{6}Z?)?")


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
    if until < since:
        return
    # To the last cycle that ends before the last year: dateutil loses a week that leaves that year.
    shift = (MAXYEAR - 1 - until.year) // _CYCLE * _CYCLE
    start = datetime.combine(since.replace(year=since.year + shift), time.min)
    end = until.replace(year=until.year + shift)
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    for found, moment in enumerate(rrulestr(text, dtstart=start)):
        day = moment.date()
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
    frequency = parts.get("FREQ")
    if frequency not in _FREQUENCIES:
        raise _refused(rule, f"has a FREQ of {', '.join(_FREQUENCIES)}")
    for name in ("INTERVAL", "COUNT"):
        count = parts.get(name, "1")
        if not _COUNT.fullmatch(count) or int(count) == 0:
            raise _refused(rule, f"counts {name} from 1")
    if "COUNT" in parts and "UNTIL" in parts:
        raise _refused(rule, "has COUNT or UNTIL, not both")
    if parts.get("WKST", "MO") not in _WEEKDAYS:
        raise _refused(rule, f"begins its weeks with one of {', '.join(_WEEKDAYS)}")
    _check_lists(rule, parts)
    positions = parts["BYSETPOS"].count(",") + 1 if "BYSETPOS" in parts else 0
    if positions > (0 if frequency == "DAILY" else _POSITIONS):
        raise _refused(rule, f"has at most {_POSITIONS} positions, and none where it is daily")
    return parts


def _check_lists(rule: str, parts: dict[str, str]) -> None:
    for name, allowed in _RANGES.items():
        for value in parts[name].split(",") if name in parts else ():
            if not _NUMBER.fullmatch(value) or int(value) not in allowed:
                span = f"from {allowed[0]} to {allowed[-1]}, without 0"
                raise _refused(rule, f"has a {name} of numbers {span}")
    # A weekday is counted within the month where there is one, else within the year.
    monthly = parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts
    counted = {"YEARLY": 5 if monthly else 53, "MONTHLY": 5}.get(parts["FREQ"], 0)
    for value in parts["BYDAY"].split(",") if "BYDAY" in parts else ():
        found = _DAY.fullmatch(value)
        if not found or (found[1] and not 1 <= abs(int(found[1])) <= counted):
            raise _refused(rule, "has a BYDAY of weekdays such as MO, counted as its FREQ allows")


def _day(rule: str, text: str) -> date:
    found = _UNTIL.fullmatch(text)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise _refused(rule, "has an UNTIL such as 20261231")


def _refused(rule: str, expected: str) -> ValueError:
    return ValueError(f"{checks.shown(rule)} is no rule that {expected}")
