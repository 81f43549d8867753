"""Which days count and how to add them: weekends, holidays and the ends of the calendar."""

import pickle
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import partial
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    MONDAY_TO_FRIDAY,
    DateOutOfRangeError,
    WorkingCalendar,
    business_date,
)

Anything: TypeAlias = Any  # what a caller without a type checker may pass

OFFICE = WorkingCalendar()
THURSDAY = date(2026, 11, 19)
FRIDAY = date(2026, 11, 20)
SATURDAY = date(2026, 11, 21)
SUNDAY = date(2026, 11, 22)
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)

SALES_WEEKEND = WorkingCalendar(extra_working_days=[SATURDAY])
NO_FRIDAY = WorkingCalendar(holidays=[FRIDAY])
TWO_DAYS_ONLY = WorkingCalendar(working_weekdays=[], extra_working_days=[FRIDAY, MONDAY])


def test_monday_to_friday_count_by_default() -> None:
    """In a calendar without arguments, Monday to Friday count."""
    assert OFFICE.working_weekdays == frozenset({0, 1, 2, 3, 4})


@pytest.mark.parametrize(
    ("calendar", "day", "expected"),
    [
        pytest.param(OFFICE, FRIDAY, True, id="a working weekday counts"),
        pytest.param(OFFICE, SATURDAY, False, id="the weekend does not"),
        pytest.param(NO_FRIDAY, FRIDAY, False, id="a holiday does not"),
        pytest.param(SALES_WEEKEND, SATURDAY, True, id="an extra day does"),
        pytest.param(EVERY_DAY, SUNDAY, True, id="every day counts in EVERY_DAY"),
        pytest.param(TWO_DAYS_ONLY, FRIDAY, True, id="extra days may be all there is"),
        pytest.param(TWO_DAYS_ONLY, TUESDAY, False, id="without weekdays the rest is closed"),
        pytest.param(OFFICE, date.min, True, id="the first day of the calendar is a Monday"),
        pytest.param(OFFICE, date.max, True, id="its last day is a Friday"),
    ],
)
def test_a_day_counts_or_not(calendar: WorkingCalendar, day: date, *, expected: bool) -> None:
    """A working weekday counts unless it is a holiday; an extra day always counts."""
    assert calendar.is_working_day(day) is expected


@pytest.mark.parametrize("day", [FRIDAY, SUNDAY], ids=["weekday", "weekend"])
def test_extra_working_days_win_over_holidays(day: date) -> None:
    """A day that is both a holiday and an extra working day counts (decision D9)."""
    calendar = WorkingCalendar(holidays=[day], extra_working_days=[day])
    assert calendar.is_working_day(day) is True


@pytest.mark.parametrize(
    ("calendar", "day", "n", "expected"),
    [
        pytest.param(OFFICE, FRIDAY, 1, MONDAY, id="Friday + 1 is Monday"),
        pytest.param(OFFICE, SATURDAY, 1, MONDAY, id="Saturday + 1 is Monday"),
        pytest.param(OFFICE, SUNDAY, 2, TUESDAY, id="Sunday + 2 is Tuesday"),
        pytest.param(OFFICE, MONDAY, -1, FRIDAY, id="Monday - 1 is Friday"),
        pytest.param(OFFICE, SUNDAY, -1, FRIDAY, id="Sunday - 1 is Friday"),
        pytest.param(OFFICE, SATURDAY, 0, SATURDAY, id="Saturday + 0 is Saturday"),
        pytest.param(OFFICE, FRIDAY, 0, FRIDAY, id="Friday + 0 is Friday"),
        pytest.param(OFFICE, FRIDAY, 5, date(2026, 11, 27), id="5 working days are a week"),
        pytest.param(OFFICE, FRIDAY, 10_000, date(2065, 3, 20), id="10,000 are 2,000 weeks"),
        pytest.param(OFFICE, date(2065, 3, 20), -10_000, FRIDAY, id="and 10,000 back"),
        pytest.param(NO_FRIDAY, THURSDAY, 1, MONDAY, id="over a holiday and a weekend"),
        pytest.param(NO_FRIDAY, MONDAY, -1, THURSDAY, id="and back over both"),
        pytest.param(NO_FRIDAY, FRIDAY, 1, MONDAY, id="from a holiday"),
        pytest.param(SALES_WEEKEND, FRIDAY, 1, SATURDAY, id="onto an extra day"),
        pytest.param(SALES_WEEKEND, FRIDAY, 2, MONDAY, id="over an extra day"),
        pytest.param(SALES_WEEKEND, MONDAY, -1, SATURDAY, id="back onto an extra day"),
        pytest.param(EVERY_DAY, FRIDAY, 3, MONDAY, id="calendar days"),
        pytest.param(TWO_DAYS_ONLY, date.min, 1, FRIDAY, id="to the first day that counts at all"),
        pytest.param(TWO_DAYS_ONLY, FRIDAY, 1, MONDAY, id="to the last one"),
        pytest.param(TWO_DAYS_ONLY, date.max, -2, FRIDAY, id="from the end to the first one"),
        pytest.param(OFFICE, date.min, 1, date(1, 1, 2), id="from the first day of the calendar"),
        pytest.param(OFFICE, date.max, -1, date(9999, 12, 30), id="from its last day"),
        pytest.param(OFFICE, date(9999, 12, 30), 1, date.max, id="to its last day"),
        pytest.param(OFFICE, date(1, 1, 2), -1, date.min, id="to its first day"),
        pytest.param(OFFICE, date.min, 2_608_614, date.max, id="from end to end"),
        pytest.param(OFFICE, date.max, -2_608_614, date.min, id="and back"),
    ],
)
def test_add_gives_the_nth_working_day_strictly_after(
    calendar: WorkingCalendar, day: date, n: int, expected: date
) -> None:
    """`add` goes n working days forward or back and never counts the day it starts from."""
    assert calendar.add(day, n) == expected


