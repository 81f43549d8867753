"""Values as plain JSON data, and back: for stores, queues, files and forms.

`dump_*` gives dictionaries, lists, texts, numbers, flags and None, with the number of the schema
that they follow; `load_*` gives an equal value back, or says what is wrong with the data, each
problem with its path. Nothing is guessed: a number is no text, an unknown name is refused, and the
value is built by its own constructor. `write_json` and `read_json` are the text around the data.

What a schema number promises: data of that number load for ever. What is code (the guard of rules,
the condition of a trigger, a policy of one's own) is no data, and is refused. An instant keeps its
offset from UTC, not the name of a time zone.

Needs the extra `prodflow[json]`.

Example:
    >>> from prodflow import WorkingCalendar
    >>> write_json(dump_calendar(WorkingCalendar(working_weekdays=[0, 1])))
    '{"schema":1,"working_weekdays":[0,1],"holidays":[],"extra_working_days":[]}'
    >>> load_calendar({"schema": 1, "working_weekdays": [0, "Tuesday"]})
    Traceback (most recent call last):
    prodflow.DefinitionError: invalid data: \
$.working_weekdays[1] must be a whole number, not 'Tuesday'
"""

from collections.abc import Iterable
from typing import Final

from prodflow import _checks as checks
from prodflow._homes import settle
from prodflow.calendars import WorkingCalendar
from prodflow.codec._converter import (
    ORDER,
    POLICY,
    SCHEMA,
    Data,
    Kind,
    Policy,
    fields_of_schema,
    order_of,
)
from prodflow.codec._text import read_json, write_json
from prodflow.cycle import StatusCycle
from prodflow.flow import Change, ChangeRules, ProductionFlow
from prodflow.order import HistoryEntry, ProductionOrder
from prodflow.triggers import Trigger, TriggerEvent

__all__ = [
    "SCHEMA",
    "dump_calendar",
    "dump_change",
    "dump_cycle",
    "dump_entry",
    "dump_event",
    "dump_flow",
    "dump_order",
    "dump_policy",
    "dump_rules",
    "dump_trigger",
    "load_calendar",
    "load_change",
    "load_cycle",
    "load_entry",
    "load_event",
    "load_flow",
    "load_order",
    "load_policy",
    "load_rules",
    "load_trigger",
    "read_json",
    "write_json",
]

_CYCLE: Final = Kind[StatusCycle]("cycle", StatusCycle)
_CALENDAR: Final = Kind[WorkingCalendar]("calendar", WorkingCalendar)
_TRIGGER: Final = Kind[Trigger]("trigger", Trigger)
_RULES: Final = Kind[ChangeRules]("rules", ChangeRules)
_FLOW: Final = Kind[ProductionFlow]("flow", ProductionFlow)
_ENTRY: Final = Kind[HistoryEntry]("entry", HistoryEntry)
_EVENT: Final = Kind[TriggerEvent]("event", TriggerEvent)
_CHANGE: Final = Kind[Change]("change", Change)


def dump_cycle(cycle: StatusCycle) -> Data:
    """A version of a cycle with its statuses.

    Args:
        cycle: any version.

    Raises:
        TypeError: if *cycle* is no `StatusCycle`.
    """
    return _CYCLE.dump(cycle)


def load_cycle(data: object) -> StatusCycle:
    """The cycle that `dump_cycle` was given.

    Args:
        data: what `dump_cycle` gave, or anything else.

    Raises:
        DefinitionError: if the data are not those of a cycle.
        InvalidCycleError: if its statuses break a rule.
    """
    return _CYCLE.load(data)


def dump_calendar(calendar: WorkingCalendar) -> Data:
    """Which days count.

    Args:
        calendar: any calendar.

    Raises:
        TypeError: if *calendar* is no `WorkingCalendar`.
    """
    return _CALENDAR.dump(calendar)


def load_calendar(data: object) -> WorkingCalendar:
    """The calendar that `dump_calendar` was given.

    Args:
        data: what `dump_calendar` gave, or anything else.

    Raises:
        DefinitionError: if the data are not those of a calendar.
    """
    return _CALENDAR.load(data)


def dump_policy(policy: Policy) -> Data:
    """One of the library's due-date policies, with its calendar.

    Args:
        policy: a `Forward`, `Backward` or `FromEntry`.

    Raises:
        TypeError: for anything else; a policy of one's own is code.
    """
    return POLICY.dump(policy)


