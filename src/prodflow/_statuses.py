"""Statuses, and the rules that a list of statuses must follow to form a cycle.

`broken_rules` checks the rules in the order of decision D2 and reports all problems at once. It
takes rows: a row is a status, or a line of a form that someone is still filling in.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, TypedDict, final, get_args

import attrs
from attrs import NOTHING, define, field, frozen

from prodflow import _checks as checks
from prodflow._fields import Colour, Description, Duration, Key, Text, check_of, checked
from prodflow.errors import CycleProblem, Severity


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


@define
class _Line:
    """The fields of a form line that the rules look at; an unreadable field has its default."""

    key: str = ""
    description: str = ""
    default_duration: int | None = None
    initial: bool = False
    final: bool = False
    non_standard: bool = False
    cancelled: bool = False
    pauses: bool = False
    inactive: bool = False


_Row = Status | _Line


def find_problems(
    statuses: Iterable[Status | Mapping[str, object]],
) -> tuple[CycleProblem, ...]:
    """Every error and oddity in a list of statuses, even in a form that is half filled in.

    Args:
        statuses: the list, in order. An item is a `Status`, or a mapping of field values for a
            line of a form. Fields that the mapping leaves out have their defaults.

    Returns:
        First the problems of single lines, then the problems of the whole list; empty if there are
        none.

    Raises:
        TypeError: if *statuses* is not iterable. A wrong item is a problem, and never raises an
            exception.

    Source:
        Decision D2.

    Example:
        >>> [problem.code for problem in find_problems([{"key": "new", "description": " "}])]
        ['blank-description', 'no-initial', 'no-final']
    """
    problems: list[CycleProblem] = []
    rows: list[_Row] = []
    for number, item in enumerate(checks.items("statuses", statuses, "statuses"), start=1):
        try:
            rows.append(item if isinstance(item, Status) else _read(number, item, problems))
        except Exception:  # noqa: BLE001 - the host's mapping may fail in any way
            expected = f"line {number} must be a Status or a mapping, not {checks.shown(item)}"
            problems.append(_error("not-a-status", expected))
    return (*problems, *broken_rules(rows))


_CODES: Final[Mapping[object, str]] = {
    Key: "bad-key",
    Colour: "bad-colour",
    Description: "bad-text",
    Duration: "bad-duration",
    Text: "bad-text",
    bool: "bad-flag",
}
"""The problem code for an unacceptable value, by the type of its field."""


def _code(kind: object) -> str:
    return next(_CODES[known] for known in (kind, *get_args(kind)) if known in _CODES)


_FIELDS: Final = tuple(
    (field.name, _code(field.type), check_of(field.type), field.default)
    for field in attrs.fields(Status)
)


def _read(number: int, item: Mapping[str, object], problems: list[CycleProblem]) -> _Line:
    """The readable fields of a line; for each unreadable field, *problems* gets a problem."""
    values = dict(item.items())
    line = _Line()
    for name, code, check, default in _FIELDS:
        value: object = values.pop(name, "" if default is NOTHING else default)
        try:
            check(name, value)
        except (TypeError, ValueError) as error:
            blank = value is None or (isinstance(value, str) and not value.strip())
            problem = "blank-description" if blank and name == "description" else code
            problems.append(_error(problem, f"line {number}: {error}", line))
        else:
            if hasattr(line, name):
                setattr(line, name, value)
    if values:
        message = f"line {number} has unknown fields: {checks.listed(list(values))}"
        problems.append(_error("unknown-field", message, line))
    return line


def _problem(severity: Severity, code: str, message: str, *rows: _Row) -> CycleProblem:
    return CycleProblem(code, severity, tuple(row.key for row in rows if row.key), message)


_error: Final = partial(_problem, "error")
_warning: Final = partial(_problem, "warning")


def _named(rows: Sequence[_Row]) -> str:
    return checks.listed([row.key or row.description for row in rows])


def broken_rules(rows: Sequence[_Row]) -> Iterator[CycleProblem]:
    """The problems of a list as a whole, rule by rule (decision D2)."""
    initials = [row for row in rows if row.initial]
    finals = [row for row in rows if row.final]
    yield from _exactly_one("initial", initials)
    yield from _exactly_one("final", finals)
    for row in initials:
        if row.final:
            message = f"{_named([row])} cannot be both initial and final: clear one of the two"
            yield _error("initial-is-final", message, row)
    yield from _on_the_path("initial", initials)
    yield from _on_the_path("final", finals)
    for row in rows:
        if row.non_standard:
            continue
        if row.cancelled:
            message = f"{_named([row])} is cancelled, so it must be non-standard too"
            yield _error("cancelled-but-standard", message, row)
        if row.pauses:
            message = f"{_named([row])} pauses orders, so it must be non-standard too"
            yield _error("pauses-but-standard", message, row)
    yield from _repeated(rows)
    if len(initials) == len(finals) == 1 and initials != finals:
        yield from _in_order(rows, initials[0], finals[0])
    for row in finals:
        if row.default_duration is not None:
            message = f"final {_named([row])} is never due: leave its duration out"
            yield _warning("final-has-duration", message, row)


def _exactly_one(flag: str, marked: Sequence[_Row]) -> Iterator[CycleProblem]:
    if not marked:
        yield _error(f"no-{flag}", f"one status must be {flag}: mark it")
    if len(marked) > 1:
        message = f"only one status can be {flag}: choose one of {_named(marked)}"
        yield _error(f"several-{flag}s", message, *marked)


def _on_the_path(flag: str, marked: Iterable[_Row]) -> Iterator[CycleProblem]:
    for row in marked:
        if row.non_standard:
            message = f"{_named([row])} is {flag}, so it cannot be non-standard"
            yield _error(f"{flag}-non-standard", message, row)
        if row.inactive:
            message = f"{_named([row])} is {flag}, so it cannot be inactive"
            yield _error(f"{flag}-inactive", message, row)


def _repeated(rows: Iterable[_Row]) -> Iterator[CycleProblem]:
    keys: dict[str, list[_Row]] = {}
    descriptions: dict[str, list[_Row]] = {}
    for row in rows:
        keys.setdefault(row.key, []).append(row)
        if not row.inactive:
            descriptions.setdefault(_compared(row.description), []).append(row)
    for key, same in keys.items():
        if key and len(same) > 1:
            message = f"{len(same)} statuses have the key {key!r}: give each a key of its own"
            yield _error("duplicate-key", message, same[0])
    for description, same in descriptions.items():
        if description and len(same) > 1:
            names = f"{_named(same)} have the same description, {same[0].description!r}"
            yield _error("duplicate-description", f"{names}: change all but one", *same)


def _compared(description: str) -> str:
    """A description for comparison: letter width, case and repeated blanks make no difference."""
    if not description.isascii():
        description = unicodedata.normalize("NFKC", description)
    return " ".join(description.split()).casefold()


def _in_order(rows: Sequence[_Row], initial: _Row, final: _Row) -> Iterator[CycleProblem]:
    first, last = rows.index(initial), rows.index(final)
    if last < first:
        message = f"final {_named([final])} must come after initial {_named([initial])}: move it"
        yield _error("final-before-initial", message, initial, final)
        return
    outside = [
        row
        for row in (*rows[:first], *rows[last + 1 :])
        if not row.inactive and not row.non_standard
    ]
    if outside:
        message = "only statuses between the initial and the final one are on the path"
        todo = f"move {_named(outside)} there, or mark as non-standard"
        yield _warning("outside-cycle", f"{message}: {todo}", *outside)
