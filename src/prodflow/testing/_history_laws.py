"""Laws of every history: entries, undo, corrections and migrations (D5b, D15, D34, D35)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Any, Final

import pytest
from attrs import evolve, fields

from prodflow import (
    Change,
    ChangeUndone,
    ClosingChangedError,
    CompletionDateError,
    NothingToUndoError,
    OrderOpened,
    OrderSplit,
    ProductionFlow,
    ProductionOrder,
    StatusChanged,
    StatusCycle,
    effective,
)
from prodflow.hub import visits
from prodflow.testing._cases import case
from prodflow.testing._law_steps import (
    RECORDED,
    cycles_of,
    dates_of,
    entries_of,
    replanned,
    same_but,
    up_to_date,
)
from prodflow.testing._reports import same_outbox, same_reports, stored


def replay_rebuilds_the_order(changes: Sequence[Change]) -> None:
    """After every change, replaying the history gives the same order."""
    case("the order changed its status", changes[-1].order.visit > 1)
    cycles, entries = cycles_of(changes), entries_of(changes)
    for last, change in enumerate(changes, start=1):
        assert ProductionOrder.replay(entries[:last], cycles) == change.order


def visits_follow_one_another(changes: Sequence[Change]) -> None:
    """An order is in one status at a time: it enters one on the day it leaves another (D18, D20).

    Either a new visit begins, or a paused visit goes on. Only a status change begins a visit.
    """
    case("a visit went on", any(_goes_on(change) for change in changes))
    assert [change.order.version for change in changes] == list(range(1, len(changes) + 1))
    for before, change in pairwise(changes):
        left, entered, entry = before.order, change.order, change.entry
        if isinstance(entry, StatusChanged):
            assert left.begun_on <= entered.begun_on
            if _goes_on(change):
                assert left.held is not None
                assert (entered.visit, entered.entered_on) == (
                    left.held.visit,
                    left.held.entered_on,
                )
            else:
                assert (entered.visit, entered.entered_after) == (entry.sequence, left.begun_on)
        elif not isinstance(entry, ChangeUndone):
            assert entered.visit == left.visit


def _goes_on(change: Change) -> bool:
    entry = change.entry
    return isinstance(entry, StatusChanged) and entry.visit != entry.sequence


# Undo and corrections


def an_undo_gives_the_order_back(flow: ProductionFlow, changes: Sequence[Change]) -> None:
    """After an undo, the order is the same as before the undone entry, except its version (D34).

    The undone entry no longer counts. Every report and every reminder is as if it had never been
    made. An opening and a split can't be undone.
    """
    order, entries = changes[-1].order, entries_of(changes)
    *before, last = effective(entries)
    can_undo = bool(before) and not isinstance(last, OrderSplit)
    case("something can be undone", can_undo)
    if not can_undo:
        with pytest.raises(NothingToUndoError):
            flow.undo(order, entries, cycles=cycles_of(changes), **RECORDED)
        return
    undone = flow.undo(order, entries, cycles=cycles_of(changes), **RECORDED)
    assert undone.order.version == order.version + 1
    run = changes[: last.sequence - 1]
    assert undone.order == same_but(run[-1].order, undone.order, "version")
    same_reports([*changes, undone], run)
    same_outbox(flow, [*changes, undone], run)
    assert effective([*entries, undone.entry]) == tuple(before)
    # It fires nothing, but what the order has only once may be that of an earlier entry again.
    assert not [event for event in undone.events if not event.dated and event.number is not None]


def undoing_everything_leads_to_the_opening(
    flow: ProductionFlow, changes: Sequence[Change]
) -> None:
    """If you undo every change, the order is as opened, and nothing is left to undo (D34).

    A split can't be undone. So an order that was split becomes as it was after its last split.
    """
    cycles, run = cycles_of(changes), [*changes]
    counting = effective(entries_of(run))
    last = max(at for at, it in enumerate(counting) if isinstance(it, OrderOpened | OrderSplit))
    times = len(counting) - 1 - last
    case("several entries are undone", times > 1)
    for _ in range(times):
        run.append(flow.undo(run[-1].order, entries_of(run), cycles=cycles, **RECORDED))
    order, kept = run[-1].order, changes[: counting[last].sequence]
    assert order == same_but(kept[-1].order, order, "version")
    same_reports(run, kept)
    with pytest.raises(NothingToUndoError):
        flow.undo(order, entries_of(run), cycles=cycles, **RECORDED)


def a_first_day_is_corrected_within_its_bounds(
    flow: ProductionFlow, order: ProductionOrder, day: date, today: date
) -> None:
    """A corrected first day stays within its bounds, and moves only dates that count from it (D35).

    The due date changes if it counts from that day and wasn't set by hand.

    Args:
        flow: the flow.
        order: the order whose first day is wrong.
        day: the right day.
        today: the date on which the correction is recorded.
    """
    order = up_to_date(flow, order)
    latest = today if order.resumed_on is None else min(today, order.entered_on)
    is_early = order.entered_after is not None and day < order.entered_after
    is_allowed = day == order.entered_on or (not is_early and day <= latest)
    case("the day is within its bounds, and another one", is_allowed and day != order.entered_on)
    recorded: dict[str, Any] = {"by": "Law", "at": datetime.combine(today, time(12), UTC)}
    if not is_allowed:
        with pytest.raises(CompletionDateError):
            flow.amend(order, entered_on=day, **recorded)
        return
    after = flow.amend(order, entered_on=day, **recorded).order
    assert (after.version, after.entered_on) == (order.version + 1, day)
    assert after == same_but(order, after, "version", "entered_on", "held", *dates_of(order))
    assert flow.replan(after, **RECORDED) is None
    if order.held is not None and after.held is not None:
        # If one hold followed another, the pause began with the first one, and its day stays.
        held = order.held
        is_later_hold = order.entered_after == held.paused_on > held.entered_on
        moves = order.entered_on == held.paused_on and not is_later_hold
        assert after.held == evolve(held, paused_on=day if moves else held.paused_on)


def an_amended_delivery_moves_its_due_date_only(
    flow: ProductionFlow, order: ProductionOrder, delivery_on: date
) -> None:
    """If the policy uses delivery dates, a new delivery date changes only the due date (D15)."""
    order = up_to_date(flow, order)
    case("the delivery date differs", delivery_on != order.delivery_on)
    after = flow.amend(order, delivery_on=delivery_on, **RECORDED).order
    assert (after.version, after.delivery_on) == (order.version + 1, delivery_on)
    assert after == same_but(order, after, "version", "delivery_on", *dates_of(order))
    assert flow.replan(after, **RECORDED) is None


def an_untouched_order_follows_its_order_date(
    flow: ProductionFlow, cycle: StatusCycle, ordered_on: date, amended_on: date
) -> None:
    """Amending a new order's order date has the same result as opening it on that date (D15)."""
    case("the date differs", ordered_on != amended_on)
    facts: dict[str, Any] = {"order_id": "law", "delivery_on": ordered_on, **RECORDED}
    for status in cycle.choices():
        opened = flow.open(cycle, status=status.key, ordered_on=ordered_on, **facts).order
        expected = flow.open(cycle, status=status.key, ordered_on=amended_on, **facts).order
        amended = flow.amend(opened, ordered_on=amended_on, **RECORDED).order
        assert amended == same_but(expected, amended, "version")


