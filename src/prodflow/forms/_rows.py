"""Grids: lists of statuses and triggers for screens that edit them.

Theory of operation. A grid is a dictionary with a name, columns and rows. A row is what
`StatusCycle.edited` or `read_triggers` takes, so a row that is posted back untouched gives the same
status or trigger. A column has the path of its field in a row, such as `when.status`; the problems
of a list name their field by the same path. In a page, the name of an input is the name of the
grid, a number for the row, and the path, with dots between them: `triggers.0.when.status`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from attrs import asdict

from prodflow import _checks as checks
from prodflow._messages import Message, text
from prodflow._names import type_name
from prodflow._posted import Posted
from prodflow._statuses import FIELDS as STATUS_FIELDS
from prodflow._trigger_rows import ACTIONS, FIELDS, PARTS, TITLES, WHEN, to_row
from prodflow._words import AnyWords, Words, said, words_of
from prodflow.cycle import StatusCycle
from prodflow.order import Move
from prodflow.triggers import Trigger

Grid = dict[str, Any]
Column = dict[str, Any]
Choices = list[dict[str, Any]]

_KINDS: Final[Mapping[str, Message]] = {
    "opening": text("An order is opened"),
    "entering": text("An order enters a status"),
    "leaving": text("An order leaves a status"),
    "completing": text("An order completes a status"),
    "days-in-status": text("Days after entering a status"),
    "days-from-due": text("Days before or after the due date"),
    "days-from-delivery": text("Days before or after the delivery date"),
    "create-task": text("Create a task"),
    "send-message": text("Send a message"),
    "custom-action": text("Another action"),
}
MOVES: Final[Mapping[Move, Message]] = {
    Move.NEXT: text("To the next status"),
    Move.SKIP: text("To a later status"),
    Move.BACK: text("Back to an earlier status"),
    Move.ASIDE: text("Aside, such as to a hold"),
    Move.RESUME: text("Back from aside"),
    Move.REOPEN: text("Reopened"),
}
_CHANNELS: Final[Mapping[str, Message]] = {
    "email": text("E-mail"),
    "sms": text("SMS"),
    "call": text("Call"),
    "letter": text("Letter"),
    "web_form": text("Web form"),
}


def status_rows(cycle: StatusCycle, *, words: AnyWords | None = None) -> Grid:
    """A list of statuses as a grid for editing.

    Args:
        cycle: the version that the user edits.
        words: your words for the titles. With None, titles are English, and `say` can give them in
            your words later.

    Returns:
        A dictionary with `name`, "statuses"; `order_type` and `version` of the cycle; `columns`
        and `rows`. A row has a value for each field of `Status`. A column has:

        - `field`: the field that it shows,
        - `title`: what people read above it,
        - `kind`: "key", "text", "number", "colour" or "flag",
        - `required`: whether the field must be filled in.

        Users don't see keys, so a page posts the column `key` without showing it.

    Source:
        Decisions D1 and D2.

    Example:
        >>> from prodflow.samples import PRINTS
        >>> grid = status_rows(PRINTS.cycle)
        >>> PRINTS.cycle.edited(grid["rows"]) == PRINTS.cycle
        True
    """
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    columns = [_column(it, it.name, required=it.name == "description") for it in STATUS_FIELDS]
    return {
        "name": "statuses",
        "order_type": cycle.order_type,
        "version": cycle.version,
        "columns": _in_words(columns, words),
        "rows": [asdict(status) for status in cycle],
    }


def trigger_rows(
    triggers: Iterable[Trigger],
    cycles: Iterable[StatusCycle] = (),
    *,
    words: AnyWords | None = None,
) -> Grid:
    """A list of triggers as a grid for editing.

    Args:
        triggers: the triggers. Their conditions are `Where` or None.
        cycles: the cycles of your app. Their statuses and order types are the choices of the grid;
            of each order type the newest version counts.
        words: your words for the titles, as for `status_rows`.

    Returns:
        A dictionary with `name`, "triggers"; `columns` and `rows`. A row has the data that
        `codec.dump` gives for a trigger. A column has what `status_rows` explains, and:

        - `kind` can also be "choice" for one of the `choices`, "choices" for a list of them, or
          "data" for an object,
        - `choices`: a list of `value` and `title`, or None. The choices of a status also have
          their `order_type`,
        - `kinds`: the kinds of occasion or action that have this field, or None for all.

    Raises:
        ValueError: if a condition is code, which a form can't hold.

    Source:
        Decision D30.

    Example:
        >>> from prodflow.samples import PRINTS
        >>> from prodflow.forms import read_triggers
        >>> grid = trigger_rows(PRINTS.triggers, [PRINTS.cycle])
        >>> read_triggers(grid["rows"]) == PRINTS.triggers
        True
    """
    shown = checks.instances("triggers", triggers, Trigger, "Trigger")
    newest: dict[str, StatusCycle] = {}
    for cycle in checks.instances("cycles", cycles, StatusCycle, "StatusCycle"):
        known = newest.setdefault(cycle.order_type, cycle)
        newest[cycle.order_type] = max(known, cycle, key=lambda it: it.version)
    return {
        "name": "triggers",
        "columns": _in_words(_trigger_columns([newest[key] for key in sorted(newest)]), words),
        "rows": [to_row(trigger) for trigger in shown],
    }


def _in_words(columns: Iterable[Column], words: AnyWords | None) -> list[Column]:
    """The columns with titles in the host's words; descriptions stay as they are."""
    known = words_of(words)
    if words is None:
        return [*columns]
    said_columns: list[Column] = []
    for column in columns:
        choices = column["choices"]
        if choices is not None:
            choices = [choice | {"title": _title(choice["title"], known)} for choice in choices]
        title = _title(column["title"], known)
        said_columns.append(column | {"title": title, "choices": choices})
    return said_columns


