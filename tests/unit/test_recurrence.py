"""Calendars from recurrence rules of RFC 5545, and the limits on such rules."""

from datetime import UTC, date, datetime
from typing import Any, TypeAlias

import pytest

from prodflow import WorkingCalendar

Anything: TypeAlias = Any  # what a caller without a type checker may pass

SINCE = date(2026, 1, 1)
UNTIL = date(2027, 12, 31)


def closed(*rules: str, since: date = SINCE, until: date = UNTIL) -> list[date]:
    """The holidays of a calendar from rules, in order."""
    return sorted(WorkingCalendar.from_rules(*rules, since=since, until=until).holidays)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param(
            "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1",
            [date(2026, 5, 1), date(2027, 5, 1)],
            id="a fixed date",
        ),
        pytest.param(
            "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
            [date(2026, 11, 26), date(2027, 11, 25)],
            id="the fourth Thursday",
        ),
        pytest.param(
            "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO",
            [date(2026, 5, 25), date(2027, 5, 31)],
            id="the last Monday",
        ),
        pytest.param(
            "FREQ=YEARLY", [date(2026, 1, 1), date(2027, 1, 1)], id="anchored at the first day"
        ),
        pytest.param(
            "RRULE:FREQ=YEARLY;BYYEARDAY=-1",
            [date(2026, 12, 31), date(2027, 12, 31)],
            id="with the name of the property; the last day is included",
        ),
        pytest.param(
            "rrule:freq=yearly;bymonth=5;bymonthday=1",
            [date(2026, 5, 1), date(2027, 5, 1)],
            id="in lower case",
        ),
        pytest.param(
            "FREQ=DAILY;INTERVAL=300;COUNT=3",
            [date(2026, 1, 1), date(2026, 10, 28), date(2027, 8, 24)],
            id="every 300 days",
        ),
        pytest.param("FREQ=DAILY;COUNT=1", [SINCE], id="once"),
        pytest.param("FREQ=DAILY;COUNT=0002", [SINCE, date(2026, 1, 2)], id="leading zeros"),
        pytest.param("FREQ=DAILY;INTERVAL=999999999", [SINCE], id="the longest interval"),
        pytest.param(
            "FREQ=YEARLY;COUNT=999999999", [SINCE, date(2027, 1, 1)], id="the highest count"
        ),
        pytest.param(
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2",
            [date(2026, 1, 30), date(2026, 2, 27)],
            id="the last working day of a month",
        ),
        pytest.param(
            "FREQ=YEARLY;BYSETPOS=1,2,3,4,5,6,7,8,9,10,11,12;BYMONTHDAY=1;BYMONTH=1,2;COUNT=2",
            [date(2026, 1, 1), date(2026, 2, 1)],
            id="twelve positions",
        ),
        pytest.param(
            "FREQ=MONTHLY;BYMONTH=1;BYDAY=MO,1FR;COUNT=6",
            [*(date(2026, 1, day) for day in (2, 5, 12, 19, 26)), date(2027, 1, 1)],
            id="a numbered and a plain weekday add up",
        ),
        pytest.param(
            "FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH,FR,SU",
            [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 3)],
            id="the last week runs into the next year",
        ),
        pytest.param(
            "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1,-1;BYDAY=FR",
            [date(2026, 1, 2), date(2027, 1, 1)],
            id="the weeks of every other year",
        ),
        pytest.param(
            "FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=1;COUNT=2",
            [date(2026, 1, 5), date(2026, 1, 12)],
            id="positions count from the beginning of the first week",
        ),
        pytest.param(
            "FREQ=WEEKLY;BYSETPOS=-1;COUNT=2", [SINCE, date(2026, 1, 8)], id="the day of the week"
        ),
        pytest.param(
            "FREQ=YEARLY;BYMONTH=2,3;BYSETPOS=-1",
            [date(2026, 3, 1), date(2027, 3, 1)],
            id="the day of the month",
        ),
        pytest.param(
            "FREQ=YEARLY;BYSETPOS=1;COUNT=2", [SINCE, date(2027, 1, 1)], id="the day of the year"
        ),
    ],
)
def test_a_rule_gives_holidays(rule: str, expected: list[date]) -> None:
    """Every date of a rule between the two bounds is a holiday."""
    assert closed(rule) == expected