# Migrations


def a_migration_keeps_the_visit(
    flow: ProductionFlow,
    changes: Sequence[Change],
    cycle: StatusCycle,
    mapping: Mapping[str, str] | None = None,
) -> None:
    """A migration keeps the visit, its days, its people and a due date set by hand (D5b).

    A migration never reopens, completes or cancels an order, and it fires no immediate trigger. The
    calculated due date is that of the new version. In the reports, all visits keep their days.

    Args:
        flow: the flow.
        changes: the changes of an order, on hold or not.
        cycle: the version that the order moves to.
        mapping: the new keys of statuses that this version doesn't have or no longer uses.
    """
    order = changes[-1].order
    case("the order is on hold", order.held)
    change = flow.migrate(order, cycle, mapping=mapping, **RECORDED)
    after = change.order
    names = ["version", "cycle", "status", "resumes_in", "held", "calculated_due_on"]
    if not order.due_on_is_manual:
        names += ["due_on"]
    # An order with fields of both versions would be invalid, so the fields are compared one by
    # one.
    kept = {name: getattr(order, name) for name in _FIELDS if name not in names}
    assert kept == {name: getattr(after, name) for name in kept}
    closing = (order.is_open, order.is_complete, order.is_cancelled)
    assert closing == (after.is_open, after.is_complete, after.is_cancelled)
    assert flow.replan(after, **RECORDED) is None
    assert not [event for event in change.events if not event.dated]
    assert _days_of_visits([*changes, change]) == _days_of_visits(changes)


