"""The hub on PostgreSQL: what a studio does every day, by several people and in two tenants.

All tests share the tables; each has orders of its own.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from attrs import evolve
from starlette.testclient import TestClient

from prodflow import ChangeUndone, OrderQuery, ProductionOrder, StatusChanged
from prodflow_hub._accounts import Accounts
from prodflow_hub._demo import load_demo
from prodflow_hub._feed_end import end_of_feed
from prodflow_hub._open_orders import OpenOrders
from prodflow_hub._signing_in import app_with_accounts
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser
from ._databases import schema
from ._studio import AT, Clock
from .test_statuses import field

CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD: Final = "correct horse"  # noqa: S105 - pretend
TENANTS: Final = ("west", "east")

Opened = Callable[..., Browser]
"""Opens a browser at the hub of a tenant."""


@pytest.fixture(scope="module")
def engine(postgres: str) -> Iterator[sa.Engine]:
    """Tables with the studio of the demo in one tenant, and accounts in both."""
    with schema(postgres) as url:
        engine = sa.create_engine(url)
        store = SqlStore(engine, tenant="west")
        store.create_schema()
        load_demo(store, AT)
        for tenant in TENANTS:
            accounts = Accounts(engine, Clock(), tenant, hasher=CHEAP)
            accounts.create_tables()
            accounts.put(f"Mia of {tenant}", PASSWORD, roles=["manager", "office"])
        accounts = Accounts(engine, Clock(), "west", hasher=CHEAP)
        accounts.put("Tom", PASSWORD, roles=["staff"], departments=["Production"])
        yield engine
        engine.dispose()


@pytest.fixture
def west(engine: sa.Engine) -> SqlStore:
    """The store of the tenant that has orders."""
    return SqlStore(engine, tenant="west")


@pytest.fixture
def opened(engine: sa.Engine, clock: Clock) -> Opened:
    """Opens a browser."""
    apps = {
        tenant: app_with_accounts(
            SqlStore(engine, tenant=tenant),
            Accounts(engine, clock, tenant, hasher=CHEAP),
            clock=clock,
            zone=lambda: None,
        )
        for tenant in TENANTS
    }

    def browser(tenant: str = "west") -> Browser:
        return Browser(TestClient(apps[tenant]))

    return browser


def sign_in(page: Browser, name: str = "Mia of west", password: str = PASSWORD) -> Browser:
    """Fill in the page."""
    return page.fill("Name", name).fill("Password", password).press("Sign in")


def order_at(store: SqlStore, status: str, number: int) -> ProductionOrder:
    """An open order in a status."""
    query = OrderQuery(order_type="prints", status=status, is_open=True, sort="id")
    return store.find(query)[number]


def test_advances_an_order_and_takes_it_back(opened: Opened, west: SqlStore) -> None:
    """From the list, by the window, and back in the list."""
    order = order_at(west, "sent-to-lab", 0)
    page = sign_in(opened().open(f"/list?q={order.id}"))
    assert [row[1].split()[0] for row in page.rows()] == [order.id]
    page.tick(f"Choose {order.id}").press("Advance status")
    page.fill("Note", "Two boxes").press("OK")
    assert page.role("status") == [f"1 order advanced {order.id} Undo"]
    page.press("Undo")
    assert page.role("status") == [f"1 order put back {order.id}"]
    changed, undone = west.history(order.id)[order.version :]
    assert isinstance(changed, StatusChanged)
    assert (changed.note, changed.by) == ("Two boxes", "Mia of west")
    assert isinstance(undone, ChangeUndone)
    assert west.get(order.id) == evolve(order, version=undone.sequence)


def test_edits_statuses(opened: Opened, west: SqlStore) -> None:
    """A save is a new version, and the second editor is told so."""
    page = sign_in(opened().open("/statuses/frames"))
    other = sign_in(opened().open("/statuses/frames"))
    first = west.get_cycle("frames").statuses[0].description
    for each, title in ((page, "Checked in"), (other, "Checked")):
        each.fill(field(each, first, "Description"), title).press("Save")
    assert west.versions("frames") == (1, 2)
    assert west.get_cycle("frames").statuses[0].description == "Checked in"
    assert other.status_code == 409
    assert "Somebody else has saved version 2" in other.text


def test_two_people_on_one_order(opened: Opened, west: SqlStore) -> None:
    """The second one sees who was quicker, keeps what was typed, and decides."""
    order = order_at(west, "sent-to-lab", 1)
    mia, tom = opened(), opened()
    for page, name in ((mia, "Mia of west"), (tom, "Tom")):
        sign_in(page.open(f"/orders/advance?ids={order.id}"), name)
    tom.fill("Note", "Two boxes")
    mia.press("OK")
    tom.press("OK")
    assert tom.status_code == 409
    assert "Mia of west changed it at 18 Nov 2026, 10:42" in tom.text
    assert tom.value("Note") == "Two boxes"
    assert west.get(order.id).version == order.version + 1
    tom.press("OK")
    entry = west.history(order.id)[-1]
    assert (entry.sequence, entry.by, entry.note) == (order.version + 2, "Tom", "Two boxes")


def test_one_form_sent_by_six_at_once(opened: Opened, west: SqlStore) -> None:
    """The same OK arrives several times: one entry, and all get the same answer."""
    order = order_at(west, "retouch", 0)
    page = sign_in(opened().open(f"/orders/advance?ids={order.id}"))
    with ThreadPoolExecutor(6) as people:
        answers = [*people.map(page.send, ["OK"] * 6)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.url for answer in answers}) == 1
    assert west.get(order.id).version == order.version + 1


def test_tenants_share_nothing(opened: Opened) -> None:
    """Neither orders nor accounts nor sessions."""
    west = sign_in(opened().open("/list"))
    assert "PO-10" in west.html
    east = opened("east").open("/list")
    assert sign_in(east).role("alert") == ["This name and this password don't belong together."]
    east.client.cookies.update(dict(west.client.cookies))
    assert east.open("/list").heading == "Sign in"
    assert sign_in(east, "Mia of east").heading == "List"
    assert "There are no order types yet." in east.text
    assert "PO-10" not in east.html


def test_attempts_are_limited(opened: Opened, clock: Clock) -> None:
    """After five wrong passwords, the right one has to wait; a session ends at last."""
    page = opened().open("/list")
    for _ in range(5):
        sign_in(page, "Tom", "wrong horse")
    assert sign_in(page, "Tom").status_code == 429
    clock.now = AT + timedelta(minutes=16)
    assert sign_in(page, "Tom").heading == "List"
    clock.now = AT + timedelta(hours=24)
    assert page.open("/list").heading == "Sign in"


def test_no_page_is_old_while_a_transaction_is_open(engine: sa.Engine, west: SqlStore) -> None:
    """The feed waits for it, but pages don't."""
    settings, cycles = west.get_settings(), west.newest()
    open_orders = OpenOrders(west)
    before = {order.id: order for order in open_orders.now(AT, settings, cycles).orders}
    moved, unsaved = order_at(west, "at-lab", 0), order_at(west, "at-lab", 1)
    flow = settings.flow("prints")
    with SqlStore(engine, tenant="west").unit() as (_, inner):
        inner.save(flow.amend(unsaved, by="Tom", at=AT, note="Not saved yet"))
        west.save(flow.advance(moved, today=AT.date(), by="Mia", at=AT))
        assert west.lag(end_of_feed(west)).waiting
        during = {order.id: order for order in open_orders.now(AT, settings, cycles).orders}
        assert during[moved.id].status.key != "at-lab"
        assert during[unsaved.id] == before[unsaved.id]
    after = {order.id: order for order in open_orders.now(AT, settings, cycles).orders}
    assert after == {order.id: order for order in west.find(OrderQuery(is_open=True))}
    assert after[unsaved.id].version == unsaved.version + 1
