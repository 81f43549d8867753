"""Saves that an error is thrown into, as a soft time limit or Ctrl+C does."""

import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from types import FrameType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from prodflow import Change, MemoryStore, StoreError
from prodflow_sqlalchemy import SqlStore

from .load import Opening
from .processes import Result, Stopwatch, drawn
from .studio import differences, moved_on, numbered, opened, waiting

__all__ = ["SoftTimeLimitError", "interrupted_saves", "thrown"]

_SEED: Final = 20_261_127
_UNITS: Final = 1 / 3
"""The share of saves that are made in a unit."""
_RIVALS: Final = 1 / 3
"""The share of saves with a signal that wait for another transaction."""
_SLOWER: Final = 3
"""How many times longer a call takes while its lines are counted, or a little less."""
_SOON: Final = 1e-6
"""Seconds; a timer of 0 seconds never ends."""
_LONG: Final = 5_000
"""Milliseconds after which a lock or a transaction is taken to be left behind."""
_TOO_LONG: Final = 20_000
"""Milliseconds after which a save that wasn't broken off ends the test."""
_OPEN: Final = (
    "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    " AND application_name = current_setting('application_name') AND state <> 'idle'"
)
"""Counts the other connections of the test that are in a transaction."""


class SoftTimeLimitError(Exception):
    """What a worker throws into a task that takes too long."""


def thrown(call: Callable[[], object], line: int) -> int:
    """Throw an error into a call before a certain line of the store, of SQLAlchemy or its driver.

    Returns the number of lines that were run; it's less than *line* if the call ended before.
    """
    lines = 0

    def trace(frame: FrameType, what: str, _: object) -> Any:  # noqa: ANN401 - as Python calls it
        nonlocal lines
        if not any(name in frame.f_code.co_filename for name in ("sqlalchemy", "psycopg")):
            return None
        if what == "line":
            lines += 1
            if lines == line:
                raise SoftTimeLimitError
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return lines


def interrupted_saves(url: str, *, saves: int, opening: Opening = SqlStore) -> Result:
    """Interrupt saves of 1 or 8 orders, one after the other, with one store.

    The error comes before a line of code, or by a signal after some time; both are drawn. Each save
    is then compared with the model, and repeated.

    Args:
        url: an empty database.
        saves: how many saves to interrupt.
        opening: returns a store for an engine.
    """
    watch, chance = Stopwatch(), drawn(_SEED)
    ids = numbered(12)
    # If the error comes while SQLAlchemy takes a connection out of a pool, the pool counts it for
    # ever as out. So this pool has no limit.
    engine = sa.create_engine(url, max_overflow=-1)
    watching = sa.create_engine(url, poolclass=sa.NullPool)
    store, other = opening(engine), opening(watching)
    store.create_schema()
    model = MemoryStore()
    for each in (store, model):
        each.save(*map(opened, ids))
    done: dict[str, int] = dict.fromkeys(
        ("saves interrupted", "by a signal", "stored all the same", "saves that were faster"), 0
    )
    wrong: dict[str, int] = dict.fromkeys(
        (
            *("saves stored in part", "locks left behind", "transactions left open"),
            *("repeated saves refused", "other errors raised"),
            "orders or events unlike the model's",
        ),
        0,
    )
    whole = {size: _measured(store, model, ids[:size]) for size in (1, 8)}
    for number in count():
        if done["saves interrupted"] == saves:
            break
        chosen = chance.sample(ids, chance.choice([1, 8]))
        changes = [
            moved_on(order, by="Ann", command_id=f"c-{number}")
            for order in store.load(chosen).values()
        ]
        save = _in_unit if chance.random() < _UNITS else SqlStore.save
        call = partial(save, store, *changes)
        lines, seconds = whole[len(changes)]
        is_by_signal = number % 2 == 1
        with _rival(watching, is_there=is_by_signal and chance.random() < _RIVALS) as is_left_open:
            try:
                if is_by_signal:
                    _alarmed(call, chance.uniform(0, seconds))
                else:
                    thrown(call, chance.randint(1, lines))
            except (SoftTimeLimitError, AssertionError):  # SQLAlchemy asserts what no longer holds
                pass
            except Exception:  # noqa: BLE001 - counted
                wrong["other errors raised"] += 1
            else:
                done["saves that were faster"] += 1
                model.save(*changes)
                continue
            wrong["transactions left open"] += is_left_open()
        done["saves interrupted"] += 1
        done["by a signal"] += is_by_signal
        if _is_locked(watching):
            wrong["locks left behind"] += 1
            break  # or the next save would wait for ever
        entries = len(other.entries_of(f"c-{number}"))
        done["stored all the same"] += entries > 0
        wrong["saves stored in part"] += entries != _moved(other, changes) or 0 < entries < len(
            changes
        )
        wrong["repeated saves refused"] += not _is_accepted(store, changes)
        model.save(*changes)
        wrong["orders or events unlike the model's"] += differences(other, model, ids)
        items = waiting(other)
        for each in (store, model):
            each.acknowledge(*items)
    store.close()
    return Result(done=done, wrong=wrong, seconds=watch.seconds, seed=_SEED)


