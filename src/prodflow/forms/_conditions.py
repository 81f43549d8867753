"""The condition of a trigger as fields of its own, which people can fill in without writing JSON.

Theory of operation. A `Where` has a field for the vendors, the departments, the users and the
facts that an order must have. On a page, names are lines of text, one name on each line, and a box
is ticked if orders without a name are meant too. Facts are lines such as `client = Lee`.

Some conditions differ, but look the same as fields, such as one vendor and a set with one vendor.
So a hidden field holds the condition that the page shows. What comes back is compared with it, and
only the fields that somebody has changed are read. The rest of the condition stays as it was.

A condition that the fields can't show, such as a text that isn't JSON, stays one field, in JSON.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

from prodflow._messages import Message, text
from prodflow._posted import data
from prodflow.forms._cells import Cell, as_text, cell, choice_lines

Condition = dict[str, Any]
Parts = Mapping[str, Sequence[object]]
"""What was posted, by the path in the condition, such as "vendor"."""

SHOWN: Final = "shown"
_NONE: Final = "-none"
_TITLES: Final[Mapping[str, tuple[Message, Message]]] = {
    "vendor": (text("Only these vendors, one on each line"), text("Orders without a vendor")),
    "department": (
        text("Only these departments, one on each line"),
        text("Orders without a department"),
    ),
    "user": (text("Only these users, one on each line"), text("Orders without a user")),
}
BOXES: Final = tuple(f"condition.{part}{_NONE}" for part in _TITLES)
"""The boxes for orders without a name."""
_FACTS: Final = text("Only these facts, one on each line, such as client = Lee")
_TYPES: Final = text("Only these order types")
_WHOLE: Final = text("Condition, in JSON")


def condition_cells(value: object, name: str, types: Sequence[Mapping[str, Any]]) -> list[Cell]:
    """The fields of a condition, whatever stands in it.

    Args:
        value: the condition in the row.
        name: the name of an input for the condition, such as "triggers.0.condition".
        types: the order types to choose from.
    """
    condition = _simple(value)
    if condition is None:
        return [cell(name, "condition", _WHOLE, "note", as_text(value))]
    hidden = json.dumps(None if _is_nothing(value) else condition)
    cells = [cell(f"{name}.{SHOWN}", f"condition.{SHOWN}", "", "hidden", hidden)]
    if "order_type" in condition:
        lines = choice_lines(types, _names(condition["order_type"]))
        cells.append(cell(f"{name}.order_type", "condition.order_type", _TYPES, "choices", lines))
    for part, (title, without) in _TITLES.items():
        names, has_none = _part(condition.get(part, ""))
        path = f"condition.{part}"
        cells.append(cell(f"{name}.{part}", path, title, "note", names))
        box = "on" if has_none else ""
        cells.append(cell(f"{name}.{part}{_NONE}", f"{path}{_NONE}", without, "flag", box))
    facts = _facts_text(condition.get("facts", {}))
    cells.append(cell(f"{name}.facts", "condition.facts", _FACTS, "note", facts))
    return cells


def posted_condition(posted: Parts) -> Condition | None:
    """The condition that comes back from these fields; *posted* has the hidden field too."""
    before = data(posted[SHOWN][-1])
    shown = _simple(before)
    condition = shown or {}
    changed = dict(condition)
    if "order_type" in condition:
        types = [*posted.get("order_type", [])]
        if types != _names(condition["order_type"]):
            _put(changed, "order_type", types)
    for part in _TITLES:
        names, has_none = _part(condition.get(part, ""))
        typed = _last(posted, part)
        is_ticked = f"{part}{_NONE}" in posted
        if (typed, is_ticked) != (names, has_none):
            _put(changed, part, _wanted(typed, names, has_none=is_ticked))
    typed = _last(posted, "facts")
    if typed != _facts_text(condition.get("facts", {})):
        _put(changed, "facts", _facts(typed))
    if changed == condition:
        return shown if isinstance(before, dict) else None
    return changed or None


def _last(posted: Parts, part: str) -> str:
    value = posted.get(part, [""])[-1]
    return value if isinstance(value, str) else ""


def _put(condition: Condition, part: str, value: object) -> None:
    if value in ("", [], {}):
        condition.pop(part, None)
    else:
        condition[part] = value


_PARTS: Final = frozenset({"order_type", *_TITLES, "facts"})


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _simple(value: object) -> Condition | None:
    """The condition if fields can show it, otherwise None."""
    if _is_nothing(value):
        return {}
    try:
        found = data(value)
        if not isinstance(found, Mapping):
            return None
        # What a host's mapping has must be data: the page holds it as JSON.
        condition: Condition = json.loads(json.dumps(dict(cast("Mapping[str, Any]", found))))
    except Exception:  # noqa: BLE001 - a host's mapping may fail in any way
        return None
    facts: Any = condition.get("facts", {})
    is_simple = (
        condition.keys() <= _PARTS
        and all(_is_named(condition.get(part, "")) for part in _TITLES)
        and _is_named(types := condition.get("order_type", ""))
        and None not in _items(types)
        and (
            isinstance(facts, str)
            or (isinstance(facts, dict) and _are_lines(cast("dict[str, Any]", facts)))
        )
    )
    return condition if is_simple else None


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _is_named(value: object) -> bool:
    """Whether a value is a name, None, or a list of them, so that lines can show it."""
    return all(
        it is None or (isinstance(it, str) and "\n" not in it and "\r" not in it)
        for it in _items(value)
    )


def _names(value: object) -> list[Any]:
    return [it for it in _items(value) if it]


def _part(value: object) -> tuple[str, bool]:
    """The lines of names, and whether orders without a name are meant too."""
    items = _items(value)
    is_none = value is None or (isinstance(value, list) and not all(items))
    return "\n".join(it for it in items if isinstance(it, str) and it), is_none


def _wanted(typed: str, before: str, *, has_none: bool) -> object:
    known = before.split("\n")
    names: list[str | None] = [
        line if line in known else line.strip() for line in typed.split("\n") if line.strip()
    ]
    if has_none:
        return [None, *names] if names else None
    return names[0] if len(names) == 1 else names


# --- Facts --------------------------------------------------------------------------------------

_LINE: Final = re.compile(r"\s*([A-Za-z0-9_.-]{1,64})\s*=(.*)")
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,18})")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,30}\.[0-9]{1,30}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: Final[Mapping[str, bool | None]] = {"true": True, "false": False, "null": None}


def _are_lines(facts: Mapping[str, Any]) -> bool:
    return all(_LINE.fullmatch(f"{name}=") for name in facts)


def _facts_text(facts: Any) -> str:  # noqa: ANN401 - a text, or an object of facts
    if isinstance(facts, str):
        return facts
    return "\n".join(f"{name} = {_fact_text(value)}" for name, value in facts.items())


def _fact_text(value: object) -> str:
    """A fact as people write it; in JSON where that would be read as something else."""
    match value:
        case str():
            written = value
        case {"decimal": str(written)} | {"date": str(written)}:
            pass
        case _:
            written = ""
    if written and "\n" not in written and _fact(written) == value:
        return written
    return json.dumps(value, ensure_ascii=False)


def _facts(typed: str) -> object:
    """The facts that the lines name; the text itself if a line can't be read."""
    facts: dict[str, object] = {}
    for line in filter(str.strip, typed.split("\n")):
        found = _LINE.fullmatch(line)
        if found is None or found[1] in facts or not found[2].strip():
            return typed
        try:
            facts[found[1]] = _fact(found[2].strip())
        except (ValueError, RecursionError):
            return typed
    return facts


def _fact(written: str) -> object:
    """The fact that somebody has written, as data."""
    if written in _WORDS:
        return _WORDS[written]
    if written.startswith(("[", "{", '"')):
        return json.loads(written)
    if _NUMBER.fullmatch(written):
        return int(written)
    if _DECIMAL.fullmatch(written):
        return {"decimal": written}
    if _DAY.fullmatch(written) and _is_day(written):
        return {"date": written}
    return written


def _is_day(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True
