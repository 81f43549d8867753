"""What holds for every cycle, calendar, policy and flow: one function for each rule.

A law asserts the rule that its docstring states, and returns nothing. Draw its arguments from
`prodflow.testing.strategies`, or pass your own. `CycleSuite` calls every law. In a Hypothesis test
`--hypothesis-show-statistics` shows how many examples had the case that a law is about.

Example:
    >>> from datetime import date
    >>> from prodflow import Forward, Status, StatusCycle
    >>> cycle = StatusCycle(
    ...     "signs", [Status("cut", "Cut", initial=True), Status("done", "Done", final=True)]
    ... )
    >>> plan_dates_never_decrease(cycle, Forward(), date(2026, 11, 16))
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypedDict

import pytest
from attrs import evolve

from prodflow import (
    Backward,
    BulkRefusedError,
    Change,
    Completing,
    DueDatePolicy,
    Entering,
    Forward,
    Leaving,
    Move,
    NoNextStatusError,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    StatusChanged,
    StatusCycle,
    TriggerEvent,
    WorkingCalendar,
    plan,
)
from prodflow.testing._cases import case

__all__ = [
    "a_change_fills_each_slot_once",
    "a_change_made_again_gives_the_same_events",
    "a_closed_order_does_not_advance",
    "a_completed_aside_goes_on",
    "a_hold_gives_back_what_was_agreed",
    "a_jump_keeps_the_date_of_the_plan",
    "a_refused_bulk_names_every_order",
    "a_return_from_hold_enters_nothing",
    "add_counts_working_days",
    "advancing_reaches_the_final",
    "asides_never_change_the_plan",
    "backward_ends_on_the_delivery_date",
    "bulk_equals_singles",
    "every_path_is_active_and_standard",
    "forward_equals_backward",
    "going_back_completes_nothing",
    "nothing_is_due_before_its_anchor",
    "nothing_is_overdue_on_its_due_day",
    "plan_dates_never_decrease",
    "replay_rebuilds_the_order",
    "visits_follow_one_another",
]

_DAY: Final = timedelta(1)
_AT: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)


class _Recorded(TypedDict):
    by: str
    at: datetime


_RECORDED: Final[_Recorded] = {"by": "Law", "at": _AT}
_NOTE: Final = "a note, where the rules require one"


# Calendars and plans


def add_counts_working_days(calendar: WorkingCalendar, day: date, n: int) -> None:
    """`add(day, n)` gives the day that you reach by walking over n working days (decision D9)."""
    step = _DAY if n > 0 else -_DAY
    walked, left = day, abs(n)
    while left:
        walked += step
        left -= calendar.is_working_day(walked)
    case("a closed day was on the way", abs((walked - day).days) > abs(n))
    assert calendar.add(day, n) == walked


def every_path_is_active_and_standard(cycle: StatusCycle) -> None:
    """The path has active standard statuses only, from the initial to the final one (D2)."""
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
    """Counted forward, no status is due before the order date (decision D9)."""
    planned = plan(cycle, Forward(calendar), ordered_on=ordered_on)
    case("the order date is a closed day", not calendar.is_working_day(ordered_on))
    assert all(row.due_on is None or row.due_on >= ordered_on for row in planned)


def forward_equals_backward(
    cycle: StatusCycle, calendar: WorkingCalendar, ordered_on: date
) -> None:
    """Forward and backward agree if work begins on a working day and ends on delivery (D9)."""
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
    """Counted backward, the last work is due on the last working day up to delivery (D7)."""
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


# Status changes


def advancing_reaches_the_final(flow: ProductionFlow, cycle: StatusCycle, ordered_on: date) -> None:
    """Advancing leads from every open status to the final one (decision D17)."""
    starts = [status for status in cycle.choices() if not status.closes]
    case("an open status is off the path", not set(starts) <= set(cycle.path))
    for status in starts:
        order = flow.open(
            cycle,
            order_id="law",
            ordered_on=ordered_on,
            delivery_on=ordered_on,
            status=status.key,
            **_RECORDED,
        ).order
        for _ in cycle.path:
            if not order.is_complete:
                order = _advanced(flow, order).order
        assert order.is_complete, f"an order at {status.key!r} gets to {order.status.key!r} only"


def a_jump_keeps_the_date_of_the_plan(
    flow: ProductionFlow, order: ProductionOrder, ordered_on: date
) -> None:
    """A status that you jump to is due as planned: skipped statuses still count (decision D13).

    This holds for policies that count from the order date or from the delivery date.
    """
    planned = plan(
        order.cycle, flow.due_dates, ordered_on=ordered_on, delivery_on=order.delivery_on
    )
    skipped: list[ProposedChange] = []
    for row in planned:
        if row.status != order.status:
            proposal = flow.propose(order, today=order.entered_on, by="Law", to=row.status.key)
            skipped += [proposal] if any(s.default_duration for s in proposal.skipped) else []
            assert proposal.calculated_due_on == row.due_on
    case("a status that takes days was skipped", skipped)


def a_hold_gives_back_what_was_agreed(
    flow: ProductionFlow, order: ProductionOrder, aside: str
) -> None:
    """An order that was held incomplete returns to its status with all that was agreed (D18)."""
    agreed = flow.amend(
        order, due_on=order.entered_on, department="Law desk", user="Law", **_RECORDED
    ).order
    case("the due date was set by hand", agreed.due_on_is_manual)
    held = _advanced(flow, agreed, to=aside, current_complete=False).order
    back = _advanced(flow, held).order
    assert _agreed(back) == _agreed(agreed)


def _agreed(order: ProductionOrder) -> tuple[object, ...]:
    return (order.status, order.due_on, order.due_on_is_manual, order.department, order.user)


def a_completed_aside_goes_on(flow: ProductionFlow, order: ProductionOrder, aside: str) -> None:
    """An order that stepped aside with its work complete returns to the next status (D18)."""
    following = order.cycle.next_after(order.status.key)
    case("the next status is not the final one", following != order.cycle.final)
    waiting = _advanced(flow, order, to=aside, current_complete=True).order
    assert _advanced(flow, waiting).order.status == following


def a_return_from_hold_enters_nothing(
    flow: ProductionFlow, order: ProductionOrder, aside: str
) -> None:
    """When an order returns from a hold, `Entering` triggers don't fire a second time (D25)."""
    held = _advanced(flow, order, to=aside, current_complete=False).order
    waits = any(isinstance(trigger.when, Entering | Leaving) for trigger in flow.triggers)
    case("a trigger waits for a status to be entered or left", waits)
    whens = _occasions(flow, _advanced(flow, held).events)
    assert not [when for when in whens if isinstance(when, Entering | Leaving) and not when.moves]


