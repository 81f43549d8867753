"""The stores of the core pass the suite for settings."""

import pickle

import pytest

from notebook_store import NotebookStore
from prodflow import MemoryStore, SettingsStore
from prodflow.testing import FaultyStore, SettingsStoreSuite


class TestMemoryStore(SettingsStoreSuite):
    """The store in memory, shared by threads."""

    capabilities = frozenset({"concurrent"})

    @pytest.fixture
    def store(self) -> MemoryStore:
        """An empty store."""
        return MemoryStore()


class TestNotebookStore(SettingsStoreSuite):
    """The store of the guide, which subclasses no protocol; closing it means pickling it."""

    capabilities = frozenset({"persistent"})

    @pytest.fixture
    def store(self) -> NotebookStore:
        """An empty store."""
        return NotebookStore()

    def reopened(self, store: SettingsStore) -> SettingsStore:
        """The notebook, pickled and unpickled."""
        found: SettingsStore = pickle.loads(pickle.dumps(store))
        return found


class TestFaultyStore(SettingsStoreSuite):
    """A store that passes calls on, without a fault."""

    @pytest.fixture
    def store(self) -> FaultyStore:
        """An empty store."""
        return FaultyStore(MemoryStore(), [])


@pytest.mark.parametrize("hook", ["reopened", "another", "another_tenant"])
def test_a_capability_asks_for_its_hook(hook: str) -> None:
    """A suite that lists a capability and doesn't override its method fails, and says so."""
    with pytest.raises(pytest.fail.Exception, match=f"override {hook}"):
        getattr(SettingsStoreSuite(), hook)(MemoryStore())
