"""The examples of the page on growth: parallel scans by ranges of ids, and a column store."""

from collections import Counter
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

import column_store
import on_spark
import ranges
import scale
from prodflow import CursorError, OrderQuery
from prodflow_sqlalchemy import FeedPage, SqlStore

# The type checkers run where it isn't installed.
pa: Final[Any] = import_module("pyarrow")

ORDERS: Final = 1_700
PARTS: Final = 5


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with orders; every second one has been advanced."""
    url = f"sqlite:///{tmp_path_factory.mktemp('growth')}/studio.db"
    with SqlStore.open(url) as store:
        store.save(*scale.openings(range(ORDERS)))
        store.save(*scale.ADVANCE(scale.opened(range(0, ORDERS, 2))))
    return url


@pytest.fixture
def parts(url: str) -> list[ranges.Range]:
    """The ranges of ids that a scan is split into."""
    engine = sa.create_engine(url)
    found = ranges.ranges(engine, PARTS)
    engine.dispose()
    return found


def test_ranges_cover_every_order_once(url: str, parts: list[ranges.Range]) -> None:
    """Read one after the other, the ranges are the orders by id, in parts of equal size."""
    with SqlStore.open(url) as store:
        found = [list(ranges.histories(store, part)) for part in parts]
        assert [len(part) for part in found] == [ORDERS // PARTS] * PARTS
        assert list(chain(*found)) == list(store.histories(OrderQuery(sort="id")))


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_every_engine_counts_the_same(url: str, parts: list[ranges.Range], engine: str) -> None:
    """The counts of all ranges, added up, are those of one scan in this process."""
    counted = scale.ENGINES[engine](partial(ranges.count_statuses, url), parts)
    assert sum(counted, Counter()) == {"ordered": ORDERS, "lab": ORDERS // 2}


def test_batches_of_ranges_are_read_on_spark(url: str, parts: list[ranges.Range]) -> None:
    """What `mapInArrow` gets, a batch of ranges, becomes a row for each order."""
    batch = pa.RecordBatch.from_pylist([part._asdict() for part in parts])
    found = pa.Table.from_batches(on_spark.orders_in_arrow(url, [batch[:2], batch[2:]]))
    with SqlStore.open(url) as store:
        assert [tuple(row.values()) for row in found.to_pylist()] == [
            (order.id, order.status.key, order.due_on, len(entries))
            for order, entries in store.histories(OrderQuery(sort="id"))
        ]


def test_each_entry_is_copied_once(url: str, tmp_path: Path) -> None:
    """A copy goes on after the newest file, however often it is run."""
    with SqlStore.open(url) as store:
        assert column_store.append(store, tmp_path, limit=1_000) == ORDERS + ORDERS // 2
        assert column_store.append(store, tmp_path) == 0
    assert column_store.entries_by(tmp_path, "status") == {"ordered": ORDERS, "lab": ORDERS // 2}


def test_what_a_killed_process_leaves_is_copied_again(url: str, tmp_path: Path) -> None:
    """Without the newest file, its entries are read again; a temporary file isn't counted."""
    with SqlStore.open(url) as store:
        column_store.append(store, tmp_path, limit=1_000)
        lost = tmp_path / ".lost"
        lost.mkdir()
        max(tmp_path.glob("*.parquet")).rename(lost / "00000003.parquet")
        assert column_store.append(store, tmp_path) == 550
    assert sum(column_store.entries_by(tmp_path, "status").values()) == ORDERS + ORDERS // 2


class Overtaken:
    """A store whose first page is copied by another process while this one holds it."""

    def __init__(self, store: SqlStore, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._pages = 0

    def feed(self, after: str | None = None, /, *, limit: int) -> FeedPage:
        """The page, after another process may have copied it."""
        page = self._store.feed(after, limit=limit)
        self._pages += 1
        if self._pages == 1:
            column_store.append(self._store, self._folder)
        return page


def test_two_processes_copy_each_entry_once(url: str, tmp_path: Path) -> None:
    """A process that another one has overtaken drops its page, and goes on after the other's."""
    with SqlStore.open(url) as store:
        assert column_store.append(Overtaken(store, tmp_path), tmp_path) == 0
    assert sum(column_store.entries_by(tmp_path, "kind").values()) == ORDERS + ORDERS // 2


def test_a_restored_database_is_copied_from_the_beginning(tmp_path: Path) -> None:
    """After a restore, the cursor of the files is refused."""
    copied = tmp_path / "copied"
    copied.mkdir()
    with SqlStore.open(f"sqlite:///{tmp_path}/studio.db") as store:
        store.save(*scale.openings(range(3)))
        column_store.append(store, copied)
        store.restored()
        with pytest.raises(CursorError):
            column_store.append(store, copied)
