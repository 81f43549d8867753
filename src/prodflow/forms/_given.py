"""Reads the Status Change window as a browser posts it.

A browser posts text: the text of every field, an empty text for an empty field, and nothing for a
checkbox that isn't ticked or for a field that is disabled. `given` finds out what the user changed,
and turns it into keywords for `propose` and `propose_all`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final, cast, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Key, Said, Text, checked
from prodflow._mappings import FrozenMapping
from prodflow._messages import Message, text
from prodflow.forms._shown import EMPTIED, ENTERED, ON, SHOWN, read

Form = Mapping[str, Any]
"""What a browser posted: the name of each field with its text, or with a list of texts."""


@final
@frozen(weakref_slot=False, field_transformer=checked)
class FormProblem:
    """A mistake in a form, such as a date that isn't one.

    Args:
        code: `bad-date`, `bad-text`, `bad-key`, `bad-flag`, `complete-and-not` for a completion
            date in a status that isn't complete, or `bad-form` if the page is damaged.
        field: the name of the field; None if it's about the whole form.
        message: one line for people.
    """

    code: Key
    field: Text | None
    message: Said


_KEYWORDS: Final = (
    *("to", "current_complete", "completed_on", "due_on", "department", "user"),
    *("by", "reason", "note"),
)


def _values(value: Mapping[str, Any]) -> Mapping[str, Any]:
    checks.instance("values", value, Mapping, "a mapping from keywords to values")
    if not {*value} <= {*_KEYWORDS}:
        raise ValueError(f"values must have keywords out of {', '.join(_KEYWORDS)}")
    return FrozenMapping(value)


def _problems(value: Iterable[FormProblem]) -> tuple[FormProblem, ...]:
    return checks.instances("problems", value, FormProblem, "FormProblem")


def _versions(value: Mapping[str, int]) -> Mapping[str, int]:
    checks.instance("versions", value, Mapping, "a mapping from order ids to versions")
    return FrozenMapping(
        {
            checks.text("an order id in versions", order_id): checks.number(
                f"versions[{checks.shown(order_id)}]", version
            )
            for order_id, version in value.items()
        }
    )


def _texts(value: Mapping[str, str]) -> Mapping[str, str]:
    checks.instance("texts", value, Mapping, "a mapping from names of fields to texts")
    if not {*value} <= {*ENTERED}:
        raise ValueError(f"texts must have names out of {', '.join(ENTERED)}")
    for posted in value.values():
        checks.instance("a text in texts", posted, str, "a str")
    return FrozenMapping(value)


def _refused(value: Iterable[str]) -> frozenset[str]:
    ids = checks.instances("refused", value, str, "order ids")
    return frozenset(checks.text("an order id in refused", order_id) for order_id in ids)


_NO_VERSIONS: Final[Mapping[str, int]] = FrozenMapping()
_NO_TEXTS: Final[Mapping[str, str]] = FrozenMapping()


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Given:
    """What a user gave in the Status Change window.

    Args:
        values: the keywords for `propose` and `propose_all`: what the user typed, now or earlier.
            It has no keyword for a field that shows a default.
        problems: every mistake in the form. The fields with mistakes aren't in *values*.
        versions: the version of each order that the page showed, by order id. Pass it as `expect`
            to `propose_all`.
        texts: the text of each field, as the user left it. What isn't a text is left out.
        refused: the ids of the orders that the page showed as refused.
    """

    values: Mapping[str, Any] = field(converter=_values)
    problems: tuple[FormProblem, ...] = field(default=(), converter=_problems)
    versions: Mapping[str, int] = field(default=_NO_VERSIONS, converter=_versions)
    texts: Mapping[str, str] = field(default=_NO_TEXTS, converter=_texts)
    refused: frozenset[str] = field(default=frozenset(), converter=_refused)


def given(form: Form, shown: Form, *, day: Callable[[str], date] | None = None) -> Given:
    """What a user gave in the Status Change window: the keywords for the next proposal.

    A field counts as given if its text differs from the text that the page showed, or if it was
    given before. So if a user only picks another status, everything else is worked out again.

    - An empty text gives None. An empty note stays an empty text.
    - A date is one of ISO 8601, as the date field of a browser sends it, or what *day* reads.
    - White space around a typed text is dropped, except in the note.
    - If a user types a date and had ticked "Current Status Not Complete" before, the date counts,
      and the other way round.
    - A field that isn't in the form, for example because it was disabled, isn't touched.

    Args:
        form: what the browser posted. If your framework drops fields with an empty text, tell it to
            keep them: `parse_qs(body, keep_blank_values=True)`.
        shown: what `window` returned for the page. A form has this in its hidden field, so you can
            pass the form here too: `given(form, form)`.
        day: reads a date that isn't one of ISO 8601, such as "30.11.2026". It raises `ValueError`
            for a text that it can't read, and the field gets a problem. None to read no others.

    Returns:
        Values and problems, whatever was posted. If the page is damaged, there are no values.

    Source:
        "Changing Production Statuses"; decisions D16 and D20.
    """
    checks.instance("form", form, Mapping, "a mapping of what was posted")
    checks.instance("shown", shown, Mapping, "what window returned, or the form")
    host = None if day is None else checks.function("day", day)
    readers = _READERS | dict.fromkeys(("completed_on", "due_on"), partial(_day, host))
    before = read(last_of(shown, SHOWN))
    if before is None:
        return Given({}, [FormProblem("bad-form", None, _DAMAGED)])
    values: dict[str, Any] = {}
    problems: list[FormProblem] = []
    texts = {**before.texts}
    touched: set[str] = set()
    for name in ENTERED:
        try:
            posted = _posted(form, name)
            if posted is not None and posted != texts[name]:
                typed = posted if name == "note" else posted.strip()
                if typed != texts[name]:
                    touched.add(name)
                    texts[name] = typed
            if not posted and _is_emptied(form, name):
                touched.add(name)
                texts[name] = ""
            if name in touched or name in before.given:
                values[name] = readers[name](texts[name])
        except _NoTextError as mistake:
            del texts[name]
            problems.append(FormProblem(mistake.code, name, mistake.message))
        except _MistakeError as mistake:
            problems.append(FormProblem(mistake.code, name, mistake.message))
    problems += _settle(values, touched)
    return Given(_keywords(values), problems, before.versions, texts, before.refused)


class _MistakeError(Exception):
    """A text that can't be read."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class _NoTextError(_MistakeError):
    """Not a text that the field could hold."""


