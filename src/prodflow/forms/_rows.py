"""Grids: lists of statuses and triggers for screens that edit them.

Theory of operation. A grid is a dictionary with a name, columns and rows. A row is what
`StatusCycle.edited` or `read_triggers` takes, so a row that is posted back untouched gives the same
status or trigger. A column has the path of its field in a row, such as `when.status`; the problems
of a list name their field by the same path. In a page, the name of an input is the name of the
grid, a number for the row, and the path, with dots between them: `triggers.0.when.status`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import NOTHING, asdict

from prodflow import _checks as checks
from prodflow._messages import Message, text
from prodflow._posted import Posted
from prodflow._statuses import FIELDS as STATUS_FIELDS
from prodflow._trigger_rows import ACTIONS, FIELDS, PARTS, TITLES, WHEN, to_row, to_value
from prodflow._words import AnyWords, Words, said, words_of
from prodflow.cycle import StatusCycle, type_name
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
        - `required`: whether the field must be filled in,
        - `default`: the value for a new row, or None,
        - `single`: whether only one row can have this flag.

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
    return column | {
        "kinds": None if kinds is None else [*kinds],
        "default": None if posted.default is NOTHING else to_value(posted.default),
        "single": field in _SINGLE,
    }


_SINGLE: Final = frozenset({"initial", "final"})


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
        "default": None,
        "single": False,
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
