"""Forecasts by history: what is compared, what they say, and what is counted."""

import pickle
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    MONDAY_TO_FRIDAY,
    CycleNotFoundError,
    DateOutOfRangeError,
    Forward,
    FromEntry,
    HistoryEntry,
    OrderOpened,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    UnknownStatusError,
    WorkingCalendar,
)
from prodflow.hub import (
    Experience,
    Forecast,
    Forecasts,
    PastStay,
    at_risk,
    forecast,
    learn,
    order_plan,
    status_report,
)

MONDAY: Final = date(2026, 11, 2)
FLOW: Final = ProductionFlow(due_dates=FromEntry(EVERY_DAY))
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("lab", "At the lab", initial=True, default_duration=3),
        Status("check", "Check", default_duration=1),
        Status("done", "Done", final=True),
        Status("hold", "On hold", non_standard=True, pauses=True),
        Status("lost", "Lost", non_standard=True, cancelled=True),
    ],
)
NEWER: Final = StatusCycle(
    "prints",
    [
        Status("print-lab", "At the print lab", initial=True, default_duration=3),
        *CYCLE.statuses[1:],
    ],
    version=2,
)


def on(day: int) -> date:
    """A day, counted from Monday, 2 November 2026, which is day 0."""
    return MONDAY + timedelta(day)


def who(day: int) -> Any:  # noqa: ANN401 - keywords
    """Who records, at noon of a day."""
    return {"by": "ann", "at": datetime.combine(on(day), time(12), UTC)}


def history(
    number: str,
    begun: int,
    *moves: tuple[int, str],
    cycle: StatusCycle = CYCLE,
    ordered: int | None = None,
    delivery: int | None = None,
) -> list[HistoryEntry]:
    """An order that enters the lab on a day, and moves on other days."""
    change = FLOW.open(
        cycle,
        order_id=number,
        ordered_on=on(begun if ordered is None else ordered),
        entered_on=on(begun),
        delivery_on=None if delivery is None else on(delivery),
        **who(begun),
    )
    entries: list[HistoryEntry] = [change.entry]
    for day, to in moves:
        change = FLOW.advance(change.order, to=to, today=on(day), **who(day))
        entries.append(change.entry)
    return entries


def orders_of(*histories: Iterable[HistoryEntry]) -> list[ProductionOrder]:
    """The orders with these histories."""
    return [ProductionOrder.replay(entries, [CYCLE, NEWER]) for entries in histories]


def experience(histories: Iterable[Iterable[HistoryEntry]], day: int, **more: Any) -> Experience:  # noqa: ANN401 - keywords
    """What was learned by a day, in calendar days."""
    return learn(histories, [CYCLE, NEWER], as_of=on(day), calendar=EVERY_DAY, **more)


def told(
    histories: Sequence[Sequence[HistoryEntry]],
    *,
    day: int = 100,
    begun: int | None = None,
    asked: Sequence[HistoryEntry] | None = None,
    **more: Any,  # noqa: ANN401 - keywords
) -> Forecast:
    """The forecast for an order that entered the lab on a day; None for today."""
    entries = history("PO-X", day if begun is None else begun) if asked is None else asked
    [order] = orders_of(entries)
    known = experience(histories, day, **more)
    return forecast([order], known, today=on(day), at_least=1)[0]


def days(row: Forecast, share: float) -> int | None:
    """How many days after today the share is done."""
    day = row.by(share)
    return None if day is None else (day - row.today).days


TEN: Final = [history(f"PO-{n}", n, (2 * n, "done")) for n in range(1, 11)]
"""Ten orders that took 1 to 10 days."""


