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


def test_a_persistent_store_says_how_it_is_reopened() -> None:
    """A persistent store whose suite does not override `reopened` fails."""
    with pytest.raises(pytest.fail.Exception, match="override reopened"):
        SettingsStoreSuite().reopened(MemoryStore())
