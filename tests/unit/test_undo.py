"""Undo takes back the last entry that still counts: decision D34."""

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    BulkRefusedError,
    Change,
    ChangeRefusedError,
    ChangeRules,
    ChangeUndone,
    CreateTask,
    CycleNotFoundError,
    Entering,
    Held,
    HistoryEntry,
    Leaving,
    MixedOrderTypesError,
    Move,
    NothingToUndoError,
    Opening,
    OrderMovedError,
    ProductionFlow,
    ProductionOrder,
    StatusChanged,
    StatusCycle,
    Trigger,
    effective,
)
from prodflow._trigger_values import When

AT: Final = datetime(2026, 11, 30, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow()
WHO: Final[dict[str, Any]] = {"by": "ann", "at": AT}

History = list[Change]
"""The changes of one order, the opening first."""


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


def placed(cycle: StatusCycle, **more: Any) -> History:  # noqa: ANN401 - keywords of open
    """PO-1, placed on Monday 2 November."""
    return [FLOW.open(cycle, **{"order_id": "PO-1", "ordered_on": nov(2), **WHO, **more})]


def moved(history: History, day: int, to: str | None = None, **more: Any) -> History:  # noqa: ANN401 - keywords of advance
    """The history with a status change on a day of November."""
    order = history[-1].order
    return [*history, FLOW.advance(order, today=nov(day), to=to, **WHO, **more)]


def amended(history: History, **given: Any) -> History:  # noqa: ANN401 - keywords of amend
    """The history with an amendment."""
    return [*history, FLOW.amend(history[-1].order, **WHO, **given)]


def migrated(history: History, cycle: StatusCycle, **more: Any) -> History:  # noqa: ANN401 - keywords of migrate
    """The history with a migration."""
    return [*history, FLOW.migrate(history[-1].order, cycle, **WHO, **more)]


def undone(history: History, **more: Any) -> History:  # noqa: ANN401 - keywords of undo
    """The history with its last change that counts taken back."""
    return [*history, FLOW.undo(history[-1].order, entries(history), **{**WHO, **more})]


def entries(history: History) -> list[HistoryEntry]:
    """The entries of a history."""
    return [change.entry for change in history]


def before(history: History, version: int) -> ProductionOrder:
    """The order before the last change, at another version."""
    return evolve(history[-2].order, version=version)


@pytest.fixture
def retouch(prints: StatusCycle) -> History:
    """PO-1 in retouch since Tuesday the 3rd, as visit 2."""
    return moved(placed(prints), 3)


@pytest.fixture
def lab(retouch: History) -> History:
    """The same, advanced to the lab by mistake on Thursday the 5th."""
    return moved(retouch, 5)


# What is taken back


def test_a_status_change_is_taken_back(lab: History) -> None:
    """The order is in retouch again, in its visit, since its day, with its date and person."""
    assert undone(lab)[-1].order == before(lab, 4)


def test_a_back_dated_change_is_taken_back(retouch: History) -> None:
    """Whatever was given to the change is gone."""
    lab = moved(retouch, 6, completed_on=nov(4), due_on=nov(20), user="eve", note="rush")
    assert undone(lab)[-1].order == before(lab, 4)


def test_a_delivery_by_mistake_leaves_no_trace(prints: StatusCycle) -> None:
    """Marked delivered by mistake and undone, the order at the lab is as it was agreed."""
    lab = moved(placed(prints, status="retouch"), 4, due_on=nov(20), user="eve")
    delivered = moved(lab, 12, "delivered")
    assert undone(delivered)[-1].order == before(delivered, 4)


def test_a_cancellation_by_mistake_is_taken_back(retouch: History) -> None:
    """An undone cancellation pauses nothing, unlike a return from one."""
    cancelled = moved(retouch, 5, "cancelled")
    assert undone(cancelled)[-1].order == before(cancelled, 4)


def test_a_hold_is_taken_back(retouch: History) -> None:
    """An undone hold pauses nothing."""
    held = moved(retouch, 5, "hold")
    assert undone(held)[-1].order == before(held, 4)


def test_a_return_is_taken_back(retouch: History) -> None:
    """The order is on hold again, with what is held."""
    back = moved(moved(retouch, 5, "hold"), 10)
    assert undone(back)[-1].order == before(back, 5)


def test_the_day_of_a_return_is_put_right_by_undoing_it(retouch: History) -> None:
    """Undone and done again a day later, the pause is a day longer (D35)."""
    back = moved(moved(retouch, 5, "hold"), 10)
    again = moved(undone(back), 11)[-1].order
    assert (again.visit, again.resumed_on, again.paused_days, again.held_days) == (
        2,
        nov(11),
        6,
        4,
    )


def test_going_on_from_a_hold_is_taken_back(retouch: History) -> None:
    """An order that went on to the lab instead is on hold again, and can still come back."""
    lab = moved(moved(retouch, 5, "hold"), 10, "lab")
    back = moved(undone(lab), 11)[-1].order
    assert (back.status.key, back.visit, back.resumed_on) == ("retouch", 2, nov(11))


def test_a_reopening_is_taken_back(retouch: History) -> None:
    """The order is cancelled again, and its visit still held."""
    reopened = moved(moved(retouch, 5, "cancelled"), 10, "retouch")
    assert undone(reopened)[-1].order == before(reopened, 5)


@pytest.mark.parametrize(
    "given",
    [
        {"ordered_on": nov(4)},
        {"delivery_on": nov(20)},
        {"plan_from": nov(9)},
        {"vendor": "Acme"},
        {"invoice_id": "I-1"},
        {"due_on": nov(20)},
        {"department": "Lab"},
        {"user": "eve"},
        {"ordered_on": nov(4), "due_on": None, "user": None},
        {},
    ],
)
def test_an_amendment_is_taken_back(prints: StatusCycle, given: dict[str, Any]) -> None:
    """Everything that an amendment changed is as it was, also what followed from it."""
    history = amended(placed(prints), **given)
    assert undone(history)[-1].order == before(history, 3)


def test_a_corrected_day_is_taken_back(retouch: History) -> None:
    """An undone correction gives the first day of the visit back."""
    history = amended(retouch, entered_on=nov(2))
    assert undone(history)[-1].order == before(history, 4)


def test_an_amendment_on_hold_is_taken_back(retouch: History) -> None:
    """What is held is as it was before the amendment."""
    history = amended(moved(retouch, 5, "hold"), user="zoe", due_on=nov(20))
    assert undone(history)[-1].order == before(history, 5)


def test_a_replan_is_taken_back(retouch: History) -> None:
    """A replan is an amendment, so it can be undone."""
    later = amended(retouch, due_on=nov(20))
    history = amended(later, ordered_on=date(2026, 10, 30))
    assert undone(history)[-1].order == before(history, 5)


def test_a_migration_is_taken_back(retouch: History, prints: StatusCycle) -> None:
    """The order is pinned to its old version again, in its old status."""
    newer = prints.remove("retouch").remove("qa")
    history = migrated(retouch, newer, mapping={"retouch": "lab"})
    assert undone(history, cycles=[prints])[-1].order == before(history, 4)


def test_a_migration_on_hold_is_taken_back(retouch: History, prints: StatusCycle) -> None:
    """What a migration dropped is held again."""
    held = moved(retouch, 5, "hold")
    history = migrated(held, prints.remove("retouch"), mapping={"retouch": "lab"})
    assert undone(history, cycles=[prints])[-1].order == before(history, 5)


def test_a_migration_after_the_opening_is_taken_back(prints: StatusCycle) -> None:
    """An order opened off the path comes back to the initial status of its old version."""
    history = migrated(
        placed(prints, status="hold"),
        prints.set_initial("retouch").remove("ordered"),
        mapping={"ordered": "retouch"},
    )
    assert undone(history, cycles=[prints])[-1].order == before(history, 3)


# The entry


def test_an_undoing_is_an_entry_of_its_own(retouch: History) -> None:
    """The entry names what it undoes, and carries every field as it was before."""
    held = amended(moved(retouch, 5, "hold"), vendor="Acme")
    expected = ChangeUndone(
        order_id="PO-1",
        sequence=5,
        by="ann",
        recorded_by="bob",
        at=AT,
        note="wrong order",
        command_id="c-1",
        undoes=4,
        cycle_version=1,
        to_status="hold",
        visit=3,
        entered_on=nov(5),
        entered_after=nov(3),
        resumed_on=None,
        paused_days=0,
        paused_working_days=0,
        held_days=0,
        due_on=None,
        calculated_due_on=None,
        due_on_is_manual=False,
        department="Retouching",
        user="mia",
        ordered_on=nov(2),
        delivery_on=None,
        plan_from=nov(2),
        invoice_id=None,
        vendor=None,
        resumes_in="retouch",
        held=Held(
            visit=2,
            status="retouch",
            entered_on=nov(3),
            entered_after=nov(2),
            paused_on=nov(5),
            due_on=nov(6),
            due_on_is_manual=False,
            department="Retouching",
            user="mia",
        ),
    )
    history = undone(held, recorded_by="bob", note="wrong order", command_id="c-1")
    assert history[-1].entry == expected


def test_an_undoing_is_applied_like_any_other_entry(lab: History) -> None:
    """Applying the entry gives the order of the change, without the history."""
    change = undone(lab)[-1]
    assert lab[-1].order.apply(change.entry) == change.order


def test_a_history_with_an_undoing_is_replayed(lab: History, prints: StatusCycle) -> None:
    """Replaying a history gives the order back, also after an undoing."""
    history = moved(undone(lab), 6)
    assert ProductionOrder.replay(entries(history), [prints]) == history[-1].order


def test_a_history_with_an_undone_migration_is_replayed(
    retouch: History, prints: StatusCycle
) -> None:
    """Replaying needs the versions on both sides of the migration."""
    newer = prints.move_up("qa")
    history = undone(migrated(retouch, newer), cycles=[prints])
    assert ProductionOrder.replay(entries(history), [newer, prints]) == history[-1].order


def test_an_undoing_needs_no_note(lab: History) -> None:
    """Without a note, an undoing has an empty one."""
    assert undone(lab)[-1].entry.note == ""


# Again and again


def test_undoing_again_takes_back_the_one_before(lab: History) -> None:
    """There is no redo: the second undo takes back the change to retouch."""
    twice = undone(undone(lab))
    assert twice[-1].order == evolve(lab[0].order, version=5)


def test_what_follows_an_undoing_is_taken_back_first(lab: History) -> None:
    """After an undoing and another change, that change is the last one that counts."""
    again = undone(moved(undone(lab), 9))
    assert again[-1].order == evolve(lab[1].order, version=6)


def test_an_undoing_names_the_entry_that_it_takes_back(lab: History) -> None:
    """Each undoing names another entry."""
    history = undone(undone(moved(undone(lab), 9)))
    names = [entry.undoes for entry in entries(history) if isinstance(entry, ChangeUndone)]
    assert names == [3, 5, 2]


def test_an_opening_is_not_taken_back(prints: StatusCycle) -> None:
    """Only the opening is left, so there is nothing to undo."""
    with pytest.raises(NothingToUndoError) as caught:
        undone(placed(prints))
    assert caught.value.order_id == "PO-1"


def test_an_order_that_is_undone_to_its_opening_has_nothing_to_undo(retouch: History) -> None:
    """After the last undoing, only the opening is left again."""
    with pytest.raises(NothingToUndoError):
        undone(undone(retouch))


# What an undo asks for


@pytest.mark.parametrize(
    "part",
    [slice(1, None), slice(None, -1), slice(0, 0), slice(None, None, -1), slice(0, 1)],
    ids=["no opening", "not the last", "none", "backwards", "the opening alone"],
)
def test_an_undo_needs_the_whole_history(lab: History, part: slice) -> None:
    """The entries must be all of the order's, in their sequence."""
    with pytest.raises(ValueError, match="all entries of order 'PO-1' up to version 3"):
        FLOW.undo(lab[-1].order, entries(lab)[part], **WHO)


def test_an_undo_needs_the_history_of_the_order(lab: History, prints: StatusCycle) -> None:
    """The entries of another order are refused."""
    other = moved(moved(placed(prints, order_id="PO-2"), 3), 5)
    with pytest.raises(ValueError, match="all entries of order 'PO-1'"):
        FLOW.undo(lab[-1].order, entries(other), **WHO)


def test_an_undo_needs_a_history_that_begins_with_an_opening(lab: History) -> None:
    """A history whose first entry opens nothing is refused."""
    second = entries(lab)[1]
    assert isinstance(second, StatusChanged)
    first = evolve(second, sequence=1, visit=1)
    with pytest.raises(ValueError, match="all entries of order 'PO-1'"):
        FLOW.undo(lab[-1].order, [first, *entries(lab)[1:]], **WHO)


@pytest.mark.parametrize("wrong", [None, 7, "PO-1", [7], [None]])
def test_an_undo_needs_entries(lab: History, wrong: Any) -> None:  # noqa: ANN401 - of the wrong kind
    """Anything but entries is of the wrong kind."""
    with pytest.raises(TypeError, match="entries must be an iterable of entries of a history"):
        FLOW.undo(lab[-1].order, wrong, **WHO)


def test_an_undo_takes_any_iterable(lab: History) -> None:
    """The entries and cycles can come from any iterable."""
    change = FLOW.undo(lab[-1].order, iter(entries(lab)), cycles=iter(()), **WHO)
    assert change.order.status.key == "retouch"


def test_undoing_a_migration_needs_the_older_version(retouch: History, prints: StatusCycle) -> None:
    """The version that the order had must be among the cycles."""
    with pytest.raises(CycleNotFoundError) as caught:
        undone(migrated(retouch, prints.move_up("qa")))
    assert (caught.value.order_type, caught.value.version) == ("prints", 1)


def test_an_undo_of_an_order_that_has_moved_is_refused(lab: History) -> None:
    """An order that has changed since the screen showed it isn't undone (D19)."""
    with pytest.raises(OrderMovedError) as caught:
        undone(lab, expect=2)
    assert (caught.value.expected, caught.value.actual) == (2, 3)


def test_an_undo_asks_no_rule_for_status_changes(lab: History) -> None:
    """A mistake can be put right where going back is refused."""
    rules = ChangeRules(allow_back=False, note_required=Move, targets={"lab": []})
    strict = ProductionFlow(rules=rules)
    assert strict.undo(lab[-1].order, entries(lab), **WHO).order.status.key == "retouch"


def test_an_undo_asks_the_guard_of_entries(lab: History) -> None:
    """The guard sees the order before the undoing, and the entry."""
    flow = ProductionFlow(
        rules=ChangeRules(
            entry_guard=lambda order, entry: f"{order and order.status.key}, {entry.sequence}"
        )
    )
    with pytest.raises(ChangeRefusedError) as caught:
        flow.undo(lab[-1].order, entries(lab), **WHO)
    assert caught.value.refusals[0].message == "lab, 4"


def test_an_undo_fires_no_immediate_trigger(lab: History) -> None:
    """Neither leaving the lab nor entering retouch is said (D34)."""
    task = CreateTask("Call")
    whens: list[When] = [Opening(), Entering(), Leaving(), Entering("retouch"), Leaving("lab")]
    triggers = [Trigger(f"t-{number}", when, task) for number, when in enumerate(whens)]
    flow = ProductionFlow(triggers=triggers)
    assert flow.undo(lab[-1].order, entries(lab), **WHO).events == ()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"order": "PO-1"}, TypeError),
        ({"cycles": "prints"}, TypeError),
        ({"cycles": [7]}, TypeError),
        ({"expect": 1.0}, TypeError),
        ({"by": ""}, ValueError),
        ({"at": nov(4)}, TypeError),
        ({"recorded_by": 7}, TypeError),
        ({"note": None}, TypeError),
        ({"command_id": ""}, ValueError),
    ],
)
def test_undoing_refuses_bad_values(
    lab: History, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Undoing refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=next(iter(wrong))):
        FLOW.undo(**{"order": lab[-1].order, "entries": entries(lab), **WHO, **wrong})


