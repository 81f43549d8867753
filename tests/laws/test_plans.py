"""Laws of due dates and plans: decisions D6 to D14."""

from collections.abc import Iterator
from datetime import date, timedelta

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from prodflow import (
    Backward,
    DueDatePolicy,
    Forward,
    FromEntry,
    MissingDeliveryDateError,
    Plan,
    PlannedStatus,
    PlanningFacts,
    ProductionOrder,
    StatusCycle,
    WorkingCalendar,
    plan,
    plan_many,
)
from prodflow.testing import laws
from prodflow.testing._cases import case
from prodflow.testing.strategies import (
    due_date_policies,
    order_dates,
    production_flows,
    production_orders,
    status_cycles,
    working_calendars,
)

from ._dates import counted, earlier_by, works
from ._dates import due_on as counted_due_on

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
ORDERS = production_orders(flows=production_flows(max_size=0))
Dates = tuple[date, date | None]


def dated(days: tuple[date | None, ...]) -> list[date]:
    """The days without None."""
    return [day for day in days if day is not None]


def planned(cycle: StatusCycle, policy: DueDatePolicy, dates: Dates) -> Plan:
    """The plan; the order date is the delivery date where the policy insists on one."""
    ordered_on, delivery_on = dates
    try:
        return plan(cycle, policy, ordered_on=ordered_on, delivery_on=delivery_on)
    except MissingDeliveryDateError:
        return plan(cycle, policy, ordered_on=ordered_on, delivery_on=ordered_on)


def entered_in_turn(
    found: Plan, cycle: StatusCycle, dates: Dates
) -> Iterator[tuple[PlannedStatus, PlanningFacts]]:
    """Each row of a plan, with the facts of an order that enters each status when it's due."""
    ordered_on, delivery_on = dates
    if found.start_by is not None and delivery_on is None:
        delivery_on = ordered_on  # `planned` gave it, because the policy insists on one
    entered_on = ordered_on
    for row in found:
        yield (
            row,
            PlanningFacts(
                cycle=cycle,
                status=row.status,
                plan_from=ordered_on,
                ordered_on=ordered_on,
                delivery_on=delivery_on,
                entered_on=entered_on,
            ),
        )
        entered_on = row.due_on or entered_on


class TestPlan:
    """A plan counts working days along the path, from an anchor (D6, D7, D9)."""

    @given(status_cycles(), due_date_policies(), order_dates())
    def test_plan_dates_never_decrease(
        self, cycle: StatusCycle, policy: DueDatePolicy, dates: Dates
    ) -> None:
        """A status is never due before the status that precedes it."""
        laws.plan_dates_never_decrease(cycle, policy, dates[0], dates[1] or dates[0])
        found = planned(cycle, policy, dates)
        for days in (found.due_dates, found.earliest_dates, found.latest_dates):
            assert sorted(dated(days)) == dated(days)

    @given(status_cycles(), working_calendars(), DAYS)
    def test_forward_equals_backward_from_a_working_day(
        self, cycle: StatusCycle, calendar: WorkingCalendar, day: date
    ) -> None:
        """With delivery on the forward finish, both plans are equal and the float is 0."""
        laws.forward_equals_backward(cycle, calendar, day)
        ordered_on = calendar.following(day)
        forward = plan(cycle, Forward(calendar), ordered_on=ordered_on)
        assume(dated(forward.due_dates))
        finish = dated(forward.due_dates)[-1]
        backward = plan(cycle, Backward(calendar), ordered_on=ordered_on, delivery_on=finish)
        assert forward.due_dates == backward.due_dates
        assert (0, ordered_on) == (backward.float_days, backward.start_by)

    @given(status_cycles(), working_calendars(), order_dates())
    def test_no_forward_date_before_its_anchor(
        self, cycle: StatusCycle, calendar: WorkingCalendar, dates: Dates
    ) -> None:
        """Even where no status takes a day and the anchor is closed."""
        laws.nothing_is_due_before_its_anchor(cycle, calendar, dates[0])
        for policy in (Forward(calendar), FromEntry(calendar)):
            assert all(day >= dates[0] for day in dated(planned(cycle, policy, dates).due_dates))

    @given(status_cycles(), working_calendars(), order_dates(delivery_days=st.integers(-9, 90)))
    def test_no_backward_date_after_its_delivery(
        self, cycle: StatusCycle, calendar: WorkingCalendar, dates: Dates
    ) -> None:
        """Even where the delivery date is closed."""
        ordered_on, delivery_on = dates
        case("the delivery date is closed", not calendar.is_working_day(delivery_on or ordered_on))
        found = plan(cycle, Backward(calendar), ordered_on=ordered_on, delivery_on=delivery_on)
        assert all(day <= (delivery_on or day) for day in dated(found.due_dates))

    @given(status_cycles(), working_calendars(), DAYS)
    def test_backward_ends_on_the_delivery_date(
        self, cycle: StatusCycle, calendar: WorkingCalendar, delivery_on: date
    ) -> None:
        """The shipped law."""
        laws.backward_ends_on_the_delivery_date(cycle, Backward(calendar), delivery_on)

    @given(status_cycles(), due_date_policies(), order_dates())
    def test_planned_dates_are_working_days(
        self, cycle: StatusCycle, policy: DueDatePolicy, dates: Dates
    ) -> None:
        """Nothing is due on a closed day."""
        found = planned(cycle, policy, dates)
        case("the plan has due dates", any(found.due_dates))
        assert all(policy.calendar.is_working_day(day) for day in dated(found.due_dates))

    @given(status_cycles(), due_date_policies(), order_dates())
    def test_a_plan_says_what_its_policy_says(
        self, cycle: StatusCycle, policy: DueDatePolicy, dates: Dates
    ) -> None:
        """Each due date is the policy's, for a status entered when the last one was due."""
        found = planned(cycle, policy, dates)
        case("the plan has several due dates", len(dated(found.due_dates)) > 1)
        for row, facts in entered_in_turn(found, cycle, dates):
            assert policy.due_on(facts) == row.due_on

    @given(status_cycles(), working_calendars(), order_dates(delivery_days=st.integers(0, 90)))
    def test_start_by_is_the_last_day_to_begin(
        self, cycle: StatusCycle, calendar: WorkingCalendar, dates: Dates
    ) -> None:
        """If you begin on `start_by` the float is 0, and a working day later it is -1."""
        policy = Backward(calendar)
        ordered_on, delivery_on = dates
        start_by = plan(cycle, policy, ordered_on=ordered_on, delivery_on=delivery_on).start_by
        assert start_by is not None
        assume(any(status.is_due for status in cycle.path))
        case("the order came too late", ordered_on > start_by)
        in_time = plan(cycle, policy, ordered_on=start_by, delivery_on=delivery_on)
        next_day = calendar.add(start_by, 1)
        late = plan(cycle, policy, ordered_on=next_day, delivery_on=delivery_on)
        assert (in_time.float_days, late.float_days) == (0, -1)

    @given(status_cycles(), due_date_policies(), order_dates(), st.integers(-30, 120))
    def test_past_rows_are_those_whose_latest_date_is_over(
        self, cycle: StatusCycle, policy: DueDatePolicy, dates: Dates, days: int
    ) -> None:
        """On its latest date a row is not past yet."""
        today = dates[0] + timedelta(days)
        found = planned(cycle, policy, dates)
        past = [row for row in found if row.latest_on and row.latest_on < today]
        case("some rows are past, others are not", 0 < len(past) < len(found))
        assert tuple(past) == found.past(today=today)


