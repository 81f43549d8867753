"""A table as a PDF document, drawn with reportlab. `_fonts` decides which font draws a text."""

from collections.abc import Iterable
from typing import Any, Final, Literal

from prodflow import _checks as checks
from prodflow._words import AnyWords, Words
from prodflow.export._cells import lang_of, table_of, text_of
from prodflow.export._extras import extra
from prodflow.export._fonts import Fonts, fonts_of
from prodflow.export._pages import Page, Paper, laid_out
from prodflow.export._table import Table

_PAPERS: Final[dict[str, Paper]] = {"A4": Paper(595.28, 841.89), "letter": Paper(612, 792)}
_MIDDLE: Final = 0.3  # the middle of small letters, as a part of the font size


def to_pdf(
    table: Table,
    *,
    paper: Literal["A4", "letter"] = "A4",
    lang: str = "en",
    font: bytes | Iterable[bytes] | None = None,
    missing: Literal["box", "error"] = "box",
    columns: Iterable[str] | None = None,
    words: AnyWords | None = None,
) -> bytes:
    """A table as a PDF document for A4 or letter paper.

    The first page has the title, and every page has the column names and the page number. A wide
    table is in landscape. If it's too wide even for landscape, the remaining columns follow on
    further pages, which repeat the first column. Long texts wrap, within a word if
    necessary. A row that is longer than a page continues on the next page. Only column names are
    cut, after eight lines.

    Open Sans has Latin, Greek and Cyrillic letters. For Chinese, Japanese, Korean, Hebrew, Arabic
    or emoji, give a suitable *font*, or several: each character is drawn with the first font that
    has it. `missing_characters` lists those that no font has. Right-to-left text isn't reordered
    and Arabic letters aren't joined. The document has no date.

    Args:
        table: what to show.
        paper: the size of the pages.
        lang: the language of the texts, a tag such as `pt-BR`.
        font: the bytes of a TrueType font (a `.ttf` file, or a `.ttc` file, whose first font
            counts), or of several fonts in order. Open Sans comes after them. Fonts stay in memory,
            so use only a few.
        missing: what to do about a character that no font has: draw an empty box, or raise an
            error. Invisible characters, such as joiners, are left out.
        columns: the names of the columns to show, in their order; None for all.
        words: your words for the texts of a report; None for English.

    Returns:
        The bytes of a `.pdf` file.

    Raises:
        ModuleNotFoundError: if reportlab or ttf-opensans isn't installed; `prodflow[pdf]` has both.
        ValueError: if *columns* has a name that no column has, *lang* isn't a language tag, *font*
            isn't a TrueType font, or no font has a character and *missing* is "error". OpenType
            fonts with PostScript outlines (most `.otf` files) aren't TrueType fonts.

    Source:
        "Print the List", "Export to PDF/Excel".

    Example:
        >>> from prodflow.export import Table
        >>> to_pdf(Table("Late", ["order", "days"], [["PO-1", 3]]))[:5]
        b'%PDF-'
    """
    table, spoken = table_of(table, words, columns)
    sheet = _PAPERS[checks.one_of("paper", paper, *_PAPERS)]
    language = lang_of(lang)
    checks.one_of("missing", missing, "box", "error")
    fonts = fonts_of(font, "to_pdf")
    if missing == "error" and (gaps := _gaps(table, fonts, spoken)):
        names = " ".join(map(repr, gaps))
        raise ValueError(f"no font has the characters {names}: give a font that has them")
    if not fonts.are_given:
        return _document(table, sheet, language, fonts, spoken)
    try:
        return _document(table, sheet, language, fonts, spoken)
    except Exception as error:  # a damaged font can fail in many ways, some only when it's written
        raise ValueError(
            f"font must be the bytes of a TrueType font, not {checks.shown(font)}"
        ) from error


def missing_characters(
    table: Table,
    *,
    font: bytes | Iterable[bytes] | None = None,
    columns: Iterable[str] | None = None,
    words: AnyWords | None = None,
) -> tuple[str, ...]:
    """The characters of a table that `to_pdf` would draw as an empty box.

    Args:
        table: what to show.
        font: the fonts, as for `to_pdf`; Open Sans comes after them.
        columns: the names of the columns to show; None for all.
        words: your words for the texts of a report; None for English.

    Returns:
        The characters, sorted; none if some font has each of them.

    Raises:
        ModuleNotFoundError: if reportlab or ttf-opensans isn't installed; `prodflow[pdf]` has both.
        ValueError: if *columns* has a name that no column has, or *font* isn't a TrueType font.

    Example:
        >>> from prodflow.export import Table
        >>> missing_characters(Table("写真", ["order"], [["Žofie"]]))
        ('写', '真')
    """
    table, spoken = table_of(table, words, columns)
    return _gaps(table, fonts_of(font, "missing_characters"), spoken)


def _gaps(table: Table, fonts: Fonts, words: Words) -> tuple[str, ...]:
    cells = (text_of(cell, words) for row in table.rows for cell in row)
    return fonts.missing((table.title, *table.columns, *table.notes, *cells))


def _document(table: Table, paper: Paper, lang: str, fonts: Fonts, words: Words) -> bytes:
    pages = laid_out(table, paper, fonts.measure(bold=False), fonts.measure(bold=True), words)
    canvas = extra("reportlab.pdfgen.canvas", "to_pdf", "pdf").Canvas(
        "", invariant=1, pageCompression=1, lang=lang
    )
    canvas.setTitle(table.title)
    canvas.setAuthor("")
    canvas.setSubject("")
    canvas.setCreator("prodflow")
    for number, page in enumerate(pages, start=1):
        _draw(canvas, page, fonts, f"{number} / {len(pages)}")
    document: bytes = canvas.getpdfdata()
    return document


def _draw(canvas: Any, page: Page, fonts: Fonts, number: str) -> None:  # noqa: ANN401 - untyped
    canvas.setPageSize((page.paper.width, page.paper.height))
    for band in page.bands:
        canvas.setFillGray(band.gray)
        canvas.rect(band.x, band.y, band.width, band.height, stroke=0, fill=1)
    for text in (*page.texts, page.number(number)):
        canvas.setFillGray(text.gray)
        width = fonts.measure(bold=text.bold)(text.line, text.size)
        x = left = text.x - width if text.right else text.x
        for font, run in fonts.runs(text.line, bold=text.bold):
            canvas.setFont(font, text.size)
            canvas.drawString(x, text.y, run)
            x += canvas.stringWidth(run, font, text.size)
        if text.struck:
            canvas.rect(left, text.y + text.size * _MIDDLE, width, 0.5, stroke=0, fill=1)
    canvas.showPage()
