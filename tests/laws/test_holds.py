"""Laws of holds and due dates: decisions D6, D9, D12, D13b and D18."""

from datetime import date, timedelta

import pytest
from attrs import evolve, frozen
from hypothesis import given, reject
from hypothesis import strategies as st

from prodflow import (
    EVERY_DAY,
    Backward,
    DueDatePolicy,
    Forward,
    FromEntry,
    MissingDeliveryDateError,
    OrderQuery,
    PlanningFacts,
    ProductionFlow,
    WorkingCalendar,
)
from prodflow.hub import visits
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing._plan_laws import counting_of
from prodflow.testing._reports import reports_of_orders, reports_of_visits, stored
from prodflow.testing._studio import CYCLE
from prodflow.testing.strategies import History, histories, production_flows

from ._dates import counted, facts_of, later_by
from ._orders import AT, OnPath, cycles_with_asides, opened_there, orders_on_the_path

WALKS = histories(
    cycles=cycles_with_asides(), flows=production_flows(max_size=0), min_size=12, max_size=18
)
ON_PATH = orders_on_the_path()
TODAY = st.dates(date(2026, 1, 1), date(2027, 12, 31))
DAYS = st.integers(0, 20)


@frozen
class Always:
    """A policy that isn't prodflow's: everything is due on one day."""

    name: str = "always"
    calendar: WorkingCalendar = EVERY_DAY
    shift_holds: bool = False

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The last day of the year."""
        return date(planning.ordered_on.year, 12, 31)


POLICIES = [Forward(), Forward(shift_holds=True), Backward(shift_holds=True), FromEntry(), Always()]


class TestDates:
    """Every date is what you get by counting day by day (D6, D7, D9, D12, D13b, D18)."""

    @few(2)
    @given(WALKS)
    def test_due_dates_are_counted_day_by_day(self, walk: History) -> None:
        """Under each policy, after holds, corrections, migrations and undoing."""
        for change, facts in zip(walk.changes, facts_of(walk), strict=True):
            assert change.order.calculated_due_on == facts.due_on
        resumed = [change.order for change in walk.changes if change.order.resumed_on]
        case("a visit that was paused has a due date", any(o.calculated_due_on for o in resumed))

    @few(2)
    @given(WALKS)
    def test_days_on_hold_are_counted_day_by_day(self, walk: History) -> None:
        """Both the days of a pause and those that the order has been held."""
        for change, facts in zip(walk.changes, facts_of(walk), strict=True):
            order = change.order
            assert order.held_days == facts.held_days
            assert (order.paused_days, order.paused_working_days) == (
                facts.paused_days,
                facts.paused_working_days,
            )
        case("the order has been held", any(c.order.held_days for c in walk.changes))
        case("a visit was paused", any(c.order.paused_days for c in walk.changes))

    @few(2)
    @given(WALKS)
    def test_a_return_continues_its_visit(self, walk: History) -> None:
        """The visit has its number and its first day again, and says when it was resumed."""
        for change, facts in zip(walk.changes, facts_of(walk), strict=True):
            order = change.order
            assert (order.status.key, order.visit) == (facts.status, facts.visit)
            assert (order.entered_on, order.resumed_on) == (facts.entered_on, facts.resumed_on)
            held = None if order.held is None else (order.held.visit, order.held.paused_on)
            assert held == (facts.held and (facts.held.visit, facts.held.since))
        case("a visit was continued", any(c.order.resumed_on for c in walk.changes))


class TestShipped:
    """A hold pauses a visit, and a return continues it (D18)."""

    @given(ON_PATH)
    def test_a_hold_gives_back_what_was_agreed(self, on_path: OnPath) -> None:
        """The shipped law."""
        for aside in on_path.asides:
            laws.a_hold_gives_back_what_was_agreed(*on_path, aside)

    @given(ON_PATH)
    def test_a_cancellation_taken_back_continues_the_visit(self, on_path: OnPath) -> None:
        """The shipped law."""
        for cancelled in on_path.cancelled:
            laws.a_cancellation_taken_back_continues_the_visit(*on_path, cancelled)

    @given(ON_PATH)
    def test_a_hold_of_no_days_changes_nothing(self, on_path: OnPath) -> None:
        """The shipped law."""
        for aside in on_path.asides:
            laws.a_hold_of_no_days_changes_nothing(*on_path, aside)

    @given(ON_PATH, DAYS)
    def test_a_hold_moves_due_dates_by_its_working_days(self, on_path: OnPath, days: int) -> None:
        """The shipped law."""
        for aside in on_path.asides:
            laws.a_hold_moves_due_dates_by_its_working_days(*on_path, aside, days)

    @pytest.mark.parametrize("policy", POLICIES)
    def test_it_judges_the_policies_of_prodflow(self, policy: DueDatePolicy) -> None:
        """The law for every policy, and for an order with a delivery date and one without."""
        flow = ProductionFlow(due_dates=policy)
        for delivery_on in (date(2026, 3, 27), None):
            try:
                opened = flow.open(
                    CYCLE,
                    order_id="7",
                    ordered_on=AT.date(),
                    delivery_on=delivery_on,
                    by="Ada",
                    at=AT,
                )
            except MissingDeliveryDateError:
                continue
            laws.a_hold_moves_due_dates_by_its_working_days(flow, [opened], "hold", 3)

    @given(ON_PATH, DAYS)
    def test_several_asides_are_one_hold(self, on_path: OnPath, days: int) -> None:
        """The shipped law."""
        case("there are several asides", len(on_path.asides) > 1)
        laws.several_asides_are_one_hold(*on_path, on_path.asides, days)

    @given(ON_PATH)
    def test_what_is_amended_on_hold_is_meant_for_the_work(self, on_path: OnPath) -> None:
        """The shipped law."""
        for aside in on_path.asides:
            laws.what_is_amended_on_hold_is_meant_for_the_work(*on_path, aside)

    def test_the_people_of_a_hold_are_not_those_of_the_work(self) -> None:
        """The shipped law, for a hold without a due date that is somebody's."""
        cycle = CYCLE.replace("hold", default_user="Wim")
        flow = ProductionFlow()
        opened = flow.open(cycle, order_id="7", ordered_on=AT.date(), by="Ada", at=AT)
        laws.what_is_amended_on_hold_is_meant_for_the_work(flow, [opened], "hold")

    @given(ON_PATH)
    def test_a_completed_aside_goes_on(self, on_path: OnPath) -> None:
        """The shipped law."""
        for aside in on_path.asides:
            laws.a_completed_aside_goes_on(*on_path, aside)

    @given(ON_PATH)
    def test_a_return_from_hold_enters_nothing(self, on_path: OnPath) -> None:
        """The shipped law."""
        for aside in on_path.asides:
            laws.a_return_from_hold_enters_nothing(*on_path, aside)


