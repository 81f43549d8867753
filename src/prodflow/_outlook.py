"""Outlooks: when an order in flight will be ready, if it goes on as its durations say.

Theory of operation. A plan is made when an order is placed, and keeps the dates that were promised
then. An outlook begins where the order is today, and its dates move with the order (decision D40):

1. The *first day* is the day on which the work goes on: today, or a later day if the order hasn't
   begun yet, or waits for something until then.
2. The *day reached* is when the present status is done. It's the status's own due date, but not a
   day before the first day: what is late already is expected today.
3. Each further status adds its duration to the day reached. The status is finished on that day, or
   on the next working day if that day is closed.

An order on hold is looked at as if it came back on the first day. Then the paused visit goes on,
and the days of the pause don't count.

With one calendar, durations add up, so the dates of all statuses are looked up in one step. If
statuses have calendars of their own, or a vendor has durations of its own, `_chained` goes from
status to status. A `Way` remembers the dates for the next order that is done on the same day.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Final, TypeVar, cast, final, overload

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._chains import Step, Steps
from prodflow._fields import Day, between, checked
from prodflow._trusted import trusted
from prodflow.calendars import WorkingCalendar
from prodflow.cycle import Status, StatusCycle
from prodflow.duedate import DueDatePolicy, counted_by, offsets_of, rank_of
from prodflow.order import ProductionOrder

__all__ = ["ExpectedStatus", "Outlook", "outlook"]

T = TypeVar("T")
Slack = Annotated[int, between(-date.max.toordinal(), date.max.toordinal())]


@final
@frozen(weakref_slot=False, field_transformer=checked)
class ExpectedStatus:
    """One status that an order still has to go through, with the days expected for it.

    Args:
        status: the status.
        begins_on: the day on which its work begins.
        finish_on: the day on which it's finished, inclusive.
    """

    status: Status
    begins_on: Day
    finish_on: Day


def _statuses(value: Iterable[Status]) -> tuple[Status, ...]:
    return checks.instances("statuses", value, Status, "Status")


def _days(value: Iterable[date]) -> tuple[date, ...]:
    days = checks.items("finish_dates", value, "dates")
    return tuple(checks.day(checks.item_of("finish_dates"), day) for day in days)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Outlook(Sequence[ExpectedStatus]):
    """The rest of an order's path: a sequence of `ExpectedStatus`, in path order.

    The final status has no row, so an order that only has to be completed has no rows.

    Args:
        statuses: the statuses to come, from the present one on. For an order on hold, the first is
            the status in which the order will continue.
        first_on: the day on which the work goes on; the first row begins then.
        finish_dates: when each status is finished, inclusive.
        finish_on: when the order is ready to be completed, inclusive.
        slack_days: the working days from then to the delivery date, in the policy's own calendar.
            Negative if the order will be late. None without a delivery date.
        is_provisional: whether one of the dates is after the day through which the holidays are
            known: the `known_through` of a calendar that was used.

    Raises:
        ValueError: if there are more or fewer dates than statuses.

    Source:
        Decision D40.
    """

    statuses: tuple[Status, ...] = field(converter=_statuses)
    first_on: Day
    finish_dates: tuple[date, ...] = field(converter=_days)
    finish_on: Day
    slack_days: Slack | None
    is_provisional: bool = False

    def __attrs_post_init__(self) -> None:
        if len(self.finish_dates) != len(self.statuses):
            raise ValueError(
                f"an outlook on {len(self.statuses)} statuses needs as many finish_dates, not"
                f" {len(self.finish_dates)}"
            )

    def __len__(self) -> int:
        return len(self.finish_dates)

    @overload
    def __getitem__(self, index: int) -> ExpectedStatus: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ExpectedStatus, ...]: ...
    def __getitem__(self, index: int | slice) -> ExpectedStatus | tuple[ExpectedStatus, ...]:
        """The row at an index, or the rows of a slice.

        Raises:
            IndexError: if there is no such row.
        """
        return tuple(self)[index]

    def __iter__(self) -> Iterator[ExpectedStatus]:
        return map(_expected, self.statuses, (self.first_on, *self.finish_dates), self.finish_dates)


_expected = trusted(ExpectedStatus)
_outlook = trusted(Outlook)


def outlook(order: ProductionOrder, policy: DueDatePolicy, *, today: date) -> Outlook | None:
    """When an open order will be ready, if each status to come takes as long as planned.

    Args:
        order: the order.
        policy: the due-date policy. The calendars, and the durations of the order's vendor, count.
            If it's your own policy, the durations of the order's cycle count in its calendar.
        today: the day to look from.

    Returns:
        The outlook; None if the order is complete or cancelled.

    Raises:
        DateOutOfRangeError: if one of the dates would be outside the calendar.
        ValueError: if the policy only names a calendar, as policies in settings may.

    Source:
        Decision D40.

    Example:
        >>> from datetime import UTC, date, datetime
        >>> from prodflow import ProductionFlow, Status, StatusCycle
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [
        ...         Status("lab", "At the lab", default_duration=3, initial=True),
        ...         Status("check", "Quality check", default_duration=1),
        ...         Status("done", "Delivered", final=True),
        ...     ],
        ... )
        >>> flow = ProductionFlow()
        >>> order = flow.open(
        ...     cycle,
        ...     order_id="PO-7",
        ...     ordered_on=date(2026, 11, 16),  # a Monday
        ...     delivery_on=date(2026, 11, 20),
        ...     by="ana",
        ...     at=datetime(2026, 11, 16, 9, tzinfo=UTC),
        ... ).order
        >>> expected = outlook(order, flow.due_dates, today=date(2026, 11, 23))
        >>> expected.finish_on.isoformat(), expected.slack_days  # the lab is late already
        ('2026-11-24', -2)
    """
    checks.instance("order", order, ProductionOrder, "a ProductionOrder")
    checks.day("today", today)
    if order.status.closes:
        counted_by(policy, None)  # which refuses what is no policy
        return None
    return _outlook_on(order, Way(*counted_by(policy, order.vendor)), today)


def outlooks(policy: DueDatePolicy, today: date) -> Callable[[ProductionOrder], Outlook | None]:
    """The function that gives the outlook of an order; for many orders it's prepared once."""
    checks.day("today", today)
    ways = Ways(policy)

    def of(order: ProductionOrder) -> Outlook | None:
        if order.status.closes:
            return None
        return _outlook_on(order, ways[order.vendor], today)

    return of


