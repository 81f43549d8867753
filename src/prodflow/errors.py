"""Every error that prodflow raises on purpose, in three families.

- `RuleError`: the user must choose something else.
- `StoreError`: the program must reload or retry.
- `TypeError` and `ValueError`: the calling code is wrong.

An error is a value. You create it from facts, such as the id of an order. Typed fields hold these
facts, and the message shows them. Errors can be pickled, and two errors of one class with the same
facts are equal.

The fields hold keys, for programs, but people know a status by its description. So when prodflow
raises an error about a cycle that it has at hand, it adds the descriptions with `titled`, and the
message shows these. An error that you create yourself shows the keys.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeVar, final

from attrs import define, field, frozen

from prodflow import _checks as checks
from prodflow._checks import listed, shown
from prodflow._fields import Count, Key, Said, Text, checked
from prodflow._messages import Field, Message, sentences, text

if TYPE_CHECKING:
    from prodflow.order import HistoryEntry

__all__ = [
    "BulkRefusedError",
    "ChangeRefusedError",
    "ClosingChangedError",
    "CommandReusedError",
    "CompletionDateError",
    "CursorError",
    "CycleConflictError",
    "CycleNotFoundError",
    "CycleProblem",
    "DamagedRowError",
    "DateOutOfRangeError",
    "DefinitionError",
    "DuplicateOrderError",
    "InactiveStatusError",
    "InvalidCycleError",
    "InvalidSettingsError",
    "InvalidTriggersError",
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
    "SettingsNotFoundError",
    "SettingsProblem",
    "SplitError",
    "StaleCycleError",
    "StaleOrdersError",
    "StaleSettingsError",
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


CursorProblem = Literal["restored", "tenant", "beyond"]


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
            out.
        message: one line for people. It names a status by its description, or by the number of
            its line, from 1. It shows no key, since users don't see keys.
        field: the field of `Status` to put right; None if the problem isn't in one field.
        index: the line to put right, from 0; None if the problem is in the list as a whole. If a
            problem concerns several lines, this is the first one to put right.
    """

    code: Key
    severity: Severity
    keys: tuple[str, ...] = field(converter=_keys)
    message: Said
    field: Text | None = None
    index: Count | None = None


@final
@frozen(weakref_slot=False, field_transformer=checked)
class TriggerProblem:
    """Something wrong in a trigger, or in the line of a form that describes one.

    Args:
        code: a stable name for the kind of problem; decision D30 lists them.
        trigger: the key of the trigger; None for a line without a key.
        message: one line for people. It names the trigger by its description, or by the number of
            its line, from 1.
        field: the field to put right, as a path: `key`, or `when.status`; None if the problem isn't
            in one field.
        index: the line of the trigger, from 0.
    """

    code: Key
    trigger: Key | None
    message: Said
    field: Text | None = None
    index: Count | None = None


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
    message: Said


def _path(value: Iterable[str | int]) -> tuple[str | int, ...]:
    steps = checks.items("path", value, "names and indexes")
    for step in steps:
        if not isinstance(step, str | int) or isinstance(step, bool):
            raise TypeError(f"path must hold str and int, not {shown(step)}")
    return steps


@final
@frozen(weakref_slot=False, field_transformer=checked)
class SettingsProblem:
    """Something wrong, or just odd, in settings.

    Args:
        code: a stable name for the kind of problem; `find_settings_problems` lists them.
        severity: "error" if the data can't become `FlowSettings`, "warning" if they can.
        path: where the problem is: the names of fields, the keys of mappings, and the indexes of
            lists, from the outside in. Empty for the settings as a whole.
        message: one line for people; it doesn't repeat the path.

    Source:
        Decision D39.
    """

    code: Key
    severity: Severity
    path: tuple[str | int, ...] = field(converter=_path)
    message: Said


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
    message: Said
    keys: tuple[str, ...] = field(default=(), converter=_keys)


