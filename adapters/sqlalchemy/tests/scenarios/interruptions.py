"""Saves that an error is thrown into, as a soft time limit or Ctrl+C does."""

import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from random import Random  # noqa: TID251 - with a seed
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
_SLOWER: Final = 3
"""How many times longer a call takes while its lines are counted, or a little less."""
_SOON: Final = 1e-6
"""Seconds; a timer of 0 seconds never ends."""
_LONG: Final = 1_000
"""Milliseconds after which a lock or a transaction is taken to be left behind."""
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
    thrower = _Thrower(chance)
    for number in count():
        if done["saves interrupted"] == saves:
            break
        chosen = chance.sample(ids, chance.choice([1, 8]))
        changes = [
            moved_on(order, by="Ann", command_id=f"c-{number}")
            for order in store.load(chosen).values()
        ]
        call = _in_unit if chance.random() < _UNITS else SqlStore.save
        try:
            thrower.throw_into(partial(call, store, *changes), size=len(changes))
        except (SoftTimeLimitError, AssertionError):  # SQLAlchemy asserts what no longer holds then
            pass
        except Exception:  # noqa: BLE001 - counted
            wrong["other errors raised"] += 1
        else:
            done["saves that were faster"] += 1
            model.save(*changes)
            continue
        done["saves interrupted"] += 1
        done["by a signal"] += thrower.is_by_signal
        wrong["locks left behind"] += _is_locked(watching)
        wrong["transactions left open"] += _is_in_transaction(watching)
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


class _Thrower:
    """Throws errors into calls, by turns before a line of code and by a signal."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._whole: dict[int, tuple[int, float]] = {}
        self.is_by_signal = False

    def throw_into(self, call: Callable[[], object], *, size: int) -> None:
        """Throw an error into a call; the first call of each size is only measured."""
        self.is_by_signal = not self.is_by_signal
        if size not in self._whole:
            watch = Stopwatch()
            lines = thrown(call, line=0)
            self._whole[size] = lines, watch.seconds / _SLOWER
            return
        lines, seconds = self._whole[size]
        if self.is_by_signal:
            _alarmed(call, self._chance.uniform(0, seconds))
        else:
            thrown(call, self._chance.randint(1, lines))


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


def _is_in_transaction(watching: sa.Engine) -> bool:
    """Whether another connection is still in a transaction."""
    watch = Stopwatch()
    with watching.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        if watching.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {_LONG}")
            ended = "PRAGMA wal_checkpoint(RESTART)"  # waits for readers too
            return bool(connection.exec_driver_sql(ended).one()[0])
        while watch.seconds < _LONG / 1_000:
            if not connection.exec_driver_sql(_OPEN).scalar_one():
                return False
    return True


def _is_accepted(store: SqlStore, changes: Sequence[Change]) -> bool:
    try:
        store.save(*changes)
    except StoreError:
        return False
    return True
