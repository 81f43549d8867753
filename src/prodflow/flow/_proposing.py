"""Works out a status change: the target, the move, and every default.

Each function works out one part of the change. `propose` calls them in the order in which the
parts depend on one another (decisions D16 to D20b). Most changes go to the next status of the
path, without any keyword. Most fields are then known in advance, so `propose_next` takes about
half the time (2.6 µs instead of 4.3, Python 3.11).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from attrs import NOTHING, NothingType, evolve

from prodflow import _checks as checks
from prodflow._facts import NO_CHANGES, Fact, Facts, fact_changes
from prodflow._trusted import trusted
from prodflow.cycle import Place, Status, StatusCycle, type_name
from prodflow.duedate import DueDatePolicy, DueDates
from prodflow.errors import (
    CompletionDateError,
    InactiveStatusError,
    NoNextStatusError,
    OrderMovedError,
    Refusal,
    RuleError,
    SameStatusError,
    StatusMovedError,
    titled,
)
from prodflow.flow._rules import LENIENT, ChangeRules
from prodflow.flow._values import GIVABLE, Choice, ProposedChange
from prodflow.order import Held, Move, ProductionOrder

# A member looked up on its enum costs 75 ns (Python 3.11), a third of the time for a due date.
_NEXT: Final = Move.NEXT
_SKIP: Final = Move.SKIP
_BACK: Final = Move.BACK
_ASIDE: Final = Move.ASIDE
_RESUME: Final = Move.RESUME
_REOPEN: Final = Move.REOPEN

_NONE: Final[frozenset[str]] = frozenset()

_proposed = trusted(ProposedChange)
_choice = trusted(Choice)
_next = trusted(
    ProposedChange,
    ProductionOrder,
    given=[
        *("order", "from_", "to", "completed_on", "visit", "entered_on", "due_on"),
        *("calculated_due_on", "department", "user", "today", "by", "recorded_by", "roles"),
        "policy",
    ],
    fixed={
        "move": _NEXT,
        "skipped": (),
        "current_complete": True,
        "resumed_on": None,
        "paused_days": 0,
        "paused_working_days": 0,
        "due_on_is_manual": False,
        "facts": NO_CHANGES,
        "reason": None,
        "note": "",
        "given": _NONE,
        "refusals": (),
    },
)


def propose_next(  # noqa: PLR0917 - called most often: keywords would add a tenth to its time
    due_dates: DueDates,
    policy: str,
    rules: ChangeRules,
    order: ProductionOrder,
    today: date,
    by: str,
    recorded_by: str | None,
    roles: tuple[str, ...],
) -> ProposedChange | None:
    """The proposal to go to the next status of the path; None if there is no next status.

    The move is NEXT, the present status is complete, no status is skipped, and no visit is paused.
    """
    cycle = order.cycle
    here = cycle.place(order.status.key)
    if here.next is None:
        return None
    there = cycle.place(here.next.key)
    status = there.status
    # A visit can't end before it began. But *today* may be before the first day of the visit: in
    # another time zone, or if the order date is in the future.
    entered_on = max(today, order.resumed_on or order.entered_on)
    due_on = due_dates(
        cycle,
        there,
        order.plan_from,
        order.delivery_on,
        entered_on,
        0,
        order.held_days,
        (order.ordered_on, order.vendor, order.quantity, order.priority, order.facts),
    )
    proposal = _next(
        order,
        order,
        here.status,
        status,
        entered_on,
        order.version + 1,
        entered_on,
        due_on,
        due_on,
        status.default_department,
        status.default_user,
        today,
        by,
        recorded_by,
        roles,
        policy,
    )
    return proposal if rules is LENIENT else _judged(rules, proposal)


def _judged(rules: ChangeRules, proposal: ProposedChange) -> ProposedChange:
    refusals = rules.refusals(proposal)
    return evolve(proposal, refusals=refusals) if refusals else proposal


def propose(
    policy: DueDatePolicy,
    due_dates: DueDates,
    policy_name: str,
    rules: ChangeRules,
    order: ProductionOrder,
    *,
    today: date,
    by: str,
    recorded_by: str | None,
    roles: Iterable[str],
    to: str | NothingType | None,
    current_complete: bool | NothingType,
    completed_on: date | NothingType | None,
    due_on: date | NothingType | None,
    department: str | NothingType | None,
    user: str | NothingType | None,
    facts: Mapping[str, Fact | None] | NothingType,
    reason: str | NothingType | None,
    note: str | NothingType,
) -> ProposedChange:
    """The proposal for an order; arguments and errors are those of `ProductionFlow.propose`."""
    checks.day("today", today)
    here = order.cycle.place(order.status.key)
    there = _default(order, here) if to is None or to is NOTHING else _named(order, to)
    move = find_move(order, here, there)
    completed, day = _completion(
        order,
        there,
        move,
        today=today,
        current_complete=current_complete,
        completed_on=completed_on,
    )
    visit = _arrival(policy, order, here, there, day)
    changes = NO_CHANGES if facts is NOTHING else fact_changes(facts)
    calculated = _due_on(due_dates, order, there, visit, order.facts.merged(changes))
    due, is_manual = _due(calculated, visit.held, due_on)
    default_department, default_user = _assignees(order, there, visit.held)
    proposal = _proposed(
        order,
        here.status,
        there.status,
        move,
        _skipped(order, here, there, move),
        completed,
        completed is not None,
        visit.number,
        visit.entered_on,
        visit.resumed_on,
        visit.paused_days,
        visit.paused_working_days,
        visit.held_days,
        due,
        calculated,
        is_manual,
        default_department
        if department is NOTHING
        else checks.optional_text("department", department),
        default_user if user is NOTHING else checks.optional_text("user", user),
        changes,
        None if reason is None or reason is NOTHING else checks.key("reason", reason),
        today,
        checks.text("by", by),
        checks.optional_text("recorded_by", recorded_by),
        checks.roles(roles),
        "" if note is NOTHING else checks.note("note", note),
        policy_name,
        _given(to, current_complete, completed_on, due_on, department, user, changes, reason, note),
        (),
    )
    return _judged(rules, proposal)


def check_expected(order: ProductionOrder, expect: str | int | NothingType | None) -> None:
    """Refuse an order that has changed since a screen showed its version or its status.

    Raises:
        OrderMovedError: if *expect* is a version and the order has a different one.
        StatusMovedError: if *expect* is a key and the order is in a different status.

    Source:
        Decision D19.
    """
    if expect is None or expect is NOTHING:
        return
    if isinstance(expect, str):
        if expect != order.status.key:
            shown = order.cycle[expect].description if expect in order.cycle else expect
            error = StatusMovedError(order.id, expect, order.status.key)
            raise titled(error, expected=shown, actual=order.status.description)
    elif isinstance(expect, bool) or not isinstance(expect, int):
        raise TypeError(
            "expect must be the version or the key that the screen showed, not"
            f" {checks.shown(expect)}"
        )
    elif expect != order.version:
        raise OrderMovedError(order.id, expect, order.version)


def choices(
    policy: DueDatePolicy,
    due_dates: DueDates,
    policy_name: str,
    rules: ChangeRules,
    order: ProductionOrder,
    *,
    today: date,
    by: str,
    recorded_by: str | None,
    roles: Iterable[str],
) -> Iterator[Choice]:
    """A choice for each active status: the move to it, and the reasons against it."""
    cycle, place = order.cycle, order.cycle.place
    here = place(order.status.key)
    day = max(today, order.begun_on)
    for status in cycle.choices():
        if status is here.status:
            refused = _refusal("same-status", _same_status(order).message, ())
            yield _choice(status, None, (refused,), ())
            continue
        there = place(status.key)
        refusals: tuple[Refusal, ...] = ()
        try:
            if rules is LENIENT:
                # Only the due date can raise an error, so nothing else is worked out.
                visit = _arrival(policy, order, here, there, day)
                _due_on(due_dates, order, there, visit, order.facts)
            else:
                refusals = propose(
                    policy,
                    due_dates,
                    policy_name,
                    rules,
                    order,
                    today=today,
                    by=by,
                    recorded_by=recorded_by,
                    roles=roles,
                    to=status.key,
                    current_complete=NOTHING,
                    completed_on=NOTHING,
                    due_on=NOTHING,
                    department=NOTHING,
                    user=NOTHING,
                    facts=NOTHING,
                    reason=None,
                    note="",
                ).refusals
        except RuleError as error:
            refusals = (error_refusal(error),)
        against, needs = needs_apart(refusals)
        yield _choice(status, find_move(order, here, there), against, needs)


def needs_apart(refusals: tuple[Refusal, ...]) -> tuple[tuple[Refusal, ...], tuple[str, ...]]:
    """Split refusals: reasons against a change, and fields that the user must still fill in."""
    if not refusals:
        return (), ()
    against = tuple(refusal for refusal in refusals if refusal.code not in _TYPED)
    needs = tuple(refusal.code for refusal in refusals if refusal.code in _TYPED)
    return against, needs


_TYPED: Final = frozenset({"note", "reason"})


_refusal = trusted(Refusal)  # the message has only what `shown` makes of an id and a description


def error_refusal(error: RuleError) -> Refusal:
    """An error as a refusal, for a list that shows both."""
    return Refusal(error.code, checks.printable(error.message))


def _default(order: ProductionOrder, here: Place) -> Place:
    """The default target: the next status, or `resumes_in` (decisions D17 and D18)."""
    following = here.next.key if here.next is not None else order.resumes_in
    if following is None or here.status.closes:
        error = NoNextStatusError(order.id, here.status.key)
        raise titled(error, status=here.status.description)
    return order.cycle.place(following)


def _named(order: ProductionOrder, key: str) -> Place:
    """The place of the user's choice: any active status except the present one (decision D19)."""
    place = order.cycle.place(key)
    if place.status.key == order.status.key:
        raise _same_status(order)
    if place.status.inactive:
        raise inactive(order.cycle, place.status)
    return place


