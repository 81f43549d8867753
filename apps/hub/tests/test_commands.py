"""The commands."""

import io
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from prodflow import MONDAY_TO_FRIDAY, ChangeUndone, FlowSettings, OrderQuery, StatusChanged
from prodflow.hub import Forecast, forecast, learn
from prodflow_hub import _commands as commands
from prodflow_hub._accounts import Accounts
from prodflow_hub._demo import FINISHED, ORDERS, load_demo
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser, said
from ._studio import AT, COUNT

ROOT: Final = Path(__file__).parents[3]


class Served:
    """Takes the place of the server: looks at the app while it would be served."""

    def __init__(self, look: Callable[[Browser], None]) -> None:
        self.look, self.calls = look, 0

    def __call__(self, app: Starlette, host: str, port: int) -> None:
        """Look at the app."""
        self.calls += 1
        assert (host, port) == ("127.0.0.1", 8000)
        self.look(Browser(TestClient(app)))


def test_the_demo(capsys: pytest.CaptureFixture[str]) -> None:
    """It serves the studio without signing in, to the user that was named."""

    def look(browser: Browser) -> None:
        assert browser.open("/").heading == "Meine"
        assert "Tom" in browser.text
        assert f"von {COUNT}" in browser.open("/list?state=all").text

    served = Served(look)
    assert commands.main(["demo", "--user", "Tom", "--lang", "de"], served) == 0
    assert served.calls == 1
    assert "You are Tom. The demo is at http://127.0.0.1:8000/" in capsys.readouterr().out


def test_the_demo_has_what_it_promises(store: SqlStore) -> None:
    """Three types, 60 orders, a week of history, holds, and slips that were undone."""
    assert store.order_types() == ("albums", "frames", "prints")
    assert (ORDERS, COUNT) == (60, 149)  # the README names these 60, and 89 that are finished
    histories = [
        (order, history)
        for order, history in store.histories(OrderQuery())
        if order.id >= "PO-1001"
    ]
    assert len(histories) == ORDERS
    entries = [entry for _, history in histories for entry in history]
    assert sum(isinstance(entry, ChangeUndone) for entry in entries) == 3
    holds = [it for it in entries if isinstance(it, StatusChanged) and it.to_status == "on-hold"]
    assert len(holds) == 5
    assert {order.held is not None for order, _ in histories} == {True, False}
    days = {entry.at.date() for entry in entries}
    assert min(days) == MONDAY_TO_FRIDAY.add(AT.date(), -10)
    assert max(days) <= AT.date()
    load_demo(store, AT)
    assert store.count(OrderQuery()) == COUNT


def test_the_demo_has_finished_orders(store: SqlStore) -> None:
    """They were opened before the others, closed since, and nothing of them is still to be sent."""
    before = [order for order in store.find(OrderQuery()) if order.id < "PO-1001"]
    assert Counter(order.order_type for order in before) == FINISHED
    assert {order.status.closes for order in before} == {True}
    assert max(order.ordered_on for order in before) < MONDAY_TO_FRIDAY.add(AT.date(), -10)
    assert max(order.entered_on for order in before) <= AT.date()
    waiting = {each.event.order_id for each in store.pending(as_of=date.max)}
    assert not waiting & {order.id for order in before}


def test_the_demo_has_forecasts(store: SqlStore) -> None:
    """Of prints there is one with its dates; of albums it says how many are missing."""

    def told(order_type: str) -> list[Forecast]:
        histories = (history for _, history in store.histories(OrderQuery(order_type=order_type)))
        past = learn(histories, store.newest(), as_of=AT.date())
        orders = store.find(OrderQuery(order_type=order_type, is_open=True))
        return [*forecast(orders, past, today=AT.date())]

    known = [each for each in told("prints") if each.reason is None]
    assert len(known) >= 5
    assert all(each.by(0.5) and each.by(0.8) and each.by(0.95) for each in known)
    assert len({each.chance for each in known}) >= 3
    albums = told("albums")
    assert {each.reason for each in albums} == {"too-few-orders"}
    assert 7 in {each.comparable for each in albums}