class ProdflowError(Exception):
    """The base class of all errors that prodflow raises on purpose.

    `code` is a stable name for the kind of error, for programs.
    """

    code: ClassVar[str] = "error"
    _template: ClassVar[Message] = text("")  # has the names of facts in braces
    __match_args__: ClassVar[tuple[str, ...]] = ()  # attrs lists the facts of a class here
    # What the message shows instead of facts that are keys. It's no fact: it's outside of equality.
    _titles: Mapping[str, str | tuple[str, ...]] = MappingProxyType({})

    @property
    def message(self) -> str:
        """What went wrong and what to do, for people; `say` gives it in your words.

        An error that prodflow raises about an order or a cycle shows the descriptions of statuses
        and order types. Their keys are in the fields of the error.
        """
        return self._said() or super().__str__()

    def _said(self) -> Message:
        return self._template.with_fields(**self._facts())

    def _facts(self) -> dict[str, Field]:
        return {
            name: _fact(self._titles.get(name, getattr(self, name))) for name in self.__match_args__
        }

    def __str__(self) -> str:
        return checks.plain(self.message)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.args == self.args

    def __hash__(self) -> int:
        return hash(type(self))  # a fact may be a dict, which has no hash


E = TypeVar("E", bound=ProdflowError)


def titled(error: E, **titles: str | tuple[str, ...]) -> E:
    """The error, with a message that shows these descriptions instead of keys.

    Args:
        error: an error that has just been created.
        titles: by the name of a field, what people call the key or the keys that it holds.
    """
    error._titles = {**error._titles, **titles}  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - of this module
    return error


def _fact(value: str | int | date | tuple[str, ...] | Mapping[str, object] | None) -> Field:
    """A fact as a message shows it: a key in quotes, a version as it is, the first few of many."""
    match value:
        case date() | None:
            return value
        case tuple() | Mapping():
            return listed([*value])
        case _:
            return shown(value)


def _reasons(reasons: Sequence[str]) -> str:
    """The first few of several reasons."""
    few, more = sentences(reasons[:_FEW]), len(reasons) - _FEW
    return few if more <= 0 else text("{few} and {count} more", few=few, count=more)


# A copy of an error gets the facts from its `args`, and all else as Python copies exceptions. The
# methods that attrs would write for this leave out what isn't a fact, hence `getstate_setstate`.


class RuleError(ProdflowError):
    """The user must choose something else; nothing has changed."""

    code = "rule"


class StoreError(ProdflowError):
    """The program must reload or retry; nothing was saved."""

    code = "store"


@define(getstate_setstate=False)
class InvalidCycleError(RuleError):
    """The statuses don't form a cycle; `problems` has every reason.

    Among the problems can be warnings, after the errors. The message shows the errors alone.

    Source:
        "Setting up Production Statuses"; decision D2.
    """

    code = "invalid-cycle"
    problems: tuple[CycleProblem, ...]
    order_type: str = ""

    def _said(self) -> Message:
        reasons = _reasons([it.message for it in self.problems if it.severity == "error"])
        if not self.order_type:
            return text("the statuses do not form a cycle: {reasons}", reasons=reasons)
        name = self._facts()["order_type"]
        return text(
            "the statuses of {order_type} do not form a cycle: {reasons}",
            order_type=name,
            reasons=reasons,
        )


@define(getstate_setstate=False)
class InvalidTriggersError(RuleError):
    """A form doesn't describe triggers; `problems` has every reason.

    Source:
        Decision D30.
    """

    code = "invalid-triggers"
    problems: tuple[TriggerProblem, ...]

    def _said(self) -> Message:
        reasons = _reasons([it.message for it in self.problems])
        return text("the triggers can't be used: {reasons}", reasons=reasons)


