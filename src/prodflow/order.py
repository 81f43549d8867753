"""Orders, the entries of their history, and how an entry changes an order.

Theory of operation.

1. An entry records the result of a change, such as the new due date. So you can apply an entry
   without the policy, the rules or a clock.
2. `apply` copies the fields of an entry to the order. All other fields of the order stay the same.
   `replay` applies every entry of a history, and returns the order.
3. The time that an order stays in one status is a *visit*. The visit's number is the sequence
   number of its first entry. A hold pauses the visit, and `held` keeps its data. When the order
   returns, the visit continues under the same number (decision D18).
4. `ChangeUndone` undoes an earlier entry. It has the values that all fields had before the undone
   entry, and `apply` copies these values (decision D34). `effective` leaves out the undone entries.

The *path* is the active standard statuses of a cycle, from the initial to the final status. Every
order meets three conditions:

- If the order is off the path, `resumes_in` is the key of a status of the path. Otherwise
  `resumes_in` is None.
- If `held` isn't None, it's a paused visit to the status `resumes_in`.
- If nobody set the due date by hand, it equals the calculated due date.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any, Final, final

import attrs
from attrs import evolve, field, frozen

from prodflow import _checks as checks
from prodflow._facts import NO_CHANGES, NO_FACTS, FactChanges, Facts, fact_changes, facts
from prodflow._fields import Count, Day, Instant, Key, Note, Number, Priority, Text, checked
from prodflow._trusted import trusted
from prodflow.cycle import Place, Status, StatusCycle, by_version, not_found

__all__ = [
    "ChangeUndone",
    "CycleAdopted",
    "FactChanges",
    "Facts",
    "Held",
    "HistoryEntry",
    "Move",
    "OrderAmended",
    "OrderOpened",
    "OrderSplit",
    "ProductionOrder",
    "StatusChanged",
    "effective",
]


@final
class Move(StrEnum):
    """The kind of a status change.

    The path is the active standard statuses of a cycle, from the initial to the final status.

    - NEXT, SKIP and BACK lead to the next status of the path, to a later one or to an earlier one.
    - ASIDE leads to a status off the path, such as On hold. RESUME leads from there to the path.
    - A closed order changes by ASIDE if the new status is cancelled, and otherwise by REOPEN.

    Source:
        Decision D17.
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
    """A paused visit: the data that an order on hold needs to continue where it stopped.

    A visit is the time that an order stays in one status.

    Args:
        visit: the number of the visit.
        status: the key of the visit's status.
        entered_on: the first day of the visit.
        entered_after: the day on which the previous visit began or was last resumed; None for the
            first visit.
        paused_on: the day on which this pause began.
        paused_days: calendar days of the visit's earlier pauses.
        paused_working_days: working days of the visit's earlier pauses.
        due_on: the due date of the visit; None for no due date.
        due_on_is_manual: whether somebody set `due_on` by hand.
        department: the department responsible; None for nobody.
        user: the user responsible; None for nobody.

    Raises:
        ValueError: if `paused_on` is before `entered_on`.

    Source:
        Decision D18.
    """

    visit: Number
    status: Key
    entered_on: Day
    entered_after: Day | None = None
    paused_on: Day
    paused_days: Count = 0
    paused_working_days: Count = 0
    due_on: Day | None
    due_on_is_manual: bool
    department: Text | None
    user: Text | None

    def __attrs_post_init__(self) -> None:
        if self.paused_on < self.entered_on:
            raise ValueError(f"paused_on must be from {self.entered_on} on, not {self.paused_on}")


def _keys(value: Iterable[str]) -> tuple[str, ...]:
    return checks.keys("skipped", value)


def _check_due(entry: "_Dated | ProductionOrder") -> None:
    if not entry.due_on_is_manual and entry.due_on != entry.calculated_due_on:
        raise ValueError(
            f"due_on must be calculated_due_on, {entry.calculated_due_on}, unless it is manual,"
            f" not {entry.due_on}"
        )


def _check_pauses(entry: "_Visiting | ProductionOrder") -> None:
    if entry.resumed_on is None:
        if entry.paused_days or entry.paused_working_days:
            raise ValueError("days paused need resumed_on: only a visit that was resumed has some")
    elif entry.resumed_on < entry.entered_on:
        raise ValueError(f"resumed_on must be from {entry.entered_on} on, not {entry.resumed_on}")


