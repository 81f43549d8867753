"""The studio of the demo, its hub, and a browser for each of its people."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from prodflow_hub import Visitor, hub_app
from prodflow_hub._demo import PEOPLE, load_demo
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser
from ._studio import AT, AppFor, Clock


@pytest.fixture
def clock() -> Clock:
    """The clock of the studio."""
    return Clock()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the studio of the demo."""
    path = tmp_path_factory.mktemp("demo") / "studio.db"
    with SqlStore.open(f"sqlite:///{path}") as store:
        load_demo(store, AT)
    return path


@pytest.fixture
def store(demo: Path, tmp_path: Path) -> Iterator[SqlStore]:
    """The studio of the demo, for one test."""
    with SqlStore.open(f"sqlite:///{shutil.copy(demo, tmp_path)}") as store:
        yield store


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[SqlStore]:
    """A database without orders."""
    with SqlStore.open(f"sqlite:///{tmp_path / 'empty.db'}") as store:
        yield store


@pytest.fixture
def app_for(store: SqlStore, clock: Clock) -> AppFor:
    """Makes the hub of one of the people."""

    def make(name: str = "Mia", **more: object) -> Starlette:
        person = next((each for each in PEOPLE if each.name == name), Visitor(name))
        keywords = {"store": store, "editors": ["manager"]} | more
        return hub_app(
            *(keywords.pop("store"),),  # type: ignore[arg-type]  # a table of keywords
            clock=clock,
            visitor=lambda _: person,
            **keywords,  # type: ignore[arg-type]  # as above
        )

    return make


@pytest.fixture
def mia(app_for: AppFor) -> Browser:
    """The browser of the manager."""
    return Browser(TestClient(app_for()))


@pytest.fixture
def tom(app_for: AppFor) -> Browser:
    """The browser of somebody of the staff."""
    return Browser(TestClient(app_for("Tom")))
