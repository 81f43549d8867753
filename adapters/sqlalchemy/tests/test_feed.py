"""The feed: every committed entry once, in an order that never changes, page by page."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from prodflow import CursorError, HistoryEntry
from prodflow_sqlalchemy import FeedLag, FeedPage, SchemaVersionError, SqlStore

from ._postgres import Server
from .conftest import emptied
from .studio import (
    AT,
    CYCLE,
    LEASE,
    advanced,
    amended,
    at_the_lab,
    entries_of_feed,
    eventually,
    opened,
    rows_of,
    settled,
)


def cursor_of(store: SqlStore) -> str:
    """The cursor of the last entry of a feed that isn't empty."""
    cursor = store.feed().cursor
    assert cursor is not None
    return cursor


CALLS: Final[list[Callable[[SqlStore], object]]] = [
    SqlStore.feed,
    lambda store: store.lag(None),
    SqlStore.restored,
]


@pytest.mark.parametrize("call", CALLS)
def test_without_the_row_of_the_schema_there_is_no_feed(
    engine: sa.Engine, store: SqlStore, call: Callable[[SqlStore], object]
) -> None:
    """If all tables were emptied, the feed says that there is no version, as every save does."""
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM prodflow_schema")
    with pytest.raises(SchemaVersionError) as caught:
        call(store)
    assert caught.value.actual is None


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
        "0123456789abcdef.1.2",
        "0123456789ABCDEF.1.2.",
    ],
)
def test_what_is_no_cursor_is_refused(store: SqlStore, cursor: str) -> None:
    """Only the cursor of a page is accepted."""
    with pytest.raises(ValueError, match="after must be the cursor of a page"):
        store.feed(cursor)


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
    with engine.connect() as connection:
        store = SqlStore(connection)
        for call in (store.feed, lambda: store.lag(None)):
            with pytest.raises(ValueError, match="made of an engine"):
                call()
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


# Restores


def refused(store: SqlStore, cursor: str) -> list[str]:
    """Why the feed, and the lag, refuse a cursor."""
    problems: list[str] = []
    for call in (store.feed, store.lag):
        with pytest.raises(CursorError) as caught:
            call(cursor)
        assert caught.value.cursor == cursor
        problems.append(caught.value.problem)
    return problems


def test_a_cursor_from_before_a_restore_is_refused(store: SqlStore) -> None:
    """After `restored`, an old cursor is refused, and the feed begins with the first entry."""
    (order,) = at_the_lab(store, "PO-1")
    eventually(lambda: len(store.feed().entries), 2)
    cursor = cursor_of(store)
    store.restored()
    assert refused(store, cursor) == ["restored"] * 2
    store.save(amended(order))
    eventually(lambda: [entry.sequence for entry in store.feed().entries], [1, 2, 3])
    assert [entry.sequence for entry in store.feed(store.feed(limit=2).cursor).entries] == [3]


def test_every_restore_begins_another_epoch(store: SqlStore) -> None:
    """The same backup may be restored twice: a cursor from the first time is refused then too."""
    at_the_lab(store, "PO-1")
    cursors: list[str] = []
    for _ in range(3):
        eventually(lambda: len(store.feed().entries), 2)
        cursors.append(cursor_of(store))
        store.restored()
    assert len({cursor.partition(".")[0] for cursor in cursors}) == 3
    assert [refused(store, cursor) for cursor in cursors] == [["restored"] * 2] * 3


def test_a_restore_is_seen_by_stores_that_are_open(engine: sa.Engine, store: SqlStore) -> None:
    """A store that was opened before the restore refuses the cursor too."""
    at_the_lab(store, "PO-1")
    eventually(lambda: len(store.feed().entries), 2)
    cursor = cursor_of(store)
    SqlStore(engine).restored()
    assert refused(store, cursor) == ["restored"] * 2


def test_a_cursor_of_another_tenant_is_refused(store: SqlStore) -> None:
    """A cursor belongs to one tenant."""
    at_the_lab(store, "PO-1")
    eventually(lambda: len(store.feed().entries), 2)
    assert refused(store, f"{cursor_of(store)}another") == ["tenant"] * 2


def test_a_cursor_beyond_the_end_is_refused(store: SqlStore) -> None:
    """Without `restored`, a cursor beyond the end shows that the database was restored."""
    at_the_lab(store, "PO-1")
    eventually(lambda: len(store.feed().entries), 2)
    epoch, transaction, position, tenant = cursor_of(store).split(".")
    far = (int(transaction) and 10**17, int(position) + 1)
    assert refused(store, ".".join((epoch, *map(str, far), tenant))) == ["beyond"] * 2


