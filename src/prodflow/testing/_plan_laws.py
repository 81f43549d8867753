"""What holds for every cycle, calendar and policy."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from attrs import evolve

from prodflow import (
    Backward,
    DueDatePolicy,
    Forward,
    FromEntry,
    Plan,
    PlanningFacts,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Terms,
    WorkingCalendar,
    plan,
)
from prodflow.testing._cases import case
from prodflow.testing._law_steps import RECORDED

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


class Counting(NamedTuple):
    """How one of prodflow's policies counts for a vendor."""

    policy: Forward | Backward | FromEntry
    calendars: dict[str, WorkingCalendar]
    durations: dict[str, int]

    def calendar(self, status: Status) -> WorkingCalendar:
        """The calendar in which the status counts."""
        return self.calendars.get(status.key, self.policy.calendar)

    def days(self, status: Status) -> int | None:
        """The working days that the status takes; None if it's never due."""
        return None if status.final else self.durations.get(status.key, status.default_duration)


def counting_of(policy: DueDatePolicy, vendor: str | None) -> Counting | None:
    """How a policy counts for a vendor; None for a policy that isn't prodflow's."""
    match policy:
        case Terms():
            plain, durations = policy.default_policy, dict[str, int]()
            calendars = {**plain.calendars}
            if vendor is not None and vendor in policy.vendors:
                calendars |= policy.vendors[vendor].calendars
                durations |= policy.vendors[vendor].durations
            return Counting(plain, calendars, durations)
        case Forward() | Backward() | FromEntry():
            return Counting(policy, {**policy.calendars}, {})
        case _:
            return None


def plan_dates_never_decrease(
    cycle: StatusCycle,
    policy: DueDatePolicy,
    ordered_on: date,
    delivery_on: date | None = None,
    vendor: str | None = None,
) -> None:
    """A status is never due before the status that precedes it.

    There is one exception. If due dates are counted backward in several calendars, a status of 0
    days may be due before, since it's due on the last open day of its own calendar (decision D9).
    """
    planned = plan(cycle, policy, ordered_on=ordered_on, delivery_on=delivery_on, vendor=vendor)
    known = counting_of(policy, vendor)
    rows = list(planned)
    if known is not None and known.calendars and isinstance(known.policy, Backward):
        rows = [row for row in rows if known.days(row.status)]
    due = [row.due_on for row in rows if row.due_on is not None]
    case("the plan has several due dates", len(due) > 1)
    assert due == sorted(due)


def every_date_of_a_plan_is_a_working_day(
    cycle: StatusCycle,
    policy: DueDatePolicy,
    ordered_on: date,
    delivery_on: date | None = None,
    vendor: str | None = None,
) -> None:
    """Every date of a status is a working day of the calendar in which the status counts (D42).

    The law doesn't judge your own policies.
    """
    known = counting_of(policy, vendor)
    if known is None:
        return
    planned = plan(cycle, policy, ordered_on=ordered_on, delivery_on=delivery_on, vendor=vendor)
    case("a status has a calendar of its own", known.calendars.keys() & _keys(cycle))
    for row in planned:
        days = {row.due_on, row.earliest_on, row.latest_on} - {None}
        assert all(known.calendar(row.status).is_working_day(day) for day in days if day)
    if planned.start_by is not None:
        assert policy.calendar.is_working_day(planned.start_by)


def equal_calendars_count_like_one(
    cycle: StatusCycle,
    policy: Forward | Backward | FromEntry,
    ordered_on: date,
    delivery_on: date | None = None,
    held_days: int = 0,
) -> None:
    """If every status has the policy's calendar as its own, every date stays the same (D9).

    So do the dates of an order that was on hold for some days, and of statuses off the path.
    """
    one = evolve(policy, calendars={})
    several = evolve(policy, calendars=dict.fromkeys(_keys(cycle), policy.calendar))
    dates = [
        plan(cycle, each, ordered_on=ordered_on, delivery_on=delivery_on) for each in (one, several)
    ]
    case("the order date is a closed day", not policy.calendar.is_working_day(ordered_on))
    assert dates[0] == dates[1]
    for status in cycle:
        asked = PlanningFacts(
            cycle=cycle,
            status=status,
            plan_from=ordered_on,
            ordered_on=ordered_on,
            delivery_on=delivery_on,
            entered_on=ordered_on,
            paused_working_days=held_days,
            held_days=held_days,
        )
        assert one.due_on(asked) == several.due_on(asked)