def going_back_completes_nothing(flow: ProductionFlow, order: ProductionOrder, to: str) -> None:
    """An order that is sent back has not completed the status it leaves (decision D20b)."""
    change = _advanced(flow, order, to=to)
    waits = any(isinstance(trigger.when, Completing) for trigger in flow.triggers)
    case("a trigger waits for a completion", waits)
    assert isinstance(change.entry, StatusChanged)
    assert change.entry.move in {Move.BACK, Move.REOPEN}
    assert change.entry.completed_on is None
    assert not [when for when in _occasions(flow, change.events) if isinstance(when, Completing)]


def a_closed_order_does_not_advance(flow: ProductionFlow, order: ProductionOrder) -> None:
    """A closed order never advances without a target, neither alone nor in a bulk (D17)."""
    case("the order was cancelled", order.is_cancelled)
    with pytest.raises(NoNextStatusError):
        flow.propose(order, today=order.entered_on, by="Law")
    assert list(flow.propose_all([order], today=order.entered_on, by="Law").refusals) == [order.id]


def bulk_equals_singles(flow: ProductionFlow, orders: Sequence[ProductionOrder]) -> None:
    """A bulk gives the changes that you get by advancing its orders one by one (D23)."""
    case("the bulk has several orders", len(orders) > 1)
    today = max(order.entered_on for order in orders)
    changes = flow.advance_all(orders, today=today, note=_NOTE, **_RECORDED)
    assert changes == tuple(_advanced(flow, order, today=today) for order in orders)


def a_refused_bulk_names_every_order(
    flow: ProductionFlow, orders: Sequence[ProductionOrder]
) -> None:
    """A bulk with closed orders changes nothing, and its error names each of them (D23)."""
    today = max(order.entered_on for order in orders)
    closed = {order.id for order in orders if not order.is_open}
    case("the bulk has open orders too", len(closed) < len(orders))
    with pytest.raises(BulkRefusedError) as caught:
        flow.advance_all(orders, today=today, note=_NOTE, **_RECORDED)
    assert closed <= set(caught.value.refusals)


def _advanced(
    flow: ProductionFlow,
    order: ProductionOrder,
    *,
    today: date | None = None,
    to: str | None = None,
    current_complete: bool | None = None,
) -> Change:
    proposal = flow.propose(order, today=today or order.entered_on, by="Law", to=to, note=_NOTE)
    if current_complete is not None:
        proposal = flow.revise(proposal, current_complete=current_complete)
    return flow.accept(proposal, at=_AT)


def _occasions(flow: ProductionFlow, events: Sequence[TriggerEvent]) -> list[object]:
    whens = {trigger.key: trigger.when for trigger in flow.triggers}
    return [whens[event.trigger] for event in events]


# Orders and histories


def nothing_is_overdue_on_its_due_day(order: ProductionOrder) -> None:
    """An open order is overdue from the day after its due date, a closed order never (D14)."""
    case("an open order has a due date", order.is_open and order.due_on)
    if order.due_on is not None:
        assert not order.is_overdue(today=order.due_on)
        assert order.is_overdue(today=order.due_on + _DAY) == order.is_open


def replay_rebuilds_the_order(changes: Sequence[Change]) -> None:
    """Replaying the history gives the order as it was after every change."""
    case("the order changed its status", changes[-1].order.visit > 1)
    cycles = {change.order.cycle for change in changes}
    entries = [change.entry for change in changes]
    for last, change in enumerate(changes, start=1):
        assert ProductionOrder.replay(entries[:last], cycles) == change.order


def visits_follow_one_another(changes: Sequence[Change]) -> None:
    """An order is in one status at a time: each visit begins on the day the last one ends."""
    orders = [change.order for change in changes]
    case("the order had several visits", orders[-1].visit > 1)
    assert [order.version for order in orders] == list(range(1, len(orders) + 1))
    assert all(order.visit <= order.version for order in orders)
    entered = [order.entered_on for order in orders]
    assert entered == sorted(entered)


def a_change_fills_each_slot_once(change: Change) -> None:
    """No two events of a change share a slot or an id (decision D26)."""
    case("a change has several events", len(change.events) > 1)
    slots = {event.slot for event in change.events}
    ids = {event.id for event in change.events}
    assert len(slots) == len(ids) == len(change.events)


def a_change_made_again_gives_the_same_events(flow: ProductionFlow, order: ProductionOrder) -> None:
    """The same decision, made twice, gives the same change with the same event ids (D26)."""
    change = _advanced(flow, order)
    case("the change has events", change.events)
    assert change == _advanced(flow, order)
