"""Builds all distributions as for a release, and tries them as a user would.

    python tools/release_check.py     or `make release-check`

For each distribution, it builds the wheel and the sdist, checks their metadata and contents,
installs each file in an empty environment, and runs the Python blocks of the README there. The hub
also serves its demo from there. Then it runs the core's tests against the wheels, without the
source tree. Everything happens in a temporary folder, with the versions in constraints.txt.

Prints the findings of each step, and exits with status 1 if there are any.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tomllib
import venv
from collections.abc import Iterable, Iterator, Sequence
from email.parser import HeaderParser
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen
from zipfile import ZipFile

from attrs import frozen

ROOT: Final = Path(__file__).parents[1]
CONSTRAINTS: Final = str(ROOT / "constraints.txt")

# Hatchling adds these to the files that pyproject.toml lists for an sdist.
ALWAYS_IN_SDIST: Final = {".gitignore", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
# The tests read these in addition to the package.
BESIDE_TESTS: Final = (
    "CONTRIBUTING.md",
    "README.md",
    "conftest.py",
    "docs",
    "examples",
    "pyproject.toml",
    "tests",
    "typing_tests",
)
# The first two of these read the source tree; the others take long and don't test the wheel.
LEFT_OUT: Final = (
    "tests/conformance/test_wheel.py",
    "tests/unit/test_catalogue.py",
    "tests/conformance/test_strategies.py",
    "tests/unit/test_demo.py",
)

IS_INSTALLED: Final = """
import sys
from pathlib import Path

import prodflow
import prodflow_sqlalchemy
import pytest


@pytest.mark.parametrize("package", [prodflow, prodflow_sqlalchemy])
def test_the_package_under_test_is_the_installed_one(package):
    path = Path(package.__file__)
    assert path.is_relative_to(sys.prefix)
    assert "site-packages" in path.parts
"""


PAGES_OF_DEMO: Final = {
    "/": "<h1>Mine</h1>",
    "/list?q=PO-1041": "PO-1041</a>",
    "/orders/PO-1041": "<h1>Order PO-1041</h1>",
}
"""Pages of the demo of the hub, with something that each of them says."""

README_NEEDS: Final = {"prodflow-sqlalchemy": "[asyncio]"}
"""The extras that the README of a distribution needs."""


@frozen
class Distribution:
    """A distribution as its pyproject.toml describes it."""

    folder: Path
    name: str
    version: str
    package: str
    in_sdist: tuple[str, ...]

    @classmethod
    def of(cls, folder: Path) -> "Distribution":
        """The distribution in a folder."""
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
        targets = project["tool"]["hatch"]["build"]["targets"]
        (package,) = targets["wheel"]["packages"]
        return cls(
            folder,
            project["project"]["name"],
            project["project"]["version"],
            package.removeprefix("src/"),
            tuple(targets["sdist"]["only-include"]),
        )

    @property
    def stem(self) -> str:
        """How the names of its files begin."""
        return f"{self.name.replace('-', '_')}-{self.version}"

    def wheel(self, folder: Path) -> Path:
        """The path of its wheel in a folder."""
        return folder / f"{self.stem}-py3-none-any.whl"

    def sdist(self, folder: Path) -> Path:
        """The path of its sdist in a folder."""
        return folder / f"{self.stem}.tar.gz"


CORE: Final = Distribution.of(ROOT)
ADAPTER: Final = Distribution.of(ROOT / "adapters" / "sqlalchemy")
HUB: Final = Distribution.of(ROOT / "apps" / "hub")


def outside() -> dict[str, str]:
    """The variables of a command that must not see this environment."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COV", "PYTEST", "PYTHON", "VIRTUAL_ENV"))
    }
    return kept | {"PIP_CONSTRAINT": CONSTRAINTS, "PIP_BUILD_CONSTRAINT": CONSTRAINTS}


