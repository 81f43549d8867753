"""Reports about orders: boards, lists, the status report, workload and tables of statuses."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    MONDAY_TO_FRIDAY,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    WorkingCalendar,
)
from prodflow._facts import Fact
from prodflow.hub import (
    BoardBy,
    Group,
    Load,
    OrderList,
    SortBy,
    WorkloadRow,
    board,
    due_soon,
    in_use,
    order_type_table,
    overdue,
    past_delivery,
    status_report,
    status_table,
    workload,
)

MONDAY: Final = date(2026, 11, 2)
FRIDAY: Final = date(2026, 11, 6)
AT: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)
ALBUMS: Final = StatusCycle(
    "albums",
    [
        Status("design", "Design", initial=True, default_duration=3, default_department="Studio"),
        Status("printing", "Print run", workflow_stage="printing"),
        Status("bound", "Bound", final=True),
    ],
    description="Albums",
)

At = Callable[..., ProductionOrder]


@pytest.fixture
def at(order_at: Callable[[str], ProductionOrder]) -> At:
    """Makes an order of prints in a status, with facts; a due date that is given is manual."""

    def placed(status: str, order_id: str = "PO-1", **facts: Any) -> ProductionOrder:  # noqa: ANN401
        order = evolve(order_at(status), id=order_id)
        if "due_on" in facts:
            facts["due_on_is_manual"] = facts["due_on"] != order.calculated_due_on
        return evolve(order, **facts)

    return placed


def album(order_id: str, status: str = "design") -> ProductionOrder:
    """An album ordered on Monday."""
    who: Any = {"by": "ann", "at": AT}
    flow = ProductionFlow()
    opened = flow.open(ALBUMS, order_id=order_id, ordered_on=MONDAY, status=status, **who)
    return opened.order


class TestBoard:
    """Orders in columns."""

    def test_columns_are_in_cycle_order(self, at: At) -> None:
        """The order of the orders doesn't matter; those without a stage come last."""
        orders = [
            at("qa", "PO-3"),
            at("retouch", "PO-1"),
            at("hold", "PO-2"),
            at("retouch", "PO-4"),
        ]
        by_status = board(orders, by="status", today=MONDAY)
        assert [(col.key, col.count) for col in by_status.columns] == [
            ("retouch", 2),
            ("qa", 1),
            ("hold", 1),
        ]
        stages = board(orders, today=MONDAY)
        assert [(col.key, col.title, col.count) for col in stages.columns] == [
            ("retouching", "retouching", 2),
            (None, "(none)", 2),
        ]

    def test_orders_keep_the_order_in_which_they_came(self, at: At) -> None:
        """So an app can sort them before it makes the board."""
        orders = [at("qa", "PO-3"), at("qa", "PO-1"), at("qa", "PO-2")]
        assert board(orders, by="status", today=MONDAY).columns[0].orders == tuple(orders)

    def test_columns_given_come_first_even_empty(self, at: At) -> None:
        """The other columns follow them."""
        orders = [at("qa", "PO-1"), at("ordered", "PO-2")]
        on_board = board(orders, by="status", today=MONDAY, columns=["printing", "qa", "nowhere"])
        assert [(col.key, col.title, col.count) for col in on_board.columns] == [
            ("printing", "Printing", 0),
            ("qa", "Quality check", 1),
            ("nowhere", "nowhere", 0),
            ("ordered", "Ordered", 1),
        ]

    def test_the_column_of_those_without_one_can_be_placed(self, at: At) -> None:
        """None among the columns places it."""
        orders = [at("qa", "PO-1"), at("retouch", "PO-2")]
        on_board = board(orders, by="user", today=MONDAY, columns=[None])
        assert [col.key for col in on_board.columns] == [None, "rita"]

    def test_late_orders_are_counted(self, at: At) -> None:
        """An order is not late on its due date, nor once it is closed, nor while it is due soon."""
        days = {"PO-1": 1, "PO-2": 2, "PO-3": 4, "PO-4": 5, "PO-5": 6}
        orders = [at("qa", key, due_on=date(2026, 11, day)) for key, day in days.items()]
        orders.append(at("qa", "PO-6", due_on=None))
        (column,) = board(orders, by="status", today=date(2026, 11, 2), within=2).columns
        assert (column.count, column.overdue, column.due_soon) == (6, 1, 2)
        cancelled = at("cancelled", due_on=date(2026, 10, 1))
        (column,) = board([cancelled], by="status", today=MONDAY).columns
        assert (column.count, column.overdue, column.due_soon) == (1, 0, 0)

    def test_days_ahead_may_be_working_days(self, at: At) -> None:
        """On a Friday, one working day ahead is Monday."""
        orders = [at("qa", due_on=date(2026, 11, 9))]
        working = WorkingCalendar()
        assert board(orders, today=FRIDAY, within=1).columns[0].due_soon == 0
        assert board(orders, today=FRIDAY, within=1, calendar=working).columns[0].due_soon == 1

    def test_order_types_share_the_column_of_a_key(self, at: At) -> None:
        """The title shows the description of each type, in the order of their keys."""
        on_board = board([at("printing"), album("A-1", "printing")], by="status", today=MONDAY)
        assert [(col.key, col.title, col.count) for col in on_board.columns] == [
            ("printing", "Print run / Printing", 2)
        ]

    def test_the_newest_version_gives_titles_and_order(self, at: At, cycle: StatusCycle) -> None:
        """Statuses that only an older version has come after its list."""
        newer = cycle.replace("qa", description="Check").remove("hold")
        orders = [
            at("hold", "PO-1"),
            at("qa", "PO-2"),
            evolve(at("ordered", "PO-3"), cycle=newer, status=newer["ordered"]),
            at("cancelled", "PO-4"),
        ]
        on_board = board(orders, by="status", today=MONDAY)
        assert [col.title for col in on_board.columns] == [
            "Ordered",
            "Check",
            "Cancelled",
            "On hold",
        ]

    @pytest.mark.parametrize(
        ("by", "keys"),
        [
            ("department", ["Front desk", "Lab", "Attic", None]),
            ("user", ["ann", "Ben", "zoe", None]),
            ("vendor", ["Acme", "west", None]),
        ],
    )
    def test_people_are_in_cycle_order_then_by_name(
        self,
        at: At,
        by: BoardBy,
        keys: list[str | None],
    ) -> None:
        """Default departments and users come first; vendors are sorted by name only."""
        orders = [
            at("qa", "PO-1", department=None, user=None, vendor=None),
            at("qa", "PO-2", department="Attic", user="zoe", vendor="west"),
            at("qa", "PO-3", department="Lab", user="Ben", vendor="Acme"),
            at("qa", "PO-4", department="Front desk", user="ann", vendor="Acme"),
        ]
        assert [col.key for col in board(orders, by=by, today=MONDAY).columns] == keys

    def test_no_orders(self) -> None:
        """Without orders, a board has only the columns that are asked for."""
        assert board([], today=MONDAY).columns == ()
        assert board([], today=MONDAY).table().rows == ()

    def test_tables(self, at: At) -> None:
        """One table has the columns, the other the orders in them."""
        on_board = board([at("qa", due_on=date(2026, 11, 1))], by="status", today=MONDAY)
        assert on_board.table().columns == ("Status", "Orders", "Overdue", "Due Soon")
        assert on_board.table().rows == (("Quality check", 1, 1, 0),)
        assert on_board.orders_table().rows[0][:4] == (
            "Quality check",
            "PO-1",
            "prints",
            "Quality check",
        )

    def test_a_column_is_named_once(self) -> None:
        """Twice the same column would show its orders twice."""
        with pytest.raises(ValueError, match="columns must name each column once"):
            board([], today=MONDAY, columns=["lab", "lab"])

    def test_at_the_end_of_the_calendar_everything_is_soon(self, at: At) -> None:
        """There is no later day."""
        orders = [at("qa", due_on=date.max)]
        assert board(orders, today=date.max).columns[0].due_soon == 1


