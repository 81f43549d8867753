"""What forms hold: rows as browsers and programs post them, also wrong ones.

Theory of operation. Most rows come from a good list, and a few fields of them are replaced. So a
drawn list has problems of every kind, and often has none.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final, NoReturn

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import StatusCycle, Trigger
from prodflow.forms import page, status_rows, trigger_rows
from prodflow.testing._browser import posted_page

Rows = list[dict[str, Any]]


class BrokenMapping(Mapping[str, object]):
    """A mapping of a host that fails when it's read."""

    def _fail(self, *_: object) -> NoReturn:
        raise RuntimeError

    __getitem__ = __iter__ = __len__ = _fail


_SCALARS: Final[SearchStrategy[Any]] = st.one_of(
    st.sampled_from(
        [None, "", " ", "on", "false", "5", "-3", "x", "[", '["next"]', "{}", "\ud800"]
    ),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=3),
)
GARBAGE: Final[SearchStrategy[Any]] = st.recursive(
    _SCALARS | st.builds(BrokenMapping),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_SCALARS, inner, max_size=3),
    max_leaves=4,
)
"""Any value that a form may hold by mistake."""


def as_text(value: object) -> str:
    """A value as a browser posts it in a hidden field."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value)
    return "" if value is None else str(value)


def as_texts(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose values are all texts; occasions and actions stay objects of texts."""
    return {
        name: as_texts(value) if name in {"when", "action"} else as_text(value)
        for name, value in row.items()
    }


