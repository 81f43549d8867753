"""Plans as pictures: a bar for each status, from its earliest day to its latest."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from prodflow import _checks as checks
from prodflow._messages import Message, count_of, joined, sentences, text
from prodflow._order_plans import OrderPlan
from prodflow._words import AnyWords, said, words_of
from prodflow.cycle import StatusCycle
from prodflow.diagrams import _arguments as arguments
from prodflow.diagrams._order_plans import order_plan_svg
from prodflow.diagrams._style import Theme
from prodflow.diagrams._timeline import Bar, Row, Timeline, drawn, known
from prodflow.duedate import Plan, PlannedStatus
from prodflow.export._cells import optional_lang


def plan_svg(
    plan: Plan | OrderPlan,
    *,
    today: date | None = None,
    title: str | None = None,
    cycles: Iterable[StatusCycle] = (),
    theme: Theme = "auto",
    lang: str | None = None,
    words: AnyWords | None = None,
) -> str:
    """A plan as an SVG picture, with a bar for each status.

    A `Plan` has a bar from the earliest day of a status to its latest day. If the latest day is
    before the earliest day, the delivery date can't be met: the bar is dashed and marked "short".
    With *today*, a status whose latest day is over is marked "late".

    A `prodflow.hub.OrderPlan` has a bar for each step of an order in flight: what is done, where
    the order is, and what is to come. Lines show the expected end and the delivery date. A step is
    marked "late" if it was left after its due date, is overdue, or ends after the delivery date.

    Args:
        plan: the plan to draw.
        today: the day to mark with a line, for a `Plan`. Statuses whose latest day is over are
            marked too. With None, neither the day nor these statuses are marked. An `OrderPlan`
            has its own day.
        title: the title. If it's None, the title is the description of the order type, or the
            number of the order. An order type without a description is shown by its key.
        theme: as for `cycle_svg`.
        lang: as for `cycle_svg`.
        words: your words; None for English. The picture has room for a date of ten digits and
            signs, and shortens a longer one.

    Returns:
        An SVG document, 1,000 pixels wide, and narrower where a page has less room.

    Raises:
        DateOutOfRangeError: if a day of the forecast would be after the end of the calendar.
        ValueError: if *theme* isn't one of the three words, if *lang* isn't a language tag, or if
            an `OrderPlan` is given with a day.

    Source:
        Decisions D6, D7, D11, D40 and D41.

    Example:
        >>> from datetime import date
        >>> from prodflow import Forward, plan
        >>> from prodflow.samples import PRINTS
        >>> dates = plan(PRINTS.cycle, Forward(), ordered_on=date(2026, 11, 16))
        >>> ">2026-11-17<" in plan_svg(dates)
        True
    """
    if isinstance(plan, OrderPlan):
        if today is not None:
            raise ValueError("today must be None for an OrderPlan, which has its own day")
        return order_plan_svg(plan, title, cycles, theme=theme, lang=lang, words=words)
    checks.instance("plan", plan, Plan, "a Plan or OrderPlan")
    late = () if today is None else plan.past(today=today)
    title, _, _, statuses = arguments.named(plan.cycle, cycles, title)
    colours, language = arguments.known_theme(theme), optional_lang(lang)
    spoken = words_of(words)
    facts = arguments.joined(*(said(fact, spoken) for fact in _facts(plan, len(late))))
    rows = [_row(row, statuses[row.status.key].description, is_late=row in late) for row in plan]
    rows_in_words = sentences(
        _in_words(row, statuses[row.status.key].description, is_late=row in late) for row in plan
    )
    about = said(text("{facts}. {statuses}.", facts=facts, statuses=rows_in_words), spoken)
    meanings = _MEANINGS | {"past": text("late")} if late else _MEANINGS
    timeline = Timeline(_COLUMNS, rows, {}, meanings, today)
    return drawn(timeline, title, facts, about, theme=colours, lang=language, words=spoken)


_COLUMNS: Final = (text("Earliest"), text("Latest"))
_MEANINGS: Final = {
    "span": text("earliest to latest"),
    "short": text("cannot be met"),
    "due": text("due"),
}


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


def _row(row: PlannedStatus, name: str, *, is_late: bool) -> Row:
    ends = [day for day in (row.earliest_on, row.latest_on) if day is not None]
    class_ = "short" if _is_short(row) else "past" if is_late else "span"
    return Row(
        row.status.key,
        name,
        (row.earliest_on, row.latest_on),
        _mark(row, is_late=is_late),
        "red strong",
        (Bar(min(ends), max(ends), class_),) if ends else (),
        row.due_on,
    )


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


def _in_words(row: PlannedStatus, name: str, *, is_late: bool) -> str:
    dates = (
        text("earliest {day}", day=row.earliest_on),
        text("latest {day}", day=row.latest_on),
        text("due {day}", day=row.due_on),
    )
    mark = _mark(row, is_late=is_late)
    return joined([name, *known(dates), *([] if mark is None else [mark])])
