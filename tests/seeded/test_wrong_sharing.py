"""Stores with a clock or with shared data, and with one bug each that the suite must find.

Each is a `SharedNotebook`, which passes the suite, with one promise broken.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from attrs import evolve

from notebook_store import NotebookStore
from prodflow import (
    Change,
    FlowSettings,
    HistoryEntry,
    MemoryStore,
    OutboxItem,
    ProductionOrder,
    SettingsStore,
    StatusCycle,
)
from prodflow.testing import OrderStoreSuite, SettingsStoreSuite, Store
from prodflow.testing._shared_laws import ClockLaws, SharingLaws

_TICK: Final = timedelta(microseconds=1)


class SharedNotebook(NotebookStore):
    """A notebook with a clock, and with pages that several notebooks can share.

    What isn't in a slot is on the shared pages.
    """

    __slots__ = ("closed", "commands", "cycles_read", "leases", "orders_read", "settings_read")

    def __init__(self) -> None:
        super().__init__()
        self.time = datetime(2026, 11, 16, 9, tzinfo=UTC)
        self.closed: set[str] = set()
        self.commands: set[str] = set()
        self.cycles_read: dict[str, StatusCycle] = {}
        self.leases: dict[str, OutboxItem] = {}
        self.orders_read: dict[str, ProductionOrder] = {}
        self.settings_read: FlowSettings | None = None

    def clock(self) -> datetime:
        """The instant on the clock, which moves on whenever somebody looks."""
        self.time += _TICK
        return self.time

    def claim(
        self, *, as_of: date, now: datetime | None = None, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """As before; without *now*, the clock counts."""
        return super().claim(as_of=as_of, now=now or self.clock(), lease=lease, limit=limit)

    def extend(
        self, *items: OutboxItem, now: datetime | None = None, lease: timedelta
    ) -> list[OutboxItem]:
        """As before; without *now*, the clock counts."""
        return super().extend(*items, now=now or self.clock(), lease=lease)


def another(store: Any) -> Any:  # noqa: ANN401 - a store of orders or of settings
    """A notebook of the same kind with the same pages."""
    twin = type(store)()
    twin.__dict__ = store.__dict__
    return twin


class TestSharedNotebook(OrderStoreSuite):
    """The store without a bug passes."""

    capabilities = frozenset({"clock", "shared"})

    @pytest.fixture
    def store(self) -> SharedNotebook:
        """An empty store."""
        return SharedNotebook()

    def clock(self, store: Store) -> datetime:
        """The instant on the clock of the notebook."""
        assert isinstance(store, SharedNotebook)
        return store.clock()

    def another(self, store: Store) -> Store:
        """A notebook with the same pages."""
        twin: Store = another(store)
        return twin


class TestSharedSettings(SettingsStoreSuite):
    """The store without a bug passes."""

    capabilities = frozenset({"shared"})

    @pytest.fixture
    def store(self) -> SharedNotebook:
        """An empty store."""
        return SharedNotebook()

    def another(self, store: SettingsStore) -> SettingsStore:
        """A notebook with the same pages."""
        twin: SettingsStore = another(store)
        return twin


class ClockStandsStill(SharedNotebook):
    """Without *now*, the lease begins in 1970."""

    def claim(
        self, *, as_of: date, now: datetime | None = None, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """Take another instant."""
        instant = now or datetime(1970, 1, 1, tzinfo=UTC)
        return super().claim(as_of=as_of, now=instant, lease=lease, limit=limit)


class ClaimsWhatIsLeased(SharedNotebook):
    """Without *now*, a claim takes leased events too."""

    def claim(
        self, *, as_of: date, now: datetime | None = None, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """End all leases first."""
        if now is None:
            self.release(*self.items())
        return super().claim(as_of=as_of, now=now, lease=lease, limit=limit)


class ExtendsFromTheLease(SharedNotebook):
    """Without *now*, an extension begins at the end of the lease."""

    def extend(
        self, *items: OutboxItem, now: datetime | None = None, lease: timedelta
    ) -> list[OutboxItem]:
        """Take the last end."""
        ends = [item.leased_until for item in items if item.leased_until]
        return super().extend(*items, now=now or max(ends), lease=lease)


class LongLeasesByItsClock(SharedNotebook):
    """Without *now*, a claim may be as long as anybody wants."""

    def claim(
        self, *, as_of: date, now: datetime | None = None, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """Shorten it instead."""
        longest = min(lease, timedelta(1)) if now is None else lease
        return super().claim(as_of=as_of, now=now, lease=longest, limit=limit)


class LongExtensionsByItsClock(SharedNotebook):
    """Without *now*, an extension may be as long as anybody wants."""

    def extend(
        self, *items: OutboxItem, now: datetime | None = None, lease: timedelta
    ) -> list[OutboxItem]:
        """Shorten it instead."""
        longest = min(lease, timedelta(1)) if now is None else lease
        return super().extend(*items, now=now, lease=longest)


class NeverIsTheEpoch(NotebookStore):
    """A store without a clock takes None for 1970 in a claim."""

    def claim(
        self, *, as_of: date, now: datetime | None, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """Take another instant."""
        instant = now or datetime(1970, 1, 1, tzinfo=UTC)
        return super().claim(as_of=as_of, now=instant, lease=lease, limit=limit)


class NeverIsTheEpochOfAnExtension(NotebookStore):
    """A store without a clock takes None for 1970 in an extension."""

    def extend(
        self, *items: OutboxItem, now: datetime | None, lease: timedelta
    ) -> list[OutboxItem]:
        """Take another instant."""
        instant = now or datetime(1970, 1, 1, tzinfo=UTC)
        return super().extend(*items, now=instant, lease=lease)


class RemembersOrders(SharedNotebook):
    """An order that was read is never read again."""

    def get(self, order_id: str, /) -> ProductionOrder:
        """Read an order once."""
        return self.orders_read.setdefault(order_id, super().get(order_id))

    def save(self, *changes: Change) -> None:
        """Remember what was saved."""
        super().save(*changes)
        self.orders_read |= {change.order.id: change.order for change in changes}


class ChecksWhatItRemembers(SharedNotebook):
    """A change is compared with the version that this store has read, if it has read one."""

    def get(self, order_id: str, /) -> ProductionOrder:
        """Remember what was read."""
        self.orders_read[order_id] = super().get(order_id)
        return self.orders_read[order_id]

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Check nothing that was read."""
        unread = [change for change in changes if change.order.id not in self.orders_read]
        super().check_versions(tuple(unread))


