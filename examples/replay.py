"""Replays an event log as production orders, using only the public API.

    python examples/replay.py LOG [--path ACTIVITY ...] [--non-standard ACTIVITY ...]

The activities of the log become the statuses of a cycle: the usual path of its cases, and all
others non-standard. Each event becomes one change. The first event of a case opens an order, a
later one changes its status, and one with the same activity amends it. The defaults of the library
decide what was completed, held or reopened. At the end the script reads the histories back from the
store and compares them with the log.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from operator import eq
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from eventlog import COLUMNS, PATH_MIN, Event, EventLog, LogError, read_log, usual_path
from prodflow import (
    Change,
    HistoryEntry,
    MemoryStore,
    Move,
    OrderAmended,
    OrderOpened,
    OrderQuery,
    OrderSplit,
    OrderStore,
    ProdflowError,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusChanged,
    StatusCycle,
    slug,
)
from tables import table

FLOW: Final = ProductionFlow()


def cycle_of(
    log: EventLog,
    *,
    path: Sequence[str] | None = None,
    non_standard: Sequence[str] | None = None,
) -> StatusCycle:
    """The cycle that the cases of a log go through.

    Args:
        log: the log.
        path: the activities of the path, in order; None for the usual path.
        non_standard: the activities off the path; None for all others.

    Raises:
        LogError: if the two do not name each activity once, or the path has fewer than two.
    """
    if path is None:
        path = usual_path(log, without=non_standard or ())
    if non_standard is None:
        non_standard = [activity for activity in log.activities if activity not in path]
    named = (*path, *non_standard)
    if sorted(named) != sorted(log.activities) or len(path) < PATH_MIN:
        reason = (
            "path and non-standard must name each activity once, and the path two or more:"
            f" the activities are {', '.join(log.activities)}"
        )
        raise LogError(log.path, None, reason)
    statuses: dict[str, Status] = {}
    for activity in named:
        key = slug(activity, statuses)
        statuses[key] = Status(
            key,
            activity,
            initial=activity == path[0],
            final=activity == path[-1],
            non_standard=activity in non_standard,
        )
    return StatusCycle("case", statuses.values())


def replay(log: EventLog, cycle: StatusCycle, store: OrderStore, *, at_once: int = 1) -> None:
    """Save the events of a log as orders, *at_once* changes in each save; print progress to stderr.

    Raises:
        LogError: if an event cannot become a change.
    """
    statuses = {status.description: status for status in cycle}
    done = 0
    for events in batched(log.events, at_once):
        orders = store.load({event.case for event in events})
        changes: list[Change] = []
        for event in events:
            try:
                order = orders.get(event.case)
                changes.append(_change(order, event, statuses[event.activity], cycle))
            except (ValueError, ProdflowError) as error:
                raise LogError(
                    log.path, event.line, f"this cannot become a change: {error}"
                ) from error
            orders[event.case] = changes[-1].order
        store.save(*changes)
        done += len(events)
        if done % 5_000 < at_once or done == len(log.events):
            print(f"replayed {done:,} of {len(log.events):,} events", file=sys.stderr)


def batched(events: Sequence[Event], size: int) -> Iterator[Sequence[Event]]:
    """The events in batches of a size."""
    return (events[begin : begin + size] for begin in range(0, len(events), size))


def _change(
    order: ProductionOrder | None, event: Event, status: Status, cycle: StatusCycle
) -> Change:
    """The change that an event makes to the order of its case; None before the first event."""
    by = event.resource
    today = event.at.date()  # the local date, since the timestamp has its own offset
    if order is None:
        return FLOW.open(
            cycle, order_id=event.case, ordered_on=today, status=status.key, by=by, at=event.at
        )
    if order.status == status:
        return FLOW.amend(order, by=by, at=event.at, department=event.workgroup, user=by)
    return FLOW.advance(
        order, today=today, to=status.key, by=by, at=event.at, department=event.workgroup, user=by
    )


@dataclass
class Accounts:
    """How the histories in a store compare with the log that they came from."""

    events: int
    orders: int
    entries: int = 0
    found_again: int = 0
    """The events whose entry in the history has the same status, person and time."""
    openings_without_event: int = 0
    replayed_equal: int = 0
    """The orders that are equal to `ProductionOrder.replay` of their history."""

    @property
    def is_sound(self) -> bool:
        """Whether events and entries agree, and every order equals its replay."""
        return (
            self.found_again == self.events
            and self.entries == self.events + self.openings_without_event
            and self.replayed_equal == self.orders
        )


def account(log: EventLog, cycle: StatusCycle, store: OrderStore) -> Accounts:
    """Compare a store with the log that was replayed into it."""
    cases = log.cases
    orders = store.find(OrderQuery())
    accounts = Accounts(events=len(log.events), orders=len(orders))
    for order in orders:
        history = store.history(order.id)
        expected = [(event.activity, event.resource, event.at) for event in cases[order.id]]
        written = list(_as_events(history, cycle))
        if written[0] != expected[0]:
            accounts.openings_without_event += 1
            del written[0]
        accounts.entries += len(history)
        accounts.found_again += sum(map(eq, expected, written))
        accounts.replayed_equal += ProductionOrder.replay(history, [cycle]) == order
    return accounts


def _as_events(
    history: Iterable[HistoryEntry], cycle: StatusCycle
) -> Iterator[tuple[str, str, datetime]]:
    """Each entry as an event: the activity, the person and the time."""
    activity = ""
    for entry in history:
        if not isinstance(entry, OrderAmended | OrderSplit):
            activity = cycle[entry.to_status].description
        yield activity, entry.by, entry.at


def show(log: EventLog, cycle: StatusCycle, store: OrderStore) -> bool:
    """Replay a log into an empty store and print a summary.

    Returns:
        Whether every event is accounted for and every order equals the replay of its history.

    Raises:
        LogError: if an event cannot become a change.
    """
    began = perf_counter()
    replay(log, cycle, store)
    seconds = perf_counter() - began
    accounts = account(log, cycle, store)
    print(f"{log.path.name!r} has {accounts.events:,} events, cases: {len(log.cases):,}")
    print("The path:", " > ".join(status.description for status in cycle.path))
    aside = ", ".join(status.description for status in cycle.non_standard)
    print("Non-standard:", aside or "none")
    print("\nEvery event is accounted for" if accounts.is_sound else "\nTHE ACCOUNTS DO NOT ADD UP")
    counts = [
        ("events in the log", accounts.events),
        ("events found again as an entry of a history", accounts.found_again),
        ("openings without an event of their own", accounts.openings_without_event),
        ("entries = events + openings without one", accounts.entries),
        ("orders", accounts.orders),
        ("orders where replay(history) == order", accounts.replayed_equal),
    ]
    print(table(("", "count"), counts))
    _show_entries(store, cycle)
    print(f"\n{accounts.entries:,} changes in {seconds:.2f} seconds, saving included:")
    print(f"{accounts.entries / seconds:,.0f} changes per second")
    return accounts.is_sound


def _show_entries(store: OrderStore, cycle: StatusCycle) -> None:
    orders = store.find(OrderQuery())
    histories = [store.history(order.id) for order in orders]
    entries = [entry for history in histories for entry in history]
    print("\nEntries by kind")
    kinds = Counter(type(entry).__name__ for entry in entries)
    print(table(("entry", "count"), kinds.most_common()))
    print("\nStatus changes by Move")
    moves = Counter(entry.move for entry in entries if isinstance(entry, StatusChanged))
    print(table(("move", "count"), [(move.name, moves[move]) for move in Move]))
    print("\nOrders per status now, and the hours of each visit that has ended")
    now_at = Counter(order.status for order in orders)
    hours = _hours_per_status(histories, cycle)
    rows = [
        (
            status.description,
            now_at[status],
            len(stays),
            median(stays) if stays else None,
            stays[ceil(0.8 * len(stays)) - 1] if stays else None,
        )
        for status, stays in hours.items()
    ]
    print(table(("status", "orders", "visits", "median", "80 % within"), rows))
    print("\nThe busiest resources")
    print(table(("resource", "entries"), Counter(entry.by for entry in entries).most_common(10)))


def _hours_per_status(
    histories: Iterable[Sequence[HistoryEntry]], cycle: StatusCycle
) -> dict[Status, list[float]]:
    """The hours of the stays in each status that have ended, in ascending order."""
    hours: dict[Status, list[float]] = {status: [] for status in cycle}
    for history in histories:
        changes = [entry for entry in history if isinstance(entry, OrderOpened | StatusChanged)]
        for entered, left in pairwise(changes):
            stay = (left.at - entered.at) / timedelta(hours=1)
            hours[cycle[entered.to_status]].append(stay)
    return {status: sorted(stays) for status, stays in hours.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        The exit status: 0; 1 if the accounts do not add up; 2 if the log cannot be replayed.
    """
    parser = argparse.ArgumentParser(description="Replay an event log as production orders.")
    parser.add_argument("log", type=Path, help=f"a CSV file with the columns {', '.join(COLUMNS)}")
    parser.add_argument(
        "--path", nargs="+", metavar="ACTIVITY", help="the path, in order (default: the usual path)"
    )
    parser.add_argument(
        "--non-standard",
        nargs="*",
        metavar="ACTIVITY",
        help="activities off the path (default: all others)",
    )
    options = parser.parse_args(arguments)
    try:
        log = read_log(options.log)
        cycle = cycle_of(log, path=options.path, non_standard=options.non_standard)
        return 0 if show(log, cycle, MemoryStore()) else 1
    except LogError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
