"""Due dates and plans: the worked example of the manual, and decisions D6 to D13."""

import pickle
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

import pytest
from attrs import evolve, field, frozen

from prodflow import (
    EVERY_DAY,
    Backward,
    DateOutOfRangeError,
    DueDatePolicy,
    Facts,
    Forward,
    FromEntry,
    MissingDeliveryDateError,
    Plan,
    PlannedStatus,
    PlanningFacts,
    ProductionFlow,
    Status,
    StatusCycle,
    Terms,
    VendorTerms,
    WorkingCalendar,
    plan,
    plan_many,
)
from prodflow.duedate import check_policy

Anything: TypeAlias = Any  # what a caller without a type checker may pass

RETOUCH = Status("retouch", "Retouch", default_duration=3, initial=True)
PRINTING = Status("printing", "Printing", default_duration=2)
QA = Status("qa", "QA", default_duration=1)
SHIPPED = Status("shipped", "Shipped", final=True)

MANUAL = StatusCycle("prints", [RETOUCH, PRINTING, QA, SHIPPED])

THURSDAY = date(2015, 7, 23)
FRIDAY = date(2015, 7, 24)
SATURDAY = date(2015, 7, 25)
SUNDAY = date(2015, 7, 26)
MONDAY = date(2015, 7, 27)
TUESDAY = date(2015, 7, 28)
FRIDAY_31 = date(2015, 7, 31)
TUESDAY_4 = date(2015, 8, 4)


def days(*numbers: int | None) -> tuple[date | None, ...]:
    """Dates of July 2015; days after the 31st are in August."""
    return tuple(None if n is None else date(2015, 6, 30) + timedelta(n) for n in numbers)


class TestTheWorkedExampleOfTheManual:
    """Retouch 3 days, Printing 2, QA 1, Shipped: decision D7."""

    @pytest.mark.parametrize(
        ("calendar", "delivery_on", "expected"),
        [
            pytest.param(
                EVERY_DAY, FRIDAY_31, days(28, 30, 31, None), id="every day, Friday 31 July"
            ),
            pytest.param(
                WorkingCalendar(),
                FRIDAY_31,
                days(28, 30, 31, None),
                id="Monday to Friday, Friday 31 July",
            ),
            pytest.param(
                EVERY_DAY, TUESDAY_4, days(32, 34, 35, None), id="every day, Tuesday 4 August"
            ),
            pytest.param(
                WorkingCalendar(),
                TUESDAY_4,
                days(30, 34, 35, None),
                id="Monday to Friday, Tuesday 4 August",
            ),
        ],
    )
    def test_backward(
        self, calendar: WorkingCalendar, delivery_on: date, expected: tuple[date | None, ...]
    ) -> None:
        """The last working status is due on the delivery date, and earlier ones before it."""
        dates = plan(MANUAL, Backward(calendar), ordered_on=THURSDAY, delivery_on=delivery_on)
        assert dates.due_dates == expected

    @pytest.mark.parametrize(
        ("calendar", "ordered_on", "expected"),
        [
            pytest.param(EVERY_DAY, SATURDAY, days(28, 30, 31, None), id="every day, to 31 July"),
            pytest.param(
                WorkingCalendar(),
                THURSDAY,
                days(28, 30, 31, None),
                id="Monday to Friday, to 31 July",
            ),
            pytest.param(
                EVERY_DAY, date(2015, 7, 29), days(32, 34, 35, None), id="every day, to 4 August"
            ),
            pytest.param(
                WorkingCalendar(),
                MONDAY,
                days(30, 34, 35, None),
                id="Monday to Friday, to 4 August",
            ),
        ],
    )
    def test_forward(
        self, calendar: WorkingCalendar, ordered_on: date, expected: tuple[date | None, ...]
    ) -> None:
        """Counted forward, the durations add up from the order date (decision D6)."""
        dates = plan(MANUAL, Forward(calendar), ordered_on=ordered_on)
        assert dates.due_dates == expected

    @pytest.mark.parametrize(
        ("calendar", "delivery_on", "expected"),
        [
            pytest.param(EVERY_DAY, FRIDAY_31, SATURDAY, id="every day, Friday 31 July"),
            pytest.param(WorkingCalendar(), FRIDAY_31, THURSDAY, id="Monday to Friday, 31 July"),
            pytest.param(EVERY_DAY, TUESDAY_4, date(2015, 7, 29), id="every day, 4 August"),
            pytest.param(WorkingCalendar(), TUESDAY_4, MONDAY, id="Monday to Friday, 4 August"),
        ],
    )
    def test_start_by(self, calendar: WorkingCalendar, delivery_on: date, expected: date) -> None:
        """The last day to begin leaves time for all durations before delivery (D11)."""
        dates = plan(MANUAL, Backward(calendar), ordered_on=THURSDAY, delivery_on=delivery_on)
        assert dates.start_by == expected


ON_PATH = [Forward(), Backward(), FromEntry()]

HOLD = Status("hold", "On hold", non_standard=True, default_duration=2)
ASIDE = Status("aside", "Aside", non_standard=True)
AT_ONCE = Status("at-once", "At once", non_standard=True, default_duration=0)
OLD = Status("old", "Old proofing", inactive=True, default_duration=9)
OUTSIDE = Status("outside", "After sales", default_duration=2)
ZERO = Status("zero", "Check in", default_duration=0, initial=True)
SILENT = Status("silent", "Waiting")

RETOUCH_THEN = evolve(RETOUCH, initial=False)

BRANCHED = StatusCycle(
    "albums",
    [
        ZERO,
        RETOUCH_THEN,
        SILENT,
        HOLD,
        ASIDE,
        AT_ONCE,
        OLD,
        evolve(QA, default_duration=0),
        evolve(SHIPPED, default_duration=7),
        OUTSIDE,
    ],
)


def facts(key: str = "retouch", **more: Anything) -> PlanningFacts:
    """What a policy is asked with: an order of Thursday to be delivered on Friday the 31st."""
    known: dict[str, Anything] = {
        "cycle": BRANCHED,
        "status": BRANCHED[key],
        "plan_from": THURSDAY,
        "ordered_on": THURSDAY,
        "delivery_on": FRIDAY_31,
        "entered_on": MONDAY,
    }
    return PlanningFacts(**(known | more))


def due(
    policy: DueDatePolicy,
    key: str,
    **more: Anything,
) -> date | None:
    """The due date of a status of the branched cycle."""
    return policy.due_on(facts(key, **more))