class TestForecast:
    """What comparable orders had left."""

    def test_tells_by_when_a_share_was_done(self) -> None:
        """Of ten orders that took 1 to 10 days, eight were done in 8 days."""
        row = told(TEN)
        assert (row.reason, row.comparable, row.still_open, row.cancelled_share) == (None, 10, 0, 0)
        assert [days(row, share) for share in (0.1, 0.5, 0.8, 0.81, 0.95, 1.0)] == [
            1,
            5,
            8,
            9,
            10,
            10,
        ]

    def test_tells_the_chance_by_a_day(self) -> None:
        """It's the plain share, and 0 up to today, when the order is still open."""
        row = told(TEN)
        assert [row.chance_by(on(100 + day)) for day in (-1, 0, 1, 5, 10, 99)] == [
            *(0, 0, 0.1, 0.5, 1, 1),
        ]
        assert row.chance is None
        promised = told(TEN, asked=history("PO-X", 100, delivery=104))
        assert promised.chance == 0.4

    def test_counts_working_days(self) -> None:
        """Friday plus one is Monday; what was done on a Saturday was done by Friday."""
        known = learn(TEN, [CYCLE], as_of=on(100))
        friday = on(102)
        [order] = orders_of(history("PO-X", 102))
        row = forecast([order], known, today=friday, at_least=1)[0]
        assert (row.calendar, row.by(0.01)) == (MONDAY_TO_FRIDAY, on(105))
        assert row.chance_by(on(104)) == 0

    def test_compares_orders_that_were_there_as_long(self) -> None:
        """After four days at the lab, those that took up to four days are out."""
        row = told(TEN, begun=96)
        assert (row.comparable, days(row, 0.5), days(row, 1.0)) == (6, 3, 6)

    def test_compares_orders_of_about_the_same_age(self) -> None:
        """An order of 20 days is compared with orders of 13 to 27 days."""
        past = [
            history(f"PO-{age}", 50, (60 + age, "done"), ordered=50 - age)
            for age in (12, 13, 20, 27, 28)
        ]
        row = told(past, asked=history("PO-X", 100, ordered=80), day=100)
        assert (row.comparable, days(row, 0.01), days(row, 1.0)) == (3, 23, 37)

    def test_compares_the_window_alone(self) -> None:
        """What was more than 95 days ago isn't compared, but a later day of the same stay is."""
        assert told(TEN, window_days=95).comparable == 5
        assert told(TEN, begun=97, window_days=95).comparable == 7

    def test_open_orders_count_as_at_least_so_long(self) -> None:
        """Two were done in 2 days, and two are open for 5: they hand their weight on to nobody."""
        past = [
            *(history("PO-1", 90, (92, "done")), history("PO-2", 91, (93, "done"))),
            *(history("PO-3", 95), history("PO-4", 95)),
        ]
        row = told(past)
        assert (row.comparable, row.still_open) == (4, 2)
        assert (days(row, 0.5), days(row, 0.51)) == (2, None)
        assert row.chance_by(on(400)) == 0.5

    def test_cancelled_orders_are_a_rival_end(self) -> None:
        """Of three that weren't cancelled, one was done in 2 days."""
        past = [
            *(history("PO-1", 80, (82, "done")), history("PO-2", 80, (89, "done"))),
            *(history("PO-3", 80, (89, "done")), history("PO-4", 80, (81, "lost"))),
        ]
        row = told(past)
        assert (row.comparable, row.cancelled_share) == (4, 0.25)
        assert (days(row, 1 / 3), days(row, 0.34)) == (2, 9)
        only = told([history("PO-4", 80, (81, "lost"))])
        assert (only.reason, only.cancelled_share, only.by(0.5)) == (None, 1, None)
        assert only.chance_by(on(400)) == 0

    def test_all_cancelled_are_no_more_than_all(self) -> None:
        """Floats add the shares of these five up to a little more than 1."""
        past = [
            *(history("PO-1", 80, (81, "lost")), history("PO-2", 98)),
            *(history(f"PO-{n}", 80, (83, "lost")) for n in (3, 4, 5)),
        ]
        row = told(past)
        assert (row.comparable, row.cancelled_share) == (5, 1)
        assert evolve(row) == row

    def test_a_reopened_order_ended_with_its_first_closing(self) -> None:
        """After the reopening, its next closing counts."""
        past = [history("PO-1", 80, (83, "done"), (90, "lab"), (97, "done"))]
        assert days(told(past), 1.0) == 3
        assert days(told(past, asked=history("PO-X", 100, ordered=90)), 1.0) == 7

    def test_pauses_are_left_in_the_time_to_come(self) -> None:
        """Two days at the lab, 5 on hold, 3 at the lab; days on hold are no days at the lab."""
        past = [history("PO-1", 70, (72, "hold"), (77, "lab"), (80, "done"))]
        assert days(told(past), 1.0) == 10
        assert days(told(past, begun=99), 1.0) == 9
        assert told(past, begun=98).comparable == 0  # at once after the hold it was 7 days old
        back = history("PO-X", 93, (95, "hold"), (100, "lab"))
        assert days(told(past, asked=back), 1.0) == 3
        held = history("PO-X", 98, (100, "hold"))
        assert days(told(past, asked=held), 1.0) == 8

    def test_says_why_there_is_none(self) -> None:
        """The order is closed, or too few are comparable."""
        known = experience(TEN, 100)
        orders = orders_of(TEN[0], history("PO-X", 100), history("PO-Y", 100, (100, "check")))
        found = forecast(orders, known, today=on(100), at_least=11)
        assert [(row.reason, row.comparable) for row in found] == [
            *(("closed", 0), ("too-few-orders", 10), ("too-few-orders", 0)),
        ]
        for row in found:
            assert [row.by(0.5), row.chance_by(on(400)), row.cancelled_share] == [None] * 3

    def test_the_default_asks_for_twenty(self) -> None:
        """Ten are too few."""
        [order] = orders_of(history("PO-X", 100))
        found = forecast([order], experience(TEN, 100), today=on(100))
        assert (found.at_least, found[0].reason) == (20, "too-few-orders")

    def test_table(self) -> None:
        """A line for each order, with what people call the statuses."""
        orders = orders_of(history("PO-X", 100, delivery=104), TEN[0])
        table = forecast(orders, experience(TEN, 100), today=on(100), at_least=1).table()
        assert [[*map(str, row)] for row in table.rows] == [
            [
                *("PO-X", "prints", "At the lab", str(on(104))),
                *(str(on(105)), str(on(108)), str(on(110)), "40.0", "10", "0", "0.0", "None"),
            ],
            [
                *("PO-1", "prints", "Done", "None", "None", "None", "None", "None", "0", "0"),
                *("None", "closed"),
            ],
        ]
        assert table.title == "What We Can Promise"

    @pytest.mark.parametrize("share", [0.0, -0.5, 1.01, float("nan")])
    def test_a_share_is_up_to_one(self, share: float) -> None:
        """0 asks for nothing."""
        with pytest.raises(ValueError, match="share must be above 0, and up to 1"):
            told(TEN).by(share)

    def test_a_share_is_a_float(self) -> None:
        """80 of 100 is 0.8; a whole number is likely meant as a count."""
        share: Any = 80
        with pytest.raises(TypeError, match="share must be a float, not 80"):
            told(TEN).by(share)

    @pytest.mark.parametrize(
        ("values", "match"),
        [
            ({"cancelled_share": None}, "there is a reason"),
            ({"reason": "closed"}, "there is a reason"),
            ({"reason": "closed", "cancelled_share": None}, "curve must be empty"),
            ({"still_open": 11}, "at most comparable, 10, not 11"),
            ({"cancelled_share": 1.5}, "cancelled_share must be from 0 to 1"),
            ({"curve": ((2, 0.5), (1, 0.6))}, "curve must grow"),
            ({"curve": ((1, 0.5), (2, 0.4))}, "curve must grow"),
            ({"curve": ((0, 0.5),)}, "days in curve must be from 1"),
        ],
    )
    def test_values_agree(self, values: Any, match: str) -> None:  # noqa: ANN401 - bad values
        """A forecast that contradicts itself is refused."""
        with pytest.raises(ValueError, match=match):
            evolve(told(TEN), **values)

    @pytest.mark.parametrize("curve", [((1, 0.5, 3),), (1,), ((1, 1),)])
    def test_a_curve_has_pairs(self, curve: Any) -> None:  # noqa: ANN401 - bad values
        """Of whole days and shares."""
        with pytest.raises(TypeError):
            evolve(told(TEN), curve=curve)


