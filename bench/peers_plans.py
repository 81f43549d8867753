"""Plans of many orders: `plan_many` against NumPy's busday functions.

The order dates lie within five years. For each order, a contender calculates the due dates of all
statuses and reads the last one. NumPy works best with arrays in and arrays out: it calculates all
statuses once for each different day, and copies the results to every order of that day. An app that
has dates and needs dates must convert them in both directions; the other rows include that.

prodflow returns `Plan` values, and orders of the same date share one. A plan also holds the cycle,
the earliest and latest dates and the float. The second comparison reads the due date from the row
of the status, as a report does, instead of from `due_dates`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

from comparison import Comparison, Contender, Must
from core import CALENDAR, EIGHT
from prodflow import Forward, plan_many
from untyped import module

np: Final = module("numpy")

Pairs = Sequence[tuple[date, date | None]]

ORDERS: Final = 1_000_000
FIRST: Final = date(2022, 1, 1)
SPAN: Final = 5 * 365 + 1
STRIDE: Final = 1_009
"""A prime, so that neighbouring orders have days far apart and every day occurs."""
POLICY: Final = Forward(CALENDAR)
DATED: Final = len(EIGHT.path) - 1
"""The number of statuses with a due date: all but the final one."""
DAYS_THROUGH: Final = np.cumsum([status.default_duration for status in EIGHT.path[:DATED]])
BUSDAYS: Final = np.busdaycalendar(holidays=sorted(CALENDAR.holidays))

Days = Any
"""An array of datetime64 days."""


def ours(name: str, pairs: Pairs) -> Contender:
    """The contender that makes plans from pairs of dates."""

    def work(count: int) -> None:
        last = DATED - 1
        for _ in range(count):
            plans = plan_many(EIGHT, POLICY, pairs)
            _ = [plan.due_dates[last] for plan in plans]

    def answers() -> list[list[date | None]]:
        return [list(plan.due_dates[:DATED]) for plan in plan_many(EIGHT, POLICY, pairs)]

    return Contender(name, work, answers)


def row_by_row(pairs: Pairs) -> Contender:
    """The contender that reads the row of each plan."""

    def work(count: int) -> None:
        last = DATED - 1
        for _ in range(count):
            plans = plan_many(EIGHT, POLICY, pairs)
            _ = [plan[last].due_on for plan in plans]

    def answers() -> list[list[date | None]]:
        return [[row.due_on for row in plan][:DATED] for plan in plan_many(EIGHT, POLICY, pairs)]

    return Contender("prodflow, row by row", work, answers)


def due_dates(days: Days) -> Days:
    """The due dates: a row for each order, a column for each status."""
    different, places = np.unique(days, return_inverse=True)
    due = np.busday_offset(
        different[:, np.newaxis], DAYS_THROUGH, roll="backward", busdaycal=BUSDAYS
    )
    # prodflow never returns a date before the order date. Neither does NumPy, as long as durations
    # are a day or more.
    return due.take(places, axis=0)


def native(days: Days) -> Contender:
    """NumPy, with arrays in and arrays out."""

    def work(count: int) -> None:
        for _ in range(count):
            due_dates(days)[:, -1].copy()

    return Contender("numpy, arrays in and out", work, lambda: due_dates(days).tolist())


def read_as_dates(days: Days) -> Contender:
    """NumPy, with arrays in and the last due dates out as dates."""

    def work(count: int) -> None:
        for _ in range(count):
            due_dates(days)[:, -1].tolist()

    return Contender("numpy, arrays in, dates out", work, lambda: due_dates(days).tolist())


def from_dates(pairs: Pairs) -> Contender:
    """NumPy, from prodflow's pairs to dates."""

    def array() -> Days:
        return np.array([ordered_on for ordered_on, _ in pairs], dtype="datetime64[D]")

    def work(count: int) -> None:
        for _ in range(count):
            due_dates(array())[:, -1].tolist()

    return Contender("numpy, dates in and out", work, lambda: due_dates(array()).tolist())


def comparisons(orders: int = ORDERS) -> Iterator[Comparison]:
    """The comparisons of plans, for a million orders by default."""
    numbers = [number * STRIDE % SPAN for number in range(orders)]
    own: Pairs = [(FIRST + timedelta(number), None) for number in numbers]
    known: Pairs = [(FIRST + timedelta(number), None) for number in range(SPAN)]
    shared = [known[number] for number in numbers]
    days = np.datetime64(FIRST) + np.array(numbers)
    yield Comparison(
        f"Plans: the due dates of {orders:,} orders in a cycle of 8",
        (
            ours("prodflow", own),
            ours("prodflow, equal dates shared", shared),
            native(days),
            read_as_dates(days),
            from_dates(own),
        ),
        musts={"numpy, arrays in and out": Must(1, 1.33)},
        rounds=7,
    )
    yield Comparison(
        f"Plans: the rows of {orders:,} orders, as a report reads them",
        (row_by_row(own), native(days)),
        musts={"numpy, arrays in and out": Must(0.84, 1)},
        rounds=7,
    )
