"""Pretend data for a first look: a studio with three order types and 60 orders.

Everything is written as an app would write it, and nothing is drawn at random: on one day, the demo
always has the same orders.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple, final

from prodflow import (
    MONDAY_TO_FRIDAY,
    Backward,
    ChangeRules,
    FlowSettings,
    Forward,
    Move,
    Permission,
    Reason,
    StatusCycle,
    TypeSettings,
)
from prodflow.samples import ALBUMS, ALL, FRAMES, PRINTS
from prodflow_hub._hub import Visitor
from prodflow_sqlalchemy import SqlStore

ORDERS: Final = 60

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
    start = _instant(now, _working_day(now, -10), 0)
    with store.unit() as (_, inner):
        for sample in ALL:
            inner.put_cycle(sample.cycle, replaces=None, by="Mia", at=start)
        inner.put_settings(settings(), replaces=None, by="Mia", at=start)
        for plan in _plans():
            _live(inner, now, plan)


def _working_day(now: datetime, days: int) -> date:
    return MONDAY_TO_FRIDAY.add(MONDAY_TO_FRIDAY.preceding(now.date()), days)


def _instant(now: datetime, day: date, minute: int) -> datetime:
    """An instant of the morning; on the present day, one that is over."""
    at = datetime.combine(day, time(9), now.tzinfo) + timedelta(minutes=minute)
    return min(at, now)


def _live(store: SqlStore, now: datetime, plan: _Plan) -> None:
    """Open an order, and let it go as far as its plan says."""
    number, cycle = plan.number, plan.cycle
    flow = store.get_settings().flow(cycle.order_type)
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
    store.save(opened)
    for step in range(plan.steps):
        days = -plan.opened + (step + 1) * plan.opened // (plan.steps + 1)
        _advance(store, now, plan, days, 60 + number + step)
    if number in _HELD:
        _advance(store, now, plan, -2, 200, to="on-hold", note="The client is away")
    if number in _RETURNED:
        _advance(store, now, plan, -1, 210)
    if number in _SLIPS:
        _advance(store, now, plan, -1, 220)
        order, entries = store.get(plan.id), store.history(plan.id)
        at = _instant(now, _working_day(now, -1), 225)
        store.save(flow.undo(order, entries, by="Tom", at=at, note="That was the wrong order"))


def _advance(
    store: SqlStore,
    now: datetime,
    plan: _Plan,
    days: int,
    minute: int,
    **more: Any,  # noqa: ANN401 - what `advance` takes
) -> None:
    order = store.get(plan.id)
    if not order.is_open:
        return
    day = max(_working_day(now, days), order.begun_on)
    by = order.user or ("Tom" if plan.number % 2 else "Mia")
    flow = store.get_settings().flow(order.order_type)
    at = _instant(now, day, minute)
    store.save(flow.advance(order, today=day, by=by, at=at, **more))
