"""The laws of the outbox, tested on `MemoryStore` (decisions D26 to D28)."""

from datetime import date
from itertools import takewhile

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    ChangeUndone,
    CreateTask,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    MemoryStore,
    OutboxItem,
    Trigger,
    TriggerEvent,
)
from prodflow.testing._cases import case, few
from prodflow.testing.strategies import History, histories, production_flows, status_cycles

# Reminders in every status, so that slots are filled, moved, emptied and closed. No drawn key has
# these letters.
STAY = Trigger("STAY", DaysInStatus(None, 2), CreateTask("Look"))
DUE = Trigger("DUE", DaysFromDue(None, -1), CreateTask("Hurry"))
SURVEY = Trigger("SURVEY", DaysInStatus(None, 9, while_in_status=False), CreateTask("Ask"))
SHIP = Trigger("SHIP", DaysFromDelivery(0), CreateTask("Send"))
FLOWS = production_flows(min_size=1, max_size=2).map(
    lambda flow: evolve(flow, triggers=[*flow.triggers, STAY, DUE, SURVEY, SHIP])
)
WALKS = histories(
    cycles=status_cycles(min_size=3, max_size=6),
    flows=FLOWS,
    min_size=2,
    max_size=6,
)
Slot = tuple[str, str, int | None]


def pending(store: MemoryStore) -> list[TriggerEvent]:
    """All events that are pending."""
    return [item.event for item in store.pending(as_of=date.max, limit=1_000)]


def taken(store: MemoryStore, as_of: date) -> list[TriggerEvent]:
    """The events that are due, which are then acknowledged."""
    items = store.pending(as_of=as_of, limit=1_000)
    store.acknowledge(*items)
    return [item.event for item in items]


def is_void(event: TriggerEvent, history: History) -> bool:
    """Whether a later change withdraws the event or makes it void (D26, D27, D34)."""
    later = [c for c in history.changes if c.entry.sequence > event.sequence]
    orders = [change.order for change in later]
    undone = {c.entry.undoes for c in later if isinstance(c.entry, ChangeUndone)}
    if event.sequence in undone:
        return True
    if not event.dated:
        return False
    if event.until == "closed" and any(not order.is_open for order in orders):
        return True
    if event.until == "left" and any(order.visit != event.visit for order in orders):
        return True
    return (
        any(it.slot == event.slot and it.fire_on is None for c in later for it in c.events)
        or any(order.is_cancelled and order.visit > event.visit for order in orders)
        or (event.visit in undone and event.until != "closed")
    )


class TestSlots:
    """A slot is empty, pending or closed; a closed slot stays closed (D26)."""

    @few(2)
    @given(WALKS, st.data())
    def test_each_slot_is_closed_at_most_once(self, history: History, data: st.DataObject) -> None:
        """An event that is acknowledged between changes never comes back."""
        store = MemoryStore()
        closed: list[Slot] = []
        for change in history.changes:
            store.save(change)
            events = pending(store)
            assert not {event.slot for event in events} & set(closed)
            some = [event for event in events if data.draw(st.booleans())]
            store.acknowledge(*(event.id for event in some))
            closed += [event.slot for event in some]
        case("a slot was closed", closed)
        assert len(closed) == len(set(closed))

    @few(2)
    @given(WALKS)
    def test_a_slot_is_pending_once(self, history: History) -> None:
        """A new date replaces the old one, so no slot has two pending events."""
        store = MemoryStore()
        for change in history.changes:
            store.save(change)
            events = pending(store)
            case("several events were pending", len(events) > 1)
            assert len(events) == len({event.slot for event in events})
            assert len(events) == len({event.id for event in events})

    @few(2)
    @given(WALKS)
    def test_what_is_void_is_not_pending(self, history: History) -> None:
        """No reminder of a past visit is pending, unless it outlives the visit (D27)."""
        events = [event for change in history.changes for event in change.events]
        case("an event became void", any(is_void(event, history) for event in events))
        store = MemoryStore()
        for change in history.changes:
            store.save(change)
            order = change.order
            for event in pending(store):
                assert event.until != "left" or event.visit == order.visit
                assert event.until != "closed" or order.is_open
                assert not (event.dated and order.is_cancelled and event.visit < order.visit)

    @few(2)
    @given(WALKS)
    def test_pending_is_what_the_last_event_of_a_slot_says(self, history: History) -> None:
        """A pending event has the day and the action of the last event for its slot."""
        store = MemoryStore()
        store.save(*history.changes)
        said = {event.slot: event for change in history.changes for event in change.events}
        case("a slot was filled again", sum(len(c.events) for c in history.changes) > len(said))
        for event in pending(store):
            assert (said[event.slot].fire_on, said[event.slot].action) == (
                event.fire_on,
                event.action,
            )


