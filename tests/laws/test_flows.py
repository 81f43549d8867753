"""Laws of proposals, bulk changes and events: decisions D16 to D25."""

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, TypeVar

import pytest
from attrs import NOTHING, evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    Backward,
    BulkRefusedError,
    Change,
    ChangeRefusedError,
    ChangeRules,
    CreateTask,
    DaysFromDue,
    DueDatePolicy,
    Forward,
    MemoryStore,
    Move,
    OrderQuery,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    RuleError,
    SameStatusError,
    Status,
    StatusChanged,
    StatusCycle,
    Trigger,
    WorkingCalendar,
    slug,
)
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing.strategies import (
    History,
    change_rules,
    due_date_policies,
    histories,
    order_dates,
    production_flows,
    production_orders,
    proposals,
    status_cycles,
    working_calendars,
)

T = TypeVar("T")

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
TODAY = date(2027, 6, 1)
CYCLES = status_cycles(min_size=4, max_size=7)
LONG = status_cycles(min_size=8, max_size=11)
QUIET = production_flows(max_size=0)
FLOWS = production_flows(max_size=0, rules=change_rules())
WALKS = histories(cycles=CYCLES, flows=QUIET, min_size=2, max_size=5)
ORDERS = production_orders(cycles=CYCLES, flows=QUIET, max_size=4)
DUE = Trigger("DUE", DaysFromDue(None, -1), CreateTask("Hurry"))
REMINDING = production_flows(min_size=1, max_size=3).map(
    lambda flow: evolve(flow, triggers=[*flow.triggers, DUE])
)
EVENTFUL = histories(cycles=CYCLES, flows=REMINDING, min_size=2, max_size=5)
GIVABLE = ["to", "current_complete", "completed_on", "due_on", "department", "user", "note"]
PROPOSALS = proposals(flows=QUIET, orders=ORDERS)


def outcome(call: Callable[[], T]) -> T | RuleError | str:
    """What a call gives, or the error that refuses it."""
    try:
        return call()
    except RuleError as error:
        return error
    except ValueError as error:
        return str(error)


def keys(order: ProductionOrder) -> st.SearchStrategy[str]:
    """The keys of the order's cycle."""
    return st.sampled_from([status.key for status in order.cycle])


def proposed(data: st.DataObject, flow: ProductionFlow, order: ProductionOrder) -> ProposedChange:
    """Any proposal of a flow for an order."""
    proposal = data.draw(proposals(flows=st.just(flow), orders=st.just(order)))
    case("keywords were given", proposal.given)
    return proposal


@st.composite
def asides(draw: st.DrawFn, *, cancelled: bool) -> tuple[StatusCycle, str]:
    """A cycle, and the key of a status off its path that is cancelled or not."""
    cycle = draw(LONG)
    taken = {status.description.casefold() for status in cycle}
    name = next(name for n in range(len(taken) + 1) if (name := f"aside {n}") not in taken)
    key = slug(name, [status.key for status in cycle])
    aside = Status(key, name, non_standard=True, cancelled=cancelled)
    return cycle.add(aside, draw(st.integers(0, len(cycle)))), key


@st.composite
def holdable(draw: st.DrawFn) -> tuple[ProductionFlow, ProductionOrder, str]:
    """A flow, an open order on its path, and the key of a status to hold it in."""
    cycle, aside = draw(asides(cancelled=False))
    flow = draw(production_flows(cycle=cycle, min_size=2, max_size=4))
    ordered_on, delivery_on = draw(order_dates(delivery_days=st.integers(0, 60)))
    order = flow.open(
        cycle,
        order_id="7",
        ordered_on=ordered_on,
        delivery_on=delivery_on,
        status=draw(st.sampled_from(cycle.path[:-1])).key,
        by="Ada",
        at=AT,
    ).order
    return flow, order, aside


