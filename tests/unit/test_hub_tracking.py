"""Tracking: what a client sees of an order (decision D44)."""

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import Change, ProductionFlow, Status, StatusCycle
from prodflow.hub import PublicStep, Tracking, tracking

FLOW: Final = ProductionFlow()
WHO: Final[Any] = {"by": "Ann", "at": datetime(2026, 11, 30, 9, tzinfo=UTC)}
ORDERED: Final = "We have your order"
MADE: Final = "In production"
SENT: Final = "On its way"

CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", default_duration=1, initial=True, public_description=ORDERED),
        Status("retouch", "Retouch", default_duration=3),
        Status("lab", "At West", default_duration=5, public_description=MADE),
        Status("qa", "Quality check", public_description=MADE),
        Status("packed", "Packed"),
        Status("sent", "Sent", final=True, public_description=SENT),
        Status("hold", "On hold", non_standard=True, pauses=True),
        Status(
            "proof",
            "Proof out",
            non_standard=True,
            pauses=True,
            public_description="Waiting for your approval",
        ),
        Status("lost", "Given up", non_standard=True, cancelled=True),
        Status(
            "cancelled",
            "Cancelled",
            non_standard=True,
            cancelled=True,
            public_description="Cancelled as you asked",
        ),
    ],
)


def on(day: int) -> date:
    """A day of November 2026."""
    return date(2026, 11, day)


class Book:
    """An order of Monday, 2 November 2026, with its history."""

    def __init__(self, cycle: StatusCycle = CYCLE, **given: Any) -> None:  # noqa: ANN401
        """Open the order."""
        change = FLOW.open(cycle, order_id="PO-1", ordered_on=on(2), **given, **WHO)
        self.changes: list[Change] = [change]

    def move(self, day: int, to: str | None = None, **given: Any) -> "Book":  # noqa: ANN401
        """Move it on a day of November."""
        order = self.changes[-1].order
        return self.write(FLOW.advance(order, today=on(day), to=to, **given, **WHO))

    def undo(self) -> "Book":
        """Take back the last change that counts."""
        order = self.changes[-1].order
        return self.write(FLOW.undo(order, [change.entry for change in self.changes], **WHO))

    def write(self, change: Change) -> "Book":
        """Add a change."""
        self.changes.append(change)
        return self

    def seen(self, **given: Any) -> Tracking:  # noqa: ANN401
        """What the client sees."""
        entries = [change.entry for change in self.changes]
        return tracking(self.changes[-1].order, entries, **given)