@st.composite
def planning(draw: st.DrawFn) -> tuple[DueDatePolicy, PlanningFacts]:
    """A policy, and all that it may look at; often what takes no day, from a closed day."""
    cycle = draw(status_cycles(durations=st.sampled_from([None, 0, 0, 1, 2, 5])))
    ordered_on, delivery_on = draw(order_dates())
    entered_on = ordered_on + timedelta(draw(st.integers(0, 9)))
    policy = draw(due_date_policies())
    insists = isinstance(policy, Backward) and policy.without_delivery == "error"
    return policy, PlanningFacts(
        cycle=cycle,
        status=draw(st.sampled_from(cycle.path)),
        plan_from=ordered_on + timedelta(draw(st.integers(0, 9))),
        ordered_on=ordered_on,
        delivery_on=(delivery_on or ordered_on) if insists else delivery_on,
        entered_on=entered_on,
        paused_working_days=draw(st.integers(0, 9)),
        held_days=draw(st.integers(0, 9)),
    )


class TestCounting:
    """Every due date is what you get by counting day by day (D6, D7, D9, D13b)."""

    @given(planning())
    def test_a_policy_counts_day_by_day(self, asked: tuple[DueDatePolicy, PlanningFacts]) -> None:
        """From its anchor, with the days held or paused, on a closed day or not."""
        policy, facts = asked
        case("the plan begins on a closed day", not works(policy.calendar, facts.plan_from))
        case("days held count", policy.shift_holds and facts.held_days)
        assert policy.due_on(facts) == counted_due_on(policy, facts)

    @given(status_cycles(), due_date_policies(), order_dates())
    def test_a_plan_counts_day_by_day(
        self, cycle: StatusCycle, policy: DueDatePolicy, dates: Dates
    ) -> None:
        """Its float, too, and the last day to begin (D11)."""
        calendar = policy.calendar
        found = planned(cycle, policy, dates)
        rows = list(entered_in_turn(found, cycle, dates))
        delivery_on = rows[0][1].delivery_on
        for row, facts in rows:
            assert row.due_on == counted_due_on(policy, facts)
            assert row.earliest_on == counted_due_on(Forward(calendar), facts)
            assert row.latest_on == counted_due_on(Backward(calendar), facts)
        finish = [row.earliest_on for row in found if row.earliest_on]
        case("the plan has a float", finish and delivery_on)
        if delivery_on is None:
            assert (found.float_days, found.start_by) == (None, None)
            return
        days = sum(s.default_duration or 0 for s in cycle.path[:-1])
        assert found.start_by == earlier_by(calendar, delivery_on, days)
        if finish:
            met = earlier_by(calendar, delivery_on, 0)
            assert found.float_days == counted(calendar, finish[-1], met)


