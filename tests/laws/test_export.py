"""Laws of the formats: any table can be written, and reads back unchanged."""

import csv
import re
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from io import BytesIO, StringIO
from typing import Any, Final

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from icalendar import Calendar
from markdown_it import MarkdownIt
from openpyxl import load_workbook
from pypdf import PdfReader

from prodflow import ProductionOrder
from prodflow._words import ENGLISH
from prodflow.export import (
    Cell,
    Table,
    to_csv,
    to_html,
    to_ics,
    to_markdown,
    to_pdf,
    to_text,
    to_xlsx,
)
from prodflow.export._cells import text_of
from prodflow.export._width import width_of
from prodflow.testing._cases import case, few
from prodflow.testing.strategies import production_orders

AWKWARD: Final = (
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
    "@SUM(A1)",
    "-1",
    "a | b \\| `c` **d** [e](f) <g> &#x41; ]]> #",
    "<r><t>a</t></r>",
    "_x0041_",
    "\"quoted\", 'too'",
    "a\nb\n\nc\td",
    "x" * 200,
    "写真 한글 e\u0301 👍\U0001f3fd Žlutý Ωmega Жук \u202eabc \u2028",
)
TEXTS: Final = st.text(max_size=12) | st.sampled_from(AWKWARD)
DAYS: Final = st.dates()
NUMBERS: Final = (
    st.integers()
    | st.sampled_from([2**53 + 1, 10**30, -(10**15), 10**700])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
)
CELLS: Final[st.SearchStrategy[Cell]] = st.none() | st.booleans() | TEXTS | NUMBERS | DAYS


@st.composite
def tables(draw: DrawFn) -> Table:
    """Any table; a column has values of one kind or of several."""
    columns = draw(st.lists(TEXTS, max_size=5))
    kinds = [draw(st.sampled_from([CELLS, CELLS, TEXTS, NUMBERS, DAYS])) for _ in columns]
    least = draw(st.sampled_from([0, 2]))
    rows = draw(st.lists(st.tuples(*kinds), min_size=least, max_size=5))
    table = Table(draw(TEXTS), columns, rows, notes=draw(st.lists(TEXTS, max_size=3)))
    texts = [table.title, *table.notes, *(cell for row in shown(table) for cell in row)]
    case("a text is awkward", set(AWKWARD).intersection(texts))
    case("there are several rows", columns and len(rows) > 1)
    return table


def shown(table: Table) -> list[list[str]]:
    """The texts of the column names and the cells."""
    return [list(table.columns), *([text_of(cell, ENGLISH) for cell in row] for row in table.rows)]


def squeezed(text: str) -> str:
    """A text with each run of white space made one space, as Markdown reads it."""
    return " ".join(text.split())


class TestText:
    """In plain text every cell is aligned with its column."""

    @given(table=tables())
    def test_the_cells_stand_in_their_columns(self, table: Table) -> None:
        """A line is at most as wide as the columns and has the texts of its cells."""
        lines = to_text(table).split("\n")
        rows = [[re.sub("[\n\t\u2028\u2029]", " ", cell) for cell in row] for row in shown(table)]
        widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
        if widths:
            start = 2 if table.title else 0
            grid = [lines[start], *lines[start + 2 : start + 1 + len(rows)]]
            assert lines[start + 1] == "  ".join("-" * width for width in widths).rstrip()
            for line, row in zip(grid, rows, strict=True):
                assert width_of(line) <= sum(widths) + 2 * (len(widths) - 1)
                assert re.sub(r"\s", "", line) == re.sub(r"\s", "", "".join(row))

    @given(table=tables())
    def test_no_line_ends_in_a_space(self, table: Table) -> None:
        """The text ends in a newline unless it is empty."""
        text = to_text(table)
        assert text == "" or text.endswith("\n")
        assert all(line == line.rstrip() for line in text.split("\n"))


class TestMarkdown:
    """A Markdown parser finds every text in its place, as text."""

    @given(table=tables())
    def test_reads_back(self, table: Table) -> None:
        """Texts are the same except for white space, which Markdown doesn't keep."""
        parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        tokens = parser.parse(to_markdown(table))
        inline = [token for token in tokens if token.type == "inline"]
        kinds = {child.type for token in inline for child in token.children or ()}
        texts = [
            squeezed("".join(" " if "<br>" in c.content else c.content for c in t.children or ()))
            for t in inline
        ]
        cells = [squeezed(cell) for row in shown(table) for cell in row] if table.columns else []
        around = [squeezed(table.title)], [squeezed(note) for note in table.notes]
        title, notes = ([text for text in part if text] for part in around)
        assert kinds <= {"text", "text_special", "html_inline"}
        assert texts == [*title, *cells, *notes]


