"""The job of all contenders that keep orders in a database: what they save, and what they share.

Each contender keeps the same orders in its own tables. To advance an order, it loads the order,
moves it to the next status with a new due date, and saves it with an entry in a history. All of an
order's columns that a board shows are the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, Protocol

from attrs import frozen

from stores import CYCLE, MONDAY

KEYS: Final = [status.key for status in CYCLE.path]
NEXT: Final = dict(pairwise(KEYS))
"""The status after each status but the last one."""

TODAY: Final = MONDAY + timedelta(1)
BY: Final = "ann"
WEEK: Final = 5
"""Working days of a week."""

FORMS: Final = {status.key: status for status in CYCLE.path}
DAYS: Final[Mapping[str, int | None]] = {
    key: None if FORMS[key].final else sum(FORMS[it].default_duration or 0 for it in KEYS[: n + 1])
    for n, key in enumerate(KEYS)
}
"""By status: the working days from the order date to the due date; None for no due date."""


@frozen
class Opened:
    """What a new order has."""

    number: int
    ordered_on: date
    vendor: str
    invoice: str

    @property
    def delivery_on(self) -> date:
        """Four weeks after the order date."""
        return self.ordered_on + timedelta(28)


@frozen
class Result:
    """What a contender has saved of an order; *changes* counts the rows of its history."""

    status: str
    due_on: date | None
    entered_on: date
    department: str | None
    user: str | None
    changes: int


class Tracker(Protocol):
    """A contender, with empty tables and a connection that stays open."""

    name: str

    def open(self, orders: Sequence[Opened]) -> None:
        """Save new orders."""
        ...

    def advance_one(self, number: int) -> None:
        """Load one order, advance it and save it."""
        ...

    def advance(self, numbers: Sequence[int]) -> None:
        """Load several orders, advance them and save them, in one transaction."""
        ...

    def results(self) -> dict[int, Result]:
        """What is saved of each order."""
        ...

    def settings(self, names: Iterable[str]) -> dict[str, str]:
        """The settings of the database, as the contender's own connection has them."""
        ...

    def indexes(self) -> int:
        """How many indexes the contender's tables have, without the primary keys."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


def opened(numbers: Iterable[int]) -> list[Opened]:
    """New orders of the working days of four years."""
    return [
        Opened(
            number,
            MONDAY - timedelta(7 * (number // WEEK % 200) - number % WEEK + 7),
            vendor=f"vendor {number % 20}",
            invoice=f"invoice {number // 3}",
        )
        for number in numbers
    ]


def due_on(ordered_on: date, status: str) -> date | None:
    """The due date in a status, as the users of the other contenders would calculate it."""
    days = DAYS[status]
    if days is None:
        return None
    weeks, rest = divmod(days, WEEK)
    weekend = 2 if ordered_on.weekday() + rest >= WEEK else 0
    return ordered_on + timedelta(7 * weeks + rest + weekend)
