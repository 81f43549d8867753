"""Triggers: when they fire, the events they cause, and the ids of these events."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Unpack

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    Change,
    Completing,
    Contact,
    CreateTask,
    CustomAction,
    DateOutOfRangeError,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Entering,
    Forward,
    HistoryEntry,
    Leaving,
    Move,
    Opening,
    ProductionFlow,
    ProductionOrder,
    SendMessage,
    StatusCycle,
    Trigger,
    TriggerEvent,
    TriggerProblem,
    Where,
    WorkingCalendar,
    find_trigger_problems,
    is_wanted,
)
from prodflow._trigger_values import Action, Channel, When
from prodflow.flow import Amendments, Overrides

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
TASK: Final = CreateTask("Call the client")
GOLDEN: Final = Path(__file__).parents[1] / "golden" / "event_ids.json"

OrderAt = Callable[[str], ProductionOrder]


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


def flow_of(when: When, **more: Any) -> ProductionFlow:  # noqa: ANN401 - what Trigger takes
    """A flow with one trigger."""
    return ProductionFlow(triggers=[Trigger("call", when, TASK, **more)])


def opened(flow: ProductionFlow, cycle: StatusCycle, status: str = "ordered") -> Change:
    """The opening of an order of 2 November."""
    return flow.open(cycle, order_id="PO-1", ordered_on=nov(2), status=status, by="ann", at=AT)


def advanced(
    flow: ProductionFlow, order: ProductionOrder, day: int = 4, **overrides: Unpack[Overrides]
) -> Change:
    """A status change on a day of November."""
    return flow.advance(order, today=nov(day), by="ann", at=AT, **overrides)


def amended(
    flow: ProductionFlow, order: ProductionOrder, **amendments: Unpack[Amendments]
) -> Change:
    """An amendment."""
    return flow.amend(order, by="ann", at=AT, **amendments)


def fired(change: Change) -> list[date | None]:
    """The days of the events of a change."""
    return [event.fire_on for event in change.events]


@pytest.fixture
def held(order_at: OrderAt) -> ProductionOrder:
    """An order on hold since 4 November, with printing left incomplete, due on the 10th."""
    return advanced(ProductionFlow(), order_at("printing"), to="hold", current_complete=False).order


# Opening and Entering


def test_opening_speaks_when_an_order_is_opened(cycle: StatusCycle) -> None:
    """Opening fires on the day when an order is opened, in whatever status."""
    assert [nov(2)] == fired(opened(flow_of(Opening()), cycle, "hold"))


@pytest.mark.parametrize(("ordered", "day"), [(2, nov(2)), (4, nov(4)), (9, nov(4))])
def test_opening_speaks_at_once(cycle: StatusCycle, ordered: int, day: date) -> None:
    """For an order date that is still ahead, Opening fires on the day of the recording, the 4th."""
    change = flow_of(Opening()).open(
        cycle, order_id="PO-1", ordered_on=nov(ordered), by="ann", at=AT
    )
    assert [day] == fired(change)


def test_an_opening_under_way_enters_on_its_own_day(cycle: StatusCycle) -> None:
    """If you say when the status was entered, Entering has that day and Opening the order date."""
    flow = ProductionFlow(triggers=[Trigger("a", Opening(), TASK), Trigger("b", Entering(), TASK)])
    change = flow.open(
        cycle,
        order_id="PO-1",
        ordered_on=nov(2),
        status="retouch",
        entered_on=nov(3),
        by="ann",
        at=AT,
    )
    assert [nov(2), nov(3)] == fired(change)


def test_opening_is_silent_afterwards(order: ProductionOrder) -> None:
    """Opening doesn't fire when the order moves on."""
    assert fired(advanced(flow_of(Opening()), order)) == []


@pytest.mark.parametrize("status", [None, "ordered"])
def test_opening_enters_the_first_status(cycle: StatusCycle, status: str | None) -> None:
    """Opening an order enters its status."""
    assert [nov(2)] == fired(opened(flow_of(Entering(status)), cycle))


def test_opening_is_no_move(cycle: StatusCycle) -> None:
    """If you name moves, the opening of an order doesn't count as one."""
    assert fired(opened(flow_of(Entering(moves=Move)), cycle)) == []


@pytest.mark.parametrize("status", [None, "retouch"])
def test_entering_speaks_on_the_first_day_of_the_visit(
    order: ProductionOrder, status: str | None
) -> None:
    """Entering fires on the first day of the new visit, even if that day is back-dated."""
    change = advanced(flow_of(Entering(status)), order, completed_on=nov(3))
    assert [nov(3)] == fired(change)


def test_entering_another_status_is_silent(order: ProductionOrder) -> None:
    """Entering doesn't fire when an order enters another status."""
    assert fired(advanced(flow_of(Entering("qa")), order)) == []


@pytest.mark.parametrize("when", [Entering, Leaving])
@pytest.mark.parametrize(
    ("moves", "days"),
    [([Move.NEXT], [nov(4)]), ([Move.SKIP, Move.NEXT], [nov(4)]), ([Move.BACK], []), ([], [])],
)
def test_only_the_moves_named_count(
    order: ProductionOrder, when: type[Entering | Leaving], moves: list[Move], days: list[date]
) -> None:
    """If you name moves, Entering and Leaving fire only for these."""
    assert days == fired(advanced(flow_of(when(moves=moves)), order))


@pytest.mark.parametrize(
    ("moves", "to", "days"),
    [
        (None, "printing", []),
        (None, "qa", [nov(5)]),
        (None, "retouch", [nov(5)]),
        (None, "client", [nov(5)]),
        ([Move.RESUME], "printing", [nov(5)]),
    ],
)
def test_a_return_from_hold_begins_nothing_again(
    held: ProductionOrder, moves: list[Move] | None, to: str, days: list[date]
) -> None:
    """Without named moves, Entering doesn't fire on the return to the status left incomplete."""
    assert days == fired(advanced(flow_of(Entering(moves=moves)), held, 5, to=to))


@pytest.mark.parametrize("to", ["printing", "qa", "retouch", "client"])
@pytest.mark.parametrize("status", [None, "hold"])
def test_every_move_leaves(held: ProductionOrder, status: str | None, to: str) -> None:
    """Without named moves, Leaving fires on every move, also on a return that continues a visit."""
    assert [nov(5)] == fired(advanced(flow_of(Leaving(status)), held, 5, to=to))


def test_a_return_from_a_completed_status_is_an_entry(order_at: OrderAt) -> None:
    """If no status was left incomplete, the return to the path fires like any other entry."""
    aside = advanced(ProductionFlow(), order_at("printing"), to="hold").order
    assert [nov(5)] == fired(advanced(flow_of(Entering("qa")), aside, 5))