Policies = DueDatePolicy | Mapping[str, DueDatePolicy]
"""The argument `policy` of a report: one policy, or the policies by order type."""


def by_type(
    policy: Policies, make: Callable[[DueDatePolicy], Callable[[ProductionOrder], T]]
) -> Callable[[ProductionOrder], T]:
    """The function that *make* gives for a policy; for several, the one of the order's type."""
    if not isinstance(policy, Mapping):
        return make(policy)
    functions = {order_type: make(each) for order_type, each in policy.items()}

    def of(order: ProductionOrder) -> T:
        try:
            function = functions[order.order_type]
        except KeyError:
            raise ValueError(
                f"policy must have a policy for {order.order_type!r}, the type of order"
                f" {order.id!r}"
            ) from None
        return function(order)

    return of


def looking_by(policy: Policies, today: date) -> Callable[[ProductionOrder], Outlook | None]:
    """The function that gives the outlook of an order of any type."""
    checks.day("today", today)
    return by_type(policy, lambda one: outlooks(one, today))


@final
class _Rest:
    """The rest of a path from one status on.

    Many orders reach the same status on the same day. So the days are worked out once for each day:
    0.1 µs an order instead of 2 (Python 3.11).

    Args:
        way: how the statuses are counted.
        cycle: the cycle of the path.
        position: the index of the status on the path.
    """

    __slots__ = ("_days", "_finishes", "_way", "cycle", "known_through", "statuses", "step")

    def __init__(self, way: "Way", cycle: StatusCycle, position: int) -> None:
        self._way = way
        self.cycle = cycle
        self.statuses = cycle.path[position:-1]
        self.step = _step(cycle.path[position], way)
        through = [cycle.place(status.key).days_through for status in self.statuses]
        self._days = tuple([days - through[0] for days in through])
        self.known_through = way.known_through(cycle, position)
        self._finishes: dict[date, tuple[date, ...]] = {}

    def finishes(self, reached: date) -> tuple[date, ...]:
        """When each status is finished, if the first one is done on the day *reached*."""
        found = self._finishes.get(reached)
        if found is None:
            if len(self._finishes) >= _KEPT:
                self._finishes.clear()
            found = self._finishes[reached] = self._found(reached)
        return found

    def _found(self, reached: date) -> tuple[date, ...]:
        if not self.statuses:
            return ()
        calendar, steps = self._way.calendar, self._way.steps
        if steps is not None:
            return _chained(steps.along(self.cycle)[-1 - len(self.statuses) : -1], reached)
        days = self._days
        if not calendar.is_working_day(reached):
            days = tuple([max(n, 1) for n in days])  # 0 days from Saturday is Monday
        return cast("tuple[date, ...]", offsets_of(calendar, reached, days))


_KEPT: Final = 1_024
"""How many days, and how many statuses of cycles, are kept; then they're worked out anew."""