class TestBoardByFact:
    """A board can group orders by one of their facts, named as in "facts.client" (D36)."""

    def test_a_column_for_each_value(self, at: At) -> None:
        """Texts come by name, and orders without the fact come last."""
        clients = {"PO-1": "ott", "PO-2": "Lee", "PO-3": None, "PO-4": "Lee"}
        orders = [
            at("qa", key, facts={} if name is None else {"client": name})
            for key, name in clients.items()
        ]
        on_board = board(orders, by="facts.client", today=MONDAY)
        assert [(col.key, col.title, col.count) for col in on_board.columns] == [
            ("Lee", "Lee", 2),
            ("ott", "ott", 1),
            (None, "(none)", 1),
        ]
        assert on_board.table().columns[0] == "client"

    def test_values_are_compared_by_kind_and_value(self, at: At) -> None:
        """A tick is no number, and 2.00 is 2; numbers come before days, and those before ticks."""
        values = [True, date(2026, 11, 3), Decimal("2.00"), False, 1, 2, Decimal("1.50"), "a"]
        orders = [at("qa", f"PO-{n}", facts={"x": value}) for n, value in enumerate(values)]
        on_board = board(orders, by="facts.x", today=MONDAY)
        assert [(repr(col.key), col.title, col.count) for col in on_board.columns] == [
            ("'a'", "a", 1),
            ("1", "1", 1),
            ("Decimal('1.5')", "1.5", 1),
            ("2", "2", 2),
            ("datetime.date(2026, 11, 3)", "2026-11-03", 1),
            ("False", "No", 1),
            ("True", "Yes", 1),
        ]

    @pytest.mark.parametrize(
        ("value", "title"),
        [
            (Decimal("1" * 30), "1" * 30),
            (Decimal("0." + "1" * 29), "0." + "1" * 29),
            (Decimal("-0.00"), "0"),
            (Decimal("9E+29"), "9" + "0" * 29),
            (2**63 - 1, "9223372036854775807"),
            (Decimal(2**63), "9223372036854775808"),
            (date.max, "9999-12-31"),
            ("=1+1", "=1+1"),
        ],
    )
    def test_every_value_of_a_fact_has_a_column(self, at: At, value: Fact, title: str) -> None:
        """With all its digits, on the board and in every format."""
        on_board = board([at("qa", facts={"x": value})], by="facts.x", today=MONDAY)
        assert [(col.key, col.title) for col in on_board.columns] == [(value, title)]
        table = on_board.orders_table("facts.x")
        assert (table.rows[0][0], table.rows[0][-1]) == (title, value)

    def test_columns_may_be_asked_for_by_value(self, at: At) -> None:
        """Even if they are empty; a value of another kind is another column."""
        orders = [at("qa", "PO-1", facts={"copies": 1})]
        on_board = board(orders, by="facts.copies", today=MONDAY, columns=[Decimal("2.0"), True])
        assert [(repr(col.key), col.count) for col in on_board.columns] == [
            *(("2", 0), ("True", 0), ("1", 1)),
        ]
        with pytest.raises(ValueError, match="columns must name each column once"):
            board([], by="facts.copies", today=MONDAY, columns=[2, Decimal("2.00")])

    @pytest.mark.parametrize("by", ["client", "facts", "facts.", "facts.a b", "colour", 7, None])
    def test_another_word_is_refused(self, by: Any) -> None:  # noqa: ANN401 - the bad value
        """The message says how to name a fact."""
        with pytest.raises(ValueError, match=r"^(by must be|the name of a fact in by)"):
            board([], by=by, today=MONDAY)
        with pytest.raises(ValueError, match=r"^(by must be|the name of a fact in by)"):
            evolve(board([], today=MONDAY), by=by)

    def test_a_column_built_by_hand_is_checked(self, at: At) -> None:
        """Its key is text, another value of a fact, or None."""
        (column,) = board([at("qa")], by="status", today=MONDAY).columns
        assert evolve(column, key=Decimal("2.50")).key == Decimal("2.5")
        with pytest.raises(ValueError, match="key must have 1 to 200 characters"):
            evolve(column, key="")
        with pytest.raises(TypeError, match="key"):
            evolve(column, key=1.5)  # type: ignore[arg-type]  # on purpose


