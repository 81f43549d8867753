"""How many orders were delivered by the promised date, by vendor."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from prodflow import MONDAY_TO_FRIDAY, ProductionFlow, ProductionOrder, Status, StatusCycle
from prodflow.hub import OnTimeByVendor, VendorOnTime, on_time_by_vendor

MONDAY: Final = date(2026, 11, 16)
WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 30, 9, tzinfo=UTC)}
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("lab", "At the lab", initial=True),
        Status("done", "Delivered", final=True),
        Status("lost", "Lost", non_standard=True, cancelled=True),
    ],
)


def delivered(
    number: str, vendor: str | None, late: int | None, *, to: str = "done"
) -> ProductionOrder:
    """An order that closed this many days after its delivery date; None if it had no such date."""
    flow = ProductionFlow()
    promised = None if late is None else MONDAY
    order = flow.open(
        CYCLE,
        order_id=number,
        ordered_on=date(2026, 11, 2),
        delivery_on=promised,
        vendor=vendor,
        **WHO,
    ).order
    return flow.advance(order, to=to, today=MONDAY + timedelta(late or 0), **WHO).order


ORDERS: Final = [
    *(delivered("PO-1", "West", 0), delivered("PO-2", "West", -3), delivered("PO-3", "West", 1)),
    *(delivered("PO-4", None, 4), delivered("PO-5", None, 7), delivered("PO-6", None, 7)),
    delivered("PO-7", "east", -1),
]


def test_each_vendor_has_a_row() -> None:
    """By name, whatever the case; without a vendor comes last."""
    found = on_time_by_vendor(iter(ORDERS))
    assert found.rows == (("east", 1, 1, 0), ("West", 3, 2, 1), (None, 3, 0, 18))
    assert [row.rate for row in found.rows] == [1.0, 2 / 3, 0.0]
    assert [row.mean_days_late for row in found.rows] == [None, 1.0, 6.0]


def test_all_vendors_together() -> None:
    """The total isn't a mean of the vendors, since they have different numbers of orders."""
    total = on_time_by_vendor(ORDERS).total
    assert total == VendorOnTime(None, 7, 3, 19)
    assert total.mean_days_late == 19 / 4


def test_without_orders_nothing_is_known() -> None:
    """No rate and no mean."""
    total = on_time_by_vendor([]).total
    assert (total.orders, total.rate, total.mean_days_late) == (0, None, None)


def test_only_deliveries_that_were_promised_count() -> None:
    """Open and cancelled orders were not delivered, and some had no date."""
    orders = [
        delivered("PO-1", "West", None),
        delivered("PO-2", "West", 3, to="lost"),
        ProductionFlow()
        .open(CYCLE, order_id="PO-3", ordered_on=MONDAY, delivery_on=MONDAY, **WHO)
        .order,
    ]
    assert on_time_by_vendor(orders) == OnTimeByVendor(rows=())


def test_the_last_promise_counts() -> None:
    """An amended delivery date is the date that was agreed in the end."""
    late = delivered("PO-1", "West", 2)
    amended = (
        ProductionFlow()
        .amend(late, delivery_on=MONDAY_TO_FRIDAY.add(MONDAY, 2), vendor="East", **WHO)
        .order
    )
    assert on_time_by_vendor([amended]).rows == (("East", 1, 1, 0),)


def test_its_table_has_percents_and_one_decimal() -> None:
    """People read percents, and tenths of a day."""
    orders = [*ORDERS, delivered("PO-8", "West", 4), delivered("PO-9", "West", 3)]
    table = on_time_by_vendor(orders).table()
    assert table.rows == (
        ("east", 1, 1, Decimal("100.0"), None),
        ("West", 5, 2, Decimal("40.0"), Decimal("2.7")),
        ("(none)", 3, 0, Decimal("0.0"), Decimal("6.0")),
    )