class TestCsv:
    """The csv module reads the same texts, except for the mark before a formula."""

    @given(table=tables())
    def test_reads_back(self, table: Table) -> None:
        """Only texts have a mark, never numbers."""
        found = list(csv.reader(StringIO(to_csv(table), newline=""), strict=True))
        cells = [table.columns, *table.rows]
        expected = [[marked(cell) for cell in row] or [""] for row in cells]
        assert found == expected

    @given(table=tables())
    def test_no_text_is_a_formula(self, table: Table) -> None:
        """A field that begins with a sign comes from a number."""
        for row, cells in zip(
            csv.reader(StringIO(to_csv(table), newline="")),
            [table.columns, *table.rows],
            strict=True,
        ):
            for text, cell in zip(row, cells, strict=False):
                assert not isinstance(cell, str) or not is_formula(text)


# One of every kind of character that people can't see at the beginning of a text.
UNSEEN: Final = (
    *("\u200b", "\ufeff", "\xad", "\u2060", "\u200d", "\U000e0001"),  # formats
    *(" ", "\xa0", "\u3000", "\u2009", "\t", "\n", "\u2028"),  # spaces
    *("\u0301", "\u034f", "\ufe0f", "\u0489", "\u0903"),  # marks
    *("\ue000", "\U0010fffd", "\u0378"),  # private and unassigned ones
    *("\u115f", "\u1160", "\u3164", "\uffa0", "\u2800"),  # fillers
)
LIKE_FORMULAS: Final = st.tuples(
    st.text(
        st.sampled_from(UNSEEN) | st.characters(categories=["Z", "Cf", "Cn", "Co", "M"]), max_size=4
    ),
    st.sampled_from(
        ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe62", "\u207c"]
    ),
    st.text(max_size=5),
).map("".join)
# A table shows a character that decision D33 refuses as U+FFFD, which people can see.
FORMULAS: Final = LIKE_FORMULAS.filter(lambda text: Table("", [text]).columns == (text,))


class TestFormulas:
    """Whatever stands before a sign that nobody can see, a spreadsheet reads a text."""

    @given(formula=FORMULAS, place=st.sampled_from(["column", "cell"]))
    def test_csv(self, formula: str, place: str) -> None:
        """The field begins with a mark, and goes on with the text as it was."""
        table = Table("", [formula], []) if place == "column" else Table("", ["a"], [[formula]])
        case("something invisible is before the sign", formula[0] not in "=+-@")
        *_, (field,) = csv.reader(StringIO(to_csv(table), newline=""))
        assert field == "'" + (table.columns[0] if place == "column" else str(table.rows[0][0]))

    @few(2)
    @given(formulas=st.lists(FORMULAS, min_size=1, max_size=5))
    def test_xlsx(self, formulas: list[str]) -> None:
        """The cell is a text with Excel's own mark for one."""
        table = Table("", ["a"], [[formula] for formula in formulas], notes=formulas[:1])
        case("something invisible is before a sign", any(f[0] not in "=+-@" for f in formulas))
        sheet: Any = load_workbook(BytesIO(to_xlsx(table))).active
        cells = [sheet.cell(number + 2, 1) for number in range(len(formulas))]
        cells.append(sheet.cell(len(formulas) + 3, 1))
        assert {(cell.data_type, cell.quotePrefix) for cell in cells} == {("s", True)}


