"""Queries: which orders match, in which order they come, and where a page begins."""

import pickle
import string
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
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
from prodflow.stores import Counts, Position, folded, search_text

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
            priority=-1,
            facts={"client": "Stra\u00dfe", "rush": True},
        ),
        evolve(
            order_at("qa"),  # due on the 11th
            id="b",
            vendor="Acme",
            delivery_on=nov(13),
            facts={"client": "Lee 5%", "copies": 1},
        ),
        evolve(order_at("hold"), id="c", invoice_id="I-1", user="rita", priority=5),
        evolve(
            order_at("shipped"),
            id="d",
            delivery_on=nov(20),
            entered_on=nov(4),
            facts={"copies": Decimal("1.0")},
        ),
        evolve(order_at("printing"), id="e", cycle=albums, ordered_on=nov(1)),  # due the 10th, Lab
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
        ({"order_type": {"albums", "frames"}}, "e"),
        ({"status": {"qa", "hold"}}, "bc"),
        ({"status": set()}, ""),
        ({"workflow_stage": {"retouching", None}}, "aebcd"),
        ({"department": {"Lab", None}}, "ebcd"),
        ({"user": frozenset({None})}, "ebd"),
        ({"vendor": set()}, ""),
        ({"invoice_id": {"I-1", "I-2"}}, "ac"),
        ({"facts": {}}, "aebcd"),
        ({"facts": {"client": "Lee 5%"}}, "b"),
        ({"facts": {"client": "lee 5%"}}, ""),
        ({"facts": {"client": None}}, "ecd"),
        ({"facts": {"client": ["Lee 5%", None]}}, "ebcd"),
        ({"facts": {"client": []}}, ""),
        ({"facts": {"copies": 1}}, "bd"),
        ({"facts": {"rush": 1}}, ""),
        ({"facts": {"rush": True}}, "a"),
        ({"facts": {"copies": 1, "client": None}}, "d"),
        ({"text": "ACM"}, "ab"),
        ({"text": "STRASS"}, "a"),
        ({"text": "5%"}, "b"),
        ({"text": "l%5"}, ""),
        ({"text": "i-1"}, "ac"),
        ({"text": "Rita"}, "ac"),
        ({"text": "D"}, "d"),
        ({"text": "Retouching"}, ""),
        ({"due_from": nov(10)}, "eb"),
        ({"due_from": nov(11), "due_by": nov(11)}, "b"),
        ({"due_from": None}, "cd"),
        ({"due_from": None, "due_by": nov(11)}, ""),
        ({"ordered_from": nov(2)}, "abcd"),
        ({"ordered_by": nov(1)}, "e"),
        ({"closed_from": nov(4)}, "d"),
        ({"closed_from": nov(5)}, ""),
        ({"closed_by": nov(4)}, "d"),
        ({"closed_by": nov(3)}, ""),
        ({"closed_by": None}, "aebc"),
        ({"sort": "priority"}, "cebda"),
        ({"sort": "id"}, "abcde"),
        ({"limit": 2}, "ae"),
        ({"limit": 9}, "aebcd"),
        ({"limit": None}, "aebcd"),
        ({"after": "due.2026-11-06.-1.YQ"}, "ebcd"),
        ({"after": "due.2026-11-10.0.YQ"}, "ebcd"),
        ({"after": "due.2026-11-10.0.Zg"}, "bcd"),
        ({"after": "due.2026-11-10.-1.YQ"}, "bcd"),
        ({"after": "due.9999-12-31.0.eg"}, "cd"),
        ({"after": "due.none.5.Yw"}, "d"),
        ({"after": "due.none.0.ZA"}, ""),
        ({"after": "priority.none.5.Yw", "sort": "priority"}, "ebda"),
        ({"after": "priority.none.0.eg", "sort": "priority"}, "a"),
        ({"after": "id.Yg", "sort": "id"}, "cde"),
        ({"after": None}, "aebcd"),
        ({"after": "due.2026-11-06.-1.YQ", "limit": 1, "is_open": True}, "e"),
    ],
)
def test_a_query_finds_the_orders_that_agree_with_it(
    orders: list[ProductionOrder], asked: dict[str, Any], found: str
) -> None:
    """`select` returns the orders that match every given field, sorted and page by page."""
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
        query = evolve(query, after=page[-1])
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
    """Every field is NOTHING by default, except the facts, the sort and the page."""
    page: dict[str, object] = {"facts": {}, "sort": "due", "after": None, "limit": None}
    expected = {field.name: page.get(field.name, NOTHING) for field in fields(OrderQuery)}
    query = OrderQuery()
    assert expected == {name: getattr(query, name) for name in expected}