class TestSteps:
    """The statuses of the path with a public description."""

    def test_a_new_order_is_in_the_first_step(self) -> None:
        """The other steps are to come."""
        seen = Book().seen()
        assert (seen.order_id, seen.now) == ("PO-1", ORDERED)
        assert seen.steps == (
            PublicStep(ORDERED, "current", on(2), None),
            PublicStep(MADE, "to-come", None, None),
            PublicStep(SENT, "to-come", None, None),
        )
        assert seen.current == seen.steps[0]

    def test_a_status_without_a_text_belongs_to_the_step_before(self) -> None:
        """The client sees the next step when the order comes to it."""
        assert Book().move(3).seen() == Book().seen()
        assert Book().move(3).move(5).seen().steps[:2] == (
            PublicStep(ORDERED, "done", on(2), on(5)),
            PublicStep(MADE, "current", on(5), None),
        )

    def test_statuses_in_a_row_with_one_text_are_one_step(self) -> None:
        """It's done when the order comes to another one."""
        book = Book().move(3).move(5).move(9).move(10)
        assert book.seen().steps[1] == PublicStep(MADE, "current", on(5), None)
        assert book.move(12).seen().steps[1:] == (
            PublicStep(MADE, "done", on(5), on(12)),
            PublicStep(SENT, "done", on(12), on(12)),
        )

    def test_the_same_text_later_is_another_step(self) -> None:
        """The path leads there twice."""
        cycle = CYCLE.replace("qa", public_description="Checked")
        cycle = cycle.replace("packed", public_description=MADE)
        labels = [step.label for step in Book(cycle).seen().steps]
        assert labels == [ORDERED, MADE, "Checked", MADE, SENT]

    def test_before_the_first_step_there_is_none(self) -> None:
        """An internal first status shows nothing."""
        cycle = CYCLE.replace("ordered", public_description=None)
        seen = Book(cycle).seen()
        assert (seen.now, seen.current) == (None, None)
        assert [step.state for step in seen.steps] == ["to-come", "to-come"]

    def test_without_public_descriptions_there_is_nothing_to_see(self) -> None:
        """But the expected day."""
        cycle = StatusCycle("prints", [evolve(status, public_description=None) for status in CYCLE])
        seen = Book(cycle, delivery_on=on(20)).move(3).seen()
        assert (seen.steps, seen.now, seen.expected_on) == ((), None, on(20))

    def test_after_a_step_back_it_is_to_come_again(self) -> None:
        """It loses its day, and gets the new one later."""
        book = Book().move(3).move(5).move(9, "retouch")
        assert book.seen().steps[:2] == (
            PublicStep(ORDERED, "current", on(2), None),
            PublicStep(MADE, "to-come", None, None),
        )
        assert book.move(11).seen().steps[:2] == (
            PublicStep(ORDERED, "done", on(2), on(11)),
            PublicStep(MADE, "current", on(11), None),
        )

    def test_a_step_that_was_passed_over_has_no_days(self) -> None:
        """It's behind the order, and the order was never in it."""
        assert Book().move(3, "sent").seen().steps == (
            PublicStep(ORDERED, "done", on(2), on(3)),
            PublicStep(MADE, "done", None, None),
            PublicStep(SENT, "done", on(3), on(3)),
        )
        opened = Book(status="lab", entered_on=on(4)).seen()
        assert opened.steps[:2] == (
            PublicStep(ORDERED, "done", None, None),
            PublicStep(MADE, "current", on(4), None),
        )

    def test_back_before_the_first_step_no_step_is_reached(self) -> None:
        """All steps are to come again."""
        cycle = CYCLE.replace("ordered", public_description=None)
        seen = Book(cycle).move(3).move(5).move(9, "ordered").seen()
        assert {step[1:] for step in seen.steps} == {("to-come", None, None)}
        again = Book(cycle).move(3).move(5).move(9, "ordered").move(12, "lab").seen()
        assert again.steps[0] == PublicStep(MADE, "current", on(12), None)

    def test_what_was_undone_does_not_count(self) -> None:
        """The client sees what he saw before."""
        assert Book().move(3).move(5).undo().seen() == Book().seen()

    def test_a_corrected_day_counts(self) -> None:
        """The step was reached on the day that was meant (D35)."""
        book = Book().move(3).move(9)
        book.write(FLOW.amend(book.changes[-1].order, entered_on=on(6), **WHO))
        assert book.seen().steps[0] == PublicStep(ORDERED, "done", on(2), on(6))

    def test_the_newest_texts_count(self) -> None:
        """Also for orders of an older version (D5); a status that is gone keeps its own text."""
        newer = CYCLE.replace("lab", public_description="Being printed").remove("qa")
        labels = [step.label for step in Book().seen(cycles=[newer]).steps]
        assert labels == [ORDERED, "Being printed", MADE, SENT]

    def test_a_migration_keeps_what_it_can(self) -> None:
        """Days of a status that the new version lacks are lost, and no step is shown twice."""
        book = Book().move(3).move(5)
        newer = CYCLE.set_initial("retouch").remove("ordered")
        order = book.changes[-1].order
        seen = book.write(FLOW.migrate(order, newer, **WHO)).seen()
        assert seen.steps == (
            PublicStep(MADE, "current", on(5), None),
            PublicStep(SENT, "to-come", None, None),
        )

    def test_a_migration_may_take_an_order_back(self) -> None:
        """What it has to do again has no day, although it was done once."""
        book = Book().move(3).move(5).move(9, "hold", current_complete=True)
        newer = CYCLE.remove("qa")
        order = book.changes[-1].order
        seen = book.write(FLOW.migrate(order, newer, mapping={"qa": "ordered"}, **WHO)).seen()
        assert {step[1:] for step in seen.steps} == {("to-come", None, None)}


class TestAside:
    """A status off the path shows only if it has a public description."""

    def test_a_hold_shows_the_step_that_it_pauses(self) -> None:
        """The client needn't know of it."""
        book = Book().move(3).move(5)
        before = book.seen()
        assert book.move(6, "hold").seen() == evolve(before, expected_on=None)

    def test_a_public_hold_shows_its_text(self) -> None:
        """The step that it pauses stays current."""
        seen = Book().move(3).move(5).move(6, "proof").seen()
        assert (seen.now, seen.current) == (
            "Waiting for your approval",
            PublicStep(MADE, "current", on(5), None),
        )

    def test_after_a_completed_status_its_step_is_current(self) -> None:
        """The next one isn't reached before the order enters it."""
        book = Book().move(3).move(5, "hold", current_complete=True)
        assert book.seen().steps[:2] == Book().seen().steps[:2]
        book.move(9)
        assert book.seen().steps[1] == PublicStep(MADE, "current", on(9), None)

    def test_an_order_opened_off_the_path_is_in_no_step(self) -> None:
        """Until its work begins."""
        seen = Book(status="hold").seen()
        assert (seen.now, seen.current) == (None, None)
        assert Book(status="proof").seen().now == "Waiting for your approval"


