"""Reminders: those that a flow works out for an order, and those that an undo gives back."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    BulkRefusedError,
    Change,
    Completing,
    CreateTask,
    DateOutOfRangeError,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Entering,
    Forward,
    HistoryEntry,
    Leaving,
    MemoryStore,
    Opening,
    ProductionFlow,
    ProductionOrder,
    Reminders,
    StatusCycle,
    Trigger,
    TriggerEvent,
    Where,
    WorkingCalendar,
)
from prodflow._trigger_values import When

AT: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)
TASK: Final = CreateTask("Call the client")


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


class Studio:
    """A store, a flow, and PO-1 with its history."""

    def __init__(self, cycle: StatusCycle, *whens: When, **more: Any) -> None:  # noqa: ANN401
        self.cycle = cycle
        self.flow = ProductionFlow(
            triggers=[Trigger(f"t{i}", when, TASK, **more) for i, when in enumerate(whens)]
        )
        self.store = MemoryStore()
        self.history: list[HistoryEntry] = []

    @property
    def order(self) -> ProductionOrder:
        """The order as it is now."""
        return self.store.get("PO-1")

    def open(self, **more: Any) -> None:  # noqa: ANN401 - what `open` takes
        """Open PO-1 on 2 November."""
        given = {"order_id": "PO-1", "ordered_on": nov(2), "by": "ann", "at": AT, **more}
        self._save(self.flow.open(self.cycle, **given))

    def go(self, day: int, to: str | None = None, **overrides: Any) -> None:  # noqa: ANN401
        """Advance PO-1 on a day of November."""
        at = datetime(2026, 11, day, 9, tzinfo=UTC)
        self._save(
            self.flow.advance(self.order, to=to, today=nov(day), by="ann", at=at, **overrides)
        )

    def hold(self, day: int, to: str = "hold") -> None:
        """Put PO-1 on hold, with its status left incomplete."""
        self.go(day, to, current_complete=False)

    def amend(self, day: int = 2, **amendments: Any) -> None:  # noqa: ANN401 - any fact
        """Amend PO-1 on a day of November."""
        at = datetime(2026, 11, day, 9, tzinfo=UTC)
        self._save(self.flow.amend(self.order, by="ann", at=at, **amendments))

    def migrate(self, cycle: StatusCycle, **more: Any) -> None:  # noqa: ANN401 - what it takes
        """Migrate PO-1."""
        self._save(self.flow.migrate(self.order, cycle, by="ann", at=AT, **more))

    def undo(self, day: int = 2, **more: Any) -> tuple[TriggerEvent, ...]:  # noqa: ANN401
        """Take back the last change; returns the events of the undo."""
        at = datetime(2026, 11, day, 9, tzinfo=UTC)
        change = self.flow.undo(self.order, self.history, by="ann", at=at, **more)
        self._save(change)
        return change.events

    def _save(self, change: Change) -> None:
        self.store.save(change)
        self.history.append(change.entry)

    def send(self) -> None:
        """Acknowledge everything that is pending."""
        self.store.acknowledge(*self.store.pending(as_of=date.max))

    def days(self) -> list[date | None]:
        """The days of the pending events."""
        return [item.event.fire_on for item in self.store.pending(as_of=date.max)]

    def slots(self) -> set[tuple[str, int | None, date | None]]:
        """The trigger, number and day of the pending events."""
        items = self.store.pending(as_of=date.max)
        return {(it.event.trigger, it.event.number, it.event.fire_on) for it in items}


Build = Callable[..., Studio]


@pytest.fixture
def studio(prints: StatusCycle) -> Build:
    """Builds a studio with a trigger for each *when*."""

    def build(*whens: When, **more: Any) -> Studio:  # noqa: ANN401 - what Trigger takes
        return Studio(prints, *whens, **more)

    return build


# Decision D30: the reminders of an order


def test_reminders_are_those_of_the_visit_and_the_delivery(studio: Build) -> None:
    """Immediate triggers and those of other statuses have no part in it."""
    one = studio(
        Opening(),
        Entering(),
        Leaving(),
        Completing(),
        DaysInStatus("retouch", 3),
        DaysInStatus(None, 4),
        DaysFromDue("lab", 0),
        DaysFromDue(None, -1),
        DaysFromDelivery(-3),
        DaysInStatus("ordered", 30, while_in_status=False),
    )
    one.open(delivery_on=nov(20))
    one.go(3)
    reminders = one.flow.reminders(one.order, today=nov(3))
    days = {event.trigger: event.fire_on for event in reminders.events}
    assert days == {"t4": nov(6), "t5": nov(7), "t7": nov(5), "t8": nov(17)}
    named = (reminders.order_id, reminders.version, reminders.visit, reminders.today)
    assert named == ("PO-1", 2, 2, nov(3))


def test_reminders_have_the_number_of_the_visit(studio: Build) -> None:
    """Their sequence is that of the entry which began the visit, and 1 for the delivery."""
    one = studio(DaysInStatus(None, 4), DaysFromDelivery(0))
    one.open(delivery_on=nov(20))
    one.go(3)
    one.amend(vendor="Acme")
    events = one.flow.reminders(one.order, today=nov(3)).events
    numbers = [(e.sequence, e.number, e.visit, e.until) for e in events]
    assert numbers == [(2, 2, 2, "left"), (1, None, 2, "closed")]


def test_reminders_are_what_the_changes_gave(studio: Build) -> None:
    """They agree with the events of the changes, so setting them changes nothing but the entry."""
    one = studio(DaysInStatus(None, 4), DaysFromDue(None, 0), DaysFromDelivery(0))
    one.open(delivery_on=nov(20))
    one.go(3)
    one.hold(4)
    one.go(9)
    before = one.slots()
    one.store.set_reminders(one.flow.reminders(one.order, today=nov(9)))
    assert (before, len(before)) == (one.slots(), 3)


@pytest.mark.parametrize(
    ("days", "today", "expected"),
    [(0, 6, [nov(6)]), (0, 9, [nov(6)]), (-1, 6, [nov(5)]), (-1, 7, [])],
)
def test_reminders_of_days_that_are_over_come_too(
    studio: Build, days: int, today: int, expected: list[date]
) -> None:
    """All are there but warnings whose date, the 6th, is over."""
    one = studio(DaysFromDue(None, days))
    one.open(due_on=nov(6))
    events = one.flow.reminders(one.order, today=nov(today)).events
    assert expected == [event.fire_on for event in events]


def test_a_closed_order_has_the_reminders_of_its_status(studio: Build) -> None:
    """Those of any status, and of the delivery, are for open orders."""
    one = studio(DaysInStatus(None, 4), DaysInStatus("delivered", 30), DaysFromDelivery(0))
    one.open(delivery_on=nov(20), status="delivered")
    events = one.flow.reminders(one.order, today=nov(3)).events
    assert [event.trigger for event in events] == ["t1"]


def test_reminders_ask_conditions_and_order_types(studio: Build) -> None:
    """A reminder that the order doesn't want isn't among them."""
    one = studio(DaysInStatus(None, 4), condition=Where(vendor="West"))
    one.open()
    albums = studio(DaysInStatus(None, 4), order_types=["albums"])
    for flow in (one.flow, albums.flow, ProductionFlow()):
        assert flow.reminders(one.order, today=nov(3)).events == ()


def test_reminders_of_many_orders_are_those_of_each(studio: Build) -> None:
    """Orders of several types may come together."""
    one = studio(DaysInStatus(None, 4))
    one.open()
    album = one.flow.open(
        StatusCycle("albums", one.cycle.statuses),
        order_id="A-1",
        ordered_on=nov(3),
        by="ann",
        at=AT,
    )
    orders = [album.order, one.order]
    expected = tuple(one.flow.reminders(order, today=nov(3)) for order in orders)
    assert expected == one.flow.reminders_all(iter(orders), today=nov(3))
    assert one.flow.reminders_all([], today=nov(3)) == ()


def test_reminders_outside_the_calendar_are_refused(studio: Build) -> None:
    """The error has the date and the days; for many orders it names each order."""
    one = studio()
    one.open(due_on=date.max)
    flow = studio(DaysFromDue(None, 1)).flow
    with pytest.raises(DateOutOfRangeError) as caught:
        flow.reminders(one.order, today=nov(3))
    assert (caught.value.day, caught.value.days) == (date.max, 1)
    with pytest.raises(BulkRefusedError) as refused:
        flow.reminders_all([one.order], today=nov(3))
    assert [*refused.value.refusals] == ["PO-1"]


def test_a_due_date_may_come_back_into_the_calendar(studio: Build) -> None:
    """A reminder that the calendar couldn't hold was never given, so it isn't compared."""
    one = studio()
    one.open(due_on=date.max)
    one.flow = studio(DaysFromDue(None, 1)).flow
    one.amend(due_on=nov(10))
    assert one.days() == [nov(11)]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [({"order": "PO-1"}, TypeError), ({"today": AT}, TypeError), ({"today": None}, TypeError)],
)
def test_reminders_refuse_bad_arguments(
    studio: Build, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """The order and the day are checked."""
    one = studio()
    one.open()
    with pytest.raises(error, match=f"{next(iter(wrong))} must"):
        one.flow.reminders(**{"order": one.order, "today": nov(3), **wrong})


def test_no_order_comes_twice(studio: Build) -> None:
    """The orders of a bulk are distinct."""
    one = studio()
    one.open()
    with pytest.raises(ValueError, match="twice"):
        one.flow.reminders_all([one.order, one.order], today=nov(3))


EVENT: Final = TriggerEvent(
    id="e-1",
    trigger="call",
    order_id="PO-1",
    visit=1,
    number=1,
    sequence=1,
    action=TASK,
    fire_on=nov(4),
    dated=True,
    until="left",
    automatic=True,
)
GIVEN: Final[dict[str, Any]] = {"order_id": "PO-1", "version": 1, "visit": 1, "today": nov(3)}


@pytest.mark.parametrize(
    "event",
    [
        evolve(EVENT, order_id="PO-2"),
        evolve(EVENT, dated=False),
        evolve(EVENT, fire_on=None),
    ],
)
def test_only_reminders_of_the_order_are_held(event: TriggerEvent) -> None:
    """An event of another order, an immediate one, and a withdrawal are refused."""
    assert Reminders(**GIVEN, events=[EVENT]).events == (EVENT,)
    with pytest.raises(ValueError, match="each with a day, not 'call' of"):
        Reminders(**GIVEN, events=[EVENT, event])


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"order_id": ""}, ValueError),
        ({"version": 0}, ValueError),
        ({"visit": True}, TypeError),
        ({"today": AT}, TypeError),
        ({"events": [7]}, TypeError),
    ],
)
def test_reminders_refuse_bad_values(wrong: dict[str, Any], error: type[Exception]) -> None:
    """Each field refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=next(iter(wrong))):
        Reminders(**GIVEN | wrong)


