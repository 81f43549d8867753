"""A later release migrates the tables while processes of this one are at work."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import count, islice
from typing import Final

import sqlalchemy as sa
from attrs import field, frozen

from prodflow import (
    FlowSettings,
    OrderQuery,
    OutboxItem,
    ProductionOrder,
    StatusCycle,
    StoreError,
)
from prodflow_sqlalchemy import SchemaVersionError, SqlStore

from ..studio import (  # noqa: TID252 - tests in one process make the same changes
    AT,
    CYCLE,
    FLOW,
    LEASE,
    MONDAY,
    amended,
    at_the_lab,
    opened,
)
from .later import later
from .processes import Bell, Result, Say, Stopwatch, all_heard, drawn, heard_from, start

__all__ = ["WRITES", "Call", "deployed", "migrated_under_load", "worked"]

Call = Callable[[SqlStore, ProductionOrder, OutboxItem], object]
Acknowledge = Callable[[str], object]

WRITES: Final[Mapping[str, Call]] = {
    "open": lambda store, _order, _item: store.save(opened("PO-2", command_id="c-1")),
    "save": lambda store, order, _: store.save(amended(order, vendor="Acme")),
    "put_cycle": lambda store, _order, _item: store.put_cycle(
        CYCLE.replace("hold", description="Paused"), replaces=1
    ),
    "put_settings": lambda store, _order, _item: store.put_settings(
        FlowSettings(), replaces=None, by="Ann", at=AT
    ),
    "claim": lambda store, _order, _item: store.claim(as_of=date.max, now=AT, lease=LEASE),
    "acknowledge": lambda store, _, item: store.acknowledge(item),
    "dismiss": lambda store, _, item: store.dismiss(item.event.id),
    "fail": lambda store, _, item: store.fail(item, error="no", retry_at=None),
    "release": lambda store, _, item: store.release(item),
    "extend": lambda store, _, item: store.extend(item, now=AT, lease=LEASE),
    "set_reminders": lambda store, order, _: store.set_reminders(
        FLOW.reminders(order, today=MONDAY)
    ),
    "forget": lambda store, _order, _item: store.forget(before=date.max),
    "forget_commands": lambda store, _order, _item: store.forget_commands(before=date.max),
    "erase": lambda store, order, _item: store.erase(order.id),
    "rebuild": lambda store, order, _item: store.rebuild(order.id),
    "restored": lambda store, _order, _item: store.restored(),
}
"""Every call that writes."""

_ROUNDS: Final = 3
"""How many rounds of work each writer does before the migration, at least."""


def worked(store: SqlStore, order_id: str, acknowledge: Acknowledge) -> None:
    """Write in every way that users and workers do; acknowledges the ids of the saved orders."""
    (order,) = at_the_lab(store, order_id)
    acknowledge(order_id)
    store.save(opened(f"{order_id}-c", command_id=f"{order_id}-c"))
    acknowledge(f"{order_id}-c")
    store.set_reminders(FLOW.reminders(order, today=MONDAY))
    store.acknowledge(*store.claim(as_of=MONDAY, now=AT, lease=LEASE, limit=3))
    store.put_cycle(StatusCycle(CYCLE.order_type + order_id, CYCLE.statuses), replaces=None)
    store.forget(before=date.min)
    store.forget_commands(before=date.min)
    store.erase(f"{order_id}-0")


@frozen(kw_only=True)
class _Scene:
    url: str
    calls: int = 0
    bell: Bell = field(factory=Bell)


@frozen
class _Tried:
    """What the calls of a process came to after the migration."""

    refused: int = 0
    empty: int = 0
    done: int = 0
    others: int = 0


Said = str | _Tried
"""The id of an order that a process has saved, or what came of its calls after the migration."""


def migrated_under_load(urls: Sequence[str], *, writers: int = 4) -> Result:
    """Migrate databases while processes of this release write and read.

    Args:
        urls: empty databases, which are migrated one after the other.
        writers: how many processes write; one more reads.
    """
    watch = Stopwatch()
    slowest = 0.0
    saved = reads = lost = failed = damaged = missing = refused = others = 0
    for url in urls:
        scene = _Scene(url=url)
        engine = sa.create_engine(url)
        store = SqlStore(engine)
        store.create_schema()
        at_the_lab(store, "PO-1")
        writing = [start(partial(_write, scene, number)) for number in range(writers)]
        reading = [start(partial(_read, scene))]
        said: list[Said] = [*islice(heard_from(writing), 2 * _ROUNDS * writers)]
        migration = Stopwatch()
        try:
            later(engine).migrate()
        except StoreError:
            failed += 1
        slowest = max(slowest, migration.seconds)
        for rest in all_heard(writing):  # they end because they are refused
            said += rest
        scene.bell.ring()
        (((found, troubles),),) = all_heard(reading)
        ids = {"PO-1", *(each for each in said if isinstance(each, str))}
        saved, reads = saved + len(ids), reads + found
        tried = [each for each in said if isinstance(each, _Tried)]
        refused += sum(each.refused for each in tried)
        others += troubles + sum(each.others for each in tried)
        new = later(engine)
        lost += len(ids - _stored(new))
        missing += _missing(new)
        damaged += len(new.verify())
        engine.dispose()
    return Result(
        done={
            "migrations": len(urls),
            "ms for the slowest": round(1_000 * slowest),
            "orders acknowledged": saved,
            "reads": reads,
            "writers refused": refused,
        },
        wrong={
            "migrations failed": failed,
            "acknowledged orders lost": lost,
            "writers not refused": writers * len(urls) - refused,
            "entries missing from the feed": missing,
            "damaged rows": damaged,
            "other errors raised": others,
        },
        seconds=watch.seconds,
    )


def deployed(url: str, *, calls: int, writers: int = 4) -> Result:
    """Migrate a database, and start processes of the later release while earlier ones go on.

    Args:
        url: an empty database.
        calls: how many calls that write each process of this release makes after the migration,
            and how many rounds of work each process of the later release does.
        writers: how many processes write, of each release.
    """
    watch = Stopwatch()
    scene = _Scene(url=url, calls=calls)
    engine = sa.create_engine(url)
    store = SqlStore(engine)
    store.create_schema()
    at_the_lab(store, "PO-1")
    earlier = [start(partial(_write, scene, number)) for number in range(writers)]
    said: list[Said] = [*islice(heard_from(earlier), 2 * _ROUNDS * writers)]
    later(engine).migrate()
    new = [start(partial(_write_later, scene, writers + n)) for n in range(writers)]
    for rest in all_heard(earlier):
        said += rest
    written = [order_id for rest in all_heard(new) for order_id in rest]
    before = {"PO-1", *(each for each in said if isinstance(each, str))}
    tried = [each for each in said if isinstance(each, _Tried)]
    checked = later(engine)
    stored = _stored(checked)
    unsized = "SELECT count(*) FROM prodflow_history WHERE size IS NULL OR size <> length(data)"
    with engine.connect() as connection:
        unlike: int = connection.exec_driver_sql(unsized).scalar_one()
    result = Result(
        done={
            "calls of the earlier release refused": sum(each.refused for each in tried),
            "claims that found nothing": sum(each.empty for each in tried),
            "orders acknowledged by it before": len(before),
            "by the later release": len(written),
        },
        wrong={
            "calls of the earlier release done": sum(each.done for each in tried),
            "other errors raised": sum(each.others for each in tried),
            "acknowledged orders lost": len({*before, *written} - stored),
            "orders stored without an acknowledgement": len(stored - {*before, *written}),
            "rows that the earlier release wrote into the new table": unlike,
            "entries missing from the feed": _missing(checked),
            "damaged rows": len(checked.verify()),
        },
        seconds=watch.seconds,
    )
    engine.dispose()
    return result


def _write(scene: _Scene, number: int, say: Say[Said]) -> None:
    """Work with a store of this release until it's refused, and then go on with other calls."""
    store = SqlStore(sa.create_engine(scene.url))
    chance = drawn("writer", number)
    order = store.get("PO-1")
    (item,) = store.pending(as_of=date.max, order_id="PO-1", trigger="chase")  # nobody claims it
    refused = empty = done = others = 0
    try:
        for step in count():
            worked(store, f"PO-{number}-{step}", say)
    except SchemaVersionError:
        refused += 1
    except StoreError:
        others += 1
    for _ in range(scene.calls):
        try:
            found = WRITES[chance.choice([*WRITES])](store, order, item)
        except SchemaVersionError:
            refused += 1
        except Exception:  # noqa: BLE001 - counted
            others += 1
        else:
            empty += found == []  # a claim, while another process has locked the only event
            done += found != []
    say(_Tried(refused, empty, done, others))


