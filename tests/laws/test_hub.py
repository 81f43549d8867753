"""Laws of the hub: no order or visit is lost between histories and reports.

Two of them are models: who sees what of an order, and how many days a reason took.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter
from typing import Any, NamedTuple, get_args
from xml.etree import ElementTree as ET

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from prodflow import (
    ChangeUndone,
    CycleAdopted,
    DateOutOfRangeError,
    Facts,
    Forward,
    FromEntry,
    HistoryEntry,
    Move,
    OrderAmended,
    OrderOpened,
    OrderQuery,
    OrderSplit,
    PlanningFacts,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusChanged,
    StatusCycle,
    WorkingCalendar,
    effective,
    outlook,
)
from prodflow._facts import Fact
from prodflow.diagrams import plan_svg
from prodflow.export import Table
from prodflow.export._width import width_of
from prodflow.hub import (
    ActivityBy,
    BoardBy,
    DigestBy,
    SortBy,
    StatusReport,
    Visit,
    Workload,
    activity,
    at_risk,
    board,
    cycle_time,
    digest,
    due_soon,
    family,
    history_table,
    in_use,
    lateness_under,
    move_graph,
    on_time_rate,
    order_plan,
    overdue,
    past_delivery,
    reasons,
    rework,
    status_report,
    status_table,
    suggest_durations,
    time_by_user,
    time_in_status,
    tracking,
    visits,
    workload,
)
from prodflow.hub._durations import days_needed
from prodflow.testing._cases import case
from prodflow.testing.strategies import (
    History,
    histories,
    production_flows,
    production_orders,
    status_cycles,
    working_calendars,
)

TODAY = st.dates(date(2026, 1, 1), date(2027, 12, 31))
BY: st.SearchStrategy[BoardBy] = st.sampled_from(
    ["workflow_stage", "status", "department", "user", "vendor"]
)
COLUMNS = st.none() | st.lists(st.sampled_from([None, "Lab", "Ada", "upload"]), unique=True)
ORDERS = st.lists(production_orders(flows=production_flows(max_size=0), max_size=3), max_size=4)
CYCLES = status_cycles(min_size=4, max_size=7)
WALKS = histories(cycles=CYCLES, flows=production_flows(max_size=0), min_size=2, max_size=7)
MANY = st.lists(WALKS, max_size=4, unique_by=lambda history: history.order.id)
CALENDAR = WorkingCalendar()
LONG_AGO = date(1, 1, 1)
FLOW = ProductionFlow()
HOLD = Status("hold-of-the-law", "On hold, says the law", non_standard=True)
WHO: dict[str, Any] = {"by": "ann", "at": datetime(2026, 11, 2, 9, tzinfo=UTC)}


def keys_drawn(picture: str) -> list[str]:
    """The keys of the statuses that a picture has."""
    root = ET.fromstring(picture)  # noqa: S314 - ours, and without entities
    found = (element.get("data-status") for element in root.iter())
    return sorted(key for key in found if key is not None)


class Part(NamedTuple):
    """A part of a visit, cut at its pauses: the entry that began it, its first day, and its end."""

    number: int
    begun_on: date
    ended_on: date | None
    status: tuple[str, str]


def parts_of(found: Sequence[Visit]) -> list[Part]:
    """The parts of visits, in the sequence of the entries that began them."""
    parts: list[Part] = []
    for visit in found:
        begins = [(visit.sequence, visit.entered_on)]
        begins += [(p.sequence, p.resumed_on) for p in visit.pauses if p.sequence and p.resumed_on]
        # A pause without a number was before the order was split off.
        ends = [pause.paused_on for pause in visit.pauses if pause.sequence or not pause.resumed_on]
        ends += [] if visit.is_paused else [visit.left_on]  # type: ignore[list-item]  # or None
        status = (visit.order_type, visit.status)
        parts += [Part(*begin, end, status) for begin, end in zip(begins, ends, strict=True)]
    return sorted(parts, key=lambda part: part[:2])


@st.composite
def due_orders(draw: st.DrawFn) -> tuple[list[ProductionOrder], date]:
    """Orders, and a day that is often shortly before or after one of them is due."""
    orders = draw(ORDERS)
    due_dates = [order.due_on for order in orders if order.is_open and order.due_on]
    near = st.sampled_from(due_dates) if due_dates else TODAY
    day: date = draw(TODAY | near)
    return orders, day + timedelta(draw(st.sampled_from([0, 1, 2, -1, -2, -5])))


@st.composite
def late_orders(draw: st.DrawFn) -> tuple[list[ProductionOrder], date]:
    """Some orders, and most often a day on which most of them are overdue or due soon."""
    least = draw(st.sampled_from([2, 2, 0]))
    one = production_orders(flows=production_flows(max_size=0))
    orders = draw(st.lists(one, min_size=least, max_size=5))
    days = [order.due_on or order.begun_on for order in orders if order.is_open]
    today: date = draw(TODAY | st.sampled_from(days or [LONG_AGO.replace(year=2026)]))
    return orders, max([today, *days]) if draw(st.booleans()) else today


def on_the_way(walk: History) -> tuple[ProductionOrder, tuple[HistoryEntry, ...]]:
    """The order of a walk, in a status that can be paused, and where there is one to pause in."""
    order, entries = walk.order, walk.entries
    if order.cycle.place(order.status.key).next is None:  # closed, or off the path
        change = FLOW.advance(order, today=order.begun_on, to=order.cycle.initial.key, **WHO)
        order, entries = change.order, (*entries, change.entry)
    if not order.cycle.non_standard:
        change = FLOW.migrate(order, order.cycle.add(HOLD), **WHO)
        order, entries = change.order, (*entries, change.entry)
    return order, entries


def visits_of(walks: Sequence[History]) -> list[Visit]:
    """The visits of several orders."""
    return [visit for walk in walks for visit in visits(walk.entries)]


def cycles_of(walks: Sequence[History]) -> list[StatusCycle]:
    """The versions that the orders were pinned to; walks whose versions clash are dropped."""
    found = {(c.order_type, c.version): c for walk in walks for c in walk.cycles}
    assume(all(c in found.values() for walk in walks for c in walk.cycles))
    return list(found.values())


def check(*tables: Table) -> None:
    """Each table passes the public constructor."""
    for table in tables:
        assert table == evolve(table)


class TestBoards:
    """Every order is in exactly one column of a board."""

    @given(ORDERS, BY, TODAY, COLUMNS)
    def test_every_order_is_in_one_column(
        self,
        orders: list[ProductionOrder],
        by: BoardBy,
        today: date,
        columns: list[str | None] | None,
    ) -> None:
        """Whatever the columns are made of, and whichever were asked for."""
        case("several orders are on the board", len(orders) > 1)
        found = board(orders, by=by, today=today, columns=columns)
        placed = [order for column in found.columns for order in column.orders]
        assert sorted(map(id, placed)) == sorted(map(id, orders))
        keys = [column.key for column in found.columns]
        assert len(set(keys)) == len(keys)
        assert keys[: len(columns or ())] == (columns or [])
        assert all(column.count for column in found.columns[len(columns or ()) :])

    @given(due_orders(), BY, st.integers(0, 30))
    def test_all_count_late_orders_alike(
        self, due: tuple[list[ProductionOrder], date], by: BoardBy, within: int
    ) -> None:
        """The board, the report, the workload and the lists agree."""
        orders, today = due
        late = overdue(orders, today=today)
        soon = due_soon(orders, today=today, within=within)
        case("some orders are late, others are not", 0 < len(late) < len(orders))
        case("some orders are due soon", len(soon))
        columns = board(orders, by=by, today=today, within=within).columns
        report = status_report(orders, today=today, within=within)
        load = workload(orders, today=today, within=within)
        assert list(late) == [order for order in late if order.is_overdue(today=today)]
        assert len(late) == sum(order.is_overdue(today=today) for order in orders)
        for rows in (columns, report.counts, load.rows, load.departments, load.users):
            assert sum(row.overdue for row in rows) == len(late)
            assert sum(row.due_soon for row in rows) == len(soon)
        assert len(past_delivery(orders, today=today)) == sum(
            order.is_past_delivery(today=today) for order in orders
        )

    @given(ORDERS, TODAY)
    def test_reports_lose_no_order(self, orders: list[ProductionOrder], today: date) -> None:
        """Without filters every order is in the report, and every open one in the workload."""
        case("some orders are open, others are closed", len({o.is_open for o in orders}) > 1)
        report = status_report(orders, today=today)
        assert len(report.rows) == len(orders)
        assert sum(count.orders for count in report.counts) == len(orders)
        load = workload(orders, today=today)
        for rows in (load.rows, load.departments, load.users):
            assert sum(row.orders for row in rows) == sum(order.is_open for order in orders)

    @given(ORDERS, CYCLES)
    def test_what_is_in_use_is_where_the_orders_are(
        self, orders: list[ProductionOrder], cycle: StatusCycle
    ) -> None:
        """For the cycle of each order, and for a cycle without orders."""
        case("there are orders", orders)
        assert in_use(cycle, orders[:0]) == {}
        for order in orders:
            used = in_use(order.cycle, orders)
            assert used[order.status.key] >= 1
            assert list(used) == [status.key for status in order.cycle if status.key in used]


# To Python, 1, True and 1.0 are equal; as facts, only 1 and 1.0 are.
FEW_ORDERS = st.lists(
    production_orders(flows=production_flows(max_size=0), max_size=2), min_size=2, max_size=4
)
VALUES: list[Fact] = [
    *(1, True, Decimal("1.0"), "1", 0, False, date(2026, 1, 1), "Lee", "lee"),
    *(Decimal("1.50"), Decimal("1.5"), Decimal("1E+29"), Decimal(10**29)),
]
HAS_FACTS: list[dict[str, Fact]] = [{}, {"y": 1}, *({"x": value} for value in VALUES)]


@st.composite
def orders_with_facts(draw: st.DrawFn) -> list[ProductionOrder]:
    """Orders, most of which have the fact "x", some with a quantity."""
    return [
        evolve(
            order,
            facts=draw(st.sampled_from(HAS_FACTS)),
            quantity=draw(st.none() | st.integers(1, 9)),
            priority=draw(st.integers(-2, 2)),
        )
        for order in draw(FEW_ORDERS)
    ]


class TestFacts:
    """Boards group orders by a fact, and every count has its pieces (decision D36)."""

    @given(orders_with_facts(), TODAY)
    def test_the_columns_are_the_values(self, orders: list[ProductionOrder], today: date) -> None:
        """Each order is in the column of its value, compared by kind and value."""
        columns = board(orders, by="facts.x", today=today).columns
        case("there are several values", len(columns) > 1)
        assert sum(column.count for column in columns) == len(orders)
        values = [Facts({} if c.key is None else {"x": c.key}) for c in columns]
        assert len(set(values)) == len(values)
        for column, value in zip(columns, values, strict=True):
            assert column.orders
            for order in column.orders:
                own = order.facts.get("x")
                assert value == Facts({} if own is None else {"x": own})

    @given(orders_with_facts(), TODAY, st.data())
    def test_the_sequence_of_the_orders_changes_no_column(
        self, orders: list[ProductionOrder], today: date, data: st.DataObject
    ) -> None:
        """Neither their sequence nor their titles."""
        shuffled = data.draw(st.permutations(orders))
        found, again = (board(each, by="facts.x", today=today) for each in (orders, shuffled))
        case("there are several values", len(found.columns) > 1)
        assert found.table("quantity") == again.table("quantity")

    @given(orders_with_facts(), TODAY)
    def test_no_piece_is_lost(self, orders: list[ProductionOrder], today: date) -> None:
        """The known quantities add up in every count."""
        pieces = sum(order.quantity or 0 for order in orders)
        case("some quantities are known", pieces)
        report, load = status_report(orders, today=today), workload(orders, today=today)
        columns = board(orders, by="facts.x", today=today).columns
        assert report.quantity == pieces
        assert sum(count.quantity for count in report.counts) == pieces
        assert sum(column.quantity for column in columns) == pieces
        still_open = sum(order.quantity or 0 for order in orders if order.is_open)
        for quantities in (
            [row.quantity for row in load.rows],
            [row.quantity for row in load.departments],
            [row.quantity for row in load.users],
        ):
            assert sum(quantities) == still_open

    @given(orders_with_facts(), TODAY)
    def test_within_a_day_the_higher_priority_comes_first(
        self, orders: list[ProductionOrder], today: date
    ) -> None:
        """In each list by day."""
        one_day = [
            evolve(order, due_on=LONG_AGO, due_on_is_manual=order.calculated_due_on != LONG_AGO)
            for order in orders
        ]
        late = overdue(one_day, today=today)
        case("several orders are late", len(late) > 1)
        assert list(late) == sorted(late, key=lambda order: -order.priority)


BY_X = "facts.x"
REPORT_TABLES: list[Callable[[StatusReport], Table]] = [
    lambda report: report.table("priority", "quantity", BY_X),
    lambda report: report.counts_table("quantity"),
]
LOAD_TABLES: list[Callable[[Workload], Table]] = [
    lambda load: load.table("quantity"),
    lambda load: load.departments_table(),
    lambda load: load.users_table("quantity"),
]
SORT_BY: st.SearchStrategy[SortBy] = st.sampled_from(["number", "due_date", "client"])


class TestGroups:
    """A report by a fact has the report on the orders of each value (decision D36)."""

    @given(orders_with_facts(), TODAY, SORT_BY)
    def test_a_status_report_has_one_of_each_column(
        self, orders: list[ProductionOrder], today: date, sort_by: SortBy
    ) -> None:
        """Its groups are the columns of a board; together they are the whole report."""
        columns = board(orders, by=BY_X, today=today).columns
        case("there are several values", len(columns) > 1)
        case("a value has several orders", any(column.count > 1 for column in columns))
        asked: dict[str, Any] = {"today": today, "sort_by": sort_by, "clients": BY_X}
        asked["cycles"] = [order.cycle for order in orders]
        report = status_report(orders, by=BY_X, **asked)
        alone = [status_report(column.orders, **asked) for column in columns]
        assert repr([group.value for group in report.groups]) == repr([c.key for c in columns])
        assert [group.report for group in report.groups] == alone
        assert evolve(report, by=None, groups=()) == status_report(orders, **asked)
        for table_of in REPORT_TABLES:
            check(table_of(report))
            assert table_of(report).rows == tuple(
                (column.title, *row)
                for column, one in zip(columns, alone, strict=True)
                for row in table_of(one).rows
            )

    @given(orders_with_facts(), TODAY, st.integers(0, 30))
    def test_a_workload_has_one_of_each_column(
        self, orders: list[ProductionOrder], today: date, within: int
    ) -> None:
        """Of a board with the open orders."""
        still_open = [order for order in orders if order.is_open]
        columns = board(still_open, by=BY_X, today=today).columns
        case("there are several values", len(columns) > 1)
        case("there are closed orders", len(still_open) < len(orders))
        load = workload(iter(orders), today=today, within=within, by=BY_X)
        alone = [workload(column.orders, today=today, within=within) for column in columns]
        assert repr([group.value for group in load.groups]) == repr([c.key for c in columns])
        assert [group.report for group in load.groups] == alone
        assert evolve(load, by=None, groups=()) == workload(orders, today=today, within=within)
        for table_of in LOAD_TABLES:
            check(table_of(load))
            assert table_of(load).rows == tuple(
                (column.title, *row)
                for column, one in zip(columns, alone, strict=True)
                for row in table_of(one).rows
            )

    @given(orders_with_facts(), TODAY)
    def test_counts_are_in_the_sequence_of_the_columns(
        self, orders: list[ProductionOrder], today: date
    ) -> None:
        """So lists of both can stand next to each other."""
        counts = OrderQuery().count(orders, by=BY_X)
        case("there are several values", len(counts) > 1)
        columns = board(orders, by=BY_X, today=today).columns
        assert repr(list(counts.items())) == repr(
            [(column.key, column.count) for column in columns if column.key is not None]
        )


@st.composite
def relatives(draw: st.DrawFn) -> list[ProductionOrder]:
    """Orders that come from one another, or from orders that aren't there."""
    orders = draw(st.lists(production_orders(max_size=1), max_size=6, unique_by=lambda o: o.id))
    ids = st.sampled_from([None, None, "elsewhere", *(order.id for order in orders)])
    return [
        evolve(
            order,
            split_from=draw(ids),
            reorder_of=draw(ids),
            quantity=draw(st.none() | st.integers(1, 9)),
        )
        for order in orders
    ]


