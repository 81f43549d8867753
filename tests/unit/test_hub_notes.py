"""The Status Notes: a line for each entry, with what was undone (decision D34)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import HistoryEntry, OrderOpened, OrderSplit, ProductionFlow, Reason, StatusCycle
from prodflow.hub import history_table
from prodflow.hub._notes import _AMENDED
from prodflow.order import AMENDABLE

FLOW: Final = ProductionFlow()
AT: Final = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
WHO: Final[Any] = {"by": "ann", "at": AT}


def on(day: int) -> date:
    """A day of November 2026."""
    return date(2026, 11, day)


def written(cycle: StatusCycle, *moves: tuple[int, dict[str, Any]]) -> list[HistoryEntry]:
    """The history of an order of Monday, 2 November 2026, that moves on days of November."""
    change = FLOW.open(cycle, order_id="PO-1", ordered_on=on(2), **WHO)
    entries: list[HistoryEntry] = [change.entry]
    for day, facts in moves:
        change = FLOW.advance(change.order, today=on(day), **facts, **WHO)
        entries.append(change.entry)
    return entries


def to(key: str, **facts: Any) -> dict[str, Any]:  # noqa: ANN401
    """The keywords of a change to a status."""
    return {"to": key, **facts}


class TestHistoryTable:
    """`history_table`."""

    def test_has_words_for_every_move(self, cycle: StatusCycle) -> None:
        """And says which statuses were completed, and when."""
        entries = written(
            cycle,
            *((3, {}), (4, to("ordered")), (5, to("qa"))),
            (6, to("hold", current_complete=False)),
            *((9, to("qa")), (10, to("client", current_complete=True)), (11, {})),
            (12, to("qa")),
            *((13, to("cancelled")), (16, to("qa"))),
        )
        table = history_table(entries, [cycle])
        assert table.title == "Status Notes: PO-1"
        assert table.columns == (
            *("No.", "Event", "From", "To", "Completed On", "By", "Recorded By", "At"),
            *("Reason", "Note", "Undone By"),
        )
        assert [row[1:5] for row in table.rows] == [
            ("Opened", None, "Ordered", None),
            ("Moved on", "Ordered", "Retouch", on(3)),
            ("Moved back", "Retouch", "Ordered", None),
            ("Moved ahead, skipping Retouch, Printing", "Ordered", "Quality check", on(5)),
            ("Put on hold", "Quality check", "On hold", None),
            ("Came back", "On hold", "Quality check", on(9)),
            ("Moved aside", "Quality check", "Waiting on client", on(10)),
            ("Moved on", "Waiting on client", "Shipped", on(11)),
            ("Reopened", "Shipped", "Quality check", None),
            ("Cancelled", "Quality check", "Cancelled", None),
            ("Came back", "Cancelled", "Quality check", None),
        ]

    def test_says_who_and_when(self, cycle: StatusCycle) -> None:
        """Who did it, who recorded it, the instant with its offset, and a note."""
        entries = written(cycle, (3, {"note": "By\nphone", "recorded_by": "ben"}))
        assert [row[5:] for row in history_table(entries, [cycle]).rows] == [
            ("ann", "ann", "2026-11-20 09:30+00:00", None, None, None),
            ("ann", "ben", "2026-11-20 09:30+00:00", None, "By\nphone", None),
        ]

    def test_shows_what_was_undone_and_the_undoing(self, cycle: StatusCycle) -> None:
        """Both stay in the table; the entry says who undid it."""
        opened = FLOW.open(cycle, order_id="PO-1", ordered_on=on(2), **WHO)
        moved = FLOW.advance(opened.order, today=on(3), **WHO)
        entries = [opened.entry, moved.entry]
        undone = FLOW.undo(moved.order, entries, by="zoe", at=AT, note="Wrong order")
        table = history_table([*entries, undone.entry], [cycle])
        assert [(*row[:4], *row[9:]) for row in table.rows] == [
            (1, "Opened", None, "Ordered", None, None),
            (2, "Moved on", "Ordered", "Retouch", None, "zoe"),
            (3, "Undid entry 2", "Retouch", "Ordered", "Wrong order", None),
        ]
        assert table.notes == ("Entries: 3. Undone: 1.",)
        assert table.struck == {1}

    def test_names_what_an_amendment_changed(self, cycle: StatusCycle) -> None:
        """In words and with the new values, or says that it changed nothing."""
        opened = FLOW.open(cycle, order_id="PO-1", ordered_on=on(2), **WHO)
        amended = FLOW.amend(opened.order, user="zoe", vendor="West", **WHO)
        dated = FLOW.amend(amended.order, due_on=on(9), vendor=None, **WHO)
        again = FLOW.amend(dated.order, **WHO)
        entries = [opened.entry, amended.entry, dated.entry, again.entry]
        assert [row[1:5] for row in history_table(entries, [cycle]).rows[1:]] == [
            ("Amended: vendor West, user zoe", None, None, None),
            (f"Amended: no vendor, due date {on(9)}, due date set by hand", None, None, None),
            ("Amended: nothing", None, None, None),
        ]

    def test_names_facts_priority_and_quantity(self, cycle: StatusCycle) -> None:
        """Wherever they are set, and a fact that is removed."""
        opened = FLOW.open(
            cycle,
            order_id="PO-1",
            ordered_on=on(2),
            priority=3,
            quantity=1200,
            facts={"client": "Lee", "rush": True, "width": Decimal("1E+1")},
            **WHO,
        )
        moved = FLOW.advance(opened.order, today=on(3), facts={"rush": None, "copies": 2}, **WHO)
        skipped = FLOW.advance(moved.order, today=on(4), to="qa", facts={"tested": False}, **WHO)
        amended = FLOW.amend(
            skipped.order,
            priority=-1,
            quantity=1000,
            facts={"client": None, "proof": on(9)},
            **WHO,
        )
        entries = [change.entry for change in (opened, moved, skipped, amended)]
        assert [row[1] for row in history_table(entries, [cycle]).rows] == [
            "Opened: priority 3, quantity 1,200, client Lee, rush Yes, width 10",
            "Moved on: copies 2, no rush",
            "Moved ahead, skipping Printing: tested No",
            f"Amended: priority -1, quantity 1,000, no client, proof {on(9)}",
        ]

    def test_names_where_an_order_comes_from(self, cycle: StatusCycle) -> None:
        """A part and a reprint name the other order."""
        opened = FLOW.open(cycle, order_id="PO-2", ordered_on=on(2), quantity=4, **WHO).entry
        assert isinstance(opened, OrderOpened)
        for link, words in (
            ("split_from", "Opened as a part of PO-1: quantity 4"),
            ("reorder_of", "Opened as a reprint of PO-1: quantity 4"),
        ):
            facts: Any = {link: "PO-1"}
            linked = evolve(opened, **facts)
            assert history_table([linked], [cycle]).rows[0][1] == words

    def test_names_the_parts_of_a_split(self, cycle: StatusCycle) -> None:
        """With their quantities, and what is left."""
        opened = FLOW.open(cycle, order_id="PO-1", ordered_on=on(2), quantity=3000, **WHO).entry
        split = OrderSplit(
            order_id="PO-1", sequence=2, quantity=1500, parts=[("PO-2", 1000), ("PO-3", 500)], **WHO
        )
        assert history_table([opened, split], [cycle]).rows[1][1:5] == (
            *("Split: 1,000 as PO-2, 500 as PO-3; 1,500 stay", None, None, None),
        )

    def test_names_reasons(self, cycle: StatusCycle) -> None:
        """By the descriptions of the list, or by key."""
        opened = FLOW.open(cycle, order_id="PO-1", ordered_on=on(2), reason="rush", **WHO)
        moved = FLOW.advance(opened.order, today=on(3), reason="early", **WHO)
        amended = FLOW.amend(moved.order, vendor="West", reason="dearer", **WHO)
        undone = FLOW.undo(amended.order, [opened.entry, moved.entry, amended.entry], **WHO)
        entries = [change.entry for change in (opened, moved, amended, undone)]
        listed = [Reason("rush", "A rush order"), Reason("dearer", "Too dear")]
        rows = history_table(entries, [cycle], reasons=listed).rows
        assert [row[8] for row in rows] == ["A rush order", "early", "Too dear", None]

    def test_a_list_of_reasons_names_each_once(self, cycle: StatusCycle) -> None:
        """Two descriptions of one key would be a guess."""
        with pytest.raises(ValueError, match="reasons must have unique keys"):
            history_table(written(cycle), [cycle], reasons=[Reason("a", "A"), Reason("a", "B")])

    def test_names_what_an_amendment_on_hold_changed(self, cycle: StatusCycle) -> None:
        """The paused visit is named; a date given back is as calculated again."""
        opened = FLOW.open(cycle, order_id="PO-1", ordered_on=on(2), due_on=on(9), **WHO)
        back = FLOW.amend(opened.order, due_on=opened.order.calculated_due_on, **WHO)
        held = FLOW.advance(back.order, today=on(3), to="hold", current_complete=False, **WHO)
        amended = FLOW.amend(held.order, user="zoe", **WHO)
        entries = [opened.entry, back.entry, held.entry, amended.entry]
        rows = [row[1] for row in history_table(entries, [cycle]).rows]
        assert str(rows[1]).endswith("due date as calculated")
        assert rows[3] == "Amended: user zoe, paused visit"

    def test_has_words_for_all_that_an_amendment_may_change(self) -> None:
        """A new field needs a word."""
        assert {*_AMENDED, "facts", "due_on_is_manual", "held"} == {*AMENDABLE}

    def test_a_migration_names_the_version(self, cycle: StatusCycle) -> None:
        """From one key to another; both have their names of today, or the key."""
        newer = cycle.replace("retouch", inactive=True)
        entries = written(cycle, (3, {}))
        order = FLOW.open(cycle, order_id="PO-1", ordered_on=on(2), **WHO).order
        order = FLOW.advance(order, today=on(3), **WHO).order
        migrated = FLOW.migrate(order, newer, mapping={"retouch": "printing"}, **WHO)
        history = [*entries, migrated.entry]
        for cycles, names in (([newer], ("Retouch", "Printing")), ([], ("retouch", "printing"))):
            assert history_table(history, cycles).rows[2][1:4] == ("Moved to version 2", *names)

    @pytest.mark.parametrize("spoil", [lambda e: e[1:], lambda e: e[:1] + e[2:], lambda _: []])
    def test_entries_are_whole(self, cycle: StatusCycle, spoil: Any) -> None:  # noqa: ANN401
        """A part of a history can't say what was undone."""
        entries = written(cycle, (3, {}), (4, {}))
        with pytest.raises(ValueError, match="the whole history"):
            history_table(spoil(entries), [cycle])
