"""The share of orders done after some days, if some of them are still open and some were cancelled.

Theory of operation. Suppose that of ten orders two were done after one day, and one was then still
open. Nobody knows when the open one will be done. This is the estimate of Aalen and Johansen, in
the form in which an open order hands its weight on:

1. At first, all orders weigh the same, and together they weigh 1.
2. An order that was done adds its weight to the share done; one that was cancelled adds its weight
   to the share cancelled.
3. The weight of an order that is still open passes to the orders that lasted longer, in equal
   parts. An open order of k days lasted longer than what was done in k days.

In the end, the shares are divided by the share that wasn't cancelled, since a promise is about
orders that will be done. Without open and cancelled orders the curve is the plain share, exactly:
weights stay as they are until an open order passes its own on, and the counts are whole numbers.
"""

from collections.abc import Mapping
from math import sqrt
from typing import Final, NamedTuple

from prodflow._forecasts import NEAR, Steps, days_by

DONE: Final = 0
CANCELLED: Final = 1
OPEN: Final = 2
KINDS: Final = 4
"""An outcome is one int: the days times this, plus what happened. Ints are fast to count."""

_DEVIATIONS: Final = 1.959964  # of 19 in 20 cases


class Curve(NamedTuple):
    """What was estimated from some outcomes.

    Args:
        steps: pairs of a number of days and the share done by then, both growing.
        errors: the standard error of each share, by Greenwood's formula; None where nothing lasted
            longer, so that it can't be told.
        comparable: how many outcomes there are.
        still_open: how many of them are still open.
        cancelled_share: the share cancelled in the end.
    """

    steps: Steps
    errors: tuple[float | None, ...]
    comparable: int
    still_open: int
    cancelled_share: float

    def days_for(self, share: float) -> int | None:
        """The days after which the share is done; None if the curve doesn't reach it."""
        return days_by(self.steps, share)

    def interval(self, share: float) -> tuple[int, int | None]:
        """A lower and an upper bound of `days_for`: it's between them in 19 of 20 cases.

        The upper bound is None if there are too few outcomes to tell.
        """
        low, high = None, None
        for (days, done), error in zip(self.steps, self.errors, strict=True):
            if error is None:
                return days if low is None else low, high
            reach = _DEVIATIONS * error
            if low is None and done + reach >= share - NEAR:
                # Nothing is known of fewer days than the fewest, so they may be enough too.
                low = 0 if days == self.steps[0][0] else days
            if high is None and done - reach >= share - NEAR:
                high = days
        return low or 0, high


def curve_of(outcomes: Mapping[int, int]) -> Curve:
    """The curve of some outcomes.

    Args:
        outcomes: how many orders had each outcome. An outcome is days times `KINDS`, plus `DONE`,
            `CANCELLED` or `OPEN`.
    """
    at_risk = comparable = sum(outcomes.values())
    done = cancelled = variance = 0.0
    left, weighing = 1.0, comparable
    counts = [0, 0, 0]  # since weights were last passed on, by what happened
    still_open = 0
    shares: list[tuple[int, float]] = []
    errors: list[float | None] = []
    for days, (ended, rival, censored) in sorted(_by_days(outcomes).items()):
        if ended:
            counts[DONE] += ended
            shares.append((days, done + counts[DONE] * left / weighing))
            if ended == at_risk:
                errors.append(None)
            else:
                variance += ended / (at_risk * (at_risk - ended))
                errors.append(sqrt(variance))
        counts[CANCELLED] += rival
        at_risk -= ended + rival + censored
        if censored:
            still_open += censored
            done += counts[DONE] * left / weighing
            cancelled += counts[CANCELLED] * left / weighing
            left *= (weighing - counts[DONE] - counts[CANCELLED]) / weighing
            weighing, counts = at_risk, [0, 0, 0]
    if weighing:
        cancelled += counts[CANCELLED] * left / weighing
    cancelled = min(1.0, cancelled)  # in floats, shares of all may add up to a little more
    given = 1.0 - cancelled
    return Curve(
        tuple([(days, min(1.0, share / given)) for days, share in shares]),
        tuple(
            [
                None if error is None else error * max(0.0, 1.0 - share / given)
                for error, (_, share) in zip(errors, shares, strict=True)
            ]
        ),
        comparable,
        still_open,
        cancelled,
    )


def _by_days(outcomes: Mapping[int, int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for outcome, count in outcomes.items():
        days, kind = divmod(outcome, KINDS)
        found.setdefault(days, [0, 0, 0])[kind] += count
    return found
