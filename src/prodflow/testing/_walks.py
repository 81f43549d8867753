"""Strategies for what happens to orders: histories, the orders they lead to, and proposals.

Theory of operation. A history is a random walk of one order through the public verbs of a flow, so
that every order is one that an app could have. A step that a rule refuses becomes an amendment of
nothing, which is never refused: so a walk has as many changes as were asked for.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final, NamedTuple

from attrs import NOTHING, evolve
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import (
    Change,
    HistoryEntry,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    RuleError,
    Status,
    StatusCycle,
    UnmappedStatusError,
)
from prodflow.testing._cycles import status_cycles
from prodflow.testing._dates import due_date_policies, order_dates
from prodflow.testing._drawing import (
    DAYS,
    DESCRIPTIONS,
    KEYS,
    NAMES,
    NOTES,
    OPTIONAL_PEOPLE,
    PEOPLE,
    check_sizes,
    checked,
    later,
)
from prodflow.testing._flows import production_flows

_ZONES: Final = (UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)))
_INSTANTS: Final = st.integers(0, 24 * 730).map(
    lambda hours: datetime(2026, 1, 1, tzinfo=_ZONES[hours % 3]) + timedelta(hours=hours)
)
_RECORDED: Final[SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {"by": PEOPLE, "at": _INSTANTS, "recorded_by": OPTIONAL_PEOPLE}
)


class History(NamedTuple):
    """What happened to one order."""

    flow: ProductionFlow
    """The flow, as it is at the end: a replanning may have changed its policy."""
    cycles: tuple[StatusCycle, ...]
    """Every version of its cycle that the order was pinned to, ascending."""
    changes: tuple[Change, ...]
    """The changes in their sequence; the first opens the order."""

    @property
    def order(self) -> ProductionOrder:
        """The order after the last change."""
        return self.changes[-1].order

    @property
    def entries(self) -> tuple[HistoryEntry, ...]:
        """The entries of the changes, in their sequence."""
        return tuple(change.entry for change in self.changes)


def histories(
    *,
    cycles: SearchStrategy[StatusCycle] | None = None,
    flows: SearchStrategy[ProductionFlow] | None = None,
    order_ids: SearchStrategy[str] | None = None,
    min_size: int = 1,
    max_size: int = 8,
) -> SearchStrategy[History]:
    """Any history of one order: opened, moved in every way, amended, replanned, migrated.

    Args:
        cycles: the cycle that the order is opened under; by default any.
        flows: the flow that changes it; by default any, with triggers for the cycle.
        order_ids: its id; by default any.
        min_size: at least so many changes, from 1, the opening included.
        max_size: at most so many.

    Raises:
        InvalidArgument: for what is no strategy, or sizes that no history has.
    """
    check_sizes(min_size, max_size, least=1)
    return _histories(
        cycles=checked("cycles", cycles, status_cycles()),
        flows=None if flows is None else checked("flows", flows, flows),
        order_ids=checked("order_ids", order_ids, NAMES),
        min_size=min_size,
        max_size=max_size,
    )


def production_orders(
    *,
    cycles: SearchStrategy[StatusCycle] | None = None,
    flows: SearchStrategy[ProductionFlow] | None = None,
    order_ids: SearchStrategy[str] | None = None,
    min_size: int = 1,
    max_size: int = 6,
) -> SearchStrategy[ProductionOrder]:
    """Any order that real changes lead to.

    Args:
        cycles: the cycle that it is opened under; by default any. It may be at a later version.
        flows: the flow that changes it; by default any, with triggers for the cycle.
        order_ids: its id; by default any.
        min_size: at least so many changes, from 1, the opening included.
        max_size: at most so many.

    Raises:
        InvalidArgument: for what is no strategy, or sizes that no history has.
    """
    walks = histories(
        cycles=cycles, flows=flows, order_ids=order_ids, min_size=min_size, max_size=max_size
    )
    return walks.map(lambda history: history.order)


def proposals(
    *,
    flows: SearchStrategy[ProductionFlow] | None = None,
    orders: SearchStrategy[ProductionOrder] | None = None,
) -> SearchStrategy[ProposedChange]:
    """Any proposal, with any of its keywords given; the rules of the flow may be against it.

    Args:
        flows: the flow that proposes; by default any.
        orders: the orders; by default any.

    Raises:
        InvalidArgument: for what is no strategy.
    """
    return _proposals(
        None if flows is None else checked("flows", flows, flows),
        checked("orders", orders, production_orders()),
    )


@st.composite
def _histories(
    draw: DrawFn,
    *,
    cycles: SearchStrategy[StatusCycle],
    flows: SearchStrategy[ProductionFlow] | None,
    order_ids: SearchStrategy[str],
    min_size: int,
    max_size: int,
) -> History:
    cycle = draw(cycles)
    walk = _Walk(draw, draw(production_flows(cycle=cycle) if flows is None else flows), cycle)
    walk.open(draw(order_ids))
    for step in draw(st.lists(_STEPS, min_size=min_size - 1, max_size=max_size - 1)):
        walk.take(step)
    return History(walk.flow, tuple(walk.cycles), tuple(walk.changes))


@st.composite
def _proposals(
    draw: DrawFn,
    flows: SearchStrategy[ProductionFlow] | None,
    orders: SearchStrategy[ProductionOrder],
) -> ProposedChange:
    order = draw(orders)
    flow = draw(production_flows(cycle=order.cycle) if flows is None else flows)
    try:
        return flow.propose(order, by=draw(PEOPLE), **_keywords(draw, order))
    except RuleError:
        reject()  # the policy asks for a delivery date, or its calendar is at its end


def _keywords(draw: DrawFn, order: ProductionOrder) -> dict[str, Any]:
    """Keywords that `propose` takes for this order, whatever it makes of them."""
    others = [status for status in order.cycle.choices() if status.key != order.status.key]
    target = draw(st.sampled_from(others))
    today = later(order.entered_on, draw(st.integers(-2, 14)))
    given: dict[str, Any] = {
        "today": today,
        "due_on": draw(st.just(NOTHING) | _due_dates(order)),
        "department": draw(st.just(NOTHING) | OPTIONAL_PEOPLE),
        "user": draw(st.just(NOTHING) | OPTIONAL_PEOPLE),
        "note": draw(NOTES),
    }
    if not order.is_open or draw(st.booleans()):
        given["to"] = target.key
    ways: list[dict[str, Any]] = [{}, {"current_complete": False}, {"completed_on": None}]
    if order.is_open or target.closes:  # reopening completes nothing
        latest = max(today, order.entered_on)
        on = draw(st.dates(order.entered_on, latest))
        ways += [{"current_complete": True}, {"completed_on": on}]
    given |= draw(st.sampled_from(ways))
    return given


def _due_dates(order: ProductionOrder) -> SearchStrategy[Any]:
    return st.sampled_from([None, order.due_on, order.calculated_due_on]) | DAYS


class _Walk:
    """One order on its way."""

    def __init__(self, draw: DrawFn, flow: ProductionFlow, cycle: StatusCycle) -> None:
        self.draw = draw
        self.flow = flow
        self.cycles = [cycle]
        self.changes: list[Change] = []

    @property
    def order(self) -> ProductionOrder:
        return self.changes[-1].order

    def open(self, order_id: str) -> None:
        cycle = self.cycles[0]
        first = [None, None, *(status.key for status in cycle.choices())]
        ordered_on, delivery_on = self.draw(order_dates())
        try:
            change = self.flow.open(
                cycle,
                order_id=order_id,
                ordered_on=ordered_on,
                delivery_on=delivery_on,
                invoice_id=self.draw(OPTIONAL_PEOPLE),
                vendor=self.draw(OPTIONAL_PEOPLE),
                status=self.draw(st.sampled_from(first)),
                note=self.draw(NOTES),
                **self.draw(_RECORDED),
            )
        except RuleError:
            reject()  # the policy asks for a delivery date, or its calendar is at its end
        self.changes.append(change)

    def take(self, step: "_Step") -> None:
        recorded = self.draw(_RECORDED)
        try:
            change = step(self, recorded)
        except RuleError:
            change = None
        self.changes.append(change or self.flow.amend(self.order, **recorded))


_Step = Callable[[_Walk, dict[str, Any]], Change | None]


def _advance(walk: _Walk, recorded: dict[str, Any]) -> Change:
    today = later(walk.order.entered_on, walk.draw(st.integers(0, 14)))
    return walk.flow.advance(walk.order, today=today, **recorded)


def _change(walk: _Walk, recorded: dict[str, Any]) -> Change:
    return walk.flow.advance(walk.order, **recorded, **_keywords(walk.draw, walk.order))


def _amend(walk: _Walk, recorded: dict[str, Any]) -> Change:
    ordered_on, delivery_on = walk.draw(order_dates())
    facts = {
        "ordered_on": ordered_on,
        "delivery_on": delivery_on,
        "due_on": walk.draw(_due_dates(walk.order)),
        "vendor": walk.draw(OPTIONAL_PEOPLE),
        "invoice_id": walk.draw(OPTIONAL_PEOPLE),
        "department": walk.draw(OPTIONAL_PEOPLE),
        "user": walk.draw(OPTIONAL_PEOPLE),
    }
    names = walk.draw(st.frozensets(st.sampled_from(sorted(facts)), max_size=3))
    given: dict[str, Any] = {name: facts[name] for name in sorted(names)}
    return walk.flow.amend(walk.order, note=walk.draw(NOTES), **given, **recorded)


def _replan(walk: _Walk, recorded: dict[str, Any]) -> Change | None:
    flow = evolve(walk.flow, due_dates=walk.draw(due_date_policies()))
    change = flow.replan(walk.order, **recorded)
    walk.flow = flow  # only now: a policy that refuses the order is not taken over
    return change


def _migrate(walk: _Walk, recorded: dict[str, Any]) -> Change:
    order, cycle = walk.order, _edited(walk.draw, walk.cycles[-1])
    try:
        change = walk.flow.migrate(order, cycle, **recorded)
    except UnmappedStatusError as error:
        active = [status.key for status in cycle.choices()]
        on_path = [status.key for status in cycle.path]
        mapping = {
            key: walk.draw(st.sampled_from(active if key == order.status.key else on_path))
            for key in error.keys
        }
        change = walk.flow.migrate(order, cycle, mapping=mapping, **recorded)
    if cycle is not walk.cycles[-1]:
        walk.cycles.append(cycle)
    return change


def _edited(draw: DrawFn, cycle: StatusCycle) -> StatusCycle:
    """Another version of a cycle, or the same one where the edit does nothing."""
    key = draw(st.sampled_from([status.key for status in cycle]))
    match draw(st.sampled_from(_EDITS)):
        case "add":
            status = Status(draw(KEYS), draw(DESCRIPTIONS), non_standard=draw(st.booleans()))
            return cycle.add(status, draw(st.integers(0, len(cycle))))
        case "describe":
            return cycle.replace(key, description=draw(DESCRIPTIONS))
        case "lengthen":
            return cycle.replace(key, default_duration=draw(st.integers(0, 10)))
        case "set_aside":
            return cycle.replace(key, non_standard=not cycle[key].non_standard)
        case verb:
            edited: StatusCycle = getattr(cycle, verb)(key)
            return edited


_EDITS: Final = (
    "describe",
    "lengthen",
    "add",
    "remove",
    "deactivate",
    "reactivate",
    "set_aside",
    "move_up",
    "move_down",
    "set_initial",
    "set_final",
)
# Moving about is what orders mostly do.
_STEPS: Final[SearchStrategy[_Step]] = st.sampled_from(
    [_advance, _change, _change, _change, _change, _amend, _replan, _migrate]
)
