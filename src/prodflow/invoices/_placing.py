"""Turns the lines of an invoice into orders, one for each vendor and order type."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Final, Literal, final

from attrs import asdict, frozen

from prodflow import _checks as checks
from prodflow._fields import checked
from prodflow.cycle import StatusCycle, by_version
from prodflow.flow import Change, ProductionFlow
from prodflow.flow._entries import recording
from prodflow.invoices._values import Invoice, InvoiceLine

__all__ = [
    "InvoiceOrders",
    "OrderIds",
    "PlacedOrder",
    "UnplacedLine",
    "UnplacedReason",
    "order_id_for",
    "orders_for_invoice",
]

UnplacedReason = Literal["no-order-type", "no-cycle", "no-vendor", "order-exists"]

_MESSAGES: Final[dict[UnplacedReason, str]] = {
    "no-order-type": "it has no order type: choose one",
    "no-cycle": "its order type has no status cycle: set one up",
    "no-vendor": "it has no vendor: choose one",
    "order-exists": "there is already an order for its vendor and order type",
}


@final
@frozen(weakref_slot=False, field_transformer=checked)
class PlacedOrder:
    """A new order, and the lines of the invoice that it fulfils.

    Args:
        change: the change that opens the order, for your store to save.
        lines: one or more lines of the invoice, in the sequence in which the invoice has them.

    Raises:
        ValueError: if a line has another vendor or order type than the order, or if there are no
            lines.

    Source:
        Decision D31.
    """

    change: Change
    lines: tuple[InvoiceLine, ...]

    def __attrs_post_init__(self) -> None:
        order = self.change.order
        if {(line.vendor, line.order_type) for line in self.lines} != {
            (order.vendor, order.order_type)
        }:
            raise ValueError(
                f"lines must be of the vendor and order type of order {order.id!r}, at least one"
            )


@final
@frozen(weakref_slot=False, field_transformer=checked)
class UnplacedLine:
    """A line of an invoice that isn't in any new order, and why.

    Args:
        line: the line.
        reasons: one or more of these: `no-order-type`; `no-vendor`; `no-cycle`, if you passed no
            cycle for the line's order type; `order-exists`, if the order for the line's vendor and
            order type has been opened already.

    Raises:
        ValueError: if a reason is unknown, or there is none.

    Source:
        Decision D31.
    """

    line: InvoiceLine
    reasons: tuple[UnplacedReason, ...]

    def __attrs_post_init__(self) -> None:
        if not self.reasons:
            raise ValueError(f"reasons must name at least one of {', '.join(_MESSAGES)}")

    @property
    def message(self) -> str:
        """The reasons as one line of text."""
        why = "; ".join(_MESSAGES[reason] for reason in self.reasons)
        return f"line {self.line.id!r} is in no new order: {why}"


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class InvoiceOrders:
    """The new orders of an invoice, and the lines that aren't in any of them.

    Args:
        placed: the orders, sorted by the place of their first line in the invoice.
        unplaced: the lines that aren't in any new order, in the sequence in which the invoice has
            them.

    Source:
        Decision D31.
    """

    placed: tuple[PlacedOrder, ...]
    unplaced: tuple[UnplacedLine, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that open the orders; save them together, with `store.save(*changes)`."""
        return tuple(order.change for order in self.placed)


OrderIds = Callable[[Invoice, str, str], str]
"""A function that gives the id of an order, from its invoice, vendor and order type."""

_ID_DIGITS: Final = 12


def order_id_for(invoice: Invoice, vendor: str, order_type: str) -> str:
    """The default id of an order: always the same for the same invoice, vendor and order type.

    Args:
        vendor: the lab or vendor.
        order_type: the key of the cycle.

    Returns:
        The id of the invoice, the key of the order type and 12 hexadecimal digits: a hash of the
        three arguments. A very long invoice id is cut, so the result has at most 200 characters.

    Source:
        Decision D33.

    Example:
        >>> order_id_for(Invoice("INV-1", total=90), "City Lab", "prints")
        'INV-1-prints-65797d3b8c70'
    """
    invoice_id = checks.instance("invoice", invoice, Invoice, "an Invoice").id
    checks.text("vendor", vendor)
    checks.key("order_type", order_type)
    # Ids and keys have no newlines (D33), so two orders never have the same text here.
    parts = f"{invoice_id}\n{vendor}\n{order_type}"
    digits = hashlib.sha256(parts.encode()).hexdigest()[:_ID_DIGITS]
    end = f"-{order_type}-{digits}"
    return invoice_id[: checks.NAME_LENGTH - len(end)] + end


