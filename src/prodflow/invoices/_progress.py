"""How far along the orders of an invoice are, and what to do when the last one is done."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import final

from attrs import Factory, evolve, field, frozen

from prodflow import _checks as checks
from prodflow._families import families_of
from prodflow._fields import Count, Day, Text, checked
from prodflow._outlook import Policies, Slack, looking_by
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


def _share_of_orders(progress: "InvoiceProgress") -> float:
    return progress.complete / (progress.complete + progress.open) if progress.complete else 0.0


def _fraction(value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, float | int):
        raise TypeError(f"fraction_done must be a float, not {checks.shown(value)}")
    if not 0 <= value <= 1:
        raise ValueError(f"fraction_done must be from 0.0 to 1.0, not {checks.shown(value)}")
    return float(value)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class InvoiceProgress:
    """How far along the orders of an invoice are.

    Args:
        open: how many orders are neither complete nor cancelled.
        complete: how many orders are in their final status.
        cancelled: how many orders are closed without being complete.
        fraction_done: the share of the work that is complete, from 0.0 to 1.0, without what was
            cancelled. It's 1.0 if, and only if, the invoice is complete. If you leave it out, it's
            the share of complete orders.
        expected_on: the day on which the last open order is expected to be ready, by its outlook;
            None if no order is open, and for a progress without a policy.
        slack_days: the least slack of the open orders: the working days from the expected day to
            the delivery date of the order. Negative if one of them will be late; None if no open
            order has a delivery date, and for a progress without a policy.
        next_due_on: the first due date of the open orders; None if no open order has one.
        last_due_on: the last due date of the open orders; None if no open order has one. An order
            may need longer than that: its due date is only for its present status.

    Raises:
        ValueError: if you give only one of the due dates, if the first is later than the last,
            or if you give due dates or an expected day although no order is open. Also if
            `fraction_done` contradicts the counts, or if there is a slack without an expected day.

    Source:
        Decisions D32 and D40.

    Example:
        >>> InvoiceProgress(open=1, complete=1, cancelled=3).fraction_done
        0.5
    """

    open: Count
    complete: Count
    cancelled: Count
    next_due_on: Day | None = None
    last_due_on: Day | None = None
    fraction_done: float = field(
        default=Factory(_share_of_orders, takes_self=True), converter=_fraction
    )
    expected_on: Day | None = None
    slack_days: Slack | None = None

    def __attrs_post_init__(self) -> None:
        if (self.fraction_done == 1, self.fraction_done == 0) != (
            self.is_complete,
            self.complete == 0,
        ):
            raise ValueError(
                "fraction_done must be 1 for a complete invoice, 0 without a complete order, and in"
                f" between otherwise, not {self.fraction_done} with {self.open} open and"
                f" {self.complete} complete"
            )
        if (self.expected_on is not None and not self.open) or (
            self.slack_days is not None and self.expected_on is None
        ):
            raise ValueError(
                "expected_on must be given with an open order only, and slack_days with expected_on"
                f" only, not {self.expected_on} and {self.slack_days} with {self.open} open"
            )
        first, last = self.next_due_on, self.last_due_on
        if first is None and last is None:
            return
        if first is None or last is None or first > last or not self.open:
            raise ValueError(
                "next_due_on and last_due_on must both be given, in this order and with an open"
                f" order, or neither, not {first} and {last} with {self.open} open"
            )

    @property
    def is_complete(self) -> bool:
        """Whether at least one order is complete, and all others are complete or cancelled."""
        return self.open == 0 and self.complete > 0

    def is_overdue(self, *, today: date) -> bool:
        """Whether any open order is overdue; an order isn't overdue on its due date.

        Source:
            Decision D14.
        """
        checks.day("today", today)
        return self.next_due_on is not None and today > self.next_due_on


def invoice_progress(
    orders: Iterable[ProductionOrder],
    *,
    policy: Policies | None = None,
    today: date | None = None,
) -> InvoiceProgress:
    """How far along the orders of an invoice are.

    For `fraction_done`, orders that were split from one order or ordered again in its place share
    the weight of one order. Within this family, each order weighs as many as its quantity, or 1 if
    the quantity isn't known. So splitting an order changes no fraction.

    Args:
        orders: all orders of one invoice, each once, in any sequence. Without orders, all counts
            are 0.
        policy: the due-date policy of the orders, or the policies by order type; the progress then
            has the expected day and the slack. None for a progress without them.
        today: the day to look from; give it with *policy*.

    Raises:
        DateOutOfRangeError: if an expected day would be outside the calendar.
        ValueError: if the orders are not of one invoice, or one is given twice. Also if you give
            only one of *policy* and *today*, or if there is no policy for the type of an order.

    Source:
        Decisions D32 and D40.
    """
    of_invoice = _of_one_invoice("orders", orders)
    if (policy is None) != (today is None):
        raise ValueError("policy and today must be given together, or neither")
    if policy is None or today is None:
        return _progress(of_invoice)
    expected = [it for it in map(looking_by(policy, today), of_invoice) if it is not None]
    slacks = [it.slack_days for it in expected if it.slack_days is not None]
    return evolve(
        _progress(of_invoice),
        expected_on=max((it.finish_on for it in expected), default=None),
        slack_days=min(slacks, default=None),
    )


def _progress(orders: tuple[ProductionOrder, ...]) -> InvoiceProgress:
    due = sorted(order.due_on for order in orders if order.is_open and order.due_on is not None)
    return InvoiceProgress(
        open=sum(order.is_open for order in orders),
        complete=sum(order.is_complete for order in orders),
        cancelled=sum(order.is_cancelled for order in orders),
        next_due_on=due[0] if due else None,
        last_due_on=due[-1] if due else None,
        fraction_done=_fraction_done(orders),
    )


def _fraction_done(orders: tuple[ProductionOrder, ...]) -> float:
    shares: list[Fraction] = []
    for descents in families_of(orders):
        counting = [order for order, _, _ in descents if not order.is_cancelled]
        if counting:
            done = sum(_weight(order) for order in counting if order.is_complete)
            shares.append(Fraction(done, sum(map(_weight, counting))))
    # Only a family of millions of orders could be so close to 1 that the float is 1.
    return float(sum(shares) / len(shares)) if shares else 0.0


def _weight(order: ProductionOrder) -> int:
    return order.quantity or 1


def _of_one_invoice(name: str, orders: Iterable[ProductionOrder]) -> tuple[ProductionOrder, ...]:
    all_orders = checks.instances(name, orders, ProductionOrder, "ProductionOrder")
    if len({order.id for order in all_orders}) < len(all_orders):
        raise ValueError(f"{name} must hold no order twice")
    invoices = {order.invoice_id for order in all_orders}
    if len(invoices) > 1 or None in invoices:
        ids = [order.id for order in all_orders]
        raise ValueError(f"{name} must be orders of one invoice, not {checks.listed(ids)}")
    return all_orders


@final
@frozen(weakref_slot=False, field_transformer=checked)
class SetInvoiceStatus:
    """Tells your app to give an invoice a status.

    Args:
        invoice_id: the invoice.
        status: the new status of the invoice, one of your own statuses.

    Source:
        "Automating Production Orders".
    """

    invoice_id: Text
    status: Text


@final
@frozen(weakref_slot=False, field_transformer=checked)
class SetDeliveredOn:
    """Tells your app to record when an invoice was delivered.

    Args:
        invoice_id: the invoice.
        delivered_on: the day on which the last of its orders was completed.

    Source:
        "Automating Production Orders".
    """

    invoice_id: Text
    delivered_on: Day


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Notify:
    """Tells your app to send a message because the orders of an invoice are complete.

    Args:
        invoice_id: the invoice.
        message: what to send, to whom and how.

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
    """What you want to happen when all orders of an invoice are complete.

    Args:
        status: the status to give the invoice; None to leave it unchanged.
        delivered: whether to record the day of delivery.
        notify: the messages to send, in this sequence.

    Source:
        "Automating Production Orders".
    """

    status: Text | None = None
    delivered: bool = False
    notify: tuple[SendMessage, ...] = field(default=(), converter=_notify)


def completion_intents(
    wanted: OnCompletion, before: Iterable[ProductionOrder], after: Iterable[ProductionOrder]
) -> tuple[Intent, ...]:
    """What to do after a change that completes an invoice; empty after any other change.

    On a retry, the orders in *before* complete the invoice already, so you get nothing. If an
    order is reopened and completes the invoice once more, you get everything again.

    Args:
        wanted: what you want to happen.
        before: all orders of the invoice before the change, in any sequence.
        after: all orders of the invoice after the change, in any sequence. Read *before* and
            *after* in the transaction that saves the change, with the invoice locked. Otherwise, if
            two people complete the last two orders at once, each still sees the other's order as
            open.

    Returns:
        What *wanted* asks for: the status, then the day of delivery, then the messages.

    Raises:
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
