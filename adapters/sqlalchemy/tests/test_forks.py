"""A store is opened, and then the process forks: each process gets connections of its own.

In the first test, the numbers are smaller unless the profile is `thorough`.
"""

import os
from typing import Any, get_args

import pytest
import sqlalchemy as sa

from prodflow import OrderQuery
from prodflow_sqlalchemy import SqlStore

from .conftest import number
from .scenarios.forks import Kind, forked_savers, unnoticed_fork
from .scenarios.processes import Record, apart, reported
from .studio import opened


@pytest.mark.parametrize("kind", get_args(Kind))
def test_forked_processes_lose_nothing(url: str, kind: Kind, record_property: Record) -> None:
    """8 processes fork and save 250 orders each with their parent's store: each one is whole."""
    saves = max(5, number(250))
    found = apart(forked_savers, url, kind=kind, workers=8, saves=saves)
    assert reported(found, record_property) == {}
    assert found.done == {"saves acknowledged": 9 * saves}


def test_a_process_id_tells_of_a_fork_too(url: str) -> None:
    """If nothing has told of a fork, the first call sees that the process has another number."""
    assert apart(unnoticed_fork, url) == [True, False]


@pytest.mark.parametrize("call", ["find", "save"])
def test_a_connection_of_another_process_is_refused(
    engine: sa.Engine, store: SqlStore, call: str
) -> None:
    """A store that is made of a connection works in one process only."""
    store.save(opened("PO-1"))
    with engine.connect() as connection:
        inner = SqlStore(connection)
        inner.save(opened("PO-2"))
        calls: dict[str, Any] = {
            "find": lambda: inner.find(OrderQuery()),
            "save": lambda: inner.save(opened("PO-3")),
        }
        child = os.fork()
        if child == 0:  # pragma: no cover - of another process
            try:
                calls[call]()
            except ValueError as error:
                os._exit(0 if "another process" in str(error) else 2)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        connection.commit()
    assert len(store.find(OrderQuery())) == 2
