"""Published examples of working-day arithmetic from spreadsheets, libraries and RFC 5545.

The data file has the inputs and results as the sources print them; weekmasks run from Monday to
Sunday. The sources follow several conventions, which compare with decision D9 like this:

- Strict additions are the same as `add`. The others are numpy's, which first moves a start that is
  not a working day to one that is, so they are compared only if the start is a working day.
- Counts with both ends included are `count(start, end + 1)`, since `count` excludes the end.
  Backwards they are `count(start + 1, end)`, since then the end is the earlier day.
- Half-open counts are `count(start, end)`, but only forwards. Backwards numpy still includes the
  start and excludes the end, so its counts are not antisymmetric.
"""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from prodflow import WorkingCalendar

Vector = dict[str, Any]

FILE = Path(__file__).parents[1] / "data" / "working-days.json"
VECTORS: list[Vector] = json.loads(FILE.read_text(encoding="utf-8"))["vectors"]

ONE_DAY = timedelta(days=1)


def calendar(vector: Vector) -> WorkingCalendar:
    """The calendar of a vector: its weekmask and its holidays."""
    return WorkingCalendar(
        working_weekdays=[day for day, works in enumerate(vector["weekmask"]) if works == "1"],
        holidays=map(date.fromisoformat, vector["holidays"]),
    )


def kind(vector: Vector) -> str:
    """The kind of a vector, which decides the test that runs it, if one does."""
    match vector:
        case {"expected": "ERROR"}:
            return "refused"
        case {"fn": "add_workdays", "convention": "strict"}:
            return "add, strict"
        case {"fn": "add_workdays", "date": day}:
            is_open = calendar(vector).is_working_day(date.fromisoformat(day))
            return "add, rolled from an open day" if is_open else "add, rolled from a closed day"
        case {"fn": "count_workdays", "closed": closed, "start": start, "end": end}:
            return f"count, {closed}" if start <= end else f"count, {closed}, backwards"
        case _:
            return str(vector["fn"])


def each(*kinds: str) -> pytest.MarkDecorator:
    """One test for each vector of these kinds, named by its position in the file."""
    chosen = [
        pytest.param(vector, id=f"{number} {vector['source']}")
        for number, vector in enumerate(VECTORS)
        if kind(vector) in kinds
    ]
    return pytest.mark.parametrize("vector", chosen)


def test_no_vector_is_lost() -> None:
    """Every vector runs, except for two conventions that D9 does not follow."""
    assert Counter(map(kind, VECTORS)) == {
        "refused": 1,
        "add, strict": 51,
        "add, rolled from an open day": 36,
        "add, rolled from a closed day": 17,  # not run: they move the start first, D9 does not
        "count, both": 25,
        "count, both, backwards": 2,
        "count, begin": 8,
        "count, begin, backwards": 10,  # not run: they are not antisymmetric, D9 is
        "rrule": 14,
    }


@each("add, strict", "add, rolled from an open day")
def test_add(vector: Vector) -> None:
    """`add` gives the n-th working day strictly after or before a day, like spreadsheets."""
    day = date.fromisoformat(vector["date"])
    expected = date.fromisoformat(vector["expected"])
    assert calendar(vector).add(day, vector["n"]) == expected


@each("count, both")
def test_count_with_both_ends(vector: Vector) -> None:
    """To include the end, count to the day after it."""
    start, end = date.fromisoformat(vector["start"]), date.fromisoformat(vector["end"])
    assert calendar(vector).count(start, end + ONE_DAY) == vector["expected"]


@each("count, both, backwards")
def test_count_with_both_ends_backwards(vector: Vector) -> None:
    """To include the start backwards, count from the day after it."""
    start, end = date.fromisoformat(vector["start"]), date.fromisoformat(vector["end"])
    assert calendar(vector).count(start + ONE_DAY, end) == vector["expected"]


@each("count, begin")
def test_count_half_open(vector: Vector) -> None:
    """The start is included and the end excluded, as in numpy."""
    start, end = date.fromisoformat(vector["start"]), date.fromisoformat(vector["end"])
    assert calendar(vector).count(start, end) == vector["expected"]


@each("refused")
def test_a_week_without_working_days_is_refused(vector: Vector) -> None:
    """Spreadsheets give an error for every date; here you can't build the calendar."""
    with pytest.raises(ValueError, match="at least one working day"):
        calendar(vector)


@each("rrule")
def test_rules_of_rfc_5545(vector: Vector) -> None:
    """A rule gives the dates that RFC 5545 prints."""
    since = date.fromisoformat(vector["dtstart"])
    found = WorkingCalendar.from_rules(
        vector["rule"], since=since, until=since.replace(year=since.year + 20)
    )
    expected = [date.fromisoformat(day) for day in vector["expected"]]
    assert sorted(found.holidays)[: vector["take"]] == expected


@each("rrule")
def test_a_counted_rule_ends(vector: Vector) -> None:
    """A rule with a COUNT gives exactly that many dates; a rule without gives more."""
    since = date.fromisoformat(vector["dtstart"])
    found = WorkingCalendar.from_rules(
        vector["rule"], since=since, until=since.replace(year=since.year + 20)
    )
    is_counted = "COUNT" in vector["rule"]
    assert (len(found.holidays) == vector["take"]) is is_counted