def test_the_first_question_may_be_far_from_every_working_day() -> None:
    """A new calendar finds its only working day from two thousand years away."""
    calendar = WorkingCalendar(working_weekdays=[], extra_working_days=[FRIDAY])
    assert calendar.add(date.min, 1) == FRIDAY


@pytest.mark.parametrize(
    ("calendar", "day", "n"),
    [
        pytest.param(OFFICE, date.max, 1, id="past the last day"),
        pytest.param(OFFICE, date.min, -1, id="before the first"),
        pytest.param(OFFICE, FRIDAY, 10**12, id="a million million days on"),
        pytest.param(OFFICE, FRIDAY, -(10**12), id="a million million days back"),
        pytest.param(EVERY_DAY, date.max, 1, id="one calendar day too many"),
        pytest.param(TWO_DAYS_ONLY, MONDAY, 1, id="past the last extra day"),
        pytest.param(TWO_DAYS_ONLY, FRIDAY, -1, id="before the first extra day"),
        pytest.param(
            WorkingCalendar(holidays=[date.max]), date(9999, 12, 30), 1, id="a holiday at the end"
        ),
        pytest.param(
            WorkingCalendar(holidays=[date.min]), date(1, 1, 2), -1, id="a holiday at the beginning"
        ),
    ],
)
def test_add_beyond_the_calendar_names_the_day_and_the_distance(
    calendar: WorkingCalendar, day: date, n: int
) -> None:
    """If the calendar ends first, the error names the day and the number of days."""
    with pytest.raises(DateOutOfRangeError) as caught:
        calendar.add(day, n)
    assert (caught.value.day, caught.value.days) == (day, n)


def test_a_new_calendar_begins_with_its_first_working_day() -> None:
    """Before its first working day there is no other, even in a new calendar."""
    calendar = WorkingCalendar()
    with pytest.raises(DateOutOfRangeError):
        calendar.add(date.min, -1)


def test_new_years_day_may_be_a_holiday() -> None:
    """From the last working day of a year, the holiday is skipped."""
    calendar = WorkingCalendar(holidays=[date(2027, 1, 1)])
    assert calendar.add(date(2026, 12, 31), 1) == date(2027, 1, 4)


def test_an_extra_day_counts_once_in_the_years_after_it_too() -> None:
    """Six weeks and a Friday have 31 working days, and one more with an extra Saturday."""
    calendar = WorkingCalendar(extra_working_days=[SATURDAY])
    assert calendar.count(FRIDAY, date(2027, 1, 4)) == 32


