"""How long visits took, by the person who was responsible."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple, final

from attrs import frozen

from prodflow._fields import checked
from prodflow._messages import text
from prodflow._words import AnyWords
from prodflow.export import Table
from prodflow.hub._figures import (
    HOURS_COLUMNS,
    HOURS_NOTE,
    Days,
    Hours,
    hours_cells,
    hours_of,
    rounded,
    summed,
)
from prodflow.hub._orders import USER, WITHOUT, by_name
from prodflow.hub._visits import Visit, each_visit

__all__ = ["TimeByUser", "UserTime", "time_by_user"]


@final
class UserTime(NamedTuple):
    """How long the visits of one person took.

    Args:
        user: the last user of each of these visits; None for visits without a user.
        visits: how many visits have ended.
        lasting: how many visits have not ended; paused ones are among them.
        calendar: the calendar days of the visits that have ended, without the days paused.
        working: the working days of the same visits, by the calendar that you passed to the
            function `visits`.
        hours: the hours between the instants at which the same visits were recorded to begin and to
            end, without the pauses; visits without such instants don't count.
    """

    user: str | None
    visits: int
    lasting: int
    calendar: Days
    working: Days
    hours: Hours


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class TimeByUser:
    """How long visits took, by the person who was responsible.

    Args:
        rows: the people by name; visits without a user come last.
    """

    rows: tuple[UserTime, ...]

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each person, with days, working days and hours.

        Args:
            words: your words; None for English.
        """
        return Table(
            text("Time by User"),
            (
                *(USER, text("Visits"), text("Ongoing")),
                *(text("Days"), text("Mean Days"), text("Working Days"), text("Mean Working Days")),
                *HOURS_COLUMNS,
            ),
            [
                (
                    *(row.user or WITHOUT, *row[1:3]),
                    *(row.calendar.total, rounded(row.calendar.mean)),
                    *(row.working.total, rounded(row.working.mean)),
                    *hours_cells(row.hours),
                )
                for row in self.rows
            ],
            notes=(
                text("Days count only the visits that have ended, without the days paused."),
                HOURS_NOTE,
            ),
        ).said(words)


def time_by_user(visits: Iterable[Visit]) -> TimeByUser:
    """How long visits took by the last user of each, in days, working days and hours.

    Someone who took over during a visit is given the whole visit. A visit that hasn't ended has no
    length yet, so it's only counted. For one status, pass only the visits of that status.

    Days are counted between the days on which orders entered and left; corrections of these days
    count. Hours are counted between the instants `at` of the history entries, including nights and
    weekends. So if somebody records in the evening what was done in the morning, days are right
    and hours aren't.

    Source:
        Decision D18.

    Example:
        >>> time_by_user([]).rows
        ()
    """
    stays: defaultdict[str | None, list[Visit]] = defaultdict(list)
    for visit in each_visit(visits):
        stays[visit.user].append(visit)
    return TimeByUser(rows=tuple(_time(user, stays[user]) for user in sorted(stays, key=by_name)))


def _time(user: str | None, stays: list[Visit]) -> UserTime:
    calendar = [visit.calendar_days for visit in stays if visit.calendar_days is not None]
    working = [visit.working_days for visit in stays if visit.working_days is not None]
    return UserTime(
        *(user, len(calendar), len(stays) - len(calendar), summed(calendar), summed(working)),
        hours_of(visit.recorded_for for visit in stays),
    )
