"""When the orders of an invoice are to be made: conditions as values, and the moment they are met.

A condition is met or not by an invoice as it is; a change that meets it makes the orders *due*.
Asked at every change of an invoice, `is_due` says yes once, unless the condition ceases to be met
in between, as when a payment bounces and comes again. Against that stand the ids of the orders,
which are the same each time.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, assert_never, final, get_args

from attrs import frozen

from prodflow import _checks as checks
from prodflow._fields import Text, between, checked
from prodflow.invoices._values import Invoice

__all__ = [
    "CreationCondition",
    "FirstPayment",
    "InStatus",
    "InvoiceSaved",
    "PaidAtLeast",
    "PaidInFull",
    "is_due",
    "is_met",
]

_ALL: Final = 100


@final
@frozen(weakref_slot=False, field_transformer=checked)
class InvoiceSaved:
    """When the invoice is first saved."""


@final
@frozen(weakref_slot=False, field_transformer=checked)
class FirstPayment:
    """When the invoice has received a payment, whatever its amount."""


@final
@frozen(weakref_slot=False, field_transformer=checked)
class PaidAtLeast:
    """When a share of the invoice is paid.

    Args:
        percent: of the total, 1 to 100; exactly so much is enough.

    Raises:
        TypeError: for what is no int.
        ValueError: for a number out of bounds.

    Source:
        "Automating Production Orders".
    """

    percent: Annotated[int, between(1, _ALL)]


@final
@frozen(weakref_slot=False, field_transformer=checked)
class PaidInFull:
    """When nothing of the invoice is left to pay."""


@final
@frozen(weakref_slot=False, field_transformer=checked)
class InStatus:
    """When the invoice is in a certain status.

    Args:
        status: the host's status of the invoice, 1 to 200 characters.

    Raises:
        TypeError: for what is no str.
        ValueError: for a text out of bounds.

    Source:
        "Automating Production Orders".
    """

    status: Text


CreationCondition = InvoiceSaved | FirstPayment | PaidAtLeast | PaidInFull | InStatus


def is_met(condition: CreationCondition, invoice: Invoice) -> bool:
    """Whether an invoice, as it is, meets a condition.

    Args:
        condition: the condition.
        invoice: the invoice. One over 0 is paid in full, for nothing is left to pay.

    Raises:
        TypeError: for a value of the wrong kind.

    Source:
        "Automating Production Orders".

    Example:
        >>> is_met(PaidAtLeast(50), Invoice("INV-1", total=90, paid=45))
        True
    """
    checks.instance("condition", condition, get_args(CreationCondition), "a CreationCondition")
    checks.instance("invoice", invoice, Invoice, "an Invoice")
    match condition:
        case InvoiceSaved():
            return True
        case FirstPayment():
            return invoice.paid > 0
        case PaidAtLeast(percent):
            return _covers(invoice.paid, invoice.total, percent)
        case PaidInFull():
            return _covers(invoice.paid, invoice.total, _ALL)
        case InStatus(status):
            return invoice.status == status
        case _:
            assert_never(condition)


def is_due(condition: CreationCondition, before: Invoice | None, after: Invoice) -> bool:
    """Whether a change of an invoice meets a condition that it did not meet before.

    Args:
        condition: the condition.
        before: the invoice before the change; None where it was just saved for the first time.
        after: the invoice after the change.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: if the two are not the same invoice.

    Source:
        "Automating Production Orders".

    Example:
        >>> half, more = Invoice("INV-1", total=90, paid=45), Invoice("INV-1", total=90, paid=60)
        >>> is_due(PaidAtLeast(50), None, half), is_due(PaidAtLeast(50), half, more)
        (True, False)
    """
    met = is_met(condition, checks.instance("after", after, Invoice, "an Invoice"))
    if before is None:
        return met
    checks.instance("before", before, Invoice, "an Invoice or None")
    if before.id != after.id:
        raise ValueError(
            f"before and after must be one invoice, not {before.id!r} and {after.id!r}"
        )
    return met and not is_met(condition, before)


def _covers(paid: Decimal, total: Decimal, percent: int) -> bool:
    # Fractions: the arithmetic of Decimal rounds, as far as the context of the thread says.
    return Fraction(paid) * _ALL >= Fraction(total) * percent
