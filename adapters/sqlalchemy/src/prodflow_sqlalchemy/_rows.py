"""Turns values into rows of the tables, and back."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa
from orjson import loads

from prodflow import HistoryEntry, OutboxItem, ProductionOrder, StatusCycle, TriggerEvent, codec
from prodflow.stores import Edit
from prodflow_sqlalchemy._dialect import SlotKey, json_text
from prodflow_sqlalchemy._schema import NO_DAY

Slot = tuple[str, str, int | None]
Until = Literal["left", "closed"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_FIRST: Final = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_DAY: Final = timedelta(hours=23, minutes=59)  # the farthest offset from UTC
_NOTHING: Final = timedelta(0)


class PendingEvent(NamedTuple):
    """The values of a pending event that `outbox_effect` reads; columns hold them, not JSON."""

    id: str
    slot: Slot
    visit: int
    sequence: int
    fire_on: date
    dated: bool
    until: Until | None


class PendingItem(NamedTuple):
    """The values of a pending item that `outbox_effect` reads."""

    event: PendingEvent
    attempts: int
    last_error: str | None
    retry_at: datetime | None
    leased_until: datetime | None
    given_up: bool
    tenant: str = ""
    epoch: str = ""


def pending_item(row: Sequence[Any]) -> PendingItem:
    """The pending item of a row that `Dialect.pending_slots` returned."""
    order_id, trigger, number, event_id, visit, sequence, fire_on, dated, until = row[:9]
    attempts, last_error, retry_at, leased_until, given_up = row[9:]
    slot = (order_id, trigger, number or None)
    day = date.fromisoformat(fire_on)
    event = PendingEvent(event_id, slot, visit, sequence, day, bool(dated), until)
    return PendingItem(
        event, attempts, last_error, instant(retry_at), instant(leased_until), bool(given_up)
    )


def slot_key(slot: Slot) -> SlotKey:
    """The key of a slot; a slot for the whole order has 0, a number that no other slot has."""
    order_id, trigger, number = slot
    return (order_id, trigger, number or 0)


def microseconds(instant: datetime) -> int:
    """An instant as the tables have it."""
    return (instant - _EPOCH) // _MICROSECOND


def instant(microseconds: int | None) -> datetime | None:
    """The instant of a column: in UTC, unless that would be before year 1 or after year 9999."""
    if microseconds is None:
        return None
    offset = _DAY if microseconds < _FIRST else -_DAY if microseconds > _LAST else _NOTHING
    wall = _EPOCH.replace(tzinfo=None) + (timedelta(microseconds=microseconds) + offset)
    return wall.replace(tzinfo=timezone(offset))


def _or_none(instant: datetime | None) -> int | None:
    return None if instant is None else microseconds(instant)


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


def slot_row(item: OutboxItem) -> dict[str, Any]:
    """The row of a pending item."""
    event = item.event
    order_id, trigger, number = slot_key(event.slot)
    return {
        "order_id": order_id,
        "trigger_key": trigger,
        "slot_number": number,
        "id": event.id,
        "visit": event.visit,
        "sequence": event.sequence,
        "fire_on": due(event.fire_on),
        "dated": event.dated,
        "until": event.until,
        "automatic": event.automatic,
        "closed": False,
        "attempts": item.attempts,
        "last_error": item.last_error,
        "retry_at": _or_none(item.retry_at),
        "leased_until": _or_none(item.leased_until),
        "given_up": item.given_up,
        "data": json_text(codec.dump(event)),
    }


def current(item: OutboxItem) -> dict[str, Any]:
    """What the row of a current item has, as parameters of a statement."""
    event = item.event
    return {"id": event.id, "fire_on": due(event.fire_on), "attempts": item.attempts}


def entry(data: str) -> HistoryEntry:
    return codec.load_entry(loads(data))


def item(row: sa.Row[Any]) -> OutboxItem:
    """The item of a row that has the `ITEM_COLUMNS`."""
    return OutboxItem(
        codec.load(loads(row.data), TriggerEvent),
        attempts=row.attempts,
        last_error=row.last_error,
        retry_at=instant(row.retry_at),
        leased_until=instant(row.leased_until),
        given_up=bool(row.given_up),
    )


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
