"""What the strategies draw, what their examples shrink to, and which arguments they refuse."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import get_args

import pytest
from attrs import evolve, fields
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import SearchStrategy

from prodflow import (
    Backward,
    Completing,
    CycleAdopted,
    DaysFromDue,
    DaysInStatus,
    DueDatePolicy,
    Entering,
    Forward,
    FromEntry,
    HistoryEntry,
    Leaving,
    Move,
    Opening,
    OrderQuery,
    ProductionFlow,
    ProposedChange,
    Status,
    StatusChanged,
    StatusCycle,
    Terms,
    Trigger,
    WorkingCalendar,
    find_problems,
)
from prodflow.testing import strategies
from prodflow.testing.strategies import (
    History,
    broken_status_lists,
    change_rules,
    due_date_policies,
    histories,
    order_dates,
    order_queries,
    permissions,
    production_flows,
    production_orders,
    proposals,
    status_cycles,
    statuses,
    triggers,
    working_calendars,
)

CYCLE = StatusCycle(
    "prints",
    [
        Status("new", "New", initial=True, default_duration=1),
        Status("hold", "On hold", non_standard=True),
        Status("done", "Done", final=True),
    ],
)
FLOW = ProductionFlow()
MONDAY = date(2026, 3, 2)
PRINT = FLOW.open(
    CYCLE,
    order_id="PO-1",
    ordered_on=MONDAY,
    facts={"client": "Lee", "copies": 1},
    by="Ada",
    at=datetime(2026, 3, 2, 9, tzinfo=UTC),
).order
QUERIES = order_queries(orders=st.just(PRINT))
FRESH = settings(max_examples=200, database=None, deadline=None)  # finds nothing of the last run
FIRST = settings(FRESH, max_examples=2_000, phases=[Phase.generate])
NO_STRATEGIES: list[tuple[Callable[..., object], str]] = [
    (statuses, "keys"),
    (statuses, "descriptions"),
    (statuses, "durations"),
    (status_cycles, "order_types"),
    (status_cycles, "durations"),
    (broken_status_lists, "cycles"),
    (working_calendars, "weekdays"),
    (working_calendars, "days"),
    (due_date_policies, "calendars"),
    (order_dates, "days"),
    (order_dates, "delivery_days"),
    (triggers, "keys"),
    (production_flows, "policies"),
    (production_flows, "rules"),
    (histories, "cycles"),
    (histories, "flows"),
    (histories, "order_ids"),
    (production_orders, "cycles"),
    (production_orders, "flows"),
    (order_queries, "orders"),
    (proposals, "flows"),
    (proposals, "orders"),
]
SIZED: list[tuple[Callable[..., object], int]] = [
    (status_cycles, 2),
    (working_calendars, 0),
    (production_flows, 0),
    (histories, 1),
    (production_orders, 1),
]


ENTRIES = get_args(HistoryEntry)
ERRORS = [
    "no-initial",
    "several-initials",
    "no-final",
    "several-finals",
    "initial-is-final",
    "final-before-initial",
    "initial-non-standard",
    "final-non-standard",
    "initial-inactive",
    "final-inactive",
    "duplicate-key",
    "duplicate-description",
    "cancelled-but-standard",
    "pauses-but-standard",
    "bad-key",
    "blank-description",
    "bad-text",
    "bad-colour",
    "bad-duration",
    "bad-flag",
    "unknown-field",
    "not-a-status",
]


def is_mapped(history: History) -> bool:
    """Whether a migration takes the order to another key."""
    return any(
        isinstance(entry, CycleAdopted) and entry.from_status != entry.to_status
        for entry in history.entries
    )


def has_calendars(policy: DueDatePolicy) -> bool:
    """Whether statuses have calendars of their own, apart from vendors."""
    return isinstance(policy, Forward | Backward | FromEntry) and bool(policy.calendars)


def is_of_vendors(policy: DueDatePolicy) -> bool:
    """Whether a vendor has durations and calendars, and the default policy has calendars too."""
    return (
        isinstance(policy, Terms)
        and has_calendars(policy.default_policy)
        and any(terms.durations and terms.calendars for terms in policy.vendors.values())
    )


def moves(history: History) -> set[Move]:
    """The moves in a history."""
    return {entry.move for entry in history.entries if isinstance(entry, StatusChanged)}


class TestArguments:
    """Arguments are checked by the call, not when the first example is drawn."""

    @pytest.mark.parametrize(("strategy", "name"), NO_STRATEGIES)
    def test_a_value_in_place_of_a_strategy_is_refused(
        self, strategy: Callable[..., object], name: str
    ) -> None:
        """The message names the argument and says what was expected."""
        with pytest.raises(InvalidArgument, match=f"{name} must be a strategy"):
            strategy(**{name: "a value"})

    @pytest.mark.parametrize(("strategy", "least"), SIZED)
    def test_sizes_that_nothing_has_are_refused(
        self, strategy: Callable[..., object], least: int
    ) -> None:
        """They are too small, or the least is above the greatest."""
        for sizes in ({"min_size": least - 1}, {"min_size": least + 1, "max_size": least}):
            with pytest.raises(InvalidArgument, match="min_size <= max_size"):
                strategy(**sizes)

    @pytest.mark.parametrize("size", [None, True, 2.0, "3"])
    def test_a_size_that_is_no_int_is_refused(self, size: object) -> None:
        """So is a bool."""
        with pytest.raises(InvalidArgument, match="max_size must be an int"):
            status_cycles(max_size=size)  # type: ignore[arg-type]  # what is refused

    @pytest.mark.parametrize("strategy", [triggers, change_rules, permissions, production_flows])
    def test_a_cycle_that_is_none_is_refused(self, strategy: Callable[..., object]) -> None:
        """Even a strategy of cycles is."""
        with pytest.raises(InvalidArgument, match="cycle must be a StatusCycle"):
            strategy(cycle=status_cycles())


@pytest.mark.full
class TestShrinking:
    """Examples shrink to the smallest value that fails."""

    def test_a_cycle_shrinks_to_its_ends(self) -> None:
        """It has two statuses, the initial and the final one."""
        assert len(find(status_cycles(), lambda _: True, settings=FRESH)) == 2

    def test_a_cycle_with_an_aside_shrinks_to_three(self) -> None:
        """It has the two ends and the status off the path."""
        assert (
            len(find(status_cycles(), lambda cycle: bool(cycle.non_standard), settings=FRESH)) == 3
        )

    def test_a_calendar_shrinks_to_monday_to_friday(self) -> None:
        """It has no holidays or extra days."""
        assert find(working_calendars(), lambda _: True, settings=FRESH) == WorkingCalendar()

    def test_a_policy_shrinks_to_forward(self) -> None:
        """It has the default calendar."""
        assert find(due_date_policies(), lambda _: True, settings=FRESH) == Forward()

    def test_a_flow_shrinks_to_the_default_one(self) -> None:
        """It is forward, without triggers and with lenient rules."""
        assert (
            find(production_flows(rules=change_rules()), lambda _: True, settings=FRESH)
            == ProductionFlow()
        )

    def test_a_history_shrinks_to_an_opening(self) -> None:
        """The order is in its initial status."""
        walks = histories(cycles=st.just(CYCLE), flows=st.just(FLOW))
        history = find(walks, lambda _: True, settings=FRESH)
        assert (len(history.changes), history.order.status) == (1, CYCLE.initial)


class TestReach:
    """The strategies draw whatever can happen."""

    @pytest.mark.full
    @pytest.mark.parametrize("move", Move)
    def test_histories_have_every_move(self, move: Move) -> None:
        """Each move comes up."""
        walks = histories(cycles=status_cycles(min_size=5, max_size=6), flows=st.just(FLOW))
        assert move in moves(find(walks, lambda history: move in moves(history), settings=FIRST))

    @pytest.mark.parametrize("code", ERRORS)
    def test_lists_are_broken_in_every_way(self, code: str) -> None:
        """Each error comes up, and `find_problems` finds it."""
        broken = broken_status_lists(cycles=st.just(CYCLE))
        lines, codes = find(broken, lambda pair: code in pair[1], settings=FIRST)
        found = find_problems(lines)
        assert codes == {problem.code for problem in found if problem.severity == "error"}

    @pytest.mark.full
    @pytest.mark.parametrize("kind", ENTRIES)
    def test_histories_have_every_kind_of_entry(self, kind: type) -> None:
        """Each kind comes up."""
        walks = histories(cycles=st.just(CYCLE), flows=st.just(FLOW))
        history = find(walks, lambda found: isinstance(found.entries[-1], kind), settings=FIRST)
        assert isinstance(history.entries[-1], kind)

    @pytest.mark.full
    @pytest.mark.parametrize("name", ["split_from", "reorder_of"])
    def test_histories_begin_in_every_way(self, name: str) -> None:
        """A history may begin with a part of another order, or with a reprint."""
        walks = histories(cycles=st.just(CYCLE), flows=st.just(FLOW))
        history = find(walks, lambda found: getattr(found.order, name) is not None, settings=FIRST)
        assert getattr(history.entries[0], name) is not None

    @pytest.mark.full
    def test_migrations_map_what_is_gone(self) -> None:
        """An order moves to another status where the new version lacks its own."""
        cycles = status_cycles(min_size=4, max_size=5)
        walks = histories(cycles=cycles, flows=st.just(FLOW), min_size=5, max_size=8)
        assert is_mapped(find(walks, is_mapped, settings=FIRST))

    @pytest.mark.parametrize(
        "kind", [Opening, Entering, Leaving, Completing, DaysInStatus, DaysFromDue]
    )
    def test_triggers_are_of_every_kind(self, kind: type) -> None:
        """Each kind comes up."""
        trigger = find(triggers(), lambda found: isinstance(found.when, kind), settings=FIRST)
        assert isinstance(trigger.when, kind)

    @pytest.mark.parametrize("kind", [Forward, Backward, FromEntry])
    def test_policies_are_of_every_kind(self, kind: type) -> None:
        """Each kind comes up."""
        assert isinstance(
            find(due_date_policies(), lambda found: isinstance(found, kind), settings=FIRST), kind
        )

    @pytest.mark.parametrize("name", [field.name for field in fields(OrderQuery)])
    def test_queries_have_every_field(self, name: str) -> None:
        """Each field of a query comes up."""
        unset = getattr(OrderQuery(), name)
        query = find(QUERIES, lambda found: getattr(found, name) != unset, settings=FIRST)
        assert getattr(query, name) != unset

    @pytest.mark.parametrize("kind", [Forward, Backward, FromEntry])
    def test_statuses_may_have_calendars_of_their_own(
        self, kind: type[Forward | Backward | FromEntry]
    ) -> None:
        """If the strategy knows the cycle; a calendar may be of any status."""
        policies = due_date_policies(cycle=CYCLE)
        found = find(
            policies, lambda it: isinstance(it, kind) and has_calendars(it), settings=FIRST
        )
        assert has_calendars(found)

    def test_vendors_may_have_terms(self) -> None:
        """With durations, and on top of calendars by status."""
        policies = due_date_policies(cycle=CYCLE)
        found = find(policies, is_of_vendors, settings=FIRST)
        assert is_of_vendors(found)

    @given(due_date_policies())
    def test_without_a_cycle_no_status_is_named(self, policy: DueDatePolicy) -> None:
        """A policy has one calendar, and no terms."""
        assert not has_calendars(policy)
        assert not isinstance(policy, Terms)

    @given(triggers(), triggers(cycle=CYCLE))
    def test_triggers_look_at_a_cycle_or_any(self, free: Trigger, bound: Trigger) -> None:
        """With a cycle they name only its statuses and its order type."""
        assert free.order_types == ()
        assert bound.order_types in {(), ("prints",)}
        assert getattr(bound.when, "status", None) in {None, "new", "hold", "done"}

    @given(working_calendars(weekdays=st.just(frozenset()), max_size=0))
    def test_a_calendar_without_weekdays_has_an_extra_day(self, calendar: WorkingCalendar) -> None:
        """A calendar needs a working day."""
        assert len(calendar.extra_working_days) == 1

    @given(order_dates(days=st.just(date.max), delivery_days=st.just(1)))
    def test_a_delivery_is_never_after_the_calendar(self, dates: tuple[date, date | None]) -> None:
        """It is on the last day of the calendar instead."""
        assert dates == (date.max, date.max)

    @given(statuses(keys=st.just("new"), descriptions=st.just("New"), durations=st.just(3)))
    def test_a_status_has_what_was_asked_for(self, status: Status) -> None:
        """It has the key, the description and the duration that were asked for."""
        assert (status.key, status.description, status.default_duration) == ("new", "New", 3)

    @given(status_cycles(order_types=st.just("prints"), min_size=4, max_size=5))
    def test_a_cycle_is_as_long_as_asked_for(self, cycle: StatusCycle) -> None:
        """Statuses off the path count."""
        assert cycle.order_type == "prints"
        assert len(cycle) in {4, 5}

    @given(production_flows(cycle=CYCLE, policies=st.just(Forward()), min_size=1, max_size=2))
    def test_a_flow_has_as_many_triggers_as_asked_for(self, flow: ProductionFlow) -> None:
        """Their keys differ."""
        assert flow.due_dates == Forward()
        assert len({trigger.key for trigger in flow.triggers}) in {1, 2}

    @given(histories(min_size=3, max_size=4, order_ids=st.just("PO-7")))
    def test_a_history_is_as_long_as_asked_for(self, history: History) -> None:
        """The opening counts, and an amendment replaces a refused step."""
        assert len(history.changes) in {3, 4}
        assert history.entries == tuple(change.entry for change in history.changes)
        assert (history.order.id, history.order.version) == ("PO-7", len(history.changes))
        assert len(history.flows) == len(history.changes)
        assert {change.order.cycle for change in history.changes} <= {*history.cycles}

    @given(proposals(orders=production_orders(cycles=st.just(CYCLE), flows=st.just(FLOW))))
    def test_proposals_are_of_the_orders_given(self, proposal: ProposedChange) -> None:
        """They lead to another status."""
        assert proposal.order.order_type == "prints"
        assert proposal.to != proposal.order.status

    @given(QUERIES)
    def test_queries_are_about_the_orders_given(self, query: OrderQuery) -> None:
        """A page begins after one of them."""
        assert query.after in {None, query.position(PRINT)}

    @pytest.mark.full
    def test_walks_that_the_policy_refuses_are_drawn_again(self) -> None:
        """The order has a delivery date where its policy insists on one."""
        flow = evolve(FLOW, due_dates=Backward(without_delivery="error"))
        walks = histories(cycles=st.just(CYCLE), flows=st.just(flow))
        history = find(walks, lambda walk: walk.changes[0].order.status.initial, settings=FRESH)
        assert history.changes[0].order.delivery_on is not None

    @pytest.mark.full
    def test_proposals_that_the_policy_refuses_are_drawn_again(self) -> None:
        """The order has a delivery date where the policy insists on one."""
        flow = evolve(FLOW, due_dates=Backward(without_delivery="error"))
        orders = production_orders(cycles=st.just(CYCLE), flows=st.just(FLOW))
        asked = proposals(flows=st.just(flow), orders=orders)
        proposal = find(asked, lambda proposal: proposal.to.initial, settings=FRESH)
        assert proposal.order.delivery_on is not None


def test_everything_public_is_a_strategy_or_a_value() -> None:
    """`__all__` has the strategies and `History`."""
    drawn = set(strategies.__all__) - {"History"}
    assert all(isinstance(getattr(strategies, name)(), SearchStrategy) for name in drawn)


@given(histories(max_size=3))
@settings(max_examples=1)
def test_a_history_shows_its_entries_and_not_its_orders(history: History) -> None:
    """The orders follow from the entries, and would show the cycle again and again."""
    shown = repr(history)
    assert shown.startswith("History(flow=ProductionFlow(")
    assert repr(history.entries) in shown
    assert "ProductionOrder(" not in shown
