"""Several people at once, a server that is killed, and a database that is away."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, cast, final
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import sqlalchemy as sa
from attrs import define, field
from playwright.sync_api import Browser as Chromium
from starlette.requests import Request
from starlette.testclient import TestClient

from prodflow import OrderQuery, StatusChanged
from prodflow_hub import Visitor, hub_app
from prodflow_hub._accounts import Accounts
from prodflow_hub._commands import clock as wall_clock
from prodflow_hub._signing_in import app_with_accounts
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser
from ._chromium import launched, served, window
from ._studio import CHEAP, AppFor, Clock
from .test_statuses import field as field_of

TWELVE: Final = 12
PASSWORD: Final = "a long password"  # noqa: S105 - of a test


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """One browser program; each person has a window without the cookies of the others."""
    with launched() as browser:
        yield browser


def engine_of(store: SqlStore) -> sa.Engine:
    """The engine of a store."""
    with store.unit() as (connection, _):
        return connection.engine


# --- In two windows -----------------------------------------------------------------------------


def test_two_people_on_one_order(chromium: Chromium, app_for: AppFor, store: SqlStore) -> None:
    """The second one sees who was quicker and when, keeps what was typed, and decides."""
    before = store.get("PO-1054")
    with served(app_for("Mia")) as first, served(app_for("Tom")) as second:
        mia, tom = window(chromium, first), window(chromium, second)
        for page, address in ((mia, first), (tom, second)):
            page.goto(f"{address}/list?q=PO-1054")
            page.get_by_label("Choose PO-1054").check()
            page.get_by_role("button", name="Advance status").click()
        tom.get_by_label("Note").fill("Two boxes")
        mia.get_by_role("button", name="OK").click()
        mia.get_by_role("status").wait_for()
        tom.get_by_role("button", name="OK").click()
        tom.get_by_text("Mia changed it at 18 Nov 2026, 10:42").first.wait_for()
        assert tom.get_by_label("Note").input_value() == "Two boxes"
        assert store.get("PO-1054").version == before.version + 1
        assert store.history("PO-1054")[-1].by == "Mia"
        tom.get_by_role("button", name="OK").click()
        tom.get_by_role("status").wait_for()
    entry = store.history("PO-1054")[-1]
    assert (entry.sequence, entry.by, entry.note) == (before.version + 2, "Tom", "Two boxes")


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_ok_twice_is_one_entry(
    chromium: Chromium, app_for: AppFor, store: SqlStore, *, has_script: bool
) -> None:
    """An impatient person clicks twice."""
    before = store.get("PO-1054")
    with served(app_for()) as address:
        page = window(chromium, address, java_script_enabled=has_script)
        page.goto(f"{address}/orders/advance?ids=PO-1054")
        page.get_by_role("button", name="OK").dblclick()
        page.get_by_role("status").wait_for()
    assert store.get("PO-1054").version == before.version + 1


# --- Twelve at once -----------------------------------------------------------------------------


def test_twelve_on_one_list_of_statuses(store: SqlStore, clock: Clock) -> None:
    """Each adds a status. Who was slower is told so, with the own text, and begins again."""
    app = hub_app(store, clock=clock, visitor=lambda request: Visitor(request.headers["x-name"]))
    together = threading.Barrier(TWELVE)
    slower: list[str] = []

    def add(number: int) -> None:
        page = Browser(TestClient(app, headers={"x-name": f"Editor {number}"}))
        page.open("/statuses/prints")
        together.wait()
        while True:
            label = field_of(page, "New status", "Description")
            page.fill(label, f"Step {number}").press("Save")
            if page.role("status"):
                return
            assert page.status_code == 409
            assert "Somebody else has saved version" in page.text
            assert f'value="Step {number}"' in page.html
            slower.append(page.address)
            page.open("/statuses/prints")

    with ThreadPoolExecutor(TWELVE) as people:
        list(people.map(add, range(TWELVE)))
    assert slower
    steps = {f"Step {number}" for number in range(TWELVE)}
    assert steps <= {each.description for each in store.get_cycle("prints")}
    assert store.versions("prints") == tuple(range(1, TWELVE + 2))
    assert {edit.by for edit in store.edits("prints")} == {
        "Mia",
        *(f"Editor {number}" for number in range(TWELVE)),
    }


def test_one_form_sent_by_six_at_once(store: SqlStore, clock: Clock) -> None:
    """The same OK arrives several times, and all get the same answer."""

    def visitor(_: Request) -> Visitor:
        return Visitor("Mia", roles=["manager"])

    before = store.get("PO-1054")
    page = Browser(TestClient(hub_app(store, clock=clock, visitor=visitor)))
    page.open("/orders/advance?ids=PO-1054")
    with ThreadPoolExecutor(6) as people:
        answers = [*people.map(page.send, ["OK"] * 6)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.url for answer in answers}) == 1
    assert store.get("PO-1054").version == before.version + 1


# --- A server that is killed --------------------------------------------------------------------


@contextmanager
def process(database: Path, port: int) -> Generator[subprocess.Popen[bytes]]:
    """The hub as a process of its own; waits until it answers."""
    command = [sys.executable, "-m", "prodflow_hub", "serve", str(database), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:  # noqa: S603 - ours
        try:
            address = f"http://127.0.0.1:{port}/static/icon.svg"
            while True:
                assert server.poll() is None, "the server has ended"
                with suppress(httpx2.TransportError):
                    httpx2.get(address)
                    break
                time.sleep(0.05)
            yield server
        finally:
            server.kill()


@final
@define
class Worker:
    """Somebody who advances one order after the other, as quickly as the server answers."""

    page: Browser
    ids: list[str]
    acknowledged: list[str] = field(factory=list[str])
    asked: list[str] = field(factory=list[str])
    is_waiting: bool = False

    def work(self, enough: Callable[[], None]) -> None:
        """Advance orders until the server is gone."""
        with suppress(httpx2.TransportError):
            for order_id in self.ids:
                self.page.open(f"/orders/advance?ids={order_id}")
                self.asked.append(order_id)
                self.is_waiting = True
                self.page.press("OK")
                self.note()
                enough()

    def note(self) -> None:
        """Remember the command that the page says was saved."""
        self.is_waiting = False
        (said, *_) = self.page.role("status")
        assert said.startswith("1 order advanced")
        self.acknowledged += parse_qs(urlsplit(self.page.address).query)["done"]


def test_the_server_is_killed_under_load(demo: Path, tmp_path: Path) -> None:
    """What was acknowledged is there. Pressing OK again saves what wasn't, and saves it once."""
    database = tmp_path / "studio.db"
    database.write_bytes(demo.read_bytes())
    with SqlStore.open(f"sqlite:///{database}") as store:
        Accounts(engine_of(store), wall_clock).create_tables()
        Accounts(engine_of(store), wall_clock).put("Mia", PASSWORD, roles=["manager", "office"])
        versions = {order.id: order.version for order in store.find(OrderQuery(is_open=True))}
        ids = [order.id for order in store.find(OrderQuery(is_open=True)) if order.held is None]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    workers: list[Worker] = []
    with process(database, port) as server:
        for number in range(4):
            client = httpx2.Client(
                base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=60
            )
            page = Browser(cast("TestClient", client)).open("/sign-in")
            page.fill("Name", "Mia").fill("Password", PASSWORD).press("Sign in")
            workers.append(Worker(page, ids[number::4]))

        def enough() -> None:
            if sum(len(each.acknowledged) for each in workers) >= 12:
                os.kill(server.pid, signal.SIGKILL)

        def work(worker: Worker) -> None:
            worker.work(enough)

        with ThreadPoolExecutor(4) as people:
            list(people.map(work, workers))
        assert server.wait() == -signal.SIGKILL
    acknowledged = [each for worker in workers for each in worker.acknowledged]
    assert len(acknowledged) >= 12
    with SqlStore.open(f"sqlite:///{database}") as store:
        for command_id in acknowledged:
            assert len(store.entries_of(command_id)) == 1
    with process(database, port):
        for worker in workers:
            if worker.is_waiting:
                worker.page.press("OK")
                worker.note()
            assert worker.page.open("/").heading == "Mine"  # still signed in
            worker.page.client.close()
    with SqlStore.open(f"sqlite:///{database}") as store:
        assert store.verify() == ()
        for order_id in ids:
            entries = store.history(order_id)[versions[order_id] :]
            was_asked = any(order_id in worker.asked for worker in workers)
            assert len(entries) == was_asked
            assert all(isinstance(entry, StatusChanged) for entry in entries)


