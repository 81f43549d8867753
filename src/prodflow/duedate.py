"""When an order is due at each status: three policies, and plans of a whole path.

Theory of operation. Let W be the working days of the policy's calendar, in order, and r(d) the
index of the last one on or before d (decision D9). Forward, a status is due on
W[r(plan_from) + the days of the path up to and including its own]; backward, on
W[r(delivery_on) - the days of the path after it]. The cycle knows the sums and the calendar knows
the days, so a due date takes two lookups.

Three things bend this. A policy with `shift_holds` adds the working days that an order spent on
hold (D13b). A status off the path is due its own days after its entry, under every policy (D12).
A status without a duration, and the final one, is never due (D3, D8).

`PlanningFacts` holds all that a policy may look at. Our own policies are asked for every order that
moves, so they take the same facts as plain arguments (`DueDates`), without a value in between.
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
from prodflow._fields import Check, Count, Day, Text, between, checked
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
    """What a due-date policy may look at: one status of one order, and the order's dates.

    Args:
        cycle: the version that the order is pinned to.
        status: one of its statuses.
        plan_from: the day from which the plan counts; it counts as day 0.
        ordered_on: the order date.
        delivery_on: the approximate delivery date, or None.
        entered_on: the first day of the visit.
        paused_working_days: working days of this visit that the order spent on hold.
        held_days: working days that the order has spent off the path, or closed, so far; 0 for a
            policy without `shift_holds`.
        vendor: the lab or vendor, or None.

    Raises:
        ValueError: if the cycle doesn't have the status.

    Source:
        Decision D42.
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

    def __attrs_post_init__(self) -> None:
        if self.status not in self.cycle:
            raise ValueError(
                f"status must be one of cycle {self.cycle.order_type!r}, not {self.status.key!r}"
            )


@runtime_checkable
class DueDatePolicy(Protocol):
    """How due dates are calculated. Any object with these four members is a policy."""

    @property
    def name(self) -> str:
        """What the history calls it: 1 to 64 ASCII letters, digits, `_`, `-`, `.`."""
        ...

    @property
    def calendar(self) -> WorkingCalendar:
        """The days that count."""
        ...

    @property
    def shift_holds(self) -> bool:
        """Whether time spent on hold moves the rest of the plan (decision D13b)."""
        ...

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The last day an order may stay in the status without being overdue.

        Args:
            planning: the status, and the dates of the order.

        Returns:
            A date, inclusive; None if the status has no due date.

        Raises:
            DateOutOfRangeError: if the calendar ends before that date.

        Source:
            "Changing Production Statuses", Due Date.
        """
        ...


def check_policy(name: str, value: DueDatePolicy) -> DueDatePolicy:
    """A policy with a usable name and calendar."""
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
    """`calendar.offsets`, without asking whether what a cycle counted are numbers."""
    # It takes half the time, and is nothing for users to call.
    return calendar._offsets(anchor, days)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above


def _rank(calendar: WorkingCalendar, day: date) -> int:
    """How many working days there are before a day: the differences are what `count` gives."""
    return calendar._before(day)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above


def _ahead(calendar: WorkingCalendar, anchor: date, days: int, held: int) -> date:
    """W[r(anchor) + days + held], and never before the anchor: decision D9."""
    if days:
        return calendar.add(anchor, days + held)
    day = calendar.following(anchor)
    return calendar.add(day, held) if held else day


_PAIRS: Final = "(ordered_on, delivery_on) pairs"


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Forward:
    """Due dates counted forward from the order date; this is the default.

    Args:
        calendar: the days that count.
        shift_holds: whether time spent on hold moves the rest of the plan.

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
    """Due dates counted backward from the delivery date, by the durations still to come.

    Dates are never clamped: they may lie before the order date. A delivery date on a closed day is
    met on the working day before it.

    Args:
        calendar: the days that count.
        without_delivery: what an order without a delivery date gets: "none" for no due date,
            "forward" for one counted forward, "error" for a `MissingDeliveryDateError`.
        shift_holds: whether time spent on hold moves what is counted forward.

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
    """Due dates counted from the day the order enters each status: days worked, plus its duration.

    Days on hold don't count as worked. In a plan, each status is entered when the one before is
    due.

    Args:
        calendar: the days that count.

    Source:
        Decisions D9, D12 and D18.
    """

    name: str = field(default="from-entry", init=False, repr=False)
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY
    shift_holds: bool = field(default=False, init=False, repr=False)

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The due date of the status, counted from the entry; see `DueDatePolicy.due_on`.

        Args:
            planning: the status, and the dates of the order.
        """
        return _asked(_from_entry, self, planning)


