"""Laws of proposals, bulk changes and events: decisions D16 to D25."""

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, TypeVar

import pytest
from attrs import NOTHING, evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from prodflow import (
    BulkRefusedError,
    Change,
    ChangeRefusedError,
    DueDatePolicy,
    MemoryStore,
    Move,
    OrderQuery,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    RuleError,
    SameStatusError,
    StatusChanged,
    StatusCycle,
)
from prodflow.testing.strategies import (
    History,
    change_rules,
    due_date_policies,
    histories,
    production_flows,
    production_orders,
    proposals,
    status_cycles,
)

T = TypeVar("T")

few = settings(max_examples=settings().max_examples // 2)  # each example is several walks
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
TODAY = date(2027, 6, 1)
CYCLES = status_cycles(min_size=4, max_size=7)
QUIET = production_flows(max_size=0)
FLOWS = production_flows(max_size=0, rules=change_rules())
WALKS = histories(cycles=CYCLES, flows=QUIET, min_size=2, max_size=5)
ORDERS = production_orders(cycles=CYCLES, flows=QUIET, max_size=4)
EVENTFUL = histories(cycles=CYCLES, min_size=2, max_size=5)
PROPOSALS = proposals(flows=QUIET, orders=ORDERS)


def outcome(call: Callable[[], T]) -> T | RuleError | str:
    """What a call gives, or why it does not."""
    try:
        return call()
    except RuleError as error:
        return error
    except ValueError as error:
        return str(error)


def keys(order: ProductionOrder) -> st.SearchStrategy[str]:
    """The keys of the order's cycle."""
    return st.sampled_from([status.key for status in order.cycle])


class TestRevise:
    """`revise` keeps what was given and derives the rest anew (D16)."""

    @given(FLOWS, ORDERS, st.data())
    def test_revising_with_nothing_is_the_identity(
        self, flow: ProductionFlow, order: ProductionOrder, data: st.DataObject
    ) -> None:
        """Under the same flow a proposal is a function of what was given."""
        proposal = data.draw(proposals(flows=st.just(flow), orders=st.just(order)))
        assert proposal == flow.revise(proposal)

    @given(FLOWS, ORDERS, st.data())
    def test_revising_the_target_is_proposing_it_with_what_was_given(
        self, flow: ProductionFlow, order: ProductionOrder, data: st.DataObject
    ) -> None:
        """Also where that is refused."""
        proposal = data.draw(proposals(flows=st.just(flow), orders=st.just(order)))
        to = data.draw(keys(order))
        again: dict[str, Any] = {name: getattr(proposal, name) for name in proposal.given}
        again |= {"today": proposal.today, "by": proposal.by, "to": to}
        expected = outcome(partial(flow.propose, order, **again))
        assert expected == outcome(lambda: flow.revise(proposal, to=to))

    @few
    @given(FLOWS, ORDERS, st.data())
    def test_what_is_given_stays(
        self, flow: ProductionFlow, order: ProductionOrder, data: st.DataObject
    ) -> None:
        """In any revision that does not name it."""
        proposal = data.draw(proposals(flows=st.just(flow), orders=st.just(order)))
        revised = flow.revise(proposal, note="seen", by="Somebody else")
        assert proposal.given | {"note"} == revised.given
        for name in proposal.given - {"note"}:
            assert getattr(proposal, name) == getattr(revised, name)

    @few
    @given(FLOWS, ORDERS, st.data())
    def test_letting_go_of_all_is_proposing_anew(
        self, flow: ProductionFlow, order: ProductionOrder, data: st.DataObject
    ) -> None:
        """NOTHING lets go of a keyword that was given."""
        proposal = data.draw(proposals(flows=st.just(flow), orders=st.just(order)))
        expected = outcome(lambda: flow.propose(order, today=proposal.today, by=proposal.by))
        nothing = outcome(
            lambda: flow.revise(
                proposal,
                to=NOTHING,
                current_complete=NOTHING,
                completed_on=NOTHING,
                due_on=NOTHING,
                department=NOTHING,
                user=NOTHING,
                note=NOTHING,
            )
        )
        assert expected == nothing

    @given(PROPOSALS)
    def test_a_date_is_manual_where_it_was_given_and_differs(
        self, proposal: ProposedChange
    ) -> None:
        """Or where it was agreed on before a hold (D15, D18)."""
        differs = proposal.due_on != proposal.calculated_due_on
        if proposal.move is not Move.RESUME or "due_on" in proposal.given:
            assert differs == proposal.due_on_is_manual
        assert proposal.due_on_is_manual or not differs


class TestMove:
    """The move is the first that fits; SKIP and RESUME name what they pass over (D17)."""

    @given(PROPOSALS)
    def test_the_move_is_the_first_that_fits(self, proposal: ProposedChange) -> None:
        """By what the statuses are and where they stand."""
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

    @given(PROPOSALS)
    def test_what_is_passed_over_lies_between(self, proposal: ProposedChange) -> None:
        """Every status of the path before the target that the order was still to reach."""
        order, path = proposal.order, proposal.order.cycle.path
        if proposal.move is Move.SKIP:
            first = path.index(order.status) + 1
        elif proposal.move is Move.RESUME and order.resumes_in is not None:
            first = path.index(order.cycle[order.resumes_in])
        else:
            assert proposal.skipped == ()
            return
        assert proposal.skipped == path[first : path.index(proposal.to)]

    @few
    @given(WALKS, st.data())
    def test_coming_back_restores_what_was_agreed(
        self, history: History, data: st.DataObject
    ) -> None:
        """A hold keeps the due date set by hand, the department and the user (D18)."""
        order = history.order
        off_path = [status.key for status in order.cycle.non_standard if not status.cancelled]
        if not order.is_open or order.resumes_in is not None or not off_path:
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


class TestChoices:
    """`choices` gives every active status with its move and the reasons against it (D24)."""

    @few
    @given(FLOWS, ORDERS)
    def test_choices_agree_with_propose(self, flow: ProductionFlow, order: ProductionOrder) -> None:
        """A choice without reasons can be proposed and accepted, one with reasons cannot."""
        found = flow.choices(order, today=TODAY, by="Ada")
        assert order.cycle.choices() == tuple(choice.status for choice in found)
        for choice in found:
            key = choice.status.key
            result = outcome(partial(flow.propose, order, today=TODAY, by="Ada", to=key))
            if isinstance(result, ProposedChange):
                assert (result.move, result.refusals) == (choice.move, choice.reasons)
            else:
                assert (str(result),) == choice.reasons
                assert isinstance(result, SameStatusError) == (choice.move is None)

    @few
    @given(FLOWS, ORDERS)
    def test_accept_refuses_what_has_reasons_against_it(
        self, flow: ProductionFlow, order: ProductionOrder
    ) -> None:
        """With all of them."""
        for choice in flow.choices(order, today=TODAY, by="Ada"):
            key = choice.status.key
            result = outcome(partial(flow.advance, order, today=TODAY, by="Ada", at=AT, to=key))
            if isinstance(result, ChangeRefusedError):
                assert choice.reasons == result.reasons
            else:
                assert isinstance(result, Change) == (choice.reasons == ())


def bulks() -> st.SearchStrategy[tuple[ProductionFlow, list[ProductionOrder]]]:
    """A flow, and orders of one type that it may change together."""
    return st.tuples(CYCLES, FLOWS).flatmap(
        lambda pair: st.tuples(
            st.just(pair[1]),
            st.lists(
                production_orders(cycles=st.just(pair[0]), flows=QUIET, max_size=3),
                min_size=1,
                max_size=3,
                unique_by=lambda order: order.id,
            ),
        )
    )


def one_by_one(
    orders: list[ProductionOrder], change: Callable[[ProductionOrder], Change | None]
) -> tuple[Change, ...] | RuleError | str:
    """What a bulk must give: the changes of all, or the refusals of all that are refused."""
    found = {order.id: outcome(partial(change, order)) for order in orders}
    refusals = {key: error for key, error in found.items() if isinstance(error, RuleError)}
    if refusals:
        return BulkRefusedError(refusals)
    return tuple(change for change in found.values() if isinstance(change, Change))


Bulk = tuple[ProductionFlow, list[ProductionOrder]]


class TestBulk:
    """A bulk of n equals n singles, all or none (D23)."""

    @few
    @given(bulks(), st.booleans())
    def test_advance_all_is_advancing_each(self, bulk: Bulk, to_final: bool) -> None:
        """To the next status or to one that is named for all."""
        flow, orders = bulk
        to = orders[0].cycle.final.key if to_final else None
        expected = one_by_one(
            orders, lambda order: flow.advance(order, today=TODAY, by="Ada", at=AT, to=to)
        )
        assert expected == outcome(
            lambda: flow.advance_all(orders, today=TODAY, by="Ada", at=AT, to=to)
        )

    @few
    @given(bulks(), st.none() | st.just(TODAY))
    def test_amend_all_is_amending_each(self, bulk: Bulk, delivery_on: date | None) -> None:
        """With the same amendment."""
        flow, orders = bulk
        expected = one_by_one(
            orders, lambda order: flow.amend(order, by="Ada", at=AT, delivery_on=delivery_on)
        )
        assert expected == outcome(
            lambda: flow.amend_all(orders, by="Ada", at=AT, delivery_on=delivery_on)
        )

    @few
    @given(bulks(), due_date_policies())
    def test_replan_all_is_replanning_each(self, bulk: Bulk, policy: DueDatePolicy) -> None:
        """Leaving out those that do not change."""
        flow, orders = evolve(bulk[0], due_dates=policy), bulk[1]
        expected = one_by_one(orders, lambda order: flow.replan(order, by="Ada", at=AT))
        assert expected == outcome(lambda: flow.replan_all(orders, by="Ada", at=AT))

    @few
    @given(bulks(), st.data())
    def test_migrate_all_is_migrating_each(self, bulk: Bulk, data: st.DataObject) -> None:
        """To a version that may have no place for some."""
        flow, orders = bulk
        old = orders[0].cycle
        gone = data.draw(st.sampled_from([s.key for s in old if not (s.initial or s.final)]))
        cycle = evolve(old.remove(gone), version=100)
        expected = one_by_one(orders, lambda order: flow.migrate(order, cycle, by="Ada", at=AT))
        assert expected == outcome(lambda: flow.migrate_all(orders, cycle, by="Ada", at=AT))

    @few
    @given(bulks())
    def test_a_proposed_bulk_is_each_proposed(self, bulk: Bulk) -> None:
        """Those that can go, and why the others cannot."""
        flow, orders = bulk
        proposed = flow.propose_all(orders, today=TODAY, by="Ada")
        singles = {o.id: outcome(partial(flow.propose, o, today=TODAY, by="Ada")) for o in orders}
        allowed = [
            proposal
            for proposal in singles.values()
            if isinstance(proposal, ProposedChange) and not proposal.refusals
        ]
        assert allowed == list(proposed)
        assert {order.id for order in orders} == {p.order.id for p in allowed} | set(
            proposed.refusals
        )
        assert len(orders) == len(proposed) + len(proposed.refusals)
        assert flow.accept_all(proposed.without_refused(), at=AT) == tuple(
            flow.accept(proposal, at=AT) for proposal in allowed
        )

    @few
    @given(status_cycles(), production_flows(max_size=2), st.integers(2, 4), st.data())
    def test_a_refused_bulk_leaves_all_unchanged(
        self, cycle: StatusCycle, flow: ProductionFlow, count: int, data: st.DataObject
    ) -> None:
        """One closed order among others: nothing is saved, and no order is another than before."""
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
        with pytest.raises(BulkRefusedError) as caught:
            store.save(*flow.advance_all(before, today=TODAY, by="Ada", at=AT))
        assert {str(closed)} == set(caught.value.refusals)
        assert pickle.loads(frozen) == before == store.find(OrderQuery())
        assert pending == store.pending(as_of=date.max)


class TestEvents:
    """Events are data: their ids are a pure function of the change (D25, D26)."""

    @given(production_flows(min_size=1), ORDERS, st.data())
    def test_a_change_made_again_has_the_same_events(
        self, flow: ProductionFlow, order: ProductionOrder, data: st.DataObject
    ) -> None:
        """By another process, at another time, recorded by somebody else."""
        proposal = data.draw(proposals(flows=st.just(flow), orders=st.just(order)))
        change = flow.accept(proposal, at=AT)
        again, repeated = pickle.loads(pickle.dumps((flow, proposal)))
        assert change == flow.accept(proposal, at=AT)
        assert change.events == again.accept(repeated, at=LATER, recorded_by="Zoë").events

    @few
    @given(EVENTFUL)
    def test_a_slot_has_one_event_in_a_change(self, history: History) -> None:
        """And different slots have different ids."""
        for change in history.changes:
            slots = [event.slot for event in change.events]
            assert len(slots) == len(set(slots))
            assert len(slots) == len({event.id for event in change.events})

    @few
    @given(EVENTFUL)
    def test_events_belong_to_the_visit_after_the_change(self, history: History) -> None:
        """Those that are immediate are for its first day."""
        for change in history.changes:
            for event in change.events:
                assert (change.order.id, change.order.visit) == (event.order_id, event.visit)
                assert event.dated or event.fire_on == change.order.entered_on

    @few
    @given(EVENTFUL)
    def test_the_id_does_not_change_with_the_date(self, history: History) -> None:
        """A reminder that is moved or withdrawn is the same reminder, in the same visit."""
        ids: dict[tuple[object, ...], str] = {}
        for change in history.changes:
            for event in change.events:
                key = (event.slot, change.order.status.key)
                assert event.id == ids.setdefault(key, event.id)


@given(WALKS)
def test_accepting_is_applying(history: History) -> None:
    """`change.order == order.apply(change.entry)` for whatever an order is changed by."""
    order = history.order
    for status in order.cycle.choices():
        if status.key != order.status.key:
            change = outcome(
                partial(history.flow.advance, order, today=TODAY, by="Ada", at=AT, to=status.key)
            )
            if isinstance(change, Change):
                assert isinstance(change.entry, StatusChanged)
                assert change.order == order.apply(change.entry)
