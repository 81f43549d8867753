"""A backup is restored under processes that write and read, and don't restart.

Theory of operation. The backup is older than everything that the processes do. They remember cycles
from after it, which are gone whenever it's restored. There are two kinds:

- PRINTS is edited. The backup has version 1, and after each restore somebody stores another edit as
  version 2.
- SIGNS comes with an order, and isn't in the backup at all.
"""

import time
from collections.abc import Sequence
from functools import partial
from itertools import count, islice
from typing import Final

import sqlalchemy as sa
from attrs import evolve, field, frozen

from prodflow import (
    Change,
    CursorError,
    CycleConflictError,
    DamagedRowError,
    OrderNotFoundError,
    OrderQuery,
    StaleCycleError,
    StaleOrdersError,
    StatusCycle,
    StoreError,
)
from prodflow_sqlalchemy import SqlStore, tables

from .load import Opening, Place
from .processes import Bell, Result, Say, Stopwatch, all_heard, drawn, heard_from, start
from .studio import CYCLE, moved_on, numbered, opened

__all__ = ["restored_under_load"]

PRINTS: Final = CYCLE
SIGNS: Final = StatusCycle("signs", CYCLE.statuses)

_AS_A_SAVE: Final = (
    *("commands", "orders", "order_types", "cycles", "facts", "history", "outbox"),
    *("schema", "settings"),
)
"""The tables in the sequence in which a save locks them: in another, a restore could deadlock."""
_SAVES: Final = 40
"""How many saves each writer makes between two restores, at least."""
_PATIENCE: Final = 120
"""Seconds to wait for the last entries of the feed."""
_REFUSALS: Final = (StaleOrdersError, StaleCycleError, CycleConflictError, OrderNotFoundError)
"""What a save gets whose order or cycle went back in time."""


@frozen(kw_only=True)
class _Scene:
    url: str
    ids: Sequence[str]
    opening: Opening
    bell: Bell = field(factory=Bell)


@frozen(kw_only=True)
class _Saved:
    """An acknowledged save, when it began, and the errors since the one before."""

    began: float
    changes: tuple[Change, ...]
    refused: int
    others: int


@frozen
class _Reading:
    """What a reader of the feed has read since it began again, and how often it did so."""

    places: tuple[Place, ...] = ()
    cursor: str | None = None
    refused: int = 0


def restored_under_load(
    url: str, *, restores: int, writers: int = 4, opening: Opening = SqlStore
) -> Result:
    """Restore a backup again and again while processes save orders and read the feed.

    Args:
        url: an empty database.
        restores: how often to restore the backup.
        writers: how many processes write.
        opening: returns a store for an engine.
    """
    watch = Stopwatch()
    engine = sa.create_engine(url)
    store = opening(engine)
    scene = _Scene(url=url, ids=numbered(20), opening=opening)
    store.create_schema()
    store.put_cycle(PRINTS, replaces=None)
    store.save(*map(opened, scene.ids))
    _back_up(engine)

    writing = [start(partial(_write, scene, f"writer-{n}")) for n in range(writers)]
    following = [start(partial(_follow, scene))]
    since = 0.0
    every: list[_Saved] = []
    recent: list[_Saved] = []
    cursors: list[str] = []
    lost = homeless = damaged = accepted = 0
    for left in range(restores, -1, -1):
        recent += islice(heard_from(writing), _SAVES * writers)
        if not left:
            scene.bell.ring()
            for rest in all_heard(writing):
                recent += rest
        lost += _lost(store, [each for each in recent if each.began > since])
        homeless += _without_cycle(engine)
        damaged += len(store.verify())
        every += recent
        if left:
            cursors += [_cursor(store, limit) for limit in (1, 1_000_000)]
            _restore(engine)
            since, recent = time.monotonic(), []
            store.restored()
            accepted += sum(not _is_refused(store, cursor) for cursor in cursors)
    ((read,),) = all_heard(following)
    kept = {
        (entry.order_id, entry.sequence)
        for _, entries in store.histories(OrderQuery())
        for entry in entries
    }
    read = _read_to_the_end(store, read, len(kept))
    store.close()
    return Result(
        done={
            "restores": restores,
            "saves acknowledged": len(every),
            "saves refused as stale": sum(each.refused for each in every),
            "old cursors tried": sum(range(2, 2 * restores + 1, 2)),
            "times that the reader began again": read.refused,
        },
        wrong={
            "saves since a restore lost or stored in part": lost,
            "orders without their cycle": homeless,
            "damaged rows": damaged,
            "other errors raised": sum(each.others for each in every),
            "old cursors accepted": accepted,
            "entries missing from the feed": len(kept - {*read.places}),
            "entries of the feed that are gone or repeated": len(read.places)
            - len(kept & {*read.places}),
        },
        seconds=watch.seconds,
    )


# The backup


def _names(engine: sa.Engine) -> list[str]:
    """The tables; each one after those that it refers to."""
    return [it.name for it in tables(dialect=engine.dialect.name).metadata.sorted_tables]


