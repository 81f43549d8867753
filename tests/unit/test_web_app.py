"""The web app of the examples: every page and form by a client, and a day's work in Chromium."""

import os
import re
import shutil
import socket
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
import uvicorn
from attrs import evolve
from httpx2 import Response
from playwright.sync_api import Page, sync_playwright
from starlette.testclient import TestClient

from prodflow import ChangeRules, Move, Permission, WorkingCalendar
from prodflow.samples import ALBUMS, PRINTS
from web_app import Pages, load_example, make_app

AT: Final = datetime(2026, 11, 16, 9, tzinfo=UTC)
RULES: Final = ChangeRules(note_required={Move.SKIP, Move.BACK})
NARROW: Final = 360
PAGES: Final = (
    *("/", "/advance?id=prints-1", "/statuses/prints", "/triggers", "/preferences"),
    *("/pending", "/nope", "/advance"),
)
WINDOW: Final = "/advance?id=prints-1&id=prints-2"


def opened(path: Path) -> Pages:
    """The pages of the studio whose data are in a file."""
    return Pages(str(path), user="Ann", now=lambda: AT)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the data of a studio with eight orders."""
    path = tmp_path_factory.mktemp("studio") / "studio.db"
    pages = opened(path)
    load_example(pages, AT)
    edited = pages.store.get_settings().edited(rules=RULES)
    pages.store.put_settings(edited, replaces=1, by="Ann", at=AT)
    pages.store.close()
    return path


@pytest.fixture
def pages(studio: Path, tmp_path: Path) -> Iterator[Pages]:
    """The pages of a studio with eight orders."""
    pages = opened(Path(shutil.copy(studio, tmp_path)))
    yield pages
    pages.store.close()


@pytest.fixture
def client(pages: Pages) -> TestClient:
    """A client of the app."""
    return TestClient(make_app(pages))


class _Reader(HTMLParser):
    """What a browser would post for a page."""

    def __init__(self) -> None:
        super().__init__()
        self.form: dict[str, Any] = {}
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        name = values.get("name", "")
        is_box = values.get("type") in {"checkbox", "radio"}
        if tag == "input" and ("checked" in values or not is_box):
            self.form[name] = values.get("value", "on")
        elif tag == "select":
            self._select = name
            self.form[name] = [] if "multiple" in values else ""
        elif tag == "option" and self._select and "selected" in values:
            several = self.form[self._select]
            value = values["value"]
            self.form[self._select] = [*several, value] if isinstance(several, list) else value
        elif tag == "textarea":
            self._area = name
            self.form[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:  # a browser drops a line break at the beginning
            self.form[self._area] += data.removeprefix("\n")


def form_of(html: str, **typed: object) -> Mapping[str, Any]:
    """The form of a page, with what a user typed."""
    reader = _Reader()
    reader.feed(html)
    return reader.form | typed


def press(client: TestClient, url: str, **typed: object) -> Response:
    """Open a page, type, press a button, and give the answer."""
    return client.post(url, data=form_of(client.get(url).text, **typed), follow_redirects=False)


def undo_of(html: str) -> dict[str, str]:
    """What the button Undo of a page posts."""
    (value,) = re.findall('name="command_id" value="([^"]*)"', html)
    return {"command_id": value}


class TestPages:
    """What every page has."""

    @pytest.mark.parametrize("url", PAGES)
    def test_has_one_heading_and_a_title(self, client: TestClient, url: str) -> None:
        """A page has one h1, a title, and a skip link."""
        page = client.get(url).text
        assert page.count("<h1>") == 1
        assert "&ndash; Production</title>" in page
        assert 'class="skip" href="#main"' in page

    @pytest.mark.parametrize(
        ("url", "status"),
        [
            ("/nope", 404),
            ("/statuses/nope", 404),
            ("/advance", 404),
            ("/advance?id=prints-1&id=albums-1", 409),
        ],
    )
    def test_says_what_is_wrong(self, client: TestClient, url: str, status: int) -> None:
        """An unknown page, no orders, and orders of several types have a page with the way back."""
        answer = client.get(url)
        assert answer.status_code == status
        assert "Back to the orders" in answer.text

    def test_lists_and_prints_the_orders(self, client: TestClient) -> None:
        """The list has a box for each open order; the list for paper has no form."""
        assert client.get("/").text.count('type="checkbox"') == 8
        assert "prints-4" in client.get("/print").text

    def test_has_pages_of_fifty(self, client: TestClient, pages: Pages) -> None:
        """The first page leads to the second one, and each order is on one of them."""
        flow, cycle = pages.flow("prints"), pages.store.get_cycle("prints")
        who: dict[str, Any] = {"ordered_on": AT.date(), "by": "Ann", "at": AT}
        pages.store.save(*(flow.open(cycle, order_id=f"PO-{n}", **who) for n in range(50)))
        first = client.get("/").text
        assert "1&ndash;50\nof 58" in first
        second = client.get(re.findall('href="([^"]*)">Next page', first)[0].replace("&amp;", "&"))
        assert "51&ndash;58\nof 58" in second.text
        assert "Next page" not in second.text
        boxes = re.findall('aria-label="Choose ([^"]*)"', first + second.text)
        assert len({*boxes}) == len(boxes) == 58

    @pytest.mark.parametrize("query", ["start=x", "after=nowhere"])
    def test_there_is_no_such_page(self, client: TestClient, query: str) -> None:
        """A damaged address has a page that says so."""
        assert client.get(f"/?{query}").status_code == 404

    def test_shows_markup_as_text(self, client: TestClient, pages: Pages) -> None:
        """What users type never becomes a part of the page."""
        typed = {"statuses.0.description": "<script>1</script>"}
        assert press(client, "/statuses/prints", save="", **typed).status_code == 303
        for url in ("/", WINDOW, "/statuses/prints", "/triggers"):
            assert "<script" not in client.get(url).text
        assert pages.store.get_cycle("prints").initial.description == "<script>1</script>"


class TestWindow:
    """The Status Change window."""

    def test_untouched_is_what_advance_gives(self, client: TestClient, pages: Pages) -> None:
        """OK on the suggested fields saves nothing "by hand"."""
        order = pages.store.get("prints-1")
        flow = pages.flow("prints")
        change = flow.advance(order, today=AT.date(), by="Ann", recorded_by="Ann", at=AT)
        assert press(client, WINDOW, ok="").status_code == 303
        assert pages.store.get("prints-1") == change.order

    def test_ok_twice_saves_one_entry(self, client: TestClient, pages: Pages) -> None:
        """The second OK on the same page gets the same answer."""
        form = form_of(client.get(WINDOW).text, ok="")
        for _ in range(2):
            assert client.post(WINDOW, data=form, follow_redirects=False).status_code == 303
        assert len(pages.store.history("prints-1")) == 2

    def test_shows_a_mistake_at_its_field_and_keeps_it(self, client: TestClient) -> None:
        """A text that isn't a date stays in the field, next to what is wrong with it."""
        page = press(client, WINDOW, ok="", due_on="soon", user="Eve").text
        assert 'value="soon"' in page
        assert 'aria-describedby="due_on-bad"' in page
        assert 'value="Eve"' in page

    def test_asks_for_a_note(self, client: TestClient, pages: Pages) -> None:
        """Another status re-derives the rest; a refusal stands at its field and saves nothing."""
        answer = press(client, WINDOW, ok="", to="quality-check", due_on="2026-12-24")
        assert 'aria-describedby="note-bad"' in answer.text
        assert len(pages.store.history("prints-1")) == 1
        form = form_of(answer.text, ok="", note="the lab was quick")
        assert form["due_on"] == "2026-12-24"
        assert client.post(WINDOW, data=form, follow_redirects=False).status_code == 303
        assert pages.store.history("prints-1")[-1].note == "the lab was quick"

    def test_changed_meanwhile_shows_the_window_again(
        self, client: TestClient, pages: Pages
    ) -> None:
        """What was typed is kept, nothing is saved, and the next OK counts."""
        form = form_of(client.get(WINDOW).text, ok="", due_on="2026-12-24")
        press(client, "/advance?id=prints-1", ok="")
        answer = client.post(WINDOW, data=form, follow_redirects=False)
        assert (
            "order prints-1 is at Retouch now, and was at Order Checked: Ann changed it at 09:00"
            " on 16 November"
        ) in answer.text
        assert len(pages.store.history("prints-1")) == 2
        again = form_of(answer.text, ok="")
        assert again["due_on"] == "2026-12-24"

    def test_goes_on_without_the_refused(self, client: TestClient, pages: Pages) -> None:
        """The others are changed."""
        press(client, "/advance?id=prints-1", ok="")
        answer = press(client, WINDOW, recalculate="", to="retouch")
        assert "1 record will be modified, 1 is refused" in answer.text
        form = form_of(answer.text, without="")
        assert client.post(WINDOW, data=form, follow_redirects=False).status_code == 303
        assert pages.store.get("prints-2").status.key == "retouch"
        assert len(pages.store.history("prints-1")) == 2

    def test_a_damaged_page_saves_nothing(self, client: TestClient, pages: Pages) -> None:
        """Without its hidden field, the window only shows the defaults again."""
        answer = press(client, WINDOW, ok="", shown="{}")
        assert "this page is damaged" in answer.text
        assert len(pages.store.history("prints-1")) == 1


