"""Creates empty databases to measure, and drops each one after its measurement."""

import os
import runpy
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

import sqlalchemy as sa

_ROOT: Final = Path(__file__).parents[1]


def sqlite() -> Iterator[sa.URL]:
    """A file in a temporary folder."""
    with tempfile.TemporaryDirectory(dir=_ROOT, prefix=".bench-") as folder:
        yield sa.make_url(f"sqlite:///{folder}/bench.db")


def postgresql() -> Iterator[sa.URL]:
    """A schema in the server that PRODFLOW_TEST_POSTGRES names, or else in a new server."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as server:
        url = sa.make_url(server)
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema("prodflow_bench"))
        yield url.update_query_dict({"options": "-csearch_path=prodflow_bench"})
        with engine.begin() as connection:
            connection.execute(sa.schema.DropSchema("prodflow_bench", cascade=True))


def _server(folder: Path) -> AbstractContextManager[str]:
    given = os.environ.get("PRODFLOW_TEST_POSTGRES")
    if given is not None:
        return nullcontext(given)
    # The adapter's tests can start a server, but they aren't a package to import from.
    tests = runpy.run_path(str(_ROOT / "adapters/sqlalchemy/tests/_postgres.py"))
    server: AbstractContextManager[str] = tests["shared_server"](folder)
    return server


DATABASES: Final[Mapping[str, Callable[[], Iterator[sa.URL]]]] = {
    "sqlite": sqlite,
    "postgresql": postgresql,
}