class TestFamilies:
    """An order with all that was split from it or ordered again in its place (D37, D38)."""

    @given(relatives())
    def test_every_order_is_in_one_family(self, orders: list[ProductionOrder]) -> None:
        """Once, and after the order that it comes from."""
        families = family(orders)
        case("a family has several orders", any(len(one.orders) > 1 for one in families))
        placed = [order.id for one in families for order in one.orders]
        assert sorted(placed) == sorted(order.id for order in orders)
        for one in families:
            before: set[str] = set()
            for order, parent_id, kinship, depth in one.relatives:
                assert (parent_id in before) == (depth > 0)
                assert parent_id in {None, order.split_from, order.reorder_of}
                assert (kinship is None) == (parent_id is None)
                before.add(order.id)

    @given(relatives())
    def test_who_comes_from_whom_is_in_the_same_family(self, orders: list[ProductionOrder]) -> None:
        """Families are as large as they can be: each is found again from any two relatives."""
        families = family(orders)
        home = {order.id: one.root.id for one in families for order in one.orders}
        case("some orders come from others", len(families) < len(orders))
        for order in orders:
            given_ = [parent for parent in (order.split_from, order.reorder_of) if parent in home]
            assert not given_ or home[order.id] == home[given_[0] or ""]

    @given(relatives(), st.data())
    def test_a_family_has_the_pieces_of_its_orders(
        self, orders: list[ProductionOrder], data: st.DataObject
    ) -> None:
        """Whatever the sequence in which they are given."""
        families = family(orders)
        case("some quantities are known", any(order.quantity for order in orders))
        assert sum(one.quantity for one in families) == sum(o.quantity or 0 for o in orders)
        assert family(data.draw(st.permutations(orders))) == families
        check(families.table())


