"""Learned durations: what the default duration of each status should be, judging by history.

Theory of operation. The days that a visit *needed* are the shortest duration with which the visit
would have been on time. The suggestion for a status is the shortest duration that covers a share of
its visits, for example 80 %.

Where most work is waiting, the visits that have ended are the quick ones. So visits that are still
going on count as well: each of them needs at least the days that it has taken so far. Visits that
ended with a cancellation are apart, since nobody knows what they would have needed. `_curves` makes
the curve from which the suggestion is read.

Two figures say how far to trust a suggestion. A confidence interval shows how much the suggestion
depends on chance: with few visits, the interval is wide. A share tells how many of the latest
visits the suggestion covers: if the share is far from 80 %, times have changed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import ceil
from typing import Annotated, Final, NamedTuple, cast, final

from attrs import evolve, field, frozen

from prodflow import _checks as checks
from prodflow._chains import Step, forward
from prodflow._fields import Check, checked
from prodflow._forecasts import share_after
from prodflow._mappings import FrozenMapping
from prodflow._messages import text
from prodflow._names import Names
from prodflow._words import AnyWords
from prodflow.calendars import WorkingCalendar
from prodflow.cycle import Status, StatusCycle
from prodflow.duedate import DueDatePolicy, FromEntry
from prodflow.export import Table
from prodflow.hub._curves import CANCELLED, DONE, KINDS, OPEN, curve_of
from prodflow.hub._figures import covered, percent
from prodflow.hub._lateness import Lateness, lateness_under
from prodflow.hub._lives import Life, Reader, histories_of
from prodflow.hub._orders import STATUS, versions
from prodflow.order import HistoryEntry, OrderOpened

__all__ = ["Suggestion", "Suggestions", "suggest_durations"]

_RECENT: Final = 4
_REASONS: Final[Mapping[str | None, str | None]] = {
    None: None,
    "closes": text("never due"),
    "too-few-visits": text("too few visits"),
    "too-many-open": text("too many open"),
}


@final
class Suggestion(NamedTuple):
    """What the default duration of a status should be, and why.

    Args:
        days: the suggested duration in days of the calendar. Without a suggestion, `days`,
            `low_days`, `high_days` and both shares are None.
        reason: why there is no suggestion: "closes" if the status is never due; "too-few-visits";
            or "too-many-open" if so many visits are still going on that nobody can tell. None if
            there is a suggestion.
        visits: how many visits have ended, without those that ended with a cancellation.
        open_visits: how many visits are still going on, or are on hold.
        low_days: the lower end of the confidence interval of *days*, at 95 %.
        high_days: the upper end of this interval; None if there are too few visits to tell.
        share: the share of visits that need no more than the suggested days, from 0 to 1, with
            those that are still going on.
        recent_visits: how many visits count as recent: a quarter of the visits, rounded up. The
            recent visits are those that ended last.
        recent_share: the share of the recent visits that needed no more than the suggested days. If
            this share is far from the quantile that you asked for, times have changed.
    """

    status: Status
    days: int | None
    reason: str | None
    visits: int
    open_visits: int
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
                *(text("Visits"), text("Open Visits")),
                *(text("Covered (%)"), text("Recent Visits")),
                *(text("Recent Covered (%)"), text("No Suggestion")),
            ),
            [
                (
                    names.title((order_type, row.status.key)),
                    *(row.status.default_duration, row.days),
                    *(row.low_days, row.high_days, row.visits, row.open_visits),
                    *(
                        percent(row.share),
                        row.recent_visits,
                        percent(row.recent_share),
                        _REASONS[row.reason],
                    ),
                )
                for row in self.rows
            ],
            notes=(
                text(
                    "Suggestions cover {percent} % of the visits. Open visits count as at least"
                    " so long.",
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


class _Stay(NamedTuple):
    """A visit, joined over its pauses, as far as it was known.

    Args:
        outcome: `OPEN` if the visit isn't over, `CANCELLED` if it ended with a cancellation.
        until: the day on which it ended, was put on hold or was last seen.
        paused: the days of its pauses.
    """

    sequence: int
    status: str
    entered_on: date
    until: date
    paused: int
    outcome: int


def _stays(life: Life, as_of: date, calendar: WorkingCalendar) -> Iterator[_Stay]:
    """The visits of an order, but for the one in which it's closed now."""
    stretches = life.stretches
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for number, stretch in enumerate(stretches):
        numbers[stretch.visit].append(number)
    for visit, of_visit in numbers.items():
        first, last = stretches[of_visit[0]], of_visit[-1]
        pauses = [
            (stretches[left + 1].begun_on, stretches[back].begun_on)
            for left, back in pairwise(of_visit)
        ]
        if life.paused_on is not None and life.resumed_on is not None and not of_visit[0]:
            pauses.append((life.paused_on, life.resumed_on))
        paused = sum(calendar.count(*pause) for pause in pauses)
        if last < len(stretches) - 1:
            until, outcome = stretches[last + 1].begun_on, DONE
            if CANCELLED in {
                stretches[last + 1].outcome,
                life.here.outcome if visit == life.held else DONE,
            }:
                outcome = CANCELLED
            elif visit == life.held:
                outcome = OPEN
        elif first.outcome == OPEN:
            until, outcome = max(as_of, stretches[last].begun_on), OPEN
        else:
            continue
        yield _Stay(visit, first.status, first.entered_on, until, paused, outcome)


