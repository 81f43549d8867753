"""The benchmark of stores still runs on today's tables."""

import subprocess
import sys
from pathlib import Path
from typing import Final

_PROGRAM: Final = Path(__file__).parents[2] / "bench" / "stores.py"


def test_the_benchmark_of_stores_runs() -> None:
    """The bare driver of the benchmark writes every column that the tables need."""
    command = [sys.executable, str(_PROGRAM), "--orders", "10000", "--only", "sqlite"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert run.returncode == 0, run.stderr
    assert "divided by the bare driver's" in run.stdout
