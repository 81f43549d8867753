"""Due dates: three policies, and plans with the dates of every status.

Theory of operation. Let W be the list of the calendar's working days, and r(d) the index of the
last working day on or before d (decision D9). The *path* is the active standard statuses of a
cycle, from the initial to the final status.

- Forward: a status is due on W[r(plan_from) + n]. Here n is the sum of the durations from the first
  status of the path up to and including this status.
- Backward: a status is due on W[r(delivery_on) - n]. Here n is the sum of the durations of the
  statuses after this status on the path.

The cycle keeps the sums, and the calendar finds W[i] and r(d) in constant time. There are four
exceptions:

- If due dates are counted forward from a day that isn't a working day, and n is 0, the due date is
  the next working day (D9).
- A policy with `shift_holds` counts forward by n plus the working days on hold (D13b).
- For a status off the path, only its own duration counts, from the day on which the order entered
  the status (D12).
- A status without a duration has no due date. The final status has none either (D3, D8).

`PlanningFacts` holds everything that a policy may look at. Our own policies get the same facts as
plain arguments (`DueDates`). This is faster, which matters because a date is calculated whenever an
order moves.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import (
    Annotated,
    Final,
    Literal,
    Protocol,
    TypeVar,
    final,
    overload,
    runtime_checkable,
)

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._facts import NO_FACTS, Facts, facts
from prodflow._fields import Check, Count, Day, Number, Priority, Text, between, checked
from prodflow._trusted import trusted
from prodflow.calendars import MONDAY_TO_FRIDAY, WorkingCalendar
from prodflow.cycle import Place, Status, StatusCycle
from prodflow.errors import MissingDeliveryDateError

__all__ = [
    "Backward",
    "DueDatePolicy",
    "Forward",
    "FromEntry",
    "Plan",
    "PlannedStatus",
    "PlanningFacts",
    "plan",
    "plan_many",
]


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class PlanningFacts:
    """The facts for one due date: a status of an order, and the dates of the order.

    A visit is the time that an order stays in one status.

    Args:
        cycle: the version that the order is pinned to.
        status: the status that needs a due date; it must be one of the cycle's statuses.
        plan_from: the day from which due dates are counted forward; it counts as day 0.
        ordered_on: the order date.
        delivery_on: the approximate delivery date; None if there is none.
        entered_on: the first day of the order's visit to the status.
        paused_working_days: working days for which the visit was paused.
        held_days: working days that the order has spent closed or off the path, for example on
            hold. If the policy's `shift_holds` is False, `held_days` is always 0.
        vendor: the lab or vendor; None if there is none.
        quantity: how many pieces were ordered; None if it isn't known.
        priority: the priority of the order.
        facts: the facts of the order.

    Raises:
        ValueError: if the cycle doesn't have the status.

    Source:
        Decisions D36 and D42.
    """

    cycle: StatusCycle
    status: Status
    plan_from: Day
    ordered_on: Day
    delivery_on: Day | None = None
    entered_on: Day
    paused_working_days: Count = 0
    held_days: Count = 0
    vendor: Text | None = None
    quantity: Number | None = None
    priority: Priority = 0
    facts: Facts = field(default=NO_FACTS, converter=facts)

    def __attrs_post_init__(self) -> None:
        if self.status not in self.cycle:
            raise ValueError(
                f"status must be one of cycle {self.cycle.order_type!r}, not {self.status.key!r}"
            )


@runtime_checkable
class DueDatePolicy(Protocol):
    """How due dates are calculated: any object with these four members is a policy."""

    @property
    def name(self) -> str:
        """The name that history entries record: 1 to 64 ASCII letters, digits, `_`, `-`, `.`."""
        ...

    @property
    def calendar(self) -> WorkingCalendar:
        """The calendar of working days."""
        ...

    @property
    def shift_holds(self) -> bool:
        """Whether time on hold postpones later due dates (decision D13b)."""
        ...

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The last day on which an order in the status isn't overdue yet.

        Args:
            planning: the status, and the dates of the order.

        Returns:
            A date, inclusive; None if the status has no due date.

        Raises:
            DateOutOfRangeError: if the date would be outside the calendar.

        Source:
            "Changing Production Statuses", Due Date.
        """
        ...


def check_policy(name: str, value: DueDatePolicy) -> DueDatePolicy:
    """Check the members of a policy, and return the policy."""
    if not isinstance(value, DueDatePolicy):
        raise TypeError(
            f"{name} must be a due-date policy, with name, calendar, shift_holds and due_on,"
            f" not {checks.shown(value)}"
        )
    checks.key(f"the name of {name}", value.name)
    checks.instance(f"the calendar of {name}", value.calendar, WorkingCalendar, "a WorkingCalendar")
    checks.flag(f"shift_holds of {name}", value.shift_holds)
    return value


