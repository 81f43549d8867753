"""Reads rows of the tables; a row that can't be read is a `DamagedRowError` with its key.

The error hides what the codec says about the data, because that can show a note or a name. It's
raised after the other exception is over, so that a traceback doesn't show both.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from prodflow import (
    DamagedRowError,
    FlowSettings,
    HistoryEntry,
    OutboxItem,
    ProdflowError,
    ProductionOrder,
    StatusCycle,
)
from prodflow.stores import Edit
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._schema import Tables

T = TypeVar("T")

UNREADABLE: Final = (
    *(ProdflowError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError),
    RecursionError,
)
"""What damaged data can raise, but not an exception that somebody throws into a call."""


def readable(table: sa.Table, key: tuple[str | int, ...], read: Callable[[], T]) -> T:
    """What *read* returns; a `DamagedRowError` if it raises anything."""
    try:
        return read()
    except UNREADABLE:
        damaged = DamagedRowError(table.name, key)
    raise damaged


def order(tables: Tables, row: sa.Row[Any], cycles: Iterable[StatusCycle]) -> ProductionOrder:
    """The order of a row that has its `id` and `data`."""
    return readable(tables.orders, (row.id,), lambda: _order(row, cycles))


def _order(row: sa.Row[Any], cycles: Iterable[StatusCycle]) -> ProductionOrder:
    found = rows.order(row, cycles)
    if found.id != row.id:
        raise ValueError
    return found


def version(tables: Tables, order_id: str, stored: object) -> int:
    """The version in the row of an order: SQLite stores a text in a column of numbers too."""
    if isinstance(stored, int):
        return stored
    raise DamagedRowError(tables.orders.name, (order_id,))


def entry(tables: Tables, row: sa.Row[Any]) -> HistoryEntry:
    """The entry of a row that has its `order_id`, `sequence` and `data`."""
    return readable(tables.history, (row.order_id, row.sequence), lambda: _entry(row))


def _entry(row: sa.Row[Any]) -> HistoryEntry:
    found = rows.entry(row.data)
    if (found.order_id, found.sequence) != (row.order_id, row.sequence):
        raise ValueError
    return found


def entries(
    tables: Tables,
    order_id: str,
    stored: Iterable[sa.Row[Any]],
    *,
    after: int = 0,
    to: int,
) -> tuple[HistoryEntry, ...]:
    """Consecutive entries of an order; a missing one is a `DamagedRowError`.

    Args:
        tables: the tables of the store.
        order_id: the order.
        stored: their rows, as for `entry`, by sequence.
        after: the number before the first entry.
        to: the number up to which entries must exist, and behind which they are left out.
    """
    found: list[HistoryEntry] = []
    for number, row in enumerate(stored, start=after + 1):
        if number > to:
            break
        if row.sequence != number:
            raise DamagedRowError(tables.history.name, (order_id, number))
        found.append(entry(tables, row))
    last = after + len(found)
    if last < to:
        raise DamagedRowError(tables.history.name, (order_id, last + 1))
    return tuple(found)


def places(tables: Tables, row: sa.Row[Any]) -> list[tuple[str, int]]:
    """The places of the entries of a command, of a row that has its `id` and `entries`."""
    return readable(tables.commands, (row.id,), lambda: rows.places(row.entries))


def entries_of(
    tables: Tables, command_id: str, stored: Sequence[sa.Row[Any]]
) -> tuple[HistoryEntry, ...]:
    """The entries of a command, from the rows of `Dialect.entries_of`.

    An empty answer says that the command wasn't carried out, or that its orders are erased. So if a
    row of it is damaged or missing, that is a `DamagedRowError`.
    """
    if not stored:
        return ()
    table, key = tables.commands, (command_id,)
    known = readable(table, key, lambda: rows.places(stored[0].entries))
    if not known:
        return ()
    found: list[HistoryEntry] = []
    for place, row in zip(known, stored, strict=True):
        if row.data is None:
            raise DamagedRowError(tables.history.name, place)
        found.append(entry(tables, row))
    if any(each.command_id != command_id for each in found):
        raise DamagedRowError(table.name, key)
    return tuple(found)


def item(tables: Tables, row: sa.Row[Any]) -> OutboxItem:
    """The item of a row that has the `ITEM_COLUMNS`; its key is the id of the event."""
    return readable(tables.outbox, (row.id,), lambda: _item(row))


def _item(row: sa.Row[Any]) -> OutboxItem:
    found = rows.item(row)
    if (found.event.id, rows.due(found.event.fire_on)) != (row.id, row.fire_on):
        raise ValueError
    return found


def pending_item(tables: Tables, row: sa.Row[Any]) -> rows.PendingItem:
    """The pending item of a row that `Dialect.pending_slots` returned."""
    return readable(tables.outbox, (row.id,), lambda: rows.pending_item(row))


def cycle(tables: Tables, order_type: str, row: sa.Row[Any]) -> StatusCycle:
    """The version of a cycle of a row that has its `version` and `data`."""
    return readable(tables.cycles, (order_type, row.version), lambda: _cycle(order_type, row))


def _cycle(order_type: str, row: sa.Row[Any]) -> StatusCycle:
    found = rows.cycle(row.data)
    if (found.order_type, found.version) != (order_type, row.version):
        raise ValueError
    return found


def settings(tables: Tables, version: int, data: str) -> FlowSettings:
    """A version of the settings."""
    return readable(tables.settings, (version,), lambda: _settings(version, data))


def _settings(version: int, data: str) -> FlowSettings:
    found = rows.settings(data)
    if found.version != version:
        raise ValueError
    return found


def edit(table: sa.Table, key: tuple[str | int, ...], row: sa.Row[Any]) -> Edit:
    """The edit that a row of the table of cycles, or of settings, records."""
    return readable(table, key, lambda: rows.edit(row))
