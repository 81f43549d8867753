"""The fields of the Status Change window, and what a page remembers of them.

Theory of operation. Between two requests, a web app keeps nothing of a window: the page holds it.
The window has ten fields. A hidden field, `shown`, says what the page showed: the text of each
field, the fields that the user has filled in, the version of each order, and the orders that were
refused. When the form comes back, `given` compares the texts. A text that differs was typed. A text
that doesn't differ was either filled in earlier, and counts again, or it's a default, and the next
proposal works it out again.

What must stay true: what the page shows in a field is what it remembers of it in `shown`.
Otherwise a field that nobody touched counts as typed.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from prodflow import _checks as checks
from prodflow._messages import Message, text

Kind = Literal["output", "date", "choice", "text", "flag", "note"]
"""How a page shows a field: as text that can't be edited, as a date, as a list to choose from, as a
line of text, as a checkbox, or as several lines of text."""


class Field(NamedTuple):
    """A field of the window."""

    name: str
    title: Message
    kind: Kind


FIELDS: Final = (
    Field("status", text("Current Status"), "output"),
    Field("completed_on", text("Date Completed"), "date"),
    Field("to", text("Change To Status"), "choice"),
    Field("due_on", text("Due Date"), "date"),
    Field("by", text("Status Updated By"), "text"),
    Field("department", text("New Status Assigned to Dept"), "text"),
    Field("user", text("New Status Assigned to User"), "text"),
    Field("not_complete", text("Current Status Not Complete"), "flag"),
    Field("note", text("Note"), "note"),
    Field("reason", text("Reason"), "choice"),
)
"""The fields of the page, in its order; then the note and the reason."""

ENTERED: Final[tuple[str, ...]] = tuple(it.name for it in FIELDS if it.kind != "output")
"""The names of the fields that a user can fill in."""

EMPTIED: Final[Mapping[str, str]] = {
    "due_on": "due_on-empty",
    "department": "department-empty",
    "user": "user-empty",
}
"""The checkbox that empties a field for all orders of a bulk, if their values differ."""

SHOWN: Final = "shown"
"""The name of the hidden field."""

ON: Final = "on"
"""The text of a checkbox that is ticked."""

OK: Final = "ok"
RECALCULATE: Final = "recalculate"
WITHOUT: Final = "without"
BUTTONS: Final[Mapping[str, Message]] = {
    OK: text("OK"),
    RECALCULATE: text("Recalculate"),
    WITHOUT: text("Go on without the refused orders"),
}
"""The buttons: their names, and what the user reads. OK is first: it's for the Enter key."""


class Shown(NamedTuple):
    """What a page showed."""

    texts: Mapping[str, str]
    given: frozenset[str]
    """The fields that the user had filled in."""
    versions: Mapping[str, int]
    """The version of each order, by order id."""
    refused: frozenset[str]
    """The ids of the orders that were refused."""


def written(shown: Shown) -> str:
    """What a page showed, as the text of the hidden field."""
    data = {
        "texts": dict(shown.texts),
        "given": sorted(shown.given),
        "versions": dict(shown.versions),
        "refused": sorted(shown.refused),
    }
    return json.dumps(data, separators=(",", ":"))


def read(value: object) -> Shown | None:
    """What a page showed; None if the text of the hidden field isn't one that `written` gives."""
    if not isinstance(value, str):
        return None
    try:
        data: Any = json.loads(value)
        texts, given, versions = data["texts"], data["given"], data["versions"]
        if {*texts} != {*ENTERED} or not {*given} <= {*ENTERED}:
            return None
        return Shown(
            {name: checks.instance("a text", texts[name], str, "a str") for name in ENTERED},
            frozenset(given),
            {
                checks.text("an id", id_): checks.number("a version", versions[id_])
                for id_ in versions
            },
            frozenset(checks.text("an id", id_) for id_ in data["refused"]),
        )
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
