"""Backtests: how often forecasts would have kept their word; and pictures of both."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import EVERY_DAY, HistoryEntry, ProductionFlow, ProductionOrder, Status, StatusCycle
from prodflow.diagrams import backtest_svg, forecast_svg
from prodflow.hub import Backtest, backtest, forecast, learn

MONDAY: Final = date(2026, 11, 2)
FLOW: Final = ProductionFlow()
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("lab", "At the lab", initial=True),
        Status("done", "Done", final=True),
        Status("hold", "On hold", non_standard=True, pauses=True),
        Status("lost", "Lost", non_standard=True, cancelled=True),
    ],
)


def on(day: int) -> date:
    """A day, counted from a Monday."""
    return MONDAY + timedelta(day)


def history(
    number: str, begun: int, *moves: tuple[int, str], delivery: int | None = None
) -> list[HistoryEntry]:
    """An order that comes to the lab on a day, and moves on other days."""

    def who(day: int) -> Any:  # noqa: ANN401 - keywords
        return {"by": "ann", "at": datetime.combine(on(day), time(12), UTC)}

    delivery_on = None if delivery is None else on(delivery)
    change = FLOW.open(
        CYCLE, order_id=number, ordered_on=on(begun), delivery_on=delivery_on, **who(begun)
    )
    entries: list[HistoryEntry] = [change.entry]
    for day, to in moves:
        change = FLOW.advance(change.order, to=to, today=on(day), **who(day))
        entries.append(change.entry)
    return entries


TEN: Final = [history(f"PO-{n}", n, (2 * n, "done")) for n in range(1, 11)]
"""Ten orders that took 1 to 10 days."""


def tried(*later: Iterable[HistoryEntry], last: int = 80) -> Backtest:
    """The backtest of day 50, when some orders are open; the histories end on a day."""
    end = history("END", last)
    return backtest([*TEN, *later, end], [CYCLE], calendar=EVERY_DAY, cuts=[on(50)], at_least=1)


class TestBacktest:
    """Forecasts of the past, judged by what came."""

    def test_counts_what_was_done_before_and_by_the_day(self) -> None:
        """Half of ten orders were done after 5 days: one earlier, one then, one later."""
        [row] = tried(
            history("A", 50, (53, "done")),
            history("B", 50, (55, "done")),
            history("C", 50, (56, "done")),
        )
        assert (row.cut_on, row.orders, row.told, len(row.judged)) == (on(50), 3, 3, 3)
        assert (row.done_before(0.5), row.done_by(0.5)) == (1 / 3, 2 / 3)
        assert row.error_days == (2 + 0 + 1) / 3
        assert row.mean_error_days == (2.5 + 0.5 + 0.5) / 3

    def test_cancelled_orders_are_not_judged(self) -> None:
        """Nobody was promised a cancellation."""
        [row] = tried(history("A", 50, (51, "lost")), history("B", 50, (52, "done")))
        assert (row.orders, row.told, [each.order_id for each in row.judged]) == (2, 2, ["B"])

    def test_an_order_that_is_still_open_is_late_for_days_that_are_over(self) -> None:
        """The histories end on day 56; half were done by the 55th, all by the 60th."""
        found = tried(history("A", 50), last=56)
        assert (found.done_before(0.5), found.done_by(0.5)) == (0, 0)
        assert (found.done_before(1.0), found.done_by(1.0)) == (None, None)
        assert (found.error_days, found.mean_error_days) == (None, None)

    def test_a_day_that_was_not_named_counts_as_kept(self) -> None:
        """Too many comparable orders are open to tell by when nine of ten are done."""
        stuck = [history(f"S-{n}", 30) for n in range(10)]
        found = tried(history("A", 50), *stuck, last=90)
        judged = {each.order_id: each for each in found[0].judged}
        assert [*judged] == ["A"]
        assert (found.done_by(0.4), found.done_by(0.9)) == (0, 1)

    def test_the_chance_is_judged_by_the_delivery_date(self) -> None:
        """Half were done after 5 days; of the two orders, one was."""
        found = tried(
            history("A", 50, (53, "done"), delivery=55), history("B", 50, (58, "done"), delivery=55)
        )
        assert [(each.chance, each.is_met) for each in found[0].judged] == [
            *((0.5, True), (0.5, False)),
        ]
        assert (found.brier, found.base_brier) == (0.25, 0.25)

    def test_without_a_delivery_date_nine_of_ten_count(self) -> None:
        """Nine of ten orders took up to 9 days; the day is beyond the end for the second."""
        found = tried(history("A", 50, (53, "done")), history("B", 50), last=56)
        assert [(each.chance, each.is_met) for each in found[0].judged] == [
            *((0.9, True), (0.9, None)),
        ]
        assert found.brier == pytest.approx(0.01)
        late = tried(history("A", 50), last=70)
        assert [each.is_met for each in late[0].judged] == [False]

    def test_nothing_finished_gives_no_chance(self) -> None:
        """There is no day to be judged by."""
        past = [history("A", 10), history("B", 14), history("END", 90)]
        [row] = backtest(past, [CYCLE], calendar=EVERY_DAY, cuts=[on(14)], at_least=1)
        assert [(each.order_id, each.chance, each.is_met) for each in row.judged] == [
            ("B", None, None),
        ]
        assert (row.brier, row.base_brier) == (None, None)

    def test_too_few_comparable_orders_tell_nothing(self) -> None:
        """By default, twenty are needed."""
        past = [*TEN, history("A", 50, (52, "done"))]
        found = backtest(past, [CYCLE], calendar=EVERY_DAY, cuts=[on(50)])
        assert (found.orders, found.told, found[0].judged) == (1, 0, ())
        assert found.done_by(0.5) is None

    def test_by_default_eight_days_divide_the_orders(self) -> None:
        """Nine orders come on nine days; the first of them isn't asked about."""
        past = [history(f"PO-{day}", day, (day + 1, "done")) for day in range(9)]
        found = backtest(past, [CYCLE], calendar=EVERY_DAY)
        assert [row.cut_on for row in found] == [on(day) for day in range(1, 9)]
        assert len(backtest([], [])) == 0

    def test_what_was_closed_before_the_cut_but_recorded_later(self) -> None:
        """On the day itself the order was thought to be open."""
        entries = history("A", 48, (52, "done"))
        [order] = [ProductionOrder.replay(entries, [CYCLE])]
        at = datetime.combine(on(60), time(12), UTC)
        amended = FLOW.amend(order, entered_on=on(49), by="ann", at=at)
        [row] = tried([*entries, amended.entry])
        assert [each.done_on for each in row.judged] == [on(49)]

    def test_table(self) -> None:
        """A line for each day, and one for all; the notes say what to look for."""
        found = tried(history("A", 50, (53, "done")), history("B", 50, (56, "done")))
        table = found.table()
        assert [[*map(str, row)] for row in table.rows] == [
            [str(on(50)), "2", "2", "50.0", "100.0", "100.0", "1.5", "1.5"],
            ["All", "2", "2", "50.0", "100.0", "100.0", "1.5", "1.5"],
        ]
        assert len(table.notes) == 3
        warned = evolve(found, rows=(), warnings=("selected-by-end",)).table()
        assert warned.rows == ()
        assert "selected by their end" in warned.notes[-1]

    def test_values_agree(self) -> None:
        """No more forecasts are judged than were made."""
        [row] = tried(history("A", 50, (53, "done")))
        for told in (0, 2):
            with pytest.raises(ValueError, match="told must be from 1"):
                evolve(row, told=told)