class TestGroups:
    """The report and the workload can be grouped by a fact, as a board can (D36)."""

    @pytest.fixture
    def orders(self, at: At) -> list[ProductionOrder]:
        """Orders of Lee and Ott, one of nobody, and a closed one of Zoe."""
        late: Any = {"due_on": date(2026, 11, 1), "department": "Lab", "user": "Ann"}
        return [
            at("qa", "PO-10", facts={"client": "Ott"}, quantity=2, **late),
            at("qa", "PO-9", facts={"client": "lee"}, quantity=3, **late),
            at("retouch", "PO-8", facts={}, **late),
            at("qa", "PO-7", facts={"client": "lee"}, **late | {"user": "Ben"}),
            at("shipped", "PO-6", facts={"client": "Zoe"}, **late),
        ]

    def test_a_workload_of_each_value(self, orders: list[ProductionOrder]) -> None:
        """Closed orders are left out, and what isn't grouped counts all orders."""
        load = workload(orders, today=MONDAY, by="facts.client")
        assert (load.by, [group.title for group in load.groups]) == (
            *("facts.client", ["lee", "Ott", "(none)"]),
        )
        lee = load.groups[0]
        assert (lee.value, lee.report.by, lee.report.groups) == ("lee", None, ())
        assert lee.report.rows == (
            WorkloadRow("Lab", "Ann", 1, 1, 0, 3),
            WorkloadRow("Lab", "Ben", 1, 1, 0, 0),
        )
        assert load.departments == (Load("Lab", 4, 4, 0, 5),)

    def test_tables_of_a_workload_begin_with_the_value(self, orders: list[ProductionOrder]) -> None:
        """Each table shows the groups one after another."""
        load = workload(orders, today=MONDAY, by="facts.client")
        assert load.table("quantity").columns == (
            *("client", "Department", "User", "Open", "Overdue", "Due Soon", "Quantity"),
        )
        assert load.table().rows == (
            ("lee", "Lab", "Ann", 1, 1, 0),
            ("lee", "Lab", "Ben", 1, 1, 0),
            ("Ott", "Lab", "Ann", 1, 1, 0),
            ("(none)", "Lab", "Ann", 1, 1, 0),
        )
        assert load.table().notes == ("As of 2026-11-02: 4 open orders.",)
        assert load.departments_table().columns[:2] == ("client", "Department")
        assert load.departments_table().rows[0] == ("lee", "Lab", 2, 2, 0)
        assert load.users_table("quantity").rows[1] == ("lee", "Ben", 1, 1, 0, 0)

    def test_a_report_of_each_value(self, orders: list[ProductionOrder]) -> None:
        """With its own counts and amount; sorted as the whole report."""
        amounts = {"PO-7": 5, "PO-9": 7, "PO-10": 1}
        report = status_report(orders, today=MONDAY, by="facts.client", amounts=amounts)
        assert [(group.title, [o.id for o in group.report.orders]) for group in report.groups] == [
            ("lee", ["PO-7", "PO-9"]),
            ("Ott", ["PO-10"]),
            ("Zoe", ["PO-6"]),
            ("(none)", ["PO-8"]),
        ]
        assert [order.id for order in report.orders] == ["PO-6", "PO-7", "PO-8", "PO-9", "PO-10"]
        lee = report.groups[0].report
        assert (lee.amount, lee.quantity, lee.counts[0].orders) == (Decimal(12), 3, 2)

    def test_tables_of_a_report_begin_with_the_value(self, orders: list[ProductionOrder]) -> None:
        """The list of orders and the counts."""
        report = status_report(orders, today=MONDAY, by="facts.client")
        listed, counts = report.table("facts.client"), report.counts_table()
        assert (listed.columns[:2], listed.columns[-3:]) == (
            ("client", "Number"),
            ("client", "Client", "Amount"),
        )
        assert [row[:2] for row in listed.rows] == [
            *(("lee", "PO-7"), ("lee", "PO-9"), ("Ott", "PO-10")),
            *(("Zoe", "PO-6"), ("(none)", "PO-8")),
        ]
        assert counts.columns == ("client", "Status", "Orders", "Overdue", "Due Soon")
        assert [row[:3] for row in counts.rows] == [
            *(("lee", "prints: Quality check", 2), ("Ott", "prints: Quality check", 1)),
            *(("Zoe", "prints: Shipped", 1), ("(none)", "prints: Retouch", 1)),
        ]

    def test_groups_use_the_newest_names(self, at: At, cycle: StatusCycle) -> None:
        """Even those of a version that no order of the group has."""
        newer = cycle.replace("qa", description="Check")
        orders = [
            at("qa", "PO-1", facts={"client": "Lee"}),
            evolve(at("ordered", "PO-2"), cycle=newer, status=newer["ordered"]),
        ]
        report = status_report(orders, today=MONDAY, by="facts.client")
        assert report.groups[0].report.counts[0].title == "prints: Check"
        assert report.groups[0].report.table().rows[0][2] == "Check"

    def test_a_fact_may_have_the_client(self, at: At) -> None:
        """As people read it; an order without the fact has no client."""
        facts: list[dict[str, Fact]] = [{"client": "Ott"}, {}, {"client": Decimal("7.00")}]
        orders = [at("qa", f"PO-{n}", facts=each) for n, each in enumerate(facts)]
        report = status_report(orders, today=MONDAY, clients="facts.client", sort_by="client")
        assert [(row.order.id, row.client) for row in report.rows] == [
            *(("PO-2", "7"), ("PO-0", "Ott"), ("PO-1", None)),
        ]

    @pytest.mark.parametrize("report", [workload, status_report])
    @pytest.mark.parametrize("by", ["client", "facts.", "vendor", "facts.a b", 7])
    def test_by_is_a_fact(self, report: Callable[..., Any], by: Any) -> None:  # noqa: ANN401
        """Another word is refused, also in a report that is made by hand."""
        with pytest.raises(ValueError, match=r"^(by must be|the name of a fact in by)"):
            report([], today=MONDAY, by=by)
        with pytest.raises(ValueError, match=r"^(by must be|the name of a fact in by)"):
            evolve(report([], today=MONDAY), by=by)

    def test_groups_are_groups(self) -> None:
        """A report of its own is refused."""
        load = workload([], today=MONDAY)
        with pytest.raises(TypeError, match="groups must be"):
            evolve(load, groups=[load])  # type: ignore[list-item]  # on purpose
        assert evolve(load, by="facts.x", groups=[Group(None, load)]).groups[0].report == load

    def test_no_orders_make_no_groups(self) -> None:
        """The tables still have the column of the fact."""
        load = workload([], today=MONDAY, by="facts.client")
        report = status_report([], today=MONDAY, by="facts.client")
        assert (load.groups, report.groups) == ((), ())
        assert (load.table().columns[0], report.table().columns[0]) == ("client", "client")

    @pytest.mark.parametrize("clients", ["West", "facts.", "facts.a b"])
    def test_clients_may_name_a_fact(self, clients: str) -> None:
        """Another text is refused."""
        with pytest.raises(ValueError, match=r"clients"):
            status_report([], today=MONDAY, clients=clients)


