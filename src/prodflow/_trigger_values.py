"""Triggers: when each one fires, for which orders, and what is to be done."""

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Annotated, Final, Literal, cast, final, get_args

from attrs import NOTHING, NothingType, field, frozen

from prodflow import _checks as checks
from prodflow._facts import NONE_WANTED, WantedFacts, wanted_facts
from prodflow._fields import Description, Duration, Key, Label, Text, between, checked
from prodflow.order import HistoryEntry, Move, ProductionOrder


def _moves(value: Iterable[Move] | None) -> frozenset[Move] | None:
    if value is None:
        return None
    return frozenset(checks.instances("moves", value, Move, "Move"))


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Opening:
    """Fires when an order is opened."""


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Entering:
    """Fires when an order enters a status, also when you open an order in that status.

    Args:
        status: the key of the status; None for any status.
        moves: the moves that fire the trigger; if you name moves, the opening doesn't fire it. With
            None, the opening and all moves fire it, except a return from a hold to the status that
            the order left incomplete.

    Source:
        "Production Status Triggers"; decision D25.
    """

    status: Key | None = None
    moves: frozenset[Move] | None = field(default=None, kw_only=True, converter=_moves)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Leaving:
    """Fires when an order leaves a status, whether or not the status is complete.

    Also fires for a hold and for a cancellation.

    Args:
        status: the key of the status; None for any status.
        moves: the moves that fire the trigger; None for all moves.

    Source:
        "Production Status Triggers"; decision D25.
    """

    status: Key | None = None
    moves: frozenset[Move] | None = field(default=None, kw_only=True, converter=_moves)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Completing:
    """Fires when an order completes a status; entering the final status completes it.

    Args:
        status: the key of the status; None for any status of the path, which is the active standard
            statuses of the cycle.

    Source:
        "Production Status Triggers"; decisions D20b and D25.
    """

    status: Key | None = None


@final
@frozen(weakref_slot=False, field_transformer=checked)
class DaysInStatus:
    """Fires some days after an order enters a status, such as "call the lab after three days".

    Args:
        status: the key of the status; None for any status in which an order is open.
        days: days after the order enters the status, 0 to 36,525; days on hold don't count.
        working: whether to count working days of the policy's calendar instead of calendar days.
        while_in_status: whether the reminder is dropped when the order leaves the status.

    Source:
        Decisions D25 and D27.
    """

    status: Key | None
    days: Duration
    working: bool = field(default=False, kw_only=True)
    while_in_status: bool = field(default=True, kw_only=True)


_Offset = Annotated[int, between(-checks.DAYS_MAX, checks.DAYS_MAX)]


@final
@frozen(weakref_slot=False, field_transformer=checked)
class DaysFromDue:
    """Fires some days before or after the due date of a status.

    If the due date changes, so does the day of the reminder. That day can be before the order
    enters the status, or even before the order date.

    A reminder for a day before the due date isn't given any more once the due date is over. This is
    checked when a change is saved or reminders are set, not when the event is delivered. A worker
    that was down, or that tries again, can act after the due date: if the reminder would then be
    wrong, compare the date with today in your function.

    Args:
        status: the key of the status; None for any status in which an order is open.
        days: days after the due date, or before it if negative, -36,525 to 36,525.
        working: whether to count working days of the policy's calendar instead of calendar days. If
            the due date isn't a working day and *days* is 0 or negative, the count begins on the
            working day before the due date.
        while_in_status: whether the reminder is dropped when the order leaves the status.

    Source:
        Decisions D25 to D27.
    """

    status: Key | None
    days: _Offset
    working: bool = field(default=False, kw_only=True)
    while_in_status: bool = field(default=True, kw_only=True)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class DaysFromDelivery:
    """Fires some days before or after the delivery date of an open order, whatever its status.

    An order has one such reminder. It's dropped when the order is closed. If the delivery date
    changes, so does the day of the reminder. A reminder for a day before the delivery date isn't
    given any more once the delivery date is over, in the way that `DaysFromDue` explains.

    Args:
        days: days after the delivery date, or before it if negative, -36,525 to 36,525. A positive
            number is for orders that are late; for a message after the delivery, use `DaysInStatus`
            with the final status.
        working: whether to count working days, as for `DaysFromDue`.

    Source:
        Decisions D25 to D27.
    """

    days: _Offset
    working: bool = field(default=False, kw_only=True)


Dated = DaysInStatus | DaysFromDue | DaysFromDelivery
When = Opening | Entering | Leaving | Completing | Dated

Channel = Literal["email", "sms", "call", "letter", "web_form"]
_CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)


def _channels(value: Iterable[Channel]) -> tuple[Channel, ...]:
    channels = checks.items("channels", value, "channels")
    for channel in channels:
        checks.one_of(checks.item_of("channels"), channel, *_CHANNELS)
    return channels


def _channel_set(value: Iterable[Channel]) -> frozenset[Channel]:
    return frozenset(_channels(value))


