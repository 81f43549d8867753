"""Helpers of the laws, which make a change by proposing, revising and accepting it."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Final, TypedDict, TypeVar

from attrs import evolve

from prodflow import (
    Change,
    HistoryEntry,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    StatusCycle,
    TriggerEvent,
)

T = TypeVar("T")


class Recorded(TypedDict):
    """Who records a change, and when."""

    by: str
    at: datetime


RECORDED: Final[Recorded] = {"by": "Law", "at": datetime(2026, 11, 16, 12, tzinfo=UTC)}
NOTE: Final = "a note, where the rules require one"


def advanced(
    flow: ProductionFlow,
    order: ProductionOrder,
    *,
    today: date | None = None,
    to: str | None = None,
    current_complete: bool | None = None,
) -> Change:
    """The change to the next status, or to the status *to*, made as in the window."""
    proposal = flow.propose(order, today=today or order.begun_on, by="Law", to=to, note=NOTE)
    if current_complete is not None:
        proposal = flow.revise(proposal, current_complete=current_complete)
    return flow.accept(proposal, at=RECORDED["at"])


def is_allowed(flow: ProductionFlow, order: ProductionOrder, to: str | None = None) -> bool:
    """Whether the rules allow a change with a note, to the next status or to *to*."""
    return not flow.propose(order, today=order.begun_on, by="Law", to=to, note=NOTE).refusals


def up_to_date(flow: ProductionFlow, order: ProductionOrder) -> ProductionOrder:
    """The order after `replan`, which gives it the due dates of this flow."""
    change = flow.replan(order, **RECORDED)
    return order if change is None else change.order


def replanned(flow: ProductionFlow, changes: Sequence[Change]) -> list[Change]:
    """The changes of an order, and a `replan` if this flow gives it other due dates."""
    change = flow.replan(changes[-1].order, **RECORDED)
    return [*changes] if change is None else [*changes, change]


def outcome(call: Callable[[], T]) -> T | RuleError:
    """What a call returns, or the error of the rule that refuses it."""
    try:
        return call()
    except RuleError as error:
        return error


def same_but(order: ProductionOrder, other: ProductionOrder, *names: str) -> ProductionOrder:
    """A copy of *order* with the fields *names* from *other*, to compare all remaining fields."""
    return evolve(order, **{name: getattr(other, name) for name in names})


def dates_of(order: ProductionOrder) -> list[str]:
    """The due dates of an order that may be calculated again."""
    return ["calculated_due_on"] if order.due_on_is_manual else ["calculated_due_on", "due_on"]


def entries_of(changes: Sequence[Change]) -> list[HistoryEntry]:
    """The entries of changes."""
    return [change.entry for change in changes]


def cycles_of(changes: Sequence[Change]) -> set[StatusCycle]:
    """Every version of the cycle that the order was pinned to."""
    return {change.order.cycle for change in changes}


def occasions(flow: ProductionFlow, events: Sequence[TriggerEvent]) -> list[object]:
    """For each event, the `when` of its trigger, such as an `Entering`."""
    whens = {trigger.key: trigger.when for trigger in flow.triggers}
    return [whens[event.trigger] for event in events]