def test_queries_are_equal_by_value() -> None:
    """Queries with equal fields are equal and have the same hash."""
    one = OrderQuery(user={None, "rita"}, facts={"copies": 1})
    other = OrderQuery(user=frozenset({"rita", None}), facts={"copies": Decimal("1.0")})
    assert {one} == {other} == {pickle.loads(pickle.dumps(one))}
    assert one != evolve(one, facts={"copies": True})


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
    among: dict[str, Any] = {name: {Word.LAB}}
    assert type(getattr(OrderQuery(**asked), name)) is str
    assert [type(value) for value in getattr(OrderQuery(**among), name)] == [str]


@pytest.mark.parametrize("name", ["order_type", "status"])
def test_every_order_has_a_type_and_a_status(name: str) -> None:
    """None is refused for order_type and status, which every order has."""
    asked: dict[str, Any] = {name: None}
    among: dict[str, Any] = {name: {None}}
    for given in (asked, among):
        with pytest.raises(TypeError, match=name):
            OrderQuery(**given)


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
            for bad, error in [
                *((7, TypeError), ("", ValueError), (["lab"], TypeError), ({"lab": 1}, TypeError)),
                *(({7}, TypeError), ({""}, ValueError)),
            ]
        ],
        ({"is_open": 1}, TypeError),
        ({"is_open": None}, TypeError),
        ({"due_by": AT}, TypeError),
        ({"delivery_by": "2026-11-02"}, TypeError),
        ({"overdue_on": AT}, TypeError),
        ({"overdue_on": None}, TypeError),
        ({"facts": None}, TypeError),
        ({"facts": {"no name": 1}}, ValueError),
        ({"facts": {"copies": float("nan")}}, TypeError),
        ({"text": ""}, ValueError),
        ({"text": "x" * 201}, ValueError),
        ({"text": None}, TypeError),
        ({"due_from": AT}, TypeError),
        ({"ordered_from": None}, TypeError),
        ({"ordered_by": None}, TypeError),
        ({"closed_from": AT}, TypeError),
        ({"closed_by": "2026-11-02"}, TypeError),
        ({"sort": "vendor"}, ValueError),
        ({"sort": None}, ValueError),
        ({"after": (nov(2), "PO-1")}, TypeError),
        ({"after": 7}, TypeError),
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


# Positions: decision D36b

BAD_POSITIONS: Final = [
    *("", "PO-1", "due", "id.UE8tMQ", "priority.2026-11-20.0.UE8tMQ", "due.2026-11-20.0."),
    *("due.2026-11-20.UE8tMQ", "due.20261120.0.UE8tMQ", "due.2026-11-31.0.UE8tMQ"),
    *("due..0.UE8tMQ", "due.none.00.UE8tMQ", "due.none.1001.UE8tMQ", "due.none.x.UE8tMQ"),
    *("due.none.0.UE8tMQ=", "due.none.0.UE8tMR", "due.none.0.U E8tMQ", "due.none.0.gA"),
    *("due.none.0.Cg", "due.none.0.\u00e9", " due.none.0.UE8tMQ", "due.none.\u0663.UE8tMQ"),
    *("due.none.0.UE8tMQ.UE8tMQ", "due.none.0." + "YWFh" * 67, "due.none.0." + "Y" * 100_000),
]


@pytest.mark.parametrize("position", BAD_POSITIONS)
def test_a_position_that_no_query_gave_is_refused(position: str) -> None:
    """A text that isn't a position of the query's sort is refused, with a short message."""
    with pytest.raises(ValueError, match="after must be a position of the sort 'due'") as caught:
        OrderQuery(after=position)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("sort", ["due", "priority", "id"])
@pytest.mark.parametrize(
    "order_id", ["PO-1", "a b/c?d=e&f#g.%", "\u0390\U0001f39e", "\u540d" * 200]
)
def test_a_position_fits_a_url(orders: list[ProductionOrder], order_id: str, sort: Any) -> None:  # noqa: ANN401 - one of three words
    """A position has only unreserved characters, and its query goes on after the order."""
    order = evolve(orders[0], id=order_id)
    query = OrderQuery(sort=sort)
    position = query.position(order)
    assert set(position) <= set(string.ascii_letters + string.digits + "-._~")
    after = evolve(query, after=position)
    assert after.begins_after is not None
    assert (after.begins_after.id, after.begins_after.text) == (order_id, position)
    assert after == evolve(query, after=order)
    assert (
        after.select([order, *orders])
        == query.select([order, *orders])[query.select([order, *orders]).index(order) + 1 :]
    )


def test_a_position_stays_where_it_is(orders: list[ProductionOrder]) -> None:
    """A page begins at the place that the last order had, even if the order has moved or gone."""
    query = OrderQuery(limit=2)
    page = query.select(orders)
    moved = [*orders[:4], evolve(orders[4], priority=9)]
    gone = orders[:4]
    later = evolve(query, after=query.position(page[-1]))
    assert [order.id for order in later.select(moved)] == ["b", "c"]
    assert [order.id for order in later.select(gone)] == ["b", "c"]