def run(*command: str | Path, cwd: Path) -> Iterator[str]:
    """Run a command outside this environment; yields its output if it fails."""
    done = subprocess.run(  # noqa: S603 - our own commands
        command, cwd=cwd, env=outside(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = f"{done.stdout}\n{done.stderr}".strip()
        yield f"{' '.join(map(str, command))}\n{said}"


def build(distribution: Distribution, out: Path) -> Iterator[str]:
    """Build the sdist from the tree and the wheel from the sdist, each in a new environment."""
    yield from run(sys.executable, "-m", "build", "-q", "-o", out, distribution.folder, cwd=out)


def tracked(distribution: Distribution, *paths: str) -> set[str]:
    """The files under these paths that git tracks."""
    listed = subprocess.run(  # noqa: S603 - our own paths
        ["git", "ls-files", "-z", "--", *paths],  # noqa: S607 - any git will do
        cwd=distribution.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(listed.stdout.split("\0")) - {""}


def differences(archive: Path, actual: set[str], expected: set[str]) -> Iterator[str]:
    """The files that an archive should not have, and those that it lacks."""
    yield from (f"{archive.name} should not contain {name}" for name in sorted(actual - expected))
    yield from (f"{archive.name} lacks {name}" for name in sorted(expected - actual))


def contents(distribution: Distribution, out: Path) -> Iterator[str]:
    """Check that the wheel has only the package, and the sdist only what pyproject.toml lists."""
    wheel, sdist = distribution.wheel(out), distribution.sdist(out)
    sources = {
        name.removeprefix("src/") for name in tracked(distribution, f"src/{distribution.package}")
    }
    about = {"METADATA", "RECORD", "WHEEL", "licenses/LICENSE"}
    with ZipFile(wheel) as archive:
        held = set(archive.namelist())
    info = f"{distribution.stem}.dist-info"
    optional = {f"{info}/entry_points.txt"} & held
    typed = f"{distribution.package}/py.typed"
    wanted = sources | optional | {typed} | {f"{info}/{name}" for name in about}
    yield from differences(wheel, held, wanted)
    with tarfile.open(sdist) as archive_of_sources:
        members = [member.name for member in archive_of_sources if not member.isdir()]
    wanted = tracked(distribution, *distribution.in_sdist) | ALWAYS_IN_SDIST | {f"src/{typed}"}
    yield from differences(sdist, set(members), {f"{distribution.stem}/{name}" for name in wanted})


def metadata(distribution: Distribution, out: Path) -> Iterator[str]:
    """Check that both files have the same complete metadata."""
    wheel, sdist = distribution.wheel(out), distribution.sdist(out)
    yield from run(sys.executable, "-m", "twine", "check", "--strict", wheel, sdist, cwd=out)
    with ZipFile(wheel) as archive:
        text = archive.read(f"{distribution.stem}.dist-info/METADATA").decode()
    with tarfile.open(sdist) as sources:
        member = sources.extractfile(f"{distribution.stem}/PKG-INFO")
        if member is None or member.read().decode() != text:
            yield f"{sdist.name} does not have the same metadata as {wheel.name}"
    fields = HeaderParser().parsestr(text)
    expected = {
        "Name": distribution.name,
        "Version": distribution.version,
        "License-Expression": "MIT",
        "License-File": "LICENSE",
        "Requires-Python": ">=3.11",
        "Description-Content-Type": "text/markdown",
    }
    for name, value in expected.items():
        if fields[name] != value:
            yield f"{wheel.name} says {name}: {fields[name]}, not {value}"
    if "Typing :: Typed" not in fields.get_all("Classifier", []):
        yield f"{wheel.name} does not say that it is typed"


def empty_environment(folder: Path) -> Path:
    """The Python of a new environment that has no packages, not even pip."""
    venv.create(folder, clear=True)
    return folder / "bin" / "python"


def install(python: Path, *what: str | Path) -> Iterator[str]:
    """Install packages in the pinned versions, into the environment of *python*."""
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    yield from run(*pip, "install", "-q", *what, cwd=python.parent)
    yield from run(*pip, "check", cwd=python.parent)


def code_of(page: Path) -> str:
    """The Python blocks of a page as one program, with the line numbers of the page."""
    lines: list[str] = []
    is_code = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            is_code = line == "```python"
            lines.append("")
        else:
            lines.append(line if is_code else "")
    return "\n".join(lines)


def use(distribution: Distribution, python: Path, folder: Path) -> Iterator[str]:
    """Run the Python blocks of the README as a program, outside the source tree."""
    folder.mkdir()
    program = folder / "README.py"
    program.write_text(code_of(distribution.folder / "README.md"), encoding="utf-8")
    if not program.read_text(encoding="utf-8").strip():
        yield f"the README of {distribution.name} has no Python to run"
    yield from run(python, "-I", program, cwd=folder)


def serve_demo(python: Path, folder: Path) -> Iterator[str]:
    """Serve the demo of the hub, look at its pages, and stop it as a person does, by Ctrl+C."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [str(python.parent / "prodflow-hub"), "demo", "--port", str(port)]
    with subprocess.Popen(  # noqa: S603 - our own command
        command,
        cwd=folder,
        env=outside(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        address = f"http://127.0.0.1:{port}"
        try:
            while server.poll() is None and fetched(f"{address}/static/hub.css") is None:
                sleep(0.1)
            for path, text in PAGES_OF_DEMO.items():
                if text not in (fetched(address + path) or ""):
                    yield f"the demo's page {path} does not say {text!r}"
        finally:
            server.send_signal(signal.SIGINT)
        said, _ = server.communicate()
        if server.returncode or "Traceback" in said:
            yield f"the demo ended with status {server.returncode}\n{said}"


def fetched(address: str) -> str | None:
    """The text of a page of this machine; None if nobody answers."""
    try:
        with urlopen(address, timeout=60) as answer:  # noqa: S310 - our own address
            return str(answer.read().decode())
    except (URLError, ConnectionError):
        return None


def install_and_use(
    distribution: Distribution, files: Iterable[Path], folder: Path
) -> Iterator[str]:
    """Install the files in an empty environment and run the README there."""
    python = empty_environment(folder / "environment")
    *others, its = files
    yield from install(python, *others, f"{its}{README_NEEDS.get(distribution.name, '')}")
    yield from use(distribution, python, folder / "project")
    if distribution == HUB:
        yield from serve_demo(python, folder / "project")


def run_tests(wheels: Sequence[Path], folder: Path) -> Iterator[str]:
    """Run a copy of the core's tests against the wheels, without the sources."""
    folder.mkdir()
    for name in BESIDE_TESTS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for name in LEFT_OUT:
        (folder / name).unlink()
    test = folder / "tests" / "unit" / "test_installed.py"
    test.write_text(IS_INSTALLED, encoding="utf-8")
    python = empty_environment(folder / "environment")
    yield from install(python, *wheels, "--group", f"{ROOT / 'pyproject.toml'}:test")
    given = ["-q", "-n", "auto", "-p", "no:cacheprovider", "--hypothesis-profile=brief"]
    which = ["-m", "not holidays", "tests/unit", "tests/conformance"]
    yield from run(python, "-m", "pytest", *given, *which, cwd=folder)


def steps(folder: Path) -> Iterator[tuple[str, Iterator[str]]]:
    """The steps in order, each with its findings."""
    every = (CORE, ADAPTER, HUB)
    out = folder / "dist"
    out.mkdir()
    for distribution in every:
        yield f"build {distribution.name}", build(distribution, out)
    for distribution in every:
        yield f"metadata of {distribution.name}", metadata(distribution, out)
        yield f"contents of {distribution.name}", contents(distribution, out)
    for kind in ("wheel", "sdist"):
        for number, distribution in enumerate(every, 1):
            # Each is installed together with those just built that it needs.
            files = [getattr(needed, kind)(out) for needed in every[:number]]
            place = folder / f"{distribution.package}-{kind}"
            place.mkdir()
            step = f"install the {kind} of {distribution.name}, run its README"
            if distribution == HUB:
                step += ", serve its demo"
            yield step, install_and_use(distribution, files, place)
    yield (
        "run the tests against the wheels",
        run_tests([it.wheel(out) for it in every], folder / "tests"),
    )


def main() -> int:
    """Run all steps and print their findings; stop if a build fails."""
    count = 0
    with TemporaryDirectory(prefix="prodflow-release-") as folder:
        for step, found in steps(Path(folder)):
            began = perf_counter()
            findings = list(found)
            print(f"{step}: {len(findings) or 'no'} findings, {perf_counter() - began:.0f} s")
            for finding in findings:
                print(f"  {finding}")
            count += len(findings)
            if findings and step.startswith("build"):
                break
    print(f"release-check: {count or 'no'} findings")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
