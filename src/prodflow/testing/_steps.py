"""The steps of a random walk: what a flow can do to an order.

Theory of operation. A step draws what a user would enter, and makes the change. If a rule refuses
it, an empty amendment takes its place, so a walk always has the number of changes that was drawn.
Steps draw an index where they can: making a strategy takes longer than drawing from it.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

from attrs import NOTHING, evolve
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import (
    Change,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    Status,
    StatusCycle,
    UnmappedStatusError,
)
from prodflow.testing._dates import due_date_policies, order_dates
from prodflow.testing._drawing import (
    DAYS,
    DESCRIPTIONS,
    KEYS,
    NOTES,
    OPTIONAL_PEOPLE,
    PEOPLE,
    later,
    pick,
)

_ZONES: Final = (UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)))
_INSTANTS: Final = st.integers(0, 24 * 730).map(
    lambda hours: datetime(2026, 1, 1, tzinfo=_ZONES[hours % 3]) + timedelta(hours=hours)
)
_RECORDED: Final[SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {"by": PEOPLE, "at": _INSTANTS, "recorded_by": OPTIONAL_PEOPLE}
)

_ASSIGNEES: Final = st.just(NOTHING) | OPTIONAL_PEOPLE
_POLICIES: Final = due_date_policies()
_DATES: Final = order_dates()


def keywords(draw: DrawFn, order: ProductionOrder) -> dict[str, Any]:
    """Keywords of `propose` for this order; a rule may refuse them."""
    others = [status for status in order.cycle.choices() if status.key != order.status.key]
    target = pick(draw, others)
    today = later(order.entered_on, draw(st.integers(-2, 14)))
    given: dict[str, Any] = {
        "today": today,
        "due_on": pick(draw, [NOTHING, NOTHING, *_due_dates(draw, order)]),
        "department": draw(_ASSIGNEES),
        "user": draw(_ASSIGNEES),
        "note": draw(NOTES),
    }
    if not order.is_open or draw(st.booleans()):
        given["to"] = target.key
    ways: list[dict[str, Any]] = [{}, {"current_complete": False}, {"completed_on": None}]
    if order.is_open or target.closes:  # reopening completes nothing
        days = (max(today, order.entered_on) - order.entered_on).days
        on = later(order.entered_on, draw(st.integers(0, days)))
        ways += [{"current_complete": True}, {"completed_on": on}]
    return given | pick(draw, ways)


def _due_dates(draw: DrawFn, order: ProductionOrder) -> list[date | None]:
    return [order.calculated_due_on, order.due_on, None, draw(DAYS)]


class Walk:
    """The walk of one order."""

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
        ordered_on, delivery_on = self.draw(_DATES)
        try:
            change = self.flow.open(
                cycle,
                order_id=order_id,
                ordered_on=ordered_on,
                delivery_on=delivery_on,
                invoice_id=self.draw(OPTIONAL_PEOPLE),
                vendor=self.draw(OPTIONAL_PEOPLE),
                status=pick(self.draw, first),
                note=self.draw(NOTES),
                **self.draw(_RECORDED),
            )
        except RuleError:
            reject()  # the policy insists on a delivery date, or its calendar ends
        self.changes.append(change)

    def take(self, step: "_Step") -> None:
        recorded = self.draw(_RECORDED)
        try:
            change = step(self, recorded)
        except RuleError:
            change = None
        self.changes.append(change or self.flow.amend(self.order, **recorded))


_Step = Callable[[Walk, dict[str, Any]], Change | None]


def _advance(walk: Walk, recorded: dict[str, Any]) -> Change:
    today = later(walk.order.entered_on, walk.draw(st.integers(0, 14)))
    return walk.flow.advance(walk.order, today=today, **recorded)


def _change(walk: Walk, recorded: dict[str, Any]) -> Change:
    return walk.flow.advance(walk.order, **recorded, **keywords(walk.draw, walk.order))


def _hold(walk: Walk, recorded: dict[str, Any]) -> Change:
    order = walk.order
    asides = [
        status.key
        for status in order.cycle.non_standard
        if not status.cancelled and status != order.status
    ]
    given = keywords(walk.draw, order)
    if asides:
        given["to"] = pick(walk.draw, asides)
    return walk.flow.advance(order, **recorded, **given)


def _amend(walk: Walk, recorded: dict[str, Any]) -> Change:
    ordered_on, delivery_on = walk.draw(_DATES)
    facts = {
        "ordered_on": ordered_on,
        "delivery_on": delivery_on,
        "due_on": pick(walk.draw, _due_dates(walk.draw, walk.order)),
        "vendor": walk.draw(OPTIONAL_PEOPLE),
        "invoice_id": walk.draw(OPTIONAL_PEOPLE),
        "department": walk.draw(OPTIONAL_PEOPLE),
        "user": walk.draw(OPTIONAL_PEOPLE),
    }
    names = walk.draw(_AMENDED)
    given: dict[str, Any] = {name: facts[name] for name in facts if name in names}
    return walk.flow.amend(walk.order, note=walk.draw(NOTES), **given, **recorded)


def _replan(walk: Walk, recorded: dict[str, Any]) -> Change | None:
    flow = evolve(walk.flow, due_dates=walk.draw(_POLICIES))
    change = flow.replan(walk.order, **recorded)
    walk.flow = flow  # not before: the walk keeps its policy if the new one refuses the order
    return change


def _migrate(walk: Walk, recorded: dict[str, Any]) -> Change:
    order, cycle = walk.order, _edited(walk.draw, walk.order)
    try:
        change = walk.flow.migrate(order, cycle, **recorded)
    except UnmappedStatusError as error:
        active = [status.key for status in cycle.choices()]
        on_path = [status.key for status in cycle.path]
        mapping = {
            key: pick(walk.draw, active if key == order.status.key else on_path)
            for key in error.keys
        }
        change = walk.flow.migrate(order, cycle, mapping=mapping, **recorded)
    if cycle is not walk.cycles[-1]:
        walk.cycles.append(cycle)
    return change


def _edited(draw: DrawFn, order: ProductionOrder) -> StatusCycle:
    """Another version of an order's cycle, or the same one if the edit changes nothing."""
    cycle = order.cycle
    key = pick(draw, [*(status.key for status in cycle), order.status.key])
    match pick(draw, _EDITS):
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


_AMENDED: Final = st.frozensets(
    st.sampled_from(
        ["due_on", "delivery_on", "ordered_on", "vendor", "invoice_id", "department", "user"]
    ),
    max_size=3,
)
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
# Mostly moves; holds and migrations are where most rules meet.
STEPS: Final[SearchStrategy[_Step]] = st.sampled_from(
    [_advance, *[_change] * 3, *[_hold] * 2, *[_amend] * 2, _replan, *[_migrate] * 2]
)
