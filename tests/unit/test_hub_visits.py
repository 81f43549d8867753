"""Reports about histories: visits, times, cycle time, rework and moves.

The order in these tests goes on hold, comes back, is sent back and is reopened. It is opened on
Monday, 2 November 2026. These are its visits, worked out by hand, with their calendar days `c` and
their working days `w`. Visit 2 is paused for the hold, so those days are no days of it.

| visit | status | from | to | c | w | due | |
|---|---|---|---|---|---|---|---|
| 1 | ordered | Mon 2 | Tue 3 | 1 | 1 | 3 | on time |
| 2 | retouch | Tue 3 | Wed 11 | 3 | 3 | 6 | late, paused from Wed 4 to Mon 9 |
| 3 | hold | Wed 4 | Mon 9 | 5 | 3 | | |
| 5 | printing | Wed 11 | Fri 13 | 2 | 2 | 10 | late, sent back |
| 6 | retouch | Fri 13 | Mon 16 | 3 | 1 | 6 | late |
| 7 | printing | Mon 16 | Tue 17 | 1 | 1 | 10 | late |
| 8 | qa | Tue 17 | Wed 18 | 1 | 1 | 11 | late |
| 9 | shipped | Wed 18 | Fri 20 | 2 | 2 | | reopened |
| 10 | qa | Fri 20 | Mon 23 | 3 | 1 | 11 | late |
| 11 | shipped | Mon 23 | | | | | |
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    CycleConflictError,
    CycleNotFoundError,
    FromEntry,
    HistoryEntry,
    Move,
    ProductionFlow,
    ProductionOrder,
    StatusCycle,
    UnknownStatusError,
)
from prodflow.export import to_csv
from prodflow.hub import (
    CycleTime,
    Days,
    Hours,
    OnTime,
    OnTimeRate,
    Pause,
    Span,
    StatusTime,
    TimeInStatus,
    Visit,
    cycle_time,
    move_graph,
    on_time_rate,
    rework,
    time_in_status,
    visits,
)

FLOW: Final = ProductionFlow()
WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 30, 9, tzinfo=UTC)}
MONDAY: Final = date(2026, 11, 2)
NOVEMBER: Final = MONDAY.replace  # NOVEMBER(day=3)


class Book:
    """Writes the history of one order."""

    def __init__(self, cycle: StatusCycle, order_id: str = "PO-1", **facts: Any) -> None:  # noqa: ANN401
        """Open the order on Monday."""
        change = FLOW.open(cycle, order_id=order_id, ordered_on=MONDAY, **facts, **WHO)
        self.order: ProductionOrder = change.order
        self.entries: list[HistoryEntry] = [change.entry]

    def move(self, day: int, to: str | None = None, **facts: Any) -> "Book":  # noqa: ANN401
        """Move it on a day of November."""
        today = date(2026, 11, day)
        return self.write(FLOW.advance(self.order, today=today, to=to, **facts, **WHO))

    def amend(self, **facts: Any) -> "Book":  # noqa: ANN401
        """Amend it."""
        return self.write(FLOW.amend(self.order, **facts, **WHO))

    def migrate(self, cycle: StatusCycle, **mapping: str) -> "Book":
        """Move it to another version."""
        return self.write(FLOW.migrate(self.order, cycle, mapping=mapping, **WHO))

    def undo(self, cycles: Sequence[StatusCycle] = ()) -> "Book":
        """Take back the last entry that counts."""
        return self.write(FLOW.undo(self.order, self.entries, cycles=cycles, **WHO))

    def write(self, change: Any) -> "Book":  # noqa: ANN401
        """Add a change."""
        self.order = change.order
        self.entries.append(change.entry)
        return self


@pytest.fixture
def book(cycle: StatusCycle) -> Book:
    """The history in the table above."""
    return (
        Book(cycle)
        .move(3)
        .move(4, "hold", current_complete=False)
        .move(9)
        .move(11)
        .move(13, "retouch")
        .move(16)
        .move(17)
        .move(18)
        .move(20, "qa")
        .move(23)
    )


@pytest.fixture
def stays(book: Book) -> tuple[Visit, ...]:
    """Its visits."""
    return visits(book.entries)


class TestVisits:
    """The stays of an order in its statuses."""

    def test_each_move_but_a_return_begins_one(self, stays: tuple[Visit, ...]) -> None:
        """A return from a hold continues a visit; see the table above."""
        assert [(v.sequence, v.status, v.calendar_days, v.working_days) for v in stays] == [
            (1, "ordered", 1, 1),
            (2, "retouch", 3, 3),
            (3, "hold", 5, 3),
            (5, "printing", 2, 2),
            (6, "retouch", 3, 1),
            (7, "printing", 1, 1),
            (8, "qa", 1, 1),
            (9, "shipped", 2, 2),
            (10, "qa", 3, 1),
            (11, "shipped", None, None),
        ]

    def test_says_what_was_completed(self, stays: tuple[Visit, ...]) -> None:
        """A visit that ends with a step back or a reopening is not completed."""
        assert [v.sequence for v in stays if not v.completed] == [5, 9, 11]

    def test_says_how_it_began(self, stays: tuple[Visit, ...]) -> None:
        """A visit has the move that began it; a return begins none."""
        assert [v.move for v in stays][:5] == [
            *(None, Move.NEXT, Move.ASIDE, Move.NEXT, Move.BACK),
        ]

    def test_knows_whether_it_ended_on_time(self, stays: tuple[Visit, ...]) -> None:
        """None without a due date, and for the last visit."""
        assert [v.on_time for v in stays] == [
            *(True, False, None, False, False, False, False, None, False, None)
        ]

    def test_an_amendment_does_not_end_it(self, cycle: StatusCycle) -> None:
        """The visit has the last due date and assignees."""
        book = Book(cycle).amend(due_on=date(2026, 11, 9), user="bob", department="Lab").move(6)
        first, second = visits(book.entries)
        assert (first.due_on, first.user, first.department) == (date(2026, 11, 9), "bob", "Lab")
        assert (first.on_time, second.sequence) == (True, 3)

    def test_a_migration_does_not_end_it(self, cycle: StatusCycle) -> None:
        """The visit has the key of the status in the last version."""
        newer = cycle.add(evolve(cycle["retouch"], key="edit", description="Edit"), 2)
        newer = newer.remove("retouch")
        book = Book(cycle).move(3).migrate(newer, retouch="edit").move(5)
        assert [(v.sequence, v.status, v.cycle_version) for v in visits(book.entries)] == [
            (1, "ordered", 1),
            (2, "edit", newer.version),
            (4, "printing", newer.version),
        ]

    def test_a_migration_gives_the_visit_its_due_date(self, cycle: StatusCycle) -> None:
        """The visit has the last due date."""
        book = Book(cycle).migrate(cycle.replace("ordered", default_duration=9))
        assert visits(book.entries)[0].due_on == date(2026, 11, 13)

    def test_the_calendar_counts(self, book: Book) -> None:
        """If every day counts, working days are calendar days."""
        stays = visits(book.entries, calendar=EVERY_DAY)
        assert [v.working_days for v in stays] == [v.calendar_days for v in stays]

    def test_an_opening_alone_is_one_visit(self, cycle: StatusCycle) -> None:
        """It has no end."""
        (only,) = visits(Book(cycle).entries)
        assert (only.left_on, only.completed, only.due_on) == (None, False, date(2026, 11, 3))

    def test_each_could_have_been_built_by_hand(self, stays: tuple[Visit, ...]) -> None:
        """Every visit passes the public constructor, the last one too."""
        assert stays == tuple(evolve(visit) for visit in stays)

    @pytest.mark.parametrize(
        ("spoil", "match"),
        [
            (lambda _: [], "begin with an OrderOpened"),
            (lambda e: e[1:], "begin with an OrderOpened"),
            (lambda e: [e[0], e[2]], "expected entry 2, not 3"),
            (lambda e: [e[0], evolve(e[1], order_id="PO-2")], "belong to one order"),
            (lambda e: [e[0], evolve(e[1], from_status="qa")], "is at 'ordered', not at 'qa'"),
            (lambda e: [e[0], evolve(e[1], entered_on=date(2026, 11, 1))], "cannot leave it on"),
            (lambda e: [e[0], e[0]], "expected entry 2, not 1"),
            (lambda e: [*e[:3], evolve(e[3], visit=1)], "visit 1 of order 'PO-1' is not on hold"),
            (
                lambda e: [*e[:2], evolve(e[3], sequence=3, from_status="retouch", to_status="qa")],
                "hold",
            ),
        ],
        ids=range(9),
    )
    def test_a_history_is_whole(self, book: Book, spoil: Any, match: str) -> None:  # noqa: ANN401
        """An entry that doesn't follow the one before it is refused."""
        with pytest.raises(ValueError, match=match):
            visits(spoil(book.entries))

    @pytest.mark.parametrize("entries", ["PO-1", 7, [None], [Book]])
    def test_entries_are_entries(self, entries: Any) -> None:  # noqa: ANN401 - the bad value
        """Anything else is a TypeError that names the argument."""
        with pytest.raises(TypeError, match="entries must be"):
            visits(entries)

    @pytest.mark.parametrize(
        ("changes", "match"),
        [
            ({"left_on": date(2026, 11, 1)}, "the days of a visit must follow one another"),
            ({"left_on": None}, "working_days must be given if left_on is"),
            ({"working_days": None}, "working_days must be given if left_on is"),
            ({"left_on": None, "working_days": None}, "completed must be False"),
            ({"pauses": (Pause(MONDAY, MONDAY, 0, 2), Pause(MONDAY, None, None, None))}, "paused"),
            (
                {"pauses": (Pause(date(2026, 11, 4), date(2026, 11, 5), 1, 3),)},
                "follow one another",
            ),
        ],
    )
    def test_a_visit_makes_sense(
        self, stays: tuple[Visit, ...], changes: dict[str, Any], match: str
    ) -> None:
        """It doesn't end before it begins, and has no length without an end."""
        with pytest.raises(ValueError, match=match):
            evolve(stays[0], **changes)


