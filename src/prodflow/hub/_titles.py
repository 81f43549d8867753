"""How the reports on visits sort and call statuses, of which a visit has no more than the key."""

from collections.abc import Iterable
from math import ceil
from typing import Final, NamedTuple, final

from prodflow import _checks as checks
from prodflow.cycle import StatusCycle
from prodflow.errors import CycleConflictError
from prodflow.hub._orders import in_list_order

Key = tuple[str, str]
"""An order type and the key of a status."""


@final
class Days(NamedTuple):
    """How long many stays took, each of the days being that of a real stay but for the mean."""

    total: int
    """All of them together."""
    mean: float | None
    """Their mean; None where there is none."""
    median: int | None
    """Half of them took so long or less; None where there is none."""
    most: int | None
    """Four of five took so long or less; None where there is none."""
    longest: int | None
    """The longest of them; None where there is none."""


DAYS_COLUMNS: Final = ("Total", "Mean", "Median", "80 % Within", "Longest")
_MEDIAN: Final = 0.5
_MOST: Final = 0.8


def summed(days: Iterable[int]) -> Days:
    """The figures of many stays."""
    ascending = sorted(days)
    if not ascending:
        return Days(0, None, None, None, None)
    total = sum(ascending)
    return Days(
        total,
        total / len(ascending),
        nearest(ascending, _MEDIAN),
        nearest(ascending, _MOST),
        ascending[-1],
    )


def nearest(ascending: list[int], quantile: float) -> int:
    """The least item that so large a share of the items does not exceed: the nearest rank."""
    return ascending[rank(len(ascending), quantile) - 1]


def rank(n: int, quantile: float) -> int:
    """The nearest rank, from 1."""
    # A product such as 0.07 * 100 is a little more than the 7 that is meant.
    return max(1, ceil(quantile * n - 1e-9))


def rounded(number: float | None) -> float | None:
    """A share or a mean as a table shows it; the report itself has all of it."""
    return None if number is None else round(number, 3)


def days_cells(days: Days) -> tuple[int | float | None, ...]:
    """The same of days, as the columns above name them."""
    return (days.total, rounded(days.mean), *days[2:])


class Titles:
    """What statuses are called and where they stand, as far as cycles say so."""

    def __init__(self, cycles: Iterable[StatusCycle]) -> None:
        known = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
        self._titles = {
            (cycle.order_type, status.key): status.description
            for cycle, status in in_list_order(known)
        }
        self._places = {key: place for place, key in enumerate(self._titles)}

    def of(self, key: Key) -> str:
        """What people call the status; its key where no cycle is known."""
        return self._titles.get(key, key[1])

    def place(self, key: Key) -> tuple[str, int, str]:
        """Its place in a report: by order type, in cycle order, then by key."""
        return (key[0], self._places.get(key, len(self._places)), key[1])


class Versions:
    """Cycles by order type and version."""

    def __init__(self, cycles: Iterable[StatusCycle]) -> None:
        self.known: dict[tuple[str, int], StatusCycle] = {}
        for cycle in checks.instances("cycles", cycles, StatusCycle, "StatusCycle"):
            if self.known.setdefault((cycle.order_type, cycle.version), cycle) != cycle:
                raise CycleConflictError(cycle.order_type, cycle.version)
