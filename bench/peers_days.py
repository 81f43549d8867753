"""Working days in prodflow and in five libraries of calendars.

The question comes as `datetime.date` and so does the answer; how a library keeps its days is
its own affair. All have the same weekend and the same 72 holidays. The days asked for go through
half a year, closed ones included. Counts are asked between working days only, because libraries
differ where an end is closed; prodflow counts the first day and not the last, and the others are
called so that they do the same.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from comparison import Comparison, Contender, Must
from core import CALENDAR, MONDAY
from untyped import module

Add = Callable[[date, int], date]
Count = Callable[[date, date], int]

np: Final = module("numpy")

HOLIDAYS: Final = sorted(CALENDAR.holidays)
DAYS: Final = [MONDAY + timedelta(number) for number in range(183)]
OPEN: Final = [day for day in DAYS if CALENDAR.is_working_day(day)]
SPANS: Final = [*pairwise(OPEN), *zip(OPEN, OPEN[30:], strict=False), (OPEN[0], OPEN[-1])]
STEPS: Final = (1, 30, 250)
FASTER: Final = Must(20)


def adding(name: str, add: Add, n: int) -> Contender:
    """So many working days after each of the days."""

    def work(count: int) -> None:
        for _ in range(count):
            for day in DAYS:
                add(day, n)

    return Contender(name, work, lambda: [add(day, n) for day in DAYS])


def counting(name: str, count: Count) -> Contender:
    """The working days of each of the spans."""

    def work(times: int) -> None:
        for _ in range(times):
            for start, end in SPANS:
                count(start, end)

    return Contender(name, work, lambda: [count(start, end) for start, end in SPANS])


def numpy() -> tuple[Add, Count]:
    """NumPy, from a date to a date."""
    calendar = np.busdaycalendar(holidays=HOLIDAYS)

    def add(day: date, n: int) -> date:
        found: date = np.busday_offset(day, n, roll="backward", busdaycal=calendar).item()
        return found

    def count(start: date, end: date) -> int:
        return int(np.busday_count(start, end, busdaycal=calendar))

    return add, count


def numpy_own(n: int) -> Contender:
    """NumPy, from its own kind of day to its own kind of day: one call and nothing else."""
    calendar = np.busdaycalendar(holidays=HOLIDAYS)
    days = [np.datetime64(day) for day in DAYS]
    step = np.int64(n)

    def work(count: int) -> None:
        for _ in range(count):
            for day in days:
                np.busday_offset(day, step, roll="backward", busdaycal=calendar)

    def answers() -> list[date]:
        return [
            np.busday_offset(day, step, roll="backward", busdaycal=calendar).item() for day in days
        ]

    return Contender("numpy, datetime64 to datetime64", work, answers)


def pandas() -> tuple[Add, Count]:
    """pandas: an offset made beforehand for each step; its only count is a range with a length."""
    pd = module("pandas")
    offset = module("pandas.tseries.offsets").CustomBusinessDay
    steps = {n: offset(n, holidays=HOLIDAYS) for n in STEPS}
    one = steps[1]

    def add(day: date, n: int) -> date:
        found: date = (pd.Timestamp(day) + steps[n]).date()
        return found

    def count(start: date, end: date) -> int:
        return len(pd.date_range(start, end, freq=one, inclusive="left"))

    return add, count


def quantlib() -> tuple[Add, Count]:
    """QuantLib: a calendar of our own."""
    ql = module("QuantLib")
    day_of, days = ql.Date.from_date, ql.Days
    calendar = ql.BespokeCalendar("bench")
    for weekday in (ql.Saturday, ql.Sunday):
        calendar.addWeekend(weekday)
    for holiday in HOLIDAYS:
        calendar.addHoliday(day_of(holiday))

    def add(day: date, n: int) -> date:
        found: date = calendar.advance(day_of(day), n, days).to_date()
        return found

    def count(start: date, end: date) -> int:
        # Whether to include the first and the last: QuantLib takes them by place only.
        return int(calendar.businessDaysBetween(day_of(start), day_of(end), True, False))  # noqa: FBT003

    return add, count


def workalendar() -> tuple[Add, Count]:
    """Workalendar: a calendar of our own, which keeps the holidays of each year."""
    base = module("workalendar.core").Calendar

    class Ours(base):  # type: ignore[misc, valid-type]  # known at run time only
        """Saturday, Sunday and the holidays."""

        def get_weekend_days(self) -> tuple[int, int]:
            return 5, 6

        def get_calendar_holidays(self, year: int) -> list[tuple[date, str]]:
            return [(day, "closed") for day in HOLIDAYS if day.year == year]

    calendar: Any = Ours()  # has no type here

    def add(day: date, n: int) -> date:
        found: date = calendar.add_working_days(day, n)
        return found

    def count(start: date, end: date) -> int:
        # It leaves out the first day and counts the last: between working days, as many.
        return int(calendar.get_working_days_delta(start, end))

    return add, count


def bizdays() -> tuple[Add, Count]:
    """bizdays: a calendar with a table of all its days."""
    calendar = module("bizdays").Calendar(
        HOLIDAYS,
        ["Saturday", "Sunday"],
        startdate=date(HOLIDAYS[0].year, 1, 1),
        enddate=date(HOLIDAYS[-1].year, 12, 31),
    )

    def add(day: date, n: int) -> date:
        found: date = calendar.offset(day, n)
        return found

    def count(start: date, end: date) -> int:
        return int(calendar.bizdays(start, end))

    return add, count


def comparisons() -> Iterator[Comparison]:
    """Adding some days, many and very many; and counting."""
    peers = {
        "numpy, date to date": numpy(),
        "pandas": pandas(),
        "QuantLib": quantlib(),
        "workalendar": workalendar(),
        "bizdays": bizdays(),
    }
    for n in STEPS:
        yield Comparison(
            f"Working days: add(day, {n})",
            (
                adding("prodflow", CALENDAR.add, n),
                *(adding(name, add, n) for name, (add, _) in peers.items()),
                numpy_own(n),
            ),
            each=len(DAYS),
            musts={"numpy, date to date": FASTER},
        )
    yield Comparison(
        "Working days: count(start, end)",
        (
            counting("prodflow", CALENDAR.count),
            *(counting(name, count) for name, (_, count) in peers.items()),
        ),
        each=len(SPANS),
        musts={"numpy, date to date": FASTER},
    )
