"""Turns values into rows of the tables, and back."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa
from orjson import loads

from prodflow import (
    FlowSettings,
    HistoryEntry,
    OutboxItem,
    ProductionOrder,
    StatusCycle,
    TriggerEvent,
    codec,
)
from prodflow.stores import Edit, search_text
from prodflow_sqlalchemy._dialect import SlotKey, json_text
from prodflow_sqlalchemy._schema import NO_DAY, NOBODY

Fact = str | bool | int | Decimal | date
Slot = tuple[str, str, int | None]
Until = Literal["left", "closed"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_FIRST: Final = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_DAY: Final = timedelta(hours=23, minutes=59)  # the farthest offset from UTC
_NOTHING: Final = timedelta(0)
_ALL_ERASED: Final = '["erased"]'
"""The list of a command whose entries were all erased; an empty one is damage."""


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


def fact(value: Fact) -> str:
    """The value of a fact as text: two texts are equal if the values are of one kind and equal."""
    match value:
        case bool():
            return f"flag:{value:d}"
        case str():
            return f"text:{value}"
        case date():
            return f"day:{value.isoformat()}"
        case int():
            return f"number:{value}"
        case _:
            is_whole = value == value.to_integral_value()
            return f"number:{int(value) if is_whole else f'{value:f}'.rstrip('0')}"


_INT_END: Final = 2**63  # a fact that isn't below this is a Decimal


def fact_of(stored: str) -> Fact:
    """The value of a fact that `fact` made a text of; a whole number is an int, if it's small."""
    if stored.startswith("text:"):  # most often
        return stored[5:]
    kind, _, text = stored.partition(":")
    match kind:
        case "flag":
            return text == "1"
        case "day":
            return date.fromisoformat(text)
        case _:
            number = Decimal(text)
            return number if "." in text or abs(number) >= _INT_END else int(text)


def fact_rows(tenant: str, order: ProductionOrder) -> list[dict[str, Any]]:
    """The rows of an order's facts."""
    if not order.facts:
        return []
    keys: dict[str, Any] = {"due": None, "rank": None}
    if not order.is_open:
        keys = {"due": due(order.due_on), "rank": -order.priority}
    same = {"tenant": tenant, "order_id": order.id, "is_open": order.is_open, **keys}
    return [{**same, "name": name, "value": fact(value)} for name, value in order.facts.items()]


def facts_hash(fact_rows: Sequence[dict[str, Any]]) -> str | None:
    """A text that differs if the rows of an order's facts differ; None if there are none."""
    if not fact_rows:
        return None
    return blake2b(json_text(fact_rows).encode(), digest_size=12).hexdigest()


def order_row(tenant: str, order: ProductionOrder, facts_hash: str | None = None) -> dict[str, Any]:
    data = codec.dump(order)  # has the days as texts
    is_open = order.is_open
    return {
        "tenant": tenant,
        "id": order.id,
        "version": order.version,
        "visit": order.visit,
        "held_visit": None if order.held is None else order.held.visit,
        "order_type": order.order_type,
        "cycle_version": order.cycle.version,
        "status": order.status.key,
        "is_open": is_open,
        "due": data["due_on"] or NO_DAY,
        "rank": -order.priority,
        "quantity": order.quantity,
        "ordered_on": data["ordered_on"],
        "entered_on": data["entered_on"],
        "delivery_on": data["delivery_on"],
        "closed_on": None if is_open else data["entered_on"],
        "department": order.department or NOBODY,
        "assignee": order.user or NOBODY,
        "vendor": order.vendor or NOBODY,
        "invoice_id": order.invoice_id,
        "split_from": order.split_from,
        "reorder_of": order.reorder_of,
        "facts_hash": facts_hash,
        "search": search_text(order),
        "data": json_text(data),
    }


def entry_row(tenant: str, entry: HistoryEntry) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "order_id": entry.order_id,
        "sequence": entry.sequence,
        "data": json_text(codec.dump(entry)),
    }


def slot_row(tenant: str, item: OutboxItem) -> dict[str, Any]:
    """The row of a pending item."""
    event = item.event
    data = codec.dump(event)
    order_id, trigger, number = slot_key(event.slot)
    return {
        "tenant": tenant,
        "order_id": order_id,
        "trigger_key": trigger,
        "slot_number": number,
        "id": event.id,
        "visit": event.visit,
        "sequence": event.sequence,
        "fire_on": data["fire_on"] or NO_DAY,
        "dated": event.dated,
        "until": event.until,
        "automatic": event.automatic,
        "closed": False,
        "attempts": item.attempts,
        "last_error": item.last_error,
        "retry_at": _or_none(item.retry_at),
        "leased_until": _or_none(item.leased_until),
        "given_up": item.given_up,
        "data": json_text(data),
    }