@pytest.mark.parametrize(
    ("calendar", "start", "end", "expected"),
    [
        pytest.param(OFFICE, FRIDAY, MONDAY, 1, id="the start is included"),
        pytest.param(OFFICE, SATURDAY, MONDAY, 0, id="the end is excluded"),
        pytest.param(OFFICE, FRIDAY, FRIDAY, 0, id="no day from a day to itself"),
        pytest.param(OFFICE, MONDAY, FRIDAY, -1, id="negative backwards"),
        pytest.param(OFFICE, FRIDAY, date(2026, 11, 27), 5, id="a week"),
        pytest.param(NO_FRIDAY, THURSDAY, MONDAY, 1, id="a holiday is not counted"),
        pytest.param(SALES_WEEKEND, FRIDAY, MONDAY, 2, id="an extra day is"),
        pytest.param(EVERY_DAY, FRIDAY, MONDAY, 3, id="calendar days"),
        pytest.param(OFFICE, date.min, date.max, 2_608_614, id="from end to end"),
        pytest.param(OFFICE, date.max, date.min, -2_608_614, id="and back"),
        pytest.param(TWO_DAYS_ONLY, date.min, date.max, 2, id="all working days"),
    ],
)
def test_count_is_half_open_and_signed(
    calendar: WorkingCalendar, start: date, end: date, expected: int
) -> None:
    """`count(a, b)` is the number of working days from a, included, to b, excluded."""
    assert calendar.count(start, end) == expected


@pytest.mark.parametrize("end", [THURSDAY, FRIDAY, SATURDAY, SUNDAY, MONDAY])
def test_count_is_antisymmetric(end: date) -> None:
    """With its arguments exchanged, `count` gives the negative number."""
    assert OFFICE.count(end, SATURDAY) == -OFFICE.count(SATURDAY, end)


@pytest.mark.parametrize(
    ("calendar", "day", "expected"),
    [
        pytest.param(OFFICE, FRIDAY, FRIDAY, id="the day itself if it counts"),
        pytest.param(OFFICE, SATURDAY, MONDAY, id="otherwise the next one"),
        pytest.param(NO_FRIDAY, FRIDAY, MONDAY, id="over a holiday and a weekend"),
        pytest.param(SALES_WEEKEND, SATURDAY, SATURDAY, id="an extra day counts"),
        pytest.param(OFFICE, date.max, date.max, id="at the end of the calendar"),
    ],
)
def test_following_is_the_first_working_day_on_or_after(
    calendar: WorkingCalendar, day: date, expected: date
) -> None:
    """`following` gives a working day itself and moves any other day forward."""
    assert calendar.following(day) == expected


@pytest.mark.parametrize(
    ("calendar", "day", "expected"),
    [
        pytest.param(OFFICE, FRIDAY, FRIDAY, id="the day itself if it counts"),
        pytest.param(OFFICE, SUNDAY, FRIDAY, id="otherwise the last one"),
        pytest.param(NO_FRIDAY, SUNDAY, THURSDAY, id="over a weekend and a holiday"),
        pytest.param(SALES_WEEKEND, SUNDAY, SATURDAY, id="an extra day counts"),
        pytest.param(OFFICE, date.min, date.min, id="at the beginning of the calendar"),
    ],
)
def test_preceding_is_the_last_working_day_on_or_before(
    calendar: WorkingCalendar, day: date, expected: date
) -> None:
    """`preceding` gives a working day itself and moves any other day back."""
    assert calendar.preceding(day) == expected


def test_following_refuses_the_end_of_the_calendar() -> None:
    """If no working day follows, the error names the day."""
    with pytest.raises(DateOutOfRangeError) as caught:
        TWO_DAYS_ONLY.following(TUESDAY)
    assert (caught.value.day, caught.value.days) == (TUESDAY, 0)


def test_preceding_refuses_the_beginning_of_the_calendar() -> None:
    """If no working day precedes, the error names the day."""
    with pytest.raises(DateOutOfRangeError) as caught:
        TWO_DAYS_ONLY.preceding(THURSDAY)
    assert (caught.value.day, caught.value.days) == (THURSDAY, 0)


def test_offsets_go_from_the_last_working_day_on_or_before() -> None:
    """Offset 0 of a Saturday is Friday, 1 is Monday, and None stays None."""
    expected = (FRIDAY, MONDAY, None, THURSDAY)
    assert OFFICE.offsets(SATURDAY, (0, 1, None, -1)) == expected


def test_offsets_reach_beyond_the_year() -> None:
    """Offsets can be as large as the calendar allows."""
    expected = (date(2065, 3, 20), None, date(1988, 7, 22))
    assert OFFICE.offsets(FRIDAY, (10_000, None, -10_000)) == expected


