"""`MemoryStore` keeps the laws that it is the model of."""

import pytest

from prodflow import MemoryStore
from prodflow.testing.machine import store_machine
from prodflow.testing.stores import OrderStoreSuite


class TestMemoryStore(OrderStoreSuite):
    """The store in memory, with threads."""

    capabilities = frozenset({"concurrent"})

    @pytest.fixture
    def store(self) -> MemoryStore:
        """An empty store."""
        return MemoryStore()


TestAgainstItself = store_machine(MemoryStore).TestCase
