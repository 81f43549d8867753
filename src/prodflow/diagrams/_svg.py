"""The parts of SVG that the pictures need: escaped elements, shapes and the whole document.

Theory of operation. `Markup` is text that is safe in a document. A text of the app becomes
`Markup` only through `tag` or `written`, which escape it. So the app's text can't become an
element, an attribute or a script. The ids in a document contain a digest of the document's content,
so pictures on the same page have different ids.

`document` adds the look of each element to its classes. It finds the classes by the quotes around
them: in `Markup`, only `tag` writes quotes that aren't escaped.

A line of Arabic or Hebrew text is laid out from right to left, but its left end is where a picture
puts it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import blake2s
from html import escape
from typing import Final, NewType

from prodflow.diagrams._style import WHOLE, Theme, attributes_of, style_of
from prodflow.diagrams._text import wrap

Markup = NewType("Markup", str)
"""Text that is safe in an SVG document."""

MARGIN: Final = 24
"""The space around a picture, in pixels."""
LINE: Final = 1.3
"""The height of a line of text, as a multiple of its font size."""

_CLASSES: Final = re.compile(r' class="([^"]*)"')
_TITLE_SIZE: Final = 18
_SUBTITLE_SIZE: Final = 13


def tag(name: str, *children: Markup, **attributes: str | float) -> Markup:
    """An element; an underscore in the name of an attribute becomes a hyphen."""
    written_attributes = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    content = "".join(children)
    end = f">{content}</{name}>" if content else "/>"
    return Markup(f"<{name}{written_attributes}{end}")


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def written(text: str) -> Markup:
    """The text, escaped for use between two tags."""
    return Markup(escape(text))


def tip(text: str) -> Markup:
    """A tooltip, for the element that contains it."""
    return tag("title", written(text))


def rectangle(
    x: float, y: float, width: float, height: float, class_: str, *, radius: float = 8
) -> Markup:
    """A rectangle with round corners."""
    return tag(
        "rect", x=x, y=y, width=width, height=height, rx=radius, class_=class_, stroke_width=1.5
    )


def label(
    lines: Sequence[str],
    x: float,
    y: float,
    size: float,
    class_: str = "ink",
    *,
    anchor: str = "start",
) -> Markup:
    """Lines of text.

    Args:
        lines: the lines, as `wrap` returns them.
        x: the left end, middle or right end of the lines, depending on *anchor*.
        y: the top of the first line.
        size: the font size in pixels.
        class_: classes of the style sheet.
        anchor: "start", "middle" or "end".
    """
    spans = [
        tag("tspan", written(line), x=x, y=y + size * (index * LINE + 1))
        for index, line in enumerate(lines)
    ]
    if not _is_right_to_left("".join(lines)):
        return tag("text", *spans, class_=class_, font_size=size, text_anchor=anchor)
    return tag(
        "text",
        *spans,
        class_=class_,
        font_size=size,
        direction="rtl",
        text_anchor=_TURNED.get(anchor, anchor),
    )


_TURNED: Final = {"start": "end", "end": "start"}
"""The anchors by their names in a line that is laid out from left to right."""


def _is_right_to_left(text: str) -> bool:
    """Whether the first letter of a text belongs to a script that is written from the right."""
    kinds = map(unicodedata.bidirectional, text)
    return next((kind != "L" for kind in kinds if kind in _LETTERS), False)


_LETTERS: Final = ("L", "R", "AL")


def heading(title: str, subtitle: str, width: float) -> tuple[Markup, float]:
    """The title and subtitle, and the y at which the picture continues."""
    room = width - 2 * MARGIN
    lines = wrap(title, room, _TITLE_SIZE, lines=2)
    y = MARGIN + len(lines) * _TITLE_SIZE * LINE
    below = wrap(subtitle, room, _SUBTITLE_SIZE, lines=2)
    parts = (
        tip(title),
        label(lines, MARGIN, MARGIN - 4, _TITLE_SIZE, "ink strong"),
        label(below, MARGIN, y, _SUBTITLE_SIZE, "muted"),
    )
    return tag("g", *parts), y + len(below) * _SUBTITLE_SIZE * LINE + 12


def document(
    title: str,
    description: str,
    width: float,
    height: float,
    parts: Iterable[Markup],
    *,
    theme: Theme,
    lang: str | None,
) -> str:
    """The picture as an SVG document, for a file or inside a page."""
    page = rectangle(0, 0, width, height, "page", radius=12)
    body = _CLASSES.sub(
        lambda found: f"{found[0]}{attributes_of(found[1], theme)}", "\n".join((page, *parts))
    )
    digest = blake2s(f"{title}\n{description}\n{body}".encode(), digest_size=6).hexdigest()
    name, about = f"prodflow-{digest}-title", f"prodflow-{digest}-about"
    content = (
        tag("title", written(title), id=name),
        tag("desc", written(description), id=about),
        tag("style", written(style_of(theme))),
        Markup(body),
    )
    whole = tag(
        "svg",
        Markup("\n" + "\n".join(content) + "\n"),
        xmlns="http://www.w3.org/2000/svg",
        class_=f"prodflow prodflow-{theme}",
        **WHOLE,
        role="img",
        aria_labelledby=f"{name} {about}",
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        width=width,
        height=height,
        **({} if lang is None else {"lang": lang}),
    )
    return f"{whole}\n"
