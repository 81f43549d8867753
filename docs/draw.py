"""Draws the pictures of the concept pages into docs/pictures; a test compares them.

python docs/draw.py
"""

from datetime import date
from pathlib import Path
from typing import Final

from prodflow import Backward, Status, StatusCycle, plan
from prodflow.diagrams import cycle_svg, flow_svg, plan_svg

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
MOVES: Final = {
    ("retouch", "printing"): 18,
    ("printing", "check"): 17,
    ("check", "shipped"): 15,
    ("check", "printing"): 3,
    ("retouch", "on-hold"): 4,
    ("on-hold", "retouch"): 3,
    ("on-hold", "cancelled"): 1,
}


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
    }


if __name__ == "__main__":
    for name, picture in pictures().items():
        (FOLDER / name).write_text(picture, encoding="utf-8")