def test_offsets_refuse_what_leaves_the_calendar() -> None:
    """The error names the anchor and the offset that is too large."""
    with pytest.raises(DateOutOfRangeError) as caught:
        OFFICE.offsets(date.max, (0, None, 1))
    assert (caught.value.day, caught.value.days) == (date.max, 1)


def test_offsets_may_come_from_an_iterator() -> None:
    """An iterator of offsets works, even in a year that the calendar has not seen yet."""
    day, steps = date(2026, 1, 1), (0, 1, 10_000)
    assert WorkingCalendar().offsets(day, iter(steps)) == WorkingCalendar().offsets(day, steps)


@pytest.mark.parametrize("step", [True, 1.0, "1"])
def test_offsets_must_be_ints(step: Anything) -> None:
    """A bool, a float or a text is refused."""
    with pytest.raises(TypeError, match="days must hold ints or None"):
        OFFICE.offsets(FRIDAY, [0, step])


QUESTIONS: dict[str, Callable[[Anything], object]] = {
    "is_working_day": OFFICE.is_working_day,
    "add forward": lambda day: OFFICE.add(day, 1),
    "add back": lambda day: OFFICE.add(day, -1),
    "add nothing": lambda day: OFFICE.add(day, 0),
    "count from": lambda day: OFFICE.count(day, FRIDAY),
    "count to": lambda day: OFFICE.count(FRIDAY, day),
    "following": OFFICE.following,
    "preceding": OFFICE.preceding,
    "offsets": lambda day: OFFICE.offsets(day, (0,)),
}


@pytest.mark.parametrize(
    "day", [None, "2026-11-20", 738_000, [], datetime(2026, 11, 20, tzinfo=UTC)]
)
@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_every_method_refuses_other_things_than_dates(
    question: Callable[[Anything], object], day: Anything
) -> None:
    """A datetime, a text or None is refused."""
    with pytest.raises(TypeError, match="must be a date without a time"):
        question(day)


@pytest.mark.parametrize("n", [True, 1.0, "1", None])
def test_add_takes_an_int(n: Anything) -> None:
    """A bool, a float, a text or None is refused."""
    with pytest.raises(TypeError, match="n must be an int of days"):
        OFFICE.add(FRIDAY, n)


@pytest.mark.parametrize("weekdays", ["01234", None, 5, [0, True], [0.0], ["Monday"]])
def test_weekdays_are_ints(weekdays: Anything) -> None:
    """Weekdays must be an iterable of ints, so a text or names are refused."""
    with pytest.raises(TypeError, match="weekday"):
        WorkingCalendar(working_weekdays=weekdays)


@pytest.mark.parametrize("weekday", [-1, 7])
def test_weekdays_go_from_0_to_6(weekday: int) -> None:
    """Other numbers are refused."""
    with pytest.raises(ValueError, match="an item of working_weekdays must be from 0 to 6"):
        WorkingCalendar(working_weekdays=[weekday])


@pytest.mark.parametrize(
    "days", ["2026-11-20", None, FRIDAY, ["2026-11-20"], [datetime(2026, 11, 20, tzinfo=UTC)]]
)
@pytest.mark.parametrize("name", ["holidays", "extra_working_days"])
def test_holidays_and_extra_days_are_dates(name: str, days: Anything) -> None:
    """Both must be iterables of dates without a time."""
    arguments: dict[str, Anything] = {name: days}
    with pytest.raises(TypeError, match="date"):
        WorkingCalendar(**arguments)


def test_a_calendar_without_any_working_day_is_refused() -> None:
    """A calendar needs a working weekday or an extra working day."""
    with pytest.raises(ValueError, match="at least one working day"):
        WorkingCalendar(working_weekdays=[], holidays=[FRIDAY])


def test_a_calendar_takes_any_iterable() -> None:
    """Iterators and repeated values work."""
    calendar = WorkingCalendar(
        working_weekdays=iter([0, 1]), holidays=iter([FRIDAY]), extra_working_days=iter([SUNDAY])
    )
    expected = WorkingCalendar(
        working_weekdays={1, 0}, holidays=[FRIDAY, FRIDAY], extra_working_days=(SUNDAY,)
    )
    assert calendar == expected


def test_holidays_can_be_a_mapping_from_dates_to_names() -> None:
    """The keys of a dict are the holidays."""
    assert WorkingCalendar(holidays={FRIDAY: "Day after"}) == NO_FRIDAY


