"""New orders, orders from an invoice, and the page of an invoice."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve
from starlette.testclient import TestClient

from prodflow import OrderQuery, ProductionOrder, plan
from prodflow.invoices import Invoice, order_id_for
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser
from ._studio import AT, COUNT, AppFor, Clock, Instead

TODAY = AT.date()


class TestNewOrder:
    """One order."""

    def test_is_what_open_gives(self, mia: Browser, store: SqlStore) -> None:
        """The page proposes a number and the order date, and shows what it becomes."""
        page = mia.open("/").follow("New order")
        assert page.value("Order date") == str(TODAY)
        page.choose("Order type", "Albums").fill("Client", "Lee").fill("Quantity", "2")
        page.fill("Delivery date", "2027-01-15").fill("Vendor", "Bindery Holt")
        page.press("Show the dates")
        dates = plan(
            store.get_cycle("albums"),
            store.get_settings().flow("albums").due_dates,
            ordered_on=TODAY,
            delivery_on=date(2027, 1, 15),
        )
        assert dates.float_days is not None
        assert f"{dates.float_days} working days to spare" in page.text
        assert [row[0] for row in page.rows()] == [step.status.description for step in dates]
        assert store.count(OrderQuery()) == COUNT
        order_id = page.value("Number")
        page.press("OK")
        assert page.heading == f"Order {order_id}"
        flow = store.get_settings().flow("albums")
        expected = flow.open(
            store.get_cycle("albums"),
            order_id=order_id,
            ordered_on=TODAY,
            delivery_on=date(2027, 1, 15),
            vendor="Bindery Holt",
            quantity=2,
            facts={"client": "Lee"},
            by="Mia",
            roles=["office"],
            at=AT,
        )
        (entry,) = store.history(order_id)
        assert entry == evolve(expected.entry, command_id=entry.command_id)

    def test_proposes_a_number_that_no_order_has(self, app_for: AppFor, store: SqlStore) -> None:
        """It follows the highest one of an open order; closed ones may have the next fifty."""
        proposed = Browser(TestClient(app_for())).open("/orders/new").value("Number")
        asked: list[list[str]] = []

        def load(ids: Iterable[str]) -> dict[str, ProductionOrder]:
            asked.append([*ids])
            return dict.fromkeys(asked[0], store.get("PO-1041")) if len(asked) == 1 else {}

        page = Browser(TestClient(app_for(store=Instead(store, load=load)))).open("/orders/new")
        assert asked[0][0] == proposed
        assert page.value("Number") == asked[1][0]
        assert page.value("Number") not in asked[0]

    def test_an_impossible_delivery_is_said_not_refused(
        self, mia: Browser, store: SqlStore
    ) -> None:
        """The order is opened all the same."""
        page = mia.open("/orders/new?type=prints").fill("Delivery date", str(TODAY))
        page.press("Show the dates")
        assert "The delivery date can't be met: 11 working days are missing." in page.text
        order_id = page.value("Number")
        page.press("OK")
        assert store.get(order_id).delivery_on == TODAY

    def test_after_the_cutoff_the_next_day_counts(self, mia: Browser, clock: Clock) -> None:
        """The page says so."""
        clock.now = AT.replace(hour=14, minute=1)
        page = mia.open("/orders/new")
        assert page.value("Order date") == str(TODAY + timedelta(1))
        assert "after 14:00: counts as 19 Nov 2026" in page.text
        clock.now = AT + timedelta(days=4)
        assert "no working day: counts as 23 Nov 2026" in mia.open("/orders/new").text

    def test_mistakes_stand_at_their_fields(self, mia: Browser, store: SqlStore) -> None:
        """Nothing is saved."""
        page = mia.open("/orders/new").fill("Number", "").fill("Quantity", "x").press("OK")
        assert page.problem("Number") == "fill this in"
        assert page.problem("Quantity") == "this isn't a whole number"
        page.fill("Number", "PO-1001").fill("Quantity", "1").press("OK")
        assert "PO-1001" in page.problem("Number")
        page.fill("Number", "PO-1").fill("Priority", "2000").press("OK")
        assert "1,000" in page.problem("Priority")
        page.fill("Order date", "9999-12-31").fill("Priority", "0").press("OK")
        assert page.problem("Order date") != ""
        assert store.count(OrderQuery()) == COUNT

    def test_twice_is_one(self, mia: Browser, store: SqlStore) -> None:
        """Both presses lead to the same order."""
        page = mia.open("/orders/new")
        assert page.send("OK").url == page.send("OK").url
        assert store.count(OrderQuery()) == COUNT + 1

    def test_is_refused_without_the_role(self, tom: Browser, store: SqlStore) -> None:
        """By the core."""
        page = tom.open("/orders/new")
        assert "opening an order needs one of the roles" in page.role("alert")[0]
        page.press("OK")
        assert "opening an order needs one of the roles" in page.role("alert")[0]
        assert page.status_code == 403
        assert store.count(OrderQuery()) == COUNT

    def test_without_order_types(self, empty: SqlStore, app_for: AppFor) -> None:
        """There is nothing to open."""
        page = Browser(TestClient(app_for(store=empty))).open("/orders/new")
        assert page.role("alert") == ["There are no order types yet."]

    def test_the_next_number_is_free(self, mia: Browser) -> None:
        """Numbers that are taken are passed over."""
        first = mia.open("/orders/new").value("Number")
        assert first == "PO-1061"  # the newest open order is PO-1060
        mia.fill("Number", f"PO-{int(first[3:]) + 1}").press("OK")
        assert mia.open("/orders/new").value("Number") == f"PO-{int(first[3:]) + 2}"

    def test_the_next_number_after_many(self, mia: Browser, store: SqlStore) -> None:
        """However many are taken."""
        flow, cycle = store.get_settings().flow("prints"), store.get_cycle("prints")
        who: dict[str, Any] = {"by": "Ann", "at": AT, "roles": ["office"]}
        last = int(mia.open("/orders/new").value("Number")[3:]) + 59  # there will be sixty more
        with store.unit() as (_, inner):
            for number in range(60):
                order_id = f"PO-{last + number + 1}"
                inner.save(flow.open(cycle, order_id=order_id, ordered_on=TODAY, **who))
        assert mia.open("/orders/new").value("Number") == f"PO-{last + 61}"

    def test_at_the_end_of_the_calendar(self, mia: Browser, clock: Clock, store: SqlStore) -> None:
        """An order that can't be planned is opened all the same."""
        clock.now = AT.replace(year=9999, month=12, day=31, hour=15)
        assert mia.open("/orders/new").value("Order date") == "9999-12-31"
        page = mia.open("/orders/new?type=prints").fill("Order date", "9999-12-29")
        page.press("Show the dates")
        assert "It begins in Order Checked." in page.text
        assert page.rows() == []
        order_id = page.value("Number")
        page.press("OK")
        assert store.get(order_id).ordered_on == date(9999, 12, 29)


