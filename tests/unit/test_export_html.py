"""The HTML page: its markup, and that it runs no script."""

import json
import re
from collections.abc import Callable
from html import unescape

import pytest

from prodflow.export import Table, to_html

HOSTILE = (
    "</td></style></title><script>document.documentElement.id = 'ran'</script>"
    "<img src=x onerror=\"document.documentElement.id = 'ran'\"> ]]> &#x41; {lang} \"q\" 'a'"
)


def test_a_page_runs_no_script(chromium: Callable[[str], str]) -> None:
    """A script in the title, a column name, a cell or a note doesn't run."""
    dom = chromium(to_html(Table(HOSTILE, [HOSTILE], [[HOSTILE]], notes=[HOSTILE])))
    assert "id=" not in dom.partition(">")[0] + dom.partition("<head>")[0]
    assert "<script" not in dom
    assert "<img" not in dom
    assert unescape(dom).count(HOSTILE) == 5


def test_the_browser_runs_scripts(chromium: Callable[[str], str]) -> None:
    """Otherwise the test above would prove nothing; the same for SVG."""
    script = "<script>document.documentElement.id = 'ran'</script>"
    assert 'id="ran"' in chromium(f"<!DOCTYPE html><title>t</title>{script}")
    svg = "<svg xmlns='http://www.w3.org/2000/svg'>"
    assert 'id="ran"' in chromium(f"{svg}{script}</svg>")


def test_the_rows_are_marked_up() -> None:
    """Column names are header cells; numbers, days and long words have classes."""
    page = to_html(Table("T", ["a", "n"], [["x" * 25, 1], [None, -2]], notes=["one"]))
    _, _, body = page.partition("<body>\n")
    assert body == (
        '<h1>T</h1>\n<div class="t">\n<table>\n<thead>\n'
        '<tr><th scope="col">a</th><th scope="col" class="n">n</th></tr>\n'
        "</thead>\n<tbody>\n"
        f'<tr><td class="l">{"x" * 25}</td><td class="n">1</td></tr>\n'
        '<tr><td></td><td class="n">-2</td></tr>\n'
        "</tbody>\n</table>\n</div>\n<p>one</p>\n</body>\n</html>\n"
    )


def test_a_fragment_is_a_table_for_a_page_of_your_own() -> None:
    """It has no style, a caption for its title, and a language; nothing else of a page."""
    table = Table("T & U", ["a", "n"], [["x", 1]], notes=["<one>"])
    assert to_html(table, fragment=True, lang="he", columns=["n"]) == (
        '<div class="prodflow-table" lang="he" dir="rtl">\n'
        "<table>\n<caption><bdi>T &amp; U</bdi></caption>\n"
        '<thead>\n<tr><th scope="col" class="n"><bdi>n</bdi></th></tr>\n</thead>\n'
        '<tbody>\n<tr><td class="n"><bdi>1</bdi></td></tr>\n</tbody>\n</table>\n'
        "<p><bdi>&lt;one&gt;</bdi></p>\n</div>\n"
    )
    assert to_html(Table("", []), fragment=True) == (
        '<div class="prodflow-table" lang="en">\n</div>\n'
    )


MEASURE = """<script>
const table = document.querySelector("table"), box = table.parentElement;
const cell = table.rows[1].cells, before = cell[0].getBoundingClientRect().left;
box.scrollLeft = 9999 * (document.dir === "rtl" ? -1 : 1);
const [first, second] = [cell[0], cell[1]].map((one) => one.getBoundingClientRect().left);
const range = document.createRange(), sign = cell[1].querySelector("bdi") || cell[1];
const at = (index) => {
  range.setStart(sign.firstChild, index); range.setEnd(sign.firstChild, index + 1);
  return range.getBoundingClientRect().left;
};
document.title = JSON.stringify({
  page: document.documentElement.scrollWidth <= innerWidth, scrolls: box.scrollLeft !== 0,
  stays: first === before, moved: second !== first, sign: at(0) < at(1),
  client: cell[2].getBoundingClientRect().height < 60,
});
</script>"""


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_wide_table_scrolls_in_its_box(chromium: Callable[[str], str], lang: str) -> None:
    """The page doesn't, the first column stays, and a sign is before its number."""
    columns = ["Number", "Days", "Client", *(f"a wider column {number}" for number in range(20))]
    page = to_html(
        Table("T", columns, [["PO-1", -8, "Dr. Ott and Sons Ltd.", *["2026-11-16"] * 20]]),
        lang=lang,
    )
    # The page forbids scripts, so this test takes its policy away.
    page = re.sub("<meta http-equiv.*?>", "", page).replace("</body>", f"{MEASURE}</body>")
    found = json.loads(unescape(chromium(page).partition("<title>")[2].partition("</title>")[0]))
    assert [what for what, holds in found.items() if not holds] == []


def test_a_table_with_many_columns_is_printed_across() -> None:
    """Up to eight columns fit the other way; words break only where there are more than twenty."""
    across, broken = "size: landscape", "th, td { overflow-wrap: anywhere"
    letters = "abcdefghijklmnopqrstu"
    pages = [to_html(Table("T", list(letters[:count]))) for count in (8, 9, 20, 21)]
    assert [across in page for page in pages] == [False, True, True, True]
    assert [broken in page for page in pages] == [False, False, False, True]


def test_the_page_has_a_language_and_a_title() -> None:
    """Screen readers need both, so a page without a title gets a dash."""
    assert '<html lang="pt-BR">' in to_html(Table("T", []), lang="pt-BR")
    assert "<title>T &amp; U</title>" in to_html(Table("T & U", []))
    nothing = to_html(Table("", []))
    assert "<title>-</title>" in nothing
    assert "<h1>" not in nothing
    assert "<table>" not in nothing


@pytest.mark.parametrize("lang", ["", 'en" onload="x', "e", "en_US", "en-", "en\n"])
def test_a_language_is_a_tag(lang: str) -> None:
    """A text that isn't a language tag is refused."""
    with pytest.raises(ValueError, match="lang must be a language tag"):
        to_html(Table("", []), lang=lang)


def test_a_language_is_a_str() -> None:
    """None is refused."""
    with pytest.raises(TypeError, match="lang must be a str, not None"):
        to_html(Table("", []), lang=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the bad value


def test_a_text_runs_its_own_way() -> None:
    """A name in Hebrew on an English page is isolated; other texts of this page needn't be."""
    page = to_html(Table("T", ["a"], [["דנה (2)"], ["Žofie (2)"]]), fragment=True)
    assert "<td><bdi>דנה (2)</bdi></td>" in page
    assert "<td>Žofie (2)</td>" in page


def test_a_row_may_be_struck_through() -> None:
    """Each text of it is in an element for what no longer counts."""
    page = to_html(Table("T", ["a", "n"], [["<b>", None], ["x", 1]], struck=[0]))
    assert "<tr><td><s>&lt;b&gt;</s></td><td></td></tr>" in page
    assert '<tr><td>x</td><td class="n">1</td></tr>' in page
