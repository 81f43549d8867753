"""Accounts, sessions, and the pages to sign in and out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from httpx2 import Response
from starlette.testclient import TestClient

from prodflow_hub._accounts import MOST_BY_NAME, AccountError, Accounts
from prodflow_hub._signing_in import app_with_accounts
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser
from ._pages import check
from ._studio import AT, CHEAP, Clock

PASSWORD = "correct horse"  # noqa: S105 - pretend
WRONG = "wrong"


@pytest.fixture
def accounts(store: SqlStore, clock: Clock, tmp_path: Path) -> Accounts:
    """Two accounts in the database of the studio."""
    assert store.order_types()
    made = Accounts(sa.create_engine(f"sqlite:///{tmp_path / 'studio.db'}"), clock, hasher=CHEAP)
    made.create_tables()
    made.put("Mia", PASSWORD, roles=["manager"], departments=["Sales"])
    made.put("Tom", PASSWORD, roles=["staff"], departments=["Production"])
    return made


@pytest.fixture
def opened(store: SqlStore, accounts: Accounts, clock: Clock) -> Callable[[], Browser]:
    """Gives a new browser."""
    app = app_with_accounts(store, accounts, clock=clock, zone=lambda: None)
    return lambda: Browser(TestClient(app))


Opened = Callable[[], Browser]


def sign_in(browser: Browser, name: str = "Mia", password: str = PASSWORD) -> Browser:
    """Fill in the page."""
    return browser.fill("Name", name).fill("Password", password).press("Sign in")


def test_leads_back_to_the_page(opened: Opened) -> None:
    """Who isn't signed in is asked to, and then sees the page with its filters."""
    page = opened().open("/list?type=prints")
    assert page.heading == "Sign in"
    assert "PO-" not in page.html
    check(page)
    sign_in(page)
    assert page.path == "/list?type=prints"
    assert "Mia" in page.text


def test_sign_out_ends_the_session(opened: Opened) -> None:
    """The token that the browser had is worth nothing any more."""
    page = sign_in(opened().open("/"))
    cookies = dict(page.client.cookies)
    sent: list[Response] = []
    page.client.event_hooks["response"].append(sent.append)
    page.press("Sign out")
    assert page.heading == "Sign in"
    assert sent[0].headers["clear-site-data"] == '"cache"'
    other = opened()
    other.client.cookies.update(cookies)
    assert other.open("/").heading == "Sign in"


def test_a_link_ends_no_session(opened: Opened) -> None:
    """Another site may have such a link; only the button of the hub signs out."""
    page = sign_in(opened().open("/"))
    assert page.open("/sign-out").heading == "Mine"
    assert page.open("/board").heading == "Board"


def test_a_wrong_password_says_nothing_more(opened: Opened) -> None:
    """Nobody learns whether there is such an account."""
    page = sign_in(opened().open("/"), password=WRONG)
    assert page.role("alert") == ["This name and this password don't belong together."]
    assert page.value("Name") == "Mia"
    assert page.value("Password") == ""
    check(page)
    assert sign_in(page, name="Nobody").role("alert") == [
        "This name and this password don't belong together."
    ]


def test_attempts_are_limited(opened: Opened, clock: Clock) -> None:
    """After five wrong passwords, the right one has to wait."""
    page = opened().open("/")
    for _ in range(5):
        sign_in(page, password=WRONG)
    sign_in(page)
    assert page.status_code == 429
    assert page.role("alert") == ["Too many attempts have failed. Try again at 10:57."]
    assert sign_in(opened().open("/"), name="Tom").path == "/"
    clock.now = AT + timedelta(minutes=16)
    assert sign_in(page).path == "/"


def test_attempts_are_limited_by_address(opened: Opened) -> None:
    """Somebody who tries many names is stopped too."""
    page = opened().open("/")
    for number in range(30):
        sign_in(page, name=f"Name {number}", password=WRONG)
    assert sign_in(page).status_code == 429


def test_a_session_ends_when_nobody_uses_it(opened: Opened, clock: Clock) -> None:
    """It lasts as long as it's used."""
    page = sign_in(opened().open("/"))
    for hours in (8, 16, 24):
        clock.now = AT + timedelta(hours=hours)
        assert page.open("/").heading == "Mine"
    clock.now = AT + timedelta(hours=37)
    assert page.open("/").heading == "Sign in"


