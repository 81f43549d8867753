"""The laws of a store about `set_reminders` (decisions D25b and D30)."""

from datetime import date, timedelta

import pytest
from attrs import evolve

from prodflow import (
    CreateTask,
    DaysFromDelivery,
    DaysInStatus,
    ProductionFlow,
    StaleOrdersError,
    Trigger,
)
from prodflow.testing._studio import (
    CHRISTMAS_EVE,
    FLOW,
    FRIDAY,
    HOUR,
    MONDAY,
    NOON,
    Store,
    advanced,
    amended,
    at_the_lab,
    edited_flow,
    event_of,
    in_work,
    item_of,
    items,
    keys,
    opened,
    undone,
    untried,
    waiting,
)


class ReminderLaws:
    """The pending reminders of an order become those that are given."""

    def test_the_reminders_of_the_flow_are_there_already(self, store: Store) -> None:
        """Setting what saves have brought changes nothing, not even what workers did."""
        first = opened("PO-4", delivery_on=CHRISTMAS_EVE)
        store.save(first)
        orders = [*in_work(store, "chase"), first.order]
        before = items(store)
        store.set_reminders(*FLOW.reminders_all(orders, today=MONDAY))
        assert items(store) == before

    def test_a_deleted_trigger_has_no_reminders(self, store: Store) -> None:
        """A reminder that isn't given disappears and leaves no trace."""
        (order,) = at_the_lab(store, "PO-1")
        chase = item_of(store, "chase")
        store.set_reminders(edited_flow(chase=None).reminders(order, today=MONDAY))
        assert keys(items(store)) == {"welcome", "people", "once", "survey", "due"}
        store.acknowledge(chase, chase.event.id)
        store.set_reminders(FLOW.reminders(order, today=MONDAY))
        assert item_of(store, "chase") == chase

    def test_a_new_trigger_has_its_reminder(self, store: Store) -> None:
        """A reminder that is given fills its empty slot."""
        (order,) = at_the_lab(store, "PO-1")
        flow = edited_flow(extra=Trigger("extra", DaysInStatus("lab", 9), CreateTask("Ask again")))
        store.set_reminders(flow.reminders(order, today=MONDAY))
        extra = event_of(store, "extra")
        assert (extra.fire_on, extra.visit, extra.sequence) == (MONDAY + timedelta(9), 2, 2)

    def test_setting_another_day_begins_anew(self, store: Store) -> None:
        """A reminder with another day has no lease, attempts or error, and isn't given up."""
        orders = in_work(store, "chase")
        before = [item_of(store, "chase", order.id) for order in orders]
        flow = edited_flow(
            chase=Trigger("chase", DaysInStatus("lab", 4), CreateTask("Call the lab"))
        )
        store.set_reminders(*flow.reminders_all(orders, today=MONDAY))
        after = [item_of(store, "chase", order.id) for order in orders]
        assert after == [untried(item, fire_on=FRIDAY) for item in before]

    def test_setting_another_text_keeps_what_workers_did(self, store: Store) -> None:
        """A reminder with another text, but the same day, keeps its lease, attempts and error."""
        orders = in_work(store, "chase")
        before = [item_of(store, "chase", order.id) for order in orders]
        task = CreateTask("Call the lab, kindly")
        flow = edited_flow(chase=Trigger("chase", DaysInStatus("lab", 3), task))
        store.set_reminders(*flow.reminders_all(orders, today=MONDAY))
        after = [item_of(store, "chase", order.id) for order in orders]
        assert after == [evolve(it, event=evolve(it.event, action=task)) for it in before]

    def test_a_reminder_can_become_one_for_people(self, store: Store) -> None:
        """On the same day, a worker claims it no more if its trigger isn't automatic any more."""
        (order,) = at_the_lab(store, "PO-1")
        by_hand = Trigger("chase", DaysInStatus("lab", 3), CreateTask("Call"), automatic=False)
        store.set_reminders(edited_flow(chase=by_hand).reminders(order, today=MONDAY))
        assert "chase" in keys(store.pending(as_of=date.max, automatic=False))
        assert "chase" not in keys(store.claim(as_of=date.max, now=NOON, lease=HOUR))

    def test_a_reminder_can_come_to_outlive_its_visit(self, store: Store) -> None:
        """On the same day, it stays after the visit if its trigger now says so."""
        (order,) = at_the_lab(store, "PO-1")
        longer = Trigger("chase", DaysInStatus("lab", 3, while_in_status=False), CreateTask("Call"))
        store.set_reminders(edited_flow(chase=longer).reminders(order, today=MONDAY))
        store.save(advanced(order))
        assert "chase" in keys(items(store))

    def test_what_was_set_is_no_longer_what_the_change_said(self, store: Store) -> None:
        """The undo of the change that gave a reminder leaves it, once it was set."""
        (order,) = at_the_lab(store, "PO-1")
        change = amended(order, vendor="West")
        store.save(change)
        parcel = Trigger("parcel", DaysInStatus("lab", 2), CreateTask("Track the parcel"))
        flow = edited_flow(parcel=parcel)
        store.set_reminders(flow.reminders(change.order, today=MONDAY))
        entries = store.history("PO-1")
        store.save(flow.undo(change.order, entries, by="Ann", at=NOON))
        assert "parcel" in keys(items(store))

    def test_a_reminder_once_per_order_is_of_its_last_visit(self, store: Store) -> None:
        """Setting the reminders of this visit without it makes it disappear."""
        (order,) = at_the_lab(store, "PO-1")
        for to in ("check", "lab", "check"):
            change = advanced(order, to=to)
            store.save(change)
            order = change.order
        store.set_reminders(edited_flow(tidy=None).reminders(order, today=MONDAY))
        assert "tidy" not in keys(items(store))

    def test_no_empty_slot_is_filled_for_a_day_that_is_over(self, store: Store) -> None:
        """A reminder before `today` fills no empty slot; one for `today` does."""
        (order,) = at_the_lab(store, "PO-1")
        store.set_reminders(edited_flow(chase=None).reminders(order, today=MONDAY))
        thursday = MONDAY + timedelta(3)
        store.set_reminders(FLOW.reminders(order, today=FRIDAY))
        assert "chase" not in keys(items(store))
        store.set_reminders(FLOW.reminders(order, today=thursday))
        assert event_of(store, "chase").fire_on == thursday

    def test_a_pending_reminder_moves_to_a_day_that_is_over(self, store: Store) -> None:
        """A pending reminder gets its new day, even if that day is before `today`."""
        (order,) = at_the_lab(store, "PO-1")
        flow = edited_flow(
            chase=Trigger("chase", DaysInStatus("lab", 1), CreateTask("Call the lab"))
        )
        store.set_reminders(flow.reminders(order, today=FRIDAY))
        assert event_of(store, "chase").fire_on == MONDAY + timedelta(1)

    def test_a_pending_reminder_stays_when_its_day_is_over(self, store: Store) -> None:
        """A pending reminder that is given with its old day stays, although that day is over."""
        (order,) = at_the_lab(store, "PO-1")
        before = item_of(store, "chase")
        store.set_reminders(FLOW.reminders(order, today=FRIDAY))
        assert item_of(store, "chase") == before

    def test_a_closed_reminder_stays_closed(self, store: Store) -> None:
        """A reminder fills no slot that was closed, whatever its day."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(item_of(store, "chase"))
        flow = edited_flow(
            chase=Trigger("chase", DaysInStatus("lab", 9), CreateTask("Call the lab"))
        )
        store.set_reminders(flow.reminders(order, today=MONDAY))
        assert "chase" not in keys(items(store))
        store.set_reminders(edited_flow(chase=None).reminders(order, today=MONDAY))
        store.set_reminders(flow.reminders(order, today=MONDAY))
        assert "chase" not in keys(items(store))

    def test_immediate_events_are_left_alone(self, store: Store) -> None:
        """Events of immediate triggers stay, also if no reminder is given."""
        (order,) = at_the_lab(store, "PO-1")
        store.set_reminders(ProductionFlow().reminders(order, today=MONDAY))
        assert keys(items(store)) == {"welcome", "people", "once"}

    def test_reminders_that_outlive_an_earlier_visit_are_left_alone(self, store: Store) -> None:
        """Only the present visit is concerned: not an earlier one, nor one that is on hold."""
        orders = at_the_lab(store, "PO-1", "PO-2")
        check, hold = (
            advanced(order, to=to) for order, to in zip(orders, ("check", "hold"), strict=True)
        )
        store.save(check, hold)
        flow = ProductionFlow()
        store.set_reminders(*flow.reminders_all([check.order, hold.order], today=MONDAY))
        dated = [event for event in waiting(store) if event.dated]
        found = {(event.trigger, event.order_id) for event in dated}
        assert found == {("survey", "PO-1"), ("survey", "PO-2")}

    def test_a_reminder_once_per_order_belongs_to_its_visit(self, store: Store) -> None:
        """A reminder that comes once per order is concerned in the visit that it is for."""
        (order,) = at_the_lab(store, "PO-1")
        check = advanced(order)
        store.save(check)
        store.set_reminders(edited_flow(tidy=None).reminders(check.order, today=MONDAY))
        assert "tidy" not in keys(items(store))
        store.set_reminders(FLOW.reminders(check.order, today=MONDAY))
        back = advanced(check.order, to="lab")
        store.save(back)
        store.set_reminders(edited_flow(tidy=None).reminders(back.order, today=MONDAY))
        assert "tidy" in keys(items(store))

    def test_the_reminder_of_the_delivery_date_is_concerned(self, store: Store) -> None:
        """It disappears, moves and comes back in any visit of the order."""
        first = opened("PO-1", delivery_on=CHRISTMAS_EVE)
        lab = advanced(first.order)
        store.save(first, lab)
        before = item_of(store, "delivery")
        store.set_reminders(edited_flow(delivery=None).reminders(lab.order, today=MONDAY))
        assert "delivery" not in keys(items(store))
        store.set_reminders(FLOW.reminders(lab.order, today=MONDAY))
        assert item_of(store, "delivery") == untried(before, visit=2)
        flow = edited_flow(delivery=Trigger("delivery", DaysFromDelivery(-1), CreateTask("Book")))
        store.set_reminders(flow.reminders(lab.order, today=MONDAY))
        assert event_of(store, "delivery").fire_on == CHRISTMAS_EVE - timedelta(1)

    def test_other_orders_are_left_alone(self, store: Store) -> None:
        """Only the orders that are given are concerned."""
        first, _ = at_the_lab(store, "PO-1", "PO-2")
        before = [item for item in items(store) if item.event.order_id == "PO-2"]
        store.set_reminders(ProductionFlow().reminders(first, today=MONDAY))
        after = [item for item in items(store) if item.event.order_id == "PO-2"]
        assert after == before

    def test_setting_reminders_is_no_change_of_the_order(self, store: Store) -> None:
        """The order keeps its version and history, so an undo doesn't take the reminders back."""
        (order,) = at_the_lab(store, "PO-1")
        change = amended(order, vendor="V")
        store.save(change)
        store.set_reminders(edited_flow(chase=None).reminders(change.order, today=MONDAY))
        assert store.get("PO-1") == change.order
        assert len(store.history("PO-1")) == change.order.version
        store.save(undone(change.order, store.history("PO-1")))
        assert "chase" not in keys(items(store))

    def test_setting_nothing_does_nothing(self, store: Store) -> None:
        """A call without reminders is allowed and leaves no trace."""
        at_the_lab(store, "PO-1")
        before = items(store)
        store.set_reminders()
        assert items(store) == before

    def test_stale_reminders_are_refused_all_together(self, store: Store) -> None:
        """If orders have changed since, the error names all of them, and nothing is set."""
        orders = at_the_lab(store, "PO-1", "PO-2", "PO-3")
        flow = ProductionFlow()
        reminders = flow.reminders_all([*orders, opened("PO-4").order], today=MONDAY)
        store.save(amended(orders[1], vendor="V"), amended(orders[2], vendor="V"))
        before = items(store)
        with pytest.raises(StaleOrdersError) as caught:
            store.set_reminders(*reminders)
        assert caught.value.conflicts == {"PO-2": (2, 3), "PO-3": (2, 3), "PO-4": (1, 0)}
        assert items(store) == before

    def test_an_order_comes_once(self, store: Store) -> None:
        """Two reminders of one order in one call are refused, and nothing is set."""
        order, other = at_the_lab(store, "PO-1", "PO-2")
        before = items(store)
        none, given = (flow.reminders(order, today=MONDAY) for flow in (ProductionFlow(), FLOW))
        with pytest.raises(ValueError):  # noqa: PT011 - stores word it as they like
            store.set_reminders(ProductionFlow().reminders(other, today=MONDAY), none, given)
        assert items(store) == before

    def test_what_was_set_can_be_claimed(self, store: Store) -> None:
        """A reminder that was set is claimed and closed like any other."""
        (order,) = at_the_lab(store, "PO-1")
        extra = Trigger("extra", DaysInStatus("lab", 9), CreateTask("Ask again"))
        reminders = edited_flow(extra=extra).reminders(order, today=MONDAY)
        store.set_reminders(reminders)
        claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        assert "extra" in keys(claimed)
        store.acknowledge(*claimed)
        store.set_reminders(reminders)
        assert "extra" not in keys(items(store))