class TestPauses:
    """A hold pauses a visit, and a return continues it (decision D18)."""

    def test_a_return_continues_the_visit(self, stays: tuple[Visit, ...]) -> None:
        """One visit, with the pause, and without its days."""
        retouch = stays[1]
        assert retouch.pauses == (Pause(NOVEMBER(day=4), NOVEMBER(day=9), 3, 4),)
        assert (retouch.entered_on, retouch.left_on) == (NOVEMBER(day=3), NOVEMBER(day=11))
        assert (retouch.paused_days, retouch.paused_working_days) == (5, 3)
        assert not retouch.is_paused

    def test_while_the_hold_lasts_the_visit_is_paused(self, cycle: StatusCycle) -> None:
        """It hasn't ended: no length, no lateness, and it's counted once."""
        book = Book(cycle).move(3).move(20, "hold", current_complete=False)
        _, retouch, hold = visits(book.entries)
        assert retouch.pauses == (Pause(NOVEMBER(day=20), None, None, None),)
        assert retouch.is_paused
        assert (retouch.left_on, retouch.calendar_days, retouch.on_time) == (None, None, None)
        assert (retouch.paused_days, retouch.paused_working_days) == (0, 0)
        assert (hold.left_on, hold.is_paused) == (None, False)

    def test_the_example_of_the_decisions(self, cycle: StatusCycle) -> None:
        """Under `FromEntry`, three working days on hold move the due date by three."""
        flow = ProductionFlow(due_dates=FromEntry())
        opened = flow.open(cycle, order_id="PO-1", ordered_on=MONDAY, **WHO)
        order, entries = opened.order, [opened.entry]
        for day, facts in ((3, {}), (5, {"to": "hold", "current_complete": False}), (10, {})):
            change = flow.advance(order, today=NOVEMBER(day=day), **facts, **WHO)  # type: ignore[arg-type]  # any keywords
            order, entries = change.order, [*entries, change.entry]
        retouch = visits(entries)[1]
        assert (retouch.sequence, retouch.entered_on) == (order.visit, NOVEMBER(day=3))
        assert (retouch.paused_days, retouch.paused_working_days) == (5, 3)
        assert (order.paused_days, order.paused_working_days) == (5, 3)
        assert retouch.due_on == order.due_on == NOVEMBER(day=11)

    def test_a_cancellation_by_mistake_is_a_pause_too(self, cycle: StatusCycle) -> None:
        """The order comes back, and the visit goes on."""
        book = Book(cycle).move(3).move(4, "cancelled").move(6, "retouch").move(9)
        _, retouch, cancelled, _ = visits(book.entries)
        assert (retouch.sequence, retouch.paused_days, retouch.calendar_days) == (2, 2, 4)
        assert (cancelled.status, cancelled.calendar_days) == ("cancelled", 2)

    def test_it_may_be_paused_again(self, cycle: StatusCycle) -> None:
        """Every pause counts."""
        book = Book(cycle).move(3)
        for away, back in ((4, 6), (9, 10)):
            book.move(away, "hold", current_complete=False).move(back)
        retouch = visits(book.move(11).entries)[1]
        assert [(p.paused_on.day, p.sequence) for p in retouch.pauses] == [(4, 4), (9, 6)]
        assert (retouch.paused_days, retouch.calendar_days) == (3, 5)

    def test_a_pause_lasts_through_several_holds(self, cycle: StatusCycle) -> None:
        """Each is a visit, and the pause is as long as both."""
        book = Book(cycle).move(3).move(4, "hold", current_complete=False)
        _, retouch, hold, client, _ = visits(book.move(6, "client").move(10).move(11).entries)
        assert (retouch.paused_days, hold.calendar_days, client.calendar_days) == (6, 2, 4)

    def test_going_on_elsewhere_ends_the_visit(self, cycle: StatusCycle) -> None:
        """On the first day of the hold, not completed, and not as a paused one."""
        book = Book(cycle).move(3).move(4, "hold", current_complete=False).move(9, "printing")
        _, retouch, hold, printing = visits(book.entries)
        assert (retouch.left_on, retouch.completed, retouch.pauses) == (NOVEMBER(day=4), False, ())
        assert (hold.left_on, printing.sequence) == (NOVEMBER(day=9), 4)

    def test_after_a_completed_status_nothing_is_paused(self, cycle: StatusCycle) -> None:
        """The order enters the next status, as it does after it was opened off the path."""
        completed = Book(cycle).move(3, "hold", current_complete=True).move(4)
        opened = Book(cycle, status="hold").move(4)
        for book in (completed, opened):
            stays = visits(book.entries)
            assert [visit.pauses for visit in stays] == [()] * len(stays)
            assert stays[-1].move is Move.RESUME

    def test_a_paused_visit_has_what_is_amended_on_hold(self, cycle: StatusCycle) -> None:
        """It's meant for the work (decision D15)."""
        book = Book(cycle).move(3).move(4, "hold", current_complete=False)
        book.amend(user="zoe", due_on=NOVEMBER(day=17))
        for entries in (book.entries, book.move(9).entries):
            retouch = visits(entries)[1]
            assert (retouch.user, retouch.due_on) == ("zoe", NOVEMBER(day=17))

    def test_a_pause_survives_a_renaming(self, cycle: StatusCycle) -> None:
        """The visit has the new key, on hold and afterwards (decision D5b)."""
        newer = cycle.add(evolve(cycle["retouch"], key="edit", description="Edit"), 2)
        newer = newer.remove("retouch")
        book = Book(cycle).move(3).move(4, "hold", current_complete=False)
        book.migrate(newer, retouch="edit")
        for entries in (book.entries, book.move(9).entries):
            edit = visits(entries)[1]
            assert (edit.sequence, edit.status, edit.cycle_version) == (2, "edit", newer.version)
        assert edit.paused_days == 5

    def test_a_migration_may_end_the_visit(self, cycle: StatusCycle) -> None:
        """If the status that is held is mapped to another one, there is nothing to continue."""
        newer = cycle.remove("retouch")
        book = Book(cycle).move(3).move(4, "hold", current_complete=False)
        book.migrate(newer, retouch="printing").move(9)
        stays = visits(book.entries)
        assert [(v.status, v.pauses) for v in stays] == [
            *(("ordered", ()), ("retouch", ()), ("hold", ()), ("printing", ())),
        ]
        assert stays[1].left_on == NOVEMBER(day=4)

    def test_a_migration_without_a_hold_pauses_nothing(self, cycle: StatusCycle) -> None:
        """The order comes back to the next status, in a visit of its own."""
        newer = cycle.replace("qa", description="Check")
        book = Book(cycle).move(3, "hold", current_complete=True).migrate(newer).move(4)
        assert [(v.sequence, v.pauses) for v in visits(book.entries)][-1] == (4, ())


