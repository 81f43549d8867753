"""What holds for the outlook of every order: decision D40."""

from datetime import date, timedelta

from attrs import evolve

from prodflow import (
    DueDatePolicy,
    Forward,
    FromEntry,
    Outlook,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Terms,
    outlook,
    plan,
)
from prodflow.testing._cases import case
from prodflow.testing._law_steps import RECORDED
from prodflow.testing._plan_laws import counting_of


def an_outlook_begins_as_the_plan(
    cycle: StatusCycle,
    policy: DueDatePolicy,
    ordered_on: date,
    delivery_on: date | None = None,
    vendor: str | None = None,
) -> None:
    """On the day it's placed, an order is expected when the plan counted forward says.

    Its slack is the float of the plan. This doesn't depend on how the policy counts. The law
    doesn't judge your own policies, since their plans have only their own dates.
    """
    known = counting_of(policy, vendor)
    if known is None:
        return
    forward = Forward(policy.calendar, calendars=known.policy.calendars)
    counted = Terms(forward, policy.vendors) if isinstance(policy, Terms) else forward
    planned = plan(cycle, counted, ordered_on=ordered_on, delivery_on=delivery_on, vendor=vendor)
    order = ProductionFlow(due_dates=forward).open(
        cycle,
        order_id="PO-7",
        ordered_on=ordered_on,
        delivery_on=delivery_on,
        vendor=vendor,
        **RECORDED,
    )
    expected = _open(outlook(order.order, policy, today=ordered_on))
    dated = [(row.status, row.due_on) for row in planned if row.due_on is not None]
    case("several statuses are due", len(dated) > 1)
    durations = {status.key for status, _ in dated}
    assert [(row.status, row.finish_on) for row in expected if row.status.key in durations] == dated
    assert expected.first_on == ordered_on
    if dated:
        assert expected.slack_days == planned.float_days


def waiting_never_brings_the_finish_nearer(
    order: ProductionOrder, policy: DueDatePolicy, today: date, days: int
) -> None:
    """If nothing happens for some days, an order is expected on the same day or later."""
    if not order.is_open:
        return
    now = _open(outlook(order, policy, today=today))
    later = _open(outlook(order, policy, today=today + timedelta(days)))
    case("waiting makes the order later", later.finish_on > now.finish_on)
    assert later.finish_on >= now.finish_on
    assert all(after.finish_on >= row.finish_on for row, after in zip(now, later, strict=True))


def going_on_early_never_makes_the_finish_later(
    order: ProductionOrder, policy: DueDatePolicy, today: date
) -> None:
    """An order that goes on to its next status today is expected on the same day or earlier."""
    if not order.is_open:
        return
    now = _open(outlook(order, policy, today=today))
    # Every policy of prodflow expects the same days, and this one never lacks a date. It counts a
    # pause in the calendars of the policy.
    known = counting_of(policy, order.vendor)
    calendars = known.calendars if known else {}
    flow = ProductionFlow(due_dates=FromEntry(policy.calendar, calendars=calendars))
    moved = flow.advance(order, today=today, **RECORDED).order
    after = outlook(moved, policy, today=today)
    case("the order is still open", after is not None)
    assert after is None or after.finish_on <= now.finish_on


def a_longer_duration_never_makes_the_finish_earlier(
    order: ProductionOrder, policy: DueDatePolicy, today: date, key: str, days: int
) -> None:
    """If a status of the order's cycle takes some more days, the finish stays or moves back."""
    if not order.is_open:
        return
    now = _open(outlook(order, policy, today=today))
    duration = (order.cycle[key].default_duration or 0) + days
    cycle = order.cycle.replace(key, default_duration=duration)
    slower = evolve(order, cycle=cycle, status=cycle[order.status.key])
    after = _open(outlook(slower, policy, today=today))
    case("the status is still to come", key in {row.status.key for row in now})
    assert after.finish_on >= now.finish_on


def an_outlook_has_the_rest_of_the_path(
    order: ProductionOrder, policy: DueDatePolicy, today: date
) -> None:
    """Its rows are the statuses from the present one on, and each begins as the last one ends.

    No row ends before it begins, and only a closed order has no outlook.
    """
    expected = outlook(order, policy, today=today)
    assert (expected is None) is not order.is_open
    if expected is None:
        return
    case("the order is on hold", order.held is not None)
    assert [row.status for row in expected] == _rest(order)
    begins = [expected.first_on, *(row.finish_on for row in expected)]
    assert [row.begins_on for row in expected] == begins[:-1]
    assert begins == sorted(begins)
    assert expected.finish_on == (begins[-1] if expected else expected.finish_on)
    assert expected.finish_on >= today


def _rest(order: ProductionOrder) -> list[Status]:
    path = [status for status in order.cycle.path if not status.final]
    keys = [status.key for status in path]
    first = order.resumes_in or order.status.key
    return path[keys.index(first) :] if first in keys else []


def _open(expected: Outlook | None) -> Outlook:
    assert expected is not None
    return expected
