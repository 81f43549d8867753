"""The laws of a store about events that come again, come late, or are undone (D25b, D26, D34)."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

from attrs import evolve

from prodflow import Change, CreateTask
from prodflow.testing._studio import (
    CHRISTMAS_EVE,
    CYCLE,
    FLOW,
    FRIDAY,
    HOUR,
    MONDAY,
    NOON,
    Store,
    advanced,
    amended,
    at_the_lab,
    event_of,
    in_work,
    item_of,
    items,
    keys,
    migrated,
    opened,
    undone,
    untried,
    waiting,
)


class RenewalLaws:
    """What happens to a pending event when another one comes into its slot (decision D26)."""

    def test_another_day_begins_anew(self, store: Store) -> None:
        """With another day, an event has no lease, attempts, error or retry, and isn't given up."""
        orders = in_work(store, "due")
        before = [item_of(store, "due", order.id) for order in orders]
        store.save(*(amended(order, due_on=CHRISTMAS_EVE) for order in orders))
        day = CHRISTMAS_EVE - timedelta(1)
        after = [item_of(store, "due", order.id) for order in orders]
        assert after == [untried(item, fire_on=day, sequence=3) for item in before]

    def test_what_has_another_day_can_be_claimed(self, store: Store) -> None:
        """An event that was leased, that waited or that was given up is free on its new day."""
        orders = in_work(store, "due")
        store.save(*(amended(order, due_on=CHRISTMAS_EVE) for order in orders))
        claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        assert [(item.event.trigger, item.attempts) for item in claimed] == [("due", 1)] * 3

    def test_the_same_day_keeps_what_workers_did(self, store: Store) -> None:
        """With the same day, an event has its new action, and its old lease, attempts and error."""
        orders = in_work(store, "due")
        before = [item_of(store, "due", order.id) for order in orders]
        again = [evolve(it.event, action=CreateTask("Hurry"), sequence=3) for it in before]
        changes = [amended(order) for order in orders]
        store.save(
            *(
                Change(change.order, change.entry, (event,))
                for change, event in zip(changes, again, strict=True)
            )
        )
        assert [item_of(store, "due", order.id) for order in orders] == [
            evolve(item, event=event) for item, event in zip(before, again, strict=True)
        ]

    def test_there_and_back_in_one_save_begins_anew(self, store: Store) -> None:
        """If a save moves a reminder and moves it back, nobody holds it any more."""
        (order, _, _) = in_work(store, "due")
        before = item_of(store, "due")
        there = amended(order, due_on=CHRISTMAS_EVE)
        store.save(there, amended(there.order, due_on=order.due_on))
        assert item_of(store, "due") == untried(before, sequence=4)


