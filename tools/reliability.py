"""Tests what we promise about the databases, and writes the results to RELIABILITY.md.

    python tools/reliability.py [--quick]

Runs the adapter's tests that put load on the databases, kill processes, restore and migrate under
running processes, and compare stores. They run one at a time, on a SQLite file and on a PostgreSQL
server that this program starts. Each row of the table shows a claim, which is the first line of a
test's docstring, and the result that the test recorded. With --quick, the tests run at a tenth of
their size, and the table is only printed.

Exits with status 1 if a test fails; its result in the table is FAILED.
"""

import argparse
import ast
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

ROOT: Final = Path(__file__).parents[1]
REPORT: Final = ROOT / "RELIABILITY.md"
TESTS: Final = "adapters/sqlalchemy/tests"
SHOWN: Final = [
    "test_load.py",
    "test_kill.py",
    "test_interruptions.py::test_an_interrupted_save_is_whole_or_not_there",
    "test_relays.py",
    "test_restored.py::test_a_restore_under_load_loses_nothing_that_came_after_it",
    "test_migrating.py::test_migrations_go_through_under_load",
    "test_migrating.py::test_an_earlier_release_that_goes_on_changes_nothing",
    "test_forks.py::test_forked_processes_lose_nothing",
    "test_pooler.py::test_every_save_works_behind_a_pooler",
    "test_sharing.py::test_threads_lose_no_order",
    "test_conformance.py",
    "test_seeded.py",
]
FAMILY: Final = ["-o", "junit_family=xunit1"]  # no other format keeps what the tests record
RUN: Final = f"python -m pytest --hypothesis-profile=thorough {TESTS}/"
INTRODUCTION: Final = """\
# Reliability

This page lists the promises of `prodflow-sqlalchemy` and the results of the tests that check them.
The command `make reliability` runs the tests and writes this page.
In a result, a semicolon separates the counts of what the test did from the counts of failures.

- A save is stale if its order has changed in the meantime; the store refuses such a save.
- A save is interrupted if an exception is thrown into the call, such as a soft time limit.
  The test throws it before some line of code, or by a signal after some time.
  Some saves end first; they were faster.
- An event is a message or task that is due on some day.
- A relay is a worker that runs `deliver_due`.
- An event is withdrawn if the outbox dropped it before a relay acted, because its order left the
  status or because `set_reminders` removed it.
- An event is hopeless if the test lets it fail every time, and untried if no relay has claimed it.
- The model is a `MemoryStore` that gets the same changes.
- The feed has the entries of all orders; a cursor says how far a reader has read.
- A restore puts all rows back to what they were in a backup.
  Here the processes of the app go on, and remember orders and statuses that are gone.
  Afterwards, every old cursor is refused, and the reader of the feed begins again.
- A migration changes the tables for a later release; an earlier release only knows the old tables.
- A process forks if it makes copies of itself, as a web server does for its workers.
  The parent has opened the store by its URL (`opened`) or with an engine (`engine`), or it also has
  a transaction open (`connection`).
- A pooler is a program between the app and the database, here pgbouncer.
  In session mode, a client keeps its connection to the database.
  In transaction mode, each transaction can get another one.
  The store was made of an engine (`engine`), or opened by its URL (`open`).
- Threads share a connection if their engine has only one, as with a `StaticPool`.
"""


class Test(NamedTuple):
    """The result of a test."""

    file: str
    group: str  # the class of the test, or its own name if it has no class
    name: str
    failed: bool
    figure: str | None
    seconds: float

    @property
    def database(self) -> str:
        """The kind of database, according to the test's name or parameters."""
        return "SQLite" if "sqlite" in self.name else "PostgreSQL"


class Row(NamedTuple):
    """A row of the table."""

    claim: str
    command: str
    figure: str
    seconds: float


