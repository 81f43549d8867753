"""Reasons: how often, how many days lost, by vendor and department (decision D38).

The orders of these tests are opened on Monday, 2 November 2026. Working days are Monday to Friday.
"""

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    CycleConflictError,
    CycleNotFoundError,
    HistoryEntry,
    OrderOpened,
    OrderSplit,
    ProductionFlow,
    ProductionOrder,
    Reason,
    StatusCycle,
)
from prodflow.hub import ReasonCount, ReasonReport, reasons

FLOW: Final = ProductionFlow()
WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 30, 9, tzinfo=UTC)}
LISTED: Final = (
    Reason("damaged", "Damaged in the lab", chargeable=False),
    Reason("client", "The client changed it"),
)


def on(day: int) -> date:
    """A day of November 2026."""
    return date(2026, 11, day)


class Book:
    """Writes the history of one order."""

    def __init__(self, cycle: StatusCycle, order_id: str = "PO-1", **given: Any) -> None:  # noqa: ANN401
        """Open the order on Monday, at West."""
        facts: dict[str, Any] = {"vendor": "West"} | given
        change = FLOW.open(cycle, order_id=order_id, ordered_on=on(2), **facts, **WHO)
        self.order: ProductionOrder = change.order
        self.entries: list[HistoryEntry] = [change.entry]

    def move(self, day: int, to: str | None = None, **given: Any) -> "Book":  # noqa: ANN401
        """Move it on a day of November."""
        return self.write(FLOW.advance(self.order, today=on(day), to=to, **given, **WHO))

    def amend(self, **given: Any) -> "Book":  # noqa: ANN401
        """Amend it."""
        return self.write(FLOW.amend(self.order, **given, **WHO))

    def migrate(self, cycle: StatusCycle, day: int = 30, **mapping: str) -> "Book":
        """Move it to another version."""
        who = WHO | {"at": WHO["at"].replace(day=day)}
        return self.write(FLOW.migrate(self.order, cycle, mapping=mapping, **who))

    def undo(self) -> "Book":
        """Take back the last entry that counts."""
        return self.write(FLOW.undo(self.order, self.entries, **WHO))

    def write(self, change: Any) -> "Book":  # noqa: ANN401
        """Add a change."""
        self.order = change.order
        self.entries.append(change.entry)
        return self


def reprint(cycle: StatusCycle, order_id: str = "PO-2") -> Book:
    """A reprint of PO-1, because it was damaged."""
    book = Book(cycle, order_id, reason="damaged")
    opened = book.entries[0]
    assert isinstance(opened, OrderOpened)
    book.entries = [evolve(opened, reorder_of="PO-1")]
    book.order = evolve(book.order, reorder_of="PO-1")
    return book


def told(*books: Book, **given: Any) -> ReasonReport:  # noqa: ANN401
    """The report, on the last day of November."""
    cycles = [book.order.cycle for book in books]
    facts: dict[str, Any] = {"today": on(30), "reasons": LISTED} | given
    return reasons([book.entries for book in books], facts.pop("cycles", cycles), **facts)


def lost(book: Book, **given: Any) -> list[int]:  # noqa: ANN401
    """The days lost of each row."""
    return [row.days_lost for row in told(book, **given).rows]


