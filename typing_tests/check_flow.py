"""What type checkers make of flows and stores; never run."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Unpack, assert_type

from attrs import NOTHING, evolve

from prodflow import (
    MONDAY_TO_FRIDAY,
    Amendments,
    Backoff,
    Backward,
    BulkChoice,
    BulkProposal,
    Change,
    ChangeRules,
    Choice,
    CycleStore,
    Delivered,
    DueDatePolicy,
    Forward,
    HistoryEntry,
    MemoryStore,
    Move,
    OrderQuery,
    OrderStore,
    Outbox,
    OutboxItem,
    Overrides,
    Permission,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    Reason,
    Refusal,
    Reminders,
    RuleError,
    RuleProblem,
    Status,
    StatusCycle,
    Trigger,
    TriggerEvent,
    Where,
    deliver_due,
    find_rule_problems,
)
from prodflow.flow import Revision
from prodflow.stores import (
    Counts,
    DeliveryStore,
    Edit,
    Position,
    check_by,
    check_cycles,
    check_edit,
    check_next,
    check_reminders,
    check_tenant,
    fact_named,
    folded,
    lease_bounds,
    outbox_effect,
    repeats,
    search_text,
)


def may_not(order: ProductionOrder, proposal: ProposedChange) -> str | None:
    """A guard: why not, or None."""
    return None if proposal.today >= order.ordered_on else "not before it is ordered"


def may_not_so(order: ProductionOrder, proposal: ProposedChange) -> Refusal | None:
    """A guard that gives a refusal with a code of its own."""
    return Refusal("too-early", "not today", (proposal.to.key,)) if order.held else None


def may_not_amend(order: ProductionOrder | None, entry: HistoryEntry) -> str | Refusal | None:
    """A guard of entries; there is no order before an opening."""
    return None if order is None or entry.by == order.user else "ask who has it"


def ship(flow: ProductionFlow, order: ProductionOrder, **overrides: Unpack[Overrides]) -> Change:
    """A wrapper of `advance`, whose keywords editors complete."""
    today = MONDAY_TO_FRIDAY.following(order.entered_on)
    now = datetime(2026, 11, 16, tzinfo=UTC)
    return flow.advance(order, today=today, by="ann", at=now, **overrides)


def correct(flow: ProductionFlow, order: ProductionOrder, **given: Unpack[Amendments]) -> Change:
    """A wrapper of `amend`."""
    return flow.amend(order, by="ann", at=datetime(2026, 11, 16, tzinfo=UTC), **given)


def pick(
    flow: ProductionFlow, proposal: ProposedChange, **more: Unpack[Revision]
) -> ProposedChange:
    """A wrapper of `revise`, which takes who, when and `expect` too."""
    return flow.revise(proposal, **more)


def check_wrappers(flow: ProductionFlow, order: ProductionOrder) -> None:
    """The keywords are those of the verbs."""
    assert_type(ship(flow, order, to="lab", due_on=None), Change)
    assert_type(correct(flow, order, vendor=None, plan_from=None), Change)
    assert_type(correct(flow, order, entered_on=order.ordered_on), Change)
    ship(flow, order, vendor="Acme")  # type: ignore[call-arg]  # no keyword of a status change
    correct(flow, order, to="lab")  # type: ignore[call-arg]  # no keyword of an amendment


def check_flow(triggers: list[Trigger], proposal: ProposedChange) -> None:
    """What a flow is made of."""
    rules = ChangeRules(
        allow_skip=False,
        note_required=[Move.BACK],
        targets={"lab": ["done", "hold"], "hold": {"lab"}},
        guard=may_not,
    )
    flow = ProductionFlow(due_dates=Backward(), triggers=triggers, rules=rules)
    assert_type(flow, ProductionFlow)
    assert_type(flow.due_dates, DueDatePolicy)
    assert_type(flow.triggers, tuple[Trigger, ...])
    assert_type(rules.targets, Mapping[str, frozenset[str]])
    assert_type(rules.refusals(proposal), tuple[Refusal, ...])
    assert_type(ChangeRules(guard=may_not_so, entry_guard=may_not_amend), ChangeRules)
    assert_type(find_rule_problems(rules, []), tuple[RuleProblem, ...])
    assert_type(ProductionFlow(due_dates=Forward()), ProductionFlow)


def check_who_and_why(flow: ProductionFlow, order: ProductionOrder, at: datetime) -> None:
    """Permissions and reasons are data; a verb takes the roles of its user and a reason."""
    leads = Permission({"lead"}, to=["done"], moves=[Move.BACK], where=Where(vendor="West"))
    office = Permission(["office"], verbs=["open", "reorder"])
    torn = Reason("torn", "Torn in the post", moves={Move.BACK}, chargeable=False, inactive=True)
    rules = ChangeRules(permissions=[leads, office], reasons=[torn], reason_required={Move.BACK})
    assert_type(rules.permissions, tuple[Permission, ...])
    assert_type(rules.reasons[0].moves, frozenset[Move])
    assert_type(leads.roles, tuple[str, ...])
    changes = flow.split(order, [("PO-2", 3)], by="ann", at=at, roles=["lead"])
    assert_type(changes, tuple[Change, ...])
    day = order.ordered_on
    again = flow.reorder(
        order, order_id="PO-3", ordered_on=day, reason="torn", quantity=None, by="ann", at=at
    )
    assert_type(again, Change)
    assert_type(correct(flow, order, facts={"client": None, "copies": 2}, priority=5), Change)
    assert_type(ship(flow, order, facts={"parcel": "Z-9"}, reason="torn"), Change)
    Permission("lead", verbs=["close"])  # type: ignore[list-item]  # one of six words
    Permission(["lead"], ["done"])  # type: ignore[call-arg]  # which field?
    Reason("torn")  # type: ignore[call-arg]  # with the text that users see
    flow.split(order, ["PO-2"], by="ann", at=at)  # type: ignore[list-item]  # and how many?
    flow.reorder(order, order_id="PO-3", ordered_on=day, by="ann", at=at)  # type: ignore[call-arg]  # why?


def check_verbs(
    flow: ProductionFlow, cycle: StatusCycle, order: ProductionOrder, day: date, at: datetime
) -> None:
    """Every verb on one order."""
    assert_type(
        flow.open(cycle, order_id="PO-1", ordered_on=day, by="ann", at=at, vendor=None), Change
    )
    assert_type(
        flow.open(
            cycle,
            order_id="PO-1",
            ordered_on=day,
            plan_from=day,
            status="lab",
            entered_on=day,
            due_on=None,
            department=NOTHING,
            user=None,
            by="ann",
            at=at,
        ),
        Change,
    )
    proposal = flow.propose(order, today=day, by="ann", to="lab", due_on=None, user=NOTHING)
    assert_type(proposal, ProposedChange)
    assert_type(proposal.from_, Status)
    assert_type(proposal.given, frozenset[str])
    assert_type(proposal.refusals, tuple[Refusal, ...])
    assert_type(proposal.recorded_by, str | None)
    assert_type(pick(flow, proposal, to="lab", expect=3, recorded_by=None), ProposedChange)
    assert_type(flow.revise(proposal, to="done", note="why", today=day), ProposedChange)
    assert_type(flow.revise(proposal, to=NOTHING, completed_on=None), ProposedChange)
    assert_type(flow.choices(order, today=day, by="ann"), tuple[Choice, ...])
    choice = flow.choices(order, today=day, by="ann", recorded_by="bob")[0]
    assert_type(choice.move, Move | None)
    assert_type(choice.refusals, tuple[Refusal, ...])
    assert_type(choice.needs, tuple[str, ...])
    change = flow.accept(proposal, at=at, command_id="cmd")
    assert_type(change.order, ProductionOrder)
    assert_type(change.entry, HistoryEntry)
    assert_type(change.events, tuple[TriggerEvent, ...])
    assert_type(flow.advance(order, today=day, by="ann", at=at), Change)
    assert_type(flow.advance(order, today=day, by="ann", at=at, expect="lab", user=None), Change)
    assert_type(flow.advance(order, today=day, by="ann", at=at, expect=3), Change)
    assert_type(flow.amend(order, by="ann", at=at, delivery_on=None, vendor=NOTHING), Change)
    assert_type(flow.amend(order, by="ann", at=at, entered_on=day, expect=3), Change)
    assert_type(flow.replan(order, by="ann", at=at, expect=3), Change | None)
    assert_type(flow.undo(order, [change.entry], cycles=[cycle], by="ann", at=at), Change)
    assert_type(flow.migrate(order, cycle, mapping={"a": "b"}, by="ann", at=at), Change)


def check_bulk(
    flow: ProductionFlow, cycle: StatusCycle, orders: list[ProductionOrder], day: date, at: datetime
) -> None:
    """Every verb on many orders."""
    bulk = flow.propose_all(orders, today=day, by="ann", department="lab")
    assert_type(bulk, BulkProposal)
    assert_type(len(bulk), int)
    assert_type(bulk.refusals, Mapping[str, RuleError])
    assert_type(bulk.ready, tuple[ProposedChange, ...])
    assert_type(flow.propose_all(orders, today=day, by="ann", expect={"PO-1": 3}), BulkProposal)
    assert_type(flow.revise_all(bulk, note="why", to=NOTHING), BulkProposal)
    choices = flow.choices_all(orders, today=day, by="ann")
    assert_type(choices, tuple[BulkChoice, ...])
    assert_type(choices[0].open_to, tuple[str, ...])
    assert_type(choices[0].refusals, Mapping[str, tuple[Refusal, ...] | RuleError])
    assert_type(bulk.without_refused(), BulkProposal)
    assert_type(flow.accept_all(bulk, at=at), tuple[Change, ...])
    assert_type(flow.advance_all(orders, today=day, by="ann", at=at, to="lab"), tuple[Change, ...])
    assert_type(flow.amend_all(orders, by="ann", at=at, vendor=None), tuple[Change, ...])
    assert_type(flow.replan_all(orders, by="ann", at=at), tuple[Change, ...])
    assert_type(flow.migrate_all(orders, cycle, by="ann", at=at), tuple[Change, ...])
    histories = [(order, MemoryStore().history(order.id)) for order in orders]
    assert_type(flow.undo_all(histories, by="ann", at=at), tuple[Change, ...])


def check_flow_refuses(
    flow: ProductionFlow, proposal: ProposedChange, order: ProductionOrder, day: date, at: datetime
) -> None:
    """Each of these is a finding of both checkers."""
    flow.revise(proposal, due="tomorrow")  # type: ignore[call-arg]  # no keyword of propose
    flow.revise(proposal, due_on="tomorrow")  # type: ignore[arg-type]  # a date
    flow.revise(proposal, current_complete=None)  # type: ignore[arg-type]  # a bool
    flow.advance(order, today=day, at=at)  # type: ignore[call-arg]  # by whom?
    flow.advance(order, today=day, by="ann", at=at, too="lab")  # type: ignore[call-arg]  # a typo
    flow.accept(proposal, at="now")  # type: ignore[arg-type]  # an instant
    flow.accept(proposal, at=at, recorded_by="bob")  # type: ignore[call-arg]  # said to propose
    flow.amend_all([order], by="ann", at=at, status="lab")  # type: ignore[call-arg]  # not so
    flow.amend_all([order], by="ann", at=at, expect=3)  # type: ignore[arg-type]  # by order id
    flow.amend(order, by="ann", at=at, ordered_on=None)  # type: ignore[arg-type]  # there is one
    flow.undo(order, by="ann", at=at)  # type: ignore[call-arg]  # its history?
    flow.undo_all([order], by="ann", at=at)  # type: ignore[list-item]  # pairs
    proposal.note = "why"  # type: ignore[misc]  # frozen


def check_store(change: Change, cycle: StatusCycle, day: date, now: datetime) -> None:
    """One object that keeps three protocols."""
    store = MemoryStore()
    orders: OrderStore = store
    cycles: CycleStore = store
    outbox: Outbox = store
    orders.save(change, change)
    assert_type(store.get("PO-1"), ProductionOrder)
    assert_type(orders.load({"PO-1"}), dict[str, ProductionOrder])
    assert_type(store.history("PO-1"), tuple[HistoryEntry, ...])
    assert_type(orders.entries_of("cmd"), tuple[HistoryEntry, ...])
    assert_type(orders.find(OrderQuery()), list[ProductionOrder])
    cycles.put_cycle(cycle, replaces=None)
    assert_type(cycles.get_cycle("prints"), StatusCycle)
    assert_type(cycles.get_cycle("prints", 2), StatusCycle)
    assert_type(cycles.versions("prints"), tuple[int, ...])
    assert_type(cycles.keys("prints"), tuple[str, ...])
    assert_type(cycles.edits("prints"), tuple[Edit, ...])
    assert_type(cycles.newest(), tuple[StatusCycle, ...])
    cycles.put_cycle(cycle, replaces=1, by="ann", at=now)
    cycles.put_cycle(cycle)  # type: ignore[call-arg]  # which version does it replace?
    edit = cycles.edits("prints")[0]
    assert_type((edit.version, edit.replaces), tuple[int, int | None])
    assert_type((edit.by, edit.at), tuple[str | None, datetime | None])
    assert_type(cycles.order_types(), tuple[str, ...])
    items = outbox.pending(as_of=day, order_id="PO-1", trigger="call", automatic=True)
    assert_type(items, list[OutboxItem])
    assert_type(outbox.pending(as_of=day, given_up=True, after=items[-1]), list[OutboxItem])
    assert_type(outbox.claim(as_of=day, now=now, lease=timedelta(minutes=5)), list[OutboxItem])
    assert_type(outbox.get_event("e-1"), OutboxItem | None)
    outbox.acknowledge(*items)
    outbox.dismiss(items[0].event.id, items[0])
    outbox.fail(items[0], error="bounced", retry_at=None)
    outbox.release(*items)
    assert_type(outbox.extend(*items, now=now, lease=timedelta(minutes=5)), list[OutboxItem])
    assert_type(outbox.forget(before=day), int)
    assert_type((items[0].event, items[0].attempts), tuple[TriggerEvent, int])
    assert_type((items[0].last_error, items[0].retry_at), tuple[str | None, datetime | None])
    assert_type(items[0].is_free(now), bool)
    outbox.acknowledge(items[0].event)  # type: ignore[arg-type]  # the item, or its id
    outbox.release("e-1")  # type: ignore[arg-type]  # what was claimed
    outbox.fail(items[0], retry_at=None)  # type: ignore[call-arg]  # what went wrong?


class Mailer:
    """What a host has to send messages with."""

    def send(self, item: OutboxItem, order: ProductionOrder) -> bool:
        """Sends one; what it returns is nobody's business."""
        return bool(item.event.id and order.id)