def test_a_restored_file_refuses_what_came_after_the_backup(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A copy of an SQLite file that takes its place is older than the cursors of its readers."""
    file, backup = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "backup.db"
    with SqlStore.open(sqlite_url) as store:
        at_the_lab(store, "PO-1")
    backup.write_bytes(file.read_bytes())
    with SqlStore.open(sqlite_url) as store:
        at_the_lab(store, "PO-2")
        cursor = cursor_of(store)
    file.write_bytes(backup.read_bytes())
    with SqlStore.open(sqlite_url) as store:
        assert refused(store, cursor) == ["beyond"] * 2
        store.restored()
        at_the_lab(store, "PO-2", "PO-3")  # further than the cursor
        assert refused(store, cursor) == ["restored"] * 2
        assert len(store.feed().entries) == 6


def test_a_position_is_used_once(engine: sa.Engine, store: SqlStore) -> None:
    """After rows were deleted by hand, new entries still come after a cursor."""
    at_the_lab(store, "PO-1")
    eventually(lambda: len(store.feed().entries), 2)
    cursor = cursor_of(store)
    emptied(engine)
    changes = [opened("PO-2"), opened("PO-3")]
    store.save(*changes)
    expected = [change.entry for change in changes]
    eventually(lambda: list(store.feed(cursor).entries), expected)


def test_an_event_keeps_the_epoch_in_which_it_came(store: SqlStore) -> None:
    """A worker that remembers what it did before a restore doesn't do it again."""
    (order,) = at_the_lab(store, "PO-1")
    before = {item.event.id: item.epoch for item in store.pending(as_of=date.max)}
    store.restored()
    store.save(amended(order, due_on=date(2027, 1, 1)))
    after = {item.event.id: item.epoch for item in store.pending(as_of=date.max)}
    claimed = store.claim(as_of=date.max, now=AT, lease=LEASE)
    extended = store.extend(*claimed, now=AT, lease=LEASE)
    assert after == before
    assert {item.epoch for item in (*claimed, *extended)} == set(before.values())
    at_the_lab(store, "PO-2")
    new = {it.epoch for it in store.pending(as_of=date.max, order_id="PO-2")}
    assert len(new - {"", *before.values()}) == 1


# How far a reader is behind


def test_a_reader_is_behind_by_what_it_has_not_read(store: SqlStore) -> None:
    """`lag` counts the entries after a cursor."""
    assert store.lag(None) == FeedLag(0, 0, ())
    at_the_lab(store, "PO-1", "PO-2")
    eventually(lambda: store.lag(None), FeedLag(4, 0, ()))
    assert store.lag(store.feed(limit=3).cursor).ready == 1
    assert store.lag(cursor_of(store)).ready == 0


def test_who_holds_the_feed_up_is_named(postgres_url: str) -> None:
    """In PostgreSQL, `lag` names the older transactions that entries wait for."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    at_the_lab(store, "PO-1")
    settled(store)
    with engine.connect() as connection:
        ask = "SELECT pg_backend_pid(), current_database(), current_setting('application_name')"
        process, database, application = connection.execute(sa.text(ask)).one()
        connection.execute(sa.text("SELECT pg_current_xact_id()"))
        store.save(opened("PO-2"))
        lag = store.lag(None)
        holder = {it.process: it for it in lag.holders}[process]
        assert lag.waiting == 1
        assert (holder.user, holder.database) == ("prodflow", database)
        assert holder.application == application
        assert holder.since is not None
    eventually(lambda: store.lag(None), FeedLag(3, 0, ()))
    engine.dispose()


def test_a_holder_with_savepoints_is_named_once(postgres_url: str) -> None:
    """A transaction has a number for each open savepoint in which it has written."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    with engine.connect() as connection:
        (process,) = connection.execute(sa.text("SELECT pg_backend_pid()")).one()
        for _ in range(3):
            connection.begin_nested()
            connection.execute(sa.text("CREATE TEMPORARY TABLE IF NOT EXISTS own (id integer)"))
            connection.execute(sa.text("INSERT INTO own VALUES (1)"))
        store.save(opened())
        holders = [it.process for it in store.lag(None).holders]
    assert holders.count(process) == 1
    engine.dispose()


def test_a_prepared_transaction_holds_the_feed_up() -> None:
    """In PostgreSQL, `lag` also names a prepared transaction, which has no connection."""
    server = Server("max_prepared_transactions=1", "fsync=off")
    try:
        server.start()
        engine = sa.create_engine(server.url)
        store = SqlStore(engine)
        store.create_schema()
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT pg_current_xact_id()"))
            connection.execute(sa.text("PREPARE TRANSACTION 'of last night'"))
        store.save(opened("PO-1"))
        (holder,) = store.lag(None).holders
        engine.dispose()
        server.stop()
    finally:
        server.remove()
    assert (holder.process, holder.application) == (None, "of last night")
    assert (holder.user, holder.database) == ("prodflow", "postgres")


def test_a_restored_dump_begins_again(postgres_url: str) -> None:
    """In PostgreSQL a restored dump gets new transaction numbers, and then has its feed."""
    with SqlStore.open(postgres_url) as store:
        changes = [opened("PO-1"), opened("PO-2")]
        for change in changes:
            store.save(change)
        engine = sa.create_engine(postgres_url)
        restored = f"UPDATE prodflow_history SET xid = '{2**60}'"  # noqa: S608 - our own number
        with engine.begin() as connection:
            connection.exec_driver_sql(restored)
        assert store.feed() == FeedPage((), None)
        store.restored()
        changes.append(opened("PO-3"))
        store.save(changes[-1])
        expected = [change.entry for change in changes]
        eventually(lambda: list(store.feed().entries), expected)
        engine.dispose()