def _measured(store: SqlStore, model: MemoryStore, ids: Sequence[str]) -> tuple[int, float]:
    """How many lines, and about how many seconds, a save of these orders takes."""
    changes = [moved_on(order, by="Ann") for order in store.load(ids).values()]
    watch = Stopwatch()
    lines = thrown(lambda: store.save(*changes), line=0)
    seconds = watch.seconds
    model.save(*changes)
    return lines, seconds / _SLOWER


def _alarmed(call: Callable[[], object], seconds: float) -> None:
    """Throw an error into a call after some time, or never if the call ends before."""

    def alarm(*_: object) -> None:
        raise SoftTimeLimitError

    before = signal.signal(signal.SIGALRM, alarm)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds or _SOON)
        call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _in_unit(store: SqlStore, *changes: Change) -> None:
    with store.unit() as (_, inner):
        inner.save(*changes)


def _moved(store: SqlStore, changes: Sequence[Change]) -> int:
    """How many of the changed orders have the version of their change."""
    found = store.load([change.order.id for change in changes])
    return sum(found[change.order.id] == change.order for change in changes)


def _is_locked(watching: sa.Engine) -> bool:
    """Whether the orders can't be changed."""
    is_sqlite = watching.dialect.name == "sqlite"
    with watching.connect() as connection:
        connection.exec_driver_sql(
            f"PRAGMA busy_timeout = {_LONG}" if is_sqlite else f"SET LOCAL lock_timeout = {_LONG}"
        )
        try:
            connection.exec_driver_sql("UPDATE prodflow_orders SET rank = rank")
        except DBAPIError:
            return True
        finally:
            connection.rollback()
    return False


@contextmanager
def _rival(watching: sa.Engine, *, is_there: bool) -> Generator[Callable[[], bool]]:
    """Another transaction that has locked all orders, perhaps, so that a save waits for it.

    Returns a function that tells whether a further transaction is open. In SQLite, there is no
    rival, because a signal doesn't end the wait.
    """
    with watching.connect() as connection:
        if watching.dialect.name == "sqlite":
            yield partial(_is_being_read, connection)
            return
        if is_there:  # not for ever, even if the save goes on waiting
            connection.exec_driver_sql(
                f"SET LOCAL idle_in_transaction_session_timeout = {_TOO_LONG}"
            )
            connection.exec_driver_sql("SELECT 1 FROM prodflow_orders FOR UPDATE")
        yield partial(_is_in_transaction, connection)
        connection.rollback()


def _is_in_transaction(connection: sa.Connection) -> bool:
    """Whether another connection to PostgreSQL stays in a transaction."""
    watch = Stopwatch()
    while watch.seconds < _LONG / 1_000:
        connection.exec_driver_sql("SELECT pg_stat_clear_snapshot()")  # of this transaction
        if not connection.exec_driver_sql(_OPEN).scalar_one():
            return False
    return True


def _is_being_read(connection: sa.Connection) -> bool:
    """Whether another connection to SQLite stays in a transaction, even if it only reads."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_LONG}")
    return bool(connection.exec_driver_sql("PRAGMA wal_checkpoint(RESTART)").one()[0])


def _is_accepted(store: SqlStore, changes: Sequence[Change]) -> bool:
    try:
        store.save(*changes)
    except StoreError:
        return False
    return True
