"""New orders, one by one or from an invoice, and the page of an invoice."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple, final

from starlette.responses import Response

from prodflow import (
    Change,
    DateOutOfRangeError,
    OrderNotFoundError,
    OrderQuery,
    Plan,
    ProdflowError,
    ProductionOrder,
    RuleError,
    StatusCycle,
    business_date,
    plan,
)
from prodflow.invoices import Invoice, InvoiceLine, orders_for_invoice
from prodflow_hub._hub import Call
from prodflow_hub._orders import address_of, is_refused_for_good, save, sheet_page
from prodflow_hub._rows import rows_of, title_of, type_name
from prodflow_hub._sheets import Sheet
from prodflow_hub._undoing import notice_of
from prodflow_hub._window import is_id

_ANY: Final = "any"
"""Stands for an order type that nobody has chosen yet; it has the rules of all types."""
_PREFIX: Final = "PO-"
_LONG: Final = 12
_LINES: Final = 5
_MORE: Final = 5
_MOST_LINES: Final = 100
_MOST_ORDERS: Final = 500


def _who(call: Call) -> dict[str, Any]:
    return {"by": call.visitor.name, "roles": call.visitor.roles, "at": call.at}


def _refuse(call: Call, sheet: Sheet, error: ProdflowError | ValueError) -> None:
    """Show why something is refused; who lacks a role and wants to save it gets 403."""
    if "ok" in call.form and is_refused_for_good(error):
        raise error
    sheet.refuse(error)


def _ordered_on(call: Call, order_type: str | None) -> date:
    """The day that an order counts for which is taken now."""
    flow = call.flow(order_type or _ANY)
    zone = call.at.tzinfo
    assert zone is not None  # noqa: S101 - a clock has a zone
    calendar = flow.due_dates.calendar
    try:
        return business_date(call.at, zone=zone, cutoff=call.settings.cutoff, calendar=calendar)
    except DateOutOfRangeError:
        return call.today


def _hint(call: Call, day: date) -> str:
    """Why an order taken now counts for a later day."""
    if day == call.today:
        return ""
    cutoff, say = call.settings.cutoff, call.hub.speech.say
    if cutoff is not None and call.at.time() >= cutoff:
        return say("after {time}: counts as {day}", time=f"{cutoff:%H:%M}", day=day)
    return say("no working day: counts as {day}", day=day)


def _types(call: Call) -> list[tuple[str, str]]:
    return [(cycle.order_type, cycle.description or cycle.order_type) for cycle in call.cycles]


def _cycle(call: Call, order_type: str) -> StatusCycle | None:
    return next((each for each in call.cycles if each.order_type == order_type), None)


def next_id(call: Call) -> str:
    """A number that no order has yet; it follows those of the open orders."""
    orders = call.open_orders().orders
    ids = [it.id.removeprefix(_PREFIX) for it in orders if it.id.startswith(_PREFIX)]
    numbers = [int(each) for each in ids if each.isascii() and each.isdigit() and len(each) < _LONG]
    number = max(numbers, default=call.store.count(OrderQuery()) + 1000) + 1
    while True:
        ids = [f"{_PREFIX}{each}" for each in range(number, number + 50)]
        taken = call.store.load(ids)
        if len(taken) < len(ids):
            return next(each for each in ids if each not in taken)
        number += len(ids)


# --- One order ----------------------------------------------------------------------------------


@final
class Preview(NamedTuple):
    """What an order would become."""

    order: ProductionOrder
    status: str
    plan: Plan | None
    steps: Sequence[tuple[str, date | None]]
    finish_on: date | None


def new(call: Call) -> Response:
    """Open an order."""
    say, names = call.hub.speech.say, call.open_orders().names
    if not call.cycles:
        return call.show(
            "message.html", 422, message=say("There are no order types yet."), back="/"
        )
    sheet = Sheet(call)
    asked = call.form.get("order_type") or call.request.query_params.get("type", "")
    order_type = asked if _cycle(call, asked) else call.cycles[0].order_type
    day = _ordered_on(call, order_type)
    sheet.add("order_type", say("Order type"), "choice", order_type, choices=_types(call))
    sheet.add("order_id", say("Number"), "text", next_id(call), is_required=True, keeps=True)
    sheet.add("client", say("Client"))
    vendors = [(each, each) for each in names["vendor"]]
    sheet.add("vendor", say("Vendor"), "text", choices=vendors)
    sheet.add(
        "ordered_on",
        say("Order date"),
        "date",
        day.isoformat(),
        is_required=True,
        hint=_hint(call, day),
        keeps=True,
    )
    sheet.add("delivery_on", say("Delivery date"), "date")
    sheet.add("invoice_id", say("Invoice"))
    sheet.add("quantity", say("Quantity"), "number")
    sheet.add("priority", say("Priority"), "number", "0")
    sheet.add("note", say("Note"), "note")
    opened = _opened(call, sheet)
    if call.is_post and "ok" in call.form:
        address = address_of(sheet.text("order_id"))
        response = save(call, sheet, lambda: [] if opened is None else [opened], address)
        if response is not None:
            return response
    return sheet_page(
        call,
        sheet,
        say("New order"),
        "/",
        preview=None if opened is None else _preview(call, opened),
        template="new.html",
    )


def _opened(call: Call, sheet: Sheet) -> Change | None:
    """The change that opens the order; None if something is wrong with what was typed."""
    cycle = _cycle(call, sheet.text("order_type"))
    if cycle is None:
        sheet.wrong("order_type", call.hub.speech.say("choose"))
        return None
    sheet.need("order_id", "ordered_on")
    ordered_on, delivery_on = sheet.day("ordered_on"), sheet.day("delivery_on")
    quantity, priority = sheet.number("quantity"), sheet.number("priority")
    if not sheet.is_good or ordered_on is None:
        return None
    client = sheet.optional("client")
    try:
        return call.flow(cycle.order_type).open(
            cycle,
            order_id=sheet.text("order_id"),
            ordered_on=ordered_on,
            delivery_on=delivery_on,
            invoice_id=sheet.optional("invoice_id"),
            vendor=sheet.optional("vendor"),
            priority=priority or 0,
            quantity=quantity,
            facts={} if client is None else {call.hub.client: client},
            note=sheet.text("note"),
            command_id=sheet.command_id(),
            **_who(call),
        )
    except (RuleError, ValueError) as error:
        _refuse(call, sheet, error)
        return None


def _preview(call: Call, change: Change) -> Preview:
    order = change.order
    policy = call.flow(order.order_type).due_dates
    try:
        dates = plan(
            order.cycle,
            policy,
            ordered_on=order.ordered_on,
            delivery_on=order.delivery_on,
            vendor=order.vendor,
            quantity=order.quantity,
            priority=order.priority,
            facts=order.facts,
        )
    except (DateOutOfRangeError, ProdflowError):
        dates = None
    steps = [] if dates is None else [(each.status.description, each.due_on) for each in dates]
    ends = [] if dates is None else [each.earliest_on for each in dates if each.earliest_on]
    return Preview(
        order,
        title_of(call, order.order_type, order.status),
        dates,
        steps,
        max(ends, default=None),
    )


# --- From an invoice ----------------------------------------------------------------------------


def from_invoice(call: Call) -> Response:
    """Open the orders of an invoice, one for each vendor and order type of its lines."""
    say, names = call.hub.speech.say, call.open_orders().names
    sheet = Sheet(call)
    day = _ordered_on(call, None)
    asked = call.request.query_params.get("invoice", "")
    sheet.add("invoice_id", say("Invoice"), "text", asked, is_required=True)
    sheet.add("client", say("Client"))
    sheet.add("delivery_on", say("Delivery date"), "date")
    hint = _hint(call, day)
    sheet.add("ordered_on", say("Order date"), "date", day.isoformat(), is_required=True, hint=hint)
    count = sum(1 for name, _ in call.posted if name.endswith(".vendor"))
    count = min(max(count, _LINES) + (_MORE if "more" in call.form else 0), _MOST_LINES)
    types = [("", say("choose")), *_types(call)]
    vendors = [(each, each) for each in names["vendor"]]
    for number in range(count):
        sheet.add(f"line.{number}.description", say("Line {number}", number=number + 1))
        sheet.add(f"line.{number}.order_type", say("Order type"), "choice", choices=types)
        sheet.add(f"line.{number}.vendor", say("Vendor"), "text", choices=vendors)
    preview = None
    if call.is_post:
        preview = _placed(call, sheet)
        changes: list[Change] = [] if preview is None else preview["changes"]
        if "ok" in call.form and sheet.is_good and not changes:
            sheet.problems.append(say("No line can be ordered yet."))
        if "ok" in call.form:
            address = invoice_address(sheet.text("invoice_id"))
            response = save(call, sheet, lambda: changes, address)
            if response is not None:
                return response
    return sheet_page(
        call,
        sheet,
        say("Orders from an invoice"),
        "/",
        preview=preview,
        lines=range(count),
        template="from_invoice.html",
    )


def _placed(call: Call, sheet: Sheet) -> dict[str, Any] | None:
    """What would be ordered for the lines, and which lines have no order and why."""
    sheet.need("invoice_id", "ordered_on")
    ordered_on, delivery_on = sheet.day("ordered_on"), sheet.day("delivery_on")
    invoice_id = sheet.text("invoice_id")
    if not sheet.is_good or ordered_on is None:
        return None
    try:
        lines = [*_invoice_lines(sheet)]
        known = call.store.find(OrderQuery(invoice_id=invoice_id))
        placed = [
            orders_for_invoice(
                call.flow(order_type or _ANY),
                Invoice(
                    invoice_id,
                    [line for line in lines if line.order_type == order_type],
                    total=0,
                    delivery_on=delivery_on,
                ),
                call.cycles,
                ordered_on=ordered_on,
                orders=known,
                command_id=sheet.command_id(),
                **_who(call),
            )
            for order_type in dict.fromkeys(line.order_type for line in lines)
        ]
    except (RuleError, ValueError) as error:
        _refuse(call, sheet, error)
        return None
    client = sheet.optional("client")
    changes: list[Change] = []
    for opened in (change for each in placed for change in each.changes):
        changes.append(opened)
        if client is not None:
            flow = call.flow(opened.order.order_type)
            facts = {call.hub.client: client}
            command_id = sheet.command_id()
            changes.append(
                flow.amend(opened.order, facts=facts, command_id=command_id, **_who(call))
            )
    say = call.hub.speech.message
    return {
        "changes": changes,
        "orders": [
            (
                _preview(call, each.change),
                type_name(call, each.change.order.order_type),
                [line.description or line.id for line in each.lines],
            )
            for part in placed
            for each in part.placed
        ],
        "unplaced": [say(each.message) for part in placed for each in part.unplaced],
    }


def _invoice_lines(sheet: Sheet) -> Iterable[InvoiceLine]:
    numbers = [name.split(".")[1] for name in sheet.fields if name.endswith(".vendor")]
    for number in numbers:
        description, order_type, vendor = (
            sheet.optional(f"line.{number}.{name}")
            for name in ("description", "order_type", "vendor")
        )
        if description or order_type or vendor:
            yield InvoiceLine(
                str(int(number) + 1),
                order_type=order_type,
                vendor=vendor,
                description=description or "",
            )


# --- The page of an invoice ---------------------------------------------------------------------


def invoice_address(invoice_id: str) -> str:
    """The address of an invoice."""
    return address_of(invoice_id).replace("/orders/", "/invoices/", 1)


def invoice(call: Call) -> Response:
    """The orders of an invoice; moving its delivery date moves that of all its open orders."""
    invoice_id: str = call.request.path_params["invoice_id"]
    if not is_id(invoice_id):
        raise OrderNotFoundError(invoice_id)
    orders = call.store.find(OrderQuery(invoice_id=invoice_id, limit=_MOST_ORDERS))
    if not orders:
        raise OrderNotFoundError(invoice_id)
    say = call.hub.speech.say
    living = [order for order in orders if order.is_open]
    dates = {order.delivery_on for order in living}
    usual = next(iter(dates)) if len(dates) == 1 else None
    sheet = Sheet(call, sum(order.version for order in orders))
    sheet.add("delivery_on", say("Delivery date"), "date", usual.isoformat() if usual else "")
    sheet.add("note", say("Note"), "note")
    moved: list[Change] = []
    if call.is_post and living:
        moved = _moved(call, sheet, living)
        if "ok" in call.form:
            response = save(call, sheet, lambda: moved, invoice_address(invoice_id))
            if response is not None:
                return response
    before = {order.id: order for order in living}
    return sheet_page(
        call,
        sheet,
        say("Invoice {invoice_id}", invoice_id=invoice_id),
        "/",
        template="invoice.html",
        rows=rows_of(call, orders),
        is_several=len(dates) > 1,
        can_move=bool(living),
        moved=[
            (before[change.order.id], row)
            for change, row in zip(moved, rows_of(call, [it.order for it in moved]), strict=True)
        ],
        notice=notice_of(call),
        here=call.here,
    )


def _moved(call: Call, sheet: Sheet, orders: Sequence[ProductionOrder]) -> list[Change]:
    delivery_on = sheet.day("delivery_on")
    say = call.hub.speech.say
    if not sheet.is_typed("delivery_on"):
        sheet.wrong("delivery_on", say("choose another date"))
    if sheet.expected != sheet.version:
        sheet.is_moved = True
        sheet.problems.append(say("The orders have changed since you saw them: check them again."))
    if not sheet.is_good:
        return []
    by_type: dict[str, list[ProductionOrder]] = {}
    for order in orders:
        by_type.setdefault(order.order_type, []).append(order)
    changes: list[Change] = []
    for order_type, several in by_type.items():
        try:
            changes.extend(
                call.flow(order_type).amend_all(
                    several,
                    delivery_on=delivery_on,
                    note=sheet.text("note"),
                    command_id=sheet.command_id(),
                    **_who(call),
                )
            )
        except (RuleError, ValueError) as error:
            _refuse(call, sheet, error)
    return changes if sheet.is_good else []
