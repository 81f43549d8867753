"""The hub on a real log, compared with figures that plain code counts in the file.

The log has 4,580 tickets of a help desk and is not part of the project. To run these tests, put it
into `shared/data` next to the clone.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pytest

from eventlog import read_log
from prodflow import HistoryEntry, MemoryStore, OrderQuery, StatusCycle, WorkingCalendar
from prodflow.hub import (
    Visit,
    board,
    cycle_time,
    in_use,
    move_graph,
    rework,
    suggest_durations,
    time_in_status,
    visits,
)
from replay import cycle_of, replay

LOG: Final = Path(__file__).parents[3] / "shared" / "data" / "helpdesk.csv"
CALENDAR: Final = WorkingCalendar()
SEED: Final = 20261102
TODAY: Final = date(2014, 1, 3)

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not LOG.is_file(), reason=f"no {LOG.name} next to the clone"),
]

History = tuple[HistoryEntry, ...]


class Stay(NamedTuple):
    """A stay as plain code reads it: consecutive events with the same activity."""

    activity: str
    entered: date
    left: date | None

    @property
    def days(self) -> int:
        """The calendar days of a stay that has ended."""
        assert self.left is not None
        return (self.left - self.entered).days

    @property
    def working_days(self) -> int:
        """Its days from Monday to Friday, as numpy counts them."""
        assert self.left is not None
        return int(np.busday_count(self.entered, self.left))


class Desk(NamedTuple):
    """The log as orders, and as plain rows."""

    cycle: StatusCycle
    store: MemoryStore
    histories: list[History]
    stays: dict[str, list[Stay]]

    @property
    def visits(self) -> list[Visit]:
        """The visits of all orders."""
        return [visit for entries in self.histories for visit in visits(entries)]

    @property
    def ended(self) -> dict[str, list[Stay]]:
        """The stays that have ended, by activity."""
        ended: defaultdict[str, list[Stay]] = defaultdict(list)
        for of_case in self.stays.values():
            for stay in of_case[:-1]:
                ended[stay.activity].append(stay)
        return ended


@pytest.fixture(scope="module")
def desk() -> Desk:
    """The log, read by the library and by plain code."""
    log = read_log(LOG)
    cycle, store = cycle_of(log), MemoryStore()
    replay(log, cycle, store)
    histories = [tuple(store.history(order.id)) for order in store.find(OrderQuery())]
    return Desk(cycle, store, histories, dict(_stays()))


def _stays() -> Iterator[tuple[str, list[Stay]]]:
    cases: defaultdict[str, list[tuple[str, date]]] = defaultdict(list)
    with LOG.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["timestamp"][:10])
            cases[row["case"]].append((row["activity"], day))
    for case, events in cases.items():
        begun = [next(group) for _, group in groupby(events, key=lambda event: event[0])]
        ends = [day for _, day in begun[1:]]
        yield (
            case,
            [
                Stay(activity, day, left)
                for (activity, day), left in zip(begun, [*ends, None], strict=True)
            ],
        )


def test_times_in_status_agree(desk: Desk) -> None:
    """The visits, totals and working days of every status are the same."""
    rows = time_in_status(desk.visits, cycles=[desk.cycle]).rows
    lasting = Counter(of_case[-1].activity for of_case in desk.stays.values())
    ended = desk.ended
    assert {row.title: (row.visits, row.lasting, row.calendar.total) for row in rows} == {
        activity: (
            len(ended[activity]),
            lasting[activity],
            sum(stay.days for stay in ended[activity]),
        )
        for activity in {*ended, *lasting}
    }
    assert {row.title: row.working.total for row in rows} == {
        activity: sum(stay.working_days for stay in ended[activity])
        for activity in {*ended, *lasting}
    }


def test_medians_agree(desk: Desk) -> None:
    """They are numpy's, by the nearest rank."""
    rows = time_in_status(desk.visits, cycles=[desk.cycle]).rows
    for row in rows:
        days = [stay.days for stay in desk.ended[row.title]]
        if days:
            expected = [np.quantile(days, q, method="inverted_cdf") for q in (0.5, 0.8)]
            assert [row.calendar.median, row.calendar.most] == expected


def test_counts_of_orders_agree(desk: Desk) -> None:
    """The board counts where orders are; `in_use` also counts where those off the path resume."""
    orders = desk.store.find(OrderQuery())
    now = Counter(of_case[-1].activity for of_case in desk.stays.values())
    on_board = board(orders, by="status", today=TODAY)
    assert {col.title: col.count for col in on_board.columns} == now
    used = in_use(desk.cycle, orders)
    resuming = Counter(
        desk.cycle[order.resumes_in].description for order in orders if order.resumes_in is not None
    )
    assert {desk.cycle[key].description: count for key, count in used.items()} == now + resuming


def test_rework_agrees(desk: Desk) -> None:
    """Repeat visits are the stays of a case after its first."""
    repeats = Counter[str]()
    for of_case in desk.stays.values():
        for activity, count in Counter(stay.activity for stay in of_case).items():
            repeats[activity] += count - 1
    rows = rework(desk.visits, cycles=[desk.cycle]).rows
    assert {row.title: row.repeats for row in rows} == repeats


