"""The commands of the page on operation, run as an administrator would."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa

from prodflow_sqlalchemy import SCHEMA_VERSION, SqlStore

from ._postgres import BINARIES
from .studio import at_the_lab, contents, opened, rows_of

_PATH: Final = [str(Path(sys.executable).parent), os.environ["PATH"]]
PAGE: Final = Path(__file__).parents[3] / "docs/how-to-operate.md"
COMMANDS: Final = [
    command.strip()
    for block in re.findall(
        r"^ *```console\n(.*?)^ *```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    for command in block.splitlines()
]


@pytest.fixture
def studio(postgres: str) -> Iterator[sa.Engine]:
    """An engine for a database; it and the restored one are dropped at the end."""
    server = sa.create_engine(postgres, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE studio")
    engine = sa.create_engine(server.url.set(database="studio"), poolclass=sa.NullPool)
    yield engine
    with server.connect() as connection:
        for name in ("studio", "studio_restored"):
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    server.dispose()


def run(command: str, engine: sa.Engine, folder: Path) -> None:
    """Run a command of the page in a folder."""
    plain = engine.url.set(drivername="postgresql")
    environment = os.environ | {
        "PATH": os.pathsep.join([str(BINARIES[-1]), *_PATH]),
        "STUDIO": plain.render_as_string(hide_password=False),
        "RESTORED": plain.set(database="studio_restored").render_as_string(hide_password=False),
        "STUDIO_STORE": engine.url.render_as_string(hide_password=False),
    }
    subprocess.run(command, shell=True, cwd=folder, env=environment, check=True)  # noqa: S602 - the page's own


def test_the_commands_of_the_page_keep_everything(studio: sa.Engine, tmp_path: Path) -> None:
    """A backup, made and restored by the commands, has every order, and the store goes on."""
    store = SqlStore(studio)
    store.create_schema()
    at_the_lab(store, "PO-1", "PO-2")
    before = contents(store)
    assert [command.split()[0] for command in COMMANDS] == [
        "pg_dump",
        "createdb",
        "pg_restore",
        "python",
        "psql",
    ]
    for command in COMMANDS:
        run(command, studio, tmp_path)
    url = studio.url.set(database="studio_restored").render_as_string(hide_password=False)
    with SqlStore.open(url, create=False) as restored:
        assert (contents(restored), restored.schema_version) == (before, SCHEMA_VERSION)
        restored.save(opened("PO-3"))
        at_the_lab(restored, "PO-4")
    assert contents(store) == before
    assert rows_of(studio, "SHOW work_mem") == [("64MB",)]
