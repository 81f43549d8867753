"""Measures the core, mostly as ratios of its CPU times to those of the baselines in `floors`.

python bench/core.py
"""

import gc
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import cycle as again
from itertools import product
from random import Random  # noqa: TID251 - random dates, the same in each run
from statistics import median, quantiles
from typing import Any, Final

from attrs import asdict, evolve, frozen

import results
from floors import d0, f4
from measure import ROUNDS, Time, Work, alternate, ratio
from prodflow import (
    Backward,
    CreateTask,
    DaysInStatus,
    Entering,
    Forward,
    HistoryEntry,
    MemoryStore,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Trigger,
    WorkingCalendar,
    outlook,
    plan,
    plan_many,
)
from prodflow.hub import at_risk, forecast, learn, load, status_report

MONDAY: Final = date(2026, 11, 2)
TUESDAY: Final = MONDAY + timedelta(1)
NOON: Final = datetime(2026, 11, 2, 12, tzinfo=UTC)
CALENDAR: Final = WorkingCalendar(
    holidays=[
        date(year, month, day)
        for year in range(2020, 2032)
        for month in (1, 5, 12)
        for day in (1, 25)
    ]
)


def statuses(count: int) -> list[Status]:
    """A path of *count* statuses."""
    return [
        Status(
            f"s{number}",
            f"Status {number}",
            default_duration=number % 4 + 1,
            default_department="Production",
            default_user=f"user {number}",
            initial=number == 0,
            final=number == count - 1,
        )
        for number in range(count)
    ]


EIGHT: Final = StatusCycle("prints", statuses(8))
TEN: Final = StatusCycle("prints", statuses(10))
FLOW: Final = ProductionFlow(
    due_dates=Forward(CALENDAR), triggers=[Trigger("begin", Entering("s1"), CreateTask("Begin"))]
)


@frozen
class Line:
    """A figure with its upper limit and its goal."""

    what: str
    found: Time
    must: float
    aim: float | None
    unit: str

    def __str__(self) -> str:
        spread = f"({self.found.low:.2f} to {self.found.high:.2f})"
        aim = "" if self.aim is None else f", goal {self.aim}"
        return (
            f"{self.what:<48}{self.found.median:>8.2f} {spread:<18} {self.unit}"
            f"   limit {self.must}{aim}: {self.verdict}"
        )

    @property
    def verdict(self) -> str:
        """Whether the figure is within its limit."""
        return "ok" if self.found.median <= self.must else "MISSED"


def times(call: Callable[[], object]) -> Work:
    """A work that repeats a call."""

    def work(count: int) -> None:
        for _ in range(count):
            call()

    return work


def uncollected(work: Work) -> Work:
    """The same work with the garbage collector off, as `timeit` runs it."""

    def still(count: int) -> object:
        gc.disable()
        try:
            return work(count)
        finally:
            gc.enable()

    return still


def per(work: Work, items: int, floor: Work) -> Time:
    """The time per item of a work that handles many, divided by the baseline's time."""
    found = ratio(work, floor, rounds=7)
    return Time(found.median / items, found.low / items, found.high / items)


def opened(count: int, cycle: StatusCycle = EIGHT) -> list[ProductionOrder]:
    """*count* orders of a cycle, with 300 different order dates."""
    days = [MONDAY - timedelta(number) for number in range(300)]
    return [
        FLOW.open(
            cycle,
            order_id=f"PO-{number}",
            ordered_on=days[number % 300],
            by="ann",
            at=NOON,
        ).order
        for number in range(count)
    ]


def lines() -> Iterator[Line]:
    """All figures of the core."""
    yield from singles()
    yield from bulks()
    yield from cycles()
    yield from days()
    yield from outlooks()
    yield from forecasts()
    yield from reports()
    yield Line("import prodflow, without attrs", imports(), 40, 25, "ms")
    yield from sizes()
    yield Line("find the 100 due of 1,000,000 pending events", due_events(), 1, None, "ms")


def singles() -> Iterator[Line]:
    """Figures for single orders."""
    order = opened(1)[0]

    def advance(count: int) -> None:
        for _ in range(count):
            FLOW.advance(order, today=TUESDAY, by="ann", at=NOON)

    def open_(count: int) -> None:
        for _ in range(count):
            FLOW.open(EIGHT, order_id="PO-1", ordered_on=MONDAY, by="ann", at=NOON)

    yield Line("flow.advance with one trigger", ratio(advance, f4), 1.4, 1.0, "x f4")
    yield Line("flow.open", ratio(open_, f4), 1.0, 0.6, "x f4")