@pytest.mark.holidays
def test_holidays_can_be_an_object_of_the_holidays_library() -> None:
    """You can pass a country's holidays as the `holidays` library gives them."""
    import holidays  # noqa: PLC0415 - not installed with python-dateutil 4

    calendar = WorkingCalendar(holidays=holidays.country_holidays("US", years=2026))
    assert calendar.add(date(2026, 12, 24), 1) == date(2026, 12, 28)


@pytest.mark.holidays
def test_only_the_given_years_of_the_holidays_library_are_closed() -> None:
    """The calendar reads the object once, so it has only the years you gave."""
    import holidays  # noqa: PLC0415 - not installed with python-dateutil 4

    calendar = WorkingCalendar(holidays=holidays.country_holidays("US", years=2026))
    assert {day.year for day in calendar.holidays} == {2026}


@pytest.mark.holidays
def test_an_object_of_the_holidays_library_needs_years() -> None:
    """Without years the object looks empty, so it is refused."""
    import holidays  # noqa: PLC0415 - not installed with python-dateutil 4

    unfilled = holidays.country_holidays("US")
    with pytest.raises(ValueError, match=r"^holidays must be filled"):
        WorkingCalendar(holidays=unfilled)
    with pytest.raises(ValueError, match=r"^holidays must be filled"):
        WorkingCalendar.from_rules(since=FRIDAY, until=FRIDAY, holidays=unfilled)


class Almanac:
    """What the `holidays` library gives, for a land whose weekend moved from Friday to Sunday.

    Until 2025 it's Thursday and Friday, from 2026 on Saturday and Sunday. 1 January is a holiday,
    and the first Saturday of 2027 makes up for it. Like the library, it fills in years when asked.
    """

    def __init__(self, *years: int, expand: bool = True) -> None:
        self.years = set(years)
        self.expand = expand
        self.end_year = 2027

    def is_weekend(self, day: date) -> bool:
        """Whether the day is of the weekend of its year."""
        return day.weekday() in ({3, 4} if day.year < 2026 else {5, 6})

    def is_working_day(self, day: date) -> bool:
        """Whether people work."""
        if self.expand:
            self.years.add(day.year)
        is_new_year = (day.month, day.day) == (1, 1)
        return day == date(2027, 1, 2) or not (is_new_year or self.is_weekend(day))

    def __iter__(self) -> Iterator[date]:
        return iter([date(year, 1, 1) for year in sorted(self.years)])


