"""The laws of a store whose methods are coroutines: those of `OrderStoreSuite`."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import isawaitable
from threading import Thread
from typing import Any, TypeVar, cast, final

import pytest

from prodflow.testing._store_suite import OrderStoreSuite
from prodflow.testing._studio import Store

__all__ = ["AsyncOrderStoreSuite"]

T = TypeVar("T")

_Opens = Callable[[], Awaitable[object]]


@final
class _Loop:
    """An event loop that runs coroutines for other threads."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def run(self, awaitable: Awaitable[T]) -> T:
        """What an awaitable returns."""
        return asyncio.run_coroutine_threadsafe(_awaited(awaitable), self._loop).result()

    def each(self, items: AsyncIterable[T]) -> Iterator[T]:
        """The items of an asynchronous iterable."""
        iterator = aiter(items)
        try:
            while True:
                yield self.run(anext(iterator))
        except StopAsyncIteration:
            return


async def _awaited(awaitable: Awaitable[T]) -> T:
    return await awaitable


@contextmanager
def _loop() -> Generator[_Loop]:
    """A loop that runs in a thread until the context ends."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield _Loop(loop)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@final
class _Blocking:
    """A store whose methods wait for those of a store with coroutines."""

    def __init__(self, store: object, loop: _Loop) -> None:
        self._store = store
        self._loop = loop

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._store, name)

        @wraps(method)  # a law reads the signature
        def call(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - as the method
            answer = method(*args, **named)
            if isawaitable(answer):
                return self._loop.run(answer)
            return self._loop.each(answer)

        return call


class AsyncOrderStoreSuite(OrderStoreSuite, is_base=True):
    """`OrderStoreSuite` for a store with coroutines: subclass it with a fixture `opening`.

    The fixture returns a coroutine function that opens your store. In each test, the first store is
    empty; with the capabilities "persistent" and "shared", those that are opened later have the
    same data. So you needn't override `reopened` and `another`. If your store has the methods of
    `OrderStore`, `CycleStore` and `Outbox`, as coroutines, it passes. `histories` returns an
    asynchronous iterator. `close` is called at the end, and may be a coroutine.

    The suite calls your store in one event loop. So with the capability "concurrent", several tasks
    call it at the same time.

    Example:
        >>> import pytest
        >>> class TestMyStore(AsyncOrderStoreSuite):
        ...     @pytest.fixture
        ...     def opening(self, tmp_path):
        ...         return lambda: MyStore.open(tmp_path / "orders")
    """

    @pytest.fixture
    def opening(self) -> _Opens:
        """A coroutine function that opens your store; override it."""
        pytest.fail("override opening: return a coroutine function that opens your store")

    @pytest.fixture
    def store(self, opening: _Opens) -> Iterator[Store]:
        """An empty store, whose methods wait for those of yours."""
        with _loop() as loop:
            self._opening, self._loop = opening, loop
            self._opened: list[Store] = []
            yield self._open()
            for store in self._opened:
                self._close(store)

    def _open(self) -> Store:
        store = cast("Store", _Blocking(self._loop.run(self._opening()), self._loop))
        self._opened.append(store)
        return store

    def _close(self, store: Any) -> None:  # noqa: ANN401 - close is no method of the protocols
        store.close()

    def reopened(self, store: Store) -> Store:
        """The store, closed and opened again."""
        self._opened.remove(store)
        self._close(store)
        return self._open()

    def another(self, store: Store) -> Store:  # noqa: ARG002 - all have the same data
        """A second store of the same data."""
        return self._open()