def _same_status(order: ProductionOrder) -> SameStatusError:
    error = SameStatusError(order.id, order.status.key)
    return titled(error, status=order.status.description)


def inactive(cycle: StatusCycle, status: Status) -> InactiveStatusError:
    """The error for an inactive status that was chosen."""
    error = InactiveStatusError(cycle.order_type, status.key)
    return titled(error, order_type=type_name(cycle), key=status.description)


def find_move(order: ProductionOrder, here: Place, there: Place) -> Move:
    """The kind of the move: the first kind that fits (decision D17)."""
    # On the path only the final status closes an order, and nothing follows it.
    if here.next is None and order.status.closes:
        return _ASIDE if there.status.cancelled else _REOPEN
    if there.position is None:
        return _ASIDE
    if here.position is None:
        return _RESUME
    if there.position == here.position + 1:
        return _NEXT
    return _SKIP if there.position > here.position else _BACK


def _skipped(order: ProductionOrder, here: Place, there: Place, move: Move) -> tuple[Status, ...]:
    """The skipped statuses; for an order off the path, counted from `resumes_in`."""
    path = order.cycle.path
    if move is _SKIP and here.position is not None:
        return path[here.position + 1 : there.position]
    if order.resumes_in is not None and there.position is not None:
        return path[order.cycle.place(order.resumes_in).position : there.position]
    return ()


