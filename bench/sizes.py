"""Measures how many bytes an order takes in a database, and what many orders would need.

    python bench/sizes.py [--orders N] [--only sqlite|postgresql]

Each order has three facts, a vendor and an invoice. It's opened, amended once, and advanced through
eight statuses, so its history has nine entries; it has a reminder in each status and one task. The
sizes are measured when all orders are halfway, and again when all are complete: as the database has
written them, and packed by VACUUM. Then a backup is written. The figures go to
bench/results/sizes.json and to docs/how-to-grow.md, which multiplies them.
"""

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from attrs import asdict, frozen

import results
from databases import DATABASES
from prodflow import (
    Change,
    CreateTask,
    DaysInStatus,
    Entering,
    ProductionFlow,
    Trigger,
)
from prodflow_sqlalchemy import SqlStore
from stores import CYCLE, LAST, MONDAY, NOON, bulks, order_id, seconds

PAGE: Final = results.PAGE.parent / "how-to-grow.md"
BULK: Final = 1_000
HALFWAY: Final = 3
FLOW: Final = ProductionFlow(
    triggers=[
        Trigger("later", DaysInStatus(None, 5_000), CreateTask("Have a look")),
        Trigger("call", Entering("s2"), CreateTask("Call the lab")),
    ]
)
OPEN_SHARE: Final = 0.03
"""The share of a studio's orders that are open: 30,000 of a million, as in the other parts."""

UNITS: Final = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (0, "B"))
HOUR: Final = 3_600
MANY: Final = {
    "one studio": 100_000,
    "one database": 20_000_000,
    "a thousand studios": 100_000_000,
}
GROUPS: Final = (
    ("the orders", ("orders",)),
    ("indexes of open orders", ("open_",)),
    ("indexes of closed orders", ("closed",)),
    ("facts, with their indexes", ("facts",)),
    ("history and feed", ("history",)),
    ("events, with their indexes", ("outbox",)),
)
"""The rows of the table, and how the names of the tables and indexes in them begin."""


@frozen
class Sizes:
    """What the orders of a database take.

    Args:
        halfway: bytes per order by group, packed, while all orders are open.
        complete: the same when all orders are complete.
        written: bytes per complete order, before they were packed.
        backup: bytes per order of a backup.
        backup_seconds: seconds per order to write the backup.
    """

    halfway: Mapping[str, float]
    complete: Mapping[str, float]
    written: float
    backup: float
    backup_seconds: float

    @property
    def packed(self) -> float:
        """Bytes per complete order."""
        return sum(self.complete.values())

    @property
    def hot(self) -> float:
        """Bytes per open order in everything that its changes touch."""
        return sum(self.halfway.values())


def live(store: SqlStore, orders: int) -> Iterator[str]:
    """Take the orders through their lives; stops when all are halfway, and at the end."""
    for part in bulks(range(orders), BULK):
        changes = list(map(_opened, part))
        amended = FLOW.amend_all(
            [change.order for change in changes], facts={"copies": 3}, by="ann", at=NOON
        )
        store.save(*changes, *amended)
    for status in range(LAST):
        if status == HALFWAY:
            yield "halfway"
        for part in bulks(range(orders), BULK):
            found = store.load(map(order_id, part)).values()
            store.save(*FLOW.advance_all(found, today=MONDAY, by="ann", at=NOON))
        while events := store.pending(as_of=MONDAY, limit=BULK):
            store.acknowledge(*events)
    yield "complete"


