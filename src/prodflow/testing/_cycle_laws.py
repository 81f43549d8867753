"""The laws of a store about the versions of cycles, and about two people who edit one cycle."""

from datetime import datetime, timedelta, timezone

import pytest
from attrs import evolve

from prodflow import (
    CycleConflictError,
    CycleNotFoundError,
    KeyReusedError,
    OrderQuery,
    StaleCycleError,
    Status,
    StatusCycle,
)
from prodflow.stores import Edit
from prodflow.testing._studio import CYCLE, NOON, Store, advanced, items, migrated, opened

HOLD = CYCLE["hold"]
SECOND = CYCLE.replace("lab", description="In the lab")
BARE = CYCLE.remove("hold")


def put(store: Store, *versions: StatusCycle) -> None:
    """Save versions of a cycle with `put_cycle`, each as an edit of the previous version."""
    replaces = None
    for cycle in versions:
        store.put_cycle(cycle, replaces=replaces)
        replaces = cycle.version


def again(cycle: StatusCycle, status: Status) -> StatusCycle:
    """The next version of a cycle, with one more status."""
    return cycle.add(status, 1)


class CycleLaws:
    """A store keeps every version of every cycle (decision D5)."""

    def test_a_cycle_comes_back_by_its_version(self, store: Store) -> None:
        """`get_cycle` returns the version that you name, or the newest if you name none."""
        put(store, CYCLE, SECOND)
        assert store.get_cycle("suite", 1) == CYCLE
        assert store.get_cycle("suite") == SECOND
        assert (store.versions("suite"), store.order_types()) == ((1, 2), ("suite",))

    def test_an_unknown_cycle_is_not_found(self, store: Store) -> None:
        """A cycle or version that was never saved is not found."""
        with pytest.raises(CycleNotFoundError) as of_type:
            store.get_cycle("suite")
        put(store, CYCLE)
        with pytest.raises(CycleNotFoundError) as of_version:
            store.get_cycle("suite", 2)
        assert (of_type.value.version, of_version.value.version) == (None, 2)
        assert (store.versions("other"), store.keys("other"), store.edits("other")) == ((), (), ())

    def test_the_newest_of_each_type_is_given(self, store: Store) -> None:
        """`newest` returns the newest version of each type, sorted by type.

        The newest version may come from `put_cycle` or from a saved order.
        """
        assert store.newest() == ()
        books = evolve(CYCLE, order_type="books")
        put(store, evolve(CYCLE, order_type="signs"), evolve(SECOND, order_type="signs"))
        store.save(opened("PO-1", cycle=evolve(books, version=3)))
        store.save(opened("PO-2", cycle=books))
        newest = [(cycle.order_type, cycle.version) for cycle in store.newest()]
        assert newest == [("books", 3), ("signs", 2)]

    def test_every_key_is_remembered(self, store: Store) -> None:
        """`keys` returns the sorted status keys of all stored versions."""
        brought = evolve(again(CYCLE, Status("extra", "Extra")), version=1)
        store.save(opened("PO-1", cycle=brought))
        replaced = evolve(BARE, version=2)
        store.put_cycle(replaced, replaces=1)
        keys = {status.key for status in (*CYCLE, *replaced)} | {"extra"}
        assert store.keys("suite") == tuple(sorted(keys))

    def test_saving_keeps_the_cycle_of_an_order(self, store: Store) -> None:
        """Saving an order also saves its cycle."""
        store.save(opened("PO-1"))
        assert store.get_cycle("suite") == CYCLE

    def test_saving_keeps_the_version_that_an_order_moves_to(self, store: Store) -> None:
        """Saving a migration also saves the new cycle version; the old version stays."""
        first = opened("PO-1")
        store.save(first, migrated(first.order, SECOND))
        assert store.get("PO-1").cycle == SECOND
        assert store.versions("suite") == (1, 2)

    def test_a_save_with_another_cycle_content_saves_nothing(self, store: Store) -> None:
        """An order isn't saved if the store has other content for the order's cycle version."""
        put(store, evolve(CYCLE, description="Another"))
        with pytest.raises(CycleConflictError) as caught:
            store.save(opened("PO-1"))
        assert (caught.value.order_type, caught.value.version) == ("suite", 1)
        assert store.load(["PO-1"]) == {}

    def test_until_an_edit_a_save_brings_any_version(self, store: Store) -> None:
        """Before the first `put_cycle`, a saved order may come with any version of its cycle."""
        for number, version in enumerate((3, 2, 4)):
            store.save(opened(f"PO-{number}", cycle=evolve(CYCLE, version=version)))
        assert (store.versions("suite"), store.edits("suite")) == ((2, 3, 4), ())

    def test_after_an_edit_a_save_brings_no_higher_version(self, store: Store) -> None:
        """A save with a version higher than that of the newest edit is refused as a whole."""
        put(store, SECOND)
        change = opened("PO-1")
        store.save(change)
        higher = [migrated(change.order, evolve(CYCLE, version=version)) for version in (2, 3)]
        with pytest.raises(CycleConflictError):
            store.save(higher[0])
        with pytest.raises(StaleCycleError) as caught:
            store.save(opened("PO-2"), higher[1])
        assert caught.value == StaleCycleError("suite", 3, 2)
        assert store.load(["PO-1", "PO-2"]) == {"PO-1": change.order}
        assert store.versions("suite") == (1, 2)
        with pytest.raises(CycleNotFoundError):
            store.get_cycle("suite", 3)

    def test_an_edit_of_one_type_binds_no_other(self, store: Store) -> None:
        """After an edit of one type, a save may still bring any version of another type."""
        put(store, CYCLE)
        store.save(opened("PO-1", cycle=evolve(SECOND, order_type="books")))
        assert store.versions("books") == (2,)


