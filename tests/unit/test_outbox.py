"""The outbox: how slots are filled, emptied and closed, and how events are claimed."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from prodflow import (
    Change,
    CreateTask,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Entering,
    FromEntry,
    Leaving,
    MemoryStore,
    Opening,
    OutboxItem,
    ProductionFlow,
    SendMessage,
    StaleOrdersError,
    StatusCycle,
    Trigger,
    TriggerEvent,
)
from prodflow._trigger_values import When

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
SECOND: Final = timedelta(seconds=1)
NIGHT: Final = [(1, 55), (3, 4), (3, 5)]
TASK: Final = CreateTask("Call the client")


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


def flow_of(*whens: When, **more: Any) -> ProductionFlow:  # noqa: ANN401 - what Trigger takes
    """A flow with a trigger for each *when*; their keys are t0, t1 and so on."""
    return ProductionFlow(
        triggers=[Trigger(f"t{i}", when, TASK, **more) for i, when in enumerate(whens)]
    )


class Autumn(tzinfo):
    """Berlin on 25 October 2026: the hour from two comes twice."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """Two hours until the clocks are put back, then one."""
        is_summer = moment is None or (moment.hour <= 2 and not moment.fold)
        return timedelta(hours=2 if is_summer else 1)

    def dst(self, _moment: datetime | None) -> None:
        """Nobody asks."""

    def tzname(self, _moment: datetime | None) -> None:
        """Nobody asks."""


class Studio:
    """A store and a flow, with short calls for what people do."""

    def __init__(self, cycle: StatusCycle, *whens: When, **more: Any) -> None:  # noqa: ANN401
        self.cycle = cycle
        self.flow = flow_of(*whens, **more)
        self.store = MemoryStore()

    def open(self, order_id: str = "PO-1", **more: Any) -> list[TriggerEvent]:  # noqa: ANN401
        """Open an order on 2 November; returns its events."""
        return self._saved(
            self.flow.open(
                self.cycle, order_id=order_id, ordered_on=nov(2), by="ann", at=AT, **more
            )
        )

    def advance(self, day: int = 4, **overrides: Any) -> list[TriggerEvent]:  # noqa: ANN401
        """Advance PO-1; returns its events."""
        order = self.store.get("PO-1")
        return self._saved(self.flow.advance(order, today=nov(day), by="ann", at=AT, **overrides))

    def amend(self, **amendments: Any) -> list[TriggerEvent]:  # noqa: ANN401 - any fact
        """Amend PO-1; returns its events."""
        order = self.store.get("PO-1")
        return self._saved(self.flow.amend(order, by="ann", at=AT, **amendments))

    def migrate(self, cycle: StatusCycle) -> None:
        """Migrate PO-1."""
        order = self.store.get("PO-1")
        self._saved(self.flow.migrate(order, cycle, by="ann", at=AT))

    def undo(self) -> None:
        """Take back the last change of PO-1."""
        order = self.store.get("PO-1")
        entries = self.store.history("PO-1")
        self._saved(self.flow.undo(order, entries, by="ann", at=AT))

    def _saved(self, change: Change) -> list[TriggerEvent]:
        self.store.save(change)
        return list(change.events)

    def items(self, as_of: date = date.max, **more: Any) -> list[OutboxItem]:  # noqa: ANN401
        """The pending items."""
        return self.store.pending(as_of=as_of, **more)

    def pending(self, as_of: date = date.max, **more: Any) -> list[TriggerEvent]:  # noqa: ANN401
        """The pending events."""
        return [item.event for item in self.items(as_of, **more)]

    def claim(self, now: datetime = AT, **more: Any) -> list[OutboxItem]:  # noqa: ANN401
        """Claim pending events of any date for an hour."""
        return self.store.claim(**{"as_of": date.max, "now": now, "lease": HOUR, **more})

    def days(self) -> list[date | None]:
        """The days of the pending events."""
        return [event.fire_on for event in self.pending()]


Build = Callable[..., Studio]


@pytest.fixture
def studio(cycle: StatusCycle) -> Build:
    """Builds a studio with a trigger for each *when*."""

    def build(*whens: When, **more: Any) -> Studio:  # noqa: ANN401 - what Trigger takes
        return Studio(cycle, *whens, **more)

    return build


# Decision D26: slots


def test_events_are_pending_once_they_are_saved(studio: Build) -> None:
    """Saving a change makes its events pending."""
    one = studio(Entering())
    assert one.open() == one.pending()


def test_events_of_a_refused_change_are_not_there(studio: Build) -> None:
    """The events of a refused change are not saved."""
    one = studio(Entering())
    one.open()
    order = one.store.get("PO-1")
    change = one.flow.advance(order, today=nov(4), by="ann", at=AT)
    one.store.save(change)
    before = one.pending()
    with pytest.raises(StaleOrdersError):
        one.store.save(change)
    assert before == one.pending()


def test_a_new_date_keeps_the_id(studio: Build) -> None:
    """A reminder with a new date keeps its id, and names the entry that moved it."""
    one = studio(DaysFromDue(None, 0))
    (event,) = one.open()
    one.amend(due_on=nov(12))
    assert [evolve(event, fire_on=nov(12), sequence=2)] == one.pending()


def test_a_new_date_begins_a_reminder_anew(studio: Build) -> None:
    """With a new date, the lease ends, and attempts, error, retry and giving up begin again."""
    one = studio(DaysFromDue(None, 0))
    one.open()
    (item,) = one.claim()
    one.store.fail(item, error="bounced", retry_at=None)
    one.amend(due_on=nov(12))
    (moved,) = one.items()
    assert moved == OutboxItem(moved.event)


@pytest.mark.parametrize("given_up", [True, False])
def test_the_same_date_keeps_what_workers_did(studio: Build, given_up: bool) -> None:
    """With the same date, the action is replaced, and what workers have done stays."""
    one = studio(DaysFromDue(None, 0))
    one.open()
    (item,) = one.claim()
    one.store.fail(item, error="bounced", retry_at=None if given_up else AT + HOUR)
    (before,) = one.items()
    one.flow = ProductionFlow(triggers=[Trigger("t0", DaysFromDue(None, 0), CreateTask("Write"))])
    one.store.set_reminders(one.flow.reminders(one.store.get("PO-1"), today=nov(2)))
    (after,) = one.items()
    expected = evolve(before.event, action=CreateTask("Write"))
    assert (before.attempts, evolve(before, event=expected)) == (1, after)


def test_the_same_date_keeps_the_lease(studio: Build) -> None:
    """A claimed reminder whose date stays the same stays claimed."""
    one = studio(DaysFromDue(None, 0))
    one.open()
    (item,) = one.claim()
    one.store.set_reminders(one.flow.reminders(one.store.get("PO-1"), today=nov(2)))
    assert ([item], []) == (one.items(), one.claim())


def test_a_pending_event_keeps_its_id_whatever_is_new(studio: Build, cycle: StatusCycle) -> None:
    """A pending event keeps its id after a migration maps its status to another key."""
    one = studio(DaysFromDue(None, 0))
    (event,) = one.open()
    order = one.store.get("PO-1")
    newer = StatusCycle(
        "prints",
        [evolve(s, key="placed") if s.key == "ordered" else s for s in cycle],
        version=2,
    )
    one.store.save(one.flow.migrate(order, newer, mapping={"ordered": "placed"}, by="ann", at=AT))
    one.amend(due_on=nov(12))
    assert [evolve(event, fire_on=nov(12), sequence=3)] == one.pending()


def test_a_pending_event_keeps_the_id_that_it_was_saved_with(studio: Build) -> None:
    """A slot keeps the id under which it was filled, even if an event brings another one."""
    one = studio(DaysFromDue(None, 0))
    one.open()
    order = one.store.get("PO-1")
    change = one.flow.amend(order, due_on=nov(12), by="ann", at=AT)
    (event,) = change.events
    (before,) = one.pending()
    one.store.save(evolve(change, events=[evolve(event, id="another")]))
    assert [evolve(event, id=before.id)] == one.pending()


def test_a_new_event_replaces_action_and_visit(studio: Build) -> None:
    """A new reminder replaces the action and the visit of a pending one."""
    one = studio(DaysInStatus(None, 3), once_per_order=True)
    (event,) = one.open()
    changed = Trigger("t0", DaysInStatus(None, 3), CreateTask("Write"), once_per_order=True)
    one.flow = ProductionFlow(triggers=[changed])
    one.advance()
    expected = evolve(event, fire_on=nov(7), visit=2, sequence=2, action=CreateTask("Write"))
    assert [expected] == one.pending()


def test_a_second_occasion_that_is_undone_leaves_the_first(studio: Build) -> None:
    """What the order has only once is that of the earlier entry again."""
    one = studio(Entering(), once_per_order=True)
    (event,) = one.open()
    (again,) = one.advance()
    assert one.pending() == [again]
    one.undo()
    assert one.pending() == [evolve(event, sequence=3)]


def test_withdrawing_empties_the_slot(studio: Build) -> None:
    """Without a due date there is no reminder; a new due date brings it back."""
    one = studio(DaysFromDue(None, 0))
    (event,) = one.open()
    one.amend(due_on=None)
    withdrawn = one.pending()
    one.amend(due_on=nov(12))
    assert ([], [evolve(event, fire_on=nov(12), sequence=3)]) == (withdrawn, one.pending())


def test_withdrawing_ends_the_lease(studio: Build) -> None:
    """A reminder that was withdrawn and comes back is free, and hasn't been tried."""
    one = studio(DaysFromDue(None, 0))
    one.open(due_on=nov(12))
    one.claim()
    one.amend(due_on=None)
    one.amend(due_on=nov(12))
    assert [item.attempts for item in one.claim()] == [1]


