"""Draws the pictures of the pages into docs/pictures; a test compares them.

python docs/draw.py
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from prodflow import Backward, HistoryEntry, ProductionFlow, Status, StatusCycle, plan
from prodflow.diagrams import cycle_svg, flow_svg, load_svg, plan_svg
from prodflow.hub import OrderPlan, PlannedLoad, load, order_plan

FOLDER: Final = Path(__file__).parent / "pictures"

# The example of the manual, with departments and two statuses off the path.
PRINTS: Final = StatusCycle(
    "prints",
    [
        Status("retouch", "Retouch", initial=True, default_duration=3),
        Status("printing", "Printing", default_duration=2, default_department="Lab desk"),
        Status("check", "Quality check", default_duration=1, default_department="Studio"),
        Status("shipped", "Shipped", final=True),
        Status("on-hold", "On hold", non_standard=True, pauses=True),
        Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
    ],
    description="Prints",
)
ORDERED_ON: Final = date(2015, 7, 20)
FLOW: Final = ProductionFlow()
WHO: Final[Any] = {"by": "Ann", "at": datetime(2015, 7, 20, 9, tzinfo=UTC)}
MOVES: Final = {
    ("retouch", "printing"): 18,
    ("printing", "check"): 17,
    ("check", "shipped"): 15,
    ("check", "printing"): 3,
    ("retouch", "on-hold"): 4,
    ("on-hold", "retouch"): 3,
    ("on-hold", "cancelled"): 1,
}


def in_flight() -> OrderPlan:
    """The plan of an order that was on hold for some days."""
    opened = FLOW.open(
        PRINTS, order_id="PO-1", ordered_on=ORDERED_ON, delivery_on=date(2015, 7, 30), **WHO
    )
    order = opened.order
    entries: list[HistoryEntry] = [opened.entry]
    for day, to in ((22, "on-hold"), (24, "retouch"), (28, "printing")):
        change = FLOW.advance(order, to=to, today=date(2015, 7, day), **WHO)
        order = change.order
        entries.append(change.entry)
    return order_plan(order, FLOW.due_dates, entries, today=date(2015, 7, 29))


def work() -> PlannedLoad:
    """The work of two weeks, for twelve orders of different days."""
    orders = [
        FLOW.open(
            PRINTS,
            order_id=f"PO-{number}",
            ordered_on=ORDERED_ON + timedelta(number % 5),
            department=("Retouching", "Studio")[number % 3 == 0],
            **WHO,
        ).order
        for number in range(12)
    ]
    return load(orders, FLOW.due_dates, today=ORDERED_ON, horizon=14)


def pictures() -> dict[str, str]:
    """The pictures by file name."""
    roomy, short = (
        plan(PRINTS, Backward(), ordered_on=ORDERED_ON, delivery_on=delivery_on)
        for delivery_on in (date(2015, 7, 31), date(2015, 7, 24))
    )
    return {
        "cycle.svg": cycle_svg(PRINTS),
        "plan.svg": plan_svg(roomy, title="Delivery on 31 July"),
        "plan-short.svg": plan_svg(short, title="Delivery on 24 July"),
        "moves.svg": flow_svg(PRINTS, MOVES),
        "order-plan.svg": plan_svg(in_flight()),
        "load.svg": load_svg(work()),
    }


if __name__ == "__main__":
    for name, picture in pictures().items():
        (FOLDER / name).write_text(picture, encoding="utf-8")
