"""A plan as a picture: a bar for each status, from its earliest day to its latest.

Theory of operation. Days are as wide as the picture allows, and a bar includes its first and last
day. Names are on the left and dates on the right, so that no text overlaps a bar. If today is far
from the plan, only a label with an arrow shows where today is, so that the bars stay readable.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from prodflow import _checks as checks
from prodflow.cycle import StatusCycle
from prodflow.diagrams import _arguments as arguments
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

_WIDTH: Final = 1000
_NAMES: Final = 210
_CHART: Final = (_NAMES + MARGIN + 16, 712)
_EARLIEST: Final = 730
_LATEST: Final = 826
_MARK: Final = 922
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

    Returns:
        An SVG document, 1,000 pixels wide, for light and dark pages.

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
    facts = _facts(plan, len(late))
    head, y = heading(title, facts, _WIDTH)
    axis = _axis(plan, today)
    top = y + 2 * _SMALL * LINE + 12
    rows: list[Markup] = []
    bottom = top
    for row in plan:
        name = statuses[row.status.key].description
        drawn, bottom = _row(row, name, axis, bottom, is_late=row in late)
        rows.append(drawn)
    parts = [head, *_columns(y)]
    if axis is not None:
        parts.extend(_grid(axis, top, bottom))
    parts.extend(rows)
    if axis is not None and today is not None:
        parts.extend(_today(axis, today, y, top, bottom))
    parts.extend(_legend(bottom + 14))
    about = "; ".join(
        _in_words(row, statuses[row.status.key].description, is_late=row in late) for row in plan
    )
    height = bottom + 14 + _SMALL * LINE + MARGIN
    return document(title, f"{facts}. {about}.", _WIDTH, height, parts)


def _facts(plan: Plan, late: int) -> str:
    facts: list[str] = []
    days = plan.float_days
    if days is not None:
        number = "1 day" if abs(days) == 1 else f"{abs(days):,} days"
        facts.append(f"{number} short" if days < 0 else f"{number} of float")
    facts.append(f"start by {plan.start_by}" if plan.start_by else "no delivery date")
    if late:
        facts.append(f"{late} late")
    return arguments.joined(*facts)


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


def _columns(y: float) -> Iterator[Markup]:
    top = y + _SMALL * LINE
    for text, x in (("Status", MARGIN), ("Earliest", _EARLIEST), ("Latest", _LATEST)):
        yield label([text], x, top, _SMALL, "muted strong")


def _grid(axis: _Axis, top: float, bottom: float) -> Iterator[Markup]:
    steps = (step for step in _STEPS if step * axis.day >= _TICK)
    # For a plan over thousands of years, no step is long enough, and only the first day is shown.
    step = next(steps, axis.last - axis.first + 1)
    for ordinal in range(axis.first, axis.last + 1, step):
        x = axis.x(ordinal)
        if x + _TICK > _CHART[1] + 8 and ordinal > axis.first:
            break
        yield tag("path", d=f"M{x:.1f} {top - 4:.1f}V{bottom:.1f}", class_="grid")
        text = date.fromordinal(ordinal).isoformat()
        yield label([text], x, top - _SMALL * LINE - 6, _SMALL, "muted num")


def _row(
    row: PlannedStatus, name: str, axis: _Axis | None, y: float, *, is_late: bool
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
        text, class_ = ("\N{EN DASH}", "muted") if day is None else (day.isoformat(), "ink num")
        parts.append(label([text], x, middle - 8, _SMALL, class_))
    mark = _mark(row, is_late=is_late)
    if mark:
        parts.append(label([mark], _MARK, middle - 8, _SMALL, "red strong"))
    if axis is not None:
        parts.extend(_bar(row, axis, middle, is_late=is_late))
    return tag("g", *parts, class_="status", data_status=row.status.key), y + height


def _is_short(row: PlannedStatus) -> bool:
    return (
        row.earliest_on is not None
        and row.latest_on is not None
        and row.latest_on < row.earliest_on
    )


def _mark(row: PlannedStatus, *, is_late: bool) -> str:
    return "late" if is_late else "short" if _is_short(row) else ""


def _bar(row: PlannedStatus, axis: _Axis, middle: float, *, is_late: bool) -> Iterator[Markup]:
    ends = [day.toordinal() for day in (row.earliest_on, row.latest_on) if day is not None]
    if ends:
        x, end = axis.x(min(ends)), axis.x(max(ends) + 1)
        class_ = "short" if _is_short(row) else "past" if is_late else "span"
        yield rectangle(x, middle - 8, max(end - x, 4), 16, class_, radius=3)
    if row.due_on is not None:
        x = axis.x(row.due_on.toordinal()) + axis.day / 2
        yield tag("path", d=f"M{x:.1f} {middle - 6:.1f}l6 6l-6 6l-6 -6z", class_="due")


def _today(axis: _Axis, today: date, y: float, top: float, bottom: float) -> Iterator[Markup]:
    now = today.toordinal()
    text = f"today {today}"
    if now < axis.first:
        x, anchor, text = float(_CHART[0]), "start", f"\N{LEFTWARDS ARROW} {text}"
    elif now > axis.last:
        x, anchor, text = _CHART[1], "end", f"{text} \N{RIGHTWARDS ARROW}"
    else:
        x = axis.x(now) + axis.day / 2
        yield tag("path", d=f"M{x:.1f} {top - 4:.1f}V{bottom:.1f}", class_="today")
        anchor = "start" if x < _CHART[0] + 60 else "end" if x > _CHART[1] - 60 else "middle"
    yield label([text], x, y - 4, _SMALL, "red strong num", anchor=anchor)


def _legend(y: float) -> Iterator[Markup]:
    x = float(_CHART[0])
    shapes = (
        (rectangle(x, y + 1, 18, 13, "span", radius=3), "earliest to latest"),
        (rectangle(x + 150, y + 1, 18, 13, "short", radius=3), "cannot be met"),
        (tag("path", d=f"M{x + 280:.1f} {y + 1.5:.1f}l6 6l-6 6l-6 -6z", class_="due"), "due"),
    )
    for (shape, text), left in zip(shapes, (x + 24, x + 174, x + 292), strict=True):
        yield shape
        yield label([text], left, y, _SMALL, "muted")


def _in_words(row: PlannedStatus, name: str, *, is_late: bool) -> str:
    dates = (("earliest", row.earliest_on), ("latest", row.latest_on), ("due", row.due_on))
    known = [f"{which} {day}" for which, day in dates if day is not None] or ["no date"]
    mark = _mark(row, is_late=is_late)
    return ", ".join(filter(None, (name, *known, mark)))
