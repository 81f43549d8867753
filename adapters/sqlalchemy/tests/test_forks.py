"""A store is opened, and then the process forks: each process gets connections of its own.

In the first test, the numbers are smaller unless the profile is `thorough`.
"""

import os
from collections.abc import Callable
from typing import Final, get_args

import pytest
import sqlalchemy as sa

from prodflow import OrderQuery
from prodflow_sqlalchemy import SqlStore

from .conftest import number
from .scenarios.forks import Kind, forked_savers, unnoticed_fork
from .scenarios.processes import Record, apart, reported
from .studio import opened


@pytest.mark.full
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


def unit_of(store: SqlStore) -> None:
    """Save an order in a unit."""
    with store.unit() as (_, inner):
        inner.save(opened("PO-3"))


_CALLS: Final[dict[str, Callable[[SqlStore], object]]] = {
    "find": lambda store: store.find(OrderQuery()),
    "save": lambda store: store.save(opened("PO-3")),
    "unit": unit_of,
}


@pytest.mark.parametrize("call", [*_CALLS])
@pytest.mark.parametrize("is_new", [False, True])
def test_a_connection_of_another_process_is_refused(
    engine: sa.Engine, store: SqlStore, call: str, *, is_new: bool
) -> None:
    """A store that is made of a connection works in one process only, wherever it's made."""
    store.save(opened("PO-1"))
    with engine.connect() as connection:
        inner = SqlStore(connection)
        inner.save(opened("PO-2"))
        child = os.fork()
        if child == 0:
            try:
                _CALLS[call](SqlStore(connection) if is_new else inner)
            except ValueError as error:
                os._exit(0 if "another process" in str(error) else 2)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        connection.commit()
    assert len(store.find(OrderQuery())) == 2


def test_a_lost_connection_is_of_no_other_process(engine: sa.Engine, store: SqlStore) -> None:
    """A store of a connection that was lost works: this process connects again."""
    with engine.connect() as connection:
        connection.invalidate()
        SqlStore(connection).save(opened("PO-1"))
        connection.commit()
    assert len(store.find(OrderQuery())) == 1


@pytest.mark.parametrize("fails", [False, True])
def test_a_savepoint_of_another_process_is_left_alone(
    engine: sa.Engine, store: SqlStore, *, fails: bool
) -> None:
    """If the process forks inside a unit of a connection, the unit goes on in the parent only."""
    children: list[int] = []
    with engine.connect() as connection:
        try:
            with SqlStore(connection).unit() as (_, inner):
                inner.save(opened("PO-1"))
                children.append(os.fork())
                if children[0]:
                    assert os.waitstatus_to_exitcode(os.waitpid(children[0], 0)[1]) == 0
                    inner.save(opened("PO-2"))
                elif fails:
                    raise KeyboardInterrupt
        except ValueError as error:
            os._exit(0 if "another process" in str(error) else 1)
        finally:
            if children == [0]:
                os._exit(2)
        connection.commit()
    assert len(store.find(OrderQuery())) == 2
