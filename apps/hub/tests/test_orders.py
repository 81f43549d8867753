"""The page of an order, and what can be done there."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from attrs import evolve
from starlette.testclient import TestClient

from prodflow import (
    Change,
    ChangeRules,
    OrderAmended,
    OrderQuery,
    OrderSplit,
    Permission,
    ProductionOrder,
    outlook,
)
from prodflow.hub import history_table, order_plan
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser, said
from ._studio import AT, AppFor, Instead

TODAY = AT.date()


def replayed(store: SqlStore, order_id: str) -> ProductionOrder:
    """The order as its history makes it."""
    order = store.get(order_id)
    cycles = [
        store.get_cycle(order.order_type, version) for version in store.versions(order.order_type)
    ]
    return ProductionOrder.replay(store.history(order_id), cycles)


class TestPage:
    """What the page shows."""

    def test_has_the_facts_and_the_plan(self, mia: Browser, store: SqlStore) -> None:
        """The plan is that of the library, in words and as a picture."""
        order = store.get("PO-1041")
        page = mia.open("/list?q=PO-1041").follow("PO-1041")
        assert page.heading == "Order PO-1041"
        assert page.title == "Order PO-1041 – Production"
        policy = store.get_settings().flow(order.order_type).due_dates
        plan = order_plan(order, policy, store.history(order.id), today=TODAY)
        titles = [row[0] for row in page.rows()][: len(plan)]
        assert titles == [step.title for step in plan]
        assert "8 working days to spare" in page.text
        (picture,) = page.page.iter("img")
        svg = page.client.get(picture.get("src", ""))
        assert svg.headers["content-type"] == "image/svg+xml"
        assert "18 Nov" in svg.text

    def test_says_how_late_it_will_be(self, mia: Browser, store: SqlStore) -> None:
        """The expected finish against the delivery date, in words."""
        flow, cycle = store.get_settings().flow("prints"), store.get_cycle("prints")
        opened = flow.open(
            cycle,
            order_id="PO-9",
            ordered_on=TODAY,
            delivery_on=date(2026, 12, 1),
            by="Ann",
            at=AT,
            roles=["office"],
        )
        store.save(opened)
        expected = outlook(opened.order, flow.due_dates, today=TODAY)
        assert expected is not None
        assert expected.slack_days is not None
        assert expected.slack_days < 0
        page = mia.open("/orders/PO-9")
        assert f"{-expected.slack_days} working days late" in page.text
        shown = {said(it[0]): said(it[1]) for it in page.page.iter("div") if len(it) == 2}
        assert shown["Expected finish"] == f"{expected.finish_on:%-d %b %Y}"
        assert shown["Delivery"] == "1 Dec 2026"

    def test_has_the_status_notes_newest_first(self, mia: Browser, store: SqlStore) -> None:
        """Undone entries are struck through, and say who undid them."""
        page = mia.open("/orders/PO-1027")
        table = history_table(store.history("PO-1027"), store.newest())
        notes = [row for row in page.rows() if len(row) == len(table.columns)]
        assert [row[0] for row in notes] == [str(row[0]) for row in table.rows][::-1]
        (struck,) = [each for each in page.page.iter("tr") if each.get("class") == "struck"]
        assert next(struck.iter("td")).text == "4"
        assert notes[1][-1] == "Tom"

    def test_says_that_it_is_on_hold(self, tom: Browser, store: SqlStore) -> None:
        """Since when, for how many working days, and where it comes back to."""
        page = tom.open("/orders/PO-1041")
        assert "On Hold since 17 Nov 2026 (1 working day), comes back to At the Lab" in page.text
        page.follow("Return to At the Lab").press("OK")
        assert page.path.startswith("/orders/PO-1041?done=")
        assert store.get("PO-1041").status.key == "at-lab"
        page.follow("Put on hold: On Hold")
        assert page.shown("Change To Status") == "On Hold"
        assert page.value("Date Completed") == ""
        page.press("OK")
        assert store.get("PO-1041").held is not None

    def test_shows_what_waits(self, mia: Browser) -> None:
        """The messages and tasks that were not sent or done yet."""
        assert "12 Nov 2026: Thank the client for the order" in mia.open("/orders/PO-1041").text

    @pytest.mark.parametrize("path", ["PO-9999", "%00", "a" * 201, "%20", "x%2Fy", ".%2Fx"])
    def test_unknown_orders(self, mia: Browser, path: str) -> None:
        """404, with a search."""
        for verb in ("orders", "change", "day", "split", "reprint", "plan"):
            page = mia.open(f"/{verb}/{path}")
            assert (page.status_code, page.heading) == (404, "Not found")
            assert [it.get("type") for it in page.page.iter("input") if it.get("id") == "q"]

    def test_of_any_number(self, mia: Browser, store: SqlStore) -> None:
        """A number may have signs that mean something in an address."""
        flow, cycle = store.get_settings().flow("prints"), store.get_cycle("prints")
        for order_id in ("a/b?c#d&e=f", "100%", "<b>", "ä ö"):
            opened = flow.open(
                cycle, order_id=order_id, ordered_on=TODAY, by="Ann", at=AT, roles=["office"]
            )
            store.save(opened)
            page = mia.open("/list").fill("Search", order_id).press("Show").follow(order_id)
            assert page.heading == f"Order {order_id}"
            page.follow("Change").fill("Client", "Lee").press("OK")
            assert store.get(order_id).facts["client"] == "Lee"
            assert page.heading == f"Order {order_id}"

    def test_beyond_the_calendar(self, mia: Browser, store: SqlStore) -> None:
        """There is no plan, and the page says so."""
        flow, cycle = store.get_settings().flow("prints"), store.get_cycle("prints")
        day = date(9999, 12, 29)
        opened = flow.open(
            cycle, order_id="PO-9", ordered_on=day, by="Ann", at=AT, roles=["office"]
        )
        store.save(opened)
        page = mia.open("/orders/PO-9")
        assert "The calendar ends before this order does." in page.text
        assert mia.client.get("/plan/PO-9").status_code == 404


class TestChange:
    """Changing what is known about an order."""

    def test_only_what_was_typed(self, mia: Browser, store: SqlStore) -> None:
        """Moving the delivery date works the due date out again, as `amend` does."""
        order, flow = store.get("PO-1045"), store.get_settings().flow("albums")
        expected = flow.amend(
            order, delivery_on=date(2026, 12, 22), facts={"client": "Lee"}, by="Mia", at=AT
        )
        page = mia.open("/orders/PO-1045").follow("Change")
        page.fill("Delivery date", "2026-12-22").fill("Client", "Lee").press("OK")
        entry = store.history("PO-1045")[-1]
        assert entry == evolve(expected.entry, command_id=entry.command_id)
        assert isinstance(entry, OrderAmended)
        assert {*entry.changed} >= {"delivery_on", "due_on", "facts"}
        assert store.get("PO-1045") == replayed(store, "PO-1045")

    def test_empties_and_numbers(self, mia: Browser, store: SqlStore) -> None:
        """An empty text is no value."""
        page = mia.open("/change/PO-1045").fill("User", "").fill("Quantity", "12")
        page.fill("Due Date", "").fill("Client", "").fill("Priority", "-3").press("OK")
        order = store.get("PO-1045")
        assert (order.user, order.quantity, order.priority) == (None, 12, -3)
        assert order.due_on is None
        assert "client" not in order.facts

    def test_mistakes_stand_at_their_fields(self, mia: Browser, store: SqlStore) -> None:
        """All at once, with what was typed, and nothing is saved."""
        page = mia.open("/change/PO-1045").fill("Delivery date", "soon").fill("Quantity", "many")
        page.fill("Order date", "").fill("Priority", "5000").press("OK")
        assert page.status_code == 422
        assert "this isn't a date" in page.problem("Delivery date")
        assert page.problem("Quantity") == "this isn't a whole number"
        assert page.problem("Order date") == "fill this in"
        assert page.value("Quantity") == "many"
        page.fill("Delivery date", "").fill("Quantity", "1").fill("Order date", "2026-11-02")
        page.press("OK")
        assert "1,000" in page.problem("Priority")
        assert store.get("PO-1045").version == len(store.history("PO-1045"))

    def test_changed_meanwhile(self, mia: Browser, tom: Browser, store: SqlStore) -> None:
        """Nothing is saved, nothing typed is lost, and what the other has changed stays."""
        page = mia.open("/change/PO-1045").fill("Vendor", "City Bindery")
        tom.open("/change/PO-1045").fill("User", "Eva").press("OK")
        page.press("OK")
        assert page.status_code == 409
        assert "Tom changed it at 18 Nov 2026, 10:42" in page.role("alert")[0]
        assert page.value("Vendor") == "City Bindery"
        page.press("OK")
        order = store.get("PO-1045")
        assert (order.vendor, order.user) == ("City Bindery", "Eva")

    def test_ok_twice_is_one_entry(self, mia: Browser, store: SqlStore) -> None:
        """Both presses lead to the order."""
        page = mia.open("/change/PO-1045").fill("Vendor", "City Bindery")
        version = store.get("PO-1045").version
        assert page.send("OK").url == page.send("OK").url
        assert store.get("PO-1045").version == version + 1

    def test_changed_in_the_last_moment(self, app_for: AppFor, store: SqlStore) -> None:
        """Somebody is quicker while the hub saves: it looks again, and says who it was."""
        quicker = [store.get_settings().flow("albums").amend]

        def save(*changes: Change) -> None:
            if quicker:
                amend = quicker.pop()
                store.save(amend(store.get("PO-1045"), user="Eva", by="Tom", at=AT))
            store.save(*changes)

        page = Browser(TestClient(app_for(store=Instead(store, save=save))))
        page.open("/change/PO-1045").fill("Vendor", "City Bindery").press("OK")
        assert not quicker
        assert page.status_code == 409
        assert "Tom changed it at 18 Nov 2026, 10:42" in page.role("alert")[0]
        assert page.value("Vendor") == "City Bindery"

    def test_a_damaged_form_changes_nothing(self, mia: Browser, store: SqlStore) -> None:
        """The hub can't tell what it showed, so it asks to look again."""
        before = store.get("PO-1045")
        for shown in ("", "7", "{}", '{"version":"1","texts":{}}', '{"version":1,"texts":[]}'):
            page = mia.open("/change/PO-1045").fill("Vendor", "City Bindery")
            (form,) = [form for form in page.forms() if form.get("class") == "sheet"]
            pairs = dict(page.fields(form)) | {"shown": shown, "ok": ""}
            page._show(page.send_form(form, [*pairs.items()]))  # noqa: SLF001 - what no page sends
            assert page.status_code == 409
            assert "has changed since you saw it: check it again" in page.role("alert")[0]
        assert store.get("PO-1045") == before

    def test_facts_keep_their_kind(self, mia: Browser, store: SqlStore) -> None:
        """A number stays a number, a date a date, and yes or no is chosen."""
        facts: dict[str, str | bool | int | Decimal | date | None] = {
            "pages": 20,
            "price": Decimal("9.50"),
            "rush": True,
            "proof": TODAY,
        }
        flow = store.get_settings().flow("albums")
        store.save(flow.amend(store.get("PO-1045"), facts=facts, by="Mia", at=AT))
        for text in ("pages 20", "rush yes", "proof 18 Nov 2026"):
            assert text in mia.open("/orders/PO-1045").text
        page = mia.open("/change/PO-1045").fill("pages", "x").fill("proof", "y").press("OK")
        assert page.problem("pages") == "this isn't a whole number"
        page.fill("price", "cheap").press("OK")
        assert page.problem("price") == "this isn't a number"
        page.fill("price", "10.25")
        page.fill("pages", "24").fill("proof", "2026-11-30").choose("rush", "no").press("OK")
        changed = store.get("PO-1045").facts
        assert (changed["pages"], changed["rush"]) == (24, False)
        assert changed["price"] == Decimal("10.25")
        assert changed["proof"] == date(2026, 11, 30)

    def test_the_day_can_be_corrected(self, tom: Browser, store: SqlStore) -> None:
        """Within the limits of the library, whose refusal stands at the field."""
        order = store.get("PO-1041")
        page = tom.open("/orders/PO-1041").follow("Correct the day")
        page.fill("First day in On Hold", "2026-11-30").press("OK")
        assert page.problem("First day in On Hold") != ""
        day = order.entered_on - timedelta(0)
        page.fill("First day in On Hold", str(day)).fill("Note", "Checked").press("OK")
        assert store.get("PO-1041").entered_on == day
        assert store.history("PO-1041")[-1].note == "Checked"


