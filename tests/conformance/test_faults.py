"""Whatever fails, every acknowledged save is in the store exactly once.

Hypothesis draws the turns of several clients. The store of each client fails before or after the
commit. A client that got no answer asks the store what its command saved, and tries again.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from prodflow import Change, MemoryStore, ProductionOrder, StaleOrdersError
from prodflow.testing import FaultyStore, Store, StoreFault
from prodflow.testing._studio import (
    CYCLE,
    HOUR,
    MONDAY,
    NOON,
    advanced,
    amended,
    at_the_lab,
    edited_flow,
    item_of,
    items,
    opened,
)

FAULTS: Final = st.lists(st.sampled_from([None, "before", "after"]), max_size=6)
ORDERS: Final = ("PO-0", "PO-1")
COMMANDS: Final = 3


def decided(order: ProductionOrder, command_id: str) -> Change:
    """The change that a client makes: advance an open order, amend a closed one."""
    if order.is_open:
        return advanced(order, command_id=command_id)
    return amended(order, command_id=command_id)


def client(name: str, store: FaultyStore, acknowledged: list[str]) -> Iterator[None]:
    """A client that saves its commands one by one, and yields before every call."""
    for number in range(COMMANDS):
        command_id = f"{name}-{number}"
        order_id = ORDERS[(number + len(name)) % len(ORDERS)]
        while True:
            yield
            if store.entries_of(command_id):
                break
            change = decided(store.get(order_id), command_id)
            yield
            try:
                store.save(change)
                break
            except (StoreFault, StaleOrdersError):
                continue
        acknowledged.append(command_id)


class TestRetries:
    """A save may be repeated under its command id."""

    @settings(max_examples=10 * settings().max_examples)
    @given(st.lists(FAULTS, min_size=2, max_size=4), st.lists(st.integers(0, 3), max_size=60))
    def test_every_acknowledged_change_is_there_once(
        self, schedules: list[list[str | None]], turns: list[int]
    ) -> None:
        """With any schedule of faults and turns, every command is saved exactly once."""
        store = MemoryStore()
        at_the_lab(store, *ORDERS)
        acknowledged: list[str] = []
        clients = [
            client("c" * (index + 1), FaultyStore(store, schedule), acknowledged)  # type: ignore[arg-type]  # words of FAULTS
            for index, schedule in enumerate(schedules)
        ]
        for turn in turns:
            next(clients[turn % len(clients)], None)
        for rest in clients:
            list(rest)

        entries = [entry for order_id in ORDERS for entry in store.history(order_id)]
        commands = [entry.command_id for entry in entries if entry.command_id is not None]
        assert sorted(commands) == sorted(acknowledged)
        assert len(set(commands)) == len(schedules) * COMMANDS
        versions = [store.get(order_id).version for order_id in ORDERS]
        assert sum(versions) == len(entries)


def _closed(store: Store) -> None:
    store.acknowledge(*items(store))


def _dismissed(store: Store) -> None:
    store.dismiss(*items(store))


def _claimed(store: Store) -> None:
    store.claim(as_of=date.max, now=NOON, lease=HOUR)


def _failed(store: Store) -> None:
    store.fail(items(store)[0], error="bounced", retry_at=None)


def _released(store: Store) -> None:
    store.release(item_of(store, "chase"))


def _extended(store: Store) -> None:
    store.extend(item_of(store, "chase"), now=NOON, lease=2 * HOUR)


def _reminded(store: Store) -> None:
    flow = edited_flow(due=None)
    store.set_reminders(flow.reminders(store.get("PO-1"), today=MONDAY))


def _saved(store: Store) -> None:
    store.save(advanced(store.get("PO-1")))


def _put(store: Store) -> None:
    store.put_cycle(evolve(CYCLE, version=2), replaces=1)


WRITING: Final = [
    _saved,
    _put,
    _claimed,
    _closed,
    _dismissed,
    _failed,
    _released,
    _extended,
    _reminded,
]


def studio() -> MemoryStore:
    """A store with an order at the lab, whose reminder "chase" is claimed."""
    store = MemoryStore()
    at_the_lab(store, "PO-1")
    claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
    store.release(*(item for item in claimed if item.event.trigger != "chase"))
    return store


def content(store: MemoryStore) -> tuple[object, ...]:
    """The order, the outbox and the cycles of a store."""
    return store.get("PO-1"), items(store), store.edits("suite")


class TestFaultyStore:
    """A fault comes before or after the commit."""

    @pytest.mark.parametrize("call", WRITING)
    def test_before_nothing_is_written(self, call: Callable[[Store], None]) -> None:
        """With a fault before the commit, no call writes anything."""
        store = studio()
        before = content(store)
        with pytest.raises(StoreFault):
            call(FaultyStore(store, ["before"]))
        assert content(store) == before

    @pytest.mark.parametrize("call", WRITING)
    def test_after_everything_is_written(self, call: Callable[[Store], None]) -> None:
        """With a fault after the commit, every call has written what it writes without faults."""
        store, other = studio(), studio()
        before = content(store)
        with pytest.raises(StoreFault):
            call(FaultyStore(store, ["after"]))
        call(other)
        assert content(store) == content(other) != before

    def test_the_schedule_counts_calls_that_write(self) -> None:
        """Reading calls, and `forget`, use up no item of the schedule."""
        faulty = FaultyStore(studio(), [None, "before"])
        _claimed(faulty)
        item = item_of(faulty, "chase")
        assert faulty.get_event(item.event.id) == item
        assert faulty.forget(before=date.max) == 0
        with pytest.raises(StoreFault):
            faulty.release(item)
        faulty.release(item)
        assert item_of(faulty, "chase").attempts == 0

    def test_without_faults_it_is_the_store(self) -> None:
        """Without faults, every call reaches the store."""
        faulty = FaultyStore(MemoryStore(), [None])
        change = opened("PO-1")
        faulty.save(change)
        assert faulty.get("PO-1") == change.order
