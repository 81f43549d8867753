"""The laws of stores that have a clock, or that share their data (decisions D28 and D48)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from inspect import Parameter, signature
from typing import Any

import pytest
from attrs import evolve

from prodflow import OrderQuery, StaleCycleError, StaleOrdersError
from prodflow.testing._capabilities import needs
from prodflow.testing._studio import (
    CHRISTMAS_EVE,
    CYCLE,
    HOUR,
    NOON,
    Store,
    advanced,
    amended,
    at_the_lab,
    items,
    keys,
    opened,
)

SECOND = timedelta(seconds=1)


class ClockLaws:
    """What `claim` and `extend` do without `now`."""

    def clock(self, store: Store) -> datetime:
        """The instant on the store's clock; override it for the capability "clock"."""
        pytest.fail(f"override clock: return the instant on the clock of {type(store).__name__}")

    @needs("clock")
    def test_a_claim_begins_on_the_clock_of_the_store(self, store: Store) -> None:
        """Without `now`, a lease begins at the instant that the store's clock shows."""
        at_the_lab(store, "PO-1")
        before = self.clock(store)
        claimed = _timeless(store).claim(as_of=date.max, lease=HOUR)
        begun = {item.leased_until - HOUR for item in claimed}
        assert keys(claimed) == {"welcome", "once", "chase", "survey", "due"}
        assert before - SECOND <= min(begun) <= max(begun) <= self.clock(store) + SECOND
        assert _timeless(store).claim(as_of=date.max, lease=HOUR) == []
        assert store.claim(as_of=date.max, now=max(begun) + HOUR - SECOND, lease=HOUR) == []

    @needs("clock")
    def test_an_extension_begins_on_the_clock_of_the_store(self, store: Store) -> None:
        """Without `now`, `extend` puts right what a worker with a wrong clock has claimed."""
        at_the_lab(store, "PO-1")
        wrong = datetime.max.replace(tzinfo=NOON.tzinfo) - 2 * HOUR
        claimed = store.claim(as_of=date.max, now=wrong, lease=HOUR)
        before = self.clock(store)
        extended = _timeless(store).extend(*claimed, lease=HOUR)
        begun = [item.leased_until - HOUR for item in extended]
        assert before - SECOND <= min(begun) <= max(begun) <= self.clock(store) + SECOND
        assert extended == [item for item in items(store) if item.event.automatic]

    @needs("clock")
    def test_a_lease_is_at_most_one_day_on_any_clock(self, store: Store) -> None:
        """Without `now`, the bounds of a lease are the same."""
        at_the_lab(store, "PO-1")
        claimed = _timeless(store).claim(as_of=date.max, lease=24 * HOUR)
        before = items(store)
        for lease in (timedelta(0), 24 * HOUR + timedelta(microseconds=1)):
            with pytest.raises(ValueError):  # noqa: PT011 - stores word it as they like
                _timeless(store).claim(as_of=date.max, lease=lease)
            with pytest.raises(ValueError):  # noqa: PT011 - stores word it as they like
                _timeless(store).extend(*claimed, lease=lease)
        assert items(store) == before

    def test_a_store_that_needs_the_instant_refuses_none(self, store: Store) -> None:
        """If `now` has no default, None is refused and changes nothing: the store has no clock."""
        at_the_lab(store, "PO-1")
        (item,) = store.claim(as_of=date.max, now=NOON, lease=HOUR, limit=1)
        before = items(store)
        for call in (
            partial(_timeless(store).claim, as_of=date.max, lease=HOUR),
            partial(_timeless(store).extend, item, lease=HOUR),
        ):
            if _needs_the_instant(call):
                with pytest.raises((TypeError, ValueError)):
                    call(now=None)
        assert items(store) == before


