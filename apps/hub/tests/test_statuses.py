"""Maintenance: lists of statuses, order types, and moving orders to a newer version."""

import io

import openpyxl
import pytest
from starlette.testclient import TestClient

from prodflow import ChangeRules, OrderQuery, Permission
from prodflow.hub import in_use
from prodflow.samples import PRINTS
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser, said
from ._studio import AT, AppFor


def field(page: Browser, status: str, title: str) -> str:
    """Gives the field of a status a label of its own, as its legend does; returns it."""
    for group in page.page.iter("fieldset"):
        legend = next(group.iter("legend"))
        if said(legend).startswith(status):
            for label in group.iter("label"):
                if said(label).removesuffix(" (required)") == title:
                    name = f"{title} of {status}"
                    for each in group.iter():
                        if each.get("id") == label.get("for"):
                            each.set("aria-label", name)
                    return name
    raise AssertionError(f"no {title} of {status}")


class TestStatuses:
    """The list of an order type."""

    def test_shows_the_list_in_order(self, mia: Browser, store: SqlStore) -> None:
        """With how many orders are in each status, as the library counts them."""
        page = mia.open("/").follow("Maintenance").follow("Prints")
        assert page.heading == "Statuses: Prints"
        cycle = store.get_cycle("prints")
        legends = [said(each) for each in page.page.iter("legend")]
        assert [text.startswith(it.description) for text, it in zip(legends, cycle, strict=False)]
        assert legends[-1] == "New status"
        counts = in_use(cycle, store.find(OrderQuery(is_open=True)))
        for status, text in zip(cycle, legends, strict=False):
            numbers = [int(word) for word in text.split() if word.isdigit()]
            assert sum(numbers) == counts.get(status.key, 0)

    def test_a_save_without_edits_makes_no_version(self, mia: Browser, store: SqlStore) -> None:
        """The list stays as it is."""
        page = mia.open("/statuses/prints").press("Save")
        assert page.role("status") == ["Saved as version 1."]
        assert store.versions("prints") == (1,)

    def test_edits_are_one_version(self, mia: Browser, store: SqlStore) -> None:
        """Renaming, moving, adding and deleting."""
        page = mia.open("/statuses/prints")
        page.fill(field(page, "Retouch", "Description"), "Touch up")
        page.press("Move Retouch down")
        assert store.versions("prints") == (1,)
        page.fill(field(page, "New status", "Description"), "Framing")
        page.fill(field(page, "New status", "Default duration"), "2")
        page.press("Save")
        cycle = store.get_cycle("prints")
        assert cycle.version == 2
        assert [it.description for it in cycle][:3] == ["Order Checked", "Sent to Lab", "Touch up"]
        assert cycle.statuses[-1].default_duration == 2
        edit = store.edits("prints")[-1]
        assert (edit.by, edit.at) == ("Mia", AT)

    def test_initial_and_final_are_radio_buttons(self, mia: Browser, store: SqlStore) -> None:
        """One of each."""
        page = mia.open("/statuses/prints")
        page.tick(field(page, "Retouch", "Initial"))
        page.tick(field(page, "Quality Check", "Final")).press("Save")
        cycle = store.get_cycle("prints")
        assert (cycle.initial.key, cycle.final.key) == ("retouch", "quality-check")
        for title in ("Initial", "Final"):
            radios = [
                next(it for it in group.iter("input") if it.get("id") == label.get("for"))
                for group in page.page.iter("fieldset")
                for label in group.iter("label")
                if said(label) == title
            ]
            assert {it.get("type") for it in radios} == {"radio"}
            assert len({it.get("name") for it in radios}) == 1

    def test_moving_up_undoes_moving_down(self, mia: Browser, store: SqlStore) -> None:
        """Nothing is saved before *Save*."""
        page = mia.open("/statuses/prints")
        before = [said(each) for each in page.page.iter("legend")]
        page.press("Move Retouch down")
        moved = [said(each) for each in page.page.iter("legend")]
        assert [moved[0], moved[2], moved[1], *moved[3:]] == before
        page.press("Move Retouch up")
        assert [said(each) for each in page.page.iter("legend")] == before
        assert store.versions("prints") == (1,)

    @pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "=1+1"])
    def test_a_description_is_text(self, mia: Browser, store: SqlStore, typed: str) -> None:
        """On every page, and in the workbook."""
        page = mia.open("/statuses/prints")
        page.fill(field(page, "Retouch", "Description"), typed).press("Save")
        assert page.value(field(page, typed, "Description")) == typed
        order_id = store.find(OrderQuery(status="retouch", is_open=True, limit=1))[0].id
        for path in ("/board", "/list", f"/orders/{order_id}", "/statuses/prints/print"):
            assert typed in mia.open(path).text
            assert not [it for it in mia.page.iter("script") if it.get("src") is None]
        assert typed in mia.open(f"/orders/advance?ids={order_id}").text
        content = mia.client.get("/statuses/prints/xlsx").content
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        (cell,) = [it for row in sheet.iter_rows() for it in row if it.value == typed]
        assert cell.data_type == "s"

    def test_faults_stand_at_their_fields(self, mia: Browser, store: SqlStore) -> None:
        """All of them, with a summary that links there, and nothing is saved."""
        page = mia.open("/statuses/prints")
        page.fill(field(page, "Order Checked", "Description"), "")
        page.fill(field(page, "Retouch", "Default duration"), "soon").press("Save")
        assert page.status_code == 422
        assert store.versions("prints") == (1,)
        links = [each for each in page.page.iter("a") if each.get("href", "").startswith("#s")]
        ids = {each.get("id") for each in page.page.iter("input")}
        assert {each.get("href", "")[1:] for each in links} <= ids
        assert len(links) == 2
        assert page.value(field(page, "Retouch", "Default duration")) == "soon"
        assert page.problem(field(page, "Retouch", "Default duration")) in page.role("alert")[0]

    def test_a_second_editor_sees_both_versions(
        self, mia: Browser, app_for: AppFor, store: SqlStore
    ) -> None:
        """Nothing is lost, and the second save counts."""
        mine = mia.open("/statuses/prints")
        mine.fill(field(mine, "Retouch", "Description"), "Mine")
        theirs = Browser(TestClient(app_for())).open("/statuses/prints")
        theirs.fill(field(theirs, "Retouch", "Description"), "Theirs").press("Save")
        mine.press("Save")
        assert mine.status_code == 409
        assert "Theirs" in mine.role("alert")[0]
        assert "version 2" in mine.role("alert")[0]
        assert mine.value(field(mine, "Mine", "Description")) == "Mine"
        mine.press("Save")
        assert store.get_cycle("prints")["retouch"].description == "Mine"
        assert store.versions("prints") == (1, 2, 3)

    def test_says_what_each_field_means(self, mia: Browser) -> None:
        """In one sentence, the same in each row."""
        page = mia.open("/statuses/prints")
        texts = {each.get("id"): said(each) for each in page.page.iter() if each.get("id")}
        duration = "How many working days an order may stay before it's overdue."
        for group in page.page.iter("fieldset"):
            fields = [each for each in group.iter("input") if each.get("type") != "hidden"]
            told = [texts[each.get("aria-describedby", "")] for each in fields]
            assert told[1] == duration
            assert len({*told}) == len(fields) == 13

    def test_the_headings_are_those_of_the_columns(self, mia: Browser) -> None:
        """On a wide screen the list is a grid, and the labels are its headings."""
        page = mia.open("/statuses/prints")
        (heads,) = [each for each in page.page.iter("div") if each.get("class") == "heads"]
        for group in page.page.iter("fieldset"):
            labels = [said(each).removesuffix(" (required)") for each in group.iter("label")]
            assert [said(each) for each in heads] == labels[:10]

    def test_inactive_ones_can_be_hidden(self, mia: Browser, store: SqlStore) -> None:
        """They're still saved, and what was typed stays."""
        page = mia.open("/statuses/albums")
        page.fill(field(page, "Design", "Description"), "Draw").press("Hide inactive")
        away = [each for each in page.page.iter("fieldset") if each.get("class") == "put-away"]
        assert [said(next(each.iter("legend"))) for each in away] == ["Burn the USB Stick"]
        page.press("Save")
        assert store.get_cycle("albums")["usb-stick"].inactive
        assert store.get_cycle("albums")["design"].description == "Draw"
        page.press("Hide inactive")
        assert "Burn the USB Stick" not in mia.client.get(page.links()["Print"]).text
        page.press("Show inactive")
        assert "Burn the USB Stick" in mia.client.get(page.links()["Print"]).text
        assert not [each for each in page.page.iter("fieldset") if each.get("class") == "put-away"]

    def test_a_new_status_gets_a_new_key(self, mia: Browser, store: SqlStore) -> None:
        """Not that of a deleted status, which old orders may have."""
        cycle = store.get_cycle("prints")
        store.put_cycle(cycle.remove("quality-check"), replaces=1, by="Mia", at=AT)
        page = mia.open("/statuses/prints")
        page.fill(field(page, "New status", "Description"), "Quality Check").press("Save")
        assert "quality-check-2" in store.get_cycle("prints")

    @pytest.mark.parametrize(("name", "begin"), [("PDF", b"%PDF"), ("Excel", b"PK")])
    def test_is_exported(self, mia: Browser, name: str, begin: bytes) -> None:
        """As a file with a name."""
        page = mia.open("/statuses/albums")
        response = mia.client.get(page.links()[name])
        assert response.content.startswith(begin)
        assert "albums-statuses" in response.headers["content-disposition"]

    def test_the_workbook_has_the_list(self, mia: Browser, store: SqlStore) -> None:
        """As the library writes it."""
        content = mia.client.get("/statuses/prints/xlsx").content
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        first = [str(row[0].value) for row in sheet.iter_rows()]
        assert {status.description for status in store.get_cycle("prints")} <= {*first}
        rows = mia.open("/statuses/prints").follow("Print").rows()
        retouch = next(row for row in rows if row[0] == "Retouch")
        assert retouch[1:] == ["Retouching", "Retouching", "Ana", "3", "", "", "", ""]
        assert rows[0][5] == "yes"
        assert mia.client.get("/statuses/prints/doc").status_code == 404

    def test_needs_a_role(self, tom: Browser, store: SqlStore) -> None:
        """The button is off, and a form that saves anyway gets 403."""
        page = tom.open("/statuses/prints")
        assert not page.has_button("Save")
        assert "Editing statuses needs one of the roles manager." in page.text
        form = page.forms()[0]
        pairs = [*page.fields(form), ("save", "")]
        answer = page.send_form(form, pairs)
        assert answer.status_code == 403
        assert "Editing statuses needs one of the roles manager." in answer.text
        assert tom.open("/statuses/new").fill("Description", "X").press("OK").status_code == 403
        page = tom.open("/statuses/prints/rename").fill("Description", "X").press("OK")
        assert page.status_code == 403
        assert store.order_types() == ("albums", "frames", "prints")


