"""A store with coroutines passes the suite for such stores."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import wraps
from typing import Any

import pytest

from prodflow import MemoryStore
from prodflow.testing import AsyncOrderStoreSuite


class AsyncMemoryStore:
    """`MemoryStore`, each method of which is a coroutine."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.is_open = True

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._store, name)

        @wraps(method)
        async def call(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - as the method
            return method(*args, **named)

        return call

    def histories(self, *args: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - as the method
        """As `MemoryStore.histories`, but asynchronous."""
        return _each(self._store.histories(*args))

    async def close(self) -> None:
        """Close it."""
        self.is_open = False


async def _each(items: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - an iterator
    for item in items:
        yield item


class TestAsyncMemoryStore(AsyncOrderStoreSuite):
    """Stores that are opened one after the other have the same content."""

    capabilities = frozenset({"concurrent", "persistent", "shared"})

    @pytest.fixture
    def opening(self) -> Callable[[], Awaitable[object]]:
        """Opens stores of the same content, which is empty at first."""
        store = MemoryStore()

        async def opening() -> AsyncMemoryStore:
            return AsyncMemoryStore(store)

        return opening


def test_a_suite_asks_for_the_fixture_that_opens_a_store() -> None:
    """A suite without `opening` fails, and says what to override."""
    opening: Any = AsyncOrderStoreSuite.opening
    with pytest.raises(pytest.fail.Exception, match="override opening"):
        opening.__wrapped__(AsyncOrderStoreSuite())
