"""Which days count, and how to reckon with them in constant time.

Theory of operation. The working days of a calendar, in order, are W[1], W[2], … Every question is
one about ranks: how many working days lie before a day, how many up to it, and which day is W[r].

`_Ranks` answers those in closed form: whole weeks by multiplication, the holidays and extra days
that bend the week by bisection. The answers for a year at a time are kept in three tables, and the
public methods look there first. The tables are a memo of pure functions: they are bounded, belong
to the calendar, take no part in its value, and may be lost at any moment without a trace, which is
why threads may share them without a lock.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from functools import partial
from itertools import accumulate, compress
from types import NoneType
from typing import Final, Self, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import checked
from prodflow.errors import DateOutOfRangeError

__all__ = ["EVERY_DAY", "MONDAY_TO_FRIDAY", "WorkingCalendar"]

_LAST: Final = date.max.toordinal()
_YEARS_KEPT: Final = 64
_PATIENCE: Final = 10_000  # questions about other years before the tables are emptied for them
_STEPS: Final = frozenset((int, NoneType))


@final
class _Ranks:
    """Ranks in closed form, and tables of them for the years in use.

    `before` and `upto` give the number of working days before a day, and up to and with it;
    `days` gives W[r] by its rank.
    """

    __slots__ = (
        "_bends",
        "_counts",
        "_missed",
        "_offsets",
        "_week",
        "_years",
        "before",
        "days",
        "total",
        "upto",
    )

    def __init__(
        self, weekdays: frozenset[int], holidays: frozenset[date], extra: frozenset[date]
    ) -> None:
        self.before: dict[date, int] = {}
        self.upto: dict[date, int] = {}
        self.days: dict[int, date] = {}
        self._years: set[int] = set()
        self._missed = 0
        # Ordinal 1 is a Monday, so a whole number of weeks ends on every ordinal divisible by 7.
        self._week = tuple(accumulate((w in weekdays for w in range(7)), initial=0))
        self._offsets = tuple(sorted(weekdays))
        bends = {day.toordinal(): -1 for day in holidays - extra if day.weekday() in weekdays}
        bends |= {day.toordinal(): 1 for day in extra if day.weekday() not in weekdays}
        self._bends = sorted(bends)
        self._counts = tuple(accumulate((bends[day] for day in self._bends), initial=0))
        self.total = self.rank(_LAST)

    def rank(self, ordinal: int) -> int:
        """How many working days there are up to and with the day of this ordinal."""
        weeks, rest = divmod(ordinal, 7)
        bent = self._counts[bisect_right(self._bends, ordinal)]
        return weeks * self._week[7] + self._week[rest] + bent

    def ordinal(self, rank: int) -> int:
        """The ordinal of W[rank]; *rank* lies between 1 and `total`."""
        passed = bisect_left(self._bends, rank, key=self.rank)
        ordinal = self._regular(rank - self._counts[passed])
        # Where the regular week would run over the next bend, that bend is an extra day: W[rank].
        return min(ordinal, self._bends[passed]) if passed < len(self._bends) else ordinal

    def _regular(self, rank: int) -> int:
        """The ordinal of the working day of this rank if no day were bent."""
        if not self._offsets:
            return _LAST
        weeks, rest = divmod(rank - 1, len(self._offsets))
        return weeks * 7 + self._offsets[rest] + 1

    def keep(self, year: int) -> None:
        """Enter a year into the tables, which hold the last few dozen years asked for."""
        if len(self._years) >= _YEARS_KEPT:
            # Emptied at once, they would be filled over and over where any day may be asked for.
            self._missed = (self._missed + 1) % _PATIENCE
            if self._missed:
                return
            for table in (self._years, self.before, self.upto, self.days):
                table.clear()
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        rank, bends = self.rank(first - 1), self._bends
        week = [self._week[day + 1] - self._week[day] for day in range(7)]
        counts = (week * 54)[(first - 1) % 7 :][: last - first + 1]
        for ordinal in bends[bisect_left(bends, first) : bisect_right(bends, last)]:
            counts[ordinal - first] ^= 1
        days = [*map(date.fromordinal, range(first, last + 1))]
        ranks = [*accumulate(counts, initial=rank)]
        self.before.update(zip(days, ranks[:-1], strict=True))
        self.upto.update(zip(days, ranks[1:], strict=True))
        self.days.update(enumerate(compress(days, counts), start=rank + 1))
        self._years.add(year)


def _weekdays(value: Iterable[int]) -> frozenset[int]:
    days = checks.items("working_weekdays", value, "ints from 0 for Monday to 6 for Sunday")
    return frozenset(checks.whole("a working weekday", day, 0, 6) for day in days)


def _holidays(value: Iterable[date]) -> frozenset[date]:
    days = checks.items("holidays", value, "dates")
    # The holidays library works out a year when it is asked about: until then it looks empty.
    if getattr(value, "expand", False) is True and not getattr(value, "years", True):
        raise ValueError(
            "holidays must be filled: give the years, such as"
            " holidays.country_holidays('PT', years=range(2026, 2030))"
        )
    return frozenset(checks.day("a holiday", day) for day in days)


def _extra(value: Iterable[date]) -> frozenset[date]:
    days = checks.items("extra_working_days", value, "dates")
    return frozenset(checks.day("an extra working day", day) for day in days)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class WorkingCalendar:
    """The days that count: some weekdays, less holidays, with extra days that win over both.

    Two calendars are equal where these three sets are. Every answer costs the same for one day and
    for ten thousand, and holds from `date.min` to `date.max`.

    Args:
        working_weekdays: ints from 0 for Monday to 6 for Sunday; Monday to Friday unless told
            otherwise.
        holidays: dates on which nobody works, in any order; an object of the `holidays` library
            will do, with its years given: without them it is refused, for it looks empty.
        extra_working_days: dates on which work is done whatever the weekday, holidays included.

    Raises:
        TypeError: for what is no weekday or date.
        ValueError: for a weekday outside 0 to 6, where there is neither a weekday nor an extra
            day, and for holidays that are still to be filled.

    Source:
        The manual's "Calendar preferences"; decisions D3 and D9.

    Example:
        >>> from datetime import date
        >>> calendar = WorkingCalendar(holidays=[date(2026, 12, 25)])
        >>> calendar.add(date(2026, 12, 24), 1)  # over a holiday and a weekend
        datetime.date(2026, 12, 28)
    """

    working_weekdays: frozenset[int] = field(default=frozenset(range(5)), converter=_weekdays)
    holidays: frozenset[date] = field(default=frozenset(), converter=_holidays)
    extra_working_days: frozenset[date] = field(default=frozenset(), converter=_extra)
    _ranks: _Ranks = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not self.working_weekdays and not self.extra_working_days:
            raise ValueError(
                "a calendar needs at least one working weekday (0 = Monday) or extra working day"
            )
        ranks = _Ranks(self.working_weekdays, self.holidays, self.extra_working_days)
        object.__setattr__(self, "_ranks", ranks)

    def __reduce__(self) -> tuple[object, ...]:
        rebuild = partial(
            WorkingCalendar,
            working_weekdays=self.working_weekdays,
            holidays=self.holidays,
            extra_working_days=self.extra_working_days,
        )
        return rebuild, ()

    @classmethod
    def from_rules(
        cls,
        *rules: str,
        since: date,
        until: date,
        working_weekdays: Iterable[int] = range(5),
        holidays: Iterable[date] = (),
        extra_working_days: Iterable[date] = (),
    ) -> Self:
        """A calendar whose holidays follow recurrence rules.

        Args:
            rules: RRULE texts of RFC 5545, daily or less frequent, each anchored at *since*, from
                which its COUNT and INTERVAL run.
            since: the first day of the rules.
            until: their last day, included; a rule's own UNTIL may end it earlier. Outside these
                bounds only *holidays* are closed.
            working_weekdays: as for the class.
            holidays: further dates to close.
            extra_working_days: as for the class.

        Raises:
            TypeError: for a rule that is no str, or bounds that are no dates.
            ValueError: for a rule that RFC 5545 does not know, is more frequent than daily, gives
                more than 36,525 dates, or has more than 12 positions; where *until* is before
                *since* or more than 500 years after; and as for the class.

        Source:
            RFC 5545, section 3.3.10, as expanded by python-dateutil.

        Example:
            >>> from datetime import date
            >>> calendar = WorkingCalendar.from_rules(
            ...     "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
            ...     since=date(2026, 1, 1),
            ...     until=date(2027, 12, 31),
            ... )
            >>> sorted(calendar.holidays)
            [datetime.date(2026, 11, 26), datetime.date(2027, 11, 25)]
        """
        # python-dateutil is only loaded by those who use it.
        from prodflow._recurrence import expand  # noqa: PLC0415

        checks.day("since", since)
        checks.day("until", until)
        if until < since:
            raise ValueError(f"until must not be before since, {since}, but is {until}")
        dates = (day for rule in rules for day in expand(rule, since, until))
        return cls(
            working_weekdays=working_weekdays,
            holidays=_holidays(holidays).union(dates),
            extra_working_days=extra_working_days,
        )

    def is_working_day(self, day: date) -> bool:
        """Whether *day* counts.

        Args:
            day: any day.

        Raises:
            TypeError: if *day* is no date.
        """
        return self._upto(day) > self._before(day)

    def add(self, day: date, n: int) -> date:
        """The n-th working day strictly after *day*; strictly before it for a negative *n*.

        Args:
            day: where to begin, a working day or not.
            n: how many working days to go; 0 gives *day* itself, even if it does not count.

        Raises:
            TypeError: if *day* is no date or *n* no int.
            DateOutOfRangeError: where the calendar ends before that.

        Source:
            Decision D9.

        Example:
            >>> from datetime import date
            >>> saturday = date(2026, 11, 21)
            >>> WorkingCalendar().add(saturday, 1).strftime("%A")
            'Monday'
        """
        # The usual question, in table lookups alone: a datetime or a str is in no table.
        if type(n) is int and n > 0:
            ranks = self._ranks
            try:
                return ranks.days[ranks.upto[day] + n]
            except (KeyError, TypeError):
                pass
        return self._add(day, n)

    def _add(self, day: date, n: int) -> date:
        checks.day("day", day)
        if not isinstance(n, int) or isinstance(n, bool):
            raise TypeError(f"n must be an int of days, not {checks.shown(n)}")
        if n > 0:
            return self._at(self._upto(day) + n, day, n)
        if n < 0:
            return self._at(self._before(day) + 1 + n, day, n)
        return day

    def count(self, start: date, end: date) -> int:
        """The number of working days from *start*, included, to *end*, excluded.

        Negative where *end* is the earlier: `count(a, b) == -count(b, a)`.

        Args:
            start: where to begin.
            end: where to stop; it may come first.

        Raises:
            TypeError: for what is no date.

        Source:
            Decision D9.

        Example:
            >>> from datetime import date
            >>> WorkingCalendar().count(date(2026, 11, 20), date(2026, 11, 23))  # Friday to Monday
            1
        """
        before = self._ranks.before
        try:
            return before[end] - before[start]
        except (KeyError, TypeError):
            return self._before(end, "end") - self._before(start, "start")

    def following(self, day: date) -> date:
        """The first working day on or after *day*.

        Args:
            day: any day.

        Raises:
            TypeError: if *day* is no date.
            DateOutOfRangeError: if there is none.
        """
        return self._at(self._before(day) + 1, day, 0)

    def preceding(self, day: date) -> date:
        """The last working day on or before *day*.

        Args:
            day: any day.

        Raises:
            TypeError: if *day* is no date.
            DateOutOfRangeError: if there is none.
        """
        return self._at(self._upto(day), day, 0)

    def offsets(self, day: date, days: Iterable[int | None]) -> tuple[date | None, ...]:
        """The working days so far from the last one on or before *day*; None stays None.

        Args:
            day: the anchor. Offset 0 is `preceding(day)`, 1 the working day after that.
            days: the offsets, in working days, negative ones for before.

        Raises:
            TypeError: if *day* is no date, or an offset no int.
            DateOutOfRangeError: where the calendar ends before that.

        Source:
            Decision D9: W[r(day) + n].
        """
        steps = checks.items("days", days, "ints or None")
        if not _STEPS.issuperset(map(type, steps)):
            raise TypeError(f"days must hold ints or None, not {checks.shown(steps)}")
        return self._offsets(day, steps)

    def _offsets(self, day: date, steps: tuple[int | None, ...]) -> tuple[date | None, ...]:
        """The same for steps that are known to be ints or None."""
        anchor = self._upto(day)
        at = self._ranks.days
        try:
            return tuple([None if n is None else at[anchor + n] for n in steps])
        except KeyError:
            return tuple(None if n is None else self._at(anchor + n, day, n) for n in steps)

    def _before(self, day: date, name: str = "day") -> int:
        try:
            return self._ranks.before[day]
        except (KeyError, TypeError):
            checks.day(name, day)
        self._ranks.keep(day.year)
        return self._ranks.rank(day.toordinal() - 1)

    def _upto(self, day: date) -> int:
        try:
            return self._ranks.upto[day]
        except (KeyError, TypeError):
            checks.day("day", day)
        self._ranks.keep(day.year)
        return self._ranks.rank(day.toordinal())

    def _at(self, rank: int, day: date, n: int) -> date:
        """W[rank]; *day* and *n* are for the message."""
        found = self._ranks.days.get(rank)
        if found is None:
            if not 1 <= rank <= self._ranks.total:
                raise DateOutOfRangeError(day, n)
            found = date.fromordinal(self._ranks.ordinal(rank))
            self._ranks.keep(found.year)
        return found


EVERY_DAY: Final = WorkingCalendar(working_weekdays=range(7))
"""The calendar in which each day counts."""

MONDAY_TO_FRIDAY: Final = WorkingCalendar()
"""The calendar that counts unless told otherwise: no holidays."""
