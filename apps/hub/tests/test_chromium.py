"""The hub in Chromium: without script, by keyboard, with Back, on a phone and on paper.

`PRODFLOW_HUB_PICTURES` names a folder for pictures of every page: light, dark and on a phone.
"""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from prodflow import OrderQuery
from prodflow_sqlalchemy import SqlStore

from ._chromium import launched, served, window
from ._studio import AppFor, Clock
from ._unusual import app_of, unusual

NARROW: Final = 360
PATIENCE: Final = 60_000
"""For how many milliseconds to wait: a busy machine is no finding."""

Opened = Callable[..., Page]


@pytest.fixture
def address(app_for: AppFor) -> Iterator[str]:
    """The address of the hub of the manager on this machine."""
    with served(app_for()) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; each test has windows of its own."""
    with launched() as browser:
        yield browser


@pytest.fixture
def opened(chromium: Browser, address: str) -> Opened:
    """Opens a window."""
    return partial(window, chromium, address)


def advance(page: Page, address: str, *ids: str) -> None:
    """Choose orders of the list, and open the window."""
    page.goto(f"{address}/list?state=all&sort=id&q={ids[0] if len(ids) == 1 else 'W-'}")
    for order_id in ids:
        page.get_by_label(f"Choose {order_id}", exact=True).check()
    page.get_by_role("button", name="Advance status").click()


def test_without_script(opened: Opened, address: str, store: SqlStore) -> None:
    """Choosing, recalculating, saving and undoing, on a phone."""
    page = opened(java_script_enabled=False, viewport={"width": NARROW, "height": 800})
    advance(page, address, "PO-1054")
    page.get_by_label("Change To Status").select_option("sent-to-lab")
    page.get_by_role("button", name="Recalculate").click()
    assert page.get_by_label("New Status Assigned to User").input_value() == "Tom"
    page.get_by_role("button", name="OK").click()
    assert "1 order advanced" in page.get_by_role("status").inner_text()
    assert store.get("PO-1054").status.key == "sent-to-lab"
    page.get_by_role("button", name="Undo").click()
    assert store.get("PO-1054").status.key == "order-checked"


def test_by_keyboard_alone(opened: Opened, address: str, store: SqlStore) -> None:
    """Search, choose, advance, cancel, undo, open and scan, without a mouse."""
    page = opened()
    page.goto(f"{address}/list")
    page.keyboard.press("/")
    page.keyboard.type("novak")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=novak**")
    first = page.locator("form.choosing tbody a").first.inner_text()
    assert page.get_by_role("button", name="Advance status").is_disabled()
    for key in ("j", "j", "k", "x"):
        page.keyboard.press(key)
    page.keyboard.press("a")
    page.wait_for_url("**/orders/advance**")
    page.get_by_label("Note", exact=True).press("Escape")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.keyboard.press("Escape")
    page.wait_for_url("**/list?q=novak**")
    before = store.get(first)
    expect(page.get_by_role("link", name=first, exact=True)).to_be_focused(timeout=PATIENCE)
    expect(page.get_by_label(f"Choose {first}", exact=True)).to_be_checked(timeout=PATIENCE)
    page.keyboard.press("a")
    page.wait_for_url("**/orders/advance**")
    page.get_by_label("Due Date").press("Enter")
    page.get_by_role("status").wait_for()
    assert store.get(first).version == before.version + 1
    page.keyboard.press("u")
    page.get_by_text("1 order put back").wait_for()
    assert store.get(first).status == before.status
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Order").wait_for()
    page.get_by_role("link", name="Advance status").press("Enter")
    page.wait_for_url("**/orders/advance**")
    page.keyboard.press("Escape")
    advance_again = page.get_by_role("link", name="Advance status")
    expect(advance_again).to_be_focused(timeout=PATIENCE)

    page.goto(f"{address}/board")
    page.get_by_label("Scan to advance").focus()
    page.keyboard.type(first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/advance**")
    assert page.evaluate("document.activeElement.name") == "ok"
    page.keyboard.press("Enter")
    page.wait_for_url("**/board?done=**")
    assert page.evaluate("document.activeElement.id") == "scan"
    page.keyboard.press("Escape")
    page.get_by_role("link", name="List").focus()
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()


def test_choosing_with_the_mouse(opened: Opened, address: str) -> None:
    """Shift chooses a range, orders of several types are told, and the status is worked out."""
    page = opened()
    page.goto(f"{address}/list?type=prints")
    boxes = page.locator("input[type=checkbox][name=ids]")
    boxes.nth(0).click()
    boxes.nth(3).click(modifiers=["Shift"])
    assert page.locator("input[type=checkbox][name=ids]:checked").count() == 4
    page.goto(f"{address}/list")
    page.get_by_label("Choose PO-1043", exact=True).check()
    page.get_by_label("Choose PO-1009", exact=True).check()
    page.get_by_text("Choose orders of one type: 1 Albums, 1 Frames").wait_for()
    assert page.get_by_role("button", name="Advance status").is_disabled()
    page.goto(f"{address}/orders/advance?ids=PO-1054")
    page.get_by_label("Note").fill("Still here")
    due = page.get_by_label("Due Date").input_value()
    page.get_by_label("Change To Status").select_option("quality-check")
    expect(page.get_by_label("Due Date")).not_to_have_value(due, timeout=PATIENCE)
    assert page.get_by_label("Note").input_value() == "Still here"
    assert page.evaluate("document.activeElement.id") == "note"
    page.get_by_label("Current Status Not Complete").check()
    assert page.get_by_label("Date Completed").is_disabled()


PAGES: Final = {
    "mine": "/",
    "board": "/board",
    "list": "/list",
    "filters": "/list?status=at-lab&q=zzz",
    "at-risk": "/at-risk",
    "workload": "/workload",
    "window": "/orders/advance?ids=PO-1054&ids=PO-1057",
    "order": "/orders/PO-1041",
    "change": "/change/PO-1041",
    "split": "/split/PO-1045",
    "reprint": "/reprint/PO-1041",
    "new": "/orders/new?type=albums",
    "from-invoice": "/orders/from-invoice",
    "invoice": "/invoices/INV-522",
    "types": "/statuses",
    "statuses": "/statuses/prints",
    "print": "/statuses/prints/print",
    "move": "/statuses/prints/move",
    "new-type": "/statuses/new",
    "missing": "/nope",
}


def test_every_page_fits_a_phone(opened: Opened, address: str) -> None:
    """No page scrolls sideways at 360 pixels; pictures of all of them, if asked for."""
    page = opened()
    folder = os.environ.get("PRODFLOW_HUB_PICTURES")
    for name, path in PAGES.items():
        page.set_viewport_size({"width": NARROW, "height": 800})
        page.emulate_media(color_scheme="light")
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, path
        if folder:
            page.screenshot(path=f"{folder}/{name}-phone.png", full_page=True)
            page.set_viewport_size({"width": 1280, "height": 800})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=f"{folder}/{name}-{scheme}.png", full_page=True)


def test_unusual_pages_fit_a_phone(chromium: Browser, store: SqlStore, clock: Clock) -> None:
    """They have the date and the link to the content too."""
    with served(app_of(store, clock)) as address:
        page = window(chromium, address, viewport={"width": NARROW, "height": 800})
        count = 0
        for heading in unusual(page, address, store, clock):
            count += 1
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, heading
            assert page.title() == f"{heading} – Production"
            assert page.locator("header time").inner_text() == "18 Nov 2026"
            assert page.locator("a.skip").get_attribute("href") == "#main"
    assert count > 12


WATCH: Final = """() => {
  const kinds = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const all = [...document.querySelectorAll(kinds)].filter((it) =>
    !it.disabled && it.type !== "hidden" && it.checkVisibility());
  const name = (it) => it.type === "radio" ? it.name : all.indexOf(it);
  window.missing = new Set(all.map(name));
  window.unseen = [];
  window.rounds = 0;
  addEventListener("focusin", ({ target }) => {
    if (target === all[0]) window.rounds++;
    window.missing.delete(name(target));
    if (getComputedStyle(target).outlineStyle === "none") window.unseen.push(target.outerHTML);
  });
  return all.length + 3 * all.filter((it) => it.type === "date").length;
}"""
"""Watches what gets the focus, and whether it can be seen; radio buttons of a group are one.