INTERNAL = "for the studio only"


def secretive(cycle: StatusCycle) -> StatusCycle:
    """The cycle with the same internal text wherever a client must not look."""
    return evolve(
        cycle,
        description=INTERNAL,
        statuses=[
            evolve(
                status,
                description=f"{INTERNAL} {number}",
                default_department=INTERNAL,
                default_user=INTERNAL,
                workflow_stage=INTERNAL,
            )
            for number, status in enumerate(cycle)
        ],
    )


INTERNAL_WALKS = histories(
    cycles=status_cycles(min_size=4, max_size=7).map(secretive),
    flows=production_flows(max_size=0),
    order_ids=st.just("PO-1"),
    min_size=2,
    max_size=7,
)


def kept_secret(walk: History) -> tuple[ProductionOrder, list[HistoryEntry]]:
    """An order and its entries, with the internal text in every field that holds a text."""
    order = evolve(
        walk.order,
        vendor=INTERNAL,
        department=INTERNAL,
        user=INTERNAL,
        invoice_id=INTERNAL,
        facts={"client": INTERNAL},
    )
    entries: list[HistoryEntry] = []
    for entry in walk.entries:
        texts: Any = {"by": INTERNAL, "recorded_by": INTERNAL, "note": INTERNAL}
        if isinstance(entry, OrderOpened | StatusChanged | OrderAmended):
            texts |= {"reason": "secret", "user": INTERNAL, "department": INTERNAL}
        entries.append(evolve(entry, **texts))
    return order, entries


