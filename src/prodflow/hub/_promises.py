"""How many orders were delivered by the promised date, by vendor."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple, final

from attrs import frozen

from prodflow._fields import checked
from prodflow._messages import text
from prodflow._words import AnyWords
from prodflow.export import Table
from prodflow.hub._figures import percent, rounded, share
from prodflow.hub._orders import ORDERS, VENDOR, WITHOUT, by_name, each
from prodflow.order import ProductionOrder

__all__ = ["OnTimeByVendor", "VendorOnTime", "on_time_by_vendor"]


@final
class VendorOnTime(NamedTuple):
    """How many orders of one vendor were delivered by the promised date.

    Args:
        vendor: the vendor; None for orders without one.
        orders: how many orders are complete and have a delivery date.
        on_time: how many of these orders were completed on that date or before.
        days_late: the calendar days by which the others were late, all together.
    """

    vendor: str | None
    orders: int
    on_time: int
    days_late: int

    @property
    def rate(self) -> float | None:
        """The share of orders on time, from 0 to 1; None without orders."""
        return share(self.on_time, self.orders)

    @property
    def mean_days_late(self) -> float | None:
        """The mean of the days by which late orders were late; None if no order was late."""
        return share(self.days_late, self.orders - self.on_time)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OnTimeByVendor:
    """How many orders were delivered by the promised date, by vendor and in total.

    Args:
        rows: the vendors by name; orders without a vendor come last.
    """

    rows: tuple[VendorOnTime, ...]

    @property
    def total(self) -> VendorOnTime:
        """The same figures of all vendors together; its `vendor` is None."""
        figures = [row[1:] for row in self.rows]
        return VendorOnTime(None, *map(sum, zip(*figures, strict=True))) if figures else _NO_ORDERS

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each vendor, with the rate in percent, and the days to one decimal.

        Args:
            words: your words; None for English.
        """
        return Table(
            text("Delivered on Time"),
            (VENDOR, ORDERS, text("On Time"), text("Rate (%)"), text("Mean Days Late")),
            [
                (
                    *(row.vendor or WITHOUT, *row[1:3]),
                    percent(row.rate),
                    rounded(row.mean_days_late),
                )
                for row in self.rows
            ],
            notes=(
                text("Counts only complete orders with a delivery date."),
                text("The mean is of the orders that were late."),
            ),
        ).said(words)


_NO_ORDERS = VendorOnTime(None, 0, 0, 0)


def on_time_by_vendor(orders: Iterable[ProductionOrder]) -> OnTimeByVendor:
    """How many orders were delivered by the promised date, by vendor.

    An order counts as delivered on the day on which it was completed. If its delivery date or its
    vendor was amended, the last one counts. On the delivery date itself, it's on time. Orders that
    are open, cancelled or without a delivery date don't count.

    Source:
        Decision D14.

    Example:
        >>> on_time_by_vendor([]).total.orders
        0
    """
    days: defaultdict[str | None, list[int]] = defaultdict(list)
    for order in each(orders):
        if order.is_complete and order.delivery_on is not None:
            days[order.vendor].append((order.entered_on - order.delivery_on).days)
    return OnTimeByVendor(
        rows=tuple(_row(vendor, days[vendor]) for vendor in sorted(days, key=by_name))
    )


def _row(vendor: str | None, days: list[int]) -> VendorOnTime:
    late = [after for after in days if after > 0]
    return VendorOnTime(vendor, len(days), len(days) - len(late), sum(late))
