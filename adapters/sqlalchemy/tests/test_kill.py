"""Writers and servers are killed at any moment; every acknowledged save is stored exactly once.

The numbers are a tenth of those in the docstrings, or all under the profile `thorough`.
"""

import os
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from prodflow import StaleOrdersError
from prodflow_sqlalchemy import SqlStore

from ._postgres import BINARIES, Server
from .conftest import number
from .scenarios.kill import killed_writers, stopped_server
from .scenarios.processes import Record, apart, reported
from .scenarios.studio import moved_on, opened

pytestmark = pytest.mark.full


@pytest.fixture
def server() -> Iterator[Server]:
    """A PostgreSQL server that a test may stop; it waits for the disk at each commit."""
    if not BINARIES:
        message = "PostgreSQL is not installed (Debian: postgresql)"
        (pytest.fail if os.environ.get("PRODFLOW_REQUIRE_POSTGRES") else pytest.skip)(message)
    server = Server()
    try:
        server.start()
        yield server
        server.stop()
    finally:
        server.remove()


def test_a_killed_writer_loses_nothing_in_sqlite(sqlite_url: str, record_property: Record) -> None:
    """500 writers are killed: no acknowledged save is lost, stored in part or stored twice."""
    found = apart(killed_writers, sqlite_url, kills=number(500))
    assert reported(found, record_property) == {}


def test_a_killed_writer_loses_nothing_in_postgresql(
    postgres_url: str, record_property: Record
) -> None:
    """200 writers are killed: no acknowledged save is lost, stored in part or stored twice."""
    found = apart(killed_writers, postgres_url, kills=number(200))
    assert reported(found, record_property) == {}


def test_a_stopped_server_loses_nothing(server: Server, record_property: Record) -> None:
    """The server crashes 20 times under four writers: each acknowledged save is stored once."""
    found = apart(stopped_server, server, stops=number(20))
    assert reported(found, record_property) == {}


def test_a_refusal_outlives_the_connection(postgres_url: str) -> None:
    """If the connection is lost while a refused save is rolled back, the refusal is reported."""
    engine, other = sa.create_engine(postgres_url), sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    first = opened("PO-1")
    store.save(first, moved_on(first.order, by="Ann"))

    @event.listens_for(engine, "rollback", once=True)
    def cut(lost: sa.Connection) -> None:
        backend = lost.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with other.connect() as connection:
            connection.exec_driver_sql(f"SELECT pg_terminate_backend({backend}, 10000)")

    with pytest.raises(StaleOrdersError):
        store.save(moved_on(first.order, by="Ben"))
    engine.dispose()
    other.dispose()