class TestEveryPolicy:
    """The common behaviour of the three policies."""

    @pytest.mark.parametrize("policy", ON_PATH, ids=lambda policy: policy.name)
    @pytest.mark.parametrize(
        ("key", "entered_on", "expected"),
        [
            pytest.param("hold", FRIDAY, TUESDAY, id="entry and its own days"),
            pytest.param("hold", SATURDAY, TUESDAY, id="entered on a closed day"),
            pytest.param("at-once", FRIDAY, FRIDAY, id="0 days from an open day"),
            pytest.param("at-once", SATURDAY, MONDAY, id="0 days from a closed day"),
            pytest.param("aside", FRIDAY, None, id="without a duration"),
            pytest.param("outside", FRIDAY, TUESDAY, id="standard, but after the final status"),
            pytest.param("old", FRIDAY, date(2015, 8, 6), id="inactive"),
        ],
    )
    def test_off_the_path_entry_and_own_duration_count(
        self, policy: DueDatePolicy, key: str, entered_on: date, expected: date | None
    ) -> None:
        """A status off the path is due its own duration after the entry (decision D12)."""
        assert due(policy, key, entered_on=entered_on) == expected

    @pytest.mark.parametrize("policy", ON_PATH, ids=lambda policy: policy.name)
    @pytest.mark.parametrize("key", ["silent", "shipped"])
    def test_without_a_duration_and_at_the_end_nothing_is_due(
        self, policy: DueDatePolicy, key: str
    ) -> None:
        """Statuses without a duration and the final one are never due (decisions D3, D8)."""
        assert due(policy, key) is None

    @pytest.mark.parametrize("policy", ON_PATH, ids=lambda policy: policy.name)
    @pytest.mark.parametrize("planning", [None, "retouch", BRANCHED, RETOUCH])
    def test_a_policy_is_asked_with_planning_facts(
        self, policy: DueDatePolicy, planning: Anything
    ) -> None:
        """A policy takes one value, a `PlanningFacts` (decision D42)."""
        with pytest.raises(TypeError, match="planning must be a PlanningFacts"):
            policy.due_on(planning)

    @pytest.mark.parametrize("policy", ON_PATH, ids=lambda policy: policy.name)
    def test_the_end_of_the_calendar_is_named(self, policy: DueDatePolicy) -> None:
        """If the calendar ends off the path, the error has the day."""
        with pytest.raises(DateOutOfRangeError) as caught:
            due(policy, "hold", entered_on=date.max)
        assert (caught.value.day, caught.value.days) == (date.max, 2)

    @pytest.mark.parametrize("policy", ON_PATH, ids=lambda policy: policy.name)
    def test_off_the_path_days_held_make_no_difference(self, policy: DueDatePolicy) -> None:
        """A status off the path is due from its entry, however long the order was held before."""
        assert due(policy, "hold", entered_on=FRIDAY, held_days=3) == TUESDAY

    @pytest.mark.parametrize("policy", ON_PATH, ids=lambda policy: policy.name)
    def test_monday_to_friday_count_unless_told_otherwise(self, policy: DueDatePolicy) -> None:
        """Days are working days from Monday to Friday (decision D3)."""
        assert policy.calendar == WorkingCalendar()

    @pytest.mark.parametrize("kind", [Forward, Backward, FromEntry])
    @pytest.mark.parametrize("calendar", [None, [0, 1, 2], WorkingCalendar])
    def test_a_calendar_is_a_working_calendar(self, kind: Anything, calendar: Anything) -> None:
        """The calendar of a policy must be a `WorkingCalendar`."""
        with pytest.raises(TypeError, match="calendar must be a WorkingCalendar"):
            kind(calendar)

    @pytest.mark.parametrize(
        "policy",
        [
            Forward(EVERY_DAY, shift_holds=True),
            Backward(EVERY_DAY, without_delivery="error", shift_holds=True),
            FromEntry(EVERY_DAY),
        ],
        ids=lambda policy: policy.name,
    )
    def test_a_policy_pickles(self, policy: DueDatePolicy) -> None:
        """An unpickled policy is equal to the original."""
        assert pickle.loads(pickle.dumps(policy)) == policy

    @pytest.mark.parametrize("policy", ON_PATH, ids=lambda policy: policy.name)
    def test_equal_policies_have_one_hash(self, policy: Anything) -> None:
        """Equal policies have the same hash."""
        assert len({policy, evolve(policy)}) == 1


class TestForward:
    """Due dates that count forward from the order date, the default (decision D6)."""

    @pytest.mark.parametrize(
        ("key", "plan_from", "expected"),
        [
            pytest.param("zero", THURSDAY, THURSDAY, id="0 days on an open day"),
            pytest.param("zero", SATURDAY, MONDAY, id="0 days on a closed day"),
            pytest.param("retouch", THURSDAY, TUESDAY, id="over a weekend"),
            pytest.param("retouch", SATURDAY, date(2015, 7, 29), id="from a closed day"),
            pytest.param("qa", THURSDAY, TUESDAY, id="0 days after the one before"),
        ],
    )
    def test_due_on(self, key: str, plan_from: date, expected: date) -> None:
        """The durations up to a status count from the start of the plan; no date is before it."""
        assert due(Forward(), key, plan_from=plan_from) == expected

    def test_the_order_date_makes_no_difference(self) -> None:
        """The plan counts from its start, not from the order date (decision D6)."""
        assert due(Forward(), "retouch", ordered_on=date(2015, 7, 1)) == TUESDAY

    def test_the_day_of_entry_makes_no_difference(self) -> None:
        """The day of entry doesn't change a due date on the path (decision D13)."""
        assert due(Forward(), "retouch", entered_on=date(2016, 1, 1)) == TUESDAY

    def test_the_delivery_date_makes_no_difference(self) -> None:
        """The delivery date doesn't change a forward date."""
        assert due(Forward(), "retouch", delivery_on=None) == TUESDAY

    def test_holds_do_not_shift_unless_told(self) -> None:
        """By default, time spent off the path doesn't move the plan (decision D13b)."""
        assert Forward().shift_holds is False

    @pytest.mark.parametrize("kind", [Forward, Backward])
    @pytest.mark.parametrize("value", [None, 1, "yes"])
    def test_shift_holds_is_a_flag(self, kind: Anything, value: Anything) -> None:
        """shift_holds must be a bool."""
        with pytest.raises(TypeError, match="shift_holds must be True or False"):
            kind(shift_holds=value)

    @pytest.mark.parametrize(
        ("key", "plan_from", "expected"),
        [
            pytest.param("retouch", THURSDAY, FRIDAY_31, id="after the days of the path"),
            pytest.param("retouch", SATURDAY, date(2015, 8, 3), id="exactly, from a closed day"),
            pytest.param("zero", THURSDAY, TUESDAY, id="where no day is taken"),
            pytest.param("zero", SATURDAY, date(2015, 7, 30), id="where none is, on a closed day"),
        ],
    )
    def test_days_held_are_added(self, key: str, plan_from: date, expected: date) -> None:
        """With shift_holds, working days held move every date by as many (decisions D9, D13b)."""
        policy = Forward(shift_holds=True)
        assert due(policy, key, plan_from=plan_from, held_days=3) == expected

    @pytest.mark.parametrize("key", ["zero", "retouch", "qa"])
    def test_without_shift_holds_days_held_make_no_difference(self, key: str) -> None:
        """A policy without shift_holds takes the days held as 0 (decision D13b)."""
        assert due(Forward(), key, held_days=3) == due(Forward(), key)

    def test_days_held_do_not_shift_the_path_of_from_entry(self) -> None:
        """`FromEntry` counts from the entry, so it has no plan that could shift."""
        assert FromEntry().shift_holds is False

    def test_the_end_of_the_calendar_is_named(self) -> None:
        """At the end of the calendar, the error has the start of the plan and the days from it."""
        with pytest.raises(DateOutOfRangeError) as caught:
            due(Forward(), "retouch", plan_from=date(9999, 12, 30))
        assert (caught.value.day, caught.value.days) == (date(9999, 12, 30), 3)


class TestBackward:
    """Due dates that count backward from the delivery date (decision D7)."""

    @pytest.mark.parametrize(
        ("key", "delivery_on", "expected"),
        [
            pytest.param("qa", FRIDAY_31, FRIDAY_31, id="the last one on the delivery date"),
            pytest.param("retouch", FRIDAY_31, FRIDAY_31, id="0 days before one of 0 days"),
            pytest.param("zero", FRIDAY_31, TUESDAY, id="less what is still to come"),
            pytest.param("qa", SUNDAY, FRIDAY, id="a closed delivery day is met before it"),
            pytest.param("zero", SUNDAY, date(2015, 7, 21), id="and counted back from there"),
        ],
    )
    def test_due_on(self, key: str, delivery_on: date, expected: date) -> None:
        """The durations after a status count back from the delivery date."""
        assert due(Backward(), key, delivery_on=delivery_on) == expected

    def test_dates_before_the_order_date_are_given_as_they_are(self) -> None:
        """Due dates before the order date are returned unchanged (decision D11)."""
        later = date(2016, 1, 1)
        assert due(Backward(), "zero", ordered_on=later, plan_from=later) == TUESDAY

    @pytest.mark.parametrize("shift_holds", [True, False])
    def test_days_held_never_move_a_date_before_the_delivery(self, shift_holds: bool) -> None:
        """Dates that count back from the delivery date never move (decision D13b)."""
        policy = Backward(shift_holds=shift_holds)
        assert due(policy, "zero", held_days=3) == TUESDAY

    @pytest.mark.parametrize(("shift_holds", "expected"), [(True, FRIDAY_31), (False, TUESDAY)])
    def test_days_held_move_what_is_counted_forward(
        self, shift_holds: bool, expected: date
    ) -> None:
        """For an order without a delivery date, `Backward` may shift holds too (D13b)."""
        policy = Backward(without_delivery="forward", shift_holds=shift_holds)
        assert due(policy, "retouch", delivery_on=None, held_days=3) == expected

    def test_without_a_delivery_date_nothing_is_due(self) -> None:
        """By default, nothing is due without a delivery date (decision D10)."""
        assert due(Backward(), "retouch", delivery_on=None) is None

    def test_without_a_delivery_date_it_may_count_forward(self) -> None:
        """With "forward", the dates count forward without a delivery date (decision D10)."""
        policy = Backward(without_delivery="forward")
        assert due(policy, "retouch", delivery_on=None) == TUESDAY

    def test_without_a_delivery_date_it_may_refuse(self) -> None:
        """With "error", a missing delivery date is refused (decision D10)."""
        with pytest.raises(MissingDeliveryDateError) as caught:
            due(Backward(without_delivery="error"), "retouch", delivery_on=None)
        assert (caught.value.order_type, caught.value.status) == ("albums", "retouch")

    @pytest.mark.parametrize("key", ["silent", "hold", "shipped"])
    def test_what_needs_no_delivery_date_is_not_refused(self, key: str) -> None:
        """A status whose date doesn't count back needs no delivery date, even with "error"."""
        policy = Backward(without_delivery="error")
        assert due(policy, key, delivery_on=None) == due(Forward(), key)

    @pytest.mark.parametrize("word", [None, "", "FORWARD", "guess", True])
    def test_there_are_three_words(self, word: Anything) -> None:
        """`without_delivery` accepts only "none", "forward" and "error"."""
        with pytest.raises(ValueError, match="without_delivery must be 'none' or 'forward'"):
            Backward(without_delivery=word)

    def test_the_beginning_of_the_calendar_is_named(self) -> None:
        """If a date is before year 1, the error has the delivery date and the days."""
        with pytest.raises(DateOutOfRangeError) as caught:
            due(Backward(), "zero", delivery_on=date(1, 1, 2))
        assert (caught.value.day, caught.value.days) == (date(1, 1, 2), -3)


