"""Measures how long `SqlStore` takes to find and count orders, and to read their histories.

    python bench/queries.py [--orders N] [--open N] [--only sqlite|postgresql]

A studio has a million orders of ten years. The newest 30,000 are open, and the others are closed.
Each page has 100 orders. A figure is a median with its quartiles, in milliseconds. The first call
of each kind isn't counted.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

import results
from databases import DATABASES
from prodflow import Backward, OrderQuery, ProductionFlow, ProductionOrder, Status, StatusCycle
from prodflow_sqlalchemy import SqlStore, tables
from prodflow_sqlalchemy._rows import cycle_row, fact_rows, facts_hash, order_row
from stores import Figure, bulks, figure, milliseconds, seconds

TODAY: Final = date(2026, 11, 16)
NOON: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)
TYPES: Final = ("prints", "albums", "frames")
OPEN: Final = tuple(f"s{number}" for number in range(8))
CYCLES: Final = tuple(
    StatusCycle(
        order_type,
        [
            *(
                Status(
                    key,
                    f"Status {key}",
                    default_duration=number % 4,
                    workflow_stage=f"stage {number % 3}",
                    initial=number == 0,
                )
                for number, key in enumerate(OPEN)
            ),
            Status("shipped", "Shipped", workflow_stage="delivery", final=True),
            Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
        ],
    )
    for order_type in TYPES
)
FLOW: Final = ProductionFlow(due_dates=Backward(without_delivery="forward"))
SORTS: Final = ("due", "priority", "id")
REPEATS: Final = 15


def order(number: int, total: int, still_open: int) -> ProductionOrder:
    """An order of ten years; a higher number is newer."""
    age = (total - number) * 3_650 // total
    ordered_on = TODAY - timedelta(age + 1)
    mixed = number * 2_654_435_761 % 2**32  # the same for every run, but in no visible sequence
    is_open = number >= total - still_open
    status = OPEN[mixed % 8] if is_open else "cancelled" if mixed % 20 == 0 else "shipped"
    return FLOW.open(
        CYCLES[mixed // 7 % 3],
        order_id=f"PO-{number:08}",
        ordered_on=ordered_on,
        delivery_on=None if mixed % 10 == 0 else ordered_on + timedelta(10 + mixed // 11 % 60),
        status=status,
        entered_on=ordered_on + timedelta(mixed // 13 % 20),
        vendor=None if mixed % 6 == 0 else f"vendor {mixed // 17 % 20}",
        department=None if mixed % 9 == 0 else f"department {mixed // 19 % 8}",
        user=None if mixed % 5 == 0 else f"user {mixed // 23 % 50}",
        invoice_id=f"invoice {number // 3}",
        priority=0 if mixed // 29 % 10 else mixed // 31 % 7 - 3,
        facts={
            "client": f"client {mixed // 37 % (total // 20 + 1)}",
            "size": f"{mixed // 41 % 10}0x30",
            "copies": mixed // 43 % 4,
        },
        by="ann",
        at=NOON,
    ).order


def fill(store: SqlStore, engine: sa.Engine, total: int, still_open: int) -> None:
    """Insert the orders, then create the indexes, which is quicker."""
    made = tables(dialect=engine.dialect.name)
    filled = (made.orders, made.facts)
    indexes = [index for table in filled for index in table.indexes]
    with engine.begin() as connection:
        for index in indexes:
            index.drop(connection)
    for cycle in CYCLES:
        store.put_cycle(cycle, replaces=None)
    digests = {cycle.order_type: cycle_row("", cycle, None)["digest"] for cycle in CYCLES}
    for numbers in bulks(range(total), 10_000):
        orders = [order(number, total, still_open) for number in numbers]
        facts = [fact_rows("", each) for each in orders]
        rows = [
            order_row("", each, facts_hash(its)) | {"cycle_digest": digests[each.order_type]}
            for each, its in zip(orders, facts, strict=True)
        ]
        insert(engine, made.orders, rows)
        insert(engine, made.facts, [row for its in facts for row in its])
    with engine.begin() as connection:
        for index in indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":  # as the server does by itself after a while
            connection.exec_driver_sql("VACUUM ANALYZE")


def insert(engine: sa.Engine, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows as fast as the driver can."""
    names = list(rows[0])
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            values = ", ".join(f":{name}" for name in names)
            statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})"  # noqa: S608 - our names
            connection.exec_driver_sql(statement, list(rows))
            return
        cursor: Any = connection.connection.cursor()
        with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(tuple(row.values()))


