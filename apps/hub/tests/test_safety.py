"""What keeps the hub safe: forms of others, headers, prefixes, errors, and hostile texts."""

import asyncio
import logging
from collections.abc import MutableMapping
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from prodflow import StaleCycleError
from prodflow_hub import Visitor, hub_app
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser, said
from ._pages import check
from ._studio import AT, AppFor, Instead

PAGES = (
    *("/", "/board", "/list?state=all", "/at-risk", "/workload", "/orders/advance?ids=PO-1043"),
    *("/orders/PO-1041", "/orders/new", "/statuses/prints", "/nope"),
)
HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=1+1", "{{ 7*7 }}")


@pytest.mark.parametrize("path", PAGES)
def test_headers(mia: Browser, path: str) -> None:
    """Nothing inside a page may run or style it, and nothing is asked of another host."""
    response = mia.client.get(path)
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    page = mia.open(path)
    for each in page.page.iter():
        assert each.tag != "style"
        assert not (each.tag == "script" and (each.text or "").strip())
        assert not [name for name in each.attrib if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action"):
            assert not each.get(name, "").startswith(("http", "//", "javascript:", "data:"))
    assert len(response.content) < 100_000


def test_the_stylesheet_and_the_script(mia: Browser) -> None:
    """They're ours, and small."""
    for name, kind in (("hub.css", "text/css"), ("hub.js", "text/javascript")):
        response = mia.client.get(f"/static/{name}")
        assert response.headers["content-type"].startswith(kind)
        assert len(response.content) < 20_000
    assert mia.client.get("/static/icon.svg").status_code == 200
    for name in ("nope.css", "..%2F_app.py", "_app.py"):
        assert mia.client.get(f"/static/{name}").status_code == 404


class TestForms:
    """Forms that don't come from a page of the hub."""

    def post(self, browser: Browser, **more: Any) -> int:  # noqa: ANN401 - what a client takes
        """Post a window, with what is wrong about it; returns the status."""
        page = browser.open("/orders/advance?ids=PO-1043")
        (form,) = [form for form in page.forms() if form.get("method") == "post"]
        fields = dict(page.fields(form)) | more.pop("typed", {})
        fields = {name: value for name, value in fields.items() if value is not None}
        return browser.client.post(page.path, data={**fields, "ok": ""}, **more).status_code

    def test_need_the_token_of_the_page(self, mia: Browser, store: SqlStore) -> None:
        """Without it, or with another one, nothing is saved."""
        version = store.get("PO-1043").version
        assert self.post(mia, typed={"csrf": None}) == 403
        assert self.post(mia, typed={"csrf": "0" * 64}) == 403
        assert self.post(mia, typed={"csrf": "\u00fc"}) == 403
        assert self.post(mia, headers={"sec-fetch-site": "cross-site"}) == 403
        assert self.post(mia, headers={"sec-fetch-site": "same-site"}) == 403
        assert store.get("PO-1043").version == version
        assert self.post(mia, headers={"sec-fetch-site": "same-origin"}) == 200
        assert store.get("PO-1043").version == version + 1

    def test_belong_to_one_browser_and_one_person(
        self, mia: Browser, tom: Browser, app_for: AppFor
    ) -> None:
        """The token of somebody else is no token."""
        form = tom.open("/orders/advance?ids=PO-1043")
        token = dict(form.fields(form.forms()[0]))["csrf"]
        assert self.post(mia, typed={"csrf": token}) == 403
        eve = TestClient(app_for("Eve"), cookies=dict(tom.client.cookies))
        assert self.post(Browser(eve), typed={"csrf": token}) == 403

    def test_are_limited(self, mia: Browser) -> None:
        """A body that is too long, or has too many fields, gets 413."""
        assert self.post(mia, typed={"note": "x" * 2_000_001}) == 413
        many = "&".join(f"a{number}=" for number in range(20_001))
        assert mia.client.post("/orders/advance?ids=PO-1043", content=many).status_code == 413

    def test_cookies_are_only_for_the_hub(self, app_for: AppFor) -> None:
        """No script reads them, no other site sends them, and none goes over plain HTTP."""
        client = TestClient(app_for(), base_url="https://hub.example")
        cookie = client.get("/").headers["set-cookie"].lower()
        assert {"httponly", "samesite=lax", "secure", "path=/"} <= {*cookie.split("; ")}


class TestErrors:
    """No traceback ever gets to a browser."""

    def test_nobody(self, store: SqlStore) -> None:
        """Who isn't signed in sees nothing."""
        app = hub_app(store, clock=lambda: AT, visitor=lambda _: None)
        page = Browser(TestClient(app)).open("/list")
        assert (page.status_code, page.heading) == (401, "Please sign in")
        assert "PO-" not in page.html
        check(page)

    def test_an_unknown_page_has_a_search(self, mia: Browser) -> None:
        """It finds orders, closed ones too."""
        page = mia.open("/orders/nope/nope/nope")
        assert (page.status_code, page.heading) == (404, "Not found")
        page.fill("Search", "PO-1001").press("Search")
        assert [row[1].split()[0] for row in page.rows()] == ["PO-1001"]
        assert mia.client.delete("/list").status_code == 403

    def test_the_database_is_away(self, mia: Browser, store: SqlStore) -> None:
        """503, and what was typed is sent again by *Try again*."""
        page = mia.open("/orders/advance?ids=PO-1043").fill("Note", "Two boxes")
        with store.unit() as (connection, _):
            connection.execute(sa.text("ALTER TABLE prodflow_orders RENAME TO gone"))
        page.press("OK")
        assert (page.status_code, page.heading) == (503, "The database can't be reached")
        check(page)
        with store.unit() as (connection, _):
            connection.execute(sa.text("ALTER TABLE gone RENAME TO prodflow_orders"))
        page.press("Try again")
        assert page.role("status")[0].startswith("1 order advanced")
        assert store.history("PO-1043")[-1].note == "Two boxes"

    def test_something_unforeseen(self, store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
        """A page says so, and the log has the details."""

        def broken() -> datetime:
            raise RuntimeError("the clock is broken")

        app = hub_app(store, clock=broken, visitor=lambda _: Visitor("Ann"))
        with caplog.at_level(logging.CRITICAL, logger="prodflow_hub"):
            page = Browser(TestClient(app)).open("/list")
        assert (page.status_code, page.heading) == (500, "Something went wrong")
        assert "broken" not in page.html
        check(page, has_date=False)

    def test_say_so_on_a_page_like_any_other(self, mia: Browser) -> None:
        """With a heading, a title, the date, and links to the content and to the orders."""
        page = mia.open("/list").open("/statuses/prints/doc")
        assert page.status_code == 404
        check(page)
        for typed, status in (({"note": "x" * 2_000_001}, 413), ({"csrf": ""}, 403)):
            page.open("/orders/advance?ids=PO-1043")
            form = next(form for form in page.forms() if form.get("class") == "sheet window")
            pairs = [*(dict(page.fields(form)) | typed).items()]
            page._show(page.send_form(form, pairs))  # noqa: SLF001 - what no page sends
            assert page.status_code == status
            assert page.links()["To the orders"] == "/"
            check(page)

    def test_the_date_stays_while_the_zone_cannot_be_read(
        self, app_for: AppFor, store: SqlStore
    ) -> None:
        """`serve` reads it from the database, which may be away."""

        def zone() -> tzinfo:
            store.get_settings()
            return timezone(timedelta(hours=-11))

        page = Browser(TestClient(app_for(zone=zone))).open("/list")
        assert "17 Nov 2026" in page.text
        with store.unit() as (connection, _):
            for table in ("orders", "settings"):
                connection.execute(sa.text(f"ALTER TABLE prodflow_{table} RENAME TO gone_{table}"))
        page.open("/list")
        assert page.status_code == 503
        assert [said(each) for each in page.page.iter("time")] == ["17 Nov 2026"]

    def test_a_browser_that_goes_away(self, app_for: AppFor) -> None:
        """What it had sent by then counts for nothing."""
        sent: list[MutableMapping[str, Any]] = []
        scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": "/orders/new",
            "root_path": "",
            "query_string": b"",
            "headers": [],
            "scheme": "http",
            "server": ("testserver", 80),
        }

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        asyncio.run(app_for()(scope, receive, send))
        assert sent[0]["status"] == 400

    def test_somebody_is_always_quicker(self, app_for: AppFor, store: SqlStore) -> None:
        """After some attempts, the page says so."""
        attempts: list[str] = []

        def put_cycle(*_: object, **__: object) -> None:
            attempts.append("")
            raise StaleCycleError("prints", 1, 2)

        page = Browser(TestClient(app_for(store=Instead(store, put_cycle=put_cycle))))
        page.open("/statuses/prints/rename").fill("Description", "X").press("OK")
        assert (page.status_code, page.heading) == (409, "Somebody else is changing this")
        assert "Nothing was saved." in page.text
        assert len(attempts) == 4
        check(page)

    def test_a_mistake_of_the_hub(self, app_for: AppFor, store: SqlStore) -> None:
        """It isn't taken for an order that isn't there."""

        def get(_: str) -> None:
            raise KeyError

        page = Browser(TestClient(app_for(store=Instead(store, get=get)))).open("/orders/PO-1041")
        assert (page.status_code, page.heading) == (500, "Something went wrong")
        check(page)


@pytest.mark.parametrize("prefix", ["", "/production", "/a/b"])
def test_works_under_any_prefix(app_for: AppFor, prefix: str) -> None:
    """Links, forms and ways back stay under the prefix."""
    hub = app_for()
    app = Starlette(routes=[Mount(prefix, hub)]) if prefix else hub
    page = Browser(TestClient(app), root=prefix).open("/list")
    order_id = page.rows()[0][1].split()[0]
    page.tick(f"Choose {order_id}").press("Advance status").press("OK")
    assert page.path.startswith("/list?done=")
    page.press("Undo").follow("Board")
    assert page.path == "/board"
    for address in page.links().values():
        assert address.startswith((f"{prefix}/", "#"))
    assert page.client.get(f"{prefix}/static/hub.css").status_code == 200


class TestHostileTexts:
    """Whatever somebody types appears as text."""

    @pytest.mark.parametrize("typed", HOSTILE)
    def test_in_a_note_and_a_name(self, mia: Browser, store: SqlStore, typed: str) -> None:
        """In fields, lists and addresses."""
        page = mia.open("/orders/advance?ids=PO-1043").fill("Note", typed)
        page.fill("New Status Assigned to User", typed).press("OK")
        order = store.get("PO-1043")
        assert (order.user, store.history(order.id)[-1].note) == (typed, typed)
        page = mia.open("/list?q=PO-1043")
        assert page.rows()[0][-1] == typed
        for path in ("/list", "/board?by=user", "/workload", "/orders/advance?ids=PO-1043"):
            assert_harmless(mia.open(path))
        page = mia.open("/list").choose("User", typed).press("Show")
        assert [row[1].split()[0] for row in page.rows()] == ["PO-1043"]
        assert_harmless(page)


def assert_harmless(page: Browser) -> None:
    """A page has no element that somebody typed."""
    assert page.status_code < 500
    assert [each for each in page.page.iter("script") if each.get("src") is None] == []
    assert [each for each in page.page.iter("img") if each.get("onerror")] == []
