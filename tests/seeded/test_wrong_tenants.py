"""Stores of several tenants, with one leak each that the suite must find.

Each is a `TenantNotebook`, which passes the suite, with one wall broken.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final, Self

import pytest
from attrs import evolve
from hypothesis import Phase, settings
from hypothesis.errors import Flaky, HypothesisException
from hypothesis.stateful import run_state_machine_as_test

from notebook_store import NotebookStore
from prodflow import (
    Change,
    CycleNotFoundError,
    FlowSettings,
    HistoryEntry,
    MemoryStore,
    OrderQuery,
    OutboxItem,
    ProductionOrder,
    Reminders,
    SettingsNotFoundError,
    SettingsStore,
    StatusCycle,
    TriggerEvent,
)
from prodflow.stores import Edit
from prodflow.testing import SettingsStoreSuite, Store, store_machine
from prodflow.testing._cases import SHARED
from prodflow.testing._tenant_laws import TenantLaws

_NUMBERS: Final = count()


class TenantNotebook(NotebookStore):
    """A notebook of one tenant, on a shelf with those of other tenants."""

    def __init__(self) -> None:
        super().__init__()
        self.tenant = f"Studio {next(_NUMBERS)}"
        self.shelf: list[TenantNotebook] = [self]

    def another_tenant(self) -> Self:
        """The notebook of a new tenant, on the same shelf."""
        other = type(self)()
        other.shelf = self.shelf
        self.shelf.append(other)
        return other

    @property
    def in_turn(self) -> "list[TenantNotebook]":
        """This notebook, and then all that are on the shelf."""
        mine: list[TenantNotebook] = [self]
        return mine + self.shelf

    def items(self, order_id: str | None = None) -> list[OutboxItem]:
        """The pending items, which say whose they are."""
        return [evolve(item, tenant=self.tenant) for item in super().items(order_id)]

    def is_same(self, item: OutboxItem, stored: OutboxItem) -> bool:
        """As before; an item of another tenant is another one."""
        return item.tenant == stored.tenant and super().is_same(item, stored)


class TestTenantNotebook(TenantLaws):
    """The store without a leak passes."""

    @pytest.fixture
    def store(self) -> TenantNotebook:
        """An empty store."""
        return TenantNotebook()

    def another_tenant(self, store: Store) -> Store:
        """A notebook of another tenant."""
        assert isinstance(store, TenantNotebook)
        return store.another_tenant()


class _OfSettings(SettingsStoreSuite):
    """The laws to call by hand; the underscore keeps pytest from collecting them."""

    capabilities = frozenset({"tenants"})

    def another_tenant(self, store: SettingsStore) -> SettingsStore:
        """A notebook of another tenant."""
        assert isinstance(store, TenantNotebook)
        return store.another_tenant()


def first_of(notebooks: Iterable[NotebookStore], order_id: str) -> NotebookStore | None:
    """The first notebook that has an order."""
    return next((each for each in notebooks if order_id in each.orders), None)


class GetsForeignOrders(TenantNotebook):
    """An order that the tenant doesn't have is read from another tenant."""

    def get(self, order_id: str, /) -> ProductionOrder:
        """Look on the whole shelf."""
        found = first_of(self.in_turn, order_id)
        return NotebookStore.get(found or self, order_id)


class LoadsForeignOrders(TenantNotebook):
    """`load` looks for orders of other tenants too."""

    def load(self, order_ids: Iterable[str], /) -> dict[str, ProductionOrder]:
        """Look on the whole shelf."""
        found = [(key, first_of(self.in_turn, key)) for key in order_ids]
        return {key: book.orders[key] for key, book in found if book is not None}


class FindsForeignOrders(TenantNotebook):
    """`find` finds the orders of all tenants."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Look on the whole shelf."""
        orders = {order.id: order for each in self.shelf for order in each.orders.values()}
        cycles = [cycle for each in self.shelf for cycle in each.cycles.values()]
        return query.select((orders | self.orders).values(), cycles=cycles)