class TestFromEntry:
    """Due dates that count from the entry of each status."""

    @pytest.mark.parametrize(
        ("key", "entered_on", "expected"),
        [
            pytest.param("retouch", MONDAY, date(2015, 7, 30), id="entry and its own days"),
            pytest.param("retouch", SATURDAY, date(2015, 7, 29), id="entered on a closed day"),
            pytest.param("zero", MONDAY, MONDAY, id="0 days on an open day"),
            pytest.param("zero", SUNDAY, MONDAY, id="0 days on a closed day"),
        ],
    )
    def test_due_on(self, key: str, entered_on: date, expected: date) -> None:
        """A status is due its own duration after the entry."""
        assert due(FromEntry(), key, entered_on=entered_on) == expected

    @pytest.mark.parametrize(
        ("key", "entered_on", "expected"),
        [
            pytest.param("retouch", MONDAY, date(2015, 8, 3), id="days worked and paused"),
            pytest.param("zero", MONDAY, date(2015, 7, 29), id="0 days, and paused"),
            pytest.param("zero", SATURDAY, date(2015, 7, 29), id="0 days from a closed day"),
        ],
    )
    def test_days_paused_do_not_count_as_worked(
        self, key: str, entered_on: date, expected: date
    ) -> None:
        """A status is due its own duration of days worked: paused days are added (D9, D18)."""
        assert due(FromEntry(), key, entered_on=entered_on, paused_working_days=2) == expected

    def test_days_held_before_make_no_difference(self) -> None:
        """What the order was held before this visit doesn't count."""
        assert due(FromEntry(), "retouch", held_days=3) == date(2015, 7, 30)


class TestPlanningFacts:
    """What a policy may look at (decision D42)."""

    def test_most_of_it_may_be_left_out(self) -> None:
        """An order without delivery date and vendor that was never on hold needs six values."""
        planning = PlanningFacts(
            cycle=BRANCHED,
            status=RETOUCH_THEN,
            plan_from=FRIDAY,
            ordered_on=THURSDAY,
            entered_on=MONDAY,
        )
        expected = (None, 0, 0, None)
        assert expected == (
            planning.delivery_on,
            planning.paused_working_days,
            planning.held_days,
            planning.vendor,
        )

    def test_the_status_is_one_of_the_cycle(self) -> None:
        """The status must be in the cycle, field by field."""
        with pytest.raises(ValueError, match="status must be one of cycle 'albums', not 'retouch'"):
            facts(status=RETOUCH)

    @pytest.mark.parametrize(
        ("name", "value", "error"),
        [
            ("cycle", "albums", TypeError),
            ("status", "retouch", TypeError),
            ("plan_from", None, TypeError),
            ("ordered_on", datetime(2015, 7, 23, tzinfo=UTC), TypeError),
            ("delivery_on", "2015-07-31", TypeError),
            ("entered_on", None, TypeError),
            ("paused_working_days", -1, ValueError),
            ("held_days", 1.0, TypeError),
            ("vendor", "", ValueError),
        ],
    )
    def test_each_field_refuses_bad_values(
        self, name: str, value: Anything, error: type[Exception]
    ) -> None:
        """Each field refuses a value of the wrong kind or out of bounds, with its name."""
        with pytest.raises(error, match=name):
            facts(**{name: value})

    def test_it_is_a_value(self) -> None:
        """Equal facts are equal, have one hash and can be pickled."""
        assert len({facts(), facts(), pickle.loads(pickle.dumps(facts()))}) == 1


@frozen
class Fixed:
    """A custom policy: everything is due on one day."""

    day: date | None
    name: str = "fixed"
    calendar: WorkingCalendar = EVERY_DAY
    shift_holds: bool = False
    asked: list[PlanningFacts] = field(factory=list)

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The day, or None for the first status."""
        self.asked.append(planning)
        return None if planning.status.initial else self.day


@frozen
class Promised:
    """A custom policy: everything is due on the delivery date, or else on the order date."""

    name: str = "promised"
    calendar: WorkingCalendar = EVERY_DAY
    shift_holds: bool = False

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The delivery date, or the order date."""
        return planning.delivery_on or planning.ordered_on


