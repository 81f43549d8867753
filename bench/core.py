"""The core against the floors: every figure is a ratio of CPU times, taken round by round.

python bench/core.py
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import cycle as again
from typing import Final

from attrs import frozen

from floors import d0, f4
from measure import Time, Work, ratio
from prodflow import (
    CreateTask,
    Entering,
    Forward,
    ProductionFlow,
    Status,
    StatusCycle,
    Trigger,
    WorkingCalendar,
    plan,
)

MONDAY: Final = date(2026, 11, 2)
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
    """A path of so many statuses."""
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
    """A figure with what it must and what it should be."""

    what: str
    found: Time
    must: float
    aim: float | None
    unit: str

    def __str__(self) -> str:
        spread = f"({self.found.low:.2f} to {self.found.high:.2f})"
        aim = "" if self.aim is None else f", aim {self.aim}"
        verdict = "ok" if self.found.median <= self.must else "MISSED"
        return (
            f"{self.what:<40}{self.found.median:>8.2f} {spread:<18} x {self.unit}"
            f"   must {self.must}{aim}: {verdict}"
        )


def times(call: Callable[[], object]) -> Work:
    """A call, so many times."""

    def work(count: int) -> None:
        for _ in range(count):
            call()

    return work


def lines() -> Iterator[Line]:
    """Every figure of the core."""
    order = FLOW.open(EIGHT, order_id="PO-1", ordered_on=MONDAY, by="ann", at=NOON).order
    tuesday = MONDAY + timedelta(1)

    def advance(count: int) -> None:
        for _ in range(count):
            FLOW.advance(order, today=tuesday, by="ann", at=NOON)

    def open_(count: int) -> None:
        for _ in range(count):
            FLOW.open(EIGHT, order_id="PO-1", ordered_on=MONDAY, by="ann", at=NOON)

    yield Line("flow.advance, one trigger", ratio(advance, f4), 1.4, 1.0, "f4")
    yield Line("flow.open", ratio(open_, f4), 1.0, 0.6, "f4")

    orders = [
        FLOW.open(EIGHT, order_id=f"PO-{number}", ordered_on=MONDAY, by="ann", at=NOON).order
        for number in range(10_000)
    ]

    def bulk(count: int) -> object:
        kept = None
        for _ in range(count):
            kept = FLOW.accept_all(FLOW.propose_all(orders, today=tuesday, by="ann"), at=NOON)
        return kept

    each = ratio(bulk, f4, rounds=7)
    each = Time(each.median / 10_000, each.low / 10_000, each.high / 10_000)
    yield Line("propose_all + accept_all, an order", each, 1.6, 1.0, "f4")

    first = FLOW.open(TEN, order_id="PO-1", ordered_on=MONDAY, by="ann", at=NOON).order
    next_after = times(lambda: TEN.next_after("s1"))
    choices = times(lambda: FLOW.choices(first, today=tuesday, by="ann"))
    listed = statuses(8)
    building = times(lambda: StatusCycle("prints", listed))
    yield Line("cycle.choices()", ratio(times(TEN.choices), d0), 1, None, "d0")
    yield Line("cycle.next_after(key)", ratio(next_after, d0), 1, None, "d0")
    yield Line("flow.choices, 10 statuses", ratio(choices, f4), 3, None, "f4")
    yield Line("StatusCycle of 8 statuses", ratio(building, f4), 20, 10, "f4")
    for n in (1, 30, 250):
        adding = times(partial(CALENDAR.add, MONDAY, n))
        yield Line(f"WorkingCalendar.add, n = {n}", ratio(adding, d0), 1.2, 0.8, "d0")
    counting = times(partial(CALENDAR.count, MONDAY, MONDAY + timedelta(400)))
    yield Line("WorkingCalendar.count", ratio(counting, d0), 1.2, 0.7, "d0")
    yield Line("plan of 8, new dates", ratio(plans(), d0), 25, 15, "d0")


def plans() -> Work:
    """Plans of days that differ from one to the next."""
    days = again([MONDAY + timedelta(number) for number in range(1_000)])
    policy = Forward(CALENDAR)

    def work(count: int) -> None:
        for _ in range(count):
            plan(EIGHT, policy, ordered_on=next(days))

    return work


def main() -> None:
    """Print each line as it is found."""
    for line in lines():
        print(line, flush=True)


if __name__ == "__main__":
    main()