def test_a_trigger_that_is_silent_hides_no_other(order: ProductionOrder) -> None:
    """Each trigger is asked, whatever the one before it says."""
    whens = {"no": Entering("printing", moves={Move.BACK}), "yes": Entering("printing")}
    for keys in (["no", "yes"], ["yes", "no"]):
        triggers = [Trigger(key, whens[key], CreateTask(key)) for key in keys]
        change = ProductionFlow(triggers=triggers).advance(
            order, today=nov(4), to="printing", by="ann", at=AT
        )
        assert [event.trigger for event in change.events] == ["yes"]


# Leaving and Completing


@pytest.mark.parametrize("status", [None, "ordered"])
def test_leaving_speaks_on_the_first_day_of_the_next_visit(
    order: ProductionOrder, status: str | None
) -> None:
    """The event of Leaving has the day and the visit of the order after the change."""
    change = advanced(flow_of(Leaving(status)), order, completed_on=nov(3))
    assert [(nov(3), 2)] == [(event.fire_on, event.visit) for event in change.events]


def test_leaving_another_status_is_silent(order: ProductionOrder) -> None:
    """Leaving a status fires neither when another is left nor when the status is entered."""
    assert fired(advanced(flow_of(Leaving("retouch")), order)) == []


def test_opening_leaves_nothing(cycle: StatusCycle) -> None:
    """Leaving doesn't fire when an order is opened."""
    assert fired(opened(flow_of(Leaving()), cycle)) == []


@pytest.mark.parametrize("complete", [True, False])
def test_leaving_speaks_complete_or_not(order: ProductionOrder, complete: bool) -> None:
    """Leaving fires whether the order completed the status or not."""
    change = advanced(flow_of(Leaving("ordered")), order, current_complete=complete)
    assert [nov(4)] == fired(change)


@pytest.mark.parametrize("status", [None, "ordered"])
@pytest.mark.parametrize(("complete", "days"), [(True, [nov(4)]), (False, [])])
def test_completing_speaks_where_the_status_was_completed(
    order: ProductionOrder, status: str | None, complete: bool, days: list[date]
) -> None:
    """Completing fires when the order completed the status it leaves."""
    change = advanced(flow_of(Completing(status)), order, current_complete=complete)
    assert days == fired(change)


def test_completing_another_status_is_silent(order: ProductionOrder) -> None:
    """Completing a status fires neither when another is completed nor when it is entered."""
    assert fired(advanced(flow_of(Completing("retouch")), order)) == []


@pytest.mark.parametrize(
    ("status", "days"), [("shipped", [nov(4)]), (None, [nov(4)]), ("printing", [])]
)
def test_entering_the_final_status_completes_it(
    order_at: OrderAt, status: str | None, days: list[date]
) -> None:
    """Entering the final status completes it."""
    assert days == fired(advanced(flow_of(Completing(status)), order_at("qa")))


@pytest.mark.parametrize("status", ["shipped", None])
def test_an_order_opened_in_the_final_status_completes_it(
    cycle: StatusCycle, status: str | None
) -> None:
    """An order opened in the final status completes it."""
    assert [nov(2)] == fired(opened(flow_of(Completing(status)), cycle, "shipped"))


def test_opening_completes_nothing_else(cycle: StatusCycle) -> None:
    """An order that is opened in another status completes nothing."""
    assert fired(opened(flow_of(Completing()), cycle)) == []


@pytest.mark.parametrize(
    ("status", "to", "days"),
    [(None, "printing", []), ("client", "printing", [nov(5)]), (None, "shipped", [nov(5)])],
)
def test_completing_any_status_is_completing_the_path(
    order_at: OrderAt, status: str | None, to: str, days: list[date]
) -> None:
    """Without a status, Completing is for the path; a status off the path must be named."""
    assert days == fired(advanced(flow_of(Completing(status)), order_at("client"), 5, to=to))


def test_each_return_from_waiting_is_said_on_its_own_day(prints: StatusCycle) -> None:
    """Each return is an occasion, with an event of its own."""
    flow = flow_of(Completing("wait"))
    order = opened(flow, prints).order
    events: list[TriggerEvent] = []
    for day in (3, 5):
        aside = advanced(flow, order, day, to="wait", current_complete=False)
        back = advanced(flow, aside.order, day + 1)
        order = back.order
        events += [*aside.events, *back.events]
    said = [(event.fire_on, event.visit, event.number, event.sequence) for event in events]
    assert said == [(nov(4), 1, 3, 3), (nov(6), 1, 5, 5)]
    assert len({event.id for event in events}) == 2


def test_an_event_once_per_order_knows_its_entry(order: ProductionOrder) -> None:
    """Its slot has no number, but the event has the number of the entry that caused it."""
    (event,) = advanced(flow_of(Entering(), once_per_order=True), order).events
    assert (event.number, event.sequence, event.visit) == (None, 2, 2)


# DaysInStatus and DaysFromDue


@pytest.mark.parametrize("status", [None, "ordered"])
def test_days_in_status_are_calendar_days(cycle: StatusCycle, status: str | None) -> None:
    """A reminder after days in a status counts calendar days, including weekends."""
    assert [nov(8)] == fired(opened(flow_of(DaysInStatus(status, 6)), cycle))


@pytest.mark.parametrize(
    ("entered", "days", "day"), [(2, 5, nov(9)), (2, 0, nov(2)), (7, 0, nov(9)), (7, 1, nov(9))]
)
def test_days_in_status_may_be_working_days(
    cycle: StatusCycle, entered: int, days: int, day: date
) -> None:
    """Working days never end on a closed day: no day after a Saturday is the Monday."""
    change = flow_of(DaysInStatus("retouch", days, working=True)).open(
        cycle,
        order_id="PO-1",
        ordered_on=nov(2),
        status="retouch",
        entered_on=nov(entered),
        by="ann",
        at=AT,
    )
    assert [day] == fired(change)


@pytest.mark.parametrize(
    ("working", "left", "back", "day"),
    [
        (False, 6, 9, nov(8)),
        (True, 6, 9, nov(6)),
        (False, 3, 9, nov(11)),
        (True, 3, 9, nov(11)),
    ],
)
def test_days_on_hold_do_not_count(
    order: ProductionOrder, working: bool, left: int, back: int, day: date
) -> None:
    """A reminder after three days is put off by the days on hold, calendar or working days."""
    flow = flow_of(DaysInStatus("ordered", 3, working=working))
    on_hold = advanced(flow, order, left, to="hold", current_complete=False)
    assert [day] == fired(advanced(flow, on_hold.order, back))


@pytest.mark.parametrize("when", [DaysInStatus, DaysFromDue])
@pytest.mark.parametrize(
    ("status", "to", "count"),
    [
        (None, "shipped", 0),
        (None, "cancelled", 0),
        ("shipped", "shipped", 1),
        ("cancelled", "cancelled", 1),
        (None, "client", 1),
        (None, "printing", 1),
    ],
)
def test_any_status_is_any_open_one(
    order_at: OrderAt,
    when: type[DaysInStatus | DaysFromDue],
    status: str | None,
    to: str,
    count: int,
) -> None:
    """A delivered or cancelled order isn't stuck; a reminder for a closed status names it."""
    change = advanced(flow_of(when(status, 5)), order_at("qa"), to=to, due_on=nov(12))
    assert count == len(change.events)


