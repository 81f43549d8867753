"""Dates as a picture: a line with bars for each status, below a time axis.

Theory of operation. Days are as wide as the picture allows, and a bar includes its first and last
day. Names are on the left and dates on the right, so that no text overlaps a bar. If today is far
from the other days, only a label with an arrow shows where today is, so that the bars stay
readable. Other days that matter are lines without a label: the legend says what they are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from prodflow._messages import Message, text
from prodflow._words import Words, said, written_day
from prodflow.diagrams._chart import (
    DATE,
    LEFT,
    NAME,
    NAMES,
    SIGN,
    SMALL,
    WIDTH,
    below_heads,
    day_head,
    finished,
    head,
    legend_y,
    meant,
    separator,
)
from prodflow.diagrams._style import Theme
from prodflow.diagrams._svg import LINE, MARGIN, Markup, heading, label, rectangle, tag, tip
from prodflow.diagrams._text import width, wrap

_CHART: Final = (LEFT, 676)
_FIRST: Final = 694
_SECOND: Final = 790
_MARK: Final = 886
_TICK: Final = 96
_STEPS: Final = (1, 2, 7, 14, 28, 56, 91, 182, 364, 728)
_FAR: Final = 7


class Bar(NamedTuple):
    """A stretch of days, with its class in the style sheet."""

    first: date
    last: date
    class_: str


class Row(NamedTuple):
    """One status.

    Args:
        key: the key of the status.
        name: its name.
        dates: the two days on the right; a dash for None.
        mark: a word behind the days; None for none.
        mark_class: the classes of the word.
        bars: the bars, of which later ones are above earlier ones.
        due_on: the day of the diamond; None for no diamond.
    """

    key: str
    name: str
    dates: tuple[date | None, date | None]
    mark: Message | None
    mark_class: str
    bars: tuple[Bar, ...]
    due_on: date | None


class Timeline(NamedTuple):
    """What a picture shows.

    Args:
        columns: the headings of the two days.
        rows: the statuses.
        lines: other days that matter, by their classes.
        legend: what the classes mean.
        today: the day to mark; None for none.
        rows_are: what the rows are, as their heading.
        marks_are: what the marks are; None if they need no heading.
    """

    columns: tuple[Message, Message]
    rows: Sequence[Row]
    lines: Mapping[str, date]
    legend: Mapping[str, Message]
    today: date | None
    rows_are: Message = text("Status")
    marks_are: Message | None = None


class _Axis(NamedTuple):
    """The time axis: its first and last day as ordinals, and where each day is."""

    first: int
    last: int

    @property
    def day(self) -> float:
        """The width of a day."""
        return (_CHART[1] - _CHART[0]) / (self.last + 1 - self.first)

    def x(self, ordinal: int) -> float:
        """The left edge of a day."""
        return _CHART[0] + (ordinal - self.first) * self.day

    def middle(self, ordinal: int) -> float:
        """The middle of a day."""
        return self.x(ordinal) + self.day / 2


def drawn(
    timeline: Timeline,
    title: str,
    facts: str,
    about: str,
    *,
    theme: Theme,
    lang: str | None,
    words: Words,
) -> str:
    """The picture as an SVG document.

    Args:
        timeline: what it shows.
        title: its title.
        facts: the line below the title.
        about: the picture in words.
        theme: the colours, checked.
        lang: the language, checked.
        words: your words.
    """
    titles, y = heading(title, facts, WIDTH)
    axis = _axis(timeline)
    top = below_heads(y)
    rows: list[Markup] = []
    bottom = top
    for row in timeline.rows:
        markup, bottom = _row(row, axis, bottom, words)
        rows.append(markup)
    parts = [titles, *_columns(timeline, top, words)]
    if axis is not None:
        parts.extend(_grid(axis, top, bottom, words))
    parts.extend(rows)
    if axis is not None:
        for class_, x in _places(timeline, axis):
            parts.append(
                tag("path", d=f"M{x:.1f} {top - 4:.1f}V{bottom:.1f}", class_=class_, stroke_width=2)
            )
        if timeline.today is not None:
            parts.extend(_today(axis, timeline.today, y, (top, bottom), words))
    parts.extend(_legend(legend_y(bottom), timeline.legend, words))
    return finished(title, about, bottom, parts, theme=theme, lang=lang)


def _axis(timeline: Timeline) -> _Axis | None:
    """The days from the first one to the last, and today if it's near them."""
    days = [day.toordinal() for row in timeline.rows for day in _days(row)]
    days.extend(day.toordinal() for day in timeline.lines.values())
    if not days:
        return None
    first, last = min(days), max(days)
    if timeline.today is not None:
        now, far = timeline.today.toordinal(), max(last - first, _FAR)
        if first - far <= now <= last + far:
            first, last = min(first, now), max(last, now)
    return _Axis(first, last)


def _days(row: Row) -> Iterator[date]:
    for bar in row.bars:
        yield bar.first
        yield bar.last
    if row.due_on is not None:
        yield row.due_on


def _columns(timeline: Timeline, top: float, words: Words) -> Iterator[Markup]:
    names = (timeline.rows_are, *timeline.columns, timeline.marks_are)
    places = ((MARGIN, NAMES), (_FIRST, DATE), (_SECOND, DATE), (_MARK, DATE))
    for name, (x, room) in zip(names, places, strict=True):
        if name is not None:
            yield head(name, x, room, top, words)