class TestCorrections:
    """What was recorded wrongly and put right (decisions D34 and D35)."""

    def test_a_corrected_day_ends_the_visit_before(self, cycle: StatusCycle) -> None:
        """The example of the decisions: at the lab on Friday, recorded on Monday."""
        book = Book(cycle).move(3).move(9).amend(entered_on=NOVEMBER(day=6))
        _, retouch, printing = visits(book.entries)
        assert (retouch.left_on, retouch.calendar_days, retouch.on_time) == (
            *(NOVEMBER(day=6), 3, True),
        )
        assert printing.entered_on == NOVEMBER(day=6)

    def test_a_corrected_day_of_a_hold_corrects_the_pause(self, cycle: StatusCycle) -> None:
        """The hold begins where the pause does."""
        book = Book(cycle).move(3).move(6, "hold", current_complete=False)
        book.amend(entered_on=NOVEMBER(day=4))
        _, retouch, hold = visits(book.move(9).entries)
        assert (retouch.paused_days, hold.calendar_days) == (5, 5)
        assert book.order.paused_days == 5

    def test_of_a_second_hold_it_corrects_the_first(self, cycle: StatusCycle) -> None:
        """The pause began with the first, and stays as it is."""
        book = Book(cycle).move(3).move(4, "hold", current_complete=False).move(9, "client")
        book.amend(entered_on=NOVEMBER(day=6))
        _, retouch, hold, client = visits(book.move(10).entries)
        assert (retouch.paused_days, hold.calendar_days, client.calendar_days) == (6, 2, 4)
        assert book.order.paused_days == 6

    def test_of_a_resumed_visit_it_corrects_the_beginning(self, cycle: StatusCycle) -> None:
        """The pause stays as it is."""
        book = Book(cycle).move(4).move(5, "hold", current_complete=False).move(9)
        book.amend(entered_on=NOVEMBER(day=3))
        ordered, retouch, hold = visits(book.entries)
        assert (ordered.left_on, retouch.entered_on) == (NOVEMBER(day=3), NOVEMBER(day=3))
        assert (retouch.paused_days, hold.left_on) == (4, NOVEMBER(day=9))
        book.move(9)  # and it may be left on the day of the return

    def test_a_corrected_order_date_moves_the_first_visit(self, cycle: StatusCycle) -> None:
        """There is no visit before (decision D15)."""
        book = Book(cycle).amend(ordered_on=NOVEMBER(day=4)).move(5)
        first, _ = visits(book.entries)
        assert (first.entered_on, first.calendar_days) == (NOVEMBER(day=4), 1)

    def test_what_was_undone_leaves_no_trace(self, book: Book, cycle: StatusCycle) -> None:
        """Neither moves nor amendments, migrations, holds or returns."""
        before = visits(book.entries)
        book.move(24, "printing").undo().amend(user="zoe").undo()
        book.migrate(cycle.replace("qa", description="Check")).undo(cycles=[cycle])
        assert visits(book.entries) == before

    def test_an_undone_return_leaves_the_visit_paused(self, cycle: StatusCycle) -> None:
        """As it was on hold."""
        book = Book(cycle).move(3).move(4, "hold", current_complete=False)
        before = visits(book.entries)
        assert visits(book.move(9).undo().entries) == before
        assert visits(book.undo().entries) == (*before[:1], evolve(before[1], pauses=()))


