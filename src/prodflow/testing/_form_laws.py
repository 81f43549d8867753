"""What holds for lists of statuses and triggers that people edit in forms."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, cast

import pytest
from attrs import evolve

from prodflow import (
    CycleProblem,
    InvalidCycleError,
    InvalidTriggersError,
    Status,
    StatusCycle,
    Trigger,
    TriggerProblem,
    find_problems,
    find_trigger_problems,
)
from prodflow.forms import posted_rows, read_triggers, status_rows, trigger_rows
from prodflow.testing._cases import case
from prodflow.testing._forms import as_posted, as_text, as_texts

StatusRows = Sequence[Status | Mapping[str, Any]]
TriggerRows = Sequence[Trigger | Mapping[str, Any]]
_FEW: Final = 2


def an_edit_is_one_version(cycle: StatusCycle, statuses: Sequence[Status]) -> None:
    """An edited list is the next version, whatever has changed; or you get all its problems (D4).

    The same list gives the same cycle.
    """
    problems = find_problems(statuses)
    is_wrong = any(problem.severity == "error" for problem in problems)
    case("the edited list has errors", is_wrong)
    case("the list is a different one", tuple(statuses) != cycle.statuses)
    if is_wrong:
        with pytest.raises(InvalidCycleError) as caught:
            cycle.edited(statuses)
        assert caught.value == InvalidCycleError(problems, cycle.order_type)
        return
    edited = cycle.edited(statuses)
    assert edited.statuses == tuple(statuses)
    changes = edited.statuses != cycle.statuses
    assert edited.version == cycle.version + changes
    assert (edited.order_type, edited.description) == (cycle.order_type, cycle.description)


def a_moved_row_is_a_move(cycle: StatusCycle, key: str, index: int) -> None:
    """A row that is moved in a form gives the version that `move_to` gives (decision D4)."""
    try:
        moved = cycle.move_to(key, index)
    except InvalidCycleError:
        case("the row may be moved", came_up=False)
        return
    case("the row may be moved", came_up=True)
    rows = [row for row in status_rows(cycle)["rows"] if row["key"] != key]
    rows.insert(index, as_texts(_row_of(cycle, key)))
    edited = cycle.edited(rows)
    assert (edited.statuses, edited.version) == (moved.statuses, moved.version)


def a_changed_field_is_read(cycle: StatusCycle, key: str, field: str, value: object) -> None:
    """A field changed in a form gives the version that `replace` gives (decision D4).

    That holds for the value and for its text. A flag that is left out of a row is False, and any
    other field that is left out stays as it was.
    """
    changes: dict[str, Any] = {field: value}
    expected = _outcome(lambda: cycle.replace(key, **changes).statuses)
    case("the list may have this value", not isinstance(expected, frozenset))
    case("the value is a new one", value != getattr(cycle[key], field))
    for said in (value, as_text(value)):
        rows = [row | ({field: said} if row["key"] == key else {}) for row in _rows(cycle)]
        assert _outcome(partial(_edited, cycle, rows)) == expected
    rows = [_left_out(row, field) if row["key"] == key else row for row in _rows(cycle)]
    kept: dict[str, Any] = {field: False} if isinstance(value, bool) else {}
    assert _outcome(partial(_edited, cycle, rows)) == _outcome(
        lambda: cycle.replace(key, **kept).statuses
    )


def a_new_row_gets_a_new_key(
    cycle: StatusCycle, description: str, taken: Collection[str], removed: str | None = None
) -> None:
    """A status that is new in a form never gets a key that was used before (decision D1).

    Args:
        cycle: the cycle that is edited.
        description: the description of the new status.
        taken: keys of older versions.
        removed: the key of a status that is deleted in the same edit; None to delete none.
    """
    rows = [row for row in _rows(cycle) if row["key"] != removed]
    new = {"key": "", "description": description, "inactive": "on"}
    try:
        edited = cycle.edited([*rows, new, new | {"key": None}], taken=taken)
    except InvalidCycleError:
        case("the list with new rows is a cycle", came_up=False)
        return
    case("the list with new rows is a cycle", came_up=True)
    first, second = edited.statuses[-_FEW:]
    used = {status.key for status in cycle} | {*taken}
    assert first.description == second.description == description
    assert first.key != second.key
    assert used.isdisjoint({first.key, second.key})
    assert edited.statuses[:-_FEW] == tuple(it for it in cycle if it.key != removed)


def statuses_posted_back_are_unchanged(cycle: StatusCycle) -> None:
    """A list of statuses that a form posts back untouched is the same list.

    That holds for JSON, for texts, and for what a browser posts.
    """
    grid = status_rows(cycle)
    case("a box isn't ticked", len(cycle) > _FEW)
    for rows in (
        json.loads(json.dumps(grid["rows"])),
        [as_texts(row) for row in grid["rows"]],
        posted_rows(as_posted(grid), grid),
    ):
        edited = cycle.edited(rows)
        assert (edited.statuses, edited.version) == (cycle.statuses, cycle.version)


def triggers_posted_back_are_unchanged(triggers: Sequence[Trigger]) -> None:
    """A list of triggers that a form posts back untouched is the same list.

    That holds for JSON, for texts, and for what a browser posts. Conditions that are code have no
    place in a form.
    """
    grid = trigger_rows(triggers)
    case("there are triggers", triggers)
    case("a trigger has a condition", any(trigger.condition for trigger in triggers))
    for rows in (
        json.loads(json.dumps(grid["rows"])),
        [as_texts(row) for row in grid["rows"]],
        posted_rows(as_posted(grid), grid),
    ):
        assert read_triggers(rows) == tuple(triggers)


def every_problem_of_statuses_has_a_place(
    rows: StatusRows,
    find: Callable[[StatusRows], Iterable[CycleProblem]] = find_problems,
) -> None:
    """Every problem of a list names the line and the field to put right, where there is one (D2).

    Args:
        rows: the list, whatever it holds.
        find: `find_problems`, or a function of your app that finds more.
    """
    problems = tuple(find(rows))
    case("there are problems of statuses", problems)
    lines = [find_problems([row]) for row in rows]
    found = {(problem.code, problem.field, problem.index) for problem in problems}
    for index, line in enumerate(lines):  # the problems of one line are the same in any list
        single = {(it.code, it.field, index) for it in line if it.code in _OF_LINES}
        assert single == {it for it in found if it[0] in _OF_LINES and it[2] == index}
    for problem in problems:
        if problem.code in {"no-initial", "no-final"}:
            assert (problem.field, problem.index) == (problem.code[3:], None)
            continue
        assert problem.index is not None
        row = rows[problem.index]
        assert problem.field or problem.code in {"not-a-status", "unknown-field"}
        if problem.code not in _OF_LINES:
            assert _key_of(row) in {*problem.keys, ""}
            assert problem.code not in _FLAGS or _is_ticked(row, _FLAGS[problem.code])


_OF_LINES: Final = {
    *("bad-key", "blank-description", "bad-text", "bad-colour", "bad-duration", "bad-flag"),
    *("unknown-field", "not-a-status", "cancelled-but-standard", "pauses-but-standard"),
}
_FLAGS: Final = {
    **dict.fromkeys(("several-initials", "initial-non-standard", "initial-inactive"), "initial"),
    **dict.fromkeys(("several-finals", "final-non-standard", "final-inactive"), "final"),
    "initial-is-final": "initial",
    "final-has-duration": "final",
}


def every_problem_of_triggers_has_a_place(
    rows: TriggerRows,
    cycles: Sequence[StatusCycle],
    find: Callable[
        [TriggerRows, Sequence[StatusCycle]], Iterable[TriggerProblem]
    ] = find_trigger_problems,
) -> None:
    """Every problem of a list of triggers names its line, and its field where there is one (D30).

    A list without problems can be read.

    Args:
        rows: the list, whatever it holds.
        cycles: the cycles of the app.
        find: `find_trigger_problems`, or a function of your app that finds more.
    """
    problems = tuple(find(rows, cycles))
    case("there are problems of triggers", problems)
    lines = [find_trigger_problems([row], cycles) for row in rows]
    found = [it for it in problems if it.code != "duplicate-trigger"]
    assert found == [
        evolve(problem, index=index, message=said.message)
        for index, line in enumerate(lines)
        for problem, said in zip(line, (it for it in found if it.index == index), strict=True)
    ]
    for problem in problems:
        assert problem.index is not None
        assert problem.field or problem.code in {"not-a-trigger", "unknown-field"}
        if problem.code == "duplicate-trigger":
            before = [_key_of(row) for row in rows[: problem.index]]
            assert (problem.field, problem.trigger) == ("key", _key_of(rows[problem.index]))
            assert problem.trigger in before
    left = [it for it in problems if not (it.field == "key" and _is_new(rows[it.index or 0]))]
    if left:
        with pytest.raises(InvalidTriggersError) as caught:
            read_triggers(rows, cycles)
        assert [it.code for it in left] == [it.code for it in caught.value.problems]
        return
    triggers = read_triggers(rows, cycles)
    assert len({trigger.key for trigger in triggers}) == len(rows)
    assert read_triggers(triggers, cycles) == triggers


def _is_new(row: Any) -> bool:  # noqa: ANN401 - whatever a form holds
    """Whether a row of a form has no key yet."""
    if not isinstance(row, Mapping):
        return False
    key: object = cast("Mapping[Any, object]", row).get("key")
    return key is None or (isinstance(key, str) and not key.strip())


def problems_show_no_keys(
    statuses: Sequence[Status],
    triggers: Sequence[Trigger] = (),
    cycles: Sequence[StatusCycle] = (),
    find: Callable[[Sequence[Status]], Iterable[CycleProblem]] = find_problems,
) -> None:
    """A message about a problem names descriptions and lines, never a key (D1).

    So with other keys, every message stays the same.

    Args:
        statuses: a list of statuses.
        triggers: a list of triggers.
        cycles: the cycles that the triggers name.
        find: `find_problems`, or a function of your app that finds more.
    """
    before = [problem.message for problem in find(statuses)]
    case("there are messages", before)
    assert before == [it.message for it in find([_renamed(status) for status in statuses])]
    others = [evolve(it, statuses=tuple(map(_renamed, it))) for it in cycles]
    named = [
        evolve(it, key=f"{_OTHER}{it.key[:32]}", when=_renamed_when(it.when)) for it in triggers
    ]
    said = [problem.message for problem in find_trigger_problems(triggers, cycles)]
    assert said == [problem.message for problem in find_trigger_problems(named, others)]


_OTHER: Final = "X."


def _renamed(status: Status) -> Status:
    return evolve(status, key=_other(status.key))


def _other(key: str) -> str:
    # As many keys as before, and none too long.
    return f"{_OTHER}{key}" if len(key) <= 64 - len(_OTHER) else key.swapcase()[::-1]


def _renamed_when(when: Any) -> Any:  # noqa: ANN401 - any occasion
    status = getattr(when, "status", None)
    return when if status is None else evolve(when, status=_other(status))


def _rows(cycle: StatusCycle) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = status_rows(cycle)["rows"]
    return rows


def _edited(cycle: StatusCycle, rows: StatusRows) -> tuple[Status, ...]:
    return cycle.edited(rows).statuses


def _row_of(cycle: StatusCycle, key: str) -> dict[str, Any]:
    return next(row for row in _rows(cycle) if row["key"] == key)


def _left_out(row: dict[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != field}


def _outcome(edit: Callable[[], tuple[Status, ...]]) -> tuple[Status, ...] | frozenset[str]:
    """The statuses after an edit, or the codes of its errors."""
    try:
        return edit()
    except InvalidCycleError as error:
        return frozenset(it.code for it in error.problems if it.severity == "error")


def _key_of(row: object) -> object:
    """The key of a row; an empty text if it has none that can be read."""
    try:
        key = _value_of(row, "key")
    except Exception:  # noqa: BLE001 - a mapping may fail in any way
        return ""
    return key if isinstance(key, str) else ""


def _value_of(row: object, field: str) -> object:
    if isinstance(row, Mapping):
        return cast("Mapping[str, object]", row).get(field)
    return getattr(row, field, "")


def _is_ticked(row: Any, flag: str) -> bool:  # noqa: ANN401 - a status or a row
    value = _value_of(row, flag)
    return value is True or (isinstance(value, str) and value.strip().lower() in _TICKED)


_TICKED: Final = {"on", "true", "yes", "1"}
