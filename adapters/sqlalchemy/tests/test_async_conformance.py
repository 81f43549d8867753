"""`AsyncSqlStore` passes the suite for stores with coroutines, in SQLite and in PostgreSQL."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

from prodflow.testing import AsyncOrderStoreSuite, Store
from prodflow_sqlalchemy import AsyncSqlStore

from .conftest import emptied
from .studio import clock


@pytest.mark.full  # the statements are those of SqlStore, and test_async_store.py has every call
class TestAsyncSqlStore(AsyncOrderStoreSuite):
    """A store for asyncio passes every law."""

    capabilities = frozenset({"clock", "concurrent", "persistent", "shared"})

    @pytest.fixture
    def opening(self, kept: sa.Engine) -> Callable[[], Awaitable[object]]:
        """Opens stores in the same database, which is empty at first."""
        self.engine = kept
        emptied(kept)
        return lambda: AsyncSqlStore.open(kept.url.render_as_string(hide_password=False))

    def clock(self, store: Store) -> datetime:  # noqa: ARG002 - it's the clock of the database
        """The instant on the clock of the database."""
        return clock(self.engine)