# In bulk


Pair = tuple[ProductionOrder, list[HistoryEntry]]


def pair(history: History) -> Pair:
    """An order and its entries, as a store gives them."""
    return history[-1].order, entries(history)


@pytest.fixture
def pairs(prints: StatusCycle) -> list[Pair]:
    """PO-1 at the lab and PO-2 in retouch, with their histories."""
    return [
        pair(moved(moved(placed(prints), 3), 5)),
        pair(moved(placed(prints, order_id="PO-2"), 3)),
    ]


def test_undoing_a_bulk_undoes_each(pairs: list[Pair]) -> None:
    """Undoing many orders gives the same changes as undoing each."""
    more: dict[str, Any] = {"recorded_by": "bob", "note": "wrong batch", "command_id": "c-1"}
    expected = [FLOW.undo(order, history, **WHO, **more) for order, history in pairs]
    assert expected == list(FLOW.undo_all(pairs, **WHO, **more))


def test_undoing_a_bulk_is_all_or_nothing(pairs: list[Pair], prints: StatusCycle) -> None:
    """If orders have nothing to undo, the error names every one, and none is undone."""
    opened = [pair(placed(prints, order_id=order_id)) for order_id in ("PO-3", "PO-4")]
    with pytest.raises(BulkRefusedError) as caught:
        FLOW.undo_all([*pairs, *opened], **WHO)
    assert caught.value.refusals == {
        "PO-3": NothingToUndoError("PO-3"),
        "PO-4": NothingToUndoError("PO-4"),
    }


