"""What holds of splits, reprints and permissions: decisions D37, D38 and D43."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from attrs import evolve

from prodflow import (
    Facts,
    MemoryStore,
    Move,
    OrderOpened,
    Permission,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    Refusal,
    RuleError,
    SplitError,
)
from prodflow.flow import Change
from prodflow.testing._cases import case
from prodflow.testing._event_laws import a_trigger_fires_for_its_entries
from prodflow.testing._law_steps import NOTE, RECORDED, cycles_of, outcome
from prodflow.testing._plan_laws import an_order_is_due_as_its_policy_says


def a_split_divides_the_order(
    flow: ProductionFlow, changes: Sequence[Change], quantities: Sequence[int]
) -> None:
    """A part has everything of its order but a quantity of its own, and nothing is lost (D37).

    Args:
        flow: the flow that splits.
        changes: all changes of the order.
        quantities: the quantities of the parts.
    """
    order = changes[-1].order
    parts = [(f"part-{number}", quantity) for number, quantity in enumerate(quantities)]
    problem = _problem(order, quantities)
    made = outcome(partial(flow.split, order, parts, **RECORDED))
    case("the order was split", isinstance(made, tuple))
    if isinstance(made, SplitError) or problem is not None:
        assert isinstance(made, SplitError)
        assert made.code == problem
    if isinstance(made, RuleError):
        return
    whole, *others = made
    kept = (order.quantity or 0) - sum(quantities)
    assert whole.order == evolve(order, quantity=kept, version=order.version + 1)
    for (order_id, quantity), part in zip(parts, others, strict=True):
        assert part.order == evolve(
            order,
            id=order_id,
            quantity=quantity,
            split_from=order.id,
            visit=1,
            version=1,
            entered_after=None,
        )
        assert isinstance(part.entry, OrderOpened)
        assert all(event.dated for event in part.events)
    _check_saved(changes, made)


def _problem(order: ProductionOrder, quantities: Sequence[int]) -> str | None:
    """What is wrong with a split, by the text of the decision."""
    problems = {
        "closed": not order.is_open,
        "off-path": order.status not in order.cycle.path,
        "no-quantity": order.quantity is None,
        "no-parts": not quantities,
        "part-below-one": any(quantity < 1 for quantity in quantities),
        "too-many": sum(quantities) >= (order.quantity or 0),
    }
    return next((code for code, is_wrong in problems.items() if is_wrong), None)


def _check_saved(changes: Sequence[Change], made: Sequence[Change]) -> None:
    """A store takes the family in one save, and says nothing about days that are over."""
    store = MemoryStore()
    store.save(*changes)
    said_before = {item.event.id for item in store.pending(as_of=date.max, limit=9999)}
    store.save(*made)
    for change in made:
        entries = store.history(change.order.id)
        assert ProductionOrder.replay(entries, cycles_of(changes)) == change.order
    today = RECORDED["at"].date()
    new = [
        item.event
        for item in store.pending(as_of=date.max, limit=9999)
        if item.event.id not in said_before
    ]
    case("a part has a reminder that is still to come", new)
    assert all(event.fire_on is not None and event.fire_on >= today for event in new)


def a_reorder_repeats_the_order(
    flow: ProductionFlow, order: ProductionOrder, ordered_on: date
) -> None:
    """A reprint has what its order is about, but begins from the start, without its dates (D38).

    What you give replaces what the order has.

    Args:
        flow: the flow; its rules may refuse the reprint.
        order: the order to repeat, in any status.
        ordered_on: the order date of the reprint.
    """
    reasons = [reason.key for reason in flow.rules.reasons if not reason.inactive] or ["law"]
    asked = partial(
        flow.reorder, order, order_id="reprint", ordered_on=ordered_on, reason=reasons[0]
    )
    kept = (order.invoice_id, order.vendor, order.priority, order.quantity, order.facts)
    given: dict[str, Any] = {"vendor": "Law", "quantity": 3, "facts": {"law": True}}
    others = (order.invoice_id, "Law", order.priority, 3, Facts({"law": True}))
    dated: dict[str, Any] = {"delivery_on": ordered_on}
    for more, about in [({}, kept), (dated, kept), (dated | given, others)]:
        made = outcome(partial(asked, **more, **RECORDED))
        case("the order had facts and a delivery date", order.facts and order.delivery_on)
        case("the order was repeated", isinstance(made, Change))
        if isinstance(made, RuleError):
            continue
        new, entry = made.order, made.entry
        assert isinstance(entry, OrderOpened)
        assert entry.reason == reasons[0]
        assert (new.invoice_id, new.vendor, new.priority, new.quantity, new.facts) == about
        assert (new.reorder_of, new.split_from) == (order.id, None)
        assert (new.cycle, new.status) == (order.cycle, order.cycle.initial)
        assert new.delivery_on == more.get("delivery_on")
        assert {new.ordered_on, new.plan_from, new.entered_on} == {ordered_on}
        assert (new.version, new.visit, new.held_days, new.due_on_is_manual) == (1, 1, 0, False)
        an_order_is_due_as_its_policy_says(flow, new)
        a_trigger_fires_for_its_entries(flow, None, made)


def a_permission_only_restricts(
    flow: ProductionFlow,
    stricter: ProductionFlow,
    permission: Permission,
    order: ProductionOrder,
    roles: Iterable[str],
) -> None:
    """With one more permission, users can do the same or less; with its role, the same (D43).

    Args:
        flow: the flow without the permission.
        stricter: the flow with the permission.
        permission: the permission.
        order: an order in any status.
        roles: the roles of the user.
    """
    today = order.begun_on
    held = {*roles}

    def asked(flow: ProductionFlow, to: str, roles: Iterable[str]) -> ProposedChange:
        return flow.propose(order, today=today, by="Law", to=to, note=NOTE, roles=roles)

    for status in order.cycle.choices():
        before = outcome(partial(asked, flow, status.key, held))
        after = outcome(partial(asked, stricter, status.key, held))
        if isinstance(before, RuleError) or isinstance(after, RuleError):
            assert before == after
            continue
        added = [refusal for refusal in after.refusals if refusal not in before.refusals]
        case("the permission refuses a change", added)
        assert {refusal.code for refusal in added} <= {"permission"}
        assert _others(after) == _others(before)
        allowed = not held.isdisjoint(permission.roles) or not _is_about(permission, before)
        if order.is_open and order.resumes_in is None:  # then the move tells the whole story
            assert allowed is not bool(_permissions(after)) or _permissions(before)
            assert not (allowed and added)
        both = [*held, permission.roles[0]]
        lenient = asked(flow, status.key, both)
        assert asked(stricter, status.key, both).refusals == lenient.refusals


def _others(proposal: ProposedChange) -> list[Refusal]:
    return [refusal for refusal in proposal.refusals if refusal.code != "permission"]


def _permissions(proposal: ProposedChange) -> list[Refusal]:
    return [refusal for refusal in proposal.refusals if refusal.code == "permission"]


def _is_about(permission: Permission, proposal: ProposedChange) -> bool:
    """Whether a permission matches a change of an open order on its path."""
    if permission.verbs:
        return False
    order, where = proposal.order, permission.where
    if where is not None and not where(order, None):
        return False
    skips = {Move.SKIP} if proposal.skipped else set[Move]()
    return (
        (not permission.to or proposal.to.key in permission.to)
        and (not permission.from_ or proposal.from_.key in permission.from_)
        and (not permission.moves or bool(permission.moves & {proposal.move, *skips}))
    )
