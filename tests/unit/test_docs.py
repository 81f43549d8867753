"""The pages of the documentation beside the code that they are about."""

import re
import runpy
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
SOURCES: Final = [ROOT / "src", ROOT / "adapters/sqlalchemy/src"]
MODULES: Final = [
    "prodflow",
    "prodflow.codec",
    "prodflow.diagrams",
    "prodflow.export",
    "prodflow.hub",
    "prodflow.invoices",
    "prodflow.samples",
    "prodflow.testing",
    "prodflow.testing.laws",
    "prodflow.testing.strategies",
    "prodflow_sqlalchemy",
]
DIRECTIVE: Final = re.compile(r"^\.\. (currentmodule|module|auto\w+):: (\S+)$", re.MULTILINE)


def documented() -> list[str]:
    """The names of the reference, each with its module."""
    names: list[str] = []
    for page in sorted((DOCS / "reference").glob("*.md")):
        module = ""
        for directive, name in DIRECTIVE.findall(page.read_text(encoding="utf-8")):
            if directive.endswith("module"):
                module = name
            else:
                names.append(f"{module}.{name}")
    return names


def public_names(module: str) -> list[str]:
    """The names that a module lists, each of them there.

    `prodflow.testing` comes before its parts: its names tell pytest to explain their assertions.
    """
    found = import_module(module)
    return [name for name in found.__all__ if hasattr(found, name)]


def test_the_reference_has_every_public_name_once() -> None:
    """Every public name stands in the reference, and none twice."""
    public = [f"{module}.{name}" for module in MODULES for name in public_names(module)]
    assert Counter(documented()) == Counter(public)


def test_every_decision_that_is_cited_is_told() -> None:
    """A docstring that cites a decision leads to its place on the page of decisions."""
    page = (DOCS / "decisions.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\(decision-(d\d+b?)\)=\n\n### \w+: ", page, re.MULTILINE))
    files = [file for source in SOURCES for file in source.rglob("*.py")]
    cited = {
        decision.lower()
        for file in files
        for decision in re.findall(r"\bD\d+b?\b", file.read_text(encoding="utf-8"))
    }
    assert cited <= told
    assert {f"d{number}" for number in range(1, 34)} <= told


def test_the_pictures_are_those_of_the_script() -> None:
    """The pictures of the concept pages are what docs/draw.py draws."""
    drawn: dict[str, str] = runpy.run_path(str(DOCS / "draw.py"))["pictures"]()
    kept = {name: (DOCS / "pictures" / name).read_text(encoding="utf-8") for name in drawn}
    assert kept == drawn