class TestUndo:
    """Taking back the last change of an order."""

    def test_says_what_it_takes_back(self, tom: Browser, store: SqlStore) -> None:
        """And does it."""
        page = tom.open("/orders/PO-1041")
        assert "takes back: Put on hold: On Hold" in page.text
        page.press("Undo last")
        assert store.get("PO-1041").status.key == "at-lab"
        assert "takes back: Moved on: At the Lab" in page.text

    def test_is_refused_if_something_has_changed(self, tom: Browser, store: SqlStore) -> None:
        """Nobody takes back what they haven't seen."""
        page = tom.open("/orders/PO-1041")
        flow = store.get_settings().flow("prints")
        store.save(flow.amend(store.get("PO-1041"), note="Hello", by="Ann", at=AT))
        page.press("Undo last")
        assert page.status_code == 409
        assert "Ann changed it" in page.role("alert")[0]
        assert store.get("PO-1041").status.key == "on-hold"

    def test_ends_at_the_opening(self, mia: Browser, store: SqlStore) -> None:
        """The button is disabled then, and says why."""
        order = store.find(OrderQuery(status="queued", is_open=True))[0]
        page = mia.open(f"/orders/{order.id}")
        assert not page.has_button("Undo last")
        assert page.open("/undo-last/PO-1041").path == "/orders/PO-1041"