def bulks() -> Iterator[Line]:
    """Figures for bulks; their results stay in memory, as they do until an app saves them."""

    def advancing(orders: list[ProductionOrder]) -> Work:
        def work(count: int) -> object:
            kept = None
            for _ in range(count):
                kept = FLOW.accept_all(FLOW.propose_all(orders, today=TUESDAY, by="ann"), at=NOON)
            return kept

        return work

    few = advancing(opened(10_000))
    yield Line("propose_all + accept_all, per order", per(few, 10_000, f4), 1.6, 1.0, "x f4")
    still = per(uncollected(few), 10_000, f4)
    yield Line("the same with the collector off", still, 1.6, 1.0, "x f4")
    many = advancing(opened(100_000))
    yield Line("100,000 orders compared with 10,000", ratio(many, few, rounds=7), 11, 10.3, "x")
    still = ratio(uncollected(many), uncollected(few), rounds=7)
    yield Line("the same with the collector off", still, 11, 10.3, "x")

    kinds = [opened(500, StatusCycle(f"type-{number}", statuses(8))) for number in range(40)]

    def replan(count: int) -> None:
        for _ in range(count):
            for orders in kinds:
                FLOW.replan_all(orders, by="ann", at=NOON)

    yield Line("replan_all of 40 cycles, per order", per(replan, 20_000, d0), 6, 4, "x d0")

    random = Random(1)  # noqa: S311 - needs no secrecy
    pairs = [
        (MONDAY + timedelta(first), MONDAY + timedelta(random.randrange(first, 3_000)))
        for first in random.choices(range(2_000), k=20_000)
    ]
    planning = times(lambda: plan_many(EIGHT, Backward(CALENDAR), pairs))
    yield Line(
        "plan_many, Backward, random dates, per order", per(planning, 20_000, d0), 15, None, "x d0"
    )


def cycles() -> Iterator[Line]:
    """Figures for cycles and their choices."""
    first = opened(1, TEN)[0]
    next_after = times(lambda: TEN.next_after("s1"))
    choices = times(lambda: FLOW.choices(first, today=TUESDAY, by="ann"))
    listed = statuses(8)
    building = times(lambda: StatusCycle("prints", listed))
    yield Line("cycle.choices()", ratio(times(TEN.choices), d0), 1, None, "x d0")
    yield Line("cycle.next_after(key)", ratio(next_after, d0), 1, None, "x d0")
    yield Line("flow.choices, 10 statuses", ratio(choices, f4), 3, None, "x f4")
    yield Line("StatusCycle of 8 statuses", ratio(building, f4), 20, 10, "x f4")


def days() -> Iterator[Line]:
    """Figures for working days and plans."""
    for n in (1, 30, 250):
        adding = times(partial(CALENDAR.add, MONDAY, n))
        yield Line(f"WorkingCalendar.add, n = {n}", ratio(adding, d0), 1.2, 0.8, "x d0")
    counting = times(partial(CALENDAR.count, MONDAY, MONDAY + timedelta(400)))
    yield Line("WorkingCalendar.count", ratio(counting, d0), 1.2, 0.7, "x d0")
    yield Line("plan of 8 statuses, new dates", ratio(plans(), d0), 25, 15, "x d0")
    yield Line("first use of a calendar year", ratio(years(), d0), 1_000, None, "x d0")


def outlooks() -> Iterator[Line]:
    """Figures for what is to come."""
    policy = Forward(CALENDAR)
    orders = in_flight(opened(10_000))
    order = orders[0]
    single = alternate({"single": times(lambda: outlook(order, policy, today=TUESDAY))})["single"]
    yield Line("outlook of one order", in_units(single, 1e6), 20, None, "us")

    def of(orders: list[ProductionOrder], report: Callable[..., object], **given: object) -> Work:
        return times(lambda: report(orders, policy, today=TUESDAY, **given))

    bulk = alternate({"bulk": of(orders, at_risk)}, rounds=7)["bulk"]
    yield Line("at_risk, a tenth late, per order", in_units(bulk, 1e6 / 10_000), 8, None, "us")
    loads = alternate({"load": of(orders, load, horizon=30)}, rounds=7)["load"]
    yield Line("load of 30 days, per order", in_units(loads, 1e6 / 10_000), 20, None, "us")
    million = alternate({"at_risk": of(in_flight(opened(1_000_000)), at_risk)}, rounds=3)["at_risk"]
    yield Line("at_risk of 1,000,000 orders, a tenth late", million, 10, None, "s")


def forecasts() -> Iterator[Line]:
    """Figures for what history promises, of 5,000 orders of a year."""
    histories = [lived(number) for number in range(5_000)]
    today = MONDAY + timedelta(365)
    given: Any = {"as_of": today, "calendar": CALENDAR}
    learning = times(lambda: learn(histories, [EIGHT], **given))
    learned = alternate({"learn": learning}, rounds=5)["learn"]
    yield Line("learn from 5,000 orders", learned, 0.3, None, "s")
    known = learn(histories, [EIGHT], **given)
    order = ProductionOrder.replay(histories[-1][:4], [EIGHT])

    def ask() -> None:
        known._memo.curves.clear()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as if nobody had asked
        forecast([order], known, today=today)

    first = alternate({"first": times(ask)})["first"]
    yield Line("forecast of one order", in_units(first, 1e3), 1, None, "ms")
    orders = [order] * 1_000
    alike = times(lambda: forecast(orders, known, today=today))
    again_ = alternate({"again": alike})["again"]
    yield Line(
        "forecast of an order like one before", in_units(again_, 1e6 / 1_000), 20, None, "us"
    )