# What went wrong before there were slots


def test_a_delivered_order_is_not_stuck(studio: Build) -> None:
    """A reminder for any status isn't given for one in which the order is done."""
    one = studio(DaysInStatus(None, 5))
    one.open()
    one.go(3, "delivered")
    assert one.days() == []


def test_a_declared_holiday_moves_a_warning(studio: Build) -> None:
    """Due on the 10th by hand, a day of warning, and the 9th becomes a holiday."""
    one = studio(DaysFromDue(None, -1, working=True))
    one.open(due_on=nov(10))
    before = one.days()
    holiday = WorkingCalendar(holidays=[nov(9)])
    one.flow = ProductionFlow(due_dates=Forward(holiday), triggers=one.flow.triggers)
    one.store.set_reminders(one.flow.reminders(one.order, today=nov(3)))
    assert (before, one.days()) == ([nov(9)], [nov(6)])


def test_a_longer_status_moves_a_warning(studio: Build, prints: StatusCycle) -> None:
    """If a migration gives more days, the warning follows the due date."""
    one = studio(DaysFromDue(None, -1))
    one.open(status="lab")
    before = (one.order.due_on, one.days())
    one.migrate(prints.replace("lab", default_duration=7))
    after = (one.order.due_on, one.days())
    assert (before, after) == ((nov(13), [nov(12)]), (nov(17), [nov(16)]))


