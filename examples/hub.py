"""Reports on a store: boards, late orders, workload, time in status, learned durations."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final, Protocol

from prodflow import CycleStore, OrderQuery, OrderStore, WorkingCalendar, slug
from prodflow.export import Table, to_csv, to_html, to_markdown, to_pdf, to_text, to_xlsx
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

KINDS: Final[Mapping[str, Callable[[Table], str | bytes]]] = {
    "txt": to_text,
    "md": to_markdown,
    "csv": to_csv,
    "html": to_html,
    "xlsx": to_xlsx,
    "pdf": to_pdf,
}


class Store(OrderStore, CycleStore, Protocol):
    """A store with what the reports need: orders, their histories and their cycles."""


def reports(store: Store, *, today: date, calendar: WorkingCalendar) -> Iterator[Table]:
    """Reports on all orders in a store, as tables."""
    newest = store.newest()
    versions = [
        store.get_cycle(order_type, version)
        for order_type in store.order_types()
        for version in store.versions(order_type)
    ]
    orders = store.find(OrderQuery())
    histories = [store.history(order.id) for order in orders]
    yield board(orders, by="status", today=today, calendar=calendar, cycles=newest).table()
    yield overdue(orders, today=today, cycles=newest).table()
    yield due_soon(orders, today=today, calendar=calendar, cycles=newest).table()
    yield workload(orders, today=today, calendar=calendar).table()

    stays = [visit for entries in histories for visit in visits(entries, calendar=calendar)]
    yield time_in_status(stays, cycles=versions).working_table()
    yield cycle_time(stays, versions).table()
    yield on_time_rate(stays, cycles=versions).table()
    yield rework(stays, cycles=versions).table()
    yield move_graph(stays, cycles=versions).table()
    for cycle in newest:
        suggested = suggest_durations(histories, cycle, calendar=calendar, as_of=today)
        if any(row.days is not None for row in suggested.rows):
            yield suggested.table()
            yield suggested.replay(histories).table()


def show(store: Store, *, today: date, calendar: WorkingCalendar) -> list[Table]:
    """Print the reports on a store, and return their tables."""
    shown = list(reports(store, today=today, calendar=calendar))
    for report in shown:
        print(f"\n{to_text(report)}", end="")
    return shown


def write(folder: Path, tables: Iterable[Table]) -> list[Path]:
    """Write each table in every format; returns the files."""
    files: list[Path] = []
    for table in tables:
        name = slug(table.title)
        for ending, render in KINDS.items():
            files.append(folder / f"{name}.{ending}")
            content = render(table)
            if isinstance(content, str):
                content = content.encode()
            files[-1].write_bytes(content)
    return files
