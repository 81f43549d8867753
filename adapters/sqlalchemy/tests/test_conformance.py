"""`SqlStore` passes the suite and the state machine, in SQLite and in PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Final

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from prodflow import SettingsStore
from prodflow.testing import OrderStoreSuite, SettingsStoreSuite, Store, store_machine
from prodflow_sqlalchemy import SqlStore

from .conftest import emptied
from .studio import clock

_RUNS: Final = {"sqlite": settings().max_examples, "postgresql": settings().max_examples // 5}
_STEPS: Final = 50
_NUMBERS: Final = count()


def _of_a_new_tenant(bind: sa.Engine | sa.Connection) -> SqlStore:
    return SqlStore(bind, tenant=f"Studio {next(_NUMBERS)}")


class TestSqlStore(OrderStoreSuite):
    """A store that begins and commits its own transactions passes every law."""

    capabilities = frozenset({"clock", "concurrent", "persistent", "shared", "tenants"})

    @pytest.fixture
    def store(self, kept: sa.Engine) -> SqlStore:
        """An empty store."""
        self.engine = kept
        return emptied(kept)

    def reopened(self, store: Store) -> SqlStore:
        """Another store with new connections."""
        assert isinstance(store, SqlStore)
        store.close()
        return SqlStore(self.engine)

    def another(self, store: Store) -> SqlStore:  # noqa: ARG002 - both have the same engine
        """Another store, in the same database."""
        return SqlStore(self.engine)

    def another_tenant(self, store: Store) -> SqlStore:  # noqa: ARG002 - both have the same engine
        """A store of a new tenant, in the same database."""
        return _of_a_new_tenant(self.engine)

    def clock(self, store: Store) -> datetime:  # noqa: ARG002 - it's the clock of the database
        """The instant on the clock of the database."""
        return clock(self.engine)


class TestSqlStoreOfSettings(SettingsStoreSuite):
    """A store that begins and commits its own transactions passes every law of settings."""

    capabilities = frozenset({"concurrent", "persistent", "shared", "tenants"})

    @pytest.fixture
    def store(self, kept: sa.Engine) -> SqlStore:
        """An empty store."""
        self.engine = kept
        return emptied(kept)

    def reopened(self, store: SettingsStore) -> SqlStore:
        """Another store with new connections."""
        assert isinstance(store, SqlStore)
        store.close()
        return SqlStore(self.engine)

    def another(self, store: SettingsStore) -> SqlStore:  # noqa: ARG002 - both have the same engine
        """Another store, in the same database."""
        return SqlStore(self.engine)

    def another_tenant(self, store: SettingsStore) -> SqlStore:  # noqa: ARG002 - as above
        """A store of a new tenant, in the same database."""
        return _of_a_new_tenant(self.engine)


@pytest.mark.full  # the statements are those of the class above
class TestSqlStoreOfSettingsInATransaction(SettingsStoreSuite):
    """A store in its caller's transaction passes every law of settings."""

    @pytest.fixture
    def store(self, kept: sa.Engine) -> Iterator[SqlStore]:
        """An empty store."""
        emptied(kept)
        with kept.connect() as connection:
            yield SqlStore(connection)


@pytest.mark.full  # the statements are those of the class above, which runs every time
class TestSqlStoreInATransaction(OrderStoreSuite):
    """A store in its caller's transaction, which is never committed, passes every law."""

    capabilities = frozenset({"clock", "tenants"})

    @pytest.fixture
    def store(self, kept: sa.Engine) -> Iterator[SqlStore]:
        """An empty store."""
        self.engine = kept
        emptied(kept)
        with kept.connect() as self.connection:
            yield SqlStore(self.connection)

    def another_tenant(self, store: Store) -> SqlStore:  # noqa: ARG002 - both have one connection
        """A store of a new tenant, in the same transaction."""
        return _of_a_new_tenant(self.connection)

    def clock(self, store: Store) -> datetime:  # noqa: ARG002 - it's the clock of the database
        """The instant on the clock of the database."""
        return clock(self.engine)


@pytest.mark.full  # the suite above makes the same calls
def test_a_store_never_differs_from_the_model(
    kept: sa.Engine, record_property: Callable[[str, object], None]
) -> None:
    """`SqlStore` and `MemoryStore` give the same answers to the same calls, valid or not."""
    record_property("figure", f"{_RUNS[kept.dialect.name]:,} runs of {_STEPS} steps; 0 divergences")

    def reopened(_: Store) -> SqlStore:
        kept.dispose()
        return SqlStore(kept)

    run_state_machine_as_test(
        store_machine(lambda: emptied(kept), reopened=reopened),
        settings=settings(max_examples=_RUNS[kept.dialect.name], stateful_step_count=_STEPS),
    )
