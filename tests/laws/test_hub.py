"""Laws of the hub: no order or visit is lost between histories and reports."""

from collections.abc import Sequence
from datetime import date, timedelta

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from prodflow import (
    DateOutOfRangeError,
    FromEntry,
    OrderOpened,
    ProductionOrder,
    Status,
    StatusChanged,
    StatusCycle,
    WorkingCalendar,
)
from prodflow.export import Table
from prodflow.hub import (
    BoardBy,
    Visit,
    board,
    cycle_time,
    due_soon,
    in_use,
    lateness_under,
    move_graph,
    on_time_rate,
    overdue,
    past_delivery,
    rework,
    status_report,
    status_table,
    suggest_durations,
    time_in_status,
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


@st.composite
def due_orders(draw: st.DrawFn) -> tuple[list[ProductionOrder], date]:
    """Orders, and a day that is often shortly before one of them is due."""
    orders = draw(ORDERS)
    due_dates = [order.due_on for order in orders if order.is_open and order.due_on]
    near = st.sampled_from(due_dates) if due_dates else TODAY
    day: date = draw(TODAY | near)
    return orders, day - timedelta(draw(st.integers(0, 5)))


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


class TestVisits:
    """Each visit of an order begins on the day on which the one before it ends."""

    @given(WALKS, working_calendars())
    def test_each_begins_where_the_one_before_ended(
        self, walk: History, calendar: WorkingCalendar
    ) -> None:
        """There is a visit for each entry that enters a status; the last one has no end."""
        found = visits(walk.entries, calendar=calendar)
        case("the order had several visits", len(found) > 1)
        begins = [e for e in walk.entries if isinstance(e, OrderOpened | StatusChanged)]
        assert [v.sequence for v in found] == [entry.sequence for entry in begins]
        assert [v.entered_on for v in found] == [entry.entered_on for entry in begins]
        assert [v.left_on for v in found] == [*(entry.entered_on for entry in begins[1:]), None]
        for visit in found[:-1]:
            assert visit.left_on is not None
            assert visit.working_days == calendar.count(visit.entered_on, visit.left_on)

    @given(WALKS)
    def test_the_last_is_where_the_order_is(self, walk: History) -> None:
        """After every change, the last visit has the due date and the assignees of the order."""
        case("the order had several visits", walk.order.visit > 1)
        for number, change in enumerate(walk.changes, 1):
            last, order = visits(walk.entries[:number])[-1], change.order
            assert (last.order_id, last.sequence) == (order.id, order.visit)
            assert (last.status, last.cycle_version) == (order.status.key, order.cycle.version)
            assert (last.entered_on, last.due_on) == (order.entered_on, order.due_on)
            assert (last.department, last.user) == (order.department, order.user)

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
                assert span.days == sum(r.calendar.total for r in rows)
                assert span.working_days == CALENDAR.count(row.began_on, day)
                assert span.working_days == sum(r.working.total for r in rows)
                assert 0 <= span.active_days <= span.days
                assert 0 <= span.active_working_days <= span.working_days

    @given(MANY)
    def test_no_visit_is_lost(self, walks: list[History]) -> None:
        """All reports on the same visits count the same number of them."""
        found = visits_of(walks)
        times, again = time_in_status(found), rework(found)
        case("a status was visited again", any(row.repeats for row in again.rows))
        assert sum(row.visits + row.lasting for row in times.rows) == len(found)
        assert sum(row.visits for row in again.rows) == len(found)
        assert all(row.visits - row.orders == row.repeats for row in again.rows)
        assert all(row.after_hold <= row.repeats for row in again.rows)
        assert sum(edge.weight for edge in move_graph(found).edges) == len(found) - len(walks)
        assert on_time_rate(found).visits == sum(v.on_time is not None for v in found)

    @given(MANY)
    def test_what_comes_in_equals_what_goes_out(self, walks: list[History]) -> None:
        """For each status: openings and moves in equal moves out and visits that go on."""
        found = visits_of(walks)
        case("an order moved", len(found) > len(walks))
        edges = move_graph(found).edges
        lasting = {(r.order_type, r.status): r.lasting for r in time_in_status(found).rows}
        for (order_type, status), stands in lasting.items():
            here = [v for v in found if (v.order_type, v.status) == (order_type, status)]
            into = sum(
                e.weight for e in edges if (e.order_type, e.to_status) == (order_type, status)
            )
            out = sum(
                e.weight for e in edges if (e.order_type, e.from_status) == (order_type, status)
            )
            assert into + sum(v.move is None for v in here) == len(here)
            assert out + stands == len(here)


class TestDurations:
    """A suggestion covers the share asked for, and no shorter duration does."""

    @given(working_calendars(), TODAY, st.integers(0, 40))
    def test_what_a_visit_needs_is_what_a_due_date_gives(
        self, calendar: WorkingCalendar, entered_on: date, stay: int
    ) -> None:
        """A visit meets the due date of the days it needs, and misses that of one day less."""
        left_on = date.fromordinal(entered_on.toordinal() + stay)
        case("a closed day is in the visit", calendar.count(entered_on, left_on) < stay)
        days = days_needed(calendar, entered_on, left_on)
        try:
            assert left_on <= due(calendar, entered_on, days)
        except DateOutOfRangeError:
            assert not any(
                calendar.is_working_day(date.fromordinal(n))
                for n in range(left_on.toordinal(), left_on.toordinal() + 60)
            )
        if days:
            assert due(calendar, entered_on, days - 1) < left_on

    @given(MANY, st.sampled_from([0.5, 0.8, 0.9]))
    def test_covers_the_share_and_no_more_days(self, walks: list[History], quantile: float) -> None:
        """Of the visits that it is based on."""
        assume(walks)
        cycle = walks[0].cycles[0]
        past = [walk.entries for walk in walks]
        found = suggest_durations(past, cycle, calendar=CALENDAR, quantile=quantile, at_least=1)
        case("a duration is suggested", any(row.days is not None for row in found.rows))
        assert [row.status for row in found.rows] == list(cycle)
        for row in found.rows:
            assert (row.days is None) == (row.status.closes or not row.visits)
            if row.days is not None:
                assert row.share is not None
                assert row.share >= quantile - 1e-9
                assert row.low_days is not None
                assert row.low_days <= row.days
                assert row.high_days is None or row.high_days >= row.days
        late = found.replay(past)
        assert late.rows == lateness_under(past, found.adopted(), policy=FromEntry(CALENDAR)).rows
        for row, times in zip(found.rows, late.rows, strict=True):
            if row.share is not None:
                assert times.late == round(row.visits * (1 - row.share))


def due(calendar: WorkingCalendar, entered_on: date, days: int) -> date:
    """The due date for a duration."""
    cycle = StatusCycle(
        "any",
        [
            Status("lab", "Lab", initial=True, default_duration=days),
            Status("done", "Done", final=True),
        ],
    )
    found = FromEntry(calendar).due_on(
        cycle, "lab", ordered_on=LONG_AGO, delivery_on=None, entered_on=entered_on
    )
    assert found is not None
    return found


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
        check(move_graph(found, cycles=cycles).table())
        past = [walk.entries for walk in walks]
        for cycle in cycles:
            suggested = suggest_durations(past, cycle, calendar=CALENDAR, at_least=1)
            check(suggested.table(), suggested.replay(past).table())