class TestUndo:
    """Taking back the last change."""

    def test_takes_back_what_was_just_saved(self, client: TestClient, pages: Pages) -> None:
        """The list says how many orders have changed, and the button brings them back."""
        before = pages.store.get("prints-1")
        changed = client.get(press(client, WINDOW, ok="").headers["location"]).text
        assert "2 orders changed" in changed
        answer = client.post("/undo", data=undo_of(changed), follow_redirects=False)
        assert answer.status_code == 303
        order = pages.store.get("prints-1")
        assert (order.version, order.status) == (3, before.status)

    def test_is_only_for_the_last_change(self, client: TestClient) -> None:
        """If an order has changed since, the button is disabled, and pressing it is refused."""
        location = press(client, WINDOW, ok="").headers["location"]
        press(client, "/advance?id=prints-1", ok="")
        changed = client.get(location).text
        assert (
            "disabled>Undo</button><span>order &#39;prints-1&#39; is at version 3, not 2" in changed
        )
        assert client.post("/undo", data=undo_of(changed)).status_code == 409

    def test_is_only_for_those_who_may(self, client: TestClient, pages: Pages) -> None:
        """If a permission asks for a role, the button is disabled, and says why."""
        rules = evolve(RULES, permissions=[Permission({"lead"}, verbs={"undo"})])
        edited = pages.store.get_settings().edited(rules=rules)
        pages.store.put_settings(edited, replaces=edited.version - 1, by="Ann", at=AT)
        changed = client.get(press(client, WINDOW, ok="").headers["location"]).text
        assert "disabled>Undo" in changed
        assert client.post("/undo", data=undo_of(changed)).status_code == 409
        assert len(pages.store.history("prints-1")) == 2

    def test_of_nothing_is_nothing(self, client: TestClient) -> None:
        """A damaged address or form changes nothing."""
        assert "order changed" not in client.get("/?saved=nothing").text
        assert client.post("/undo", data={}, follow_redirects=False).status_code == 303


