"""The dates of recurrence rules (RFC 5545), in limited time for every rule.

python-dateutil expands the rules. As long as it has found no date, it ignores the UNTIL of a rule
and searches on to the year 9999. For 30 February, it would search eight thousand years. So we
first move a rule to the last years of the calendar, where the search is short. We move it by a
multiple of 400 years, because the Gregorian calendar repeats after 400 years, weekdays included.
Other rules that would take too long are refused.

dateutil expands some rules wrongly; `_periods` says which, and expands these.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import MAXYEAR, date, datetime, time
from typing import Final

from dateutil.rrule import rrulestr

from prodflow import _checks as checks
from prodflow._periods import WEEKDAYS, in_periods, needs_periods

_CYCLE: Final = 400  # years
_SPAN: Final = 500  # years
_DATES: Final = checks.DAYS_MAX
_POSITIONS: Final = 12
_LENGTH: Final = 1_000

_FREQUENCIES: Final = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
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
_DAY: Final = re.compile(f"([+-]?[0-9]{{1,2}})?({'|'.join(WEEKDAYS)})")
_UNTIL: Final = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})(T[0-9]{6}Z?)?")


def expand(rule: str, since: date, until: date) -> Iterator[date]:
    """The dates of *rule* from *since* to *until*, both included; the rule begins on *since*.

    Raises:
        ValueError: for the reasons that `WorkingCalendar.from_rules` lists.
    """
    if until.year - since.year > _SPAN:
        raise ValueError(f"since and until must be at most {_SPAN} years apart")
    parts = _parts(rule)
    if "UNTIL" in parts:
        until = min(until, _day(rule, parts.pop("UNTIL")))
    if until < since:
        return
    found = in_periods if needs_periods(parts) else _by_dateutil
    for number, day in enumerate(found(parts, since, until)):
        if number == _DATES:
            raise _refused(rule, f"give at most {_DATES:,} dates: shorten the span")
        yield day


def _by_dateutil(parts: Mapping[str, str], since: date, until: date) -> Iterator[date]:
    # Don't move it as far as 9999: dateutil drops a week that runs past the end of that year.
    shift = (MAXYEAR - 1 - until.year) // _CYCLE * _CYCLE
    start = datetime.combine(since.replace(year=since.year + shift), time.min)
    end = until.replace(year=until.year + shift)
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    for moment in rrulestr(text, dtstart=start):
        day = moment.date()
        if day > end:
            return
        yield day.replace(year=day.year - shift)


def _parts(rule: str) -> dict[str, str]:
    """The checked parts of a rule, by name."""
    checks.text("a rule", rule, _LENGTH)
    parts: dict[str, str] = {}
    for part in rule.upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS or name in parts:
            raise _refused(rule, f"have only the parts {', '.join(_PARTS)}, each at most once")
        parts[name] = value
    frequency = parts.get("FREQ")
    if frequency not in _FREQUENCIES:
        raise _refused(rule, f"have FREQ={_either(_FREQUENCIES)}")
    for name in ("INTERVAL", "COUNT"):
        count = parts.get(name, "1")
        if not _COUNT.fullmatch(count) or int(count) == 0:
            raise _refused(rule, f"have {name} from 1 to 999,999,999")
    if "COUNT" in parts and "UNTIL" in parts:
        raise _refused(rule, "have COUNT or UNTIL, not both")
    if parts.get("WKST", "MO") not in WEEKDAYS:
        raise _refused(rule, f"have WKST={_either(WEEKDAYS)}")
    _check_lists(rule, parts)
    positions = parts["BYSETPOS"].count(",") + 1 if "BYSETPOS" in parts else 0
    if positions > (0 if frequency == "DAILY" else _POSITIONS):
        raise _refused(
            rule, f"have at most {_POSITIONS} numbers in BYSETPOS, and none with FREQ=DAILY"
        )
    return parts


def _check_lists(rule: str, parts: dict[str, str]) -> None:
    for name, allowed in _RANGES.items():
        for value in parts[name].split(",") if name in parts else ():
            if not _NUMBER.fullmatch(value) or int(value) not in allowed:
                but_0 = ", but not 0" if allowed[0] < 0 else ""
                raise _refused(rule, f"have {name} from {allowed[0]} to {allowed[-1]}{but_0}")
    # 5MO is the fifth Monday of the month if the rule has months, otherwise of the year.
    monthly = parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts
    counted = {"YEARLY": 5 if monthly else 53, "MONTHLY": 5}.get(parts["FREQ"], 0)
    if "BYWEEKNO" in parts:
        if parts["FREQ"] != "YEARLY":
            raise _refused(rule, "have FREQ=YEARLY if it has BYWEEKNO")
        if "BYDAY" not in parts:
            raise _refused(
                rule, "have BYDAY with BYWEEKNO: name the weekdays, such as BYDAY=MO,TU,WE,TH,FR"
            )
        counted = 0
    for value in parts["BYDAY"].split(",") if "BYDAY" in parts else ():
        day = _DAY.fullmatch(value)
        if not day or (day[1] and not 1 <= abs(int(day[1])) <= counted):
            raise _refused(
                rule, "have weekdays such as MO in BYDAY, numbered as its FREQ and BYWEEKNO allow"
            )


def _day(rule: str, text: str) -> date:
    day = _UNTIL.fullmatch(text)
    try:
        if day:
            return date(int(day[1]), int(day[2]), int(day[3]))
    except ValueError:
        pass
    raise _refused(rule, "have an UNTIL such as 20261231")


def _refused(rule: str, expected: str) -> ValueError:
    return ValueError(f"the rule {checks.shown(rule)} must {expected}")


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
