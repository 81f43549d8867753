"""Strategies for histories, orders and proposals.

A history is a random walk of one order through a flow, so every order that is drawn could occur
in a real app.
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
    ROLES,
    check_sizes,
    checked,
    pick,
)
from prodflow.testing._flows import production_flows
from prodflow.testing._steps import Walk, days_around, keywords, step

_POLICIES: Final = due_date_policies()


class History(NamedTuple):
    """The changes of one order."""

    flows: tuple[ProductionFlow, ...]
    """The flow of each change; a replanning may bring another due-date policy."""
    cycles: tuple[StatusCycle, ...]
    """The versions of the cycle that the order was pinned to, ascending."""
    changes: tuple[Change, ...]
    """The changes in sequence; the first opens the order."""

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
        """The entries of the changes, in sequence."""
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
    """Histories, each of one order, with moves, holds, amendments, replans and migrations.

    Args:
        cycles: the cycle that the order is opened under; None for any cycle.
        flows: the flow that changes the order; by default its triggers name statuses of the cycle.
        order_ids: the id of the order; None for any id.
        min_size: the least number of changes; it must be 1 or more, since the opening counts.
        max_size: the greatest number of changes.
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
    """Proposals with any keywords; the rules of the flow may refuse them.

    Args:
        flows: the flows that propose; None for any flows.
        orders: the orders; None for any orders.
    """
    return _proposals(
        None if flows is None else checked("flows", flows, flows),
        checked("orders", orders, production_orders()),
    )


def walks_of(
    flow: ProductionFlow, cycle: StatusCycle, *, min_size: int, max_size: int
) -> SearchStrategy[History]:
    """Histories under one flow, which may be a test double; replanning keeps the flow's policy."""
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
    given = keywords(draw, flow.rules, order, today)
    roles = pick(draw, [(), ROLES[:1], ROLES])
    try:
        return flow.propose(
            order,
            today=today,
            by=draw(PEOPLE),
            recorded_by=draw(OPTIONAL_PEOPLE),
            roles=roles,
            **given,
        )
    except RuleError:
        reject()  # the policy needs a delivery date, or its calendar ends
