"""The adapter is the proof that the protocols suffice: it knows what any user may know."""

import ast
from pathlib import Path
from typing import Final

import prodflow
import prodflow_sqlalchemy

SOURCES: Final = sorted(Path(prodflow_sqlalchemy.__file__).parent.glob("*.py"))


def test_only_public_names_of_prodflow_are_imported() -> None:
    """Every import from prodflow is of a name that it exports, or of its codec."""
    imported = {
        (node.module, alias.name)
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "prodflow"
        for alias in node.names
    }
    assert imported <= {("prodflow", name) for name in (*prodflow.__all__, "codec")}
    assert ("prodflow", "Change") in imported


def test_prodflow_is_imported_by_name() -> None:
    """Nothing is reached through `import prodflow`, so the names above are all."""
    modules = {
        alias.name
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert not {module for module in modules if module.partition(".")[0] == "prodflow"}


def test_every_public_name_is_in_the_typing_tests() -> None:
    """What users import is what type checkers are asked about, name for name."""
    page = Path(__file__).parents[3] / "typing_tests" / "check_sqlalchemy.py"
    imported = [
        alias.name
        for node in ast.walk(ast.parse(page.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "prodflow_sqlalchemy"
        for alias in node.names
    ]
    assert sorted(imported) == sorted(prodflow_sqlalchemy.__all__)
