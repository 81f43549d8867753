"""Turns at a connection that several parts of an app share.

An engine with a `StaticPool` has one connection, and gives it to everybody at once. Tests often
have such an engine, so that all threads see the same database in memory. But a connection has only
one transaction at a time: if two threads use it, one commits or rolls back what the other has half
done.

Theory of operation.

1. A call of the store takes a *turn* before it takes the connection from the pool, and ends the
   turn after the connection is back, since the pool rolls back what it gets.
2. A turn begins when no other thread has the connection. A thread that waits too long for that
   gets a `RetryableStoreError`. With an engine for asyncio, tasks take the turns in place of
   threads.
3. During a turn, other threads wait in the pool's `checkout` event. They can't be refused there:
   after an error in that event, the pool closes the connection, and a database in memory is gone.
4. A thread can have the connection twice. If its first transaction is open, a call that would begin
   a second one is refused.
5. A store made of a connection has the turn from its first save until the connection is closed. If
   another thread saves with that connection, the turn is this thread's from then on.
"""

import os
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final, cast, final
from weakref import WeakSet, ref

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from prodflow import Message
from prodflow_sqlalchemy import _tasks as tasks
from prodflow_sqlalchemy._errors import RetryableStoreError

_PATIENCE: Final = 10.0
"""Seconds that a call waits for its turn."""
_POLL: Final = 0.002
"""Seconds between two looks at connections that are out: nothing tells when one is back."""

_FAIR: Final = 0.1
"""Seconds after which a waiting thread goes before those that ask later."""

_CONNECTING: Final = threading.Lock()
"""Held while a pool connects, so that two threads don't make two connections."""

_IN_TASKS: Final[WeakSet[sa.Pool]] = WeakSet()
"""The pools that are connecting in a task: a lock would stop the event loop."""

_NO_TURN: Final = nullcontext()
"""What a thread takes that gets a connection of its own."""

IN_USE: Final = Message("the engine has only one connection, and somebody else is using it")
NESTED: Final = (
    "the engine has only one connection, and it's in a transaction of yours:"
    " use the store of that transaction: make one of its connection, or take the one from unit()"
)


@final
class Turn:
    """Who uses a connection that threads, or tasks, share."""

    def __init__(self, users: tasks.Users) -> None:
        self._users = users
        self._lock = threading.RLock()  # a destructor may check out while it's held
        self._holder: object = None
        self._calls: set[object] = set()
        self._waiting: dict[object, float] = {}  # since when; the first has waited longest
        self._joined: ref[PoolProxiedConnection] | None = None
        self._out: list[tuple[object, ref[PoolProxiedConnection]]] = []

    def note_checkout(self, proxy: PoolProxiedConnection) -> None:
        """Take note that this thread has got the connection from the pool; waits for its turn."""
        ticket = object()
        try:
            while not self._try_note(proxy, ticket):
                self._users.sleep(_POLL)
        finally:
            self.end(ticket)

    def join(self, proxy: PoolProxiedConnection) -> None:
        """Keep other threads from the connection until *proxy* is closed.

        Raises:
            RetryableStoreError: if another thread has the connection.
        """
        with self._lock:
            me = self._users.me()  # a framework may open the connection in another thread
            self._out = [(me if it() is proxy else thread, it) for thread, it in self._out]
            if not self._calls and self._joined is not None and self._joined() is proxy:
                self._holder = me
            if not self._try_hold():
                raise RetryableStoreError(IN_USE)
            self._joined = ref(proxy)

    def try_begin(self, call: object, entry: ConnectionPoolEntry) -> bool:
        """Keep other threads from the connection until a call ends.

        False if one of them has it, or if the connection was lost meanwhile.
        """
        with self._lock:
            if self._gives_way(call) or not self._try_hold() or entry.dbapi_connection is None:
                return False
            self._waiting.pop(call, None)
            self._calls.add(call)
            return True

    def end(self, call: object) -> None:
        """End a call, if it has begun; otherwise it no longer waits."""
        with self._lock:
            self._waiting.pop(call, None)
            self._calls.discard(call)

    def is_out(self, *, mine: bool) -> bool:
        """Whether this thread has got the connection, or another thread has."""
        me = self._users.me()
        return any((thread == me) is mine and _is_open(it) for thread, it in self._out)

    def _try_hold(self) -> bool:
        if self._is_held_by_another() or self.is_out(mine=False):
            return False
        self._holder = self._users.me()
        return True

    def _gives_way(self, ticket: object) -> bool:
        """Whether a thread that asks now must let another one go first, which has waited for long.

        Without this, a thread that makes one call after the other would keep the connection. A
        thread that has the connection doesn't give way: the other thread waits for it.
        """
        now = time.monotonic()
        first, since = next(iter(self._waiting.items()), (ticket, now))
        self._waiting.setdefault(ticket, now)
        has_it = self._is_held() and self._holder == self._users.me()
        return (
            first is not ticket
            and now - since > _FAIR
            and not has_it
            and not self.is_out(mine=True)
        )

    def _try_note(self, proxy: PoolProxiedConnection, ticket: object) -> bool:
        with self._lock:
            if self._gives_way(ticket) or self._is_held_by_another():
                return False
            self._out = [(thread, it) for thread, it in self._out if _is_open(it)]
            self._out.append((self._users.me(), ref(proxy)))
            return True

    def _is_held_by_another(self) -> bool:
        return self._is_held() and self._holder != self._users.me()

    def _is_held(self) -> bool:
        return bool(self._calls) or (self._joined is not None and _is_open(self._joined))


