"""Laws of facts, priority and quantity: decision D36."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from prodflow import (
    Change,
    ChangeUndone,
    CycleAdopted,
    HistoryEntry,
    OrderAmended,
    OrderOpened,
    OrderSplit,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    effective,
)
from prodflow._facts import Fact, is_same
from prodflow.testing._cases import case
from prodflow.testing._law_steps import (
    NOTE,
    RECORDED,
    dates_of,
    entries_of,
    outcome,
    same_but,
    up_to_date,
)


def facts_follow_the_entries(changes: Sequence[Change]) -> None:
    """An order has the facts that its entries set, one after another; what was undone is out (D36).

    The same holds for its priority and its quantity.
    """
    entries = entries_of(changes)
    opening = entries[0]
    case("a fact changed", any(_sets_facts(entry) for entry in entries[1:]))
    case("the priority or the quantity changed", len({*map(_numbers, entries)} - {None}) > 1)
    assert isinstance(opening, OrderOpened)
    for last, change in enumerate(changes, start=1):
        facts: dict[str, Fact] = {}
        numbers: tuple[object, ...] | None = None
        for entry in effective(entries[:last]):
            for name, value in _facts_of(entry).items():
                facts.pop(name, None)
                if value is not None:
                    facts[name] = value
            numbers = _after(entry, numbers)
        order = change.order
        assert order.facts.keys() == facts.keys()
        assert all(is_same(order.facts[name], value) for name, value in facts.items())
        assert (order.priority, order.quantity) == numbers


def _facts_of(entry: HistoryEntry) -> Mapping[str, Fact | None]:
    return {} if isinstance(entry, CycleAdopted | OrderSplit) else entry.facts


def _sets_facts(entry: HistoryEntry) -> bool:
    return bool(_facts_of(entry)) and not isinstance(entry, ChangeUndone)


def _numbers(entry: HistoryEntry) -> tuple[int, int | None] | None:
    if isinstance(entry, OrderOpened | OrderAmended):
        return entry.priority, entry.quantity
    return None


def _after(entry: HistoryEntry, numbers: tuple[object, ...] | None) -> tuple[object, ...] | None:
    """The priority and the quantity after an entry."""
    if isinstance(entry, OrderSplit) and numbers is not None:
        return numbers[0], entry.quantity
    return _numbers(entry) or numbers


def what_is_amended_is_planned_with(
    flow: ProductionFlow,
    order: ProductionOrder,
    facts: Mapping[str, Fact | None],
    priority: int,
    quantity: int | None,
) -> None:
    """An amendment of facts, priority or quantity asks the policy again, and moves nothing else.

    Args:
        flow: the flow; give it a policy of your own that looks at these.
        order: the order to amend.
        facts: what changes; None for a fact to remove.
        priority: the new priority.
        quantity: the new quantity; None if it isn't known.

    Source:
        Decisions D15 and D36.
    """
    order = up_to_date(flow, order)
    given: dict[str, Any] = {"facts": facts, "priority": priority, "quantity": quantity}
    after = flow.amend(order, **given, **RECORDED).order
    case("a fact differs", after.facts != order.facts)
    case("the priority or the quantity differs", _both(after) != _both(order))
    case("the due date moves", after.calculated_due_on != order.calculated_due_on)
    assert after.facts == order.facts.merged(facts)
    assert _both(after) == (priority, quantity)
    named = ("version", "facts", "priority", "quantity", *dates_of(order))
    assert after == same_but(order, after, *named)
    assert flow.replan(after, **RECORDED) is None


def _both(order: ProductionOrder) -> tuple[int, int | None]:
    return order.priority, order.quantity


def a_change_is_planned_with_its_facts(
    flow: ProductionFlow, order: ProductionOrder, facts: Mapping[str, Fact | None], today: date
) -> None:
    """If a status change sets facts, its due date is planned with the new facts (D16, D36).

    Args:
        flow: the flow; give it a policy of your own that looks at facts.
        order: the order; the law tries each status to which it can go.
        facts: what changes; None for a fact to remove.
        today: the day of the change.
    """
    for status in order.cycle.choices():
        if status.key == order.status.key:
            continue
        asked = partial(flow.propose, order, today=today, by="Law", to=status.key, note=NOTE)
        plain = outcome(asked)
        if isinstance(plain, RuleError):
            assert outcome(partial(asked, facts=facts)) == plain
            continue
        proposal = flow.revise(plain, facts=facts)
        assert proposal == asked(facts=facts)
        if proposal.refusals:
            continue
        moves = proposal.calculated_due_on != plain.calculated_due_on
        after = flow.accept(proposal, at=RECORDED["at"]).order
        case("a fact differs", after.facts != order.facts)
        case("the due date moves", moves)
        assert after.facts == order.facts.merged(facts)
        assert flow.replan(after, **RECORDED) is None