def orders_for_invoice(
    flow: ProductionFlow,
    invoice: Invoice,
    cycles: Iterable[StatusCycle],
    *,
    ordered_on: date,
    order_ids: OrderIds = order_id_for,
    taken: Iterable[str] = (),
    by: str,
    at: datetime,
    recorded_by: str | None = None,
    note: str = "",
    command_id: str | None = None,
) -> InvoiceOrders:
    """The orders that fulfil an invoice: one for each vendor and order type of its lines.

    Args:
        invoice: the invoice; its orders get its delivery date.
        cycles: the cycles of your app. If you pass several versions of a cycle, the newest counts.
        ordered_on: the order date of the new orders, usually the day on which you open them. If
            you used the date of the invoice instead, and the client paid late, the new orders would
            be overdue at once.
        order_ids: the function that gives each order its id, which must be the same on every retry.
        taken: the ids of orders that exist already, which aren't opened again. If you pass the ids
            of all stored orders of the invoice, you can repeat the call at any time.

    Returns:
        Every line of the invoice, either in a new order or with the reasons why it's in none.

    Raises:
        ValueError: if *order_ids* gives two orders the same id.
        CycleConflictError: if *cycles* has different cycles with the same type and version.
        MissingDeliveryDateError: if the policy needs a delivery date and the invoice has none.
        DateOutOfRangeError: if a due date would be outside the calendar.
        ChangeRefusedError: if the `entry_guard` of the flow's rules refuses an order.

    Source:
        "Production Statuses", first section; "Automating Production Orders"; decision D31.
    """
    checks.instance("flow", flow, ProductionFlow, "a ProductionFlow")
    checks.instance("invoice", invoice, Invoice, "an Invoice")
    checks.day("ordered_on", ordered_on)
    if not callable(order_ids):
        raise TypeError(f"order_ids must be a callable, not {checks.shown(order_ids)}")
    existing = {checks.text("an item of taken", id_) for id_ in checks.items("taken", taken, "ids")}
    recorded = asdict(recording(by, at, recorded_by, note, command_id))
    newest = {key: cycle for (key, _), cycle in sorted(by_version(cycles).items())}
    groups = _groups(invoice, newest)
    ids = {
        group: checks.text("what order_ids gives", order_ids(invoice, *group)) for group in groups
    }
    if len(set(ids.values())) < len(ids):
        raise ValueError("order_ids must give each vendor and order type a different id")
    placed = tuple(
        PlacedOrder(
            flow.open(
                newest[order_type],
                order_id=ids[vendor, order_type],
                ordered_on=ordered_on,
                delivery_on=invoice.delivery_on,
                invoice_id=invoice.id,
                vendor=vendor,
                **recorded,
            ),
            tuple(lines),
        )
        for (vendor, order_type), lines in groups.items()
        if ids[vendor, order_type] not in existing
    )
    in_order = {line.id for order in placed for line in order.lines}
    unplaced = tuple(
        UnplacedLine(line, tuple(_reasons(line, newest)) or ("order-exists",))
        for line in invoice.lines
        if line.id not in in_order
    )
    return InvoiceOrders(placed=placed, unplaced=unplaced)


def _groups(
    invoice: Invoice, newest: dict[str, StatusCycle]
) -> dict[tuple[str, str], list[InvoiceLine]]:
    """The lines that can be placed, by vendor and order type."""
    groups: dict[tuple[str, str], list[InvoiceLine]] = {}
    for line in invoice.lines:
        match line:
            case InvoiceLine(vendor=str(vendor), order_type=str(key)) if key in newest:
                groups.setdefault((vendor, key), []).append(line)
            case _:
                continue
    return groups


def _reasons(line: InvoiceLine, newest: dict[str, StatusCycle]) -> Iterator[UnplacedReason]:
    """Why the line can't be in an order."""
    if line.order_type is None:
        yield "no-order-type"
    elif line.order_type not in newest:
        yield "no-cycle"
    if line.vendor is None:
        yield "no-vendor"