def test_serve_needs_an_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`user add` makes the first, and then somebody can sign in."""
    database = str(tmp_path / "studio.db")
    served = Served(_sign_in)
    assert commands.main(["serve", database], served) == 1
    assert "Nobody can sign in yet" in capsys.readouterr().out

    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    add = ["user", "add", database, "Mia", "--role", "manager", "--password-stdin"]
    assert commands.main(add, served) == 1
    assert "at least 8 characters" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    assert commands.main(add, served) == 0
    assert commands.main(["serve", database], served) == 0
    assert served.calls == 1


def _sign_in(browser: Browser) -> None:
    page = browser.open("/list").fill("Name", "Mia").fill("Password", "correct horse")
    assert "There are no order types yet." in page.press("Sign in").text


def test_a_password_is_typed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the two differ, nothing is changed."""
    typed = iter(["correct horse", "wrong horse", "correct horse", "correct horse"])
    monkeypatch.setattr(commands, "getpass", lambda _="": next(typed))
    add = ["user", "add", str(tmp_path / "studio.db"), "Mia"]
    served: Any = None
    assert commands.main(add, served) == 1
    assert commands.main(add, served) == 0


@pytest.mark.parametrize("page", ["docs/how-to-hub-app.md", "apps/hub/README.md"])
def test_the_commands_of_the_guides(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each does what the text says: `user add` asks for a password, and `serve` lets Mia in."""
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("prodflow-hub ")]
    verbs: list[str] = []

    def look(browser: Browser) -> None:
        if verbs[-1] == "serve":
            _sign_in(browser)
        else:
            assert browser.open("/").heading == "Mine"

    served = Served(look)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(commands, "getpass", lambda _="": "correct horse")
    for line in lines:
        _, *arguments = shlex.split(line)
        verbs.append(arguments[0])
        assert commands.main(arguments, served) == 0
    assert verbs == ["demo", "user", "serve"]
    assert served.calls == 2


def test_serve_has_the_zone_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It decides what day it is; without one, the clock of this machine does."""
    url = f"sqlite:///{tmp_path / 'studio.db'}"
    accounts = Accounts(commands.engine_of(url), commands.clock)
    accounts.create_tables()
    accounts.put("Mia", "correct horse")
    monkeypatch.setattr(commands, "clock", lambda: AT)
    days: list[str] = []

    def look(browser: Browser) -> None:
        browser.open("/list")
        days.extend(said(each) for each in browser.page.iter("time"))

    served = Served(look)
    assert commands.main(["serve", str(tmp_path / "studio.db")], served) == 0
    with SqlStore.open(url) as store:
        zoned = FlowSettings(zone="Pacific/Pago_Pago")
        store.put_settings(zoned, replaces=None, by="Mia", at=AT)
    assert commands.main(["serve", str(tmp_path / "studio.db")], served) == 0
    assert days == ["18 Nov 2026", "17 Nov 2026"]


def test_the_program() -> None:
    """As a process, it serves the demo until somebody presses Ctrl+C."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "prodflow_hub", "demo", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - ours
        try:
            while server.poll() is None:
                with suppress(httpx2.TransportError):
                    answer = httpx2.get(f"http://127.0.0.1:{port}/list?state=all", timeout=60)
                    assert "1–50 of " in answer.text
                    assert "server" not in answer.headers
                    break
                time.sleep(0.05)
        finally:
            server.send_signal(signal.SIGINT)
        said, _ = server.communicate()
    assert said == f"You are Mia. The demo is at http://127.0.0.1:{port}/\n"
    assert server.returncode == 0


def test_urls() -> None:
    """A path is a file of SQLite, and a URL stays one."""
    assert commands.url_of("studio.db") == "sqlite:///studio.db"
    assert commands.url_of("postgresql://u@h/s") == "postgresql+psycopg://u@h/s"
    assert commands.clock().tzinfo is not None
