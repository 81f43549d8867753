"""Invoices: the orders made from one, when to make them, and what to do when they are complete.

Your app keeps the invoices, their payments and their statuses, and passes in what production needs
to know.

Theory of operation. Two kinds of change matter:

- A change of an invoice may make its orders *due*: `is_due` tells you. Then `orders_for_invoice`
  groups the lines by vendor and order type, and gives you one change for each group, which opens an
  order.
- A change of an order may *complete* its invoice. Then `completion_intents` gives you the actions
  that you chose in `OnCompletion`.

What must stay true: Both functions compare before and after. A retry changes nothing, so they give
nothing the second time.

These arguments mean the same everywhere:

- `invoice`: the invoice as your app has it now.
- `condition`: what must be true of an invoice for its orders to be made.
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
