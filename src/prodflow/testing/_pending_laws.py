"""The laws of a store about reading events and closing them (decisions D27 and D28)."""

from datetime import date, timedelta
from itertools import product
from typing import Final, TypedDict

from prodflow import OutboxItem
from prodflow.testing._studio import (
    CHRISTMAS_EVE,
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
    opened,
    untried,
    waiting,
)

WORKERS = {"welcome", "once", "chase", "survey", "due"}
_EITHER: Final = (None, True, False)


class _Asked(TypedDict):
    """The arguments of `pending` that select events."""

    order_id: str | None
    trigger: str | None
    automatic: bool | None
    given_up: bool | None


class PendingLaws:
    """How events are read."""

    def test_what_is_not_due_does_not_come_out(self, store: Store) -> None:
        """`pending` returns an event from its day on, not before."""
        at_the_lab(store, "PO-1")
        assert "chase" not in keys(store.pending(as_of=MONDAY + timedelta(2)))
        assert "chase" in keys(store.pending(as_of=MONDAY + timedelta(3)))

    def test_a_new_item_is_untried(self, store: Store) -> None:
        """The item of a new event says that nobody has claimed it."""
        at_the_lab(store, "PO-1")
        assert items(store) == [untried(item) for item in items(store)]

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

    def test_a_page_follows_an_item_that_is_closed(self, store: Store) -> None:
        """The next page begins after the last item, even if that item has been closed since."""
        at_the_lab(store, "PO-1")
        every = items(store)
        store.acknowledge(every[1])
        assert store.pending(as_of=date.max, after=every[1]) == every[2:]

    def test_events_for_people_can_be_told_apart(self, store: Store) -> None:
        """`automatic` selects either the events for workers or the events for people."""
        at_the_lab(store, "PO-1")
        people = store.pending(as_of=date.max, automatic=False)
        workers = store.pending(as_of=date.max, automatic=True)
        assert (keys(people), keys(workers)) == ({"people"}, WORKERS)

    def test_the_events_of_an_order_can_be_read(self, store: Store) -> None:
        """`order_id` selects the events of one order."""
        at_the_lab(store, "PO-1", "PO-2")
        found = store.pending(as_of=date.max, order_id="PO-2")
        assert found == [item for item in items(store) if item.event.order_id == "PO-2"]
        assert store.pending(as_of=date.max, order_id="PO-3") == []

    def test_the_events_of_a_trigger_can_be_read(self, store: Store) -> None:
        """`trigger` selects the events of one trigger."""
        at_the_lab(store, "PO-1", "PO-2")
        found = store.pending(as_of=date.max, trigger="chase")
        assert found == [item for item in items(store) if item.event.trigger == "chase"]
        assert store.pending(as_of=date.max, trigger="unknown") == []

    def test_what_was_given_up_can_be_told_apart(self, store: Store) -> None:
        """`given_up` selects either the events that workers gave up or the others."""
        in_work(store, "chase")
        given_up = store.pending(as_of=date.max, given_up=True)
        others = store.pending(as_of=date.max, given_up=False)
        assert given_up == [item_of(store, "chase", "PO-3")]
        assert others == [item for item in items(store) if item not in given_up]

    def test_the_arguments_of_pending_can_be_combined(self, store: Store) -> None:
        """Every argument restricts the others, and the limit counts only what is selected."""
        in_work(store, "chase")
        every, as_of = items(store), date(2026, 12, 1)  # without "survey"
        for order_id, trigger, automatic, given_up in product(
            (None, "PO-2", "PO-3"), (None, "chase", "people"), _EITHER, _EITHER
        ):
            asked: _Asked = {
                "order_id": order_id,
                "trigger": trigger,
                "automatic": automatic,
                "given_up": given_up,
            }
            expected = [
                item
                for item in every[4:]
                if order_id in {None, item.event.order_id}
                and trigger in {None, item.event.trigger}
                and automatic in {None, item.event.automatic}
                and given_up in {None, item.given_up}
                and _date_and_id(item)[0] <= as_of
            ]
            found = store.pending(as_of=as_of, after=every[3], limit=2, **asked)
            assert found == expected[:2]

    def test_leased_and_failed_events_are_pending(self, store: Store) -> None:
        """`pending` also returns events that are leased, that wait, or that were given up."""
        in_work(store, "chase")
        found = {
            item.event.order_id: item for item in items(store) if item.event.trigger == "chase"
        }
        assert [found[order_id].attempts for order_id in ("PO-1", "PO-2", "PO-3")] == [1, 1, 1]
        assert found["PO-1"].leased_until == NOON + HOUR
        assert found["PO-2"].retry_at == NOON + HOUR
        assert [found[order_id].given_up for order_id in ("PO-2", "PO-3")] == [False, True]
        assert [found[order_id].last_error for order_id in ("PO-1", "PO-2")] == [None, "bounced"]

    def test_an_event_can_be_read_by_its_id(self, store: Store) -> None:
        """`get_event` returns the item of a pending event as it is now."""
        in_work(store, "chase")
        every = items(store)
        assert [store.get_event(item.event.id) for item in every] == every

    def test_an_event_that_is_not_pending_is_none(self, store: Store) -> None:
        """`get_event` returns None for a closed event, a void one, and an unknown id."""
        (order,) = at_the_lab(store, "PO-1")
        closed, void = event_of(store, "survey"), event_of(store, "chase")
        store.acknowledge(closed.id)
        store.save(advanced(order))
        assert [store.get_event(name) for name in (closed.id, void.id, "unknown")] == [None] * 3


