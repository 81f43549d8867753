"""Relays that deliver events, some of which bounce, and that are killed between any two calls."""

import os
import signal
import time
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from multiprocessing.connection import wait
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from attrs import field, frozen

from prodflow import (
    Backoff,
    Delivered,
    OutboxItem,
    ProductionFlow,
    ProductionOrder,
    TriggerEvent,
    deliver_due,
)
from prodflow_sqlalchemy import SqlStore

from .load import Opening
from .processes import Bell, Result, Say, Stopwatch, Worker, all_heard, drawn, start
from .studio import MONDAY, NOON, moved_on, numbered, opened

__all__ = ["killed_relays"]

_SEED: Final = 20_261_116
_LEASE: Final = timedelta(seconds=1)
_RETRY: Final = Backoff(first=timedelta(milliseconds=20), factor=2, attempts=4)
_RELAYS: Final = 4
_CLAIM: Final = 5
_BATCH: Final = 4
_LIFE: Final = 20
"""The highest number of steps that a relay makes before it is killed."""
_IDLE: Final = 0.02
"""Seconds to wait when there is nothing to do."""
_WITHDRAWS: Final = 5
"""One save in so many is followed by a call of `set_reminders` that withdraws the reminders."""

_ACT: Final = sa.text(
    "INSERT INTO effects (tenant, epoch, event_id) VALUES (:tenant, :epoch, :id)"
    " ON CONFLICT DO NOTHING"
)
_NO_TRIGGERS: Final = ProductionFlow()

Span = tuple[float, float]
"""The time before a call, and the time after it."""


class _Claimed(NamedTuple):
    """What a relay has claimed: the number of attempts of each event, by id."""

    span: Span
    attempts: Mapping[str, int]


class _Acted(NamedTuple):
    """An action on an event.

    `checked` is the time before the relay made sure that the event was still pending. `is_new` says
    whether the effect was new; it's None if the action failed.
    """

    event_id: str
    checked: float
    is_new: bool | None


class _Moved(NamedTuple):
    """What the mover has done to some orders: the new events, and the events withdrawn."""

    span: Span
    order_ids: Collection[str]
    events: Sequence[TriggerEvent]
    withdrawn: Collection[str]


_Said = _Claimed | _Acted


class BouncedError(Exception):
    """A message that didn't reach anybody."""


@frozen(kw_only=True)
class _Scene:
    url: str
    effects_url: str
    ids: Sequence[str]
    moves: int
    opening: Opening
    bell: Bell = field(factory=Bell)


