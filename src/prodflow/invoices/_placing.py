"""From the lines of an invoice to orders: one for each vendor and order type."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Final, Literal, final

from attrs import asdict, field, frozen

from prodflow import _checks as checks
from prodflow._fields import checked
from prodflow.cycle import StatusCycle
from prodflow.errors import CycleConflictError
from prodflow.flow import Change, ProductionFlow
from prodflow.flow._entries import recording
from prodflow.invoices._values import Invoice, InvoiceLine

__all__ = [
    "InvoiceOrders",
    "OrderIds",
    "PlacedOrder",
    "Reason",
    "UnplacedLine",
    "order_id_for",
    "orders_for_invoice",
]

Reason = Literal["no-order-type", "no-cycle", "no-vendor", "order-exists"]

_MESSAGES: Final[dict[Reason, str]] = {
    "no-order-type": "it has no order type: choose one",
    "no-cycle": "its order type has no status cycle: set one up",
    "no-vendor": "it has no vendor: choose one",
    "order-exists": "there is an order for its vendor and order type already",
}


def _lines(value: Iterable[InvoiceLine]) -> tuple[InvoiceLine, ...]:
    return checks.instances("lines", value, InvoiceLine, "InvoiceLine")


@final
@frozen(weakref_slot=False, field_transformer=checked)
class PlacedOrder:
    """A new order, and the lines of the invoice that it holds.

    Args:
        change: the change that opens the order, for a store to save.
        lines: what it holds, in the order of the invoice; all of its vendor and order type.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: if a line is of another vendor or order type, or there is none.

    Source:
        Decision D31.
    """

    change: Change
    lines: tuple[InvoiceLine, ...] = field(converter=_lines)

    def __attrs_post_init__(self) -> None:
        order = self.change.order
        if {(line.vendor, line.order_type) for line in self.lines} != {
            (order.vendor, order.order_type)
        }:
            raise ValueError(
                f"lines must be of the vendor and order type of order {order.id!r}, at least one"
            )


def _reasons(value: Iterable[Reason]) -> tuple[Reason, ...]:
    reasons = checks.items("reasons", value, "reasons")
    for reason in reasons:
        checks.one_of("an item of reasons", reason, *_MESSAGES)
    if not reasons:
        raise ValueError(f"reasons must name at least one of {', '.join(_MESSAGES)}")
    return reasons


@final
@frozen(weakref_slot=False, field_transformer=checked)
class UnplacedLine:
    """A line of an invoice that is in no new order, and why.

    Args:
        line: the line.
        reasons: all that keeps it out, at least one: `no-order-type`, `no-cycle` (none was given
            for its order type), `no-vendor`, or `order-exists` (an order of its id is there).

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for an unknown reason, or none.

    Source:
        Decision D31.
    """

    line: InvoiceLine
    reasons: tuple[Reason, ...] = field(converter=_reasons)

    @property
    def message(self) -> str:
        """The reasons in one line for people."""
        why = "; ".join(_MESSAGES[reason] for reason in self.reasons)
        return f"line {self.line.id!r} is in no new order: {why}"


def _placed(value: Iterable[PlacedOrder]) -> tuple[PlacedOrder, ...]:
    return checks.instances("placed", value, PlacedOrder, "PlacedOrder")


def _unplaced(value: Iterable[UnplacedLine]) -> tuple[UnplacedLine, ...]:
    return checks.instances("unplaced", value, UnplacedLine, "UnplacedLine")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class InvoiceOrders:
    """The new orders of an invoice, and the lines that are in none.

    Args:
        placed: the orders, by the first of their lines.
        unplaced: the lines that are in none of them, in the order of the invoice.

    Raises:
        TypeError: for a value of the wrong kind.

    Source:
        Decision D31.
    """

    placed: tuple[PlacedOrder, ...] = field(converter=_placed)
    unplaced: tuple[UnplacedLine, ...] = field(converter=_unplaced)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that open the orders, for one `store.save(*changes)`."""
        return tuple(order.change for order in self.placed)


OrderIds = Callable[[Invoice, str, str], str]
"""Gives the id of the order of an invoice for a vendor and an order type."""