def test_what_a_hold_kept_quiet_is_said_after_it(studio: Build) -> None:
    """On hold over the day of a warning, and back on the due date itself: it's late, but said."""
    one = studio(DaysFromDue(None, -1))
    one.open(due_on=nov(10))
    one.hold(6)
    on_hold = one.days()
    one.go(10)
    assert (on_hold, one.days()) == ([], [nov(9)])


def test_the_vendor_of_today_is_called(studio: Build) -> None:
    """If the vendor changes, the reminder for the old one goes, and that for the new one comes."""
    one = studio()
    triggers = [
        Trigger(name, DaysInStatus(None, 9), TASK, condition=Where(vendor=name))
        for name in ("West", "East")
    ]
    one.flow = ProductionFlow(triggers=triggers)
    one.open(vendor="West")
    before = one.slots()
    one.amend(vendor="East")
    assert (before, one.slots()) == ({("West", 1, nov(11))}, {("East", 1, nov(11))})


# Decision D34: what an undo gives back


def test_an_undo_gives_back_the_reminders_of_the_visit(studio: Build) -> None:
    """The order is in the earlier visit again, and has its reminders, with their old ids."""
    one = studio(DaysInStatus("ordered", 9), DaysInStatus("ordered", 8, while_in_status=False))
    one.open()
    before = one.slots()
    ids = {item.event.id for item in one.store.pending(as_of=date.max)}
    one.go(3)
    events = one.undo(3)
    assert (before, ids) == (one.slots(), {event.id for event in events})
    assert {event.sequence for event in events} == {3}


def test_an_undo_gives_back_a_past_day(studio: Build) -> None:
    """Nobody was told of it yet, so it's given at its day; but no warning after its date."""
    one = studio(DaysInStatus("ordered", 1), DaysFromDue("ordered", 0), DaysFromDue("ordered", -1))
    one.open(due_on=nov(4))
    one.go(3)
    one.undo(9)
    assert one.slots() == {("t0", 1, nov(3)), ("t1", 1, nov(4))}


def test_what_was_sent_is_not_given_back(studio: Build) -> None:
    """A closed slot stays closed through changes and undos."""
    one = studio(DaysInStatus("ordered", 9), DaysInStatus("ordered", 8, while_in_status=False))
    one.open()
    one.send()
    one.go(3)
    one.undo(3)
    assert one.days() == []


