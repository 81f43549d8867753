"""Triggers: when something is to happen, and what; and the events that say so.

Theory of operation. A trigger is data, and so is what it gives: nothing here acts. An event fills a
*slot*, one for each trigger in each visit of an order (or in the whole order, if it is to happen
once). `fire_on=None` says that a reminder is withdrawn. What a flow's triggers say to a change is
worked out in `prodflow.flow._firing`; what a store makes of events is decisions D26 to D28.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Annotated, Final, Literal, cast, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Day, Description, Duration, Key, Number, Text, between, checked
from prodflow.cycle import StatusCycle
from prodflow.errors import TriggerProblem
from prodflow.order import HistoryEntry, Move, ProductionOrder

__all__ = [
    "Completing",
    "Contact",
    "CreateTask",
    "CustomAction",
    "DaysFromDue",
    "DaysInStatus",
    "Entering",
    "Leaving",
    "Opening",
    "SendMessage",
    "Trigger",
    "TriggerEvent",
    "find_trigger_problems",
]


def _moves(value: Iterable[Move] | None) -> frozenset[Move] | None:
    if value is None:
        return None
    return frozenset(checks.instances("moves", value, Move, "Move"))


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Opening:
    """When an order is opened."""


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Entering:
    """When an order enters a status; opening an order enters its first.

    Args:
        status: the key, or None for any status.
        moves: the moves that count; None for every one but the return to the status that was left
            incomplete, and for the opening, which is no move.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a key out of bounds.

    Source:
        "Production Status Triggers"; decision D25.
    """

    status: Key | None = None
    moves: frozenset[Move] | None = field(default=None, kw_only=True, converter=_moves)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Leaving:
    """When an order leaves a status, complete or not.

    Args:
        status: the key, or None for any status.
        moves: the moves that count; None for every one but the return to the status that was left
            incomplete.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a key out of bounds.

    Source:
        "Production Status Triggers"; decision D25.
    """

    status: Key | None = None
    moves: frozenset[Move] | None = field(default=None, kw_only=True, converter=_moves)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Completing:
    """When a status is completed; entering the final status completes it.

    Args:
        status: the key, or None for any status.

    Raises:
        TypeError: for a key that is no str.
        ValueError: for a key out of bounds.

    Source:
        "Production Status Triggers"; decisions D20b and D25.
    """

    status: Key | None = None


@final
@frozen(weakref_slot=False, field_transformer=checked)
class DaysInStatus:
    """Some days after an order entered a status: "call if it hasn't come back after three days".

    Args:
        status: the key, or None for any status.
        days: calendar days after the entry, 0 to 36,525.
        while_in_status: whether the reminder dies when the order leaves the status.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a key or a number of days out of bounds.

    Source:
        Decisions D25 and D27.
    """

    status: Key | None
    days: Duration
    while_in_status: bool = field(default=True, kw_only=True)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class DaysFromDue:
    """Some days before or after the due date of a status; it moves with it until it is acted on.

    The day may lie before the visit, or the order, began.

    Args:
        status: the key, or None for any status.
        days: days after the due date, before it if negative, -36,525 to 36,525.
        working: whether working days of the policy's calendar are counted, not calendar days.
        while_in_status: whether the reminder dies when the order leaves the status.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a key or a number of days out of bounds.

    Source:
        Decisions D25, D26 and D27.
    """

    status: Key | None
    days: Annotated[int, between(-checks.DAYS_MAX, checks.DAYS_MAX)]
    working: bool = field(default=False, kw_only=True)
    while_in_status: bool = field(default=True, kw_only=True)


When = Opening | Entering | Leaving | Completing | DaysInStatus | DaysFromDue

Channel = Literal["email", "sms", "call", "letter", "web_form"]
_CHANNELS: Final[tuple[Channel, ...]] = ("email", "sms", "call", "letter", "web_form")


def _channels(value: Iterable[Channel]) -> tuple[Channel, ...]:
    channels = checks.items("channels", value, "channels")
    for channel in channels:
        checks.one_of("a channel", channel, *_CHANNELS)
    return channels


def _channel_set(value: Iterable[Channel]) -> frozenset[Channel]:
    return frozenset(_channels(value))


def _preferred_channels(value: Iterable[Channel]) -> tuple[Channel, ...]:
    channels = _channels(value)
    if not channels:
        raise ValueError(f"channels must name at least one of {', '.join(_CHANNELS)}")
    return channels


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Contact:
    """How a person can be reached, and how not.

    Args:
        channels: the channels for which there is an address.
        do_not_market: refuses every channel of a marketing message.
        do_not_call: refuses calls.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for an unknown channel.

    Source:
        Decision D29.
    """

    channels: frozenset[Channel] = field(default=frozenset(), converter=_channel_set)
    do_not_market: bool = False
    do_not_call: bool = False


@final
@frozen(weakref_slot=False, field_transformer=checked)
class CreateTask:
    """Create a task for somebody.

    Args:
        title: what is to be done, 1 to 200 characters.
        department: who does it, or None for the host to decide.
        user: who does it, or None.
        due_days: calendar days from the event to the task's due date, 0 to 36,525, or None.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds.

    Source:
        "Production Status Triggers".
    """

    title: Description
    department: Text | None = field(default=None, kw_only=True)
    user: Text | None = field(default=None, kw_only=True)
    due_days: Duration | None = field(default=None, kw_only=True)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class SendMessage:
    """Send a message by the first channel that its recipient can be reached by.

    Args:
        template: the host's name of the text, 1 to 200 characters.
        to: whom, a role that the host knows, such as "client" or "vendor".
        channels: email, sms, call, letter and web_form in order of preference; at least one.
        marketing: whether somebody who wants no marketing must not get it.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds, an unknown channel, or none.

    Source:
        "Production Status Triggers"; decision D29.
    """

    template: Text
    to: Text = field(default="client", kw_only=True)
    channels: tuple[Channel, ...] = field(
        default=("email",), kw_only=True, converter=_preferred_channels
    )
    marketing: bool = field(default=False, kw_only=True)

    def channel_for(self, contact: Contact) -> Channel | None:
        """The preferred channel that *contact* can be reached by; None if there is none.

        Args:
            contact: how the recipient can be reached, and does not want to be.

        Raises:
            TypeError: if *contact* is no `Contact`.

        Source:
            Decision D29.
        """
        checks.instance("contact", contact, Contact, "a Contact")
        if self.marketing and contact.do_not_market:
            return None
        for channel in self.channels:
            if channel in contact.channels and not (channel == "call" and contact.do_not_call):
                return channel
        return None


Scalar = str | int | float | bool | None


def _payload(
    value: Mapping[str, Scalar] | Iterable[tuple[str, Scalar]],
) -> tuple[tuple[str, Scalar], ...]:
    found: dict[str, Scalar] = {}
    # To isinstance, an iterable of pairs may also be a mapping from pairs: its keys are refused.
    given = (
        cast("Mapping[str, Scalar]", value)
        if isinstance(value, Mapping)
        else checks.items("payload", value, "pairs")
    )
    for name, scalar in checks.pairs("payload", given, "of names, or (name, value) pairs"):
        if checks.key("a name in payload", name) in found:
            raise ValueError(f"payload must hold {name!r} once")
        found[checks.plain(name)] = _scalar(scalar)
    return tuple(sorted(found.items(), key=itemgetter(0)))


def _scalar(value: Scalar) -> Scalar:
    match value:
        case str():
            return checks.note("a value in payload", value)
        case float() if value - value != 0:
            raise ValueError(f"a value in payload must be finite, not {value}")
        case bool() | None:
            return value
        case int():
            return int(checks.whole("a value in payload", value, -(2**63), 2**63 - 1))
        case float():
            return float(value)
        case _:
            raise TypeError(
                "a value in payload must be a str, int, float, bool or None,"
                f" not {checks.shown(value)}"
            )


@final
@frozen(weakref_slot=False, field_transformer=checked)
class CustomAction:
    """Anything else that the host knows how to do.

    Args:
        name: the host's name of it, 1 to 64 ASCII letters, digits, `_`, `-`, `.`.
        payload: names with texts, numbers, flags or None: a mapping, or pairs.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds, or a name given twice.

    Source:
        Decisions D25 and D33.
    """

    name: Key
    payload: tuple[tuple[str, Scalar], ...] = field(default=(), converter=_payload)


Action = CreateTask | SendMessage | CustomAction

Condition = Callable[[ProductionOrder, HistoryEntry], bool]


def _order_types(value: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(checks.keys("order_types", value))))


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Trigger:
    """What is to happen, and when.

    Args:
        key: what identifies the trigger, 1 to 64 ASCII letters, digits, `_`, `-`, `.`.
        when: the occasion.
        action: what is to happen then.
        order_types: the order types it is for; none given for all.
        condition: asked with the order after the change and the entry; the trigger is silent where
            it says False. None for always. For pickling it must be a function of a module.
        automatic: whether workers may take its events by `claim`; otherwise a person handles them.
        once_per_order: whether it happens once in an order's life instead of once a visit.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a key out of bounds.

    Source:
        "Production Status Triggers"; decisions D25, D26 and D30.
    """

    key: Key
    when: When
    action: Action
    order_types: tuple[str, ...] = field(default=(), kw_only=True, converter=_order_types)
    condition: Condition | None = field(default=None, kw_only=True)
    automatic: bool = field(default=True, kw_only=True)
    once_per_order: bool = field(default=False, kw_only=True)


Slot = tuple[str, str, int | None]


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class TriggerEvent:
    """Something is to be done on a day, or, with `fire_on` None, no longer.

    Args:
        id: a digest of the slot; the same for every date that the event has had.
        trigger: the key of the trigger.
        order_id: the order.
        visit: the visit that it belongs to.
        action: what is to be done.
        fire_on: the day from which it is to be done; None withdraws the event.
        dated: whether it was scheduled, not immediate.
        while_in_status: whether it is void once the order has left the visit.
        automatic: whether workers may claim it.
        once_per_order: whether its slot is the order's, not the visit's.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds.

    Source:
        Decisions D25 to D28.
    """

    id: Text
    trigger: Key
    order_id: Text
    visit: Number
    action: Action
    fire_on: Day | None
    dated: bool
    while_in_status: bool
    automatic: bool
    once_per_order: bool = False

    @property
    def slot(self) -> Slot:
        """What it fills: (order, trigger, visit), the visit None where it happens once an order."""
        return (self.order_id, self.trigger, None if self.once_per_order else self.visit)


def watched_status(trigger: Trigger) -> str | None:
    """The key of the status that a trigger looks at; None where it looks at any."""
    return None if isinstance(trigger.when, Opening) else trigger.when.status


def find_trigger_problems(
    triggers: Iterable[Trigger], cycles: Iterable[StatusCycle]
) -> tuple[TriggerProblem, ...]:
    """What the triggers name that the cycles do not have, so that a typo is not silent.

    Args:
        triggers: the triggers of a flow.
        cycles: the cycles of the app, any versions. A status is known if one of the cycles that the
            trigger is for has it.

    Returns:
        The problems in the order of the triggers; empty where all is well.

    Raises:
        TypeError: for what is no trigger or cycle.

    Example:
        >>> reminder = Trigger("call", DaysInStatus("at-teh-lab", 3), CreateTask("Call the lab"))
        >>> [problem.code for problem in find_trigger_problems([reminder], [])]
        ['unknown-status']
    """
    known = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
    order_types = {cycle.order_type for cycle in known}
    problems: list[TriggerProblem] = []
    seen: set[str] = set()
    for trigger in check_triggers(triggers):
        if trigger.key in seen:
            message = f"more than one trigger has the key {trigger.key!r}: a key is used once"
            problems.append(TriggerProblem("duplicate-trigger", trigger.key, message))
        seen.add(trigger.key)
        for order_type in trigger.order_types:
            if order_type not in order_types:
                message = f"trigger {trigger.key!r} is for {order_type!r}, which is no order type"
                problems.append(TriggerProblem("unknown-order-type", trigger.key, message))
        status = watched_status(trigger)
        concerned = (
            c for c in known if c.order_type in trigger.order_types or not trigger.order_types
        )
        if status is not None and not any(status in cycle for cycle in concerned):
            message = f"trigger {trigger.key!r} names {status!r}, which none of its cycles has"
            problems.append(TriggerProblem("unknown-status", trigger.key, message))
    return tuple(problems)


def check_triggers(triggers: Iterable[Trigger]) -> tuple[Trigger, ...]:
    """The triggers as a tuple, if triggers they are."""
    return checks.instances("triggers", triggers, Trigger, "Trigger")