class CountsForeignOrders(TenantNotebook):
    """`count` counts the orders of all tenants."""

    def count(self, query: OrderQuery, /, *, by: str | tuple[str, str] | None = None) -> Any:  # noqa: ANN401 - as declared
        """Look on the whole shelf."""
        orders = [order for each in self.shelf for order in each.orders.values()]
        return query.count(orders, by=by, cycles=self.cycles.values())


class ReadsForeignHistories(TenantNotebook):
    """The histories of an order are those of all orders with the id."""

    def histories(
        self, query: OrderQuery, /
    ) -> Iterator[tuple[ProductionOrder, tuple[HistoryEntry, ...]]]:
        """Look on the whole shelf."""
        for each in self.shelf:
            yield from NotebookStore.histories(each, query)


class KnowsForeignCommands(TenantNotebook):
    """A command that another tenant has saved counts as done."""

    def entries_of(self, command_id: str, /) -> tuple[HistoryEntry, ...]:
        """Look on the whole shelf."""
        found = (NotebookStore.entries_of(each, command_id) for each in self.in_turn)
        return next(filter(None, found), ())


class ChecksForeignVersions(TenantNotebook):
    """A change must follow the newest version that any tenant has of an order."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Look on the whole shelf."""
        mine = self.orders
        foreign = {order.id: order for each in self.shelf for order in each.orders.values()}
        self.orders = foreign | {
            key: order
            for key, order in mine.items()
            if key not in foreign or order.version >= foreign[key].version
        }
        try:
            super().check_versions(changes)
        finally:
            self.orders = mine


class KnowsForeignCycles(TenantNotebook):
    """A version of a cycle that the tenant doesn't have is read from another tenant."""

    def get_cycle(self, order_type: str, version: int | None = None, /) -> StatusCycle:
        """Look on the whole shelf."""
        for each in self.in_turn:
            try:
                return NotebookStore.get_cycle(each, order_type, version)
            except CycleNotFoundError:
                continue
        raise CycleNotFoundError(order_type, version)


class ListsForeignCycles(TenantNotebook):
    """The order types are those of all tenants."""

    def order_types(self) -> tuple[str, ...]:
        """Look on the whole shelf."""
        return tuple(sorted({kind for each in self.shelf for kind, _ in each.cycles}))


class KnowsForeignKeys(TenantNotebook):
    """The keys of a cycle are those that it has for any tenant."""

    def keys(self, order_type: str, /) -> tuple[str, ...]:
        """Look on the whole shelf."""
        return tuple(
            sorted({key for each in self.shelf for key in NotebookStore.keys(each, order_type)})
        )


class ShowsForeignEdits(TenantNotebook):
    """The edits of a cycle are those of all tenants."""

    def edits(self, order_type: str, /) -> tuple[Edit, ...]:
        """Look on the whole shelf."""
        return tuple(edit for each in self.shelf for edit in NotebookStore.edits(each, order_type))


class HasOneCycleForAll(TenantNotebook):
    """The same version of an order type must be the same cycle for all tenants."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Ask every notebook."""
        asked = [NotebookStore.is_new(each, cycle, replaces) for each in self.shelf]
        return all(asked)


class ChecksForeignIds(TenantNotebook):
    """The id of an event must be free for all tenants."""

    def check_ids(self, events: Iterable[TriggerEvent]) -> None:
        """Look on the whole shelf."""
        given = [*events]
        super().check_ids(given)
        taken = {item.event.id for each in self.shelf if each is not self for item in each.items()}
        if any(event.id in taken for event in given):
            raise ValueError("the id belongs to an event of another tenant")


class SaysNoTenant(TenantNotebook):
    """Items don't say whose they are."""

    def items(self, order_id: str | None = None) -> list[OutboxItem]:
        """Leave the tenant out."""
        return NotebookStore.items(self, order_id)


class ClaimsSayNoTenant(TenantNotebook):
    """Items say whose they are, but not after a claim."""

    def claimed(self, item: OutboxItem, until: datetime) -> OutboxItem:
        """Leave the tenant out."""
        return evolve(super().claimed(item, until), tenant="")


class ShowsForeignEvents(TenantNotebook):
    """`pending` returns the events of all tenants."""

    def pending(self, *, as_of: date, **given: Any) -> list[OutboxItem]:  # noqa: ANN401 - as declared
        """Look on the whole shelf."""
        return [
            it for each in self.shelf for it in NotebookStore.pending(each, as_of=as_of, **given)
        ]


