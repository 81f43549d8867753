"""Whom to call on a Monday morning: the open cases of an event log that will be late, and why.

    python examples/calls.py LOG

The log has no promises and no durations, so the script makes some from the cases that were closed
by then: each status takes its median of working days, and a case is promised within the working
days that four of five cases needed. It only looks at events before that Monday.
"""

import sys
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from math import ceil
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from eventlog import EventLog, read_log
from prodflow import (
    Forward,
    MemoryStore,
    OrderQuery,
    Outlook,
    ProductionFlow,
    ProductionOrder,
    StatusCycle,
    WorkingCalendar,
)
from prodflow.diagrams import load_svg, plan_svg
from prodflow.export import to_text
from prodflow.hub import AtRisk, at_risk, load, order_plan, overdue, suggest_durations
from replay import cycle_of, replay
from tables import table

CALENDAR: Final = WorkingCalendar()
POLICY: Final = Forward(CALENDAR)
FLOW: Final = ProductionFlow(due_dates=POLICY)
SHARE: Final = 0.8
SHOWN: Final = 10


def busiest_monday(log: EventLog) -> date | None:
    """The Monday with the most open cases; None if no case was open on a Monday."""
    changes: dict[date, int] = {}
    for events in log.cases.values():
        for day, change in ((events[0].at.date(), 1), (events[-1].at.date(), -1)):
            # A case is open on the Monday mornings after its first day, up to its last day.
            monday = day + timedelta(7 - day.weekday())
            changes[monday] = changes.get(monday, 0) + change
    days = sorted(changes)
    cases = [*accumulate(changes[day] for day in days)]
    number, monday = max(zip(cases, days, strict=True), key=itemgetter(0))
    return monday if number else None


def promised(log: EventLog, cycle: StatusCycle, monday: date) -> tuple[MemoryStore, int]:
    """The cases of the Monday morning, with a delivery date; and within how many days it is."""
    store = MemoryStore()
    before = [event for event in log.events if event.at.date() < monday]
    replay(EventLog(log.path, before), cycle, store, at_once=1_000)
    orders = store.find(OrderQuery())
    needed = sorted(
        CALENDAR.count(order.ordered_on, order.entered_on) for order in orders if order.is_complete
    )
    days = needed[ceil(SHARE * len(needed)) - 1] if needed else 1
    past = [store.history(order.id) for order in orders]
    learned = suggest_durations(
        past, cycle, calendar=CALENDAR, as_of=before[-1].at.date(), quantile=0.5, at_least=1
    ).adopted()
    still_open = [order for order in orders if order.is_open]
    who: Any = {"by": "the script", "at": before[-1].at}
    for order in still_open:
        migrated = FLOW.migrate(order, learned, **who)
        delivery_on = CALENDAR.add(order.ordered_on, days)
        store.save(migrated, FLOW.amend(migrated.order, delivery_on=delivery_on, **who))
    return store, days


def why(order: ProductionOrder, expected: Outlook, today: date) -> str:
    """Why an order will be late, in one line."""
    if order.is_past_delivery(today=today):
        since = CALENDAR.count(order.begun_on, today)
        where = order.status.description
        return f"it was promised for {order.delivery_on}, and is in {where} for {since} days"
    left = CALENDAR.count(today, expected.finish_on)
    return f"it needs {left} more working days, and is promised for {order.delivery_on}"


def calls(risks: AtRisk, today: date) -> str:
    """The list of calls: who has the case, and what to ask for."""
    rows = [
        (
            row.order.user,
            row.order.department,
            row.order.id,
            row.outlook.finish_on,
            -(row.outlook.slack_days or 0),
            why(row.order, row.outlook, today),
        )
        for row in risks[:SHOWN]
    ]
    return table(("call", "of", "case", "expected", "days late", "because"), rows)


def show(log: EventLog, cycle: StatusCycle, output: Path) -> None:
    """Print whom to call on the busiest Monday of a log, and write two pictures."""
    monday = busiest_monday(log)
    if monday is None:
        print("  No case was open on a Monday, so there is nobody to call")
        return
    store, days = promised(log, cycle, monday)
    orders = store.find(OrderQuery(is_open=True))
    print(f"  It's {monday:%A, %d %B %Y}, with {len(orders):,} open cases")
    print(f"  Cases are promised within {days} working days, as four of five had been closed")
    risks = at_risk(orders, POLICY, today=monday)
    known = overdue(orders, today=monday)
    unseen = len({row.order.id for row in risks} - {order.id for order in known})
    print(f"  {len(risks):,} will be late; {unseen:,} of them are in no list of overdue cases")
    print(calls(risks, monday))
    work = load(orders, POLICY, today=monday, horizon=14, per="week")
    print(f"\n{to_text(work.table())}", end="")
    output.mkdir(parents=True, exist_ok=True)
    (output / "load.svg").write_text(load_svg(work), encoding="utf-8")
    if risks:
        order = risks[0].order
        first = order_plan(order, POLICY, store.history(order.id), today=monday)
        (output / "late.svg").write_text(plan_svg(first), encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    """Show the Monday of a log."""
    log = read_log(Path(arguments[0]))
    show(log, cycle_of(log), Path("demo-output"))


if __name__ == "__main__":
    main(sys.argv[1:])
