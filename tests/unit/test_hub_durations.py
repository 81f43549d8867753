"""Learned durations: what is suggested, what it is based on, and how late orders would be."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest

from prodflow import (
    EVERY_DAY,
    Backward,
    Forward,
    FromEntry,
    HistoryEntry,
    MissingDeliveryDateError,
    OrderSplit,
    PlanningFacts,
    ProductionFlow,
    Status,
    StatusCycle,
    Terms,
    VendorTerms,
    WorkingCalendar,
)
from prodflow.hub import StatusLateness, lateness_under, suggest_durations
from prodflow.hub._durations import days_needed

FLOW: Final = ProductionFlow(due_dates=FromEntry(EVERY_DAY))
MONDAY: Final = date(2026, 11, 2)
AS_OF: Final = date(2140, 1, 1)
WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 2, 9, tzinfo=UTC)}
LAB: Final = StatusCycle(
    "prints",
    [
        Status("lab", "At the lab", initial=True, default_duration=3),
        Status("check", "Check", default_duration=1),
        Status("done", "Done", final=True),
        Status("lost", "Lost", non_standard=True, cancelled=True),
    ],
)


def history(order_id: str, *days: int, cycle: StatusCycle = LAB) -> list[HistoryEntry]:
    """An order that stays in each status for this many days, from Monday."""
    change = FLOW.open(cycle, order_id=order_id, ordered_on=MONDAY, **WHO)
    entries: list[HistoryEntry] = [change.entry]
    today = MONDAY
    for stay in days:
        today += timedelta(stay)
        change = FLOW.advance(change.order, today=today, **WHO)
        entries.append(change.entry)
    return entries


def held(order_id: str, *, last: int | None = 11) -> list[HistoryEntry]:
    """An order at the lab from Monday the 2nd, on hold from the 4th to the 9th, and left then."""
    cycle = LAB.add(Status("hold", "On hold", non_standard=True, pauses=True))
    change = FLOW.open(cycle, order_id=order_id, ordered_on=MONDAY, vendor="West", **WHO)
    entries: list[HistoryEntry] = [change.entry]
    for day, to in ((4, "hold"), (9, "lab"), (last, "check")):
        if day is not None:
            today = date(2026, 11, day)
            change = FLOW.advance(change.order, today=today, to=to, **WHO)
            entries.append(change.entry)
    return entries


def histories(days: Iterable[int]) -> list[list[HistoryEntry]]:
    """One order for each number of days at the lab; all are still at the check."""
    return [history(f"PO-{number}", stay) for number, stay in enumerate(days)]


@pytest.mark.parametrize(
    ("entered", "left", "days"),
    [(2, 2, 0), (2, 4, 2), (6, 8, 1), (6, 9, 1), (7, 7, 0), (7, 9, 0), (7, 10, 2), (8, 10, 2)],
)
def test_days_needed(entered: int, left: int, days: int) -> None:
    """The shortest duration that a visit meets: Saturday the 7th and one day is Monday."""
    calendar, day = WorkingCalendar(), date(2026, 11, 1).replace
    stayed = calendar.count(day(day=entered), day(day=left))
    assert days_needed(calendar, day(day=entered), stayed) == days


class TestSuggestions:
    """What the default duration should be."""

    def test_covers_the_share_asked_for(self) -> None:
        """8 days cover eight of ten stays of 1 to 10 days; the last quarter took longest."""
        suggested = suggest_durations(histories(range(1, 11)), LAB, calendar=EVERY_DAY, as_of=AS_OF)
        lab = suggested.rows[0]
        assert (lab.days, lab.visits, lab.share, lab.reason) == (8, 10, 0.8, None)
        assert (lab.recent_visits, lab.recent_share) == (3, 1 / 3)

    def test_gives_an_interval(self) -> None:
        """Ten visits give four fifths a lower bound only; twenty give the median both."""
        lab = suggest_durations(histories(range(1, 11)), LAB, calendar=EVERY_DAY, as_of=AS_OF).rows[
            0
        ]
        assert (lab.low_days, lab.high_days) == (5, None)
        median = suggest_durations(
            histories(range(1, 21)), LAB, calendar=EVERY_DAY, as_of=AS_OF, quantile=0.5
        )
        assert (median.rows[0].days, median.rows[0].low_days, median.rows[0].high_days) == (
            *(10, 6, 15),
        )

    def test_a_small_sample_has_no_bounds(self) -> None:
        """Two visits say little about the median, so the lower bound is 0."""
        lab = suggest_durations(
            histories([4, 5]), LAB, calendar=EVERY_DAY, as_of=AS_OF, quantile=0.5, at_least=1
        ).rows[0]
        assert (lab.days, lab.low_days, lab.high_days) == (4, 0, None)

    def test_gives_reasons_where_it_suggests_nothing(self) -> None:
        """A status that is never due has no suggestion, nor has one with too few visits."""
        suggested = suggest_durations(histories([1] * 4), LAB, calendar=EVERY_DAY, as_of=AS_OF)
        assert [(row.status.key, row.days, row.reason, row.visits) for row in suggested.rows] == [
            ("lab", None, "too-few-visits", 4),
            ("check", None, "too-few-visits", 0),
            ("done", None, "closes", 0),
            ("lost", None, "closes", 0),
        ]

    def test_counts_the_days_of_the_calendar(self) -> None:
        """A week is five working days."""
        suggested = suggest_durations(
            histories([7] * 5), LAB, calendar=WorkingCalendar(), as_of=AS_OF
        )
        assert suggested.rows[0].days == 5

    def test_days_on_hold_do_not_count(self) -> None:
        """Two days at the lab, five on hold and two at the lab are four days at the lab."""
        past = [held(f"PO-{number}") for number in range(5)]
        assert suggest_durations(past, LAB, calendar=EVERY_DAY, as_of=AS_OF).rows[0].days == 4
        assert (
            suggest_durations(past, LAB, calendar=WorkingCalendar(), as_of=AS_OF).rows[0].days == 4
        )

    def test_a_visit_that_is_paused_or_goes_on_has_not_ended(self) -> None:
        """How long it takes isn't known yet."""
        past = [held("PO-1", last=None), held("PO-2", last=None)[:2]]
        suggested = suggest_durations(past, LAB, calendar=EVERY_DAY, as_of=AS_OF, at_least=1)
        assert [row.visits for row in suggested.rows] == [0, 0, 0, 0]

    def test_open_visits_count_as_at_least_so_long(self) -> None:
        """A snapshot with 37 % open: those that ended say 9 days, and the truth is 14.

        Eight orders come each day, and of twenty, sixteen take up to 14 days and three up to 70.
        """
        days = [1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 14, 14, 14, 14, 50, 60, 70]
        as_of = MONDAY + timedelta(24)
        past: list[list[HistoryEntry]] = []
        for number in range(8 * 24):
            begun = MONDAY + timedelta(number // 8)
            left = begun + timedelta(days[7 * number % 20])
            opened = FLOW.open(LAB, order_id=f"PO-{number}", ordered_on=begun, **WHO)
            past.append([opened.entry])
            if left <= as_of:
                past[-1].append(FLOW.advance(opened.order, today=left, **WHO).entry)
        given: Any = {"calendar": EVERY_DAY, "as_of": as_of}
        ended = [entries for entries in past if len(entries) > 1]
        assert sorted(days)[15] == 14
        assert suggest_durations(ended, LAB, **given).rows[0].days == 9
        lab = suggest_durations(past, LAB, **given).rows[0]
        assert (lab.days, lab.low_days, lab.high_days) == (14, 14, None)
        assert (lab.visits, lab.open_visits) == (121, 71)
        assert lab.open_visits / len(past) == pytest.approx(0.37, abs=0.001)

    def test_too_many_open_visits_leave_it_open(self) -> None:
        """Five of ten have ended, and the others are at the lab for longer than any of those."""
        past = [*histories([3] * 5), *(history(f"PO-9{number}") for number in range(5))]
        lab = suggest_durations(past, LAB, calendar=EVERY_DAY, as_of=AS_OF).rows[0]
        assert (lab.days, lab.reason, lab.visits, lab.open_visits) == (None, "too-many-open", 5, 5)
        median = suggest_durations(past, LAB, calendar=EVERY_DAY, as_of=AS_OF, quantile=0.5)
        assert (median.rows[0].days, median.rows[0].share) == (3, 0.5)
        assert median.table().rows[0][-1] is None

    def test_entries_of_later_days_are_not_looked_at(self) -> None:
        """On the fourth day, those that take longer are still at the lab."""
        past = histories([2, 3, 4, 9, 9])
        as_of = MONDAY + timedelta(4)
        lab = suggest_durations(past, LAB, calendar=EVERY_DAY, as_of=as_of, at_least=1).rows[0]
        assert (lab.visits, lab.open_visits) == (3, 2)
        early = MONDAY - timedelta(1)
        none = suggest_durations(past, LAB, calendar=EVERY_DAY, as_of=early, at_least=1)
        assert none.rows[0][1:5] == (None, "too-few-visits", 0, 0)

    def test_cancelled_visits_are_apart(self) -> None:
        """At the lab, or on hold after it: they neither ended nor are they open."""
        cycle = LAB.add(Status("hold", "On hold", non_standard=True, pauses=True))
        past = [*histories([3] * 5)]
        for number, stops in enumerate((("lost",), ("hold", "lost"))):
            change = FLOW.open(cycle, order_id=f"B-{number}", ordered_on=MONDAY, **WHO)
            past.append([change.entry])
            for to in stops:
                change = FLOW.advance(change.order, to=to, today=MONDAY + timedelta(2), **WHO)
                past[-1].append(change.entry)
        given: Any = {"calendar": EVERY_DAY, "as_of": AS_OF, "cycles": [cycle]}
        lab = suggest_durations(past, LAB, **given).rows[0]
        assert (lab.days, lab.share, lab.visits, lab.open_visits) == (3, 1.0, 5, 0)

    def test_a_visit_on_hold_is_open(self) -> None:
        """It has taken two days so far, whenever it goes on."""
        past = [*histories([1] * 4), held("PO-9", last=None)[:2]]
        lab = suggest_durations(past, LAB, calendar=EVERY_DAY, as_of=AS_OF, at_least=1).rows[0]
        assert (lab.days, lab.visits, lab.open_visits) == (1, 4, 1)

    def test_pauses_before_a_split_do_not_count(self) -> None:
        """The part goes on in the visit of its parent, which had been on hold."""
        cycle = LAB.add(Status("hold", "On hold", non_standard=True, pauses=True))
        change = FLOW.open(cycle, order_id="PO-1", ordered_on=MONDAY, quantity=9, **WHO)
        for day, to in ((4, "hold"), (9, "lab")):
            change = FLOW.advance(change.order, to=to, today=date(2026, 11, day), **WHO)
        _, part = FLOW.split(change.order, [("PO-2", 4)], **WHO)
        left = FLOW.advance(part.order, today=date(2026, 11, 11), **WHO)
        past = [[part.entry, left.entry]]
        lab = suggest_durations(past, LAB, calendar=EVERY_DAY, as_of=AS_OF, at_least=1).rows[0]
        assert (lab.days, lab.visits) == (4, 1)

    def test_skips_other_orders(self) -> None:
        """Other types and removed statuses are skipped; other versions count."""
        albums = StatusCycle("albums", LAB.statuses)
        newer = LAB.replace("lab", description="In the lab").remove("check")
        past = [*histories([2] * 5), history("B-1", 90, cycle=albums), history("PO-9", 2, 90)]
        suggested = suggest_durations(past, newer, calendar=EVERY_DAY, as_of=AS_OF)
        assert (suggested.rows[0].days, suggested.rows[0].visits) == (2, 6)

    def test_a_stay_of_a_century_counts_as_the_longest_duration(self) -> None:
        """So a suggestion can always be adopted."""
        suggested = suggest_durations(histories([40_000] * 5), LAB, calendar=EVERY_DAY, as_of=AS_OF)
        assert suggested.adopted()["lab"].default_duration == 36_525

    def test_can_be_adopted(self) -> None:
        """A status without a suggestion keeps its duration."""
        adopted = suggest_durations(
            histories([5] * 5), LAB, calendar=EVERY_DAY, as_of=AS_OF
        ).adopted()
        assert adopted.version == 2
        assert [status.default_duration for status in adopted] == [5, 1, None, None]

    def test_table(self) -> None:
        """A line for each status."""
        table = suggest_durations(histories([5] * 5), LAB, calendar=EVERY_DAY, as_of=AS_OF).table()
        assert table.title == "Suggested Durations: prints"
        assert table.columns == (
            *("Status", "Default Duration", "Suggested", "Low", "High", "Visits", "Open Visits"),
            *("Covered (%)", "Recent Visits", "Recent Covered (%)", "No Suggestion"),
        )
        assert table.notes == (
            "Suggestions cover 80 % of the visits. Open visits count as at least so long.",
        )
        all_ = Decimal("100.0")
        assert table.rows[0] == ("At the lab", 3, 5, 5, None, 5, 0, all_, 2, all_, None)
        assert table.rows[2] == ("Done", None, None, None, None, 0, 0, None, 0, None, "never due")

    @pytest.mark.parametrize("quantile", [0.0, 1.0, -0.5, float("nan"), float("inf")])
    def test_the_quantile_is_a_share(self, quantile: float) -> None:
        """It is between 0 and 1, both excluded."""
        with pytest.raises(ValueError, match="quantile must be between 0 and 1"):
            suggest_durations([], LAB, calendar=EVERY_DAY, as_of=AS_OF, quantile=quantile)

    @pytest.mark.parametrize("quantile", [True, 1, "0.8", None])
    def test_the_quantile_is_a_number(self, quantile: Any) -> None:  # noqa: ANN401 - the bad value
        """Only a float will do: an int or a bool is refused."""
        with pytest.raises(TypeError, match="quantile must be a float"):
            suggest_durations([], LAB, calendar=EVERY_DAY, as_of=AS_OF, quantile=quantile)

    @pytest.mark.parametrize(
        ("past", "match"),
        [
            ([[]], "a history in histories must begin with an OrderOpened"),
            ([history("PO-1", 1)[1:]], "a history in histories must begin with an OrderOpened"),
            ([history("PO-1", 1), history("PO-1", 1)], "histories must hold order 'PO-1' once"),
        ],
    )
    def test_histories_are_whole(self, past: Any, match: str) -> None:  # noqa: ANN401 - bad values
        """Each history begins with the opening, and each order comes once."""
        with pytest.raises(ValueError, match=match):
            suggest_durations(past, LAB, calendar=EVERY_DAY, as_of=AS_OF)

    @pytest.mark.parametrize("past", ["PO-1", 7, [7], history("PO-1")])
    def test_histories_are_histories(self, past: Any) -> None:  # noqa: ANN401 - the bad value
        """A single history is refused too."""
        with pytest.raises(TypeError, match="histories must be"):
            suggest_durations(past, LAB, calendar=EVERY_DAY, as_of=AS_OF)


class TestLateness:
    """How many orders would have been late under given durations."""

    def test_counts_late_orders(self) -> None:
        """Two of three needed more than 3 days at the lab, one more than 1 at the check."""
        past = [history("PO-1", 3, 1), history("PO-2", 4, 1), history("PO-3", 4, 2)]
        late = lateness_under(past, LAB, policy=FromEntry(EVERY_DAY))
        assert (late.orders, late.late_orders, late.recorded_late_orders) == (3, 2, 2)
        assert late.rows == (
            StatusLateness(LAB["lab"], 3, 2, 2),
            StatusLateness(LAB["check"], 3, 1, 1),
            StatusLateness(LAB["done"], 0, 0, 0),
            StatusLateness(LAB["lost"], 0, 0, 0),
        )
        assert late.table().rows[0] == ("At the lab", 3, 3, 2, 2)
        assert late.table().columns == ("Status", "Duration", "Visits", "Late", "Late as Recorded")
        assert late.table().notes == (
            "Orders late at least once: 2 of 3.",
            "Late by the due dates that they really had: 2.",
        )

    def test_under_the_proposal(self) -> None:
        """The replay counts orders late with the suggestion, and orders that really were late."""
        past = histories([1, 4, 4, 4, 9])
        late = suggest_durations(past, LAB, calendar=EVERY_DAY, as_of=AS_OF).replay(past)
        assert (late.late_orders, late.recorded_late_orders) == (1, 4)

    def test_under_the_proposal_and_a_policy_of_the_app(self) -> None:
        """With `Forward`, both statuses share their days."""
        past = [history(f"PO-{number}", 1, 6) for number in range(5)]
        suggested = suggest_durations(past, LAB, calendar=EVERY_DAY, as_of=AS_OF)
        assert [row.days for row in suggested.rows] == [1, 6, None, None]
        assert suggested.replay(past, policy=Forward(EVERY_DAY)).late_orders == 0

    def test_a_plan_counts_from_the_order_date(self) -> None:
        """With `Forward`, the check may use the days that the lab did not need."""
        past = [history("PO-1", 1, 3)]
        assert lateness_under(past, LAB, policy=Forward(EVERY_DAY)).late_orders == 0
        assert lateness_under(past, LAB, policy=FromEntry(EVERY_DAY)).late_orders == 1

    def test_an_amendment_moves_the_dates(self) -> None:
        """The order and delivery dates are those at the end of the visit."""
        opened = FLOW.open(LAB, order_id="PO-1", ordered_on=MONDAY, **WHO)
        amended = FLOW.amend(
            opened.order, ordered_on=date(2026, 11, 9), delivery_on=date(2026, 11, 12), **WHO
        )
        moved = FLOW.advance(amended.order, today=date(2026, 11, 12), **WHO)
        past = [[opened.entry, amended.entry, moved.entry]]
        assert lateness_under(past, LAB, policy=Forward(EVERY_DAY)).late_orders == 0
        assert lateness_under(past, LAB, policy=Backward(EVERY_DAY)).late_orders == 1
        assert lateness_under([past[0][:2]], LAB, policy=Forward(EVERY_DAY)).rows[0].visits == 0

    def test_days_paused_move_the_due_date_of_the_visit(self) -> None:
        """As the policy counts them: three working days, five calendar days."""
        past = [held("PO-1")]
        for calendar in (EVERY_DAY, WorkingCalendar()):
            for days, late_orders in ((3, 1), (4, 0)):
                cycle = LAB.replace("lab", default_duration=days)
                late = lateness_under(past, cycle, policy=FromEntry(calendar))
                assert late.late_orders == late_orders

    def test_days_held_move_a_plan_that_shifts(self) -> None:
        """From Monday the 2nd, three days and five held end on the 10th; it left on the 11th."""
        past = [held("PO-1")]
        for days, late_orders in ((3, 1), (4, 0)):
            cycle = LAB.replace("lab", default_duration=days)
            policy = Forward(EVERY_DAY, shift_holds=True)
            assert lateness_under(past, cycle, policy=policy).late_orders == late_orders
        assert lateness_under(past, LAB, policy=Forward(EVERY_DAY)).late_orders == 1

    def test_a_status_counts_its_own_days(self) -> None:
        """From Monday, three days end on Thursday, and on Friday if the lab closes on Tuesday."""
        past = [history("PO-1", 4)]
        weekdays = {"lab": WorkingCalendar(holidays=[date(2026, 11, 3)])}
        assert lateness_under(past, LAB, policy=Forward(EVERY_DAY)).late_orders == 1
        late = lateness_under(past, LAB, policy=Forward(EVERY_DAY, calendars=weekdays))
        assert late.late_orders == 0

    def test_a_vendor_counts_by_its_terms(self) -> None:
        """Each order was at the lab for four days; only West may take as many."""
        terms = Terms(FromEntry(EVERY_DAY), {"West": VendorTerms(durations={"lab": 4})})
        past = [held("PO-1"), history("PO-2", 4)]
        late = lateness_under(past, LAB, policy=terms)
        assert (late.rows[0].visits, late.rows[0].late) == (2, 1)

    def test_a_policy_of_the_app_sees_what_was_recorded(self) -> None:
        """Each visit that has ended is planned as the order was when it left."""
        asked: list[PlanningFacts] = []

        class Asking:
            """Takes notes of what it is asked."""

            name, calendar, shift_holds = "asking", EVERY_DAY, True

            def due_on(self, planning: PlanningFacts, /) -> date | None:
                """There is no hurry."""
                asked.append(planning)
                return date.max

        assert lateness_under([held("PO-1")], LAB, policy=Asking()).rows[0][1:3] == (1, 0)
        assert asked == [
            PlanningFacts(
                cycle=LAB,
                status=LAB["lab"],
                plan_from=MONDAY,
                ordered_on=MONDAY,
                entered_on=MONDAY,
                paused_working_days=5,
                held_days=5,
                vendor="West",
            )
        ]

    def test_a_policy_of_the_app_sees_quantity_priority_and_facts(self) -> None:
        """As they were when the order left: also after a split, and with what a change set."""
        asked: list[tuple[str, int | None, int, dict[str, Any]]] = []

        class Asking:
            """Takes notes of what it is asked."""

            name, calendar, shift_holds = "asking", EVERY_DAY, True

            def due_on(self, planning: PlanningFacts, /) -> date | None:
                """There is no hurry."""
                facts = dict(planning.facts)
                asked.append((planning.status.key, planning.quantity, planning.priority, facts))
                return date.max

        opened = FLOW.open(
            LAB,
            order_id="PO-1",
            ordered_on=MONDAY,
            quantity=10,
            facts={"size": "A4", "rush": True},
            **WHO,
        )
        split = OrderSplit(order_id="PO-1", sequence=2, quantity=7, parts=[("PO-2", 3)], **WHO)
        order = opened.order.apply(split)
        left = FLOW.advance(order, today=MONDAY, facts={"rush": None, "size": "A3"}, **WHO)
        amended = FLOW.amend(left.order, priority=4, facts={"proof": 1}, **WHO)
        done = FLOW.advance(amended.order, today=MONDAY, **WHO)
        entries = [opened.entry, split, left.entry, amended.entry, done.entry]
        lateness_under([entries], LAB, policy=Asking())
        assert asked == [
            ("lab", 7, 0, {"size": "A4", "rush": True}),
            ("check", 7, 4, {"size": "A3", "proof": 1}),
        ]

    def test_a_corrected_day_counts(self) -> None:
        """Amended to begin a day earlier, the check took a day longer, and the lab one less."""
        moved = FLOW.advance(
            FLOW.open(LAB, order_id="PO-1", ordered_on=MONDAY, **WHO).order,
            today=date(2026, 11, 6),
            **WHO,
        )
        at = datetime(2026, 11, 7, tzinfo=UTC)
        amended = FLOW.amend(moved.order, entered_on=date(2026, 11, 5), by="ann", at=at)
        left = FLOW.advance(amended.order, today=date(2026, 11, 7), by="ann", at=at)
        past = [[*history("PO-1"), moved.entry, amended.entry, left.entry]]
        late = lateness_under(past, LAB, policy=FromEntry(EVERY_DAY))
        assert [row.late for row in late.rows] == [0, 1, 0, 0]

    def test_without_a_duration_nothing_is_late(self) -> None:
        """A status without a duration has no due date, even if it had one at the time."""
        late = lateness_under(
            [history("PO-1", 9)], LAB.replace("lab", default_duration=None), policy=FromEntry()
        )
        assert late.rows[0][1:] == (0, 0, 1)

    def test_skips_statuses_that_the_cycle_does_not_have(self) -> None:
        """Visits of statuses of other versions are not counted."""
        newer = LAB.add(Status("extra", "Extra", non_standard=True))
        opened = FLOW.open(LAB, order_id="PO-1", ordered_on=MONDAY, **WHO)
        migrated = FLOW.migrate(opened.order, newer, **WHO)
        aside = FLOW.advance(migrated.order, today=MONDAY, to="extra", **WHO)
        back = FLOW.advance(aside.order, today=MONDAY, **WHO)
        past = [[opened.entry, migrated.entry, aside.entry, back.entry]]
        assert [row.visits for row in lateness_under(past, LAB, policy=Forward()).rows] == [
            1,
            0,
            0,
            0,
        ]

    def test_a_policy_may_ask_for_a_delivery_date(self) -> None:
        """The error of the policy is passed on."""
        policy = Backward(EVERY_DAY, without_delivery="error")
        with pytest.raises(MissingDeliveryDateError):
            lateness_under([history("PO-1", 1)], LAB, policy=policy)
