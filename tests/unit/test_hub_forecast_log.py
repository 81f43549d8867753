"""Forecasts and backtests on a real log: whether they keep their word, in figures.

The log is that of the tests of the hub: put it into `shared/data` next to the clone.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import Final, NamedTuple

import numpy as np
import pytest
from attrs import evolve

from eventlog import read_log
from prodflow import (
    HistoryEntry,
    MemoryStore,
    OrderOpened,
    OrderQuery,
    ProductionOrder,
    StatusChanged,
    StatusCycle,
)
from prodflow.hub import Backtest, backtest, forecast, learn
from replay import cycle_of, replay

LOG: Final = Path(__file__).parents[3] / "shared" / "data" / "helpdesk.csv"
SHARES: Final = (0.5, 0.8, 0.95)
POINTS: Final = 0.06
ENOUGH: Final = 100
SOON: Final = 10
PROMISED: Final = 0.8

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not LOG.is_file(), reason=f"no {LOG.name} next to the clone"),
]

History = tuple[HistoryEntry, ...]
Told = Callable[[str, object], None]


class Desk(NamedTuple):
    """The log as orders."""

    cycle: StatusCycle
    histories: list[History]


@pytest.fixture(scope="module")
def desk() -> Desk:
    """The log, replayed."""
    log = read_log(LOG)
    cycle, store = cycle_of(log), MemoryStore()
    replay(log, cycle, store, at_once=1_000)
    orders = store.find(OrderQuery())
    return Desk(cycle, [tuple(store.history(order.id)) for order in orders])


def month_ends() -> Iterator[date]:
    """The last day of each month of the log."""
    for month in range(12 * 2010, 12 * 2013 + 11):
        year, number = divmod(month, 12)
        yield date(year, number + 1, monthrange(year, number + 1)[1])


@pytest.fixture(scope="module")
def judged(desk: Desk) -> Backtest:
    """The month ends with at least a hundred open cases."""
    found = backtest(desk.histories, [desk.cycle], cuts=month_ends())
    return evolve(found, rows=tuple(row for row in found if row.orders >= ENOUGH))


def report(record_property: Told, line: str) -> None:
    """Print a figure; `pytest -rP` shows it."""
    print(line)  # noqa: T201 - see above
    record_property("forecast", line)


def test_promises_are_kept(judged: Backtest, record_property: Told) -> None:
    """At most 6 of 100 more are done before the day, and at most 6 of 100 fewer by it."""
    assert len(judged) >= 20
    for share in SHARES:
        before, by = judged.done_before(share), judged.done_by(share)
        assert before is not None
        assert by is not None
        report(record_property, f"{share}: {before:.3f} before the day, {by:.3f} by it")
        assert before <= share + POINTS
        assert by >= share - POINTS


def test_single_orders_are_told_apart(judged: Backtest, record_property: Told) -> None:
    """The median and the chances are better than simple guesses."""
    error, simple = judged.error_days, judged.mean_error_days
    brier, base = judged.brier, judged.base_brier
    assert error is not None
    assert simple is not None
    assert brier is not None
    assert base is not None
    report(record_property, f"the median is off by {error:.2f} days, the mean by {simple:.2f}")
    report(record_property, f"Brier score by the delivery date {brier:.4f}, base rate {base:.4f}")
    assert error <= simple
    assert brier <= base


def test_the_chances_beat_the_base_rate(desk: Desk, record_property: Told) -> None:
    """To be done in ten days, and by a date that was promised at the opening.

    The promise is the number of days in which four of five cases were closed by then. What came is
    counted in the file by numpy.
    """
    scores: dict[str, list[tuple[float, bool]]] = {"ten days": [], "promise": []}
    cases = {history[0].order_id: history for history in desk.histories}
    for cut in month_ends():
        known = [[entry for entry in history if day_of(entry) <= cut] for history in desk.histories]
        orders = [ProductionOrder.replay(each, [desk.cycle]) for each in known if each]
        still = [order for order in orders if order.is_open]
        if len(still) < ENOUGH:
            continue
        needed = [
            working(order.ordered_on, order.entered_on) for order in orders if order.is_complete
        ]
        days = int(np.quantile(needed, PROMISED, method="inverted_cdf"))
        experience = learn(desk.histories, [desk.cycle], as_of=cut)
        for row in forecast(still, experience, today=cut):
            if row.reason is None:
                done_on = closed_after(cases[row.order.id], cut, desk.cycle)
                for name, start, left in (
                    ("ten days", cut, SOON),
                    ("promise", row.order.ordered_on, days),
                ):
                    day = np.busday_offset(start, left, roll="backward").astype(object)
                    chance = row.chance_by(day)
                    assert chance is not None
                    scores[name].append((chance, done_on is not None and done_on <= day))
    for name, pairs in scores.items():
        share = fmean(came for _, came in pairs)
        brier = fmean((chance - came) ** 2 for chance, came in pairs)
        line = f"{name}: Brier score {brier:.4f} of {len(pairs)}, base {share * (1 - share):.4f}"
        report(record_property, line)
        assert brier <= share * (1 - share)


def day_of(entry: HistoryEntry) -> date:
    """The day to which an entry belongs."""
    if isinstance(entry, OrderOpened | StatusChanged):
        return entry.resumed_on or entry.entered_on
    return entry.at.date()


def working(first: date, last: date) -> int:
    """The working days from the day after one day to another."""
    return int(np.busday_count(first, last))


def closed_after(history: History, cut: date, cycle: StatusCycle) -> date | None:
    """The day of the first closing after a day."""
    return next(
        (
            entry.entered_on
            for entry in history
            if isinstance(entry, StatusChanged)
            and entry.entered_on > cut
            and cycle[entry.to_status].final
        ),
        None,
    )


def test_by_default_it_cuts_on_eight_days(desk: Desk) -> None:
    """They divide the cases evenly; no case was chosen by its end."""
    found = backtest(desk.histories, [desk.cycle])
    assert found.warnings == ()
    opened = sorted(day_of(history[0]) for history in desk.histories)
    parts = [sum(day < row.cut_on for day in opened) / len(opened) for row in found]
    assert parts == pytest.approx([number / 9 for number in range(1, 9)], abs=0.01)
    share = found.done_by(0.8)
    assert share is not None
    assert share >= 0.8 - POINTS


def test_warns_of_a_log_of_what_was_closed_in_a_month(desk: Desk) -> None:
    """As many shops export it."""
    month = [
        history
        for history in desk.histories
        if (last := day_of(history[-1])) >= date(2012, 3, 1) and last < date(2012, 4, 1)
    ]
    assert len(month) > ENOUGH
    assert backtest(month, [desk.cycle]).warnings == ("selected-by-end",)
    assert learn(month, [desk.cycle], as_of=date(2012, 4, 1)).warnings == ("selected-by-end",)
