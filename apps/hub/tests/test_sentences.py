"""One sentence under each field says what it means."""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator

from prodflow import Status, StatusCycle
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser, said
from ._chromium import launched, served, window
from ._studio import AT, AppFor

DURATION: Final = "How many working days an order may stay before it's overdue."
PLAIN: Final = {"fact.client"}
"""The fields whose labels say enough."""
PAGES: Final = (
    "/orders/advance?ids=PO-1054&ids=PO-1057",
    "/orders/new",
    "/change/PO-1041",
    "/day/PO-1041",
    "/split/PO-1045",
    "/reprint/PO-1041",
    "/invoices/INV-522",
    "/statuses/new",
    "/statuses/prints/rename",
    "/statuses/prints",
)


def fields_of(page: Browser) -> Iterator[tuple[Element, Element]]:
    """Each field that somebody can fill in, with the part of the page that is its own."""
    for part in page.page.iter("div"):
        if "field" in part.get("class", "").split():
            for field in part.iter():
                is_hidden = field.get("type") == "hidden" or field.get("name") == "explain"
                if field.tag in {"input", "select", "textarea"} and not is_hidden:
                    yield part, field


@pytest.mark.parametrize("path", PAGES)
def test_is_under_each_field(mia: Browser, path: str) -> None:
    """And a screen reader reads it with the field."""
    page = mia.open(path)
    fields = [
        (part, field)
        for part, field in fields_of(page)
        if not field.get("name", "").endswith("-empty")
    ]
    assert len(fields) > 0
    silent: set[str] = set()
    for part, field in fields:
        hints = [each for each in part if each.get("class") == "hint"]
        read = field.get("aria-describedby", "").split()
        if not hints:
            silent.add(field.get("name", ""))
        else:
            assert [each.get("id") for each in hints] == read
            assert said(hints[0]).endswith((".", "30"))  # a sentence, or "of 30"
    assert silent <= PLAIN


def test_of_fifteen_statuses_fit_a_small_page(mia: Browser, store: SqlStore) -> None:
    """All of them, in less than 100 kB."""
    cycle = store.get_cycle("albums")
    extra = [Status(f"step-{number}", f"Step {number}", default_duration=2) for number in range(4)]
    statuses = [cycle.statuses[0], *extra, *cycle.statuses[1:]]
    edited = StatusCycle("albums", statuses, description="Albums", version=2)
    store.put_cycle(edited, replaces=1, by="Mia", at=AT)
    page = mia.open("/statuses/albums")
    assert page.text.count(DURATION) == len(edited) + 1 == 16
    assert len(page.html.encode()) < 100_000


def test_the_lines_of_an_invoice_share_one(mia: Browser) -> None:
    """It's above them, instead of five times below."""
    page = mia.open("/orders/from-invoice")
    assert "A line without an order type or a vendor isn't ordered." in page.text
    silent = {field.get("name", "") for part, field in fields_of(page) if len([*part]) == 2}
    assert silent
    assert all(name.startswith("line.") for name in silent)


@pytest.fixture
def chromium() -> Iterator[Chromium]:
    """Debian's Chromium."""
    with launched() as browser:
        yield browser


def told(row: Locator) -> int:
    """How many sentences of a status can be seen."""
    return row.locator(":scope > :not(details) .hint:visible").count()


def test_of_a_status_can_be_seen(chromium: Chromium, app_for: AppFor) -> None:
    """In the row where somebody is, in all rows if asked for, and in all rows without script."""
    with served(app_for()) as address:
        page = window(chromium, address)
        page.goto(f"{address}/statuses/prints")
        rows = page.locator(".statuses fieldset:not(#new)")
        assert [told(rows.nth(0)), told(rows.nth(2)), told(page.locator("#new"))] == [0, 0, 10]
        rows.nth(2).get_by_label("Default duration").click()
        rows.nth(2).get_by_text(DURATION).wait_for()
        assert [told(rows.nth(0)), told(rows.nth(2))] == [0, 10]
        rows.nth(1).get_by_label("Inactive").focus()
        page.keyboard.press("Space")
        rows.nth(1).get_by_text(DURATION).wait_for()
        assert rows.nth(1).get_by_label("Inactive").is_checked()
        page.get_by_label("Explain all fields").check()
        assert told(rows.nth(0)) == 10
        page.get_by_role("button", name="Move Retouch up").click()
        page.get_by_role("button", name="Move Retouch down").wait_for()
        assert told(rows.nth(0)) == 10  # it's still ticked

        bare = window(chromium, address, java_script_enabled=False)
        bare.goto(f"{address}/statuses/prints")
        rows = bare.locator(".statuses fieldset:not(#new)")
        assert [told(rows.nth(number)) for number in range(rows.count())] == [10] * rows.count()
        assert not bare.get_by_label("Explain all fields").is_visible()
