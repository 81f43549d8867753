"""Migration: an order moves to another version of its cycle and stays in its visit."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    Backward,
    ClosingChangedError,
    CycleAdopted,
    CycleConflictError,
    FromEntry,
    Held,
    MissingDeliveryDateError,
    OrderMovedError,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    UnmappedStatusError,
)

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow()
WHO: Final[dict[str, Any]] = {"by": "ann", "at": AT}

OrderAt = Callable[[str], ProductionOrder]


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


@pytest.fixture
def newer(cycle: StatusCycle) -> StatusCycle:
    """Version 2: retouch is now edit, printing is inactive, the first status has 5 more days."""
    statuses = {status.key: status for status in cycle}
    return StatusCycle(
        "prints",
        [
            evolve(statuses["ordered"], default_duration=6),
            evolve(statuses["retouch"], key="edit", default_department="Editing"),
            evolve(statuses["printing"], inactive=True),
            statuses["qa"],
            statuses["shipped"],
            statuses["hold"],
            statuses["cancelled"],
        ],
        version=2,
    )


@pytest.fixture
def held(order_at: OrderAt) -> ProductionOrder:
    """An order on hold since 4 November that left retouch incomplete."""
    return FLOW.advance(
        order_at("retouch"), today=nov(4), by="ann", at=AT, to="hold", current_complete=False
    ).order


def test_a_migration_writes_the_results_down(order_at: OrderAt, newer: StatusCycle) -> None:
    """A migration has the new version, the old and the new key, and the new due date."""
    expected = CycleAdopted(
        order_id="PO-1",
        sequence=2,
        by="ann",
        recorded_by="bob",
        at=AT,
        note="new list",
        command_id="c-1",
        cycle_version=2,
        from_status="retouch",
        to_status="edit",
        resumes_in=None,
        held=None,
        due_on=nov(13),
        calculated_due_on=nov(13),
        policy="forward",
    )
    change = FLOW.migrate(
        order_at("retouch"),
        newer,
        mapping={"retouch": "edit"},
        by="ann",
        at=AT,
        recorded_by="bob",
        note="new list",
        command_id="c-1",
    )
    assert expected == change.entry


def test_a_migration_keeps_the_visit_and_the_assignees(
    order_at: OrderAt, newer: StatusCycle
) -> None:
    """A migration changes only the version, the status and the due date of an order."""
    order = order_at("retouch")
    expected = evolve(
        order,
        cycle=newer,
        status=newer["edit"],
        due_on=nov(13),
        calculated_due_on=nov(13),
        version=2,
    )
    assert expected == FLOW.migrate(order, newer, mapping={"retouch": "edit"}, **WHO).order


def test_a_status_that_is_in_both_needs_no_mapping(
    order: ProductionOrder, newer: StatusCycle
) -> None:
    """A status needs no mapping if the new version has its key."""
    assert FLOW.migrate(order, newer, **WHO).order.status is newer["ordered"]


def test_a_mapping_of_a_status_that_is_still_used_is_refused(
    order: ProductionOrder, newer: StatusCycle
) -> None:
    """A key that the new version still uses stays what it is."""
    with pytest.raises(ValueError, match="leave out 'ordered': version 2 still uses it"):
        FLOW.migrate(order, newer, mapping={"ordered": "qa"}, **WHO)


def test_a_mapping_of_a_status_that_never_was_is_refused(
    order: ProductionOrder, newer: StatusCycle
) -> None:
    """A key that the old version doesn't have is a typo."""
    with pytest.raises(ValueError, match="of the old version, not 'retuoch'"):
        FLOW.migrate(order, newer, mapping={"retuoch": "edit"}, **WHO)


def test_a_mapping_may_name_statuses_that_the_order_does_not_need(
    order: ProductionOrder, newer: StatusCycle
) -> None:
    """A mapping can be that of the whole list, wherever the order is."""
    mapping = {"retouch": "edit", "printing": "qa", "client": "hold"}
    assert FLOW.migrate(order, newer, mapping=mapping, **WHO).order.status is newer["ordered"]