def test_days_in_another_status_are_silent(cycle: StatusCycle) -> None:
    """A reminder for another status doesn't fire."""
    assert fired(opened(flow_of(DaysInStatus("qa", 6)), cycle)) == []


def test_leaving_a_status_reminds_of_the_next_only(order: ProductionOrder) -> None:
    """A reminder is for the status that the order enters, not for the one it leaves."""
    assert fired(advanced(flow_of(DaysInStatus("ordered", 6)), order)) == []


@pytest.mark.parametrize(
    ("days", "working", "day"),
    [
        (0, False, nov(6)),
        (1, False, nov(7)),
        (-1, False, nov(5)),
        (-5, False, nov(1)),
        (1, True, nov(9)),
        (-5, True, date(2026, 10, 30)),
    ],
)
def test_days_from_due_are_calendar_days_unless_told_otherwise(
    order: ProductionOrder, days: int, working: bool, day: date
) -> None:
    """A reminder counts calendar or working days from the due date, Friday the 6th."""
    flow = flow_of(DaysFromDue("retouch", days, working=working))
    assert [day] == fired(advanced(flow, order))


@pytest.mark.parametrize(
    ("days", "day"), [(0, nov(6)), (-1, nov(5)), (-5, date(2026, 10, 30)), (1, nov(9))]
)
def test_working_days_before_a_closed_day_begin_on_the_working_day_before(
    cycle: StatusCycle, days: int, day: date
) -> None:
    """If the date is a Sunday, the 8th, "the day before" is the day before Friday."""
    flow = ProductionFlow(
        triggers=[
            Trigger("due", DaysFromDue(None, days, working=True), TASK),
            Trigger("delivery", DaysFromDelivery(days, working=True), TASK),
        ]
    )
    change = flow.open(
        cycle,
        order_id="PO-1",
        ordered_on=nov(2),
        delivery_on=nov(8),
        due_on=nov(8),
        by="ann",
        at=AT,
    )
    assert [day, day] == fired(change)


def test_working_days_are_those_of_the_policy(order: ProductionOrder) -> None:
    """The working days of a reminder are those of the policy's calendar."""
    trigger = Trigger("call", DaysFromDue("retouch", 1, working=True), TASK)
    holiday = WorkingCalendar(holidays=[nov(9)])
    flow = ProductionFlow(due_dates=Forward(holiday), triggers=[trigger])
    assert [nov(10)] == fired(advanced(flow, order))


def test_without_a_due_date_there_is_no_reminder(order: ProductionOrder) -> None:
    """A visit without a due date has no reminders that count from one."""
    assert fired(advanced(flow_of(DaysFromDue(None, 1)), order, to="hold")) == []


@pytest.mark.parametrize("status", ["qa", "ordered"])
def test_the_due_date_of_another_status_is_silent(order: ProductionOrder, status: str) -> None:
    """A reminder for another status doesn't fire, nor one for the status left."""
    assert fired(advanced(flow_of(DaysFromDue(status, 1)), order)) == []


@pytest.mark.parametrize(("days", "expected"), [(0, [nov(6)]), (1, [nov(7)]), (-1, [])])
def test_what_is_late_is_said_and_a_late_warning_is_not(
    order: ProductionOrder, days: int, expected: list[date]
) -> None:
    """A reminder gets its past day; a warning isn't given once the due date, the 6th, is over."""
    assert expected == fired(advanced(flow_of(DaysFromDue("retouch", days)), order, 20))


@pytest.mark.parametrize(("today", "expected"), [(6, [nov(5)]), (7, [])])
def test_a_warning_is_given_up_to_the_due_date(
    order: ProductionOrder, today: int, expected: list[date]
) -> None:
    """The due date, the 6th, is the last day on which a warning of it makes sense."""
    assert expected == fired(advanced(flow_of(DaysFromDue("retouch", -1)), order, today))


@pytest.mark.parametrize(
    ("offset", "day", "days"),
    [
        (0, 10, [nov(10)]),
        (0, 11, [nov(10)]),
        (-1, 10, [nov(9)]),
        (-1, 11, []),
        (-5, 6, [nov(5)]),
    ],
)
def test_a_return_says_what_the_hold_kept_quiet(
    held: ProductionOrder, offset: int, day: int, days: list[date]
) -> None:
    """A return gives the reminders of the visit, late if need be, but no warning after the day."""
    assert days == fired(advanced(flow_of(DaysFromDue("printing", offset)), held, day))


def test_a_return_withdraws_a_warning_that_outlived_the_visit(held: ProductionOrder) -> None:
    """If a reminder that outlives its visit isn't wanted any more, the return withdraws it."""
    warning = flow_of(DaysFromDue("printing", -1, while_in_status=False))
    assert fired(advanced(warning, held, 11)) == [None]


def test_what_is_too_late_hides_no_other_reminder(held: ProductionOrder) -> None:
    """On a return, the reminder for a later day is given although a warning is too late."""
    past, later = DaysFromDue("printing", -1), DaysFromDue("printing", 9)
    flow = ProductionFlow(triggers=[Trigger("a", past, TASK), Trigger("b", later, TASK)])
    assert [event.trigger for event in advanced(flow, held, 11).events] == ["b"]


def test_an_event_says_how_long_it_is_wanted(order: ProductionOrder) -> None:
    """A reminder is dated and may be dropped with the visit; an immediate event is neither."""
    flow = ProductionFlow(
        triggers=[
            Trigger("a", Entering(), TASK),
            Trigger("b", DaysInStatus(None, 1), TASK),
            Trigger("c", DaysInStatus(None, 1, while_in_status=False), TASK),
            Trigger("d", DaysFromDue(None, 1), TASK),
            Trigger("e", DaysFromDue(None, 1, while_in_status=False), TASK),
        ]
    )
    expected = [
        ("a", False, None),
        ("b", True, "left"),
        ("c", True, None),
        ("d", True, "left"),
        ("e", True, None),
    ]
    events = advanced(flow, order).events
    assert expected == [(event.trigger, event.dated, event.until) for event in events]


# DaysFromDelivery


def of_delivery(cycle: StatusCycle, days: int, delivery: date | None) -> list[Change]:
    """An order with a reminder of its delivery: its opening, its completion, and its reopening."""
    flow = flow_of(DaysFromDelivery(days))
    opening = flow.open(
        cycle,
        order_id="PO-1",
        ordered_on=nov(2),
        delivery_on=delivery,
        status="qa",
        by="ann",
        at=AT,
    )
    done = advanced(flow, opening.order)
    return [opening, done, advanced(flow, done.order, 5, to="printing")]


def test_a_reminder_of_the_delivery_is_the_order_s(cycle: StatusCycle) -> None:
    """It's given at the opening and when a closed order is opened again, and has one slot."""
    changes = of_delivery(cycle, -3, nov(20))
    said = [[(e.fire_on, e.number, e.until, e.sequence) for e in c.events] for c in changes]
    assert said == [[(nov(17), None, "closed", 1)], [], [(nov(17), None, "closed", 3)]]


