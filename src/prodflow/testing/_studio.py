"""A small studio that the test suites share: a cycle, a flow with triggers, and changes.

The flow has triggers of each kind that a store must distinguish:

- immediate: on entering a status, and on each return from a hold;
- dated, and void when the order leaves the status, also for a cancelled status;
- dated, and still due after the order has left the status;
- relative to the due date, and relative to the delivery date;
- with a condition on the order;
- not automatic: a person handles the event, and no worker can claim it;
- once per order: one immediate trigger and one dated trigger;
- dated from the first day of a hold: one trigger is void after the hold, the other isn't.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Protocol

from attrs import evolve

from prodflow import (
    Change,
    CreateTask,
    CycleStore,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Entering,
    HistoryEntry,
    Move,
    OrderStore,
    Outbox,
    OutboxItem,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Trigger,
    TriggerEvent,
    Where,
)

MONDAY: Final = date(2026, 11, 16)
NOON: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)
FRIDAY: Final = date(2026, 11, 20)
CHRISTMAS_EVE: Final = date(2026, 12, 24)
HOUR: Final = timedelta(hours=1)

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

_PARCEL: Final = CreateTask("Track the parcel")
_WEEK_AFTER_CHECK: Final = DaysInStatus("check", 7, while_in_status=False)

FLOW: Final = ProductionFlow(
    triggers=[
        Trigger("begin", DaysInStatus("ordered", 4), CreateTask("Begin")),
        Trigger("welcome", Entering("lab"), CreateTask("Say that it is at the lab")),
        Trigger("chase", DaysInStatus("lab", 3), CreateTask("Call the lab")),
        Trigger("survey", DaysInStatus("lab", 30, while_in_status=False), CreateTask("Ask")),
        Trigger("due", DaysFromDue("lab", -1), CreateTask("Look at it")),
        Trigger("parcel", DaysInStatus("lab", 2), _PARCEL, condition=Where(vendor="West")),
        Trigger("people", Entering("lab"), CreateTask("Smile"), automatic=False),
        Trigger("once", Entering("lab"), CreateTask("Print a label"), once_per_order=True),
        Trigger("back", Entering("lab", moves=[Move.RESUME]), CreateTask("Say that it goes on")),
        Trigger("tidy", _WEEK_AFTER_CHECK, CreateTask("Tidy the files"), once_per_order=True),
        Trigger("nudge", DaysInStatus("hold", 2), CreateTask("Call the client")),
        Trigger("review", DaysInStatus("hold", 40, while_in_status=False), CreateTask("Review")),
        Trigger("refund", DaysInStatus("cancelled", 5), CreateTask("Send the money back")),
        Trigger("delivery", DaysFromDelivery(-3), CreateTask("Book the van")),
    ]
)


def edited_flow(**triggers: Trigger | None) -> ProductionFlow:
    """The flow with other triggers under these keys; None deletes a trigger."""
    kept = [trigger for trigger in FLOW.triggers if trigger.key not in triggers]
    return evolve(FLOW, triggers=[*kept, *(new for new in triggers.values() if new is not None)])


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


def in_work(store: Store, trigger: str) -> list[ProductionOrder]:
    """Three orders at the lab, after a worker has claimed all events.

    The first order's event of the trigger is leased, that of the second has failed and waits for
    another try, and that of the third was given up.
    """
    orders = at_the_lab(store, "PO-1", "PO-2", "PO-3")
    store.claim(as_of=date.max, now=NOON, lease=HOUR)
    store.fail(item_of(store, trigger, "PO-2"), error="bounced", retry_at=NOON + HOUR)
    store.fail(item_of(store, trigger, "PO-3"), error="bounced", retry_at=None)
    return orders


def untried(item: OutboxItem, **changed: Any) -> OutboxItem:  # noqa: ANN401 - fields of an event
    """An item that no worker has tried, with an event that differs in some fields."""
    return evolve(
        item,
        event=evolve(item.event, **changed),
        attempts=0,
        last_error=None,
        retry_at=None,
        leased_until=None,
        given_up=False,
    )


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