class TestTwins:
    """An order that was on hold goes on like its twin that never was (D13b, D18)."""

    @given(ON_PATH, DAYS, DAYS, st.data())
    def test_later_visits_forget_a_hold(
        self, on_path: OnPath, before: int, days: int, data: st.DataObject
    ) -> None:
        """Both get every later status on the same day; only what counts days on hold differs."""
        flow, order = on_path.flow, on_path.order
        held_on = order.begun_on + timedelta(before)
        day = held_on + timedelta(days)
        aside = data.draw(st.sampled_from(on_path.asides))
        held = flow.advance(
            order, to=aside, current_complete=False, today=held_on, by="Ada", at=AT
        ).order
        back = flow.advance(held, today=day, by="Ada", at=AT).order
        known = counting_of(flow.due_dates, order.vendor)
        counts_back = known is not None and isinstance(known.policy, Backward)
        shifts = flow.due_dates.shift_holds and not (counts_back and order.delivery_on is not None)
        if shifts and known is not None and known.calendars:
            reject()  # each status shifts in its own calendar, as the laws of plans count it
        calendar = flow.due_dates.calendar
        paused = counted(calendar, held_on, day)
        case("the order was on hold for working days", paused)
        twin = order
        while twin.is_open:
            day += timedelta(data.draw(st.integers(0, 5)))
            twin = flow.advance(twin, today=day, by="Ada", at=AT).order
            back = flow.advance(back, today=day, by="Ada", at=AT).order
            due_on = twin.calculated_due_on
            if due_on is not None and shifts:
                due_on = later_by(calendar, due_on, paused)
            expected = evolve(
                twin,
                version=back.version,
                visit=back.visit,
                held_days=twin.held_days + paused,
                due_on=due_on,
                calculated_due_on=due_on,
                entered_after=back.entered_after,
            )
            assert back == expected

    @few(2)
    @given(ON_PATH, DAYS, st.data())
    def test_what_was_given_on_hold_stays_there(
        self, on_path: OnPath, days: int, data: st.DataObject
    ) -> None:
        """Who waits for the client, and until when, has no effect on the work."""
        flow, order = on_path.flow, on_path.order
        today = order.begun_on + timedelta(days)
        held = flow.advance(
            order,
            today=today,
            by="Ada",
            at=AT,
            to=data.draw(st.sampled_from(on_path.asides)),
            current_complete=False,
            department="Somewhere",
            user=None,
            due_on=today,
        ).order
        back = flow.advance(held, today=today, by="Ada", at=AT).order
        case("the due date was manual", order.due_on_is_manual)
        assert (order.status, order.visit) == (back.status, back.visit)
        assert (order.department, order.user) == (back.department, back.user)
        assert order.due_on_is_manual == back.due_on_is_manual
        assert back.due_on == (order.due_on if order.due_on_is_manual else back.calculated_due_on)

    @few(2)
    @given(ON_PATH, DAYS, DAYS)
    def test_going_on_elsewhere_ends_the_visit(
        self, on_path: OnPath, before: int, days: int
    ) -> None:
        """Any status but the one that was left begins a new visit, and nothing is held."""
        flow, order = on_path.flow, on_path.order
        held_on = order.begun_on + timedelta(before)
        for aside in on_path.asides:
            held = flow.advance(
                order, to=aside, current_complete=False, today=held_on, by="Ada", at=AT
            ).order
            day = held_on + timedelta(days)
            case("there is a third status", len(order.cycle.path) > 2)
            for status in order.cycle.path:
                if status != order.status:
                    after = flow.advance(held, to=status.key, today=day, by="Ada", at=AT).order
                    assert (after.visit, after.entered_on) == (after.version, day)
                    assert (after.resumed_on, after.paused_days, after.held) == (None, 0, None)
                    assert after.entered_after == held_on


