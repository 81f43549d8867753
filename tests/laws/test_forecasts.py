"""Laws of forecasts: decision D41."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from prodflow import (
    EVERY_DAY,
    MONDAY_TO_FRIDAY,
    FromEntry,
    HistoryEntry,
    OrderOpened,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusChanged,
    StatusCycle,
    WorkingCalendar,
)
from prodflow.hub import Experience, Forecast, backtest, forecast, learn
from prodflow.testing._cases import case, few
from prodflow.testing.strategies import histories, production_flows, status_cycles

MONDAY: Final = date(2026, 6, 1)
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("lab", "At the lab", initial=True),
        Status("check", "Check"),
        Status("done", "Done", final=True),
        Status("hold", "On hold", non_standard=True, pauses=True),
        Status("lost", "Lost", non_standard=True, cancelled=True),
    ],
)
SHARES: Final = (0.1, 0.5, 0.8, 0.95, 1.0)
# The laws are run on wrong ways to learn, too.
SHARED: Final = few(1, suppress_health_check=[HealthCheck.differing_executors])
Learn = Callable[..., Experience]


class Past(NamedTuple):
    """An order as a shop remembers it: which day it came, and what it did next, after how long."""

    ordered: int
    waited: int
    moves: tuple[tuple[int, str], ...]

    @property
    def begun(self) -> int:
        """The day on which it came to the lab."""
        return self.ordered + self.waited

    def stays(self) -> Iterator[tuple[int, str]]:
        """The days on which it came to each status."""
        day = self.begun
        yield day, "lab"
        for days, status in self.moves:
            day += days
            yield day, status


class Shop(NamedTuple):
    """What a shop has done, with an order that it asks about, on a day."""

    past: tuple[Past, ...]
    asked: Past
    today: int
    window_days: int
    calendar: WorkingCalendar

    def entries(self) -> list[list[HistoryEntry]]:
        """The histories of the past."""
        return [history(f"PO-{number}", each, self) for number, each in enumerate(self.past)]


def on(day: int) -> date:
    """A day, counted from a Monday."""
    return MONDAY + timedelta(day)


def history(number: str, past: Past, shop: Shop) -> list[HistoryEntry]:
    """The entries of an order."""
    flow = ProductionFlow(due_dates=FromEntry(shop.calendar))
    who: Any = {"by": "ann"}
    change = flow.open(
        CYCLE,
        order_id=number,
        ordered_on=on(past.ordered),
        entered_on=on(past.begun),
        at=datetime.combine(on(past.begun), time(12), UTC),
        **who,
    )
    entries: list[HistoryEntry] = [change.entry]
    for day, status in [*past.stays()][1:]:
        at = datetime.combine(on(day), time(12), UTC)
        change = flow.advance(change.order, to=status, today=on(day), at=at, **who)
        entries.append(change.entry)
    return entries


@st.composite
def pasts(draw: st.DrawFn, latest: int, ends: Sequence[str]) -> Past:
    """Any order: some wait, some are on hold or lost, and some come back."""
    days = st.integers(0, 9)
    moves: list[tuple[int, str]] = []
    if draw(st.integers(0, 3)) == 0:
        moves += [(draw(days), "hold"), (draw(days), "lab")]
    if draw(st.booleans()):
        moves.append((draw(days), "check"))
    moves.append((draw(days), draw(st.sampled_from(ends))))
    if draw(st.integers(0, 9)) == 0:
        moves += [(draw(days), "lab"), (draw(days), "done")]
    return Past(draw(st.integers(0, latest)), draw(st.integers(0, 4)), tuple(moves))


@st.composite
def shops(draw: st.DrawFn) -> Shop:
    """Any shop with up to 14 orders, and an open order that is at the lab or at the check.

    In a third of the shops, all orders were done long ago.
    """
    today = draw(st.integers(15, 40))
    ordered = draw(st.integers(today - 9, today))
    entered = draw(st.integers(ordered, min(today, ordered + 4)))
    moves: tuple[tuple[int, str], ...] = ()
    if draw(st.integers(0, 3)) == 0:
        moves = ((draw(st.integers(0, today - entered)), "check"),)
    if draw(st.integers(0, 2)) == 0:
        past = st.lists(pasts(0, ["done"]), min_size=4, max_size=9)
    else:
        past = st.lists(pasts(today, ["done", "done", "lost"]), min_size=6, max_size=14)
    return Shop(
        tuple(draw(past)),
        Past(ordered, entered - ordered, moves),
        today,
        draw(st.sampled_from([12, 365, 365])),
        draw(st.sampled_from([EVERY_DAY, EVERY_DAY, MONDAY_TO_FRIDAY])),
    )


def rank(day: int, shop: Shop) -> int:
    """The number of working days up to a day, counted one by one."""
    return sum(shop.calendar is EVERY_DAY or on(each).weekday() < 5 for each in range(-20, day + 1))


class Model(NamedTuple):
    """What plain code remembers of comparable orders: the days left, and what came."""

    left: tuple[tuple[int, str], ...]

    def share_after(self, days: int) -> Fraction:
        """The share done by then of those not cancelled: the estimate of Aalen and Johansen."""
        done, cancelled, lasting = Fraction(0), Fraction(0), Fraction(1)
        by_then = Fraction(0)
        for day in sorted({left for left, _ in self.left}):
            at_risk = sum(left >= day for left, _ in self.left)
            ends = [end for left, end in self.left if left == day]
            done += lasting * ends.count("done") / at_risk
            cancelled += lasting * ends.count("lost") / at_risk
            lasting *= Fraction(at_risk - ends.count("done") - ends.count("lost"), at_risk)
            if day <= days:
                by_then = done
        return by_then / (1 - cancelled) if cancelled < 1 else by_then

    def days_for(self, share: float) -> int | None:
        """The days after which a share is done, found by trying."""
        return next((n for n in range(200) if float(self.share_after(n)) >= share - 1e-9), None)


def place(past: Past, day: int, shop: Shop) -> tuple[str, int] | None:
    """Where an order is at the end of a day, and for how many days without its pauses."""
    stays = [stay for stay in past.stays() if stay[0] <= day]
    if not stays:
        return None
    status, paused = stays[-1][1], 0
    entered = stays[-1][0]
    kinds = [each for _, each in stays[-3:]]
    if kinds in (["lab", "hold", "lab"], ["lab", "lost", "lab"]):
        entered = stays[-3][0]  # a hold, or a cancellation that was taken back, pauses the visit
        # Pauses count as the policy counts them: the working days on which the order was away.
        paused = rank(stays[-1][0] - 1, shop) - rank(stays[-2][0] - 1, shop)
    begun = rank(stays[-1][0], shop)
    return status, max(0, begun - rank(entered, shop) - paused) + rank(day, shop) - begun


def model(shop: Shop) -> Model:
    """The comparable orders of a shop, found by looking at the end of each day."""
    now = place(shop.asked, shop.today, shop)
    assert now is not None
    age = rank(shop.today, shop) - rank(shop.asked.ordered, shop)
    left: list[tuple[int, str]] = []
    for past in shop.past:
        # At a weekend no day passes, so only the last of some days with the same number counts;
        # a time before a pause and one after it count apart, as do visits.
        seen: set[tuple[int, int]] = set()
        for day in range(shop.today, -1, -1):
            stretch = len([stay for stay in past.stays() if stay[0] <= day])
            if place(past, day, shop) != now or (stretch, rank(day, shop)) in seen:
                continue
            seen.add((stretch, rank(day, shop)))
            older = rank(day, shop) - rank(past.ordered, shop)
            if rank(day, shop) <= rank(shop.today - shop.window_days, shop):
                continue
            if abs(older - age) > age / 4 + 2:
                continue
            ends = [
                (rank(each, shop), status)
                for each, status in past.stays()
                if each <= shop.today and each > day and status in {"done", "lost"}
            ]
            end, status = ends[0] if ends else (rank(shop.today, shop), "open")
            if end > rank(day, shop):
                left.append((end - rank(day, shop), status))
    return Model(tuple(left))


class TestForecasts:
    """By when orders are done, and with what chance."""

    learn: ClassVar[Learn] = staticmethod(learn)

    def known(self, shop: Shop, past: Iterable[Sequence[HistoryEntry]] | None = None) -> Experience:
        """What the shop has learned."""
        return type(self).learn(
            shop.entries() if past is None else past,
            [CYCLE],
            as_of=on(shop.today),
            calendar=shop.calendar,
            window_days=shop.window_days,
        )

    def told(self, shop: Shop) -> Forecast:
        """The forecast for the order that it asks about."""
        order = ProductionOrder.replay(history("PO-X", shop.asked, shop), [CYCLE])
        return forecast([order], self.known(shop), today=on(shop.today), at_least=1)[0]

    @SHARED
    @given(shops())
    def test_the_estimate_is_that_of_plain_code(self, shop: Shop) -> None:
        """Aalen and Johansen's, of comparable orders that are found day by day."""
        expected, row = model(shop), self.told(shop)
        ends = [end for _, end in expected.left]
        case("some are still open", "open" in ends)
        case("some were cancelled", "lost" in ends)
        assert (row.comparable, row.still_open) == (len(ends), ends.count("open"))
        if not ends:
            assert row.reason == "too-few-orders"
            return
        for days in range(12):
            day = shop.calendar.add(on(shop.today), days)
            assert row.chance_by(day) == pytest.approx(float(expected.share_after(days)))
        for share in SHARES:
            days_left = expected.days_for(share)
            by = None if days_left is None else shop.calendar.add(on(shop.today), days_left)
            assert row.by(share) == by

    @SHARED
    @given(shops())
    def test_the_plain_share_without_open_and_cancelled_orders(self, shop: Shop) -> None:
        """Exactly: not a little more or less."""
        left = model(shop).left
        row = self.told(shop)
        is_plain = bool(left) and all(end == "done" for _, end in left)
        case("all are done", is_plain)
        if is_plain:
            for days in range(30):
                day = shop.calendar.add(on(shop.today), days)
                assert row.chance_by(day) == sum(each <= days for each, _ in left) / len(left)

    @SHARED
    @given(shops())
    def test_the_future_is_not_looked_at(self, shop: Shop) -> None:
        """Without the entries of later days, the same is learned."""
        past = shop.entries()
        cut = [[entry for entry in entries if day_of(entry) <= on(shop.today)] for entries in past]
        case("something is cut", cut != past)
        assert self.known(shop, past) == self.known(shop, filter(None, cut))

    @SHARED
    @given(shops())
    def test_days_and_chances_keep_their_order(self, shop: Shop) -> None:
        """No day up to today; a greater share is never earlier, a later day never less likely."""
        row = self.told(shop)
        case("there is a forecast", row.reason is None)
        days = [row.by(share) for share in SHARES]
        dates = [day or date.max for day in days]
        assert dates == sorted(dates)
        assert all(day > on(shop.today) for day in dates)
        chances = [row.chance_by(on(shop.today + day)) or 0 for day in range(-3, 40)]
        assert chances == sorted(chances)
        assert set(chances[:4]) == {0}
        assert chances[-1] <= 1

    @SHARED
    @given(shops(), st.randoms(use_true_random=False))
    def test_equal_orders_get_equal_answers(self, shop: Shop, chance: Any) -> None:  # noqa: ANN401 - Hypothesis leaves it open
        """In whatever order they are asked, and from an experience that was asked before."""
        known = self.known(shop)
        orders = [
            ProductionOrder.replay(history(f"PO-X{number}", each, shop), [CYCLE])
            for number, each in enumerate([shop.asked, *shop.past, shop.asked])
        ]
        today = on(shop.today)
        first = forecast(orders, known, today=today, at_least=1)
        shuffled = chance.sample(orders, len(orders))
        fresh = forecast(shuffled, self.known(shop), today=today, at_least=1)
        again = forecast(shuffled, known, today=today, at_least=1)
        assert tuple(fresh) == tuple(again)
        assert {row.order.id: row for row in again} == {row.order.id: row for row in first}
        answers = [(row.curve, row.comparable, row.still_open) for row in (first[0], first[-1])]
        assert answers[0] == answers[1]
        case("there is a forecast", first[0].reason is None)

    @SHARED
    @given(shops())
    def test_a_backtest_asks_what_a_forecast_answers(self, shop: Shop) -> None:
        """The same orders, with the same curves."""
        past = shop.entries()
        [row] = backtest(past, [CYCLE], calendar=shop.calendar, cuts=[on(shop.today)], at_least=1)
        known = [
            [entry for entry in entries if day_of(entry) <= on(shop.today)] for entries in past
        ]
        orders = [ProductionOrder.replay(each, [CYCLE]) for each in known if each]
        still = [order for order in orders if order.is_open]
        found = forecast(
            still,
            learn(past, [CYCLE], as_of=on(shop.today), calendar=shop.calendar),
            today=on(shop.today),
            at_least=1,
        )
        curves = {each.order.id: each.curve for each in found if each.reason is None}
        case("there is a forecast", curves)
        assert (row.orders, row.told) == (len(still), len(curves))
        assert all(each.curve == curves[each.order_id] for each in row.judged)
        for before, by in ((row.done_before(share), row.done_by(share)) for share in SHARES):
            assert before is None or by is None or 0 <= before <= by <= 1


