"""Visits, the stays of an order in its statuses; with helpers for the reports on visits.

What must stay true: the visits of an order have no gaps. Cut every visit into parts at its pauses,
and sort the parts of all visits by the entries that began them. Then each part ends on the day on
which the next part begins, and only the last part has no end. So the days of the visits, without
their pauses, add up to the life of the order.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple, final

from attrs import frozen

from prodflow import _checks as checks
from prodflow._fields import Count, Day, Key, Number, Text, checked
from prodflow._names import Names, StatusKey
from prodflow.cycle import StatusCycle
from prodflow.order import Move

__all__ = ["Pause", "Visit"]


@final
class Pause(NamedTuple):
    """A time for which a visit was paused.

    Args:
        paused_on: its first day, on which the order went on hold or was cancelled.
        resumed_on: the day on which the order returned. Until the order returns, this field and
            the fields below are None.
        working_days: the working days from `paused_on` up to the day before `resumed_on`.
        sequence: the number of the history entry of the return; None for a return before the
            order was split off from another.
    """

    paused_on: date
    resumed_on: date | None
    working_days: int | None
    sequence: int | None


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Visit:
    """One stay of an order in one status. A hold pauses it, and a return continues it.

    Args:
        order_id: the order.
        sequence: the number of the visit, as in `ProductionOrder.visit`.
        order_type: the key of the order's cycle.
        cycle_version: the last cycle version that the order was pinned to during the visit.
        status: the key of the status in that version.
        move: the kind of move that began the visit; None for the opening.
        entered_on: the first day of the visit.
        left_on: the day on which the order left for good; this day isn't a day of the visit.
            None while the order is in the status, and while the visit is paused.
        completed: whether the order completed the status when it left; False if `left_on` is None.
        working_days: the working days from `entered_on` up to the day before `left_on`, without
            the pauses; None if `left_on` is None.
        pauses: the times for which the visit was paused, in sequence.
        due_on: the last due date; None if there was none.
        department: the last department, or None.
        user: the last user, or None.
        recorded_for: the time from the recording of the visit's beginning to that of its end, by
            the instants `at`, without the pauses; for a part that was split off, from the split.
            None if `left_on` is None, or if it isn't known.

    Raises:
        ValueError: if the days are out of order; if you give only one of `left_on` and
            `working_days`; if `completed`, `recorded_for` or a pause contradicts `left_on`.

    Source:
        "A history of all status changes is kept"; decisions D5b, D18, D20 and D35.
    """

    order_id: Text
    sequence: Number
    order_type: Key
    cycle_version: Number
    status: Key
    move: Move | None
    entered_on: Day
    left_on: Day | None
    completed: bool
    working_days: Count | None
    pauses: tuple[Pause, ...] = ()
    due_on: Day | None
    department: Text | None
    user: Text | None
    recorded_for: timedelta | None = None

    def __attrs_post_init__(self) -> None:
        if (self.left_on is None) != (self.working_days is None):
            raise ValueError("working_days must be given if left_on is, and only then")
        if self.left_on is None and self.completed:
            raise ValueError("completed must be False while left_on is None")
        if self.left_on is None and self.recorded_for is not None:
            raise ValueError("recorded_for must be None while left_on is None")
        days = [self.entered_on, *_days_of(self.pauses)]
        if self.left_on is not None:
            if self.is_paused:
                raise ValueError("a visit that is paused must have left_on None")
            days.append(self.left_on)
        if days != sorted(days):
            raise ValueError(
                f"the days of a visit must follow one another, not be {checks.listed(days)}"
            )

    @property
    def is_paused(self) -> bool:
        """Whether the visit is paused now, because the order is on hold or cancelled."""
        return bool(self.pauses) and self.pauses[-1].resumed_on is None

    @property
    def paused_days(self) -> int:
        """The calendar days of all pauses that have ended."""
        return sum(
            (pause.resumed_on - pause.paused_on).days
            for pause in self.pauses
            if pause.resumed_on is not None
        )

    @property
    def paused_working_days(self) -> int:
        """The working days of all pauses that have ended."""
        return sum(pause.working_days or 0 for pause in self.pauses)

    @property
    def calendar_days(self) -> int | None:
        """The calendar days from `entered_on` up to the day before `left_on`, without the pauses.

        None if `left_on` is None.
        """
        if self.left_on is None:
            return None
        return (self.left_on - self.entered_on).days - self.paused_days

    @property
    def on_time(self) -> bool | None:
        """Whether the visit ended on or before its due date; None if `left_on` or `due_on` is None.

        Source:
            Decision D14.
        """
        if self.left_on is None or self.due_on is None:
            return None
        return self.left_on <= self.due_on


def _days_of(pauses: Iterable[Pause]) -> Iterator[date]:
    for pause in pauses:
        yield pause.paused_on
        yield date.max if pause.resumed_on is None else pause.resumed_on


class Part(NamedTuple):
    """A stretch of a visit between its pauses; a visit that was never paused is one part.

    Args:
        number: the number of the entry that began this part.
        begun_on: its first day.
        ended_on: the day on which the next part began; None for the last part of an order.
        visit: the visit.
    """

    number: int
    begun_on: date
    ended_on: date | None
    visit: Visit


def each_visit(visits: Iterable[Visit]) -> tuple[Visit, ...]:
    """The visits as a tuple; raises `ValueError` if a visit comes twice."""
    stays = checks.instances("visits", visits, Visit, "Visit")
    if len({(visit.order_id, visit.sequence) for visit in stays}) < len(stays):
        raise ValueError("visits must hold each visit once: some are there twice")
    return stays


def by_status(
    visits: Iterable[Visit], cycles: Iterable[StatusCycle]
) -> Iterator[tuple[StatusKey, str, list[Visit]]]:
    """For each status its key, title and visits; sorted by order type, then in cycle order."""
    names = Names(cycles)
    statuses: defaultdict[StatusKey, list[Visit]] = defaultdict(list)
    for visit in each_visit(visits):
        statuses[visit.order_type, visit.status].append(visit)
    for key in sorted(statuses, key=names.rank):
        yield key, names.title(key), statuses[key]


def by_order(visits: Iterable[Visit]) -> dict[str, list[Visit]]:
    """The visits of each order, by order id; raises `ValueError` if a visit is missing."""
    orders: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in each_visit(visits):
        orders[visit.order_id].append(visit)
    for order_id, stays in orders.items():
        stays.sort(key=attrgetter("sequence"))
        parts = parts_of(stays)
        follows = [part.ended_on for part in parts] == [
            *(part.begun_on for part in parts[1:]),
            None,
        ]
        if stays[0].move is not None or not follows:
            raise ValueError(f"visits must be all those of order {order_id!r}, or none")
    return orders


def parts_of(visits: Iterable[Visit]) -> list[Part]:
    """The parts of one order's visits, in the order in which they began."""
    parts: list[Part] = []
    for visit in visits:
        number, begun_on = visit.sequence, visit.entered_on
        for pause in visit.pauses:
            if pause.resumed_on is None:
                parts.append(Part(number, begun_on, pause.paused_on, visit))
            elif pause.sequence is not None:  # otherwise the order wasn't there yet
                parts.append(Part(number, begun_on, pause.paused_on, visit))
                number, begun_on = pause.sequence, pause.resumed_on
        if not visit.is_paused:
            parts.append(Part(number, begun_on, visit.left_on, visit))
    return sorted(parts, key=attrgetter("number"))