def _check_plan_from(entry: "_Placed | ProductionOrder") -> None:
    if entry.plan_from < entry.ordered_on:
        raise ValueError(f"plan_from must be from {entry.ordered_on} on, not {entry.plan_from}")


@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class _Entry:
    """The fields of every entry.

    Args:
        order_id: the id of the order, 1 to 200 characters.
        sequence: the number of the entry in its history, from 1 without gaps.
        by: who made the change.
        recorded_by: the logged-in user; None if it is the user in `by`.
        at: the instant at which the entry was recorded, with an offset from UTC.
        note: free text, up to 10,000 characters.
        command_id: your id of the save that the entry belongs to; None if you gave no id.
    """

    order_id: Text
    sequence: Number
    by: Text
    recorded_by: Text | None = None
    at: Instant
    note: Note = ""
    command_id: Text | None = None

    def repeats(self, other: object) -> bool:
        """Whether *other* equals this entry in all fields but `at` and `recorded_by`.

        Args:
            other: the entry to compare with.

        Source:
            Decision D22.
        """
        if type(other) is not type(self):
            return False
        return evolve(self, at=other.at, recorded_by=other.recorded_by) == other


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OrderOpened(_Entry):
    """An order was placed: the first entry of every history.

    Fields named as in `ProductionOrder` have the same meaning here.

    Args:
        order_type: the key of the cycle.
        cycle_version: the cycle version that the order is pinned to.
        to_status: the key of the first status.
        policy: the name of the due-date policy that calculated the dates.
        reason: the key of the reason for the order; None if none was given.

    Raises:
        ValueError: if the sequence isn't 1, or if values contradict each other.

    Source:
        "Tracking Production Statuses"; decisions D15, D20 and D36 to D38.
    """

    order_type: Key
    cycle_version: Number
    to_status: Key
    ordered_on: Day
    delivery_on: Day | None
    plan_from: Day
    invoice_id: Text | None
    vendor: Text | None
    priority: Priority = 0
    quantity: Number | None = None
    facts: Facts = field(default=NO_FACTS, converter=facts)
    entered_on: Day
    resumed_on: Day | None = None
    paused_days: Count = 0
    paused_working_days: Count = 0
    held_days: Count = 0
    due_on: Day | None
    calculated_due_on: Day | None
    due_on_is_manual: bool = False
    department: Text | None
    user: Text | None
    policy: Key
    reason: Key | None = None
    split_from: Text | None = None
    reorder_of: Text | None = None

    def __attrs_post_init__(self) -> None:
        if self.sequence != 1:
            raise ValueError(f"an order is opened by its first entry, not by {self.sequence}")
        _check_due(self)
        _check_pauses(self)
        _check_plan_from(self)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class StatusChanged(_Entry):
    """An order moved to another status.

    Fields named as in `ProductionOrder` have the same meaning here. They show the order after the
    change.

    Args:
        from_status: the key of the previous status.
        to_status: the key of the new status.
        move: the kind of the change.
        skipped: the keys of the statuses that the order skipped, in list order.
        completed_on: the day on which the previous status was completed; None if it wasn't.
        current_complete: whether the previous status was completed.
        facts: the facts that the change set; None for a fact that it removed.
        policy: the name of the due-date policy that calculated the dates.
        reason: the key of the reason for the change; None if none was given.

    Raises:
        ValueError: if values contradict each other.

    Source:
        "Changing Production Statuses"; decisions D17, D18, D20, D36 and D38.
    """

    from_status: Key
    to_status: Key
    move: Move
    skipped: tuple[str, ...] = field(converter=_keys)
    completed_on: Day | None
    current_complete: bool
    visit: Number
    entered_on: Day
    entered_after: Day | None
    resumed_on: Day | None = None
    paused_days: Count = 0
    paused_working_days: Count = 0
    held_days: Count = 0
    due_on: Day | None
    calculated_due_on: Day | None
    due_on_is_manual: bool
    department: Text | None
    user: Text | None
    resumes_in: Key | None
    held: Held | None
    facts: FactChanges = field(default=NO_CHANGES, converter=fact_changes)
    policy: Key
    reason: Key | None = None

    def __attrs_post_init__(self) -> None:
        if self.from_status == self.to_status:
            raise ValueError(f"a change leads to another status, not to {self.to_status!r} again")
        if self.current_complete == (self.completed_on is None):
            raise ValueError("completed_on must be given exactly where current_complete is True")
        if self.visit > self.sequence:
            raise ValueError(f"visit must be at most sequence, {self.sequence}, not {self.visit}")
        if self.visit < self.sequence and self.resumed_on is None:
            raise ValueError("a visit that goes on needs resumed_on")
        _check_held(self)
        _check_due(self)
        _check_pauses(self)


