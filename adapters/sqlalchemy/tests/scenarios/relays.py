"""Relays that claim events, act on them and acknowledge them, and are killed in between."""

import os
import signal
import time
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from itertools import chain
from multiprocessing.connection import wait
from typing import Final

import sqlalchemy as sa
from attrs import field, frozen

from prodflow import TriggerEvent
from prodflow_sqlalchemy import SqlStore

from .processes import Bell, Result, Say, Stopwatch, Worker, all_heard, drawn, start
from .studio import NOON, moved_on, numbered, opened

__all__ = ["killed_relays"]

_SEED: Final = 20_261_116
_LEASE: Final = timedelta(seconds=1)
_RELAYS: Final = 4
_CLAIM: Final = 5
_BATCH: Final = 4
_LIFE: Final = 8
"""The highest number of events that a relay acts on before it is killed."""
_IDLE: Final = 0.02
"""Seconds to wait when there is nothing to do."""

_ACT: Final = sa.text("INSERT INTO effects (event_id) VALUES (:id) ON CONFLICT DO NOTHING")

Acted = tuple[str, bool]
"""The id of an event, and whether the effect was new."""


@frozen(kw_only=True)
class _Scene:
    url: str
    effects_url: str
    ids: Sequence[str]
    moves: int
    bell: Bell = field(factory=Bell)


def killed_relays(url: str, *, kills: int, moves: int) -> Result:
    """Let four relays compete for events, and kill them at work.

    A relay is killed after it has acted on an event and before it acknowledges it. Another takes
    its place. After the last kill, four relays finish the work.

    Args:
        url: an empty database. The effects are stored in it too, or in another SQLite file.
        kills: how many relays to kill.
        moves: how many changes are saved meanwhile. One in four has two events, and the next change
            makes the second event void.
    """
    watch, chance = Stopwatch(), drawn(_SEED)
    effects_url = f"{url}-effects" if url.startswith("sqlite") else url
    scene = _Scene(url=url, effects_url=effects_url, ids=numbered(40), moves=moves)
    # A fork must not inherit an open connection.
    store = SqlStore(sa.create_engine(url, poolclass=sa.NullPool))
    store.create_schema()
    store.save(*map(opened, scene.ids))
    effects = sa.create_engine(effects_url, poolclass=sa.NullPool)
    with effects.begin() as connection:
        connection.execute(sa.text("CREATE TABLE effects (event_id TEXT PRIMARY KEY)"))

    mover = start(partial(_move, scene))
    lives = [chance.randint(1, _LIFE) for _ in range(kills)]
    relays = [_relay(scene, lives.pop()) for _ in range(_RELAYS)]
    acted: list[Acted] = []
    emitted: list[TriggerEvent] = []
    killed = 0
    while mover.process.is_alive() or store.pending(as_of=date.max, limit=1):
        wait([relay.process.sentinel for relay in relays], timeout=_IDLE)
        emitted += chain(*mover.heard_within(0))
        for relay in [*relays]:
            acted += relay.heard_within(0)
            if not relay.process.is_alive():
                acted += relay.heard()
                killed += relay.is_killed
                relays.remove(relay)
                if lives:
                    relays.append(_relay(scene, lives.pop()))
        # Not earlier, or they could leave too few events for a relay that is still to be killed.
        if not relays:
            relays = [_relay(scene, None) for _ in range(_RELAYS)]
    scene.bell.ring()
    for relay in relays:
        acted += relay.heard()
        killed += relay.is_killed
    seconds = watch.seconds
    emitted += chain(*chain(*all_heard([mover])))

    with effects.connect() as connection:
        had = set(connection.execute(sa.text("SELECT event_id FROM effects")).scalars())
    orders = store.load(scene.ids)
    void = {
        event.id
        for event in emitted
        if event.while_in_status and event.dated and event.visit != orders[event.order_id].visit
    }
    ids = {event.id for event in emitted}
    new = [event_id for event_id, is_new in acted if is_new]
    return Result(
        done={
            "relays killed": killed,
            "events": len(ids),
            "void before a relay acted": len(void - had),
            "effects": len(had),
            "repeated actions": len(acted) - len(new),
        },
        wrong={
            "valid events without an effect": len(ids - had - void),
            "effects without an event": len(had - ids),
            "repeated effects": len(new) - len(set(new)),
            "relays not killed": kills - killed,
        },
        seconds=seconds,
        seed=_SEED,
    )


def _move(scene: _Scene, say: Say[list[TriggerEvent]]) -> None:
    store = SqlStore(sa.create_engine(scene.url))
    chance = drawn(_SEED, "move")
    for _ in range(0, scene.moves, _BATCH):
        orders = store.load(chance.sample(scene.ids, _BATCH)).values()
        changes = [moved_on(order, by="Ben") for order in orders]
        store.save(*changes)
        say([event for change in changes for event in change.events])


def _relay(scene: _Scene, life: int | None) -> Worker[Acted]:
    """Start a relay that kills itself after some events, or never."""
    return start(partial(_act, scene, life))


def _act(scene: _Scene, life: int | None, say: Say[Acted]) -> None:
    store, effects = SqlStore(sa.create_engine(scene.url)), sa.create_engine(scene.effects_url)
    acted = 0
    while not scene.bell.is_rung:
        now = NOON + timedelta(seconds=time.monotonic())  # the same clock in every process
        events = store.claim(as_of=date.max, now=now, lease=_LEASE, limit=_CLAIM)
        for event in events:
            with effects.begin() as connection:
                is_new = connection.execute(_ACT, {"id": event.id}).rowcount == 1
            say((event.id, is_new))
            acted += 1
            if acted == life:
                os.kill(os.getpid(), signal.SIGKILL)
        store.acknowledge(*(event.id for event in events))
        if not events:
            scene.bell.is_rung_within(_IDLE)
