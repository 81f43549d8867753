"""How far the orders of an invoice are, and what is to happen when the last of them is done."""

from collections.abc import Iterable
from datetime import date
from typing import final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Count, Day, Text, checked
from prodflow.order import ProductionOrder
from prodflow.triggers import SendMessage

__all__ = [
    "Intent",
    "InvoiceProgress",
    "Notify",
    "OnCompletion",
    "SetDeliveredOn",
    "SetInvoiceStatus",
    "completion_intents",
    "invoice_progress",
]


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class InvoiceProgress:
    """How far the orders of an invoice are.

    Args:
        open: how many are neither complete nor cancelled.
        complete: how many have reached their final status.
        cancelled: how many are closed without being complete.
        next_due_on: the first due date of the open ones; None where none has one.
        last_due_on: the last due date of the open ones; None where none has one. It is that of
            their present status, not the day on which all is done.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a count below 0, due dates without an open order, one of them without the
            other, or in the wrong order.

    Source:
        Decision D32.
    """

    open: Count
    complete: Count
    cancelled: Count
    next_due_on: Day | None = None
    last_due_on: Day | None = None

    def __attrs_post_init__(self) -> None:
        first, last = self.next_due_on, self.last_due_on
        if first is None and last is None:
            return
        if first is None or last is None or first > last or not self.open:
            raise ValueError(
                "next_due_on and last_due_on must be given in this order where an order is open,"
                f" or not at all, not {first} and {last} with {self.open} open"
            )

    @property
    def is_complete(self) -> bool:
        """Whether every order is complete or cancelled, and at least one is complete."""
        return self.open == 0 and self.complete > 0

    @property
    def fraction_done(self) -> float:
        """The share of complete orders among those not cancelled; 1.0 just where it is complete.

        Example:
            >>> InvoiceProgress(open=1, complete=1, cancelled=3).fraction_done
            0.5
        """
        return self.complete / (self.complete + self.open) if self.complete else 0.0

    def is_overdue(self, *, today: date) -> bool:
        """Whether an open order is overdue; its due day itself is fine.

        Args:
            today: the day on which it is asked.

        Raises:
            TypeError: if *today* is no date.

        Source:
            Decision D14.
        """
        checks.day("today", today)
        return self.next_due_on is not None and today > self.next_due_on


def invoice_progress(orders: Iterable[ProductionOrder]) -> InvoiceProgress:
    """How far the orders of an invoice are.

    Args:
        orders: all orders of one invoice, in any order, none twice; none at all is no progress.

    Raises:
        TypeError: for what is no order.
        ValueError: if the orders are not of one invoice, or one is given twice.

    Source:
        Decision D32.
    """
    return _progress(_of_one_invoice("orders", orders))


def _progress(orders: tuple[ProductionOrder, ...]) -> InvoiceProgress:
    due = sorted(order.due_on for order in orders if order.is_open and order.due_on is not None)
    return InvoiceProgress(
        open=sum(order.is_open for order in orders),
        complete=sum(order.is_complete for order in orders),
        cancelled=sum(order.is_cancelled for order in orders),
        next_due_on=due[0] if due else None,
        last_due_on=due[-1] if due else None,
    )


def _of_one_invoice(name: str, orders: Iterable[ProductionOrder]) -> tuple[ProductionOrder, ...]:
    found = checks.instances(name, orders, ProductionOrder, "ProductionOrder")
    if len({order.id for order in found}) < len(found):
        raise ValueError(f"{name} must hold no order twice")
    invoices = {order.invoice_id for order in found}
    if len(invoices) > 1 or None in invoices:
        ids = [order.id for order in found]
        raise ValueError(f"{name} must be orders of one invoice, not {checks.listed(ids)}")
    return found


@final
@frozen(weakref_slot=False, field_transformer=checked)
class SetInvoiceStatus:
    """The host is to give an invoice a status.

    Args:
        invoice_id: the invoice.
        status: the host's status.

    Raises:
        TypeError: for what is no str.
        ValueError: for a text out of bounds.

    Source:
        "Automating Production Orders".
    """

    invoice_id: Text
    status: Text


@final
@frozen(weakref_slot=False, field_transformer=checked)
class SetDeliveredOn:
    """The host is to note the day on which an invoice was delivered.

    Args:
        invoice_id: the invoice.
        delivered_on: the day on which the last of its complete orders was completed.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for an id out of bounds.

    Source:
        "Automating Production Orders".
    """

    invoice_id: Text
    delivered_on: Day


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Notify:
    """The host is to tell somebody that the orders of an invoice are complete.

    Args:
        invoice_id: the invoice.
        message: what, to whom and how.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for an id out of bounds.

    Source:
        "Automating Production Orders".
    """

    invoice_id: Text
    message: SendMessage


Intent = SetInvoiceStatus | SetDeliveredOn | Notify


def _notify(value: Iterable[SendMessage]) -> tuple[SendMessage, ...]:
    return checks.instances("notify", value, SendMessage, "SendMessage")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OnCompletion:
    """What a host wants to happen when all orders of an invoice are complete.

    Args:
        status: the status that the invoice is to have then; None to leave it.
        delivered: whether its delivered date is to be set.
        notify: the messages to send, in this order.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a status out of bounds.

    Source:
        "Automating Production Orders".
    """

    status: Text | None = None
    delivered: bool = False
    notify: tuple[SendMessage, ...] = field(
        default=(),
        converter=_notify,
    )


def completion_intents(
    wanted: OnCompletion, before: Iterable[ProductionOrder], after: Iterable[ProductionOrder]
) -> tuple[Intent, ...]:
    """What is to happen because a change completes an invoice; nothing for any other change.

    A retry finds the invoice complete before, so nothing is said twice. An invoice that is opened
    again and completed again has been completed twice, and so says it.

    Args:
        wanted: what the host wants.
        before: all orders of the invoice before the change, in any order.
        after: all orders of the invoice after it. Read both in the transaction that saves the
            change: of two last orders that are completed side by side, neither sees the other.

    Returns:
        The status, then the date, then the messages, as far as they are wanted.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: if the orders are not of one invoice, or one is given twice.

    Source:
        "Automating Production Orders"; decision D32.
    """
    checks.instance("wanted", wanted, OnCompletion, "an OnCompletion")
    old = _of_one_invoice("before", before)
    new = _of_one_invoice("after", after)
    if len({order.invoice_id for order in (*old, *new)}) > 1:
        raise ValueError("before and after must be orders of one invoice")
    if _progress(old).is_complete or not _progress(new).is_complete:
        return ()
    invoice_id = str(new[0].invoice_id)
    intents: list[Intent] = []
    if wanted.status is not None:
        intents.append(SetInvoiceStatus(invoice_id, wanted.status))
    if wanted.delivered:
        completed_on = max(order.entered_on for order in new if order.is_complete)
        intents.append(SetDeliveredOn(invoice_id, completed_on))
    intents.extend(Notify(invoice_id, message) for message in wanted.notify)
    return tuple(intents)
