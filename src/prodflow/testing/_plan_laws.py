"""What holds for every cycle, calendar and policy."""

from datetime import date, timedelta
from typing import Final

from attrs import evolve

from prodflow import (
    Backward,
    DueDatePolicy,
    Forward,
    ProductionOrder,
    StatusCycle,
    WorkingCalendar,
    plan,
)
from prodflow.testing._cases import case

_DAY: Final = timedelta(1)


def add_counts_working_days(calendar: WorkingCalendar, day: date, n: int) -> None:
    """`add(day, n)` gives the day that you reach by counting n working days (decision D9)."""
    step = _DAY if n > 0 else -_DAY
    walked, left = day, abs(n)
    while left:
        walked += step
        left -= calendar.is_working_day(walked)
    case("a closed day was on the way", abs((walked - day).days) > abs(n))
    assert calendar.add(day, n) == walked


def every_path_is_active_and_standard(cycle: StatusCycle) -> None:
    """The path has only active standard statuses, from the initial to the final one (D2)."""
    assert cycle.path[0].initial
    assert cycle.path[-1].final
    assert not [status for status in cycle.path if status.inactive or status.non_standard]
    case("the cycle has a status off its path", len(cycle.path) < len(cycle))


def plan_dates_never_decrease(
    cycle: StatusCycle,
    policy: DueDatePolicy,
    ordered_on: date,
    delivery_on: date | None = None,
) -> None:
    """A status is never due before the status that precedes it."""
    planned = plan(cycle, policy, ordered_on=ordered_on, delivery_on=delivery_on)
    due = [row.due_on for row in planned if row.due_on is not None]
    case("the plan has several due dates", len(due) > 1)
    assert due == sorted(due)


def nothing_is_due_before_its_anchor(
    cycle: StatusCycle, calendar: WorkingCalendar, ordered_on: date
) -> None:
    """If you count forward, no status is due before the order date (decision D9)."""
    planned = plan(cycle, Forward(calendar), ordered_on=ordered_on)
    case("the order date is a closed day", not calendar.is_working_day(ordered_on))
    assert all(row.due_on is None or row.due_on >= ordered_on for row in planned)


def forward_equals_backward(
    cycle: StatusCycle, calendar: WorkingCalendar, ordered_on: date
) -> None:
    """Counting back from the end of a forward plan gives the same dates and a float of 0 (D9).

    This holds if the order date is a working day.
    """
    ordered_on = calendar.following(ordered_on)
    earliest = plan(cycle, Forward(calendar), ordered_on=ordered_on)
    total = cycle.place(cycle.final.key).days_through
    finish = calendar.add(ordered_on, total)
    latest = plan(cycle, Backward(calendar), ordered_on=ordered_on, delivery_on=finish)
    case("the finish is after the order date", finish > ordered_on)
    assert latest.due_dates == earliest.due_dates
    assert latest.float_days in {0, None}


def backward_ends_on_the_delivery_date(
    cycle: StatusCycle, policy: DueDatePolicy, delivery_on: date
) -> None:
    """Counted back, the last due date is the delivery date or the working day before it (D7)."""
    planned = plan(cycle, policy, ordered_on=delivery_on, delivery_on=delivery_on)
    last = [row.due_on for row in planned if cycle.place(row.status.key).days_after == 0]
    met = policy.calendar.preceding(delivery_on)
    case("the last work has a due date", any(last))
    assert set(last) <= {met, None}


def asides_never_change_the_plan(
    cycle: StatusCycle,
    policy: DueDatePolicy,
    ordered_on: date,
    delivery_on: date | None = None,
) -> None:
    """Statuses off the path change no date of the plan (decision D12)."""
    bare = evolve(cycle, statuses=cycle.path)
    asides = [status for status in cycle if status not in cycle.path]
    case("a status off the path takes days", any(aside.default_duration for aside in asides))
    expected = plan(bare, policy, ordered_on=ordered_on, delivery_on=delivery_on)
    planned = plan(cycle, policy, ordered_on=ordered_on, delivery_on=delivery_on)
    assert planned.due_dates == expected.due_dates


def nothing_is_overdue_on_its_due_day(order: ProductionOrder) -> None:
    """An open order is overdue from the day after its due date; a closed order never is (D14)."""
    case("an open order has a due date", order.is_open and order.due_on)
    if order.due_on is not None:
        assert not order.is_overdue(today=order.due_on)
        assert order.is_overdue(today=order.due_on + _DAY) == order.is_open
