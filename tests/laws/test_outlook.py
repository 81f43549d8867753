"""Laws of outlooks: decision D40."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from prodflow import DueDatePolicy, ProductionOrder, StatusCycle, outlook
from prodflow.diagrams import load_svg
from prodflow.hub import load
from prodflow.testing import laws
from prodflow.testing._cases import case
from prodflow.testing.strategies import due_date_policies, order_dates, status_cycles

from ._dates import Agreed, agreed, counted, later_by, on_or_after, path_of, works
from ._orders import OnPath, orders_on_hold, orders_on_the_path

DAYS = st.integers(-20, 40)


Work = Counter[tuple[str | None, date]]
WEIGHTS = st.integers(0, 10**15 - 1) | st.decimals(0, 1_000, places=3)


class Place(NamedTuple):
    """Where an order goes on, and what of its first status is done already."""

    key: str
    first_on: date
    begun_on: date
    pause: int
    by_hand: date | None


def place_of(order: ProductionOrder, it: Agreed, today: date) -> Place:
    """Where an order goes on if it does so today, or as soon as it can."""
    held, key = order.held, order.status.key
    if key in path_of(order.cycle):
        begun_on = order.entered_on if order.visit > 1 else max(order.entered_on, order.plan_from)
        first_on = max(today, order.resumed_on or order.entered_on, begun_on)
        by_hand = order.due_on if order.due_on_is_manual else None
        return Place(key, first_on, begun_on, order.paused_working_days, by_hand)
    assert order.resumes_in is not None
    first_on = max(today, order.resumed_on or order.entered_on)
    if order.due_on is not None and order.due_on > first_on:
        first_on = order.due_on
    if held is None:
        return Place(order.resumes_in, first_on, first_on, 0, None)
    begun_on = held.entered_on if held.visit > 1 else max(held.entered_on, order.plan_from)
    first_on = max(first_on, begun_on)
    pause = counted(it.policy.calendar, held.paused_on, first_on)
    by_hand = held.due_on if held.due_on_is_manual else None
    return Place(held.status, first_on, begun_on, held.paused_working_days + pause, by_hand)


def expected_days(order: ProductionOrder, it: Agreed, today: date) -> tuple[date, list[date]]:
    """The first day, and when each status to come is finished, counted day by day."""
    keys = path_of(order.cycle)[:-1]
    key, day, begun_on, pause, by_hand = place_of(order, it, today)
    first_on = day
    if key not in keys:
        return first_on, []
    days, calendar = it.days(order.cycle, key), it.calendar(key)
    if by_hand is not None:
        day = max(day, by_hand)
    elif days is not None:
        day = max(day, later_by(calendar, later_by(it.policy.calendar, begun_on, pause), days))
    found = [on_or_after(calendar, day)]
    for other in keys[keys.index(key) + 1 :]:
        days, calendar = it.days(order.cycle, other), it.calendar(other)
        if days is not None:
            day = later_by(calendar, day, days)
        found.append(found[-1] if days is None else on_or_after(calendar, max(day, found[-1])))
    return first_on, found


def work_of(order: ProductionOrder, it: Agreed, today: date, horizon: int) -> Work:
    """On which days an order counts for which departments, found by looking at each day."""
    keys = path_of(order.cycle)[:-1]
    key = place_of(order, it, today).key
    begins_on, finishes = expected_days(order, it, today)
    found: Work = Counter()
    rest = keys[keys.index(key) :] if key in keys else []
    for number, (each, finish_on) in enumerate(zip(rest, finishes, strict=True)):
        department = order.cycle[each].default_department
        if number == 0 and order.held is not None:
            department = order.held.department
        elif number == 0 and order.resumes_in is None:
            department = order.department
        for day in [today + timedelta(number) for number in range(horizon)]:
            at_once = begins_on == day == finish_on
            is_worked = begins_on < day <= finish_on and works(it.calendar(each), day)
            found[department, day] += at_once or is_worked
        begins_on = finish_on
    return found


def policies_of(on_path: OnPath) -> st.SearchStrategy[DueDatePolicy]:
    """The policy of the order's flow, or another one that may name its statuses."""
    policies = due_date_policies(cycle=on_path.order.cycle)
    return st.just(on_path.flow.due_dates) | policies


