"""Laws of working calendars: decisions D3, D9 and D9b."""

import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from itertools import product

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import DateOutOfRangeError, WorkingCalendar, business_date
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing.strategies import working_calendars

from ._rules import DAY, Rule, contains, rules

ANY_WEEKDAYS = st.frozensets(st.integers(0, 6))
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
COUNTS = st.integers(-60, 60)
ALL_DAYS = st.dates()
YEARS = range(1930, 2010)  # more than a calendar keeps
FIRST_DAYS = st.dates(date.min, date.min + timedelta(40))
LAST_DAYS = st.dates(date.max - timedelta(40), date.max)


def working_days(calendar: WorkingCalendar, first: date, last: date) -> list[date]:
    """The working days from *first* to *last*, by the three sets of the calendar alone."""
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    return [
        day
        for day in days
        if day in calendar.extra_working_days
        or (day.weekday() in calendar.working_weekdays and day not in calendar.holidays)
    ]


def walked(days: list[date], day: date, n: int) -> date | None:
    """The n-th of *days* after *day*, or before it for a negative *n*; None beyond the ends."""
    after = [other for other in days if other > day]
    before = [other for other in reversed(days) if other < day]
    way = [day, *(after if n > 0 else before)]
    return way[abs(n)] if abs(n) < len(way) else None


def added(calendar: WorkingCalendar, day: date, n: int) -> date | None:
    """What `add` gives; None where it leaves Python's calendar."""
    try:
        return calendar.add(day, n)
    except DateOutOfRangeError:
        return None


def counted(days: list[date], start: date, end: date) -> int:
    """How many of *days* are in [start, end), minus those in [end, start)."""
    ahead = sum(start <= day < end for day in days)
    return ahead - sum(end <= day < start for day in days)


def note_closed(calendar: WorkingCalendar, day: date) -> None:
    """Note whether the day is closed: there the definition of a sum matters."""
    case("the day is closed", not calendar.is_working_day(day))


def note_special_days(calendar: WorkingCalendar) -> None:
    """Note whether weekdays alone don't make the calendar."""
    case("there are holidays and extra days", calendar.holidays and calendar.extra_working_days)