def run(report: Path, *, deep: bool) -> int:
    """Run the tests and write a JUnit report; returns pytest's exit status."""
    environment = {**os.environ, "PRODFLOW_REQUIRE_POSTGRES": "1"}
    environment.pop("PRODFLOW_TEST_POSTGRES", None)  # the tests' own server syncs to the disk
    profile = f"--hypothesis-profile={'thorough' if deep else 'full'}"
    command = [sys.executable, "-m", "pytest", "-v", profile, f"--junitxml={report}", *FAMILY]
    tests = [f"{TESTS}/{test}" for test in SHOWN]
    done = subprocess.run([*command, *tests], cwd=ROOT, env=environment, check=False)  # noqa: S603
    return done.returncode


def results(report: Path) -> Iterator[Test]:
    """The results in a report, in the same order."""
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest has just written it
        module, _, group = case.attrib["classname"].partition(".tests.")[2].partition(".")
        recorded = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
        failed = any(case.find(kind) is not None for kind in ("failure", "error", "skipped"))
        yield Test(
            f"{module}.py",
            group or case.attrib["name"].partition("[")[0],
            case.attrib["name"],
            failed,
            recorded.get("figure"),
            float(recorded.get("seconds", case.attrib["time"])),
        )


def rows(tests: Sequence[Test]) -> Iterator[Row]:
    """A row for each test without a class; for a class of tests, a row for each database."""
    for (file, group, database), each in groupby(
        sorted(tests, key=_place), key=lambda test: (test.file, test.group, test.database)
    ):
        members = list(each)
        claim = _docstrings(ROOT / TESTS / file)[group]
        if members[0].name.startswith(group):
            for test in members:
                figure = "FAILED" if test.failed else test.figure or "holds"
                yield Row(f"{database}: {claim}", f"{file}::{test.name}", figure, test.seconds)
        else:
            kept = sum(not test.failed for test in members)
            figure = f"{kept} of {len(members)} tests pass"
            command = f"{file}::{group} -k {database.lower()}"
            seconds = sum(test.seconds for test in members)
            yield Row(f"{database}: {claim}", command, figure, seconds)


def _place(test: Test) -> tuple[int, str, bool, str]:
    files = [shown.partition("::")[0] for shown in SHOWN]
    return files.index(test.file), test.group, test.database != "SQLite", test.name


def _docstrings(file: Path) -> dict[str, str]:
    """The first line of the docstring of each test and class, by name."""
    return {
        node.name: (ast.get_docstring(node) or node.name).partition("\n")[0]
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def table(lines: Sequence[Row]) -> str:
    """The text of the report."""
    return "\n".join(
        [
            INTRODUCTION,
            f"The tests ran on {', '.join(_versions())}.",
            f"To repeat a test, put `{RUN}` in front of its command.",
            "",
            "| claim | command | result | seconds |",
            "| --- | --- | --- | ---: |",
            *(
                f"| {row.claim} | `{row.command}` | {row.figure} | {row.seconds:.1f} |"
                for row in lines
            ),
            "",
        ]
    )


def _versions() -> Iterator[str]:
    server = max(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    shown = subprocess.check_output([server, "--version"], text=True)  # noqa: S603
    yield f"PostgreSQL {shown.split()[2]}"
    pooler = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"  # where Debian has it
    shown = subprocess.check_output([pooler, "--version"], text=True)  # noqa: S603
    yield f"pgbouncer {shown.split()[1]}"
    yield f"SQLite {sqlite3.sqlite_version}"
    for name, package in (("SQLAlchemy", "sqlalchemy"), ("psycopg", "psycopg")):
        yield f"{name} {version(package)}"
    yield f"Python {platform.python_version()}"
    yield f"{os.cpu_count()} cores"


def main() -> int:
    """Run the tests and write the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="run a tenth of each test, and print the table"
    )
    quick: bool = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        status = run(report, deep=not quick)
        text = table([*rows([*results(report)])])
    if quick:
        print(text)
    else:
        REPORT.write_text(text)
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
