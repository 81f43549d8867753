"""A browser for laws: posts a window as the page of an app would, and anything else."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from prodflow.testing._drawing import DAYS, NAMES, PEOPLE, REASONS

Page = Mapping[str, Any]

_EMPTY: Final = st.just("")
_DATES: Final = DAYS.map(str)
_PEOPLE: Final = PEOPLE | NAMES | st.sampled_from([" Eve", "Zoë \t"])


def posted(page: Page, typed: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """What a browser posts for a page, as `parse_qs` reads it.

    Args:
        page: the window.
        typed: what the user has put into fields, by their names; a box is "on" or an empty text.
    """
    put: Mapping[str, str] = typed or {}
    pairs: list[tuple[str, str]] = [("shown", page["shown"])]
    for field in page["fields"]:
        name, kind = field["name"], field["kind"]
        text = put.get(name, field["text"])
        if kind == "choice":
            selected = [line["text"] for line in field["choices"] if line["is_selected"]]
            assert selected == [field["text"]], f"{name!r} must have one selected line"
        if kind == "output" or (kind == "flag" and not text):
            continue  # a browser doesn't post these
        pairs.append((name, text.replace("\n", "\r\n")))
    pairs += [(name, text) for name, text in put.items() if name not in names_of(page)]
    return parse_qs(urlencode(pairs), keep_blank_values=True)


def names_of(page: Page) -> list[str]:
    """The names of the fields of a window."""
    return [field["name"] for field in page["fields"]]


def field_of(page: Page, name: str) -> dict[str, Any]:
    """A field of a window."""
    return next(field for field in page["fields"] if field["name"] == name)


def typed_texts(keys: SearchStrategy[str]) -> SearchStrategy[tuple[str, str]]:
    """A field, and a text that a user may type into it; *keys* draws the statuses."""
    texts = {
        "completed_on": _EMPTY | _DATES,
        "to": _EMPTY | keys,
        "due_on": _EMPTY | _DATES,
        "by": _EMPTY | _PEOPLE,
        "department": _EMPTY | _PEOPLE,
        "user": _EMPTY | _PEOPLE,
        "not_complete": st.sampled_from(["on", "on", ""]),
        "note": st.sampled_from(["why", "why\nnot", " "]),
        "reason": st.sampled_from([*REASONS, ""]),
    }
    return st.one_of(*(st.tuples(st.just(name), typed) for name, typed in texts.items()))


_ODD: Final[SearchStrategy[Any]] = st.sampled_from(
    [
        *("", " ", "on", "off", "true", "0", "no such key", "\u0662\u0660\u0662\u0666-11-30"),
        *("2026-11-30", "2026-W48-1", "20261130", " 2026-11-30 "),
        *("30.11.2026", "2026-02-30", "10000-01-01", "2026-11-30T09:00", "0000-00-00"),
        *("a\x00b", "a\x01b", "a\r\nb", "\ud800", "\u202e", "\ufffe", "x" * 201),
        *(None, True, 0, 1.5, b"on", [], ["2026-11-30", ""], ["", "on"], [None], {}, [["on"]]),
    ]
)
_STATES: Final[SearchStrategy[Any]] = st.sampled_from(
    [
        *("", "{}", "[]", "null", "nonsense", None, 7, {}),
        '{"texts":{},"given":[],"versions":{}}',
        '{"texts":[],"given":{},"versions":0}',
    ]
)


_NAMES: Final = (
    *("completed_on", "to", "due_on", "by", "department", "user", "not_complete", "note", "reason"),
    *("status", "due_on-empty", "user-empty", "roles", "today", "facts", " "),
)


def odd_forms(keys: SearchStrategy[str]) -> SearchStrategy[dict[str, Any]]:
    """What a browser, a program or an attacker may post instead of the fields of a window.

    If the form has a text for `shown`, the page is damaged.

    Args:
        keys: the keys of statuses, for the field `to`.
    """
    optional = {**dict.fromkeys(_NAMES, _ODD), "to": _ODD | keys}
    forms = st.fixed_dictionaries({}, optional=optional)
    parts = st.tuples(forms, _STATES, st.sampled_from([False, False, False, True]))
    return parts.map(_damaged)


def _damaged(parts: tuple[dict[str, Any], object, bool]) -> dict[str, Any]:
    form, state, is_damaged = parts
    return {**form, "shown": state} if is_damaged else form
