"""What a save does inside its transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import final

import sqlalchemy as sa

from prodflow import (
    Change,
    CommandReusedError,
    DuplicateOrderError,
    HistoryEntry,
    StaleOrdersError,
)
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._cycles import Cycles, Versions
from prodflow_sqlalchemy._dialect import Dialect, Row, json_text
from prodflow_sqlalchemy._slots import net_effect
from prodflow_sqlalchemy._transactions import ConcurrentSaveError


@final
class Saving:
    """The steps of a save, each of which locks its rows in the one order of the dialect.

    Args:
        dialect: how the database is spoken to.
        cycles: the versions of cycles, which the orders are pinned to.
    """

    def __init__(self, dialect: Dialect, cycles: Cycles) -> None:
        self._dialect = dialect
        self._cycles = cycles

    def done(self, connection: sa.Connection, command_id: str) -> tuple[HistoryEntry, ...]:
        """What a command saved, in the order of its changes."""
        return tuple(map(rows.entry, self._dialect.entries_of(connection, command_id)))

    def save(
        self, connection: sa.Connection, changes: Sequence[Change], command_id: str | None
    ) -> Versions:
        """Keep changes; the cycles to remember once this is committed."""
        entries = [change.entry for change in changes]
        if command_id is not None:
            places = json_text([(entry.order_id, entry.sequence) for entry in entries])
            if not self._dialect.add_command(connection, command_id, places):
                done = self.done(connection, command_id)
                if _repeats(entries, done):
                    return {}
                raise CommandReusedError(command_id, done)
        versions = self._move(connection, changes)
        cycles = self._cycles.keep(connection, [change.order.cycle for change in changes])
        self._dialect.add_entries(connection, [rows.entry_row(entry) for entry in entries])
        self.fill(connection, changes, known=versions)
        return cycles

    def _move(self, connection: sa.Connection, changes: Sequence[Change]) -> Mapping[str, int]:
        """Bring the orders to their new versions; the versions that known orders had before."""
        latest = {change.order.id: change.order for change in changes}
        versions = self._dialect.lock_orders(connection, sorted(latest))
        _check_versions(changes, versions)
        new: list[Row] = []
        known: list[Row] = []
        for order_id in sorted(latest):
            row = rows.order_row(latest[order_id])
            if order_id in versions:
                known.append(row | {"base": versions[order_id]})
            else:
                new.append(row)
        added = self._dialect.add_orders(connection, new) if new else 0
        moved = self._dialect.move_orders(connection, known) if known else 0
        if added + moved < len(latest):
            raise ConcurrentSaveError
        return versions

    def fill(
        self, connection: sa.Connection, changes: Sequence[Change], known: Collection[str]
    ) -> None:
        """What the changes do to the slots of the outbox."""
        events = [event for change in changes for event in change.events]
        left = {change.order.id for change in changes if change.order.visit == change.order.version}
        touched = {event.order_id for event in events} | left
        order_ids = sorted(touched.intersection(known))  # a new order has no slots yet
        if order_ids or events:
            event_ids = sorted({event.id for event in events})
            pending = self._dialect.pending_slots(connection, order_ids, event_ids)
            emptied, filled = net_effect(pending, changes)
            if emptied:
                self._dialect.empty_slots(connection, emptied)
            if filled:
                self._dialect.fill_slots(connection, [rows.slot_row(event) for event in filled])


def _repeats(entries: Sequence[HistoryEntry], done: Sequence[HistoryEntry]) -> bool:
    return len(entries) == len(done) and all(
        entry.repeats(other) for entry, other in zip(entries, done, strict=True)
    )


def _check_versions(changes: Iterable[Change], versions: Mapping[str, int]) -> None:
    """Refuse changes that are not the next of their orders; all such orders are named."""
    now = dict(versions)
    conflicts: dict[str, tuple[int, int]] = {}
    for change in changes:
        order_id, expected = change.order.id, change.entry.sequence - 1
        actual = now.get(order_id, 0)
        if actual == expected:
            now[order_id] = change.entry.sequence
        else:
            conflicts.setdefault(order_id, (expected, actual))
    if conflicts:
        opening = all(expected == 0 for expected, _ in conflicts.values())
        raise (DuplicateOrderError if opening else StaleOrdersError)(conflicts)
