"""The Excel workbook: kinds of cells, the names of the sheet, and its limits."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from prodflow.export import Cell, Table, to_xlsx


def sheet_of(table: Table) -> Any:  # noqa: ANN401 - its stubs call a cell what may be none
    """The sheet as openpyxl reads it."""
    return load_workbook(BytesIO(to_xlsx(table))).active


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=cmd|'/c calc'!A1",
        "{=SUM(A1)}",
        "http://a.example/x",
        "mailto:a@b.example",
        "internal:Sheet1!A1",
        "-1",
        "007",
        "1e5",
        "TRUE",
        "#N/A",
        "<r><t>a</t></r>",
        "<r>&</r>",
        "a\nb\tc",
        " a ",
        "<b>&amp;</b> ]]> &#x41;",
        "'quoted'",
    ],
)
def test_a_text_is_a_text(text: str) -> None:
    """No column name, cell or note becomes a formula, a link, a number or XML."""
    sheet = sheet_of(Table("T", [text], [[text]], notes=[text]))
    cells = [sheet["A1"], sheet["A2"], sheet["A4"]]
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in cells] == [
        (text, "s", None)
    ] * 3


@pytest.mark.parametrize(
    ("cell", "value", "looks"),
    [
        (None, None, "General"),
        (True, "yes", "General"),
        (False, "no", "General"),
        (3, 3, "0"),
        (-(10**15) + 1, -(10**15) + 1, "0"),
        (10**15, "1000000000000000", "@"),
        (2**53 + 1, "9007199254740993", "@"),
        (10**400, "1" + "0" * 400, "@"),
        (2.5, 2.5, "General"),
        (0.0, 0, "General"),
        (1e300, 1e300, "General"),
        (1.7e308, "1.7e+308", "@"),
        (5e-324, "5e-324", "@"),
        (Decimal("9.90"), 9.9, "0.00"),
        (Decimal("0.00"), 0, "0.00"),
        (Decimal("1E+3"), 1000, "General"),
        (Decimal("1E-40"), 1e-40, "General"),
        (Decimal("1E-400"), "1E-400", "@"),
        (Decimal("1E+400"), "1E+400", "@"),
        (Decimal("1.234567890123456"), "1.234567890123456", "@"),
        (date(2026, 11, 2), datetime(2026, 11, 2), "yyyy-mm-dd"),  # noqa: DTZ001 - as Excel has it
        (date(1900, 3, 1), datetime(1900, 3, 1), "yyyy-mm-dd"),  # noqa: DTZ001 - as Excel has it
        (date(1900, 2, 28), "1900-02-28", "@"),
        (date.min, "0001-01-01", "@"),
        (date.max, datetime(9999, 12, 31), "yyyy-mm-dd"),  # noqa: DTZ001 - as Excel has it
    ],
)
def test_a_value_that_excel_would_change_is_text(cell: Cell, value: object, looks: str) -> None:
    """Numbers and days keep their kind as long as Excel keeps their value."""
    found = sheet_of(Table("T", ["a"], [[cell]]))["A2"]
    assert (found.value, found.number_format) == (value, looks)


@pytest.mark.parametrize("text", ["=1+1", "\u200b=1+1", " -1", "\ta", "plain"])
def test_an_edited_text_stays_a_text(text: str) -> None:
    """A text like a formula has Excel's mark for texts, whatever else its cell looks like."""
    sheet = sheet_of(Table("T", [text, "n"], [[text, 1], [text, 2]], struck=[1], notes=[text]))
    cells = [sheet[place] for place in ("A1", "A2", "A3", "A5")]
    assert [cell.quotePrefix for cell in cells] == [text != "plain"] * 4
    assert not sheet["B2"].quotePrefix


def test_the_bytes_are_the_same() -> None:
    """The creation date is always 1 January 1980."""
    table = Table("T", ["a"], [["x"]])
    assert to_xlsx(table) == to_xlsx(table)
    book = load_workbook(BytesIO(to_xlsx(table)))
    assert (book.properties.title, book.properties.created) == ("T", datetime(1980, 1, 1))  # noqa: DTZ001 - openpyxl's


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Late orders", "Late orders"),
        ("", "Sheet1"),
        ("[a]:*?/\\b\nc", "a b c"),
        ("'a'", "a"),
        ("History", "Sheet1"),
        ("x" * 40, "x" * 31),
        ("x" * 30 + "'y", "x" * 30),
        ("\U0001f4f7" * 16, "\U0001f4f7" * 15),
    ],
)
def test_the_title_names_the_sheet(title: str, name: str) -> None:
    """Excel's limits on sheet names are respected."""
    assert sheet_of(Table(title, ["a"])).title == name


@pytest.mark.parametrize(
    ("title", "header"),
    [("Smith & Sons", "Smith && Sons"), ("R&G &[Page]", "R＆G ＆[Page]"), ("a\nb", "a b")],  # noqa: RUF001 - the wide sign
)
def test_printed_pages_have_the_title(title: str, header: str) -> None:
    """An ampersand in the title does not become a code."""
    assert f"&amp;L&amp;B{header.replace('&', '&amp;')}</oddHeader>" in worksheet(
        Table(title, ["a"])
    )


def worksheet(table: Table) -> str:
    """The XML of the sheet."""
    from zipfile import ZipFile  # noqa: PLC0415 - for this alone

    with ZipFile(BytesIO(to_xlsx(table))) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def test_the_header_row_stays_visible() -> None:
    """It is frozen, filtered and repeated on paper; columns fit their texts within limits."""
    rows: list[list[Cell]] = [["x", "写" * 10, "y" * 300, 1], ["a\nb", None, None, 2]]
    sheet = sheet_of(Table("T", ["a", "b", "c", "a longer name"], rows))
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:D3")
    assert sheet.print_title_rows == "$1:$1"
    widths = [round(sheet.column_dimensions[letter].width) for letter in "ABCD"]
    assert widths == [9, 22, 61, 18]


def test_a_text_longer_than_a_cell_is_cut() -> None:
    """The cut is between two characters, even if each has two UTF-16 units."""
    sheet = sheet_of(Table("T", ["a"], [["\U0001f4f7" * 20_000]]))
    assert sheet["A2"].value == "\U0001f4f7" * 16_383


@pytest.mark.parametrize(
    ("columns", "rows"),
    [([], [[]] * 1_048_575), (["a"] * 16_385, [])],
)
def test_a_table_larger_than_a_sheet_is_refused(columns: list[str], rows: list[list[str]]) -> None:
    """Too many rows or columns are refused."""
    table = Table("T", columns, rows)
    with pytest.raises(ValueError, match="table must have at most 1,048,576 rows"):
        to_xlsx(table)


def test_a_table_without_columns_is_a_sheet() -> None:
    """The sheet has the notes."""
    assert sheet_of(Table("", [], [[], []], notes=["n"]))["A5"].value == "n"


def test_a_row_may_be_struck_through() -> None:
    """Texts and numbers of it, and no other cells."""
    sheet = sheet_of(Table("T", ["a", "n"], [["x", 1], ["y", 2]], struck=[0]))
    struck = [bool(sheet[name].font.strike) for name in ("A1", "A2", "B2", "A3", "B3")]
    assert struck == [False, True, True, False, False]