def _back_up(engine: sa.Engine) -> None:
    """Copy each table."""
    with engine.begin() as connection:
        for name in _names(engine):
            connection.exec_driver_sql(f"CREATE TABLE backup_{name} AS SELECT * FROM {name}")  # noqa: S608 - our own names


def _restore(engine: sa.Engine) -> None:
    """Make every table what it was in the backup, in one transaction."""
    names = _names(engine)
    values = "OVERRIDING SYSTEM VALUE" if engine.dialect.name == "postgresql" else ""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            locked = ", ".join(f"prodflow_{name}" for name in _AS_A_SAVE)
            connection.exec_driver_sql(f"LOCK TABLE {locked} IN EXCLUSIVE MODE")
        for name in reversed(names):
            connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 - our own names
        for name in names:
            connection.exec_driver_sql(
                f"INSERT INTO {name} {values} SELECT * FROM backup_{name}"  # noqa: S608 - our own names
            )


# The writers


def _write(scene: _Scene, name: str, say: Say[_Saved]) -> None:
    """Save until the bell rings, with a cycle that is loaded again only after a refusal."""
    chance = drawn(name)
    store = scene.opening(sa.create_engine(scene.url))
    prints = PRINTS
    refused = others = 0
    for number in count():
        began = time.monotonic()
        try:
            changes = _changes(store, f"{name}-{number}", prints, chance.choice(scene.ids))
            store.save(*changes)
        except _REFUSALS:
            refused += 1
            prints = _edited(store, f"edit {name}-{number}")
        except StoreError:
            others += 1
        else:
            say(_Saved(began=began, changes=changes, refused=refused, others=others))
            refused = others = 0
        if scene.bell.is_rung:
            return


def _changes(store: SqlStore, name: str, prints: StatusCycle, old: str) -> tuple[Change, ...]:
    """One change of an order from before the backup, or the first two of a new order."""
    kind = int(name.rpartition("-")[2]) % 3
    if kind == 0:
        return (moved_on(store.get(old), by=name, note=name),)
    opening = opened(name, prints if kind == 1 else SIGNS)
    return opening, moved_on(opening.order, by=name)


def _edited(store: SqlStore, description: str) -> StatusCycle:
    """The second version of PRINTS; it's edited if there is none."""
    try:
        if (newest := store.get_cycle("prints")).version == PRINTS.version:
            newest = newest.replace("check", description=description)
            store.put_cycle(newest, replaces=PRINTS.version)
    except _REFUSALS:  # another writer was faster, or a restore came between
        return _edited(store, description)
    return newest


def _lost(store: SqlStore, saved: Sequence[_Saved]) -> int:
    """The number of saves with a change that isn't stored as it was acknowledged."""
    changes = [change for each in saved for change in each.changes]
    try:
        orders = store.load({change.order.id for change in changes})
    except DamagedRowError:
        return len(saved)
    entries = {
        (entry.order_id, entry.sequence): entry
        for order_id in orders
        for entry in store.history(order_id)
    }
    return sum(
        any(
            entries.get((change.order.id, change.order.version)) != change.entry
            or orders[change.order.id].cycle != change.order.cycle
            for change in each.changes
        )
        for each in saved
    )


def _without_cycle(engine: sa.Engine) -> int:
    """The number of orders whose cycle is in no table."""
    with engine.connect() as connection:
        found: int = connection.exec_driver_sql(
            "SELECT count(*) FROM prodflow_orders AS o WHERE NOT EXISTS"
            " (SELECT 1 FROM prodflow_cycles AS c WHERE c.order_type = o.order_type"
            " AND c.version = o.cycle_version AND c.digest = o.cycle_digest)"
        ).scalar_one()
    return found


# The reader of the feed


def _follow(scene: _Scene, say: Say[_Reading]) -> None:
    store = scene.opening(sa.create_engine(scene.url))
    reading = _Reading()
    while not scene.bell.is_rung_within(0.002):
        reading = _read_on(store, reading)
    say(reading)


def _read_on(store: SqlStore, reading: _Reading) -> _Reading:
    """Read a page more, or begin again if the cursor is refused."""
    try:
        page = store.feed(reading.cursor)
    except CursorError:
        return _Reading(refused=reading.refused + 1)
    places = tuple((entry.order_id, entry.sequence) for entry in page.entries)
    return evolve(reading, places=reading.places + places, cursor=page.cursor)


def _read_to_the_end(store: SqlStore, reading: _Reading, total: int) -> _Reading:
    """Read on until nothing is left."""
    watch = Stopwatch()
    while True:
        before, reading = reading, _read_on(store, reading)
        # Transactions in other databases of the server may delay the last entries.
        is_enough = len(reading.places) >= total or watch.seconds > _PATIENCE
        if is_enough and reading == before:
            return reading


def _cursor(store: SqlStore, limit: int) -> str:
    """The cursor after so many entries; waits for the first one."""
    while (cursor := store.feed(limit=limit).cursor) is None:
        time.sleep(0.01)
    return cursor


def _is_refused(store: SqlStore, cursor: str) -> bool:
    try:
        store.feed(cursor)
    except CursorError:
        return True
    return False