class TestPictures:
    """`backtest_svg` and `forecast_svg`."""

    def test_a_backtest_shows_what_was_kept(self) -> None:
        """A bar is red where clearly fewer were done than promised."""
        found = tried(history("A", 50, (53, "done")), history("B", 50, (70, "done")))
        picture = backtest_svg(found)
        assert picture.count('class="cut"') == 2
        assert "Promised and Kept" in picture
        assert picture.count('class="past"') == 4 + 1  # four bars, and the legend
        assert "50.0 of 80.0 kept" in picture

    def test_a_backtest_without_forecasts(self) -> None:
        """It says so, and what misleads."""
        found = backtest([history("A", 1)], [CYCLE], cuts=[on(1)])
        assert "no forecast" in backtest_svg(found, title="Ours")
        warned = evolve(found, warnings=("selected-by-end",))
        assert "to judge. These orders seem to be selected by their end" in backtest_svg(warned)

    def test_forecasts_are_fans(self) -> None:
        """Three bars for each order, and a diamond for its promise; a low chance is red."""
        known = learn(TEN, [CYCLE], as_of=on(50), calendar=EVERY_DAY)
        histories = [
            history("A", 50, delivery=53),
            history("B", 50, delivery=59),
            history("C", 50),
            history("D", 40, (41, "done"), delivery=44),
        ]
        orders = [ProductionOrder.replay(each, [CYCLE]) for each in histories]
        picture = forecast_svg(forecast(orders, known, today=on(50), at_least=1))
        assert picture.count('data-status="') == 4
        assert [picture.count(f'class="heat{shade}"') for shade in (4, 2, 1)] == [4, 4, 4]
        assert "Chance (%)" in picture
        assert ">30.0</" in picture
        assert "chance 30.0 %" in picture
        assert "closed" in picture
        assert "80 of 100 done by 2026-12-30" in picture

    def test_forecasts_without_days(self) -> None:
        """Too few orders, or too many of them open, leave bars out."""
        known = learn([history("S", 30)], [CYCLE], as_of=on(50), calendar=EVERY_DAY)
        orders = [ProductionOrder.replay(history("A", 50), [CYCLE])]
        for at_least in (1, 20):
            found = forecast(orders, known, today=on(50), at_least=at_least)
            picture = forecast_svg(found, title="Ours", theme="dark")
            assert picture.count('class="heat1"') == 1  # the legend
        assert "too few orders" in picture
