"""The values that a flow returns: proposals, choices, and changes for a store to save."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._facts import NO_CHANGES, FactChanges, fact_changes
from prodflow._fields import Count, Day, Key, Note, Number, Text, checked
from prodflow._trusted import trusted
from prodflow.cycle import Status
from prodflow.errors import Refusal, RuleError
from prodflow.order import HistoryEntry, Move, OrderOpened, ProductionOrder
from prodflow.triggers import TriggerEvent

GIVABLE: Final = (
    "to",
    "current_complete",
    "completed_on",
    "due_on",
    "department",
    "user",
    "facts",
    "reason",
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


def _refusals(value: Iterable[Refusal]) -> tuple[Refusal, ...]:
    return checks.instances("refusals", value, Refusal, "Refusal")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class ProposedChange:
    """A status change with every default filled in, as in the Status Change window.

    Fields named as in `ProductionOrder` have the same meaning here. They show the order after the
    change.

    Args:
        order: the order before the change.
        from_: the order's present status.
        to: the status to enter.
        move: the kind of the change.
        skipped: the statuses that the order skips, in list order.
        completed_on: the day on which the present status was completed; None if it wasn't.
        current_complete: whether the present status was completed. The window's box "Current Status
            Not Complete" shows the opposite.
        visit: the number of the visit, the order's stay in the new status. If the change
            continues a paused visit, this visit keeps its number.
        entered_on: the first day of the visit.
        resumed_on: the day on which a paused visit continues; None for a new visit.
        facts: the facts to set; None for a fact to remove.
        reason: the key of the reason for the change; None if none was given.
        today: the day on which the change was proposed.
        by: who makes the change.
        recorded_by: the logged-in user; None if it is the user in `by`.
        roles: the roles of the user, for permissions.
        note: free text, up to 10,000 characters.
        policy: the name of the due-date policy that calculated the dates.
        given: the names of the keywords that you gave to `propose`. All other values are defaults.
        refusals: the reasons of the rules against the change; empty if they allow it.

    Raises:
        ValueError: if values contradict each other.

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
    visit: Number
    entered_on: Day
    resumed_on: Day | None
    paused_days: Count
    paused_working_days: Count
    held_days: Count
    due_on: Day | None
    calculated_due_on: Day | None
    due_on_is_manual: bool
    department: Text | None
    user: Text | None
    facts: FactChanges = field(default=NO_CHANGES, converter=fact_changes)
    reason: Key | None = None
    today: Day
    by: Text
    recorded_by: Text | None = None
    roles: tuple[str, ...] = field(default=(), converter=checks.roles)
    note: Note = ""
    policy: Key
    given: frozenset[str] = field(default=frozenset(), converter=_given)
    refusals: tuple[Refusal, ...] = field(default=(), converter=_refusals)

    def __attrs_post_init__(self) -> None:
        if self.from_ != self.order.status:
            raise ValueError(f"from_ must be the order's status, not {self.from_.key!r}")
        if self.to not in self.order.cycle or self.to.inactive or self.to == self.from_:
            raise ValueError(f"to must be another active status of the cycle, not {self.to.key!r}")
        if self.current_complete == (self.completed_on is None):
            raise ValueError("completed_on must be given exactly where current_complete is True")
        begins_on = self.resumed_on or self.entered_on
        if begins_on < self.order.begun_on:
            raise ValueError(f"entered_on must be from {self.order.begun_on} on")
        if self.completed_on not in {None, begins_on}:
            raise ValueError(f"completed_on must be {begins_on}, not {self.completed_on}")
        if not self.due_on_is_manual and self.due_on != self.calculated_due_on:
            raise ValueError("due_on must be calculated_due_on unless it is manual")


def _needs(value: Iterable[str]) -> tuple[str, ...]:
    return checks.instances("needs", value, str, "str")


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Choice:
    """A line of the "Change To Status" list.

    Args:
        status: the status.
        move: the kind of the change; None for the order's present status.
        refusals: the reasons against the change; empty if the user can choose this status.
        needs: the fields that the user must still fill in, such as "note" or "reason"; empty if
            none.

    Source:
        "Changing Production Statuses", Change To Status; decision D24.
    """

    status: Status
    move: Move | None
    refusals: tuple[Refusal, ...] = field(default=(), converter=_refusals)
    needs: tuple[str, ...] = field(default=(), converter=_needs)


Refused = tuple[Refusal, ...] | RuleError


