"""What holds for every flow, every status change and every bulk: decisions D16 to D26."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    Amendments,
    BulkProposal,
    BulkRefusedError,
    Change,
    ChangeRefusedError,
    Completing,
    Move,
    NoNextStatusError,
    OrderMovedError,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    RuleError,
    StatusChanged,
    StatusCycle,
    StatusMovedError,
    plan,
)
from prodflow.flow import BulkRevision
from prodflow.testing._cases import case
from prodflow.testing._law_steps import (
    NOTE,
    RECORDED,
    advanced,
    cycles_of,
    entries_of,
    occasions,
    outcome,
)


def advancing_reaches_the_final(flow: ProductionFlow, cycle: StatusCycle, ordered_on: date) -> None:
    """An order that keeps advancing reaches the final status from every open status (D17)."""
    starts = [status for status in cycle.choices() if not status.closes]
    case("an open status is off the path", not set(starts) <= set(cycle.path))
    for status in starts:
        order = flow.open(
            cycle,
            order_id="law",
            ordered_on=ordered_on,
            delivery_on=ordered_on,
            status=status.key,
            **RECORDED,
        ).order
        for _ in cycle.path:
            if not order.is_complete:
                order = advanced(flow, order).order
        assert order.is_complete, f"an order at {status.key!r} gets to {order.status.key!r} only"


def a_jump_keeps_the_date_of_the_plan(
    flow: ProductionFlow, order: ProductionOrder, ordered_on: date
) -> None:
    """A status that you jump to is due as planned: the days of skipped statuses count (D13).

    This holds for policies that count from the order date or from the delivery date.
    """
    planned = plan(
        order.cycle,
        flow.due_dates,
        ordered_on=ordered_on,
        delivery_on=order.delivery_on,
        vendor=order.vendor,
        quantity=order.quantity,
        priority=order.priority,
        facts=order.facts,
    )
    cycle, here = order.cycle, order.cycle.place(order.status.key).position
    skipped: list[ProposedChange] = []
    for row in planned:
        if row.status != order.status:
            proposal = flow.propose(order, today=order.begun_on, by="Law", to=row.status.key)
            skipped += [proposal] if any(s.default_duration for s in proposal.skipped) else []
            assert proposal.calculated_due_on == row.due_on
            there = cycle.place(row.status.key).position
            assert here is None or proposal.skipped == cycle.path[here + 1 : there]
    case("a status that takes days was skipped", skipped)


def going_back_completes_nothing(flow: ProductionFlow, order: ProductionOrder, to: str) -> None:
    """An order that goes back doesn't complete the status that it leaves (D20b)."""
    change = advanced(flow, order, to=to)
    waits = any(isinstance(trigger.when, Completing) for trigger in flow.triggers)
    case("a trigger waits for a completion", waits)
    assert isinstance(change.entry, StatusChanged)
    assert change.entry.move in {Move.BACK, Move.REOPEN}
    assert change.entry.completed_on is None
    assert not [when for when in occasions(flow, change.events) if isinstance(when, Completing)]


def going_on_completes_and_pausing_does_not(flow: ProductionFlow, order: ProductionOrder) -> None:
    """An order completes the status that it leaves, unless the order goes back or pauses (D20b).

    Cancelling an order completes nothing, and neither does leaving a closed status.
    """
    case("the order is open", order.is_open)
    for status in order.cycle.choices():
        proposal = outcome(
            partial(flow.propose, order, today=order.begun_on, by="Law", to=status.key)
        )
        if isinstance(proposal, ProposedChange):
            stays = proposal.move is Move.BACK or status.cancelled or status.pauses
            assert proposal.current_complete == (order.is_open and not stays)


def a_window_sent_back_unchanged_is_accepted(
    flow: ProductionFlow, order: ProductionOrder, today: date
) -> None:
    """If you pass back every default of the window, you get the same proposal (D20)."""
    proposal = flow.propose(order, today=today, by="Law", note=NOTE)
    case("the order was dated ahead", today < order.begun_on)
    shown = flow.revise(
        proposal,
        to=proposal.to.key,
        current_complete=proposal.current_complete,
        completed_on=proposal.completed_on,
        due_on=proposal.due_on,
        department=proposal.department,
        user=proposal.user,
    )
    assert shown == evolve(proposal, given=shown.given)


