"""Processes that change the same orders, and others that read them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Final

import sqlalchemy as sa
from attrs import field, frozen
from sqlalchemy import event

from prodflow import HistoryEntry, StaleOrdersError, StoreError
from prodflow_sqlalchemy import SqlStore

from .processes import Bell, Result, Say, Stopwatch, all_heard, drawn, start
from .studio import differences, moved_on, numbered, opened, replayed

__all__ = ["Opening", "Place", "load"]

Opening = Callable[[sa.Engine], SqlStore]
Place = tuple[str, int]
Histories = Mapping[str, Sequence[HistoryEntry]]

_READERS: Final = 2
_PATIENCE: Final = 120
"""Seconds to wait for the last entries of the feed."""


@frozen(kw_only=True)
class _Load:
    url: str
    ids: Sequence[str]
    saves: int
    batch: int
    opening: Opening
    bell: Bell = field(factory=Bell)


@frozen
class _Written:
    """What a writer has done: the order ids and sequence numbers of its changes, by save."""

    saved: Mapping[str, Sequence[Place]]
    refused: int
    surfaced: int
    beneath: int


@frozen
class _Watched:
    """What a reader has seen: histories, and snapshots of all versions."""

    reads: int
    torn: int
    last: Histories
    snapshots: set[tuple[int, ...]]


@frozen
class _Followed:
    places: list[Place]
    cursor: str | None


def load(
    url: str,
    *,
    writers: int,
    saves: int,
    orders: int,
    batch: int = 1,
    opening: Opening = SqlStore,
) -> Result:
    """Let processes change the same orders while others read them.

    Args:
        url: an empty database.
        writers: how many processes write.
        saves: how many saves each writer makes, not counting stale ones.
        orders: how many orders there are.
        batch: how many of them each save changes.
        opening: returns a store for an engine.
    """
    scene = _Load(url=url, ids=numbered(orders), saves=saves, batch=batch, opening=opening)
    engine = sa.create_engine(url)
    store = opening(engine)
    store.create_schema()
    store.save(*map(opened, scene.ids))
    engine.dispose()

    watch = Stopwatch()
    writing = [start(partial(_write, scene, f"writer-{n}")) for n in range(writers)]
    reading = [start(partial(_watch, scene, f"reader-{n}")) for n in range(_READERS)]
    following = [start(partial(_follow, scene))]
    written = [last for (last,) in all_heard(writing)]
    seconds = watch.seconds
    scene.bell.ring()
    watched = [last for (last,) in all_heard(reading)]
    ((followed,),) = all_heard(following)

    found = store.load(scene.ids)
    histories = {order_id: store.history(order_id) for order_id in scene.ids}
    saved = {name: places for each in written for name, places in each.saved.items()}
    changes = sum(map(len, saved.values()))
    kept = sum(map(len, histories.values()))
    fed = _fed(store, followed, kept)
    result = Result(
        done={
            "changes saved": changes,
            "saves refused as stale": sum(each.refused for each in written),
            "histories read": sum(each.reads for each in watched),
            "snapshots taken": sum(len(each.snapshots) for each in watched),
        },
        wrong={
            "updates lost": _lost(saved, histories),
            "versions missing or extra": abs(
                sum(order.version for order in found.values()) - orders - changes
            ),
            "histories with gaps": sum(
                [entry.sequence for entry in entries] != list(range(1, found[order_id].version + 1))
                for order_id, entries in histories.items()
            ),
            "orders or events that differ from the model": differences(
                store, replayed(histories), scene.ids
            ),
            "other store errors raised": sum(each.surfaced for each in written),
            "database errors": sum(each.beneath for each in written),
            "histories whose entries later changed": sum(
                each.torn + _torn(each.last, histories) for each in watched
            ),
            "batches seen in part": sum(
                _halves(scene.ids, each.snapshots, saved.values()) for each in watched
            ),
            "entries missing from the feed": kept - len(set(fed)),
            "entries repeated in the feed": len(fed) - len(set(fed)),
            "entries out of order in the feed": _unordered(fed),
        },
        seconds=seconds,
    )
    store.close()
    return result


def _write(scene: _Load, name: str, say: Say[_Written]) -> None:
    engine = sa.create_engine(scene.url)
    beneath: Counter[str] = Counter()

    @event.listens_for(engine, "handle_error")
    def count(context: sa.ExceptionContext) -> None:
        beneath[str(context.original_exception)] += 1

    store = scene.opening(engine)
    chance = drawn(name)
    saved: dict[str, Sequence[Place]] = {}
    troubles: Counter[type[StoreError]] = Counter()
    for number in range(scene.saves):
        chosen = chance.sample(scene.ids, scene.batch)
        save = f"{name}-{number}"
        command_id = save if number % 2 else None
        while save not in saved:
            orders = store.load(chosen).values()
            changes = [moved_on(it, by=name, note=save, command_id=command_id) for it in orders]
            try:
                store.save(*changes)
            except StoreError as error:
                troubles[type(error)] += 1
            else:
                saved[save] = [(change.order.id, change.order.version) for change in changes]
    refused = troubles.pop(StaleOrdersError, 0)
    say(_Written(saved, refused, troubles.total(), beneath.total()))


def _watch(scene: _Load, name: str, say: Say[_Watched]) -> None:
    store = scene.opening(sa.create_engine(scene.url))
    chance = drawn(name)
    last: dict[str, tuple[HistoryEntry, ...]] = {}
    snapshots: set[tuple[int, ...]] = set()
    reads = torn = 0
    while not scene.bell.is_rung:
        order_id = chance.choice(scene.ids)
        before, last[order_id] = last.get(order_id, ()), store.history(order_id)
        reads += 1
        torn += not _is_prefix(before, last[order_id])
        found = store.load(scene.ids)
        snapshots.add(tuple(found[order_id].version for order_id in scene.ids))
    say(_Watched(reads, torn, last, snapshots))


def _follow(scene: _Load, say: Say[_Followed]) -> None:
    store = scene.opening(sa.create_engine(scene.url))
    places: list[Place] = []
    cursor: str | None = None
    while not scene.bell.is_rung_within(0.005):
        page = store.feed(cursor)
        cursor = page.cursor
        places += _places(page.entries)
    say(_Followed(places, cursor))


def _fed(store: SqlStore, followed: _Followed, total: int) -> list[Place]:
    """The entries that the feed had during the load, and those that it has since."""
    places, cursor = followed.places, followed.cursor
    watch = Stopwatch()
    while True:
        page = store.feed(cursor)
        cursor = page.cursor
        places += _places(page.entries)
        # Transactions in other databases of the server may delay the last entries.
        if not page.entries and (len(places) >= total or watch.seconds > _PATIENCE):
            return places


def _places(entries: Sequence[HistoryEntry]) -> list[Place]:
    return [(entry.order_id, entry.sequence) for entry in entries]


def _lost(saved: Mapping[str, Sequence[Place]], histories: Histories) -> int:
    """The number of acknowledged changes that are not in the history."""
    notes = {
        (entry.order_id, entry.sequence): entry.note
        for entries in histories.values()
        for entry in entries
    }
    return sum(notes.get(place) != save for save, places in saved.items() for place in places)


def _is_prefix(before: Sequence[HistoryEntry], after: Sequence[HistoryEntry]) -> bool:
    return list(after[: len(before)]) == list(before)


def _torn(last: Histories, histories: Histories) -> int:
    return sum(not _is_prefix(seen, histories[order_id]) for order_id, seen in last.items())


def _halves(
    ids: Sequence[str],
    snapshots: Iterable[Sequence[int]],
    batches: Collection[Sequence[Place]],
) -> int:
    """The number of snapshots that show a batch in part."""
    halves = 0
    for snapshot in snapshots:
        seen = dict(zip(ids, snapshot, strict=True))
        halves += sum(
            len({seen[order_id] >= version for order_id, version in batch}) > 1 for batch in batches
        )
    return halves


def _unordered(places: Sequence[Place]) -> int:
    """The number of entries that came after a later one of their order."""
    last: dict[str, int] = {}
    unordered = 0
    for order_id, sequence in places:
        unordered += sequence < last.get(order_id, 0)
        last[order_id] = sequence
    return unordered
