"""Learned durations: what the default duration of each status should be, judging by history.

Theory of operation. Only visits that have ended count. The days that a visit *needed* are the
shortest duration with which the visit would have been on time. The suggestion for a status is the
shortest duration that covers a share of its visits, for example 80 %. In statistics, this is the
nearest-rank quantile of the days that the visits needed. Two figures say how far to trust a
suggestion. A confidence interval shows how much the suggestion depends on chance: with few visits,
the interval is wide. A share tells how many of the latest visits the suggestion covers: if the
share is far from 80 %, times have changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Annotated, Final, NamedTuple, final

from attrs import evolve, field, frozen

from prodflow import _checks as checks
from prodflow._chains import Step, forward
from prodflow._fields import Check, checked
from prodflow._mappings import FrozenMapping
from prodflow._messages import text
from prodflow._names import Names
from prodflow._words import AnyWords
from prodflow.calendars import WorkingCalendar
from prodflow.cycle import Status, StatusCycle
from prodflow.duedate import DueDatePolicy, FromEntry
from prodflow.export import Table
from prodflow.hub._figures import covered, interval, nearest, percent
from prodflow.hub._history import each_history
from prodflow.hub._lateness import Lateness, lateness_under
from prodflow.hub._orders import STATUS, versions
from prodflow.hub._reading import read_visits
from prodflow.hub._visits import Visit
from prodflow.order import HistoryEntry

__all__ = ["Suggestion", "Suggestions", "suggest_durations"]

_RECENT: Final = 4
_REASONS: Final[Mapping[str | None, str | None]] = {
    None: None,
    "closes": text("never due"),
    "too-few-visits": text("too few visits"),
}


@final
class Suggestion(NamedTuple):
    """What the default duration of a status should be, and why.

    Args:
        days: the suggested duration in days of the calendar. Without a suggestion, `days`,
            `low_days`, `high_days` and both shares are None.
        reason: why there is no suggestion: "closes" if the status is never due, or
            "too-few-visits". None if there is a suggestion.
        visits: how many visits have ended.
        low_days: the lower end of the confidence interval of *days*, at 95 %.
        high_days: the upper end of this interval; None if there are too few visits to tell.
        share: the share of the visits that needed no more than the suggested days, from 0 to 1.
        recent_visits: how many visits count as recent: a quarter of the visits, rounded up. The
            recent visits are those that ended last.
        recent_share: the share of the recent visits that needed no more than the suggested days. If
            this share is far from the quantile that you asked for, times have changed.
    """

    status: Status
    days: int | None
    reason: str | None
    visits: int
    low_days: int | None
    high_days: int | None
    share: float | None
    recent_visits: int
    recent_share: float | None


_NO_CALENDARS: Final = FrozenMapping[str, WorkingCalendar]()


def _calendars(value: Mapping[str, WorkingCalendar]) -> FrozenMapping[str, WorkingCalendar]:
    checks.instance("calendars", value, Mapping, "a mapping of status keys to calendars")
    return FrozenMapping(
        (
            checks.key(checks.key_of("calendars"), key),
            checks.instance(f"calendars[{key!r}]", calendar, WorkingCalendar, "a WorkingCalendar"),
        )
        for key, calendar in value.items()
    )


def _quantile(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, float):
        raise TypeError(f"{name} must be a float, not {checks.shown(value)}")
    if not 0 < value < 1:
        raise ValueError(f"{name} must be between 0 and 1, both excluded, not {value}")
    return value


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Suggestions:
    """Suggested default durations for the statuses of a cycle.

    Args:
        cycle: the cycle that the suggestions are for.
        calendar: the calendar whose days the durations count.
        calendars: the calendars of statuses that count other days, by status key.
        quantile: the share of visits that should be on time with a suggestion, between 0 and 1.
        rows: a suggestion for each status, in list order.
        cycles: cycle versions; the newest one gives the names of statuses in tables.

    Source:
        "Setting up Production Statuses", Default Duration.
    """

    cycle: StatusCycle
    calendar: WorkingCalendar
    quantile: Annotated[float, Check(_quantile)]
    rows: tuple[Suggestion, ...]
    calendars: Mapping[str, WorkingCalendar] = field(default=_NO_CALENDARS, converter=_calendars)
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)

    def adopted(self) -> StatusCycle:
        """The next version of the cycle, in which the suggestions are the default durations."""
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
        """How many orders would have been late with the suggested durations.

        Args:
            policy: how due dates are calculated. If it's None, `FromEntry` calculates them, with
                the calendars of the suggestions.

        Raises:
            MissingDeliveryDateError: if the policy needs a delivery date that an order lacks.
            DateOutOfRangeError: if a due date would be after the end of the calendar.
        """
        if policy is None:
            policy = FromEntry(self.calendar, calendars=self.calendars)
        return lateness_under(histories, self.adopted(), policy=policy, cycles=self.cycles)

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each status.

        Args:
            words: your words; None for English.
        """
        names, order_type = Names(self.cycles, [self.cycle]), self.cycle.order_type
        return Table(
            text("Suggested Durations: {order_type}", order_type=names.type_name(order_type)),
            (
                *(STATUS, text("Default Duration"), text("Suggested"), text("Low"), text("High")),
                *(text("Visits"), text("Covered (%)"), text("Recent Visits")),
                *(text("Recent Covered (%)"), text("No Suggestion")),
            ),
            [
                (
                    names.title((order_type, row.status.key)),
                    *(row.status.default_duration, row.days),
                    *(row.low_days, row.high_days, row.visits, percent(row.share)),
                    *(row.recent_visits, percent(row.recent_share), _REASONS[row.reason]),
                )
                for row in self.rows
            ],
            notes=(
                text(
                    "Suggestions cover {percent} % of the visits that have ended.",
                    percent=Decimal(f"{100 * self.quantile:g}"),
                ),
            ),
        ).said(words)