@define(getstate_setstate=False)
class InvalidSettingsError(RuleError, ValueError):
    """The settings don't fit together, or a form can't be read; `problems` has every reason.

    Source:
        Decision D39.
    """

    code = "invalid-settings"
    problems: tuple[SettingsProblem, ...]

    def _said(self) -> Message:
        reasons = _reasons([it.message for it in self.problems if it.severity == "error"])
        return text("the settings can't be used: {reasons}", reasons=reasons)


@define(getstate_setstate=False)
class UnknownStatusError(RuleError, LookupError):
    """The cycle has no status with this key; `known` has all keys of the cycle, in list order."""

    code = "unknown-status"
    order_type: str
    key: str
    known: tuple[str, ...] = ()

    def _said(self) -> Message:
        if not self.known:
            return text(
                "cycle {order_type} has no status {key}: choose one of its statuses",
                **self._facts(),
            )
        return text(
            "cycle {order_type} has no status {key}: choose one of {known}", **self._facts()
        )


@define(getstate_setstate=False)
class InactiveStatusError(RuleError):
    """The chosen status is inactive."""

    code = "inactive-status"
    _template = text("status {key} of {order_type} is inactive: choose an active one")
    order_type: str
    key: str


@define(getstate_setstate=False)
class NoNextStatusError(RuleError):
    """The order is closed, so it has no next status by default (decision D17)."""

    code = "no-next-status"
    _template = text(
        "order {order_id} is closed at {status} and has no next status:"
        " choose the status to reopen it in"
    )
    order_id: str
    status: str


@define(getstate_setstate=False)
class SameStatusError(RuleError):
    """The order is already in the status that was chosen for it (decision D19)."""

    code = "same-status"
    _template = text(
        "order {order_id} is already at {status}: choose another status, or amend the order"
    )
    order_id: str
    status: str


@define(getstate_setstate=False)
class OrderMovedError(RuleError):
    """The order has changed since the screen showed it (decision D19).

    `expected` is the version that the screen showed, and `actual` is the order's present version.
    """

    code = "order-moved"
    _template = text(
        "order {order_id} is at version {actual}, not {expected}: reload it and repeat the change"
    )
    order_id: str
    expected: int | str
    actual: int | str


@define(getstate_setstate=False)
class StatusMovedError(OrderMovedError):
    """The order isn't in the status that the screen showed (decision D19).

    `expected` is the key of the status that the screen showed, and `actual` is the key of the
    order's present status.
    """

    code = "status-moved"
    _template = text(
        "order {order_id} is at {actual}, not {expected}: reload it and repeat the change"
    )


@define(getstate_setstate=False)
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

    def _said(self) -> Message:
        if self.latest is None:
            template = text(
                "order {order_id} is closed, and leaving its status completes nothing:"
                " leave the completion date empty"
            )
        elif self.earliest is None:
            template = text(
                "order {order_id} cannot take the day {completed_on}: choose a date up to {latest}"
            )
        elif self.earliest <= self.latest:
            template = text(
                "order {order_id} cannot take the day {completed_on}:"
                " choose a date from {earliest} to {latest}"
            )
        else:
            template = text(
                "order {order_id} entered its previous status on {earliest}, after {latest}:"
                " undo the change to its present status, and correct the previous one first"
            )
        return template.with_fields(**self._facts())


@define(getstate_setstate=False)
class MissingDeliveryDateError(RuleError):
    """The due date counts back from the delivery date, but the order has none (decision D10)."""

    code = "missing-delivery-date"
    _template = text(
        "the due date of {status} in {order_type} counts back from the delivery date,"
        " and there is none: give the order a delivery date"
    )
    order_type: str
    status: str


@define(getstate_setstate=False)
class MixedOrderTypesError(RuleError):
    """Orders of several types can't be changed together (decision D23)."""

    code = "mixed-order-types"
    _template = text("the orders are of several types, {order_types}: change one type at a time")
    order_types: tuple[str, ...]