def _needed(stay: _Stay, calendar: WorkingCalendar, own: WorkingCalendar) -> int:
    """The days that a visit needed, in the calendar *own* of its status.

    Pauses count in *calendar*, and come before all other days (decision D9).
    """
    if own == calendar:
        days = calendar.count(stay.entered_on, stay.until) - stay.paused
        return days_needed(calendar, stay.entered_on, days)
    [at_once] = forward([Step(own, 0)], calendar, stay.entered_on, stay.paused)
    if at_once is not None and stay.until <= at_once:
        return 0
    begun_on = calendar.add(stay.entered_on, stay.paused)
    return days_needed(own, begun_on, own.count(begun_on, stay.until))


def suggest_durations(
    histories: Iterable[Iterable[HistoryEntry]],
    cycle: StatusCycle,
    *,
    calendar: WorkingCalendar,
    as_of: date,
    calendars: Mapping[str, WorkingCalendar] = _NO_CALENDARS,
    quantile: float = 0.8,
    at_least: int = 5,
    cycles: Iterable[StatusCycle] = (),
) -> Suggestions:
    """What the default duration of each status should be, judging by past and present visits.

    A suggestion is the shortest duration with which enough visits are on time: the share *quantile*
    of all visits, for example 80 %. Days for which a visit was paused don't count. Visits in which
    the order didn't complete the status count too. A suggestion shows how long visits take, not how
    long they should take.

    Give the histories of open orders too. Without them, a suggestion is too short where much work
    is waiting.

    Args:
        histories: the histories of orders, as for `learn`. The orders may have any versions of the
            cycle, since a key means the same in every version.
        cycle: the cycle to suggest durations for.
        calendar: the days to count: use the calendar of your due-date policy.
        as_of: the last day to look at.
        calendars: calendars by status key, as in your due-date policy. If a vendor has calendars of
            its own, ask for its orders alone, with these.
        quantile: the share of visits that should be on time, between 0 and 1, both excluded.
        at_least: the number of ended visits needed for a suggestion, from 1.
        cycles: cycle versions. They name the statuses, and say which statuses of older versions are
            cancelled.

    Returns:
        A row for each status, in list order. In the rows of final and cancelled statuses, `days` is
        None. The longest duration is 36,525 days, so a visit that needed more counts as needing
        36,525.

    Raises:
        ValueError: as for `learn`.

    Source:
        "Enter the number of days a production order should remain at this status without being
        considered overdue"; decisions D1, D3, D8, D9, D18 and D41.

    Example:
        >>> from datetime import date
        >>> from prodflow import EVERY_DAY, Status, StatusCycle
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [Status("lab", "At the lab", initial=True), Status("done", "Done", final=True)],
        ... )
        >>> found = suggest_durations([], cycle, calendar=EVERY_DAY, as_of=date(2026, 11, 16))
        >>> [row.reason for row in found.rows]
        ['too-few-visits', 'closes']
    """
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    checks.instance("calendar", calendar, WorkingCalendar, "a WorkingCalendar")
    checks.day("as_of", as_of)
    by_status = _calendars(calendars)
    _quantile("quantile", quantile)
    checks.number("at_least", at_least)
    named = versions(cycles)
    known = {(each.order_type, each.version): each for each in (*named, cycle)}
    reader = Reader(known, calendar, otherwise=cycle)
    found: defaultdict[str, _Visits] = defaultdict(_Visits)
    for history in histories_of(histories):
        if cast("OrderOpened", history[0]).order_type != cycle.order_type:
            continue
        life = reader.read(history, as_of)
        if life is None:
            continue
        for stay in _stays(life, as_of, calendar):
            own = by_status.get(stay.status, calendar)
            days = min(_needed(stay, calendar, own), checks.DAYS_MAX)
            visits = found[stay.status]
            visits.outcomes[days * KINDS + stay.outcome] += 1
            if stay.outcome == DONE:
                visits.ended.append((stay.until, life.order_id, stay.sequence, days))
    return Suggestions(
        cycle=cycle,
        calendar=calendar,
        calendars=by_status,
        quantile=quantile,
        rows=tuple(_suggestion(status, found[status.key], quantile, at_least) for status in cycle),
        cycles=named,
    )


class _Visits:
    """The visits of a status.

    Attributes:
        ended: of each visit that ended the day, its order and number, and the days it needed.
        outcomes: how many visits had each outcome, as `curve_of` takes them.
    """

    __slots__ = ("ended", "outcomes")

    def __init__(self) -> None:
        self.ended: list[tuple[date, str, int, int]] = []
        self.outcomes = Counter[int]()


def _suggestion(status: Status, visits: _Visits, quantile: float, at_least: int) -> Suggestion:
    by_end = [needed for *_, needed in sorted(visits.ended)]
    curve = curve_of(visits.outcomes)
    days, n = curve.days_for(quantile), len(by_end)
    reason = "too-few-visits" if n < at_least else None if days is not None else "too-many-open"
    if status.closes:
        reason = "closes"
    if reason is not None or days is None:
        return Suggestion(status, None, reason, n, curve.still_open, None, None, None, 0, None)
    recent = sorted(by_end[-ceil(n / _RECENT) :])
    return Suggestion(
        *(status, days, None, n, curve.still_open),
        *curve.interval(quantile),
        share_after(curve.steps, days),
        len(recent),
        covered(recent, days),
    )
