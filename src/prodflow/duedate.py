"""Due dates: policies, and plans with the dates of every status.

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

If statuses have calendars of their own, or a vendor has durations of its own, `_chains` counts
instead. Whether this is so is decided once for a flow or a plan, not for each order.

`PlanningFacts` holds everything that a policy may look at. Our own policies get the same facts as
plain arguments (`DueDates`). This is faster, which matters because a date is calculated whenever an
order moves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    Protocol,
    TypeVar,
    assert_never,
    cast,
    final,
    overload,
    runtime_checkable,
)

import attrs
from attrs import evolve, field, frozen

from prodflow import _chains as chains
from prodflow import _checks as checks
from prodflow._chains import Steps
from prodflow._facts import NO_FACTS, NOTHING_GIVEN, Fact, Facts
from prodflow._facts import facts as check_facts
from prodflow._fields import Check, Count, Day, Number, Priority, Text, between, check_of, checked
from prodflow._mappings import FrozenMapping
from prodflow._messages import text
from prodflow._trusted import trusted
from prodflow.calendars import MONDAY_TO_FRIDAY, WorkingCalendar
from prodflow.cycle import Place, Status, StatusCycle, type_name
from prodflow.errors import MissingDeliveryDateError, titled

__all__ = [
    "Backward",
    "DueDatePolicy",
    "Forward",
    "FromEntry",
    "Plan",
    "PlannedStatus",
    "PlanningFacts",
    "Terms",
    "VendorTerms",
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
    facts: Facts = field(default=NO_FACTS, converter=check_facts)

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
    if isinstance(value, OURS):
        refuse_names(value)
        return value
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


def offsets_of(calendar: WorkingCalendar, anchor: date, days: tuple[int | None, ...]) -> "Dates":
    """`calendar.offsets` without checks: the cycle has already checked the durations."""
    # Without checks it takes half the time. It's private, so that users call `offsets`.
    return calendar._offsets(anchor, days)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above


def rank_of(calendar: WorkingCalendar, day: date) -> int:
    """r(day): the number of working days up to and including a day."""
    return calendar._upto(day)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above


def _ahead(calendar: WorkingCalendar, anchor: date, days: int, held: int) -> date:
    """W[r(anchor) + days + held], but never a day before the anchor (decision D9)."""
    if days:
        return calendar.add(anchor, days + held)
    day = calendar.following(anchor)
    return calendar.add(day, held) if held else day


_PAIRS: Final = "(ordered_on, delivery_on) pairs"

# --- Calendars, and their names in settings -----------------------------------------------------
#
# In settings, a policy may name its calendars (decision D39). Every other use reads `calendar` or
# `calendars`, and they refuse a name. So a name never gets into a calculation.

MaybeNamed = WorkingCalendar | str
_Calendars = FrozenMapping[str, WorkingCalendar]
_MaybeNamed = FrozenMapping[str, MaybeNamed]
_NO_CALENDARS: Final = _MaybeNamed()
_NO_REAL: Final = _Calendars()
_NO_DURATIONS: Final = FrozenMapping[str, int]()


def _maybe_named(name: str, value: MaybeNamed) -> MaybeNamed:
    if isinstance(value, str):
        return checks.text(f"the name of {name}", value)
    return checks.instance(name, value, WorkingCalendar, "a WorkingCalendar, or a name in settings")


def _calendar(value: MaybeNamed) -> MaybeNamed:
    return _maybe_named("calendar", value)


def _calendars(value: Mapping[str, MaybeNamed]) -> _MaybeNamed:
    checks.instance("calendars", value, Mapping, "a mapping of status keys to calendars")
    calendars = _MaybeNamed(
        (checks.key(checks.key_of("calendars"), key), _maybe_named(f"calendars[{key!r}]", calendar))
        for key, calendar in value.items()
    )
    return calendars or _NO_CALENDARS


_ONLY_A_NAME: Final = text(
    "a policy can name its calendar, {calendar}, only in settings: give the calendar itself"
)


def _real(calendar: MaybeNamed) -> WorkingCalendar:
    """The calendar itself; a name is refused."""
    if isinstance(calendar, str):
        # In a policy of settings, a name is right.
        raise ValueError(_ONLY_A_NAME.with_fields(calendar=checks.shown(calendar)))  # noqa: TRY004
    return calendar


def _all_real(calendars: _MaybeNamed) -> _Calendars:
    for calendar in calendars.values():
        _real(calendar)
    return cast("_Calendars", calendars)


class _ByStatus:
    """What has calendars by status key."""

    __slots__ = ()
    _calendars: _MaybeNamed

    @property
    def calendars(self) -> Mapping[str, WorkingCalendar]:
        """The calendars by status key.

        Raises:
            ValueError: if one of them is only a name in settings.
        """
        calendars = self._calendars
        return _NO_REAL if calendars is _NO_CALENDARS else _all_real(calendars)

    # A pickle has the names of the arguments, as `repr` does, and not those of private attributes.

    def __repr__(self) -> str:
        arguments = [f"{it.alias}={getattr(self, it.name)!r}" for it in _fields(self) if it.repr]
        return f"{type(self).__name__}({', '.join(arguments)})"

    def __getstate__(self) -> dict[str | None, object]:
        return {it.alias: getattr(self, it.name) for it in _fields(self)}

    def __setstate__(self, state: dict[str | None, object]) -> None:
        for it in _fields(self):
            object.__setattr__(self, it.name, state[it.alias])


def _fields(value: _ByStatus) -> "Iterable[attrs.Attribute[object]]":
    fields: Iterable[attrs.Attribute[object]] = attrs.fields(cast("Any", type(value)))
    return fields


class _Calendared(_ByStatus):
    """What our own policies have in common: their calendars."""

    __slots__ = ()
    _calendar: MaybeNamed

    @property
    def calendar(self) -> WorkingCalendar:
        """The calendar of working days.

        Raises:
            ValueError: if it's only a name in settings.
        """
        calendar = self._calendar
        return calendar if type(calendar) is WorkingCalendar else _real(calendar)


def _durations(value: Mapping[str, int]) -> FrozenMapping[str, int]:
    checks.instance("durations", value, Mapping, "a mapping of status keys to days")
    return FrozenMapping(
        (checks.key(checks.key_of("durations"), key), checks.duration(f"durations[{key!r}]", days))
        for key, days in value.items()
    )


@final
@frozen(repr=False, getstate_setstate=False, weakref_slot=False, field_transformer=checked)
class Forward(_Calendared):
    """Due dates counted forward from `plan_from`, which is the order date by default.

    This is the default policy.

    Args:
        calendar: the calendar of working days. In `FlowSettings`, it can be the name of one.
        calendars: calendars by status key, for statuses whose days differ, such as those of a
            courier. Such a status counts its own days. Days on hold count in *calendar*. In
            `FlowSettings`, they can be names too.
        shift_holds: whether time on hold postpones later due dates.

    Source:
        "Changing Production Statuses", Due Date; decisions D6, D9, D13b and D42.
    """

    name: str = field(default="forward", init=False, repr=False)
    _calendar: MaybeNamed = field(default=MONDAY_TO_FRIDAY, alias="calendar", converter=_calendar)
    _calendars: _MaybeNamed = field(
        default=_NO_CALENDARS, alias="calendars", converter=_calendars, kw_only=True
    )
    shift_holds: bool = field(default=False, kw_only=True)

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The due date of the status, counted forward; see `DueDatePolicy.due_on`.

        Args:
            planning: the status, and the dates of the order.
        """
        return _asked(due_dates(self), planning)


