"""The studio's week and the log again, in an SQLite file that you can look into afterwards.

The week must print exactly the same with the file as with the store in memory. The log is saved
with many changes in each transaction; then the file is closed, opened again and compared with the
log.
"""

from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from time import perf_counter
from typing import Final

from eventlog import EventLog
from prodflow import MemoryStore, OrderQuery, StatusCycle
from prodflow_sqlalchemy import SqlStore
from replay import account, replay
from studio import Store

AT_ONCE: Final = 500  # changes in each transaction


class FileStore:
    """A new SQLite file for the week and the log.

    Args:
        folder: where to create the file; the file of an earlier run is deleted.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "studio.db"
        for earlier in folder.glob("studio.db*"):
            earlier.unlink()
        self._url = f"sqlite:///{self.path}"

    def agrees_with_memory(self, week: Callable[[Store], None]) -> bool:
        """Whether a week prints the same with the file as with a store in memory."""
        with SqlStore.open(self._url) as store:
            same = _output(week, store) == _output(week, MemoryStore())
            orders = store.find(OrderQuery())
            entries = sum(len(store.history(order.id)) for order in orders)
            print(f"In the file, the week prints the same as in memory: {same}")
            print(f"{str(self.path)!r} has {len(orders)} orders with {entries} entries")
        return same

    def replays(self, log: EventLog, cycle: StatusCycle) -> bool:
        """Whether the file has every event of a log after it was replayed into it."""
        began = perf_counter()
        with SqlStore.open(self._url, prefix="log_") as store:
            replay(log, cycle, store, at_once=AT_ONCE)
        seconds = perf_counter() - began
        with SqlStore.open(self._url, prefix="log_") as store:
            accounts = account(log, cycle, store)
        print(
            f"\nIn {str(self.path)!r}, with {AT_ONCE} changes in each transaction:"
            f" {accounts.entries:,} changes in {seconds:.2f} seconds,"
            f" {accounts.entries / seconds:,.0f} per second"
        )
        print(f"Opened again, the file has every event: {accounts.is_sound}")
        return accounts.is_sound


def _output(week: Callable[[Store], None], store: Store) -> str:
    """Everything that a week prints."""
    with redirect_stdout(StringIO()) as output:
        week(store)
    return output.getvalue()
