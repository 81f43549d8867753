"""The hub's answers about histories: visits, times, cycle time, rework, moves.

The order of these tests goes through everything that can happen: a hold, a step back, a reopening.
By hand, from Monday, 2 November 2026; `c` and `w` are its calendar and working days.

| visit | status | from | to | c | w | due | |
|---|---|---|---|---|---|---|---|
| 1 | ordered | Mon 2 | Tue 3 | 1 | 1 | 3 | on time |
| 2 | retouch | Tue 3 | Wed 4 | 1 | 1 | 6 | on time, left incomplete |
| 3 | hold | Wed 4 | Mon 9 | 5 | 3 | | |
| 4 | retouch | Mon 9 | Wed 11 | 2 | 2 | 6 | late |
| 5 | printing | Wed 11 | Fri 13 | 2 | 2 | 10 | late, sent back |
| 6 | retouch | Fri 13 | Mon 16 | 3 | 1 | 6 | late |
| 7 | printing | Mon 16 | Tue 17 | 1 | 1 | 10 | late |
| 8 | qa | Tue 17 | Wed 18 | 1 | 1 | 11 | late |
| 9 | shipped | Wed 18 | Fri 20 | 2 | 2 | | reopened |
| 10 | qa | Fri 20 | Mon 23 | 3 | 1 | 11 | late |
| 11 | shipped | Mon 23 | | | | | |
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
    Move,
    ProductionFlow,
    ProductionOrder,
    StatusCycle,
    UnknownStatusError,
)
from prodflow.hub import (
    CycleTime,
    Days,
    Span,
    Visit,
    cycle_time,
    move_graph,
    on_time_rate,
    rework,
    time_in_status,
    visits,
)

FLOW: Final = ProductionFlow()
WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 2, 9, tzinfo=UTC)}
MONDAY: Final = date(2026, 11, 2)


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

    def write(self, change: Any) -> "Book":  # noqa: ANN401
        """Enter a change."""
        self.order = change.order
        self.entries.append(change.entry)
        return self


@pytest.fixture
def book(cycle: StatusCycle) -> Book:
    """The history of the table above."""
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
def found(book: Book) -> tuple[Visit, ...]:
    """Its visits."""
    return visits(book.entries)


class TestVisits:
    """The stays of an order, which tile its life."""

    def test_each_move_begins_one(self, found: tuple[Visit, ...]) -> None:
        """A return from a hold too; what is asked for is in the table above."""
        assert [(v.sequence, v.status, v.calendar_days, v.working_days) for v in found] == [
            (1, "ordered", 1, 1),
            (2, "retouch", 1, 1),
            (3, "hold", 5, 3),
            (4, "retouch", 2, 2),
            (5, "printing", 2, 2),
            (6, "retouch", 3, 1),
            (7, "printing", 1, 1),
            (8, "qa", 1, 1),
            (9, "shipped", 2, 2),
            (10, "qa", 3, 1),
            (11, "shipped", None, None),
        ]

    def test_says_what_was_completed(self, found: tuple[Visit, ...]) -> None:
        """Neither what was held, nor sent back, nor reopened, nor lasts."""
        assert [v.sequence for v in found if not v.completed] == [2, 5, 9, 11]

    def test_says_how_it_began(self, found: tuple[Visit, ...]) -> None:
        """By a move, and whether it goes on after a hold."""
        assert [v.move for v in found][:6] == [
            *(None, Move.NEXT, Move.ASIDE, Move.RESUME, Move.NEXT, Move.BACK),
        ]
        assert [v.sequence for v in found if v.after_hold] == [4]

    def test_knows_whether_it_ended_on_time(self, found: tuple[Visit, ...]) -> None:
        """None where nothing was due, or nothing has ended."""
        assert [v.on_time for v in found] == [
            *(True, True, None, False, False, False, False, False, None, False, None)
        ]

    def test_an_amendment_goes_on_with_it(self, cycle: StatusCycle) -> None:
        """The due date and the assignees are the last ones."""
        book = Book(cycle).amend(due_on=date(2026, 11, 9), user="bob", department="Lab").move(6)
        first, second = visits(book.entries)
        assert (first.due_on, first.user, first.department) == (date(2026, 11, 9), "bob", "Lab")
        assert (first.on_time, second.sequence) == (True, 3)

    def test_a_migration_goes_on_with_it(self, cycle: StatusCycle) -> None:
        """The status has the key of the version adopted last."""
        newer = cycle.add(evolve(cycle["retouch"], key="edit", description="Edit"), 2)
        newer = newer.remove("retouch")
        book = Book(cycle).move(3).migrate(newer, retouch="edit").move(5)
        assert [(v.sequence, v.status, v.cycle_version) for v in visits(book.entries)] == [
            (1, "ordered", 1),
            (2, "edit", newer.version),
            (4, "printing", newer.version),
        ]

    def test_a_hold_survives_a_migration(self, cycle: StatusCycle) -> None:
        """The order still comes back to what it left incomplete, by its new key."""
        newer = cycle.add(evolve(cycle["retouch"], key="edit", description="Edit"), 2)
        newer = newer.remove("retouch")
        book = Book(cycle).move(3).move(4, "hold", current_complete=False)
        book.migrate(newer, retouch="edit").move(5)
        assert [(v.status, v.after_hold) for v in visits(book.entries)][-1] == ("edit", True)

    def test_a_migration_makes_no_hold(self, cycle: StatusCycle) -> None:
        """Neither of a status that was completed, nor where the order was opened off the path."""
        newer = cycle.replace("qa", description="Check")
        completed = Book(cycle).move(3, "hold").migrate(newer).move(4)
        opened = Book(cycle, status="hold").migrate(newer).move(4)
        for book in (completed, opened):
            last = visits(book.entries)[-1]
            assert (last.move, last.after_hold) == (Move.RESUME, False)

    def test_a_migration_gives_the_visit_its_due_date(self, cycle: StatusCycle) -> None:
        """The one that stood last."""
        book = Book(cycle).migrate(cycle.replace("ordered", default_duration=9))
        assert visits(book.entries)[0].due_on == date(2026, 11, 13)

    def test_a_return_from_a_completed_status_is_no_return_from_hold(
        self, cycle: StatusCycle
    ) -> None:
        """Nothing was left incomplete, so the next status is entered."""
        book = Book(cycle).move(3, "hold").move(4)
        assert [(v.status, v.move, v.after_hold) for v in visits(book.entries)][-1] == (
            *("retouch", Move.RESUME, False),
        )

    def test_the_calendar_counts(self, book: Book) -> None:
        """Every day, if it says so."""
        found = visits(book.entries, calendar=EVERY_DAY)
        assert [v.working_days for v in found] == [v.calendar_days for v in found]

    def test_an_opening_alone_is_one_visit(self, cycle: StatusCycle) -> None:
        """It lasts."""
        (only,) = visits(Book(cycle).entries)
        assert (only.left_on, only.completed, only.due_on) == (None, False, date(2026, 11, 3))

    def test_each_could_have_been_built_by_hand(self, found: tuple[Visit, ...]) -> None:
        """The one that lasts too."""
        assert found == tuple(evolve(visit) for visit in found)

    @pytest.mark.parametrize(
        ("spoil", "match"),
        [
            (lambda _: [], "begin with an OrderOpened"),
            (lambda e: e[1:], "begin with an OrderOpened"),
            (lambda e: [e[0], e[2]], "entry 2 is expected, not 3"),
            (lambda e: [e[0], evolve(e[1], order_id="PO-2")], "of one order"),
            (lambda e: [e[0], evolve(e[1], from_status="qa")], "is at 'ordered', not at 'qa'"),
            (lambda e: [e[0], evolve(e[1], entered_on=date(2026, 11, 1))], "cannot leave it on"),
            (lambda e: [e[0], e[0]], "must open 'PO-1' once"),
        ],
        ids=range(7),
    )
    def test_a_history_is_whole(self, book: Book, spoil: Any, match: str) -> None:  # noqa: ANN401
        """What does not follow from what came before is refused."""
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
            ({"left_on": date(2026, 11, 1)}, "left_on must not be before entered_on, 2026-11-02"),
            ({"left_on": None}, "working_days must be given exactly where left_on is"),
            ({"working_days": None}, "working_days must be given exactly where left_on is"),
            ({"left_on": None, "working_days": None}, "completed must be False"),
        ],
    )
    def test_a_visit_makes_sense(
        self, found: tuple[Visit, ...], changes: dict[str, Any], match: str
    ) -> None:
        """It ends after it began, and what lasts has no length."""
        with pytest.raises(ValueError, match=match):
            evolve(found[0], **changes)


def test_tables_name_their_columns(found: tuple[Visit, ...], cycle: StatusCycle) -> None:
    """So that a page or a sheet can be read without this one."""
    figures = ("Total", "Mean", "Median", "80 % Within", "Longest")
    times, spans = time_in_status(found), cycle_time(found, [cycle])
    assert times.table().columns == ("Type", "Status", "Visits", "Lasting", *figures)
    assert (times.table().title, times.working_table().title) == (
        *("Calendar Days in Status", "Working Days in Status"),
    )
    assert spans.table().columns == ("From Opening to Completion", "Days", *figures)
    assert spans.orders_table().columns == (
        *("Number", "Type", "Began", "First Completed", "Last Completed", "Completions"),
        *("To First", "Of It on Hold", "To Last", "Of It on Hold"),
    )
    assert on_time_rate(found).table().columns == ("Type", "Status", "Visits", "On Time", "Rate")
    assert rework(found).table().columns == (
        *("Type", "Status", "Orders", "Visits", "Beyond the First", "After a Hold"),
        "Orders with More than One",
    )
    assert move_graph(found).table().columns == ("Type", "From", "To", "Moves")


class TestTimeInStatus:
    """How long orders stay in each status."""

    def test_sums_the_visits(self, found: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """In cycle order, with their descriptions; what lasts is counted apart."""
        rows = time_in_status(found, cycles=[cycle]).rows
        assert [(row.title, row.visits, row.lasting, row.calendar.total) for row in rows] == [
            ("Ordered", 1, 0, 1),
            ("Retouch", 3, 0, 6),
            ("Printing", 2, 0, 3),
            ("Quality check", 2, 0, 4),
            ("Shipped", 1, 1, 2),
            ("On hold", 1, 0, 5),
        ]
        assert (rows[1].calendar, rows[1].working) == (
            Days(6, 2.0, 2, 3, 3),
            Days(4, 4 / 3, 1, 2, 2),
        )

    def test_without_cycles_keys_stand_for_descriptions(self, found: tuple[Visit, ...]) -> None:
        """And for the order."""
        rows = time_in_status(found).rows
        assert [row.title for row in rows] == [
            *("hold", "ordered", "printing", "qa", "retouch", "shipped")
        ]

    def test_tables(self, found: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """One in calendar days, one in working days."""
        found_times = time_in_status(found[-1:], cycles=[cycle])
        assert found_times.table().rows == (("prints", "Shipped", 0, 1, 0, *[None] * 4),)
        working = time_in_status(found[:1]).working_table()
        assert working.rows == (("prints", "ordered", 1, 0, 1, 1.0, 1, 1, 1),)

    def test_nothing(self) -> None:
        """Of no visits there is nothing to say."""
        assert time_in_status([]).rows == ()

    def test_a_visit_counts_once(self, found: tuple[Visit, ...]) -> None:
        """The same history twice would count everything twice."""
        with pytest.raises(ValueError, match="visits must hold each visit once"):
            time_in_status([*found, found[0]])


class TestOnTimeRate:
    """How many visits ended by their due date."""

    def test_counts_what_was_due(self, found: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """Two of eight; what had no due date shows none."""
        rate = on_time_rate(found, cycles=[cycle])
        assert (rate.visits, rate.on_time, rate.rate) == (8, 2, 0.25)
        assert [(row.status, row.visits, row.on_time, row.rate) for row in rate.rows] == [
            ("ordered", 1, 1, 1.0),
            ("retouch", 3, 1, 1 / 3),
            ("printing", 2, 0, 0.0),
            ("qa", 2, 0, 0.0),
            ("shipped", 0, 0, None),
            ("hold", 0, 0, None),
        ]
        assert rate.table().rows[0] == ("prints", "Ordered", 1, 1, 1.0)

    def test_the_due_date_that_stood_last_counts(self, cycle: StatusCycle) -> None:
        """One that was moved in time was met."""
        late, moved = Book(cycle).move(6), Book(cycle).amend(due_on=date(2026, 11, 6)).move(6)
        assert on_time_rate(visits(late.entries)).rate == 0.0
        assert on_time_rate(visits(moved.entries)).rate == 1.0

    def test_nothing(self) -> None:
        """Of nothing there is no share."""
        assert on_time_rate([]).rate is None


class TestCycleTime:
    """From the opening to the completion."""

    def test_counts_both_ways(self, found: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """To the first completion and to the last, each with and without the hold."""
        times = cycle_time(found, [cycle])
        first, last = Span(16, 12, 5, 3), Span(21, 15, 5, 3)
        shipped = (date(2026, 11, 18), date(2026, 11, 23))
        assert times.orders == (CycleTime("PO-1", "prints", MONDAY, *shipped, 2, first, last),)
        assert (first.active_days, first.active_working_days) == (11, 9)
        assert (last.active_days, last.active_working_days) == (16, 12)

    def test_tables(self, found: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """One line for each way of counting, and one for each order."""
        times = cycle_time(found, [cycle])
        assert [row[:3] for row in times.table().rows] == [
            ("First to first", "calendar", 16),
            ("First to first", "working", 12),
            ("First to first, without holds", "calendar", 11),
            ("First to first, without holds", "working", 9),
            ("First to last", "calendar", 21),
            ("First to last", "working", 15),
            ("First to last, without holds", "calendar", 16),
            ("First to last, without holds", "working", 12),
        ]
        assert times.orders_table().rows[0][5:] == (2, 16, 5, 21, 5)

    def test_what_is_open_again_has_been_completed(self, book: Book, cycle: StatusCycle) -> None:
        """It counts by what it has."""
        (order,) = cycle_time(visits(book.entries[:-1]), [cycle]).orders
        assert (order.completions, order.to_first, order.to_last) == (
            *(1, order.to_first, order.to_first),
        )

    def test_others_are_left_out(self, book: Book, cycle: StatusCycle) -> None:
        """Those under way and those cancelled have no cycle time; by number."""
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

    def test_time_cancelled_is_no_hold(self, cycle: StatusCycle) -> None:
        """The order was closed; nor is what was opened complete ever under way."""
        book = Book(cycle).move(3, "cancelled").move(5, "qa").move(6)
        (order,) = cycle_time(visits(book.entries), [cycle]).orders
        assert order.to_first == Span(4, 4, 0, 0)
        (order,) = cycle_time(visits(Book(cycle, status="shipped").entries), [cycle]).orders
        assert order.to_first == Span(0, 0, 0, 0)

    def test_an_aside_from_a_completed_status_is_a_hold_too(self, cycle: StatusCycle) -> None:
        """On hold is what is off the path and open."""
        book = Book(cycle).move(3, "client").move(6).move(9, "shipped")
        (order,) = cycle_time(visits(book.entries), [cycle]).orders
        assert order.to_first == Span(7, 5, 3, 3)

    def test_cycles_are_known(self, found: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """Each version that a visit names, and one content of each."""
        with pytest.raises(CycleNotFoundError):
            cycle_time(found, [])
        with pytest.raises(CycleConflictError):
            cycle_time(found, [cycle, evolve(cycle, description="Others")])
        with pytest.raises(UnknownStatusError):
            cycle_time(found, [evolve(cycle.remove("hold"), version=1)])

    @pytest.mark.parametrize("part", [slice(1, None), slice(0, -1), slice(0, None, 2)])
    def test_orders_are_whole(
        self, found: tuple[Visit, ...], cycle: StatusCycle, part: slice
    ) -> None:
        """Parts of a life have no cycle time."""
        with pytest.raises(ValueError, match="visits must be all those of order 'PO-1'"):
            cycle_time(found[part], [cycle])


class TestRework:
    """Visits beyond the first."""

    def test_counts_repeats(self, book: Book, cycle: StatusCycle) -> None:
        """Those that only go on after a hold are told apart."""
        other = Book(cycle, "PO-2").move(3)
        found = [v for b in (other, book) for v in visits(b.entries)]
        rows = rework(reversed(found), cycles=[cycle]).rows
        assert [row[2:] for row in rows] == [
            ("Ordered", 2, 2, 0, 0, 0),
            ("Retouch", 2, 4, 2, 1, 1),
            ("Printing", 1, 2, 1, 0, 1),
            ("Quality check", 1, 2, 1, 0, 1),
            ("Shipped", 1, 2, 1, 0, 1),
            ("On hold", 1, 1, 0, 0, 0),
        ]
        assert rework(found).table().rows[0] == ("prints", "hold", 1, 1, 0, 0, 0)


class TestMoveGraph:
    """The moves between statuses."""

    def test_weighs_each_pair(self, found: tuple[Visit, ...], cycle: StatusCycle) -> None:
        """In cycle order; an opening is no move."""
        graph = move_graph(found, cycles=[cycle])
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
        assert graph.table().notes == ("10 moves.",)

    def test_nothing(self) -> None:
        """No visits, no edges."""
        assert move_graph([]).table().rows == ()
