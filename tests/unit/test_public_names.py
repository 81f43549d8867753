"""Public names are the same in `__all__`, the typing tests and the reference pages."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from typing import Final

import pytest

import prodflow

ROOT: Final = Path(__file__).parents[2]
MODULES: Final = (
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
)


def exported(name: str) -> dict[str, object]:
    """The names of a module's `__all__` and their values, without what `prodflow` exports too."""
    module = import_module(name)
    shared = set() if module is prodflow else {*prodflow.__all__}
    return {name: getattr(module, name) for name in module.__all__ if name not in shared}


# In this order: pytest must register prodflow.testing before its laws are imported.
PUBLIC: Final = {name: exported(name) for name in MODULES}


def imported() -> Iterator[tuple[str, str]]:
    """The module and the name of every `from prodflow... import` in typing_tests."""
    for page in sorted(ROOT.glob("typing_tests/*.py")):
        for node in ast.walk(ast.parse(page.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield from ((node.module, alias.name) for alias in node.names)


CHECKED: Final = set(imported())


def disagreements(module: str, names: Iterable[str]) -> set[str]:
    """The names that either the module exports or the typing tests import, but not both."""
    checked = {name for source, name in CHECKED if source == module}
    submodules = {other.rpartition(".")[2] for other in MODULES if other.startswith(f"{module}.")}
    return set(names) ^ (checked - submodules)


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_in_the_typing_tests(module: str) -> None:
    """The typing tests import every public name; ruff checks that they use it."""
    assert disagreements(module, PUBLIC[module]) == set()


@pytest.mark.parametrize("module", MODULES)
def test_no_name_leaves_unnoticed(module: str) -> None:
    """Removing any name from `__all__` would fail the test above."""
    names = set(PUBLIC[module])
    assert [name for name in names if disagreements(module, names - {name}) != {name}] == []


def test_the_versioning_policy_names_every_public_module() -> None:
    """The versioning policy names the modules that it covers."""
    page = (ROOT / "docs" / "versioning.md").read_text(encoding="utf-8")
    (listed,) = (line for line in page.splitlines() if line.startswith("`prodflow`"))
    assert re.findall(r"`([\w.]+)`", listed) == [*MODULES, "prodflow_sqlalchemy"]


def test_contributors_are_told_the_layers() -> None:
    """CONTRIBUTING lists the layers of import-linter, without the brackets of optional ones."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = [
        re.sub(r"[()]", "", layer)
        for layer in project["tool"]["importlinter"]["contracts"][0]["layers"]
    ]
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert page.split("```text\n")[1].split("```")[0].splitlines() == layers


# --- The reference ------------------------------------------------------------------------------

DIRECTIVE: Final = re.compile(
    r"(?P<kind>currentmodule|module|auto\w+)(?:::|\}) +(?P<name>[\w.]+)(?P<options>(?:\n *:.*)*)"
)


def documented(text: str) -> Iterator[str]:
    """The full names that the directives of a page document.

    `automodule` with `:members:` documents all exports of the module, otherwise none. A bare name
    belongs to the module of the last `currentmodule`.
    """
    current = ""
    for directive in DIRECTIVE.finditer(text):
        kind, name = directive["kind"], directive["name"]
        if kind in {"currentmodule", "module"}:
            current = f"{name}."
        elif kind == "automodule":
            if ":members:" in directive["options"]:
                yield from (f"{name}.{member}" for member in import_module(name).__all__)
        else:
            yield name if name.startswith("prodflow") else f"{current}{name}"


def pages() -> list[Path]:
    """The pages of the reference."""
    return sorted(path for path in ROOT.glob("docs/reference*/**/*.md")) + sorted(
        ROOT.glob("docs/reference*.md")
    )


NAMED: Final = {name for page in pages() for name in documented(page.read_text(encoding="utf-8"))}


def value_of(name: str) -> object:
    """The value of a dotted name for a user: the function `hub.board`, not a module."""
    home, _, last = name.rpartition(".")
    return getattr(resolve_name(home), last)


def test_what_the_reference_names_is_there() -> None:
    """Every name in the reference exists, so no section is empty."""
    assert all(value_of(name) is not None for name in NAMED)


def test_the_reference_names_all_that_is_public() -> None:
    """Every public name is in the reference, under its public or its defining module."""
    shown = {id(value_of(name)) for name in NAMED}
    missing = [
        f"{module}.{name}"
        for module, values in PUBLIC.items()
        for name, value in values.items()
        if id(value) not in shown
    ]
    assert missing == []


class TestDirectives:
    """How this module reads the pages."""

    def test_a_module_stands_for_its_members(self) -> None:
        """`automodule` stands for all members, in MyST and in reStructuredText."""
        expected = {f"prodflow.samples.{name}" for name in PUBLIC["prodflow.samples"]}
        for opened in ("```{automodule} ", ".. automodule:: "):
            assert set(documented(f"{opened}prodflow.samples\n   :members:\n")) == expected

    def test_a_module_without_members_stands_for_itself(self) -> None:
        """Without `:members:`, `automodule` stands for the module alone."""
        assert list(documented("```{automodule} prodflow.samples\n:no-index:\n```")) == []

    def test_a_bare_name_is_of_the_current_module(self) -> None:
        """A bare name belongs to the current module, as in Sphinx."""
        page = ".. currentmodule:: prodflow\n\n.. autoclass:: Status\n.. autofunction:: plan\n"
        assert list(documented(page)) == ["prodflow.Status", "prodflow.plan"]

    def test_a_full_name_is_itself(self) -> None:
        """A full name doesn't depend on the current module."""
        page = "```{module} prodflow\n```\n```{autodata} prodflow.samples.ALL\n```"
        assert list(documented(page)) == ["prodflow.samples.ALL"]
