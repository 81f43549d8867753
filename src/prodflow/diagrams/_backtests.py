"""A backtest as a picture: what was promised, and how often it was kept.

Theory of operation. There is a line for each day and one for all, and a scale from 0 to 100 for
each of three promises. The bar is how many of 100 orders were done by the day that was forecast;
the line across is how many should have been. So a bar that ends at its line is a promise kept.
"""

from collections.abc import Iterator
from typing import Final

from prodflow import _checks as checks
from prodflow._backtests import WARNINGS, Backtest, BacktestRow
from prodflow._forecasts import SHARES, in_percent
from prodflow._messages import Message, joined, sentences, text
from prodflow._words import AnyWords, Words, said, words_of, written_number
from prodflow.diagrams import _arguments as arguments
from prodflow.diagrams._chart import (
    NAME,
    SMALL,
    WIDTH,
    finished,
    head,
    legend_y,
    meant,
    separator,
)
from prodflow.diagrams._style import Theme
from prodflow.diagrams._svg import LINE, MARGIN, Markup, heading, label, rectangle, tag, tip
from prodflow.diagrams._text import wrap
from prodflow.export._cells import optional_lang

_NAMES: Final = 120
_COUNT: Final = 150
_COUNTS: Final = 110
_SCALES: Final = (280, 520, 760)
_SCALE: Final = 150
_ROW: Final = 30
_MEANING: Final = 236
_NEAR: Final = 0.06
_PROMISES: Final = (
    text("50 of 100 promised"),
    text("80 of 100 promised"),
    text("95 of 100 promised"),
)


def backtest_svg(
    backtest: Backtest,
    *,
    title: str | None = None,
    theme: Theme = "auto",
    lang: str | None = None,
    words: AnyWords | None = None,
) -> str:
    """A backtest as an SVG picture: of 100 promises of each kind, how many were kept.

    A bar is green if about as many orders were done by the day that was forecast as promised, and
    red if more than 6 of 100 fewer were.

    Args:
        backtest: the backtest, from `prodflow.hub.backtest`.
        title: the title; None for "Promised and Kept".
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
        >>> from prodflow.hub import backtest
        >>> "no forecast" in backtest_svg(backtest([], []))
        True
    """
    checks.instance("backtest", backtest, Backtest, "a Backtest")
    colours, language, spoken = arguments.known_theme(theme), optional_lang(lang), words_of(words)
    if title is None:
        title = said(text("Promised and Kept"), spoken)
    else:
        checks.description("title", title)
    told = text("Forecasts: {count}.", count=backtest.told) if backtest.told else _NOTHING
    warned = [said(WARNINGS[code], spoken) for code in backtest.warnings]
    subtitle = " ".join([said(told, spoken), *warned])
    titles, y = heading(title, subtitle, WIDTH)
    top = y + SMALL * LINE + 12
    lines: list[tuple[str, BacktestRow | Backtest]] = [
        (said(text("{day}", day=row.cut_on), spoken), row) for row in backtest
    ]
    if lines:
        lines.append((said(text("All"), spoken), backtest))
    bottom = top + len(lines) * _ROW
    parts = [titles, *_heads(top, spoken)]
    for number, (name, row) in enumerate(lines):
        parts.append(_row(name, row, top + number * _ROW, spoken))
    for left, share in zip(_SCALES, SHARES, strict=True):
        x = left + share * _SCALE
        parts.append(
            tag("path", d=f"M{x:.1f} {top - 4:.1f}V{bottom:.1f}", class_="delivery", stroke_width=2)
        )
    parts.extend(_legend(legend_y(bottom), spoken))
    about = said(
        text(
            "{facts} {lines}.",
            facts=subtitle,
            lines=sentences([_in_words(name, row) for name, row in lines]),
        ),
        spoken,
    )
    return finished(title, about, bottom, parts, theme=colours, lang=language)


_NOTHING: Final = text("There is no forecast to judge.")


def _heads(top: float, words: Words) -> Iterator[Markup]:
    for name, x, room in (
        (text("Day"), MARGIN, _NAMES),
        (text("Forecasts"), _COUNT, _COUNTS),
        *zip(_PROMISES, _SCALES, (_SCALE + 80,) * len(_SCALES), strict=True),
    ):
        yield head(name, x, room, top, words)


def _row(name: str, row: BacktestRow | Backtest, y: float, words: Words) -> Markup:
    middle = y + _ROW / 2
    parts = [
        tip(name),
        separator(y),
        label(wrap(name, _NAMES, NAME), MARGIN, middle - NAME * LINE / 2, NAME, "ink num"),
        label([written_number(row.told, words)], _COUNT, middle - 8, SMALL, "ink num"),
    ]
    for left, share in zip(_SCALES, SHARES, strict=True):
        kept = row.done_by(share)
        if kept is None:
            continue
        class_ = "past" if kept < share - _NEAR else "done"
        parts.append(rectangle(left, middle - 7, max(kept * _SCALE, 2), 14, class_, radius=2))
        shown = said(text("{percent}", percent=in_percent(kept)), words)
        parts.append(label([shown], left + _SCALE + 10, middle - 8, SMALL, "ink num"))
    return tag("g", *parts, class_="cut")


def _legend(y: float, words: Words) -> Iterator[Markup]:
    meanings: tuple[tuple[str, Message], ...] = (
        ("done", text("promise kept")),
        ("past", text("clearly fewer done")),
        ("delivery", text("promised")),
    )
    for x, (kind, meaning) in zip(_SCALES, meanings, strict=True):
        if kind == "delivery":
            yield tag("path", d=f"M{x + 9:.1f} {y:.1f}V{y + 15:.1f}", class_=kind, stroke_width=2)
        else:
            yield rectangle(x, y + 1, 18, 13, kind, radius=3)
        yield meant(meaning, x, y, _MEANING, words)


def _in_words(name: str, row: BacktestRow | Backtest) -> str:
    kept = [(share, row.done_by(share)) for share in SHARES]
    return joined(
        [
            name,
            *(
                text("{kept} of {promised} kept", kept=in_percent(each), promised=in_percent(share))
                for share, each in kept
                if each is not None
            ),
        ]
    )