def _completion(
    order: ProductionOrder,
    there: Place,
    move: Move,
    *,
    today: date,
    current_complete: bool | NothingType,
    completed_on: date | NothingType | None,
) -> tuple[date | None, date]:
    """The day of completion (None if not complete), and the first day of the next visit.

    Source:
        Decisions D20 and D20b.
    """
    # A visit can't end before it began. But *today* may be before the first day of the visit: in
    # another time zone, or if the order date is in the future.
    latest = max(today, order.begun_on)
    if current_complete is NOTHING and completed_on is NOTHING:
        status = there.status
        if move is _BACK or order.status.closes or status.cancelled or status.pauses:
            return None, latest
        return latest, latest
    if current_complete is not NOTHING:
        checks.flag("current_complete", current_complete)
    given = None if completed_on is NOTHING else completed_on
    if completed_on is NOTHING:
        completed_on = latest if current_complete else None
    elif current_complete is not NOTHING and current_complete != (completed_on is not None):
        raise ValueError(
            "completed_on is the day of completion: give a date with current_complete=True,"
            " None with current_complete=False, or one of the two alone"
        )
    day = checks.optional_day("completed_on", completed_on)
    if day is None:
        return None, latest
    if order.status.closes:
        raise CompletionDateError(order.id, given, None, None)
    if not order.begun_on <= day <= latest:
        raise CompletionDateError(order.id, day, order.begun_on, latest)
    return day, day