@st.composite
def jumps(draw: st.DrawFn) -> ProposedChange:
    """A proposal from a status of the path or from a hold, mostly to a status of the path."""
    flow, order, aside = draw(holdable())
    today = order.entered_on
    if draw(st.booleans()):
        order = flow.advance(order, today=today, by="Ada", at=AT, to=aside).order
    choices = [*order.cycle.choices(), *order.cycle.path[1:]]
    others = [status.key for status in choices if status != order.status]
    return flow.propose(order, today=today, by="Ada", to=draw(st.sampled_from(others)))


@st.composite
def closed_and_open(draw: st.DrawFn) -> list[ProductionOrder]:
    """One or more closed orders, complete or cancelled, then perhaps open ones; of one type."""
    cycle, cancelled = draw(asides(cancelled=True))
    ends = st.sampled_from([cycle.final.key, cancelled])
    closed = draw(st.lists(ends, min_size=1, max_size=2))
    going = draw(st.lists(st.sampled_from([status.key for status in cycle.path[:-1]]), max_size=2))
    return [
        ProductionFlow()
        .open(cycle, order_id=f"{n}", ordered_on=TODAY, status=status, by="Ada", at=AT)
        .order
        for n, status in enumerate([*closed, *going])
    ]


class TestRevise:
    """`revise` keeps what was given and derives the rest (D16)."""

    @given(FLOWS, ORDERS, st.data())
    def test_revising_with_nothing_is_the_identity(
        self, flow: ProductionFlow, order: ProductionOrder, data: st.DataObject
    ) -> None:
        """A proposal depends only on its flow, its order and what was given."""
        proposal = proposed(data, flow, order)
        assert proposal == flow.revise(proposal)

    @given(FLOWS, ORDERS, st.data())
    def test_revising_the_target_is_proposing_it_with_what_was_given(
        self, flow: ProductionFlow, order: ProductionOrder, data: st.DataObject
    ) -> None:
        """Both give the same, and both refuse the same."""
        proposal = proposed(data, flow, order)
        to = data.draw(keys(order))
        again: dict[str, Any] = {name: getattr(proposal, name) for name in proposal.given}
        again |= {"today": proposal.today, "by": proposal.by, "to": to}
        expected = outcome(partial(flow.propose, order, **again))
        assert expected == outcome(lambda: flow.revise(proposal, to=to))

    @few(2)
    @given(FLOWS, ORDERS, st.data())
    def test_what_is_given_stays(
        self, flow: ProductionFlow, order: ProductionOrder, data: st.DataObject
    ) -> None:
        """It stays in every revision that doesn't name it."""
        proposal = proposed(data, flow, order)
        revised = flow.revise(proposal, note="seen", by="Somebody else")
        assert proposal.given | {"note"} == revised.given
        for name in proposal.given - {"note"}:
            assert getattr(proposal, name) == getattr(revised, name)

    @few(2)
    @given(FLOWS, ORDERS, st.data())
    def test_taking_everything_back_is_proposing_again(
        self, flow: ProductionFlow, order: ProductionOrder, data: st.DataObject
    ) -> None:
        """NOTHING takes back a keyword that was given."""
        proposal = proposed(data, flow, order)
        expected = outcome(lambda: flow.propose(order, today=proposal.today, by=proposal.by))
        nothing: dict[str, Any] = dict.fromkeys(GIVABLE, NOTHING)
        assert expected == outcome(lambda: flow.revise(proposal, **nothing))

    @given(PROPOSALS)
    def test_a_date_is_manual_where_it_was_given_and_differs(
        self, proposal: ProposedChange
    ) -> None:
        """It is also manual where it was before a hold (D15, D18)."""
        case("the date is manual", proposal.due_on_is_manual)
        differs = proposal.due_on != proposal.calculated_due_on
        if proposal.move is not Move.RESUME or "due_on" in proposal.given:
            assert differs == proposal.due_on_is_manual
        assert proposal.due_on_is_manual or not differs


