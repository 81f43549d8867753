"""What was just saved, told in one sentence; what is said once; and what there is to do first."""

import pytest
from starlette.testclient import TestClient

from prodflow.samples import PRINTS
from prodflow_sqlalchemy import SqlStore

from ._browser import Browser
from ._studio import AT, AppFor


def test_a_split_offers_no_undo(mia: Browser) -> None:
    """Nobody can take it back."""
    page = mia.open("/split/PO-1045").fill("Quantity of the part", "3").press("OK")
    assert page.role("status") == ["Order PO-1045 was split PO-1045 PO-1045-2"]
    assert not page.has_button("Undo")


def test_an_opening_offers_no_undo(mia: Browser) -> None:
    """An order that was opened by mistake is cancelled instead."""
    page = mia.open("/orders/new").fill("Number", "N-1").press("OK")
    assert page.role("status") == ["1 order opened N-1"]


def test_an_undo_on_the_page_of_an_order_offers_no_other(mia: Browser) -> None:
    """It says that the order was put back, and not why that can't be undone."""
    page = mia.open("/orders/PO-1047").press("Undo last")
    assert page.role("status") == ["1 order put back PO-1047"]
    assert not page.has_button("Undo")


def test_each_view_says_what_its_words_mean(mia: Browser) -> None:
    """Closed until somebody opens it."""
    for tab in ("/", "/board", "/list", "/at-risk", "/workload"):
        assert "What the words mean" in mia.open(tab).text
        assert "below 0, it comes too late" in mia.text


def test_a_refused_undo_has_one_reason(app_for: AppFor, store: SqlStore) -> None:
    """Of many orders that have changed since, it names one and counts the others."""
    page = Browser(TestClient(app_for()))
    ids = ["PO-1051", "PO-1054", "PO-1056"]
    page.open(f"/orders/advance?{'&'.join(f'ids={each}' for each in ids)}").press("OK")
    address = page.path
    for order in store.load(ids).values():
        flow = store.get_settings().flow(order.order_type)
        store.save(flow.advance(order, today=AT.date(), by="Ben", at=AT))
    said = page.open(address).role("status")[0]
    assert said.startswith("3 orders advanced ")
    assert said.count("is at version 3, not 2") == 1
    assert said.endswith("And 2 more orders.")
    assert not page.has_button("Undo")


def test_the_priority_is_said_once(mia: Browser) -> None:
    """The list has a column for it; other pages say it beside the number."""
    assert "priority 10" not in mia.open("/list?sort=priority").text
    assert "10" in next(cells for cells in mia.rows() if "PO-1045" in cells[1])
    assert "priority 10" in mia.open("/board").text


@pytest.mark.parametrize("tab", ["/", "/board", "/list", "/at-risk", "/workload"])
def test_without_order_types_each_tab_says_how_to_begin(
    empty: SqlStore, app_for: AppFor, tab: str
) -> None:
    """With an example to load."""
    page = Browser(TestClient(app_for(store=empty))).open(tab)
    assert "There are no order types yet." in page.text
    assert page.follow("Set up your first status list").shown("Begin with") == "example: Prints"


def test_without_orders_the_first_page_offers_one(empty: SqlStore, app_for: AppFor) -> None:
    """Not only the list."""
    empty.put_cycle(PRINTS.cycle, replaces=None, by="Mia", at=AT)
    page = Browser(TestClient(app_for(store=empty))).open("/")
    assert "No open orders. New order" in page.text


def test_what_cannot_be_done_comes_last(mia: Browser) -> None:
    """With its reason beside it, below what can be done."""
    page = mia.open("/orders/PO-1041")
    buttons = [each for each in page.page.iter() if each.tag in {"a", "button"}]
    titles = ["".join(each.itertext()) for each in buttons]
    assert titles.index("Reprint") < titles.index("Undo last") < titles.index("Split")
