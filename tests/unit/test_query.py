"""Queries: which orders match, and in which order they come."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

import pytest
from attrs import NOTHING, evolve, fields

from prodflow import (
    CycleConflictError,
    MemoryStore,
    OrderQuery,
    ProductionFlow,
    ProductionOrder,
    StatusCycle,
)

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow()

OrderAt = Callable[[str], ProductionOrder]


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


@pytest.fixture
def orders(order_at: OrderAt, cycle: StatusCycle) -> list[ProductionOrder]:
    """Four orders of prints and one of albums, which differ in every field."""
    albums = StatusCycle("albums", cycle.statuses)
    return [
        evolve(
            order_at("retouch"),  # due on the 6th, Retouching, rita
            id="a",
            vendor="Acme",
            invoice_id="I-1",
            delivery_on=nov(20),
        ),
        evolve(order_at("qa"), id="b", vendor="Acme", delivery_on=nov(13)),  # due on the 11th
        evolve(order_at("hold"), id="c", invoice_id="I-1", user="rita"),
        evolve(order_at("shipped"), id="d", delivery_on=nov(20)),
        evolve(order_at("printing"), id="e", cycle=albums),  # due on the 10th, Lab
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "aebcd"),
        ({"order_type": NOTHING, "due_by": NOTHING}, "aebcd"),
        ({"order_type": "prints"}, "abcd"),
        ({"order_type": "albums"}, "e"),
        ({"order_type": "frames"}, ""),
        ({"status": "qa"}, "b"),
        ({"status": "nowhere"}, ""),
        ({"workflow_stage": "retouching"}, "a"),
        ({"workflow_stage": None}, "ebcd"),
        ({"department": "Lab"}, "e"),
        ({"department": None}, "bcd"),
        ({"user": "rita"}, "ac"),
        ({"user": None}, "ebd"),
        ({"vendor": "Acme"}, "ab"),
        ({"vendor": None}, "ecd"),
        ({"invoice_id": "I-1"}, "ac"),
        ({"invoice_id": None}, "ebd"),
        ({"is_open": True}, "aebc"),
        ({"is_open": False}, "d"),
        ({"due_by": nov(5)}, ""),
        ({"due_by": nov(6)}, "a"),
        ({"due_by": nov(10)}, "ae"),
        ({"due_by": None}, "cd"),
        ({"delivery_by": nov(13)}, "b"),
        ({"delivery_by": nov(20)}, "abd"),
        ({"delivery_by": None}, "ec"),
        ({"overdue_on": nov(6)}, ""),
        ({"overdue_on": nov(7)}, "a"),
        ({"overdue_on": date.max}, "aeb"),
        ({"vendor": "Acme", "user": None}, "b"),
        ({"vendor": "Acme", "order_type": "albums"}, ""),
        ({"limit": 2}, "ae"),
        ({"limit": 9}, "aebcd"),
        ({"limit": None}, "aebcd"),
        ({"after": (nov(6), "a")}, "ebcd"),
        ({"after": (nov(10), "a")}, "ebcd"),
        ({"after": (nov(10), "f")}, "bcd"),
        ({"after": (date.max, "z")}, "cd"),
        ({"after": (None, "c")}, "d"),
        ({"after": (None, "d")}, ""),
        ({"after": None}, "aebcd"),
        ({"after": (nov(6), "a"), "limit": 1, "is_open": True}, "e"),
    ],
)
def test_a_query_finds_the_orders_that_agree_with_it(
    orders: list[ProductionOrder], asked: dict[str, Any], found: str
) -> None:
    """`select` returns the orders that match every given field, by due date, then id."""
    assert found == "".join(order.id for order in OrderQuery(**asked).select(orders))


# Decision D5: the stage of a status is that of the newest version

STAGES: Final = ("retouching", "editing", None)


def by_stage(orders: list[ProductionOrder], *cycles: StatusCycle) -> list[str]:
    """The ids of the orders in each of the stages."""
    queries = [OrderQuery(workflow_stage=stage) for stage in STAGES]
    found = [query.select(orders, cycles=cycles) for query in queries]
    return ["".join(order.id for order in of_stage) for of_stage in found]


def test_a_stage_is_that_of_the_newest_version(
    orders: list[ProductionOrder], cycle: StatusCycle
) -> None:
    """Of the cycles given, the newest of each type counts, in any order."""
    second = cycle.replace("retouch", workflow_stage="editing")
    third = second.replace("retouch", workflow_stage=None).replace("qa", workflow_stage="editing")
    assert by_stage(orders, cycle) == ["a", "", "ebcd"]
    assert by_stage(orders, second, cycle) == ["", "a", "ebcd"]
    assert by_stage(orders, second, third, cycle) == ["", "b", "aecd"]


def test_without_cycles_the_newest_of_the_orders_counts(
    orders: list[ProductionOrder], cycle: StatusCycle
) -> None:
    """Without cycles, the newest version among the orders gives the stages of each type."""
    edited = cycle.replace("retouch", workflow_stage="editing")
    moved = evolve(orders[1], cycle=edited)
    assert by_stage([orders[0], moved]) == by_stage([moved, orders[0]]) == ["", "a", "b"]
    albums = evolve(edited, order_type="albums", version=7)
    assert by_stage([orders[0], moved], albums) == ["", "a", "b"]
    assert by_stage([moved], cycle) == by_stage([moved]) == ["", "", "b"]


def test_a_status_that_is_gone_has_the_stage_of_its_own_version(
    orders: list[ProductionOrder], cycle: StatusCycle
) -> None:
    """If the newest version has no such key, the version of the order counts."""
    assert by_stage(orders, cycle.remove("retouch")) == ["a", "", "ebcd"]


def test_one_order_is_matched_in_the_same_way(
    orders: list[ProductionOrder], cycle: StatusCycle
) -> None:
    """`matches` takes cycles too; without them, the version of the order counts."""
    edited = cycle.replace("retouch", workflow_stage="editing")
    query = OrderQuery(workflow_stage="editing")
    assert [query.matches(orders[0]), query.matches(orders[0], cycles=[edited])] == [False, True]
    assert not query.matches(orders[0], cycles=[evolve(edited, order_type="albums")])


def test_cycles_are_cycles(orders: list[ProductionOrder], cycle: StatusCycle) -> None:
    """Anything but cycles is refused, and so are two contents of one version."""
    query, wrong = OrderQuery(), {"cycles": [7]}
    with pytest.raises(TypeError, match="cycles must be"):
        query.select(orders, **wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(TypeError, match="cycles must be"):
        query.matches(orders[0], **wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(CycleConflictError):
        query.select(orders, cycles=[cycle, evolve(cycle, description="Prints")])


def test_a_store_finds_what_the_query_selects(cycle: StatusCycle, store: MemoryStore) -> None:
    """A store returns the orders of a query by due date; those without one come last."""
    for order_id, status in [("1", "hold"), ("2", "qa"), ("3", "ordered"), ("4", "hold")]:
        store.save(
            FLOW.open(cycle, order_id=order_id, ordered_on=nov(2), status=status, by="ann", at=AT)
        )
    found = store.find(OrderQuery(order_type="prints"))
    assert [order.id for order in found] == ["3", "2", "1", "4"]


def _pages(store: MemoryStore, query: OrderQuery) -> list[str]:
    """The ids on all pages of a query."""
    ids: list[str] = []
    while page := store.find(query):
        ids += [order.id for order in page]
        query = evolve(query, after=(page[-1].due_on, page[-1].id))
    return ids


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_paging_visits_every_order_once(cycle: StatusCycle, store: MemoryStore, size: int) -> None:
    """Pages have no gaps or repeats, even where due dates are equal or missing."""
    statuses = ["ordered", "hold", "qa", "shipped", "retouch"]
    changes = [
        FLOW.open(
            cycle,
            order_id=f"PO-{number:02}",
            ordered_on=nov(2),
            status=statuses[number % 5],
            by="ann",
            at=AT,
        )
        for number in range(25)
    ]
    store.save(*reversed(changes))
    everything = [order.id for order in store.find(OrderQuery())]
    expected = (25, everything)
    assert expected == (len(set(everything)), _pages(store, OrderQuery(limit=size)))


def test_a_query_asks_nothing_by_default() -> None:
    """Every field is NOTHING by default, except `after` and `limit`."""
    page = {"after": None, "limit": None}
    expected = {field.name: page.get(field.name, NOTHING) for field in fields(OrderQuery)}
    query = OrderQuery()
    assert expected == {name: getattr(query, name) for name in expected}


def test_queries_are_equal_by_value() -> None:
    """Queries with equal fields are equal and have the same hash."""
    assert {OrderQuery(user=None)} == {OrderQuery(user=None)}


class Word(StrEnum):
    """An enumeration of a host."""

    LAB = "lab"


@pytest.mark.parametrize(
    "name",
    ["order_type", "status", "workflow_stage", "department", "user", "vendor", "invoice_id"],
)
def test_a_query_holds_plain_texts(name: str) -> None:
    """A member of a StrEnum becomes its plain text."""
    asked: dict[str, Any] = {name: Word.LAB}
    assert type(getattr(OrderQuery(**asked), name)) is str


@pytest.mark.parametrize("name", ["order_type", "status"])
def test_every_order_has_a_type_and_a_status(name: str) -> None:
    """None is refused for order_type and status, which every order has."""
    asked: dict[str, Any] = {name: None}
    with pytest.raises(TypeError, match=name):
        OrderQuery(**asked)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        *[
            ({name: bad}, error)
            for name in (
                "order_type",
                "status",
                "workflow_stage",
                "department",
                "user",
                "vendor",
                "invoice_id",
            )
            for bad, error in [(7, TypeError), ("", ValueError)]
        ],
        ({"is_open": 1}, TypeError),
        ({"is_open": None}, TypeError),
        ({"due_by": AT}, TypeError),
        ({"delivery_by": "2026-11-02"}, TypeError),
        ({"overdue_on": AT}, TypeError),
        ({"overdue_on": None}, TypeError),
        ({"after": "PO-1"}, TypeError),
        ({"after": (nov(2),)}, TypeError),
        ({"after": [nov(2), "PO-1"]}, TypeError),
        ({"after": ("PO-1", nov(2))}, TypeError),
        ({"after": (AT, "PO-1")}, TypeError),
        ({"after": (nov(2), "")}, ValueError),
        ({"after": (nov(2), None)}, TypeError),
        ({"limit": 0}, ValueError),
        ({"limit": -1}, ValueError),
        ({"limit": True}, TypeError),
        ({"limit": 2.0}, TypeError),
    ],
)
def test_a_query_refuses_bad_values(wrong: dict[str, Any], error: type[Exception]) -> None:
    """Each field of a query refuses bad values."""
    with pytest.raises(error, match=next(iter(wrong))):
        OrderQuery(**wrong)
