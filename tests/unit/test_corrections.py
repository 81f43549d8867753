"""Correcting the day on which the present visit began: decision D35."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

import pytest

from prodflow import (
    CompletionDateError,
    CreateTask,
    DaysInStatus,
    Forward,
    FromEntry,
    OrderAmended,
    ProductionFlow,
    ProductionOrder,
    StatusCycle,
    Trigger,
)

AT: Final = datetime(2026, 11, 10, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow()
BY_ENTRY: Final = ProductionFlow(due_dates=FromEntry())
WHO: Final[dict[str, Any]] = {"by": "ann", "at": AT}


def nov(day: int) -> date:
    """A day of November 2026; the 2nd and the 9th are Mondays."""
    return date(2026, 11, day)


def moved(order: ProductionOrder, day: int, to: str | None = None) -> ProductionOrder:
    """The order after a change on a day of November."""
    return BY_ENTRY.advance(order, today=nov(day), to=to, **WHO).order


def corrected(order: ProductionOrder, day: date, at: datetime = AT) -> ProductionOrder:
    """The order whose present visit began on another day."""
    return BY_ENTRY.amend(order, entered_on=day, by="ann", at=at).order


@pytest.fixture
def placed(prints: StatusCycle) -> ProductionOrder:
    """PO-1, placed on Monday 2 November."""
    return BY_ENTRY.open(prints, order_id="PO-1", ordered_on=nov(2), **WHO).order


@pytest.fixture
def lab(placed: ProductionOrder) -> ProductionOrder:
    """The same, in retouch since the 3rd and, as recorded, at the lab since Monday the 9th."""
    return moved(moved(placed, 3), 9)


@pytest.mark.parametrize("day", [3, 6, 9, 10])
def test_the_first_day_of_a_visit_is_corrected(lab: ProductionOrder, day: int) -> None:
    """The day lies from the beginning of the visit before to the day of recording."""
    assert corrected(lab, nov(day)).entered_on == nov(day)


@pytest.mark.parametrize("day", [2, 11])
def test_a_day_outside_these_bounds_is_refused(lab: ProductionOrder, day: int) -> None:
    """The error has the day that was given, and both bounds."""
    with pytest.raises(CompletionDateError) as caught:
        corrected(lab, nov(day))
    error = caught.value
    assert (error.order_id, error.completed_on, error.earliest, error.latest) == (
        "PO-1",
        nov(day),
        nov(3),
        nov(10),
    )


def test_the_first_visit_may_have_begun_on_any_earlier_day(placed: ProductionOrder) -> None:
    """Before the first visit there is none, so there is no earliest day."""
    assert corrected(placed, date(2020, 1, 1)).entered_on == date(2020, 1, 1)


def test_the_first_visit_did_not_begin_later_than_it_was_recorded(placed: ProductionOrder) -> None:
    """The error of a first visit has no earliest day."""
    with pytest.raises(CompletionDateError) as caught:
        corrected(placed, nov(11))
    assert (caught.value.earliest, caught.value.latest) == (None, nov(10))


@pytest.mark.parametrize(
    ("hours", "latest"), [pytest.param(2, nov(11), id="east"), pytest.param(-3, nov(10), id="west")]
)
def test_the_day_of_recording_is_that_on_the_wall(
    lab: ProductionOrder, hours: int, latest: date
) -> None:
    """At 23:00 UTC on the 10th, it's the 11th two hours to the east."""
    at = datetime(2026, 11, 10, 23, tzinfo=UTC).astimezone(timezone(timedelta(hours=hours)))
    with pytest.raises(CompletionDateError) as caught:
        corrected(lab, nov(12), at)
    assert caught.value.latest == latest


def test_the_present_day_is_always_accepted(lab: ProductionOrder) -> None:
    """A form sent back unchanged is accepted, even if it's recorded with an earlier instant."""
    assert corrected(lab, nov(9), AT.replace(day=4)).entered_on == nov(9)


def test_the_visit_stays_the_same(lab: ProductionOrder) -> None:
    """A correction begins no visit, and says what it changed."""
    change = BY_ENTRY.amend(lab, entered_on=nov(6), **WHO)
    assert isinstance(change.entry, OrderAmended)
    assert (change.order.visit, change.entry.changed) == (
        3,
        ("entered_on", "due_on", "calculated_due_on"),
    )


def test_a_due_date_that_counts_from_the_entry_follows(lab: ProductionOrder) -> None:
    """At the lab since Friday the 6th instead of Monday the 9th, it's due on the 13th."""
    assert (lab.due_on, corrected(lab, nov(6)).due_on) == (nov(16), nov(13))


