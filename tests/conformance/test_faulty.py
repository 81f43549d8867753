"""A store behind `FaultyStore` without faults keeps every law."""

import pytest

from prodflow import MemoryStore
from prodflow.testing import FaultyStore, OrderStoreSuite


class TestFaultyStore(OrderStoreSuite):
    """The wrapper adds nothing and loses nothing."""

    @pytest.fixture
    def store(self) -> FaultyStore:
        """An empty store without faults."""
        return FaultyStore(MemoryStore(), [])
