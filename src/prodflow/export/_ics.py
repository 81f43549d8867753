"""Orders as a calendar in iCalendar, written by the icalendar library.

Theory of operation. Each order is an event of a whole day. A calendar program that reads a second
file replaces an event if the new one has the same UID and isn't older. So three properties must
stay true to the order:

1. The UID is a digest of what makes the event this one: the name of the app, whether the day is a
   due date or an expected day, and the order's id. None of them changes when the order does.
2. The SEQUENCE is the version of the order. So a change of the order makes its event newer.
3. The DTSTAMP is an argument, since this library reads no clock. Of two events with the same
   SEQUENCE, the one with the later DTSTAMP is newer (RFC 5546). So an expected day that moves from
   day to day, without a change of the order, moves in the calendar too.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from hashlib import blake2s
from typing import Any, Final

from prodflow import _checks as checks
from prodflow._messages import Message, text
from prodflow._names import Names
from prodflow._outlook import Outlook, looking_by
from prodflow._words import AnyWords, said, words_of
from prodflow.cycle import StatusCycle
from prodflow.duedate import DueDatePolicy
from prodflow.errors import DateOutOfRangeError
from prodflow.export._extras import extra
from prodflow.order import ProductionOrder

_PRODUCT: Final = "-//prodflow//prodflow//EN"


def to_ics(
    orders: Iterable[ProductionOrder],
    *,
    at: datetime,
    policy: DueDatePolicy | Mapping[str, DueDatePolicy] | None = None,
    today: date | None = None,
    title: str | None = None,
    app: str = "prodflow",
    cycles: Iterable[StatusCycle] = (),
    words: AnyWords | None = None,
) -> bytes:
    r"""The dates of open orders as a calendar (RFC 5545) that people import or subscribe to.

    Without *policy*, the event of an order is on the due date of its present status. With *policy*,
    it's on the day on which the order is expected to be ready, by `outlook`. Closed orders and
    orders without such a date have no event. An event fills the whole day, doesn't mark people as
    busy, and has the department, user, vendor, invoice and delivery date in its description.

    If an order changes, its event keeps its UID and gets a higher SEQUENCE, the version of the
    order. So if its date moves, the event moves in the reader's calendar. A subscribed calendar
    drops the events of orders that are closed.

    Args:
        at: when the calendar was made. Give a later one whenever you write the calendar again.
        policy: the due-date policy of the orders, or the policies by order type, for expected days;
            None for due dates.
        today: the day to look from; needed with *policy*.
        title: the name of the calendar; None for "Due dates" or "Expected orders".
        app: a name that only your app uses, such as its domain. Events of two apps that have an
            order of the same id stay apart.
        words: your words; None for English.

    Returns:
        The bytes of an `.ics` file.

    Raises:
        DateOutOfRangeError: if an expected day would be outside the calendar, or *at* outside the
            years 1 to 9999 in UTC.
        ModuleNotFoundError: if icalendar isn't installed; `prodflow[ical]` has it.
        TypeError: if only one of *policy* and *today* is given.
        ValueError: if there is no policy for the type of an order.

    Source:
        Decisions D14 and D40.
    """
    found = checks.instances("orders", orders, ProductionOrder, "ProductionOrder")
    stamp = _in_utc(checks.instant("at", at)).replace(microsecond=0)
    names = Names(cycles, dict.fromkeys(order.cycle for order in found))
    checks.description("app", app)
    day_of, kind, heading, summary = _kind(policy, today)
    spoken = words_of(words)
    calendar = extra("icalendar", "to_ics", "ical").Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add(
        "name", said(heading, spoken) if title is None else checks.description("title", title)
    )
    calendar.add("x-wr-calname", calendar["name"])
    for order in found:
        day = day_of(order)
        if day is not None:
            status = names.title((order.order_type, order.status.key))
            event = extra("icalendar", "to_ics", "ical").Event()
            event.add("uid", _uid(app, kind, order.id))
            event.add("sequence", order.version)
            event.add("dtstamp", stamp)
            event.add("dtstart", day)
            fields = {"order_id": order.id, "status": status}
            event.add("summary", said(summary.with_fields(**fields), spoken))
            about = [names.type_name(order.order_type), *(said(f, spoken) for f in _facts(order))]
            event.add("description", "\n".join(about))
            event.add("transp", "TRANSPARENT")
            calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise DateOutOfRangeError(at.date(), 1 if at.year > 1 else -1) from None


_Kind = tuple[Callable[[ProductionOrder], date | None], str, Message, Message]
"""What gives the day of an order, the name of it in UIDs, and the texts."""


def _kind(policy: DueDatePolicy | Mapping[str, DueDatePolicy] | None, today: date | None) -> _Kind:
    if policy is None and today is None:
        return _due_on, "due", text("Due dates"), text("{order_id}: {status} is due")
    if policy is None or today is None:
        raise TypeError("policy and today must be given together, or neither of them")
    looking = looking_by(policy, today)
    heading, summary = text("Expected orders"), text("{order_id} is expected to be ready")
    return lambda order: _finish_on(looking(order)), "expected", heading, summary


def _due_on(order: ProductionOrder) -> date | None:
    return order.due_on if order.is_open else None


def _finish_on(outlook: Outlook | None) -> date | None:
    return None if outlook is None else outlook.finish_on


def _facts(order: ProductionOrder) -> list[Message]:
    """What the description says of an order, one fact in a line."""
    facts: dict[Message, Any] = {
        text("Department: {name}"): order.department,
        text("User: {name}"): order.user,
        text("Vendor: {name}"): order.vendor,
        text("Invoice: {name}"): order.invoice_id,
        text("Delivery: {name}"): order.delivery_on,
    }
    return [fact.with_fields(name=name) for fact, name in facts.items() if name is not None]


def _uid(*parts: str) -> str:
    digest = blake2s("\n".join(parts).encode(), digest_size=16)
    return f"{digest.hexdigest()}@prodflow"
