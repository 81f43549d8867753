"""Finding orders where a small studio wouldn't need it: many values, and common facts."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

import pytest
import sqlalchemy as sa
from attrs import evolve
from sqlalchemy import event

from prodflow import Change, DamagedRowError, OrderQuery, ProductionOrder, Status, StatusCycle
from prodflow.stores import search_text
from prodflow_sqlalchemy import SqlStore
from prodflow_sqlalchemy._dialect import ConcurrentSaveError
from prodflow_sqlalchemy._orders import OrderFinder

from .conftest import emptied
from .studio import MONDAY, advanced, amended, once_before, opened, rows_of

FACTS: Final = (
    "SELECT order_id, name, value, is_open, due, rank FROM prodflow_facts ORDER BY order_id, name"
)
SORTS: Final = ["due", "priority", "id"]


@pytest.fixture
def store(kept: sa.Engine) -> SqlStore:
    """An empty store: SQLite, then PostgreSQL."""
    return emptied(kept)


def filled(store: SqlStore, first: int = 0) -> list[ProductionOrder]:
    """Orders of 90 vendors and 3 clients, half of them closed; PO-00 is of the *first* vendor."""
    changes = [
        opened(
            f"PO-{number - first:02}",
            vendor=f"vendor {number}",
            priority=number % 5,
            ordered_on=MONDAY + timedelta(number % 7),
            due_on=MONDAY + timedelta(number % 11) if number % 3 else None,
            facts={"client": f"client {number % 3}", "rush": number % 2 == 0},
        )
        for number in range(first, first + 90)
    ]
    changes += [advanced(change.order, to="shipped") for change in changes[::2]]
    store.save(*changes)
    return list({change.order.id: change.order for change in changes}.values())


@pytest.mark.parametrize("sort", SORTS)
def test_many_alternatives_are_found(store: SqlStore, sort: Any) -> None:  # noqa: ANN401 - a sort
    """With more alternatives than parts of a statement, the orders are the same."""
    orders = filled(store)
    for count in (2, 30, 31, 80):
        vendors = frozenset(f"vendor {number}" for number in range(count))
        query = OrderQuery(vendor=vendors, sort=sort, limit=50)
        assert store.find(query) == query.select(orders)


@pytest.mark.parametrize(
    "sort", ["due", *(pytest.param(sort, marks=pytest.mark.full) for sort in SORTS[1:])]
)
def test_many_alternatives_of_a_fact_are_found(
    store: SqlStore,
    sort: Any,  # noqa: ANN401 - a sort
) -> None:
    """As many tracking numbers as a page may list: far more than a statement may have parts."""
    orders = filled(store)
    for count in (60, 61, 3_000):
        clients = [f"client {number}" for number in range(1, count)]
        query = OrderQuery(facts={"client": clients}, sort=sort, limit=50)
        assert store.find(query) == query.select(orders)
        assert store.count(query) == query.count(orders)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("few", [0, 5, 1_500])
def test_common_facts_find_the_same_orders(
    kept: sa.Engine,
    store: SqlStore,
    sort: Any,  # noqa: ANN401 - a sort
    few: int,
) -> None:
    """Orders are the same, whether or not their fact is too common to begin with."""
    orders = filled(store)
    queries = [
        OrderQuery(facts={"client": "client 1"}, sort=sort, limit=7),
        OrderQuery(facts={"client": "client 1", "rush": True}, sort=sort, after=orders[40]),
        OrderQuery(facts={"client": ["client 1", "client 2"], "rush": [True, None]}, sort=sort),
        OrderQuery(facts={"rush": True, "size": None}, is_open=True, sort=sort),
        OrderQuery(facts={"rush": True}, vendor=frozenset({"vendor 4", "vendor 5"}), sort=sort),
    ]
    for query in queries:
        expected = [order.id for order in query.select(orders)]
        assert found_with(kept, store, query, few=few) == expected


def test_a_stage_of_many_order_types_is_found(store: SqlStore) -> None:
    """A workflow stage may have a thousand statuses, some of them in one version only."""

    def status(key: str, stage: str, **given: Any) -> Status:  # noqa: ANN401 - any of `Status`
        return Status(key, f"Status {key}", workflow_stage=stage, **given)

    changes: list[Change] = []
    for number in range(101):
        same = [
            status("first", "desk", initial=True),
            *(status(f"s{place}", "lab") for place in range(10)),
            status("last", "desk", final=True),
        ]
        extra = [same[0], status("extra", "lab"), *same[1:]]
        other = [same[0], status("extra", "bench"), *same[1:]]
        versions = [
            StatusCycle(f"type-{number:03}", statuses, version=version)
            for version, statuses in enumerate((extra, other, same), start=1)
        ]
        changes += [
            opened(f"PO-{number:03}-{place}", cycle, status=key)
            for place, (cycle, key) in enumerate(
                zip(versions, ("extra", "extra", f"s{number % 10}"), strict=True)
            )
        ]
    store.save(*changes)
    for stage in ("lab", "bench"):
        query = OrderQuery(workflow_stage=stage, sort="id")
        found = [it.order.id for it in changes if it.order.status.workflow_stage == stage]
        assert [order.id for order in store.find(query)] == found
        assert store.count(query) == len(found) == {"lab": 202, "bench": 101}[stage]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("many", [0, 5, 20_000])
def test_long_periods_find_the_same_orders(
    kept: sa.Engine,
    store: SqlStore,
    sort: Any,  # noqa: ANN401 - a sort
    many: int,
) -> None:
    """Orders are the same, whether or not a period has too many to begin with."""
    orders = filled(store)
    days: dict[str, Any] = {"ordered_from": MONDAY, "ordered_by": MONDAY + timedelta(4)}
    queries = [
        OrderQuery(**days, sort=sort, limit=7),
        OrderQuery(**days, due_from=MONDAY, due_by=MONDAY + timedelta(9), sort=sort),
        OrderQuery(**days, closed_from=MONDAY, closed_by=MONDAY, sort=sort, after=orders[40]),
        OrderQuery(due_by=MONDAY + timedelta(1), delivery_by=MONDAY, sort=sort),
        OrderQuery(overdue_on=MONDAY + timedelta(4), ordered_from=MONDAY, sort=sort, limit=9),
    ]
    for query in queries:
        expected = [order.id for order in query.select(orders)]
        assert found_with(kept, store, query, many=many) == expected


@pytest.mark.parametrize("number", [0, 20_000])
def test_only_orders_of_the_tenant_are_found_and_counted(kept: sa.Engine, number: int) -> None:
    """Whatever finds the orders: those of another tenant have the same ids and other values."""
    emptied(kept)
    stores = [SqlStore(kept, tenant=tenant) for tenant in ("North", "South")]
    orders = [filled(store, first) for first, store in enumerate(stores)]
    asked: list[dict[str, Any]] = [
        {"facts": {"client": "client 1"}, "vendor": frozenset({"vendor 4", "vendor 7"})},
        {"facts": {"client": "client 1", "rush": True}},
        {"facts": {"client": ["client 1", None], "rush": False}, "due_by": MONDAY},
        {"facts": {"size": None}},
        {"ordered_from": MONDAY + timedelta(1), "ordered_by": MONDAY + timedelta(2)},
        {"closed_from": MONDAY, "ordered_by": MONDAY},
        {"ordered_by": MONDAY + timedelta(5), "is_open": False},
    ]
    pages: list[dict[str, Any]] = [{"sort": sort, "limit": 4} for sort in SORTS]
    every = [OrderQuery(**given, **page) for given in asked for page in pages]
    for query in every:
        for store, own in zip(stores, orders, strict=True):
            expected = [order.id for order in query.select(own)]
            assert found_with(kept, store, query, few=number, many=number) == expected
            assert store.count(query) == query.count(own)
            for by in ("vendor", ("facts.client", "facts.rush"), ("facts.client", "vendor")):
                assert store.count(query, by=by) == query.count(own, by=by)


def test_facts_of_every_kind_are_counted(store: SqlStore) -> None:
    """Counts tell values of different kinds apart, whatever characters are in their texts."""
    values: list[Any] = ['"', "\\", "a\\u0062", "[1]", "text:x", "\N{ARTIST PALETTE}", "e\u0301"]
    values += ["1", 1, True, Decimal("0.5"), Decimal(2**63), MONDAY, MONDAY.isoformat()]
    changes = [
        opened(f"PO-{number:02}", facts={"it": value, "odd": number % 2 == 1})
        for number, value in enumerate(values + values[::3])
    ]
    store.save(*changes)
    store.save(*(advanced(it.order, to="shipped") for it in changes[::2]))
    orders = store.find(OrderQuery())
    for by in ("facts.it", ("facts.it", "facts.odd"), ("facts.it", "is_open")):
        counts = store.count(OrderQuery(), by=by)
        assert list(counts.items()) == list(OrderQuery().count(orders, by=by).items())
        assert sum(counts.values()) == len(orders)


@pytest.mark.parametrize("years", [0, 8, 12])
def test_the_first_ids_of_a_long_period_are_found(
    kept: sa.Engine, store: SqlStore, years: int
) -> None:
    """Pages by id, one after the other, have all orders of a period of few or many years."""
    changes = [
        opened(f"PO-{number * 37 % 60:02}", ordered_on=MONDAY - timedelta(number % 9))
        for number in range(60)
    ]
    changes.append(opened("PO-99", ordered_on=MONDAY - timedelta(365 * years + 9)))
    closed = [
        advanced(it.order, to="shipped", today=MONDAY + timedelta(number % 7))
        for number, it in enumerate(changes)
    ]
    store.save(*changes, *closed)
    orders = [change.order for change in closed]
    periods: list[dict[str, Any]] = [
        {"ordered_by": MONDAY - timedelta(3)},
        {"closed_from": MONDAY + timedelta(2), "closed_by": MONDAY + timedelta(5)},
        {"ordered_by": MONDAY - timedelta(3), "closed_from": MONDAY + timedelta(2)},
    ]
    for days in periods:
        query: OrderQuery = OrderQuery(**days, is_open=False, sort="id", limit=4)
        pages: list[str] = []
        while page := found_with(kept, store, query, many=0):
            pages += page
            query = evolve(query, after=query.position(store.get(page[-1])))
        every = evolve(query, after=None, limit=None)
        assert pages == [order.id for order in every.select(orders)]
        assert len(pages) > 4


def test_a_closing_day_that_cannot_be_read_is_named(kept: sa.Engine, store: SqlStore) -> None:
    """A page of a long period begins with the days of its first and its last order."""
    store.save(opened("PO-1"), advanced(opened("PO-1").order, to="shipped"))
    with kept.begin() as connection:
        connection.exec_driver_sql("UPDATE prodflow_orders SET closed_on = 'soon'")
    query = OrderQuery(closed_from=MONDAY, is_open=False, sort="id", limit=4)
    with pytest.raises(DamagedRowError) as caught:
        found_with(kept, store, query, many=0)
    assert (caught.value.table, caught.value.key) == ("prodflow_orders", ("PO-1",))


@pytest.mark.parametrize("before", ["SELECT (SELECT min", "SELECT prodflow_orders.id"])
def test_orders_can_go_between_two_statements(postgres_url: str, before: str) -> None:
    """If the orders of a period are gone meanwhile, the page begins again."""
    engine, other = sa.create_engine(postgres_url), sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    store.save(opened("PO-1"), advanced(opened("PO-1").order, to="shipped"))
    with other.begin() as connection:
        connection.exec_driver_sql("UPDATE prodflow_orders SET closed_on = 'soon'")
    once_before(engine, before, lambda: emptied(other))
    query = OrderQuery(closed_from=MONDAY, is_open=False, sort="id", limit=4)
    with pytest.raises(ConcurrentSaveError):
        found_with(engine, store, query, many=0)
    assert found_with(engine, store, query, many=0) == []
    engine.dispose()
    other.dispose()


def found_with(kept: sa.Engine, store: SqlStore, query: OrderQuery, **given: int) -> Sequence[str]:
    """The ids of the orders that are found if few facts or many orders are so many."""
    with kept.connect() as connection:
        cycles = partial(store._cycles.all, connection)  # noqa: SLF001 - what the store passes
        finder = OrderFinder(store._dialect, connection, cycles, **given)  # noqa: SLF001
        return [row.id for row in finder.page(query)]


def test_facts_follow_their_order(kept: sa.Engine, store: SqlStore) -> None:
    """The table of facts has sort keys while an order is closed, and follows each change."""
    opening = opened("PO-1", priority=2, facts={"client": "Lee", "rush": True})
    store.save(opening)
    is_open = [
        ("PO-1", "client", "text:Lee", 1, None, None),
        ("PO-1", "rush", "flag:1", 1, None, None),
    ]
    assert rows_of(kept, FACTS) == is_open
    store.save(lab := advanced(opening.order, to="lab"))
    assert rows_of(kept, FACTS) == is_open
    store.save(shipped := advanced(lab.order))
    closed = [
        ("PO-1", "client", "text:Lee", 0, "none", -2),
        ("PO-1", "rush", "flag:1", 0, "none", -2),
    ]
    assert rows_of(kept, FACTS) == closed
    store.save(late := amended(shipped.order, priority=3, facts={"rush": None, "copies": 2}))
    assert rows_of(kept, FACTS) == [
        ("PO-1", "client", "text:Lee", 0, "none", -3),
        ("PO-1", "copies", "number:2", 0, "none", -3),
    ]
    store.save(again := advanced(late.order, to="lab"))
    assert rows_of(kept, FACTS) == [
        ("PO-1", "client", "text:Lee", 1, None, None),
        ("PO-1", "copies", "number:2", 1, None, None),
    ]
    store.save(amended(again.order, facts={"client": None, "copies": None}))
    assert rows_of(kept, FACTS) == []


def test_the_text_of_a_search_is_kept(kept: sa.Engine, store: SqlStore) -> None:
    """The column has what the core says is searched."""
    opening = opened("PO-1", vendor="Straße", invoice_id="INV-7", facts={"client": "Le\u0301e"})
    store.save(opening)
    assert rows_of(kept, "SELECT search FROM prodflow_orders") == [(search_text(opening.order),)]
    assert store.find(OrderQuery(text="STRASSE", overdue_on=MONDAY)) == []
    assert store.find(OrderQuery(text="STRASSE")) == [opening.order]


def test_longest_texts_can_be_indexed(store: SqlStore) -> None:
    """The longest texts fit into every index, in four bytes a character and hard to compress."""
    texts = iter(
        "".join(chr(0x20000 + (number * 40_503 + place * 9_973) % 42_000) for place in range(200))
        for number in range(100)
    )
    opening = opened(
        next(texts),
        vendor=next(texts),
        invoice_id=next(texts),
        department=next(texts),
        user=next(texts),
        facts={f"{number:064}": next(texts) for number in range(32)},
    )
    store.save(opening)
    store.save(closing := advanced(opening.order, to="shipped"))
    assert store.find(OrderQuery(vendor=opening.order.vendor)) == [closing.order]


@pytest.mark.parametrize("by", [None, "vendor", "workflow_stage", ("is_open", "facts.client")])
def test_a_count_is_one_statement(kept: sa.Engine, store: SqlStore, by: Any) -> None:  # noqa: ANN401 - of three kinds
    """Open and closed orders are counted at once, so an order closed meanwhile is counted once."""
    filled(store)

    def count() -> None:
        store.count(OrderQuery(), by=by)

    counting = statements(kept, count)
    assert sum("count(" in statement for statement in counting) == 1


def test_a_save_between_an_order_and_its_history_is_left_out(postgres_url: str) -> None:
    """Orders and histories are read one after the other; what was saved meanwhile isn't shown."""
    engine = sa.create_engine(postgres_url)
    with SqlStore.open(postgres_url) as other, SqlStore(engine) as store:
        other.save(opened("PO-1"))
        (order,) = other.find(OrderQuery())
        history = "SELECT prodflow_history"
        once_before(engine, history, lambda: other.save(amended(order, vendor="Acme")))
        ((found, entries),) = store.histories(OrderQuery())
        assert (found, len(entries)) == (order, 1)
        assert len(other.history("PO-1")) == 2


def test_a_portion_of_histories_takes_few_statements(kept: sa.Engine, store: SqlStore) -> None:
    """Histories are read for many orders at once, not with a statement for each."""
    filled(store)
    assert len(list(store.histories(OrderQuery()))) == 90
    reading = statements(kept, lambda: list(store.histories(OrderQuery())))
    assert sum("prodflow_history" in statement for statement in reading) == 1


def statements(engine: sa.Engine, call: Callable[[], object]) -> list[str]:
    """The statements that a call runs."""
    seen: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def listener(*arguments: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        seen.append(arguments[2])

    call()
    event.remove(engine, "before_cursor_execute", listener)
    return seen


def test_a_count_of_nothing_by_a_value_is_empty(kept: sa.Engine) -> None:
    """An empty set finds nothing, so there is no value either."""
    store = emptied(kept)
    store.save(opened("PO-1", vendor="West"))
    nothing = OrderQuery(vendor=frozenset())
    assert store.count(nothing, by="vendor") == {}
    assert store.count(nothing, by=("vendor", "facts.client")) == {}
