"""How often a call waits for PostgreSQL: on a network, that's most of the time it takes."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from prodflow_sqlalchemy import SqlStore

from .studio import advanced, amended, opened

_WARM: Final = 8
"""Calls before the one that counts; psycopg prepares a statement that it has sent five times."""


@pytest.fixture
def engine(postgres_url: str) -> Iterator[sa.Engine]:
    """An engine with one connection to PostgreSQL, and tables."""
    engine = sa.create_engine(postgres_url, pool_size=1, max_overflow=0)
    SqlStore(engine).create_schema()
    yield engine
    engine.dispose()


def trips(engine: sa.Engine, trace: Path, call: Callable[[], object]) -> int:
    """How many messages a call sends that the server answers."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
    with trace.open("w") as file:
        driver.pgconn.trace(file.fileno())
        call()
        driver.pgconn.untrace()
    sent = re.findall(r"\tF\t\d+\t(Query|Sync)\b", trace.read_text())
    return len(sent)


def _read_in_a_unit(store: SqlStore, order_id: str) -> None:
    with store.unit() as (_, inner):
        inner.get(order_id)


def _opened_at_the_lab(store: SqlStore, order_id: str) -> None:
    store.save(opened(f"{order_id}-new", status="lab"))


CALLS: Final[dict[str, tuple[int, Callable[[SqlStore, str], object]]]] = {
    "get": (1, lambda store, old: store.get(old)),
    "history": (1, lambda store, old: store.history(old)),
    "entries_of": (1, lambda store, old: store.entries_of(old)),
    "load": (3, lambda store, old: store.load([old])),
    "open": (4, lambda store, old: store.save(opened(f"{old}-new", facts={"paper": "matt"}))),
    "open with events": (6, _opened_at_the_lab),
    "get, amend": (1 + 3, lambda store, old: store.save(amended(store.get(old), user="Cid"))),
    "get, advance with events": (1 + 5, lambda store, old: store.save(advanced(store.get(old)))),
    "get, advance by a command": (
        1 + 6,
        lambda store, old: store.save(advanced(store.get(old), command_id=old)),
    ),
    "unit": (5, _read_in_a_unit),
}
"""The round trips of some calls; each gets the id of another order."""


def test_a_call_makes_few_round_trips(engine: sa.Engine, tmp_path: Path) -> None:
    """A key is looked up in one round trip, and an order is advanced in six."""
    store = SqlStore(engine)
    found: dict[str, int] = {}
    for name, (_, call) in CALLS.items():
        ids = [f"{name}-{number}" for number in range(_WARM + 1)]
        store.save(*map(opened, ids))
        for order_id in ids[1:]:
            call(store, order_id)
        found[name] = trips(engine, tmp_path / "trace", partial(call, store, ids[0]))
    assert found == {name: number for name, (number, _) in CALLS.items()}
