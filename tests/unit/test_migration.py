"""Migration: an order moves to another version of its cycle and stays in its visit."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    Backward,
    CycleAdopted,
    CycleConflictError,
    MissingDeliveryDateError,
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
        due_on=nov(13),
        calculated_due_on=nov(13),
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


def test_a_mapping_wins_over_the_same_key(order: ProductionOrder, newer: StatusCycle) -> None:
    """A mapping wins even if the new version has the key too."""
    assert FLOW.migrate(order, newer, mapping={"ordered": "qa"}, **WHO).order.status.key == "qa"


def test_a_date_set_by_hand_survives_a_migration(
    order: ProductionOrder, newer: StatusCycle
) -> None:
    """A migration keeps a manual due date and recalculates the other one."""
    manual = FLOW.amend(order, **WHO, due_on=nov(25)).order
    migrated = FLOW.migrate(manual, newer, **WHO).order
    expected = (nov(25), nov(10), True)
    assert expected == (migrated.due_on, migrated.calculated_due_on, migrated.due_on_is_manual)


@pytest.mark.parametrize("status", ["retouch", "printing", "client"])
@pytest.mark.parametrize("mapping", [None, {}, {"qa": "edit"}])
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
def test_a_mapping_to_no_place_is_none(
    order: ProductionOrder, newer: StatusCycle, target: str
) -> None:
    """A mapping to an absent or inactive status is refused like a missing one."""
    with pytest.raises(UnmappedStatusError) as caught:
        FLOW.migrate(order, newer, mapping={"ordered": target}, **WHO)
    assert caught.value.keys == ("ordered",)


def test_where_to_come_back_to_needs_a_place_too(held: ProductionOrder, newer: StatusCycle) -> None:
    """The status left incomplete needs a mapping too if the new version doesn't have it."""
    with pytest.raises(UnmappedStatusError) as caught:
        FLOW.migrate(held, newer, **WHO)
    assert caught.value.keys == ("retouch",)


def test_where_to_come_back_to_stays_on_the_path(held: ProductionOrder, newer: StatusCycle) -> None:
    """The status left incomplete can't be mapped to a status off the path."""
    with pytest.raises(UnmappedStatusError) as caught:
        FLOW.migrate(held, newer, mapping={"retouch": "cancelled"}, **WHO)
    assert caught.value.keys == ("retouch",)


def test_every_status_without_a_place_is_named(held: ProductionOrder, newer: StatusCycle) -> None:
    """The error names every status that needs a mapping."""
    with pytest.raises(UnmappedStatusError) as caught:
        FLOW.migrate(held, newer.remove("hold"), **WHO)
    assert caught.value.keys == ("hold", "retouch")


def test_an_order_on_hold_comes_back_to_the_mapped_status(
    held: ProductionOrder, newer: StatusCycle
) -> None:
    """An order on hold comes back to the mapped status, with its held values."""
    migrated = FLOW.migrate(held, newer, mapping={"retouch": "edit"}, **WHO).order
    assert ("edit", held.held) == (migrated.resumes_in, migrated.held)


def test_an_order_whose_hold_becomes_a_step_holds_nothing(
    held: ProductionOrder, newer: StatusCycle
) -> None:
    """An order that a mapping puts on the path has no status to come back to."""
    migrated = FLOW.migrate(held, newer, mapping={"hold": "qa"}, **WHO).order
    assert (migrated.status.key, migrated.resumes_in, migrated.held) == ("qa", None, None)


@pytest.mark.parametrize(
    ("status", "mapping", "resumes_in"),
    [
        ("ordered", {"ordered": "hold"}, "qa"),
        ("ordered", {"ordered": "hold", "retouch": "edit"}, "edit"),
        ("retouch", {"retouch": "hold"}, "qa"),
        ("printing", {"printing": "hold"}, "qa"),
        ("printing", {"printing": "hold", "qa": "cancelled"}, "shipped"),
    ],
)
def test_a_step_that_becomes_a_hold_comes_back_to_what_is_left_of_the_path(
    order_at: OrderAt,
    newer: StatusCycle,
    status: str,
    mapping: dict[str, str],
    resumes_in: str,
) -> None:
    """From a status off the new path, an order comes back to the next old step still on it."""
    migrated = FLOW.migrate(order_at(status), newer, mapping=mapping, **WHO).order
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


def test_the_last_step_that_is_mapped_aside_comes_back_to_the_end() -> None:
    """If the last step is mapped off the path, the order comes back to the final status."""
    older = StatusCycle("p", [Status("a", "A", initial=True), Status("z", "Z", final=True)])
    newer = older.add(Status("x", "X", non_standard=True))
    order = FLOW.open(older, order_id="PO-1", ordered_on=nov(2), status="z", **WHO).order
    assert FLOW.migrate(order, newer, mapping={"z": "x"}, **WHO).order.resumes_in == "z"


def test_the_same_version_may_be_adopted_again(order: ProductionOrder, cycle: StatusCycle) -> None:
    """Migrating to the order's own version gives an entry and changes nothing."""
    assert evolve(order, version=2) == FLOW.migrate(order, cycle, **WHO).order


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


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"order": "PO-1"}, TypeError),
        ({"cycle": "prints"}, TypeError),
        ({"mapping": ["ordered"]}, TypeError),
        ({"mapping": {"ordered": "a b"}}, ValueError),
        ({"mapping": {"a b": "ordered"}}, ValueError),
        ({"mapping": {"ordered": 7}}, TypeError),
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
