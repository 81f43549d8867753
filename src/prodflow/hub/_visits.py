"""Visits: the stays of an order in its statuses, read from its history.

Theory of operation. A visit begins with the entry that enters a status: an `OrderOpened`, or a
`StatusChanged` of any move. It ends with the next `StatusChanged`. Other entries don't end it. An
amendment may change the due date and the assignees, and a migration may change the key of the
status (decision D5b). The visit keeps the latest of these values. So each visit of an order ends on
the day on which the next one begins, and the last one has no end.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, assert_never, final, get_args

from attrs import frozen

from prodflow import _checks as checks
from prodflow._fields import Count, Day, Key, Number, Text, checked
from prodflow._trusted import trusted
from prodflow.calendars import MONDAY_TO_FRIDAY, WorkingCalendar
from prodflow.cycle import StatusCycle
from prodflow.hub._names import StatusKey, StatusNames
from prodflow.order import (
    CycleAdopted,
    HistoryEntry,
    Move,
    OrderAmended,
    OrderOpened,
    StatusChanged,
)

__all__ = ["Visit", "visits"]

_ENTRIES: Final = get_args(HistoryEntry)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Visit:
    """One stay of an order in one status.

    Args:
        order_id: the order.
        sequence: the number of the entry that began the visit, as in `ProductionOrder.visit`.
        order_type: the key of the order's cycle.
        cycle_version: the last cycle version that the order was pinned to during the visit.
        status: the key of the status in that version.
        move: the kind of move that began the visit; None for the opening.
        after_hold: whether the order came back from a hold to the status that it had left
            incomplete, and so went on with an earlier visit.
        entered_on: the first day of the visit.
        left_on: the first day of the next visit; None if this is the last one.
        completed: whether the order completed the status when it left; False for the last visit.
        working_days: the working days from `entered_on` up to the day before `left_on`; None for
            the last visit.
        due_on: the last due date; None if there was none.
        department: the last department, or None.
        user: the last user, or None.

    Raises:
        ValueError: if `left_on` is before `entered_on`; if only one of `left_on` and `working_days`
            is None; or if the last visit is completed.

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
            raise ValueError("working_days must be given if left_on is, and only then")
        if self.left_on is None and self.completed:
            raise ValueError("completed must be False while left_on is None")

    @property
    def calendar_days(self) -> int | None:
        """The days from `entered_on` up to the day before `left_on`; None for the last visit."""
        return None if self.left_on is None else (self.left_on - self.entered_on).days

    @property
    def on_time(self) -> bool | None:
        """Whether the visit ended on its due date or before; None if it has no end or due date.

        Source:
            Decision D14.
        """
        if self.left_on is None or self.due_on is None:
            return None
        return self.left_on <= self.due_on


# How an entry makes a new visit, or the present one another.
_END: Final = ("left_on", "completed", "working_days")
_opened = trusted(Visit, OrderOpened, given=("status", "move", "after_hold", *_END))
_entered = trusted(Visit, StatusChanged, Visit, given=("status", "after_hold", *_END))
_ended = trusted(Visit, Visit, given=_END)
_amended = trusted(Visit, Visit, given=("due_on", "department", "user"))
_adopted = trusted(Visit, Visit, given=("cycle_version", "status", "due_on"))


