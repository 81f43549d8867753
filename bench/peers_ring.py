"""The laps that all contenders of the cycles take.

A lap takes an order through all statuses and back to the first, each change by the same `advance`,
each leaving a record of who, when, from and to in a list. Nobody builds an order or a machine while
the clock runs.
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
"""Each status with the one that comes after it; after the last comes the first."""


class Tracked(Protocol):
    """An order of a peer."""

    def advance(self, *, by: str, at: datetime) -> object:
        """Take it on to the next status."""
        ...


def contender(name: str, order: Tracked, log: list[Record]) -> Contender:
    """An order that takes laps and writes each change into the log."""

    def work(count: int) -> None:
        log.clear()
        for _ in range(count):
            for _ in RING:
                order.advance(by=BY, at=NOON)

    def answers() -> list[Record]:
        work(2)
        return list(log)

    return Contender(name, work, answers)
