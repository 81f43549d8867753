"""The tables, for SQLite and PostgreSQL.

The column `data` has the whole value as JSON, made by `prodflow.codec`. The other columns are for
searching, sorting and checks. Dates are ISO 8601 texts, which sort by date. In both databases,
texts compare by code point, as in Python. Instants are microseconds since 1970 in UTC. The column
`due` has the due date of an order, or "none", which sorts last. The column `rank` has minus the
priority, so that every list sorts its columns upward. An order without a department, user or vendor
has an empty text there: PostgreSQL can't read the orders with NULL from an index in their sequence.

The tenant comes first in every key and index, so that several studios can share the tables: each
statement reads and writes the rows of one tenant. The table of the schema is for all of them.

Theory of the indexes of orders. A studio has few open orders and, after some years, many closed
ones. An open order is saved often, and a closed one hardly ever.

1. Each order is in the indexes of open orders or in those of closed orders. A query for both
   merges a page from each.
2. Every index makes a save of an open order slower. So each filter has one such index, sorted by
   due date. For the other sorts, the database sorts what it finds in the index: few entries.
3. A closed order enters its indexes once. So each filter has an index for each sort.
4. An index has all columns by which its list is sorted. So a page is found in the index alone, and
   then only its orders are read from the table.
5. `open_counts` has all columns that orders can be counted by. It has no id: with four long texts,
   an entry could be too large for a page of PostgreSQL (2,704 bytes).
6. Each pair of these columns is in one of three indexes of closed orders, side by side or with few
   different values between: rows that are equal in all of them are counted in the sequence of the
   index, and then few numbers are added up. Sorting a million rows would take longer than that.

Each version of a cycle, and of the settings, has the digest of its `data`. An order has the digest
of its cycle, and a foreign key to the version with this digest. So an order can't be saved if its
cycle isn't in the database, or is another one there, even if a process has kept the cycle in memory
while a backup was restored.

The facts of an order are in a table of their own. While the order is open, its facts don't change
with its due date, so they have no sort keys. When the order is closed, they get them.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy.types import UserDefinedType

__all__ = ["SCHEMA_VERSION", "Tables", "tables"]

SCHEMA_VERSION: Final = 1

NO_DAY: Final = "none"

NOBODY: Final = ""
"""Stands for None in the columns for the department, the user and the vendor."""

# SQLite uses a partial index only if the query has the same condition, word for word.
IS_OPEN: Final = sa.text("is_open")
IS_CLOSED: Final = sa.text("NOT is_open")
IS_PENDING: Final = sa.text("NOT closed")
IS_FOR_WORKERS: Final = sa.text("NOT closed AND automatic AND NOT given_up")
IS_INVOICED: Final = sa.text("invoice_id IS NOT NULL")

VIEW_COLUMNS: Final = (
    *("tenant", "id", "version", "order_type", "cycle_version", "status", "is_open", "due_on"),
    *("priority", "quantity", "ordered_on", "delivery_on", "entered_on", "closed_on"),
    *("department", "assignee", "vendor", "invoice_id", "split_from", "reorder_of"),
)
"""The columns of the view of orders."""

CLOSED_COUNTS: Final[Mapping[str, tuple[str, ...]]] = {
    "closed_counts": ("order_type", "status", "cycle_version", "rank", "vendor", "department"),
    "closed_user_counts": ("assignee", "order_type", "status", "cycle_version", "rank"),
    "closed_team_counts": ("assignee", "vendor", "department"),
}
"""The indexes in which pairs of closed orders are counted, and their columns."""

_PREFIX: Final = re.compile(r"[a-z_][a-z0-9_]{0,30}")
_SCHEMA: Final = re.compile(r"(?!pg_)[A-Za-z0-9_-]{1,63}")


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
    settings: sa.Table
    orders: sa.Table
    facts: sa.Table
    history: sa.Table
    commands: sa.Table
    erased: sa.Table
    outbox: sa.Table

    @property
    def orders_view(self) -> str:
        """The name of the view of orders, for SQL of your own."""
        return _qualified(f"{self.prefix}orders_v1", self.orders.schema)


def sql_name(table: sa.Table) -> str:
    """The name of a table in SQL, with the name of its schema."""
    return _qualified(table.name, table.schema)


def _qualified(name: str, schema: str | None) -> str:
    return name if schema is None else f'"{schema}".{name}'


def tables(
    prefix: str = "prodflow_", *, dialect: str = "sqlite", schema: str | None = None
) -> Tables:
    """The tables that a store with this prefix uses.

    Args:
        prefix: what the names of tables and indexes begin with: a lower-case letter or `_`, then up
            to 30 lower-case letters, digits and `_`. It can't begin with `sqlite_`.
        dialect: "sqlite" or "postgresql".
        schema: the schema of PostgreSQL that has the tables: 1 to 63 letters without accents,
            digits, `_` and `-`. It can't begin with `pg_`. None means the first schema of the
            connection's search path; later schemas of the path are never searched.
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
    _check_schema(schema, is_postgresql=is_postgresql)
    text = sa.Text(collation="C") if is_postgresql else sa.Text()
    metadata = sa.MetaData(schema=schema)

    def key(name: str, kind: Any = text) -> sa.Column[Any]:  # noqa: ANN401 - any type of column
        return sa.Column(name, kind, primary_key=True, autoincrement=False)

    def needed(name: str, kind: Any = text, **given: Any) -> sa.Column[Any]:  # noqa: ANN401
        return sa.Column(name, kind, nullable=False, **given)

    def index(
        name: str, *columns: str, where: sa.TextClause | None = None, unique: bool = False
    ) -> sa.Index:
        given: Any = {} if where is None else {f"{dialect}_where": where}
        if where in (IS_OPEN, IS_CLOSED) and not is_postgresql:
            columns = (*columns, "is_open")  # or SQLite would look it up in the table
        return sa.Index(f"{prefix}{name}", "tenant", *columns, unique=unique, **given)

    # A query that leaves a flag open merges a page for each value of the flag.
    due = ("automatic", "given_up", "fire_on", "id")
    place = [needed("position", sa.BigInteger)]  # of an entry in the feed of all orders
    numbers = [needed("last_position", sa.BigInteger)]  # that was used, even if its row is gone
    if is_postgresql:
        xid = needed("xid", _Xid8(), server_default=sa.text("pg_current_xact_id()"))
        place = [xid, sa.Column("position", sa.BigInteger, sa.Identity(always=True))]
        numbers = []  # the database counts them

    def closed(name: str, *filters: str, also: tuple[str, ...] = ()) -> list[sa.Index]:
        """An index for each sort of the closed orders with the same values of some columns."""
        return [
            index(f"{name}_due", *filters, "due", "rank", "id", *also, where=IS_CLOSED),
            index(f"{name}_priority", *filters, "rank", "due", "id", *also, where=IS_CLOSED),
            index(f"{name}_id", *filters, "id", *also, where=IS_CLOSED),
        ]

    cycles = sa.Table(
        f"{prefix}cycles",
        metadata,
        key("tenant"),
        key("order_type"),
        key("version", sa.Integer),
        sa.Column("replaces", sa.Integer),  # 0: the first edit; NULL: it came with an order
        sa.Column("put_by", text),
        sa.Column("put_at", text),
        needed("digest"),
        needed("data"),
        index("cycles_digest", "order_type", "version", "digest", unique=True),
    )
    fact = ("name", "value")
    counted = ("order_type", "status", "cycle_version", "rank", "department", "assignee", "vendor")

    return Tables(
        prefix,
        metadata,
        schema=sa.Table(
            f"{prefix}schema",
            metadata,
            key("version", sa.Integer),
            needed("epoch"),  # new with each restore
            *numbers,
        ),
        order_types=sa.Table(
            f"{prefix}order_types",
            metadata,
            key("tenant"),
            key("order_type"),
            sa.Column("put_version", sa.Integer),  # the newest that put_cycle has saved
        ),
        cycles=cycles,
        settings=sa.Table(
            f"{prefix}settings",
            metadata,
            key("tenant"),
            key("version", sa.Integer),
            needed("replaces", sa.Integer),  # 0: the first edit
            needed("put_by"),
            needed("put_at"),
            needed("digest"),
            needed("data"),
            index("settings_replaces", "replaces", unique=True),  # of two edits one is kept
        ),
        orders=sa.Table(
            f"{prefix}orders",
            metadata,
            key("tenant"),
            key("id"),
            needed("version", sa.Integer),
            needed("visit", sa.Integer),
            sa.Column("held_visit", sa.Integer),
            needed("order_type"),
            needed("cycle_version", sa.Integer),
            needed("cycle_digest"),
            needed("status"),
            needed("is_open", sa.Boolean),
            needed("due"),
            needed("rank", sa.Integer),
            sa.Column("quantity", sa.Integer),
            needed("ordered_on"),
            needed("entered_on"),
            sa.Column("delivery_on", text),
            sa.Column("closed_on", text),  # the first day in the closed status; NULL while open
            needed("department"),
            needed("assignee"),
            needed("vendor"),
            sa.Column("invoice_id", text),
            sa.Column("split_from", text),
            sa.Column("reorder_of", text),
            sa.Column(
                "facts_hash", text
            ),  # of the order's rows in the table of facts; NULL if none
            needed("search"),
            needed("data"),
            sa.ForeignKeyConstraint(
                ["tenant", "order_type", "cycle_version", "cycle_digest"],
                [cycles.c.tenant, cycles.c.order_type, cycles.c.version, cycles.c.digest],
                name=f"{prefix}orders_cycle",
            ),
            index("open_due", "due", "rank", "id", "ordered_on", where=IS_OPEN),
            index("open_priority", "rank", "due", "id", where=IS_OPEN),
            index("open_status", "order_type", "status", "due", "rank", "id", where=IS_OPEN),
            index("open_department", "department", "due", "rank", "id", where=IS_OPEN),
            index("open_assignee", "assignee", "due", "rank", "id", where=IS_OPEN),
            index("open_vendor", "vendor", "due", "rank", "id", where=IS_OPEN),
            index("open_counts", *counted, where=IS_OPEN),
            *closed("closed", also=("ordered_on", "closed_on")),
            *closed("closed_status", "order_type", "status"),
            *closed("closed_department", "department"),
            *closed("closed_assignee", "assignee"),
            *closed("closed_vendor", "vendor"),
            index("closed_on", "closed_on", "id", "due", "rank", where=IS_CLOSED),
            index("closed_ordered_on", "ordered_on", "id", "due", "rank", where=IS_CLOSED),
            *(index(name, *them, where=IS_CLOSED) for name, them in CLOSED_COUNTS.items()),
            index(
                "orders_invoice", "invoice_id", "id", where=IS_INVOICED
            ),  # few each: sorted later
        ),
        facts=sa.Table(
            f"{prefix}facts",
            metadata,
            key("tenant"),
            key("order_id"),
            key("name"),
            needed("value"),
            needed("is_open", sa.Boolean),
            sa.Column("due", text),  # as in the table of orders, but NULL while the order is open
            sa.Column("rank", sa.Integer),
            index("facts_open", *fact, "order_id", where=IS_OPEN),
            index("facts_closed_due", *fact, "due", "rank", "order_id", where=IS_CLOSED),
            index("facts_closed_priority", *fact, "rank", "due", "order_id", where=IS_CLOSED),
            index("facts_closed_id", *fact, "order_id", where=IS_CLOSED),
            sqlite_with_rowid=False,  # a fact is looked up by its key, which is then one step
        ),
        history=sa.Table(
            f"{prefix}history",
            metadata,
            key("tenant"),
            key("order_id"),
            key("sequence", sa.Integer),
            needed("data"),
            *place,
            index("history_feed", *(column.name for column in place), unique=True),
        ),
        commands=sa.Table(
            f"{prefix}commands",
            metadata,
            key("tenant"),
            key("id"),
            needed("done_on"),  # the latest day of its entries
            needed("entries"),  # without those of erased orders
        ),
        erased=sa.Table(
            f"{prefix}erased",
            metadata,
            key("tenant"),
            key("digest"),  # of the id of an erased order: the id may name a person
        ),
        outbox=sa.Table(
            f"{prefix}outbox",
            metadata,
            key("tenant"),
            key("order_id"),
            key("trigger_key"),
            key("slot_number", sa.Integer),  # 0 if the whole order has one slot
            needed("id"),
            needed("epoch"),  # in which it was put here
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


def _check_schema(schema: str | None, *, is_postgresql: bool) -> None:
    if schema is None:
        return
    if not isinstance(schema, str):
        raise TypeError(f"schema must be a str or None, not {schema!r:.60}")
    if not _SCHEMA.fullmatch(schema):
        raise ValueError(
            "schema must be 1 to 63 of A-Z, a-z, 0-9, _ and -, and not begin with 'pg_', which"
            f" PostgreSQL reserves, not {schema!r:.60}"
        )
    if not is_postgresql:
        # One transaction can't write safely to two files with a write-ahead log.
        raise ValueError("schema is for PostgreSQL: in SQLite, give each studio its own file")


def orders_view(tables: Tables, *, dialect: str) -> str:
    """The statement that creates the view of orders, unless it exists."""
    is_postgresql = dialect == "postgresql"
    dates = ("due_on", "delivery_on", "ordered_on", "entered_on", "closed_on")
    source = {
        "due_on": f"nullif(due, '{NO_DAY}')",
        "priority": "-rank",
        **{name: f"nullif({name}, '{NOBODY}')" for name in ("department", "assignee", "vendor")},
    }
    columns = [
        f"CAST({source.get(name, name)} AS date) AS {name}"
        if is_postgresql and name in dates
        else f"{source.get(name, name)} AS {name}"
        for name in VIEW_COLUMNS
    ]
    create = "CREATE OR REPLACE VIEW" if is_postgresql else "CREATE VIEW IF NOT EXISTS"
    source_name = sql_name(tables.orders)
    return f"{create} {tables.orders_view} AS SELECT {', '.join(columns)} FROM {source_name}"