def _days_of_visits(changes: Sequence[Change]) -> list[tuple[object, ...]]:
    """When each visit began, was paused and ended, as a store has it."""
    return [
        (visit.sequence, visit.entered_on, visit.pauses, visit.left_on, visit.completed)
        for visit in visits(stored(changes).history(changes[-1].order.id))
    ]


_FIELDS: Final = tuple(field.name for field in fields(ProductionOrder))


def a_migration_closes_nothing(flow: ProductionFlow, order: ProductionOrder) -> None:
    """A migration that would complete, cancel or reopen an order is refused (D5b)."""
    case("the order is open", order.is_open)
    for number, cycle in enumerate(_closing_otherwise(order), start=1000):
        newer = evolve(cycle, version=order.cycle.version + number)
        with pytest.raises(ClosingChangedError):
            flow.migrate(order, newer, **RECORDED)


def _closing_otherwise(order: ProductionOrder) -> list[StatusCycle]:
    """Versions that would close the order if it's open, or open it if it's closed."""
    cycle, status = order.cycle, order.status
    position = cycle.place(status.key).position
    if position is None:
        return [cycle.replace(status.key, non_standard=True, cancelled=not status.cancelled)]
    if not status.final:
        return [cycle.set_final(status.key)] if position else []
    return [cycle.set_final(before.key) for before in cycle.path[1:-1]]


def a_hold_follows_new_defaults(flow: ProductionFlow, changes: Sequence[Change]) -> None:
    """A migration gives a paused visit the new default people in place of the old ones (D5b).

    In the reports, all visits keep their days.
    """
    order = changes[-1].order
    case("the order is on hold", order.held)
    if order.held is None:
        return
    cycle, held = order.cycle, order.held
    statuses = [evolve(it, default_department="Law desk", default_user="Law") for it in cycle]
    newer = evolve(cycle, statuses=statuses, version=cycle.version + 1000)
    change = flow.migrate(order, newer, **RECORDED)
    after = change.order
    old = cycle[held.status]
    is_default, is_user = held.department == old.default_department, held.user == old.default_user
    assert after.held == evolve(
        held,
        department="Law desk" if is_default else held.department,
        user="Law" if is_user else held.user,
    )
    assert _days_of_visits([*changes, change]) == _days_of_visits(changes)


def renaming_and_back_changes_nothing(flow: ProductionFlow, changes: Sequence[Change]) -> None:
    """If you rename all keys and rename them back, only version numbers change (D5b).

    Every report is as before, except for the days that reasons lost: entries don't say how a
    migration renames the statuses that the order isn't in.
    """
    run = replanned(flow, changes)
    order = run[-1].order
    case("the order is on hold", order.held)
    cycle = order.cycle
    mapping = {status.key: f"{number}.renamed" for number, status in enumerate(cycle)}
    renamed = evolve(
        cycle,
        statuses=[evolve(status, key=mapping[status.key]) for status in cycle],
        version=cycle.version + 1000,
    )
    migrated = flow.migrate(order, renamed, mapping=mapping, **RECORDED)
    there = migrated.order
    assert there.status == evolve(order.status, key=mapping[order.status.key])
    assert (there.held is None) == (order.held is None)
    again = evolve(cycle, version=cycle.version + 2000)
    inverse = {new: old for old, new in mapping.items()}
    back = flow.migrate(there, again, mapping=inverse, **RECORDED)
    assert back.order == same_but(order, back.order, "version", "cycle")
    same_reports([*run, migrated, back], run, but={"reasons"})
