"""Names in lists and pictures: those of the newest version (decision D5).

The store here has an order under version 1 of its cycle, where the status `lab` is called "In the
lab", and one under version 2, where it's "At the lab" in the stage "Production".
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

import pytest
from attrs import evolve

from prodflow import (
    Backward,
    Forward,
    HistoryEntry,
    MemoryStore,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    WorkingCalendar,
    plan,
)
from prodflow.diagrams import cycle_dot, cycle_mermaid, cycle_svg, flow_svg, plan_svg
from prodflow.export import Table
from prodflow.hub import (
    CycleTime,
    CycleTimes,
    Span,
    at_risk,
    beyond_calendar,
    board,
    digest,
    due_soon,
    history_table,
    in_use,
    lateness_under,
    move_graph,
    on_time_rate,
    order_plan,
    overdue,
    past_delivery,
    rework,
    status_report,
    status_table,
    suggest_durations,
    time_in_status,
    visits,
)

FLOW: Final = ProductionFlow()
MONDAY: Final = date(2026, 11, 2)
LATER: Final = date(2026, 12, 1)
WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 2, 9, tzinfo=UTC)}
FIRST: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", initial=True, default_duration=1),
        Status("lab", "In the lab", default_duration=5),
        Status("check", "Check", default_duration=1, workflow_stage="QA"),
        Status("done", "Done", final=True),
    ],
    description="Printz",
)
SECOND: Final = StatusCycle(
    "prints",
    [
        FIRST["ordered"],
        Status("lab", "At the lab", default_duration=7, workflow_stage="Production"),
        Status("pack", "Packing"),
        FIRST["done"],
    ],
    description="Prints",
    version=2,
)


class Shop(NamedTuple):
    """What a page reads from a store."""

    orders: list[ProductionOrder]
    histories: list[tuple[HistoryEntry, ...]]
    cycles: tuple[StatusCycle, ...]


@pytest.fixture
def shop(store: MemoryStore) -> Shop:
    """PO-1 is at the lab under version 1, PO-2 under version 2, and PO-3 at the check of version 1.

    A user has renamed the lab and taken the check off the list in between.
    """
    dates: Any = {"ordered_on": MONDAY, "delivery_on": date(2026, 11, 20)}
    store.put_cycle(FIRST, replaces=None)
    first = FLOW.open(FIRST, order_id="PO-1", **dates, **WHO)
    third = FLOW.open(FIRST, order_id="PO-3", status="check", **dates, **WHO)
    store.put_cycle(SECOND, replaces=1)
    second = FLOW.open(SECOND, order_id="PO-2", **dates, **WHO)
    store.save(first, second, third)
    store.save(*FLOW.advance_all([first.order, second.order], today=MONDAY, **WHO))
    orders = [store.get(order_id) for order_id in ("PO-1", "PO-2", "PO-3")]
    return Shop(orders, [tuple(store.history(order.id)) for order in orders], store.newest())


def texts(table: Table) -> set[object]:
    """All that the cells of a table say."""
    return {cell for row in table.rows for cell in row}


LISTS: Final[dict[str, Callable[..., Table]]] = {
    "board": lambda orders, **facts: board(orders, by="status", **facts).table(),
    "board, orders": lambda orders, **facts: board(orders, by="user", **facts).orders_table(),
    "overdue": lambda orders, **facts: overdue(orders, **facts).table(),
    "past delivery": lambda orders, **facts: past_delivery(orders, **facts).table(),
    "at risk": lambda orders, cycles=(), **_: at_risk(
        orders, Forward(), today=date(2027, 1, 4), cycles=cycles
    ).table(),
    "beyond the calendar": lambda orders, cycles=(), **_: beyond_calendar(
        orders, Forward(WorkingCalendar(known_through=MONDAY)), cycles=cycles
    ).table(),
    "due soon": lambda orders, cycles=(), **_: due_soon(
        orders, today=MONDAY, within=30, cycles=cycles
    ).table(),
    "digest": lambda orders, **facts: digest(orders, **facts).table(),
    "report": lambda orders, **facts: status_report(orders, **facts).table(),
}


class TestLists:
    """A new name shows at once, and no list shows the old one next to it."""

    @pytest.mark.parametrize("name", LISTS)
    def test_with_the_newest_cycles(self, shop: Shop, name: str) -> None:
        """An order of the first version alone has its new name."""
        old = [order for order in shop.orders if order.id == "PO-1"]
        shown = texts(LISTS[name](old, today=LATER, cycles=shop.cycles))
        assert "At the lab" in shown
        assert "In the lab" not in shown

    @pytest.mark.parametrize("name", LISTS)
    def test_without_cycles_the_newest_of_the_orders_counts(self, shop: Shop, name: str) -> None:
        """So an old name is never next to a new one."""
        shown = texts(LISTS[name](shop.orders, today=LATER))
        assert "At the lab" in shown
        assert "In the lab" not in shown

    @pytest.mark.parametrize("name", LISTS)
    def test_a_key_that_is_gone_has_its_own_name(self, shop: Shop, name: str) -> None:
        """The newest version has no check, so it's named as in the order's version."""
        assert "Check" in texts(LISTS[name](shop.orders, today=LATER, cycles=shop.cycles))

    def test_the_order_type_too(self, shop: Shop) -> None:
        """Its description is a name as well."""
        report = status_report(shop.orders, today=LATER)
        assert {row[1] for row in report.table().rows} == {"Prints"}
        assert [count.title for count in report.counts] == ["Prints: At the lab", "Prints: Check"]

    def test_a_version_given_counts_more_than_those_of_the_orders(self, shop: Shop) -> None:
        """Even an old one, for a list as it was then."""
        old = overdue(shop.orders, today=LATER, cycles=[FIRST]).table()
        assert {row[2] for row in old.rows} == {"In the lab", "Check"}

    def test_of_versions_given_the_newest_counts(self, shop: Shop) -> None:
        """In any order, and what only older ones have is found too."""
        for cycles in ([FIRST, SECOND], [SECOND, FIRST]):
            report = status_report(shop.orders[:1], today=LATER, cycles=cycles)
            assert report.counts[0].title == "Prints: At the lab"
            titles = [row.title for row in time_in_status(stays(shop), cycles=cycles).rows]
            assert titles == ["Ordered", "At the lab", "Check"]


class TestStages:
    """Orders are grouped by the stages of the newest version."""

    def test_a_new_stage_reaches_orders_in_flight(self, shop: Shop) -> None:
        """Both orders at the lab are in the stage that version 2 gives it."""
        for cycles in (shop.cycles, ()):
            columns = board(shop.orders, today=LATER, cycles=cycles).columns
            assert [(column.key, column.count) for column in columns] == [
                *(("Production", 2), ("QA", 1)),
            ]

    def test_a_stage_that_was_taken_away_is_gone(self, shop: Shop) -> None:
        """A status that the newest version has is in no other stage than there."""
        third = SECOND.replace("lab", workflow_stage=None)
        (column,) = board(shop.orders[:1], today=LATER, cycles=[third]).columns
        assert (column.key, column.title) == (None, "(none)")

    def test_a_status_that_is_gone_has_the_stage_of_the_order(self, shop: Shop) -> None:
        """As a query to a store finds it, whatever other versions say."""
        gone = SECOND.remove("lab")
        columns = board(shop.orders, today=LATER, cycles=[gone]).columns
        stages = {order.id: column.key for column in columns for order in column.orders}
        assert stages == {order.id: order.status.workflow_stage for order in shop.orders}

    def test_an_empty_column_has_its_title(self) -> None:
        """The cycles know it, though no order does."""
        (column,) = board([], by="status", today=LATER, columns=["lab"], cycles=[SECOND]).columns
        assert (column.title, column.count) == ("At the lab", 0)

    def test_order_types_without_orders_give_no_title(self, shop: Shop) -> None:
        """A page may pass the cycles of all types."""
        albums = StatusCycle("albums", SECOND.replace("lab", description="Bindery").statuses)
        columns = board(shop.orders[:1], by="status", today=LATER, cycles=[albums, SECOND]).columns
        assert [column.title for column in columns] == ["At the lab"]


def stays(shop: Shop) -> list[Any]:
    """The visits of all orders."""
    return [visit for entries in shop.histories for visit in visits(entries)]


class TestFilters:
    """A filter leaves out orders, not the names that they bring."""

    def test_the_newest_version_among_all_orders_counts(self, shop: Shop) -> None:
        """PO-2 brings version 2, though the lists show PO-1 alone."""
        first, second, _ = shop.orders
        late = max(filter(None, [first.due_on, first.delivery_on])) + timedelta(1)
        later = evolve(second, due_on=late, due_on_is_manual=True, delivery_on=None, user="mia")
        asked = [evolve(first, user="eve"), later]
        reports = (
            overdue(asked, today=late),
            past_delivery(asked, today=late),
            status_report(asked, today=late, user="eve"),
        )
        for report in reports:
            assert [order.id for order in report.orders] == ["PO-1"]
            assert "At the lab" in texts(report.table())
        assert status_report(asked, today=late, user="eve").counts[0].title == "Prints: At the lab"


class TestHistories:
    """Reports on histories know names from cycles only."""

    def test_visits(self, shop: Shop) -> None:
        """Times, rates, repeats and moves."""
        found = stays(shop)
        for report in (time_in_status, on_time_rate, rework, move_graph):
            shown = texts(report(found, cycles=[FIRST, *shop.cycles]).table())
            assert "At the lab" in shown
            assert "In the lab" not in shown

    def test_the_order_type(self, shop: Shop) -> None:
        """By its description; by its key if no cycle is known."""
        found, known = stays(shop), [FIRST, *shop.cycles]
        times, span = time_in_status(found, cycles=known), Span(1, 1, 0, 0)
        done = CycleTime("PO-1", "prints", MONDAY, MONDAY, MONDAY, 1, span, span)
        spans = CycleTimes(orders=(done,), unfinished=0, cycles=tuple(known))
        tables = (
            *(times.table(), times.working_table(), on_time_rate(found, cycles=known).table()),
            *(rework(found, cycles=known).table(), move_graph(found, cycles=known).table()),
        )
        assert {row[0] for table in tables for row in table.rows} == {"Prints"}
        assert [row[1] for row in spans.orders_table().rows] == ["Prints"]
        assert {row[0] for row in move_graph(found).table().rows} == {"prints"}

    def test_durations(self, shop: Shop) -> None:
        """Suggestions for a version that is no longer the newest have new names."""
        days: Any = {
            "calendar": Forward().calendar,
            "cycles": shop.cycles,
            "as_of": date(2026, 12, 1),
        }
        suggested = suggest_durations(shop.histories, FIRST, **days)
        late = lateness_under(shop.histories, FIRST, policy=Forward(), cycles=shop.cycles)
        for table in (suggested.table(), suggested.replay(shop.histories).table(), late.table()):
            assert [row[0] for row in table.rows] == ["Ordered", "At the lab", "Check", "Done"]
        assert suggested.table().title == "Suggested Durations: Prints"
        assert suggest_durations([], FIRST, **days | {"cycles": ()}).table().rows[1][0] == (
            "In the lab"
        )

    def test_the_status_notes(self, shop: Shop) -> None:
        """An old history tells of statuses by the names of today."""
        table = history_table(shop.histories[0], shop.cycles)
        assert table.rows[1][2:4] == ("Ordered", "At the lab")

    def test_the_plan_of_an_order(self, shop: Shop) -> None:
        """What was done and what is to come have the names of today."""
        given: Any = {"today": MONDAY, "cycles": shop.cycles}
        found = order_plan(shop.orders[0], Forward(), shop.histories[0], **given)
        assert [step.title for step in found] == ["Ordered", "At the lab", "Check"]
        assert "At the lab" in plan_svg(found)
        renamed = SECOND.replace("lab", description="At West")
        assert "At West" in plan_svg(found, cycles=[renamed.add(Status("new", "New"))])

    def test_the_grid_of_a_version_shows_that_version(self) -> None:
        """It is what people edit."""
        assert status_table(FIRST).rows[1][0] == "In the lab"


class TestPictures:
    """Pictures of an old version show the names of today."""

    def test_all(self, shop: Shop) -> None:
        """Cycles, flows and plans; a key that is gone keeps its name."""
        counts = in_use(FIRST, shop.orders)
        dates = plan(FIRST, Backward(), ordered_on=MONDAY, delivery_on=LATER)
        named: Any = {"cycles": shop.cycles}
        for picture in (
            cycle_svg(FIRST, counts=counts, **named),
            flow_svg(FIRST, {("ordered", "lab"): 2}, **named),
            plan_svg(dates, today=MONDAY, **named),
            cycle_mermaid(FIRST, counts=counts, **named),
            cycle_dot(FIRST, counts=counts, **named),
        ):
            assert "At the lab" in picture
            assert "In the lab" not in picture
            assert "Check" in picture
        assert "<title id=" in cycle_svg(FIRST, **named)
        assert ">Prints<" in cycle_svg(FIRST, **named)

    def test_without_cycles_it_is_the_version_that_is_drawn(self) -> None:
        """No other is known."""
        assert "In the lab" in cycle_svg(FIRST)

    def test_two_statuses_may_have_had_one_name(self) -> None:
        """Of several versions, descriptions need not differ."""
        renamed = SECOND.replace("pack", description="Check")
        picture = cycle_dot(FIRST.add(Status("pack", "Pack"), 3), cycles=[renamed])
        assert picture.count('"Check"') == 2