def test_a_date_set_by_hand_survives_a_migration(
    order: ProductionOrder, newer: StatusCycle
) -> None:
    """A migration keeps a manual due date and recalculates the other one."""
    manual = FLOW.amend(order, **WHO, due_on=nov(25)).order
    migrated = FLOW.migrate(manual, newer, **WHO).order
    expected = (nov(25), nov(10), True)
    assert expected == (migrated.due_on, migrated.calculated_due_on, migrated.due_on_is_manual)


@pytest.mark.parametrize("status", ["retouch", "printing", "client"])
@pytest.mark.parametrize("mapping", [None, {}, {"proof": "edit"}])
def test_a_status_without_a_place_must_be_mapped(
    order_at: OrderAt, newer: StatusCycle, status: str, mapping: dict[str, str] | None
) -> None:
    """A status that is absent or inactive in the new version needs a mapping."""
    order = evolve(order_at(status))
    with pytest.raises(UnmappedStatusError) as caught:
        FLOW.migrate(order, newer, mapping=mapping, **WHO)
    error = caught.value
    expected = ("PO-1", "prints", 2, (status,))
    assert expected == (error.order_id, error.order_type, error.version, error.keys)


@pytest.mark.parametrize("target", ["nowhere", "printing"])
def test_a_mapping_to_no_place_is_none(order_at: OrderAt, newer: StatusCycle, target: str) -> None:
    """A mapping to an absent or inactive status is refused like a missing one."""
    with pytest.raises(UnmappedStatusError) as caught:
        FLOW.migrate(order_at("retouch"), newer, mapping={"retouch": target}, **WHO)
    assert caught.value.keys == ("retouch",)


def test_where_to_come_back_to_needs_a_place_too(held: ProductionOrder, newer: StatusCycle) -> None:
    """The status left incomplete needs a mapping too if the new version doesn't have it."""
    with pytest.raises(UnmappedStatusError) as caught:
        FLOW.migrate(held, newer, **WHO)
    assert caught.value.keys == ("retouch",)


def test_where_to_come_back_to_stays_on_the_path(held: ProductionOrder, newer: StatusCycle) -> None:
    """If the status left incomplete is mapped off the path, the order goes on after it."""
    migrated = FLOW.migrate(held, newer, mapping={"retouch": "hold"}, **WHO).order
    assert (migrated.resumes_in, migrated.held) == ("qa", None)


def test_every_status_without_a_place_is_named(held: ProductionOrder, newer: StatusCycle) -> None:
    """The error names every status that needs a mapping."""
    with pytest.raises(UnmappedStatusError) as caught:
        FLOW.migrate(held, newer.remove("hold"), **WHO)
    assert caught.value.keys == ("hold", "retouch")


def test_an_order_on_hold_comes_back_to_the_mapped_status(
    held: ProductionOrder, newer: StatusCycle
) -> None:
    """An order on hold comes back to the renamed status, with what is held under its new name."""
    expected = Held(
        visit=1,
        status="edit",
        entered_on=nov(2),
        paused_on=nov(4),
        due_on=nov(6),
        due_on_is_manual=False,
        department="Editing",
        user="rita",
    )
    migrated = FLOW.migrate(held, newer, mapping={"retouch": "edit"}, **WHO).order
    assert ("edit", expected) == (migrated.resumes_in, migrated.held)


def test_an_order_whose_hold_becomes_a_step_holds_nothing(
    held: ProductionOrder, newer: StatusCycle
) -> None:
    """An order that a mapping puts on the path has no status to come back to."""
    migrated = FLOW.migrate(held, newer.remove("hold"), mapping={"hold": "qa"}, **WHO).order
    assert (migrated.status.key, migrated.resumes_in, migrated.held) == ("qa", None, None)


@pytest.mark.parametrize(
    ("status", "mapping", "gone", "resumes_in"),
    [
        ("ordered", {"ordered": "hold"}, "ordered", "qa"),
        ("ordered", {"ordered": "hold", "retouch": "edit"}, "ordered", "edit"),
        ("retouch", {"retouch": "hold"}, "client", "qa"),
        ("printing", {"printing": "hold"}, "client", "qa"),
        ("printing", {"printing": "hold"}, "qa", "shipped"),
    ],
)
def test_a_step_that_becomes_a_hold_comes_back_to_what_is_left_of_the_path(
    *,
    order_at: OrderAt,
    newer: StatusCycle,
    status: str,
    mapping: dict[str, str],
    gone: str,
    resumes_in: str,
) -> None:
    """From a status off the new path, an order comes back to the next old step still on it."""
    rest = [it for it in newer.set_initial("edit") if it.key != gone]
    migrated = FLOW.migrate(
        order_at(status), StatusCycle("prints", rest, version=2), mapping=mapping, **WHO
    ).order
    assert resumes_in == migrated.resumes_in