def test_tables_name_their_columns(stays: tuple[Visit, ...], cycle: StatusCycle) -> None:
    """So that a printed table explains itself."""
    figures = ("Total", "Mean", "Median", "80% Within", "Longest")
    times, spans = time_in_status(stays), cycle_time(stays, [cycle])
    assert times.table().columns == (
        *("Type", "Status", "Visits", "Resumed", "Ongoing", "Paused"),
        *figures,
    )
    assert (times.table().title, times.working_table().title) == (
        *("Calendar Days in Status", "Working Days in Status"),
    )
    hours = times.hours_table()
    assert (hours.title, hours.columns[2:]) == (
        "Hours in Status",
        ("Visits", "Hours", "Mean Hours"),
    )
    assert spans.table().columns == ("Measured", "Days", *figures)
    assert spans.orders_table().columns == (
        *("Number", "Type", "Began", "First Completed", "Last Completed", "Completions"),
        *("Days to First", "Hold Days to First", "Days to Last", "Hold Days to Last"),
    )
    assert on_time_rate(stays).table().columns == (
        "Type",
        "Status",
        "Visits",
        "On Time",
        "Rate (%)",
    )
    assert rework(stays).table().columns == (
        *("Type", "Status", "Orders", "Visits", "Repeat Visits", "Orders with Repeats"),
    )
    assert move_graph(stays).table().columns == ("Type", "From", "To", "Moves")


