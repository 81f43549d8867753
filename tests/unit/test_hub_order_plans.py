"""The plan of an order in flight: what was done, where it is, and what is to come."""

import re
from datetime import UTC, date, datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve

from prodflow import (
    Change,
    Forward,
    ProductionFlow,
    Status,
    StatusCycle,
    WorkingCalendar,
)
from prodflow.diagrams import plan_svg
from prodflow.hub import OrderPlan, OrderStep, order_plan
from prodflow.samples import GERMAN

WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 16, 9, tzinfo=UTC)}
FLOW: Final = ProductionFlow()
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", default_duration=1, initial=True),
        Status("lab", "At the lab", default_duration=3),
        Status("check", "Quality check", default_duration=1),
        Status("done", "Delivered", final=True),
        Status("hold", "On hold", non_standard=True, pauses=True),
        Status("lost", "Given up", non_standard=True, cancelled=True),
    ],
)


def on(day: int) -> date:
    """A day of November 2026; the 16th is a Monday."""
    return date(2026, 11, day)


def walked(*moves: tuple[int, str], delivery_on: date | None = None) -> list[Change]:
    """An order of Monday the 16th, and its changes."""
    opened = FLOW.open(CYCLE, order_id="PO-1", ordered_on=on(16), delivery_on=delivery_on, **WHO)
    changes: list[Change] = [opened]
    for day, to in moves:
        changes.append(FLOW.advance(changes[-1].order, today=on(day), to=to, **WHO))
    return changes


def planned(changes: list[Change], today: date, policy: Any = FLOW.due_dates) -> OrderPlan:  # noqa: ANN401 - a wrong one too
    """The plan of the order on a day."""
    entries = [change.entry for change in changes]
    return order_plan(changes[-1].order, policy, entries, today=today)


def steps(found: OrderPlan) -> list[tuple[str, str, date, date | None]]:
    """Status, state and days of each step."""
    return [(step.status, step.state, step.begins_on, step.finish_on) for step in found]


def marks(picture: str) -> dict[str, list[str]]:
    """What the picture says of each status, behind its dates."""
    found: dict[str, list[str]] = {}
    for group in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}g"):  # noqa: S314 - ours
        if "data-status" in group.attrib:
            texts = [it.text or "" for it in group.iter("{http://www.w3.org/2000/svg}tspan")]
            found.setdefault(group.attrib["data-status"], []).append(texts[-1])
    return found


