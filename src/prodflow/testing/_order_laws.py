"""The laws of a store about orders, histories, commands and queries."""

from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from prodflow import (
    Change,
    CommandReusedError,
    DuplicateOrderError,
    HistoryEntry,
    OrderNotFoundError,
    OrderOpened,
    OrderQuery,
    ProductionOrder,
    StaleOrdersError,
)
from prodflow.testing._cases import SHARED, case
from prodflow.testing._studio import (
    CYCLE,
    MONDAY,
    NOON,
    Store,
    advanced,
    amended,
    at_the_lab,
    items,
    migrated,
    opened,
    undone,
)
from prodflow.testing.strategies import History, histories

LATER = NOON.replace(hour=13)


class SavingLaws:
    """What a save does, and when it is refused (decisions D21 and D22)."""

    def test_what_was_saved_is_got(self, store: Store) -> None:
        """The store returns an order and its history as they were saved."""
        change = opened("PO-1", delivery_on=MONDAY, invoice_id="I", vendor="V", note="n")
        store.save(change)
        assert store.get("PO-1") == change.order
        assert list(store.history("PO-1")) == [change.entry]

    def test_an_unknown_order_is_not_found(self, store: Store) -> None:
        """An id that was never saved has neither an order nor a history."""
        with pytest.raises(OrderNotFoundError):
            store.get("PO-1")
        with pytest.raises(OrderNotFoundError):
            store.history("PO-1")

    def test_loading_leaves_unknown_ids_out(self, store: Store) -> None:
        """`load` returns the orders that exist, by id."""
        change = opened("PO-1")
        store.save(change)
        assert store.load(["PO-2", "PO-1"]) == {"PO-1": change.order}

    def test_saving_nothing_does_nothing(self, store: Store) -> None:
        """A save without changes is allowed and leaves no trace."""
        store.save()
        assert store.find(OrderQuery()) == []

    @SHARED
    @given(history=histories())
    def test_everything_the_core_accepts_comes_back(self, store: Store, history: History) -> None:
        """The store keeps every id, note, name, date and entry that prodflow accepts."""
        case("the order moved to another version of its cycle", len(history.cycles) > 1)
        # All examples share one store, so each needs its own order and cycles.
        changes = _renamed(history, len(store.order_types()))
        store.save(*changes)
        order = changes[-1].order
        assert store.get(order.id) == order
        assert tuple(store.history(order.id)) == tuple(change.entry for change in changes)

    def test_awkward_texts_come_back(self, store: Store) -> None:
        """The store keeps blanks, quotes, wildcards, combining marks and long texts unchanged."""
        awkward = " 'é\u0301%_\\\"; -- \U0001f39e "
        change = opened(
            awkward,
            note=f"\n\t {awkward} \n" + "x" * 9_000,
            vendor="v" * 200,
            invoice_id="0",
            command_id=awkward,
        )
        store.save(change)
        assert store.get(awkward) == change.order
        assert list(store.history(awkward)) == [change.entry]
        assert store.entries_of(awkward) == (change.entry,)

    def test_the_version_is_the_length_of_the_history(self, store: Store) -> None:
        """Sequence numbers run without gaps, from 1 to the order's version."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(amended(order, vendor="V"))
        sequences = [entry.sequence for entry in store.history("PO-1")]
        assert sequences == list(range(1, store.get("PO-1").version + 1))

    def test_a_history_is_read_page_by_page(self, store: Store) -> None:
        """`history` returns the entries after a sequence number, up to the limit."""
        (order,) = at_the_lab(store, "PO-1")
        store.save(amended(order, vendor="V"))
        pages = [store.history("PO-1", after=after, limit=2) for after in (0, 2, 3)]
        assert [[entry.sequence for entry in page] for page in pages] == [[1, 2], [3], []]

    def test_an_order_under_way_comes_back(self, store: Store) -> None:
        """The store keeps the days, due date and people of an order opened after its work began."""
        change = opened(
            "PO-1",
            status="check",
            entered_on=MONDAY - timedelta(3),
            plan_from=MONDAY + timedelta(7),
            due_on=MONDAY + timedelta(60),
            department="Desk",
            user=None,
        )
        corrected = amended(change.order, entered_on=MONDAY - timedelta(9))
        store.save(change, corrected)
        assert store.get("PO-1") == corrected.order
        assert list(store.history("PO-1")) == [change.entry, corrected.entry]

    def test_a_paused_visit_comes_back(self, store: Store) -> None:
        """The store keeps an order's paused visit, and the order can continue the visit."""
        (order,) = at_the_lab(store, "PO-1")
        agreed = amended(order, due_on=date(2026, 12, 24), user="Zoe")
        on_hold = advanced(agreed.order, to="hold")
        store.save(agreed, on_hold)
        assert store.get("PO-1") == on_hold.order
        back = advanced(store.get("PO-1"), today=MONDAY + timedelta(8))
        store.save(back)
        assert (store.get("PO-1"), back.order.visit) == (back.order, order.visit)
        assert store.history("PO-1")[-1] == back.entry

    def test_what_was_undone_stays_in_the_history(self, store: Store) -> None:
        """An undo restores the order; the history keeps the undone entry and the undo entry."""
        (order,) = at_the_lab(store, "PO-1")
        slip = advanced(order)
        store.save(slip)
        undo = undone(slip.order, store.history("PO-1"))
        store.save(undo)
        assert store.get("PO-1") == undo.order
        assert (undo.order.visit, undo.order.status) == (order.visit, order.status)
        assert list(store.history("PO-1"))[2:] == [slip.entry, undo.entry]

    def test_a_migration_can_be_undone(self, store: Store) -> None:
        """After a migration is undone, the order has its old cycle version again."""
        first = opened("PO-1")
        moved = migrated(first.order, CYCLE.replace("ordered", description="Placed"))
        store.save(first, moved)
        undo = undone(moved.order, store.history("PO-1"))
        store.save(undo)
        assert store.get("PO-1") == undo.order
        assert store.get("PO-1").cycle == CYCLE

    def test_consecutive_changes_of_one_order_are_one_save(self, store: Store) -> None:
        """One save may hold consecutive changes of an order."""
        first = opened("PO-1")
        second = advanced(first.order)
        third = amended(second.order, vendor="V")
        store.save(first, second, third)
        assert store.get("PO-1") == third.order

    def test_a_save_is_all_or_nothing(self, store: Store) -> None:
        """If one change of a save is refused, no change and no event is saved."""
        (moved,) = at_the_lab(store, "PO-1")
        fresh = opened("PO-2")
        stale = amended(opened("PO-1").order, vendor="V")
        before = items(store)
        with pytest.raises(StaleOrdersError):
            store.save(fresh, advanced(fresh.order), stale)
        assert store.load(["PO-1", "PO-2"]) == {"PO-1": moved}
        assert items(store) == before

    def test_every_stale_order_is_named(self, store: Store) -> None:
        """For each stale order, the error has the version expected and the version stored."""
        at_the_lab(store, "PO-1", "PO-2")
        changes = [amended(opened(order_id).order) for order_id in ("PO-1", "PO-2")]
        with pytest.raises(StaleOrdersError) as caught:
            store.save(*changes)
        assert caught.value.conflicts == {"PO-1": (1, 2), "PO-2": (1, 2)}

    def test_a_change_of_an_order_not_stored_is_stale(self, store: Store) -> None:
        """A change to an unknown order is stale; the error gives 0 as the stored version."""
        with pytest.raises(StaleOrdersError) as caught:
            store.save(amended(opened("PO-1").order))
        assert caught.value.conflicts == {"PO-1": (1, 0)}

    def test_a_doubled_sequence_in_a_batch_is_a_conflict(self, store: Store) -> None:
        """A save is refused if two of its changes start from the same version of an order."""
        (order,) = at_the_lab(store, "PO-1")
        with pytest.raises(StaleOrdersError) as caught:
            store.save(amended(order, vendor="V"), amended(order, vendor="W"))
        assert caught.value.conflicts == {"PO-1": (2, 3)}
        assert store.get("PO-1") == order

    def test_an_order_is_opened_once(self, store: Store) -> None:
        """An order cannot be opened under an id that is taken."""
        store.save(opened("PO-1"))
        with pytest.raises(DuplicateOrderError) as caught:
            store.save(opened("PO-1", vendor="V"))
        assert caught.value.conflicts == {"PO-1": (0, 1)}


