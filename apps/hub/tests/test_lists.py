"""The lists: their figures, filters, columns and pages."""

import re
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from prodflow import OrderQuery, ProductionFlow, Status, StatusCycle, outlook
from prodflow.hub import at_risk, due_soon, overdue, past_delivery
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser, said
from ._studio import AT, COUNT, AppFor, Clock

TODAY = AT.date()
TABS = ("/", "/board", "/list", "/at-risk", "/workload")
NAMES = ("Mine", "Board", "List", "At risk", "Workload")


def figures(browser: Browser) -> dict[str, int]:
    """The figures of the page, by their titles."""
    found = (re.fullmatch(r"([\d,]+) (.+)", text) for text in browser.links())
    return {match[2]: int(match[1].replace(",", "")) for match in found if match}


def total(browser: Browser) -> int:
    """How many orders a list says it has."""
    found = re.search(r"\d+–\d+ of ([\d,]+)", browser.text)
    return int(found[1].replace(",", "")) if found else 0


@pytest.mark.parametrize("path", TABS)
def test_every_tab_has_a_heading_a_title_and_the_date(mia: Browser, path: str) -> None:
    """One heading, the title of the window, the date of the studio, and a link to the content."""
    page = mia.open(path)
    assert page.status_code == 200
    assert page.title == f"{page.heading} – Production"
    assert "18 Nov 2026" in page.text
    assert page.links()["Skip to the content"] == "#main"
    assert "as of 10:42" in page.text
    (tabs,) = [it for it in page.page.iter("nav") if it.get("class") == "tabs"]
    named = {said(it): it.get("href", "") for it in tabs.iter("a")}
    assert named == dict(zip(NAMES, TABS, strict=True))
    (current,) = [it for it in tabs.iter("a") if it.get("aria-current") == "page"]
    assert said(current) == page.heading == dict[str, str](zip(TABS, NAMES, strict=True))[path]


class TestFigures:
    """The numbers at the top."""

    def test_agree_with_the_reports(self, mia: Browser, store: SqlStore) -> None:
        """They're those of the library."""
        orders = store.find(OrderQuery(is_open=True))
        settings = store.get_settings()
        policies = {key: settings.flow(key).due_dates for key in store.order_types()}
        assert figures(mia.open("/")) == {
            "Open": len(orders),
            "Overdue": len(overdue(orders, today=TODAY)),
            "Due soon": len(due_soon(orders, today=TODAY)),
            "At risk": len(at_risk(orders, policies, today=TODAY)),
            "Past delivery": len(past_delivery(orders, today=TODAY)),
        }

    def test_agree_with_the_lists_that_they_lead_to(self, mia: Browser) -> None:
        """Each is a link to a list with as many orders."""
        for title, count in figures(mia.open("/")).items():
            assert total(mia.open("/").follow(f"{count} {title}")) == count

    def test_change_with_the_orders(self, mia: Browser, store: SqlStore) -> None:
        """An order that is closed by somebody else isn't counted any more."""
        before = figures(mia.open("/"))["Open"]
        order = store.find(OrderQuery(is_open=True, order_type="prints"))[0]
        flow = store.get_settings().flow("prints")
        store.save(flow.advance(order, to="shipped", today=TODAY, by="Ann", at=AT))
        assert figures(mia.open("/"))["Open"] == before - 1
        other = store.find(OrderQuery(is_open=True, order_type="frames"))[0]
        store.erase(other.id)
        assert figures(mia.open("/"))["Open"] == before - 2


class TestMine:
    """The orders of a person."""

    def test_come_first_then_those_of_the_department(self, tom: Browser, store: SqlStore) -> None:
        """Each part by due date."""
        mine = store.find(OrderQuery(is_open=True, user="Tom"))
        others = store.find(OrderQuery(is_open=True, department="Production"))
        expected = [order.id for order in (*mine, *(it for it in others if it.user != "Tom"))]
        shown = [row[1].split()[0] for row in tom.open("/").rows()]
        assert shown == expected

    def test_says_what_is_new(self, tom: Browser, store: SqlStore) -> None:
        """An order that came yesterday or today is marked."""
        new = {row[1].split()[0] for row in tom.open("/").rows() if "new since" in row[1]}
        since = TODAY - timedelta(1)
        shown = [store.get(row[1].split()[0]) for row in tom.rows()]
        assert new == {order.id for order in shown if order.entered_on >= since}


