"""Every error that prodflow raises on purpose, in three families.

- `RuleError`: the user must choose something else.
- `StoreError`: the program must reload or retry.
- `TypeError` and `ValueError`: the calling code is wrong.

An error is a value. You create it from facts, such as the id of an order. Typed fields hold these
facts, and the message shows them. Errors can be pickled, and two errors of one class with the same
facts are equal.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final, Literal, final

from attrs import define, field, frozen

from prodflow import _checks as checks
from prodflow._checks import listed, shown
from prodflow._fields import Key, Note, checked

if TYPE_CHECKING:
    from prodflow.order import HistoryEntry

__all__ = [
    "BulkRefusedError",
    "ChangeRefusedError",
    "ClosingChangedError",
    "CommandReusedError",
    "CompletionDateError",
    "CycleConflictError",
    "CycleNotFoundError",
    "CycleProblem",
    "DateOutOfRangeError",
    "DefinitionError",
    "DuplicateOrderError",
    "InactiveStatusError",
    "InvalidCycleError",
    "KeyReusedError",
    "MissingDeliveryDateError",
    "MixedOrderTypesError",
    "NoNextStatusError",
    "NothingToUndoError",
    "OrderMovedError",
    "OrderNotFoundError",
    "ProdflowError",
    "Refusal",
    "RuleError",
    "RuleProblem",
    "SameStatusError",
    "SplitError",
    "StaleCycleError",
    "StaleOrdersError",
    "StatusMovedError",
    "StoreError",
    "TriggerProblem",
    "UnknownStatusError",
    "UnmappedStatusError",
]


_FEW: Final = 3

Severity = Literal["error", "warning"]
SplitProblem = Literal[
    "closed", "off-path", "no-quantity", "no-parts", "part-below-one", "id-twice", "too-many"
]


def _keys(value: Iterable[str]) -> tuple[str, ...]:
    return checks.keys("keys", value)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class CycleProblem:
    """Something wrong, or just odd, in a list of statuses.

    Args:
        code: a stable name for the kind of problem; decision D2 lists them.
        severity: "error" if the list can't form a cycle, "warning" if it can.
        keys: the keys of the statuses concerned, in list order. A status without a key is left
            out. The message names such a status by its description or by its line number; the first
            line is line 1.
        message: one line for people.
    """

    code: Key
    severity: Severity
    keys: tuple[str, ...] = field(converter=_keys)
    message: Note


@final
@frozen(weakref_slot=False, field_transformer=checked)
class TriggerProblem:
    """Something wrong in a trigger: an unknown status or order type, or a key used twice.

    Args:
        code: `unknown-status`, `unknown-order-type` or `duplicate-trigger`.
        trigger: the key of the trigger.
        message: one line for people.
    """

    code: Key
    trigger: Key
    message: Note


@final
@frozen(weakref_slot=False, field_transformer=checked)
class RuleProblem:
    """A mistake in the rules of a flow, such as a misspelled key.

    Args:
        code: `unknown-status` for a key that no cycle has, `dead-end` for a status that no other
            status may follow, or `no-reason` for a move that needs a reason and has none.
        key: the key of the status, or the word for the move, such as "back".
        message: one line for people.
    """

    code: Key
    key: Key
    message: Note


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Refusal:
    """One reason why a change isn't allowed.

    Args:
        code: a stable name: `skip`, `back`, `reopen`, `target`, `note`, `reason`, `permission` or
            `guard`. In a list of choices, it can also be the `code` of the error that `propose`
            would raise for the status.
        message: one line for people.
        keys: the keys of the statuses that the reason is about.

    Source:
        Decisions D24, D38 and D43.
    """

    code: Key
    message: Note
    keys: tuple[str, ...] = field(default=(), converter=_keys)


class ProdflowError(Exception):
    """The base class of all errors that prodflow raises on purpose.

    `code` is a stable name for the kind of error, for programs and translations.
    """

    code: ClassVar[str] = "error"
    _message: ClassVar[str] = ""  # a template, with the names of facts in braces
    __match_args__: ClassVar[tuple[str, ...]] = ()  # attrs lists the facts of a class here

    def __str__(self) -> str:
        if not self._message:
            return super().__str__()
        facts = {name: _fact(getattr(self, name)) for name in self.__match_args__}
        return self._message.format_map(facts)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.args == self.args

    def __hash__(self) -> int:
        return hash(type(self))  # a fact may be a dict, which has no hash


def _fact(value: str | int | date | tuple[str, ...] | Mapping[str, object]) -> str:
    """The text of a fact in a message: a date in ISO form, or the first few of many keys."""
    match value:
        case date():
            return str(value)
        case tuple() | Mapping():
            return listed([*value])
        case _:
            return shown(value)


def _reasons(reasons: Sequence[str]) -> str:
    more = f" and {len(reasons) - _FEW} more" if len(reasons) > _FEW else ""
    return "; ".join(reasons[:_FEW]) + more


class RuleError(ProdflowError):
    """The user must choose something else; nothing has changed."""

    code = "rule"


class StoreError(ProdflowError):
    """The program must reload or retry; nothing was saved."""

    code = "store"


@define
class InvalidCycleError(RuleError):
    """The statuses don't form a cycle; `problems` has every reason.

    Source:
        "Setting up Production Statuses"; decision D2.
    """

    code = "invalid-cycle"
    problems: tuple[CycleProblem, ...]
    order_type: str = ""

    def __str__(self) -> str:
        whose = f" of {shown(self.order_type)}" if self.order_type else ""
        reasons = _reasons([problem.message for problem in self.problems])
        return f"the statuses{whose} do not form a cycle: {reasons}"


@define
class UnknownStatusError(RuleError, LookupError):
    """The cycle has no status with this key; `known` has all keys of the cycle, in list order."""

    code = "unknown-status"
    order_type: str
    key: str
    known: tuple[str, ...] = ()

    def __str__(self) -> str:
        known = listed(self.known) if self.known else "its statuses"
        return f"cycle {shown(self.order_type)} has no status {shown(self.key)}: use one of {known}"


@define
class InactiveStatusError(RuleError):
    """The chosen status is inactive."""

    code = "inactive-status"
    _message = "status {key} of {order_type} is inactive: choose an active one"
    order_type: str
    key: str


@define
class NoNextStatusError(RuleError):
    """The order is closed, so it has no next status by default (decision D17)."""

    code = "no-next-status"
    _message = (
        "order {order_id} is closed at {status} and has no next status:"
        " choose the status to reopen it in"
    )
    order_id: str
    status: str


@define
class SameStatusError(RuleError):
    """The order is already in the status that was chosen for it (decision D19)."""

    code = "same-status"
    _message = "order {order_id} is already at {status}: choose another status, or amend the order"
    order_id: str
    status: str


@define
class OrderMovedError(RuleError):
    """The order has changed since the screen showed it (decision D19).

    `expected` is the version that the screen showed, and `actual` is the order's present version.
    """

    code = "order-moved"
    _message = (
        "order {order_id} is at version {actual}, not {expected}: reload it and propose again"
    )
    order_id: str
    expected: int | str
    actual: int | str


@define
class StatusMovedError(OrderMovedError):
    """The order isn't in the status that the screen showed (decision D19).

    `expected` is the key of the status that the screen showed, and `actual` is the key of the
    order's present status.
    """

    code = "status-moved"
    _message = "order {order_id} is at {actual}, not {expected}: reload it and propose again"


@define
class CompletionDateError(RuleError):
    """The day of completion, or a corrected first day, isn't allowed (decisions D20 and D35).

    `completed_on` is the day that was given: the day on which the status was completed, or a
    corrected `entered_on`. It's None if only `current_complete` was given.

    If `latest` is a date, the days from `earliest` to `latest` are allowed, both included. If
    `earliest` is None, all days up to `latest` are allowed.

    If `latest` is before `earliest`, no day is allowed, because the previous visit began after the
    day of the recording. If `latest` is None, the order is closed, and no day is allowed either:
    leaving the status of a closed order completes nothing.
    """

    code = "completion-date"
    order_id: str
    completed_on: date | None
    earliest: date | None
    latest: date | None

    def __str__(self) -> str:
        order = f"order {shown(self.order_id)}"
        if self.latest is None:
            return (
                f"{order} is closed, and leaving its status completes nothing:"
                " leave out completed_on and current_complete"
            )
        if self.earliest is None:
            bounds = f"up to {self.latest}"
        elif self.earliest <= self.latest:
            bounds = f"from {self.earliest} to {self.latest}"
        else:
            return (
                f"{order} entered its previous status on {self.earliest}, after {self.latest}:"
                " undo the change to its present status, and correct the previous one first"
            )
        return f"{order} cannot take the day {self.completed_on}: choose a date {bounds}"


@define
class MissingDeliveryDateError(RuleError):
    """The due date counts back from the delivery date, but the order has none (decision D10)."""

    code = "missing-delivery-date"
    _message = (
        "the due date of {status} in {order_type} counts back from the delivery date,"
        " and there is none: give delivery_on"
    )
    order_type: str
    status: str


@define
class MixedOrderTypesError(RuleError):
    """Orders of several types can't be changed together (decision D23)."""

    code = "mixed-order-types"
    _message = "the orders are of several types, {order_types}: change one type at a time"
    order_types: tuple[str, ...]


