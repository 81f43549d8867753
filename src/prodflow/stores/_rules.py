"""The rules of saving, as pure functions that every store shares.

A save reads what the store has, asks these functions, and writes what they say, all in one
transaction:

1. `repeats`: is this a retry? Then there is nothing to do.
2. `check_next`: is every change the next one of its order?
3. `outbox_effect`: which slots of the outbox become empty, and which events fill slots?
"""

from collections.abc import Iterable, Mapping
from typing import Protocol, get_args

from attrs import evolve

from prodflow import _checks as checks
from prodflow.errors import DuplicateOrderError, StaleOrdersError
from prodflow.flow import Change
from prodflow.order import HistoryEntry, ProductionOrder
from prodflow.triggers import Slot, TriggerEvent

Effect = tuple[tuple[Slot, ...], tuple[TriggerEvent, ...]]


class Pending(Protocol):
    """The attributes of a pending event that `outbox_effect` reads."""

    @property
    def id(self) -> str: ...
    @property
    def slot(self) -> Slot: ...
    @property
    def visit(self) -> int: ...
    @property
    def dated(self) -> bool: ...
    @property
    def while_in_status(self) -> bool: ...


def repeats(entries: Iterable[HistoryEntry], done: Iterable[HistoryEntry]) -> bool:
    """Whether a save repeats what its command id has already saved.

    Only the instant (`at`) and the user logged in (`recorded_by`) may differ. If the entries do not
    repeat *done*, the store raises `CommandReusedError`.

    Args:
        entries: the entries of the changes to save, in order.
        done: what the command id saved, as `entries_of` returns it.

    Source:
        Decision D22.
    """
    new, old = _entries("entries", entries), _entries("done", done)
    return len(new) == len(old) and all(
        entry.repeats(other) for entry, other in zip(new, old, strict=True)
    )


def _entries(name: str, value: Iterable[HistoryEntry]) -> tuple[HistoryEntry, ...]:
    items = checks.items(name, value, "history entries")
    for item in items:
        checks.instance(f"an item of {name}", item, get_args(HistoryEntry), "a history entry")
    return items


def check_next(changes: Iterable[Change], versions: Mapping[str, int]) -> None:
    """Check that each change is the next one of its order.

    Args:
        changes: what to save, in order; several changes of one order must be consecutive.
        versions: the stored version of each order, by id; an order that is not stored has 0 or no
            entry.

    Raises:
        StaleOrdersError: if a change is not the next one; names every such order.
        DuplicateOrderError: the same, if every such change opens an order.

    Source:
        Decision D21.
    """
    checks.instance("versions", versions, Mapping, "a mapping of order ids to versions")
    now: dict[str, int] = {}
    conflicts: dict[str, tuple[int, int]] = {}
    for change in checks.instances("changes", changes, Change, "Change"):
        order_id, expected = change.order.id, change.entry.sequence - 1
        actual = now[order_id] if order_id in now else versions.get(order_id, 0)
        if actual == expected:
            now[order_id] = change.entry.sequence
        else:
            conflicts.setdefault(order_id, (expected, actual))
    if conflicts:
        opening = all(expected == 0 for expected, _ in conflicts.values())
        raise (DuplicateOrderError if opening else StaleOrdersError)(conflicts)


def outbox_effect(pending: Iterable[Pending], *changes: Change) -> Effect:
    """The slots that changes empty, and the events that then fill slots.

    A store first empties the slots, then puts each event into its slot, and leaves closed slots as
    they are. An event in a slot that was pending and not emptied replaces the one that is there and
    keeps its lease.

    Args:
        pending: pending events; at least the dated ones of the orders of *changes*, and those with
            the slot or the id of an event of *changes*. Rows that have the attributes `id`, `slot`,
            `visit`, `dated` and `while_in_status` will do.
        changes: what to save, in order.

    Returns:
        (emptied, filled). A slot in *emptied* may have been empty before. *filled* has at most one
        event for each slot, with the id that the slot keeps.

    Raises:
        ValueError: if an event has the id of an event in another slot.

    Source:
        Decisions D26 and D27.
    """
    checks.instances("changes", changes, Change, "Change, given one by one")
    slots: dict[str, dict[Slot, Pending]] = {change.order.id: {} for change in changes}
    owners: dict[str, Slot] = {}
    for event in pending:
        slot = owners[event.id] = event.slot
        if slot[0] in slots:
            slots[slot[0]][slot] = event
    emptied: dict[Slot, None] = {}
    filled: dict[Slot, TriggerEvent] = {}
    for change in changes:
        in_order = slots[change.order.id]
        if in_order and change.order.visit == change.order.version:
            for slot in _void(in_order, change.order):
                del in_order[slot]
                filled.pop(slot, None)
                emptied[slot] = None
        for event in change.events:
            slot = event.slot
            if owners.setdefault(event.id, slot) != slot:
                raise ValueError(
                    f"the id {event.id!r} belongs to an event in another slot:"
                    " use a different id for each slot"
                )
            before = in_order.pop(slot, None)
            if event.fire_on is None:
                filled.pop(slot, None)
                emptied[slot] = None
            else:
                kept_id = event.id if before is None else before.id
                filled[slot] = event if event.id == kept_id else evolve(event, id=kept_id)
                in_order[slot] = filled[slot]
    return tuple(emptied), tuple(filled.values())


def _void(slots: Mapping[Slot, Pending], order: ProductionOrder) -> list[Slot]:
    """The slots that are void once an order has entered another visit (decision D27)."""
    visit, cancelled = order.visit, order.is_cancelled
    return [
        slot
        for slot, event in slots.items()
        if event.dated and event.visit < visit and (event.while_in_status or cancelled)
    ]