WithoutDelivery = Literal["none", "forward", "error"]


@final
@frozen(repr=False, getstate_setstate=False, weakref_slot=False, field_transformer=checked)
class Backward(_Calendared):
    """Due dates counted backward from the delivery date.

    Each due date leaves enough working days for the later statuses. If the delivery date isn't a
    working day, days are counted from the last working day before it. Due dates may be before the
    order date.

    Args:
        calendar: the calendar of working days, as for `Forward`.
        calendars: calendars by status key, as for `Forward`.
        without_delivery: what to do without a delivery date: "none" gives no due date, "forward"
            counts forward, and "error" raises `MissingDeliveryDateError`.
        shift_holds: whether time on hold postpones due dates that are counted forward. Dates
            counted backward never move.

    Source:
        "Changing Production Statuses", Due Date; decisions D7, D9, D10, D11 and D42.
    """

    name: str = field(default="backward", init=False, repr=False)
    _calendar: MaybeNamed = field(default=MONDAY_TO_FRIDAY, alias="calendar", converter=_calendar)
    _calendars: _MaybeNamed = field(
        default=_NO_CALENDARS, alias="calendars", converter=_calendars, kw_only=True
    )
    without_delivery: WithoutDelivery = field(default="none", kw_only=True)
    shift_holds: bool = field(default=False, kw_only=True)

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The due date of the status, counted backward; see `DueDatePolicy.due_on`.

        Args:
            planning: the status, and the dates of the order.
        """
        return _asked(due_dates(self), planning)


@final
@frozen(repr=False, getstate_setstate=False, weakref_slot=False, field_transformer=checked)
class FromEntry(_Calendared):
    """Due dates counted from the day on which the order enters each status.

    A status is due when its duration is over. Days on hold don't count. A plan assumes that an
    order enters each status on the due date of the previous status.

    Args:
        calendar: the calendar of working days, as for `Forward`.
        calendars: calendars by status key, as for `Forward`.

    Source:
        Decisions D9, D12, D18 and D42.
    """

    name: str = field(default="from-entry", init=False, repr=False)
    _calendar: MaybeNamed = field(default=MONDAY_TO_FRIDAY, alias="calendar", converter=_calendar)
    _calendars: _MaybeNamed = field(
        default=_NO_CALENDARS, alias="calendars", converter=_calendars, kw_only=True
    )
    shift_holds: bool = field(default=False, init=False, repr=False)

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The due date of the status, counted from the day of entry; see `DueDatePolicy.due_on`.

        Args:
            planning: the status, and the dates of the order.
        """
        return _asked(due_dates(self), planning)


