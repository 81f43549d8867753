"""Reasons: how often orders were sent back, stopped or ordered again, why, and what it took.

Theory of operation. Only the entries that still count are read. A reason stands in an opening, a
status change or an amendment. The vendor and the department are those that the order had just
before the change; for an opening, those that it has from then on.

The days lost are working days, and begin on the day of the change:

1. After a status change, they end as soon as the order is as far as it was: in the last status of
   the path that it had reached before the change, or in a later one. If a migration has taken that
   status off the path, any status of the path will do. They also end when the order is closed. So a
   change that leads forward loses no day, and a hold loses all its days, whether or not the status
   was completed.
2. After the opening of a reprint, they end when the reprint is closed. Any other opening loses no
   day.
3. An amendment loses no day.

Until then, the days up to *today* count.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from operator import itemgetter
from typing import Annotated, Final, NamedTuple, assert_never, final

from attrs import define, field, frozen

from prodflow import _checks as checks
from prodflow._facts import NO_FACTS, Facts
from prodflow._fields import Check, Day, checked
from prodflow._messages import text
from prodflow._words import AnyWords
from prodflow.calendars import MONDAY_TO_FRIDAY, WorkingCalendar
from prodflow.cycle import Place, StatusCycle, by_version, not_found
from prodflow.export import Table
from prodflow.flow import Reason
from prodflow.hub._groups import Group, checked_groups, grouped, heads, lines, named
from prodflow.hub._history import Counting, every_history
from prodflow.hub._orders import DEPARTMENT, ORDERS, VENDOR, WITHOUT, by_name
from prodflow.hub._reading import read_visits
from prodflow.hub._visits import parts_of
from prodflow.order import (
    CycleAdopted,
    HistoryEntry,
    OrderAmended,
    OrderOpened,
    OrderSplit,
    StatusChanged,
)

__all__ = ["ReasonCount", "ReasonReport", "ReasonTotal", "reasons"]

_REASON: Final = text("Reason")
_CHARGEABLE: Final = text("Chargeable")
_TIMES: Final = text("Times")
_DAYS_LOST: Final = text("Days Lost")


@final
class ReasonCount(NamedTuple):
    """How often one reason was given while one vendor and one department had the order.

    Args:
        reason: the key of the reason.
        title: the description of the reason, or its key if your list doesn't have it.
        chargeable: whether the extra work is charged to the client; None if your list doesn't have
            the reason.
        vendor: the lab or vendor of the order at that time; None for nobody.
        department: the department that was responsible at that time; None for nobody.
        times: how often the reason was given.
        orders: how many orders it was given for.
        days_lost: the working days lost.
    """

    reason: str
    title: str
    chargeable: bool | None
    vendor: str | None
    department: str | None
    times: int
    orders: int
    days_lost: int


@final
class ReasonTotal(NamedTuple):
    """How often one reason was given in all; the fields are those of `ReasonCount`."""

    reason: str
    title: str
    chargeable: bool | None
    times: int
    days_lost: int


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class ReasonReport:
    """Why orders were sent back, stopped, amended or ordered again.

    Args:
        today: the date of the report.
        rows: the reasons in the sequence of your list, then other reasons by key. The rows of a
            reason are sorted by vendor, then by department, None last.
        by: the fact by which the orders are grouped, such as "facts.client"; None for no groups.
        groups: the report on the orders of each value of the fact; orders without a reason are in
            no group. The other fields are about all orders, and tables show the groups one after
            another.

    Source:
        The Reorder Reasons of Spectra; decisions D36 and D38.
    """

    today: Day
    rows: tuple[ReasonCount, ...]
    by: Annotated[str, Check(named)] | None = None
    groups: "tuple[Group[ReasonReport], ...]" = field(default=(), converter=checked_groups)

    @property
    def totals(self) -> tuple[ReasonTotal, ...]:
        """One total for each reason, in the sequence of the rows."""
        totals: dict[str, ReasonTotal] = {}
        for row in self.rows:
            total = totals.get(row.reason, ReasonTotal(*row[:3], 0, 0))
            totals[row.reason] = total._replace(
                times=total.times + row.times, days_lost=total.days_lost + row.days_lost
            )
        return tuple(totals.values())

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each reason, vendor and department.

        Args:
            words: your words; None for English.
        """
        return Table(
            text("Reasons"),
            (
                *heads(self.by),
                *(_REASON, _CHARGEABLE, VENDOR, DEPARTMENT, _TIMES, ORDERS, _DAYS_LOST),
            ),
            lines(
                *(self.by, self, self.groups),
                lambda report: [
                    (*row[1:3], row.vendor or WITHOUT, row.department or WITHOUT, *row[5:])
                    for row in report.rows
                ],
            ),
            notes=self._notes(),
        ).said(words)

    def totals_table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each reason.

        Args:
            words: as in `table`.
        """
        return Table(
            text("Totals of Reasons"),
            (*heads(self.by), _REASON, _CHARGEABLE, _TIMES, _DAYS_LOST),
            lines(
                *(self.by, self, self.groups),
                lambda report: [total[1:] for total in report.totals],
            ),
            notes=self._notes(),
        ).said(words)

    def _notes(self) -> tuple[str, ...]:
        times = sum(row.times for row in self.rows)
        days = sum(row.days_lost for row in self.rows)
        note = text(
            "As of {today}. Reasons given: {count}. Working days lost: {days}.",
            today=self.today,
            count=times,
            days=days,
        )
        return (note,)


def reasons(
    histories: Iterable[Iterable[HistoryEntry]],
    cycles: Iterable[StatusCycle],
    *,
    today: date,
    by: str | None = None,
    reasons: Iterable[Reason] = (),
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY,
) -> ReasonReport:
    """How often each reason was given, and how many working days it took, by vendor and department.

    The vendor and the department are those that the order had just before the change. For an
    opening, they are those of the new order.

    The days lost begin on the day of a status change. They end on the day on which the order is as
    far on the path as it was, or is closed. So a step back loses the days until the order is back
    where it was, and a hold loses all its days. A reprint, an order with `reorder_of`, loses the
    days from its first day until it's closed. Until then, the days up to *today* count. Steps
    forward, amendments and other openings lose no days. The days of two changes can overlap.

    Args:
        histories: the whole histories of orders of any types.
        cycles: cycle versions, at least those that the orders had.
        reasons: your list of reasons, for the titles and for what is chargeable.

    Raises:
        CycleNotFoundError: if *cycles* lacks a version that an order with a reason had.
        CycleConflictError: if *cycles* has two different cycles with the same version.
        UnknownStatusError: if a cycle doesn't have a status that the order was in.
        ValueError: if *reasons* has a key twice.

    Source:
        The Reorder Reasons of Spectra; decisions D36 and D38.
    """
    checks.day("today", today)
    checks.instance("calendar", calendar, WorkingCalendar, "a WorkingCalendar")
    listed = _listed(reasons)
    known = by_version(cycles)
    given: list[tuple[Facts, list[_Given]]] = [
        (NO_FACTS if by is None else entries.facts, _given(entries, known, calendar))
        for entries in every_history(histories)
        if any(_reason_of(entry) is not None for entry in (entries.opened, *entries.later))
    ]

    def rows_of(some: Iterable[tuple[Facts, list[_Given]]]) -> tuple[ReasonCount, ...]:
        return _rows((each for _, of_one in some for each in of_one), listed, calendar, today)

    return ReasonReport(
        today=today,
        rows=rows_of(given),
        by=by,
        groups=grouped(
            *(by, given, itemgetter(0)),
            lambda some: ReasonReport(today=today, rows=rows_of(some)),
        ),
    )


def _rows(
    given: "Iterable[_Given]",
    listed: Mapping[str, Reason],
    calendar: WorkingCalendar,
    today: date,
) -> tuple[ReasonCount, ...]:
    alike: defaultdict[tuple[str, str | None, str | None], list[_Given]] = defaultdict(list)
    for each in given:
        alike[each.reason, each.vendor, each.department].append(each)
    ranks = {key: rank for rank, key in enumerate(listed)}
    rows = [
        ReasonCount(
            *(key, *_titled(key, listed), vendor, department),
            *(len(all_), len({each.order_id for each in all_})),
            sum(each.days_lost(calendar, today) for each in all_),
        )
        for (key, vendor, department), all_ in alike.items()
    ]
    rows.sort(
        key=lambda row: (
            *(ranks.get(row.reason, len(ranks)), row.reason),
            *(by_name(row.vendor), by_name(row.department)),
        )
    )
    return tuple(rows)


def descriptions(reasons: Iterable[Reason]) -> dict[str, str]:
    """The description of each reason, by key."""
    return {key: reason.description for key, reason in _listed(reasons).items()}


def _listed(reasons: Iterable[Reason]) -> dict[str, Reason]:
    values = checks.instances("reasons", reasons, Reason, "Reason")
    checks.unique("reasons", [reason.key for reason in values])
    return {reason.key: reason for reason in values}


def _titled(key: str, listed: Mapping[str, Reason]) -> tuple[str, bool | None]:
    reason = listed.get(key)
    return (key, None) if reason is None else (reason.description, reason.chargeable)


def _reason_of(entry: HistoryEntry) -> str | None:
    if isinstance(entry, (OrderOpened, StatusChanged, OrderAmended)):
        return entry.reason
    return None


@define(weakref_slot=False)
class _Given:
    """A reason that was given."""

    order_id: str
    reason: str
    vendor: str | None
    department: str | None
    began_on: date
    back_to: str | None
    """The last status of the path that the order had reached; None if it had reached none."""
    until_closed: bool
    """Whether only closing the order ends the days lost."""
    ended_on: date | None = None

    def end(self, day: date) -> None:
        """End the days lost."""
        # A migration may be recorded with an earlier date than the change.
        self.ended_on = max(day, self.began_on)

    def is_over_at(self, here: Place, cycle: StatusCycle) -> bool:
        """Whether an order that has come here is closed, or is as far as it was."""
        if self.until_closed or here.position is None or here.status.closes:
            return here.status.closes
        if self.back_to is None or self.back_to not in cycle:
            return True
        back_to = cycle.place(self.back_to).position
        return back_to is None or here.position >= back_to

    def days_lost(self, calendar: WorkingCalendar, today: date) -> int:
        """The working days from the change to its end, or to today."""
        ended_on = max(today, self.began_on) if self.ended_on is None else self.ended_on
        return calendar.count(self.began_on, ended_on)


class _Reading:
    """The reasons of one order, as far as its history has been read."""

    def __init__(self, opened: OrderOpened, cycles: Mapping[tuple[str, int], StatusCycle]) -> None:
        self.opened = opened
        self.cycles = cycles
        self.vendor, self.department = opened.vendor, opened.department
        self.reached: str | None = None  # the last status of the path
        self.resumes_in: str | None = None
        self.given: list[_Given] = []
        self.lasting: list[_Given] = []

    def give(
        self,
        entry: OrderOpened | StatusChanged | OrderAmended,
        day: date,
        *,
        loses_days: bool = True,
        until_closed: bool = False,
    ) -> None:
        """Keep the reason of an entry, if it has one."""
        if entry.reason is None:
            return
        given = _Given(
            *(self.opened.order_id, entry.reason, self.vendor, self.department),
            *(day, self.reached, until_closed),
        )
        self.given.append(given)
        if loses_days:
            self.lasting.append(given)
        else:
            given.end(day)

    def enter(self, status: str, version: int, day: date) -> None:
        """Read that the order came to a status, and end the days lost if it's as far as it was."""
        key = (self.opened.order_type, version)
        if key not in self.cycles:
            raise not_found(*key, self.cycles.values())
        cycle = self.cycles[key]
        here = cycle.place(status)
        if here.position is not None:
            self.reached = status
        lasting, self.lasting = self.lasting, []
        for given in lasting:
            if given.is_over_at(here, cycle):
                given.end(day)
            else:
                self.lasting.append(given)

    def rename(self, resumes_in: str | None) -> None:
        """Read that a migration gave the status to come back to another key."""
        if resumes_in is not None:
            for given in self.lasting:
                if given.back_to == self.resumes_in:
                    given.back_to = resumes_in
            if self.reached == self.resumes_in:
                self.reached = resumes_in
        self.resumes_in = resumes_in


def _given(
    entries: Counting, cycles: Mapping[tuple[str, int], StatusCycle], calendar: WorkingCalendar
) -> list[_Given]:
    """The reasons of one order."""
    opened = entries.opened
    # An amendment may have corrected the day of a change.
    days = {part.number: part.begun_on for part in parts_of(read_visits(entries, calendar))}
    reading = _Reading(opened, cycles)
    version = opened.cycle_version
    is_reprint = opened.reorder_of is not None
    reading.give(opened, days[1], loses_days=is_reprint, until_closed=True)
    reading.enter(opened.to_status, version, days[1])
    for entry in entries.later:
        match entry:
            case StatusChanged():
                reading.give(entry, days[entry.sequence])
                reading.department, reading.resumes_in = entry.department, entry.resumes_in
                reading.enter(entry.to_status, version, days[entry.sequence])
            case OrderAmended():
                reading.give(entry, entry.entered_on, loses_days=False)
                reading.vendor, reading.department = entry.vendor, entry.department
            case CycleAdopted():
                version = entry.cycle_version
                reading.rename(entry.resumes_in)
                reading.enter(entry.to_status, version, entry.at.date())
            case OrderSplit():
                pass
            case _:
                assert_never(entry)
    return reading.given