def current(item: OutboxItem) -> dict[str, Any]:
    """What the row of a current item has, as parameters of a statement."""
    event = item.event
    return {
        "tenant": item.tenant,
        "id": event.id,
        "fire_on": due(event.fire_on),
        "attempts": item.attempts,
    }


def id_digest(order_id: str) -> str:
    """The digest of an order's id, which is kept when the order is erased."""
    return blake2b(order_id.encode(), digest_size=16).hexdigest()


def command_row(tenant: str, command_id: str, entries: Sequence[HistoryEntry]) -> dict[str, Any]:
    """The row of a command that saves these entries."""
    return {
        "tenant": tenant,
        "id": command_id,
        "done_on": max(entry.at.date() for entry in entries).isoformat(),
        "entries": listed([(entry.order_id, entry.sequence) for entry in entries]),
    }


def command_id(data: str) -> str | None:
    """The command id of the entry with this data."""
    found: str | None = loads(data)["command_id"]
    return found


def listed(places: Sequence[tuple[str, int]]) -> str:
    """The ids and the sequence numbers of entries, as the row of a command has them."""
    return json_text(places) if places else _ALL_ERASED


def places(entries: str) -> list[tuple[str, int]]:
    """The ids and the sequence numbers of the entries in the row of a command.

    They are one or more; none only if the row says that all of them were erased.
    """
    found: list[tuple[str, int]] = []
    if entries == _ALL_ERASED:
        return found
    for order_id, sequence in loads(entries):
        if not (isinstance(order_id, str) and isinstance(sequence, int) and sequence > 0):
            raise TypeError
        found.append((order_id, sequence))
    if not found:
        raise ValueError
    return found


def entry(data: str) -> HistoryEntry:
    return codec.load_entry(loads(data))


def item(row: sa.Row[Any]) -> OutboxItem:
    """The item of a row that has the `ITEM_COLUMNS`."""
    return OutboxItem(
        codec.load(loads(row.data), TriggerEvent),
        row.tenant,
        row.epoch,
        attempts=row.attempts,
        last_error=row.last_error,
        retry_at=instant(row.retry_at),
        leased_until=instant(row.leased_until),
        given_up=bool(row.given_up),
    )


def order(row: sa.Row[Any], cycles: Iterable[StatusCycle]) -> ProductionOrder:
    return codec.load(loads(row.data), ProductionOrder, cycles=cycles)


def cycle_row(tenant: str, cycle: StatusCycle, edit: Edit | None) -> dict[str, Any]:
    """The row of a version of a cycle.

    Args:
        tenant: whose row it is.
        cycle: the version.
        edit: the edit that made the version; None if the version came with an order.
    """
    return {
        "tenant": tenant,
        "order_type": cycle.order_type,
        "version": cycle.version,
        **_put(edit),
        **_digested(codec.dump(cycle)),
    }


def _digested(data: object) -> dict[str, str]:
    """A value as JSON, and its digest."""
    text = json_text(data)
    return {"digest": digest(text), "data": text}


def digest(data: str) -> str:
    """The digest of a version of a cycle, or of the settings."""
    return blake2b(data.encode(), digest_size=12).hexdigest()


def _put(edit: Edit | None) -> dict[str, Any]:
    """The columns that tell of an edit."""
    if edit is None:
        return {"replaces": None, "put_by": None, "put_at": None}
    at = None if edit.at is None else edit.at.isoformat()
    return {"replaces": edit.replaces or 0, "put_by": edit.by, "put_at": at}


def cycle(data: str) -> StatusCycle:
    return codec.load(loads(data), StatusCycle)


def settings_row(tenant: str, settings: FlowSettings, edit: Edit) -> dict[str, Any]:
    """The row of a version of the settings."""
    data = _digested(codec.dump(settings))
    return {"tenant": tenant, "version": settings.version, **_put(edit), **data}


def settings(data: str) -> FlowSettings:
    return codec.load(loads(data), FlowSettings)


def edit(row: sa.Row[Any]) -> Edit:
    """The edit that a row of the table of cycles, or of settings, records."""
    at = None if row.put_at is None else datetime.fromisoformat(row.put_at)
    return Edit(row.version, row.replaces or None, row.put_by, at)
