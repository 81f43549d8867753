"""Statuses, the cycles they form, and the verbs that edit a cycle.

Theory of operation. A cycle is the ordered list of the statuses of one order type, in one immutable
version. Its *path* is what lies between the initial and the final status, less what is inactive or
non-standard; every other status is off the path, wherever it stands in the list. The rules of a
cycle stand in `_rules`, in the order of decision D2; they look at rows, which come from statuses or
from the half-filled lines of a form alike, and give every problem at once. All that is asked of a
cycle later is looked up in a table of places, made when the cycle is built.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Final, NamedTuple, TypedDict, Unpack, final, get_args

import attrs
from attrs import NOTHING, Factory, define, evolve, field, frozen

from prodflow import _checks as checks
from prodflow._fields import Description, Duration, Key, Label, Number, Text, checked, test_of
from prodflow.errors import (
    CycleConflictError,
    CycleProblem,
    InvalidCycleError,
    UnknownStatusError,
)

__all__ = ["Place", "Status", "StatusCycle", "find_problems", "slug"]


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Status:
    """One line of a status list.

    Args:
        key: what identifies the status for ever, 1 to 64 ASCII letters, digits, `_`, `-`, `.`.
        description: what people read, 1 to 200 characters; it may be edited freely.
        default_duration: whole days, 0 to 36,525, that an order may stay without being overdue;
            None if the status has no due date of its own. Working days of the policy's calendar.
        default_department: the department responsible, or None.
        default_user: the user responsible, or None.
        workflow_stage: the stage of the digital workflow at which its orders appear, or None.
        initial: the cycle begins here.
        final: the cycle ends here; an order that enters is complete.
        non_standard: available when needed, no part of the path.
        cancelled: an order that enters is closed without being complete; needs `non_standard`.
        pauses: moving here leaves the present status incomplete, unless told otherwise: On hold,
            Waiting on client. Needs `non_standard`.
        inactive: no longer used, kept for old orders.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a text or a duration out of bounds. How the flags go together is a matter
            of the cycle.

    Source:
        "Setting up Production Statuses"; decisions D1, D3 and D33.
    """

    key: Key
    description: Description
    default_duration: Duration | None = field(default=None, kw_only=True)
    default_department: Text | None = field(default=None, kw_only=True)
    default_user: Text | None = field(default=None, kw_only=True)
    workflow_stage: Text | None = field(default=None, kw_only=True)
    initial: bool = field(default=False, kw_only=True)
    final: bool = field(default=False, kw_only=True)
    non_standard: bool = field(default=False, kw_only=True)
    cancelled: bool = field(default=False, kw_only=True)
    pauses: bool = field(default=False, kw_only=True)
    inactive: bool = field(default=False, kw_only=True)

    @property
    def is_due(self) -> bool:
        """Whether orders in it have a due date: it has a duration and is not final."""
        return self.default_duration is not None and not self.final

    @property
    def closes(self) -> bool:
        """Whether an order in it is closed: it is final or cancelled."""
        return self.final or self.cancelled


class StatusChanges(TypedDict, total=False):
    """What `StatusCycle.replace` may change: every field of a `Status` but its key."""

    description: str
    default_duration: int | None
    default_department: str | None
    default_user: str | None
    workflow_stage: str | None
    initial: bool
    final: bool
    non_standard: bool
    cancelled: bool
    pauses: bool
    inactive: bool


@final
class Place(NamedTuple):
    """Where a status stands in its cycle: what a due date is reckoned from.

    A status without a duration counts as 0 days, and so does the final one (decisions D3 and D8).
    """

    status: Status
    """The status."""
    position: int | None
    """Its index on the path, from 0; None off the path."""
    days_through: int
    """The working days of the path up to and with its own; 0 off the path."""
    days_after: int
    """The working days of the path after its own; 0 off the path."""
    next: Status | None
    """The status after it on the path; None for the final one and off the path."""


# What a cycle works out about itself once, in the order of the fields it fills.


def _warnings(cycle: "StatusCycle") -> tuple[CycleProblem, ...]:
    """The problems of a list that makes a cycle; one with errors is refused here."""
    problems = tuple(_rules(cycle.statuses))
    if any(problem.severity == "error" for problem in problems):
        raise InvalidCycleError(problems, cycle.order_type)
    return problems


def _places_of(cycle: "StatusCycle") -> dict[str, Place]:
    """The place of every status, by key."""
    path = cycle.path
    days = [0 if status.final else status.default_duration or 0 for status in path]
    places = {status.key: Place(status, None, 0, 0, None) for status in cycle.statuses}
    through, after = 0, sum(days)
    for position, (status, own, following) in enumerate(
        zip(path, days, (*path[1:], None), strict=True)
    ):
        through += own
        after -= own
        places[status.key] = Place(status, position, through, after, following)
    return places


def _path(cycle: "StatusCycle") -> tuple[Status, ...]:
    statuses = cycle.statuses
    first = next(i for i, status in enumerate(statuses) if status.initial)
    last = next(i for i, status in enumerate(statuses) if status.final)
    return tuple(
        status
        for status in statuses[first : last + 1]
        if not status.inactive and not status.non_standard
    )


def _active(cycle: "StatusCycle") -> tuple[Status, ...]:
    return tuple(status for status in cycle.statuses if not status.inactive)


def _off_path(cycle: "StatusCycle") -> tuple[Status, ...]:
    return tuple(s for s in cycle.choices() if cycle.place(s.key).position is None)


def _days_through(cycle: "StatusCycle") -> tuple[int | None, ...]:
    return tuple(cycle.place(s.key).days_through if s.is_due else None for s in cycle.path)


def _days_back(cycle: "StatusCycle") -> tuple[int | None, ...]:
    return tuple(-cycle.place(s.key).days_after if s.is_due else None for s in cycle.path)


def _following(cycle: "StatusCycle") -> dict[str, Status | None]:
    return {status.key: cycle.place(status.key).next for status in cycle.path}


def _statuses(value: Iterable[Status]) -> tuple[Status, ...]:
    return checks.instances("statuses", value, Status, "Status")


@final
@frozen(weakref_slot=False, cache_hash=True, field_transformer=checked)
class StatusCycle:
    """The statuses of one order type in one version, checked as a whole.

    Args:
        order_type: the key of the cycle, 1 to 64 ASCII letters, digits, `_`, `-`, `.`.
        statuses: the list, in the order in which people see it.
        description: what people call the order type, up to 200 characters.
        version: 1 for a new cycle; each edit is the next.

    Raises:
        InvalidCycleError: if the statuses break a rule; `problems` names all that they break.
        TypeError: for a value of the wrong kind, an item that is no `Status` included.
        ValueError: for a text or a version out of bounds.

    Source:
        "Setting up Production Statuses"; decisions D1, D2, D4 and D5.

    Example:
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [
        ...         Status("ordered", "Ordered", initial=True, default_duration=1),
        ...         Status("hold", "On hold", non_standard=True),
        ...         Status("done", "Delivered", final=True),
        ...     ],
        ... )
        >>> [status.key for status in cycle.path]
        ['ordered', 'done']
    """

    order_type: Key
    statuses: tuple[Status, ...] = field(converter=_statuses)
    description: Label = field(default="", kw_only=True)
    version: Number = field(default=1, kw_only=True)
    warnings: tuple[CycleProblem, ...] = field(
        init=False, eq=False, repr=False, default=Factory(_warnings, takes_self=True)
    )
    """What is odd about the list, though it makes a cycle."""
    path: tuple[Status, ...] = field(
        init=False, eq=False, repr=False, default=Factory(_path, takes_self=True)
    )
    """The active standard statuses from the initial to the final one."""
    _places: dict[str, Place] = field(
        init=False, eq=False, repr=False, default=Factory(_places_of, takes_self=True)
    )
    _active: tuple[Status, ...] = field(
        init=False, eq=False, repr=False, default=Factory(_active, takes_self=True)
    )
    non_standard: tuple[Status, ...] = field(
        init=False, eq=False, repr=False, default=Factory(_off_path, takes_self=True)
    )
    """The active statuses off the path, in list order."""
    days_through: tuple[int | None, ...] = field(
        init=False, eq=False, repr=False, default=Factory(_days_through, takes_self=True)
    )
    """For each status of the path the working days up to and with its own; None if never due."""
    days_back: tuple[int | None, ...] = field(
        init=False, eq=False, repr=False, default=Factory(_days_back, takes_self=True)
    )
    """For each status of the path minus the working days after it; None if never due."""
    _following: dict[str, Status | None] = field(
        init=False, eq=False, repr=False, default=Factory(_following, takes_self=True)
    )

    def __reduce__(self) -> tuple[object, ...]:
        rebuild = partial(StatusCycle, description=self.description, version=self.version)
        return rebuild, (self.order_type, self.statuses)

    @property
    def initial(self) -> Status:
        """Where the path begins."""
        return self.path[0]

    @property
    def final(self) -> Status:
        """Where the path ends."""
        return self.path[-1]

    def __getitem__(self, key: str) -> Status:
        """The status of this key, in constant time.

        Raises:
            UnknownStatusError: if there is none.
            TypeError: if *key* is no str.
        """
        return self.place(key).status

    def __contains__(self, status: object) -> bool:
        """Whether a key, or a status as it stands here, belongs to the cycle."""
        if isinstance(status, Status):
            place = self._places.get(status.key)
            return place is not None and place.status == status
        return isinstance(status, str) and status in self._places

    def __iter__(self) -> Iterator[Status]:
        return iter(self.statuses)

    def __len__(self) -> int:
        return len(self.statuses)

    def place(self, key: str) -> Place:
        """Where the status of this key stands, in constant time.

        Args:
            key: one of its statuses.

        Raises:
            UnknownStatusError: if there is none.
            TypeError: if *key* is no str.
        """
        try:
            return self._places[key]
        except (KeyError, TypeError):
            if not isinstance(key, str):
                raise TypeError(
                    f"a key must be a str, such as {self.initial.key!r}, not {checks.shown(key)}"
                ) from None
            known = tuple(status.key for status in self.statuses)
            raise UnknownStatusError(self.order_type, key, known) from None

    def next_after(self, key: str) -> Status | None:
        """The status that follows on the path; None after the final one.

        Args:
            key: one of its statuses.

        Raises:
            UnknownStatusError: if there is no status of this key.
            TypeError: if *key* is no str.
            ValueError: if the status is off the path, where nothing follows.

        Source:
            Decision D2.
        """
        try:
            return self._following[key]
        except (KeyError, TypeError):
            off_path = self.place(key).status.key  # or there is none, and it says so
            raise ValueError(
                f"status {off_path!r} is off the path, so none follows it: name one"
            ) from None

    def choices(self) -> tuple[Status, ...]:
        """The active statuses in list order: the "Change To Status" list."""
        return self._active

    def add(self, status: Status, index: int | None = None) -> "StatusCycle":
        """The next version, with one status more.

        Args:
            status: the new status.
            index: where in the list, from 0 to its length; None for the end.

        Raises:
            InvalidCycleError: if that makes no cycle.
            TypeError: if *status* is no `Status` or *index* no int.
            ValueError: if there is no such index.

        Source:
            "Setting up Production Statuses", New; decision D4.
        """
        checks.instance("status", status, Status, "a Status")
        last = len(self.statuses)
        at = last if index is None else checks.whole("index", index, 0, last)
        return self._edited((*self.statuses[:at], status, *self.statuses[at:]))

    def remove(self, key: str) -> "StatusCycle":
        """The next version, without this status.

        The library does not know which orders are in it: deactivate what is in use.

        Args:
            key: one of its statuses.

        Raises:
            InvalidCycleError: if that makes no cycle.
            UnknownStatusError: if there is no status of this key.
            TypeError: if *key* is no str.

        Source:
            "Delete a Status"; decision D4.
        """
        at = self._index(key)
        return self._edited(self.statuses[:at] + self.statuses[at + 1 :])

    def move_up(self, key: str) -> "StatusCycle":
        """The next version, with this status one line higher; the same object if it is the first.

        Args:
            key: one of its statuses.

        Raises:
            InvalidCycleError: if that makes no cycle, or takes a status off the path.
            UnknownStatusError: if there is no status of this key.
            TypeError: if *key* is no str.

        Source:
            "Change the Order"; decision D4.
        """
        return self.move_to(key, max(self._index(key) - 1, 0))

    def move_down(self, key: str) -> "StatusCycle":
        """The next version, with this status one line lower; the same object if it is the last.

        Args:
            key: one of its statuses.

        Raises:
            InvalidCycleError: if that makes no cycle, or takes a status off the path.
            UnknownStatusError: if there is no status of this key.
            TypeError: if *key* is no str.

        Source:
            "Change the Order"; decision D4.
        """
        return self.move_to(key, min(self._index(key) + 1, len(self.statuses) - 1))

    def move_to(self, key: str, index: int) -> "StatusCycle":
        """The next version, with this status at *index*; the same object if it stands there.

        Args:
            key: the status to move.
            index: where it stands afterwards, from 0 to one less than the length.

        Raises:
            InvalidCycleError: if that makes no cycle, or takes a status off the path.
            UnknownStatusError: if there is no status of this key.
            TypeError: if *index* is no int.
            ValueError: if there is no such index.

        Source:
            "Change the Order"; decision D4.
        """
        at = self._index(key)
        checks.whole("index", index, 0, len(self.statuses) - 1)
        if index == at:
            return self
        rest = self.statuses[:at] + self.statuses[at + 1 :]
        moved = self._edited((*rest[:index], self.statuses[at], *rest[index:]))
        lost = {key for problem in moved.warnings for key in problem.keys} & {
            status.key for status in self.path[:-1]
        }
        if lost:
            problems = [
                evolve(problem, severity="error")
                for problem in moved.warnings
                if not lost.isdisjoint(problem.keys)
            ]
            raise InvalidCycleError(tuple(problems), self.order_type)
        return moved

    def replace(self, key: str, **changes: Unpack[StatusChanges]) -> "StatusCycle":
        """The next version, with fields of this status changed; a key never changes.

        Args:
            key: one of its statuses.
            changes: fields of `Status` with their new values, but for `key`.

        Raises:
            InvalidCycleError: if that makes no cycle.
            UnknownStatusError: if there is no status of this key.
            TypeError: for a field that does not exist or a value of the wrong kind.
            ValueError: for a value out of bounds.

        Source:
            Decisions D1 and D4.
        """
        at = self._index(key)
        changed = evolve(self.statuses[at], **changes)
        return self._edited((*self.statuses[:at], changed, *self.statuses[at + 1 :]))

    def set_initial(self, key: str) -> "StatusCycle":
        """The next version, which begins at this status instead.

        Args:
            key: one of its statuses.

        Raises:
            InvalidCycleError: if that makes no cycle.
            UnknownStatusError: if there is no status of this key.
            TypeError: if *key* is no str.

        Source:
            "Initial/Final Status"; decision D4.
        """
        chosen = self[key]
        return self._edited(evolve(s, initial=s is chosen) for s in self.statuses)

    def set_final(self, key: str) -> "StatusCycle":
        """The next version, which ends at this status instead.

        Args:
            key: one of its statuses.

        Raises:
            InvalidCycleError: if that makes no cycle.
            UnknownStatusError: if there is no status of this key.
            TypeError: if *key* is no str.

        Source:
            "Initial/Final Status"; decision D4.
        """
        chosen = self[key]
        return self._edited(evolve(s, final=s is chosen) for s in self.statuses)

    def deactivate(self, key: str) -> "StatusCycle":
        """The next version, in which this status is no longer used.

        Args:
            key: one of its statuses.

        Raises:
            InvalidCycleError: if that makes no cycle.
            UnknownStatusError: if there is no status of this key.
            TypeError: if *key* is no str.

        Source:
            "Make a Status Inactive"; decision D4.
        """
        return self.replace(key, inactive=True)

    def reactivate(self, key: str) -> "StatusCycle":
        """The next version, in which this status is used again.

        Args:
            key: one of its statuses.

        Raises:
            InvalidCycleError: if that makes no cycle.
            UnknownStatusError: if there is no status of this key.
            TypeError: if *key* is no str.

        Source:
            "Make a Status Inactive"; decision D4.
        """
        return self.replace(key, inactive=False)

    def _index(self, key: str) -> int:
        return self.statuses.index(self[key])

    def _edited(self, statuses: Iterable[Status]) -> "StatusCycle":
        return StatusCycle(
            self.order_type,
            statuses,
            description=self.description,
            version=self.version + 1,
        )


def by_version(cycles: Iterable[StatusCycle]) -> dict[tuple[str, int], StatusCycle]:
    """Cycles by order type and version.

    Raises:
        CycleConflictError: if two contents have one version.
        TypeError: for what is no `StatusCycle`.
    """
    known: dict[tuple[str, int], StatusCycle] = {}
    for cycle in checks.instances("cycles", cycles, StatusCycle, "StatusCycle"):
        if known.setdefault((cycle.order_type, cycle.version), cycle) != cycle:
            raise CycleConflictError(cycle.order_type, cycle.version)
    return known


@define
class _Line:
    """A line of a form: what could be read of it, under the names that a `Status` has."""

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


def _error(code: str, message: str, *rows: _Row) -> CycleProblem:
    return CycleProblem(code, "error", tuple(row.key for row in rows if row.key), message)


def _warning(code: str, message: str, *rows: _Row) -> CycleProblem:
    return CycleProblem(code, "warning", tuple(row.key for row in rows if row.key), message)


def _named(rows: Sequence[_Row]) -> str:
    return checks.listed([row.key or row.description for row in rows])


def find_problems(
    statuses: Iterable[Status | Mapping[str, object]],
) -> tuple[CycleProblem, ...]:
    """Everything wrong or odd about a list of statuses, whatever it holds.

    Args:
        statuses: statuses, or mappings of their fields as a form holds them, in list order. A field
            left out has its default.

    Returns:
        The problems of the lines first, then those of the cycle; empty where all is well.

    Raises:
        TypeError: if *statuses* is no iterable. Nothing that it holds makes it raise.

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
        except Exception:  # noqa: BLE001 - a mapping of the host may fail in any way, a form not
            expected = f"line {number} must be a Status or a mapping, not {checks.shown(item)}"
            problems.append(_error("not-a-status", expected))
    return (*problems, *_rules(rows))