# What our policies calculate, from plain arguments. By name, nine of them cost as much as the date.


def _forward(  # noqa: PLR0917 - see above
    policy: Forward | Backward,
    cycle: StatusCycle,
    place: Place,
    plan_from: date,
    delivery_on: date | None,
    entered_on: date,
    paused: int,
    held: int,
    ordered_on: date,
    vendor: str | None,
) -> date | None:
    if place.position is None:
        return _from_entry(
            *(policy, cycle, place, plan_from, delivery_on, entered_on, paused, held),
            *(ordered_on, vendor),
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
    ordered_on: date,
    vendor: str | None,
) -> date | None:
    if delivery_on is None or place.position is None:
        if place.position is None or policy.without_delivery == "forward":
            return _forward(
                *(policy, cycle, place, plan_from, delivery_on, entered_on, paused, held),
                *(ordered_on, vendor),
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
    _ordered_on: date,
    _vendor: str | None,
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
    ordered_on: date,
    vendor: str | None,
) -> date | None:
    """What a host's own policy says, checked."""
    planning = _planning(
        cycle,
        place.status,
        plan_from,
        ordered_on,
        delivery_on,
        entered_on,
        paused,
        held if policy.shift_holds else 0,
        vendor,
    )
    return checks.optional_day("what the policy gives", policy.due_on(planning))


_planning = trusted(PlanningFacts)


def _asked(
    find: Callable[..., date | None], policy: DueDatePolicy, planning: PlanningFacts
) -> date | None:
    """What one of our policies says to the facts that a host gives it."""
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
        it.ordered_on,
        it.vendor,
    )


DueDates = Callable[
    [StatusCycle, Place, date, date | None, date, int, int, date, str | None], date | None
]
"""The due date of a place in a cycle: after these, `plan_from`, `delivery_on`, `entered_on`, paused
and held working days, `ordered_on` and `vendor`."""


def due_dates(policy: DueDatePolicy) -> DueDates:
    """The function that calculates the due dates of a policy, for callers who ask often."""
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
    """One status of a plan with its dates, each inclusive and None where there is none.

    Args:
        status: the status.
        due_on: its due date under the policy of the plan.
        earliest_on: its date counted forward from the order date.
        latest_on: its date counted backward from the delivery date.

    Raises:
        TypeError: for a value of the wrong kind.
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
    """The dates of every status of a path, in its order: a sequence of `PlannedStatus`.

    Args:
        cycle: the cycle planned.
        due_dates: for each status of its path the due date under the policy.
        earliest_dates: the same counted forward from the order date.
        latest_dates: the same counted backward from the delivery date; None throughout without one.
        float_days: the working days between the earliest and the latest finish; negative where the
            delivery cannot be met, None without a delivery date or a dated status.
        start_by: the last day to begin and still deliver; None without a delivery date.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: if the dates are not as many as the statuses of the path.

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
            TypeError: if *index* is neither an int nor a slice.
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
        """The rows whose latest date is over.

        Args:
            today: the day on which it is asked.

        Raises:
            TypeError: if *today* is no date.

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
    """The dates of every status of a path, for an order that has just been placed.

    Args:
        cycle: the cycle to plan.
        policy: how due dates are calculated, and with which calendar.
        ordered_on: the order date.
        delivery_on: the approximate delivery date, or None. It may be too early to be met: the
            dates are given as they are, and the float is negative.

    Raises:
        MissingDeliveryDateError: as the policy says.
        DateOutOfRangeError: where the calendar ends before one of the dates.
        TypeError: for a value of the wrong kind.
        ValueError: if the name of the policy is no key.

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
    """The plans of many orders, in the order of their dates; equal dates share one plan.

    Args:
        cycle: the cycle to plan.
        policy: how due dates are calculated.
        dates: an (ordered_on, delivery_on) pair for each order, a tuple or a list.

    Raises:
        MissingDeliveryDateError: as the policy says.
        DateOutOfRangeError: where the calendar ends before one of the dates.
        TypeError: for a value of the wrong kind, an item that is no pair included.
        ValueError: if the name of the policy is no key.

    Source:
        As for `plan`.
    """
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    _policy(policy)
    # It is read more than once, which a list allows as it is.
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
    """The values of a function, for the length of a call."""

    def __init__(self, find: Callable[[_K], _V]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: _K) -> _V:
        value = self[key] = self._find(key)
        return value


