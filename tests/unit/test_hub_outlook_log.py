"""Outlooks, orders at risk and loads on a real log, compared with what numpy and plain code count.

The log is that of the tests of the hub: put it into `shared/data` next to the clone.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pytest

from calls import POLICY, busiest_monday, promised
from eventlog import read_log
from prodflow import OrderQuery, ProductionOrder, outlook
from prodflow.hub import at_risk, load
from replay import cycle_of

LOG: Final = Path(__file__).parents[3] / "shared" / "data" / "helpdesk.csv"
HORIZON: Final = 60

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not LOG.is_file(), reason=f"no {LOG.name} next to the clone"),
]


class Expected(NamedTuple):
    """A status to come as plain code counts it."""

    key: str
    begins_on: date
    finish_on: date


class Monday(NamedTuple):
    """The open orders of the busiest Monday of the log."""

    today: date
    orders: tuple[ProductionOrder, ...]


@pytest.fixture(scope="module")
def monday() -> Monday:
    """The Monday, with delivery dates and durations learned from the cases closed by then."""
    log = read_log(LOG)
    today = busiest_monday(log)
    assert today is not None
    store, _ = promised(log, cycle_of(log), today)
    return Monday(today, tuple(store.find(OrderQuery(is_open=True))))


def after(day: date, days: int) -> date:
    """Some working days after a day; 0 days after a day is that day, even if it's closed."""
    if not days:
        return day
    found: date = np.busday_offset(day, days, roll="backward").astype(object)
    return found


def opening(day: date) -> date:
    """The day, or the next working day."""
    found: date = np.busday_offset(day, 0, roll="forward").astype(object)
    return found


def rank(day: date) -> int:
    """The number of working days up to a day."""
    return int(np.busday_count("2000-01-01", day + timedelta(1)))


def begun(order: ProductionOrder, visit: int, entered_on: date) -> date:
    """The day from which a visit counts; the first visit begins no earlier than the plan."""
    return max(entered_on, order.plan_from) if visit == 1 else entered_on


def present(order: ProductionOrder, today: date) -> tuple[str, date, date]:
    """The first status to come, the first day, and the day on which that status is due."""
    if order.cycle.place(order.status.key).position is not None:
        begins = begun(order, order.visit, order.entered_on)
        days = (order.status.default_duration or 0) + order.paused_working_days
        due = order.due_on if order.due_on_is_manual else after(begins, days)
        first = max(today, order.begun_on, begins)
        return order.status.key, first, due or first
    key = order.resumes_in
    assert key is not None
    days = order.cycle[key].default_duration or 0
    first = max(today, order.begun_on, order.due_on or today)
    held = order.held
    if held is None:
        return key, first, after(first, days)
    begins = begun(order, held.visit, held.entered_on)
    first = max(first, begins)
    paused = held.paused_working_days + int(np.busday_count(held.paused_on, first))
    return key, first, (held.due_on_is_manual and held.due_on) or after(begins, days + paused)


def to_come(order: ProductionOrder, today: date) -> Iterator[Expected]:
    """The statuses from the present one up to the last before the final one."""
    key, first, due = present(order, today)
    keys = [status.key for status in order.cycle.path]
    reached, begins = max(first, due), first
    for number, other in enumerate(keys[keys.index(key) : -1]):
        reached = after(reached, (order.cycle[other].default_duration or 0) if number else 0)
        yield Expected(other, begins, opening(reached))
        begins = opening(reached)


def owner(order: ProductionOrder, default: str | None) -> str | None:
    """The department of the first status to come, which may begin a new visit."""
    if order.held is not None:
        return order.held.department
    is_there = order.cycle.place(order.status.key).position is not None
    return order.department if is_there else default


def test_outlooks_agree(monday: Monday) -> None:
    """Every status to come of every open order begins and ends on the days of numpy."""
    statuses = 0
    for order in monday.orders:
        found = outlook(order, POLICY, today=monday.today)
        assert found is not None
        expected = [*to_come(order, monday.today)]
        assert [(it.status.key, it.begins_on, it.finish_on) for it in found] == expected
        statuses += len(expected)
    assert statuses > len(monday.orders) > 200


def test_orders_at_risk_agree(monday: Monday) -> None:
    """Those that end after their delivery date are listed, the latest first."""
    slack = {}
    for order in monday.orders:
        rows = [*to_come(order, monday.today)]
        finish_on = rows[-1].finish_on if rows else opening(present(order, monday.today)[1])
        assert order.delivery_on is not None
        slack[order.id] = rank(order.delivery_on) - rank(finish_on)
    late = {key: days for key, days in slack.items() if days < 0}
    risks = at_risk(monday.orders, POLICY, today=monday.today)
    assert {it.order.id: it.outlook.slack_days for it in risks} == late
    assert [late[it.order.id] for it in risks] == sorted(late.values())
    assert 10 < len(late) < len(monday.orders)


def test_loads_agree(monday: Monday) -> None:
    """On each day, a department has the orders that plain code puts there."""
    loads: Counter[tuple[str | None, date]] = Counter()
    last = monday.today + timedelta(HORIZON - 1)
    for order in monday.orders:
        for number, row in enumerate(to_come(order, monday.today)):
            department = order.cycle[row.key].default_department
            if not number:
                department = owner(order, department)
            days = {row.begins_on} if row.begins_on == row.finish_on else set()
            days |= {
                row.begins_on + timedelta(after_it)
                for after_it in range(1, (row.finish_on - row.begins_on).days + 1)
            }
            loads.update((department, day) for day in days if np.is_busday(day) and day <= last)
    found = load(monday.orders, POLICY, today=monday.today, horizon=HORIZON)
    assert {
        (row.department, day): count
        for row in found.rows
        for day, count in zip(found.days, row.amounts, strict=True)
        if count
    } == loads
    assert loads.total() > 200