def test_withdrawing_what_is_not_there_does_nothing(studio: Build) -> None:
    """Withdrawing a reminder that was never pending does nothing."""
    one = studio(DaysFromDue(None, 0))
    one.flow, reminding = ProductionFlow(), one.flow
    one.open()
    one.flow = reminding
    one.amend(due_on=None)
    assert one.pending() == []


@pytest.mark.parametrize("close", [MemoryStore.acknowledge, MemoryStore.dismiss])
def test_a_closed_slot_stays_closed(
    studio: Build, close: Callable[[MemoryStore, str], None]
) -> None:
    """A new date does not bring back an event that was acknowledged or dismissed."""
    one = studio(DaysFromDue(None, 0))
    (event,) = one.open()
    close(one.store, event.id)
    one.amend(due_on=nov(12))
    assert one.pending() == []


def test_what_happens_once_an_order_happens_once(studio: Build) -> None:
    """An acknowledged event that fires once per order does not come back in later visits."""
    one = studio(Entering(), once_per_order=True)
    (event,) = one.open()
    one.store.acknowledge(event.id)
    one.advance()
    assert one.pending() == []


def test_each_visit_has_its_own_slot(studio: Build) -> None:
    """Each visit to a status has its own event."""
    one = studio(Entering("retouch"))
    one.open(status="retouch")
    one.advance()
    one.advance(to="retouch")
    assert [(1, nov(2)), (3, nov(4))] == [(e.visit, e.fire_on) for e in one.pending()]


def test_each_leaving_has_its_own_slot(studio: Build) -> None:
    """Each leaving for a hold is an occasion, although the visit goes on after it."""
    one = studio(Leaving("ordered"))
    one.open()
    for day in (3, 5):
        one.advance(day, to="hold", current_complete=False)
        one.advance(day + 1)
    assert [(2, nov(3)), (4, nov(5))] == [(e.number, e.fire_on) for e in one.pending()]


@pytest.mark.parametrize("close", [MemoryStore.acknowledge, MemoryStore.dismiss])
def test_closing_takes_many_ids_and_passes_over_unknown_ones(
    studio: Build, close: Callable[..., None]
) -> None:
    """One call closes many events; ids that are not pending are ignored."""
    one = studio(Entering(), Opening(), DaysInStatus(None, 1))
    entering, opening, reminder = sorted(one.open(), key=lambda event: event.trigger)
    close(one.store, entering.id, "nothing", opening.id, entering.id)
    assert [reminder] == one.pending()


@pytest.mark.parametrize("close", [MemoryStore.acknowledge, MemoryStore.dismiss])
def test_closing_an_item_closes_what_was_claimed(
    studio: Build, close: Callable[[MemoryStore, OutboxItem], None]
) -> None:
    """What came since stays: a reminder that was moved meanwhile is still pending."""
    one = studio(DaysFromDelivery(-3))
    one.open(delivery_on=nov(13))
    (item,) = one.claim(as_of=nov(10))
    one.amend(delivery_on=date(2027, 1, 13))
    close(one.store, item)
    assert [(date(2027, 1, 10), 0)] == [(it.event.fire_on, it.attempts) for it in one.items()]


@pytest.mark.parametrize("close", [MemoryStore.acknowledge, MemoryStore.dismiss])
@pytest.mark.parametrize(("day", "moves"), [(12, False), (13, True)])
def test_closing_an_item_asks_for_its_day_only(
    studio: Build, close: Callable[[MemoryStore, OutboxItem], None], day: int, moves: bool
) -> None:
    """The thing is done, whoever holds the lease: only another day keeps the event pending."""
    one = studio(DaysFromDue(None, 0))
    one.open(due_on=nov(12))
    (item,) = one.claim()
    one.claim(now=AT + 2 * HOUR)
    one.amend(due_on=nov(day))
    close(one.store, item)
    assert moves == bool(one.pending())


@pytest.mark.parametrize("close", [MemoryStore.acknowledge, MemoryStore.dismiss])
def test_closing_an_id_closes_whatever_is_pending(
    studio: Build, close: Callable[[MemoryStore, str], None]
) -> None:
    """Given an id, the event is closed at any day, failed and given up."""
    one = studio(DaysFromDue(None, 0))
    one.open()
    (item,) = one.claim()
    one.store.fail(item, error="no", retry_at=None)
    one.amend(due_on=nov(12))
    close(one.store, item.event.id)
    assert one.pending() == []


@pytest.mark.parametrize("close", [MemoryStore.acknowledge, MemoryStore.dismiss])
def test_closing_an_item_that_was_withdrawn_does_nothing(
    studio: Build, close: Callable[[MemoryStore, OutboxItem], None]
) -> None:
    """A reminder that was withdrawn before it was closed can come back."""
    one = studio(DaysFromDue(None, 0))
    one.open(due_on=nov(12))
    (item,) = one.claim()
    one.amend(due_on=None)
    close(one.store, item)
    one.amend(due_on=nov(12))
    assert [nov(12)] == one.days()


def test_closing_nothing_does_nothing(studio: Build) -> None:
    """Acknowledging no event does nothing."""
    one = studio(Entering())
    events = one.open()
    one.store.acknowledge()
    assert events == one.pending()


# Decision D27: what is void


def test_leaving_voids_reminders_of_the_visit(studio: Build) -> None:
    """Leaving a status deletes its reminders, unless they outlive the status."""
    one = studio(
        DaysInStatus("ordered", 3),
        DaysInStatus("ordered", 4, while_in_status=False),
        DaysFromDue("ordered", 3),
        DaysFromDue("ordered", 4, while_in_status=False),
    )
    one.open()
    one.advance()
    assert [nov(6), nov(7)] == one.days()


