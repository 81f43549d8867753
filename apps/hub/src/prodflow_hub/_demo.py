"""Pretend data for a first look: a studio with three order types and 60 orders.

The orders that it finished in the weeks before come on top: of prints there are enough for a
forecast, of albums there are too few.

Everything is written as an app would write it, and nothing is drawn at random: on one day, the demo
always has the same orders.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple, final

from attrs import evolve

from prodflow import (
    MONDAY_TO_FRIDAY,
    Backward,
    Change,
    ChangeRules,
    FlowSettings,
    Forward,
    Move,
    Permission,
    ProductionFlow,
    ProductionOrder,
    Reason,
    StatusCycle,
    TypeSettings,
)
from prodflow.samples import ALBUMS, ALL, FRAMES, PRINTS
from prodflow_hub._hub import Visitor
from prodflow_sqlalchemy import SqlStore

ORDERS: Final = 60
FINISHED: Final[Mapping[str, int]] = {"prints": 80, "albums": 9}
"""How many more orders of each type were finished in the weeks before."""

PEOPLE: Final = (
    Visitor("Mia", roles=["manager", "office"], departments=["Sales"]),
    Visitor("Ana", roles=["staff"], departments=["Retouching"]),
    Visitor("Tom", roles=["staff"], departments=["Production"]),
    Visitor("Lea", roles=["staff"], departments=["Design"]),
    Visitor("Jon", roles=["staff"], departments=["Workshop"]),
)
"""The people of the studio. Mia is the manager."""

_HELD: Final = (24, 29, 33, 41, 53)
"""The numbers of the orders that went on hold."""
_RETURNED: Final = (29, 53)
"""Those of them that came back."""
_SLIPS: Final = (7, 27, 47)
"""The orders that somebody advanced by mistake, and put back."""

_CLIENTS: Final = (
    *(
        "Lee wedding",
        "Ott family",
        "Cho portraits",
        "Silva baptism",
        "Kraus school",
        "Diaz wedding",
    ),
    *(
        "Novak passport",
        "Berg gallery",
        "Amari twins",
        "Fox theatre",
        "Ito family",
        "Marsh wedding",
    ),
)
_VENDORS: Final[Mapping[str, tuple[str, ...]]] = {
    "prints": ("West Lab", "City Lab"),
    "albums": ("Bindery Holt",),
    "frames": ("Workshop",),
}


def settings() -> FlowSettings:
    """The settings of the studio."""
    return FlowSettings(
        due_dates=Forward(),
        by_order_type={
            "albums": TypeSettings(due_dates=Backward(without_delivery="forward")),
            "frames": TypeSettings(due_dates=Forward(shift_holds=True)),
        },
        rules=ChangeRules(
            note_required={Move.BACK, Move.REOPEN},
            reasons=[
                Reason("damaged", "Damaged in the lab", chargeable=False),
                Reason("wrong-size", "Printed in the wrong size", chargeable=False),
                Reason("client", "The client wants a change"),
            ],
            permissions=[
                Permission({"manager"}, to={"cancelled"}),
                Permission({"manager", "office"}, verbs={"open", "reorder"}),
            ],
        ),
        triggers=[trigger for sample in ALL for trigger in sample.triggers],
        cutoff=time(14),
    )


@final
class _Plan(NamedTuple):
    """An order of the demo: when it's opened, and how far it has come."""

    number: int
    cycle: StatusCycle
    opened: int
    """How many working days ago."""
    steps: int
    delivery: int | None
    """In how many working days from today."""

    @property
    def id(self) -> str:
        return f"PO-{1000 + self.number}"