class TestReports:
    """A hold shows as a pause and as a row of its own, and changes nothing else (D18)."""

    @few(2)
    @given(ON_PATH, DAYS, TODAY, st.data())
    def test_a_hold_of_no_days_is_seen_nowhere_else(
        self, on_path: OnPath, days: int, today: date, data: st.DataObject
    ) -> None:
        """The reports of orders are the same, and those of visits but for the hold itself."""
        aside = data.draw(st.sampled_from(on_path.asides))
        run = [opened_there(on_path)]
        order = run[-1].order
        day = order.begun_on + timedelta(days)
        flow = on_path.flow
        held = flow.advance(order, to=aside, current_complete=False, today=day, by="Ada", at=AT)
        back = flow.advance(held.order, today=day, by="Ada", at=AT)
        case("the visit had begun before", days)
        with_hold, without = stored([*run, held, back]), stored(run)
        (order_before,), (order_after,) = (s.find(OrderQuery()) for s in (without, with_hold))
        # Nobody expects the order to go on before it's back.
        today = max(today, day)
        assert reports_of_orders([order_before], [order.cycle], today) == reports_of_orders(
            [order_after], [order.cycle], today
        )
        expected = visits(without.history(order.id))
        found = [
            evolve(visit, pauses=())
            for visit in visits(with_hold.history(order.id))
            if visit.sequence != held.entry.sequence
        ]
        assert expected == tuple(found)
        assert reports_of_visits(expected, [order.cycle]) == reports_of_visits(found, [order.cycle])

    @few(2)
    @given(ON_PATH, DAYS, DAYS, DAYS, st.data())
    def test_days_on_hold_are_no_days_of_the_visit(
        self, on_path: OnPath, before: int, days: int, later: int, data: st.DataObject
    ) -> None:
        """A visit lasts as long as that of a twin that was never on hold."""
        aside = data.draw(st.sampled_from(on_path.asides))
        run = [opened_there(on_path)]
        order, flow = run[-1].order, on_path.flow
        held_on = order.begun_on + timedelta(before)
        held = flow.advance(order, to=aside, current_complete=False, today=held_on, by="Ada", at=AT)
        back_on = held_on + timedelta(days)
        back = flow.advance(held.order, today=back_on, by="Ada", at=AT)
        done_on = timedelta(later)
        done = flow.advance(back.order, today=back_on + done_on, by="Ada", at=AT)
        twin = flow.advance(order, today=held_on + done_on, by="Ada", at=AT)
        case("the hold had days", days)
        first, hold, *_ = visits([change.entry for change in (*run, held, back, done)])
        lasted, *_ = visits([change.entry for change in (*run, twin)])
        assert (first.calendar_days, first.completed) == (lasted.calendar_days, True)
        assert (first.paused_days, hold.calendar_days, hold.completed) == (days, days, True)
