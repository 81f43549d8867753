"""The Status Change window, for one order and for many, and taking back what it saved."""

from datetime import date

import pytest
from attrs import evolve
from starlette.testclient import TestClient

from prodflow import ChangeRules, Move, OrderQuery, Permission, ProductionOrder
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser, NotOnThePageError
from ._studio import AT, AppFor, Instead

TODAY = AT.date()


def ids_at(store: SqlStore, status: str, order_type: str = "prints", most: int = 5) -> list[str]:
    """Some open orders in a status."""
    query = OrderQuery(order_type=order_type, status=status, is_open=True, limit=most)
    return [order.id for order in store.find(query)]


def advance(browser: Browser, *ids: str) -> Browser:
    """Open the window of orders, from the list."""
    browser.open("/list")
    for order_id in ids:
        browser.tick(f"Choose {order_id}")
    return browser.press("Advance status")


class TestOneOrder:
    """The window of one order."""

    def test_shows_the_defaults_of_the_proposal(self, tom: Browser, store: SqlStore) -> None:
        """Each field has what `propose` gives."""
        (order_id,) = ids_at(store, "sent-to-lab", most=1)
        order = store.get(order_id)
        page = advance(tom, order_id)
        proposal = store.get_settings().flow("prints").propose(order, today=TODAY, by="Tom")
        assert page.heading == "1 record will be modified"
        assert "Current Status Sent to Lab" in page.text
        assert page.value("Date Completed") == str(proposal.completed_on) == str(TODAY)
        assert page.shown("Change To Status") == proposal.to.description == "At the Lab"
        assert page.value("Due Date") == str(proposal.due_on)
        assert page.value("Status Updated By") == "Tom"
        assert page.value("New Status Assigned to Dept") == proposal.department
        assert page.value("New Status Assigned to User") == ""
        assert page.value("Note") == ""
        assert page.value("Reason") == ""

    def test_saves_what_the_library_would(self, tom: Browser, store: SqlStore) -> None:
        """OK saves the entry of the same call, and comes back to the list with a message."""
        (order_id,) = ids_at(store, "sent-to-lab", most=1)
        flow = store.get_settings().flow("prints")
        change = flow.advance(
            store.get(order_id), today=TODAY, by="Tom", at=AT, user="Eva", note="Two boxes"
        )
        page = advance(tom, order_id).fill("New Status Assigned to User", "Eva")
        page.fill("Note", "Two boxes").press("OK")
        entry = store.history(order_id)[-1]
        assert entry == evolve(change.entry, command_id=entry.command_id, recorded_by="Tom")
        assert page.path.startswith("/list?done=")
        assert page.role("status") == [f"1 order advanced {order_id} Undo"]

    def test_comes_back_with_the_filters(self, tom: Browser, store: SqlStore) -> None:
        """To the same list, whose filters, sequence and page its address has."""
        page = tom.open("/list?type=prints&sort=id")
        order_id = next(row[1].split()[0] for row in page.rows() if row[4] == "Sent to Lab")
        page.tick(f"Choose {order_id}").press("Advance status").press("OK")
        command_id = store.history(order_id)[-1].command_id
        assert page.path == f"/list?type=prints&sort=id&done={command_id}"
        assert page.shown("Sort by") == "Number"
        page.press("Undo")
        assert page.path.startswith("/list?type=prints&sort=id&done=undone.")

    def test_another_status_works_out_the_rest_again(self, tom: Browser, store: SqlStore) -> None:
        """What was typed stays, what wasn't follows."""
        (order_id,) = ids_at(store, "sent-to-lab", most=1)
        page = advance(tom, order_id).fill("Note", "Lost")
        before = page.value("Due Date")
        page.choose("Change To Status", "Quality Check").press("Recalculate")
        assert page.value("Note") == "Lost"
        assert page.value("Due Date") > before
        assert store.get(order_id).status.key == "sent-to-lab"

    def test_not_complete_empties_the_date(self, tom: Browser, store: SqlStore) -> None:
        """The status isn't completed then."""
        (order_id,) = ids_at(store, "sent-to-lab", most=1)
        page = advance(tom, order_id).tick("Current Status Not Complete").press("Recalculate")
        assert page.value("Date Completed") == ""
        page.press("OK")
        assert store.history(order_id)[-1].completed_on is None  # type: ignore[union-attr]  # a change

    def test_refusals_stand_at_their_field(self, tom: Browser, store: SqlStore) -> None:
        """A note that is missing is asked for at its field, and OK stays possible."""
        (order_id,) = ids_at(store, "at-lab", most=1)
        page = advance(tom, order_id).choose("Change To Status", "Retouch").press("OK")
        assert page.status_code == 422
        assert "note" in page.problem("Note")
        page.fill("Due Date", "soon").press("OK")
        assert "this isn't a date" in page.problem("Due Date")
        assert page.value("Due Date") == "soon"
        page.fill("Due Date", "2026-12-01").fill("Note", "A scratch").press("OK")
        assert store.get(order_id).status.key == "retouch"
        assert store.get(order_id).due_on == date(2026, 12, 1)

    def test_a_damaged_form_changes_nothing(self, tom: Browser, store: SqlStore) -> None:
        """The window is shown again."""
        (order_id,) = ids_at(store, "sent-to-lab", most=1)
        before = store.get(order_id)
        page = advance(tom, order_id)
        (form,) = [form for form in page.forms() if form.get("class") == "sheet window"]
        pairs = dict(page.fields(form)) | {"shown": "x", "ok": ""}
        page._show(page.send_form(form, [*pairs.items()]))  # noqa: SLF001 - what no page sends
        assert page.status_code in {200, 409, 422}
        assert page.heading == "1 record will be modified"
        assert store.get(order_id) == before

    def test_ok_twice_is_one_entry(self, tom: Browser, store: SqlStore) -> None:
        """Both presses get the same answer."""
        (order_id,) = ids_at(store, "sent-to-lab", most=1)
        version = store.get(order_id).version
        page = advance(tom, order_id)
        assert page.send("OK").url == page.send("OK").url
        assert store.get(order_id).version == version + 1

    def test_changed_meanwhile_saves_nothing(
        self, tom: Browser, mia: Browser, store: SqlStore
    ) -> None:
        """The window says who it was and when, and keeps what was typed."""
        (order_id,) = ids_at(store, "sent-to-lab", most=1)
        page = advance(tom, order_id).fill("Note", "Two boxes")
        advance(mia, order_id).press("OK")
        page.press("OK")
        assert page.status_code == 409
        assert f"order {order_id} is at At the Lab now, and was at Sent to Lab" in page.text
        assert "Mia changed it at 18 Nov 2026, 10:42" in page.text
        assert page.value("Note") == "Two boxes"
        page.press("OK")
        assert store.get(order_id).status.key == "quality-check"

    def test_cancel_changes_nothing(self, tom: Browser, store: SqlStore) -> None:
        """It leads back to the list with its filters."""
        page = tom.open("/list?q=po-1&type=prints")
        order_id = page.rows()[0][1].split()[0]
        before = store.get(order_id)
        page.tick(f"Choose {order_id}").press("Advance status").follow("Cancel")
        assert page.path == "/list?q=po-1&type=prints"
        assert store.get(order_id) == before

    def test_not_permitted_is_disabled_and_refused(self, tom: Browser, store: SqlStore) -> None:
        """The choice says why; a form that sends it anyway gets 403 with the core's refusal."""
        (order_id,) = ids_at(store, "sent-to-lab", most=1)
        page = advance(tom, order_id)
        assert "going to 'Cancelled' needs one of the roles" in page.text
        with pytest.raises(NotOnThePageError):
            page.choose("Change To Status", "Cancelled")
        refused = page.open(f"/orders/advance?ids={order_id}&to=cancelled").press("OK")
        assert refused.status_code == 403
        assert "needs one of the roles" in refused.problem("Change To Status")
        assert store.get(order_id).status.key == "sent-to-lab"


