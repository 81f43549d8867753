"""How long orders take from opening to completion."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple, final

from attrs import field, frozen

from prodflow._fields import Count, checked
from prodflow._messages import Message, text
from prodflow._names import Names
from prodflow._words import AnyWords
from prodflow.cycle import Place, StatusCycle, by_version, not_found
from prodflow.export import Table
from prodflow.hub._figures import DAYS_COLUMNS, days_cells, summed
from prodflow.hub._orders import NUMBER, TYPE, by_number, versions
from prodflow.hub._visits import Visit, by_order

__all__ = ["CycleTime", "CycleTimes", "Span", "cycle_time"]


@final
class Span(NamedTuple):
    """A length of time in days, and on how many of these days the order was on hold.

    Args:
        days: calendar days.
        working_days: working days, by the calendar that you gave to `visits`.
        hold_days: the calendar days on hold.
        hold_working_days: the working days on hold.
    """

    days: int
    working_days: int
    hold_days: int
    hold_working_days: int

    @property
    def active_days(self) -> int:
        """The calendar days that were not on hold."""
        return self.days - self.hold_days

    @property
    def active_working_days(self) -> int:
        """The working days that were not on hold."""
        return self.working_days - self.hold_working_days


@final
class CycleTime(NamedTuple):
    """How long one order took.

    Args:
        order_id: the order.
        began_on: the first day of its first visit.
        first_on: the day of its first completion.
        last_on: the day of its last completion. It differs from `first_on` only if the order was
            reopened and completed again.
        completions: how often it was completed.
        to_first: the time from its first day to its first completion.
        to_last: the time from its first day to its last completion, including the time for which
            it was complete in between.
    """

    order_id: str
    order_type: str
    began_on: date
    first_on: date
    last_on: date
    completions: int
    to_first: Span
    to_last: Span


_FIRST: Final = text("Opening to first completion")
_FIRST_ACTIVE: Final = text("Opening to first completion, without holds")
_LAST: Final = text("Opening to last completion")
_LAST_ACTIVE: Final = text("Opening to last completion, without holds")
_CALENDAR: Final = text("calendar")
_WORKING: Final = text("working")
# The lines of the table: what is measured, in which days, and the function that gives their
# number.
_MEASURES: Final[tuple[tuple[Message, Message, Callable[[CycleTime], int]], ...]] = (
    (_FIRST, _CALENDAR, lambda row: row.to_first.days),
    (_FIRST, _WORKING, lambda row: row.to_first.working_days),
    (_FIRST_ACTIVE, _CALENDAR, lambda row: row.to_first.active_days),
    (_FIRST_ACTIVE, _WORKING, lambda row: row.to_first.active_working_days),
    (_LAST, _CALENDAR, lambda row: row.to_last.days),
    (_LAST, _WORKING, lambda row: row.to_last.working_days),
    (_LAST_ACTIVE, _CALENDAR, lambda row: row.to_last.active_days),
    (_LAST_ACTIVE, _WORKING, lambda row: row.to_last.active_working_days),
)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class CycleTimes:
    """How long orders took from opening to completion.

    Args:
        orders: the orders that have been completed at least once, sorted by order number.
        unfinished: how many orders have never been completed.
        cycles: the cycle versions that name the order types.
    """

    orders: tuple[CycleTime, ...]
    unfinished: Count
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)

    def table(self, *, words: AnyWords | None = None) -> Table:
        """Each measured time in two lines: one in calendar days, and one in working days.

        Args:
            words: your words; None for English.
        """
        return Table(
            text("Cycle Time"),
            (text("Measured"), text("Days"), *DAYS_COLUMNS),
            [
                (name, unit, *days_cells(summed(map(days, self.orders))))
                for name, unit, days in _MEASURES
            ],
            notes=(
                text("Completed orders: {count}.", count=len(self.orders)),
                text("Other orders, not counted: {count}.", count=self.unfinished),
            ),
        ).said(words)

    def orders_table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each completed order, in calendar days.

        Args:
            words: as in `table`.
        """
        names = Names(self.cycles)
        return Table(
            text("Cycle Time by Order"),
            (
                *(NUMBER, TYPE, text("Began"), text("First Completed"), text("Last Completed")),
                *(text("Completions"), text("Days to First"), text("Hold Days to First")),
                *(text("Days to Last"), text("Hold Days to Last")),
            ),
            [
                (
                    *(row.order_id, names.type_name(row.order_type), *row[2:6]),
                    *(row.to_first.days, row.to_first.hold_days),
                    *(row.to_last.days, row.to_last.hold_days),
                )
                for row in self.orders
            ],
        ).said(words)