def test_moves_agree(desk: Desk) -> None:
    """Each move is a pair of consecutive activities."""
    pairs = Counter(
        (left.activity, entered.activity)
        for of_case in desk.stays.values()
        for left, entered in pairwise(of_case)
    )
    graph = move_graph(desk.visits, cycles=[desk.cycle])
    assert {(edge.from_title, edge.to_title): edge.weight for edge in graph.edges} == pairs


def test_cycle_times_agree(desk: Desk) -> None:
    """To the first and to the last closing, and the time off the path."""
    path = {status.description for status in desk.cycle.path}
    expected: dict[str, tuple[int, int, int, int]] = {}
    for case, of_case in desk.stays.items():
        closed = [n for n, stay in enumerate(of_case) if stay.activity == "Closed"]
        if closed:
            spans = [of_case[: closed[0]], of_case[: closed[-1]]]
            days = [sum(stay.days for stay in span) for span in spans]
            holds = [sum(s.days for s in span if s.activity not in path) for span in spans]
            expected[case] = (days[0], holds[0], days[1], holds[1])
    times = cycle_time(desk.visits, [desk.cycle])
    assert {
        order.order_id: (
            *(order.to_first.days, order.to_first.hold_days),
            *(order.to_last.days, order.to_last.hold_days),
        )
        for order in times.orders
    } == expected
    assert times.unfinished == len(desk.stays) - len(expected)


def needed(stay: Stay) -> int:
    """The shortest duration that a stay meets, found by trying."""
    assert stay.left is not None
    days = 0
    due = np.busday_offset(stay.entered, 0, roll="forward")
    while due < np.datetime64(stay.left):
        days += 1
        # A day after a Saturday is Monday, and two are Tuesday.
        due = np.busday_offset(stay.entered, days, roll="backward")
    return days


def other_half(desk: Desk, cases: set[str]) -> dict[str, list[int]]:
    """The days that the stays of these cases needed, by activity."""
    days: defaultdict[str, list[int]] = defaultdict(list)
    for case in cases:
        for stay in desk.stays[case][:-1]:
            days[stay.activity].append(needed(stay))
    return days


def covered(days: int, stays: list[int]) -> float:
    """The share of the stays that this many days cover."""
    return sum(stay <= days for stay in stays) / len(stays)


@pytest.mark.parametrize("quantile", [0.5, 0.8, 0.9])
def test_suggestions_hold_for_other_cases(desk: Desk, quantile: float) -> None:
    """Suggestions from a random half cover the share of the other half, with no day to spare."""
    order = np.random.default_rng(SEED).permutation(len(desk.histories))
    shuffled = [desk.histories[index] for index in order]
    half = len(shuffled) // 2
    stays = other_half(desk, {entries[0].order_id for entries in shuffled[half:]})
    suggested = suggest_durations(
        shuffled[:half], desk.cycle, calendar=CALENDAR, as_of=TODAY, quantile=quantile
    )
    tried = 0
    for row in suggested.rows:
        others = stays[row.status.description]
        if row.days is not None and len(others) >= 200:
            tried += 1
            assert covered(row.days, others) >= quantile - 0.05
            assert covered(row.days - 1, others) < quantile + 0.05
    assert tried == 4


def test_drift_is_reported(desk: Desk, record_property: Callable[[str, object], None]) -> None:
    """Print how much of the later half suggestions from the earlier half cover, without a bound.

    Users judge by `recent_share`, the same for the last quarter of the visits.
    """
    by_time = sorted(desk.histories, key=lambda entries: entries[0].at)
    half = len(by_time) // 2
    stays = other_half(desk, {entries[0].order_id for entries in by_time[half:]})
    for quantile in (0.5, 0.8, 0.9):
        suggested = suggest_durations(
            by_time[:half], desk.cycle, calendar=CALENDAR, as_of=TODAY, quantile=quantile
        )
        for row in suggested.rows:
            others = stays[row.status.description]
            if row.days is not None and row.recent_share is not None and len(others) >= 200:
                share = covered(row.days, others)
                line = (
                    f"{quantile} {row.status.key}: {row.days} days, of the later half {share:.3f},"
                    f" drift {share - quantile:+.3f}; of the last quarter {row.recent_share:.3f}"
                )
                print(line)  # noqa: T201 - `pytest -rP` shows it
                record_property("drift", line)


def test_half_of_the_orders_would_be_late_at_least_once(desk: Desk) -> None:
    """If four of five visits are on time, far fewer orders are."""
    suggested = suggest_durations(desk.histories, desk.cycle, calendar=CALENDAR, as_of=TODAY)
    days = {row.status.description: row.days for row in suggested.rows if row.days is not None}
    late = sum(
        any(stay.activity in days and needed(stay) > days[stay.activity] for stay in of_case[:-1])
        for of_case in desk.stays.values()
    )
    replayed = suggested.replay(desk.histories)
    assert (replayed.orders, replayed.late_orders) == (4580, late)
