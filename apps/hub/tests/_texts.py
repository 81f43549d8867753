"""Finds the texts of the hub in its templates and in its code."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import jinja2
from jinja2.ext import extract_from_ast

import prodflow_hub

FOLDER: Final = Path(prodflow_hub.__file__).parent
_IN_CODE: Final = {"say": 1, "count": 3}
"""The functions that say texts, and how many of their first arguments may be texts."""


def texts() -> Iterator[str]:
    """All English texts of the hub."""
    environment = jinja2.Environment(autoescape=True)
    for path in sorted((FOLDER / "templates").glob("*.html")):
        parsed = environment.parse(path.read_text(encoding="utf-8"))
        for _, _, found in extract_from_ast(parsed, ("_", "n_")):
            yield from (each for each in (found if isinstance(found, tuple) else [found]) if each)
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _of_call(node)


def _of_call(node: ast.Call) -> Iterator[str]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    for argument in node.args[: _IN_CODE.get(name, 0)]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value
