"""Stores with one bug each in their SQL, which the suite or another test must find.

Each test names what must find its bug, and prints everything that does.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from prodflow.testing import OrderStoreSuite, Store
from prodflow_sqlalchemy import SqlStore
from prodflow_sqlalchemy._dialect import Dialect

from .conftest import emptied
from .scenarios import wrong
from .scenarios.load import load
from .scenarios.processes import Record, apart
from .scenarios.relays import killed_relays
from .scenarios.studio import CYCLE, opened
from .studio import claimed_at_once, clock, saved_during_a_claim

pytestmark = pytest.mark.full


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
    _tell(bug.__name__, found.failures, record_property)
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
    _tell(bug.__name__, broken, record_property)
    assert law in broken


@pytest.mark.parametrize("bug", wrong.SPOILED)
def test_a_wrong_statement_is_caught_by_the_kit(
    kept: sa.Engine, bug: str, record_property: Record
) -> None:
    """The suite finds a condition that is missing in a statement about events."""
    emptied(kept)
    law = wrong.SPOILED[bug].law
    broken = {law: 1} if _fails(law, wrong.spoiled(bug, kept)) else {}
    _tell(bug, broken, record_property)
    emptied(kept)
    assert not _fails(law, SqlStore(kept))
    assert law in broken


@pytest.mark.parametrize(
    ("bug", "url", "law"),
    [
        (wrong.SqliteOf1970, "sqlite", "test_a_claim_begins_on_the_clock_of_the_store"),
        (wrong.SqliteOf1970, "sqlite", "test_an_extension_begins_on_the_clock_of_the_store"),
        (wrong.PostgresqlOf1970, "postgresql", "test_a_claim_begins_on_the_clock_of_the_store"),
        (
            wrong.PostgresqlOf1970,
            "postgresql",
            "test_an_extension_begins_on_the_clock_of_the_store",
        ),
    ],
    ids=["claim-sqlite", "extend-sqlite", "claim-postgresql", "extend-postgresql"],
    indirect=["url"],
)
def test_a_clock_that_is_not_the_database_s_is_caught_by_the_kit(
    engine: sa.Engine, bug: type[Dialect], law: str, record_property: Record
) -> None:
    """The suite finds a lease without an instant that doesn't begin on the database's clock."""
    SqlStore(engine).create_schema()
    broken = {law: 1} if _fails(law, wrong.speaking(bug, engine)) else {}
    _tell(bug.__name__, broken, record_property)
    emptied(engine)
    assert not _fails(law, SqlStore(engine))
    assert law in broken


def test_a_memory_of_ones_own_is_caught_by_the_kit(
    kept: sa.Engine, record_property: Record
) -> None:
    """The suite finds a store that doesn't see the edits of another process."""
    emptied(kept)
    law = "test_an_edit_of_one_store_is_the_newest_in_the_other"
    broken = {law: 1} if _fails(law, wrong.NewestOnce(kept)) else {}
    _tell("NewestOnce", broken, record_property)
    emptied(kept)
    assert not _fails(law, SqlStore(kept))
    assert law in broken


def test_a_claim_that_starves_is_caught_by_relays(url: str, record_property: Record) -> None:
    """The relays find a claim that takes the events by their day, whatever failed before."""
    opening = partial(wrong.spoiled, "ClaimsByDay")
    found = apart(killed_relays, url, kills=5, moves=400, opening=opening)
    _tell("ClaimsByDay", found.failures, record_property)
    assert "untried events passed over" in found.failures


@pytest.mark.parametrize(
    ("bug", "race"),
    [
        (wrong.UnlockedClaim, claimed_at_once),
        (wrong.UnlockedSlots, saved_during_a_claim),
    ],
    ids=["UnlockedClaim", "UnlockedSlots"],
)
def test_a_missing_lock_is_caught(
    postgres_url: str,
    bug: type[Dialect],
    race: Callable[[sa.Engine, SqlStore], int],
    record_property: Record,
) -> None:
    """The tests of races find a claim or a save that doesn't lock the events."""
    engine = sa.create_engine(postgres_url)
    store = wrong.speaking(bug, engine)
    store.create_schema()
    wrongs = race(engine, store)
    engine.dispose()
    _tell(bug.__name__, {"leases taken or lost": wrongs}, record_property)
    assert wrongs == 1


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
    _tell("SerialCursor", {"entries missing from the feed": len(missing)}, record_property)
    assert missing == {"PO-1"}


class _Suite(OrderStoreSuite):
    """The laws to call by hand; the underscore keeps pytest from collecting them."""

    capabilities = frozenset({"clock", "shared"})

    def clock(self, store: Store) -> datetime:
        """The instant on the clock of the database."""
        return clock(_engine(store))

    def another(self, store: Store) -> Store:
        """Another store of the same kind, in the same database."""
        kind: Any = type(store)
        twin: Store = kind(_engine(store))
        return twin


def _engine(store: Any) -> sa.Engine:  # noqa: ANN401 - has no public engine
    engine: sa.Engine = store._bind  # noqa: SLF001 - of a store that the test has made
    return engine


def _fails(law: str, store: SqlStore) -> bool:
    try:
        getattr(_Suite(), law)(store)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - a law may fail in any way
        return True
    return False


def _tell(bug: str, failures: dict[str, int], record_property: Record) -> None:
    caught = ", ".join(f"{name} ({count})" for name, count in failures.items())
    print(f"{bug} is caught by: {caught}")  # noqa: T201 - what it is for
    record_property("figure", f"caught by: {caught}")
