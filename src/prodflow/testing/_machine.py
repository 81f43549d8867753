"""A state machine that makes the same calls to a store and to `MemoryStore`, the model.

Each rule makes one call to both, sometimes a wrong one, and compares the results or the errors.
After every step both stores must have the same content.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from prodflow import Change, MemoryStore, OrderQuery, ProductionOrder, RuleError, StoreError
from prodflow.testing._studio import (
    CYCLE,
    MONDAY,
    NOON,
    Store,
    advanced,
    amended,
    opened,
    waiting,
)

__all__ = ["store_machine"]

T = TypeVar("T")

_ORDERS: Final = [f"PO-{number}" for number in range(4)]
_KEYS: Final = [None, None, None, *(status.key for status in CYCLE)]
_NUMBERS: Final = st.integers(0, 30)
_DAYS: Final = st.integers(0, 45)
_COMMAND_IDS: Final = ["c0", "c1", "c2", "c3"]
_COMMANDS: Final = st.none() | st.sampled_from(_COMMAND_IDS)
_LEASE: Final = timedelta(minutes=10)


def store_machine(
    factory: Callable[[], Store], *, reopened: Callable[[Store], Store] | None = None
) -> type[RuleBasedStateMachine]:
    """A Hypothesis state machine that compares a store with `MemoryStore`, call by call.

    Args:
        factory: returns an empty store.
        reopened: closes a store and returns it opened again; None for a store that is never closed.

    Returns:
        A subclass of `RuleBasedStateMachine`; pytest and unittest run its `TestCase`.

    Example:
        >>> from prodflow import MemoryStore
        >>> TestMyStore = store_machine(MemoryStore).TestCase
    """

    class StoreMachine(_StoreMachine):
        def __init__(self) -> None:
            super().__init__(factory(), reopened or _left_open)

    return StoreMachine


class _StoreMachine(RuleBasedStateMachine):
    """The store under test, and the model."""

    def __init__(self, store: Store, reopened: Callable[[Store], Store]) -> None:
        super().__init__()
        self.store = store
        self.model: Store = MemoryStore()
        self._reopened = reopened
        self._now = NOON
        self._saved: list[tuple[Change, ...]] = []
        self._seen: list[ProductionOrder] = []

    @rule(order_id=st.sampled_from(_ORDERS), days=_DAYS, command_id=_COMMANDS)
    def open(self, order_id: str, days: int, command_id: str | None) -> None:
        """Open an order that may exist already."""
        ordered_on = MONDAY + timedelta(days)
        self._save(opened(order_id, ordered_on=ordered_on, command_id=command_id))

    @precondition(lambda self: self._seen)
    @rule(number=_NUMBERS, to=st.sampled_from(_KEYS), days=st.integers(0, 5), command_id=_COMMANDS)
    def change(self, number: int, to: str | None, days: int, command_id: str | None) -> None:
        """Change the status of an order."""
        order = self.model.get(self._pick(self._seen, number).id)
        self._save(*self._changes([order], to, days, command_id))

    @precondition(lambda self: self._seen)
    @rule(number=_NUMBERS, to=st.sampled_from(_KEYS), command_id=_COMMANDS)
    def change_what_was_seen(self, number: int, to: str | None, command_id: str | None) -> None:
        """Change the status of an order as it once was, which may be stale."""
        order = self._pick(self._seen, number)
        self._save(*self._changes([order], to, 0, command_id))

    @rule(to=st.sampled_from(_KEYS), days=st.integers(0, 5), command_id=_COMMANDS)
    def change_all(self, to: str | None, days: int, command_id: str | None) -> None:
        """Change all orders in one save."""
        orders = self.model.find(OrderQuery())
        self._save(*self._changes(orders, to, days, command_id))

    @precondition(lambda self: self._seen)
    @rule(number=_NUMBERS, days=st.none() | _DAYS, twice=st.booleans(), command_id=_COMMANDS)
    def amend(
        self,
        number: int,
        days: int | None,
        twice: bool,  # noqa: FBT001 - Hypothesis passes by name
        command_id: str | None,
    ) -> None:
        """Change or remove the due date of an order, in one save with another change or alone."""
        order = self.model.get(self._pick(self._seen, number).id)
        due_on = None if days is None else MONDAY + timedelta(days)
        first = amended(order, due_on=due_on, command_id=command_id)
        second = amended(first.order, vendor="V", command_id=command_id)
        self._save(*((first, second) if twice else (first,)))

    @precondition(lambda self: self._saved)
    @rule(number=_NUMBERS)
    def repeat(self, number: int) -> None:
        """Repeat a save."""
        self._save(*self._pick(self._saved, number))

    @rule(number=_NUMBERS, several=st.booleans(), dismissed=st.booleans())
    def close(self, number: int, several: bool, dismissed: bool) -> None:  # noqa: FBT001 - by name
        """Acknowledge or dismiss pending and unknown events."""
        events = waiting(self.model)
        ids = [event.id for event in (events[: number % 5] if several else events[-1:])]
        for store in (self.store, self.model):
            (store.dismiss if dismissed else store.acknowledge)(*ids, "unknown")

    @rule(days=_DAYS, minutes=st.integers(0, 15), limit=st.integers(1, 4))
    def claim(self, days: int, minutes: int, limit: int) -> None:
        """Claim events a little later, so that leases may have ended."""
        self._now += timedelta(minutes=minutes)
        as_of = MONDAY + timedelta(days)
        self._same(lambda store: store.claim(as_of=as_of, now=self._now, lease=_LEASE, limit=limit))

    @rule(days=_DAYS, limit=st.integers(1, 4), automatic=st.none() | st.booleans())
    def read(self, days: int, limit: int, automatic: bool | None) -> None:  # noqa: FBT001 - by name
        """Read two pages of pending events."""
        as_of = MONDAY + timedelta(days)
        page = self._same(
            lambda store: store.pending(as_of=as_of, limit=limit, automatic=automatic)
        )
        if isinstance(page, list) and page:
            last = page[-1]
            self._same(
                lambda store: store.pending(
                    as_of=as_of, after=last, limit=limit, automatic=automatic
                )
            )

    @rule(days=_DAYS)
    def forget(self, days: int) -> None:
        """Delete closed slots."""
        before = MONDAY + timedelta(days)
        self._same(lambda store: store.forget(before=before))

    @rule()
    def reopen(self) -> None:
        """Close the store and open it again, if it is persistent."""
        self.store = self._reopened(self.store)

    @invariant()
    def they_hold_the_same(self) -> None:
        """Both stores have the same orders, pending events and cycles."""
        self._same(lambda store: store.find(OrderQuery()))
        self._same(waiting)
        self._same(lambda store: store.order_types())

    def teardown(self) -> None:
        """At the end both stores have the same histories and commands."""
        known = list(self.model.load(_ORDERS))
        self._same(lambda store: [tuple(store.history(order_id)) for order_id in known])
        self._same(lambda store: [store.entries_of(command_id) for command_id in _COMMAND_IDS])

    def _changes(
        self, orders: Iterable[ProductionOrder], to: str | None, days: int, command_id: str | None
    ) -> list[Change]:
        """The changes that the rules of the flow allow."""
        changes: list[Change] = []
        for order in orders:
            today = order.entered_on + timedelta(days)
            try:
                changes.append(advanced(order, to=to, today=today, command_id=command_id))
            except RuleError:
                continue
        return changes

    def _save(self, *changes: Change) -> None:
        if isinstance(self._same(lambda store: store.save(*changes)), StoreError):
            return
        self._saved.append(changes)
        self._seen += [change.order for change in changes]

    def _same(self, call: Callable[[Store], T]) -> T | StoreError:
        """The result or the error of a call, which must be the same for both stores."""
        expected, actual = _outcome(self.model, call), _outcome(self.store, call)
        assert actual == expected, f"the store returns {actual!r}, not {expected!r}"
        return expected

    @staticmethod
    def _pick(items: list[T], number: int) -> T:
        return items[-1 - number % len(items)]


def _left_open(store: Store) -> Store:
    return store


def _outcome(store: Store, call: Callable[[Store], T]) -> T | StoreError:
    try:
        return call(store)
    except StoreError as error:
        return error
