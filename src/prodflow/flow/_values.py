"""The values that a flow returns: proposals, choices, and changes for a store to save."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Day, Note, Text, checked
from prodflow.cycle import Status
from prodflow.errors import RuleError
from prodflow.order import HistoryEntry, Move, OrderOpened, ProductionOrder
from prodflow.triggers import TriggerEvent

GIVABLE: Final = ("to", "current_complete", "completed_on", "due_on", "department", "user", "note")
"""The keywords of `propose` that `ProposedChange.given` can name."""


def _skipped(value: Iterable[Status]) -> tuple[Status, ...]:
    return checks.instances("skipped", value, Status, "Status")


def _given(value: Iterable[str]) -> frozenset[str]:
    names = frozenset(checks.instances("given", value, str, "keyword names"))
    if not names <= set(GIVABLE):
        raise ValueError(f"given must be names among {', '.join(GIVABLE)}")
    return names


def _reasons(value: Iterable[str]) -> tuple[str, ...]:
    return checks.instances("reasons", value, str, "str")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class ProposedChange:
    """A status change with all defaults filled in: the Status Change window as a value.

    Args:
        order: the order before the change.
        from_: its present status.
        to: the status to enter.
        move: the kind of step.
        skipped: the statuses of the path that are passed over, in order.
        completed_on: the day when the present status was completed; None if it wasn't.
        current_complete: whether the present status was completed, so the opposite of the box
            "Current Status Not Complete".
        entered_on: the first day of the new visit.
        due_on: the last day of the new visit on which the order isn't overdue, or None.
        calculated_due_on: the due date that the policy gives, or None.
        due_on_is_manual: whether `due_on` was set by hand, now or before a hold.
        department: the department assigned, or None.
        user: the user assigned, or None.
        today: the business date of the proposal.
        by: who makes the change.
        note: free text, up to 10,000 characters.
        given: the names of the keywords that were given; all other values are defaults.
        refusals: why the rules refuse the change; empty if they accept it.

    Raises:
        ValueError: also if values contradict each other.

    Source:
        "Changing Production Statuses"; decisions D16 to D20b and D24.
    """

    order: ProductionOrder
    from_: Status
    to: Status
    move: Move
    skipped: tuple[Status, ...] = field(converter=_skipped)
    completed_on: Day | None
    current_complete: bool
    entered_on: Day
    due_on: Day | None
    calculated_due_on: Day | None
    due_on_is_manual: bool
    department: Text | None
    user: Text | None
    today: Day
    by: Text
    note: Note = ""
    given: frozenset[str] = field(default=frozenset(), converter=_given)
    refusals: tuple[str, ...] = field(default=(), converter=_reasons)

    def __attrs_post_init__(self) -> None:
        if self.from_ != self.order.status:
            raise ValueError(f"from_ must be the order's status, not {self.from_.key!r}")
        if self.to not in self.order.cycle or self.to.inactive or self.to == self.from_:
            raise ValueError(f"to must be another active status of the cycle, not {self.to.key!r}")
        if self.current_complete == (self.completed_on is None):
            raise ValueError("completed_on must be a date if current_complete is True, else None")
        if self.entered_on < self.order.entered_on:
            raise ValueError(f"entered_on must be {self.order.entered_on} or later")
        if self.completed_on not in {None, self.entered_on}:
            raise ValueError(
                f"completed_on must be entered_on, {self.entered_on}, not {self.completed_on}"
            )
        if not self.due_on_is_manual and self.due_on != self.calculated_due_on:
            raise ValueError("due_on must be calculated_due_on unless due_on_is_manual is True")


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Choice:
    """A line of the "Change To Status" list.

    Args:
        status: an active status.
        move: the kind of step it would be; None for the present status of the order.
        reasons: why it can't be chosen; empty if it can.

    Source:
        "Changing Production Statuses", Change To Status; decision D24.
    """

    status: Status
    move: Move | None
    reasons: tuple[str, ...] = field(default=(), converter=_reasons)


Refusals = tuple[tuple[str, RuleError], ...]


def _proposals(value: Iterable[ProposedChange]) -> tuple[ProposedChange, ...]:
    return checks.instances("proposals", value, ProposedChange, "ProposedChange")


def _refused(value: Mapping[str, RuleError] | Refusals) -> Refusals:
    return tuple(
        (
            checks.text("an order id in refusals", order_id),
            checks.instance("a refusal", error, RuleError, "a RuleError"),
        )
        for order_id, error in checks.pairs("refusals", value, "from order ids to RuleError")
    )


@final
@frozen(weakref_slot=False, field_transformer=checked)
class BulkProposal:
    """Proposals for many orders; its length is the number of records to be modified.

    Args:
        proposals: one for each order that can change, in the order of the orders.
        refusals: an error for each order that can't, by order id.

    Source:
        "You can also update the status of one or more production orders"; decision D23.
    """

    proposals: tuple[ProposedChange, ...] = field(converter=_proposals)
    _refusals: Refusals = field(alias="refusals", converter=_refused)

    @property
    def refusals(self) -> Mapping[str, RuleError]:
        """Why some orders can't change, by order id."""
        return MappingProxyType(dict(self._refusals))

    def without_refused(self) -> "BulkProposal":
        """The same proposals without the refusals."""
        return BulkProposal(self.proposals, {})

    def __len__(self) -> int:
        return len(self.proposals)

    def __iter__(self) -> Iterator[ProposedChange]:
        return iter(self.proposals)


def _events(value: Iterable[TriggerEvent]) -> tuple[TriggerEvent, ...]:
    return checks.instances("events", value, TriggerEvent, "TriggerEvent")


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Change:
    """What a store saves in one transaction.

    Args:
        order: the order after the entry.
        entry: the new entry of its history.
        events: the events that the entry causes.

    Raises:
        ValueError: also if the three belong to different orders, or the entry isn't the last one.

    Source:
        Decisions D21, D22 and D28.
    """

    order: ProductionOrder
    entry: HistoryEntry
    events: tuple[TriggerEvent, ...] = field(default=(), converter=_events)

    def __attrs_post_init__(self) -> None:
        if (self.entry.order_id, self.entry.sequence) != (self.order.id, self.order.version):
            raise ValueError(
                f"the entry must be the last of order {self.order.id!r}, {self.order.version},"
                f" not {self.entry.sequence} of {self.entry.order_id!r}"
            )
        if isinstance(self.entry, OrderOpened) != (self.entry.sequence == 1):
            raise ValueError(
                "the first entry of an order must be an OrderOpened, and later ones must not"
            )
        for event in self.events:
            if event.order_id != self.order.id:
                raise ValueError(
                    f"events must be of order {self.order.id!r}, not of {event.order_id!r}"
                )
