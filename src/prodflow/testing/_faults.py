"""A store that fails on schedule, as networks and processes do.

A fault strikes before the commit, so that nothing was saved, or after it, so that all was; the
caller cannot know which, and has only its command id to find out.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, final

from prodflow import (
    Change,
    HistoryEntry,
    OrderQuery,
    ProductionOrder,
    StatusCycle,
    TriggerEvent,
)
from prodflow.testing._studio import Store

__all__ = ["Fault", "FaultyStore", "StoreFault"]

Fault = Literal["before", "after"] | None


class StoreFault(Exception):  # noqa: N818 - what happened, not what is wrong with the code
    """The store could not be reached, before or after it did what was asked."""


@final
class FaultyStore:
    """Any store, with faults in the calls that change it.

    Args:
        store: the store that does the work.
        schedule: for each changing call in turn "before", "after" or None; none once it has ended.
    """

    def __init__(self, store: Store, schedule: Iterable[Fault]) -> None:
        self._store = store
        self._faults: Iterator[Fault] = iter(schedule)

    def save(self, *changes: Change) -> None:
        """Save, or fail before or after.

        Raises:
            StoreFault: as the schedule says.
            StoreError: as the store does.
        """
        fault = self._strike()
        self._store.save(*changes)
        _strike_after(fault)

    def acknowledge(self, *event_ids: str) -> None:
        """Acknowledge, or fail before or after.

        Raises:
            StoreFault: as the schedule says.
        """
        fault = self._strike()
        self._store.acknowledge(*event_ids)
        _strike_after(fault)

    def dismiss(self, *event_ids: str) -> None:
        """Dismiss, or fail before or after.

        Raises:
            StoreFault: as the schedule says.
        """
        fault = self._strike()
        self._store.dismiss(*event_ids)
        _strike_after(fault)

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[TriggerEvent]:
        """Claim, or fail before or after.

        Raises:
            StoreFault: as the schedule says.
        """
        fault = self._strike()
        claimed = self._store.claim(as_of=as_of, now=now, lease=lease, limit=limit)
        _strike_after(fault)
        return claimed

    def put_cycle(self, cycle: StatusCycle, /) -> None:
        """Put a cycle, or fail before or after.

        Raises:
            StoreFault: as the schedule says.
            StoreError: as the store does.
        """
        fault = self._strike()
        self._store.put_cycle(cycle)
        _strike_after(fault)

    def forget(self, *, before: date) -> int:
        """What the store does."""
        return self._store.forget(before=before)

    def get(self, order_id: str, /) -> ProductionOrder:
        """What the store has."""
        return self._store.get(order_id)

    def load(self, order_ids: Iterable[str], /) -> dict[str, ProductionOrder]:
        """What the store has."""
        return self._store.load(order_ids)

    def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> Sequence[HistoryEntry]:
        """What the store has."""
        return self._store.history(order_id, after=after, limit=limit)

    def entries_of(self, command_id: str, /) -> tuple[HistoryEntry, ...]:
        """What the store has."""
        return self._store.entries_of(command_id)

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """What the store has."""
        return self._store.find(query)

    def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        """What the store has."""
        return self._store.get_cycle(order_type, version)

    def versions(self, order_type: str, /) -> tuple[int, ...]:
        """What the store has."""
        return self._store.versions(order_type)

    def order_types(self) -> tuple[str, ...]:
        """What the store has."""
        return self._store.order_types()

    def pending(
        self,
        *,
        as_of: date,
        after: TriggerEvent | None = None,
        limit: int = 100,
        automatic: bool | None = None,
    ) -> list[TriggerEvent]:
        """What the store has."""
        return self._store.pending(as_of=as_of, after=after, limit=limit, automatic=automatic)

    def _strike(self) -> Fault:
        fault = next(self._faults, None)
        if fault == "before":
            raise StoreFault("the call did not reach the store")
        return fault


def _strike_after(fault: Fault) -> None:
    if fault == "after":
        raise StoreFault("the answer of the store did not come back")
