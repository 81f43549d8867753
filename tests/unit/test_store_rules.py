"""The rules of saving that every store shares, as functions."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from prodflow import (
    Change,
    CreateTask,
    CycleConflictError,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    DuplicateOrderError,
    Entering,
    KeyReusedError,
    OutboxItem,
    ProductionFlow,
    ProductionOrder,
    Reminders,
    StaleCycleError,
    StaleOrdersError,
    Status,
    StatusCycle,
    Trigger,
)
from prodflow.stores import (
    check_cycles,
    check_edit,
    check_next,
    check_reminders,
    check_tenant,
    lease_bounds,
    outbox_effect,
    repeats,
)

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
TASK: Final = CreateTask("Call the client")
FLOW: Final = ProductionFlow(
    triggers=[
        Trigger("placed", Entering("ordered"), TASK),
        Trigger("wait", DaysInStatus("ordered", 3), TASK),
        Trigger("survey", DaysInStatus("ordered", 30, while_in_status=False), TASK),
        Trigger("due", DaysFromDue("ordered", 0), TASK),
        Trigger("nudge", DaysInStatus("hold", 2), TASK),
        Trigger("ship", DaysFromDelivery(0), TASK),
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

    def test_an_erased_order_is_not_opened_again(self, first: Change, other: Change) -> None:
        """The conflict of an id that an erased order had is (0, 0), whatever follows it."""
        changes = [first, other, advanced(first.order)]
        with pytest.raises(DuplicateOrderError) as caught:
            check_next(changes, {}, erased=["PO-1"])
        assert caught.value.conflicts == {"PO-1": (0, 0)}

    @pytest.mark.parametrize("bad", ["PO-1", [7], None])
    def test_erased_ids_are_an_iterable_of_str(self, first: Change, bad: Any) -> None:  # noqa: ANN401 - the bad value
        """One id is not a list of ids."""
        with pytest.raises(TypeError, match="erased must be"):
            check_next([first], {}, erased=bad)

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

    def test_entries_of_erased_orders_do_not_count(self, first: Change, other: Change) -> None:
        """A retry may have them or not; the others must be the same."""
        one, two = first.entry, other.entry
        assert repeats([one, two], [two], erased={"PO-1"})
        assert repeats([two], [two], erased={"PO-1"})
        assert not repeats([one], [two], erased={"PO-1"})
        assert not repeats([one, two], [two])

    @pytest.mark.parametrize("bad", ["PO-1", [7], None])
    def test_only_entries_are_compared(self, first: Change, bad: Any) -> None:  # noqa: ANN401 - the bad value
        """Anything but entries is refused."""
        with pytest.raises(TypeError, match="entries"):
            repeats(bad, [first.entry])
        with pytest.raises(TypeError, match="done"):
            repeats([first.entry], bad)


class Event(NamedTuple):
    """A pending event as some columns of a table may describe it."""

    id: str
    slot: tuple[str, str, int | None]
    visit: int
    sequence: int
    fire_on: date | None
    dated: bool
    until: Literal["left", "closed"] | None


class Row(NamedTuple):
    """A pending item as a row of a table may describe it."""

    event: Event
    tenant: str
    epoch: str
    attempts: int
    last_error: str | None
    retry_at: datetime | None
    leased_until: datetime | None
    given_up: bool


def row(item: OutboxItem) -> Row:
    """The row of an item."""
    event = item.event
    return Row(
        Event(
            event.id,
            event.slot,
            event.visit,
            event.sequence,
            event.fire_on,
            event.dated,
            event.until,
        ),
        item.tenant,
        item.epoch,
        item.attempts,
        item.last_error,
        item.retry_at,
        item.leased_until,
        item.given_up,
    )


def pending(*changes: Change) -> list[OutboxItem]:
    """The items of the events of some changes."""
    return [OutboxItem(event) for change in changes for event in change.events]


def keys(slots: Iterable[tuple[str, str, int | None]]) -> set[str]:
    """The triggers of some slots."""
    return {trigger for _, trigger, _ in slots}


class TestOutboxEffect:
    """What changes do to the slots of the outbox (decisions D26, D27 and D34)."""

    def test_events_fill_empty_slots(self, first: Change) -> None:
        """Without pending items every event fills its slot, with an item that is new."""
        assert outbox_effect([], first) == ((), tuple(pending(first)))

    def test_a_new_date_keeps_the_id_of_the_slot(self, first: Change) -> None:
        """An event takes the id of the pending event that it replaces."""
        items = [OutboxItem(evolve(event, id=f"old-{event.trigger}")) for event in first.events]
        _, (moved,) = outbox_effect(items, amended(first.order, due_on=nov(12)))
        assert (moved.event.id, moved.event.fire_on) == ("old-due", nov(12))

    @pytest.mark.parametrize(("day", "stays"), [(3, True), (12, False)])
    def test_the_same_date_keeps_what_was_tried(self, first: Change, day: int, stays: bool) -> None:
        """Only another date begins the item anew; its tenant and epoch stay anyway."""
        (due,) = (event for event in first.events if event.trigger == "due")
        item = OutboxItem(
            due,
            tenant="studio",
            epoch="second",
            attempts=3,
            last_error="bounced",
            retry_at=AT,
            leased_until=AT,
            given_up=True,
        )
        given = evolve(due, fire_on=nov(day), sequence=2, action=CreateTask("Write"))
        change = evolve(amended(first.order), events=[given])
        _, (filled,) = outbox_effect([item], change)
        new = OutboxItem(given, tenant="studio", epoch="second")
        assert filled == (evolve(item, event=given) if stays else new)

    def test_a_withdrawn_event_empties_its_slot(self, first: Change) -> None:
        """An event without a date empties its slot, whether or not it was pending."""
        change = amended(first.order, due_on=None)
        expected = (("PO-1", "due", 1),), ()
        assert outbox_effect(pending(first), change) == expected
        assert outbox_effect([], change) == expected

    @pytest.mark.parametrize(("day", "count"), [(3, 0), (4, 1)])
    def test_an_amendment_fills_no_slot_with_the_past(
        self, first: Change, day: int, count: int
    ) -> None:
        """A day before that of the recording moves a pending item, but fills no empty slot."""
        without = amended(first.order, due_on=None)
        change = amended(without.order, due_on=nov(day))
        rest = [item for item in pending(first) if item.event.trigger != "due"]
        assert len(outbox_effect(rest, change)[1]) == count
        _, (moved,) = outbox_effect(pending(first), change)
        assert moved.event.fire_on == nov(day)

    def test_the_day_of_a_recording_is_that_of_its_own_wall(self, first: Change) -> None:
        """At 23:30 in New York it is still the 3rd, although UTC counts the 4th."""
        late = datetime(2026, 11, 3, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
        without = amended(first.order, due_on=None)
        change = FLOW.amend(without.order, due_on=nov(3), by="ann", at=late)
        assert len(outbox_effect([], change)[1]) == 1

    def test_leaving_a_status_empties_slots(self, first: Change) -> None:
        """Reminders for the time in a status are void when the order leaves it."""
        emptied, filled = outbox_effect(pending(first), advanced(first.order))
        assert (keys(emptied), filled) == ({"wait", "due"}, ())

    def test_closing_an_order_empties_the_slots_of_its_delivery(self, first: Change) -> None:
        """A reminder of the delivery is void when the order is closed, not before."""
        dated = amended(first.order, delivery_on=nov(20))
        assert keys(outbox_effect(pending(dated), advanced(dated.order))[0]) == set()
        closed = advanced(dated.order, to="shipped")
        assert keys(outbox_effect(pending(dated), closed)[0]) == {"ship"}

    def test_cancelling_empties_the_slots_of_every_reminder(self, first: Change) -> None:
        """A cancelled order keeps its immediate events only."""
        emptied, _ = outbox_effect(pending(first), advanced(first.order, to="cancelled"))
        assert keys(emptied) == {"wait", "due", "survey"}

    def test_a_return_empties_the_slots_of_the_hold(self, first: Change) -> None:
        """A return leads to an earlier visit: the reminders of the hold are void."""
        on_hold = held(first.order)
        emptied, filled = outbox_effect(pending(on_hold), advanced(on_hold.order))
        assert keys(emptied) == {"nudge"}
        given = {(item.event.trigger, item.event.visit) for item in filled}
        assert given == {("wait", 1), ("survey", 1), ("due", 1)}

    def test_an_undo_empties_the_slots_of_the_visit_undone(self, first: Change) -> None:
        """An undo leads to an earlier visit too, and gives its reminders back."""
        on_hold = held(first.order)
        entries = [first.entry, on_hold.entry]
        undone = FLOW.undo(on_hold.order, entries, by="ann", at=AT)
        emptied, filled = outbox_effect(pending(first, on_hold), undone)
        assert keys(emptied) == {"nudge"}
        given = {(item.event.trigger, item.event.sequence) for item in filled}
        assert given == {("wait", 3), ("survey", 3), ("due", 3)}

    def test_an_undo_empties_the_slots_of_the_change_undone(self, first: Change) -> None:
        """What the undone change said is withdrawn, whether it said it at once or for later."""
        second = advanced(first.order)
        entries = [first.entry, second.entry]
        undone = FLOW.undo(second.order, entries, by="ann", at=AT)
        left, wait = first.events[0], first.events[1]
        later = [
            evolve(left, id="a", trigger="a", sequence=2, number=2, visit=2),
            evolve(left, id="b", trigger="b", sequence=2, number=None, visit=2),
            evolve(wait, id="c", trigger="c", sequence=2, number=2, visit=2, until=None),
            evolve(wait, id="d", trigger="d", sequence=9, number=2, visit=2, until=None),
            evolve(wait, id="e", trigger="e", sequence=1, number=None, visit=2, until="closed"),
            evolve(left, id="f", trigger="f", sequence=1, number=1),
        ]
        emptied, _ = outbox_effect(map(OutboxItem, later), undone)
        assert keys(emptied) == {"a", "b", "c", "d"}

    def test_a_restored_cancellation_empties_earlier_slots(self, first: Change) -> None:
        """Once an undo cancels the order again, no reminder of an earlier visit is left."""
        cancelled = advanced(first.order, to="cancelled")
        reopened = advanced(cancelled.order, to="ordered")
        entries = [change.entry for change in (first, cancelled, reopened)]
        undone = FLOW.undo(reopened.order, entries, by="ann", at=AT)
        emptied, _ = outbox_effect(pending(first, reopened), undone)
        assert keys(emptied) == {"wait", "due", "survey"}

    @pytest.mark.parametrize("visit", [1, 3])
    def test_a_reminder_of_another_visit_fills_no_slot(self, first: Change, visit: int) -> None:
        """A reminder for the time in a visit is void if the order is in another one."""
        second = advanced(first.order)
        wait = next(event for event in first.events if event.trigger == "wait")
        given = evolve(wait, visit=visit, number=visit)
        change = evolve(amended(second.order), events=[given])
        assert outbox_effect([], change) == ((("PO-1", "wait", visit),), ())

    def test_an_amendment_empties_no_slot(self, first: Change) -> None:
        """A change that begins no visit leaves what is pending."""
        change = amended(first.order, vendor="Acme")
        assert outbox_effect(pending(first), change) == ((), ())

    def test_other_orders_keep_their_events(self, first: Change, other: Change) -> None:
        """Only the slots of the order that has changed are emptied."""
        emptied, _ = outbox_effect(pending(first, other), advanced(first.order))
        assert {order_id for order_id, _, _ in emptied} == {"PO-1"}

    def test_changes_work_one_after_another(self, first: Change) -> None:
        """Events that a later change makes void or replaces are not among those that fill slots."""
        second = amended(first.order, due_on=nov(12))
        third = amended(second.order, due_on=None)
        _, filled = outbox_effect([], first, second)
        assert [it.event.fire_on for it in filled if it.event.trigger == "due"] == [nov(12)]
        _, filled = outbox_effect([], first, second, third)
        assert {item.event.trigger for item in filled} == {"placed", "wait", "survey"}
        _, filled = outbox_effect([], first, advanced(first.order))
        assert {item.event.trigger for item in filled} == {"placed", "survey"}

    def test_a_slot_may_be_emptied_and_filled(self, first: Change) -> None:
        """A reminder that is withdrawn and comes back is a new item without a lease."""
        without = amended(first.order, due_on=None)
        again = amended(without.order, due_on=nov(12))
        items = [evolve(item, attempts=1, leased_until=AT) for item in pending(first)]
        emptied, (item,) = outbox_effect(items, without, again)
        assert (emptied, item.event.fire_on) == ((item.event.slot,), nov(12))
        assert item == OutboxItem(item.event)

    def test_rows_will_do_for_pending_items(self, first: Change) -> None:
        """A store need not load pending items whose attributes are columns."""
        items = [evolve(item, attempts=1, leased_until=AT) for item in pending(first)]
        causes: list[Change | Reminders] = [
            advanced(first.order),
            amended(first.order, due_on=nov(12)),
            FLOW.reminders(first.order, today=nov(2)),
        ]
        for cause in causes:
            assert outbox_effect(map(row, items), cause) == outbox_effect(items, cause)

    def test_an_id_belongs_to_one_slot(self, first: Change, other: Change) -> None:
        """An event with the id of an event in another slot is refused."""
        stolen = evolve(other.events[0], id=first.events[0].id)
        change = Change(other.order, other.entry, (stolen,))
        with pytest.raises(ValueError, match="another slot"):
            outbox_effect(pending(first), change)
        with pytest.raises(ValueError, match="another slot"):
            outbox_effect([], first, change)

    def test_causes_are_given_one_by_one(self, first: Change) -> None:
        """A list of changes is refused, and so is an entry."""
        for wrong in ([first], first.entry):
            causes: Any = wrong
            with pytest.raises(TypeError, match="causes must be a Change or Reminders"):
                outbox_effect([], causes)


class TestReminders:
    """What `set_reminders` does to the slots of the outbox (decision D30)."""

    def test_what_is_wanted_is_there_and_nothing_else(self, first: Change) -> None:
        """Reminders of the visit that aren't given go; the others come or are moved."""
        flow = ProductionFlow(
            triggers=[
                Trigger("wait", DaysInStatus("ordered", 4), TASK),
                Trigger("new", DaysInStatus("ordered", 5), TASK),
            ]
        )
        reminders = flow.reminders(first.order, today=nov(2))
        emptied, filled = outbox_effect(pending(first), reminders)
        assert keys(emptied) == {"due", "survey"}
        days = {item.event.trigger: item.event.fire_on for item in filled}
        assert days == {"wait": nov(6), "new": nov(7)}

    def test_what_was_said_at_once_and_before_stays(self, first: Change) -> None:
        """Immediate events, and reminders of earlier visits, aren't those of the present visit."""
        second = advanced(first.order)
        emptied, filled = outbox_effect(
            pending(first), second, ProductionFlow().reminders(second.order, today=nov(4))
        )
        assert (keys(emptied), filled) == ({"wait", "due"}, ())

    def test_the_reminders_of_the_delivery_are_meant_too(self, first: Change) -> None:
        """They are emptied although they were given in another visit."""
        dated = amended(first.order, delivery_on=nov(20))
        second = advanced(dated.order)
        reminders = ProductionFlow().reminders(second.order, today=nov(4))
        assert keys(outbox_effect(pending(dated), reminders)[0]) == {"ship"}

    @pytest.mark.parametrize(("today", "count"), [(5, 1), (6, 0)])
    def test_an_empty_slot_is_not_filled_with_the_past(
        self, first: Change, today: int, count: int
    ) -> None:
        """A reminder before `today` moves what is pending, and fills no empty slot."""
        flow = ProductionFlow(triggers=[Trigger("wait", DaysInStatus("ordered", 3), TASK)])
        reminders = flow.reminders(first.order, today=nov(today))
        assert len(outbox_effect([], reminders)[1]) == count
        assert len(outbox_effect(pending(first), reminders)[1]) == 1

    def test_the_version_of_every_order_is_checked(self, first: Change, other: Change) -> None:
        """The error names all orders that aren't at the version of their reminders."""
        one, two = (FLOW.reminders(it.order, today=nov(4)) for it in (first, other))
        check_reminders([one, two], {"PO-1": 1, "PO-2": 1}.__getitem__)
        with pytest.raises(StaleOrdersError) as caught:
            check_reminders([one, two], {"PO-1": 2, "PO-2": 0}.__getitem__)
        assert caught.value.conflicts == {"PO-1": (1, 2), "PO-2": (1, 0)}
        with pytest.raises(ValueError, match="each order once"):
            check_reminders([one, one], {"PO-1": 1}.__getitem__)
        with pytest.raises(TypeError, match="reminders must be"):
            check_reminders(one, {"PO-1": 1}.__getitem__)  # type: ignore[arg-type]  # refused


