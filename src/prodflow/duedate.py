"""When an order is due at each status: the three policies, and plans of a whole path.

Theory of operation. Let W be the working days of the policy's calendar in order and r(d) the index
of the last one on or before d (decision D9). Counting forward, a status is due at
W[r(anchor) + the days of the path up to and with its own]; counting backward, at
W[r(delivery) - the days of the path after it]. The sums come from the cycle, the days from the
calendar, so a due date is two look-ups. The same statuses have no date either way, so the float is
the difference of two ranks, those of the last dates. A status off the path is due its own days
after its entry, whatever the policy (decision D12); one without a duration, and the final one,
never (D3, D8).
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
    assert_never,
    final,
    overload,
    runtime_checkable,
)

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Check, Day, between, checked
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
    "plan",
    "plan_many",
]


@runtime_checkable
class DueDatePolicy(Protocol):
    """How due dates are calculated. Any object with these three members is a policy."""

    @property
    def name(self) -> str:
        """What the history calls it: 1 to 64 ASCII letters, digits, `_`, `-`, `.`."""
        ...

    @property
    def calendar(self) -> WorkingCalendar:
        """The days that count."""
        ...

    def due_on(
        self,
        cycle: StatusCycle,
        key: str,
        *,
        ordered_on: date,
        delivery_on: date | None,
        entered_on: date,
    ) -> date | None:
        """The last day an order may stay in a status without being overdue.

        Args:
            cycle: the version the order is pinned to.
            key: one of its statuses.
            ordered_on: the day from which the plan counts; its own day is day 0.
            delivery_on: the approximate delivery date, or None.
            entered_on: the day on which the order entered the status.

        Returns:
            A date, inclusive; None for the final status and where no duration is given.
        """
        ...


def check_policy(name: str, value: DueDatePolicy) -> DueDatePolicy:
    """Refuse what is no policy, or has no calendar or usable name."""
    if not isinstance(value, DueDatePolicy):
        raise TypeError(
            f"{name} must be a due-date policy, with name, calendar and due_on,"
            f" not {checks.shown(value)}"
        )
    checks.key(f"the name of {name}", value.name)
    checks.instance(f"the calendar of {name}", value.calendar, WorkingCalendar, "a WorkingCalendar")
    return value


Policy = Annotated[DueDatePolicy, Check(check_policy)]


def _place(cycle: StatusCycle, key: str) -> Place:
    if not isinstance(cycle, StatusCycle):
        raise TypeError(f"cycle must be a StatusCycle, not {checks.shown(cycle)}")
    return cycle.place(key)


def _offsets(calendar: WorkingCalendar, anchor: date, days: tuple[int | None, ...]) -> "Dates":
    """`calendar.offsets`, without asking whether what a cycle counted are numbers."""
    # It takes half the time, and is nothing for users to call.
    return calendar._offsets(anchor, days)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above


def _rank(calendar: WorkingCalendar, day: date) -> int:
    """How many working days there are before a day: the differences are what `count` gives."""
    return calendar._before(day)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above


def _ahead(calendar: WorkingCalendar, anchor: date, days: int) -> date:
    """W[r(anchor) + days], and never before the anchor: decision D9."""
    return calendar.add(anchor, days) if days else calendar.following(anchor)


_PAIRS: Final = "(ordered_on, delivery_on) pairs"


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Forward:
    """Due dates counted forward from the order date, the default: `ordered_on` plus the durations.

    Args:
        calendar: the days that count, Monday to Friday unless told otherwise.
        shift_holds: whether the time spent off the path moves the rest of the plan on.

    Raises:
        TypeError: for a value of the wrong kind.

    Source:
        "Changing Production Statuses", Due Date; decisions D6, D9 and D13b.
    """

    name: str = field(default="forward", init=False, repr=False)
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY
    shift_holds: bool = field(default=False, kw_only=True)

    def due_on(
        self,
        cycle: StatusCycle,
        key: str,
        *,
        ordered_on: date,
        delivery_on: date | None,  # noqa: ARG002 - of the protocol; forward does not need it
        entered_on: date,
    ) -> date | None:
        """The last day an order may stay in the status without being overdue.

        Args:
            cycle: the version the order is pinned to.
            key: one of its statuses.
            ordered_on: the date to count from; it counts as day 0.
            delivery_on: not used.
            entered_on: the date to count from for a status off the path.

        Returns:
            A date, inclusive, never before the date counted from. None for the final status and for
            a status without a duration.

        Raises:
            UnknownStatusError: if *cycle* has no such status.
            DateOutOfRangeError: if the due date would lie outside the calendar.

        Source:
            Decisions D6, D8, D9 and D12.
        """
        return _forward(self, cycle, _place(cycle, key), ordered_on, None, entered_on)


WithoutDelivery = Literal["none", "forward", "error"]


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Backward:
    """Due dates counted backward from the delivery date.

    Args:
        calendar: the days that count, Monday to Friday unless told otherwise.
        without_delivery: what an order without a delivery date gets: "none" for no due date,
            "forward" for one counted forward, "error" for a `MissingDeliveryDateError`.

    Raises:
        TypeError: for a calendar that is none.
        ValueError: for another word.

    Source:
        "Changing Production Statuses", Due Date; decisions D7, D9 and D10.
    """

    name: str = field(default="backward", init=False, repr=False)
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY
    without_delivery: WithoutDelivery = field(default="none", kw_only=True)

    def due_on(
        self,
        cycle: StatusCycle,
        key: str,
        *,
        ordered_on: date,
        delivery_on: date | None,
        entered_on: date,
    ) -> date | None:
        """The last day an order may stay in the status without being overdue.

        Args:
            cycle: the version the order is pinned to.
            key: one of its statuses.
            ordered_on: the date to count from if there is no delivery date and
                *without_delivery* is "forward".
            delivery_on: the date to count back from; if it isn't a working day, the working day
                before it is used.
            entered_on: the date to count from for a status off the path.

        Returns:
            A date, inclusive, never clamped: it may lie before the order date. None for the final
            status and where no duration is given.

        Raises:
            UnknownStatusError: if *cycle* has no such status.
            MissingDeliveryDateError: if there is no delivery date and *without_delivery* is
                "error".
            DateOutOfRangeError: if the due date would lie outside the calendar.

        Source:
            Decisions D7, D8, D9, D10, D11 and D12.
        """
        return _backward(self, cycle, _place(cycle, key), ordered_on, delivery_on, entered_on)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class FromEntry:
    """Due dates counted from the day each status is entered: entry plus its own duration.

    In a plan, each status is taken to be entered when the one before is due.

    Args:
        calendar: the days that count, Monday to Friday unless told otherwise.

    Raises:
        TypeError: for a calendar that is none.

    Source:
        Decisions D9 and D12, applied to the whole path.
    """

    name: str = field(default="from-entry", init=False, repr=False)
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY

    def due_on(
        self,
        cycle: StatusCycle,
        key: str,
        *,
        ordered_on: date,  # noqa: ARG002 - of the protocol; the entry is the anchor
        delivery_on: date | None,  # noqa: ARG002 - of the protocol; the entry is the anchor
        entered_on: date,
    ) -> date | None:
        """The last day an order may stay in the status without being overdue.

        Args:
            cycle: the version the order is pinned to.
            key: one of its statuses.
            ordered_on: not used.
            delivery_on: not used.
            entered_on: the date to count from.

        Returns:
            A date, inclusive, never before the date counted from. None for the final status and for
            a status without a duration.

        Raises:
            UnknownStatusError: if *cycle* has no such status.
            DateOutOfRangeError: if the due date would lie outside the calendar.

        Source:
            Decisions D8 and D9.
        """
        return _from_entry(self, cycle, _place(cycle, key), entered_on, None, entered_on)


# How our policies reckon, by the place of a status: `due_on` finds that by its key, a flow has it.


def _forward(  # noqa: PLR0917 - as DueDates has them: by name they cost as much as the date
    policy: Forward | Backward,
    cycle: StatusCycle,
    place: Place,
    ordered_on: date,
    delivery_on: date | None,
    entered_on: date,
) -> date | None:
    if place.position is None:
        return _from_entry(policy, cycle, place, ordered_on, delivery_on, entered_on)
    days = cycle.days_through[place.position]
    return None if days is None else _ahead(policy.calendar, ordered_on, days)


def _backward(  # noqa: PLR0917 - as DueDates has them: by name they cost as much as the date
    policy: Backward,
    cycle: StatusCycle,
    place: Place,
    ordered_on: date,
    delivery_on: date | None,
    entered_on: date,
) -> date | None:
    if place.position is None:
        return _from_entry(policy, cycle, place, ordered_on, delivery_on, entered_on)
    days = cycle.days_back[place.position]
    if days is None:
        return None
    if delivery_on is not None:
        return _offsets(policy.calendar, delivery_on, (days,))[0]
    match policy.without_delivery:
        case "none":
            return None
        case "forward":
            return _forward(policy, cycle, place, ordered_on, delivery_on, entered_on)
        case "error":
            raise MissingDeliveryDateError(cycle.order_type, place.status.key)
        case _:
            assert_never(policy.without_delivery)


def _from_entry(
    policy: Forward | Backward | FromEntry,
    _cycle: StatusCycle,
    place: Place,
    _ordered_on: date,
    _delivery_on: date | None,
    entered_on: date,
) -> date | None:
    own = place.status.default_duration
    if own is None or place.status.final:
        return None
    return _ahead(policy.calendar, entered_on, own)


def _asked(  # noqa: PLR0917 - as DueDates has them: by name they cost as much as the date
    policy: DueDatePolicy,
    cycle: StatusCycle,
    place: Place,
    ordered_on: date,
    delivery_on: date | None,
    entered_on: date,
) -> date | None:
    """What a host's own policy says, checked."""
    due_on = policy.due_on(
        cycle,
        place.status.key,
        ordered_on=ordered_on,
        delivery_on=delivery_on,
        entered_on=entered_on,
    )
    return checks.optional_day("what the policy gives", due_on)


DueDates = Callable[[StatusCycle, Place, date, date | None, date], date | None]
"""Cycle, place in it, plan start, delivery date and entry: the due date, or None."""


def due_dates(policy: DueDatePolicy) -> DueDates:
    """A function that gives the due dates of a policy, for those who ask often.

    Its arguments are those of `due_on`, checked before, with the place instead of the key.
    """
    match policy:
        case Forward():
            return partial(_forward, policy)
        case Backward():
            return partial(_backward, policy)
        case FromEntry():
            return partial(_from_entry, policy)
        case _:
            return partial(_asked, policy)


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
        due_on = ask(cycle, cycle.place(status.key), ordered_on, delivery_on, entered_on)
        due.append(due_on)
        entered_on = due_on or entered_on
    return tuple(due)