@define(getstate_setstate=False)
class ChangeRefusedError(RuleError):
    """The rules of the flow refuse the change; `refusals` has every reason (decision D24)."""

    code = "change-refused"
    order_id: str
    refusals: tuple[Refusal, ...]

    def _said(self) -> Message:
        return text(
            "order {order_id} may not change: {reasons}",
            order_id=shown(self.order_id),
            reasons=sentences(refusal.message for refusal in self.refusals),
        )


@define(getstate_setstate=False)
class BulkRefusedError(RuleError):
    """Some orders can't change, so none did; `refusals` maps their ids to their errors (D23).

    To go on with the others, use `propose_all` and `BulkProposal.without_refused`.
    """

    code = "bulk-refused"
    refusals: Mapping[str, RuleError]

    def _said(self) -> Message:
        return text(
            "orders {refusals} cannot change, so none did:"
            " leave them out, or put this right first: {reasons}",
            reasons=_reasons([*dict.fromkeys(it.message for it in self.refusals.values())]),
            **self._facts(),
        )


@define(getstate_setstate=False)
class UnmappedStatusError(RuleError):
    """The order needs statuses that are missing or inactive in the new version (decision D5b)."""

    code = "unmapped-status"
    _template = text(
        "order {order_id} needs {keys}, which version {version} of {order_type} does not have or"
        " no longer uses: choose an active status to replace each"
    )
    order_id: str
    order_type: str
    version: int
    keys: tuple[str, ...]


@define(getstate_setstate=False)
class ClosingChangedError(RuleError):
    """A migration would complete, cancel or reopen the order (decision D5b).

    `before` and `after` are "open", "complete" or "cancelled".
    """

    code = "closing-changed"
    order_id: str
    before: str
    after: str

    def _said(self) -> Message:
        return text(
            "order {order_id} is {before} and would become {after}:"
            " choose a status that keeps it so, or leave the order out",
            order_id=shown(self.order_id),
            before=_CLOSINGS.get(self.before, self.before),
            after=_CLOSINGS.get(self.after, self.after),
        )


_CLOSINGS: Final[Mapping[str, Message]] = {
    "open": text("open"),
    "complete": text("complete"),
    "cancelled": text("cancelled"),
}


@define(getstate_setstate=False)
class NothingToUndoError(RuleError):
    """The order has no entry that you can undo (decision D34)."""

    code = "nothing-to-undo"
    _template = text(
        "order {order_id} has nothing to undo: its opening stays, so cancel it instead"
    )
    order_id: str


@define(getstate_setstate=False)
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

    def _said(self) -> Message:
        return _SPLITS[self.code].with_fields(order=shown(self.order_id), part=shown(self.part))


_SPLITS: Final[Mapping[str, Message]] = {
    "closed": text("order {order} is closed: only an open order can be split"),
    "off-path": text("order {order} is off the path: bring it back, split it, then hold the part"),
    "no-quantity": text("order {order} has no quantity: amend it first, then split it"),
    "no-parts": text("order {order} can't be split into nothing: give at least one part"),
    "part-below-one": text("part {part} of order {order} must have a quantity of 1 or more"),
    "id-twice": text("the id {part} would be used twice: give each part of order {order} a new id"),
    "too-many": text("the parts of order {order} must add up to less than its quantity"),
}


@define(getstate_setstate=False)
class DateOutOfRangeError(RuleError):
    """A date would be outside years 1 to 9999, or past the first or last working day of a calendar.

    `day` is the date from which days were counted. `days` is the number of days, negative if they
    were counted backward.
    """

    code = "date-out-of-range"
    _template = text(
        "no date lies {days} days from {day}: stay within the years 1 to 9999,"
        " and within the working days of the calendar"
    )
    day: date
    days: int