class TestManyOrders:
    """The window of several orders."""

    def test_says_several_where_values_differ(self, mia: Browser, store: SqlStore) -> None:
        """And has a line for each order."""
        ids = ids_at(store, "order-checked")
        page = advance(mia, *ids)
        assert page.heading == f"{len(ids)} records will be modified"
        assert "Due Date (several)" in page.text
        assert page.value("Due Date") == ""
        proposals = [
            store.get_settings().flow("prints").propose(store.get(id_), today=TODAY, by="Mia")
            for id_ in ids
        ]
        shown = {row[0]: row[4] for row in page.rows()}
        assert {it.order.id: f"{it.due_on:%-d %b %Y}" for it in proposals if it.due_on} == shown

    def test_are_advanced_at_once_and_put_back_at_once(self, mia: Browser, store: SqlStore) -> None:
        """One command, and one undo."""
        ids = ids_at(store, "order-checked")
        before = store.load(ids)
        page = advance(mia, *ids).press("OK")
        assert page.role("status")[0].startswith(f"{len(ids)} orders advanced")
        assert {order.status.key for order in store.load(ids).values()} == {"retouch"}
        page.press("Undo")
        assert page.role("status")[0].startswith(f"{len(ids)} orders put back")
        after = store.load(ids)
        assert {id_: order.status for id_, order in after.items()} == {
            id_: order.status for id_, order in before.items()
        }
        assert not page.has_button("Undo")

    def test_undo_twice_is_one(self, mia: Browser, store: SqlStore) -> None:
        """And an undo of what has changed since is refused."""
        (order_id,) = ids_at(store, "order-checked", most=1)
        page = advance(mia, order_id).press("OK")
        address = page.path
        assert page.send("Undo").url == page.send("Undo").url
        assert [entry.sequence for entry in store.history(order_id)] == [1, 2, 3]
        assert not mia.open(address).has_button("Undo")
        assert "is at version 3, not 2" in mia.text

    def test_undo_of_what_is_not_there(self, mia: Browser, store: SqlStore) -> None:
        """An order that was erased meanwhile, an unknown command, and a link."""
        (order_id,) = ids_at(store, "order-checked", most=1)
        page = advance(mia, order_id).press("OK")
        store.erase(order_id)
        page.press("Undo")
        assert page.status_code == 422
        assert page.role("alert") == ["There is nothing to take back."]
        assert page.open("/undo").role("alert") == ["There is nothing to take back."]
        for command_id in ("x", "x" * 300, "%00"):
            assert page.open(f"/list?done={command_id}").role("status") == []

    def test_undo_while_the_order_is_erased(
        self, mia: Browser, app_for: AppFor, store: SqlStore
    ) -> None:
        """Nothing is saved."""
        (order_id,) = ids_at(store, "order-checked", most=1)
        address = advance(mia, order_id).press("OK").path

        def none(_: object) -> dict[str, ProductionOrder]:
            return {}

        erased = Instead(store, load=none)
        page = Browser(TestClient(app_for(store=erased))).open(address).press("Undo")
        assert page.heading == "List"
        assert store.get(order_id).version == 2

    def test_of_several_types_open_nothing(self, mia: Browser, store: SqlStore) -> None:
        """The page says how many there are of each."""
        prints, albums = ids_at(store, "order-checked", most=2), ids_at(store, "proof", "albums", 1)
        page = advance(mia, *prints, *albums)
        assert page.role("alert") == ["Choose orders of one type: 2 Prints, 1 Albums"]
        assert page.follow("Back").path == "/list"

    def test_none_chosen_says_so(self, mia: Browser) -> None:
        """Without script, the button can be pressed."""
        assert advance(mia).role("alert") == ["Choose the orders first."]

    def test_all_that_match(self, mia: Browser, store: SqlStore) -> None:
        """Not only those of the page."""
        flow, cycle = store.get_settings().flow("frames"), store.get_cycle("frames")
        roles = ["office"]
        for number in range(60):
            opened = flow.open(
                cycle, order_id=f"F-{number}", ordered_on=TODAY, by="Jon", at=AT, roles=roles
            )
            store.save(opened)
        count = store.count(OrderQuery(status="queued", is_open=True))
        page = mia.open("/list?status=queued").tick(f"all {count} that match")
        page.press("Advance status")
        assert page.heading == f"{count} records will be modified"
        page.press("OK")
        assert store.count(OrderQuery(status="queued", is_open=True)) == 0

    def test_goes_on_without_the_refused(self, mia: Browser, store: SqlStore) -> None:
        """The others are changed."""
        rules = ChangeRules(permissions=[Permission({"lab"}, moves={Move.SKIP})])
        settings = store.get_settings()
        store.put_settings(settings.edited(rules=rules), replaces=1, by="Mia", at=AT)
        first, second = ids_at(store, "order-checked", most=1), ids_at(store, "retouch", most=1)
        page = advance(mia, *first, *second)
        page.choose("Change To Status", "Sent to Lab").press("Recalculate")
        assert page.heading == "1 record will be modified, 1 is refused"
        page.press("Go on without the refused orders")
        assert store.get(first[0]).status.key == "order-checked"
        assert store.get(second[0]).status.key == "sent-to-lab"


