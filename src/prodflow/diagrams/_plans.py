"""A plan as a picture: a bar for each status, from its earliest day to its latest.

Theory of operation. Days are as wide as the picture allows, and a bar includes its first and last
day. Names are on the left and dates on the right, so that no text overlaps a bar. If today is far
from the plan, only a label with an arrow shows where today is, so that the bars stay readable.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from prodflow import _checks as checks
from prodflow._messages import Message, count_of, joined, sentences, text
from prodflow._words import AnyWords, Words, said, words_of, written_day
from prodflow.cycle import StatusCycle
from prodflow.diagrams import _arguments as arguments
from prodflow.diagrams._style import Theme
from prodflow.diagrams._svg import (
    LINE,
    MARGIN,
    Markup,
    document,
    heading,
    label,
    rectangle,
    tag,
    tip,
)
from prodflow.diagrams._text import wrap
from prodflow.duedate import Plan, PlannedStatus
from prodflow.export._cells import optional_lang

_WIDTH: Final = 1000
_NAMES: Final = 210
_CHART: Final = (_NAMES + MARGIN + 16, 676)
_EARLIEST: Final = 694
_LATEST: Final = 790
_MARK: Final = 886
_DATE: Final = 90
_NAME: Final = 13
_SMALL: Final = 12
_TICK: Final = 96
_STEPS: Final = (1, 2, 7, 14, 28, 56, 91, 182, 364, 728)
_FAR: Final = 7


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


def plan_svg(
    plan: Plan,
    *,
    today: date | None = None,
    title: str | None = None,
    cycles: Iterable[StatusCycle] = (),
    theme: Theme = "auto",
    lang: str | None = None,
    words: AnyWords | None = None,
) -> str:
    """A plan as an SVG picture: a bar for each status, from its earliest to its latest day.

    If the latest day of a status is before its earliest day, the delivery date can't be met: the
    bar is dashed and marked "short". With *today*, a status whose latest day is over is marked
    "late".

    Args:
        plan: the plan to draw.
        today: the day to mark with a line. Statuses whose latest day is over are marked too. With
            None, neither the day nor these statuses are marked.
        title: the title. If it's None, the title is the description of the order type. An order
            type without a description is shown by its key.
        theme: as for `cycle_svg`.
        lang: as for `cycle_svg`.
        words: your words; None for English. The picture has room for a date of ten digits and
            signs, and shortens a longer one.

    Returns:
        An SVG document, 1,000 pixels wide, and narrower where a page has less room.

    Raises:
        ValueError: if *theme* isn't one of the three words, or *lang* isn't a language tag.

    Source:
        Decisions D6, D7 and D11.

    Example:
        >>> from datetime import date
        >>> from prodflow import Forward, plan
        >>> from prodflow.samples import PRINTS
        >>> dates = plan(PRINTS.cycle, Forward(), ordered_on=date(2026, 11, 16))
        >>> ">2026-11-17<" in plan_svg(dates)
        True
    """
    checks.instance("plan", plan, Plan, "a Plan")
    late = () if today is None else plan.past(today=today)
    title, _, _, statuses = arguments.named(plan.cycle, cycles, title)
    colours, language = arguments.known_theme(theme), optional_lang(lang)
    spoken = words_of(words)
    facts = arguments.joined(*(said(fact, spoken) for fact in _facts(plan, len(late))))
    head, y = heading(title, facts, _WIDTH)
    axis = _axis(plan, today)
    top = y + 2 * _SMALL * LINE + 12
    rows: list[Markup] = []
    bottom = top
    for row in plan:
        name = statuses[row.status.key].description
        drawn, bottom = _row(row, name, axis, bottom, spoken, is_late=row in late)
        rows.append(drawn)
    parts = [head, *_columns(y, spoken)]
    if axis is not None:
        parts.extend(_grid(axis, top, bottom, spoken))
    parts.extend(rows)
    if axis is not None and today is not None:
        parts.extend(_today(axis, today, y, (top, bottom), spoken))
    parts.extend(_legend(bottom + 14, spoken))
    rows_in_words = sentences(
        _in_words(row, statuses[row.status.key].description, is_late=row in late) for row in plan
    )
    about = said(text("{facts}. {statuses}.", facts=facts, statuses=rows_in_words), spoken)
    height = bottom + 14 + _SMALL * LINE + MARGIN
    return document(title, about, _WIDTH, height, parts, theme=colours, lang=language)


def _facts(plan: Plan, late: int) -> Iterator[Message]:
    days = plan.float_days
    if days is not None and days < 0:
        yield count_of(-days, "{count} day short", "{count} days short")
    elif days is not None:
        yield count_of(days, "{count} day of float", "{count} days of float")
    if plan.start_by:
        yield text("start by {day}", day=plan.start_by)
    else:
        yield text("no delivery date")
    if late:
        yield text("{count} late", count=late)


def _dates(row: PlannedStatus) -> list[date]:
    return [day for day in (row.earliest_on, row.latest_on, row.due_on) if day is not None]


def _axis(plan: Plan, today: date | None) -> _Axis | None:
    """The days from the first date of the plan to the last, and today if it's near them."""
    days = [day.toordinal() for row in plan for day in _dates(row)]
    if not days:
        return None
    first, last = min(days), max(days)
    if today is not None:
        now, far = today.toordinal(), max(last - first, _FAR)
        if first - far <= now <= last + far:
            first, last = min(first, now), max(last, now)
    return _Axis(first, last)