def ring(item: OutboxItem) -> None:
    """Too little: a worker gives the order too."""


def check_delivery(store: DeliveryStore, day: date, now: datetime) -> None:
    """A worker takes a function of the host, and a clock."""
    minute = timedelta(minutes=1)
    delivered = deliver_due(store, Mailer().send, as_of=day, now=lambda: now, lease=minute)
    assert_type(delivered, Delivered)
    assert_type(delivered.done, tuple[OutboxItem, ...])
    assert_type((delivered.failed, delivered.given_up)[0], tuple[OutboxItem, ...])
    retry = Backoff(first=minute, factor=1.5, longest=60 * minute, attempts=3)
    assert_type(retry.after(1, now), datetime | None)
    memory = MemoryStore()
    deliver_due(memory, print, as_of=day, now=lambda: now, lease=minute, retry=retry, limit=5)
    deliver_due(memory, ring, as_of=day, now=lambda: now, lease=minute)  # type: ignore[arg-type]
    deliver_due(memory, print, as_of=day, now=now, lease=minute)  # type: ignore[arg-type]  # a clock


def check_reminding(flow: ProductionFlow, order: ProductionOrder, outbox: Outbox) -> None:
    """Reminders are worked out by a flow, and set in an outbox."""
    day = order.ordered_on
    reminders = flow.reminders(order, today=day)
    assert_type(reminders, Reminders)
    assert_type((reminders.order_id, reminders.version, reminders.visit), tuple[str, int, int])
    assert_type(reminders.events, tuple[TriggerEvent, ...])
    assert_type(flow.reminders_all(iter([order]), today=day), tuple[Reminders, ...])
    outbox.set_reminders(reminders, *flow.reminders_all([order], today=day))
    outbox.set_reminders([reminders])  # type: ignore[arg-type]  # not a list of them
    flow.reminders(order)  # type: ignore[call-arg]  # as of which day?