class TestLeaseBounds:
    """A lease is counted in elapsed time and lasts at most a day (decision D28)."""

    def test_a_lease_ends_after_its_length(self) -> None:
        """Both bounds have a fixed offset, so that no clock that changes moves them."""
        night = datetime(2027, 3, 28, 1, 55, tzinfo=ZoneInfo("Europe/Berlin"))
        begin, end = lease_bounds(night, timedelta(minutes=10))
        assert (begin, end - begin) == (night, timedelta(minutes=10))
        assert end.astimezone(UTC) == datetime(2027, 3, 28, 1, 5, tzinfo=UTC)
        assert (end.utcoffset(), night.utcoffset()) == (timedelta(hours=1), timedelta(hours=1))

    @pytest.mark.parametrize(
        "lease", [timedelta(0), -timedelta(1), timedelta(days=1, microseconds=1), timedelta.max]
    )
    def test_other_lengths_are_refused(self, lease: timedelta) -> None:
        """A lease is longer than zero and at most a day."""
        with pytest.raises(ValueError, match="at most one day"):
            lease_bounds(AT, lease)

    def test_a_lease_ends_within_the_calendar(self) -> None:
        """A lease that would end after the year 9999 is refused."""
        with pytest.raises(ValueError, match="before year 10000"):
            lease_bounds(datetime.max.replace(tzinfo=UTC), timedelta(seconds=1))