def test_leaving_keeps_immediate_events(studio: Build) -> None:
    """An immediate event stays until somebody acts on it."""
    one = studio(Entering("ordered"))
    events = one.open()
    one.advance()
    assert events == one.pending()


def test_leaving_voids_before_the_new_visit_begins(studio: Build) -> None:
    """The reminders of the new status replace those of the old one."""
    one = studio(DaysInStatus(None, 3))
    one.open()
    assert one.advance() == one.pending()


def test_leaving_voids_nothing_of_other_orders(studio: Build) -> None:
    """An order that leaves a status keeps the reminders of other orders."""
    one = studio(DaysInStatus("ordered", 3))
    one.open()
    others = one.open("PO-2")
    one.advance()
    assert others == one.pending()


@pytest.mark.parametrize("amendment", [{}, {"due_on": nov(12)}, {"vendor": "Acme"}])
def test_an_amendment_voids_nothing(studio: Build, amendment: dict[str, Any]) -> None:
    """An amendment ends no visit, so it deletes no event."""
    one = studio(DaysInStatus(None, 3))
    events = one.open()
    one.amend(**amendment)
    assert events == one.pending()


def test_a_migration_voids_nothing(studio: Build, cycle: StatusCycle) -> None:
    """A migration keeps the pending events."""
    one = studio(DaysInStatus(None, 3), DaysFromDue(None, 0))
    events = one.open()
    one.migrate(cycle.replace("ordered", default_duration=5))
    assert sorted(event.id for event in events) == sorted(event.id for event in one.pending())


def test_a_hold_and_a_return_exchange_the_reminders(studio: Build) -> None:
    """A hold has its own reminders; the return brings back those of the visit, two days later."""
    one = studio(DaysInStatus("ordered", 3), DaysInStatus("hold", 1))
    (reminder,) = one.open()
    one.advance(3, to="hold", current_complete=False)
    assert [(2, nov(4))] == [(event.visit, event.fire_on) for event in one.pending()]
    one.advance(5)
    assert [evolve(reminder, fire_on=nov(7), sequence=3)] == one.pending()


def test_what_was_said_before_a_hold_is_not_said_after_it(studio: Build) -> None:
    """A return continues the visit, so the slots that were closed before the hold stay closed."""
    one = studio(DaysInStatus("ordered", 0), DaysFromDue("ordered", 2))
    said, _ = one.open()
    one.store.acknowledge(said.id)
    one.advance(3, to="hold", current_complete=False)
    assert one.pending() == []
    one.advance(9)
    assert [("t1", nov(5))] == [(event.trigger, event.fire_on) for event in one.pending()]


def test_what_outlives_a_visit_goes_on_during_a_hold(studio: Build) -> None:
    """It stays at its old date during the hold, and the return moves it."""
    one = studio(DaysInStatus("ordered", 3, while_in_status=False))
    one.open()
    one.advance(3, to="hold", current_complete=False)
    on_hold = one.days()
    one.advance(5)
    assert (on_hold, one.days()) == ([nov(5)], [nov(7)])


def test_a_return_keeps_what_outlives_the_hold(studio: Build) -> None:
    """A reminder of the hold that outlives its visit stays after the return."""
    one = studio(DaysInStatus("hold", 9, while_in_status=False))
    one.open()
    events = one.advance(3, to="hold", current_complete=False)
    one.advance(5)
    assert events == one.pending()


def test_an_undo_withdraws_what_the_undone_change_said(studio: Build) -> None:
    """An undo leads back to an earlier visit, and withdraws what the later one said."""
    one = studio(DaysInStatus("retouch", 3), Entering("retouch"), Leaving("ordered"))
    one.open()
    one.advance()
    one.undo()
    assert (one.days(), one.store.get("PO-1").visit) == ([], 1)


def test_an_undo_keeps_what_earlier_changes_said(studio: Build) -> None:
    """An immediate event of an earlier change stays, and so does what is the order's."""
    one = studio(Entering("ordered"), DaysFromDelivery(0))
    one.open(delivery_on=nov(9))
    one.advance()
    one.undo()
    assert [nov(2), nov(9)] == one.days()


def test_what_was_sent_stays_sent(studio: Build) -> None:
    """An undo opens no closed slot: what was acknowledged isn't said again."""
    one = studio(DaysInStatus("ordered", 3), Entering("retouch"))
    (reminder,) = one.open()
    one.store.acknowledge(reminder.id)
    (entered,) = one.advance()
    one.store.acknowledge(entered.id)
    one.undo()
    assert one.pending() == []


def test_an_undone_reopening_is_a_cancellation_again(studio: Build) -> None:
    """If an undo cancels an order again, every reminder of earlier visits is void."""
    one = studio(DaysInStatus("ordered", 3), DaysInStatus("ordered", 9, while_in_status=False))
    one.open()
    one.advance(to="cancelled")
    assert len(one.advance(5, to="ordered")) == len(one.pending()) == 2
    one.undo()
    assert one.pending() == []


@pytest.mark.parametrize(("visit", "count"), [(1, 0), (2, 0), (3, 1), (4, 0)])
def test_a_change_brings_no_reminder_of_another_visit(
    studio: Build, visit: int, count: int
) -> None:
    """A reminder for the time in a visit is void at once if the order is in another, the third."""
    one = studio(DaysInStatus("ordered", 9))
    (event,) = one.open()
    one.advance()
    order = one.store.get("PO-1")
    change = one.flow.advance(order, to="hold", today=nov(4), by="ann", at=AT)
    given = evolve(event, id="given", visit=visit, number=visit, sequence=3)
    one.store.save(evolve(change, events=[given]))
    assert count == len(one.pending())


@pytest.mark.parametrize("to", ["shipped", "cancelled"])
def test_closing_an_order_voids_the_reminders_of_its_delivery(studio: Build, to: str) -> None:
    """A closed order has no reminder of its delivery; a reopened one has it again."""
    one = studio(DaysFromDelivery(0))
    one.open(delivery_on=nov(9))
    one.advance(to="retouch")
    kept = one.days()
    one.advance(to=to)
    closed = one.days()
    one.advance(to="printing")
    assert (kept, closed, one.days()) == ([nov(9)], [], [nov(9)])


@pytest.mark.parametrize("close", [MemoryStore.acknowledge, MemoryStore.dismiss])
def test_a_reminder_of_the_delivery_is_given_once(
    studio: Build, close: Callable[[MemoryStore, str], None]
) -> None:
    """Once it's closed, neither a new date nor a reopening brings it back."""
    one = studio(DaysFromDelivery(0))
    (event,) = one.open(delivery_on=nov(9))
    close(one.store, event.id)
    one.amend(delivery_on=nov(20))
    one.advance(to="shipped")
    one.advance(to="qa")
    assert one.pending() == []


@pytest.mark.parametrize(("to", "days"), [("hold", [nov(5), nov(9)]), ("cancelled", [])])
def test_cancelling_voids_every_reminder(studio: Build, to: str, days: list[date]) -> None:
    """Cancelling an order deletes the reminders of all earlier visits."""
    one = studio(
        DaysInStatus("ordered", 3, while_in_status=False),
        DaysInStatus("retouch", 5, while_in_status=False),
    )
    one.open()
    one.advance()
    one.advance(to=to)
    assert days == one.days()


def test_cancelling_keeps_immediate_events_and_its_own_reminders(studio: Build) -> None:
    """A cancelled order keeps its immediate events and the reminders of the cancelled status."""
    one = studio(Entering("ordered"), DaysInStatus("cancelled", 3))
    one.open()
    one.advance(to="cancelled")
    assert [nov(2), nov(7)] == one.days()


