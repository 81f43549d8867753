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

from collections.abc import Callable, Iterable
from typing import Literal, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Day, Key, Label, Number, Text, checked
from prodflow._trigger_parts import (
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
    When,
    Where,
)
from prodflow.cycle import StatusCycle
from prodflow.errors import TriggerProblem
from prodflow.order import HistoryEntry, ProductionOrder

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


Condition = Callable[[ProductionOrder, HistoryEntry | None], bool]


def _order_types(value: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(checks.keys("order_types", value))))


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Trigger:
    """An action, and when to do it.

    Args:
        key: what identifies the trigger, 1 to 64 ASCII letters, digits, `_`, `-`, `.`.
        when: the occasion on which the trigger fires.
        action: what to do.
        description: the name of the trigger for people, up to 200 characters.
        enabled: whether the trigger is switched on. A trigger that is switched off doesn't fire;
            its pending reminders stay until you call `set_reminders` of your store.
        order_types: the order types that have this trigger; empty for all.
        condition: a `Where`, or a function that takes two arguments: the order after the change,
            and the entry. For a reminder the entry is None, since a reminder depends only on the
            order. The trigger fires only if the function returns True. With None, the trigger
            always fires. To pickle the trigger, define the function at the top level of a module.
        automatic: whether a worker can `claim` the events; otherwise a person handles them.
        once_per_order: whether the trigger fires only once in the life of an order.

    Source:
        "Production Status Triggers"; decisions D25, D26 and D30.
    """

    key: Key
    when: When
    action: Action
    description: Label = field(default="", kw_only=True)
    enabled: bool = field(default=True, kw_only=True)
    order_types: tuple[str, ...] = field(default=(), kw_only=True, converter=_order_types)
    condition: Condition | None = field(default=None, kw_only=True)
    automatic: bool = field(default=True, kw_only=True)
    once_per_order: bool = field(default=False, kw_only=True)


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


def watched_status(trigger: Trigger) -> str | None:
    """The key of the status that a trigger is for; None if it's for any status."""
    return None if isinstance(trigger.when, Opening | DaysFromDelivery) else trigger.when.status


def find_trigger_problems(
    triggers: Iterable[Trigger], cycles: Iterable[StatusCycle]
) -> tuple[TriggerProblem, ...]:
    """Problems in triggers: statuses and order types that no cycle has, and keys used twice.

    Args:
        triggers: the triggers of a flow.
        cycles: the cycles of your app, in any versions. The status of a trigger must be in at
            least one cycle of the trigger's order types.

    Returns:
        The problems in the sequence of the triggers; empty if there are none.

    Example:
        >>> reminder = Trigger("call", DaysInStatus("at-teh-lab", 3), CreateTask("Call the lab"))
        >>> [problem.code for problem in find_trigger_problems([reminder], [])]
        ['unknown-status']
    """
    known = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
    problems: list[TriggerProblem] = []
    seen: set[str] = set()
    for trigger in check_triggers(triggers):
        key, types, status = trigger.key, trigger.order_types, watched_status(trigger)
        if key in seen:
            message = f"trigger keys must be unique; used twice: {key!r}"
            problems.append(TriggerProblem("duplicate-trigger", key, message))
        seen.add(key)
        for order_type in types:
            if all(cycle.order_type != order_type for cycle in known):
                message = f"trigger {key!r} is for order type {order_type!r}, which no cycle has"
                message += ": correct it, or add the cycle"
                problems.append(TriggerProblem("unknown-order-type", key, message))
        concerned = (cycle for cycle in known if not types or cycle.order_type in types)
        if status is not None and all(status not in cycle for cycle in concerned):
            message = f"trigger {key!r} is for status {status!r}, which none of its cycles has"
            message += ": correct it, or add the status"
            problems.append(TriggerProblem("unknown-status", key, message))
    return tuple(problems)


def check_triggers(triggers: Iterable[Trigger]) -> tuple[Trigger, ...]:
    """The triggers as a tuple."""
    return checks.instances("triggers", triggers, Trigger, "Trigger")
