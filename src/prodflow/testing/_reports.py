"""Every report of `prodflow.hub`, made from the orders and histories in a store."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from attrs import evolve

from prodflow import (
    Change,
    DaysFromDelivery,
    DaysFromDue,
    Forward,
    MemoryStore,
    OrderQuery,
    ProductionFlow,
    ProductionOrder,
    StatusCycle,
    WorkingCalendar,
)
from prodflow.export import Table
from prodflow.hub import (
    BoardBy,
    Visit,
    at_risk,
    board,
    cycle_time,
    due_soon,
    family,
    in_use,
    lateness_under,
    load,
    move_graph,
    on_time_rate,
    order_plan,
    overdue,
    past_delivery,
    reasons,
    rework,
    status_report,
    suggest_durations,
    time_in_status,
    tracking,
    visits,
    workload,
)
from prodflow.testing._law_steps import cycles_of
from prodflow.triggers import Slot

CALENDAR: Final = WorkingCalendar()
POLICY: Final = Forward(CALENDAR)
COLUMNS: Final[tuple[BoardBy | str, ...]] = (
    "workflow_stage",
    "status",
    "department",
    "user",
    "vendor",
    "facts.client",
)
_MORE: Final = ("priority", "quantity", "facts.client")
Reports = dict[str, Table | dict[str, int]]


def stored(changes: Sequence[Change]) -> MemoryStore:
    """A store that has saved these changes, one after the other."""
    store = MemoryStore()
    for change in changes:
        store.save(change)
    return store


def reports_of_orders(
    orders: Sequence[ProductionOrder], cycles: Iterable[StatusCycle], today: date
) -> Reports:
    """What the reports say of orders as they are now."""
    versions = tuple(cycles)
    boards = [board(orders, by=by, today=today, cycles=versions) for by in COLUMNS]
    report = status_report(orders, today=today, cycles=versions, policy=POLICY)
    busy = workload(orders, today=today)
    by_client = status_report(
        orders, today=today, by="facts.client", clients="facts.client", cycles=versions
    )
    return {
        **{f"board by {one.by}": one.table("quantity") for one in boards},
        **{f"orders by {one.by}": one.orders_table(*_MORE) for one in boards},
        "status report": report.table(*_MORE),
        "counts": report.counts_table("quantity"),
        "status report by client": by_client.table(*_MORE),
        "workload": busy.table("quantity"),
        "workload by client": workload(orders, today=today, by="facts.client").table("quantity"),
        "departments": busy.departments_table("quantity"),
        "users": busy.users_table("quantity"),
        "overdue": overdue(orders, today=today, cycles=versions).table(*_MORE),
        "due soon": due_soon(orders, today=today, cycles=versions).table(*_MORE),
        "past delivery": past_delivery(orders, today=today, cycles=versions).table(*_MORE),
        "at risk": at_risk(orders, POLICY, today=today, cycles=versions).table(*_MORE),
        "load": load(orders, POLICY, today=today, horizon=30).table(),
        "families": family(orders, cycles=versions).table(),
        **{f"in use in {cycle.version}": in_use(cycle, orders) for cycle in versions},
    }


def reports_of_visits(found: Sequence[Visit], cycles: Iterable[StatusCycle]) -> Reports:
    """What the reports say of visits."""
    versions = tuple(cycles)
    times, spans = time_in_status(found, cycles=versions), cycle_time(found, versions)
    return {
        "time in status": times.table(),
        "working time in status": times.working_table(),
        "cycle time": spans.table(),
        "cycle time by order": spans.orders_table(),
        "on time": on_time_rate(found, cycles=versions).table(),
        "rework": rework(found, cycles=versions).table(),
        "moves": move_graph(found, cycles=versions).table(),
    }


def reports(store: MemoryStore, cycles: Iterable[StatusCycle], today: date) -> Reports:
    """What every report says of all orders in a store."""
    return _reports(store, tuple(cycles), today)


def same_reports(
    changes: Sequence[Change],
    run: Sequence[Change],
    *,
    without: Collection[int] = (),
    but: Collection[str] = (),
) -> None:
    """Assert that every report is the same after *changes* as after *run*.

    Each list goes through a store of its own. The reports are those of ten days later.

    Args:
        changes: the changes of an order.
        run: the changes of the same order in which something did not happen.
        without: numbers of entries of *changes*. The visits that they begin and the pauses that
            they end aren't counted.
        but: names of reports that may differ.
    """
    cycles = tuple(cycles_of([*changes, *run]))
    today = run[-1].order.begun_on + timedelta(10)
    has_holds = bool(without)
    expected = _reports(stored(run), cycles, today, has_holds=has_holds)
    found = _reports(stored(changes), cycles, today, without=without, has_holds=has_holds)
    names = expected.keys() | found.keys()
    assert {name: found.get(name) for name in names if name not in but} == {
        name: expected.get(name) for name in names if name not in but
    }


def same_orders(changes: Sequence[Change], run: Sequence[Change]) -> None:
    """Assert that the reports of orders are the same after *changes* as after *run*.

    They differ from the other reports in that they know an order only as it is now.
    """
    cycles = tuple(cycles_of([*changes, *run]))
    today = run[-1].order.begun_on + timedelta(10)
    found, expected = (
        reports_of_orders(stored(each).find(OrderQuery()), cycles, today) for each in (changes, run)
    )
    assert found == expected


def same_outbox(flow: ProductionFlow, changes: Sequence[Change], run: Sequence[Change]) -> None:
    """Assert that the same reminders are pending after *changes* as after *run*.

    Only the reminders of the present visit and of the delivery date are compared. There are two
    exceptions: a warning that has come too late may be gone after *changes*. And what an amendment
    or a migration didn't say, because its day was over, may be there.
    """
    after, before = (_reminders(each) for each in (changes, run))
    order, is_over = changes[-1].order, max(change.entry.at.date() for change in changes)
    is_over = max(is_over, order.begun_on)
    late = {
        trigger.key
        for trigger in flow.triggers
        if isinstance(trigger.when, DaysFromDue | DaysFromDelivery) and trigger.when.days < 0
        for anchor in [_anchor(trigger.when, order)]
        if anchor is not None and anchor < is_over
    }
    for slot, day in before.items():
        assert after.get(slot) == day or (slot not in after and slot[1] in late)
    assert all(after[slot] < is_over for slot in after.keys() - before.keys())


def _anchor(when: DaysFromDue | DaysFromDelivery, order: ProductionOrder) -> date | None:
    return order.due_on if isinstance(when, DaysFromDue) else order.delivery_on


def _reminders(changes: Sequence[Change]) -> dict[Slot, date]:
    """The day of each pending reminder of the present visit and of the delivery date."""
    items = stored(changes).pending(as_of=date.max, limit=10_000)
    return {
        item.event.slot: item.event.fire_on
        for item in items
        if item.event.dated
        and item.event.fire_on is not None
        and (item.event.visit == changes[-1].order.visit or item.event.until == "closed")
    }


def _reports(
    store: MemoryStore,
    cycles: tuple[StatusCycle, ...],
    today: date,
    *,
    without: Collection[int] = (),
    has_holds: bool = False,
) -> Reports:
    orders = store.find(OrderQuery())
    histories = [store.history(order.id) for order in orders]
    found = [
        evolve(visit, pauses=tuple(it for it in visit.pauses if it.sequence not in without))
        for entries in histories
        for visit in visits(entries, calendar=CALENDAR)
        if visit.sequence not in without
    ]
    all_reports = reports_of_orders(orders, cycles, today) | reports_of_visits(found, cycles)
    for order, entries in zip(orders, histories, strict=True):
        seen = tracking(order, entries, cycles=cycles, today=today)
        all_reports[f"tracking of {order.id}"] = seen.table()
        if not has_holds:
            planned = order_plan(order, POLICY, entries, today=today, cycles=cycles)
            all_reports[f"plan of {order.id}"] = planned.table()
    # These two read whole histories, in which a hold is a visit of its own.
    for cycle in () if has_holds else cycles:
        suggested = suggest_durations(
            histories, cycle, calendar=CALENDAR, as_of=date.max, at_least=1
        )
        late = lateness_under(histories, cycle, policy=POLICY)
        why = reasons(histories, cycles, today=today, by="facts.client", calendar=CALENDAR)
        all_reports["reasons"] = why.table()
        all_reports[f"durations for {cycle.version}"] = suggested.table()
        all_reports[f"lateness under {cycle.version}"] = late.table()
    return all_reports
