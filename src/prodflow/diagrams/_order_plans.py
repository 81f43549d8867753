"""Order plans as pictures: what was done when, the present place, and what is to come."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from prodflow import _checks as checks
from prodflow._messages import Message, joined, sentences, text
from prodflow._names import Names
from prodflow._order_plans import OrderPlan, OrderStep, OrderStepState, facts_of
from prodflow._words import AnyWords, said, words_of
from prodflow.cycle import StatusCycle
from prodflow.diagrams import _arguments as arguments
from prodflow.diagrams._style import Theme
from prodflow.diagrams._timeline import Bar, Row, Timeline, drawn, known
from prodflow.export._cells import optional_lang

_DAY: Final = timedelta(1)
_COLUMNS: Final = (text("From"), text("Until"))
_MARKS: Final[dict[OrderStepState, Message]] = {
    "done": text("done"),
    "left": text("left"),
    "paused": text("paused"),
    "current": text("now"),
    "to-come": text("to come"),
}
_LATE: Final = text("late")
_WAS_LATE: Final = text("was late")
_MEANINGS: Final = {
    "done": text("done"),
    "here": text("so far"),
    "span": text("to come"),
    "past": _LATE,
    "due": text("due"),
    "expected": text("expected end"),
    "delivery": text("delivery date"),
}


def order_plan_svg(
    plan: OrderPlan,
    title: str | None,
    cycles: Iterable[StatusCycle],
    *,
    theme: Theme,
    lang: str | None,
    words: AnyWords | None,
) -> str:
    """`plan_svg` for an order plan."""
    order, spoken = plan.order, words_of(words)
    colours, language = arguments.known_theme(theme), optional_lang(lang)
    names = Names((*checks.instances("cycles", cycles, StatusCycle, "StatusCycle"), *plan.cycles))
    if title is None:
        title = said(text("Order {order_id}", order_id=order.id), spoken)
    else:
        checks.description("title", title)
    facts = arguments.joined(*(said(fact, spoken) for fact in facts_of(plan)))
    named = [(step, _name(step, names, order.order_type)) for step in plan.rows]
    about = text(
        "{facts}. {statuses}.",
        facts=facts,
        statuses=sentences(_in_words(step, name) for step, name in named),
    )
    lines = {"delivery": order.delivery_on, "expected": plan.finish_on}
    timeline = Timeline(
        _COLUMNS,
        [_row(step, name, plan.today) for step, name in named],
        {class_: day for class_, day in lines.items() if day is not None},
        _MEANINGS,
        plan.today,
    )
    return drawn(
        timeline, title, facts, said(about, spoken), theme=colours, lang=language, words=spoken
    )


def _name(step: OrderStep, names: Names, order_type: str) -> str:
    status = names.statuses.get((order_type, step.status))
    return step.title if status is None else status.description


def _row(step: OrderStep, name: str, today: date) -> Row:
    return Row(
        step.status,
        name,
        (step.begins_on, step.finish_on),
        _mark(step),
        "red strong" if step.is_late else "blue strong" if step.state == "current" else "muted",
        tuple(_bars(step, today)),
        step.due_on,
    )


def _mark(step: OrderStep) -> Message:
    if not step.is_late:
        return _MARKS[step.state]
    return _WAS_LATE if step.state in {"done", "left"} else _LATE


def _bars(step: OrderStep, today: date) -> Iterator[Bar]:
    """The bars of a step: its days without those on hold, up to today and from then on."""
    finish_on = step.finish_on
    if step.state == "to-come":
        last = step.begins_on if finish_on is None else finish_on
        yield Bar(step.begins_on, last, "past" if step.is_late else "span")
        return
    over = {"done": "done", "current": "here"}.get(step.state, "gone")
    first = step.begins_on
    for paused_on, resumed_on in step.pauses:
        # A visit that was paused on the day on which it went on still has that day.
        yield Bar(first, max(first, paused_on - _DAY), over)
        if resumed_on is None:
            return
        first = resumed_on
    if step.state != "current":
        yield Bar(first, first if finish_on is None else max(first, finish_on), over)
        return
    last = max(first, today) if finish_on is None else max(first, finish_on)
    so_far = max(first, min(today, last))
    yield Bar(first, last, "past" if step.is_late else "span")
    if first <= today:
        yield Bar(first, so_far, over)


def _in_words(step: OrderStep, name: str) -> str:
    dates = (
        text("from {day}", day=step.begins_on),
        text("until {day}", day=step.finish_on),
        text("due {day}", day=step.due_on),
    )
    late = [_mark(step)] if step.is_late else []
    return joined([name, _MARKS[step.state], *known(dates), *late])