_COLUMNS: Final = (
    (text("Status"), MARGIN, _NAMES),
    (text("Earliest"), _EARLIEST, _DATE),
    (text("Latest"), _LATEST, _DATE),
)


def _columns(y: float, words: Words) -> Iterator[Markup]:
    top = y + _SMALL * LINE
    for name, x, room in _COLUMNS:
        yield label(wrap(said(name, words), room, _SMALL), x, top, _SMALL, "muted strong")


def _grid(axis: _Axis, top: float, bottom: float, words: Words) -> Iterator[Markup]:
    steps = (step for step in _STEPS if step * axis.day >= _TICK)
    # For a plan over thousands of years, no step is long enough, and only the first day is shown.
    step = next(steps, axis.last - axis.first + 1)
    for ordinal in range(axis.first, axis.last + 1, step):
        x = axis.x(ordinal)
        if x + _TICK > _CHART[1] + 8 and ordinal > axis.first:
            break
        yield tag("path", d=f"M{x:.1f} {top - 4:.1f}V{bottom:.1f}", class_="grid")
        day = wrap(written_day(date.fromordinal(ordinal), words), _DATE, _SMALL)
        yield label(day, x, top - _SMALL * LINE - 6, _SMALL, "muted num")


def _row(
    row: PlannedStatus, name: str, axis: _Axis | None, y: float, words: Words, *, is_late: bool
) -> tuple[Markup, float]:
    lines = wrap(name, _NAMES, _NAME, lines=2)
    height = max(len(lines) * _NAME * LINE, 20) + 14
    middle = y + height / 2
    parts = [
        tip(name),
        tag("path", d=f"M{MARGIN} {y:.1f}H{_WIDTH - MARGIN}", class_="grid"),
        label(lines, MARGIN, middle - len(lines) * _NAME * LINE / 2, _NAME, "ink"),
    ]
    for day, x in ((row.earliest_on, _EARLIEST), (row.latest_on, _LATEST)):
        shown = "\N{EN DASH}" if day is None else written_day(day, words)
        class_ = "muted" if day is None else "ink num"
        parts.append(label(wrap(shown, _DATE, _SMALL), x, middle - 8, _SMALL, class_))
    mark = _mark(row, is_late=is_late)
    if mark is not None:
        lines = wrap(said(mark, words), _DATE, _SMALL)
        parts.append(label(lines, _MARK, middle - 8, _SMALL, "red strong"))
    if axis is not None:
        parts.extend(_bar(row, axis, middle, is_late=is_late))
    return tag("g", *parts, class_="status", data_status=row.status.key), y + height


def _is_short(row: PlannedStatus) -> bool:
    return (
        row.earliest_on is not None
        and row.latest_on is not None
        and row.latest_on < row.earliest_on
    )


def _mark(row: PlannedStatus, *, is_late: bool) -> Message | None:
    if is_late:
        return text("late")
    return text("short") if _is_short(row) else None


def _bar(row: PlannedStatus, axis: _Axis, middle: float, *, is_late: bool) -> Iterator[Markup]:
    ends = [day.toordinal() for day in (row.earliest_on, row.latest_on) if day is not None]
    if ends:
        x, end = axis.x(min(ends)), axis.x(max(ends) + 1)
        class_ = "short" if _is_short(row) else "past" if is_late else "span"
        yield rectangle(x, middle - 8, max(end - x, 4), 16, class_, radius=3)
    if row.due_on is not None:
        x = axis.x(row.due_on.toordinal()) + axis.day / 2
        yield tag(
            "path", d=f"M{x:.1f} {middle - 6:.1f}l6 6l-6 6l-6 -6z", class_="due", stroke_width=1.5
        )


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
        x = axis.x(now) + axis.day / 2
        yield tag(
            "path", d=f"M{x:.1f} {ends[0] - 4:.1f}V{ends[1]:.1f}", class_="today", stroke_width=2
        )
        anchor = "start" if x < _CHART[0] + 60 else "end" if x > _CHART[1] - 60 else "middle"
    yield label([name], x, y - 4, _SMALL, "red strong num", anchor=anchor)


def _legend(y: float, words: Words) -> Iterator[Markup]:
    room = (_WIDTH - MARGIN - _CHART[0]) / len(_MEANINGS)
    for place, (kind, meaning) in enumerate(_MEANINGS.items()):
        x = _CHART[0] + place * room
        if kind == "due":
            yield tag(
                "path",
                d=f"M{x + 6:.1f} {y + 1.5:.1f}l6 6l-6 6l-6 -6z",
                class_=kind,
                stroke_width=1.5,
            )
        else:
            yield rectangle(x, y + 1, 18, 13, kind, radius=3)
        yield label(wrap(said(meaning, words), room - 36, _SMALL), x + 24, y, _SMALL, "muted")


_MEANINGS: Final = {
    "span": text("earliest to latest"),
    "short": text("cannot be met"),
    "due": text("due"),
}


def _in_words(row: PlannedStatus, name: str, *, is_late: bool) -> str:
    dates = (
        text("earliest {day}", day=row.earliest_on),
        text("latest {day}", day=row.latest_on),
        text("due {day}", day=row.due_on),
    )
    known = [each for each in dates if each.fields["day"] is not None] or [text("no date")]
    mark = _mark(row, is_late=is_late)
    return joined([name, *known, *([] if mark is None else [mark])])