class TestMove:
    """The move is the first that fits; SKIP and RESUME name what they pass over (D17)."""

    @given(PROPOSALS | jumps())
    def test_the_move_is_the_first_that_fits(self, proposal: ProposedChange) -> None:
        """It depends on what the two statuses are and where they are in the list."""
        case("the order steps aside or resumes", proposal.move in {Move.ASIDE, Move.RESUME})
        order, path = proposal.order, proposal.order.cycle.path
        if not order.is_open:
            expected = {Move.ASIDE} if proposal.to.closes else {Move.REOPEN}
        elif proposal.to not in path:
            expected = {Move.ASIDE}
        elif order.status not in path:
            expected = {Move.RESUME}
        else:
            step = path.index(proposal.to) - path.index(order.status)
            expected = {Move.NEXT} if step == 1 else {Move.SKIP} if step > 1 else {Move.BACK}
        assert expected == {proposal.move}

    @given(jumps())
    def test_what_is_passed_over_lies_between(self, proposal: ProposedChange) -> None:
        """It is every status of the path that was still to come before the target."""
        case("statuses are passed over", proposal.skipped)
        order, path = proposal.order, proposal.order.cycle.path
        if proposal.move is Move.SKIP:
            first = path.index(order.status) + 1
        elif proposal.move is Move.RESUME and order.resumes_in is not None:
            first = path.index(order.cycle[order.resumes_in])
        else:
            assert proposal.skipped == ()
            return
        assert proposal.skipped == path[first : path.index(proposal.to)]


class TestHold:
    """A hold keeps what was agreed, and the order resumes where it was (D18, D25)."""

    @given(holdable())
    def test_a_hold_gives_back_what_was_agreed(
        self, held: tuple[ProductionFlow, ProductionOrder, str]
    ) -> None:
        """The shipped law."""
        laws.a_hold_gives_back_what_was_agreed(*held)

    @given(holdable())
    def test_a_completed_aside_goes_on(
        self, held: tuple[ProductionFlow, ProductionOrder, str]
    ) -> None:
        """The shipped law."""
        laws.a_completed_aside_goes_on(*held)

    @given(holdable())
    def test_a_return_from_hold_enters_nothing(
        self, held: tuple[ProductionFlow, ProductionOrder, str]
    ) -> None:
        """The shipped law."""
        laws.a_return_from_hold_enters_nothing(*held)

    @few(2)
    @given(WALKS, st.data())
    def test_coming_back_restores_what_was_agreed(
        self, history: History, data: st.DataObject
    ) -> None:
        """After any history the department, the user and a manual due date are restored."""
        order = history.order
        off_path = [status.key for status in order.cycle.non_standard if not status.cancelled]
        can_hold = order.is_open and order.resumes_in is None and bool(off_path)
        case("the order was held", can_hold)
        if not can_hold:
            return
        held = history.flow.advance(
            order,
            today=TODAY,
            by="Ada",
            at=AT,
            to=data.draw(st.sampled_from(off_path)),
            current_complete=False,
            department="Somewhere",
            user=None,
        ).order
        back = history.flow.advance(held, today=TODAY, by="Ada", at=AT).order
        assert order.status == back.status
        assert (order.department, order.user) == (back.department, back.user)
        if order.due_on_is_manual:
            assert (order.due_on, True) == (back.due_on, back.due_on_is_manual)
        else:
            assert back.due_on == back.calculated_due_on


