"""Copies the histories of all orders into Parquet files, for reports over everything.

    append(store, folder)

Each file has the entries of one page of the feed, and the cursor after this page. So the results
and the cursor are saved together, and each entry is in one file, whatever happens:

1. The newest file says where the feed goes on.
2. A page is written under a temporary name, and then linked to the next number. A process that is
   killed before that leaves no numbered file, so the page is read again.
3. If two processes append at once, the link fails in one of them, and this one reads again.

The files have keys, days and statuses, but no name and no note. When an order is erased, it stays
in the files that have it already.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Protocol

from prodflow import HistoryEntry
from prodflow_sqlalchemy import FeedPage

COLUMNS: Final = ("order_id", "sequence", "kind", "at", "status", "due_on")


class Fed(Protocol):
    """A store with a feed."""

    def feed(self, after: str | None = None, /, *, limit: int) -> FeedPage:
        """A page of entries, as `SqlStore` gives it."""
        ...


def append(store: Fed, folder: Path, *, limit: int = 10_000) -> int:
    """Copy what is new in the feed; returns how many entries that was.

    Raises:
        CursorError: if the database was restored; delete the files then, and append again.
    """
    count = 0
    while True:
        number, cursor = _newest(folder)
        page = store.feed(cursor, limit=limit)
        if not page.entries:
            return count
        if _write(page.entries, str(page.cursor), folder / f"{number + 1:08}.parquet"):
            count += len(page.entries)


def entries_by(folder: Path, column: str) -> dict[str, int]:
    """A report: how many entries there are for each value of a column."""
    table: Any = import_module("pyarrow.dataset").dataset(folder, format="parquet").to_table()
    counted = table.group_by(column).aggregate([("sequence", "count")])
    return dict(
        zip(counted[column].to_pylist(), counted["sequence_count"].to_pylist(), strict=True)
    )


def _newest(folder: Path) -> tuple[int, str | None]:
    """The number of the newest file, and its cursor."""
    newest = max(folder.glob("*.parquet"), default=None)
    if newest is None:
        return 0, None
    parquet: Any = import_module("pyarrow.parquet")
    return int(newest.stem), parquet.read_schema(newest).metadata[b"cursor"].decode()


def _write(entries: Sequence[HistoryEntry], cursor: str, file: Path) -> bool:
    """Write a file; False if another process has written one with this number."""
    arrow: Any = import_module("pyarrow")
    kinds = (
        *(arrow.string(), arrow.int32(), arrow.string()),
        *(arrow.timestamp("us", "UTC"), arrow.string(), arrow.date32()),
    )
    schema = arrow.schema(list(zip(COLUMNS, kinds, strict=True)), metadata={"cursor": cursor})
    rows = [
        (
            *(entry.order_id, entry.sequence, type(entry).__name__, entry.at),
            *(getattr(entry, "to_status", None), getattr(entry, "due_on", None)),
        )
        for entry in entries
    ]
    columns = list(zip(*rows, strict=True))
    with TemporaryDirectory(dir=file.parent, prefix=".") as folder:
        written = Path(folder) / file.name
        import_module("pyarrow.parquet").write_table(arrow.table(columns, schema=schema), written)
        try:
            file.hardlink_to(written)
        except FileExistsError:
            return False
    return True
