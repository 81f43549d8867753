"""How wide a text can be at most, whatever the font, and how to make it fit.

Theory of operation. Each character counts with its width in the widest common sans-serif font, in
bold. So in the reader's font, a text isn't wider than estimated. A character of Chinese, Japanese
or Korean is as wide as the font is high. An Arabic letter counts with the widest of its forms. A
mark has the room of its letter. Characters that this module doesn't list have generous widths,
usually 1.5 times the font size. If a text doesn't fit, it is wrapped between words, then within
words, and finally shortened.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from prodflow.export._wrapping import clusters_of

ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"

# In hundredths of the font size.
_CLASSES: Final = {
    40: " ',.:;Iijl|!/\\",
    50: '()[]-`ft"*r' + "اأإآٱ،؛",
    62: "?J_cs^zL",
    75: "0123456789abdeghknopquvxy#$EFTSYCZPBKRAVX" + "ءؤةدذرزوڈڑژ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹",
    90: "&+<=>~{}DGHNOQUw" + "جحخعغمهچؠـ؟",
    115: "%@MWm\N{EM DASH}" + "ئقكلنىيکگںھہیے",
    # Letters that are wider than others of their alphabet.
    120: "æœжшщюыфмњљ\N{HORIZONTAL ELLIPSIS}" + "بتثطظپٹ",
    140: "ÆŒЖШЩЮЫФМЊЉĲǄǇǊ",
}
_KNOWN: Final = {char: size for size, chars in _CLASSES.items() for char in chars}
_LOWER: Final = 85
_UPPER: Final = 100
_IDEOGRAPH: Final = 100
_OTHER: Final = 150
_SPREADING: Final = 600  # Arabic phrases in one character, cuneiform, long dashes
_SPREAD: Final = ((0x2031, 0x2032), (0x2E3A, 0x2E3C), (0xFDF0, 0xFE00), (0x12000, 0x12550))
# Latin, Greek and Cyrillic, with the letters of Vietnamese and of old Greek; then Hebrew and Thai.
_ALPHABETS: Final = ((0x0, 0x530), (0x1E00, 0x2000), (0x5D0, 0x5F5), (0xE01, 0xE5C))
# Where the characters are that East Asian fonts draw in a square; emoji are wider in some fonts.
_SQUARE: Final = ((0x1100, 0x1160), (0x2E80, 0xA4D0), (0xA960, 0xFFE7), (0x20000, 0x40000))

# What takes no room of its own; spacing marks and skin tones may take some.
_NARROW: Final = ("Mn", "Me")
_UNSEEN: Final = ("\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}")


def width(text: str, size: float) -> float:
    """An upper bound for the width of a text, in pixels, at a font size of *size* pixels."""
    return sum(map(_hundredths, text)) * size / 100


def _hundredths(char: str) -> int:
    known = _KNOWN.get(char)
    if known is not None:
        return known
    if unicodedata.category(char) in _NARROW or char in _UNSEEN:
        return 0
    code = ord(char)
    if _is_within(code, _ALPHABETS) and char.isalpha():
        return _LOWER if char.islower() else _UPPER
    if _is_within(code, _SPREAD):
        return _SPREADING
    is_square = unicodedata.east_asian_width(char) in "WF" and _is_within(code, _SQUARE)
    return _IDEOGRAPH if is_square else _OTHER


def _is_within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(begin <= code < end for begin, end in ranges)


def wrap(text: str, room: float, size: float, *, lines: int = 1) -> tuple[str, ...]:
    """The lines of a text; the last one ends in an ellipsis if the text is shortened.

    Args:
        text: any text; a run of white space counts as one space.
        room: the width of a line in pixels.
        size: the font size in pixels.
        lines: the most lines to return.
    """
    wrapped: list[str] = []
    line = ""
    for word in text.split():
        for part, begins in _parts(word, room, size):
            longer = f"{line} {part}" if begins and line else f"{line}{part}"
            if not line or (begins and width(longer, size) <= room):
                line = longer
            else:
                wrapped.append(line)
                line = part
    wrapped.append(line)
    if len(wrapped) <= lines:
        return tuple(wrapped)
    return (*wrapped[: lines - 1], _shortened(wrapped[lines - 1], room, size))


def _parts(word: str, room: float, size: float) -> Iterator[tuple[str, bool]]:
    """The pieces of a word, short enough for a line, and whether each piece begins the word."""
    piece, begins = "", True
    for cluster in clusters_of(word):
        if piece and width(piece + cluster, size) > room:
            yield piece, begins
            piece, begins = "", False
        piece += cluster
    yield piece, begins


def _shortened(line: str, room: float, size: float) -> str:
    clusters = list(clusters_of(line))
    while clusters and width("".join(clusters) + ELLIPSIS, size) > room:
        clusters.pop()
    return "".join(clusters).rstrip() + ELLIPSIS