def test_a_cancellation_taken_back_brings_the_survey_back(studio: Build) -> None:
    """A mistaken cancellation deletes the survey of 30 days; its undo brings it back."""
    one = studio(DaysInStatus("retouch", 30, while_in_status=False))
    one.open()
    one.go(3)
    one.go(4)
    survey = one.slots()
    one.go(5, "cancelled")
    cancelled = one.slots()
    one.undo(6)
    assert (survey, cancelled) == ({("t0", 2, date(2026, 12, 3))}, set())
    assert one.slots() == survey


def test_every_earlier_visit_gets_its_reminders_back(studio: Build) -> None:
    """Each visit has its own, at the days of when it ended; what was sent stays sent."""
    one = studio(
        DaysInStatus("retouch", 30, while_in_status=False),
        DaysFromDue("lab", 0, while_in_status=False),
        DaysFromDue("lab", 7),
    )
    one.open()
    one.go(3)
    one.go(4)
    one.amend(4, due_on=nov(20))
    one.go(5, "retouch")
    one.store.acknowledge(*one.store.pending(as_of=nov(20), trigger="t1"))
    before = one.slots()
    one.go(6, "cancelled")
    one.undo(7)
    assert before == one.slots()
    assert {(trigger, number) for trigger, number, _ in before} == {("t0", 2), ("t0", 5)}


def test_a_cancellation_that_counts_ends_what_was_before(studio: Build) -> None:
    """Visits before a cancellation that still counts get nothing back."""
    one = studio(DaysInStatus("retouch", 30, while_in_status=False))
    one.open()
    one.go(3)
    one.go(4)
    one.go(5, "cancelled")
    one.go(6, "retouch")
    one.go(9)
    again = one.slots()
    one.go(10, "cancelled")
    one.undo(11)
    assert (one.slots(), {number for _, number, _ in again}) == (again, {5})


def test_a_cancellation_taken_back_counts_no_more(studio: Build) -> None:
    """The visits before a cancellation that was undone get their reminders back."""
    one = studio(DaysInStatus("retouch", 30, while_in_status=False))
    one.open()
    one.go(3)
    one.go(4)
    before = one.slots()
    one.go(5, "cancelled")
    one.undo(5)
    one.go(6)
    one.go(7, "cancelled")
    one.undo(7)
    assert before == one.slots()


def test_a_return_taken_back_puts_the_reminder_back(studio: Build) -> None:
    """The return moved what outlives the visit; on hold again, it's at its old day."""
    one = studio(DaysInStatus("retouch", 9, while_in_status=False), DaysInStatus("hold", 20))
    one.open()
    one.go(3)
    one.hold(4)
    on_hold = one.slots()
    one.go(9)
    back = one.slots()
    one.undo(9)
    assert on_hold == {("t0", 2, nov(12)), ("t1", 3, nov(24))} == one.slots()
    assert back == {("t0", 2, nov(17))}


def test_a_hold_taken_back_gives_the_reminders_back(studio: Build) -> None:
    """The visit goes on as if there had been no hold."""
    one = studio(DaysInStatus("retouch", 9), DaysInStatus("hold", 2))
    one.open()
    one.go(3)
    before = one.slots()
    one.hold(4)
    one.undo(5)
    assert before == one.slots() == {("t0", 2, nov(12))}


def test_a_completion_taken_back_reminds_of_the_delivery(studio: Build) -> None:
    """Where the undone change had closed the order, the reminder of its delivery is back."""
    one = studio(DaysFromDelivery(0))
    one.open(delivery_on=nov(20))
    before = one.slots()
    for to in ("delivered", "cancelled"):
        one.go(3, to)
        assert one.slots() == set()
        one.undo(4)
        assert before == one.slots()


def test_a_move_taken_back_leaves_the_reminder_of_the_delivery(studio: Build) -> None:
    """Where the order was open all the time, the reminder of its delivery stays as it is."""
    one = studio(DaysFromDelivery(0))
    one.open(delivery_on=nov(20))
    one.go(3)
    before = one.store.pending(as_of=date.max)
    assert one.undo(3) == ()
    assert before == one.store.pending(as_of=date.max)


def test_a_reopening_taken_back_ends_its_reminders(studio: Build) -> None:
    """The order is closed again: what the reopening said is withdrawn."""
    one = studio(
        Entering("retouch"),
        DaysInStatus("retouch", 9, while_in_status=False),
        DaysFromDelivery(0),
        DaysInStatus("delivered", 30),
    )
    one.open(delivery_on=nov(20))
    one.go(3, "delivered")
    done = one.slots()
    one.go(4, "retouch")
    one.undo(5)
    assert done == one.slots() == {("t3", 2, date(2026, 12, 3))}