# --- A database that is away --------------------------------------------------------------------


def test_the_database_is_away(
    chromium: Chromium, store: SqlStore, clock: Clock, tmp_path: Path
) -> None:
    """The page says so, and *Try again* saves what was typed, for somebody who is signed in."""
    engine = engine_of(store)
    accounts = Accounts(engine, clock, hasher=CHEAP)
    accounts.create_tables()
    accounts.put("Mia", PASSWORD, roles=["manager", "office"])
    app = app_with_accounts(store, accounts, clock=clock, zone=lambda: None)
    database = tmp_path / "studio.db"
    with served(app) as address:
        page = window(chromium, address)
        page.goto(f"{address}/orders/advance?ids=PO-1043")
        page.get_by_label("Name").fill("Mia")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("Note").fill("Two boxes")
        before = store.get("PO-1043")

        engine.dispose()
        database.rename(tmp_path / "away.db")
        database.mkdir()
        for button in ("OK", "Try again"):
            with page.expect_navigation() as answer:
                page.get_by_role("button", name=button).click()
            assert answer.value.status == 503
            page.get_by_role("heading", name="The database can't be reached").wait_for()
            assert "Traceback" not in page.content()
        database.rmdir()
        (tmp_path / "away.db").rename(database)

        page.get_by_role("button", name="Try again").click()
        page.get_by_role("status").filter(has_text="1 order advanced").wait_for()
    entry = store.history("PO-1043")[-1]
    assert (entry.sequence, entry.note) == (before.version + 1, "Two boxes")
