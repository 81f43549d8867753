"""A table as a PDF document, drawn with reportlab. The font is Open Sans, or one that you give."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from importlib.resources import files
from threading import Lock
from typing import Any, Final, Literal

from prodflow import _checks as checks
from prodflow._words import AnyWords, Words
from prodflow.export._buffer import BytesIO
from prodflow.export._cells import lang_of, table_of
from prodflow.export._extras import extra
from prodflow.export._pages import Page, Paper, laid_out
from prodflow.export._table import Table
from prodflow.export._wrapping import Measure

_PAPERS: Final[dict[str, Paper]] = {"A4": Paper(595.28, 841.89), "letter": Paper(612, 792)}
_MIDDLE: Final = 0.3  # the middle of small letters, as a part of the font size
# reportlab keeps fonts by name in a table that all threads share.
_REGISTERING: Final = Lock()


def to_pdf(
    table: Table,
    *,
    paper: Literal["A4", "letter"] = "A4",
    lang: str = "en",
    font: bytes | None = None,
    columns: Iterable[str] | None = None,
    words: AnyWords | None = None,
) -> bytes:
    """A table as a PDF document for A4 or letter paper.

    The first page has the title, and every page has the column names and the page number. A wide
    table is in landscape. If it's too wide even for landscape, the remaining columns follow on
    further pages, which repeat the first column. Long texts wrap, within a word if
    necessary. A row that is longer than a page continues on the next page. Only column names are
    cut, after eight lines.

    Open Sans has Latin, Greek and Cyrillic letters. A character that the font lacks shows as an
    empty box, so give a suitable *font* for Chinese, Japanese, Korean, Hebrew, Arabic or emoji.
    Right-to-left text isn't reordered and Arabic letters aren't joined. The document has no date.

    Args:
        table: what to show.
        paper: the size of the pages.
        lang: the language of the texts, a tag such as `pt-BR`.
        font: the bytes of a TrueType font (`.ttf`) for all texts; None for Open Sans. Fonts stay in
            memory, so use only a few.
        columns: the names of the columns to show, in their order; None for all.
        words: your words for the texts of a report; None for English.

    Returns:
        The bytes of a `.pdf` file.

    Raises:
        ModuleNotFoundError: if reportlab or ttf-opensans isn't installed; `prodflow[pdf]` has both.
        ValueError: if *columns* has a name that no column has, *lang* isn't a language tag, or
            *font* isn't a TrueType font.

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
    if font is not None:
        checks.instance("font", font, bytes, "the bytes of a font or None")
    _reportlab("pdfgen.canvas")  # if this fails, the font isn't to blame
    if font is None:
        return _document(table, sheet, language, _open_sans(), spoken)
    try:
        name = _given(font)
        return _document(table, sheet, language, (name, name), spoken)
    except Exception as error:  # bytes that aren't a font fail in many ways
        raise ValueError(
            f"font must be the bytes of a TrueType font, not {checks.shown(font)}"
        ) from error


def _document(table: Table, paper: Paper, lang: str, fonts: tuple[str, str], words: Words) -> bytes:
    regular, bold = fonts
    pages = laid_out(table, paper, _measure(regular), _measure(bold), words)
    canvas = _reportlab("pdfgen.canvas").Canvas("", invariant=1, pageCompression=1, lang=lang)
    canvas.setTitle(table.title)
    canvas.setAuthor("")
    canvas.setSubject("")
    canvas.setCreator("prodflow")
    for number, page in enumerate(pages, start=1):
        _draw(canvas, page, fonts, f"{number} / {len(pages)}")
    document: bytes = canvas.getpdfdata()
    return document


def _reportlab(module: str) -> Any:  # noqa: ANN401 - it is untyped
    return extra(f"reportlab.{module}", "to_pdf", "pdf")


def _open_sans() -> tuple[str, str]:
    folder = files(extra("ttf_opensans", "to_pdf", "pdf")) / "ttf"
    regular, bold = "OpenSans-Regular", "OpenSans-Bold"
    return (
        _named(regular, (folder / f"{regular}.ttf").read_bytes),
        _named(bold, (folder / f"{bold}.ttf").read_bytes),
    )


def _given(font: bytes) -> str:
    return _named(sha256(font).hexdigest()[:16], lambda: font)


def _named(name: str, read: Callable[[], bytes]) -> str:
    """The name of a font in reportlab; the font is read only the first time."""
    metrics = _reportlab("pdfbase.pdfmetrics")
    name = f"prodflow-{name}"
    with _REGISTERING:
        if name not in metrics.getRegisteredFontNames():
            metrics.registerFont(_reportlab("pdfbase.ttfonts").TTFont(name, BytesIO(read())))
    return name


def _measure(font: str) -> Measure:
    measure = _reportlab("pdfbase.pdfmetrics").stringWidth
    return lambda text, size: measure(text, font, size)


def _draw(canvas: Any, page: Page, fonts: tuple[str, str], number: str) -> None:  # noqa: ANN401 - untyped
    canvas.setPageSize((page.paper.width, page.paper.height))
    for band in page.bands:
        canvas.setFillGray(band.gray)
        canvas.rect(band.x, band.y, band.width, band.height, stroke=0, fill=1)
    for text in (*page.texts, page.number(number)):
        canvas.setFillGray(text.gray)
        canvas.setFont(fonts[text.bold], text.size)
        draw = canvas.drawRightString if text.right else canvas.drawString
        draw(text.x, text.y, text.line)
        if text.struck:
            width = canvas.stringWidth(text.line, fonts[text.bold], text.size)
            x, y = text.x - width if text.right else text.x, text.y + text.size * _MIDDLE
            canvas.rect(x, y, width, 0.5, stroke=0, fill=1)
    canvas.showPage()