# --- What is measured

FILTERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "all": {},
    "open": {"is_open": True},
    "closed": {"is_open": False},
    "overdue": {"overdue_on": TODAY},
    "order type": {"order_type": "albums"},
    "status": {"order_type": "albums", "status": "s3"},
    "status, closed": {"order_type": "albums", "status": "cancelled"},
    "status of any type": {"status": frozenset({"s1", "shipped"})},
    "workflow stage": {"workflow_stage": "stage 1"},
    "workflow stage, closed": {"workflow_stage": "delivery"},
    "department": {"department": "department 3"},
    "user": {"user": "user 7"},
    "vendor": {"vendor": "vendor 3"},
    "vendor, open": {"vendor": "vendor 3", "is_open": True},
    "no vendor": {"vendor": None},
    "3 vendors or none": {"vendor": frozenset({"vendor 1", "vendor 2", "vendor 3", None})},
    "invoice": {"invoice_id": "invoice 777"},
    "rare fact": {"facts": {"client": "client 77"}},
    "common fact": {"facts": {"size": "30x30"}},
    "common fact, open": {"facts": {"size": "30x30"}, "is_open": True},
    "several values of a fact": {"facts": {"size": ["30x30", "40x30"]}},
    "three facts": {"facts": {"copies": 1, "size": "30x30", "client": "client 77"}},
    "fact and vendor": {"facts": {"size": "30x30"}, "vendor": "vendor 3"},
    "due this week": {"due_from": TODAY, "due_by": TODAY + timedelta(7)},
    "closed this month": {"closed_from": TODAY - timedelta(30)},
    "closed these five years": {"closed_from": TODAY - timedelta(5 * 365)},
    "ordered this month": {"ordered_from": TODAY - timedelta(30)},
    "ordered these five years": {"ordered_from": TODAY - timedelta(5 * 365)},
    "text of open orders": {"text": "CLIENT 12", "is_open": True},
}

BY: Final[tuple[Any, ...]] = (
    *(None, "order_type", "status", "workflow_stage", "department", "user", "vendor", "priority"),
    *("is_open", "facts.size", "facts.client", ("vendor", "status"), ("department", "user")),
    *(("workflow_stage", "vendor"), ("vendor", "facts.size"), ("facts.size", "facts.copies")),
)


def times(call: Callable[[], object], repeats: int = REPEATS) -> list[float]:
    """How many milliseconds a call takes, after one that isn't counted."""
    call()
    return milliseconds([seconds(call) for _ in range(repeats)])


def pages(store: SqlStore) -> Iterator[Figure]:
    """The first page and a later one, for each filter and each sort."""
    for name, given in FILTERS.items():
        for sort in SORTS:
            first = OrderQuery(**given, sort=sort, limit=100)
            found = store.find(first)
            yield figure(
                f"{name} by {sort} ({len(found)})", times(partial(store.find, first)), "ms"
            )
            later = OrderQuery(**given, sort=sort, limit=2_000)
            if len(found) == first.limit:
                last = store.find(later)[-1]
                page = OrderQuery(**given, sort=sort, limit=100, after=last)
                yield figure("  a later page", times(partial(store.find, page)), "ms")


def counts(store: SqlStore, query: OrderQuery, repeats: int, of: str) -> Iterator[Figure]:
    """How many orders there are by each value."""
    for by in BY:
        call = partial(store.count, query, by=by)
        by_what = by if by is None or isinstance(by, str) else " and ".join(by)
        what = f"count {of}" + ("" if by is None else f" by {by_what}")
        yield figure(what, times(call, repeats), "ms")


FACT: Final = "FROM prodflow_facts AS f WHERE f.tenant = '' AND f.name = "
WITH_VENDOR: Final = (
    "FROM prodflow_orders AS o JOIN prodflow_facts AS f ON f.tenant = '' AND f.order_id = o.id"
    " WHERE o.tenant = '' AND f.name = 'size' AND "
)
HALVES: Final = {
    "o.is_open AND f.is_open": "open orders",
    "NOT o.is_open AND NOT f.is_open": "closed orders",
}