def test_several_rules_add_up() -> None:
    """The holidays of all rules count."""
    rules = ("FREQ=YEARLY;BYYEARDAY=1;COUNT=1", "FREQ=YEARLY;BYYEARDAY=2;COUNT=1")
    assert closed(*rules) == [date(2026, 1, 1), date(2026, 1, 2)]


def test_without_rules_there_are_no_holidays() -> None:
    """Without rules a calendar has no holidays."""
    assert closed() == []


def test_other_arguments_are_those_of_the_class() -> None:
    """You can give weekdays, more holidays and extra days besides the rules."""
    calendar = WorkingCalendar.from_rules(
        "FREQ=YEARLY;COUNT=1",
        since=SINCE,
        until=UNTIL,
        working_weekdays=range(6),
        holidays=[date(2030, 1, 1)],
        extra_working_days=[date(2026, 1, 4)],
    )
    expected = WorkingCalendar(
        working_weekdays=range(6),
        holidays=[SINCE, date(2030, 1, 1)],
        extra_working_days=[date(2026, 1, 4)],
        known_through=UNTIL,
    )
    assert calendar == expected


@pytest.mark.parametrize(
    "until",
    ["20260302", "20260302T000000", "20260302T235959", "20260302T235959Z", "20260302t000000z"],
)
def test_a_rule_may_end_itself(until: str) -> None:
    """UNTIL is included. It can be a date, or an instant whose date counts."""
    expected = [date(2026, 1, 2), date(2026, 2, 2), date(2026, 3, 2)]
    assert closed(f"FREQ=MONTHLY;BYMONTHDAY=2;UNTIL={until}") == expected


def test_a_later_until_of_a_rule_changes_nothing() -> None:
    """The earlier of the two ends counts."""
    assert closed("FREQ=YEARLY;UNTIL=99991231") == [SINCE, date(2027, 1, 1)]


def test_a_rule_that_ended_before_the_first_day_gives_nothing() -> None:
    """A rule that ended before the first day gives no holidays."""
    assert closed("FREQ=DAILY;UNTIL=20251231") == []


@pytest.mark.parametrize(
    "until", ["", "2026", "20260230", "20261301", "2026-03-02", "20260302T00", "00000101"]
)
def test_an_until_that_is_no_date_is_refused(until: str) -> None:
    """UNTIL must be written as in RFC 5545 and be a real date."""
    with pytest.raises(ValueError, match="must have an UNTIL such as 20261231"):
        closed(f"FREQ=DAILY;UNTIL={until}")


@pytest.mark.parametrize("frequency", ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"])
@pytest.mark.parametrize(
    ("since", "until"),
    [(SINCE, UNTIL), (date.min, date(501, 1, 1)), (date(9499, 1, 1), date.max)],
    ids=["two-years", "500-years", "the-last-500-years"],
)
def test_a_rule_that_never_matches_gives_nothing(frequency: str, since: date, until: date) -> None:
    """A rule for 30 February gives no holidays, and gives them at once."""
    assert closed(f"FREQ={frequency};BYMONTH=2;BYMONTHDAY=30", since=since, until=until) == []


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        pytest.param(date.min, date(1, 1, 3), 3, id="the first days"),
        pytest.param(date(9999, 12, 29), date.max, 3, id="the last days"),
        pytest.param(SINCE, SINCE, 1, id="a single day"),
        pytest.param(date(2000, 1, 1), date(2099, 12, 31), 36_525, id="a century"),
    ],
)
def test_the_bounds_are_included(since: date, until: date, expected: int) -> None:
    """A daily rule gives every day from the first to the last."""
    assert len(closed("FREQ=DAILY", since=since, until=until)) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=31", [date(9999, 10, 31), date(9999, 12, 31)]),
        ("FREQ=WEEKLY;BYDAY=FR", [date(9999, 12, 24), date(9999, 12, 31)]),
        ("FREQ=WEEKLY;BYDAY=SA", [date(9999, 12, 18), date(9999, 12, 25)]),
        ("FREQ=YEARLY;BYWEEKNO=52;BYDAY=TH,FR", [date(9999, 12, 30), date(9999, 12, 31)]),
    ],
    ids=["monthly", "weekly", "weekly, a day that is no more", "by week number"],
)
def test_a_rule_may_run_into_the_end_of_the_calendar(rule: str, expected: list[date]) -> None:
    """A week, month or year that the calendar cuts short gives the days that exist."""
    assert closed(rule, since=date(9999, 9, 1), until=date.max)[-2:] == expected


