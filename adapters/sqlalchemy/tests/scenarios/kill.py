"""Writers that are killed, and a server that is stopped while others write."""

import time
from collections.abc import Sequence
from functools import partial
from itertools import count, islice
from typing import Final, Literal, Protocol

import sqlalchemy as sa
from attrs import evolve, field, frozen

from prodflow import Change, MemoryStore, StaleOrdersError, StoreError
from prodflow_sqlalchemy import OutcomeUnknownError, RetryableStoreError, SqlStore

from .load import Opening
from .processes import Bell, Result, Say, Stopwatch, all_heard, drawn, heard_from, start
from .studio import differences, moved_on, numbered, opened, replayed, waiting

__all__ = ["killed_writers", "stopped_server"]

_SEED: Final = 20_261_116
_EARLY: Final = 0.1
"""The share of writers that are killed before they have begun."""
_OPENING: Final = 0.05
_LIFE: Final = 0.02
"""The longest time in seconds that a writer lives after it begins to save."""
_DELAY: Final = 0.02
"""The longest time in seconds before the server is stopped, once the writers are at work."""

Said = tuple[Change, ...] | None
"""The changes that a writer is about to save; None after it has saved them."""


def killed_writers(url: str, *, kills: int, opening: Opening = SqlStore) -> Result:
    """Kill a writer at any moment, repeat the save that it was making, and start another.

    The model gets the saves that a writer has acknowledged and the one that was interrupted.

    Args:
        url: an empty database.
        kills: how many writers to kill.
        opening: returns a store for an engine.
    """
    watch, chance = Stopwatch(), drawn(_SEED)
    ids = numbered(12)
    model = MemoryStore()
    model.save(*map(opened, ids))
    with opening(sa.create_engine(url)) as store:
        store.create_schema()
        store.save(*map(opened, ids))
    done: dict[str, int] = dict.fromkeys(
        (
            *("writers killed", "saves acknowledged"),
            *("saves interrupted", "of them stored"),
        ),
        0,
    )
    wrong: dict[str, int] = dict.fromkeys(
        ("acknowledged saves lost", "batches saved in part", "repeated saves refused"), 0
    )
    unlike = 0
    for number in range(kills):
        writer = start(partial(_write, url, ids, opening, number))
        if chance.random() < _EARLY:
            said = writer.heard_within(chance.uniform(0, _OPENING))
        else:
            said = [writer.said.recv(), *writer.heard_within(chance.uniform(0, _LIFE))]
        writer.process.kill()
        said += writer.heard()
        done["writers killed"] += writer.is_killed
        with opening(sa.create_engine(url)) as store:
            acknowledged, interrupted = _sorted(said)
            for changes in acknowledged:
                model.save(*changes)
                wrong["acknowledged saves lost"] += not _is_saved(store, changes)
            done["saves acknowledged"] += len(acknowledged)
            if interrupted:
                done["saves interrupted"] += 1
                done["of them stored"] += _is_saved(store, interrupted)
                wrong["batches saved in part"] += _is_half_saved(store, interrupted)
                wrong["repeated saves refused"] += not _is_accepted(store, interrupted)
                model.save(*interrupted)
            unlike += differences(store, model, ids)
            items = waiting(store)
            store.acknowledge(*items)
            model.acknowledge(*items)
    with opening(engine := sa.create_engine(url)) as store:
        histories = sum(store.history(order_id) != model.history(order_id) for order_id in ids)
        damages = _damages(engine)
    return Result(
        done=done,
        wrong={
            **wrong,
            "orders or events unlike the model's": unlike,
            "histories that differ from the model": histories,
            **damages,
        },
        seconds=watch.seconds,
        seed=_SEED,
    )


def _write(url: str, ids: Sequence[str], opening: Opening, number: int, say: Say[Said]) -> None:
    chance = drawn(_SEED, number)
    store = opening(sa.create_engine(url))
    for save in count():
        orders = store.load(chance.sample(ids, chance.choice([1, 8]))).values()
        changes = tuple(moved_on(it, by="Ben", command_id=f"{number}-{save}") for it in orders)
        say(changes)
        store.save(*changes)
        say(None)


def _sorted(said: Sequence[Said]) -> tuple[list[tuple[Change, ...]], tuple[Change, ...]]:
    """The saves that a writer has acknowledged, and the one that was interrupted."""
    acknowledged: list[tuple[Change, ...]] = []
    interrupted: tuple[Change, ...] = ()
    for changes in said:
        if changes is None:
            acknowledged.append(interrupted)
        interrupted = changes or ()
    return acknowledged, interrupted


def _is_saved(store: SqlStore, changes: Sequence[Change]) -> bool:
    """Whether the command of these changes has saved them."""
    entries = tuple(change.entry for change in changes)
    return store.entries_of(entries[0].command_id or "") == entries


def _is_half_saved(store: SqlStore, changes: Sequence[Change]) -> bool:
    """Whether some of the changes are stored and some are not."""
    found = store.load([change.order.id for change in changes])
    return len({found[change.order.id].version < change.order.version for change in changes}) > 1


