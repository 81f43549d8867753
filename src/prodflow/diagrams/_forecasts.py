"""Forecasts as pictures: a fan of days for each order, against the promise.

Theory of operation. The fan of an order has three bars on top of each other. They begin on the day
after today and end on the days by which 50, 80 and 95 of 100 comparable orders were done; the
shorter the bar, the darker it is. A diamond is the day that was promised. If too many comparable
orders are still open, a bar is missing.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from prodflow import _checks as checks
from prodflow._forecasts import CHANCE, SHARES, Forecast, Forecasts, in_percent, reason_of
from prodflow._messages import Message, joined, sentences, text
from prodflow._words import AnyWords, said, words_of
from prodflow.diagrams import _arguments as arguments
from prodflow.diagrams._style import Theme
from prodflow.diagrams._timeline import Bar, Row, Timeline, drawn, known
from prodflow.export._cells import optional_lang

_DAY: Final = timedelta(1)
_HALF: Final = 0.5
_BARS: Final = ("heat4", "heat2", "heat1")
_COLUMNS: Final = (text("80 of 100"), text("Delivery"))
_MEANINGS: Final = {
    "heat4": text("half of them done"),
    "heat2": text("80 of 100 done"),
    "heat1": text("95 of 100 done"),
    "due": text("promised"),
}


def forecast_svg(
    forecasts: Forecasts,
    *,
    title: str | None = None,
    theme: Theme = "auto",
    lang: str | None = None,
    words: AnyWords | None = None,
) -> str:
    """Forecasts as an SVG picture: by when orders will be done, against what was promised.

    A row has three bars: to the days by which 50, 80 and 95 of 100 comparable orders were done. The
    diamond is the delivery date, and the number on the right is the chance to meet it, in per cent.

    Args:
        forecasts: the forecasts, from `prodflow.hub.forecast`.
        title: the title; None for "What We Can Promise".
        theme: as for `cycle_svg`.
        lang: as for `cycle_svg`.
        words: your words; None for English.

    Returns:
        An SVG document, 1,000 pixels wide, and narrower where a page has less room.

    Raises:
        DateOutOfRangeError: if a day would be after the end of the calendar.
        ValueError: if *theme* isn't one of the three words, or *lang* isn't a language tag.

    Source:
        Decision D41.

    Example:
        >>> from datetime import date
        >>> from prodflow.hub import forecast, learn
        >>> monday = date(2026, 11, 16)
        >>> found = forecast([], learn([], [], as_of=monday), today=monday)
        >>> "What We Can Promise" in forecast_svg(found)
        True
    """
    checks.instance("forecasts", forecasts, Forecasts, "Forecasts")
    colours, language, spoken = arguments.known_theme(theme), optional_lang(lang), words_of(words)
    if title is None:
        title = said(text("What We Can Promise"), spoken)
    else:
        checks.description("title", title)
    facts = said(
        text("As of {today}: {facts}.", today=forecasts.today, facts=_orders(forecasts)), spoken
    )
    about = said(
        text("{facts} {orders}.", facts=facts, orders=sentences(map(_in_words, forecasts))), spoken
    )
    timeline = Timeline(
        *(_COLUMNS, [*map(_row, forecasts)], {}, _MEANINGS, forecasts.today),
        *(text("Order"), CHANCE),
    )
    return drawn(timeline, title, facts, about, theme=colours, lang=language, words=spoken)


def _orders(forecasts: Forecasts) -> Message:
    return arguments.orders(len(forecasts))


def _row(row: Forecast) -> Row:
    chance = row.chance
    if row.reason is not None:
        mark = reason_of(row)
    else:
        mark = None if chance is None else text("{percent}", percent=in_percent(chance))
    is_low = chance is not None and chance < _HALF
    return Row(
        row.order.id,
        row.order.id,
        (row.by(SHARES[1]), row.order.delivery_on),
        mark,
        "red strong" if is_low else "muted",
        tuple(_bars(row)),
        row.order.delivery_on,
    )


def _bars(row: Forecast) -> Iterator[Bar]:
    """The bars, the longest first."""
    ends: Iterable[tuple[float, str]] = zip(SHARES, _BARS, strict=True)
    for share, class_ in reversed([*ends]):
        end = row.by(share)
        if end is not None:
            yield Bar(row.today + _DAY, end, class_)


def _in_words(row: Forecast) -> str:
    reason = reason_of(row)
    if reason is not None:
        return joined([row.order.id, reason])
    days = (
        text("half done by {day}", day=row.by(SHARES[0])),
        text("80 of 100 done by {day}", day=row.by(SHARES[1])),
        text("95 of 100 done by {day}", day=row.by(SHARES[2])),
        text("delivery on {day}", day=row.order.delivery_on),
    )
    chance = row.chance
    chances = () if chance is None else (text("chance {percent} %", percent=in_percent(chance)),)
    return joined([row.order.id, *known(days), *chances])