def test_an_order_that_has_moved_refuses_the_bulk(pairs: list[Pair]) -> None:
    """Orders that have moved are among the refusals (D19)."""
    with pytest.raises(BulkRefusedError) as caught:
        FLOW.undo_all(pairs, expect={"PO-1": 3, "PO-2": 1}, **WHO)
    assert caught.value.refusals == {"PO-2": OrderMovedError("PO-2", 1, 2)}


def test_undoing_a_bulk_of_migrations_needs_the_older_version(
    retouch: History, prints: StatusCycle
) -> None:
    """A missing version isn't for the user to settle, so it isn't among the refusals."""
    migration = migrated(retouch, prints.move_up("qa"))
    with pytest.raises(CycleNotFoundError):
        FLOW.undo_all([pair(migration)], **WHO)


def test_undoing_a_bulk_of_migrations(retouch: History, prints: StatusCycle) -> None:
    """The versions are given once, for all orders."""
    migration = migrated(retouch, prints.move_up("qa"))
    (change,) = FLOW.undo_all([pair(migration)], cycles=iter([prints]), **WHO)
    assert change.order == before(migration, 4)


def test_a_bulk_of_undoings_is_of_one_type(pairs: list[Pair], prints: StatusCycle) -> None:
    """Orders of several types can't be undone together."""
    albums = StatusCycle("albums", prints.statuses)
    with pytest.raises(MixedOrderTypesError):
        FLOW.undo_all([*pairs, pair(moved(placed(albums, order_id="PO-3"), 3))], **WHO)


