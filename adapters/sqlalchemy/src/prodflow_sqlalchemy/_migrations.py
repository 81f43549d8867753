"""The steps from one version of the tables to the next, for `SqlStore.migrate`.

Version 2 numbers the history for `SqlStore.feed`, adds an index for `SqlStore.claim`, and puts each
row in fewer indexes.
"""

from collections.abc import Callable, Mapping
from typing import Final

import sqlalchemy as sa

from prodflow_sqlalchemy._schema import Tables

__all__ = ["MIGRATIONS"]

_NUMBERING_SQLITE: Final = (
    "ALTER TABLE {history} ADD COLUMN position BIGINT",
    "UPDATE {history} SET position = rowid",  # in the order in which they were saved
)
_NUMBERING_POSTGRESQL: Final = (
    """ALTER TABLE {history}
        ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        ADD COLUMN position BIGINT""",
    # The order of saving is unknown, but the entries of one order stay in sequence.
    """UPDATE {history} AS h SET position = numbered.position
        FROM (SELECT order_id, sequence,
                row_number() OVER (ORDER BY sequence, order_id) AS position
            FROM {history}) AS numbered
        WHERE h.order_id = numbered.order_id AND h.sequence = numbered.sequence""",
    """ALTER TABLE {history}
        ALTER COLUMN position SET NOT NULL,
        ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY""",
    """SELECT setval(pg_get_serial_sequence('{history}', 'position'), max(position))
        FROM {history} HAVING max(position) IS NOT NULL""",
)


def _to_version_2(connection: sa.Connection, tables: Tables) -> None:
    history = tables.history
    is_postgresql = connection.dialect.name == "postgresql"
    for statement in _NUMBERING_POSTGRESQL if is_postgresql else _NUMBERING_SQLITE:
        connection.execute(sa.text(statement.format(history=history.name)))
    place = "xid, position" if is_postgresql else "position"
    feed = f"CREATE UNIQUE INDEX {tables.prefix}history_feed ON {history.name} ({place})"
    connection.execute(sa.text(feed))
    for name in ("orders_by_due", "orders_by_invoice", "outbox_pending"):
        connection.execute(sa.text(f"DROP INDEX {tables.prefix}{name}"))
    orders, outbox = tables.orders.name, tables.outbox.name
    for name, on in (
        ("orders_complete", f"{orders} (due, id) WHERE NOT is_open"),
        ("orders_by_invoice", f"{orders} (invoice_id) WHERE invoice_id IS NOT NULL"),
        ("outbox_automatic", f"{outbox} (fire_on, id) WHERE NOT closed AND automatic"),
        ("outbox_manual", f"{outbox} (fire_on, id) WHERE NOT closed AND NOT automatic"),
    ):
        connection.execute(sa.text(f"CREATE INDEX {tables.prefix}{name} ON {on}"))


MIGRATIONS: Final[Mapping[int, Callable[[sa.Connection, Tables], None]]] = {
    2: _to_version_2,
}
"""By version: the function that upgrades the tables to it."""