class EditLaws:
    """If a version of a cycle is edited twice, only the first edit is saved (decision D5a)."""

    def test_an_edit_says_who_made_it_and_when(self, store: Store) -> None:
        """`edits` returns every edit, with its author and its instant if they were given."""
        at = datetime(2026, 11, 16, 9, tzinfo=timezone(timedelta(hours=5, minutes=45)))
        store.put_cycle(CYCLE, replaces=None, by="Zoë", at=at)
        store.put_cycle(SECOND, replaces=1)
        first, second = store.edits("suite")
        assert (first, second) == (Edit(1, None, "Zoë", at), Edit(2, 1, None, None))
        assert first.at is not None
        assert first.at.utcoffset() == at.utcoffset()

    def test_of_two_edits_the_first_is_kept(self, store: Store) -> None:
        """The second of two edits of one version is refused, even with a higher version number."""
        put(store, CYCLE, SECOND)
        for version in (2, 3):
            other = evolve(CYCLE, description="Another", version=version)
            with pytest.raises(StaleCycleError) as caught:
                store.put_cycle(other, replaces=1)
            assert caught.value == StaleCycleError("suite", 1, 2)
        assert store.newest() == (SECOND,)
        assert store.versions("suite") == (1, 2)

    def test_the_version_replaced_is_the_newest(self, store: Store) -> None:
        """`replaces` must be None for a new cycle, and the newest version for an edit.

        The newest version counts even if it came with an order.
        """
        with pytest.raises(StaleCycleError) as of_none:
            store.put_cycle(CYCLE, replaces=1)
        store.save(opened("PO-1"))
        with pytest.raises(StaleCycleError) as of_new:
            store.put_cycle(SECOND, replaces=None)
        assert of_none.value == StaleCycleError("suite", 1, None)
        assert of_new.value == StaleCycleError("suite", None, 1)
        store.put_cycle(SECOND, replaces=1)
        assert [edit.version for edit in store.edits("suite")] == [2]

    def test_the_same_edit_again_is_nothing_new(self, store: Store) -> None:
        """Calling `put_cycle` with a stored version changes nothing, whatever `replaces` is."""
        store.put_cycle(CYCLE, replaces=None, by="Ann")
        store.put_cycle(SECOND, replaces=1, by="Ben")
        before = store.edits("suite")
        store.put_cycle(CYCLE, replaces=None, by="Eve")
        store.put_cycle(SECOND, replaces=1, by="Eve")
        store.put_cycle(SECOND, replaces=7, by="Eve", at=NOON)
        assert (store.edits("suite"), store.newest()) == (before, (SECOND,))

    def test_a_version_that_an_order_brought_is_no_edit(self, store: Store) -> None:
        """`put_cycle` with a version that came with an order isn't an edit.

        Only an edit forbids higher versions, so a later order may still bring a higher version.
        """
        store.save(opened("PO-1"))
        put(store, CYCLE)
        assert store.edits("suite") == ()
        store.save(opened("PO-2", cycle=SECOND))
        assert store.versions("suite") == (1, 2)

    def test_an_edit_has_a_higher_version(self, store: Store) -> None:
        """The version of an edit is higher than the newest version, and may skip numbers."""
        put(store, evolve(CYCLE, version=5))
        for version in (3, 5):
            with pytest.raises(ValueError):  # noqa: PT011 - stores word it as they like
                store.put_cycle(evolve(SECOND, version=version), replaces=5)
        assert store.versions("suite") == (5,)
        store.put_cycle(evolve(SECOND, version=9), replaces=5)
        assert store.versions("suite") == (5, 9)

    def test_a_stale_edit_is_refused_for_that_first(self, store: Store) -> None:
        """A store checks first whether an edit is stale, then its version, then its keys."""
        put(store, CYCLE, BARE)
        reused = again(BARE, Status("hold", "Holding", non_standard=True))
        with pytest.raises(StaleCycleError):
            store.put_cycle(evolve(reused, version=1), replaces=1)
        with pytest.raises(StaleCycleError):
            store.put_cycle(reused, replaces=1)
        with pytest.raises(ValueError):  # noqa: PT011 - stores word it as they like
            store.put_cycle(evolve(reused, version=2), replaces=2)

    def test_a_key_is_not_used_for_another_status(self, store: Store) -> None:
        """A deleted key can't be used for another status, even many versions later."""
        without = BARE.remove("check")
        put(store, CYCLE, BARE, without)
        early = again(without, Status("hold", "Holding", non_standard=True))
        both = again(early, Status("check", "Checking"))
        for edited, keys in ((early, ["hold"]), (both, ["check", "hold"])):
            with pytest.raises(KeyReusedError) as caught:
                store.put_cycle(edited, replaces=without.version)
            assert (caught.value.order_type, sorted(caught.value.keys)) == ("suite", keys)
        assert store.newest() == (without,)

    def test_the_key_of_an_order_is_not_used_either(self, store: Store) -> None:
        """A key counts as used even if it came only with an order."""
        store.save(opened("PO-1"))
        store.put_cycle(BARE, replaces=1)
        with pytest.raises(KeyReusedError):
            store.put_cycle(again(BARE, Status("hold", "Holding")), replaces=BARE.version)

    def test_a_deleted_status_may_come_back(self, store: Store) -> None:
        """A deleted key may be used again with its last description, but not an earlier one."""
        renamed = CYCLE.replace("hold", description="Paused")
        deleted = renamed.remove("hold")
        put(store, CYCLE, renamed, deleted)
        with pytest.raises(KeyReusedError):
            store.put_cycle(again(deleted, HOLD), replaces=deleted.version)
        back = again(deleted, evolve(HOLD, description="Paused", pauses=False))
        store.put_cycle(back, replaces=deleted.version)
        assert store.newest() == (back,)

    def test_a_description_may_be_edited(self, store: Store) -> None:
        """An edit may give any description to a key that is also in the previous version."""
        back = CYCLE.replace("hold", description="Waiting").replace("hold", description="On hold")
        put(store, CYCLE, CYCLE.replace("hold", description="Waiting"), back)
        assert store.newest() == (back,)


