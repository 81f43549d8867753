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
status to status.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated, NamedTuple, cast, final, overload

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

_Slack = Annotated[int, between(-date.max.toordinal(), date.max.toordinal())]


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


def _days(value: Sequence[date]) -> tuple[date, ...]:
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
    slack_days: _Slack | None
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
    return outlooks(policy, today)(order)


def outlooks(policy: DueDatePolicy, today: date) -> Callable[[ProductionOrder], Outlook | None]:
    """The function that gives the outlook of an order; for many orders it's prepared once."""
    checks.day("today", today)
    by_vendor: dict[str | None, tuple[WorkingCalendar, Steps | None]] = {}
    by_vendor[None] = counted_by(policy, None)

    def of(order: ProductionOrder) -> Outlook | None:
        if order.status.closes:
            return None
        vendor = order.vendor
        try:
            calendar, steps = by_vendor[vendor]
        except KeyError:
            calendar, steps = by_vendor[vendor] = counted_by(policy, vendor)
        return _outlook_on(order, calendar, steps, today)

    return of


def _outlook_on(
    order: ProductionOrder, calendar: WorkingCalendar, steps: Steps | None, today: date
) -> Outlook:
    start = _start(order, calendar, steps, today)
    cycle, first = order.cycle, start.position
    if steps is None:
        finishes = _added_up(cycle, calendar, start)
        known = calendar.known_through
    else:
        finishes = _chained(steps.along(cycle)[first:-1], start)
        known = steps.known_through(cycle, first)
    finish_on = finishes[-1] if finishes else calendar.following(start.first_on)
    delivery_on = order.delivery_on
    return _outlook(
        cycle.path[first:-1],
        start.first_on,
        finishes,
        finish_on,
        None
        if delivery_on is None
        else rank_of(calendar, delivery_on) - rank_of(calendar, finish_on),
        known is not None and finish_on > known,
    )


class _Start(NamedTuple):
    """Where an order goes on."""

    position: int
    """The index of the first status on the path."""
    first_on: date
    """The first day."""
    reached: date
    """The day on which the first status is done; it may be closed."""


def _start(
    order: ProductionOrder, calendar: WorkingCalendar, steps: Steps | None, today: date
) -> _Start:
    place = order.cycle.place(order.status.key)
    if place.position is not None:
        begun_on = _begun_on(order, order.visit, order.entered_on)
        first_on = max(today, order.begun_on, begun_on)
        by_hand = order.due_on if order.due_on_is_manual else None
        step = _step(order.status, calendar, steps)
        due = _due(step, calendar, begun_on, order.paused_working_days, by_hand)
        return _Start(place.position, first_on, first_on if due is None else max(first_on, due))
    # It may be dated ahead, and then it can't come back today.
    first_on = max(today, order.begun_on, order.due_on or today)
    place = order.cycle.place(cast("str", order.resumes_in))
    step, held = _step(place.status, calendar, steps), order.held
    if held is None:
        due = _due(step, calendar, first_on, 0, None)
    else:
        begun_on = _begun_on(order, held.visit, held.entered_on)
        first_on = max(first_on, begun_on)
        paused = held.paused_working_days + calendar.count(held.paused_on, first_on)
        due = _due(step, calendar, begun_on, paused, held.due_on if held.due_on_is_manual else None)
    position = cast("int", place.position)  # `resumes_in` is on the path
    return _Start(position, first_on, first_on if due is None else max(first_on, due))


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
    return step.calendar.add(calendar.add(begun_on, paused), step.days)


def _step(status: Status, calendar: WorkingCalendar, steps: Steps | None) -> Step:
    return Step(calendar, status.default_duration) if steps is None else steps.of(status)


def _added_up(cycle: StatusCycle, calendar: WorkingCalendar, start: _Start) -> tuple[date, ...]:
    """When each status is finished, if all count in one calendar."""
    through = [cycle.place(status.key).days_through for status in cycle.path[start.position : -1]]
    if not through:
        return ()
    least = 0 if calendar.is_working_day(start.reached) else 1  # 0 days from Saturday is Monday
    done = through[0]
    days = tuple([max(n - done, least) for n in through])
    return cast("tuple[date, ...]", offsets_of(calendar, start.reached, days))


def _chained(steps: Sequence[Step], start: _Start) -> tuple[date, ...]:
    """When each status is finished, if they have calendars or durations of their own."""
    reached, finishes = start.reached, list[date]()
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
