"""The small studio of the scenarios: a cycle, a flow, and a model to compare with."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final, Protocol

from attrs import evolve

from prodflow import (
    Change,
    CreateTask,
    DaysInStatus,
    Entering,
    HistoryEntry,
    MemoryStore,
    OrderStore,
    Outbox,
    OutboxItem,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Trigger,
)

MONDAY: Final = date(2026, 11, 16)
NOON: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)

CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", initial=True, default_duration=1, default_user="Ann"),
        Status("lab", "At the lab", default_duration=5, default_department="Lab desk"),
        Status("check", "Quality check", default_duration=1),
        Status("delivered", "Delivered", final=True),
    ],
)
FLOW: Final = ProductionFlow(
    triggers=[
        Trigger("welcome", Entering("lab"), CreateTask("Say that it is at the lab")),
        Trigger("chase", DaysInStatus("lab", 3), CreateTask("Call the lab")),
    ]
)


class Store(OrderStore, Outbox, Protocol):
    """A store of orders and events in one object."""


def numbered(orders: int) -> list[str]:
    """The ids of some orders."""
    return [f"PO-{number:03}" for number in range(orders)]


def opened(order_id: str, cycle: StatusCycle = CYCLE) -> Change:
    """The change that opens an order."""
    return FLOW.open(cycle, order_id=order_id, ordered_on=MONDAY, by="Ann", at=NOON)


def moved_on(
    order: ProductionOrder, *, by: str, note: str = "", command_id: str | None = None
) -> Change:
    """The change that advances an order, or reopens a closed one."""
    to = None if order.is_open else CYCLE.initial.key
    return FLOW.advance(
        order, to=to, today=MONDAY, by=by, at=NOON, note=note, command_id=command_id
    )


def replayed(histories: Mapping[str, Sequence[HistoryEntry]]) -> MemoryStore:
    """A store in memory with these histories."""
    model = MemoryStore()
    for order_id, entries in histories.items():
        change = opened(order_id)
        model.save(change)
        for entry in entries[1:]:
            change = moved_on(change.order, by=entry.by, note=entry.note)
            model.save(change)
    return model


def waiting(store: Outbox) -> list[OutboxItem]:
    """The pending events."""
    return store.pending(as_of=date.max, limit=1_000_000)


def differences(store: Store, model: Store, order_ids: Iterable[str]) -> int:
    """The number of orders and pending events that differ, whatever the epoch of the events."""
    ids = list(order_ids)
    ours, theirs = store.load(ids), model.load(ids)
    orders = sum(ours.get(order_id) != theirs.get(order_id) for order_id in ids)
    items, others = ({evolve(it, epoch="") for it in waiting(each)} for each in (store, model))
    return orders + len(items ^ others)