class TestQuantities:
    """Counts can show how many pieces their orders have."""

    @pytest.fixture
    def orders(self, at: At) -> list[ProductionOrder]:
        """Three orders in one status, one of them without a quantity."""
        return [at("qa", f"PO-{n}", quantity=quantity) for n, quantity in enumerate([5, None, 7])]

    def test_known_quantities_add_up(self, orders: list[ProductionOrder]) -> None:
        """On the board, in the report and in the workload."""
        report, load = status_report(orders, today=MONDAY), workload(orders, today=MONDAY)
        (column,) = board(orders, by="status", today=MONDAY).columns
        assert (column.quantity, report.quantity, report.counts[0].quantity) == (12, 12, 12)
        assert [row.quantity for row in load.rows] == [12]
        assert [row.quantity for row in (*load.departments, *load.users)] == [12, 12]

    def test_tables_of_counts_show_them_if_asked(self, orders: list[ProductionOrder]) -> None:
        """As a last column."""
        on_board = board(orders, by="status", today=MONDAY)
        report, load = status_report(orders, today=MONDAY), workload(orders, today=MONDAY)
        for table in (
            on_board.table,
            report.counts_table,
            load.table,
            load.departments_table,
            load.users_table,
        ):
            plain, more = table(), table("quantity")
            assert more.columns == (*plain.columns, "Quantity")
            assert more.rows == tuple((*row, 12) for row in plain.rows)
            with pytest.raises(ValueError, match="more must be 'quantity'"):
                table("priority")  # type: ignore[arg-type]  # on purpose


