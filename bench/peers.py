"""Compares prodflow with other libraries that do the same work, in CPU time.

    python bench/peers.py [--quick]

Each comparison first checks that all contenders give the same answers, and stops if they don't.
Then it times them and prints a table. At the end the figures go to bench/results/peers.json,
docs/benchmarks.md and docs/pictures/peers.svg. With --quick, there are fewer orders and rounds, and
nothing is written.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import asdict, evolve

import peers_cycles
import peers_days
import peers_plans
from comparison import Comparison, Outcome, Row, compare, duration
from picture import bars
from results import PICTURES, fill_in, floors, save, table, versions

QUICK_ORDERS: Final = 20_000
QUICK_ROUNDS: Final = 3
PEERS: Final = (
    "transitions",
    "python-statemachine",
    "Automat",
    "django-fsm-2",
    "Django",
    "django-viewflow",
    "numpy",
    "pandas",
    "QuantLib",
    "workalendar",
    "bizdays",
)


def comparisons(*, quick: bool = False) -> Iterator[Comparison]:
    """All comparisons, in the order of the page."""
    yield from peers_cycles.comparisons()
    yield from peers_days.comparisons()
    yield from peers_plans.comparisons(QUICK_ORDERS if quick else peers_plans.ORDERS)


def report(outcomes: Sequence[Outcome]) -> None:
    """Write the results to the file, the page and the picture."""
    libraries = versions(PEERS)
    data = {
        "versions": libraries,
        "floors": floors(),
        "comparisons": [_as_data(outcome) for outcome in outcomes],
    }
    save("peers", data)
    listed = ", ".join(f"{name} {number}" for name, number in libraries.items())
    parts = [f"{outcome.title}:\n\n{_as_table(outcome.rows)}" for outcome in outcomes]
    fill_in("peers", "\n".join([*parts, f"Versions: {listed}.\n"]))
    bars(PICTURES / "peers.svg", outcomes)


def _as_data(outcome: Outcome) -> dict[str, Any]:
    return {
        "title": outcome.title,
        "contenders": [asdict(row) | {"verdict": row.verdict} for row in outcome.rows],
    }


def _as_table(rows: Iterable[Row]) -> str:
    heads = ("contender", "CPU time", "ratio", "quartiles", "required")
    return table(
        heads,
        (
            (
                row.name,
                duration(row.seconds.median),
                f"{row.times.median:.2f}",
                f"{row.times.low:.2f} to {row.times.high:.2f}",
                row.verdict,
            )
            for row in rows
        ),
    )


def main() -> None:
    """Run and print all comparisons; without --quick, also write them to the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    outcomes: list[Outcome] = []
    for comparison in comparisons(quick=options.quick):
        rounds = QUICK_ROUNDS if options.quick else comparison.rounds
        outcomes.append(compare(evolve(comparison, rounds=rounds)))
        print(outcomes[-1], "", sep="\n", flush=True)
    if not options.quick:
        report(outcomes)


if __name__ == "__main__":
    main()
