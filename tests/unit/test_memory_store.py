"""The store in memory: orders, histories, cycles and commands."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    Change,
    CommandReusedError,
    CreateTask,
    CycleConflictError,
    CycleNotFoundError,
    DuplicateOrderError,
    Entering,
    KeyReusedError,
    MemoryStore,
    OrderNotFoundError,
    OrderQuery,
    ProductionFlow,
    ProductionOrder,
    StaleCycleError,
    StaleOrdersError,
    Status,
    StatusCycle,
    Trigger,
    slug,
)
from prodflow.stores import Edit

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow(triggers=[Trigger("call", Entering(), CreateTask("Call"))])


class Autumn(tzinfo):
    """A zone whose clocks are an hour ahead of UTC, until they are put back."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """An hour, but none the second time that the hour comes."""
        return timedelta(hours=1 - (moment or AT).fold)

    def dst(self, _moment: datetime | None) -> None:
        """Nobody asks."""

    def tzname(self, _moment: datetime | None) -> None:
        """Nobody asks."""


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


def opened(cycle: StatusCycle, order_id: str = "PO-1", **more: Any) -> Change:  # noqa: ANN401
    """The opening of an order."""
    values: dict[str, Any] = {"ordered_on": nov(2), "by": "ann", "at": AT, **more}
    return FLOW.open(cycle, order_id=order_id, **values)


def advanced(order: ProductionOrder, **more: Any) -> Change:  # noqa: ANN401 - any override
    """The change of an order to its next status."""
    return FLOW.advance(order, today=nov(4), by="ann", at=AT, **more)


def contents(store: MemoryStore) -> tuple[object, ...]:
    """Everything that a store holds."""
    orders = store.find(OrderQuery())
    return (
        orders,
        [store.history(order.id) for order in orders],
        [(kind, store.versions(kind)) for kind in store.order_types()],
        store.pending(as_of=date.max),
    )


@pytest.fixture
def first(cycle: StatusCycle, store: MemoryStore) -> Change:
    """The opening of PO-1, saved."""
    change = opened(cycle)
    store.save(change)
    return change


# Orders and histories


def test_a_saved_order_can_be_read(store: MemoryStore, first: Change) -> None:
    """`get` returns a saved order."""
    assert first.order == store.get("PO-1")


def test_an_order_not_saved_is_not_found(store: MemoryStore) -> None:
    """The error about an unknown order has its id."""
    with pytest.raises(OrderNotFoundError) as caught:
        store.get("PO-1")
    assert caught.value.order_id == "PO-1"


def test_many_orders_are_read_at_once(store: MemoryStore, cycle: StatusCycle) -> None:
    """`load` returns orders by id; unknown ids are left out."""
    one, two, three = (opened(cycle, order_id) for order_id in ("1", "2", "3"))
    store.save(one, two, three)
    assert {"3": three.order, "1": one.order} == store.load(iter(["3", "4", "1"]))


def test_the_history_is_what_was_saved(store: MemoryStore, first: Change) -> None:
    """`history` returns every entry of an order, by sequence number."""
    second = advanced(first.order)
    store.save(second)
    assert (first.entry, second.entry) == tuple(store.history("PO-1"))


@pytest.mark.parametrize(
    ("page", "sequences"),
    [
        ({}, [1, 2, 3, 4]),
        ({"after": 0}, [1, 2, 3, 4]),
        ({"after": 2}, [3, 4]),
        ({"after": 4}, []),
        ({"after": 9}, []),
        ({"limit": 1}, [1]),
        ({"after": 1, "limit": 2}, [2, 3]),
        ({"after": 3, "limit": 9}, [4]),
        ({"limit": None}, [1, 2, 3, 4]),
    ],
)
def test_a_history_is_read_in_pages(
    store: MemoryStore, first: Change, page: dict[str, Any], sequences: list[int]
) -> None:
    """`after` and `limit` choose a page of a history."""
    second = advanced(first.order)
    third = advanced(second.order)
    store.save(second, third, advanced(third.order))
    assert sequences == [entry.sequence for entry in store.history("PO-1", **page)]


def test_an_order_not_saved_has_no_history(store: MemoryStore) -> None:
    """An order that was never saved has no history."""
    with pytest.raises(OrderNotFoundError) as caught:
        store.history("PO-1")
    assert caught.value.order_id == "PO-1"


def test_every_instant_is_kept_with_its_offset(store: MemoryStore, cycle: StatusCycle) -> None:
    """An instant keeps the offset of its zone, not the zone, whichever verb made the change."""
    at = datetime(2026, 10, 25, 1, 30, tzinfo=Autumn(), fold=1)
    first = FLOW.open(cycle, order_id="PO-1", ordered_on=nov(2), by="ann", at=at)
    second = FLOW.advance(first.order, today=nov(4), by="ann", at=at)
    store.save(first, second)
    assert [entry.at.tzinfo for entry in store.history("PO-1")] == [UTC, UTC]


def test_saving_nothing_does_nothing(store: MemoryStore, first: Change) -> None:
    """A save without changes changes nothing."""
    before = contents(store)
    store.save()
    assert (before, first.order) == (contents(store), store.get("PO-1"))


def test_one_save_may_hold_consecutive_changes(store: MemoryStore, cycle: StatusCycle) -> None:
    """One save may open an order and advance it, next to other orders."""
    opening = opened(cycle)
    second = advanced(opening.order)
    other = opened(cycle, "PO-2")
    store.save(opening, other, second)
    expected = [(opening.entry, second.entry), (other.entry,)]
    assert expected == [tuple(store.history("PO-1")), tuple(store.history("PO-2"))]


# Decision D36b: whole histories


def test_histories_are_as_they_were_when_you_asked(store: MemoryStore, first: Change) -> None:
    """What is saved while you read changes neither the orders nor the entries that you get."""
    reading = store.histories(OrderQuery())
    store.save(advanced(first.order))
    assert list(reading) == [(first.order, (first.entry,))]
    assert [len(entries) for _, entries in store.histories(OrderQuery())] == [2]


def test_a_wrong_query_is_refused_at_once(store: MemoryStore) -> None:
    """`histories` checks its argument when it is called, not when the first order is read."""
    wrong: Any = "PO-1"
    with pytest.raises(TypeError, match="query must be"):
        store.histories(wrong)


# Decision D21: stale changes


def test_what_was_decided_on_an_older_version_is_refused(store: MemoryStore, first: Change) -> None:
    """A change of an older version is refused with both versions."""
    store.save(advanced(first.order))
    with pytest.raises(StaleOrdersError) as caught:
        store.save(advanced(first.order, to="hold"))
    assert caught.value.conflicts == {"PO-1": (1, 2)}


def test_every_stale_order_is_named(store: MemoryStore, cycle: StatusCycle) -> None:
    """The error names the orders that are stale, unknown or ahead, and no others."""
    one, two, three, four = (opened(cycle, order_id) for order_id in ("1", "2", "3", "4"))
    store.save(one, two, three)
    store.save(advanced(two.order))
    ahead = advanced(advanced(three.order).order)
    with pytest.raises(StaleOrdersError) as caught:
        store.save(advanced(one.order), advanced(two.order), ahead, advanced(four.order))
    assert caught.value.conflicts == {"2": (1, 2), "3": (2, 1), "4": (1, 0)}


def test_a_change_of_an_order_not_stored_says_what_to_do(
    store: MemoryStore, first: Change, cycle: StatusCycle
) -> None:
    """The error tells an order that is not stored from one that has changed since."""
    store.save(advanced(first.order))
    with pytest.raises(StaleOrdersError) as caught:
        store.save(advanced(first.order), advanced(opened(cycle, "PO-2").order))
    assert str(caught.value) == (
        "order 'PO-1' is at version 2, not 1: reload it and repeat the change; "
        "order 'PO-2' isn't stored: save its opening first, or drop the change if it was erased"
    )


def test_an_id_that_is_taken_is_refused(store: MemoryStore, first: Change) -> None:
    """An order cannot be opened under an id that is taken."""
    store.save(advanced(first.order))
    with pytest.raises(DuplicateOrderError) as caught:
        store.save(first)
    assert caught.value.conflicts == {"PO-1": (0, 2)}


def test_an_opening_beside_a_stale_change_is_stale(
    store: MemoryStore, cycle: StatusCycle, first: Change
) -> None:
    """If not every refused change opens an order, the error is StaleOrdersError."""
    with pytest.raises(StaleOrdersError) as caught:
        store.save(first, advanced(opened(cycle, "PO-2").order))
    expected = (StaleOrdersError, {"PO-1": (0, 1), "PO-2": (1, 0)})
    assert expected == (type(caught.value), caught.value.conflicts)


def test_one_sequence_twice_in_a_save_is_refused(store: MemoryStore, first: Change) -> None:
    """Two changes of the same version are refused, in one save too."""
    with pytest.raises(StaleOrdersError) as caught:
        store.save(advanced(first.order), advanced(first.order, to="hold"))
    assert caught.value.conflicts == {"PO-1": (1, 2)}


def test_one_opening_twice_in_a_save_is_refused(store: MemoryStore, cycle: StatusCycle) -> None:
    """One save cannot open an order twice."""
    with pytest.raises(DuplicateOrderError) as caught:
        store.save(opened(cycle), opened(cycle))
    assert caught.value.conflicts == {"PO-1": (0, 1)}


def test_changes_in_the_wrong_order_are_refused(store: MemoryStore, first: Change) -> None:
    """The changes of one order must come in their sequence."""
    second = advanced(first.order)
    with pytest.raises(StaleOrdersError) as caught:
        store.save(advanced(second.order), second)
    assert caught.value.conflicts == {"PO-1": (2, 1)}


# All or nothing


def test_a_stale_save_changes_nothing(
    store: MemoryStore, cycle: StatusCycle, first: Change
) -> None:
    """A refused save leaves orders, histories, cycles and events as they were."""
    before = contents(store)
    albums = StatusCycle("albums", cycle.statuses)
    with pytest.raises(StaleOrdersError):
        store.save(advanced(first.order), opened(albums, "PO-2"), first)
    assert before == contents(store)


def test_a_save_with_other_content_of_a_cycle_changes_nothing(
    store: MemoryStore, cycle: StatusCycle, first: Change
) -> None:
    """A save with other content for a saved version is refused as a whole."""
    before = contents(store)
    other = StatusCycle("prints", cycle.statuses, description="Prints")
    with pytest.raises(CycleConflictError) as caught:
        store.save(advanced(first.order), opened(other, "PO-2"))
    expected = ("prints", 1, before)
    assert expected == (caught.value.order_type, caught.value.version, contents(store))


def test_a_save_with_two_contents_of_a_version_changes_nothing(
    store: MemoryStore, cycle: StatusCycle
) -> None:
    """A save with two contents for one version is refused as a whole."""
    other = StatusCycle("prints", cycle.statuses, description="Prints")
    with pytest.raises(CycleConflictError):
        store.save(opened(cycle), opened(other, "PO-2"))
    assert contents(store) == ([], [], [], [])


# Decision D22: commands


def test_a_command_repeated_does_nothing_twice(store: MemoryStore, cycle: StatusCycle) -> None:
    """A repeated save under the same command id changes nothing."""
    change = opened(cycle, command_id="c-1")
    store.save(change)
    before = contents(store)
    store.save(change)
    assert before == contents(store)


@pytest.mark.parametrize("other", [{"at": AT + timedelta(hours=1)}, {"recorded_by": "bob"}])
def test_a_command_may_be_repeated_later(
    store: MemoryStore, cycle: StatusCycle, other: dict[str, Any]
) -> None:
    """A retry may have another instant and another logged-in user."""
    store.save(opened(cycle, command_id="c-1"))
    before = contents(store)
    store.save(opened(cycle, command_id="c-1", **other))
    assert before == contents(store)


@pytest.mark.parametrize(
    "other", [{"note": "rush"}, {"order_id": "PO-2"}, {"vendor": "Acme"}, {"by": "bob"}]
)
def test_a_command_id_is_not_used_for_something_else(
    store: MemoryStore, cycle: StatusCycle, other: dict[str, Any]
) -> None:
    """Other changes under a used command id are refused; the error has the saved entries."""
    change = opened(cycle, command_id="c-1")
    store.save(change)
    with pytest.raises(CommandReusedError) as caught:
        store.save(opened(cycle, command_id="c-1", **other))
    expected = ("c-1", (change.entry,))
    assert expected == (caught.value.command_id, caught.value.entries)


@pytest.mark.parametrize("indexes", [[0], [1], [1, 0], [0, 1, 2]])
def test_a_command_is_repeated_as_a_whole(
    store: MemoryStore, cycle: StatusCycle, indexes: list[int]
) -> None:
    """A retry must have the same changes in the same order."""
    changes = [opened(cycle, order_id, command_id="c-1") for order_id in ("1", "2", "3")]
    store.save(*changes[:2])
    with pytest.raises(CommandReusedError) as caught:
        store.save(*(changes[index] for index in indexes))
    assert caught.value.entries == tuple(change.entry for change in changes[:2])


def test_commands_are_looked_at_before_staleness(store: MemoryStore, first: Change) -> None:
    """A retry succeeds even if the order has changed since."""
    change = advanced(first.order, command_id="c-1")
    store.save(change)
    store.save(advanced(change.order))
    before = contents(store)
    store.save(change)
    assert before == contents(store)


def test_a_used_id_is_refused_before_staleness(store: MemoryStore, first: Change) -> None:
    """A stale change under a used command id is refused because of the id."""
    store.save(advanced(first.order, command_id="c-1"))
    with pytest.raises(CommandReusedError):
        store.save(advanced(first.order, command_id="c-1", to="hold"))


def test_an_id_whose_save_failed_is_free(store: MemoryStore, first: Change) -> None:
    """The command id of a refused save may be used again."""
    with pytest.raises(DuplicateOrderError):
        store.save(Change(first.order, evolve(first.entry, command_id="c-1")))
    change = advanced(first.order, command_id="c-1")
    store.save(change)
    assert (change.entry,) == store.entries_of("c-1")


def test_what_a_command_did_can_be_read(store: MemoryStore, cycle: StatusCycle) -> None:
    """`entries_of` returns the entries of a save in their order."""
    two, one = opened(cycle, "2", command_id="c-1"), opened(cycle, "1", command_id="c-1")
    store.save(two, one)
    assert (two.entry, one.entry) == store.entries_of("c-1")


def test_a_command_that_did_nothing_has_no_entries(store: MemoryStore, first: Change) -> None:
    """A command id that was never used has no entries."""
    assert (store.entries_of("c-1"), first.entry.command_id) == ((), None)


@pytest.mark.parametrize("ids", [("c-1", "c-2"), ("c-1", None)])
def test_a_save_is_of_one_command(
    store: MemoryStore, cycle: StatusCycle, ids: tuple[str, str | None]
) -> None:
    """The changes of a save must share one command id or have none."""
    changes = [opened(cycle, command_id=ids[0]), opened(cycle, "PO-2", command_id=ids[1])]
    with pytest.raises(ValueError, match="command_id"):
        store.save(*changes)


def test_saves_without_a_command_are_not_compared(store: MemoryStore, first: Change) -> None:
    """Without a command id, a repeated save is refused."""
    with pytest.raises(DuplicateOrderError):
        store.save(first)


# Cycles


def test_saving_an_order_keeps_its_cycle(store: MemoryStore, first: Change) -> None:
    """A save includes the cycle of the order."""
    assert first.order.cycle == store.get_cycle("prints", 1)


def test_saving_a_migration_keeps_the_new_version(
    store: MemoryStore, cycle: StatusCycle, first: Change
) -> None:
    """A migration saves the new version; the old one stays."""
    newer = cycle.replace("hold", description="Paused")
    store.save(FLOW.migrate(first.order, newer, by="ann", at=AT))
    assert store.versions("prints") == (1, 2)


def test_the_newest_version_is_given_by_default(store: MemoryStore, cycle: StatusCycle) -> None:
    """`get_cycle` returns the newest version by default."""
    newer = cycle.replace("hold", description="Paused")
    store.put_cycle(cycle, replaces=None)
    store.put_cycle(newer, replaces=1)
    assert [newer, cycle] == [store.get_cycle("prints"), store.get_cycle("prints", 1)]


@pytest.mark.parametrize(
    ("order_type", "version"), [("albums", None), ("albums", 1), ("prints", 2)]
)
def test_a_cycle_not_kept_is_not_found(
    store: MemoryStore, cycle: StatusCycle, order_type: str, version: int | None
) -> None:
    """A cycle or version that was never saved is not found."""
    store.put_cycle(cycle, replaces=None)
    with pytest.raises(CycleNotFoundError) as caught:
        store.get_cycle(order_type, version)
    expected = (order_type, version)
    assert expected == (caught.value.order_type, caught.value.version)


def test_the_newest_versions_are_what_a_page_shows(store: MemoryStore, cycle: StatusCycle) -> None:
    """`newest` returns the newest version of each type, by order type."""
    newer = cycle.replace("hold", description="Paused")
    store.put_cycle(cycle, replaces=None)
    store.put_cycle(newer, replaces=1)
    albums = StatusCycle("albums", cycle.statuses)
    store.save(opened(albums))
    assert store.newest() == (albums, newer)
    assert store.order_types() == ("albums", "prints")


def test_an_unknown_type_has_no_versions(store: MemoryStore) -> None:
    """An unknown order type has no versions, edits or keys."""
    known = (store.versions("prints"), store.edits("prints"), store.keys("prints"))
    assert known == ((), (), ())
    assert (store.newest(), store.order_types()) == ((), ())


# Decision D5a: two people edit one list


def test_of_two_edits_of_one_version_one_is_kept(store: MemoryStore, cycle: StatusCycle) -> None:
    """Ann and Ben edit version 1: Ben is told that Ann was first, loads hers and edits it."""
    anns = cycle.replace("hold", description="Paused")
    bens = cycle.replace("qa", description="Check")
    store.put_cycle(cycle, replaces=None, by="ann", at=AT)
    store.put_cycle(anns, replaces=1, by="ann", at=AT)
    with pytest.raises(StaleCycleError) as caught:
        store.put_cycle(bens, replaces=1, by="ben", at=AT)
    assert caught.value == StaleCycleError("prints", 1, 2)
    store.put_cycle(anns, replaces=1, by="ann", at=AT)  # her browser sends it twice
    both = store.get_cycle("prints").replace("qa", description="Check")
    store.put_cycle(both, replaces=2, by="ben", at=AT)
    assert store.edits("prints") == (
        Edit(1, None, "ann", AT),
        Edit(2, 1, "ann", AT),
        Edit(3, 2, "ben", AT),
    )


def test_a_deleted_key_names_no_other_status(store: MemoryStore, cycle: StatusCycle) -> None:
    """A deleted key may come back for the same status, not for another one."""
    store.put_cycle(cycle, replaces=None)
    store.put_cycle(cycle.remove("proof"), replaces=1)
    without = store.get_cycle("prints")
    with pytest.raises(KeyReusedError) as caught:
        store.put_cycle(without.add(Status("proof", "Proofreading")), replaces=2)
    assert (caught.value.order_type, caught.value.keys) == ("prints", ("proof",))
    assert slug("Proof", taken=store.keys("prints")) == "proof-2"
    store.put_cycle(without.add(Status("proof", "Proof")), replaces=2)
    assert store.versions("prints") == (1, 2, 3)


def test_a_save_brings_no_version_that_was_not_put(
    store: MemoryStore, cycle: StatusCycle, first: Change
) -> None:
    """Once an edit was put, a save may bring versions up to it, and is refused as a whole above."""
    store.put_cycle(evolve(cycle, version=3, description="Prints"), replaces=1)
    store.save(opened(evolve(cycle, version=2), "PO-2"))
    before = contents(store)
    with pytest.raises(StaleCycleError) as caught:
        store.save(advanced(first.order), opened(evolve(cycle, version=4), "PO-3"))
    assert (caught.value, contents(store)) == (StaleCycleError("prints", 4, 3), before)


# Arguments


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda store: store.get(7), TypeError),
        (lambda store: store.load("PO-1"), TypeError),
        (lambda store: store.load([7]), TypeError),
        (lambda store: store.save("PO-1"), TypeError),
        (lambda store: store.history(7), TypeError),
        (lambda store: store.history("PO-1", after=-1), ValueError),
        (lambda store: store.history("PO-1", after=True), TypeError),
        (lambda store: store.history("PO-1", after=None), TypeError),
        (lambda store: store.history("PO-1", limit=0), ValueError),
        (lambda store: store.history("PO-1", limit=True), TypeError),
        (lambda store: store.entries_of(7), TypeError),
        (lambda store: store.find("PO-1"), TypeError),
        (lambda store: store.count("PO-1"), TypeError),
        (lambda store: store.count(OrderQuery(), by="colour"), ValueError),
        (lambda store: store.get_cycle(7), TypeError),
        (lambda store: store.get_cycle("prints", 0), ValueError),
        (lambda store: store.get_cycle("prints", True), TypeError),  # noqa: FBT003 - the bad value
        (lambda store: store.put_cycle("prints", replaces=None), TypeError),
        (lambda store: store.put_cycle(store.get_cycle("prints"), replaces="1"), TypeError),
        (lambda store: store.put_cycle(store.get_cycle("prints"), replaces=0), ValueError),
        (lambda store: store.put_cycle(store.get_cycle("prints"), replaces=1, by=""), ValueError),
        (
            lambda store: store.put_cycle(
                store.get_cycle("prints"), replaces=1, at=AT.replace(tzinfo=None)
            ),
            ValueError,
        ),
        (lambda store: store.versions(7), TypeError),
        (lambda store: store.edits(7), TypeError),
        (lambda store: store.keys(7), TypeError),
    ],
)
def test_a_store_refuses_bad_arguments(
    store: MemoryStore,
    first: Change,
    call: Callable[[MemoryStore], object],
    error: type[Exception],
) -> None:
    """Every call refuses bad arguments and changes nothing."""
    with pytest.raises(error, match="must"):
        call(store)
    assert first.order == store.get("PO-1")


class _Counting(dict[str, ProductionOrder]):
    """Orders that count how often somebody goes through them all."""

    walks = 0

    def __iter__(self) -> Iterator[str]:
        self.walks += 1
        return super().__iter__()


def test_a_save_goes_through_no_other_orders(store: MemoryStore, first: Change) -> None:
    """A save takes as long in a store of many orders as in a small one."""
    orders = vars(store)["_orders"] = _Counting(vars(store)["_orders"])
    store.save(advanced(first.order))
    store.save(opened(first.order.cycle, "PO-2"))
    assert (orders.walks, len(orders)) == (0, 2)


# Threads


def test_threads_may_share_a_store(store: MemoryStore, cycle: StatusCycle) -> None:
    """Threads may save at the same time."""
    changes = [opened(cycle, f"PO-{number}") for number in range(200)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(store.save, changes))
    assert {change.order.id: change.order for change in changes} == store.load(
        change.order.id for change in changes
    )


def _saved(store: MemoryStore, change: Change) -> bool:
    try:
        store.save(change)
    except StaleOrdersError:
        return False
    return True


def test_of_several_threads_one_moves_an_order(store: MemoryStore, first: Change) -> None:
    """If threads save changes of the same version, one succeeds."""
    change = advanced(first.order)
    with ThreadPoolExecutor(8) as threads:
        saved = list(threads.map(lambda _: _saved(store, change), range(50)))
    assert sum(saved) == 1


@pytest.mark.parametrize("name", ["edits", "keys", "versions"])
def test_what_is_looked_up_is_named(store: MemoryStore, name: str) -> None:
    """The message names the argument."""
    with pytest.raises(TypeError, match=r"^order_type must be a str"):
        getattr(store, name)(7)


def test_the_memory_store_has_no_clock() -> None:
    """A store in memory reads no clock, so it must be given the instant."""
    store = MemoryStore()
    nothing: Any = None
    with pytest.raises(TypeError, match="now"):
        store.claim(as_of=date.max, now=nothing, lease=timedelta(minutes=1))
    with pytest.raises(TypeError, match="now"):
        store.extend(now=nothing, lease=timedelta(minutes=1))
