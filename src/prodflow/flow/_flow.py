"""`ProductionFlow`: the verbs, each with its single and its bulk form."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from operator import attrgetter
from typing import Any, Final, Unpack, final

from attrs import NOTHING, Factory, NothingType, field, frozen

from prodflow import _checks as checks
from prodflow._fields import checked
from prodflow._trusted import trusted
from prodflow.cycle import StatusCycle
from prodflow.duedate import DueDates, Forward, Policy, due_dates
from prodflow.errors import BulkRefusedError, ChangeRefusedError, InactiveStatusError
from prodflow.flow._bulk import all_or_none, each, of_one_type
from prodflow.flow._entries import (
    Recording,
    adoption,
    amendment,
    opening,
    recording,
    replanning,
    status_change,
)
from prodflow.flow._firing import TriggerTable
from prodflow.flow._keywords import Amendments, Overrides, Revision
from prodflow.flow._proposing import choices, propose, propose_next
from prodflow.flow._rules import LENIENT, ChangeRules
from prodflow.flow._values import BulkProposal, Change, Choice, ProposedChange
from prodflow.order import HistoryEntry, ProductionOrder, moved, opened
from prodflow.triggers import Trigger, check_triggers

_FORWARD: Final = Forward()
_change = trusted(Change)
_bulk = trusted(BulkProposal)
_order_id: Final[Callable[[ProposedChange], str]] = attrgetter("order.id")


def _triggers(value: Iterable[Trigger]) -> tuple[Trigger, ...]:
    triggers = check_triggers(value)
    keys = [trigger.key for trigger in triggers]
    repeated = sorted(key for key, times in Counter(keys).items() if times > 1)
    if repeated:
        raise ValueError(f"triggers must have unique keys; used twice: {checks.listed(repeated)}")
    return triggers


def _table(flow: "ProductionFlow") -> TriggerTable:
    return TriggerTable(flow.triggers)


def _dates(flow: "ProductionFlow") -> DueDates:
    return due_dates(flow.due_dates)


def _policy_name(flow: "ProductionFlow") -> str:
    return checks.plain(flow.due_dates.name)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class ProductionFlow:
    """How orders move: a due-date policy, triggers and rules. It has no state.

    Args:
        due_dates: the due-date policy; by default forward from the order date.
        triggers: what happens when; their keys must be unique.
        rules: which status changes are accepted; by default all.

    Source:
        "Tracking Production Statuses"; decisions D16 to D25.
    """

    due_dates: Policy = _FORWARD
    triggers: tuple[Trigger, ...] = field(default=(), converter=_triggers)
    rules: ChangeRules = LENIENT
    _table: TriggerTable = field(
        init=False, eq=False, repr=False, default=Factory(_table, takes_self=True)
    )
    _dates: DueDates = field(
        init=False, eq=False, repr=False, default=Factory(_dates, takes_self=True)
    )
    _policy: str = field(
        init=False, eq=False, repr=False, default=Factory(_policy_name, takes_self=True)
    )

    def __reduce__(self) -> tuple[object, ...]:
        rebuild = partial(
            ProductionFlow, due_dates=self.due_dates, triggers=self.triggers, rules=self.rules
        )
        return rebuild, ()

    def open(
        self,
        cycle: StatusCycle,
        *,
        order_id: str,
        ordered_on: date,
        delivery_on: date | None = None,
        invoice_id: str | None = None,
        vendor: str | None = None,
        status: str | None = None,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        note: str = "",
        command_id: str | None = None,
    ) -> Change:
        """Place an order, with the defaults of its first status.

        Args:
            cycle: the cycle version that the order is pinned to.
            order_id: your id of the order, 1 to 200 characters.
            ordered_on: the order date; the order enters its first status on this day.
            delivery_on: the approximate delivery date, or None.
            invoice_id: the invoice that the order fulfils, or None.
            vendor: the lab or vendor, or None.
            status: the key of the first status; None for the initial one. Give it for an order that
                is already under way.

        Raises:
            UnknownStatusError: if the cycle has no such status.
            InactiveStatusError: if the status is inactive.
            MissingDeliveryDateError: if the policy needs a delivery date.
            DateOutOfRangeError: if a date would leave the calendar.

        Source:
            "Tracking Production Statuses"; decisions D20 and D25.
        """
        checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
        checks.day("ordered_on", ordered_on)
        place = cycle.place(cycle.initial.key if status is None else status)
        if place.status.inactive:
            raise InactiveStatusError(cycle.order_type, place.status.key)
        entry = opening(
            self._dates,
            self._policy,
            cycle,
            place,
            recording(by, at, recorded_by, note, command_id),
            order_id,
            ordered_on,
            checks.optional_day("delivery_on", delivery_on),
            invoice_id,
            vendor,
        )
        return self._change(None, opened(entry, cycle), entry)

    def propose(
        self,
        order: ProductionOrder,
        *,
        today: date,
        by: str,
        to: str | NothingType | None = None,
        expect: str | NothingType | None = None,
        current_complete: bool | NothingType = NOTHING,
        completed_on: date | NothingType | None = NOTHING,
        due_on: date | NothingType | None = NOTHING,
        department: str | NothingType | None = NOTHING,
        user: str | NothingType | None = NOTHING,
        note: str | NothingType = "",
    ) -> ProposedChange:
        """A status change with every default filled in, for people to look at.

        Args:
            order: the order as your store holds it now.
            to: the key of the status to enter. None for the default: the next status of the path,
                or, off the path, the status to come back to.
            expect: the key of the status that the screen showed; None skips this check.
            current_complete: whether the present status is complete. Defaults to True, except when
                the order goes back, reopens or is cancelled. An order on hold comes back to the
                status that it left incomplete, or to the one after a complete status.
            completed_on: the day on which the present status was completed: from the day the order
                entered it to *today*, which is the default. None means that it was not completed.
            due_on: the due date of the new visit, or None for no due date. It counts as manual if
                it differs from what the policy says. Defaults to what was agreed before a hold,
                else to the policy's date.
            department: who is responsible, or None for nobody; defaults to the status's department.
            user: the same for a user.

        Raises:
            NoNextStatusError: if the order is closed and *to* is not given.
            UnknownStatusError: if the cycle has no status *to*.
            InactiveStatusError: if *to* is inactive.
            SameStatusError: if the order is already there.
            StatusMovedError: if the order is not at *expect*.
            CompletionDateError: if *completed_on* is outside the visit, or the order is closed.
            MissingDeliveryDateError: if the policy needs a delivery date.
            DateOutOfRangeError: if a date would leave the calendar.
            ValueError: if *completed_on* and *current_complete* contradict each other.

        Source:
            "Changing Production Statuses"; decisions D16 to D20b.
        """
        return propose(
            self.due_dates,
            self._dates,
            self.rules,
            order,
            today=today,
            by=by,
            to=to,
            expect=expect,
            current_complete=current_complete,
            completed_on=completed_on,
            due_on=due_on,
            department=department,
            user=user,
            note=note,
        )

    def revise(self, proposal: ProposedChange, **more: Unpack[Revision]) -> ProposedChange:
        """Propose again with what was given before and what you give now.

        What was given stays; everything else is derived again, as when the user picks another
        status in the window.

        Args:
            proposal: the proposal on the screen.
            more: keywords of `propose`; `attrs.NOTHING` lets go of one that was given before.

        Raises:
            ProdflowError: as `propose` does.

        Source:
            Decision D16.
        """
        checks.instance("proposal", proposal, ProposedChange, "a ProposedChange")
        given: dict[str, Any] = {name: getattr(proposal, name) for name in proposal.given}
        if "to" in given:
            given["to"] = proposal.to.key
        given |= {"today": proposal.today, "by": proposal.by}
        given |= more
        return self.propose(proposal.order, **given)

    def choices(self, order: ProductionOrder, *, today: date, by: str) -> tuple[Choice, ...]:
        """The "Change To Status" list: every active status, and what speaks against it.

        Returns:
            A choice for each active status, in list order; the present status is among them.

        Source:
            "Changing Production Statuses", Change To Status; decision D24.
        """
        _check_order(order)
        checks.day("today", today)
        checks.text("by", by)
        return tuple(choices(self.due_dates, self._dates, self.rules, order, today=today, by=by))

    def accept(
        self,
        proposal: ProposedChange,
        *,
        at: datetime,
        recorded_by: str | None = None,
        command_id: str | None = None,
    ) -> Change:
        """Turn a proposal into a change: OK in the Status Change window.

        Args:
            proposal: what `propose` or `revise` returned.

        Raises:
            ChangeRefusedError: if the rules refuse it.
            DateOutOfRangeError: if a reminder would leave the calendar.

        Source:
            "Changing Production Statuses", OK; decisions D18, D20 and D24.
        """
        checks.instance("proposal", proposal, ProposedChange, "a ProposedChange")
        return self._acceptor(at, recorded_by, command_id)(proposal)

    def advance(
        self,
        order: ProductionOrder,
        *,
        today: date,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        command_id: str | None = None,
        **overrides: Unpack[Overrides],
    ) -> Change:
        """Move an order to its next status, or to another one: propose and accept in one call.

        Args:
            overrides: further keywords of `propose`.

        Raises:
            ProdflowError: as `propose` and `accept` do.

        Source:
            "Changing Production Statuses", Advance Status; decision D17.
        """
        proposal = self._proposed(
            checks.day("today", today), checks.text("by", by), overrides, order
        )
        return self._accepted(
            proposal,
            checks.instant("at", at),
            checks.optional_text("recorded_by", recorded_by),
            checks.optional_text("command_id", command_id),
        )

    def propose_all(
        self,
        orders: Iterable[ProductionOrder],
        *,
        today: date,
        by: str,
        **overrides: Unpack[Overrides],
    ) -> BulkProposal:
        """`propose` for many orders of one type, with one set of overrides.

        Args:
            orders: at least one order and none twice; their statuses may differ.
            overrides: further keywords of `propose`.

        Returns:
            A proposal for each order that can go; `refusals` has the error of each other order.

        Raises:
            MixedOrderTypesError: if the orders have several types.

        Source:
            "You can also update the status of one or more production orders"; decision D23.
        """
        checks.day("today", today)
        proposed = partial(self._proposed, today, checks.text("by", by), overrides)
        proposals, refusals = each(of_one_type(orders), proposed, attrgetter("id"))
        return _bulk(tuple(proposals), tuple(refusals.items()))

    def accept_all(
        self,
        bulk: BulkProposal,
        *,
        at: datetime,
        recorded_by: str | None = None,
        command_id: str | None = None,
    ) -> tuple[Change, ...]:
        """`accept` for every proposal of a bulk, all or none, under one command id.

        Args:
            bulk: what `propose_all` returned.

        Raises:
            BulkRefusedError: if any order cannot go; `without_refused` goes on with the rest.

        Source:
            Decision D23.
        """
        checks.instance("bulk", bulk, BulkProposal, "a BulkProposal")
        accept = self._acceptor(at, recorded_by, command_id)
        changes, refusals = each(bulk.proposals, accept, _order_id)
        if bulk.refusals or refusals:
            raise BulkRefusedError({**bulk.refusals, **refusals})
        return tuple(changes)

    def advance_all(
        self,
        orders: Iterable[ProductionOrder],
        *,
        today: date,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        command_id: str | None = None,
        **overrides: Unpack[Overrides],
    ) -> tuple[Change, ...]:
        """`advance` for many orders of one type, all or none.

        Args:
            orders: at least one order and none twice; their statuses may differ.
            overrides: further keywords of `propose`.

        Raises:
            BulkRefusedError: if any order cannot go; it names every one.
            MixedOrderTypesError: if the orders have several types.

        Source:
            Decision D23.
        """
        bulk = self.propose_all(orders, today=today, by=by, **overrides)
        return self.accept_all(bulk, at=at, recorded_by=recorded_by, command_id=command_id)

    def amend(
        self,
        order: ProductionOrder,
        *,
        by: str,
        at: datetime,
        ordered_on: date | NothingType = NOTHING,
        delivery_on: date | NothingType | None = NOTHING,
        vendor: str | NothingType | None = NOTHING,
        invoice_id: str | NothingType | None = NOTHING,
        due_on: date | NothingType | None = NOTHING,
        department: str | NothingType | None = NOTHING,
        user: str | NothingType | None = NOTHING,
        recorded_by: str | None = None,
        note: str = "",
        command_id: str | None = None,
    ) -> Change:
        """Change what you give, without a status change. The entry is made even if nothing differs.

        A new order date or delivery date moves the due date, unless that was set by hand.

        Args:
            ordered_on: the order date.
            delivery_on: the approximate delivery date; None for none.
            vendor: the lab or vendor; None for none.
            invoice_id: the invoice that the order fulfils; None for none.
            due_on: the due date of the present visit, also of a hold; None for none. Give the
                calculated date to end a date set by hand.
            department: who is responsible; None for nobody.
            user: the same for a user.

        Raises:
            MissingDeliveryDateError: if the policy needs a delivery date.
            DateOutOfRangeError: if a date would leave the calendar.

        Source:
            Decision D15.
        """
        given: Amendments = {
            "ordered_on": ordered_on,
            "delivery_on": delivery_on,
            "vendor": vendor,
            "invoice_id": invoice_id,
            "due_on": due_on,
            "department": department,
            "user": user,
        }
        recorded = recording(by, at, recorded_by, note, command_id)
        return self._amended(recorded, given, _check_order(order))

    def amend_all(
        self,
        orders: Iterable[ProductionOrder],
        *,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        note: str = "",
        command_id: str | None = None,
        **amendments: Unpack[Amendments],
    ) -> tuple[Change, ...]:
        """`amend` for many orders of one type, all or none.

        Args:
            orders: at least one order and none twice.
            amendments: the keywords of `amend`, for all orders.

        Raises:
            BulkRefusedError: if any order cannot be amended; it names every one.
            MixedOrderTypesError: if the orders have several types.

        Source:
            Decisions D15 and D23.
        """
        recorded = recording(by, at, recorded_by, note, command_id)
        amended = partial(self._amended, recorded, amendments)
        return tuple(all_or_none(of_one_type(orders), amended))

    def replan(
        self,
        order: ProductionOrder,
        *,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        note: str = "",
        command_id: str | None = None,
    ) -> Change | None:
        """Bring the due date up to this flow's policy; None if it's up to date.

        A due date set by hand stays; its `calculated_due_on` follows.

        Raises:
            MissingDeliveryDateError: if the policy needs a delivery date.
            DateOutOfRangeError: if a date would leave the calendar.

        Source:
            Decision D15.
        """
        recorded = recording(by, at, recorded_by, note, command_id)
        return self._replanned(recorded, _check_order(order))

    def replan_all(
        self,
        orders: Iterable[ProductionOrder],
        *,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        note: str = "",
        command_id: str | None = None,
    ) -> tuple[Change, ...]:
        """`replan` for many orders of one type, all or none; orders that don't change are left out.

        Args:
            orders: at least one order and none twice.

        Raises:
            BulkRefusedError: if any order cannot be replanned; it names every one.
            MixedOrderTypesError: if the orders have several types.

        Source:
            Decisions D15 and D23.
        """
        recorded = recording(by, at, recorded_by, note, command_id)
        changes = all_or_none(of_one_type(orders), partial(self._replanned, recorded))
        return tuple(change for change in changes if change is not None)

    def migrate(
        self,
        order: ProductionOrder,
        cycle: StatusCycle,
        *,
        mapping: Mapping[str, str] | None = None,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        note: str = "",
        command_id: str | None = None,
    ) -> Change:
        """Move an order to another version of its cycle. This fires no trigger.

        Args:
            cycle: another version of the order's cycle.
            mapping: from keys of the old version to keys of the new one. It must name the statuses
                that the order needs and that the new version doesn't have or no longer uses.

        Raises:
            UnmappedStatusError: if the new version has no place for the order; it names all keys.
            CycleConflictError: if *cycle* has the order's version, but other content.
            MissingDeliveryDateError: if the policy needs a delivery date.
            DateOutOfRangeError: if a date would leave the calendar.
            ValueError: if *cycle* is of another order type.

        Source:
            Decisions D5 and D5b.
        """
        recorded = recording(by, at, recorded_by, note, command_id)
        return self._migrated(cycle, recorded, _mapping(mapping), _check_order(order))

    def migrate_all(
        self,
        orders: Iterable[ProductionOrder],
        cycle: StatusCycle,
        *,
        mapping: Mapping[str, str] | None = None,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        note: str = "",
        command_id: str | None = None,
    ) -> tuple[Change, ...]:
        """`migrate` for many orders of one type, all or none.

        Args:
            orders: at least one order and none twice.
            mapping: as for `migrate`, for all orders.

        Raises:
            BulkRefusedError: if any order cannot be moved; it names every one.
            MixedOrderTypesError: if the orders have several types.
            CycleConflictError: as `migrate` does.

        Source:
            Decisions D5b and D23.
        """
        recorded = recording(by, at, recorded_by, note, command_id)
        migrated = partial(self._migrated, cycle, recorded, _mapping(mapping))
        return tuple(all_or_none(of_one_type(orders), migrated))

    # The verbs for one order whose other arguments are checked: what single and bulk share.

    def _proposed(
        self, today: date, by: str, overrides: Overrides, order: ProductionOrder
    ) -> ProposedChange:
        proposal = None
        if not overrides and isinstance(order, ProductionOrder):
            proposal = propose_next(self._dates, self.rules, order, today, by)
        if proposal is None:
            proposal = self.propose(order, today=today, by=by, **overrides)
        if proposal.refusals:
            raise ChangeRefusedError(order.id, proposal.refusals)
        return proposal

    def _acceptor(
        self, at: datetime, recorded_by: str | None, command_id: str | None
    ) -> Callable[[ProposedChange], Change]:
        checks.instant("at", at)
        recorder = checks.optional_text("recorded_by", recorded_by)
        command = checks.optional_text("command_id", command_id)

        def accept(proposal: ProposedChange) -> Change:
            # The flow that accepts need not be the one that proposed: both have a say.
            if proposal.refusals or self.rules is not LENIENT:
                refusals = proposal.refusals + self.rules.reasons(proposal)
                if refusals:
                    raise ChangeRefusedError(proposal.order.id, tuple(dict.fromkeys(refusals)))
            return self._accepted(proposal, at, recorder, command)

        return accept

    def _accepted(
        self,
        proposal: ProposedChange,
        at: datetime,
        recorded_by: str | None,
        command_id: str | None,
    ) -> Change:
        entry = status_change(
            self.due_dates,
            self._policy,
            proposal,
            at=at,
            recorded_by=recorded_by,
            command_id=command_id,
        )
        return self._change(proposal.order, moved(proposal.order, proposal.to, entry), entry)

    def _amended(self, recorded: Recording, given: Amendments, order: ProductionOrder) -> Change:
        entry = amendment(self.due_dates, self._dates, order, recorded, given)
        return self._change(order, order.apply(entry), entry)

    def _replanned(self, recorded: Recording, order: ProductionOrder) -> Change | None:
        entry = replanning(self._dates, order, recorded)
        return None if entry is None else self._change(order, order.apply(entry), entry)

    def _migrated(
        self,
        cycle: StatusCycle,
        recorded: Recording,
        mapping: Mapping[str, str],
        order: ProductionOrder,
    ) -> Change:
        checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
        entry = adoption(self._dates, order, cycle, mapping, recorded)
        return _change(order.apply(entry, cycle=cycle), entry, ())

    def _change(
        self, before: ProductionOrder | None, order: ProductionOrder, entry: HistoryEntry
    ) -> Change:
        events = self._table.events(before, order, entry, self.due_dates.calendar)
        return _change(order, entry, events)


def _check_order(order: ProductionOrder) -> ProductionOrder:
    return checks.instance("order", order, ProductionOrder, "a ProductionOrder")


_NO_MAPPING: Final[dict[str, str]] = {}


def _mapping(value: Mapping[str, str] | None) -> Mapping[str, str]:
    if value is None:
        return _NO_MAPPING
    checks.instance("mapping", value, Mapping, "a mapping from old keys to new ones")
    return {
        checks.key("a key of mapping", old): checks.key("a value of mapping", new)
        for old, new in value.items()
    }