def test_a_step_that_becomes_non_standard_comes_back_to_the_next(
    order_at: OrderAt, cycle: StatusCycle
) -> None:
    """From a status that became non-standard, an order comes back to the step after it."""
    newer = cycle.replace("retouch", non_standard=True)
    assert FLOW.migrate(order_at("retouch"), newer, **WHO).order.resumes_in == "printing"


def test_a_path_of_other_statuses_leads_back_to_its_end(
    order_at: OrderAt,
) -> None:
    """If nothing of the old path is left, an order comes back to the final status."""
    newer = StatusCycle(
        "prints",
        [
            Status("a", "A", initial=True),
            Status("z", "Z", final=True),
            Status("qa", "Quality check", non_standard=True),
        ],
        version=2,
    )
    assert FLOW.migrate(order_at("qa"), newer, **WHO).order.resumes_in == "z"


def test_the_version_of_the_order_is_refused(order: ProductionOrder, cycle: StatusCycle) -> None:
    """An order can't migrate to the version that it has."""
    with pytest.raises(ValueError, match="is at version 1 already"):
        FLOW.migrate(order, cycle, **WHO)


def test_an_older_version_may_be_adopted_again(
    order: ProductionOrder, cycle: StatusCycle, newer: StatusCycle
) -> None:
    """An order can go back to an older version."""
    migrated = FLOW.migrate(order, newer, **WHO).order
    assert evolve(order, version=3) == FLOW.migrate(migrated, cycle, **WHO).order


def test_other_content_under_the_same_version_is_refused(
    order: ProductionOrder, cycle: StatusCycle
) -> None:
    """A cycle with the order's version but other content is refused."""
    other = StatusCycle("prints", cycle.statuses, description="Prints")
    with pytest.raises(CycleConflictError) as caught:
        FLOW.migrate(order, other, **WHO)
    assert (caught.value.order_type, caught.value.version) == ("prints", 1)


def test_a_cycle_of_another_type_is_refused(order: ProductionOrder, cycle: StatusCycle) -> None:
    """An order can't migrate to the cycle of another type."""
    with pytest.raises(ValueError, match="'albums'"):
        FLOW.migrate(order, StatusCycle("albums", cycle.statuses, version=2), **WHO)


def test_a_migration_asks_the_policy(order: ProductionOrder, newer: StatusCycle) -> None:
    """Migrating is refused if the policy needs a delivery date and there is none."""
    flow = ProductionFlow(due_dates=Backward(without_delivery="error"))
    with pytest.raises(MissingDeliveryDateError):
        flow.migrate(order, newer, **WHO)


def test_a_migration_counts_back_from_the_delivery_date(
    order: ProductionOrder, newer: StatusCycle
) -> None:
    """If dates count backward, the new durations count back from the delivery date."""
    flow = ProductionFlow(due_dates=Backward())
    migrated = flow.migrate(evolve(order, delivery_on=nov(20)), newer, **WHO).order
    assert (nov(16), nov(16)) == (migrated.due_on, migrated.calculated_due_on)


def test_a_migration_needs_no_note(order: ProductionOrder, newer: StatusCycle) -> None:
    """Without a note, a migration has an empty one."""
    assert FLOW.migrate(order, newer, **WHO).entry.note == ""


# Decision D5b: a migration never opens or closes an order


@pytest.mark.parametrize(
    ("status", "final", "mapping", "before", "after"),
    [
        pytest.param("qa", "qa", {"delivered": "qa"}, "open", "complete", id="completes"),
        pytest.param("delivered", "qa", {"delivered": "retouch"}, "complete", "open", id="reopens"),
        pytest.param(
            "delivered", "qa", {"delivered": "cancelled"}, "complete", "cancelled", id="cancels"
        ),
    ],
)
def test_a_migration_that_would_open_or_close_an_order_is_refused(
    *,
    prints: StatusCycle,
    status: str,
    final: str,
    mapping: dict[str, str],
    before: str,
    after: str,
) -> None:
    """An order stays open, complete or cancelled, whatever the mapping says."""
    order = FLOW.open(prints, order_id="PO-1", ordered_on=nov(2), status=status, **WHO).order
    shorter = prints.set_final(final).remove("delivered")
    with pytest.raises(ClosingChangedError) as caught:
        FLOW.migrate(order, shorter, mapping=mapping, **WHO)
    error = caught.value
    assert ("PO-1", before, after) == (error.order_id, error.before, error.after)


