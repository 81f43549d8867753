"""What was opened, advanced, completed and cancelled between two dates."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import Change, CycleNotFoundError, HistoryEntry, ProductionFlow, StatusCycle
from prodflow.hub import ActivityCount, activity

FLOW: Final = ProductionFlow()
MONDAY: Final = date(2026, 11, 2)
SUNDAY: Final = date(2026, 11, 15)


def at(day: int) -> datetime:
    """Noon of a day of November."""
    return datetime(2026, 11, day, 12, tzinfo=UTC)


def opened(cycle: StatusCycle, order_id: str, day: int, **given: Any) -> Change:  # noqa: ANN401
    """An order opened by ann."""
    ordered_on = date(2026, 11, day)
    return FLOW.open(cycle, order_id=order_id, ordered_on=ordered_on, by="ann", at=at(day), **given)


def moved(change: Change, day: int, to: str | None = None, by: str = "bob") -> Change:
    """The order moved by someone."""
    today = date(2026, 11, day)
    return FLOW.advance(change.order, today=today, to=to, by=by, at=at(day))


@pytest.fixture
def histories(cycle: StatusCycle) -> list[list[HistoryEntry]]:
    """One order that is held, sent back and completed, and one that is cancelled."""
    first = [opened(cycle, "PO-1", 2)]
    for day, to in ((3, None), (3, "hold"), (4, None), (5, "qa"), (6, "printing"), (9, None)):
        first.append(moved(first[-1], day, to))
    first.append(moved(first[-1], 10, by="cy"))
    second = [opened(cycle, "PO-2", 3)]
    second.append(moved(second[-1], 10, "cancelled"))
    return [[change.entry for change in changes] for changes in (first, second)]


class TestActivity:
    """Counts by day, by week and by person."""

    def test_by_day(self, histories: list[list[HistoryEntry]], cycle: StatusCycle) -> None:
        """A hold, a return and a step back are no advances; days without a change have a row."""
        found = activity(histories, [cycle], since=MONDAY, until=date(2026, 11, 10))
        assert [(row.begins_on.day, *row[2:]) for row in found.rows if row.begins_on] == [
            *((2, 1, 0, 0, 0), (3, 1, 1, 0, 0), (4, 0, 0, 0, 0), (5, 0, 1, 0, 0)),
            *((6, 0, 0, 0, 0), (7, 0, 0, 0, 0), (8, 0, 0, 0, 0)),
            *((9, 0, 1, 0, 0), (10, 0, 1, 1, 1)),
        ]
        assert found.total == ActivityCount(None, None, 2, 4, 1, 1)

    def test_by_week(self, histories: list[list[HistoryEntry]], cycle: StatusCycle) -> None:
        """Weeks begin on Mondays; the first one counts from the first day."""
        found = activity(
            histories, [cycle], since=date(2026, 11, 3), until=SUNDAY, by="week"
        ).table()
        assert found.columns == ("Week From", "Opened", "Advanced", "Completed", "Cancelled")
        assert found.rows == ((MONDAY, 1, 2, 0, 0), (date(2026, 11, 9), 0, 2, 1, 1))

    def test_by_user(self, histories: list[list[HistoryEntry]], cycle: StatusCycle) -> None:
        """The one who made the change counts; those who made none have no row."""
        found = activity(histories, [cycle], since=MONDAY, until=SUNDAY, by="user").table()
        assert found.columns[0] == "User"
        assert found.rows == (("ann", 2, 0, 0, 0), ("bob", 0, 3, 0, 1), ("cy", 0, 1, 1, 0))

    def test_an_undone_change_does_not_count(self, cycle: StatusCycle) -> None:
        """Neither does the undoing."""
        change = opened(cycle, "PO-1", 2)
        wrong = moved(change, 3)
        entries = [change.entry, wrong.entry]
        undone = FLOW.undo(wrong.order, entries, by="ann", at=at(3))
        found = activity([[*entries, undone.entry]], [cycle], since=MONDAY, until=SUNDAY)
        assert found.total == ActivityCount(None, None, 1, 0, 0, 0)

    def test_a_corrected_day_counts(self, cycle: StatusCycle) -> None:
        """The day of the change is the one that an amendment gave."""
        change = moved(opened(cycle, "PO-1", 2), 5)
        amended = FLOW.amend(change.order, entered_on=date(2026, 11, 4), by="ann", at=at(6))
        entries = [opened(cycle, "PO-1", 2).entry, change.entry, amended.entry]
        found = activity([entries], [cycle], since=date(2026, 11, 4), until=date(2026, 11, 5))
        assert [row.advanced for row in found.rows] == [1, 0]

    def test_an_adopted_version_counts(self, cycle: StatusCycle) -> None:
        """What a status means is what the version of then says."""
        newer = cycle.add(evolve(cycle["qa"], key="pack", description="Pack"), 4)
        change = opened(cycle, "PO-1", 2)
        adopted = FLOW.migrate(change.order, newer, by="ann", at=at(3))
        last = moved(adopted, 4, "pack")
        entries = [change.entry, adopted.entry, last.entry]
        asked: Any = {"since": MONDAY, "until": SUNDAY}
        assert activity([entries], [cycle, newer], **asked).total[2:] == (1, 1, 0, 0)
        with pytest.raises(CycleNotFoundError):
            activity([entries], [cycle], **asked)

    def test_a_part_counts_on_the_day_of_the_split(self, cycle: StatusCycle) -> None:
        """Even if it is amended later; it has been in its status for longer."""
        parent = opened(cycle, "PO-1", 2, quantity=10)
        split = FLOW.split(parent.order, [("PO-1B", 4)], by="ann", at=at(5))
        amended = FLOW.amend(split[1].order, priority=1, by="ann", at=at(6))
        entries = [
            [parent.entry, split[0].entry],
            [split[1].entry, amended.entry],
        ]
        found = activity(entries, [cycle], since=MONDAY, until=date(2026, 11, 5))
        assert [row.opened for row in found.rows] == [1, 0, 0, 1]

    @pytest.mark.parametrize("days", [-1, 3_660])
    def test_refuses_a_range(self, days: int) -> None:
        """It must not end before it begins, and has at most 3,660 days."""
        with pytest.raises(ValueError, match=r"^until must be from 0 to 3,659 days after since"):
            activity([], [], since=MONDAY, until=MONDAY + timedelta(days))

    @pytest.mark.parametrize("histories", ["PO-1", None])
    def test_histories_are_of_several_orders(self, histories: Any) -> None:  # noqa: ANN401
        """An id or nothing at all is none of them."""
        with pytest.raises(TypeError, match=f"an iterable of histories, not {histories!r}"):
            activity(histories, [], since=MONDAY, until=SUNDAY)