def _write_later(scene: _Scene, number: int, say: Say[str]) -> None:
    """Work with a store of the later release."""
    store = later(sa.create_engine(scene.url))
    for step in range(scene.calls):
        worked(store, f"PO-{number}-{step}", say)


def _read(scene: _Scene, say: Say[tuple[int, int]]) -> None:
    """Read until the bell rings; says how often, and how many errors were raised."""
    store = SqlStore(sa.create_engine(scene.url))
    reads = errors = 0
    while not scene.bell.is_rung:
        try:
            store.find(OrderQuery(status="lab", limit=10))
            store.count(OrderQuery(), by="workflow_stage")
            store.newest()
        except StoreError:
            errors += 1
        reads += 3
    say((reads, errors))


def _stored(store: SqlStore) -> set[str]:
    """The ids of the stored orders."""
    return {order.id for order in store.find(OrderQuery())}


def _missing(store: SqlStore) -> int:
    """The number of entries that aren't in the feed, or are in it twice."""
    kept = {
        (entry.order_id, entry.sequence)
        for _, entries in store.histories(OrderQuery())
        for entry in entries
    }
    while store.lag(None).waiting:  # for transactions in other databases of the server
        time.sleep(0.01)
    fed = [(entry.order_id, entry.sequence) for entry in store.feed(limit=1_000_000).entries]
    return len(kept - {*fed}) + len(fed) - len({*fed})
