"""Every deliberate exception: three families, by who must act.

`RuleError`: the user must choose otherwise. `StoreError`: the program reloads or retries.
`TypeError` and `ValueError`: the caller's code is wrong; those are Python's own.

An error is a value: its facts are its arguments, in fields with types, and its message is written
from them. Errors therefore pickle, and are equal where kind and facts are.
"""

from collections.abc import Iterable, Mapping
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
    "MissingDeliveryDateError",
    "MixedOrderTypesError",
    "NoNextStatusError",
    "OrderNotFoundError",
    "ProdflowError",
    "RuleError",
    "SameStatusError",
    "StaleOrdersError",
    "StatusMovedError",
    "StoreError",
    "TriggerProblem",
    "UnknownStatusError",
    "UnmappedStatusError",
]


_FEW: Final = 3


Severity = Literal["error", "warning"]


def _keys(value: Iterable[str]) -> tuple[str, ...]:
    return checks.keys("keys", value)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class CycleProblem:
    """What is wrong with a list of statuses, or merely odd.

    Args:
        code: a stable name of the kind of problem, as decision D2 lists them.
        severity: "error" where the list makes no cycle, "warning" where it does.
        keys: the statuses concerned, in list order; none where the problem lies in a line without
            a key, which the message then names by its number, from 1.
        message: one line for people.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a severity that is neither.
    """

    code: Key
    severity: Severity
    keys: tuple[str, ...] = field(converter=_keys)
    message: Note


@final
@frozen(weakref_slot=False, field_transformer=checked)
class TriggerProblem:
    """What is wrong with a trigger, seen beside the cycles it is for.

    Args:
        code: `unknown-status`, `unknown-order-type` or `duplicate-trigger`.
        trigger: the key of the trigger.
        message: one line for people.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds.
    """

    code: Key
    trigger: Key
    message: Note


class ProdflowError(Exception):
    """The root of all that prodflow raises on purpose.

    `code` is a stable name of the kind of error, for programs and translations.
    """

    code: ClassVar[str] = "error"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.args == self.args

    def __hash__(self) -> int:
        return hash(type(self))  # a fact may be a dict, which has no hash


class RuleError(ProdflowError):
    """The user must choose otherwise; nothing has changed."""

    code = "rule"


class StoreError(ProdflowError):
    """The program must reload or retry; nothing was saved."""

    code = "store"


@define
class InvalidCycleError(RuleError):
    """A list of statuses is no cycle; `problems` names every reason at once.

    Source:
        "Setting up Production Statuses"; decision D2.
    """

    code: ClassVar[str] = "invalid-cycle"
    problems: tuple[CycleProblem, ...]
    order_type: str = ""

    def __str__(self) -> str:
        reasons = "; ".join(problem.message for problem in self.problems[:_FEW])
        reasons += f" and {len(self.problems) - _FEW} more" if len(self.problems) > _FEW else ""
        whose = f" of {shown(self.order_type)}" if self.order_type else ""
        return f"the statuses{whose} make no cycle: {reasons}"


@define
class UnknownStatusError(RuleError, LookupError):
    """A cycle has no status of this key; `known` are the keys that it has, in list order."""

    code: ClassVar[str] = "unknown-status"
    order_type: str
    key: str
    known: tuple[str, ...] = ()

    def __str__(self) -> str:
        known = f", {listed(self.known)}" if self.known else ""
        return (
            f"cycle {shown(self.order_type)} has no status {shown(self.key)}:"
            f" name one of its statuses{known}"
        )


@define
class InactiveStatusError(RuleError):
    """A status that is no longer used was chosen."""

    code: ClassVar[str] = "inactive-status"
    order_type: str
    key: str

    def __str__(self) -> str:
        return (
            f"status {shown(self.key)} of {shown(self.order_type)} is inactive:"
            f" choose an active one"
        )


@define
class NoNextStatusError(RuleError):
    """An order is closed, so it does not advance by itself (decision D17)."""

    code: ClassVar[str] = "no-next-status"
    order_id: str
    status: str

    def __str__(self) -> str:
        return (
            f"order {shown(self.order_id)} is closed at {shown(self.status)}, so nothing follows:"
            " choose the status to reopen it in"
        )


@define
class SameStatusError(RuleError):
    """An order was to go where it is already (decision D19)."""

    code: ClassVar[str] = "same-status"
    order_id: str
    status: str

    def __str__(self) -> str:
        return (
            f"order {shown(self.order_id)} is at {shown(self.status)} already:"
            " choose another status, or amend the order"
        )


@define
class StatusMovedError(RuleError):
    """An order is no longer where the screen showed it (decision D19)."""

    code: ClassVar[str] = "status-moved"
    order_id: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return (
            f"order {shown(self.order_id)} is at {shown(self.actual)}, no longer at"
            f" {shown(self.expected)}:"
            " look at it again"
        )


@define
class CompletionDateError(RuleError):
    """A completion date lies outside the visit that it would end (decision D20).

    `earliest` and `latest` are the bounds, both included; None where the change completes nothing,
    as on reopening a closed order. `completed_on` is None where only `current_complete` was given.
    """

    code: ClassVar[str] = "completion-date"
    order_id: str
    completed_on: date | None
    earliest: date | None
    latest: date | None

    def __str__(self) -> str:
        if self.earliest is None:
            return (
                f"order {shown(self.order_id)} is closed, and reopening completes nothing:"
                " leave completed_on and current_complete out"
            )
        return (
            f"order {shown(self.order_id)} cannot have completed its status on {self.completed_on}:"
            f" choose a date from {self.earliest} to {self.latest}"
        )


