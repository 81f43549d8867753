"""A hold pauses a visit, a return continues it: decisions D13b, D15, D18, D20 and D20b."""

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    Backward,
    CompletionDateError,
    CreateTask,
    DaysInStatus,
    Forward,
    FromEntry,
    Held,
    Move,
    OrderAmended,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusChanged,
    StatusCycle,
    Trigger,
    WorkingCalendar,
)

AT: Final = datetime(2026, 11, 30, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow()
BY_ENTRY: Final = ProductionFlow(due_dates=FromEntry())
SHIFTING: Final = ProductionFlow(due_dates=Forward(shift_holds=True))
WHO: Final[dict[str, Any]] = {"by": "ann", "at": AT}


def nov(day: int) -> date:
    """A day of November 2026; the 2nd, 9th and 16th are Mondays."""
    return date(2026, 11, day)


def placed(
    cycle: StatusCycle, status: str = "ordered", flow: ProductionFlow = FLOW
) -> ProductionOrder:
    """PO-1, placed on Monday 2 November in a status."""
    return flow.open(cycle, order_id="PO-1", ordered_on=nov(2), status=status, **WHO).order


def moved(
    order: ProductionOrder,
    day: int,
    to: str | None = None,
    flow: ProductionFlow = FLOW,
    **more: Any,  # noqa: ANN401 - keywords of advance
) -> ProductionOrder:
    """The order after a change on a day of November."""
    return flow.advance(order, today=nov(day), to=to, **WHO, **more).order


def amended(order: ProductionOrder, **given: Any) -> ProductionOrder:  # noqa: ANN401 - keywords of amend
    """The order after an amendment."""
    return FLOW.amend(order, **WHO, **given).order


@pytest.fixture
def retouch(prints: StatusCycle) -> ProductionOrder:
    """PO-1 in retouch since Tuesday the 3rd, as visit 2, due on Friday the 6th, with mia."""
    return moved(placed(prints), 3)


@pytest.fixture
def held(retouch: ProductionOrder) -> ProductionOrder:
    """The same on hold since Thursday the 5th."""
    return moved(retouch, 5, "hold")


@pytest.fixture
def back(held: ProductionOrder) -> ProductionOrder:
    """The same back in retouch since Tuesday the 10th."""
    return moved(held, 10)


# The hold


@pytest.mark.parametrize("status", ["hold", "wait", "cancelled"])
def test_a_status_that_pauses_leaves_the_present_one_incomplete(
    retouch: ProductionOrder, status: str
) -> None:
    """On hold, waiting or cancelled, retouch isn't completed unless you say so (D20b)."""
    proposal = FLOW.propose(retouch, today=nov(5), by="ann", to=status)
    assert (proposal.current_complete, proposal.completed_on) == (False, None)


def test_a_status_aside_without_the_flag_completes_the_present_one(prints: StatusCycle) -> None:
    """Another status off the path takes the present one for complete."""
    cycle = prints.add(Status("repair", "Repair", non_standard=True))
    proposal = FLOW.propose(placed(cycle, "retouch"), today=nov(5), by="ann", to="repair")
    assert (proposal.current_complete, proposal.completed_on) == (True, nov(5))


def test_a_hold_may_complete_the_present_status(retouch: ProductionOrder) -> None:
    """Told that retouch is complete, the order on hold holds nothing and goes on to the lab."""
    aside = moved(retouch, 6, "hold", current_complete=True)
    assert (aside.held, aside.resumes_in) == (None, "lab")


def test_a_hold_remembers_the_visit(held: ProductionOrder) -> None:
    """`held` has the number of the visit, its status, days, due date and people."""
    expected = Held(
        visit=2,
        status="retouch",
        entered_on=nov(3),
        entered_after=nov(2),
        paused_on=nov(5),
        paused_days=0,
        paused_working_days=0,
        due_on=nov(6),
        due_on_is_manual=False,
        department="Retouching",
        user="mia",
    )
    assert held.held == expected


def test_a_hold_begins_a_visit_of_its_own(held: ProductionOrder) -> None:
    """The hold is a visit like any other, with its own number and first day."""
    assert (held.visit, held.entered_on, held.entered_after) == (3, nov(5), nov(3))


def test_a_cancellation_is_a_hold(retouch: ProductionOrder) -> None:
    """A cancellation leaves the present status incomplete too, so it holds its visit."""
    cancelled = moved(retouch, 5, "cancelled")
    assert (cancelled.resumes_in, cancelled.held) == (
        "retouch",
        moved(retouch, 5, "hold").held,
    )


def test_aside_after_aside_keeps_the_first(held: ProductionOrder) -> None:
    """From hold to waiting, the order still comes back to retouch, paused since the first."""
    waiting = moved(held, 9, "wait")
    assert (waiting.resumes_in, waiting.held) == ("retouch", held.held)


def test_a_status_aside_without_people_keeps_those_of_the_order(held: ProductionOrder) -> None:
    """On hold has neither a default department nor a user, so the order stays with mia."""
    assert (held.department, held.user) == ("Retouching", "mia")


def test_a_status_aside_with_a_user_has_no_department_of_another(retouch: ProductionOrder) -> None:
    """Waiting has the default user ben and no department, so the department is empty."""
    waiting = moved(retouch, 5, "wait")
    assert (waiting.department, waiting.user) == (None, "ben")


def test_a_status_aside_is_due_its_own_days_after_its_entry(retouch: ProductionOrder) -> None:
    """Waiting takes three working days from Thursday the 5th (D12)."""
    assert moved(retouch, 5, "wait").due_on == nov(10)


# The return


def test_an_order_on_hold_advances_to_what_it_left(held: ProductionOrder) -> None:
    """The next advance comes back to retouch, which wasn't completed."""
    proposal = FLOW.propose(held, today=nov(10), by="ann")
    assert (proposal.to.key, proposal.move, proposal.skipped) == ("retouch", Move.RESUME, ())


def test_a_return_continues_the_visit(back: ProductionOrder) -> None:
    """The visit has the same number and first day, and the day of its return."""
    assert (back.visit, back.entered_on, back.entered_after, back.resumed_on) == (
        2,
        nov(3),
        nov(2),
        nov(10),
    )


def test_a_return_counts_the_days_of_the_pause(back: ProductionOrder) -> None:
    """From Thursday the 5th to Tuesday the 10th are five days, three of them working days."""
    assert (back.paused_days, back.paused_working_days) == (5, 3)


def test_a_proposal_shows_the_visit_that_it_continues(held: ProductionOrder) -> None:
    """The window shows the visit, its first day and the day of the return."""
    proposal = FLOW.propose(held, today=nov(10), by="ann")
    assert (
        proposal.visit,
        proposal.entered_on,
        proposal.resumed_on,
        proposal.paused_days,
        proposal.paused_working_days,
        proposal.held_days,
    ) == (2, nov(3), nov(10), 5, 3, 3)


def test_a_return_is_written_down(held: ProductionOrder) -> None:
    """The entry of a return has the visit that goes on, and completes the hold."""
    expected = StatusChanged(
        order_id="PO-1",
        sequence=4,
        by="ann",
        at=AT,
        from_status="hold",
        to_status="retouch",
        move=Move.RESUME,
        skipped=(),
        completed_on=nov(10),
        current_complete=True,
        visit=2,
        entered_on=nov(3),
        entered_after=nov(2),
        resumed_on=nov(10),
        paused_days=5,
        paused_working_days=3,
        held_days=3,
        due_on=nov(6),
        calculated_due_on=nov(6),
        due_on_is_manual=False,
        department="Retouching",
        user="mia",
        resumes_in=None,
        held=None,
        policy="forward",
    )
    assert expected == FLOW.advance(held, today=nov(10), **WHO).entry


def test_back_on_the_path_nothing_is_held(back: ProductionOrder) -> None:
    """After the return there is nothing to come back to."""
    assert (back.resumes_in, back.held) == (None, None)


def test_pauses_add_up(back: ProductionOrder) -> None:
    """A second hold from Thursday to Monday adds four days, two of them working days."""
    again = moved(moved(back, 12, "hold"), 16)
    assert (again.visit, again.paused_days, again.paused_working_days) == (2, 9, 5)


def test_a_second_hold_remembers_what_was_paused_before(back: ProductionOrder) -> None:
    """`held` keeps the days of earlier pauses."""
    on_hold = moved(back, 12, "hold")
    assert on_hold.held is not None
    assert (on_hold.held.paused_on, on_hold.held.paused_days, on_hold.held.paused_working_days) == (
        nov(12),
        5,
        3,
    )


def test_a_pause_lasts_from_the_first_aside_to_the_return(held: ProductionOrder) -> None:
    """From hold to waiting and back, the whole time is one pause."""
    again = moved(moved(held, 9, "wait"), 10)
    assert (again.visit, again.paused_days, again.paused_working_days) == (2, 5, 3)


def test_a_holiday_declared_later_recounts_no_pause(held: ProductionOrder) -> None:
    """Days paused are counted once, at the return, by the calendar of that time."""
    later = ProductionFlow(due_dates=FromEntry(WorkingCalendar(holidays=[nov(6)])))
    back = moved(held, 10, flow=BY_ENTRY)
    assert later.amend(back, **WHO, vendor="Acme").order.paused_working_days == 3


def test_days_paused_are_counted_by_the_calendar_of_the_policy(held: ProductionOrder) -> None:
    """If every day counts, both counts are equal."""
    every_day = ProductionFlow(due_dates=FromEntry(EVERY_DAY))
    assert moved(held, 10, flow=every_day).paused_working_days == 5


def test_an_order_opened_off_the_path_comes_back_to_the_beginning(prints: StatusCycle) -> None:
    """There is no visit to continue, so the order begins its first one on the path."""
    begun = moved(placed(prints, "hold"), 4)
    assert (begun.status.key, begun.visit, begun.entered_on, begun.resumed_on) == (
        "ordered",
        2,
        nov(4),
        None,
    )


def test_a_complete_order_on_hold_comes_back_to_the_end(prints: StatusCycle) -> None:
    """The final status can't be paused, so the order completes again in a new visit."""
    reopened = moved(placed(prints, "delivered"), 4, "hold")
    again = moved(reopened, 6)
    assert (reopened.held, again.status.key, again.visit, again.entered_on) == (
        None,
        "delivered",
        3,
        nov(6),
    )


# What was agreed


def test_a_return_takes_what_was_agreed_by_hand(prints: StatusCycle) -> None:
    """Back in retouch, the order is due on the day and with the person agreed before."""
    agreed = moved(placed(prints), 3, due_on=nov(17), department="Night shift", user="eve")
    back = moved(moved(agreed, 5, "hold"), 10)
    assert (
        back.due_on,
        back.calculated_due_on,
        back.due_on_is_manual,
        back.department,
        back.user,
    ) == (nov(17), nov(6), True, "Night shift", "eve")


def test_a_return_may_be_told_otherwise(held: ProductionOrder) -> None:
    """What you give to the return wins over what is held."""
    back = moved(held, 10, due_on=nov(17), user="eve")
    assert (back.due_on, back.due_on_is_manual, back.department, back.user) == (
        nov(17),
        True,
        "Retouching",
        "eve",
    )


def test_a_due_date_removed_by_hand_stays_removed(prints: StatusCycle) -> None:
    """Without a due date by hand, the order comes back without one."""
    agreed = moved(placed(prints), 3, due_on=None)
    back = moved(moved(agreed, 5, "hold"), 10)
    assert (back.due_on, back.calculated_due_on, back.due_on_is_manual) == (None, nov(6), True)


def test_a_hold_by_mistake_costs_nothing(retouch: ProductionOrder) -> None:
    """On hold and back on the same day, nothing differs but the versions and the return."""
    back = moved(moved(retouch, 5, "hold"), 5)
    assert evolve(retouch, resumed_on=nov(5), version=4) == back


def test_from_entry_goes_on_where_it_stopped(prints: StatusCycle) -> None:
    """Of three days at the lab two are used; back on Monday the 9th, one is left."""
    lab = placed(prints.replace("lab", default_duration=3), "lab", BY_ENTRY)
    on_hold = moved(lab, 4, "hold", BY_ENTRY)
    assert moved(on_hold, 9, flow=BY_ENTRY).due_on == nov(10)


def test_from_entry_takes_the_days_of_every_pause(prints: StatusCycle) -> None:
    """Retouch of the 3rd is due on the 6th, on the 11th after one hold, on the 13th after two."""
    retouch = moved(placed(prints), 3, flow=BY_ENTRY)
    once = moved(moved(retouch, 5, "hold", BY_ENTRY), 10, flow=BY_ENTRY)
    twice = moved(moved(once, 11, "hold", BY_ENTRY), 13, flow=BY_ENTRY)
    assert [retouch.due_on, once.due_on, twice.due_on] == [nov(6), nov(11), nov(13)]


def test_a_reminder_goes_on_where_it_stopped(held: ProductionOrder) -> None:
    """Four days in retouch end on the 7th; five days paused make it the 12th."""
    call = Trigger("call", DaysInStatus("retouch", 4), CreateTask("Call"))
    flow = ProductionFlow(triggers=[call])
    (event,) = flow.advance(held, today=nov(10), **WHO).events
    assert event.fire_on == nov(12)


def test_a_reopened_order_continues_its_visit(retouch: ProductionOrder) -> None:
    """A cancellation by mistake is a pause: reopened where it was, the visit goes on."""
    back = moved(moved(retouch, 5, "cancelled"), 10, "retouch")
    assert (back.visit, back.entered_on, back.resumed_on, back.paused_working_days) == (
        2,
        nov(3),
        nov(10),
        3,
    )


def test_a_reopened_order_has_what_was_agreed(prints: StatusCycle) -> None:
    """Reopened where it was, the order has the person and the date agreed before."""
    agreed = moved(placed(prints), 3, due_on=nov(17), user="eve")
    back = moved(moved(agreed, 5, "cancelled"), 10, "retouch")
    assert (back.due_on, back.user) == (nov(17), "eve")


def test_reopening_where_it_was_is_a_reopening(retouch: ProductionOrder) -> None:
    """The move is REOPEN, passes over nothing and completes nothing."""
    cancelled = moved(retouch, 5, "cancelled")
    proposal = FLOW.propose(cancelled, today=nov(10), by="ann", to="retouch")
    assert (proposal.move, proposal.skipped, proposal.current_complete) == (
        Move.REOPEN,
        (),
        False,
    )


def test_a_cancelled_order_reopened_on_hold_keeps_its_visit(retouch: ProductionOrder) -> None:
    """From cancelled to hold, the order still comes back to retouch, paused since the 5th."""
    cancelled = moved(retouch, 5, "cancelled")
    on_hold = moved(cancelled, 9, "hold")
    assert (on_hold.resumes_in, on_hold.held) == ("retouch", cancelled.held)


def test_an_order_on_hold_that_is_cancelled_keeps_its_visit(held: ProductionOrder) -> None:
    """From hold to cancelled, what is held stays, so the mistake can be put right."""
    assert moved(held, 9, "cancelled").held == held.held


# Going on elsewhere


@pytest.mark.parametrize(("target", "due"), [("lab", nov(13)), ("ordered", nov(3))])
def test_going_on_elsewhere_begins_a_visit(held: ProductionOrder, target: str, due: date) -> None:
    """To another status, the paused visit ends and a new one begins with its own defaults."""
    on = moved(held, 10, target)
    assert (on.visit, on.entered_on, on.resumed_on, on.paused_days, on.due_on, on.user) == (
        4,
        nov(10),
        None,
        0,
        due,
        None,
    )


def test_going_on_elsewhere_passes_over_what_was_not_completed(held: ProductionOrder) -> None:
    """To the lab, retouch is skipped, since it was never completed."""
    proposal = FLOW.propose(held, today=nov(10), by="ann", to="lab")
    assert [status.key for status in proposal.skipped] == ["retouch"]


def test_reopening_elsewhere_passes_over_what_was_not_completed(retouch: ProductionOrder) -> None:
    """Cancelled in retouch and reopened in quality check, retouch and the lab are skipped."""
    cancelled = moved(retouch, 5, "cancelled")
    proposal = FLOW.propose(cancelled, today=nov(10), by="ann", to="qa")
    assert [status.key for status in proposal.skipped] == ["retouch", "lab"]


def test_the_first_day_after_a_hold_elsewhere_follows_the_hold(held: ProductionOrder) -> None:
    """The new visit begins after the visit before it, the hold of the 5th."""
    assert moved(held, 10, "lab").entered_after == nov(5)


def test_the_first_day_after_a_continued_visit_follows_its_return(back: ProductionOrder) -> None:
    """The visit after a continued one begins after the day of the return."""
    assert moved(back, 11).entered_after == nov(10)


# Dates of completion


@pytest.mark.parametrize("day", [10, 11])
def test_a_continued_visit_ends_after_its_return(back: ProductionOrder, day: int) -> None:
    """The visit can be completed from the day of its return on (D20)."""
    proposal = FLOW.propose(back, today=nov(11), by="ann", completed_on=nov(day))
    assert proposal.completed_on == nov(day)


def test_a_continued_visit_does_not_end_in_its_pause(back: ProductionOrder) -> None:
    """The visit can't be completed on a day before its return (D20)."""
    with pytest.raises(CompletionDateError) as caught:
        FLOW.propose(back, today=nov(11), by="ann", completed_on=nov(9))
    assert (caught.value.earliest, caught.value.latest) == (nov(10), nov(11))


@pytest.mark.parametrize(("today", "expected"), [(11, nov(11)), (9, nov(10))])
def test_a_continued_visit_is_completed_today_or_on_its_return(
    back: ProductionOrder, today: int, expected: date
) -> None:
    """In another time zone, the day of the return counts (D20)."""
    assert FLOW.propose(back, today=nov(today), by="ann").completed_on == expected


def test_a_window_sent_back_unchanged_is_accepted(back: ProductionOrder) -> None:
    """The default date of completion, given explicitly, is always accepted (D20)."""
    shown = FLOW.propose(back, today=nov(9), by="ann")
    given = FLOW.propose(back, today=nov(9), by="ann", completed_on=shown.completed_on)
    assert given.entered_on == shown.entered_on


def test_a_return_may_be_back_dated(held: ProductionOrder) -> None:
    """The hold can be completed on an earlier day, and the visit goes on from that day."""
    back = moved(held, 10, completed_on=nov(6))
    assert (back.resumed_on, back.paused_days, back.paused_working_days) == (nov(6), 1, 1)


def test_a_date_typed_and_then_not_complete(retouch: ProductionOrder) -> None:
    """A date of completion lets go when the user then ticks "not complete" (D20)."""
    typed = FLOW.propose(retouch, today=nov(6), by="ann", completed_on=nov(5))
    ticked = FLOW.revise(typed, current_complete=False)
    assert (ticked.completed_on, ticked.entered_on, ticked.given) == (
        None,
        nov(6),
        frozenset({"current_complete"}),
    )


def test_not_complete_and_then_a_date_typed(retouch: ProductionOrder) -> None:
    """The tick at "not complete" lets go when the user then types a date (D20)."""
    ticked = FLOW.propose(retouch, today=nov(6), by="ann", current_complete=False)
    typed = FLOW.revise(ticked, completed_on=nov(5))
    assert (typed.current_complete, typed.completed_on, typed.given) == (
        True,
        nov(5),
        frozenset({"completed_on"}),
    )


def test_a_date_cleared_and_then_complete(retouch: ProductionOrder) -> None:
    """A cleared date lets go when the user then unticks "not complete" (D20)."""
    cleared = FLOW.propose(retouch, today=nov(6), by="ann", completed_on=None)
    ticked = FLOW.revise(cleared, current_complete=True)
    assert (ticked.completed_on, ticked.given) == (
        nov(6),
        frozenset({"current_complete"}),
    )


def test_a_window_that_contradicts_itself_is_refused(retouch: ProductionOrder) -> None:
    """A date and "not complete" given together are refused, as in `propose` (D20b)."""
    proposal = FLOW.propose(retouch, today=nov(6), by="ann")
    with pytest.raises(ValueError, match="completed_on"):
        FLOW.revise(proposal, current_complete=False, completed_on=nov(5))


# Decision D13b: days held, and the plan


@pytest.mark.parametrize(
    ("flow", "retouch_due", "lab_due"),
    [
        pytest.param(SHIFTING, nov(11), nov(18), id="shifted"),
        pytest.param(FLOW, nov(6), nov(13), id="not shifted"),
    ],
)
def test_a_hold_moves_the_rest_of_the_plan(
    prints: StatusCycle, flow: ProductionFlow, retouch_due: date, lab_due: date
) -> None:
    """On hold from Wednesday the 4th to Monday the 9th, three working days are added."""
    on_hold = moved(moved(placed(prints), 3, flow=flow), 4, "hold", flow)
    back = moved(on_hold, 9, flow=flow)
    assert (back.due_on, moved(back, 10, flow=flow).due_on) == (retouch_due, lab_due)


@pytest.mark.parametrize("flow", [SHIFTING, FLOW], ids=["shifted", "not shifted"])
def test_days_held_are_counted_under_every_policy(
    held: ProductionOrder, flow: ProductionFlow
) -> None:
    """The count grows whether or not the policy shifts holds, so that no days are lost."""
    assert moved(held, 10, flow=flow).held_days == 3


def test_a_hold_that_still_goes_on_is_not_counted(held: ProductionOrder) -> None:
    """Days held are counted on leaving the hold."""
    assert held.held_days == 0


def test_days_held_add_up_over_visits(back: ProductionOrder) -> None:
    """A hold in another visit adds to the same count."""
    lab = moved(back, 11)
    again = moved(moved(lab, 12, "hold"), 16)
    assert (lab.held_days, again.held_days) == (3, 5)


def test_each_leaving_of_a_hold_is_counted(held: ProductionOrder) -> None:
    """From hold to waiting on Monday the 9th, the two days on hold are counted."""
    waiting = moved(held, 9, "wait")
    assert (waiting.held_days, moved(waiting, 10).held_days) == (2, 3)


def test_days_that_an_order_was_complete_are_held(prints: StatusCycle) -> None:
    """Delivered on Monday the 16th and reopened on Wednesday the 18th: two working days."""
    delivered = moved(placed(prints, "qa"), 16, flow=SHIFTING)
    reopened = moved(delivered, 18, "qa", SHIFTING)
    assert (reopened.held_days, reopened.due_on) == (2, nov(18))


def test_days_that_an_order_was_cancelled_are_held(retouch: ProductionOrder) -> None:
    """Cancelled on Thursday the 5th and reopened on Tuesday the 10th: three working days."""
    cancelled = moved(retouch, 5, "cancelled", SHIFTING)
    reopened = moved(cancelled, 10, "retouch", SHIFTING)
    assert (reopened.held_days, reopened.due_on) == (3, nov(11))


def test_days_held_are_counted_by_the_calendar_of_that_time(held: ProductionOrder) -> None:
    """The calendar of the policy under which the order leaves the hold counts."""
    holiday = ProductionFlow(due_dates=Forward(WorkingCalendar(holidays=[nov(6)])))
    assert moved(held, 10, flow=holiday).held_days == 2


def test_days_on_the_path_are_not_held(retouch: ProductionOrder) -> None:
    """Moving along the path adds nothing."""
    assert moved(retouch, 20).held_days == 0


def test_days_held_never_move_what_counts_from_the_delivery(held: ProductionOrder) -> None:
    """For delivery on Monday the 23rd, retouch is due on Friday the 13th, held or not."""
    flow = ProductionFlow(due_dates=Backward(shift_holds=True))
    promised = amended(held, delivery_on=nov(23))
    assert moved(promised, 10, flow=flow).due_on == nov(13)


def test_the_plan_is_exact_from_a_closed_day(prints: StatusCycle) -> None:
    """Placed on Saturday the 31st and held for a day, ordered is due on Tuesday the 3rd."""
    saturday = date(2026, 10, 31)
    order = SHIFTING.open(prints, order_id="PO-1", ordered_on=saturday, **WHO).order
    back = moved(moved(order, 2, "hold", SHIFTING), 3, flow=SHIFTING)
    assert (order.due_on, back.held_days, back.due_on) == (nov(2), 1, nov(3))


def test_a_changed_preference_invents_no_days(back: ProductionOrder) -> None:
    """With the preference switched on after the hold, the days of the hold are there."""
    assert moved(back, 11, flow=SHIFTING).due_on == nov(18)


# Decision D15: amendments on hold


def test_people_amended_on_hold_are_meant_for_the_work(held: ProductionOrder) -> None:
    """The order on hold still has mia, so a new user is the one to whom it comes back."""
    zoe = amended(held, user="zoe")
    assert (zoe.user, moved(zoe, 10).user) == ("zoe", "zoe")


def test_department_and_user_are_one_pair_on_hold(held: ProductionOrder) -> None:
    """If only the user is amended, the department stays in both."""
    zoe = amended(held, user="zoe")
    assert (zoe.department, moved(zoe, 10).department) == ("Retouching", "Retouching")


def test_who_waits_is_not_who_works(retouch: ProductionOrder) -> None:
    """Waiting is with ben, so another user there leaves the work with mia."""
    waiting = amended(moved(retouch, 5, "wait"), user="eve")
    assert (waiting.user, moved(waiting, 10).user) == ("eve", "mia")


def test_a_pair_that_differs_in_one_is_another_pair(retouch: ProductionOrder) -> None:
    """With a department of its own on hold, an amended user leaves the work with mia."""
    on_hold = amended(moved(retouch, 5, "hold", department="Front desk"), user="eve")
    assert (on_hold.user, moved(on_hold, 10).user) == ("eve", "mia")


def test_a_due_date_amended_on_hold_is_meant_for_the_work(held: ProductionOrder) -> None:
    """On hold the order has no due date, so a new one is that of retouch too."""
    back = moved(amended(held, due_on=nov(17)), 10)
    assert (back.due_on, back.due_on_is_manual) == (nov(17), True)


def test_a_due_date_amended_on_hold_is_that_of_the_hold_too(held: ProductionOrder) -> None:
    """Until it comes back, the order is due on that day on hold."""
    on_hold = amended(held, due_on=nov(17))
    assert (on_hold.due_on, on_hold.due_on_is_manual) == (nov(17), True)


def test_a_due_date_amended_twice_on_hold_follows(held: ProductionOrder) -> None:
    """The order has the held date by hand, so the next amendment changes both again."""
    back = moved(amended(amended(held, due_on=nov(17)), due_on=nov(18)), 10)
    assert back.due_on == nov(18)


def test_a_due_date_of_the_waiting_is_not_that_of_the_work(retouch: ProductionOrder) -> None:
    """Waiting has a due date of its own, so another one there leaves retouch alone."""
    waiting = amended(moved(retouch, 5, "wait"), due_on=nov(17))
    assert (waiting.due_on, moved(waiting, 18).due_on) == (nov(17), nov(6))


@pytest.mark.parametrize("agreed", [None, 12])
def test_the_waiting_may_be_amended_twice(retouch: ProductionOrder, agreed: int | None) -> None:
    """Its date is by hand then, and still not that of retouch, by hand or not."""
    due_on = nov(agreed or 6)
    order = retouch if agreed is None else amended(retouch, due_on=due_on)
    waiting = amended(moved(order, 5, "wait"), due_on=nov(17))
    again = amended(waiting, due_on=nov(18))
    assert (again.due_on, moved(again, 18).due_on) == (nov(18), due_on)


def test_a_calculated_date_given_on_hold_is_not_manual(held: ProductionOrder) -> None:
    """Given the date that retouch has by its policy, it comes back with it, not by hand."""
    back = moved(amended(held, due_on=nov(6)), 10)
    assert (back.due_on, back.due_on_is_manual) == (nov(6), False)


@pytest.mark.parametrize("flow", [BY_ENTRY, SHIFTING])
def test_a_date_agreed_on_hold_stays_if_the_hold_moves_dates(
    prints: StatusCycle, flow: ProductionFlow
) -> None:
    """The policy's date moves with each day of the hold, the agreed one doesn't."""
    retouch = moved(placed(prints, flow=flow), 3, flow=flow)
    held = moved(retouch, 5, "hold", flow=flow, current_complete=False)
    agreed = flow.amend(held, due_on=retouch.due_on, **WHO).order
    back = moved(agreed, 10, flow=flow)
    assert (back.due_on, back.due_on_is_manual) == (retouch.due_on, True)
    assert back.calculated_due_on != retouch.due_on


@pytest.mark.parametrize("flow", [BY_ENTRY, SHIFTING])
def test_a_date_agreed_on_hold_is_manual_whatever_day_it_is(
    prints: StatusCycle, flow: ProductionFlow
) -> None:
    """If the policy's date moves with the hold, it may be the agreed date on one day only."""
    retouch = moved(placed(prints, flow=flow), 3, flow=flow)
    held = moved(retouch, 5, "hold", flow=flow, current_complete=False)
    tomorrow = moved(held, 6, flow=flow).calculated_due_on
    agreed = flow.amend(held, due_on=tomorrow, **WHO).order
    assert agreed.held is not None
    assert agreed.held.due_on_is_manual


def test_a_date_agreed_on_hold_needs_no_calculation(held: ProductionOrder) -> None:
    """The policy asks for a delivery date, but the user knows the day."""
    strict = ProductionFlow(due_dates=Backward(without_delivery="error"))
    agreed = strict.amend(held, due_on=nov(17), **WHO).order
    assert agreed.held is not None
    assert (agreed.held.due_on, agreed.held.due_on_is_manual) == (nov(17), True)


def test_an_amendment_on_hold_writes_down_what_is_held(held: ProductionOrder) -> None:
    """The entry has what is held as it results, and says that it changed."""
    entry = FLOW.amend(held, **WHO, user="zoe").entry
    assert held.held is not None
    assert isinstance(entry, OrderAmended)
    assert (entry.held, entry.changed) == (evolve(held.held, user="zoe"), ("user", "held"))


def test_other_amendments_on_hold_leave_what_is_held(held: ProductionOrder) -> None:
    """A new vendor or delivery date changes nothing of the paused visit."""
    assert amended(held, vendor="Acme", delivery_on=nov(23)).held == held.held


def test_an_order_date_amended_on_hold_moves_the_plan_of_the_work(held: ProductionOrder) -> None:
    """Placed on Friday 30 October, retouch is due on Thursday the 5th after the return."""
    assert moved(amended(held, ordered_on=date(2026, 10, 30)), 10).due_on == nov(5)
