"""`ProductionFlow`: the verbs, each with its single and its bulk form."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from operator import attrgetter
from typing import Any, Final, TypedDict, TypeVar, Unpack, final

from attrs import NOTHING, NothingType, field, frozen

from prodflow import _checks as checks
from prodflow._fields import checked
from prodflow._trusted import trusted
from prodflow.cycle import StatusCycle
from prodflow.duedate import DueDates, Forward, Policy, due_dates
from prodflow.errors import (
    BulkRefusedError,
    ChangeRefusedError,
    InactiveStatusError,
    MixedOrderTypesError,
    RuleError,
)
from prodflow.flow._amending import amendment, migration, recording, replanned
from prodflow.flow._firing import TriggerTable
from prodflow.flow._proposing import choices, plan_start, propose, propose_next, resumption
from prodflow.flow._rules import LENIENT, ChangeRules
from prodflow.flow._values import BulkProposal, Change, Choice, ProposedChange
from prodflow.order import (
    HistoryEntry,
    OrderOpened,
    ProductionOrder,
    StatusChanged,
    moved,
    opened,
)
from prodflow.triggers import Trigger, check_triggers

_T = TypeVar("_T")

_FORWARD: Final = Forward()
_opened = trusted(OrderOpened)
_status_changed = trusted(StatusChanged)
_change = trusted(Change)
_bulk = trusted(BulkProposal)


class Overrides(TypedDict, total=False):
    """What may be given to a status change; `attrs.NOTHING` stands for not given."""

    to: str | NothingType | None
    expect: str | NothingType | None
    current_complete: bool | NothingType
    completed_on: date | NothingType | None
    due_on: date | NothingType | None
    department: str | NothingType | None
    user: str | NothingType | None
    note: str | NothingType


class Revision(Overrides, total=False):
    """What may be given to a proposal that is revised."""

    today: date
    by: str


class Amendments(TypedDict, total=False):
    """What may be amended; `attrs.NOTHING` stands for not given."""

    ordered_on: date | NothingType
    delivery_on: date | NothingType | None
    vendor: str | NothingType | None
    invoice_id: str | NothingType | None
    due_on: date | NothingType | None
    department: str | NothingType | None
    user: str | NothingType | None


def _triggers(value: Iterable[Trigger]) -> tuple[Trigger, ...]:
    triggers = check_triggers(value)
    keys = [trigger.key for trigger in triggers]
    repeated = sorted(key for key, times in Counter(keys).items() if times > 1)
    if repeated:
        raise ValueError(f"triggers need a key each, {checks.listed(repeated)} are used twice")
    return triggers


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class ProductionFlow:
    """How orders move: a due-date policy, triggers and rules, without any state of its own.

    Args:
        due_dates: how due dates are calculated; forward from the order date unless told otherwise.
        triggers: what is to happen when; each with a key of its own.
        rules: which status changes are accepted; all unless told otherwise.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: if two triggers have one key.

    Source:
        "Tracking Production Statuses"; decisions D16 to D25.
    """

    due_dates: Policy = _FORWARD
    triggers: tuple[Trigger, ...] = field(default=(), converter=_triggers)
    rules: ChangeRules = LENIENT
    _table: TriggerTable = field(init=False, eq=False, repr=False)
    _dates: DueDates = field(init=False, eq=False, repr=False)
    _policy: str = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_table", TriggerTable(self.triggers))
        object.__setattr__(self, "_dates", due_dates(self.due_dates))
        object.__setattr__(self, "_policy", checks.plain(self.due_dates.name))

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
        """The change that places an order, with the defaults of its first status.

        Args:
            cycle: the cycle version that the order is pinned to.
            order_id: the host's id, 1 to 200 characters.
            ordered_on: the order date, on which it enters its first status.
            delivery_on: the approximate delivery date, or None.
            invoice_id: the invoice it fulfils, or None.
            vendor: the lab or vendor, or None.
            status: the key of its first status, for orders under way already; None for the initial.
            by: who places it.
            at: the instant of recording, aware.
            recorded_by: the user logged in; None if the same.
            note: free text, up to 10,000 characters.
            command_id: the host's id of this save, or None.

        Raises:
            UnknownStatusError: if the cycle has no such status.
            InactiveStatusError: if the status is no longer used.
            MissingDeliveryDateError: as the policy says.
            DateOutOfRangeError: where a date would leave the calendar.
            TypeError: for a value of the wrong kind.
            ValueError: for a value out of bounds.

        Source:
            "Tracking Production Statuses"; decisions D20 and D25.
        """
        checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
        checks.day("ordered_on", ordered_on)
        first = cycle.initial if status is None else cycle[status]
        if first.inactive:
            raise InactiveStatusError(cycle.order_type, first.key)
        checks.optional_day("delivery_on", delivery_on)
        place = cycle.place(first.key)
        due_on = self._dates(cycle, place, ordered_on, delivery_on, ordered_on)
        entry = _opened(
            checks.text("order_id", order_id),
            1,
            checks.text("by", by),
            checks.optional_text("recorded_by", recorded_by),
            checks.instant("at", at),
            checks.note("note", note),
            checks.optional_text("command_id", command_id),
            cycle.order_type,
            cycle.version,
            first.key,
            ordered_on,
            delivery_on,
            checks.optional_text("invoice_id", invoice_id),
            checks.optional_text("vendor", vendor),
            ordered_on,
            due_on,
            due_on,
            first.default_department,
            first.default_user,
            self._policy,
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
            order: the order as it is.
            today: the date where the change is made; if the visit began later, the day it began.
            by: who makes it.
            to: the key of the status to enter; None for the next one, or off the path for the one
                to come back to.
            expect: the key of the status that the screen showed; None to go without that check.
            current_complete: whether the present status is completed. By default it is, but for
                going back, reopening and cancelling. An order put on hold comes back to a status
                left incomplete, and to the next one where it was completed.
            completed_on: the day on which it was completed, from the day it was entered to *today*,
                by default *today*; None says that it was not.
            due_on: the due date of the new visit; None for none. It is manual if it differs from
                what the policy says. By default that, or what was agreed before a hold.
            department: who is responsible; None for nobody. By default that of the status.
            user: the same for a user.
            note: free text, up to 10,000 characters.

        Raises:
            NoNextStatusError: if the order is closed and *to* not given.
            UnknownStatusError: if the cycle has no status *to*.
            InactiveStatusError: if that is no longer used.
            SameStatusError: if the order is there already.
            StatusMovedError: if the order is not at *expect*.
            CompletionDateError: if *completed_on* is outside the visit, or the order is closed.
            MissingDeliveryDateError: as the policy says.
            DateOutOfRangeError: where a date would leave the calendar.
            TypeError: for a value of the wrong kind.
            ValueError: for a value out of bounds, or if *completed_on* and *current_complete*
                contradict each other.

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
        """The proposal again, with what was given before and what is given now.

        What was given stays, what was not is derived anew, as when the user picks another status.

        Args:
            proposal: the proposal on the screen.
            more: any keywords of `propose`; `attrs.NOTHING` lets go of one that was given.

        Raises:
            TypeError: for a value of the wrong kind, or a keyword that `propose` does not have.
            ProdflowError: as `propose` does.
            ValueError: as `propose` does.

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

        Args:
            order: the order as it is.
            today: the date where the change would be made.
            by: who would make it.

        Returns:
            A choice for each active status of the cycle, in list order, the present one included.

        Raises:
            TypeError: for a value of the wrong kind.
            ValueError: for a *by* out of bounds.

        Source:
            "Changing Production Statuses", Change To Status; decision D24.
        """
        checks.instance("order", order, ProductionOrder, "a ProductionOrder")
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
        """The change that a proposal describes: OK in the Status Change window.

        Args:
            proposal: what `propose` or `revise` gave.
            at: the instant of recording, aware.
            recorded_by: the user logged in; None if the same as `by`.
            command_id: the host's id of this save, or None.

        Raises:
            ChangeRefusedError: if the rules refuse it.
            DateOutOfRangeError: where a reminder would leave the calendar.
            TypeError: for a value of the wrong kind.
            ValueError: for a value out of bounds.

        Source:
            "Changing Production Statuses", OK; decisions D18, D20 and D24.
        """
        checks.instance("proposal", proposal, ProposedChange, "a ProposedChange")
        self._check_allowed(proposal)
        return self._accepted(
            proposal,
            checks.optional_text("recorded_by", recorded_by),
            checks.instant("at", at),
            checks.optional_text("command_id", command_id),
        )

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
        """The change to the next status, or to another: propose and accept in one.

        Args:
            order: the order as it is.
            today: the date where the change is made.
            by: who makes it.
            at: the instant of recording, aware.
            recorded_by: the user logged in; None if the same as *by*.
            command_id: the host's id of this save, or None.
            overrides: further keywords of `propose`.

        Raises:
            ProdflowError: as `propose` and `accept` do.
            TypeError: as `propose` and `accept` do.
            ValueError: as `propose` and `accept` do.

        Source:
            "Changing Production Statuses", Advance Status; decision D17.
        """
        proposal = self._proposed(
            order, checks.day("today", today), checks.text("by", by), overrides
        )
        if proposal.refusals:
            raise ChangeRefusedError(order.id, proposal.refusals)
        return self._accepted(
            proposal,
            checks.optional_text("recorded_by", recorded_by),
            checks.instant("at", at),
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
        """Proposals for many orders of one type; those that cannot go are set apart.

        Args:
            orders: at least one order, none twice, all of one type; their statuses may differ.
            today: the date where the changes are made.
            by: who makes them.
            overrides: further keywords of `propose`, for all of them.

        Raises:
            MixedOrderTypesError: if the orders are of several types.
            TypeError: for a value of the wrong kind.
            ValueError: for no order, an order given twice, or a value out of bounds.

        Source:
            "You can also update the status of one or more production orders"; decision D23.
        """
        checks.day("today", today)
        checked_by = checks.text("by", by)
        proposals: list[ProposedChange] = []
        refusals: dict[str, RuleError] = {}
        for order in _one_type(orders):
            try:
                proposal = self._proposed(order, today, checked_by, overrides)
            except RuleError as error:
                refusals[order.id] = _as_value(error)
                continue
            if proposal.refusals:
                refusals[order.id] = ChangeRefusedError(order.id, proposal.refusals)
            else:
                proposals.append(proposal)
        return _bulk(tuple(proposals), tuple(refusals.items()))

    def accept_all(
        self,
        bulk: BulkProposal,
        *,
        at: datetime,
        recorded_by: str | None = None,
        command_id: str | None = None,
    ) -> tuple[Change, ...]:
        """The changes of a bulk, in its order, all or none.

        Args:
            bulk: what `propose_all` gave.
            at: the instant of recording, aware.
            recorded_by: the user logged in; None if the same as `by`.
            command_id: the host's id of the save, which all of them share, or None.

        Raises:
            BulkRefusedError: if some orders cannot go; `without_refused` goes on with the rest.
            TypeError: for a value of the wrong kind.
            ValueError: for a value out of bounds.

        Source:
            Decision D23.
        """
        checks.instance("bulk", bulk, BulkProposal, "a BulkProposal")
        checks.instant("at", at)
        recorder = checks.optional_text("recorded_by", recorded_by)
        command = checks.optional_text("command_id", command_id)

        def accepted(proposal: ProposedChange) -> Change:
            self._check_allowed(proposal)
            return self._accepted(proposal, recorder, at, command)

        return _all(bulk.proposals, accepted, _order_id, bulk.refusals)

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
        """The changes that advance many orders, all or none: propose_all and accept_all in one.

        Args:
            orders: at least one order, none twice, all of one type.
            today: the date where the changes are made.
            by: who makes them.
            at: the instant of recording, aware.
            recorded_by: the user logged in; None if the same as *by*.
            command_id: the host's id of the save, or None.
            overrides: further keywords of `propose`, for all of them.

        Raises:
            BulkRefusedError: if some orders cannot go, with why for each.
            MixedOrderTypesError: if the orders are of several types.
            TypeError: as `propose_all` and `accept_all` do.
            ValueError: as `propose_all` and `accept_all` do.

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
        """The change of what is given, without a status change; an entry also if nothing differs.

        A new order or delivery date recalculates the due date, unless that was set by hand.

        Args:
            order: the order as it is.
            by: who makes the change.
            at: the instant of recording, aware.
            ordered_on: the order date.
            delivery_on: the approximate delivery date; None for none.
            vendor: the lab or vendor; None for none.
            invoice_id: the invoice it fulfils; None for none.
            due_on: the due date of the present visit, on hold that of the hold; None for none.
                Giving the calculated one back ends a date set by hand.
            department: who is responsible; None for nobody.
            user: the same for a user.
            recorded_by: the user logged in; None if the same as *by*.
            note: free text, up to 10,000 characters.
            command_id: the host's id of this save, or None.

        Raises:
            MissingDeliveryDateError: as the policy says.
            DateOutOfRangeError: where a date would leave the calendar.
            TypeError: for a value of the wrong kind.
            ValueError: for a value out of bounds.

        Source:
            Decision D15.
        """
        checks.instance("order", order, ProductionOrder, "a ProductionOrder")
        recorded = recording(
            by=by, at=at, recorded_by=recorded_by, note=note, command_id=command_id
        )
        entry = amendment(
            self.due_dates,
            self._dates,
            order,
            recorded,
            ordered_on=ordered_on,
            delivery_on=delivery_on,
            vendor=vendor,
            invoice_id=invoice_id,
            due_on=due_on,
            department=department,
            user=user,
        )
        return self._change(order, order.apply(entry), entry)

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
        """The same amendment of many orders of one type, all or none.

        Args:
            orders: at least one order, none twice, all of one type.
            by: as for `amend`.
            at: as for `amend`.
            recorded_by: as for `amend`.
            note: as for `amend`.
            command_id: the host's id of the save, or None.
            amendments: as for `amend`.

        Raises:
            BulkRefusedError: if some orders cannot be amended, with why for each.
            MixedOrderTypesError: if the orders are of several types.
            TypeError: as `amend` does.
            ValueError: as `amend` does, and for no order or an order given twice.

        Source:
            Decisions D15 and D23.
        """
        recorded = recording(
            by=by, at=at, recorded_by=recorded_by, note=note, command_id=command_id
        )

        def amended(order: ProductionOrder) -> Change:
            entry = amendment(self.due_dates, self._dates, order, recorded, **amendments)
            return self._change(order, order.apply(entry), entry)

        return _all(_one_type(orders), amended, _id)

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
        """The change that brings the due date up to this flow's policy; None where it is already.

        A due date set by hand stays; its `calculated_due_on` follows.

        Args:
            order: the order as it is.
            by: who makes the change.
            at: the instant of recording, aware.
            recorded_by: the user logged in; None if the same as *by*.
            note: free text, up to 10,000 characters.
            command_id: the host's id of this save, or None.

        Raises:
            MissingDeliveryDateError: as the policy says.
            DateOutOfRangeError: where a date would leave the calendar.
            TypeError: for a value of the wrong kind.
            ValueError: for a value out of bounds.

        Source:
            Decision D15.
        """
        checks.instance("order", order, ProductionOrder, "a ProductionOrder")
        recorded = recording(
            by=by, at=at, recorded_by=recorded_by, note=note, command_id=command_id
        )
        entry = replanned(self._dates, order, recorded)
        return None if entry is None else self._change(order, order.apply(entry), entry)

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
        """The changes that bring many orders up to this flow's policy, all or none.

        Args:
            orders: at least one order, none twice, all of one type.
            by: as for `replan`.
            at: as for `replan`.
            recorded_by: as for `replan`.
            note: as for `replan`.
            command_id: the host's id of the save, or None.

        Returns:
            A change for each order that changes, in their order; none for the others.

        Raises:
            BulkRefusedError: if some orders cannot be replanned, with why for each.
            MixedOrderTypesError: if the orders are of several types.
            TypeError: as `replan` does.
            ValueError: as `replan` does, and for no order or an order given twice.

        Source:
            Decisions D15 and D23.
        """
        recorded = recording(
            by=by, at=at, recorded_by=recorded_by, note=note, command_id=command_id
        )

        def planned(order: ProductionOrder) -> Change | None:
            entry = replanned(self._dates, order, recorded)
            return None if entry is None else self._change(order, order.apply(entry), entry)

        return _all(_one_type(orders), planned, _id)

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
        """The change that moves an order to another version of its cycle; it fires nothing.

        Args:
            order: the order as it is.
            cycle: another version of its cycle.
            mapping: from keys of the old version to keys of the new one, where they differ. What
                the order needs, and the new version does not have or no longer uses, must be named.
            by: who makes the change.
            at: the instant of recording, aware.
            recorded_by: the user logged in; None if the same as *by*.
            note: free text, up to 10,000 characters.
            command_id: the host's id of this save, or None.

        Raises:
            UnmappedStatusError: if the new version has no place for the order; all keys are named.
            CycleConflictError: if *cycle* has the order's version, but other content.
            MissingDeliveryDateError: as the policy says.
            DateOutOfRangeError: where a date would leave the calendar.
            TypeError: for a value of the wrong kind.
            ValueError: for a cycle of another order type, or a value out of bounds.

        Source:
            Decisions D5 and D5b.
        """
        checks.instance("order", order, ProductionOrder, "a ProductionOrder")
        recorded = recording(
            by=by, at=at, recorded_by=recorded_by, note=note, command_id=command_id
        )
        checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
        entry = migration(self._dates, order, cycle, _mapping(mapping), recorded)
        return _change(order.apply(entry, cycle=cycle), entry, ())

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
        """The changes that move many orders to another version of their cycle, all or none.

        Args:
            orders: at least one order, none twice, all of the type of *cycle*.
            cycle: as for `migrate`.
            mapping: as for `migrate`.
            by: as for `migrate`.
            at: as for `migrate`.
            recorded_by: as for `migrate`.
            note: as for `migrate`.
            command_id: the host's id of the save, or None.

        Raises:
            BulkRefusedError: if some orders cannot be moved, with why for each.
            MixedOrderTypesError: if the orders are of several types.
            CycleConflictError: as `migrate` does.
            TypeError: as `migrate` does.
            ValueError: as `migrate` does, and for no order or an order given twice.

        Source:
            Decisions D5b and D23.
        """
        recorded = recording(
            by=by, at=at, recorded_by=recorded_by, note=note, command_id=command_id
        )
        checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
        names = _mapping(mapping)

        def migrated(order: ProductionOrder) -> Change:
            entry = migration(self._dates, order, cycle, names, recorded)
            return _change(order.apply(entry, cycle=cycle), entry, ())

        return _all(_one_type(orders), migrated, _id)

    def _proposed(
        self, order: ProductionOrder, today: date, by: str, overrides: Overrides
    ) -> ProposedChange:
        """The proposal of `propose`; *today* and *by* are checked."""
        if not overrides and isinstance(order, ProductionOrder):
            proposal = propose_next(self._dates, self.rules, order, today, by)
            if proposal is not None:
                return proposal
        return propose(
            self.due_dates, self._dates, self.rules, order, today=today, by=by, **overrides
        )

    def _check_allowed(self, proposal: ProposedChange) -> None:
        # The flow that accepts need not be the one that proposed: both have a say.
        if proposal.refusals or self.rules is not LENIENT:
            refusals = proposal.refusals + self.rules.reasons(proposal)
            if refusals:
                raise ChangeRefusedError(proposal.order.id, tuple(dict.fromkeys(refusals)))

    def _accepted(
        self,
        proposal: ProposedChange,
        recorded_by: str | None,
        at: datetime,
        command_id: str | None,
    ) -> Change:
        """The change of a proposal that nothing speaks against; the rest is checked."""
        order = proposal.order
        here = order.cycle.place(proposal.from_.key)
        there = order.cycle.place(proposal.to.key)
        if here.position is None or there.position is None:
            resumes_in, held = resumption(proposal, here, there)
            plan_from = plan_start(self.due_dates, order, here, proposal.entered_on)
        else:
            resumes_in, held, plan_from = None, None, order.plan_from
        skipped = proposal.skipped
        entry = _status_changed(
            order.id,
            order.version + 1,
            proposal.by,
            recorded_by,
            at,
            proposal.note,
            command_id,
            here.status.key,
            there.status.key,
            proposal.move,
            tuple([status.key for status in skipped]) if skipped else (),
            proposal.completed_on,
            proposal.current_complete,
            proposal.entered_on,
            proposal.due_on,
            proposal.calculated_due_on,
            proposal.due_on_is_manual,
            proposal.department,
            proposal.user,
            resumes_in,
            held,
            plan_from,
            self._policy,
        )
        return self._change(order, moved(order, there.status, entry), entry)

    def _change(
        self, before: ProductionOrder | None, order: ProductionOrder, entry: HistoryEntry
    ) -> Change:
        events = self._table.events(before, order, entry, self.due_dates.calendar)
        return _change(order, entry, events)


