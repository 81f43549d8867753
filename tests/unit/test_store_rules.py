"""The rules of saving that every store shares, as functions."""

from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

import pytest
from attrs import evolve

from prodflow import (
    Change,
    CreateTask,
    CycleConflictError,
    DaysFromDue,
    DaysInStatus,
    DuplicateOrderError,
    Entering,
    KeyReusedError,
    ProductionFlow,
    ProductionOrder,
    StaleCycleError,
    StaleOrdersError,
    Status,
    StatusCycle,
    Trigger,
)
from prodflow.stores import check_cycles, check_edit, check_next, outbox_effect, repeats

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
TASK: Final = CreateTask("Call the client")
FLOW: Final = ProductionFlow(
    triggers=[
        Trigger("placed", Entering("ordered"), TASK),
        Trigger("wait", DaysInStatus("ordered", 3), TASK),
        Trigger("survey", DaysInStatus("ordered", 30, while_in_status=False), TASK),
        Trigger("due", DaysFromDue("ordered", 0), TASK),
        Trigger("nudge", DaysInStatus("hold", 2), TASK),
    ]
)


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


def advanced(order: ProductionOrder, **more: Any) -> Change:  # noqa: ANN401 - any override
    """The change of an order to its next status."""
    return FLOW.advance(order, today=nov(4), by="ann", at=AT, **more)


def held(order: ProductionOrder) -> Change:
    """The change that puts an order on hold."""
    return advanced(order, to="hold", current_complete=False)


def amended(order: ProductionOrder, **more: Any) -> Change:  # noqa: ANN401 - any fact
    """An amendment of an order."""
    return FLOW.amend(order, by="ann", at=AT, **more)


@pytest.fixture
def first(cycle: StatusCycle) -> Change:
    """The change that opens PO-1."""
    return FLOW.open(cycle, order_id="PO-1", ordered_on=nov(2), by="ann", at=AT)


@pytest.fixture
def other(cycle: StatusCycle) -> Change:
    """The change that opens PO-2."""
    return FLOW.open(cycle, order_id="PO-2", ordered_on=nov(2), by="ann", at=AT)


class TestCheckNext:
    """A change is saved only if it is the next one of its order (decision D21)."""

    def test_next_changes_pass(self, first: Change, other: Change) -> None:
        """The first change of a new order passes, and so does each consecutive one."""
        second = advanced(first.order)
        check_next([first, other, second, advanced(second.order)], {"PO-2": 0})

    def test_the_next_change_of_a_stored_order_passes(self, first: Change) -> None:
        """A change that was decided on the stored version passes."""
        check_next([advanced(first.order)], {"PO-1": 1})

    def test_the_error_names_every_order(self, first: Change, other: Change) -> None:
        """A stale change and a change of an order that is not stored are both named."""
        changes = [advanced(first.order), advanced(other.order)]
        with pytest.raises(StaleOrdersError) as caught:
            check_next(changes, {"PO-1": 2})
        assert caught.value.conflicts == {"PO-1": (1, 2), "PO-2": (1, 0)}

    def test_taken_ids_are_another_error(self, first: Change, other: Change) -> None:
        """If every refused change opens an order, the error says so."""
        with pytest.raises(DuplicateOrderError) as caught:
            check_next([first, other], {"PO-1": 1})
        assert caught.value.conflicts == {"PO-1": (0, 1)}

    @pytest.mark.parametrize(
        ("changes", "versions", "name"),
        [("PO-1", {}, "changes"), ([7], {}, "changes"), ([], [("PO-1", 1)], "versions")],
    )
    def test_other_arguments_are_refused(self, changes: Any, versions: Any, name: str) -> None:  # noqa: ANN401 - bad values
        """The changes are an iterable of `Change`, the versions a mapping."""
        with pytest.raises(TypeError, match=f"{name} must be"):
            check_next(changes, versions)