class TestTaking:
    """An event stays pending until it is closed, whenever the outbox is read (D28)."""

    @few(2)
    @given(WALKS)
    def test_day_by_day_is_once_at_the_end(self, history: History) -> None:
        """Reading every day or once at the end returns the same events, except void ones."""
        daily, once = MemoryStore(), MemoryStore()
        day_by_day: list[TriggerEvent] = []
        for change in history.changes:
            day_by_day += taken(daily, change.order.entered_on)
            daily.save(change)
            once.save(change)
        day_by_day += taken(daily, date.max)
        at_the_end = taken(once, date.max)
        early = {event.slot: event for event in day_by_day}
        case("an event was taken early that is void later", len(early) > len(at_the_end))
        assert len(day_by_day) == len(early)
        assert {event.slot for event in at_the_end} <= early.keys()
        for slot in early.keys() - {event.slot for event in at_the_end}:
            assert is_void(early[slot], history)

    @few(2)
    @given(WALKS)
    def test_change_by_change_is_all_in_one_save(self, history: History) -> None:
        """One save of several changes has the same effect as several saves."""
        case("several changes have events", sum(bool(c.events) for c in history.changes) > 1)
        singly, together = MemoryStore(), MemoryStore()
        for change in history.changes:
            singly.save(change)
        together.save(*history.changes)
        order_id = history.order.id
        assert history.order == singly.get(order_id) == together.get(order_id)
        assert history.entries == singly.history(order_id) == together.history(order_id)
        assert singly.pending(as_of=date.max, limit=1_000) == together.pending(
            as_of=date.max, limit=1_000
        )

    @few(2)
    @given(WALKS, st.integers(1, 3))
    def test_pages_of_pending_events_are_all_of_them_once(
        self, history: History, limit: int
    ) -> None:
        """Pages of any length return every event once, by date, then id."""
        store = MemoryStore()
        store.save(*history.changes)
        paged: list[OutboxItem] = []
        while page := store.pending(
            as_of=date.max, after=paged[-1] if paged else None, limit=limit
        ):
            paged += page
        expected = store.pending(as_of=date.max, limit=1_000)
        case("there are several pages", len(expected) > limit)
        assert expected == paged
        assert expected == sorted(
            expected, key=lambda item: (item.event.fire_on or date.min, item.event.id)
        )

    @few(2)
    @given(WALKS)
    def test_forgetting_changes_nothing_that_is_pending(self, history: History) -> None:
        """`forget` changes which events are pending only if an undo restores a visit (D27)."""
        kept, forgetful = MemoryStore(), MemoryStore()
        for change in takewhile(lambda it: not isinstance(it.entry, ChangeUndone), history.changes):
            for store in (kept, forgetful):
                store.save(change)
            found = taken(kept, change.order.entered_on)
            case("an event was closed, then forgotten", found)
            assert found == taken(forgetful, change.order.entered_on)
            forgetful.forget(before=date.max)
        assert taken(kept, date.max) == taken(forgetful, date.max)
