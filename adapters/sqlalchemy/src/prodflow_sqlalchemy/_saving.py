"""The steps of a save inside its transaction."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from prodflow import (
    Change,
    ChangeUndone,
    CommandReusedError,
    HistoryEntry,
    ProductionOrder,
    Reminders,
    StatusChanged,
    StoreError,
)
from prodflow.stores import check_next, check_reminders, outbox_effect, repeats
from prodflow_sqlalchemy import _reading as reading
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._cycles import Cycles, Versions
from prodflow_sqlalchemy._dialect import ConcurrentSaveError, Dialect, Row, Stored
from prodflow_sqlalchemy._erasing import Erasing

_MOVING: Final = (StatusChanged, ChangeUndone)
"""The entries that can lead to another visit, and so make events void."""


@final
class Saving:
    """The steps of a save, and of `set_reminders`.

    They lock rows in the sequence that the module `_dialect` describes.

    Args:
        dialect: the statements.
        cycles: the versions of cycles.
    """

    def __init__(self, dialect: Dialect, cycles: Cycles) -> None:
        self._dialect = dialect
        self._cycles = cycles
        self._erasing = Erasing(dialect)

    def done(self, connection: sa.Connection, command_id: str) -> tuple[HistoryEntry, ...]:
        """The entries that a command saved, in the sequence of the command's changes."""
        stored = self._dialect.entries_of(connection, command_id)
        return reading.entries_of(self._dialect.tables, command_id, stored)

    def _check_repetition(
        self, connection: sa.Connection, entries: Sequence[HistoryEntry], command_id: str
    ) -> None:
        """Make sure that a save repeats a stored command.

        Raises:
            CommandReusedError: if the command has saved other entries.
        """
        stored = self._dialect.entries_of(connection, command_id)
        if not stored:  # somebody has just forgotten the command
            raise ConcurrentSaveError
        done = reading.entries_of(self._dialect.tables, command_id, stored)
        if done:
            erased = self._erasing.among(connection, [entry.order_id for entry in entries])
            if not repeats(entries, done, erased=erased):
                raise CommandReusedError(command_id, done)

    def save(
        self,
        connection: sa.Connection,
        changes: Sequence[Change],
        command_id: str | None,
        *,
        in_steps: bool,
    ) -> Versions:
        """Save changes, and return the cycles that the store should remember after the commit.

        Args:
            connection: the connection of the transaction.
            changes: the changes.
            command_id: the command that makes them.
            in_steps: whether to read and lock what is stored first, as a save at once doesn't.

        Raises:
            ConcurrentSaveError: if the save must be repeated, and in steps.
        """
        entries = [change.entry for change in changes]
        if command_id is not None:
            row = rows.command_row(self._dialect.tenant, command_id, entries)
            if not self._dialect.add_command(connection, row):
                self._check_repetition(connection, entries, command_id)
                return {}
        if not in_steps and len(changes) == 1:
            known = self._saved_at_once(connection, *changes)
            if known:
                return known
        latest = {change.order.id: change.order for change in changes}
        stored = self._dialect.lock_orders(connection, sorted(latest))
        new = latest.keys() - stored.keys()
        versions = {order_id: it.version for order_id, it in stored.items()}
        try:
            check_next(changes, versions)
            cycles = self._cycles.keep(connection, [change.order.cycle for change in changes])
            self._move(connection, latest, stored, cycles)
        except DBAPIError:
            self._cycles.forget()
            raise
        except StoreError:  # of the orders, or of their cycles, which count only if no id is erased
            erased = self._erasing.among(connection, new)
            if erased:
                check_next(changes, versions, erased=erased)
            raise
        if new:
            check_next(changes, versions, erased=self._erasing.among(connection, new))
        self._dialect.add_entries(
            connection, [rows.entry_row(self._dialect.tenant, entry) for entry in entries]
        )
        self.fill(connection, changes, known=stored)
        return cycles

    def _saved_at_once(self, connection: sa.Connection, change: Change) -> Versions:
        """Save one change of an order, if nothing has to be read for that.

        So it saves what most saves are: the next change of an order whose facts stay, or a new
        order, and the cycle is known.

        Returns:
            The version of its cycle; empty if nothing was saved.
        """
        order, base = change.order, change.entry.sequence - 1
        known = self._cycles.known(connection, order.cycle)
        if not known:
            return {}
        tenant = self._dialect.tenant
        facts = rows.fact_rows(tenant, order)
        row = rows.order_row(tenant, order, rows.facts_hash(facts))
        row |= {"base": base, "cycle_digest": known[order.order_type, order.cycle.version].digest}
        entry = rows.entry_row(tenant, change.entry)
        try:
            is_saved = self._dialect.save_at_once(connection, row, facts, entry)
        except (DBAPIError, ConcurrentSaveError):
            self._cycles.forget()
            raise
        if not is_saved:
            return {}
        if not base:
            check_next([change], {}, erased=self._erasing.among(connection, [order.id]))
        self.fill(connection, [change], known=[order.id] if base else [])
        return known

    def set_reminders(self, connection: sa.Connection, reminders: Sequence[Reminders]) -> None:
        """Make the pending reminders of orders those given."""
        ids = sorted({each.order_id for each in reminders})
        stored = self._dialect.lock_orders(connection, ids)
        versions = {order_id: it.version for order_id, it in stored.items()}
        check_reminders(reminders, lambda order_id: versions.get(order_id, 0))
        self.fill(connection, reminders, known=stored)

    def _move(
        self,
        connection: sa.Connection,
        latest: Mapping[str, ProductionOrder],
        stored: Mapping[str, Stored],
        cycles: Versions,
    ) -> None:
        """Write orders and their facts.

        Args:
            connection: the connection of the transaction.
            latest: the orders, by id.
            stored: those that are stored, by id.
            cycles: the stored versions of the orders' cycles.
        """
        tenant = self._dialect.tenant
        new: list[Row] = []
        known: list[Row] = []
        without_facts: list[str] = []
        facts: list[Row] = []
        for order_id in sorted(latest):
            its_facts = rows.fact_rows(tenant, latest[order_id])
            facts_hash = rows.facts_hash(its_facts)
            row = rows.order_row(tenant, latest[order_id], facts_hash)
            row["cycle_digest"] = cycles[row["order_type"], row["cycle_version"]].digest
            before = stored.get(order_id)
            if before is None:
                new.append(row)
                facts += its_facts
            else:
                row["base"] = before.version
                known.append(row)
                if facts_hash != before.facts_hash:
                    without_facts.append(order_id)
                    facts += its_facts
        added = self._dialect.add_orders(connection, new) if new else 0
        moved = self._dialect.move_orders(connection, known) if known else 0
        if added + moved < len(latest):
            raise ConcurrentSaveError
        if without_facts or facts:
            self._dialect.replace_facts(connection, without_facts, facts)

    def fill(
        self,
        connection: sa.Connection,
        causes: Sequence[Change | Reminders],
        known: Collection[str],
    ) -> None:
        """Put the events of changes or reminders into their slots, and empty what becomes void.

        *known* has the ids of the orders that were stored before.
        """
        touched: set[str] = set()
        event_ids: set[str] = set()
        for cause in causes:
            if isinstance(cause, Reminders):
                touched.add(cause.order_id)
            elif cause.events or isinstance(cause.entry, _MOVING):
                touched.add(cause.order.id)
            event_ids.update(event.id for event in cause.events)
        order_ids = sorted(touched.intersection(known))  # a new order has no slots yet
        if not order_ids and not event_ids:
            return
        stored = self._dialect.pending_slots(connection, order_ids, sorted(event_ids))
        pending = [reading.pending_item(self._dialect.tables, row) for row in stored]
        emptied, filled = outbox_effect(pending, *causes)
        by_key = {rows.slot_key(item.event.slot): item for item in filled}
        slots = [rows.slot_row(self._dialect.tenant, by_key[key]) for key in sorted(by_key)]
        self._dialect.change_slots(connection, sorted(map(rows.slot_key, emptied)), slots)
