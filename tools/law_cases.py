"""Does the case that a law is about come up often enough? A plugin of pytest.

A law notes with `prodflow.testing._cases.case` whether an example has the case that it is about.
The plugin runs only the laws, takes a parametrized test as one law, and prints a table. The run
fails if a case comes up in fewer than one example in ten, or if a law notes no case. If so, mend
the strategy that draws the examples, not their number.

Hypothesis makes many examples out of earlier ones, so a single run can have a case far too seldom
or too often. A test in which a case looks rare runs again with other seeds, and all its runs count.

    python -m pytest -p tools.law_cases --hypothesis-profile=full -n auto tests/laws
"""

import inspect
from collections import Counter, defaultdict
from collections.abc import Generator
from typing import Any, Final

import pytest
from hypothesis import is_hypothesis_test, seed
from hypothesis.statistics import collector

LEAST: Final = 0.1
SEEDS: Final = (1, 2)
EXAMPLES: Final = "examples"
NO_CASE: Final = "no case noted"
YES, NO = ": yes", ": no"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run only the tests that Hypothesis draws for."""
    others = [item for item in items if not is_hypothesis_test(getattr(item, "obj", None))]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Count the notes of a test, for the process that reports."""
    statistics_of: Any = collector  # its type says that it holds None
    shown = statistics_of.value  # what --hypothesis-show-statistics reads
    total: Counter[str] = Counter()

    def count(statistics: dict[str, Any]) -> None:
        if shown is not None:
            shown(statistics)
        total.update(counted(statistics.get("generate-phase", {}).get("test-cases", [])))

    with statistics_of.with_value(count):
        result = yield
        if any(rate < LEAST for rate, _ in rates_of(total)):
            arguments = [*inspect.signature(pyfuncitem.obj).parameters]
            given = {name: pyfuncitem.funcargs[name] for name in arguments}
            function = getattr(pyfuncitem.obj, "__func__", pyfuncitem.obj)
            for again in SEEDS:
                seed(again)(function)
                pyfuncitem.obj(**given)
            seed(None)(function)  # the other parameters of the test begin as ever
        pyfuncitem.user_properties.append(("cases", dict(total)))
        return result


def counted(examples: list[dict[str, Any]]) -> Counter[str]:
    """How many examples passed, and how many of them had each case."""
    counts: Counter[str] = Counter()
    for example in examples:
        if example["status"] == "valid":
            counts[EXAMPLES] += 1
            notes = {note for note in example["events"] if note.endswith((YES, NO))}
            cases = {note.removesuffix(YES).removesuffix(NO) for note in notes}
            counts.update({case: f"{case}{YES}" in notes for case in cases})
    return counts


def rates_of(counts: Counter[str]) -> list[tuple[float, str]]:
    """The share of the examples that had each case; of none if the law notes no case."""
    noted = {case: count for case, count in counts.items() if case != EXAMPLES}
    examples = max(1, counts[EXAMPLES])
    return [(count / examples, case) for case, count in (noted or {NO_CASE: 0}).items()]


class Laws:
    """What the laws noted, over all workers."""

    def __init__(self) -> None:
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def rates(self) -> list[tuple[float, str, str]]:
        """The share of the examples of each case, with the law and the case, lowest first."""
        return sorted(
            (rate, law, case)
            for law, counts in self.counts.items()
            for rate, case in rates_of(counts)
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what a test counted."""
        properties: dict[str, Any] = dict(report.user_properties)
        if report.when == "call" and "cases" in properties:
            self.counts[report.nodeid.partition("[")[0]].update(properties["cases"])

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail where a case is too rare."""
        if session.exitstatus == pytest.ExitCode.OK and any(r < LEAST for r, *_ in self.rates()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table."""
        terminalreporter.section("cases of laws")
        for rate, law, case in self.rates():
            mark = "  TOO RARE" if rate < LEAST else ""
            terminalreporter.write_line(f"{rate:7.1%}  {law}: {case}{mark}")


def pytest_configure(config: pytest.Config) -> None:
    """Collect in the process that reports, not in the workers."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Laws())
