"""The laws of stores that keep the data of several tenants in one database (decision D45)."""

from collections.abc import Callable
from datetime import date
from typing import Final

import pytest
from attrs import evolve
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from prodflow import OrderQuery, StaleCycleError, StaleOrdersError, StoreError
from prodflow.testing._capabilities import needs
from prodflow.testing._cases import SHARED
from prodflow.testing._machine import store_machine
from prodflow.testing._studio import (
    CHRISTMAS_EVE,
    CYCLE,
    FLOW,
    HOUR,
    MONDAY,
    NOON,
    Store,
    advanced,
    amended,
    at_the_lab,
    in_work,
    item_of,
    items,
    keys,
    opened,
    waiting,
)

_STEPS: Final = 30
_EDITED: Final = CYCLE.remove("hold")
_OTHER_CYCLE: Final = evolve(CYCLE.replace("lab", workflow_stage="Lab"), version=1)


class TenantLaws:
    """What one tenant does, no other tenant sees or notices, even if all their ids are the same."""

    def another_tenant(self, store: Store) -> Store:
        """A store of a tenant that has no data, in the same database; each call makes another one.

        Override it for the capability "tenants".
        """
        pytest.fail(
            f"override another_tenant: open a {type(store).__name__} of a new tenant in the"
            " same database"
        )

    @needs("tenants")
    def test_nothing_of_another_tenant_is_found(self, store: Store) -> None:
        """A store that is asked for the orders, cycles, commands and events of others is empty."""
        other = self.another_tenant(store)
        without_data = _all_of(other)
        (order,) = at_the_lab(store, "PO-1")
        store.put_cycle(_EDITED, replaces=1)
        store.save(amended(order, vendor="V", facts={"client": "Lee"}, command_id="c"))
        assert _all_of(other) == without_data
        assert (other.find(OrderQuery()), other.order_types(), items(other)) == ([], (), [])

    @needs("tenants")
    def test_tenants_may_use_the_same_ids(self, store: Store) -> None:
        """Two tenants can have orders, commands and events with the same ids."""
        other = self.another_tenant(store)
        for each in (other, store):
            (order,) = at_the_lab(each, "PO-1")
            each.save(amended(order, facts={"client": "Lee"}))
        before = _all_of(store)
        facts = {"client": "Ann"}
        change = amended(
            other.get("PO-1"), vendor="V", due_on=CHRISTMAS_EVE, facts=facts, command_id="c"
        )
        other.save(change)
        assert _all_of(store) == before
        store.save(amended(store.get("PO-1"), vendor="W", command_id="c"))
        assert (store.get("PO-1").vendor, other.get("PO-1").vendor) == ("W", "V")
        assert other.entries_of("c") == (change.entry,) != store.entries_of("c")
        assert [event.id for event in waiting(store) if event.trigger == "due"] == [
            event.id for event in waiting(other) if event.trigger == "due"
        ]

    @needs("tenants")
    def test_tenants_may_have_different_cycles(self, store: Store) -> None:
        """The same order type and version can be another cycle for another tenant."""
        other = self.another_tenant(store)
        store.put_cycle(CYCLE, replaces=None, by="Ann", at=NOON)
        other.put_cycle(_OTHER_CYCLE, replaces=None, by="Eve", at=NOON)
        store.put_cycle(_EDITED, replaces=1, by="Ann", at=NOON)
        store.save(opened("PO-1", cycle=CYCLE, status="lab"))
        other.save(opened("PO-1", cycle=_OTHER_CYCLE, status="lab"))
        assert (store.get("PO-1").cycle, other.get("PO-1").cycle) == (CYCLE, _OTHER_CYCLE)
        assert (store.newest(), other.newest()) == ((_EDITED,), (_OTHER_CYCLE,))
        assert (store.versions("suite"), other.versions("suite")) == ((1, 2), (1,))
        assert [edit.by for edit in other.edits("suite")] == ["Eve"]
        in_lab = OrderQuery(workflow_stage="Lab")
        assert (store.count(in_lab), other.count(in_lab)) == (0, 1)
        with pytest.raises(StaleCycleError):
            other.save(opened("PO-2", cycle=evolve(_OTHER_CYCLE, version=2)))

    @needs("tenants")
    def test_only_changes_of_the_tenant_are_stale(self, store: Store) -> None:
        """The version that a change must follow is that of the tenant's own order."""
        other = self.another_tenant(store)
        store.save(opened("PO-1"))
        (order,) = at_the_lab(other, "PO-1")
        store.save(advanced(store.get("PO-1")))
        other.save(amended(order, vendor="V"))
        with pytest.raises(StaleOrdersError) as caught:
            other.save(amended(order, vendor="W"))
        assert caught.value.conflicts == {"PO-1": (order.version, order.version + 1)}

    @needs("tenants")
    def test_items_say_whose_they_are(self, store: Store) -> None:
        """Every item has the tenant of its store, also after a claim."""
        other = self.another_tenant(store)
        for each in (store, other):
            at_the_lab(each, "PO-1")
        read = [{item.tenant for item in items(each)} for each in (store, other)]
        claimed = [
            {item.tenant for item in each.claim(as_of=date.max, now=NOON, lease=HOUR)}
            for each in (store, other)
        ]
        assert claimed == read
        assert len(read[0] | read[1]) == len(read)

    @needs("tenants")
    def test_workers_of_a_tenant_leave_the_events_of_others(self, store: Store) -> None:
        """A worker leases, fails, extends, releases and closes events of its tenant only."""
        other = self.another_tenant(store)
        for each in (store, other):
            at_the_lab(each, "PO-1")
        before = items(other)
        first, second, third, *rest = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.fail(first, error="bounced", retry_at=None)
        store.release(second)
        store.extend(third, now=NOON + HOUR, lease=HOUR)
        store.acknowledge(third, *(item.event.id for item in rest))
        store.dismiss("unknown")
        assert items(other) == before
        assert len(other.claim(as_of=date.max, now=NOON, lease=HOUR)) == len(rest) + 3

    @needs("tenants")
    def test_items_of_another_tenant_are_passed_over(self, store: Store) -> None:
        """An item of another tenant does nothing here, even if an event here has its id."""
        other = self.another_tenant(store)
        for each in (store, other):
            in_work(each, "survey")
        before = items(store)
        foreign = items(other)
        store.acknowledge(*foreign)
        store.dismiss(*foreign)
        store.release(*foreign)
        assert store.extend(*foreign, now=NOON, lease=2 * HOUR) == []
        for item in foreign:
            store.fail(item, error="mixed up", retry_at=None)
        assert items(store) == before

    @needs("tenants")
    def test_reminders_are_set_for_one_tenant(self, store: Store) -> None:
        """`set_reminders` empties and fills only slots of the tenant's orders."""
        other = self.another_tenant(store)
        (order,) = at_the_lab(store, "PO-1")
        at_the_lab(other, "PO-1")
        before = items(other)
        reminders = FLOW.reminders(order, today=MONDAY)
        store.set_reminders(evolve(reminders, events=()))
        assert items(other) == before
        assert keys(items(store)) < keys(before)
        store.set_reminders(reminders)
        assert keys(items(store)) == keys(before)

    @needs("tenants")
    def test_closed_slots_are_of_one_tenant(self, store: Store) -> None:
        """What a tenant closes or forgets stays open, or closed, for another one."""
        other = self.another_tenant(store)
        for each in (store, other):
            at_the_lab(each, "PO-1")
            each.acknowledge(item_of(each, "chase"))
        store.save(advanced(store.get("PO-1")))
        before = items(other)
        assert (store.forget(before=date.max), other.forget(before=date.max)) == (1, 0)
        assert items(other) == before
        other.save(advanced(other.get("PO-1")))
        assert (store.forget(before=date.max), other.forget(before=date.max)) == (0, 1)

    @needs("tenants")
    def test_tenants_share_nothing(self, store: Store) -> None:
        """Random calls for two tenants, with the same ids, do to each what they do to it alone."""
        machine = store_machine(
            lambda: self.another_tenant(store), another_tenant=self.another_tenant
        )
        few = settings(SHARED, max_examples=SHARED.max_examples, stateful_step_count=_STEPS)
        run_state_machine_as_test(machine, settings=few)


