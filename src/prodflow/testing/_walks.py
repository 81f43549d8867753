"""Strategies for what happens to orders: histories, the orders they lead to, and proposals.

A history is a random walk of one order, so that every order is one that an app could have.
"""

from typing import NamedTuple

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
    StatusCycle,
)
from prodflow.testing._cycles import status_cycles
from prodflow.testing._drawing import (
    IDS,
    PEOPLE,
    check_sizes,
    checked,
)
from prodflow.testing._flows import production_flows
from prodflow.testing._steps import STEPS, Walk, keywords


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
        order_ids=checked("order_ids", order_ids, IDS),
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
    walk = Walk(draw, draw(production_flows(cycle=cycle) if flows is None else flows), cycle)
    walk.open(draw(order_ids))
    for step in draw(st.lists(STEPS, min_size=min_size - 1, max_size=max_size - 1)):
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
        return flow.propose(order, by=draw(PEOPLE), **keywords(draw, order))
    except RuleError:
        reject()  # the policy asks for a delivery date, or its calendar is at its end