class TestTimeInStatus:
    """How long orders stay in each status."""

    def test_sums_the_visits(self, stays: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """In cycle order, with titles; a visit that goes on is counted on its own."""
        rows = time_in_status(stays, cycles=[cycle]).rows
        assert [(row.title, row.visits, row.lasting, row.calendar.total) for row in rows] == [
            ("Ordered", 1, 0, 1),
            ("Retouch", 2, 0, 6),
            ("Printing", 2, 0, 3),
            ("Quality check", 2, 0, 4),
            ("Shipped", 1, 1, 2),
            ("On hold", 1, 0, 5),
        ]
        assert (rows[1].calendar, rows[1].working) == (
            Days(6, 3.0, 3, 3, 3),
            Days(4, 2.0, 1, 3, 3),
        )

    def test_tells_paused_visits_apart(self, book: Book, cycle: StatusCycle) -> None:
        """Visits that were paused and have ended, and those that are paused now."""
        paused = Book(cycle, "PO-2").move(3).move(4, "hold", current_complete=False)
        stays = [visit for b in (book, paused) for visit in visits(b.entries)]
        rows = {row.status: row[3:7] for row in time_in_status(stays).rows}
        assert rows["retouch"] == (2, 1, 0, 1)
        assert rows["hold"] == (1, 0, 1, 0)

    def test_without_cycles_the_key_is_the_title(self, stays: tuple[Visit, ...]) -> None:
        """The keys also give the order."""
        rows = time_in_status(stays).rows
        assert [row.title for row in rows] == [
            *("hold", "ordered", "printing", "qa", "retouch", "shipped")
        ]

    def test_tables(self, stays: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """One table is in calendar days, the other in working days."""
        times = time_in_status(stays[-1:], cycles=[cycle])
        assert times.table().rows == (("prints", "Shipped", 0, 0, 1, 0, 0, *[None] * 4),)
        assert times.table().notes == (
            "Days count only the visits that have ended, without the days paused.",
        )
        working = time_in_status(stays[:1]).working_table()
        assert working.rows == (("prints", "ordered", 1, 0, 0, 0, 1, 1.0, 1, 1, 1),)

    def test_nothing(self) -> None:
        """Without visits there are no rows."""
        assert time_in_status([]).rows == ()

    def test_a_visit_counts_once(self, stays: tuple[Visit, ...]) -> None:
        """The same visit twice is refused."""
        with pytest.raises(ValueError, match="visits must hold each visit once"):
            time_in_status([*stays, stays[0]])


class TestOnTimeRate:
    """How many visits ended by their due date."""

    def test_counts_what_was_due(self, stays: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """Visits without a due date don't count, and have no rate."""
        rate = on_time_rate(stays, cycles=[cycle])
        assert (rate.visits, rate.on_time, rate.rate) == (7, 1, 1 / 7)
        assert [(row.status, row.visits, row.on_time, row.rate) for row in rate.rows] == [
            ("ordered", 1, 1, 1.0),
            ("retouch", 2, 0, 0.0),
            ("printing", 2, 0, 0.0),
            ("qa", 2, 0, 0.0),
            ("shipped", 0, 0, None),
            ("hold", 0, 0, None),
        ]
        assert rate.table().rows[0] == ("prints", "Ordered", 1, 1, Decimal("100.0"))

    def test_a_table_shows_per_cent(self) -> None:
        """With one decimal place, as a mean has; the report itself doesn't round."""
        rate = OnTimeRate(rows=(OnTime("prints", "lab", "Lab", 3, 2),))
        assert to_csv(rate.table(), columns=["Rate (%)"]) == "Rate (%)\r\n66.7\r\n"
        days = Days(7, 7 / 3, 2, 3, 3)
        times = TimeInStatus(
            rows=(StatusTime("prints", "lab", "Lab", 3, 0, 0, 0, days, days, Hours(0, None)),)
        )
        assert to_csv(times.table(), columns=["Mean"]) == "Mean\r\n2.3\r\n"

    def test_the_last_due_date_counts(self, cycle: StatusCycle) -> None:
        """A due date that was moved in time was met."""
        late, moved = Book(cycle).move(6), Book(cycle).amend(due_on=date(2026, 11, 6)).move(6)
        assert on_time_rate(visits(late.entries)).rate == 0.0
        assert on_time_rate(visits(moved.entries)).rate == 1.0

    def test_nothing(self) -> None:
        """Without visits there is no rate."""
        assert on_time_rate([]).rate is None


class TestCycleTime:
    """From opening to completion."""

    def test_counts_both_ways(self, stays: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """To the first completion and to the last, each with and without the hold."""
        times = cycle_time(stays, [cycle])
        first, last = Span(16, 12, 5, 3), Span(21, 15, 5, 3)
        shipped = (date(2026, 11, 18), date(2026, 11, 23))
        assert times.orders == (CycleTime("PO-1", "prints", MONDAY, *shipped, 2, first, last),)
        assert (first.active_days, first.active_working_days) == (11, 9)
        assert (last.active_days, last.active_working_days) == (16, 12)

    def test_tables(self, stays: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """There is a line for each way to measure, and one for each order."""
        times = cycle_time(stays, [cycle])
        assert [row[:3] for row in times.table().rows] == [
            ("Opening to first completion", "calendar", 16),
            ("Opening to first completion", "working", 12),
            ("Opening to first completion, without holds", "calendar", 11),
            ("Opening to first completion, without holds", "working", 9),
            ("Opening to last completion", "calendar", 21),
            ("Opening to last completion", "working", 15),
            ("Opening to last completion, without holds", "calendar", 16),
            ("Opening to last completion, without holds", "working", 12),
        ]
        assert times.orders_table().rows[0][5:] == (2, 16, 5, 21, 5)

    def test_an_order_that_is_open_again_has_been_completed(
        self, book: Book, cycle: StatusCycle
    ) -> None:
        """It counts with the completion that it has."""
        (order,) = cycle_time(visits(book.entries[:-1]), [cycle]).orders
        assert (order.completions, order.to_first, order.to_last) == (
            *(1, order.to_first, order.to_first),
        )

    def test_others_are_left_out(self, book: Book, cycle: StatusCycle) -> None:
        """Open and cancelled orders have no cycle time; rows are sorted by number."""
        books = [
            Book(cycle, "PO-10").move(4, "shipped"),
            Book(cycle, "PO-9").move(3, "shipped"),
            Book(cycle, "PO-2").move(3, "cancelled"),
            Book(cycle, "PO-3"),
        ]
        times = cycle_time([v for b in (book, *books) for v in visits(b.entries)], [cycle])
        assert [(row.order_id, row.to_first.days) for row in times.orders] == [
            ("PO-1", 16),
            ("PO-9", 1),
            ("PO-10", 2),
        ]
        assert times.unfinished == 2

    def test_time_cancelled_is_a_hold(self, cycle: StatusCycle) -> None:
        """A cancelled order that is reopened was on hold; one opened as complete takes no time."""
        book = Book(cycle).move(3, "cancelled").move(5, "qa").move(6)  # qa, so no return
        (order,) = cycle_time(visits(book.entries), [cycle]).orders
        assert order.to_first == Span(4, 4, 2, 2)
        (order,) = cycle_time(visits(Book(cycle, status="shipped").entries), [cycle]).orders
        assert order.to_first == Span(0, 0, 0, 0)

    def test_an_aside_from_a_completed_status_is_a_hold_too(self, cycle: StatusCycle) -> None:
        """An open order off the path is on hold."""
        book = Book(cycle).move(3, "client").move(6).move(9, "shipped")
        (order,) = cycle_time(visits(book.entries), [cycle]).orders
        assert order.to_first == Span(7, 5, 3, 3)

    def test_cycles_are_known(self, stays: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """Every version that a visit names must be there, with one content."""
        with pytest.raises(CycleNotFoundError):
            cycle_time(stays, [])
        with pytest.raises(CycleConflictError):
            cycle_time(stays, [cycle, evolve(cycle, description="Others")])
        with pytest.raises(UnknownStatusError):
            cycle_time(stays, [evolve(cycle.remove("hold"), version=1)])

    @pytest.mark.parametrize("part", [slice(1, None), slice(0, -1), slice(0, None, 2)])
    def test_orders_are_whole(
        self, stays: tuple[Visit, ...], cycle: StatusCycle, part: slice
    ) -> None:
        """An order with missing visits is refused."""
        with pytest.raises(ValueError, match="visits must be all those of order 'PO-1'"):
            cycle_time(stays[part], [cycle])


class TestRework:
    """Visits beyond the first."""

    def test_counts_repeats(self, book: Book, cycle: StatusCycle) -> None:
        """A return from a hold is none, since it continues the visit."""
        other = Book(cycle, "PO-2").move(3)
        stays = [v for b in (other, book) for v in visits(b.entries)]
        rows = rework(reversed(stays), cycles=[cycle]).rows
        assert [row[2:] for row in rows] == [
            ("Ordered", 2, 2, 0, 0),
            ("Retouch", 2, 3, 1, 1),
            ("Printing", 1, 2, 1, 1),
            ("Quality check", 1, 2, 1, 1),
            ("Shipped", 1, 2, 1, 1),
            ("On hold", 1, 1, 0, 0),
        ]
        assert rework(stays).table().rows[0] == ("prints", "hold", 1, 1, 0, 0)


class TestMoveGraph:
    """The moves between statuses."""

    def test_weighs_each_pair(self, stays: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """In cycle order; holds and returns count, an opening doesn't."""
        graph = move_graph(stays, cycles=[cycle])
        assert [(e.from_status, e.to_status, e.weight) for e in graph.edges] == [
            ("ordered", "retouch", 1),
            ("retouch", "printing", 2),
            ("retouch", "hold", 1),
            ("printing", "retouch", 1),
            ("printing", "qa", 1),
            ("qa", "shipped", 2),
            ("shipped", "qa", 1),
            ("hold", "retouch", 1),
        ]
        assert graph.table().rows[1] == ("prints", "Retouch", "Printing", 2)
        assert graph.table().notes == ("All moves: 10.",)

    def test_nothing(self) -> None:
        """Without visits there are no edges."""
        assert move_graph([]).table().rows == ()