class TestSteps:
    """What was done comes from the history, and the rest from the outlook."""

    def test_an_order_in_flight(self) -> None:
        """The present step ends when it's expected to."""
        found = planned(walked((18, "lab"), delivery_on=on(24)), on(19))
        assert steps(found) == [
            ("ordered", "done", on(16), on(18)),
            ("lab", "current", on(18), on(23)),
            ("check", "to-come", on(23), on(24)),
        ]
        assert (found.finish_on, found.slack_days) == (on(24), 0)
        assert found[0].is_late  # it was due on the 17th
        assert not any(step.is_late for step in found[1:])

    def test_an_order_on_hold(self) -> None:
        """The paused status is there twice: what was done of it, and what is to come."""
        found = planned(walked((17, "lab"), (18, "hold"), delivery_on=on(25)), on(25))
        assert steps(found) == [
            ("ordered", "done", on(16), on(17)),
            ("lab", "paused", on(17), None),
            ("hold", "current", on(18), on(25)),
            ("lab", "to-come", on(25), on(27)),
            ("check", "to-come", on(27), on(30)),
        ]
        assert [step.is_late for step in found] == [False, False, False, True, True]
        assert found[1].pauses == ((on(18), None),)

    def test_a_step_that_was_paused(self) -> None:
        """It's one step with its pauses."""
        found = planned(walked((17, "lab"), (18, "hold"), (20, "lab")), on(20))
        assert steps(found)[1:3] == [
            ("lab", "current", on(17), on(24)),
            ("hold", "done", on(18), on(20)),
        ]
        assert found[1].pauses == ((on(18), on(20)),)

    def test_a_step_that_was_left(self) -> None:
        """An order that goes back hasn't completed where it was."""
        found = planned(walked((17, "lab"), (18, "ordered")), on(18))
        assert [step.state for step in found[:3]] == ["done", "left", "current"]

    def test_overdue(self) -> None:
        """The present step is late though it's in time for the delivery."""
        found = planned(walked(delivery_on=date(2026, 12, 31)), on(20))
        assert [step.is_late for step in found] == [True, False, False]

    def test_a_complete_order(self) -> None:
        """All is done, and nothing is to come."""
        found = planned(walked((17, "lab"), (20, "done"), delivery_on=on(24)), on(30))
        assert steps(found)[-2:] == [
            ("lab", "done", on(17), on(20)),
            ("done", "done", on(20), on(20)),
        ]
        assert (found.finish_on, found.slack_days) == (on(20), None)

    def test_a_cancelled_order(self) -> None:
        """Where it was cancelled has no end."""
        found = planned(walked((17, "lost")), on(30))
        assert steps(found)[-1] == ("lost", "current", on(17), None)
        assert found.finish_on is None

    def test_what_was_undone_is_left_out(self) -> None:
        """As in every report but the Status Notes."""
        changes = walked((17, "lab"))
        entries = [change.entry for change in changes]
        changes.append(FLOW.undo(changes[-1].order, entries, **WHO))
        assert [step.state for step in planned(changes, on(18))] == ["current", *["to-come"] * 2]

    def test_beyond_the_known_holidays(self) -> None:
        """The plan is provisional."""
        calendar = WorkingCalendar(known_through=on(18))
        found = planned(walked(), on(16), Forward(calendar))
        assert found.is_provisional
        assert "provisional" in found.table().notes[0]

    def test_the_history_must_be_whole(self) -> None:
        """A part of it isn't enough."""
        changes = walked((17, "lab"))
        with pytest.raises(ValueError, match="must be the 2 entries of order 'PO-1', not 1"):
            order_plan(changes[-1].order, Forward(), [changes[0].entry], today=on(17))


class TestTable:
    """`OrderPlan.table`."""

    def test_one_line_for_each_step(self) -> None:
        """With its days, and with how late the order will be."""
        table = planned(walked((18, "lab"), delivery_on=on(20)), on(19)).table()
        assert table.title == "Plan of Order PO-1"
        assert table.rows[0] == ("Ordered", "Done", on(16), on(18), on(17), "late")
        assert table.rows[2] == ("Quality check", "To come", on(23), on(24), None, "late")
        expected = "expected on 2026-11-24, delivery on 2026-11-20, 2 working days late"
        assert table.notes == (f"As of 2026-11-19: {expected}.",)

    @pytest.mark.parametrize(
        ("moves", "delivery_on", "note"),
        [
            ((), on(25), "expected on 2026-11-23, delivery on 2026-11-25, 2 working days to spare"),
            ((), None, "expected on 2026-11-23, no delivery date"),
            (((17, "done"),), None, "completed on 2026-11-17, no delivery date"),
            (((17, "lost"),), on(18), "cancelled on 2026-11-17, delivery on 2026-11-18"),
        ],
    )
    def test_the_note(
        self, moves: tuple[tuple[int, str], ...], delivery_on: date | None, note: str
    ) -> None:
        """When the order is or was ready, and what was promised."""
        found = planned(walked(*moves, delivery_on=delivery_on), on(17))
        assert found.table().notes == (f"As of 2026-11-17: {note}.",)