Policy = Annotated[DueDatePolicy, Check(check_policy)]


def _offsets(calendar: WorkingCalendar, anchor: date, days: tuple[int | None, ...]) -> "Dates":
    """`calendar.offsets` without checks: the cycle has already checked the durations."""
    # Without checks it takes half the time. It's private, so that users call `offsets`.
    return calendar._offsets(anchor, days)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above


def _rank(calendar: WorkingCalendar, day: date) -> int:
    """The number of working days before a day; `calendar.count` is the difference of two ranks."""
    return calendar._before(day)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above


def _ahead(calendar: WorkingCalendar, anchor: date, days: int, held: int) -> date:
    """W[r(anchor) + days + held], but never a day before the anchor (decision D9)."""
    if days:
        return calendar.add(anchor, days + held)
    day = calendar.following(anchor)
    return calendar.add(day, held) if held else day


_PAIRS: Final = "(ordered_on, delivery_on) pairs"


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Forward:
    """Due dates counted forward from `plan_from`, which is the order date by default.

    This is the default policy.

    Args:
        calendar: the calendar of working days.
        shift_holds: whether time on hold postpones later due dates.

    Source:
        "Changing Production Statuses", Due Date; decisions D6, D9 and D13b.
    """

    name: str = field(default="forward", init=False, repr=False)
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY
    shift_holds: bool = field(default=False, kw_only=True)

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The due date of the status, counted forward; see `DueDatePolicy.due_on`.

        Args:
            planning: the status, and the dates of the order.
        """
        return _asked(_forward, self, planning)


WithoutDelivery = Literal["none", "forward", "error"]


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Backward:
    """Due dates counted backward from the delivery date.

    Each due date leaves enough working days for the later statuses. If the delivery date isn't a
    working day, days are counted from the last working day before it. Due dates may be before the
    order date.

    Args:
        calendar: the calendar of working days.
        without_delivery: what to do without a delivery date: "none" gives no due date, "forward"
            counts forward, and "error" raises `MissingDeliveryDateError`.
        shift_holds: whether time on hold postpones due dates that are counted forward. Dates
            counted backward never move.

    Source:
        "Changing Production Statuses", Due Date; decisions D7, D9, D10 and D11.
    """

    name: str = field(default="backward", init=False, repr=False)
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY
    without_delivery: WithoutDelivery = field(default="none", kw_only=True)
    shift_holds: bool = field(default=False, kw_only=True)

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The due date of the status, counted backward; see `DueDatePolicy.due_on`.

        Args:
            planning: the status, and the dates of the order.
        """
        return _asked(_backward, self, planning)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class FromEntry:
    """Due dates counted from the day on which the order enters each status.

    A status is due when its duration is over. Days on hold don't count. A plan assumes that an
    order enters each status on the due date of the previous status.

    Args:
        calendar: the calendar of working days.

    Source:
        Decisions D9, D12 and D18.
    """

    name: str = field(default="from-entry", init=False, repr=False)
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY
    shift_holds: bool = field(default=False, init=False, repr=False)

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The due date of the status, counted from the day of entry; see `DueDatePolicy.due_on`.

        Args:
            planning: the status, and the dates of the order.
        """
        return _asked(_from_entry, self, planning)


Details = tuple[date, str | None, int | None, int, Facts]
"""What few policies look at: `ordered_on`, `vendor`, `quantity`, `priority` and `facts`."""

# The functions with which our policies calculate. Their arguments are positional, since passing
# eight arguments by name takes as long as the calculation.


def _forward(  # noqa: PLR0917 - see above
    policy: Forward | Backward,
    cycle: StatusCycle,
    place: Place,
    plan_from: date,
    delivery_on: date | None,
    entered_on: date,
    paused: int,
    held: int,
    details: Details,
) -> date | None:
    if place.position is None:
        return _from_entry(
            policy, cycle, place, plan_from, delivery_on, entered_on, paused, held, details
        )
    days = cycle.days_through[place.position]
    if days is None:
        return None
    return _ahead(policy.calendar, plan_from, days, held if policy.shift_holds else 0)


def _backward(  # noqa: PLR0917 - see above
    policy: Backward,
    cycle: StatusCycle,
    place: Place,
    plan_from: date,
    delivery_on: date | None,
    entered_on: date,
    paused: int,
    held: int,
    details: Details,
) -> date | None:
    if delivery_on is None or place.position is None:
        if place.position is None or policy.without_delivery == "forward":
            return _forward(
                policy, cycle, place, plan_from, delivery_on, entered_on, paused, held, details
            )
        if policy.without_delivery == "error" and place.status.is_due:
            raise MissingDeliveryDateError(cycle.order_type, place.status.key)
        return None
    days = cycle.days_back[place.position]
    return None if days is None else _offsets(policy.calendar, delivery_on, (days,))[0]


def _from_entry(
    policy: Forward | Backward | FromEntry,
    _cycle: StatusCycle,
    place: Place,
    _plan_from: date,
    _delivery_on: date | None,
    entered_on: date,
    paused: int,
    _held: int,
    _details: Details,
) -> date | None:
    own = place.status.default_duration
    if own is None or place.status.final:
        return None
    return _ahead(policy.calendar, entered_on, own, paused)


def _hosts_own(  # noqa: PLR0917 - see above
    policy: DueDatePolicy,
    cycle: StatusCycle,
    place: Place,
    plan_from: date,
    delivery_on: date | None,
    entered_on: date,
    paused: int,
    held: int,
    details: Details,
) -> date | None:
    """The due date that a user's own policy returns; it must be a date or None."""
    ordered_on, *others = details
    planning = _planning(
        cycle,
        place.status,
        plan_from,
        ordered_on,
        delivery_on,
        entered_on,
        paused,
        held if policy.shift_holds else 0,
        *others,
    )
    return checks.optional_day("what the policy gives", policy.due_on(planning))