def floors(engine: sa.Engine) -> Iterator[Figure]:
    """The longest counts with the bare driver, which only fetches the rows."""
    for half, name in HALVES.items():
        of_fact = half.rpartition("AND ")[2]
        statements = {
            "facts.client": f"SELECT value, count(*) {FACT} 'client' AND {of_fact} GROUP BY value",
            "vendor and facts.size": f"SELECT o.vendor, f.value, count(*) {WITH_VENDOR} {half}"
            " GROUP BY o.vendor, f.value",
        }
        for by, statement in statements.items():
            what = f"{name} by {by}, with the bare driver"
            yield figure(what, times(partial(fetched, engine, statement), 5), "ms")


def fetched(engine: sa.Engine, statement: str) -> int:
    """How many rows a statement has, fetched by the driver alone."""
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(statement)
        return len(cursor.fetchall())


def histories(store: SqlStore) -> Iterator[Figure]:
    """5,000 histories with 10 entries each, and the same entries from the feed."""
    changes = [
        FLOW.open(CYCLES[0], order_id=f"HI-{n:05}", ordered_on=TODAY, vendor="hi", by="a", at=NOON)
        for n in range(5_000)
    ]
    store.save(*changes)
    for note in range(9):
        changes = [FLOW.amend(it.order, by="a", at=NOON, note=f"note {note}") for it in changes]
        store.save(*changes)
    query = OrderQuery(vendor="hi")

    def in_one_pass() -> int:
        return sum(len(entries) for _, entries in store.histories(query))

    def from_the_feed() -> int:
        found, cursor = 0, None
        while (page := store.feed(cursor, limit=2_500)).entries:
            found += len(page.entries)
            cursor = page.cursor
        return found

    if in_one_pass() != from_the_feed():
        raise ValueError("the histories and the feed must have the same entries")
    ours: list[float] = []
    feeds: list[float] = []
    for _ in range(5):
        ours.append(seconds(in_one_pass))
        feeds.append(seconds(from_the_feed))
    yield figure("5,000 histories", milliseconds(ours), "ms")
    yield figure("  the same entries from the feed", milliseconds(feeds), "ms")
    yield figure("  histories / feed", [a / b for a, b in zip(ours, feeds, strict=True)], "x")


def measure(url: sa.URL, total: int, still_open: int) -> Iterator[Figure | str]:
    """All figures of one database."""
    engine = sa.create_engine(url)
    store = SqlStore(engine)
    store.create_schema()
    yield from histories(store)
    took = seconds(partial(fill, store, engine, total, still_open))
    yield f"filled in {took:,.0f} s\n\npages of 100, out of {total:,}\n"
    yield from pages(store)
    yield f"\ncounts of the {still_open:,} open orders\n"
    yield from counts(store, OrderQuery(is_open=True), REPEATS, "open orders")
    yield f"\ncounts of the {total:,} orders\n"
    yield from counts(store, OrderQuery(), 5, "all orders")
    yield "\nthe longest counts with the bare driver\n"
    yield from floors(engine)
    engine.dispose()


def main() -> None:
    """Measure and print each figure; if both databases were measured, write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=30_000)
    parser.add_argument("--only", choices=DATABASES, action="append")
    options = parser.parse_args()
    found: dict[str, list[Figure]] = {}
    for name in options.only or DATABASES:
        print(f"\n{name}\n")
        for url in DATABASES[name]():
            for shown in measure(url, options.orders, options.open):
                print(shown, flush=True)
                if isinstance(shown, Figure) and "orders by" in shown.what:
                    found.setdefault(name, []).append(shown)
    if found.keys() == DATABASES.keys():
        write(found)


def write(found: Mapping[str, Sequence[Figure]]) -> None:
    """Write the counts of both databases to the page."""
    rows = [
        [one.what, f"{one.median:,.1f} ms", f"{two.median:,.1f} ms"]
        for one, two in zip(*found.values(), strict=True)
    ]
    table = results.table(["count", *found], rows)
    results.fill_in("queries", f"{table}\n{results.floor_times(results.floors())}")


if __name__ == "__main__":
    main()