class TestFromHolidays:
    """A calendar can say what the `holidays` library says (decision D9b)."""

    def test_each_day_of_the_years_is_as_the_library_says(self) -> None:
        """Weekends that moved and days that make up for a holiday are known."""
        calendar = WorkingCalendar.from_holidays(Almanac(), years=[2025, 2027, 2026])
        days = [date(2025, 1, 1) + timedelta(n) for n in range(3 * 365)]
        expected = [Almanac().is_working_day(day) for day in days]
        assert [calendar.is_working_day(day) for day in days] == expected

    def test_other_years_have_the_last_weekend_and_no_holidays(self) -> None:
        """Outside the years, only the weekend is known."""
        calendar = WorkingCalendar.from_holidays(Almanac(), years=2026)
        assert calendar.working_weekdays == frozenset(range(5))
        assert calendar.is_working_day(date(2025, 1, 1))
        assert calendar.is_working_day(date(2025, 1, 2))

    @pytest.mark.parametrize(
        ("years", "expected"), [([2026, 2025], 2026), ([2027], 2027), ([2027, 2030], 2027)]
    )
    def test_it_is_known_through_the_last_year(self, years: list[int], expected: int) -> None:
        """If the library ends earlier, that is what is known."""
        calendar = WorkingCalendar.from_holidays(Almanac(), years=years)
        assert calendar.known_through == date(expected, 12, 31)

    def test_what_you_give_besides_wins(self) -> None:
        """Your holidays win over its make-up days, and your extra days over all holidays."""
        saturday, monday = date(2027, 1, 2), date(2027, 1, 4)
        calendar = WorkingCalendar.from_holidays(
            Almanac(),
            years=2027,
            holidays=[saturday, monday],
            extra_working_days=[date(2027, 1, 1), monday],
            known_through=date(2027, 6, 30),
        )
        days = [date(2027, 1, 1), saturday, date(2027, 1, 3), monday]
        assert [calendar.is_working_day(day) for day in days] == [True, False, False, True]
        assert calendar.known_through == date(2027, 6, 30)

    def test_a_year_that_the_object_cannot_add_is_refused(self) -> None:
        """Otherwise its holidays would be missing in silence."""
        frozen = Almanac(2026, expand=False)
        assert WorkingCalendar.from_holidays(frozen, years=2026).holidays == {date(2026, 1, 1)}
        with pytest.raises(ValueError, match=r"^years must .* lacks 2027$"):
            WorkingCalendar.from_holidays(frozen, years=[2026, 2027])

    def test_a_year_is_needed(self) -> None:
        """Without years nothing is known."""
        with pytest.raises(ValueError, match="years must hold at least one year"):
            WorkingCalendar.from_holidays(Almanac(), years=[])

    @pytest.mark.parametrize("library", [[FRIDAY], None, "PT"])
    def test_it_needs_an_object_of_the_library(self, library: Anything) -> None:
        """Dates alone say nothing of weekends."""
        with pytest.raises(TypeError, match="library must be an object of the holidays library"):
            WorkingCalendar.from_holidays(library, years=2026)

    @pytest.mark.parametrize("years", ["2026", [2026.0], None, True])
    def test_years_are_ints(self, years: Anything) -> None:
        """A year is an int."""
        with pytest.raises(TypeError, match="year"):
            WorkingCalendar.from_holidays(Almanac(), years=years)

    def test_as_holidays_alone_another_weekend_is_refused(self) -> None:
        """Unless you give the working weekdays, since the calendar would open on its weekend."""
        other, usual = Almanac(2025, 2026), Almanac(2026)
        for make in (
            WorkingCalendar,
            partial(WorkingCalendar.from_rules, since=FRIDAY, until=FRIDAY),
        ):
            with pytest.raises(ValueError, match="isn't Saturday and Sunday"):
                make(holidays=other)
            assert make(holidays=usual).holidays == {date(2026, 1, 1)}
            weekdays = make(holidays=other, working_weekdays=range(5)).working_weekdays
            assert weekdays == frozenset(range(5))

    @pytest.mark.holidays
    @pytest.mark.parametrize(
        ("country", "years"),
        [
            ("AE", range(2020, 2024)),
            ("CN", [2026]),
            ("IL", [2026, 2027]),
            ("PT", range(2026, 2030)),
        ],
    )
    def test_it_agrees_with_the_library(self, country: str, years: Sequence[int]) -> None:
        """For weekends that moved, make-up days, another weekend, and the usual one."""
        import holidays  # noqa: PLC0415 - not installed with python-dateutil 4

        calendar = WorkingCalendar.from_holidays(holidays.country_holidays(country), years=years)
        library = holidays.country_holidays(country, years=years)
        days = [date(year, 1, 1) + timedelta(n) for year in years for n in range(365)]
        expected = [library.is_working_day(day) for day in days]
        assert [calendar.is_working_day(day) for day in days] == expected


def test_calendars_of_equal_days_are_equal() -> None:
    """The order and repetition of arguments make no difference."""
    assert WorkingCalendar(working_weekdays=[4, 3, 2, 1, 0, 0]) == OFFICE


@pytest.mark.parametrize("other", [NO_FRIDAY, SALES_WEEKEND, EVERY_DAY, TWO_DAYS_ONLY])
def test_calendars_of_other_days_differ(other: WorkingCalendar) -> None:
    """A single day makes the difference."""
    assert other != OFFICE


def test_equal_calendars_have_one_hash() -> None:
    """The memo of a used calendar doesn't change its hash."""
    asked = WorkingCalendar()
    asked.add(FRIDAY, 10_000)
    assert hash(asked) == hash(WorkingCalendar())


@pytest.mark.parametrize("calendar", [OFFICE, NO_FRIDAY, SALES_WEEKEND, TWO_DAYS_ONLY, EVERY_DAY])
def test_a_calendar_pickles(calendar: WorkingCalendar) -> None:
    """The unpickled calendar is equal."""
    assert pickle.loads(pickle.dumps(calendar)) == calendar


def test_a_pickled_calendar_answers() -> None:
    """The unpickled calendar gives the same answers."""
    assert pickle.loads(pickle.dumps(NO_FRIDAY)).add(THURSDAY, 1) == MONDAY


