"""What differs if tasks of asyncio use a store: who waits for whom, and what a cancellation does.

Theory of operation.

1. SQLAlchemy runs the methods of `SqlStore` in a greenlet. Wherever the driver waits for the
   database, the greenlet gives way to the event loop, and goes on when the answer is there. So
   everything that a method does is done in the same way for threads and for tasks.
2. Each call is a task. If the caller is cancelled, the call is cancelled once, and the caller
   waits until the call has rolled back. Without that, another cancellation could come in the middle
   of the rollback: AnyIO, which FastAPI and Starlette use, cancels again at every await.
3. A call that doesn't end soon, since the server doesn't answer, is cancelled again.
4. With SQLite, a call isn't cancelled: it ends its transaction, which is short, and doesn't begin
   another one. SQLAlchemy closes the connection of a statement that is cancelled, and a database in
   memory ends with its connection.
5. Turns at a connection belong to the task of the caller, not to that of the call.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import ContextVar
from inspect import isawaitable
from typing import Any, Final, TypeVar, cast, final
from weakref import ref

import sqlalchemy as sa
from attrs import define, frozen
from sqlalchemy import event
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
        check: raises an error if the call was cancelled.
    """

    me: Callable[[], object]
    sleep: Callable[[float], None]
    check: Callable[[], None]


def _task() -> object:
    call = _CALL.get()
    return ref(cast("asyncio.Task[Any]", asyncio.current_task())) if call is None else call.caller


def _sleep(seconds: float) -> None:
    await_only(asyncio.sleep(seconds))
    _check()


def _check() -> None:
    call = _CALL.get()
    if call is not None and call.is_cancelled:
        raise asyncio.CancelledError


THREADS: Final = Users(threading.get_ident, time.sleep, lambda: None)
TASKS: Final = Users(_task, _sleep, _check)


def users(engine: sa.Engine) -> Users:
    """What uses the connections of an engine."""
    return TASKS if engine.dialect.is_async else THREADS


def watch(engine: sa.Engine) -> None:
    """Close the cursor of a statement of SQLite that is cancelled, such as one of a unit's block.

    SQLAlchemy only closes the connection, and SQLite keeps its locks as long as there is a cursor.
    """
    is_used = engine.dialect.is_async and engine.name == "sqlite"
    if is_used and not event.contains(engine, "handle_error", _close_cursor):
        event.listen(engine, "handle_error", _close_cursor)


def _close_cursor(context: sa.ExceptionContext) -> None:
    cursor = getattr(context.execution_context, "cursor", None)
    if cursor is not None and isinstance(context.original_exception, asyncio.CancelledError):
        with suppress(asyncio.CancelledError):  # aiosqlite closes it nevertheless
            cursor.close()


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