class GetsForeignEvents(TenantNotebook):
    """`get_event` looks for events of other tenants too."""

    def get_event(self, event_id: str, /) -> OutboxItem | None:
        """Look on the whole shelf."""
        found = (NotebookStore.get_event(each, event_id) for each in self.in_turn)
        return next((item for item in found if item is not None), None)


class ClaimsForeignEvents(TenantNotebook):
    """A claim takes the events of all tenants."""

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """Look on the whole shelf."""
        given: dict[str, Any] = {"as_of": as_of, "now": now, "lease": lease, "limit": limit}
        return [item for each in self.shelf for item in NotebookStore.claim(each, **given)][:limit]


class LeasesById(TenantNotebook):
    """A lease holds for all events with the id."""

    def is_free(self, item: OutboxItem, now: datetime) -> bool:
        """Look on the whole shelf."""
        same = [NotebookStore.get_event(each, item.event.id) or item for each in self.shelf]
        return all(each.is_free(now) for each in same)


class ClosesById(TenantNotebook):
    """An event is closed for every tenant that has one with the id."""

    def acknowledge(self, *items: OutboxItem | str) -> None:
        """Close it in every notebook."""
        ids = [item if isinstance(item, str) else item.event.id for item in items]
        for each in self.shelf:
            NotebookStore.acknowledge(each, *(ids if each is not self else items))


class FailsById(TenantNotebook):
    """An event fails for every tenant that has one with the id."""

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Let it fail in every notebook."""
        for each in self.shelf:
            own = evolve(item, tenant=each.tenant) if item.tenant == self.tenant else item
            stored = NotebookStore.get_event(each, item.event.id)
            own = own if stored is None or each is self else stored
            NotebookStore.fail(each, own, error=error, retry_at=retry_at)


class TakesForeignItems(TenantNotebook):
    """An item of another tenant stands for the event with its id."""

    def is_same(self, item: OutboxItem, stored: OutboxItem) -> bool:
        """Don't compare the tenants."""
        return NotebookStore.is_same(self, item, stored)


class ClosesForeignItems(TakesForeignItems):
    """An item of another tenant closes the event with its id."""

    def current(self, item: OutboxItem) -> OutboxItem | None:
        """Compare the tenants of what isn't closed."""
        return super().current(item) if item.tenant == self.tenant else None


class RemindsEverybody(TenantNotebook):
    """Reminders are set for every order with the id."""

    def remind(self, reminders: Reminders) -> None:
        """Empty the slots in every notebook."""
        super().remind(reminders)
        for each in self.shelf:
            if each.tenant != self.tenant and reminders.order_id in each.orders:
                NotebookStore.remind(each, reminders)


class ForgetsForEverybody(TenantNotebook):
    """`forget` deletes the closed slots of all tenants."""

    def forget(self, *, before: date) -> int:
        """Delete from every notebook."""
        return sum(NotebookStore.forget(each, before=before) for each in self.shelf)


class KnowsForeignSettings(TenantNotebook):
    """A tenant without settings gets those of another one."""

    def get_settings(self, version: int | None = None, /) -> FlowSettings:
        """Look on the whole shelf."""
        for each in self.in_turn:
            try:
                return NotebookStore.get_settings(each, version)
            except SettingsNotFoundError:
                continue
        raise SettingsNotFoundError(version)


class ShowsForeignSettings(TenantNotebook):
    """The edits of settings are those of all tenants."""

    def settings_edits(self) -> tuple[Edit, ...]:
        """Look on the whole shelf."""
        return tuple(edit for each in self.shelf for _, edit in each.settings.values())


class HasOneSettingsForAll(TenantNotebook):
    """The settings must follow the newest settings of any tenant."""

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        """Save them in every notebook."""
        for each in self.shelf:
            NotebookStore.put_settings(each, settings, replaces=replaces, by=by, at=at)