def _many(cycle: StatusCycle, policy: DueDatePolicy, pairs: Sequence[_Pair]) -> list[Plan]:
    """The plan of each pair; pairs differ more than their days, so each day is reckoned once."""
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

    # First by the order date alone, which is found in half the time of a pair: often no order has a
    # delivery date, and all is done. The method takes two thirds of the time of brackets.
    of_day = undelivered.__getitem__
    plans = [of_day(ordered_on) for ordered_on, delivery_on in pairs if delivery_on is None]
    if len(plans) == len(pairs):
        return plans
    if {*map(type, pairs)} != {tuple}:
        _check_pairs(pairs)
        pairs = [(ordered_on, delivery_on) for ordered_on, delivery_on in pairs]
    return [*map(_Memo(planned).__getitem__, pairs)]


def _check_pairs(pairs: Iterable[_Pair]) -> None:
    """Name the first item that is no pair of dates; of a set, say, nobody knows which is which."""
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2:  # noqa: PLR2004 - a pair
            raise TypeError(f"dates must be an iterable of {_PAIRS}, not hold {checks.shown(pair)}")
        checks.day("ordered_on", pair[0])
        checks.optional_day("delivery_on", pair[1])


_OURS: Final = (Forward, Backward, FromEntry)


def _policy(policy: DueDatePolicy) -> DueDatePolicy:
    # Asking a protocol costs more than a whole plan, and most policies are ours.
    if not isinstance(policy, _OURS):
        check_policy("policy", policy)
    return policy


# The dates of a path counted from one day; the rank of the last of them, the finish, or None where
# there is none; and, counted backward, the last day to begin.
_Counted = tuple[Dates, int | None, date | None]


def _planned_from(
    cycle: StatusCycle,
    policy: DueDatePolicy,
    pair: _Pair,
    forward: _Counted,
    backward: _Counted | None,
) -> Plan:
    """The plan of a pair of dates, from what `_earliest` and `_latest` give for them."""
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
        # Nothing is due before its anchor, so what takes no day is due on the next that counts.
        days = tuple(n if n is None else max(n, 1) for n in days)
    dates = _offsets(calendar, anchor, days)
    return dates, _finish(calendar, dates), None


def _latest(cycle: StatusCycle, calendar: WorkingCalendar, delivery_on: date) -> _Counted:
    total = cycle.place(cycle.final.key).days_through
    *days, start_by = _offsets(calendar, delivery_on, (*cycle.days_back, -total))
    dates = tuple(days)
    return dates, _finish(calendar, dates), start_by


def _finish(calendar: WorkingCalendar, dates: Dates) -> int | None:
    """The rank of the finish: most often that of the last but one, for the final is never due."""
    for day in reversed(dates):
        if day is not None:
            return _rank(calendar, day)
    return None


def _in_turn(
    cycle: StatusCycle, policy: DueDatePolicy, ordered_on: date, delivery_on: date | None
) -> Dates:
    """Due dates asked one by one, each status taken to be entered when the one before is due."""
    due: list[date | None] = []
    entered_on = ordered_on
    ask = due_dates(policy)
    for status in cycle.path:
        due_on = ask(
            *(cycle, cycle.place(status.key), ordered_on, delivery_on, entered_on, 0, 0),
            *(ordered_on, None),
        )
        due.append(due_on)
        entered_on = due_on or entered_on
    return tuple(due)