@define(getstate_setstate=False)
class DefinitionError(RuleError):
    """Data or text can't be read; `problems` has every reason.

    Each problem is a pair of a path and a reason, which `say` gives in your words. A path is, for
    example, `$.statuses[2].key`; `$` alone is the whole value.
    """

    code = "definition"
    problems: tuple[tuple[str, str], ...]

    def _said(self) -> Message:
        reasons = [
            text("{path} {reason}", path=path, reason=reason) for path, reason in self.problems
        ]
        return text("invalid data: {reasons}", reasons=_reasons(reasons))


@define(getstate_setstate=False)
class OrderNotFoundError(StoreError, LookupError):
    """The store has no order with this id."""

    code = "order-not-found"
    _template = text("there is no order {order_id}: check its id, or open it")
    order_id: str


@define(getstate_setstate=False)
class StaleOrdersError(StoreError):
    """The stored orders aren't at the versions that the changes expect (decision D21).

    `conflicts` maps the id of each such order to a pair: its expected and its actual version.
    Version 0 means that the order isn't stored.
    """

    code: ClassVar[str] = "stale-orders"
    conflicts: Mapping[str, tuple[int, int]]

    def _said(self) -> Message:
        reasons = (
            (_AT_ANOTHER if actual else _NOT_STORED).with_fields(
                order_id=shown(order_id), actual=str(actual), expected=str(expected)
            )
            for order_id, (expected, actual) in self.conflicts.items()
        )
        return text("{reasons}", reasons=_reasons([*reasons]))


_AT_ANOTHER: Final = text(
    "order {order_id} is at version {actual}, not {expected}: reload it and repeat the change"
)
_NOT_STORED: Final = text(
    "order {order_id} isn't stored: save its opening first, or drop the change if it was erased"
)


@define(getstate_setstate=False)
class DuplicateOrderError(StaleOrdersError):
    """The ids of new orders are already taken; every conflict is (0, actual version).

    The id of an erased order stays taken; its conflict is (0, 0).

    If the save may be a repetition, give a `command_id`. Then the store sees that it was done
    before, and does nothing.
    """

    code = "duplicate-order"
    _template = text("the order ids {conflicts} are taken: open your orders under others")

    def _said(self) -> Message:
        return super(StaleOrdersError, self)._said()


@define(getstate_setstate=False)
class CycleNotFoundError(StoreError, LookupError):
    """The cycle or this version of it is missing; `version` is None if any version would do.

    A store knows the cycles that `put_cycle` has saved, and those of the orders in it.
    """

    code: ClassVar[str] = "cycle-not-found"
    order_type: str
    version: int | None = None

    def _said(self) -> Message:
        template = (
            text("there is no cycle {order_type}: check the order type, or set up its statuses")
            if self.version is None
            else text("version {version} of cycle {order_type} is missing: choose one that exists")
        )
        return template.with_fields(**self._facts())


@define(getstate_setstate=False)
class CycleConflictError(StoreError):
    """This version of the cycle already exists with different content (decision D5)."""

    code = "cycle-conflict"
    _template = text(
        "version {version} of cycle {order_type} exists already, with other statuses:"
        " load the newest version and repeat your edit"
    )
    order_type: str
    version: int


@define(getstate_setstate=False)
class StaleCycleError(StoreError):
    """The newest version of a cycle isn't the version that an edit or a save needs (decision D5a).

    For an edit, `expected` is the version that the edit began from; None if the edit is the first
    version of a new cycle. For a save, `expected` is the version that the order is pinned to.
    `actual` is the newest version; None if the store has none.

    For the first version of a cycle, call `put_cycle` with `replaces=None`. Call it before you save
    orders that are pinned to the version.
    """

    code = "stale-cycle"
    order_type: str
    expected: int | None
    actual: int | None

    def _said(self) -> Message:
        if self.expected is None:
            template = text(
                "cycle {order_type} is at version {actual} already: load it and edit that"
            )
        elif self.actual is None:
            template = text(
                "cycle {order_type} has no version yet, so none to replace:"
                " save yours as the first one"
            )
        elif self.expected > self.actual:
            template = text(
                "cycle {order_type} is at version {actual}, not {expected}:"
                " save version {expected} before you use it"
            )
        else:
            template = text(
                "cycle {order_type} is at version {actual}, not {expected}:"
                " load version {actual} and repeat your edit"
            )
        return template.with_fields(**self._facts())


