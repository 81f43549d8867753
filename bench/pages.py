"""Measures how long the pages of the Production hub take.

    python bench/pages.py [--only NAME]

Two studios with a database of SQLite: one has 5,000 open orders, the other one has as many, and
195,000 closed ones of three years. The app runs in this process, and a client without a network
asks it. A figure is a median with its quartiles, in milliseconds on the clock. The start of the app
reads the open orders, and has no limit. The first page of all and the first pages after a change
are figures of their own; the other pages find nothing that is new.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Final

from attrs import asdict, frozen
from starlette.testclient import TestClient

import results
from prodflow import (
    Backward,
    Change,
    FlowSettings,
    Forward,
    OrderQuery,
    ProductionOrder,
    StatusCycle,
    TypeSettings,
)
from prodflow.samples import ALL
from prodflow_hub import Visitor, hub_app
from prodflow_sqlalchemy import SqlStore
from stores import Figure, bulks, figure, milliseconds, seconds

NOON: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)
TODAY: Final = NOON.date()
OPEN: Final = 5_000
BULK: Final = 1_000
SETTINGS: Final = FlowSettings(
    due_dates=Forward(),
    by_order_type={"albums": TypeSettings(due_dates=Backward(without_delivery="forward"))},
)
MIA: Final = Visitor("Mia", roles=["manager"], departments=["Sales"])
PATIENT: Final = 1.0
"""While the app still learns from past orders, a page with forecasts takes longer than this."""
START: Final = "start of the app"
"""What happens before the first page: the open orders are read, and the pages compiled."""
REPEATS: Final = 21
STARTS: Final = 5


@frozen
class Studio:
    """A studio to measure.

    Args:
        orders: how many orders it has.
        limit: how many milliseconds a page may take.
    """

    orders: int
    limit: float


STUDIOS: Final[Mapping[str, Studio]] = {
    "small": Studio(OPEN, 50),
    "large": Studio(200_000, 150),
}


# --- The studio


def mixed(number: int) -> int:
    """A number that is the same in every run, but in no visible sequence."""
    return number * 2_654_435_761 % 2**32


def order_id(number: int) -> str:
    """The id of the order with this number."""
    return f"PO-{number:08}"


def changes(number: int, total: int) -> Sequence[Change]:
    """How an order came where it is; a higher number is newer, and the newest are open."""
    some = mixed(number)
    cycle = ALL[some // 7 % len(ALL)].cycle
    is_open = number >= total - OPEN
    if is_open:
        age = 1 + (total - number) * 30 // OPEN
    else:
        age = 31 + (total - OPEN - number) * 3 * 365 // (total - OPEN)
    ordered_on = TODAY - timedelta(age)
    flow = SETTINGS.flow(cycle.order_type)
    opened = flow.open(
        cycle,
        order_id=order_id(number),
        ordered_on=ordered_on,
        delivery_on=None if some % 10 == 0 else ordered_on + timedelta(25 + some // 11 % 40),
        invoice_id=f"INV-{number // 3}",
        vendor=None if some % 6 == 0 else f"Vendor {some // 17 % 20}",
        quantity=1 + some // 19 % 50,
        priority=0 if some // 29 % 10 else 5,
        facts={"client": f"Client {some // 37 % (total // 10)}", "size": f"{some // 41 % 10}0x30"},
        by="Mia",
        at=at(ordered_on),
    )
    to = _status(cycle, some // 43, is_open=is_open)
    if to == opened.order.status.key:
        return (opened,)
    day = ordered_on + timedelta(some // 47 % min(age, 20))
    return (opened, flow.advance(opened.order, today=day, to=to, by="Tom", at=at(day)))


def _status(cycle: StatusCycle, some: int, *, is_open: bool) -> str:
    if not is_open:
        return cycle.path[-1].key
    return cycle.path[some % (len(cycle.path) - 1)].key


def at(day: date) -> datetime:
    """An instant of a day."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def fill(store: SqlStore, total: int) -> None:
    """Save the orders of a studio."""
    for sample in ALL:
        store.put_cycle(sample.cycle, replaces=None, by="Mia", at=NOON)
    store.put_settings(SETTINGS, replaces=None, by="Mia", at=NOON)
    for part in bulks(range(total), BULK):
        store.save(*(each for number in part for each in changes(number, total)))


# --- What is measured


def client_of(store: SqlStore) -> TestClient:
    """Somebody at the app of a studio, which was just started."""
    app = hub_app(store, clock=lambda: NOON, visitor=lambda _: MIA)
    return TestClient(app, raise_server_exceptions=False)


def load(client: TestClient, address: str) -> None:
    """Load a page.

    Raises:
        ValueError: if there is no such page.
    """
    answer = client.get(address)
    if answer.status_code != 200:  # noqa: PLR2004 - OK
        raise ValueError(f"{address} must be a page, but the answer is {answer.status_code}")


