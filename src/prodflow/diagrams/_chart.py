"""What pictures with a line for each status or department have in common.

Names are on the left, in a column of their own. The chart begins at `LEFT`. Column heads and the
dates of the axis are in one line above the first row, and the legend is below the last row.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from prodflow._messages import Message
from prodflow._words import Words, said, written_day
from prodflow.diagrams._style import Theme
from prodflow.diagrams._svg import LINE, MARGIN, Markup, document, label, tag
from prodflow.diagrams._text import wrap

WIDTH: Final = 1000
NAMES: Final = 210
LEFT: Final = NAMES + MARGIN + 16
DATE: Final = 90
"""The room for a date."""
NAME: Final = 13
"""The font size of names."""
SMALL: Final = 12
"""The font size of all other texts."""
SIGN: Final = 36
"""The room for a sign of the legend, with the gaps around its text."""
_LEGEND: Final = 14


def below_heads(y: float) -> float:
    """Where the first row begins, below a line of labels and the line of heads."""
    return y + 2 * SMALL * LINE + 12


def head(
    name: Message, x: float, room: float, top: float, words: Words, *, anchor: str = "start"
) -> Markup:
    """The head of a column, above the first row."""
    lines = wrap(said(name, words), room, SMALL)
    return label(lines, x, _above(top), SMALL, "muted strong", anchor=anchor)


def day_head(day: date, x: float, top: float, words: Words) -> Markup:
    """A date of the axis, above the first row."""
    lines = wrap(written_day(day, words), DATE, SMALL)
    return label(lines, x, _above(top), SMALL, "muted num")


def _above(top: float) -> float:
    return top - SMALL * LINE - 6


def separator(y: float) -> Markup:
    """The line above a row."""
    return tag("path", d=f"M{MARGIN} {y:.1f}H{WIDTH - MARGIN}", class_="grid")


def legend_y(bottom: float) -> float:
    """The top of the legend, below the last row."""
    return bottom + _LEGEND


def meant(meaning: Message, x: float, y: float, room: float, words: Words) -> Markup:
    """A text of the legend; *x* is where its sign begins, and *room* is for both."""
    return label(wrap(said(meaning, words), room - SIGN, SMALL), x + 24, y, SMALL, "muted")


def finished(
    title: str,
    about: str,
    bottom: float,
    parts: Iterable[Markup],
    *,
    theme: Theme,
    lang: str | None,
) -> str:
    """The picture as an SVG document; *bottom* is the end of the last row."""
    height = legend_y(bottom) + SMALL * LINE + MARGIN
    return document(title, about, WIDTH, height, parts, theme=theme, lang=lang)
