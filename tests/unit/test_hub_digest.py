"""What each person has to look at, as text for a mail."""

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from wcwidth import wcswidth

from prodflow import Forward, ProductionFlow, ProductionOrder, Status, StatusCycle
from prodflow.calendars import EVERY_DAY, MONDAY_TO_FRIDAY
from prodflow.export import to_csv
from prodflow.hub import DigestPart, digest
from prodflow.samples import GERMAN

MONDAY: Final = date(2026, 11, 16)
TODAY: Final = date(2026, 11, 20)
WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 16, 9, tzinfo=UTC)}
FLOW: Final = ProductionFlow()
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("lab", "At the lab", default_duration=3, initial=True),
        Status("check", "Quality check", default_duration=1),
        Status("done", "Delivered", final=True),
    ],
    description="Prints",
)


def opened(number: str, due: int | None, **facts: Any) -> ProductionOrder:  # noqa: ANN401 - those of `open`
    """An order of Monday 16 November that is due on a day of November."""
    due_on = None if due is None else date(2026, 11, due)
    given: dict[str, Any] = {"due_on": due_on, **facts, **WHO}
    return FLOW.open(CYCLE, order_id=number, ordered_on=MONDAY, **given).order


ORDERS: Final = (
    opened("PO-1", 19, user="Ann", vendor="West"),
    opened("PO-2", 18, user="Ann", delivery_on=date(2026, 11, 18)),
    opened("PO-3", 20, user="Bea", delivery_on=date(2026, 11, 20), vendor="West"),
    opened("PO-4", None, user="Bea"),
    opened("PO-5", 20),
    opened("PO-6", 28, user="Cy"),
    FLOW.advance(opened("PO-7", 18, user="Ann"), to="done", today=MONDAY, **WHO).order,
)


def ids(part: DigestPart) -> list[list[str]]:
    """The orders of each list of a part."""
    lists = (part.overdue, part.past_delivery, part.due_soon)
    return [*([order.id for order in each] for each in lists), [r.order.id for r in part.at_risk]]


def test_each_person_has_lists() -> None:
    """Overdue, past delivery, due soon and at risk; no one without anything in them."""
    found = digest(ORDERS, today=TODAY, policy={"prints": Forward()})
    assert [part.name for part in found] == ["Ann", "Bea", None]
    assert [ids(part) for part in found] == [
        [["PO-2", "PO-1"], ["PO-2"], [], ["PO-2"]],
        [[], [], ["PO-3"], ["PO-3"]],
        [[], [], ["PO-5"], []],
    ]
    assert [order.id for order in found[0].orders] == ["PO-2", "PO-1"]
    assert (len(found), found[1:], found.soon_by) == (3, found.parts[1:], date(2026, 11, 23))


def test_days_late_are_those_of_the_calendar() -> None:
    """On Monday the 23rd, an order of Thursday is four days late, or two working days."""
    monday = date(2026, 11, 23)
    for calendar, days in ((EVERY_DAY, 4), (MONDAY_TO_FRIDAY, 2)):
        mail = digest(ORDERS[:1], today=monday, calendar=calendar).text()
        assert f"due 2026-11-19, {days} days late" in mail


def test_the_mail_of_everybody() -> None:
    """Each part says whose it is, and each order its status and its dates."""
    assert digest(ORDERS[:3], today=TODAY, policy=Forward()).text().split("\n") == [
        "User: Ann",
        "As of 2026-11-20: 2 orders.",
        "",
        "Overdue Orders",
        "- PO-2: At the lab (Prints), due 2026-11-18, 2 days late",
        "- PO-1: At the lab (Prints), due 2026-11-19, 1 day late",
        "",
        "Orders Past Delivery",
        "- PO-2: At the lab (Prints), delivery 2026-11-18, 2 days late",
        "",
        "Orders at Risk",
        "- PO-2: At the lab (Prints), expected 2026-11-23, delivery 2026-11-18",
        "",
        "User: Bea",
        "As of 2026-11-20: 1 order.",
        "",
        "Orders Due by 2026-11-23",
        "- PO-3: At the lab (Prints), due 2026-11-20",
        "",
        "Orders at Risk",
        "- PO-3: At the lab (Prints), expected 2026-11-23, delivery 2026-11-20",
        "",
    ]


def test_the_mail_of_one() -> None:
    """In your words, and with the newest names; without a policy, nothing is at risk."""
    newer = CYCLE.replace("lab", description="Im Labor")
    found = digest(ORDERS, by="vendor", today=TODAY, cycles=[newer])
    assert [part.name for part in found] == ["West", None]
    assert found.text(found[0], words=GERMAN).split("\n") == [
        "Lieferant: West",
        "Stand 2026-11-20: 2 Aufträge.",
        "",
        "Überfällige Aufträge",
        "- PO-1: Im Labor (Prints), fällig 2026-11-19, 1 Tag zu spät",
        "",
        "Fällige Aufträge bis 2026-11-23",
        "- PO-3: Im Labor (Prints), fällig 2026-11-20",
        "",
    ]
    assert not digest(ORDERS, by="department", today=MONDAY, within=0).text()


@pytest.mark.parametrize(
    "name",
    [
        "写真店" * 60,
        "a " * 100,
        "x" * 200,
        "👩\u200d💻 " * 50,
        "كبير " * 40,
        "क्या" * 40,
        "é" * 200,
        "^" * 200,
    ],
)
def test_no_line_is_wider_than_a_mail(name: str) -> None:
    """Long names wrap, by the width that a terminal gives them, and nothing is lost."""
    cycle = CYCLE.replace("lab", description=name)
    order = FLOW.open(cycle, order_id=name, ordered_on=MONDAY, user=name, **WHO).order
    found = digest([order], today=TODAY).text()
    lines = found.split("\n")
    assert max(map(wcswidth, lines)) <= 78
    assert min(map(wcswidth, lines)) >= 0
    assert "".join(found.split()).count("".join(name.split())) == 3


def test_as_a_table() -> None:
    """A line for each order of each list, with further columns."""
    found = digest(ORDERS, today=TODAY, policy=Forward())
    shown = to_csv(found.table("priority"), columns=["For", "List", "Number", "Priority"])
    assert shown.split("\r\n") == [
        "For,List,Number,Priority",
        "Ann,Overdue Orders,PO-2,0",
        "Ann,Overdue Orders,PO-1,0",
        "Ann,Orders Past Delivery,PO-2,0",
        "Ann,Orders at Risk,PO-2,0",
        "Bea,Orders Due by 2026-11-23,PO-3,0",
        "Bea,Orders at Risk,PO-3,0",
        "(none),Orders Due by 2026-11-23,PO-5,0",
        "",
    ]


@pytest.mark.parametrize(
    ("given", "named"),
    [({"by": "status"}, "by must be"), ({"within": -1}, "within must"), ({"policy": {}}, "policy")],
)
def test_bad_arguments_are_named(given: dict[str, Any], named: str) -> None:
    """The error names the argument."""
    with pytest.raises(ValueError, match=named):
        digest(ORDERS, today=TODAY, **given)
