"""Invoices, as far as production looks at them."""

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
    if not isinstance(exponent, int):  # a letter stands for what is not finite
        raise ValueError(f"{name} must be finite, not {value}")  # noqa: TRY004 - the type is right
    if not 0 <= value <= _AMOUNT_MAX:
        raise ValueError(f"{name} must be from 0 to {_AMOUNT_MAX:,}, not {checks.shown(value)}")
    if exponent < -_PLACES_MAX:
        raise ValueError(f"{name} must have at most {_PLACES_MAX} decimal places, not {-exponent}")
    # There are zeros that are negative, or of an enormous exponent.
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
        id: the host's id of the line, 1 to 200 characters; each line of an invoice has its own.
        order_type: the key of the cycle that its order goes through, or None.
        vendor: the lab or vendor that makes it, by the host's id or name, or None. Vendors are told
            apart by their exact text.
        description: what people read, up to 10,000 characters.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a text out of bounds.

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
        raise ValueError(f"lines need an id each, {checks.listed(repeated)} are used twice")
    return lines


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Invoice:
    """What a client ordered, and how much of it is paid.

    Amounts are exact, so a float is refused. Only their ratio is ever asked for: an int may count
    cents as well as euros, as long as both amounts count the same.

    Args:
        id: the host's id, 1 to 200 characters.
        lines: what was ordered, in the order in which people see it.
        total: what it comes to, from 0 to 10**18, with at most 18 decimal places; an int becomes a
            `Decimal`. An invoice over 0 counts as paid in full.
        paid: what has been paid of it, in the same unit; it may be more than the total.
        status: the host's status of the invoice, 1 to 200 characters, or None.
        invoiced_on: its date, or None. The orders made from it have an order date of their own.
        delivery_on: the approximate delivery date, or None.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds, or two lines of one id.

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
