"""The store that is made to learn from keeps the laws too."""

import pickle

import pytest

from notebook_store import NotebookStore
from prodflow.testing import OrderStoreSuite, Store, store_machine


class TestNotebookStore(OrderStoreSuite):
    """A store that somebody else wrote; closing it is pickling it."""

    capabilities = frozenset({"persistent"})

    @pytest.fixture
    def store(self) -> NotebookStore:
        """An empty store."""
        return NotebookStore()

    def reopened(self, store: Store) -> Store:
        """The notebook as it comes back from a file."""
        return reopened(store)


def reopened(store: Store) -> Store:
    """A store written to a file and read again."""
    found: Store = pickle.loads(pickle.dumps(store))
    return found


TestAgainstTheModel = store_machine(NotebookStore, reopened=reopened).TestCase
