"""The outbox: how slots are filled, emptied and closed, and how events are claimed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    Change,
    CreateTask,
    DaysFromDue,
    DaysInStatus,
    Entering,
    MemoryStore,
    Opening,
    ProductionFlow,
    StaleOrdersError,
    StatusCycle,
    Trigger,
    TriggerEvent,
)
from prodflow.triggers import When

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
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

    def open(self, order_id: str = "PO-1", status: str = "ordered") -> list[TriggerEvent]:
        """Open an order on 2 November; returns its events."""
        return self._saved(
            self.flow.open(
                self.cycle, order_id=order_id, ordered_on=nov(2), status=status, by="ann", at=AT
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

    def pending(self, as_of: date = date.max, **more: Any) -> list[TriggerEvent]:  # noqa: ANN401
        """The pending events."""
        return self.store.pending(as_of=as_of, **more)

    def claim(self, now: datetime = AT, **more: Any) -> list[TriggerEvent]:  # noqa: ANN401
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
    """A reminder with a new date keeps its id."""
    one = studio(DaysFromDue(None, 0))
    (event,) = one.open()
    one.amend(due_on=nov(12))
    assert [evolve(event, fire_on=nov(12))] == one.pending()


def test_a_new_date_keeps_the_lease(studio: Build) -> None:
    """A claimed reminder with a new date stays claimed."""
    one = studio(DaysFromDue(None, 0))
    one.open()
    one.claim()
    one.amend(due_on=nov(12))
    assert one.claim() == []


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
    assert [evolve(event, fire_on=nov(12))] == one.pending()


def test_a_new_event_replaces_action_and_visit(studio: Build) -> None:
    """A new event replaces the action and the visit of a pending one."""
    one = studio(Entering(), once_per_order=True)
    (event,) = one.open()
    changed = Trigger("t0", Entering(), CreateTask("Write"), once_per_order=True)
    one.flow = ProductionFlow(triggers=[changed])
    one.advance()
    expected = evolve(event, fire_on=nov(4), visit=2, action=CreateTask("Write"))
    assert [expected] == one.pending()


def test_withdrawing_empties_the_slot(studio: Build) -> None:
    """Without a due date there is no reminder; a new due date brings it back."""
    one = studio(DaysFromDue(None, 0))
    (event,) = one.open()
    one.amend(due_on=None)
    withdrawn = one.pending()
    one.amend(due_on=nov(12))
    assert ([], [evolve(event, fire_on=nov(12))]) == (withdrawn, one.pending())


def test_withdrawing_ends_the_lease(studio: Build) -> None:
    """A reminder that was withdrawn and comes back is free."""
    one = studio(DaysFromDue(None, 0))
    one.open()
    one.claim()
    one.amend(due_on=None)
    one.amend(due_on=nov(12))
    assert one.pending() == one.claim()


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


@pytest.mark.parametrize("close", [MemoryStore.acknowledge, MemoryStore.dismiss])
def test_closing_takes_many_ids_and_passes_over_unknown_ones(
    studio: Build, close: Callable[..., None]
) -> None:
    """One call closes many events; ids that are not pending are ignored."""
    one = studio(Entering(), Opening(), DaysInStatus(None, 1))
    entering, opening, reminder = sorted(one.open(), key=lambda event: event.trigger)
    close(one.store, entering.id, "nothing", opening.id, entering.id)
    assert [reminder] == one.pending()


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
    assert [evolve(reminder, fire_on=nov(7))] == one.pending()


def test_a_return_keeps_what_outlives_the_hold(studio: Build) -> None:
    """A reminder of the hold that outlives its visit stays after the return."""
    one = studio(DaysInStatus("hold", 9, while_in_status=False))
    one.open()
    events = one.advance(3, to="hold", current_complete=False)
    one.advance(5)
    assert events == one.pending()


def test_an_undo_ends_the_reminders_of_the_visit_undone(studio: Build) -> None:
    """An undo leads back to an earlier visit, and voids the reminders of the later one."""
    one = studio(DaysInStatus("retouch", 3), Entering("retouch"))
    one.open()
    one.advance()
    one.undo()
    assert [nov(4)] == one.days()
    assert one.store.get("PO-1").visit == 1


def test_an_undone_reopening_is_a_cancellation_again(studio: Build) -> None:
    """If an undo cancels an order again, every reminder of earlier visits is void."""
    one = studio(DaysInStatus("ordered", 3), DaysInStatus("ordered", 9, while_in_status=False))
    one.open()
    one.advance(to="cancelled")
    assert len(one.advance(5, to="ordered")) == len(one.pending()) == 2
    one.undo()
    assert one.pending() == []


def test_a_change_brings_no_reminder_of_another_visit(studio: Build) -> None:
    """A reminder for the time in a visit is void at once if the order is in another visit."""
    one = studio(DaysInStatus("ordered", 3))
    (event,) = one.open()
    one.advance()
    order = one.store.get("PO-1")
    change = one.flow.amend(order, by="ann", at=AT)
    others = (event, evolve(event, id="later", visit=3))
    one.store.save(evolve(change, events=others))
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
    assert [evolve(event, visit=3, fire_on=nov(7))] == one.pending()


def test_voiding_is_part_of_the_save(studio: Build, cycle: StatusCycle) -> None:
    """In one save, a later change can make the events of an earlier one void."""
    one = studio(DaysInStatus("ordered", 3))
    opening = one.flow.open(cycle, order_id="PO-1", ordered_on=nov(2), by="ann", at=AT)
    leaving = one.flow.advance(opening.order, today=nov(4), by="ann", at=AT)
    one.store.save(opening, leaving)
    assert one.pending() == []


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
    pages: list[TriggerEvent] = []
    while page := one.pending(after=pages[-1] if pages else None, limit=size):
        pages += page
    assert [event.id for event in one.pending()] == [event.id for event in pages]
    assert len(events) == len(pages)


def test_paging_goes_on_after_an_event_that_is_gone(studio: Build) -> None:
    """A page may begin after an event that was acknowledged since."""
    one = studio(DaysInStatus(None, 3), DaysInStatus(None, 1), Entering())
    one.open()
    first, *rest = one.pending()
    one.store.acknowledge(first.id)
    assert rest == one.pending(after=first)


def test_a_withdrawn_event_is_no_place_to_begin(studio: Build) -> None:
    """*after* an event without a date gives the first page."""
    one = studio(Entering())
    (event,) = one.open()
    assert [event] == one.pending(after=evolve(event, fire_on=None))


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
    assert [nov(2), nov(3)] == [event.fire_on for event in claimed]


def test_a_claim_takes_at_most_so_many(studio: Build) -> None:
    """`limit` leaves the other events for the next claim."""
    one = studio(DaysInStatus(None, 3), DaysInStatus(None, 1), Entering())
    one.open()
    expected = [[nov(2), nov(3)], [nov(5)], []]
    assert expected == [[event.fire_on for event in one.claim(limit=2)] for _ in range(3)]


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


def test_a_claim_takes_automatic_events_only(studio: Build) -> None:
    """A claim returns no event that is left to people."""
    one = studio(Entering(), automatic=False)
    one.open()
    assert one.claim() == []


def test_a_claimed_event_can_be_acknowledged(studio: Build) -> None:
    """An acknowledged event is never claimed again."""
    one = studio(Entering())
    one.open()
    one.store.acknowledge(*[event.id for event in one.claim()])
    assert one.claim(now=AT + 2 * HOUR) == []


def test_a_worker_sees_that_a_claim_became_void(studio: Build) -> None:
    """A worker can compare the visit of a claimed event with that of its order."""
    one = studio(DaysInStatus("ordered", 3))
    one.open()
    (event,) = one.claim()
    one.advance()
    assert (event.visit, one.store.get("PO-1").visit) == (1, 2)


def test_threads_claim_each_event_once(studio: Build) -> None:
    """Threads that claim at the same time share no event."""
    one = studio(*[Entering() for _ in range(50)])
    events = one.open()
    with ThreadPoolExecutor(8) as threads:
        claims = list(threads.map(lambda _: one.claim(limit=3), range(40)))
    claimed = [event.id for claim in claims for event in claim]
    assert sorted(event.id for event in events) == sorted(claimed)


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
        ({"lease": timedelta.max}, ValueError),
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
def test_closing_refuses_what_is_no_id(studio: Build, close: Callable[..., None]) -> None:
    """Closing refuses anything but ids, and then closes nothing."""
    one = studio(Entering())
    (event,) = one.open()
    with pytest.raises(TypeError, match="event_ids"):
        close(one.store, event.id, event)
    assert [event] == one.pending()


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
    assert store.pending(as_of=date.max) == [reminder]
    assert store.load(["PO-2"]) == {}


def at_the_lab_event(order_id: str) -> TriggerEvent:
    """A reminder in the first visit of an order."""
    return TriggerEvent(
        id="an-id",
        trigger="chase",
        order_id=order_id,
        visit=1,
        action=CreateTask("Call"),
        fire_on=date(2026, 11, 20),
        dated=True,
        while_in_status=True,
        automatic=True,
    )
