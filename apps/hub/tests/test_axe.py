"""axe-core finds nothing serious on any page, in light and dark, in German and on a phone.

`make test-hub` puts axe-core into build/axe, in the version that the Makefile names. The policy of
the hub lets nobody run a script inside a page, so the window of these tests sets it aside.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from prodflow import OrderQuery
from prodflow_hub import hub_app
from prodflow_sqlalchemy import SqlStore

from ._chromium import launched, missing, served, window
from ._studio import AppFor, Clock
from ._unusual import app_of, sign_in, unusual
from .test_chromium import NARROW, PAGES

AXE: Final = Path(__file__).parents[3] / "build/axe/node_modules/axe-core/axe.min.js"
SERIOUS: Final = {"serious", "critical"}
SCHEMES: Final = ("light", "dark")


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core."""
    if not AXE.exists():
        missing("axe-core is not in build/axe: run `make test-hub`, which needs npm")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all pages."""
    with launched() as browser:
        yield browser


def findings(page: Page, axe: str, *schemes: str) -> list[str]:
    """What axe-core finds that is serious or critical: the rule, the element and why."""
    found: list[str] = []
    for scheme in schemes or SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
        page.evaluate(axe)
        results: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
        assert len(results["passes"]) > 5, page.url  # it has looked
        found.extend(
            f"{scheme} {page.url} {rule['id']}: {node['html']:.200} {node['failureSummary']}"
            for rule in results["violations"]
            if rule["impact"] in SERIOUS
            for node in rule["nodes"]
        )
    return found


def test_sees_what_is_wrong(chromium: Browser, axe: str) -> None:
    """A field without a label, and grey on grey, are found."""
    page = chromium.new_page()
    page.set_content("<main><p style='color:#999;background:#888'>Faint</p><input></main>")
    text = "\n".join(findings(page, axe))
    assert "color-contrast" in text
    assert "label" in text


def test_every_page(chromium: Browser, app_for: AppFor, axe: str) -> None:
    """As the manager sees them."""
    found: list[str] = []
    with served(app_for()) as address:
        page = window(chromium, address, bypass_csp=True)
        for path in PAGES.values():
            page.goto(address + path)
            found.extend(findings(page, axe))
    assert found == []


def test_pages_that_refuse_and_tell(
    chromium: Browser, app_for: AppFor, store: SqlStore, axe: str
) -> None:
    """Problems at their fields, a notice, what is disabled, an order on hold, and the keys."""
    (held, *_) = [each for each in store.find(OrderQuery(is_open=True)) if each.held is not None]
    found: list[str] = []
    with served(app_for()) as address:
        page = window(chromium, address, bypass_csp=True)
        page.goto(f"{address}/orders/advance?ids=PO-1054")
        page.get_by_label("Due Date").fill("")
        page.get_by_label("Due Date").evaluate("field => field.type = 'text'")
        page.get_by_label("Due Date").fill("soon")
        page.get_by_role("button", name="OK").click()
        page.locator("[aria-invalid=true]").first.wait_for()
        found.extend(findings(page, axe))
        page.get_by_role("link", name="Cancel").click()
        page.goto(f"{address}/list?q=PO-1054")
        page.get_by_label("Choose PO-1054").check()
        page.get_by_role("button", name="Advance status").click()
        page.get_by_role("button", name="OK").click()
        page.get_by_role("status").wait_for()
        found.extend(findings(page, axe))
        page.goto(f"{address}/orders/{held.id}")
        found.extend(findings(page, axe))
        page.goto(f"{address}/statuses/prints")
        page.get_by_label("Description").first.fill("")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("alert").wait_for()
        found.extend(findings(page, axe))
        page.goto(f"{address}/board")
        page.get_by_role("link", name="List").focus()
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
        found.extend(findings(page, axe))
    with served(app_for("Tom")) as address:
        page = window(chromium, address, bypass_csp=True)
        for path in ("/statuses/prints", f"/orders/{held.id}", "/orders/advance?ids=PO-1057"):
            page.goto(address + path)
            found.extend(findings(page, axe))
    assert found == []


def test_german_pages_on_a_phone(chromium: Browser, app_for: AppFor, axe: str) -> None:
    """As the manager sees them there."""
    found: list[str] = []
    with served(app_for(lang="de")) as address:
        size = {"width": NARROW, "height": 800}
        page = window(chromium, address, bypass_csp=True, viewport=size)
        for path in PAGES.values():
            page.goto(address + path)
            assert page.title().endswith(" – Produktion")
            found.extend(findings(page, axe, "light"))
    assert found == []


def test_unusual_pages(chromium: Browser, store: SqlStore, clock: Clock, axe: str) -> None:
    """What is refused, too long or not there, signing in, and a database that is away."""
    found: list[str] = []
    with served(app_of(store, clock)) as address:
        page = window(chromium, address, bypass_csp=True)
        for _ in unusual(page, address, store, clock):
            found.extend(findings(page, axe))
    with served(hub_app(store, clock=clock, visitor=lambda _: None)) as address:
        page = window(chromium, address, bypass_csp=True)
        page.goto(f"{address}/list")
        page.get_by_role("heading", name="Please sign in").wait_for()
        found.extend(findings(page, axe))
    assert found == []


def test_an_empty_hub(chromium: Browser, empty: SqlStore, clock: Clock, axe: str) -> None:
    """The pages of a hub without orders."""
    found: list[str] = []
    with served(app_of(empty, clock)) as address:
        page = window(chromium, address, bypass_csp=True)
        page.goto(f"{address}/list")
        sign_in(page)
        page.get_by_text("Set up your first status list").wait_for()
        found.extend(findings(page, axe))
        page.goto(f"{address}/statuses")
        found.extend(findings(page, axe))
    assert found == []