class TestStatuses:
    """The status list."""

    URL: Final = "/statuses/prints"

    def test_untouched_saves_no_version(self, client: TestClient, pages: Pages) -> None:
        """A list that is saved untouched stays the same version."""
        assert press(client, self.URL, save="").status_code == 303
        assert pages.store.versions("prints") == (1,)

    def test_saves_edits_as_one_version(self, client: TestClient, pages: Pages) -> None:
        """Renaming, moving and adding are one version."""
        page = press(
            client, self.URL, **{"statuses.1.down": "", "statuses.1.description": "Touch up"}
        ).text
        form = form_of(page, save="")
        new = f"statuses.{len(pages.store.get_cycle('prints'))}.description"
        client.post(self.URL, data={**form, new: "Framing"})
        cycle = pages.store.get_cycle("prints")
        assert cycle.version == 2
        assert [status.description for status in cycle][2] == "Touch up"
        assert cycle.statuses[-1].description == "Framing"

    def test_shows_each_mistake_at_its_field(self, client: TestClient, pages: Pages) -> None:
        """A list with faults is shown again with all of them, and nothing is saved."""
        typed = {"statuses.0.description": "", "statuses.1.default_duration": "soon"}
        answer = press(client, self.URL, save="", **typed)
        assert answer.status_code == 422
        assert 'aria-describedby="statuses.0.description-bad"' in answer.text
        assert 'href="#statuses.1.default_duration"' in answer.text
        assert 'value="soon"' in answer.text
        assert pages.store.versions("prints") == (1,)

    def test_a_second_editor_sees_both_versions(self, client: TestClient, pages: Pages) -> None:
        """Nothing of either is lost, and the second can save over the first."""
        mine = form_of(client.get(self.URL).text, save="", **{"statuses.0.description": "Mine"})
        press(client, self.URL, save="", **{"statuses.0.description": "Theirs"})
        answer = client.post(self.URL, data=mine)
        assert answer.status_code == 409
        assert "<li>Theirs" in answer.text
        assert 'value="Mine"' in answer.text
        client.post(self.URL, data=form_of(answer.text, save=""))
        assert pages.store.get_cycle("prints").initial.description == "Mine"
        assert pages.store.versions("prints") == (1, 2, 3)