def check_protocols(orders: OrderStore) -> None:
    """What any store gives, as far as the protocols promise."""
    assert_type(orders.get("PO-1"), ProductionOrder)
    assert_type(orders.history("PO-1", after=1, limit=None), Sequence[HistoryEntry])


def check_erasing(orders: OrderStore, day: date) -> None:
    """Erasing and forgetting."""
    orders.erase("PO-1")
    assert_type(orders.forget_commands(before=day), int)
    orders.erase(order_id="PO-1")  # type: ignore[call-arg]  # by position
    orders.forget_commands(day)  # type: ignore[call-arg]  # by name


class Unfinished(OrderStore):
    """A store that has no methods yet."""


def check_rules(orders: OrderStore, outbox: Outbox, change: Change, day: date) -> None:
    """The rules that every store shares."""
    check_next([change], {"PO-1": 2}, erased={"PO-2"})
    assert_type(repeats([change.entry], orders.entries_of("cmd"), erased=["PO-2"]), bool)
    reminders = ProductionFlow().reminders(change.order, today=day)
    emptied, filled = outbox_effect(outbox.pending(as_of=day), change, reminders)
    assert_type(emptied, tuple[tuple[str, str, int | None], ...])
    assert_type(filled, tuple[OutboxItem, ...])
    check_reminders([reminders], {"PO-1": 2}.__getitem__)
    assert_type(check_tenant("North"), str)
    assert_type(lease_bounds(change.entry.at, timedelta(hours=1)), tuple[datetime, datetime])
    check_next(change, {})  # type: ignore[arg-type]  # several changes
    cycle = change.order.cycle
    assert_type(check_edit(cycle, None, {1: cycle}), bool)
    assert_type(check_cycles([cycle], {("prints", 1): cycle}, {}), tuple[StatusCycle, ...])
    check_edit(cycle, None, [cycle])  # type: ignore[arg-type]  # by version
    outbox_effect([day], change)  # type: ignore[list-item]  # items, or rows with their attributes
    Unfinished()  # type: ignore[abstract]  # a checker names the methods that are missing


