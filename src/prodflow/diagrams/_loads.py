"""The planned load as a picture: a heat map with a line for each department.

Theory of operation. The darker a cell, the more work. There are up to four shades, in equal steps
up to the most work of any cell. A cell shows its number if there is room; the tooltip has it in any
case. With many columns, only some of them have a heading, as on the axis of a plan.
"""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final

from prodflow import _checks as checks
from prodflow._messages import joined, sentences, text
from prodflow._planned_loads import WITHOUT, DepartmentLoad, PlannedLoad
from prodflow._words import AnyWords, Words, said, words_of, written_number
from prodflow.diagrams import _arguments as arguments
from prodflow.diagrams._chart import (
    DATE,
    LEFT,
    NAME,
    NAMES,
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
from prodflow.export._cells import optional_lang

_CHART: Final = (LEFT, 842)
_TOTAL: Final = WIDTH - MARGIN
"""The right end of the totals."""
_NUMBER: Final = 126
_ROW: Final = 34
_SHADES: Final = 4


def load_svg(
    load: PlannedLoad,
    *,
    title: str | None = None,
    theme: Theme = "auto",
    lang: str | None = None,
    words: AnyWords | None = None,
) -> str:
    """A planned load as an SVG picture: a heat map of departments and days, or weeks.

    Args:
        load: the planned load, from `prodflow.hub.load`.
        title: the title; None for "Planned Load by Department".
        theme: as for `cycle_svg`.
        lang: as for `cycle_svg`.
        words: your words; None for English. The picture has room for dates of ten digits and
            signs and for totals of fourteen, and shortens longer ones.

    Returns:
        An SVG document, 1,000 pixels wide, and narrower where a page has less room.

    Raises:
        ValueError: if *theme* isn't one of the three words, or *lang* isn't a language tag.

    Source:
        Decision D40.

    Example:
        >>> from datetime import date
        >>> from prodflow import Forward
        >>> from prodflow.hub import load
        >>> found = load([], Forward(), today=date(2026, 11, 16), horizon=14)
        >>> "no work<" in load_svg(found)
        True
    """
    checks.instance("load", load, PlannedLoad, "a PlannedLoad")
    colours, language = arguments.known_theme(theme), optional_lang(lang)
    spoken = words_of(words)
    if title is None:
        title = said(text("Planned Load by Department"), spoken)
    else:
        checks.description("title", title)
    limits = _limits(load.rows)
    span = text("From {first} to {last}", first=load.today, last=load.last_on)
    facts = [said(span, spoken)]
    if not limits:
        facts.append(said(text("no work"), spoken))
    subtitle = arguments.joined(*facts)
    titles, y = heading(title, subtitle, WIDTH)
    top = below_heads(y)
    parts = [titles, *_heads(load, top, spoken)]
    for number, row in enumerate(load.rows):
        parts.append(_row(load, row, limits, top + number * _ROW, spoken))
    bottom = top + len(load.rows) * _ROW
    parts.extend(_legend(limits, legend_y(bottom), spoken))
    about = said(
        text("{facts}. {departments}.", facts=subtitle, departments=_in_words(load)), spoken
    )
    return finished(title, about, bottom, parts, theme=colours, lang=language)


def _limits(rows: Sequence[DepartmentLoad]) -> list[int]:
    """The most work of a cell of each shade, from the lightest shade to the darkest."""
    most = max((amount for row in rows for amount in row.amounts), default=0)
    return sorted({ceil(most * step / _SHADES) for step in range(1, _SHADES + 1)} - {0})


def _cell(load: PlannedLoad) -> float:
    """The width of a column."""
    return (_CHART[1] - _CHART[0]) / max(len(load.days), 1)


def _heads(load: PlannedLoad, top: float, words: Words) -> Iterator[Markup]:
    yield head(text("Department"), MARGIN, NAMES, top, words)
    yield head(text("Total"), _TOTAL, _NUMBER, top, words, anchor="end")
    cell = _cell(load)
    step = max(ceil((DATE + 6) / cell), 1)
    for number in range(0, len(load.days), step):
        left = _CHART[0] + number * cell
        if left + DATE > _CHART[1] and number:
            break
        yield day_head(load.days[number], left, top, words)


def _row(
    load: PlannedLoad, row: DepartmentLoad, limits: Sequence[int], y: float, words: Words
) -> Markup:
    name = said(WITHOUT, words) if row.department is None else row.department
    middle = y + _ROW / 2
    parts = [
        tip(name),
        separator(y),
        label(wrap(name, NAMES, NAME), MARGIN, middle - NAME * LINE / 2, NAME, "ink"),
        label(
            wrap(written_number(row.total, words), _NUMBER, SMALL),
            *(_TOTAL, middle - 8, SMALL, "ink num"),
            anchor="end",
        ),
    ]
    cell = _cell(load)
    for number, (column, amount) in enumerate(zip(load.columns, row.amounts, strict=True)):
        if amount:
            meaning = said(text("{day}: {amount}", day=column, amount=amount), words)
            shade = next(shade for shade, limit in enumerate(limits, 1) if amount <= limit)
            shown = written_number(amount, words)
            corner = (_CHART[0] + number * cell, y)
            parts.append(tag("g", tip(meaning), *_shaded(shown, shade, corner, cell)))
    return tag("g", *parts, class_="department")


def _shaded(shown: str, shade: int, corner: tuple[float, float], cell: float) -> Iterator[Markup]:
    """A cell, with its number if there is room."""
    x, y = corner
    room = cell * 0.92
    yield rectangle(x + cell * 0.04, y + 3, room, _ROW - 6, f"heat{shade}", radius=2)
    if width(shown, SMALL) < room:
        middle = x + cell / 2
        yield label([shown], middle, y + _ROW / 2 - 8, SMALL, "ink num", anchor="middle")


def _legend(limits: Sequence[int], y: float, words: Words) -> Iterator[Markup]:
    room = (WIDTH - MARGIN - LEFT) / _SHADES
    for number, limit in enumerate(limits):
        x = LEFT + number * room
        yield rectangle(x, y + 1, 18, 13, f"heat{number + 1}", radius=3)
        yield meant(text("up to {amount}", amount=limit), x, y, room, words)


def _in_words(load: PlannedLoad) -> str:
    """The work of each department, and its busiest day or week."""
    return sentences(map(_busiest, [load] * len(load.rows), load.rows)) or text("no department")


def _busiest(load: PlannedLoad, row: DepartmentLoad) -> str:
    most = max(row.amounts)
    column = load.columns[row.amounts.index(most)]
    return joined(
        [
            row.department or WITHOUT,
            text("{amount} in all", amount=row.total),
            text("most: {amount} ({day})", amount=most, day=column),
        ]
    )
