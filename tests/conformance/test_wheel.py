"""The suites work from the built wheel, in a project of their own: they pass, or fail for a bug."""

import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]

pytestmark = pytest.mark.full

OWN_CYCLE: Final = """
import pytest
from prodflow import Status, StatusCycle
from prodflow.testing import CycleSuite
CUT_AND_DONE = [Status("cut", "Cut", initial=True), Status("done", "Done", final=True)]
class TestSigns(CycleSuite):
    @pytest.fixture
    def cycle(self): return StatusCycle("signs", CUT_AND_DONE)
"""

OWN_STORE: Final = '''
import pickle
import pytest
from prodflow import MemoryStore
from prodflow.testing import OrderStoreSuite

CHANGING = {"save", "put_cycle", "claim", "acknowledge", "dismiss", "forget"}
CHANGING |= {"fail", "release", "extend", "set_reminders", "erase", "forget_commands"}

class JournalStore:
    """Writes every changing call to a file, and repeats the calls on opening."""

    def __init__(self, path):
        self.path, self.store = path, MemoryStore()
        with path.open("ab+") as journal:
            journal.seek(0)
            while journal.peek(1):
                name, args, given = pickle.load(journal)
                getattr(self.store, name)(*args, **given)

    def __getattr__(self, name):
        def call(*args, **given):
            answer = getattr(self.store, name)(*args, **given)
            if name in CHANGING:
                with self.path.open("ab") as journal:
                    pickle.dump((name, args, given), journal)
            return answer
        return call

class TestJournal(OrderStoreSuite):
    capabilities = frozenset({"persistent"})
    @pytest.fixture
    def store(self, tmp_path): return JournalStore(tmp_path / "journal")
    def reopened(self, store): return JournalStore(store.path)
'''


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with nothing but `prodflow[testing]`, from its wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    environment = folder / "environment"
    wheels = Path(sys.prefix) / "wheels"  # what [testing] needs; no test uses the network
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our own build
    (wheel,) = folder.glob("*.whl")
    venv.create(environment, with_pip=True)
    install = ["-m", "pip", "install", "-q", "--no-index", "--find-links", str(wheels)]
    subprocess.run(  # noqa: S603 - our own wheel
        [environment / "bin" / "python", *install, f"{wheel}[testing]"],
        check=True,
        capture_output=True,
    )
    return environment / "bin" / "python"


def run(python: Path, project: Path, module: str) -> tuple[int, str]:
    """The exit status and the report of pytest in an empty project with one test module."""
    (project / "test_mine.py").write_text(module)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))
    }
    done = subprocess.run(  # noqa: S603 - our own module
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def failed(report: str) -> set[str]:
    """The names of the tests that failed."""
    lines = (line for line in report.splitlines() if line.startswith("FAILED"))
    return {line.split("::")[-1].split(" ")[0] for line in lines}


def test_a_cycle_of_ones_own_is_checked(python: Path, tmp_path: Path) -> None:
    """A few lines check a cycle."""
    status, report = run(python, tmp_path, OWN_CYCLE)
    assert (status, failed(report)) == (0, set()), report


def test_a_store_of_ones_own_is_checked(python: Path, tmp_path: Path) -> None:
    """A persistent store of thirty lines passes."""
    status, report = run(python, tmp_path, OWN_STORE)
    assert (status, failed(report)) == (0, set()), report


def test_a_bug_turns_the_suite_red_and_names_the_law(python: Path, tmp_path: Path) -> None:
    """A store that loses acknowledgements fails the law about them."""
    bug = OWN_STORE.replace('"acknowledge", ', "")
    status, report = run(python, tmp_path, bug)
    assert (status, failed(report)) == (
        1,
        {"test_what_is_closed_stays_closed_after_reopening"},
    ), report


def test_a_cycle_that_leads_nowhere_turns_red(python: Path, tmp_path: Path) -> None:
    """A flow that forbids the last step fails the law about it."""
    flow = """
    @pytest.fixture
    def flow(self):
        from prodflow import ChangeRules, ProductionFlow
        return ProductionFlow(rules=ChangeRules(targets={"cut": []}))
"""
    status, report = run(python, tmp_path, OWN_CYCLE + flow)
    assert status == 1
    assert "test_advancing_reaches_the_final" in failed(report)