@frozen
class Unshifted:
    """Almost a policy: it doesn't say whether holds shift the plan."""

    name: str = "unshifted"
    calendar: WorkingCalendar = EVERY_DAY

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The delivery date."""
        return planning.delivery_on


class TestPolicies:
    """Any object with name, calendar, shift_holds and due_on is a policy."""

    @pytest.mark.parametrize("policy", [*ON_PATH, Fixed(MONDAY)], ids=lambda policy: policy.name)
    def test_the_protocol_is_met(self, policy: object) -> None:
        """The three policies and a custom one implement the protocol."""
        assert isinstance(policy, DueDatePolicy)

    def test_check_policy_lets_a_policy_through(self) -> None:
        """A custom policy is accepted."""
        check_policy("due_dates", Fixed(MONDAY))

    @pytest.mark.parametrize("policy", [None, "forward", EVERY_DAY, Unshifted()])
    def test_what_is_no_policy_is_refused(self, policy: Anything) -> None:
        """Anything without the members of the protocol is refused."""
        with pytest.raises(TypeError, match="due_dates must be a due-date policy"):
            check_policy("due_dates", policy)

    @pytest.mark.parametrize("name", ["", "my policy", "x" * 65])
    def test_a_policy_has_a_usable_name(self, name: str) -> None:
        """The name of a policy must be a key, because the history has it."""
        with pytest.raises(ValueError, match="the name of due_dates must be"):
            check_policy("due_dates", Fixed(MONDAY, name))

    def test_the_name_of_a_policy_is_a_str(self) -> None:
        """The name of a policy must be a str."""
        name: Anything = None
        with pytest.raises(TypeError, match="the name of due_dates must be a str"):
            check_policy("due_dates", Fixed(MONDAY, name))

    def test_a_policy_has_a_calendar(self) -> None:
        """The calendar of a policy must be a `WorkingCalendar`."""
        calendar: Anything = [0, 1, 2]
        with pytest.raises(TypeError, match="the calendar of due_dates must be a WorkingCalendar"):
            check_policy("due_dates", Fixed(MONDAY, "fixed", calendar))

    def test_a_policy_says_whether_holds_shift_the_plan(self) -> None:
        """The shift_holds of a policy must be a bool."""
        wrong: Anything = 1
        with pytest.raises(TypeError, match="shift_holds of due_dates must be True or False"):
            check_policy("due_dates", Fixed(MONDAY, shift_holds=wrong))


class TestPlan:
    """The dates of every status of a path."""

    def test_there_is_a_row_for_each_status_of_the_path(self) -> None:
        """A plan has a row for each status of the path, and no others."""
        rows = plan(BRANCHED, Forward(), ordered_on=THURSDAY)
        assert [row.status for row in rows] == list(BRANCHED.path)

    def test_a_row_has_three_dates(self) -> None:
        """A row has the due date, the earliest date (forward) and the latest (backward)."""
        dates = plan(MANUAL, Forward(), ordered_on=MONDAY, delivery_on=FRIDAY_31)
        expected = PlannedStatus(RETOUCH, date(2015, 7, 30), date(2015, 7, 30), TUESDAY)
        assert dates[0] == expected

    def test_without_a_delivery_date_there_is_no_latest_date(self) -> None:
        """Without a delivery date, latest dates, float and start are None."""
        dates = plan(MANUAL, Forward(), ordered_on=THURSDAY)
        assert dates == Plan(
            cycle=MANUAL,
            due_dates=days(28, 30, 31, None),
            earliest_dates=days(28, 30, 31, None),
            latest_dates=(None, None, None, None),
            float_days=None,
            start_by=None,
        )

    def test_a_plan_has_all_that_its_constructor_takes(self) -> None:
        """If dates count backward, the due dates are the latest ones."""
        dates = plan(MANUAL, Backward(), ordered_on=THURSDAY, delivery_on=TUESDAY_4)
        assert dates == Plan(
            cycle=MANUAL,
            due_dates=days(30, 34, 35, None),
            earliest_dates=days(28, 30, 31, None),
            latest_dates=days(30, 34, 35, None),
            float_days=2,
            start_by=MONDAY,
        )

    @pytest.mark.parametrize(
        ("ordered_on", "delivery_on", "expected"),
        [
            pytest.param(THURSDAY, FRIDAY_31, 0, id="just in time"),
            pytest.param(THURSDAY, TUESDAY_4, 2, id="two working days to spare"),
            pytest.param(MONDAY, FRIDAY_31, -2, id="two working days too late"),
            pytest.param(THURSDAY, date(2015, 8, 2), 0, id="a closed delivery day spares none"),
            pytest.param(THURSDAY, None, None, id="without a delivery date"),
        ],
    )
    def test_float_days(
        self, ordered_on: date, delivery_on: date | None, expected: int | None
    ) -> None:
        """The float is the working days from earliest to latest finish (decision D11)."""
        dates = plan(MANUAL, Forward(), ordered_on=ordered_on, delivery_on=delivery_on)
        assert dates.float_days == expected

    def test_the_float_is_that_of_the_last_dated_status(self) -> None:
        """The float is that of the last status with a date."""
        cycle = StatusCycle("prints", [RETOUCH, SILENT, SHIPPED])
        dates = plan(cycle, Forward(), ordered_on=THURSDAY, delivery_on=FRIDAY_31)
        assert dates.float_days == 3

    def test_without_a_dated_status_there_is_no_float(self) -> None:
        """A plan without due dates has no float."""
        cycle = StatusCycle("prints", [evolve(RETOUCH, default_duration=None), SHIPPED])
        dates = plan(cycle, Forward(), ordered_on=THURSDAY, delivery_on=FRIDAY_31)
        assert (dates.float_days, dates.start_by) == (None, FRIDAY_31)

    @pytest.mark.parametrize(
        ("today", "expected"),
        [
            pytest.param(TUESDAY, [], id="on the day itself none is over"),
            pytest.param(date(2015, 7, 29), ["retouch"], id="the day after, it is"),
            pytest.param(TUESDAY_4, ["retouch", "printing", "qa"], id="at last all but the final"),
        ],
    )
    def test_past_gives_the_rows_whose_latest_date_is_over(
        self, today: date, expected: list[str]
    ) -> None:
        """`past` gives the rows whose latest date is over, in path order (decision D11)."""
        dates = plan(MANUAL, Forward(), ordered_on=MONDAY, delivery_on=FRIDAY_31)
        assert [row.status.key for row in dates.past(today=today)] == expected

    def test_nothing_is_past_without_a_delivery_date(self) -> None:
        """Without a delivery date, no row is past."""
        assert plan(MANUAL, Forward(), ordered_on=THURSDAY).past(today=date.max) == ()

    @pytest.mark.parametrize("today", [None, "2015-07-28", datetime(2015, 7, 28, tzinfo=UTC)])
    def test_today_is_a_date(self, today: Anything) -> None:
        """Today must be a date without a time."""
        with pytest.raises(TypeError, match="today must be a date"):
            plan(MANUAL, Forward(), ordered_on=THURSDAY).past(today=today)

    @pytest.mark.parametrize(
        ("ordered_on", "expected"),
        [
            pytest.param(THURSDAY, days(23, 28, None, 28, None), id="an open order date"),
            pytest.param(SATURDAY, days(27, 29, None, 29, None), id="a closed order date"),
        ],
    )
    def test_zero_days_are_due_on_the_next_day_that_counts(
        self, ordered_on: date, expected: tuple[date | None, ...]
    ) -> None:
        """If the order date is not a working day, zero days end on the next one (D9)."""
        assert plan(BRANCHED, Forward(), ordered_on=ordered_on).due_dates == expected

    def test_from_entry_each_status_is_entered_when_the_one_before_is_due(self) -> None:
        """Each status begins when the one before is due, the first on a working day."""
        dates = plan(BRANCHED, FromEntry(), ordered_on=SATURDAY)
        assert dates.due_dates == days(27, 30, None, 30, None)

    def test_backward_without_a_delivery_date_gives_no_due_dates(self) -> None:
        """Without a delivery date there are no due dates, only earliest ones (D10)."""
        dates = plan(MANUAL, Backward(), ordered_on=THURSDAY)
        assert (dates.due_dates, dates.earliest_dates) == (
            (None, None, None, None),
            days(28, 30, 31, None),
        )

    def test_backward_without_a_delivery_date_may_count_forward(self) -> None:
        """With "forward", the due dates are then the earliest ones (decision D10)."""
        dates = plan(MANUAL, Backward(without_delivery="forward"), ordered_on=THURSDAY)
        assert dates.due_dates == dates.earliest_dates

    def test_backward_without_a_delivery_date_may_refuse(self) -> None:
        """With "error", a plan without a delivery date is refused (decision D10)."""
        with pytest.raises(MissingDeliveryDateError) as caught:
            plan(MANUAL, Backward(without_delivery="error"), ordered_on=THURSDAY)
        assert (caught.value.order_type, caught.value.status) == ("prints", "retouch")

    def test_a_policy_of_the_host_gives_the_due_dates(self) -> None:
        """A custom policy gives the due dates, and nothing else is known of its dates."""
        dates = plan(MANUAL, Fixed(SUNDAY), ordered_on=SATURDAY, delivery_on=FRIDAY_31)
        expected = (None, SUNDAY, SUNDAY, SUNDAY)
        assert (dates.due_dates, dates.earliest_dates) == (expected, expected)
        assert (dates.latest_dates, dates.float_days, dates.start_by) == ((None,) * 4, None, None)

    def test_a_policy_of_the_host_is_told_the_delivery_date(self) -> None:
        """A custom policy gets the delivery date."""
        dates = plan(MANUAL, Promised(), ordered_on=MONDAY, delivery_on=FRIDAY_31)
        assert dates.due_dates == (FRIDAY_31,) * 4

    def test_a_policy_of_the_host_is_told_the_order_date(self) -> None:
        """A custom policy gets the order date."""
        dates = plan(MANUAL, Promised(), ordered_on=MONDAY)
        assert dates.due_dates == (MONDAY,) * 4

    def test_a_policy_of_the_host_is_asked_status_by_status(self) -> None:
        """A custom policy is asked as if each status began when the one before is due."""
        policy = Fixed(SUNDAY)
        plan(MANUAL, policy, ordered_on=SATURDAY)
        assert [(planning.status, planning.entered_on) for planning in policy.asked] == [
            (RETOUCH, SATURDAY),
            (PRINTING, SATURDAY),
            (QA, SUNDAY),
            (SHIPPED, SUNDAY),
        ]

    def test_a_policy_of_the_host_is_told_of_an_order_that_was_never_on_hold(self) -> None:
        """In a plan, the policy is asked about an order that is placed and not paused."""
        policy = Fixed(SUNDAY)
        plan(MANUAL, policy, ordered_on=SATURDAY, delivery_on=FRIDAY_31)
        expected = PlanningFacts(
            cycle=MANUAL,
            status=RETOUCH,
            plan_from=SATURDAY,
            ordered_on=SATURDAY,
            delivery_on=FRIDAY_31,
            entered_on=SATURDAY,
        )
        assert policy.asked[0] == expected

    @pytest.mark.parametrize(("shift_holds", "held"), [(True, 3), (False, 0)])
    def test_a_policy_of_the_host_is_told_all_about_an_order(
        self, shift_holds: bool, held: int
    ) -> None:
        """A policy gets the vendor, the pauses, and the days held if it shifts holds (D42)."""
        policy = Fixed(SUNDAY, shift_holds=shift_holds)
        at = datetime(2015, 7, 23, 9, tzinfo=UTC)
        opened = ProductionFlow().open(
            MANUAL,
            order_id="PO-1",
            ordered_on=THURSDAY,
            plan_from=FRIDAY,
            vendor="Acme",
            by="ann",
            at=at,
        )
        order = evolve(opened.order, resumed_on=TUESDAY, paused_working_days=2, held_days=3)
        ProductionFlow(due_dates=policy).replan(order, by="ann", at=at)
        expected = PlanningFacts(
            cycle=MANUAL,
            status=RETOUCH,
            plan_from=FRIDAY,
            ordered_on=THURSDAY,
            delivery_on=None,
            entered_on=THURSDAY,
            paused_working_days=2,
            held_days=held,
            vendor="Acme",
        )
        assert policy.asked == [expected]

    def test_a_policy_of_the_host_gives_dates_to_a_plan(self) -> None:
        """For a plan, a policy must return dates or None."""
        soon: Anything = "soon"
        with pytest.raises(TypeError, match="what the policy gives"):
            plan(MANUAL, Fixed(soon), ordered_on=SATURDAY)

    def test_a_policy_of_the_host_gives_a_date_at_opening(self) -> None:
        """For an opening, a policy must return a date or None."""
        soon: Anything = "soon"
        flow = ProductionFlow(due_dates=Fixed(soon))
        with pytest.raises(TypeError, match="what the policy gives"):
            flow.open(
                MANUAL,
                order_id="PO-1",
                ordered_on=SATURDAY,
                status="qa",
                by="ann",
                at=datetime(2015, 7, 25, 9, tzinfo=UTC),
            )

    def test_what_a_policy_of_the_host_raises_passes_through(self) -> None:
        """An error that a custom policy raises passes through."""

        class Failing(Fixed):
            def due_on(self, _: PlanningFacts, /) -> date | None:
                raise LookupError

        with pytest.raises(LookupError):
            plan(MANUAL, Failing(SUNDAY), ordered_on=SATURDAY)

    def test_a_type_error_of_the_host_is_no_bad_pair(self) -> None:
        """A TypeError that a custom policy raises isn't taken for a bad pair of dates."""

        class Failing(Fixed):
            def due_on(self, _: PlanningFacts, /) -> date | None:
                raise TypeError("the host's own")

        with pytest.raises(TypeError, match="the host's own"):
            plan_many(MANUAL, Failing(SUNDAY), [(SATURDAY, None)])

    @pytest.mark.parametrize(
        ("ordered_on", "delivery_on", "day", "distance"),
        [
            pytest.param(date(9999, 12, 30), None, date(9999, 12, 30), 3, id="forward"),
            pytest.param(THURSDAY, date(1, 1, 3), date(1, 1, 3), -3, id="backward"),
        ],
    )
    def test_the_ends_of_the_calendar_are_named(
        self, ordered_on: date, delivery_on: date | None, day: date, distance: int
    ) -> None:
        """At the ends of the calendar, the error has the anchor and the days from it."""
        with pytest.raises(DateOutOfRangeError) as caught:
            plan(MANUAL, Forward(), ordered_on=ordered_on, delivery_on=delivery_on)
        assert (caught.value.day, caught.value.days) == (day, distance)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("cycle", None),
            ("cycle", [RETOUCH, SHIPPED]),
            ("policy", None),
            ("policy", "forward"),
            ("policy", Forward),
            ("ordered_on", None),
            ("ordered_on", datetime(2015, 7, 23, tzinfo=UTC)),
            ("delivery_on", "2015-07-31"),
            ("delivery_on", datetime(2015, 7, 31, tzinfo=UTC)),
        ],
    )
    def test_a_value_of_the_wrong_kind_is_refused(self, name: str, value: Anything) -> None:
        """Each argument refuses a value of the wrong kind."""
        arguments: dict[str, Anything] = {
            "cycle": MANUAL,
            "policy": Forward(),
            "ordered_on": THURSDAY,
            name: value,
        }
        with pytest.raises(TypeError, match=name):
            plan(**arguments)


