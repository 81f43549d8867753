"""`ProductionFlow`, whose methods change one order or many."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any, Final, Unpack, final

from attrs import NOTHING, Factory, NothingType, field, frozen

from prodflow import _checks as checks
from prodflow import duedate
from prodflow._facts import NOTHING_GIVEN, Fact
from prodflow._fields import checked
from prodflow._trusted import trusted
from prodflow.cycle import Status, StatusCycle
from prodflow.duedate import Forward, due_dates
from prodflow.errors import BulkRefusedError, ChangeRefusedError
from prodflow.flow._bulk import all_or_none, each, itself, of_one_type, unique, versions
from prodflow.flow._entries import (
    Policy,
    Recording,
    adoption,
    amendment,
    as_it_was,
    check_amendments,
    check_mapping,
    opening,
    recording,
    replanning,
    splitting,
    status_change,
    undoing,
    visits_since_cancelled,
)
from prodflow.flow._firing import TriggerTable
from prodflow.flow._keywords import Amendments, BulkRevision, Overrides, Revision
from prodflow.flow._permissions import Verb
from prodflow.flow._proposing import (
    check_expected,
    choices,
    inactive,
    needs_apart,
    propose,
    propose_next,
)
from prodflow.flow._rules import LENIENT, ChangeRules
from prodflow.flow._values import (
    BulkChoice,
    BulkProposal,
    Change,
    Choice,
    ProposedChange,
    Refused,
    Reminders,
)
from prodflow.order import (
    HistoryEntry,
    ProductionOrder,
    StatusChanged,
    amended,
    moved,
    opened,
)
from prodflow.triggers import Trigger, check_triggers

_FORWARD: Final = Forward()
_change = trusted(Change)
_bulk = trusted(BulkProposal)
_reminders = trusted(Reminders)
_order_of: Final[Callable[[ProposedChange], ProductionOrder]] = attrgetter("order")
_History = tuple[ProductionOrder, Iterable[HistoryEntry]]
_order_of_history: Final[Callable[[_History], ProductionOrder]] = itemgetter(0)


def unique_triggers(value: Iterable[Trigger]) -> tuple[Trigger, ...]:
    """The triggers as a tuple, if no two have the same key."""
    triggers = check_triggers(value)
    checks.unique("triggers", [trigger.key for trigger in triggers])
    return triggers


def _table(flow: "ProductionFlow") -> TriggerTable:
    return TriggerTable(flow.triggers)


def _policy(flow: "ProductionFlow") -> Policy:
    return Policy(due_dates(flow.due_dates), checks.plain(flow.due_dates.name))


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class ProductionFlow:
    """Opens orders and changes them, with a due-date policy, triggers and rules.

    A flow keeps no orders: you pass an order, and get a `Change` with the new order.

    Args:
        due_dates: the due-date policy; by default `Forward()`.
        triggers: when to create tasks and messages. Each trigger needs a different key.
        rules: which changes are accepted; by default all.

    Source:
        "Tracking Production Statuses"; decisions D16 to D25.
    """

    due_dates: duedate.Policy = _FORWARD
    triggers: tuple[Trigger, ...] = field(default=(), converter=unique_triggers)
    rules: ChangeRules = LENIENT
    _table: TriggerTable = field(
        init=False, eq=False, repr=False, default=Factory(_table, takes_self=True)
    )
    _policy: Policy = field(
        init=False, eq=False, repr=False, default=Factory(_policy, takes_self=True)
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
        plan_from: date | None = None,
        invoice_id: str | None = None,
        vendor: str | None = None,
        priority: int = 0,
        quantity: int | None = None,
        facts: Mapping[str, Fact] = NOTHING_GIVEN,
        status: str | None = None,
        entered_on: date | None = None,
        due_on: date | NothingType | None = NOTHING,
        department: str | NothingType | None = NOTHING,
        user: str | NothingType | None = NOTHING,
        reason: str | None = None,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
        note: str = "",
        command_id: str | None = None,
    ) -> Change:
        """Place an order, with the defaults of its first status.

        If the order is already under way, for example because you import it, give *status* and
        *entered_on* too.

        Args:
            cycle: the cycle version that the order is pinned to.
            order_id: your id of the order, 1 to 200 characters.
            ordered_on: the order date.
            delivery_on: the approximate delivery date, or None.
            plan_from: the day from which due dates are counted forward; None for the order date.
                It can't be before the order date.
            invoice_id: the invoice that the order fulfils, or None.
            vendor: the lab or vendor, or None.
            priority: from -1,000 to 1,000; orders with a higher priority come first.
            quantity: how many pieces are ordered, or None.
            facts: your own named values, such as `{"client": "Lee"}`; see `Facts`.
            status: the key of the first status; None for the cycle's initial status.
            entered_on: the day the order entered that status; None for the order date.
            due_on: the due date, or None for no due date. Defaults to the policy's date; any other
                date counts as set by hand.
            department: the department responsible, or None for nobody. Defaults to the status's
                default department.
            user: the user responsible, or None for nobody. Defaults to the status's default user.
            reason: the key of the reason for the order, or None.
            roles: the roles of the user, for the permissions of the rules.

        Raises:
            UnknownStatusError: if the cycle has no such status.
            InactiveStatusError: if the status is inactive.
            MissingDeliveryDateError: if the policy needs a delivery date.
            DateOutOfRangeError: if a date would be outside the calendar.
            ChangeRefusedError: if the rules refuse the opening.
            ValueError: if *plan_from* is before the order date.

        Source:
            "Tracking Production Statuses"; decisions D20 and D25.
        """
        checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
        checks.day("ordered_on", ordered_on)
        place = cycle.place(cycle.path[0].key if status is None else status)
        if place.status.inactive:
            raise inactive(cycle, place.status)
        recorded = recording(by, at, recorded_by, note, command_id, roles, reason)
        entry = opening(
            self._policy,
            cycle,
            place,
            recorded,
            order_id,
            ordered_on,
            None if delivery_on is None else checks.day("delivery_on", delivery_on),
            plan_from,
            invoice_id,
            vendor,
            priority,
            quantity,
            facts,
            entered_on,
            due_on,
            department,
            user,
            None,
        )
        order = opened(entry, cycle, place)
        if self.rules is not LENIENT:
            self.rules.check_entry(None, entry, order, verb="open", roles=recorded.roles)
        return self._change(None, order, entry, entry.at.date())

    def propose(
        self,
        order: ProductionOrder,
        *,
        today: date,
        by: str,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
        to: str | NothingType | None = None,
        expect: str | int | NothingType | None = None,
        current_complete: bool | NothingType = NOTHING,
        completed_on: date | NothingType | None = NOTHING,
        due_on: date | NothingType | None = NOTHING,
        department: str | NothingType | None = NOTHING,
        user: str | NothingType | None = NOTHING,
        facts: Mapping[str, Fact | None] | NothingType = NOTHING_GIVEN,
        reason: str | NothingType | None = None,
        note: str | NothingType = "",
    ) -> ProposedChange:
        """A status change with every default filled in, for your user to check.

        Args:
            order: the order as your store holds it now.
            roles: the roles of the user, for the permissions of the rules.
            to: the key of the status to enter; None for the default. The default is the next status
                of the path; the path is the active standard statuses in order. If the order is off
                the path, for example on hold, the default is `order.resumes_in`, the status in
                which the order continues.
            expect: the version of the order that the screen showed, or the key of its status; None
                skips this check. A version is safer, as an order can enter a status twice.
            current_complete: whether the present status is complete. Defaults to False if the order
                is closed, goes back, becomes cancelled, or enters a status with the flag `pauses`;
                otherwise to True.
            completed_on: the day on which the present status was completed, from `order.begun_on`
                to *today*; None if it wasn't completed. Defaults to *today* if the status is
                complete. If `order.begun_on` is after *today*, `order.begun_on` replaces *today*.
            due_on: the due date after the change, or None for no due date. Defaults to the policy's
                date. When the order returns from a hold, a due date that was set by hand before the
                hold is the default. Any date other than the policy's counts as set by hand.
            department: the department responsible, or None for nobody. Defaults to the new
                status's default. When the order returns from a hold, its department before the
                hold is the default. If the new status is off the path and has no default
                department and no default user, the order keeps its department and its user.
            user: the user responsible, or None for nobody. The default follows the same rules as
                the default of *department*.
            facts: the facts to add or replace; None as a value removes a fact. They count for the
                due date of the new status.
            reason: the key of the reason for the change, or None.

        Raises:
            NoNextStatusError: if the order is closed and *to* is not given.
            UnknownStatusError: if the cycle has no status *to*.
            InactiveStatusError: if *to* is inactive.
            SameStatusError: if the order is already in status *to*.
            OrderMovedError: if the order isn't at version *expect*.
            StatusMovedError: if the order isn't in status *expect*.
            CompletionDateError: if *completed_on* is too early or too late, or if you complete the
                status of a closed order.
            MissingDeliveryDateError: if the policy needs a delivery date.
            DateOutOfRangeError: if a date would be outside the calendar.
            ValueError: if *completed_on* and *current_complete* contradict each other.

        Source:
            "Changing Production Statuses"; decisions D16 to D20b.
        """
        check_expected(_check_order(order), expect)
        return propose(
            self.due_dates,
            self._policy.due_dates,
            self._policy.name,
            self.rules,
            order,
            today=today,
            by=by,
            recorded_by=recorded_by,
            roles=roles,
            to=to,
            current_complete=current_complete,
            completed_on=completed_on,
            due_on=due_on,
            department=department,
            user=user,
            facts=facts,
            reason=reason,
            note=note,
        )

    def revise(self, proposal: ProposedChange, **more: Unpack[Revision]) -> ProposedChange:
        """Propose again, with the keywords given before and those you give now.

        A keyword that you give again gets its new value, and the others keep their values.
        Everything else is worked out again: if the user picks another status, for example, the due
        date changes too. A new `completed_on` replaces an earlier `current_complete=False`, and a
        new `current_complete=False` replaces an earlier `completed_on`. The box "Current Status Not
        Complete" works in the same way.

        Args:
            proposal: the proposal on the screen.
            more: keywords of `propose`; `attrs.NOTHING` drops a value that was given before.

        Raises:
            ProdflowError: the errors of `propose`.

        Source:
            Decisions D16 and D20.
        """
        checks.instance("proposal", proposal, ProposedChange, "a ProposedChange")
        given: dict[str, Any] = {name: getattr(proposal, name) for name in proposal.given}
        if "to" in given:
            given["to"] = proposal.to.key
        given |= {
            "today": proposal.today,
            "by": proposal.by,
            "recorded_by": proposal.recorded_by,
            "roles": proposal.roles,
        }
        return self.propose(proposal.order, **_merged(given, more))

    def choices(
        self,
        order: ProductionOrder,
        *,
        today: date,
        by: str,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
    ) -> tuple[Choice, ...]:
        """The "Change To Status" list: every active status, with the reasons against it.

        Returns:
            A choice for each active status, including the present one, in list order.

        Source:
            "Changing Production Statuses", Change To Status; decision D24.
        """
        _check_order(order)
        checks.day("today", today)
        checks.text("by", by)
        checks.optional_text("recorded_by", recorded_by)
        return tuple(
            choices(
                self.due_dates,
                self._policy.due_dates,
                self._policy.name,
                self.rules,
                order,
                today=today,
                by=by,
                recorded_by=recorded_by,
                roles=checks.roles(roles),
            )
        )

    def choices_all(
        self,
        orders: Iterable[ProductionOrder],
        *,
        today: date,
        by: str,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
    ) -> tuple[BulkChoice, ...]:
        """`choices` for many orders of one type.

        Args:
            orders: at least one order and none twice; their statuses may differ.

        Returns:
            A choice for each status that is active in the cycle version of any order. The statuses
            of the newest version come first, in list order. After them come the statuses that only
            older versions have.

        Raises:
            MixedOrderTypesError: if the orders have several types.

        Source:
            Decision D23.
        """
        checks.day("today", today)
        known_roles = checks.roles(roles)
        asked = of_one_type(orders)
        statuses: dict[str, Status] = {}
        for cycle in sorted({order.cycle for order in asked}, key=_version, reverse=True):
            for status in cycle.choices():
                statuses.setdefault(status.key, status)

        def choice(status: Status) -> BulkChoice:
            target: Overrides = {"to": status.key}
            proposed = partial(self._proposed, today, by, recorded_by, known_roles, target)
            proposals, errors = each(asked, proposed, itself)
            apart = {it.order.id: needs_apart(it.refusals) for it in proposals}
            known: dict[str, Refused] = {**{id_: it[0] for id_, it in apart.items()}, **errors}
            refused = {order.id: known[order.id] for order in asked if known[order.id]}
            open_to = [id_ for id_ in known if id_ not in refused]
            needs = dict.fromkeys(need for id_ in open_to for need in apart[id_][1])
            return BulkChoice(status, open_to, refused, needs)

        return tuple(choice(status) for status in statuses.values())

    def accept(
        self, proposal: ProposedChange, *, at: datetime, command_id: str | None = None
    ) -> Change:
        """Turn a proposal into a change that you can save, like OK in the Status Change window.

        Args:
            proposal: what `propose` or `revise` returned.

        Raises:
            ChangeRefusedError: if the rules refuse the change.
            DateOutOfRangeError: if a reminder would be outside the calendar.

        Source:
            "Changing Production Statuses", OK; decisions D18, D20 and D24.
        """
        checks.instance("proposal", proposal, ProposedChange, "a ProposedChange")
        return self._acceptor(at, command_id)(proposal)

    def advance(
        self,
        order: ProductionOrder,
        *,
        today: date,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
        command_id: str | None = None,
        expect: str | int | NothingType | None = None,
        **overrides: Unpack[Overrides],
    ) -> Change:
        """Move an order to its next status, or to another status: propose and accept in one call.

        Args:
            expect: as for `propose`.
            overrides: further keywords of `propose`.

        Raises:
            ProdflowError: the errors of `propose` and `accept`.

        Source:
            "Changing Production Statuses", Advance Status; decision D17.
        """
        if expect is not None:
            check_expected(_check_order(order), expect)
        recorder = None if recorded_by is None else checks.text("recorded_by", recorded_by)
        proposal = self._proposed(
            checks.day("today", today),
            checks.text("by", by),
            recorder,
            checks.roles(roles),
            overrides,
            order,
        )
        instant, command = checks.instant("at", at), checks.optional_text("command_id", command_id)
        if proposal.refusals:
            raise ChangeRefusedError(order.id, proposal.refusals)
        return self._accepted(proposal, instant, command)

    def propose_all(
        self,
        orders: Iterable[ProductionOrder],
        *,
        today: date,
        by: str,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
        expect: Mapping[str, int] | None = None,
        **overrides: Unpack[Overrides],
    ) -> BulkProposal:
        """`propose` for many orders of one type, with the same keywords for all.

        Args:
            orders: at least one order and none twice; their statuses may differ.
            expect: the versions that the screen showed, by order id; None for no check. Orders
                that aren't in the mapping aren't checked.
            overrides: further keywords of `propose`.

        Returns:
            The proposals. If `propose` raises a `RuleError` for an order, `refusals` has that
            error.

        Raises:
            MixedOrderTypesError: if the orders have several types.

        Source:
            "You can also update the status of one or more production orders"; decision D23.
        """
        checks.day("today", today)
        recorder = checks.optional_text("recorded_by", recorded_by)
        user, known_roles = checks.text("by", by), checks.roles(roles)
        proposed = partial(self._proposed, today, user, recorder, known_roles, overrides)
        asked = of_one_type(orders)
        proposals, refusals = each(asked, proposed, itself, versions(expect))
        who = {"by": by, "recorded_by": recorded_by, "roles": known_roles}
        keywords = {"today": today, **who, **overrides}
        kept = (*keywords.items(), ("expect", expect))
        return _bulk(tuple(proposals), tuple(refusals.items()), asked, kept)

    def revise_all(self, bulk: BulkProposal, **more: Unpack[BulkRevision]) -> BulkProposal:
        """`revise` for many orders, including orders that got no proposal before.

        Args:
            bulk: the proposals on the screen.
            more: keywords of `propose_all`. Without `expect`, the versions that you gave to
                `propose_all` are checked again.

        Source:
            Decision D23.
        """
        checks.instance("bulk", bulk, BulkProposal, "a BulkProposal")
        proposals = {proposal.order.id: proposal for proposal in bulk.proposals}
        # A bulk keeps its keywords and its orders for this.
        first = dict(bulk._keywords)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
        asked = bulk._orders  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
        orders = asked or tuple(proposal.order for proposal in bulk.proposals)
        given: dict[str, Any] = {**more}
        shown = first.pop("expect", None)
        expect = given.pop("expect", NOTHING)
        shown = shown if expect is NOTHING else expect

        def again(order: ProductionOrder) -> ProposedChange:
            if order.id in proposals:
                return self.revise(proposals[order.id], **given)
            return self.propose(order, **_merged(first, given))

        revised, refusals = each(orders, again, itself, versions(shown))
        kept = (*_merged(first, given).items(), ("expect", shown))
        return _bulk(tuple(revised), tuple(refusals.items()), orders, kept)

    def accept_all(
        self, bulk: BulkProposal, *, at: datetime, command_id: str | None = None
    ) -> tuple[Change, ...]:
        """`accept` for many proposals, all or none; *command_id* is the same for all.

        Args:
            bulk: what `propose_all` or `revise_all` returned.

        Raises:
            BulkRefusedError: if any order is refused. To accept the others, call
                `BulkProposal.without_refused` first.

        Source:
            Decision D23.
        """
        checks.instance("bulk", bulk, BulkProposal, "a BulkProposal")
        changes, refusals = each(bulk.proposals, self._acceptor(at, command_id), _order_of)
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
        roles: Iterable[str] = (),
        command_id: str | None = None,
        expect: Mapping[str, int] | None = None,
        **overrides: Unpack[Overrides],
    ) -> tuple[Change, ...]:
        """`advance` for many orders of one type, all or none.

        Args:
            orders: at least one order and none twice; their statuses may differ.
            expect: as for `propose_all`.
            overrides: further keywords of `propose`.

        Raises:
            BulkRefusedError: if any order is refused; the error lists all such orders.
            MixedOrderTypesError: if the orders have several types.

        Source:
            Decision D23.
        """
        bulk = self.propose_all(
            orders,
            today=today,
            by=by,
            recorded_by=recorded_by,
            roles=roles,
            expect=expect,
            **overrides,
        )
        return self.accept_all(bulk, at=at, command_id=command_id)

    def amend(
        self,
        order: ProductionOrder,
        *,
        by: str,
        at: datetime,
        expect: str | int | NothingType | None = None,
        ordered_on: date | NothingType = NOTHING,
        delivery_on: date | NothingType | None = NOTHING,
        plan_from: date | NothingType | None = NOTHING,
        entered_on: date | NothingType = NOTHING,
        vendor: str | NothingType | None = NOTHING,
        invoice_id: str | NothingType | None = NOTHING,
        due_on: date | NothingType | None = NOTHING,
        department: str | NothingType | None = NOTHING,
        user: str | NothingType | None = NOTHING,
        priority: int | NothingType = NOTHING,
        quantity: int | NothingType | None = NOTHING,
        facts: Mapping[str, Fact | None] | NothingType = NOTHING_GIVEN,
        reason: str | None = None,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
        note: str = "",
        command_id: str | None = None,
    ) -> Change:
        """Change the fields that you give, but not the status.

        If you change a field that the policy uses, the due date is calculated again, unless
        somebody set it by hand. You get an entry even if nothing changes.

        If the order is on hold, a new due date, department or user also applies after the hold.
        There are two exceptions: If the hold has a due date of its own, a new date applies only
        during the hold. If the hold has a department or user of its own, a new department or user
        applies only during the hold (decision D15).

        Args:
            expect: as for `propose`.
            ordered_on: the order date. `plan_from` changes too if it was the old order date, or if
                it would be before the new order date. `entered_on` changes too if it was the old
                order date, and the order is still in its first status and was never on hold.
            delivery_on: the approximate delivery date, or None.
            plan_from: the day from which due dates are counted forward; None for the order date.
            entered_on: the first day of the order's present visit, its stay in the present status.
                The earliest possible day is `order.entered_after`, and the latest is the date of
                *at*. The previous visit then ends on the new first day. If the present visit was
                resumed after a hold, you can only make `entered_on` earlier, not later.
            vendor: the lab or vendor, or None.
            invoice_id: the invoice that the order fulfils, or None.
            due_on: the due date, or None. To drop a date that was set by hand, give the
                calculated date.
            department: the department responsible; None for nobody.
            user: the user responsible; None for nobody.
            priority: from -1,000 to 1,000.
            quantity: how many pieces are ordered, or None.
            facts: the facts to add or replace; None as a value removes a fact.
            reason: the key of the reason for the amendment, or None.
            roles: as for `propose`.

        Raises:
            OrderMovedError: if the order isn't at version *expect*.
            CompletionDateError: if *entered_on* is too early or too late.
            MissingDeliveryDateError: if the policy needs a delivery date.
            DateOutOfRangeError: if a date would be outside the calendar.
            ChangeRefusedError: if the rules refuse the amendment.
            ValueError: if *plan_from* is before the order date.

        Source:
            Decisions D15, D19 and D35.
        """
        given: Amendments = {
            "ordered_on": ordered_on,
            "delivery_on": delivery_on,
            "plan_from": plan_from,
            "entered_on": entered_on,
            "vendor": vendor,
            "invoice_id": invoice_id,
            "due_on": due_on,
            "department": department,
            "user": user,
            "priority": priority,
            "quantity": quantity,
            "facts": NOTHING if facts is NOTHING_GIVEN else facts,
        }
        recorded = recording(by, at, recorded_by, note, command_id, roles, reason)
        check_expected(_check_order(order), expect)
        return self._amended(given, recorded, order)

    def amend_all(
        self,
        orders: Iterable[ProductionOrder],
        *,
        by: str,
        at: datetime,
        expect: Mapping[str, int] | None = None,
        reason: str | None = None,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
        note: str = "",
        command_id: str | None = None,
        **amendments: Unpack[Amendments],
    ) -> tuple[Change, ...]:
        """`amend` for many orders of one type, all or none.

        Args:
            orders: at least one order and none twice.
            expect: as for `propose_all`.
            reason: as for `amend`.
            amendments: the keywords of `amend`, for all orders.

        Raises:
            BulkRefusedError: if any order can't be amended; the error lists all such orders.
            MixedOrderTypesError: if the orders have several types.

        Source:
            Decisions D15 and D23.
        """
        recorded = recording(by, at, recorded_by, note, command_id, roles, reason)
        check_amendments(amendments)
        amended = partial(self._amended, amendments, recorded)
        return tuple(all_or_none(of_one_type(orders), amended, itself, versions(expect)))

    def replan(
        self,
        order: ProductionOrder,
        *,
        by: str,
        at: datetime,
        expect: str | int | NothingType | None = None,
        recorded_by: str | None = None,
        note: str = "",
        command_id: str | None = None,
    ) -> Change | None:
        """Calculate the due date again with this flow's policy; returns None if nothing changes.

        A due date set by hand stays the same; then only `calculated_due_on` changes.

        Args:
            expect: as for `propose`.

        Raises:
            OrderMovedError: if the order isn't at version *expect*.
            MissingDeliveryDateError: if the policy needs a delivery date.
            DateOutOfRangeError: if a date would be outside the calendar.
            ChangeRefusedError: if the rules' `entry_guard` refuses the new date.

        Source:
            Decision D15.
        """
        recorded = recording(by, at, recorded_by, note, command_id)
        check_expected(_check_order(order), expect)
        return self._replanned(recorded, order)

    def replan_all(
        self,
        orders: Iterable[ProductionOrder],
        *,
        by: str,
        at: datetime,
        expect: Mapping[str, int] | None = None,
        recorded_by: str | None = None,
        note: str = "",
        command_id: str | None = None,
    ) -> tuple[Change, ...]:
        """`replan` for many orders of one type, all or none. Unchanged orders are left out.

        Args:
            orders: at least one order and none twice.
            expect: as for `propose_all`.

        Raises:
            BulkRefusedError: if any order can't be replanned; the error lists all such orders.
            MixedOrderTypesError: if the orders have several types.

        Source:
            Decisions D15 and D23.
        """
        recorded = recording(by, at, recorded_by, note, command_id)
        replanned = partial(self._replanned, recorded)
        changes = all_or_none(of_one_type(orders), replanned, itself, versions(expect))
        return tuple(change for change in changes if change is not None)

    def migrate(
        self,
        order: ProductionOrder,
        cycle: StatusCycle,
        *,
        mapping: Mapping[str, str] | None = None,
        expect: str | int | NothingType | None = None,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
        note: str = "",
        command_id: str | None = None,
    ) -> Change:
        """Move an order to another version of its cycle, with the reminders that differ.

        The order keeps its people, and the day on which it entered its status. The due date is
        calculated again, unless somebody set it by hand.

        Args:
            cycle: another version of the order's cycle.
            mapping: for each old key, the new key that replaces it; None for no replacements. Map
                only keys that the new version doesn't have or no longer uses. If `order.status` or
                `order.resumes_in` has such a key, you must map that key. If you map "lab" to a key
                that the old version doesn't have, the lab is only renamed: a paused visit to the
                lab is kept under the new key.
            expect: as for `propose`.
            roles: as for `propose`.

        Raises:
            OrderMovedError: if the order isn't at version *expect*.
            UnmappedStatusError: if *mapping* lacks keys that the order needs; the error lists them.
            ClosingChangedError: if the migration would complete, cancel or reopen the order.
            CycleConflictError: if *cycle* has the order's version, but different content.
            MissingDeliveryDateError: if the policy needs a delivery date.
            DateOutOfRangeError: if a date would be outside the calendar.
            ChangeRefusedError: if the rules refuse the migration.
            ValueError: if *cycle* is of another order type, or is the order's own version. Also if
                *mapping* has a key that the new version still uses, or that the old version
                doesn't have.

        Source:
            Decisions D5 and D5b.
        """
        recorded = recording(by, at, recorded_by, note, command_id, roles)
        check_expected(_check_order(order), expect)
        names = _mapping(cycle, mapping, [order])
        return self._migrated(cycle, names, recorded, order)

    def migrate_all(
        self,
        orders: Iterable[ProductionOrder],
        cycle: StatusCycle,
        *,
        mapping: Mapping[str, str] | None = None,
        expect: Mapping[str, int] | None = None,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
        note: str = "",
        command_id: str | None = None,
    ) -> tuple[Change, ...]:
        """`migrate` for many orders of one type, all or none. Their versions may differ.

        Args:
            orders: at least one order and none twice.
            mapping: as for `migrate`, for all orders. Each old key must be in the cycle version of
                at least one order.
            expect: as for `propose_all`.

        Raises:
            BulkRefusedError: if any order can't be migrated; the error lists all such orders.
            MixedOrderTypesError: if the orders have several types.
            CycleConflictError: as for `migrate`.

        Source:
            Decisions D5b and D23.
        """
        recorded = recording(by, at, recorded_by, note, command_id, roles)
        asked = of_one_type(orders)
        migrated = partial(self._migrated, cycle, _mapping(cycle, mapping, asked), recorded)
        return tuple(all_or_none(asked, migrated, itself, versions(expect)))

    def undo(
        self,
        order: ProductionOrder,
        entries: Iterable[HistoryEntry],
        *,
        cycles: Iterable[StatusCycle] = (),
        expect: str | int | NothingType | None = None,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
        note: str = "",
        command_id: str | None = None,
    ) -> Change:
        """Undo the last entry that isn't undone yet; the order gets its earlier values back.

        You can undo status changes, amendments and migrations. Call `undo` again to undo the
        previous entry too. You can't undo an undo, nor a split or anything before it. Of the
        flow's rules, only `permissions` and `entry_guard` apply.

        Args:
            entries: all entries of the order, up to its version.
            cycles: cycle versions of the order's type. To undo a migration, include the version
                that the order had before the migration.
            expect: as for `propose`.
            roles: as for `propose`.

        Raises:
            OrderMovedError: if the order isn't at version *expect*.
            NothingToUndoError: if only the opening is left, or if the order was split last.
            CycleNotFoundError: if *cycles* lacks the version from before the migration.
            DateOutOfRangeError: if a reminder would be outside the calendar.
            ChangeRefusedError: if the rules refuse the undo.
            ValueError: if *entries* aren't all entries of the order.

        Source:
            Decision D34.
        """
        recorded = recording(by, at, recorded_by, note, command_id, roles)
        check_expected(_check_order(order), expect)
        return self._taken_back(_versions_known(cycles), recorded, (order, entries))

    def undo_all(
        self,
        histories: Iterable[tuple[ProductionOrder, Iterable[HistoryEntry]]],
        *,
        cycles: Iterable[StatusCycle] = (),
        expect: Mapping[str, int] | None = None,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
        note: str = "",
        command_id: str | None = None,
    ) -> tuple[Change, ...]:
        """`undo` for many orders of one type, all or none.

        Args:
            histories: an (order, entries) pair for each order, with all entries of the order.
            cycles: as for `undo`.
            expect: as for `propose_all`.

        Raises:
            BulkRefusedError: if the undo of any order is refused; the error lists all such orders.
            MixedOrderTypesError: if the orders have several types.
            CycleNotFoundError: as for `undo`.

        Source:
            Decisions D23 and D34.
        """
        recorded = recording(by, at, recorded_by, note, command_id, roles)
        pairs = _pairs(histories)
        of_one_type(order for order, _ in pairs)
        taken_back = partial(self._taken_back, _versions_known(cycles), recorded)
        return tuple(all_or_none(pairs, taken_back, _order_of_history, versions(expect)))

    def split(
        self,
        order: ProductionOrder,
        parts: Iterable[tuple[str, int]],
        *,
        expect: str | int | NothingType | None = None,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
        note: str = "",
        command_id: str | None = None,
    ) -> tuple[Change, ...]:
        """Split parts off an order, as new orders, such as what is ready already.

        Save all the changes in one call: `store.save(*changes)`. A part begins where the order is,
        with the same dates, people and facts. From then on it's an order like any other. A part
        fires no trigger for its opening, but gets the reminders of its status that are still to
        come. You can't undo a split.

        Args:
            parts: an (order id, quantity) pair for each part. The quantities must add up to less
                than the quantity of the order, which keeps the rest.
            expect: as for `propose`.
            roles: as for `propose`.

        Returns:
            The change of the order, then the opening of each part.

        Raises:
            OrderMovedError: if the order isn't at version *expect*.
            SplitError: if the order can't be split like this; its `code` says why.
            DateOutOfRangeError: if a reminder would be outside the calendar.
            ChangeRefusedError: if the rules refuse the split.

        Source:
            Decision D37.
        """
        recorded = recording(by, at, recorded_by, note, command_id, roles)
        check_expected(_check_order(order), expect)
        entry, openings = splitting(self._policy, parts, recorded, order)
        changes = [self._permitted(order, order.apply(entry), entry, "split", recorded.roles)]
        for opening_entry in openings:
            part = opened(opening_entry, order.cycle, order.cycle.place(order.status.key))
            if self.rules is not LENIENT:
                self.rules.check_entry(None, opening_entry, part)
            today = opening_entry.at.date()
            events = self._table.reminders(part, self.due_dates.calendar, today)
            changes.append(_change(part, opening_entry, events))
        return tuple(changes)

    def reorder(
        self,
        order: ProductionOrder,
        *,
        order_id: str,
        ordered_on: date,
        reason: str,
        delivery_on: date | None = None,
        plan_from: date | None = None,
        invoice_id: str | NothingType | None = NOTHING,
        vendor: str | NothingType | None = NOTHING,
        priority: int | NothingType = NOTHING,
        quantity: int | NothingType | None = NOTHING,
        facts: Mapping[str, Fact] | NothingType = NOTHING,
        due_on: date | NothingType | None = NOTHING,
        department: str | NothingType | None = NOTHING,
        user: str | NothingType | None = NOTHING,
        expect: str | int | NothingType | None = None,
        by: str,
        at: datetime,
        recorded_by: str | None = None,
        roles: Iterable[str] = (),
        note: str = "",
        command_id: str | None = None,
    ) -> Change:
        """Order the same again, such as a reprint of what was damaged.

        The new order begins in the initial status of the order's cycle version. It has the
        invoice, vendor, priority, quantity and facts of the order, unless you give others. It has
        no delivery date, unless you give one. The order itself doesn't change.

        Args:
            order: the order to repeat; it may be open, complete or cancelled.
            order_id: your id of the new order.
            ordered_on: the order date of the new order.
            reason: the key of the reason for ordering again.
            delivery_on: the delivery date of the new order; None if there is none.
            plan_from: as for `open`.
            invoice_id: as for `open`.
            vendor: as for `open`.
            priority: as for `open`.
            quantity: as for `open`.
            facts: all facts of the new order; they replace those of the order.
            due_on: as for `open`.
            department: as for `open`.
            user: as for `open`.
            expect: as for `propose`.
            roles: as for `propose`.

        Raises:
            OrderMovedError: if the order isn't at version *expect*.
            MissingDeliveryDateError: if the policy needs a delivery date.
            DateOutOfRangeError: if a date would be outside the calendar.
            ChangeRefusedError: if the rules refuse the reason or the reorder.
            ValueError: if *order_id* is the id of the order, or *plan_from* is before the order
                date.

        Source:
            Decision D38.
        """
        check_expected(_check_order(order), expect)
        if checks.text("order_id", order_id) == order.id:
            raise ValueError(f"order_id must be a new id, not {order_id!r}")
        checks.day("ordered_on", ordered_on)
        place = order.cycle.place(order.cycle.initial.key)
        why = checks.key("reason", reason)
        recorded = recording(by, at, recorded_by, note, command_id, roles, why)
        entry = opening(
            self._policy,
            order.cycle,
            place,
            recorded,
            order_id,
            ordered_on,
            checks.optional_day("delivery_on", delivery_on),
            plan_from,
            order.invoice_id if invoice_id is NOTHING else invoice_id,
            order.vendor if vendor is NOTHING else vendor,
            order.priority if priority is NOTHING else priority,
            order.quantity if quantity is NOTHING else quantity,
            order.facts if facts is NOTHING else facts,
            None,
            due_on,
            department,
            user,
            order.id,
        )
        reprint = opened(entry, order.cycle, place)
        if self.rules is not LENIENT:
            self.rules.check_entry(
                None, entry, reprint, verb="reorder", roles=recorded.roles, repeats=order
            )
        return self._change(None, reprint, entry, entry.at.date())

    def reminders(self, order: ProductionOrder, *, today: date) -> Reminders:
        """The reminders that an order should have by this flow, for `set_reminders` of a store.

        Call it for the open orders after somebody has edited a trigger, declared a holiday or
        imported orders. Reminders of days that are over come too. Nothing is recorded.

        Args:
            order: the order as your store holds it now.
            today: the day for which the reminders are worked out. If a due or delivery date is over
                by then, no reminder warns of it. `set_reminders` fills no empty slot for a day
                before it.

        Raises:
            DateOutOfRangeError: if a reminder would be outside the calendar.

        Source:
            Decision D30.
        """
        checks.day("today", today)
        return self._reminders(today, _check_order(order))

    def reminders_all(
        self, orders: Iterable[ProductionOrder], *, today: date
    ) -> tuple[Reminders, ...]:
        """`reminders` for many orders, of one type or of several.

        Args:
            orders: the orders, none of them twice.

        Raises:
            BulkRefusedError: if a reminder of any order would be outside the calendar; the error
                lists all such orders.

        Source:
            Decisions D23 and D30.
        """
        checks.day("today", today)
        checked = unique(orders)
        return tuple(all_or_none(checked, partial(self._reminders, today), itself, None))

    # The single and the bulk methods share these. Each takes one order and checked arguments.

    def _proposed(  # noqa: PLR0917 - bound by position, to be called with an order
        self,
        today: date,
        by: str,
        recorded_by: str | None,
        roles: tuple[str, ...],
        overrides: Overrides,
        order: ProductionOrder,
    ) -> ProposedChange:
        if not overrides and isinstance(order, ProductionOrder):
            dates = self._policy
            proposal = propose_next(
                dates.due_dates, dates.name, self.rules, order, today, by, recorded_by, roles
            )
            if proposal is not None:
                return proposal
        return self.propose(
            order, today=today, by=by, recorded_by=recorded_by, roles=roles, **overrides
        )

    def _acceptor(self, at: datetime, command_id: str | None) -> Callable[[ProposedChange], Change]:
        instant, command = checks.instant("at", at), checks.optional_text("command_id", command_id)

        def accept(proposal: ProposedChange) -> Change:
            # Another flow may have made the proposal, so the rules of both flows apply.
            if proposal.refusals or self.rules is not LENIENT:
                refusals = proposal.refusals + self.rules.refusals(proposal)
                if refusals:
                    raise ChangeRefusedError(proposal.order.id, tuple(dict.fromkeys(refusals)))
            return self._accepted(proposal, instant, command)

        return accept

    def _accepted(self, proposal: ProposedChange, at: datetime, command_id: str | None) -> Change:
        entry = status_change(proposal, at, command_id)
        order = moved(proposal.order, proposal.to, entry)
        return self._change(proposal.order, order, entry, proposal.today)

    def _amended(self, given: Amendments, recorded: Recording, order: ProductionOrder) -> Change:
        entry = amendment(self._policy, given, recorded, order)
        return self._permitted(order, amended(order, entry), entry, "amend", recorded.roles)

    def _replanned(self, recorded: Recording, order: ProductionOrder) -> Change | None:
        entry = replanning(self._policy, recorded, order)
        if entry is None:
            return None
        return self._permitted(order, amended(order, entry), entry, None, ())

    def _migrated(
        self,
        cycle: StatusCycle,
        mapping: Mapping[str, str],
        recorded: Recording,
        order: ProductionOrder,
    ) -> Change:
        entry = adoption(self._policy, cycle, mapping, recorded, order)
        after = order.apply(entry, cycle=cycle)
        return self._permitted(order, after, entry, "migrate", recorded.roles)

    def _taken_back(
        self, cycles: tuple[StatusCycle, ...], recorded: Recording, history: _History
    ) -> Change:
        before, entries = history
        entry, cycle, undone, counting = undoing(cycles, entries, recorded, before)
        moves = cycle.version != before.cycle.version
        order = before.apply(entry, cycle=cycle if moves else None)
        if self.rules is not LENIENT:
            self.rules.check_entry(before, entry, order, verb="undo", roles=recorded.roles)
        table, calendar = self._table, self.due_dates.calendar
        past = as_it_was(counting, cycles, order) if table.looks_back else []
        earlier = [] if order.is_cancelled else visits_since_cancelled(past, order)
        if isinstance(undone, StatusChanged):
            fired = table.fired_before(before, undone, past, entry)
            given = table.given_back(before, order, undone, earlier, entry, calendar)
            events = (*fired, *given)
        else:
            events = table.differing(before, order, entry, calendar)
            events = table.said_before(events, earlier, entry, calendar)
        return _change(order, entry, events)

    def _permitted(
        self,
        before: ProductionOrder,
        order: ProductionOrder,
        entry: HistoryEntry,
        verb: Verb | None,
        roles: tuple[str, ...],
    ) -> Change:
        """A change that isn't a status change, if the rules allow it."""
        if self.rules is not LENIENT:
            self.rules.check_entry(before, entry, order, verb=verb, roles=roles)
        return self._changed(before, order, entry)

    def _changed(
        self, before: ProductionOrder, order: ProductionOrder, entry: HistoryEntry
    ) -> Change:
        """A change that isn't a status change, with the reminders that differ."""
        events = self._table.differing(before, order, entry, self.due_dates.calendar)
        return _change(order, entry, events)

    def _change(
        self,
        before: ProductionOrder | None,
        order: ProductionOrder,
        entry: HistoryEntry,
        today: date,
    ) -> Change:
        """An opening or a status change, with its events."""
        events = self._table.events(before, order, entry, self.due_dates.calendar, today)
        return _change(order, entry, events)

    def _reminders(self, today: date, order: ProductionOrder) -> Reminders:
        events = self._table.reminders(order, self.due_dates.calendar, today)
        return _reminders(order.id, order.version, order.visit, today, events)


