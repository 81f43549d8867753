"""What `erase` and `forget_commands` leave in a database (decision D46)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any, Final

import pytest
import sqlalchemy as sa

from prodflow import (
    DamagedRowError,
    DuplicateOrderError,
    OrderNotFoundError,
    OrderQuery,
)
from prodflow_sqlalchemy import SqlStore, tables

from .conftest import emptied
from .studio import (
    AT,
    LEASE,
    WAITING,
    advanced,
    amended,
    at_the_lab,
    contents,
    entries_of_feed,
    eventually,
    once_before,
    opened,
    rows_of,
    settled,
)

MARK: Final = "Leonie Quast"
"""Stands in every text of an erased order, also in its id."""


@pytest.fixture
def store(kept: sa.Engine) -> SqlStore:
    """An empty store; the tests share its tables."""
    return emptied(kept)


def of_a_client(store: SqlStore, order_id: str = MARK, other: str = "PO-1") -> None:
    """Save an order with a mark in every text, and another one; an event of the first fails."""
    who: dict[str, Any] = {"by": MARK, "recorded_by": MARK, "note": MARK, "command_id": "c-1"}
    given: dict[str, Any] = {
        "invoice_id": MARK,
        "vendor": MARK,
        "facts": {"client": MARK},
        "user": MARK,
    }
    first = opened(order_id, department=MARK, **given, **who)
    second = advanced(first.order, **who)
    third = amended(second.order, facts={"client": f"{MARK} again"}, **who)
    store.save(first, opened(other, command_id="c-1"), second, third)
    (item, *_) = store.pending(as_of=date.max, order_id=order_id)
    store.fail(item, error=MARK, retry_at=AT)


def stored_texts(engine: sa.Engine) -> str:
    """Every row of every table, as one text."""
    names = [table.name for table in tables(dialect=engine.dialect.name).metadata.sorted_tables]
    return "\n".join(str(rows_of(engine, f"SELECT * FROM {name}")) for name in names)  # noqa: S608


def in_files(folder: Path, mark: str) -> list[str]:
    """The names of the files that hold a text."""
    return [it.name for it in sorted(folder.iterdir()) if mark.encode() in it.read_bytes()]


# What is left


def test_no_table_has_anything_of_an_erased_order(kept: sa.Engine, store: SqlStore) -> None:
    """No row of any table has a text of the erased order or its id."""
    of_a_client(store)
    assert MARK in stored_texts(kept)
    store.erase(MARK)
    assert MARK not in stored_texts(kept)
    assert store.verify() == ()


def test_no_file_has_anything_of_an_erased_order_after_a_vacuum(tmp_path: Path) -> None:
    """After VACUUM and a checkpoint, no byte of an erased order is in the files of SQLite."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'studio.db'}")
    with SqlStore(engine) as store, closing(engine.raw_connection()) as connection:
        store.create_schema()
        for number in range(15):  # more than a page, so that pages are split and become free
            of_a_client(store, f"{MARK} {number}", f"PO-{number}")
            store.forget_commands(before=date.max)
        assert in_files(tmp_path, MARK)
        for number in range(15):
            store.erase(f"{MARK} {number}")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert in_files(tmp_path, MARK) == []
        assert in_files(tmp_path, "PO-14") == ["studio.db"]


def test_an_erased_order_cannot_be_rebuilt(store: SqlStore) -> None:
    """Without a history there is nothing to write again."""
    of_a_client(store)
    store.erase(MARK)
    with pytest.raises(OrderNotFoundError):
        store.rebuild(MARK)


# The feed


def test_the_feed_passes_over_what_is_erased(store: SqlStore) -> None:
    """The feed has the entries of the others, in their sequence; no position is used again."""
    at_the_lab(store, "PO-1", "PO-2")
    before = entries_of_feed(store)
    cursor = store.feed(limit=len(before)).cursor
    store.erase("PO-2")
    assert entries_of_feed(store) == [entry for entry in before if entry.order_id == "PO-1"]
    change = opened("PO-3")
    store.save(change)
    assert settled(store).feed(cursor).entries == (change.entry,)


def test_the_lag_counts_nothing_that_is_erased(store: SqlStore) -> None:
    """A reader is as far behind as there are entries for it to read."""
    at_the_lab(store, "PO-1", "PO-2")
    cursor = settled(store).feed(limit=1).cursor
    assert store.lag(cursor).ready == len(entries_of_feed(store)) - 1
    store.erase("PO-2")
    left = entries_of_feed(store)
    assert (store.lag(None).ready, store.lag(cursor).ready) == (len(left), len(left) - 1)
    store.erase("PO-1")
    assert (store.lag(None).ready, store.lag(cursor).ready) == (0, 0)
    assert store.feed(cursor).entries == ()


