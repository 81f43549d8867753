"""The open orders in memory: they're never old, and equal to what the library says of them all."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, final

import pytest
import sqlalchemy as sa
from attrs import evolve
from hypothesis import event, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from prodflow import (
    DateOutOfRangeError,
    FlowSettings,
    Forward,
    OrderQuery,
    ProductionOrder,
    RuleError,
    StatusCycle,
    outlook,
)
from prodflow.calendars import EVERY_DAY
from prodflow.hub import AtRisk, at_risk, board
from prodflow.samples import ALBUMS, PRINTS
from prodflow_hub._feed_end import end_of_feed
from prodflow_hub._hub import newest_settings
from prodflow_hub._open_orders import OpenOrders, Snapshot
from prodflow_sqlalchemy import FeedPage, SqlStore

from ._browser import Browser
from ._studio import AT, AppFor

TYPES: Final = ("prints", "albums")
DELIVERIES: Final = (None, -9, 1, 3, 5, 8, 8, 9)
LATE: Final = datetime(9999, 12, 6, 9, tzinfo=UTC)
"""Some orders are expected after the end of the calendar, others before."""
LAST: Final = 20
OPEN: Final = OrderQuery(is_open=True)
BYS: Final = ("status", "workflow_stage", "department", "user", "vendor")


@final
class Studio:
    """A studio whose orders change, and its open orders in memory."""

    def __init__(self) -> None:
        self.store = SqlStore.open("sqlite:///:memory:")
        for sample in (PRINTS, ALBUMS):
            self.store.put_cycle(sample.cycle, replaces=None, by="Mia", at=LATE)
        self.at = LATE
        self.open_orders = OpenOrders(self.store)
        self.number = 0

    def do(self, step: str, one: int, other: int) -> None:
        """Do something; what the rules refuse isn't done."""
        orders = self.store.find(OrderQuery(sort="id"))
        try:
            if step == "open":
                self._open(TYPES[one % 2], other)
            elif step == "edit statuses":
                self._edit(TYPES[one % 2], other)
            elif step == "edit settings":
                self._set(Forward(EVERY_DAY) if other % 2 else Forward())
            elif step == "the next day":
                self.at += timedelta(self.at.day < LAST)
            elif orders:
                self._change(step, orders[one % len(orders)], other)
        except RuleError:
            event("refused")

    def _open(self, order_type: str, other: int) -> None:
        self.number += 1
        cycle = self.store.get_cycle(order_type)
        days = DELIVERIES[other % len(DELIVERIES)]
        opened = (
            newest_settings(self.store)
            .flow(order_type)
            .open(
                *(cycle,),
                order_id=f"PO-{self.number}",
                ordered_on=self.at.date(),
                due_on=self.at.date() + timedelta(other % 5 - 2),
                delivery_on=None if days is None else self.at.date() + timedelta(days),
                vendor=("West Lab", None)[other % 2],
                user=("Ana", "Tom", None)[other % 3],
                priority=other % 2,
                by="Mia",
                at=self.at,
            )
        )
        self.store.save(opened)

    def _edit(self, order_type: str, other: int) -> None:
        """Rename the second status and give it another stage, or delete it."""
        old = self.store.get_cycle(order_type)
        first, second, *rest = old.statuses
        kept = [evolve(second, description=f"{second.description}!", workflow_stage="Desk")]
        edited = StatusCycle(
            order_type, [first, *(kept if other % 2 else ()), *rest], version=old.version + 1
        )
        self.store.put_cycle(edited, replaces=old.version, by="Mia", at=self.at)

    def _set(self, due_dates: Forward) -> None:
        edits = self.store.settings_edits()
        replaces = edits[-1].version if edits else None
        settings = FlowSettings(due_dates=due_dates, version=len(edits) + 1)
        self.store.put_settings(settings, replaces=replaces, by="Mia", at=self.at)

    def _change(self, step: str, order: ProductionOrder, other: int) -> None:
        flow = newest_settings(self.store).flow(order.order_type)
        who: dict[str, Any] = {"by": "Mia", "at": self.at}
        if step == "erase":
            self.store.erase(order.id)
        elif step == "undo":
            self.store.save(flow.undo(order, self.store.history(order.id), **who))
        elif step == "amend":
            days = DELIVERIES[other % len(DELIVERIES)]
            delivery = None if days is None else self.at.date() + timedelta(days)
            self.store.save(
                flow.amend(order, delivery_on=delivery, priority=other % 3, note="x", **who)
            )
        else:
            to = {"hold": "on-hold", "cancel": "cancelled"}.get(step)
            more: dict[str, Any] = {} if to is None else {"to": to}
            self.store.save(flow.advance(order, today=self.at.date(), **more, **who))

    def snapshot(self) -> Snapshot:
        """The open orders as a page sees them."""
        settings = newest_settings(self.store)
        return self.open_orders.now(self.at, settings, self.store.newest())

    def check(self) -> None:
        """Compare what a page shows with what the library says of all open orders."""
        found, orders, today = self.snapshot(), self.store.find(OPEN), self.at.date()
        settings, cycles = newest_settings(self.store), self.store.newest()
        assert list(found.orders) == orders
        risks = expected_risks(orders, settings, cycles, today)
        event(f"known from before: {found._risks is not None}")  # noqa: SLF001 - the point
        event(f"at risk: {min(len(risks), 2)}")
        assert found.at_risk == risks
        assert found.figures["risk"] == len(risks)
        for by in BYS:
            of_all = board(orders, by=by, today=today, cycles=cycles).columns
            assert [
                (it.key, it.title, it.orders, it.overdue, it.count) for it in found.board(by)
            ] == [(it.key, it.title, it.orders, it.overdue, it.count) for it in of_all]


