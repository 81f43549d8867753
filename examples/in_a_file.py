"""The week and the log again, in a file of SQLite that stays for a look.

The studio's week is told by the store in memory and by the file, and the two must agree to the last
line. The log goes in by saves of many changes; then the file is closed, opened again, and held
against the log.
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

AT_ONCE: Final = 500


class FileStore:
    """A fresh file of SQLite in a folder, for the week and for the log.

    Args:
        folder: where the file is left; what an earlier run left there goes.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "studio.db"
        for earlier in folder.glob("studio.db*"):
            earlier.unlink()
        self._url = f"sqlite:///{self.path}"

    def tells_the_same(self, week: Callable[[Store], None]) -> bool:
        """Whether a week in the file goes as it does in memory, and print what the file holds."""
        with SqlStore.open(self._url) as store:
            same = _told(week, store) == _told(week, MemoryStore())
            orders = store.find(OrderQuery())
            entries = sum(len(store.history(order.id)) for order in orders)
            print(f"Told by the file, the week is the same to the last line: {same}")
            print(f"{str(self.path)!r} holds {len(orders)} orders with {entries} entries")
        return same

    def replays(self, log: EventLog, cycle: StatusCycle) -> bool:
        """Whether a log that was replayed into the file is found again in it; print the rate."""
        began = perf_counter()
        with SqlStore.open(self._url, prefix="log_") as store:
            replay(log, cycle, store, at_once=AT_ONCE)
        seconds = perf_counter() - began
        with SqlStore.open(self._url, prefix="log_") as store:
            accounts = account(log, cycle, store)
        print(
            f"\nIn {str(self.path)!r}, {AT_ONCE} changes at once:"
            f" {accounts.entries:,} changes in {seconds:.2f} seconds,"
            f" {accounts.entries / seconds:,.0f} per second"
        )
        print(f"Closed and opened again, the file has every event: {accounts.is_sound}")
        return accounts.is_sound


def _told(week: Callable[[Store], None], store: Store) -> str:
    """What a week prints."""
    with redirect_stdout(StringIO()) as output:
        week(store)
    return output.getvalue()