def test_completing_an_order_keeps_reminders_that_outlive_a_visit(studio: Build) -> None:
    """A completed order keeps reminders that outlive their status."""
    one = studio(DaysInStatus("shipped", 14), DaysInStatus("qa", 9, while_in_status=False))
    one.open(status="qa")
    one.advance()
    assert [nov(11), nov(18)] == one.days()


def test_a_void_slot_leaves_no_trace(studio: Build) -> None:
    """A void reminder that fires once per order can come back in another visit."""
    one = studio(DaysInStatus("ordered", 3), once_per_order=True)
    (event,) = one.open()
    one.advance(2)
    one.advance(4, to="ordered")
    assert [evolve(event, visit=3, sequence=3, fire_on=nov(7))] == one.pending()


def test_voiding_is_part_of_the_save(studio: Build, cycle: StatusCycle) -> None:
    """In one save, a later change can make the events of an earlier one void."""
    one = studio(DaysInStatus("ordered", 3))
    opening = one.flow.open(cycle, order_id="PO-1", ordered_on=nov(2), by="ann", at=AT)
    leaving = one.flow.advance(opening.order, today=nov(4), by="ann", at=AT)
    one.store.save(opening, leaving)
    assert one.pending() == []


# Decision D25b: what is not a change of status says nothing of the past


@pytest.mark.parametrize(("day", "days"), [(3, []), (4, [nov(4)]), (5, [nov(5)])])
def test_an_amendment_fills_no_empty_slot_with_a_past_day(
    studio: Build, day: int, days: list[date]
) -> None:
    """An amendment of the 4th tells nobody about the 3rd who hadn't been told of it before."""
    one = studio(DaysFromDue(None, 0))
    one.open(due_on=None)
    assert [nov(day)] == [event.fire_on for event in one.amend(due_on=nov(day))]
    assert days == one.days()


def test_an_amendment_moves_a_reminder_to_a_past_day(studio: Build) -> None:
    """A reminder that was pending may get a day that is over: nobody was told yet."""
    one = studio(DaysFromDue(None, 0))
    one.open(due_on=nov(12))
    one.amend(due_on=nov(3))
    assert [nov(3)] == one.days()


def test_a_migration_fills_no_empty_slot_with_a_past_day(studio: Build, cycle: StatusCycle) -> None:
    """A migration tells nobody about last week either."""
    one = studio(DaysFromDue(None, 0))
    one.flow, reminding = ProductionFlow(), one.flow
    one.open()
    one.flow = reminding
    one.migrate(cycle.replace("ordered", default_duration=0))
    assert one.pending() == []


def test_a_status_change_tells_what_is_late(studio: Build) -> None:
    """A status change gives reminders of any day: too late is late, not never."""
    one = studio(DaysFromDue("retouch", 0))
    one.open()
    one.advance(completed_on=nov(3), due_on=nov(3))
    assert [nov(3)] == one.days()


def test_an_undo_gives_back_what_is_late(studio: Build) -> None:
    """An undo gives reminders back at their day, even if it's over."""
    one = studio(DaysInStatus("ordered", 0))
    one.open()
    one.advance()
    one.undo()
    assert [nov(2)] == one.days()


def test_a_switched_preference_writes_to_nobody_about_last_year(
    studio: Build, cycle: StatusCycle
) -> None:
    """Orders imported with dates of last year get other due dates, and no client hears of it."""
    one = studio()
    last_year: dict[str, Any] = {"ordered_on": date(2025, 11, 3), "entered_on": date(2025, 11, 5)}
    imported = [
        one.flow.open(cycle, order_id=f"PO-{n}", status="printing", by="ann", at=AT, **last_year)
        for n in range(50)
    ]
    one.store.save(*imported)
    late = Trigger("late", DaysFromDue(None, 1), SendMessage("late"))
    switched = ProductionFlow(due_dates=FromEntry(), triggers=[late])
    changes = switched.replan_all([change.order for change in imported], by="ann", at=AT)
    one.store.save(*changes)
    assert (sum(len(change.events) for change in changes), one.pending()) == (50, [])


# Reading what is pending


def test_pending_is_sorted_by_day_then_id(studio: Build) -> None:
    """Pending events come by day, then id."""
    one = studio(DaysInStatus(None, 3), DaysInStatus(None, 1), Entering())
    events = [event for order_id in "abcdefgh" for event in one.open(order_id)]
    expected = sorted(events, key=lambda event: (str(event.fire_on), event.id))
    assert expected == one.pending()


@pytest.mark.parametrize(
    ("as_of", "days"), [(1, []), (2, [nov(2)]), (4, [nov(2)]), (5, [nov(2), nov(5)])]
)
def test_pending_is_what_is_due_by_a_day(studio: Build, as_of: int, days: list[date]) -> None:
    """`as_of` includes its own day."""
    one = studio(DaysInStatus(None, 0), DaysInStatus(None, 3))
    one.open()
    assert days == [event.fire_on for event in one.pending(nov(as_of))]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 24, 100])
def test_paging_visits_every_event_once(studio: Build, size: int) -> None:
    """Pages have no gaps or repeats, even within a day."""
    one = studio(DaysInStatus(None, 3), DaysInStatus(None, 1), Entering())
    events = [event for order_id in "abcdefgh" for event in one.open(order_id)]
    pages: list[OutboxItem] = []
    while page := one.items(after=pages[-1] if pages else None, limit=size):
        pages += page
    assert one.items() == pages
    assert len(events) == len(pages)


def test_paging_goes_on_after_an_event_that_is_gone(studio: Build) -> None:
    """A page may begin after an event that was acknowledged since."""
    one = studio(DaysInStatus(None, 3), DaysInStatus(None, 1), Entering())
    one.open()
    first, *rest = one.items()
    one.store.acknowledge(first)
    assert rest == one.items(after=first)


def test_a_hundred_events_are_given_by_default(studio: Build) -> None:
    """The default limit is a hundred events."""
    one = studio(*[Entering() for _ in range(101)])
    one.open()
    assert (len(one.pending()), len(one.claim())) == (100, 100)


@pytest.mark.parametrize(
    ("automatic", "triggers"), [(None, ["a", "b"]), (True, ["a"]), (False, ["b"])]
)
def test_pending_may_be_automatic_or_not(
    studio: Build, automatic: bool | None, triggers: list[str]
) -> None:
    """`automatic` selects the events for workers or those for people."""
    one = studio()
    one.flow = ProductionFlow(
        triggers=[Trigger("a", Entering(), TASK), Trigger("b", Entering(), TASK, automatic=False)]
    )
    one.open()
    assert triggers == sorted(event.trigger for event in one.pending(automatic=automatic))


def test_pending_may_be_of_one_order_or_trigger(studio: Build) -> None:
    """`order_id` and `trigger` select the events of one order and of one trigger."""
    one = studio(Entering(), DaysInStatus(None, 1))
    one.open("PO-1")
    one.open("PO-2")
    keys = [("PO-1", "t0"), ("PO-1", "t1")]
    mine = one.pending(order_id="PO-1")
    assert keys == [(event.order_id, event.trigger) for event in mine]
    assert {"PO-1", "PO-2"} == {event.order_id for event in one.pending(trigger="t1")}
    assert [mine[1]] == one.pending(order_id="PO-1", trigger="t1")
    assert one.pending(order_id="PO-3") == one.pending(trigger="t2") == []