def test_a_leap_day_exists_in_leap_years_only() -> None:
    """A rule for 29 February skips the years without one."""
    expected = [date(1996, 2, 29), date(2000, 2, 29), date(2004, 2, 29)]
    rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"
    assert closed(rule, since=date(1996, 2, 29), until=date(2004, 2, 29)) == expected


def test_a_rule_may_give_36525_dates_and_no_more() -> None:
    """The limit of a rule is a century of days."""
    with pytest.raises(ValueError, match="must give at most 36,525 dates"):
        closed("FREQ=DAILY", since=date(2000, 1, 1), until=date(2100, 1, 1))


@pytest.mark.parametrize("frequency", ["HOURLY", "MINUTELY", "SECONDLY", "", "FORTNIGHTLY"])
def test_a_rule_is_daily_or_less_frequent(frequency: str) -> None:
    """Holidays are whole days, so FREQ can't be below DAILY."""
    with pytest.raises(
        ValueError, match=f"{frequency}' must have FREQ=YEARLY, MONTHLY, WEEKLY or DAILY$"
    ):
        closed(f"FREQ={frequency}")


def test_a_rule_must_have_a_frequency() -> None:
    """FREQ is the only part that a rule needs."""
    with pytest.raises(ValueError, match="must have FREQ="):
        closed("BYMONTH=5")


@pytest.mark.parametrize("name", ["INTERVAL", "COUNT"])
@pytest.mark.parametrize("value", ["0", "-1", "", "1.5", "x", "1000000000", "\uff11"])
def test_interval_and_count_go_from_1(name: str, value: str) -> None:
    """Both are whole numbers from 1 with at most nine digits."""
    with pytest.raises(ValueError, match=f"must have {name} from 1 to 999,999,999"):
        closed(f"FREQ=DAILY;{name}={value}")


def test_a_rule_has_one_end() -> None:
    """A rule can't have both COUNT and UNTIL."""
    with pytest.raises(ValueError, match="must have COUNT or UNTIL, not both"):
        closed("FREQ=DAILY;COUNT=2;UNTIL=20260302")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;FREQ=YEARLY",
        "FREQ=DAILY;",
        "FREQ=DAILY;BYHOUR=1",
        "FREQ=DAILY;BYEASTER=0",
        "FREQ=DAILY;DTSTART=20260101",
        "DTSTART:20260101;FREQ=DAILY",
        "tomorrow",
    ],
)
def test_a_rule_has_known_parts_once(rule: str) -> None:
    """Parts smaller than a day, unknown parts and repeated parts are refused."""
    with pytest.raises(ValueError, match=r"must have only the parts FREQ, .*, each at most once"):
        closed(rule)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("FREQ=MONTHLY;BYSETPOS=1,2,3,4,5,6,7,8,9,10,11,12,13", id="thirteen"),
        pytest.param("FREQ=DAILY;BYSETPOS=1", id="daily"),
    ],
)
def test_a_rule_has_few_positions(rule: str) -> None:
    """A rule has at most twelve positions, and a daily rule has none."""
    with pytest.raises(
        ValueError, match="must have at most 12 numbers in BYSETPOS, and none with FREQ=DAILY"
    ):
        closed(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;BYDAY=MO,",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYMONTHDAY=x",
        "FREQ=MONTHLY;BYSETPOS=0",
        "FREQ=MONTHLY;BYSETPOS=367",
        "FREQ=WEEKLY;WKST=XX",
        "FREQ=WEEKLY;WKST=",
        "FREQ=DAILY;BYMONTHDAY=0",
        "FREQ=DAILY;BYMONTHDAY=1_0",
        "FREQ=YEARLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=0",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYYEARDAY=0",
        "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=YEARLY;BYMONTH=12;BYDAY=6MO",
        "FREQ=YEARLY;BYDAY=99MO",
        "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO",
        "FREQ=MONTHLY;BYWEEKNO=1;BYDAY=MO",
        "FREQ=YEARLY;WKST=MO FREQ=HOURLY",
        "FREQ=YEARLY;WKST=MO\u2003EXRULE:FREQ=DAILY",
    ],
)
def test_a_part_that_cannot_be_read_is_refused(rule: str) -> None:
    """Values that RFC 5545 doesn't allow are refused."""
    with pytest.raises(ValueError, match=r"^the rule .* must have "):
        closed(rule)


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY;BYDAY=5MO", "FREQ=YEARLY;BYDAY=5MO"])
def test_weekdays_are_counted_within_month_or_year(rule: str) -> None:
    """5MO is the fifth Monday of a month, or of a year if the rule is yearly."""
    assert closed(rule, since=date(2018, 1, 1), until=date(2018, 1, 31)) == [date(2018, 1, 29)]


