"""Laws of due dates and plans: decisions D6 to D14."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from prodflow import (
    Backward,
    Change,
    DateOutOfRangeError,
    DueDatePolicy,
    Forward,
    FromEntry,
    MissingDeliveryDateError,
    Plan,
    PlannedStatus,
    PlanningFacts,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Terms,
    VendorTerms,
    WorkingCalendar,
    plan,
    plan_many,
)
from prodflow.testing import laws
from prodflow.testing._cases import case
from prodflow.testing._walks import walks_of
from prodflow.testing.strategies import (
    History,
    due_date_policies,
    histories,
    order_dates,
    production_flows,
    production_orders,
    status_cycles,
    working_calendars,
)

from ._dates import agreed, counted, counted_back, earlier_by, facts_of, in_turn, path_of, works
from ._dates import due_on as counted_due_on

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
PEOPLE = st.sampled_from([None, "Lab", "Ada"])
ENDS = st.dates(date.min, date.min + timedelta(40)) | st.dates(date.max - timedelta(40), date.max)
ORDERS = production_orders(flows=production_flows(max_size=0))
WALKS = histories(cycles=status_cycles(durations=st.sampled_from([None, 0, 1, 3])), min_size=3)
Dates = tuple[date, date | None]


def dated(days: tuple[date | None, ...]) -> list[date]:
    """The days without None."""
    return [day for day in days if day is not None]


def planned(
    cycle: StatusCycle, policy: DueDatePolicy, dates: Dates, vendor: str | None = None
) -> Plan:
    """The plan; the order date is the delivery date where the policy insists on one."""
    ordered_on, delivery_on = dates
    try:
        return plan(cycle, policy, ordered_on=ordered_on, delivery_on=delivery_on, vendor=vendor)
    except MissingDeliveryDateError:
        return plan(cycle, policy, ordered_on=ordered_on, delivery_on=ordered_on, vendor=vendor)


class Asked(NamedTuple):
    """A cycle with a policy that may name its statuses and vendors, and an order."""

    cycle: StatusCycle
    policy: DueDatePolicy
    dates: Dates
    vendor: str | None

    @property
    def plan(self) -> Plan:
        """The plan of the order."""
        return planned(self.cycle, self.policy, self.dates, self.vendor)

    @property
    def delivery_on(self) -> date:
        """The delivery date of an order whose policy insists on one."""
        return self.dates[1] or self.dates[0]


ZEROS = st.sampled_from([None, 0, 0, 1, 2, 5])


@st.composite
def asked(draw: st.DrawFn, durations: st.SearchStrategy[int | None] = ZEROS) -> Asked:
    """Often with a status of 0 days, and a vendor with terms."""
    cycle = draw(status_cycles(durations=durations))
    policies = due_date_policies(cycle=cycle)
    policy = draw(policies | policies.filter(lambda it: plain(it).calendars or plain(it) is not it))
    known = st.sampled_from([*policy.vendors]) if isinstance(policy, Terms) else PEOPLE
    return Asked(cycle, policy, draw(order_dates()), draw(PEOPLE | known))


@st.composite
def asked_beyond_what_is_known(draw: st.DrawFn) -> Asked:
    """Often the holidays are known for a few more days only."""
    order = draw(asked())
    if draw(st.booleans()):
        policy = plain(order.policy)
        end = order.dates[0] + timedelta(draw(st.integers(0, 20)))
        calendar = evolve(policy.calendar, known_through=end)
        return order._replace(policy=evolve(policy, calendar=calendar))
    return order


@st.composite
def walks_of_vendors(draw: st.DrawFn) -> History:
    """Walks under one policy, which often has terms."""
    cycle = draw(status_cycles(durations=ZEROS))
    policies = due_date_policies(cycle=cycle)
    terms = policies.filter(lambda it: isinstance(it, Terms))
    flow = draw(production_flows(cycle=cycle, policies=policies | terms, max_size=0))
    return draw(walks_of(flow, cycle, min_size=3, max_size=8))


def plain(policy: DueDatePolicy) -> Forward | Backward | FromEntry:
    """The policy without terms."""
    it = policy.default_policy if isinstance(policy, Terms) else policy
    assert isinstance(it, Forward | Backward | FromEntry)
    return it


def entered_in_turn(
    found: Plan, cycle: StatusCycle, dates: Dates, vendor: str | None = None
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
                vendor=vendor,
            ),
        )
        entered_on = row.due_on or entered_on


class TestPlan:
    """A plan counts working days along the path, from an anchor (D6, D7, D9)."""

    @given(asked())
    def test_plan_dates_never_decrease(self, order: Asked) -> None:
        """A status is never due before the status that precedes it."""
        cycle, policy, dates, vendor = order
        laws.plan_dates_never_decrease(cycle, policy, dates[0], order.delivery_on, vendor=vendor)
        found = order.plan
        assert sorted(dated(found.earliest_dates)) == dated(found.earliest_dates)

    @given(status_cycles(), due_date_policies(), order_dates())
    def test_with_one_calendar_no_date_decreases(
        self, cycle: StatusCycle, policy: DueDatePolicy, dates: Dates
    ) -> None:
        """Neither forward nor backward."""
        found = planned(cycle, policy, dates)
        case("the plan has latest dates", any(found.latest_dates))
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

    @given(asked())
    def test_planned_dates_are_working_days(self, order: Asked) -> None:
        """Nothing is due on a day that is closed in the calendar of its status."""
        cycle, policy, dates, vendor = order
        laws.every_date_of_a_plan_is_a_working_day(
            cycle, policy, dates[0], order.delivery_on, vendor=vendor
        )
        laws.every_date_of_a_plan_is_a_working_day(cycle, Forward(), dates[0])

    @given(asked())
    def test_a_plan_says_what_its_policy_says(self, order: Asked) -> None:
        """Each due date is the policy's, for a status entered when the last one was due."""
        found = order.plan
        case("the plan has several due dates", len(dated(found.due_dates)) > 1)
        for row, facts in entered_in_turn(found, order.cycle, order.dates, order.vendor):
            assert order.policy.due_on(facts) == row.due_on

    @given(asked())
    def test_an_order_is_due_as_planned(self, order: Asked) -> None:
        """The shipped law."""
        cycle, policy, dates, vendor = order
        flow = ProductionFlow(due_dates=policy)
        laws.an_order_is_due_as_planned(flow, cycle, dates[0], order.delivery_on, vendor)

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
def planning(draw: st.DrawFn) -> tuple[DueDatePolicy, list[PlanningFacts]]:
    """A policy, and all that it may look at for each status of an order, often held and paused."""
    cycle, policy, (ordered_on, delivery_on), vendor = draw(asked())
    it = plain(policy)
    insists = isinstance(it, Backward) and it.without_delivery == "error"
    plan_from = ordered_on + timedelta(draw(st.integers(0, 9)))
    entered_on = ordered_on + timedelta(draw(st.integers(0, 9)))
    paused, held = draw(st.tuples(st.integers(0, 9), st.integers(0, 9)))
    return policy, [
        PlanningFacts(
            cycle=cycle,
            status=status,
            plan_from=plan_from,
            ordered_on=ordered_on,
            delivery_on=(delivery_on or ordered_on) if insists else delivery_on,
            entered_on=entered_on,
            paused_working_days=paused,
            held_days=held,
            vendor=vendor,
        )
        for status in cycle
    ]


