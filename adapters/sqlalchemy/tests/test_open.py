"""How a store is opened and closed."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from prodflow import OrderQuery
from prodflow_sqlalchemy import SCHEMA_VERSION, SqlStore

from .studio import at_the_lab, contents, opened


def test_opening_makes_the_tables(url: str) -> None:
    """`open` creates the tables; a store that is opened again has its content."""
    with SqlStore.open(url) as store:
        at_the_lab(store, "PO-1")
        before = contents(store)
    with SqlStore.open(url) as store:
        assert (contents(store), store.schema_version) == (before, SCHEMA_VERSION)


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