class TestBoard:
    """The board."""

    @pytest.mark.parametrize("by", ["status", "workflow_stage", "department", "user", "vendor"])
    def test_columns_add_up_to_the_open_orders(self, mia: Browser, by: str) -> None:
        """Every open order is in one column, and each column leads to its list."""
        page = mia.open(f"/board?by={by}")
        columns = [
            (int("".join(heading.itertext()).split()[-1]), link.get("href", ""))
            for heading in page.page.iter("h2")
            for link in heading.iter("a")
        ]
        assert sum(count for count, _ in columns) == figures(page)["Open"]
        for count, address in columns:
            assert total(mia.open(address)) == count

    def test_another_way_is_the_usual_one(self, mia: Browser) -> None:
        """An address that somebody has made up shows the board by status."""
        assert "At the Lab" in mia.open("/board?by=moon").text

    def test_says_in_words_what_is_urgent(self, mia: Browser, store: SqlStore) -> None:
        """Not by colour alone."""
        late = overdue(store.find(OrderQuery(is_open=True)), today=TODAY)
        cards = [*map(said, mia.open("/board").page.iter("li"))]
        (card,) = [text for text in cards if text.startswith(late[0].id)]
        assert f"{late.days_late[0]} days late" in card

    def test_a_card_has_the_dates_and_the_slack(self, mia: Browser, store: SqlStore) -> None:
        """Number, client, due date and delivery, and what is due today or won't be in time."""
        flow, cycle = store.get_settings().flow("prints"), store.get_cycle("prints")
        who = {"by": "Ann", "at": AT, "roles": ["office"]}
        opened = flow.open(
            cycle,
            order_id="PO-9",
            ordered_on=TODAY - timedelta(1),
            delivery_on=date(2026, 12, 1),
            facts={"client": "Lee"},
            priority=99,
            **who,  # type: ignore[arg-type]  # a table of keywords
        )
        store.save(opened)
        (card,) = [
            text
            for text in map(said, mia.open("/board").page.iter("li"))
            if text.startswith("PO-9 ")
        ]
        expected = outlook(opened.order, flow.due_dates, today=TODAY)
        assert expected is not None
        assert expected.slack_days is not None
        assert expected.slack_days < 0
        assert opened.order.due_on == TODAY
        assert card == (
            "PO-9 Lee due 18 Nov 2026 · delivery 1 Dec 2026"
            f" due today slack −{-expected.slack_days} priority 99"
        )


