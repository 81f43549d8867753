"""Public names: `__all__`, the typing tests and the pages of the reference say the same."""

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


# In this order: pytest must hear of prodflow.testing before its laws are imported.
PUBLIC: Final = {name: exported(name) for name in MODULES}
PLACES: Final = [(module, name) for module, names in PUBLIC.items() for name in names]


def imported() -> Iterator[tuple[str, str]]:
    """The module and the name of every `from prodflow... import` in typing_tests."""
    for page in sorted(ROOT.glob("typing_tests/*.py")):
        for node in ast.walk(ast.parse(page.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield from ((node.module, alias.name) for alias in node.names)


CHECKED: Final = set(imported())


def disagreements(module: str, names: Iterable[str]) -> set[str]:
    """The names that a module exports or the typing tests import from it, but not both."""
    checked = {name for source, name in CHECKED if source == module}
    submodules = {other.rpartition(".")[2] for other in MODULES if other.startswith(f"{module}.")}
    return set(names) ^ (checked - submodules)


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_in_the_typing_tests(module: str) -> None:
    """What users import is what type checkers are asked about; ruff sees that it is used there."""
    assert disagreements(module, PUBLIC[module]) == set()


@pytest.mark.parametrize(("module", "name"), PLACES)
def test_no_name_leaves_unnoticed(module: str, name: str) -> None:
    """Taken out of `__all__`, any of them would fail the test above."""
    assert disagreements(module, set(PUBLIC[module]) - {name}) == {name}


def test_the_versioning_policy_names_every_public_module() -> None:
    """What is public is said where what is promised of it is said."""
    page = (ROOT / "docs" / "versioning.md").read_text(encoding="utf-8")
    (listed,) = (line for line in page.splitlines() if line.startswith("`prodflow`"))
    assert re.findall(r"`([\w.]+)`", listed) == [*MODULES, "prodflow_sqlalchemy"]


def test_contributors_are_told_the_layers() -> None:
    """In the words that import-linter enforces, where brackets mean that one may be absent."""
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
    """The full names that a page's directives document.

    `automodule` with `:members:` is for all that the module exports; without, it is for none. A
    bare name stands in the module of the last `currentmodule`.
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
    """The pages of the reference, once there are some."""
    return sorted(path for path in ROOT.glob("docs/reference*/**/*.md")) + sorted(
        ROOT.glob("docs/reference*.md")
    )


NAMED: Final = {name for page in pages() for name in documented(page.read_text(encoding="utf-8"))}


def value_of(name: str) -> object:
    """What a dotted name means to a user: the function `hub.board`, not the module of its code."""
    home, _, last = name.rpartition(".")
    return getattr(resolve_name(home), last)


def test_what_the_reference_names_is_there() -> None:
    """A directive for what is gone would be an empty section."""
    assert all(value_of(name) is not None for name in NAMED)


def test_the_reference_names_all_that_is_public() -> None:
    """By the module that users import from, or by the one that defines it."""
    shown = {id(value_of(name)) for name in NAMED}
    missing = [
        f"{module}.{name}"
        for module, values in PUBLIC.items()
        for name, value in values.items()
        if id(value) not in shown
    ]
    assert missing == []


class TestDirectives:
    """How the pages are read."""

    def test_a_module_stands_for_its_members(self) -> None:
        """In MyST's form or in reStructuredText's."""
        expected = {f"prodflow.samples.{name}" for name in PUBLIC["prodflow.samples"]}
        for opened in ("```{automodule} ", ".. automodule:: "):
            assert set(documented(f"{opened}prodflow.samples\n   :members:\n")) == expected

    def test_a_module_without_members_stands_for_itself(self) -> None:
        """Its docstring is shown, and no more."""
        assert list(documented("```{automodule} prodflow.samples\n:no-index:\n```")) == []

    def test_a_bare_name_is_of_the_current_module(self) -> None:
        """As Sphinx reads it."""
        page = ".. currentmodule:: prodflow\n\n.. autoclass:: Status\n.. autofunction:: plan\n"
        assert list(documented(page)) == ["prodflow.Status", "prodflow.plan"]

    def test_a_full_name_is_itself(self) -> None:
        """Whatever the current module is."""
        page = "```{module} prodflow\n```\n```{autodata} prodflow.samples.ALL\n```"
        assert list(documented(page)) == ["prodflow.samples.ALL"]
