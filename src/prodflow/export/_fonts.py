"""Which font draws a text on paper: for each character, the first font that has it.

The given fonts come first, in their order, then Open Sans, which also has a bold style. A mark
stays in the font of its letter if that font has the mark. If no font has a character, the first
font draws an empty box, but an invisible character is left out.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from threading import Lock
from typing import Final, NamedTuple, final

from prodflow import _checks as checks
from prodflow.export._buffer import BytesIO
from prodflow.export._extras import extra
from prodflow.export._wrapping import Measure

# reportlab keeps fonts by name in a table that all threads share.
_REGISTERING: Final = Lock()

_COLLECTION: Final = b"ttcf"
_POSTSCRIPT: Final = b"OTTO"
_FIRST_OF_COLLECTION: Final = slice(12, 16)
_MARKS: Final = ("Mn", "Mc", "Me")
_INVISIBLE: Final = re.compile("[\u034f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SPACES: Final = "\t\n\u2028\u2029"


class _Font(NamedTuple):
    """A font of reportlab: its name, and the code points that it has."""

    name: str
    codes: AbstractSet[int]


@final
class Fonts:
    """Several fonts in order, each with a regular and a bold style.

    Args:
        regular: the regular styles.
        bold: the bold styles; a given font has only one style.
        are_given: whether there are other fonts than Open Sans.
    """

    def __init__(self, regular: list[_Font], bold: list[_Font], *, are_given: bool) -> None:
        self._styles = (regular, bold)
        self._measures = tuple(map(_measure, self._styles))
        self.are_given = are_given

    def measure(self, *, bold: bool) -> Measure:
        """The function that measures a text in a style."""
        return self._measures[bold]

    def runs(self, text: str, *, bold: bool) -> Iterator[tuple[str, str]]:
        """The text in pieces, each with the name of its font."""
        return _runs(text, self._styles[bold])

    def missing(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The characters of the texts that no font has and people would see, sorted."""
        chars = set[str]().union(*texts).difference(_SPACES)
        gaps = (char for char in chars if _find(char, self._styles[0]) is None)
        return tuple(sorted(char for char in gaps if not _is_invisible(char)))


def fonts_of(font: bytes | Iterable[bytes] | None, function: str) -> Fonts:
    """The given fonts, after a check, and Open Sans.

    Args:
        font: the bytes of a font or of several; None for Open Sans alone.
        function: the name of the function that needs the fonts.

    Raises:
        ModuleNotFoundError: if reportlab or ttf-opensans isn't installed.
        ValueError: if a font isn't a TrueType font.
    """
    given = () if font is None else (font,) if isinstance(font, bytes) else font
    for each in (given := checks.items("font", given, "the bytes of fonts")):
        checks.instance("an item of font", each, bytes, "the bytes of a font")
    extra("reportlab.pdfgen.canvas", function, "pdf")  # if this fails, the font isn't to blame
    folder = files(extra("ttf_opensans", function, "pdf")) / "ttf"
    own = [
        _named(name, (folder / f"{name}.ttf").read_bytes, function)
        for name in ("OpenSans-Regular", "OpenSans-Bold")
    ]
    others = [_given(each, function) for each in given]
    return Fonts([*others, own[0]], [*others, own[1]], are_given=bool(others))


def _given(font: bytes, function: str) -> _Font:
    start = 0
    if font[:4] == _COLLECTION:
        start = int.from_bytes(font[_FIRST_OF_COLLECTION])
    if font[start : start + 4] == _POSTSCRIPT:
        raise ValueError(
            "font must have TrueType outlines, and this one has PostScript outlines, as most .otf"
            " files and Noto Sans CJK do: take a .ttf file, such as ipaexg.ttf (IPAex Gothic) for"
            " Japanese"
        )
    try:
        return _named(sha256(font).hexdigest()[:16], lambda: font, function)
    except Exception as error:  # bytes that aren't a font fail in many ways
        raise ValueError(
            f"font must be the bytes of a TrueType font, not {checks.shown(font)}"
        ) from error


def _named(name: str, read: Callable[[], bytes], function: str) -> _Font:
    """A font in reportlab; it's read only the first time."""
    metrics = extra("reportlab.pdfbase.pdfmetrics", function, "pdf")
    name = f"prodflow-{name}"
    with _REGISTERING:
        if name not in metrics.getRegisteredFontNames():
            truetype = extra("reportlab.pdfbase.ttfonts", function, "pdf")
            font = truetype.TTFont(name, BytesIO(read()))
            # reportlab takes two fonts with one PostScript name for the same font, although two
            # parts of a font that was split by alphabet have one name.
            own = font.face.name
            font.face.name = type(own)(b"%s-%s" % (own, name.encode()))
            metrics.registerFont(font)
        glyphs: dict[int, int] = metrics.getFont(name).face.charToGlyph
    # Glyph 0 is the box.
    return _Font(name, {code for code, glyph in glyphs.items() if glyph})


def _measure(fonts: list[_Font]) -> Measure:
    width = extra("reportlab.pdfbase.pdfmetrics", "to_pdf", "pdf").stringWidth

    def measure(text: str, size: float) -> float:
        return sum((width(run, name, size) for name, run in _runs(text, fonts)), 0.0)

    return measure


def _runs(text: str, fonts: list[_Font]) -> Iterator[tuple[str, str]]:
    first = fonts[0]
    if first.codes >= set(map(ord, text)):
        yield first.name, text
        return
    chosen: list[tuple[str, str]] = []
    font = first
    for char in text:
        if unicodedata.category(char) not in _MARKS or ord(char) not in font.codes:
            found = _find(char, fonts)
            if found is None and _is_invisible(char):
                continue
            font = found or first
        chosen.append((font.name, char))
    for name, pieces in groupby(chosen, key=lambda piece: piece[0]):
        yield name, "".join(char for _, char in pieces)


def _find(char: str, fonts: list[_Font]) -> _Font | None:
    code = ord(char)
    return next((font for font in fonts if code in font.codes), None)


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or _INVISIBLE.match(char) is not None
