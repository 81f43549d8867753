"""Plans of very many orders: `plan_many` and NumPy's busday functions.

Each order has a date of its own within five years, and every contender finds the due dates of all
statuses and reads the last one of each order. NumPy's native way is arrays in and arrays out: each
different day is reckoned once for all statuses, and taken for every order that has it. An
application that has dates and wants dates pays for the ways there and back: the other rows say it.

prodflow gives `Plan` values, which also hold the cycle, the earliest and the latest dates and the
float, and which orders of one date share.
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
"""A prime, so that neighbours have days far apart and every day comes up."""
POLICY: Final = Forward(CALENDAR)
DATED: Final = len(EIGHT.path) - 1
"""All statuses but the final one, which is never due."""
DAYS_THROUGH: Final = np.cumsum([status.default_duration for status in EIGHT.path[:DATED]])
BUSDAYS: Final = np.busdaycalendar(holidays=sorted(CALENDAR.holidays))

Days = Any
"""An array of datetime64 days."""


def ours(name: str, pairs: Pairs) -> Contender:
    """prodflow, from pairs of dates to plans."""

    def work(count: int) -> None:
        last = DATED - 1
        for _ in range(count):
            plans = plan_many(EIGHT, POLICY, pairs)
            _ = [plan.due_dates[last] for plan in plans]

    def answers() -> list[list[date | None]]:
        return [list(plan.due_dates[:DATED]) for plan in plan_many(EIGHT, POLICY, pairs)]

    return Contender(name, work, answers)


def due_dates(days: Days) -> Days:
    """A row for each order, a column for each status."""
    different, places = np.unique(days, return_inverse=True)
    due = np.busday_offset(
        different[:, np.newaxis], DAYS_THROUGH, roll="backward", busdaycal=BUSDAYS
    )
    # Nothing is due before its anchor; here every status takes a day at least, so nothing is.
    return due.take(places, axis=0)


def native(days: Days) -> Contender:
    """NumPy, arrays in and arrays out."""

    def work(count: int) -> None:
        for _ in range(count):
            due_dates(days)[:, -1].copy()

    return Contender("numpy, arrays in and out", work, lambda: due_dates(days).tolist())


def read_as_dates(days: Days) -> Contender:
    """NumPy, arrays in, and the last due dates out as dates."""

    def work(count: int) -> None:
        for _ in range(count):
            due_dates(days)[:, -1].tolist()

    return Contender("numpy, arrays in, dates out", work, lambda: due_dates(days).tolist())


def from_dates(pairs: Pairs) -> Contender:
    """NumPy, from the pairs that prodflow is given to dates."""

    def array() -> Days:
        return np.array([ordered_on for ordered_on, _ in pairs], dtype="datetime64[D]")

    def work(count: int) -> None:
        for _ in range(count):
            due_dates(array())[:, -1].tolist()

    return Contender("numpy, dates in and out", work, lambda: due_dates(array()).tolist())


def comparisons(orders: int = ORDERS) -> Iterator[Comparison]:
    """A million orders, unless told otherwise."""
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