class TestWhatIsKnown:
    """Histories are read as they were known at the end of a day."""

    def test_a_status_change_is_of_the_day_of_its_visit(self) -> None:
        """It was recorded on day 20, but happened on day 13."""
        opened = FLOW.open(CYCLE, order_id="PO-1", ordered_on=on(10), **who(10))
        late: Any = {"by": "ann", "at": datetime.combine(on(20), time(12), UTC)}
        done = FLOW.advance(opened.order, to="done", today=on(13), **late)
        past = [[opened.entry, done.entry]]
        assert experience(past, 12).stays[0].end == "open"
        assert experience(past, 13).stays[0].end == "complete"
        assert experience(past, 9).orders == 0

    def test_other_entries_are_of_the_date_of_their_instant(self) -> None:
        """The order date was amended on day 15."""
        opened = FLOW.open(CYCLE, order_id="PO-1", ordered_on=on(5), entered_on=on(10), **who(10))
        amended = FLOW.amend(opened.order, ordered_on=on(1), **who(15))
        past = [[opened.entry, amended.entry]]
        assert [experience(past, day).stays[0].age_days for day in (14, 15)] == [5, 9]

    def test_undone_entries_are_left_out(self) -> None:
        """From the day on which they were undone."""
        entries = history("PO-1", 10, (12, "done"))
        [order] = orders_of(entries)
        undone = FLOW.undo(order, entries, **who(15))
        past = [[*entries, undone.entry]]
        assert [experience(past, day).stays[0].end for day in (14, 15)] == ["complete", "open"]

    def test_a_corrected_day_counts(self) -> None:
        """The check began a day earlier, and the lab ended then."""
        entries = history("PO-1", 10, (14, "check"))
        [order] = orders_of(entries)
        amended = FLOW.amend(order, entered_on=on(13), **who(16))
        past = [[*entries, amended.entry]]
        for day, lab, check in ((15, 4, 1), (16, 3, 3)):
            stays = {stay.status: stay.stay_days for stay in experience(past, day).stays}
            assert stays == {"lab": lab, "check": check}

    def test_a_corrected_day_of_a_visit_that_was_paused(self) -> None:
        """It began a day earlier, and had been there a day longer after the hold."""
        entries = history("PO-1", 10, (11, "check"), (14, "hold"), (18, "check"))
        [order] = orders_of(entries)
        amended = FLOW.amend(order, entered_on=on(10), **who(19))
        stays = experience([[*entries, amended.entry]], 20).stays
        assert [(it.status, it.begun_on, it.had_days, it.stay_days) for it in stays] == [
            ("check", on(18), 4, 2),
            ("hold", on(14), 0, 4),
            ("check", on(10), 0, 4),
        ]

    def test_a_change_without_the_one_before_it_still_counts(self) -> None:
        """The migration was recorded on day 20, the change after it happened on day 13."""
        opened = FLOW.open(CYCLE, order_id="PO-1", ordered_on=on(10), **who(10))
        moved = FLOW.migrate(opened.order, NEWER, mapping={"lab": "print-lab"}, **who(20))
        done = FLOW.advance(moved.order, to="done", today=on(13), **who(20))
        back = FLOW.advance(done.order, to="print-lab", today=on(14), **who(20))
        past = [[opened.entry, moved.entry, done.entry, back.entry]]
        stays = experience(past, 15).stays
        assert [(it.status, it.end) for it in stays] == [("print-lab", "open"), ("lab", "complete")]

    def test_a_migration_without_the_change_before_it_renames_nothing(self) -> None:
        """At the check was only the next day; the migration isn't about the lab."""
        opened = FLOW.open(CYCLE, order_id="PO-1", ordered_on=on(10), **who(10))
        checked = FLOW.advance(opened.order, to="check", today=on(13), **who(12))
        proofs = StatusCycle(
            "prints",
            [CYCLE.statuses[0], Status("proof", "Proof"), *CYCLE.statuses[2:]],
            version=2,
        )
        moved = FLOW.migrate(checked.order, proofs, mapping={"check": "proof"}, **who(12))
        past = [[opened.entry, checked.entry, moved.entry]]
        for day, renamed, statuses in (
            (12, [], ["lab"]),
            (14, [("prints", 2, "check", "proof")], ["proof", "lab"]),
        ):
            known = learn(past, [CYCLE, proofs], as_of=on(day), calendar=EVERY_DAY)
            assert [*known.renamed] == renamed
            assert [stay.status for stay in known.stays] == statuses

    def test_a_renamed_key_is_the_key_now(self) -> None:
        """Orders that were done before the renaming are compared with those that come after it."""
        opened = history("PO-X", 100)
        [order] = orders_of(opened)
        migrated = FLOW.migrate(order, NEWER, mapping={"lab": "print-lab"}, **who(101))
        asked = [*opened, migrated.entry]
        known = experience([*TEN, asked], 101)
        assert known.renamed == (("prints", 2, "lab", "print-lab"),)
        assert {stay.status for stay in known.stays} == {"print-lab"}
        for each in (order, migrated.order):
            assert forecast([each], known, today=on(101), at_least=1)[0].comparable == 9

    def test_a_key_is_renamed_where_it_is_held(self) -> None:
        """On hold, the visit that is paused gets the new key."""
        entries = history("PO-1", 10, (12, "hold"))
        [order] = orders_of(entries)
        migrated = FLOW.migrate(order, NEWER, mapping={"lab": "print-lab"}, **who(13))
        known = experience([[*entries, migrated.entry]], 15)
        assert known.renamed == (("prints", 2, "lab", "print-lab"),)
        assert [stay.status for stay in known.stays] == ["hold", "print-lab"]

    def test_a_part_has_the_order_date_of_its_parent(self) -> None:
        """And goes on in its visit, after the pause."""
        opened = FLOW.open(
            CYCLE, order_id="PO-1", ordered_on=on(5), entered_on=on(10), quantity=9, **who(10)
        )
        held = FLOW.advance(opened.order, to="hold", today=on(12), **who(12))
        back = FLOW.advance(held.order, to="lab", today=on(16), **who(16))
        _, part = FLOW.split(back.order, [("PO-2", 4)], **who(18))
        stay = PastStay("prints", "lab", on(16), 11, 2, 4, 4, "open")
        assert experience([[part.entry]], 20).stays == (stay,)
        corrected = FLOW.amend(part.order, entered_on=on(9), **who(19))
        assert experience([[part.entry, corrected.entry]], 20).stays == (stay._replace(had_days=3),)

    def test_histories_may_be_cut(self) -> None:
        """Without entries of later days, and also where some are missing in between."""
        entries = history("PO-1", 10, (12, "check"), (14, "done"))
        assert experience([entries], 13) == experience([entries[:2]], 13)
        assert experience([[entries[0], entries[2]]], 14).stays[0].left_days == 4

    def test_needs_the_versions_that_histories_name(self) -> None:
        """A version is missing, or the status is in none."""
        with pytest.raises(CycleNotFoundError):
            learn(TEN, [NEWER], as_of=on(100))
        other = StatusCycle("prints", [NEWER.statuses[0], NEWER.statuses[2]])
        with pytest.raises(UnknownStatusError):
            learn(TEN, [other], as_of=on(100))

    @pytest.mark.parametrize(
        ("past", "error", "match"),
        [
            ([[]], ValueError, "must begin with an OrderOpened"),
            ([TEN[0][1:]], ValueError, "must begin with an OrderOpened"),
            ([TEN[0], TEN[0]], ValueError, "must hold order 'PO-1' once"),
            ([[*TEN[0], *TEN[0]]], ValueError, "must be sorted by sequence"),
            ([[*TEN[0], TEN[1][1]]], ValueError, "must belong to one order"),
            ("PO-1", TypeError, "histories must be an iterable"),
            ([[TEN[0][0], 7]], TypeError, "must be entries of a history"),
        ],
    )
    def test_histories_belong_together(self, past: Any, error: Any, match: str) -> None:  # noqa: ANN401 - bad values
        """The error says what is wrong with them."""
        with pytest.raises(error, match=match):
            learn(past, [CYCLE], as_of=on(100))

    def test_warns_of_a_log_selected_by_its_end(self) -> None:
        """All orders were closed in the same days, and most were opened long before."""
        chosen = [history(f"PO-{n}", n, (200 + n, "done")) for n in range(20)]
        assert experience(chosen, 300).warnings == ("selected-by-end",)
        assert experience(TEN, 300).warnings == ()
        assert experience([history("PO-1", 1)], 300).warnings == ()

    def test_closed_before_it_was_opened_again(self) -> None:
        """A change dated before the one before it counts from that day on."""
        opened = FLOW.open(CYCLE, order_id="PO-1", ordered_on=on(10), **who(10))
        assert isinstance(opened.entry, OrderOpened)
        checked = FLOW.advance(opened.order, to="check", today=on(14), **who(14))
        moved = FLOW.amend(checked.order, entered_on=on(11), **who(20))
        done = FLOW.advance(moved.order, to="done", today=on(12), **who(20))
        entries = [opened.entry, checked.entry, moved.entry, done.entry]
        stays = experience([entries], 19).stays
        assert [(it.status, it.stay_days, it.left_days) for it in stays] == [("lab", 4, 4)]


