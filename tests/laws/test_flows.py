"""Laws of proposals, bulk changes and events: decisions D16 to D25."""

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

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
    ChangeUndone,
    CompletionDateError,
    CreateTask,
    DaysFromDue,
    DaysInStatus,
    DueDatePolicy,
    Forward,
    MemoryStore,
    MissingDeliveryDateError,
    Move,
    Opening,
    OrderMovedError,
    OrderQuery,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    RuleError,
    Status,
    StatusChanged,
    StatusCycle,
    StatusMovedError,
    Trigger,
    WorkingCalendar,
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

from ._orders import OnPath, cycles_with_asides, orders_on_hold, orders_on_the_path

T = TypeVar("T")

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
TODAY = date(2027, 6, 1)
LISBON, LORD_HOWE = ZoneInfo("Europe/Lisbon"), ZoneInfo("Australia/Lord_Howe")
# Often in the hour that comes twice; the second one has a summer time of half an hour.
WALLS = st.one_of(
    st.sampled_from(
        [(datetime(2026, 10, 25, 1, 30), LISBON), (datetime(2026, 4, 5, 1, 45), LORD_HOWE)]  # noqa: DTZ001 - on a wall
    ),
    st.tuples(
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - on a wall
        st.sampled_from(
            [LISBON, LORD_HOWE, ZoneInfo("Pacific/Kiritimati"), timezone(timedelta(hours=-12)), UTC]
        ),
    ),
)
CYCLES = status_cycles(min_size=4, max_size=7)
LONG = status_cycles(min_size=8, max_size=11)
QUIET = production_flows(max_size=0)
FLOWS = production_flows(max_size=0, rules=change_rules())
WALKS = histories(cycles=cycles_with_asides(), flows=QUIET, min_size=2, max_size=6)
ORDERS = production_orders(cycles=cycles_with_asides(), flows=QUIET, max_size=6)
DUE = Trigger("DUE", DaysFromDue(None, -1), CreateTask("Hurry"))
STAY = Trigger("STAY", DaysInStatus(None, 3), CreateTask("Ask"))
REMINDING = production_flows(min_size=1, max_size=3).map(
    lambda flow: evolve(flow, triggers=[*flow.triggers, DUE, STAY])
)
EVENTFUL = histories(cycles=CYCLES, flows=REMINDING, min_size=2, max_size=5)
GIVABLE = [
    *("to", "current_complete", "completed_on", "due_on", "department", "user"),
    *("facts", "reason", "note"),
]
PROPOSALS = proposals(flows=QUIET, orders=ORDERS)


def outcome(call: Callable[[], T]) -> T | RuleError | str:
    """What a call gives, or the error that refuses it."""
    try:
        return call()
    except RuleError as error:
        return error
    except ValueError as error:
        return str(error)


def is_twice(at: datetime) -> bool:
    """Whether the hour on the wall comes twice on that day."""
    return at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()


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
    # No drawn key has these letters, and no drawn description this sign.
    aside = Status("ASIDE", "Aside ★", non_standard=True, cancelled=cancelled)
    return cycle.add(aside, draw(st.integers(0, len(cycle)))), aside.key


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
        again |= {"recorded_by": proposal.recorded_by, "roles": proposal.roles}
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
        who: dict[str, Any] = {"by": proposal.by, "recorded_by": proposal.recorded_by}
        who["roles"] = proposal.roles
        expected = outcome(lambda: flow.propose(order, today=proposal.today, **who))
        nothing: dict[str, Any] = dict.fromkeys(GIVABLE, NOTHING)
        assert expected == outcome(lambda: flow.revise(proposal, **nothing))

    @given(PROPOSALS)
    def test_a_date_is_manual_where_it_was_given_and_differs(
        self, proposal: ProposedChange
    ) -> None:
        """It is also manual where it was before a hold (D15, D18)."""
        case("the date is manual", proposal.due_on_is_manual)
        differs = proposal.due_on != proposal.calculated_due_on
        if proposal.resumed_on is None or "due_on" in proposal.given:
            assert differs == proposal.due_on_is_manual
        assert proposal.due_on_is_manual or not differs


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
    """`choices` gives every active status, its move and what is against it (D24)."""

    @few(2)
    @given(FLOWS, ORDERS)
    def test_choices_are_the_active_statuses(
        self, flow: ProductionFlow, order: ProductionOrder
    ) -> None:
        """In list order; where the order is, and nowhere else, there is no move."""
        choices = flow.choices(order, today=TODAY, by="Ada")
        case("the rules are against a choice", any(c.move and c.refusals for c in choices))
        assert order.cycle.choices() == tuple(choice.status for choice in choices)
        for choice in choices:
            assert (choice.move is None) == (choice.status == order.status)

    @few(2)
    @given(FLOWS, ORDERS)
    def test_accept_refuses_what_something_is_against(
        self, flow: ProductionFlow, order: ProductionOrder
    ) -> None:
        """The error has all refusals, among them the note that is needed."""
        choices = flow.choices(order, today=TODAY, by="Ada")
        case("the rules are against a choice", any(c.move and c.refusals for c in choices))
        for choice in choices:
            key = choice.status.key
            result = outcome(partial(flow.advance, order, today=TODAY, by="Ada", at=AT, to=key))
            if isinstance(result, ChangeRefusedError):
                codes = [refusal.code for refusal in (*choice.refusals, *result.refusals)]
                assert set(codes) == {r.code for r in choice.refusals} | set(choice.needs)
            elif isinstance(result, RuleError):
                assert [refusal.code for refusal in choice.refusals] == [result.code]
            else:
                assert (choice.refusals, choice.needs) == ((), ())