@define
class MissingDeliveryDateError(RuleError):
    """Dates are counted back from a delivery date that is not there (decision D10)."""

    code: ClassVar[str] = "missing-delivery-date"
    order_type: str
    status: str

    def __str__(self) -> str:
        return (
            f"the due date of {shown(self.status)} in {shown(self.order_type)} is counted"
            f" back from the"
            " delivery date, and there is none: give delivery_on"
        )


@define
class MixedOrderTypesError(RuleError):
    """Orders of several types were to be changed together (decision D23)."""

    code: ClassVar[str] = "mixed-order-types"
    order_types: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"the orders are of several types, {listed(self.order_types)}:"
            " change one type at a time"
        )


@define
class ChangeRefusedError(RuleError):
    """The rules of the flow refuse a change; `reasons` has all of them (decision D24)."""

    code: ClassVar[str] = "change-refused"
    order_id: str
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"order {shown(self.order_id)} may not change: {'; '.join(self.reasons)}"


@define
class BulkRefusedError(RuleError):
    """Some orders of a bulk cannot go, so none went; `refusals` says why for each.

    Source:
        Decision D23.
    """

    code: ClassVar[str] = "bulk-refused"
    refusals: Mapping[str, RuleError]

    def __str__(self) -> str:
        return (
            f"these orders cannot go, refusals says why for each: {listed(list(self.refusals))};"
            " mend them, or go on with propose_all(...).without_refused()"
        )


@define
class UnmappedStatusError(RuleError):
    """A new version has no place for statuses that an order needs (decision D5b)."""

    code: ClassVar[str] = "unmapped-status"
    order_id: str
    order_type: str
    version: int
    keys: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"order {shown(self.order_id)} needs {listed(self.keys)}, which version"
            f" {self.version} of {shown(self.order_type)} cannot take: map each to an active"
            " status of it"
        )


@define
class DateOutOfRangeError(RuleError):
    """A calculation leaves the calendar: before year 1, after 9999, or past its last working day.

    `day` is where it began and `days` how far it was to go, negative for backwards.
    """

    code: ClassVar[str] = "date-out-of-range"
    day: date
    days: int

    def __str__(self) -> str:
        return (
            f"there is no date {shown(self.days)} days from {self.day}:"
            " stay between 0001-01-01 and 9999-12-31, and where the calendar has working days"
        )


@define
class DefinitionError(RuleError):
    """Data or text do not say what they should; `problems` names every reason, with its path.

    A problem is a pair: where, such as `$.statuses[2].key` with `$` for the whole, and the reason.
    """

    code: ClassVar[str] = "definition"
    problems: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        reasons = "; ".join(f"{path} {reason}" for path, reason in self.problems[:_FEW])
        more = f" and {len(self.problems) - _FEW} more" if len(self.problems) > _FEW else ""
        return f"the data are not as they should be: {reasons}{more}"


@define
class OrderNotFoundError(StoreError, LookupError):
    """A store holds no order of this id."""

    code: ClassVar[str] = "order-not-found"
    order_id: str

    def __str__(self) -> str:
        return f"there is no order {shown(self.order_id)} in this store: check the id, or open it"


@define
class StaleOrdersError(StoreError):
    """Changes were decided on versions that are not the stored ones (decision D21).

    `conflicts` has each order's (expected, actual) version; 0 stands for an order not stored.
    """

    code: ClassVar[str] = "stale-orders"
    conflicts: Mapping[str, tuple[int, int]]

    def __str__(self) -> str:
        problems = [
            f"order {shown(order_id)} is at version {actual}, not {expected}:"
            " reload it and propose again"
            if actual
            else f"order {shown(order_id)} is not in this store:"
            " save the change that opened it first"
            for order_id, (expected, actual) in islice(self.conflicts.items(), _FEW)
        ]
        more = f"; and {len(self.conflicts) - _FEW} more" if len(self.conflicts) > _FEW else ""
        return f"{'; '.join(problems)}{more}"


@define
class DuplicateOrderError(StaleOrdersError):
    """Orders were opened under ids that are taken: every conflict is (0, actual)."""

    code: ClassVar[str] = "duplicate-order"

    def __str__(self) -> str:
        ids = listed(list(self.conflicts))
        return (
            f"there are orders of the ids {ids} already:"
            " open yours under other ids, or give a command_id where it may be a retry"
        )


@define
class CycleNotFoundError(StoreError, LookupError):
    """There is no such cycle, or not in this version; `version` None stands for any."""

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
    """A version of a cycle that is known already has other content (decision D5)."""

    code: ClassVar[str] = "cycle-conflict"
    order_type: str
    version: int

    def __str__(self) -> str:
        return (
            f"version {self.version} of cycle {shown(self.order_type)} is known with other content:"
            " give the edited cycle a version of its own"
        )


@define
class CommandReusedError(StoreError):
    """A command id that has done something else already (decision D22).

    `entries` are what the id did.
    """

    code: ClassVar[str] = "command-reused"
    command_id: str
    entries: "tuple[HistoryEntry, ...]" = field(repr=False)

    def __str__(self) -> str:
        return (
            f"command {shown(self.command_id)} has already saved {len(self.entries)} other entries:"
            " use a new id for a new command"
        )
