"""The forecast of an order, and how it's learned."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from threading import Event

import pytest
from starlette.testclient import TestClient

from prodflow import MONDAY_TO_FRIDAY, OrderQuery, ProductionFlow, Status, StatusCycle
from prodflow.hub import forecast, learn
from prodflow_hub import Visitor
from prodflow_hub._app import make_app, make_hub
from prodflow_hub._learning import Learning, experience_of
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser
from ._studio import AT, AppFor, Clock, Instead

TODAY = AT.date()
SIGNS = StatusCycle(
    "signs",
    [
        Status("lab", "At the lab", initial=True, default_duration=5),
        Status("done", "Done", final=True),
        Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
    ],
)
FLOW = ProductionFlow()
DAYS = {"signs": MONDAY_TO_FRIDAY}


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), AT.tzinfo)


def open_order(store: SqlStore, order_id: str, opened: date, delivery: date | None = None) -> None:
    """Open an order."""
    opening = FLOW.open(
        SIGNS, order_id=order_id, ordered_on=opened, delivery_on=delivery, by="Ann", at=_at(opened)
    )
    store.save(opening)


def live(store: SqlStore, order_id: str, opened: date, days: int, to: str = "done") -> None:
    """Open an order, and close it after some working days."""
    open_order(store, order_id, opened)
    left = MONDAY_TO_FRIDAY.add(opened, days)
    order = store.get(order_id)
    store.save(FLOW.advance(order, to=to, today=left, by="Ann", at=_at(left)))


@pytest.fixture
def signs(store: SqlStore) -> SqlStore:
    """Seven past orders and two open ones."""
    store.put_cycle(SIGNS, replaces=None)
    store.put_settings(store.get_settings().edited(cutoff=None), replaces=1, by="Mia", at=AT)
    for number in range(7):
        live(store, f"S-{number}", MONDAY_TO_FRIDAY.add(TODAY, -40 + number), 3 + number % 4)
    open_order(store, "S-OPEN", TODAY, MONDAY_TO_FRIDAY.add(TODAY, 4))
    open_order(store, "S-FREE", TODAY)
    return store


def many(store: SqlStore) -> None:
    """More past orders, some of them cancelled."""
    for number in range(7, 60):
        begun, days = MONDAY_TO_FRIDAY.add(TODAY, -60 + number // 2), 2 + number * 7 % 12
        live(store, f"S-{number}", begun, days, "cancelled" if number % 10 == 9 else "done")


def facts(browser: Browser) -> dict[str, str]:
    """The titles of the page with what stands below them."""
    return {
        "".join(line[0].itertext()): "".join(line[1].itertext())
        for line in browser.page.iter("div")
        if len(line) == 2 and line[0].tag == "dt"
    }


class TestOrder:
    """The page of an order."""

    def test_says_that_it_cannot_tell(self, mia: Browser, signs: SqlStore) -> None:
        """With the number of orders like it, and how many are needed."""
        assert signs.get("S-OPEN").is_open
        text = mia.open("/orders/S-OPEN").text
        assert "Cannot tell: 7 like it, 20 needed. As of 18 Nov 2026, 10:42." in text

    def test_has_the_days_and_the_chance(self, mia: Browser, signs: SqlStore) -> None:
        """They're those of the library, from all histories."""
        many(signs)
        histories = [entries for _, entries in signs.histories(OrderQuery(order_type="signs"))]
        known = learn(histories, [SIGNS], as_of=TODAY)
        (row,) = forecast([signs.get("S-OPEN")], known, today=TODAY)
        shown = facts(mia.open("/orders/S-OPEN"))
        for share, title in ((0.5, "50"), (0.8, "80"), (0.95, "95")):
            day = row.by(share)
            assert day is not None
            assert shown[f"{title} of 100 done by"] == f"{day.day} {day:%b %Y}"
        assert row.chance is not None
        assert 0 < row.chance < 1
        chance = f"{round(100 * row.chance)} of 100"
        assert shown["Done by 24 Nov 2026, the delivery date"] == chance
        assert f"Compared with {row.comparable} orders that were in the same status" in mia.text
        assert "of 100 are cancelled" in mia.text
        assert not [title for title in facts(mia.open("/orders/S-FREE")) if "delivery" in title]

    def test_says_so_if_past_orders_took_longer_than_the_plan(self, mia: Browser) -> None:
        """The plan alone would promise too much."""
        doubt = "By the plan it's in time, but orders like it usually take longer."
        shown = facts(mia.open("/orders/PO-1047"))
        (chance,) = [value for title, value in shown.items() if title.startswith("Done by ")]
        assert int(chance.removesuffix(" of 100")) < 50
        assert doubt in mia.text
        assert doubt not in mia.open("/orders/PO-1038").text

    def test_of_many_open_orders(self, mia: Browser, signs: SqlStore) -> None:
        """If too many of those like it are open, nobody can tell."""
        day = MONDAY_TO_FRIDAY.add(TODAY, -20)
        for number in range(30):
            open_order(signs, f"O-{number}", day)
        shown = facts(mia.open("/orders/S-OPEN"))
        assert shown["95 of 100 done by"] == "nobody can tell: too many are still open"
        assert "30 of them are still open." in mia.text

    def test_of_closed_orders(self, mia: Browser, signs: SqlStore) -> None:
        """There is none."""
        assert signs.get("S-1").is_complete
        assert "Forecast" not in mia.open("/orders/S-1").text

    def test_at_the_end_of_the_calendar(
        self, mia: Browser, signs: SqlStore, clock: Clock, store: SqlStore
    ) -> None:
        """A day after it can't be said."""
        last = date(9999, 12, 24)
        for number in range(25):
            live(store, f"L-{number}", MONDAY_TO_FRIDAY.add(last, -30), 3 + number)
        open_order(signs, "L", last)
        clock.now = _at(last)
        assert facts(mia.open("/orders/L"))["95 of 100 done by"] == "after the end of the calendar"

    def test_in_german(self, app_for: AppFor, signs: SqlStore) -> None:
        """In the words of the hub."""
        many(signs)
        page = Browser(TestClient(app_for(lang="de"))).open("/orders/S-OPEN")
        assert "Vorhersage" in page.text
        assert "50 von 100 fertig bis" in facts(page)