class TestScanning:
    """The box for a scanner: type a number, Enter, Enter."""

    def test_comes_back_to_the_box(self, tom: Browser, store: SqlStore) -> None:
        """OK has the focus in the window, and the box afterwards."""
        (order_id,) = ids_at(store, "sent-to-lab", most=1)
        page = tom.open("/list").fill("Scan to advance", order_id)
        (form,) = [form for form in page.forms() if form.get("class") == "scan"]
        page._show(page.send_form(form, [*page.fields(form)]))  # noqa: SLF001 - Enter, not a button
        (focused,) = [each for each in page.page.iter() if each.get("autofocus") is not None]
        assert (focused.tag, focused.get("name")) == ("button", "ok")
        page.press("OK")
        (focused,) = [each for each in page.page.iter() if each.get("autofocus") is not None]
        assert focused.get("id") == "scan"
        assert store.get(order_id).status.key == "at-lab"

    def test_says_that_a_number_is_wrong(self, tom: Browser) -> None:
        """Aloud."""
        page = tom.open("/orders/advance?scan=1&ids=PO-9999&back=/board")
        assert page.role("alert") == ["There is no order PO-9999."]
        assert page.heading == "Board"


def test_comes_back_only_to_a_page_of_the_hub(app_for: AppFor) -> None:
    """Another host can't be named as the page to come back to."""
    browser = Browser(TestClient(app_for()))
    for address in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"):
        page = browser.open(f"/orders/advance?ids=PO-1043&back={address}")
        assert page.links()["Cancel"] == "/list"