class TestFromAnInvoice:
    """Several orders at once."""

    def typed(self, page: Browser, *lines: tuple[str, str, str]) -> Browser:
        """Fill in the lines."""
        for number, (description, order_type, vendor) in enumerate(lines):
            page.fill(f"Line {number + 1}", description)
            kind = [*page.page.iter("select")][number]
            (line,) = [each for each in kind.iter("option") if each.text == order_type]
            page._typed[kind] = line.get("value", "")  # noqa: SLF001 - five lists have one label
            vendors = [each for each in page.page.iter("input") if _is_vendor(each.get("name"))]
            page._typed[vendors[number]] = vendor  # noqa: SLF001 - as above
        return page

    def test_each_vendor_gets_an_order(self, mia: Browser, store: SqlStore) -> None:
        """Lines without a vendor are listed, and stay."""
        page = mia.open("/").follow("From an invoice").fill("Invoice", "INV-9")
        page.fill("Client", "Lee").fill("Delivery date", "2026-12-18")
        lines = (
            ("Ten prints", "Prints", "West Lab"),
            ("A frame", "Frames", "Workshop"),
            ("More prints", "Prints", "West Lab"),
            ("An album", "Albums", ""),
        )
        self.typed(page, *lines).press("Show the orders")
        assert "line '4' is in no new order: it has no vendor: choose one" in page.text
        assert [row[-1] for row in page.rows()] == ["Ten prints, More prints", "A frame"]
        assert store.count(OrderQuery(invoice_id="INV-9")) == 0
        page.press("OK")
        assert page.heading == "Invoice INV-9"
        assert page.role("status")[0].startswith("2 orders opened ")
        assert not page.has_button("Undo")
        orders = store.find(OrderQuery(invoice_id="INV-9"))
        invoice = Invoice("INV-9", total=0)
        assert {order.id for order in orders} == {
            order_id_for(invoice, "West Lab", "prints"),
            order_id_for(invoice, "Workshop", "frames"),
        }
        assert {order.facts["client"] for order in orders} == {"Lee"}
        assert {order.delivery_on for order in orders} == {date(2026, 12, 18)}
        again = mia.open("/orders/from-invoice?invoice=INV-9")
        self.typed(again, *lines).press("OK")
        assert "there is already an order for its vendor and order type" in again.text
        assert again.role("alert") == ["No line can be ordered yet."]

    def test_needs_a_role(self, tom: Browser, store: SqlStore) -> None:
        """The page says which before anything is saved, and saving is refused."""
        page = tom.open("/orders/from-invoice").fill("Invoice", "INV-9")
        self.typed(page, ("Ten prints", "Prints", "West Lab")).press("Show the orders")
        assert "opening an order needs one of the roles" in page.role("alert")[0]
        assert page.press("OK").status_code == 403
        assert store.count(OrderQuery(invoice_id="INV-9")) == 0

    def test_without_a_client(self, mia: Browser, store: SqlStore) -> None:
        """The orders have no such fact."""
        page = mia.open("/orders/from-invoice").fill("Invoice", "INV-9")
        self.typed(page, ("Ten prints", "Prints", "West Lab")).press("OK")
        (order,) = store.find(OrderQuery(invoice_id="INV-9"))
        assert "client" not in order.facts
        assert order.version == 1

    def test_more_lines(self, mia: Browser, store: SqlStore) -> None:
        """What was typed stays."""
        page = mia.open("/orders/from-invoice").fill("Line 5", "The last").press("More lines")
        assert page.value("Line 5") == "The last"
        assert page.value("Line 10") == ""
        page.press("OK")
        assert page.problem("Invoice") == "fill this in"
        page.fill("Invoice", "a\u200bb").fill("Order date", "9999-12-31").press("OK")
        assert page.status_code == 422
        assert store.count(OrderQuery()) == COUNT


