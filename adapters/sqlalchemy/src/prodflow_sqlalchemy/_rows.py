"""Turns values into rows of the tables, and back."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from attrs import evolve
from orjson import loads

from prodflow import HistoryEntry, ProductionOrder, StatusCycle, TriggerEvent, codec
from prodflow.stores import Edit
from prodflow_sqlalchemy._dialect import SlotKey, json_text
from prodflow_sqlalchemy._schema import NO_DAY

Slot = tuple[str, str, int | None]


class PendingSlot(NamedTuple):
    """The values of a pending event that `outbox_effect` reads; columns hold them, not JSON."""

    id: str
    slot: Slot
    visit: int
    dated: bool
    while_in_status: bool


def pending_slot(row: Sequence[Any]) -> PendingSlot:
    """The pending slot of a row that `Dialect.pending_slots` returned."""
    order_id, trigger, visit, event_id, *facts = row
    return PendingSlot(event_id, (order_id, trigger, visit or None), *facts)


def slot_key(slot: Slot) -> SlotKey:
    """The key of a slot; a slot for the whole order has visit 0, a number that no visit has."""
    order_id, trigger, visit = slot
    return (order_id, trigger, visit or 0)


def due(due_on: date | None) -> str:
    """A due date as text that sorts by date; the text for None sorts last."""
    return NO_DAY if due_on is None else due_on.isoformat()


def order_row(order: ProductionOrder) -> dict[str, Any]:
    return {
        "id": order.id,
        "version": order.version,
        "visit": order.visit,
        "held_visit": None if order.held is None else order.held.visit,
        "order_type": order.order_type,
        "cycle_version": order.cycle.version,
        "status": order.status.key,
        "is_open": order.is_open,
        "due": due(order.due_on),
        "delivery_on": None if order.delivery_on is None else order.delivery_on.isoformat(),
        "department": order.department,
        "assignee": order.user,
        "vendor": order.vendor,
        "invoice_id": order.invoice_id,
        "data": json_text(codec.dump(order)),
    }


def entry_row(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "order_id": entry.order_id,
        "sequence": entry.sequence,
        "data": json_text(codec.dump(entry)),
    }


def slot_row(event: TriggerEvent) -> dict[str, Any]:
    """The row of a pending event."""
    order_id, trigger, visit = slot_key(event.slot)
    return {
        "order_id": order_id,
        "trigger_key": trigger,
        "slot_visit": visit,
        "id": event.id,
        "visit": event.visit,
        "fire_on": due(event.fire_on),
        "dated": event.dated,
        "while_in_status": event.while_in_status,
        "automatic": event.automatic,
        "closed": False,
        "data": json_text(codec.dump(event)),
    }


def entry(data: str) -> HistoryEntry:
    return codec.load_entry(loads(data))


def event(row: sa.Row[Any]) -> TriggerEvent:
    """The event of a row, with the id of the first event that its slot had (decision D26)."""
    event = codec.load(loads(row.data), TriggerEvent)
    return event if event.id == row.id else evolve(event, id=row.id)


def order(row: sa.Row[Any], cycles: Iterable[StatusCycle]) -> ProductionOrder:
    return codec.load(loads(row.data), ProductionOrder, cycles=cycles)


def cycle_row(cycle: StatusCycle, edit: Edit | None) -> dict[str, Any]:
    """The row of a version of a cycle.

    Args:
        cycle: the version.
        edit: the edit that made the version; None if the version came with an order.
    """
    put: dict[str, Any] = {"replaces": None, "put_by": None, "put_at": None}
    if edit is not None:
        at = None if edit.at is None else edit.at.isoformat()
        put = {"replaces": edit.replaces or 0, "put_by": edit.by, "put_at": at}
    return {
        "order_type": cycle.order_type,
        "version": cycle.version,
        **put,
        "data": json_text(codec.dump(cycle)),
    }


def cycle(data: str) -> StatusCycle:
    return codec.load(loads(data), StatusCycle)


def edit(row: sa.Row[Any]) -> Edit:
    """The edit that a row of the table of cycles records."""
    at = None if row.put_at is None else datetime.fromisoformat(row.put_at)
    return Edit(row.version, row.replaces or None, row.put_by, at)