def test_the_events_of_an_order_come_in_pages(studio: Build) -> None:
    """`as_of`, `after` and `limit` do the same for one order as for all."""
    one = studio(DaysInStatus(None, 3), DaysInStatus(None, 1), Entering())
    one.open()
    one.open("PO-2")
    first, *rest = one.items(order_id="PO-1")
    assert rest == one.items(order_id="PO-1", after=first)
    assert rest[:1] == one.items(order_id="PO-1", after=first, limit=1)
    assert [first] == one.items(nov(2), order_id="PO-1")


def test_pending_may_be_given_up_or_not(studio: Build) -> None:
    """`given_up` selects what workers no longer try, or what they do."""
    one = studio(Entering(), Entering())
    one.open()
    given_up, other = one.claim()
    one.store.fail(given_up, error="no", retry_at=None)
    assert [given_up.event] == one.pending(given_up=True)
    assert [other.event] == one.pending(given_up=False)
    assert len(one.pending(given_up=None)) == 2


def test_one_event_can_be_read(studio: Build) -> None:
    """`get_event` gives the item as it is now; None if it isn't pending."""
    one = studio(Entering())
    (event,) = one.open()
    fresh = one.store.get_event(event.id)
    (item,) = one.claim()
    claimed = one.store.get_event(event.id)
    one.store.acknowledge(item)
    assert (fresh, claimed) == (OutboxItem(event), item)
    assert (one.store.get_event(event.id), one.store.get_event("nothing")) == (None, None)


def test_what_is_skipped_stays_pending(studio: Build) -> None:
    """Events that are read or claimed stay pending."""
    one = studio(Entering())
    events = one.open()
    one.claim()
    assert events == one.pending()


def test_a_long_day_can_be_taken_bit_by_bit(studio: Build) -> None:
    """Reading and closing the events of a day a few at a time returns each once."""
    one = studio(*[Entering() for _ in range(20)])
    expected = [event.id for event in sorted(one.open(), key=lambda event: event.id)]
    taken: list[str] = []
    while page := one.pending(limit=3):
        taken += [event.id for event in page]
        one.store.acknowledge(*[event.id for event in page])
    assert expected == taken


def test_events_may_go_in_any_order(studio: Build) -> None:
    """The remaining events of a day come in order, whichever were closed."""
    one = studio(*[Entering() for _ in range(20)])
    one.open()
    before = [event.id for event in one.pending()]
    one.store.acknowledge(*before[1:12], *before[13:])
    assert [before[0], before[12]] == [event.id for event in one.pending()]


# Decision D28: claims


def test_a_claim_takes_what_is_due(studio: Build) -> None:
    """A claim returns the events that are due, by day."""
    one = studio(DaysInStatus(None, 3), DaysInStatus(None, 1), Entering())
    one.open()
    claimed = one.claim(as_of=nov(3), limit=9)
    assert [nov(2), nov(3)] == [item.event.fire_on for item in claimed]


def test_a_claim_takes_at_most_so_many(studio: Build) -> None:
    """`limit` leaves the other events for the next claim."""
    one = studio(DaysInStatus(None, 3), DaysInStatus(None, 1), Entering())
    one.open()
    expected = [[nov(2), nov(3)], [nov(5)], []]
    assert expected == [[item.event.fire_on for item in one.claim(limit=2)] for _ in range(3)]


@pytest.mark.parametrize(
    ("later", "count"),
    [(timedelta(0), 0), (timedelta(minutes=59), 0), (HOUR, 1), (2 * HOUR, 1)],
)
def test_a_claim_is_for_one_caller_until_the_lease_is_over(
    studio: Build, later: timedelta, count: int
) -> None:
    """An event can be claimed again when its lease ends, and not before."""
    one = studio(Entering())
    one.open()
    one.claim()
    assert count == len(one.claim(now=AT + later))


def test_a_lease_is_counted_in_elapsed_time(studio: Build) -> None:
    """A lease neither grows nor shrinks when the clocks are put back, at two in the morning."""
    one = studio(Entering())
    one.open()
    night = datetime(2026, 10, 25, 2, 55, tzinfo=Autumn())
    ten = timedelta(minutes=10)
    later = {minute: night.replace(minute=minute, fold=1) for minute in (4, 5, 14, 15)}
    assert len(one.claim(now=night, lease=ten)) == 1
    assert [len(one.claim(now=at, lease=ten)) for at in later.values()] == [0, 1, 0, 1]


def test_a_lease_lasts_over_the_night_to_summer_time(studio: Build) -> None:
    """Ten minutes from 01:55 end at 03:05, when the clocks go from two to three."""
    one = studio(Entering())
    one.open()
    zone, ten = ZoneInfo("Europe/Berlin"), timedelta(minutes=10)
    nights = [datetime(2027, 3, 28, hour, minute, tzinfo=zone) for hour, minute in NIGHT]
    assert [len(one.claim(now=night, lease=ten)) for night in nights] == [1, 0, 1]


def test_a_claim_takes_automatic_events_only(studio: Build) -> None:
    """A claim returns no event that is left to people."""
    one = studio(Entering(), automatic=False)
    one.open()
    assert one.claim() == []


def test_a_claimed_event_can_be_acknowledged(studio: Build) -> None:
    """An acknowledged event is never claimed again."""
    one = studio(Entering())
    one.open()
    one.store.acknowledge(*one.claim())
    assert one.claim(now=AT + 2 * HOUR) == []


def test_a_worker_sees_that_a_claim_became_void(studio: Build) -> None:
    """A worker can compare the visit of a claimed event with that of its order."""
    one = studio(DaysInStatus("ordered", 3))
    one.open()
    (item,) = one.claim()
    one.advance()
    assert (item.event.visit, one.store.get("PO-1").visit) == (1, 2)


def test_threads_claim_each_event_once(studio: Build) -> None:
    """Threads that claim at the same time share no event."""
    one = studio(*[Entering() for _ in range(50)])
    events = one.open()
    with ThreadPoolExecutor(8) as threads:
        claims = list(threads.map(lambda _: one.claim(limit=3), range(40)))
    claimed = [item.event.id for claim in claims for item in claim]
    assert sorted(event.id for event in events) == sorted(claimed)


def test_a_claim_says_what_it_is(studio: Build) -> None:
    """A claimed item has one attempt more, and the end of its lease."""
    one = studio(Entering())
    (event,) = one.open()
    claims = [one.claim(now=AT + hours * HOUR) for hours in (0, 1)]
    leases = [(AT + HOUR, 1), (AT + 2 * HOUR, 2)]
    expected = [[OutboxItem(event, attempts=n, leased_until=end)] for end, n in leases]
    assert expected == claims


def test_what_was_tried_least_comes_first(studio: Build) -> None:
    """Claims go by attempts, then day, then id: what fails keeps nobody waiting."""
    one = studio(DaysInStatus(None, 1), DaysInStatus(None, 2), DaysInStatus(None, 3))
    one.open()
    (first,) = one.claim(limit=1)
    one.store.fail(first, error="bounced", retry_at=AT)
    expected = [("t1", 1), ("t2", 1), ("t0", 2)]
    assert expected == [(item.event.trigger, item.attempts) for item in one.claim()]


def test_what_a_dead_worker_left_queues_behind(studio: Build) -> None:
    """A worker that dies of an event has tried it."""
    one = studio(*[Entering() for _ in range(9)])
    one.open()
    left = one.claim(limit=3)
    later = one.claim(now=AT + 2 * HOUR)
    assert {item.event.id for item in left} == {item.event.id for item in later[-3:]}


# Decision D28: failing, releasing, extending