class TestPath:
    """What is skipped still counts, what goes back is not complete, what is closed stays so."""

    @given(holdable(), st.sampled_from([Forward, Backward]), working_calendars())
    def test_a_jump_keeps_the_date_of_the_plan(
        self,
        held: tuple[ProductionFlow, ProductionOrder, str],
        kind: type[Forward | Backward],
        calendar: WorkingCalendar,
    ) -> None:
        """The shipped law."""
        flow, order, _ = held
        flow = evolve(flow, due_dates=kind(calendar))
        laws.a_jump_keeps_the_date_of_the_plan(flow, order, order.ordered_on)

    @given(holdable())
    def test_going_back_completes_nothing(
        self, held: tuple[ProductionFlow, ProductionOrder, str]
    ) -> None:
        """The shipped law."""
        flow, order, _ = held
        if not order.status.initial:
            laws.going_back_completes_nothing(flow, order, order.cycle.initial.key)

    @given(closed_and_open(), QUIET)
    def test_a_closed_order_does_not_advance(
        self, orders: list[ProductionOrder], flow: ProductionFlow
    ) -> None:
        """The shipped law."""
        laws.a_closed_order_does_not_advance(flow, orders[0])

    @given(closed_and_open(), QUIET)
    def test_a_refused_bulk_names_every_order(
        self, orders: list[ProductionOrder], flow: ProductionFlow
    ) -> None:
        """The shipped law."""
        laws.a_refused_bulk_names_every_order(flow, orders)


class TestChoices:
    """`choices` gives every active status, its move and the reasons against it (D24)."""

    @few(2)
    @given(FLOWS, ORDERS)
    def test_choices_agree_with_propose(self, flow: ProductionFlow, order: ProductionOrder) -> None:
        """A choice has the reasons that a proposal to its status has."""
        choices = flow.choices(order, today=TODAY, by="Ada")
        case("a move has reasons against it", any(c.move and c.reasons for c in choices))
        assert order.cycle.choices() == tuple(choice.status for choice in choices)
        for choice in choices:
            key = choice.status.key
            result = outcome(partial(flow.propose, order, today=TODAY, by="Ada", to=key))
            if isinstance(result, ProposedChange):
                assert (result.move, result.refusals) == (choice.move, choice.reasons)
            else:
                assert (str(result),) == choice.reasons
                assert isinstance(result, SameStatusError) == (choice.move is None)

    @few(2)
    @given(FLOWS, ORDERS)
    def test_accept_refuses_what_has_reasons_against_it(
        self, flow: ProductionFlow, order: ProductionOrder
    ) -> None:
        """The error has all of the reasons."""
        choices = flow.choices(order, today=TODAY, by="Ada")
        case("a move has reasons against it", any(c.move and c.reasons for c in choices))
        for choice in choices:
            key = choice.status.key
            result = outcome(partial(flow.advance, order, today=TODAY, by="Ada", at=AT, to=key))
            if isinstance(result, ChangeRefusedError):
                assert choice.reasons == result.reasons
            else:
                assert isinstance(result, Change) == (choice.reasons == ())


@st.composite
def bulks(draw: st.DrawFn) -> tuple[ProductionFlow, list[ProductionOrder]]:
    """A flow, and orders of one type that it may change together; half the time all are open."""
    orders = draw(
        st.lists(
            production_orders(cycles=st.just(draw(CYCLES)), flows=QUIET, max_size=2),
            min_size=1,
            max_size=4,
            unique_by=lambda order: order.id,
        )
    )
    still_open = [order for order in orders if order.is_open]
    chosen = (still_open or orders) if draw(st.booleans()) else orders
    return draw(FLOWS), chosen


def one_by_one(
    orders: list[ProductionOrder], change: Callable[[ProductionOrder], Change | None]
) -> tuple[Change, ...] | RuleError | str:
    """What a bulk must give: all changes, or an error with every refusal."""
    outcomes = {order.id: outcome(partial(change, order)) for order in orders}
    refusals = {key: error for key, error in outcomes.items() if isinstance(error, RuleError)}
    case("the bulk changes several orders", len(orders) > 1 and not refusals)
    if refusals:
        return BulkRefusedError(refusals)
    return tuple(change for change in outcomes.values() if isinstance(change, Change))


Bulk = tuple[ProductionFlow, list[ProductionOrder]]


