"""The fields of a page of a grid: one for each input, all of the same shape."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from prodflow import _checks as checks
from prodflow.forms._lists import line_of
from prodflow.forms._shown import ON

Cell = dict[str, Any]
Lines = list[dict[str, Any]]

_NO_LINES: Final[Lines] = []


def cell(
    name: str,
    field: str,
    title: str,
    kind: str,
    content: str | Lines = "",
    *,
    lines: Sequence[Mapping[str, Any]] = _NO_LINES,
) -> Cell:
    """A field of a page of a grid: *field* is its path in the row, and the rest as for `shaped`."""
    return shaped(name, title, kind, content, lines=lines) | {"field": field}


def shaped(
    name: str,
    title: str,
    kind: str,
    content: str | Lines = "",
    *,
    lines: Sequence[Mapping[str, Any]] = _NO_LINES,
) -> Cell:
    """A field of a page, with the items that a field of the Status Change window has.

    Args:
        name: the name of the input.
        title: the text next to the field.
        kind: what input to show.
        content: the text in the field, or the lines of a list in which several may be selected.
        lines: the lines of a list in which one is selected.
    """
    written = content if isinstance(content, str) else ""
    if lines:
        chosen = [{**line, "is_selected": line["text"] == written} for line in lines]
    else:
        chosen = [] if isinstance(content, str) else content
    return {
        "name": name,
        "title": title,
        "kind": kind,
        "text": written,
        "is_several": False,
        "placeholder": "",
        "empty": None,
        "is_given": bool(written) or (not lines and any(line["is_selected"] for line in chosen)),
        "is_required": False,
        "choices": chosen,
        "problems": [],
    }


def as_text(value: object) -> str:
    """Any value as the text of a field."""
    match value:
        case None | False:
            return ""
        case True:
            return ON
        case str():
            return str(value)
        case _:
            pass
    try:
        return json.dumps(value, ensure_ascii=False)
    except Exception:  # noqa: BLE001 - a host's value may fail in any way
        return checks.shown(value)


def choice_lines(choices: Iterable[Mapping[str, Any]], chosen: Sequence[str]) -> Lines:
    """The lines of a list in which several may be selected.

    The lines that are selected come first, in their sequence: a browser posts them in the sequence
    of the page.
    """
    titles = {line["value"]: line["title"] for line in choices}
    others = [value for value in titles if value not in chosen]
    return [
        {**line_of(value, titles.get(value, value)), "is_selected": index < len(chosen)}
        for index, value in enumerate([*chosen, *others])
    ]