@define
class ChangeRefusedError(RuleError):
    """The rules of the flow refuse the change; `refusals` has every reason (decision D24)."""

    code = "change-refused"
    order_id: str
    refusals: tuple[Refusal, ...]

    def __str__(self) -> str:
        reasons = "; ".join(refusal.message for refusal in self.refusals)
        return f"order {shown(self.order_id)} may not change: {reasons}"


@define
class BulkRefusedError(RuleError):
    """Some orders can't change, so none did; `refusals` maps their ids to their errors (D23)."""

    code = "bulk-refused"
    _message = (
        "orders {refusals} cannot change, so none did: see refusals for the reasons,"
        " or go on without these orders by propose_all(...).without_refused()"
    )
    refusals: Mapping[str, RuleError]


@define
class UnmappedStatusError(RuleError):
    """The order needs statuses that are missing or inactive in the new version (decision D5b)."""

    code = "unmapped-status"
    _message = (
        "order {order_id} needs {keys}, which version {version} of {order_type} does not have or"
        " no longer uses: map each to an active status"
    )
    order_id: str
    order_type: str
    version: int
    keys: tuple[str, ...]


@define
class ClosingChangedError(RuleError):
    """A migration would complete, cancel or reopen the order (decision D5b).

    `before` and `after` are "open", "complete" or "cancelled".
    """

    code = "closing-changed"
    order_id: str
    before: str
    after: str

    def __str__(self) -> str:
        return (
            f"order {shown(self.order_id)} is {self.before} and would become {self.after}:"
            " map its status to one that keeps it so, or leave the order out"
        )


