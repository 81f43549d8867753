"""The laws of a store, as a pytest class to subclass.

Each law is a test. The laws that need a capability are collected only for stores that list it in
`capabilities`.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from threading import Barrier
from typing import ClassVar

import pytest
from attrs import evolve

from prodflow import (
    Change,
    DuplicateOrderError,
    OrderQuery,
    Reminders,
    StaleCycleError,
    StaleOrdersError,
)
from prodflow.testing._capabilities import Capability, leave_out, needs
from prodflow.testing._cycle_laws import CycleLaws, EditLaws, ReadingLaws, put
from prodflow.testing._erasure_laws import ErasureLaws, ForgettingLaws
from prodflow.testing._order_laws import CommandLaws, SavingLaws
from prodflow.testing._outbox_laws import EventLaws
from prodflow.testing._pending_laws import ClosingLaws, PendingLaws
from prodflow.testing._query_laws import CountingLaws, FindingLaws, HistoriesLaws, PagingLaws
from prodflow.testing._reminder_laws import ReminderLaws
from prodflow.testing._renewal_laws import LateLaws, RenewalLaws, UndoLaws
from prodflow.testing._repeat_laws import RepeatLaws
from prodflow.testing._shared_laws import ClockLaws, SharingLaws
from prodflow.testing._studio import (
    CYCLE,
    FLOW,
    MONDAY,
    NOON,
    Store,
    amended,
    at_the_lab,
    edited_flow,
    event_of,
    in_work,
    item_of,
    items,
    opened,
    waiting,
)
from prodflow.testing._tenant_laws import TenantLaws
from prodflow.testing._worker_laws import ClaimLaws, FailingLaws

__all__ = ["Capability", "OrderStoreSuite", "Store"]

_THREADS = 4
_ROUNDS = 10


class OrderStoreSuite(
    SavingLaws,
    CommandLaws,
    FindingLaws,
    PagingLaws,
    CountingLaws,
    HistoriesLaws,
    CycleLaws,
    EditLaws,
    ReadingLaws,
    EventLaws,
    RenewalLaws,
    LateLaws,
    UndoLaws,
    ReminderLaws,
    PendingLaws,
    ClaimLaws,
    FailingLaws,
    ClosingLaws,
    RepeatLaws,
    ErasureLaws,
    ForgettingLaws,
    ClockLaws,
    SharingLaws,
    TenantLaws,
):
    """The tests for a store: subclass it with a fixture `store` that returns an empty store.

    Attributes:
        capabilities: the abilities of your store that not every store has. "concurrent": several
            threads may call the store at the same time. "persistent": the store keeps its content
            when it is closed and opened again; then also override `reopened`. "shared": several
            stores may have the same data, for example in several processes; then also override
            `another`. "clock": `now` may be left out in `claim` and `extend`, and a clock of the
            store counts instead; then also override `clock`. "tenants": the database can have the
            data of several tenants; then also override `another_tenant`.

    Example:
        >>> import pytest
        >>> from prodflow import MemoryStore
        >>> class TestMyStore(OrderStoreSuite):
        ...     capabilities = frozenset({"concurrent"})
        ...
        ...     @pytest.fixture
        ...     def store(self) -> MemoryStore:
        ...         return MemoryStore()
    """

    capabilities: ClassVar[frozenset[Capability]] = frozenset()

    def __init_subclass__(cls, *, is_base: bool = False) -> None:
        super().__init_subclass__()
        if not is_base:  # whose subclasses list theirs
            leave_out(cls, cls.capabilities)

    def reopened(self, store: Store) -> Store:
        """The store, closed and opened again; override it for the capability "persistent"."""
        pytest.fail(f"override reopened: close the {type(store).__name__} and open it again")

    @needs("persistent")
    def test_everything_is_there_after_reopening(self, store: Store) -> None:
        """A store that is opened again has its orders, histories, cycles, commands and events."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(amended(order, vendor="V", command_id="c"))
        before = (
            store.get("PO-1"),
            tuple(store.history("PO-1")),
            store.entries_of("c"),
            items(store),
        )
        again = self.reopened(store)
        assert again.get_cycle("suite") == CYCLE
        assert before == (
            again.get("PO-1"),
            tuple(again.history("PO-1")),
            again.entries_of("c"),
            items(again),
        )

    @needs("persistent")
    def test_edits_are_there_after_reopening(self, store: Store) -> None:
        """A store that is opened again knows its edits, and refuses stale ones."""
        store.put_cycle(CYCLE, replaces=None, by="Ann", at=NOON)
        second = CYCLE.remove("hold")
        store.put_cycle(second, replaces=1)
        store.save(opened("PO-1"))
        before = store.edits("suite"), store.keys("suite"), store.newest()
        again = self.reopened(store)
        assert (again.edits("suite"), again.keys("suite"), again.newest()) == before
        with pytest.raises(StaleCycleError):
            again.put_cycle(evolve(second, version=3), replaces=1)
        with pytest.raises(StaleCycleError):
            again.save(opened("PO-2", cycle=evolve(second, version=3)))

    @needs("persistent")
    def test_what_is_closed_stays_closed_after_reopening(self, store: Store) -> None:
        """A store that is opened again has its closed slots and leases."""
        (order,) = at_the_lab(store, "PO-1")
        lease = timedelta(hours=1)
        claimed = store.claim(as_of=date.max, now=NOON, lease=lease)
        store.acknowledge(*(item for item in claimed if item.event.trigger == "due"))
        again = self.reopened(store)
        again.save(amended(order, due_on=date(2026, 12, 24)))
        assert "due" not in {event.trigger for event in waiting(again)}
        assert again.claim(as_of=date.max, now=NOON, lease=lease) == []

    @needs("persistent")
    def test_failures_are_there_after_reopening(self, store: Store) -> None:
        """A store that is opened again has its attempts, errors, retries and given up events."""
        orders = in_work(store, "survey")
        store.set_reminders(*edited_flow(chase=None).reminders_all(orders, today=MONDAY))
        before = items(store)
        again = self.reopened(store)
        assert items(again) == before
        again.release(item_of(again, "survey", "PO-3"))
        free = again.claim(as_of=date.max, now=NOON, lease=timedelta(hours=1))
        assert [item.event.order_id for item in free] == ["PO-3"]

    @needs("persistent")
    def test_what_is_erased_stays_erased_after_reopening(self, store: Store) -> None:
        """A store that is opened again knows which ids and commands are taken."""
        opening = opened("PO-1", command_id="c")
        store.save(opening)
        store.erase("PO-1")
        again = self.reopened(store)
        again.save(opening)
        with pytest.raises(DuplicateOrderError):
            again.save(opened("PO-1"))
        assert again.find(OrderQuery()) == []

    @needs("concurrent")
    def test_no_update_is_lost(self, store: Store) -> None:
        """If threads change the same version of an order, all changes except one are refused."""
        at_the_lab(store, "PO-1")

        start, decided = Barrier(_THREADS, timeout=10), Barrier(_THREADS, timeout=10)

        def amend_often(worker: int) -> int:
            saved = 0
            for _ in range(_ROUNDS):
                start.wait()
                change = amended(store.get("PO-1"), vendor=f"{worker}")
                decided.wait()  # until all have read the same version
                with suppress(StaleOrdersError):
                    store.save(change)
                    saved += 1
            return saved

        with ThreadPoolExecutor(_THREADS) as pool:
            saved = sum(pool.map(amend_often, range(_THREADS)))
        assert saved == _ROUNDS
        assert [entry.sequence for entry in store.history("PO-1")] == list(range(1, saved + 3))

    @needs("concurrent")
    def test_of_racing_edits_one_is_kept(self, store: Store) -> None:
        """If threads edit the same version of a cycle, all edits except one are refused."""
        put(store, CYCLE)
        start = Barrier(_THREADS, timeout=10)

        def edit_often(worker: int) -> int:
            saved = 0
            for _ in range(_ROUNDS):
                newest = store.get_cycle("suite").version
                start.wait()  # until all have read the same version
                edited = evolve(CYCLE, description=f"{worker}", version=newest + 1 + worker)
                with suppress(StaleCycleError):
                    store.put_cycle(edited, replaces=newest)
                    saved += 1
                start.wait()
            return saved

        with ThreadPoolExecutor(_THREADS) as pool:
            saved = sum(pool.map(edit_often, range(_THREADS)))
        versions = store.versions("suite")
        replaced = [edit.replaces for edit in store.edits("suite")]
        assert (saved, len(versions)) == (_ROUNDS, _ROUNDS + 1)
        assert replaced == [None, *versions[:-1]]

    @needs("concurrent")
    def test_a_racing_save_brings_no_higher_version(self, store: Store) -> None:
        """If an edit races a save with a higher cycle version, one of the two is refused."""
        start = Barrier(2, timeout=10)

        def succeeds(call: Callable[[], None]) -> bool:
            start.wait()
            try:
                call()
            except StaleCycleError:
                return False
            return True

        for number in range(_ROUNDS):
            first = evolve(CYCLE, order_type=f"suite-{number}")
            second, third = evolve(first, version=2), evolve(first, version=3)
            store.save(opened(f"PO-{number}", cycle=first))
            brought = opened(f"RE-{number}", cycle=third)
            with ThreadPoolExecutor(2) as pool:
                edit = pool.submit(succeeds, partial(store.put_cycle, second, replaces=1))
                save = pool.submit(succeeds, partial(store.save, brought))
            assert edit.result() is not save.result()
            assert store.get_cycle(first.order_type) == (second if edit.result() else third)

    @needs("concurrent")
    def test_racing_reminders_are_those_of_the_order(self, store: Store) -> None:
        """If a save races `set_reminders`, the reminders are those of the order as it is then."""
        at_the_lab(store, "PO-1")
        start = Barrier(2, timeout=10)

        def save(change: Change) -> None:
            start.wait()
            store.save(change)

        def remind(reminders: Reminders) -> None:
            start.wait()
            with suppress(StaleOrdersError):
                store.set_reminders(reminders)

        for number in range(_ROUNDS):
            order = store.get("PO-1")
            due_on = date(2026, 12, 1) + timedelta(number)
            with ThreadPoolExecutor(2) as pool:
                calls = [
                    pool.submit(save, amended(order, due_on=due_on)),
                    pool.submit(remind, FLOW.reminders(order, today=MONDAY)),
                ]
            assert [call.result() for call in calls] == [None, None]
            assert event_of(store, "due").fire_on == due_on - timedelta(1)

    @needs("concurrent")
    def test_racing_workers_share_no_event(self, store: Store) -> None:
        """If threads claim at the same time, each event is claimed once."""
        at_the_lab(store, *(f"PO-{number}" for number in range(10)))

        def claim_all(_: int) -> list[str]:
            ids: list[str] = []
            while claimed := store.claim(
                as_of=date.max, now=NOON, lease=timedelta(hours=1), limit=3
            ):
                ids += [item.event.id for item in claimed]
            return ids

        with ThreadPoolExecutor(_THREADS) as pool:
            claimed = [event_id for ids in pool.map(claim_all, range(_THREADS)) for event_id in ids]
        automatic = {event.id for event in waiting(store) if event.automatic}
        assert (len(claimed), set(claimed)) == (len(automatic), automatic)