class TestOrderPlan:
    """What was done comes from the history, and the rest from the outlook (decision D40)."""

    @given(st.data(), WALKS, st.integers(-3, 9))
    def test_no_visit_and_no_row_of_the_outlook_is_lost(
        self, data: st.DataObject, walk: History, days: int
    ) -> None:
        """The order goes through the present status once, and comes back from a hold."""
        numbers = range(1, len(walk.changes) + 1)
        held = [n for n in numbers if walk.changes[n - 1].order.resumes_in is not None]
        number = data.draw(st.sampled_from(numbers) | st.sampled_from(held or numbers))
        order, entries = walk.changes[number - 1].order, walk.entries[:number]
        today = order.begun_on + timedelta(days)
        found = order_plan(order, FLOW.due_dates, entries, today=today)
        expected = outlook(order, FLOW.due_dates, today=today)
        case("the order is on hold", order.resumes_in is not None and expected is not None)
        case("the order is open and on its path", order.resumes_in is None and expected is not None)
        seen = visits(entries)
        over, rest = found[: len(seen)], found[len(seen) :]
        assert [(step.status, step.begins_on) for step in over] == [
            (visit.status, visit.entered_on) for visit in seen
        ]
        ends = [day.finish_on for day in expected or ()]
        here = next(
            step for step, visit in zip(over, seen, strict=True) if visit.sequence == order.visit
        )
        if expected is None:
            assert (rest, here.state) == ((), "done" if order.is_complete else "current")
        else:
            joint = [here.finish_on] if order.resumes_in is None else []
            assert [*joint, *(step.finish_on for step in rest)] == ends
            assert here.state == "current"
            assert (found.finish_on, found.slack_days) == (expected.finish_on, expected.slack_days)
        assert {step.state for step in rest} <= {"to-come"}
        for step, visit in zip(over, seen, strict=True):
            assert step is here or step.finish_on == visit.left_on
            assert step is here or step.state in {"done", "left", "paused"}
            assert (step.state == "paused") == (visit.is_paused)
        assert keys_drawn(plan_svg(found)) == sorted(step.status for step in found)
        check(found.table())


class TestTracking:
    """The client sees the public steps with their days, and nothing else (decision D44)."""

    @given(INTERNAL_WALKS)
    def test_no_internal_text_is_shown(self, walk: History) -> None:
        """Neither a name nor a note, nor the description or the key of a status."""
        order, entries = kept_secret(walk)
        seen = tracking(order, entries, cycles=walk.cycles)
        case("some steps are shown", seen.steps)
        assert INTERNAL not in f"{seen!r} {seen.table()!r}"
        public = {status.public_description for cycle in walk.cycles for status in cycle}
        assert {step.label for step in seen.steps} | {seen.now} <= public | {None}
        assert seen == tracking(walk.order, walk.entries, cycles=walk.cycles)
        check(seen.table())

    @given(WALKS)
    def test_steps_are_done_then_current_then_to_come(self, walk: History) -> None:
        """Their days follow one another."""
        seen = tracking(walk.order, walk.entries)
        case("a step is done", any(step.state == "done" for step in seen.steps))
        states = [step.state for step in seen.steps]
        assert states == sorted(states, key=["done", "current", "to-come"].index)
        assert states.count("current") <= walk.order.is_open
        days = [day for step in seen.steps for day in step[2:] if day is not None]
        assert days == sorted(days)
        for step in seen.steps:
            assert step.state == "done" or step.done_on is None
            assert step.state != "to-come" or step.reached_on is None

    @given(WALKS)
    def test_a_step_is_where_the_order_is(self, walk: History) -> None:
        """The last public text of the path up to the order's status, after every change."""
        for number, change in enumerate(walk.changes, 1):
            order = change.order
            seen = tracking(order, walk.entries[:number])
            path = [status.key for status in order.cycle.path]
            texts = [status.public_description for status in order.cycle.path]
            upto = len(path)
            if order.resumes_in is not None:
                upto = path.index(order.resumes_in) + (order.held is not None)
            elif order.is_open:
                upto = path.index(order.status.key) + 1
            reached = [text for text in texts[:upto] if text is not None]
            case("the order is on hold", order.held is not None)
            if order.is_complete:
                assert {step.state for step in seen.steps} <= {"done"}
                assert seen.completed_on == order.entered_on
            elif order.is_open:
                assert (seen.current and seen.current.label) == (reached[-1] if reached else None)
                aside = order.resumes_in is not None and order.status.public_description
                assert seen.now == (aside or (reached[-1] if reached else None))
            else:
                assert seen.now == order.status.public_description
                assert {step.state for step in seen.steps} <= {"done"}
                assert [step.label for step in seen.steps] == deduplicated(reached)[:-1]