def no_detour_gets_round_the_rules(flow: ProductionFlow, order: ProductionOrder) -> None:
    """A move that the rules refuse is also refused after a hold or a cancellation (D17, D24).

    This is about `allow_skip`, `allow_back`, `targets`, and the notes of skipping and going back.
    If an order off the path has completed all its work, only `targets` count: the order may be
    reopened, like a complete order.
    """
    cycle = order.cycle
    against = {status.key: _codes(flow, order, status.key) for status in cycle.path}
    refused = [key for key, codes in against.items() if not _DIRECTIONS.isdisjoint(codes)]
    noted = [status.key for status in cycle.path if _needs_a_note(flow, order, status.key)]
    case("the rules refuse a status", refused)
    for aside in cycle.non_standard:
        for is_complete in (False, True):
            away = outcome(
                partial(advanced, flow, order, to=aside.key, current_complete=is_complete)
            )
            if not isinstance(away, Change):
                continue
            is_done = away.order.resumes_in == cycle.final.key
            for key in refused:
                if "target" in against[key] or not is_done:
                    assert _codes(flow, away.order, key), f"{aside.key!r} leads to {key!r}"
            for key in [] if is_done else noted:
                codes = _codes(flow, away.order, key, note="")
                assert codes, f"{aside.key!r} leads to {key!r} without a note"


_DIRECTIONS: Final = frozenset({"skip", "back", "target"})


def _needs_a_note(flow: ProductionFlow, order: ProductionOrder, key: str) -> bool:
    """Whether skipping or going back to this status needs a note."""
    proposal = outcome(partial(flow.propose, order, today=order.begun_on, by="Law", to=key))
    return (
        isinstance(proposal, ProposedChange)
        and proposal.move in {Move.SKIP, Move.BACK}
        and "note" in [refusal.code for refusal in proposal.refusals]
    )


def _codes(flow: ProductionFlow, order: ProductionOrder, key: str, note: str = NOTE) -> set[str]:
    """Why a change isn't allowed: the codes of its refusals, or of its error."""
    proposal = outcome(
        partial(flow.propose, order, today=order.begun_on, by="Law", to=key, note=note)
    )
    if isinstance(proposal, RuleError):
        return {proposal.code}
    return {refusal.code for refusal in proposal.refusals}


def a_closed_order_reopens_only_if_allowed(flow: ProductionFlow, order: ProductionOrder) -> None:
    """Without `allow_reopen`, a closed order stays closed (D17, D24)."""
    case("the order was cancelled", order.is_cancelled)
    for status in order.cycle.choices():
        stays_cancelled = order.is_cancelled and status.cancelled
        if status != order.status and not stays_cancelled and not flow.rules.allow_reopen:
            assert "reopen" in _codes(flow, order, status.key), f"it may go to {status.key!r}"


def choices_say_what_the_window_says(
    flow: ProductionFlow, order: ProductionOrder, today: date
) -> None:
    """For each status, the list of choices says the same as the window (decision D24).

    A missing text, such as a note, is in `needs`. It isn't a refusal of the choice.
    """
    lines = flow.choices(order, today=today, by="Law")
    case("only a note is missing", any(line.needs and not line.refusals for line in lines))
    assert [line.status for line in lines] == [*order.cycle.choices()]
    for line in lines:
        window = outcome(partial(flow.propose, order, today=today, by="Law", to=line.status.key))
        if isinstance(window, RuleError):
            assert ([refusal.code for refusal in line.refusals], line.needs) == ([window.code], ())
        else:
            needs = [one for one in window.refusals if one.code in _TYPED]
            against = [one for one in window.refusals if one not in needs]
            assert line.move is window.move
            assert [*line.refusals] == against
            assert [*line.needs] == [one.code for one in needs]


_TYPED: Final = frozenset({"note", "reason"})


def what_is_refused_is_told(flow: ProductionFlow, order: ProductionOrder, today: date) -> None:
    """If a window has refusals, the change is refused, and the error lists the same ones (D24)."""
    refused: list[ProposedChange] = []
    for status in order.cycle.choices():
        window = outcome(partial(flow.propose, order, today=today, by="Law", to=status.key))
        if isinstance(window, ProposedChange):
            refused += [window] if window.refusals else []
            change = outcome(partial(flow.accept, window, at=RECORDED["at"]))
            expected = ChangeRefusedError(order.id, window.refusals)
            assert change == expected if window.refusals else isinstance(change, Change)
            noted = flow.revise(window, note=NOTE)
            assert "note" not in [refusal.code for refusal in noted.refusals]
    case("the rules refuse a status", refused)


