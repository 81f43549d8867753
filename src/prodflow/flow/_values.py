"""What passes through a flow: proposals, choices, and changes for a store to save."""

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

GIVABLE: Final = (
    "to",
    "current_complete",
    "completed_on",
    "due_on",
    "department",
    "user",
    "note",
)
"""The keywords of `propose` that a proposal remembers as given."""


def _skipped(value: Iterable[Status]) -> tuple[Status, ...]:
    return checks.instances("skipped", value, Status, "Status")


def _given(value: Iterable[str]) -> frozenset[str]:
    names = frozenset(checks.instances("given", value, str, "keyword names"))
    if not names <= set(GIVABLE):
        raise ValueError(f"given must hold names out of {', '.join(GIVABLE)}")
    return names


def _reasons(value: Iterable[str]) -> tuple[str, ...]:
    return checks.instances("reasons", value, str, "str")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class ProposedChange:
    """A status change with every default filled in: the Status Change window as a value.

    Args:
        order: the order, unchanged.
        from_: its present status.
        to: the status to enter.
        move: what kind of step that is.
        skipped: the statuses of the path passed over, in order.
        completed_on: the day on which the present status was completed; None if it was not.
        current_complete: whether it was completed; the window's box "Current Status Not Complete"
            says the opposite.
        entered_on: the first day of the new visit.
        due_on: the due date of the new visit, inclusive, or None.
        calculated_due_on: what the policy says, or None.
        due_on_is_manual: whether `due_on` was set by hand: now, or before a hold.
        department: the department assigned, or None.
        user: the user assigned, or None.
        today: the day on which it was proposed.
        by: who makes the change.
        note: free text, up to 10,000 characters.
        given: the names of the keywords that were given; the rest is derived.
        refusals: what the rules have against it, for the window to show.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a value out of bounds, or values that contradict each other.

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
            raise ValueError("completed_on must be given exactly where current_complete is True")
        if self.entered_on < self.order.entered_on:
            raise ValueError(f"entered_on must be from {self.order.entered_on} on")
        if self.completed_on not in {None, self.entered_on}:
            raise ValueError(
                f"completed_on must be entered_on, {self.entered_on}, not {self.completed_on}"
            )
        if not self.due_on_is_manual and self.due_on != self.calculated_due_on:
            raise ValueError("due_on must be calculated_due_on unless it is manual")


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Choice:
    """A line of the "Change To Status" list.

    Args:
        status: the status.
        move: what kind of step it would be; None for the status where the order is.
        reasons: what speaks against it; empty if it may be chosen.

    Raises:
        TypeError: for a value of the wrong kind.

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
    """Proposals for many orders at once; its length is the number of records to be modified.

    Args:
        proposals: for each order that can go, in the order in which they were given.
        refusals: for each other order its id and why it cannot go.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for an order id out of bounds.

    Source:
        "You can also update the status of one or more production orders"; decision D23.
    """

    proposals: tuple[ProposedChange, ...] = field(converter=_proposals)
    _refusals: Refusals = field(alias="refusals", converter=_refused)

    @property
    def refusals(self) -> Mapping[str, RuleError]:
        """Why orders cannot go, by their ids."""
        return MappingProxyType(dict(self._refusals))

    def without_refused(self) -> "BulkProposal":
        """The same without the orders that cannot go."""
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
    """What a store saves in one transaction: an entry, the order after it, the events it causes.

    Args:
        order: the order after the entry.
        entry: the entry of the history.
        events: what the triggers say to it.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: if the three are not of one order, or the entry is not its last.

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
            raise ValueError("an order is opened by its first entry, and by no other")
        for event in self.events:
            if event.order_id != self.order.id:
                raise ValueError(f"an event of {event.order_id!r} is none of {self.order.id!r}")