def _plans() -> Iterator[_Plan]:
    for number in range(1, ORDERS + 1):
        if number % 10 in {1, 2, 4, 6, 7}:
            cycle = PRINTS.cycle
        elif number % 10 in {3, 5, 8}:
            cycle = ALBUMS.cycle
        else:
            cycle = FRAMES.cycle
        opened = 10 - number * 10 // (ORDERS + 1)
        most = len(cycle.path) - 1
        steps = min(most, opened * (2 + number % 3) // 5)
        delivery = None if number % 6 == 0 else 3 + number * 7 % 23
        yield _Plan(number, cycle, opened, steps, delivery)


def load_demo(store: SqlStore, now: datetime) -> None:
    """Fill an empty store with the studio, as of *now*."""
    if store.order_types():
        return
    start = _instant(now, _working_day(now, -_LONG_AGO), 0)
    with store.unit() as (_, inner):
        for sample in ALL:
            inner.put_cycle(sample.cycle, replaces=None, by="Mia", at=start)
        inner.put_settings(settings(), replaces=None, by="Mia", at=start)
        inner.save(*(change for story in _stories(now) for change in story.changes))


def _stories(now: datetime) -> Iterator["_Story"]:
    """What became of each order, those of the weeks before first."""
    # The messages of those weeks were sent long ago: no triggers.
    before = evolve(settings(), triggers=())
    for number, (days, order_type) in enumerate(_past_days()):
        cycle = next(sample.cycle for sample in ALL if sample.cycle.order_type == order_type)
        yield _finished(before.flow(order_type), cycle, now, number, days)
    for plan in _plans():
        yield _lived(settings().flow(plan.cycle.order_type), now, plan)


def _past_days() -> list[tuple[int, str]]:
    """When each finished order was opened, in working days from today, and its type."""
    return sorted(
        (number * (_LONG_AGO - _AGO) // count - _LONG_AGO, order_type)
        for order_type, count in FINISHED.items()
        for number in range(count)
    )


def _working_day(now: datetime, days: int) -> date:
    return MONDAY_TO_FRIDAY.add(MONDAY_TO_FRIDAY.preceding(now.date()), days)


def _instant(now: datetime, day: date, minute: int) -> datetime:
    """An instant of the morning; on the present day, one that is over."""
    at = datetime.combine(day, time(9), now.tzinfo) + timedelta(minutes=minute)
    return min(at, now)


@final
class _Story:
    """An order, and the changes that made it so."""

    def __init__(self, flow: ProductionFlow, now: datetime, opened: Change) -> None:
        self.flow, self.now, self.changes = flow, now, [opened]

    @property
    def order(self) -> ProductionOrder:
        return self.changes[-1].order

    def advance(self, days: int, minute: int, by: str, **more: Any) -> None:  # noqa: ANN401 - what `advance` takes
        """Advance the order, if it's open: on a day, or later on the first day of its status."""
        order, now = self.order, self.now
        if not order.is_open:
            return
        day = max(_working_day(now, days), order.begun_on)
        at = _instant(now, day, minute)
        self.changes.append(self.flow.advance(order, today=day, by=order.user or by, at=at, **more))

    def undo(self, days: int, minute: int, by: str, note: str) -> None:
        """Take back the last change."""
        entries = [change.entry for change in self.changes]
        at = _instant(self.now, _working_day(self.now, days), minute)
        self.changes.append(self.flow.undo(self.order, entries, by=by, at=at, note=note))


def _lived(flow: ProductionFlow, now: datetime, plan: _Plan) -> _Story:
    """Open an order, and let it go as far as its plan says."""
    number, cycle = plan.number, plan.cycle
    day = _working_day(now, -plan.opened)
    vendors = _VENDORS[cycle.order_type]
    opened = flow.open(
        cycle,
        order_id=plan.id,
        ordered_on=day,
        delivery_on=None if plan.delivery is None else _working_day(now, plan.delivery),
        invoice_id=f"INV-{500 + (number + 1) // 2}",
        vendor=vendors[number % len(vendors)],
        quantity=5 * (1 + number % 8),
        priority=10 if number % 15 == 0 else 0,
        facts={"client": _CLIENTS[number % len(_CLIENTS)]},
        by="Mia",
        roles=["office"],
        at=_instant(now, day, number),
    )
    story, by = _Story(flow, now, opened), "Tom" if number % 2 else "Mia"
    for step in range(plan.steps):
        days = -plan.opened + (step + 1) * plan.opened // (plan.steps + 1)
        story.advance(days, 60 + number + step, by)
    if number in _HELD:
        story.advance(-2, 200, by, to="on-hold", note="The client is away")
    if number in _RETURNED:
        story.advance(-1, 210, by)
    if number in _SLIPS:
        story.advance(-1, 220, by)
        story.undo(-1, 225, "Tom", "That was the wrong order")
    return story


_LONG_AGO: Final = 80
_AGO: Final = 40
"""How many working days ago the first and the last of the finished orders were opened."""
_LATER: Final = (0, 1, 0, 3, -1, 0, 2, 0, 5, 1, 0, -1, 1)
"""How many working days more than planned a status took."""


def _finished(
    flow: ProductionFlow, cycle: StatusCycle, now: datetime, number: int, days: int
) -> _Story:
    """An order of the weeks before, from its opening to its end."""
    vendors = _VENDORS[cycle.order_type]
    day = _working_day(now, days)
    opened = flow.open(
        cycle,
        order_id=f"PO-{1001 - sum(FINISHED.values()) + number:04}",
        ordered_on=day,
        vendor=vendors[number % len(vendors)],
        quantity=5 * (1 + number % 8),
        facts={"client": _CLIENTS[number % len(_CLIENTS)]},
        by="Mia",
        roles=["office"],
        at=_instant(now, day, number),
    )
    story = _Story(flow, now, opened)
    for step, status in enumerate(cycle.path[:-1]):
        late = _LATER[(number * 5 + step * 3) % len(_LATER)]
        days += max(0, (status.default_duration or 0) + late)
        story.advance(days, 60 + number + step, "Tom")
    return story
