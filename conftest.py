"""Hypothesis profiles, the marker `scaled`, and the Python blocks of the README and of docs/.

The profile decides how many examples each law gets: `quick` by default, another one by
`--hypothesis-profile`. Each page of the docs is one namespace.
"""

import doctest
import gc
import sys

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS)],
    patterns=["README.md", "docs/*.md"],
).pytest()

# Two kinds of profiles. What decides whether a commit is good draws the same examples in every run,
# so a failure, or a branch more or less, is a change of the code. What searches draws others each
# time. The parent is named because Hypothesis makes a profile of its own the default under CI.
settings.register_profile(
    "search",
    parent=settings.get_profile("default"),
    max_examples=200,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is no finding
)
_SEARCH = settings.get_profile("search")
settings.register_profile("thorough", parent=_SEARCH, max_examples=1_000)
settings.register_profile("deep", parent=_SEARCH, max_examples=20_000)

settings.register_profile("fixed", parent=_SEARCH, derandomize=True, database=None)
_FIXED = settings.get_profile("fixed")
settings.register_profile("full", parent=_FIXED, max_examples=100)
settings.register_profile("quick", parent=_FIXED, max_examples=16)
settings.register_profile(
    "brief",
    parent=settings.get_profile("quick"),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.differing_executors,  # mutmut runs a test several times in one process
    ],
)
settings.load_profile("quick")


def pytest_collection_finish() -> None:
    """Keep the collector from looking through thousands of tests again and again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Save a worker's coverage while pytest-xdist still waits for it.

    At exit, a worker has ten seconds. On a busy machine, that isn't enough to save the coverage of
    all files, and the report would then lack what only this worker reached.
    """
    coverage = sys.modules.get("coverage")
    running = None if coverage is None else coverage.Coverage.current()
    if running is not None and hasattr(session.config, "workerinput"):
        running.save()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that Hypothesis draws for: its numbers follow the profile.

    One page of the docs runs all laws of stores, so it's left to a full run.
    """
    for item in items:
        if item.path.name == "how-to-write-a-store.md":
            item.add_marker("full")
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("scaled")
