"""The databases: an SQLite file for each test, and one PostgreSQL server with a schema for each.

`PRODFLOW_TEST_POSTGRES` is the URL of a server. Without it, the tests start one from the installed
binaries and stop it at the end. If PostgreSQL is not installed, its tests are skipped, or fail if
`PRODFLOW_REQUIRE_POSTGRES` is set.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from hypothesis import settings

from prodflow_sqlalchemy import SqlStore, tables

from ._postgres import BINARIES, shared_server

_NUMBERS: Final = count()
_THOROUGH: Final = settings.get_profile("thorough").max_examples


_REACHING: Final = frozenset(
    {
        *("test_async_cancelled", "test_async_store", "test_conformance", "test_connecting"),
        *("test_damage", "test_erasing", "test_failures", "test_feed", "test_finding"),
        *(
            "test_interruptions",
            "test_own_indexes",
            "test_quick_saves",
            "test_races",
            "test_settings",
        ),
        *("test_transactions", "test_unit"),
    }
)
"""The files whose tests for both databases reach every line, so they always run in both."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the PostgreSQL half of the other tests for both databases to a full run.

    A server takes most of the time of these tests. Tests of PostgreSQL alone always run.
    """
    for item in items:
        given: dict[str, object] = getattr(getattr(item, "callspec", None), "params", {})
        is_of_both = "postgresql" in (given.get("url"), given.get("kept"))
        if is_of_both and item.path.stem not in _REACHING:
            item.add_marker("full")


def number(full: int) -> int:
    """The share of a number that the Hypothesis profile asks for: all of it if `thorough`."""
    return max(1, full * min(_THOROUGH, settings().max_examples) // _THOROUGH)


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
    """The URL of a new schema in a PostgreSQL server, which is dropped at the end.

    Args:
        server: the URL of the server.
        options: options of each session, such as `-c synchronous_commit=off`.
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
            connection.exec_driver_sql("SET lock_timeout = '10s'")  # a test may have left a lock
            connection.execute(sa.schema.DropSchema(name, cascade=True))


@contextmanager
def own_database(server: str) -> Generator[str]:
    """The URL of a new database in a PostgreSQL server, which is dropped at the end.

    Unlike in a schema, an open transaction of another test doesn't keep VACUUM from its work.
    """
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    engine = sa.create_engine(server, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'studio.db'}"


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """The URL of an empty schema in PostgreSQL."""
    with database(postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database: SQLite, then PostgreSQL."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    found: str = request.getfixturevalue(name)
    return found


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """An engine for an empty database: SQLite, then PostgreSQL."""
    engine = sa.create_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: sa.Engine) -> SqlStore:
    """An empty store with tables: SQLite, then PostgreSQL."""
    store = SqlStore(engine)
    store.create_schema()
    return store


# Creating tables takes longer than most tests, so tests that only change rows share the tables.


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def kept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """An engine for a database with tables, which tests share; `emptied` returns the store."""
    if request.param == "sqlite":
        yield from _with_tables(f"sqlite:///{tmp_path_factory.mktemp('kept') / 'studio.db'}")
    else:
        options = "-c synchronous_commit=off"  # no test here crashes the server
        with database(request.getfixturevalue("postgres"), options) as url:
            yield from _with_tables(url)


def _with_tables(url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(url)
    SqlStore(engine).create_schema()
    yield engine
    engine.dispose()


def emptied(engine: sa.Engine) -> SqlStore:
    """A store after all its rows were deleted."""
    made = tables(dialect=engine.dialect.name)
    with engine.begin() as connection:
        for table in reversed(made.metadata.sorted_tables):
            if table is not made.schema:
                connection.execute(sa.delete(table))
    return SqlStore(engine)
