"""The store of the examples passes the suite and the state machine."""

import pickle

import pytest
from attrs import evolve

from notebook_store import NotebookStore
from prodflow import OrderQuery, ProductionOrder
from prodflow.testing import OrderStoreSuite, Store, store_machine
from prodflow.testing._query_laws import pages_of
from prodflow.testing._studio import opened


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


class PagesWithoutEnd(NotebookStore):
    """A store that takes no notice of where a page begins."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """The first page, always."""
        return super().find(evolve(query, after=None))


def test_pages_that_never_end_are_caught() -> None:
    """The suite gives up on a store that always has another page."""
    store = PagesWithoutEnd()
    store.save(opened("PO-1"))
    with pytest.raises(pytest.fail.Exception, match="there is always another page"):
        list(pages_of(store, OrderQuery(limit=1)))
