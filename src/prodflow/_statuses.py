"""Statuses, and the rules that a list of statuses must follow to form a cycle.

`broken_rules` checks the rules in the order of decision D2 and reports all problems at once. It
takes rows: a row is a status, a line of a form that someone is still filling in, or None for
what can't be read as a line. The index of a row is that of its line.

Every problem says where it is: the line and the field to put right. Messages name a status by its
description, because users don't see keys. A law checks that other keys make no difference.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, TypedDict, final

from attrs import NOTHING, asdict, define, evolve, field, frozen

from prodflow import _checks as checks
from prodflow._fields import Colour, Description, Duration, Key, Text, checked
from prodflow._messages import Message, count_of, joined, text
from prodflow._posted import Posted, has_no_text, name_of, pairs_of, posted_fields
from prodflow.errors import CycleProblem

_LONG: Final = 50
_FEW: Final = 3


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Status:
    """One status of a production status list.

    `StatusCycle` checks whether the flags of all its statuses fit together.

    Args:
        key: identifies the status, and never changes: 1 to 64 ASCII letters, digits, `_`, `-`, `.`.
        description: the name that people read, 1 to 200 characters; you can edit it at any time.
        default_duration: how many working days the status takes, 0 to 36,525; None for no due date.
        default_department: the department responsible by default; None for nobody.
        default_user: the user responsible by default; None for nobody.
        workflow_stage: the stage of the digital workflow in which orders of this status are shown;
            None for no stage.
        public_description: what the client sees of the status, 1 to 200 characters; None to hide
            the status from clients. Statuses that follow one another can share a text, and are
            one step for the client.
        colour: a colour for screens, `#` and six hexadecimal digits, such as "#2f6f4e"; None for no
            colour.
        initial: whether the cycle begins with this status.
        final: whether the cycle ends with this status. An order that enters it is complete.
        non_standard: whether the status is outside the usual sequence, such as On hold. Orders
            enter it only when needed.
        cancelled: whether an order that enters this status is cancelled. A cancelled order is
            closed, but not complete. Needs `non_standard`.
        pauses: whether the status is a pause, such as On hold or Waiting on client. An order that
            enters it leaves the previous status incomplete by default. Needs `non_standard`.
        inactive: whether the status is no longer used, and only kept for old orders.

    Source:
        "Setting up Production Statuses"; decisions D1, D3, D33 and D44.
    """

    key: Key
    description: Description
    default_duration: Duration | None = field(default=None, kw_only=True)
    default_department: Text | None = field(default=None, kw_only=True)
    default_user: Text | None = field(default=None, kw_only=True)
    workflow_stage: Text | None = field(default=None, kw_only=True)
    public_description: Description | None = field(default=None, kw_only=True)
    colour: Colour | None = field(default=None, kw_only=True)
    initial: bool = field(default=False, kw_only=True)
    final: bool = field(default=False, kw_only=True)
    non_standard: bool = field(default=False, kw_only=True)
    cancelled: bool = field(default=False, kw_only=True)
    pauses: bool = field(default=False, kw_only=True)
    inactive: bool = field(default=False, kw_only=True)

    @property
    def is_due(self) -> bool:
        """Whether the status has a duration and isn't final, so that its orders have a due date."""
        return self.default_duration is not None and not self.final

    @property
    def closes(self) -> bool:
        """Whether orders in this status are closed: the status is final or cancelled."""
        return self.final or self.cancelled


class StatusChanges(TypedDict, total=False):
    """The fields of a `Status` that `StatusCycle.replace` can change: all but the key."""

    description: str
    default_duration: int | None
    default_department: str | None
    default_user: str | None
    workflow_stage: str | None
    public_description: str | None
    colour: str | None
    initial: bool
    final: bool
    non_standard: bool
    cancelled: bool
    pauses: bool
    inactive: bool


