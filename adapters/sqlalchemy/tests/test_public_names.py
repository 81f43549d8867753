"""The adapter uses only public names of prodflow, and its own are checked and documented."""

import ast
import inspect
from pathlib import Path
from typing import Final

import prodflow
import prodflow_sqlalchemy
from prodflow import stores

SOURCES: Final = sorted(Path(prodflow_sqlalchemy.__file__).parent.glob("*.py"))


def test_only_public_names_of_prodflow_are_imported() -> None:
    """Every import is of a name that `prodflow` or `prodflow.stores` exports, or of the codec."""
    imported = {
        (node.module, alias.name)
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "prodflow"
        for alias in node.names
    }
    public = {("prodflow", name) for name in (*prodflow.__all__, "codec")}
    assert imported <= public | {("prodflow.stores", name) for name in stores.__all__}
    assert ("prodflow", "Change") in imported


def test_prodflow_is_imported_by_name() -> None:
    """No module says `import prodflow`, so the test above sees every name."""
    modules = {
        alias.name
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert not {module for module in modules if module.partition(".")[0] == "prodflow"}


def test_every_public_name_is_in_the_typing_tests() -> None:
    """The typing tests import every public name."""
    page = Path(__file__).parents[3] / "typing_tests" / "check_sqlalchemy.py"
    imported = [
        alias.name
        for node in ast.walk(ast.parse(page.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "prodflow_sqlalchemy"
        for alias in node.names
    ]
    assert sorted(imported) == sorted(prodflow_sqlalchemy.__all__)


def test_every_method_is_documented() -> None:
    """Every public method has a docstring, or inherits that of its protocol."""
    public = [getattr(prodflow_sqlalchemy, name) for name in prodflow_sqlalchemy.__all__]
    methods = [
        method
        for cls in filter(inspect.isclass, public)
        for name, method in inspect.getmembers(cls, inspect.isroutine)
        if not name.startswith("_")
    ]
    assert prodflow_sqlalchemy.SqlStore.save in methods
    assert [method for method in methods if not inspect.getdoc(method)] == []