def deduplicated(texts: Sequence[str]) -> list[str]:
    """The texts, those in a row that are alike only once."""
    return [text for number, text in enumerate(texts) if texts[:number][-1:] != [text]]


REASONS = st.none() | st.sampled_from(["damaged", "client"])


@st.composite
def reasoned(draw: st.DrawFn) -> tuple[History, list[HistoryEntry]]:
    """A walk, and its entries with reasons; the order may be a reprint."""
    walk = draw(WALKS)
    entries = list(walk.entries)
    for index, entry in enumerate(entries):
        if isinstance(entry, OrderOpened):
            reprint = draw(st.none() | st.just("PO-0"))
            entries[index] = evolve(entry, reason=draw(REASONS), reorder_of=reprint)
        elif isinstance(entry, StatusChanged | OrderAmended):
            entries[index] = evolve(entry, reason=draw(REASONS))
    return walk, entries


def modelled(walk: History, entries: Sequence[HistoryEntry], today: date) -> list[tuple[Any, ...]]:
    """For each reason: its key, vendor, department and days lost, from the orders in between."""
    counting = {entry.sequence for entry in effective(entries)}
    days = {part.number: part.begun_on for part in parts_of(visits(entries))}
    steps = [
        (entry, change.order)
        for entry, change in zip(entries, walk.changes, strict=True)
        if entry.sequence in counting
    ]
    found: list[tuple[Any, ...]] = []
    for index, (entry, _) in enumerate(steps):
        reason = getattr(entry, "reason", None)
        if reason is None:
            continue
        before = steps[max(index - 1, 0)][1]
        began_on = days.get(entry.sequence, entry.at.date())
        ended_on = None
        if isinstance(entry, OrderAmended) or (
            isinstance(entry, OrderOpened) and entry.reorder_of is None
        ):
            ended_on = began_on
        goal = None if isinstance(entry, OrderOpened) else furthest(steps[:index])
        previous = before
        for later, now in steps[index:]:
            if isinstance(later, CycleAdopted) and previous.resumes_in == goal and now.resumes_in:
                goal = now.resumes_in
            path = [status.key for status in now.cycle.path]
            on_path = now.status.key in path and not isinstance(entry, OrderOpened)
            is_back = on_path and (
                goal not in path or path.index(now.status.key) >= path.index(goal)
            )
            if ended_on is None and (is_back or not now.is_open):
                came_on = days.get(later.sequence, later.at.date())
                ended_on = max(came_on, began_on)
            previous = now
        lost = CALENDAR.count(began_on, max(today, began_on) if ended_on is None else ended_on)
        found.append((reason, before.vendor, before.department, lost))
    return found


def furthest(steps: Sequence[tuple[HistoryEntry, ProductionOrder]]) -> str | None:
    """The status of the path in which an order was last, by its present key."""
    goal: str | None = None
    previous: ProductionOrder | None = None
    for entry, order in steps:
        if (
            isinstance(entry, CycleAdopted)
            and previous
            and goal == previous.resumes_in
            and order.resumes_in
        ):
            goal = order.resumes_in
        if order.status in order.cycle.path:
            goal = order.status.key
        previous = order
    return goal


SEVERAL = st.lists(reasoned(), min_size=2, max_size=4, unique_by=lambda given_: given_[0].order.id)


class TestReasons:
    """How often, and how many days lost, by vendor and department (decision D38)."""

    @given(reasoned(), TODAY)
    def test_are_counted_as_the_orders_tell(
        self, given_: tuple[History, list[HistoryEntry]], today: date
    ) -> None:
        """The model looks at the order after every change that counts."""
        walk, entries = given_
        expected = modelled(walk, entries, today)
        case("a reason was given", expected)
        case("days were lost", any(lost for *_, lost in expected))
        report = reasons([entries], walk.cycles, today=today)
        found: dict[Any, list[int]] = {}
        for *key, lost in expected:
            found.setdefault(tuple(key), []).append(lost)
        assert {
            (row.reason, row.vendor, row.department): (row.times, row.days_lost)
            for row in report.rows
        } == {key: (len(lost), sum(lost)) for key, lost in found.items()}
        assert sum(total.times for total in report.totals) == len(expected)
        assert sum(total.days_lost for total in report.totals) == sum(x for *_, x in expected)
        check(report.table(), report.totals_table())

    @given(SEVERAL, TODAY)
    def test_groups_are_the_reports_on_their_orders(
        self, several: list[tuple[History, list[HistoryEntry]]], today: date
    ) -> None:
        """Each order with a reason is in the group of the fact that it has now (decision D36)."""
        cycles = cycles_of([walk for walk, _ in several])
        facts: dict[Facts, list[list[HistoryEntry]]] = {}
        for walk, entries in several:
            if modelled(walk, entries, today):
                client = walk.order.facts.get("client")
                own = Facts({} if client is None else {"client": client})
                facts.setdefault(own, []).append(entries)
        case("there are several values", len(facts) > 1)
        case("a fact changed", any(len({c.order.facts for c in w.changes}) > 1 for w, _ in several))
        past = [entries for _, entries in several]
        report = reasons(past, cycles, today=today, by="facts.client")
        assert {
            Facts({} if group.value is None else {"client": group.value}): group.report
            for group in report.groups
        } == {own: reasons(some, cycles, today=today) for own, some in facts.items()}
        assert len(report.groups) == len(facts)
        assert evolve(report, by=None, groups=()) == reasons(past, cycles, today=today)
        check(report.table(), report.totals_table())
        assert len(report.table().rows) == sum(len(g.report.rows) for g in report.groups)

    @given(MANY, TODAY)
    def test_without_reasons_there_is_nothing(self, walks: list[History], today: date) -> None:
        """However much was sent back."""
        case("an order moved", any(len(walk.entries) > 1 for walk in walks))
        silent = [
            [
                evolve(it, reason=None)
                if isinstance(it, OrderOpened | StatusChanged | OrderAmended)
                else it
                for it in walk.entries
            ]
            for walk in walks
        ]
        report = reasons(silent, cycles_of(walks), today=today)
        assert report.rows == ()
        assert report.totals == ()


