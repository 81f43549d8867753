"""Orders as pages show them: with the names of today, and what is urgent about them in words."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple, final

from prodflow import DateOutOfRangeError, Outlook, ProductionOrder, Status, outlook
from prodflow.hub import overdue
from prodflow_hub._hub import Call


@final
class Note(NamedTuple):
    """What is urgent about an order, in words, and how strongly to show it."""

    text: str
    tone: str
    """"bad", "warn", "hold", "new" or ""."""


@final
class Row(NamedTuple):
    """An order, ready to be shown."""

    order: ProductionOrder
    status: str
    type: str
    client: str
    expected_on: date | None
    slack: int | None
    notes: tuple[Note, ...]


def title_of(call: Call, order_type: str, status: Status) -> str:
    """The description that a status has now; if it was deleted, the one that it had."""
    cycle = next((each for each in call.cycles if each.order_type == order_type), None)
    if cycle is not None and status.key in cycle:
        return cycle[status.key].description
    return status.description


def type_name(call: Call, order_type: str) -> str:
    """What people call an order type."""
    cycle = next((each for each in call.cycles if each.order_type == order_type), None)
    return order_type if cycle is None else cycle.description or order_type


def outlook_of(call: Call, order: ProductionOrder) -> Outlook | None:
    """When an order is expected; None if it's closed, or if the calendar ends before."""
    try:
        return outlook(order, call.flow(order.order_type).due_dates, today=call.today)
    except DateOutOfRangeError:
        return None


def rows_of(call: Call, orders: Iterable[ProductionOrder], *, marks_new: bool = False) -> list[Row]:
    """The orders as rows."""
    shown = [*orders]
    late_orders = overdue(shown, today=call.today)
    late = dict(zip((order.id for order in late_orders), late_orders.days_late, strict=True))
    since = call.today - timedelta(1)
    return [
        _row(call, order, late.get(order.id), is_new=marks_new and order.entered_on >= since)
        for order in shown
    ]


def _row(call: Call, order: ProductionOrder, days_late: int | None, *, is_new: bool) -> Row:
    expected = outlook_of(call, order)
    client = order.facts.get(call.hub.client)
    slack = None if expected is None else expected.slack_days
    return Row(
        order=order,
        status=title_of(call, order.order_type, order.status),
        type=type_name(call, order.order_type),
        client="" if client is None else str(client),
        expected_on=None if expected is None else expected.finish_on,
        slack=slack,
        notes=tuple(_notes(call, order, days_late, slack, is_new=is_new)),
    )


def _notes(
    call: Call, order: ProductionOrder, days_late: int | None, slack: int | None, *, is_new: bool
) -> Sequence[Note]:
    speech = call.hub.speech
    notes: list[Note] = []
    if days_late is not None:
        said = speech.count(days_late, "{count} day late", "{count} days late")
        notes.append(Note(said, "bad"))
    elif order.is_open and order.due_on == call.today:
        notes.append(Note(speech.say("due today"), "warn"))
    if order.is_past_delivery(today=call.today):
        notes.append(Note(speech.say("past delivery"), "bad"))
    elif slack is not None and slack < 0:
        notes.append(Note(speech.say("slack {days}", days=signed(slack)), "bad"))
    if order.held is not None and order.is_open:
        notes.append(Note(speech.say("on hold"), "hold"))
    if order.priority > 0:
        notes.append(Note(speech.say("priority {count}", count=order.priority), ""))
    if is_new:
        notes.append(Note(speech.say("new since yesterday"), "new"))
    return notes


def signed(days: int) -> str:
    """A number of days with a real minus sign."""
    return f"\N{MINUS SIGN}{-days}" if days < 0 else str(days)