COURIER = WorkingCalendar(working_weekdays=[1, 5])  # comes on Tuesdays and Saturdays

PACKED = StatusCycle(
    "parcels",
    [
        Status("pack", "Pack", default_duration=1, initial=True),
        Status("pickup", "Pickup", default_duration=0),
        Status("bill", "Send the bill", default_duration=0),
        Status("done", "Done", final=True),
        Status("return", "Returned", default_duration=2, non_standard=True),
    ],
)


def parcel(policy: DueDatePolicy, key: str, **more: Anything) -> date | None:
    """The due date of a parcel of Thursday, entered on Friday."""
    known: dict[str, Anything] = {
        "cycle": PACKED,
        "status": PACKED[key],
        "plan_from": THURSDAY,
        "ordered_on": THURSDAY,
        "entered_on": FRIDAY,
    }
    return policy.due_on(PlanningFacts(**(known | more)))


class TestCalendarsByStatus:
    """A status can count its days in a calendar of its own (decisions D9 and D42)."""

    def test_forward_each_status_counts_its_own_days(self) -> None:
        """Two days of a courier that comes on Tuesdays and Saturdays take a week."""
        policy = Forward(calendars={"printing": COURIER})
        assert plan(MANUAL, policy, ordered_on=THURSDAY).due_dates == days(28, 35, 36, None)

    def test_backward_each_status_counts_its_own_days(self) -> None:
        """Work must be done by the last day from which the courier is in time."""
        policy = Backward(calendars={"printing": COURIER})
        dates = plan(MANUAL, policy, ordered_on=THURSDAY, delivery_on=TUESDAY_4)
        assert dates.due_dates == days(27, 32, 35, None)
        assert (dates.start_by, dates.float_days) == (date(2015, 7, 22), -1)

    def test_the_last_day_to_start_is_a_working_day_of_the_policy(self) -> None:
        """Work that must begin by Saturday begins on Friday."""
        policy = Backward(calendars={"retouch": EVERY_DAY})
        dates = plan(MANUAL, policy, ordered_on=THURSDAY, delivery_on=FRIDAY_31)
        assert dates.due_dates == days(28, 30, 31, None)
        assert dates.start_by == FRIDAY

    def test_a_closed_day_moves_a_status_of_no_days(self) -> None:
        """If the courier isn't there, the pickup waits; what follows isn't due before it."""
        dates = plan(PACKED, Forward(calendars={"pickup": COURIER}), ordered_on=THURSDAY)
        assert dates.due_dates == days(24, 25, 27, None)

    def test_a_status_after_a_closed_day_counts_from_the_work_before(self) -> None:
        """A pickup of 0 days takes no time, even if it waits for the courier."""
        cycle = PACKED.replace("bill", default_duration=2)
        dates = plan(cycle, Forward(calendars={"pickup": COURIER}), ordered_on=TUESDAY)
        assert dates.due_dates == days(29, 32, 34, None)

    def test_backward_a_status_of_no_days_may_be_due_before_the_previous_one(self) -> None:
        """Counted back, the pickup is on the last day of the courier that is early enough."""
        cycle = PACKED.replace("bill", default_duration=1)
        policy = Backward(calendars={"pickup": COURIER})
        dates = plan(cycle, policy, ordered_on=THURSDAY, delivery_on=FRIDAY_31)
        assert dates.due_dates == days(30, 28, 31, None)

    @pytest.mark.parametrize(
        ("held", "expected"),
        [
            pytest.param(0, SATURDAY, id="on the first day of the courier"),
            pytest.param(1, TUESDAY, id="a working day after the first one"),
            pytest.param(2, date(2015, 8, 1), id="on the next day of the courier"),
        ],
    )
    def test_days_on_hold_count_in_the_calendar_of_the_policy(
        self, held: int, expected: date
    ) -> None:
        """Then the day of the status itself follows."""
        cycle = PACKED.replace("pack", default_duration=None)
        policy = Forward(calendars={"pickup": COURIER}, shift_holds=True)
        facts = {"cycle": cycle, "status": cycle["pickup"], "plan_from": SATURDAY}
        assert parcel(policy, "pickup", held_days=held, **facts) == expected

    def test_days_on_hold_come_before_the_days_of_the_path(self) -> None:
        """Three working days on hold, and then a day of work."""
        policy = Forward(calendars={"pickup": COURIER}, shift_holds=True)
        assert parcel(policy, "pack", held_days=3) == date(2015, 7, 29)

    def test_after_a_day_of_work_a_hold_no_longer_moves_a_status_of_no_days(self) -> None:
        """Held from a Saturday for five days, packed on a Saturday, and billed at once."""
        policy = Forward(calendars={"pack": COURIER, "bill": EVERY_DAY}, shift_holds=True)
        cycle = PACKED.replace("pickup", default_duration=None)
        facts = {"cycle": cycle, "status": cycle["bill"], "plan_from": SATURDAY}
        assert parcel(policy, "bill", held_days=5, **facts) == date(2015, 8, 1)

    def test_without_shift_holds_days_on_hold_make_no_difference(self) -> None:
        """As with one calendar."""
        policy = Forward(calendars={"pickup": COURIER})
        assert parcel(policy, "pack", held_days=3) == FRIDAY

    @pytest.mark.parametrize(
        ("paused", "expected"),
        [pytest.param(0, TUESDAY, id="at once"), pytest.param(1, date(2015, 8, 1), id="paused")],
    )
    @pytest.mark.parametrize("kind", [Forward, Backward, FromEntry])
    def test_off_the_path_a_status_counts_its_own_days(
        self, kind: Anything, paused: int, expected: date
    ) -> None:
        """From the day of entry, and after the working days of a pause."""
        policy = kind(calendars={"return": COURIER})
        assert parcel(policy, "return", paused_working_days=paused) == expected

    def test_from_entry_a_status_counts_its_own_days(self) -> None:
        """In a plan, each status begins when the one before is due."""
        policy = FromEntry(calendars={"printing": COURIER})
        assert plan(MANUAL, policy, ordered_on=THURSDAY).due_dates == days(28, 35, 36, None)

    @pytest.mark.parametrize("key", ["done"])
    @pytest.mark.parametrize(
        "policy",
        [
            Forward(calendars={"done": COURIER}),
            Backward(calendars={"done": COURIER}),
            Backward(calendars={"done": COURIER}, without_delivery="error"),
            FromEntry(calendars={"done": COURIER}),
        ],
    )
    def test_the_final_status_is_never_due(self, policy: DueDatePolicy, key: str) -> None:
        """Even if it has a calendar of its own."""
        assert parcel(policy, key) is None
        assert parcel(policy, key, delivery_on=FRIDAY_31) is None

    def test_backward_without_a_delivery_date_as_with_one_calendar(self) -> None:
        """There is no date, or it is counted forward, or the policy refuses (decision D10)."""
        calendars = {"pickup": COURIER}
        assert parcel(Backward(calendars=calendars), "pickup") is None
        forward = Backward(calendars=calendars, without_delivery="forward")
        assert parcel(forward, "pickup") == SATURDAY
        with pytest.raises(MissingDeliveryDateError) as caught:
            parcel(Backward(calendars=calendars, without_delivery="error"), "pickup")
        assert (caught.value.order_type, caught.value.status) == ("parcels", "pickup")

    @pytest.mark.parametrize("delivery_on", [date(1, 1, 1), date(1, 1, 7)])
    def test_the_beginning_of_the_calendar_is_named(self, delivery_on: date) -> None:
        """Work that would begin before the first day is refused."""
        with pytest.raises(DateOutOfRangeError):
            plan(
                MANUAL,
                Backward(calendars={"printing": COURIER}),
                ordered_on=THURSDAY,
                delivery_on=delivery_on,
            )

    def test_the_end_of_the_calendar_is_named(self) -> None:
        """Work that would end after the last day is refused."""
        with pytest.raises(DateOutOfRangeError):
            plan(MANUAL, Forward(calendars={"qa": COURIER}), ordered_on=date(9999, 12, 29))

    @pytest.mark.parametrize("kind", [Forward, Backward, FromEntry])
    def test_calendars_are_a_read_only_mapping(self, kind: Anything) -> None:
        """It equals a dict of the same calendars, and a later change of that dict isn't seen."""
        given = {"printing": COURIER}
        policy = kind(calendars=given)
        given["qa"] = COURIER
        assert policy.calendars == {"printing": COURIER}
        assert hash(policy) == hash(kind(calendars={"printing": COURIER}))
        assert pickle.loads(pickle.dumps(policy)) == policy
        with pytest.raises(TypeError):
            policy.calendars["qa"] = COURIER

    @pytest.mark.parametrize("kind", [Forward, Backward, FromEntry, VendorTerms])
    @pytest.mark.parametrize(
        ("calendars", "error"),
        [
            (None, TypeError),
            ([("lab", COURIER)], TypeError),
            ({"lab": None}, TypeError),
            ({"lab": 5}, TypeError),
            ({7: COURIER}, TypeError),
            ({"at the lab": COURIER}, ValueError),
        ],
    )
    def test_calendars_are_by_status_key(
        self, kind: Anything, calendars: Anything, error: type[Exception]
    ) -> None:
        """Keys are status keys, and values are calendars."""
        with pytest.raises(error, match="calendars"):
            kind(calendars=calendars)

    def test_orders_are_due_as_planned(self) -> None:
        """A flow counts as `plan` does."""
        flow = ProductionFlow(due_dates=Forward(calendars={"pickup": COURIER}))
        at = datetime(2015, 7, 23, 9, tzinfo=UTC)
        opened = flow.open(PACKED, order_id="PO-1", ordered_on=THURSDAY, by="ann", at=at)
        moved = flow.advance(opened.order, today=FRIDAY, by="ann", at=at)
        assert (opened.order.due_on, moved.order.due_on) == (FRIDAY, SATURDAY)


