"""Runs work in the store's or the caller's transactions, and translates database errors."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final, TypeVar, final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from prodflow import StoreError
from prodflow_sqlalchemy._dialect import Dialect, Failure
from prodflow_sqlalchemy._errors import (
    DatabaseFailedError,
    OutcomeUnknownError,
    RetryableStoreError,
)

T = TypeVar("T")

_CONNECTIONS: Final = 2
"""How many times a connection is tried: each can take as long as the connect timeout."""

_LONGEST: Final = 30
"""Seconds after which the last attempt begins."""

_PAUSE: Final = 0.005
"""Seconds before the second attempt; doubled before each later one."""


class ConcurrentSaveError(Exception):
    """Another transaction saved first: this one has read old data, and must be repeated."""


class NotConnectedError(Exception):
    """There is no connection; `failed` says why. A new attempt would only wait again."""

    def __init__(self, failed: StoreError) -> None:
        super().__init__(failed)
        self.failed = failed


@final
class Transactions:
    """Runs work inside transactions.

    Args:
        bind: an engine or a connection. With an engine, each call begins and commits its own
            transaction. With a connection, each call works inside the caller's transaction.
        dialect: the statements.
    """

    def __init__(self, bind: sa.Engine | sa.Connection, dialect: Dialect) -> None:
        self._bind = bind
        self._dialect = dialect

    @property
    def are_own(self) -> bool:
        """Whether each call begins and commits its own transaction."""
        return isinstance(self._bind, sa.Engine)

    def run(
        self,
        work: Callable[[sa.Connection], T],
        *,
        write: bool = True,
        command_id: str | None = None,
    ) -> T:
        """Do work in a transaction, and repeat the work if other transactions were in the way."""
        try:
            return self._run(work, write=write, command_id=command_id)
        except PoolTimeoutError as error:  # no connection became free in time
            raise RetryableStoreError(str(error)) from error
        except NotConnectedError as error:
            raise error.failed from error.__cause__

    def _run(self, work: Callable[[sa.Connection], T], *, write: bool, command_id: str | None) -> T:
        pause, end = _PAUSE, time.monotonic() + _LONGEST
        for _ in range(self._dialect.attempts - 1):
            if time.monotonic() > end:
                break
            try:
                return self._attempt(work, write=write, command_id=command_id)
            except RetryableStoreError:
                if isinstance(self._bind, sa.Connection):
                    raise  # the caller's part of the transaction must be repeated too
            except ConcurrentSaveError:
                pass
            time.sleep(pause)
            pause *= 2
        try:
            return self._attempt(work, write=write, command_id=command_id)
        except ConcurrentSaveError:
            raise RetryableStoreError(Failure.BUSY.value) from None

    def _attempt(
        self,
        work: Callable[[sa.Connection], T],
        *,
        write: bool,
        command_id: str | None,
    ) -> T:
        if isinstance(self._bind, sa.Connection):
            return self._within(self._bind, work, write=write)
        with self._translated(), self._connect(self._bind) as connection:  # closing it may fail
            self._dialect.begin(connection, write=write)
            result = work(connection)
            if write:
                self._commit(connection, command_id)
            return result

    def _connect(self, engine: sa.Engine) -> sa.Connection:
        """A connection of the engine; what the server refuses isn't tried again."""
        left = _CONNECTIONS
        while True:
            left -= 1
            try:
                return engine.connect()
            except DBAPIError as error:
                failed = self._error(error)
                if not left or isinstance(failed, DatabaseFailedError):
                    raise NotConnectedError(failed) from error
            time.sleep(_PAUSE)

    def _within(
        self,
        connection: sa.Connection,
        work: Callable[[sa.Connection], T],
        *,
        write: bool,
    ) -> T:
        with self._translated():
            if not write:
                return work(connection)
            self._dialect.join(connection)
            with connection.begin_nested():
                return work(connection)

    def _commit(self, connection: sa.Connection, command_id: str | None) -> None:
        try:
            connection.commit()
        except DBAPIError as error:
            if self._dialect.failure(error) is Failure.LOST:
                raise OutcomeUnknownError(command_id, _reason(error)) from error
            raise self._error(error) from error

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._error(error) from error
        except PendingRollbackError as error:
            raise RetryableStoreError(Failure.LOST.value) from error

    def _error(self, error: DBAPIError) -> StoreError:
        if self._dialect.failure(error) is Failure.OTHER:
            return DatabaseFailedError(_reason(error))
        return RetryableStoreError(_reason(error))


def _reason(error: DBAPIError) -> str:
    """What the database reports, in one line without anything that is stored.

    A traceback shows the error of the database too. So what its further lines and its parameters
    hold is taken out: PostgreSQL lists the whole row that it refuses.
    """
    reason = str(error.orig).strip().partition("\n")[0]
    reason = reason.partition(" with text '")[0]  # SQLite shows a text that isn't UTF-8
    error.hide_parameters = True
    error.args = (reason,)
    if error.orig is not None:
        error.orig.args = (reason,)
    return reason