class TestPicture:
    """`plan_svg` of an order plan."""

    def test_a_finished_step_isnt_late_today(self) -> None:
        """It says whether it was late when the order left it."""
        found = planned(walked((17, "lab"), (25, "check"), delivery_on=on(24)), on(30))
        assert marks(plan_svg(found)) == {
            "ordered": ["done"],
            "lab": ["was late"],
            "check": ["late"],
        }

    def test_an_order_on_hold(self) -> None:
        """The paused status is drawn twice."""
        found = planned(walked((17, "lab"), (17, "hold")), on(18))
        assert marks(plan_svg(found)) == {
            "ordered": ["done"],
            "lab": ["paused", "to come"],
            "hold": ["now"],
            "check": ["to come"],
        }

    def test_days_on_hold_have_no_bar(self) -> None:
        """A bar on each side of the pause."""
        picture = plan_svg(
            planned(walked((17, "lab"), (18, "hold"), (20, "lab"), (25, "check")), on(25))
        )
        lab = re.search(r'<g class="status" data-status="lab">.*?</g>', picture)
        assert lab is not None
        assert lab[0].count('class="done"') == 2

    def test_the_expected_end_and_the_delivery_date(self) -> None:
        """They are lines; a cancelled order without a delivery date has neither."""
        picture = plan_svg(planned(walked(delivery_on=on(24)), on(16)))
        assert (picture.count('class="expected"'), picture.count('class="delivery"')) == (2, 2)
        lost = plan_svg(planned(walked((16, "lost")), on(18)))
        assert (lost.count('class="expected"'), lost.count('class="delivery"')) == (1, 1)

    def test_lines_of_one_day_are_side_by_side(self) -> None:
        """Neither the expected end nor the delivery date is below the line of today."""
        picture = plan_svg(
            planned(walked((17, "lab"), (20, "check"), delivery_on=on(23)), on(23)),
            words={"expected end": "When we expect the end of it"},
        )
        found = re.findall(
            r'<path d="M([\d.]+) [^"]*V[^"]*" class="(today|delivery|expected)"', picture
        )
        places = {class_: float(x) for x, class_ in found[:3]}
        assert places["today"] < places["delivery"] < places["expected"]
        assert places["expected"] - places["today"] < 10
        assert "When we expect the end of it" in picture  # the legend gives it more room

    def test_german_words_are_not_cut(self) -> None:
        """Behind the dates and in the legend, there is room for all of them."""
        moves = ((17, "lab"), (18, "hold"), (20, "lab"), (25, "ordered"), (26, "hold"))
        picture = plan_svg(planned(walked(*moves), on(27)), words=GERMAN, lang="de")
        assert {"pausiert", "kommend", "erwartetes Ende"} <= {*re.findall(">([^<]+)<", picture)}
        assert "\N{HORIZONTAL ELLIPSIS}" not in picture

    def test_in_words(self) -> None:
        """The description says the same."""
        picture = plan_svg(planned(walked((18, "lab"), delivery_on=on(20)), on(18)), title="Ours")
        about = re.search(r"<desc.*?>(.*?)</desc>", picture)
        assert about is not None
        assert about[1] == (
            "expected on 2026-11-24 \N{MIDDLE DOT} delivery on 2026-11-20 \N{MIDDLE DOT}"
            " 2 working days late. Ordered, done, from 2026-11-16, until 2026-11-18,"
            " due 2026-11-17, was late; At the lab, now, from 2026-11-18, until 2026-11-23,"
            " due 2026-11-20, late; Quality check, to come, from 2026-11-23, until 2026-11-24,"
            " late."
        )
        assert ">Ours<" in picture

    def test_an_order_that_is_dated_ahead(self) -> None:
        """Nothing of it is done so far."""
        picture = plan_svg(planned(walked(), on(12)))
        ordered = re.search(r'<g class="status" data-status="ordered">.*?</g>', picture)
        assert ordered is not None
        assert 'class="here"' not in ordered[0]

    def test_it_has_its_own_day(self) -> None:
        """Another one is refused."""
        with pytest.raises(ValueError, match="its own day"):
            plan_svg(planned(walked(), on(16)), today=on(17))

    def test_a_step_that_a_host_made(self) -> None:
        """It may be to come without a day on which it's finished."""
        found = planned(walked(), on(16))
        step = OrderStep("lab", "Lab", "to-come", on(17), None, None, is_late=False)
        left = OrderStep("lab", "Lab", "left", on(17), None, None, is_late=False)
        assert marks(plan_svg(evolve(found, rows=(step, left)))) == {"lab": ["to come", "left"]}