class TestWorkingDays:
    """`add(d, n)` is the n-th working day strictly after d; `count(a, b)` is over [a, b) (D9)."""

    @given(
        working_calendars(weekdays=ANY_WEEKDAYS),
        st.lists(st.integers(0, 729), min_size=10, max_size=10),
        st.lists(COUNTS, min_size=10, max_size=10),
    )
    def test_a_hundred_additions_equal_a_walk_day_by_day(
        self, calendar: WorkingCalendar, offsets: list[int], counts: list[int]
    ) -> None:
        """Adding n working days gives the day that you reach by walking."""
        note_special_days(calendar)
        walk = working_days(calendar, date(2024, 1, 1), date(2029, 12, 31))
        cases = [(date(2026, 1, 1) + timedelta(n), count) for n, count in product(offsets, counts)]
        expected = [walked(walk, day, n) for day, n in cases]
        assert expected == [added(calendar, day, n) for day, n in cases]

    @given(
        working_calendars(weekdays=ANY_WEEKDAYS),
        st.lists(st.integers(0, 729), min_size=14, max_size=14),
    )
    def test_two_hundred_counts_equal_a_walk_day_by_day(
        self, calendar: WorkingCalendar, offsets: list[int]
    ) -> None:
        """Counting gives what counting day by day gives, forward and backward."""
        note_special_days(calendar)
        days = [date(2026, 1, 1) + timedelta(n) for n in offsets]
        walk = working_days(calendar, date(2026, 1, 1), date(2027, 12, 31))
        expected = [counted(walk, start, end) for start, end in product(days, days)]
        assert expected == [calendar.count(start, end) for start, end in product(days, days)]

    @given(working_calendars(), DAYS, COUNTS)
    def test_add_counts_working_days(self, calendar: WorkingCalendar, day: date, n: int) -> None:
        """The shipped law, which trusts `is_working_day`."""
        laws.add_counts_working_days(calendar, day, n)

    @given(working_calendars(weekdays=ANY_WEEKDAYS), st.lists(DAYS, max_size=50), st.data())
    def test_a_day_counts_as_the_three_sets_say(
        self, calendar: WorkingCalendar, days: list[date], data: st.DataObject
    ) -> None:
        """A day counts if it is an extra day, or on a working weekday and no holiday."""
        special = sorted(calendar.holidays | calendar.extra_working_days)
        days += data.draw(st.lists(st.sampled_from(special))) if special else []
        case("a holiday was asked for", calendar.holidays.intersection(days))
        expected = [bool(working_days(calendar, day, day)) for day in days]
        assert expected == [calendar.is_working_day(day) for day in days]

    @given(
        working_calendars(weekdays=ANY_WEEKDAYS, days=FIRST_DAYS | LAST_DAYS), FIRST_DAYS, COUNTS
    )
    def test_the_calendar_begins_in_year_one(
        self, calendar: WorkingCalendar, day: date, n: int
    ) -> None:
        """No day comes before 0001-01-01, and up to it `add` works as everywhere."""
        walk = working_days(calendar, date.min, date(2, 12, 31))
        if calendar.working_weekdays or n <= 0:
            case("the sum is before the calendar", walked(walk, day, n) is None)
            assert walked(walk, day, n) == added(calendar, day, n)

    @given(working_calendars(weekdays=ANY_WEEKDAYS, days=FIRST_DAYS | LAST_DAYS), LAST_DAYS, COUNTS)
    def test_the_calendar_ends_in_year_9999(
        self, calendar: WorkingCalendar, day: date, n: int
    ) -> None:
        """No day comes after 9999-12-31, and up to it `add` works as everywhere."""
        walk = working_days(calendar, date(9998, 1, 1), date.max)
        if calendar.working_weekdays or n >= 0:
            case("the sum is after the calendar", walked(walk, day, n) is None)
            assert walked(walk, day, n) == added(calendar, day, n)

    @given(working_calendars(days=DAYS), DAYS)
    def test_following_and_preceding_are_the_nearest_working_days(
        self, calendar: WorkingCalendar, day: date
    ) -> None:
        """They give a working day itself; for a closed day, the next and the last working day."""
        note_closed(calendar, day)
        expected = (
            (day, day)
            if calendar.is_working_day(day)
            else (calendar.add(day, 1), calendar.add(day, -1))
        )
        assert expected == (calendar.following(day), calendar.preceding(day))

    @given(working_calendars(days=DAYS), DAYS, st.lists(st.none() | COUNTS, max_size=5))
    def test_offsets_are_additions_to_the_working_day_before(
        self, calendar: WorkingCalendar, day: date, days: list[int | None]
    ) -> None:
        """`offsets(d, ns)` adds each n to the working day at or before d; None stays None."""
        note_closed(calendar, day)
        anchor = calendar.preceding(day)
        expected = tuple(None if n is None else calendar.add(anchor, n) for n in days)
        assert expected == calendar.offsets(day, days)


class TestArithmetic:
    """Adding and counting are each other's inverse on working days (D9)."""

    @given(working_calendars(days=DAYS), DAYS, st.integers(1, 10_000))
    def test_adding_and_subtracting_gives_the_working_day_before(
        self, calendar: WorkingCalendar, day: date, n: int
    ) -> None:
        """Add n working days, then subtract them: you are at the working day at or before d."""
        note_closed(calendar, day)
        assert calendar.preceding(day) == calendar.add(calendar.add(day, n), -n)

    @given(working_calendars(days=DAYS), DAYS, st.integers(1, 10_000))
    def test_subtracting_and_adding_gives_the_working_day_after(
        self, calendar: WorkingCalendar, day: date, n: int
    ) -> None:
        """Subtract n working days, then add them: you are at the working day at or after d."""
        note_closed(calendar, day)
        assert calendar.following(day) == calendar.add(calendar.add(day, -n), n)

    @given(working_calendars(days=DAYS), DAYS, st.integers(-10_000, 10_000))
    def test_counting_to_what_was_added_gives_as_many(
        self, calendar: WorkingCalendar, day: date, n: int
    ) -> None:
        """`count(a, add(a, n)) == n` from a working day a."""
        case("the count is negative", n < 0)
        start = calendar.following(day)
        assert n == calendar.count(start, calendar.add(start, n))

    @given(working_calendars(weekdays=ANY_WEEKDAYS), ALL_DAYS, ALL_DAYS)
    def test_counting_back_is_counting_with_the_sign_turned(
        self, calendar: WorkingCalendar, start: date, end: date
    ) -> None:
        """`count(a, b) == -count(b, a)`, from `date.min` to `date.max`."""
        case("there are days to count", calendar.count(start, end))
        assert -calendar.count(end, start) == calendar.count(start, end)

    @given(working_calendars(weekdays=ANY_WEEKDAYS), ALL_DAYS, ALL_DAYS, ALL_DAYS)
    def test_counts_add_up(
        self, calendar: WorkingCalendar, start: date, middle: date, end: date
    ) -> None:
        """`count(a, b) + count(b, c) == count(a, c)`, whatever the order of the three."""
        case("b is not between a and c", middle != sorted([start, middle, end])[1])
        total = calendar.count(start, middle) + calendar.count(middle, end)
        assert total == calendar.count(start, end)


