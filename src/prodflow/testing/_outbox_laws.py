"""The laws of a store about the events of its saves (decisions D25 to D27)."""

from datetime import date, timedelta

import pytest
from attrs import evolve

from prodflow import Change, DuplicateOrderError, TriggerEvent
from prodflow.testing._studio import (
    CHRISTMAS_EVE,
    FRIDAY,
    HOUR,
    MONDAY,
    NOON,
    Store,
    advanced,
    amended,
    at_the_lab,
    event_of,
    item_of,
    items,
    keys,
    opened,
    waiting,
)


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
        before = items(store)
        events = advanced(opened("PO-1").order).events
        again = opened("PO-1")
        with pytest.raises(DuplicateOrderError):
            store.save(Change(again.order, again.entry, events))
        assert items(store) == before

    def test_a_void_reminder_never_comes_out(self, store: Store) -> None:
        """A `while_in_status` reminder disappears when the order leaves the status."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(advanced(order))
        assert keys(waiting(store)) & {"chase", "due"} == set()

    def test_other_events_outlive_the_visit(self, store: Store) -> None:
        """When an order leaves a status, all events stay except `while_in_status` reminders."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(advanced(order))
        assert keys(waiting(store)) == {"welcome", "survey", "people", "once", "tidy"}

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
        assert keys(waiting(store)) == {"welcome", "people", "once", "refund"}

    def test_cancelling_voids_what_outlived_a_hold(self, store: Store) -> None:
        """When an order on hold is cancelled, reminders of the paused visit disappear too."""
        (order,) = at_the_lab(store, "PO-1")
        on_hold = advanced(order, to="hold")
        store.save(on_hold, advanced(on_hold.order, to="cancelled"))
        assert keys(waiting(store)) == {"welcome", "people", "once", "refund"}

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
            for trigger in ("back", "chase", "due", "review", "survey")
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
        assert keys(waiting(store)) == {"back", "review"}

    def test_a_reminder_of_another_visit_is_void_at_once(self, store: Store) -> None:
        """A `while_in_status` reminder isn't saved if the order is in another visit."""
        (order,) = at_the_lab(store, "PO-1")
        before = items(store)
        event = event_of(store, "chase")
        change = amended(order)
        others = [evolve(event, id=f"of {visit}", visit=visit, number=visit) for visit in (1, 3)]
        store.save(Change(change.order, change.entry, others))
        assert items(store) == before

    def test_a_cancelled_order_gets_no_reminder_of_an_earlier_visit(self, store: Store) -> None:
        """Once an order is cancelled, no save brings reminders of its earlier visits."""
        (order,) = at_the_lab(store, "PO-1")
        survey = event_of(store, "survey")
        cancelled = advanced(order, to="cancelled")
        change = amended(cancelled.order)
        store.save(cancelled, Change(change.order, change.entry, (survey,)))
        assert {event.trigger for event in waiting(store) if event.dated} == {"refund"}

    def test_a_delivery_reminder_is_for_the_whole_time_that_an_order_is_open(
        self, store: Store
    ) -> None:
        """Moves and holds leave the reminder of the delivery date as it is; closing ends it."""
        first = opened("PO-1", delivery_on=CHRISTMAS_EVE)
        store.save(first)
        before = item_of(store, "delivery")
        on_hold = advanced(advanced(first.order).order, to="hold")
        store.save(advanced(first.order), on_hold)
        assert item_of(store, "delivery") == before
        store.save(advanced(on_hold.order, to="done"))
        assert "delivery" not in keys(items(store))

    def test_cancelling_ends_the_delivery_reminder(self, store: Store) -> None:
        """A cancelled order has no reminder of its delivery date, until it's opened again."""
        first = opened("PO-1", delivery_on=CHRISTMAS_EVE)
        cancelled = advanced(first.order, to="cancelled")
        store.save(first, cancelled)
        assert "delivery" not in keys(items(store))
        store.save(advanced(cancelled.order, to="lab"))
        assert event_of(store, "delivery").fire_on == CHRISTMAS_EVE - timedelta(3)

    def test_a_closed_order_gets_no_delivery_reminder(self, store: Store) -> None:
        """A save of a closed order brings no reminder that is wanted only while it's open."""
        first = opened("PO-1", delivery_on=CHRISTMAS_EVE)
        (delivery,) = (event for event in first.events if event.trigger == "delivery")
        done = advanced(first.order, to="done")
        change = amended(done.order)
        store.save(first, done, Change(change.order, change.entry, (delivery,)))
        assert "delivery" not in keys(items(store))

    def test_a_new_delivery_date_moves_the_reminder(self, store: Store) -> None:
        """In a later visit too, the reminder of the delivery date has one slot."""
        first = opened("PO-1", delivery_on=CHRISTMAS_EVE)
        moved = advanced(first.order)
        store.save(first, moved)
        before = event_of(store, "delivery")
        store.save(amended(moved.order, delivery_on=CHRISTMAS_EVE + timedelta(7)))
        after = event_of(store, "delivery")
        assert (after.id, after.fire_on) == (before.id, CHRISTMAS_EVE + timedelta(4))

    def test_amending_brings_and_takes_the_reminders_of_a_condition(self, store: Store) -> None:
        """A reminder comes when an order meets the condition, and goes when it no longer does."""
        (order,) = at_the_lab(store, "PO-1")
        first = amended(order, vendor="West")
        store.save(first)
        assert event_of(store, "parcel").fire_on == MONDAY + timedelta(2)
        store.save(amended(first.order, vendor="East"))
        assert "parcel" not in keys(items(store))

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

    def test_each_return_is_an_occasion(self, store: Store) -> None:
        """Two returns to one visit have two immediate events, each in its own slot."""
        (order,) = at_the_lab(store, "PO-1")
        for _ in range(2):
            on_hold = advanced(order, to="hold")
            back = advanced(on_hold.order)
            store.save(on_hold, back)
            order = back.order
        numbers = sorted(event.number or 0 for event in waiting(store) if event.trigger == "back")
        assert numbers == [4, 6]

    def test_a_reminder_once_per_order_has_one_slot(self, store: Store) -> None:
        """In a later visit, a reminder that comes once per order moves; when closed, it's over."""
        (order,) = at_the_lab(store, "PO-1")
        checked = advanced(order)
        back = advanced(checked.order, to="lab")
        store.save(checked, back)
        before = event_of(store, "tidy")
        again = advanced(back.order, today=MONDAY + timedelta(3))
        store.save(again)
        moved = evolve(before, fire_on=before.fire_on and before.fire_on + timedelta(3))
        assert event_of(store, "tidy") == evolve(moved, visit=5, sequence=5)
        store.acknowledge(item_of(store, "tidy"))
        back = advanced(again.order, to="lab")
        store.save(back, advanced(back.order))
        assert "tidy" not in keys(items(store))


def pending_of(store: Store, order_id: str) -> list[tuple[str, int, date | None]]:
    """The pending events of an order, each as trigger, visit and day."""
    events = [event for event in waiting(store) if event.order_id == order_id]
    return sorted((event.trigger, event.visit, event.fire_on) for event in events)


def _id(event: TriggerEvent) -> str:
    return event.id
