"""transitions and the ORM of SQLAlchemy, with a table of orders and a table of their history.

A single order goes through a session, as the tutorial of the ORM shows. A bulk selects all orders
in one statement, and writes them in two calls of `executemany`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import partial
from itertools import pairwise
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event as events
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from stores import NOON, order_id
from tracking import BY, FORMS, KEYS, TODAY, Opened, Result, due_on
from untyped import module


class Base(DeclarativeBase):
    """The base of the two models."""


class Order(Base):
    """An order; its version is checked by each UPDATE."""

    __tablename__ = "orm_orders"

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    status: Mapped[str]
    ordered_on: Mapped[date]
    delivery_on: Mapped[date]
    entered_on: Mapped[date]
    due_on: Mapped[date | None]
    department: Mapped[str | None]
    assignee: Mapped[str | None]
    vendor: Mapped[str]
    invoice_id: Mapped[str]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - as SQLAlchemy declares it
    __table_args__ = (sa.Index("orm_board", "status", "due_on"),)


class History(Base):
    """A change of an order."""

    __tablename__ = "orm_history"

    order_id: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    from_status: Mapped[str]
    to_status: Mapped[str]
    completed_on: Mapped[date]
    due_on: Mapped[date | None]


def _moved(event: Any) -> None:  # noqa: ANN401 - transitions' EventData
    """Called after each change of status: fills in the rest of the order, and its record."""
    order: Order = event.model
    status = FORMS[event.transition.dest]
    order.entered_on = TODAY
    order.due_on = due_on(order.ordered_on, status.key)
    order.department = status.default_department
    order.assignee = status.default_user
    event.kwargs["records"].append(
        {
            "order_id": order.id,
            "sequence": order.version,
            "by": BY,
            "at": NOON,
            "from_status": event.transition.source,
            "to_status": status.key,
            "completed_on": TODAY,
            "due_on": order.due_on,
        }
    )


MACHINE: Final = module("transitions").Machine(
    None,
    states=KEYS,
    initial=KEYS[0],
    transitions=[["advance", source, target] for source, target in pairwise(KEYS)],
    auto_transitions=False,
    send_event=True,
    after_state_change=_moved,
    model_attribute="status",
)
# One machine for all orders: a machine for each, or `add_model`, takes longer than the rest.
ADVANCE: Final = MACHINE.events["advance"].trigger


class Orm:
    """Saves orders with sessions of SQLAlchemy.

    Args:
        url: the URL of the database.
        pragmas: settings of each connection to SQLite.
    """

    name = "transitions and SQLAlchemy's ORM"

    def __init__(self, url: sa.URL, pragmas: Iterable[str] = ()) -> None:
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.engine = sa.create_engine(url)
        if self.is_sqlite:
            events.listen(self.engine, "connect", partial(_connected, list(pragmas)))
            events.listen(self.engine, "begin", _begin)
        Base.metadata.create_all(self.engine)

    def open(self, orders: Sequence[Opened]) -> None:
        """Insert the orders with one statement."""
        first = FORMS[KEYS[0]]
        rows = [
            {
                "id": order_id(order.number),
                "version": 1,
                "status": first.key,
                "ordered_on": order.ordered_on,
                "delivery_on": order.delivery_on,
                "entered_on": order.ordered_on,
                "due_on": due_on(order.ordered_on, first.key),
                "department": first.default_department,
                "assignee": first.default_user,
                "vendor": order.vendor,
                "invoice_id": order.invoice,
            }
            for order in orders
        ]
        with Session(self.engine) as session, session.begin():
            session.execute(sa.insert(Order), rows)

    def advance_one(self, number: int) -> None:
        """Get the order, trigger the machine, and let the session write both rows."""
        records: list[dict[str, Any]] = []
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            ADVANCE(session.get_one(Order, order_id(number)), records=records)
            session.add(History(**records[0]))

    def advance(self, numbers: Sequence[int]) -> None:
        """Select all orders, trigger the machine for each, and write all rows in two calls."""
        ids = [order_id(number) for number in numbers]
        records: list[dict[str, Any]] = []
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            for order in session.scalars(sa.select(Order).where(Order.id.in_(ids))).all():
                ADVANCE(order, records=records)
            session.flush()  # an `executemany` that checks the versions
            session.execute(sa.insert(History), records)

    def results(self) -> dict[int, Result]:
        """Read both tables."""
        with Session(self.engine) as session:
            counted = sa.select(History.order_id, sa.func.count()).group_by(History.order_id)
            changes = {row[0]: row[1] for row in session.execute(counted)}
            return {
                int(order.id.removeprefix("PO-")): Result(
                    order.status,
                    order.due_on,
                    order.entered_on,
                    order.department,
                    order.assignee,
                    changes.get(order.id, 0),
                )
                for order in session.scalars(sa.select(Order))
            }

    def settings(self, names: Iterable[str]) -> dict[str, str]:
        """Ask a connection of the pool."""
        ask = "PRAGMA" if self.is_sqlite else "SHOW"
        with self.engine.connect() as connection:
            return {
                name: str(connection.exec_driver_sql(f"{ask} {name}").scalar()) for name in names
            }

    def indexes(self) -> int:
        """Count the indexes of both tables."""
        inspector = sa.inspect(self.engine)
        return sum(len(inspector.get_indexes(table)) for table in Base.metadata.tables)

    def close(self) -> None:
        """Close the connections of the pool."""
        self.engine.dispose()


def _connected(pragmas: Iterable[str], driver: Any, _: object) -> None:  # noqa: ANN401 - of sqlite3
    driver.isolation_level = None  # the listener below begins the transactions
    for pragma in pragmas:
        driver.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
