"""The laws of a store about what is erased or forgotten (decision D46)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from functools import partial
from threading import Barrier
from typing import Final

import pytest

from prodflow import (
    Change,
    CommandReusedError,
    DuplicateOrderError,
    HistoryEntry,
    OrderNotFoundError,
    OrderQuery,
    ProductionOrder,
    StaleOrdersError,
)
from prodflow.testing._capabilities import needs
from prodflow.testing._studio import (
    FLOW,
    HOUR,
    MONDAY,
    NOON,
    Store,
    advanced,
    amended,
    at_the_lab,
    items,
    opened,
)

_DAY: Final = timedelta(days=1)
_ROUNDS: Final = 5


class ErasureLaws:
    """What is left after `erase`: nothing of the order, and everything of the others."""

    def test_an_erased_order_is_unknown(self, store: Store) -> None:
        """Nothing finds an erased order, its history or its facts."""
        gone, _ = _two_of_a_client(store)
        store.erase(gone.id)
        for read in (store.get, store.history):
            with pytest.raises(OrderNotFoundError) as caught:
                read(gone.id)
            assert caught.value.order_id == gone.id
        assert list(store.load(["PO-1", "PO-2"])) == ["PO-2"]
        for query in (OrderQuery(), OrderQuery(facts={"client": "Lee"}), OrderQuery(text="PO-")):
            assert [order.id for order in store.find(query)] == ["PO-2"]
            assert store.count(query, by="facts.client") == {"Lee": 1}
        assert [order.id for order, _ in store.histories(OrderQuery())] == ["PO-2"]

    def test_an_erased_order_has_no_events(self, store: Store) -> None:
        """The pending events of an erased order are gone, and nobody can claim them."""
        at_the_lab(store, "PO-1", "PO-2")
        before = items(store)
        store.erase("PO-1")
        left = [item for item in before if item.event.order_id == "PO-2"]
        assert items(store) == left
        assert store.pending(as_of=date.max, order_id="PO-1") == []
        assert {store.get_event(it.event.id) for it in before if it not in left} == {None}
        claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        assert {item.event.order_id for item in claimed} == {"PO-2"}

    def test_an_erased_order_has_no_closed_slots(self, store: Store) -> None:
        """The closed slots of an erased order are gone too, so `forget` finds none."""
        (order,) = at_the_lab(store, "PO-1")
        store.acknowledge(*items(store))
        store.save(advanced(order))
        store.erase("PO-1")
        assert store.forget(before=date.max) == 0

    def test_other_orders_stay_as_they_are(self, store: Store) -> None:
        """Orders, histories, events and commands of others stay, also those of a part."""
        gone, other = _two_of_a_client(store)
        parts = FLOW.split(gone, [("PO-3", 1)], by="Ann", at=NOON, command_id="split")
        store.save(*parts)
        before = {order.id: _all_of(store, order.id) for order in (other, parts[1].order)}
        store.erase(gone.id)
        assert {order_id: _all_of(store, order_id) for order_id in before} == before
        assert store.get("PO-3").split_from == gone.id
        for order, entries in store.histories(OrderQuery()):
            assert ProductionOrder.replay(entries, [order.cycle]) == order
        assert store.entries_of("split") == (parts[1].entry,)
        assert store.get_cycle("suite") == gone.cycle

    def test_other_orders_go_on(self, store: Store) -> None:
        """After an order was erased, others are changed, erased and opened as before."""
        _, other = _two_of_a_client(store)
        store.erase("PO-1")
        change = advanced(other)
        store.save(change, opened("PO-3"))
        assert store.get("PO-2") == change.order
        store.erase("PO-2")
        assert [order.id for order in store.find(OrderQuery())] == ["PO-3"]

    def test_the_id_of_an_erased_order_stays_taken(self, store: Store) -> None:
        """An order with the id of an erased order can't be opened, alone or with others."""
        at_the_lab(store, "PO-1")
        store.erase("PO-1")
        opening = opened("PO-1")
        for changes in ([opening], [opened("PO-2"), opening, advanced(opening.order)]):
            with pytest.raises(DuplicateOrderError) as caught:
                store.save(*changes)
            assert caught.value.conflicts == {"PO-1": (0, 0)}
        assert (store.find(OrderQuery()), items(store)) == ([], [])

    def test_a_refused_save_names_erased_orders_too(self, store: Store) -> None:
        """The error for stale orders also names the ids of erased orders."""
        (order,) = at_the_lab(store, "PO-1")
        at_the_lab(store, "PO-2")
        store.save(amended(order))
        store.erase("PO-2")
        with pytest.raises(StaleOrdersError) as caught:
            store.save(amended(order), opened("PO-2"))
        assert caught.value.conflicts == {"PO-1": (2, 3), "PO-2": (0, 0)}

    def test_a_change_of_an_erased_order_is_stale(self, store: Store) -> None:
        """To changes and reminders that come too late, an erased order is one that isn't stored."""
        (order,) = at_the_lab(store, "PO-1")
        store.erase("PO-1")
        for call in (
            partial(store.save, amended(order)),
            partial(store.set_reminders, FLOW.reminders(order, today=MONDAY)),
        ):
            with pytest.raises(StaleOrdersError) as caught:
                call()
            assert caught.value.conflicts == {"PO-1": (2, 0)}
        assert store.load(["PO-1"]) == {}
        assert items(store) == []

    def test_a_command_that_is_erased_does_nothing(self, store: Store) -> None:
        """If all entries of a command are erased, a save under its id does nothing."""
        opening = opened("PO-1", command_id="c")
        store.save(opening)
        store.erase("PO-1")
        store.save(opening)
        store.save(opened("PO-2", command_id="c"))
        assert store.entries_of("c") == ()
        assert store.load(["PO-1", "PO-2"]) == {}

    def test_a_command_that_is_erased_in_part_is_that_of_the_rest(self, store: Store) -> None:
        """A command with some entries erased is repeated with them or without them."""
        gone, kept = opened("PO-1", command_id="c"), opened("PO-2", command_id="c")
        store.save(gone, kept)
        store.erase("PO-1")
        assert store.entries_of("c") == (kept.entry,)
        store.save(gone, kept)
        store.save(kept)
        for changes in ([gone], [kept, opened("PO-3", command_id="c")]):
            with pytest.raises(CommandReusedError) as caught:
                store.save(*changes)
            assert caught.value.entries == (kept.entry,)
        assert [order.id for order in store.find(OrderQuery())] == ["PO-2"]

    def test_erasing_again_or_what_is_unknown_does_nothing(self, store: Store) -> None:
        """An id that no order had is still free after `erase`."""
        (order,) = at_the_lab(store, "PO-1")
        before = _all_of(store, "PO-1")
        store.erase("PO-2")
        store.erase("PO-2")
        assert _all_of(store, "PO-1") == before
        store.save(opened("PO-2"))
        store.erase("PO-1")
        store.erase("PO-1")
        with pytest.raises(StaleOrdersError):
            store.save(amended(order))

    def test_what_a_worker_holds_of_an_erased_order_is_passed_over(self, store: Store) -> None:
        """A worker can close, fail, release and extend the events of an erased order in vain."""
        at_the_lab(store, "PO-1", "PO-2")
        claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        held = [item for item in claimed if item.event.order_id == "PO-1"]
        store.erase("PO-1")
        before = items(store)
        assert store.extend(*held, now=NOON, lease=2 * HOUR) == []
        for call in (
            partial(store.fail, held[0], error="bounced", retry_at=NOON + HOUR),
            partial(store.release, *held),
            partial(store.acknowledge, *held),
            partial(store.dismiss, *(item.event.id for item in held)),
        ):
            call()
            assert items(store) == before

    @needs("concurrent")
    def test_an_order_that_is_changed_meanwhile_is_erased(self, store: Store) -> None:
        """If threads change an order, claim its events and erase it, it's gone in the end."""
        others = ["PO-9"]
        at_the_lab(store, *others)
        for number in range(_ROUNDS):
            order_id = f"PO-1{number}"
            (order,) = at_the_lab(store, order_id)
            _at_once(
                partial(store.erase, order_id),
                partial(_save, store, advanced(order)),
                partial(_save, store, opened(order_id)),
                partial(_work, store, order_id),
            )
            assert list(store.load([order_id])) == []
            assert store.pending(as_of=date.max, order_id=order_id) == []
            with pytest.raises(DuplicateOrderError):
                store.save(opened(order_id))
        assert [order.id for order, _ in store.histories(OrderQuery())] == others


