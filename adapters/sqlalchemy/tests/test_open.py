"""How a store is opened and closed."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from prodflow import OrderQuery
from prodflow_sqlalchemy import (
    SCHEMA_VERSION,
    DatabaseFailedError,
    SchemaVersionError,
    SqlStore,
)

from .studio import at_the_lab, contents, once_before, opened


def test_opening_makes_the_tables(url: str) -> None:
    """`open` creates the tables; a store that is opened again has its content."""
    with SqlStore.open(url) as store:
        at_the_lab(store, "PO-1")
        before = contents(store)
    with SqlStore.open(url) as store:
        assert (contents(store), store.schema_version) == (before, SCHEMA_VERSION)


def test_a_database_without_tables_can_be_left_alone(url: str) -> None:
    """With `create=False`, a database without tables is refused, and gets none."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    for _ in range(2):
        with pytest.raises(SchemaVersionError) as caught:
            SqlStore.open(url, create=False)
        assert caught.value == SchemaVersionError(SCHEMA_VERSION, None)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()


def test_what_is_there_is_opened(url: str) -> None:
    """With `create=False`, a store with tables is opened as it is."""
    with SqlStore.open(url) as store:
        at_the_lab(store, "PO-1")
        before = contents(store)
    with SqlStore.open(url, create=False) as store:
        assert contents(store) == before
        store.save(opened("PO-2"))


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true"]
)
def test_a_database_in_memory_is_always_new(url: str) -> None:
    """With `create=False`, a database in memory is refused."""
    with pytest.raises(SchemaVersionError):
        SqlStore.open(url, create=False)


@pytest.mark.parametrize(
    "name", ["studio.db", "100% #1.db", "a b\N{LATIN SMALL LETTER E WITH ACUTE}.db"]
)
def test_a_file_that_is_not_there_stays_away(tmp_path: Path, name: str) -> None:
    """With `create=False`, a missing file is refused, and isn't made, whatever its name."""
    path = tmp_path / name
    urls = [
        sa.URL.create("sqlite", database=str(path)),
        sa.URL.create("sqlite", database=path.as_uri(), query={"uri": "true"}),
        sa.URL.create("sqlite", database=path.as_uri(), query={"uri": "1", "cache": "private"}),
    ]
    for url in urls:
        with pytest.raises(DatabaseFailedError, match="unable to open"):
            SqlStore.open(url.render_as_string(), create=False)
        assert list(tmp_path.iterdir()) == []
        with SqlStore.open(url.render_as_string()) as store:
            store.save(opened())
        with SqlStore.open(url.render_as_string(), create=False) as store:
            assert store.get("PO-1") == opened().order
        assert path.exists()
        for file in tmp_path.iterdir():
            file.unlink()


def test_a_file_to_read_only_stays_so(tmp_path: Path) -> None:
    """With `create=False`, a URL that asks for reading only still does."""
    path = tmp_path / "studio.db"
    with SqlStore.open(f"sqlite:///{path}") as store:
        store.save(opened())
    with SqlStore.open(f"sqlite:///file:{path}?mode=ro&uri=true", create=False) as store:
        assert store.get("PO-1") == opened().order
        with pytest.raises(DatabaseFailedError, match="readonly"):
            store.save(opened("PO-2"))


def test_a_copy_of_a_live_file_is_recognised(tmp_path: Path) -> None:
    """A copy of a file without its log lacks what was saved, and `create=False` refuses it."""
    live, copy = tmp_path / "live.db", tmp_path / "copy.db"
    with SqlStore.open(f"sqlite:///{live}") as store:
        store.save(opened())
        copy.write_bytes(live.read_bytes())
        with pytest.raises(SchemaVersionError):
            SqlStore.open(f"sqlite:///{copy}", create=False)


@pytest.mark.parametrize("flag", [None, 0, "no"])
def test_create_is_a_flag(url: str, flag: Any) -> None:  # noqa: ANN401 - the bad value
    """`create` must be True or False."""
    with pytest.raises(TypeError, match="create must be"):
        SqlStore.open(url, create=flag)


def test_plain_postgresql_means_psycopg(postgres_url: str) -> None:
    """A URL that names no driver of PostgreSQL means psycopg 3."""
    with SqlStore.open(postgres_url.replace("+psycopg", "")) as store:
        store.save(opened())
        assert len(store.find(OrderQuery())) == 1


def test_a_store_in_memory() -> None:
    """A store may be in memory, to try it out."""
    with SqlStore.open("sqlite:///:memory:") as store:
        store.save(opened())
        assert store.get("PO-1") == opened().order


@pytest.mark.parametrize(
    "url",
    [
        "",
        "studio.db",
        "nonsense://studio",
        "mysql://studio",
        "oracle://studio",
        "sqlite+nonsense:///studio.db",
        "sqlite://host/studio.db",
        "postgresql+nonsense://host/studio",
        "postgresql://host:port/studio",
    ],
)
def test_what_is_no_url_of_either_is_refused(url: str) -> None:
    """Other URLs, other databases and missing drivers are refused."""
    with pytest.raises(ValueError, match=r"url must|the database must"):
        SqlStore.open(url)


@pytest.mark.parametrize("url", [None, 7, b"sqlite://", Path("studio.db")])
def test_a_url_is_a_str(url: Any) -> None:  # noqa: ANN401 - the bad value
    """A URL must be a str."""
    with pytest.raises(TypeError, match="url must be"):
        SqlStore.open(url)


@pytest.mark.parametrize("bind", [None, "sqlite://", sa.MetaData()])
def test_a_store_needs_an_engine_or_a_connection(bind: Any) -> None:  # noqa: ANN401 - the bad value
    """A store must be made of an engine or a connection."""
    with pytest.raises(TypeError, match="bind must be an Engine or a Connection"):
        SqlStore(bind)


def test_other_databases_are_refused() -> None:
    """An engine for another database is refused."""
    engine = sa.create_engine("mysql+mysqldb://", module=sqlite3)  # any driver, to have one
    with pytest.raises(ValueError, match="the database must be SQLite or PostgreSQL, not mysql"):
        SqlStore(engine)


def test_other_drivers_of_postgresql_are_refused() -> None:
    """Another driver of PostgreSQL is refused: only the errors of psycopg 3 are understood."""
    engine = sa.create_engine("postgresql+psycopg://nobody@localhost/nowhere")
    engine.dialect.driver = "psycopg2"
    with pytest.raises(ValueError, match="must be psycopg 3"):
        SqlStore(engine)


def test_a_connection_is_left_open(engine: sa.Engine) -> None:
    """Closing a store that is made of a connection leaves the connection open."""
    with engine.connect() as connection:
        SqlStore(connection).close()
        assert not connection.closed


def test_a_file_that_another_process_writes_is_waited_for(sqlite_url: str) -> None:
    """If another process is creating a file of SQLite, opening the file waits for it."""
    engine = sa.create_engine(sqlite_url)
    with closing(sqlite3.connect(str(engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE labs (name TEXT)")
        once_before(engine, "BEGIN IMMEDIATE", lambda: other.execute("COMMIT"))
        SqlStore(engine).create_schema()
    assert SqlStore(engine).schema_version == SCHEMA_VERSION
    engine.dispose()
