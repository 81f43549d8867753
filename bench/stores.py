"""Measures how fast `SqlStore` saves, loads and finds, compared with the bare driver.

    python bench/stores.py [--orders N] [--only sqlite|postgresql]

Each figure is a median with its quartiles. A save writes the order with its indexes, the history
and the outbox, and waits until the commit is on the disk. The bare driver encodes the same values
with the same codec and writes the same rows into equal tables with `executemany`. It leaves out
three things: counting the rows, the positions in SQLite's feed, and the look-up of reminders.

In a table of a million orders, two sets of 10,000 orders change: first the newest ones, as in a
studio, then orders spread over the whole table, so that each change touches a different page.
"""

import argparse
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from attrs import asdict, frozen

import results
from databases import DATABASES
from driver import Bare
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
from prodflow.stores import Position
from prodflow_sqlalchemy import SqlStore

T = TypeVar("T")

WHOLE: Final = 100
"""Figures above this one are shown without decimals."""

NEWEST: Final = 10_000
"""How many orders change; a larger table also holds older ones."""

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
    triggers=[Trigger("later", DaysInStatus(None, 5_000), CreateTask("Have a look"))]
)


@frozen
class Figure:
    """A measured figure: its median and the quartiles around it."""

    what: str
    median: float
    low: float
    high: float
    unit: str

    def __str__(self) -> str:
        spread = f"({self.low:,.2f} to {self.high:,.2f})"
        return f"{self.what:<52}{self.median:>12,.2f} {self.unit:<3} {spread}"


def figure(what: str, values: Sequence[float], unit: str) -> Figure:
    """The figure that summarises some values."""
    low, median, high = statistics.quantiles(values, n=4)
    return Figure(what, median, low, high, unit)


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes on the clock, which includes the database's waits for the disk."""
    began = perf_counter()
    call()
    return perf_counter() - began


def order_id(number: int) -> str:
    """The id of the order with this number."""
    return f"PO-{number:08}"


