"""The store of the examples passes the suite and the state machine."""

import pickle

import pytest

from notebook_store import NotebookStore
from prodflow.testing import OrderStoreSuite, Store, store_machine


class TestNotebookStore(OrderStoreSuite):
    """A store that subclasses no protocol; closing it means pickling it."""

    capabilities = frozenset({"persistent"})

    @pytest.fixture
    def store(self) -> NotebookStore:
        """An empty store."""
        return NotebookStore()

    def reopened(self, store: Store) -> Store:
        """The notebook, pickled and unpickled."""
        return reopened(store)


def reopened(store: Store) -> Store:
    """A store, pickled and unpickled."""
    found: Store = pickle.loads(pickle.dumps(store))
    return found


TestAgainstTheModel = store_machine(NotebookStore, reopened=reopened).TestCase