def expected_risks(
    orders: Sequence[ProductionOrder],
    settings: FlowSettings,
    cycles: Sequence[StatusCycle],
    today: date,
) -> AtRisk:
    """The report on all orders, but those whose dates are beyond the calendar."""

    def has_outlook(order: ProductionOrder) -> bool:
        try:
            outlook(order, settings.flow(order.order_type).due_dates, today=today)
        except DateOutOfRangeError:
            return False
        return True

    policies = {each: settings.flow(each).due_dates for each in TYPES}
    return at_risk(filter(has_outlook, orders), policies, today=today, cycles=cycles)


STEPS: Final = st.tuples(
    st.sampled_from(
        [
            *("open", "open", "open", "advance", "advance", "amend", "amend"),
            *("undo", "hold", "cancel", "erase", "edit statuses", "edit settings"),
            "the next day",
        ]
    ),
    st.integers(0, 30),
    st.integers(0, 89),
)


@given(st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=1, max_size=8))
def test_a_page_is_what_the_library_says_of_all_orders(
    rounds: list[list[tuple[str, int, int]]],
) -> None:
    """Whatever happens between two pages, and however much of the last page was kept."""
    studio = Studio()
    for number in range(6):
        studio.do("open", number, number * 7)
    studio.check()
    for steps in rounds:
        for step in steps:
            studio.do(*step)
        studio.check()
    studio.store.close()


def test_a_page_that_needs_no_risks_forgets_none(store: SqlStore) -> None:
    """Two changes with another page between them: the report has both."""
    open_orders, settings, cycles = OpenOrders(store), store.get_settings(), store.newest()
    before = open_orders.now(AT, settings, cycles).at_risk
    for order_id in ("PO-1043", "PO-1054"):
        order = store.get(order_id)
        flow = settings.flow(order.order_type)
        store.save(flow.amend(order, delivery_on=AT.date(), by="Mia", at=AT, note="Sooner"))
        open_orders.now(AT, settings, cycles)
    after = open_orders.now(AT, settings, cycles).at_risk
    assert after != before
    assert after == OpenOrders(store).now(AT, settings, cycles).at_risk
    assert {"PO-1043", "PO-1054"} <= {row.order.id for row in after}