@define
class NothingToUndoError(RuleError):
    """The order has no entry that you can undo (decision D34)."""

    code = "nothing-to-undo"
    _message = "order {order_id} has nothing to undo: its opening stays, so cancel it instead"
    order_id: str


@define
class SplitError(RuleError):
    """The order can't be split like this (decision D37).

    `code` says why:

    - `closed`: the order is complete or cancelled.
    - `off-path`: the order is off the path, for example on hold.
    - `no-quantity`: the order has no quantity that could be divided.
    - `no-parts`: there are no parts.
    - `part-below-one`: a part has a quantity below 1.
    - `id-twice`: two orders would have the same id.
    - `too-many`: the parts would leave nothing of the order.

    `part` is the id of the part concerned; None if it's about the order or about all parts.
    """

    order_id: str
    code: SplitProblem  # type: ignore[misc]  # other errors have one code for the whole class
    part: str | None = None

    def __str__(self) -> str:
        return _SPLITS[self.code].format(order=shown(self.order_id), part=shown(self.part))


_SPLITS: Final[dict[str, str]] = {
    "closed": "order {order} is closed: only an open order can be split",
    "off-path": "order {order} is off the path: bring it back, split it, then hold the part",
    "no-quantity": "order {order} has no quantity: amend it first, then split it",
    "no-parts": "order {order} can't be split into nothing: give at least one part",
    "part-below-one": "part {part} of order {order} must have a quantity of 1 or more",
    "id-twice": "the id {part} would be used twice: give each part of order {order} a new id",
    "too-many": "the parts of order {order} must add up to less than its quantity",
}


@define
class DateOutOfRangeError(RuleError):
    """A date would be outside years 1 to 9999, or past the first or last working day of a calendar.

    `day` is the date from which days were counted. `days` is the number of days, negative if they
    were counted backward.
    """

    code = "date-out-of-range"
    _message = (
        "no date lies {days} days from {day}: stay between 0001-01-01 and 9999-12-31,"
        " and within the working days of the calendar"
    )
    day: date
    days: int