class TestList:
    """The list with its filters."""

    def test_has_a_column_for_each_value(self, mia: Browser, store: SqlStore) -> None:
        """The dates and the slack are those of the library."""
        row = mia.open("/list?q=PO-1045").rows()[0]
        order = store.get("PO-1045")
        policy = store.get_settings().flow(order.order_type).due_dates
        expected = outlook(order, policy, today=TODAY)
        assert expected is not None
        assert row[2:] == [
            *("Fox theatre", "Albums", "Proof with Client", "20 Nov 2026"),
            *(f"{expected.finish_on.day} Dec 2026", "15 Dec 2026"),
            str(expected.slack_days).replace("-", "−"),
            *("10", "Sales", "Mia"),
        ]

    @pytest.mark.parametrize(
        ("typed", "query"),
        [
            ({"Status": "At the Lab · Prints"}, OrderQuery(status="at-lab")),
            ({"Type": "Frames"}, OrderQuery(order_type="frames")),
            ({"Department": "none"}, OrderQuery(department=None)),
            ({"User": "Tom"}, OrderQuery(user="Tom")),
            (
                {"Vendor": "City Lab", "Due": "overdue"},
                OrderQuery(vendor="City Lab", overdue_on=TODAY),
            ),
            ({"Stage": "Ordered"}, OrderQuery(workflow_stage="Ordered")),
            ({"Due": "past delivery"}, OrderQuery(delivery_by=TODAY - timedelta(1))),
            ({"Due": "no due date"}, OrderQuery(due_by=None)),
        ],
    )
    def test_filters(
        self, mia: Browser, store: SqlStore, typed: dict[str, str], query: OrderQuery
    ) -> None:
        """A filter is chosen by its text, and stands in the address."""
        page = mia.open("/list")
        for label, text in typed.items():
            page.choose(label, text)
        page.press("Show")
        found = [order for order in store.find(query) if order.is_open]
        assert [row[1].split()[0] for row in page.rows()] == [order.id for order in found]
        assert mia.open(page.path).rows() == page.rows()

    def test_search_finds_clients(self, mia: Browser) -> None:
        """Whatever the case."""
        page = mia.open("/list").fill("Search", "DIAZ").press("Show")
        assert {row[2] for row in page.rows()} == {"Diaz wedding"}

    @pytest.mark.parametrize("typed", ["po-1045", "inv-522", "bindery", "ana"])
    def test_search_finds_what_names_an_order(
        self, mia: Browser, store: SqlStore, typed: str
    ) -> None:
        """Its number, its invoice, its vendor, its user and its facts."""
        page = mia.open("/list").fill("Search", typed).press("Show")
        expected = [
            order.id
            for order in store.find(OrderQuery(is_open=True))
            if typed
            in " ".join(
                (
                    order.id,
                    order.invoice_id or "",
                    order.vendor or "",
                    order.user or "",
                    str(order.facts["client"]),
                )
            ).casefold()
        ]
        assert expected
        assert [row[1].split()[0] for row in page.rows()] == expected

    def test_without_hits_says_what_was_asked(self, mia: Browser) -> None:
        """And offers to clear it."""
        page = mia.open("/list?status=at-lab&due=overdue&q=zzz")
        assert "No order matches: Search zzz · Status At the Lab · Due overdue – clear" in page.text
        assert page.links()["clear"] == "/list"

    def test_closed_orders_only_by_a_filter(self, mia: Browser, store: SqlStore) -> None:
        """The list shows what is open."""
        closed = store.count(OrderQuery(is_open=False))
        page = mia.open("/list").choose("Shown", "closed orders").press("Show")
        assert total(page) == closed

    def test_sorts(self, mia: Browser, store: SqlStore) -> None:
        """By number, priority or due date; the heading says so."""
        page = mia.open("/list?state=all")
        for title, sort, order in (
            ("Number", "id", "ascending"),
            ("Priority", "priority", "descending"),
            ("Due", "due", "ascending"),
        ):
            page.follow(title)
            ids = [row[1].split()[0] for row in page.rows()]
            query = OrderQuery(sort=sort, limit=50)  # type: ignore[arg-type]  # of a table
            assert ids == [each.id for each in store.find(query)]
            (heading,) = [each for each in page.page.iter("th") if each.get("aria-sort")]
            assert "".join(heading.itertext()) == title
            assert heading.get("aria-sort") == order

    def test_pages(self, mia: Browser, store: SqlStore) -> None:
        """Fifty orders a page, with what stands where."""
        page = mia.open("/list?state=all")
        assert f"1–50 of {COUNT}" in page.text
        first = [row[1].split()[0] for row in page.rows()]
        page.follow("Next page")
        assert f"51–100 of {COUNT}" in page.text
        second = [row[1].split()[0] for row in page.rows()]
        page.follow("Next page")
        assert f"101–{COUNT} of {COUNT}" in page.text
        third = [row[1].split()[0] for row in page.rows()]
        assert [*first, *second, *third] == [order.id for order in store.find(OrderQuery())]
        assert [row[1].split()[0] for row in page.follow("First page").rows()] == first

    @pytest.mark.parametrize(
        "query",
        [
            "after=nonsense",
            "start=-1",
            "start=x",
            "sort=moon",
            "state=x",
            "due=x",
            "q=%00%ff",
            "user=~~",
        ],
    )
    def test_takes_any_address(self, mia: Browser, query: str) -> None:
        """What isn't a filter is passed over."""
        assert mia.open(f"/list?{query}").status_code == 200

    def test_says_what_is_past_delivery(self, mia: Browser, store: SqlStore, clock: Clock) -> None:
        """In words."""
        clock.now = AT + timedelta(days=30)
        page = mia.open("/list").choose("Due", "past delivery").press("Show")
        late = past_delivery(store.find(OrderQuery(is_open=True)), today=clock.now.date())
        assert len(late) > 0
        assert total(page) == len(late)
        for row in page.rows():
            assert "past delivery" in row[1]

    def test_at_the_end_of_the_calendar(self, mia: Browser, clock: Clock) -> None:
        """The last days have a list like any other."""
        clock.now = AT.replace(year=9999, month=12, day=30)
        assert mia.open("/list?due=soon").status_code == 200
        assert figures(mia)["Due soon"] == 0