class TestDaysLost:
    """From the day of the change until the order is as far as it was."""

    def test_a_step_back_loses_the_days_until_it_is_back(self, cycle: StatusCycle) -> None:
        """From Tuesday 10 to Friday 13 are three working days."""
        book = Book(cycle).move(3).move(5).move(9)
        book.move(10, "retouch", reason="damaged").move(12)
        assert lost(book) == [14]  # printing isn't as far as the quality check
        assert lost(book.move(13)) == [3]
        assert lost(book.move(16)) == [3]

    def test_a_later_status_will_do(self, cycle: StatusCycle) -> None:
        """The order may skip the status where it was."""
        book = Book(cycle).move(3).move(5).move(9, "ordered", reason="damaged").move(12, "qa")
        assert lost(book) == [3]

    def test_a_hold_loses_all_its_days(self, cycle: StatusCycle) -> None:
        """Until the order is back on the path where it was, or beyond."""
        book = Book(cycle).move(3).move(4, "hold", current_complete=False, reason="client")
        assert lost(book, today=on(6)) == [2]
        assert lost(book.move(9)) == [3]
        completed = Book(cycle).move(3).move(4, "hold", current_complete=True, reason="client")
        assert lost(completed.move(9)) == [3]

    def test_a_return_to_an_earlier_status_is_a_step_back(self, cycle: StatusCycle) -> None:
        """The order was further before the hold."""
        book = Book(cycle).move(3).move(4, "hold", current_complete=False)
        book.move(5, "ordered", reason="client").move(10)
        assert lost(book) == [3]

    def test_from_one_hold_to_another_the_rest_is_lost(self, cycle: StatusCycle) -> None:
        """The first hold lasted for another reason."""
        book = Book(cycle).move(3).move(4, "hold", current_complete=False, reason="damaged")
        book.move(6, "client", reason="client").move(10)
        assert [(row.reason, row.days_lost) for row in told(book).rows] == [
            ("damaged", 4),
            ("client", 2),
        ]

    @pytest.mark.parametrize("to", ["retouch", "qa", "shipped", "cancelled"])
    def test_a_step_forward_or_a_cancellation_loses_none(self, cycle: StatusCycle, to: str) -> None:
        """The order is as far as it was, or it is closed."""
        assert lost(Book(cycle).move(3, to, reason="client")) == [0]

    def test_closing_ends_the_days(self, cycle: StatusCycle) -> None:
        """A cancelled order loses no more."""
        book = Book(cycle).move(3).move(4, "ordered", reason="client").move(6, "cancelled")
        assert lost(book.move(20, "ordered")) == [2]

    def test_a_reopened_order_loses_the_days_until_it_is_complete_again(
        self, cycle: StatusCycle
    ) -> None:
        """It was at the end of the path."""
        book = Book(cycle).move(3, "shipped").move(4, "qa", reason="damaged")
        assert lost(book.move(9)) == [3]

    def test_an_order_opened_off_the_path_was_nowhere(self, cycle: StatusCycle) -> None:
        """So any status of the path is as far."""
        book = Book(cycle, status="hold").move(3, "client", reason="client").move(5)
        assert lost(book) == [2]

    def test_a_reprint_loses_its_days_until_it_is_closed(self, cycle: StatusCycle) -> None:
        """Whatever it does in between."""
        book = reprint(cycle).move(3).move(4, "hold").move(9)
        assert lost(book, today=on(10)) == [6]
        assert lost(book.move(11, "shipped").move(12, "qa")) == [7]

    def test_other_openings_and_amendments_lose_none(self, cycle: StatusCycle) -> None:
        """They are counted all the same."""
        book = Book(cycle, reason="client").amend(delivery_on=on(20), reason="client")
        assert [(row.times, row.days_lost) for row in told(book).rows] == [(2, 0)]

    def test_the_calendar_counts(self, cycle: StatusCycle) -> None:
        """Any calendar will do; a day before the change loses nothing."""
        book = Book(cycle).move(3).move(6, "ordered", reason="damaged")
        assert lost(book, today=on(9)) == [1]
        assert lost(book, today=on(9), calendar=EVERY_DAY) == [3]
        assert lost(book, today=on(2)) == [0]

    def test_a_corrected_day_counts(self, cycle: StatusCycle) -> None:
        """The order came back earlier than was recorded (D35)."""
        book = Book(cycle).move(3).move(4, "ordered", reason="damaged").move(12)
        assert lost(book.amend(entered_on=on(6))) == [2]

    def test_what_was_undone_never_happened(self, cycle: StatusCycle) -> None:
        """Neither the reason nor a return."""
        book = Book(cycle).move(3).move(4, "ordered", reason="damaged").move(6)
        assert lost(book.undo(), today=on(9)) == [3]
        assert lost(book.undo()) == []


class TestMigrations:
    """The days go on under another version of the cycle."""

    def test_a_status_that_was_renamed_is_the_same(self, cycle: StatusCycle) -> None:
        """The order comes back to it under its new key."""
        newer = cycle.add(evolve(cycle["retouch"], key="edit", description="Edit"), 2)
        newer = newer.remove("retouch")
        book = Book(cycle).move(3).move(4, "hold", current_complete=False, reason="damaged")
        book.migrate(newer, retouch="edit").move(6, "client", reason="client").move(9)
        assert [row.days_lost for row in told(book, cycles=[cycle, newer]).rows] == [3, 1]

    def test_a_status_that_was_renamed_on_hold_is_still_ahead(self, cycle: StatusCycle) -> None:
        """A return to an earlier status isn't enough for it."""
        newer = cycle.add(evolve(cycle["qa"], key="check", description="Check"), 4).remove("qa")
        book = Book(cycle).move(3, "qa").move(4, "hold", current_complete=False)
        book.migrate(newer, qa="check").move(5, "client", reason="client").move(6, "retouch")
        assert lost(book, cycles=[cycle, newer]) == [17]
        assert lost(book.move(10, "check"), cycles=[cycle, newer]) == [3]

    def test_a_status_that_is_gone_needs_not_be_reached(self, cycle: StatusCycle) -> None:
        """Any status of the path will do, from the day of the migration on."""
        newer = cycle.remove("qa")
        book = Book(cycle).move(3).move(4, "qa").move(5, "retouch", reason="damaged")
        assert lost(book.migrate(newer, 10), cycles=[newer, cycle]) == [3]
        aside = Book(cycle).move(3).move(4, "hold", current_complete=True, reason="client")
        aside.migrate(cycle.replace("retouch", non_standard=True), 9)
        assert lost(aside, cycles=[cycle, aside.order.cycle]) == [18]
        assert lost(aside.move(10), cycles=[cycle, aside.order.cycle]) == [4]

    def test_a_migration_may_take_an_order_to_the_end(self, cycle: StatusCycle) -> None:
        """A status that moved down the list is as far as it was."""
        newer = cycle.move_to("retouch", 4)
        book = Book(cycle).move(3, "qa").move(4, "retouch", reason="damaged")
        assert lost(book.migrate(newer, 6), cycles=[cycle, newer]) == [2]

    def test_a_migration_recorded_early_loses_nothing(self, cycle: StatusCycle) -> None:
        """It can't end the days before they began."""
        newer = cycle.move_to("retouch", 4)
        book = Book(cycle).move(3, "qa").move(4, "retouch", reason="damaged")
        assert lost(book.migrate(newer, 2), cycles=[cycle, newer]) == [0]


