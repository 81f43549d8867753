"""Invoices: when to open their orders, which orders to open, and what to do once they're complete.

Your app keeps the invoices, their payments and their statuses, and passes in what production needs
to know.

Theory of operation. Two kinds of change matter:

- After a change to an invoice, it may be time to open its orders: `is_due` tells you. If so,
  `orders_for_invoice` groups the lines by vendor and order type. For each group, it returns a
  change that opens an order.
- A change to an order may *complete* its invoice. If so, `completion_intents` returns the actions
  that you chose in `OnCompletion`.

What must stay true: `is_due` and `completion_intents` compare the state before and after a change.
A retry changes nothing, so both functions report nothing the second time.

These arguments mean the same everywhere:

- `invoice`: the invoice as your app has it now.
- `condition`: what must be true of an invoice before its orders are opened.
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
    UnplacedLine,
    UnplacedReason,
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
    "SetDeliveredOn",
    "SetInvoiceStatus",
    "UnplacedLine",
    "UnplacedReason",
    "completion_intents",
    "invoice_progress",
    "is_due",
    "is_met",
    "order_id_for",
    "orders_for_invoice",
]

settle(globals())