class TestWorkload:
    """The workload."""

    def test_leads_to_the_lists(self, mia: Browser, store: SqlStore) -> None:
        """A line for each department and user; its number is a link to these orders."""
        page = mia.open("/workload")
        assert sum(int(row[2]) for row in page.rows()) == store.count(OrderQuery(is_open=True))
        for link in [each for each in page.page.iter("td") if each.get("data-title") == "Open"]:
            (number,) = link.iter("a")
            assert total(mia.open(number.get("href", ""))) == int(number.text or "")


class TestAtRisk:
    """The orders that will be late."""

    def test_has_the_least_slack_first(self, mia: Browser) -> None:
        """And says so."""
        page = mia.open("/at-risk")
        slacks = [int(row[8].replace("−", "-")) for row in page.rows()]
        assert slacks == sorted(slacks)
        assert max(slacks) < 0
        (heading,) = [each for each in page.page.iter("th") if each.get("aria-sort")]
        assert (said(heading), heading.get("aria-sort")) == ("Slack", "ascending")

    def test_passes_over_dates_beyond_the_calendar(self, mia: Browser, store: SqlStore) -> None:
        """An order at the end of the calendar has no outlook, and hides no other order."""
        before = mia.open("/at-risk").rows()
        flow = store.get_settings().flow("prints")
        cycle = store.get_cycle("prints")
        last = date(9999, 12, 29)
        opened = flow.open(
            cycle,
            order_id="PO-9",
            ordered_on=last,
            delivery_on=last,
            by="Ann",
            at=AT,
            roles=["office"],
        )
        store.save(opened)
        assert mia.open("/at-risk").rows() == before
        assert mia.open("/board").status_code == 200
        assert mia.open("/list?q=PO-9").rows()[0][6] == ""


def test_an_empty_database_says_so(empty: SqlStore, app_for: AppFor) -> None:
    """First there is no order type, then no order."""
    browser = Browser(TestClient(app_for(store=empty)))
    assert "There are no order types yet." in browser.open("/list").text
    for path in TABS:
        assert browser.open(path).status_code == 200
    statuses = [Status("a", "A", initial=True), Status("b", "B", final=True)]
    empty.put_cycle(StatusCycle("signs", statuses), replaces=None)
    assert "No orders yet." in browser.open("/list").text
    assert "No open orders." in browser.open("/board").text
    opened = ProductionFlow().open(
        empty.get_cycle("signs"), order_id="S-1", ordered_on=TODAY, by="Ann", at=AT
    )
    empty.save(opened)
    assert total(browser.open("/list")) == 1


def test_what_is_worked_out_is_kept_until_something_changes(
    mia: Browser, store: SqlStore, clock: Clock
) -> None:
    """The page says when it was worked out: a minute changes nothing, an order or a day does."""
    assert "as of 10:42" in mia.open("/").text
    clock.now = AT + timedelta(minutes=3)
    assert "as of 10:42" in mia.open("/").text
    order = store.get("PO-1043")
    store.save(store.get_settings().flow("albums").amend(order, note="Hello", by="Ann", at=AT))
    assert "as of 10:45" in mia.open("/").text
    clock.now = AT + timedelta(days=1)
    before = figures(mia)["Overdue"]
    assert figures(mia.open("/"))["Overdue"] > before
