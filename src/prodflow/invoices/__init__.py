"""Invoices: the orders made from one, when they are to be made, and when it is done.

Theory of operation. An invoice is the host's, and so are its payments and its statuses: what stands
here are values made from it, and questions asked of them. Two moments matter. A change of the
invoice may make its orders *due* (`is_due`); then `orders_for_invoice` groups its lines by vendor
and order type, and gives a change for each order. A change of an order may *complete* the invoice;
then `completion_intents` says what the host asked for. Both look at before and after, so that a
retry does nothing.
"""

from prodflow._homes import settle
from prodflow.invoices._conditions import (
    CreationCondition,
    FirstPayment,
    InStatus,
    InvoiceSaved,
    PaidAtLeast,
    PaidInFull,
    is_due,
    is_met,
)
from prodflow.invoices._placing import (
    InvoiceOrders,
    OrderIds,
    PlacedOrder,
    Reason,
    UnplacedLine,
    order_id_for,
    orders_for_invoice,
)
from prodflow.invoices._progress import (
    Intent,
    InvoiceProgress,
    Notify,
    OnCompletion,
    SetDeliveredOn,
    SetInvoiceStatus,
    completion_intents,
    invoice_progress,
)
from prodflow.invoices._values import Invoice, InvoiceLine

__all__ = [
    "CreationCondition",
    "FirstPayment",
    "InStatus",
    "Intent",
    "Invoice",
    "InvoiceLine",
    "InvoiceOrders",
    "InvoiceProgress",
    "InvoiceSaved",
    "Notify",
    "OnCompletion",
    "OrderIds",
    "PaidAtLeast",
    "PaidInFull",
    "PlacedOrder",
    "Reason",
    "SetDeliveredOn",
    "SetInvoiceStatus",
    "UnplacedLine",
    "completion_intents",
    "invoice_progress",
    "is_due",
    "is_met",
    "order_id_for",
    "orders_for_invoice",
]

settle(globals())