def _opened(number: int) -> Change:
    """An order of one of a thousand clients; about 80 orders a day."""
    day = MONDAY - timedelta(number // 80)
    return FLOW.open(
        CYCLE,
        order_id=order_id(number),
        ordered_on=day,
        delivery_on=day + timedelta(30),
        vendor=f"vendor {number % 20}",
        invoice_id=f"invoice {number // 3}",
        facts={"client": f"client {number % 1_000}", "size": f"{number % 7 * 10} x 40 cm"},
        by="ann",
        at=NOON,
    )


def measure(url: sa.URL, orders: int) -> Sizes:
    """The sizes in a database with empty tables."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    packed: dict[str, Mapping[str, float]] = {}
    written = 0.0
    with SqlStore.open(url.render_as_string(hide_password=False)) as store:
        for name in live(store, orders):
            written = sum(_bytes(engine).values()) / orders
            _pack(engine)
            packed[name] = _grouped(_bytes(engine), orders)
    with tempfile.TemporaryDirectory() as folder:
        backup = Path(folder) / "backup"
        took = seconds(partial(_back_up, engine, backup))
        size = backup.stat().st_size
    engine.dispose()
    return Sizes(**packed, written=written, backup=size / orders, backup_seconds=took / orders)


def _bytes(engine: sa.Engine) -> dict[str, int]:
    """The bytes of each table and each index, without the prefix of their names."""
    if engine.dialect.name == "sqlite":
        statement = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"
    else:
        statement = (
            "SELECT relname, pg_table_size(oid) FROM pg_class"
            " WHERE relkind IN ('r', 'i') AND relnamespace = current_schema()::regnamespace"
        )
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(statement).all()
    return {
        name.removeprefix("sqlite_autoindex_").removeprefix("prodflow_"): size
        for name, size in rows
    }


def _grouped(sizes: Mapping[str, int], orders: int) -> dict[str, float]:
    """Bytes per order, by group; whatever is in no group is left out, such as the cycles."""
    found: dict[str, float] = {}
    for group, begins in GROUPS:
        found[group] = sum(it for name, it in sizes.items() if name.startswith(begins)) / orders
    return found


def _pack(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        connection.exec_driver_sql("VACUUM" if is_sqlite else "VACUUM FULL ANALYZE")


def _back_up(engine: sa.Engine, to: Path) -> None:
    """Write a backup, as the guide to operation shows.

    pg_dump doesn't compress it: these orders are so alike that they would nearly vanish.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(to),))
        return
    program = shutil.which("pg_dump")
    if program is None:
        raise FileNotFoundError("pg_dump must be on the path: install PostgreSQL's client programs")
    plain = engine.url.set(drivername="postgresql", query={}).render_as_string(hide_password=False)
    schema = "--schema=prodflow_bench"
    subprocess.run(  # noqa: S603 - our own command
        [program, "--format=custom", "--compress=0", schema, f"--file={to}", f"--dbname={plain}"],
        check=True,
    )


# --- What many orders need


def needs(sizes: Sizes, orders: int) -> list[str]:
    """What this many orders need, as the cells of a row."""
    return [
        f"{orders:,}",
        amount(sizes.packed * orders),
        amount(sizes.written * orders),
        amount(sizes.hot * orders * OPEN_SHARE),
        amount(sizes.backup * orders),
        hours(sizes.backup_seconds * orders),
    ]


def amount(size: float) -> str:
    """Bytes as text."""
    unit, name = next(it for it in UNITS if size >= it[0])
    return f"{size / unit:.3g} {name}" if size < unit * 100 else f"{size / unit:,.0f} {name}"


def hours(took: float) -> str:
    """Seconds as minutes or hours."""
    return f"{took / 60:,.1f} min" if took < HOUR else f"{took / HOUR:,.1f} h"


def main() -> None:
    """Measure and print the sizes; if both databases were measured, write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--only", choices=DATABASES, action="append")
    options = parser.parse_args()
    found: dict[str, Sizes] = {}
    for name in options.only or DATABASES:
        for url in DATABASES[name]():
            found[name] = measure(url, options.orders)
        print(name, _needed(found[name]), sep="\n\n", flush=True)
    if found.keys() == DATABASES.keys():
        print(_measured(found))
        report(found, options.orders)


def report(found: Mapping[str, Sizes], orders: int) -> None:
    """Write the sizes to the file and the page."""
    sizes = {name: asdict(one) for name, one in found.items()}
    libraries = results.versions(("prodflow-sqlalchemy", "SQLAlchemy", "psycopg"))
    results.save("sizes", {"versions": libraries, "orders": orders, "databases": sizes})
    results.fill_in("sizes", _measured(found), PAGE)
    results.fill_in("needs", _needed(found["postgresql"]), PAGE)


def _measured(found: Mapping[str, Sizes]) -> str:
    """Bytes per order in each database, halfway and complete."""
    heads = [f"{name}, {when}" for name in found for when in ("open", "complete")]
    states = [state for one in found.values() for state in (one.halfway, one.complete)]
    rows = [[group, *(f"{state[group]:,.0f}" for state in states)] for group, _ in GROUPS]
    rows.append(["together, packed", *(f"{sum(state.values()):,.0f}" for state in states)])
    written = [cell for one in found.values() for cell in ("", f"{one.written:,.0f}")]
    backup = [cell for one in found.values() for cell in ("", f"{one.backup:,.0f}")]
    rows += [["as written, not packed", *written], ["in a backup", *backup]]
    return results.table(["bytes per order", *heads], rows)


def _needed(sizes: Sizes) -> str:
    """What one studio, one database and a thousand studios need."""
    heads = ("", "orders", "packed", "as written", "memory", "backup", "time to back up")
    return results.table(heads, ([name, *needs(sizes, orders)] for name, orders in MANY.items()))


if __name__ == "__main__":
    main()