class TestTriggers:
    """The list of triggers."""

    def test_untouched_is_the_same(self, client: TestClient, pages: Pages) -> None:
        """A list that is saved untouched has the same triggers, with their channels in sequence."""
        assert press(client, "/triggers", save="").status_code == 303
        assert pages.store.get_settings().triggers == (*PRINTS.triggers, *ALBUMS.triggers)

    def test_a_mistake_stands_at_its_field(self, client: TestClient, pages: Pages) -> None:
        """A new trigger shows the fields of its kind; what is missing is said there."""
        index = len(pages.store.get_settings().triggers)
        new = {f"triggers.{index}.description": "Call", f"triggers.{index}.when.kind": "entering"}
        answer = press(client, "/triggers", show="", **new)
        assert f'name="triggers.{index}.when.status"' in answer.text
        answer = client.post("/triggers", data=form_of(answer.text, save=""))
        assert answer.status_code == 422
        assert f'aria-describedby="triggers.{index}.action.kind-bad"' in answer.text

    def test_a_second_editor_sees_both_versions(self, client: TestClient, pages: Pages) -> None:
        """Deleting a trigger and renaming it at the same time is noticed."""
        mine = form_of(client.get("/triggers").text, save="", **{"triggers.0.description": "Mine"})
        client.post(
            "/triggers",
            data=form_of(press(client, "/triggers", **{"triggers.0.delete": ""}).text, save=""),
        )
        answer = client.post("/triggers", data=mine)
        assert answer.status_code == 409
        assert 'value="Mine"' in answer.text
        assert pages.store.get_settings().version == 3


class TestPreferences:
    """The due dates and the rules."""

    URL: Final = "/preferences"

    def test_untouched_saves_no_version(self, client: TestClient, pages: Pages) -> None:
        """Preferences that are saved untouched stay the same version."""
        before = pages.store.get_settings()
        assert press(client, self.URL, save="").status_code == 303
        assert pages.store.get_settings() == before

    def test_orders_follow_an_edit(self, client: TestClient, pages: Pages) -> None:
        """Another calendar changes due dates; an order without a delivery date keeps its date."""
        settings = pages.store.get_settings()
        edited = settings.edited(calendars={"closed": WorkingCalendar(working_weekdays=[0])})
        pages.store.put_settings(edited, replaces=settings.version, by="Ann", at=AT)
        assert str(pages.store.get("prints-1").due_on) == "2026-11-17"
        typed = {"due_dates.calendar": "closed", "rules.allow_skip": ""}
        assert press(client, self.URL, save="", **typed).status_code == 303
        assert str(pages.store.get("prints-1").due_on) == "2026-11-23"
        assert "has changed" not in client.get(WINDOW).text
        typed = {"due_dates.kind": "backward", "due_dates.without_delivery": "error"}
        assert press(client, self.URL, save="", **typed).status_code == 303
        assert str(pages.store.get("prints-1").due_on) == "2026-11-23"

    def test_a_mistake_stands_at_its_field(self, client: TestClient, pages: Pages) -> None:
        """A text that isn't a time is shown again, next to what is wrong with it."""
        answer = press(client, self.URL, save="", cutoff="5 pm")
        assert answer.status_code == 422
        assert 'aria-describedby="cutoff-bad"' in answer.text
        assert 'value="5 pm"' in answer.text
        assert pages.store.get_settings().version == 2

    def test_a_new_reason_can_be_chosen(self, client: TestClient) -> None:
        """The window of an order lists the reasons."""
        press(client, self.URL, save="", **{"rules.reasons.0.description": "Torn in the post"})
        assert ">Torn in the post</option>" in client.get(WINDOW).text

    def test_a_second_editor_sees_both_versions(self, client: TestClient, pages: Pages) -> None:
        """Nothing of either is lost."""
        mine = form_of(client.get(self.URL).text, save="", zone="Europe/Rome")
        press(client, self.URL, save="", zone="Europe/Lisbon")
        answer = client.post(self.URL, data=mine)
        assert answer.status_code == 409
        assert "Time zone: Europe/Lisbon" in answer.text
        assert 'value="Europe/Rome"' in answer.text
        assert pages.store.get_settings().zone == "Europe/Lisbon"


