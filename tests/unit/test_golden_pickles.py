"""Pickles of releases, which must load for ever: `tests/golden/pickles-….json`.

Each file was written once, by tools/golden_pickles.py on the day of its release, and is never
written again: where a test here fails, the classes have changed, not the file. What has come since,
such as a field with a default, may be there beside what was saved.
"""

import base64
import hashlib
import json
import pickle
import pickletools
from collections.abc import Mapping
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import fields, has

FOLDER: Final = Path(__file__).parents[1] / "golden"

# The SHA-256 of each file, so that none is written again by mistake.
WRITTEN: Final = {
    "pickles-0.1.json": "3c8aac0a3801c231186a5c97f9922b1eb9b8a50eca3e3d712855b2a40f3fae52",
}
SAVED: Final[dict[str, dict[str, Any]]] = {
    name: json.loads((FOLDER / name).read_bytes()) for name in WRITTEN
}
CASES: Final = [
    pytest.param(case, id=f"{name}-{what}")
    for name, cases in SAVED.items()
    for what, case in cases.items()
]
MODULES: Final = (
    "prodflow",
    "prodflow.export",
    "prodflow.forms",
    "prodflow.hub",
    "prodflow.invoices",
    "prodflow.samples",
    "prodflow.stores",
)


def facts(value: object) -> object:
    """What a value holds, as JSON data."""
    match value:
        case Enum():
            found: object = value.name
        case str():
            found = str.__str__(value)  # a message holds its English text
        case None | int() | float():
            found = value
        case Mapping():
            found = {str(key): facts(item) for key, item in value.items()}
        case frozenset():
            found = sorted(map(facts, value), key=repr)
        case tuple() | list():
            found = [facts(item) for item in value]
        case _ if has(type(value)):
            kind: Any = type(value)
            kept = [it for it in fields(kind) if it.init or not it.name.startswith("_")]
            held = {it.alias: facts(getattr(value, it.name)) for it in kept}
            found = {"type": kind.__name__} | held
        case BaseException():
            found = {"type": type(value).__name__, "args": facts(value.args)}
        case _:
            found = repr(value)
    return found


def holds(actual: object, expected: object) -> bool:
    """Whether all is there that is expected; a value may hold more."""
    match expected, actual:
        case dict(), dict():
            return all(name in actual and holds(actual[name], expected[name]) for name in expected)
        case list(), list():
            return len(actual) == len(expected) and all(map(holds, actual, expected))
        case _:
            return type(actual) is type(expected) and actual == expected


def pickled(value: object) -> bool:
    """Whether a public name is a class whose values are for keeping."""
    is_error = isinstance(value, type) and issubclass(value, BaseException)
    is_enum = isinstance(value, type) and issubclass(value, Enum)
    return is_error or is_enum or (isinstance(value, type) and has(value))


@pytest.mark.parametrize("name", WRITTEN)
def test_no_file_is_written_again(name: str) -> None:
    """What a release has saved is what its users have saved."""
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == WRITTEN[name]


def test_every_file_is_read() -> None:
    """A file without its checksum would go unread."""
    assert {path.name for path in FOLDER.glob("pickles-*.json")} == WRITTEN.keys()


def test_there_is_a_pickle_of_every_public_class() -> None:
    """Values, errors and enumerations; what is new is saved with the next release."""
    modules = map(import_module, MODULES)
    public = {name for it in modules for name in it.__all__ if pickled(getattr(it, name))}
    assert {what.partition(",")[0] for cases in SAVED.values() for what in cases} == public


@pytest.mark.parametrize("case", CASES)
def test_what_was_pickled_loads(case: dict[str, Any]) -> None:
    """The value comes out with all that it held."""
    value = pickle.loads(base64.b64decode(case["pickle"]))
    assert holds(facts(value), case["facts"])


@pytest.mark.parametrize("case", CASES)
def test_what_was_pickled_is_a_value_of_today(case: dict[str, Any]) -> None:
    """It can be pickled again, and comes out the same."""
    value = pickle.loads(base64.b64decode(case["pickle"]))
    assert facts(pickle.loads(pickle.dumps(value))) == facts(value)


@pytest.mark.parametrize("case", CASES)
def test_no_private_path_is_pickled(case: dict[str, Any]) -> None:
    """A later release may move its private modules."""
    operations = pickletools.genops(base64.b64decode(case["pickle"]))
    paths = [it for _, it, _ in operations if isinstance(it, str) and it.startswith("prodflow")]
    assert not [path for path in paths if "._" in path]


def test_more_may_be_there_but_nothing_else() -> None:
    """How the facts are compared: a new field is welcome, another value is not."""
    saved = {"type": "Status", "key": "lab", "stages": ["a"]}
    assert holds(saved | {"colour": "red"}, saved)
    assert not holds(saved | {"stages": ["a", "b"]}, saved)
    assert not holds(saved | {"key": 1}, saved)
    assert not holds({"type": "Status", "key": "lab"}, saved)
