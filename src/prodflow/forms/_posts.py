"""What a browser posts for a grid, as rows.

Theory of operation.

1. The name of an input says the row and the field: `triggers.0.when.status`. Rows have the sequence
   in which the browser posts them.
2. A browser posts no box that isn't ticked, and no list without a line that is selected. So a
   missing flag is False, and a missing list of a page is empty.
3. A page of `page` has a hidden field that says for which kind of occasion or action it has fields.
   If the user has chosen another kind, flags that only the new kind has weren't on the page, so
   they're left out and get their defaults. What only the old kind has is dropped.
4. Blank rows are dropped. Then the button that was pressed moves or deletes its row.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from prodflow import _checks as checks
from prodflow._posted import has_no_text
from prodflow.forms._conditions import BOXES, SHOWN, posted_condition
from prodflow.forms._rows import Column

PARTS: Final = ("when", "action")
"""The objects in a row that have a kind."""
VERBS: Final = ("up", "down", "delete")
"""What the buttons of a row do."""

Posted = dict[str, list[object]]
"""The values that were posted for a row, by field."""

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_PAIR: Final = 2


def posted_rows(
    form: Mapping[str, object] | Iterable[tuple[str, object]], grid: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The rows of a grid, from what a browser posts.

    The name of an input is the name of the grid, a number for the row, and the field of the column,
    such as `statuses.0.description`. Rows come in the sequence in which the browser posts them, so
    the numbers needn't follow one another. Other names are passed over.

    A group of radio buttons can mark the initial and the final status: it has a name without a
    number, such as `statuses.initial`, and its value is the number of the row. A button whose name
    ends in `up`, `down` or `delete`, such as `statuses.2.up`, moves or deletes its row.

    Args:
        form: what was posted, as pairs of names and values, or as a mapping. A value can be a list
            of values. If a name has several values, a field of the kind "choices" gets all of them,
            and any other field gets the last one.
        grid: what `status_rows` or `trigger_rows` gave for the page. A box that isn't ticked isn't
            posted, so in each row the flags of these columns that are missing become False.

    Returns:
        The rows, without those in which nothing is filled in or chosen, whatever is ticked: they're
        the blank rows for new statuses or triggers.

    Source:
        Decision D2.

    Example:
        >>> from prodflow.forms import status_rows
        >>> from prodflow.samples import PRINTS
        >>> form = {"statuses.0.description": "Ordered", "statuses.initial": "0"}
        >>> (row,) = posted_rows(form, status_rows(PRINTS.cycle))
        >>> row["description"], row["initial"], row["final"]
        ('Ordered', 'on', False)
    """
    name, columns = checked_grid(grid)
    posted: dict[str, Posted] = {}
    marks: dict[str, object] = {}
    pressed: list[tuple[str, str]] = []
    for input_name, value in pairs_in(form):
        begin, number, field = [*input_name.split(".", 2), "", ""][:3]
        if begin != name:
            continue
        if number in columns and columns[number]["single"] and not field:
            marks[number] = value
        elif field in VERBS:
            pressed.append((number, field))
        elif field and _NUMBER.fullmatch(number):
            posted.setdefault(number, {}).setdefault(field, []).append(_lines(value))
    for field, marked in marks.items():
        if isinstance(marked, str) and marked in posted:
            posted[marked].setdefault(field, []).append("on")
    numbers = [number for number, values in posted.items() if not _is_blank(values, columns)]
    rows = {number: _row(posted[number], columns) for number in numbers}
    for number, verb in pressed:
        _rearrange(numbers, number, verb)
    return [rows[number] for number in numbers]


def _lines(value: object) -> object:
    """A text with the ends of lines that Python has; a browser posts those of the web."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _rearrange(numbers: list[str], number: str, verb: str) -> None:
    """Carry out a button."""
    if number not in numbers:
        return
    place = numbers.index(number)
    numbers.remove(number)
    if verb != "delete":
        numbers.insert(max(0, place + (1 if verb == "down" else -1)), number)


def _is_blank(posted: Posted, columns: Mapping[str, Column]) -> bool:
    """Whether nothing is filled in or chosen, whatever is ticked."""
    return all(
        has_no_text(values[-1])
        for field, values in posted.items()
        if field not in _UNTYPED and not (field in columns and columns[field]["kind"] == "flag")
    )


_UNTYPED: Final = frozenset({*(f"{part}.{SHOWN}" for part in (*PARTS, "condition")), *BOXES})


def _row(posted: Posted, columns: Mapping[str, Column]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    shown = {
        part: posted.pop(f"{part}.{SHOWN}")[-1] for part in PARTS if f"{part}.{SHOWN}" in posted
    }
    begin = "condition."
    if f"{begin}{SHOWN}" in posted and "condition" in columns:
        parts = {
            field.removeprefix(begin): posted.pop(field)
            for field in [*posted]
            if field.startswith(begin)
        }
        values["condition"] = posted_condition(parts)
    for field, given in posted.items():
        kind = columns[field]["kind"] if field in columns else None
        several = len(given) > 1 and kind in {"choices", None}
        _put(values, field, given if several else given[-1])
    for field, column in columns.items():
        part, _, name = field.partition(".")
        kinds = column["kinds"]
        if kinds is not None and _kind(values.get(part)) not in kinds:
            if part in shown and field in posted and isinstance(values[part], dict):
                values[part].pop(name, None)
        elif field not in posted and (kinds is None or shown.get(part, kinds[0]) in kinds):
            if column["kind"] == "flag":
                _put(values, field, value=False)
            elif column["kind"] == "choices" and part in shown:
                _put(values, field, "")
    return values


def _put(values: dict[str, Any], field: str, value: object) -> None:
    # At most three names: the name of a fact or of an item of a payload may have dots.
    *parents, last = field.split(".", 2)
    for parent in parents:
        if not isinstance(values.get(parent), dict):
            values[parent] = {}
        values = values[parent]
    values[last] = value


def _kind(part: object) -> object:
    """The kind of occasion or action that was chosen."""
    return cast("dict[str, object]", part).get("kind") if isinstance(part, dict) else None


def checked_grid(grid: Mapping[str, Any]) -> tuple[str, dict[str, Column]]:
    """The name of a grid, and its columns by field.

    Raises:
        TypeError: if it's something else.
    """
    try:
        columns = {column["field"]: column for column in grid["columns"]}
        if grid["name"] in _NAMES and all({*column} >= _ITEMS for column in columns.values()):
            return grid["name"], columns
    except (LookupError, TypeError, AttributeError):
        pass
    expected = "what status_rows or trigger_rows gave"
    raise TypeError(f"grid must be {expected}, not {checks.shown(grid)}")


_NAMES: Final = ("statuses", "triggers")
_ITEMS: Final = {"title", "kind", "kinds", "required", "choices", "default", "single"}


def pairs_in(
    form: Mapping[str, object] | Iterable[tuple[str, object]],
) -> Iterator[tuple[str, object]]:
    """The pairs of a form whose names are texts, with one value each."""
    # To a type checker, an iterable of pairs may be a mapping with pairs as its keys.
    given = (
        cast("Mapping[str, object]", form).items()
        if isinstance(form, Mapping)
        else checks.items("form", form, "pairs of names and values")
    )
    for pair in given:
        if not isinstance(pair, tuple) or len(pair) != _PAIR:
            expected = "an iterable of pairs of names and values"
            raise TypeError(f"form must be {expected}, not hold {checks.shown(pair)}")
        name, value = pair
        values = cast("list[object]", value) if isinstance(value, list) else [value]
        if isinstance(name, str):
            yield from ((name, each) for each in values)
