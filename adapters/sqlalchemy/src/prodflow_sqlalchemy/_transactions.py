"""Runs work in the store's or the caller's transactions, and translates database errors."""

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Final, TypeVar, final

import sqlalchemy as sa
from sqlalchemy.exc import (
    DBAPIError,
    InvalidRequestError,
    PendingRollbackError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from prodflow import ProdflowError, StoreError
from prodflow_sqlalchemy import _forks as forks
from prodflow_sqlalchemy import _sharing as sharing
from prodflow_sqlalchemy import _tasks as tasks
from prodflow_sqlalchemy._dialect import (
    ConcurrentSaveError,
    ConnectionSettings,
    Dialect,
    Failure,
)
from prodflow_sqlalchemy._errors import (
    DatabaseFailedError,
    OutcomeUnknownError,
    RetryableStoreError,
)

T = TypeVar("T")

_ENDED: Final = (
    "the transaction of the unit was ended inside the unit: leave commit and rollback to the unit"
)

_UNDONE: Final = (
    "a statement of the unit has failed, and the database has undone what came before it: let its"
    " error pass, or run a statement that may fail inside connection.begin_nested()"
)

_CONNECTIONS: Final = 2
"""How many times a connection is tried: each can take as long as the connect timeout."""

_LONGEST: Final = 30
"""Seconds after which no further attempt begins."""

_PAUSE: Final = 0.005
"""Seconds before the second attempt; doubled before each later one."""


class NotConnectedError(Exception):
    """There is no connection; `failed` says why. A new attempt would only wait again."""

    def __init__(self, failed: StoreError) -> None:
        super().__init__(failed)
        self.failed = failed


_OWN: Final = (ProdflowError, ConcurrentSaveError, SQLAlchemyError, ValueError, TypeError)
"""The errors that the work itself raises, between two statements."""


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
        self._users = tasks.users(bind.engine)
        tasks.watch(bind.engine)
        sharing.watch(bind)
        forks.watch(bind.engine)
        self._process = os.getpid()
        if isinstance(bind, sa.Connection):
            self._process = forks.process_of(bind)

    @property
    def are_own(self) -> bool:
        """Whether each call begins and commits its own transaction."""
        return isinstance(self._bind, sa.Engine)

    def run(
        self,
        work: Callable[[sa.Connection], T],
        *,
        write: bool = True,
        by_key: bool = False,
        command_id: str | None = None,
        again: bool = False,
    ) -> T:
        """Do work in a transaction, and repeat the work if other transactions were in the way.

        Args:
            work: what to do, with the connection.
            write: whether the work can change something.
            by_key: whether the work looks up all it needs by its key.
            command_id: the command that the work carries out.
            again: whether doing the work a second time changes nothing. Then it's also repeated
                after the connection was lost during the commit.
        """
        self._users.check()
        failed: StoreError = RetryableStoreError(Failure.BUSY.value)
        unknown: OutcomeUnknownError | None = None
        for _ in self._attempts():
            try:
                return self._attempt(work, write=write, by_key=by_key, command_id=command_id)
            except ConcurrentSaveError:
                failed = RetryableStoreError(Failure.BUSY.value)
            except OutcomeUnknownError as error:
                failed = unknown = unknown or error
                if not again:
                    break
            except DatabaseFailedError as error:
                failed = error
                break
            except RetryableStoreError as error:
                if isinstance(self._bind, sa.Connection):
                    raise  # the caller's part of the transaction must be repeated too
                failed = error
            except NotConnectedError as error:
                failed = error.failed
                failed.__cause__ = error.__cause__
                break
        raise unknown or failed  # if unknown, the first attempt may have changed something

    def _attempts(self) -> Iterator[int]:
        """Numbers of attempts, with a pause before each one but the first."""
        pause, end = _PAUSE, time.monotonic() + _LONGEST
        yield 1
        for attempt in range(2, self._dialect.attempts + 1):
            if time.monotonic() > end:
                return
            self._users.sleep(pause)
            pause *= 2
            yield attempt

    def _attempt(
        self,
        work: Callable[[sa.Connection], T],
        *,
        write: bool,
        by_key: bool,
        command_id: str | None,
    ) -> T:
        if isinstance(self._bind, sa.Connection):
            self._check_process()
            return self._within(self._bind, work, write=write)
        forks.check()
        with self._turn(self._bind), self._translated():
            connection = self._connect(self._bind)
            before: ConnectionSettings | None = None
            try:
                before = self._dialect.begin(connection, write=write, by_key=by_key)
                result = work(connection)
                if write:
                    self._commit(connection, command_id)
                else:
                    self._dialect.finish(connection)
                self._close(connection, before)
            except BaseException as error:
                self._give_back(connection, before, error)
                raise
            return result

    @contextmanager
    def unit(self) -> Generator[sa.Connection]:
        """A transaction for statements of the caller's own; the errors of the block pass."""
        if isinstance(self._bind, sa.Connection):
            self._check_process()
            with self._savepoint(self._bind):
                yield self._bind
            return
        forks.check()
        with self._turn(self._bind):
            with self._translated():
                try:
                    connection = self._answering(self._bind)
                except NotConnectedError as error:
                    raise error.failed from error.__cause__
            process = os.getpid()
            before: ConnectionSettings | None = None
            try:
                with self._translated():
                    before = self._dialect.begin(connection, write=True)
                    self._dialect.mark(connection)
                transaction = connection.get_transaction() or connection.begin()
                yield connection
                if os.getpid() == process:
                    self._finish(connection, before, transaction)
            except BaseException as error:
                if os.getpid() == process:
                    self._give_back(connection, before, error, keeps=True)
                raise
            finally:
                if os.getpid() != process:
                    forks.leave(connection)
                    raise ValueError(forks.ELSEWHERE)

    @contextmanager
    def _savepoint(self, connection: sa.Connection) -> Generator[None]:
        """A unit inside the caller's transaction."""
        with self._translated():
            self._join(connection)
            savepoint = connection.begin_nested()
            self._dialect.mark(connection)
        with ExitStack() as ending:
            ending.enter_context(savepoint)
            ending.enter_context(self._abandoned(connection))
            try:
                yield
            finally:
                if self._process != os.getpid():
                    forks.leave(connection, ending.pop_all())
                    raise ValueError(forks.ELSEWHERE)
            with self._translated():
                self._check_whole(connection, savepoint)
                savepoint.commit()

    def _check_process(self) -> None:
        """Refuse a connection that another process has opened."""
        if self._process != os.getpid():
            raise ValueError(forks.ELSEWHERE)

    def _check_whole(self, connection: sa.Connection, part: sa.Transaction) -> None:
        """Refuse to commit a unit if the database has undone a part of it.

        That's what an error of a statement does, even if the block has caught the error. In
        PostgreSQL the transaction can then only be rolled back, which the driver does without a
        word when it commits. SQLite rolls back after some errors, and goes on outside.
        """
        if not self._dialect.is_whole(connection):
            with suppress(DBAPIError):  # if the database has undone this already
                part.rollback()
            raise ValueError(_UNDONE)

    def _turn(self, engine: sa.Engine) -> AbstractContextManager[None]:
        return sharing.turn(engine, has_transaction=self._dialect.has_transaction)

    def _finish(
        self,
        connection: sa.Connection,
        before: ConnectionSettings | None,
        transaction: sa.RootTransaction,
    ) -> None:
        """Commit a unit, and close its connection."""
        if connection.get_transaction() is not transaction:
            raise ValueError(_ENDED)
        with self._translated():
            self._check_whole(connection, transaction)
            self._commit(connection, None)
            self._close(connection, before)

    def _close(self, connection: sa.Connection, before: ConnectionSettings | None) -> None:
        """Give a connection back to the pool as it was, which ends its transaction."""
        if before is not None:
            self._dialect.end(connection, before)
        connection.close()

    def _give_back(
        self,
        connection: sa.Connection,
        before: ConnectionSettings | None,
        error: BaseException,
        *,
        keeps: bool = False,
    ) -> None:
        """Close a connection whose work has failed.

        Args:
            connection: the connection.
            before: its settings before the transaction.
            error: what was raised.
            keeps: whether an idle connection may be used again. After an error that was thrown into
                the store, it may not: nobody knows what the driver was doing.
        """
        try:
            if _is_thrown(error):
                self._dialect.abandon(connection, keeps_idle=keeps)
            self._close(connection, before)
        except BaseException as closing:
            with suppress(InvalidRequestError):  # if it's closed already
                connection.invalidate()  # then the database ends the transaction
                connection.close()
            if not isinstance(closing, DBAPIError):  # which says less than the first error
                raise

    def _join(self, connection: sa.Connection) -> None:
        """Begin the caller's transaction, if it hasn't begun."""
        sharing.join(connection)
        self._dialect.join(connection)

    def _connect(self, engine: sa.Engine) -> sa.Connection:
        """A connection of the engine, or a `NotConnectedError`.

        What the server refuses isn't tried again.
        """
        left = _CONNECTIONS
        while True:
            left -= 1
            try:
                return engine.connect()
            except PoolTimeoutError as error:  # no connection became free in time
                raise NotConnectedError(RetryableStoreError(str(error))) from error
            except DBAPIError as error:
                failed = self._error(error)
                if not left or isinstance(failed, DatabaseFailedError):
                    raise NotConnectedError(failed) from error
            self._users.sleep(_PAUSE)

    def _answering(self, engine: sa.Engine) -> sa.Connection:
        """A connection that isn't lost: the block of a unit can't be done again.

        Once one connection turns out to be lost, SQLAlchemy replaces all that the pool has.
        """
        left = _CONNECTIONS
        while True:
            left -= 1
            connection = self._connect(engine)
            try:
                self._dialect.ping(connection)
            except BaseException as error:
                is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
                self._give_back(connection, None, error)
                if not left or not is_lost:
                    raise
            else:
                return connection

    def _within(
        self,
        connection: sa.Connection,
        work: Callable[[sa.Connection], T],
        *,
        write: bool,
    ) -> T:
        with self._translated():
            if not write:
                with self._abandoned(connection):
                    self._dialect.prepare(connection)
                    return work(connection)
            # Twice: the rollback to a savepoint fails too while the server still works.
            with self._abandoned(connection):
                self._join(connection)
                with connection.begin_nested(), self._abandoned(connection):
                    return work(connection)

    @contextmanager
    def _abandoned(self, connection: sa.Connection) -> Generator[None]:
        """Give up a caller's connection if something is thrown into its work."""
        try:
            yield
        except BaseException as error:
            if _is_thrown(error):
                self._dialect.abandon(connection, keeps_idle=True)
            raise

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
        except StatementError as error:  # thrown into SQLAlchemy, which has wrapped it
            raise (error.orig or error) from None
        except PendingRollbackError as error:
            raise RetryableStoreError(Failure.LOST.value) from error

    def _error(self, error: DBAPIError) -> StoreError:
        if self._dialect.failure(error) is Failure.OTHER:
            return DatabaseFailedError(_reason(error))
        return RetryableStoreError(_reason(error))


def _is_thrown(error: BaseException) -> bool:
    """Whether an error comes from outside, such as a time limit or Ctrl+C.

    It may have come in the middle of a statement.
    """
    if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
        return True
    return not isinstance(error, _OWN)


def _reason(error: DBAPIError) -> str:
    """What the database reports, in one line without anything that is stored.

    A traceback shows the error of the database too, and PostgreSQL lists the whole row that it
    refuses. So only the first line stays, and the parameters are hidden.
    """
    reason = str(error.orig).strip().partition("\n")[0]
    reason = reason.partition(" with text '")[0]  # SQLite shows a text that isn't UTF-8
    error.hide_parameters = True
    error.args = (reason,)
    original = error.orig or error
    original.args = (reason,)
    return reason
