"""Triggers: what happens when an order moves or is due, and the events that result.

Theory of operation. Triggers are data; nothing in this module acts. `prodflow.flow._firing` works
out the events of a change, and a store keeps the events for workers (decisions D26 to D28). Every
event has a *slot*, and replaces the pending event in the same slot:

- A reminder has one slot in each visit. A visit is the time that an order stays in one status.
- An immediate event has one slot for each entry that causes it.
- A trigger with `once_per_order`, and a reminder of the delivery date, has one slot for the whole
  order.

An event whose `fire_on` is None withdraws the pending event in its slot. `until` says how long a
reminder is wanted: until the order leaves the visit, until it's closed, or for ever.
"""

from collections.abc import Iterable
from typing import Literal, final

from attrs import frozen

from prodflow import _checks as checks
from prodflow._fields import Day, Key, Number, Text, checked
from prodflow._trigger_rows import find_trigger_problems
from prodflow._trigger_values import (
    Action,
    Completing,
    Contact,
    CreateTask,
    CustomAction,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Entering,
    Leaving,
    Opening,
    SendMessage,
    Trigger,
    Where,
)
from prodflow.order import ProductionOrder

__all__ = [
    "Completing",
    "Contact",
    "CreateTask",
    "CustomAction",
    "DaysFromDelivery",
    "DaysFromDue",
    "DaysInStatus",
    "Entering",
    "Leaving",
    "Opening",
    "SendMessage",
    "Trigger",
    "TriggerEvent",
    "Where",
    "find_trigger_problems",
    "is_wanted",
]


Slot = tuple[str, str, int | None]
Until = Literal["left", "closed"]


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class TriggerEvent:
    """An action to do for an order, on a certain day or later.

    Args:
        id: identifies the event; it stays the same when a reminder gets another date.
        trigger: the key of the trigger.
        order_id: the order.
        visit: the number of the order's visit, its stay in one status, after the change.
        number: for a reminder, the number of the visit; for an immediate event, the sequence number
            of the entry. None if the whole order has one slot.
        sequence: the sequence number of the entry that caused the event. The events of `reminders`
            have the number of the visit, or 1 if *until* is "closed".
        action: what to do.
        fire_on: the first day on which to do the action; None withdraws the event.
        dated: True for a reminder, False for an immediate event.
        until: how long the event is wanted: "left" until the order leaves the visit, "closed" until
            the order is closed, None for ever.
        automatic: whether a worker can claim the event.

    Source:
        Decisions D25 to D28.
    """

    id: Text
    trigger: Key
    order_id: Text
    visit: Number
    number: Number | None
    sequence: Number
    action: Action
    fire_on: Day | None
    dated: bool
    until: Until | None
    automatic: bool

    @property
    def slot(self) -> Slot:
        """What identifies the event in a store: the order id, the trigger key and the number."""
        return (self.order_id, self.trigger, self.number)


def is_wanted(event: TriggerEvent, order: ProductionOrder) -> bool:
    """Whether there is still a reason to act on an event: workers ask this just before they act.

    A reminder isn't wanted any more if the order has left the visit or is closed, as its `until`
    says. A message isn't wanted if the order was cancelled after the visit of the message.

    Args:
        event: the event.
        order: the order of the event, as the store has it now.

    Raises:
        ValueError: if the event is of another order.

    Source:
        Decision D28b.
    """
    checks.instance("event", event, TriggerEvent, "a TriggerEvent")
    checks.instance("order", order, ProductionOrder, "a ProductionOrder")
    if event.order_id != order.id:
        raise ValueError(f"the event is of order {event.order_id!r}, not of {order.id!r}")
    if event.until == "left" and event.visit != order.visit:
        return False
    if event.until == "closed" and not order.is_open:
        return False
    is_past = order.is_cancelled and event.visit < order.visit
    return not (is_past and (event.dated or isinstance(event.action, SendMessage)))


def check_triggers(triggers: Iterable[Trigger]) -> tuple[Trigger, ...]:
    """The triggers as a tuple."""
    return checks.instances("triggers", triggers, Trigger, "Trigger")