TITLES: Final[Mapping[str, Message]] = {
    "key": text("Key"),
    "description": text("Description"),
    "default_duration": text("Default duration"),
    "default_department": text("Default department"),
    "default_user": text("Default user"),
    "workflow_stage": text("Workflow stage"),
    "public_description": text("Public description"),
    "colour": text("Colour"),
    "initial": text("Initial"),
    "final": text("Final"),
    "non_standard": text("Non-standard"),
    "cancelled": text("Cancelled"),
    "pauses": text("Pauses"),
    "inactive": text("Inactive"),
}
"""What people read above the columns of a status list, by field."""
FIELDS: Final = posted_fields(Status, TITLES)
"""The fields of a status, as a form fills them in."""


@define
class Line:
    """A line of a form; a field that can't be read has its default."""

    key: str = ""
    description: str = ""
    default_duration: int | None = None
    default_department: str | None = None
    default_user: str | None = None
    workflow_stage: str | None = None
    public_description: str | None = None
    colour: str | None = None
    initial: bool = False
    final: bool = False
    non_standard: bool = False
    cancelled: bool = False
    pauses: bool = False
    inactive: bool = False

    def status(self) -> Status:
        """The status that the line describes, if all of its fields can be read."""
        return Status(**asdict(self))


Row = Status | Line | None
_Placed = tuple[int, Status | Line]
"""A row and its index."""


def find_problems(
    statuses: Iterable[Status | Mapping[str, object]],
) -> tuple[CycleProblem, ...]:
    """Every error and oddity in a list of statuses, even in a form that is half filled in.

    Args:
        statuses: the list, in order. An item is a `Status`, or a mapping of field values for a
            line of a form: the values of `Status`, or texts as a browser posts them. Fields that
            the mapping leaves out have their defaults.

    Returns:
        First the errors, then the warnings; empty if there are none. Of the errors, those of single
        lines come first.

    Raises:
        TypeError: if *statuses* is not iterable. A wrong item is a problem, and never raises an
            exception.

    Source:
        Decision D2.

    Example:
        >>> rows = [{"key": "new", "description": " ", "initial": "on"}]
        >>> for problem in find_problems(rows):
        ...     print(problem.index, problem.field, problem.message)
        0 description line 1 has no description: fill it in
        None final one status must be final: mark it
    """
    rows, problems = read_rows(checks.items("statuses", statuses, "statuses"))
    return errors_first([*problems, *broken_rules(rows)])


def errors_first(problems: Iterable[CycleProblem]) -> tuple[CycleProblem, ...]:
    """The problems, and after the errors the warnings."""
    return tuple(sorted(problems, key=_severity))


_severity: Final[Callable[[CycleProblem], str]] = attrgetter("severity")  # "error" < "warning"


# --- Single lines -------------------------------------------------------------------------------


def read_rows(
    items: Iterable[object], known: Mapping[str, Status] | None = None
) -> tuple[list[Row], list[CycleProblem]]:
    """The lines of a list, and the problems of single lines.

    Args:
        items: what the lines are read from.
        known: in an edit, the statuses before it, by key. A line keeps what it leaves out, unless
            it's a flag, and a line without a key is a new status. None if there is no edit.
    """
    rows: list[Row] = []
    problems: list[CycleProblem] = []
    for index, item in enumerate(items):
        try:
            row, found = _read(index, item, known)
        except Exception:  # noqa: BLE001 - the host's mapping may fail in any way
            row, found = None, [_not_a_status(index, item)]
        rows.append(row)
        problems += found
    return rows, problems


def _not_a_status(index: int, item: object) -> CycleProblem:
    message = text(
        "line {line} must be a Status or a mapping, not {value}",
        line=index + 1,
        value=checks.shown(item),
    )
    return CycleProblem("not-a-status", "error", (), message, None, index)