class TestFurtherColumns:
    """Tables of orders can show priority, quantity and facts."""

    def test_in_the_sequence_in_which_they_are_named(self, at: At) -> None:
        """A fact is named like the column of a board; its cell is empty if an order lacks it."""
        orders = [
            at("qa", "PO-1", priority=7, quantity=40, facts={"client": "Lee"}),
            at("qa", "PO-2"),
        ]
        columns = ("facts.client", "quantity", "priority")
        for plain, more in (
            (listed.table(), listed.table(*columns))
            for listed in (overdue(orders, today=date(2026, 12, 1)),)
        ):
            assert more.columns == (*plain.columns, "client", "Quantity", "Priority")
            assert [row[-3:] for row in more.rows] == [("Lee", 40, 7), (None, None, 0)]
        on_board = board(orders, by="status", today=MONDAY).orders_table(*columns)
        assert [row[-3:] for row in on_board.rows] == [("Lee", 40, 7), (None, None, 0)]
        report = status_report(orders, today=MONDAY).table(*columns)
        assert report.columns[-5:] == ("client", "Quantity", "Priority", "Client", "Amount")

    @pytest.mark.parametrize("column", ["client", "due", "facts.a b", 7])
    def test_another_word_is_refused(self, at: At, column: Any) -> None:  # noqa: ANN401
        """The message says which there are."""
        with pytest.raises(ValueError, match=r"^(more must be|the name of a fact in more)"):
            overdue([at("qa")], today=MONDAY).table(column)