class ForgettingLaws:
    """What `forget_commands` deletes: old command ids, and nothing else."""

    def test_a_forgotten_command_is_unknown(self, store: Store) -> None:
        """A save under a forgotten command id isn't a repetition any more."""
        first, second = opened("PO-1", command_id="c"), opened("PO-2", command_id="d")
        store.save(first)
        store.save(second)
        assert store.forget_commands(before=MONDAY + _DAY) == len("cd")
        assert store.entries_of("c") == store.entries_of("d") == ()
        with pytest.raises(DuplicateOrderError):
            store.save(first)
        moved = advanced(first.order, command_id="c")
        store.save(moved)
        assert store.entries_of("c") == (moved.entry,)
        store.save(moved)

    def test_forgetting_commands_leaves_orders(self, store: Store) -> None:
        """Orders, histories and events stay; the entries keep the command id."""
        opening = opened("PO-1", command_id="c")
        store.save(opening, advanced(opening.order, command_id="c"))
        before = _all_of(store, "PO-1")
        store.forget_commands(before=date.max)
        assert _all_of(store, "PO-1") == before

    def test_the_day_of_a_command_is_the_latest_of_its_entries(self, store: Store) -> None:
        """A command is as old as its latest entry, by the date that `at` shows."""
        west = datetime(2026, 11, 18, 23, tzinfo=timezone(-9 * HOUR))  # in UTC, it's the 19th
        late, early = opened("PO-1", command_id="c", at=west), opened("PO-2", command_id="c")
        store.save(late, early)
        days = [date(2026, 11, day) for day in (17, 18, 19, 19)]
        assert [store.forget_commands(before=day) for day in days] == [0, 0, 1, 0]

    def test_erased_commands_are_forgotten_too(self, store: Store) -> None:
        """A command whose entries are erased keeps its day."""
        opening = opened("PO-1", command_id="c")
        store.save(opening)
        store.erase("PO-1")
        assert [store.forget_commands(before=MONDAY + n * _DAY) for n in (0, 1)] == [0, 1]
        with pytest.raises(DuplicateOrderError):
            store.save(opening)