_planning = trusted(PlanningFacts)


def _asked(
    find: Callable[..., date | None], policy: DueDatePolicy, planning: PlanningFacts
) -> date | None:
    """The due date that one of our policies calculates from `PlanningFacts`."""
    it = checks.instance("planning", planning, PlanningFacts, "a PlanningFacts")
    return find(
        policy,
        it.cycle,
        it.cycle.place(it.status.key),
        it.plan_from,
        it.delivery_on,
        it.entered_on,
        it.paused_working_days,
        it.held_days,
        (it.ordered_on, it.vendor, it.quantity, it.priority, it.facts),
    )


DueDates = Callable[[StatusCycle, Place, date, date | None, date, int, int, Details], date | None]
"""A function that calculates the due date of a place in a cycle. Its other arguments are
`plan_from`, `delivery_on`, `entered_on`, paused and held working days, and the details."""


def due_dates(policy: DueDatePolicy) -> DueDates:
    """The function that calculates the due dates of a policy."""
    match policy:
        case Forward():
            return partial(_forward, policy)
        case Backward():
            return partial(_backward, policy)
        case FromEntry():
            return partial(_from_entry, policy)
        case _:
            return partial(_hosts_own, policy)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class PlannedStatus:
    """One status of a plan with its dates.

    Each date is inclusive; None means that there is no such date.

    Args:
        status: the status.
        due_on: the due date under the policy of the plan.
        earliest_on: the date counted forward from the order date.
        latest_on: the date counted backward from the delivery date.
    """

    status: Status
    due_on: Day | None
    earliest_on: Day | None
    latest_on: Day | None


_planned = trusted(PlannedStatus)

Dates = tuple[Day | None, ...]
FloatDays = Annotated[int, between(-date.max.toordinal(), date.max.toordinal())]


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Plan(Sequence[PlannedStatus]):
    """The dates of every status of the path: a sequence of `PlannedStatus`, in path order.

    The path is the active standard statuses of the cycle, from the initial to the final status.

    Args:
        cycle: the cycle that the plan is for.
        due_dates: the due dates under the policy, one for each status of the path.
        earliest_dates: the dates counted forward from the order date.
        latest_dates: the dates counted backward from the delivery date. Without a delivery date,
            all are None.
        float_days: the spare working days. They are counted for the last status that has dates,
            from its earliest to its latest date. Negative if the delivery date can't be met. None
            without a delivery date, or if no status has dates.
        start_by: the last day on which you can start and still meet the delivery date; None without
            a delivery date.

    Raises:
        ValueError: if one of the three tuples of dates is longer or shorter than the path.

    Source:
        Decisions D6, D7, D9 and D11.
    """

    cycle: StatusCycle
    due_dates: Dates
    earliest_dates: Dates
    latest_dates: Dates
    float_days: FloatDays | None
    start_by: Day | None

    def __attrs_post_init__(self) -> None:
        for dates in (self.due_dates, self.earliest_dates, self.latest_dates):
            if len(dates) != len(self.cycle.path):
                raise ValueError(
                    f"a plan of {self.cycle.order_type!r} needs {len(self.cycle.path)} dates of"
                    f" each kind, not {len(dates)}"
                )

    def __len__(self) -> int:
        return len(self.due_dates)

    @overload
    def __getitem__(self, index: int) -> PlannedStatus: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[PlannedStatus, ...]: ...
    def __getitem__(self, index: int | slice) -> PlannedStatus | tuple[PlannedStatus, ...]:
        """The row at an index, or the rows of a slice.

        Raises:
            IndexError: if there is no such row.
        """
        if isinstance(index, slice):
            return tuple(self)[index]
        return _planned(
            self.cycle.path[index],
            self.due_dates[index],
            self.earliest_dates[index],
            self.latest_dates[index],
        )

    def __iter__(self) -> Iterator[PlannedStatus]:
        return map(
            _planned, self.cycle.path, self.due_dates, self.earliest_dates, self.latest_dates
        )

    def past(self, *, today: date) -> tuple[PlannedStatus, ...]:
        """The rows whose latest date is before *today*.

        Args:
            today: the date to compare with.

        Source:
            Decision D11.
        """
        checks.day("today", today)
        return tuple(row for row in self if row.latest_on is not None and row.latest_on < today)


