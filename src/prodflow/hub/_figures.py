"""The figures of many stays: their days in a few numbers, quantiles, and how tables round them."""

from collections.abc import Iterable
from math import ceil
from typing import Final, NamedTuple, final


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