class TestVisits:
    """A hold pauses a visit, a return continues it (decision D18).

    Cut at their pauses, the visits of an order follow one another without a gap.
    """

    @given(WALKS, working_calendars())
    def test_the_parts_follow_one_another(self, walk: History, calendar: WorkingCalendar) -> None:
        """Each entry that counts and enters a status begins one; only the last has no end."""
        found = visits(walk.entries, calendar=calendar)
        case("the order had several visits", len(found) > 1)
        parts = parts_of(found)
        entering = [
            e for e in effective(walk.entries) if isinstance(e, OrderOpened | StatusChanged)
        ]
        assert [part.number for part in parts] == [entry.sequence for entry in entering]
        assert [part.ended_on for part in parts] == [*(part.begun_on for part in parts[1:]), None]
        for visit in found:
            of_visit = [part for part in parts_of([visit]) if part.ended_on is not None]
            if visit.left_on is not None:
                own = [(part.ended_on or part.begun_on) - part.begun_on for part in of_visit]
                early = [p for p in visit.pauses if p.resumed_on and not p.sequence]
                before = [(p.resumed_on or p.paused_on) - p.paused_on for p in early]
                days = sum(own, timedelta()) - sum(before, timedelta())
                assert visit.calendar_days == days.days
                assert visit.working_days == sum(
                    calendar.count(part.begun_on, part.ended_on or part.begun_on)
                    for part in of_visit
                ) - sum(pause.working_days or 0 for pause in early)

    @given(WALKS)
    def test_one_has_no_end_and_another_may_be_paused(self, walk: History) -> None:
        """The order is in one visit, and may hold another."""
        found, order = visits(walk.entries), walk.order
        case("the order had several visits", len(found) > 1)
        assert [v.sequence for v in found if v.left_on is None and not v.is_paused] == [order.visit]
        held = [] if order.held is None else [order.held.visit]
        assert [v.sequence for v in found if v.is_paused] == held

    @given(WALKS)
    def test_each_has_what_the_order_has(self, walk: History) -> None:
        """After every change, the present visit has the days and people of the order."""
        case("the order had several visits", walk.order.visit > 1)
        for number, change in enumerate(walk.changes, 1):
            order = change.order
            (visit,) = (v for v in visits(walk.entries[:number]) if v.sequence == order.visit)
            assert visit.order_id == order.id
            assert (visit.status, visit.cycle_version) == (order.status.key, order.cycle.version)
            assert (visit.entered_on, visit.due_on) == (order.entered_on, order.due_on)
            assert (visit.department, visit.user) == (order.department, order.user)
            amended = [e for e in walk.entries[:number] if isinstance(e, OrderAmended)]
            if not any("entered_on" in entry.changed for entry in amended):
                assert visit.paused_days == order.paused_days

    @given(WALKS)
    def test_undoing_gives_every_report_as_before(self, walk: History) -> None:
        """Whatever is taken back."""
        assume(len(walk.entries) > 1)
        assume(not isinstance(walk.entries[-1], ChangeUndone | OrderSplit))
        case("a status change is taken back", isinstance(walk.entries[-1], StatusChanged))
        undone = FLOW.undo(walk.order, walk.entries, cycles=walk.cycles, **WHO)
        before, after = walk.entries[:-1], (*walk.entries, undone.entry)
        assert visits(after) == visits(before)
        cycle = walk.cycles[0]
        for report in (
            lambda past: suggest_durations(
                [past], cycle, calendar=CALENDAR, as_of=date.max, at_least=1
            ),
            lambda past: lateness_under([past], cycle, policy=FromEntry(CALENDAR)),
        ):
            assert report(after) == report(before)
        seen = tracking(undone.order, after, cycles=walk.cycles)
        assert seen == tracking(walk.changes[-2].order, before, cycles=walk.cycles)

    @given(WALKS, st.integers(0, 9), st.integers(0, 9), st.data())
    def test_a_hold_and_a_return_add_a_pause_and_nothing_else(
        self, walk: History, wait: int, hold: int, data: st.DataObject
    ) -> None:
        """The visit is as it was, but for the pause and its due date; the hold is a visit."""
        order, entries = on_the_way(walk)
        aside = data.draw(st.sampled_from(order.cycle.non_standard)).key
        case("it was on hold for some days", hold)
        away_on = order.begun_on + timedelta(wait)
        back_on = away_on + timedelta(hold)
        facts: Any = {"current_complete": False, **WHO}
        away = FLOW.advance(order, today=away_on, to=aside, **facts)
        back = FLOW.advance(away.order, today=back_on, to=order.status.key, **facts)
        before = visits(entries)
        *found, last = visits((*entries, away.entry, back.entry))
        assert (last.status, last.entered_on, last.left_on) == (aside, away_on, back_on)
        for visit, now in zip(before, found, strict=True):
            if visit.sequence == order.visit:
                assert now.pauses[:-1] == visit.pauses
                assert now == evolve(visit, pauses=now.pauses, due_on=now.due_on)
                assert now.paused_days == visit.paused_days + hold
            else:
                assert now == visit
        assert rework(found).rows == rework(before).rows

    @given(WALKS)
    def test_each_could_have_been_built_by_hand(self, walk: History) -> None:
        """What the library builds without checks passes the public constructor."""
        case("the order had several visits", walk.order.visit > 1)
        for visit in visits(walk.entries):
            assert visit == evolve(visit)