_NO_MAPPING: Final[dict[str, str]] = {}


def _mapping(value: Mapping[str, str] | None) -> Mapping[str, str]:
    if value is None:
        return _NO_MAPPING
    checks.instance("mapping", value, Mapping, "a mapping from old keys to new ones")
    return {
        checks.key("a key of mapping", old): checks.key("a value of mapping", new)
        for old, new in value.items()
    }


_id: Final[Callable[[ProductionOrder], str]] = attrgetter("id")
_order_type: Final[Callable[[ProductionOrder], str]] = attrgetter("cycle.order_type")
_order_id: Final[Callable[[ProposedChange], str]] = attrgetter("order.id")


def _one_type(orders: Iterable[ProductionOrder]) -> tuple[ProductionOrder, ...]:
    """The orders of a bulk, if they can be changed together (decision D23)."""
    found = checks.instances("orders", orders, ProductionOrder, "ProductionOrder")
    if not found:
        raise ValueError("orders must hold at least one order")
    if len(set(map(_id, found))) < len(found):
        raise ValueError("orders must hold no order twice")
    order_types = tuple(dict.fromkeys(map(_order_type, found)))
    if len(order_types) > 1:
        raise MixedOrderTypesError(order_types)
    return found


def _as_value(error: RuleError) -> RuleError:
    """The error without the frames that it came through: they hold every order of the bulk."""
    error.__context__ = None
    return error.with_traceback(None)


def _all(
    items: Iterable[_T],
    change: Callable[[_T], Change | None],
    order_id: Callable[[_T], str],
    refused: Mapping[str, RuleError] | None = None,
) -> tuple[Change, ...]:
    """The changes of all items, or, if any cannot go, the reasons for all that cannot."""
    changes: list[Change] = []
    refusals = dict(refused or {})
    for item in items:
        try:
            changed = change(item)
        except RuleError as error:
            refusals[order_id(item)] = _as_value(error)
        else:
            if changed is not None:
                changes.append(changed)
    if refusals:
        raise BulkRefusedError(refusals)
    return tuple(changes)