@pytest.mark.parametrize("wrong", [None, "PO-1", [7], [("PO-1", [])], [()]])
def test_a_bulk_of_undoings_needs_pairs(wrong: Any) -> None:  # noqa: ANN401 - of the wrong kind
    """Anything but pairs of an order and its entries is of the wrong kind."""
    with pytest.raises(TypeError, match=r"histories|order"):
        FLOW.undo_all(wrong, **WHO)


@pytest.mark.parametrize(("times", "match"), [(0, "at least one"), (2, "no order twice")])
def test_a_bulk_of_undoings_has_each_order_once(pairs: list[Pair], times: int, match: str) -> None:
    """A bulk needs at least one order, and none twice."""
    with pytest.raises(ValueError, match=match):
        FLOW.undo_all(pairs[:1] * times, **WHO)


# What still counts


def test_everything_counts_that_was_not_undone(lab: History) -> None:
    """Without an undoing, all entries count."""
    assert effective(entries(lab)) == tuple(entries(lab))


def test_neither_what_was_undone_counts_nor_the_undoing(lab: History) -> None:
    """A report reads the history without both."""
    assert effective(entries(undone(lab))) == tuple(entries(lab)[:2])


def test_what_was_done_again_counts(lab: History) -> None:
    """After an undoing, the next change counts."""
    history = moved(undone(lab), 9)
    assert [entry.sequence for entry in effective(entries(history))] == [1, 2, 5]


def test_after_every_undoing_the_opening_counts(lab: History) -> None:
    """Undone to its opening, a history has one entry that counts."""
    assert effective(entries(undone(undone(lab)))) == (lab[0].entry,)


def test_the_beginning_of_a_history_may_be_asked(lab: History) -> None:
    """Entries that are undone later still count in the beginning of a history."""
    assert effective(iter(entries(undone(lab))[:3])) == tuple(entries(lab))


def test_nothing_counts_in_no_history() -> None:
    """Without entries, none counts."""
    assert effective([]) == ()


@pytest.mark.parametrize("wrong", [None, 7, "PO-1", [7]])
def test_only_entries_count(wrong: Any) -> None:  # noqa: ANN401 - of the wrong kind
    """Anything but entries is of the wrong kind."""
    with pytest.raises(TypeError, match="entries must be an iterable of entries of a history"):
        effective(wrong)
