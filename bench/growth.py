"""Measures how time grows with the number of orders, statuses, entries, days and holidays.

    python bench/growth.py [--quick]

Times each job at several sizes. The tables give the time at each size, and a power: from the first
size to the last, the time grew like size ** power. 0 means that it's constant, 1 that it grew in
proportion. The figures go to bench/results/growth.json, docs/benchmarks.md and
docs/pictures/growth.svg. With --quick, the sizes are smaller and nothing is written.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log
from typing import Final

from attrs import asdict, frozen

from comparison import duration
from growth_jobs import by_days, by_history, by_holidays, by_orders, by_statuses
from measure import Time, Work, alternate
from picture import Curve, Panel, curves
from results import PICTURES, fill_in, floors, save, table, versions

QUICK_ROUNDS: Final = 3


@frozen
class Question:
    """Jobs whose time may depend on a size.

    Args:
        size: the name of what grows.
        sizes: the sizes to measure, ascending.
        quick: the last size to measure with --quick.
        jobs: a function that returns the works for a size, by name.
        rounds: how many times each job is timed.
    """

    size: str
    sizes: Sequence[int]
    quick: int
    jobs: Callable[[int], Mapping[str, Work]]
    rounds: int = 7


QUESTIONS: Final = (
    Question("orders", (1_000, 10_000, 100_000, 1_000_000), 10_000, by_orders, rounds=3),
    Question("statuses in a cycle", (3, 10, 30, 100), 10, by_statuses),
    Question("entries in a history", (10, 100, 1_000, 10_000), 100, by_history),
    Question("days to add or count", (1, 10, 100, 1_000, 10_000, 100_000), 100, by_days),
    Question("holidays in a calendar", (0, 10, 100, 1_000, 10_000), 100, by_holidays),
)


@frozen
class Growth:
    """The times of one job by size."""

    job: str
    times: Mapping[int, Time]

    @property
    def power(self) -> float:
        """The power p if time grew like size ** p, from the first size above 0 to the last."""
        sizes = [size for size in self.times if size]
        first, last = sizes[0], sizes[-1]
        return log(self.times[last].median / self.times[first].median) / log(last / first)


@frozen
class Answer:
    """The answer to a question."""

    size: str
    growths: tuple[Growth, ...]

    def rows(self) -> Iterator[list[str]]:
        """A row for each job: its time at every size, and the power."""
        for growth in self.growths:
            times = [duration(time.median) for time in growth.times.values()]
            yield [growth.job, *times, f"{growth.power:.2f}"]

    def heads(self) -> list[str]:
        """The column headings."""
        sizes = list(self.growths[0].times)
        return [self.size, *(f"{size:,}" for size in sizes), "power"]

    def __str__(self) -> str:
        lines = [self.heads(), *self.rows()]
        return "\n".join(
            f"{first:<42}" + "".join(f"{cell:>11}" for cell in cells) for first, *cells in lines
        )


def ask(question: Question, *, quick: bool = False) -> Answer:
    """Time each job at each size."""
    found: dict[str, dict[int, Time]] = {}
    for size in question.sizes:
        if quick and size > question.quick:
            break
        rounds = QUICK_ROUNDS if quick else question.rounds
        for job, time in alternate(question.jobs(size), rounds=rounds).items():
            found.setdefault(job, {})[size] = time
    return Answer(question.size, tuple(Growth(job, times) for job, times in found.items()))


def report(answers: Sequence[Answer]) -> None:
    """Write the results to the file, the page and the picture."""
    data = {
        "versions": versions(()),
        "floors": floors(),
        "growth": [
            {
                "size": answer.size,
                "jobs": [
                    {
                        "job": growth.job,
                        "power": growth.power,
                        "seconds": [
                            {"size": size} | asdict(time) for size, time in growth.times.items()
                        ],
                    }
                    for growth in answer.growths
                ],
            }
            for answer in answers
        ],
    }
    save("growth", data)
    fill_in("growth", "\n".join(table(answer.heads(), answer.rows()) for answer in answers))
    curves(PICTURES / "growth.svg", [_panel(answer) for answer in answers])


def _panel(answer: Answer) -> Panel:
    drawn = [
        Curve(growth.job, {size: time.median for size, time in growth.times.items()})
        for growth in answer.growths
    ]
    return Panel(f"Time by {answer.size}", answer.size, tuple(drawn))


def main() -> None:
    """Time all jobs and print the results; without --quick, also write them to the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    answers: list[Answer] = []
    for question in QUESTIONS:
        answers.append(ask(question, quick=options.quick))
        print(answers[-1], "", sep="\n", flush=True)
    if not options.quick:
        report(answers)


if __name__ == "__main__":
    main()