@define(getstate_setstate=False)
class SettingsNotFoundError(StoreError, LookupError):
    """The store has no such version of the settings; `version` is None if any version would do."""

    code = "settings-not-found"
    version: int | None = None

    def _said(self) -> Message:
        if self.version is None:
            return text("there are no settings yet: set them up first")
        template = text("version {version} of the settings is missing: choose one that exists")
        return template.with_fields(**self._facts())


@define(getstate_setstate=False)
class StaleSettingsError(StoreError):
    """The newest version of the settings isn't the version that an edit began from (decision D39).

    `expected` is the version that the edit began from; None if the edit is the first version.
    `actual` is the newest version; None if the store has none.

    For the first version, call `put_settings` with `replaces=None`.
    """

    code = "stale-settings"
    expected: int | None
    actual: int | None

    def _said(self) -> Message:
        if self.expected is None:
            template = text(
                "the settings are at version {actual} already: load them and edit those"
            )
        elif self.actual is None:
            template = text(
                "there are no settings yet, so none to replace: save yours as the first ones"
            )
        else:
            template = text(
                "the settings are at version {actual}, not {expected}:"
                " load version {actual} and repeat your edit"
            )
        return template.with_fields(**self._facts())


@define(getstate_setstate=False)
class KeyReusedError(StoreError):
    """The cycle uses keys that named other statuses before (decisions D1 and D5a).

    Give a new status a key of its own, for example by `slug(description, taken=store.keys(…))`.
    """

    code = "key-reused"
    _template = text(
        "statuses {keys} of {order_type} take the place of deleted ones:"
        " add them as new statuses, or give them back the descriptions of the deleted ones"
    )
    order_type: str
    keys: tuple[str, ...]


@define(getstate_setstate=False)
class CommandReusedError(StoreError):
    """Other entries were saved under this command id; `entries` has them (decision D22)."""

    code = "command-reused"
    _template = text(
        "something else was saved under the id {command_id} of this change:"
        " reload the order and repeat the change"
    )
    command_id: str
    entries: "tuple[HistoryEntry, ...]" = field(repr=False)


@define
class CursorError(StoreError):
    """The feed can't go on from this cursor (decision D47).

    `problem` says why:

    - `restored`: the cursor is from before the database was restored, or from another database.
    - `tenant`: the cursor is from the feed of another tenant.
    - `beyond`: the cursor is beyond the end of the feed. So the database was restored from an
      older copy, and nobody has called `restored()` since.
    """

    code = "cursor"
    cursor: str
    problem: CursorProblem

    def _said(self) -> Message:
        return _CURSORS[self.problem].with_fields(cursor=shown(self.cursor))


_CURSORS: Final[Mapping[str, Message]] = {
    "restored": text(
        "cursor {cursor} is from before a restore, or from another database:"
        " read the feed from the start again"
    ),
    "tenant": text(
        "cursor {cursor} is from the feed of another tenant: read it with a store of that tenant"
    ),
    "beyond": text(
        "cursor {cursor} is beyond the end of the feed: if the database was restored,"
        " call restored() and read the feed from the start again"
    ),
}


@define
class DamagedRowError(StoreError):
    """A store can't read what it has in a row of a table (decision D48).

    `key` has the values of the row's key, without the tenant: the id of an order, for example.
    """

    code = "damaged-row"
    table: str
    key: tuple[str | int, ...]

    def _said(self) -> Message:
        return text(
            "row {key} of table {table} is damaged: restore it from a backup,"
            " or call rebuild() if it is the row of an order or of a fact",
            key=listed([*self.key]),
            table=shown(self.table),
        )
