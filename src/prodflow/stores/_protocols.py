"""What a store must do, in three protocols that one object or several may keep."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from prodflow.cycle import StatusCycle
from prodflow.flow import Change
from prodflow.order import HistoryEntry, ProductionOrder
from prodflow.stores._query import OrderQuery
from prodflow.triggers import TriggerEvent


class OrderStore(Protocol):
    """Orders and their histories."""

    def get(self, order_id: str, /) -> ProductionOrder:
        """The order of this id.

        Args:
            order_id: the id of an order.

        Raises:
            OrderNotFoundError: if there is none.
        """
        ...

    def load(self, order_ids: Iterable[str], /) -> dict[str, ProductionOrder]:
        """The orders of these ids; unknown ones are left out.

        Args:
            order_ids: ids, in any order, some perhaps unknown.
        """
        ...

    def save(self, *changes: Change) -> None:
        """Keep changes in one transaction: orders, history, cycles and outbox, all or nothing.

        The changes share one command id or have none. Several of one order must be consecutive.

        Args:
            changes: in the order in which they were made.

        Raises:
            CommandReusedError: if the command id has saved something else; if it has saved just
                this, nothing happens.
            StaleOrdersError: if a change is not the next of its order; all such orders are named.
            DuplicateOrderError: the same, where every one of them is an opening.
            CycleConflictError: if a cycle version is known with other content.
            ValueError: if the changes have several command ids.

        Source:
            Decisions D21, D22, D26, D27 and D28.
        """
        ...

    def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> Sequence[HistoryEntry]:
        """The entries of an order in their sequence, from the one after *after*.

        Args:
            order_id: the order.
            after: the sequence of the last entry known, 0 for none.
            limit: at most so many entries, from 1; None for all.

        Raises:
            OrderNotFoundError: if there is no such order.
        """
        ...

    def entries_of(self, command_id: str, /) -> tuple[HistoryEntry, ...]:
        """What a command saved, in the order of its changes; empty if it has saved nothing.

        Args:
            command_id: what a command was saved under.
        """
        ...

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """The orders asked for, by due date, those without one last, then by id.

        Args:
            query: what the orders must be like, and which page of them.
        """
        ...


class CycleStore(Protocol):
    """Every version of every cycle."""

    def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        """A version of a cycle; None for the highest.

        Args:
            order_type: the key of the cycle.
            version: one of its versions; None for the highest.

        Raises:
            CycleNotFoundError: if there is none.
        """
        ...

    def put_cycle(self, cycle: StatusCycle, /) -> None:
        """Keep a version of a cycle; keeping the same again does nothing.

        Args:
            cycle: any version of any order type.

        Raises:
            CycleConflictError: if the version is known with other content.
        """
        ...

    def versions(self, order_type: str, /) -> tuple[int, ...]:
        """The versions of a cycle, ascending; empty if there is none.

        Args:
            order_type: the key of the cycle.
        """
        ...

    def order_types(self) -> tuple[str, ...]:
        """The keys of all cycles, sorted."""
        ...


class Outbox(Protocol):
    """Events that wait to be acted on. Delivery is at least once; ids make effects exactly once.

    Source:
        Decisions D26 to D28.
    """

    def pending(
        self,
        *,
        as_of: date,
        after: TriggerEvent | None = None,
        limit: int = 100,
        automatic: bool | None = None,
    ) -> list[TriggerEvent]:
        """The events due by a day, claimed or not, by date, then id.

        Args:
            as_of: the last day, inclusive.
            after: the last event of the page before; None for the first page.
            limit: at most so many events, from 1.
            automatic: only those that workers may take, or only the others; None for both.
        """
        ...

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[TriggerEvent]:
        """Automatic events due by a day, for this caller alone until the lease is over.

        Args:
            as_of: the last day, inclusive.
            now: the instant of the claim, aware.
            lease: how long nobody else gets them; longer than nothing.
            limit: at most so many events, from 1.
        """
        ...

    def acknowledge(self, *event_ids: str) -> None:
        """Close the slots of events that were acted on; ids not pending are passed over.

        Args:
            event_ids: ids of events that were acted on; unknown ones do no harm.
        """
        ...

    def dismiss(self, *event_ids: str) -> None:
        """Close the slots of events that nobody will act on; the same as acknowledging, by word.

        Args:
            event_ids: ids of events that nobody will act on; unknown ones do no harm.
        """
        ...

    def forget(self, *, before: date) -> int:
        """Drop closed slots of events before a day that nothing can fill again; how many it were.

        Slots of an order's present visit, and of triggers that happen once in an order, stay.

        Args:
            before: a day, exclusive.
        """
        ...
