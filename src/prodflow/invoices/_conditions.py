"""Conditions: when to open the orders of an invoice.

The orders are opened when a change makes the invoice meet the condition, so `is_due` is true once.
`is_due` is true again if the invoice stops meeting the condition and later meets it again, for
example because a payment bounces and is repeated. The orders then get the same ids, so no store
opens them twice.
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
    """The invoice has been saved."""


@final
@frozen(weakref_slot=False, field_transformer=checked)
class FirstPayment:
    """The invoice has received a payment of any amount."""


@final
@frozen(weakref_slot=False, field_transformer=checked)
class PaidAtLeast:
    """At least a certain share of the invoice is paid.

    Args:
        percent: the least share of the total, from 1 to 100.

    Source:
        "Automating Production Orders".
    """

    percent: Annotated[int, between(1, _ALL)]


@final
@frozen(weakref_slot=False, field_transformer=checked)
class PaidInFull:
    """The invoice is paid in full."""


@final
@frozen(weakref_slot=False, field_transformer=checked)
class InStatus:
    """The invoice is in a certain status.

    Args:
        status: one of your statuses for invoices, 1 to 200 characters.

    Source:
        "Automating Production Orders".
    """

    status: Text


CreationCondition = InvoiceSaved | FirstPayment | PaidAtLeast | PaidInFull | InStatus


def is_met(condition: CreationCondition, invoice: Invoice) -> bool:
    """Whether an invoice meets a condition; an invoice with the total 0 counts as paid in full.

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
    """Whether a change makes an invoice meet a condition that it didn't meet before.

    Args:
        before: the invoice before the change; None if the change saves a new invoice.
        after: the invoice after the change.

    Raises:
        ValueError: if *before* and *after* have different ids.

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
    # Fractions are exact. Decimals would be rounded by the settings of the host's thread.
    return Fraction(paid) * _ALL >= Fraction(total) * percent