AMENDABLE: Final = (
    *("ordered_on", "delivery_on", "plan_from", "entered_on", "vendor", "invoice_id", "priority"),
    *("quantity", "facts", "held_days", "due_on", "calculated_due_on", "due_on_is_manual"),
    *("department", "user", "held"),
)
"""The fields of an order that an amendment records."""


def _changed(value: Iterable[str]) -> tuple[str, ...]:
    names = checks.instances("changed", value, str, "field names")
    if not set(names) <= set(AMENDABLE):
        raise ValueError(f"changed must hold names out of {', '.join(AMENDABLE)}")
    return names


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OrderAmended(_Entry):
    """Fields of an order were changed, but not its status.

    Fields named as in `ProductionOrder` have the same meaning here. They show the order after the
    amendment.

    Args:
        facts: the facts that the amendment set; None for a fact that it removed.
        policy: the name of the due-date policy that calculated the dates.
        reason: the key of the reason for the amendment; None if none was given.
        changed: the names of the fields whose values changed.

    Raises:
        ValueError: if values contradict each other, or `changed` has an unknown name.

    Source:
        Decisions D15, D35, D36 and D38.
    """

    ordered_on: Day
    delivery_on: Day | None
    plan_from: Day
    entered_on: Day
    vendor: Text | None
    invoice_id: Text | None
    priority: Priority = 0
    quantity: Number | None = None
    facts: FactChanges = field(default=NO_CHANGES, converter=fact_changes)
    held_days: Count = 0
    due_on: Day | None
    calculated_due_on: Day | None
    due_on_is_manual: bool
    department: Text | None
    user: Text | None
    held: Held | None
    policy: Key
    reason: Key | None = None
    changed: tuple[str, ...] = field(converter=_changed)

    def __attrs_post_init__(self) -> None:
        _check_due(self)
        _check_plan_from(self)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class CycleAdopted(_Entry):
    """An order was moved to another version of its cycle.

    Fields named as in `ProductionOrder` have the same meaning here. They show the order after the
    migration. The order's visit, its stay in the present status, continues.

    Args:
        cycle_version: the version that the order is pinned to after the migration.
        from_status: the key of the order's status in the old version.
        to_status: the key of the order's status in the new version.
        policy: the name of the due-date policy that calculated the dates.

    Source:
        Decision D5b.
    """

    cycle_version: Number
    from_status: Key
    to_status: Key
    resumes_in: Key | None
    held: Held | None
    due_on: Day | None
    calculated_due_on: Day | None
    policy: Key

    def __attrs_post_init__(self) -> None:
        _check_held(self)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class ChangeUndone(_Entry):
    """An earlier entry was undone: all fields have the values they had before the undone entry.

    Fields named as in `ProductionOrder` have the same meaning here.

    Args:
        undoes: the sequence number of the undone entry.
        cycle_version: the cycle version that the order is pinned to after the undo.
        to_status: the key of the order's status after the undo.
        facts: the facts to which the undo gave their earlier values; None for a fact that it
            removed.

    Raises:
        ValueError: if `undoes` isn't between the opening and this entry, or if values contradict
            each other.

    Source:
        Decision D34.
    """

    undoes: Number
    cycle_version: Number
    to_status: Key
    visit: Number
    entered_on: Day
    entered_after: Day | None
    resumed_on: Day | None
    paused_days: Count
    paused_working_days: Count
    held_days: Count
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
    priority: Priority = 0
    quantity: Number | None = None
    facts: FactChanges = field(default=NO_CHANGES, converter=fact_changes)
    resumes_in: Key | None
    held: Held | None

    def __attrs_post_init__(self) -> None:
        if not 1 < self.undoes < self.sequence:
            raise ValueError(
                f"undoes must be an earlier entry, and not the opening, not {self.undoes}"
            )
        if self.visit >= self.undoes:
            raise ValueError(f"visit must be before the entry undone, not {self.visit}")
        _check_held(self)
        _check_due(self)
        _check_pauses(self)
        _check_plan_from(self)