_ID_DIGITS: Final = 12


def order_id_for(invoice: Invoice, vendor: str, order_type: str) -> str:
    """The id that an order gets unless the host has one: always the same for the same three.

    Args:
        invoice: the invoice; its id, cut off where it is very long, stands in front.
        vendor: the lab or vendor.
        order_type: the key of the cycle.

    Returns:
        The ids of invoice and order type, and 12 hexadecimal digits of a digest of all three.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a text out of bounds.

    Source:
        Decision D33.

    Example:
        >>> order_id_for(Invoice("INV-1", total=90), "City Lab", "prints")
        'INV-1-prints-65797d3b8c70'
    """
    invoice_id = checks.instance("invoice", invoice, Invoice, "an Invoice").id
    checks.text("vendor", vendor)
    checks.key("order_type", order_type)
    # No id or key holds a newline, so the joined text names one order only: decision D33.
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
        flow: opens the orders.
        invoice: the invoice; its delivery date becomes theirs.
        cycles: the cycles of the app; of several versions of one, the highest is taken.
        ordered_on: the order date of all, the day on which they are made: not that of the invoice,
            or an order made when the invoice is paid would be late before it is begun.
        order_ids: called with the invoice, a vendor and an order type, gives the id of their order;
            the same at every retry. By default made of the three.
        taken: the ids of orders that exist; none is opened again. Those that the store has for the
            invoice make it safe to ask twice.
        by: who places the orders.
        at: the instant of recording, aware.
        recorded_by: the user logged in; None if the same.
        note: free text, up to 10,000 characters, for each of them.
        command_id: the host's id of the save, or None.

    Returns:
        Every line of the invoice, in exactly one new order or with the reasons why it is in none.

    Raises:
        CycleConflictError: if *cycles* has two contents for one version.
        MissingDeliveryDateError: as the policy says.
        DateOutOfRangeError: where a date would leave the calendar.
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds, or if *order_ids* gives one id twice.

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
    newest = _newest(cycles)
    groups = _groups(invoice, newest)
    ids = {
        group: checks.text("what order_ids gives", order_ids(invoice, *group)) for group in groups
    }
    if len(set(ids.values())) < len(ids):
        raise ValueError("order_ids must give each vendor and order type an id of its own")
    placed = [
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
            lines,
        )
        for (vendor, order_type), lines in groups.items()
        if ids[vendor, order_type] not in existing
    ]
    in_order = {line.id for order in placed for line in order.lines}
    unplaced = [
        UnplacedLine(line, _against(line, newest) or ["order-exists"])
        for line in invoice.lines
        if line.id not in in_order
    ]
    return InvoiceOrders(placed=placed, unplaced=unplaced)


def _newest(cycles: Iterable[StatusCycle]) -> dict[str, StatusCycle]:
    found: dict[tuple[str, int], StatusCycle] = {}
    newest: dict[str, StatusCycle] = {}
    for cycle in checks.instances("cycles", cycles, StatusCycle, "StatusCycle"):
        if found.setdefault((cycle.order_type, cycle.version), cycle) != cycle:
            raise CycleConflictError(cycle.order_type, cycle.version)
        if newest.setdefault(cycle.order_type, cycle).version < cycle.version:
            newest[cycle.order_type] = cycle
    return newest


def _groups(
    invoice: Invoice, newest: dict[str, StatusCycle]
) -> dict[tuple[str, str], list[InvoiceLine]]:
    """The lines that nothing speaks against, by vendor and order type."""
    groups: dict[tuple[str, str], list[InvoiceLine]] = {}
    for line in invoice.lines:
        match line:
            case InvoiceLine(vendor=str(vendor), order_type=str(key)) if key in newest:
                groups.setdefault((vendor, key), []).append(line)
            case _:
                continue
    return groups


def _against(line: InvoiceLine, newest: dict[str, StatusCycle]) -> list[Reason]:
    """What keeps a line out of any order."""
    reasons: list[Reason] = []
    if line.order_type is None:
        reasons.append("no-order-type")
    elif line.order_type not in newest:
        reasons.append("no-cycle")
    if line.vendor is None:
        reasons.append("no-vendor")
    return reasons