def test_a_week_number_needs_weekdays() -> None:
    """Without BYDAY it could mean a day or the whole week, so the weekdays must be named."""
    with pytest.raises(ValueError, match="must have BYDAY with BYWEEKNO: name the weekdays"):
        closed("FREQ=YEARLY;BYWEEKNO=1")


def test_a_week_may_begin_before_the_first_of_all_days() -> None:
    """The first week of the year 1 has a Sunday before it, which no calendar has."""
    rule = "FREQ=YEARLY;BYWEEKNO=1;BYDAY=SU,MO;WKST=SU"
    assert closed(rule, since=date.min, until=date(1, 12, 1)) == [date.min]


def test_a_rule_that_ended_before_it_begins_is_empty() -> None:
    """A rule that ends before the first day gives no holidays, even if it never matches."""
    rule = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;UNTIL=19900101"
    assert closed(rule, since=date(2026, 1, 1), until=date(2026, 12, 31)) == []


@pytest.mark.parametrize("year", [1599, 1999, 2399, 9999])
def test_the_last_week_of_a_year_is_whole(year: int) -> None:
    """A week that runs into the next year keeps all its days."""
    rule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=1,2,3,4,5,6,7"
    found = closed(rule, since=date(year, 12, 1), until=date(year, 12, 31))
    assert len(found) == 31


@pytest.mark.parametrize(
    "rule",
    ["", "F" * 1_001, "FREQ=DAILY\nFREQ=SECONDLY", "FREQ=DAILY\x00", "FREQ=\ud800"],
    ids=["empty", "1,001 characters", "two lines", "NUL", "surrogate"],
)
def test_a_rule_is_a_short_text_of_one_line(rule: str) -> None:
    """A rule has 1 to 1,000 characters, without control characters."""
    with pytest.raises(ValueError, match="a rule must"):
        closed(rule)


@pytest.mark.parametrize("rule", [None, 7, b"FREQ=DAILY", ["FREQ=DAILY"]])
def test_a_rule_is_a_str(rule: Anything) -> None:
    """Anything else is refused, even a list of rules."""
    with pytest.raises(TypeError, match="a rule must be a str"):
        closed(rule)


@pytest.mark.parametrize("day", [None, "2026-01-01", datetime(2026, 1, 1, tzinfo=UTC)])
def test_the_first_day_is_a_date(day: Anything) -> None:
    """A datetime or a text is refused."""
    with pytest.raises(TypeError, match="since must be a date"):
        closed("FREQ=DAILY", since=day)


@pytest.mark.parametrize("day", [None, "2026-01-01", datetime(2026, 1, 1, tzinfo=UTC)])
def test_the_last_day_is_a_date(day: Anything) -> None:
    """A datetime or a text is refused."""
    with pytest.raises(TypeError, match="until must be a date"):
        closed("FREQ=DAILY", until=day)


def test_the_last_day_is_not_before_the_first() -> None:
    """Exchanged bounds are refused, rather than giving no holidays."""
    with pytest.raises(ValueError, match="until must not be before since"):
        closed("FREQ=DAILY", since=UNTIL, until=SINCE)


def test_the_bounds_are_at_most_500_years_apart() -> None:
    """A longer span is refused, since it could take unbounded time."""
    with pytest.raises(ValueError, match="at most 500 years apart"):
        closed("FREQ=YEARLY", since=date.min, until=date(502, 1, 1))


@pytest.mark.parametrize("days", ["2026-11-20", None])
def test_further_holidays_are_dates(days: Anything) -> None:
    """Holidays besides the rules are checked as in the class."""
    with pytest.raises(TypeError, match="holidays must be an iterable of dates"):
        WorkingCalendar.from_rules(since=SINCE, until=UNTIL, holidays=days)