class SharingLaws:
    """What one store does, every other store of the same data knows at once."""

    def another(self, store: Store) -> Store:
        """A second store of the same data, while the first stays open.

        Override it for the capability "shared".
        """
        pytest.fail(f"override another: open a second {type(store).__name__} of the same data")

    @needs("shared")
    def test_what_one_store_saves_the_other_has(self, store: Store) -> None:
        """A store returns what another one has saved, also if it has read the order before."""
        other = self.another(store)
        (order,) = at_the_lab(store, "PO-1")
        assert _read(other, "PO-1") == _read(store, "PO-1")
        other.save(amended(order, vendor="V", due_on=CHRISTMAS_EVE, command_id="c"))
        assert store.get("PO-1").vendor == "V"
        assert _read(store, "PO-1") == _read(other, "PO-1")

    @needs("shared")
    def test_a_stale_change_is_refused_by_every_store(self, store: Store) -> None:
        """A store refuses a change to a version that another store has changed since."""
        other = self.another(store)
        (order,) = at_the_lab(store, "PO-1")
        assert other.get("PO-1") == order
        store.save(amended(order, vendor="V"))
        with pytest.raises(StaleOrdersError) as caught:
            other.save(amended(order, vendor="W"))
        assert caught.value.conflicts == {"PO-1": (order.version, order.version + 1)}
        assert other.get("PO-1").vendor == "V"

    @needs("shared")
    def test_a_command_is_known_to_every_store(self, store: Store) -> None:
        """A command that one store has saved, repeated in another, changes nothing."""
        other = self.another(store)
        (order,) = at_the_lab(store, "PO-1")
        change = amended(order, vendor="V", command_id="c")
        store.save(change)
        other.save(change)
        assert (other.entries_of("c"), other.get("PO-1")) == ((change.entry,), change.order)

    @needs("shared")
    def test_what_one_store_closes_stays_closed_in_the_other(self, store: Store) -> None:
        """No store returns an event that another one has closed, even after a new day."""
        other = self.another(store)
        (order,) = at_the_lab(store, "PO-1")
        claimed = other.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.acknowledge(*(item for item in claimed if item.event.trigger == "due"))
        store.dismiss(*(item.event.id for item in claimed if item.event.trigger == "chase"))
        open_ = {"welcome", "once", "survey"}
        assert keys(items(other)) == keys(items(store)) == open_ | {"people"}
        assert keys(other.claim(as_of=date.max, now=NOON + HOUR, lease=HOUR)) == open_
        other.save(amended(order, due_on=CHRISTMAS_EVE))
        assert keys(items(other)) == keys(items(store)) == open_ | {"people"}

    @needs("shared")
    def test_a_lease_of_one_store_holds_in_the_other(self, store: Store) -> None:
        """No store claims what another one has claimed; `release` and `fail` end that for all."""
        other = self.another(store)
        at_the_lab(store, "PO-1")
        first, second, *others = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        assert other.claim(as_of=date.max, now=NOON, lease=HOUR) == []
        other.extend(*others, now=NOON + HOUR, lease=HOUR)
        other.release(first)
        other.fail(second, error="bounced", retry_at=NOON + HOUR)
        assert items(other) == items(store)
        free = store.claim(as_of=date.max, now=NOON + HOUR, lease=HOUR)
        assert [item.event.id for item in free] == [first.event.id, second.event.id]

    @needs("shared")
    def test_an_edit_of_one_store_is_the_newest_in_the_other(self, store: Store) -> None:
        """A store uses the edit of another one for cycles, stages, and stale edits and saves."""
        other = self.another(store)
        store.put_cycle(CYCLE, replaces=None)
        store.save(opened("PO-1", status="check"))
        finishing, packing = OrderQuery(workflow_stage="Finishing"), OrderQuery(workflow_stage="P")
        assert (other.newest(), other.find(finishing)) == ((CYCLE,), [store.get("PO-1")])
        second = CYCLE.replace("check", workflow_stage="P")
        store.put_cycle(second, replaces=1, by="Ann", at=NOON)
        assert other.newest() == (second,) == (other.get_cycle("suite"),)
        assert other.edits("suite") == store.edits("suite")
        assert (other.find(finishing), other.find(packing)) == ([], [store.get("PO-1")])
        third = evolve(second, version=3)
        with pytest.raises(StaleCycleError):
            other.put_cycle(third, replaces=1)
        with pytest.raises(StaleCycleError):
            other.save(opened("PO-2", cycle=third))
        other.save(advanced(other.get("PO-1")))
        assert store.versions("suite") == (1, 2)


def _timeless(store: Store) -> Any:  # noqa: ANN401 - a store whose `now` may be left out or None
    return store


def _needs_the_instant(call: Callable[..., object]) -> bool:
    now = signature(call).parameters.get("now")
    return now is not None and now.default is Parameter.empty


def _read(store: Store, order_id: str) -> tuple[object, ...]:
    """What a store returns about an order, in every way."""
    return (
        *(store.get(order_id), store.load([order_id]), tuple(store.history(order_id))),
        *(store.find(OrderQuery()), store.count(OrderQuery(vendor="V"))),
        *(store.entries_of("c"), items(store)),
    )