@st.composite
def sparse(draw: st.DrawFn) -> tuple[Forward, list[PlanningFacts]]:
    """An order that was on hold, in a cycle whose statuses count few days, in different weeks."""
    durations = draw(st.lists(st.sampled_from([0, 1, 0, 2, None]), min_size=3, max_size=5))
    work = [
        Status(f"work-{n}", f"Work {n}", default_duration=days, initial=n == 0)
        for n, days in enumerate(durations)
    ]
    cycle = StatusCycle("sparse", [*work, Status("done", "Done", final=True)])
    weekdays = st.frozensets(st.integers(0, 6), min_size=1, max_size=5)
    calendars = working_calendars(weekdays=weekdays, max_size=1)
    by_status = {status.key: draw(calendars) for status in cycle.path}
    policy = Forward(draw(calendars), calendars=by_status, shift_holds=True)
    day = draw(DAYS)
    held = draw(st.sampled_from([0, 1, 1, 2, 5]))
    return policy, [
        PlanningFacts(
            cycle=cycle,
            status=status,
            plan_from=day,
            ordered_on=day,
            entered_on=day,
            held_days=held,
        )
        for status in cycle.path
    ]


def pushed(dues: list[date | None], idle: list[bool]) -> Iterator[bool]:
    """Whether each status of 0 days is due later than the one before it."""
    for before, after, is_idle in zip(dues, dues[1:], idle[1:], strict=False):
        yield is_idle and before is not None and after is not None and after > before


