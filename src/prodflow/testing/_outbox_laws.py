"""The laws of the outbox (decisions D26 to D28)."""

from datetime import date, timedelta

import pytest
from attrs import evolve

from prodflow import Change, DuplicateOrderError, TriggerEvent
from prodflow.testing._studio import (
    MONDAY,
    NOON,
    Store,
    advanced,
    amended,
    at_the_lab,
    event_of,
    keys,
    opened,
    waiting,
)

HOUR = timedelta(hours=1)
FRIDAY = MONDAY + timedelta(4)


class EventLaws:
    """What comes into the outbox, and what leaves it by itself."""

    def test_an_event_is_saved_with_its_change(self, store: Store) -> None:
        """Once a change is saved, its events are pending."""
        first = opened("PO-1")
        change = advanced(first.order)
        store.save(first, change)
        assert sorted(waiting(store), key=_id) == sorted(change.events, key=_id)

    def test_an_event_is_not_saved_without_its_change(self, store: Store) -> None:
        """A change that is refused leaves no event behind."""
        store.save(opened("PO-1"))
        events = advanced(opened("PO-1").order).events
        again = opened("PO-1")
        with pytest.raises(DuplicateOrderError):
            store.save(Change(again.order, again.entry, events))
        assert waiting(store) == []

    def test_a_void_reminder_never_comes_out(self, store: Store) -> None:
        """A reminder that was to be sent while in the status dies when the order leaves it."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(advanced(order))
        assert keys(waiting(store)) & {"chase", "due"} == set()

    def test_other_events_outlive_the_visit(self, store: Store) -> None:
        """What is not dated, or not bound to the status, stays when the order leaves it."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(advanced(order))
        assert keys(waiting(store)) == {"welcome", "survey", "people", "once"}

    def test_amending_voids_nothing(self, store: Store) -> None:
        """A change without a new visit leaves the reminders of the visit."""
        (order,) = at_the_lab(store, "PO-1")
        before = keys(waiting(store))
        store.save(amended(order, vendor="V"))
        assert keys(waiting(store)) == before

    def test_cancelling_voids_every_dated_event(self, store: Store) -> None:
        """A cancelled order sends no reminder of earlier visits, whichever it is."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(advanced(order, to="cancelled"))
        assert keys(waiting(store)) == {"welcome", "people", "once"}

    def test_leaving_voids_nothing_of_other_orders(self, store: Store) -> None:
        """Reminders die with their own order's visit."""
        order, _ = at_the_lab(store, "PO-1", "PO-2")
        store.save(advanced(order))
        chased = [event.order_id for event in waiting(store) if event.trigger == "chase"]
        assert chased == ["PO-2"]

    def test_a_voided_slot_leaves_no_trace(self, store: Store) -> None:
        """Acknowledging what has become void does nothing, and closes nothing."""
        (order,) = at_the_lab(store, "PO-1")
        chase = event_of(store, "chase")
        change = advanced(order)
        store.save(change)
        store.acknowledge(chase.id)
        again = evolve(chase, visit=change.order.version)
        entry = amended(change.order)
        store.save(Change(entry.order, entry.entry, (again,)))
        assert event_of(store, "chase").visit == again.visit

    def test_a_rescheduled_reminder_keeps_its_id(self, store: Store) -> None:
        """A new due date gives the reminder a new date, not a second reminder."""
        (order,) = at_the_lab(store, "PO-1")
        before = event_of(store, "due")
        store.save(amended(order, due_on=date(2026, 12, 24)))
        after = event_of(store, "due")
        assert (after.id, after.fire_on) == (before.id, date(2026, 12, 23))

    def test_a_slot_keeps_its_first_id(self, store: Store) -> None:
        """An event that fills a pending slot under another id takes over the id that is there."""
        (order,) = at_the_lab(store, "PO-1")
        before = event_of(store, "chase")
        change = amended(order)
        again = evolve(before, id="another", fire_on=FRIDAY)
        store.save(Change(change.order, change.entry, (again,)))
        assert event_of(store, "chase") == evolve(again, id=before.id)

    def test_a_slot_keeps_its_first_id_within_a_save(self, store: Store) -> None:
        """It makes no difference whether both events come in one save or in two."""
        first = opened("PO-1")
        moved = advanced(first.order)
        (chase,) = (event for event in moved.events if event.trigger == "chase")
        change = amended(moved.order)
        again = evolve(chase, id="another", fire_on=FRIDAY)
        store.save(first, moved, Change(change.order, change.entry, (again,)))
        assert event_of(store, "chase") == evolve(again, id=chase.id)

    def test_a_withdrawn_reminder_never_comes_out(self, store: Store) -> None:
        """Without a due date there is nothing to be reminded of."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(amended(order, due_on=None))
        assert "due" not in keys(waiting(store))

    def test_a_closed_slot_stays_closed(self, store: Store) -> None:
        """What was done is not asked for again when its date changes."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(event_of(store, "due").id)
        store.save(amended(order, due_on=date(2026, 12, 24)))
        assert "due" not in keys(waiting(store))

    def test_a_closed_slot_cannot_be_withdrawn(self, store: Store) -> None:
        """What was done is not asked for again when its date is taken away and given back."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(event_of(store, "due").id)
        without = amended(order, due_on=None)
        store.save(without, amended(without.order, due_on=date(2026, 12, 24)))
        assert "due" not in keys(waiting(store))

    def test_once_per_order_is_once(self, store: Store) -> None:
        """What happens once in an order's life does not happen in a later visit."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(event_of(store, "once").id)
        back = advanced(order, to="ordered")
        store.save(back, advanced(back.order))
        assert "once" not in keys(waiting(store))

    def test_a_later_visit_has_slots_of_its_own(self, store: Store) -> None:
        """What was done in one visit is asked for again in the next."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(event_of(store, "chase").id)
        back = advanced(order, to="ordered")
        store.save(back, advanced(back.order))
        assert event_of(store, "chase").visit == store.get("PO-1").visit


class TakingLaws:
    """How events are taken, by pages or by claims, and closed."""

    def test_what_is_not_due_does_not_come_out(self, store: Store) -> None:
        """An event is pending from its day on, not before."""
        at_the_lab(store, "PO-1")
        assert "chase" not in keys(store.pending(as_of=MONDAY + timedelta(2)))
        assert "chase" in keys(store.pending(as_of=MONDAY + timedelta(3)))

    def test_paging_visits_every_event_once(self, store: Store) -> None:
        """Pages follow one another by date, then id, without gaps or repeats."""
        at_the_lab(store, "PO-1", "PO-2", "PO-3")
        found: list[TriggerEvent] = []
        page: list[TriggerEvent] = []
        after = None
        for _ in range(10):  # three orders, six triggers, and a page more
            page = store.pending(as_of=date.max, after=after, limit=2)
            found += page
            after = page[-1] if page else after
        assert found == sorted(waiting(store), key=_place)
        assert page == []

    def test_events_for_people_can_be_told_apart(self, store: Store) -> None:
        """Those that workers may take, and those left to people, add up to all."""
        at_the_lab(store, "PO-1")
        people = store.pending(as_of=date.max, automatic=False)
        workers = store.pending(as_of=date.max, automatic=True)
        assert keys(people) == {"people"}
        assert keys(workers) == {"welcome", "once", "chase", "survey", "due"}

    def test_a_claim_takes_automatic_events_only(self, store: Store) -> None:
        """What is left to people is never claimed."""
        at_the_lab(store, "PO-1")
        claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        assert keys(claimed) == {"welcome", "once", "chase", "survey", "due"}

    def test_a_claim_takes_what_is_due(self, store: Store) -> None:
        """A worker gets no event before its day, and no more than it asks for."""
        at_the_lab(store, "PO-1")
        assert keys(store.claim(as_of=MONDAY, now=NOON, lease=HOUR)) == {"welcome", "once"}
        assert len(store.claim(as_of=date.max, now=NOON, lease=HOUR, limit=1)) == 1

    def test_a_claimed_event_is_not_claimed_before_its_lease_is_over(self, store: Store) -> None:
        """One worker has an event until its lease ends, then another may."""
        at_the_lab(store, "PO-1")
        first = store.claim(as_of=FRIDAY, now=NOON, lease=HOUR)
        early = store.claim(as_of=FRIDAY, now=NOON + HOUR - timedelta(seconds=1), lease=HOUR)
        late = store.claim(as_of=FRIDAY, now=NOON + HOUR, lease=HOUR)
        assert (early, late) == ([], first)

    def test_a_rescheduled_reminder_keeps_its_lease(self, store: Store) -> None:
        """A new date does not give an event to a second worker."""
        (order,) = at_the_lab(store, "PO-1")
        store.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.save(amended(order, due_on=date(2026, 12, 24)))
        assert store.claim(as_of=date.max, now=NOON, lease=HOUR) == []

    def test_an_acknowledged_event_never_comes_back(self, store: Store) -> None:
        """What was acted on is neither pending nor claimed, now or later."""
        at_the_lab(store, "PO-1")
        store.acknowledge(*(event.id for event in waiting(store)))
        assert waiting(store) == []
        assert store.claim(as_of=date.max, now=NOON + 2 * HOUR, lease=HOUR) == []

    def test_a_dismissed_event_never_comes_back(self, store: Store) -> None:
        """What nobody will act on is neither pending nor claimed, now or later."""
        at_the_lab(store, "PO-1")
        store.dismiss(*(event.id for event in waiting(store)))
        assert waiting(store) == []
        assert store.claim(as_of=date.max, now=NOON + 2 * HOUR, lease=HOUR) == []

    def test_closing_again_or_closing_nothing_is_harmless(self, store: Store) -> None:
        """Ids that are not pending are passed over."""
        at_the_lab(store, "PO-1")
        chase = event_of(store, "chase")
        store.acknowledge(chase.id)
        store.dismiss(chase.id, "unknown")
        store.acknowledge()
        assert "chase" not in keys(waiting(store))

    def test_forgetting_opens_nothing_again(self, store: Store) -> None:
        """A closed slot that could be filled again is not forgotten."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(*(event.id for event in waiting(store)))
        store.forget(before=date.max)
        store.save(amended(order, due_on=date(2026, 12, 24)))
        assert waiting(store) == []


def _id(event: TriggerEvent) -> str:
    return event.id


def _place(event: TriggerEvent) -> tuple[date, str]:
    return (event.fire_on or date.max, event.id)