class TestNumpy:
    """`busday_offset` and `busday_count` of numpy give the same where they mean the same."""

    @given(working_calendars(), ALL_DAYS, st.integers(-5_000, 5_000))
    def test_addition_is_busday_offset(self, calendar: WorkingCalendar, day: date, n: int) -> None:
        """Numpy first rolls a closed day, backward to add and forward to subtract."""
        plain = evolve(calendar, extra_working_days=())
        note_closed(plain, day)
        found = np.busday_offset(
            np.datetime64(day),
            n,
            roll="backward" if n > 0 else "forward",
            weekmask=weekmask(plain),
            holidays=[np.datetime64(holiday) for holiday in plain.holidays],
        )
        expected = day if n == 0 else found.astype(object)
        is_date = np.datetime64(date.min) <= found <= np.datetime64(date.max)
        assert (expected if is_date else None) == added(plain, day, n)

    @given(working_calendars(), ALL_DAYS, ALL_DAYS | DAYS)
    def test_count_is_busday_count(self, calendar: WorkingCalendar, one: date, two: date) -> None:
        """Only forward: backward numpy counts other days."""
        plain = evolve(calendar, extra_working_days=())
        start, end = sorted([one, two])
        case("a holiday is between", any(start <= day < end for day in plain.holidays))
        expected = np.busday_count(
            np.datetime64(start),
            np.datetime64(end),
            weekmask=weekmask(plain),
            holidays=[np.datetime64(holiday) for holiday in plain.holidays],
        )
        assert expected == plain.count(start, end)


def weekmask(calendar: WorkingCalendar) -> list[bool]:
    """The working weekdays as numpy takes them."""
    return [weekday in calendar.working_weekdays for weekday in range(7)]


class TestHolidays:
    """More holidays never make a later day earlier, nor an earlier day later."""

    @given(
        working_calendars(days=DAYS),
        st.frozensets(st.integers(-80, 80), min_size=3, max_size=20),
        DAYS,
        st.integers(0, 60),
    )
    def test_more_holidays_only_push_away(
        self, calendar: WorkingCalendar, more: frozenset[int], day: date, n: int
    ) -> None:
        """Days ahead move on, days behind move back."""
        near = {day + timedelta(days) for days in more}
        closed = evolve(calendar, holidays=calendar.holidays | near)
        case("the sum moved", calendar.add(day, n) != closed.add(day, n))
        assert calendar.add(day, n) <= closed.add(day, n)
        assert calendar.add(day, -n) >= closed.add(day, -n)

    @given(working_calendars(days=DAYS), DAYS, DAYS)
    def test_extra_working_days_win(
        self, calendar: WorkingCalendar, day: date, other: date
    ) -> None:
        """An extra working day counts, holiday or not, and changes no other day."""
        note_closed(calendar, day)
        opened = evolve(
            calendar,
            holidays=calendar.holidays | {day},
            extra_working_days=calendar.extra_working_days | {day},
        )
        assert opened.is_working_day(day)
        assert (other == day or calendar.is_working_day(other)) == opened.is_working_day(other)


