"""Where everything of a table stands on paper: sizes and places, without a word of PDF.

How it works. Lengths are points; y grows upwards, as it does in PDF. A column wants to be as wide
as its longest line. Where all columns together want more than the paper has, those that want little
get it and the others share the rest alike; where even that leaves too little to read, the columns
are dealt out to several *groups*, each of which goes on pages of its own, with the first column
again. Then the rows flow down the pages line by line: `_Flow` keeps the place. What must stay true:
no line is wider than its column, and none stands below the margin.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, final
from unicodedata import combining

from attrs import frozen

from prodflow.export._cells import BREAKS, numeric_columns, text_of
from prodflow.export._table import Table

_MARGIN: Final = 42.0
_SIZE: Final = 9.0
_LEADING: Final = 12.5
_TITLE_SIZE: Final = 15.0
_TITLE_LEADING: Final = 20.0
_FOOT_SIZE: Final = 8.0
_ABOVE: Final = 3.5  # and below the lines of a row
_BESIDE: Final = 6.0  # and on the other side of a cell
_GAP: Final = 10.0  # between the title, the table and the notes
_RISE: Final = 0.28  # of a line, below the letters

_READABLE: Final = 60.0  # the least that a column with long texts gets
_COMFORTABLE: Final = 150.0  # what it should get on upright paper, or the paper is laid
_HEAD_LINES: Final = 8
_FEW: Final = 3

_INK: Final = 0.1
_SOFT: Final = 0.4
_LINE: Final = 0.82
_SHADE: Final = 0.94

_WORDS: Final = re.compile(r"(\S*)(\s*)")


@final
@frozen
class Paper:
    """A sheet of paper."""

    width: float
    height: float


@final
@frozen(kw_only=True)
class Text:
    """A line of text; x is where it begins, or where it ends if it stands to the right."""

    line: str
    x: float
    y: float
    size: float = _SIZE
    gray: float = _INK
    bold: bool = False
    right: bool = False


@final
@frozen
class Band:
    """A filled rectangle; a thin one is a line."""

    x: float
    y: float
    width: float
    height: float
    gray: float


@final
@frozen
class Page:
    """What stands on a page, but for its number."""

    paper: Paper
    bands: Sequence[Band]
    texts: Sequence[Text]

    def number(self, text: str) -> Text:
        """The number of the page, in its place."""
        x = self.paper.width - _MARGIN
        return Text(line=text, x=x, y=_MARGIN / 2, size=_FOOT_SIZE, gray=_SOFT, right=True)


@final
class Face:
    """How wide texts are in a font.

    Args:
        measure: gives the width of a text at size 1.
    """

    def __init__(self, measure: Callable[[str], float]) -> None:
        self._measure = measure
        self._widths: dict[str, float] = {}

    def width(self, text: str, size: float = _SIZE) -> float:
        """The width of a text; each character is measured once."""
        widths = self._widths
        for char in set(text) - widths.keys():
            widths[char] = self._measure(char)
        return size * sum(widths[char] for char in text)


@final
@frozen
class _Group:
    """The columns that stand beside each other on a page, from left to right."""

    columns: Sequence[int]
    widths: Sequence[float]

    def places(self) -> Iterator[tuple[int, float, float]]:
        """Each column, with where it begins and how wide it is."""
        x = _MARGIN
        for column, width in zip(self.columns, self.widths, strict=True):
            yield column, x, width
            x += width


def laid_out(table: Table, paper: Paper, regular: Face, bold: Face) -> list[Page]:
    """The pages of a table; there is one at least."""
    wanted = _wanted_widths(table, regular, bold)
    if sum(min(width, _COMFORTABLE) for width in wanted) > paper.width - 2 * _MARGIN:
        paper = Paper(paper.height, paper.width)
    flow = _Flow(table, paper, regular, bold)
    flow.add_title()
    for number, group in enumerate(_groups(wanted, paper.width - 2 * _MARGIN)):
        if number:
            flow.turn()
        flow.add_rows(group)
    flow.add_notes()
    return flow.pages()


def _wanted_widths(table: Table, regular: Face, bold: Face) -> list[float]:
    found: list[float] = []
    for column, name in enumerate(table.columns):
        texts = (_plain(text_of(row[column])) for row in table.rows)
        lines = (line for text in texts for line in BREAKS.split(text))
        names = (bold.width(line) for line in BREAKS.split(_plain(name)))
        # A hair more, since sums of the same widths differ in their last digits.
        found.append(max(0.0, *names, *map(regular.width, lines)) + 2 * _BESIDE + 0.01)
    return found


def _groups(wanted: Sequence[float], room: float) -> Iterator[_Group]:
    """The columns dealt out, so that each group has its least widths in *room*."""
    columns: list[int] = []
    for column in range(len(wanted)):
        least = sum(min(wanted[one], _READABLE) for one in (*columns, column))
        if least > room:
            yield _Group(columns, _shared([wanted[one] for one in columns], room))
            columns = [0]
        columns.append(column)
    if columns:
        yield _Group(columns, _shared([wanted[one] for one in columns], room))


def _shared(wanted: Sequence[float], room: float) -> list[float]:
    """The widths: what is wanted, as long as it is at most a fair share of what is left."""
    widths = list(wanted)
    left, sharing = room, len(wanted)
    for index in sorted(range(len(wanted)), key=wanted.__getitem__):
        widths[index] = min(wanted[index], left / sharing)
        left -= widths[index]
        sharing -= 1
    return widths


@final
class _Flow:
    """The pages so far, and the place on the last one."""

    def __init__(self, table: Table, paper: Paper, regular: Face, bold: Face) -> None:
        self._table = table
        self._paper = paper
        self._regular = regular
        self._bold = bold
        self._right = numeric_columns(table)
        self._pages: list[Page] = []
        self._room = paper.width - 2 * _MARGIN
        self._bands: list[Band] = []
        self._texts: list[Text] = []
        self._y = paper.height - _MARGIN

    def pages(self) -> list[Page]:
        """All pages, the last one closed."""
        self.turn()
        return self._pages

    def turn(self) -> None:
        """Close the page and begin another."""
        title = " ".join(self._table.title.split())
        if self._pages and title:  # on the first page it stands above
            room = self._room - 60.0  # for the number
            short, *more = _wrapped(title, room, self._regular, _FOOT_SIZE)
            line = f"{short} …" if more else short
            self._texts.append(
                Text(line=line, x=_MARGIN, y=_MARGIN / 2, size=_FOOT_SIZE, gray=_SOFT)
            )
        self._pages.append(Page(self._paper, tuple(self._bands), tuple(self._texts)))
        self._bands = []
        self._texts = []
        self._y = self._paper.height - _MARGIN

    def add_title(self) -> None:
        """The title, on as many lines as it takes."""
        if self._table.title:
            for line in _wrapped(self._table.title, self._room, self._bold, _TITLE_SIZE):
                self._add_line(Text(line=line, x=0, y=0, size=_TITLE_SIZE, bold=True))
            self._y -= _GAP

    def add_notes(self) -> None:
        """The notes, each on as many lines as it takes."""
        self._y -= _GAP
        for note in self._table.notes:
            for line in _wrapped(note, self._room, self._regular):
                self._add_line(Text(line=line, x=0, y=0, gray=_SOFT))

    def _add_line(self, text: Text) -> None:
        leading = _TITLE_LEADING if text.size == _TITLE_SIZE else _LEADING
        if self._y - leading < _MARGIN:
            self.turn()
        self._y -= leading
        y = self._y + _RISE * leading
        self._texts.append(
            Text(line=text.line, x=_MARGIN, y=y, size=text.size, gray=text.gray, bold=text.bold)
        )

    def add_rows(self, group: _Group) -> None:
        """The names of a group of columns, and all rows below them."""
        head = [
            _shortened(_wrapped(self._table.columns[column], width - 2 * _BESIDE, self._bold))
            for column, _, width in group.places()
        ]
        if self._lines_left() < max(map(len, head)) + _FEW:  # the names should not stand alone
            self.turn()
        self._add_head(group, head)
        for row in self._table.rows:
            lines = [
                _wrapped(text_of(row[column]), width - 2 * _BESIDE, self._regular)
                for column, _, width in group.places()
            ]
            self._add_row(group, head, lines)

    def _add_row(
        self, group: _Group, head: Sequence[list[str]], lines: Sequence[list[str]]
    ) -> None:
        start, count = 0, max(map(len, lines))
        # A row that no page could hold whole begins where there is room for a few lines of it.
        least = count if count <= self._lines_of_a_page(head) else _FEW
        if self._lines_left() < least:
            self._next(group, head)
        while True:
            stop = start + self._lines_left()
            self._add_cells(group, [cell[start:stop] for cell in lines], bold=False)
            if stop >= count:
                break
            start = stop
            self._next(group, head)
        self._bands.append(Band(_MARGIN, self._y, sum(group.widths), 0.5, _LINE))

    def _next(self, group: _Group, head: Sequence[list[str]]) -> None:
        self.turn()
        self._add_head(group, head)

    def _add_head(self, group: _Group, head: Sequence[list[str]]) -> None:
        height = max(map(len, head)) * _LEADING + 2 * _ABOVE
        width = sum(group.widths)
        self._bands.append(Band(_MARGIN, self._y - height, width, height, _SHADE))
        self._add_cells(group, head, bold=True)
        self._bands.append(Band(_MARGIN, self._y, width, 0.8, _SOFT))

    def _add_cells(self, group: _Group, cells: Sequence[list[str]], *, bold: bool) -> None:
        for (column, left, width), lines in zip(group.places(), cells, strict=True):
            right = self._right[column]
            x = left + width - _BESIDE if right else left + _BESIDE
            for number, line in enumerate(lines, start=1):
                y = self._y - _ABOVE - (number - _RISE) * _LEADING
                self._texts.append(Text(line=line, x=x, y=y, bold=bold, right=right))
        self._y -= max(map(len, cells)) * _LEADING + 2 * _ABOVE

    def _lines_left(self) -> int:
        """How many lines of one row the page still has room for."""
        return _lines_in(self._y - _MARGIN)

    def _lines_of_a_page(self, head: Sequence[list[str]]) -> int:
        height = self._paper.height - 2 * _MARGIN
        return _lines_in(height - max(map(len, head)) * _LEADING - 2 * _ABOVE)


def _lines_in(height: float) -> int:
    return int((height - 2 * _ABOVE) // _LEADING)


def _plain(text: str) -> str:
    return text.replace("\t", "    ")


def _shortened(lines: list[str]) -> list[str]:
    if len(lines) <= _HEAD_LINES:
        return lines
    return [*lines[: _HEAD_LINES - 1], "…"]


def _wrapped(text: str, room: float, face: Face, size: float = _SIZE) -> list[str]:
    """The lines of a text, none wider than *room* unless it is one character."""
    found: list[str] = []
    for line in BREAKS.split(_plain(text)):
        if face.width(line, size) <= room:
            found.append(line)
        else:
            found.extend(_folded(line, room, face, size))
    return found


def _folded(text: str, room: float, face: Face, size: float) -> Iterator[str]:
    line, used = "", 0.0
    for word, space in _WORDS.findall(text):
        width = face.width(word, size)
        if line and word and used + width > room:
            yield line.rstrip()
            line, used = "", 0.0
        *full, rest = _broken(word, room, face, size) if width > room else [word]
        yield from full
        line += rest + space
        used += face.width(rest + space, size)
    yield line.rstrip()


def _broken(word: str, room: float, face: Face, size: float) -> list[str]:
    """A word that is wider than *room*, in parts; an accent stays with its letter."""
    parts = [""]
    used = 0.0
    for char in word:
        width = face.width(char, size)
        if parts[-1] and used + width > room and not combining(char):
            parts.append("")
            used = 0.0
        parts[-1] += char
        used += width
    return parts