class TestBulk:
    """A bulk of n orders equals n single changes, all or none (D23)."""

    @few(2)
    @given(bulks())
    def test_a_bulk_equals_its_singles(self, bulk: Bulk) -> None:
        """The shipped law, for orders that can advance."""
        flow = evolve(bulk[0], rules=ChangeRules(), due_dates=Forward())
        orders = [order for order in bulk[1] if order.is_open]
        if orders:
            laws.bulk_equals_singles(flow, orders)

    @few(2)
    @given(bulks(), st.booleans())
    def test_advance_all_is_advancing_each(self, bulk: Bulk, to_final: bool) -> None:
        """All go to their next status, or to the same one."""
        flow, orders = bulk
        to = orders[0].cycle.final.key if to_final else None
        expected = one_by_one(
            orders, lambda order: flow.advance(order, today=TODAY, by="Ada", at=AT, to=to)
        )
        case("the bulk is refused", isinstance(expected, BulkRefusedError))
        assert expected == outcome(
            lambda: flow.advance_all(orders, today=TODAY, by="Ada", at=AT, to=to)
        )

    @few(2)
    @given(bulks(), st.none() | st.just(TODAY))
    def test_amend_all_is_amending_each(self, bulk: Bulk, delivery_on: date | None) -> None:
        """Each order gets the same amendment."""
        flow, orders = bulk
        expected = one_by_one(
            orders, lambda order: flow.amend(order, by="Ada", at=AT, delivery_on=delivery_on)
        )
        assert expected == outcome(
            lambda: flow.amend_all(orders, by="Ada", at=AT, delivery_on=delivery_on)
        )

    @few(2)
    @given(bulks(), due_date_policies())
    def test_replan_all_is_replanning_each(self, bulk: Bulk, policy: DueDatePolicy) -> None:
        """Orders that don't change are left out."""
        flow, orders = evolve(bulk[0], due_dates=policy), bulk[1]
        expected = one_by_one(orders, lambda order: flow.replan(order, by="Ada", at=AT))
        assert expected == outcome(lambda: flow.replan_all(orders, by="Ada", at=AT))

    @few(2)
    @given(bulks(), st.data())
    def test_migrate_all_is_migrating_each(self, bulk: Bulk, data: st.DataObject) -> None:
        """The new version may lack the status of some orders."""
        flow, orders = bulk
        old = orders[0].cycle
        between = [status.key for status in old if not (status.initial or status.final)]
        present = [order.status.key for order in orders if order.status.key in between]
        gone = data.draw(st.sampled_from([*between, *present]))
        cycle = evolve(old.remove(gone), version=100)
        expected = one_by_one(orders, lambda order: flow.migrate(order, cycle, by="Ada", at=AT))
        case("the bulk is refused", isinstance(expected, BulkRefusedError))
        assert expected == outcome(lambda: flow.migrate_all(orders, cycle, by="Ada", at=AT))

    @few(2)
    @given(bulks())
    def test_a_proposed_bulk_is_each_proposed(self, bulk: Bulk) -> None:
        """It has the orders that can go, and the refusals of the others."""
        flow, orders = bulk
        proposed = flow.propose_all(orders, today=TODAY, by="Ada")
        singles = {o.id: outcome(partial(flow.propose, o, today=TODAY, by="Ada")) for o in orders}
        allowed = [
            proposal
            for proposal in singles.values()
            if isinstance(proposal, ProposedChange) and not proposal.refusals
        ]
        case("some orders can go, others can't", 0 < len(allowed) < len(orders))
        assert allowed == list(proposed)
        assert {order.id for order in orders} == {p.order.id for p in allowed} | set(
            proposed.refusals
        )
        assert len(orders) == len(proposed) + len(proposed.refusals)
        assert flow.accept_all(proposed.without_refused(), at=AT) == tuple(
            flow.accept(proposal, at=AT) for proposal in allowed
        )

    @few(2)
    @given(status_cycles(), production_flows(max_size=2), st.integers(2, 4), st.data())
    def test_a_refused_bulk_leaves_all_unchanged(
        self, cycle: StatusCycle, flow: ProductionFlow, count: int, data: st.DataObject
    ) -> None:
        """With one closed order among them nothing is saved and no order changes."""
        store = MemoryStore()
        closed = data.draw(st.integers(0, count - 1))
        for n in range(count):
            store.save(
                flow.open(
                    cycle,
                    order_id=str(n),
                    ordered_on=TODAY,
                    delivery_on=TODAY,
                    status=cycle.final.key if n == closed else None,
                    by="Ada",
                    at=AT,
                )
            )
        before = store.find(OrderQuery())
        frozen = pickle.dumps(before)
        pending = store.pending(as_of=date.max)
        case("events are pending", pending)
        with pytest.raises(BulkRefusedError) as caught:
            store.save(*flow.advance_all(before, today=TODAY, by="Ada", at=AT))
        assert {str(closed)} == set(caught.value.refusals)
        assert pickle.loads(frozen) == before == store.find(OrderQuery())
        assert pending == store.pending(as_of=date.max)