class ClosingLaws:
    """How events are closed, and how long the store remembers it."""

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

    def test_items_can_be_closed(self, store: Store) -> None:
        """`acknowledge` and `dismiss` close the events of items, and of items and ids together."""
        at_the_lab(store, "PO-1")
        first, second, third, *others = items(store)
        store.acknowledge(first, second.event.id)
        store.dismiss(third)
        assert items(store) == others

    def test_what_has_another_day_is_not_closed_by_its_old_item(self, store: Store) -> None:
        """If an event was moved since, closing the old item leaves the event pending."""
        orders = at_the_lab(store, "PO-1", "PO-2")
        claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.save(*(amended(order, due_on=CHRISTMAS_EVE) for order in orders))
        before = [item for item in items(store) if item.event.trigger == "due"]
        store.acknowledge(*(item for item in claimed if item.event.order_id == "PO-1"))
        store.dismiss(*(item for item in claimed if item.event.order_id == "PO-2"))
        assert [item for item in items(store) if item.event.automatic] == before
        store.acknowledge(*(item.event.id for item in before))
        assert keys(items(store)) == {"people"}

    def test_whoever_acted_closes(self, store: Store) -> None:
        """An item closes its event even if another worker has claimed it, or it has failed."""
        orders = in_work(store, "chase")
        mine = [item_of(store, "chase", order.id) for order in orders]
        store.release(mine[2])
        store.claim(as_of=date.max, now=NOON + HOUR, lease=HOUR)
        store.acknowledge(*mine)
        assert "chase" not in keys(items(store))

    def test_closing_again_or_closing_nothing_is_harmless(self, store: Store) -> None:
        """`acknowledge` and `dismiss` ignore ids that no pending event has."""
        at_the_lab(store, "PO-1")
        chase = item_of(store, "chase")
        others = [item for item in items(store) if item != chase]
        store.acknowledge(chase.event.id)
        store.dismiss(chase.event.id, chase, "unknown")
        store.acknowledge(chase, chase.event.id)
        assert items(store) == others

    def test_forgetting_opens_nothing_again(self, store: Store) -> None:
        """`forget` keeps a closed slot if a later change could fill the slot again."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(*(event.id for event in waiting(store)))
        store.forget(before=date.max)
        store.save(amended(order, due_on=CHRISTMAS_EVE))
        assert waiting(store) == []

    def test_forgetting_keeps_what_comes_once_per_order(self, store: Store) -> None:
        """`forget` keeps closed slots that the whole order has only once."""
        first = opened("PO-1", delivery_on=CHRISTMAS_EVE)
        lab = advanced(first.order)
        check = advanced(lab.order)
        store.save(first, lab, check)
        store.acknowledge(*items(store))
        again = advanced(check.order, to="lab")
        store.save(again)
        store.forget(before=date.max)
        agreed = amended(again.order, delivery_on=CHRISTMAS_EVE + timedelta(7))
        store.save(agreed, advanced(agreed.order))
        assert keys(items(store)).isdisjoint({"once", "tidy", "delivery"})

    def test_forgetting_says_how_many(self, store: Store) -> None:
        """`forget` deletes the closed slots of earlier visits that were due before a day."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(*items(store))
        assert store.forget(before=date.max) == 0
        store.save(advanced(order))
        # "welcome" and "people" were due on Monday, "chase" on Thursday, then "due" and "survey".
        forgotten = [store.forget(before=MONDAY + timedelta(days)) for days in (0, 1, 3, 4, 60, 60)]
        assert forgotten == [0, 2, 0, 1, 2, 0]

    def test_forgetting_goes_by_the_numbers_of_slots(self, store: Store) -> None:
        """Slots with the number of the present visit stay; what a return said is forgotten."""
        (order,) = at_the_lab(store, "PO-1")
        on_hold = advanced(order, to="hold")
        store.save(on_hold, advanced(on_hold.order))
        store.acknowledge(*items(store))
        assert store.forget(before=date.max) == len(["back", "review"])

    def test_forgetting_leaves_pending_events(self, store: Store) -> None:
        """`forget` deletes no event that is pending, leased or given up."""
        orders = in_work(store, "survey")
        store.save(*(advanced(order) for order in orders))
        before = items(store)
        store.forget(before=date.max)
        assert items(store) == before


def _date_and_id(item: OutboxItem) -> tuple[date, str]:
    return (item.event.fire_on or date.max, item.event.id)