@final
class Way:
    """How the orders of one vendor are counted.

    Args:
        calendar: the policy's own calendar.
        steps: the steps of the statuses; None if all count in the calendar, with the durations of
            their cycle.
    """

    __slots__ = ("_rests", "calendar", "steps")

    def __init__(self, calendar: WorkingCalendar, steps: Steps | None) -> None:
        self.calendar, self.steps = calendar, steps
        self._rests: dict[tuple[int, str], _Rest] = {}

    def rest(self, cycle: StatusCycle, key: str) -> _Rest | None:
        """The rest of the path from a status on; None if the status is off the path."""
        # Hashing a cycle takes longer than its id. A rest keeps its cycle, so the id stays taken.
        place = id(cycle), key
        found = self._rests.get(place)
        if found is None:
            position = cycle.place(key).position
            if position is None:
                return None
            if len(self._rests) >= _KEPT:
                self._rests.clear()
            found = self._rests[place] = _Rest(self, cycle, position)
        return found

    def known_through(self, cycle: StatusCycle, first: int) -> date | None:
        """The last day whose holidays all calendars know; None without such a day.

        Args:
            cycle: the cycle of the path.
            first: the index of the first status of the path that counts.
        """
        if self.steps is None:
            return self.calendar.known_through
        return self.steps.known_through(cycle, first)


@final
class Ways(dict[str | None, Way]):
    """How the orders of a policy are counted, by vendor."""

    def __init__(self, policy: DueDatePolicy) -> None:
        super().__init__({None: Way(*counted_by(policy, None))})
        self._policy = policy

    def __missing__(self, vendor: str | None) -> Way:
        found = self[vendor] = Way(*counted_by(self._policy, vendor))
        return found


def _outlook_on(order: ProductionOrder, way: Way, today: date) -> Outlook:
    rest = way.rest(order.cycle, order.status.key)
    if rest is None:
        rest, first_on, due = _off_path(order, way, today)
    else:
        begun_on = _begun_on(order, order.visit, order.entered_on)
        first_on = order.resumed_on or begun_on
        first_on = max(today, first_on, begun_on)
        by_hand = order.due_on if order.due_on_is_manual else None
        due = _due(rest.step, way.calendar, begun_on, order.paused_working_days, by_hand)
    finishes = rest.finishes(first_on if due is None or due < first_on else due)
    finish_on = finishes[-1] if finishes else way.calendar.following(first_on)
    known = rest.known_through
    delivery_on, slack_days = order.delivery_on, None
    if delivery_on is not None:
        slack_days = rank_of(way.calendar, delivery_on) - rank_of(way.calendar, finish_on)
    is_provisional = known is not None and finish_on > known
    return _outlook(rest.statuses, first_on, finishes, finish_on, slack_days, is_provisional)


def _off_path(order: ProductionOrder, way: Way, today: date) -> tuple[_Rest, date, date | None]:
    """The rest of the path of an order off it, the first day, and the own due date there."""
    calendar = way.calendar
    rest = cast("_Rest", way.rest(order.cycle, cast("str", order.resumes_in)))
    # It may be dated ahead, and then it can't come back today.
    first_on = max(today, order.begun_on, order.due_on or today)
    held = order.held
    if held is None:
        return rest, first_on, _due(rest.step, calendar, first_on, 0, None)
    begun_on = _begun_on(order, held.visit, held.entered_on)
    first_on = max(first_on, begun_on)
    paused = held.paused_working_days + calendar.count(held.paused_on, first_on)
    by_hand = held.due_on if held.due_on_is_manual else None
    return rest, first_on, _due(rest.step, calendar, begun_on, paused, by_hand)


def _begun_on(order: ProductionOrder, visit: int, entered_on: date) -> date:
    """The day from which the days of a visit count."""
    return max(entered_on, order.plan_from) if visit == 1 else entered_on


def _due(
    step: Step, calendar: WorkingCalendar, begun_on: date, paused: int, by_hand: date | None
) -> date | None:
    """The due date that a status has of its own; it may be a closed day.

    Days on hold count in the policy's own calendar, and come first, as in `_chains`.
    """
    if by_hand is not None or step.days is None:
        return by_hand
    return step.calendar.add(calendar.add(begun_on, paused) if paused else begun_on, step.days)


def _step(status: Status, way: Way) -> Step:
    if way.steps is None:
        return Step(way.calendar, status.default_duration)
    return way.steps.of(status)


def _chained(steps: Sequence[Step], reached: date) -> tuple[date, ...]:
    """When each status is finished, if they have calendars or durations of their own."""
    finishes: list[date] = []
    for step in steps:
        if not finishes:
            finishes.append(step.calendar.following(reached))
            continue
        last = finishes[-1]
        if step.days is None:
            finishes.append(last)
            continue
        if step.days:
            reached = step.calendar.add(reached, step.days)
        # A status isn't finished before the one before it, whose calendar may be another one.
        finishes.append(step.calendar.following(max(reached, last)))
    return tuple(finishes)
