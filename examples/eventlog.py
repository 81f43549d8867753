"""Reads an event log from a file, and finds the usual path of its cases.

A log is a CSV file in UTF-8. It has the columns case, activity, resource, workgroup and timestamp,
in any order, and may have more. Timestamps are ISO 8601 with an offset from UTC. Events of
different cases may be mixed, but the events of one case must be in order of time.

Functions that check a value raise a ValueError with the reason; `read_log` turns it into a
`LogError`, which adds the line.
"""

import csv
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from prodflow import slug

COLUMNS: Final = ("case", "activity", "resource", "workgroup", "timestamp")
NOBODY: Final = "(nobody)"
PATH_MIN: Final = 2


class LogError(Exception):
    """A log can't be replayed; the message says on one line where and why.

    `line` is the number of the faulty line, from 1; None if no single line is at fault.
    """

    def __init__(self, log: Path, line: int | None, reason: str) -> None:
        self.log = log
        self.line = line
        self.reason = reason
        super().__init__(log, line, reason)

    def __str__(self) -> str:
        line = "" if self.line is None else f", line {self.line}"
        return f"{str(self.log)!r}{line}: {self.reason}"  # a file name may contain a line break


class Event(NamedTuple):
    """One line of a log."""

    line: int
    case: str
    activity: str
    resource: str
    workgroup: str | None
    at: datetime


@dataclass(frozen=True)
class EventLog:
    """The events of a file, in the order of the file."""

    path: Path
    events: Sequence[Event]

    @property
    def activities(self) -> tuple[str, ...]:
        """All activities, in the order of their first events."""
        return tuple(dict.fromkeys(event.activity for event in self.events))

    @property
    def cases(self) -> dict[str, list[Event]]:
        """The events of each case, in the order of the file."""
        cases: dict[str, list[Event]] = {}
        for event in self.events:
            cases.setdefault(event.case, []).append(event)
        return cases


def usual_path(log: EventLog, *, without: Collection[str] = ()) -> tuple[str, ...]:
    """The activities that at least half of the cases have, and always the two most frequent ones.

    They are sorted by their mean position in the cases. Positions count only these activities, and
    only the first event of each, so a long detour changes nothing.
    """
    once = [
        dict.fromkeys(event.activity for event in events if event.activity not in without)
        for events in log.cases.values()
    ]
    cases = Counter(activity for case in once for activity in case)
    usual = [
        activity
        for rank, (activity, count) in enumerate(cases.most_common())
        if rank < PATH_MIN or count >= len(once) / 2
    ]
    positions: Counter[str] = Counter()
    for case in once:
        for position, activity in enumerate(activity for activity in case if activity in usual):
            positions[activity] += position
    return tuple(sorted(usual, key=lambda activity: positions[activity] / cases[activity]))


def read_log(path: Path) -> EventLog:
    """The log in a file.

    Activities that differ only in capital letters are the same; the first spelling is used.

    Raises:
        LogError: if the log has a mistake or no events.
    """
    rows = csv.reader(StringIO(_text(path), newline=""), strict=True)
    spellings: dict[str, str] = {}
    try:
        header = _header(next(rows))
        # A blank line has no fields.
        events = [_event(rows.line_num, header, row, spellings) for row in rows if row]
    except csv.Error as error:
        raise LogError(path, rows.line_num, f"this is not CSV: {error}") from error
    except ValueError as error:
        raise LogError(path, rows.line_num, str(error)) from error
    if not events:
        raise LogError(path, rows.line_num, "no events follow the header")
    log = EventLog(path, events)
    for case, of_case in log.cases.items():
        for before, event in pairwise(of_case):
            if event.at < before.at:
                reason = f"case {case[:40]!r} goes back in time, from {before.at} to {event.at}"
                raise LogError(path, event.line, reason)
    return log


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise LogError(path, None, f"the file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise LogError(path, line, f"this is not UTF-8: {error.reason}") from error
    if not text.strip():
        raise LogError(path, None, "the file is empty: a log needs a header and events")
    return text


def _header(row: Sequence[str]) -> list[str]:
    names = [name.strip() for name in row]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise ValueError(
            f"no column {', '.join(missing)}: the header must name {', '.join(COLUMNS)}"
        )
    return names


def _event(
    line: int, header: Sequence[str], row: Sequence[str], spellings: dict[str, str]
) -> Event:
    if len(row) != len(header):
        raise ValueError(f"{len(header)} fields expected as in the header, not {len(row)}")
    fields = {name: value.strip() for name, value in zip(header, row, strict=True)}
    for name in ("case", "activity"):
        if not fields[name]:
            raise ValueError(f"the {name} is blank")
    slug(fields["activity"])  # refuses a description that no status may have
    return Event(
        line,
        fields["case"],
        spellings.setdefault(fields["activity"].casefold(), fields["activity"]),
        fields["resource"] or NOBODY,
        fields["workgroup"] or None,
        _instant(fields["timestamp"]),
    )


def _instant(text: str) -> datetime:
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at
    raise ValueError(
        f"{text[:40]!r} is not a timestamp with an offset from UTC: give one such as"
        " 2012-10-09T14:50:17+00:00"
    )