def test_without_a_delivery_date_there_is_no_reminder_of_it(cycle: StatusCycle) -> None:
    """An order without a delivery date has no reminder that counts from it."""
    assert [fired(change) for change in of_delivery(cycle, 0, None)] == [[], [], []]


def test_an_order_opened_in_a_closed_status_is_not_reminded_of_its_delivery(
    cycle: StatusCycle,
) -> None:
    """A closed order has no reminder of its delivery."""
    change = flow_of(DaysFromDelivery(0)).open(
        cycle,
        order_id="PO-1",
        ordered_on=nov(2),
        delivery_on=nov(9),
        status="shipped",
        by="ann",
        at=AT,
    )
    assert fired(change) == []


@pytest.mark.parametrize(("days", "expected"), [(-1, []), (0, [nov(3)]), (1, [nov(4)])])
def test_a_delivery_that_is_over_is_not_warned_of(
    cycle: StatusCycle, days: int, expected: list[date]
) -> None:
    """An order recorded on the 4th for the 3rd gets no warning, but what is late is said."""
    assert expected == fired(of_delivery(cycle, days, nov(3))[0])


def test_a_status_change_leaves_the_reminder_of_the_delivery(order: ProductionOrder) -> None:
    """As long as the order is open, moving it doesn't touch the reminder of its delivery."""
    flow = flow_of(DaysFromDelivery(-1))
    dated = amended(flow, order, delivery_on=nov(20))
    assert ([nov(19)], []) == (fired(dated), fired(advanced(flow, dated.order)))


@pytest.mark.parametrize(("delivery", "day"), [(nov(27), nov(26)), (None, None), (nov(3), None)])
def test_the_reminder_follows_the_delivery_date(
    order: ProductionOrder, delivery: date | None, day: date | None
) -> None:
    """A new date moves the reminder; without a date, or with one that is over, it's withdrawn."""
    flow = flow_of(DaysFromDelivery(-1))
    dated = amended(flow, order, delivery_on=nov(20))
    assert [day] == fired(amended(flow, dated.order, delivery_on=delivery))


def test_a_closed_order_is_not_reminded_of_a_new_delivery_date(order_at: OrderAt) -> None:
    """An amendment of a closed order gives no reminder of its delivery."""
    assert (
        fired(amended(flow_of(DaysFromDelivery(1)), order_at("shipped"), delivery_on=nov(9))) == []
    )


# Amendments, replans and migrations


@pytest.mark.parametrize("due", [nov(12), nov(2)])
def test_a_reminder_follows_the_due_date(order: ProductionOrder, due: date) -> None:
    """If the due date changes, every reminder of the visit gets a new day."""
    change = amended(flow_of(DaysFromDue("ordered", 0)), order, due_on=due)
    assert [due] == fired(change)


def test_a_reminder_counts_working_days_from_the_new_date(order: ProductionOrder) -> None:
    """A reminder in working days counts working days from the new due date."""
    flow = flow_of(DaysFromDue("ordered", 1, working=True))
    assert [nov(9)] == fired(amended(flow, order, due_on=nov(6)))


def test_a_reminder_is_withdrawn_with_the_due_date(order: ProductionOrder) -> None:
    """If the due date is removed, the reminders that count from it are withdrawn."""
    change = amended(flow_of(DaysFromDue("ordered", 1)), order, due_on=None)
    assert [(e.fire_on, e.dated, e.until) for e in change.events] == [(None, True, "left")]


@pytest.mark.parametrize(
    "when",
    [
        Opening(),
        Entering(),
        Leaving(),
        Completing(),
        DaysInStatus(None, 1),
        DaysFromDue("retouch", 1),
    ],
)
def test_an_amendment_says_nothing_else(order: ProductionOrder, when: When) -> None:
    """An amendment moves the reminders that count from the due date, and fires nothing else."""
    assert fired(amended(flow_of(when), order, due_on=nov(12))) == []


def test_amending_a_complete_order_completes_nothing(order_at: OrderAt) -> None:
    """An amendment of a complete order doesn't complete it again."""
    assert fired(amended(flow_of(Completing()), order_at("shipped"))) == []


def test_a_status_is_known_by_its_key(order: ProductionOrder) -> None:
    """A reminder moves once, even if the order's status is only equal to that of the cycle."""
    copied = evolve(order, status=evolve(order.status))
    change = amended(flow_of(DaysFromDue("ordered", 0)), copied, due_on=nov(12))
    assert [nov(12)] == fired(change)


def test_an_amendment_that_leaves_the_due_date_says_nothing(order: ProductionOrder) -> None:
    """An amendment of other facts causes no events."""
    assert fired(amended(flow_of(DaysFromDue(None, 1)), order, vendor="Acme")) == []


@pytest.mark.parametrize("when", [DaysInStatus("ordered", 6), DaysFromDue(None, 6)])
@pytest.mark.parametrize(
    ("was", "becomes", "days"),
    [("West", "East", [None]), ("East", "West", True), ("West", "West", []), ("East", "North", [])],
)
def test_an_amendment_asks_the_condition_again(
    order: ProductionOrder, when: When, was: str, becomes: str, days: list[date | None] | bool
) -> None:
    """A reminder goes where its condition holds no more, and comes where it holds now."""
    flow = flow_of(when, condition=Where(vendor="West"))
    change = amended(flow, evolve(order, vendor=was), vendor=becomes)
    expected = [nov(8) if isinstance(when, DaysInStatus) else nov(9)] if days is True else days
    assert expected == fired(change)


def test_a_withdrawal_has_the_slot_of_what_it_withdraws(order: ProductionOrder) -> None:
    """A withdrawal is the event of the slot without a day, caused by the amendment."""
    flow = flow_of(DaysInStatus("ordered", 6), condition=Where(vendor="West"))
    given = amended(flow, order, vendor="West")
    withdrawn = amended(flow, given.order, vendor=None)
    (event,) = given.events
    assert withdrawn.events == (evolve(event, fire_on=None, sequence=3),)


def test_an_amendment_after_the_due_date_withdraws_the_warning(order: ProductionOrder) -> None:
    """An amendment of the 4th withdraws the warning of the 3rd, which nobody needs any more."""
    assert fired(amended(flow_of(DaysFromDue(None, -1)), order, vendor="Acme")) == [None]


@pytest.mark.parametrize(("due", "days"), [(nov(3), []), (nov(2), []), (nov(9), [nov(8)])])
def test_a_warning_that_is_late_on_both_sides_is_no_difference(
    order: ProductionOrder, due: date, days: list[date]
) -> None:
    """The answer before is asked without a day; so only the new due date decides."""
    flow = flow_of(DaysFromDue(None, -1), condition=Where(vendor="West"))
    assert days == fired(amended(flow, order, vendor="West", due_on=due))


