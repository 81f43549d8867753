"""PostgreSQL for the tests of the hub."""

import os
import runpy
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
import sqlalchemy as sa

_SERVERS: Final = Path(__file__).parents[3] / "adapters/sqlalchemy/tests/_postgres.py"


@contextmanager
def server(folder: Path) -> Generator[str]:
    """The URL of a server that all processes of a test run share.

    Args:
        folder: the folder of the run.
    """
    named = os.environ.get("PRODFLOW_TEST_POSTGRES")
    if named:
        yield named
        return
    servers = runpy.run_path(str(_SERVERS)) if _SERVERS.exists() else {}
    if not servers.get("BINARIES"):
        message = "PostgreSQL is not installed (Debian: postgresql)"
        (pytest.fail if os.environ.get("PRODFLOW_REQUIRE_POSTGRES") else pytest.skip)(message)
    with servers["shared_server"](folder) as url:
        yield url


@contextmanager
def schema(url: str) -> Generator[str]:
    """The URL of a new schema in a server, which is dropped at the end."""
    name = f"hub_{uuid4().hex}"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(name))
    try:
        options = {"options": f"-c search_path={name} -c synchronous_commit=off"}
        yield sa.make_url(url).update_query_dict(options).render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET lock_timeout = '10s'")  # a test may have left a lock
            connection.execute(sa.schema.DropSchema(name, cascade=True))
