"""The hub of a store as text: boards, late orders, workload, time in status, learned durations."""

from datetime import date
from typing import Protocol

from prodflow import CycleStore, OrderQuery, OrderStore, WorkingCalendar
from prodflow.export import Table
from prodflow.hub import (
    board,
    cycle_time,
    due_soon,
    move_graph,
    on_time_rate,
    overdue,
    rework,
    suggest_durations,
    time_in_status,
    visits,
    workload,
)
from tables import table


class Store(OrderStore, CycleStore, Protocol):
    """What the hub reads: orders, their histories, and their cycles."""


def show(store: Store, *, today: date, calendar: WorkingCalendar) -> None:
    """Print the hub of all orders in a store."""
    cycles = [
        store.get_cycle(order_type, version)
        for order_type in store.order_types()
        for version in store.versions(order_type)
    ]
    orders = store.find(OrderQuery())
    histories = [store.history(order.id) for order in orders]
    _print(board(orders, by="status", today=today, calendar=calendar).table())
    _print(overdue(orders, today=today).table())
    _print(due_soon(orders, today=today, calendar=calendar).table())
    _print(workload(orders, today=today, calendar=calendar).table())

    stays = [visit for entries in histories for visit in visits(entries, calendar=calendar)]
    _print(time_in_status(stays, cycles=cycles).working_table())
    _print(cycle_time(stays, cycles).table())
    _print(on_time_rate(stays, cycles=cycles).table())
    _print(rework(stays, cycles=cycles).table())
    _print(move_graph(stays, cycles=cycles).table())
    for order_type in store.order_types():
        suggested = suggest_durations(histories, store.get_cycle(order_type), calendar=calendar)
        if any(row.days is not None for row in suggested.rows):
            _print(suggested.table())
            _print(suggested.replay(histories).table())


def _print(report: Table) -> None:
    print(f"\n{report.title}")
    if report.rows:
        print(table(report.columns, report.rows))
    for note in report.notes:
        print(f"  {note}")
