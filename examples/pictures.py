"""Draws pictures into a folder: the studio's cycle, a plan, and the moves of an event log.

python examples/pictures.py FOLDER [LOG]
"""

import sys
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

from eventlog import EventLog, read_log
from prodflow import Backward, StatusCycle, plan
from prodflow.diagrams import cycle_dot, cycle_mermaid, cycle_svg, flow_svg, plan_svg
from replay import cycle_of
from studio import CALENDAR, PRINTS


def write(folder: Path, log: EventLog | None = None) -> list[Path]:
    """Write the pictures, and return their files; without a log, leave out its pictures."""
    dates = plan(
        PRINTS,
        Backward(CALENDAR),
        ordered_on=date(2026, 11, 16),
        delivery_on=date(2026, 12, 1),
    )
    pictures = {
        "cycle.svg": cycle_svg(PRINTS),
        "cycle.mmd": cycle_mermaid(PRINTS),
        "cycle.dot": cycle_dot(PRINTS),
        "plan.svg": plan_svg(dates, today=date(2026, 11, 20)),
    }
    if log is not None:
        cycle = cycle_of(log)
        pictures["log.svg"] = cycle_svg(cycle, title="The statuses of the log")
        pictures["moves.svg"] = flow_svg(cycle, moves_of(log, cycle), title="Moves in the log")
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for name, picture in pictures.items():
        files.append(folder / name)
        files[-1].write_text(picture, encoding="utf-8")
    return files


def moves_of(log: EventLog, cycle: StatusCycle) -> Counter[tuple[str, str]]:
    """How often one status of the log's cycle follows another."""
    keys = {status.description: status.key for status in cycle}
    return Counter(
        (keys[one.activity], keys[two.activity])
        for events in log.cases.values()
        for one, two in pairwise(events)
    )


if __name__ == "__main__":
    target, *logs = map(Path, sys.argv[1:])
    for file in write(target, read_log(logs[0]) if logs else None):
        print(file)
