"""Hypothesis profiles, and a browser.

The profile is `prodflow` by default, another one by --hypothesis-profile=…. Tests that ask for
`chromium` are skipped where it is not installed, or fail if `PRODFLOW_REQUIRE_CHROMIUM` is set.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The parent is named because Hypothesis makes its own derandomised profile the default under CI.
settings.register_profile(
    "prodflow",
    parent=settings.get_profile("default"),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is no finding
)
settings.register_profile("deep", parent=settings.get_profile("prodflow"), max_examples=20_000)
settings.register_profile(  # for many runs, each of which must give the same answer
    "brief",
    parent=settings.get_profile("prodflow"),
    max_examples=20,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.differing_executors,  # mutmut runs a test again and again in one process
    ],
)
settings.load_profile("prodflow")


@pytest.fixture
def chromium(tmp_path: Path) -> Callable[[str], str]:
    """Gives the document that an HTML or SVG text becomes in a browser, after scripts ran."""
    program = shutil.which("chromium")
    if program is None:
        message = "chromium is not on the PATH (Debian: chromium)"
        (pytest.fail if os.environ.get("PRODFLOW_REQUIRE_CHROMIUM") else pytest.skip)(message)
    home = tmp_path / "chromium"

    def rendered(text: str) -> str:
        home.mkdir(exist_ok=True)
        is_svg = text.lstrip().startswith(("<svg", "<?xml"))
        page = home / ("page.svg" if is_svg else "page.html")
        page.write_text(text, encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={home}"]
        done = subprocess.run(  # noqa: S603 - our own page
            [program, *options, "--virtual-time-budget=2000", "--dump-dom", page.as_uri()],
            env=os.environ | {"HOME": str(home)},
            capture_output=True,
            check=True,
            timeout=60,
        )
        return done.stdout.decode()

    return rendered
