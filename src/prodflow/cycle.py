"""Cycles, the place of each status in its cycle, and the methods that edit a cycle.

Theory of operation. A cycle is one version of the status list of an order type, and never changes.
Its *path* is the active standard statuses from the initial to the final status. All other statuses
are off the path. `_statuses` has the rules that the list must follow. A new cycle calculates a
table of places, so each later question takes a single look-up.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from itertools import count
from typing import Final, NamedTuple, Unpack, final

from attrs import Factory, evolve, field, frozen

from prodflow import _checks as checks
from prodflow._fields import Key, Label, Number, checked
from prodflow._statuses import (
    Line,
    Status,
    StatusChanges,
    broken_rules,
    errors_first,
    find_problems,
    read_rows,
)
from prodflow.errors import (
    CycleConflictError,
    CycleNotFoundError,
    CycleProblem,
    InvalidCycleError,
    UnknownStatusError,
    titled,
)

__all__ = ["Place", "Status", "StatusCycle", "find_problems", "slug"]


@final
class Place(NamedTuple):
    """Where a status is in its cycle, with the working days up to it and after it.

    The path is the active standard statuses of the cycle, from the initial to the final status. A
    status without a duration counts as 0 days, and so does the final status (decisions D3, D8).
    """

    status: Status
    """The status."""
    position: int | None
    """The index of the status on the path, from 0; None off the path."""
    days_through: int
    """The working days of the path up to and including this status; 0 off the path."""
    days_after: int
    """The working days of the path after this status; 0 off the path."""
    next: Status | None
    """The next status on the path; None for the final status and off the path."""


def type_name(cycle: "StatusCycle") -> str:
    """The description of a cycle, or the key of its order type if it has no description."""
    return cycle.description or cycle.order_type


# Each of the next functions calculates one field of a new cycle.


def _warnings(cycle: "StatusCycle") -> tuple[CycleProblem, ...]:
    problems = errors_first(broken_rules(cycle.statuses))
    if problems and problems[0].severity == "error":
        raise titled(InvalidCycleError(problems, cycle.order_type), order_type=type_name(cycle))
    return problems


def _places_of(cycle: "StatusCycle") -> dict[str, Place]:
    path = cycle.path
    days = [0 if status.final else status.default_duration or 0 for status in path]
    places: dict[str, Place] = {}
    through, after = 0, sum(days)
    for position, (status, own, following) in enumerate(
        zip(path, days, (*path[1:], None), strict=True)
    ):
        through += own
        after -= own
        places[status.key] = Place(status, position, through, after, following)
    for status in cycle.statuses:
        if status.key not in places:
            places[status.key] = Place(status, None, 0, 0, None)
    return places


def _path(cycle: "StatusCycle") -> tuple[Status, ...]:
    statuses = cycle.statuses
    first = next(i for i, status in enumerate(statuses) if status.initial)
    last = next(i for i, status in enumerate(statuses) if status.final)
    return tuple(
        [
            status
            for status in statuses[first : last + 1]
            if not status.inactive and not status.non_standard
        ]
    )


def _active(cycle: "StatusCycle") -> tuple[Status, ...]:
    return tuple([status for status in cycle.statuses if not status.inactive])


def _off_path(cycle: "StatusCycle") -> tuple[Status, ...]:
    path = {status.key for status in cycle.path}
    return tuple([status for status in cycle.choices() if status.key not in path])


def _days_through(cycle: "StatusCycle") -> tuple[int | None, ...]:
    return tuple([cycle.place(s.key).days_through if s.is_due else None for s in cycle.path])


def _days_back(cycle: "StatusCycle") -> tuple[int | None, ...]:
    return tuple([-cycle.place(s.key).days_after if s.is_due else None for s in cycle.path])


def _following(cycle: "StatusCycle") -> dict[str, Status | None]:
    keys = [status.key for status in cycle.path]
    return dict(zip(keys, (*cycle.path[1:], None), strict=True))


def _statuses(value: Iterable[Status]) -> tuple[Status, ...]:
    return checks.instances("statuses", value, Status, "Status")


@final
@frozen(weakref_slot=False, cache_hash=True, field_transformer=checked)
class StatusCycle:
    """One version of the status list of an order type, checked as a whole.

    A cycle never changes. The editing methods, from `add` to `reactivate`, return the next version:
    a new cycle whose version number is one higher.

    Args:
        order_type: the key of the order type, 1 to 64 ASCII letters, digits, `_`, `-`, `.`.
        statuses: the list, in the order that people see.
        description: the name that people use for the order type, up to 200 characters.
        version: 1 for a new cycle.

    Raises:
        InvalidCycleError: if the statuses break a rule; `problems` lists all problems. Editing
            methods raise it too, if the result would break a rule.
        UnknownStatusError: if you give `cycle[…]` or a method a key that the cycle doesn't have.

    Source:
        "Setting up Production Statuses"; decisions D1, D2, D4 and D5.

    Example:
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [
        ...         Status("ordered", "Ordered", initial=True, default_duration=1),
        ...         Status("hold", "On hold", non_standard=True, pauses=True),
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
    """Oddities in the list that are allowed, such as a duration on the final status."""
    path: tuple[Status, ...] = field(
        init=False, eq=False, repr=False, default=Factory(_path, takes_self=True)
    )
    """The active standard statuses from the initial to the final status."""
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
    """`Place.days_through` for each status of the path; None if the status is never due."""
    days_back: tuple[int | None, ...] = field(
        init=False, eq=False, repr=False, default=Factory(_days_back, takes_self=True)
    )
    """Minus `Place.days_after` for each status of the path; None if the status is never due."""
    _following: dict[str, Status | None] = field(
        init=False, eq=False, repr=False, default=Factory(_following, takes_self=True)
    )

    def __reduce__(self) -> tuple[object, ...]:
        rebuild = partial(StatusCycle, description=self.description, version=self.version)
        return rebuild, (self.order_type, self.statuses)

    @property
    def initial(self) -> Status:
        """The first status of the path."""
        return self.path[0]

    @property
    def final(self) -> Status:
        """The last status of the path."""
        return self.path[-1]

    def __getitem__(self, key: str) -> Status:
        """The status with this key."""
        return self.place(key).status

    def __contains__(self, status: object) -> bool:
        """Whether the cycle has this key, or exactly this status."""
        if isinstance(status, Status):
            place = self._places.get(status.key)
            return place is not None and place.status == status
        return isinstance(status, str) and status in self._places

    def __iter__(self) -> Iterator[Status]:
        return iter(self.statuses)

    def __len__(self) -> int:
        return len(self.statuses)

    def place(self, key: str) -> Place:
        """The place of the status with this key in the cycle, found in constant time.

        Raises:
            UnknownStatusError: if the cycle has no such status.
        """
        try:
            return self._places[key]
        except (KeyError, TypeError):
            if not isinstance(key, str):
                raise TypeError(
                    f"a key must be a str, such as {self.initial.key!r}, not {checks.shown(key)}"
                ) from None
            raise titled(
                UnknownStatusError(self.order_type, key, tuple(it.key for it in self.statuses)),
                order_type=type_name(self),
                known=tuple(it.description for it in self.statuses),
            ) from None

    def next_after(self, key: str) -> Status | None:
        """The next status on the path; None for the final status.

        The path is the active standard statuses, from the initial to the final status.

        Raises:
            UnknownStatusError: if the cycle has no such status.
            ValueError: if the status is off the path.

        Source:
            Decision D2.
        """
        try:
            return self._following[key]
        except (KeyError, TypeError):
            off_path = self.place(key).status.key  # raises if there's no such status
            raise ValueError(
                f"status {off_path!r} is off the path and has no next status: pass to=…"
            ) from None

    def choices(self) -> tuple[Status, ...]:
        """The active statuses in list order, as the "Change To Status" list shows them."""
        return self._active

    def add(self, status: Status, index: int | None = None) -> "StatusCycle":
        """The next version, with one more status.

        Args:
            status: the new status.
            index: the new status's index in the list, from 0 to the length; None for the end.

        Source:
            "Setting up Production Statuses", New; decision D4.
        """
        checks.instance("status", status, Status, "a Status")
        last = len(self.statuses)
        at = last if index is None else checks.whole("index", index, 0, last)
        return self._edited((*self.statuses[:at], status, *self.statuses[at:]))

    def remove(self, key: str) -> "StatusCycle":
        """The next version, without this status.

        If any orders use the status, `deactivate` it instead. The cycle doesn't know whether orders
        use the status.

        Source:
            "Delete a Status"; decision D4.
        """
        at = self._index(key)
        return self._edited(self.statuses[:at] + self.statuses[at + 1 :])

    def move_up(self, key: str) -> "StatusCycle":
        """The next version, with this status one line up; the same cycle if it's already first.

        Source:
            "Change the Order"; decision D4.
        """
        return self.move_to(key, max(self._index(key) - 1, 0))

    def move_down(self, key: str) -> "StatusCycle":
        """The next version, with this status one line down; the same cycle if it's already last.

        Source:
            "Change the Order"; decision D4.
        """
        return self.move_to(key, min(self._index(key) + 1, len(self.statuses) - 1))

    def move_to(self, key: str, index: int) -> "StatusCycle":
        """The next version, with this status at *index*; the same cycle if it's already there.

        Args:
            key: the status to move.
            index: its new index in the list, from 0 to one less than the length.

        Raises:
            InvalidCycleError: if an active standard status would move before the initial status or
                after the final status.

        Source:
            "Change the Order"; decision D4.
        """
        at = self._index(key)
        checks.whole("index", index, 0, len(self.statuses) - 1)
        if index == at:
            return self
        rest = self.statuses[:at] + self.statuses[at + 1 :]
        moved = self._edited((*rest[:index], self.statuses[at], *rest[index:]))
        lost = {status.key for status in self.path} - {status.key for status in moved.path}
        if lost:
            problems = [
                evolve(problem, severity="error")
                for problem in moved.warnings
                if not lost.isdisjoint(problem.keys)
            ]
            error = InvalidCycleError(tuple(problems), self.order_type)
            raise titled(error, order_type=type_name(self))
        return moved

    def replace(self, key: str, **changes: Unpack[StatusChanges]) -> "StatusCycle":
        """The next version, with some fields of this status changed.

        Args:
            key: the status to change; its key stays the same.
            changes: new values for any other fields of `Status`.

        Source:
            Decisions D1 and D4.
        """
        at = self._index(key)
        changed = evolve(self.statuses[at], **changes)
        return self._edited((*self.statuses[:at], changed, *self.statuses[at + 1 :]))

    def set_initial(self, key: str) -> "StatusCycle":
        """The next version, with this status as the initial status.

        Source:
            "Initial/Final Status"; decision D4.
        """
        chosen = self[key]
        return self._edited(evolve(s, initial=s is chosen) for s in self.statuses)

    def set_final(self, key: str) -> "StatusCycle":
        """The next version, with this status as the final status.

        Source:
            "Initial/Final Status"; decision D4.
        """
        chosen = self[key]
        return self._edited(evolve(s, final=s is chosen) for s in self.statuses)

    def deactivate(self, key: str) -> "StatusCycle":
        """The next version, in which this status is no longer used.

        Source:
            "Make a Status Inactive"; decision D4.
        """
        return self.replace(key, inactive=True)

    def reactivate(self, key: str) -> "StatusCycle":
        """The next version, in which this status is used again.

        Source:
            "Make a Status Inactive"; decision D4.
        """
        return self.replace(key, inactive=False)

    def edited(
        self, rows: Iterable[Status | Mapping[str, object]], *, taken: Collection[str] = ()
    ) -> "StatusCycle":
        """The next version, with this list of statuses: one version, whatever has changed.

        If nothing has changed, you get the same cycle.

        Args:
            rows: the whole list as a form holds it. An item is a `Status`, or a mapping of field
                values: the values of `Status`, or texts as a browser posts them. A mapping whose
                key is in this cycle edits that status. It keeps the values that it leaves out,
                except flags: a flag left out is False, since a browser leaves out a box that isn't
                ticked. A mapping without a key is a new status, and gets a key from its
                description.
            taken: keys that new statuses must not get, such as `keys(order_type)` of your store.
                The keys of this version are always taken.

        Raises:
            InvalidCycleError: with all problems of the list and its values, each with the line and
                the field that it belongs to.

        Source:
            Decisions D1, D2 and D4.

        Example:
            >>> cycle = StatusCycle(
            ...     "signs",
            ...     [Status("cut", "Cut", initial=True), Status("done", "Done", final=True)],
            ... )
            >>> cycle = cycle.edited(
            ...     [
            ...         {"key": "cut", "initial": "on", "default_duration": "2"},
            ...         {"description": "Quality check"},
            ...         {"key": "done", "description": "Delivered", "final": "on"},
            ...     ]
            ... )
            >>> cycle.version, [(status.key, status.description) for status in cycle]
            (2, [('cut', 'Cut'), ('quality-check', 'Quality check'), ('done', 'Delivered')])
        """
        known = {status.key: status for status in self.statuses}
        used = {*known, *checks.instances("taken", taken, str, "keys")}
        lines, problems = read_rows(checks.items("rows", rows, "statuses"), known)
        used |= {line.key for line in lines if line is not None}
        for line in lines:
            if isinstance(line, Line) and line.description and not line.key:
                line.key = slug(line.description, used)
                used.add(line.key)
        found = errors_first([*problems, *broken_rules(lines)])
        if found and found[0].severity == "error":
            raise titled(InvalidCycleError(found, self.order_type), order_type=type_name(self))
        statuses = tuple(
            [line.status() if isinstance(line, Line) else line for line in lines if line]
        )
        return self if statuses == self.statuses else self._edited(statuses)

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
        CycleConflictError: if two different cycles have the same type and version.
    """
    known: dict[tuple[str, int], StatusCycle] = {}
    for cycle in checks.instances("cycles", cycles, StatusCycle, "StatusCycle"):
        if known.setdefault((cycle.order_type, cycle.version), cycle) != cycle:
            raise conflict(cycle)
    return known


def conflict(cycle: StatusCycle) -> CycleConflictError:
    """The error for a version that exists with other content."""
    error = CycleConflictError(cycle.order_type, cycle.version)
    return titled(error, order_type=type_name(cycle))


def not_found(
    order_type: str, version: int | None, known: Iterable[StatusCycle]
) -> CycleNotFoundError:
    """The error for a version that is missing; any known cycle of the order type names it."""
    error = CycleNotFoundError(order_type, version)
    cycle = next((cycle for cycle in known if cycle.order_type == order_type), None)
    return error if cycle is None else titled(error, order_type=type_name(cycle))


_NO_KEY: Final = re.compile(r"[^a-z0-9]+")
_KEY_LENGTH: Final = 64


def slug(description: str, taken: Collection[str] = ()) -> str:
    """A key made from a description: lower case, no accents, words joined by `-`.

    Args:
        description: what a user typed, 1 to 200 characters, not blank. If it has no Latin letter or
            digit, the key is `status`.
        taken: the keys in use. If the new key is in use, it gets a number at the end: the first
            free one from 2 on.

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
