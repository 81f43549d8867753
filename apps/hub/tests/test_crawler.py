"""Every page that links lead to, and every form on it, with hostile texts, as each role."""

from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
from starlette.testclient import TestClient

from prodflow import OrderQuery, ProductionOrder
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser
from ._pages import check
from ._studio import AppFor

HOSTILE = (
    "<script>alert(1)</script>",
    "=1+1",
    "\x00\x1b\u202e",
    "x" * 3_000,
    "{{ 7*7 }}",
    "2026-99-99",
    "' OR 1=1 --",
)
MOST = 130
EACH = 3
"""How many texts each form gets."""


def shape(address: str) -> str:
    """Pages that differ only in their order, or in the values of their filters, are alike."""
    parts = urlsplit(address)
    names = sorted(each.partition("=")[0] for each in parts.query.split("&") if each)
    path = parts.path.split("/")
    begin = path[:2] if path[1] in {"orders", "plan", "invoices"} and path[2:] not in OWN else path
    return f"{'/'.join(begin)}?{'&'.join(names)}"


OWN = (["new"], ["from-invoice"], ["advance"])


@pytest.mark.parametrize("name", ["Mia", "Tom", "Nobody"])
def test_every_link_and_form(app_for: AppFor, store: SqlStore, name: str) -> None:
    """No page fails, shows an element that somebody typed, or says where the code is."""
    browser = Browser(TestClient(app_for(name)))
    waiting, seen, posted = ["/", "/list?state=all", "/orders/PO-1041"], set[str](), 0
    while waiting and len(seen) < MOST:
        address = waiting.pop(0)
        if shape(address) in seen:
            continue
        seen.add(shape(address))
        response = browser.client.get(address)
        assert response.status_code in {200, 422}, address
        if not response.headers["content-type"].startswith("text/html"):
            continue
        page = browser.open(address)
        check(page)
        waiting += [it for it in page.links().values() if it.startswith("/")]
        waiting += [
            it.get("src", "") for it in page.page.iter("img") if it.get("src", "").startswith("/")
        ]
        for index, form in enumerate(page.forms()):
            posted += 1
            attack(browser, address, form, index)
    assert len(seen) > 25
    assert posted > 25
    for order in store.find(OrderQuery()):
        cycles = [
            store.get_cycle(order.order_type, each) for each in store.versions(order.order_type)
        ]
        assert ProductionOrder.replay(store.history(order.id), cycles) == order
    assert not store.verify()


def attack(browser: Browser, address: str, form: Element, index: int) -> None:
    """Send a form with each text in all its fields, by each of its buttons, past its limits."""
    hidden = {it.get("name") for it in form.iter("input") if it.get("type") == "hidden"} - {
        "back",
        "hidden",
    }
    for number in range(EACH):
        text = HOSTILE[(index + number + len(address)) % len(HOSTILE)]
        buttons = browser.buttons(form)
        button = buttons[number % len(buttons)] if buttons else None
        pairs = [
            (key, value if key in hidden or (number + place) % 3 == 0 else text)
            for place, (key, value) in enumerate(browser.fields(form))
        ]
        if button is not None and button.get("name"):
            pairs.append((button.get("name", ""), button.get("value", "")))
        answer = browser.send_form(form, pairs)
        assert answer.status_code < 500, (address, index, text)
        if answer.headers["content-type"].startswith("text/html"):
            check(Browser(browser.client)._show(answer))  # noqa: SLF001 - an answer, as a page
