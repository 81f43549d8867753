"""What differs if tasks of asyncio use a store: who waits for whom, and what a cancellation does.

Theory of operation.

1. SQLAlchemy runs the methods of `SqlStore` in a greenlet. Wherever the driver waits for the
   database, the greenlet gives way to the event loop, and goes on when the answer is there. So
   everything that a method does is done in the same way for threads and for tasks.
2. Each call is a task. If the caller is cancelled, the call is cancelled once, and the caller
   waits until the call has rolled back. Without that, another cancellation could come in the middle
   of the rollback: AnyIO, which FastAPI and Starlette use, cancels again at every await.
3. A call that doesn't end soon, since the server doesn't answer, is cancelled again.
4. If SQLAlchemy is cancelled while a statement runs, it closes the connection. For a database in
   memory, that would be the end. So a call that uses such a database isn't cancelled: it ends soon.
   It only stops waiting for its turn.
5. Turns at a connection belong to the task of the caller, not to that of the call.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from inspect import isawaitable
from typing import Any, Final, TypeVar, cast, final
from weakref import ref

import sqlalchemy as sa
from attrs import define, frozen
from sqlalchemy.util.concurrency import await_only

T = TypeVar("T")

_PATIENCE: Final = 10.0
"""Seconds after which a cancelled call that hasn't ended is cancelled again."""


@final
@define(eq=False)
class _Call:
    """A call of a store.

    Args:
        caller: the task that waits for it.
        is_cancelled: whether the caller was cancelled.
    """

    caller: object
    is_cancelled: bool = False


_CALL: Final[ContextVar[_Call | None]] = ContextVar("prodflow_call", default=None)


@final
@frozen
class Users:
    """What uses connections: threads or tasks.

    Args:
        me: returns the thread or the task that runs; it equals no other one.
        sleep: lets others go on for some seconds.
    """

    me: Callable[[], object]
    sleep: Callable[[float], None]


def _task() -> object:
    call = _CALL.get()
    return ref(cast("asyncio.Task[Any]", asyncio.current_task())) if call is None else call.caller


def _sleep(seconds: float) -> None:
    await_only(asyncio.sleep(seconds))
    call = _CALL.get()
    if call is not None and call.is_cancelled:
        raise asyncio.CancelledError


THREADS: Final = Users(threading.get_ident, time.sleep)
TASKS: Final = Users(_task, _sleep)


def users(engine: sa.Engine) -> Users:
    """What uses the connections of an engine."""
    return TASKS if engine.dialect.is_async else THREADS


def result(answer: Any) -> Any:  # noqa: ANN401 - whatever a driver answers
    """What a method of a driver returns, also if it's a coroutine of a driver for asyncio."""
    return await_only(answer) if isawaitable(answer) else answer


async def complete(work: Coroutine[Any, Any, T], *, stops: bool, patience: float = _PATIENCE) -> T:
    """Do the work of a call, and wait for its end, even if the caller is cancelled meanwhile.

    Args:
        work: what to do.
        stops: whether the work is cancelled with the caller.
        patience: the seconds after which cancelled work that hasn't ended is cancelled again.

    Raises:
        CancelledError: if the caller was cancelled; the work may have been done.
    """
    call = _Call(_task())
    task = asyncio.create_task(_in_call(call, work))
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task], timeout=None if cancelled is None else patience)
        except asyncio.CancelledError as error:
            if cancelled is not None:
                continue
            cancelled, call.is_cancelled = error, True
        if cancelled is not None and stops:
            task.cancel()
    if cancelled is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # or asyncio would log it
    raise cancelled


async def _in_call(call: _Call, work: Coroutine[Any, Any, T]) -> T:
    _CALL.set(call)
    return await work
