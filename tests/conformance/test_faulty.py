"""`FaultyStore` without faults passes the suite."""

import pytest

from prodflow import MemoryStore
from prodflow.testing import FaultyStore, OrderStoreSuite


class TestFaultyStore(OrderStoreSuite):
    """A store that is wrapped, without faults."""

    @pytest.fixture
    def store(self) -> FaultyStore:
        """An empty store without faults."""
        return FaultyStore(MemoryStore(), [])
