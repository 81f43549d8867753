"""Stores with one bug each in their SQL, which the suite or the load test must find.

Each test names what must find its bug, and prints everything that does.
"""

from functools import partial

import pytest
import sqlalchemy as sa

from prodflow.testing import OrderStoreSuite
from prodflow_sqlalchemy import SqlStore
from prodflow_sqlalchemy._dialect import Dialect

from .scenarios import wrong
from .scenarios.load import load
from .scenarios.processes import Record, apart
from .scenarios.studio import CYCLE, opened


@pytest.mark.full
@pytest.mark.parametrize(
    ("bug", "url", "sign"),
    [
        (wrong.DeferredBegin, "sqlite", "database errors"),
        (wrong.NoGuard, "postgresql", "database errors"),  # the primary key of the history
        (wrong.NoGuardAtAll, "postgresql", "updates lost"),
    ],
    ids=["DeferredBegin-sqlite", "NoGuard-postgresql", "NoGuardAtAll-postgresql"],
    indirect=["url"],
)
def test_a_wrong_transaction_is_caught_under_load(
    bug: type[Dialect], url: str, sign: str, record_property: Record
) -> None:
    """With six processes, the load test finds a wrong BEGIN or a missing version check."""
    opening = partial(wrong.speaking, bug)
    found = apart(load, url, writers=6, saves=10, orders=3, opening=opening)
    _tell(bug, found.failures, record_property)
    assert sign in found.failures


@pytest.mark.parametrize(
    ("bug", "law"),
    [
        (wrong.PublishesFirst, "test_an_event_is_not_saved_without_its_change"),
        (wrong.CommandApart, "test_a_command_whose_save_failed_is_free"),
    ],
    ids=["PublishesFirst", "CommandApart"],
)
def test_a_second_transaction_is_caught_by_the_kit(
    engine: sa.Engine, bug: type[SqlStore], law: str, record_property: Record
) -> None:
    """The suite finds a store that saves part of a change in a second transaction."""
    store = bug(engine)
    store.create_schema()
    broken = {law: 1} if _fails(law, store) else {}
    _tell(bug, broken, record_property)
    assert law in broken


def test_a_cursor_over_the_serial_number_is_caught(
    postgres_url: str, record_property: Record
) -> None:
    """The feed test finds a cursor that follows the serial number and so misses a late commit."""
    engine = sa.create_engine(postgres_url)
    store = wrong.speaking(wrong.SerialCursor, engine)
    store.create_schema()
    store.put_cycle(CYCLE, replaces=None)  # or one transaction would wait for the other to do so
    with engine.begin() as connection:
        SqlStore(connection).save(opened("PO-1"))
        store.save(opened("PO-2"))
        first = store.feed()
    second = store.feed(first.cursor)
    engine.dispose()
    fed = {entry.order_id for page in (first, second) for entry in page.entries}
    missing = {"PO-1", "PO-2"} - fed
    _tell(wrong.SerialCursor, {"entries missing from the feed": len(missing)}, record_property)
    assert missing == {"PO-1"}


class _Suite(OrderStoreSuite):
    """The laws to call by hand; the underscore keeps pytest from collecting them."""


def _fails(law: str, store: SqlStore) -> bool:
    try:
        getattr(_Suite(), law)(store)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - a law may fail in any way
        return True
    return False


def _tell(bug: type, failures: dict[str, int], record_property: Record) -> None:
    caught = ", ".join(f"{name} ({count})" for name, count in failures.items())
    print(f"{bug.__name__} is caught by: {caught}")  # noqa: T201 - what it is for
    record_property("figure", f"caught by: {caught}")