class CommandLaws:
    """A repeated command changes nothing (decision D22)."""

    def test_the_same_command_twice_is_once(self, store: Store) -> None:
        """Repeating a save under its command id changes nothing, not even the events."""
        first = opened("PO-1")
        store.save(first)
        change = advanced(first.order, command_id="c")
        store.save(change)
        before = items(store)
        store.save(change)
        assert (store.get("PO-1"), items(store)) == (change.order, before)

    def test_a_retry_may_be_recorded_later_by_another(self, store: Store) -> None:
        """A retry may have another instant and another logged-in user."""
        store.save(opened("PO-1", command_id="c"))
        store.save(opened("PO-1", command_id="c", at=LATER, recorded_by="Ben"))
        assert [entry.at for entry in store.history("PO-1")] == [NOON]

    def test_a_command_is_looked_at_before_staleness(self, store: Store) -> None:
        """A retry succeeds even if the order has changed since."""
        change = opened("PO-1", command_id="c")
        store.save(change)
        store.save(advanced(change.order))
        store.save(change)
        assert store.get("PO-1").version == 2  # noqa: PLR2004 - opened, advanced

    def test_a_reused_command_is_refused_and_names_its_entries(self, store: Store) -> None:
        """A used command id can't save other changes; the error has the entries saved before."""
        change = opened("PO-1", command_id="c")
        store.save(change)
        with pytest.raises(CommandReusedError) as caught:
            store.save(advanced(change.order, command_id="c"))
        assert (caught.value.command_id, caught.value.entries) == ("c", (change.entry,))
        assert store.get("PO-1") == change.order

    def test_an_open_retried_under_another_order_id_is_refused(self, store: Store) -> None:
        """A retry is refused if it opens the order under another order id."""
        store.save(opened("PO-1", command_id="c"))
        with pytest.raises(CommandReusedError):
            store.save(opened("PO-2", command_id="c"))
        assert list(store.load(["PO-1", "PO-2"])) == ["PO-1"]

    def test_an_undo_repeated_is_once(self, store: Store) -> None:
        """Repeating an undo under its command id undoes nothing more."""
        (order,) = at_the_lab(store, "PO-1")
        undo = undone(order, store.history("PO-1"), command_id="c")
        store.save(undo)
        store.save(undo)
        assert store.get("PO-1") == undo.order
        assert store.entries_of("c") == (undo.entry,)

    def test_a_part_of_a_command_is_another_command(self, store: Store) -> None:
        """A retry must have all changes of the first save, not only some."""
        changes = [opened(order_id, command_id="c") for order_id in ("PO-1", "PO-2")]
        store.save(*changes)
        with pytest.raises(CommandReusedError):
            store.save(changes[0])

    def test_a_command_whose_save_failed_is_free(self, store: Store) -> None:
        """The command id of a refused save may be used again."""
        order = opened("PO-1").order
        with pytest.raises(StaleOrdersError):
            store.save(amended(order, command_id="c"))
        store.save(opened("PO-1", command_id="c"))
        assert len(store.entries_of("c")) == 1

    def test_a_command_tells_what_it_did(self, store: Store) -> None:
        """`entries_of` returns the entries of a command in the sequence of its changes."""
        changes = [opened(order_id, command_id="c") for order_id in ("PO-2", "PO-1")]
        store.save(*changes)
        assert store.entries_of("c") == tuple(change.entry for change in changes)
        assert store.entries_of("d") == ()


def _renamed(history: History, number: int) -> list[Change]:
    """The same history under an order id and an order type that no other example has."""
    name = f"{history.order.id[:180]}-{number}"
    cycles = [evolve(cycle, order_type=f"suite-{number}") for cycle in history.cycles]
    entries: list[HistoryEntry] = []
    for entry in history.entries:
        given: dict[str, Any] = {"order_id": name}
        if isinstance(entry, OrderOpened):
            given["order_type"] = f"suite-{number}"
        entries.append(evolve(entry, **given))
    return [
        Change(ProductionOrder.replay(entries[: last + 1], cycles), entries[last])
        for last in range(len(entries))
    ]
