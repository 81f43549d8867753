"""Where results go: JSON beside the scripts, and tables into the page about them."""

import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from attrs import asdict

from comparison import duration
from floors import d0, f4
from measure import alternate

HERE: Final = Path(__file__).parent
PAGE: Final = HERE.parent / "docs" / "benchmarks.md"
PICTURES: Final = HERE.parent / "docs" / "pictures"


def versions(libraries: Iterable[str]) -> dict[str, str]:
    """Python's own version and those of some libraries."""
    return {"python": platform.python_version()} | {name: version(name) for name in libraries}


def floors() -> dict[str, Any]:
    """What the floors take here and now, in seconds, to see the other figures beside."""
    return {name: asdict(time) for name, time in alternate({"f4": f4, "d0": d0}).items()}


def told(floors: Mapping[str, Any]) -> str:
    """The floors as a line below a table: how quick the machine was."""
    took = {name: duration(time["median"]) for name, time in floors.items()}
    return "In this run f4 took {f4} and d0 {d0}.\n".format(**took)


def save(name: str, data: Mapping[str, Any]) -> None:
    """Write a file of results. It names no machine."""
    text = json.dumps(data, indent=1, ensure_ascii=False)
    (HERE / "results" / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; all columns but the first are figures."""
    first, *others = heads
    lines = [[first, *others], ["---", *["---:"] * len(others)], *map(list, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def fill_in(name: str, text: str) -> None:
    """Put a text into its place on the page.

    Raises:
        ValueError: where the page has no such place.
    """
    begin, end = f"<!-- {name}: written by make bench -->\n", f"<!-- end of {name} -->\n"
    before, found, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(
            f"{PAGE.name} needs the lines {begin!r} and {end!r}, to write between them"
        )
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