def test_a_position_is_of_one_sort(orders: list[ProductionOrder]) -> None:
    """A query with another sort refuses the position, also if only the sort is changed."""
    query = OrderQuery(after=orders[0])
    with pytest.raises(ValueError, match="after must be a position of the sort 'id'"):
        evolve(query, sort="id")


def test_the_position_of_an_id_is_the_id() -> None:
    """In a list sorted by id, a position has no due date and no priority."""
    assert Position(sort="id", id="PO-1").text == "id.UE8tMQ"
    wrong: list[dict[str, Any]] = [{"due_on": nov(2)}, {"priority": 1}]
    for given in wrong:
        with pytest.raises(ValueError, match="sorted by id"):
            Position(sort="id", id="PO-1", **given)


def test_a_position_is_of_an_order() -> None:
    """Anything but an order has no position."""
    wrong: Any = "PO-1"
    with pytest.raises(TypeError, match="order must be"):
        OrderQuery().position(wrong)


# Text: decision D36b


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("STRASSE", "Stra\u00dfe"),
        ("Zoe\u0308", "ZO\u00cb"),
        ("\u0390", "\u0399\u0308\u0301"),
        ("\u01f0", "J\u030c"),
        ("\u03a3", "\u03c2"),
    ],
)
def test_texts_are_the_same_after_folding(one: str, other: str) -> None:
    """Neither the case nor the way in which characters are stored makes a difference."""
    assert folded(one) == folded(other) == folded(folded(one))


def test_a_letter_and_its_accent_are_one() -> None:
    """A phrase isn't found in a part of a character."""
    assert "e" not in folded("e\u0301")
    assert "j" not in folded("\u01f0")


def test_search_text_has_each_text_of_an_order(orders: list[ProductionOrder]) -> None:
    """The texts are the id, the invoice, the vendor, the user and each fact that is a text."""
    assert search_text(orders[0]) == "a\ni-1\nacme\nrita\nstrasse"
    assert search_text(orders[3]) == "d"


def test_only_texts_are_folded() -> None:
    """Anything but a text, and anything but an order, is refused."""
    wrong: Any = None
    with pytest.raises(TypeError, match="text must be"):
        folded(wrong)
    with pytest.raises(TypeError, match="order must be"):
        search_text(wrong)


# Counts: decision D36b


@pytest.mark.parametrize(
    ("by", "counts"),
    [
        ("order_type", {"prints": 4, "albums": 1}),
        ("status", {"retouch": 1, "qa": 1, "hold": 1, "shipped": 1, "printing": 1}),
        ("workflow_stage", {"retouching": 1}),
        ("department", {"Retouching": 1, "Lab": 1}),
        ("user", {"rita": 2}),
        ("vendor", {"Acme": 2}),
        ("priority", {-1: 1, 0: 3, 5: 1}),
        ("is_open", {True: 4, False: 1}),
        ("facts.client", {"Stra\u00dfe": 1, "Lee 5%": 1}),
        ("facts.copies", {1: 2}),
        ("facts.unknown", {}),
        (
            ("is_open", "order_type"),
            {(True, "prints"): 3, (True, "albums"): 1, (False, "prints"): 1},
        ),
        (("user", "facts.rush"), {("rita", True): 1}),
    ],
)
def test_orders_are_counted_by_their_values(
    orders: list[ProductionOrder], by: str | tuple[str, str], counts: dict[Any, int]
) -> None:
    """Orders without the value, or without one of the two values, are left out."""
    assert OrderQuery().count(orders, by=by) == counts


def test_a_count_is_of_all_pages(orders: list[ProductionOrder]) -> None:
    """The sort, the position and the limit make no difference to a count."""
    query = OrderQuery(is_open=True, sort="id", after=orders[2], limit=1)
    assert OrderQuery(sort="id").position(orders[2]) == query.after
    assert query.count(orders) == 4
    assert query.count(orders, by="vendor") == {"Acme": 2}


def test_orders_are_counted_by_the_newest_stages(
    orders: list[ProductionOrder], cycle: StatusCycle
) -> None:
    """The newest version of each type gives the stages."""
    edited = cycle.replace("qa", workflow_stage="editing")
    counts = OrderQuery().count(orders, by="workflow_stage", cycles=[edited])
    assert counts == {"retouching": 1, "editing": 1}
    moved = evolve(orders[0], cycle=edited)
    assert OrderQuery().count([moved, orders[1]], by="workflow_stage") == {
        "retouching": 1,
        "editing": 1,
    }


def test_a_number_that_is_too_large_for_a_fact_stays_a_decimal() -> None:
    """What a count shows can be asked for."""
    large = Decimal("1E+20")
    (value,) = Counts({large: 2})
    assert isinstance(value, Decimal)
    assert OrderQuery(facts={"number": value}).facts == {"number": large}