_plan = trusted(Plan)


def plan(
    cycle: StatusCycle,
    policy: DueDatePolicy,
    *,
    ordered_on: date,
    delivery_on: date | None = None,
) -> Plan:
    """The dates of every status of the path, for an order that has just been placed.

    The path is the active standard statuses of the cycle, from the initial to the final status.

    Args:
        cycle: the cycle to plan.
        policy: the due-date policy; its calendar is used for all dates.
        ordered_on: the order date.
        delivery_on: the approximate delivery date; None if there is none. If the order can't be
            finished by then, the dates aren't adjusted, and `float_days` is negative.

    Raises:
        MissingDeliveryDateError: if the policy needs a delivery date.
        DateOutOfRangeError: if one of the dates would be outside the calendar.
        ValueError: if the policy's name isn't a valid key.

    Source:
        Decisions D6, D7, D9, D10 and D11.

    Example:
        >>> from datetime import date
        >>> from prodflow import Backward, Status, StatusCycle, plan
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [
        ...         Status("retouch", "Retouch", default_duration=3, initial=True),
        ...         Status("printing", "Printing", default_duration=2),
        ...         Status("shipped", "Shipped", final=True),
        ...     ],
        ... )
        >>> dates = plan(
        ...     cycle, Backward(), ordered_on=date(2026, 11, 16), delivery_on=date(2026, 11, 25)
        ... )
        >>> dates[0].due_on.isoformat(), dates.float_days
        ('2026-11-23', 2)
    """
    if not isinstance(cycle, StatusCycle):
        raise TypeError(f"cycle must be a StatusCycle, not {checks.shown(cycle)}")
    checks.day("ordered_on", ordered_on)
    checks.optional_day("delivery_on", delivery_on)
    calendar = _policy(policy).calendar
    latest = None if delivery_on is None else _latest(cycle, calendar, delivery_on)
    earliest = _earliest(cycle, calendar, ordered_on)
    return _planned_from(cycle, policy, (ordered_on, delivery_on), earliest, latest)


def plan_many(
    cycle: StatusCycle,
    policy: DueDatePolicy,
    dates: Iterable[tuple[date, date | None]],
) -> list[Plan]:
    """The plans of many orders, one for each pair of dates, in the order given.

    Equal pairs share one plan.

    Args:
        cycle: the cycle to plan.
        policy: the due-date policy; its calendar is used for all dates.
        dates: an (ordered_on, delivery_on) pair for each order, as a tuple or a list.

    Raises:
        ProdflowError: the errors of `plan`.

    Source:
        Decisions D6, D7, D9, D10 and D11.
    """
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    _policy(policy)
    # The pairs are read more than once, so an iterator must become a list.
    pairs = dates if isinstance(dates, list) else checks.items("dates", dates, _PAIRS)
    try:
        return _many(cycle, policy, pairs)
    except (TypeError, ValueError):
        _check_pairs(pairs)
        raise


_Pair = tuple[date, date | None]
_K = TypeVar("_K")
_V = TypeVar("_V")


@final
class _Memo(dict[_K, _V]):
    """Remembers the values of a function during one call of `_many`."""

    def __init__(self, find: Callable[[_K], _V]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: _K) -> _V:
        value = self[key] = self._find(key)
        return value