def _two_of_a_client(store: Store) -> list[ProductionOrder]:
    """Two orders of the same client, at the lab."""
    changes = [
        amended(order, facts={"client": "Lee"}, quantity=3, command_id="clients")
        for order in at_the_lab(store, "PO-1", "PO-2")
    ]
    store.save(*changes)
    return [change.order for change in changes]


def _all_of(store: Store, order_id: str) -> tuple[object, ...]:
    """Everything that a store has of an order, apart from commands."""
    entries: list[HistoryEntry] = list(store.history(order_id))
    events = [item for item in items(store) if item.event.order_id == order_id]
    found = [order for order in store.find(OrderQuery()) if order.id == order_id]
    return store.get(order_id), entries, events, found


def _save(store: Store, change: Change) -> None:
    with suppress(StaleOrdersError):
        store.save(change)


def _work(store: Store, order_id: str) -> None:
    """Claim the events of an order, and acknowledge them."""
    claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
    store.acknowledge(*(item for item in claimed if item.event.order_id == order_id))


def _at_once(*calls: Callable[[], None]) -> None:
    """Make calls in threads that begin together."""
    start = Barrier(len(calls), timeout=10)

    def call(each: Callable[[], None]) -> None:
        start.wait()
        each()

    with ThreadPoolExecutor(len(calls)) as pool:
        list(pool.map(call, calls))
