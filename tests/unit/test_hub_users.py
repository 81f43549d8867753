"""How long visits took, by the person who was responsible."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from attrs import evolve

from prodflow import EVERY_DAY, HistoryEntry, ProductionFlow, StatusCycle
from prodflow.hub import Days, Hours, Visit, time_by_user, visits

FLOW: Final = ProductionFlow()
FRIDAY: Final = date(2026, 11, 6)


@pytest.fixture
def entries(cycle: StatusCycle) -> list[HistoryEntry]:
    """An order that bob has for two hours, mia for three days with a hold, and nobody at the end.

    Mia has it from Friday 12:00 to Monday 9:00, and after the hold from Tuesday 9:00 to 15:30.
    """

    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 11, day, hour, minute, tzinfo=UTC)

    change = FLOW.open(
        cycle, order_id="PO-1", ordered_on=FRIDAY, user="bob", by="ann", at=at(6, 10)
    )
    found: list[HistoryEntry] = [change.entry]
    for to, user, instant in (
        ("retouch", "mia", at(6, 12)),
        ("hold", "ben", at(9, 9)),
        ("retouch", "mia", at(10, 9)),
        ("printing", None, at(10, 15, 30)),
    ):
        change = FLOW.advance(
            change.order,
            to=to,
            current_complete=to != "hold",
            user=user,
            today=instant.date(),
            by="ann",
            at=instant,
        )
        found.append(change.entry)
    return found


class TestTimeByUser:
    """Days, working days and hours of each person."""

    def test_counts_days_and_hours(self, entries: list[HistoryEntry]) -> None:
        """Each visit counts for its last user, without its pauses; the weekend is no work."""
        rows = time_by_user(visits(entries)).rows
        assert [(row.user, row.visits, row.lasting) for row in rows] == [
            *(("ben", 1, 0), ("bob", 1, 0), ("mia", 1, 0), (None, 0, 1)),
        ]
        assert [(row.calendar.total, row.working.total, row.hours.total) for row in rows] == [
            *((1, 1, 24.0), (0, 0, 2.0), (3, 1, 75.5), (0, 0, 0.0)),
        ]
        assert [row.hours.mean for row in rows] == [24.0, 2.0, 75.5, None]

    def test_the_calendar_is_that_of_the_visits(self, entries: list[HistoryEntry]) -> None:
        """If every day counts, working days are calendar days."""
        mia = time_by_user(visits(entries, calendar=EVERY_DAY)).rows[2]
        assert mia.working == mia.calendar == Days(3, 3.0, 3, 3, 3)

    def test_a_visit_may_have_no_hours(self, entries: list[HistoryEntry]) -> None:
        """A visit that a caller built without them counts in days only."""
        stays = [evolve(visit, user="mia") for visit in visits(entries)]
        [mia] = time_by_user([evolve(stays[0], recorded_for=None), *stays[1:]]).rows
        assert (mia.visits, mia.hours) == (3, Hours(99.5, 49.75))

    def test_table(self, entries: list[HistoryEntry]) -> None:
        """One line for each person."""
        table = time_by_user(visits(entries)).table()
        assert table.columns == (
            *("User", "Visits", "Ongoing", "Days", "Mean Days"),
            *("Working Days", "Mean Working Days", "Hours", "Mean Hours"),
        )
        assert [list(map(str, row)) for row in table.rows[2:]] == [
            ["mia", "1", "0", "3", "3.0", "1", "1.0", "75.5", "75.5"],
            ["(none)", "0", "1", "0", "None", "0", "None", "0.0", "None"],
        ]

    def test_a_visit_that_lasts_has_no_hours(self, entries: list[HistoryEntry]) -> None:
        """It would contradict that the visit has no end."""
        last: Visit = visits(entries)[-1]
        with pytest.raises(ValueError, match=r"^recorded_for must be None while left_on is None"):
            evolve(last, recorded_for=timedelta(hours=1))
