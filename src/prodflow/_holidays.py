"""What objects of the `holidays` library say: weekends, holidays and make-up days.

The library isn't needed here: its objects are known by their methods.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import MAXYEAR, date
from typing import Final, NamedTuple, Protocol, final, runtime_checkable

from prodflow import _checks as checks

_WEEKEND: Final = frozenset({5, 6})


@runtime_checkable
class Library(Protocol):
    """An object of the library, such as `holidays.country_holidays("PT")`."""

    @property
    def years(self) -> AbstractSet[int]:
        """The years for which it knows holidays."""
        ...

    def is_weekend(self, key: date, /) -> bool:
        """Whether a day is of the weekend, whether or not people work on it."""
        ...

    def is_working_day(self, key: date, /) -> bool:
        """Whether people work on a day."""
        ...


@final
class Days(NamedTuple):
    """What makes the days of some years working days or not."""

    working_weekdays: frozenset[int]
    holidays: frozenset[date]
    extra: frozenset[date]
    known_through: date


def days_of(library: Library, years: int | Iterable[int]) -> Days:
    """What an object of the library says of each day of some years.

    Raises:
        ValueError: for the reasons that `WorkingCalendar.from_holidays` lists.
    """
    if not isinstance(library, Library):
        raise TypeError(
            "library must be an object of the holidays library, such as"
            f" holidays.country_holidays('PT'), not {checks.shown(library)}"
        )
    asked = _years(years)
    for year in asked:  # it adds the holidays of a year when it's first asked about that year
        library.is_working_day(date(year, 1, 1))
    missing = set(asked).difference(library.years)
    if missing:
        raise ValueError(f"years must be years of the library's object, which lacks {min(missing)}")
    weekend = _weekend(library, asked[-1])
    holidays: set[date] = set()
    extra: set[date] = set()
    for year in asked:
        for day in days_in(year):
            if library.is_working_day(day) == (day.weekday() in weekend):
                (extra if day.weekday() in weekend else holidays).add(day)
    return Days(
        frozenset(range(7)) - weekend,
        frozenset(holidays),
        frozenset(extra),
        # The holidays of a few countries are known for few years ahead.
        date(min(asked[-1], getattr(library, "end_year", MAXYEAR)), 12, 31),
    )


def has_other_weekend(value: object) -> bool:
    """Whether a value is an object of the library with a weekend that isn't Saturday and Sunday."""
    return isinstance(value, Library) and any(
        value.is_weekend(day) != (day.weekday() in _WEEKEND)
        for year in sorted(value.years)
        for day in days_in(year)
    )


def days_in(year: int) -> Iterable[date]:
    """The days of a year."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return map(date.fromordinal, range(first, last + 1))


def _years(value: int | Iterable[int]) -> list[int]:
    given = [value] if isinstance(value, int) else checks.items("years", value, "ints")
    years = sorted(checks.whole(checks.item_of("years"), year, 1, MAXYEAR) for year in given)
    if not years:
        raise ValueError("years must hold at least one year")
    return years


def _weekend(library: Library, year: int) -> frozenset[int]:
    """The weekdays on most of which it's the weekend in a year."""
    tallies = [0] * 7
    for day in days_in(year):
        tallies[day.weekday()] += 1 if library.is_weekend(day) else -1
    return frozenset(weekday for weekday, tally in enumerate(tallies) if tally > 0)
