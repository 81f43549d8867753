"""Recurrence rules of RFC 5545 that python-dateutil expands wrongly, expanded period by period.

A *period* is a year, a month or a week, as FREQ says. We look at every INTERVAL-th period, keep the
days that all BY parts allow, sort them, and let BYSETPOS choose among them. dateutil differs in
three ways:

- It takes numbered and plain weekdays in one BYDAY for an intersection; they are a union.
- It drops the days of week 1 or 53 that lie in the next or the previous calendar year. So if a rule
  has BYWEEKNO, our period is a whole number of weeks: the weeks that count for the year.
- It cuts the first week at the first day, so BYSETPOS counts from there.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import MAXYEAR, date
from itertools import takewhile
from typing import Final

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LAST: Final = date.max.toordinal()

_Parts = Mapping[str, str]
_Test = Callable[[date], bool]


def needs_periods(parts: _Parts) -> bool:
    """Whether dateutil may expand a rule wrongly."""
    numbered = {value[:-2] != "" for value in _values(parts, "BYDAY")}
    return len(numbered) > 1 or "BYWEEKNO" in parts or "BYSETPOS" in parts


def in_periods(parts: _Parts, since: date, until: date) -> Iterator[date]:
    """The dates of a checked rule from *since* to *until*, in order; it begins on *since*."""
    tests = [*_tests(parts, since)]
    positions = _numbers(parts, "BYSETPOS")
    left = int(parts.get("COUNT", _LAST))
    last = until.toordinal()
    for first, end in takewhile(lambda period: period[0] <= last, _periods(parts, since)):
        days = map(date.fromordinal, range(max(first, 1), min(end, _LAST + 1)))
        found = [day for day in days if all(test(day) for test in tests)]
        if positions:
            size = len(found)
            places = {n - 1 if n > 0 else size + n for n in positions}
            found = [day for place, day in enumerate(found) if place in places]
        for day in found:
            if day < since:
                continue
            if day > until or not left:
                return
            left -= 1
            yield day


# --- Periods, each as the ordinals of its first day and of the day after its last -----------------


def _periods(parts: _Parts, since: date) -> Iterator[tuple[int, int]]:
    """The periods from the one with *since* on, without end."""
    interval = int(parts.get("INTERVAL", "1"))
    match parts["FREQ"]:
        case "YEARLY" if "BYWEEKNO" in parts:
            start = _weeks_begin(parts)
            # The first days of January may belong to the weeks of the year before.
            year = since.year - 1 if interval == 1 else since.year
            while True:
                yield start(year), start(year + 1)
                year += interval
        case "YEARLY":
            year = since.year
            while True:
                yield _new_year(year), _new_year(year + 1)
                year += interval
        case "MONTHLY":
            month = since.year * 12 + since.month - 1
            while True:
                yield _month_begins(month), _month_begins(month + 1)
                month += interval
        case _:
            first = since.toordinal() - (since.weekday() - _week_start(parts)) % 7
            while True:
                yield first, first + 7
                first += 7 * interval


def _new_year(year: int) -> int:
    """The ordinal of 1 January, also of the years 0 and 10000."""
    past = year - 1
    return 365 * past + past // 4 - past // 100 + past // 400 + 1


def _month_begins(month: int) -> int:
    """The ordinal of the first day of a month; January of the year 1 is 12."""
    year, index = divmod(month, 12)
    return date(year, index + 1, 1).toordinal() if year <= MAXYEAR else _LAST + 1


def _weeks_begin(parts: _Parts) -> Callable[[int], int]:
    """The function that gives the ordinal on which the first week of a year begins."""
    week_start = _week_start(parts)

    def begin(year: int) -> int:
        # The first week has at least four days in the year, so it has 4 January. Ordinal 1 is a
        # Monday.
        fourth = _new_year(year) + 3
        return fourth - (fourth - 1 - week_start) % 7

    return begin


def _week_start(parts: _Parts) -> int:
    return WEEKDAYS.index(parts.get("WKST", "MO"))


# --- What a day must be ---------------------------------------------------------------------------


def _tests(parts: _Parts, since: date) -> Iterator[_Test]:
    """The tests that all days of the rule pass."""
    yield from _given(parts)
    if {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"}.isdisjoint(parts):
        # What the rule leaves open, its first day says.
        if parts["FREQ"] == "WEEKLY":
            yield lambda day: day.weekday() == since.weekday()
            return
        yield lambda day: day.day == since.day
        if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts:
            yield lambda day: day.month == since.month


def _given(parts: _Parts) -> Iterator[_Test]:
    if "BYMONTH" in parts:
        months = _numbers(parts, "BYMONTH")
        yield lambda day: day.month in months
    if "BYWEEKNO" in parts:
        yield _in_weeks(_numbers(parts, "BYWEEKNO"), _weeks_begin(parts))
    if "BYYEARDAY" in parts:
        year_days = _numbers(parts, "BYYEARDAY")
        yield (
            lambda day: (
                not year_days.isdisjoint(
                    (
                        day.toordinal() - _new_year(day.year) + 1,
                        day.toordinal() - _new_year(day.year + 1),
                    )
                )
            )
        )
    if "BYMONTHDAY" in parts:
        month_days = _numbers(parts, "BYMONTHDAY")
        yield (
            lambda day: (
                not month_days.isdisjoint(
                    (day.day, day.day - monthrange(day.year, day.month)[1] - 1)
                )
            )
        )
    if "BYDAY" in parts:
        monthly = parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts
        yield _on_weekdays([*_values(parts, "BYDAY")], monthly=monthly)


def _in_weeks(weeks: frozenset[int], begin: Callable[[int], int]) -> _Test:
    def test(day: date) -> bool:
        ordinal = day.toordinal()
        year = next(y for y in (day.year + 1, day.year, day.year - 1) if begin(y) <= ordinal)
        number = (ordinal - begin(year)) // 7 + 1
        return not weeks.isdisjoint((number, number - 1 - (begin(year + 1) - begin(year)) // 7))

    return test


def _on_weekdays(values: Iterable[str], *, monthly: bool) -> _Test:
    allowed = {(int(value[:-2] or "0"), WEEKDAYS.index(value[-2:])) for value in values}

    def test(day: date) -> bool:
        if monthly:
            before, after = day.day - 1, monthrange(day.year, day.month)[1] - day.day
        else:
            before = day.toordinal() - _new_year(day.year)
            after = _new_year(day.year + 1) - 1 - day.toordinal()
        weekday = day.weekday()
        return not allowed.isdisjoint(
            ((0, weekday), (before // 7 + 1, weekday), (-(after // 7) - 1, weekday))
        )

    return test


def _values(parts: _Parts, name: str) -> Iterable[str]:
    return parts[name].split(",") if name in parts else ()


def _numbers(parts: _Parts, name: str) -> frozenset[int]:
    return frozenset(map(int, _values(parts, name)))