class TestEdges:
    """The first days of all, the last ones, and values that are copied."""

    @pytest.mark.parametrize("calendar", [EVERY_DAY, MONDAY_TO_FRIDAY])
    def test_the_first_days_of_all(self, calendar: WorkingCalendar) -> None:
        """No day is before them, and the window begins with them."""
        first = (date.min - MONDAY).days
        past = [history(f"PO-{n}", first + n, (first + 10 + n, "done")) for n in range(5)]
        known = learn(past, [CYCLE], as_of=date.min + timedelta(20), calendar=calendar)
        [order] = orders_of(history("PO-X", first + 20))
        row = forecast([order], known, today=known.as_of, at_least=1)[0]
        assert row.by(1.0) == calendar.add(known.as_of, calendar.count(on(first), on(first + 10)))
        assert row.chance_by(date.min) == 0

    def test_the_last_days_of_all(self) -> None:
        """A day beyond them is refused, and nothing else is."""
        last = (date.max - MONDAY).days
        past = [history(f"PO-{n}", last - 30, (last - 20, "done")) for n in range(5)]
        [order] = orders_of(history("PO-X", last - 9))
        found = forecast([order], experience(past, last), today=date.max, at_least=1)
        assert found[0].chance_by(date.max) == 0
        for ask in (lambda: found[0].by(0.5), found.table):
            with pytest.raises(DateOutOfRangeError):
                ask()

    def test_copies_are_equal_and_answer_alike(self) -> None:
        """Whether or not the experience was asked before."""
        known = experience(TEN, 100)
        [order] = orders_of(history("PO-X", 100))
        rows = forecast([order], known, today=on(100), at_least=1)
        copied = pickle.loads(pickle.dumps(known))
        assert (copied, hash(copied)) == (known, hash(known))
        assert forecast([order], copied, today=on(100), at_least=1) == rows
        assert hash(pickle.loads(pickle.dumps(rows))) == hash(rows)