def test_a_corrected_entry_moves_reminders(order: ProductionOrder) -> None:
    """If the day is corrected on which the visit began, its reminders follow."""
    moved = advanced(ProductionFlow(), order)
    change = amended(flow_of(DaysInStatus(None, 3)), moved.order, entered_on=nov(3))
    assert [nov(6)] == fired(change)


def test_the_reminders_of_a_closed_status_are_amended_too(order_at: OrderAt) -> None:
    """A reminder for a closed status follows amendments, even though the order is closed."""
    flow = flow_of(DaysInStatus("shipped", 30), condition=Where(vendor="West"))
    change = amended(flow, order_at("shipped"), vendor="West")
    assert [date(2026, 12, 2)] == fired(change)


def test_a_replan_moves_reminders(order: ProductionOrder) -> None:
    """If a new policy gives another due date, the reminders follow it."""
    trigger = Trigger("call", DaysFromDue(None, 0), TASK)
    late = WorkingCalendar(holidays=[nov(3)])
    flow = ProductionFlow(due_dates=Forward(late), triggers=[trigger])
    change = flow.replan(order, by="ann", at=AT)
    assert change is not None
    assert [nov(4)] == fired(change)


def test_a_migration_moves_reminders(order: ProductionOrder, cycle: StatusCycle) -> None:
    """If a migration gives another due date, the reminders follow it; nothing else fires."""
    newer = cycle.replace("ordered", default_duration=5)
    flow = ProductionFlow(
        triggers=[
            Trigger("due", DaysFromDue(None, 1), TASK),
            Trigger("wait", DaysInStatus(None, 1), TASK),
            Trigger("enter", Entering(), TASK),
            Trigger("leave", Leaving(), TASK),
            Trigger("complete", Completing("ordered"), TASK),
        ]
    )
    change = flow.migrate(order, newer, by="ann", at=AT)
    assert [("due", nov(10))] == [(event.trigger, event.fire_on) for event in change.events]


def test_a_migration_to_another_status_exchanges_the_reminders(
    order: ProductionOrder, cycle: StatusCycle
) -> None:
    """If a migration maps the status to another one, the reminders of both change places."""
    newer = cycle.set_initial("retouch").remove("ordered")
    flow = ProductionFlow(
        triggers=[
            Trigger("old", DaysInStatus("ordered", 9), TASK),
            Trigger("new", DaysInStatus("retouch", 8), TASK),
        ]
    )
    change = flow.migrate(order, newer, mapping={"ordered": "retouch"}, by="ann", at=AT)
    assert {"old": None, "new": nov(10)} == {e.trigger: e.fire_on for e in change.events}


def test_a_trigger_does_not_fire_for_what_already_happened(order: ProductionOrder) -> None:
    """A trigger doesn't fire for a visit that began before you added it (decision D30)."""
    assert fired(amended(flow_of(Entering("ordered")), order)) == []


# Conditions and order types


def is_rush(order: ProductionOrder, entry: HistoryEntry | None) -> bool:
    """Whether the order goes to Acme after the change and the entry has a note."""
    return order.vendor == "Acme" and entry is not None and entry.note == "rush"


@pytest.mark.parametrize(("note", "days"), [("rush", [nov(4)]), ("", [])])
def test_a_condition_is_asked_with_the_order_after_the_change(
    order: ProductionOrder, note: str, days: list[date]
) -> None:
    """A trigger doesn't fire if its condition returns False."""
    rush = evolve(order, vendor="Acme")
    assert days == fired(advanced(flow_of(Entering(), condition=is_rush), rush, note=note))


def test_the_condition_of_a_reminder_is_asked_with_the_order_alone(order: ProductionOrder) -> None:
    """A reminder depends only on the order, so its condition gets no entry."""
    asked: list[HistoryEntry | None] = []

    def note(_order: ProductionOrder, entry: HistoryEntry | None) -> bool:
        asked.append(entry)
        return True

    flow = ProductionFlow(
        triggers=[
            Trigger("stay", DaysInStatus(None, 1), TASK, condition=note),
            Trigger("due", DaysFromDue(None, 1), TASK, condition=note),
        ]
    )
    change = advanced(flow, order)
    amended(flow, change.order, due_on=nov(20))
    assert set(asked) == {None}


@pytest.mark.parametrize(
    ("order_types", "days"),
    [([], [nov(2)]), (["albums", "prints"], [nov(2)]), (["albums"], [])],
)
def test_a_trigger_may_be_for_some_order_types(
    cycle: StatusCycle, order_types: list[str], days: list[date]
) -> None:
    """A trigger fires for the order types that it names, or for all."""
    assert days == fired(opened(flow_of(Opening(), order_types=order_types), cycle))


@pytest.mark.parametrize(
    "silent",
    [
        pytest.param({"order_types": ["albums"]}, id="for another order type"),
        pytest.param({"condition": lambda *_: False}, id="whose condition says no"),
        pytest.param({"when": Entering("qa")}, id="of another status"),
        pytest.param({"when": Leaving()}, id="of another occasion"),
    ],
)
def test_a_silent_trigger_does_not_silence_those_after_it(
    cycle: StatusCycle, silent: dict[str, Any]
) -> None:
    """A trigger that doesn't fire doesn't keep later ones from firing."""
    first = evolve(Trigger("first", Opening(), TASK), **silent)
    flow = ProductionFlow(triggers=[first, Trigger("second", Opening(), TASK)])
    assert [event.trigger for event in opened(flow, cycle).events] == ["second"]


@pytest.mark.parametrize(
    "when",
    [Opening(), Entering(), DaysInStatus(None, 1), DaysFromDue(None, 1), DaysFromDelivery(1)],
)
def test_a_trigger_that_is_switched_off_does_not_fire(cycle: StatusCycle, when: When) -> None:
    """A trigger that is switched off causes no events and has no reminders."""
    flow = flow_of(when, enabled=False)
    change = flow.open(
        cycle, order_id="PO-1", ordered_on=nov(2), delivery_on=nov(9), by="ann", at=AT
    )
    after = amended(flow, change.order, delivery_on=nov(10), due_on=nov(11))
    silent = (fired(change), fired(after), flow.reminders(after.order, today=nov(4)).events)
    assert silent == ([], [], ())


def test_a_trigger_is_on_and_has_no_description_unless_told() -> None:
    """A description is for people; a trigger is switched on by default."""
    plain = Trigger("call", Opening(), TASK)
    named = Trigger("call", Opening(), TASK, description="Call the client")
    assert (plain.enabled, plain.description) == (True, "")
    assert named.description == "Call the client"


@pytest.mark.parametrize(
    ("where", "answer"),
    [
        (Where(), True),
        (Where(vendor="Acme"), True),
        (Where(vendor="West"), False),
        (Where(vendor=None), False),
        (Where(vendor={"Acme", "West"}), True),
        (Where(vendor=["West", None]), False),
        (Where(vendor=[]), False),
        (Where(user="ann"), True),
        (Where(user="bob"), False),
        (Where(department="Front desk"), True),
        (Where(department={"Lab"}), False),
        (Where(order_type="prints"), True),
        (Where(order_type="albums"), False),
        (Where(vendor="Acme", user="bob"), False),
    ],
)
def test_a_condition_may_be_data(order: ProductionOrder, where: Where, answer: bool) -> None:
    """An order meets the condition if every field given matches: a value, or one of a set."""
    assert answer == where(evolve(order, vendor="Acme"), None)