def load_policy(data: object) -> Policy:
    """The policy that `dump_policy` was given.

    Args:
        data: what `dump_policy` gave, or anything else.

    Raises:
        DefinitionError: if the data are not those of a policy.
    """
    return POLICY.load(data)


def dump_trigger(trigger: Trigger) -> Data:
    """A trigger without a condition.

    Args:
        trigger: any trigger of a flow.

    Raises:
        TypeError: if *trigger* is no `Trigger`.
        ValueError: if it has a condition, which is code.
    """
    return _TRIGGER.dump(trigger)


def load_trigger(data: object) -> Trigger:
    """The trigger that `dump_trigger` was given.

    Args:
        data: what `dump_trigger` gave, or anything else.

    Raises:
        DefinitionError: if the data are not those of a trigger.
    """
    return _TRIGGER.load(data)


def dump_rules(rules: ChangeRules) -> Data:
    """Rules without a guard.

    Args:
        rules: rules of a flow.

    Raises:
        TypeError: if *rules* are no `ChangeRules`.
        ValueError: if they have a guard, which is code.
    """
    return _RULES.dump(rules)


def load_rules(data: object) -> ChangeRules:
    """The rules that `dump_rules` was given.

    Args:
        data: what `dump_rules` gave, or anything else.

    Raises:
        DefinitionError: if the data are not those of rules.
    """
    return _RULES.load(data)


def dump_flow(flow: ProductionFlow) -> Data:
    """A flow: policy, triggers and rules.

    Args:
        flow: one without code of the host in it.

    Raises:
        TypeError: if *flow* is no `ProductionFlow`, or its policy none of the library's.
        ValueError: if there is a guard or a condition, which is code.
    """
    return _FLOW.dump(flow)


def load_flow(data: object) -> ProductionFlow:
    """The flow that `dump_flow` was given.

    Args:
        data: what `dump_flow` gave, or anything else.

    Raises:
        DefinitionError: if the data are not those of a flow.
    """
    return _FLOW.load(data)


def dump_order(order: ProductionOrder) -> Data:
    """The present state of an order, with the type and version of its cycle for the cycle.

    Args:
        order: any order.

    Raises:
        TypeError: if *order* is no `ProductionOrder`.
    """
    return ORDER.dump(order)


def load_order(data: object, cycles: Iterable[StatusCycle]) -> ProductionOrder:
    """The order that `dump_order` was given.

    Args:
        data: what `dump_order` gave.
        cycles: cycle versions, the one of the order among them.

    Raises:
        DefinitionError: if the data are not those of an order.
        CycleNotFoundError: if its cycle version is not among *cycles*.
        TypeError: if *cycles* is no iterable of `StatusCycle`.
    """
    known = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
    return order_of(fields_of_schema(data), known)


def dump_entry(entry: HistoryEntry) -> Data:
    """An entry of a history; `kind` says which.

    Args:
        entry: any of the four kinds.

    Raises:
        TypeError: if *entry* is none.
    """
    return _ENTRY.dump(entry)


def load_entry(data: object) -> HistoryEntry:
    """The entry that `dump_entry` was given.

    Args:
        data: what `dump_entry` gave, or anything else.

    Raises:
        DefinitionError: if the data are not those of an entry.
    """
    return _ENTRY.load(data)


def dump_event(event: TriggerEvent) -> Data:
    """An event of a trigger.

    Args:
        event: an event of a change or of an outbox.

    Raises:
        TypeError: if *event* is no `TriggerEvent`.
    """
    return _EVENT.dump(event)


def load_event(data: object) -> TriggerEvent:
    """The event that `dump_event` was given.

    Args:
        data: what `dump_event` gave, or anything else.

    Raises:
        DefinitionError: if the data are not those of an event.
    """
    return _EVENT.load(data)


def dump_change(change: Change) -> Data:
    """A change: the entry, the order after it, and the events.

    Args:
        change: what a flow gave.

    Raises:
        TypeError: if *change* is no `Change`.
    """
    return _CHANGE.dump(change)


def load_change(data: object, cycles: Iterable[StatusCycle]) -> Change:
    """The change that `dump_change` was given.

    Args:
        data: what `dump_change` gave.
        cycles: cycle versions, the one of the order among them.

    Raises:
        DefinitionError: if the data are not those of a change.
        CycleNotFoundError: if the order's cycle version is not among *cycles*.
        TypeError: if *cycles* is no iterable of `StatusCycle`.
    """
    known = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
    fields = fields_of_schema(data)
    if "order" in fields:
        fields["order"] = order_of(fields["order"], known, "$.order")
    return _CHANGE.built(fields)


settle(globals())