def _many(cycle: StatusCycle, policy: DueDatePolicy, pairs: Sequence[_Pair]) -> list[Plan]:
    """The plan for each pair. The dates counted from one day are calculated once for all pairs."""
    calendar = policy.calendar
    earliest = _Memo(partial(_earliest, cycle, calendar))
    latest = _Memo(partial(_latest, cycle, calendar))
    undelivered: _Memo[date, Plan] = _Memo(
        lambda day: _planned_from(cycle, policy, (day, None), earliest[day], None)
    )

    def planned(pair: _Pair) -> Plan:
        ordered_on, delivery_on = pair
        if delivery_on is None:
            return undelivered[ordered_on]
        counted_back = latest[delivery_on]
        return _planned_from(cycle, policy, pair, earliest[ordered_on], counted_back)

    # Try pairs without a delivery date first, since often no pair has one. A lookup by the order
    # date takes half as long as a lookup by a pair, and calling `__getitem__` takes two thirds as
    # long as brackets.
    of_day = undelivered.__getitem__
    plans = [of_day(ordered_on) for ordered_on, delivery_on in pairs if delivery_on is None]
    if len(plans) == len(pairs):
        return plans
    if {*map(type, pairs)} != {tuple}:
        _check_pairs(pairs)
        pairs = [(ordered_on, delivery_on) for ordered_on, delivery_on in pairs]
    return [*map(_Memo(planned).__getitem__, pairs)]


def _check_pairs(pairs: Iterable[_Pair]) -> None:
    """Raise for the first item that isn't a pair of dates. A set of two dates isn't a pair."""
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2:  # noqa: PLR2004 - a pair
            raise TypeError(f"dates must be an iterable of {_PAIRS}, not hold {checks.shown(pair)}")
        checks.day("ordered_on", pair[0])
        checks.optional_day("delivery_on", pair[1])


_OURS: Final = (Forward, Backward, FromEntry)


def _policy(policy: DueDatePolicy) -> DueDatePolicy:
    # Checking against a protocol takes longer than a whole plan, and most policies are ours.
    if not isinstance(policy, _OURS):
        check_policy("policy", policy)
    return policy


# Three values. First the dates of a path, counted from one day. Then the rank of the last date;
# None without dates. Then the last day to start; None if the dates are counted forward.
_Counted = tuple[Dates, int | None, date | None]


def _planned_from(
    cycle: StatusCycle,
    policy: DueDatePolicy,
    pair: _Pair,
    forward: _Counted,
    backward: _Counted | None,
) -> Plan:
    """The plan for a pair of dates, from the results of `_earliest` and `_latest`."""
    earliest, early, _ = forward
    if backward is None:
        due = earliest if type(policy) is Forward else _in_turn(cycle, policy, *pair)
        return _plan(cycle, due, earliest, (None,) * len(earliest), None, None)
    latest, late, start_by = backward
    if type(policy) is Backward:
        due = latest
    elif type(policy) is Forward:
        due = earliest
    else:
        due = _in_turn(cycle, policy, *pair)
    float_days = None if early is None or late is None else late - early
    return _plan(cycle, due, earliest, latest, float_days, start_by)


def _earliest(cycle: StatusCycle, calendar: WorkingCalendar, anchor: date) -> _Counted:
    days = cycle.days_through
    if not calendar.is_working_day(anchor):
        # No date is before the anchor, so a status of 0 days is due on the next working day.
        days = tuple(n if n is None else max(n, 1) for n in days)
    dates = _offsets(calendar, anchor, days)
    return dates, _finish(calendar, dates), None


def _latest(cycle: StatusCycle, calendar: WorkingCalendar, delivery_on: date) -> _Counted:
    total = cycle.place(cycle.final.key).days_through
    *days, start_by = _offsets(calendar, delivery_on, (*cycle.days_back, -total))
    dates = tuple(days)
    return dates, _finish(calendar, dates), start_by


def _finish(calendar: WorkingCalendar, dates: Dates) -> int | None:
    """The `_rank` of the last date; None if there are no dates."""
    for day in reversed(dates):
        if day is not None:
            return _rank(calendar, day)
    return None


def _in_turn(
    cycle: StatusCycle, policy: DueDatePolicy, ordered_on: date, delivery_on: date | None
) -> Dates:
    """Due dates one by one: an order enters each status on the due date of the previous status."""
    due: list[date | None] = []
    entered_on = ordered_on
    ask = due_dates(policy)
    for status in cycle.path:
        due_on = ask(
            *(cycle, cycle.place(status.key), ordered_on, delivery_on, entered_on, 0, 0),
            (ordered_on, None, None, 0, NO_FACTS),
        )
        due.append(due_on)
        entered_on = due_on or entered_on
    return tuple(due)