class TestLists:
    """Orders that need attention."""

    def test_a_higher_priority_comes_first_within_a_day(self, at: At) -> None:
        """In every list by day; orders of the same priority are sorted by number."""
        priorities = {"PO-1": 0, "PO-2": 5, "PO-3": -5, "PO-10": 5}
        day = date(2026, 11, 1)
        orders = [
            at("qa", key, priority=priority, due_on=day, delivery_on=day)
            for key, priority in priorities.items()
        ]
        orders.append(at("qa", "PO-0", priority=-9, due_on=date(2026, 10, 1), delivery_on=None))
        expected = ["PO-0", "PO-2", "PO-10", "PO-1", "PO-3"]
        assert [order.id for order in overdue(orders, today=MONDAY)] == expected
        report = status_report(orders, today=MONDAY, sort_by="due_date")
        assert [order.id for order in report.orders] == expected
        assert [order.id for order in past_delivery(orders, today=MONDAY)] == expected[1:]
        assert [order.id for order in due_soon(orders, today=day)] == expected[1:]

    def test_overdue(self, at: At) -> None:
        """The longest overdue comes first; numbers are compared as numbers."""
        orders = [
            at("qa", "PO-10", due_on=date(2026, 11, 1)),
            at("qa", "PO-9", due_on=date(2026, 11, 1)),
            at("qa", "PO-1", due_on=MONDAY),
            at("qa", "PO-2", due_on=None),
            at("qa", "PO-3", due_on=date(2026, 10, 30)),
            at("shipped", "PO-4", due_on=date(2026, 10, 30)),
        ]
        late = overdue(orders, today=MONDAY)
        assert [order.id for order in late] == ["PO-3", "PO-9", "PO-10"]
        assert (len(late), late[0].id, late[1:]) == (3, "PO-3", late.orders[1:])
        assert late.table().notes == ("As of 2026-11-02: 3 orders.",)

    @pytest.mark.parametrize(
        ("calendar", "days"), [(EVERY_DAY, (12, 3, 1)), (MONDAY_TO_FRIDAY, (8, 1, 1))]
    )
    @pytest.mark.parametrize(
        ("listed", "field"), [(overdue, "due_on"), (past_delivery, "delivery_on")]
    )
    def test_days_late(
        self,
        at: At,
        listed: Callable[..., OrderList],
        field: str,
        calendar: WorkingCalendar,
        days: tuple[int, ...],
    ) -> None:
        """Days are counted after the date up to today; further columns come after them."""
        dates = {"PO-1": date(2026, 10, 21), "PO-2": date(2026, 10, 30), "PO-3": date(2026, 11, 1)}
        orders = [at("qa", order_id, **{field: day}) for order_id, day in dates.items()]
        late = listed(orders, today=MONDAY, calendar=calendar)
        assert late.days_late == days
        assert late.table("priority").columns[-2:] == ("Days Late", "Priority")
        assert [row[-2] for row in late.table("priority").rows] == list(days)

    @pytest.mark.parametrize(
        ("calendar", "days"),
        [(EVERY_DAY, [12, 3, None, None, None]), (MONDAY_TO_FRIDAY, [8, 1, None, None, None])],
    )
    def test_days_late_in_reports(
        self, at: At, calendar: WorkingCalendar, days: list[int | None]
    ) -> None:
        """The status report and the board have them too, in groups as well."""
        dates = [date(2026, 10, 21), date(2026, 10, 30), MONDAY, None]
        orders = [at("qa", f"PO-{number}", due_on=day) for number, day in enumerate(dates)]
        orders.append(at("shipped", "PO-5", due_on=date(2026, 10, 21)))
        report = status_report(orders, today=MONDAY, calendar=calendar, by="facts.client")
        assert report.days_late == tuple(days)
        assert [row.days_late for row in report.rows] == days
        assert [group.report.days_late for group in report.groups] == [tuple(days)]
        assert report.table("priority").columns[-4:-2] == ("Days Late", "Priority")
        assert [row[-4] for row in report.table("priority").rows] == days
        seen = board(orders, by="user", today=MONDAY, calendar=calendar)
        assert [column.days_late for column in seen.columns] == [tuple(days)]
        assert [row[-1] for row in seen.orders_table().rows] == days

    def test_days_late_are_of_all_or_none(self, at: At) -> None:
        """A list of other orders has no such column."""
        soon = due_soon([at("qa", due_on=MONDAY)], today=MONDAY)
        assert (soon.days_late, soon.table().columns[-1]) == ((), "Invoice")
        with pytest.raises(ValueError, match=r"^days_late must have an item for each order"):
            evolve(soon, days_late=(1, 2))

    def test_past_delivery(self, at: At) -> None:
        """Sorted by delivery date; an order without a due date can be late too."""
        orders = [
            at("qa", "PO-1", delivery_on=date(2026, 11, 1), due_on=None),
            at("qa", "PO-2", delivery_on=MONDAY),
            at("qa", "PO-3", delivery_on=None),
            at("qa", "PO-4", delivery_on=date(2026, 10, 1)),
            at("cancelled", "PO-5", delivery_on=date(2026, 10, 1)),
        ]
        assert [order.id for order in past_delivery(orders, today=MONDAY)] == ["PO-4", "PO-1"]

    def test_due_soon(self, at: At) -> None:
        """Orders due today and on the last day are included."""
        orders = [at("qa", f"PO-{day}", due_on=date(2026, 11, day)) for day in (9, 1, 3, 2, 4)]
        soon = due_soon(orders, today=MONDAY, within=1)
        assert [order.id for order in soon] == ["PO-2", "PO-3"]
        assert soon.table().title == "Orders Due by 2026-11-03"
        soon = due_soon(orders, today=FRIDAY, within=1, calendar=WorkingCalendar())
        assert [order.id for order in soon] == ["PO-9"]


class TestInUse:
    """How many orders are in each status (decision D5)."""

    def test_counts_orders_of_the_type(self, at: At, cycle: StatusCycle) -> None:
        """Any version counts, in list order; other types and empty statuses are left out."""
        orders = [at("qa"), at("qa"), at("ordered"), album("A-1", "printing")]
        assert in_use(cycle.move_up("qa"), orders) == {"ordered": 1, "qa": 2}
        assert list(in_use(cycle, orders)) == ["ordered", "qa"]
        assert in_use(cycle, []) == {}

    def test_orders_on_hold_count_where_they_resume_as_well(
        self, at: At, cycle: StatusCycle
    ) -> None:
        """A migration needs those statuses too."""
        orders = [at("hold", resumes_in="qa"), at("qa")]
        assert in_use(cycle, orders) == {"qa": 2, "hold": 1}


class TestStatusTable:
    """The grid of the "Production Statuses" screen."""

    def test_has_the_columns_of_the_grid(self, cycle: StatusCycle) -> None:
        """There is a line for each active status, and a note about the others."""
        table = status_table(cycle)
        assert table.columns == (
            *("Description", "Association", "Default Department", "Default User"),
            *("Default Duration", "Initial", "Final", "Non-Standard", "Inactive"),
        )
        assert table.rows[1] == (
            *("Retouch", "retouching", "Retouching", "rita", 3),
            *(False, False, False, False),
        )
        assert [row[0] for row in table.rows] == [s.description for s in cycle.choices()]
        assert (table.title, table.notes) == (
            "Production Statuses: prints",
            ("Inactive statuses hidden: 1.",),
        )

    def test_shows_what_clients_see(self, cycle: StatusCycle) -> None:
        """In a last column, if there is anything to show."""
        public = cycle.replace("retouch", public_description="In production")
        table = status_table(public)
        assert table.columns == (*status_table(cycle).columns, "Public Description")
        assert [row[-1] for row in table.rows][:3] == [None, "In production", None]

    def test_shows_the_inactive_ones_when_asked(self, cycle: StatusCycle) -> None:
        """With `show_inactive`, nothing is hidden."""
        table = status_table(cycle, show_inactive=True)
        assert (len(table.rows), table.rows[2][0], table.rows[2][-1]) == (9, "Proof", True)
        assert table.notes == ()
        assert status_table(ALBUMS).title == "Production Statuses: Albums"


