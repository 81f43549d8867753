"""What was opened, advanced, completed and cancelled between two dates."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, assert_never, final

from attrs import frozen

from prodflow import _checks as checks
from prodflow._fields import Day, checked
from prodflow._messages import Message, text
from prodflow._words import AnyWords
from prodflow.cycle import Status, StatusCycle, by_version, not_found
from prodflow.export import Table
from prodflow.hub._history import Counting, every_history
from prodflow.hub._orders import USER, by_name
from prodflow.order import (
    CycleAdopted,
    HistoryEntry,
    Move,
    OrderAmended,
    OrderSplit,
    StatusChanged,
)

__all__ = ["Activity", "ActivityBy", "ActivityCount", "activity"]

ActivityBy = Literal["day", "week", "user"]
"""What activity is counted by. Weeks begin on Mondays."""

_LONGEST: Final = 3_660
_FORWARD: Final = frozenset({Move.NEXT, Move.SKIP})
_HEADS: Final[dict[ActivityBy, Message]] = {
    "day": text("Day"),
    "week": text("Week From"),
    "user": USER,
}


@final
class ActivityCount(NamedTuple):
    """What happened on one day, in one week, or was done by one person.

    Args:
        begins_on: the day, or the Monday of the week; None for a person, and for a total.
        user: the person who made the changes; None for a day, a week, and for a total.
        opened: how many orders were opened. A part that was split off counts too.
        advanced: how often orders moved on along the path, one status or several. The move to the
            final status counts too.
        completed: how often orders entered the final status.
        cancelled: how often orders were cancelled.
    """

    begins_on: date | None
    user: str | None
    opened: int = 0
    advanced: int = 0
    completed: int = 0
    cancelled: int = 0


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Activity:
    """What was opened, advanced, completed and cancelled between two dates.

    Args:
        since: the first day.
        until: the last day.
        by: what is counted by.
        rows: a row for each day or week, also for those on which nothing happened; or a row for
            each person who did something, by name.
    """

    since: Day
    until: Day
    by: ActivityBy
    rows: tuple[ActivityCount, ...]

    @property
    def total(self) -> ActivityCount:
        """The sums of all rows."""
        return ActivityCount(None, None, *_sums(row[2:] for row in self.rows))

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each row.

        Args:
            words: your words; None for English.
        """
        first = 1 if self.by == "user" else 0
        return Table(
            text("Activity"),
            (
                *(_HEADS[self.by], text("Opened"), text("Advanced")),
                *(text("Completed"), text("Cancelled")),
            ),
            [(row[first], *row[2:]) for row in self.rows],
            notes=(text("From {first} to {last}.", first=self.since, last=self.until),),
        ).said(words)


def activity(
    histories: Iterable[Iterable[HistoryEntry]],
    cycles: Iterable[StatusCycle],
    *,
    since: date,
    until: date,
    by: ActivityBy = "day",
) -> Activity:
    """What was opened, advanced, completed and cancelled from *since* to *until*.

    An opening or a status change counts on the day on which the order entered the status or
    returned to it, as corrected. A part that was split off counts as opened on the day that the
    instant of its opening shows.
    Undone changes don't count.

    Args:
        cycles: the cycle versions of the orders.
        since: the first day that counts.
        until: the last day that counts, up to 3,659 days later.
        by: "day", "week" or "user". A week that begins before *since* counts from *since*. The user
            is the person who made the change, not the one who is responsible for the order.

    Raises:
        CycleNotFoundError: if *cycles* lacks the version of an order.
        CycleConflictError: if two different cycles have the same type and version.
        ValueError: if *until* is before *since*, or too long after it.

    Source:
        "A history of all status changes is kept on the Status Notes tab"; decisions D34 and D35.

    Example:
        >>> from datetime import date
        >>> week = activity([], [], since=date(2026, 11, 2), until=date(2026, 11, 6))
        >>> len(week.rows), week.total.opened
        (5, 0)
    """
    checks.day("since", since)
    checks.day("until", until)
    if not 0 <= (until - since).days < _LONGEST:
        raise ValueError(
            f"until must be from 0 to {_LONGEST - 1:,} days after since, {since}, not {until}"
        )
    checks.one_of("by", by, "day", "week", "user")
    known = by_version(cycles)
    counts: defaultdict[_Key, list[_Counts]] = defaultdict(list)
    for entries in every_history(histories):
        for day, user, figures in _figures(entries, known):
            if since <= day <= until:
                counts[_key(by, day, user)].append(figures)
    if by == "user":
        keys: Iterable[_Key] = sorted(counts, key=lambda key: by_name(key[1]))
    else:
        days = (since + timedelta(number) for number in range((until - since).days + 1))
        keys = dict.fromkeys(_key(by, day, "") for day in days)
    return Activity(
        since=since,
        until=until,
        by=by,
        rows=tuple(ActivityCount(*key, *_sums(counts.get(key, ()))) for key in keys),
    )


_Key = tuple[date | None, str | None]
"""A day or the Monday of a week, or a person."""

_Counts = tuple[int, int, int, int]
"""How many were opened, advanced, completed and cancelled."""


def _sums(counts: Iterable[tuple[int, ...]]) -> Iterator[int]:
    return map(sum, zip((0, 0, 0, 0), *counts, strict=True))


def _key(by: ActivityBy, day: date, user: str) -> _Key:
    match by:
        case "day":
            return day, None
        case "week":
            return day - timedelta(day.weekday()), None
        case "user":
            return None, user
        case _:
            assert_never(by)


def _figures(
    entries: Counting, known: dict[tuple[str, int], StatusCycle]
) -> Iterator[tuple[date, str, _Counts]]:
    """For each opening and status change its day, who made it, and what counts for it."""
    opened = entries.opened
    cycle = _cycle(opened.order_type, opened.cycle_version, known)
    is_part = opened.split_from is not None
    # The first days of visits may be corrected later (decision D35), those of returns can't.
    days = {1: opened.at.date() if is_part else opened.entered_on}
    first: _Counts = 1, 0, *_ends(cycle[opened.to_status])
    changes: list[tuple[int, str, _Counts]] = [(1, opened.by, first)]
    visit = 1
    for entry in entries.later:
        match entry:
            case StatusChanged():
                visit = entry.visit
                days[entry.sequence] = entry.resumed_on or entry.entered_on
                figures = (0, int(entry.move in _FORWARD), *_ends(cycle[entry.to_status]))
                changes.append((entry.sequence, entry.by, figures))
            case OrderAmended():
                if visit > 1 or not is_part:
                    days[visit] = entry.entered_on
            case CycleAdopted():
                cycle = _cycle(opened.order_type, entry.cycle_version, known)
            case OrderSplit():
                pass
            case _:
                assert_never(entry)
    for number, user, figures in changes:
        yield days[number], user, figures


def _ends(status: Status) -> tuple[int, int]:
    """Whether orders are completed, and whether they are cancelled, by entering a status."""
    return int(status.final), int(status.cancelled)


def _cycle(order_type: str, version: int, known: dict[tuple[str, int], StatusCycle]) -> StatusCycle:
    if (order_type, version) not in known:
        raise not_found(order_type, version, known.values())
    return known[order_type, version]
