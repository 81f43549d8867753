"""Compares prodflow with two ORMs: orders are loaded, advanced, and saved with their history.

    python bench/end_to_end.py [--quick] [--only sqlite|postgresql]

Each contender keeps the same orders in its own tables, with the same durability. The contenders
take turns: in a round, all of them advance the same orders. At the end, all must have saved the
same statuses, days and people, and the same number of rows in the history of each order. The
figures go to bench/results/end_to_end.json, docs/benchmarks.md and docs/pictures/end-to-end.svg.
With --quick, there are fewer orders and rounds, and nothing is written.
"""

import argparse
import gc
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice
from typing import Final

import sqlalchemy as sa
from attrs import asdict, frozen

import results
from comparison import DifferentAnswersError, Must, Outcome, Row, duration
from databases import DATABASES
from measure import summary
from peers_django_log import DjangoLog
from peers_orm import Orm
from peers_prodflow import Prodflow
from peers_sql import ByHand
from picture import rates
from stores import bulks, seconds
from tracking import Tracker, opened

LIBRARIES: Final = (
    *("prodflow-sqlalchemy", "SQLAlchemy", "psycopg", "transitions"),
    *("Django", "django-fsm-2", "django-fsm-log"),
)
SAME: Final[Mapping[str, tuple[str, ...]]] = {
    "sqlite": ("journal_mode", "synchronous"),
    "postgresql": ("fsync", "synchronous_commit", "full_page_writes"),
}
"""Settings that make a commit durable; the run stops if they differ between contenders."""

NAMES: Final[Mapping[str, str]] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
COPIED: Final[Mapping[str, tuple[str, ...]]] = {
    "sqlite": ("cache_size", "wal_autocheckpoint"),
    "postgresql": ("shared_buffers",),
}
"""Other settings on which times depend; in SQLite, the peers get the values of prodflow."""


@frozen
class Job:
    """What the contenders do in a round.

    Args:
        title: describes the job.
        size: how many orders a transaction advances.
        orders: how many orders a round advances.
        must: the limit for the ratio of each peer, by database.
    """

    title: str
    size: int
    orders: int
    must: Mapping[str, Must]


@frozen
class Size:
    """How much is measured: rounds, and orders in the tables."""

    rounds: int
    orders: int


LIMITED: Final = {Orm.name, DjangoLog.name}
"""The contenders that must not be faster than prodflow."""

AHEAD: Final = Must(1)
JOBS: Final = (
    Job("one order at a time", 1, 150, {"sqlite": AHEAD, "postgresql": AHEAD}),
    Job("100 orders at once", 100, 1_000, {"sqlite": AHEAD, "postgresql": AHEAD}),
    Job("1,000 orders at once", 1_000, 2_000, {"sqlite": AHEAD, "postgresql": Must(3)}),
)
FULL: Final = Size(rounds=15, orders=10_000)
QUICK: Final = Size(rounds=3, orders=4_000)


@frozen
class Found:
    """The results of one database.

    Args:
        outcomes: one for each job.
        settings: the settings that all contenders had, and by contender those that may differ.
        indexes: how many indexes each contender has.
    """

    outcomes: tuple[Outcome, ...]
    settings: Mapping[str, Mapping[str, str]]
    indexes: Mapping[str, int]


@contextmanager
def contenders(database: str, url: sa.URL) -> Generator[list[Tracker]]:
    """The contenders, prodflow first, each with its own file or schema."""
    urls = {name: _place(database, url, name) for name in ("prodflow", "orm", "sql", "django")}
    if database == "postgresql":
        _with_schemas(url, urls, sa.schema.CreateSchema)
    first = Prodflow(urls["prodflow"])
    settings = first.settings([*SAME[database], *COPIED[database]])
    pragmas = [f"{name} = {value}" for name, value in settings.items()]
    found: list[Tracker] = [
        first,
        Orm(urls["orm"], pragmas),
        ByHand(urls["sql"], pragmas),
        DjangoLog(urls["django"], pragmas),
    ]
    yield found
    for tracker in found:
        tracker.close()
    if database == "postgresql":
        _with_schemas(url, urls, partial(sa.schema.DropSchema, cascade=True))


def _place(database: str, url: sa.URL, name: str) -> sa.URL:
    if database == "sqlite":
        return url.set(database=f"{url.database}-{name}")
    return url.update_query_dict({"options": f"-csearch_path=prodflow_bench_{name}"})


def _with_schemas(
    url: sa.URL, names: Iterable[str], change: Callable[[str], sa.schema.ExecutableDDLElement]
) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for name in names:
            connection.execute(change(f"prodflow_bench_{name}"))


def measure(database: str, url: sa.URL, size: Size) -> Found:
    """Time all jobs, then compare what the contenders have saved.

    Raises:
        DifferentAnswersError: if the contenders have saved different orders, or don't wait for the
            disk in the same way.
    """
    with contenders(database, url) as trackers:
        return _measure(database, trackers, size)