@pytest.mark.parametrize(
    ("target", "after"), [("hold", "open"), ("delivered", "complete"), ("lab", "open")]
)
def test_a_cancelled_order_stays_cancelled(prints: StatusCycle, target: str, after: str) -> None:
    """A mapping can't reopen or complete a cancelled order."""
    order = FLOW.open(prints, order_id="PO-1", ordered_on=nov(2), status="cancelled", **WHO).order
    with pytest.raises(ClosingChangedError) as caught:
        FLOW.migrate(order, prints.remove("cancelled"), mapping={"cancelled": target}, **WHO)
    assert ("cancelled", after) == (caught.value.before, caught.value.after)


def test_a_flag_may_not_close_an_order(prints: StatusCycle) -> None:
    """An order on hold is refused if the new version counts its status as cancelled."""
    order = FLOW.open(prints, order_id="PO-1", ordered_on=nov(2), status="hold", **WHO).order
    with pytest.raises(ClosingChangedError) as caught:
        FLOW.migrate(order, prints.replace("hold", cancelled=True), **WHO)
    assert (caught.value.before, caught.value.after) == ("open", "cancelled")


def test_a_closed_order_may_migrate(prints: StatusCycle) -> None:
    """A closed order can move to a version that closes it too."""
    order = FLOW.open(prints, order_id="PO-1", ordered_on=nov(2), status="cancelled", **WHO).order
    newer = StatusCycle(
        "prints",
        [*prints.statuses[:-1], evolve(prints["cancelled"], key="stopped")],
        version=2,
    )
    migrated = FLOW.migrate(order, newer, mapping={"cancelled": "stopped"}, **WHO).order
    assert migrated.status == newer["stopped"]


# Decision D5b: what an order on hold takes along


def on(order: ProductionOrder, day: int, to: str | None = None, **more: Any) -> ProductionOrder:  # noqa: ANN401 - keywords of advance
    """The order after a change on a day of November."""
    return FLOW.advance(order, today=nov(day), by="ann", at=AT, to=to, **more).order


@pytest.fixture
def agreed(prints: StatusCycle) -> ProductionOrder:
    """On hold since the 5th from retouch, due by hand on the 10th, with mia, its default user."""
    opened = FLOW.open(prints, order_id="PO-1", ordered_on=nov(2), **WHO).order
    return on(on(opened, 3, due_on=nov(10)), 5, "hold")


def edit(prints: StatusCycle, user: str | None = "zoe") -> StatusCycle:
    """The next version, in which retouch is called edit, takes four days and has another user."""
    renamed = evolve(prints["retouch"], key="edit", default_duration=4, default_user=user)
    statuses = [renamed if status.key == "retouch" else status for status in prints]
    return StatusCycle("prints", statuses, version=2)


RENAMED: Final = {"retouch": "edit"}


def test_a_visit_goes_on_under_another_key(prints: StatusCycle) -> None:
    """Renamed in its visit, an order keeps the day, the person and the number of the visit."""
    opened = FLOW.open(prints, order_id="PO-1", ordered_on=nov(2), **WHO).order
    order = on(opened, 4, user="eve")
    migrated = FLOW.migrate(order, edit(prints), mapping=RENAMED, **WHO).order
    expected = ("edit", nov(4), "eve", 2, nov(9))
    assert expected == (
        migrated.status.key,
        migrated.entered_on,
        migrated.user,
        migrated.visit,
        migrated.due_on,
    )


def test_a_hold_of_a_renamed_status_goes_along(
    agreed: ProductionOrder, prints: StatusCycle
) -> None:
    """The order comes back to the renamed status, in its visit, due as it was agreed by hand."""
    migrated = FLOW.migrate(agreed, edit(prints), mapping=RENAMED, **WHO).order
    back = on(migrated, 9)
    expected = ("edit", 2, nov(3), nov(10), True)
    assert expected == (
        back.status.key,
        back.visit,
        back.entered_on,
        back.due_on,
        back.due_on_is_manual,
    )