def an_order_that_moved_is_refused(flow: ProductionFlow, changes: Sequence[Change]) -> None:
    """An order is refused if it isn't at the version that the screen showed (decision D19).

    If the screen showed only the status of the order, an order in another status is refused.
    """
    order, entries, cycles = changes[-1].order, entries_of(changes), cycles_of(changes)
    newer = evolve(order.cycle, version=order.cycle.version + 1000)
    target = next(status.key for status in order.cycle.path if status != order.status)
    verbs: list[Callable[..., object]] = [
        partial(flow.propose, order, today=order.begun_on, by="Law", to=target),
        partial(flow.amend, order, **RECORDED),
        partial(flow.replan, order, **RECORDED),
        partial(flow.migrate, order, newer, **RECORDED),
        partial(flow.undo, order, entries, cycles=cycles, **RECORDED),
    ]
    bulks: list[Callable[..., object]] = [
        partial(flow.advance_all, [order], today=order.begun_on, to=target, note=NOTE, **RECORDED),
        partial(flow.amend_all, [order], **RECORDED),
        partial(flow.replan_all, [order], **RECORDED),
        partial(flow.migrate_all, [order], newer, **RECORDED),
        partial(flow.undo_all, [(order, entries)], cycles=cycles, **RECORDED),
    ]
    case("the order has had several versions", order.version > 1)
    for version in {*range(1, order.version + 2)} - {order.version}:
        expected = OrderMovedError(order.id, version, order.version)
        for verb in verbs:
            assert outcome(partial(verb, expect=version)) == expected
        for bulk_verb in bulks:
            refused = outcome(partial(bulk_verb, expect={order.id: version}))
            assert refused == BulkRefusedError({order.id: expected})
        bulk = flow.propose_all(
            [order], today=order.begun_on, by="Law", to=target, expect={order.id: version}
        )
        assert bulk.refusals == {order.id: expected}
    for verb in verbs:
        assert not isinstance(outcome(partial(verb, expect=order.version)), OrderMovedError)
        assert not isinstance(outcome(partial(verb, expect=order.status.key)), StatusMovedError)
        moved = StatusMovedError(order.id, target, order.status.key)
        assert outcome(partial(verb, expect=target)) == moved


def a_closed_order_does_not_advance(flow: ProductionFlow, order: ProductionOrder) -> None:
    """Alone or in a bulk, a closed order advances only if you name a target status (D17)."""
    case("the order was cancelled", order.is_cancelled)
    with pytest.raises(NoNextStatusError):
        flow.propose(order, today=order.begun_on, by="Law")
    assert list(flow.propose_all([order], today=order.begun_on, by="Law").refusals) == [order.id]


def bulk_equals_singles(flow: ProductionFlow, orders: Sequence[ProductionOrder]) -> None:
    """If every order can advance, a bulk gives the same changes as the orders one by one (D23)."""
    case("the bulk has several orders", len(orders) > 1)
    today = max(order.begun_on for order in orders)
    changes = flow.advance_all(orders, today=today, note=NOTE, **RECORDED)
    assert changes == tuple(advanced(flow, order, today=today) for order in orders)


def a_refused_bulk_names_every_order(
    flow: ProductionFlow, orders: Sequence[ProductionOrder]
) -> None:
    """A bulk with closed orders changes nothing, and its error names each closed order (D23)."""
    today = max(order.begun_on for order in orders)
    closed = {order.id for order in orders if not order.is_open}
    case("the bulk has open orders too", len(closed) < len(orders))
    with pytest.raises(BulkRefusedError) as caught:
        flow.advance_all(orders, today=today, note=NOTE, **RECORDED)
    assert closed <= set(caught.value.refusals)


def every_bulk_verb_equals_its_single_verb(
    flow: ProductionFlow, histories: Sequence[Sequence[Change]]
) -> None:
    """A bulk verb gives the same changes as its single verb, or lists every refusal (D23).

    Args:
        flow: the flow.
        histories: the changes of each order. All orders are of one type, and no order comes twice.
    """
    orders = [changes[-1].order for changes in histories]
    today = max(order.begun_on for order in orders)
    newer = evolve(orders[0].cycle, version=1000 + max(order.cycle.version for order in orders))
    cycles = {cycle for changes in histories for cycle in cycles_of(changes)}
    pairs = [(changes[-1].order, entries_of(changes)) for changes in histories]
    entries = {order.id: entries for order, entries in pairs}
    removed: dict[str, None] = dict.fromkeys([*orders[0].facts][:2])
    amended: Amendments = {"user": "Law", "delivery_on": today, "priority": 7, "facts": removed}
    verbs: list[tuple[Callable[[ProductionOrder], Change | None], _Bulk]] = [
        (
            lambda order: flow.advance(order, today=today, note=NOTE, facts=removed, **RECORDED),
            lambda: flow.advance_all(orders, today=today, note=NOTE, facts=removed, **RECORDED),
        ),
        (
            lambda order: flow.amend(order, **amended, **RECORDED),
            lambda: flow.amend_all(orders, **amended, **RECORDED),
        ),
        (
            lambda order: flow.replan(order, **RECORDED),
            lambda: flow.replan_all(orders, **RECORDED),
        ),
        (
            lambda order: flow.migrate(order, newer, **RECORDED),
            lambda: flow.migrate_all(orders, newer, **RECORDED),
        ),
        (
            lambda order: flow.undo(order, entries[order.id], cycles=cycles, **RECORDED),
            lambda: flow.undo_all(pairs, cycles=cycles, **RECORDED),
        ),
    ]
    for single, bulk in verbs:
        assert outcome(bulk) == _together(orders, single)