@pytest.mark.parametrize(("later", "count"), [(1, 0), (2, 1), (3, 1)])
def test_what_failed_waits_until_it_is_to_be_tried_again(
    studio: Build, later: int, count: int
) -> None:
    """A failed event is free again at *retry_at*, and keeps the error."""
    one = studio(Entering())
    (event,) = one.open()
    (item,) = one.claim()
    one.store.fail(item, error="bounced", retry_at=AT + 2 * HOUR)
    failed = OutboxItem(event, attempts=1, last_error="bounced", retry_at=AT + 2 * HOUR)
    assert one.items() == [failed]
    assert count == len(one.claim(now=AT + later * HOUR))


def test_a_retry_time_is_an_instant(studio: Build) -> None:
    """*retry_at* is compared as an instant, whatever its offset."""
    one = studio(Entering())
    one.open()
    (item,) = one.claim()
    east = timezone(timedelta(hours=9))
    one.store.fail(item, error="bounced", retry_at=(AT + HOUR).astimezone(east))
    assert [len(one.claim(now=AT + HOUR - SECOND)), len(one.claim(now=AT + HOUR))] == [0, 1]


def test_what_was_given_up_is_not_claimed(studio: Build) -> None:
    """Without *retry_at* workers give up, but people still see the event and the error."""
    one = studio(Entering())
    (event,) = one.open()
    (item,) = one.claim()
    one.store.fail(item, error="no such address", retry_at=None)
    given_up = OutboxItem(event, attempts=1, last_error="no such address", given_up=True)
    assert ([given_up], given_up) == (one.items(), one.store.get_event(event.id))
    assert one.claim(now=AT + 99 * HOUR) == []


def test_what_was_given_up_can_be_released(studio: Build) -> None:
    """A person who has put the address right releases the event; the error stays to be read."""
    one = studio(Entering())
    (event,) = one.open()
    (item,) = one.claim()
    one.store.fail(item, error="no such address", retry_at=None)
    one.store.release(*one.items())
    assert one.items() == [OutboxItem(event, last_error="no such address")]
    assert len(one.claim()) == 1


def test_a_released_claim_does_not_count(studio: Build) -> None:
    """What is given back is free at once, and as if it hadn't been tried."""
    one = studio(Entering())
    (event,) = one.open()
    one.store.release(*one.claim())
    assert one.items() == [OutboxItem(event)]


def test_a_release_takes_one_attempt_off(studio: Build) -> None:
    """An earlier attempt still counts."""
    one = studio(Entering())
    one.open()
    (item,) = one.claim()
    one.store.fail(item, error="bounced", retry_at=AT)
    one.store.release(*one.claim())
    assert [item.attempts for item in one.items()] == [1]


def test_what_was_never_tried_can_be_released(studio: Build) -> None:
    """The attempts never fall below zero."""
    one = studio(Entering())
    one.open()
    items = one.items()
    one.store.release(*items)
    assert items == one.items()


def test_a_release_ends_the_wait(studio: Build) -> None:
    """An event that waits for its *retry_at* can be tried at once after a release."""
    one = studio(Entering())
    one.open()
    (item,) = one.claim()
    one.store.fail(item, error="bounced", retry_at=AT + 9 * HOUR)
    one.store.release(item)
    assert [item.attempts for item in one.claim()] == [1]


def test_a_longer_claim_ends_later(studio: Build) -> None:
    """`extend` counts the lease from *now*, and returns the items as they are."""
    one = studio(Entering(), Entering())
    one.open()
    first, second = one.claim()
    half = AT + HOUR / 2
    extended = one.store.extend(second, first, now=half, lease=HOUR)
    expected = [evolve(item, leased_until=half + HOUR) for item in (second, first)]
    assert expected == extended
    assert (one.claim(now=AT + HOUR), len(one.claim(now=half + HOUR))) == ([], 2)


def test_what_was_extended_is_still_current(studio: Build) -> None:
    """An item whose lease was extended can be failed and extended again by the old item."""
    one = studio(Entering())
    one.open()
    (item,) = one.claim()
    one.store.extend(item, now=AT, lease=2 * HOUR)
    assert len(one.store.extend(item, now=AT, lease=HOUR)) == 1


def test_without_a_claim_there_is_nothing_to_extend(studio: Build) -> None:
    """Items that were never claimed, and those that failed, have no lease to extend."""
    one = studio(Entering())
    one.open()
    (fresh,) = one.items()
    assert one.store.extend(fresh, now=AT, lease=HOUR) == []
    (item,) = one.claim()
    one.store.fail(item, error="bounced", retry_at=AT)
    assert one.store.extend(item, now=AT, lease=HOUR) == []


def _closed(one: Studio, item: OutboxItem) -> None:
    one.store.acknowledge(item)


def _claimed_again(one: Studio, _item: OutboxItem) -> None:
    one.claim(now=AT + 2 * HOUR)


def _moved(one: Studio, _item: OutboxItem) -> None:
    one.amend(due_on=nov(20))
    one.claim()


def _withdrawn(one: Studio, _item: OutboxItem) -> None:
    one.amend(due_on=None)


@pytest.mark.parametrize("meanwhile", [_closed, _claimed_again, _moved, _withdrawn])
@pytest.mark.parametrize(
    "call",
    [
        lambda store, item: store.fail(item, error="bounced", retry_at=None),
        lambda store, item: store.fail(item, error="bounced", retry_at=AT),
        lambda store, item: store.release(item),
        lambda store, item: store.extend(item, now=AT, lease=HOUR / 2),
    ],
    ids=["give-up", "fail", "release", "extend"],
)
def test_only_what_is_current_is_failed_released_or_extended(
    studio: Build,
    meanwhile: Callable[[Studio, OutboxItem], None],
    call: Callable[[MemoryStore, OutboxItem], list[OutboxItem] | None],
) -> None:
    """An item that was closed, moved or claimed by another worker since is passed over."""
    one = studio(DaysFromDue(None, 0))
    one.open(due_on=nov(12))
    (item,) = one.claim()
    meanwhile(one, item)
    before = one.items()
    assert not call(one.store, item)
    assert before == one.items()


@pytest.mark.parametrize(("length", "fits"), [(10_000, True), (10_001, False)])
def test_an_error_is_a_note(studio: Build, length: int, fits: bool) -> None:
    """The text of an error has up to 10,000 characters."""
    one = studio(Entering())
    one.open()
    (item,) = one.claim()
    with nullcontext() if fits else pytest.raises(ValueError, match="error must"):
        one.store.fail(item, error="x" * length, retry_at=None)


# Decision D30: reminders that are set


def test_the_reminders_of_today_s_triggers_are_set(studio: Build) -> None:
    """Of two reminders, the deleted one goes, and the edited one has its new text."""
    one = studio(DaysInStatus(None, 5), DaysInStatus(None, 6))
    one.open()
    edited = Trigger("t1", DaysInStatus(None, 6), CreateTask("Write"))
    one.flow = ProductionFlow(triggers=[edited])
    one.store.set_reminders(one.flow.reminders(one.store.get("PO-1"), today=nov(3)))
    said = [(event.trigger, event.action, event.fire_on) for event in one.pending()]
    assert said == [("t1", CreateTask("Write"), nov(8))]


@pytest.mark.parametrize(("today", "days"), [(5, [nov(5)]), (6, [])])
def test_an_added_trigger_tells_nothing_of_the_past(
    studio: Build, today: int, days: list[date]
) -> None:
    """A reminder for a day before `today` fills no empty slot."""
    one = studio()
    one.open()
    one.flow = flow_of(DaysInStatus(None, 3))
    one.store.set_reminders(one.flow.reminders(one.store.get("PO-1"), today=nov(today)))
    assert days == one.days()