def _is_accepted(store: SqlStore, changes: Sequence[Change]) -> bool:
    try:
        store.save(*changes)
    except StoreError:
        return False
    return True


def _damages(engine: sa.Engine) -> dict[str, int]:
    """The number of damages that SQLite finds in its file; nothing for PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return {}
    with engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    return {"errors found by integrity_check": sum(line != "ok" for line in found)}


@frozen(kw_only=True)
class _Scene:
    url: str
    ids: Sequence[str]
    bell: Bell = field(factory=Bell)


@frozen(kw_only=True)
class _Saved:
    """An acknowledged save, and the errors on the way."""

    name: str
    places: tuple[tuple[str, int], ...] = ()
    refused: int = 0
    unknown: int = 0
    known_after_all: int = 0


class Server(Protocol):
    """A PostgreSQL server that may be stopped."""

    @property
    def url(self) -> str:
        """The URL of an empty database."""
        ...

    def start(self) -> None:
        """Start the server again."""

    def stop(self, mode: Literal["immediate"]) -> None:
        """Stop the server like a power cut."""


def stopped_server(server: Server, *, stops: int, writers: int = 4) -> Result:
    """Stop a PostgreSQL server like a power cut, again and again, while others write.

    Args:
        server: a running server that waits for the disk at each commit.
        stops: how often to stop it.
        writers: how many processes write.
    """
    chance = drawn(_SEED)
    watch = Stopwatch()
    scene = _Scene(url=server.url, ids=numbered(20))
    with SqlStore.open(server.url) as store:
        store.save(*map(opened, scene.ids))
    working = [start(partial(_write_on, scene, f"writer-{n}")) for n in range(writers)]
    saved: list[_Saved] = []
    for _ in range(stops):
        saved += islice(heard_from(working), 10 * writers)
        time.sleep(chance.uniform(0, _DELAY))
        server.stop("immediate")
        server.start()
    scene.bell.ring()
    for rest in all_heard(working):
        saved += rest
    seconds = watch.seconds
    with SqlStore.open(server.url) as store:
        wrong = _unlike(store, scene.ids, saved)
    return Result(
        done={
            "server stops": stops,
            "saves acknowledged": len(saved),
            "saves refused as stale": sum(each.refused for each in saved),
            "saves with an unknown outcome": sum(each.unknown for each in saved),
            "of them stored": sum(each.known_after_all for each in saved),
        },
        wrong=wrong,
        seconds=seconds,
        seed=_SEED,
    )


def _write_on(scene: _Scene, name: str, say: Say[_Saved]) -> None:
    chance = drawn(name)
    store = SqlStore(sa.create_engine(scene.url, pool_pre_ping=True))
    for number in count():
        chosen = chance.sample(scene.ids, chance.choice([1, 4]))
        say(_saved(store, chosen, _Saved(name=f"{name}-{number}")))
        if scene.bell.is_rung:
            return


def _saved(store: SqlStore, chosen: Sequence[str], saved: _Saved) -> _Saved:
    """Load the orders and save changes of them, again and again until a save is not stale."""
    while not saved.places:
        try:
            orders = store.load(chosen).values()
        except RetryableStoreError:
            continue
        changes = [moved_on(it, by="Ben", note=saved.name, command_id=saved.name) for it in orders]
        try:
            saved = _repeated(store, changes, saved)
        except StaleOrdersError:
            saved = evolve(saved, refused=saved.refused + 1)
    return saved


def _repeated(store: SqlStore, changes: Sequence[Change], saved: _Saved) -> _Saved:
    """Repeat a save until its outcome is known."""
    is_unknown = False
    while True:
        try:
            after_all = is_unknown and _is_saved(store, changes)
            store.save(*changes)
        except RetryableStoreError:
            continue
        except OutcomeUnknownError:
            saved, is_unknown = evolve(saved, unknown=saved.unknown + 1), True
        else:
            return evolve(
                saved,
                places=tuple((change.order.id, change.order.version) for change in changes),
                known_after_all=saved.known_after_all + after_all,
            )


def _unlike(store: SqlStore, ids: Sequence[str], saved: Sequence[_Saved]) -> dict[str, int]:
    """How the stored orders differ from the acknowledged saves."""
    histories = {order_id: store.history(order_id) for order_id in ids}
    noted = {
        (entry.order_id, entry.sequence, entry.note)
        for entries in histories.values()
        for entry in entries[1:]
    }
    acknowledged = {(*place, each.name) for each in saved for place in each.places}
    return {
        "acknowledged changes lost": len(acknowledged - noted),
        "changes stored twice or without an acknowledgement": len(noted - acknowledged),
        "histories with gaps": sum(
            [entry.sequence for entry in entries] != list(range(1, len(entries) + 1))
            for entries in histories.values()
        ),
        "orders or events unlike the model's": differences(store, replayed(histories), ids),
    }
