"""The types of invoices, as type checkers see them; never run."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, assert_never, assert_type

from prodflow import Change, Forward, ProductionFlow, ProductionOrder, SendMessage, StatusCycle
from prodflow.invoices import (
    CreationCondition,
    FirstPayment,
    InStatus,
    Intent,
    Invoice,
    InvoiceLine,
    InvoiceOrders,
    InvoiceProgress,
    InvoiceSaved,
    Notify,
    OnCompletion,
    OrderIds,
    PaidAtLeast,
    PaidInFull,
    PlacedOrder,
    SetDeliveredOn,
    SetInvoiceStatus,
    UnplacedLine,
    UnplacedReason,
    completion_intents,
    invoice_progress,
    is_due,
    is_met,
    order_id_for,
    orders_for_invoice,
)


def check_values(invoice: Invoice, line: InvoiceLine) -> None:
    """Invoices and their lines."""
    assert_type(InvoiceLine("1", order_type="prints", vendor=None), InvoiceLine)
    assert_type(Invoice("R-7", (line for _ in range(2)), total=9, paid=Decimal("4.5")), Invoice)
    assert_type(invoice.lines, tuple[InvoiceLine, ...])
    assert_type(invoice.delivery_on, date | None)
    assert_type(line.vendor, str | None)


def numbered(invoice: Invoice, vendor: str, order_type: str, attempt: int) -> str:
    """Order ids of an app."""
    return f"{invoice.id}-{vendor}-{order_type}-{attempt}"


def check_placing(
    *,
    flow: ProductionFlow,
    invoice: Invoice,
    cycle: StatusCycle,
    day: date,
    at: datetime,
    earlier: list[ProductionOrder],
) -> None:
    """The orders of an invoice, and the lines that are in none."""
    ids: list[OrderIds] = [numbered, order_id_for]
    orders = orders_for_invoice(
        flow, invoice, [cycle], ordered_on=day, by="Ann", at=at, order_ids=ids[0], orders=earlier
    )
    assert_type(orders, InvoiceOrders)
    assert_type(orders.changes, tuple[Change, ...])
    assert_type(orders.placed, tuple[PlacedOrder, ...])
    assert_type(orders.placed[0].lines, tuple[InvoiceLine, ...])
    assert_type(orders.unplaced, tuple[UnplacedLine, ...])
    assert_type(orders.unplaced[0].reasons, tuple[UnplacedReason, ...])
    assert_type(orders.unplaced[0].message, str)
    assert_type(order_id_for(invoice, "Acme Lab", "prints", 2), str)


def check_conditions(
    before: Invoice | None, after: Invoice, condition: CreationCondition
) -> CreationCondition:
    """The five conditions are a union, and `match` covers them all."""
    assert_type(is_due(condition, before, after), bool)
    assert_type(is_met(condition, after), bool)
    match condition:
        case PaidAtLeast():
            assert_type(condition.percent, int)
        case InStatus():
            assert_type(condition.status, str)
        case InvoiceSaved() | FirstPayment() | PaidInFull():
            pass
        case _:
            assert_never(condition)
    return PaidAtLeast(50)


def check_progress(orders: list[ProductionOrder], reason: UnplacedReason) -> None:
    """How far an invoice is, and what to do when it is complete."""
    progress = invoice_progress(orders)
    assert_type(progress, InvoiceProgress)
    assert_type(
        invoice_progress(orders, policy=Forward(), today=date(2026, 11, 16)).slack_days, int | None
    )
    assert_type(progress.fraction_done, float)
    assert_type(progress.is_complete, bool)
    assert_type(progress.is_overdue(today=date(2026, 11, 16)), bool)
    wanted = OnCompletion(status="ready", delivered=True, notify=[SendMessage("ready")])
    assert_type(wanted.notify, tuple[SendMessage, ...])
    assert_type(completion_intents(wanted, orders, orders), tuple[Intent, ...])
    assert_type(reason, Literal["no-order-type", "no-cycle", "no-vendor", "order-exists"])


def check_intent(intent: Intent) -> str:
    """What an app does about each."""
    match intent:
        case SetInvoiceStatus():
            return assert_type(intent.status, str)
        case SetDeliveredOn():
            return f"{assert_type(intent.delivered_on, date)}"
        case Notify():
            return assert_type(intent.message, SendMessage).template


def check_invoices_refuse(
    flow: ProductionFlow, invoice: Invoice, cycle: StatusCycle, line: InvoiceLine, day: date
) -> None:
    """Both type checkers refuse each of these."""
    Invoice("R-7", [line])  # type: ignore[call-arg]  # no total
    Invoice("R-7", [line], total=9.5)  # type: ignore[arg-type]  # money is not a float
    Invoice("R-7", line, total=9)  # type: ignore[arg-type]  # a list of lines
    InvoiceLine("1", "prints")  # type: ignore[call-arg]  # the rest goes by name
    PaidAtLeast("50")  # type: ignore[arg-type]  # a number
    UnplacedLine(line, ("lost",))  # type: ignore[arg-type]  # one of four words
    is_due("saved", None, invoice)  # type: ignore[arg-type]  # a value, not a word
    is_met(PaidInFull, invoice)  # type: ignore[arg-type]  # the value, not its class
    orders_for_invoice(flow, invoice, [cycle], ordered_on=day)  # type: ignore[call-arg]  # by whom?
    completion_intents(OnCompletion(notify=["ready"]), [], [])  # type: ignore[list-item]  # messages
    invoice.status = "paid"  # type: ignore[misc]  # frozen