def test_a_reopening_taken_back_leaves_a_cancelled_order_in_peace(studio: Build) -> None:
    """Nothing is given back into a cancelled order."""
    one = studio(DaysInStatus("ordered", 9, while_in_status=False))
    one.open()
    one.go(3, "cancelled")
    one.go(4, "ordered")
    assert len(one.days()) == 1
    one.undo(5)
    assert one.days() == []


def test_an_amendment_taken_back_gives_what_differs(studio: Build) -> None:
    """The reminder has its old day, and what the amendment had withdrawn is back."""
    one = studio(DaysFromDue(None, 0), DaysFromDelivery(0), DaysInStatus(None, 3))
    one.open(due_on=nov(10), delivery_on=nov(20))
    before = one.slots()
    one.amend(due_on=None, delivery_on=nov(27))
    amended = one.slots()
    events = one.undo()
    assert amended == {("t1", None, nov(27)), ("t2", 1, nov(5))}
    assert (before, {event.trigger for event in events}) == (one.slots(), {"t0", "t1"})


def test_an_amendment_taken_back_withdraws_what_it_gave(studio: Build) -> None:
    """A delivery date that was given by mistake has no reminder after the undo."""
    one = studio(DaysFromDelivery(0))
    one.open()
    one.amend(delivery_on=nov(27))
    given = one.days()
    one.undo()
    assert (given, one.days()) == ([nov(27)], [])


def test_a_past_reminder_comes_back_with_an_undone_amendment(studio: Build) -> None:
    """An undo isn't an amendment: it may fill an empty slot with a day that is over."""
    one = studio(DaysFromDue(None, 0))
    one.open(due_on=nov(3))
    one.amend(due_on=None)
    one.undo(9)
    assert one.days() == [nov(3)]


def test_a_migration_taken_back_gives_what_differs(studio: Build, prints: StatusCycle) -> None:
    """The reminder follows the due date there and back."""
    one = studio(DaysFromDue(None, -1), DaysInStatus(None, 9))
    one.open(status="lab")
    before = one.slots()
    one.migrate(prints.replace("lab", default_duration=7))
    events = one.undo(cycles=[prints])
    assert (before, [event.trigger for event in events]) == (one.slots(), ["t0"])


def test_a_status_that_is_gone_has_no_reminder(studio: Build, prints: StatusCycle) -> None:
    """A visit to a status that no known version has gets nothing back."""
    one = studio(DaysInStatus("retouch", 30, while_in_status=False))
    one.open()
    one.go(3)
    one.go(4)
    one.migrate(prints.remove("retouch"))
    one.go(5, "cancelled")
    one.undo(6)
    without = one.slots()
    one.go(7, "cancelled")
    one.undo(8, cycles=[prints])
    assert (without, one.slots()) == (set(), {("t0", 2, date(2026, 12, 3))})


def test_undoing_again_takes_back_the_change_before(studio: Build) -> None:
    """Two undos lead back to the first visit, with its reminders."""
    one = studio(DaysInStatus(None, 9))
    one.open()
    before = one.slots()
    one.go(3)
    one.go(4)
    one.undo(5)
    one.undo(5)
    assert before == one.slots()


@pytest.mark.parametrize("while_in_status", [True, False])
def test_a_reminder_once_per_order_comes_back_to_its_visit(
    studio: Build, while_in_status: bool
) -> None:
    """The next visit had moved the one slot of the order; the undo moves it back."""
    one = studio(DaysInStatus(None, 9, while_in_status=while_in_status), once_per_order=True)
    one.open()
    before = one.slots()
    one.go(4)
    moved = one.slots()
    one.undo(4)
    assert (before, moved) == ({("t0", None, nov(11))}, {("t0", None, nov(13))})
    assert before == one.slots()


def test_an_event_once_per_order_is_withdrawn_with_its_change(studio: Build) -> None:
    """What was said once, and wasn't sent, is never sent; a later change says it anew."""
    one = studio(Entering("retouch"), once_per_order=True)
    one.open()
    one.go(3)
    one.undo(3)
    withdrawn = one.slots()
    one.go(4)
    assert (withdrawn, one.slots()) == (set(), {("t0", None, nov(4))})


def test_an_undo_without_reminders_says_nothing(studio: Build) -> None:
    """A flow without reminders, or without triggers, has no events for an undo."""
    for whens in ((), (Entering(), Leaving(), Completing())):
        one = studio(*whens)
        one.open()
        one.go(3)
        assert one.undo(3) == ()


def test_many_undos_give_back_the_same(studio: Build) -> None:
    """`undo_all` gives the events that `undo` gives."""
    one = studio(DaysInStatus(None, 9), DaysFromDelivery(0))
    one.open(delivery_on=nov(20))
    one.go(3, "cancelled")
    single = one.flow.undo(one.order, one.history, by="ann", at=AT)
    (bulk,) = one.flow.undo_all([(one.order, one.history)], by="ann", at=AT)
    assert (single.events, len(bulk.events)) == (bulk.events, 2)


