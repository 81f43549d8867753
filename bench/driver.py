"""The bare driver: the shortest code that saves the same rows as `SqlStore`."""

import re
import sqlite3
from typing import Any, Final

import psycopg
import sqlalchemy as sa

from prodflow import Change, OutboxItem
from prodflow_sqlalchemy._rows import entry_row, order_row, slot_row  # `SqlStore` uses them too

ORDER: Final = (
    "UPDATE {0}orders SET version = :version, visit = :visit, held_visit = :held_visit,"
    " order_type = :order_type, cycle_version = :cycle_version, status = :status,"
    " is_open = :is_open, due = :due, rank = :rank, quantity = :quantity,"
    " ordered_on = :ordered_on, entered_on = :entered_on, delivery_on = :delivery_on,"
    " closed_on = :closed_on, department = :department, assignee = :assignee, vendor = :vendor,"
    " invoice_id = :invoice_id, split_from = :split_from, reorder_of = :reorder_of,"
    " facts_hash = :facts_hash, search = :search, data = :data"
    " WHERE tenant = :tenant AND id = :id AND version = :base"
)
VOID: Final = (
    "DELETE FROM {0}outbox WHERE tenant = :tenant AND order_id = :id AND NOT closed AND dated"
    " AND (until = 'left' AND visit <> :visit OR until = 'closed' AND NOT :is_open)"
)
ENTRY: Final = (
    "INSERT INTO {0}history (tenant, order_id, sequence, data)"
    " VALUES (:tenant, :order_id, :sequence, :data)"
)
POSITIONED: Final = (
    "INSERT INTO {0}history (tenant, order_id, sequence, data, position)"
    " VALUES (:tenant, :order_id, :sequence, :data, :position)"
)
POSITIONS: Final = "UPDATE {0}schema SET last_position = last_position + ? RETURNING last_position"
"""For SQLite, which doesn't number the rows of all orders by itself."""

SLOT: Final = (
    "INSERT INTO {0}outbox (tenant, epoch, order_id, trigger_key, slot_number, id, visit, sequence,"
    " fire_on, dated, until, automatic, closed, attempts, last_error, retry_at, leased_until,"
    " given_up, data) VALUES (:tenant, (SELECT epoch FROM {0}schema), :order_id, :trigger_key,"
    " :slot_number, :id, :visit, :sequence, :fire_on, :dated, :until, :automatic, :closed,"
    " :attempts, :last_error, :retry_at, :leased_until, :given_up, :data)"
)


class Bare:
    """Saves changes with four calls of `executemany` in one transaction.

    Args:
        url: the URL of the database.
        prefix: the prefix of the table names.
    """

    def __init__(self, url: sa.URL, prefix: str) -> None:
        self._connection: Any
        self._positions = POSITIONS.format(prefix) if url.drivername == "sqlite" else ""
        entry = POSITIONED if self._positions else ENTRY
        statements = [statement.format(prefix) for statement in (ORDER, VOID, entry, SLOT)]
        if url.drivername == "sqlite":
            self._connection = sqlite3.connect(str(url.database), isolation_level=None)
            self._connection.execute("PRAGMA synchronous = FULL")
            self._begin = "BEGIN IMMEDIATE"
        else:
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            self._connection = psycopg.connect(plain, autocommit=True)
            self._begin = "BEGIN"
            statements = [re.sub(r":(\w+)", r"%(\1)s", statement) for statement in statements]
        self._statements = statements

    def save(self, *changes: Change) -> None:
        """Encode and write the same values as `SqlStore`."""
        orders = [order_row("", c.order) | {"base": c.entry.sequence - 1} for c in changes]
        entries = [entry_row("", change.entry) for change in changes]
        slots = [slot_row("", OutboxItem(event)) for change in changes for event in change.events]
        cursor = self._connection.cursor()
        cursor.execute(self._begin)
        if self._positions:
            ((last,),) = cursor.execute(self._positions, [len(entries)]).fetchall()
            for position, entry in enumerate(entries, start=last - len(entries) + 1):
                entry["position"] = position
        for statement, rows in zip(self._statements, (orders, orders, entries, slots), strict=True):
            cursor.executemany(statement, rows)
        cursor.execute("COMMIT")
