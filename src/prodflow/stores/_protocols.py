"""What a store does, in four protocols; one object may implement all of them.

If you subclass the protocols, your methods inherit the docstrings, and type checkers name the
methods that are missing. Subclassing is optional: any object with these methods is a store.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol, final, overload

from attrs import frozen

from prodflow._facts import Fact
from prodflow._fields import Instant, Number, Text, checked
from prodflow.cycle import StatusCycle
from prodflow.flow import Change, Reminders
from prodflow.order import HistoryEntry, ProductionOrder
from prodflow.settings import FlowSettings
from prodflow.stores._counts import Counts
from prodflow.stores._items import OutboxItem
from prodflow.stores._query import OrderQuery


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
        the orders have changed since, or were erased. `outbox_effect` says which events a save puts
        into the outbox, and which it takes out.

        Args:
            changes: in the sequence in which they were made. All have the same command id, or none
                has one. If an order has several changes, each must continue the one before it.

        Raises:
            CommandReusedError: if other changes have already been saved under the command id.
            StaleOrdersError: if a change doesn't continue the stored history of its order; the
                error names every such order.
            DuplicateOrderError: instead of `StaleOrdersError`, if every change that doesn't
                continue the stored history opens an order. An erased order can't be opened again.
            CycleConflictError: if the store has other content for the cycle version of an order.
            StaleCycleError: if the cycle version of an order is new to the store, and higher than
                the newest version that `put_cycle` has saved for the cycle. Before the first
                `put_cycle` for a cycle, a save may bring any version.
            ValueError: if the changes have several command ids, or an event has the id of an event
                in another slot.

        Source:
            Decisions D5a, D21, D22, D26, D27, D28 and D46.
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

        Entries of erased orders are left out.

        Source:
            Decisions D22 and D46.
        """

    @abstractmethod
    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """The orders that match a query, sorted as it says.

        Args:
            query: which orders, and which page of them.
        """

    @overload
    def count(self, query: OrderQuery, /, *, by: None = None) -> int: ...

    @overload
    def count(self, query: OrderQuery, /, *, by: str) -> Counts[Fact]: ...

    @overload
    def count(self, query: OrderQuery, /, *, by: tuple[str, str]) -> Counts[tuple[Fact, Fact]]: ...

    @abstractmethod
    def count(
        self, query: OrderQuery, /, *, by: str | tuple[str, str] | None = None
    ) -> int | Counts[Fact] | Counts[tuple[Fact, Fact]]:
        """How many orders match a query, on all its pages together.

        The query's `sort`, `after` and `limit` make no difference.

        Args:
            query: which orders.
            by: what to count the orders by: "order_type", "status", "workflow_stage",
                "department", "user", "vendor", "priority", "is_open", or a fact, with "facts."
                before its name. A pair of two such names counts by both at once. None for the
                number of all.

        Returns:
            With *by*, the number of orders by value, or by pair of values. Orders without the
            value, or without one of the two, are left out.

        Raises:
            ValueError: if *by* has an unknown name, or the same name twice.

        Source:
            Decision D36b.
        """

    @abstractmethod
    def histories(
        self, query: OrderQuery, /
    ) -> Iterator[tuple[ProductionOrder, Sequence[HistoryEntry]]]:
        """The orders that match a query, each with its whole history, for reports and exports.

        The store reads the orders in portions, so a million orders need little memory. You may save
        while you read. Each order is as it was after the last of its entries, and an order that
        doesn't change is returned once, as if you read page by page.

        Args:
            query: which orders, and which page of them; it also sorts them.

        Source:
            Decision D36b.
        """

    @abstractmethod
    def erase(self, order_id: str, /) -> None:
        """Delete an order, with its history, its facts and its slots in the outbox.

        Afterwards, the store answers as if it had never had the order, with two exceptions: the id
        stays taken, and a save under a command id whose entries were all erased does nothing, since
        it can only be a repetition. If an order was erased before, or is unknown, nothing happens.

        Other orders stay as they are, also where they name the erased order: as `split_from`, as
        `reorder_of` or among the parts of a split.

        Source:
            Decision D46.
        """

    @abstractmethod
    def forget_commands(self, *, before: date) -> int:
        """Delete old command ids, and return how many; orders and histories stay as they are.

        A store keeps command ids for ever unless you call this. A save under a deleted id isn't
        taken for a repetition any more, so take a day so long ago that nobody repeats a save from
        then. The day of a command is the latest date that `at` shows in its entries.

        Args:
            before: delete only the ids of commands before this day.

        Source:
            Decision D46.
        """


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Edit:
    """A version of a cycle or of the settings that somebody has put, with its author and instant.

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


class SettingsStore(Protocol):
    """Every version of the settings.

    Source:
        Decision D39.
    """

    @abstractmethod
    def get_settings(self, version: int | None = None, /) -> FlowSettings:
        """One version of the settings.

        Args:
            version: from 1 to 2,147,483,647; None for the newest, which is the highest.

        Raises:
            SettingsNotFoundError: if the store has no settings, or not this version.
        """

    @abstractmethod
    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        """Save an edit of the settings as their newest version.

        If the store already has this version with the same content, nothing changes. If two people
        edit the same version, only the first edit is saved.

        Args:
            settings: the edited settings.
            replaces: the version that the edit began from; None if the store has no settings.

        Raises:
            StaleSettingsError: if the newest version isn't *replaces*.
            ValueError: if the version of *settings* isn't higher than the newest version. Also if
                *settings* hold code: a guard, a condition that isn't a `Where`, or a due-date
                policy of your own.
        """

    @abstractmethod
    def settings_edits(self) -> tuple[Edit, ...]:
        """The edits of the settings, by version: who saved which version, and when."""


class Outbox(Protocol):
    """Events to act on.

    Every event has a slot, which is empty, pending or closed, and a closed slot stays closed. A
    pending event is an `OutboxItem`, which also says what workers have done with it. An item that
    you hold is *current* while its event is pending with the same day and the same number of
    attempts.

    An event may be delivered more than once, so act only once for each event id.

    Source:
        Decisions D26 to D28 and D30.
    """

    @abstractmethod
    def pending(
        self,
        *,
        as_of: date,
        order_id: str | None = None,
        trigger: str | None = None,
        automatic: bool | None = None,
        given_up: bool | None = None,
        after: OutboxItem | None = None,
        limit: int = 100,
    ) -> list[OutboxItem]:
        """The pending events that are due, by date, then id; also claimed and failed ones.

        Args:
            as_of: the last date to include.
            order_id: the order whose events you want; None for all orders.
            trigger: the key of the trigger whose events you want; None for all triggers.
            automatic: True for the events that workers may claim, False for events left to people,
                None for both.
            given_up: True for the events that workers no longer try, False for the others, None for
                both.
            after: the last item of the previous page; None for the first page.
            limit: the most events to return, from 1 to 2,147,483,647.
        """

    @abstractmethod
    def get_event(self, event_id: str, /) -> OutboxItem | None:
        """The pending event with this id; None if there is none.

        Args:
            event_id: the id, which an event keeps as long as it exists.
        """

    @abstractmethod
    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """Claim automatic events that are due: no other claim returns them until the lease ends.

        Each claim counts as an attempt; `last_error` and `retry_at` stay as they were. Events that
        have been tried less often come first, so that events that fail, and events whose workers
        die, keep nobody waiting. Events that were given up, and events before their `retry_at`,
        aren't claimed.

        Args:
            as_of: the last date to include.
            now: the current instant, with a time zone. Leases are counted in elapsed time, even
                when the clocks of the zone change.
            lease: how long the claim lasts, more than zero and at most one day. At *now* +
                *lease*, the events can be claimed again.
            limit: the most events to claim, from 1 to 2,147,483,647.

        Returns:
            The events as they are after the claim, by attempts, then date, then id.

        Raises:
            ValueError: if *now* has no time zone, if *lease* is out of bounds, or if the lease
                would end after the year 9999.
        """

    @abstractmethod
    def acknowledge(self, *items: OutboxItem | str) -> None:
        """Close the slots of events that you have acted on.

        Args:
            items: items, or ids of events. An item whose event has another day by now, or isn't
                pending any more, is passed over: what was acted on is not what is pending. It
                makes no difference who has claimed the event. An id closes whatever is pending.
        """

    @abstractmethod
    def dismiss(self, *items: OutboxItem | str) -> None:
        """Close the slots of events that nobody will act on.

        Args:
            items: as for `acknowledge`.
        """

    @abstractmethod
    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """End the claim of an event because acting on it failed.

        If *item* isn't current, nothing happens.

        Args:
            item: the item that you claimed.
            error: what went wrong, up to 10,000 characters.
            retry_at: the instant from which the event can be claimed again, with a time zone. With
                None, workers give it up: `pending` and `get_event` still return it. `release`, a
                new day, and closing end that state.
        """

    @abstractmethod
    def release(self, *items: OutboxItem) -> None:
        """Give claimed events back; the claim doesn't count as an attempt.

        You can also release an event that was given up or that waits for its `retry_at`: then it
        can be claimed at once. `last_error` stays.

        Args:
            items: the items to release. Items that aren't current are passed over.
        """

    @abstractmethod
    def extend(self, *items: OutboxItem, now: datetime, lease: timedelta) -> list[OutboxItem]:
        """Lengthen claims: they end at *now* + *lease*.

        Args:
            items: the items that you claimed. Items that aren't current, and items without a claim,
                are passed over. A claim that has ended can be lengthened as
                long as the item is current.
            now: as for `claim`.
            lease: as for `claim`.

        Returns:
            The items whose claim was lengthened, as they are now, in the sequence given.

        Raises:
            ValueError: as for `claim`.
        """

    @abstractmethod
    def set_reminders(self, *reminders: Reminders) -> None:
        """Make the pending reminders of orders those given, all or nothing.

        For each order, reminders of the present visit and of the delivery date that aren't given
        disappear; the others are filled in or get their new day. Closed slots stay closed. A
        reminder for a day before `Reminders.today` can move a pending reminder, but a slot without
        one stays empty, so that nobody gets a message about last year. Events of immediate
        triggers, and reminders that have outlived an earlier visit, stay as they are.

        Args:
            reminders: what `ProductionFlow.reminders` returned, one for each order.

        Raises:
            StaleOrdersError: if orders aren't at the version of their reminders; the error names
                all of them.
            ValueError: if an order comes twice, or an event has the id of an event in another slot.
        """

    @abstractmethod
    def forget(self, *, before: date) -> int:
        """Delete closed slots of visits that are over, and return how many.

        Slots without a number stay, because the whole order has them only once. So do slots whose
        number is that of the order's visit, or of its paused visit (`held.visit`).

        Args:
            before: delete only slots whose event was due before this day. An undo can restore a
                visit that was over, and would then give its reminders again. So take a day so long
                ago that nobody undoes what was done then.
        """