class TestFamily:
    """Splitting an order, and ordering again."""

    def test_split(self, mia: Browser, store: SqlStore) -> None:
        """The part is an order like any other, and both pages show the family."""
        page = mia.open("/orders/PO-1045").follow("Split")
        quantity = store.get("PO-1045").quantity or 0
        page.fill("Quantity of the part", str(quantity)).press("OK")
        assert "must add up to less" in page.problem("Quantity of the part")
        page.fill("Quantity of the part", "").press("OK")
        assert page.problem("Quantity of the part") == "fill this in"
        page.fill("Quantity of the part", "3").press("OK")
        assert store.get("PO-1045").quantity == quantity - 3
        assert store.get("PO-1045-2").split_from == "PO-1045"
        assert isinstance(store.history("PO-1045")[-1], OrderSplit)
        assert "PO-1045-2 – part of PO-1045 (3 pieces)" in page.text
        assert not page.has_button("Undo last")
        assert "part of PO-1045" in page.follow("PO-1045-2").text

    def test_without_a_quantity(self, mia: Browser, store: SqlStore) -> None:
        """There is nothing to split, which is said at the field."""
        flow, cycle = store.get_settings().flow("prints"), store.get_cycle("prints")
        opened = flow.open(
            cycle, order_id="PO-9", ordered_on=TODAY, by="Ann", at=AT, roles=["office"]
        )
        store.save(opened)
        page = mia.open("/split/PO-9").fill("Quantity of the part", "1").press("OK")
        assert page.problem("Quantity of the part") != ""
        assert "of 1" not in page.text
        assert store.get("PO-9").version == 1

    def test_a_number_that_is_taken(self, mia: Browser, store: SqlStore) -> None:
        """It's refused at its field."""
        page = mia.open("/split/PO-1045").fill("Quantity of the part", "3")
        page.fill("Number of the part", "PO-1001").press("OK")
        assert "PO-1001" in page.problem("Number of the part")
        assert store.get("PO-1045").quantity == replayed(store, "PO-1045").quantity

    def test_reprint(self, mia: Browser, store: SqlStore) -> None:
        """It begins anew, and says why."""
        page = mia.open("/orders/PO-1041").follow("Reprint").press("OK")
        assert page.problem("Reason") == "fill this in"
        page.choose("Reason", "Damaged in the lab").fill("Note", "A scratch")
        assert page.send("OK").url == page.send("OK").url
        page.press("OK")
        assert page.heading == "Order PO-1041-2"
        order = store.get("PO-1041-2")
        assert (order.reorder_of, order.ordered_on) == ("PO-1041", TODAY)
        assert "reprint of PO-1041" in page.text

    def test_reprint_without_reasons(self, mia: Browser, store: SqlStore) -> None:
        """A studio without a list of reasons types one."""
        settings = store.get_settings()
        store.put_settings(settings.edited(rules=ChangeRules()), replaces=1, by="Mia", at=AT)
        mia.open("/reprint/PO-1041").press("OK")
        assert store.get("PO-1041-2").reorder_of == "PO-1041"