def test_a_pending_reminder_may_be_set_to_a_past_day(studio: Build) -> None:
    """A reminder that was pending may move to a day that is over."""
    one = studio(DaysInStatus(None, 9))
    one.open()
    one.flow = flow_of(DaysInStatus(None, 3))
    one.store.set_reminders(one.flow.reminders(one.store.get("PO-1"), today=nov(8)))
    assert [nov(5)] == one.days()


def test_setting_reminders_touches_nothing_else(studio: Build) -> None:
    """Immediate events, what outlives an earlier visit, and closed slots stay as they are."""
    one = studio(
        Entering(),
        DaysInStatus("ordered", 30, while_in_status=False),
        DaysInStatus("retouch", 3),
        DaysInStatus("retouch", 4),
    )
    one.open()
    one.advance()
    (closed,) = one.pending(trigger="t2")
    one.store.acknowledge(closed.id)
    one.open("PO-2")
    before = one.pending()
    one.store.set_reminders(one.flow.reminders(one.store.get("PO-1"), today=nov(4)))
    after = one.pending()
    one.store.set_reminders(ProductionFlow().reminders(one.store.get("PO-1"), today=nov(4)))
    without = [event for event in before if event.trigger != "t3"]
    assert (before, without) == (after, one.pending())


def test_the_reminders_of_the_delivery_are_set_too(studio: Build) -> None:
    """A reminder of the delivery belongs to the order, whatever visit it was given in."""
    one = studio(DaysFromDelivery(0), DaysFromDelivery(-1))
    one.open(delivery_on=nov(20))
    one.advance()
    one.flow = ProductionFlow(triggers=[Trigger("t1", DaysFromDelivery(-2), TASK)])
    one.store.set_reminders(one.flow.reminders(one.store.get("PO-1"), today=nov(4)))
    assert [("t1", nov(18), 1)] == [(e.trigger, e.fire_on, e.sequence) for e in one.pending()]


def test_the_reminders_of_many_orders_are_set_or_none(studio: Build) -> None:
    """If one order has moved meanwhile, nothing is set, and the error names every such order."""
    one = studio()
    for number in (1, 2, 3):
        one.open(f"PO-{number}")
    one.flow = flow_of(DaysInStatus(None, 9))
    orders = [one.store.get(f"PO-{number}") for number in (1, 2, 3)]
    reminders = one.flow.reminders_all(orders, today=nov(4))
    one.amend(vendor="Acme")
    strange = evolve(reminders[0], order_id="PO-9", version=7, events=())
    with pytest.raises(StaleOrdersError) as caught:
        one.store.set_reminders(*reminders, strange)
    assert caught.value.conflicts == {"PO-1": (1, 2), "PO-9": (7, 0)}
    assert one.pending() == []
    one.store.set_reminders(*reminders[1:])
    assert sorted(event.order_id for event in one.pending()) == ["PO-2", "PO-3"]


def test_an_order_is_set_once(studio: Build) -> None:
    """The same order twice is refused."""
    one = studio()
    one.open()
    reminders = one.flow.reminders(one.store.get("PO-1"), today=nov(4))
    with pytest.raises(ValueError, match="each order once"):
        one.store.set_reminders(reminders, reminders)


def test_setting_nothing_does_nothing(studio: Build) -> None:
    """Without reminders, and for an order without any, nothing changes."""
    one = studio(Entering())
    one.open()
    before = one.items()
    one.store.set_reminders()
    one.store.set_reminders(one.flow.reminders(one.store.get("PO-1"), today=nov(4)))
    assert before == one.items()


def test_only_reminders_are_set(store: MemoryStore) -> None:
    """Anything else is refused, such as a list of reminders."""
    with pytest.raises(TypeError, match="reminders must be"):
        store.set_reminders([])  # type: ignore[arg-type]  # refused for that


# Forgetting


@pytest.mark.parametrize(("before", "count"), [(2, 0), (3, 1), (30, 1)])
def test_closed_slots_of_earlier_visits_are_forgotten(
    studio: Build, before: int, count: int
) -> None:
    """`forget` deletes closed slots from before a day, and counts them."""
    one = studio(Entering("ordered"))
    (event,) = one.open()
    one.advance()
    one.store.acknowledge(event.id)
    assert count == one.store.forget(before=nov(before))


def test_a_slot_is_forgotten_once(studio: Build) -> None:
    """A deleted slot is counted once."""
    one = studio(Entering("ordered"))
    (event,) = one.open()
    one.advance()
    one.store.acknowledge(event.id)
    assert [one.store.forget(before=nov(30)) for _ in range(2)] == [1, 0]


def test_the_slots_of_the_present_visit_are_not_forgotten(studio: Build) -> None:
    """`forget` keeps the closed slots of the current visit."""
    one = studio(DaysFromDue("ordered", 0))
    (event,) = one.open()
    one.store.acknowledge(event.id)
    count = one.store.forget(before=nov(30))
    one.amend(due_on=nov(12))
    assert (count, one.pending()) == (0, [])


def test_the_slots_of_a_paused_visit_are_not_forgotten(studio: Build) -> None:
    """`forget` keeps the closed slots of a visit that is on hold, and not those of the hold."""
    one = studio(DaysInStatus("ordered", 3), DaysInStatus("hold", 1))
    (event,) = one.open()
    one.store.acknowledge(event.id)
    (nudge,) = one.advance(3, to="hold", current_complete=False)
    one.store.acknowledge(nudge.id)
    counts = [one.store.forget(before=nov(30))]
    one.advance(5)
    counts.append(one.store.forget(before=nov(30)))
    assert (counts, one.pending()) == ([0, 1], [])


def test_what_happens_once_an_order_is_not_forgotten(studio: Build) -> None:
    """`forget` keeps the closed slots of events that fire once per order."""
    one = studio(Entering(), once_per_order=True)
    (event,) = one.open()
    one.store.acknowledge(event.id)
    one.advance()
    count = one.store.forget(before=nov(30))
    one.advance()
    assert (count, one.pending()) == (0, [])


def test_what_is_pending_is_not_forgotten(studio: Build) -> None:
    """`forget` keeps pending events."""
    one = studio(Entering("ordered"))
    events = one.open()
    one.advance()
    assert (0, events) == (one.store.forget(before=nov(30)), one.pending())


# Arguments