WEST = VendorTerms(durations={"printing": 4, "hold": 1}, calendars={"printing": EVERY_DAY})
EAST = VendorTerms(calendars={"printing": COURIER})
BY_VENDOR = Terms(Forward(), {"West": WEST, "East": EAST})


class TestTerms:
    """A vendor can have durations and calendars of its own (decision D42)."""

    @pytest.mark.parametrize(
        ("vendor", "expected"),
        [
            pytest.param(None, days(28, 30, 31, None), id="no vendor"),
            pytest.param("North", days(28, 30, 31, None), id="a vendor without terms"),
            pytest.param("West", days(28, 32, 34, None), id="four days of every day"),
            pytest.param("East", days(28, 35, 36, None), id="two days of a courier"),
        ],
    )
    def test_a_plan_asks_by_vendor(
        self, vendor: str | None, expected: tuple[date | None, ...]
    ) -> None:
        """Whoever has no terms gets the dates of the default policy."""
        assert plan(MANUAL, BY_VENDOR, ordered_on=THURSDAY, vendor=vendor).due_dates == expected

    def test_many_plans_ask_by_vendor(self) -> None:
        """One vendor for all of them."""
        assert plan_many(MANUAL, BY_VENDOR, [(THURSDAY, None)], vendor="West") == [
            plan(MANUAL, BY_VENDOR, ordered_on=THURSDAY, vendor="West")
        ]

    def test_the_calendars_of_a_vendor_replace_those_of_the_policy(self) -> None:
        """Other statuses keep the calendars of the policy."""
        default = Forward(calendars={"printing": EVERY_DAY, "qa": COURIER})
        policy = Terms(default, {"East": EAST})
        dates = plan(MANUAL, policy, ordered_on=THURSDAY, vendor="East")
        assert dates.due_dates == days(28, 35, 39, None)

    def test_a_vendor_may_give_a_duration_to_a_status_without_one(self) -> None:
        """And 0 days to another; the final status is never due."""
        cycle = MANUAL.replace("qa", default_duration=None)
        terms = VendorTerms(durations={"qa": 2, "retouch": 0, "shipped": 9, "unknown": 7})
        dates = plan(cycle, Terms(Forward(), {"West": terms}), ordered_on=THURSDAY, vendor="West")
        assert dates.due_dates == days(23, 27, 29, None)

    def test_off_the_path_the_terms_count_too(self) -> None:
        """From the day of entry."""
        facts: dict[str, Anything] = {"vendor": "West", "entered_on": FRIDAY}
        assert due(BY_VENDOR, "hold", **facts) == MONDAY

    def test_the_default_policy_says_how_to_count(self) -> None:
        """Its name, calendar and `shift_holds` are those of the terms."""
        policy = Terms(Backward(EVERY_DAY, shift_holds=True), {})
        assert (policy.name, policy.calendar, policy.shift_holds) == ("backward", EVERY_DAY, True)

    def test_an_amended_vendor_moves_the_due_date(self) -> None:
        """A flow asks for the vendor of the order."""
        flow = ProductionFlow(due_dates=BY_VENDOR)
        at = datetime(2015, 7, 23, 9, tzinfo=UTC)
        opened = flow.open(
            MANUAL, order_id="PO-1", ordered_on=THURSDAY, status="printing", by="ann", at=at
        )
        amended = flow.amend(opened.order, vendor="West", by="ann", at=at)
        assert (opened.order.due_on, amended.order.due_on) == days(30, 32)

    @pytest.mark.parametrize("policy", [None, "forward", Terms(Forward(), {}), Forward, EVERY_DAY])
    def test_the_default_policy_is_one_of_ours(self, policy: Anything) -> None:
        """Terms can't rest on other terms, nor on a policy of the host."""
        with pytest.raises(TypeError, match="default_policy must be"):
            Terms(policy, {})

    @pytest.mark.parametrize(
        ("vendors", "error"),
        [
            (None, TypeError),
            ([("West", WEST)], TypeError),
            ({"West": None}, TypeError),
            ({"West": {"lab": 2}}, TypeError),
            ({7: WEST}, TypeError),
            ({"": WEST}, ValueError),
        ],
    )
    def test_vendors_have_terms(self, vendors: Anything, error: type[Exception]) -> None:
        """Keys are vendors, and values are `VendorTerms`."""
        with pytest.raises(error, match="vendor"):
            Terms(Forward(), vendors)

    @pytest.mark.parametrize(
        ("durations", "error"),
        [
            (None, TypeError),
            ([("lab", 2)], TypeError),
            ({"lab": None}, TypeError),
            ({"lab": True}, TypeError),
            ({"lab": 2.0}, TypeError),
            ({"lab": -1}, ValueError),
            ({"lab": 36_526}, ValueError),
            ({7: 2}, TypeError),
            ({"at the lab": 2}, ValueError),
        ],
    )
    def test_durations_are_by_status_key(self, durations: Anything, error: type[Exception]) -> None:
        """Keys are status keys, and values are days from 0 to 36,525."""
        with pytest.raises(error, match="durations"):
            VendorTerms(durations=durations)

    def test_a_vendor_whose_terms_say_nothing_has_the_default_dates(self) -> None:
        """They replace no duration and no calendar."""
        policy = Terms(Forward(), {"West": VendorTerms()})
        expected = plan(MANUAL, Forward(), ordered_on=THURSDAY)
        assert plan(MANUAL, policy, ordered_on=THURSDAY, vendor="West") == expected

    def test_a_flow_counts_under_any_number_of_cycles(self) -> None:
        """It keeps what it needs to know of some, and forgets the others."""
        flow = ProductionFlow(due_dates=BY_VENDOR)
        cycles = [evolve(MANUAL, version=version) for version in range(1, 200)]
        at = datetime(2015, 7, 23, 9, tzinfo=UTC)
        details: dict[str, Anything] = {"ordered_on": THURSDAY, "vendor": "West", "by": "ann"}
        dues = {
            flow.open(cycle, order_id="PO-1", status="qa", at=at, **details).order.due_on
            for cycle in (*cycles, *cycles)
        }
        assert dues == {date(2015, 8, 3)}

    def test_terms_are_read_only_values(self) -> None:
        """They equal dicts, have one hash if they are equal, and pickle."""
        assert BY_VENDOR.vendors == {"East": EAST, "West": WEST}
        assert WEST.durations == {"printing": 4, "hold": 1}
        assert len({BY_VENDOR, evolve(BY_VENDOR), pickle.loads(pickle.dumps(BY_VENDOR))}) == 1

    @pytest.mark.parametrize("planning", [None, "retouch", BRANCHED, RETOUCH])
    def test_terms_are_asked_with_planning_facts(self, planning: Anything) -> None:
        """As every policy."""
        with pytest.raises(TypeError, match="planning must be a PlanningFacts"):
            BY_VENDOR.due_on(planning)


