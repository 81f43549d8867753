"""The preferences screen: due dates and rules as fields, and what a browser posts as settings.

Theory of operation. The name of a field is the path of its value in the settings, with dots between
the steps, such as `due_dates.calendar`. Problems of settings have the same paths, so each of them
goes to its field. What is posted is read by the reader of settings, and put into the policy and the
rules that are there. So everything that the screen doesn't show stays as it is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

import attrs

from prodflow import _checks as checks
from prodflow._messages import Message, text
from prodflow._posted import flag, kind_of
from prodflow._words import AnyWords, words_of
from prodflow.calendars import EVERY_DAY, MONDAY_TO_FRIDAY, WorkingCalendar
from prodflow.duedate import Backward, Forward, given_calendar
from prodflow.errors import SettingsProblem
from prodflow.flow import Reason
from prodflow.forms._cells import shaped
from prodflow.forms._lists import line_of
from prodflow.forms._preferred import (
    FLAGS,
    OWN,
    OWN_RULES,
    REASONS,
    REQUIRED,
    Form,
    Part,
    Posted,
    part_of,
    shown,
    unnamed,
)
from prodflow.forms._rows import MOVES
from prodflow.forms._shown import ON
from prodflow.forms._window import in_words
from prodflow.settings import FlowSettings
from prodflow.settings._titles import title_of
from prodflow.settings._values import Path

Data = dict[str, Any]

_KINDS: Final[Mapping[str, Message]] = {
    "forward": text("Forward from the order date"),
    "backward": text("Backward from the delivery date"),
    "from-entry": text("From the day on which each status begins"),
}
_OWN_POLICY: Final = text("Another way: {name}")
_SAME: Final = text("As for all order types")
_DIFFERENT: Final = text("Different rules for this order type")
_CALENDARS: Final[Mapping[WorkingCalendar, Message]] = {
    MONDAY_TO_FRIDAY: text("Monday to Friday"),
    EVERY_DAY: text("Every day"),
}
_NO_NAME: Final = text("A calendar without a name")
_WITHOUT: Final[Mapping[str, Message]] = {
    "none": text("No due dates"),
    "forward": text("Forward from the order date"),
    "error": text("A delivery date must be given"),
}
_NEW_REASON: Final = text("New reason")


def preferences(
    settings: FlowSettings,
    order_type: str | None = None,
    *,
    form: Form | None = None,
    problems: Iterable[SettingsProblem] = (),
    words: AnyWords | None = None,
) -> dict[str, Any]:
    """The preferences as plain data, for the template of a web page: due dates, rules and cut-off.

    Args:
        settings: the version that the user edits.
        order_type: the order type whose preferences are shown; None for those of all order types.
        form: what the user posted, to show it again; None to show the settings.
        problems: what is wrong: the `problems` of the error that `read_preferences` raised, or what
            `find_settings_problems` found.
        words: your words for the texts, as for `say`. With None, the texts are messages, which you
            can still pass to `say`.

    Returns:
        A dict with these items:

        - `order_type`, and the `version` of the settings.
        - `fields`: the fields, in the sequence of the page.
        - `reasons`: the reasons that users can pick from, and a blank row for a new one. Each is a
          dict with `number`, `title`, `is_new` and `fields`.
        - `problems`: the problems that have no field on the page.

        A field is a dict with the items that a field of `page` has. Its `kind` is "choice",
        "choices" for a list from which several lines can be selected, "flag", "text", "time" or
        "hidden". `kinds` has the kinds of due dates that use the field, or None for all.

        A problem is a dict with `code`, `message`, `field` and `severity`.

    Source:
        "Preferences"; decision D39.

    Example:
        >>> from prodflow import FlowSettings
        >>> first, *_ = preferences(FlowSettings())["fields"]
        >>> first["name"], first["title"], first["text"]
        ('due_dates.kind', 'Due dates', 'forward')
    """
    part = part_of(settings, order_type)
    wrong = checks.instances("problems", problems, SettingsProblem, "SettingsProblem")
    fields = {it["name"]: it for it in _fields(settings, part)}
    posted = Posted(() if form is None else form)
    if form is not None:
        for field in fields.values():
            _show(posted, field)
    reasons = _reason_rows(posted.reasons(part))
    inputs = fields | {it["name"]: it for row in reasons for it in row["fields"]}
    data = {
        "order_type": order_type,
        "version": settings.version,
        "fields": [*fields.values()],
        "reasons": reasons,
        "problems": _placed(wrong, part.path, inputs),
    }
    known = words_of(words)
    return data if words is None else cast("Data", in_words(data, known))


# --- Showing ------------------------------------------------------------------------------------


def _field(
    name: str,
    kind: str,
    written: str = "",
    lines: Iterable[tuple[str, str]] = (),
    *,
    chosen: Collection[str] = (),
    title: str | None = None,
    kinds: Sequence[str] | None = None,
) -> Data:
    """A field, with the items that a field of the Status Change window has."""
    listed = [line_of(*line) for line in lines]
    heading = title or title_of(tuple(name.split(".")))
    if kind == "choices":
        several = [line | {"is_selected": line["text"] in chosen} for line in listed]
        field = shaped(name, heading, kind, several)
    else:
        field = shaped(name, heading, kind, written, lines=listed)
    return field | {"kinds": None if kinds is None else [*kinds]}


def _fields(settings: FlowSettings, part: Part) -> Iterator[Data]:
    yield from _policy_fields(settings, part)
    if part.path:
        yield _field(OWN_RULES, "flag", _ticked(part.rules is not None), title=_DIFFERENT)
    for name in FLAGS:
        yield _field(f"rules.{name}", "flag", _ticked(getattr(part.shown_rules, name)))
    for name in REQUIRED:
        yield _moves_field(f"rules.{name}", getattr(part.shown_rules, name))
    if not part.path:
        cutoff = settings.cutoff
        seconds = cutoff is not None and (cutoff.second or cutoff.microsecond)
        written = "" if cutoff is None else cutoff.isoformat("auto" if seconds else "minutes")
        yield _field("cutoff", "time", written)
        yield _field("zone", "text", settings.zone or "")


def _policy_fields(settings: FlowSettings, part: Part) -> Iterator[Data]:
    kinds = [*_KINDS.items()]
    if part.path:
        kinds.insert(0, ("", _SAME))
    if part.kind == OWN:
        kinds.append((OWN, _OWN_POLICY.with_fields(name=part.shown_policy.name)))
    title = title_of(("due_dates",))
    yield _field("due_dates.kind", "choice", part.kind, kinds, title=title)
    usual = _CALENDARS.get(unnamed(part.plain), _NO_NAME)
    calendars = [("", usual), *((it, it) for it in settings.calendars)]
    calendar = given_calendar(part.plain)
    written = calendar if isinstance(calendar, str) else ""
    yield _field("due_dates.calendar", "choice", written, calendars)
    yield _field(
        "due_dates.without_delivery",
        "choice",
        getattr(part.plain, "without_delivery", "none"),
        _WITHOUT.items(),
        kinds=[kind_of(Backward)],
    )
    holds = _ticked(part.plain.shift_holds)
    both = [kind_of(Forward), kind_of(Backward)]
    yield _field("due_dates.shift_holds", "flag", holds, kinds=both)


def _moves_field(name: str, moves: Iterable[object]) -> Data:
    lines = [(str(move), title) for move, title in MOVES.items()]
    return _field(name, "choices", lines=lines, chosen=[*map(shown, moves)])


def _reason_rows(reasons: Iterable[Reason | Data]) -> list[Data]:
    rows: list[Data] = []
    for number, reason in enumerate([*reasons, {}]):
        row = reason if isinstance(reason, dict) else attrs.asdict(reason, recurse=False)
        name = f"{REASONS}.{number}"
        description = shown(row.get("description", ""))
        fields = [
            _field(f"{name}.key", "hidden", shown(row.get("key", ""))),
            _field(f"{name}.description", "text", description) | {"is_required": bool(row)},
            _moves_field(f"{name}.moves", row.get("moves", ())),
            *(
                _field(f"{name}.{each}", "flag", _ticked(row.get(each, is_usual)))
                for each, is_usual in (("chargeable", True), ("inactive", False))
            ),
        ]
        title = description or _NEW_REASON
        rows.append({"number": number, "title": title, "is_new": not row, "fields": fields})
    return rows


def _ticked(value: object) -> str:
    return ON if flag(value) is True else ""


def _show(posted: Posted, field: Data) -> None:
    """Let a field show what was posted."""
    name, kind = field["name"], field["kind"]
    if kind == "flag":
        field["text"] = _ticked(posted.value(name))
    elif kind != "choices":
        field["text"] = shown(posted.value(name, field["text"]))
    chosen = [field["text"]]
    if kind == "choices":
        chosen = [shown(it) for it in posted.words(name)]
    elif kind == "choice" and all(it["text"] != field["text"] for it in field["choices"]):
        field["choices"].insert(0, line_of(field["text"], field["text"]))
    field["choices"] = [it | {"is_selected": it["text"] in chosen} for it in field["choices"]]


def _placed(
    problems: Iterable[SettingsProblem], prefix: Path, fields: Mapping[str, Data]
) -> list[Data]:
    """Put each problem into its field; those that have none are left."""
    apart: list[Data] = []
    for problem in problems:
        field = _field_at(problem.path, prefix, fields)
        (apart if field is None else field["problems"]).append(
            {
                "code": problem.code,
                "message": problem.message,
                "field": None if field is None else field["name"],
                "severity": problem.severity,
            }
        )
    return apart


def _field_at(path: Path, prefix: Path, fields: Mapping[str, Data]) -> Data | None:
    if path[: len(prefix)] != prefix:
        return None
    steps = [str(step) for step in path[len(prefix) :] if step != "default_policy"]
    for length in range(len(steps), 0, -1):
        field = fields.get(".".join(steps[:length]))
        if field is not None and field["kind"] != "hidden":
            return field
    return None