class TestCheckEdit:
    """Of two edits of one version of a cycle, one is kept (decision D5a)."""

    def test_the_first_version_replaces_none(self, cycle: StatusCycle) -> None:
        """A new cycle has nothing to replace, and any version."""
        assert check_edit(cycle, None, {})
        assert check_edit(evolve(cycle, version=7), None, {})

    def test_an_edit_replaces_the_newest_version(self, cycle: StatusCycle) -> None:
        """A higher version that replaces the newest is new; numbers may be left out."""
        versions = {7: evolve(cycle, version=7), 1: cycle}
        assert check_edit(evolve(cycle, version=8), 7, versions)
        assert check_edit(evolve(cycle, version=90), 7, versions)

    @pytest.mark.parametrize("replaces", [None, 1, 2, 9])
    def test_what_is_kept_is_not_new(self, cycle: StatusCycle, replaces: int | None) -> None:
        """The same content under its version is kept already, whatever it replaces."""
        second = cycle.replace("hold", description="Paused")
        versions = {1: cycle, 2: second}
        assert not check_edit(second, replaces, versions)
        assert not check_edit(StatusCycle("prints", cycle.statuses), replaces, versions)

    @pytest.mark.parametrize("replaces", [None, 1, 3])
    def test_another_newest_version_is_stale(
        self, cycle: StatusCycle, replaces: int | None
    ) -> None:
        """An edit of any version but the newest is stale, whatever its own version."""
        versions = {1: cycle, 2: cycle.replace("hold", description="Paused")}
        for version in (1, 2, 3, 4):
            edited = evolve(cycle, description="Prints", version=version)
            with pytest.raises(StaleCycleError) as caught:
                check_edit(edited, replaces, versions)
            assert caught.value == StaleCycleError("prints", replaces, 2)

    def test_an_edit_of_nothing_is_stale(self, cycle: StatusCycle) -> None:
        """A version that is not stored can't be replaced."""
        with pytest.raises(StaleCycleError) as caught:
            check_edit(cycle, 1, {})
        assert caught.value == StaleCycleError("prints", 1, None)

    @pytest.mark.parametrize("version", [1, 4, 5])
    def test_the_version_is_higher(self, cycle: StatusCycle, version: int) -> None:
        """A version that isn't higher than the newest is refused."""
        edited = evolve(cycle, description="Prints", version=version)
        with pytest.raises(ValueError, match="must be higher than the newest one, 5, not"):
            check_edit(edited, 5, {5: evolve(cycle, version=5)})

    def test_a_deleted_key_is_not_used_again(self, cycle: StatusCycle) -> None:
        """The error has the keys in list order; a status may come back with its last name."""
        second = cycle.replace("hold", description="Paused")
        third = second.remove("hold").remove("proof")
        versions = {1: cycle, 2: second, 3: third}
        back = third.add(second["hold"]).add(cycle["proof"])
        assert check_edit(back, 3, versions)
        other = third.add(Status("proof", "Proofreading")).add(cycle["hold"])
        with pytest.raises(KeyReusedError) as caught:
            check_edit(other, 3, versions)
        assert caught.value == KeyReusedError("prints", ("proof", "hold"))

    @pytest.mark.parametrize(
        ("cycle_", "replaces", "versions", "name"),
        [(7, None, {}, "cycle"), (None, "1", {}, "replaces"), (None, None, [], "versions")],
    )
    def test_other_arguments_are_refused(
        self,
        cycle: StatusCycle,
        cycle_: Any,  # noqa: ANN401 - bad values
        replaces: Any,  # noqa: ANN401 - bad values
        versions: Any,  # noqa: ANN401 - bad values
        name: str,
    ) -> None:
        """The arguments are a cycle, a version or None, and a mapping."""
        with pytest.raises(TypeError, match=f"{name} must be"):
            check_edit(cycle_ or cycle, replaces, versions)