@pytest.mark.parametrize("values", [[None], ["West", None]])
def test_a_condition_may_ask_for_nothing(order: ProductionOrder, values: list[str | None]) -> None:
    """None stands for orders without a value, alone or in a set."""
    assert Where(vendor=None)(order, None)
    assert Where(vendor=values)(order, None)


@pytest.mark.parametrize(("vendor", "days"), [("Acme", [nov(4)]), ("West", [])])
def test_an_immediate_trigger_may_have_a_condition_as_data(
    order: ProductionOrder, vendor: str, days: list[date]
) -> None:
    """A condition as data does for every kind of trigger."""
    flow = flow_of(Entering(), condition=Where(vendor="Acme"))
    assert days == fired(advanced(flow, evolve(order, vendor=vendor)))


@pytest.mark.parametrize("name", ["order_type", "vendor", "department", "user"])
@pytest.mark.parametrize(
    ("bad", "error"), [(7, TypeError), ("", ValueError), (["a", 7], TypeError), ([""], ValueError)]
)
def test_a_condition_refuses_bad_values(name: str, bad: object, error: type[Exception]) -> None:
    """Each field of a condition is a text, None, or a set of these."""
    values: dict[str, Any] = {name: bad}
    with pytest.raises(error, match="must"):
        Where(**values)


# Events


def test_an_event_says_what_is_to_be_done(order: ProductionOrder) -> None:
    """An event has the action of its trigger, the order, its visit and the day."""
    trigger = Trigger("call", DaysInStatus("retouch", 3), TASK, automatic=False)
    (event,) = advanced(ProductionFlow(triggers=[trigger]), order).events
    expected = TriggerEvent(
        id=event.id,
        trigger="call",
        order_id="PO-1",
        visit=2,
        number=2,
        sequence=2,
        action=TASK,
        fire_on=nov(7),
        dated=True,
        until="left",
        automatic=False,
    )
    assert expected == event


def test_events_come_for_any_status_then_the_one_left_then_the_one_entered(
    order: ProductionOrder,
) -> None:
    """Events are for any status first, then for the status left, then for the one entered."""
    flow = ProductionFlow(
        triggers=[
            Trigger("entered", Entering("retouch"), TASK),
            Trigger("left", Leaving("ordered"), TASK),
            Trigger("any", Entering(), TASK),
            Trigger("completed", Completing("ordered"), TASK),
        ]
    )
    expected = ["any", "left", "completed", "entered"]
    assert expected == [event.trigger for event in advanced(flow, order).events]


@pytest.mark.parametrize(("once", "visit"), [(False, 2), (True, None)])
def test_a_slot_is_of_a_visit_or_of_the_order(
    order: ProductionOrder, once: bool, visit: int | None
) -> None:
    """An event fills the slot of its visit, or the one slot of the order."""
    (event,) = advanced(flow_of(Entering(), once_per_order=once), order).events
    assert ("PO-1", "call", visit) == event.slot


def test_the_id_does_not_change_with_the_date(order: ProductionOrder) -> None:
    """With a new due date, the event has a new day and the same id."""
    flow = flow_of(DaysFromDue(None, 1))
    first = amended(flow, order, due_on=nov(12))
    second = amended(flow, first.order, due_on=None)
    assert [e.id for e in first.events] == [e.id for e in second.events]


@pytest.mark.parametrize("slot", json.loads(GOLDEN.read_text(encoding="utf-8")))
def test_the_form_of_ids_is_for_ever(cycle: StatusCycle, slot: dict[str, Any]) -> None:
    """Ids are the same in every release, so saved ids still fit their slots (decision D26)."""
    once = slot["number"] is None
    trigger = Trigger(slot["trigger"], DaysInStatus(None, 0), TASK, once_per_order=once)
    opening = ProductionFlow().open(
        cycle, order_id=slot["order_id"], ordered_on=nov(2), by="ann", at=AT
    )
    number = slot["number"] or 7
    order = evolve(opening.order, visit=number, version=number)
    (event,) = ProductionFlow(triggers=[trigger]).reminders(order, today=nov(2)).events
    assert (slot["id"], slot["number"]) == (event.id, event.number)


EVENT: Final[dict[str, Any]] = {
    "id": "e-1",
    "trigger": "call",
    "order_id": "PO-1",
    "visit": 1,
    "number": 1,
    "sequence": 1,
    "action": TASK,
    "fire_on": nov(4),
    "dated": True,
    "until": "left",
    "automatic": True,
}


@pytest.mark.parametrize(
    ("name", "bad", "error"),
    [
        ("id", "", ValueError),
        ("id", 7, TypeError),
        ("trigger", "a b", ValueError),
        ("trigger", 7, TypeError),
        ("order_id", "", ValueError),
        ("order_id", None, TypeError),
        ("visit", 0, ValueError),
        ("visit", True, TypeError),
        ("action", "call", TypeError),
        ("fire_on", AT, TypeError),
        ("dated", 1, TypeError),
        ("number", 0, ValueError),
        ("number", "1", TypeError),
        ("sequence", 0, ValueError),
        ("sequence", None, TypeError),
        ("until", "never", ValueError),
        ("until", True, ValueError),
        ("automatic", 0, TypeError),
    ],
)
def test_an_event_refuses_bad_values(name: str, bad: object, error: type[Exception]) -> None:
    """Each field of an event refuses values of the wrong kind or out of bounds."""
    values: dict[str, Any] = EVENT | {name: bad}
    with pytest.raises(error, match=name):
        TriggerEvent(**values)


# Decision D28b: whether an event is still wanted


NOTE: Final = TriggerEvent(**EVENT)
MESSAGE: Final = evolve(NOTE, action=SendMessage("late"), dated=False, until=None)


@pytest.mark.parametrize(
    ("event", "to", "wanted"),
    [
        (NOTE, None, True),
        (NOTE, "retouch", False),
        (evolve(NOTE, until=None), "retouch", True),
        (evolve(NOTE, until=None), "shipped", True),
        (evolve(NOTE, until=None), "cancelled", False),
        (evolve(NOTE, until="closed"), "retouch", True),
        (evolve(NOTE, until="closed"), "shipped", False),
        (evolve(NOTE, until="closed"), "cancelled", False),
        (MESSAGE, "shipped", True),
        (MESSAGE, "cancelled", False),
        (evolve(MESSAGE, visit=2), "cancelled", True),
        (evolve(MESSAGE, action=TASK), "cancelled", True),
        (evolve(NOTE, visit=2, until="left"), "cancelled", True),
        (evolve(NOTE, visit=2), None, False),
    ],
)
def test_a_worker_asks_whether_an_event_is_wanted(
    order: ProductionOrder, event: TriggerEvent, to: str | None, wanted: bool
) -> None:
    """`until` says how long; and no client hears of a visit before their order was cancelled."""
    now = order if to is None else advanced(ProductionFlow(), order, to=to).order
    assert wanted == is_wanted(event, now)


