"""Writes results: JSON files next to the scripts, and tables in docs/benchmarks.md."""

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
    """The versions of Python and of some libraries."""
    return {"python": platform.python_version()} | {name: version(name) for name in libraries}


def floors() -> dict[str, Any]:
    """The seconds that the baselines take on this machine now."""
    return {name: asdict(time) for name, time in alternate({"f4": f4, "d0": d0}).items()}


def floor_times(floors: Mapping[str, Any]) -> str:
    """A line that says how fast the machine was."""
    took = {name: duration(time["median"]) for name, time in floors.items()}
    return "In this run f4 took {f4} and d0 {d0}.\n".format(**took)


def save(name: str, data: Mapping[str, Any]) -> None:
    """Write results to a file, without any data about the machine."""
    text = json.dumps(data, indent=1, ensure_ascii=False)
    (HERE / "results" / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; all columns but the first are aligned to the right."""
    first, *others = heads
    lines = [[first, *others], ["---", *["---:"] * len(others)], *map(list, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def fill_in(name: str, text: str, page: Path = PAGE) -> None:
    """Replace the text between two marks of a page.

    Raises:
        ValueError: if the page doesn't have the marks.
    """
    begin, end = f"<!-- {name}: written by make bench -->\n", f"<!-- end of {name} -->\n"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(
            f"{page.name} must have the lines {begin!r} and {end!r}: put them where the table goes"
        )
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
