"""The laws of a store about queries: what it finds, how it pages, what it counts (decision D36b).

The laws share a set of orders, in which each field of a query has several values, and the values
are awkward: texts that differ only in case or in how they are stored, facts that Python takes for
equal, equal due dates, and ids that only code points sort.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import cache, partial
from itertools import combinations, islice
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import Change, OrderQuery, ProductionOrder, StatusCycle
from prodflow.stores._positions import Sort
from prodflow.testing._cases import SHARED, case
from prodflow.testing._drawing import NAMES
from prodflow.testing._queries import ALWAYS, DAYS, GROUPS, TEXTS, groupings, order_queries
from prodflow.testing._studio import CYCLE, MONDAY, Store, advanced, amended, opened

_BOOKS: Final = evolve(CYCLE, order_type="books").replace("lab", workflow_stage="Finishing")
_DAY: Final = timedelta(1)
_SORTS: Final[list[Sort]] = ["due", "priority", "id"]
_SIZES: Final = [1, 3, 5, 100]
_MOST_PAGES: Final = 200
_Group = str | tuple[str, str]
_ALL_GROUPS: Final = [
    *GROUPS,
    *("facts.client", "facts.copies", "facts.rush", "facts.shot_on", "facts.unknown"),
]
_UNKNOWN_GROUPS: Final[list[_Group]] = [
    *("colour", "facts", "facts."),
    *(("status", "status"), ("status", "colour")),
]
_PHRASES: Final = [
    *("PO-1", "po-1", "inv", "INV-7", "%", "_", "a_b", "A%", "5%", "100%", "\\", "'", '"', "*"),
    *("lee", "LEE", "Lee ", "west", "zoë", "ZOE\u0308", "stras", "Straß", "STRASSE 5", "-"),
    *(
        "\u0390",
        "\u0399\u0308\u0301",
        "\u00c4-1",
        "a\u0308-1",
        "a",
        "lab desk",
        "true",
        "1",
        "2026",
    ),
    *("nothing like it", "\U0001f39e", "7 W", "x" * 200),
]

# How each order is opened. It has a number for its vendor, and so on, from the lists below.
_IDS: Final = [
    *("PO-10", "PO-9", "po-9", "PO_9", "A%B", "A_B", "AxB", "a~1", "Z", "b", "\u00c4-1"),
    *("A\u0308-1", "\u00e9", "\uff5e-1", "\U0001f39e-1", " PO-1", "100%", "\\'\"*", "~", "0", "00"),
    *("-", "\u0390", "y" * 200),
]
_VENDORS: Final = ["West", "west", None, "We_st", "We%st"]
_INVOICES: Final = ["INV-7", None, "INV-70", "inv-7"]
_USERS: Final = ["Zoe\u0308", "Zo\u00eb", None, "Lee", "Ann"]
_PRIORITIES: Final = [0, 5, -5, 0, 1_000, 0]
_DUE: Final = [0, None, 3, 0, 7, 3, None]
_FACTS: Final[list[dict[str, Any]]] = [
    {"client": "Lee", "rush": True},
    {"client": "lee", "copies": 1},
    {"client": "Stra\u00dfe 5%", "rush": 1, "copies": Decimal("1.0")},
    {"client": "STRASSE 5", "copies": Decimal("1.00"), "rush": False},
    {"client": "1", "rush": "True"},
    {"copies": Decimal("1.5"), "shot_on": MONDAY},
    {"copies": Decimal("1.50"), "shot_on": str(MONDAY)},
    {"rush": False, "copies": 0, "shot_on": MONDAY + _DAY},
    {},
    {"copies": 2**53, "rush": 0, "client": "\u0399\u0308\u0301"},
    {"copies": 2**53 + 1, "rush": Decimal(1)},
    {"copies": Decimal("0.1"), "client": "%"},
    {"copies": Decimal("0.10000000000000000000000000001"), "client": "a_b"},
]


@cache
def _changes() -> tuple[Change, ...]:
    """The changes that make the orders; some are open, and some were closed once or twice."""
    changes: list[Change] = []
    types = [CYCLE, CYCLE, _BOOKS, CYCLE, CYCLE]
    ends = ["done", "cancelled", "cancelled", "done", "done"]
    for number, order_id in enumerate(_IDS):
        due = _DUE[number % len(_DUE)]
        status = CYCLE.statuses[number % len(CYCLE)].key
        first = opened(
            order_id,
            cycle=types[number % len(types)],
            ordered_on=MONDAY + number % 4 * _DAY,
            delivery_on=MONDAY + (9 + number % 5) * _DAY if number % 3 else None,
            due_on=None if due is None else MONDAY + due * _DAY,
            status=status,
            entered_on=MONDAY + number % 5 * _DAY,
            vendor=_VENDORS[number % len(_VENDORS)],
            invoice_id=_INVOICES[number % len(_INVOICES)],
            priority=_PRIORITIES[number % len(_PRIORITIES)],
            facts=_FACTS[number % len(_FACTS)],
            user=_USERS[number % len(_USERS)],
        )
        changes.append(first)
        order = first.order
        # Of the orders that are open, some are closed, and some of these again after a reopening.
        for days in [[], [6], [2, 4, 8], [1, 3]][number % 4] if order.is_open else []:
            to = ends[number % len(ends)] if order.is_open else "lab"
            today = order.begun_on + days * _DAY
            changes.append(advanced(order, to=to, today=today))
            order = changes[-1].order
    return tuple(changes)


@cache
def _orders() -> tuple[ProductionOrder, ...]:
    """The orders after all changes."""
    return tuple({change.order.id: change.order for change in _changes()}.values())


def _filled(store: Store) -> tuple[ProductionOrder, ...]:
    """The orders, which are saved unless the store has them already."""
    if not store.load([_IDS[0]]):
        store.save(*_changes())
    return _orders()


_SOME: Final = st.deferred(lambda: st.sampled_from(_orders()))


class FindingLaws:
    """`find` filters and sorts as the fields of an `OrderQuery` say."""

    def test_finding_agrees_with_a_filter_over_all_orders(self, store: Store) -> None:
        """For each field and each of its values, `find` returns what a plain filter keeps."""
        orders = _filled(store)
        for query in dict.fromkeys(_probes(orders)):
            assert store.find(query) == query.select(orders, cycles=store.newest()), query

    @SHARED
    @given(query=order_queries(orders=_SOME))
    def test_fields_together_agree_with_a_filter(self, store: Store, query: OrderQuery) -> None:
        """With several fields, any sort and any page, `find` returns what a plain filter keeps."""
        orders = _filled(store)
        expected = query.select(orders, cycles=store.newest())
        case("the query finds something", expected)
        assert store.find(query) == expected

    @SHARED
    @given(
        vendor=NAMES,
        fact=NAMES,
        begin=st.integers(0, 5),
        of_fact=st.booleans(),
        raised=st.booleans(),
    )
    def test_a_part_of_a_text_finds_its_order(
        self,
        store: Store,
        *,
        vendor: str,
        fact: str,
        begin: int,
        of_fact: bool,
        raised: bool,
    ) -> None:
        """An order is found by a part of any of its texts, whatever the case and the characters."""
        order = _saved_new(store, vendor=vendor, facts={"fact": fact})
        part = (fact if of_fact else vendor)[begin:][:3] or fact
        phrase = (part.upper() if raised else part)[:200]
        query = OrderQuery(text=phrase)
        case("the phrase differs from the text", phrase not in f"{vendor}\n{fact}")
        assert (order in store.find(query)) is query.matches(order)

    def test_orders_are_sorted(self, store: Store) -> None:
        """Each sort has its order: no due date comes last, and a higher priority first."""
        days = {"a": (3, 0), "b": (None, 9), "c": (3, 5), "d": (1, -1), "B": (3, 5), "e": (None, 9)}
        for order_id, (due, priority) in days.items():
            due_on = None if due is None else MONDAY + due * _DAY
            store.save(opened(order_id, due_on=due_on, priority=priority))
        found = {sort: store.find(OrderQuery(sort=sort)) for sort in _SORTS}
        assert {sort: "".join(order.id for order in found[sort]) for sort in found} == {
            "due": "dBcabe",
            "priority": "beBcad",
            "id": "Babcde",
        }


class PagingLaws:
    """Pages have neither gaps nor repeats, also while orders move."""

    def test_paging_visits_every_order_once(self, store: Store) -> None:
        """For every sort and page size, the pages together are the whole list."""
        orders = _filled(store)
        for sort in _SORTS:
            for size in _SIZES:
                query = OrderQuery(sort=sort, limit=size)
                paged = [order for page in pages_of(store, query) for order in page]
                assert paged == OrderQuery(sort=sort).select(orders)

    def test_a_page_goes_on_where_it_was(self, store: Store) -> None:
        """If the last order of a page has moved since, the next page begins at its old place."""
        _filled(store)
        for sort in _SORTS[:2]:
            query = OrderQuery(sort=sort)
            ids = [order.id for order in store.find(query)]
            last = store.find(evolve(query, limit=6))[-1]
            rest = evolve(query, after=query.position(last))
            for number in (3, -3):
                moved = {"due_on": MONDAY + 90 * number * _DAY, "priority": 300 * number}
                store.save(amended(store.get(last.id), **moved))
                page = store.find(rest)
                assert [order.id for order in page if order.id != last.id] == ids[6:]

    @SHARED
    @given(
        sort=st.sampled_from(_SORTS),
        size=st.integers(1, 3),
        moves=st.lists(
            st.tuples(st.integers(-1, 2), st.none() | st.integers(0, 4), st.integers(-2, 2)),
            min_size=2,
            max_size=5,
        ),
    )
    def test_what_does_not_move_is_seen_once(
        self, store: Store, sort: Sort, size: int, moves: list[tuple[int, int | None, int]]
    ) -> None:
        """While orders move between the pages, each of the others is on one page."""
        vendor = f"paging {store.count(OrderQuery())}"
        firsts = [
            opened(
                f"{vendor} {number}",
                vendor=vendor,
                due_on=MONDAY + number % 3 * _DAY if number % 4 else None,
                priority=number % 2,
            )
            for number in range(8)
        ]
        store.save(*firsts)
        query = OrderQuery(vendor=vendor, sort=sort)
        ids = [order.id for order in store.find(query)]
        staying, seen = set(ids), list[str]()
        coming = iter(moves)
        for page in pages_of(store, evolve(query, limit=size)):
            seen += [order.id for order in page]
            # The last order of the page moves, or one that is close to it.
            for step, days, priority in islice(coming, 1):
                moved = store.get(ids[(ids.index(seen[-1]) + step) % len(ids)])
                staying -= {moved.id}
                due_on = None if days is None else MONDAY + days * _DAY
                store.save(amended(moved, due_on=due_on, priority=priority))
        case("orders moved to pages that were still to come", len(seen) > len(set(seen)))
        assert sorted(order_id for order_id in seen if order_id in staying) == sorted(staying)


class CountingLaws:
    """`count` says how many orders `find` would return on all pages together."""

    def test_a_count_is_the_number_of_orders_found(self, store: Store) -> None:
        """`count` agrees with `find`, for each field and each of its values."""
        for query in dict.fromkeys(_probes(_filled(store))):
            assert store.count(query) == len(store.find(query)), query

    def test_a_page_makes_no_difference_to_a_count(self, store: Store) -> None:
        """`count` counts all pages, whatever the sort, the position and the limit."""
        orders = _filled(store)
        for sort in _SORTS:
            query = OrderQuery(sort=sort, is_open=True)
            page = evolve(query, after=query.position(orders[0]), limit=2)
            assert store.count(page) == store.count(query)
            assert store.count(page, by="status") == store.count(query, by="status")

    def test_orders_are_counted_by_each_value(self, store: Store) -> None:
        """By each field and each fact, the counts are those of a plain count over all orders."""
        orders = _filled(store)
        for query in (OrderQuery(), OrderQuery(is_open=True), OrderQuery(is_open=False)):
            count = partial(query.count, orders, cycles=store.newest())
            groups: list[_Group] = [*_ALL_GROUPS, *combinations(_ALL_GROUPS, 2)]
            for by in groups:
                assert store.count(query, by=by) == count(by=by), by

    @SHARED
    @given(query=order_queries(orders=_SOME), by=groupings(_SOME))
    def test_counts_of_any_query_agree(
        self, store: Store, query: OrderQuery, by: _Group | None
    ) -> None:
        """With any fields, by anything, the counts are those of a plain count over all orders."""
        orders = _filled(store)
        expected = query.count(orders, by=by, cycles=store.newest())
        case("there is something to count", expected)
        assert store.count(query, by=by) == expected

    def test_counts_add_up(self, store: Store) -> None:
        """By a field that every order has, the counts together are the number of orders."""
        _filled(store)
        for query in (OrderQuery(), OrderQuery(vendor={"West", None}, is_open=True)):
            whole = store.count(query)
            groups: list[_Group] = ["order_type", "status", "is_open", ("status", "priority")]
            for by in groups:
                assert sum(store.count(query, by=by).values()) == whole

    def test_orders_are_counted_by_what_exists(self, store: Store) -> None:
        """An unknown name, and the same name twice, are refused."""
        for by in _UNKNOWN_GROUPS:
            with pytest.raises(ValueError, match="by"):
                store.count(OrderQuery(), by=by)


class HistoriesLaws:
    """`histories` gives each order of a query with the whole history that led to it."""

    def test_histories_are_those_of_the_orders_found(self, store: Store) -> None:
        """`histories` gives the orders of `find`, in the same sequence, with all their entries."""
        _filled(store)
        for sort in _SORTS:
            for query in (OrderQuery(sort=sort), OrderQuery(sort=sort, is_open=False, limit=4)):
                _check_histories(store, query)

    @SHARED
    @given(query=order_queries(orders=_SOME))
    def test_histories_of_any_query_agree(self, store: Store, query: OrderQuery) -> None:
        """With any fields, `histories` gives the orders of `find` with all their entries."""
        _filled(store)
        _check_histories(store, query)

    def test_orders_may_change_while_histories_are_read(self, store: Store) -> None:
        """Each order is as its last entry left it, even if orders change while you read."""
        _filled(store)
        cycles = _cycles(store)
        for sort in _SORTS:
            expected = [order.id for order in store.find(OrderQuery(sort=sort))]
            given: list[str] = []
            for order, entries in store.histories(OrderQuery(sort=sort)):
                given.append(order.id)
                assert ProductionOrder.replay(entries, cycles) == order
                last = store.get(expected[-1])
                if len(given) % 5 == 1:
                    store.save(amended(last, department=f"{sort} {len(given)}"))
            assert given == expected


def _check_histories(store: Store, query: OrderQuery) -> None:
    cycles = _cycles(store)
    given = [(order, list(entries)) for order, entries in store.histories(query)]
    orders = store.find(query)
    assert given == [(order, list(store.history(order.id))) for order in orders]
    assert [ProductionOrder.replay(entries, cycles) for _, entries in given] == orders


def _cycles(store: Store) -> list[StatusCycle]:
    names = store.order_types()
    return [store.get_cycle(name, number) for name in names for number in store.versions(name)]


def pages_of(store: Store, query: OrderQuery) -> Iterator[list[ProductionOrder]]:
    """The pages of a query, by the last order and by its position in turn."""
    for number in range(_MOST_PAGES):
        page = store.find(query)
        if not page:
            return
        last = page[-1]
        yield page
        query = evolve(query, after=query.position(last) if number % 2 else last)
    pytest.fail("there is always another page")


def _saved_new(store: Store, **given: Any) -> ProductionOrder:  # noqa: ANN401 - keywords of `open`
    """An order under an id that no other example has."""
    change = opened(f"~{store.count(OrderQuery())}", **given)
    store.save(change)
    return change.order


def _probes(orders: Sequence[ProductionOrder]) -> Iterator[OrderQuery]:
    """A query for each field and each of its values, for values nearby, and for sets."""
    for name, read_text in TEXTS.items():
        yield from _choices(name, {read_text(order) for order in orders})
    for name, read_day in DAYS.items():
        days = {read_day(order) or MONDAY for order in orders}
        bounds = {*days, *(day + _DAY for day in days), *([] if name in ALWAYS else [None])}
        yield from (_query(name, bound) for bound in bounds)
    yield from (OrderQuery(is_open=flag) for flag in (True, False))
    yield from (OrderQuery(text=phrase) for phrase in _PHRASES)
    for facts in _FACTS:
        yield OrderQuery(facts=facts)
        for name, value in facts.items():
            values: list[Any] = [value, None, [value, None], [], [value, "West"], True, 1, "1"]
            yield from (OrderQuery(facts={name: wanted}) for wanted in values)
    yield OrderQuery(facts={"unknown": None})
    yield OrderQuery(facts={"unknown": 1})


def _choices(name: str, values: set[str | None]) -> Iterator[OrderQuery]:
    texts = sorted(value for value in values if value is not None)
    yield from (_query(name, value) for value in [*values, "unknown"])
    yield from (_query(name, among) for among in ({*texts[:2]}, {*texts, "unknown"}, set[str]()))
    if None in values:
        yield from (_query(name, among) for among in ({None}, {None, texts[0]}))


def _query(name: str, value: object) -> OrderQuery:
    given: dict[str, Any] = {name: value}
    return OrderQuery(**given)
