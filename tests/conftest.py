"""A browser for the tests that open a page.

They are skipped where `chromium` is not installed, or fail if `PRODFLOW_REQUIRE_CHROMIUM` is set.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def chromium_program() -> str:
    """The path of Chromium."""
    program = shutil.which("chromium")
    if program is None:
        message = "chromium is not on the PATH (Debian: chromium)"
        (pytest.fail if os.environ.get("PRODFLOW_REQUIRE_CHROMIUM") else pytest.skip)(message)
    return program


@pytest.fixture
def chromium(tmp_path: Path, chromium_program: str) -> Callable[[str], str]:
    """A function that opens HTML or SVG in a browser, runs its scripts and gives the document."""
    home = tmp_path / "chromium"

    def rendered(text: str) -> str:
        home.mkdir(exist_ok=True)
        is_svg = text.lstrip().startswith(("<svg", "<?xml"))
        page = home / ("page.svg" if is_svg else "page.html")
        page.write_text(text, encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={home}"]
        done = subprocess.run(  # noqa: S603 - our own page
            [chromium_program, *options, "--virtual-time-budget=2000", "--dump-dom", page.as_uri()],
            env=os.environ | {"HOME": str(home)},
            capture_output=True,
            check=True,
            timeout=60,
        )
        return done.stdout.decode()

    return rendered