class TestWhatAPlanIsAsked:
    """A plan takes the vendor, quantity, priority and facts of an order to be (decision D42)."""

    def test_a_policy_of_the_host_is_told_all(self) -> None:
        """All four reach the policy."""
        policy = Fixed(SUNDAY)
        facts: dict[str, Anything] = {"rush": True}
        plan(
            *(MANUAL, policy),
            ordered_on=SATURDAY,
            vendor="West",
            quantity=3,
            priority=-5,
            facts=facts,
        )
        asked = policy.asked[0]
        assert (asked.vendor, asked.quantity, asked.priority) == ("West", 3, -5)
        assert asked.facts == Facts(facts)

    @pytest.mark.parametrize("policy", [Forward(), Fixed(SUNDAY)], ids=["ours", "a host's"])
    @pytest.mark.parametrize(
        ("name", "value", "error"),
        [
            ("vendor", 7, TypeError),
            ("vendor", "", ValueError),
            ("quantity", 0, ValueError),
            ("quantity", True, TypeError),
            ("quantity", 2.0, TypeError),
            ("priority", None, TypeError),
            ("priority", False, TypeError),
            ("priority", 0.0, TypeError),
            ("priority", 1_001, ValueError),
            ("facts", None, TypeError),
            ("facts", {"client": 2.5}, TypeError),
        ],
    )
    def test_each_is_checked(
        self, policy: DueDatePolicy, name: str, value: Anything, error: type[Exception]
    ) -> None:
        """In `plan` and in `plan_many`, even if there is nothing to plan."""
        asked: dict[str, Anything] = {name: value}
        with pytest.raises(error, match=name):
            plan(MANUAL, policy, ordered_on=THURSDAY, **asked)
        with pytest.raises(error, match=name):
            plan_many(MANUAL, policy, [], **asked)

    def test_many_plans_of_a_policy_of_the_host_are_shared(self) -> None:
        """The policy is asked once for equal dates."""
        policy = Fixed(SUNDAY)
        first, second = plan_many(MANUAL, policy, [(SATURDAY, None), (SATURDAY, None)])
        assert first is second
        assert len(policy.asked) == 4


class TestProvisionalPlans:
    """A plan beyond the known holidays of a calendar is provisional (decision D9b)."""

    @pytest.mark.parametrize(
        ("known_through", "expected"),
        [
            pytest.param(None, False, id="nothing is said"),
            pytest.param(FRIDAY_31, False, id="the last date is known"),
            pytest.param(date(2015, 7, 30), True, id="the last date is not known"),
        ],
    )
    @pytest.mark.parametrize("kind", [Forward, Backward, FromEntry])
    def test_a_date_may_be_after_what_is_known(
        self, kind: Anything, known_through: date | None, *, expected: bool
    ) -> None:
        """This is so under each policy."""
        policy = kind(WorkingCalendar(known_through=known_through))
        dates = plan(MANUAL, policy, ordered_on=THURSDAY, delivery_on=FRIDAY_31)
        assert dates.is_provisional is expected

    @pytest.mark.parametrize(("key", "expected"), [("qa", True), ("shipped", False)])
    def test_every_calendar_of_a_dated_status_counts(self, key: str, *, expected: bool) -> None:
        """The calendar of a status that is never due isn't used."""
        policy = Forward(calendars={key: WorkingCalendar(known_through=FRIDAY)})
        assert plan(MANUAL, policy, ordered_on=THURSDAY).is_provisional is expected

    def test_so_does_the_calendar_of_the_policy(self) -> None:
        """Even if each status has its own."""
        calendars = dict.fromkeys(["retouch", "printing", "qa"], EVERY_DAY)
        policy = Forward(WorkingCalendar(known_through=FRIDAY), calendars=calendars)
        assert plan(MANUAL, policy, ordered_on=THURSDAY).is_provisional

    @pytest.mark.parametrize(("known_through", "expected"), [(SATURDAY, True), (SUNDAY, False)])
    def test_and_the_calendar_of_a_policy_of_the_host(
        self, known_through: date, *, expected: bool
    ) -> None:
        """Its own dates are compared."""
        policy = Fixed(SUNDAY, calendar=WorkingCalendar(known_through=known_through))
        assert plan(MANUAL, policy, ordered_on=THURSDAY).is_provisional is expected


PLAN = plan(MANUAL, Backward(), ordered_on=THURSDAY, delivery_on=TUESDAY_4)