class TestPermissions:
    """What somebody may not do."""

    def test_is_disabled_with_its_reason(self, tom: Browser) -> None:
        """Only the office orders reprints."""
        page = tom.open("/orders/PO-1041")
        assert "ordering a reprint needs one of the roles" in page.text
        assert "PO-1041?" not in page.text
        assert "Reprint" not in page.links()

    def test_posting_it_is_refused_by_the_core(self, tom: Browser, store: SqlStore) -> None:
        """The page can be opened by its address, and then gets 403."""
        page = tom.open("/reprint/PO-1041").choose("Reason", "Damaged in the lab").press("OK")
        assert page.status_code == 403
        assert "ordering a reprint needs one of the roles" in page.role("alert")[0]
        assert "PO-1041-2" not in store.load(["PO-1041-2"])

    def test_every_verb(self, app_for: AppFor, store: SqlStore) -> None:
        """Each is refused, by the page and by the core."""
        permission = Permission({"boss"}, verbs={"amend", "undo", "split", "reorder"})
        rules = ChangeRules(permissions=[permission])
        settings = store.get_settings()
        tom = Browser(TestClient(app_for("Tom")))
        page = tom.open("/orders/PO-1045")
        store.put_settings(settings.edited(rules=rules), replaces=1, by="Mia", at=AT)
        assert page.press("Undo last").status_code == 403
        tom.open("/orders/PO-1045")
        for title in ("Change", "Correct the day", "Split", "Reprint"):
            assert title not in tom.links()
        assert not tom.has_button("Undo last")
        assert tom.open("/change/PO-1045").fill("User", "Tom").press("OK").status_code == 403
        assert tom.open("/day/PO-1045").fill("Note", "x").press("OK").status_code == 403
        page = tom.open("/split/PO-1045").fill("Quantity of the part", "1").press("OK")
        assert page.status_code == 403