def last_of(form: Form, name: str) -> object:
    """The last of several values; a page may put a hidden field before a checkbox."""
    posted = form.get(name)
    if isinstance(posted, list | tuple):
        several = cast("Sequence[object]", posted)
        return several[-1] if several else None
    return posted


def _posted(form: Form, name: str) -> str | None:
    """The text of a field; None for a field that wasn't posted."""
    posted = last_of(form, name)
    if posted is None:
        return "" if name == "not_complete" else None
    if not isinstance(posted, str) or not can_be_shown(posted):
        raise _NoTextError("bad-text", text("this isn't a text: type it again"))
    if name == "not_complete":
        return _ticked(posted)
    # A browser writes each line break of a note as two characters.
    return checks.plain(posted).replace("\r\n", "\n").replace("\r", "\n")


def can_be_shown(posted: str) -> bool:
    """Whether a page can hold the text, so that the user sees it again."""
    try:
        posted.encode()
    except UnicodeEncodeError:
        return False  # it has half of a character
    return "\0" not in posted


def _ticked(posted: str) -> str:
    word = posted.strip().lower()
    if word not in _FLAGS:
        raise _NoTextError("bad-flag", text("this is neither ticked nor empty: tick or untick it"))
    return _FLAGS[word]


def _is_emptied(form: Form, name: str) -> bool:
    """Whether the user has asked to empty the field for all orders of a bulk."""
    ticked = last_of(form, EMPTIED[name]) if name in EMPTIED else None
    return isinstance(ticked, str) and _FLAGS.get(ticked.strip().lower()) == ON


def _settle(values: dict[str, Any], touched: set[str]) -> Iterator[FormProblem]:
    """Let only one of two fields count if they contradict each other: the one just changed.

    Source:
        Decision D20.
    """
    if not {"completed_on", "not_complete"} <= {*values}:
        return
    if values["not_complete"] != (values["completed_on"] is not None):
        return
    match "completed_on" in touched, "not_complete" in touched:
        case True, False:
            del values["not_complete"]
        case False, True:
            del values["completed_on"]
        case _:
            del values["completed_on"]
            yield FormProblem("complete-and-not", "completed_on", _COMPLETE_AND_NOT)


def _keywords(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values by keyword, as `propose` takes them."""
    keywords: dict[str, Any] = {**values}
    if "not_complete" in keywords:
        keywords["current_complete"] = not keywords.pop("not_complete")
    if keywords.get("by", "") is None:
        del keywords["by"]  # somebody makes every change: this is the logged-in user again
    return keywords


def _name(value: str) -> str | None:
    return _checked(value, checks.NAME_LENGTH, checks.text) if value else None


def _note(value: str) -> str:
    return _checked(value, checks.NOTE_LENGTH, checks.note)


def _checked(value: str, limit: int, check: Callable[[str, str], str]) -> str:
    if len(value) > limit:
        message = text(
            "this text has {length} characters: shorten it to {limit}",
            length=len(value),
            limit=limit,
        )
        raise _MistakeError("bad-text", message)
    try:
        return check("a text", value)
    except ValueError:
        message = text("this text has a character that can't be kept: type it again")
        raise _MistakeError("bad-text", message) from None


def _key(value: str) -> str | None:
    try:
        return checks.key("a key", value) if value else None
    except ValueError:
        message = text("this isn't in the list: choose a line of the list")
        raise _MistakeError("bad-key", message) from None


def _day(host: Callable[[str], date] | None, value: str) -> date | None:
    """A date as a page writes it, or as the host reads it."""
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        if host is None:
            raise _MistakeError("bad-date", _NO_DATE) from None
    try:
        found = host(value)
    except ValueError:
        raise _MistakeError("bad-date", _UNREAD_DATE) from None
    return checks.day("what day gives", found)


_NO_DATE: Final = text("this isn't a date: write the year, the month and the day, as in 2026-11-30")
_UNREAD_DATE: Final = text("this isn't a date: write the year, the month and the day")


_FLAGS: Final = {
    **dict.fromkeys((ON, "true", "yes", "1"), ON),
    **dict.fromkeys(("", "off", "false", "no", "0"), ""),
}
_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "to": _key,
    "by": _name,
    "department": _name,
    "user": _name,
    "not_complete": lambda value: value == ON,
    "note": _note,
    "reason": _key,
}
_DAMAGED: Final = text("this page is damaged or out of date: open it again")
_COMPLETE_AND_NOT: Final = text(
    "a status that isn't complete has no completion date: empty the date, or untick the box"
)
