"""Outlooks: when an order in flight will be ready."""

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    ExpectedStatus,
    Forward,
    Outlook,
    PlanningFacts,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Terms,
    VendorTerms,
    WorkingCalendar,
    outlook,
)

MONDAY: Final = date(2026, 11, 16)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in range(17, 21))
SATURDAY: Final = date(2026, 11, 21)
NEXT_MONDAY: Final = date(2026, 11, 23)
WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 16, 9, tzinfo=UTC)}
FLOW: Final = ProductionFlow()
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("lab", "At the lab", default_duration=3, initial=True),
        Status("talk", "Call the client"),
        Status("check", "Quality check", default_duration=1),
        Status("done", "Delivered", final=True),
        Status("hold", "On hold", non_standard=True, pauses=True),
        Status("drying", "Drying", default_duration=4, non_standard=True),
        Status("void", "Cancelled", non_standard=True, cancelled=True),
    ],
)


def opened(**facts: Any) -> ProductionOrder:  # noqa: ANN401 - those of `open`
    """An order of Monday, to be delivered on Friday."""
    given: Any = {"ordered_on": MONDAY, "delivery_on": FRIDAY, **facts}
    return FLOW.open(CYCLE, order_id="PO-1", **given, **WHO).order


def moved(order: ProductionOrder, to: str, today: date) -> ProductionOrder:
    """The order in another status."""
    return FLOW.advance(order, to=to, today=today, **WHO).order


def expected(order: ProductionOrder, today: date, policy: Any = FLOW.due_dates) -> Outlook:  # noqa: ANN401 - any policy
    """The outlook of an open order."""
    found = outlook(order, policy, today=today)
    assert found is not None
    return found


def test_the_rows_follow_one_another() -> None:
    """Each status begins when the one before it is finished."""
    assert tuple(expected(opened(), MONDAY)) == (
        ExpectedStatus(CYCLE["lab"], MONDAY, THURSDAY),
        ExpectedStatus(CYCLE["talk"], THURSDAY, THURSDAY),
        ExpectedStatus(CYCLE["check"], THURSDAY, FRIDAY),
    )


def test_a_row_is_read_by_its_index() -> None:
    """An outlook is a sequence of rows."""
    rows = expected(opened(), MONDAY)
    assert (rows[0], rows[1:], len(rows)) == (next(iter(rows)), tuple(rows)[1:], 3)


def test_slack_is_the_days_to_the_delivery_date() -> None:
    """Expected on the delivery date, an order has no slack; late by two days, it has -2."""
    order = opened()
    assert expected(order, MONDAY).slack_days == 0
    assert expected(order, NEXT_MONDAY).slack_days == -2
    assert expected(opened(delivery_on=None), MONDAY).slack_days is None


def test_what_is_late_already_is_expected_today() -> None:
    """The present status isn't expected in the past."""
    assert expected(opened(), NEXT_MONDAY)[0].finish_on == NEXT_MONDAY


def test_a_closed_order_has_no_outlook() -> None:
    """Neither a complete one nor a cancelled one."""
    assert outlook(moved(opened(), "done", MONDAY), Forward(), today=MONDAY) is None
    assert outlook(moved(opened(), "void", MONDAY), Forward(), today=MONDAY) is None


def test_a_date_by_hand_is_expected() -> None:
    """Also for a status without a duration, where somebody knows how long it takes."""
    order = FLOW.amend(opened(), due_on=FRIDAY, **WHO).order
    assert expected(order, MONDAY)[0].finish_on == FRIDAY
    asked = FLOW.amend(moved(order, "talk", MONDAY), due_on=THURSDAY, **WHO).order
    assert [row.finish_on for row in expected(asked, MONDAY)] == [THURSDAY, FRIDAY]


def test_a_status_without_a_duration_is_done_at_once() -> None:
    """On the first day, or the next working day."""
    order = moved(opened(), "talk", MONDAY)
    days = [row.finish_on for row in expected(order, SATURDAY)]
    assert days == [NEXT_MONDAY, NEXT_MONDAY]


