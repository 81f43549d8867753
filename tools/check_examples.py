"""Checks the Python examples of the READMEs and of docs/ with `mypy --strict`.

    python tools/check_examples.py

The examples of a page form one program. They are the blocks that the tests run, including lines
that begin with `>>>`. mypy runs without our settings, as it would for a user.

Prints mypy's output with the lines of the pages, and exits with mypy's status.
"""

import doctest
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sybil import Document
from sybil.parsers.markdown import PythonCodeBlockParser

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ("README.md", "adapters/*/README.md", "apps/*/README.md", "docs/**/*.md")
OPTIONS: Final = [
    "--strict",
    "--config-file=",
    f"--cache-dir={ROOT / '.mypy_cache' / 'examples'}",
    "--explicit-package-bases",  # there is more than one README
    "--disable-error-code=import-untyped",  # Django has no types of its own
]


def program(page: Path) -> str:
    """The examples of a page as one program, with the line numbers of the page."""
    lines: list[str] = []
    for example in Document.parse(str(page), PythonCodeBlockParser()).examples():
        match example.parsed:
            case doctest.Example(source=source):
                above = example.line - 1
            case source:
                above = example.line  # the line of the fence
        lines += [""] * (above - len(lines))
        lines += source.splitlines()
    return "\n".join(lines)


def main() -> int:
    """Run mypy once over all pages that have examples."""
    with TemporaryDirectory(prefix="prodflow-examples-") as folder:
        for page in (page for pattern in PAGES for page in ROOT.glob(pattern)):
            if code := program(page):
                file = Path(folder) / page.relative_to(ROOT).with_suffix(".py")
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(f"{code}\n", encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "mypy", *OPTIONS, "."],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    print((done.stdout + done.stderr).replace(".py:", ".md:"), end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
