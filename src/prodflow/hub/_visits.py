"""Visits: the stays of an order in its statuses, as its history tells them.

Theory of operation. A visit begins with the entry that enters a status, an `OrderOpened` or a
`StatusChanged` of any move, and ends with the next `StatusChanged`. An amendment leaves it as it
is, but for the due date and the assignees, of which a visit has the last. So does a change of the
cycle version: the status may get another key, but it is the same stay (decision D5b), and the visit
has the last key. So the visits of an order tile its life: each ends on the day on which the next
begins, and the last one has no end.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, assert_never, final

from attrs import frozen

from prodflow import _checks as checks
from prodflow._fields import Count, Day, Key, Number, Text, checked
from prodflow._trusted import trusted
from prodflow.calendars import MONDAY_TO_FRIDAY, WorkingCalendar
from prodflow.order import (
    CycleAdopted,
    HistoryEntry,
    Move,
    OrderAmended,
    OrderOpened,
    StatusChanged,
)

__all__ = ["Visit", "visits"]

_ENTRIES: Final = (OrderOpened, StatusChanged, OrderAmended, CycleAdopted)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Visit:
    """One stay of an order in one status.

    Args:
        order_id: the order.
        sequence: the number of the entry that began it, as in `ProductionOrder.visit`.
        order_type: the key of the order's cycle.
        cycle_version: the version to which the order was pinned last in this visit.
        status: the key of the status in that version.
        move: the kind of step that began it; None for the opening.
        after_hold: whether it began by coming back from a hold to the status left incomplete, and
            so goes on with what an earlier visit began.
        entered_on: its first day.
        left_on: the first day of the next visit; None while it lasts.
        completed: whether the entry that ended it completed the status; False while it lasts. To
            enter the final status is its completion, which is no matter of how it is left.
        working_days: the working days from `entered_on`, included, to `left_on`, excluded; None
            while it lasts.
        due_on: the due date that stood when it ended, or stands; None without one.
        department: the department responsible last, or None.
        user: the user responsible last, or None.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds, an end before the beginning, or an end without
            working days or working days without an end.

    Source:
        "A history of all status changes is kept"; decisions D5b, D18 and D20.
    """

    order_id: Text
    sequence: Number
    order_type: Key
    cycle_version: Number
    status: Key
    move: Move | None
    after_hold: bool
    entered_on: Day
    left_on: Day | None
    completed: bool
    working_days: Count | None
    due_on: Day | None
    department: Text | None
    user: Text | None

    def __attrs_post_init__(self) -> None:
        if self.left_on is not None and self.left_on < self.entered_on:
            raise ValueError(
                f"left_on must not be before entered_on, {self.entered_on}, but is {self.left_on}"
            )
        if (self.left_on is None) != (self.working_days is None):
            raise ValueError("working_days must be given exactly where left_on is")
        if self.left_on is None and self.completed:
            raise ValueError("completed must be False while left_on is None")

    @property
    def calendar_days(self) -> int | None:
        """The days from `entered_on`, included, to `left_on`, excluded; None while it lasts."""
        return None if self.left_on is None else (self.left_on - self.entered_on).days

    @property
    def on_time(self) -> bool | None:
        """Whether it ended by its due date, included; None while it lasts or without one.

        Source:
            Decision D14.
        """
        if self.left_on is None or self.due_on is None:
            return None
        return self.left_on <= self.due_on


_visit = trusted(Visit)


class _Stay:
    """The present visit while a history is read: what entries may still change, and what not."""

    def __init__(self, first: OrderOpened) -> None:
        self.order_id = first.order_id
        self.order_type = first.order_type
        self.cycle_version = first.cycle_version
        self.held = False
        self.resumes_in: str | None = None
        self.begin(first, None, after_hold=False)

    def begin(
        self, entry: OrderOpened | StatusChanged, move: Move | None, *, after_hold: bool
    ) -> None:
        self.sequence = entry.sequence
        self.status = entry.to_status
        self.move = move
        self.after_hold = after_hold
        self.entered_on = entry.entered_on
        self.due_on, self.department, self.user = entry.due_on, entry.department, entry.user

    def ended(self, entry: StatusChanged | None, calendar: WorkingCalendar) -> Visit:
        left_on = None if entry is None else entry.entered_on
        return _visit(
            self.order_id,
            self.sequence,
            self.order_type,
            self.cycle_version,
            self.status,
            self.move,
            self.after_hold,
            self.entered_on,
            left_on,
            entry is not None and entry.current_complete,
            None if left_on is None else calendar.count(self.entered_on, left_on),
            self.due_on,
            self.department,
            self.user,
        )

    def go_on(self, entry: StatusChanged) -> None:
        after_hold = self.held and self.resumes_in == entry.to_status and entry.move is Move.RESUME
        self.held, self.resumes_in = entry.held is not None, entry.resumes_in
        self.begin(entry, entry.move, after_hold=after_hold)

    def amend(self, entry: OrderAmended) -> None:
        self.due_on, self.department, self.user = entry.due_on, entry.department, entry.user

    def adopt(self, entry: CycleAdopted) -> None:
        self.cycle_version, self.status = entry.cycle_version, entry.to_status
        self.due_on = entry.due_on
        self.resumes_in = entry.resumes_in
        self.held = self.held and entry.resumes_in is not None

    def check(self, entry: StatusChanged | OrderAmended | CycleAdopted, sequence: int) -> None:
        """Refuse an entry that does not follow, as `ProductionOrder.apply` does."""
        if entry.order_id != self.order_id:
            raise ValueError(
                f"entries must be of one order, {self.order_id!r}, not of {entry.order_id!r} too"
            )
        if entry.sequence != sequence:
            raise ValueError(
                f"entries must be the whole history of {self.order_id!r}: entry {sequence} is"
                f" expected, not {entry.sequence}"
            )
        if isinstance(entry, StatusChanged | CycleAdopted) and entry.from_status != self.status:
            raise ValueError(
                f"entries must follow one another: {self.order_id!r} is at {self.status!r}, not at"
                f" {entry.from_status!r}"
            )
        if isinstance(entry, StatusChanged) and entry.entered_on < self.entered_on:
            raise ValueError(
                f"entries must follow one another: {self.order_id!r} entered its status on"
                f" {self.entered_on}, so it cannot leave it on {entry.entered_on}"
            )


def visits(
    entries: Iterable[HistoryEntry], *, calendar: WorkingCalendar = MONDAY_TO_FRIDAY
) -> tuple[Visit, ...]:
    """The visits of an order, in their sequence; they tile its life.

    Args:
        entries: the whole history of one order, in its sequence.
        calendar: the days that count, Monday to Friday unless told otherwise.

    Returns:
        At least one visit. The last one lasts: it has no end, whether or not the order is closed.

    Raises:
        TypeError: for what is no history or calendar.
        ValueError: if there is no entry, or one does not follow from those before.

    Source:
        "A history of all status changes is kept on the Status Notes tab"; decisions D5b and D20.

    Example:
        >>> from datetime import UTC, date, datetime
        >>> from prodflow import ProductionFlow, Status, StatusCycle
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [Status("lab", "At the lab", initial=True), Status("done", "Done", final=True)],
        ... )
        >>> friday, monday = date(2026, 11, 6), date(2026, 11, 9)
        >>> who = {"by": "ann", "at": datetime(2026, 11, 9, tzinfo=UTC)}
        >>> opened = ProductionFlow().open(cycle, order_id="PO-1", ordered_on=friday, **who)
        >>> moved = ProductionFlow().advance(opened.order, today=monday, **who)
        >>> lab, done = visits([opened.entry, moved.entry])
        >>> lab.calendar_days, lab.working_days, done.left_on
        (3, 1, None)
    """
    checks.instance("calendar", calendar, WorkingCalendar, "a WorkingCalendar")
    return read_visits(history("entries", entries), calendar)


def history(name: str, entries: Iterable[HistoryEntry]) -> tuple[HistoryEntry, ...]:
    """The entries as a tuple, if entries they are."""
    found = checks.items(name, entries, "entries of a history")
    for entry in found:
        if not isinstance(entry, _ENTRIES):
            raise TypeError(f"{name} must be entries of a history, not hold {checks.shown(entry)}")
    return found


def read_visits(entries: Sequence[HistoryEntry], calendar: WorkingCalendar) -> tuple[Visit, ...]:
    """`visits` of what has been checked to be entries."""
    match entries:
        case (OrderOpened() as first, *rest):
            stay = _Stay(first)
        case _:
            raise ValueError("entries must begin with an OrderOpened: give the whole history")
    found: list[Visit] = []
    for sequence, entry in enumerate(rest, 2):
        if isinstance(entry, OrderOpened):
            raise ValueError(f"entries must open {entry.order_id!r} once")  # noqa: TRY004 - the type is right
        stay.check(entry, sequence)
        match entry:
            case StatusChanged():
                found.append(stay.ended(entry, calendar))
                stay.go_on(entry)
            case OrderAmended():
                stay.amend(entry)
            case CycleAdopted():
                stay.adopt(entry)
            case _:
                assert_never(entry)
    found.append(stay.ended(None, calendar))
    return tuple(found)


def each_visit(found: Iterable[Visit]) -> tuple[Visit, ...]:
    """The visits as a tuple, if visits they are and each is there once."""
    checked = checks.instances("visits", found, Visit, "Visit")
    if len({(visit.order_id, visit.sequence) for visit in checked}) < len(checked):
        raise ValueError("visits must hold each visit once: the same order is in it twice")
    return checked


def lives(found: Iterable[Visit]) -> dict[str, list[Visit]]:
    """The visits of each order, in their sequence; they must tile its life."""
    orders: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in each_visit(found):
        orders[visit.order_id].append(visit)
    for order_id, of_order in orders.items():
        of_order.sort(key=lambda visit: visit.sequence)
        ends = [visit.left_on for visit in of_order]
        begins = [visit.entered_on for visit in of_order]
        if of_order[0].move is not None or ends != [*begins[1:], None]:
            raise ValueError(f"visits must be all those of order {order_id!r}, or none")
    return dict(orders)