def test_a_calendar_of_every_day_warns_on_sundays(prints: StatusCycle) -> None:
    """Working days are those of the policy's calendar, also for reminders worked out anew."""
    trigger = Trigger("t", DaysFromDelivery(-1, working=True), TASK)
    flow = ProductionFlow(due_dates=Forward(EVERY_DAY), triggers=[trigger])
    opening = flow.open(
        prints, order_id="PO-1", ordered_on=nov(2), delivery_on=nov(9), by="ann", at=AT
    )
    (event,) = flow.reminders(opening.order, today=nov(3)).events
    assert (event.fire_on, [e.fire_on for e in opening.events]) == (nov(8), [nov(8)])


def test_reminders_of_the_delivery_are_working_days_of_the_policy(cycle: StatusCycle) -> None:
    """They are counted by the calendar of the flow, as those of the due date."""
    holiday = Forward(WorkingCalendar(holidays=[nov(19)]))
    when = DaysFromDelivery(-1, working=True)
    flow = ProductionFlow(due_dates=holiday, triggers=[Trigger("soon", when, TASK)])
    order = ProductionFlow().open(
        cycle, order_id="PO-1", ordered_on=nov(2), delivery_on=nov(20), by="ann", at=AT
    )
    (event,) = flow.reminders(order.order, today=nov(2)).events
    assert event.fire_on == nov(18)


# What a review of undoing found


def test_a_return_taken_back_says_nothing_even_if_it_was_renewed(studio: Build) -> None:
    """What the return said is withdrawn, also if its reminders were set or given again since."""
    one = studio(DaysInStatus("ordered", 3, while_in_status=False))
    one.open()
    one.go(2, "cancelled")
    one.go(2, "hold", current_complete=False)
    one.go(2, "ordered", current_complete=False)
    one.store.set_reminders(one.flow.reminders(one.order, today=nov(2)))
    assert one.days() == [nov(5)]
    one.undo()
    assert one.days() == []


def test_a_second_cancellation_taken_back_keeps_what_the_first_said(studio: Build) -> None:
    """The first cancelled visit's reminder outlives it, and comes back with the order."""
    one = studio(DaysInStatus("cancelled", 5, while_in_status=False))
    one.open()
    one.go(2, "cancelled")
    one.go(2, "qa")
    assert one.days() == [nov(7)]
    one.go(3, "cancelled")
    one.undo(3)
    assert one.days() == [nov(7)]


def test_a_visit_without_an_answer_takes_nothing_from_an_earlier_one(studio: Build) -> None:
    """A hold has no due date, so what the order has once stays as an earlier visit said it."""
    one = studio(DaysFromDue(None, 4, while_in_status=False), once_per_order=True)
    one.open()
    said = one.days()
    one.hold(2)
    one.go(2, "qa")
    one.undo()
    assert one.days() == said


def test_a_return_without_an_answer_takes_nothing_from_an_earlier_visit(studio: Build) -> None:
    """The condition of the visit that goes on never held, and another visit's did."""
    when = DaysInStatus(None, 5, while_in_status=False)
    one = studio(when, once_per_order=True, condition=Where(user="Bob"))
    one.open(user="Ann")
    one.go(3, "lab", user="Ann")
    one.go(4, "hold", user="Bob", current_complete=False)
    one.go(5, "lab", user="Ann", current_complete=False)
    assert one.days() == [nov(9)]


def test_an_amendment_taken_back_gives_the_earlier_answer(studio: Build) -> None:
    """The amendment had moved what the order has once to its own visit."""
    when = DaysInStatus("lab", 5, while_in_status=False)
    one = studio(when, once_per_order=True, condition=Where(vendor="West"))
    one.open(vendor="West")
    one.go(2, "lab")
    one.go(3, "qa")
    one.amend(3, vendor="East")
    one.go(4, "lab")
    said = one.days()
    one.amend(4, vendor="West")
    assert one.days() == [nov(9)]
    one.undo(4)
    assert said == one.days() == [nov(7)]


def test_an_undo_after_a_forgotten_version_says_too_little(cycle: StatusCycle) -> None:
    """Where nobody knows whether an earlier status was a cancelled one, nothing comes back."""
    one = Studio(cycle, DaysInStatus("retouch", 30, while_in_status=False))
    one.open()
    one.go(2, "retouch")
    one.go(2, "cancelled")
    one.go(2, "qa")
    gone = evolve(
        cycle,
        version=2,
        statuses=[
            evolve(status, key="void") if status.cancelled else status for status in cycle.statuses
        ],
    )
    one.migrate(gone)
    one.go(3, "void")
    one.undo(3)
    assert one.days() == []


# What an undo counts by: the policy's calendar, the day of the undo, and its own number


@pytest.mark.parametrize(
    "when",
    [
        DaysInStatus("retouch", 10, working=True, while_in_status=False),
        DaysFromDue("retouch", 10, working=True, while_in_status=False),
    ],
)
def test_earlier_visits_get_back_working_days(studio: Build, when: When) -> None:
    """Ten working days stay ten working days when a cancellation is taken back."""
    one = studio(when)
    one.open()
    one.go(3)
    one.go(4)
    said = one.slots()
    one.go(5, "cancelled")
    one.undo(5)
    assert one.slots() == said


