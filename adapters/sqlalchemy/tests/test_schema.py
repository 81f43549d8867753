"""The tables: how they are created, and their version."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
import sqlalchemy as sa

from prodflow import OrderNotFoundError
from prodflow_sqlalchemy import SCHEMA_VERSION, SchemaVersionError, SqlStore, tables

from .studio import (
    amended,
    at_the_lab,
    contents,
    opened,
)


def outline(metadata: sa.MetaData) -> dict[str, object]:
    """The names of columns and indexes in some metadata."""
    return {
        table.name: (
            [(column.name, column.nullable, column.primary_key) for column in table.columns],
            sorted(
                (index.name, [column.name for column in index.columns], index.unique)
                for index in table.indexes
            ),
        )
        for table in metadata.sorted_tables
    }


# Making tables


def test_tables_are_made_once(engine: sa.Engine) -> None:
    """Creating the tables again changes nothing."""
    store = SqlStore(engine)
    assert store.schema_version is None
    store.create_schema()
    at_the_lab(store, "PO-1")
    before = contents(store)
    store.create_schema()
    assert contents(store) == before


def test_threads_may_make_the_tables_at_once(url: str) -> None:
    """If threads open a new database at once, one creates the tables and all succeed."""

    def opening(number: int) -> None:
        with SqlStore.open(url) as store:
            store.save(opened(f"PO-{number}"))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(opening, range(4)))
    with SqlStore.open(url) as store:
        assert sorted(store.load(f"PO-{n}" for n in range(9))) == [f"PO-{n}" for n in range(4)]


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_a_snapshot_does_not_hide_the_tables(postgres_url: str, level: str) -> None:
    """In PostgreSQL a thread that waits for another to create the tables then sees them."""
    engine = sa.create_engine(postgres_url, isolation_level=level)
    with ThreadPoolExecutor(4) as threads:
        stores = [SqlStore(engine) for _ in range(4)]
        list(threads.map(SqlStore.create_schema, stores))
        list(threads.map(SqlStore.migrate, stores))
    assert {store.schema_version for store in stores} == {SCHEMA_VERSION}
    engine.dispose()


def test_tables_are_made_in_the_transaction_of_the_caller(engine: sa.Engine) -> None:
    """The caller can undo the creation of the tables."""
    with engine.connect() as connection:
        store = SqlStore(connection)
        store.create_schema()
        store.save(opened())
        connection.rollback()
    assert SqlStore(engine).schema_version is None


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
def test_the_metadata_is_what_is_made(engine: sa.Engine, store: SqlStore) -> None:
    """The metadata describes the tables of the database, so Alembic finds no difference."""
    found = sa.MetaData()
    found.reflect(engine)
    declared = tables(dialect=engine.dialect.name).metadata
    assert store.schema_version == SCHEMA_VERSION
    assert outline(found) == outline(declared)


# Versions


CALLS: Final[list[Callable[[SqlStore], object]]] = [
    lambda store: store.get("PO-1"),
    lambda store: store.save(opened()),
    lambda store: store.order_types(),
    lambda store: store.acknowledge("1"),
    lambda store: store.get_event("1"),
    lambda store: store.feed(),
]


@pytest.mark.parametrize("call", CALLS)
def test_without_tables_nothing_works(
    engine: sa.Engine, call: Callable[[SqlStore], object]
) -> None:
    """Every call reports missing tables."""
    with pytest.raises(SchemaVersionError) as caught:
        call(SqlStore(engine))
    assert caught.value == SchemaVersionError(SCHEMA_VERSION, None)


@pytest.mark.parametrize("call", [*CALLS, SqlStore.create_schema])
@pytest.mark.parametrize("version", [SCHEMA_VERSION - 1, SCHEMA_VERSION + 1])
def test_tables_of_another_version_are_refused(
    engine: sa.Engine, store: SqlStore, version: int, call: Callable[[SqlStore], object]
) -> None:
    """Every call refuses tables of another version, and reports the version."""
    set_version(engine, version)
    with pytest.raises(SchemaVersionError) as caught:
        call(SqlStore(engine))
    assert caught.value == SchemaVersionError(SCHEMA_VERSION, version)
    assert store.schema_version == version


def set_version(engine: sa.Engine, version: int) -> None:
    """Set the version of the tables."""
    with engine.begin() as connection:
        schema = tables(dialect=engine.dialect.name).schema
        connection.execute(sa.update(schema), {"version": version})


# Migrations


@pytest.mark.parametrize("version", [None, SCHEMA_VERSION + 1])
def test_what_cannot_be_migrated_is_refused(engine: sa.Engine, version: int | None) -> None:
    """Missing tables and tables of a later release cannot be migrated."""
    store = SqlStore(engine)
    if version is not None:
        store.create_schema()
        set_version(engine, version)
    with pytest.raises(SchemaVersionError) as caught:
        store.migrate()
    assert caught.value == SchemaVersionError(SCHEMA_VERSION, version)


def test_migrating_what_is_up_to_date_does_nothing(store: SqlStore) -> None:
    """Migrating tables of this version changes nothing."""
    at_the_lab(store, "PO-1")
    before = contents(store)
    store.migrate()
    assert (contents(store), store.schema_version) == (before, SCHEMA_VERSION)


# Prefixes


def test_tables_that_alembic_has_made_are_taken(engine: sa.Engine) -> None:
    """`create_schema` accepts tables that Alembic has created from the metadata."""
    tables(dialect=engine.dialect.name).metadata.create_all(engine)
    store = SqlStore(engine)
    store.create_schema()
    assert store.schema_version == SCHEMA_VERSION
    at_the_lab(store, "PO-1")


@pytest.mark.parametrize("prefix", ["p", "_", "studio_", "a" * 31, "x9_"])
def test_a_prefix_begins_every_name(engine: sa.Engine, prefix: str) -> None:
    """The names of all tables and indexes begin with the prefix."""
    store = SqlStore(engine, prefix=prefix)
    store.create_schema()
    at_the_lab(store, "PO-1")
    inspector = sa.inspect(engine)
    made = inspector.get_table_names()
    indexes = [index["name"] or "" for name in made for index in inspector.get_indexes(name)]
    names = [*made, *indexes, *inspector.get_view_names()]
    assert (len(made), len(indexes), len(names)) == (10, 39, 50)
    assert all(name.startswith(prefix) for name in names)


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "9a",
        "A",
        "a-b",
        "a b",
        "a.b",
        'a"',
        "a'",
        "a;",
        "a%s",
        "a:b",
        "a\n",
        "ä",
        "a\N{ARABIC-INDIC DIGIT FOUR}",
        "a" * 32,
        "sqlite_",
        "x; DROP TABLE prodflow_orders; --",
    ],
)
def test_a_hostile_prefix_is_refused(engine: sa.Engine, prefix: str) -> None:
    """Anything but a short plain name is refused as a prefix."""
    with pytest.raises(ValueError, match="prefix must be"):
        SqlStore(engine, prefix=prefix)


@pytest.mark.parametrize("prefix", [None, 7, b"a"])
def test_a_prefix_is_a_str(engine: sa.Engine, prefix: Any) -> None:  # noqa: ANN401 - the bad value
    """A prefix must be a str."""
    with pytest.raises(TypeError, match="prefix must be a str"):
        SqlStore(engine, prefix=prefix)


def test_two_prefixes_are_two_stores(engine: sa.Engine, store: SqlStore) -> None:
    """Stores with different prefixes in one database are independent."""
    other = SqlStore(engine, prefix="other_")
    other.create_schema()
    store.save(opened(vendor="here", command_id="c-1"))
    other.save(opened(vendor="there", command_id="c-1"))
    other.save(amended(other.get("PO-1"), vendor="there again"))
    other.save(opened("PO-2"))
    assert [store.get("PO-1").vendor, other.get("PO-1").vendor] == ["here", "there again"]
    with pytest.raises(OrderNotFoundError):
        store.get("PO-2")


def test_tables_are_of_two_dialects() -> None:
    """`tables` knows two dialects."""
    with pytest.raises(ValueError, match="dialect must be 'sqlite' or 'postgresql'"):
        tables(dialect="mysql")
