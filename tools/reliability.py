"""What is promised of the databases, shown on real ones, and written down in RELIABILITY.md.

The tests of the adapter that load, kill and compare run with their full numbers, one at a time,
on a file of SQLite and on a server of PostgreSQL of their own. The claim of each is its docstring;
its figure is what it has recorded.

    python tools/reliability.py [--quick]   a tenth of the numbers, and the table on the screen

Exits with 1 if a claim does not hold; the table says which.
"""

import argparse
import ast
import os
import platform
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
    "test_relays.py",
    "test_conformance.py",
    "test_schema.py::test_a_migration_from_schema_1_keeps_every_value",
    "test_seeded.py",
]
FAMILY: Final = ["-o", "junit_family=xunit1"]  # the one that knows what tests record
RUN: Final = f"PRODFLOW_STORE_DEEP=1 python -m pytest {TESTS}/"


class Test(NamedTuple):
    """A test that has run."""

    file: str
    group: str  # its class, or itself where it has none
    name: str
    failed: bool
    figure: str | None
    seconds: float

    @property
    def database(self) -> str:
        """The kind of database, which the name or its parameters tell."""
        return "SQLite" if "sqlite" in self.name else "PostgreSQL"


class Row(NamedTuple):
    """A line of the table."""

    claim: str
    command: str
    figure: str
    seconds: float


def run(report: Path, *, deep: bool) -> int:
    """Run the tests, with a report of each in JUnit's XML; pytest's exit status."""
    environment = {**os.environ, "PRODFLOW_REQUIRE_POSTGRES": "1"}
    environment.pop("PRODFLOW_TEST_POSTGRES", None)  # a server of our own, which syncs to the disk
    environment.pop("PRODFLOW_STORE_DEEP", None)
    if deep:
        environment["PRODFLOW_STORE_DEEP"] = "1"
    command = [sys.executable, "-m", "pytest", "-v", f"--junitxml={report}", *FAMILY]
    tests = [f"{TESTS}/{test}" for test in SHOWN]
    done = subprocess.run([*command, *tests], cwd=ROOT, env=environment, check=False)  # noqa: S603
    return done.returncode


def results(report: Path) -> Iterator[Test]:
    """The tests in the order in which they are shown."""
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest has just written it
        module, _, group = case.attrib["classname"].partition(".tests.")[2].partition(".")
        told = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
        failed = any(case.find(kind) is not None for kind in ("failure", "error", "skipped"))
        yield Test(
            f"{module}.py",
            group or case.attrib["name"].partition("[")[0],
            case.attrib["name"],
            failed,
            told.get("figure"),
            float(told.get("seconds", case.attrib["time"])),
        )


def rows(tests: Sequence[Test]) -> Iterator[Row]:
    """A line for each test, and one for a class of them in a database."""
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
    """The first line that each test and each class has to say."""
    return {
        node.name: (ast.get_docstring(node) or node.name).partition("\n")[0]
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def table(lines: Sequence[Row]) -> str:
    """The report."""
    return "\n".join(
        [
            "# Reliability",
            "",
            "What `prodflow-sqlalchemy` promises of its databases, and what came of trying it.",
            "Made by `make reliability`; what must not happen is counted after a semicolon.",
            "",
            f"Run on {', '.join(_versions())}.",
            f"Each command begins with `{RUN}`.",
            "",
            "| claim | command | figure | seconds |",
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
    told = subprocess.check_output([server, "--version"], text=True)  # noqa: S603
    yield f"PostgreSQL {told.split()[2]}"
    yield f"SQLite {sqlite3.sqlite_version}"
    for name, package in (("SQLAlchemy", "sqlalchemy"), ("psycopg", "psycopg")):
        yield f"{name} {version(package)}"
    yield f"Python {platform.python_version()}"
    yield f"{os.cpu_count()} cores"


def main() -> int:
    """Run, and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth, shown and not written")
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
