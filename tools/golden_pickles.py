"""Saves pickles of all public classes, once for each release; later releases must load them.

    python -m tools.golden_pickles     writes tests/golden/pickles-0.1.json for release 0.1.x

The pickled values are the examples of the classes in the tests. An existing file is never
overwritten, because users of that release have saved such pickles.
"""

import base64
import hashlib
import json
import pickle
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tests.unit.test_errors import EXAMPLES as ERRORS
from tests.unit.test_golden_pickles import facts
from tests.unit.test_package import EXAMPLES

from prodflow import Move

GOLDEN: Final = Path(__file__).parents[1] / "tests" / "golden"
PROTOCOL: Final = 4  # the default from Python 3.8 to 3.13


def values() -> Iterator[object]:
    """The examples of all classes, all moves, and the examples of all errors."""
    yield from EXAMPLES
    yield from Move
    yield from (error for error, *_ in ERRORS)


def saved() -> dict[str, dict[str, object]]:
    """The pickle and the facts of each value, by class; further values of a class are numbered."""
    cases: dict[str, dict[str, object]] = {}
    for value in values():
        kind = type(value).__name__
        number = sum(name.partition(",")[0] == kind for name in cases) + 1
        cases[kind if number == 1 else f"{kind}, {number}"] = {
            "pickle": base64.b64encode(pickle.dumps(value, PROTOCOL)).decode(),
            "facts": facts(value),
        }
    return cases


def main() -> None:
    """Write the file of this release, and print its checksum."""
    release = ".".join(version("prodflow").split(".")[:2])
    path = GOLDEN / f"pickles-{release}.json"
    text = json.dumps(saved(), indent=1, ensure_ascii=False) + "\n"
    with path.open("x", encoding="utf-8") as file:  # "x" refuses an existing file
        file.write(text)
    print(f"{path.name}: {hashlib.sha256(text.encode()).hexdigest()}")


if __name__ == "__main__":
    main()