class TestCheckCycles:
    """Which versions a save brings, and which it may (decision D5a)."""

    def test_new_versions_are_given_once(self, cycle: StatusCycle) -> None:
        """Known versions are left out; the others come once each, by type and version."""
        second, books = evolve(cycle, version=2), evolve(cycle, order_type="books")
        known = {("prints", 1): cycle}
        given = [second, cycle, books, StatusCycle("prints", cycle.statuses, version=2)]
        assert check_cycles(given, known, {}) == (books, second)

    def test_known_content_under_another_object_is_known(self, cycle: StatusCycle) -> None:
        """Contents are compared, not objects."""
        again = StatusCycle("prints", cycle.statuses)
        assert check_cycles([again], {("prints", 1): cycle}, {}) == ()

    def test_other_content_is_a_conflict(self, cycle: StatusCycle) -> None:
        """Other content under one version is refused, stored or in the same save."""
        other = evolve(cycle, description="Prints")
        for given, known in (([other], {("prints", 1): cycle}), ([cycle, other], {})):
            with pytest.raises(CycleConflictError) as caught:
                check_cycles(given, known, {})
            assert caught.value == CycleConflictError("prints", 1)

    def test_nothing_above_the_newest_edit_is_brought(self, cycle: StatusCycle) -> None:
        """A new version must not be higher than the newest that was put."""
        lower, higher = (evolve(cycle, version=version) for version in (2, 4))
        assert check_cycles([lower], {}, {"prints": 3, "books": 1}) == (lower,)
        assert check_cycles([higher], {}, {"books": 1}) == (higher,)
        assert check_cycles([higher], {("prints", 4): higher}, {"prints": 4}) == ()
        with pytest.raises(StaleCycleError) as caught:
            check_cycles([lower, higher], {}, {"prints": 3})
        assert caught.value == StaleCycleError("prints", 4, 3)

    @pytest.mark.parametrize(
        ("cycles", "known", "put", "name"),
        [([7], {}, {}, "cycles"), ([], [], {}, "known"), ([], {}, None, "put")],
    )
    def test_other_arguments_are_refused(
        self,
        cycles: Any,  # noqa: ANN401 - bad values
        known: Any,  # noqa: ANN401 - bad values
        put: Any,  # noqa: ANN401 - bad values
        name: str,
    ) -> None:
        """The arguments are an iterable of cycles and two mappings."""
        with pytest.raises(TypeError, match=f"{name} must be"):
            check_cycles(cycles, known, put)


class TestRepeats:
    """A retry has the same entries as the save it repeats (decision D22)."""

    def test_the_same_entries_are_a_retry(self, first: Change) -> None:
        """The instant and the user who is logged in may differ."""
        later = evolve(first.entry, at=AT.replace(hour=10), recorded_by="bob")
        assert repeats([later], (first.entry,))

    def test_other_entries_are_no_retry(self, first: Change, other: Change) -> None:
        """Another note, another order, or fewer or more entries are another command."""
        one, two = first.entry, other.entry
        assert not repeats([evolve(one, note="rush")], [one])
        assert not repeats([two], [one])
        assert not repeats([one], [one, two])
        assert not repeats([one], [])

    @pytest.mark.parametrize("bad", ["PO-1", [7], None])
    def test_only_entries_are_compared(self, first: Change, bad: Any) -> None:  # noqa: ANN401 - the bad value
        """Anything but entries is refused."""
        with pytest.raises(TypeError, match="entries"):
            repeats(bad, [first.entry])
        with pytest.raises(TypeError, match="done"):
            repeats([first.entry], bad)


class Row(NamedTuple):
    """A pending event as a row of a table may describe it."""

    id: str
    slot: tuple[str, str, int | None]
    visit: int
    dated: bool
    while_in_status: bool


