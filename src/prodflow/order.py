"""Orders, the entries of their history, and how an entry changes an order.

Theory of operation. An order is what its history makes of it: `apply` is the only way it changes,
and `replay` applies a whole history. An entry holds results, not intentions, so that applying it
needs no policy, no rules and no clock. An order keeps its present state and the cycle version it is
pinned to; its size does not grow.

A stay in one status is a *visit*, numbered by the entry that began it. What must stay true of every
order: `resumes_in` names a status of the path exactly while the order is off the path, and a due
date that is not manual is the calculated one.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final, assert_never, final

from attrs import evolve, field, frozen

from prodflow import _checks as checks
from prodflow._fields import Day, Instant, Key, Note, Number, Text, checked
from prodflow._trusted import trusted
from prodflow.cycle import Status, StatusCycle, by_version
from prodflow.errors import CycleNotFoundError

__all__ = [
    "CycleAdopted",
    "Held",
    "HistoryEntry",
    "Move",
    "OrderAmended",
    "OrderOpened",
    "ProductionOrder",
    "StatusChanged",
]


@final
class Move(StrEnum):
    """What kind of step a status change is: the first that fits, from the top of decision D17.

    REOPEN leaves a closed order, ASIDE goes to a status off the path (or from one closed status to
    another), RESUME comes back to the path; NEXT, SKIP and BACK move along it.
    """

    NEXT = "next"
    SKIP = "skip"
    BACK = "back"
    ASIDE = "aside"
    RESUME = "resume"
    REOPEN = "reopen"


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Held:
    """What was agreed about a visit that was left incomplete, for when the order comes back.

    Args:
        due_on: its due date, or None.
        due_on_is_manual: whether that was set by hand.
        department: the department assigned, or None.
        user: the user assigned, or None.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a name out of bounds.

    Source:
        Decision D18.
    """

    due_on: Day | None
    due_on_is_manual: bool
    department: Text | None
    user: Text | None


def _keys(value: Iterable[str]) -> tuple[str, ...]:
    return checks.keys("skipped", value)


def _calculated(due_on: date | None, calculated_due_on: date | None, *, is_manual: bool) -> None:
    if not is_manual and due_on != calculated_due_on:
        raise ValueError(
            f"due_on must be calculated_due_on, {calculated_due_on}, unless it is manual,"
            f" not {due_on}"
        )


@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class _Entry:
    """What every entry of a history tells.

    Args:
        order_id: the order, 1 to 200 characters.
        sequence: the number of the entry in its history, from 1 without gaps.
        by: who made the change.
        recorded_by: the user logged in; None if the same.
        at: the instant of recording, aware.
        note: free text, up to 10,000 characters.
        command_id: the save that it belongs to, or None.
    """

    order_id: Text
    sequence: Number
    by: Text
    recorded_by: Text | None = None
    at: Instant
    note: Note = ""
    command_id: Text | None = None

    def repeats(self, other: object) -> bool:
        """Whether *other* is the same entry, whenever and by whomever it was recorded.

        Args:
            other: an entry, of the same command or not.

        Source:
            Decision D22.
        """
        if type(other) is not type(self):
            return False
        return evolve(self, at=other.at, recorded_by=other.recorded_by) == other


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OrderOpened(_Entry):
    """An order was placed; always the first entry.

    Args:
        order_type: the key of its cycle.
        cycle_version: the version it is pinned to.
        to_status: the key of its first status.
        ordered_on: the order date.
        delivery_on: the approximate delivery date, or None.
        invoice_id: the invoice it fulfils, or None.
        vendor: the lab or vendor, or None.
        entered_on: the first day of the visit.
        due_on: the due date, inclusive, or None.
        calculated_due_on: what the policy says; the same, for nothing is set by hand yet.
        department: the department assigned, or None.
        user: the user assigned, or None.
        policy: the name of the due-date policy.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds, or a sequence other than 1.

    Source:
        "Tracking Production Statuses"; decision D20.
    """

    order_type: Key
    cycle_version: Number
    to_status: Key
    ordered_on: Day
    delivery_on: Day | None
    invoice_id: Text | None
    vendor: Text | None
    entered_on: Day
    due_on: Day | None
    calculated_due_on: Day | None
    department: Text | None
    user: Text | None
    policy: Key

    def __attrs_post_init__(self) -> None:
        if self.sequence != 1:
            raise ValueError(f"an order is opened by its first entry, not by {self.sequence}")
        _calculated(self.due_on, self.calculated_due_on, is_manual=False)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class StatusChanged(_Entry):
    """An order moved to another status: one visit ended, the next began.

    Args:
        from_status: the key of the status left.
        to_status: the key of the status entered.
        move: what kind of step it was.
        skipped: the keys of the path passed over, in order.
        completed_on: the day on which the status left was completed; None if it was not.
        current_complete: whether the status left was completed.
        entered_on: the first day of the new visit.
        due_on: the due date, inclusive, or None.
        calculated_due_on: what the policy says, or None.
        due_on_is_manual: whether `due_on` was set by hand.
        department: the department assigned, or None.
        user: the user assigned, or None.
        resumes_in: off the path, the key of the status to come back to; None on it.
        held: what is remembered of the visit left incomplete, or None.
        plan_from: the day from which the plan counts afterwards.
        policy: the name of the due-date policy.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds, or values that contradict each other.

    Source:
        "Changing Production Statuses"; decisions D17, D18 and D20.
    """

    from_status: Key
    to_status: Key
    move: Move
    skipped: tuple[str, ...] = field(converter=_keys)
    completed_on: Day | None
    current_complete: bool
    entered_on: Day
    due_on: Day | None
    calculated_due_on: Day | None
    due_on_is_manual: bool
    department: Text | None
    user: Text | None
    resumes_in: Key | None
    held: Held | None
    plan_from: Day
    policy: Key

    def __attrs_post_init__(self) -> None:
        if self.from_status == self.to_status:
            raise ValueError(f"a change leads to another status, not to {self.to_status!r} again")
        if self.current_complete == (self.completed_on is None):
            raise ValueError("completed_on must be given exactly where current_complete is True")
        if self.held is not None and self.resumes_in is None:
            raise ValueError("held needs resumes_in: on the path nothing is held")
        _calculated(self.due_on, self.calculated_due_on, is_manual=self.due_on_is_manual)


AMENDABLE: Final = (
    "ordered_on",
    "delivery_on",
    "vendor",
    "invoice_id",
    "due_on",
    "calculated_due_on",
    "due_on_is_manual",
    "department",
    "user",
    "plan_from",
)


def _changed(value: Iterable[str]) -> tuple[str, ...]:
    names = checks.instances("changed", value, str, "field names")
    if not set(names) <= set(AMENDABLE):
        raise ValueError(f"changed must hold names out of {', '.join(AMENDABLE)}")
    return names


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OrderAmended(_Entry):
    """Facts of an order were changed, not its status; the fields have the results.

    Args:
        ordered_on: the order date.
        delivery_on: the approximate delivery date, or None.
        vendor: the lab or vendor, or None.
        invoice_id: the invoice it fulfils, or None.
        due_on: the due date, inclusive, or None.
        calculated_due_on: what the policy says, or None.
        due_on_is_manual: whether `due_on` was set by hand.
        department: the department assigned, or None.
        user: the user assigned, or None.
        plan_from: the day from which the plan counts.
        changed: the names of the fields that differ from before, in the order above.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds, or values that contradict each other.

    Source:
        Decision D15.
    """

    ordered_on: Day
    delivery_on: Day | None
    vendor: Text | None
    invoice_id: Text | None
    due_on: Day | None
    calculated_due_on: Day | None
    due_on_is_manual: bool
    department: Text | None
    user: Text | None
    plan_from: Day
    changed: tuple[str, ...] = field(converter=_changed)

    def __attrs_post_init__(self) -> None:
        _calculated(self.due_on, self.calculated_due_on, is_manual=self.due_on_is_manual)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class CycleAdopted(_Entry):
    """An order was moved to another version of its cycle; the visit goes on.

    Args:
        cycle_version: the version it is pinned to from now on.
        from_status: the key of its status in the old version.
        to_status: the key of the same status in the new one.
        resumes_in: off the path, the key of the status to come back to; None on it.
        due_on: the due date, inclusive, or None.
        calculated_due_on: what the policy says, or None.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds.

    Source:
        Decision D5b.
    """

    cycle_version: Number
    from_status: Key
    to_status: Key
    resumes_in: Key | None
    due_on: Day | None
    calculated_due_on: Day | None


HistoryEntry = OrderOpened | StatusChanged | OrderAmended | CycleAdopted


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class ProductionOrder:
    """The present state of one order.

    Args:
        id: the host's id, 1 to 200 characters.
        cycle: the cycle version the order is pinned to.
        status: where it is; one of the cycle's.
        entered_on: the first day of the present visit.
        due_on: the last day it may stay without being overdue, or None.
        calculated_due_on: what the policy says, or None.
        due_on_is_manual: whether `due_on` was set by hand.
        department: the department responsible, or None.
        user: the user responsible, or None.
        ordered_on: the order date.
        delivery_on: the approximate delivery date, or None.
        plan_from: the day from which the plan counts: `ordered_on`, unless holds have shifted it.
        invoice_id: the invoice it fulfils, or None.
        vendor: the lab or vendor, or None.
        resumes_in: off the path, the key of the status to come back to; None on it.
        held: what was agreed about the visit left incomplete, or None.
        visit: the sequence of the entry that began the present visit.
        version: the sequence of the last entry.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds, or values that contradict each other.
        UnknownStatusError: if `resumes_in` is no status of the cycle.

    Source:
        "Tracking Production Statuses"; decisions D5, D13b, D15 and D18.
    """

    id: Text
    cycle: StatusCycle
    status: Status
    entered_on: Day
    due_on: Day | None
    calculated_due_on: Day | None
    due_on_is_manual: bool
    department: Text | None
    user: Text | None
    ordered_on: Day
    delivery_on: Day | None
    plan_from: Day
    invoice_id: Text | None
    vendor: Text | None
    resumes_in: Key | None
    held: Held | None
    visit: Number
    version: Number

    def __attrs_post_init__(self) -> None:
        if self.status not in self.cycle:
            raise ValueError(
                f"status must be one of cycle {self.cycle.order_type!r}, not {self.status.key!r}"
            )
        if self.visit > self.version:
            raise ValueError(f"visit must be at most version, {self.version}, not {self.visit}")
        if self.held is not None and self.resumes_in is None:
            raise ValueError("held needs resumes_in: on the path nothing is held")
        _check_resumption(self.cycle, self.status.key, self.resumes_in)
        _calculated(self.due_on, self.calculated_due_on, is_manual=self.due_on_is_manual)

    @property
    def order_type(self) -> str:
        """The key of its cycle."""
        return self.cycle.order_type

    @property
    def is_complete(self) -> bool:
        """Whether it has reached the final status."""
        return self.status.final

    @property
    def is_cancelled(self) -> bool:
        """Whether it is closed without being complete."""
        return self.status.cancelled

    @property
    def is_open(self) -> bool:
        """Whether it is neither complete nor cancelled."""
        return not self.status.closes

    def is_overdue(self, *, today: date) -> bool:
        """Whether it is open and its due date is over; the due day itself is fine.

        Args:
            today: the day to compare with.

        Raises:
            TypeError: if *today* is no date.

        Source:
            Decision D14.
        """
        checks.day("today", today)
        return self.due_on is not None and today > self.due_on and self.is_open

    def is_past_delivery(self, *, today: date) -> bool:
        """Whether it is open and its delivery date is over; the day itself is fine.

        Args:
            today: the day to compare with.

        Raises:
            TypeError: if *today* is no date.

        Source:
            Decision D14.
        """
        checks.day("today", today)
        return self.delivery_on is not None and today > self.delivery_on and self.is_open

    def apply(self, entry: HistoryEntry, *, cycle: StatusCycle | None = None) -> "ProductionOrder":
        """The order after the next entry of its history.

        Args:
            entry: the entry whose sequence is one more than the order's version.
            cycle: the version that a `CycleAdopted` names; for other entries, left out.

        Raises:
            TypeError: for what is no entry or cycle.
            ValueError: if the entry is of another order, is not the next, does not begin where the
                order is, or if *cycle* is not the version it names.
            UnknownStatusError: if it leads to a status that the cycle does not have.

        Source:
            "A history of all status changes is kept"; decisions D5b and D15.
        """
        if not isinstance(entry, _Entry):
            raise TypeError(f"entry must be an entry of a history, not {checks.shown(entry)}")
        if entry.order_id != self.id:
            raise ValueError(f"the entry is of order {entry.order_id!r}, not of {self.id!r}")
        if isinstance(entry, OrderOpened):
            raise ValueError(f"order {self.id!r} is open already")  # noqa: TRY004 - the type is right
        if entry.sequence != self.version + 1:
            raise ValueError(
                f"order {self.id!r} is at version {self.version}, so its next entry is"
                f" {self.version + 1}, not {entry.sequence}"
            )
        if cycle is not None and not isinstance(entry, CycleAdopted):
            raise ValueError("cycle is for a CycleAdopted alone: leave it out")
        match entry:
            case StatusChanged():
                return self._changed(entry)
            case OrderAmended():
                return self._amended(entry)
            case CycleAdopted():
                return self._adopted(entry, cycle)
            case _:
                assert_never(entry)

    def _changed(self, entry: StatusChanged) -> "ProductionOrder":
        self._check_from(entry.from_status)
        if entry.entered_on < self.entered_on:
            raise ValueError(
                f"order {self.id!r} entered its status on {self.entered_on}, so it cannot leave it"
                f" on {entry.entered_on}"
            )
        _check_resumption(self.cycle, entry.to_status, entry.resumes_in)
        return moved(self, self.cycle[entry.to_status], entry)

    def _amended(self, entry: OrderAmended) -> "ProductionOrder":
        return _after_amendment(entry, self, version=entry.sequence)

    def _adopted(self, entry: CycleAdopted, cycle: StatusCycle | None) -> "ProductionOrder":
        if not isinstance(cycle, StatusCycle):
            raise TypeError(f"cycle must be a StatusCycle, not {checks.shown(cycle)}")
        if (cycle.order_type, cycle.version) != (self.order_type, entry.cycle_version):
            raise ValueError(
                f"the entry adopts version {entry.cycle_version} of {self.order_type!r}, not"
                f" {cycle.version} of {cycle.order_type!r}"
            )
        self._check_from(entry.from_status)
        _check_resumption(cycle, entry.to_status, entry.resumes_in)
        _calculated(entry.due_on, entry.calculated_due_on, is_manual=self.due_on_is_manual)
        return _after_adoption(
            entry,
            self,
            cycle=cycle,
            status=cycle[entry.to_status],
            held=None if entry.resumes_in is None else self.held,
            version=entry.sequence,
        )

    def _check_from(self, key: str) -> None:
        if key != self.status.key:
            raise ValueError(f"order {self.id!r} is at {self.status.key!r}, not at {key!r}")

    @classmethod
    def replay(
        cls, entries: Iterable[HistoryEntry], cycles: Iterable[StatusCycle]
    ) -> "ProductionOrder":
        """The order that a history makes.

        Args:
            entries: the whole history of one order, in its sequence.
            cycles: the versions that it was pinned to, in any order, with others or not.

        Raises:
            TypeError: for what is no entry or cycle.
            ValueError: if there is no entry, or one does not follow from those before.
            CycleNotFoundError: if a version that the history names is not among *cycles*.
            CycleConflictError: if *cycles* has two contents for one version.
            UnknownStatusError: if an entry names a status that its cycle does not have.

        Source:
            "A history of all status changes is kept"; decision D5.
        """
        known = by_version(cycles)
        match checks.items("entries", entries, "entries of a history"):
            case (OrderOpened() as first, *rest):
                order = opened(first, _known(known, first.order_type, first.cycle_version))
            case [other, *_] if not isinstance(other, _Entry):
                raise TypeError(
                    f"entries must be entries of a history, not hold {checks.shown(other)}"
                )
            case _:
                raise ValueError("a history begins with an OrderOpened")
        for entry in rest:
            if isinstance(entry, CycleAdopted):
                adopted = _known(known, order.order_type, entry.cycle_version)
                order = order.apply(entry, cycle=adopted)
            else:
                order = order.apply(entry)
        return order


# What an entry has, the order has from it; all else stays.
_after_opening = trusted(
    ProductionOrder,
    OrderOpened,
    given=[
        *("id", "cycle", "status", "plan_from", "resumes_in"),
        *("due_on_is_manual", "held", "visit", "version"),
    ],
)
_after_change = trusted(
    ProductionOrder, StatusChanged, ProductionOrder, given=["status", "visit", "version"]
)
_after_amendment = trusted(ProductionOrder, OrderAmended, ProductionOrder, given=["version"])
_after_adoption = trusted(
    ProductionOrder,
    CycleAdopted,
    ProductionOrder,
    given=["cycle", "status", "held", "version"],
)


def _known(
    cycles: dict[tuple[str, int], StatusCycle], order_type: str, version: int
) -> StatusCycle:
    try:
        return cycles[order_type, version]
    except KeyError:
        raise CycleNotFoundError(order_type, version) from None


def _check_resumption(cycle: StatusCycle, key: str, resumes_in: str | None) -> None:
    """Off the path an order has a status of the path to come back to, on it none."""
    off_path = cycle.place(key).position is None
    if off_path != (resumes_in is not None):
        raise ValueError(
            f"resumes_in must be given exactly off the path of {cycle.order_type!r}:"
            f" the status is {key!r}, resumes_in {resumes_in!r}"
        )
    if resumes_in is not None and cycle.place(resumes_in).position is None:
        raise ValueError(f"resumes_in must be on the path, and {resumes_in!r} is off it")


def returns_from_hold(order: ProductionOrder, key: str) -> bool:
    """Whether moving *order* to this status is coming back to the one left incomplete.

    Source:
        Decision D18.
    """
    return order.held is not None and order.resumes_in == key


def moved(order: ProductionOrder, status: Status, entry: StatusChanged) -> ProductionOrder:
    """The order after a status change that is known to follow from it; else ask `apply`.

    Args:
        order: the order before.
        status: the status of its cycle to which the entry leads.
        entry: the next entry of its history.
    """
    return _after_change(entry, order, status=status, visit=entry.sequence, version=entry.sequence)


def opened(entry: OrderOpened, cycle: StatusCycle) -> ProductionOrder:
    """The order that its first entry makes; *cycle* is the version that the entry names.

    Raises:
        UnknownStatusError: if the cycle does not have the status.
    """
    place = cycle.place(entry.to_status)
    # Nothing was left incomplete, so the way back to the path leads to its beginning.
    resumes_in = cycle.initial.key if place.position is None else None
    first = entry.sequence
    return _after_opening(
        entry,
        entry.order_id,
        cycle,
        place.status,
        entry.ordered_on,
        resumes_in,
        False,  # noqa: FBT003 - by position, in the order of `given` above
        None,
        first,
        first,
    )
