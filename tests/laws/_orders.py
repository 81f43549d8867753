"""What laws of holds, undoing and migrations draw: cycles with asides, and orders on the path."""

from datetime import timedelta
from typing import NamedTuple

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from prodflow import Backward, ProductionFlow, ProductionOrder, RuleError, Status, StatusCycle
from prodflow.testing.strategies import histories, production_flows, status_cycles

# No drawn key has these letters, and no drawn description this sign.
ASIDES = [
    Status("HOLD", "Hold ★", non_standard=True, pauses=True),
    Status("WAIT", "Wait ★", non_standard=True, default_duration=2, default_user="Wim"),
    Status("GONE", "Gone ★", non_standard=True, cancelled=True),
]


def with_asides(cycle: StatusCycle) -> StatusCycle:
    """The cycle with one status off its path of each kind."""
    initial = cycle.statuses.index(cycle.initial)
    statuses = [*cycle.statuses[: initial + 1], *ASIDES, *cycle.statuses[initial + 1 :]]
    return StatusCycle(
        cycle.order_type, statuses, description=cycle.description, version=cycle.version
    )


def cycles_with_asides(*, min_size: int = 3, max_size: int = 6) -> SearchStrategy[StatusCycle]:
    """Any cycle, with one status off its path of each kind."""
    return status_cycles(min_size=min_size, max_size=max_size).map(with_asides)


class OnPath(NamedTuple):
    """An open order on its path, with the flow that made it."""

    flow: ProductionFlow
    order: ProductionOrder

    @property
    def asides(self) -> list[str]:
        """The keys of the statuses off its path in which it can wait."""
        return [s.key for s in self.order.cycle.non_standard if not s.cancelled]

    @property
    def cancelled(self) -> list[str]:
        """The keys of the statuses in which it is cancelled."""
        return [s.key for s in self.order.cycle.non_standard if s.cancelled]


@st.composite
def orders_on_the_path(draw: st.DrawFn) -> OnPath:
    """Any open order on its path that can wait, whatever has happened to it before."""
    cycle = draw(cycles_with_asides())
    flows = production_flows(cycle=cycle, max_size=2)
    history = draw(histories(cycles=st.just(cycle), flows=flows, max_size=6))
    found = OnPath(history.flow, history.order)
    order, path = found.order, found.order.cycle.path
    if not order.is_open or order.resumes_in is not None:
        to = path[draw(st.integers(0, len(path) - 2))].key
        try:
            change = found.flow.advance(
                order, today=order.begun_on, by="Ada", at=history.entries[-1].at, to=to
            )
        except RuleError:
            reject()  # the policy asks for a delivery date
        found = OnPath(found.flow, change.order)
    if isinstance(found.flow.due_dates, Backward) and found.order.delivery_on is None:
        # Or the policy might refuse to let it go on.
        day = found.order.ordered_on + timedelta(draw(st.integers(0, 60)))
        change = found.flow.amend(found.order, delivery_on=day, by="Ada", at=history.entries[-1].at)
        found = OnPath(found.flow, change.order)
    if not found.asides or not found.cancelled:
        reject()
    return found