def a_vendor_has_the_durations_of_its_terms(
    cycle: StatusCycle,
    policy: Terms,
    vendor: str,
    ordered_on: date,
    delivery_on: date | None = None,
) -> None:
    """A vendor's terms work like a cycle with these durations and a policy with these calendars.

    A vendor without terms has the dates of the default policy (decision D42).
    """
    terms, plain = policy.vendors.get(vendor), policy.default_policy
    case("the vendor has a duration for this cycle", terms and {*terms.durations} & _keys(cycle))
    known = counting_of(policy, vendor)
    assert known is not None
    planned = plan(cycle, policy, ordered_on=ordered_on, delivery_on=delivery_on, vendor=vendor)
    expected = plan(
        _lasting(cycle, known, {}),
        evolve(plain, calendars=known.calendars),
        ordered_on=ordered_on,
        delivery_on=delivery_on,
    )
    assert planned == evolve(expected, cycle=cycle)
    bare = plan(cycle, policy, ordered_on=ordered_on, delivery_on=delivery_on)
    assert bare == plan(cycle, plain, ordered_on=ordered_on, delivery_on=delivery_on)


def a_start_in_time_keeps_the_latest_dates(
    cycle: StatusCycle, policy: DueDatePolicy, delivery_on: date, vendor: str | None = None
) -> None:
    """If you start on `start_by`, no status is done after its latest date (D9, D11).

    If you start a working day later, the last one is. This is about statuses that take days: the
    day of a status of 0 days may be closed. The law doesn't judge your own policies.
    """
    known = counting_of(policy, vendor)
    if known is None:
        return
    cycle = _lasting(cycle, known, {0: None})
    policy = evolve(known.policy, calendars=known.calendars)
    start_by = plan(cycle, policy, ordered_on=delivery_on, delivery_on=delivery_on).start_by
    assert start_by is not None
    in_time = plan(cycle, policy, ordered_on=start_by, delivery_on=delivery_on)
    used = {known.calendar(row.status) for row in in_time if row.earliest_on is not None}
    case("several calendars count", len(used | {policy.calendar}) > 1)
    assert all(early <= late for early, late in _earliest_and_latest(in_time))
    assert in_time.float_days is None or in_time.float_days >= 0
    next_day = policy.calendar.add(start_by, 1)
    too_late = plan(cycle, policy, ordered_on=next_day, delivery_on=delivery_on)
    assert all(early > late for early, late in [*_earliest_and_latest(too_late)][-1:])


def an_order_is_due_as_planned(
    flow: ProductionFlow,
    cycle: StatusCycle,
    ordered_on: date,
    delivery_on: date | None = None,
    vendor: str | None = None,
) -> None:
    """An order is due on the date of its plan, if it enters each status when the last one was due.

    This holds for every policy, your own too.
    """
    planned = plan(
        cycle, flow.due_dates, ordered_on=ordered_on, delivery_on=delivery_on, vendor=vendor
    )
    case("the plan has several due dates", len({row.due_on for row in planned} - {None}) > 1)
    entered_on = ordered_on
    for row in planned:
        opened = flow.open(
            cycle,
            order_id="law",
            ordered_on=ordered_on,
            delivery_on=delivery_on,
            vendor=vendor,
            status=row.status.key,
            entered_on=entered_on,
            **RECORDED,
        )
        assert opened.order.due_on == row.due_on
        entered_on = row.due_on or entered_on


def an_order_is_due_as_its_policy_says(flow: ProductionFlow, order: ProductionOrder) -> None:
    """Whatever happened to an order, it's due when its policy says, by the terms of its vendor.

    This holds for every policy, your own too, but only if the order never had another policy.
    """
    policy = flow.due_dates
    asked = PlanningFacts(
        cycle=order.cycle,
        status=order.status,
        plan_from=order.plan_from,
        ordered_on=order.ordered_on,
        delivery_on=order.delivery_on,
        entered_on=order.entered_on,
        paused_working_days=order.paused_working_days,
        held_days=order.held_days if policy.shift_holds else 0,
        vendor=order.vendor,
        quantity=order.quantity,
        priority=order.priority,
        facts=order.facts,
    )
    expected = policy.due_on(asked)
    case("the order has a due date", expected)
    assert order.calculated_due_on == expected


def _keys(cycle: StatusCycle) -> set[str]:
    return {status.key for status in cycle}


def _lasting(
    cycle: StatusCycle, known: Counting, instead: Mapping[int | None, int | None]
) -> StatusCycle:
    """The cycle with the durations that count; *instead* replaces some of them."""
    days = {status.key: known.days(status) for status in cycle}
    return evolve(
        cycle,
        statuses=[
            evolve(status, default_duration=instead.get(days[status.key], days[status.key]))
            for status in cycle
        ],
    )


def _earliest_and_latest(planned: Plan) -> Iterator[tuple[date, date]]:
    """Both dates of each status that has them."""
    for row in planned:
        if row.earliest_on is not None and row.latest_on is not None:
            yield row.earliest_on, row.latest_on


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