class TestPending:
    """The pending events."""

    def test_done_and_skip_close_an_event(self, client: TestClient, pages: Pages) -> None:
        """An event that is done isn't pending any more, and nor is one that is skipped."""
        first, second, *others = pages.store.pending(as_of=AT.date())
        client.post("/pending", data={"done": first.event.id})
        client.post("/pending", data={"skip": second.event.id})
        client.post("/pending", data={"done": first.event.id})
        assert pages.store.pending(as_of=AT.date()) == others


@pytest.fixture
def address(pages: Pages) -> Iterator[str]:
    """The address of the app on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(make_app(pages), log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def browser_page(chromium_program: str) -> Iterator[Page]:
    """A narrow window of Chromium, without script."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_program, args=["--no-sandbox"]
        )
        context = browser.new_context(
            java_script_enabled=False, viewport={"width": NARROW, "height": 800}
        )
        yield context.new_page()
        browser.close()


def shoot(page: Page, name: str) -> None:
    """The page fits a narrow window; the pictures go where WEB_APP_PICTURES says."""
    folder = os.environ.get("WEB_APP_PICTURES")
    if folder:
        for scheme in ("light", "dark"):
            for width in (NARROW, 1200):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 800})
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png")
        page.set_viewport_size({"width": NARROW, "height": 800})
    # While the browser leaves a page, there is no element.
    # It is asked ten times a second, not with each frame: a browser that waits draws no frames.
    page.wait_for_function(f"document.documentElement?.scrollWidth <= {NARROW}", polling=100)


def test_a_days_work_in_a_browser(pages: Pages, address: str, browser_page: Page) -> None:
    """A user advances orders, edits statuses and triggers, and does what is pending."""
    page = browser_page
    page.goto(address)
    shoot(page, "list")
    page.get_by_label("Choose prints-1").check()
    page.get_by_label("Choose prints-2").check()
    page.get_by_role("button", name="Advance status").click()
    assert page.get_by_role("heading", level=1).inner_text() == "2 records will be modified"
    page.get_by_label("Due Date").fill("2026-12-24")
    page.get_by_label("Change To Status").select_option("quality-check")
    page.get_by_role("button", name="Recalculate").click()
    assert page.get_by_label("Due Date").input_value() == "2026-12-24"
    page.get_by_role("button", name="OK").click()
    shoot(page, "window")
    page.get_by_label("Note (required)").fill("the lab was quick")
    page.get_by_role("button", name="OK").click()
    assert "2 orders changed" in page.get_by_role("status").inner_text()
    assert pages.store.get("prints-2").status.key == "quality-check"
    assert str(pages.store.get("prints-2").due_on) == "2026-12-24"
    shoot(page, "changed")
    page.get_by_role("button", name="Undo").click()
    assert pages.store.get("prints-2").status == pages.store.get("prints-3").status

    page.get_by_role("link", name="Statuses: Prints").click()
    shoot(page, "statuses")
    page.get_by_label("Description").nth(2).fill("Touch up")
    page.get_by_role("button", name="Move Retouch down").click()
    page.get_by_role("button", name="Save").click()
    assert pages.store.get_cycle("prints").version == 2

    page.get_by_role("link", name="Triggers").click()
    shoot(page, "triggers")
    page.get_by_label("Days", exact=False).first.wait_for()
    page.get_by_label("Description").first.fill("Thank them")
    page.get_by_role("button", name="Save").click()
    assert pages.store.get_settings().triggers[0].description == "Thank them"

    page.get_by_role("link", name="Preferences").click()
    shoot(page, "preferences")
    page.get_by_label("Due dates", exact=True).select_option("from-entry")
    page.get_by_label("Description").last.fill("Torn in the post")
    page.get_by_role("button", name="Save").click()
    assert pages.store.get_settings().due_dates.name == "from-entry"

    page.get_by_role("link", name="Pending").click()
    shoot(page, "pending")
    before = len(pages.store.pending(as_of=AT.date()))
    page.get_by_role("button", name="Done:").first.click()
    assert len(pages.store.pending(as_of=AT.date())) == before - 1
