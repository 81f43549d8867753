"""Laws of working calendars: decisions D3 and D9."""

import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodflow import DateOutOfRangeError, WorkingCalendar
from prodflow.testing.strategies import working_calendars

ANY_WEEKDAYS = st.frozensets(st.integers(0, 6))
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
COUNTS = st.integers(-60, 60)
ALL_DAYS = st.dates()
YEARS = range(1930, 2010)  # more than a calendar keeps
FIRST_DAYS = st.dates(date.min, date.min + timedelta(40))
LAST_DAYS = st.dates(date.max - timedelta(40), date.max)


def days_between(first: date, last: date) -> list[date]:
    """The days from *first* to *last*, both included."""
    return [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]


def working_days(calendar: WorkingCalendar, first: date, last: date) -> list[date]:
    """The working days of a span, found by looking at each day in the three sets."""
    return [
        day
        for day in days_between(first, last)
        if day in calendar.extra_working_days
        or (day.weekday() in calendar.working_weekdays and day not in calendar.holidays)
    ]


def walked(days: list[date], day: date, n: int) -> date | None:
    """The n-th working day after *day*, before it for a negative *n*; None past the ends."""
    after = [other for other in days if other > day]
    before = [other for other in reversed(days) if other < day]
    way = [day, *(after if n > 0 else before)]
    return way[abs(n)] if abs(n) < len(way) else None


def added(calendar: WorkingCalendar, day: date, n: int) -> date | None:
    """The sum that the calendar gives; None if it is outside the calendar."""
    try:
        return calendar.add(day, n)
    except DateOutOfRangeError:
        return None


def counted(days: list[date], start: date, end: date) -> int:
    """The number of working days in [start, end), minus those in [end, start)."""
    ahead = sum(start <= day < end for day in days)
    return ahead - sum(end <= day < start for day in days)


class TestWorkingDays:
    """`add(d, n)` is the n-th working day strictly after d; `count(a, b)` is over [a, b) (D9)."""

    @given(
        working_calendars(weekdays=ANY_WEEKDAYS),
        st.lists(st.integers(0, 729), min_size=10, max_size=10),
        st.lists(COUNTS, min_size=10, max_size=10),
    )
    def test_ten_thousand_additions_equal_a_walk_day_by_day(
        self, calendar: WorkingCalendar, offsets: list[int], counts: list[int]
    ) -> None:
        """A hundred additions in each of a hundred calendars match a walk over the days."""
        walk = working_days(calendar, date(2024, 1, 1), date(2029, 12, 31))
        cases = [(date(2026, 1, 1) + timedelta(n), count) for n, count in product(offsets, counts)]
        expected = [walked(walk, day, n) for day, n in cases]
        assert expected == [added(calendar, day, n) for day, n in cases]

    @given(
        working_calendars(weekdays=ANY_WEEKDAYS),
        st.lists(st.integers(0, 729), min_size=14, max_size=14),
    )
    def test_ten_thousand_counts_equal_a_walk_day_by_day(
        self, calendar: WorkingCalendar, offsets: list[int]
    ) -> None:
        """Counts match the days counted one by one, forward and backward."""
        days = [date(2026, 1, 1) + timedelta(n) for n in offsets]
        walk = working_days(calendar, date(2026, 1, 1), date(2027, 12, 31))
        expected = [counted(walk, start, end) for start, end in product(days, days)]
        assert expected == [calendar.count(start, end) for start, end in product(days, days)]

    @given(working_calendars(weekdays=ANY_WEEKDAYS), st.lists(st.integers(0, 729), max_size=50))
    def test_a_day_counts_as_the_three_sets_say(
        self, calendar: WorkingCalendar, offsets: list[int]
    ) -> None:
        """A day counts if it is an extra day, or a working weekday that is not a holiday."""
        days = [date(2026, 1, 1) + timedelta(n) for n in offsets]
        expected = [bool(working_days(calendar, day, day)) for day in days]
        assert expected == [calendar.is_working_day(day) for day in days]

    @given(
        working_calendars(weekdays=ANY_WEEKDAYS, days=FIRST_DAYS | LAST_DAYS), FIRST_DAYS, COUNTS
    )
    def test_the_calendar_begins_in_year_one(
        self, calendar: WorkingCalendar, day: date, n: int
    ) -> None:
        """Additions near 0001-01-01 are right, and none leads before it."""
        walk = working_days(calendar, date.min, date(2, 12, 31))
        if calendar.working_weekdays or n <= 0:
            assert walked(walk, day, n) == added(calendar, day, n)

    @given(working_calendars(weekdays=ANY_WEEKDAYS, days=FIRST_DAYS | LAST_DAYS), LAST_DAYS, COUNTS)
    def test_the_calendar_ends_in_year_9999(
        self, calendar: WorkingCalendar, day: date, n: int
    ) -> None:
        """Additions near 9999-12-31 are right, and none leads past it."""
        walk = working_days(calendar, date(9998, 1, 1), date.max)
        if calendar.working_weekdays or n >= 0:
            assert walked(walk, day, n) == added(calendar, day, n)

    @given(working_calendars(days=DAYS), DAYS)
    def test_following_and_preceding_are_the_nearest_working_days(
        self, calendar: WorkingCalendar, day: date
    ) -> None:
        """They give the day itself if it counts, otherwise the next or the last working day."""
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
        """`offsets(d, ns)` adds each n to `preceding(d)`; None stays None."""
        anchor = calendar.preceding(day)
        expected = tuple(None if n is None else calendar.add(anchor, n) for n in days)
        assert expected == calendar.offsets(day, days)


