"""The steps of a random walk: what a flow can do to an order.

Theory of operation. A walk looks at where the order is and picks one of the steps that make sense
there, so that holds, returns and undoing come up as often as plain moves. A step draws what a user
would give and makes the change. A step that a rule refuses becomes an amendment of nothing, which
is never refused: so a walk has as many changes as were asked for.

Each step is one draw of a strategy of its own. So Hypothesis can leave a step out while it shrinks
an example. Nothing else is drawn from a strategy made on the way where an index will do.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import combinations
from typing import Any, Final

from attrs import NOTHING, NothingType, evolve
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import (
    Change,
    ChangeRefusedError,
    ChangeUndone,
    CycleAdopted,
    DueDatePolicy,
    HistoryEntry,
    Move,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    Status,
    StatusChanged,
    StatusCycle,
    UnmappedStatusError,
    effective,
)
from prodflow.testing._dates import order_dates
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
# When a change is recorded: an hour, a zone, and the days since it was made. Most often none; but
# changes need not be recorded in their order.
_RECORDED_LATER: Final = (*[0] * 8, 1, -1, 40, -400)
_INSTANTS: Final = st.integers(0, len(_RECORDED_LATER) * 24 * len(_ZONES) - 1)
_RECORDERS: Final = st.tuples(PEOPLE, OPTIONAL_PEOPLE)
# Often nothing passes: an order is put on hold and back on one day.
_DAYS_PASSED: Final = st.sampled_from([0, 0, 1, 2, 3, 5, 8, 13])
_ASSIGNEES: Final = st.just(NOTHING) | OPTIONAL_PEOPLE
_DATES: Final = order_dates()


def keywords(draw: DrawFn, order: ProductionOrder, today: date) -> dict[str, Any]:
    """Keywords that `propose` takes for this order, whatever it makes of them."""
    others = [status for status in order.cycle.choices() if status.key != order.status.key]
    target = pick(draw, others)
    given: dict[str, Any] = {
        "due_on": pick(draw, [NOTHING, NOTHING, *_due_dates(draw, order)]),
        "department": draw(_ASSIGNEES),
        "user": draw(_ASSIGNEES),
        "note": draw(NOTES),
    }
    if not order.is_open or draw(st.booleans()):
        given["to"] = target.key
    ways: list[dict[str, Any]] = [{}, {"current_complete": False}, {"completed_on": None}]
    if order.is_open:  # from a closed status nothing is completed
        days = max((today - order.begun_on).days, 0)
        on = later(order.begun_on, draw(st.integers(0, days)))
        ways += [{"current_complete": True}, {"completed_on": on}]
    return given | pick(draw, ways)


def days_around(draw: DrawFn, order: ProductionOrder) -> date:
    """A day on which somebody may look at an order: mostly after it began to be worked on."""
    return later(order.begun_on, draw(st.integers(-2, 14)))


def _due_dates(draw: DrawFn, order: ProductionOrder) -> list[date | None]:
    return [order.calculated_due_on, order.due_on, None, draw(DAYS)]


class Walk:
    """The walk of one order."""

    def __init__(
        self,
        draw: DrawFn,
        flow: ProductionFlow,
        cycle: StatusCycle,
        policies: SearchStrategy[DueDatePolicy] | None,
    ) -> None:
        self.draw = draw
        self.flow = flow
        self.policies = policies
        self.cycles = [cycle]
        self.changes: list[Change] = []
        self.flows: list[ProductionFlow] = []
        self.today = date.min

    @property
    def order(self) -> ProductionOrder:
        """The order as it is now."""
        return self.changes[-1].order

    @property
    def entries(self) -> list[HistoryEntry]:
        """Its history so far."""
        return [change.entry for change in self.changes]

    def open(self, order_id: str) -> None:
        """Open the order, most often in the initial status."""
        cycle = self.cycles[0]
        first = [*[None] * 5, *(status.key for status in cycle.choices())]
        ordered_on, delivery_on = self.draw(_DATES)
        self.today = later(ordered_on, pick(self.draw, [0, 0, 1, -1]))
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
                **pick(self.draw, _openings(ordered_on)),
                **self.recorded(),
            )
        except RuleError:
            reject()  # the policy asks for a delivery date, or its calendar is at its end
        self._keep(change)

    def take(self) -> None:
        """Take one step, on the day of the last one or later."""
        self.today = later(self.today, self.draw(_DAYS_PASSED))
        step = pick(self.draw, _steps(self))
        recorded = self.recorded()
        try:
            change = step(self, recorded)
        except RuleError:
            change = None
        try:
            self._keep(change or self.flow.amend(self.order, **recorded))
        except ChangeRefusedError:
            return  # a guard of entries is against it: the walk has one change less

    def recorded(self) -> dict[str, Any]:
        """Who makes a change, and when it is recorded."""
        by, recorded_by = self.draw(_RECORDERS)
        rest, zone = divmod(self.draw(_INSTANTS), len(_ZONES))
        days, hour = divmod(rest, 24)
        day = later(self.today, _RECORDED_LATER[days])
        at = datetime(day.year, day.month, day.day, hour, tzinfo=_ZONES[zone])
        return {"by": by, "recorded_by": recorded_by, "at": at}

    def _keep(self, change: Change) -> None:
        self.changes.append(change)
        self.flows.append(self.flow)


def _openings(ordered_on: date) -> list[dict[str, Any]]:
    """What may be given to an opening besides its dates: most often nothing."""
    return [
        {},
        {},
        {},
        {"plan_from": later(ordered_on, 7)},
        {"entered_on": later(ordered_on, 3)},
        {"entered_on": later(ordered_on, -3)},
        {"due_on": later(ordered_on, 5), "department": "Lab", "user": None},
    ]


_Step = Callable[[Walk, dict[str, Any]], Change | None]


def _steps(walk: Walk) -> list[_Step]:
    """What can happen to the order now, each as often as it is to come up."""
    order = walk.order
    cycle, path = order.cycle, order.cycle.path
    position = cycle.place(order.status.key).position
    asides = [s for s in cycle.non_standard if not s.cancelled and s != order.status]
    cancelled = [s for s in cycle.non_standard if s.cancelled and s != order.status]
    steps: list[_Step] = []
    if order.is_open and position is not None:
        steps += [*[_advance] * 3, *_moves(2, path[position + 2 :]), *_moves(2, path[:position])]
        steps += _moves(4, asides, current_complete=False)
        steps += _moves(2, asides, current_complete=True)
    elif order.is_open:
        steps += [*[_advance] * 4, *_moves(1, path), *_moves(3, asides)]
    elif order.resumes_in is not None:
        steps += [*_moves(5, [cycle[order.resumes_in]]), *_moves(1, path)]
    else:
        steps += _moves(2, path[:-1])
    steps += [*_moves(1, cancelled), _change, *[_amend] * 3, _correct, _replan]
    steps += [_migrate] * (2 if order.held is None else 4)
    if len(effective(walk.entries)) > 1:
        steps += [_undo] * (8 if _is_undone_often(walk.entries[-1]) else 2)
    return steps


def _is_undone_often(entry: HistoryEntry) -> bool:
    """Whether to undo this entry more often than others: it is rare, and much depends on it."""
    if isinstance(entry, StatusChanged):
        return entry.visit != entry.sequence or entry.move is Move.REOPEN
    return isinstance(entry, ChangeUndone | CycleAdopted)


def _advance(walk: Walk, recorded: dict[str, Any]) -> Change:
    return walk.flow.advance(walk.order, today=walk.today, **recorded)


def _change(walk: Walk, recorded: dict[str, Any]) -> Change:
    given = keywords(walk.draw, walk.order, walk.today)
    return walk.flow.advance(walk.order, today=walk.today, **recorded, **given)


def _moves(
    times: int, targets: Sequence[Status], *, current_complete: bool | NothingType = NOTHING
) -> list[_Step]:
    """The step to one of these statuses, several times; nothing where there is none."""

    def move(walk: Walk, recorded: dict[str, Any]) -> Change:
        return walk.flow.advance(
            walk.order,
            today=walk.today,
            to=pick(walk.draw, targets).key,
            note=pick(walk.draw, ["", "why"]),
            current_complete=current_complete,
            **recorded,
        )

    return [move] * times if targets else []


def _undo(walk: Walk, recorded: dict[str, Any]) -> Change:
    return walk.flow.undo(walk.order, walk.entries, cycles=walk.cycles, **recorded)


def _amend(walk: Walk, recorded: dict[str, Any]) -> Change:
    order, draw = walk.order, walk.draw
    given: dict[str, Any] = {name: _amended(draw, name, order) for name in draw(_AMENDED)}
    if "ordered_on" in given and given.get("plan_from") is not None:
        given["plan_from"] = max(given["plan_from"], given["ordered_on"])
    return walk.flow.amend(order, note=draw(NOTES), **given, **recorded)


def _amended(draw: DrawFn, name: str, order: ProductionOrder) -> object:
    match name:
        case "due_on":
            return pick(draw, _due_dates(draw, order))
        case "ordered_on":
            return later(order.ordered_on, draw(st.integers(-9, 9)))
        case "plan_from":
            return pick(draw, [None, later(order.ordered_on, draw(st.integers(0, 20)))])
        case "delivery_on":
            return pick(draw, [None, later(order.ordered_on, draw(st.integers(-3, 90)))])
        case _:
            return draw(OPTIONAL_PEOPLE)


def _correct(walk: Walk, recorded: dict[str, Any]) -> Change:
    """Correct the day on which the present visit began, within its bounds."""
    order = walk.order
    latest = recorded["at"].date()
    if order.resumed_on is not None:
        latest = min(latest, order.entered_on)
    earliest = order.entered_after or later(latest, -9)
    days = max((latest - earliest).days, 0)
    day = later(earliest, walk.draw(st.integers(0, min(days, 30))))
    return walk.flow.amend(order, entered_on=day, **recorded)


def _replan(walk: Walk, recorded: dict[str, Any]) -> Change | None:
    flow = walk.flow
    if walk.policies is not None:
        flow = evolve(flow, due_dates=walk.draw(walk.policies))
    change = flow.replan(walk.order, **recorded)
    walk.flow = flow  # not before: the walk keeps its policy if the new one refuses the order
    return change


def _migrate(walk: Walk, recorded: dict[str, Any]) -> Change:
    order = walk.order
    cycle, mapping = _edited(walk)
    try:
        change = walk.flow.migrate(order, cycle, mapping=mapping, **recorded)
    except UnmappedStatusError as error:
        active = [status.key for status in cycle.choices()]
        on_path = [status.key for status in cycle.path]
        missing = {
            key: pick(walk.draw, active if key == order.status.key else on_path)
            for key in error.keys
        }
        change = walk.flow.migrate(order, cycle, mapping=mapping | missing, **recorded)
    if cycle not in walk.cycles:
        walk.cycles.append(cycle)
    return change


def _edited(walk: Walk) -> tuple[StatusCycle, dict[str, str]]:
    """Another version of the order's cycle, and the new keys of statuses that it renames."""
    draw, order = walk.draw, walk.order
    cycle = order.cycle
    others = [version for version in walk.cycles if version.version != cycle.version]
    key = pick(draw, _concerned(order))
    mapping: dict[str, str] = {}
    match pick(draw, _EDITS if order.held is None else _EDITS + _EDITS_ON_HOLD):
        case "return" if others:  # to a version that the order left before
            return pick(draw, others), {}
        case "rename" | "return":
            mapping = {key: f"{key[:50]}.{len(walk.cycles)}"}
            edited = _renamed(cycle, mapping)
        case "rename_all":
            mapping = {status.key: f"{len(walk.cycles)}.{status.key[:50]}" for status in cycle}
            edited = _renamed(cycle, mapping)
        case "add":
            status = Status(draw(KEYS), draw(DESCRIPTIONS), non_standard=draw(st.booleans()))
            edited = cycle.add(status, draw(st.integers(0, len(cycle))))
        case "describe":
            edited = cycle.replace(key, description=draw(DESCRIPTIONS))
        case "lengthen":
            edited = cycle.replace(key, default_duration=draw(st.integers(0, 10)))
        case "set_aside":
            edited = cycle.replace(key, non_standard=not cycle[key].non_standard)
        case "staff":
            edited = cycle.replace(key, default_department="Lab", default_user=draw(PEOPLE))
        case verb:
            edited = getattr(cycle, verb)(key)
    return evolve(edited, version=1 + max(known.version for known in walk.cycles)), mapping