class TestClosed:
    """Complete and cancelled orders."""

    def test_when_complete_all_is_done(self) -> None:
        """With the day, and no longer a day that is expected."""
        seen = Book(delivery_on=on(20)).move(3).move(5).move(6).move(9).move(10).seen()
        assert {step.state for step in seen.steps} == {"done"}
        assert (seen.now, seen.expected_on, seen.completed_on) == (None, None, on(10))

    def test_a_hidden_final_status_ends_the_last_step(self) -> None:
        """It's done when the order is complete."""
        cycle = CYCLE.replace("sent", public_description=None)
        seen = Book(cycle).move(3).move(5).move(12, "sent").seen()
        assert seen.steps[-1] == PublicStep(MADE, "done", on(5), on(12))

    def test_a_cancellation_shows_only_if_it_is_public(self) -> None:
        """Nothing is current or to come: that would be a lie."""
        book = Book(delivery_on=on(20)).move(3).move(5)
        for status, now in (("cancelled", "Cancelled as you asked"), ("lost", None)):
            seen = book.move(6, status).seen()
            assert seen.steps == (PublicStep(ORDERED, "done", on(2), on(5)),)
            assert (seen.now, seen.expected_on, seen.completed_on) == (now, None, None)

    def test_a_reopened_order_is_under_way_again(self) -> None:
        """From the status in which it was reopened."""
        seen = Book().move(3).move(5).move(6, "sent").move(9, "qa").seen()
        assert [step.state for step in seen.steps] == ["done", "current", "to-come"]
        assert (seen.now, seen.completed_on) == (MADE, None)


class TestExpected:
    """The day on which all is expected to be done."""

    def test_is_the_delivery_date(self) -> None:
        """In every status."""
        book = Book(delivery_on=on(20))
        assert book.seen().expected_on == on(20)
        assert book.move(3, "hold").seen().expected_on == on(20)

    def test_or_the_due_date_if_no_later_status_takes_time(self) -> None:
        """A due date before that is for one status only."""
        book = Book().move(3)
        assert book.seen().expected_on is None
        assert book.move(5).seen().expected_on == on(13)

    def test_is_left_out_once_it_is_over(self) -> None:
        """If the caller says which day it is."""
        book = Book(delivery_on=on(20))
        assert book.seen(today=on(20)).expected_on == on(20)
        assert book.seen(today=on(21)).expected_on is None
        assert book.seen().expected_on == on(20)


class TestTable:
    """The table for a page or a message."""

    def test_has_a_line_for_each_step(self) -> None:
        """In plain words, with the rest as notes."""
        table = Book(delivery_on=on(20)).move(3).move(5).move(6, "proof").seen().table()
        assert (table.title, table.columns) == (
            "Order PO-1",
            ("Step", "State", "Reached", "Done"),
        )
        assert table.rows == (
            (ORDERED, "Done", on(2), on(5)),
            (MADE, "Now", on(5), None),
            (SENT, "To come", None, None),
        )
        assert table.notes == ("Now: Waiting for your approval.", "Expected on: 2026-11-20.")

    def test_says_when_the_order_was_completed(self) -> None:
        """Instead of what was expected."""
        assert Book().move(3, "sent").seen().table().notes == ("Completed on: 2026-11-03.",)


class TestArguments:
    """The order and its whole history."""

    def test_entries_are_those_of_the_order(self) -> None:
        """All of them, and of no other order."""
        book, other = Book().move(3), Book()
        order, entries = book.changes[-1].order, [change.entry for change in book.changes]
        for wrong in (entries[:1], [evolve(entry, order_id="PO-2") for entry in entries]):
            with pytest.raises(ValueError, match="entries must be the 2 entries of order 'PO-1'"):
                tracking(order, wrong)
        with pytest.raises(ValueError, match="entries must be the 1 entries"):
            tracking(other.changes[0].order, entries)

    @pytest.mark.parametrize(
        ("argument", "value"),
        [("order", "PO-1"), ("entries", "PO-1"), ("cycles", CYCLE.path), ("today", WHO["at"])],
    )
    def test_wrong_kinds_are_refused(self, argument: str, value: Any) -> None:  # noqa: ANN401
        """The message names the argument."""
        change = Book().changes[0]
        given: dict[str, Any] = {"order": change.order, "entries": [change.entry]}
        with pytest.raises(TypeError, match=rf"^{argument} must be"):
            tracking(**(given | {argument: value}))