_CODES: Final[Mapping[object, str]] = {
    Key: "bad-key",
    Description: "bad-text",
    Duration: "bad-duration",
    Text: "bad-text",
    bool: "bad-flag",
}
"""What is wrong with a field that does not pass the check of its type."""


def _code(kind: object) -> str:
    return next(_CODES[known] for known in (kind, *get_args(kind)) if known in _CODES)


_FIELDS: Final = tuple(
    (field.name, _code(field.type), test_of(field.type), field.default)
    for field in attrs.fields(Status)
)


def _read(number: int, item: Mapping[str, object], problems: list[CycleProblem]) -> _Line:
    """The line as far as it can be read; what cannot be is entered into *problems*."""
    values = dict(item.items())
    line = _Line()
    for name, code, test, default in _FIELDS:
        value: object = values.pop(name, "" if default is NOTHING else default)
        try:
            test(name, value)
        except (TypeError, ValueError) as error:
            blank = value is None or (isinstance(value, str) and not value.strip())
            found = "blank-description" if blank and name == "description" else code
            problems.append(_error(found, f"line {number}: {error}", line))
        else:
            if hasattr(line, name):
                setattr(line, name, value)
    if values:
        message = f"line {number}: there is no field {checks.listed(list(values))}"
        problems.append(_error("unknown-field", message, line))
    return line


