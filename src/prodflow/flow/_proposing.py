"""How a status change is worked out: the target, the move, and every default.

Each function answers one question about the change; `propose` asks them in the order in which the
answers depend on one another (decisions D16 to D20b). Where an order goes on along the path and
nothing is given, every answer is known beforehand: `propose_next` is that change, and most are.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from attrs import NOTHING, NothingType, evolve

from prodflow import _checks as checks
from prodflow._trusted import trusted
from prodflow.cycle import Place, Status
from prodflow.duedate import DueDatePolicy, DueDates, Forward
from prodflow.errors import (
    CompletionDateError,
    InactiveStatusError,
    NoNextStatusError,
    RuleError,
    SameStatusError,
    StatusMovedError,
)
from prodflow.flow._rules import LENIENT, ChangeRules
from prodflow.flow._values import GIVABLE, Choice, ProposedChange
from prodflow.order import Held, Move, ProductionOrder, returns_from_hold

# Bound once: looking a member up on its enum costs as much as a due date.
_NEXT: Final = Move.NEXT
_SKIP: Final = Move.SKIP
_BACK: Final = Move.BACK
_ASIDE: Final = Move.ASIDE
_RESUME: Final = Move.RESUME
_REOPEN: Final = Move.REOPEN

_proposed = trusted(ProposedChange)
_choice = trusted(Choice)


def propose_next(
    due_dates: DueDates,
    rules: ChangeRules,
    order: ProductionOrder,
    today: date,
    by: str,
) -> ProposedChange | None:
    """What `propose` gives where only the two are given and a status follows; elsewhere None.

    The move is NEXT, the present status is complete, nothing is skipped and nothing was held.
    """
    cycle = order.cycle
    here = cycle.place(order.status.key)
    if here.next is None:
        return None
    there = cycle.place(here.next.key)
    status = there.status
    # Another time zone, or an order dated ahead: a visit does not end before it began.
    entered_on = max(today, order.entered_on)
    due_on = due_dates(cycle, there, order.plan_from, order.delivery_on, entered_on)
    proposal = _proposed(
        order,
        here.status,
        status,
        _NEXT,
        (),
        entered_on,
        True,  # noqa: FBT003 - by position, as every field here
        entered_on,
        due_on,
        due_on,
        False,  # noqa: FBT003 - by position, as every field here
        status.default_department,
        status.default_user,
        today,
        by,
        "",
        _NONE,
        (),
    )
    return proposal if rules is LENIENT else _judged(rules, proposal)


def _judged(rules: ChangeRules, proposal: ProposedChange) -> ProposedChange:
    refusals = rules.reasons(proposal)
    return evolve(proposal, refusals=refusals) if refusals else proposal


def propose(
    policy: DueDatePolicy,
    due_dates: DueDates,
    rules: ChangeRules,
    order: ProductionOrder,
    *,
    today: date,
    by: str,
    to: str | NothingType | None = None,
    expect: str | NothingType | None = None,
    current_complete: bool | NothingType = NOTHING,
    completed_on: date | NothingType | None = NOTHING,
    due_on: date | NothingType | None = NOTHING,
    department: str | NothingType | None = NOTHING,
    user: str | NothingType | None = NOTHING,
    note: str | NothingType = "",
) -> ProposedChange:
    """The proposal for an order; arguments and errors are those of `ProductionFlow.propose`."""
    if not isinstance(order, ProductionOrder):
        raise TypeError(f"order must be a ProductionOrder, not {checks.shown(order)}")
    checks.day("today", today)
    here = order.cycle.place(order.status.key)
    if expect is not None and expect is not NOTHING:
        _check_shown(order, expect)
    there = _default(order, here) if to is None or to is NOTHING else _named(order, to)
    move = find_move(order, here, there)
    completed, entered = _completion(
        order,
        there,
        move,
        today=today,
        current_complete=current_complete,
        completed_on=completed_on,
    )
    begun_on = plan_start(policy, order, here, entered)
    calculated = due_dates(order.cycle, there, begun_on, order.delivery_on, entered)
    held = order.held if move is _RESUME and returns_from_hold(order, there.status.key) else None
    due, is_manual = _due(calculated, held, due_on)
    default_department, default_user = _assignees(order, there, held)
    proposal = _proposed(
        order,
        here.status,
        there.status,
        move,
        _skipped(order, here, there, move),
        completed,
        completed is not None,
        entered,
        due,
        calculated,
        is_manual,
        default_department
        if department is NOTHING
        else checks.optional_text("department", department),
        default_user if user is NOTHING else checks.optional_text("user", user),
        today,
        checks.text("by", by),
        "" if note is NOTHING else checks.note("note", note),
        _given(to, current_complete, completed_on, due_on, department, user, note),
        (),
    )
    return _judged(rules, proposal)


def choices(
    policy: DueDatePolicy,
    due_dates: DueDates,
    rules: ChangeRules,
    order: ProductionOrder,
    *,
    today: date,
    by: str,
) -> Iterator[Choice]:
    """For each active status what a change to it would be, and what speaks against it."""
    cycle, place = order.cycle, order.cycle.place
    here = place(order.status.key)
    entered_on = max(today, order.entered_on)
    for status in cycle.choices():
        if status is here.status:
            yield _choice(status, None, (str(SameStatusError(order.id, status.key)),))
            continue
        there = place(status.key)
        refusals: tuple[str, ...] = ()
        try:
            if rules is LENIENT:
                # Nothing else than the due date can be refused, so nothing else is worked out.
                begun_on = (
                    order.plan_from
                    if here.position is not None
                    else plan_start(policy, order, here, entered_on)
                )
                due_dates(cycle, there, begun_on, order.delivery_on, entered_on)
            else:
                proposal = propose(
                    policy, due_dates, rules, order, today=today, by=by, to=status.key
                )
                refusals = proposal.refusals
        except RuleError as error:
            refusals = (str(error),)
        yield _choice(status, find_move(order, here, there), refusals)


def _check_shown(order: ProductionOrder, expect: str) -> None:
    checks.instance("expect", expect, str, "the key that the screen showed")
    if expect != order.status.key:
        raise StatusMovedError(order.id, expect, order.status.key)


def _default(order: ProductionOrder, here: Place) -> Place:
    """Where an order goes by itself: on along the path, or back to it (decisions D17 and D18)."""
    following = here.next.key if here.next is not None else order.resumes_in
    if following is None or here.status.closes:
        raise NoNextStatusError(order.id, here.status.key)
    return order.cycle.place(following)


def _named(order: ProductionOrder, key: str) -> Place:
    """The place of a status that the user chose: any active one but the present (decision D19)."""
    place = order.cycle.place(key)
    if place.status.key == order.status.key:
        raise SameStatusError(order.id, order.status.key)
    if place.status.inactive:
        raise InactiveStatusError(order.cycle.order_type, place.status.key)
    return place


def find_move(order: ProductionOrder, here: Place, there: Place) -> Move:
    """What kind of step it is: the first that fits (decision D17)."""
    # On the path, nothing follows what closes an order: most need not be asked whether it does.
    if here.next is None and order.status.closes:
        return _ASIDE if there.status.closes else _REOPEN
    if there.position is None:
        return _ASIDE
    if here.position is None:
        return _RESUME
    if there.position == here.position + 1:
        return _NEXT
    return _SKIP if there.position > here.position else _BACK


def _skipped(order: ProductionOrder, here: Place, there: Place, move: Move) -> tuple[Status, ...]:
    """The statuses of the path passed over; on the way back those from the one to resume in."""
    if move is _SKIP and here.position is not None:
        return order.cycle.path[here.position + 1 : there.position]
    if move is _RESUME and order.resumes_in is not None:
        return order.cycle.path[order.cycle.place(order.resumes_in).position : there.position]
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
    """When the present status was completed, None if it was not; and when the next begins.

    Source:
        Decisions D20 and D20b.
    """
    # Another time zone, or an order dated ahead: a visit does not end before it began.
    latest = max(today, order.entered_on)
    if current_complete is NOTHING and completed_on is NOTHING:
        if move is _BACK or move is _REOPEN or there.status.cancelled:
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
    if move is _REOPEN:
        raise CompletionDateError(order.id, given, None, None)
    if not order.entered_on <= day <= latest:
        raise CompletionDateError(order.id, day, order.entered_on, latest)
    return day, day


def plan_start(policy: DueDatePolicy, order: ProductionOrder, here: Place, left_on: date) -> date:
    """The day from which the plan counts once the present status is left (decision D13b)."""
    if here.position is None and isinstance(policy, Forward) and policy.shift_holds:
        held = policy.calendar.count(order.entered_on, left_on)
        return policy.calendar.add(order.plan_from, held)
    return order.plan_from


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
    """Department and user of the new visit, unless given (decision D18)."""
    if held is not None:
        return held.department, held.user
    status = there.status
    if there.position is None and status.default_department is status.default_user is None:
        return order.department, order.user
    return status.default_department, status.default_user


_DEFAULTS: Final = (NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, "")
_NONE: Final[frozenset[str]] = frozenset()
_TO: Final = frozenset({"to"})
_OTHERS: Final = tuple(name for name in GIVABLE if name not in _TO)


def _given(to: str | NothingType | None, *others: object) -> frozenset[str]:
    """The names of the keywords that were given, out of those a proposal remembers."""
    given = _NONE if to is None or to is NOTHING else _TO
    if others == _DEFAULTS:
        return given  # the target alone, most often, or nothing
    return given.union(
        name
        for name, value, default in zip(_OTHERS, others, _DEFAULTS, strict=True)
        if value is not NOTHING and value != default
    )


def resumption(
    proposal: ProposedChange, here: Place, there: Place
) -> tuple[str | None, Held | None]:
    """Where the order comes back to and what is remembered for then (decision D18)."""
    order = proposal.order
    if there.position is not None:
        return None, None
    if here.position is None:
        return order.resumes_in, order.held  # aside after aside keeps the first
    if proposal.current_complete:
        # After the final status nothing follows: what reopens there comes back to it.
        return (here.next or here.status).key, None
    if proposal.move is _REOPEN:
        return here.status.key, None
    held = Held(
        due_on=order.due_on,
        due_on_is_manual=order.due_on_is_manual,
        department=order.department,
        user=order.user,
    )
    return here.status.key, held