class TestRows:
    """A row for each reason, vendor and department."""

    def test_vendor_and_department_are_those_before_the_change(self, cycle: StatusCycle) -> None:
        """An amendment that changes the vendor is about the old one."""
        book = Book(cycle).move(3).amend(vendor="East", reason="client")
        book.move(4, "ordered", reason="damaged")
        assert told(book).rows == (
            ReasonCount(
                *("damaged", "Damaged in the lab", False, "East", "Retouching", 1, 1, 18),
            ),
            ReasonCount(
                *("client", "The client changed it", True, "West", "Retouching", 1, 1, 0),
            ),
        )

    def test_an_amended_department_counts_from_then_on(self, cycle: StatusCycle) -> None:
        """It had the order when it was sent back."""
        book = Book(cycle).move(3).amend(department="Night shift")
        (row,) = told(book.move(4, "ordered", reason="damaged")).rows
        assert row.department == "Night shift"

    def test_of_an_opening_they_are_those_of_the_order(self, cycle: StatusCycle) -> None:
        """The order has no other ones yet."""
        (row,) = told(reprint(cycle)).rows
        assert (row.vendor, row.department) == ("West", "Front desk")

    def test_times_and_orders_are_counted(self, cycle: StatusCycle) -> None:
        """An order may give a reason again and again."""
        books = [Book(cycle, key).move(3).move(4, "ordered", reason="damaged") for key in "AB"]
        books[0].move(5).move(6, "ordered", reason="damaged")
        (row,) = told(*books).rows
        assert (row.times, row.orders) == (3, 2)

    def test_rows_are_in_the_sequence_of_the_list(self, cycle: StatusCycle) -> None:
        """Other reasons follow by key, vendors by name, None last."""
        books = [
            Book(cycle, str(number), vendor=vendor, reason=reason)
            for number, (vendor, reason) in enumerate(
                [
                    *((None, "client"), ("west", "client"), ("East", "client")),
                    *(("East", "b"), ("East", "a"), ("West", "damaged")),
                ]
            )
        ]
        report = told(*books)
        assert [(row.reason, row.vendor) for row in report.rows] == [
            ("damaged", "West"),
            ("client", "East"),
            ("client", "west"),
            ("client", None),
            ("a", "East"),
            ("b", "East"),
        ]
        assert [tuple(total) for total in report.totals] == [
            ("damaged", "Damaged in the lab", False, 1, 0),
            ("client", "The client changed it", True, 3, 0),
            ("a", "a", None, 1, 0),
            ("b", "b", None, 1, 0),
        ]

    def test_an_order_without_a_reason_needs_no_cycle(self, cycle: StatusCycle) -> None:
        """Its history is only checked."""
        book = Book(cycle).move(3).migrate(cycle.move_up("qa"))
        assert told(book, cycles=[]).rows == ()

    def test_a_split_has_no_reason(self, cycle: StatusCycle) -> None:
        """It changes neither the status nor the vendor."""
        book = Book(cycle, quantity=5, reason="client").move(3)
        split = OrderSplit(order_id="PO-1", sequence=3, quantity=4, parts=[("PO-2", 1)], **WHO)
        book.entries.append(split)
        assert [row.times for row in told(book).rows] == [1]

    def test_tables(self, cycle: StatusCycle) -> None:
        """One with all rows, and one with the totals."""
        book = Book(cycle, vendor=None).move(3).move(4, "ordered", reason="damaged").move(6)
        report = told(book)
        assert report.table().columns == (
            *("Reason", "Chargeable", "Vendor", "Department", "Times", "Orders", "Days Lost"),
        )
        assert report.table().rows == (
            ("Damaged in the lab", False, "(none)", "Retouching", 1, 1, 2),
        )
        assert report.totals_table().rows == (("Damaged in the lab", False, 1, 2),)
        assert report.totals_table().notes == (
            "As of 2026-11-30. Reasons given: 1. Working days lost: 2.",
        )