def _measure(database: str, trackers: Sequence[Tracker], size: Size) -> Found:
    for part in bulks(opened(range(size.orders)), 1_000):
        for tracker in trackers:
            tracker.open(part)
    settings = {it.name: it.settings([*SAME[database], *COPIED[database]]) for it in trackers}
    same = [[found[name] for name in SAME[database]] for found in settings.values()]
    _check("the settings", trackers, same)
    numbers = cycle(range(size.orders))
    # Otherwise the garbage collector would scan everything that the libraries have loaded.
    gc.collect()
    gc.freeze()
    outcomes = tuple(time(job, database, trackers, numbers, size.rounds) for job in JOBS)
    gc.unfreeze()
    _check("the orders", trackers, [tracker.results() for tracker in trackers])
    indexes = {tracker.name: tracker.indexes() for tracker in trackers}
    return Found(outcomes, settings, indexes)


def _check(what: str, trackers: Sequence[Tracker], answers: Sequence[object]) -> None:
    for tracker, answer in zip(trackers, answers, strict=True):
        if answer != answers[0]:
            raise DifferentAnswersError(
                f"{what} of {tracker.name} must be those of {trackers[0].name},"
                f" {answers[0]!r:.500}, not {answer!r:.500}"
            )


def time(
    job: Job, database: str, trackers: Sequence[Tracker], numbers: Iterator[int], rounds: int
) -> Outcome:
    """Time a job; the first round isn't counted, and each round advances other orders."""
    times: dict[str, list[float]] = {tracker.name: [] for tracker in trackers}
    for number in range(rounds + 1):
        advanced = list(islice(numbers, job.orders))
        for tracker in trackers if number % 2 else reversed(trackers):
            gc.collect()
            took = seconds(partial(advance, tracker, job.size, advanced))
            if number:
                times[tracker.name].append(took / job.orders)
    ours = times[trackers[0].name]
    rows = [
        Row(
            name,
            summary(values),
            summary([value / our for value, our in zip(values, ours, strict=True)]),
            job.must[database] if name in LIMITED else None,
        )
        for name, values in times.items()
    ]
    return Outcome(f"{NAMES[database]}, {job.title}", tuple(rows))


def advance(tracker: Tracker, size: int, numbers: Sequence[int]) -> None:
    """Advance the orders in transactions of *size*."""
    if size == 1:
        for number in numbers:
            tracker.advance_one(number)
    else:
        for part in bulks(numbers, size):
            tracker.advance(part)


def report(found: Mapping[str, Found]) -> None:
    """Write the results to the file, the page and the picture."""
    libraries = results.versions(LIBRARIES)
    floors = results.floors()
    databases = {
        name: {
            "settings": dict(one.settings),
            "indexes": dict(one.indexes),
            "jobs": [
                {
                    "title": outcome.title,
                    "contenders": [asdict(row) | {"verdict": row.verdict} for row in outcome.rows],
                }
                for outcome in one.outcomes
            ],
        }
        for name, one in found.items()
    }
    results.save("end_to_end", {"versions": libraries, "floors": floors, "databases": databases})
    settings = "".join(_settings(name, one) for name, one in found.items())
    tables = [
        f"{outcome.title}:\n\n{_table(outcome)}"
        for one in found.values()
        for outcome in one.outcomes
    ]
    listed = ", ".join(f"{name} {number}" for name, number in libraries.items())
    closing = f"Versions: {listed}.\n{results.floor_times(floors)}"
    results.fill_in("end-to-end", "\n".join([settings, *tables, closing]))
    rates(results.PICTURES / "end-to-end.svg", [one.outcomes for one in found.values()])


def _settings(database: str, found: Found) -> str:
    """The settings and indexes of all contenders, in Markdown."""
    alike: dict[str, list[str]] = {}
    for name, settings in found.settings.items():
        text = ", ".join(f"`{key}` {value}" for key, value in settings.items())
        alike.setdefault(text, []).append(name)
    lines = [
        f"{text} ({'all' if len(names) == len(found.settings) else ', '.join(names)})"
        for text, names in alike.items()
    ]
    counted = ", ".join(f"{name} {number}" for name, number in found.indexes.items())
    return (
        f"- {NAMES[database]}: {'; '.join(lines)}.\n  Indexes apart from primary keys: {counted}.\n"
    )


def _table(outcome: Outcome) -> str:
    heads = ("contender", "orders per second", "time per order", "ratio", "quartiles", "required")
    return results.table(
        heads,
        (
            (
                row.name,
                f"{1 / row.seconds.median:,.0f}",
                duration(row.seconds.median),
                f"{row.times.median:.2f}",
                f"{row.times.low:.2f} to {row.times.high:.2f}",
                row.verdict,
            )
            for row in outcome.rows
        ),
    )


def main() -> None:
    """Run and print all jobs; without --quick, if both databases were measured, write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=DATABASES, action="append")
    options = parser.parse_args()
    found: dict[str, Found] = {}
    for name in options.only or DATABASES:
        for url in DATABASES[name]():
            found[name] = measure(name, url, QUICK if options.quick else FULL)
        print(_settings(name, found[name]), *found[name].outcomes, "", sep="\n", flush=True)
    if not options.quick and found.keys() == DATABASES.keys():
        report(found)


if __name__ == "__main__":
    main()