def test_an_event_is_asked_about_with_its_own_order(order: ProductionOrder) -> None:
    """The event and the order must belong together."""
    with pytest.raises(ValueError, match="'PO-2', not of 'PO-1'"):
        is_wanted(evolve(NOTE, order_id="PO-2"), order)


@pytest.mark.parametrize("bad", [{"event": "e-1"}, {"order": "PO-1"}])
def test_only_events_and_orders_are_asked_about(
    order: ProductionOrder, bad: dict[str, Any]
) -> None:
    """Anything but an event and an order is refused."""
    with pytest.raises(TypeError, match=f"{next(iter(bad))} must"):
        is_wanted(**{"event": NOTE, "order": order, **bad})


# Triggers and actions as values


@pytest.mark.parametrize(
    ("cls", "bad", "error"),
    [
        (Entering, {"status": "a b"}, ValueError),
        (Entering, {"status": 7}, TypeError),
        (Entering, {"moves": ["next"]}, TypeError),
        (Entering, {"moves": "next"}, TypeError),
        (Entering, {"moves": Move.NEXT}, TypeError),
        (Leaving, {"status": "a b"}, ValueError),
        (Leaving, {"status": 7}, TypeError),
        (Leaving, {"moves": ["next"]}, TypeError),
        (Completing, {"status": "a b"}, ValueError),
        (Completing, {"status": 7}, TypeError),
        (DaysInStatus, {"status": "", "days": 1}, ValueError),
        (DaysInStatus, {"status": 7, "days": 1}, TypeError),
        (DaysInStatus, {"status": None, "days": -1}, ValueError),
        (DaysInStatus, {"status": None, "days": 36_526}, ValueError),
        (DaysInStatus, {"status": None, "days": True}, TypeError),
        (DaysInStatus, {"status": None, "days": 1, "while_in_status": 1}, TypeError),
        (DaysFromDue, {"status": "", "days": 1}, ValueError),
        (DaysFromDue, {"status": 7, "days": 1}, TypeError),
        (DaysFromDue, {"status": None, "days": -36_526}, ValueError),
        (DaysFromDue, {"status": None, "days": 36_526}, ValueError),
        (DaysFromDue, {"status": None, "days": 1.0}, TypeError),
        (DaysFromDue, {"status": None, "days": 1, "working": 1}, TypeError),
        (DaysFromDue, {"status": None, "days": 1, "while_in_status": 1}, TypeError),
        (DaysInStatus, {"status": None, "days": 1, "working": None}, TypeError),
        (DaysFromDelivery, {"days": -36_526}, ValueError),
        (DaysFromDelivery, {"days": 36_526}, ValueError),
        (DaysFromDelivery, {"days": "1"}, TypeError),
        (DaysFromDelivery, {"days": 1, "working": 1}, TypeError),
        (Contact, {"channels": ["fax"]}, ValueError),
        (Contact, {"channels": "email"}, TypeError),
        (Contact, {"do_not_market": 1}, TypeError),
        (Contact, {"do_not_call": None}, TypeError),
        (CreateTask, {"title": " "}, ValueError),
        (CreateTask, {"title": 7}, TypeError),
        (CreateTask, {"title": "Call", "department": ""}, ValueError),
        (CreateTask, {"title": "Call", "user": 7}, TypeError),
        (CreateTask, {"title": "Call", "due_days": -1}, ValueError),
        (CreateTask, {"title": "Call", "due_days": True}, TypeError),
        (SendMessage, {"template": ""}, ValueError),
        (SendMessage, {"template": 7}, TypeError),
        (SendMessage, {"template": "late", "to": ""}, ValueError),
        (SendMessage, {"template": "late", "to": None}, TypeError),
        (SendMessage, {"template": "late", "channels": []}, ValueError),
        (SendMessage, {"template": "late", "channels": ["fax"]}, ValueError),
        (SendMessage, {"template": "late", "channels": [7]}, ValueError),
        (SendMessage, {"template": "late", "channels": "sms"}, TypeError),
        (SendMessage, {"template": "late", "marketing": 1}, TypeError),
        (CustomAction, {"name": "a b"}, ValueError),
        (CustomAction, {"name": 7}, TypeError),
        (CustomAction, {"name": "bill", "payload": 7}, TypeError),
        (CustomAction, {"name": "bill", "payload": "ab"}, TypeError),
        (CustomAction, {"name": "bill", "payload": ["ab"]}, TypeError),
        (CustomAction, {"name": "bill", "payload": [("a",)]}, TypeError),
        (CustomAction, {"name": "bill", "payload": {"a b": 1}}, ValueError),
        (CustomAction, {"name": "bill", "payload": {7: 1}}, TypeError),
        (CustomAction, {"name": "bill", "payload": [("a", 1), ("a", 2)]}, ValueError),
        (CustomAction, {"name": "bill", "payload": {"a": "\x00"}}, ValueError),
        (CustomAction, {"name": "bill", "payload": {"a": float("nan")}}, ValueError),
        (CustomAction, {"name": "bill", "payload": {"a": float("-inf")}}, ValueError),
        (CustomAction, {"name": "bill", "payload": {"a": nov(2)}}, TypeError),
        (Trigger, {"key": "a b", "when": Opening(), "action": TASK}, ValueError),
        (Trigger, {"key": 7, "when": Opening(), "action": TASK}, TypeError),
        (Trigger, {"key": "call", "when": "opening", "action": TASK}, TypeError),
        (Trigger, {"key": "call", "when": Opening, "action": TASK}, TypeError),
        (Trigger, {"key": "call", "when": Opening(), "action": "call"}, TypeError),
        (TriggerProblem, {"code": "a b", "trigger": "call", "message": ""}, ValueError),
        (TriggerProblem, {"code": "typo", "trigger": "", "message": ""}, ValueError),
        (TriggerProblem, {"code": "typo", "trigger": "call", "message": 7}, TypeError),
    ],
)
def test_a_value_refuses_what_is_no_part_of_it(
    cls: type, bad: dict[str, object], error: type[Exception]
) -> None:
    """Each field refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=r"must (be|have|not|hold|name)"):
        cls(**bad)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ({"order_types": "prints"}, TypeError),
        ({"order_types": ["a b"]}, ValueError),
        ({"condition": True}, TypeError),
        ({"automatic": 1}, TypeError),
        ({"once_per_order": 1}, TypeError),
        ({"enabled": 1}, TypeError),
        ({"description": 7}, TypeError),
        ({"description": "x" * 201}, ValueError),
    ],
)
def test_a_trigger_refuses_bad_options(bad: dict[str, Any], error: type[Exception]) -> None:
    """Each option of a trigger refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=next(iter(bad))):
        Trigger("call", Opening(), TASK, **bad)


