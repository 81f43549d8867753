"""Keeps the connections of a process from the processes that it forks.

A forked process has a copy of every connection, and both ends of a copy are the same: two processes
that use it mix their statements, and one commits what the other has half done. So after a fork,
each engine of a store gets a new pool in the new process. The old pool is neither used nor closed
there: closing a connection would end the transaction of the other process.
"""

import os
from typing import Final
from weakref import WeakSet

import sqlalchemy as sa

_ENGINES: Final[WeakSet[sa.Engine]] = WeakSet()
_LEFT: Final[list[sa.Pool | sa.Connection]] = []
"""What belongs to other processes; kept, or the connections would be closed."""

_pid = os.getpid()

ELSEWHERE: Final = (
    "the connection was opened in another process, before a fork:"
    " connect in this process, or make the store of an engine"
)


def renew(engine: sa.Engine) -> None:
    """Give an engine a new pool in each process that is forked from now on."""
    _ENGINES.add(engine)


def leave(connection: sa.Connection) -> None:
    """Leave a connection to the process that opened it."""
    _LEFT.append(connection)


def check(*, pid: int | None = None) -> None:
    """Notice a fork that nothing has told of; *pid* is the number of this process."""
    if (pid or os.getpid()) != _pid:
        _forked(pid)


def _forked(pid: int | None = None) -> None:
    global _pid  # noqa: PLW0603 - there is one process
    _pid = pid or os.getpid()
    for engine in tuple(_ENGINES):
        _LEFT.append(engine.pool)
        engine.dispose(close=False)


if hasattr(os, "register_at_fork"):  # pragma: no branch - not on Windows, which doesn't fork
    os.register_at_fork(after_in_child=_forked)