def pages(store: SqlStore) -> Mapping[str, str]:
    """The address of a page of each kind."""
    prints = store.find(OrderQuery(order_type="prints", is_open=True, limit=50))
    many = "&".join(f"ids={order.id}" for order in prints)
    return {
        "mine": "/",
        "board by status": "/board",
        "board by vendor": "/board?by=vendor",
        "list": "/list",
        "list with filters and a text": "/list?q=CLIENT+12&type=prints&due=overdue&sort=priority",
        "list of all orders": "/list?state=all",
        "list of all orders, by a rare text": f"/list?state=all&q={order_id(1_234)}",
        "list of all orders, by a common text": "/list?state=all&q=CLIENT+12",
        "at risk": "/at-risk",
        "workload": "/workload",
        "order": f"/orders/{prints[0].id}",
        "window for 1 order": f"/orders/advance?ids={prints[0].id}",
        "window for 50 orders": f"/orders/advance?{many}",
        "statuses": "/statuses/prints",
    }


AFTER: Final = {"mine": "/", "board": "/board", "at risk": "/at-risk"}
"""The pages that need every open order."""


def measure(store: SqlStore) -> Iterator[Figure]:
    """All figures of a studio."""
    starts: list[float] = []
    firsts: list[float] = []
    for _ in range(STARTS):
        with ExitStack() as stack:
            client = client_of(store)
            starts.append(seconds(lambda: stack.enter_context(client)))  # noqa: B023 - called here
            firsts.append(seconds(partial(load, client, "/list")))
    yield figure(START, milliseconds(starts), "ms")
    yield figure("first page of all", milliseconds(firsts), "ms")
    client = client_of(store)
    while seconds(partial(load, client, "/at-risk")) > PATIENT:
        pass
    for name, address in pages(store).items():
        call = partial(load, client, address)
        call()
        yield figure(name, milliseconds([seconds(call) for _ in range(REPEATS)]), "ms")
    changing = changer(store)
    for name, address in AFTER.items():
        times: list[float] = []
        for _ in range(REPEATS):
            changing()
            times.append(seconds(partial(load, client, address)))
        yield figure(f"{name}, after a change", milliseconds(times), "ms")


def changer(store: SqlStore) -> Callable[[], None]:
    """A function that advances an open order, another one each time."""
    orders: Iterator[ProductionOrder] = iter(store.find(OrderQuery(is_open=True, limit=BULK)))
    minutes = count()

    def change() -> None:
        order = next(orders)
        flow = SETTINGS.flow(order.order_type)
        now = NOON + timedelta(minutes=next(minutes))
        store.save(flow.advance(order, today=TODAY, by="Tom", at=now))

    return change


def verdict(found: Figure, limit: float) -> str:
    """Whether a figure is within its limit; "" for one that has none."""
    if found.what == START:
        return ""
    return f"{limit:g}: {'ok' if found.median <= limit else 'MISSED'}"


def main() -> None:
    """Measure and print each figure; if both studios were measured, write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=STUDIOS, action="append")
    options = parser.parse_args()
    found: dict[str, list[Figure]] = {}
    for name in options.only or STUDIOS:
        studio = STUDIOS[name]
        with tempfile.TemporaryDirectory(dir=results.HERE.parent, prefix=".bench-") as folder:
            store = SqlStore.open(f"sqlite:///{folder}/studio.db")
            took = seconds(partial(fill, store, studio.orders))
            print(f"\n{studio.orders:,} orders, filled in {took:,.0f} s\n", flush=True)
            for shown in measure(store):
                found.setdefault(name, []).append(shown)
                print(shown, verdict(shown, studio.limit), flush=True)
            store.close()
    if found.keys() == STUDIOS.keys():
        write(found)


def write(found: Mapping[str, Sequence[Figure]]) -> None:
    """Write the figures to the file of results and to the page."""
    floors = results.floors()
    libraries = ("prodflow-hub", "prodflow-sqlalchemy", "SQLAlchemy", "starlette", "jinja2")
    data: dict[str, Any] = {"versions": results.versions(libraries), "floors": floors}
    data["studios"] = {name: [asdict(each) for each in figures] for name, figures in found.items()}
    results.save("hub", data)
    heads = ["page"]
    for studio in STUDIOS.values():
        heads += [f"{studio.orders:,} orders", "limit"]
    rows = [
        [
            line[0].what,
            *(
                cell
                for one, studio in zip(line, STUDIOS.values(), strict=True)
                for cell in (f"{one.median:,.1f} ms", verdict(one, studio.limit))
            ),
        ]
        for line in zip(*found.values(), strict=True)
    ]
    results.fill_in("hub", f"{results.table(heads, rows)}\n{results.floor_times(floors)}")


if __name__ == "__main__":
    main()
