"""A store that was opened before a fork, and is used by the processes after it."""

import os
from functools import partial
from itertools import pairwise
from typing import Literal

import sqlalchemy as sa

from prodflow import OrderQuery
from prodflow_sqlalchemy import SqlStore
from prodflow_sqlalchemy import _forks as forks

from .processes import Result, Say, Stopwatch, all_heard, start
from .studio import moved_on, opened

__all__ = ["Kind", "forked_savers", "unnoticed_fork"]

Kind = Literal["opened", "engine", "connection"]


def forked_savers(url: str, *, kind: Kind, workers: int, saves: int) -> Result:
    """Several processes and their parent save with a store that the parent opened before the fork.

    Args:
        url: an empty database.
        kind: how the parent opened the store: by its URL, with an engine, or with an engine from
            which it then holds a connection with a save that it takes back.
        workers: the number of processes.
        saves: how many orders each of them opens and moves on.
    """
    watch = Stopwatch()
    engine = sa.create_engine(url)
    store = SqlStore.open(url) if kind == "opened" else SqlStore(engine)
    store.create_schema()
    store.save(opened("before"))
    with engine.connect() as connection:
        if kind == "connection" and engine.dialect.name == "postgresql":
            SqlStore(connection).save(opened("taken-back"))
        else:
            store.get("before")
        children = [start(partial(_save, store, number, saves)) for number in range(workers)]
        said = [line for lines in all_heard(children) for line in lines]
        connection.rollback()
    mine: list[str] = []
    _save(store, workers, saves, mine.append)
    acknowledged = [line for line in [*said, *mine] if line.startswith("PO-")]
    stored = {order.id: len(entries) for order, entries in store.histories(OrderQuery())}
    return Result(
        done={"saves acknowledged": len(acknowledged)},
        wrong={
            "errors raised": len(said) + len(mine) - len(acknowledged),
            "acknowledged orders lost": len(set(acknowledged) - stored.keys()),
            "orders stored in part": sum(stored.get(order_id, 2) != 2 for order_id in acknowledged),
            "orders stored without an acknowledgement": len(
                stored.keys() - {*acknowledged, "before"}
            ),
        },
        seconds=watch.seconds,
    )


def _save(store: SqlStore, worker: int, saves: int, say: Say[str]) -> None:
    """Open orders and move them on; says the id of each one, or the error."""
    for number in range(saves):
        change = opened(f"PO-{worker}-{number}")
        try:
            store.save(change, moved_on(change.order, by="Ann"))
        except Exception as error:  # noqa: BLE001 - counted
            say(f"{type(error).__name__}: {error}")
        else:
            say(change.order.id)


def unnoticed_fork(url: str) -> list[bool]:
    """Whether an engine has another pool after its process got another number, and once more."""
    engine = sa.create_engine(url)
    store = SqlStore(engine)
    store.create_schema()
    pools = [engine.pool]
    for _ in range(2):
        forks.check(pid=os.getpid() + 1)
        pools.append(engine.pool)
    for pool in {*pools}:
        pool.dispose()
    return [before is not after for before, after in pairwise(pools)]