class TestOutboxEffect:
    """What changes do to the slots of the outbox (decisions D26 and D27)."""

    def test_events_fill_empty_slots(self, first: Change) -> None:
        """Without pending events every event fills its slot."""
        assert outbox_effect([], first) == ((), first.events)

    def test_a_new_date_keeps_the_id_of_the_slot(self, first: Change) -> None:
        """An event takes the id of the pending event that it replaces."""
        pending = [evolve(event, id=f"old-{event.trigger}") for event in first.events]
        _, (moved,) = outbox_effect(pending, amended(first.order, due_on=nov(12)))
        assert (moved.id, moved.fire_on) == ("old-due", nov(12))

    def test_a_withdrawn_event_empties_its_slot(self, first: Change) -> None:
        """An event without a date empties its slot, whether or not it was pending."""
        change = amended(first.order, due_on=None)
        expected = (("PO-1", "due", 1),), ()
        assert outbox_effect(first.events, change) == expected
        assert outbox_effect([], change) == expected

    def test_leaving_a_status_empties_slots(self, first: Change) -> None:
        """Reminders for the time in a status are void when the order leaves it."""
        emptied, filled = outbox_effect(first.events, advanced(first.order))
        assert ({trigger for _, trigger, _ in emptied}, filled) == ({"wait", "due"}, ())

    def test_cancelling_empties_the_slots_of_every_reminder(self, first: Change) -> None:
        """A cancelled order keeps its immediate events only."""
        emptied, _ = outbox_effect(first.events, advanced(first.order, to="cancelled"))
        assert {trigger for _, trigger, _ in emptied} == {"wait", "due", "survey"}

    def test_a_return_empties_the_slots_of_the_hold(self, first: Change) -> None:
        """A return leads to an earlier visit: the reminders of the hold are void."""
        on_hold = held(first.order)
        emptied, filled = outbox_effect(on_hold.events, advanced(on_hold.order))
        assert {trigger for _, trigger, _ in emptied} == {"nudge"}
        assert {(event.trigger, event.visit) for event in filled} == {("wait", 1), ("survey", 1)}

    def test_an_undo_empties_the_slots_of_the_visit_undone(self, first: Change) -> None:
        """An undo leads to an earlier visit too; it fills no slot."""
        on_hold = held(first.order)
        entries = [first.entry, on_hold.entry]
        undone = FLOW.undo(on_hold.order, entries, by="ann", at=AT)
        emptied, filled = outbox_effect([*first.events, *on_hold.events], undone)
        assert ({trigger for _, trigger, _ in emptied}, filled) == ({"nudge"}, ())

    def test_a_restored_cancellation_empties_earlier_slots(self, first: Change) -> None:
        """Once an undo cancels the order again, no reminder of an earlier visit is left."""
        cancelled = advanced(first.order, to="cancelled")
        reopened = advanced(cancelled.order, to="ordered")
        entries = [change.entry for change in (first, cancelled, reopened)]
        undone = FLOW.undo(reopened.order, entries, by="ann", at=AT)
        emptied, _ = outbox_effect([*first.events, *reopened.events], undone)
        assert {trigger for _, trigger, _ in emptied} == {"wait", "due", "survey"}

    @pytest.mark.parametrize("visit", [1, 3])
    def test_a_reminder_of_another_visit_fills_no_slot(self, first: Change, visit: int) -> None:
        """A reminder for the time in a visit is void if the order is in another one."""
        second = advanced(first.order)
        wait = next(event for event in first.events if event.trigger == "wait")
        change = evolve(amended(second.order), events=[evolve(wait, visit=visit)])
        assert outbox_effect([], change) == ((("PO-1", "wait", visit),), ())

    def test_an_amendment_empties_no_slot(self, first: Change) -> None:
        """A change that begins no visit leaves what is pending."""
        assert outbox_effect(first.events, amended(first.order, vendor="Acme")) == ((), ())

    def test_other_orders_keep_their_events(self, first: Change, other: Change) -> None:
        """Only the slots of the order that has changed are emptied."""
        emptied, _ = outbox_effect([*first.events, *other.events], advanced(first.order))
        assert {order_id for order_id, _, _ in emptied} == {"PO-1"}

    def test_changes_work_one_after_another(self, first: Change) -> None:
        """Events that a later change makes void or replaces are not among those that fill slots."""
        second = amended(first.order, due_on=nov(12))
        third = amended(second.order, due_on=None)
        _, filled = outbox_effect([], first, second)
        assert [event.fire_on for event in filled if event.trigger == "due"] == [nov(12)]
        _, filled = outbox_effect([], first, second, third)
        assert {event.trigger for event in filled} == {"placed", "wait", "survey"}
        _, filled = outbox_effect([], first, advanced(first.order))
        assert {event.trigger for event in filled} == {"placed", "survey"}

    def test_a_slot_may_be_emptied_and_filled(self, first: Change) -> None:
        """A reminder that is withdrawn and comes back is a new event without a lease."""
        without = amended(first.order, due_on=None)
        again = amended(without.order, due_on=nov(12))
        emptied, (event,) = outbox_effect(first.events, without, again)
        assert (emptied, event.fire_on) == ((event.slot,), nov(12))

    def test_rows_will_do_for_pending_events(self, first: Change) -> None:
        """A store need not load pending events whose attributes are columns."""
        rows = [
            Row(event.id, event.slot, event.visit, event.dated, event.while_in_status)
            for event in first.events
        ]
        changes = [advanced(first.order), amended(first.order, due_on=nov(12))]
        for change in changes:
            assert outbox_effect(rows, change) == outbox_effect(first.events, change)

    def test_an_id_belongs_to_one_slot(self, first: Change, other: Change) -> None:
        """An event with the id of an event in another slot is refused."""
        stolen = evolve(other.events[0], id=first.events[0].id)
        change = Change(other.order, other.entry, (stolen,))
        with pytest.raises(ValueError, match="another slot"):
            outbox_effect(first.events, change)
        with pytest.raises(ValueError, match="another slot"):
            outbox_effect([], first, change)

    def test_changes_are_given_one_by_one(self, first: Change) -> None:
        """A list of changes is refused."""
        changes: Any = [first]
        with pytest.raises(TypeError, match="changes must be"):
            outbox_effect([], changes)