@final
@frozen(
    kw_only=True, repr=False, getstate_setstate=False, weakref_slot=False, field_transformer=checked
)
class VendorTerms(_ByStatus):
    """The durations and calendars of one vendor.

    Args:
        durations: days by status key, 0 to 36,525; they replace the durations of the cycle. A cycle
            ignores keys that it doesn't have. The final status never has a due date.
        calendars: calendars by status key, as for `Forward`; they replace those of the default
            policy.

    Source:
        Decision D42.
    """

    durations: FrozenMapping[str, int] = field(default=_NO_DURATIONS, converter=_durations)
    _calendars: _MaybeNamed = field(default=_NO_CALENDARS, alias="calendars", converter=_calendars)


def _vendors(value: Mapping[str, VendorTerms]) -> FrozenMapping[str, VendorTerms]:
    checks.instance("vendors", value, Mapping, "a mapping of vendors to VendorTerms")
    return FrozenMapping(
        (
            checks.text(checks.key_of("vendors"), vendor),
            checks.instance(f"vendors[{vendor!r}]", terms, VendorTerms, "a VendorTerms"),
        )
        for vendor, terms in value.items()
    )


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Terms:
    """Due dates by vendor: each vendor can have durations and calendars of its own.

    Dates are counted as the default policy counts them. The name, the calendar and `shift_holds`
    are those of the default policy.

    Args:
        default_policy: the policy of orders without a vendor, and of vendors without terms.
        vendors: the terms by vendor.

    Source:
        Decision D42.

    Example:
        >>> from datetime import date
        >>> from prodflow import Forward, Status, StatusCycle, Terms, VendorTerms, plan
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [
        ...         Status("lab", "At the lab", default_duration=5, initial=True),
        ...         Status("done", "Delivered", final=True),
        ...     ],
        ... )
        >>> policy = Terms(Forward(), {"West": VendorTerms(durations={"lab": 2})})
        >>> plan(cycle, policy, ordered_on=date(2026, 11, 16), vendor="West")[0].due_on
        datetime.date(2026, 11, 18)
    """

    default_policy: Forward | Backward | FromEntry
    vendors: FrozenMapping[str, VendorTerms] = field(converter=_vendors)

    @property
    def name(self) -> str:
        """The name of the default policy."""
        return self.default_policy.name

    @property
    def calendar(self) -> WorkingCalendar:
        """The calendar of the default policy."""
        return self.default_policy.calendar

    @property
    def shift_holds(self) -> bool:
        """Whether the default policy postpones later due dates by time on hold."""
        return self.default_policy.shift_holds

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The due date of the status by the terms of the vendor; see `DueDatePolicy.due_on`.

        Args:
            planning: the status, and the dates of the order.
        """
        checks.instance("planning", planning, PlanningFacts, "a PlanningFacts")
        refuse_names(self)
        find = _finding(self.default_policy, _steps_for(self, planning.vendor))
        return _asked(find, planning)


Path = tuple[str, ...]


def named_calendars(policy: DueDatePolicy) -> Iterator[tuple[Path, str]]:
    """The calendars that a policy only names, each with its place in the policy."""
    match policy:
        case Terms():
            for path, name in named_calendars(policy.default_policy):
                yield ("default_policy", *path), name
            for vendor, terms in policy.vendors.items():
                for key, name in _names(terms):
                    yield ("vendors", vendor, "calendars", key), name
        case Forward() | Backward() | FromEntry():
            calendar = given_calendar(policy)
            if isinstance(calendar, str):
                yield ("calendar",), calendar
            for key, name in _names(policy):
                yield ("calendars", key), name
        case _:
            pass  # a host's own policy has its calendar itself


def _names(value: _ByStatus) -> Iterator[tuple[str, str]]:
    return ((key, it) for key, it in given_calendars(value).items() if isinstance(it, str))


def given_calendar(policy: "_Plain") -> MaybeNamed:
    """The calendar of a policy, or its name, as it was given."""
    return policy._calendar  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the property refuses names


def given_calendars(value: _ByStatus) -> Mapping[str, MaybeNamed]:
    """The calendars by status key, as they were given."""
    return value._calendars  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above


def refuse_names(policy: "_Plain | Terms") -> None:
    """Raise an error if one of our policies only names a calendar."""
    # Reading them refuses names. With 20 vendors, `named_calendars` would take 9 µs, longer than a
    # plan, and this takes 0.8 (Python 3.11).
    if not isinstance(policy, Terms):
        _ = policy.calendar, policy.calendars
        return
    refuse_names(policy.default_policy)
    for terms in policy.vendors.values():
        calendars = terms._calendars  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
        if calendars is not _NO_CALENDARS:
            _all_real(calendars)


def with_calendars(
    policy: DueDatePolicy, calendars: Mapping[str, WorkingCalendar]
) -> DueDatePolicy:
    """The policy with calendars in place of their names.

    Args:
        policy: the policy; it stays the same object if it names no calendar.
        calendars: the calendars by name.
    """
    if not any(named_calendars(policy)):
        return policy
    if isinstance(policy, Terms):
        vendors = {
            vendor: evolve(terms, calendars=_put_in(terms, calendars))
            for vendor, terms in policy.vendors.items()
        }
        return Terms(_plain_with(policy.default_policy, calendars), vendors)
    return _plain_with(cast("_Plain", policy), calendars)


def _plain_with(policy: "_Plain", calendars: Mapping[str, WorkingCalendar]) -> "_Plain":
    given = given_calendar(policy)
    calendar = calendars[given] if isinstance(given, str) else given
    return evolve(policy, calendar=calendar, calendars=_put_in(policy, calendars))


def _put_in(value: _ByStatus, calendars: Mapping[str, WorkingCalendar]) -> _MaybeNamed:
    given = given_calendars(value).items()
    return _MaybeNamed({key: calendars[it] if isinstance(it, str) else it for key, it in given})


Details = tuple[date, str | None, int | None, int, Facts]
"""What few policies look at: `ordered_on`, `vendor`, `quantity`, `priority` and `facts`."""

# The functions with which our policies calculate. Their arguments are positional, since passing
# eight arguments by name takes as long as the calculation.


def _forward(  # noqa: PLR0917 - see above
    policy: Forward | Backward,
    calendar: WorkingCalendar,
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
            calendar, cycle, place, plan_from, delivery_on, entered_on, paused, held, details
        )
    days = cycle.days_through[place.position]
    if days is None:
        return None
    return _ahead(calendar, plan_from, days, held if policy.shift_holds else 0)


def _backward(  # noqa: PLR0917 - see above
    policy: Backward,
    calendar: WorkingCalendar,
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
                policy,
                calendar,
                cycle,
                place,
                plan_from,
                delivery_on,
                entered_on,
                paused,
                held,
                details,
            )
        if policy.without_delivery == "error" and place.status.is_due:
            raise _no_delivery(cycle, place.status)
        return None
    days = cycle.days_back[place.position]
    return None if days is None else offsets_of(calendar, delivery_on, (days,))[0]


def _no_delivery(cycle: StatusCycle, status: Status) -> MissingDeliveryDateError:
    error = MissingDeliveryDateError(cycle.order_type, status.key)
    return titled(error, order_type=type_name(cycle), status=status.description)


def _from_entry(
    calendar: WorkingCalendar,
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
    return _ahead(calendar, entered_on, own, paused)


def _chained(  # noqa: PLR0917 - see above
    policy: Forward | Backward | FromEntry,
    steps: Steps,
    cycle: StatusCycle,
    place: Place,
    plan_from: date,
    delivery_on: date | None,
    entered_on: date,
    paused: int,
    held: int,
    _details: Details,
) -> date | None:
    position = place.position
    if position is None or isinstance(policy, FromEntry):
        return chains.forward([steps.of(place.status)], steps.own, entered_on, paused)[0]
    path = steps.along(cycle)
    if isinstance(policy, Backward):
        if delivery_on is not None:
            return chains.due_back(path[position:], delivery_on)
        if policy.without_delivery == "error" and path[position].days is not None:
            raise _no_delivery(cycle, place.status)
        if policy.without_delivery != "forward":
            return None
    if path[position].days is None:
        return None
    held = held if policy.shift_holds else 0
    return chains.forward(path[: position + 1], steps.own, plan_from, held)[-1]


def _by_vendor(  # noqa: PLR0917 - see above
    default: "DueDates",
    by_vendor: "Mapping[str, DueDates]",
    cycle: StatusCycle,
    place: Place,
    plan_from: date,
    delivery_on: date | None,
    entered_on: date,
    paused: int,
    held: int,
    details: Details,
) -> date | None:
    vendor = details[1]
    find = default if vendor is None else by_vendor.get(vendor, default)
    return find(cycle, place, plan_from, delivery_on, entered_on, paused, held, details)


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


DueDates = Callable[[StatusCycle, Place, date, date | None, date, int, int, Details], date | None]
"""A function that calculates the due date of a place in a cycle. Its other arguments are
`plan_from`, `delivery_on`, `entered_on`, paused and held working days, and the details."""

_Plain = Forward | Backward | FromEntry
_PLAIN: Final = (Forward, Backward, FromEntry)
OURS: Final = (*_PLAIN, Terms)
_NO_TERMS: Final = VendorTerms()


def _steps(policy: _Plain, terms: VendorTerms = _NO_TERMS) -> Steps | None:
    """How statuses count under a policy and the terms of a vendor.

    None if all statuses count in the policy's calendar, with the durations of the cycle.
    """
    if policy.calendars is _NO_REAL and terms is _NO_TERMS:  # most often
        return None
    if not (policy.calendars or terms.calendars or terms.durations):
        return None
    calendars = {**policy.calendars, **terms.calendars}
    return Steps(policy.calendar, calendars, terms.durations)


def _steps_for(policy: Terms, vendor: str | None) -> Steps | None:
    terms = _NO_TERMS if vendor is None else policy.vendors.get(vendor, _NO_TERMS)
    return _steps(policy.default_policy, terms)


def due_dates(policy: DueDatePolicy) -> DueDates:
    """The function that calculates the due dates of a policy."""
    if isinstance(policy, OURS):
        refuse_names(policy)
    if isinstance(policy, Terms):
        plain = policy.default_policy
        default = _finding(plain, _steps(plain))
        by_vendor = {
            vendor: _finding(plain, _steps(plain, terms))
            for vendor, terms in policy.vendors.items()
        }
        return partial(_by_vendor, default, by_vendor)
    if isinstance(policy, _PLAIN):
        return _finding(policy, _steps(policy))
    return partial(_hosts_own, policy)


def _finding(policy: _Plain, steps: Steps | None) -> DueDates:
    if steps is not None:
        return partial(_chained, policy, steps)
    match policy:
        case Forward():
            return partial(_forward, policy, policy.calendar)
        case Backward():
            return partial(_backward, policy, policy.calendar)
        case FromEntry():
            return partial(_from_entry, policy.calendar)
        case _:
            assert_never(policy)


def _asked(find: DueDates, planning: PlanningFacts) -> date | None:
    """The due date that one of our policies calculates from `PlanningFacts`."""
    it = checks.instance("planning", planning, PlanningFacts, "a PlanningFacts")
    return find(
        it.cycle,
        it.cycle.place(it.status.key),
        it.plan_from,
        it.delivery_on,
        it.entered_on,
        it.paused_working_days,
        it.held_days,
        (it.ordered_on, it.vendor, it.quantity, it.priority, it.facts),
    )


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


class _Rows(Sequence[PlannedStatus]):
    """Where a plan keeps its rows once they are made, which isn't part of its value."""

    __slots__ = ("_rows",)
    _rows: tuple[PlannedStatus, ...]


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Plan(_Rows):
    """The dates of every status of the path: a sequence of `PlannedStatus`, in path order.

    The path is the active standard statuses of the cycle, from the initial to the final status.

    Args:
        cycle: the cycle that the plan is for.
        due_dates: the due dates under the policy, one for each status of the path.
        earliest_dates: the dates counted forward from the order date.
        latest_dates: the dates counted backward from the delivery date. Without a delivery date,
            all are None.
        float_days: the spare working days, in the policy's own calendar. They are counted from the
            last of the earliest dates to the delivery date. Negative if the delivery date can't be
            met. None without a delivery date, or if no status has dates.
        start_by: the last day on which you can start and still meet the delivery date; None without
            a delivery date.
        known_through: the last day whose holidays all calendars of the plan know; None if there is
            no such day.

    Raises:
        ValueError: if one of the three tuples of dates is longer or shorter than the path.

    Source:
        Decisions D6, D7, D9, D9b and D11.
    """

    cycle: StatusCycle
    due_dates: Dates
    earliest_dates: Dates
    latest_dates: Dates
    float_days: FloatDays | None
    start_by: Day | None
    known_through: Day | None = None

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
        # Orders with equal dates share a plan, so its rows are made once: 0.03 µs to read one, and
        # 0.45 to make it (Python 3.11).
        try:
            return self._rows[index]
        except AttributeError:
            return self._made()[index]

    def __iter__(self) -> Iterator[PlannedStatus]:
        try:
            return iter(self._rows)
        except AttributeError:
            return iter(self._made())

    def _made(self) -> tuple[PlannedStatus, ...]:
        rows = tuple(
            map(_planned, self.cycle.path, self.due_dates, self.earliest_dates, self.latest_dates)
        )
        object.__setattr__(self, "_rows", rows)
        return rows

    @property
    def is_provisional(self) -> bool:
        """Whether one of the dates is after `known_through`.

        Source:
            Decision D9b.
        """
        known = self.known_through
        dates = (*self.due_dates, *self.earliest_dates, *self.latest_dates, self.start_by)
        return known is not None and any(day is not None and day > known for day in dates)

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
    vendor: str | None = None,
    quantity: int | None = None,
    priority: int = 0,
    facts: Mapping[str, Fact] = NOTHING_GIVEN,
) -> Plan:
    """The dates of every status of the path, for an order that has just been placed.

    The path is the active standard statuses of the cycle, from the initial to the final status.

    Args:
        cycle: the cycle to plan.
        policy: the due-date policy; its calendars are used for all dates. If it's your own policy,
            the dates that it gives are the earliest dates too, and there are no latest dates.
        ordered_on: the order date.
        delivery_on: the approximate delivery date; None if there is none. If the order can't be
            finished by then, the dates aren't adjusted, and `float_days` is negative.
        vendor: the lab or vendor; None if there is none. `Terms` and your own policies look at it.
        quantity: how many pieces are ordered, for your own policies; None if it isn't known.
        priority: the priority of the order, for your own policies.
        facts: the facts of the order, for your own policies.

    Raises:
        MissingDeliveryDateError: if the policy needs a delivery date.
        DateOutOfRangeError: if one of the dates would be outside the calendar.
        ValueError: if the policy's name isn't a valid key.

    Source:
        Decisions D6, D7, D9, D10, D11 and D42.

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
    if type(ordered_on) is not date:  # most often it is; a call would take 0.05 µs
        checks.day("ordered_on", ordered_on)
    if delivery_on is not None:
        checks.day("delivery_on", delivery_on)
    details = _details(vendor, quantity, priority, facts)
    counting = _counting(policy, details)
    if counting is None:
        return _hosts_plan(cycle, policy, details, (ordered_on, delivery_on))
    earliest = _earliest(cycle, counting, ordered_on)
    latest = None if delivery_on is None else _latest(cycle, counting, delivery_on)
    return _planned_from(cycle, counting, (ordered_on, delivery_on), earliest, latest)


def plan_many(
    cycle: StatusCycle,
    policy: DueDatePolicy,
    dates: Iterable[tuple[date, date | None]],
    *,
    vendor: str | None = None,
    quantity: int | None = None,
    priority: int = 0,
    facts: Mapping[str, Fact] = NOTHING_GIVEN,
) -> list[Plan]:
    """The plans of many orders, one for each pair of dates, in the order given.

    Equal pairs share one plan.

    Args:
        cycle: the cycle to plan.
        policy: the due-date policy, as for `plan`.
        dates: an (ordered_on, delivery_on) pair for each order, as a tuple or a list.
        vendor: the lab or vendor of all these orders, as for `plan`.
        quantity: the quantity of each order.
        priority: the priority of each order.
        facts: the facts of each order.

    Raises:
        ProdflowError: the errors of `plan`.

    Source:
        Decisions D6, D7, D9, D10, D11 and D42.
    """
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    details = _details(vendor, quantity, priority, facts)
    counting = _counting(policy, details)
    # The pairs are read more than once, so an iterator must become a list.
    pairs = dates if isinstance(dates, list) else checks.items("dates", dates, _PAIRS)
    try:
        if counting is None:
            _check_pairs(pairs)
            find = _Memo(partial(_hosts_plan, cycle, policy, details))
            return [find[ordered_on, delivery_on] for ordered_on, delivery_on in pairs]
        return _many(cycle, counting, pairs)
    except (TypeError, ValueError):
        _check_pairs(pairs)
        raise


# What all plans of a call have in common. The details are those of `Details` but for the first.
_Others = tuple[str | None, int | None, int, Facts]
_Counting = tuple[_Plain, WorkingCalendar, Steps | None, _Others]
_NO_OTHERS: Final[_Others] = (None, None, 0, NO_FACTS)
_check_priority: Final = check_of(Priority)


def _details(
    vendor: str | None, quantity: int | None, priority: int, facts: Mapping[str, Fact]
) -> _Others:
    plain = vendor is None and quantity is None and facts is NOTHING_GIVEN
    if plain and type(priority) is int and priority == 0:
        return _NO_OTHERS
    return (
        checks.optional_text("vendor", vendor),
        None if quantity is None else checks.number("quantity", quantity),
        _check_priority("priority", priority),
        check_facts(facts),
    )


def counted_by(policy: DueDatePolicy, vendor: str | None) -> tuple[WorkingCalendar, Steps | None]:
    """The calendar in which a policy counts, and the steps of a vendor's orders.

    None for steps if all statuses count in the calendar, with the durations of the cycle. This is
    always so for a user's own policy.
    """
    if isinstance(policy, _PLAIN):
        return policy.calendar, _steps(policy)
    check_policy("policy", policy)
    return policy.calendar, _steps_for(policy, vendor) if isinstance(policy, Terms) else None


def _counting(policy: DueDatePolicy, others: _Others) -> _Counting | None:
    """How a policy counts; None for a user's own policy."""
    if isinstance(policy, _PLAIN):
        return policy, policy.calendar, _steps(policy), others
    if isinstance(policy, Terms):
        refuse_names(policy)
        plain = policy.default_policy
        return plain, plain.calendar, _steps_for(policy, others[0]), others
    # Checking against a protocol takes longer than a whole plan, and most policies are ours.
    check_policy("policy", policy)
    return None


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


