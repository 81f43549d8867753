"""The hub uses only public names of prodflow."""

import ast
from importlib import import_module
from pathlib import Path
from typing import Final

import prodflow_hub

SOURCES: Final = sorted(Path(prodflow_hub.__file__).parent.glob("*.py"))


def test_only_public_names_are_imported() -> None:
    """Every import from prodflow or prodflow_sqlalchemy is of a name that is exported there."""
    imported = {
        (node.module, alias.name)
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").partition(".")[0] in {"prodflow", "prodflow_sqlalchemy"}
        for alias in node.names
    }
    assert ("prodflow", "OrderQuery") in imported
    modules = {("prodflow", "forms")}
    assert {
        (module, name)
        for module, name in imported - modules
        if module is None or "._" in module or name not in import_module(module).__all__
    } == set()
