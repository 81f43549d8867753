"""A studio's week in Chromium gives the histories that the same calls on the library give.

The week begins with an empty database, at the first page. From there, every page is reached by its
links and every change is made by its buttons.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final, final

import pytest
from attrs import evolve, frozen
from playwright.sync_api import Browser, Locator, Page

from prodflow import HistoryEntry, MemoryStore, OrderQuery, StatusCycle
from prodflow.samples import PRINTS
from prodflow_hub._demo import settings
from prodflow_sqlalchemy import SqlStore

from ._chromium import launched, served, window
from ._studio import AT, AppFor, Clock

IDS: Final = [f"W-{number}" for number in range(10)]
FIVE: Final = IDS[2:7]
WHO: Final[dict[str, Any]] = {"by": "Mia", "roles": ["manager", "office"]}
HOSTILE: Final = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all weeks; each has a window of its own."""
    with launched() as browser:
        yield browser


def on(day: int) -> datetime:
    """An instant of the week: day 0 is a Wednesday."""
    return AT + timedelta(days=day)


def delivery(number: int) -> date:
    """When an order has to be delivered."""
    return on(14 + number).date()


# --- By calls -----------------------------------------------------------------------------------


@final
class Studio:
    """The week as calls of the library, on a store in memory."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.store.put_settings(settings(), replaces=None, by="Mia", at=AT)
        self.flow = settings().flow("prints")

    def begin(self) -> None:
        """Set up the order type."""
        cycle = StatusCycle("prints", PRINTS.cycle.statuses, description="Prints")
        self.store.put_cycle(cycle, replaces=None, **self.editor(0))

    def open(self, number: int) -> None:
        """Open an order."""
        opened = self.flow.open(
            self.store.get_cycle("prints"),
            order_id=IDS[number],
            ordered_on=AT.date(),
            delivery_on=delivery(number),
            quantity=10 + number,
            facts={"client": HOSTILE},
            at=AT,
            **WHO,
        )
        self.store.save(opened)

    def advance(self, day: int, *ids: str, **more: object) -> None:
        """Change the status of orders."""
        orders = [self.store.get(order_id) for order_id in ids]
        keywords: dict[str, Any] = {"today": on(day).date(), "at": on(day)} | WHO | more
        self.store.save(*self.flow.advance_all(orders, **keywords))

    def undo(self, day: int, order_id: str) -> None:
        """Take back the last change of an order."""
        order, entries = self.store.get(order_id), self.store.history(order_id)
        self.store.save(self.flow.undo(order, entries, at=on(day), **WHO))

    def split(self, day: int) -> None:
        """Split four pieces off an order."""
        parts = self.flow.split(self.store.get("W-5"), [("W-5-2", 4)], at=on(day), **WHO)
        self.store.save(*parts)

    def edit(self, day: int) -> None:
        """Rename a status, and delete another one."""
        cycle = self.store.get_cycle("prints")
        renamed = {
            each.key: evolve(each, description="Touch up") if each.key == "retouch" else each
            for each in cycle
        }
        del renamed["sent-to-lab"]
        edited = StatusCycle("prints", renamed.values(), description="Prints", version=2)
        self.store.put_cycle(edited, replaces=1, **self.editor(day))

    def migrate(self, day: int) -> None:
        """Move the open orders to the new list."""
        orders = self.store.find(OrderQuery(order_type="prints", is_open=True))
        moved = self.flow.migrate_all(
            orders,
            self.store.get_cycle("prints"),
            mapping={"sent-to-lab": "at-lab"},
            note="No courier any more",
            at=on(day),
            **WHO,
        )
        self.store.save(*moved)

    def editor(self, day: int) -> dict[str, Any]:
        """Who edits the list, and when."""
        return {"by": "Mia", "at": on(day)}

    def week(self) -> "Studio":
        """Everything that the studio does in the week."""
        self.begin()
        for number in range(10):
            self.open(number)
        self.advance(0, *FIVE, note="=1+1")
        self.advance(1, "W-2", to="on-hold", note="The client is away")
        self.advance(2, "W-2")
        self.advance(2, "W-7", to="cancelled")
        self.advance(2, "W-7", to="order-checked", note="They want it after all")
        self.advance(2, "W-3")
        self.undo(2, "W-3")
        self.advance(5, "W-4", user="Lea")
        self.split(5)
        self.edit(5)
        self.migrate(5)
        return self


# --- By clicks ----------------------------------------------------------------------------------


@final
@frozen
class Person:
    """Somebody at a screen, who only clicks and types."""

    page: Page
    clock: Clock
    has_script: bool = True

    def follow(self, text: str) -> None:
        """Click a link."""
        self.page.get_by_role("link", name=text, exact=True).first.click()

    def press(self, text: str) -> None:
        """Click a button."""
        self.page.get_by_role("button", name=text, exact=True).first.click()

    def fill(self, label: str, text: str) -> None:
        """Type a text into a field."""
        self.field(label).fill(text)

    def field(self, label: str) -> Locator:
        """The field with a label."""
        name = re.compile(rf"^{re.escape(label)}( \((required|several)\))?$")
        return self.page.locator("main").get_by_label(name)

    def comes(self, heading: str) -> None:
        """Wait for a page."""
        self.page.get_by_role("heading", level=1, name=heading, exact=True).wait_for()

    def said(self, text: str) -> None:
        """Wait until the page says that something was saved."""
        self.page.get_by_role("status").filter(has_text=text).wait_for()

    def change_to(self, status: str) -> None:
        """Choose another status, and let the rest be worked out."""
        self.page.locator("form.window").evaluate("form => form.classList.add('old')")
        self.field("Change To Status").select_option(label=status)
        if not self.has_script:
            self.press("Recalculate")
        self.page.locator("form.window:not(.old)").wait_for()

    def choose(self, *ids: str, is_closed: bool = False) -> None:
        """Choose orders of the list, and open the window."""
        self.follow("Orders")
        self.follow("List")
        self.fill("Search", ids[0] if len(ids) == 1 else "W-")
        if is_closed:
            self.page.locator("summary", has_text="Filters").click()
            self.field("Shown").select_option(label="closed orders")
        self.press("Show")
        for order_id in ids:
            self.page.get_by_label(f"Choose {order_id}", exact=True).check()
        self.press("Advance status")
        self.page.locator("form.window").wait_for()

    def look_at(self, order_id: str) -> None:
        """Open the page of an order."""
        self.follow("Orders")
        self.follow("List")
        self.fill("Search", order_id)
        self.press("Show")
        self.follow(order_id)
        self.comes(f"Order {order_id}")

    def begin(self, address: str) -> None:
        """Set up the order type, as a copy of the example."""
        self.page.goto(address)
        self.follow("Maintenance")
        self.follow("Set up your first status list")
        self.fill("Description", "Prints")
        self.press("OK")
        self.comes("Statuses: Prints")

    def open(self, number: int) -> None:
        """Open an order."""
        self.follow("New order")
        self.fill("Number", IDS[number])
        self.fill("Client", HOSTILE)
        self.fill("Delivery date", delivery(number).isoformat())
        self.fill("Quantity", str(10 + number))
        self.press("Show the dates")
        self.page.get_by_text("It begins in Order Checked.").wait_for()
        self.press("OK")
        self.comes(f"Order {IDS[number]}")

    def week(self, address: str) -> None:
        """Everything that the studio does in the week."""
        self.begin(address)
        for number in range(10):
            self.open(number)
        self.choose(*FIVE)
        self.comes("5 records will be modified")
        self.fill("Note", "=1+1")
        self.press("OK")
        self.said("5 orders advanced")

        self.clock.now = on(1)
        self.look_at("W-2")
        self.follow("Put on hold: On Hold")
        self.fill("Note", "The client is away")
        self.press("OK")
        self.said("1 order advanced")

        self.clock.now = on(2)
        self.look_at("W-2")
        self.page.get_by_text("comes back to Retouch").wait_for()
        self.follow("Return to Retouch")
        self.press("OK")
        self.said("1 order advanced")
        self.choose("W-7")
        self.change_to("Cancelled")
        self.press("OK")
        self.said("1 order advanced")
        self.choose("W-7", is_closed=True)
        self.change_to("Order Checked")
        self.press("OK")  # the library asks for a note, at its field
        self.page.locator("#note[aria-invalid=true]").wait_for()
        self.fill("Note", "They want it after all")
        self.press("OK")
        self.said("1 order advanced")
        self.choose("W-3")
        self.press("OK")
        self.said("1 order advanced")
        self.press("Undo")
        self.said("1 order put back")

        self.clock.now = on(5)
        self.choose("W-4")
        self.fill("New Status Assigned to User", "Lea")
        self.press("OK")
        self.said("1 order advanced")
        self.look_at("W-5")
        self.follow("Split")
        self.fill("Quantity of the part", "4")
        self.press("OK")
        self.page.get_by_text("part of W-5").wait_for()
        self.edit()

    def edit(self) -> None:
        """Rename a status, delete another one, and move the open orders."""
        self.follow("Maintenance")
        self.follow("Prints")
        self.comes("Statuses: Prints")
        group = self.page.get_by_role("group", name="Retouch")
        group.get_by_label("Description", exact=False).first.fill("Touch up")
        self.press("Delete Sent to Lab")
        self.press("Save")
        self.said("Saved as version 2.")
        self.follow("Move them")
        self.field("Instead of Sent to Lab").select_option("at-lab")
        self.fill("Note", "No courier any more")
        self.press("OK")
        self.said("orders changed")


# --- Both give the same -------------------------------------------------------------------------


def bare(entries: Iterable[HistoryEntry]) -> list[HistoryEntry]:
    """Entries without the ids of commands, and without who was signed in."""
    return [evolve(entry, command_id=None, recorded_by=None) for entry in entries]


def assert_same(store: SqlStore, studio: Studio) -> None:
    """Both stores have the same orders, histories and lists of statuses."""
    everything = OrderQuery(limit=None)
    model = {order.id: order for order in studio.store.find(everything)}
    assert len(model) > 2
    assert {order.id: order for order in store.find(everything)} == model
    for order_id in model:
        entries = store.history(order_id)
        assert bare(entries) == bare(studio.store.history(order_id))
        assert {entry.recorded_by for entry in entries} <= {None, "Mia"}
        assert None not in {entry.command_id for entry in entries}
    assert store.order_types() == studio.store.order_types()
    for version in studio.store.versions("prints"):
        assert store.get_cycle("prints", version) == studio.store.get_cycle("prints", version)
    assert store.edits("prints") == studio.store.edits("prints")


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_a_week_by_clicks(
    chromium: Browser, app_for: AppFor, empty: SqlStore, clock: Clock, *, has_script: bool
) -> None:
    """Ten orders, five advanced at once, a hold, a slip, a split, and a list that changes."""
    empty.put_settings(settings(), replaces=None, by="Mia", at=AT)
    with served(app_for(store=empty)) as address:
        page = window(chromium, address, java_script_enabled=has_script)
        Person(page, clock, has_script=has_script).week(address)
    assert_same(empty, Studio().week())


# --- By keyboard --------------------------------------------------------------------------------


@final
@frozen
class Typist:
    """Somebody without a mouse, who gets everywhere by Tab, and knows no other keys of the hub."""

    page: Page
    clock: Clock

    def to(self, target: Locator, key: str = "Tab") -> None:
        """Press Tab until the target has the focus, and check that the focus can be seen."""
        element = target.first.element_handle()
        for _ in range(400):
            if element.evaluate("it => it === document.activeElement"):
                assert element.evaluate("it => getComputedStyle(it).outlineStyle") != "none"
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"Tab doesn't get to {target}")

    def enter(self, role: Any, name: str) -> None:  # noqa: ANN401 - a literal of Playwright
        """Go to a link or a button, and press Enter."""
        self.to(self.page.get_by_role(role, name=name, exact=True))
        self.page.keyboard.press("Enter")

    def field(self, label: str) -> Locator:
        """The field with a label."""
        name = re.compile(rf"^{re.escape(label)}( \((required|several)\))?$")
        return self.page.locator("main").get_by_label(name)

    def type(self, label: str, text: str) -> None:
        """Go to a field, and type over what it has; in a list, type how the line begins."""
        self.to(self.field(label))
        if self.field(label).first.evaluate("it => it.tagName") != "SELECT":
            self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def said(self, text: str) -> None:
        """Wait until the page says that something was saved."""
        self.page.get_by_role("status").filter(has_text=text).wait_for()

    def comes(self, heading: str) -> None:
        """Wait for a page."""
        self.page.get_by_role("heading", level=1, name=heading, exact=True).wait_for()

    def begin(self, address: str) -> None:
        """Set up the order type, as a copy of the example."""
        self.page.goto(address)
        self.enter("link", "Maintenance")
        self.comes("Production Statuses")
        self.enter("link", "Set up your first status list")
        self.comes("New order type")
        self.type("Description", "Prints")
        self.enter("button", "OK")
        self.comes("Statuses: Prints")

    def open(self, number: int) -> None:
        """Open an order."""
        self.enter("link", "New order")
        self.comes("New order")
        self.type("Number", IDS[number])
        self.type("Client", HOSTILE)
        self.to(self.field("Delivery date"))
        self.page.keyboard.type(f"{delivery(number):%m%d%Y}")
        self.type("Quantity", str(10 + number))
        self.enter("button", "OK")
        self.comes(f"Order {IDS[number]}")

    def find(self, q: str, *, is_closed: bool = False) -> None:
        """Find orders in the list."""
        self.enter("link", "Orders")
        self.comes("Mine")
        self.enter("link", "List")
        self.comes("List")
        self.type("Search", q)
        if is_closed:
            self.to(self.page.locator("summary", has_text="Filters"))
            self.page.keyboard.press("Space")
            self.type("Shown", "closed")
            self.to(self.field("Search"), "Shift+Tab")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"**/list?q={q}**")

    def choose(self, q: str, *ids: str, is_closed: bool = False) -> None:
        """Choose orders of the list by Space, and open the window."""
        self.find(q, is_closed=is_closed)
        for order_id in ids:
            self.to(self.page.get_by_label(f"Choose {order_id}", exact=True))
            self.page.keyboard.press("Space")
        self.enter("button", "Advance status")
        self.page.locator("form.window").wait_for()

    def look_at(self, order_id: str) -> None:
        """Open the page of an order."""
        self.find(order_id)
        self.enter("link", order_id)
        self.comes(f"Order {order_id}")

    def change_to(self, status: str) -> None:
        """Choose another status by its first letter, and wait until the rest is worked out."""
        self.to(self.field("Change To Status"))
        self.page.locator("form.window").evaluate("form => form.classList.add('old')")
        self.page.keyboard.type(status[0])
        self.page.locator("form.window:not(.old)").wait_for()
        assert self.page.evaluate("document.activeElement.id") == "to"
        assert self.page.locator("#to option:checked").inner_text() == status

    def ok(self, text: str) -> None:
        """Save the window."""
        self.enter("button", "OK")
        self.said(text)

    def week(self, address: str) -> None:
        """What the studio does in the week, with fewer orders."""
        self.begin(address)
        for number in (2, 5, 7):
            self.open(number)
        self.choose("W-", "W-2", "W-5")
        self.type("Note", "=1+1")
        self.ok("2 orders advanced")

        self.clock.now = on(1)
        self.look_at("W-2")
        self.enter("link", "Put on hold: On Hold")
        self.comes("1 record will be modified")
        self.type("Note", "The client is away")
        self.ok("1 order advanced")

        self.clock.now = on(2)
        self.enter("link", "Return to Retouch")
        self.comes("1 record will be modified")
        self.ok("1 order advanced")
        self.choose("W-7", "W-7")
        self.change_to("Cancelled")
        self.ok("1 order advanced")
        self.choose("W-7", "W-7", is_closed=True)
        self.change_to("Retouch")
        self.type("Note", "They want it after all")
        self.ok("1 order advanced")
        self.choose("W-2", "W-2")
        self.ok("1 order advanced")
        self.enter("button", "Undo")
        self.said("1 order put back")

        self.clock.now = on(5)
        self.choose("W-5", "W-5")
        self.type("New Status Assigned to User", "Lea")
        self.ok("1 order advanced")
        self.look_at("W-5")
        self.enter("link", "Split")
        self.comes("Split W-5")
        self.type("Quantity of the part", "4")
        self.enter("button", "OK")
        self.page.get_by_text("part of W-5").wait_for()
        self.edit()

    def edit(self) -> None:
        """Rename a status, delete another one, and move the open orders."""
        self.enter("link", "Maintenance")
        self.comes("Production Statuses")
        self.enter("link", "Prints")
        self.comes("Statuses: Prints")
        group = self.page.get_by_role("group", name="Retouch")
        self.to(group.get_by_label("Description", exact=False))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type("Touch up")
        self.enter("button", "Delete Sent to Lab")
        self.page.get_by_role("button", name="Delete Sent to Lab").wait_for(state="detached")
        self.enter("button", "Save")
        self.said("Saved as version 2.")
        self.enter("link", "Move them")
        self.comes("Move orders of Prints")
        self.type("Instead of Sent to Lab", "At the")
        self.type("Note", "No courier any more")
        self.ok("orders changed")


def test_a_week_by_keyboard(
    chromium: Browser, app_for: AppFor, empty: SqlStore, clock: Clock
) -> None:
    """Every action of the week, with Tab, Space, Enter and what is typed into fields."""
    studio = Studio()
    studio.begin()
    for number in (2, 5, 7):
        studio.open(number)
    studio.advance(0, "W-2", "W-5", note="=1+1")
    studio.advance(1, "W-2", to="on-hold", note="The client is away")
    studio.advance(2, "W-2")
    studio.advance(2, "W-7", to="cancelled")
    studio.advance(2, "W-7", to="retouch", note="They want it after all")
    studio.advance(2, "W-2")
    studio.undo(2, "W-2")
    studio.advance(5, "W-5", user="Lea")
    studio.split(5)
    studio.edit(5)
    studio.migrate(5)
    empty.put_settings(settings(), replaces=None, by="Mia", at=AT)
    with served(app_for(store=empty)) as address:
        Typist(window(chromium, address), clock).week(address)
    assert_same(empty, studio)
