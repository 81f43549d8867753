"""What changes do to the pending slots of their orders (decisions D26 and D27)."""

from collections.abc import Iterable, Sequence

from attrs import evolve

from prodflow import Change, ProductionOrder, TriggerEvent
from prodflow_sqlalchemy._dialect import SlotKey, SlotRow

__all__ = ["net_effect", "slot_key"]

_Slot = SlotRow | TriggerEvent
"""A pending slot as the table has it, or as an event of the save has filled it."""


def slot_key(event: TriggerEvent) -> SlotKey:
    """The key of the slot of an event; no visit has the number 0, so it stands for the order."""
    order_id, trigger, visit = event.slot
    return (order_id, trigger, visit or 0)


def net_effect(
    pending: Iterable[SlotRow], changes: Sequence[Change]
) -> tuple[list[SlotKey], list[TriggerEvent]]:
    """The slots to empty, and then the events to fill slots with, each list sorted by slot.

    Args:
        pending: the pending dated slots of the orders of *changes*, for those may die, and the
            slots of the ids of their events.
        changes: what is saved.

    Raises:
        ValueError: if an event has the id of an event of another slot.
    """
    slots: dict[str, dict[SlotKey, _Slot]] = {change.order.id: {} for change in changes}
    owners: dict[str, SlotKey] = {}
    for row in pending:
        key = (row.order_id, row.trigger_key, row.slot_visit)
        owners[row.id] = key
        if row.order_id in slots:
            slots[row.order_id][key] = row
    _check_ids(owners, changes)
    emptied: set[SlotKey] = set()
    for change in changes:
        emptied |= _apply(change, slots[change.order.id])
    filled = {
        key: slot
        for of_order in slots.values()
        for key, slot in of_order.items()
        if isinstance(slot, TriggerEvent)
    }
    return sorted(emptied), [filled[key] for key in sorted(filled)]


def _apply(change: Change, slots: dict[SlotKey, _Slot]) -> set[SlotKey]:
    """Let a change work on the pending slots of its order; which of them it empties."""
    order = change.order
    emptied: set[SlotKey] = set()
    if order.visit == order.version:
        emptied.update(key for key, slot in slots.items() if _dies(slot, order))
        for key in emptied:
            del slots[key]
    for event in change.events:
        key = slot_key(event)
        before = slots.pop(key, None)
        if event.fire_on is None:
            emptied.add(key)
        else:
            # What is pending keeps its id; the table sees to that where it is pending there.
            slots[key] = evolve(event, id=before.id) if isinstance(before, TriggerEvent) else event
    return emptied


def _dies(slot: _Slot, order: ProductionOrder) -> bool:
    """Whether a slot dies with the visit that a change has just ended (decision D27)."""
    return slot.dated and slot.visit < order.visit and (slot.while_in_status or order.is_cancelled)


def _check_ids(owners: dict[str, SlotKey], changes: Iterable[Change]) -> None:
    for change in changes:
        for event in change.events:
            owner = owners.setdefault(event.id, slot_key(event))
            if owner != slot_key(event):
                raise ValueError(
                    f"the id {event.id!r} is that of an event of another slot, {owner}"
                )