def _preferred_channels(value: Iterable[Channel]) -> tuple[Channel, ...]:
    channels = _channels(value)
    checks.at_least_one("channels", channels)
    return channels


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Contact:
    """How a person can be reached.

    Args:
        channels: the channels for which you have an address or number.
        do_not_market: whether the person refuses marketing messages, on any channel.
        do_not_call: whether the person refuses calls.

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
        title: what to do, 1 to 200 characters.
        department: the department that does it; None if your app decides.
        user: the user who does it; None if your app decides.
        due_days: calendar days from the event to the due date of the task, 0 to 36,525; None for
            no due date.

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
    """Send a message by the first channel that reaches its recipient.

    Args:
        template: the name of the text in your app, 1 to 200 characters.
        to: the recipient, a role in your app such as "client" or "vendor".
        channels: email, sms, call, letter, web_form: at least one, in order of preference.
        marketing: whether the message is marketing; people who refuse marketing don't get it.

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
        """The first channel that reaches this contact; None if none does.

        Args:
            contact: the recipient.

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
    payload: dict[str, Scalar] = {}
    # To a type checker, an iterable of pairs may be a mapping with pairs as its keys.
    given = (
        cast("Mapping[str, Scalar]", value)
        if isinstance(value, Mapping)
        else checks.items("payload", value, "pairs")
    )
    for name, scalar in checks.pairs("payload", given, "of names, or (name, value) pairs"):
        if checks.key(checks.key_of("payload"), name) in payload:
            raise ValueError(f"names in payload must be unique; used twice: {name!r}")
        payload[checks.plain(name)] = _scalar(scalar)
    return tuple(sorted(payload.items(), key=itemgetter(0)))


def _scalar(value: Scalar) -> Scalar:
    match value:
        case str():
            return checks.note(checks.item_of("payload"), value)
        case float() if value - value != 0:
            raise ValueError(f"an item of payload must be finite, not {value}")
        case bool() | None:
            return value
        case int():
            return int(checks.whole(checks.item_of("payload"), value, -(2**63), 2**63 - 1))
        case float():
            return float(value)
        case _:
            raise TypeError(
                "an item of payload must be a str, int, float, bool or None,"
                f" not {checks.shown(value)}"
            )


@final
@frozen(weakref_slot=False, field_transformer=checked)
class CustomAction:
    """Anything else that your app can do.

    Args:
        name: the name of the action in your app, 1 to 64 ASCII letters, digits, `_`, `-`, `.`.
        payload: data for your app, as a mapping or as (name, value) pairs. No name occurs twice,
            and names consist of the same characters as *name*. A value is a str, number, bool or
            None.

    Source:
        Decisions D25 and D33.
    """

    name: Key
    payload: tuple[tuple[str, Scalar], ...] = field(default=(), converter=_payload)


Action = CreateTask | SendMessage | CustomAction

Wanted = NothingType | str | frozenset[str | None] | None
_Values = str | Iterable[str | None] | NothingType | None


def _wanted(name: str, value: _Values) -> Wanted:
    if value is NOTHING or value is None:
        return value
    if isinstance(value, str):
        return checks.text(name, value)
    values = checks.items(name, value, "texts or None")
    return frozenset([checks.optional_text(checks.item_of(name), each) for each in values])


# Type checkers read the type of an argument from a named converter only.


def _wanted_order_type(value: _Values) -> Wanted:
    return _wanted("order_type", value)


def _wanted_vendor(value: _Values) -> Wanted:
    return _wanted("vendor", value)


def _wanted_department(value: _Values) -> Wanted:
    return _wanted("department", value)


def _wanted_user(value: _Values) -> Wanted:
    return _wanted("user", value)


def _any_value() -> Wanted:
    return NOTHING


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Where:
    """A condition as data: which values an order must have.

    An order meets the condition if every field that you give matches. A field is one value, a set
    of values, or None for orders without a value. Unlike a function, this condition can be saved
    by `prodflow.codec`.

    Args:
        order_type: the key of the cycle.
        vendor: the lab or vendor.
        department: the department responsible.
        user: the user responsible.
        facts: by the name of a fact, which values it must have.

    Example:
        >>> from prodflow import DaysInStatus, Trigger
        >>> only_west = Where(vendor={"West Lab", "West Annex"})
        >>> call = Trigger("call", DaysInStatus("lab", 3), CreateTask("Call"), condition=only_west)
    """

    order_type: Wanted = field(factory=_any_value, converter=_wanted_order_type)
    vendor: Wanted = field(factory=_any_value, converter=_wanted_vendor)
    department: Wanted = field(factory=_any_value, converter=_wanted_department)
    user: Wanted = field(factory=_any_value, converter=_wanted_user)
    facts: WantedFacts = field(default=NONE_WANTED, converter=wanted_facts)

    def __call__(self, order: ProductionOrder, _entry: HistoryEntry | None, /) -> bool:
        """Whether the order has these values; the entry makes no difference."""
        return (
            _matches(self.order_type, order.order_type)
            and _matches(self.vendor, order.vendor)
            and _matches(self.department, order.department)
            and _matches(self.user, order.user)
            and (not self.facts or self.facts.match(order.facts))
        )


def _matches(wanted: Wanted, value: str | None) -> bool:
    if wanted is NOTHING:
        return True
    return value in wanted if isinstance(wanted, frozenset) else value == wanted


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


def status_of(when: When) -> str | None:
    """The key of the status that an occasion is for; None if it's for any status."""
    return None if isinstance(when, Opening | DaysFromDelivery) else when.status