def _all_of(store: Store) -> list[object]:
    """What a store returns for the ids that these laws use, in every way."""
    event_id = advanced(opened("PO-1").order).events[0].id
    query = OrderQuery(vendor="V")
    calls: list[Callable[[], object]] = [
        lambda: store.get("PO-1"),
        lambda: store.load(["PO-1"]),
        lambda: tuple(store.history("PO-1")),
        lambda: store.entries_of("c"),
        lambda: store.find(OrderQuery()),
        lambda: store.find(query),
        lambda: store.find(OrderQuery(facts={"client": "Lee"})),
        lambda: [store.count(OrderQuery()), store.count(query)],
        lambda: store.count(OrderQuery(), by=("order_type", "status")),
        lambda: store.count(OrderQuery(), by="facts.client"),
        lambda: [(order, tuple(them)) for order, them in store.histories(OrderQuery())],
        lambda: [store.order_types(), store.newest(), store.versions("suite")],
        lambda: [store.keys("suite"), store.edits("suite")],
        lambda: store.get_cycle("suite"),
        lambda: store.get_cycle("suite", 1),
        lambda: items(store),
        lambda: store.get_event(event_id),
        lambda: store.pending(as_of=date.max, order_id="PO-1"),
    ]
    return [_outcome(call) for call in calls]


def _outcome(call: Callable[[], object]) -> object:
    try:
        return call()
    except StoreError as error:
        return error
