"""Learned durations: what the default duration of each status should be, going by the history.

Theory of operation. A due date of n days is kept by a visit that ends by W[r(entry) + n], so each
visit that has ended *needed* some number of days: the least n that would have kept it. Of a status'
visits these are sorted, and the suggestion is the nearest rank: the least n that so large a share
of them did not exceed. The interval is distribution-free: the quantile that is looked for lies
between two of the sorted visits unless the sample has more or fewer of them below it than a
binomial count has in 19 of 20 cases. It speaks of chance alone. Whether times have changed is shown
by the visits that ended last: where far fewer of them are covered, the past is no guide.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from math import ceil, exp, lgamma, log, log1p, sqrt
from typing import Annotated, Final, NamedTuple, final

from attrs import evolve, field, frozen

from prodflow import _checks as checks
from prodflow._fields import Check, checked
from prodflow.calendars import WorkingCalendar
from prodflow.cycle import Status, StatusCycle
from prodflow.duedate import DueDatePolicy, FromEntry
from prodflow.export import Table
from prodflow.hub._figures import rank, rounded
from prodflow.hub._lateness import Lateness, each_history, lateness_under
from prodflow.hub._orders import type_name
from prodflow.hub._visits import Visit, read_visits
from prodflow.order import HistoryEntry

__all__ = ["Suggestion", "Suggestions", "suggest_durations"]

_TAIL: Final = 0.025
_RECENT: Final = 4


@final
class Suggestion(NamedTuple):
    """What the default duration of a status should be, and what that rests on."""

    status: Status
    """The status."""
    days: int | None
    """The duration suggested, in days of the calendar; None where history cannot tell."""
    reason: str | None
    """Why it cannot: "closes" where nothing is due, "too-few-visits"; None where it can."""
    visits: int
    """How many visits have ended."""
    low_days: int | None
    """The least duration that the same share may truly need, in 19 of 20 cases; None without."""
    high_days: int | None
    """The greatest; None also where there are too few visits to bound it."""
    share: float | None
    """The share of the visits that it covers, from 0 to 1."""
    recent_visits: int
    """How many visits are the last quarter, by the day on which they ended."""
    recent_share: float | None
    """The share of those that it covers: far from the quantile where the times have changed."""


def _quantile(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, float):
        raise TypeError(f"{name} must be a float, not {checks.shown(value)}")
    if not 0 < value < 1:
        raise ValueError(f"{name} must lie between 0 and 1, both excluded, not {value}")
    return value


def _rows(value: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    return checks.instances("rows", value, Suggestion, "Suggestion")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Suggestions:
    """Suggested default durations for the statuses of a cycle.

    Args:
        cycle: the cycle that they are for.
        calendar: the days that they count.
        quantile: the share of visits that a suggestion is to cover.
        rows: a suggestion for each status, in list order.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a quantile outside 0 to 1.

    Source:
        "Setting up Production Statuses", Default Duration.
    """

    cycle: StatusCycle
    calendar: WorkingCalendar
    quantile: Annotated[float, Check(_quantile)]
    rows: tuple[Suggestion, ...] = field(converter=_rows)

    def adopted(self) -> StatusCycle:
        """The next version of the cycle, with the durations suggested; the others stay."""
        known = {row.status.key: row.days for row in self.rows if row.days is not None}
        statuses = [
            evolve(status, default_duration=known.get(status.key, status.default_duration))
            for status in self.cycle
        ]
        return evolve(self.cycle, statuses=statuses, version=self.cycle.version + 1)

    def replay(
        self,
        histories: Iterable[Iterable[HistoryEntry]],
        *,
        policy: DueDatePolicy | None = None,
    ) -> Lateness:
        """How many orders would have been late if these durations had stood.

        Args:
            histories: the whole histories of orders, each order once.
            policy: how due dates are calculated; `FromEntry` of the calendar unless told otherwise.

        Raises:
            TypeError: for a value of the wrong kind.
            ValueError: for a history whose entries do not follow, or an order that comes twice.
            MissingDeliveryDateError: where the policy asks for a delivery date.
            DateOutOfRangeError: where the calendar ends before a due date.
        """
        if policy is None:
            policy = FromEntry(self.calendar)
        return lateness_under(histories, self.adopted(), policy=policy)

    def table(self) -> Table:
        """A line for each status."""
        return Table(
            f"Suggested Durations: {type_name(self.cycle)}",
            (
                *("Status", "Default Duration", "Suggested", "Low", "High", "Visits", "Covered"),
                *("Last Quarter", "Covered of It", "Cannot Tell"),
            ),
            [
                (
                    *(row.status.description, row.status.default_duration, row.days),
                    *(row.low_days, row.high_days, row.visits, rounded(row.share)),
                    *(row.recent_visits, rounded(row.recent_share), row.reason),
                )
                for row in self.rows
            ],
            notes=(f"To cover {self.quantile:g} of the visits that have ended.",),
        )


def days_needed(calendar: WorkingCalendar, entered_on: date, left_on: date) -> int:
    """The least duration whose due date, counted from the entry, a visit keeps.

    Not `count`: a visit from a Saturday to the Tuesday after has one working day in it, but one day
    from Saturday is Monday (decision D9).
    """
    days = calendar.count(entered_on, left_on)
    return days + (days > 0 and not calendar.is_working_day(entered_on))


def suggest_durations(
    histories: Iterable[Iterable[HistoryEntry]],
    cycle: StatusCycle,
    *,
    calendar: WorkingCalendar,
    quantile: float = 0.8,
    at_least: int = 5,
) -> Suggestions:
    """What the default duration of each status should be, going by the visits that have ended.

    The suggestion is the least number of days in which so large a share of the visits ended, be it
    by completion or not: a due date counted from the entry would have been kept by them. It is what
    happened, not what should have.

    Args:
        histories: the whole histories of orders, each order once. Those of other order types are
            passed over; of its own type all versions count, since a key means the same in all.
        cycle: the cycle to suggest durations for.
        calendar: the days to count, those of the due-date policy.
        quantile: the share of visits to cover, between 0 and 1.
        at_least: with fewer visits than this nothing is suggested, from 1.

    Returns:
        A suggestion for each status, in list order; final and cancelled statuses have none. A
        duration never exceeds 36,525 days, so a stay longer than that counts as so long.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a number out of bounds, a history whose entries do not follow, or an order
            that comes twice.

    Source:
        "Enter the number of days a production order should remain at this status without being
        considered overdue"; decisions D1, D3, D8 and D9.

    Example:
        >>> from prodflow import EVERY_DAY, Status, StatusCycle
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [Status("lab", "At the lab", initial=True), Status("done", "Done", final=True)],
        ... )
        >>> [row.reason for row in suggest_durations([], cycle, calendar=EVERY_DAY).rows]
        ['too-few-visits', 'closes']
    """
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    checks.instance("calendar", calendar, WorkingCalendar, "a WorkingCalendar")
    _quantile("quantile", quantile)
    checks.number("at_least", at_least)
    ended: defaultdict[str, list[tuple[date, str, int, int]]] = defaultdict(list)
    for entries in each_history(histories, cycle.order_type):
        for visit in read_visits(entries, calendar):
            if visit.left_on is not None and visit.status in cycle:
                ended[visit.status].append(_ended(visit, visit.left_on, calendar))
    return Suggestions(
        cycle=cycle,
        calendar=calendar,
        quantile=quantile,
        rows=[_suggestion(status, ended[status.key], quantile, at_least) for status in cycle],
    )


def _ended(visit: Visit, left_on: date, calendar: WorkingCalendar) -> tuple[date, str, int, int]:
    """When a visit ended, whose it was, and the days it needed."""
    needed = min(days_needed(calendar, visit.entered_on, left_on), checks.DAYS_MAX)
    return (left_on, visit.order_id, visit.sequence, needed)


def _suggestion(
    status: Status, ended: list[tuple[date, str, int, int]], quantile: float, at_least: int
) -> Suggestion:
    n = len(ended)
    if status.closes or n < at_least:
        reason = "closes" if status.closes else "too-few-visits"
        return Suggestion(status, None, reason, n, None, None, None, 0, None)
    by_end = [needed for *_, needed in sorted(ended)]
    recent = sorted(by_end[-ceil(n / _RECENT) :])
    ascending = sorted(by_end)
    days = ascending[rank(n, quantile) - 1]
    low, high = _ranks(n, quantile)
    return Suggestion(
        status,
        days,
        None,
        n,
        ascending[low - 1] if low else 0,
        ascending[high - 1] if high <= n else None,
        _share(ascending, days),
        len(recent),
        _share(recent, days),
    )


def _share(ascending: list[int], days: int) -> float:
    return bisect_right(ascending, days) / len(ascending)


def _ranks(n: int, quantile: float) -> tuple[int, int]:
    """The ranks between which the quantile lies in 19 of 20 cases; 0 and n + 1 bound nothing."""
    chance = _binomial(n, quantile)
    # Beyond ten deviations nothing is left that could be added up.
    reach = 10 * sqrt(n * quantile * (1 - quantile)) + 10
    low, below = max(0, int(n * quantile - reach)), 0.0
    while (below := below + chance(low)) <= _TAIL:
        low += 1
    high, above = min(n, int(n * quantile + reach)), 0.0
    while (above := above + chance(high)) <= _TAIL:
        high -= 1
    return low, high + 1


def _binomial(n: int, quantile: float) -> Callable[[int], float]:
    """How likely it is that so many of n visits lie below the quantile."""
    yes, no, ways = log(quantile), log1p(-quantile), lgamma(n + 1)

    def chance(k: int) -> float:
        return exp(ways - lgamma(k + 1) - lgamma(n - k + 1) + k * yes + (n - k) * no)

    return chance