class TestOffThePath:
    """A status off the path does not move other dates (D2, D12)."""

    @given(status_cycles(), due_date_policies(), order_dates())
    def test_non_standard_and_inactive_statuses_never_change_another_date(
        self, cycle: StatusCycle, policy: DueDatePolicy, dates: Dates
    ) -> None:
        """A cycle of nothing but the path has the same plan."""
        laws.asides_never_change_the_plan(cycle, policy, dates[0], dates[1] or dates[0])
        bare = StatusCycle(cycle.order_type, cycle.path)
        expected = planned(bare, policy, dates)
        found = planned(cycle, policy, dates)
        assert list(expected) == list(found)
        assert (expected.float_days, expected.start_by) == (found.float_days, found.start_by)

    @given(status_cycles(), due_date_policies(), order_dates(), st.integers(0, 90))
    def test_off_the_path_the_entry_is_the_anchor(
        self, cycle: StatusCycle, policy: DueDatePolicy, dates: Dates, days: int
    ) -> None:
        """The policy, the order date and the delivery date make no difference."""
        ordered_on, delivery_on = dates
        entered_on = ordered_on + timedelta(days)
        asides = [status for status in cycle if status not in cycle.path]
        case("a status off the path takes days", any(aside.default_duration for aside in asides))
        for status in asides:
            facts = PlanningFacts(
                cycle=cycle,
                status=status,
                plan_from=ordered_on,
                ordered_on=ordered_on,
                delivery_on=delivery_on,
                entered_on=entered_on,
                held_days=days,
            )
            due_on = policy.due_on(facts)
            own = status.default_duration
            calendar = policy.calendar
            assert due_on == (
                None
                if own is None
                else calendar.add(entered_on, own)
                if own
                else calendar.following(entered_on)
            )


class TestHolidays:
    """More holidays never make a forward date earlier, nor a backward date later."""

    @given(
        status_cycles(),
        working_calendars(),
        st.frozensets(st.integers(-5, 40), min_size=3, max_size=30),
        order_dates(),
    )
    def test_more_holidays_never_make_forward_earlier_nor_backward_later(
        self, cycle: StatusCycle, calendar: WorkingCalendar, more: frozenset[int], dates: Dates
    ) -> None:
        """Each date moves away from its anchor, or stays."""
        near = {dates[0] + timedelta(days) for days in more}
        closed = evolve(calendar, holidays=calendar.holidays | near)
        before = planned(cycle, Backward(calendar), dates)
        after = planned(cycle, Backward(closed), dates)
        case("a date moved", before.earliest_dates != after.earliest_dates)
        for one, two in zip(before, after, strict=True):
            if one.earliest_on is not None and two.earliest_on is not None:
                assert one.earliest_on <= two.earliest_on
            if one.latest_on is not None and two.latest_on is not None:
                assert one.latest_on >= two.latest_on


class TestPlanMany:
    """`plan_many` plans each pair of dates once."""

    @given(status_cycles(), due_date_policies(), st.lists(order_dates(), max_size=6))
    def test_many_plans_are_as_many_single_plans(
        self, cycle: StatusCycle, policy: DueDatePolicy, dates: list[Dates]
    ) -> None:
        """Each plan is what `plan` gives, in the order of the dates."""
        case("there are several dates", len(dates) > 1)
        taken = [(ordered_on, delivery_on or ordered_on) for ordered_on, delivery_on in dates]
        expected = [planned(cycle, policy, pair) for pair in taken]
        assert expected == plan_many(cycle, policy, taken)

    @given(status_cycles(), order_dates(), order_dates(), st.integers(2, 5))
    def test_equal_dates_share_one_plan(
        self, cycle: StatusCycle, dates: Dates, others: Dates, times: int
    ) -> None:
        """It is the same object, wherever the dates are in the list."""
        case("the dates differ", dates != others)
        plans = plan_many(cycle, Forward(), [dates, others] * times)
        assert len({id(found) for found in plans}) == len({dates, others})


class TestOverdue:
    """Overdue means `today > due_on` and the order is open; the due day itself is fine (D14)."""

    @given(ORDERS)
    def test_nothing_is_overdue_on_its_due_day(self, order: ProductionOrder) -> None:
        """The shipped law; without a due date an order is never overdue."""
        laws.nothing_is_overdue_on_its_due_day(order)
        assert order.due_on or not order.is_overdue(today=order.entered_on + timedelta(1))

    @given(ORDERS)
    def test_nothing_is_past_delivery_on_its_delivery_day(self, order: ProductionOrder) -> None:
        """It is from the day after, while it is open."""
        case("an open order has a delivery date", order.is_open and order.delivery_on)
        delivery_on = order.delivery_on or order.entered_on
        expected = order.delivery_on is not None and order.is_open
        assert not order.is_past_delivery(today=delivery_on)
        assert expected == order.is_past_delivery(today=delivery_on + timedelta(1))
