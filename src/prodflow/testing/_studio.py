"""A small studio that the test suites share: a cycle, a flow with triggers, and changes.

The flow has triggers of each kind that a store must distinguish:

- immediate;
- dated, and void when the order leaves the status;
- dated, and still due after the order has left the status;
- relative to the due date;
- not automatic: a person handles the event, and no worker can claim it;
- once per order;
- dated from the first day of a hold: one trigger is void after the hold, the other isn't.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Final, Protocol

from prodflow import (
    Change,
    CreateTask,
    CycleStore,
    DaysFromDue,
    DaysInStatus,
    Entering,
    HistoryEntry,
    OrderStore,
    Outbox,
    OutboxItem,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Trigger,
    TriggerEvent,
)

MONDAY: Final = date(2026, 11, 16)
NOON: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)

CYCLE: Final = StatusCycle(
    "suite",
    [
        Status("ordered", "Ordered", initial=True, default_duration=1, default_user="Ann"),
        Status("lab", "At the lab", default_duration=5, default_department="Lab desk"),
        Status("check", "Quality check", default_duration=1, workflow_stage="Finishing"),
        Status("hold", "On hold", non_standard=True, pauses=True),
        Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
        Status("done", "Delivered", final=True),
    ],
)

FLOW: Final = ProductionFlow(
    triggers=[
        Trigger("welcome", Entering("lab"), CreateTask("Say that it is at the lab")),
        Trigger("chase", DaysInStatus("lab", 3), CreateTask("Call the lab")),
        Trigger("survey", DaysInStatus("lab", 30, while_in_status=False), CreateTask("Ask")),
        Trigger("due", DaysFromDue("lab", -1), CreateTask("Look at it")),
        Trigger("people", Entering("lab"), CreateTask("Smile"), automatic=False),
        Trigger("once", Entering("lab"), CreateTask("Print a label"), once_per_order=True),
        Trigger("nudge", DaysInStatus("hold", 2), CreateTask("Call the client")),
        Trigger("review", DaysInStatus("hold", 40, while_in_status=False), CreateTask("Review")),
    ]
)


class Store(OrderStore, CycleStore, Outbox, Protocol):
    """A store of orders, cycles and events in one object."""


def opened(order_id: str, **given: Any) -> Change:  # noqa: ANN401 - keywords of `open`
    """The change that opens an order on Monday."""
    facts: dict[str, Any] = {"cycle": CYCLE, "ordered_on": MONDAY, "by": "Ann", "at": NOON}
    return FLOW.open(order_id=order_id, **(facts | given))


def advanced(order: ProductionOrder, **given: Any) -> Change:  # noqa: ANN401 - of `advance`
    """The change that advances an order on the day on which the order entered its status."""
    facts: dict[str, Any] = {"today": order.entered_on, "by": "Ben", "at": NOON}
    return FLOW.advance(order, **(facts | given))


def amended(order: ProductionOrder, **given: Any) -> Change:  # noqa: ANN401 - of `amend`
    """The change that amends an order."""
    facts: dict[str, Any] = {"by": "Ann", "at": NOON}
    return FLOW.amend(order, **(facts | given))


def undone(order: ProductionOrder, entries: Iterable[HistoryEntry], **given: Any) -> Change:  # noqa: ANN401 - of `undo`
    """The change that undoes an order's last change that isn't undone yet."""
    facts: dict[str, Any] = {"cycles": [CYCLE], "by": "Ann", "at": NOON}
    return FLOW.undo(order, entries, **(facts | given))


def migrated(order: ProductionOrder, cycle: StatusCycle, **given: Any) -> Change:  # noqa: ANN401 - of `migrate`
    """The change that moves an order to another version of its cycle."""
    facts: dict[str, Any] = {"by": "Ann", "at": NOON}
    return FLOW.migrate(order, cycle, **(facts | given))


def at_the_lab(store: Store, *order_ids: str) -> list[ProductionOrder]:
    """The stored orders, after they were opened and advanced to the lab."""
    for order_id in order_ids:
        first = opened(order_id)
        store.save(first)
        store.save(advanced(first.order))
    return [store.get(order_id) for order_id in order_ids]


def items(store: Outbox) -> list[OutboxItem]:
    """The pending items of every date, by date, then id."""
    return store.pending(as_of=date.max, limit=100_000)


def waiting(store: Outbox) -> list[TriggerEvent]:
    """The pending events of every date, by date, then id."""
    return [item.event for item in items(store)]


def keys(found: Iterable[TriggerEvent | OutboxItem]) -> set[str]:
    """The keys of the triggers of some events or items."""
    return {(it.event if isinstance(it, OutboxItem) else it).trigger for it in found}


def item_of(store: Outbox, trigger: str, order_id: str = "PO-1") -> OutboxItem:
    """The pending item of a trigger that has only one for an order."""
    name = trigger, order_id
    (item,) = (it for it in items(store) if (it.event.trigger, it.event.order_id) == name)
    return item


def event_of(store: Outbox, trigger: str, order_id: str = "PO-1") -> TriggerEvent:
    """The pending event of a trigger that has only one for an order."""
    return item_of(store, trigger, order_id).event