class TestWindow:
    """Every default of the window can be sent back, and a completion lies in its visit (D20)."""

    @few(2)
    @given(orders_on_the_path() | orders_on_hold(), st.integers(-9, 9))
    def test_a_window_sent_back_unchanged_is_accepted(self, drawn: OnPath, days: int) -> None:
        """The shipped law."""
        flow, order = drawn.flow, drawn.order
        case("the order is on hold", order.held)
        today = order.begun_on + timedelta(days)
        laws.a_window_sent_back_unchanged_is_accepted(flow, order, today)

    @few(2)
    @given(QUIET, ORDERS)
    def test_going_on_completes_and_pausing_does_not(
        self, flow: ProductionFlow, order: ProductionOrder
    ) -> None:
        """The shipped law."""
        laws.going_on_completes_and_pausing_does_not(flow, order)

    @given(QUIET, ORDERS, st.integers(-3, 9), st.integers(-5, 12))
    def test_a_completion_lies_within_its_visit(
        self, flow: ProductionFlow, order: ProductionOrder, days: int, later: int
    ) -> None:
        """From the day the visit began or was resumed to today, or to that day if it's later."""
        today, day = order.begun_on + timedelta(days), order.begun_on + timedelta(later)
        target = next(status.key for status in order.cycle.path if status != order.status)
        found = outcome(
            lambda: flow.propose(order, today=today, by="Ada", to=target, completed_on=day)
        )
        is_within = order.is_open and order.begun_on <= day <= max(today, order.begun_on)
        case("the day is within the visit", is_within)
        if isinstance(found, ProposedChange):
            assert is_within
            assert (found.completed_on, found.resumed_on or found.entered_on) == (day, day)
        elif not isinstance(found, MissingDeliveryDateError):
            assert not is_within
            assert isinstance(found, CompletionDateError)

    @given(QUIET, ORDERS, st.integers(-3, 9), st.booleans())
    def test_a_date_of_completion_and_the_box_let_go_of_each_other(
        self, flow: ProductionFlow, order: ProductionOrder, days: int, ticks: bool
    ) -> None:
        """What is revised last counts (D20)."""
        if not order.is_open:
            return
        today = order.begun_on + timedelta(days)
        ticked = partial(flow.revise, current_complete=False)
        typed = partial(flow.revise, completed_on=order.begun_on)
        first, last = (ticked, typed) if ticks else (typed, ticked)
        case("the date was typed first", not ticks)
        proposal = outcome(lambda: flow.propose(order, today=today, by="Ada", note="window"))
        if isinstance(proposal, ProposedChange):
            assert last(first(proposal)) == last(proposal)


class TestVersions:
    """An order that has changed since the screen showed it is refused, no other (D19)."""

    @few(2)
    @given(WALKS)
    def test_an_order_that_moved_is_refused(self, history: History) -> None:
        """The shipped law."""
        laws.an_order_that_moved_is_refused(history.flow, history.changes)

    @few(2)
    @given(WALKS)
    def test_a_status_can_come_again_and_a_version_never(self, history: History) -> None:
        """Expected by its status, an order passes whenever it is there (D19)."""
        order, flow = history.order, history.flow
        target = next(status.key for status in order.cycle.path if status != order.status)
        again = False
        for change in history.changes[:-1]:
            seen = change.order
            propose = partial(flow.propose, order, today=TODAY, by="Ada", to=target)
            by_status = outcome(partial(propose, expect=seen.status.key))
            assert isinstance(by_status, StatusMovedError) == (seen.status.key != order.status.key)
            by_version = outcome(partial(propose, expect=seen.version))
            assert by_version == OrderMovedError(order.id, seen.version, order.version)
            again = again or seen.status.key == order.status.key
        case("the order was in its status before", again)