CLAIM: Final[dict[str, Any]] = {"as_of": nov(4), "now": AT, "lease": HOUR, "limit": 1}
PENDING: Final[dict[str, Any]] = {"as_of": nov(4), "limit": 1}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"as_of": AT}, TypeError),
        ({"as_of": None}, TypeError),
        ({"after": "e-1"}, TypeError),
        ({"after": (nov(4), "e-1")}, TypeError),
        ({"limit": 0}, ValueError),
        ({"limit": None}, TypeError),
        ({"limit": True}, TypeError),
        ({"automatic": 1}, TypeError),
        ({"given_up": 0}, TypeError),
        ({"order_id": 7}, TypeError),
        ({"trigger": 7}, TypeError),
    ],
)
def test_reading_refuses_bad_arguments(
    store: MemoryStore, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """`pending` refuses bad arguments."""
    with pytest.raises(error, match=rf"^{next(iter(wrong))} must "):
        store.pending(**PENDING | wrong)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"as_of": AT}, TypeError),
        ({"now": nov(4)}, TypeError),
        ({"now": AT.replace(tzinfo=None)}, ValueError),
        ({"lease": 60}, TypeError),
        ({"lease": timedelta(0)}, ValueError),
        ({"lease": -HOUR}, ValueError),
        ({"lease": timedelta(days=1, microseconds=1)}, ValueError),
        ({"limit": 0}, ValueError),
        ({"limit": None}, TypeError),
        ({"limit": True}, TypeError),
    ],
)
def test_claiming_refuses_bad_arguments(
    store: MemoryStore, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """`claim` refuses bad arguments."""
    with pytest.raises(error, match=rf"^{next(iter(wrong))} must "):
        store.claim(**CLAIM | wrong)


@pytest.mark.parametrize("close", [MemoryStore.acknowledge, MemoryStore.dismiss])
def test_closing_refuses_what_is_no_item(studio: Build, close: Callable[..., None]) -> None:
    """Closing refuses anything but items and ids, and then closes nothing."""
    one = studio(Entering())
    (event,) = one.open()
    with pytest.raises(TypeError, match="an item must be an OutboxItem or an id"):
        close(one.store, event.id, event)
    assert [event] == one.pending()


ITEM: Final = OutboxItem(
    TriggerEvent(
        id="e-1",
        trigger="call",
        order_id="PO-1",
        visit=1,
        number=1,
        sequence=1,
        action=TASK,
        fire_on=nov(4),
        dated=True,
        until=None,
        automatic=True,
    )
)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda store: store.get_event(7), TypeError, "event_id must"),
        (lambda store: store.fail("e-1", error="", retry_at=None), TypeError, "item must"),
        (lambda store: store.fail(ITEM, error=7, retry_at=None), TypeError, "error must"),
        (lambda store: store.fail(ITEM, error="\x00", retry_at=None), ValueError, "error must"),
        (lambda store: store.fail(ITEM, error="", retry_at=nov(4)), TypeError, "retry_at must"),
        (
            lambda store: store.fail(ITEM, error="", retry_at=AT.replace(tzinfo=None)),
            ValueError,
            "retry_at must",
        ),
        (lambda store: store.release("e-1"), TypeError, "items must"),
        (lambda store: store.release([ITEM]), TypeError, "items must"),
        (lambda store: store.extend("e-1", now=AT, lease=HOUR), TypeError, "items must"),
        (lambda store: store.extend(now=nov(4), lease=HOUR), TypeError, "now must"),
        (lambda store: store.extend(now=AT, lease=2), TypeError, "lease must"),
        (lambda store: store.extend(now=AT, lease=25 * HOUR), ValueError, "lease must"),
    ],
)
def test_the_calls_of_workers_refuse_bad_arguments(
    store: MemoryStore,
    call: Callable[[MemoryStore], object],
    error: type[Exception],
    match: str,
) -> None:
    """Each call names the argument that it refuses."""
    with pytest.raises(error, match=rf"^(an item of )?{match}"):
        call(store)


@pytest.mark.parametrize("lease", [timedelta(days=1), timedelta(microseconds=1)])
def test_a_lease_is_at_most_a_day(store: MemoryStore, lease: timedelta) -> None:
    """A lease of a day is allowed, and so is the shortest."""
    given: dict[str, Any] = {**CLAIM, "lease": lease}
    assert store.claim(**given) == []


def test_a_lease_ends_before_the_year_10000(store: MemoryStore) -> None:
    """A lease that would end after the calendar is refused."""
    given: dict[str, Any] = {**CLAIM, "now": datetime.max.replace(tzinfo=UTC)}
    with pytest.raises(ValueError, match="before year 10000"):
        store.claim(**given)


def test_an_item_has_a_day() -> None:
    """A withdrawal is never in an outbox."""
    with pytest.raises(ValueError, match="'e-1' has none"):
        OutboxItem(evolve(ITEM.event, fire_on=None))


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"event": "e-1"}, TypeError),
        ({"tenant": 7}, TypeError),
        ({"epoch": None}, TypeError),
        ({"attempts": -1}, ValueError),
        ({"attempts": True}, TypeError),
        ({"last_error": 7}, TypeError),
        ({"retry_at": nov(4)}, TypeError),
        ({"leased_until": AT.replace(tzinfo=None)}, ValueError),
        ({"given_up": None}, TypeError),
    ],
)
def test_an_item_refuses_bad_values(wrong: dict[str, Any], error: type[Exception]) -> None:
    """Each field of an item refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=next(iter(wrong))):
        evolve(ITEM, **wrong)


@pytest.mark.parametrize(
    ("item", "free"),
    [
        (ITEM, True),
        (evolve(ITEM, leased_until=AT + SECOND), False),
        (evolve(ITEM, leased_until=AT), True),
        (evolve(ITEM, retry_at=AT + SECOND), False),
        (evolve(ITEM, retry_at=AT), True),
        (evolve(ITEM, given_up=True), False),
        (evolve(ITEM, event=evolve(ITEM.event, automatic=False)), False),
    ],
)
def test_an_item_says_whether_it_is_free(item: OutboxItem, free: bool) -> None:
    """It's free if it is automatic, and neither claimed, nor waiting, nor given up."""
    assert free == item.is_free(AT)


# Many events


class _Counting(dict[str, OutboxItem]):
    """Pending items that count how often one is looked at."""

    looks = 0

    def __getitem__(self, key: str) -> OutboxItem:
        self.looks += 1
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("nobody goes through all items")


def test_a_call_looks_at_no_more_items_than_it_needs(studio: Build, cycle: StatusCycle) -> None:
    """Among many events, a call looks at those that it returns, closes or moves."""
    one = studio(Entering(), DaysInStatus(None, 9), DaysFromDue(None, 0))
    changes = [
        one.flow.open(cycle, order_id=f"PO-{n}", ordered_on=nov(2), by="ann", at=AT)
        for n in range(500)
    ]
    one.store.save(*changes)
    slots = vars(one.store)["_slots"]
    counting = vars(slots)["_pending"] = _Counting(vars(slots)["_pending"])
    claimed = one.claim(limit=10)
    one.store.acknowledge(*claimed[:5])
    one.store.release(*claimed[5:])
    one.items(limit=10)
    one.items(limit=10, order_id="PO-1")
    one.advance()
    one.amend(due_on=nov(20))
    one.store.set_reminders(one.flow.reminders(one.store.get("PO-1"), today=nov(4)))
    assert counting.looks < 100 < len(counting)


@pytest.mark.parametrize("before", [AT, None, "2026-11-04"])
def test_forgetting_refuses_what_is_no_date(store: MemoryStore, before: object) -> None:
    """`forget` refuses anything but a date."""
    with pytest.raises(TypeError, match="before"):
        store.forget(before=before)  # type: ignore[arg-type]  # refused for that


def test_an_id_belongs_to_one_slot(cycle: StatusCycle) -> None:
    """An event with the id of an event in another slot is refused, and nothing is saved."""
    at = datetime(2026, 11, 4, tzinfo=UTC)
    first, second = (
        ProductionFlow().open(
            cycle, order_id=order_id, ordered_on=date(2026, 11, 4), by="Ann", at=at
        )
        for order_id in ("PO-1", "PO-2")
    )
    reminder = at_the_lab_event("PO-1")
    store = MemoryStore()
    store.save(Change(first.order, first.entry, (reminder,)))
    stolen = evolve(reminder, order_id="PO-2")
    with pytest.raises(ValueError, match="another slot"):
        store.save(Change(second.order, second.entry, (stolen,)))
    assert store.pending(as_of=date.max) == [OutboxItem(reminder)]
    assert store.load(["PO-2"]) == {}


def at_the_lab_event(order_id: str) -> TriggerEvent:
    """A reminder in the first visit of an order."""
    return TriggerEvent(
        id="an-id",
        trigger="chase",
        order_id=order_id,
        visit=1,
        number=1,
        sequence=1,
        action=CreateTask("Call"),
        fire_on=date(2026, 11, 20),
        dated=True,
        until="left",
        automatic=True,
    )
