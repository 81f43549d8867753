"""Laws of every hold and every return: decisions D13b, D15, D18 and D25."""

from collections.abc import Sequence
from datetime import timedelta

from prodflow import (
    Backward,
    DueDatePolicy,
    Entering,
    Forward,
    FromEntry,
    Leaving,
    ProductionFlow,
    ProductionOrder,
)
from prodflow.testing._cases import case
from prodflow.testing._law_steps import RECORDED, advanced, occasions, same_but, up_to_date


def a_hold_gives_back_what_was_agreed(
    flow: ProductionFlow, order: ProductionOrder, aside: str
) -> None:
    """If a hold interrupts incomplete work, the visit resumes with its dates and people (D18)."""
    agreed = flow.amend(
        order, due_on=order.entered_on, department="Law desk", user="Law", **RECORDED
    ).order
    case("the due date was set by hand", agreed.due_on_is_manual)
    held = advanced(flow, agreed, to=aside, current_complete=False).order
    back = advanced(flow, held).order
    assert _agreed(back) == _agreed(agreed)


def a_cancellation_taken_back_continues_the_visit(
    flow: ProductionFlow, order: ProductionOrder, cancelled: str
) -> None:
    """If a cancelled order returns to the status it had before, its old visit continues (D18)."""
    amended = flow.amend(order, department="Law desk", user="Law", **RECORDED).order
    agreed = up_to_date(flow, amended)
    case("the due date was set by hand", agreed.due_on_is_manual)
    gone = advanced(flow, agreed, to=cancelled).order
    assert gone.is_cancelled
    back = advanced(flow, gone, to=order.status.key).order
    assert _agreed(back) == _agreed(agreed)


def _agreed(order: ProductionOrder) -> tuple[object, ...]:
    return (
        *(order.status, order.visit, order.entered_on, order.entered_after),
        *(order.due_on, order.due_on_is_manual, order.department, order.user),
    )


def a_hold_of_no_days_changes_nothing(
    flow: ProductionFlow, order: ProductionOrder, aside: str
) -> None:
    """If an order is on hold for 0 days, only its version and `resumed_on` change (D18)."""
    order = up_to_date(flow, order)
    case("the order was on hold before", order.resumed_on)
    held = advanced(flow, order, to=aside, current_complete=False).order
    back = advanced(flow, held).order
    assert back == same_but(order, back, "version", "resumed_on")


def a_hold_moves_due_dates_by_its_working_days(
    flow: ProductionFlow, order: ProductionOrder, aside: str, days: int
) -> None:
    """A hold moves a due date by the hold's working days if the policy says so (D13b, D18).

    The law covers a cancellation that is taken back too: *aside* may be a cancelled status.
    `FromEntry` moves the due date of the visit. A policy with `shift_holds` moves all due dates
    that are counted from the order date: those of the visit and of later statuses. Other policies
    of prodflow move nothing. The law doesn't judge your own policies.
    """
    order = up_to_date(flow, order)
    calendar = flow.due_dates.calendar
    held = advanced(flow, order, to=aside, current_complete=False).order
    back_on = order.begun_on + timedelta(days)
    back = advanced(flow, held, today=back_on, to=order.status.key).order
    paused = calendar.count(order.begun_on, back_on)
    case("the hold had working days", paused)
    assert back.paused_days == order.paused_days + days
    assert back.paused_working_days == order.paused_working_days + paused
    assert back.held_days == order.held_days + paused
    moves = _moves_dates(flow.due_dates, order)
    if moves is None or order.calculated_due_on is None:
        return
    is_moved = moves or isinstance(flow.due_dates, FromEntry)
    expected = calendar.add(order.calculated_due_on, paused) if is_moved else None
    assert back.calculated_due_on == (expected or order.calculated_due_on)
    following = advanced(flow, order, today=back_on).order.calculated_due_on
    if following is not None:
        expected = calendar.add(following, paused) if moves else following
        assert advanced(flow, back, today=back_on).order.calculated_due_on == expected


def _moves_dates(policy: DueDatePolicy, order: ProductionOrder) -> bool | None:
    """Whether a hold moves the rest of the plan; None for a policy that isn't prodflow's."""
    match policy:
        case Forward():
            return policy.shift_holds
        case Backward():
            return policy.shift_holds and order.delivery_on is None
        case FromEntry():
            return False
        case _:
            return None


def several_asides_are_one_hold(
    flow: ProductionFlow, order: ProductionOrder, asides: Sequence[str], days: int
) -> None:
    """An order that goes from hold to hold returns as if it had stayed in the first hold (D18)."""
    first, *others = asides
    stays = held = advanced(flow, order, to=first, current_complete=False).order
    today = order.begun_on
    for aside in others:
        today += timedelta(days)
        held = advanced(flow, held, today=today, to=aside).order
    today += timedelta(days)
    back = advanced(flow, held, today=today).order
    case("the order was on hold for some days", back.paused_days > order.paused_days)
    expected = advanced(flow, stays, today=today).order
    assert back == same_but(expected, back, "version")


def what_is_amended_on_hold_is_meant_for_the_work(
    flow: ProductionFlow, order: ProductionOrder, aside: str
) -> None:
    """An amendment of an order on hold also amends the paused visit (D15).

    There are two exceptions. If the hold has another department or user than the paused visit,
    the visit keeps its own department and user. If the hold has a due date, the visit keeps its
    own due date.
    """
    held = advanced(flow, order, to=aside, current_complete=False).order
    keeps_people = (held.department, held.user) == (order.department, order.user)
    case("the aside kept the people", keeps_people)
    day = order.begun_on + timedelta(400)
    amended = flow.amend(held, department="Law desk", user="Law", due_on=day, **RECORDED).order
    back = advanced(flow, amended).order
    people = ("Law desk", "Law") if keeps_people else (order.department, order.user)
    assert (back.department, back.user) == people
    if held.due_on is None:
        assert back.due_on == day


def a_completed_aside_goes_on(flow: ProductionFlow, order: ProductionOrder, aside: str) -> None:
    """If an order completes a status and then goes on hold, the next status follows (D18)."""
    following = order.cycle.next_after(order.status.key)
    case("the next status is not the final one", following != order.cycle.final)
    waiting = advanced(flow, order, to=aside, current_complete=True).order
    assert advanced(flow, waiting).order.status == following


def a_return_from_hold_enters_nothing(
    flow: ProductionFlow, order: ProductionOrder, aside: str
) -> None:
    """When an order returns from a hold, the triggers for entering a status don't fire (D25)."""
    held = advanced(flow, order, to=aside, current_complete=False).order
    waits = any(isinstance(trigger.when, Entering | Leaving) for trigger in flow.triggers)
    case("a trigger waits for a status to be entered or left", waits)
    whens = occasions(flow, advanced(flow, held).events)
    assert not [when for when in whens if isinstance(when, Entering) and not when.moves]
