"""Writes the catalogue of prodflow's texts, for translators: a template of gettext.

    python -m tools.words     writes build/prodflow.pot

Only calls of `text` and `count_of` from `prodflow._messages` have texts, so Babel's own extractor,
which knows functions by their bare names, would also take the names that `checks.text` gets.
"""

import ast
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

ROOT: Final = Path(__file__).parents[1]
SOURCES: Final = (ROOT / "src", ROOT / "adapters" / "sqlalchemy" / "src")
POT: Final = ROOT / "build" / "prodflow.pot"
HOME: Final = "prodflow._messages"
MAKERS: Final = ("text", "count_of")


class Found(NamedTuple):
    """A call with a text: where it is, its templates (singular and plural), and its fields.

    A template that isn't a literal is None. The fields are None if the call unpacks a mapping.
    """

    place: str
    line: int
    templates: tuple[str | None, ...]
    fields: frozenset[str] | None
    call: ast.Call


def found(source: str, place: str) -> Iterator[Found]:
    """The calls with texts in the source of one module."""
    tree = ast.parse(source)
    makers = dict(_makers(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in makers:
            counts = makers[ast.unparse(node.func)] == "count_of"
            arguments = node.args[1:3] if counts else node.args[:1]
            names = [keyword.arg for keyword in node.keywords] + ["count"] * counts
            names += [
                _literal(key)
                for each in node.args
                if isinstance(each, ast.Dict)
                for key in each.keys
                if key
            ]
            fields = frozenset(name for name in names if name is not None)
            known = None if None in names else fields
            yield Found(place, node.lineno, tuple(map(_literal, arguments)), known, node)


def _makers(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The functions that make texts, by the names that a module has for them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                name = alias.asname or alias.name
                if f"{node.module}.{alias.name}" == HOME:
                    yield from ((f"{name}.{maker}", maker) for maker in MAKERS)
                elif node.module == HOME and alias.name in MAKERS:
                    yield name, alias.name
                elif f"{node.module}.{alias.name}" == "prodflow.Message":  # in the adapter
                    yield name, "text"
        elif isinstance(node, ast.FunctionDef) and node.name == "_chain":
            yield from ((maker, maker) for maker in MAKERS)  # the home itself


def _literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def every_call() -> Iterator[Found]:
    """The calls with texts in all modules of prodflow."""
    for source in SOURCES:
        for path in sorted(source.rglob("*.py")):
            place = path.relative_to(source).as_posix()
            yield from found(path.read_text(encoding="utf-8"), place)


def catalogue() -> Catalog:
    """All texts, each with the places where it's used."""
    catalog = Catalog(
        project="prodflow",
        version=version("prodflow"),
        header_comment="# Texts of prodflow. Keep the names in braces; their order may change.",
    )
    for call in every_call():
        one, *many = [text for text in call.templates if text] or [""]
        if one:
            catalog.add(
                (one, *many) if many else one,
                locations=[(call.place, call.line)],
                flags=["python-brace-format"] if "{" in one else [],
            )
    return catalog


def main() -> None:
    """Write the template."""
    POT.parent.mkdir(exist_ok=True)
    with POT.open("wb") as file:
        write_po(file, catalogue(), sort_output=True, include_lineno=False)
    print(f"{len(catalogue())} texts in {POT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
