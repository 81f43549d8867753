"""Erases orders, and knows which were erased (decision D46).

Theory of operation. Erasing deletes every row of the order, and leaves a row in the table of erased
orders: the digest of the id, not the id, because an id can name a person. It also takes the order
out of the rows of its commands. A command whose orders are all erased keeps its row, so that a
repetition is still known.

In PostgreSQL, others can save at the same time:

- The order's row is locked first, as by a save. So a change comes before the erasing, and is erased
  too, or after it, and finds no order.
- A save that opens an order looks for its id among the erased orders after it has inserted the row.
  That statement sees every order that was erased before the row could be inserted, even if the
  transaction is older.
- Each command's row is locked before it's read, since two of its orders may be erased at once.
"""

from collections.abc import Collection, Iterable
from typing import Any, final

import sqlalchemy as sa

from prodflow_sqlalchemy import _reading as reading
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._dialect import SLOT_KEY, Dialect, json_text
from prodflow_sqlalchemy._schema import sql_name


@final
class Erasing:
    """The statements that erase orders.

    Args:
        dialect: the statements of the database.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._tables = dialect.tables
        self._add = dialect.of_tenant(
            f"INSERT INTO {sql_name(self._tables.erased)} (tenant, digest)"
            " VALUES (:tenant, :digest) ON CONFLICT (tenant, digest) DO NOTHING"
        )

    def among(self, connection: sa.Connection, order_ids: Iterable[str]) -> frozenset[str]:
        """Those of some ids that erased orders had."""
        ids = {rows.id_digest(order_id): order_id for order_id in order_ids}
        c = self._tables.erased.c
        statement: Any = sa.select(c.digest).where(
            c.tenant == self._dialect.tenant, self._dialect.among(c.digest, [*ids])
        )
        return frozenset(ids[digest] for digest in connection.execute(statement).scalars())

    def erase(self, connection: sa.Connection, order_id: str) -> None:
        """Delete everything of an order; nothing happens if there is nothing."""
        tables, outbox = self._tables, self._tables.outbox.c
        self._dialect.lock_orders(connection, [order_id])
        self._take_out_of_commands(connection, order_id)
        slots = sa.select(outbox.id).where(
            outbox.tenant == self._dialect.tenant, outbox.order_id == order_id
        )
        in_sequence = slots.order_by(*(outbox[name] for name in SLOT_KEY))
        connection.execute(in_sequence.with_for_update()).all()
        ids = (
            *(outbox.order_id, tables.facts.c.order_id),
            *(tables.history.c.order_id, tables.orders.c.id),
        )
        deleted = [
            connection.execute(
                sa.delete(column.table).where(
                    column.table.c.tenant == self._dialect.tenant, column == order_id
                )
            ).rowcount
            for column in ids
        ]
        if any(deleted):
            connection.execute(self._add, {"digest": rows.id_digest(order_id)})

    def _take_out_of_commands(self, connection: sa.Connection, order_id: str) -> None:
        """Take the entries of an order out of the rows of the commands that saved them."""
        c = self._tables.commands.c
        concerned: Any = sa.select(c.id, c.entries).where(
            c.tenant == self._dialect.tenant, self._is_concerned(connection, order_id)
        )
        for row in connection.execute(concerned.order_by(c.id).with_for_update()).all():
            kept = [it for it in reading.places(self._tables, row) if it[0] != order_id]
            connection.execute(
                sa.update(self._tables.commands)
                .where(c.tenant == self._dialect.tenant, c.id == row.id)
                .values(entries=rows.listed(kept))
            )

    def _is_concerned(self, connection: sa.Connection, order_id: str) -> sa.ColumnElement[bool]:
        """The condition that a command has saved entries of an order."""
        c = self._tables.history.c
        stored: Any = sa.select(c.data).where(
            c.tenant == self._dialect.tenant, c.order_id == order_id
        )
        commands = self._tables.commands.c
        ids: Collection[str | None]
        try:
            ids = {rows.command_id(data) for data in connection.execute(stored).scalars()}
        except (ValueError, TypeError, LookupError):  # a damaged entry doesn't say its command
            return self._dialect.has_part(commands.entries, json_text(order_id))
        return self._dialect.among(commands.id, [each for each in ids if each is not None])
