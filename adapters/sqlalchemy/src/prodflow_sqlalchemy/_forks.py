"""Keeps the connections of a process from the processes that it forks.

A forked process has a copy of every connection, and both ends of a copy are the same: two processes
that use it mix their statements, and one commits what the other has half done. So after a fork,
each engine of a store gets a new pool in the new process. The old pool is neither used nor closed
there: closing a connection would end the transaction of the other process. Each connection knows
the process that opened it, so that a store of the connection can refuse to work in another one.
"""

import os
from typing import Any, Final
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

_ENGINES: Final[WeakSet[sa.Engine]] = WeakSet()
_LEFT: Final[list[object]] = []
"""What belongs to other processes; kept, or the connections would be closed."""

_PROCESS: Final = "prodflow_process"
"""The key of the process in the `info` of a connection."""

_pid = os.getpid()

ELSEWHERE: Final = (
    "the connection was opened in another process, before a fork:"
    " connect in this process, or make the store of an engine"
)


def watch(engine: sa.Engine) -> None:
    """Give an engine a new pool in each process that is forked from now on."""
    if engine not in _ENGINES:
        _ENGINES.add(engine)
        event.listen(engine, "connect", _opened)


def _opened(_: Any, entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
    entry.info[_PROCESS] = os.getpid()


def process_of(connection: sa.Connection) -> int:
    """The process that opened a connection; this one if nothing is known about it."""
    if connection.closed or connection.invalidated:
        return os.getpid()
    process: int = connection.info.setdefault(_PROCESS, os.getpid())
    return process


def leave(*belongings: object) -> None:
    """Leave connections, and what would end their transactions, to the process that began them."""
    _LEFT.append(belongings)


def check(*, pid: int | None = None) -> None:
    """Notice a fork that nothing has told of; *pid* is the number of this process."""
    if (pid or os.getpid()) != _pid:
        _forked(pid)


def _forked(pid: int | None = None) -> None:
    global _pid  # noqa: PLW0603 - there is one process
    _pid = pid or os.getpid()
    for engine in tuple(_ENGINES):
        leave(engine.pool)
        engine.dispose(close=False)


if hasattr(os, "register_at_fork"):  # pragma: no branch - not on Windows, which doesn't fork
    os.register_at_fork(after_in_child=_forked)
