"""Working days in prodflow and in five calendar libraries.

Each library gets a `datetime.date` and returns one, and converts it to its own type in between. All
have the same weekend and the same 72 holidays. Additions start from each day of half a year, closed
days included. Counts begin and end on working days, because the libraries treat closed days
differently. prodflow counts the first day but not the last; the others are called so that they do
the same.
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
    """The contender that adds *n* working days to each of `DAYS`."""

    def work(count: int) -> None:
        for _ in range(count):
            for day in DAYS:
                add(day, n)

    return Contender(name, work, lambda: [add(day, n) for day in DAYS])


def counting(name: str, count: Count) -> Contender:
    """The contender that counts the working days of each of `SPANS`."""

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
    """NumPy, from datetime64 to datetime64, without conversions."""
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
    """pandas, with an offset made beforehand for each step; a count is the length of a range."""
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
    """QuantLib, with a calendar of our own."""
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
        # The flags include the first and the last day; QuantLib takes them by position only.
        return int(calendar.businessDaysBetween(day_of(start), day_of(end), True, False))  # noqa: FBT003

    return add, count


def workalendar() -> tuple[Add, Count]:
    """workalendar, with a calendar of our own."""
    base = module("workalendar.core").Calendar

    class Ours(base):  # type: ignore[misc, valid-type]  # known at run time only
        """Saturday, Sunday and the holidays."""

        def get_weekend_days(self) -> tuple[int, int]:
            return 5, 6

        def get_calendar_holidays(self, year: int) -> list[tuple[date, str]]:
            return [(day, "closed") for day in HOLIDAYS if day.year == year]

    calendar: Any = Ours()  # its base class has no type here

    def add(day: date, n: int) -> date:
        found: date = calendar.add_working_days(day, n)
        return found

    def count(start: date, end: date) -> int:
        # It counts the last day but not the first; between working days, the number is the same.
        return int(calendar.get_working_days_delta(start, end))

    return add, count


def bizdays() -> tuple[Add, Count]:
    """bizdays, whose calendar keeps a table of all its days."""
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
    """Additions of 1, 30 and 250 days, then counts."""
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
