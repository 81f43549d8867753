"""The orders that will miss their delivery dates."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import Forward, ProductionFlow, ProductionOrder, Status, StatusCycle, outlook
from prodflow.hub import AtRisk, at_risk, overdue, past_delivery, status_report

MONDAY: Final = date(2026, 11, 16)
WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 16, 9, tzinfo=UTC)}
FLOW: Final = ProductionFlow()
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("lab", "At the lab", default_duration=3, initial=True),
        Status("check", "Quality check", default_duration=1),
        Status("done", "Delivered", final=True),
        Status("hold", "On hold", non_standard=True, pauses=True),
    ],
)


def opened(number: str, delivery: int | None, **facts: Any) -> ProductionOrder:  # noqa: ANN401 - those of `open`
    """An order of Monday 16 November, with a delivery date in November."""
    delivery_on = None if delivery is None else date(2026, 11, delivery)
    return FLOW.open(
        CYCLE, order_id=number, ordered_on=MONDAY, delivery_on=delivery_on, **facts, **WHO
    ).order


def ids(report: AtRisk) -> list[str]:
    """The numbers of the orders."""
    return [row.order.id for row in report]


def test_an_order_can_be_at_risk_before_it_is_overdue() -> None:
    """Each status is in time, but they can't all be done by Thursday."""
    orders = [opened("PO-1", 19), opened("PO-2", 20)]
    found = at_risk(orders, Forward(), today=MONDAY)
    assert (ids(found), found[0].outlook.slack_days) == (["PO-1"], -1)
    assert not overdue(orders, today=MONDAY)
    assert not past_delivery(orders, today=MONDAY)


def test_a_hold_can_last_too_long() -> None:
    """An order on hold isn't overdue, but too little time is left."""
    held = FLOW.advance(opened("PO-1", 20), to="hold", today=MONDAY, **WHO).order
    assert not at_risk([held], Forward(), today=MONDAY)
    assert ids(at_risk([held], Forward(), today=date(2026, 11, 18))) == ["PO-1"]
    assert not overdue([held], today=date(2026, 11, 18))


def test_what_is_most_urgent_comes_first() -> None:
    """By slack, then by delivery date, by priority and by number."""
    orders = [
        *(opened("PO-10", 18), opened("PO-9", 18), opened("PO-2", 18, priority=1)),
        *(opened("PO-4", 17), opened("PO-5", None), opened("PO-6", 27)),
    ]
    found = at_risk(orders, Forward(), today=MONDAY)
    assert ids(found) == ["PO-4", "PO-2", "PO-9", "PO-10"]


def test_closed_orders_are_left_out() -> None:
    """A delivered order isn't late any more."""
    done = FLOW.advance(opened("PO-1", 17), to="done", today=MONDAY, **WHO).order
    assert not at_risk([done], Forward(), today=MONDAY)


def test_each_order_type_may_have_its_policy() -> None:
    """A type without one is told."""
    orders = [opened("PO-1", 19)]
    assert ids(at_risk(orders, {"prints": Forward()}, today=MONDAY)) == ["PO-1"]
    with pytest.raises(ValueError, match="policy for 'prints', the type of order 'PO-1'"):
        at_risk(orders, {"albums": Forward()}, today=MONDAY)


def test_a_table_says_how_late() -> None:
    """One line for each order, with the day on which it's expected."""
    found = at_risk([opened("PO-1", 18, quantity=3)], Forward(), today=MONDAY)
    table = found.table("quantity")
    assert table.columns[-3:] == ("Quantity", "Expected", "Days Late")
    assert table.rows[0][-3:] == (3, date(2026, 11, 20), 2)
    assert found[0:] == (found[0],)


def test_more_days_and_cycles_than_are_remembered() -> None:
    """Outlooks are remembered by day and by cycle, but only some of them; none gets wrong."""
    one = opened("PO-1", 17)
    days = [MONDAY + timedelta(number) for number in range(1_100)]
    orders = [evolve(one, due_on=day, due_on_is_manual=True) for day in days]
    orders += [evolve(one, cycle=evolve(CYCLE, version=number)) for number in range(2, 1_100)]
    alone = [outlook(order, Forward(), today=MONDAY) for order in orders]
    found = status_report(orders, today=MONDAY, policy=Forward())
    assert {id(row.order): row.outlook for row in found.rows} == dict(
        zip(map(id, orders), alone, strict=True)
    )
