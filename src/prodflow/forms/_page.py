"""The page of a grid: rows of fields for a template, with the problems that stand in them.

Theory of operation. A grid says which columns there are. A page says, for each row, which fields it
has now: a trigger has only the fields of its kinds of occasion and action. A row is shown as it is,
whatever somebody has typed into it.

What must stay true: what a browser posts from an untouched page reads as the same rows. So a value
that isn't in a list becomes a line of the list, and a hidden field says for which kinds of occasion
and action the page has fields (see `prodflow.forms._posts`).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from attrs import asdict

from prodflow import _checks as checks
from prodflow._messages import Message, joined, text
from prodflow._posted import choices as words_in
from prodflow._posted import data, flag, pairs_of
from prodflow._statuses import shortened
from prodflow._trigger_rows import to_row
from prodflow._words import AnyWords, words_of
from prodflow.cycle import Status
from prodflow.errors import CycleProblem, TriggerProblem
from prodflow.forms._cells import Cell, Lines, as_text, cell, choice_lines
from prodflow.forms._conditions import SHOWN, condition_cells
from prodflow.forms._lists import line_of
from prodflow.forms._posts import PARTS, VERBS, checked_grid
from prodflow.forms._rows import Column
from prodflow.forms._shown import ON
from prodflow.forms._window import in_words
from prodflow.triggers import Trigger

Data = dict[str, Any]
Problem = CycleProblem | TriggerProblem

_NEW: Final[Mapping[str, Message]] = {
    "statuses": text("New status"),
    "triggers": text("New trigger"),
}
_BUTTONS: Final[Mapping[str, tuple[Message, Message]]] = {
    "up": (text("Up"), text("Move {name} up")),
    "down": (text("Down"), text("Move {name} down")),
    "delete": (text("Delete"), text("Delete {name}")),
}
_ANY: Final[Mapping[str, Message]] = {
    "entering": text("Any status"),
    "leaving": text("Any status"),
    "completing": text("Any standard status"),
    "days-in-status": text("Any open status"),
    "days-from-due": text("Any open status"),
}
"""What an empty status means, by the kind of occasion (decision D25)."""
_CHOOSE: Final = text("choose")
_NONE: Final = text("None of them")
_EMPTY_LIST: Final = "[]"


def page(
    grid: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]] | None = None,
    problems: Iterable[CycleProblem | TriggerProblem] = (),
    *,
    blank: int = 1,
    words: AnyWords | None = None,
) -> dict[str, Any]:
    """The page of a grid as plain data, for the template of a web page.

    Args:
        grid: what `status_rows` or `trigger_rows` gave.
        rows: the rows as they are now: what `posted_rows` gave for a form that isn't saved yet.
            With None, the rows of the grid.
        problems: what is wrong with these rows: the `problems` of the error that `edited` or
            `read_triggers` raised.
        blank: how many blank rows for new statuses or triggers come at the end. A blank row shows
            the default values. If nothing is filled in, `posted_rows` leaves it out.
        words: your words for the texts, as for `say`. Pass them to `status_rows` or `trigger_rows`
            too. With None, texts are messages, which you can still pass to `say`.

    Returns:
        A dict with these items:

        - `name`: the name of the grid.
        - `rows`: the rows.
        - `problems`: the problems that have no field on the page, errors first.

        A row is a dict with these items:

        - `number`: the number of the row, from 0.
        - `title`: the description of the status or trigger, for a legend.
        - `is_new`: whether it's a blank row.
        - `fields`: its fields. A trigger has the fields of its kinds of occasion and action.
        - `buttons`: its buttons: dicts with `name`, `title`, `label` and `is_disabled`. `label`
          says which row the button is for. `posted_rows` carries out the button that was pressed.

        A field is a dict with the items that a field of `window` has, and `field`: the path of the
        field in the row, such as `when.status`. Its `kind` is one of these:

        - "hidden": the user doesn't see it,
        - "text", "number", "colour" or "note": a line of text, or several lines for a "note",
        - "flag": a checkbox, which posts "on",
        - "radio": a radio button that posts the text of its only choice; it has the same `name` in
          each row, since only one row can have it,
        - "choice" or "choices": a list to choose one line or several lines from.

        A list of the kind "choices" has the selected lines first, in their sequence.

        A problem is a dict with `code`, `message`, `field`, `index` and `severity`.

    Source:
        Decisions D2 and D30.

    Example:
        >>> from prodflow.forms import status_rows
        >>> from prodflow.samples import PRINTS
        >>> first, *_ = page(status_rows(PRINTS.cycle))["rows"]
        >>> first["title"], [field["name"] for field in first["fields"]][:2]
        ('Ordered', ['statuses.0.key', 'statuses.0.description'])
    """
    name, columns = checked_grid(grid)
    given = grid["rows"] if rows is None else checks.items("rows", rows, "rows")
    shown = [_fields_of(row) for row in given]
    wrong = checks.items("problems", problems, "problems")
    for problem in wrong:
        if not isinstance(problem, Problem):
            expected = "an iterable of CycleProblem or TriggerProblem"
            raise TypeError(f"problems must be {expected}, not hold {checks.shown(problem)}")
    blanks: list[Data] = [{} for _ in range(checks.whole("blank", blank, 0, 100))]
    known = words_of(words)
    parts = [
        _Row(name, number, row, columns, is_new=number >= len(shown)).data(len(shown))
        for number, row in enumerate([*shown, *blanks])
    ]
    _one_radio(parts)
    apart = _placed(parts, wrong)
    made = {"name": name, "rows": parts, "problems": apart}
    return made if words is None else in_words(made, known)


def _fields_of(row: object) -> Data:
    """The fields of a row, whatever it is."""
    try:
        match row:
            case Status():
                return asdict(row)
            case Trigger():
                return to_row(row)
            case _:
                return pairs_of(cast("Mapping[Any, object]", row))
    except Exception:  # noqa: BLE001 - a host's mapping may fail in any way
        return {}


def _part(row: Data, name: str) -> Data:
    """An object in a row, such as its occasion; empty if it's something else."""
    try:
        return pairs_of(cast("Mapping[Any, object]", data(row.get(name))))
    except Exception:  # noqa: BLE001 - a host's mapping may fail in any way
        return {}