def _title(title: str, words: Words) -> str:
    return said(title, words) if isinstance(title, Message) else title


def _column(
    posted: Posted,
    field: str,
    *,
    required: bool = False,
    choices: Choices | None = None,
    kinds: Sequence[str] | None = None,
) -> Column:
    kind: str = posted.kind
    if choices is not None and kind != "choices":
        kind = "choice"
    column = _plain_column(field, posted.title, kind, required=required, choices=choices)
    return column | {"kinds": None if kinds is None else [*kinds]}


def _plain_column(
    field: str, title: Message, kind: str, *, required: bool = False, choices: Choices | None = None
) -> Column:
    return {
        "field": field,
        "title": title,
        "kind": kind,
        "required": required,
        "choices": choices,
        "kinds": None,
    }


def _listed(titles: Iterable[tuple[str, str]]) -> Choices:
    return [{"value": value, "title": title} for value, title in titles]


def _trigger_columns(cycles: Sequence[StatusCycle]) -> Iterator[Column]:
    statuses = [
        {"value": status.key, "title": status.description, "order_type": cycle.order_type}
        for cycle in cycles
        for status in cycle
    ]
    types = _listed((cycle.order_type, type_name(cycle)) for cycle in cycles)
    moves = _listed((str(move), title) for move, title in MOVES.items())
    choices = {"status": statuses, "moves": moves, "channels": _listed(_CHANNELS.items())}
    yield _column(FIELDS["key"], "key")
    yield _column(FIELDS["description"], "description")
    yield _column(FIELDS["enabled"], "enabled")
    yield _column(FIELDS["order_types"], "order_types", choices=types)
    for path, kinds in (("when", WHEN), ("action", ACTIONS)):
        listed = _listed((kind, _KINDS[kind]) for kind in kinds)
        yield _plain_column(f"{path}.kind", TITLES[path], "choice", required=True, choices=listed)
        yield from _part_columns(path, kinds, choices)
    yield _plain_column("condition", TITLES["condition"], "data")
    yield _column(FIELDS["automatic"], "automatic")
    yield _column(FIELDS["once_per_order"], "once_per_order")


