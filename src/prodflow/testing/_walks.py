"""Strategies for histories, orders and proposals.

A history is a random walk of one order through a flow, so every order that is drawn could occur
in a real app.
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
    """The changes of one order."""

    flow: ProductionFlow
    """The flow at the end; a replanning may have changed its policy."""
    cycles: tuple[StatusCycle, ...]
    """The versions of the cycle that the order was pinned to, ascending."""
    changes: tuple[Change, ...]
    """The changes in sequence; the first opens the order."""

    @property
    def order(self) -> ProductionOrder:
        """The order after the last change."""
        return self.changes[-1].order

    @property
    def entries(self) -> tuple[HistoryEntry, ...]:
        """The entries of the changes, in sequence."""
        return tuple(change.entry for change in self.changes)


def histories(
    *,
    cycles: SearchStrategy[StatusCycle] | None = None,
    flows: SearchStrategy[ProductionFlow] | None = None,
    order_ids: SearchStrategy[str] | None = None,
    min_size: int = 1,
    max_size: int = 8,
) -> SearchStrategy[History]:
    """Histories of one order: opened, moved in every way, held, amended, replanned and migrated.

    Args:
        cycles: the cycle that the order is opened under.
        flows: the flow that changes the order; by default its triggers name statuses of the cycle.
        order_ids: the id of the order.
        min_size: the least number of changes, from 1; the opening counts.
        max_size: the greatest number of changes.
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
    """Orders at the end of a history; the arguments are those of `histories`.

    An order may have moved to a later version of the cycle that it was opened under.
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
    """Proposals with any keywords; the rules of the flow may be against them.

    Args:
        flows: the flows that propose.
        orders: the orders.
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
        reject()  # the policy insists on a delivery date, or its calendar ends
