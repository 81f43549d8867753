"""The garbage collector: still while a bulk is made, and afterwards as the host had it."""

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from prodflow import (
    CreateTask,
    Entering,
    HistoryEntry,
    ProductionFlow,
    ProductionOrder,
    Trigger,
    samples,
)
from prodflow._collector import paused

MONDAY = date(2026, 11, 2)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
KEY = samples.PRINTS.cycle.path[1].key


@pytest.fixture(autouse=True)
def _enabled() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def advanced(flow: ProductionFlow) -> None:
    """Advance three orders at once."""
    orders = [
        flow.open(
            samples.PRINTS.cycle, order_id=f"PO-{n}", ordered_on=MONDAY, by="ann", at=NOON
        ).order
        for n in range(3)
    ]
    flow.advance_all(orders, today=MONDAY, by="ann", at=NOON)


def test_no_collection_while_a_bulk_is_made() -> None:
    """A condition is asked meanwhile, and sees the switch."""
    seen: list[bool] = []

    def look(_order: ProductionOrder, _entry: HistoryEntry) -> bool:
        seen.append(gc.isenabled())
        return True

    advanced(
        ProductionFlow(triggers=[Trigger("t", Entering(KEY), CreateTask("Look"), condition=look)])
    )
    assert seen == [False] * 3
    assert gc.isenabled()


def test_a_failure_lets_the_collector_work_again() -> None:
    """What a condition raises comes through, with the collector on."""

    def fail(_order: ProductionOrder, _entry: HistoryEntry) -> bool:
        raise LookupError

    flow = ProductionFlow(
        triggers=[Trigger("t", Entering(KEY), CreateTask("Look"), condition=fail)]
    )
    with pytest.raises(LookupError):
        advanced(flow)
    assert gc.isenabled()


def test_a_host_that_has_switched_it_off_is_left_alone() -> None:
    """It stays off."""
    gc.disable()
    advanced(ProductionFlow())
    assert not gc.isenabled()


def test_a_pause_within_a_pause_ends_with_the_outer_one() -> None:
    """The inner one has nothing to switch."""
    with paused():
        with paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_threads_leave_it_on() -> None:
    """Whichever ends last."""
    flow = ProductionFlow()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(advanced, [flow] * 200))
    assert gc.isenabled()
