"""Replays an event log as production orders, through the public API alone.

    python examples/replay.py LOG [--path ACTIVITY ...] [--non-standard ACTIVITY ...]

A log is a CSV file in UTF-8 with the columns case, activity, resource, workgroup and timestamp, in
any order and among others; timestamps are ISO 8601 with an offset from UTC. Cases may be mixed with
one another, but the events of one case follow each other in time.

Theory of operation. The file is read three times as a stream, never held in memory. The first
reading (`survey`) checks every line and tells which activities there are, from which `cycle_of`
makes a cycle: the usual path, and everything else as non-standard. The second (`replay`) turns each
event into one change: the first of a case opens its order at that activity, a later one changes its
status, one with the same activity amends it. What was completed, held or reopened is left to the
defaults of the library. The third (`account`) walks the log beside the histories that the store
gives back, so that the accounting does not rest on what `replay` believes it has done.

What must stay true: a log that is not sound gives a `LogError`, which is one line that says where.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import TextIOWrapper
from math import ceil
from pathlib import Path
from reprlib import Repr
from statistics import median
from time import perf_counter
from typing import Final, NamedTuple, assert_never

from prodflow import (
    Change,
    CycleAdopted,
    HistoryEntry,
    MemoryStore,
    Move,
    OrderAmended,
    OrderOpened,
    OrderQuery,
    ProdflowError,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusChanged,
    StatusCycle,
    slug,
)

COLUMNS: Final = ("case", "activity", "resource", "workgroup", "timestamp")
OPTIONAL: Final = ("resource", "workgroup")
NOBODY: Final = "(nobody)"
BATCH: Final = 1_000
PATH_MIN: Final = 2
EXIT_UNSOUND: Final = 1
EXIT_BAD_LOG: Final = 2
BUSIEST: Final = 10

_short = Repr()
_short.maxstring = 60


class LogError(Exception):
    """A log cannot be replayed; the message is one line that says where and why."""

    def __init__(self, log: Path, line: int | None, reason: str) -> None:
        self.log = log
        self.line = line
        self.reason = reason
        super().__init__(log, line, reason)

    def __str__(self) -> str:
        # A file name may hold anything, even what no terminal can show.
        name = str(self.log)
        shown = name if name.isprintable() else repr(name)
        return (
            f"{shown}: {self.reason}"
            if self.line is None
            else f"{shown}, line {self.line}: {self.reason}"
        )


# Reading


class Event(NamedTuple):
    """One line of a log."""

    line: int
    case: str
    activity: str
    resource: str
    workgroup: str | None
    at: datetime


def read_events(log: Path) -> Iterator[Event]:
    """The events of a log in its order, each checked, also against the one before in its case.

    An activity is spelled as where it came first: those that differ in capitals only are the same.

    Raises:
        LogError: where the log is not sound.
    """
    rows = _read_rows(log)
    line, header = next(rows, (None, []))
    if line is None:
        raise LogError(log, None, "the file is empty: a log needs a header and events")
    names = [name.strip() for name in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        reason = f"no column {', '.join(missing)}: the header must name {', '.join(COLUMNS)}"
        raise LogError(log, line, reason)
    places = [names.index(name) for name in COLUMNS]
    known: set[str] = set()
    spellings: dict[str, str] = {}
    last_at: dict[str, datetime] = {}
    for line, row in rows:
        if len(row) != len(names):
            reason = f"{len(names)} fields expected as in the header, not {len(row)}"
            raise LogError(log, line, reason)
        *fields, timestamp = [row[place].strip() for place in places]
        for name, value in zip(COLUMNS, fields, strict=False):
            if not value or value not in known:
                _check_name(log, line, name, value)
                known.add(value)
        case, activity, resource, workgroup = fields
        at = _instant(log, line, timestamp)
        before = last_at.get(case)
        if before is not None and at < before:
            reason = f"case {_short.repr(case)} goes back in time, from {before} to {at}"
            raise LogError(log, line, reason)
        last_at[case] = at
        if activity not in spellings:
            spellings[activity] = spellings.setdefault(activity.casefold(), activity)
        yield Event(line, case, spellings[activity], resource or NOBODY, workgroup or None, at)


def _read_rows(log: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file that are not blank, each with the line where it begins."""
    reader = csv.reader(_read_lines(log), strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise LogError(log, line, f"this is no CSV: {error}") from error


def _read_lines(log: Path) -> Iterator[str]:
    # Decoded line by line, because a decoder that reads ahead cannot say where it failed.
    number = 0
    try:
        with log.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        reason = f"this is not UTF-8: byte 0x{error.object[error.start]:02X} at {error.start}"
        raise LogError(log, number, reason) from error
    except OSError as error:
        raise LogError(log, None, f"the file cannot be read: {error.strerror or error}") from error


def _instant(log: Path, line: int, text: str) -> datetime:
    expected = "give one such as 2012-10-09T14:50:17+00:00"
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise LogError(log, line, f"{_short.repr(text)} is no timestamp: {expected}") from error
    if at.tzinfo is None:
        reason = f"{_short.repr(text)} has no offset from UTC: {expected}"
        raise LogError(log, line, reason)
    return at


def _check_name(log: Path, line: int, name: str, value: str) -> None:
    """Refuse what can be no name of a status or a person, or no id (decision D33)."""
    if not value and name in OPTIONAL:
        return
    try:
        slug(value)  # it takes what may be called something, and says what is wrong with the rest
    except ValueError as error:
        reason = f"the {name} is blank" if not value else f"the {name} cannot be used: {error}"
        raise LogError(log, line, reason) from error


# From a log to a cycle


@dataclass(frozen=True)
class Survey:
    """What one reading of a log tells.

    `variants` counts the cases by the activities they went through, each named once, in the order
    in which they came first.
    """

    log: Path
    events: int
    variants: Mapping[tuple[str, ...], int]
    activities: tuple[str, ...]

    @property
    def cases(self) -> int:
        """The number of cases."""
        return sum(self.variants.values())


def survey(log: Path) -> Survey:
    """Read a log from beginning to end, and keep none of it but the counts.

    Raises:
        LogError: where the log is not sound, or has no events.
    """
    visited: dict[str, tuple[str, ...]] = {}
    activities: dict[str, None] = {}
    events = 0
    for event in read_events(log):
        events += 1
        activities[event.activity] = None
        before = visited.get(event.case, ())
        if event.activity not in before:
            visited[event.case] = (*before, event.activity)
    if not events:
        raise LogError(log, None, "there are no events after the header")
    return Survey(log, events, Counter(visited.values()), tuple(activities))


def usual_path(variants: Mapping[tuple[str, ...], int]) -> tuple[str, ...]:
    """The activities found in at least half of the cases, by their mean place among one another.

    Repeats do not count, nor do the activities that are left out, so a long detour moves nothing.
    Where fewer than two are that frequent, the two most frequent are taken.
    """
    found: Counter[str] = Counter()
    for variant, cases in variants.items():
        found.update(dict.fromkeys(variant, cases))
    half = sum(variants.values()) / 2
    frequent = {activity for activity, cases in found.items() if cases >= half}
    if len(frequent) < PATH_MIN:
        frequent = {activity for activity, _ in found.most_common(PATH_MIN)}
    places: Counter[str] = Counter()
    for variant, cases in variants.items():
        usual = [activity for activity in variant if activity in frequent]
        places.update({activity: place * cases for place, activity in enumerate(usual)})
    return tuple(
        sorted(frequent, key=lambda activity: (places[activity] / found[activity], activity))
    )


def cycle_of(
    found: Survey,
    *,
    order_type: str = "case",
    path: Sequence[str] | None = None,
    non_standard: Collection[str] | None = None,
) -> StatusCycle:
    """The cycle that the orders of a log go through.

    Args:
        found: what `survey` has found in the log.
        order_type: the key of the cycle.
        path: the activities of the path in their order; None for the usual path of the log.
        non_standard: the activities off the path; None for all the others.

    Raises:
        LogError: if the path is shorter than two activities, an activity of the log stands on
            neither side or on both, or a name is none of an activity.
    """
    aside = None if non_standard is None else _named(found, non_standard)
    if path is None:
        on_path = usual_path(_without(found.variants, aside or ()))
    else:
        on_path = _named(found, path)
    if len(set(on_path)) < max(PATH_MIN, len(on_path)):
        reason = f"a path needs two different activities or more, each once, not {list(on_path)}"
        raise LogError(found.log, None, reason)
    if aside is None:
        aside = tuple(activity for activity in found.activities if activity not in on_path)
    for activity in found.activities:
        if (activity in on_path) == (activity in aside):
            reason = f"activity {activity!r} must be either on the path or non-standard"
            raise LogError(found.log, None, reason)
    statuses: list[Status] = []
    taken: set[str] = set()
    for activity in (*on_path, *dict.fromkeys(aside)):
        key = slug(activity, taken)
        taken.add(key)
        statuses.append(
            Status(
                key,
                activity,
                initial=activity == on_path[0],
                final=activity == on_path[-1],
                non_standard=activity not in on_path,
            )
        )
    return StatusCycle(order_type, statuses)


def _named(found: Survey, names: Collection[str]) -> tuple[str, ...]:
    """The activities of these names, as the log spells them."""
    known = {activity.casefold(): activity for activity in found.activities}
    for name in names:
        if name.strip().casefold() not in known:
            reason = (
                f"{_short.repr(name)} is no activity of the log: choose from {list(known.values())}"
            )
            raise LogError(found.log, None, reason)
    return tuple(known[name.strip().casefold()] for name in names)


def _without(
    variants: Mapping[tuple[str, ...], int], aside: Collection[str]
) -> Mapping[tuple[str, ...], int]:
    kept: Counter[tuple[str, ...]] = Counter()
    for variant, cases in variants.items():
        kept[tuple(activity for activity in variant if activity not in aside)] += cases
    return kept


# Replaying


def _silent(_: int) -> None:
    """No progress."""


def replay(
    found: Survey,
    cycle: StatusCycle,
    store: MemoryStore,
    *,
    flow: ProductionFlow | None = None,
    progress: Callable[[int], None] = _silent,
) -> None:
    """Make each event of a log one change of an order, and save the changes in batches.

    Args:
        found: what `survey` has found in the log.
        cycle: a cycle with a status for each activity, described as the log spells it.
        store: where the orders go; it holds none of these cases yet.
        flow: how the orders move; without triggers or rules, unless told otherwise.
        progress: called with the number of events done, after each batch.

    Raises:
        LogError: if the log cannot be read any more, has changed since it was surveyed, or holds a
            text or a date that an order cannot take.
    """
    flow = flow or ProductionFlow()
    keys = _keys(cycle)
    done = 0
    changes: list[Change] = []
    unsaved: dict[str, ProductionOrder] = {}
    for event in read_events(found.log):
        order = unsaved.get(event.case) or store.load([event.case]).get(event.case)
        try:
            change = _change(flow, cycle, order, event, keys[event.activity])
        except KeyError as error:
            reason = f"activity {event.activity!r} was not there when the log was surveyed"
            raise LogError(found.log, event.line, reason) from error
        except (ProdflowError, ValueError) as error:
            raise LogError(found.log, event.line, str(error)) from error
        changes.append(change)
        unsaved[event.case] = change.order
        if len(changes) == BATCH:
            store.save(*changes)
            done += len(changes)
            changes.clear()
            unsaved.clear()
            progress(done)
    store.save(*changes)
    done += len(changes)
    progress(done)
    if done != found.events:
        reason = f"{found.events} events were surveyed and {done} replayed: has the file changed?"
        raise LogError(found.log, None, reason)


def _change(
    flow: ProductionFlow,
    cycle: StatusCycle,
    order: ProductionOrder | None,
    event: Event,
    key: str,
) -> Change:
    """What an event does to the order of its case, which is None before the first."""
    today = event.at.date()  # the date where it happened: the timestamp knows its own offset
    if order is None:
        return flow.open(
            cycle,
            order_id=event.case,
            ordered_on=today,
            status=key,
            by=event.resource,
            at=event.at,
        )
    if order.status.key == key:
        return flow.amend(
            order, by=event.resource, at=event.at, department=event.workgroup, user=event.resource
        )
    return flow.advance(
        order,
        today=today,
        to=key,
        by=event.resource,
        at=event.at,
        department=event.workgroup,
        user=event.resource,
    )


def _keys(cycle: StatusCycle) -> dict[str, str]:
    return {status.description: status.key for status in cycle}


# What came of it


@dataclass(frozen=True)
class Accounts:
    """What the histories in a store say, beside the log that they came from."""

    events: int
    """The events of the log."""
    found_again: int
    """How many of them stand in the histories: the next entry has their status, person and time."""
    entries: int
    """The entries of all histories."""
    openings_without_event: int
    """The openings that no event of the log has caused."""
    orders: int
    """The orders in the store."""
    replayed_equal: int
    """The orders that `ProductionOrder.replay` of their history gives back as they are."""
    kinds: Mapping[str, int]
    moves: Mapping[Move, int]
    now_at: Mapping[str, int]
    stays: Mapping[str, Sequence[timedelta]]
    """The lengths of the stays that have ended, by the key of the status."""
    resources: Mapping[str, int]

    @property
    def is_sound(self) -> bool:
        """Whether events and entries agree, and replay gives every order back."""
        return (
            self.found_again == self.events
            and self.entries == self.events + self.openings_without_event
            and self.replayed_equal == self.orders
        )


def account(log: Path, cycle: StatusCycle, store: MemoryStore) -> Accounts:
    """Hold a store against the log that was replayed into it.

    Raises:
        LogError: if the log cannot be read any more.
    """
    kinds: Counter[str] = Counter()
    moves: Counter[Move] = Counter()
    now_at: Counter[str] = Counter()
    resources: Counter[str] = Counter()
    stays: dict[str, list[timedelta]] = {status.key: [] for status in cycle}
    waiting: dict[str, Iterator[tuple[HistoryEntry, str]]] = {}
    openings = orders = entries = replayed_equal = 0
    for order in store.find(OrderQuery(order_type=cycle.order_type)):
        history = store.history(order.id)
        orders += 1
        entries += len(history)
        replayed_equal += ProductionOrder.replay(history, [cycle]) == order
        kinds.update(type(entry).__name__ for entry in history)
        moves.update(entry.move for entry in history if isinstance(entry, StatusChanged))
        resources.update(entry.by for entry in history)
        now_at[order.status.key] += 1
        for key, stay in _stays(history):
            stays[key].append(stay)
        waiting[order.id] = _with_status(history)
    events = found_again = 0
    keys = _keys(cycle)
    for event in read_events(log):
        events += 1
        expected = (keys[event.activity], event.resource, event.at)
        for entry, key in waiting.get(event.case, ()):
            if (key, entry.by, entry.at) == expected:
                found_again += 1
                break
            openings += isinstance(entry, OrderOpened)
    return Accounts(
        events=events,
        found_again=found_again,
        entries=entries,
        openings_without_event=openings,
        orders=orders,
        replayed_equal=replayed_equal,
        kinds=kinds,
        moves=moves,
        now_at=now_at,
        stays=stays,
        resources=resources,
    )


def _with_status(history: Iterable[HistoryEntry]) -> Iterator[tuple[HistoryEntry, str]]:
    """The entries, each with the status in which the order is after it."""
    status = ""
    for entry in history:
        match entry:
            case OrderOpened() | StatusChanged() | CycleAdopted():
                status = entry.to_status
            case OrderAmended():
                pass
            case _:
                assert_never(entry)
        yield entry, status


def _stays(history: Iterable[HistoryEntry]) -> Iterator[tuple[str, timedelta]]:
    """The stays that have ended: the key of the status, and how long it was."""
    since: datetime | None = None
    for entry in history:
        if isinstance(entry, StatusChanged) and since is not None:
            yield entry.from_status, entry.at - since
        if isinstance(entry, OrderOpened | StatusChanged):
            since = entry.at


# Showing it


def table(
    headings: Sequence[str], rows: Iterable[Sequence[object]], *, right: Collection[str] = ()
) -> str:
    """A plain-text table, its columns as wide as they need to be.

    Args:
        headings: the headings of the columns.
        rows: what stands in them; None is shown as a dash, whole numbers with thousands marked.
        right: the headings of the columns that are set flush right.
    """
    cells = [list(headings), *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, ["-" * width for width in widths])
    lines = []
    for row in cells:
        padded = [
            cell.rjust(width) if heading in right else cell.ljust(width)
            for heading, cell, width in zip(headings, row, widths, strict=True)
        ]
        lines.append(("  " + "  ".join(padded)).rstrip())
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _length(stay: timedelta) -> str:
    if stay < timedelta(hours=1):
        return f"{stay / timedelta(minutes=1):.1f} min"
    if stay < timedelta(days=2):
        return f"{stay / timedelta(hours=1):.1f} h"
    return f"{stay / timedelta(days=1):.1f} d"


def show(found: Survey, cycle: StatusCycle) -> bool:
    """Replay a log, with progress on stderr, and print what came of it.

    Returns:
        Whether every event is accounted for and every order equals the replay of its history.

    Raises:
        LogError: as `replay` does.
    """
    print(f"{found.log.name!r} has {found.events:,} events, cases: {found.cases:,}")
    print("The path:", " > ".join(status.description for status in cycle.path))
    aside = ", ".join(status.description for status in cycle.non_standard)
    print("Non-standard:", aside or "none")
    store = MemoryStore()
    began = perf_counter()
    try:
        replay(found, cycle, store, progress=lambda done: _progress(done, found.events))
    finally:
        print(file=sys.stderr)
    seconds = perf_counter() - began
    accounts = account(found.log, cycle, store)
    _print_accounts(accounts, cycle)
    rate = round(accounts.entries / seconds)
    print(f"\n{accounts.entries:,} changes in {seconds:.2f} seconds, reading and saving included:")
    print(f"{rate:,} changes per second")
    return accounts.is_sound


def _progress(done: int, total: int) -> None:
    print(f"\rreplayed {done:,} of {total:,} events", end="", file=sys.stderr, flush=True)


def _print_accounts(accounts: Accounts, cycle: StatusCycle) -> None:
    counts = (
        ("events in the log", accounts.events),
        ("events found again as an entry of a history", accounts.found_again),
        ("openings without an event of their own", accounts.openings_without_event),
        ("entries = events + openings without one", accounts.entries),
        ("orders", accounts.orders),
        ("orders where replay(history) == order", accounts.replayed_equal),
    )
    print("\nEvery event is accounted for" if accounts.is_sound else "\nTHE ACCOUNTS DO NOT ADD UP")
    print(table(("", "count"), counts, right=("count",)))
    print("\nEntries by kind")
    kinds = ((kind.__name__, accounts.kinds.get(kind.__name__, 0)) for kind in _KINDS)
    print(table(("entry", "count"), kinds, right=("count",)))
    print("\nStatus changes by Move")
    moves = ((move.name, accounts.moves.get(move, 0)) for move in Move)
    print(table(("move", "count"), moves, right=("count",)))
    print("\nWhere the orders are now, and how long a stay was that has ended")
    headings = ("status", "", "orders now", "stays", "median", "80 % within")
    print(table(headings, _status_rows(accounts, cycle), right=headings[2:]))
    print("\nThe busiest resources")
    busiest = sorted(accounts.resources.items(), key=lambda item: (-item[1], item[0]))
    print(table(("resource", "entries"), busiest[:BUSIEST], right=("entries",)))


_KINDS: Final = (OrderOpened, StatusChanged, OrderAmended, CycleAdopted)


def _status_rows(accounts: Accounts, cycle: StatusCycle) -> Iterator[Sequence[object]]:
    for status in cycle:
        stays = sorted(accounts.stays[status.key])
        yield (
            status.description,
            "non-standard" if status.non_standard else "",
            accounts.now_at.get(status.key, 0),
            len(stays),
            _length(timedelta(seconds=median(map(timedelta.total_seconds, stays))))
            if stays
            else None,
            _length(stays[ceil(0.8 * len(stays)) - 1]) if stays else None,
        )


def show_on_any_terminal() -> None:
    """Let a name that the terminal cannot show be escaped instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        The exit status: 0, 2 where the log cannot be replayed, 1 where the accounts do not add up.
    """
    parser = argparse.ArgumentParser(description="Replay an event log as production orders.")
    parser.add_argument("log", type=Path, help=f"a CSV file with the columns {', '.join(COLUMNS)}")
    parser.add_argument(
        "--path",
        nargs="+",
        metavar="ACTIVITY",
        help="the path in its order (default: the usual one)",
    )
    parser.add_argument(
        "--non-standard",
        nargs="*",
        metavar="ACTIVITY",
        help="the activities off the path (default: all the others)",
    )
    options = parser.parse_args(arguments)
    show_on_any_terminal()
    try:
        found = survey(options.log)
        cycle = cycle_of(found, path=options.path, non_standard=options.non_standard)
        is_sound = show(found, cycle)
    except LogError as error:
        print(error, file=sys.stderr)
        return EXIT_BAD_LOG
    return 0 if is_sound else EXIT_UNSOUND


if __name__ == "__main__":
    sys.exit(main())