@pytest.mark.parametrize(
    "when",
    [
        DaysFromDelivery(-3, working=True),
        DaysFromDelivery(3, working=True),
    ],
)
def test_the_delivery_gets_back_working_days(studio: Build, when: When) -> None:
    """Working days before or after the delivery are still working days after an undo."""
    one = studio(when)
    one.open(delivery_on=nov(20))
    said = one.slots()
    one.go(3, "delivered")
    one.undo(4)
    assert one.slots() == said


def test_no_earlier_visit_warns_of_a_date_that_is_over(studio: Build) -> None:
    """The undo is on a later day than the due date, so its warning doesn't come back."""
    one = studio(DaysFromDue("retouch", -1, while_in_status=False))
    one.open()
    one.go(3)  # due on the 6th
    one.go(4)
    assert one.days() == [nov(5)]
    one.go(5, "cancelled")
    one.undo(9)
    assert one.days() == []


def test_no_undo_warns_of_a_delivery_that_is_over(studio: Build) -> None:
    """The same goes for the delivery date."""
    one = studio(DaysFromDelivery(-1))
    one.open(delivery_on=nov(6))
    one.go(3, "delivered")
    one.undo(9)
    assert one.days() == []


def test_what_an_undo_gives_back_has_its_number(studio: Build) -> None:
    """The events of an undo say that it caused them, whichever visit they are of."""
    one = studio(
        DaysInStatus("retouch", 30, while_in_status=False),
        DaysInStatus("lab", 5),
        DaysFromDelivery(0),
    )
    one.open(delivery_on=nov(20))
    one.go(3)
    one.go(4)
    one.go(5, "cancelled")
    events = one.undo(5)
    assert {event.trigger: event.sequence for event in events} == {"t0": 5, "t1": 5, "t2": 5}


def test_what_an_undo_withdraws_has_its_number(studio: Build) -> None:
    """A return said something in a visit that hadn't said it; its undo withdraws that."""
    one = studio(DaysInStatus("ordered", 3, while_in_status=False))
    one.open()
    one.go(2, "cancelled")
    one.go(3, "hold", current_complete=False)
    one.go(4, "ordered", current_complete=False)
    events = one.undo(4)
    assert [(event.fire_on, event.sequence) for event in events] == [(None, 5)]


def test_an_undo_gives_nothing_of_a_visit_that_was_left(studio: Build) -> None:
    """Only what outlives an earlier visit comes back, even for the time of the undo."""
    one = studio(DaysInStatus("retouch", 30), DaysInStatus("retouch", 40, while_in_status=False))
    one.open()
    one.go(3)
    one.go(4)
    one.go(5, "cancelled")
    assert [event.trigger for event in one.undo(5)] == ["t1"]


def test_an_undone_departure_gives_back_the_one_before(studio: Build) -> None:
    """An order says once that it leaves: the second time replaced the first, and is undone."""
    one = studio(Leaving("ordered"), once_per_order=True)
    one.open()
    one.go(3)
    one.amend(3, vendor="West")
    one.go(4, "ordered")
    one.go(5)
    assert one.days() == [nov(5)]
    one.undo(5)
    assert one.days() == [nov(3)]


def test_an_undone_greeting_after_a_forgotten_version(cycle: StatusCycle) -> None:
    """Entries whose status nobody knows any more are passed over."""
    one = Studio(cycle, Entering(), once_per_order=True)
    one.open(status="qa")
    one.go(2, "retouch")
    one.migrate(
        evolve(
            cycle,
            version=2,
            statuses=[evolve(it, key="checked") if it.key == "qa" else it for it in cycle.statuses],
        )
    )
    one.go(3)
    one.undo(3)
    assert one.days() == [nov(2)]


def test_an_amendment_without_effect_says_nothing(studio: Build) -> None:
    """Working days are compared with working days: the weekend makes no difference."""
    one = studio(
        DaysInStatus("ordered", 7, working=True),
        DaysFromDue("ordered", 7, working=True),
        DaysFromDelivery(-7, working=True),
    )
    one.open(delivery_on=nov(24))
    change = one.flow.amend(one.order, vendor="West", by="ann", at=AT)
    assert change.events == ()


ONCE: Final[dict[str, Any]] = {"once_per_order": True, "condition": Where(vendor="West")}


def once_amended(one: Studio, earlier_due_on: date | None = None) -> None:
    """An order whose amendment moves what it says once from an earlier visit to its present one."""
    one.open(vendor="West")
    one.go(2, "lab")
    if earlier_due_on is not None:
        one.amend(2, due_on=earlier_due_on)
    one.go(3, "qa")
    one.amend(3, vendor="East")
    one.go(4, "lab")


