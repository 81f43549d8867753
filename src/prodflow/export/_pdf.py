"""A table as a PDF document (needs reportlab, and Open Sans from ttf-opensans)."""

from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files
from threading import Lock
from typing import Any, Final, Literal

from prodflow import _checks as checks
from prodflow.export._buffer import BytesIO
from prodflow.export._cells import lang_of, table_of
from prodflow.export._extras import extra
from prodflow.export._pages import Face, Page, Paper, laid_out
from prodflow.export._table import Table

__all__ = ["to_pdf"]

_PAPERS: Final[dict[str, Paper]] = {"A4": Paper(595.28, 841.89), "letter": Paper(612, 792)}
# reportlab knows its fonts by name, in one table for all.
_REGISTERING: Final = Lock()


def to_pdf(
    table: Table,
    *,
    paper: Literal["A4", "letter"] = "A4",
    lang: str = "en",
    font: bytes | None = None,
) -> bytes:
    """A table as a PDF document that prints on A4 or letter paper.

    The title stands on the first page, the names of the columns and the page number on every one. A
    table too wide for upright paper lies; one too wide for that goes on in further pages, each with
    the first column again. A long text goes on in the next line, also within a word, and a row
    longer than a page goes on in the next. Nothing is cut off but the name of a column after eight
    lines.

    The font is Open Sans, which has Latin, Greek and Cyrillic letters. What a font does not have
    shows as an empty box: in Open Sans all Chinese, Japanese, Korean, Hebrew and Arabic letters,
    and emoji. Give a *font* that has them; right-to-left scripts are neither turned nor joined. The
    same table gives the same bytes: the document bears no date.

    Args:
        table: what to show.
        paper: its size.
        lang: the language of the texts, a tag such as `pt-BR`.
        font: the bytes of a TrueType font (`.ttf`) for all texts; None for Open Sans. Fonts stay in
            memory, so use few.

    Returns:
        The bytes of a `.pdf` file.

    Raises:
        ModuleNotFoundError: if reportlab or its font is not installed: they come with
            `prodflow[pdf]`.
        TypeError: if *table* is no `Table`, *lang* no str or *font* no bytes.
        ValueError: if *paper* is another one, *lang* no language tag or *font* no TrueType font.

    Source:
        "Print the List", "Export to PDF/Excel".

    Example:
        >>> from prodflow.export import Table
        >>> to_pdf(Table("Late", ["order", "days"], [["PO-1", 3]]))[:5]
        b'%PDF-'
    """
    table = table_of(table)
    sheet = _PAPERS[checks.one_of("paper", paper, *_PAPERS)]
    language = lang_of(lang)
    if font is not None:
        checks.instance("font", font, bytes, "the bytes of a font or None")
    _reportlab("pdfgen.canvas")  # if it is not there, that is not the font's fault
    if font is None:
        return _document(table, sheet, language, _open_sans())
    try:
        name = _given(font)
        return _document(table, sheet, language, (name, name))
    except Exception as error:  # what is no font fails in as many ways as there are bytes
        raise ValueError(
            f"font must be the bytes of a TrueType font, not {checks.shown(font)}"
        ) from error


def _document(table: Table, paper: Paper, lang: str, fonts: tuple[str, str]) -> bytes:
    regular, bold = fonts
    pages = laid_out(table, paper, _face(regular), _face(bold))
    canvas = _reportlab("pdfgen.canvas").Canvas("", invariant=1, pageCompression=1, lang=lang)
    canvas.setTitle(table.title)
    canvas.setAuthor("")
    canvas.setSubject("")
    canvas.setCreator("prodflow")
    for number, page in enumerate(pages, start=1):
        _draw(canvas, page, fonts, f"{number} / {len(pages)}")
    found: bytes = canvas.getpdfdata()
    return found


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
    """The name under which reportlab has a font; it is read the first time only."""
    metrics = _reportlab("pdfbase.pdfmetrics")
    name = f"prodflow-{name}"
    with _REGISTERING:
        if name not in metrics.getRegisteredFontNames():
            metrics.registerFont(_reportlab("pdfbase.ttfonts").TTFont(name, BytesIO(read())))
    return name


def _face(name: str) -> Face:
    measure = _reportlab("pdfbase.pdfmetrics").stringWidth
    return Face(lambda text: measure(text, name, 1))


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
    canvas.showPage()
