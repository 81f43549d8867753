"""Experience: what past orders had left, from each status and age on.

Theory of operation. An experience has a `PastStay` for each stretch of time that an order spent in
a status without a pause. While an order stays, the day compared moves on: after a day more in the
status, the order is a day older, and has a day less left. So one stay answers for all its days:

1. Count back to the day on which the order would have entered the status if there had been no
   pause. At that *base*, the age of the order and the days left are whole numbers.
2. An order that has been in the status for n days is compared with the stays that lasted over n
   days. Their age is that at the base plus n, and they had n less days left.
3. The stays of a status are sorted by the age at the base. So those that were about as old are a
   slice. The rest is counting, at 0.1 µs a stay (Python 3.11).

Stays that were on their n-th day before the window are left out. Orders of the same status, days
and age get the same curve, which is kept.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from math import ceil
from operator import itemgetter
from typing import Final, Literal, NamedTuple, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._backtests import ExperienceWarning
from prodflow._fields import Count, Day, Duration, checked
from prodflow.calendars import MONDAY_TO_FRIDAY, WorkingCalendar
from prodflow.cycle import StatusCycle, by_version
from prodflow.duedate import rank_of
from prodflow.hub._curves import CANCELLED, DONE, KINDS, OPEN, Curve, curve_of
from prodflow.hub._lives import Life, Reader, RenamedStatus, histories_of
from prodflow.order import HistoryEntry

__all__ = ["Experience", "ExperienceWarning", "PastStay", "RenamedStatus", "StayEnd", "learn"]

StayEnd = Literal["complete", "cancelled", "open"]
"""What became of an order: whether it was completed or cancelled next, or is still open."""

_ENDS: Final[dict[int, StayEnd]] = {DONE: "complete", CANCELLED: "cancelled", OPEN: "open"}
_OUTCOMES: Final[dict[str, int]] = {end: outcome for outcome, end in _ENDS.items()}
_CURVES_KEPT: Final = 4_096
_DAY: Final = timedelta(1)
_TENTH: Final = 10
_HUNDREDTH: Final = 100


@final
class PastStay(NamedTuple):
    """A time that an order spent in a status without a pause.

    All days are counted in the calendar of the experience, but for the day itself.

    Args:
        order_type: the order type.
        status: the key of the status, as it is now if a migration renamed it.
        begun_on: the first day.
        age_days: the days since the order date, on the first day.
        had_days: the days that the order had been in the status before, without pauses.
        stay_days: on the evenings of how many days it was there; until now if it's still there.
        left_days: the days from the first day to the end of the order; until now if it's open.
        end: what became of the order next.
    """

    order_type: str
    status: str
    begun_on: date
    age_days: int
    had_days: int
    stay_days: int
    left_days: int
    end: StayEnd


class _Memo:
    """What is kept of an experience: its stays by status, and the curves last asked for."""

    __slots__ = ("curves", "statuses")

    def __init__(self) -> None:
        self.curves: dict[tuple[str, int, str, int, int], Curve] = {}
        self.statuses: dict[tuple[str, str], _Stays] | None = None


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Experience:
    """What past orders had left, for forecasts.

    Learn it once a day, and use it for all forecasts of that day.

    Args:
        as_of: the day at whose end it was learned.
        calendar: the calendar whose days count.
        window_days: how many days back orders are compared, in calendar days.
        orders: how many orders it was learned from.
        stays: the stays of these orders that can be compared.
        renamed: the keys that migrations renamed, by version.
        warnings: what misleads, as codes; empty if nothing does.

    Source:
        Decision D41.
    """

    as_of: Day
    calendar: WorkingCalendar
    window_days: Duration
    orders: Count
    stays: tuple[PastStay, ...]
    renamed: tuple[RenamedStatus, ...] = ()
    warnings: tuple[ExperienceWarning, ...] = ()
    _memo: _Memo = field(init=False, eq=False, repr=False, factory=_Memo)

    def __reduce__(self) -> tuple[object, ...]:
        rebuild = partial(
            Experience,
            as_of=self.as_of,
            calendar=self.calendar,
            window_days=self.window_days,
            orders=self.orders,
            stays=self.stays,
            renamed=self.renamed,
            warnings=self.warnings,
        )
        return rebuild, ()


class _Stays:
    """The stays of a status, sorted by the age at the base.

    For each stay, this keeps the age at the base, the days in the status for which it's compared,
    and the outcome as seen from the base. The days are from the first one to the one before the
    stop; they are in the window, and something is left on each of them.

    Args:
        calendar: the days to count.
        since: the last day before the window.
        stays: the stays.
    """

    __slots__ = ("_ages", "_firsts", "_outcomes", "_stops")

    def __init__(self, calendar: WorkingCalendar, since: date, stays: Iterable[PastStay]) -> None:
        before = rank_of(calendar, since)
        # In columns of ints: with a tuple for each stay, the garbage collector alone takes longer
        # than all of this (Python 3.11).
        ages: list[int] = []
        firsts: list[int] = []
        stops: list[int] = []
        outcomes: list[int] = []
        for _, _, begun_on, age, had, stay_days, left_days, end in stays:
            left = left_days + had
            ages.append(age - had)
            firsts.append(max(had, before - rank_of(calendar, begun_on) + had + 1))
            stops.append(min(had + stay_days, left))
            outcomes.append(left * KINDS + _OUTCOMES[end])
        by_age = sorted(range(len(ages)), key=ages.__getitem__)
        self._ages, self._firsts, self._stops, self._outcomes = (
            [column[place] for place in by_age] for column in (ages, firsts, stops, outcomes)
        )

    def curve(self, had: int, age: int) -> Curve:
        """The curve for an order that has been in the status for *had* days.

        Args:
            had: the days in the status, without pauses.
            age: the days since the order date.
        """
        near = abs(age) / 4 + 2
        first = bisect_left(self._ages, age - had - near)
        last = bisect_right(self._ages, age - had + near)
        about_as_old = zip(
            self._outcomes[first:last],
            self._firsts[first:last],
            self._stops[first:last],
            strict=True,
        )
        outcomes = Counter([it for it, first_day, stop in about_as_old if first_day <= had < stop])
        passed = had * KINDS
        return curve_of({outcome - passed: count for outcome, count in outcomes.items()})


def curve_for(  # noqa: PLR0917 - the place of an order
    experience: Experience, order_type: str, version: int, status: str, had: int, age: int
) -> Curve:
    """The curve for an order of this type, in this status of a version, for so many days."""
    memo = experience._memo  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - of this module
    asked = order_type, version, status, had, age
    found = memo.curves.get(asked)
    if found is not None:
        return found
    place = order_type, now_called(experience.renamed, order_type, version, status)
    stays = _by_status(experience).get(place)
    curve = curve_of({}) if stays is None else stays.curve(had, age)
    if len(memo.curves) >= _CURVES_KEPT:
        memo.curves.clear()
    memo.curves[asked] = curve
    return curve


def _by_status(experience: Experience) -> dict[tuple[str, str], _Stays]:
    memo = experience._memo  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - of this module
    if memo.statuses is None:
        by_status: defaultdict[tuple[str, str], list[PastStay]] = defaultdict(list)
        for stay in experience.stays:
            by_status[stay.order_type, stay.status].append(stay)
        since = _days_before(experience.as_of, experience.window_days)
        memo.statuses = {
            place: _Stays(experience.calendar, since, stays) for place, stays in by_status.items()
        }
    return memo.statuses


def now_called(renamed: Iterable[RenamedStatus], order_type: str, version: int, status: str) -> str:
    """The key that a status of a version has now."""
    for of_type, in_version, before, after in renamed:
        if of_type == order_type and in_version > version and before == status:
            status = after
    return status


def _days_before(day: date, days: int) -> date:
    return day - timedelta(min(days, (day - date.min).days))


def learn(
    histories: Iterable[Iterable[HistoryEntry]],
    cycles: Iterable[StatusCycle],
    *,
    as_of: date,
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY,
    window_days: int = 365,
) -> Experience:
    """What past orders had left, as it was known at the end of a day: the basis of forecasts.

    Give all histories that you have, with those of open and of cancelled orders. With finished
    orders alone, forecasts come out too early.

    Args:
        histories: the histories of the orders, each from its opening on. Entries after *as_of*
            aren't looked at, so they may be missing. The day of an opening or a status change is
            the first day of its visit, or the day of the return if it continues a visit; the day of
            any other entry is the date of its `at`.
        cycles: the cycle versions that the histories name.
        as_of: the last day to look at.
        calendar: the calendar whose days count; take that of your due-date policy.
        window_days: how many days back orders are compared, in calendar days.

    Raises:
        CycleNotFoundError: if *cycles* lacks a version that a history names.
        CycleConflictError: if *cycles* has two different cycles with the same version.
        UnknownStatusError: if no version has a status that a history names.
        ValueError: if a history doesn't begin with its opening, isn't sorted or isn't about one
            order, or if two are about the same order.

    Source:
        Decision D41.

    Example:
        >>> from datetime import date
        >>> learn([], [], as_of=date(2026, 11, 16)).orders
        0
    """
    checks.day("as_of", as_of)
    checks.instance("calendar", calendar, WorkingCalendar, "a WorkingCalendar")
    checks.duration("window_days", window_days)
    reader = Reader(by_version(cycles), calendar)
    lives = [life for history in histories_of(histories) if (life := reader.read(history, as_of))]
    found = learned(lives, reader, as_of=as_of, calendar=calendar, window_days=window_days)
    # The first forecast would need it; 20 ms for 5,000 orders (Python 3.11).
    _by_status(found)
    return found


def learned(
    lives: list[Life], reader: Reader, *, as_of: date, calendar: WorkingCalendar, window_days: int
) -> Experience:
    """The experience from lives that were read as of the same day."""
    renamed = tuple(sorted(reader.renamed.values(), key=itemgetter(0, 1)))
    since = rank_of(calendar, _days_before(as_of, window_days))
    return Experience(
        as_of=as_of,
        calendar=calendar,
        window_days=window_days,
        orders=len(lives),
        stays=tuple(
            [stay for life in lives for stay in _stays_of(life, renamed, as_of, calendar, since)]
        ),
        renamed=renamed,
        warnings=warnings_of(lives),
    )


def _stays_of(
    life: Life,
    renamed: tuple[RenamedStatus, ...],
    as_of: date,
    calendar: WorkingCalendar,
    before: int,
) -> Iterator[PastStay]:
    """The stays of an order that can be compared, the last one first.

    Only ends of days are compared: an order that left on a Sunday was still there on Friday. Stays
    that ended before the window are left out; *before* is the last day before it, as its rank.
    """
    until = closed = rank_of(calendar, as_of)
    ordered, end, left_on = rank_of(calendar, life.ordered_on), _ENDS[OPEN], as_of
    for stretch in reversed(life.stretches):
        begun = rank_of(calendar, stretch.begun_on)
        if stretch.outcome != OPEN:
            closed, end = begun, _ENDS[stretch.outcome]
        elif begun < until and before < until - 1 and begun < closed and stretch.begun_on < left_on:
            key = stretch.status
            if renamed:
                key = now_called(renamed, life.order_type, stretch.version, key)
            had = 0
            if stretch.begun_on != stretch.entered_on:  # most visits are never paused
                entered_on, begun_on = stretch.entered_on, stretch.begun_on
                had = had_days(calendar, entered_on, begun_on, stretch.paused, begun)
            yield PastStay(
                *(life.order_type, key, stretch.begun_on, begun - ordered, had),
                *(until - begun, closed - begun, end),
            )
        left_on = stretch.begun_on
        # The day before the first day of all is no day.
        until = begun if left_on == date.min else rank_of(calendar, left_on - _DAY) + 1


def had_days(
    calendar: WorkingCalendar, entered_on: date, begun_on: date, paused: int, now: int
) -> int:
    """The days of a visit without its pauses.

    Args:
        calendar: the days to count.
        entered_on: its first day.
        begun_on: the day on which it was last resumed; *entered_on* if it was never paused.
        paused: the days paused. They may be counted in other days, so they never count for more
            than the time before *begun_on*.
        now: the day up to which to count, as its rank.
    """
    begun = rank_of(calendar, begun_on)
    return max(0, begun - rank_of(calendar, entered_on) - paused) + max(0, now - begun)


def warnings_of(lives: Iterable[Life]) -> tuple[ExperienceWarning, ...]:
    """What misleads in these histories."""
    opened: list[date] = []
    closings: list[date] = []
    for life in lives:
        opened.append(life.stretches[0].begun_on)
        closings += [stretch.begun_on for stretch in life.stretches if stretch.outcome != OPEN]
    if not closings:
        return ()
    first = sorted(closings)[ceil(len(closings) / _HUNDREDTH) - 1]
    early = sum(day < first for day in opened)
    return ("selected-by-end",) if early * _TENTH > len(opened) else ()
