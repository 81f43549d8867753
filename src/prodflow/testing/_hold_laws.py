"""Laws of every hold and every return: decisions D13b, D15, D18 and D25."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, assert_never

from prodflow import (
    Backward,
    Change,
    Entering,
    Forward,
    FromEntry,
    Leaving,
    ProductionFlow,
    ProductionOrder,
    RuleError,
)
from prodflow.hub import visits
from prodflow.testing._cases import case
from prodflow.testing._law_steps import (
    RECORDED,
    advanced,
    occasions,
    outcome,
    replanned,
    same_but,
)
from prodflow.testing._plan_laws import counting_of
from prodflow.testing._reports import same_orders, same_outbox, same_reports, stored


def a_hold_gives_back_what_was_agreed(
    flow: ProductionFlow, changes: Sequence[Change], aside: str
) -> None:
    """If a hold interrupts incomplete work, the visit resumes with its dates and people (D18).

    Every report and every reminder is then as if there had been no hold.
    """
    run = _with_an_agreement(flow, changes)
    agreed = run[-1].order
    case("the due date was set by hand", agreed.due_on_is_manual)
    held = advanced(flow, agreed, to=aside, current_complete=False)
    back = advanced(flow, held.order)
    assert _agreed(back.order) == _agreed(agreed)
    _same_but_for_a_hold(flow, [*run, held, back], run)


def a_cancellation_taken_back_continues_the_visit(
    flow: ProductionFlow, changes: Sequence[Change], cancelled: str
) -> None:
    """If a cancelled order returns to the status it had before, its old visit continues (D18).

    Every report and every reminder is then as if the order had not been cancelled.
    """
    run = replanned(flow, _with_an_agreement(flow, changes))
    agreed = run[-1].order
    case("the due date was set by hand", agreed.due_on_is_manual)
    gone = advanced(flow, agreed, to=cancelled)
    assert gone.order.is_cancelled
    back = advanced(flow, gone.order, to=agreed.status.key)
    assert _agreed(back.order) == _agreed(agreed)
    _same_but_for_a_hold(flow, [*run, gone, back], run)


def _with_an_agreement(flow: ProductionFlow, changes: Sequence[Change]) -> list[Change]:
    """The changes, and an amendment that sets by hand what a hold must give back."""
    order = changes[-1].order
    agreed: dict[str, Any] = {"due_on": order.entered_on, "department": "Law desk", "user": "Law"}
    return [*changes, flow.amend(order, **agreed, **RECORDED)]


def _agreed(order: ProductionOrder) -> tuple[object, ...]:
    return (
        *(order.status, order.visit, order.entered_on, order.entered_after),
        *(order.due_on, order.due_on_is_manual, order.department, order.user),
    )


def _same_but_for_a_hold(
    flow: ProductionFlow, changes: Sequence[Change], run: Sequence[Change]
) -> None:
    """Assert that reports and reminders of *run* don't change by a hold of 0 days at its end."""
    same_outbox(flow, changes, run)
    same_reports(changes, run, without=[it.entry.sequence for it in changes[len(run) :]])


def a_hold_of_no_days_changes_nothing(
    flow: ProductionFlow, changes: Sequence[Change], aside: str
) -> None:
    """If an order is on hold for 0 days, only its version and `resumed_on` change (D18).

    Every report and every reminder is then as if there had been no hold.
    """
    run = replanned(flow, changes)
    order = run[-1].order
    case("the order was on hold before", order.resumed_on)
    held = advanced(flow, order, to=aside, current_complete=False)
    back = advanced(flow, held.order)
    assert back.order == same_but(order, back.order, "version", "resumed_on")
    _same_but_for_a_hold(flow, [*run, held, back], run)


def a_hold_moves_due_dates_by_its_working_days(
    flow: ProductionFlow, changes: Sequence[Change], aside: str, days: int
) -> None:
    """A hold moves a due date by the hold's working days if the policy says so (D13b, D18).

    The law covers a cancellation that is taken back too: *aside* may be a cancelled status.
    `FromEntry` moves the due date of the visit. A policy with `shift_holds` moves all due dates
    that are counted from the order date: those of the visit and of later statuses. Other policies
    of prodflow move nothing. The law doesn't judge your own policies, nor policies in which
    statuses have calendars of their own. Under every policy, the visit lasts as long in the reports
    as if there had been no hold.
    """
    run = replanned(flow, changes)
    order = run[-1].order
    calendar = flow.due_dates.calendar
    held = advanced(flow, order, to=aside, current_complete=False)
    back_on = order.begun_on + timedelta(days)
    returned = advanced(flow, held.order, today=back_on, to=order.status.key)
    back = returned.order
    paused = calendar.count(order.begun_on, back_on)
    case("the hold had working days", paused)
    assert back.paused_days == order.paused_days + days
    assert back.paused_working_days == order.paused_working_days + paused
    assert back.held_days == order.held_days + paused
    done, expected_done = (advanced(flow, it) for it in (back, order))
    lasted = _lasted([*run, held, returned, done], order.visit)
    assert lasted == _lasted([*run, expected_done], order.visit)
    known = counting_of(flow.due_dates, order.vendor)
    if known is None or known.calendars or order.calculated_due_on is None:
        return
    moves = _moves_dates(known.policy, order)
    is_moved = moves or isinstance(known.policy, FromEntry)
    expected = calendar.add(order.calculated_due_on, paused) if is_moved else None
    assert back.calculated_due_on == (expected or order.calculated_due_on)
    following = advanced(flow, order, today=back_on).order.calculated_due_on
    if following is not None:
        expected = calendar.add(following, paused) if moves else following
        assert advanced(flow, back, today=back_on).order.calculated_due_on == expected