@contextmanager
def restless_threads() -> Generator[None]:
    """Make threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def answers(calendar: WorkingCalendar, day: date, n: int) -> tuple[object, ...]:
    """One answer of each kind."""
    return (
        calendar.is_working_day(day),
        added(calendar, day, n),
        added(calendar, day, -n),
        calendar.count(day, date(2026, 1, 1)),
        calendar.offsets(day, (0,)) if 1 < day.year < date.max.year else None,
    )


class TestMemory:
    """Memo tables are bounded and never change an answer, even under eight threads."""

    @few(5)
    @given(working_calendars(), st.lists(st.tuples(ALL_DAYS, COUNTS), min_size=100, max_size=100))
    def test_a_calendar_in_use_answers_like_a_new_one(
        self, calendar: WorkingCalendar, questions: list[tuple[date, int]]
    ) -> None:
        """Whatever you asked it before, about more years than it keeps."""
        case("a year was asked for twice", len({day.year for day, _ in questions}) < len(questions))
        expected = [answers(evolve(calendar), *question) for question in questions]
        assert expected == [answers(calendar, *question) for question in questions]

    @few(20)
    @given(
        working_calendars(),
        st.lists(st.permutations(YEARS), min_size=8, max_size=8),
        st.integers(-600, 600),
    )
    def test_eight_threads_share_a_calendar(
        self, calendar: WorkingCalendar, orders: list[list[int]], n: int
    ) -> None:
        """Each thread asks about more years than are kept, in its own order."""
        case("two threads begin with different years", len({years[0] for years in orders}) > 1)
        expected = {year: answers(evolve(calendar), date(year, 6, 15), n) for year in YEARS}

        def ask(years: list[int]) -> dict[int, tuple[object, ...]]:
            return {year: answers(calendar, date(year, 6, 15), n) for year in years}

        with restless_threads(), ThreadPoolExecutor(8) as pool:
            assert [expected] * 8 == list(pool.map(ask, orders))


@given(st.frozensets(DAYS, max_size=3))
def test_a_calendar_without_any_working_day_is_refused(holidays: frozenset[date]) -> None:
    """It needs a weekday or an extra day."""
    case("it has holidays", holidays)
    with pytest.raises(ValueError, match="at least one"):
        WorkingCalendar(working_weekdays=(), holidays=holidays)


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=ZONES)  # noqa: DTZ001 - `timezones` adds it


class TestBusinessDate:
    """The cut-off and closed days move an order to the next working day (D42)."""

    @given(working_calendars(days=DAYS), INSTANTS, ZONES, st.none() | st.times())
    def test_it_is_the_first_working_day_that_is_not_over(
        self, calendar: WorkingCalendar, at: datetime, zone: tzinfo, cutoff: time | None
    ) -> None:
        """A day is over at its cut-off, by the clock of the zone."""
        local = at.astimezone(zone)
        day = local.date()
        if cutoff is not None and local.time() >= cutoff:
            day += timedelta(1)
        case("the cut-off is over", day > local.date())
        expected = working_days(calendar, day, day + timedelta(60))[0]
        assert expected == business_date(at, zone=zone, cutoff=cutoff, calendar=calendar)

    @given(working_calendars(days=DAYS), INSTANTS, INSTANTS, ZONES, st.none() | st.times())
    def test_what_comes_later_never_counts_as_earlier(
        self,
        calendar: WorkingCalendar,
        one: datetime,
        other: datetime,
        zone: tzinfo,
        cutoff: time | None,
    ) -> None:
        """If the zone has no summer time, whose clock goes back in autumn."""
        first, second = sorted([one, other])
        days = [
            business_date(at, zone=zone, cutoff=cutoff, calendar=calendar) for at in (first, second)
        ]
        case("the days differ", days[0] != days[1])
        assert days == sorted(days)


SINCE = st.dates(date(2019, 12, 20), date(2033, 1, 10))


class TestRules:
    """Rules mean what RFC 5545 says (D9b)."""

    @pytest.mark.parametrize("freq", ["DAILY", "WEEKLY"])
    @few(2)
    @given(st.data(), SINCE, st.integers(1, 900))
    def test_a_day_is_a_holiday_if_the_rule_contains_it(
        self, freq: str, data: st.DataObject, since: date, days: int
    ) -> None:
        """Asked of each day, without expanding the rule."""
        rule: Rule = data.draw(rules(freq))
        case("it has positions", rule.positions)
        same_days(rule, since, days)

    @pytest.mark.parametrize("freq", ["MONTHLY", "YEARLY"])
    @few(2)
    @given(st.data(), SINCE, st.integers(1, 900))
    def test_rules_of_months_and_years(
        self, freq: str, data: st.DataObject, since: date, days: int
    ) -> None:
        """The same, for rules that may number their weekdays and their weeks."""
        rule: Rule = data.draw(rules(freq))
        kinds = {number != 0 for number, _ in rule.weekdays}
        case("it has positions", rule.positions)
        case("it has numbered and plain weekdays", len(kinds) > 1)
        case("it has week numbers", rule.weeks)
        same_days(rule, since, days)


def same_days(rule: Rule, since: date, days: int) -> None:
    """Check that a calendar has the days that a rule contains."""
    until = since + days * DAY
    span = [since + n * DAY for n in range(days + 1)]
    expected = [day for day in span if contains(rule, since, day)][: rule.count]
    found = WorkingCalendar.from_rules(str(rule), since=since, until=until).holidays
    case("the rule has days", expected)
    assert expected == sorted(found), str(rule)