class TestOrderTypes:
    """New ones, copies, and other descriptions."""

    def test_the_first_one_is_an_example(self, empty: SqlStore, app_for: AppFor) -> None:
        """An empty database offers one."""
        page = Browser(TestClient(app_for(store=empty))).open("/list")
        page.follow("Set up your first status list").fill("Description", "Prints").press("OK")
        assert page.heading == "Statuses: Prints"
        assert empty.get_cycle("prints").statuses == PRINTS.cycle.statuses
        page.follow("Orders")
        assert page.open("/statuses").rows()[0][:2] == ["Prints", "9"]

    def test_a_copy_and_an_empty_one(self, mia: Browser, store: SqlStore) -> None:
        """Each gets a key of its own."""
        page = mia.open("/statuses/albums").follow("Copy").press("OK")
        assert page.problem("Description") == "fill this in"
        page.fill("Description", "Albums").press("OK")
        assert store.get_cycle("albums-2").statuses == store.get_cycle("albums").statuses
        page = mia.open("/statuses").follow("New order type").fill("Description", "Büttenpapier")
        page.press("OK")
        assert [it.description for it in store.get_cycle("buttenpapier")] == ["New", "Done"]

    def test_another_description(self, mia: Browser, store: SqlStore) -> None:
        """It's a new version, which no other edit is lost by."""
        page = mia.open("/statuses/prints").follow("Another description")
        page.fill("Description", "Photo prints")
        cycle = store.get_cycle("prints")
        store.put_cycle(cycle.replace("retouch", description="X"), replaces=1, by="Ann", at=AT)
        page.press("OK")
        assert page.status_code == 409
        page.press("OK")
        assert page.heading == "Statuses: Photo prints"
        assert store.get_cycle("prints")["retouch"].description == "X"
        page.open("/statuses/prints/rename").fill("Description", "").press("OK")
        assert page.problem("Description") == "fill this in"

    @pytest.mark.parametrize("typed", ["\u200b", "x" * 300, "<b>", "=1+1"])
    def test_of_any_name(self, mia: Browser, typed: str) -> None:
        """What can't be a description is refused at its field; the rest is shown as text."""
        page = mia.open("/statuses/new").fill("Description", typed).press("OK")
        assert page.status_code in {200, 422}
        assert page.heading in {f"Statuses: {typed}", "New order type"}
        page = mia.open("/statuses/prints/rename").fill("Description", typed).press("OK")
        assert page.status_code in {200, 422}

    @pytest.mark.parametrize("path", ["x", "%20", "%00", "x/move", "x/rename", "x/print"])
    def test_unknown(self, mia: Browser, path: str) -> None:
        """404."""
        assert mia.open(f"/statuses/{path}").status_code == 404