def test_a_due_date_by_hand_does_not_follow(lab: ProductionOrder) -> None:
    """A date that was agreed by hand stays; the calculated one follows."""
    agreed = BY_ENTRY.amend(lab, due_on=nov(20), **WHO).order
    order = corrected(agreed, nov(6))
    assert (order.due_on, order.calculated_due_on) == (nov(20), nov(13))


def test_a_due_date_of_the_plan_stays(lab: ProductionOrder) -> None:
    """Counted forward from the order date, the day of entry makes no difference."""
    planned = FLOW.replan(lab, **WHO)
    assert planned is not None
    assert FLOW.amend(planned.order, entered_on=nov(6), **WHO).order.due_on == nov(13)


def test_a_reminder_that_counts_from_the_entry_follows(lab: ProductionOrder) -> None:
    """Three days after the 6th instead of the 9th, the reminder is due on the 9th."""
    call = Trigger("call", DaysInStatus("lab", 3), CreateTask("Call the lab"))
    flow = ProductionFlow(triggers=[call])
    (event,) = flow.amend(lab, entered_on=nov(6), **WHO).events
    assert event.fire_on == nov(9)


def test_a_later_visit_begins_after_the_corrected_day(lab: ProductionOrder) -> None:
    """The corrected day bounds what follows: the next visit can't begin before it."""
    assert moved(corrected(lab, nov(6)), 11).entered_after == nov(6)


# A visit that was paused


@pytest.fixture
def back(placed: ProductionOrder) -> ProductionOrder:
    """PO-1 in retouch since the 3rd, on hold from the 5th to the 9th."""
    return moved(moved(moved(placed, 3), 5, "hold"), 9)


def test_a_visit_that_was_paused_may_only_have_begun_earlier(back: ProductionOrder) -> None:
    """A paused visit can't begin in or after its pause, so it only moves to an earlier day."""
    with pytest.raises(CompletionDateError) as caught:
        corrected(back, nov(4))
    assert (caught.value.earliest, caught.value.latest) == (nov(2), nov(3))


def test_a_visit_that_was_paused_is_corrected_to_an_earlier_day(back: ProductionOrder) -> None:
    """Begun on the 2nd, retouch is due a day earlier; the pause stays as it was counted."""
    order = corrected(back, nov(2))
    assert (order.entered_on, order.resumed_on, order.paused_working_days, order.due_on) == (
        nov(2),
        nov(9),
        2,
        nov(9),
    )


# On hold


@pytest.fixture
def held(placed: ProductionOrder) -> ProductionOrder:
    """PO-1 on hold since the 5th, from retouch of the 3rd."""
    return moved(moved(placed, 3), 5, "hold")


def test_a_corrected_hold_is_a_corrected_pause(held: ProductionOrder) -> None:
    """If the hold began on the 4th, so did the pause."""
    order = corrected(held, nov(4))
    assert order.held is not None
    assert (order.entered_on, order.held.paused_on) == (nov(4), nov(4))


def test_a_corrected_hold_counts_from_the_corrected_day(held: ProductionOrder) -> None:
    """Back on the 9th, the pause from the 4th took five days, three of them working days."""
    order = moved(corrected(held, nov(4)), 9)
    assert (order.paused_days, order.paused_working_days, order.held_days) == (5, 3, 3)


def test_a_hold_did_not_begin_before_the_visit_that_it_pauses(held: ProductionOrder) -> None:
    """The hold lies from the first day of the paused visit on."""
    with pytest.raises(CompletionDateError) as caught:
        corrected(held, nov(2))
    assert caught.value.earliest == nov(3)


def test_a_second_aside_leaves_the_pause_alone(held: ProductionOrder) -> None:
    """From hold to waiting on the 9th, the pause began on the 5th, whenever waiting began."""
    waiting = moved(held, 9, "wait")
    order = corrected(waiting, nov(6))
    assert order.held is not None
    assert (order.entered_on, order.held.paused_on) == (nov(6), nov(5))


def test_a_second_aside_of_the_same_day_leaves_the_pause_alone(held: ProductionOrder) -> None:
    """The pause began on the 5th, though the order waits for the client since that day too."""
    waiting = moved(held, 5, "wait")
    order = corrected(waiting, nov(6))
    assert order.held is not None
    assert (order.entered_on, order.held.paused_on) == (nov(6), nov(5))


def test_days_held_stay_as_they_were_counted(held: ProductionOrder) -> None:
    """Counted when the order left the hold, they aren't counted again."""
    lab = moved(held, 9, "lab")
    assert corrected(lab, nov(6)).held_days == 2


def test_corrected_days_shift_no_plan(held: ProductionOrder) -> None:
    """The plan moves by the days that were counted, not by those of the correction."""
    flow = ProductionFlow(due_dates=Forward(shift_holds=True))
    lab = flow.advance(held, today=nov(9), to="lab", **WHO).order
    assert flow.amend(lab, entered_on=nov(6), **WHO).order.due_on == nov(17)