def _many(cycle: StatusCycle, counting: _Counting, pairs: Sequence[_Pair]) -> list[Plan]:
    """The plan for each pair. The dates counted from one day are calculated once for all pairs."""
    earliest = _Memo(partial(_earliest, cycle, counting))
    latest = _Memo(partial(_latest, cycle, counting))
    undelivered: _Memo[date, Plan] = _Memo(
        lambda day: _planned_from(cycle, counting, (day, None), earliest[day], None)
    )

    def planned(pair: _Pair) -> Plan:
        ordered_on, delivery_on = pair
        if delivery_on is None:
            return undelivered[ordered_on]
        counted_back = latest[delivery_on]
        return _planned_from(cycle, counting, pair, earliest[ordered_on], counted_back)

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


# Three values. First the dates of a path, counted from one day. Then the rank of the day on which
# the work ends: the last of the dates, or the delivery date; None if there is no such day. Then the
# last day to start; None if the dates are counted forward.
_Counted = tuple[Dates, int | None, date | None]


def _planned_from(
    cycle: StatusCycle,
    counting: _Counting,
    pair: _Pair,
    forward: _Counted,
    backward: _Counted | None,
) -> Plan:
    """The plan for a pair of dates, from the results of `_earliest` and `_latest`."""
    policy, calendar, steps, others = counting
    earliest, early, _ = forward
    if backward is None:
        latest: Dates = (None,) * len(earliest)
        float_days = start_by = None
    else:
        latest, late, start_by = backward
        float_days = None if early is None or late is None else late - early
    if type(policy) is Forward:
        due = earliest
    elif type(policy) is Backward and backward is not None:
        due = latest
    else:
        due = _in_turn(cycle, _finding(policy, steps), others, *pair)
    known = calendar.known_through if steps is None else steps.known_through(cycle)
    return _plan(cycle, due, earliest, latest, float_days, start_by, known)


