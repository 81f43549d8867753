"""The laws of a store about its outbox (decisions D26 to D28)."""

from datetime import date, datetime, timedelta, tzinfo

import pytest
from attrs import evolve

from prodflow import Change, DuplicateOrderError, OutboxItem, TriggerEvent
from prodflow.testing._studio import (
    MONDAY,
    NOON,
    Store,
    advanced,
    amended,
    at_the_lab,
    event_of,
    items,
    keys,
    opened,
    undone,
    waiting,
)

HOUR = timedelta(hours=1)
FRIDAY = MONDAY + timedelta(4)


class _Autumn(tzinfo):
    """A zone whose clocks are put back from 13:00 to 12:00, so the hour after noon comes twice."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """One hour until the clocks are put back, then zero."""
        is_summer = moment is None or (moment.hour <= NOON.hour and not moment.fold)
        return HOUR if is_summer else timedelta(0)

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str:  # pragma: no cover - only type checkers ask for it
        """The name of the zone."""
        return "Autumn"


class EventLaws:
    """Which events enter the outbox, and which leave it without being closed."""

    def test_an_event_is_saved_with_its_change(self, store: Store) -> None:
        """Saving a change makes its events pending."""
        first = opened("PO-1")
        change = advanced(first.order)
        store.save(first, change)
        assert sorted(waiting(store), key=_id) == sorted(change.events, key=_id)

    def test_an_event_is_not_saved_without_its_change(self, store: Store) -> None:
        """The events of a refused change are not saved."""
        store.save(opened("PO-1"))
        events = advanced(opened("PO-1").order).events
        again = opened("PO-1")
        with pytest.raises(DuplicateOrderError):
            store.save(Change(again.order, again.entry, events))
        assert waiting(store) == []

    def test_a_void_reminder_never_comes_out(self, store: Store) -> None:
        """A `while_in_status` reminder disappears when the order leaves the status."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(advanced(order))
        assert keys(waiting(store)) & {"chase", "due"} == set()

    def test_other_events_outlive_the_visit(self, store: Store) -> None:
        """When an order leaves a status, all events stay except `while_in_status` reminders."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(advanced(order))
        assert keys(waiting(store)) == {"welcome", "survey", "people", "once"}

    def test_amending_voids_nothing(self, store: Store) -> None:
        """After an amendment that removes no due date, all reminders are still there."""
        (order,) = at_the_lab(store, "PO-1")
        before = keys(waiting(store))
        store.save(amended(order, vendor="V"))
        assert keys(waiting(store)) == before

    def test_cancelling_voids_every_dated_event(self, store: Store) -> None:
        """When an order is cancelled, every reminder of its earlier visits disappears."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(advanced(order, to="cancelled"))
        assert keys(waiting(store)) == {"welcome", "people", "once"}

    def test_cancelling_voids_what_outlived_a_hold(self, store: Store) -> None:
        """When an order on hold is cancelled, reminders of the paused visit disappear too."""
        (order,) = at_the_lab(store, "PO-1")
        on_hold = advanced(order, to="hold")
        store.save(on_hold, advanced(on_hold.order, to="cancelled"))
        assert keys(waiting(store)) == {"welcome", "people", "once"}

    def test_a_hold_voids_the_reminders_of_the_work(self, store: Store) -> None:
        """A hold ends the `while_in_status` reminders of the paused visit, and adds its own."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(advanced(order, to="hold"))
        reminders = {event.trigger: event.visit for event in waiting(store) if event.dated}
        assert reminders == {"survey": 2, "nudge": 3, "review": 3}

    def test_a_return_voids_the_reminders_of_the_hold(self, store: Store) -> None:
        """When an order returns, the `while_in_status` reminders of the hold disappear.

        They disappear even though the order continues a visit that began before the hold.
        """
        (order,) = at_the_lab(store, "PO-1")
        on_hold = advanced(order, to="hold")
        store.save(on_hold)
        store.save(advanced(on_hold.order, today=MONDAY + timedelta(2)))
        reminders = {event.trigger: event.visit for event in waiting(store) if event.dated}
        assert reminders == {"chase": 2, "survey": 2, "due": 2, "review": 3}

    def test_a_return_brings_the_reminders_of_the_visit_back(self, store: Store) -> None:
        """After a return, the reminders of the visit are pending again, with their old ids.

        Each of these reminders comes later by the number of days on hold.
        """
        (order,) = at_the_lab(store, "PO-1")
        before = event_of(store, "chase")
        on_hold = advanced(order, to="hold")
        store.save(on_hold)
        store.save(advanced(on_hold.order, today=MONDAY + timedelta(2)))
        assert event_of(store, "chase") == evolve(before, fire_on=MONDAY + timedelta(5), sequence=4)

    def test_a_hold_and_a_return_in_one_save_are_the_same(self, store: Store) -> None:
        """A hold and a return in one save do the same as in two saves, even to leases."""
        order, other = at_the_lab(store, "PO-1", "PO-2")
        store.claim(as_of=date.max, now=NOON, lease=HOUR)
        on_hold = advanced(order, to="hold")
        store.save(on_hold, advanced(on_hold.order, today=MONDAY + timedelta(2)))
        on_hold = advanced(other, to="hold")
        store.save(on_hold)
        store.save(advanced(on_hold.order, today=MONDAY + timedelta(2)))
        assert pending_of(store, "PO-1") == pending_of(store, "PO-2")
        again = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        free = [(item.event.order_id, item.event.trigger) for item in again]
        assert sorted(free) == [
            (order_id, trigger)
            for order_id in ("PO-1", "PO-2")
            for trigger in ("chase", "due", "review", "survey")
        ]

    def test_what_was_done_before_a_hold_is_not_done_again(self, store: Store) -> None:
        """A slot that was closed before a hold stays closed after the return, even after `forget`.

        `forget` keeps the closed slots of a paused visit.
        """
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(*(event.id for event in waiting(store)))
        on_hold = advanced(order, to="hold")
        store.save(on_hold)
        store.forget(before=date.max)
        store.save(advanced(on_hold.order, today=MONDAY + timedelta(2)))
        assert keys(waiting(store)) == {"review"}

    def test_undoing_voids_the_reminders_of_the_visit_undone(self, store: Store) -> None:
        """If an undo takes back the first entry of a visit, the visit's reminders disappear."""
        (order,) = at_the_lab(store, "PO-1")
        slip = advanced(order, to="hold")
        store.save(slip)
        store.save(undone(slip.order, store.history("PO-1")))
        assert "nudge" not in keys(waiting(store))

    def test_undoing_a_reopening_voids_every_reminder(self, store: Store) -> None:
        """If an undo makes an order cancelled again, the reminders of the open order disappear."""
        (order,) = at_the_lab(store, "PO-1")
        cancelled = advanced(order, to="cancelled")
        reopened = advanced(cancelled.order, to="lab")
        store.save(cancelled, reopened)
        assert keys(waiting(store)) >= {"chase", "survey", "due"}
        store.save(undone(reopened.order, store.history("PO-1")))
        assert {event.trigger for event in waiting(store) if event.dated} == set()

    def test_undoing_an_amendment_voids_nothing(self, store: Store) -> None:
        """If an undo takes back a change within a visit, the reminders of the visit stay."""
        (order,) = at_the_lab(store, "PO-1")
        before = keys(waiting(store))
        change = amended(order, vendor="V")
        store.save(change)
        store.save(undone(change.order, store.history("PO-1")))
        assert keys(waiting(store)) == before

    def test_a_reminder_of_another_visit_is_void_at_once(self, store: Store) -> None:
        """A `while_in_status` reminder isn't saved if the order is in another visit."""
        (order,) = at_the_lab(store, "PO-1")
        before = waiting(store)
        event = event_of(store, "chase")
        change = amended(order)
        others = [evolve(event, id=f"of {visit}", visit=visit, number=visit) for visit in (1, 3)]
        store.save(Change(change.order, change.entry, others))
        assert waiting(store) == before

    def test_leaving_voids_nothing_of_other_orders(self, store: Store) -> None:
        """When an order leaves a status, the reminders of other orders stay."""
        order, _ = at_the_lab(store, "PO-1", "PO-2")
        store.save(advanced(order))
        chased = [event.order_id for event in waiting(store) if event.trigger == "chase"]
        assert chased == ["PO-2"]

    def test_a_voided_slot_leaves_no_trace(self, store: Store) -> None:
        """A reminder that has disappeared leaves no trace in the outbox.

        Acknowledging the reminder does nothing. Another event can have the reminder's id.
        """
        (order,) = at_the_lab(store, "PO-1")
        chase = event_of(store, "chase")
        change = advanced(order)
        store.save(change)
        store.acknowledge(chase.id)
        again = evolve(chase, visit=change.order.version, number=change.order.version)
        entry = amended(change.order)
        store.save(Change(entry.order, entry.entry, (again,)))
        assert event_of(store, "chase").visit == again.visit

    def test_a_rescheduled_reminder_keeps_its_id(self, store: Store) -> None:
        """A new due date moves the reminder that depends on it, and adds no second reminder."""
        (order,) = at_the_lab(store, "PO-1")
        before = event_of(store, "due")
        store.save(amended(order, due_on=date(2026, 12, 24)))
        after = event_of(store, "due")
        assert (after.id, after.fire_on) == (before.id, date(2026, 12, 23))

    def test_a_slot_keeps_its_first_id(self, store: Store) -> None:
        """A new event for a pending slot gets the id of the event that is in the slot."""
        (order,) = at_the_lab(store, "PO-1")
        before = event_of(store, "chase")
        change = amended(order)
        again = evolve(before, id="another", fire_on=FRIDAY)
        store.save(Change(change.order, change.entry, (again,)))
        assert event_of(store, "chase") == evolve(again, id=before.id)

    def test_a_slot_keeps_its_first_id_within_a_save(self, store: Store) -> None:
        """If one save has two events for a slot, the slot keeps the id of the first event."""
        first = opened("PO-1")
        moved = advanced(first.order)
        (chase,) = (event for event in moved.events if event.trigger == "chase")
        change = amended(moved.order)
        again = evolve(chase, id="another", fire_on=FRIDAY)
        store.save(first, moved, Change(change.order, change.entry, (again,)))
        assert event_of(store, "chase") == evolve(again, id=chase.id)

    def test_an_event_id_belongs_to_one_slot(self, store: Store) -> None:
        """If an event has the id of an event in another slot, the whole save is refused."""
        at_the_lab(store, "PO-1")
        before = waiting(store)
        first = opened("PO-2")
        change = advanced(first.order)
        stolen = evolve(change.events[0], id=before[0].id)
        with pytest.raises(ValueError):  # noqa: PT011 - stores word it as they like
            store.save(first, Change(change.order, change.entry, (stolen,)))
        assert store.load(["PO-2"]) == {}
        assert waiting(store) == before

    def test_a_withdrawn_reminder_never_comes_out(self, store: Store) -> None:
        """If a due date is removed, the reminder that depends on it disappears."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(amended(order, due_on=None))
        assert "due" not in keys(waiting(store))

    def test_a_closed_slot_stays_closed(self, store: Store) -> None:
        """A closed reminder stays closed if its due date changes."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(event_of(store, "due").id)
        store.save(amended(order, due_on=date(2026, 12, 24)))
        assert "due" not in keys(waiting(store))

    def test_a_closed_slot_cannot_be_withdrawn(self, store: Store) -> None:
        """A closed reminder stays closed if its due date is removed and then set again."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(event_of(store, "due").id)
        without = amended(order, due_on=None)
        store.save(without, amended(without.order, due_on=date(2026, 12, 24)))
        assert "due" not in keys(waiting(store))

    def test_once_per_order_is_once(self, store: Store) -> None:
        """If a trigger fires once per order, it doesn't fire again in a later visit."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(event_of(store, "once").id)
        back = advanced(order, to="ordered")
        store.save(back, advanced(back.order))
        assert "once" not in keys(waiting(store))

    def test_a_later_visit_has_slots_of_its_own(self, store: Store) -> None:
        """A later visit to the same status has its own events."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(event_of(store, "chase").id)
        back = advanced(order, to="ordered")
        store.save(back, advanced(back.order))
        assert event_of(store, "chase").visit == store.get("PO-1").visit


class TakingLaws:
    """How events are read, claimed and closed."""

    def test_what_is_not_due_does_not_come_out(self, store: Store) -> None:
        """`pending` returns an event from its day on, not before."""
        at_the_lab(store, "PO-1")
        assert "chase" not in keys(store.pending(as_of=MONDAY + timedelta(2)))
        assert "chase" in keys(store.pending(as_of=MONDAY + timedelta(3)))

    def test_paging_visits_every_event_once(self, store: Store) -> None:
        """Pages follow each other by date, then id, without gaps or repeats."""
        at_the_lab(store, "PO-1", "PO-2", "PO-3")
        paged: list[OutboxItem] = []
        page: list[OutboxItem] = []
        after = None
        for _ in range(10):  # nine pages for three orders with six events each, and an empty page
            page = store.pending(as_of=date.max, after=after, limit=2)
            paged += page
            after = page[-1] if page else after
        assert paged == sorted(items(store), key=_date_and_id)
        assert page == []

    def test_events_for_people_can_be_told_apart(self, store: Store) -> None:
        """`automatic` selects either the events for workers or the events for people."""
        at_the_lab(store, "PO-1")
        people = store.pending(as_of=date.max, automatic=False)
        workers = store.pending(as_of=date.max, automatic=True)
        assert keys(people) == {"people"}
        assert keys(workers) == {"welcome", "once", "chase", "survey", "due"}

    def test_a_claim_takes_automatic_events_only(self, store: Store) -> None:
        """A claim returns no event that is left to people."""
        at_the_lab(store, "PO-1")
        claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        assert keys(claimed) == {"welcome", "once", "chase", "survey", "due"}

    def test_a_claim_takes_what_is_due(self, store: Store) -> None:
        """A claim returns only events whose day has come, and at most as many as the limit."""
        at_the_lab(store, "PO-1")
        assert keys(store.claim(as_of=MONDAY, now=NOON, lease=HOUR)) == {"welcome", "once"}
        assert len(store.claim(as_of=date.max, now=NOON, lease=HOUR, limit=1)) == 1

    def test_a_claimed_event_is_not_claimed_before_its_lease_is_over(self, store: Store) -> None:
        """An event can be claimed again when its lease ends, and not before."""
        at_the_lab(store, "PO-1")
        first = store.claim(as_of=FRIDAY, now=NOON, lease=HOUR)
        early = store.claim(as_of=FRIDAY, now=NOON + HOUR - timedelta(seconds=1), lease=HOUR)
        late = store.claim(as_of=FRIDAY, now=NOON + HOUR, lease=HOUR)
        assert (early, keys(late)) == ([], keys(first))

    def test_a_lease_runs_on_when_the_clocks_are_put_back(self, store: Store) -> None:
        """A lease counts elapsed time, even when the clocks are put back (decision D20)."""
        at_the_lab(store, "PO-1")
        noon = NOON.replace(tzinfo=_Autumn())
        lease = timedelta(minutes=10)
        claimed = store.claim(as_of=FRIDAY, now=noon.replace(minute=55), lease=lease)
        again = noon.replace(minute=10, fold=1)  # a quarter of an hour later
        assert keys(store.claim(as_of=FRIDAY, now=again, lease=lease)) == keys(claimed)
        assert store.claim(as_of=FRIDAY, now=again.replace(minute=19), lease=lease) == []
        assert keys(store.claim(as_of=FRIDAY, now=again.replace(minute=20), lease=lease)) == keys(
            claimed
        )

    def test_a_rescheduled_reminder_can_be_claimed(self, store: Store) -> None:
        """A claimed reminder that gets a new date is free again."""
        (order,) = at_the_lab(store, "PO-1")
        store.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.save(amended(order, due_on=date(2026, 12, 24)))
        assert keys(store.claim(as_of=date.max, now=NOON, lease=HOUR)) == {"due"}

    def test_an_acknowledged_event_never_comes_back(self, store: Store) -> None:
        """An acknowledged event is never pending or claimed again."""
        at_the_lab(store, "PO-1")
        store.acknowledge(*(event.id for event in waiting(store)))
        assert waiting(store) == []
        assert store.claim(as_of=date.max, now=NOON + 2 * HOUR, lease=HOUR) == []

    def test_a_dismissed_event_never_comes_back(self, store: Store) -> None:
        """A dismissed event is never pending or claimed again."""
        at_the_lab(store, "PO-1")
        store.dismiss(*(event.id for event in waiting(store)))
        assert waiting(store) == []
        assert store.claim(as_of=date.max, now=NOON + 2 * HOUR, lease=HOUR) == []

    def test_closing_again_or_closing_nothing_is_harmless(self, store: Store) -> None:
        """`acknowledge` and `dismiss` ignore ids that no pending event has."""
        at_the_lab(store, "PO-1")
        chase = event_of(store, "chase")
        store.acknowledge(chase.id)
        store.dismiss(chase.id, "unknown")
        store.acknowledge()
        assert "chase" not in keys(waiting(store))

    def test_forgetting_opens_nothing_again(self, store: Store) -> None:
        """`forget` keeps a closed slot if a later change could fill the slot again."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(*(event.id for event in waiting(store)))
        store.forget(before=date.max)
        store.save(amended(order, due_on=date(2026, 12, 24)))
        assert waiting(store) == []


def pending_of(store: Store, order_id: str) -> list[tuple[str, int, date | None]]:
    """The pending events of an order, each as trigger, visit and day."""
    events = [event for event in waiting(store) if event.order_id == order_id]
    return sorted((event.trigger, event.visit, event.fire_on) for event in events)


def _id(event: TriggerEvent) -> str:
    return event.id


def _date_and_id(item: OutboxItem) -> tuple[date, str]:
    return (item.event.fire_on or date.max, item.event.id)