_Bulk = Callable[[], tuple[Change, ...]]


def _together(
    orders: Iterable[ProductionOrder], verb: Callable[[ProductionOrder], Change | None]
) -> tuple[Change, ...] | RuleError:
    """What a bulk must give: all changes, or an error with every refusal."""
    results = {order.id: outcome(partial(verb, order)) for order in orders}
    refusals = {key: result for key, result in results.items() if isinstance(result, RuleError)}
    case("the bulk changes several orders", len(results) > 1 and not refusals)
    if refusals:
        return BulkRefusedError(refusals)
    return tuple(result for result in results.values() if isinstance(result, Change))


def a_bulk_keeps_what_only_rules_refuse(
    flow: ProductionFlow, orders: Sequence[ProductionOrder], to: str
) -> None:
    """A bulk is proposed and revised like single orders, even if the rules refuse a change (D23).

    Orders without a proposal are in `refusals`.
    """
    today = max(order.begun_on for order in orders)
    for given, bulk in _windows(flow, orders, today, to):
        singles = {
            order.id: outcome(partial(flow.propose, order, today=today, by="Law", **given))
            for order in orders
        }
        proposals = [one for one in singles.values() if isinstance(one, ProposedChange)]
        refusals = {key: one for key, one in singles.items() if isinstance(one, RuleError)}
        case("only a rule refuses an order", any(one.refusals for one in proposals))
        assert (list(bulk), dict(bulk.refusals)) == (proposals, refusals)
        assert bulk.ready == tuple(one for one in proposals if not one.refusals)
        accepted = tuple(flow.accept(one, at=RECORDED["at"]) for one in bulk.ready)
        assert flow.accept_all(bulk.without_refused(), at=RECORDED["at"]) == accepted
        if len(accepted) < len(orders):
            with pytest.raises(BulkRefusedError) as caught:
                flow.accept_all(bulk, at=RECORDED["at"])
            assert caught.value.refusals.keys() == singles.keys() - {
                change.order.id for change in accepted
            }


def _windows(
    flow: ProductionFlow, orders: Sequence[ProductionOrder], today: date, to: str
) -> Iterable[tuple[dict[str, Any], BulkProposal]]:
    """The first proposal of a bulk, then its revisions, each with the keywords given so far."""
    given: dict[str, Any] = {"to": to}
    bulk = flow.propose_all(orders, today=today, by="Law", to=to)
    yield given, bulk
    revisions: list[BulkRevision] = [
        {"note": NOTE},
        {"user": "Law"},
        {"to": orders[0].cycle.initial.key},
    ]
    for more in revisions:
        given = given | more
        bulk = flow.revise_all(bulk, **more)
        yield given, bulk


def choices_of_a_bulk_are_those_of_its_orders(
    flow: ProductionFlow, orders: Sequence[ProductionOrder]
) -> None:
    """In a bulk, an order can choose the same statuses as on its own (D23, D24)."""
    today = max(order.begun_on for order in orders)
    lines = flow.choices_all(orders, today=today, by="Law")
    keys = {status.key for order in orders for status in order.cycle.choices()}
    assert {line.status.key for line in lines} == keys
    assert len(lines) == len(keys)
    singles = {
        (order.id, choice.status.key): choice
        for order in orders
        for choice in flow.choices(order, today=today, by="Law")
    }
    case("a status is open to some and not to others", any(c.open_to and c.refusals for c in lines))
    for line in lines:
        key = line.status.key
        choices = {
            order.id: singles[order.id, key] for order in orders if (order.id, key) in singles
        }
        assert {*line.open_to} == {id_ for id_, choice in choices.items() if not choice.refusals}
        assert {*line.needs} == {need for id_ in line.open_to for need in choices[id_].needs}
        assert {*line.open_to} | {*line.refusals} == {order.id for order in orders}
        assert not {*line.open_to} & {*line.refusals}


def a_change_fills_each_slot_once(change: Change) -> None:
    """The events of a change all have different slots and different ids (decision D26)."""
    case("a change has several events", len(change.events) > 1)
    slots = {event.slot for event in change.events}
    ids = {event.id for event in change.events}
    assert len(slots) == len(ids) == len(change.events)


def a_change_made_again_gives_the_same_events(flow: ProductionFlow, order: ProductionOrder) -> None:
    """The same decision taken twice gives the same change, with the same event ids (D26)."""
    change = outcome(partial(advanced, flow, order))
    case("the change has events", isinstance(change, Change) and change.events)
    assert change == outcome(partial(advanced, flow, order))
