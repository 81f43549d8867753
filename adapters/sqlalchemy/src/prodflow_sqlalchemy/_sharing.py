"""Turns at a connection that several parts of an app share.

An engine with a `StaticPool` has one connection, and gives it to everybody at once. Tests often
have such an engine, so that all threads see the same database in memory. But a connection has only
one transaction at a time: if two threads use it, one commits or rolls back what the other has half
done.

Theory of operation.

1. A call of the store takes a *turn* before it takes the connection from the pool, and ends the
   turn after the connection is back, since the pool rolls back what it gets.
2. A turn begins when no other thread has the connection. A thread that waits too long for that
   gets a `RetryableStoreError`.
3. During a turn, other threads wait in the pool's `checkout` event. They can't be refused there:
   after an error in that event, the pool closes the connection, and a database in memory is gone.
4. A thread can have the connection twice. If its first transaction is open, a call that would begin
   a second one is refused.
5. A store made of a connection has the turn from its first save until the connection is closed.
"""

import os
import threading
import time
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final, cast, final
from weakref import ref

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from prodflow import Message
from prodflow_sqlalchemy._errors import RetryableStoreError

_PATIENCE: Final = 10.0
"""Seconds that a call waits for its turn."""
_POLL: Final = 0.002
"""Seconds between two looks at connections that are out: nothing tells when one is back."""

_CONNECTING: Final = threading.Lock()
"""Held while a pool connects, so that two threads don't make two connections."""

_NO_TURN: Final = nullcontext()
"""What a thread takes that gets a connection of its own."""

IN_USE: Final = Message("the engine has only one connection, and another thread is using it")
NESTED: Final = (
    "the engine has only one connection, and it's in a transaction of yours:"
    " use the store of that transaction, SqlStore(connection) or the one from unit()"
)


@final
class Turn:
    """Who uses a connection that threads share."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a destructor may call `came_out` while it's held
        self._holder: int | None = None
        self._calls = 0
        self._joined: ref[PoolProxiedConnection] | None = None
        self._out: list[tuple[int, ref[PoolProxiedConnection]]] = []

    def came_out(self, proxy: PoolProxiedConnection) -> None:
        """Take note that this thread has got the connection from the pool; waits for its turn."""
        while not self._noted(proxy):
            time.sleep(_POLL)

    @contextmanager
    def taken(self, driver: Any, *, patience: float = _PATIENCE) -> Generator[None]:  # noqa: ANN401 - a connection of sqlite3
        """Keep other threads from the connection; *driver* is that connection.

        Raises:
            ValueError: if a transaction of this thread is open.
            RetryableStoreError: if other threads have the connection for too long.
        """
        end = time.monotonic() + patience
        while not self._begun(calls=1):
            if time.monotonic() >= end:
                raise RetryableStoreError(IN_USE)
            time.sleep(_POLL)
        try:
            if driver.in_transaction and self._is_out(mine=True):
                raise ValueError(NESTED)
            yield
        finally:
            with self._lock:
                self._calls -= 1

    def joined(self, proxy: PoolProxiedConnection) -> None:
        """Keep other threads from the connection until *proxy* is closed.

        Raises:
            RetryableStoreError: if another thread has the connection.
        """
        with self._lock:
            if not self._begun(calls=0):
                raise RetryableStoreError(IN_USE)
            self._joined = ref(proxy)

    def _begun(self, *, calls: int) -> bool:
        with self._lock:
            if self._is_held_by_another() or self._is_out(mine=False):
                return False
            self._holder = threading.get_ident()
            self._calls += calls
            return True

    def _noted(self, proxy: PoolProxiedConnection) -> bool:
        with self._lock:
            if self._is_held_by_another():
                return False
            self._out = [(thread, it) for thread, it in self._out if _is_open(it)]
            self._out.append((threading.get_ident(), ref(proxy)))
            return True

    def _is_held_by_another(self) -> bool:
        is_held = self._calls > 0 or (self._joined is not None and _is_open(self._joined))
        return is_held and self._holder != threading.get_ident()

    def _is_out(self, *, mine: bool) -> bool:
        me = threading.get_ident()
        return any((thread == me) is mine and _is_open(it) for thread, it in self._out)


def _is_open(proxy: "ref[PoolProxiedConnection]") -> bool:
    it = proxy()
    return it is not None and it.is_valid


def _turn_of(entry: ConnectionPoolEntry) -> Turn:
    """The turn at the connection of an entry, kept as long as the entry has the connection."""
    turn: Turn = cast("dict[str, Any]", entry.record_info).setdefault("prodflow", Turn())
    return turn


def _came_out(_: Any, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
    _turn_of(entry).came_out(proxy)


def watch(bind: sa.Engine | sa.Connection) -> None:
    """Make threads take turns if the engine gives them all the same connection."""
    engine = bind.engine
    if not isinstance(engine.pool, sa.StaticPool) or event.contains(engine, "checkout", _came_out):
        return
    event.listen(engine, "checkout", _came_out)
    if isinstance(bind, sa.Connection):  # it came out before
        _turn_of(engine.pool.connection).came_out(bind.connection)


def turn(engine: sa.Engine) -> AbstractContextManager[None]:
    """Keep other threads from the connection of an engine, if they'd get the same one."""
    pool = engine.pool
    if not isinstance(pool, sa.StaticPool):
        return _NO_TURN
    try:
        with _CONNECTING:
            entry = pool.connection
    except engine.dialect.loaded_dbapi.Error:
        return _NO_TURN  # the engine can't connect either, and its error says more
    return _turn_of(entry).taken(entry.dbapi_connection)


def join(connection: sa.Connection) -> None:
    """Keep other threads from a connection until it's closed, if they'd get the same one."""
    pool = connection.engine.pool
    if isinstance(pool, sa.StaticPool):
        _turn_of(pool.connection).joined(connection.connection)


def refuse_nested(connection: sa.Connection) -> None:
    """Refuse a connection of a `SingletonThreadPool` that this thread has a transaction on.

    A thread that connects twice gets the same connection from such a pool, as for a database in
    memory. After this refusal, the first transaction goes on.
    """
    driver: Any = connection.connection.dbapi_connection
    is_open = driver.in_transaction and getattr(driver, "autocommit", None) is not False
    if is_open and isinstance(connection.engine.pool, sa.SingletonThreadPool):
        raise ValueError(NESTED)


if hasattr(os, "register_at_fork"):  # pragma: no branch - not on Windows, which doesn't fork
    os.register_at_fork(
        before=_CONNECTING.acquire,
        after_in_parent=_CONNECTING.release,
        after_in_child=_CONNECTING.release,
    )
