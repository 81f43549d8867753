"""How quick the databases are: saves, loads and pages, beside a loop over the bare driver.

    python bench/stores.py [--orders N] [--only sqlite|postgresql]

Each figure is a median with the spread of its middle half. A rate of changes counts what a save
does in full: the order with its indexes, the history, the outbox, the commit that waits for the
disk. The bare loop encodes the same values with the same codec and writes the same rows into tables
of the same kind in the same run, with nothing around it but `executemany`; what it leaves out is to
count the rows, the places in the feed of SQLite, and to ask which reminders there are.
"""

import argparse
import os
import re
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from attrs import frozen

from prodflow import (
    Change,
    CreateTask,
    DaysInStatus,
    OrderQuery,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Trigger,
)
from prodflow_sqlalchemy import SqlStore
from prodflow_sqlalchemy._rows import entry_row, order_row, slot_row  # the same rows for both

MONDAY: Final = date(2026, 11, 2)
NOON: Final = datetime(2026, 11, 2, 12, tzinfo=UTC)
LAST: Final = 7
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status(
            f"s{number}",
            f"Status {number}",
            default_duration=number % 4,
            default_department=f"department {number % 5}",
            default_user=f"user {number}",
            workflow_stage=f"stage {number % 3}",
            initial=number == 0,
            final=number == LAST,
        )
        for number in range(LAST + 1)
    ],
)
FLOW: Final = ProductionFlow(
    triggers=[Trigger("later", DaysInStatus(None, 500), CreateTask("Have a look"))]
)


@frozen
class Figure:
    """What was measured: a median and the quartiles around it."""

    what: str
    median: float
    low: float
    high: float
    unit: str

    def __str__(self) -> str:
        spread = f"({self.low:,.2f} to {self.high:,.2f})"
        return f"{self.what:<52}{self.median:>12,.2f} {self.unit:<3} {spread}"


