"""How long orders take from their opening to their completion."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Count, checked
from prodflow.cycle import Place, StatusCycle, by_version
from prodflow.errors import CycleNotFoundError
from prodflow.export import Table
from prodflow.hub._figures import DAYS_COLUMNS, days_cells, summed
from prodflow.hub._orders import by_number
from prodflow.hub._visits import Visit, lives

__all__ = ["CycleTime", "CycleTimes", "Span", "cycle_time"]


@final
class Span(NamedTuple):
    """How long a time was, and how much of it was on hold."""

    days: int
    """Calendar days."""
    working_days: int
    """Working days, of the calendar given to `visits`."""
    hold_days: int
    """The calendar days of it on hold."""
    hold_working_days: int
    """The working days of it on hold."""

    @property
    def active_days(self) -> int:
        """The calendar days without those on hold."""
        return self.days - self.hold_days

    @property
    def active_working_days(self) -> int:
        """The working days without those on hold."""
        return self.working_days - self.hold_working_days


@final
class CycleTime(NamedTuple):
    """How long one order took; for one that was reopened, both ways."""

    order_id: str
    """The order."""
    order_type: str
    """The key of its cycle."""
    began_on: date
    """The first day of its first visit."""
    first_on: date
    """The day on which it was completed first."""
    last_on: date
    """The day on which it was completed last; the same unless it was reopened."""
    completions: int
    """How often it was completed: more than once after a reopening."""
    to_first: Span
    """From the first day to the first completion."""
    to_last: Span
    """From the first day to the last completion; the time it stood complete in between included."""


def _orders(value: Iterable[CycleTime]) -> tuple[CycleTime, ...]:
    return checks.instances("orders", value, CycleTime, "CycleTime")


# Each way of counting, with its name.
_WAYS: Final[tuple[tuple[str, Callable[[CycleTime], int], Callable[[CycleTime], int]], ...]] = (
    ("First to first", lambda o: o.to_first.days, lambda o: o.to_first.working_days),
    (
        "First to first, without holds",
        lambda o: o.to_first.active_days,
        lambda o: o.to_first.active_working_days,
    ),
    ("First to last", lambda o: o.to_last.days, lambda o: o.to_last.working_days),
    (
        "First to last, without holds",
        lambda o: o.to_last.active_days,
        lambda o: o.to_last.active_working_days,
    ),
)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class CycleTimes:
    """How long orders took from their opening to their completion.

    Args:
        orders: those that have been completed, by number.
        unfinished: how many others there are.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a count below 0.
    """

    orders: tuple[CycleTime, ...] = field(converter=_orders)
    unfinished: Count

    def table(self) -> Table:
        """A line for each way of counting, in calendar days and in working days."""
        rows = [
            (name, unit, *days_cells(summed(map(days, self.orders))))
            for name, calendar, working in _WAYS
            for unit, days in (("calendar", calendar), ("working", working))
        ]
        return Table(
            "Cycle Time",
            ("From Opening to Completion", "Days", *DAYS_COLUMNS),
            rows,
            notes=(
                f"{len(self.orders):,} orders that have been completed.",
                f"{self.unfinished:,} others are left out.",
            ),
        )

    def orders_table(self) -> Table:
        """A line for each order that has been completed, in calendar days."""
        return Table(
            "Cycle Time by Order",
            (
                *("Number", "Type", "Began", "First Completed", "Last Completed", "Completions"),
                *("To First", "Of It on Hold", "To Last", "Of It on Hold"),
            ),
            [
                (
                    *row[:6],
                    row.to_first.days,
                    row.to_first.hold_days,
                    row.to_last.days,
                    row.to_last.hold_days,
                )
                for row in self.orders
            ],
        )


def cycle_time(visits: Iterable[Visit], cycles: Iterable[StatusCycle]) -> CycleTimes:
    """How long orders take from their opening to their completion, with and without holds.

    The clock starts with the first visit and stops where an order enters the final status, which is
    its completion. An order that was reopened and completed again has two answers: first to first,
    as if nobody had come back, and first to last, in which the time between completion and
    reopening is included. One that is open again has been completed, and counts by what it has.
    Cancelled orders are never completed.

    On hold is an open order off the path, whether or not the status it left was complete: the time
    by which `Forward(shift_holds=True)` moves its plan on.

    Args:
        visits: all visits of some orders.
        cycles: the versions that the visits name, in any order, with others or not.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a visit that is given twice, or an order whose visits are not all there.
        CycleNotFoundError: if a version that a visit names is not among *cycles*.
        CycleConflictError: if *cycles* has two contents for one version.
        UnknownStatusError: if a visit is of a status that its cycle does not have.

    Source:
        Decisions D13b, D17, D18 and D20b.
    """
    known = by_version(cycles)
    found: list[CycleTime] = []
    unfinished = 0
    for of_order in lives(visits).values():
        places = [_place(visit, known) for visit in of_order]
        ends = [index for index, place in enumerate(places) if place.status.final]
        if not ends:
            unfinished += 1
            continue
        first, last = ends[0], ends[-1]
        found.append(
            CycleTime(
                of_order[0].order_id,
                of_order[0].order_type,
                of_order[0].entered_on,
                of_order[first].entered_on,
                of_order[last].entered_on,
                len(ends),
                _span(of_order[:first], places),
                _span(of_order[:last], places),
            )
        )
    found.sort(key=lambda row: by_number(row.order_id))
    return CycleTimes(orders=found, unfinished=unfinished)


def _place(visit: Visit, known: dict[tuple[str, int], StatusCycle]) -> Place:
    version = (visit.order_type, visit.cycle_version)
    if version not in known:
        raise CycleNotFoundError(*version)
    return known[version].place(visit.status)


def _span(of_order: Sequence[Visit], places: Sequence[Place]) -> Span:
    """The time of so many visits from the beginning, all of which have ended."""
    days = working_days = hold_days = hold_working_days = 0
    for visit, place in zip(of_order, places, strict=False):
        stayed, worked = visit.calendar_days or 0, visit.working_days or 0
        days += stayed
        working_days += worked
        if place.position is None and not place.status.closes:
            hold_days += stayed
            hold_working_days += worked
    return Span(days, working_days, hold_days, hold_working_days)