class LateLaws:
    """Events for days that are over (decision D25b)."""

    def test_an_opening_brings_events_for_days_that_are_over(self, store: Store) -> None:
        """An order that is recorded late has all its events, also those of past days."""
        store.save(opened("PO-1", at=NOON + timedelta(60)))
        assert event_of(store, "begin").fire_on == FRIDAY

    def test_a_status_change_brings_events_for_days_that_are_over(self, store: Store) -> None:
        """A status change that is recorded late brings all its events, also those of past days."""
        first = opened("PO-1")
        store.save(first, advanced(first.order, at=NOON + timedelta(60)))
        expected = {"welcome", "chase", "survey", "due", "people", "once"}
        assert keys(items(store)) == expected

    def test_an_amendment_brings_nothing_for_days_that_are_over(self, store: Store) -> None:
        """An amendment fills no empty slot with a day before its own; with its own day it does."""
        orders = [amended(order, due_on=None) for order in at_the_lab(store, "PO-1", "PO-2")]
        store.save(*orders)
        late, in_time = (
            amended(change.order, due_on=FRIDAY, at=NOON + timedelta(days))
            for change, days in zip(orders, (4, 3), strict=True)
        )
        store.save(late, in_time)
        due = [item.event.order_id for item in items(store) if item.event.trigger == "due"]
        assert due == ["PO-2"]

    def test_a_part_brings_nothing_for_days_that_are_over(self, store: Store) -> None:
        """A part of an order gets its reminders that are still to come, and no others."""
        (order,) = at_the_lab(store, "PO-1")
        counted = amended(order, quantity=9)
        store.save(counted)
        given: Any = {"by": "Ann", "at": NOON + timedelta(4)}
        store.save(*FLOW.split(counted.order, [("PO-2", 4)], **given))
        part = [item for item in items(store) if item.event.order_id == "PO-2"]
        assert keys(part) == {"survey", "due"}

    def test_an_amendment_moves_a_reminder_to_a_day_that_is_over(self, store: Store) -> None:
        """A pending reminder moves to its new day, even if that day is over."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(amended(order, due_on=FRIDAY, at=NOON + timedelta(4)))
        assert event_of(store, "due").fire_on == FRIDAY - timedelta(1)

    def test_the_day_of_an_amendment_is_that_on_its_own_clock(self, store: Store) -> None:
        """Whether a day is over depends on the date at the place where the change was made."""
        west, east = timezone(-9 * HOUR), timezone(9 * HOUR)
        evening = datetime(2026, 11, 18, 23, tzinfo=west)  # in UTC, it's the 19th
        morning = datetime(2026, 11, 20, 1, tzinfo=east)  # in UTC, it's the 19th
        orders = [amended(order, due_on=None) for order in at_the_lab(store, "PO-1", "PO-2")]
        store.save(*orders)
        due_on = [date(2026, 11, 19), FRIDAY]
        store.save(
            *(
                amended(change.order, due_on=day, at=at)
                for change, day, at in zip(orders, due_on, (evening, morning), strict=True)
            )
        )
        due = [item.event.order_id for item in items(store) if item.event.trigger == "due"]
        assert due == ["PO-1"]

    def test_a_migration_brings_nothing_for_days_that_are_over(self, store: Store) -> None:
        """A migration fills no empty slot with a day before its own, but moves what is pending."""
        orders = at_the_lab(store, "PO-1", "PO-2")
        without = amended(orders[0], due_on=None)
        store.save(without)
        longer = CYCLE.replace("lab", default_duration=6)
        at = datetime(2026, 11, 25, 12, tzinfo=NOON.tzinfo)
        freed = amended(without.order, at=at, due_on=orders[0].due_on)
        store.save(freed)
        assert keys_of(store, "PO-1") >= {"chase"}
        assert "due" not in keys_of(store, "PO-1")
        store.save(*(migrated(order, longer, at=at) for order in (freed.order, orders[1])))
        assert "due" not in keys_of(store, "PO-1")
        assert event_of(store, "due", "PO-2").fire_on == date(2026, 11, 24)

    def test_an_undo_brings_events_for_days_that_are_over(self, store: Store) -> None:
        """If an undo gives reminders back, days that are over come back too."""
        (order,) = at_the_lab(store, "PO-1")
        slip = advanced(order)
        store.save(slip)
        store.save(undone(slip.order, store.history("PO-1"), at=NOON + timedelta(60)))
        assert event_of(store, "chase").fire_on == MONDAY + timedelta(3)


class UndoLaws:
    """What an undo takes out of the outbox, and what it gives back (decision D34)."""

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
        assert {event.trigger for event in waiting(store) if event.dated} == {"refund"}

    def test_undoing_an_amendment_voids_nothing(self, store: Store) -> None:
        """If an undo takes back a change within a visit, the reminders of the visit stay."""
        (order,) = at_the_lab(store, "PO-1")
        before = keys(waiting(store))
        change = amended(order, vendor="V")
        store.save(change)
        store.save(undone(change.order, store.history("PO-1")))
        assert keys(waiting(store)) == before

    def test_what_an_undone_change_said_is_never_sent(self, store: Store) -> None:
        """An undo withdraws all pending events of the undone change, whoever has claimed them."""
        store.save(opened("PO-1"))
        before = waiting(store)
        slip = advanced(store.get("PO-1"))
        store.save(slip)
        store.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.save(undone(slip.order, store.history("PO-1")))
        (begin,) = waiting(store)
        assert [begin] == [evolve(event, sequence=3) for event in before]

    def test_what_was_sent_stays_sent(self, store: Store) -> None:
        """An undo doesn't open the slots that were closed."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(item_of(store, "chase"))
        slip = advanced(order)
        store.save(slip)
        store.save(undone(slip.order, store.history("PO-1")))
        assert "chase" not in keys(items(store))

    def test_undoing_a_visit_takes_what_an_amendment_moved(self, store: Store) -> None:
        """The reminders of an undone visit go, even if a later change gave them another day."""
        (order,) = at_the_lab(store, "PO-1")
        corrected = amended(order, entered_on=FRIDAY, at=NOON + timedelta(4))
        store.save(corrected)
        back = undone(corrected.order, store.history("PO-1"))
        store.save(back)
        assert event_of(store, "survey").sequence == back.entry.sequence
        store.save(undone(back.order, store.history("PO-1")))
        assert keys(items(store)) == {"begin"}

    def test_undoing_a_visit_leaves_the_delivery_reminder(self, store: Store) -> None:
        """The reminder of the delivery date belongs to the order, not to the undone visit."""
        first = opened("PO-1", delivery_on=CHRISTMAS_EVE)
        moved = advanced(first.order)
        agreed = amended(moved.order, delivery_on=CHRISTMAS_EVE + timedelta(7))
        store.save(first, moved, agreed)
        back = undone(agreed.order, store.history("PO-1"))
        store.save(back)
        before = item_of(store, "delivery")
        assert (before.event.visit, before.event.fire_on) == (2, date(2026, 12, 21))
        store.save(undone(back.order, store.history("PO-1")))
        assert item_of(store, "delivery") == before

    def test_undoing_an_amendment_gives_the_old_day_back(self, store: Store) -> None:
        """A reminder that an undone amendment moved is pending again for its old day."""
        (order,) = at_the_lab(store, "PO-1")
        before = event_of(store, "due")
        change = amended(order, due_on=CHRISTMAS_EVE)
        store.save(change)
        store.save(undone(change.order, store.history("PO-1")))
        assert event_of(store, "due") == evolve(before, sequence=4)

    def test_undoing_a_cancellation_gives_the_reminders_back(self, store: Store) -> None:
        """Reminders of the visit, of the delivery date, and of earlier visits are pending again."""
        first = opened("PO-1", delivery_on=CHRISTMAS_EVE)
        lab = advanced(first.order)
        check = advanced(lab.order)
        slip = advanced(check.order, to="cancelled")
        store.save(first, lab, check)
        before = {(event.id, event.fire_on) for event in waiting(store)}
        store.save(slip)
        store.save(undone(slip.order, store.history("PO-1")))
        assert {(event.id, event.fire_on) for event in waiting(store)} == before

    def test_what_an_undo_gives_again_for_the_same_day_keeps_its_lease(self, store: Store) -> None:
        """The events of an undo come first; only then goes what the undone change said.

        So a reminder that is given again for its day keeps what workers did with it.
        """
        (order,) = at_the_lab(store, "PO-1")
        on_hold = advanced(order, to="hold")
        back = advanced(on_hold.order)
        store.save(on_hold, back)
        store.claim(as_of=date.max, now=NOON, lease=HOUR)
        before = item_of(store, "survey")
        store.save(undone(back.order, store.history("PO-1")))
        assert item_of(store, "survey") == evolve(before, event=evolve(before.event, sequence=5))


def keys_of(store: Store, order_id: str) -> set[str]:
    """The keys of the triggers of an order's pending events."""
    return keys(item for item in items(store) if item.event.order_id == order_id)