class TestTimes:
    """Times in statuses add up to the cycle time."""

    @given(MANY)
    def test_times_up_to_the_completion_add_up(self, walks: list[History]) -> None:
        """To the first completion and to the last, in calendar days and in working days."""
        times = cycle_time(visits_of(walks), cycles_of(walks))
        case("an order was completed", times.orders)
        assert len(times.orders) + times.unfinished == len(walks)
        by_id = {walk.order.id: visits(walk.entries) for walk in walks}
        for row in times.orders:
            ends = [v for v in by_id[row.order_id] if v.entered_on == row.first_on]
            assert ends
            for span, day in ((row.to_first, row.first_on), (row.to_last, row.last_on)):
                until = [v for v in by_id[row.order_id] if v.left_on and v.left_on <= day]
                rows = time_in_status(until).rows
                assert span.days == (day - row.began_on).days
                # The pauses before an order was split off are in no status of it.
                early = [p for v in until for p in v.pauses if p.resumed_on and not p.sequence]
                before = sum(((p.resumed_on or day) - p.paused_on).days for p in early)
                assert span.days == sum(r.calendar.total for r in rows) + before
                assert span.working_days == CALENDAR.count(row.began_on, day)
                before = sum(p.working_days or 0 for p in early)
                assert span.working_days == sum(r.working.total for r in rows) + before
                assert 0 <= span.active_days <= span.days
                assert 0 <= span.active_working_days <= span.working_days

    @given(MANY)
    def test_no_visit_is_lost(self, walks: list[History]) -> None:
        """All reports on the same visits count the same number of them."""
        found = visits_of(walks)
        case("an order moved", len(found) > len(walks))
        times, again = time_in_status(found), rework(found)
        assert sum(row.visits + row.lasting + row.paused for row in times.rows) == len(found)
        assert sum(row.resumed for row in times.rows) <= sum(row.visits for row in times.rows)
        assert sum(row.visits for row in again.rows) == len(found)
        assert all(row.visits - row.orders == row.repeats for row in again.rows)
        moves = sum(edge.weight for edge in move_graph(found).edges)
        assert moves == len(parts_of(found)) - len(walks)
        assert on_time_rate(found).visits == sum(v.on_time is not None for v in found)

    @given(MANY)
    def test_people_have_the_times_of_the_statuses(self, walks: list[History]) -> None:
        """Each visit has one user; without a pause its hours are those between two changes."""
        found = visits_of(walks)
        people, times = time_by_user(found).rows, time_in_status(found).rows
        assert sum(row.visits for row in people) == sum(row.visits for row in times)
        assert sum(row.lasting for row in people) == sum(row.lasting + row.paused for row in times)
        for days in (attrgetter("calendar.total"), attrgetter("working.total")):
            assert sum(map(days, people)) == sum(map(days, times))
        at: dict[tuple[str, int], timedelta] = {}
        for walk in walks:
            opened, *later = effective(walk.entries)
            changes = [opened, *(entry for entry in later if isinstance(entry, StatusChanged))]
            for entry, following in pairwise(changes):
                at[entry.order_id, entry.sequence] = following.at - entry.at
        ended = [visit for visit in found if visit.left_on is not None and not visit.pauses]
        case("a visit took some time", any(visit.recorded_for for visit in ended))
        assert [visit.recorded_for for visit in ended] == [
            at[visit.order_id, visit.sequence] for visit in ended
        ]

    @given(MANY)
    def test_activity_counts_each_change_once(self, walks: list[History]) -> None:
        """By day, by week or by person: the totals are the same."""
        changes = [
            entry
            for walk in walks
            for entry in effective(walk.entries)
            if isinstance(entry, StatusChanged)
        ]
        case("an order moved", changes)
        days = [visit.entered_on for visit in visits_of(walks)]
        days += [entry.resumed_on or entry.entered_on for entry in changes]
        days += [walk.entries[0].at.date() for walk in walks]
        since, until = min(days, default=LONG_AGO), max(days, default=LONG_AGO)
        assume((until - since).days < 3_660)
        histories, cycles = [walk.entries for walk in walks], cycles_of(walks)
        by_day, by_week, by_user = (
            activity(histories, cycles, since=since, until=until, by=by)
            for by in get_args(ActivityBy)
        )
        check(by_day.table(), by_week.table(), by_user.table())
        assert by_day.total == by_week.total == by_user.total
        assert len(by_day.rows) == (until - since).days + 1
        total = by_day.total
        assert total.opened == len(walks)
        assert total.advanced == sum(entry.move in {Move.NEXT, Move.SKIP} for entry in changes)
        assert total.completed >= sum(walk.order.is_complete for walk in walks)
        assert total.cancelled >= sum(walk.order.is_cancelled for walk in walks)

    @given(MANY)
    def test_what_comes_in_equals_what_goes_out(self, walks: list[History]) -> None:
        """For each status: openings and moves in equal moves out and orders in it now."""
        found = visits_of(walks)
        case("an order moved", len(found) > len(walks))
        parts = parts_of(found)
        edges = move_graph(found).edges
        lasting = {(r.order_type, r.status): r.lasting for r in time_in_status(found).rows}
        for (order_type, status), stands in lasting.items():
            here = [part for part in parts if part.status == (order_type, status)]
            opened = [part for part in here if part.number == 1]
            into = sum(
                e.weight for e in edges if (e.order_type, e.to_status) == (order_type, status)
            )
            out = sum(
                e.weight for e in edges if (e.order_type, e.from_status) == (order_type, status)
            )
            assert into + len(opened) == len(here)
            assert out + stands == len(here)


