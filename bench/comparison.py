"""Contenders for one job: asked for the same answers first, then timed by turns.

The first contender of a comparison is prodflow. What the others take is told in its times, round by
round, so that a busy moment of the machine counts for both.
"""

import gc
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import field, frozen

from measure import ROUNDS, Time, Work, samples, summary

UNITS: Final = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


@frozen
class Contender:
    """One way to do the job.

    Args:
        name: what the tables call it.
        work: does the job so many times.
        answers: what it gives, in a form that is equal for all who are right.
    """

    name: str
    work: Work
    answers: Callable[[], object]


@frozen
class Must:
    """How many of prodflow's times a contender must take at least, and what would be good."""

    least: float
    aim: float | None = None


@frozen
class Comparison:
    """A job and its contenders, prodflow first.

    Args:
        title: what is done.
        contenders: at least two.
        each: how many of what the title names are done in one work.
        musts: by the names of contenders.
        rounds: how often each has its turn.
    """

    title: str
    contenders: tuple[Contender, ...]
    each: int = 1
    musts: Mapping[str, Must] = field(factory=dict[str, Must])
    rounds: int = ROUNDS


@frozen
class Row:
    """What came of one contender: seconds, prodflow's times, and what these must be."""

    name: str
    seconds: Time
    times: Time
    must: Must | None

    @property
    def verdict(self) -> str:
        """Whether it is as slow as it must be; empty where nothing is asked."""
        if self.must is None:
            return ""
        aim = "" if self.must.aim is None else f", aim {self.must.aim:g}"
        found = "ok" if self.times.median >= self.must.least else "MISSED"
        return f"must {self.must.least:g}{aim}: {found}"


@frozen
class Outcome:
    """What came of a comparison."""

    title: str
    rows: tuple[Row, ...]

    def __str__(self) -> str:
        return "\n".join([self.title, *self._lines()])

    def _lines(self) -> Iterator[str]:
        for row in self.rows:
            spread = f"({row.times.low:.2f} to {row.times.high:.2f})"
            yield (
                f"  {row.name:<44}{duration(row.seconds.median):>10}"
                f"{row.times.median:>10.2f} x {spread:<22}{row.verdict}"
            )


class DifferentAnswersError(Exception):
    """A contender does not give what prodflow gives, so its time would mean nothing."""


def check(comparison: Comparison) -> None:
    """Ask every contender for its answers.

    Raises:
        DifferentAnswersError: where one gives others than the first.
    """
    first, *others = comparison.contenders
    expected = first.answers()
    for other in others:
        actual = other.answers()
        if actual != expected:
            raise DifferentAnswersError(
                f"{comparison.title}: {other.name} must answer as {first.name} does,"
                f" {expected!r:.500}, not {actual!r:.500}"
            )


def compare(comparison: Comparison) -> Outcome:
    """Check that all do the same, and time them.

    Raises:
        DifferentAnswersError: as for `check`.
    """
    check(comparison)
    works = {contender.name: contender.work for contender in comparison.contenders}
    # What the libraries of the others have loaded is no cost of the one who is timed.
    gc.collect()
    gc.freeze()
    found = samples(works, rounds=comparison.rounds)
    gc.unfreeze()
    ours = found[comparison.contenders[0].name]
    rows = [
        Row(
            name,
            summary([value / comparison.each for value in values]),
            summary([value / our for value, our in zip(values, ours, strict=True)]),
            comparison.musts.get(name),
        )
        for name, values in found.items()
    ]
    return Outcome(comparison.title, tuple(rows))


def duration(seconds: float) -> str:
    """Seconds in the unit that leaves one to three digits before the point."""
    for unit, size in UNITS:
        if seconds >= size:
            return (
                f"{seconds / size:.3g} {unit}"
                if seconds < size * 100
                else (f"{seconds / size:,.0f} {unit}")
            )
    return f"{seconds / 1e-9:.2g} ns"