def test_a_held_default_becomes_that_of_the_new_version(
    agreed: ProductionOrder, prints: StatusCycle
) -> None:
    """If the held person is the default of the old version, the new default takes over."""
    migrated = FLOW.migrate(agreed, edit(prints), mapping=RENAMED, **WHO).order
    assert (on(migrated, 9).department, on(migrated, 9).user) == ("Retouching", "zoe")


def test_a_held_default_may_become_nobody(agreed: ProductionOrder, prints: StatusCycle) -> None:
    """If the new version has no default user, the order comes back to the department alone."""
    migrated = FLOW.migrate(agreed, edit(prints, user=None), mapping=RENAMED, **WHO).order
    assert (on(migrated, 9).department, on(migrated, 9).user) == ("Retouching", None)


def test_a_held_person_who_is_no_default_stays(prints: StatusCycle) -> None:
    """Somebody who was chosen by hand isn't replaced by the new default."""
    opened = FLOW.open(prints, order_id="PO-1", ordered_on=nov(2), **WHO).order
    held = on(on(opened, 3, user="eve"), 5, "hold")
    migrated = FLOW.migrate(held, edit(prints), mapping=RENAMED, **WHO).order
    assert on(migrated, 9).user == "eve"


def test_a_held_default_follows_also_where_the_key_stays(
    agreed: ProductionOrder, prints: StatusCycle
) -> None:
    """A status that keeps its key but has a new default user comes back to that user."""
    newer = prints.replace("retouch", default_user="zoe")
    assert on(FLOW.migrate(agreed, newer, **WHO).order, 9).user == "zoe"


def test_the_people_of_an_order_that_is_not_on_hold_stay(prints: StatusCycle) -> None:
    """A migration changes no assignees, only those that are held."""
    opened = FLOW.open(prints, order_id="PO-1", ordered_on=nov(2), **WHO).order
    newer = prints.replace("retouch", default_user="zoe")
    assert FLOW.migrate(on(opened, 3), newer, **WHO).order.user == "mia"


def test_a_hold_of_a_status_that_is_replaced_by_another_is_dropped(
    agreed: ProductionOrder, prints: StatusCycle
) -> None:
    """Mapped to a status that the old version had, nothing is held of the old one."""
    migrated = FLOW.migrate(agreed, prints.remove("retouch"), mapping={"retouch": "lab"}, **WHO)
    assert (migrated.order.resumes_in, migrated.order.held) == ("lab", None)


def test_an_order_whose_hold_was_dropped_begins_a_visit(
    agreed: ProductionOrder, prints: StatusCycle
) -> None:
    """The order comes back in a new visit, due as the policy says."""
    migrated = FLOW.migrate(
        agreed, prints.remove("retouch"), mapping={"retouch": "lab"}, **WHO
    ).order
    back = on(migrated, 9)
    assert ("lab", 5, nov(9), None, nov(10)) == (
        back.status.key,
        back.visit,
        back.entered_on,
        back.resumed_on,
        back.due_on,
    )


def test_an_order_comes_back_after_a_status_that_left_the_path(
    agreed: ProductionOrder, prints: StatusCycle
) -> None:
    """If the held status is now off the path, the order goes on with what follows there."""
    migrated = FLOW.migrate(agreed, prints.replace("retouch", non_standard=True), **WHO).order
    assert (migrated.resumes_in, migrated.held) == ("lab", None)


def test_an_order_comes_back_to_the_end_where_nothing_else_is_left(
    agreed: ProductionOrder, prints: StatusCycle
) -> None:
    """If nothing that followed is on the new path, the order comes back to the final status."""
    newer = prints.replace("retouch", non_standard=True).deactivate("lab").deactivate("qa")
    assert FLOW.migrate(agreed, newer, **WHO).order.resumes_in == "delivered"


