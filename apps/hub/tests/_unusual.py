"""Leads a browser to the pages that people see only when something is unusual or wrong."""

from collections.abc import Iterator
from datetime import date, timedelta

import sqlalchemy as sa
from playwright.sync_api import Page
from starlette.applications import Starlette

from prodflow_hub._accounts import Accounts
from prodflow_hub._signing_in import app_with_accounts
from prodflow_sqlalchemy import SqlStore

from ._studio import AT, CHEAP, Clock

PASSWORD = "a long password"  # noqa: S105 - of a test


def app_of(store: SqlStore, clock: Clock) -> Starlette:
    """The hub with an account for the manager."""
    with store.unit() as (connection, _):
        accounts = Accounts(connection.engine, clock, hasher=CHEAP)
    accounts.create_tables()
    accounts.put("Mia", PASSWORD, roles=["manager", "office"], departments=["Sales"])
    return app_with_accounts(store, accounts, clock=clock, zone=lambda: None)


def sign_in(page: Page, password: str = PASSWORD) -> None:
    """Fill in the page to sign in."""
    page.get_by_label("Name").fill("Mia")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def unusual(page: Page, address: str, store: SqlStore, clock: Clock) -> Iterator[str]:
    """Go to each page, and give its heading."""
    yield from _signing_in(page, address, clock)
    yield from _refused(page, address)
    yield from _previews(page, address)
    page.goto(f"{address}/statuses/prints")
    page.get_by_label("Description").first.fill("")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").wait_for()
    yield _comes(page, "Statuses: Prints")
    page.get_by_label("Description").first.fill("Checked")
    cycle = store.get_cycle("prints")
    store.put_cycle(cycle.replace("retouch", description="X"), replaces=1, by="Ann", at=AT)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Somebody else has saved version 2").wait_for()
    yield _comes(page, "Statuses: Prints")
    with store.unit() as (connection, _):
        connection.execute(sa.text("ALTER TABLE prodflow_orders RENAME TO gone"))
    page.goto(f"{address}/list")
    yield _comes(page, "The database can't be reached")


def _comes(page: Page, heading: str) -> str:
    page.get_by_role("heading", level=1, name=heading, exact=True).wait_for()
    return heading


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def _signing_in(page: Page, address: str, clock: Clock) -> Iterator[str]:
    """The page to sign in, and a session that ends while somebody types."""
    page.goto(f"{address}/orders/advance?ids=PO-1054")
    yield _comes(page, "Sign in")
    sign_in(page, "not this one")
    page.get_by_role("alert").wait_for()
    yield _comes(page, "Sign in")
    sign_in(page)
    page.get_by_label("Note").fill("Two boxes")
    clock.now = AT + timedelta(hours=13)
    _press(page, "OK")
    page.get_by_text("Your session is over").wait_for()
    yield _comes(page, "Sign in")
    sign_in(page)
    yield _comes(page, "Signed in again")
    _press(page, "Go on")


def _refused(page: Page, address: str) -> Iterator[str]:
    """What the window refuses, and what no page takes."""
    page.get_by_label("Due Date").evaluate("field => field.type = 'text'")
    page.get_by_label("Due Date").fill("soon")
    _press(page, "OK")
    page.locator("[aria-invalid=true]").first.wait_for()
    yield _comes(page, "1 record will be modified")
    page.get_by_label("Note").fill("x" * 2_000_001)
    _press(page, "OK")
    yield _comes(page, "That's too long")
    page.goto(f"{address}/orders/advance?ids=PO-1054")
    page.context.clear_cookies(name="prodflow_hub_form")
    _press(page, "OK")
    yield _comes(page, "That isn't allowed")
    page.goto(f"{address}/orders/advance")
    yield _comes(page, "This can't be done")


def _previews(page: Page, address: str) -> Iterator[str]:
    """What new orders would become, with what is wrong about them."""
    page.goto(f"{address}/orders/new?type=prints")
    page.get_by_label("Delivery date").fill(AT.date().isoformat())
    _press(page, "Show the dates")
    page.get_by_text("The delivery date can't be met").wait_for()
    yield _comes(page, "New order")
    page.goto(f"{address}/orders/from-invoice?invoice=INV-9")
    page.locator("[name='line.0.description']").fill("Ten prints")
    page.locator("[name='line.0.order_type']").select_option("prints")
    page.locator("[name='line.0.vendor']").fill("West Lab")
    page.locator("[name='line.1.description']").fill("A frame")
    _press(page, "Show the orders")
    page.get_by_role("heading", name="What it becomes").wait_for()
    yield _comes(page, "Orders from an invoice")
    page.goto(f"{address}/invoices/INV-522")
    page.get_by_label("Delivery date").fill(date(2026, 12, 23).isoformat())
    _press(page, "Show the dates")
    page.get_by_role("heading", name="What it becomes").wait_for()
    yield _comes(page, "Invoice INV-522")
