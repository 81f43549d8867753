"""The tables, for SQLite and PostgreSQL.

The column `data` has the whole value as JSON, made by `prodflow.codec`. The other columns are for
searching, sorting and checks. Dates are ISO 8601 texts, which sort by date. In both databases,
texts compare by code point, as in Python. Instants are microseconds since 1970 in UTC. The column
`due` has the due date of an order, or "none", which sorts last.
"""

import re
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy.types import UserDefinedType

__all__ = ["SCHEMA_VERSION", "Tables", "tables"]

SCHEMA_VERSION: Final = 1

NO_DAY: Final = "none"

# SQLite uses a partial index only if the query has the same condition, word for word.
IS_OPEN: Final = sa.text("is_open")
IS_COMPLETE: Final = sa.text("NOT is_open")
IS_PENDING: Final = sa.text("NOT closed")
IS_FOR_WORKERS: Final = sa.text("NOT closed AND automatic AND NOT given_up")
IS_INVOICED: Final = sa.text("invoice_id IS NOT NULL")

_PREFIX: Final = re.compile(r"[a-z_][a-z0-9_]{0,30}")


class _Xid8(UserDefinedType[str]):
    """The type of PostgreSQL's transaction numbers, which are never reused."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401 - as SQLAlchemy declares it
        return "xid8"


@frozen
class Tables:
    """The tables of a store; pass `metadata` to Alembic."""

    prefix: str
    metadata: sa.MetaData
    schema: sa.Table
    order_types: sa.Table
    cycles: sa.Table
    orders: sa.Table
    history: sa.Table
    commands: sa.Table
    outbox: sa.Table


def tables(prefix: str = "prodflow_", *, dialect: str = "sqlite") -> Tables:
    """The tables that a store with this prefix uses.

    Args:
        prefix: what the names of tables and indexes begin with: a lower-case letter or `_`, then up
            to 30 lower-case letters, digits and `_`. It can't begin with `sqlite_`.
        dialect: "sqlite" or "postgresql".
    """
    if not isinstance(prefix, str):
        raise TypeError(f"prefix must be a str, not {prefix!r}")
    if not _PREFIX.fullmatch(prefix) or prefix.startswith("sqlite_"):
        raise ValueError(
            "prefix must be 1 to 31 of a-z, 0-9 and _, and begin neither with a digit nor with"
            f" 'sqlite_', which SQLite reserves, not {prefix!r:.60}"
        )
    if dialect not in {"sqlite", "postgresql"}:
        raise ValueError(f"dialect must be 'sqlite' or 'postgresql', not {dialect!r}")
    is_postgresql = dialect == "postgresql"
    text = sa.Text(collation="C") if is_postgresql else sa.Text()
    metadata = sa.MetaData()

    def key(name: str, kind: Any = text) -> sa.Column[Any]:  # noqa: ANN401 - any type of column
        return sa.Column(name, kind, primary_key=True, autoincrement=False)

    def needed(name: str, kind: Any = text, **given: Any) -> sa.Column[Any]:  # noqa: ANN401
        return sa.Column(name, kind, nullable=False, **given)

    def index(
        name: str, *columns: str, where: sa.TextClause | None = None, unique: bool = False
    ) -> sa.Index:
        given: Any = {} if where is None else {f"{dialect}_where": where}
        return sa.Index(f"{prefix}{name}", *columns, unique=unique, **given)

    # A query that leaves a flag open merges a page for each value of the flag.
    due = ("automatic", "given_up", "fire_on", "id")
    place = [sa.Column("position", sa.BigInteger)]  # of an entry in the feed of all orders
    if is_postgresql:
        xid = needed("xid", _Xid8(), server_default=sa.text("pg_current_xact_id()"))
        place = [xid, sa.Column("position", sa.BigInteger, sa.Identity(always=True))]

    return Tables(
        prefix,
        metadata,
        schema=sa.Table(f"{prefix}schema", metadata, key("version", sa.Integer)),
        order_types=sa.Table(
            f"{prefix}order_types",
            metadata,
            key("order_type"),
            sa.Column("put_version", sa.Integer),  # the newest that put_cycle has saved
        ),
        cycles=sa.Table(
            f"{prefix}cycles",
            metadata,
            key("order_type"),
            key("version", sa.Integer),
            sa.Column("replaces", sa.Integer),  # 0: the first edit; NULL: it came with an order
            sa.Column("put_by", text),
            sa.Column("put_at", text),
            needed("data"),
        ),
        orders=sa.Table(
            f"{prefix}orders",
            metadata,
            key("id"),
            needed("version", sa.Integer),
            needed("visit", sa.Integer),
            sa.Column("held_visit", sa.Integer),
            needed("order_type"),
            needed("cycle_version", sa.Integer),
            needed("status"),
            needed("is_open", sa.Boolean),
            needed("due"),
            sa.Column("delivery_on", text),
            sa.Column("department", text),
            sa.Column("assignee", text),
            sa.Column("vendor", text),
            sa.Column("invoice_id", text),
            needed("data"),
            # Each order is in one of these two; a query for all orders merges a page from each.
            index("orders_open", "due", "id", where=IS_OPEN),
            index("orders_complete", "due", "id", where=IS_COMPLETE),
            index("orders_by_status", "order_type", "status", "due", "id"),
            index("orders_by_department", "department", "due", "id"),
            index("orders_by_assignee", "assignee", "due", "id"),
            index("orders_by_vendor", "vendor", "due", "id"),
            index("orders_by_invoice", "invoice_id", where=IS_INVOICED),  # few each: sorted later
        ),
        history=sa.Table(
            f"{prefix}history",
            metadata,
            key("order_id"),
            key("sequence", sa.Integer),
            needed("data"),
            *place,
            index("history_feed", *(column.name for column in place), unique=True),
        ),
        commands=sa.Table(f"{prefix}commands", metadata, key("id"), needed("entries")),
        outbox=sa.Table(
            f"{prefix}outbox",
            metadata,
            key("order_id"),
            key("trigger_key"),
            key("slot_number", sa.Integer),  # 0 if the whole order has one slot
            needed("id"),
            needed("visit", sa.Integer),
            needed("sequence", sa.Integer),
            needed("fire_on"),
            needed("dated", sa.Boolean),
            sa.Column("until", text),
            needed("automatic", sa.Boolean),
            needed("closed", sa.Boolean),
            needed("attempts", sa.BigInteger),
            sa.Column("last_error", text),
            sa.Column("retry_at", sa.BigInteger),
            sa.Column("leased_until", sa.BigInteger),
            needed("given_up", sa.Boolean),
            needed("data"),
            index("outbox_id", "id", unique=True, where=IS_PENDING),
            index("outbox_claims", "attempts", "fire_on", "id", where=IS_FOR_WORKERS),
            index("outbox_due", *due, where=IS_PENDING),
            index("outbox_by_trigger", "trigger_key", *due, where=IS_PENDING),
        ),
    )
