"""The rules of saving that every store shares: `check_next`, `repeats` and `outbox_effect`."""

from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

import pytest
from attrs import evolve

from prodflow import (
    Change,
    CreateTask,
    DaysFromDue,
    DaysInStatus,
    DuplicateOrderError,
    Entering,
    ProductionFlow,
    ProductionOrder,
    StaleOrdersError,
    StatusCycle,
    Trigger,
)
from prodflow.stores import check_next, outbox_effect, repeats

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
TASK: Final = CreateTask("Call the client")
FLOW: Final = ProductionFlow(
    triggers=[
        Trigger("placed", Entering("ordered"), TASK),
        Trigger("wait", DaysInStatus("ordered", 3), TASK),
        Trigger("survey", DaysInStatus("ordered", 30, while_in_status=False), TASK),
        Trigger("due", DaysFromDue("ordered", 0), TASK),
    ]
)


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


def advanced(order: ProductionOrder, **more: Any) -> Change:  # noqa: ANN401 - any override
    """The change of an order to its next status."""
    return FLOW.advance(order, today=nov(4), by="ann", at=AT, **more)


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
