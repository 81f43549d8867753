"""The store that is made to learn from keeps the laws too."""

import pytest

from notebook_store import NotebookStore
from prodflow.testing.machine import store_machine
from prodflow.testing.stores import OrderStoreSuite


class TestNotebookStore(OrderStoreSuite):
    """A store that somebody else wrote."""

    @pytest.fixture
    def store(self) -> NotebookStore:
        """An empty store."""
        return NotebookStore()


TestAgainstTheModel = store_machine(NotebookStore).TestCase