def day_of(entry: HistoryEntry) -> date:
    """The day of an entry: that of its visit, or that of its recording."""
    if isinstance(entry, OrderOpened | StatusChanged):
        return entry.resumed_on or entry.entered_on
    return entry.at.date()


CYCLES = status_cycles(max_size=5)
WALKS = histories(cycles=CYCLES, flows=production_flows(max_size=0), min_size=2, max_size=9)


class TestAnyHistory:
    """Whatever happened: amendments, migrations, undone changes, changes recorded late."""

    @given(WALKS, st.integers(-5, 40), st.booleans())
    def test_the_future_is_not_looked_at(self, walk: Any, days: int, every_day: bool) -> None:  # noqa: ANN401 - drawn
        """Without the entries of later days, the same is learned; and no day is before another."""
        as_of = day_of(walk.entries[0]) + timedelta(days)
        calendar = EVERY_DAY if every_day else MONDAY_TO_FRIDAY
        cut = [entry for entry in walk.entries if day_of(entry) <= as_of]
        case("something is cut", 0 < len(cut) < len(walk.entries))
        given: Any = {"as_of": as_of, "calendar": calendar}
        found = learn([walk.entries], walk.cycles, **given)
        if cut and isinstance(cut[0], OrderOpened):
            assert found == learn([cut], walk.cycles, **given)
        for later, stay in pairwise(found.stays):
            assert stay.begun_on <= later.begun_on
        for stay in found.stays:
            assert 0 < stay.stay_days <= stay.left_days + 1
            assert stay.had_days >= 0

    @given(WALKS)
    def test_the_last_day_says_where_the_order_is(self, walk: Any) -> None:  # noqa: ANN401 - drawn
        """An order that isn't closed has a stay that is open."""
        order = walk.order
        as_of = max(day_of(entry) for entry in walk.entries) + timedelta(30)
        found = learn([walk.entries], walk.cycles, as_of=as_of, calendar=EVERY_DAY)
        case("the order is open", order.is_open)
        if order.is_open and order.begun_on < as_of:
            assert found.stays[0].end == "open"
            assert found.stays[0].status == order.status.key
            assert found.stays[0].begun_on == order.begun_on
            assert found.stays[0].age_days == (order.begun_on - order.ordered_on).days