class TestOrderTypeTable:
    """The list of order types."""

    def test_has_the_newest_version_of_each(self, cycle: StatusCycle) -> None:
        """Older versions are left out, wherever they come."""
        newer = cycle.replace("retouch", default_duration=4)
        table = order_type_table([cycle, ALBUMS, newer, cycle])
        assert [row[:3] for row in table.rows] == [
            ("prints", None, 2),
            ("albums", "Albums", 1),
        ]
        assert table.columns[3:] == ("Statuses", "Initial", "Final", "Days")
        assert table.rows[0][3:] == (
            len(newer.choices()),
            newer.initial.description,
            newer.final.description,
            sum(status.default_duration or 0 for status in newer.path[:-1]),
        )

    def test_may_be_empty(self) -> None:
        """Without order types there are no lines."""
        assert order_type_table([]).rows == ()


class TestStatusReport:
    """The Order Status Report."""

    @pytest.fixture
    def orders(self, at: At) -> list[ProductionOrder]:
        """Five orders of two types, one of them closed."""
        return [
            at("qa", "PO-10", due_on=date(2026, 11, 5), user="ann", vendor="Acme"),
            at("retouch", "PO-9", due_on=date(2026, 11, 1), user="Ben", vendor=None),
            at("qa", "PO-8", due_on=None, user=None, vendor="Acme"),
            at("cancelled", "PO-7", due_on=date(2026, 11, 1), user="ann", vendor="West"),
            album("A-1"),
        ]

    @pytest.mark.parametrize(
        ("asked", "ids"),
        [
            ({}, ["A-1", "PO-7", "PO-8", "PO-9", "PO-10"]),
            ({"order_type": "prints"}, ["PO-7", "PO-8", "PO-9", "PO-10"]),
            ({"statuses": ["qa", "design"]}, ["A-1", "PO-8", "PO-10"]),
            ({"statuses": []}, []),
            ({"due_by": date(2026, 11, 4)}, ["PO-9"]),
            ({"due_by": date(2026, 11, 5)}, ["A-1", "PO-9", "PO-10"]),
            ({"user": "ann"}, ["PO-7", "PO-10"]),
            ({"user": None, "order_type": "prints"}, ["PO-8"]),
            ({"vendor": "Acme", "user": "ann"}, ["PO-10"]),
            ({"vendor": None}, ["A-1", "PO-9"]),
        ],
        ids=str,
    )
    def test_filters(
        self, orders: list[ProductionOrder], asked: dict[str, Any], ids: list[str]
    ) -> None:
        """An order must pass all filters; `due_by` is for open orders only."""
        assert [order.id for order in status_report(orders, today=MONDAY, **asked).orders] == ids

    @pytest.mark.parametrize(
        ("sort_by", "ids"),
        [
            ("number", ["A-1", "PO-7", "PO-8", "PO-9", "PO-10"]),
            ("due_date", ["PO-7", "PO-9", "A-1", "PO-10", "PO-8"]),
            ("client", ["PO-10", "PO-8", "PO-9", "A-1", "PO-7"]),
        ],
    )
    def test_order(self, orders: list[ProductionOrder], sort_by: SortBy, ids: list[str]) -> None:
        """Sorted by number, by due date or by client; None comes last."""
        clients = {"PO-9": "west", "PO-10": "Adams", "PO-8": "Baker"}
        report = status_report(orders, today=MONDAY, sort_by=sort_by, clients=clients)
        assert [order.id for order in report.orders] == ids

    @pytest.mark.parametrize(
        "ids",
        [
            ["PO-", "PO-0", "PO-00", "PO-1", "PO-9", "PO-010", "PO-10"],
            ["A", "A2", "A10", "B", "B1"],
            ["A2-1", "A2-10", "A3", "A10-2"],
            ["2", "10", "B-1", "B-9", "B-10"],
            ["2026-9", "2026-10"],
        ],
        ids=str,
    )
    def test_by_number(self, at: At, ids: list[str]) -> None:
        """Order numbers are sorted as people count, whatever is before or between the digits."""
        report = status_report([at("qa", order_id) for order_id in reversed(ids)], today=MONDAY)
        assert [order.id for order in report.orders] == ids

    @pytest.mark.parametrize(
        "changes", [{"clients": (None,)}, {"amounts": (None,)}, {"outlooks": (None,)}], ids=str
    )
    def test_a_column_has_an_item_for_each_order(
        self, orders: list[ProductionOrder], changes: dict[str, Any]
    ) -> None:
        """Or it's empty; anything between is refused."""
        report = status_report(orders, today=MONDAY)
        with pytest.raises(
            ValueError, match=f"^{next(iter(changes))} must have an item for each order"
        ):
            evolve(report, **changes)

    def test_counts(self, orders: list[ProductionOrder]) -> None:
        """By order type, in cycle order, with overdue orders and orders due soon."""
        report = status_report(orders, today=MONDAY)
        assert [row[2:-1] for row in report.counts] == [
            ("Albums: Design", 1, 0, 1),
            ("prints: Retouch", 1, 1, 0),
            ("prints: Quality check", 2, 0, 1),
            ("prints: Cancelled", 1, 0, 0),
        ]
        assert report.counts_table().rows[0] == ("Albums: Design", 1, 0, 1)

    def test_client_and_amount(self, orders: list[ProductionOrder]) -> None:
        """Clients and amounts are shown with the orders, and the amounts are added up."""
        report = status_report(
            orders,
            today=MONDAY,
            clients={"PO-9": "West"},
            amounts={"PO-9": Decimal("9.90"), "PO-10": 5, "PO-99": Decimal(1)},
        )
        assert report.amount == Decimal("14.90")
        assert [(row.client, row.amount) for row in report.rows[-2:]] == [
            ("West", Decimal("9.90")),
            (None, 5),
        ]
        assert report.table().rows[-2][-2:] == ("West", Decimal("9.90"))
        assert report.table().notes == (
            "As of 2026-11-02: 5 orders.",
            "Total amount: 14.90. Orders with an amount: 2.",
        )

    @pytest.mark.parametrize(
        "amount",
        [
            Decimal("NaN"),
            Decimal("sNaN"),
            Decimal("Infinity"),
            Decimal("1E-999"),
            10**15,
            -(10**15),
        ],
    )
    def test_amounts_are_bounded(self, orders: list[ProductionOrder], amount: Any) -> None:  # noqa: ANN401
        """So that any number of them can be added up exactly."""
        with pytest.raises(ValueError, match="an amount in amounts must be"):
            status_report(orders, today=MONDAY, amounts={"PO-9": amount})

    @pytest.mark.parametrize("amount", [9.9, True, "9.90"])
    def test_amounts_are_exact(self, orders: list[ProductionOrder], amount: Any) -> None:  # noqa: ANN401
        """A float cannot hold cents."""
        with pytest.raises(TypeError, match="an amount in amounts must be an int or Decimal"):
            status_report(orders, today=MONDAY, amounts={"PO-9": amount})

    def test_no_orders(self) -> None:
        """An empty report has empty tables."""
        report = status_report([], today=MONDAY)
        assert (report.rows, report.counts, report.amount) == ((), (), Decimal(0))
        assert report.table().notes[1] == "Total amount: 0. Orders with an amount: 0."