class TestEvents:
    """Events are data, and their ids depend only on the change (D25, D26)."""

    @given(production_flows(min_size=1), ORDERS, st.data())
    def test_a_change_made_again_has_the_same_events(
        self, flow: ProductionFlow, order: ProductionOrder, data: st.DataObject
    ) -> None:
        """Even in another process, at another time, recorded by somebody else."""
        proposal = proposed(data, flow, order)
        change = flow.accept(proposal, at=AT)
        case("the change has events", change.events)
        again, repeated = pickle.loads(pickle.dumps((flow, proposal)))
        assert change == flow.accept(proposal, at=AT)
        assert change.events == again.accept(repeated, at=LATER, recorded_by="Zoë").events

    @given(holdable())
    def test_a_change_made_again_gives_the_same_events(
        self, held: tuple[ProductionFlow, ProductionOrder, str]
    ) -> None:
        """The shipped law."""
        flow, order, _ = held
        laws.a_change_made_again_gives_the_same_events(flow, order)

    @few(2)
    @given(EVENTFUL)
    def test_a_slot_has_one_event_in_a_change(self, history: History) -> None:
        """The shipped law, for every change of a history."""
        for change in history.changes:
            laws.a_change_fills_each_slot_once(change)

    @few(2)
    @given(EVENTFUL)
    def test_events_belong_to_the_visit_after_the_change(self, history: History) -> None:
        """An immediate event fires on the first day of the visit."""
        events = [event for change in history.changes for event in change.events]
        case("an event is immediate", any(not event.dated for event in events))
        for change in history.changes:
            for event in change.events:
                assert (change.order.id, change.order.visit) == (event.order_id, event.visit)
                assert event.dated or event.fire_on == change.order.entered_on

    @few(2)
    @given(EVENTFUL, st.dates(TODAY))
    def test_the_id_does_not_change_with_the_date(self, history: History, due_on: date) -> None:
        """Within a visit, a reminder that moves or is withdrawn stays the same reminder."""
        ids: dict[tuple[object, ...], str] = {}
        last = history.flow.amend(history.order, due_on=due_on, by="Ada", at=AT)
        for change in [*history.changes, last]:
            for event in change.events:
                key = (event.slot, change.order.status.key)
                case("a reminder came twice", key in ids)
                assert event.id == ids.setdefault(key, event.id)


@given(WALKS)
def test_accepting_is_applying(history: History) -> None:
    """`change.order == order.apply(change.entry)` for every status change."""
    order = history.order
    for status in order.cycle.choices():
        if status.key != order.status.key:
            change = outcome(
                partial(history.flow.advance, order, today=TODAY, by="Ada", at=AT, to=status.key)
            )
            if isinstance(change, Change):
                assert isinstance(change.entry, StatusChanged)
                case("the order resumes", change.entry.move is Move.RESUME)
                assert change.order == order.apply(change.entry)