@pytest.mark.parametrize(
    "payload",
    [{"text": "a\nb", "n": 1, "x": 0.5, "yes": True, "none": None}, [("text", "a")], {}, ()],
)
def test_a_payload_is_a_mapping_or_pairs(payload: Any) -> None:  # noqa: ANN401 - either
    """A custom action keeps its payload as pairs, sorted by name."""
    assert tuple(sorted(dict(payload).items())) == CustomAction("bill", payload).payload


@pytest.mark.parametrize("action", [TASK, SendMessage("late"), CustomAction("bill")])
def test_an_event_holds_any_kind_of_action(cycle: StatusCycle, action: Action) -> None:
    """An event can have any kind of action."""
    flow = ProductionFlow(triggers=[Trigger("call", Opening(), action)])
    assert [action] == [event.action for event in opened(flow, cycle).events]


# Decision D29: channels


@pytest.mark.parametrize(
    ("channels", "contact", "expected"),
    [
        (["email"], Contact(channels=["email", "sms"]), "email"),
        (["sms", "email"], Contact(channels=["email", "sms"]), "sms"),
        (["sms", "email"], Contact(channels=["email"]), "email"),
        (["sms"], Contact(channels=["email"]), None),
        (["email"], Contact(), None),
        (["call", "letter"], Contact(channels=["call", "letter"]), "call"),
        (["call", "letter"], Contact(channels=["call", "letter"], do_not_call=True), "letter"),
        (["call"], Contact(channels=["call"], do_not_call=True), None),
        (["web_form"], Contact(channels=["web_form"], do_not_market=True), "web_form"),
    ],
)
def test_a_message_takes_the_first_channel_that_reaches(
    channels: list[Channel], contact: Contact, expected: str | None
) -> None:
    """A message takes the first of its channels that reaches the contact."""
    assert expected == SendMessage("late", channels=channels).channel_for(contact)


@pytest.mark.parametrize(("do_not_market", "expected"), [(False, "email"), (True, None)])
def test_who_wants_no_marketing_gets_none(do_not_market: bool, expected: str | None) -> None:
    """No channel of a marketing message reaches a contact who refuses marketing."""
    contact = Contact(channels=["email", "letter"], do_not_market=do_not_market)
    message = SendMessage("sale", channels=["email", "letter"], marketing=True)
    assert expected == message.channel_for(contact)


def test_a_channel_is_asked_for_with_a_contact() -> None:
    """Only a contact can be asked for a channel."""
    with pytest.raises(TypeError, match="contact"):
        SendMessage("late").channel_for("ann@example.org")  # type: ignore[arg-type]  # refused


# Reminders outside the calendar


@pytest.mark.parametrize("when", [DaysFromDue(None, 1), DaysFromDue(None, 1, working=True)])
def test_a_reminder_outside_the_calendar_is_refused(cycle: StatusCycle, when: When) -> None:
    """A reminder after the end of year 9999 is refused."""
    trigger = Trigger("call", when, TASK)
    flow = ProductionFlow(due_dates=Forward(EVERY_DAY), triggers=[trigger])
    order = opened(flow, cycle).order
    with pytest.raises(DateOutOfRangeError) as caught:
        flow.amend(order, by="ann", at=AT, due_on=date.max)
    expected = (date.max, 1)
    assert expected == (caught.value.day, caught.value.days)


# find_trigger_problems


@pytest.mark.parametrize(
    ("triggers", "problems"),
    [
        ([Trigger("a", Opening(), TASK)], []),
        ([Trigger("a", Entering(), TASK)], []),
        ([Trigger("a", Entering("qa"), TASK)], []),
        ([Trigger("a", Entering("qa"), TASK, order_types=["prints"])], []),
        ([Trigger("a", Entering("q"), TASK)], [("unknown-status", "a")]),
        ([Trigger("a", Leaving("q"), TASK)], [("unknown-status", "a")]),
        ([Trigger("a", Completing("q"), TASK)], [("unknown-status", "a")]),
        ([Trigger("a", DaysInStatus("q", 1), TASK)], [("unknown-status", "a")]),
        ([Trigger("a", DaysFromDue("q", 1), TASK)], [("unknown-status", "a")]),
        ([Trigger("a", DaysFromDelivery(1), TASK)], []),
        ([Trigger("a", DaysInStatus("q", 1), TASK, enabled=False)], [("unknown-status", "a")]),
        ([Trigger("a", Opening(), TASK, order_types=["print"])], [("unknown-order-type", "a")]),
        (
            [Trigger("a", Entering("qa"), TASK, order_types=["x", "y"])],
            [
                ("unknown-order-type", "a"),
                ("unknown-order-type", "a"),
                ("unknown-status", "a"),
            ],
        ),
        (
            [Trigger("a", Opening(), TASK), Trigger("a", Entering("q"), TASK)],
            [("duplicate-trigger", "a"), ("unknown-status", "a")],
        ),
    ],
)
def test_a_typo_in_a_trigger_is_not_silent(
    cycle: StatusCycle, triggers: list[Trigger], problems: list[tuple[str, str]]
) -> None:
    """Unknown statuses and order types, and keys used twice, are problems."""
    reported = find_trigger_problems(triggers, [cycle])
    assert problems == [(problem.code, problem.trigger) for problem in reported]


def test_a_status_of_another_type_is_unknown(cycle: StatusCycle) -> None:
    """A status is unknown if none of the cycles that the trigger is for has it."""
    albums = StatusCycle("albums", cycle.statuses).remove("qa")
    trigger = Trigger("a", Entering("qa"), TASK, order_types=["albums"])
    problems = find_trigger_problems([trigger], [cycle, albums])
    assert [problem.code for problem in problems] == ["unknown-status"]


@pytest.mark.parametrize("bad", [{"triggers": "a"}, {"triggers": None}, {"cycles": ["prints"]}])
def test_problems_are_looked_for_in_triggers_and_cycles(bad: dict[str, Any]) -> None:
    """Anything but a list of triggers, and cycles, is refused."""
    with pytest.raises(TypeError, match=next(iter(bad))):
        find_trigger_problems(**{"triggers": [], "cycles": [], **bad})


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**5000], ids=["high", "low", "huge"])
def test_a_payload_holds_numbers_that_every_store_holds(number: int) -> None:
    """A number in a payload has at most 64 bits."""
    with pytest.raises(ValueError, match="an item of payload must be from"):
        CustomAction("bill", {"n": number})


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)], ids=["highest", "lowest"])
def test_a_payload_holds_numbers_of_64_bits(number: int) -> None:
    """Both ends of what 64 bits can hold are included."""
    assert CustomAction("bill", {"n": number}).payload == (("n", number),)


def test_a_payload_holds_texts_that_every_store_holds() -> None:
    """A text in a payload follows the rules of a note; the message names the payload."""
    with pytest.raises(ValueError, match="an item of payload must not hold the character"):
        CustomAction("bill", {"text": "a\x00b"})