class _Visit(NamedTuple):
    """The visit that a change leads to: a new one, or a paused one that continues."""

    number: int
    entered_on: date
    resumed_on: date | None
    paused_days: int
    paused_working_days: int
    held_days: int
    held: Held | None


def _arrival(
    policy: DueDatePolicy, order: ProductionOrder, here: Place, there: Place, day: date
) -> _Visit:
    """The visit that begins or continues on *day*, with `held_days` up to that day.

    Source:
        Decisions D13b and D18.
    """
    held_days = order.held_days
    if here.position is None or order.status.closes:
        # If a migration took a visit off the path, the days of its pauses count already.
        held_days += policy.calendar.count(order.begun_on, day)
    held = order.held
    if held is None or held.status != there.status.key:
        return _Visit(order.version + 1, day, None, 0, 0, held_days, None)
    return _Visit(
        held.visit,
        held.entered_on,
        day,
        held.paused_days + (day - held.paused_on).days,
        held.paused_working_days + policy.calendar.count(held.paused_on, day),
        held_days,
        held,
    )


def _due_on(
    due_dates: DueDates, order: ProductionOrder, there: Place, visit: _Visit, facts: Facts
) -> date | None:
    return due_dates(
        order.cycle,
        there,
        order.plan_from,
        order.delivery_on,
        visit.entered_on,
        visit.paused_working_days,
        visit.held_days,
        (order.ordered_on, order.vendor, order.quantity, order.priority, facts),
    )


def _due(
    calculated: date | None, held: Held | None, due_on: date | NothingType | None
) -> tuple[date | None, bool]:
    """The due date, and whether it is manual (decisions D15 and D18)."""
    if due_on is not NOTHING:
        given = checks.optional_day("due_on", due_on)
        return given, given != calculated
    if held is not None and held.due_on_is_manual:
        return held.due_on, True
    return calculated, False


def _assignees(
    order: ProductionOrder, there: Place, held: Held | None
) -> tuple[str | None, str | None]:
    """The default department and user of the visit (decision D18)."""
    if held is not None:
        return held.department, held.user
    status = there.status
    if there.position is None and status.default_department is status.default_user is None:
        return order.department, order.user
    return status.default_department, status.default_user


_DEFAULTS: Final = (*[NOTHING] * 5, NO_CHANGES, None, "")
_TO: Final = frozenset({"to"})
_OTHERS: Final = tuple(name for name in GIVABLE if name not in _TO)


def _given(to: str | NothingType | None, *others: object) -> frozenset[str]:
    """The names of the keywords that were given, out of `GIVABLE`."""
    given = _NONE if to is None or to is NOTHING else _TO
    if others == _DEFAULTS:
        return given  # usually the user gave only the target, or nothing
    return given.union(
        name
        for name, value, default in zip(_OTHERS, others, _DEFAULTS, strict=True)
        if value is not NOTHING and value is not default and value != default
    )