def killed_relays(url: str, *, kills: int, moves: int, opening: Opening = SqlStore) -> Result:
    """Let four relays compete for events, and kill them at work.

    A relay runs `deliver_due`, and is killed before or after one of its calls: it claims, checks,
    acts, acknowledges or reports a failure. Another takes its place. One event in eight bounces
    every time, and another one twice. After the last kill, four relays finish the work.

    Args:
        url: an empty database. The effects are stored in it too, or in another SQLite file.
        kills: how many relays to kill.
        moves: how many changes are saved meanwhile. One in four has two events, and the next change
            withdraws the second event.
        opening: returns a store for an engine.
    """
    watch, chance = Stopwatch(), drawn(_SEED)
    effects_url = f"{url}-effects" if url.startswith("sqlite") else url
    scene = _Scene(url=url, effects_url=effects_url, ids=numbered(40), moves=moves, opening=opening)
    # A fork must not inherit an open connection.
    store = opening(sa.create_engine(url, poolclass=sa.NullPool))
    store.create_schema()
    store.save(*map(opened, scene.ids))
    effects = sa.create_engine(effects_url, poolclass=sa.NullPool)
    with effects.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE TABLE effects (tenant TEXT, epoch TEXT, event_id TEXT,"
                " PRIMARY KEY (tenant, epoch, event_id))"
            )
        )

    mover = start(partial(_move, scene))
    lives = [chance.randint(1, _LIFE) for _ in range(kills)]
    relays = [_relay(scene, lives.pop()) for _ in range(min(_RELAYS, kills))]
    said: list[_Said] = []
    moved: list[_Moved] = []
    killed = 0
    while mover.process.is_alive() or store.pending(as_of=date.max, given_up=False, limit=1):
        wait([relay.process.sentinel for relay in relays], timeout=_IDLE)
        moved += mover.heard_within(0)
        for relay in [*relays]:
            said += relay.heard_within(0)
            if not relay.process.is_alive():
                said += relay.heard()
                killed += relay.is_killed
                relays.remove(relay)
                if lives:
                    relays.append(_relay(scene, lives.pop()))
        # Not earlier, or they could leave too few events for a relay that is still to be killed.
        if not relays:
            relays = [_relay(scene, None) for _ in range(_RELAYS)]
    scene.bell.ring()
    for relay in relays:
        said += relay.heard()
        killed += relay.is_killed
    seconds = watch.seconds
    moved += chain(*all_heard([mover]))

    with effects.connect() as connection:
        had = set(connection.execute(sa.text("SELECT event_id FROM effects")).scalars())
    given_up = {it.event.id for it in store.pending(as_of=date.max, given_up=True, limit=10_000)}
    ids = {event.id for each in moved for event in each.events}
    withdrawn = {event_id: each.span[1] for each in moved for event_id in each.withdrawn}
    hopeless = {event_id for event_id in ids if _bounces(event_id, _RETRY.attempts)}
    acted = [each for each in said if isinstance(each, _Acted)]
    claimed = [each for each in said if isinstance(each, _Claimed)]
    new = [each.event_id for each in acted if each.is_new]
    return Result(
        done={
            "relays killed": killed,
            "events": len(ids),
            "withdrawn before a relay acted": len(withdrawn.keys() - had),
            "effects": len(had),
            "repeated actions": sum(each.is_new is False for each in acted),
            "failures": sum(each.is_new is None for each in acted),
            "events given up": len(given_up),
        },
        wrong={
            "wanted events without an effect": len(ids - had - hopeless - withdrawn.keys()),
            "effects without an event": len(had - ids),
            "repeated effects": len(new) - len(set(new)),
            "actions on events withdrawn before": sum(
                each.checked > withdrawn.get(each.event_id, each.checked) for each in acted
            ),
            "untried events passed over": _passed_over(claimed, moved),
            "events given up too early": len(given_up - hopeless),
            "hopeless events not given up": len(hopeless - given_up - withdrawn.keys()),
            "relays not killed": kills - killed,
        },
        seconds=seconds,
        seed=_SEED,
    )


def _passed_over(claimed: Iterable[_Claimed], moved: Iterable[_Moved]) -> int:
    """The number of events that waited untried while a claim took events tried before.

    A claim may pass over the events of an order that is just being saved.
    """
    spans: dict[str, list[Span]] = {}
    saved: dict[str, float] = {}
    gone: dict[str, float] = {}
    orders: dict[str, str] = {}
    for each in moved:
        for order_id in each.order_ids:
            spans.setdefault(order_id, []).append(each.span)
        for event in each.events:
            saved[event.id], orders[event.id] = each.span[1], event.order_id
        gone |= dict.fromkeys(each.withdrawn, each.span[0])
    retries: list[Span] = []
    for claim in claimed:
        for event_id, attempts in claim.attempts.items():
            if attempts == 1:
                gone[event_id] = min(claim.span[0], gone.get(event_id, claim.span[0]))
        if max(claim.attempts.values(), default=1) > 1:
            retries.append(claim.span)
    retries.sort()
    passed_over = 0
    for event_id, since in saved.items():
        until = gone.get(event_id, since)
        waited = retries[bisect_left(retries, (since, since)) :]
        passed_over += any(
            end < until and not any(b < end and begin < e for b, e in spans[orders[event_id]])
            for begin, end in waited[: bisect_left(waited, (until, until))]
        )
    return passed_over