def _is_open(proxy: "ref[PoolProxiedConnection]") -> bool:
    it = proxy()
    return it is not None and it.is_valid


def _turn_of(entry: ConnectionPoolEntry, users: tasks.Users) -> Turn:
    """The turn at the connection of an entry, kept as long as the entry."""
    turn: Turn = cast("dict[str, Any]", entry.record_info).setdefault("prodflow", Turn(users))
    return turn


def _checked_out(_: Any, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
    _turn_of(entry, tasks.THREADS).note_checkout(proxy)


def _checked_out_by_task(
    _: Any,  # noqa: ANN401 - as SQLAlchemy calls it
    entry: ConnectionPoolEntry,
    proxy: PoolProxiedConnection,
) -> None:
    _turn_of(entry, tasks.TASKS).note_checkout(proxy)


def watch(bind: sa.Engine | sa.Connection) -> None:
    """Make threads take turns if the engine gives them all the same connection."""
    engine = bind.engine
    pool = engine.pool
    listener = _checked_out_by_task if engine.dialect.is_async else _checked_out
    if not isinstance(pool, sa.StaticPool) or event.contains(engine, "checkout", listener):
        return
    event.listen(engine, "checkout", listener)
    if isinstance(bind, sa.Connection):  # it came out before
        _turn_of(pool.connection, tasks.users(engine)).note_checkout(bind.connection)


def turn(
    engine: sa.Engine, *, has_transaction: Callable[[Any], bool], patience: float = _PATIENCE
) -> AbstractContextManager[None]:
    """Keep other threads from the connection of an engine, if they'd get the same one.

    Args:
        engine: the engine.
        has_transaction: whether a transaction is open on a connection of the driver.
        patience: the seconds to wait while other threads have the connection.

    Raises:
        ValueError: if a transaction of this thread is open.
        RetryableStoreError: if other threads have the connection for too long.
    """
    if isinstance(engine.pool, sa.StaticPool):
        return _taken(engine, has_transaction, patience)
    return _NO_TURN


@contextmanager
def _taken(
    engine: sa.Engine, has_transaction: Callable[[Any], bool], patience: float
) -> Generator[None]:
    end = time.monotonic() + patience
    users = tasks.users(engine)
    taken = Turn(users)
    call = object()  # made first: an exception that is thrown in can come between any two steps
    try:
        while (entry := _entry(engine)) is not None:
            taken = _turn_of(entry, users)
            if taken.try_begin(call, entry):
                break
            if time.monotonic() >= end:
                raise RetryableStoreError(IN_USE)
            users.sleep(_POLL)
        if (
            entry is not None
            and taken.is_out(mine=True)
            and has_transaction(entry.driver_connection)
        ):
            raise ValueError(NESTED)
        yield
    finally:
        taken.end(call)


def _entry(engine: sa.Engine) -> ConnectionPoolEntry | None:
    """The entry of the only connection of an engine; None if the engine can't connect.

    A connection that was lost is replaced: the pool does that only at the next checkout, when other
    threads may have begun to wait for the old one.
    """
    with _connecting(engine):
        try:
            entry = cast("sa.StaticPool", engine.pool).connection
            if entry.dbapi_connection is None:
                engine.dispose(close=False)
                entry = cast("sa.StaticPool", engine.pool).connection
        except engine.dialect.loaded_dbapi.Error:  # the engine's own attempt says more
            return None
        return entry


@contextmanager
def _connecting(engine: sa.Engine) -> Generator[None]:
    """Keep others from connecting with the pool of an engine."""
    if not engine.dialect.is_async:
        with _CONNECTING:
            yield
        return
    while engine.pool in _IN_TASKS:
        tasks.TASKS.sleep(_POLL)
    pool = engine.pool
    _IN_TASKS.add(pool)
    try:
        yield
    finally:
        _IN_TASKS.discard(pool)


def join(connection: sa.Connection) -> None:
    """Keep other threads from a connection until it's closed, if they'd get the same one."""
    pool = connection.engine.pool
    if isinstance(pool, sa.StaticPool):
        _turn_of(pool.connection, tasks.users(connection.engine)).join(connection.connection)


def refuse_nested(connection: sa.Connection) -> None:
    """Refuse a connection of a `SingletonThreadPool` that this thread has a transaction on.

    A thread that connects twice gets the same connection from such a pool, as for a database in
    memory. After this refusal, the first transaction goes on.
    """
    driver: Any = connection.connection.driver_connection
    is_open = driver.in_transaction and getattr(driver, "autocommit", None) is not False
    if is_open and isinstance(connection.engine.pool, sa.SingletonThreadPool):
        raise ValueError(NESTED)


if hasattr(os, "register_at_fork"):  # pragma: no branch - not on Windows, which doesn't fork
    os.register_at_fork(
        before=_CONNECTING.acquire,
        after_in_parent=_CONNECTING.release,
        after_in_child=_CONNECTING.release,
    )