def opened(numbers: Iterable[int], *, first_day: date = MONDAY) -> list[Change]:
    """Changes that open orders, newest first: 1,000 a day, 20 vendors, three to an invoice."""
    return [
        FLOW.open(
            CYCLE,
            order_id=order_id(number),
            ordered_on=first_day - timedelta(number // 1_000),
            delivery_on=first_day - timedelta(number // 1_000 - 30),
            vendor=f"vendor {number % 20}",
            invoice_id=f"invoice {number // 3}",
            by="ann",
            at=NOON,
        )
        for number in numbers
    ]


def advanced(orders: Iterable[ProductionOrder]) -> list[Change]:
    """A change that advances each order."""
    return [
        FLOW.advance(order, today=order.entered_on + timedelta(1), by="ann", at=NOON)
        for order in orders
    ]


def bulks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in parts of *size*."""
    return (items[begin : begin + size] for begin in range(0, len(items), size))


# --- What is measured


def measure(url: sa.URL, orders: int) -> Iterator[Figure]:
    """All figures of one database, starting with empty tables."""
    text = url.render_as_string(hide_password=False)
    newest = range(min(NEWEST, orders))
    with SqlStore.open(text) as store, SqlStore.open(text, prefix="bare_") as other:
        first = opened(newest)
        for part in bulks(first, 1_000):
            store.save(*part)
            other.save(*part)
        yield from against_the_driver(store, Bare(url, "bare_"), [c.order for c in first])
        yield from saves(store, newest, f"table of {len(newest):,}")
        if orders > NEWEST:
            fill(store, range(NEWEST, orders))
            yield from saves(store, newest, f"newest of {orders:,}")
            everywhere = range(NEWEST, orders, max(1, orders // NEWEST - 1))
            yield from saves(store, everywhere, f"spread over {orders:,}")
        yield from pages(store, orders)
        yield from claims(store)
        yield from histories(store)


def rates(call: Callable[..., object], parts: Iterable[Sequence[Any]]) -> list[float]:
    """For each part, how many of its items the call handles in a second."""
    return [len(part) / seconds(partial(call, *part)) for part in parts]


def against_the_driver(
    store: SqlStore, driver: Bare, orders: Sequence[ProductionOrder]
) -> Iterator[Figure]:
    """Saves of 1,000 changes, by the store and by the bare driver in turns."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(2):
        changes = advanced(orders)
        for number, part in enumerate(bulks(changes, 1_000)):
            pair = [(ours, store.save), (theirs, driver.save)]
            for found, save in pair if number % 2 else reversed(pair):
                found.extend(rates(save, [part]))
        orders = [change.order for change in changes]
    yield figure("save 1,000 at once", ours, "/s")
    yield figure("  the same with the bare driver", theirs, "/s")
    shares = [a / b for a, b in zip(ours, theirs, strict=True)]
    yield figure("  rate divided by the bare driver's", shares, "x")


def saves(store: SqlStore, numbers: range, where: str) -> Iterator[Figure]:
    """Saves and loads of the orders with these numbers, in bulks and one by one."""
    ids = [order_id(number) for number in numbers]
    changes = advanced(store.load(ids).values())
    yield figure(f"save 1,000 at once, {where}", rates(store.save, bulks(changes, 1_000)), "/s")
    moved = [change.order for change in changes]
    hundreds = bulks(advanced(moved[:5_000]), 100)
    yield figure(f"save 100 at once, {where}", rates(store.save, hundreds), "/s")
    singles = bulks(advanced(moved[-500:]), 1)
    yield figure(f"save one by one, {where}", rates(store.save, singles), "/s")
    loaded = rates(lambda *part: store.load(part), bulks(ids, 100))
    yield figure(f"load 100 at once, {where}", loaded, "/s")


def fill(store: SqlStore, numbers: range) -> None:
    """Save many older orders, each with a reminder, and 100 orders whose reminders are due."""
    for part in bulks(numbers, 5_000):
        store.save(*opened(part))
    early = range(numbers.stop, numbers.stop + 100)
    store.save(*opened(early, first_day=MONDAY - timedelta(10_000)))


def position(number: int) -> str:
    """A place in a list of orders, some days ago."""
    return Position(sort="due", due_on=MONDAY - timedelta(number), id="-").text


QUERIES: Final[Mapping[str, Callable[[int], OrderQuery]]] = {
    "100 orders": lambda n: OrderQuery(after=position(n), limit=100),
    "100 open orders": lambda n: OrderQuery(is_open=True, after=position(n), limit=100),
    "100 overdue orders": lambda n: OrderQuery(overdue_on=MONDAY - timedelta(n), limit=100),
    "100 orders in a status": lambda n: OrderQuery(
        order_type="prints", status=f"s{n % 3}", limit=100
    ),
    "100 orders of a department": lambda n: OrderQuery(department=f"department {n % 3}", limit=100),
    "100 orders of a user": lambda n: OrderQuery(user=f"user {n % 3}", limit=100),
    "100 orders of a vendor": lambda n: OrderQuery(vendor=f"vendor {n % 20}", limit=100),
    "the orders of an invoice": lambda n: OrderQuery(invoice_id=f"invoice {n * 10}"),
}


def pages(store: SqlStore, count: int) -> Iterator[Figure]:
    """Pages of 100 orders for each filter that has an index, and a page of due events."""
    for name, query in QUERIES.items():
        times = [seconds(partial(store.find, query(number))) for number in range(40)]
        yield figure(f"find {name}, out of {count:,}", milliseconds(times), "ms")
    due = partial(store.pending, as_of=MONDAY - timedelta(1), limit=200)
    found = len(due())
    times = [seconds(due) for _ in range(40)]
    yield figure(f"find the {found} due events of {count:,}", milliseconds(times), "ms")


def claims(store: SqlStore) -> Iterator[Figure]:
    """Claims of 100 due events; each lease is over before the next claim."""
    until = [NOON + timedelta(hours=hour) for hour in range(40)]
    day, lease = date(9999, 1, 1), timedelta(minutes=1)
    times = [
        seconds(partial(store.claim, as_of=day, now=now, lease=lease, limit=100)) for now in until
    ]
    yield figure("claim 100 events", milliseconds(times), "ms")


def histories(store: SqlStore) -> Iterator[Figure]:
    """The history of an order with 1,000 entries."""
    order = store.get(order_id(0))
    for note in range(order.version, 1_000):
        change = FLOW.amend(order, by="ann", at=NOON, note=f"note {note}")
        store.save(change)
        order = change.order
    times = [seconds(partial(store.history, order.id)) for _ in range(20)]
    yield figure("read a history of 1,000 entries", milliseconds(times), "ms")


def milliseconds(times: Sequence[float]) -> list[float]:
    """Seconds as milliseconds."""
    return [time * 1_000 for time in times]


def main() -> None:
    """Measure and print each figure; if both databases were measured, write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--only", choices=DATABASES, action="append")
    options = parser.parse_args()
    if options.orders < NEWEST:
        parser.error(f"--orders must be at least {NEWEST:,}")
    found: dict[str, list[Figure]] = {}
    for name in options.only or DATABASES:
        print(f"\n{name}\n")
        for url in DATABASES[name]():
            for shown in measure(url, options.orders):
                found.setdefault(name, []).append(shown)
                print(shown, flush=True)
    if found.keys() == DATABASES.keys():
        write(found)


def write(found: Mapping[str, Sequence[Figure]]) -> None:
    """Write the figures of both databases to the file of results and to the page."""
    data = {name: [asdict(shown) for shown in figures] for name, figures in found.items()}
    libraries = ("prodflow-sqlalchemy", "SQLAlchemy", "psycopg")
    floors = results.floors()
    found_with = {"versions": results.versions(libraries), "floors": floors}
    results.save("stores", found_with | {"databases": data})
    rows = [
        [
            one.what.strip(),
            *(f"{it.median:,.{0 if it.median > WHOLE else 2}f} {it.unit}" for it in (one, two)),
        ]
        for one, two in zip(*found.values(), strict=True)
    ]
    table = results.table(["job", *found], rows)
    results.fill_in("stores", f"{table}\n{results.floor_times(floors)}")


if __name__ == "__main__":
    main()
