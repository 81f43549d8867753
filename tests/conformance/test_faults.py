"""Whatever fails, every acknowledged save is in the store exactly once.

Hypothesis draws the turns of several clients. The store of each client fails before or after the
commit. A client that got no answer asks the store what its command saved, and tries again.
"""

from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodflow import Change, MemoryStore, ProductionOrder, StaleOrdersError
from prodflow.testing import FaultyStore, StoreFault
from prodflow.testing._studio import advanced, amended, at_the_lab, opened

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


class TestFaultyStore:
    """A fault comes before or after the commit."""

    def test_before_nothing_is_saved(self) -> None:
        """A fault before the commit saves nothing."""
        store = MemoryStore()
        with pytest.raises(StoreFault):
            FaultyStore(store, ["before"]).save(opened("PO-1"))
        assert store.load(["PO-1"]) == {}

    def test_after_everything_is_saved(self) -> None:
        """A fault after the commit saves everything."""
        store = MemoryStore()
        with pytest.raises(StoreFault):
            FaultyStore(store, ["after"]).save(opened("PO-1"))
        assert list(store.load(["PO-1"])) == ["PO-1"]

    def test_without_faults_it_is_the_store(self) -> None:
        """Without faults, every call reaches the store."""
        faulty = FaultyStore(MemoryStore(), [None])
        change = opened("PO-1")
        faulty.save(change)
        assert faulty.get("PO-1") == change.order