class TestDurations:
    """A suggestion covers the share asked for, and no shorter duration does."""

    @given(working_calendars(), TODAY, st.integers(0, 40), st.integers(0, 40))
    def test_what_a_visit_needs_is_what_a_due_date_gives(
        self, calendar: WorkingCalendar, entered_on: date, stay: int, pause: int
    ) -> None:
        """A visit meets the due date of the days it needs, and misses that of one day less.

        Whether or not it was paused: the due date has moved by as many days.
        """
        case("it was paused", pause)
        left_on = entered_on + timedelta(stay)
        resumed_on = min(entered_on + timedelta(pause), left_on)
        paused = calendar.count(entered_on, resumed_on)
        days = days_needed(calendar, entered_on, calendar.count(entered_on, left_on) - paused)
        try:
            assert left_on <= due(calendar, entered_on, days, paused)
        except DateOutOfRangeError:
            assert not any(
                calendar.is_working_day(date.fromordinal(n))
                for n in range(left_on.toordinal(), left_on.toordinal() + 60)
            )
        if days:
            assert due(calendar, entered_on, days - 1, paused) < left_on

    @given(MANY, st.sampled_from([0.5, 0.8, 0.9]))
    def test_covers_the_share_and_no_more_days(self, walks: list[History], quantile: float) -> None:
        """Of the visits that it is based on."""
        assume(walks)
        cycle = walks[0].cycles[0]
        past = [walk.entries for walk in walks]
        found = suggest_durations(
            past, cycle, calendar=CALENDAR, as_of=date.max, quantile=quantile, at_least=1
        )
        case("a duration is suggested", any(row.days is not None for row in found.rows))
        assert [row.status for row in found.rows] == list(cycle)
        for row in found.rows:
            assert (row.days is None) == (row.reason is not None)
            assert (row.reason == "closes") == row.status.closes
            assert (row.reason == "too-few-visits") == (not row.status.closes and not row.visits)
            if row.days is not None:
                assert row.share is not None
                assert row.share >= quantile - 1e-9
                assert row.low_days is not None
                assert row.low_days <= row.days
                assert row.high_days is None or row.high_days >= row.days
        late = found.replay(past)
        assert late.rows == lateness_under(past, found.adopted(), policy=FromEntry(CALENDAR)).rows
        for row, times in zip(found.rows, late.rows, strict=True):
            # Open visits and cancelled ones aren't counted as late.
            if row.share is not None and not row.open_visits and not times.visits > row.visits:
                assert times.late == round(row.visits * (1 - row.share))


def due(calendar: WorkingCalendar, entered_on: date, days: int, paused: int) -> date:
    """The due date for a duration, after a pause."""
    cycle = StatusCycle(
        "any",
        [
            Status("lab", "Lab", initial=True, default_duration=days),
            Status("done", "Done", final=True),
        ],
    )
    found = FromEntry(calendar).due_on(
        PlanningFacts(
            cycle=cycle,
            status=cycle["lab"],
            plan_from=LONG_AGO,
            ordered_on=LONG_AGO,
            entered_on=entered_on,
            paused_working_days=paused,
        )
    )
    assert found is not None
    return found


class TestDigests:
    """Everybody's parts are the reports on all orders, taken apart."""

    @given(late_orders(), st.sampled_from(get_args(DigestBy)), st.integers(0, 30))
    def test_parts(
        self, late: tuple[list[ProductionOrder], date], by: DigestBy, within: int
    ) -> None:
        """Each list of a report is the lists of the parts together, and no line is too wide."""
        orders, today = late
        found = digest(orders, by=by, today=today, within=within, policy=Forward())
        case("several have something to look at", len(found) > 1)
        for name, report in (
            ("overdue", overdue(orders, today=today)),
            ("past_delivery", past_delivery(orders, today=today)),
            ("due_soon", due_soon(orders, today=today, within=within)),
            ("at_risk", at_risk(orders, Forward(), today=today)),
        ):
            for part in found:
                own = [
                    row for row in report if getattr(getattr(row, "order", row), by) == part.name
                ]
                assert getattr(part, name) == tuple(own)
            assert sum(len(getattr(part, name)) for part in found) == len(report)
        assert all(part.orders for part in found)
        assert max(map(width_of, found.text().split("\n"))) <= 78
        check(found.table())


class TestTables:
    """Every report makes valid tables, whatever the orders."""

    @given(ORDERS, BY, TODAY)
    def test_of_orders(self, orders: list[ProductionOrder], by: BoardBy, today: date) -> None:
        """Boards, lists, reports, workloads, and the statuses of each cycle."""
        case("there are orders", orders)
        columns = board(orders, by=by, today=today)
        report = status_report(orders, today=today, clients={o.id: o.id for o in orders})
        load = workload(orders, today=today)
        check(columns.table(), columns.orders_table(), report.table(), report.counts_table())
        check(load.table(), load.departments_table(), load.users_table())
        check(overdue(orders, today=today).table(), due_soon(orders, today=today).table())
        check(past_delivery(orders, today=today).table())
        for order in orders:
            check(status_table(order.cycle), status_table(order.cycle, show_inactive=True))

    @given(MANY)
    def test_of_histories(self, walks: list[History]) -> None:
        """Times, rates, rework, moves, suggestions and lateness."""
        found, cycles = visits_of(walks), cycles_of(walks)
        case("an order moved", len(found) > len(walks))
        times, spans = time_in_status(found, cycles=cycles), cycle_time(found, cycles)
        check(times.table(), times.working_table(), spans.table(), spans.orders_table())
        check(on_time_rate(found, cycles=cycles).table(), rework(found, cycles=cycles).table())
        check(move_graph(found, cycles=cycles).table(), time_by_user(found).table())
        past = [walk.entries for walk in walks]
        for entries in past:
            notes = history_table(entries, cycles)
            check(notes)
            assert [row[0] for row in notes.rows] == [entry.sequence for entry in entries]
        for cycle in cycles:
            suggested = suggest_durations(
                past, cycle, calendar=CALENDAR, as_of=date.max, at_least=1
            )
            check(suggested.table(), suggested.replay(past).table())
