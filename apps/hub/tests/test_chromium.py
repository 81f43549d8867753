"""The hub in Chromium: a studio's week by clicks, without script, and by keyboard alone.

`PRODFLOW_HUB_PICTURES` names a folder for pictures of every page: light, dark and on a phone.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve
from playwright.sync_api import Browser, Page, Request, expect

from prodflow import HistoryEntry, OrderQuery
from prodflow_sqlalchemy import SqlStore

from ._chromium import launched, served
from ._studio import AT, AppFor, Clock

NARROW: Final = 360
PATIENCE: Final = 90_000
"""For how many milliseconds to wait: a busy machine is no finding."""


@pytest.fixture
def address(app_for: AppFor) -> Iterator[str]:
    """The address of the hub of the manager on this machine."""
    with served(app_for()) as address:
        yield address


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with launched() as browser:
        yield browser


Opened = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Opened]:
    """Opens a page. The test fails if a page asks another host, or if its script fails."""
    findings: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith(address):
            findings.append(request.url)

    def make(**options: Any) -> Page:  # noqa: ANN401 - of Playwright
        page = chromium.new_context(**options).new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", asked)
        page.on("pageerror", lambda error: findings.append(str(error)))
        return page

    yield make
    assert findings == []


def bare(entries: list[HistoryEntry]) -> list[HistoryEntry]:
    """Entries without what only the hub adds: command ids, and who was signed in."""
    return [evolve(entry, command_id=None, recorded_by=None) for entry in entries]


def advance(page: Page, address: str, *ids: str) -> None:
    """Choose orders of the list, and open the window."""
    page.goto(f"{address}/list?state=all&sort=id&q={ids[0] if len(ids) == 1 else 'W-'}")
    for order_id in ids:
        page.get_by_label(f"Choose {order_id}", exact=True).check()
    page.get_by_role("button", name="Advance status").click()


def test_a_week_by_clicks(  # noqa: PLR0915 - a week is long
    opened: Opened, address: str, store: SqlStore, clock: Clock, tmp_path: Path
) -> None:
    """The histories equal those of the same calls on the library."""
    shutil.copy(tmp_path / "studio.db", tmp_path / "model.db")
    page = opened()
    with SqlStore.open(f"sqlite:///{tmp_path / 'model.db'}") as model:
        ids = [f"W-{number}" for number in range(5)]
        flow, cycle = model.get_settings().flow("prints"), model.get_cycle("prints")
        office: dict[str, Any] = {"by": "Mia", "roles": ["manager", "office"]}
        for order_id in ids:
            page.goto(f"{address}/orders/new?type=prints")
            page.get_by_label("Number").fill(order_id)
            page.get_by_label("Client").fill("<script>alert(1)</script>")
            page.get_by_role("button", name="OK").click()
            page.get_by_role("heading", name=f"Order {order_id}").wait_for()
            facts = {"client": "<script>alert(1)</script>"}
            day = AT.date()
            model.save(
                flow.open(cycle, order_id=order_id, ordered_on=day, facts=facts, at=AT, **office)
            )

        advance(page, address, *ids)
        page.get_by_label("Note", exact=True).fill("=1+1")
        page.get_by_role("button", name="OK").click()
        assert "5 orders advanced" in page.get_by_role("status").inner_text()
        for each in flow.advance_all(
            model.load(ids).values(), today=AT.date(), at=AT, note="=1+1", **office
        ):
            model.save(each)

        clock.now = at = AT + timedelta(days=1)
        today: dict[str, Any] = {"today": at.date(), "at": at, **office}
        page.goto(f"{address}/orders/W-0")
        page.get_by_role("link", name="Put on hold: On Hold").click()
        page.get_by_role("button", name="OK").click()
        model.save(flow.advance(model.get("W-0"), to="on-hold", **today))
        clock.now = at = AT + timedelta(days=2)
        today |= {"today": at.date(), "at": at}
        page.get_by_text("comes back to Retouch").wait_for()
        page.get_by_role("link", name="Return to Retouch").click()
        page.get_by_role("button", name="OK").click()
        page.get_by_role("heading", name="Order W-0").wait_for()
        model.save(flow.advance(model.get("W-0"), **today))

        advance(page, address, "W-1")
        page.get_by_label("Change To Status").select_option("cancelled")
        expect(page.get_by_label("Date Completed")).to_have_value("", timeout=PATIENCE)
        page.get_by_role("button", name="OK").click()
        page.get_by_text("1 order advanced").wait_for()
        model.save(flow.advance(model.get("W-1"), to="cancelled", **today))
        advance(page, address, "W-1")
        page.get_by_label("Change To Status").select_option("retouch")
        page.get_by_label("Note").fill("They want it after all")
        page.get_by_role("button", name="OK").click()
        page.get_by_text("1 order advanced").wait_for()
        note = "They want it after all"
        model.save(flow.advance(model.get("W-1"), to="retouch", note=note, **today))

        advance(page, address, "W-2")
        page.get_by_role("button", name="OK").click()
        model.save(flow.advance(model.get("W-2"), **today))
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("1 order put back").wait_for()
        who = {key: today[key] for key in ("by", "at", "roles")}
        model.save(flow.undo(model.get("W-2"), model.history("W-2"), **who))

        page.goto(f"{address}/change/W-3")
        page.get_by_label("Quantity").fill("10")
        page.get_by_role("button", name="OK").click()
        model.save(flow.amend(model.get("W-3"), quantity=10, **who))
        page.get_by_role("link", name="Split").click()
        page.get_by_label("Quantity of the part").fill("4")
        page.get_by_role("button", name="OK").click()
        page.get_by_text("part of W-3").wait_for()
        model.save(*flow.split(model.get("W-3"), [("W-3-2", 4)], **who))

        page.goto(f"{address}/statuses/prints")
        page.get_by_role("button", name="Delete At the Lab").click()
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="Move them").click()
        page.get_by_label("Instead of At the Lab").select_option("quality-check")
        page.get_by_role("button", name="OK").click()
        page.get_by_role("status").wait_for()
        edited = cycle.remove("at-lab")
        model.put_cycle(edited, replaces=1, by="Mia", at=at)
        moved = model.find(OrderQuery(order_type="prints", is_open=True))
        mapping = {"at-lab": "quality-check"}
        model.save(*flow.migrate_all(moved, edited, mapping=mapping, **who))

        for order_id in [*ids, "W-3-2", *(order.id for order in moved)]:
            assert bare([*store.history(order_id)]) == bare([*model.history(order_id)])
        assert store.get_cycle("prints") == model.get_cycle("prints")
    page.goto(f"{address}/orders/W-0")
    assert "<script>alert(1)</script>" in page.inner_text("main")


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
    page.keyboard.press("j")
    page.keyboard.press("x")
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
    page.get_by_label("Scan").focus()
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