def figure(what: str, values: Sequence[float], unit: str) -> Figure:
    """The median of some values, with their quartiles."""
    low, median, high = statistics.quantiles(values, n=4)
    return Figure(what, median, low, high, unit)


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes on the clock: waiting for the disk is what a database does."""
    began = perf_counter()
    call()
    return perf_counter() - began


def order_id(number: int) -> str:
    """The id of an order by its number."""
    return f"PO-{number:08}"


def opened(numbers: Iterable[int], *, first_day: date = MONDAY) -> list[Change]:
    """New orders, spread over 300 days, 20 vendors and as many invoices as there are triples."""
    return [
        FLOW.open(
            CYCLE,
            order_id=order_id(number),
            ordered_on=first_day + timedelta(number % 300),
            delivery_on=first_day + timedelta(number % 300 + 30),
            vendor=f"vendor {number % 20}",
            invoice_id=f"invoice {number // 3}",
            by="ann",
            at=NOON,
        )
        for number in numbers
    ]


def advanced(orders: Iterable[ProductionOrder]) -> list[Change]:
    """The next change of each order."""
    return [
        FLOW.advance(order, today=order.entered_on + timedelta(1), by="ann", at=NOON)
        for order in orders
    ]


def bulks(changes: Sequence[Change], size: int) -> Iterator[Sequence[Change]]:
    """Changes, so many at a time."""
    return (changes[begin : begin + size] for begin in range(0, len(changes), size))


# --- The bare driver

ORDER: Final = (
    "UPDATE {0}orders SET version = :version, visit = :visit, order_type = :order_type,"
    " cycle_version = :cycle_version, status = :status, is_open = :is_open, due = :due,"
    " delivery_on = :delivery_on, workflow_stage = :workflow_stage, department = :department,"
    " assignee = :assignee, vendor = :vendor, invoice_id = :invoice_id, data = :data"
    " WHERE id = :id AND version = :base"
)
VOID: Final = (
    "DELETE FROM {0}outbox WHERE order_id = :id AND NOT closed AND dated AND while_in_status"
    " AND visit < :visit"
)
ENTRY: Final = (
    "INSERT INTO {0}history (order_id, sequence, data) VALUES (:order_id, :sequence, :data)"
)
SLOT: Final = (
    "INSERT INTO {0}outbox (order_id, trigger_key, slot_visit, id, visit, fire_on, dated,"
    " while_in_status, automatic, closed, data) VALUES (:order_id, :trigger_key, :slot_visit, :id,"
    " :visit, :fire_on, :dated, :while_in_status, :automatic, :closed, :data)"
)


class Bare:
    """A loop over the bare driver: one transaction, four `executemany`.

    Args:
        url: of the database.
        prefix: of the tables.
    """

    def __init__(self, url: sa.URL, prefix: str) -> None:
        self._connection: Any
        statements = [statement.format(prefix) for statement in (ORDER, VOID, ENTRY, SLOT)]
        if url.drivername == "sqlite":
            self._connection = sqlite3.connect(str(url.database), isolation_level=None)
            self._connection.execute("PRAGMA synchronous = FULL")
            self._begin = "BEGIN IMMEDIATE"
        else:
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            self._connection = psycopg.connect(plain, autocommit=True)
            self._begin = "BEGIN"
            statements = [re.sub(r":(\w+)", r"%(\1)s", statement) for statement in statements]
        self._statements = statements

    def save(self, *changes: Change) -> None:
        """Encode the same values and write the same rows."""
        orders = [order_row(c.order) | {"base": c.entry.sequence - 1} for c in changes]
        entries = [entry_row(change.entry) for change in changes]
        slots = [slot_row(event) for change in changes for event in change.events]
        cursor = self._connection.cursor()
        cursor.execute(self._begin)
        for statement, rows in zip(self._statements, (orders, orders, entries, slots), strict=True):
            cursor.executemany(statement, rows)
        cursor.execute("COMMIT")


# --- What is measured


def measure(url: sa.URL, orders: int) -> Iterator[Figure]:
    """All figures of one database, beginning with empty tables."""
    text = url.render_as_string(hide_password=False)
    with SqlStore.open(text) as store, SqlStore.open(text, prefix="bare_") as other:
        few = min(10_000, orders)
        first = opened(range(few))
        for part in bulks(first, 1_000):
            store.save(*part)
            other.save(*part)
        yield from against_the_driver(store, Bare(url, "bare_"), [c.order for c in first])
        now = store.find(OrderQuery(limit=500))
        singles = [seconds(partial(store.save, change)) for change in advanced(now)]
        yield figure("changes saved singly, of 10,000 orders", rates(singles, 1), "/s")
        yield from bulk_rates(store, few)
        fill(store, range(few, orders))
        yield from bulk_rates(store, orders)
        yield from pages(store, orders)
        yield from histories(store)


def rates(times: Sequence[float], changes: int) -> list[float]:
    """How many changes a second."""
    return [changes / time for time in times]


def against_the_driver(
    store: SqlStore, driver: Bare, orders: Sequence[ProductionOrder]
) -> Iterator[Figure]:
    """Bulks of 1,000 by turns: the same changes by the store and by the bare driver."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(2):
        changes = advanced(orders)
        for number, part in enumerate(bulks(changes, 1_000)):
            pair = [(ours, store.save), (theirs, driver.save)]
            for times, save in pair if number % 2 else reversed(pair):
                times.append(seconds(partial(save, *part)))
        orders = [change.order for change in changes]
    yield figure("changes saved 1,000 at once, of 10,000 orders", rates(ours, 1_000), "/s")
    yield figure("  the same rows by the bare driver", rates(theirs, 1_000), "/s")
    shares = [b / a for a, b in zip(ours, theirs, strict=True)]
    yield figure("  share of the bare driver's rate", shares, "x")


