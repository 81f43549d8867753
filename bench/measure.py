"""Times contenders in turns, so that changes in the machine's speed affect all of them."""

import gc
from collections.abc import Callable, Mapping
from statistics import median, quantiles
from time import process_time

from attrs import frozen

Work = Callable[[int], object]
"""Repeats a job as many times as the argument says."""

ROUNDS = 15
LEAST = 0.01
"""Seconds that a round must take at least, so that the clock can measure it."""


@frozen
class Time:
    """CPU seconds of one job: the median of the rounds, and the quartiles around it."""

    median: float
    low: float
    high: float


def alternate(contenders: Mapping[str, Work], *, rounds: int = ROUNDS) -> dict[str, Time]:
    """The time of each contender; every other round runs them in reverse order."""
    return {name: summary(found) for name, found in samples(contenders, rounds=rounds).items()}


def samples(contenders: Mapping[str, Work], *, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """The CPU seconds of each contender; values at the same index are from the same round."""
    sizes = {name: _size(work) for name, work in contenders.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(rounds):
        for name in names if number % 2 else reversed(names):
            times[name].append(_seconds(contenders[name], sizes[name]) / sizes[name])
    return times


def ratio(contender: Work, floor: Work, *, rounds: int = ROUNDS) -> Time:
    """The contender's time divided by the baseline's, round by round."""
    size, floor_size = _size(contender), _size(floor)
    return summary(
        [
            _seconds(contender, size) / size / (_seconds(floor, floor_size) / floor_size)
            for _ in range(rounds)
        ]
    )


def summary(values: list[float]) -> Time:
    """The median and the quartiles of some values."""
    low, _, high = quantiles(values, n=4)
    return Time(median(values), low, high)


def _size(work: Work) -> int:
    """How many repetitions fill a round."""
    size = 1
    while _seconds(work, size) < LEAST:
        size *= 2
    return size


def _seconds(work: Work, size: int) -> float:
    gc.collect()
    began = process_time()
    work(size)
    return process_time() - began
