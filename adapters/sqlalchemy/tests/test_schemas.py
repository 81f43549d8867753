"""Stores in schemas of PostgreSQL, one for each studio."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from prodflow import CursorError, OrderNotFoundError, OrderQuery
from prodflow.testing import OrderStoreSuite
from prodflow_sqlalchemy import SCHEMA_VERSION, Damage, SchemaVersionError, SqlStore, tables

from .studio import (
    CYCLE,
    LEASE,
    at_the_lab,
    contents,
    entries_of_feed,
    eventually,
    opened,
    rows_of,
)

SCHEMAS = ["studio_7", "Studio-7", "7", "user", "a" * 63]


@pytest.fixture
def server(postgres: str) -> Iterator[sa.Engine]:
    """An engine for a server; the schemas of these tests are dropped at the end."""
    engine = sa.create_engine(postgres)
    yield engine
    with engine.begin() as connection:
        for name in ("tenant_b", "tenant_c", *SCHEMAS):
            connection.execute(sa.schema.DropSchema(name, cascade=True, if_exists=True))
    engine.dispose()


def along(server: sa.Engine, *path: str) -> sa.Engine:
    """An engine with a search path; its schemas are created."""
    with server.begin() as connection:
        for name in path:
            connection.execute(sa.schema.CreateSchema(name, if_not_exists=True))
    return sa.create_engine(
        server.url.update_query_dict({"options": f"-c search_path={','.join(path)}"})
    )


def _length(store: SqlStore) -> int:
    return len(entries_of_feed(store))


def tables_of(engine: sa.Engine, schema: str) -> set[str]:
    """The tables and views in a schema."""
    inspector = sa.inspect(engine)
    return {*inspector.get_table_names(schema), *inspector.get_view_names(schema)}


# A schema that has a name


@pytest.mark.parametrize("schema", SCHEMAS)
def test_everything_is_in_the_schema(server: sa.Engine, schema: str) -> None:
    """With `schema`, the schema, its tables and the view are created, and only they are used."""
    engine = along(server, "tenant_b")
    store = SqlStore(engine, schema=schema)
    assert SqlStore(engine, schema=schema).schema_version is None
    store.create_schema()
    store.create_schema()
    (order,) = at_the_lab(store, "PO-1")
    assert (store.get("PO-1"), len(entries_of_feed(store))) == (order, 2)
    assert (store.schema_version, len(tables_of(engine, schema))) == (SCHEMA_VERSION, 11)
    assert tables_of(engine, "tenant_b") == set()
    view = tables(dialect="postgresql", schema=schema).orders_view
    assert rows_of(engine, f"SELECT id FROM {view}") == [("PO-1",)]  # noqa: S608 - our own name
    engine.dispose()


@pytest.fixture(scope="module")
def schema(postgres: str) -> Iterator[sa.Engine]:
    """An engine for a server with the schema."""
    engine = sa.create_engine(postgres)
    SqlStore(engine, schema="studio_8").create_schema()
    yield engine
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema("studio_8", cascade=True))
    engine.dispose()


@pytest.mark.full  # the statements are those of a store without a schema
class TestSqlStoreInASchema(OrderStoreSuite):
    """A store whose tables are in a schema with a name passes every law."""

    @pytest.fixture
    def store(self, schema: sa.Engine) -> Iterator[SqlStore]:
        """An empty store, in a transaction that is never committed."""
        with schema.connect() as connection:
            yield SqlStore(connection, schema="studio_8")


def test_two_schemas_are_two_stores(server: sa.Engine) -> None:
    """Stores in two schemas of one database are independent, whatever the search path."""
    engine = along(server, "tenant_b", "tenant_c")
    one, other = (SqlStore(engine, schema=name) for name in ("tenant_b", "tenant_c"))
    for store in (one, other):
        store.create_schema()
    one.save(opened(vendor="here", command_id="c-1"))
    other.save(opened(vendor="there", command_id="c-1"))
    other.put_cycle(CYCLE.replace("hold", description="Paused"), replaces=1)
    assert [one.get("PO-1").vendor, other.get("PO-1").vendor] == ["here", "there"]
    assert [one.versions("prints"), other.versions("prints")] == [(1,), (1, 2)]
    engine.dispose()


def test_two_schemas_have_two_lives(server: sa.Engine) -> None:
    """A restore, a lag, a lease and damage belong to one schema, whatever the search path."""
    engine = along(server, "tenant_b", "tenant_c")
    one, other = (SqlStore(engine, schema=name) for name in ("tenant_b", "tenant_c"))
    for store in (one, other):
        store.create_schema()
        at_the_lab(store, "PO-1")
        eventually(partial(_length, store), 2)
    cursor = other.feed().cursor
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tenant_b.prodflow_orders SET data = ''")
    assert [one.verify(), other.verify()] == [
        (Damage("prodflow_orders", ("PO-1",), "unreadable"),),
        (),
    ]
    one.restored()
    assert one.rebuild("PO-1") == other.rebuild("PO-1") == other.get("PO-1")
    with pytest.raises(CursorError):
        one.feed(cursor)
    assert (other.lag(cursor).ready, other.feed(cursor).entries) == (0, ())
    epochs = [{it.epoch for it in each.pending(as_of=date.max)} for each in (one, other)]
    assert epochs[0].isdisjoint(epochs[1])
    leased = [len(each.claim(as_of=date.max, lease=LEASE)) for each in (one, other)]
    assert leased[0] == leased[1] > 0
    engine.dispose()


def test_a_schema_is_opened_by_a_url(server: sa.Engine) -> None:
    """`open` takes a schema too, and creates it."""
    url = server.url.render_as_string(hide_password=False)
    with pytest.raises(SchemaVersionError):
        SqlStore.open(url, schema="studio_7", create=False)
    with SqlStore.open(url, schema="studio_7") as store:
        store.save(opened())
    with SqlStore.open(url, schema="studio_7", create=False) as store:
        assert store.get("PO-1") == opened().order


@pytest.mark.parametrize(
    "schema",
    ["", "a.b", 'a"', "a'; --", "a b", "pg_catalog", "pg_", "ä", "a\n", "a%s", "a:b", "a" * 64],
)
def test_a_hostile_schema_is_refused(server: sa.Engine, schema: str) -> None:
    """Anything but a plain name is refused as a schema."""
    with pytest.raises(ValueError, match="schema must be"):
        SqlStore(server, schema=schema)


@pytest.mark.parametrize("schema", [7, b"a", sa.MetaData()])
def test_a_schema_is_a_str(server: sa.Engine, schema: Any) -> None:  # noqa: ANN401 - the bad value
    """A schema must be a str."""
    with pytest.raises(TypeError, match="schema must be a str"):
        SqlStore(server, schema=schema)


def test_sqlite_has_no_schemas(sqlite_url: str) -> None:
    """In SQLite, a schema would be an attached file, and is refused."""
    with pytest.raises(ValueError, match="schema is for PostgreSQL"):
        SqlStore.open(sqlite_url, schema="studio_7")


# A search path


def test_a_search_path_is_not_searched_for_tables(server: sa.Engine) -> None:
    """The tables of a later schema of the path are never taken for those of the first one."""
    public = along(server, "tenant_c")
    SqlStore(public).create_schema()
    at_the_lab(SqlStore(public), "PO-1")
    before = contents(SqlStore(public))
    engine = along(server, "tenant_b", "tenant_c")
    store = SqlStore(engine)
    assert store.schema_version is None
    for call in (store.order_types, lambda: store.save(opened()), store.migrate):
        with pytest.raises(SchemaVersionError) as caught:
            call()
        assert caught.value == SchemaVersionError(SCHEMA_VERSION, None)
    store.create_schema()
    assert store.find(OrderQuery()) == []
    store.save(opened("PO-2"))
    with pytest.raises(OrderNotFoundError):
        store.get("PO-1")
    assert contents(SqlStore(public)) == before
    assert tables_of(engine, "tenant_b") == tables_of(engine, "tenant_c")
    engine.dispose()
    public.dispose()


# A translation


@pytest.mark.parametrize("name", ["sqlite_url", "postgres_url"])
def test_a_translation_is_refused(request: pytest.FixtureRequest, name: str) -> None:
    """A `schema_translate_map` is refused, even if it comes after the store was made."""
    engine = sa.create_engine(request.getfixturevalue(name))
    store = SqlStore(engine)
    store.create_schema()
    translated: dict[str, Any] = {"schema_translate_map": {None: "studio_7"}}
    with pytest.raises(ValueError, match="schema_translate_map"):
        SqlStore(engine.execution_options(**translated))
    with engine.connect() as connection:
        inner = SqlStore(connection)
        inner.save(opened())
        connection.rollback()
        connection.execution_options(**translated)
        with pytest.raises(ValueError, match="schema_translate_map"):
            SqlStore(connection)
        calls: list[Callable[[], object]] = [
            inner.order_types,
            inner.create_schema,
            inner.migrate,
            lambda: inner.schema_version,
            lambda: inner.save(opened()),
        ]
        for call in calls:
            with pytest.raises(ValueError, match="schema_translate_map"):
                call()
    assert store.order_types() == ()
    engine.dispose()
