"""Pages of one's own, which replace those of the hub or extend them."""

import re
from pathlib import Path

import jinja2
import jinja2.nodes
import pytest
from starlette.testclient import TestClient

from ._browser import Browser
from ._pages import check
from ._studio import AppFor
from ._texts import FOLDER

GUIDE = Path(__file__).parents[3] / "docs/how-to-hub-app.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for pages."""
    made = tmp_path / "pages"
    made.mkdir()
    return made


def test_a_page_extends_the_one_that_it_replaces(app_for: AppFor, folder: Path) -> None:
    """It changes one block, and the rest stays; the hub of somebody else stays as it is."""
    (folder / "order.html").write_text(
        """{% extends "prodflow_hub/order.html" %}
        {% block main %}<p>{{ order.facts.client }} likes it matt.</p>{{ super() }}{% endblock %}"""
    )
    page = Browser(TestClient(app_for(templates=[folder]))).open("/orders/PO-1041")
    assert page.heading == "Order PO-1041"
    assert " likes it matt." in page.text
    assert "Status Notes" in page.text
    check(page)
    other = Browser(TestClient(app_for())).open("/orders/PO-1041")
    assert "matt" not in other.text


def test_what_all_pages_share_can_be_extended(app_for: AppFor, folder: Path) -> None:
    """Pages of the hub are made of it too, also those for errors."""
    (folder / "base.html").write_text(
        """{% extends "prodflow_hub/base.html" %}
        {% block head %}<link rel="stylesheet" href="/static/studio.css">{% endblock %}"""
    )
    (folder / "_nav.html").write_text("""<a href="/shop">The shop</a>""")
    browser = Browser(TestClient(app_for(templates=[str(folder)])))
    for path in ("/", "/board", "/orders/new", "/statuses/prints", "/nope"):
        page = browser.open(path)
        assert "/static/studio.css" in [it.get("href") for it in page.page.iter("link")]
        assert page.links()["The shop"] == "/shop"
        assert "New order" not in page.links()


def test_a_page_can_be_written_from_the_start(app_for: AppFor, folder: Path) -> None:
    """The first folder counts."""
    (folder / "workload.html").write_text("<h1>{{ lines|length }} lines</h1>")
    second = folder / "second"
    second.mkdir()
    (second / "workload.html").write_text("<h1>Nobody sees me</h1>")
    page = Browser(TestClient(app_for(templates=[folder, second]))).open("/workload")
    assert page.heading.endswith(" lines")


def test_the_blocks_of_the_guide_are_there() -> None:
    """Each can be filled in, on the pages that the guide names."""
    lines = re.findall(r"^\| `(\w+)` \| (.+?) \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert lines
    pages = {"every page": "base.html", "the lists and the board": "hub.html"}
    for name, where in lines:
        source = (FOLDER / "templates" / pages[where]).read_text(encoding="utf-8")
        blocks = jinja2.Environment(autoescape=True).parse(source).find_all(jinja2.nodes.Block)
        assert name in {block.name for block in blocks}
    for name in ("mine", "board", "list", "at_risk", "workload"):
        source = (FOLDER / "templates" / f"{name}.html").read_text(encoding="utf-8")
        assert source.startswith('{% extends "hub.html" %}')
