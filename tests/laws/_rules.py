"""Recurrence rules, and a slow reading of RFC 5545 that decides day by day.

`contains` asks of one day whether a rule holds it. It knows nothing of expanding: where a rule
counts, it looks at the other days of the same period.
"""

from collections.abc import Hashable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, TypeAlias

from attrs import evolve, frozen
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY = timedelta(1)

Numbers: TypeAlias = frozenset[int]


@frozen(kw_only=True)
class Rule:
    """A rule by its parts; empty where it has no such part. A weekday is (number or 0, weekday)."""

    freq: str
    interval: int = 1
    count: int | None = None
    week_start: int = 0
    months: Numbers = frozenset()
    weeks: Numbers = frozenset()
    year_days: Numbers = frozenset()
    month_days: Numbers = frozenset()
    weekdays: frozenset[tuple[int, int]] = frozenset()
    positions: Numbers = frozenset()

    def __str__(self) -> str:
        parts: dict[str, Any] = {
            "FREQ": self.freq,
            "INTERVAL": self.interval,
            "COUNT": self.count,
            "WKST": WEEKDAYS[self.week_start],
            "BYMONTH": listed(self.months),
            "BYWEEKNO": listed(self.weeks),
            "BYYEARDAY": listed(self.year_days),
            "BYMONTHDAY": listed(self.month_days),
            "BYDAY": ",".join(f"{n or ''}{WEEKDAYS[day]}" for n, day in sorted(self.weekdays)),
            "BYSETPOS": listed(self.positions),
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def listed(numbers: Numbers) -> str:
    """The numbers as a rule lists them."""
    return ",".join(map(str, sorted(numbers)))


def some(*values: int) -> st.SearchStrategy[Numbers]:
    """None of these numbers most often, or up to three."""
    return st.just(frozenset[int]()) | st.frozensets(
        st.sampled_from(values), min_size=1, max_size=3
    )


MONTH_DAYS = st.frozensets(st.sampled_from([1, 2, 13, 28, 29, 31, -1, -7, -31]), min_size=1)
YEAR_DAYS = st.frozensets(st.sampled_from([1, 3, 60, 200, 366, -1, -2, -366]), min_size=1)


# The weekdays of a rule: plain, numbered, or both; with "weeks", the rule has week numbers too.
KINDS = {
    "MONTHLY": ["plain", "numbered", "mixed", "mixed"],
    "YEARLY": ["plain", "numbered", *["mixed"] * 2, *["weeks"] * 4],
}


@st.composite
def rules(draw: DrawFn, freq: str) -> Rule:
    """Rules of one frequency that are allowed."""
    # With more lists of days than one, most rules hold no day at all.
    limit = draw(st.sampled_from(["", "month_days", "year_days"]))
    rule = Rule(
        freq=freq,
        interval=draw(st.sampled_from([1, 1, 2, 3])),
        count=draw(st.none() | st.none() | st.integers(1, 9)),
        week_start=draw(st.integers(0, 6)),
        months=draw(some(1, 2, 5, 11, 12)) if limit != "year_days" else frozenset(),
        month_days=draw(MONTH_DAYS) if limit == "month_days" else frozenset(),
        year_days=draw(YEAR_DAYS) if limit == "year_days" else frozenset(),
        positions=draw(some(1, 2, 3, -1, -2)) if freq != "DAILY" else frozenset(),
    )
    kind = draw(st.sampled_from(KINDS.get(freq, ["plain"])))
    plain = st.frozensets(st.tuples(st.just(0), st.integers(0, 6)), max_size=4)
    if kind in {"mixed", "weeks"}:
        plain = plain.filter(bool)
    weekdays = draw(plain) if kind != "numbered" else frozenset[tuple[int, int]]()
    if kind in {"mixed", "numbered"}:
        longest = 5 if freq == "MONTHLY" or rule.months else 53
        numbers = st.sampled_from([1, 2, 5, -1, -5, longest, -longest])
        numbered = st.tuples(numbers, st.integers(0, 6))
        weekdays |= draw(st.frozensets(numbered, min_size=1, max_size=3))
    elif kind == "weeks":
        weeks = st.sampled_from([1, 2, 20, 52, 53, -1, -2, -53])
        return evolve(rule, weekdays=weekdays, weeks=draw(st.frozensets(weeks, min_size=1)))
    return evolve(rule, weekdays=weekdays)


def contains(rule: Rule, since: date, day: date) -> bool:
    """Whether the rule, which begins on *since*, holds the day. Its COUNT isn't asked."""
    return (
        day >= since
        and in_turn(rule, since, day)
        and fits(rule, since, day)
        and at(rule, since, day)
    )


def in_turn(rule: Rule, since: date, day: date) -> bool:
    """Whether the day's period is one of every INTERVAL."""
    match rule.freq:
        case "DAILY":
            passed = (day - since).days
        case "WEEKLY":
            passed = (week_of(rule, day) - week_of(rule, since)).days // 7
        case "MONTHLY":
            passed = (day.year - since.year) * 12 + day.month - since.month
        case _:
            passed = year_of(rule, day) - since.year
    return passed % rule.interval == 0


def week_of(rule: Rule, day: date) -> date:
    """The first day of the day's week."""
    while day.weekday() != rule.week_start:
        day -= DAY
    return day


def year_of(rule: Rule, day: date) -> int:
    """The day's year. With week numbers, it's the year of the fourth day of its week."""
    return (week_of(rule, day) + 3 * DAY).year if rule.weeks else day.year


@lru_cache(8_000)
def period_of(rule: Rule, day: date) -> Hashable:
    """What names the day's period."""
    if rule.freq == "WEEKLY":
        return week_of(rule, day)
    return (day.year, day.month) if rule.freq == "MONTHLY" else year_of(rule, day)


@lru_cache(8_000)
def fits(rule: Rule, since: date, day: date) -> bool:
    """Whether the day is as all BY parts but BYSETPOS say, or as the first day is."""
    if rule.months and day.month not in rule.months:
        return False
    if not (rule.weeks or rule.year_days or rule.month_days or rule.weekdays):
        match rule.freq:
            case "DAILY":
                return True
            case "WEEKLY":
                return day.weekday() == since.weekday()
            case "MONTHLY":
                return day.day == since.day
            case _:
                return day.day == since.day and (
                    rule.months != frozenset() or day.month == since.month
                )
    year = [date(day.year, 1, 1) + DAY * n for n in range(366)]
    year = [other for other in year if other.year == day.year]
    month = [other for other in year if other.month == day.month]
    within = month if rule.freq == "MONTHLY" or rule.months else year
    alike = [other for other in within if other.weekday() == day.weekday()]
    return (
        (not rule.weeks or not rule.weeks.isdisjoint(week_numbers(rule, day)))
        and (not rule.year_days or not rule.year_days.isdisjoint(places(year, day)))
        and (not rule.month_days or not rule.month_days.isdisjoint(places(month, day)))
        and (
            not rule.weekdays
            or any((n, day.weekday()) in rule.weekdays for n in (0, *places(alike, day)))
        )
    )


def places(days: list[date], day: date) -> tuple[int, int]:
    """The number of a day among others, from the first and from the last."""
    return days.index(day) + 1, days.index(day) - len(days)


def week_numbers(rule: Rule, day: date) -> tuple[int, int]:
    """The number of the day's week, from the first and from the last week of its year."""
    fourth = week_of(rule, day) + 3 * DAY
    fourths = [fourth + 7 * DAY * n for n in range(-53, 54)]
    return places([other for other in fourths if other.year == fourth.year], fourth)


def at(rule: Rule, since: date, day: date) -> bool:
    """Whether BYSETPOS chooses the day among those of its period, also those before the first."""
    if not rule.positions:
        return True
    near = [day + DAY * n for n in range(-372, 373)]
    period = period_of(rule, day)
    same = [it for it in near if period_of(rule, it) == period and fits(rule, since, it)]
    return not rule.positions.isdisjoint(places(same, day))
