"""The statements of PostgreSQL for a save of one order.

A click saves one change of one order, so these are as few and as quick as they can be.

1. `json_to_recordset` is planned for a hundred rows, so the statements for many orders read small
   tables as a whole. These name one key, and take one record.
2. None of them passes an array where it looks something up: PostgreSQL would make another plan each
   time, which takes longer than the statement.
3. The order, its facts and its entry are written by one statement, which also checks the version of
   the order. If that isn't the expected one, the statement does nothing, and the save is done in
   steps.
4. The slots are read by a statement that begins after the order is locked. Otherwise it wouldn't
   see what another transaction has just saved.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, final

import sqlalchemy as sa

from prodflow_sqlalchemy._dialect import (
    ENTRY_COLUMNS,
    FACT_COLUMNS,
    ORDER_CHANGES,
    ORDER_COLUMNS,
    ORDER_KEY,
    PENDING_COLUMNS,
    SLOT_COLUMNS,
    SLOT_KEY,
    Row,
    SlotKey,
    json_text,
    listed,
)
from prodflow_sqlalchemy._schema import Tables, sql_name

KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("version", "visit", "held_visit", "cycle_version", "base"), "integer"),
    **dict.fromkeys(("rank", "quantity", "sequence", "slot_number"), "integer"),
    **dict.fromkeys(("is_open", "dated", "automatic", "closed", "given_up"), "boolean"),
    **dict.fromkeys(("attempts", "retry_at", "leased_until"), "bigint"),
}
"""The types of the columns that aren't texts."""

FEW_EVENTS: Final = 4
"""The most events of a save that have a statement of their own."""

_EVENTS: Final = [f"event_{number}" for number in range(FEW_EVENTS)]
"""The parameters for their ids."""