def _lasted(changes: Sequence[Change], number: int) -> tuple[object, ...]:
    """How long a visit lasted, and whether its status was completed, as a store has it."""
    entries = stored(changes).history(changes[-1].order.id)
    visit = next(it for it in visits(entries) if it.sequence == number)
    return visit.calendar_days, visit.completed, visit.department, visit.user


def _moves_dates(policy: Forward | Backward | FromEntry, order: ProductionOrder) -> bool:
    """Whether a hold moves the rest of the plan."""
    match policy:
        case Forward():
            return policy.shift_holds
        case Backward():
            return policy.shift_holds and order.delivery_on is None
        case FromEntry():
            return False
        case _:
            assert_never(policy)


def several_asides_are_one_hold(
    flow: ProductionFlow, changes: Sequence[Change], asides: Sequence[str], days: int
) -> None:
    """An order that goes from hold to hold returns as if it had stayed in the first hold (D18).

    Its visit has the same pause in the reports.
    """
    order = changes[-1].order
    first, *others = asides
    held = [advanced(flow, order, to=first, current_complete=False)]
    stays = held[0]
    today = order.begun_on
    for aside in others:
        today += timedelta(days)
        held.append(advanced(flow, held[-1].order, today=today, to=aside))
    today += timedelta(days)
    back = advanced(flow, held[-1].order, today=today)
    case("the order was on hold for some days", back.order.paused_days > order.paused_days)
    expected = advanced(flow, stays.order, today=today)
    assert back.order == same_but(expected.order, back.order, "version")
    pauses = (
        _pauses(run, order.visit) for run in ([*changes, *held, back], [*changes, stays, expected])
    )
    assert next(pauses) == next(pauses)


def _pauses(changes: Sequence[Change], number: int) -> list[tuple[date, date | None]]:
    """The first day of each pause of a visit and the day of the return, as a store has them."""
    entries = stored(changes).history(changes[-1].order.id)
    visit = next(it for it in visits(entries) if it.sequence == number)
    return [(pause.paused_on, pause.resumed_on) for pause in visit.pauses]


def what_is_amended_on_hold_is_meant_for_the_work(
    flow: ProductionFlow, changes: Sequence[Change], aside: str
) -> None:
    """An amendment of an order on hold also amends the paused visit (D15).

    There are two exceptions. If the hold has another department or user than the paused visit,
    the visit keeps its own department and user. If the hold has a due date, the visit keeps its
    own due date. Without these exceptions, every report is as if the order had been amended
    without a hold.
    """
    order = changes[-1].order
    held = advanced(flow, order, to=aside, current_complete=False)
    waiting = held.order
    keeps_people = (waiting.department, waiting.user) == (order.department, order.user)
    case("the aside kept the people", keeps_people)
    new: dict[str, Any] = {
        "department": "Law desk",
        "user": "Law",
        "due_on": order.begun_on + timedelta(400),
    }
    amended = flow.amend(waiting, **new, **RECORDED)
    back = advanced(flow, amended.order)
    people = ("Law desk", "Law") if keeps_people else (order.department, order.user)
    assert (back.order.department, back.order.user) == people
    if waiting.due_on is None:
        assert back.order.due_on == new["due_on"]
        if keeps_people:
            run = [*changes, flow.amend(order, **new, **RECORDED)]
            same_reports(
                [*changes, held, amended, back],
                run,
                without=[held.entry.sequence, back.entry.sequence],
            )


def a_completed_aside_goes_on(flow: ProductionFlow, changes: Sequence[Change], aside: str) -> None:
    """If an order completes a status and then goes on hold, the next status follows (D18).

    After a hold of 0 days, the reports of orders are as if there had been no hold.
    """
    order = changes[-1].order
    following = order.cycle.next_after(order.status.key)
    case("the next status is not the final one", following != order.cycle.final)
    waiting = advanced(flow, order, to=aside, current_complete=True)
    expected = outcome(partial(advanced, flow, order))
    after = outcome(partial(advanced, flow, waiting.order))
    if isinstance(expected, RuleError) or isinstance(after, RuleError):
        assert after == expected  # the policy needs a delivery date that isn't there
        return
    assert after.order.status == following
    assert after.order == same_but(expected.order, after.order, "version", "visit")
    same_orders([*changes, waiting, after], [*changes, expected])


def a_return_from_hold_enters_nothing(
    flow: ProductionFlow, changes: Sequence[Change], aside: str
) -> None:
    """When an order returns from a hold, the triggers for entering a status don't fire (D25)."""
    order = changes[-1].order
    held = advanced(flow, order, to=aside, current_complete=False).order
    waits = any(isinstance(trigger.when, Entering | Leaving) for trigger in flow.triggers)
    case("a trigger waits for a status to be entered or left", waits)
    whens = occasions(flow, advanced(flow, held).events)
    assert not [when for when in whens if isinstance(when, Entering) and not when.moves]
