"""The jobs of `growth`; each function returns the works for one size, by name."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

from core import CALENDAR, EIGHT, FLOW, MONDAY, NOON, statuses, times
from measure import Work
from prodflow import (
    Change,
    Forward,
    ProductionFlow,
    ProductionOrder,
    StatusCycle,
    WorkingCalendar,
    plan,
    plan_many,
)

TUESDAY = MONDAY + timedelta(1)
YEARS = 5 * 365


def by_orders(count: int) -> Mapping[str, Work]:
    """Bulks of *count* orders."""
    days = [MONDAY + timedelta(number % YEARS) for number in range(count)]
    orders = [
        FLOW.open(EIGHT, order_id=f"PO-{number}", ordered_on=day, by="ann", at=NOON).order
        for number, day in enumerate(days)
    ]
    today = MONDAY + timedelta(YEARS)

    def change_all() -> tuple[Change, ...]:
        return FLOW.accept_all(FLOW.propose_all(orders, today=today, by="ann"), at=NOON)

    dates = [(day, None) for day in days]
    return {
        "propose_all and accept_all": times(change_all),
        "plan_many, dates of five years": times(
            partial(plan_many, EIGHT, Forward(CALENDAR), dates)
        ),
    }


def by_statuses(count: int) -> Mapping[str, Work]:
    """An order whose cycle has *count* statuses."""
    listed = statuses(count)
    cycle = StatusCycle("prints", listed)
    order = FLOW.open(cycle, order_id="PO-1", ordered_on=MONDAY, by="ann", at=NOON).order
    advance = partial(FLOW.advance, order, today=TUESDAY, by="ann", at=NOON)
    return {
        "advance": times(advance),
        "choices": times(partial(FLOW.choices, order, today=TUESDAY, by="ann")),
        "plan": times(partial(plan, cycle, Forward(CALENDAR), ordered_on=MONDAY)),
        "StatusCycle": times(partial(StatusCycle, "prints", listed)),
    }


def by_history(count: int) -> Mapping[str, Work]:
    """An order with *count* entries, moved back and forth between two statuses."""
    changes = [FLOW.open(EIGHT, order_id="PO-1", ordered_on=MONDAY, by="ann", at=NOON)]
    while len(changes) <= count:
        order = changes[-1].order
        to = "s0" if order.status.key == "s1" else "s1"
        changes.append(FLOW.advance(order, today=TUESDAY, by="ann", at=NOON, to=to))
    order = changes[-2].order
    entries = [change.entry for change in changes]
    replay = partial(ProductionOrder.replay, entries[:-1], [EIGHT])
    return {
        "replay the whole history": times(replay),
        "apply one more entry": times(partial(order.apply, entries[-1])),
        "advance": times(partial(FLOW.advance, order, today=TUESDAY, by="ann", at=NOON)),
    }


def by_days(count: int) -> Mapping[str, Work]:
    """Adding and counting *count* days."""
    end = CALENDAR.add(MONDAY, count)
    return {
        "add": times(partial(CALENDAR.add, MONDAY, count)),
        "count": times(partial(CALENDAR.count, MONDAY, end)),
    }


def by_holidays(count: int) -> Mapping[str, Work]:
    """A calendar with *count* holidays, one every ten days from 2026 on."""
    first = date(2026, 1, 1)
    holidays = [first + timedelta(number * 10) for number in range(count)]
    calendar = WorkingCalendar(holidays=holidays)
    flow = ProductionFlow(due_dates=Forward(calendar))
    order = flow.open(EIGHT, order_id="PO-1", ordered_on=MONDAY, by="ann", at=NOON).order

    def new() -> date:
        return WorkingCalendar(holidays=holidays).add(MONDAY, 30)

    return {
        "add": times(partial(calendar.add, MONDAY, 30)),
        "advance": times(partial(flow.advance, order, today=TUESDAY, by="ann", at=NOON)),
        "new WorkingCalendar and its first add": times(new),
    }