def _rules(rows: Sequence[_Row]) -> Iterator[CycleProblem]:
    """What a list of statuses must be to make a cycle, rule by rule (decision D2)."""
    initials = [row for row in rows if row.initial]
    finals = [row for row in rows if row.final]
    yield from _exactly_one("initial", initials)
    yield from _exactly_one("final", finals)
    for row in initials:
        if row.final:
            message = f"{_named([row])} cannot be both initial and final"
            yield _error("initial-is-final", message, row)
    yield from _on_the_path("initial", initials)
    yield from _on_the_path("final", finals)
    for row in rows:
        if row.cancelled and not row.non_standard:
            message = f"{_named([row])} is cancelled, so it must be non-standard"
            yield _error("cancelled-but-standard", message, row)
        if row.pauses and not row.non_standard:
            message = f"{_named([row])} pauses orders, so it must be non-standard"
            yield _error("pauses-but-standard", message, row)
    yield from _repeated(rows)
    if len(initials) == len(finals) == 1 and initials != finals:
        yield from _order(rows, initials[0], finals[0])
    for row in finals:
        if row.default_duration is not None:
            message = f"the duration of {_named([row])} is ignored: a final status is never due"
            yield _warning("final-has-duration", message, row)


def _exactly_one(flag: str, marked: Sequence[_Row]) -> Iterator[CycleProblem]:
    if not marked:
        yield _error(f"no-{flag}", f"one status must be {flag}: mark it")
    if len(marked) > 1:
        yield _error(f"several-{flag}s", f"only one of {_named(marked)} can be {flag}", *marked)


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
            message = f"{len(same)} statuses have the key {key!r}: a key is used once"
            yield _error("duplicate-key", message, same[0])
    for description, same in descriptions.items():
        if description and len(same) > 1:
            message = f"{_named(same)} are all called {same[0].description!r}: people need to tell"
            yield _error("duplicate-description", message, *same)