def test_a_pickle_holds_no_memo() -> None:
    """A used calendar has the same pickle as a new one."""
    asked = WorkingCalendar()
    asked.add(FRIDAY, 10_000)
    assert pickle.dumps(asked) == pickle.dumps(WorkingCalendar())


def test_a_calendar_is_frozen() -> None:
    """Its fields can't be assigned."""
    with pytest.raises(AttributeError):
        OFFICE.holidays = frozenset()  # type: ignore[misc]  # frozen is what is tested


def test_a_repr_shows_the_days_and_nothing_else() -> None:
    """The repr has the form of the constructor call."""
    expected = (
        "WorkingCalendar(working_weekdays=frozenset({6}), holidays=frozenset(),"
        " extra_working_days=frozenset(), known_through=None)"
    )
    assert repr(WorkingCalendar(working_weekdays=[6])) == expected


CENTURIES = range(1, 9_999, 50)


def test_answers_stay_the_same_over_more_years_than_are_remembered() -> None:
    """Questions about two hundred years change no answer."""
    calendar = WorkingCalendar(working_weekdays=range(7))
    expected = [date(year, 1, 2) for year in CENTURIES]
    assert [calendar.add(date(year, 1, 1), 1) for year in CENTURIES] == expected


def test_the_memo_is_bounded() -> None:
    """After questions about two hundred years, the memo holds at most 64 of them."""
    calendar = WorkingCalendar()
    asked = [calendar.is_working_day(date(year, 1, 1)) for year in CENTURIES]
    remembered = len(calendar._ranks.upto)  # noqa: SLF001 - the bound is not seen from outside
    assert (len(asked), remembered <= 64 * 366) == (200, True)


def test_years_no_longer_asked_for_make_room() -> None:
    """After many questions about other years, the memo holds those instead."""
    calendar = WorkingCalendar(working_weekdays=range(7))
    days = [date(year, 1, 1) for year in range(1_000, 1_064)] + [date(2_026, 1, 1)] * 10_000
    answers = {calendar.following(day) == day for day in days}
    remembered = calendar._ranks.upto  # noqa: SLF001 - the memo is not seen from outside
    assert (answers, len(remembered), date(2_026, 1, 2) in remembered) == ({True}, 365, True)


NEW_YEAR = WorkingCalendar(known_through=date(2015, 12, 31))


def test_what_is_known_makes_no_difference_to_counting() -> None:
    """The calendar counts on beyond the last day with known holidays (decision D9b)."""
    assert NEW_YEAR.add(date(2015, 12, 31), 1) == date(2016, 1, 1)


def test_calendars_that_know_more_differ() -> None:
    """They are different values, and keep the day when they are copied."""
    assert WorkingCalendar() != NEW_YEAR
    assert pickle.loads(pickle.dumps(NEW_YEAR)) == evolve(NEW_YEAR) == NEW_YEAR


@pytest.mark.parametrize("day", ["2015-12-31", 7, datetime(2015, 12, 31, tzinfo=UTC)])
def test_the_last_known_day_is_a_date(day: Anything) -> None:
    """Anything else is refused."""
    with pytest.raises(TypeError, match="known_through must be a date"):
        WorkingCalendar(known_through=day)


@pytest.mark.parametrize(
    ("known_through", "expected"),
    [(None, date(2016, 12, 31)), (date(2015, 12, 31), date(2015, 12, 31))],
)
def test_rules_are_known_through_their_last_day(known_through: date | None, expected: date) -> None:
    """Unless you say that other holidays are known for a shorter time."""
    calendar = WorkingCalendar.from_rules(
        "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1",
        since=date(2015, 1, 1),
        until=date(2016, 12, 31),
        known_through=known_through,
    )
    assert calendar.known_through == expected


ATHENS = ZoneInfo("Europe/Athens")
FIVE = time(17)


NAIVE = datetime(2026, 11, 19, 17)  # noqa: DTZ001 - to be refused


class Unsaid(tzinfo):
    """A zone that gives no offset from UTC."""

    def utcoffset(self, dt: datetime | None, /) -> timedelta | None:
        """None."""

    dst = utcoffset

    def tzname(self, dt: datetime | None, /) -> str | None:
        """None."""


class Nowhere(tzinfo):
    """A zone without an offset, as Python's own base class is."""

    def utcoffset(self, dt: datetime | None, /) -> timedelta | None:
        """Nothing yet."""
        raise NotImplementedError

    dst = utcoffset

    def tzname(self, dt: datetime | None, /) -> str | None:
        """Nothing yet."""
        raise NotImplementedError