class TestAtRisk:
    """The orders that will be late."""

    def test_has_the_chances_that_are_known(self, mia: Browser, signs: SqlStore) -> None:
        """In words."""
        many(signs)
        open_order(signs, "S-LATE", TODAY, TODAY)
        mia.open("/orders/S-LATE")
        row = next(row for row in mia.open("/at-risk?start=0").rows() if "S-LATE" in row[1])
        assert row[-1] == "0 of 100"
        others = [row[1].split()[0] for row in mia.rows() if "S-" not in row[1]]
        mia.open(f"/orders/{others[0]}")
        row = next(row for row in mia.open("/at-risk").rows() if others[0] in row[1])
        assert row[-1] == "cannot tell"


class SlowStore:
    """A store whose histories come when a test says so; or never."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.gate, self.reads = store, Event(), 0
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def histories(self, query: OrderQuery) -> Iterator[object]:
        """The histories, after the gate was opened."""
        self.reads += 1
        self.gate.wait(30)
        if self.error is not None:
            raise self.error
        return self.store.histories(query)


class TestLearning:
    """How it's learned."""

    def test_reads_only_what_the_window_can_use(self, signs: SqlStore) -> None:
        """What was closed over a year ago makes no difference."""
        many(signs)
        old = MONDAY_TO_FRIDAY.add(TODAY, -330)
        for number in range(30):
            live(signs, f"OLD-{number}", old, 1 + number * 3)
        histories = [entries for _, entries in signs.histories(OrderQuery(order_type="signs"))]
        whole = learn(histories, [SIGNS], as_of=TODAY)
        part = experience_of(signs, "signs", MONDAY_TO_FRIDAY, TODAY)
        assert part.orders < whole.orders
        assert sorted(part.stays) == sorted(whole.stays)
        assert experience_of(signs, "signs", MONDAY_TO_FRIDAY, date(1, 1, 3)).orders == 0

    def test_is_done_once_a_day(self, signs: SqlStore) -> None:
        """The next day, what was known stays until the new is there."""
        slow = SlowStore(signs)
        slow.gate.set()
        learning = Learning(slow, patience=30)  # type: ignore[arg-type]  # a store in a test
        first = learning.of(DAYS, AT)
        assert first["signs"].at == AT
        assert learning.of(DAYS, AT + timedelta(hours=1)) == first
        assert slow.reads == 2
        slow.gate.clear()
        tomorrow = AT + timedelta(days=1)
        assert learning.of(DAYS, tomorrow) == first
        slow.gate.set()
        for thread in [*learning._threads.values()]:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - to wait for it
            thread.join(30)
        assert learning.of(DAYS, tomorrow)["signs"].at == tomorrow

    def test_is_not_begun_twice(self, signs: SqlStore) -> None:
        """While it's being learned, a second page waits for the same."""
        slow = SlowStore(signs)
        learning = Learning(slow, patience=0)  # type: ignore[arg-type]  # a store in a test
        assert learning.of(DAYS, AT) == learning.of(DAYS, AT) == {}
        (thread,) = learning._threads.values()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - to wait for it
        slow.gate.set()
        thread.join(30)
        assert learning.of(DAYS, AT)["signs"].at == AT
        assert slow.reads == 2

    def test_counts_an_order_once(self, signs: SqlStore) -> None:
        """Also one that is closed while the open ones are read."""
        everything = OrderQuery(order_type="signs", sort="id")

        def histories(_: object) -> object:
            return signs.histories(everything)

        twice = Instead(signs, histories=histories)
        part = experience_of(twice, "signs", MONDAY_TO_FRIDAY, TODAY)  # type: ignore[arg-type]  # as above
        assert part.orders == 9

    def test_does_not_hold_up_a_page(self, signs: SqlStore, clock: Clock) -> None:
        """A page says that the forecast is on its way."""
        slow = SlowStore(signs)
        hub = make_hub(
            *(signs,),
            clock=clock,
            visitor=lambda _: Visitor("Mia"),
            zone=lambda: None,
            lang="en",
            words=None,
            editors=None,
            client="client",
            templates=(),
        )
        object.__setattr__(hub, "learning", Learning(slow, patience=0))  # type: ignore[arg-type]  # as above
        page = Browser(TestClient(make_app(hub)))
        assert "The forecast isn't ready yet" in page.open("/orders/S-OPEN").text
        threads = [*hub.learning._threads.values()]  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - to wait for it
        slow.gate.set()
        for thread in threads:
            thread.join(30)
        assert "Cannot tell: 7 like it" in page.open("/orders/S-OPEN").text

    def test_is_tried_again_after_a_failure(self, signs: SqlStore) -> None:
        """But not at once."""
        slow = SlowStore(signs)
        slow.error = OSError("the disk is gone")
        slow.gate.set()
        learning = Learning(slow, patience=30)  # type: ignore[arg-type]  # as above
        assert learning.of(DAYS, AT) == {}
        slow.error = None
        assert learning.of(DAYS, AT + timedelta(minutes=4)) == {}
        assert slow.reads == 1
        assert learning.of(DAYS, AT + timedelta(minutes=5))["signs"].experience.orders == 9