def _read(
    index: int,
    item: Any,  # noqa: ANN401 - whatever a form holds
    known: Mapping[str, Status] | None,
) -> tuple[Row, list[CycleProblem]]:
    if isinstance(item, Status):
        return item, []
    values = pairs_of(item)
    line = Line()
    refused: list[tuple[Posted, object]] = []
    for posted in FIELDS:
        value = values.pop(posted.name, NOTHING)
        if value is NOTHING:
            value = _left_out(posted, (known or {}).get(line.key))
        if posted.name == "key" and known is not None and has_no_text(value):
            continue
        try:
            setattr(line, posted.name, posted.read(value))
        except Exception:  # noqa: BLE001 - the host's value may fail in any way
            refused.append((posted, value))
    placed, name = (index, line), _name((index, line))
    problems = [_unread(posted, value, name, placed) for posted, value in refused]
    return line, [*problems, *(_unknown(field, name, placed) for field in values)]


def _left_out(posted: Posted, before: Status | None) -> object:
    """The value of a field that a line leaves out. A browser leaves out a box that isn't ticked."""
    if before is not None and posted.kind != "flag":
        return getattr(before, posted.name)
    return "" if posted.default is NOTHING else posted.default


def _unread(posted: Posted, value: object, name: Message, placed: _Placed) -> CycleProblem:
    if posted.name == "description" and has_no_text(value):
        message = text("{name} has no description: fill it in", name=name)
        return _error("blank-description", message, "description", placed)
    return _error(posted.code, posted.refusal(name, value), posted.name, placed)


def _unknown(field: object, name: Message, placed: _Placed) -> CycleProblem:
    message = text(
        "{name} has an unknown field, {field}: leave it out", name=name, field=checks.shown(field)
    )
    return _error("unknown-field", message, name_of(field), placed)


# --- The whole list -----------------------------------------------------------------------------


def _error(code: str, message: Message, field: str | None, *rows: _Placed) -> CycleProblem:
    """An error whose place is the last of these rows; all of them are concerned."""
    keys = tuple([row.key for _, row in rows if row.key])
    return CycleProblem(code, "error", keys, message, field, rows[-1][0] if rows else None)


def _name(placed: _Placed) -> Message:
    """What people call a row: its description, or the number of its line."""
    row = placed[1]
    if not row.description:
        return _line(placed)
    return text("'{description}'", description=shortened(row.description))


def _line(placed: _Placed) -> Message:
    return text("line {line}", line=placed[0] + 1)


def shortened(name: str) -> str:
    """A name that fits into a message."""
    return name if len(name) <= _LONG else f"{name[: _LONG - 1]}…"


def several(names: Sequence[Message]) -> str:
    """The first few names, and how many more there are."""
    few, more = joined(names[:_FEW]), len(names) - _FEW
    if more <= 0:
        return few
    return count_of(more, "{names} and {count} more", "{names} and {count} more", names=few)


_RULES: Final[tuple[tuple[str, str, Callable[[Status | Line], bool], Message], ...]] = (
    (
        "initial-is-final",
        "final",
        lambda row: row.initial and row.final,
        text("{name} can't be both initial and final: clear one"),
    ),
    (
        "initial-non-standard",
        "non_standard",
        lambda row: row.initial and row.non_standard,
        text("{name} is initial, so it can't be non-standard"),
    ),
    (
        "initial-inactive",
        "inactive",
        lambda row: row.initial and row.inactive,
        text("{name} is initial, so it can't be inactive"),
    ),
    (
        "final-non-standard",
        "non_standard",
        lambda row: row.final and row.non_standard,
        text("{name} is final, so it can't be non-standard"),
    ),
    (
        "final-inactive",
        "inactive",
        lambda row: row.final and row.inactive,
        text("{name} is final, so it can't be inactive"),
    ),
    (
        "cancelled-but-standard",
        "non_standard",
        lambda row: row.cancelled and not row.non_standard,
        text("{name} is cancelled, so it must be non-standard too"),
    ),
    (
        "pauses-but-standard",
        "non_standard",
        lambda row: row.pauses and not row.non_standard,
        text("{name} pauses orders, so it must be non-standard too"),
    ),
)
"""For each rule about one row: the code, the field to put right, when it's broken, the message."""