def test_from_hold_to_hold_what_is_held_stays(agreed: ProductionOrder, prints: StatusCycle) -> None:
    """If the present status is mapped to another one off the path, the hold goes on."""
    migrated = FLOW.migrate(agreed, prints.remove("hold"), mapping={"hold": "wait"}, **WHO).order
    assert ("wait", "retouch", agreed.held) == (
        migrated.status.key,
        migrated.resumes_in,
        migrated.held,
    )


def test_a_hold_that_is_mapped_to_the_path_is_over(
    agreed: ProductionOrder, prints: StatusCycle
) -> None:
    """On the path nothing is held, and there is nothing to come back to."""
    migrated = FLOW.migrate(agreed, prints.remove("hold"), mapping={"hold": "lab"}, **WHO).order
    assert (migrated.status.key, migrated.resumes_in, migrated.held) == ("lab", None, None)


def test_the_days_of_a_pause_go_along(prints: StatusCycle) -> None:
    """A visit that was paused keeps its days, and they count under the new durations."""
    flow = ProductionFlow(due_dates=FromEntry())
    opened = flow.open(prints, order_id="PO-1", ordered_on=nov(2), **WHO).order
    back = on(on(on(opened, 3), 5, "hold"), 10)
    migrated = flow.migrate(back, edit(prints), mapping=RENAMED, **WHO).order
    assert (nov(10), 5, 3, nov(12)) == (
        migrated.resumed_on,
        migrated.paused_days,
        migrated.paused_working_days,
        migrated.due_on,
    )


def test_a_migration_names_the_policy_of_its_dates(
    order: ProductionOrder, newer: StatusCycle
) -> None:
    """The entry names the policy that calculated the dates (decision D22b)."""
    entry = ProductionFlow(due_dates=Backward()).migrate(order, newer, **WHO).entry
    assert isinstance(entry, CycleAdopted)
    assert entry.policy == "backward"


def test_a_migration_of_an_order_that_has_moved_is_refused(
    order: ProductionOrder, newer: StatusCycle
) -> None:
    """An order that has changed since the screen showed it isn't migrated (decision D19)."""
    with pytest.raises(OrderMovedError) as caught:
        FLOW.migrate(evolve(order, version=2), newer, expect=1, **WHO)
    assert (caught.value.expected, caught.value.actual) == (1, 2)


def test_a_mapping_of_a_bulk_is_of_any_of_its_versions(
    order: ProductionOrder, newer: StatusCycle
) -> None:
    """In a bulk, a key of the mapping must be in the version of one of the orders."""
    newest = newer.remove("edit")
    old = evolve(order, id="PO-2")
    migrated = FLOW.migrate(order, newer, **WHO).order
    changes = FLOW.migrate_all([old, migrated], newest, mapping={"edit": "qa"}, **WHO)
    assert [newest, newest] == [change.order.cycle for change in changes]


def test_a_mapping_of_a_bulk_that_is_of_none_is_refused(
    order: ProductionOrder, newer: StatusCycle
) -> None:
    """In a bulk too, a key that no version has is a typo."""
    with pytest.raises(ValueError, match="of the old version, not 'edti'"):
        FLOW.migrate_all([order], newer, mapping={"edti": "qa"}, **WHO)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"order": "PO-1"}, TypeError),
        ({"cycle": "prints"}, TypeError),
        ({"mapping": ["ordered"]}, TypeError),
        ({"mapping": {"ordered": "a b"}}, ValueError),
        ({"mapping": {"a b": "ordered"}}, ValueError),
        ({"mapping": {"ordered": 7}}, TypeError),
        ({"expect": 1.0}, TypeError),
        ({"by": ""}, ValueError),
        ({"at": nov(4)}, TypeError),
        ({"recorded_by": 7}, TypeError),
        ({"note": None}, TypeError),
        ({"command_id": ""}, ValueError),
    ],
)
def test_migrating_refuses_bad_values(
    order: ProductionOrder, newer: StatusCycle, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Migrating refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=next(iter(wrong))):
        FLOW.migrate(**{"order": order, "cycle": newer, **WHO, **wrong})


@pytest.mark.parametrize("wrong", [None, "prints"])
def test_migrating_many_needs_a_cycle(order: ProductionOrder, wrong: str | None) -> None:
    """Migrating many orders needs a cycle."""
    with pytest.raises(TypeError, match="cycle"):
        FLOW.migrate_all([order], wrong, **WHO)  # type: ignore[arg-type]  # refused for that
