"""Contenders by turns, in CPU time: what drifts on a machine drifts for all of them alike."""

import gc
from collections.abc import Callable, Mapping
from statistics import median, quantiles
from time import process_time

from attrs import frozen

Work = Callable[[int], object]
"""Does its thing so many times."""

ROUNDS = 15
LEAST = 0.01
"""Seconds that a round should take at least, for the clock to see it."""


@frozen
class Time:
    """Seconds of CPU for one time: the median of the rounds, and the quartiles around it."""

    median: float
    low: float
    high: float


def alternate(contenders: Mapping[str, Work], *, rounds: int = ROUNDS) -> dict[str, Time]:
    """The time of each contender; each round has all of them, in turn first and last."""
    return {name: summary(found) for name, found in samples(contenders, rounds=rounds).items()}


def samples(contenders: Mapping[str, Work], *, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """The seconds of each contender, round by round: values of one index belong together."""
    sizes = {name: _size(work) for name, work in contenders.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(rounds):
        for name in names if number % 2 else reversed(names):
            times[name].append(_seconds(contenders[name], sizes[name]) / sizes[name])
    return times


def ratio(contender: Work, floor: Work, *, rounds: int = ROUNDS) -> Time:
    """How often the floor's time goes into the contender's, round by round."""
    size, floor_size = _size(contender), _size(floor)
    return summary(
        [
            _seconds(contender, size) / size / (_seconds(floor, floor_size) / floor_size)
            for _ in range(rounds)
        ]
    )


def summary(values: list[float]) -> Time:
    """The median of some values and their quartiles."""
    low, _, high = quantiles(values, n=4)
    return Time(median(values), low, high)


def _size(work: Work) -> int:
    """How many times fill a round."""
    size = 1
    while _seconds(work, size) < LEAST:
        size *= 2
    return size


def _seconds(work: Work, size: int) -> float:
    gc.collect()
    began = process_time()
    work(size)
    return process_time() - began
