"""The feed: every committed entry once, in an order that never changes, page by page."""

from typing import Any

import pytest
import sqlalchemy as sa

from prodflow import HistoryEntry
from prodflow_sqlalchemy import FeedPage, SqlStore

from .studio import (
    CYCLE,
    advanced,
    amended,
    at_the_lab,
    entries_of_feed,
    eventually,
    opened,
    rows_of,
)


def test_an_empty_store_has_an_empty_feed(store: SqlStore) -> None:
    """A feed without entries has no cursor."""
    assert store.feed() == FeedPage((), None)


def test_pages_visit_everything_once(store: SqlStore) -> None:
    """The pages have every entry once; those of an order come in their sequence."""
    orders = at_the_lab(store, *(f"PO-{number}" for number in range(5)))
    for order in reversed(orders):
        store.save(amended(order, vendor="Acme"))
    histories: dict[str, tuple[HistoryEntry, ...]] = {
        order.id: store.history(order.id) for order in orders
    }
    eventually(lambda: len(entries_of_feed(store)), 15)
    entries = entries_of_feed(store)
    assert {
        order_id: tuple(entry for entry in entries if entry.order_id == order_id)
        for order_id in histories
    } == histories


@pytest.mark.parametrize("limit", [1, 2, 7, 100])
def test_the_order_does_not_depend_on_the_page(store: SqlStore, limit: int) -> None:
    """Entries come in the same order for any page size, and in the order of a save's changes."""
    changes = [opened(order_id) for order_id in ("PO-3", "PO-1", "PO-2")]
    store.save(*changes)
    second = advanced(store.get("PO-2"))
    store.save(second)
    expected = [change.entry for change in [*changes, second]]
    eventually(lambda: list(store.feed().entries), expected)
    found: list[HistoryEntry] = []
    cursor = None
    while (page := store.feed(cursor, limit=limit)).entries:
        found += page.entries
        cursor = page.cursor
    assert found == expected
    assert store.feed(cursor) == FeedPage((), cursor)


def test_a_cursor_outlives_the_store(engine: sa.Engine, store: SqlStore) -> None:
    """A cursor can be used with another store."""
    at_the_lab(store, "PO-1")
    eventually(lambda: len(store.feed().entries), 2)
    cursor = store.feed().cursor
    store.close()
    again = SqlStore(engine)
    change = amended(again.get("PO-1"), vendor="Acme")
    again.save(change)
    eventually(lambda: list(again.feed(cursor).entries), [change.entry])


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "1",
        "1.",
        ".1",
        "1.2.3",
        "-1.2",
        "1.-2",
        " 1.2",
        "1.2\n",
        "a.b",
        "0x1.2",
        "1_0.2",
        "\N{ARABIC-INDIC DIGIT ONE}.2",
        f"{10**18}.1",
        f"1.{10**30}",
        "1.2'; --",
    ],
)
def test_what_is_no_cursor_is_refused(store: SqlStore, cursor: str) -> None:
    """Only the cursor of a page is accepted."""
    with pytest.raises(ValueError, match="after must be the cursor of a page"):
        store.feed(cursor)


def test_a_cursor_of_the_other_database_is_refused(engine: sa.Engine, store: SqlStore) -> None:
    """A cursor of the other kind of database is refused, because it would skip entries."""
    elsewhere = {"sqlite": "731.5", "postgresql": "0.5"}
    with pytest.raises(ValueError, match="of this database"):
        store.feed(elsewhere[engine.dialect.name])


@pytest.mark.parametrize("cursor", [7, 1.2, b"1.2", ("1", "2")])
def test_a_cursor_is_a_str(store: SqlStore, cursor: Any) -> None:  # noqa: ANN401 - the bad value
    """A cursor must be a str."""
    with pytest.raises(TypeError, match="after must be"):
        store.feed(cursor)


def test_what_is_not_committed_does_not_come_out(engine: sa.Engine, store: SqlStore) -> None:
    """An entry appears after its transaction is committed."""
    with engine.connect() as connection:
        SqlStore(connection).save(opened())
        assert store.feed() == FeedPage((), None)
        connection.commit()
    eventually(lambda: list(store.feed().entries), [opened().entry])


def test_the_own_writer_waits_too(postgres_url: str) -> None:
    """In PostgreSQL a transaction does not see its own entries in the feed before the commit."""
    engine = sa.create_engine(postgres_url)
    SqlStore(engine).create_schema()
    with engine.connect() as connection:
        inner = SqlStore(connection)
        inner.save(opened())
        assert inner.feed() == FeedPage((), None)
    engine.dispose()


def test_a_transaction_of_sqlite_has_no_feed(sqlite_url: str) -> None:
    """In SQLite a transaction cannot read the feed: it would see entries that may be undone."""
    engine = sa.create_engine(sqlite_url)
    SqlStore(engine).create_schema()
    with engine.connect() as connection, pytest.raises(ValueError, match="made of an engine"):
        SqlStore(connection).feed()
    engine.dispose()


def test_an_order_stays_in_sequence(postgres_url: str) -> None:
    """An order stays in sequence even if transactions commit in another order than they began."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    (first,) = at_the_lab(store, "PO-1")
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_current_xact_id()"))  # its number, early
        store.save(amended(first))
        late = SqlStore(connection)
        one = amended(late.get("PO-1"))
        two = amended(one.order)
        late.save(one, two)
        late.save(amended(two.order))
    store.save(amended(store.get("PO-1")))
    eventually(lambda: [e.sequence for e in store.feed().entries], [1, 2, 3, 4, 5, 6, 7])
    engine.dispose()


def test_what_is_committed_late_is_not_lost(postgres_url: str) -> None:
    """In PostgreSQL the feed waits for a transaction that began first and commits last.

    A cursor over the serial position would skip its entry.
    """
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    store.put_cycle(CYCLE, replaces=None)
    early, late = opened("early"), opened("late")
    with engine.connect() as connection:
        SqlStore(connection).save(early)
        store.save(late)
        serial = "SELECT order_id FROM prodflow_history WHERE position > {} ORDER BY position"
        positions = "SELECT max(position) FROM prodflow_history"
        assert rows_of(engine, serial.format(0)) == [("late",)]
        ((cursor,),) = rows_of(engine, positions)
        page = store.feed()
        assert page == FeedPage((), None)
        connection.commit()
    assert rows_of(engine, serial.format(cursor)) == []  # lost
    eventually(lambda: list(store.feed(page.cursor).entries), [early.entry, late.entry])
    engine.dispose()


def test_a_restored_dump_begins_again(postgres_url: str) -> None:
    """In PostgreSQL a restored dump needs new transaction numbers, and then has its feed."""
    with SqlStore.open(postgres_url) as store:
        changes = [opened("PO-1"), opened("PO-2")]
        for change in changes:
            store.save(change)
        engine = sa.create_engine(postgres_url)
        restored = f"UPDATE prodflow_history SET xid = '{2**60}'"  # noqa: S608 - our own number
        with engine.begin() as connection:
            connection.exec_driver_sql(restored)
        assert store.feed() == FeedPage((), None)
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE prodflow_history SET xid = '1'")
        changes.append(opened("PO-3"))
        store.save(changes[-1])
        expected = [change.entry for change in changes]
        eventually(lambda: list(store.feed().entries), expected)
        engine.dispose()
