"""Strategies for what happens to orders: histories, the orders they lead to, and proposals.

A history is a random walk of one order, so that every order is one that an app could have.
"""

from typing import Final, NamedTuple

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import (
    Change,
    DueDatePolicy,
    HistoryEntry,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    RuleError,
    StatusCycle,
)
from prodflow.testing._cycles import status_cycles
from prodflow.testing._dates import due_date_policies
from prodflow.testing._drawing import (
    IDS,
    OPTIONAL_PEOPLE,
    PEOPLE,
    check_sizes,
    checked,
)
from prodflow.testing._flows import production_flows
from prodflow.testing._steps import Walk, days_around, keywords, step

_POLICIES: Final = due_date_policies()


class History(NamedTuple):
    """What happened to one order."""

    flows: tuple[ProductionFlow, ...]
    """The flow of each change: a replanning may change its policy."""
    cycles: tuple[StatusCycle, ...]
    """Every version of its cycle that the order was pinned to, ascending."""
    changes: tuple[Change, ...]
    """The changes in their sequence; the first opens the order."""

    @property
    def flow(self) -> ProductionFlow:
        """The flow of the last change."""
        return self.flows[-1]

    @property
    def order(self) -> ProductionOrder:
        """The order after the last change."""
        return self.changes[-1].order

    @property
    def entries(self) -> tuple[HistoryEntry, ...]:
        """The entries of the changes, in their sequence."""
        return tuple(change.entry for change in self.changes)

    def __repr__(self) -> str:
        # The orders follow from the entries, and would show the cycle again and again.
        shown = f"flow={self.flow!r}, cycles={self.cycles!r}, entries={self.entries!r}"
        return f"History({shown})"


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
        policies=_POLICIES,
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


def walks_of(
    flow: ProductionFlow, cycle: StatusCycle, *, min_size: int, max_size: int
) -> SearchStrategy[History]:
    """Histories under one flow, which may be a stand-in; replanning keeps its policy."""
    return _histories(
        cycles=st.just(cycle),
        flows=st.just(flow),
        order_ids=st.just("law"),
        policies=None,
        min_size=min_size,
        max_size=max_size,
    )


@st.composite
def _histories(
    draw: DrawFn,
    *,
    cycles: SearchStrategy[StatusCycle],
    flows: SearchStrategy[ProductionFlow] | None,
    order_ids: SearchStrategy[str],
    policies: SearchStrategy[DueDatePolicy] | None,
    min_size: int,
    max_size: int,
) -> History:
    cycle = draw(cycles)
    flow = draw(production_flows(cycle=cycle) if flows is None else flows)
    walk = Walk(draw, flow, cycle, policies)
    walk.open(draw(order_ids))
    goes_on = st.sampled_from([False, *[True] * (max_size - min_size)])
    for size in range(1, max_size):
        if not draw(step(walk, goes_on, is_needed=size < min_size)):
            break
    return History(tuple(walk.flows), tuple(walk.cycles), tuple(walk.changes))


@st.composite
def _proposals(
    draw: DrawFn,
    flows: SearchStrategy[ProductionFlow] | None,
    orders: SearchStrategy[ProductionOrder],
) -> ProposedChange:
    order = draw(orders)
    flow = draw(production_flows(cycle=order.cycle) if flows is None else flows)
    today = days_around(draw, order)
    given = keywords(draw, order, today)
    try:
        return flow.propose(
            order, today=today, by=draw(PEOPLE), recorded_by=draw(OPTIONAL_PEOPLE), **given
        )
    except RuleError:
        reject()  # the policy asks for a delivery date, or its calendar is at its end
