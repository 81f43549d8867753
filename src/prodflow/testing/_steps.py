"""The steps of a random walk: what a flow can do to an order.

Theory of operation. A walk picks one of the steps that make sense in the order's status. Steps
that would be rare are listed several times, so holds, returns and undos come up as often as plain
moves. A step draws what a user would enter, and makes the change. If a rule refuses the change, the
walk makes an empty amendment, which only an entry guard can refuse. So without an entry guard, a
walk has as many changes as were asked for.

Some walks begin with a part that is split off another order, or with a reprint. The other order
takes a few steps first, which aren't in the walk.

Each step is one draw from a separate strategy, so Hypothesis can leave a step out while it shrinks
an example. Within a step, `pick` draws an index where it can, because a new strategy costs time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import combinations
from typing import Any, Final, NamedTuple

from attrs import NOTHING, NothingType, evolve
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import (
    Change,
    ChangeRefusedError,
    ChangeRules,
    ChangeUndone,
    CycleAdopted,
    DueDatePolicy,
    HistoryEntry,
    Move,
    OrderSplit,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    Status,
    StatusChanged,
    StatusCycle,
    Terms,
    UnmappedStatusError,
    effective,
)
from prodflow.testing._dates import order_dates
from prodflow.testing._drawing import (
    DAYS,
    DESCRIPTIONS,
    KEYS,
    LARGEST,
    NOTES,
    OPTIONAL_PEOPLE,
    PEOPLE,
    PRIORITIES,
    QUANTITIES,
    REASONS,
    Fact,
    draw_fact_changes,
    draw_facts,
    draw_parts,
    is_divisible,
    is_nearly_full,
    later,
    pick,
)

_ZONES: Final = (UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)))
# When a change is recorded: an hour, a zone, and the days since the change was made. The days are
# mostly 0, but sometimes negative, because changes needn't be recorded in sequence.
_RECORDED_LATER: Final = (*[0] * 8, 1, -1, 40, -400)
_INSTANTS: Final = st.integers(0, len(_RECORDED_LATER) * 24 * len(_ZONES) - 1)
_RECORDERS: Final = st.tuples(PEOPLE, OPTIONAL_PEOPLE)
# Often 0: an order goes on hold and returns on the same day, for example.
_DAYS_PASSED: Final = st.sampled_from([0, 0, 1, 2, 3, 5, 8, 13])
_ASSIGNEES: Final = st.just(NOTHING) | OPTIONAL_PEOPLE
_DATES: Final = order_dates()
_ORIGINS: Final = ("new", *["part"] * 3, *["reprint"] * 2, *["new"] * 5)
_OTHERS: Final = ("whole", "damaged")


def keywords(
    draw: DrawFn, rules: ChangeRules, order: ProductionOrder, today: date
) -> dict[str, Any]:
    """Keywords for `propose` with this order; they may lead to an error or to refusals."""
    others = [status for status in order.cycle.choices() if status.key != order.status.key]
    target = pick(draw, others)
    given: dict[str, Any] = {
        "due_on": pick(draw, [NOTHING, NOTHING, *_due_dates(draw, order)]),
        "department": draw(_ASSIGNEES),
        "user": draw(_ASSIGNEES),
        "facts": draw_fact_changes(draw, order.facts) if draw(st.booleans()) else {},
        "reason": draw_reason(draw, rules),
        "note": draw(NOTES),
    }
    if not order.is_open or draw(st.booleans()):
        given["to"] = target.key
    ways: list[dict[str, Any]] = [{}, {"current_complete": False}, {"completed_on": None}]
    if order.is_open:  # leaving a closed status completes nothing
        days = max((today - order.begun_on).days, 0)
        on = later(order.begun_on, draw(st.integers(0, days)))
        ways += [{"current_complete": True}, {"completed_on": on}]
    return given | pick(draw, ways)


def draw_reason(draw: DrawFn, rules: ChangeRules) -> str | None:
    """The key of a reason, or None; rules with a list of reasons may refuse the key."""
    keys = [reason.key for reason in rules.reasons] or REASONS
    choices: list[str | None] = [None, *keys]
    return pick(draw, choices)


def draw_vendor(draw: DrawFn, flow: ProductionFlow) -> str | None:
    """A vendor or None; often a vendor that has terms."""
    policy = flow.due_dates
    if isinstance(policy, Terms) and policy.vendors and draw(st.booleans()):
        return pick(draw, [*policy.vendors])
    return draw(OPTIONAL_PEOPLE)


def days_around(draw: DrawFn, order: ProductionOrder) -> date:
    """A day on which somebody may look at an order, mostly after the work began."""
    return later(order.begun_on, draw(st.integers(-2, 14)))


def _due_dates(draw: DrawFn, order: ProductionOrder) -> list[date | None]:
    by_hand = draw(DAYS)
    return [order.calculated_due_on, *[by_hand] * 3, order.due_on, None]


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
        """The history of the order so far."""
        return [change.entry for change in self.changes]

    def open(self, order_id: str) -> None:
        """Open the order, or get it from another one, as a part or a reprint."""
        origin = pick(self.draw, _ORIGINS)
        if origin == "new" or not self._come_from_another(order_id, is_part=origin == "part"):
            self._open(order_id)

    def _come_from_another(self, order_id: str, *, is_part: bool) -> bool:
        """Begin with a part or a reprint of another order, unless a rule refuses it."""
        flow, first = self.flow, self.cycles[0]
        self._open(next(other for other in _OTHERS if other != order_id))
        for _ in range(pick(self.draw, (0, 1, 2))):
            self.take()
        try:
            change = _part(self, order_id) if is_part else None
            change = change or _reprint(self, order_id)
        except RuleError:
            change = None
        self.changes, self.flows = [], []
        if change is None:
            self.flow, self.cycles = flow, [first]
            return False
        self.cycles = [change.order.cycle]
        self._keep(change)
        return True

    def _open(self, order_id: str) -> None:
        """Open an order, most often in the initial status."""
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
                vendor=draw_vendor(self.draw, self.flow),
                priority=pick(self.draw, PRIORITIES),
                quantity=pick(self.draw, QUANTITIES),
                facts=draw_facts(self.draw),
                status=pick(self.draw, first),
                note=self.draw(NOTES),
                **pick(self.draw, _openings(ordered_on)),
                **self.recorded(),
            )
        except RuleError:
            reject()  # the policy asks for a delivery date, or its calendar is at its end
        self._keep(change)

    def take(self) -> None:
        """Take one step, on the day of the last step or later."""
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
            return  # an entry guard refuses even the empty amendment: one change less

    def recorded(self) -> dict[str, Any]:
        """Who makes a change, in every role that the rules name, and when it is recorded."""
        by, recorded_by = self.draw(_RECORDERS)
        rest, zone = divmod(self.draw(_INSTANTS), len(_ZONES))
        days, hour = divmod(rest, 24)
        day = later(self.today, _RECORDED_LATER[days])
        at = datetime(day.year, day.month, day.day, hour, tzinfo=_ZONES[zone])
        roles = [role for each in self.flow.rules.permissions for role in each.roles]
        who = {"by": by, "recorded_by": recorded_by, "at": at}
        return {**who, "roles": roles} if roles else who

    def _keep(self, change: Change) -> None:
        self.changes.append(change)
        self.flows.append(self.flow)


def _openings(ordered_on: date) -> list[dict[str, Any]]:
    """Further arguments for opening an order; in three of eight cases there are none."""
    return [
        {},
        {},
        {},
        *[{"plan_from": later(ordered_on, 7)}] * 2,
        {"entered_on": later(ordered_on, 3)},
        {"entered_on": later(ordered_on, -3)},
        {"due_on": later(ordered_on, 5), "department": "Lab", "user": None},
    ]


_Step = Callable[[Walk, dict[str, Any]], Change | None]


def _steps(walk: Walk) -> list[_Step]:
    """The steps that the order can take now; the more often a step is listed, the likelier."""
    order = walk.order
    cycle, path = order.cycle, order.cycle.path
    position = cycle.place(order.status.key).position
    asides = [s for s in cycle.non_standard if not s.cancelled and s != order.status]
    cancelled = [s for s in cycle.non_standard if s.cancelled and s != order.status]
    steps: list[_Step] = []
    if order.is_open and position is not None:
        steps += [*[_advance] * 3, *_moves(1, path[position + 2 :]), *_moves(2, path[:position])]
        steps += _moves(1, path[position + 1 : position + 2], current_complete=False)
        steps += _moves(4, asides, current_complete=False)
        steps += _moves(2, asides, current_complete=True)
        steps += _moves(2, cancelled)
    elif order.is_open:
        steps += [*[_advance] * 8, *_moves(2, path), *_moves(7, asides), *_moves(1, cancelled)]
    elif order.resumes_in is not None:
        steps += [*_moves(12, [cycle[order.resumes_in]]), *_moves(2, path), *_moves(1, cancelled)]
    else:
        steps += [*_moves(2, path[:-1]), *_moves(6, cancelled)]
    steps += [_change, *[_amend] * 4, *[_describe] * 3, _correct, _replan, *[_migrate] * 4]
    if order.held is not None:  # an amendment or migration now also concerns the paused visit
        steps += [*[_amend] * 3, *[_migrate] * 16]
    if is_divisible(order):
        steps += [_split] * 5
    counting = effective(walk.entries)
    if len(counting) > 1 and not isinstance(counting[-1], OrderSplit):
        steps += [_undo] * _undos(walk.entries[-1])
    return steps


def _undos(last: HistoryEntry) -> int:
    """How many of the steps to pick from are an undo: more if the last entry is a rare one."""
    match last:
        case StatusChanged() if last.visit != last.sequence:
            return 30
        case StatusChanged() if last.move is Move.REOPEN:
            return 8
        case StatusChanged() if last.held is not None:
            return 8
        case ChangeUndone() | CycleAdopted():
            return 12
        case _:
            return 4


def _advance(walk: Walk, recorded: dict[str, Any]) -> Change:
    return walk.flow.advance(walk.order, today=walk.today, **recorded)


def _change(walk: Walk, recorded: dict[str, Any]) -> Change:
    given = keywords(walk.draw, walk.flow.rules, walk.order, walk.today)
    return walk.flow.advance(walk.order, today=walk.today, **recorded, **given)


class _Said(NamedTuple):
    """What a user types into the window of a move."""

    note: str = ""
    facts: Mapping[str, Fact | None] = {}


_SAID: Final = (
    *(_Said(), _Said("why"), _Said("why")),
    _Said(facts={"shot": date(2026, 11, 30), "copies": 3}),
    _Said("why", facts={"client": None, "rush": False}),
)


def _moves(
    times: int, targets: Sequence[Status], *, current_complete: bool | NothingType = NOTHING
) -> list[_Step]:
    """The step to one of these statuses, listed *times* times; no step if *targets* is empty."""

    def move(walk: Walk, recorded: dict[str, Any]) -> Change:
        said = pick(walk.draw, _SAID)
        return walk.flow.advance(
            walk.order,
            today=walk.today,
            to=pick(walk.draw, targets).key,
            note=said.note,
            facts={} if is_nearly_full(walk.order.facts) else said.facts,
            reason=draw_reason(walk.draw, walk.flow.rules),
            current_complete=current_complete,
            **recorded,
        )

    return [move] * times if targets else []


def _undo(walk: Walk, recorded: dict[str, Any]) -> Change:
    return walk.flow.undo(walk.order, walk.entries, cycles=walk.cycles, **recorded)


def _split(walk: Walk, recorded: dict[str, Any]) -> Change:
    return walk.flow.split(walk.order, draw_parts(walk.draw, walk.order), **recorded)[0]


def _part(walk: Walk, order_id: str) -> Change | None:
    """The opening of a part; None if the walk's order is closed, so it has no parts.

    An order off the path returns first, so some parts have been on hold.
    """
    order, recorded = walk.order, walk.recorded()
    if not order.is_open:
        return None
    if order.resumes_in is not None:
        order = walk.flow.advance(order, today=walk.today, **recorded).order
    if not is_divisible(order):
        order = walk.flow.amend(order, quantity=pick(walk.draw, (2, 12, LARGEST)), **recorded).order
    _, part, *_ = walk.flow.split(order, draw_parts(walk.draw, order, order_id), **recorded)
    return part


def _reprint(walk: Walk, order_id: str) -> Change:
    keys = [reason.key for reason in walk.flow.rules.reasons] or REASONS
    ordered_on = walk.today
    delivery_on = later(ordered_on, pick(walk.draw, (14, 0, 60)))
    given: tuple[dict[str, Any], ...] = (
        *({}, {"delivery_on": delivery_on}, {"delivery_on": delivery_on}),
        {"quantity": 2, "facts": {"rush": True}},
        {"vendor": None, "plan_from": later(ordered_on, 7)},
    )
    return walk.flow.reorder(
        walk.order,
        order_id=order_id,
        ordered_on=ordered_on,
        reason=pick(walk.draw, keys),
        **pick(walk.draw, given),
        **walk.recorded(),
    )


def _amend(walk: Walk, recorded: dict[str, Any]) -> Change:
    return _amend_all(walk, recorded, walk.draw(_AMENDED))


def _describe(walk: Walk, recorded: dict[str, Any]) -> Change:
    """Amend what the order is about, which a policy of the host may look at."""
    return _amend_all(walk, recorded, pick(walk.draw, _DETAILS))


def _amend_all(walk: Walk, recorded: dict[str, Any], names: Sequence[str]) -> Change:
    order, draw = walk.order, walk.draw
    given: dict[str, Any] = {name: _amended(draw, name, order) for name in names}
    if "vendor" in given:
        given["vendor"] = draw_vendor(draw, walk.flow)
    if "ordered_on" in given and given.get("plan_from") is not None:
        given["plan_from"] = max(given["plan_from"], given["ordered_on"])
    reason = draw_reason(draw, walk.flow.rules)
    return walk.flow.amend(order, reason=reason, note=draw(NOTES), **given, **recorded)


# How each of these fields is amended; the others are people and texts.
_AMENDED_TO: Final[dict[str, Callable[[DrawFn, ProductionOrder], object]]] = {
    "due_on": lambda draw, order: pick(draw, _due_dates(draw, order)),
    "ordered_on": lambda draw, order: later(order.ordered_on, draw(st.integers(-9, 9))),
    "plan_from": lambda draw, order: pick(
        draw, [None, later(order.ordered_on, draw(st.integers(0, 20)))]
    ),
    "delivery_on": lambda draw, order: pick(
        draw, [None, later(order.ordered_on, draw(st.integers(-3, 90)))]
    ),
    "priority": lambda draw, _: pick(draw, PRIORITIES),
    "quantity": lambda draw, _: pick(draw, QUANTITIES),
    "facts": lambda draw, order: draw_fact_changes(draw, order.facts),
}


def _amended(draw: DrawFn, name: str, order: ProductionOrder) -> object:
    amend = _AMENDED_TO.get(name)
    return draw(OPTIONAL_PEOPLE) if amend is None else amend(draw, order)


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
    walk.flow = flow  # only now: if the new policy refuses the order, the walk keeps the old one
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


def _new_key(cycle: StatusCycle, key: str) -> str:
    """A key that the cycle doesn't have; a mapping can't also rename what is renamed to."""
    return _new_key(cycle, f"{key}_") if key in cycle else key


def _edited(walk: Walk) -> tuple[StatusCycle, dict[str, str]]:
    """Another version of the order's cycle, and the new keys of statuses that it renames."""
    draw, order = walk.draw, walk.order
    cycle = order.cycle
    others = [version for version in walk.cycles if version.version != cycle.version]
    key = pick(draw, _concerned(order))
    mapping: dict[str, str] = {}
    edits = _EDITS if order.held is None else _EDITS_ON_HOLD
    match pick(draw, (*edits, *["return"] * (len(edits) // 2)) if others else edits):
        case "return":  # to a version that the order left before
            return pick(draw, others), {}
        case "rename":
            mapping = {key: _new_key(cycle, f"{key[:50]}.{len(walk.cycles)}")}
            edited = _renamed(cycle, mapping)
        case "rename_all":
            mapping = {
                status.key: _new_key(cycle, f"{len(walk.cycles)}.{status.key[:50]}")
                for status in cycle
            }
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
    """The keys of an order's cycle; the keys that the order needs are listed several times."""
    return [
        *(status.key for status in order.cycle),
        *[order.status.key] * 3,
        *[order.resumes_in or order.status.key] * (3 if order.held is None else 12),
    ]


def _renamed(cycle: StatusCycle, mapping: dict[str, str]) -> StatusCycle:
    return evolve(
        cycle,
        statuses=[evolve(status, key=mapping.get(status.key, status.key)) for status in cycle],
    )


_NAMES: Final = (
    *("due_on", "department", "user", "ordered_on", "plan_from"),
    *("delivery_on", "vendor", "invoice_id"),
)
_AMENDED: Final = st.sampled_from(
    [*[("due_on",), ("department", "user")] * 3, *combinations(_NAMES, 2), (*_NAMES, "facts")]
)
_DETAILS: Final = (
    *(("facts",), ("priority",), ("quantity",)),
    *(("facts", "priority"), ("facts", "quantity"), ("facts", "priority", "quantity")),
)
_EDITS: Final = (
    "describe",
    "lengthen",
    *["rename"] * 2,
    "rename_all",
    *["remove"] * 2,
    "deactivate",
    "staff",
    "add",
    "reactivate",
    "set_aside",
    "move_up",
    "move_down",
    "set_initial",
    "set_final",
)
_EDITS_ON_HOLD: Final = (*_EDITS, *["rename"] * 6, *["remove"] * 8, *["set_aside"] * 8)


@st.composite
def step(draw: DrawFn, walk: Walk, goes_on: SearchStrategy[bool], *, is_needed: bool) -> bool:
    """Whether the walk goes on; if so, it has taken a step.

    Even if this step is needed, draw from *goes_on*. So all steps begin with the same draw, and
    Hypothesis can leave out any step of a walk while it shrinks an example.
    """
    if not draw(goes_on) and not is_needed:
        return False
    walk.draw = draw
    walk.take()
    return True