@pytest.mark.parametrize(
    "when",
    [
        DaysInStatus("lab", 10, working=True, while_in_status=False),
        DaysFromDue("lab", 10, working=True, while_in_status=False),
    ],
)
def test_an_amendment_taken_back_gives_back_working_days(studio: Build, when: When) -> None:
    """The answer of the earlier visit is counted by the calendar too, and has a new number."""
    one = studio(when, **ONCE)
    once_amended(one)
    said = one.days()
    one.amend(4, vendor="West")
    events = one.undo(4)
    assert one.days() == said
    assert [event.sequence for event in events] == [7]


def test_an_amendment_taken_back_warns_of_nothing_that_is_over(studio: Build) -> None:
    """The earlier visit's due date is over on the day of the undo."""
    one = studio(DaysFromDue("lab", -1, while_in_status=False), **ONCE)
    once_amended(one, earlier_due_on=nov(6))
    one.amend(4, vendor="West")
    one.undo(9)
    assert one.days() == []


def test_an_amendment_taken_back_keeps_a_day_of_its_own(studio: Build) -> None:
    """Where the present visit has an answer, no earlier one replaces it."""
    one = studio(DaysInStatus("lab", 5, while_in_status=False), once_per_order=True)
    one.open()
    one.go(2, "lab")
    one.go(3, "qa")
    one.go(4, "lab")
    one.amend(6, entered_on=nov(3))
    events = one.undo(6)
    assert [event.fire_on for event in events] == [nov(9)]
    assert one.days() == [nov(9)]


def test_a_warning_that_is_too_late_is_not_replaced_by_an_earlier_one(studio: Build) -> None:
    """The present visit has something to say, only too late; what an earlier one said is over."""
    one = studio(DaysFromDue(None, -1, while_in_status=False), once_per_order=True)
    one.open()
    one.go(2, "lab")
    one.amend(2, due_on=nov(20))
    one.go(3, "qa")
    one.amend(3, due_on=nov(6))
    assert one.days() == [nov(5)]
    one.go(4, "cancelled")
    one.undo(9)
    assert one.days() == []


def test_a_return_taken_back_withdraws_what_the_hold_never_said(studio: Build) -> None:
    """Where neither the hold nor an earlier visit says anything, nothing stays pending."""
    one = studio(DaysFromDue(None, 4, while_in_status=False), once_per_order=True)
    one.open(status="hold")
    one.go(3, "lab")
    one.go(4, "hold", current_complete=False)
    one.go(5, "lab")
    one.undo(5)
    assert one.days() == [nov(17)]


def test_an_undo_asks_the_triggers_of_today(studio: Build) -> None:
    """Since the hold, a user has limited the trigger to another vendor."""
    one = studio(DaysInStatus("retouch", 9, while_in_status=False))
    one.open()
    one.go(3)
    one.hold(4)
    (trigger,) = one.flow.triggers
    one.flow = ProductionFlow(triggers=[evolve(trigger, condition=Where(vendor="East"))])
    one.undo(5)
    assert one.days() == []


# What a status change says about what is pending already


def test_a_status_change_leaves_the_reminders_of_the_delivery(studio: Build) -> None:
    """Working days are compared with working days: nothing differs, so nothing is said."""
    one = studio(DaysFromDelivery(-7, working=True), DaysFromDelivery(7, working=True))
    one.open(delivery_on=nov(24))
    change = one.flow.advance(one.order, today=nov(3), by="ann", at=AT)
    assert change.events == ()


def test_a_status_change_withdraws_a_warning_that_is_over(studio: Build) -> None:
    """The delivery date is over on the day of the change; the event names the change."""
    one = studio(DaysFromDelivery(-1))
    one.open(delivery_on=nov(6))
    (event,) = one.flow.advance(one.order, today=nov(9), by="ann", at=AT).events
    assert (event.fire_on, event.sequence) == (None, 2)


def test_a_return_withdraws_what_is_not_wanted_any_more(studio: Build) -> None:
    """The reminder went on during the hold; after the return it's for another vendor only."""
    when = DaysInStatus("retouch", 9, while_in_status=False)
    one = studio(when, condition=Where(vendor="West"))
    one.open(vendor="West")
    one.go(3)
    one.hold(4)
    one.amend(4, vendor="East")
    (event,) = one.flow.advance(one.order, today=nov(5), by="ann", at=AT).events
    assert (event.fire_on, event.sequence, event.number) == (None, 5, 2)


def test_a_status_change_may_begin_to_want_a_reminder_of_the_delivery(studio: Build) -> None:
    """The condition holds in Retouching only; seven working days before the 24th is the 13th."""
    one = studio(DaysFromDelivery(-7, working=True), condition=Where(department="Retouching"))
    one.open(delivery_on=nov(24))
    (event,) = one.flow.advance(one.order, today=nov(3), by="ann", at=AT).events
    assert event.fire_on == nov(13)
