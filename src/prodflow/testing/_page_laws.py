"""What holds for the pages of grids, and for what browsers post for them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from prodflow import (
    CycleProblem,
    StatusCycle,
    Trigger,
    TriggerProblem,
    find_problems,
    find_trigger_problems,
)
from prodflow.forms import page as _page
from prodflow.forms import posted_rows, read_triggers, status_rows, trigger_rows
from prodflow.testing._browser import posted_page
from prodflow.testing._cases import case

Data = dict[str, Any]
MakePage = Callable[..., Data]
ReadPage = Callable[..., list[Data]]


def an_untouched_page_changes_nothing(
    cycle: StatusCycle,
    triggers: Sequence[Trigger] = (),
    *,
    page: MakePage = _page,
    posted: ReadPage = posted_rows,
) -> None:
    """The page of a list that comes back untouched gives the same list (D2, D30).

    Args:
        cycle: a cycle.
        triggers: triggers whose conditions are data.
        page: `page`, or a function of your app.
        posted: `posted_rows`, or a function of your app.
    """
    grid = status_rows(cycle)
    rows = posted(posted_page(page(grid)), grid)
    assert cycle.edited(rows) is cycle
    case("there are triggers", triggers)
    case("a trigger has a condition", any(trigger.condition for trigger in triggers))
    for cycles in ([], [cycle]):
        grid = trigger_rows(triggers, cycles)
        assert read_triggers(posted(posted_page(page(grid)), grid)) == tuple(triggers)


def a_field_of_a_page_changes_alone(
    cycle: StatusCycle,
    triggers: Sequence[Trigger],
    number: int,
    typed: str,
    *,
    page: MakePage = _page,
    posted: ReadPage = posted_rows,
) -> None:
    """What a user changes in one field of a page changes this field only, and stays on the page.

    Another kind of occasion or action has other fields. If a status becomes the initial one,
    another one isn't any more. Nothing that is ticked makes a new row out of a blank one.

    Args:
        cycle: a cycle.
        triggers: triggers whose conditions are data.
        number: the row to change, from 0 or, if negative, from the end. The last one is a blank
            row. A list with fewer rows is counted round.
        typed: a text to put into each field.
        page: `page`, or a function of your app.
        posted: `posted_rows`, or a function of your app.
    """
    for grid in (status_rows(cycle), trigger_rows(triggers, [cycle])):
        shown = page(grid)
        before = posted(posted_page(shown), grid)
        row: Data = shown["rows"][number % len(shown["rows"])]
        index: int = row["number"]
        case("a blank row is filled in", row["is_new"])
        for field in row["fields"]:
            for content in _changes(field, typed):
                form = posted_page(shown, {(index, field["field"]): content})
                after = posted(form, grid)
                again = page(grid, after)
                _check_one_change(before, after, row, field)
                if len(after) > index:
                    _check_what_stays(form, field, again)
                    _check_kinds(after[index], row, again)


def _changes(field: Data, typed: str) -> Iterator[Any]:
    """What a user may put into a field instead of what it has."""
    lines = [line["text"] for line in field["choices"]]
    match field["kind"]:
        case "hidden":
            return
        case "flag":
            yield not field["text"]
        case "radio":
            if not field["text"]:
                yield True
        case "choice":
            yield from [line for line in lines if line != field["text"]][:2]
        case "choices":
            selected = [line["text"] for line in field["choices"] if line["is_selected"]]
            yield [line for line in lines if line not in selected][:1]
            yield []
        case _:
            yield "" if field["text"] == typed else typed


def _check_one_change(before: list[Data], after: list[Data], row: Data, field: Data) -> None:
    number, path = row["number"], field["field"]
    if row["is_new"]:
        is_ticked = field["kind"] in {"flag", "radio"}
        assert is_ticked or len(after) in {len(before), len(before) + 1}
        assert not is_ticked or len(after) == len(before)
    else:
        assert len(after) == len(before)
    part = path.removesuffix("-none")
    for index, (one, other) in enumerate(zip(before, after, strict=False)):
        differing = {
            name
            for name in {**_leaves(one), **_leaves(other)}
            if _leaves(one).get(name, "") != _leaves(other).get(name, "")
        }
        if index == number and path in {"when.kind", "action.kind"}:
            assert all(name.startswith(path.removesuffix("kind")) for name in differing)
        elif index == number or field["kind"] == "radio":
            assert differing <= {part}
        else:
            assert not differing


def _check_what_stays(form: list[tuple[str, str]], field: Data, again: Data) -> None:
    """What a user has typed is on the next page; names and facts may be written in another way."""
    name = field["name"]
    if field["kind"] != "note":
        now = posted_page(again)
        assert [it for it in form if it[0] == name] == [it for it in now if it[0] == name]


def _check_kinds(row: Data, shown: Data, again: Data) -> None:
    """An occasion or an action has only fields that both pages have, this one and the next one."""
    next_row = again["rows"][shown["number"]]
    both = {it["field"] for it in shown["fields"]} & {it["field"] for it in next_row["fields"]}
    assert both >= {name for name in _leaves(row) if name.startswith(("when.", "action."))}


def _leaves(row: Mapping[str, Any]) -> Data:
    """The values of a row by their paths."""
    leaves: Data = {}
    for name, value in row.items():
        if name in {"when", "action", "condition"} and isinstance(value, dict):
            leaves |= {f"{name}.{inner}": it for inner, it in cast("Data", value).items()}
        else:
            leaves[name] = value if value is not None else ""
    return leaves


def buttons_move_one_row(
    cycle: StatusCycle, *, page: MakePage = _page, posted: ReadPage = posted_rows
) -> None:
    """A button of a page moves its row by one place, or deletes it; at the ends, nothing moves.

    So Up and then Down is nothing.

    Args:
        cycle: a cycle.
        page: `page`, or a function of your app.
        posted: `posted_rows`, or a function of your app.
    """
    grid = status_rows(cycle)
    rows: Sequence[Any] = posted(posted_page(page(grid)), grid)
    last = len(rows) - 1
    case("a row can move both ways", last > 1)
    for index, row in enumerate(rows):
        others = [*rows[:index], *rows[index + 1 :]]
        for verb, place in (("up", max(index - 1, 0)), ("down", index + 1), ("delete", None)):
            expected = list(others)
            if place is not None:
                expected.insert(place, row)
            pressed = f"statuses.{index}.{verb}"
            moved = posted(posted_page(page(grid, rows), pressed=pressed), grid)
            assert moved == expected
            if verb == "up" and index > 0:
                back = posted_page(page(grid, moved), pressed=f"statuses.{index - 1}.down")
                assert posted(back, grid) == rows
    for index, row in enumerate(page(grid)["rows"][: last + 1]):
        dimmed = [button["name"] for button in row["buttons"] if button["is_disabled"]]
        ends = {"up": index == 0, "down": index == last}
        assert dimmed == [f"statuses.{index}.{verb}" for verb, is_end in ends.items() if is_end]


def a_page_shows_every_problem_once(
    rows: Sequence[Mapping[str, Any]],
    rows_of_triggers: Sequence[Mapping[str, Any]],
    cycle: StatusCycle,
    *,
    page: MakePage = _page,
) -> None:
    """A page shows each problem at one place: in its field if the page has it, or above (D2, D30).

    Args:
        rows: rows of statuses, whatever they hold.
        rows_of_triggers: rows of triggers, whatever they hold.
        cycle: the cycle whose statuses the triggers name.
        page: `page`, or a function of your app.
    """
    found: Iterable[CycleProblem | TriggerProblem] = find_problems(rows)
    _check_problems(page(status_rows(cycle), rows, found), [*found])
    found = find_trigger_problems(rows_of_triggers, [cycle])
    _check_problems(page(trigger_rows([], [cycle]), rows_of_triggers, found), [*found])


def _check_problems(shown: Data, problems: Sequence[CycleProblem | TriggerProblem]) -> None:
    json.dumps(shown)
    case("a page has problems", problems)
    places: list[tuple[Any, ...]] = []
    fields: set[tuple[int, str]] = set()
    for row in shown["rows"]:
        for field in row["fields"]:
            place = (row["number"], field["field"])
            if field["kind"] != "hidden":
                assert place not in fields
                fields.add(place)
            places += [(*place, it["code"], it["message"]) for it in field["problems"]]
    placed = [(it.index, it.field) in fields for it in problems]
    case("a problem has a field on the page", any(placed))
    expected = [(it.index, it.field, it.code, it.message) for it in problems]
    inside = [it for it, has_field in zip(expected, placed, strict=True) if has_field]
    apart = [it for it, has_field in zip(expected, placed, strict=True) if not has_field]
    above = [(it["index"], it["field"], it["code"], it["message"]) for it in shown["problems"]]
    assert sorted(places, key=repr) == sorted(inside, key=repr)
    assert sorted(above, key=repr) == sorted(apart, key=repr)
    severities = [it["severity"] for it in shown["problems"]]
    assert severities == sorted(severities)


def whatever_is_posted_gives_a_page(
    cycle: StatusCycle,
    triggers: Sequence[Trigger],
    form: Iterable[tuple[str, Any]],
    *,
    page: MakePage = _page,
    posted: ReadPage = posted_rows,
) -> None:
    """Any posted form gives rows and a page, and a page of texts that comes back is the same page.

    Fields that a page doesn't have may be problems, but it can't show them.

    Args:
        cycle: a cycle.
        triggers: triggers whose conditions are data.
        form: what was posted, as pairs of names and values.
        page: `page`, or a function of your app.
        posted: `posted_rows`, or a function of your app.
    """
    pairs = list(form)
    for grid in (status_rows(cycle), trigger_rows(triggers, [cycle])):
        rows = posted(pairs, grid)
        case("something is posted for rows", rows)
        problems: Sequence[Any] = (
            find_problems(rows)
            if grid["name"] == "statuses"
            else find_trigger_problems(rows, [cycle])
        )
        shown = page(grid, rows, problems)
        _check_problems(shown, problems)
        paths = {field["field"] for row in shown["rows"] for field in row["fields"]}
        is_known = all(name.split(".", 2)[-1] in paths for name, _ in pairs if _is_of(name, grid))
        case("the page comes back", is_known)
        if is_known and all(isinstance(value, str) for _, value in pairs):
            again = page(grid, posted(posted_page(shown), grid))
            assert [*_contents(again)] == [*_contents(shown)]


def _is_of(name: str, grid: Data) -> bool:
    """Whether an input is a field of a row of a grid."""
    return name.startswith(f"{grid['name']}.") and not name.endswith((".up", ".down", ".delete"))


def _contents(shown: Data) -> Iterator[tuple[Any, ...]]:
    for row in shown["rows"]:
        for field in row["fields"]:
            lines = [line["text"] for line in field["choices"] if line["is_selected"]]
            yield (field["name"], field["kind"], field["text"], lines)