def cycle_time(visits: Iterable[Visit], cycles: Iterable[StatusCycle]) -> CycleTimes:
    """How long orders take from opening to completion, with and without holds.

    The time begins with the first visit and ends when the order enters the final status. An order
    that was reopened and completed again has two times: one to its first completion, and one to
    its last completion. The second time includes the days on which the order was
    complete. An order that was reopened and is still open counts with its earlier completions.
    Cancelling an order doesn't complete it.

    An order is on hold while it's in a status off the path, even if it completed its previous
    status. If a cancelled order is reopened, the days on which it was cancelled are hold days too.

    The first visit of a part is the visit in which its order was split, from its first day on.

    Args:
        visits: all visits of the orders.
        cycles: cycle versions, at least those that the visits name.

    Raises:
        ValueError: if a visit of an order is missing.
        CycleNotFoundError: if *cycles* lacks a version that a visit names.
        CycleConflictError: if *cycles* has two different cycles with the same version.
        UnknownStatusError: if the cycle of a visit doesn't have the visit's status.

    Source:
        Decisions D13b, D17, D18, D20b and D37.
    """
    given = versions(cycles)
    known = by_version(given)
    rows: list[CycleTime] = []
    unfinished = 0
    for stays in by_order(visits).values():
        places = [_place(visit, known) for visit in stays]
        ends = [index for index, place in enumerate(places) if place.status.final]
        if not ends:
            unfinished += 1
            continue
        first, last = ends[0], ends[-1]
        rows.append(
            CycleTime(
                stays[0].order_id,
                stays[0].order_type,
                stays[0].entered_on,
                stays[first].entered_on,
                stays[last].entered_on,
                len(ends),
                _span(stays[:first], places),
                _span(stays[:last], places),
            )
        )
    rows.sort(key=lambda row: by_number(row.order_id))
    return CycleTimes(orders=tuple(rows), unfinished=unfinished, cycles=given)


def _place(visit: Visit, known: dict[tuple[str, int], StatusCycle]) -> Place:
    version = (visit.order_type, visit.cycle_version)
    if version not in known:
        raise not_found(*version, known.values())
    return known[version].place(visit.status)


def _span(stays: Sequence[Visit], places: Sequence[Place]) -> Span:
    """The length of *stays*, and of the holds among them; *places* has a place for each stay."""
    holds = [visit for visit, place in zip(stays, places, strict=False) if place.position is None]
    (days, working), (held, held_working) = _days(stays), _days(holds)
    # The hold before a part was split off is no visit of the part, only a pause of its first visit.
    early = [it for visit in stays for it in visit.pauses if it.sequence is None and it.resumed_on]
    paused = sum(((it.resumed_on or it.paused_on) - it.paused_on).days for it in early)
    paused_working = sum(it.working_days or 0 for it in early)
    return Span(
        *(days + paused, working + paused_working),
        *(held + paused, held_working + paused_working),
    )


def _days(stays: Sequence[Visit]) -> tuple[int, int]:
    calendar_days = sum(visit.calendar_days or 0 for visit in stays)
    return calendar_days, sum(visit.working_days or 0 for visit in stays)