# Damage


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE prodflow_history SET data = '' WHERE order_id = :id AND sequence = 2",
        "UPDATE prodflow_history SET data = '[]' WHERE order_id = :id",
        "UPDATE prodflow_orders SET data = '' WHERE id = :id",
        "DELETE FROM prodflow_orders WHERE id = :id",
        "DELETE FROM prodflow_history WHERE order_id = :id AND sequence = 1",
    ],
)
def test_a_damaged_order_can_be_erased(kept: sa.Engine, store: SqlStore, damage: str) -> None:
    """Whatever is damaged of an order, all of it is erased."""
    of_a_client(store)
    with kept.begin() as connection:
        connection.execute(sa.text(damage), {"id": MARK})
    store.erase(MARK)
    assert MARK not in stored_texts(kept)
    assert store.verify() == ()
    assert [entry.order_id for entry in store.entries_of("c-1")] == ["PO-1"]


def test_a_damaged_command_is_named(kept: sa.Engine, store: SqlStore) -> None:
    """If a command of an order can't be read, nothing is erased, and the error names it."""
    of_a_client(store)
    before = contents(store)
    with kept.begin() as connection:
        connection.execute(sa.text("UPDATE prodflow_commands SET entries = '[1]'"))
    with pytest.raises(DamagedRowError) as caught:
        store.erase(MARK)
    assert (caught.value.table, caught.value.key) == ("prodflow_commands", ("c-1",))
    assert contents(store) == before


# Others at the same time


def test_histories_pass_over_what_is_erased_meanwhile(kept: sa.Engine, store: SqlStore) -> None:
    """An order that is erased between two statements is whole or isn't there."""
    at_the_lab(store, "PO-1", "PO-2")
    other = SqlStore(sa.create_engine(kept.url))
    once_before(kept, "SELECT prodflow_history.order_id", lambda: other.erase("PO-1"))
    found = {order.id: len(entries) for order, entries in store.histories(OrderQuery())}
    other.close()
    assert found in ({"PO-2": 2}, {"PO-1": 2, "PO-2": 2})
    assert [order.id for order, _ in store.histories(OrderQuery())] == ["PO-2"]


def test_a_claim_that_is_not_committed_does_not_keep_an_event(
    postgres_url: str,
) -> None:
    """In PostgreSQL, `erase` waits for a claim, and then erases what was claimed."""
    engine = sa.create_engine(postgres_url)
    with SqlStore.open(postgres_url) as store, ThreadPoolExecutor(1) as threads:
        at_the_lab(store, "PO-1")
        with engine.connect() as connection:
            claimed = SqlStore(connection).claim(as_of=date.max, now=AT, lease=LEASE)
            erasing = threads.submit(store.erase, "PO-1")
            eventually(lambda: len(rows_of(engine, WAITING)), 1)
            connection.commit()
            erasing.result()
        assert [store.get_event(item.event.id) for item in claimed] == [None, None]
    engine.dispose()


def test_an_id_that_is_erased_meanwhile_is_not_free(postgres_url: str) -> None:
    """In PostgreSQL, an opening that waits for others to open and erase its id is refused."""
    engine, near = sa.create_engine(postgres_url), sa.create_engine(postgres_url)
    with SqlStore.open(postgres_url) as other, ThreadPoolExecutor(1) as threads:
        other.save(opened("PO-0"))  # or its cycle would be what the others wait for
        meet = Barrier(2, timeout=10)

        def let_others_open_it() -> None:
            other.save(opened())
            meet.wait()
            meet.wait()

        once_before(near, "INSERT INTO prodflow_orders", let_others_open_it)
        opening = threads.submit(SqlStore(near).save, opened())
        with engine.connect() as connection:
            meet.wait()
            SqlStore(connection).erase("PO-1")
            meet.wait()
            eventually(lambda: len(rows_of(engine, WAITING)), 1)
            connection.commit()
            with pytest.raises(DuplicateOrderError) as caught:
                opening.result()
        assert caught.value.conflicts == {"PO-1": (0, 0)}
        assert [order.id for order in other.find(OrderQuery())] == ["PO-0"]
    engine.dispose()
    near.dispose()


def test_a_command_that_is_forgotten_meanwhile_is_done(postgres_url: str) -> None:
    """In PostgreSQL, a save that finds its command just forgotten begins again."""
    near = sa.create_engine(postgres_url)
    with SqlStore.open(postgres_url) as other:
        first = opened(command_id="c-1")
        other.save(first)
        change = advanced(first.order, command_id="c-1")
        forgetting = once_before(
            near, "SELECT CASE coalesce", lambda: other.forget_commands(before=date.max)
        )
        SqlStore(near).save(change)
        assert (other.get("PO-1"), len(forgetting)) == (change.order, 1)
    near.dispose()


def test_two_orders_of_a_command_can_be_erased_at_once(postgres_url: str) -> None:
    """In PostgreSQL, `erase` waits for another one of the same command, and then reads it."""
    engine = sa.create_engine(postgres_url)
    with SqlStore.open(postgres_url) as store, ThreadPoolExecutor(1) as threads:
        store.save(opened("PO-1", command_id="c"), opened("PO-2", command_id="c"))
        with engine.connect() as connection:
            SqlStore(connection).erase("PO-1")
            erasing = threads.submit(store.erase, "PO-2")
            eventually(lambda: len(rows_of(engine, WAITING)), 1)
            connection.commit()
            erasing.result()
        assert store.entries_of("c") == ()
        assert "PO-" not in stored_texts(engine)
    engine.dispose()
