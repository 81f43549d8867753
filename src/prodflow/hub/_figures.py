"""Figures about many stays: totals, quantiles and shares, and how tables show them."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from math import ceil
from typing import Final, NamedTuple, final

from prodflow._messages import text


@final
class Days(NamedTuple):
    """How long stays were, in days; without stays, `total` is 0 and all other fields are None.

    The median and `most` are lengths of real stays, not interpolated.

    Args:
        total: the days of all stays together.
        mean: the mean of the stays.
        median: half of the stays took this long or less.
        most: four in five stays took this long or less.
        longest: the longest stay.
    """

    total: int
    mean: float | None
    median: int | None
    most: int | None
    longest: int | None


@final
class Hours(NamedTuple):
    """How long stays were by the clock, in hours; without stays, `total` is 0 and `mean` is None.

    Args:
        total: the hours of all stays together.
        mean: the mean of the stays.
    """

    total: float
    mean: float | None


HOURS_COLUMNS: Final = (text("Hours"), text("Mean Hours"))
HOURS_NOTE: Final = text("Hours are counted from the recording of the first change to the last.")
DAYS_COLUMNS: Final = (
    *(text("Total"), text("Mean"), text("Median"), text("80% Within")),
    text("Longest"),
)
_HOUR: Final = timedelta(hours=1)
_MEDIAN: Final = 0.5
_MOST: Final = 0.8


def summed(days: Iterable[int]) -> Days:
    """The figures of stays of these lengths."""
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


def hours_of(times: Iterable[timedelta | None]) -> Hours:
    """The figures of stays of these lengths; those without a length don't count."""
    known = [time for time in times if time is not None]
    total = sum(known, timedelta()) / _HOUR
    return Hours(total, total / len(known) if known else None)


def hours_cells(hours: Hours) -> tuple[Decimal | None, ...]:
    """The cells of the columns `HOURS_COLUMNS`."""
    return (rounded(hours.total), rounded(hours.mean))


def days_cells(days: Days) -> tuple[int | Decimal | None, ...]:
    """The cells of the columns `DAYS_COLUMNS`."""
    return (days.total, rounded(days.mean), *days[2:])


def rounded(number: float | None) -> Decimal | None:
    """A mean with one decimal place, for a table; reports don't round."""
    return None if number is None else Decimal(f"{number:.1f}")


def percent(share: float | None) -> Decimal | None:
    """A share in per cent with one decimal place, for a table; reports don't round."""
    return None if share is None else rounded(100 * share)


def share(part: int, whole: int) -> float | None:
    """What share of the whole the part is, from 0 to 1; None if the whole is 0."""
    return part / whole if whole else None


def covered(ascending: Sequence[int], days: int) -> float:
    """The share of stays that took this many days or fewer; there must be at least one stay."""
    return bisect_right(ascending, days) / len(ascending)


def nearest(ascending: Sequence[int], quantile: float) -> int:
    """The nearest-rank quantile: the smallest item that covers this share of the items."""
    # In floats, 0.07 * 100 is a little more than 7, which would give rank 8.
    rank = max(1, ceil(quantile * len(ascending) - 1e-9))
    return ascending[rank - 1]