class TestPlanAsSequence:
    """A plan is a sequence of its rows, and a value."""

    def test_len_is_the_length_of_the_path(self) -> None:
        """The length is the number of statuses on the path."""
        assert len(PLAN) == 4

    def test_a_row_is_found_by_index(self) -> None:
        """An index gives a row; a negative one counts from the end."""
        assert PLAN[-1] == PlannedStatus(SHIPPED, None, None, None)

    def test_a_slice_is_a_tuple_of_rows(self) -> None:
        """A slice of a plan is a tuple of rows."""
        assert PLAN[1:3] == (PLAN[1], PLAN[2])

    def test_iteration_gives_the_rows_in_order(self) -> None:
        """Iterating over a plan goes from the initial to the final status."""
        assert list(PLAN) == [PLAN[0], PLAN[1], PLAN[2], PLAN[3]]

    def test_reversed_gives_the_rows_from_the_end(self) -> None:
        """`reversed` gives the rows from the end."""
        assert list(reversed(PLAN)) == [PLAN[3], PLAN[2], PLAN[1], PLAN[0]]

    def test_a_row_has_an_index(self) -> None:
        """`index` finds a row."""
        assert PLAN.index(PLAN[2]) == 2

    def test_in_looks_for_a_row(self) -> None:
        """`in` compares rows by value."""
        assert PlannedStatus(SHIPPED, None, None, None) in PLAN

    @pytest.mark.parametrize("index", [4, -5])
    def test_an_index_outside_is_an_index_error(self, index: int) -> None:
        """An index out of range raises `IndexError`."""
        with pytest.raises(IndexError):
            PLAN[index]

    @pytest.mark.parametrize("index", ["retouch", None, 1.0])
    def test_an_index_is_an_int_or_a_slice(self, index: Anything) -> None:
        """An index must be an int or a slice, not a key."""
        with pytest.raises(TypeError):
            PLAN[index]

    def test_a_plan_pickles(self) -> None:
        """An unpickled plan is equal to the original."""
        assert pickle.loads(pickle.dumps(PLAN)) == PLAN

    def test_equal_plans_have_one_hash(self) -> None:
        """Equal plans have the same hash."""
        assert len({PLAN, evolve(PLAN)}) == 1

    def test_a_plan_is_frozen(self) -> None:
        """The fields of a plan can't be assigned."""
        with pytest.raises(AttributeError):
            PLAN.float_days = 0  # type: ignore[misc]  # frozen is what is tested

    def test_a_row_is_frozen(self) -> None:
        """The fields of a row can't be assigned."""
        with pytest.raises(AttributeError):
            PLAN[0].due_on = None  # type: ignore[misc]  # frozen is what is tested

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("cycle", None),
            ("due_dates", None),
            ("due_dates", [None, None, None, None]),
            ("earliest_dates", (None, None, None, "2015-07-23")),
            ("latest_dates", (None, None, None, datetime(2015, 7, 23, tzinfo=UTC))),
            ("float_days", 1.0),
            ("float_days", True),
            ("start_by", "2015-07-23"),
        ],
    )
    def test_a_value_of_the_wrong_kind_is_refused(self, name: str, value: Anything) -> None:
        """Each field of a plan refuses a value of the wrong kind, with its name."""
        changes: dict[str, Anything] = {name: value}
        with pytest.raises(TypeError, match=name):
            evolve(PLAN, **changes)

    @pytest.mark.parametrize("value", [10**7, -(10**7)])
    def test_the_float_fits_the_calendar(self, value: int) -> None:
        """The float can't be more days than the calendar has."""
        with pytest.raises(ValueError, match="float_days must be from"):
            evolve(PLAN, float_days=value)

    @pytest.mark.parametrize("name", ["due_dates", "earliest_dates", "latest_dates"])
    def test_there_is_a_date_for_each_status_of_the_path(self, name: str) -> None:
        """A plan needs one date of each kind for each status of the path."""
        changes: dict[str, Anything] = {name: (None, None, None)}
        with pytest.raises(ValueError, match="needs 4 dates of each kind, not 3"):
            evolve(PLAN, **changes)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("status", "retouch"),
            ("due_on", "2015-07-23"),
            ("earliest_on", 7),
            ("latest_on", datetime(2015, 7, 23, tzinfo=UTC)),
        ],
    )
    def test_a_row_refuses_a_value_of_the_wrong_kind(self, name: str, value: Anything) -> None:
        """Each field of a row refuses a value of the wrong kind, with its name."""
        changes: dict[str, Anything] = {name: value}
        with pytest.raises(TypeError, match=name):
            evolve(PLAN[0], **changes)


class _Dates(NamedTuple):
    """A named tuple of two dates."""

    ordered_on: date
    delivery_on: date | None


class TestPlanMany:
    """The plans of many orders."""

    def test_there_is_a_plan_for_each_pair_in_order(self) -> None:
        """Each pair of dates gets the same plan as alone, in the order of the pairs."""
        pairs = [(THURSDAY, TUESDAY_4), (MONDAY, None)]
        assert plan_many(MANUAL, Backward(), pairs) == [
            PLAN,
            plan(MANUAL, Backward(), ordered_on=MONDAY),
        ]

    def test_equal_dates_share_one_plan(self) -> None:
        """Equal pairs of dates share one plan."""
        first, _, third = plan_many(
            MANUAL,
            Forward(),
            [(THURSDAY, None), (MONDAY, None), (date(2015, 7, 23), None)],
        )
        assert first is third

    def test_any_iterable_of_pairs_will_do(self) -> None:
        """The pairs can come from any iterable."""
        assert len(plan_many(MANUAL, Forward(), iter([(THURSDAY, None), (MONDAY, None)]))) == 2

    @pytest.mark.parametrize("dates", [7, [7]], ids=["no iterable", "of no pairs"])
    def test_dates_come_in_pairs(self, dates: Anything) -> None:
        """For anything but pairs, the message says which pairs it expected."""
        with pytest.raises(TypeError, match=r"an iterable of \(ordered_on, delivery_on\) pairs"):
            plan_many(MANUAL, Forward(), dates)

    def test_no_order_needs_no_plan(self) -> None:
        """Without orders, the result is an empty list."""
        assert plan_many(MANUAL, Forward(), []) == []

    def test_pairs_may_have_names(self) -> None:
        """A named tuple of two dates is a pair."""
        named = _Dates(ordered_on=MONDAY, delivery_on=None)
        assert plan_many(MANUAL, Forward(), [named]) == plan_many(
            MANUAL, Forward(), [(MONDAY, None)]
        )

    @pytest.mark.parametrize(
        ("name", "cycle", "policy"),
        [
            ("cycle", None, Forward()),
            ("cycle", [RETOUCH, SHIPPED], Forward()),
            ("policy", MANUAL, None),
            ("policy", MANUAL, "forward"),
        ],
    )
    def test_no_order_needs_the_right_arguments_too(
        self, name: str, cycle: Anything, policy: Anything
    ) -> None:
        """A wrong cycle or policy is refused even if there is nothing to plan."""
        with pytest.raises(TypeError, match=name):
            plan_many(cycle, policy, [])

    @pytest.mark.parametrize("dates", [None, 7, "2015-07-23", THURSDAY])
    def test_dates_are_an_iterable(self, dates: Anything) -> None:
        """A single date is refused as an iterable of pairs."""
        with pytest.raises(TypeError, match="dates must be an iterable"):
            plan_many(MANUAL, Forward(), dates)

    @pytest.mark.parametrize(
        "pair",
        [
            *(None, THURSDAY, (THURSDAY,), (THURSDAY, None, None), "ab"),
            *({THURSDAY, FRIDAY}, {THURSDAY: 1, FRIDAY: 2}, iter([THURSDAY, FRIDAY])),
        ],
        ids=["None", "date", "one", "three", "text", "set", "dict", "iterator"],
    )
    def test_an_item_is_a_pair(self, pair: Anything) -> None:
        """Each item must be a pair of order date and delivery date."""
        with pytest.raises(TypeError, match=r"^dates must "):
            plan_many(MANUAL, Forward(), [(THURSDAY, None), pair])

    @pytest.mark.parametrize("delivery_on", [None, FRIDAY])
    def test_a_pair_may_be_a_list(self, delivery_on: date | None) -> None:
        """A pair can be a list, like the row of a file."""
        pair: Anything = [THURSDAY, delivery_on]
        (dates,) = plan_many(MANUAL, Forward(), [pair])
        assert dates == plan(MANUAL, Forward(), ordered_on=THURSDAY, delivery_on=delivery_on)

    @pytest.mark.parametrize(
        ("name", "pair"),
        [
            ("ordered_on", (None, None)),
            ("ordered_on", ("2015-07-23", None)),
            ("ordered_on", ([], None)),
            ("delivery_on", (THURSDAY, 7)),
            ("delivery_on", (THURSDAY, [])),
        ],
    )
    def test_a_pair_holds_dates(self, name: str, pair: Anything) -> None:
        """A bad date in any pair is refused, with its name."""
        with pytest.raises(TypeError, match=f"^{name} must be a date"):
            plan_many(MANUAL, Forward(), [pair])

    def test_what_the_policy_refuses_is_refused(self) -> None:
        """One order that the policy refuses is enough for a refusal."""
        with pytest.raises(MissingDeliveryDateError) as caught:
            plan_many(
                MANUAL,
                Backward(without_delivery="error"),
                [(THURSDAY, TUESDAY_4), (THURSDAY, None)],
            )
        assert caught.value.status == "retouch"


def test_calendars_equal_mappings_only() -> None:
    """A policy's calendars are a mapping, and equal nothing else."""
    calendars: object = Forward(calendars={"lab": EVERY_DAY}).calendars
    assert calendars == {"lab": EVERY_DAY}
    assert calendars != object()
