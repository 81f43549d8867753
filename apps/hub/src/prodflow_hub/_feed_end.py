"""The end of a feed, without reading the feed.

Theory of operation. A reader who begins today needs no entries from before, only the cursor of the
last one. The store has no call for that. But it refuses a cursor from beyond the end, so the end is
found by halving: 40 short questions for a million entries. A cursor names an epoch, a transaction,
a position and a tenant (`prodflow_sqlalchemy._feed`). In SQLite, the transaction is always 0, and
the feed goes by positions; in PostgreSQL it goes by transactions first.
"""

import re
from typing import Final

from prodflow import CursorError
from prodflow_sqlalchemy import SqlStore

_CURSOR: Final = re.compile(r"([0-9a-f]+)\.([0-9]+)\.([0-9]+)\.(.*)", re.DOTALL)
_LAST: Final = 10**18 - 1
"""The highest position that a cursor can have."""


def end_of_feed(store: SqlStore) -> str | None:
    """A cursor after which the feed has only what is saved from now on; None if it's empty."""
    first = store.feed(limit=1).cursor
    parts = None if first is None else _CURSOR.fullmatch(first)
    if parts is None:
        return first
    epoch, transaction, position, tenant = parts.groups()
    by_transaction = transaction != "0"

    def cursor(place: int) -> str:
        numbers = (place, _LAST) if by_transaction else (0, place)
        return f"{epoch}.{numbers[0]}.{numbers[1]}.{tenant}"

    def is_beyond(place: int) -> bool:
        try:
            store.feed(cursor(place), limit=1)
        except CursorError:
            return True
        return False

    low, step = int(transaction) if by_transaction else int(position), 1
    while not is_beyond(low + step):
        low, step = low + step, step * 2
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_beyond(middle) else (middle, high)
    return cursor(low)
