"""Compares contenders: checks that all give the same answers, then times them in turns.

The first contender is prodflow. In each round, the times of the others are divided by prodflow's
time, so that a busy moment of the machine affects both.
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
        name: its name in the tables.
        work: does the job as many times as its argument says.
        answers: returns the answers, in a form in which those of all contenders must be equal.
    """

    name: str
    work: Work
    answers: Callable[[], object]


@frozen
class Must:
    """The lowest ratio of a contender's time to prodflow's that we accept, and our goal."""

    least: float
    aim: float | None = None


@frozen
class Comparison:
    """A job and its contenders, prodflow first.

    Args:
        title: describes the job.
        contenders: at least two.
        each: how many times one repetition of a work does the job in the title.
        musts: limits, by the names of contenders.
        rounds: how many times each contender is timed.
    """

    title: str
    contenders: tuple[Contender, ...]
    each: int = 1
    musts: Mapping[str, Must] = field(factory=dict[str, Must])
    rounds: int = ROUNDS


@frozen
class Row:
    """The result of one contender: its time in seconds, the ratio to prodflow's, and the limit."""

    name: str
    seconds: Time
    times: Time
    must: Must | None

    @property
    def verdict(self) -> str:
        """Whether the limit is met; empty if there is none."""
        if self.must is None:
            return ""
        aim = "" if self.must.aim is None else f", goal {self.must.aim:g}"
        found = "ok" if self.times.median >= self.must.least else "MISSED"
        return f"at least {self.must.least:g}{aim}: {found}"


@frozen
class Outcome:
    """The result of a comparison, a row for each contender."""

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
    """A contender doesn't give the same answers as prodflow, so its time would mean nothing."""


def check(comparison: Comparison) -> None:
    """Compare the answers of all contenders.

    Raises:
        DifferentAnswersError: if the answers of a contender differ from those of the first.
    """
    first, *others = comparison.contenders
    expected = first.answers()
    for other in others:
        actual = other.answers()
        if actual != expected:
            raise DifferentAnswersError(
                f"{comparison.title}: {other.name} must give the same answers as {first.name},"
                f" {expected!r:.500}, not {actual!r:.500}"
            )


def compare(comparison: Comparison) -> Outcome:
    """Check that all contenders give the same answers, then time them.

    Raises:
        DifferentAnswersError: as `check` does.
    """
    check(comparison)
    works = {contender.name: contender.work for contender in comparison.contenders}
    # Otherwise the garbage collector would scan everything that the other libraries have loaded.
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
    """Seconds as text, in the unit that gives one to three digits before the decimal point."""
    for unit, size in UNITS:
        if seconds >= size:
            return (
                f"{seconds / size:.3g} {unit}"
                if seconds < size * 100
                else (f"{seconds / size:,.0f} {unit}")
            )
    return f"{seconds / 1e-9:.2g} ns"