def test_wrong_arguments_are_named() -> None:
    """The message names the argument, or the list that an item is in."""
    wrong: Any = 7
    with pytest.raises(TypeError, match="an item of causes must"):
        outbox_effect([], wrong)
    with pytest.raises(TypeError, match="an item of entries must"):
        repeats([wrong], [])
    with pytest.raises(TypeError, match="an item of done must"):
        repeats([], [wrong])


class TestTenants:
    """The name of a tenant is empty, or a text like the ids of the host (decisions D33 and D45)."""

    @pytest.mark.parametrize("name", ["", "North", " ", "é" * 200, "100%'\"_"])
    def test_a_name_stays_as_it_is(self, name: str) -> None:
        """A good name is returned unchanged."""
        assert check_tenant(name) == name

    @pytest.mark.parametrize("name", ["x" * 201, "North\n", "\ud800", "\u202e", "\x00"])
    def test_other_names_are_refused(self, name: str) -> None:
        """A longer name is refused, and one with a character that ids can't have."""
        with pytest.raises(ValueError, match="tenant must"):
            check_tenant(name)

    def test_a_name_is_a_text(self) -> None:
        """None isn't a name: a store without a name has the tenant ""."""
        with pytest.raises(TypeError, match="tenant must be a str"):
            check_tenant(None)  # type: ignore[arg-type]  # refused
