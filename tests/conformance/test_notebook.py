"""The store that is made to learn from keeps the laws too."""

import pytest

from notebook_store import NotebookStore
from prodflow.testing import OrderStoreSuite, store_machine


class TestNotebookStore(OrderStoreSuite):
    """A store that somebody else wrote."""

    @pytest.fixture
    def store(self) -> NotebookStore:
        """An empty store."""
        return NotebookStore()


TestAgainstTheModel = store_machine(NotebookStore).TestCase