class TestArithmetic:
    """On working days, counting is the inverse of addition (D9)."""

    @given(working_calendars(days=DAYS), DAYS, st.integers(1, 10_000))
    def test_adding_and_subtracting_gives_the_working_day_before(
        self, calendar: WorkingCalendar, day: date, n: int
    ) -> None:
        """Adding and then subtracting n working days gives `preceding`."""
        assert calendar.preceding(day) == calendar.add(calendar.add(day, n), -n)

    @given(working_calendars(days=DAYS), DAYS, st.integers(1, 10_000))
    def test_subtracting_and_adding_gives_the_working_day_after(
        self, calendar: WorkingCalendar, day: date, n: int
    ) -> None:
        """Subtracting and then adding n working days gives `following`."""
        assert calendar.following(day) == calendar.add(calendar.add(day, -n), n)

    @given(working_calendars(days=DAYS), DAYS, st.integers(-10_000, 10_000))
    def test_counting_to_what_was_added_gives_as_many(
        self, calendar: WorkingCalendar, day: date, n: int
    ) -> None:
        """`count(a, add(a, n)) == n` if a is a working day."""
        start = calendar.following(day)
        assert n == calendar.count(start, calendar.add(start, n))

    @given(working_calendars(weekdays=ANY_WEEKDAYS), ALL_DAYS, ALL_DAYS)
    def test_counting_back_is_counting_with_the_sign_turned(
        self, calendar: WorkingCalendar, start: date, end: date
    ) -> None:
        """`count(a, b) == -count(b, a)`, from `date.min` to `date.max`."""
        assert -calendar.count(end, start) == calendar.count(start, end)

    @given(working_calendars(weekdays=ANY_WEEKDAYS), ALL_DAYS, ALL_DAYS, ALL_DAYS)
    def test_counts_add_up(
        self, calendar: WorkingCalendar, start: date, middle: date, end: date
    ) -> None:
        """`count(a, b) + count(b, c) == count(a, c)`, whatever the order of the three."""
        total = calendar.count(start, middle) + calendar.count(middle, end)
        assert total == calendar.count(start, end)


class TestNumpy:
    """Where conventions agree, results are those of numpy's `busday_offset`, `busday_count`."""

    @given(working_calendars(), ALL_DAYS, st.integers(-5_000, 5_000))
    def test_addition_is_busday_offset(self, calendar: WorkingCalendar, day: date, n: int) -> None:
        """`busday_offset` moves the start to a working day first, away from where it is going."""
        plain = WorkingCalendar(
            working_weekdays=calendar.working_weekdays, holidays=calendar.holidays
        )
        mask = [weekday in plain.working_weekdays for weekday in range(7)]
        found = np.busday_offset(
            np.datetime64(day),
            n,
            roll="backward" if n > 0 else "forward",
            weekmask=mask,
            holidays=[np.datetime64(holiday) for holiday in plain.holidays],
        )
        expected = day if n == 0 else found.astype(object)
        is_date = np.datetime64(date.min) <= found <= np.datetime64(date.max)
        assert (expected if is_date else None) == added(plain, day, n)

    @given(working_calendars(), ALL_DAYS, ALL_DAYS)
    def test_count_is_busday_count(self, calendar: WorkingCalendar, one: date, two: date) -> None:
        """Counts agree forward; backward numpy counts other days."""
        plain = WorkingCalendar(
            working_weekdays=calendar.working_weekdays, holidays=calendar.holidays
        )
        start, end = sorted([one, two])
        expected = np.busday_count(
            np.datetime64(start),
            np.datetime64(end),
            weekmask=[weekday in plain.working_weekdays for weekday in range(7)],
            holidays=[np.datetime64(holiday) for holiday in plain.holidays],
        )
        assert expected == plain.count(start, end)