_version: Final[Callable[[StatusCycle], int]] = attrgetter("version")


def _check_order(order: ProductionOrder) -> ProductionOrder:
    return checks.instance("order", order, ProductionOrder, "a ProductionOrder")


def _versions_known(cycles: Iterable[StatusCycle]) -> tuple[StatusCycle, ...]:
    return checks.instances("cycles", cycles, StatusCycle, "StatusCycle")


def _pairs(histories: Iterable[_History]) -> list[_History]:
    pairs: list[_History] = []
    for pair in checks.items("histories", histories, "(order, entries) pairs"):
        if not isinstance(pair, tuple) or len(pair) != 2:  # noqa: PLR2004 - a pair
            raise TypeError(f"histories must hold (order, entries) pairs, not {checks.shown(pair)}")
        pairs.append((_check_order(pair[0]), pair[1]))
    return pairs


def _merged(given: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords *given* before, updated with *more* (decisions D16 and D20)."""
    merged = {**given, **more}
    is_complete, day = merged.get("current_complete", NOTHING), merged.get("completed_on", NOTHING)
    # A value that isn't a bool is refused later. Use `is`, since `!=` would call its own method.
    is_told = is_complete is not NOTHING and day is not NOTHING
    if is_told and (is_complete is True) != (day is not None):
        # The two keywords contradict each other: keep the new one, and drop the earlier one.
        if more.get("completed_on", NOTHING) is NOTHING:
            del merged["completed_on"]
        elif more.get("current_complete", NOTHING) is NOTHING:
            del merged["current_complete"]
    return merged


_NO_MAPPING: Final[dict[str, str]] = {}


def _mapping(
    cycle: StatusCycle, value: Mapping[str, str] | None, orders: Iterable[ProductionOrder]
) -> Mapping[str, str]:
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    if value is None:
        return _NO_MAPPING
    checks.instance("mapping", value, Mapping, "a mapping from old keys to new ones")
    mapping = {
        checks.key(checks.key_of("mapping"), old): checks.key(checks.item_of("mapping"), new)
        for old, new in value.items()
    }
    check_mapping(mapping, cycle, orders)
    return mapping
