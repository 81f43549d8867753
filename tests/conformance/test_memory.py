"""`MemoryStore` passes the suite and the state machine."""

from typing import Any

import pytest

from prodflow import MemoryStore, OrderQuery
from prodflow.testing import OrderStoreSuite, store_machine
from prodflow.testing._studio import FLOW, NOON


class TestMemoryStore(OrderStoreSuite):
    """The store in memory, shared by threads."""

    capabilities = frozenset({"concurrent"})

    @pytest.fixture
    def store(self) -> MemoryStore:
        """An empty store."""
        return MemoryStore()


TestAgainstItself = store_machine(MemoryStore).TestCase


@pytest.mark.parametrize("hook", ["reopened", "another", "another_tenant", "clock"])
def test_a_capability_asks_for_its_hook(hook: str) -> None:
    """A suite that lists a capability and doesn't override its method fails, and says so."""
    with pytest.raises(pytest.fail.Exception, match=f"override {hook}"):
        getattr(OrderStoreSuite(), hook)(MemoryStore())


def test_no_law_hides_another() -> None:
    """Each law of the suite has a name of its own, so that all of them are run."""
    groups = OrderStoreSuite.__mro__[:-1]
    names = [name for group in groups for name in vars(group) if name.startswith("test_")]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("scope", ["one", "all", "seen", "twice"])
def test_the_machine_sets_the_reminders_of_some_or_all_orders(scope: str) -> None:
    """Each way of setting them is compared with the model, also one that is refused."""
    machine: Any = store_machine(MemoryStore)()
    machine.begin(orders=3, delivery=None)
    machine.set_reminders(number=1, flow=FLOW, days=0, scope=scope)


def test_the_machine_splits_what_can_be_split() -> None:
    """A quantity is given only once, and a split that isn't possible is left out."""
    machine: Any = store_machine(MemoryStore)()
    machine.begin(orders=1, delivery=None)
    for part, quantity in (("part-1", 2), ("part-2", 99)):
        machine.split(number=0, part=part, quantity=quantity, at=NOON, command_id=None)
    (order, *parts) = sorted(machine.store.find(OrderQuery()), key=lambda it: it.split_from or "")
    assert (order.quantity, [part.quantity for part in parts]) == (7, [2])


def test_the_machine_puts_back_a_status_that_was_removed() -> None:
    """An edit of the machine's cycle can add a status, not only change those that are there."""
    machine: Any = store_machine(MemoryStore)()
    machine.begin(orders=1, delivery=None)
    before = [status.key for status in machine.model.get_cycle("suite")]
    for verb in ("remove", "add"):
        machine.put_cycle(version=0, edit=(verb, "hold", True, 1), off=0, by="Ann")
    after = machine.model.get_cycle("suite")
    assert ([status.key for status in after], after.version) == (before, 3)