class TestCounting:
    """Every due date is what you get by counting day by day (D6, D7, D9, D13b, D42)."""

    @given(planning())
    def test_a_policy_counts_day_by_day(
        self, asked: tuple[DueDatePolicy, list[PlanningFacts]]
    ) -> None:
        """From its anchor, with the days held or paused, on a closed day or not."""
        policy, every = asked
        one = every[0]
        case("the plan begins on a closed day", not works(policy.calendar, one.plan_from))
        case("days held count", policy.shift_holds and one.held_days)
        case(
            "statuses count in several calendars", agreed(policy, one.vendor).is_used_by(one.cycle)
        )
        for facts in every:
            assert policy.due_on(facts) == counted_due_on(policy, facts)

    @given(sparse())
    def test_a_path_of_few_days_counts_day_by_day(
        self, asked: tuple[Forward, list[PlanningFacts]]
    ) -> None:
        """A closed day moves a status of 0 days, and what follows isn't due before it."""
        policy, every = asked
        dues = [policy.due_on(facts) for facts in every]
        one = every[0]
        idle = [facts.status.default_duration == 0 for facts in every]
        case("a hold and a status of 0 days", one.held_days and idle[0])
        case("a status of 0 days is due later than the previous one", any(pushed(dues, idle)))
        assert dues == [counted_due_on(policy, facts) for facts in every]

    @given(asked())
    def test_a_plan_counts_day_by_day(self, order: Asked) -> None:
        """Its float, too, and the last day to begin (D11)."""
        cycle, policy, dates, vendor = order
        it, calendar = agreed(policy, vendor), policy.calendar
        found = order.plan
        case("statuses count in several calendars", it.calendars and it.is_used_by(cycle))
        rows = list(entered_in_turn(found, cycle, dates, vendor))
        delivery_on = rows[0][1].delivery_on
        earliest = in_turn(it, cycle, path_of(cycle), dates[0], 0)
        for row, facts in rows:
            assert row.due_on == counted_due_on(policy, facts)
            assert row.earliest_on == earliest[row.status.key]
        finish = dated(found.earliest_dates)
        case("the plan has a float", finish and delivery_on)
        if delivery_on is None:
            assert (found.float_days, found.start_by) == (None, None)
            assert not any(found.latest_dates)
            return
        latest, start_by = counted_back(it, cycle, delivery_on)
        assert [row.latest_on for row in found] == [latest[row.status.key] for row in found]
        assert found.start_by == start_by
        if finish:
            ends = [earlier_by(calendar, day, 0) for day in (finish[-1], delivery_on)]
            assert found.float_days == counted(calendar, *ends)

    @given(WALKS)
    def test_the_dates_of_a_walk_are_counted_day_by_day(self, walk: History) -> None:
        """Whatever happens to an order, it is due when its policy and its vendor's terms say."""
        it = [agreed(flow.due_dates, change.order.vendor) for flow, change in steps(walk)]
        case("a status or a vendor counts its own days", not all(each.is_simple for each in it))
        dues = [facts.due_on for facts in facts_of(walk)]
        assert dues == [change.order.calculated_due_on for change in walk.changes]

    @given(walks_of_vendors())
    def test_an_order_is_due_as_its_policy_says(self, walk: History) -> None:
        """The shipped law, after every change."""
        case("the order has a vendor with terms", is_of_a_vendor(walk))
        for change in walk.changes:
            laws.an_order_is_due_as_its_policy_says(walk.flow, change.order)


def is_of_a_vendor(walk: History) -> bool:
    """Whether the order has a vendor with terms at the end of its walk."""
    policy = walk.flow.due_dates
    return isinstance(policy, Terms) and walk.order.vendor in policy.vendors


def steps(walk: History) -> list[tuple[ProductionFlow, Change]]:
    """The changes of a walk, each with its flow."""
    return list(zip(walk.flows, walk.changes, strict=True))