class TestArguments:
    """Whole histories, with the versions that they name."""

    def test_a_version_that_is_missing_is_named(self, cycle: StatusCycle) -> None:
        """And two that contradict each other."""
        book = Book(cycle).move(3, reason="client")
        with pytest.raises(CycleNotFoundError) as caught:
            told(book, cycles=[])
        assert (caught.value.order_type, caught.value.version) == ("prints", 1)
        with pytest.raises(CycleConflictError):
            told(book, cycles=[cycle, evolve(cycle, description="Other")])

    def test_an_order_comes_once(self, cycle: StatusCycle) -> None:
        """Its reasons would count twice."""
        with pytest.raises(ValueError, match="histories must hold order 'PO-1' once"):
            told(Book(cycle), Book(cycle))

    def test_the_list_names_a_reason_once(self, cycle: StatusCycle) -> None:
        """Which one would be chargeable?"""
        with pytest.raises(ValueError, match="reasons must have unique keys"):
            told(Book(cycle), reasons=[*LISTED, LISTED[0]])

    @pytest.mark.parametrize(
        ("argument", "value"),
        [("today", WHO["at"]), ("calendar", None), ("reasons", ["damaged"]), ("cycles", "prints")],
    )
    def test_wrong_kinds_are_refused(
        self, cycle: StatusCycle, argument: str, value: object
    ) -> None:
        """The message names the argument."""
        with pytest.raises(TypeError, match=rf"^{argument} must be"):
            told(Book(cycle), **{argument: value})


class TestGroups:
    """The report can be grouped by a fact of the orders, as they have it now (D36)."""

    def test_a_report_of_each_value(self, cycle: StatusCycle) -> None:
        """Even if the order got the fact after the reason; what was undone doesn't count."""
        first = Book(cycle).move(3).move(4, "ordered", reason="damaged").move(6)
        first.amend(facts={"client": "Lee"}).amend(facts={"client": "Ott"}).undo()
        second = Book(cycle, "PO-2", facts={"client": "Lee"}, reason="client")
        third = Book(cycle, "PO-3", reason="client")
        silent = Book(cycle, "PO-4", facts={"client": "Zoe"})
        report = told(first, second, third, silent, by="facts.client")
        assert [(group.title, group.report) for group in report.groups] == [
            ("Lee", told(first, second)),
            ("(none)", told(third)),
        ]
        assert report.rows == told(first, second, third).rows
        assert report.totals == told(first, second, third).totals

    def test_a_change_of_status_sets_facts_too(self, cycle: StatusCycle) -> None:
        """The last value counts, and an order that lost the fact has none."""
        first = Book(cycle, facts={"client": "Lee"}, reason="client").move(3, facts={"client": "O"})
        second = Book(cycle, "PO-2", facts={"client": "Lee"}, reason="client")
        second.move(3, facts={"client": None})
        report = told(first, second, by="facts.client")
        assert [group.value for group in report.groups] == ["O", None]

    def test_a_migration_keeps_the_facts(self, cycle: StatusCycle) -> None:
        """The order stays in its group."""
        newer = cycle.replace("qa", description="Check")
        book = Book(cycle, facts={"client": "Lee"}, reason="client").migrate(newer)
        report = told(book, by="facts.client", cycles=[cycle, newer])
        assert [group.value for group in report.groups] == ["Lee"]

    def test_tables_begin_with_the_value(self, cycle: StatusCycle) -> None:
        """The rows and the totals."""
        first = Book(cycle, facts={"client": "Lee"}, reason="client")
        second = Book(cycle, "PO-2", reason="client")
        report = told(first, second, by="facts.client")
        assert report.table().columns[:3] == ("client", "Reason", "Chargeable")
        assert [(row[0], *row[-3:]) for row in report.table().rows] == [
            ("Lee", 1, 1, 0),
            ("(none)", 1, 1, 0),
        ]
        assert report.totals_table().columns == (
            *("client", "Reason", "Chargeable", "Times", "Days Lost"),
        )
        assert [row[::3] for row in report.totals_table().rows] == [("Lee", 1), ("(none)", 1)]

    @pytest.mark.parametrize("by", ["client", "vendor", "facts.", 7])
    def test_by_is_a_fact(self, by: Any) -> None:  # noqa: ANN401 - the bad value
        """Another word is refused."""
        with pytest.raises(ValueError, match=r"^(by must be|the name of a fact in by)"):
            told(by=by)