class TestInReports:
    """Forecasts next to what the plan says."""

    @staticmethod
    def found(*orders: ProductionOrder) -> Forecasts:
        """Forecasts by orders that took 1 to 10 days."""
        return forecast(orders, experience(TEN, 100), today=on(100), at_least=1)

    def test_orders_with_a_small_chance_are_at_risk(self) -> None:
        """PO-A is late by the plan; PO-C and PO-B are so by history; PO-D is in time."""
        orders = orders_of(
            *(history(f"PO-{name}", 100, delivery=day) for name, day in DELIVERIES.items())
        )
        policy = Forward(EVERY_DAY)
        assert [row.order.id for row in at_risk(orders, policy, today=on(100))] == ["PO-A"]
        risks = at_risk(orders, policy, today=on(100), forecast=self.found(*orders))
        assert [(row.order.id, row.forecast and row.forecast.chance) for row in risks] == [
            *(("PO-A", 0.3), ("PO-B", 0.4), ("PO-C", 0.4)),
        ]
        table = risks.table()
        assert table.columns[-4:] == ("Expected", "Days Late", "80 of 100 Done By", "Chance (%)")
        assert [[*map(str, row[-3:])] for row in table.rows][:2] == [
            ["1", str(on(108)), "30.0"],
            ["0", str(on(108)), "40.0"],
        ]
        alone = at_risk(orders[:1], policy, today=on(100), forecast=self.found())
        assert alone[0].forecast is None
        assert alone.table().rows[0][-2:] == (None, None)

    def test_the_status_report_has_a_column(self) -> None:
        """Orders without a forecast have an empty cell."""
        orders = orders_of(history("PO-A", 100), history("PO-B", 100))
        report = status_report(orders, today=on(100), forecast=self.found(orders[0]))
        assert [row.forecast is None for row in report.rows] == [False, True]
        table = report.table()
        assert table.columns[-4:] == ("80 of 100 Done By", "Chance (%)", "Client", "Amount")
        assert [row[-4] for row in table.rows] == [on(108), None]
        assert "Chance (%)" not in status_report(orders, today=on(100)).table().columns

    def test_the_order_plan_has_a_column(self) -> None:
        """In the line of the last step, and a note next to the day that the plan expects."""
        entries = history("PO-A", 100, delivery=104)
        [order] = orders_of(entries)
        given: Any = {"today": on(100)}
        told = order_plan(
            order, Forward(EVERY_DAY), entries, forecast=self.found(order), **given
        ).table()
        assert told.columns[-3:] == ("Late", "80 of 100 Done By", "Chance (%)")
        assert [[*map(str, row[-2:])] for row in told.rows] == [
            ["None", "None"],
            [str(on(108)), "40.0"],
        ]
        assert "80 of 100 done by 2027-02-18" in told.notes[0]
        without = order_plan(order, Forward(EVERY_DAY), entries, **given).table()
        assert without.columns == told.columns[:-2]
        assert "done by" not in without.notes[0]
        unknown = order_plan(order, Forward(EVERY_DAY), entries, forecast=self.found(), **given)
        assert unknown.table() == without

    def test_forecasts_are_forecasts(self) -> None:
        """A list isn't enough."""
        bad: Any = []
        with pytest.raises(TypeError, match="forecast must be Forecasts"):
            at_risk([], Forward(), today=on(100), forecast=bad)


DELIVERIES: Final = {"A": 103, "B": 104, "C": 104, "D": 105}


def test_more_places_than_are_remembered() -> None:
    """Curves are remembered by status and ages, but only some of them; none gets wrong."""
    known = experience(TEN, 100)
    orders = [
        evolve(order, entered_on=on(100 - days), ordered_on=on(0 - age), plan_from=on(0))
        for order in orders_of(history("PO-X", 100))
        for days in range(5)
        for age in range(900)
    ]
    orders += orders_of(history("PO-Y", 96))
    again = forecast(orders, known, today=on(100), at_least=1)
    assert [row.comparable for row in again[-1:]] == [6]
    assert [row.comparable for row in forecast(orders[-1:], known, today=on(100), at_least=1)] == [
        6
    ]


def test_another_calendar_counts_other_pauses() -> None:
    """In working days, those of the due-date policy count."""
    past = [history("PO-1", 70, (72, "hold"), (77, "lab"), (80, "done"))]
    known = learn(past, [CYCLE], as_of=on(100), calendar=WorkingCalendar(holidays=[on(1)]))
    assert [stay.had_days for stay in known.stays] == [2 - 2, 0, 0]