class TestLoad:
    """Each row of an outlook counts on its working days (D40)."""

    @given(
        st.data(),
        st.lists(orders_on_the_path() | orders_on_hold(), max_size=3),
        st.integers(-5, 9),
        st.integers(1, 40),
    )
    def test_a_load_is_counted_day_by_day(
        self, data: st.DataObject, found: list[OnPath], days: int, horizon: int
    ) -> None:
        """The same numbers as by asking of each day which orders are worked on."""
        policy = data.draw(policies_of(found[0]) if found else due_date_policies())
        orders = [each.order for each in found]
        today = (orders[0].begun_on if orders else date(2026, 11, 16)) + timedelta(days)
        weighed = data.draw(st.booleans())
        weights = {id(order): data.draw(WEIGHTS) if weighed else 1 for order in orders}
        expected: defaultdict[tuple[str | None, date], Fraction] = defaultdict(Fraction)
        for order in orders:
            work = work_of(order, agreed(policy, order.vendor), today, horizon)
            for place, number in work.items():
                expected[place] += Fraction(weights[id(order)]) * number
        weigh = (lambda order: weights[id(order)]) if weighed else None
        given: Any = {"today": today, "horizon": horizon, "weigh": weigh}
        seen = load(orders, policy, **given)
        case("an order is on hold", any(order.held is not None for order in orders))
        case("there is work", any(expected.values()))
        amounts = {
            (row.department, day): Fraction(amount)
            for row in seen
            for day, amount in zip(seen.days, row.amounts, strict=True)
            if amount
        }
        assert amounts == {place: amount for place, amount in expected.items() if amount}
        weeks = load(orders, policy, per="week", **given)
        assert sum(map(Fraction, weeks.totals)) == sum(map(Fraction, seen.totals))
        assert [(row.department, row.total) for row in weeks] == [
            (row.department, row.total) for row in seen
        ]
        assert all(day.weekday() == 0 for day in weeks.days)
        departments = {department for department, _ in amounts}
        assert load_svg(seen).count('class="department"') == len(departments)


class TestOutlook:
    """When an order in flight will be ready by the durations of its statuses (D40)."""

    @given(st.data(), orders_on_the_path() | orders_on_hold(), DAYS)
    def test_an_outlook_is_counted_day_by_day(
        self, data: st.DataObject, found: OnPath, days: int
    ) -> None:
        """The same days as by walking through the calendars."""
        order = found.order
        policy = data.draw(policies_of(found))
        today = order.begun_on + timedelta(days)
        it = agreed(policy, order.vendor)
        first, finishes = expected_days(order, it, today)
        seen = outlook(order, policy, today=today)
        assert seen is not None
        case("the order is on hold", order.held is not None)
        case("a date was given by hand", order.due_on_is_manual)
        case("statuses have calendars of their own", it.is_used_by(order.cycle))
        assert (seen.first_on, list(seen.finish_dates)) == (first, finishes)
        finish = finishes[-1] if finishes else on_or_after(policy.calendar, first)
        assert seen.finish_on == finish
        if order.delivery_on is None:
            assert seen.slack_days is None
        else:
            office, day = policy.calendar, timedelta(1)
            slack = counted(office, finish + day, order.delivery_on + day)
            assert seen.slack_days == slack
        assert works(policy.calendar, finish) or it.is_used_by(order.cycle)

    @given(status_cycles(), st.data(), order_dates())
    def test_an_outlook_begins_as_the_plan(
        self, cycle: StatusCycle, data: st.DataObject, dates: tuple[date, date | None]
    ) -> None:
        """The shipped law."""
        policy = data.draw(due_date_policies(cycle=cycle))
        laws.an_outlook_begins_as_the_plan(cycle, policy, *dates, vendor="Lab")

    @given(st.data(), orders_on_the_path() | orders_on_hold(), DAYS, st.integers(0, 20))
    def test_waiting_never_brings_the_finish_nearer(
        self, data: st.DataObject, found: OnPath, days: int, more: int
    ) -> None:
        """The shipped law."""
        today = found.order.begun_on + timedelta(days)
        policy = data.draw(policies_of(found))
        laws.waiting_never_brings_the_finish_nearer(found.order, policy, today, more)

    @given(st.data(), orders_on_the_path() | orders_on_hold(), DAYS)
    def test_going_on_early_never_makes_the_finish_later(
        self, data: st.DataObject, found: OnPath, days: int
    ) -> None:
        """The shipped law."""
        today = found.order.begun_on + timedelta(days)
        policy = data.draw(policies_of(found))
        laws.going_on_early_never_makes_the_finish_later(found.order, policy, today)

    @given(st.data(), orders_on_the_path() | orders_on_hold(), DAYS, st.integers(1, 9))
    def test_a_longer_duration_never_makes_the_finish_earlier(
        self, data: st.DataObject, found: OnPath, days: int, more: int
    ) -> None:
        """The shipped law."""
        today = found.order.begun_on + timedelta(days)
        key = data.draw(st.sampled_from([status.key for status in found.order.cycle.path[:-1]]))
        policy = data.draw(policies_of(found))
        laws.a_longer_duration_never_makes_the_finish_earlier(found.order, policy, today, key, more)

    @given(st.data(), orders_on_the_path() | orders_on_hold(), DAYS)
    def test_an_outlook_has_the_rest_of_the_path(
        self, data: st.DataObject, found: OnPath, days: int
    ) -> None:
        """The shipped law."""
        policy = data.draw(policies_of(found))
        today = found.order.begun_on + timedelta(days)
        laws.an_outlook_has_the_rest_of_the_path(found.order, policy, today)