def days_needed(calendar: WorkingCalendar, entered_on: date, days: int) -> int:
    """The shortest duration with which a visit of *days* working days is on time.

    Suppose a visit begins on a Saturday and ends on the next Tuesday. Monday is the only working
    day between. With a duration of 1 day, the visit would be due on Monday (decision D9), and
    Tuesday would be too late. So this visit needs 2 days.

    Pauses make no difference: they don't count in *days*, and they move the due date.
    """
    return days + (days > 0 and not calendar.is_working_day(entered_on))


def _needed(visit: Visit, calendar: WorkingCalendar, own: WorkingCalendar) -> int | None:
    """The days that a visit needed, in the calendar *own* of its status; None if it hasn't ended.

    Pauses count in *calendar*, and come before all other days (decision D9).
    """
    if visit.left_on is None or visit.working_days is None:
        return None
    if own == calendar:
        return days_needed(calendar, visit.entered_on, visit.working_days)
    paused = visit.paused_working_days
    [at_once] = forward([Step(own, 0)], calendar, visit.entered_on, paused)
    if at_once is not None and visit.left_on <= at_once:
        return 0
    begun_on = calendar.add(visit.entered_on, paused)
    return days_needed(own, begun_on, own.count(begun_on, visit.left_on))


def suggest_durations(
    histories: Iterable[Iterable[HistoryEntry]],
    cycle: StatusCycle,
    *,
    calendar: WorkingCalendar,
    calendars: Mapping[str, WorkingCalendar] = _NO_CALENDARS,
    quantile: float = 0.8,
    at_least: int = 5,
    cycles: Iterable[StatusCycle] = (),
) -> Suggestions:
    """What the default duration of each status should be, judging by the visits that have ended.

    A suggestion is the shortest duration with which enough visits would have been on time: the
    share *quantile* of all visits, for example 80 %. Days for which a visit was paused don't count.
    Visits in which the order didn't complete the status count too. A suggestion shows how long
    visits took, not how long they should take.

    Args:
        histories: the histories of orders. The orders may have any versions of the cycle, since a
            key means the same in every version.
        cycle: the cycle to suggest durations for.
        calendar: the days to count: use the calendar of your due-date policy.
        calendars: calendars by status key, as in your due-date policy. If a vendor has calendars of
            its own, ask for its orders alone, with these.
        quantile: the share of visits that should be on time, between 0 and 1, both excluded.
        at_least: the number of visits needed for a suggestion, from 1.

    Returns:
        A row for each status, in list order. In the rows of final and cancelled statuses, `days` is
        None. The longest duration is 36,525 days, so a visit that needed more counts as needing
        36,525.

    Source:
        "Enter the number of days a production order should remain at this status without being
        considered overdue"; decisions D1, D3, D8, D9 and D18.

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
    by_status = _calendars(calendars)
    _quantile("quantile", quantile)
    checks.number("at_least", at_least)
    # For each status and visit: the day it ended, its order and number, and the days it needed.
    ended: defaultdict[str, list[tuple[date, str, int, int]]] = defaultdict(list)
    for entries in each_history(histories, cycle.order_type):
        for visit in read_visits(entries, calendar):
            needed = _needed(visit, calendar, by_status.get(visit.status, calendar))
            if visit.left_on is not None and needed is not None:
                ended[visit.status].append(
                    (visit.left_on, visit.order_id, visit.sequence, min(needed, checks.DAYS_MAX))
                )
    return Suggestions(
        cycle=cycle,
        calendar=calendar,
        calendars=by_status,
        quantile=quantile,
        rows=tuple(
            _suggestion(
                status, [needed for *_, needed in sorted(ended[status.key])], quantile, at_least
            )
            for status in cycle
        ),
        cycles=cycles,
    )


def _suggestion(status: Status, by_end: list[int], quantile: float, at_least: int) -> Suggestion:
    n = len(by_end)
    if status.closes or n < at_least:
        reason = "closes" if status.closes else "too-few-visits"
        return Suggestion(status, None, reason, n, None, None, None, 0, None)
    recent = sorted(by_end[-ceil(n / _RECENT) :])
    ascending = sorted(by_end)
    days = nearest(ascending, quantile)
    return Suggestion(
        status,
        days,
        None,
        n,
        *interval(ascending, quantile),
        covered(ascending, days),
        len(recent),
        covered(recent, days),
    )