def _ids(value: Iterable[str]) -> tuple[str, ...]:
    return checks.instances("open_to", value, str, "order ids")


RefusedOf = tuple[tuple[str, Refused], ...]


def _refused_of(value: Mapping[str, Refused] | RefusedOf) -> RefusedOf:
    pairs = checks.pairs("refusals", value, "from order ids to what refuses them")
    return tuple(
        (
            checks.text("an order id in refusals", order_id),
            refused if isinstance(refused, RuleError) else _refusals(refused),
        )
        for order_id, refused in pairs
    )


@final
@frozen(weakref_slot=False, field_transformer=checked)
class BulkChoice:
    """A line of the "Change To Status" list for many orders.

    Args:
        status: the status. If the orders have several cycle versions, the status comes from the
            newest version in which it's active.
        open_to: the ids of the orders that can change to this status.
        refusals: for the orders that can't change to this status, a mapping from order ids to
            reasons. A reason is an error, or the refusals of the rules.
        needs: the fields that the user must still fill in for at least one order in *open_to*,
            such as "note" or "reason"; empty if none.

    Source:
        Decision D23.
    """

    status: Status
    open_to: tuple[str, ...] = field(converter=_ids)
    _refusals: RefusedOf = field(alias="refusals", converter=_refused_of)
    needs: tuple[str, ...] = field(default=(), converter=_needs)

    @property
    def refusals(self) -> Mapping[str, Refused]:
        """The reasons against this status, by order id."""
        return MappingProxyType(dict(self._refusals))


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
    """Proposals for many orders; `len` gives the number of proposals.

    Args:
        proposals: the proposals, in the sequence in which you gave the orders. An order with an
            error has no proposal. A proposal may have refusals, such as a missing note.
        refusals: for the orders without a proposal, a mapping from order ids to errors.

    Source:
        "You can also update the status of one or more production orders"; decision D23.
    """

    proposals: tuple[ProposedChange, ...] = field(converter=_proposals)
    _refusals: Refusals = field(alias="refusals", converter=_refused)
    # `revise_all` needs these two to propose again for the orders without a proposal.
    _orders: tuple[ProductionOrder, ...] = field(default=(), init=False, eq=False, repr=False)
    _keywords: tuple[tuple[str, Any], ...] = field(default=(), init=False, eq=False, repr=False)

    @property
    def ready(self) -> tuple[ProposedChange, ...]:
        """The proposals without refusals."""
        return tuple([proposal for proposal in self.proposals if not proposal.refusals])

    @property
    def refusals(self) -> Mapping[str, RuleError]:
        """The errors of the orders without a proposal, by order id."""
        return MappingProxyType(dict(self._refusals))

    def without_refused(self) -> "BulkProposal":
        """A bulk that you can accept: it has only the proposals that are `ready`."""
        ready = self.ready
        return _kept(ready, (), tuple([proposal.order for proposal in ready]), self._keywords)

    def __len__(self) -> int:
        return len(self.proposals)

    def __iter__(self) -> Iterator[ProposedChange]:
        return iter(self.proposals)


_kept = trusted(BulkProposal)


def _events(value: Iterable[TriggerEvent]) -> tuple[TriggerEvent, ...]:
    return checks.instances("events", value, TriggerEvent, "TriggerEvent")


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Change:
    """An order, its newest entry and its new events, for a store to save in one transaction.

    Args:
        order: the order after the entry.
        entry: the new entry of the history.
        events: the events that the triggers create for the entry.

    Raises:
        ValueError: if the three belong to different orders, or if the entry isn't the order's last
            entry.

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


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Reminders:
    """The reminders that an order should have, for `set_reminders` of a store.

    Args:
        order_id: the order.
        version: the version of the order that the reminders were worked out for.
        visit: the number of the order's visit, its stay in the present status.
        today: the day for which the reminders were worked out.
        events: the reminders of the visit and of the delivery date, each with its day.

    Raises:
        ValueError: if an event isn't a reminder of this order with a day.

    Source:
        Decision D30.
    """

    order_id: Text
    version: Number
    visit: Number
    today: Day
    events: tuple[TriggerEvent, ...] = field(default=(), converter=_events)

    def __attrs_post_init__(self) -> None:
        for event in self.events:
            if event.order_id != self.order_id or not event.dated or event.fire_on is None:
                raise ValueError(
                    f"events must be reminders of order {self.order_id!r}, each with a day, not"
                    f" {event.trigger!r} of {event.order_id!r}"
                )