def visits(
    entries: Iterable[HistoryEntry], *, calendar: WorkingCalendar = MONDAY_TO_FRIDAY
) -> tuple[Visit, ...]:
    """The visits of one order, in sequence, from its whole history.

    Returns:
        At least one visit. The last one has no end, whether or not the order is closed.

    Raises:
        ValueError: if there is no entry, or an entry doesn't follow the one before it.

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
    """The entries as a tuple, once each of them has been checked."""
    whole = checks.items(name, entries, "entries of a history")
    for entry in whole:
        if not isinstance(entry, _ENTRIES):
            raise TypeError(f"{name} must be entries of a history, not hold {checks.shown(entry)}")
    return whole


def read_visits(entries: Sequence[HistoryEntry], calendar: WorkingCalendar) -> tuple[Visit, ...]:
    """`visits` for arguments that have been checked."""
    match entries:
        case (OrderOpened() as first, *rest):
            lasting: dict[str, Any] = {"left_on": None, "completed": False, "working_days": None}
            visit = _opened(first, status=first.to_status, move=None, after_hold=False, **lasting)
        case _:
            raise ValueError("entries must begin with an OrderOpened: give the whole history")
    stays: list[Visit] = []
    hold: str | None = None  # the status that the order comes back to from a hold
    for sequence, entry in enumerate(rest, 2):
        if isinstance(entry, OrderOpened):
            raise ValueError(f"entries must open {entry.order_id!r} once")  # noqa: TRY004 - the type is right
        _check_next(entry, sequence, visit)
        match entry:
            case StatusChanged():
                status, left_on = entry.to_status, entry.entered_on
                days = calendar.count(visit.entered_on, left_on)
                completed = entry.current_complete
                stays.append(_ended(visit, left_on=left_on, completed=completed, working_days=days))
                after_hold = hold == status and entry.move is Move.RESUME
                visit = _entered(entry, visit, status=status, after_hold=after_hold, **lasting)
                hold = None if entry.held is None else entry.resumes_in
            case OrderAmended():
                due_on, department, user = entry.due_on, entry.department, entry.user
                visit = _amended(visit, due_on=due_on, department=department, user=user)
            case CycleAdopted():
                version, status, due_on = entry.cycle_version, entry.to_status, entry.due_on
                visit = _adopted(visit, cycle_version=version, status=status, due_on=due_on)
                hold = None if hold is None else entry.resumes_in
            case _:
                assert_never(entry)
    return (*stays, visit)


def _check_next(
    entry: StatusChanged | OrderAmended | CycleAdopted, sequence: int, visit: Visit
) -> None:
    """Refuse an entry that doesn't follow, as `ProductionOrder.apply` does."""
    order_id = visit.order_id
    if entry.order_id != order_id:
        raise ValueError(
            f"entries must belong to one order, not to {order_id!r} and {entry.order_id!r}"
        )
    if entry.sequence != sequence:
        raise ValueError(
            f"entries must be the whole history of {order_id!r}: expected entry {sequence}, not"
            f" {entry.sequence}"
        )
    if isinstance(entry, StatusChanged | CycleAdopted) and entry.from_status != visit.status:
        raise ValueError(
            f"entries must follow one another: {order_id!r} is at {visit.status!r}, not at"
            f" {entry.from_status!r}"
        )
    if isinstance(entry, StatusChanged) and entry.entered_on < visit.entered_on:
        raise ValueError(
            f"entries must follow one another: {order_id!r} entered its status on"
            f" {visit.entered_on}, so it cannot leave it on {entry.entered_on}"
        )


def each_visit(visits: Iterable[Visit]) -> tuple[Visit, ...]:
    """The visits as a tuple, once each of them has been checked to be there once."""
    stays = checks.instances("visits", visits, Visit, "Visit")
    if len({(visit.order_id, visit.sequence) for visit in stays}) < len(stays):
        raise ValueError("visits must hold each visit once: some are there twice")
    return stays


def by_status(
    visits: Iterable[Visit], cycles: Iterable[StatusCycle]
) -> Iterator[tuple[StatusKey, str, list[Visit]]]:
    """The visits of each status with its title, by order type, in cycle order."""
    names = StatusNames(cycles)
    statuses: defaultdict[StatusKey, list[Visit]] = defaultdict(list)
    for visit in each_visit(visits):
        statuses[visit.order_type, visit.status].append(visit)
    for key in sorted(statuses, key=names.rank):
        yield key, names.title(key), statuses[key]


def by_order(visits: Iterable[Visit]) -> dict[str, list[Visit]]:
    """The visits of each order, in sequence; all visits of an order must be there."""
    orders: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in each_visit(visits):
        orders[visit.order_id].append(visit)
    for order_id, of_order in orders.items():
        of_order.sort(key=lambda visit: visit.sequence)
        ends = [visit.left_on for visit in of_order]
        begins = [visit.entered_on for visit in of_order]
        if of_order[0].move is not None or ends != [*begins[1:], None]:
            raise ValueError(f"visits must be all those of order {order_id!r}, or none")
    return orders