class TestHolidays:
    """More holidays never bring a day closer."""

    @given(working_calendars(days=DAYS), st.frozensets(DAYS, max_size=20), DAYS, st.integers(0, 60))
    def test_more_holidays_only_push_away(
        self, calendar: WorkingCalendar, more: frozenset[date], day: date, n: int
    ) -> None:
        """With more holidays, sums are later and differences earlier, or the same."""
        fewer_days = WorkingCalendar(
            working_weekdays=calendar.working_weekdays,
            holidays=calendar.holidays | more,
            extra_working_days=calendar.extra_working_days,
        )
        assert calendar.add(day, n) <= fewer_days.add(day, n)
        assert calendar.add(day, -n) >= fewer_days.add(day, -n)

    @given(working_calendars(days=DAYS), DAYS, DAYS)
    def test_extra_working_days_win(
        self, calendar: WorkingCalendar, day: date, other: date
    ) -> None:
        """An extra working day counts even if it is a holiday, and changes no other day."""
        opened = WorkingCalendar(
            working_weekdays=calendar.working_weekdays,
            holidays=calendar.holidays | {day},
            extra_working_days=calendar.extra_working_days | {day},
        )
        assert opened.is_working_day(day)
        assert (other == day or calendar.is_working_day(other)) == opened.is_working_day(other)


@contextmanager
def restless_threads() -> Generator[None]:
    """Makes Python switch between threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def fresh(calendar: WorkingCalendar) -> WorkingCalendar:
    """An equal calendar with an empty memo."""
    return WorkingCalendar(
        working_weekdays=calendar.working_weekdays,
        holidays=calendar.holidays,
        extra_working_days=calendar.extra_working_days,
    )


def answers(calendar: WorkingCalendar, day: date, n: int) -> tuple[object, ...]:
    """An answer of each method."""
    return (
        calendar.is_working_day(day),
        added(calendar, day, n),
        added(calendar, day, -n),
        calendar.count(day, date(2026, 1, 1)),
        calendar.offsets(day, (0,)) if 1 < day.year < date.max.year else None,
    )


class TestMemory:
    """The memo never changes an answer, not even with eight threads."""

    @settings(max_examples=settings().max_examples // 5)
    @given(working_calendars(), st.lists(st.tuples(ALL_DAYS, COUNTS), min_size=100, max_size=100))
    def test_a_calendar_in_use_answers_like_a_new_one(
        self, calendar: WorkingCalendar, questions: list[tuple[date, int]]
    ) -> None:
        """Earlier questions, about more years than it keeps, change no answer."""
        expected = [answers(fresh(calendar), *question) for question in questions]
        assert expected == [answers(calendar, *question) for question in questions]

    @settings(max_examples=settings().max_examples // 20)
    @given(
        working_calendars(),
        st.lists(st.permutations(YEARS), min_size=8, max_size=8),
        st.integers(-600, 600),
    )
    def test_eight_threads_share_a_calendar(
        self, calendar: WorkingCalendar, orders: list[list[int]], n: int
    ) -> None:
        """Each thread asks about more years than are kept, in another order, and gets the same."""
        expected = {year: answers(fresh(calendar), date(year, 6, 15), n) for year in YEARS}

        def ask(years: list[int]) -> dict[int, tuple[object, ...]]:
            return {year: answers(calendar, date(year, 6, 15), n) for year in years}

        with restless_threads(), ThreadPoolExecutor(8) as pool:
            assert [expected] * 8 == list(pool.map(ask, orders))


@given(st.frozensets(DAYS, max_size=3))
def test_a_calendar_in_which_no_day_ever_counts_is_refused(holidays: frozenset[date]) -> None:
    """A calendar needs a working weekday or an extra day."""
    with pytest.raises(ValueError, match="at least one"):
        WorkingCalendar(working_weekdays=(), holidays=holidays)