def lived(number: int) -> list[HistoryEntry]:
    """An order that goes through its eight statuses; of the last ones, some are still open."""
    day = MONDAY + timedelta(number % 365)
    change = FLOW.open(EIGHT, order_id=f"PO-{number}", ordered_on=day, by="ann", at=NOON)
    entries: list[HistoryEntry] = [change.entry]
    for place, status in enumerate(EIGHT.path[1:]):
        day += timedelta((number * 7 + place * number % 11) % 9)
        change = FLOW.advance(change.order, to=status.key, today=day, by="ann", at=NOON)
        entries.append(change.entry)
    return entries


def reports() -> Iterator[Line]:
    """Figures for reports on orders in memory."""
    orders = opened(1_000_000)
    report = times(lambda: status_report(orders, today=TUESDAY))
    found = alternate({"status_report": report}, rounds=3)["status_report"]
    yield Line("status_report of 1,000,000 orders", found, 1.5, None, "s")


def in_flight(orders: list[ProductionOrder]) -> list[ProductionOrder]:
    """The orders with delivery dates, which every tenth of them misses."""
    days = sum(status.default_duration or 0 for status in EIGHT.path[:-1])
    finish_on = CALENDAR.add(TUESDAY, days)
    return [
        evolve(order, delivery_on=finish_on + timedelta(number % 50 + 1 if number % 10 else -1))
        for number, order in enumerate(orders)
    ]


def in_units(seconds: Time, units: float) -> Time:
    """A time in other units than seconds."""
    return Time(seconds.median * units, seconds.low * units, seconds.high * units)


def plans() -> Work:
    """A work that plans orders, with a different order date each time."""
    days = again([MONDAY + timedelta(number) for number in range(1_000)])
    policy = Forward(CALENDAR)

    def work(count: int) -> None:
        for _ in range(count):
            plan(EIGHT, policy, ordered_on=next(days))

    return work


def years() -> Work:
    """A work that asks a calendar about years for which it has no table yet."""
    holidays = sorted(CALENDAR.holidays)
    fresh = [WorkingCalendar(holidays=holidays) for _ in range(400)]
    unmet = product(fresh, range(2_000, 2_050))

    def work(count: int) -> None:
        for _ in range(count):
            calendar, year = next(unmet)
            calendar.is_working_day(date(year, 6, 1))

    return work


def imports() -> Time:
    """How many milliseconds an import takes in a new process, with the bytecode compiled."""
    code = "import time, attrs; began = time.process_time(); import prodflow"
    code += "; print(time.process_time() - began)"
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        found = [
            1_000 * float(subprocess.check_output([sys.executable, "-c", code], env=environment))  # noqa: S603 - this very Python
            for _ in range(2 * ROUNDS)
        ][1:]
    low, _, high = quantiles(found, n=4)
    return Time(median(found), low, high)


def sizes() -> Iterator[Line]:
    """The bytes of one order, and the bytes per order in a long list, with their ids."""
    size = float(sys.getsizeof(opened(1)[0]))
    yield Line("sys.getsizeof of an order", Time(size, size, size), 192, None, "B")
    tracemalloc.start()
    orders = opened(100_000)
    traced = tracemalloc.get_traced_memory()[0] / len(orders)
    tracemalloc.stop()
    yield Line(
        "memory per order in a list of 100,000", Time(traced, traced, traced), 260, None, "B"
    )


def due_events() -> Time:
    """How many milliseconds it takes to find the due events among all pending ones."""
    task = CreateTask("Have a look")
    flow = ProductionFlow(
        triggers=[
            Trigger(f"t{number}", DaysInStatus(None, number), task) for number in range(1_000)
        ]
    )
    store = MemoryStore()
    for number in range(1_000):
        ordered_on = MONDAY + timedelta(number // 100)
        order_id = f"PO-{number}"
        store.save(flow.open(EIGHT, order_id=order_id, ordered_on=ordered_on, by="ann", at=NOON))
    taking = times(partial(store.pending, as_of=MONDAY, limit=100))
    found = alternate({"taking": taking})["taking"]
    return in_units(found, 1_000)


def main() -> None:
    """Print each figure once it's measured, then write all figures to the page."""
    found: list[Line] = []
    for line in lines():
        found.append(line)
        print(line, flush=True)
    floors = results.floors()
    found_with = {"versions": results.versions(["attrs"]), "floors": floors}
    results.save("core", found_with | {"lines": list(map(asdict, found))})
    rows = [
        (
            line.what,
            f"{line.found.median:.2f} {line.unit}",
            f"{line.must}: {line.verdict}",
            f"{line.aim or ''}",
        )
        for line in found
    ]
    table = results.table(["job", "result", "limit", "goal"], rows)
    results.fill_in("core", f"{table}\n{results.floor_times(floors)}")
    print(results.floor_times(floors))


if __name__ == "__main__":
    main()