class TestInstants:
    """An instant is kept with the offset that it had (D20)."""

    @few(2)
    @given(QUIET, ORDERS, WALLS, st.integers(0, 1))
    def test_an_instant_stays_the_same_instant(
        self,
        flow: ProductionFlow,
        order: ProductionOrder,
        wall: tuple[datetime, tzinfo],
        fold: int,
    ) -> None:
        """With a fixed offset, also in the hour that comes twice."""
        at = wall[0].replace(tzinfo=wall[1], fold=fold)
        case("the hour comes twice", is_twice(at))
        entry = flow.amend(order, by="Ada", at=at).entry
        assert entry.at.astimezone(UTC) == at.astimezone(UTC)
        assert entry.at.utcoffset() == at.utcoffset()
        assert isinstance(entry.at.tzinfo, timezone)
        assert entry.at.replace(tzinfo=None, fold=0) == at.replace(tzinfo=None, fold=0)


@st.composite
def bulks(draw: st.DrawFn) -> tuple[ProductionFlow, list[History]]:
    """A flow, and walks of orders of one type that it may change together; often all are open."""
    cycle = draw(cycles_with_asides())
    walks: list[History] = []
    for n in range(draw(st.sampled_from([3, 2, 4, 1]))):
        # Each order has versions of its own, so that none has two contents.
        version = st.just(evolve(cycle, version=1 + 100 * n))
        least = draw(st.sampled_from([2, 2, 2, 1]))  # one that was only opened can't be undone
        walks.append(
            draw(
                histories(
                    cycles=version,
                    flows=QUIET,
                    order_ids=st.just(str(n)),
                    min_size=least,
                    max_size=4,
                )
            )
        )
    still_open = [walk for walk in walks if walk.order.is_open]
    chosen = (still_open or walks) if draw(st.booleans()) else walks
    rules = st.just(ChangeRules()) | change_rules(cycle=cycle)
    return draw(production_flows(max_size=0, rules=rules)), chosen


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


Bulk = tuple[ProductionFlow, list[History]]


def orders_of(walks: list[History]) -> list[ProductionOrder]:
    """The orders as they are after their walks."""
    return [walk.order for walk in walks]