def broken_rules(rows: Iterable[Row]) -> Iterator[CycleProblem]:
    """The problems of a list as a whole, rule by rule (decision D2)."""
    placed = [(index, row) for index, row in enumerate(rows) if row is not None]
    initials = [(index, row) for index, row in placed if row.initial]
    finals = [(index, row) for index, row in placed if row.final]
    yield from _exactly_one_initial(initials)
    yield from _exactly_one_final(finals)
    for code, name, is_broken, message in _RULES:
        for it in placed:
            if is_broken(it[1]):
                yield _error(code, message.with_fields(name=_name(it)), name, it)
    yield from _repeated(placed)
    if len(initials) == len(finals) == 1 and initials != finals:
        yield from _in_order(placed, initials[0], finals[0])
    for it in finals:
        if it[1].default_duration is not None:
            said = text("{name} is final, so it's never due: clear its duration", name=_name(it))
            error = _error("final-has-duration", said, "default_duration", it)
            yield evolve(error, severity="warning")


def _exactly_one_initial(marked: Sequence[_Placed]) -> Iterator[CycleProblem]:
    if not marked:
        yield _error("no-initial", text("one status must be initial: mark it"), "initial")
    if len(marked) > 1:
        message = text(
            "only one status can be initial: choose one of {names}",
            names=several([*map(_name, marked)]),
        )
        yield _at_second("several-initials", message, "initial", marked)


def _exactly_one_final(marked: Sequence[_Placed]) -> Iterator[CycleProblem]:
    if not marked:
        yield _error("no-final", text("one status must be final: mark it"), "final")
    if len(marked) > 1:
        message = text(
            "only one status can be final: choose one of {names}",
            names=several([*map(_name, marked)]),
        )
        yield _at_second("several-finals", message, "final", marked)


def _at_second(code: str, message: Message, field: str, rows: Sequence[_Placed]) -> CycleProblem:
    """An error of several rows that are alike; the second one is the first to put right."""
    return evolve(_error(code, message, field, *rows), index=rows[1][0])


def _repeated(rows: Iterable[_Placed]) -> Iterator[CycleProblem]:
    keys: dict[str, list[_Placed]] = {}
    descriptions: dict[str, list[_Placed]] = {}
    for index, row in rows:
        keys.setdefault(row.key, []).append((index, row))
        if not row.inactive:
            descriptions.setdefault(_compared(row.description), []).append((index, row))
    for key, same in keys.items():
        if key and len(same) > 1:
            message = text(
                "{lines} have the same key: each status needs a key of its own",
                lines=several([*map(_line, same)]),
            )
            yield evolve(_at_second("duplicate-key", message, "key", same), keys=(key,))
    for description, same in descriptions.items():
        if description and len(same) > 1:
            message = text(
                "{lines} have the same description, {name}: change all but one",
                lines=several([*map(_line, same)]),
                name=_name(same[0]),
            )
            yield _at_second("duplicate-description", message, "description", same)


def _compared(description: str) -> str:
    """A description for comparison: letter width, case and repeated blanks make no difference."""
    if not description.isascii():
        description = unicodedata.normalize("NFKC", description)
    return " ".join(description.split()).casefold()


def _in_order(rows: Sequence[_Placed], initial: _Placed, final: _Placed) -> Iterator[CycleProblem]:
    if final[0] < initial[0]:
        message = text(
            "final {final} must come after initial {initial}: move it",
            final=_name(final),
            initial=_name(initial),
        )
        yield _error("final-before-initial", message, "final", initial, final)
        return
    outside = [
        (index, row)
        for index, row in rows
        if not initial[0] <= index <= final[0] and not row.inactive and not row.non_standard
    ]
    if outside:
        message = text(
            "only statuses between the initial and the final one are on the path:"
            " move {names} there, or mark as non-standard",
            names=several([*map(_name, outside)]),
        )
        error = _error("outside-cycle", message, "non_standard", *outside)
        yield evolve(error, severity="warning", index=outside[0][0])
