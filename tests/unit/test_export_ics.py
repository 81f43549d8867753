"""The dates of orders as a calendar, as the icalendar library reads it back."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

import icalendar
import pytest

from prodflow import (
    DateOutOfRangeError,
    Forward,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
)
from prodflow.export import to_ics
from prodflow.samples import GERMAN

MONDAY: Final = date(2026, 11, 16)
AT: Final = datetime(2026, 11, 16, 9, 0, 0, 5, tzinfo=timezone(timedelta(hours=1)))
WHO: Final[Any] = {"by": "ann", "at": AT}
FLOW: Final = ProductionFlow()
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("lab", "At the lab", default_duration=3, initial=True),
        Status("check", "Quality; check, 写真", default_duration=1),
        Status("done", "Delivered", final=True),
    ],
    description="Prints",
)


def opened(order_id: str, **facts: Any) -> ProductionOrder:  # noqa: ANN401 - those of `open`
    """An order of Monday 16 November."""
    return FLOW.open(CYCLE, order_id=order_id, ordered_on=MONDAY, **facts, **WHO).order


def events_of(*orders: ProductionOrder, **given: Any) -> list[Any]:  # noqa: ANN401 - untyped
    """The events of a calendar, read back."""
    calendar = icalendar.Calendar.from_ical(to_ics(orders, **{"at": AT, **given}))
    assert not calendar.errors
    return list(calendar.walk("VEVENT"))


def test_a_due_date_is_an_event_of_a_whole_day() -> None:
    """It has texts for people, and doesn't mark them as busy."""
    order = opened("PO-1", vendor="Lee, Ann", invoice_id="I-7", delivery_on=date(2026, 11, 30))
    (event,) = events_of(FLOW.advance(order, today=MONDAY, user="cy", **WHO).order)
    assert event["dtstart"].dt == date(2026, 11, 20)
    assert event["summary"] == "PO-1: Quality; check, 写真 is due"
    assert event["description"].split("\n") == [
        *("Prints", "User: cy", "Vendor: Lee, Ann", "Invoice: I-7", "Delivery: 2026-11-30"),
    ]
    assert (event["transp"], event["dtstamp"].dt) == (
        "TRANSPARENT",
        datetime(2026, 11, 16, 8, tzinfo=UTC),
    )
    assert "dtend" not in event


def test_a_moved_date_moves_in_the_calendar() -> None:
    """The event keeps its UID, and its SEQUENCE is the version of the order."""
    order = opened("PO-1")
    moved = FLOW.amend(order, due_on=date(2026, 12, 1), **WHO).order
    (before,), (after,) = events_of(order), events_of(moved)
    assert before["uid"] == after["uid"] == "786584e54fc62afabfb7469eb855c44c@prodflow"
    assert (before["sequence"], after["sequence"]) == (order.version, moved.version)
    assert after["dtstart"].dt == date(2026, 12, 1)


def test_events_that_differ_have_other_uids() -> None:
    """Those of another order, another app or another kind of day."""
    one, two = opened("PO-1"), opened("PO-2")
    events = [
        *events_of(one, two),
        *events_of(one, app="shop.example"),
        *events_of(one, policy=Forward(), today=MONDAY),
    ]
    assert len({event["uid"] for event in events}) == 4


def test_expected_days() -> None:
    """With a policy, an event is on the day of the outlook; one policy or several."""
    order = opened("PO-1")
    for policy in (Forward(), {"prints": Forward()}):
        (event,) = events_of(order, policy=policy, today=date(2026, 11, 25))
        assert event["dtstart"].dt == date(2026, 11, 26)
        assert event["summary"] == "PO-1 is expected to be ready"
    with pytest.raises(ValueError, match="policy must have a policy for 'prints'"):
        events_of(order, policy={}, today=MONDAY)


def test_orders_without_a_day_have_no_event() -> None:
    """Closed ones and those without a due date."""
    closed = FLOW.advance(opened("PO-1"), to="done", today=MONDAY, **WHO).order
    assert not events_of(closed, opened("PO-2", due_on=None))
    assert not events_of(closed, policy=Forward(), today=MONDAY)


def test_the_names_are_the_newest_ones_in_your_words() -> None:
    """Descriptions come from *cycles* (decision D5)."""
    newer = CYCLE.replace("lab", description="Im Labor")
    given: dict[str, Any] = {"at": AT, "cycles": [newer], "words": GERMAN}
    calendar = icalendar.Calendar.from_ical(to_ics([opened("PO-1")], **given))
    assert (calendar["name"], calendar["x-wr-calname"]) == ("Fälligkeiten", "Fälligkeiten")
    assert calendar.walk("VEVENT")[0]["summary"] == "PO-1: Im Labor ist fällig"
    named = icalendar.Calendar.from_ical(to_ics([], title="Lab", **given))
    assert named["name"] == "Lab"


def test_the_bytes_are_the_same() -> None:
    """The same orders and instant give the same bytes, in lines of 75 bytes at most."""
    orders = [opened("PO-1", vendor="写真" * 60)]
    written = to_ics(orders, at=AT)
    assert written == to_ics(orders, at=AT)
    assert max(map(len, written.split(b"\r\n"))) <= 75


@pytest.mark.parametrize(
    ("given", "error", "named"),
    [
        ({"at": datetime(2026, 11, 16)}, ValueError, "at must be"),  # noqa: DTZ001 - the bad value
        ({"policy": Forward()}, TypeError, "policy and today"),
        ({"today": MONDAY}, TypeError, "policy and today"),
        ({"app": " "}, ValueError, "app must not be blank"),
        ({"title": ""}, ValueError, "title must"),
        ({"orders": ["PO-1"]}, TypeError, "orders must be"),
    ],
)
def test_bad_arguments_are_named(given: dict[str, Any], error: type[Exception], named: str) -> None:
    """The error names the argument."""
    with pytest.raises(error, match=named):
        to_ics(**{"orders": [], "at": AT, **given})


@pytest.mark.parametrize(("year", "hours", "days"), [(9999, -1, 1), (1, 1, -1)])
def test_an_instant_that_utc_has_no_year_for_is_refused(year: int, hours: int, days: int) -> None:
    """Near the first and the last day of Python's calendar."""
    end = datetime(year, 12, 31, 23, 59) if year > 1 else datetime(1, 1, 1)  # noqa: DTZ001 - below
    at = end.replace(tzinfo=timezone(timedelta(hours=hours)))
    with pytest.raises(DateOutOfRangeError) as caught:
        to_ics([], at=at)
    assert caught.value.days == days
