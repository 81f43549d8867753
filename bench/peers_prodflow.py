"""prodflow with `SqlStore`, as its users call it."""

from collections.abc import Iterable, Sequence
from typing import Final

import sqlalchemy as sa

from prodflow import OrderQuery, ProductionFlow, StatusChanged
from prodflow_sqlalchemy import SqlStore
from stores import CYCLE, NOON, order_id
from tracking import BY, TODAY, Opened, Result

FLOW: Final = ProductionFlow()


class Prodflow:
    """Saves orders with `SqlStore`.

    Args:
        url: the URL of the database.
    """

    name = "prodflow"

    def __init__(self, url: sa.URL) -> None:
        self._store = SqlStore.open(url.render_as_string(hide_password=False))

    def open(self, orders: Sequence[Opened]) -> None:
        """Open the orders in one save."""
        self._store.save(
            *(
                FLOW.open(
                    CYCLE,
                    order_id=order_id(order.number),
                    ordered_on=order.ordered_on,
                    delivery_on=order.delivery_on,
                    vendor=order.vendor,
                    invoice_id=order.invoice,
                    entered_on=order.ordered_on,
                    by=BY,
                    at=NOON,
                )
                for order in orders
            )
        )

    def advance_one(self, number: int) -> None:
        """Call `get`, `advance` and `save`."""
        order = self._store.get(order_id(number))
        self._store.save(FLOW.advance(order, today=TODAY, by=BY, at=NOON))

    def advance(self, numbers: Sequence[int]) -> None:
        """Call `load`, `advance_all` and `save`."""
        orders = self._store.load(map(order_id, numbers)).values()
        self._store.save(*FLOW.advance_all(orders, today=TODAY, by=BY, at=NOON))

    def results(self) -> dict[int, Result]:
        """Read the orders with their histories."""
        return {
            int(order.id.removeprefix("PO-")): Result(
                order.status.key,
                order.due_on,
                order.entered_on,
                order.department,
                order.user,
                sum(isinstance(entry, StatusChanged) for entry in entries),
            )
            for order, entries in self._store.histories(OrderQuery(sort="id"))
        }

    def settings(self, names: Iterable[str]) -> dict[str, str]:
        """Ask the connection of a unit."""
        with self._store.unit() as (connection, _):
            ask = "PRAGMA" if connection.dialect.name == "sqlite" else "SHOW"
            return {
                name: str(connection.exec_driver_sql(f"{ask} {name}").scalar()) for name in names
            }

    def indexes(self) -> int:
        """Count the indexes of all tables, those of events and cycles included."""
        with self._store.unit() as (connection, _):
            inspector = sa.inspect(connection)
            return sum(
                len(inspector.get_indexes(table))
                for table in inspector.get_table_names()
                if table.startswith("prodflow_")
            )

    def close(self) -> None:
        """Close the store."""
        self._store.close()
