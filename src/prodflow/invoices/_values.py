"""Invoices and their lines, with only the fields that production needs."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Day, Key, Note, Text, checked

__all__ = ["Invoice", "InvoiceLine"]

_AMOUNT_MAX: Final = 10**18
_PLACES_MAX: Final = 18


def _amount(name: str, value: Decimal | int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError(f"{name} must be a Decimal or an int, not {checks.shown(value)}")
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    if not isinstance(exponent, int):  # a letter, for an infinity or NaN
        raise ValueError(f"{name} must be finite, not {value}")  # noqa: TRY004 - the type is right
    if not 0 <= value <= _AMOUNT_MAX:
        raise ValueError(f"{name} must be from 0 to {_AMOUNT_MAX:,}, not {checks.shown(value)}")
    if exponent < -_PLACES_MAX:
        raise ValueError(f"{name} must have at most {_PLACES_MAX} decimal places, not {-exponent}")
    # A zero may be negative or have an enormous exponent.
    return Decimal(value) if value else Decimal(0)


def _total(value: Decimal | int) -> Decimal:
    return _amount("total", value)


def _paid(value: Decimal | int) -> Decimal:
    return _amount("paid", value)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class InvoiceLine:
    """One line of an invoice: something that the client ordered.

    Args:
        id: your id for the line, 1 to 200 characters, unique in the invoice.
        order_type: the key of the cycle for the line's order; None if nobody has chosen one.
        vendor: your id or name for the lab or vendor that fulfils the line; None if nobody has
            chosen one. Two spellings are two vendors.
        description: what people read, up to 10,000 characters.

    Source:
        "Production Statuses", first section; decisions D31 and D33.
    """

    id: Text
    order_type: Key | None = field(default=None, kw_only=True)
    vendor: Text | None = field(default=None, kw_only=True)
    description: Note = field(default="", kw_only=True)


def _lines(value: Iterable[InvoiceLine]) -> tuple[InvoiceLine, ...]:
    lines = checks.instances("lines", value, InvoiceLine, "InvoiceLine")
    repeated = [id_ for id_, times in Counter(line.id for line in lines).items() if times > 1]
    if repeated:
        raise ValueError(f"lines must have different ids, but repeat {checks.listed(repeated)}")
    return lines


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Invoice:
    """What a client ordered, and how much of it is paid.

    Amounts must be exact, so floats are refused. Only the ratio of *paid* to *total* matters: give
    both in cents, for example, or both in euros.

    Args:
        id: your id for the invoice, 1 to 200 characters.
        lines: what the client ordered, in the order in which people see it.
        total: the amount of the invoice, from 0 to 10**18, with up to 18 decimal places; an int
            becomes a `Decimal`. An invoice with the total 0 counts as paid in full.
        paid: the amount paid, within the same bounds; it may exceed the total.
        status: your status for the invoice, 1 to 200 characters, or None.
        invoiced_on: the date of the invoice, or None. The orders of the invoice have order
            dates of their own.
        delivery_on: the approximate delivery date, or None.

    Raises:
        ValueError: if two lines have the same id.

    Source:
        "Production Statuses", first section; "Automating Production Orders"; decision D31.

    Example:
        >>> from decimal import Decimal
        >>> Invoice("INV-1", [InvoiceLine("1", order_type="prints")], total=Decimal("80.00")).paid
        Decimal('0')
    """

    id: Text
    lines: tuple[InvoiceLine, ...] = field(default=(), converter=_lines)
    total: Decimal = field(kw_only=True, converter=_total)
    paid: Decimal = field(default=Decimal(0), kw_only=True, converter=_paid)
    status: Text | None = field(default=None, kw_only=True)
    invoiced_on: Day | None = field(default=None, kw_only=True)
    delivery_on: Day | None = field(default=None, kw_only=True)