def _hosts_plan(cycle: StatusCycle, policy: DueDatePolicy, others: _Others, pair: _Pair) -> Plan:
    """The plan under a user's own policy, which says only when a status is due."""
    due = _in_turn(cycle, partial(_hosts_own, policy), others, *pair)
    known = policy.calendar.known_through
    return _plan(cycle, due, due, (None,) * len(due), None, None, known)


def _earliest(cycle: StatusCycle, counting: _Counting, anchor: date) -> _Counted:
    _, calendar, steps, _ = counting
    if steps is None:
        days = cycle.days_through
        if not calendar.is_working_day(anchor):
            # No date is before the anchor, so a status of 0 days is due on the next working day.
            days = tuple(n if n is None else max(n, 1) for n in days)
        dates = offsets_of(calendar, anchor, days)
    else:
        dates = tuple(chains.forward(steps.along(cycle), calendar, anchor))
    for day in reversed(dates):
        if day is not None:
            return dates, rank_of(calendar, day), None
    return dates, None, None


def _latest(cycle: StatusCycle, counting: _Counting, delivery_on: date) -> _Counted:
    _, calendar, steps, _ = counting
    if steps is None:
        total = cycle.place(cycle.final.key).days_through
        *days, start_by = offsets_of(calendar, delivery_on, (*cycle.days_back, -total))
    else:
        days, by = chains.backward(steps.along(cycle), delivery_on)
        start_by = calendar.preceding(by)
    return tuple(days), rank_of(calendar, delivery_on), start_by


def _in_turn(
    cycle: StatusCycle,
    ask: DueDates,
    others: _Others,
    ordered_on: date,
    delivery_on: date | None,
) -> Dates:
    """Due dates one by one: an order enters each status on the due date of the previous status."""
    due: list[date | None] = []
    entered_on, details = ordered_on, (ordered_on, *others)
    for status in cycle.path:
        place = cycle.place(status.key)
        due_on = ask(cycle, place, ordered_on, delivery_on, entered_on, 0, 0, details)
        due.append(due_on)
        entered_on = due_on or entered_on
    return tuple(due)
