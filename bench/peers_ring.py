"""The job of all contenders that change a status: laps around a ring of statuses.

A lap takes an order through all statuses and back to the first. Each step calls `advance` and adds
a record to a list: who, when, from which status and to which. Orders and machines are built before
the timing starts.
"""

from datetime import datetime
from itertools import pairwise
from typing import Final, Protocol

from comparison import Contender
from core import EIGHT, NOON

Record = tuple[str, datetime, str, str]

BY: Final = "ann"
KEYS: Final = [status.key for status in EIGHT.path]
RING: Final = list(pairwise([*KEYS, KEYS[0]]))
"""Each status with the next one; the first follows the last."""


class Tracked(Protocol):
    """An order as another library tracks it."""

    def advance(self, *, by: str, at: datetime) -> object:
        """Move the order to the next status."""
        ...


def contender(name: str, order: Tracked, log: list[Record]) -> Contender:
    """The contender that takes *order* around the ring; *log* gets a record of each change."""

    def work(count: int) -> None:
        log.clear()
        for _ in range(count):
            for _ in RING:
                order.advance(by=BY, at=NOON)

    def answers() -> list[Record]:
        work(2)
        return list(log)

    return Contender(name, work, answers)
