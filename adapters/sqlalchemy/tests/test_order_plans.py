"""How the databases find and count orders: in an index, and not in the table."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from prodflow import OrderQuery
from prodflow_sqlalchemy import SqlStore, tables

from .conftest import own_database
from .studio import MONDAY, advanced, opened

_ORDERS: Final = 3_000
_BULK: Final = 500
_IN_THE_INDEX: Final = {"sqlite": "COVERING INDEX", "postgresql": "Index Only Scan"}
_PAGES_TO_CHECK: Final = (
    "SELECT sum(relpages - relallvisible) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema())"
)
_FILTERS: Final[dict[str, dict[str, Any]]] = {
    "vendor": {"vendor": "vendor 3"},
    "assignee": {"user": "user 3"},
    "department": {"department": "department 3"},
    "status": {"order_type": "prints", "status": "lab"},
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def studio(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """An engine for a database with some thousand orders, of which a tenth is open."""
    if request.param == "sqlite":
        yield from _filled(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'studio.db'}")
    else:
        with own_database(request.getfixturevalue("postgres")) as url:
            yield from _filled(url)


def _filled(url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(url)
    store = SqlStore(engine)
    store.create_schema()
    for begin in range(0, _ORDERS, _BULK):
        changes = [
            opened(
                f"PO-{number:04}",
                vendor=f"vendor {number % 20}" if number % 11 else None,
                department=f"department {number % 7}",
                user=f"user {number % 30}",
                priority=number % 3,
                facts={"client": f"client {number % 200}", "size": f"size {number % 4}"},
            )
            for number in range(begin, begin + _BULK)
        ]
        store.save(*changes)
        store.save(
            *(
                advanced(
                    it.order,
                    to=["lab", "shipped"][number % 10 > 0],
                    today=MONDAY + timedelta(begin + number),
                )
                for number, it in enumerate(changes)
            )
        )
    if engine.dialect.name == "postgresql":  # as the server does by itself after a while
        _clean_up(engine)
    yield engine
    engine.dispose()


def _clean_up(engine: sa.Engine) -> None:
    """Make all rows visible to everybody: then an index alone is enough to count them."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables(dialect="postgresql").metadata.sorted_tables:
            connection.exec_driver_sql(f"VACUUM ANALYZE {table.name}")
        assert connection.exec_driver_sql(_PAGES_TO_CHECK).scalar_one() == 0


def used(engine: sa.Engine, call: Callable[[SqlStore], object]) -> set[str]:
    """The indexes in which a call finds or counts orders, without going on to the table."""
    seen: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def listener(*arguments: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        if arguments[2].startswith("SELECT"):
            seen.append((arguments[2], arguments[3]))

    call(SqlStore(engine))
    event.remove(engine, "before_cursor_execute", listener)
    kind = engine.dialect.name
    explain = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}[kind]
    made = tables(dialect=kind)
    indexes = [str(index.name) for table in (made.orders, made.facts) for index in table.indexes]
    with engine.connect() as connection:
        if kind == "postgresql":  # the table is small enough to be read as a whole
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        lines = [
            row[-1].split()
            for statement, values in seen
            for row in connection.exec_driver_sql(f"{explain} {statement}", values)
            if _IN_THE_INDEX[kind] in row[-1]
        ]
    return {name.removeprefix("prodflow_") for line in lines for name in indexes if name in line}


@pytest.mark.parametrize("sort", ["due", "priority", "id"])
@pytest.mark.parametrize("name", _FILTERS)
def test_a_page_of_closed_orders_is_read_in_its_sequence(
    studio: sa.Engine,
    name: str,
    sort: Any,  # noqa: ANN401 - a sort
) -> None:
    """For each filter and each sort, there is an index of closed orders."""
    given = dict(_FILTERS[name])
    if name == "status":
        given["status"] = "shipped"
    query = OrderQuery(**given, is_open=False, sort=sort, limit=10)
    assert used(studio, lambda it: it.find(query)) == {f"closed_{name}_{sort}"}


