"""What a store does, in three protocols; one object may implement all of them.

If you subclass the protocols, your methods inherit the docstrings, and type checkers name the
methods that are missing. Subclassing is optional: any object with these methods is a store.
"""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol, final

from attrs import frozen

from prodflow._fields import Instant, Number, Text, checked
from prodflow.cycle import StatusCycle
from prodflow.flow import Change
from prodflow.order import HistoryEntry, ProductionOrder
from prodflow.stores._query import OrderQuery
from prodflow.triggers import TriggerEvent


class OrderStore(Protocol):
    """Orders and their histories."""

    @abstractmethod
    def get(self, order_id: str, /) -> ProductionOrder:
        """The order with this id.

        Raises:
            OrderNotFoundError: if the store has no such order.
        """

    @abstractmethod
    def load(self, order_ids: Iterable[str], /) -> dict[str, ProductionOrder]:
        """The orders with these ids, by id; unknown ids are left out.

        Args:
            order_ids: the ids; the orders are in the sequence of the ids.
        """

    @abstractmethod
    def save(self, *changes: Change) -> None:
        """Save changes in one transaction: orders, history, cycles and events, all or nothing.

        If the same changes have already been saved under the command id, nothing happens, even if
        the orders have changed since.

        Args:
            changes: in the sequence in which they were made. All have the same command id, or none
                has one. If an order has several changes, each must continue the one before it.

        Raises:
            CommandReusedError: if other changes have already been saved under the command id.
            StaleOrdersError: if a change doesn't continue the stored history of its order; the
                error names every such order.
            DuplicateOrderError: instead of `StaleOrdersError`, if every change that doesn't
                continue the stored history opens an order.
            CycleConflictError: if the store has other content for the cycle version of an order.
            StaleCycleError: if the cycle version of an order is new to the store, and higher than
                the newest version that `put_cycle` has saved for the cycle. Before the first
                `put_cycle` for a cycle, a save may bring any version.
            ValueError: if the changes have several command ids, or an event has the id of an event
                in another slot.

        Source:
            Decisions D5a, D21, D22, D26, D27 and D28.
        """

    @abstractmethod
    def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> Sequence[HistoryEntry]:
        """The entries of an order, by sequence number.

        Args:
            after: skip the entries up to this sequence number; 0 skips none.
            limit: the most entries to return, from 1 to 2,147,483,647; None for all.

        Raises:
            OrderNotFoundError: if the store has no such order.
        """

    @abstractmethod
    def entries_of(self, command_id: str, /) -> tuple[HistoryEntry, ...]:
        """The entries saved under a command id, in the sequence of the changes; empty if none.

        Source:
            Decision D22.
        """

    @abstractmethod
    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """The orders that match a query, by due date, then id; orders without a due date are last.

        Args:
            query: which orders, and which page of them.
        """


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Edit:
    """A version of a cycle that `put_cycle` has saved, with its author and instant.

    Args:
        version: the number of the version.
        replaces: the version that the edit began from; None for the first version.
        by: who made the edit; None if unknown.
        at: the instant of the edit, with an offset from UTC; None if unknown.

    Source:
        Decision D5a.
    """

    version: Number
    replaces: Number | None
    by: Text | None
    at: Instant | None


class CycleStore(Protocol):
    """Every version of every cycle.

    Source:
        Decisions D5 and D5a.
    """

    @abstractmethod
    def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        """One version of a cycle.

        Args:
            order_type: the key of the cycle.
            version: from 1 to 2,147,483,647; None for the newest, which is the highest.

        Raises:
            CycleNotFoundError: if the store has no such cycle or version.
        """

    @abstractmethod
    def newest(self) -> tuple[StatusCycle, ...]:
        """The newest version of every cycle, sorted by order type, for lists and reports."""

    @abstractmethod
    def put_cycle(
        self,
        cycle: StatusCycle,
        /,
        *,
        replaces: int | None,
        by: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Save an edit of a cycle as its newest version.

        If the store already has this version with the same content, nothing changes. If two people
        edit the same version, only the first edit is saved.

        Args:
            cycle: the edited cycle.
            replaces: the version that the edit began from; None if the cycle is new.

        Raises:
            StaleCycleError: if the newest version isn't *replaces*.
            KeyReusedError: if a new status has the key of a deleted status, but a different
                description. With the same description, it's the deleted status again.
            ValueError: if the version of *cycle* isn't higher than the newest version.
        """

    @abstractmethod
    def versions(self, order_type: str, /) -> tuple[int, ...]:
        """The saved versions of a cycle, ascending; empty if there is none.

        Args:
            order_type: the key of the cycle.
        """

    @abstractmethod
    def edits(self, order_type: str, /) -> tuple[Edit, ...]:
        """The edits of a cycle, by version: who saved which version, and when.

        Versions that the store has only from saved orders are left out.

        Args:
            order_type: the key of the cycle.
        """

    @abstractmethod
    def keys(self, order_type: str, /) -> tuple[str, ...]:
        """The status keys of all versions of a cycle, sorted; pass them to `slug` as *taken*.

        Args:
            order_type: the key of the cycle.
        """

    @abstractmethod
    def order_types(self) -> tuple[str, ...]:
        """The keys of all saved cycles, sorted."""


class Outbox(Protocol):
    """Events that wait to be acted on.

    Each event fills a *slot*. A reminder has one slot for each order, trigger and visit; an event
    that is due at once has one slot for each order, trigger and entry. A trigger that fires once
    per order has one slot for each order. A slot is empty, pending or closed, and a closed slot
    stays closed. An event may be delivered more than once, so act only once for each event id.

    Source:
        Decisions D26 to D28.
    """

    @abstractmethod
    def pending(
        self,
        *,
        as_of: date,
        after: TriggerEvent | None = None,
        limit: int = 100,
        automatic: bool | None = None,
    ) -> list[TriggerEvent]:
        """The pending events that are due, claimed or not, by date, then id.

        Args:
            as_of: the last date to include.
            after: the last event of the previous page. None, or an event without a date, gives the
                first page.
            limit: the most events to return, from 1 to 2,147,483,647.
            automatic: True for the events that workers may claim, False for events left to people,
                None for both.
        """

    @abstractmethod
    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[TriggerEvent]:
        """Claim automatic events that are due: no other claim returns them until the lease ends.

        If an event gets a new date, it keeps its lease. Suppose that an event is withdrawn, for
        example because its order goes on hold, and becomes pending again. Then it has no lease.

        Args:
            as_of: the last date to include.
            now: the current instant, with a time zone. Leases are counted in elapsed time, even
                when the clocks of the zone change.
            lease: how long the claim lasts, more than zero. At *now* + *lease*, the events can be
                claimed again.
            limit: the most events to claim, from 1 to 2,147,483,647.

        Returns:
            The events, by date, then id.

        Raises:
            ValueError: if *now* has no time zone, if *lease* isn't positive, or if the lease
                would end after the year 9999.
        """

    @abstractmethod
    def acknowledge(self, *event_ids: str) -> None:
        """Close the slots of events that you have acted on.

        Args:
            event_ids: the ids of the events; ids that no pending event has are ignored.
        """

    @abstractmethod
    def dismiss(self, *event_ids: str) -> None:
        """Close the slots of events that nobody will act on.

        Args:
            event_ids: the ids of the events; ids that no pending event has are ignored.
        """

    @abstractmethod
    def forget(self, *, before: date) -> int:
        """Delete closed slots that no change can fill again, and return how many.

        These slots stay: those of an order's current visit, those of a paused visit, and those of
        triggers that fire once per order.

        Args:
            before: delete only slots whose event was due before this day.
        """