@final
class OneOrder:
    """The statements for one order.

    Args:
        tables: the tables.
        tenant: whose rows the statements read and write.
        version: SQL for the version of the tables in the database.
        expected: the version that the statements are for.
        epoch: SQL for the epoch of the database.
        on_closed: what an insert of a slot does if there is one.
    """

    def __init__(
        self,
        tables: Tables,
        tenant: str,
        *,
        version: str,
        expected: int,
        epoch: str,
        on_closed: str,
    ) -> None:
        self._tenant = tenant
        orders, facts = sql_name(tables.orders), sql_name(tables.facts)
        history, outbox = sql_name(tables.history), sql_name(tables.outbox)
        present = f"({version})"
        result = f"SELECT {present} AS schema_version, (SELECT count(*) FROM saved) AS number"
        last = (
            f"(SELECT h.xid FROM {history} AS h WHERE h.tenant = e.tenant"
            " AND h.order_id = e.order_id ORDER BY h.sequence DESC LIMIT 1)"
        )
        added = (
            f"added AS (INSERT INTO {history} ({listed(ENTRY_COLUMNS)}, xid)"
            f" SELECT {listed(f'e.{name}' for name in ENTRY_COLUMNS)}, {{xid}}"
            f" FROM saved, {_record('entry', ENTRY_COLUMNS, 'e')})"
        )
        self._move = (
            f"WITH saved AS (UPDATE {orders} AS o"
            f" SET {listed(f'{name} = v.{name}' for name in ORDER_CHANGES)}"
            f" FROM {_record('order', (*ORDER_CHANGES, 'base'), 'v')}"
            " WHERE o.tenant = %(tenant)s AND o.id = %(id)s AND o.version = v.base"
            f" AND o.facts_hash IS NOT DISTINCT FROM v.facts_hash AND {present} = {expected}"
            f" RETURNING 1), {added.format(xid=f'greatest(pg_current_xact_id(), {last})')} {result}"
        )
        self._open = (
            f"WITH saved AS (INSERT INTO {orders} ({listed(ORDER_COLUMNS)})"
            f" SELECT {listed(ORDER_COLUMNS)} FROM {_record('order', ORDER_COLUMNS, 'v')}"
            f" WHERE {present} = {expected}"
            f" ON CONFLICT ({listed(ORDER_KEY)}) DO NOTHING RETURNING 1),"
            f" stated AS (INSERT INTO {facts} ({listed(FACT_COLUMNS)})"
            f" SELECT {listed(f'f.{name}' for name in FACT_COLUMNS)}"
            f" FROM saved, {_records('facts', FACT_COLUMNS, 'f')}),"
            f" {added.format(xid='pg_current_xact_id()')} {result}"
        )
        pending = (
            f"SELECT {listed(PENDING_COLUMNS)} FROM {outbox}"
            " WHERE tenant = %(tenant)s AND NOT closed AND"
        )
        locked = f"ORDER BY {listed(SLOT_KEY)} FOR UPDATE"
        of_order = f"{pending} order_id = %(order)s {locked}"
        self._pending = [of_order]
        for number in range(1, FEW_EVENTS + 1):
            ids = listed(f"%({name})s" for name in _EVENTS[:number])
            self._pending.append(
                f"WITH of_order AS ({of_order}), of_events AS ({pending} id IN ({ids}) {locked})"
                " SELECT * FROM of_order UNION SELECT * FROM of_events"
            )
        self._empty = (
            f"DELETE FROM {outbox} AS o USING {_records('emptied', SLOT_KEY, 'v')}"
            " WHERE o.tenant = %(tenant)s AND o.order_id = %(order)s AND NOT o.closed"
            " AND o.trigger_key = v.trigger_key AND o.slot_number = v.slot_number"
        )
        self._refill = (
            f"WITH emptied AS ({self._empty} RETURNING 1)"
            f" INSERT INTO {outbox} ({listed(SLOT_COLUMNS)}, epoch)"
            f" SELECT {listed(SLOT_COLUMNS)}, {epoch} FROM {_records('filled', SLOT_COLUMNS, 'v')}"
            # A slot may get the event of one that is emptied, and so must be filled later.
            " WHERE (SELECT count(*) FROM emptied) IS NOT NULL"
            f" ORDER BY {listed(SLOT_KEY)} {on_closed}"
        )

    def save(
        self, connection: sa.Connection, row: Row, facts: Sequence[Row], entry: Row
    ) -> tuple[int | None, bool]:
        """Write an order and its entry, and the facts if the order is new.

        Returns:
            The version of the tables, and whether anything was written.
        """
        values = {"order": json_text(row), "entry": json_text(entry)}
        if row["base"]:
            values |= {"tenant": row["tenant"], "id": row["id"]}
            found = connection.exec_driver_sql(self._move, values).one()
        else:
            values["facts"] = json_text(facts)
            found = connection.exec_driver_sql(self._open, values).one()
        return found.schema_version, found.number == 1

    def pending_slots(
        self, connection: sa.Connection, order_id: str, event_ids: Collection[str]
    ) -> Sequence[sa.Row[Any]]:
        """Lock and return pending slots, those of an order and those of a few events."""
        values = {
            "tenant": self._tenant,
            "order": order_id,
            **dict(zip(_EVENTS, event_ids, strict=False)),
        }
        return connection.exec_driver_sql(self._pending[len(event_ids)], values).all()

    def change_slots(
        self,
        connection: sa.Connection,
        order_id: str,
        emptied: Iterable[SlotKey],
        filled: Sequence[Row],
    ) -> None:
        """Delete pending slots of an order, and then insert or replace others."""
        keys = json_text(
            [dict(zip(SLOT_KEY, (self._tenant, *key), strict=True)) for key in emptied]
        )
        values = {"tenant": self._tenant, "order": order_id, "emptied": keys}
        if filled:
            connection.exec_driver_sql(self._refill, values | {"filled": json_text(filled)})
        else:
            connection.exec_driver_sql(self._empty, values)


def _typed(columns: Iterable[str]) -> str:
    return listed(f"{name} {KINDS.get(name, 'text')}" for name in columns)


def _record(parameter: str, columns: Iterable[str], name: str) -> str:
    """SQL that turns a parameter into a table with one row."""
    return f"json_to_record(CAST(%({parameter})s AS json)) AS {name} ({_typed(columns)})"


def _records(parameter: str, columns: Iterable[str], name: str) -> str:
    """SQL that turns a parameter into a table with any number of rows."""
    return f"json_to_recordset(CAST(%({parameter})s AS json)) AS {name} ({_typed(columns)})"