class TestWorkload:
    """Who has how much to do."""

    def test_counts_open_orders(self, at: At) -> None:
        """Rows are sorted by department and user, None last; closed orders don't count."""
        orders = [
            at("qa", department="Lab", user="zoe", due_on=date(2026, 11, 1)),
            at("qa", department="Lab", user="zoe", due_on=MONDAY),
            at("qa", department="Lab", user="Ann"),
            at("qa", department=None, user="Ann", due_on=None),
            at("qa", department="Lab", user=None),
            at("shipped", department="Lab", user="zoe"),
        ]
        load = workload(orders, today=MONDAY, within=0, calendar=EVERY_DAY)
        assert load.rows == (
            WorkloadRow("Lab", "Ann", 1, 0, 0),
            WorkloadRow("Lab", "zoe", 2, 1, 1),
            WorkloadRow("Lab", None, 1, 0, 0),
            WorkloadRow(None, "Ann", 1, 0, 0),
        )
        assert load.departments == (Load("Lab", 4, 1, 1), Load(None, 1, 0, 0))
        assert load.users == (Load("Ann", 2, 0, 0), Load("zoe", 2, 1, 1), Load(None, 1, 0, 0))
        assert load.table().rows[-1] == ("(none)", "Ann", 1, 0, 0)
        assert load.departments_table().rows == (("Lab", 4, 1, 1), ("(none)", 1, 0, 0))
        assert load.users_table().title == "Workload by User"

    def test_no_orders(self) -> None:
        """Without orders there are no rows."""
        assert workload([], today=MONDAY).rows == ()
        assert workload([], today=MONDAY).table().notes == ("As of 2026-11-02: 0 open orders.",)


@pytest.mark.parametrize("orders", ["PO-1", b"PO-1", 7, ["PO-1"], [None]])
def test_orders_are_orders(orders: Any) -> None:  # noqa: ANN401 - the bad value
    """An iterable of anything else is refused, and so is a str."""
    with pytest.raises(TypeError, match="orders must be an iterable of ProductionOrder"):
        overdue(orders, today=MONDAY)


def test_a_million_orders_may_come_one_by_one(at: At) -> None:
    """An iterator will do: orders are read once."""
    order = at("qa", due_on=date(2026, 11, 1))
    on_board = board((order for _ in range(1000)), by="status", today=MONDAY)
    assert on_board.columns[0].overdue == 1000


def test_clients_are_a_mapping() -> None:
    """Pairs are refused."""
    pairs: Any = [("PO-1", "West")]
    with pytest.raises(TypeError, match="clients must be a mapping"):
        status_report([], today=MONDAY, clients=pairs)
