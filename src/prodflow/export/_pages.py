"""The layout of a table on paper: sizes and positions, independent of PDF.

How it works. Lengths are in points, and y grows upwards as in PDF. Ideally, a column is as wide as
its longest line. If all columns together are wider than the paper, narrow columns get what they
need and the others share the rest equally. If that makes columns too narrow to read, the columns
are split into *groups*. Each group has separate pages and repeats the first column. `_Flow` then
places the rows on the pages line by line. Two things must stay true: no line is wider than its
column, and no line is below the bottom margin.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, final

from prodflow._words import Words
from prodflow.export._cells import numeric_columns, text_of
from prodflow.export._table import Table
from prodflow.export._wrapping import Measure, lines_of, wrapped

_MARGIN: Final = 42.0
_SIZE: Final = 9.0
_LEADING: Final = 12.5
_TITLE_SIZE: Final = 15.0
_TITLE_LEADING: Final = 20.0
_FOOT_SIZE: Final = 8.0
_NUMBER_ROOM: Final = 60.0  # for the page number, next to the title at the foot
_PAD_Y: Final = 3.5  # above and below the lines of a row
_PAD_X: Final = 6.0  # left and right of a cell
_GAP: Final = 10.0  # between the title, the table and the notes
_RISE: Final = 0.28  # the part of a line's height that is below the baseline

_READABLE: Final = 60.0  # the least width of a column with long texts
_COMFORTABLE: Final = 150.0  # if columns with long texts can't be this wide, the paper is turned
_HEAD_LINES: Final = 8
_FEW: Final = 3

_INK: Final = 0.1
_SOFT: Final = 0.4
_LINE: Final = 0.82
_SHADE: Final = 0.94


class Paper(NamedTuple):
    """A sheet of paper."""

    width: float
    height: float


class Text(NamedTuple):
    """A line of text; x is its left end, or its right end if `right` is true."""

    line: str
    x: float
    y: float
    size: float = _SIZE
    gray: float = _INK
    bold: bool = False
    right: bool = False
    struck: bool = False


class Band(NamedTuple):
    """A filled rectangle; a thin one is a line."""

    x: float
    y: float
    width: float
    height: float
    gray: float


class Page(NamedTuple):
    """Everything on a page except its number."""

    paper: Paper
    bands: Sequence[Band]
    texts: Sequence[Text]

    def number(self, text: str) -> Text:
        """The page number, placed at the lower right."""
        x = self.paper.width - _MARGIN
        return Text(line=text, x=x, y=_MARGIN / 2, size=_FOOT_SIZE, gray=_SOFT, right=True)


class _Group(NamedTuple):
    """Columns that share a page, from left to right."""

    columns: Sequence[int]
    widths: Sequence[float]

    def places(self) -> Iterator[tuple[int, float, float]]:
        """Each column with its left edge and its width."""
        x = _MARGIN
        for column, width in zip(self.columns, self.widths, strict=True):
            yield column, x, width
            x += width


def laid_out(
    table: Table, paper: Paper, regular: Measure, bold: Measure, words: Words
) -> list[Page]:
    """The pages of a table, at least one."""
    texts = [[text_of(cell, words) for cell in row] for row in table.rows]
    wanted = _wanted_widths(table.columns, texts, regular, bold)
    if sum(min(width, _COMFORTABLE) for width in wanted) > paper.width - 2 * _MARGIN:
        paper = Paper(paper.height, paper.width)
    flow = _Flow(table, texts, paper, regular, bold)
    flow.add_title()
    for number, group in enumerate(_groups(wanted, paper.width - 2 * _MARGIN)):
        if number:
            flow.turn()
        flow.add_rows(group)
    flow.add_notes()
    return flow.pages()


def _wanted_widths(
    columns: Sequence[str], rows: Sequence[Sequence[str]], regular: Measure, bold: Measure
) -> list[float]:
    widths: list[float] = []
    for column, name in enumerate(columns):
        names = (bold(line, _SIZE) for line in lines_of(name))
        lines = (regular(line, _SIZE) for row in rows for line in lines_of(row[column]))
        # A little extra, since sums of the same widths can differ in their last digits.
        widths.append(max(0.0, *names, *lines) + 2 * _PAD_X + 0.01)
    return widths


def _groups(wanted: Sequence[float], room: float) -> Iterator[_Group]:
    """The groups of columns: in each group, the sum of the least widths fits into *room*."""
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
    """Narrow columns get their wanted widths, and the others share the rest of *room* equally."""
    widths = list(wanted)
    left, sharing = room, len(wanted)
    for index in sorted(range(len(wanted)), key=wanted.__getitem__):
        widths[index] = min(wanted[index], left / sharing)
        left -= widths[index]
        sharing -= 1
    return widths


@final
class _Flow:
    """The pages so far, and the position on the last one."""

    def __init__(
        self,
        table: Table,
        texts: Sequence[Sequence[str]],
        paper: Paper,
        regular: Measure,
        bold: Measure,
    ) -> None:
        self._table = table
        self._rows = texts
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
        """Close the last page, and return all pages."""
        self.turn()
        return self._pages

    def turn(self) -> None:
        """Close the page and begin another."""
        title = " ".join(self._table.title.split())
        if self._pages and title:  # the first page has it at the top
            room = self._room - _NUMBER_ROOM
            short, *more = wrapped(title, room, self._regular, _FOOT_SIZE)
            line = f"{short} …" if more else short
            self._texts.append(
                Text(line=line, x=_MARGIN, y=_MARGIN / 2, size=_FOOT_SIZE, gray=_SOFT)
            )
        self._pages.append(Page(self._paper, tuple(self._bands), tuple(self._texts)))
        self._bands = []
        self._texts = []
        self._y = self._paper.height - _MARGIN

    def add_title(self) -> None:
        """Add the title, on as many lines as it needs."""
        if self._table.title:
            for line in wrapped(self._table.title, self._room, self._bold, _TITLE_SIZE):
                y = self._next_line(_TITLE_LEADING)
                self._texts.append(Text(line=line, x=_MARGIN, y=y, size=_TITLE_SIZE, bold=True))
            self._y -= _GAP

    def add_notes(self) -> None:
        """Add the notes, each on as many lines as it needs."""
        self._y -= _GAP
        for note in self._table.notes:
            for line in wrapped(note, self._room, self._regular, _SIZE):
                y = self._next_line(_LEADING)
                self._texts.append(Text(line=line, x=_MARGIN, y=y, gray=_SOFT))

    def _next_line(self, leading: float) -> float:
        """The y of the next line, on a new page if the present page is full."""
        if self._y - leading < _MARGIN:
            self.turn()
        self._y -= leading
        return self._y + _RISE * leading

    def add_rows(self, group: _Group) -> None:
        """Add the column names of a group, and all rows below them."""
        head = [
            _shortened(wrapped(self._table.columns[column], width - 2 * _PAD_X, self._bold, _SIZE))
            for column, _, width in group.places()
        ]
        if self._lines_left() < max(map(len, head)) + _FEW:  # don't leave the names without rows
            self.turn()
        self._add_head(group, head)
        for index, row in enumerate(self._rows):
            lines = [
                wrapped(row[column], width - 2 * _PAD_X, self._regular, _SIZE)
                for column, _, width in group.places()
            ]
            self._add_row(group, head, lines, struck=index in self._table.struck)

    def _add_row(
        self,
        group: _Group,
        head: Sequence[list[str]],
        lines: Sequence[list[str]],
        *,
        struck: bool,
    ) -> None:
        start, count = 0, max(map(len, lines))
        # A row that is longer than a page begins here if a few of its lines fit.
        least = count if count <= self._lines_of_a_page(head) else _FEW
        if self._lines_left() < least:
            self._next(group, head)
        while True:
            stop = start + self._lines_left()
            self._add_cells(group, [cell[start:stop] for cell in lines], struck=struck)
            if stop >= count:
                break
            start = stop
            self._next(group, head)
        self._bands.append(Band(_MARGIN, self._y, sum(group.widths), 0.5, _LINE))

    def _next(self, group: _Group, head: Sequence[list[str]]) -> None:
        self.turn()
        self._add_head(group, head)

    def _add_head(self, group: _Group, head: Sequence[list[str]]) -> None:
        height = max(map(len, head)) * _LEADING + 2 * _PAD_Y
        width = sum(group.widths)
        self._bands.append(Band(_MARGIN, self._y - height, width, height, _SHADE))
        self._add_cells(group, head, bold=True)
        self._bands.append(Band(_MARGIN, self._y, width, 0.8, _SOFT))

    def _add_cells(
        self,
        group: _Group,
        cells: Sequence[list[str]],
        *,
        bold: bool = False,
        struck: bool = False,
    ) -> None:
        for (column, left, width), lines in zip(group.places(), cells, strict=True):
            right = self._right[column]
            x = left + width - _PAD_X if right else left + _PAD_X
            for number, line in enumerate(lines, start=1):
                y = self._y - _PAD_Y - (number - _RISE) * _LEADING
                self._texts.append(Text(line=line, x=x, y=y, bold=bold, right=right, struck=struck))
        self._y -= max(map(len, cells)) * _LEADING + 2 * _PAD_Y

    def _lines_left(self) -> int:
        """How many lines of a row still fit on the page."""
        return _lines_in(self._y - _MARGIN)

    def _lines_of_a_page(self, head: Sequence[list[str]]) -> int:
        height = self._paper.height - 2 * _MARGIN
        return _lines_in(height - max(map(len, head)) * _LEADING - 2 * _PAD_Y)


def _lines_in(height: float) -> int:
    return int((height - 2 * _PAD_Y) // _LEADING)


def _shortened(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _HEAD_LINES else [*lines[: _HEAD_LINES - 1], "…"]
