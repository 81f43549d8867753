"""A table as an Excel workbook with one sheet, written by XlsxWriter."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, assert_never, final

from prodflow._messages import text as message
from prodflow._words import AnyWords, Words, said
from prodflow.export._buffer import BytesIO
from prodflow.export._cells import (
    BREAKS,
    is_formula,
    is_right_to_left,
    lang_of,
    numeric_columns,
    table_of,
    text_of,
)
from prodflow.export._extras import extra
from prodflow.export._table import Cell, Table
from prodflow.export._width import width_of

_ROWS: Final = 1_048_576
_COLUMNS: Final = 16_384
# Lengths of texts, in UTF-16 units.
_TEXT: Final = 32_767
_PROPERTY: Final = 255
_PAGE_HEADER: Final = 120  # Excel allows 255, and every ampersand must be doubled
_SHEET_NAME: Final = 31
_NOT_IN_A_SHEET_NAME: Final = re.compile(r"[\[\]:*?/\\\s]+")
_RESERVED: Final = "history"
# XlsxWriter takes these for a picture or a long code, even if the ampersand is doubled.
_CODE: Final = re.compile(r"&(?=[G\[])")

# Widths of columns, in digits; longer texts wrap.
_NARROW: Final = 8
_WIDE: Final = 60
_BUTTON: Final = 3

_Look = dict[str, object]
"""How a cell looks, in the words of XlsxWriter."""

# Excel keeps 15 digits and shows zeros for the rest. It can't hold numbers beyond these bounds.
_DIGITS: Final = 15
_WHOLE: Final = 10**_DIGITS
_LARGEST: Final = 1e307
_SMALLEST: Final = 1e-307
_PLACES: Final = 30
# Excel's calendar begins in 1900, but is wrong before March: it has a 29 February 1900.
_FIRST_DAY: Final = date(1900, 3, 1)
# A constant, since we read no clock. It's also the date of every file in the archive.
_CREATED: Final = datetime(1980, 1, 1, tzinfo=UTC)


def to_xlsx(
    table: Table,
    *,
    lang: str = "en",
    columns: Iterable[str] | None = None,
    words: AnyWords | None = None,
) -> bytes:
    """A table as an Excel workbook with one sheet.

    Dates stay dates, numbers stay numbers, and a flag is the word `yes` or `no`. A text stays a
    text and never becomes a formula or a link, even if someone edits its cell. A value that Excel
    would change is written as text: a date before March 1900, a number with more than 15 digits, or
    a number too large or too small for Excel. A text is cut after 32,767 UTF-16 units, the limit of
    a cell.

    The header row is frozen, has filters, and repeats on each printed page. The title becomes the
    header of the printed pages and, as far as Excel allows, the name of the sheet. The notes are
    below the rows. The creation date is always 1 January 1980.

    Args:
        table: what to write.
        lang: the language of the texts, a tag such as `pt-BR`. A sheet in Arabic or Hebrew, for
            example, has its first column on the right.
        columns: the names of the columns to show, in their order; None for all.
        words: your words for the texts of a report; None for English. Numbers and dates that stay
            such are shown by the spreadsheet.

    Returns:
        The bytes of an `.xlsx` file.

    Raises:
        ModuleNotFoundError: if XlsxWriter isn't installed; `prodflow[xlsx]` has it.
        ValueError: if *columns* has a name that no column has, *lang* isn't a language tag, or
            *table* has more than 16,384 columns, or more than 1,048,576 rows. The header, the
            notes, and the empty row above the notes count as rows.

    Source:
        "Export to PDF/Excel".

    Example:
        >>> from prodflow.export import Table
        >>> to_xlsx(Table("Late", ["order", "days"], [["PO-1", 3]]))[:2]
        b'PK'
    """
    table, spoken = table_of(table, words, columns)
    language = lang_of(lang)
    if len(table.rows) + len(table.notes) + 2 > _ROWS or len(table.columns) > _COLUMNS:
        raise ValueError(
            f"table must have at most {_ROWS:,} rows, with header, notes and an empty row, and"
            f" {_COLUMNS:,} columns: a sheet can't hold more"
        )
    xlsxwriter = extra("xlsxwriter", "to_xlsx", "xlsx")
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": _cut(table.title, _PROPERTY), "created": _CREATED})
        _Sheet(book, table, spoken).fill(right_to_left=is_right_to_left(language))
    return buffer.getvalue()


@final
class _Sheet:
    """The sheet of a workbook, with the formats of its cells."""

    def __init__(self, book: Any, table: Table, words: Words) -> None:  # noqa: ANN401 - untyped
        self._book = book
        self._table = table
        self._words = words
        self._sheet = book.add_worksheet(_sheet_name(table.title) or said(_SHEET, words))
        self._formats: dict[tuple[object, ...], object] = {}
        self._struck = False  # whether the row being written is struck through
        self._text: _Look = {"text_wrap": True, "valign": "top"}
        self._note: _Look = {"font_color": "#5b5b63"}

    def fill(self, *, right_to_left: bool) -> None:
        """Write the whole table."""
        if right_to_left:
            self._sheet.right_to_left()
        self._set_up_pages()
        self._set_up_columns()
        for number, row in enumerate(self._table.rows):
            self._struck = number in self._table.struck
            for column, cell in enumerate(row):
                self._write(number + 1, column, cell)
        first = len(self._table.rows) + 2
        for number, note in enumerate(self._table.notes, start=first):
            self._write_text(number, 0, note, self._note)

    def _set_up_pages(self) -> None:
        sheet = self._sheet
        sheet.set_landscape()
        sheet.set_paper(0)  # the printer's default
        sheet.fit_to_pages(1, 0)
        sheet.set_header(_page_header(self._table.title))
        sheet.set_footer("&R&P / &N")
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        # Otherwise Excel shows a green corner on each number that is stored as text.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{_ROWS}"})

    def _set_up_columns(self) -> None:
        table = self._table
        to_the_left: _Look = {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#f0f0f3"}
        to_the_left["valign"] = "bottom"
        to_the_right: _Look = {**to_the_left, "align": "right"}
        for column, is_numeric in enumerate(numeric_columns(table)):
            name = table.columns[column]
            self._write_text(0, column, name, to_the_right if is_numeric else to_the_left)
            texts = (text_of(row[column], self._words) for row in table.rows)
            widths = (width_of(line) for text in texts for line in BREAKS.split(text))
            # This leaves room for the filter button.
            width = max([width_of(_line(name)) + _BUTTON, *widths]) + 1
            self._sheet.set_column(column, column, min(max(width, _NARROW), _WIDE))
        if table.columns:
            self._sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)

    def _write(self, row: int, column: int, cell: Cell) -> None:
        sheet = self._sheet
        match cell:
            case None:
                pass
            case str():
                self._write_text(row, column, cell, {**self._text, **self._strikes()})
            case bool():
                self._write_text(row, column, text_of(cell, self._words), self._look("General"))
            case int() | float() | Decimal():
                if (number := _number(cell)) is None:
                    look = self._look("@", align="right")
                    self._write_text(row, column, text_of(cell, self._words), look)
                else:
                    look = self._look(_number_format(cell))
                    sheet.write_number(row, column, number, self._format(look))
            case date() if cell >= _FIRST_DAY:
                midnight = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a day, not an instant
                sheet.write_datetime(row, column, midnight, self._format(self._look("yyyy-mm-dd")))
            case date():
                self._write_text(row, column, text_of(cell, self._words), self._look("@"))
            case _:
                assert_never(cell)

    def _write_text(self, row: int, column: int, text: str, look: _Look) -> None:
        text = _cut(text, _TEXT)
        # The mark that Excel sets for a ' before a text. Without it, the text of a cell that
        # someone edits would become a formula.
        form = self._format({**look, "quote_prefix": True} if is_formula(text) else look)
        # XlsxWriter takes a text with these ends for finished XML, and wouldn't escape it.
        if text.startswith("<r>") and text.endswith("</r>"):
            self._sheet.write_rich_string(row, column, text[:1], text[1:2], text[2:], form)
        else:
            self._sheet.write_string(row, column, text, form)

    def _look(self, number: str, *, align: str = "") -> _Look:
        return {"num_format": number, "valign": "top", "align": align, **self._strikes()}

    def _strikes(self) -> _Look:
        return {"font_strikeout": True} if self._struck else {}

    def _format(self, look: _Look) -> object:
        key = tuple(look.items())
        if key not in self._formats:
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]


def _number(cell: float | Decimal) -> float | None:
    """The number to write, or None if Excel would change it."""
    if isinstance(cell, int) and not -_WHOLE < cell < _WHOLE:
        return None
    if isinstance(cell, Decimal) and len(cell.as_tuple().digits) > _DIGITS:
        return None
    number = float(cell)
    return number if _SMALLEST <= abs(number) <= _LARGEST or not cell else None


def _number_format(cell: float | Decimal) -> str:
    """The number format: whole numbers in full, and a Decimal with its decimal places."""
    if isinstance(cell, int):
        return "0"
    places = -int(cell.as_tuple().exponent) if isinstance(cell, Decimal) else 0
    return f"0.{'0' * places}" if 0 < places <= _PLACES else "General"


def _sheet_name(title: str) -> str:
    """The title, shortened and cleaned so that it can be the name of a sheet, or ""."""
    name = _cut(_NOT_IN_A_SHEET_NAME.sub(" ", title).strip("' "), _SHEET_NAME).strip("' ")
    return name if name.lower() != _RESERVED else ""


_SHEET: Final = message("Sheet1")


def _page_header(title: str) -> str:
    """The title in bold on the left; an ampersand would begin a code, so it's doubled."""
    text = _CODE.sub("\N{FULLWIDTH AMPERSAND}", _cut(_line(title), _PAGE_HEADER))
    return f"&L&B{text.replace('&', '&&')}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, units: int) -> str:
    """The text, cut after *units* UTF-16 units; Excel measures texts in these units."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
