"""What counts by status and by vendor shows wherever dates are told (decision D42).

The lab works on all days but the 18th of November, and the vendor West needs a day less.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest

from prodflow import (
    EVERY_DAY,
    CreateTask,
    DaysFromDue,
    DaysInStatus,
    Forward,
    FromEntry,
    HistoryEntry,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Terms,
    Trigger,
    VendorTerms,
    WorkingCalendar,
    outlook,
)
from prodflow.hub import lateness_under, suggest_durations

DAY: Final = timedelta(1)
FRIDAY: Final = date(2026, 11, 13)
SATURDAY: Final = date(2026, 11, 14)
MONDAY: Final = date(2026, 11, 16)
WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 13, 9, tzinfo=UTC)}
LAB: Final = WorkingCalendar(working_weekdays=range(7), holidays=[date(2026, 11, 18)])
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("desk", "At the desk", default_duration=1, initial=True),
        Status("lab", "At the lab", default_duration=2),
        Status("check", "Quality check", default_duration=1),
        Status("done", "Delivered", final=True),
        Status("hold", "On hold", non_standard=True, pauses=True),
    ],
)
POLICY: Final = Terms(
    Forward(calendars={"lab": LAB}),
    {"West": VendorTerms(durations={"lab": 1}), "Mill": VendorTerms(calendars={"lab": EVERY_DAY})},
)


def opened(vendor: str | None, *triggers: Trigger, status: str = "desk") -> ProductionOrder:
    """An order of Friday the 13th."""
    flow = ProductionFlow(due_dates=POLICY, triggers=triggers)
    return flow.open(
        CYCLE, order_id="PO-1", ordered_on=FRIDAY, vendor=vendor, status=status, **WHO
    ).order


@pytest.mark.parametrize(
    ("vendor", "expected"),
    [(None, [16, 19, 20]), ("West", [16, 17, 18]), ("Mill", [16, 18, 19]), ("Other", [16, 19, 20])],
)
def test_in_outlooks(vendor: str | None, expected: list[int]) -> None:
    """The lab's days, and those of the vendor."""
    found = outlook(opened(vendor), POLICY, today=FRIDAY)
    assert found is not None
    assert [row.finish_on.day for row in found] == expected


def test_an_outlook_is_provisional_by_the_calendars_still_to_come() -> None:
    """What the calendar of a status knows doesn't matter once the status is over."""
    ending = WorkingCalendar(known_through=MONDAY)
    order = ProductionFlow().advance(opened(None), today=FRIDAY, **WHO).order
    found = {
        key: outlook(order, Forward(calendars={key: ending}), today=FRIDAY)
        for key in ("desk", "lab", "check")
    }
    assert {key: it is not None and it.is_provisional for key, it in found.items()} == {
        "desk": False,
        "lab": True,
        "check": True,
    }


@pytest.mark.parametrize(
    ("vendor", "expected"), [(None, [18, 17, 20]), ("West", [16, 13, 18]), ("Mill", [17, 16, 19])]
)
def test_in_reminders(vendor: str | None, expected: list[int]) -> None:
    """They follow the due date. Their own days are those of the policy's calendar (D25)."""
    task = CreateTask("Call the lab")
    whens = [
        DaysFromDue("lab", -1),
        DaysFromDue("lab", -2, working=True),
        DaysFromDue("lab", 1, working=True),
    ]
    triggers = [Trigger(f"t{number}", when, task) for number, when in enumerate(whens)]
    order = opened(vendor, *triggers, status="lab")
    flow = ProductionFlow(due_dates=POLICY, triggers=triggers)
    events = flow.reminders(order, today=FRIDAY).events
    assert [event.fire_on.day for event in events if event.fire_on is not None] == expected


def test_days_in_a_status_are_those_of_the_policy() -> None:
    """Your people do what a reminder says, so it's of their days, not of the lab's (D25)."""
    trigger = Trigger("look", DaysInStatus("lab", 2, working=True), CreateTask("Have a look"))
    flow = ProductionFlow(due_dates=POLICY, triggers=[trigger])
    [event] = flow.reminders(opened("Mill", trigger, status="lab"), today=FRIDAY).events
    assert event.fire_on == date(2026, 11, 17)


@pytest.mark.parametrize(
    ("vendor", "expected"), [(None, 19), ("West", 17), ("Mill", 18), ("Other", 19)]
)
def test_in_proposals(vendor: str | None, expected: int) -> None:
    """The window proposes the due date of the vendor."""
    flow = ProductionFlow(due_dates=POLICY)
    proposal = flow.propose(opened(vendor), today=MONDAY, by="ann")
    assert proposal.due_on == date(2026, 11, expected)


def stayed(
    number: str, days: int, *, pause: int = 0, entered: date = SATURDAY
) -> list[HistoryEntry]:
    """An order that was at the lab for some days, and before that on hold for some more."""
    flow = ProductionFlow()
    change = flow.open(CYCLE, order_id=number, ordered_on=entered, status="lab", **WHO)
    entries: list[HistoryEntry] = [change.entry]
    moves = [("hold", 0), ("lab", pause)] if pause else []
    today = entered
    for to, passed in [*moves, ("check", days)]:
        today += passed * DAY
        change = flow.advance(change.order, to=to, today=today, **WHO)
        entries.append(change.entry)
    return entries


def test_in_suggestions() -> None:
    """Each status is measured in its own days: from Saturday the lab takes until the 17th."""
    past = [stayed(f"PO-{number}", 3) for number in range(5)]
    rows = [
        suggest_durations(
            past, CYCLE, calendar=WorkingCalendar(), as_of=date(2027, 1, 4), calendars=calendars
        ).rows
        for calendars in ({}, {"lab": LAB}, {"check": LAB})
    ]
    assert [{row.status.key: row.days for row in it}["lab"] for it in rows] == [2, 3, 2]


@pytest.mark.parametrize("pause", [0, 1, 2, 4])
@pytest.mark.parametrize("days", [0, 1, 2, 3, 5, 9])
@pytest.mark.parametrize("own", [LAB, WorkingCalendar(working_weekdays=[0, 3])])
def test_a_suggestion_is_the_shortest_duration_in_time(
    own: WorkingCalendar, days: int, pause: int
) -> None:
    """Pauses count in the policy's calendar, before the days of the status (D9)."""
    past = [stayed("PO-1", days, pause=pause)]
    found = suggest_durations(
        past,
        CYCLE,
        calendar=WorkingCalendar(),
        as_of=date(2027, 1, 4),
        calendars={"lab": own},
        at_least=1,
    )
    needed = next(row.days for row in found.rows if row.status.key == "lab")
    assert needed is not None
    late = [
        lateness_under(
            past,
            CYCLE.replace("lab", default_duration=duration),
            policy=FromEntry(calendars={"lab": own}),
        ).late_orders
        for duration in range(needed + 1)
    ]
    assert late == [1] * needed + [0]


def test_suggestions_are_tried_in_the_same_calendars() -> None:
    """Adopted, none of the visits would have been late."""
    past = [stayed(f"PO-{number}", 3) for number in range(5)]
    found = suggest_durations(
        past, CYCLE, calendar=WorkingCalendar(), as_of=date(2027, 1, 4), calendars={"lab": LAB}
    )
    assert found.calendars == {"lab": LAB}
    assert found.replay(past).late_orders == 0