def _part_columns(
    path: str, kinds: Mapping[str, type], choices: Mapping[str, Choices]
) -> Iterator[Column]:
    """The columns of all kinds of occasion or action, each field once."""
    having: dict[str, list[str]] = {}
    found: dict[str, Posted] = {}
    for kind, cls in kinds.items():
        for posted in PARTS[cls]:
            found.setdefault(posted.name, posted)
            having.setdefault(posted.name, []).append(kind)
    for name, posted in found.items():
        yield _column(
            posted,
            f"{path}.{name}",
            required=not posted.optional and posted.kind in {"text", "number", "key", "choices"},
            choices=choices.get(name),
            kinds=having[name],
        )


# --- What comes back ----------------------------------------------------------------------------

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_PAIR: Final = 2


def posted_rows(
    form: Mapping[str, object] | Iterable[tuple[str, object]], grid: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The rows of a grid, from what a browser posts.

    The name of an input is the name of the grid, a number for the row, and the field of the column,
    such as `statuses.0.description`. Rows come in the sequence in which the browser posts them, so
    the numbers needn't follow one another. Other names are passed over.

    Args:
        form: what was posted, as pairs of names and values, or as a mapping. A value can be a list
            of values. If a name has several values, a field of the kind "choices" gets all of them,
            and any other field gets the last one.
        grid: what `status_rows` or `trigger_rows` gave for the page. A box that isn't ticked isn't
            posted, so in each row the flags of these columns that are missing become False.

    Returns:
        The rows, without rows at the end that have no text: they're the blank lines for new
        statuses or triggers.

    Source:
        Decision D2.

    Example:
        >>> from prodflow.samples import PRINTS
        >>> form = {"statuses.0.description": "Ordered", "statuses.0.initial": "on"}
        >>> (row,) = posted_rows(form, status_rows(PRINTS.cycle))
        >>> row["description"], row["initial"], row["final"]
        ('Ordered', 'on', False)
    """
    name, columns = _grid(grid)
    posted: dict[str, dict[str, list[object]]] = {}
    for input_name, value in _pairs(form):
        begin, number, field = [*input_name.split(".", 2), "", ""][:3]
        if begin == name and field and _NUMBER.fullmatch(number):
            posted.setdefault(number, {}).setdefault(field, []).append(value)
    rows = [_Row(values, columns) for values in posted.values()]
    while rows and rows[-1].is_blank:
        rows.pop()
    return [row.values for row in rows]


_TICKED: Final = frozenset({"flag", "choice", "choices"})


class _Row:
    """A posted row, and whether it's a blank line: no text is filled in, whatever is ticked."""

    def __init__(self, posted: Mapping[str, list[object]], columns: Mapping[str, Column]) -> None:
        self.values: dict[str, Any] = {}
        self.is_blank = True
        for field, given in posted.items():
            kind = columns[field]["kind"] if field in columns else None
            several = len(given) > 1 and kind in {"choices", None}
            self._put(field, given if several else given[-1])
            if kind not in _TICKED and given[-1] not in (None, ""):
                self.is_blank = False
        for field, column in columns.items():
            if column["kind"] == "flag" and field not in posted and self._has(field, column):
                self._put(field, value=False)

    def _put(self, field: str, value: object) -> None:
        # At most three names: the name of a fact or of an item of a payload may have dots.
        *parents, last = field.split(".", 2)
        inner = self.values
        for parent in parents:
            if not isinstance(inner.get(parent), dict):
                inner[parent] = {}
            inner = inner[parent]
        inner[last] = value

    def _has(self, field: str, column: Column) -> bool:
        """Whether the kind of occasion or action that was chosen has a field."""
        if column["kinds"] is None:
            return True
        part: Any = self.values.get(field.partition(".")[0])
        kind = cast("dict[str, object]", part).get("kind") if isinstance(part, dict) else None
        return kind in column["kinds"]


def _grid(grid: Mapping[str, Any]) -> tuple[str, dict[str, Column]]:
    try:
        columns = {column["field"]: column for column in grid["columns"]}
        if all({"kind", "kinds"} <= {*column} for column in columns.values()):
            return grid["name"], columns
    except (LookupError, TypeError, AttributeError):
        pass
    expected = "what status_rows or trigger_rows gave"
    raise TypeError(f"grid must be {expected}, not {checks.shown(grid)}")


def _pairs(
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
