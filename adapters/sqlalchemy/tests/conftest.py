"""The databases: a file of SQLite for each test, and a schema in one PostgreSQL server for all.

`PRODFLOW_TEST_POSTGRES` names a server by its URL; otherwise one is started from the installed
binaries, and is gone when the run is. Where there is neither, the tests of PostgreSQL are skipped,
or fail if `PRODFLOW_REQUIRE_POSTGRES` is set.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa

from prodflow_sqlalchemy import SqlStore, tables

from ._postgres import BINARIES, shared_server

_NUMBERS: Final = count()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server, for `database`."""
    named = os.environ.get("PRODFLOW_TEST_POSTGRES")
    if named:
        yield named
        return
    if not BINARIES:
        message = "PostgreSQL is not installed (Debian: postgresql)"
        (pytest.fail if os.environ.get("PRODFLOW_REQUIRE_POSTGRES") else pytest.skip)(message)
    folder = tmp_path_factory.getbasetemp()
    is_worker = "PYTEST_XDIST_WORKER" in os.environ  # then the folder of the run is one above
    with shared_server(folder.parent if is_worker else folder) as url:
        yield url


@contextmanager
def database(server: str, options: str = "") -> Generator[str]:
    """The URL of an empty schema of its own in a PostgreSQL server; it is dropped at the end.

    Args:
        server: the URL of the server.
        options: of each session, such as `-c synchronous_commit=off`.
    """
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    engine = sa.create_engine(server, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(name))
    try:
        settings = {"application_name": name, "options": f"-c search_path={name} {options}"}
        url = sa.make_url(server).update_query_dict(settings)
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET lock_timeout = '10s'")  # for whoever is still there
            connection.execute(sa.schema.DropSchema(name, cascade=True))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a database of SQLite that is not there yet."""
    return f"sqlite:///{tmp_path / 'studio.db'}"


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """The URL of an empty database of PostgreSQL."""
    with database(postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, of each kind in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    found: str = request.getfixturevalue(name)
    return found


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """An engine on an empty database, of each kind in turn."""
    engine = sa.create_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: sa.Engine) -> SqlStore:
    """An empty store with its tables, in each kind of database in turn."""
    store = SqlStore(engine)
    store.create_schema()
    return store


# Making tables takes longer than a test does: those that leave the tables alone may share them.


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def kept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """An engine on a database with tables, of each kind in turn; `emptied` gives the store."""
    if request.param == "sqlite":
        yield from _with_tables(f"sqlite:///{tmp_path_factory.mktemp('kept') / 'studio.db'}")
    else:
        options = "-c synchronous_commit=off"  # no server crashes here: don't wait for the disk
        with database(request.getfixturevalue("postgres"), options) as url:
            yield from _with_tables(url)


def _with_tables(url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(url)
    SqlStore(engine).create_schema()
    yield engine
    engine.dispose()


def emptied(engine: sa.Engine) -> SqlStore:
    """A store whose rows are deleted."""
    made = tables(dialect=engine.dialect.name)
    with engine.begin() as connection:
        for table in made.metadata.sorted_tables:
            if table is not made.schema:
                connection.execute(sa.delete(table))
    return SqlStore(engine)