class TestBulk:
    """A bulk of n orders equals n single changes, all or none (D23)."""

    @few(2)
    @given(bulks())
    def test_a_bulk_equals_its_singles(self, bulk: Bulk) -> None:
        """The shipped law, for orders that can advance."""
        flow = evolve(bulk[0], rules=ChangeRules(), due_dates=Forward())
        orders = [order for order in orders_of(bulk[1]) if order.is_open]
        if orders:
            laws.bulk_equals_singles(flow, orders)

    @few(2)
    @given(bulks())
    def test_every_bulk_verb_equals_its_single_verb(self, bulk: Bulk) -> None:
        """The shipped law, for orders of any kind and for every verb."""
        flow, walks = bulk
        laws.every_bulk_verb_equals_its_single_verb(flow, [walk.changes for walk in walks])

    @few(2)
    @given(bulks(), st.booleans())
    def test_advance_all_is_advancing_each(self, bulk: Bulk, to_final: bool) -> None:
        """All go to their next status, or to the same one."""
        flow, orders = bulk[0], orders_of(bulk[1])
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
        flow, orders = bulk[0], orders_of(bulk[1])
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
        flow, orders = evolve(bulk[0], due_dates=policy), orders_of(bulk[1])
        expected = one_by_one(orders, lambda order: flow.replan(order, by="Ada", at=AT))
        assert expected == outcome(lambda: flow.replan_all(orders, by="Ada", at=AT))

    @few(2)
    @given(bulks(), st.data())
    def test_migrate_all_is_migrating_each(self, bulk: Bulk, data: st.DataObject) -> None:
        """The new version may lack the status of some orders."""
        flow, orders = bulk[0], orders_of(bulk[1])
        old = orders[0].cycle
        between = [status.key for status in old if not (status.initial or status.final)]
        present = [order.status.key for order in orders if order.status.key in between]
        gone = data.draw(st.sampled_from([*between, *present]))
        cycle = evolve(old.remove(gone), version=1000)
        expected = one_by_one(orders, lambda order: flow.migrate(order, cycle, by="Ada", at=AT))
        case("the bulk is refused", isinstance(expected, BulkRefusedError))
        assert expected == outcome(lambda: flow.migrate_all(orders, cycle, by="Ada", at=AT))

    @few(2)
    @given(bulks())
    def test_undo_all_is_undoing_each(self, bulk: Bulk) -> None:
        """Orders with nothing to undo are named."""
        flow, walks = bulk
        entries = {walk.order.id: walk.entries for walk in walks}
        cycles = [cycle for walk in walks for cycle in walk.cycles]
        expected = one_by_one(
            orders_of(walks),
            lambda order: flow.undo(order, entries[order.id], cycles=cycles, by="Ada", at=AT),
        )
        case("the bulk is refused", isinstance(expected, BulkRefusedError))
        pairs = [(walk.order, walk.entries) for walk in walks]
        assert expected == outcome(lambda: flow.undo_all(pairs, cycles=cycles, by="Ada", at=AT))

    @few(2)
    @given(bulks(), st.data())
    def test_a_bulk_keeps_what_only_rules_refuse(self, bulk: Bulk, data: st.DataObject) -> None:
        """The shipped law, to any status; often the rules ask for a note."""
        flow, orders = bulk[0], orders_of(bulk[1])
        if data.draw(st.booleans()):
            flow = evolve(flow, rules=evolve(flow.rules, note_required=Move))
        to = data.draw(st.sampled_from([status.key for status in orders[0].cycle.choices()]))
        laws.a_bulk_keeps_what_only_rules_refuse(flow, orders, to)

    @few(2)
    @given(bulks())
    def test_choices_of_a_bulk_are_those_of_its_orders(self, bulk: Bulk) -> None:
        """The shipped law."""
        laws.choices_of_a_bulk_are_those_of_its_orders(bulk[0], orders_of(bulk[1]))

    @few(2)
    @given(bulks(), st.data())
    def test_orders_that_moved_are_among_the_refusals(
        self, bulk: Bulk, data: st.DataObject
    ) -> None:
        """Those that moved, and no others; orders without an expected version aren't checked."""
        flow, orders = bulk[0], orders_of(bulk[1])
        # None: not checked.
        ages = [data.draw(st.sampled_from([None, 0, 1])) for _ in orders]
        expect = {
            o.id: o.version + age for o, age in zip(orders, ages, strict=True) if age is not None
        }
        moved = {
            order.id for order in orders if expect.get(order.id, order.version) != order.version
        }
        case("some orders moved, others didn't", 0 < len(moved) < len(orders))
        proposed = flow.propose_all(orders, today=TODAY, by="Ada", expect=expect)
        refused = {k for k, e in proposed.refusals.items() if isinstance(e, OrderMovedError)}
        assert refused == moved
        amended = outcome(lambda: flow.amend_all(orders, by="Ada", at=AT, expect=expect))
        refusals = amended.refusals if isinstance(amended, BulkRefusedError) else {}
        assert {k for k, e in refusals.items() if isinstance(e, OrderMovedError)} == moved

    @few(2)
    @given(status_cycles(), production_flows(min_size=2, max_size=3), st.integers(2, 4), st.data())
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
        """Even in another process and at another time."""
        proposal = proposed(data, flow, order)
        change = flow.accept(proposal, at=AT)
        case("the change has events", change.events)
        again, repeated = pickle.loads(pickle.dumps((flow, proposal)))
        assert change == flow.accept(proposal, at=AT)
        assert change.events == again.accept(repeated, at=LATER).events

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
        """Only an undo gives reminders of earlier visits; an immediate event has a day of its own.

        A slot has the number of a visit, or that of the entry, or none.
        """
        events = [event for change in history.changes for event in change.events]
        case("an event is immediate", any(not event.dated for event in events))
        opening = {trigger.key for trigger in history.flow.triggers if trigger.when == Opening()}
        for change in history.changes:
            order = change.order
            for event in change.events:
                assert (order.id, order.version) == (event.order_id, event.sequence)
                assert event.number in {None, event.visit if event.dated else order.version}
                assert event.visit == order.visit or isinstance(change.entry, ChangeUndone)
                if not event.dated:
                    first = min(order.ordered_on, change.entry.at.date())
                    is_opening = event.trigger in opening
                    assert event.fire_on == (first if is_opening else order.begun_on)

    @few(2)
    @given(EVENTFUL, st.dates(TODAY))
    def test_the_id_does_not_change_with_the_date(self, history: History, due_on: date) -> None:
        """An id belongs to one slot, whatever day it has, and whatever its status is called."""
        ids: dict[tuple[object, ...], str] = {}
        last = history.flow.amend(history.order, due_on=due_on, by="Ada", at=AT)
        for change in [*history.changes, last]:
            for event in change.events:
                case("a reminder came twice", event.slot in ids)
                assert event.id == ids.setdefault(event.slot, event.id)
        assert len(ids) == len(set(ids.values()))


@given(WALKS | orders_on_hold())
def test_accepting_is_applying(history: History | OnPath) -> None:
    """`change.order == order.apply(change.entry)` for every status change."""
    order = history.order
    for status in order.cycle.choices():
        if status.key != order.status.key:
            change = outcome(
                partial(history.flow.advance, order, today=TODAY, by="Ada", at=AT, to=status.key)
            )
            if isinstance(change, Change):
                assert isinstance(change.entry, StatusChanged)
                case("the visit goes on", change.entry.visit != change.entry.sequence)
                assert change.order == order.apply(change.entry)