class KnowsItsOwnCommands(SharedNotebook):
    """Only the commands of this store are known to have been done."""

    def entries_of(self, command_id: str, /) -> tuple[HistoryEntry, ...]:
        """Leave out other commands."""
        return super().entries_of(command_id) if command_id in self.commands else ()

    def is_repeated(self, changes: tuple[Change, ...]) -> bool:
        """Ask what is known."""
        return changes[0].entry.command_id in self.commands and super().is_repeated(changes)

    def save(self, *changes: Change) -> None:
        """Remember the command."""
        super().save(*changes)
        self.commands |= {change.entry.command_id or "" for change in changes}


class ClosesForItself(SharedNotebook):
    """What was acknowledged is closed in this store only."""

    def items(self, order_id: str | None = None) -> list[OutboxItem]:
        """Leave out what this store has closed."""
        return [item for item in super().items(order_id) if item.event.id not in self.closed]

    def acknowledge(self, *items: OutboxItem | str) -> None:
        """Remember the ids."""
        self.closed |= {item if isinstance(item, str) else item.event.id for item in items}


class LeasesForItself(SharedNotebook):
    """A lease holds in this store only."""

    def is_free(self, item: OutboxItem, now: datetime) -> bool:
        """Look at the leases of this store."""
        mine = self.leases.get(item.event.id)
        return super().is_free(mine or evolve(item, leased_until=None), now)

    def put(self, item: OutboxItem) -> OutboxItem:
        """Remember the lease."""
        self.leases[item.event.id] = item
        return super().put(item)


class RemembersTheNewest(SharedNotebook):
    """The newest version of a cycle is read once; later edits count only if they are its own."""

    def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        """Read the newest version once."""
        if version is not None:
            return super().get_cycle(order_type, version)
        return self.cycles_read.setdefault(order_type, super().get_cycle(order_type))

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Remember an edit of this store."""
        is_new = super().is_new(cycle, replaces)
        if is_new:
            self.cycles_read[cycle.order_type] = cycle
        return is_new


class RemembersTheSettings(SharedNotebook):
    """The newest settings are read once."""

    def get_settings(self, version: int | None = None, /) -> FlowSettings:
        """Read the newest version once."""
        if version is not None:
            return super().get_settings(version)
        self.settings_read = self.settings_read or super().get_settings()
        return self.settings_read


WRONG: Final[dict[type[NotebookStore], str]] = {
    ClockStandsStill: "test_a_claim_begins_on_the_clock_of_the_store",
    ClaimsWhatIsLeased: "test_a_claim_begins_on_the_clock_of_the_store",
    ExtendsFromTheLease: "test_an_extension_begins_on_the_clock_of_the_store",
    LongLeasesByItsClock: "test_a_lease_is_at_most_one_day_on_any_clock",
    LongExtensionsByItsClock: "test_a_lease_is_at_most_one_day_on_any_clock",
    RemembersOrders: "test_what_one_store_saves_the_other_has",
    ChecksWhatItRemembers: "test_a_stale_change_is_refused_by_every_store",
    KnowsItsOwnCommands: "test_a_command_is_known_to_every_store",
    ClosesForItself: "test_what_one_store_closes_stays_closed_in_the_other",
    LeasesForItself: "test_a_lease_of_one_store_holds_in_the_other",
    RemembersTheNewest: "test_an_edit_of_one_store_is_the_newest_in_the_other",
}
Hunt = Callable[..., list[bool]]


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("wrong", "law"), [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG.items()]
)
def test_a_wrong_store_is_caught(wrong: type[NotebookStore], law: str, hunt: Hunt) -> None:
    """Each bug makes its law fail."""
    assert all(hunt(TestSharedNotebook, law, lambda test: test(wrong())))


@pytest.mark.parametrize("wrong", [NeverIsTheEpoch, NeverIsTheEpochOfAnExtension])
def test_a_store_that_makes_up_a_clock_is_caught(wrong: type[NotebookStore], hunt: Hunt) -> None:
    """A store whose `now` has no default must refuse None."""
    law = "test_a_store_that_needs_the_instant_refuses_none"
    assert all(hunt(_WithoutAClock, law, lambda test: test(wrong())))


def test_settings_of_ones_own_are_caught(hunt: Hunt) -> None:
    """A store that reads the settings only once fails the suite."""
    law = "test_an_edit_of_one_store_is_the_newest_in_the_other"
    assert all(hunt(TestSharedSettings, law, lambda test: test(RemembersTheSettings())))


def test_a_shared_store_says_how_another_is_opened() -> None:
    """A suite for a shared store that doesn't override `another` or `clock` fails."""
    for call, name in (
        (SharingLaws().another, "another"),
        (ClockLaws().clock, "clock"),
        (SettingsStoreSuite().another, "another"),
    ):
        with pytest.raises(pytest.fail.Exception, match=f"override {name}"):
            call(MemoryStore())


class _WithoutAClock(OrderStoreSuite):
    """The laws to call by hand; the underscore keeps pytest from collecting them."""