_NOTHING_IS_FOUND: Final = "test_nothing_of_another_tenant_is_found"
_SAME_IDS: Final = "test_tenants_may_use_the_same_ids"
_CYCLES: Final = "test_tenants_may_have_different_cycles"
_WORKERS: Final = "test_workers_of_a_tenant_leave_the_events_of_others"
_PASSED_OVER: Final = "test_items_of_another_tenant_are_passed_over"

WRONG: Final[dict[type[TenantNotebook], str]] = {
    GetsForeignOrders: _NOTHING_IS_FOUND,
    LoadsForeignOrders: _NOTHING_IS_FOUND,
    FindsForeignOrders: _NOTHING_IS_FOUND,
    CountsForeignOrders: _NOTHING_IS_FOUND,
    ReadsForeignHistories: _NOTHING_IS_FOUND,
    KnowsForeignCommands: _SAME_IDS,
    ChecksForeignVersions: "test_only_changes_of_the_tenant_are_stale",
    KnowsForeignCycles: _NOTHING_IS_FOUND,
    ListsForeignCycles: _NOTHING_IS_FOUND,
    KnowsForeignKeys: _NOTHING_IS_FOUND,
    ShowsForeignEdits: _CYCLES,
    HasOneCycleForAll: _CYCLES,
    ChecksForeignIds: _SAME_IDS,
    SaysNoTenant: "test_items_say_whose_they_are",
    ClaimsSayNoTenant: "test_items_say_whose_they_are",
    ShowsForeignEvents: _NOTHING_IS_FOUND,
    GetsForeignEvents: _NOTHING_IS_FOUND,
    ClaimsForeignEvents: _WORKERS,
    LeasesById: _WORKERS,
    ClosesById: _WORKERS,
    FailsById: _WORKERS,
    TakesForeignItems: _PASSED_OVER,
    ClosesForeignItems: _PASSED_OVER,
    RemindsEverybody: "test_reminders_are_set_for_one_tenant",
    ForgetsForEverybody: "test_closed_slots_are_of_one_tenant",
}
OF_SETTINGS: Final = (KnowsForeignSettings, ShowsForeignSettings, HasOneSettingsForAll)
Hunt = Callable[..., list[bool]]


@pytest.mark.parametrize(
    ("wrong", "law"), [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG.items()]
)
def test_a_leak_is_caught(wrong: type[TenantNotebook], law: str, hunt: Hunt) -> None:
    """Each leak makes its law fail."""
    assert all(hunt(TestTenantNotebook, law, lambda test: test(wrong())))


# Random calls can't see foreign keys: every cycle that they put has the same keys sooner or later.
@pytest.mark.full  # each leak has a law, above
@pytest.mark.parametrize("wrong", [wrong for wrong in WRONG if wrong is not KnowsForeignKeys])
def test_random_calls_find_a_leak(wrong: type[TenantNotebook]) -> None:
    """Random calls for two tenants find each of the other leaks too."""
    first = wrong()
    machine = store_machine(first.another_tenant, another_tenant=lambda _: first.another_tenant())
    hunting = settings(SHARED, max_examples=60, stateful_step_count=30, phases=[Phase.generate])
    with pytest.raises(Exception) as caught:  # noqa: PT011 - a leak can show in any way
        run_state_machine_as_test(machine, settings=hunting)
    # It may not come again: the shelf also has the tenants of earlier examples.
    assert isinstance(caught.value, Flaky) or not isinstance(caught.value, HypothesisException)


@pytest.mark.parametrize("wrong", OF_SETTINGS)
def test_a_leak_of_settings_is_caught(wrong: type[TenantNotebook], hunt: Hunt) -> None:
    """Each leak of settings makes the law of settings fail, which a store without a leak passes."""
    law = "test_settings_are_those_of_one_tenant"
    assert not any(hunt(_OfSettings, law, lambda test: test(TenantNotebook())))
    assert all(hunt(_OfSettings, law, lambda test: test(wrong())))


def test_a_store_with_tenants_says_how_one_is_opened() -> None:
    """A suite for a store with tenants that doesn't override `another_tenant` fails."""
    for suite in (TenantLaws(), SettingsStoreSuite()):
        with pytest.raises(pytest.fail.Exception, match="override another_tenant"):
            suite.another_tenant(MemoryStore())
