"""Turns the lines of an invoice into orders, one for each vendor and order type."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final, Literal, final

from attrs import asdict, frozen

from prodflow import _checks as checks
from prodflow._families import families_of
from prodflow._fields import checked
from prodflow._messages import Message, sentences, text
from prodflow.cycle import StatusCycle, by_version
from prodflow.flow import Change, ProductionFlow
from prodflow.flow._entries import recording
from prodflow.invoices._values import Invoice, InvoiceLine
from prodflow.order import ProductionOrder

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
"""Why a line is in no new order; `UnplacedLine` explains the words."""

_MESSAGES: Final[Mapping[UnplacedReason, Message]] = {
    "no-order-type": text("it has no order type: choose one"),
    "no-cycle": text("its order type has no status cycle: set one up"),
    "no-vendor": text("it has no vendor: choose one"),
    "order-exists": text("there is already an order for its vendor and order type"),
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
            cycle for the line's order type; `order-exists`, if there is an order for the line's
            vendor and order type that isn't cancelled.

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
        """The reasons as one line of text; `say` gives it in your words."""
        return text(
            "line {line} is in no new order: {reasons}",
            line=checks.shown(self.line.id),
            reasons=sentences(_MESSAGES[reason] for reason in self.reasons),
        )


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


OrderIds = Callable[[Invoice, str, str, int], str]
"""A function that gives the id of an order, from its invoice, vendor, order type and attempt.

The attempt is 1 for the first order. It is one higher for each earlier order for the same vendor
and order type that was cancelled. Each attempt needs a different id.
"""

_ID_DIGITS: Final = 12


def order_id_for(invoice: Invoice, vendor: str, order_type: str, attempt: int = 1) -> str:
    """The default id of an order: always the same for the same arguments.

    Args:
        vendor: the lab or vendor.
        order_type: the key of the cycle.
        attempt: 1 for the first order; for an order after cancelled ones, one more than these.

    Returns:
        The id of the invoice, the key of the order type and 12 hexadecimal digits: a hash of these
        two and the vendor. The attempt follows if it isn't the first. A very long invoice id is
        cut, so the result has at most 200 characters.

    Source:
        Decision D33.

    Example:
        >>> order_id_for(Invoice("INV-1", total=90), "City Lab", "prints")
        'INV-1-prints-65797d3b8c70'
    """
    invoice_id = checks.instance("invoice", invoice, Invoice, "an Invoice").id
    checks.text("vendor", vendor)
    checks.key("order_type", order_type)
    checks.number("attempt", attempt)
    # Ids and keys have no newlines (D33), so two orders never have the same text here.
    parts = f"{invoice_id}\n{vendor}\n{order_type}"
    digits = hashlib.sha256(parts.encode()).hexdigest()[:_ID_DIGITS]
    end = f"-{order_type}-{digits}" if attempt == 1 else f"-{order_type}-{digits}-{attempt}"
    return invoice_id[: checks.NAME_LENGTH - len(end)] + end


def orders_for_invoice(
    flow: ProductionFlow,
    invoice: Invoice,
    cycles: Iterable[StatusCycle],
    *,
    ordered_on: date,
    order_ids: OrderIds = order_id_for,
    orders: Iterable[ProductionOrder] = (),
    by: str,
    at: datetime,
    recorded_by: str | None = None,
    roles: Iterable[str] = (),
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
        orders: the orders that exist already, which aren't opened again. If you pass all stored
            orders of the invoice, you can repeat the call at any time. A cancelled order doesn't
            count if all orders that were split from it or ordered again in its place are cancelled
            too: its lines get a new order.

    Returns:
        Every line of the invoice, either in a new order or with the reasons why it's in none.

    Raises:
        ValueError: if *order_ids* gives two orders the same id, or *orders* has an order twice.
        CycleConflictError: if *cycles* has different cycles with the same type and version.
        MissingDeliveryDateError: if the policy needs a delivery date and the invoice has none.
        DateOutOfRangeError: if a due date would be outside the calendar.
        ChangeRefusedError: if the flow's rules refuse to open an order.

    Source:
        "Production Statuses", first section; "Automating Production Orders"; decision D31.
    """
    checks.instance("flow", flow, ProductionFlow, "a ProductionFlow")
    checks.instance("invoice", invoice, Invoice, "an Invoice")
    checks.day("ordered_on", ordered_on)
    if not callable(order_ids):
        raise TypeError(f"order_ids must be a callable, not {checks.shown(order_ids)}")
    living = _living(checks.instances("orders", orders, ProductionOrder, "ProductionOrder"))
    recorded = asdict(recording(by, at, recorded_by, note, command_id, roles))
    newest = {key: cycle for (key, _), cycle in sorted(by_version(cycles).items())}
    groups = _groups(invoice, newest)
    ids = _ids(invoice, groups, order_ids, living)
    placed = tuple(
        PlacedOrder(
            flow.open(
                newest[order_type],
                order_id=order_id,
                ordered_on=ordered_on,
                delivery_on=invoice.delivery_on,
                invoice_id=invoice.id,
                vendor=vendor,
                **recorded,
            ),
            tuple(lines),
        )
        for (vendor, order_type), lines in groups.items()
        for order_id in [ids[vendor, order_type]]
        if order_id is not None
    )
    in_order = {line.id for order in placed for line in order.lines}
    unplaced = tuple(
        UnplacedLine(line, tuple(_reasons(line, newest)) or ("order-exists",))
        for line in invoice.lines
        if line.id not in in_order
    )
    return InvoiceOrders(placed=placed, unplaced=unplaced)


def _living(orders: tuple[ProductionOrder, ...]) -> dict[str, bool]:
    """For each order by id, whether it or an order that comes from it isn't cancelled."""
    living = {order.id: not order.is_cancelled for order in orders}
    if len(living) < len(orders):
        raise ValueError("orders must hold no order twice")
    for descents in families_of(orders):
        for order, parent_id, _ in reversed(descents):
            if parent_id in living and living[order.id]:
                living[parent_id] = True
    return living


def _ids(
    invoice: Invoice,
    groups: Iterable[tuple[str, str]],
    order_ids: OrderIds,
    living: Mapping[str, bool],
) -> dict[tuple[str, str], str | None]:
    """The id of the new order for each vendor and order type; None if there is an order."""
    ids: dict[tuple[str, str], str | None] = {}
    given: set[str] = set()
    for group in groups:
        attempt = 1
        order_id = checks.text("what order_ids gives", order_ids(invoice, *group, attempt))
        # The orders that are cancelled are the attempts before.
        while order_id not in given and living.get(order_id) is False:
            given.add(order_id)
            attempt += 1
            order_id = checks.text("what order_ids gives", order_ids(invoice, *group, attempt))
        if order_id in given:
            raise ValueError(
                "order_ids must give each vendor, order type and attempt a different id"
            )
        given.add(order_id)
        ids[group] = None if order_id in living else order_id
    return ids


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