def marked(cell: Cell) -> str:
    """A cell as the csv module reads it, with the mark."""
    text = text_of(cell, ENGLISH)
    return f"'{text}" if isinstance(cell, str) and is_formula(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula, told character by character."""
    seen = re.sub("|".join(map(re.escape, UNSEEN)), "", "".join(c for c in text if not is_blank(c)))
    return text[:1] in {"\t", "\n", "\u2028", "\u2029"} or NFKC(seen[:1])[:1] in {*"=+-@"}


def is_blank(char: str) -> bool:
    """Whether Unicode says that a character is no letter, digit or sign of its own."""
    return unicodedata.category(char)[0] in {"Z", "C", "M"}


NFKC: Final = partial(unicodedata.normalize, "NFKC")


class TestHtml:
    """A parser that reads like a browser finds only the elements that `to_html` writes."""

    KNOWN: Final = {
        *("html", "head", "meta", "title", "style", "body", "h1", "p"),
        *("div", "table", "thead", "tbody", "tr", "th", "td", "bdi"),
    }

    @given(table=tables())
    def test_reads_back(self, table: Table) -> None:
        """Every text is exactly the same."""
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        page = parser.parse(to_html(table))
        rows = [["".join(cell.itertext()) for cell in row] for row in page.iter("tr")]
        assert rows == (shown(table) if table.columns else [])
        assert ["".join(p.itertext()) for p in page.iter("p")] == list(table.notes)
        assert ["".join(h.itertext()) for h in page.iter("h1")] == [table.title] * bool(table.title)
        assert {element.tag for element in page.iter()} <= self.KNOWN


class TestXlsx:
    """For openpyxl, texts are texts and numbers are numbers."""

    @few(2)
    @given(table=tables())
    def test_reads_back(self, table: Table) -> None:
        """Only a text, or a value that Excel would change, is in a text cell."""
        sheet: Any = load_workbook(BytesIO(to_xlsx(table))).active
        for number, row in enumerate([table.columns, *table.rows], start=1):
            for column, cell in enumerate(row, start=1):
                found = sheet.cell(number, column)
                assert found.data_type != "f"
                assert found.hyperlink is None
                assert is_kept(found.value, cell), (found.value, cell)

    @few(5)
    @given(table=tables())
    def test_the_bytes_are_the_same(self, table: Table) -> None:
        """The same table gives the same bytes."""
        assert to_xlsx(table) == to_xlsx(table)


def is_kept(found: object, cell: Cell) -> bool:
    """Whether a value that was read back is the cell's."""
    match cell:
        case None:
            return found is None
        case str():  # openpyxl leaves Excel's mark before what looks like an escape
            return unescaped(str(found or "")) == cell
        case date() if isinstance(found, datetime):
            return found.replace(tzinfo=UTC).date() == cell
        case int() | float() | Decimal() if isinstance(found, int | float):
            return Decimal(found) == cell or found == pytest.approx(float(cell), rel=1e-14)
        case _:
            return found == text_of(cell, ENGLISH)


def unescaped(text: str) -> str:
    """A text without the mark that Excel writes before `_x0041_`."""
    return re.sub("_x005F(?=_x[0-9A-Fa-f]{4}_)", "", text)


class TestPdf:
    """Pypdf finds every letter."""

    # Open Sans lacks other letters: they show as boxes, which pypdf doesn't read.
    HAS: Final = re.compile("[!-~À-žΑ-ΡΣ-ώА-я]")

    @few(2)
    @given(table=tables())
    def test_reads_back(self, table: Table) -> None:
        """Every letter of the font is there as often as in the table."""
        reader = PdfReader(BytesIO(to_pdf(table)))
        found = Counter("".join(page.extract_text() for page in reader.pages))
        texts = [table.title, *table.notes, *(cell for row in shown(table) for cell in row)]
        assert not Counter(self.HAS.findall("".join(texts))) - found

    @few(5)
    @given(table=tables(), data=st.binary(max_size=80))
    def test_the_bytes_are_the_same(self, table: Table, data: bytes) -> None:
        """The same table gives the same bytes; bytes that aren't a font are refused."""
        assert to_pdf(table) == to_pdf(table)
        with pytest.raises(ValueError, match="font must be"):
            to_pdf(table, font=data)


class TestIcs:
    """A calendar reads back: one event for each open order with a due date."""

    @few(2)
    @given(orders=st.lists(production_orders(), max_size=3))
    def test_reads_back(self, orders: list[ProductionOrder]) -> None:
        """The events have the days, versions and texts of the orders."""
        due = [order for order in orders if order.is_open and order.due_on is not None]
        case("an order is due", due)
        calendar = Calendar.from_ical(to_ics(orders, at=datetime(2026, 11, 16, tzinfo=UTC)))
        events: Any = calendar.walk("VEVENT")
        assert [(e["dtstart"].dt, e["sequence"]) for e in events] == [
            (order.due_on, order.version) for order in due
        ]
        for event, order in zip(events, due, strict=True):
            assert event["summary"].startswith(f"{order.id}: ")
        assert len({e["uid"] for e in events}) == len({order.id for order in due})


def test_thousands_of_rows_are_written() -> None:
    """Every format writes them in seconds."""
    table = Table("All", ["id", "n"], [[f"PO-{number}", number] for number in range(5_000)])
    assert to_text(table).count("\n") == 5_004
    assert to_csv(table).count("\n") == 5_001
    assert to_markdown(table).count("\n") == 5_004
    assert to_html(table).count("<tr>") == 5_001
    sheet: Any = load_workbook(BytesIO(to_xlsx(table))).active
    assert sheet.max_row == 5_001
    assert len(PdfReader(BytesIO(to_pdf(table))).pages) == 136
