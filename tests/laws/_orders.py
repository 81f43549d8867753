"""What laws of holds, undoing and migrations draw: cycles with asides, and orders on the path."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from prodflow import (
    Backward,
    Change,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    Status,
    StatusCycle,
)
from prodflow.testing._plan_laws import counting_of
from prodflow.testing.strategies import histories, production_flows, status_cycles

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
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
    """An open order, mostly on its path, with the flow that made it."""

    flow: ProductionFlow
    changes: Sequence[Change]

    @property
    def order(self) -> ProductionOrder:
        """The order after the last change."""
        return self.changes[-1].order

    def after(self, change: Change) -> "OnPath":
        """The order after one more change."""
        return OnPath(self.flow, [*self.changes, change])

    @property
    def asides(self) -> list[str]:
        """The keys of the statuses off its path in which it can wait."""
        return [s.key for s in self.order.cycle.non_standard if not s.cancelled]

    @property
    def cancelled(self) -> list[str]:
        """The keys of the statuses in which it is cancelled."""
        return [s.key for s in self.order.cycle.non_standard if s.cancelled]


def opened_there(on_path: OnPath) -> Change:
    """The change that opens an order like this one where it is."""
    flow, order = on_path.flow, on_path.order
    return flow.open(
        order.cycle,
        order_id=order.id,
        ordered_on=order.ordered_on,
        delivery_on=order.delivery_on,
        status=order.status.key,
        by="Ada",
        at=AT,
    )


def put_on_hold(on_path: OnPath, aside: str, today: date) -> OnPath:
    """The order in an aside, its work left incomplete."""
    flow, order = on_path.flow, on_path.order
    change = flow.advance(order, today=today, to=aside, current_complete=False, by="Ada", at=AT)
    return on_path.after(change)


@st.composite
def orders_on_the_path(draw: st.DrawFn) -> OnPath:
    """Any open order on its path that can wait, whatever has happened to it before."""
    cycle = draw(cycles_with_asides())
    flows = production_flows(cycle=cycle, max_size=2)
    history = draw(histories(cycles=st.just(cycle), flows=flows, max_size=6))
    found = OnPath(history.flow, history.changes)
    order, path = found.order, found.order.cycle.path
    if not order.is_open or order.resumes_in is not None:
        to = path[draw(st.integers(0, len(path) - 2))].key
        try:
            change = found.flow.advance(
                order, today=order.begun_on, by="Ada", at=history.entries[-1].at, to=to
            )
        except RuleError:
            reject()  # the policy asks for a delivery date
        found = found.after(change)
    counting = counting_of(found.flow.due_dates, found.order.vendor)
    if counting and isinstance(counting.policy, Backward) and found.order.delivery_on is None:
        # Or the policy might refuse to let it go on.
        day = found.order.ordered_on + timedelta(draw(st.integers(0, 60)))
        change = found.flow.amend(found.order, delivery_on=day, by="Ada", at=history.entries[-1].at)
        found = found.after(change)
    if not found.asides or not found.cancelled:
        reject()
    if draw(st.booleans()):
        day = found.order.begun_on + timedelta(draw(st.integers(0, 5)))
        on_hold = put_on_hold(found, found.asides[0], day)
        back_on = day + timedelta(draw(st.integers(0, 9)))
        change = on_hold.flow.advance(on_hold.order, today=back_on, by="Ada", at=AT)
        found = on_hold.after(change)
    if draw(st.booleans()):
        day = found.order.begun_on + timedelta(draw(st.integers(0, 30)))
        change = found.flow.amend(
            found.order, due_on=day, user="By hand", by="Ada", at=history.entries[-1].at
        )
        found = found.after(change)
    return found


@st.composite
def orders_on_hold(draw: st.DrawFn) -> OnPath:
    """Any order on hold, its work left incomplete."""
    on_path = draw(orders_on_the_path())
    aside = on_path.asides[draw(st.integers(0, len(on_path.asides) - 1))]
    day = on_path.order.begun_on + timedelta(draw(st.integers(0, 9)))
    return put_on_hold(on_path, aside, day)