class TestBusinessDate:
    """The day that an order counts as, by the local clock (decision D42)."""

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            pytest.param(
                datetime(2026, 11, 19, 14, 59, 59, tzinfo=UTC), THURSDAY, id="before the cut-off"
            ),
            pytest.param(datetime(2026, 11, 19, 15, tzinfo=UTC), FRIDAY, id="at the cut-off"),
            pytest.param(datetime(2026, 11, 20, 15, tzinfo=UTC), MONDAY, id="after it on a Friday"),
            pytest.param(
                datetime(2026, 11, 20, 22, 30, tzinfo=UTC), MONDAY, id="already Saturday in Athens"
            ),
            pytest.param(datetime(2026, 11, 21, 9, tzinfo=UTC), MONDAY, id="on a closed day"),
            pytest.param(
                datetime(2026, 11, 21, 20, tzinfo=UTC), MONDAY, id="on a closed day, after it"
            ),
            pytest.param(
                datetime(2026, 7, 23, 14, 30, tzinfo=UTC), date(2026, 7, 24), id="in summer"
            ),
        ],
    )
    def test_the_cut_off_is_by_the_local_clock(self, at: datetime, expected: date) -> None:
        """From the cut-off on, and on closed days, it is the next working day."""
        day = business_date(at, zone=ATHENS, cutoff=FIVE, calendar=MONDAY_TO_FRIDAY)
        assert day == expected

    def test_without_a_cut_off_the_day_ends_at_midnight(self) -> None:
        """Of the local clock."""
        at = datetime(2026, 11, 19, 21, 59, tzinfo=UTC)
        assert business_date(at, zone=ATHENS, calendar=MONDAY_TO_FRIDAY) == THURSDAY

    def test_the_zone_of_the_instant_makes_no_difference(self) -> None:
        """Nine in the evening in Tokyo is two in the afternoon in Athens."""
        at = datetime(2026, 11, 20, 21, tzinfo=ZoneInfo("Asia/Tokyo"))
        day = business_date(at, zone=ATHENS, cutoff=FIVE, calendar=MONDAY_TO_FRIDAY)
        assert day == FRIDAY

    @pytest.mark.parametrize(
        ("at", "hours"),
        [
            pytest.param(datetime.min.replace(tzinfo=UTC), -14, id="before the first"),
            pytest.param(datetime.max.replace(tzinfo=UTC), 14, id="after the last"),
        ],
    )
    def test_a_local_day_outside_the_calendar_is_refused(self, at: datetime, hours: int) -> None:
        """The local clock can show a day that Python doesn't have."""
        with pytest.raises(DateOutOfRangeError) as caught:
            business_date(at, zone=timezone(timedelta(hours=hours)), calendar=OFFICE)
        assert caught.value.day == at.date()

    def test_nothing_follows_the_last_day(self) -> None:
        """After the cut-off of the last day, there is no next working day."""
        at = datetime.max.replace(tzinfo=UTC)
        with pytest.raises(DateOutOfRangeError):
            business_date(at, zone=UTC, cutoff=FIVE, calendar=OFFICE)

    @pytest.mark.parametrize(
        ("name", "value", "error"),
        [
            ("at", NAIVE, ValueError),
            ("at", THURSDAY, TypeError),
            ("at", None, TypeError),
            ("zone", "Europe/Athens", TypeError),
            ("zone", None, TypeError),
            ("zone", Nowhere(), TypeError),
            ("zone", Unsaid(), TypeError),
            ("cutoff", "17:00", TypeError),
            ("cutoff", 17, TypeError),
            ("cutoff", NAIVE, TypeError),
            ("cutoff", time(17, tzinfo=UTC), ValueError),
            ("calendar", None, TypeError),
        ],
    )
    def test_what_it_needs_is_checked(
        self, name: str, value: Anything, error: type[Exception]
    ) -> None:
        """The instant and the zone are known, and the cut-off is by the clock of the zone."""
        given: dict[str, Anything] = {
            "at": datetime(2026, 11, 19, 9, tzinfo=UTC),
            "zone": ATHENS,
            "cutoff": FIVE,
            "calendar": MONDAY_TO_FRIDAY,
            name: value,
        }
        with pytest.raises(error, match=name):
            business_date(given.pop("at"), **given)