# --- The feed -----------------------------------------------------------------------------------


def opened(store: SqlStore, *ids: str) -> None:
    """Open orders."""
    flow = newest_settings(store).flow("prints")
    for order_id in ids:
        store.save(
            flow.open(
                *(PRINTS.cycle,),
                order_id=order_id,
                ordered_on=AT.date(),
                by="Mia",
                roles=["office"],
                at=AT,
            )
        )


@pytest.mark.parametrize("count", [0, 1, 7, 60])
def test_the_end_of_the_feed_is_found_without_reading_it(
    database: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From there, the feed has what is saved afterwards; the entries of other tenants are none."""
    engine = sa.create_engine(database)
    store, other = SqlStore(engine), SqlStore(engine, tenant="other")
    store.create_schema()
    for each in (store, other):
        each.put_cycle(PRINTS.cycle, replaces=None)
    for number in range(count):
        opened(store, f"PO-{number}")
        opened(other, f"PO-{number}")
    read: list[int] = []
    feed = SqlStore.feed

    def counted(self: SqlStore, after: str | None = None, *, limit: int = 100) -> FeedPage:
        page = feed(self, after, limit=limit)
        read.append(len(page.entries))
        return page

    monkeypatch.setattr(SqlStore, "feed", counted)
    end = end_of_feed(store)
    assert (end is None) == (count == 0)
    assert sum(read) <= 40
    assert store.feed(end).entries == ()
    opened(other, "PO-X")
    opened(store, "PO-Y")
    assert [entry.order_id for entry in store.feed(end).entries] == ["PO-Y"]
    engine.dispose()


def test_a_database_that_is_restored_is_read_anew(store: SqlStore) -> None:
    """The place in the feed counts no more."""
    open_orders, settings, cycles = OpenOrders(store), store.get_settings(), store.newest()
    before = open_orders.now(AT, settings, cycles).orders
    store.restored()
    opened(store, "PO-NEW")
    after = open_orders.now(AT, settings, cycles).orders
    assert {order.id for order in after} - {order.id for order in before} == {"PO-NEW"}
    opened(store, "PO-NEXT")
    assert len(open_orders.now(AT, settings, cycles).orders) == len(before) + 2


@pytest.mark.parametrize("call", ["feed", "load", "count", "find"])
def test_no_change_is_lost_if_the_database_goes_away(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Wherever that happens, the next page has what changed."""
    open_orders, settings, cycles = OpenOrders(store), store.get_settings(), store.newest()
    if call != "find":
        open_orders.now(AT, settings, cycles)
    opened(store, "PO-NEW")

    def away(*_: object, **__: object) -> object:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(SqlStore, call, away)
        with pytest.raises(ConnectionError):
            open_orders.now(AT, settings, cycles)
    assert "PO-NEW" in {order.id for order in open_orders.now(AT, settings, cycles).orders}


# --- The start ----------------------------------------------------------------------------------


def test_the_app_is_ready_when_it_starts(app_for: AppFor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page reads no order, and compiles no page."""
    with TestClient(app_for()) as client:
        monkeypatch.setattr(SqlStore, "find", None)
        monkeypatch.setattr("jinja2.Environment.compile", None)
        assert Browser(client).open("/").heading == "Mine"


def test_the_app_starts_without_its_database(
    app_for: AppFor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so, and the pages are there as soon as the database is."""
    with monkeypatch.context() as patched:
        patched.setattr(SqlStore, "find", None)
        app = app_for()
        with TestClient(app) as client:
            assert "starts without the open orders" in caplog.text
            assert client.get("/").status_code == 500
    assert Browser(TestClient(app)).open("/").heading == "Mine"