def _placed(rows: list[Data], problems: Iterable[Problem]) -> list[Data]:
    """Put each problem into its field; those that have none are left."""
    fields = {
        (row["number"], field["field"]): field
        for row in rows
        for field in row["fields"]
        if field["kind"] != "hidden"
    }
    apart: list[Data] = []
    for problem in sorted(problems, key=lambda it: _severity(it) != "error"):
        field = fields.get((problem.index, problem.field))
        found = apart if field is None else field["problems"]
        found.append(
            {
                "code": problem.code,
                "message": problem.message,
                "field": problem.field,
                "index": problem.index,
                "severity": _severity(problem),
            }
        )
    return apart


def _severity(problem: Problem) -> str:
    return problem.severity if isinstance(problem, CycleProblem) else "error"


def _one_radio(rows: list[Data]) -> None:
    """Of each group of radio buttons, leave only the last one selected, as a browser does."""
    seen: set[str] = set()
    for row in reversed(rows):
        for field in row["fields"]:
            if field["kind"] == "radio" and field["text"]:
                if field["name"] in seen:
                    field["text"] = ""
                    field["choices"][0]["is_selected"] = False
                seen.add(field["name"])


class _Row:
    """A row of a page, while it's put together."""

    def __init__(
        self,
        grid: str,
        number: int,
        row: Data,
        columns: Mapping[str, Column],
        *,
        is_new: bool,
    ) -> None:
        self._grid = grid
        self._number = number
        self._row = row
        self._columns = columns
        self._is_new = is_new
        self._parts = {name: _part(row, name) for name in PARTS}
        for part in self._parts.values():
            if not isinstance(part.get("kind"), str):
                part["kind"] = None

    def data(self, count: int) -> Data:
        """The row; *count* is the number of rows that aren't blank."""
        title = self._title()
        return {
            "number": self._number,
            "title": title,
            "is_new": self._is_new,
            "fields": [*self._fields()],
            "buttons": [] if self._is_new else self._buttons(title, count),
        }

    def _title(self) -> str:
        named = " ".join(as_text(self._row.get("description")).split())
        if named:
            return shortened(named)
        if self._is_new:
            return _NEW[self._grid]
        return text("line {line}", line=self._number + 1)

    def _buttons(self, title: str, count: int) -> list[Data]:
        edges = {"up": 0, "down": count - 1}
        return [
            {
                "name": f"{self._grid}.{self._number}.{verb}",
                "title": _BUTTONS[verb][0],
                "label": _BUTTONS[verb][1].with_fields(name=title),
                "is_disabled": self._number == edges.get(verb),
            }
            for verb in VERBS
        ]

    def _fields(self) -> Iterator[Cell]:
        for path, column in self._columns.items():
            part = path.partition(".")[0]
            if column["kinds"] is not None and self._kind(part) not in column["kinds"]:
                continue
            name = f"{self._grid}.{self._number}.{path}"
            if path == "condition":
                types: Any = self._columns.get("order_types", {})
                yield from condition_cells(
                    self._row.get("condition"), name, types.get("choices") or []
                )
                continue
            if path == f"{part}.kind" and part in PARTS:
                hidden = f"{part}.{SHOWN}"
                kind = as_text(self._kind(part))
                yield cell(f"{self._grid}.{self._number}.{hidden}", hidden, "", "hidden", kind)
            field = self._field(name, path, column)
            field["is_required"] = column["required"] and not self._is_new
            field["is_given"] = field["is_given"] and not self._is_new
            yield field

    def _kind(self, part: str) -> str | None:
        """The kind of occasion or action that was chosen."""
        return cast("str | None", self._parts[part]["kind"])

    def _value(self, path: str, column: Column) -> object:
        part, _, name = path.rpartition(".")
        inner = self._parts.get(part, {}) if part else self._row
        return inner.get(name, column["default"])

    def _field(self, name: str, path: str, column: Column) -> Cell:
        title, kind = column["title"], column["kind"]
        value = self._value(path, column)
        written = as_text(value)
        lines: Lines = []
        content: str | Lines = written
        match kind:
            case "key" if path == "key":
                kind = "hidden"
            case "flag":
                content = ON if flag(value) is True else ""
                if column["single"]:
                    kind, name = "radio", f"{self._grid}.{path}"
                    lines = [line_of(str(self._number), title)]
                    content = content and str(self._number)
            case "choice":
                lines = self._lines(path, column, written)
            case "choices":
                content = _several(column, value)
            case _ if kind == "data" or "\n" in written or "\r" in written:
                kind = "note"  # a line of text would lose the newlines
            case "number" | "colour":
                pass
            case _:
                kind = "text"
        return cell(name, path, title, kind, content, lines=lines)

    def _lines(self, path: str, column: Column, written: str) -> Lines:
        part, _, field = path.rpartition(".")
        lines: dict[str, str] = {}
        if field == "status":
            lines[""] = _ANY.get(self._kind(part) or "", _CHOOSE)
        elif not written or not column["required"]:
            lines[""] = _CHOOSE
        types = self._types()
        titles: dict[str, dict[str, None]] = {}  # several lists may have one key
        for choice in column["choices"]:
            order_type = choice.get("order_type")
            if not types or order_type in {None, *types} or choice["value"] == written:
                titles.setdefault(choice["value"], {})[choice["title"]] = None
        lines |= {value: joined(names) for value, names in titles.items()}
        lines.setdefault(written, written)
        return [line_of(value, title) for value, title in lines.items()]

    def _types(self) -> set[str]:
        """The order types that the user has chosen for the trigger."""
        return {*_words(self._row.get("order_types"))}


def _words(value: object) -> list[str]:
    """The words of a list as texts."""
    found = words_in(value)
    if isinstance(found, list | tuple):
        return [as_text(it) for it in cast("list[object]", found)]
    return [word for word in [as_text(found)] if word]


def _several(column: Column, value: object) -> Lines:
    chosen = _words(value)
    if not chosen and isinstance(value, list) and column["default"] is None:
        # Nothing chosen would come back as None, which means all of them.
        choices = [{"value": _EMPTY_LIST, "title": _NONE}, *column["choices"]]
        return choice_lines(choices, [_EMPTY_LIST])
    return choice_lines(column["choices"], chosen)
