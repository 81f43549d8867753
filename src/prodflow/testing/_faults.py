"""A store that fails where a schedule says so, to imitate broken networks and processes.

If a call fails before the commit, nothing was saved. If it fails after the commit, everything was
saved. The caller can't know which of the two happened, and must find out by the command id.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Literal, cast, final, overload

from prodflow import (
    Change,
    FlowSettings,
    HistoryEntry,
    OrderQuery,
    OutboxItem,
    ProductionOrder,
    Reminders,
    SettingsStore,
    StatusCycle,
)
from prodflow._facts import Fact
from prodflow.stores import Counts, Edit
from prodflow.testing._studio import Store

__all__ = ["Fault", "FaultyStore", "StoreFault"]

Fault = Literal["before", "after"] | None


class StoreFault(Exception):  # noqa: N818 - what happened, not what is wrong with the code
    """The connection to the store failed, before or after the store did its work."""


@final
class FaultyStore(Store, SettingsStore):
    """A store that passes every call on to another store, with faults on schedule.

    The calls that write, except `forget` and `forget_commands`, raise a `StoreFault` where the
    schedule says so.
    Everything else behaves as in the other store.

    Args:
        store: the store that does the work.
        schedule: one item for each of these calls, in sequence: "before" or "after"
            for a fault before or after the commit, None for no fault. After the last item, no call
            fails.
    """

    def __init__(self, store: Store, schedule: Iterable[Fault]) -> None:
        self._store = store
        self._schedule: Iterator[Fault] = iter(schedule)

    @property
    def _settings(self) -> SettingsStore:
        """The store, if it keeps settings too; otherwise it lacks the method that is called."""
        return cast("SettingsStore", self._store)

    @contextmanager
    def _fault(self) -> Generator[None]:
        fault = next(self._schedule, None)
        if fault == "before":
            raise StoreFault("the call did not reach the store")
        yield
        if fault == "after":
            raise StoreFault("the answer of the store was lost")

    def save(self, *changes: Change) -> None:
        with self._fault():
            self._store.save(*changes)

    def put_cycle(
        self,
        cycle: StatusCycle,
        /,
        *,
        replaces: int | None,
        by: str | None = None,
        at: datetime | None = None,
    ) -> None:
        with self._fault():
            self._store.put_cycle(cycle, replaces=replaces, by=by, at=at)

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        with self._fault():
            self._settings.put_settings(settings, replaces=replaces, by=by, at=at)

    def claim(
        self, *, as_of: date, now: datetime | None = None, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """As `Outbox.claim`; *now* may be left out if the other store has a clock."""
        instant = cast("datetime", now)  # a store without a clock refuses None
        with self._fault():
            return self._store.claim(as_of=as_of, now=instant, lease=lease, limit=limit)

    def acknowledge(self, *items: OutboxItem | str) -> None:
        with self._fault():
            self._store.acknowledge(*items)

    def dismiss(self, *items: OutboxItem | str) -> None:
        with self._fault():
            self._store.dismiss(*items)

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        with self._fault():
            self._store.fail(item, error=error, retry_at=retry_at)

    def release(self, *items: OutboxItem) -> None:
        with self._fault():
            self._store.release(*items)

    def extend(
        self, *items: OutboxItem, now: datetime | None = None, lease: timedelta
    ) -> list[OutboxItem]:
        """As `Outbox.extend`; *now* may be left out if the other store has a clock."""
        instant = cast("datetime", now)  # a store without a clock refuses None
        with self._fault():
            return self._store.extend(*items, now=instant, lease=lease)

    def set_reminders(self, *reminders: Reminders) -> None:
        with self._fault():
            self._store.set_reminders(*reminders)

    def erase(self, order_id: str, /) -> None:
        with self._fault():
            self._store.erase(order_id)

    def forget_commands(self, *, before: date) -> int:
        return self._store.forget_commands(before=before)

    def forget(self, *, before: date) -> int:
        return self._store.forget(before=before)

    def get(self, order_id: str, /) -> ProductionOrder:
        return self._store.get(order_id)

    def load(self, order_ids: Iterable[str], /) -> dict[str, ProductionOrder]:
        return self._store.load(order_ids)

    def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> Sequence[HistoryEntry]:
        return self._store.history(order_id, after=after, limit=limit)

    def entries_of(self, command_id: str, /) -> tuple[HistoryEntry, ...]:
        return self._store.entries_of(command_id)

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        return self._store.find(query)

    @overload
    def count(self, query: OrderQuery, /, *, by: None = None) -> int: ...

    @overload
    def count(self, query: OrderQuery, /, *, by: str) -> Counts[Fact]: ...

    @overload
    def count(self, query: OrderQuery, /, *, by: tuple[str, str]) -> Counts[tuple[Fact, Fact]]: ...

    def count(
        self, query: OrderQuery, /, *, by: str | tuple[str, str] | None = None
    ) -> int | Counts[Fact] | Counts[tuple[Fact, Fact]]:
        return self._store.count(query, by=by)

    def histories(
        self, query: OrderQuery, /
    ) -> Iterator[tuple[ProductionOrder, Sequence[HistoryEntry]]]:
        return self._store.histories(query)

    def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        return self._store.get_cycle(order_type, version)

    def newest(self) -> tuple[StatusCycle, ...]:
        return self._store.newest()

    def edits(self, order_type: str, /) -> tuple[Edit, ...]:
        return self._store.edits(order_type)

    def keys(self, order_type: str, /) -> tuple[str, ...]:
        return self._store.keys(order_type)

    def versions(self, order_type: str, /) -> tuple[int, ...]:
        return self._store.versions(order_type)

    def order_types(self) -> tuple[str, ...]:
        return self._store.order_types()

    def get_settings(self, version: int | None = None, /) -> FlowSettings:
        return self._settings.get_settings(version)

    def settings_edits(self) -> tuple[Edit, ...]:
        return self._settings.settings_edits()

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
        return self._store.pending(
            as_of=as_of,
            order_id=order_id,
            trigger=trigger,
            automatic=automatic,
            given_up=given_up,
            after=after,
            limit=limit,
        )

    def get_event(self, event_id: str, /) -> OutboxItem | None:
        return self._store.get_event(event_id)