def as_posted(grid: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A grid as a browser posts it: without boxes that aren't ticked."""
    posted: list[tuple[str, str]] = []
    for number, row in enumerate(grid["rows"]):
        for column in grid["columns"]:
            value = _value_at(row, column["field"])
            name = f"{grid['name']}.{number}.{column['field']}"
            if column["kind"] == "flag":
                posted += [(name, "on")] if value is True else []
            elif column["field"] == "order_types" or (column["kind"] == "choices" and value):
                posted += [(name, each) for each in value]
            else:
                posted.append((name, as_text(value)))
    return posted


def _value_at(row: Any, path: str) -> Any:  # noqa: ANN401 - data of any kind
    for name in path.split("."):
        row = row.get(name)
    return row


def as_nested_texts(value: Any, name: str = "") -> Any:  # noqa: ANN401 - data of any kind
    """Settings as the codec dumps them, with texts in place of values, and conditions as JSON."""
    if _is(value, dict) and name != "where":
        return {key: as_nested_texts(each, key) for key, each in value.items()}
    if not _is(value, list):
        return as_text(value)
    if name == "triggers" and all(_is(row, dict) for row in value):
        return [as_texts(row) for row in value]
    return [as_nested_texts(each) for each in value]


def _is(value: object, kind: type) -> bool:
    """Whether a value is exactly of a class; type checkers learn nothing from it."""
    return type(value) is kind


@st.composite
def settings_forms(draw: DrawFn, data: Mapping[str, Any]) -> Any:  # noqa: ANN401 - mostly a mapping
    """Settings as forms hold them, many of them with problems.

    Args:
        data: the settings that are edited, as `codec.dump` gives them.
    """
    form: Any = deepcopy(as_nested_texts(data) if draw(st.booleans()) else dict(data))
    for number in range(draw(st.sampled_from([2, 0, 1, 3, 0, 4]))):
        triggers = form.get("triggers")
        inner: Any = triggers if _is(triggers, list) and triggers else form
        parts = _items_of(form)  # what is wrong as a whole is often taken for granted
        places = draw(st.sampled_from([parts, [*_places(form)], [*_places(inner)]]))
        holder, key = draw(st.sampled_from(places if number else parts))
        match draw(st.sampled_from(["put", "put", "drop", "add"])) if number else "put":
            case "drop" if type(holder) is dict:
                del holder[key]
            case "add" if type(holder) is dict:
                holder[draw(st.text(max_size=3))] = draw(GARBAGE)
            case _:
                holder[key] = draw(GARBAGE)
    return draw(st.sampled_from([form] * 9 + [draw(GARBAGE)]))


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - data of any kind
    """Each mapping or list in nested data, with each key or index in it."""
    for _, key in _items_of(holder):
        yield holder, key
        if type(holder[key]) in {dict, list}:
            yield from _places(holder[key])


def _items_of(holder: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - as above
    return [(holder, key) for key in (range(len(holder)) if _is(holder, list) else holder)]


@st.composite
def status_forms(draw: DrawFn, cycle: StatusCycle) -> list[Any]:
    """Lists of statuses as forms hold them, many of them with problems.

    Args:
        cycle: the cycle that is edited.
    """
    rows = draw(_changed(status_rows(cycle)["rows"], [status.key for status in cycle]))
    new = st.fixed_dictionaries(
        {
            "description": st.sampled_from(
                ["Framing", "Quality check", "名", cycle.final.description]
            )
        },
        optional={"default_duration": st.sampled_from(["", "2", 3, "x"]), "pauses": st.just("on")},
    )
    return draw(_mixed(rows, new | st.sampled_from(cycle.statuses)))


@st.composite
def trigger_forms(draw: DrawFn, triggers: Sequence[Trigger]) -> list[Any]:
    """Lists of triggers as forms hold them, many of them with problems.

    Args:
        triggers: the triggers that are edited.
    """
    rows = draw(_said(trigger_rows(triggers)["rows"]))
    for part in ("when", "action"):
        for row in rows:
            (row[part],) = draw(_changed([row[part]], ["opening", "entering", "create-task"]))
    rows = draw(_changed(rows, [trigger.key for trigger in triggers] or ["key"]))
    new = st.fixed_dictionaries(
        {"when": st.just({"kind": "opening"})},
        optional={"description": st.just("Greet"), "action": st.just({"kind": "create-task"})},
    )
    return draw(_mixed(rows, st.sampled_from([*triggers, *rows]) | new if rows else new))


@st.composite
def page_forms(
    draw: DrawFn, cycle: StatusCycle, triggers: Sequence[Trigger]
) -> list[tuple[str, Any]]:
    """What a browser, a program or an attacker may post for the pages of two grids.

    Args:
        cycle: the cycle that is edited.
        triggers: the triggers that are edited.
    """
    grids = [status_rows(cycle), trigger_rows(triggers, [cycle])]
    pairs: list[tuple[str, Any]] = [it for grid in grids for it in posted_page(page(grid, blank=2))]
    names = sorted({name for name, _ in pairs})
    values = _POSTED if draw(st.booleans()) else GARBAGE | _POSTED
    for _ in range(draw(st.integers(1, 5))):
        match draw(st.sampled_from(["put", "put", "put", "add", "pop", "press"])):
            case "put":
                index = draw(st.integers(0, len(pairs) - 1))
                pairs[index] = (pairs[index][0], draw(values))
            case "add":
                pairs.append((draw(st.sampled_from(names) | _NAMES), draw(values)))
            case "pop":
                pairs.pop(draw(st.integers(0, len(pairs) - 1)))
            case _:
                grid, verb = draw(st.sampled_from(_GRIDS)), draw(st.sampled_from(_VERBS))
                pairs.append((f"{grid}.{draw(st.integers(0, 5))}.{verb}", ""))
    return pairs


_GRIDS: Final = ("statuses", "triggers")
_VERBS: Final = ("up", "down", "delete")
_NAMES: Final = st.sampled_from(
    [
        *(
            "statuses",
            "statuses.",
            "statuses..",
            "statuses.initial",
            "statuses.final.x",
            "triggers",
        ),
        *("statuses.x.up", "triggers.0.when", "triggers.0.action", "triggers.0.condition"),
        *("triggers.0.when.shown", "triggers.9.action.shown", "triggers.0.condition.shown"),
        *("triggers.0.condition.order_type", "triggers.0.condition.vendor.x", "triggers.0.key.x"),
        *("triggers.0.condition.shown.x", "triggers.0.when.kind.x", "triggers.0.when.shown.x"),
    ]
)
_POSTED: Final = st.sampled_from(
    [
        *("", " ", "on", "5", "x", "a\nb", "a\r\nb", "[", "[]", '["next"]', "{}", "null", "0", "1"),
        *(
            "entering",
            "days-in-status",
            "create-task",
            "send-message",
            "lab",
            "prints",
            "sms,email",
        ),
        *('{"vendor": "West"}', '{"vendor": ["West", null], "facts": {"a": 5}}', '{"other": 1}'),
        *('{"order_type": ["prints"]}', '{"order_type": null}', '{"facts": []}', '{"vendor": 5}'),
        *("client = Lee", "client = Lee\nrush = true", "a = [", "= 5", 'a = "5"', "a=\n"),
    ]
)


@st.composite
def _said(draw: DrawFn, rows: Sequence[Mapping[str, Any]]) -> Rows:
    """The rows, some of them as texts."""
    return [as_texts(row) if draw(st.booleans()) else dict(row) for row in rows]


@st.composite
def _changed(draw: DrawFn, rows: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> Rows:
    """The rows, some with another value in a field, with one more field, or one fewer."""
    changed = [dict(row) for row in rows]
    for row in changed:
        if draw(st.sampled_from([False, False, True])):
            field = draw(st.sampled_from(sorted(row)) | st.text(max_size=3))
            row[field] = draw(GARBAGE | st.sampled_from([*texts, True, False]))
        if draw(st.sampled_from([False, False, False, True])):
            row.pop(draw(st.sampled_from(sorted(row, key=str))), None)
    return changed


@st.composite
def _mixed(draw: DrawFn, rows: Rows, new: SearchStrategy[Any]) -> list[Any]:
    """The rows, perhaps in another sequence, with fewer rows, new ones and other objects."""
    mixed: list[Any] = [*rows]
    if draw(st.booleans()):
        mixed = list(draw(st.permutations(mixed)))
    for _ in range(draw(st.sampled_from([0, 1, 1, 2]))):
        other = draw(st.one_of(new, st.builds(BrokenMapping), GARBAGE))
        mixed.insert(draw(st.integers(0, len(mixed))), other)
    if mixed and draw(st.sampled_from([False, False, True])):
        mixed.pop(draw(st.integers(0, len(mixed) - 1)))
    return mixed


def posted_preferences(
    page: Mapping[str, Any], typed: Mapping[str, Sequence[str]] | None = None
) -> dict[str, list[str]]:
    """What a browser posts for a page of preferences: the texts of each field that it posts.

    Args:
        page: the page.
        typed: what the user has put into fields: nothing for a box that isn't ticked.
    """
    posted: dict[str, list[str]] = {}
    for field in fields_of(page):
        name, kind = field["name"], field["kind"]
        chosen = [line["text"] for line in field["choices"] if line["is_selected"]]
        if kind == "choice":
            assert chosen == [field["text"]], f"{name!r} must have one selected line"
        if kind == "flag":
            chosen = ["on"] if field["text"] else []
        elif kind != "choices":
            chosen = [field["text"]]
        posted[name] = [*(typed or {}).get(name, chosen)]
    return {name: texts for name, texts in posted.items() if texts}


def fields_of(page: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All fields of a page of preferences."""
    return [*page["fields"], *(field for row in page["reasons"] for field in row["fields"])]


@st.composite
def typed_preferences(draw: DrawFn, page: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a user may put into some fields of a page of preferences, also by mistake."""
    fields = [field for field in fields_of(page) if field["kind"] != "hidden"]
    typed: dict[str, list[str]] = {}
    if any(field["name"] == "rules.own" for field in fields) and draw(st.booleans()):
        typed["rules.own"] = ["on"]
    flags = [field for field in page["fields"] if field["kind"] == "flag"]
    some = st.sampled_from(flags) | st.sampled_from(page["fields"]) | st.sampled_from(fields)
    for field in draw(st.lists(some, min_size=2, max_size=6)):
        lines = [line["text"] for line in field["choices"]]
        match field["kind"]:
            case "choices":
                texts = st.lists(st.sampled_from(lines), unique=True, max_size=2)
            case "flag":
                texts = st.just([] if field["text"] else ["on"])
            case "choice":
                texts = st.sampled_from([*lines, *lines, "nowhere"]).map(lambda it: [it])
            case _:
                texts = st.sampled_from(_TEXTS[field["kind"]]).map(lambda it: [it])
        typed[field["name"]] = draw(texts)
    names = {"due_dates.kind", "cutoff", "zone"} & {field["name"] for field in fields}
    mistakes = [{name: ["nowhere, at 5 pm"]} for name in sorted(names)]
    return typed | draw(st.sampled_from([{}, {}, {}, *mistakes]))


_TEXTS: Final = {
    "time": ["", "17:00", "16:30:15", " 17:00", "5 pm"],
    "text": ["", "Torn", "Europe/Lisbon", " ", "UTC ", "名", "a b", "\x00"],
}
