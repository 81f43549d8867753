"""The pages of the documentation agree with the code that they describe."""

import inspect
import re
import runpy
import tomllib
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Final

import prodflow
from prodflow.testing import laws

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
SOURCES: Final = [ROOT / "src", ROOT / "adapters/sqlalchemy/src"]
MODULES: Final = [
    "prodflow",
    "prodflow.codec",
    "prodflow.diagrams",
    "prodflow.export",
    "prodflow.forms",
    "prodflow.hub",
    "prodflow.invoices",
    "prodflow.samples",
    "prodflow.stores",
    "prodflow.testing",
    "prodflow.testing.laws",
    "prodflow.testing.strategies",
    "prodflow_sqlalchemy",
    "prodflow_hub",
]
DIRECTIVE: Final = re.compile(r"^\.\. (currentmodule|module|auto\w+):: (\S+)$", re.MULTILINE)


def documented() -> list[str]:
    """The names on the pages of the reference, each with its module."""
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
    """The names in the `__all__` of a module that exist, without what `prodflow` exports too.

    Import `prodflow.testing` before its submodules: it asks pytest to explain their assertions.
    """
    package = import_module(module)
    shared = set() if package is prodflow else {*prodflow.__all__}
    return [name for name in package.__all__ if hasattr(package, name) and name not in shared]


def test_the_reference_has_every_public_name_once() -> None:
    """The reference lists every public name exactly once."""
    public = [f"{module}.{name}" for module in MODULES for name in public_names(module)]
    assert Counter(documented()) == Counter(public)


def test_every_cited_decision_is_explained() -> None:
    """A decision that the code cites has a section on the page of decisions."""
    page = (DOCS / "decisions.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\(decision-(d\d+[ab]?)\)=\n\n### \w+: ", page, re.MULTILINE))
    files = [file for source in SOURCES for file in source.rglob("*.py")]
    cited = {
        decision.lower()
        for file in files
        for decision in re.findall(r"\bD\d{1,2}[ab]?\b", file.read_text(encoding="utf-8"))
    }
    assert cited <= explained
    assert {f"d{number}" for number in [*range(1, 36), 42]} <= explained


def test_the_page_of_laws_has_every_law() -> None:
    """The page lists each law with the first line of its docstring, without the decisions."""
    page = (DOCS / "laws.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE))
    rules = {law: inspect.getdoc(getattr(laws, law)) or "" for law in laws.__all__}
    assert rows == {
        law: re.sub(r" \((decision )?D\d+[ab]?(, D\d+[ab]?)*\)\.$", ".", rule.partition("\n")[0])
        for law, rule in rules.items()
    }


def test_the_architecture_has_every_layer() -> None:
    """The layers of the architecture page are those that import-linter enforces, in order."""
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    table = page.split("|---|---|\n")[1].split("\n\n")[0]
    rows = [re.findall(r"`(\w+)`", row.split("|")[1]) for row in table.splitlines()]
    assert rows == [re.findall(r"\w+", layer) for layer in layers]


def test_the_readme_has_no_relative_link() -> None:
    """A package index shows the README without the files around it."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((?!https?:)[^)]*\)", page) == []


def test_the_pictures_are_those_of_the_script() -> None:
    """The pictures of the concept pages are what docs/draw.py draws."""
    drawn: dict[str, str] = runpy.run_path(str(DOCS / "draw.py"))["pictures"]()
    kept = {name: (DOCS / "pictures" / name).read_text(encoding="utf-8") for name in drawn}
    assert kept == drawn