def _parts(value: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(
        (
            checks.text(checks.item_of("parts"), order_id),
            checks.number(checks.item_of("parts"), quantity),
        )
        for order_id, quantity in checks.pairs(
            "parts", tuple(checks.items("parts", value, "(order id, quantity) pairs")), "of parts"
        )
    )


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OrderSplit(_Entry):
    """Parts of an order were split off as new orders.

    Args:
        quantity: the quantity that the order keeps.
        parts: the (order id, quantity) pairs of the new orders.

    Raises:
        ValueError: if there are no parts, or if two orders have the same id.

    Source:
        Decision D37.
    """

    quantity: Number
    parts: tuple[tuple[str, int], ...] = field(converter=_parts)

    def __attrs_post_init__(self) -> None:
        ids = [order_id for order_id, _ in self.parts]
        if not ids or len({self.order_id, *ids}) <= len(ids):
            raise ValueError(
                f"parts must be one or more orders besides {self.order_id!r}, each once, not"
                f" {checks.listed(ids)}"
            )


HistoryEntry = OrderOpened | StatusChanged | OrderAmended | CycleAdopted | ChangeUndone | OrderSplit

_Dated = OrderOpened | StatusChanged | OrderAmended | ChangeUndone
_Visiting = OrderOpened | StatusChanged | ChangeUndone
_Placed = OrderOpened | OrderAmended | ChangeUndone
_Holding = StatusChanged | CycleAdopted | ChangeUndone


def _check_held(entry: "_Holding | ProductionOrder") -> None:
    if entry.held is not None and entry.held.status != entry.resumes_in:
        raise ValueError(
            f"held must be about the status to come back to, {entry.resumes_in!r}, not"
            f" {entry.held.status!r}"
        )


def effective(entries: Iterable[HistoryEntry]) -> tuple[HistoryEntry, ...]:
    """The entries that still count: all but the undone ones and the `ChangeUndone` entries.

    The reports of `prodflow.hub` use only these entries.

    Args:
        entries: the history of one order, or the beginning of that history.

    Source:
        Decision D34.
    """
    history = checks.items("entries", entries, "entries of a history")
    checks.instances("entries", history, _Entry, "entries of a history")
    undone = {entry.undoes for entry in history if isinstance(entry, ChangeUndone)}
    return tuple(
        entry
        for entry in history
        if not isinstance(entry, ChangeUndone) and entry.sequence not in undone
    )


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class ProductionOrder:
    """One order as it is now.

    A visit is the time that an order stays in one status. The path is the active standard statuses
    of the cycle, from the initial to the final status.

    Args:
        id: your id of the order, 1 to 200 characters.
        cycle: the cycle version that the order is pinned to.
        status: the present status, which is in the cycle.
        entered_on: the first day of the present visit.
        entered_after: the day on which the previous visit began or was last resumed; None in the
            first visit.
        resumed_on: the day on which the present visit was last resumed after a hold; None if it was
            never paused.
        paused_days: calendar days for which the present visit was paused.
        paused_working_days: working days for which the present visit was paused.
        held_days: working days that the order has spent off the path or closed. The present visit
            isn't counted (decision D13b).
        due_on: the due date in the present status, inclusive; None for no due date.
        calculated_due_on: the due date that the policy calculated; None for no due date.
        due_on_is_manual: whether somebody set `due_on` by hand.
        department: the department responsible; None for nobody.
        user: the user responsible; None for nobody.
        ordered_on: the order date.
        delivery_on: the approximate delivery date; None if there is none.
        plan_from: the day from which due dates are counted forward; never before `ordered_on`.
        invoice_id: the invoice that the order fulfils; None if there is none.
        vendor: the lab or vendor; None if there is none.
        priority: from -1,000 to 1,000; orders with a higher priority come first.
        quantity: how many pieces were ordered; None if it isn't known.
        facts: your own named values, such as the client.
        split_from: the id of the order from which this one was split; None if it wasn't split.
        reorder_of: the id of the order that this one replaces; None if it replaces none.
        resumes_in: the key of the status in which an order off the path will continue; None for an
            order on the path.
        held: the paused visit; None if no visit is paused.
        visit: the number of the present visit: the sequence number of its first entry.
        version: the sequence number of the last entry.

    Raises:
        ValueError: if values contradict each other.
        UnknownStatusError: if the cycle has no status with the key `resumes_in`.

    Source:
        "Tracking Production Statuses"; decisions D5, D13b, D15, D18 and D36 to D38.
    """

    id: Text
    cycle: StatusCycle
    status: Status
    entered_on: Day
    entered_after: Day | None = None
    resumed_on: Day | None = None
    paused_days: Count = 0
    paused_working_days: Count = 0
    held_days: Count = 0
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
    priority: Priority = 0
    quantity: Number | None = None
    facts: Facts = field(default=NO_FACTS, converter=facts)
    split_from: Text | None = None
    reorder_of: Text | None = None
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
        _check_resumption(self.cycle, self.cycle.place(self.status.key), self.resumes_in)
        _check_held(self)
        _check_due(self)
        _check_pauses(self)
        _check_plan_from(self)

    @property
    def order_type(self) -> str:
        """The order type of the cycle."""
        return self.cycle.order_type

    @property
    def is_complete(self) -> bool:
        """Whether the order is in the final status."""
        return self.status.final

    @property
    def is_cancelled(self) -> bool:
        """Whether the order is in a cancelled status."""
        return self.status.cancelled

    @property
    def is_open(self) -> bool:
        """Whether the order is neither complete nor cancelled."""
        return not self.status.closes

    def is_overdue(self, *, today: date) -> bool:
        """Whether the order is open and its due date is before *today*.

        Source:
            Decision D14.
        """
        checks.day("today", today)
        return self.due_on is not None and today > self.due_on and self.is_open

    def is_past_delivery(self, *, today: date) -> bool:
        """Whether the order is open and its delivery date is before *today*.

        Source:
            Decision D14.
        """
        checks.day("today", today)
        return self.delivery_on is not None and today > self.delivery_on and self.is_open

    def apply(self, entry: HistoryEntry, *, cycle: StatusCycle | None = None) -> "ProductionOrder":
        """The order after the next entry of its history.

        Args:
            entry: the entry whose sequence is one more than the order's version.
            cycle: the cycle version that the entry moves the order to. Give it for a
                `CycleAdopted`, and for a `ChangeUndone` that undoes a `CycleAdopted`. For all
                other entries, leave it out.

        Raises:
            ValueError: if the entry belongs to another order, isn't the next entry, or contradicts
                the order's present values. Also if *cycle* isn't the version that the entry names.
            UnknownStatusError: if the entry leads to a status that the cycle doesn't have.

        Source:
            "A history of all status changes is kept"; decisions D5b, D15 and D34.
        """
        after = _AFTER.get(type(entry))
        if after is None and not isinstance(entry, OrderOpened):
            raise TypeError(f"entry must be an entry of a history, not {checks.shown(entry)}")
        if entry.order_id != self.id:
            raise ValueError(f"the entry is of order {entry.order_id!r}, not of {self.id!r}")
        if after is None or isinstance(entry, OrderOpened):
            raise ValueError(f"order {self.id!r} is open already")
        if entry.sequence != self.version + 1:
            raise ValueError(
                f"order {self.id!r} is at version {self.version}, so its next entry is"
                f" {self.version + 1}, not {entry.sequence}"
            )
        pinned, status = self.cycle, self.status
        if cycle is not None or not isinstance(entry, StatusChanged):
            pinned = self._pinned_by(entry, cycle)
        if isinstance(entry, OrderAmended):
            self._check_amended(entry)
        elif isinstance(entry, OrderSplit):
            self._check_split(entry)
        else:
            place = pinned.place(entry.to_status)
            status = place.status
            _check_resumption(pinned, place, entry.resumes_in)
            if not isinstance(entry, ChangeUndone):
                self._check_begins_here(entry)
        # The entry's fields replace the order's; all other fields stay.
        facts, changes = self.facts, getattr(entry, "facts", NO_CHANGES)  # not every entry has some
        if changes is not NO_CHANGES:
            facts = facts.merged(changes)
        return after(entry, self, pinned, status, entry.sequence, facts)

    def _pinned_by(self, entry: HistoryEntry, cycle: StatusCycle | None) -> StatusCycle:
        """The cycle version that the order is pinned to after an entry."""
        version = self.cycle.version
        if isinstance(entry, (CycleAdopted, ChangeUndone)):
            version = entry.cycle_version
        if version == self.cycle.version and not isinstance(entry, CycleAdopted):
            if cycle is not None:
                raise ValueError("cycle is for an entry that moves the order to another version")
            return self.cycle
        if not isinstance(cycle, StatusCycle):
            raise TypeError(f"cycle must be a StatusCycle, not {checks.shown(cycle)}")
        if (cycle.order_type, cycle.version) != (self.order_type, version):
            raise ValueError(
                f"the entry names version {version} of {self.order_type!r}, not"
                f" {cycle.version} of {cycle.order_type!r}"
            )
        return cycle

    def _check_begins_here(self, entry: StatusChanged | CycleAdopted) -> None:
        if entry.from_status != self.status.key:
            raise ValueError(
                f"order {self.id!r} is at {self.status.key!r}, not at {entry.from_status!r}"
            )
        if isinstance(entry, StatusChanged):
            left_on = entry.resumed_on or entry.entered_on
            begun_on = self.resumed_on or self.entered_on
            if left_on < begun_on:
                raise ValueError(
                    f"order {self.id!r} entered its status on {begun_on}, so it cannot leave it on"
                    f" {left_on}"
                )
            if entry.visit != entry.sequence and (
                self.held is None or entry.visit != self.held.visit
            ):
                raise ValueError(f"visit {entry.visit} of order {self.id!r} is not on hold")
        elif not self.due_on_is_manual and entry.due_on != entry.calculated_due_on:
            raise ValueError(
                f"due_on must be calculated_due_on, {entry.calculated_due_on}, not {entry.due_on}"
            )

    def _check_amended(self, entry: OrderAmended) -> None:
        if entry.held is not self.held and _paused(entry.held) != _paused(self.held):
            raise ValueError(
                f"an amendment keeps the visit that is held, {_paused(self.held)}, not"
                f" {_paused(entry.held)}"
            )
        if self.resumed_on is not None and entry.entered_on > self.resumed_on:
            raise ValueError(
                f"order {self.id!r} was resumed on {self.resumed_on}, so entered_on cannot be"
                f" {entry.entered_on}"
            )

    def _check_split(self, entry: OrderSplit) -> None:
        whole = entry.quantity + sum(quantity for _, quantity in entry.parts)
        if whole != self.quantity:
            raise ValueError(
                f"order {self.id!r} has the quantity {self.quantity}, and what is split has {whole}"
            )

    @property
    def begun_on(self) -> date:
        """The day on which the present visit began or, after a hold, was last resumed."""
        return self.resumed_on or self.entered_on

    @classmethod
    def replay(
        cls, entries: Iterable[HistoryEntry], cycles: Iterable[StatusCycle]
    ) -> "ProductionOrder":
        """The order that results from a history.

        Args:
            entries: all entries of one order, sorted by sequence.
            cycles: the cycle versions that the order was pinned to, in any order. You may include
                other versions.

        Raises:
            ValueError: if there are no entries, or if an entry doesn't fit the entries before it.
            CycleNotFoundError: if *cycles* lacks a version that the history names.
            CycleConflictError: if *cycles* has two different cycles with the same version.
            UnknownStatusError: if an entry names a status that its cycle doesn't have.

        Source:
            "A history of all status changes is kept"; decision D5.
        """
        known = by_version(cycles)
        match checks.items("entries", entries, "entries of a history"):
            case (OrderOpened() as first, *rest):
                cycle = _known(known, first.order_type, first.cycle_version)
                order = opened(first, cycle, cycle.place(first.to_status))
            case [other, *_] if not isinstance(other, _Entry):
                raise TypeError(
                    f"entries must be entries of a history, not hold {checks.shown(other)}"
                )
            case _:
                raise ValueError("a history begins with an OrderOpened")
        for entry in rest:
            moves = None if isinstance(entry, StatusChanged) else _cycle_after(order, entry, known)
            order = order.apply(entry, cycle=moves)
        return order


def _paused(held: Held | None) -> tuple[int, str] | None:
    """The paused visit and its status, which an amendment never changes."""
    return None if held is None else (held.visit, held.status)


def _cycle_after(
    order: ProductionOrder, entry: HistoryEntry, cycles: dict[tuple[str, int], StatusCycle]
) -> StatusCycle | None:
    """The version that an entry moves an order to; None if the entry keeps the order's version."""
    if not isinstance(entry, (CycleAdopted, ChangeUndone)):
        return None
    if isinstance(entry, ChangeUndone) and entry.cycle_version == order.cycle.version:
        return None
    return _known(cycles, order.order_type, entry.cycle_version, order.cycle)


def _known(
    cycles: dict[tuple[str, int], StatusCycle],
    order_type: str,
    version: int,
    *own: StatusCycle,
) -> StatusCycle:
    try:
        return cycles[order_type, version]
    except KeyError:
        raise not_found(order_type, version, (*cycles.values(), *own)) from None


def _check_resumption(cycle: StatusCycle, place: Place, resumes_in: str | None) -> None:
    """Check that `resumes_in` is given for an order off the path, and for no other order."""
    off_path = place.position is None
    if off_path != (resumes_in is not None):
        raise ValueError(
            f"resumes_in must be given exactly off the path of {cycle.order_type!r}:"
            f" the status is {place.status.key!r}, resumes_in {resumes_in!r}"
        )
    if resumes_in is not None and cycle.place(resumes_in).position is None:
        raise ValueError(f"resumes_in must be on the path, and {resumes_in!r} is off it")


_ENTRIES: Final = (StatusChanged, OrderAmended, CycleAdopted, ChangeUndone, OrderSplit)
_AFTER: Final[dict[type, Callable[..., ProductionOrder]]] = {
    entry: trusted(
        ProductionOrder, entry, ProductionOrder, given=["cycle", "status", "version", "facts"]
    )
    for entry in _ENTRIES
}
"""For each kind of entry, the function that copies its fields to an order."""


_opened = trusted(
    ProductionOrder,
    OrderOpened,
    given=["id", "cycle", "status", "resumes_in", "visit", "version"],
    fixed={"held": None, "entered_after": None},
)


def moved(order: ProductionOrder, status: Status, entry: StatusChanged) -> ProductionOrder:
    """The order after a status change, without the checks of `apply`.

    Args:
        order: the order before the change.
        status: the status that the entry leads to.
        entry: the next entry of the order's history.
    """
    facts = order.facts
    if entry.facts is not NO_CHANGES:
        facts = facts.merged(entry.facts)
    return _AFTER[StatusChanged](entry, order, order.cycle, status, entry.sequence, facts)


def amended(order: ProductionOrder, entry: OrderAmended) -> ProductionOrder:
    """The order after an amendment, without the checks of `apply`."""
    facts = order.facts
    if entry.facts is not NO_CHANGES:
        facts = facts.merged(entry.facts)
    return _AFTER[OrderAmended](entry, order, order.cycle, order.status, entry.sequence, facts)


def opened(entry: OrderOpened, cycle: StatusCycle, place: Place) -> ProductionOrder:
    """The order after its first entry.

    Args:
        entry: the first entry.
        cycle: the version that the entry names.
        place: the place in the cycle of the status that the entry names.
    """
    resumes_in = cycle.initial.key if place.position is None else None
    first = entry.sequence
    return _opened(entry, entry.order_id, cycle, place.status, resumes_in, first, first)


def first_resumption(cycle: StatusCycle, key: str) -> str | None:
    """The `resumes_in` of an order opened in this status; None if the status is on the path."""
    return cycle.initial.key if cycle.place(key).position is None else None


# --- What was recorded up to an entry, for undo --------------------------------------------------

_RECORDED: Final = {
    entry: tuple(
        name
        for name in attrs.fields_dict(ChangeUndone)
        if name in attrs.fields_dict(entry) and name != "facts"  # an entry has only what it set
    )
    for entry in (OrderOpened, *_ENTRIES)
}


def recorded_by_entries(entries: Iterable[HistoryEntry]) -> dict[str, Any]:
    """The last value that *entries* recorded for each field of `ChangeUndone`, by field name.

    Fields about an entry itself, such as its sequence and who recorded it, are left out.
    """
    return deque(recorded_after_each(entries), maxlen=1)[0]


def recorded_after_each(entries: Iterable[HistoryEntry]) -> Iterator[dict[str, Any]]:
    """What `recorded_by_entries` returns for the entries up to each of them."""
    state: dict[str, Any] = {"visit": 1, "entered_after": None, "held": None, "facts": NO_FACTS}
    own = {*attrs.fields_dict(_Entry), "undoes"}
    for entry in entries:
        state |= {name: getattr(entry, name) for name in _RECORDED[type(entry)]}
        if isinstance(entry, OrderOpened | StatusChanged | OrderAmended | ChangeUndone):
            state["facts"] = state["facts"].merged(entry.facts)
        yield {name: value for name, value in state.items() if name not in own}