@pytest.mark.parametrize("sort", ["due", "priority", "id"])
@pytest.mark.parametrize("name", _FILTERS)
def test_a_page_of_open_orders_is_found_by_its_filter(
    studio: sa.Engine,
    name: str,
    sort: Any,  # noqa: ANN401 - a sort
) -> None:
    """For each filter, there is an index of open orders."""
    query = OrderQuery(**_FILTERS[name], is_open=True, sort=sort, limit=10)
    assert used(studio, lambda it: it.find(query)) == {f"open_{name}"}


@pytest.mark.parametrize(
    ("given", "sort", "indexes"),
    [
        ({}, "due", {"open_due", "closed_due"}),
        ({}, "priority", {"open_priority", "closed_priority"}),
        ({"is_open": False}, "due", {"closed_due"}),
        ({"overdue_on": MONDAY}, "due", {"open_due"}),
        ({"vendor": None}, "due", {"open_vendor", "closed_vendor_due"}),
        (
            {"vendor": frozenset({"vendor 1", None})},
            "priority",
            {"open_vendor", "closed_vendor_priority"},
        ),
        ({"order_type": "prints"}, "priority", {"open_status", "closed_status_priority"}),
        ({"workflow_stage": None}, "due", {"open_status", "closed_status_due"}),
        ({"closed_from": MONDAY, "closed_by": MONDAY + timedelta(9)}, "id", {"closed_on"}),
        ({"facts": {"client": "client 7"}}, "id", {"facts_open", "facts_closed_id"}),
        ({"facts": {"client": "client 7"}}, "due", {"facts_open", "facts_closed_due"}),
        ({"facts": {"size": "size 3"}}, "priority", {"facts_open", "facts_closed_priority"}),
        ({"facts": {"size": ["size 1", "size 2"]}}, "id", {"facts_open", "facts_closed_id"}),
    ],
)
def test_orders_are_found_in_an_index(
    studio: sa.Engine,
    given: dict[str, Any],
    sort: Any,  # noqa: ANN401 - a sort
    indexes: set[str],
) -> None:
    """Open and closed orders are found in indexes."""
    query = OrderQuery(**given, sort=sort, limit=10)
    assert used(studio, lambda it: it.find(query)) == indexes


@pytest.mark.parametrize(
    ("by", "index"),
    [
        ("order_type", "status|counts"),
        ("status", "status|counts"),
        ("workflow_stage", "counts"),
        ("department", "department|counts"),
        ("user", "assignee|counts"),
        ("vendor", "vendor|counts"),
        ("priority", "priority|counts"),
        ("is_open", "due|priority|vendor|assignee|department|status|counts"),
        (("vendor", "status"), "counts"),
        (("department", "user"), "counts"),
        (("workflow_stage", "priority"), "counts"),
    ],
)
def test_open_orders_are_counted_in_an_index(
    studio: sa.Engine,
    by: Any,  # noqa: ANN401 - a name or two
    index: str,
) -> None:
    """Open orders are counted by each value or pair of values without their table."""
    query = OrderQuery(is_open=True)

    def count(store: SqlStore) -> None:
        store.count(query, by=by)

    found = used(studio, count)
    assert len(found) == 1
    assert found <= {f"open_{name}" for name in index.split("|")}


@pytest.mark.parametrize(
    ("by", "index"),
    [
        (("vendor", "status"), "closed_counts"),
        (("priority", "department"), "closed_counts"),
        (("workflow_stage", "user"), "closed_user_counts"),
        (("user", "priority"), "closed_user_counts"),
        (("department", "user"), "closed_team_counts"),
        (("vendor", "user"), "closed_team_counts"),
    ],
)
def test_pairs_of_closed_orders_are_counted_in_an_index(
    studio: sa.Engine, by: tuple[str, str], index: str
) -> None:
    """Closed orders are counted by each pair of values in an index that has both near the front."""
    query = OrderQuery(is_open=False)
    found = used(studio, lambda it: it.count(query, by=by))
    assert found == {index}


def test_open_orders_are_counted_by_a_fact_in_an_index(studio: sa.Engine) -> None:
    """Open orders are counted by a fact in the index of their facts."""
    query = OrderQuery(is_open=True)
    assert used(studio, lambda it: it.count(query, by="facts.size")) == {"facts_open"}