def _grid(axis: _Axis, top: float, bottom: float, words: Words) -> Iterator[Markup]:
    steps = (step for step in _STEPS if step * axis.day >= _TICK)
    # For a plan over thousands of years, no step is long enough, and only the first day is shown.
    step = next(steps, axis.last - axis.first + 1)
    for ordinal in range(axis.first, axis.last + 1, step):
        x = axis.x(ordinal)
        if x + _TICK > _CHART[1] + 8 and ordinal > axis.first:
            break
        yield tag("path", d=f"M{x:.1f} {top - 4:.1f}V{bottom:.1f}", class_="grid")
        yield day_head(date.fromordinal(ordinal), x, top, words)


def _row(row: Row, axis: _Axis | None, y: float, words: Words) -> tuple[Markup, float]:
    lines = wrap(row.name, NAMES, NAME, lines=2)
    height = max(len(lines) * NAME * LINE, 20) + 14
    middle = y + height / 2
    parts = [
        tip(row.name),
        separator(y),
        label(lines, MARGIN, middle - len(lines) * NAME * LINE / 2, NAME, "ink"),
    ]
    for day, x in zip(row.dates, (_FIRST, _SECOND), strict=True):
        shown = "\N{EN DASH}" if day is None else written_day(day, words)
        class_ = "muted" if day is None else "ink num"
        parts.append(label(wrap(shown, DATE, SMALL), x, middle - 8, SMALL, class_))
    if row.mark is not None:
        lines = wrap(said(row.mark, words), DATE, SMALL)
        parts.append(label(lines, _MARK, middle - 8, SMALL, row.mark_class))
    if axis is not None:
        parts.extend(_bars(row, axis, middle))
    return tag("g", *parts, class_="status", data_status=row.key), y + height


def _bars(row: Row, axis: _Axis, middle: float) -> Iterator[Markup]:
    for bar in row.bars:
        x, end = axis.x(bar.first.toordinal()), axis.x(bar.last.toordinal() + 1)
        yield rectangle(x, middle - 8, max(end - x, 4), 16, bar.class_, radius=3)
    if row.due_on is not None:
        x = axis.middle(row.due_on.toordinal())
        yield tag(
            "path", d=f"M{x:.1f} {middle - 6:.1f}l6 6l-6 6l-6 -6z", class_="due", stroke_width=1.5
        )


def _places(timeline: Timeline, axis: _Axis) -> Iterator[tuple[str, float]]:
    """Where the lines are: those of one day next to each other, and next to that of today."""
    taken = Counter([timeline.today])
    for class_, day in timeline.lines.items():
        yield class_, axis.middle(day.toordinal()) + taken[day] * _BESIDE
        taken[day] += 1


def _today(
    axis: _Axis, today: date, y: float, ends: tuple[float, float], words: Words
) -> Iterator[Markup]:
    now = today.toordinal()
    name = said(text("today {day}", day=today), words)
    if now < axis.first:
        x, anchor, name = float(_CHART[0]), "start", f"\N{LEFTWARDS ARROW} {name}"
    elif now > axis.last:
        x, anchor, name = _CHART[1], "end", f"{name} \N{RIGHTWARDS ARROW}"
    else:
        x = axis.middle(now)
        yield tag(
            "path", d=f"M{x:.1f} {ends[0] - 4:.1f}V{ends[1]:.1f}", class_="today", stroke_width=2
        )
        anchor = "start" if x < _CHART[0] + 60 else "end" if x > _CHART[1] - 60 else "middle"
    yield label([name], x, y - 4, SMALL, "red strong num", anchor=anchor)


def _legend(y: float, meanings: Mapping[str, Message], words: Words) -> Iterator[Markup]:
    x = float(MARGIN if len(meanings) > _FEW else _CHART[0])
    rooms = _rooms([said(meaning, words) for meaning in meanings.values()], WIDTH - MARGIN - x)
    for (kind, meaning), room in zip(meanings.items(), rooms, strict=True):
        if kind == "due":
            yield tag(
                "path",
                d=f"M{x + 6:.1f} {y + 1.5:.1f}l6 6l-6 6l-6 -6z",
                class_=kind,
                stroke_width=1.5,
            )
        elif kind in _LINES:
            yield tag("path", d=f"M{x + 9:.1f} {y:.1f}V{y + 15:.1f}", class_=kind, stroke_width=2)
        else:
            yield rectangle(x, y + 1, 18, 13, kind, radius=3)
        yield meant(meaning, x, y, room, words)
        x += room


def _rooms(meanings: Sequence[str], room: float) -> list[float]:
    """The rooms of the texts of the legend: the same for all, if every text fits into it."""
    needed = [SIGN + width(meaning, SMALL) for meaning in meanings]
    same = room / len(meanings)
    left = room - sum(needed)
    if left < 0 or max(needed) <= same:
        return [same] * len(meanings)
    return [each + left / len(meanings) for each in needed]


_BESIDE: Final = 4
_FEW: Final = 3
_LINES: Final = frozenset(("delivery", "expected"))


def known(days: Iterable[Message]) -> list[Message]:
    """Those of some statements about a day that have a day."""
    return [each for each in days if each.fields["day"] is not None] or [text("no date")]