def bulk_rates(store: SqlStore, count: int) -> Iterator[Figure]:
    """Bulks of 1,000 and of 100, of orders from all over the table."""
    where = f"of {count:,} orders"
    ids = [order_id(number) for number in range(0, count, max(1, count // 20_000))]
    orders = store.load(ids).values()
    changes = advanced(orders)
    times = [seconds(partial(store.save, *part)) for part in bulks(changes, 1_000)]
    yield figure(f"changes saved 1,000 at once, {where}", rates(times, 1_000), "/s")
    changes = advanced(change.order for change in changes[:5_000])
    times = [seconds(partial(store.save, *part)) for part in bulks(changes, 100)]
    yield figure(f"changes saved 100 at once, {where}", rates(times, 100), "/s")
    times = [seconds(partial(store.load, ids[at : at + 100])) for at in range(0, len(ids), 100)]
    yield figure(f"orders loaded 100 at once, {where}", rates(times, 100), "/s")


def fill(store: SqlStore, numbers: range) -> None:
    """Many more orders, each with one reminder; those of the first 100 are due long before."""
    for begin in range(numbers.start, numbers.stop, 5_000):
        store.save(*opened(range(begin, min(begin + 5_000, numbers.stop))))
    early = range(numbers.stop, numbers.stop + 100)
    store.save(*opened(early, first_day=MONDAY - timedelta(1_000)))


QUERIES: Final[Mapping[str, Callable[[int], OrderQuery]]] = {
    "all": lambda n: OrderQuery(after=(MONDAY + timedelta(n), "-"), limit=100),
    "open": lambda n: OrderQuery(is_open=True, after=(MONDAY + timedelta(n), "-"), limit=100),
    "overdue": lambda n: OrderQuery(overdue_on=MONDAY + timedelta(n), limit=100),
    "type and status": lambda n: OrderQuery(order_type="prints", status=f"s{n % 3}", limit=100),
    "department": lambda n: OrderQuery(department=f"department {n % 3}", limit=100),
    "user": lambda n: OrderQuery(user=f"user {n % 3}", limit=100),
    "vendor": lambda n: OrderQuery(vendor=f"vendor {n % 20}", limit=100),
    "invoice": lambda n: OrderQuery(invoice_id=f"invoice {n * 10}"),
}


def pages(store: SqlStore, count: int) -> Iterator[Figure]:
    """Pages of 100 by each filter that has an index, and what is due of all that is pending."""
    for name, query in QUERIES.items():
        times = [seconds(partial(store.find, query(number))) for number in range(40)]
        yield figure(f"a page by {name}, of {count:,} orders", milliseconds(times), "ms")
    due = partial(store.pending, as_of=MONDAY - timedelta(1), limit=200)
    found = len(due())
    times = [seconds(due) for _ in range(40)]
    yield figure(f"the {found} due events of {count:,}", milliseconds(times), "ms")


def histories(store: SqlStore) -> Iterator[Figure]:
    """The history of an order with 1,000 entries."""
    order = store.get(order_id(0))
    for note in range(order.version, 1_000):
        change = FLOW.amend(order, by="ann", at=NOON, note=f"note {note}")
        store.save(change)
        order = change.order
    times = [seconds(partial(store.history, order.id)) for _ in range(20)]
    yield figure("a history of 1,000 entries", milliseconds(times), "ms")


def milliseconds(times: Sequence[float]) -> list[float]:
    """Times in seconds as milliseconds."""
    return [time * 1_000 for time in times]


# --- The databases


def sqlite_url() -> Iterator[sa.URL]:
    """A file in a folder of its own; it goes when the measuring is over."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        yield sa.make_url(f"sqlite:///{folder}/bench.db")


def postgresql_url() -> Iterator[sa.URL]:
    """The server that PRODFLOW_TEST_POSTGRES names, in a schema of its own."""
    server = sa.make_url(os.environ["PRODFLOW_TEST_POSTGRES"])
    engine = sa.create_engine(server)
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema("prodflow_bench", cascade=True, if_exists=True))
        connection.execute(sa.schema.CreateSchema("prodflow_bench"))
    yield server.update_query_dict({"options": "-csearch_path=prodflow_bench"})
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema("prodflow_bench", cascade=True))


DATABASES: Final = {"sqlite": sqlite_url, "postgresql": postgresql_url}


def main() -> None:
    """Measure, and print as it goes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--only", choices=DATABASES, action="append")
    options = parser.parse_args()
    for name in options.only or DATABASES:
        if name == "postgresql" and "PRODFLOW_TEST_POSTGRES" not in os.environ:
            print("\npostgresql: left out, for PRODFLOW_TEST_POSTGRES names no server")
            continue
        for url in DATABASES[name]():
            print(f"\n{name}\n")
            for found in measure(url, options.orders):
                print(found, flush=True)


if __name__ == "__main__":
    main()