def test_nothing_typed_is_lost_when_a_session_is_over(
    opened: Opened, clock: Clock, store: SqlStore
) -> None:
    """After signing in, the window has what was typed, and nothing is saved by itself."""
    page = sign_in(opened().open("/orders/advance?ids=PO-1043")).fill("Note", "Two boxes")
    version = store.get("PO-1043").version
    clock.now = AT + timedelta(hours=13)
    page.press("OK")
    assert page.status_code == 401
    assert "Your session is over" in page.role("alert")[0]
    sign_in(page)
    assert page.heading == "Signed in again"
    check(page)
    page.press("Go on")
    assert page.heading == "1 record will be modified"
    assert page.value("Note") == "Two boxes"
    assert store.get("PO-1043").version == version
    page.press("OK")
    assert store.history("PO-1043")[-1].note == "Two boxes"


def test_leads_to_no_other_host(opened: Opened) -> None:
    """An address that isn't of the hub leads to its first page."""
    for address in ("//evil.example", "https://evil.example", "/\\evil.example", "/%0d%0aX: y"):
        page = sign_in(opened().open(f"/sign-in?then={address}"))
        assert page.address.startswith("http://testserver/")
        assert page.heading == "Mine"


class Counting(PasswordHasher):
    """Counts how many passwords were looked at."""

    seen = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - as argon2 has it
        """Count, and look."""
        self.seen += 1
        return super().verify(hash, password)


def test_attempts_at_the_same_time_are_limited_too(accounts: Accounts) -> None:
    """Twenty wrong passwords at once: at most five are looked at."""
    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    together = Accounts(accounts.engine, accounts.clock, hasher=hasher)
    with ThreadPoolExecutor(20) as pool:
        tries = [pool.submit(together.sign_in, "Mia", WRONG, "here") for _ in range(20)]
        answers = [each.result() for each in tries]
    assert hasher.seen <= MOST_BY_NAME
    assert not any(isinstance(answer, str) for answer in answers)
    assert answers.count(None) == hasher.seen


class TestAccounts:
    """The accounts themselves."""

    def test_keep_no_password_and_no_token(self, accounts: Accounts, tmp_path: Path) -> None:
        """A copy of the database lets nobody in."""
        token = accounts.sign_in("Mia", PASSWORD, "127.0.0.1")
        assert isinstance(token, str)
        accounts.engine.dispose()
        contents = (tmp_path / "studio.db").read_bytes()
        assert PASSWORD.encode() not in contents
        assert token.encode() not in contents

    def test_another_password_ends_the_sessions(self, accounts: Accounts) -> None:
        """Who has the old one is out."""
        token = accounts.sign_in("Mia", PASSWORD, "")
        assert isinstance(token, str)
        assert accounts.visitor(token) is not None
        accounts.put("Mia", "another horse")
        assert accounts.visitor(token) is None
        assert accounts.sign_in("Mia", PASSWORD, "") is None

    def test_belong_to_a_tenant(self, accounts: Accounts, clock: Clock) -> None:
        """The accounts of another studio don't count here."""
        other = Accounts(accounts.engine, clock, "other", hasher=CHEAP)
        assert other.names() == ()
        assert other.sign_in("Mia", PASSWORD, "") is None
        token = accounts.sign_in("Mia", PASSWORD, "")
        assert isinstance(token, str)
        assert other.visitor(token) is None
        accounts.sign_out(None)
        accounts.sign_out(token)
        assert accounts.visitor(token) is None

    @pytest.mark.parametrize("name", ["", " Mia", "a\nb", "x" * 201])
    def test_names_are_checked(self, accounts: Accounts, name: str) -> None:
        """A name must be one that orders can have as their user."""
        with pytest.raises(AccountError, match="the name must have"):
            accounts.put(name, PASSWORD)

    def test_passwords_are_checked(self, accounts: Accounts) -> None:
        """A short one is refused, and a damaged one lets nobody in."""
        with pytest.raises(AccountError, match="at least 8 characters"):
            accounts.put("Ann", "short")
        with accounts.engine.begin() as connection:
            connection.execute(sa.text("UPDATE prodflow_hub_accounts SET password = 'x'"))
        assert accounts.sign_in("Mia", PASSWORD, "") is None
