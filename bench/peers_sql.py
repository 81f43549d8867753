"""transitions and the tables of `peers_orm`, written by statements of SQLAlchemy made by hand.

The ORM only makes the objects: a session doesn't track or flush them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from peers_orm import ADVANCE, Base, History, Order, Orm
from stores import order_id

ORDERS: Final = Base.metadata.tables[Order.__tablename__]
HISTORY: Final = Base.metadata.tables[History.__tablename__]
MOVED: Final = ("version", "status", "entered_on", "due_on", "department", "assignee")
"""The columns that a change of status writes."""


class ByHand(Orm):
    """Saves orders with an UPDATE and an INSERT for all of them."""

    name = "transitions and SQL by hand"

    def advance_one(self, number: int) -> None:
        """Advance a bulk of one order."""
        self.advance([number])

    def advance(self, numbers: Sequence[int]) -> None:
        """Select and lock all orders, trigger the machine for each, and write all rows."""
        ids = [order_id(number) for number in numbers]
        records: list[dict[str, Any]] = []
        wanted = sa.select(Order).where(Order.id.in_(ids)).with_for_update()
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            orders = session.scalars(wanted).all()
            session.expunge_all()
            for order in orders:
                ADVANCE(order, records=records)
                order.version += 1
            moved = [
                {"key": order.id} | {name: getattr(order, name) for name in MOVED}
                for order in orders
            ]
            statements = ROW_BY_ROW if self.is_sqlite else BY_ARRAYS
            for statement, rows in zip(statements, (moved, records), strict=True):
                given: Any = rows if self.is_sqlite else _in_columns(rows)
                session.connection().execute(statement, given)


def _row_by_row() -> tuple[sa.Update, sa.Insert]:
    """Statements for `executemany`: SQLite has no server to wait for."""
    moved = sa.update(ORDERS).where(ORDERS.c.id == sa.bindparam("key"))
    return moved.values({name: sa.bindparam(name) for name in MOVED}), sa.insert(HISTORY)


def _by_arrays() -> tuple[sa.Update, sa.Insert]:
    """Statements with an array for each column, so that PostgreSQL gets each of them once."""
    given = _unnested({"key": ORDERS.c.id} | {name: ORDERS.c[name] for name in MOVED})
    moved = sa.update(ORDERS).where(ORDERS.c.id == given.c.key)
    recorded = _unnested(dict(HISTORY.c.items()))
    return (
        moved.values({name: given.c[name] for name in MOVED}),
        sa.insert(HISTORY).from_select(HISTORY.c.keys(), sa.select(*recorded.c)),
    )


def _unnested(columns: Mapping[str, sa.Column[Any]]) -> sa.TableValuedAlias:
    arrays = [sa.bindparam(name, type_=sa.ARRAY(it.type)) for name, it in columns.items()]
    named = [sa.column(name, it.type) for name, it in columns.items()]
    return sa.func.unnest(*arrays).table_valued(*named).render_derived(name="given")


def _in_columns(rows: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """The values of each column, as the statements by arrays take them."""
    return {name: [row[name] for row in rows] for name in rows[0]}


ROW_BY_ROW: Final = _row_by_row()
BY_ARRAYS: Final = _by_arrays()