class ReadingLaws:
    """Queries and reports use the newest version of a cycle (decision D5)."""

    def test_a_stage_is_that_of_the_newest_version(self, store: Store) -> None:
        """After an edit, orders are found by the new stage of their status, not by the old one."""
        put(store, CYCLE)
        store.save(opened("PO-1", status="check"), opened("PO-2", status="lab"))
        assert stages(store) == {"Finishing": ["PO-1"], "Lab": [], None: ["PO-2"]}
        edited = CYCLE.replace("check", workflow_stage=None).replace("lab", workflow_stage="Lab")
        store.put_cycle(edited, replaces=1)
        assert stages(store) == {"Finishing": [], "Lab": ["PO-2"], None: ["PO-1"]}
        assert store.get("PO-1").status == CYCLE["check"]

    def test_a_version_that_an_order_brought_is_read_too(self, store: Store) -> None:
        """Workflow stages come from the newest version, even if it came with an order."""
        edited = CYCLE.replace("check", workflow_stage="Lab")
        store.save(opened("PO-1", status="check"))
        store.save(opened("PO-2", cycle=edited, status="check"))
        assert stages(store) == {"Finishing": [], "Lab": ["PO-1", "PO-2"], None: []}
        store.save(opened("PO-3", cycle=evolve(edited, version=7), status="check"))
        assert stages(store)["Lab"] == ["PO-1", "PO-2", "PO-3"]

    def test_a_stage_of_a_status_that_is_gone_is_that_of_the_order(self, store: Store) -> None:
        """If the newest version lacks an order's status, the order's version gives the stage."""
        staged = CYCLE.replace("check", workflow_stage="Lab")
        gone = staged.remove("check")
        first, second = opened("PO-1", status="check"), opened("PO-2", status="check")
        put(store, CYCLE, staged, gone)
        store.save(first, second, migrated(second.order, staged))
        assert stages(store) == {"Finishing": ["PO-1"], "Lab": ["PO-2"], None: []}

    def test_a_stage_is_that_of_the_same_type(self, store: Store) -> None:
        """The same status key may have different stages in two order types."""
        books = evolve(CYCLE, order_type="books").replace("check", workflow_stage="Lab")
        store.save(opened("PO-1", status="check"), opened("PO-2", cycle=books, status="check"))
        assert stages(store) == {"Finishing": ["PO-1"], "Lab": ["PO-2"], None: []}
        both = OrderQuery(workflow_stage="Lab", order_type="suite")
        assert store.find(both) == []

    def test_a_stage_is_one_condition_of_several(self, store: Store) -> None:
        """A query by stage filters, sorts and pages like any other query."""
        first, second = opened("PO-1", status="check"), opened("PO-2", status="check")
        done = advanced(second.order)
        store.save(first, second, done, opened("PO-3", status="check", vendor="V"))
        query = OrderQuery(workflow_stage="Finishing", is_open=True, limit=1)
        (page,) = store.find(query)
        (rest,) = store.find(evolve(query, after=page))
        assert (page.id, rest.id) == ("PO-1", "PO-3")
        assert store.find(evolve(query, vendor="V", limit=None)) == [rest]

    def test_a_new_name_moves_no_order(self, store: Store) -> None:
        """An edit changes neither orders nor events."""
        put(store, CYCLE)
        first = opened("PO-1")
        store.save(first, advanced(first.order))
        before = store.get("PO-1"), items(store)
        store.put_cycle(CYCLE.replace("lab", description="In the lab"), replaces=1)
        assert (store.get("PO-1"), items(store)) == before


def stages(store: Store) -> dict[str | None, list[str]]:
    """The ids of the orders in each stage, sorted; the store must count as many."""
    found = {
        stage: sorted(order.id for order in store.find(OrderQuery(workflow_stage=stage)))
        for stage in ("Finishing", "Lab", None)
    }
    expected = {stage: len(ids) for stage, ids in found.items() if stage and ids}
    assert store.count(OrderQuery(), by="workflow_stage") == expected
    return found
