"""The open orders with dates for which no holidays are known (decision D9b)."""

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from prodflow import (
    Backward,
    DueDatePolicy,
    Forward,
    FromEntry,
    PlanningFacts,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Terms,
    VendorTerms,
    WorkingCalendar,
)
from prodflow.hub import BeyondCalendar, beyond_calendar

MONDAY: Final = date(2026, 11, 16)
TUESDAY: Final = date(2026, 11, 17)
THURSDAY: Final = date(2026, 11, 19)
FRIDAY: Final = date(2026, 11, 20)
WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 16, 9, tzinfo=UTC)}
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("lab", "At the lab", default_duration=3, initial=True),
        Status("check", "Quality check", default_duration=1),
        Status("done", "Delivered", final=True),
        Status("hold", "On hold", non_standard=True, pauses=True),
    ],
)


def known(day: date | None, **more: Any) -> WorkingCalendar:  # noqa: ANN401 - those of the class
    """A calendar that knows the holidays up to a day."""
    return WorkingCalendar(known_through=day, **more)


def opened(
    number: str,
    policy: DueDatePolicy | None = None,
    **facts: Any,  # noqa: ANN401 - those of `open`
) -> ProductionOrder:
    """An order of Monday 16 November: it's due on Thursday, and checked on Friday."""
    flow = ProductionFlow(due_dates=policy or Forward())
    facts = {"ordered_on": MONDAY} | facts
    return flow.open(CYCLE, order_id=number, **facts, **WHO).order


def ids(report: BeyondCalendar) -> list[str]:
    """The numbers of the orders."""
    return [row.order.id for row in report]


@pytest.mark.parametrize("kind", [Forward, FromEntry])
def test_the_dates_of_later_statuses_count(kind: Any) -> None:  # noqa: ANN401 - a policy
    """The order will be checked on Friday, so the holidays through Friday must be known."""
    order = opened("PO-1")
    assert not beyond_calendar([order], kind(known(FRIDAY)))
    [row] = beyond_calendar([order], kind(known(THURSDAY)))
    assert row == (order, FRIDAY, THURSDAY)


@pytest.mark.parametrize("without_delivery", ["none", "error", "forward"])
def test_the_delivery_date_counts(without_delivery: Any) -> None:  # noqa: ANN401 - a literal
    """Of an order without one, only the dates that it has count."""
    orders = [
        opened("PO-1", delivery_on=date(2027, 1, 1)),
        opened("PO-2"),
        opened("PO-3", due_on=date(2027, 1, 4)),
    ]
    policy = Backward(known(date(2026, 12, 31)), without_delivery=without_delivery)
    assert ids(beyond_calendar(orders, policy)) == ["PO-1", "PO-3"]


def test_days_on_hold_move_the_dates_of_later_statuses() -> None:
    """If the policy shifts holds, the days on hold are counted."""
    flow = ProductionFlow(due_dates=Forward(shift_holds=True))
    held = flow.advance(opened("PO-1"), to="hold", today=MONDAY, **WHO).order
    back = flow.advance(held, to="lab", today=TUESDAY, **WHO).order
    assert ids(beyond_calendar([back], Forward(known(FRIDAY), shift_holds=True))) == ["PO-1"]
    assert not beyond_calendar([back], Forward(known(FRIDAY)))


def test_an_order_on_hold_is_looked_at_from_the_status_to_come_back_to() -> None:
    """Its due date on the way back counts too, if it was set by hand."""
    flow = ProductionFlow()
    by_hand = [opened("PO-1"), opened("PO-2", due_on=date(2026, 12, 1))]
    held = [flow.advance(it, to="hold", today=MONDAY, **WHO).order for it in by_hand]
    assert ids(beyond_calendar(held, Forward(known(FRIDAY)))) == ["PO-2"]
    assert ids(beyond_calendar(held, Forward(known(THURSDAY)))) == ["PO-1", "PO-2"]


def test_closed_orders_are_left_out() -> None:
    """Nothing is planned for them any more, and their type needs no policy."""
    done = ProductionFlow().advance(opened("PO-1"), to="done", today=MONDAY, **WHO).order
    assert not beyond_calendar([done], Forward(known(MONDAY)))
    assert not beyond_calendar([done], {})


def test_a_calendar_without_an_end_is_never_left() -> None:
    """Without `known_through`, nothing can be said."""
    assert not beyond_calendar([opened("PO-1")], Forward(known(None)))


def test_each_order_counts_in_the_calendars_of_its_vendor() -> None:
    """A status calendar and a vendor's calendar can end earlier than the shop's."""
    orders = [opened("PO-1"), opened("PO-2", vendor="West")]
    west = VendorTerms(calendars={"lab": known(TUESDAY)})
    shop = Forward(known(FRIDAY), calendars={"check": known(FRIDAY)})
    [row] = beyond_calendar(orders, Terms(shop, {"West": west}))
    assert (row.order.id, row.known_through) == ("PO-2", TUESDAY)


class Slow:
    """A shop's own policy: every status is due a year after the order date."""

    name = "slow"
    calendar = known(FRIDAY)
    shift_holds = False

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """A year later; the final status is never due."""
        return None if planning.status.final else planning.ordered_on.replace(year=2027)


def test_it_asks_a_policy_of_your_own() -> None:
    """The dates that it gives count in its calendar."""
    [row] = beyond_calendar([opened("PO-1")], Slow())
    assert row.last_on == date(2027, 11, 16)


def test_the_earliest_last_date_comes_first() -> None:
    """Then the higher priority, then the lower number."""
    orders = [
        *(opened("PO-10"), opened("PO-9"), opened("PO-2", priority=1)),
        opened("PO-1", delivery_on=date(2026, 12, 1)),
    ]
    found = beyond_calendar(orders, {"prints": Forward(known(MONDAY))})
    assert ids(found) == ["PO-2", "PO-9", "PO-10", "PO-1"]
    assert found[1:] == tuple(found)[1:]


def test_each_type_needs_a_policy() -> None:
    """A missing one is refused, with the order that needs it."""
    with pytest.raises(ValueError, match="must have a policy for 'prints', the type of order"):
        beyond_calendar([opened("PO-1")], {"albums": Forward()})


def test_its_table_has_the_last_date_and_what_is_known() -> None:
    """One line for each order, with further columns."""
    table = beyond_calendar([opened("PO-1", quantity=3)], Forward(known(MONDAY))).table("quantity")
    assert table.columns[-3:] == ("Quantity", "Last Date", "Holidays Known Through")
    assert [row[-3:] for row in table.rows] == [(3, FRIDAY, MONDAY)]
    assert table.notes == ("1 open order has a date for which no holidays are known.",)