def _concerned(order: ProductionOrder) -> list[str]:
    """The keys of an order's cycle; more often those that the order needs."""
    return [
        *(status.key for status in order.cycle),
        *[order.status.key] * 3,
        *[order.resumes_in or order.status.key] * 6,
    ]


def _renamed(cycle: StatusCycle, mapping: dict[str, str]) -> StatusCycle:
    return evolve(
        cycle,
        statuses=[evolve(status, key=mapping.get(status.key, status.key)) for status in cycle],
    )


_NAMES: Final = (
    *("due_on", "department", "ordered_on", "plan_from", "delivery_on"),
    *("vendor", "invoice_id", "user"),
)
_AMENDED: Final = st.sampled_from(
    [(name,) for name in _NAMES] + [*combinations(_NAMES, 2)] + [_NAMES]
)
_EDITS: Final = (
    "describe",
    "lengthen",
    *["rename"] * 2,
    "rename_all",
    *["remove"] * 2,
    "deactivate",
    *["return"] * 3,
    "staff",
    "add",
    "reactivate",
    "set_aside",
    "move_up",
    "move_down",
    "set_initial",
    "set_final",
)
_EDITS_ON_HOLD: Final = (*["rename"] * 4, *["remove"] * 4, *["set_aside"] * 4, *["rename_all"] * 2)


@st.composite
def step(draw: DrawFn, walk: Walk, goes_on: SearchStrategy[bool], *, is_needed: bool) -> bool:
    """Whether the walk goes on; if so, it has taken a step.

    A step that is needed draws whether it goes on too: so any step of a walk can be left out.
    """
    if not draw(goes_on) and not is_needed:
        return False
    walk.draw = draw
    walk.take()
    return True