def _is_vendor(name: str | None) -> bool:
    return name is not None and name.endswith(".vendor")


class TestInvoice:
    """The page of an invoice."""

    def test_moves_all_its_open_orders(self, mia: Browser, store: SqlStore) -> None:
        """It says what each becomes before, and saves all at once."""
        page = mia.open("/orders/PO-1043").follow("INV-522")
        page.press("OK")
        assert page.problem("Delivery date") == "choose another date"
        page.fill("Delivery date", "2026-12-23").press("Show the dates")
        shown = {row[0]: row[2] for row in page.rows() if len(row) == 5}
        page.press("OK")
        orders = store.find(OrderQuery(invoice_id="INV-522", is_open=True))
        assert {order.delivery_on for order in orders} == {date(2026, 12, 23)}
        assert {it.id: f"{it.due_on:%-d %b %Y}" for it in orders if it.due_on} == shown
        assert len({store.history(order.id)[-1].command_id for order in orders}) == 1

    def test_changed_meanwhile(self, mia: Browser, store: SqlStore) -> None:
        """Nothing is moved that nobody has seen."""
        page = mia.open("/invoices/INV-522").fill("Delivery date", "2026-12-23")
        flow = store.get_settings().flow("albums")
        store.save(flow.amend(store.get("PO-1043"), note="Hello", by="Ann", at=AT))
        page.press("OK")
        assert page.status_code == 409
        assert "check them again" in page.role("alert")[0]
        page.press("OK")
        assert store.get("PO-1043").delivery_on == date(2026, 12, 23)

    @pytest.mark.parametrize("path", ["INV-9999", "%00"])
    def test_unknown(self, mia: Browser, path: str) -> None:
        """404."""
        assert mia.open(f"/invoices/{path}").status_code == 404

    def test_beyond_the_calendar_is_refused(self, mia: Browser, store: SqlStore) -> None:
        """Each order says why."""
        before = store.find(OrderQuery(invoice_id="INV-522"))
        page = mia.open("/invoices/INV-522").fill("Delivery date", "0001-01-02").press("OK")
        assert page.status_code == 422
        assert "PO-1043" in page.role("alert")[0]
        assert store.find(OrderQuery(invoice_id="INV-522")) == before