def test_a_hold_is_looked_at_as_if_it_ended() -> None:
    """A day of work is done before the hold, so two days are left after it."""
    held = moved(opened(), "hold", TUESDAY)
    assert [row.status.key for row in expected(held, FRIDAY)] == ["lab", "talk", "check"]
    assert expected(held, FRIDAY)[0].finish_on == date(2026, 11, 24)


def test_a_date_by_hand_is_kept_on_hold() -> None:
    """What was agreed for the paused visit counts."""
    agreed = FLOW.amend(opened(), due_on=date(2026, 12, 4), **WHO).order
    assert expected(moved(agreed, "hold", TUESDAY), FRIDAY)[0].finish_on == date(2026, 12, 4)


def test_a_planned_wait_is_waited_for() -> None:
    """Drying takes four days, so the next status begins on its due date."""
    drying = moved(opened(), "drying", MONDAY)
    rows = expected(drying, MONDAY)
    assert (drying.due_on, rows.first_on, rows[0].status.key) == (FRIDAY, FRIDAY, "talk")


def test_before_the_final_status_nothing_is_left() -> None:
    """Then the order is ready on the first day, or the next working day."""
    done = moved(moved(opened(), "check", MONDAY), "drying", MONDAY)
    rows = expected(done, SATURDAY)
    assert (tuple(rows), rows.finish_on) == ((), NEXT_MONDAY)


def test_the_first_visit_begins_with_the_plan() -> None:
    """An order that is planned from Wednesday on doesn't begin before."""
    rows = expected(opened(plan_from=WEDNESDAY), MONDAY)
    assert (rows.first_on, rows[0].finish_on) == (WEDNESDAY, NEXT_MONDAY)


def test_a_vendor_has_its_own_durations() -> None:
    """West needs one day at the lab."""
    policy = Terms(Forward(), {"West": VendorTerms(durations={"lab": 1})})
    days = [row.finish_on for row in expected(opened(vendor="West"), MONDAY, policy)]
    assert days == [TUESDAY, TUESDAY, WEDNESDAY]


def test_a_status_counts_in_its_own_calendar() -> None:
    """The lab works at weekends, and nothing is finished before the status before it."""
    weekends = WorkingCalendar(working_weekdays=[5, 6])
    policy = Forward(calendars={"lab": EVERY_DAY, "check": weekends})
    order = FLOW.open(CYCLE, order_id="PO-1", ordered_on=FRIDAY, **WHO).order
    rows = expected(order, FRIDAY, policy)
    assert [row.finish_on for row in rows] == [NEXT_MONDAY, NEXT_MONDAY, date(2026, 11, 28)]


def test_a_status_of_no_days_isnt_finished_before_the_one_before() -> None:
    """Its own calendar may be open only later."""
    cycle = CYCLE.replace("check", default_duration=0)
    policy = Forward(calendars={"check": WorkingCalendar(working_weekdays=[6])})
    order = FLOW.open(cycle, order_id="PO-1", ordered_on=MONDAY, **WHO).order
    rows = expected(order, MONDAY, policy)
    assert [row.finish_on for row in rows] == [THURSDAY, THURSDAY, date(2026, 11, 22)]


class YearEnd:
    """A policy of the host."""

    name = "year-end"
    calendar = EVERY_DAY
    shift_holds = False

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The last day of the year."""
        return date(planning.ordered_on.year, 12, 31)


def test_your_own_policy_counts_in_its_calendar() -> None:
    """The durations of the cycle count, not the dates of the policy."""
    assert expected(opened(), MONDAY, YearEnd()).finish_on == FRIDAY


def test_an_outlook_knows_the_end_of_the_holidays() -> None:
    """Beyond the last day with known holidays, it's provisional."""
    policy = Forward(WorkingCalendar(known_through=THURSDAY))
    assert expected(opened(), MONDAY, policy).is_provisional
    assert not expected(opened(), MONDAY).is_provisional
    assert not expected(evolve(opened(), cycle=CYCLE), MONDAY, Forward()).is_provisional


def test_dates_and_statuses_are_as_many() -> None:
    """An outlook has a date for each status."""
    with pytest.raises(ValueError, match="needs as many finish_dates"):
        Outlook(
            statuses=[CYCLE["lab"]],
            first_on=MONDAY,
            finish_dates=[],
            finish_on=MONDAY,
            slack_days=0,
        )