def check_queries(orders: OrderStore, store: MemoryStore, change: Change, day: date) -> None:
    """What a query finds, counts and reads."""
    query = OrderQuery(status={"lab", "qa"}, user={None, "ann"}, due_by=day, sort="id", limit=10)
    assert_type(orders.find(query), list[ProductionOrder])
    assert_type(query.position(change.order), str)
    assert_type(evolve(query, after=change.order).begins_after, Position | None)
    assert_type(orders.count(query), int)
    assert_type(orders.count(query, by="facts.client")["Lee"], int)
    assert_type(orders.count(query, by=check_by("status")[0]).get("lab"), int | None)
    assert_type(store.count(query, by=("status", "is_open"))["lab", True], int)
    assert_type(Counts({"lab": 2}), Counts[str])
    assert_type(fact_named("facts.client"), str | None)
    assert_type(query.select([change.order], cycles=store.newest()), list[ProductionOrder])
    assert_type(query.matches(change.order, cycles=[change.order.cycle]), bool)
    assert_type(query.count([change.order]), int)
    for order, entries in orders.histories(query):
        assert_type(order, ProductionOrder)
        assert_type(entries, Sequence[HistoryEntry])
    assert_type(folded("Lee") in search_text(change.order), bool)


def check_store_refuses(orders: OrderStore, change: Change) -> None:
    """Each of these is a finding of both checkers."""
    orders.get(order_id="PO-1")  # type: ignore[call-arg]  # by position, so stores may name it
    orders.save([change])  # type: ignore[arg-type]  # the changes, not a list of them
    OrderQuery(limit="10")  # type: ignore[arg-type]  # a number
    OrderQuery(status={None})  # type: ignore[arg-type]  # every order has a status
    OrderQuery(sort="vendor")  # type: ignore[arg-type]  # one of three words
    orders.count(OrderQuery(), by=7)  # type: ignore[call-overload]  # a name
    OrderQuery(is_open=None)  # type: ignore[arg-type]  # every order is open or not