def _compared(description: str) -> str:
    """A description as people see it: full-width letters and runs of blanks make no difference."""
    return " ".join(unicodedata.normalize("NFKC", description).split()).casefold()


def _order(rows: Sequence[_Row], initial: _Row, final: _Row) -> Iterator[CycleProblem]:
    first, last = rows.index(initial), rows.index(final)
    if last < first:
        message = f"final {_named([final])} must stand after initial {_named([initial])}"
        yield _error("final-before-initial", message, initial, final)
        return
    outside = [
        row
        for row in (*rows[:first], *rows[last + 1 :])
        if not row.inactive and not row.non_standard
    ]
    if outside:
        message = f"{_named(outside)} stand before the initial or after the final status"
        yield _warning("outside-cycle", f"{message}, so they are off the path", *outside)


_NO_KEY: Final = re.compile(r"[^a-z0-9]+")
_KEY_LENGTH: Final = 64


def slug(description: str, taken: Collection[str] = ()) -> str:
    """A key for a description that a user typed: lower case, accents dropped, words joined by `-`.

    Args:
        description: 1 to 200 characters, not blank. One without a Latin letter or digit becomes
            `status`.
        taken: the keys in use; a number from 2 is added until the key is free.

    Raises:
        TypeError: if *description* is no str, or *taken* no iterable of str.
        ValueError: if *description* is blank or too long, or holds a control character.

    Source:
        Decision D1.

    Example:
        >>> slug("Quality check", taken={"quality-check"})
        'quality-check-2'
    """
    checks.description("description", description)
    used = frozenset(checks.instances("taken", taken, str, "keys"))
    letters = unicodedata.normalize("NFKD", description).casefold()
    ascii_only = letters.encode("ascii", "ignore").decode()
    stem = _NO_KEY.sub("-", ascii_only).strip("-")[:_KEY_LENGTH].strip("-") or "status"
    if stem not in used:
        return stem
    numbered = (f"{stem[: _KEY_LENGTH - 1 - len(str(n))]}-{n}" for n in count(2))
    return next(key for key in numbered if key not in used)