def _bounces(event_id: str, attempts: int) -> bool:
    """Whether the message of an event bounces: one in eight always does, another one twice."""
    kind = int(event_id[-1], 16) % 8
    return kind == 0 or (kind == 1 and attempts <= 2)


def _move(scene: _Scene, say: Say[_Moved]) -> None:
    store = scene.opening(sa.create_engine(scene.url))
    chance = drawn(_SEED, "move")
    reminders: dict[str, set[str]] = {}
    for number in range(0, scene.moves, _BATCH):
        orders = store.load(chance.sample(scene.ids, _BATCH)).values()
        changes = [moved_on(order, by="Ben") for order in orders]
        events = [event for change in changes for event in change.events]
        order_ids = [change.order.id for change in changes]
        begun = time.monotonic()
        store.save(*changes)
        withdrawn = set[str]().union(*(reminders.pop(it, ()) for it in order_ids))
        say(_Moved((begun, time.monotonic()), order_ids, events, withdrawn))
        for event in events:
            if event.dated:
                reminders.setdefault(event.order_id, set()).add(event.id)
        if number % (_BATCH * _WITHDRAWS) == 0:
            none = [_NO_TRIGGERS.reminders(change.order, today=MONDAY) for change in changes]
            begun = time.monotonic()
            store.set_reminders(*none)
            withdrawn = set[str]().union(*(reminders.pop(it, ()) for it in order_ids))
            say(_Moved((begun, time.monotonic()), order_ids, (), withdrawn))


def _relay(scene: _Scene, life: int | None) -> Worker[_Said]:
    """Start a relay that kills itself after some steps, or never."""
    return start(partial(_deliver, scene, life))


class _Mortal:
    """A store that kills its process at one of its steps, and reports what it claims."""

    def __init__(self, store: SqlStore, life: int | None, say: Say[_Said]) -> None:
        self.checked = 0.0
        self._store = store
        self._life = life
        self._say = say

    def step(self) -> None:
        """Go on, or die."""
        if self._life is not None:
            self._life -= 1
            if self._life <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def claim(self, **given: Any) -> list[OutboxItem]:  # noqa: ANN401 - as a store takes them
        """Claim, and say what was claimed."""
        begun = time.monotonic()
        items = self._store.claim(**given)
        span = (begun, time.monotonic())
        self._say(_Claimed(span, {item.event.id: item.attempts for item in items}))
        if items:
            self.step()
        return items

    def get_event(self, event_id: str, /) -> OutboxItem | None:
        """Look up an event, and note when."""
        self.step()
        self.checked = time.monotonic()
        return self._store.get_event(event_id)

    def acknowledge(self, *items: OutboxItem | str) -> None:
        """Acknowledge, between two steps."""
        self.step()
        self._store.acknowledge(*items)
        self.step()

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Report a failure, between two steps."""
        self.step()
        self._store.fail(item, error=error, retry_at=retry_at)
        self.step()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a store has
        return getattr(self._store, name)


def _deliver(scene: _Scene, life: int | None, say: Say[_Said]) -> None:
    store: Any = _Mortal(scene.opening(sa.create_engine(scene.url)), life, say)
    effects = sa.create_engine(scene.effects_url)

    def act(item: OutboxItem, _: ProductionOrder) -> None:
        event_id = item.event.id
        if _bounces(event_id, item.attempts):
            say(_Acted(event_id, store.checked, is_new=None))
            raise BouncedError(event_id)
        names = {"tenant": item.tenant, "epoch": item.epoch, "id": event_id}
        with effects.begin() as connection:
            is_new = connection.execute(_ACT, names).rowcount == 1
        say(_Acted(event_id, store.checked, is_new=is_new))

    while not scene.bell.is_rung:
        delivered = deliver_due(
            store, act, as_of=date.max, now=_now, lease=_LEASE, retry=_RETRY, limit=_CLAIM
        )
        if delivered == Delivered():
            scene.bell.is_rung_within(_IDLE)


def _now() -> datetime:
    """The present instant; the clock is the same in every process."""
    return NOON + timedelta(seconds=time.monotonic())