@define
class DefinitionError(RuleError):
    """Data or text can't be read; `problems` has every reason.

    Each problem is a pair of a path and a reason. A path is, for example, `$.statuses[2].key`; `$`
    alone is the whole value.
    """

    code = "definition"
    problems: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"invalid data: {_reasons([f'{path} {reason}' for path, reason in self.problems])}"


@define
class OrderNotFoundError(StoreError, LookupError):
    """The store has no order with this id."""

    code = "order-not-found"
    _message = "there is no order {order_id} in this store: check the id, or open the order"
    order_id: str


@define
class StaleOrdersError(StoreError):
    """The stored orders aren't at the versions that the changes expect (decision D21).

    `conflicts` maps the id of each such order to a pair: its expected and its actual version.
    Version 0 means that the order isn't stored.
    """

    code: ClassVar[str] = "stale-orders"
    conflicts: Mapping[str, tuple[int, int]]

    def __str__(self) -> str:
        problems = [
            f"order {shown(order_id)} is at version {actual}, not {expected}:"
            " reload it and repeat the change"
            if actual
            else f"order {shown(order_id)} is not in this store:"
            " save the change that opened it first"
            for order_id, (expected, actual) in islice(self.conflicts.items(), _FEW)
        ]
        more = f"; and {len(self.conflicts) - _FEW} more" if len(self.conflicts) > _FEW else ""
        return f"{'; '.join(problems)}{more}"


@define
class DuplicateOrderError(StaleOrdersError):
    """The ids of new orders are already taken; every conflict is (0, actual version)."""

    code = "duplicate-order"
    _message = (
        "orders {conflicts} already exist: open yours under other ids,"
        " or give a command_id if this may be a retry"
    )

    def __str__(self) -> str:
        return ProdflowError.__str__(self)


@define
class CycleNotFoundError(StoreError, LookupError):
    """The cycle or this version of it is missing; `version` is None if any version would do."""

    code: ClassVar[str] = "cycle-not-found"
    order_type: str
    version: int | None = None

    def __str__(self) -> str:
        which = "" if self.version is None else f"version {self.version} of "
        return (
            f"{which}cycle {shown(self.order_type)} is not in this store:"
            " save an order of it or call put_cycle first"
        )


@define
class CycleConflictError(StoreError):
    """This version of the cycle already exists with different content (decision D5)."""

    code = "cycle-conflict"
    _message = (
        "version {version} of cycle {order_type} is already known with other content:"
        " give your cycle a new version"
    )
    order_type: str
    version: int


@define
class StaleCycleError(StoreError):
    """The newest version of a cycle isn't the version that an edit or a save needs (decision D5a).

    For an edit, `expected` is the version that the edit began from; None if the edit is the first
    version of a new cycle. For a save, `expected` is the version that the order is pinned to.
    `actual` is the newest version; None if the store has none.
    """

    code = "stale-cycle"
    order_type: str
    expected: int | None
    actual: int | None

    def __str__(self) -> str:
        cycle = f"cycle {shown(self.order_type)}"
        if self.expected is None:
            return f"{cycle} is at version {self.actual} already: load it and edit that"
        if self.actual is None:
            return f"{cycle} has no version yet, so none to replace: put it with replaces=None"
        todo = f"load version {self.actual} and repeat your edit"
        if self.expected > self.actual:
            todo = f"put version {self.expected} before you use it"
        return f"{cycle} is at version {self.actual}, not {self.expected}: {todo}"


@define
class KeyReusedError(StoreError):
    """The cycle uses keys that named other statuses before (decisions D1 and D5a)."""

    code = "key-reused"
    _message = (
        "keys {keys} of {order_type} named other statuses before: use new keys,"
        " or bring the statuses back with their last descriptions"
    )
    order_type: str
    keys: tuple[str, ...]


@define
class CommandReusedError(StoreError):
    """Other entries were saved under this command id; `entries` has them (decision D22)."""

    code = "command-reused"
    _message = "command {command_id} has already saved something else: use a new id"
    command_id: str
    entries: "tuple[HistoryEntry, ...]" = field(repr=False)
