"""Plans and advances the same orders in one process, in a pool of processes and on Dask.

    python examples/scale.py [--orders N] [--on plain] [--on processes] [--on dask]

Flows, cycles and orders can be pickled, and the bulk functions are pure. So an engine only needs to
map a function over parts of the orders. Equal checksums show that all engines gave the same
results.
"""

import argparse
import hashlib
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from time import perf_counter
from typing import Any, Final, TypeVar

from prodflow import (
    Change,
    CreateTask,
    Entering,
    Plan,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Trigger,
    plan_many,
)

P = TypeVar("P")
R = TypeVar("R")

MONDAY: Final = date(2026, 11, 2)
NOON: Final = datetime(2026, 11, 2, 12, tzinfo=UTC)
PART: Final = 5_000
"""Orders per part: enough to be worth sending, few enough to give each worker several parts."""

CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", default_duration=1, initial=True),
        Status("lab", "At the lab", default_duration=5, default_user="Chemicolor"),
        Status("check", "Quality check", default_duration=2, default_department="Production"),
        Status("delivered", "Delivered", final=True),
    ],
)
FLOW: Final = ProductionFlow(
    triggers=[Trigger("call", Entering("lab"), CreateTask("Call the lab", due_days=3))]
)
ADVANCE: Final = partial(FLOW.advance_all, today=MONDAY + timedelta(1), by="ann", at=NOON)
PLAN: Final = partial(plan_many, CYCLE, FLOW.due_dates)


def openings(numbers: Iterable[int]) -> list[Change]:
    """Changes that open orders, with order dates within five years."""
    return [
        FLOW.open(
            CYCLE,
            order_id=f"PO-{number:07}",
            ordered_on=MONDAY - timedelta(number % 1_826),
            by="ann",
            at=NOON,
        )
        for number in numbers
    ]


def opened(numbers: Iterable[int]) -> list[ProductionOrder]:
    """The orders that `openings` opens."""
    return [change.order for change in openings(numbers)]


def parts(items: Sequence[P]) -> list[Sequence[P]]:
    """The items, split into parts for the workers."""
    return [items[begin : begin + PART] for begin in range(0, len(items), PART)]


def plainly(call: Callable[[P], R], work: Sequence[P]) -> Iterator[R]:
    """Call a function with each part, in this process."""
    return map(call, work)


def in_processes(call: Callable[[P], R], work: Sequence[P]) -> Iterator[R]:
    """Call a function with each part, in a pool of new processes."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield from pool.map(call, work)


def on_dask(call: Callable[[P], R], work: Sequence[P]) -> Iterator[R]:
    """Call a function with each part, on a Dask cluster of local processes."""
    dask: Any = import_module("distributed")  # an optional package
    local = dask.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with local as cluster, dask.Client(cluster) as client:
        # Dask would pickle each order of a list separately, with its own copy of the cycle. For
        # 50,000 orders, that took 32 seconds instead of 6.
        there = client.scatter([pickle.dumps(part) for part in work])
        for result in client.map(partial(_of_bytes, call), there):
            yield pickle.loads(result.result())  # noqa: S301 - written by our own worker


def _of_bytes(call: Callable[[P], R], part: bytes) -> bytes:
    """Call a function with a pickled part; returns the pickled result."""
    return pickle.dumps(call(pickle.loads(part)))  # noqa: S301 - written by this program


ENGINES: Final[Mapping[str, Callable[..., Iterator[Any]]]] = {
    "plain": plainly,
    "processes": in_processes,
    "dask": on_dask,
}


def checksum(results: Iterable[Iterable[Change | Plan]]) -> str:
    """A digest of the results; their order matters."""
    digest = hashlib.sha256()
    for part in results:
        digest.update("\n".join(map(_line, part)).encode())
    return digest.hexdigest()[:16]


def _line(result: Change | Plan) -> str:
    if isinstance(result, Plan):
        return " ".join(str(row.due_on) for row in result)
    order, ids = result.order, [event.id for event in result.events]
    return f"{order.id} {order.version} {order.status.key} {order.due_on} {order.user} {ids}"


def checksums(engine: str, orders: Sequence[ProductionOrder]) -> tuple[str, str]:
    """The checksum of all plans, and that of all changes."""
    run = ENGINES[engine]
    dates = [(order.ordered_on, order.delivery_on) for order in orders]
    return checksum(run(PLAN, parts(dates))), checksum(run(ADVANCE, parts(orders)))


def main() -> None:
    """Run each engine, and print its checksums and how long it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=200_000)
    parser.add_argument("--on", choices=ENGINES, action="append")
    options = parser.parse_args()
    orders = opened(range(options.orders))
    for engine in options.on or ENGINES:
        began = perf_counter()
        plans, changes = checksums(engine, orders)
        took = perf_counter() - began
        print(
            f"{engine:<10} {len(orders):,} orders  plans {plans}  changes {changes}  {took:.1f} s"
        )


if __name__ == "__main__":
    main()
