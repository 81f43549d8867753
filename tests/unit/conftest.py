"""What most of these tests begin with: two cycles, orders of Monday, 2 November 2026, a store."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from prodflow import MemoryStore, ProductionFlow, ProductionOrder, Status, StatusCycle


@pytest.fixture
def cycle() -> StatusCycle:
    """Prints: four statuses with 1, 3, 2 and 1 days, the final one, and those off the path."""
    return StatusCycle(
        "prints",
        [
            Status(
                "ordered",
                "Ordered",
                default_duration=1,
                default_department="Front desk",
                default_user="ann",
                initial=True,
            ),
            Status(
                "retouch",
                "Retouch",
                default_duration=3,
                default_department="Retouching",
                default_user="rita",
                workflow_stage="retouching",
            ),
            Status("proof", "Proof", default_duration=9, inactive=True),
            Status("printing", "Printing", default_duration=2, default_department="Lab"),
            Status("qa", "Quality check", default_duration=1),
            Status("shipped", "Shipped", final=True),
            Status("hold", "On hold", non_standard=True),
            Status(
                "client",
                "Waiting on client",
                default_duration=5,
                default_department="Sales",
                non_standard=True,
            ),
            Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
        ],
    )


@pytest.fixture
def prints() -> StatusCycle:
    """The cycle of the decisions: 1, 3, 5 and 1 days, the final status, and those off the path.

    Counted forward from Monday, 2 November 2026, an order is due on the 3rd (ordered), the 6th
    (retouch), the 13th (lab) and the 16th (qa).
    """
    return StatusCycle(
        "prints",
        [
            Status("ordered", "Ordered", default_duration=1, initial=True),
            Status(
                "retouch",
                "Retouch",
                default_duration=3,
                default_department="Retouching",
                default_user="mia",
            ),
            Status("lab", "At the lab", default_duration=5),
            Status("qa", "Quality check", default_duration=1),
            Status("delivered", "Delivered", final=True),
            Status("hold", "On hold", non_standard=True, pauses=True),
            Status(
                "wait",
                "Waiting on client",
                default_duration=3,
                default_user="ben",
                non_standard=True,
                pauses=True,
            ),
            Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
        ],
    )


@pytest.fixture
def order_at(cycle: StatusCycle) -> Callable[[str], ProductionOrder]:
    """Gives an order of 2 November that was opened in the status of a key."""

    def opened(status: str) -> ProductionOrder:
        return (
            ProductionFlow()
            .open(
                cycle,
                order_id="PO-1",
                ordered_on=date(2026, 11, 2),
                status=status,
                by="ann",
                at=datetime(2026, 11, 2, 9, tzinfo=UTC),
            )
            .order
        )

    return opened


@pytest.fixture
def order(order_at: Callable[[str], ProductionOrder]) -> ProductionOrder:
    """An order of 2 November, in its initial status, due on the 3rd."""
    return order_at("ordered")


@pytest.fixture
def store() -> MemoryStore:
    """A store that is empty."""
    return MemoryStore()