It gives how often Tab has to be pressed: three times more in a date, for its parts."""


def test_tab_gets_everywhere(opened: Opened, address: str) -> None:
    """To all that can be used, where the focus can be seen, and out again: no page is a trap."""
    page = opened()
    for path in PAGES.values():
        page.goto(address + path)
        for _ in range(page.evaluate(WATCH) + 10):
            page.keyboard.press("Tab")
        assert page.evaluate("[...missing]") == [], path
        assert page.evaluate("unseen") == [], path
        assert page.evaluate("rounds") >= 2, path


LISTED: Final = "/list?q=po-10&type=prints&sort=id"


def test_back_to_a_list(opened: Opened, address: str) -> None:
    """It has the filters, the sequence, the columns and the page that it had."""
    page = opened()
    page.goto(f"{address}/list")
    page.get_by_label("Search").fill("po-10")
    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Type", exact=True).select_option(label="Prints")
    page.get_by_label("Sort by").select_option(label="Number")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/list?q=po-10&type=prints&**")
    listed, rows = page.url, page.locator("form.choosing tbody a")
    shown = rows.all_inner_texts()
    assert len(shown) > 2
    rows.nth(1).click()
    page.get_by_role("heading", level=1, name=f"Order {shown[1]}").wait_for()
    page.go_back()
    assert page.url == listed
    assert rows.all_inner_texts() == shown
    assert page.get_by_role("searchbox").input_value() == "po-10"
    assert page.get_by_label("Sort by").input_value() == "id"

    page.goto(f"{address}/board?by=user")
    page.get_by_role("link", name="Department", exact=True).click()
    page.wait_for_url("**/board?by=department")
    page.go_back()
    assert page.url == f"{address}/board?by=user"
    page.goto(f"{address}/list?state=all")
    page.get_by_role("link", name="Next page").click()
    page.get_by_text("51–").wait_for()
    page.go_back()
    page.get_by_text("1–50 of").wait_for()


def test_back_from_the_window(opened: Opened, address: str, store: SqlStore) -> None:
    """By Back or by *Cancel*, nothing is changed."""
    before = store.get("PO-1054")
    page = opened()
    page.goto(address + LISTED)
    page.get_by_label("Choose PO-1054", exact=True).check()
    page.get_by_role("button", name="Advance status").click()
    page.get_by_label("Note", exact=True).fill("Not yet")
    page.go_back()
    assert page.url == address + LISTED
    page.go_forward()
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(address + LISTED)
    page.go_back()
    page.get_by_role("heading", level=1, name="1 record will be modified").wait_for()
    assert store.get("PO-1054") == before


def test_back_after_saving(opened: Opened, address: str, store: SqlStore) -> None:
    """Neither Back nor forth saves anything, not even after a window that was refused."""
    page = opened()
    page.goto(address + LISTED)
    page.get_by_label("Choose PO-1054", exact=True).check()
    page.get_by_role("button", name="Advance status").click()
    page.get_by_role("button", name="OK").click()
    page.get_by_role("status").wait_for()
    saved = store.get("PO-1054")
    page.go_back()
    page.get_by_role("heading", level=1, name="1 record will be modified").wait_for()
    page.go_forward()
    page.get_by_role("status").filter(has_text="1 order advanced").wait_for()
    assert page.url.startswith(f"{address}{LISTED}&done=")
    assert store.get("PO-1054") == saved
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("1 order put back").wait_for()
    undone = store.get("PO-1054")
    page.go_back()
    page.get_by_role("status").filter(has_text="1 order advanced").wait_for()
    assert page.get_by_role("button", name="Undo").is_disabled()
    assert store.get("PO-1054") == undone

    (other,) = store.find(OrderQuery(status="at-lab", is_open=True, limit=1))
    page.goto(f"{address}/orders/advance?ids={other.id}")
    page.locator("form.window").evaluate("form => form.classList.add('old')")
    page.get_by_label("Change To Status").select_option("retouch")  # back, which needs a note
    page.locator("form.window:not(.old)").wait_for()
    page.get_by_role("button", name="OK").click()
    page.locator("#note[aria-invalid=true]").fill("A scratch")
    page.get_by_role("button", name="OK").click()
    page.get_by_role("status").wait_for()
    saved = store.get(other.id)
    assert saved.version == other.version + 1
    page.go_back()
    page.locator("#note[aria-invalid=true]").wait_for()
    page.go_forward()
    page.get_by_role("status").filter(has_text="1 order advanced").wait_for()
    assert store.get(other.id) == saved


def test_prints_only_what_is_read(opened: Opened, address: str) -> None:
    """On paper, there is nothing to press."""
    page = opened()
    for path in ("/list", "/board", "/orders/PO-1041", "/statuses/prints/print"):
        page.goto(address + path)
        page.emulate_media(media="print")
        assert page.locator("h1").is_visible()
        assert page.locator("main td:visible, main .card:visible").count() > 0
        for each in page.locator("button, input, select, header nav").all():
            assert not each.is_visible(), each.evaluate("it => it.outerHTML")