class TestCalendarsByStatus:
    """Each status counts its own days, in its own calendar (D9, D42)."""

    @given(
        status_cycles(durations=st.sampled_from([None, 0, 0, 1, 2, 5])),
        due_date_policies(),
        order_dates(),
        st.integers(0, 9),
    )
    def test_equal_calendars_count_like_one(
        self, cycle: StatusCycle, policy: DueDatePolicy, dates: Dates, held: int
    ) -> None:
        """The shipped law."""
        ordered_on, delivery_on = dates
        laws.equal_calendars_count_like_one(
            cycle, plain(policy), ordered_on, delivery_on or ordered_on, held
        )

    @given(status_cycles(), working_calendars(days=ENDS), ENDS, ENDS)
    def test_equal_calendars_end_where_one_does(
        self, cycle: StatusCycle, calendar: WorkingCalendar, ordered_on: date, delivery_on: date
    ) -> None:
        """Up to the last day that Python has, and back to the first."""
        equal = dict.fromkeys([status.key for status in cycle], calendar)
        one, several = Forward(calendar), Forward(calendar, calendars=equal)
        dates = (ordered_on, delivery_on)
        expected = or_none(cycle, one, dates)
        case("the plan has no dates", expected is None)
        assert expected == or_none(cycle, several, dates)

    @given(asked(st.sampled_from([None, 1, 2, 5])))
    def test_a_start_in_time_keeps_the_latest_dates(self, order: Asked) -> None:
        """The shipped law."""
        laws.a_start_in_time_keeps_the_latest_dates(
            order.cycle, order.policy, order.delivery_on, order.vendor
        )

    @given(asked())
    def test_delivery_on_the_forward_finish_leaves_no_float(self, order: Asked) -> None:
        """And the last day to begin is not before the order date, if that is a working day."""
        cycle, policy, (day, _), vendor = order
        ordered_on = policy.calendar.following(day)
        forward = plan(cycle, policy, ordered_on=ordered_on, delivery_on=day, vendor=vendor)
        finish = dated(forward.earliest_dates)
        assume(finish)
        case("the statuses count in several calendars", agreed(policy, vendor).is_used_by(cycle))
        back = plan(cycle, policy, ordered_on=ordered_on, delivery_on=finish[-1], vendor=vendor)
        assert back.float_days == 0
        assert back.start_by is not None
        assert back.start_by >= ordered_on

    @given(asked(), st.integers(0, 9))
    def test_an_order_placed_later_is_never_done_earlier(self, order: Asked, days: int) -> None:
        """Each date moves on, or stays; so do those of a later delivery."""
        cycle, policy, (ordered_on, _), vendor = order
        later = timedelta(days)
        one, two = (
            plan(
                cycle,
                policy,
                ordered_on=ordered_on + more,
                delivery_on=order.delivery_on + more,
                vendor=vendor,
            )
            for more in (timedelta(0), later)
        )
        case("a date moved", one.earliest_dates != two.earliest_dates)
        for before, after in zip(one, two, strict=True):
            assert not before.earliest_on or before.earliest_on <= (after.earliest_on or date.min)
            assert not before.latest_on or before.latest_on <= (after.latest_on or date.min)


def or_none(cycle: StatusCycle, policy: DueDatePolicy, dates: Dates) -> Plan | None:
    """The plan; None if a date would be outside the calendar."""
    try:
        return planned(cycle, policy, dates)
    except DateOutOfRangeError:
        return None


class TestTerms:
    """A vendor has its own durations and calendars (D42)."""

    @given(st.data(), status_cycles(), order_dates())
    def test_a_vendor_has_the_durations_of_its_terms(
        self, data: st.DataObject, cycle: StatusCycle, dates: Dates
    ) -> None:
        """The shipped law."""
        policies = due_date_policies(cycle=cycle)
        policy = data.draw(policies.filter(lambda it: isinstance(it, Terms)))
        assert isinstance(policy, Terms)
        vendor = data.draw(st.sampled_from([*policy.vendors, "nobody"]))
        ordered_on, delivery_on = dates
        insists = policy.default_policy == Backward(
            policy.calendar,
            calendars=policy.default_policy.calendars,
            without_delivery="error",
        )
        laws.a_vendor_has_the_durations_of_its_terms(
            cycle, policy, vendor, ordered_on, delivery_on or (ordered_on if insists else None)
        )

    @given(asked())
    def test_a_vendor_without_terms_has_the_default_dates(self, order: Asked) -> None:
        """Exactly, in every date of the plan."""
        terms = Terms(plain(order.policy), {"another": VendorTerms(durations={"x": 9})})
        case("the default policy has several calendars", plain(order.policy).calendars)
        expected = planned(order.cycle, plain(order.policy), order.dates)
        assert expected == planned(order.cycle, terms, order.dates, order.vendor)


class TestProvisional:
    """A plan beyond the known holidays of a calendar says so (D9b)."""

    @given(asked_beyond_what_is_known())
    def test_a_plan_is_provisional_if_a_date_is_after_what_is_known(self, order: Asked) -> None:
        """Of all its dates, and of all calendars that its statuses count in."""
        found, it = order.plan, agreed(order.policy, order.vendor)
        used = [
            it.calendar(status.key)
            for status in order.cycle.path
            if it.days(order.cycle, status.key) is not None
        ]
        ends = [each.known_through for each in (order.policy.calendar, *used)]
        days = dated((*found.due_dates, *found.earliest_dates, *found.latest_dates))
        days += dated((found.start_by,))
        case("the plan is provisional", found.is_provisional)
        expected = any(day > end for day in days for end in ends if end is not None)
        assert expected == found.is_provisional


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

    @given(asked(), st.lists(order_dates(), max_size=6))
    def test_many_plans_are_as_many_single_plans(self, order: Asked, dates: list[Dates]) -> None:
        """Each plan is what `plan` gives, in the order of the dates."""
        cycle, policy, _, vendor = order
        case("there are several dates", len(dates) > 1)
        taken = [(ordered_on, delivery_on or ordered_on) for ordered_on, delivery_on in dates]
        expected = [planned(cycle, policy, pair, vendor) for pair in taken]
        assert expected == plan_many(cycle, policy, taken, vendor=vendor)

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