class TestMove:
    """Moving the open orders to the newest version."""

    def test_asks_what_replaces_a_deleted_status(self, mia: Browser, store: SqlStore) -> None:
        """And moves all at once."""
        page = mia.open("/statuses/prints").press("Delete At the Lab").press("Save")
        count = store.count(OrderQuery(order_type="prints", is_open=True))
        assert f"{count} open orders keep version 1." in page.text
        there = [it.id for it in store.find(OrderQuery(status="at-lab", is_open=True))]
        shown = {row[1].split()[0]: row[4] for row in mia.open("/list?status=at-lab").rows()}
        assert shown == dict.fromkeys(there, "At the Lab")
        assert "comes back to At the Lab" in mia.open("/orders/PO-1041").text
        page.open("/statuses/prints").follow("Move them").press("OK")
        assert page.problem("Instead of At the Lab") == "fill this in"
        page.choose("Instead of At the Lab", "Sent to Lab").fill("Note", "No lab any more")
        page.press("OK")
        assert page.role("status")[0].startswith(f"{count} orders changed")
        orders = store.find(OrderQuery(order_type="prints", is_open=True))
        assert {order.cycle.version for order in orders} == {2}
        assert store.count(OrderQuery(status="at-lab", is_open=True)) == 0
        assert "keep version" not in page.text
        page.press("Undo")
        assert f"{count} open orders keep version 1." in page.text

    def test_what_is_refused_says_why(self, mia: Browser, store: SqlStore) -> None:
        """For each order."""
        page = mia.open("/statuses/prints").press("Delete At the Lab").press("Save")
        page.follow("Move them").choose("Instead of At the Lab", "Shipped").press("OK")
        assert page.status_code == 422
        assert "PO-10" in page.role("alert")[0]
        assert store.count(OrderQuery(status="at-lab", is_open=True)) > 0

    def test_another_version_meanwhile(self, mia: Browser, store: SqlStore) -> None:
        """It's said first."""
        page = mia.open("/statuses/prints").press("Delete At the Lab").press("Save")
        page.follow("Move them").choose("Instead of At the Lab", "Sent to Lab")
        cycle = store.get_cycle("prints")
        store.put_cycle(cycle.replace("retouch", description="X"), replaces=2, by="Ann", at=AT)
        assert page.press("OK").status_code == 409
        assert page.press("OK").status_code == 200
        orders = store.find(OrderQuery(order_type="prints", is_open=True))
        assert {order.cycle.version for order in orders} == {3}

    def test_needs_a_permission(self, mia: Browser, store: SqlStore) -> None:
        """That of the core."""
        mia.open("/statuses/prints").press("Delete At the Lab").press("Save")
        rules = ChangeRules(permissions=[Permission({"boss"}, verbs={"migrate"})])
        settings = store.get_settings()
        store.put_settings(settings.edited(rules=rules), replaces=1, by="Mia", at=AT)
        page = mia.follow("Move them").choose("Instead of At the Lab", "Sent to Lab").press("OK")
        assert page.status_code == 403
        assert "needs one of the roles" in page.role("alert")[0]

    def test_of_none(self, mia: Browser) -> None:
        """There is nothing to move."""
        page = mia.open("/statuses/prints/move")
        assert "0 open orders keep an older version" in page.text
        assert page.press("OK").status_code == 200
