"""A cycle as a picture: the path as connected cards, and the other statuses below.

Theory of operation. The path runs from left to right, then down and from right to left, and so on.
It has up to four columns, as many as fit into 1,000 pixels. All cards in a row are equally high.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import Final, NamedTuple

from prodflow._messages import Message, count_of, joined, sentences, text
from prodflow._words import AnyWords, Words, said, words_of, written_number
from prodflow.cycle import Status, StatusCycle
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
from prodflow.export._cells import optional_lang

_GAP: Final = 88
_CARD: Final = 172
_ROW_GAP: Final = 52
_ASIDE_GAP: Final = 16
_COLUMNS: Final = 4
_PADDING: Final = 12
_SMALL: Final = 12
_NAME: Final = 14
_COUNT: Final = 13
_ARROW: Final = 7
_STRIPE: Final = 5
_ROOM: Final = _CARD - 2 * _PADDING

_Text = tuple[tuple[str, ...], float, str]
"""Lines of text, their font size and their class."""


class _Card(NamedTuple):
    """The card of a status: its texts and its position."""

    status: Status
    kind: str
    texts: tuple[_Text, ...]
    x: float
    y: float
    height: float


def cycle_svg(
    cycle: StatusCycle,
    *,
    counts: Mapping[str, int] | None = None,
    title: str | None = None,
    cycles: Iterable[StatusCycle] = (),
    theme: Theme = "auto",
    lang: str | None = None,
    words: AnyWords | None = None,
) -> str:
    """A cycle as an SVG picture: the path, with days on its arrows, and all other statuses.

    The path is the active standard statuses in order. The days on an arrow are the default
    duration of the status where the arrow begins. For a status off the path, the default duration
    is on its card. Inactive statuses are shown too. A status with a colour has a stripe in it.

    Args:
        cycle: the cycle to draw.
        counts: the number of orders in each status, by key; a key that you leave out has 0. If
            *counts* is None, the picture shows no numbers.
        title: the title. If it's None, the title is the description of the order type. An order
            type without a description is shown by its key.
        theme: `light` or `dark` for a page that is always so; `auto` for colours that follow the
            reader's screen. On paper, and on a page whose security policy forbids style sheets
            inside the page, `auto` is light.
        lang: the language of the texts, a tag such as `pt-BR`; None to leave it to the page. The
            picture still runs from left to right.
        words: your words; None for English.

    Returns:
        An SVG document, up to 1,000 pixels wide, and narrower where a page has less room.

    Raises:
        UnknownStatusError: if *counts* has a key that isn't in *cycle*.
        ValueError: if *theme* isn't one of the three words, or *lang* isn't a language tag.

    Source:
        "Setting up Production Statuses"; decisions D2 and D3.

    Example:
        >>> from prodflow.samples import PRINTS
        >>> ">7 orders<" in cycle_svg(PRINTS.cycle, counts={"at-lab": 7})
        True
    """
    arguments.known_cycle(cycle)
    counts = arguments.counted(cycle, counts)
    colours, language = arguments.known_theme(theme), optional_lang(lang)
    spoken = words_of(words)
    named = arguments.named(cycle, cycles, title)
    title, path, off_path = named[:3]
    rows = ceil(len(path) / _COLUMNS)
    columns = max(ceil(len(path) / rows), 3 if off_path else 2)
    width = 2 * MARGIN + columns * _CARD + (columns - 1) * _GAP
    head, y = heading(title, _subtitle(cycle, counts, spoken), width)
    cards, y = _cards(path, counts, _lefts(columns, _GAP), y, spoken, on_path=True)
    parts = [head, *_arrows(cards, spoken), *map(_drawn, cards)]
    if off_path:
        y += 28
        aside = wrap(said(arguments.OFF_PATH, spoken), width - 2 * MARGIN, 13)
        parts.append(label(aside, MARGIN, y, 13, "muted strong"))
        lefts = _lefts(int((width - 2 * MARGIN + _ASIDE_GAP) // (_CARD + _ASIDE_GAP)), _ASIDE_GAP)
        cards, y = _cards(off_path, counts, lefts, y + 26, spoken, on_path=False)
        parts.extend(map(_drawn, cards))
    about = said(_about(named, counts), spoken)
    return document(title, about, width, y + MARGIN, parts, theme=colours, lang=language)


def _subtitle(cycle: StatusCycle, counts: Mapping[str, int] | None, words: Words) -> str:
    path = len(cycle.path)
    total = sum(status.default_duration or 0 for status in cycle.path if status.is_due)
    facts = [
        count_of(path, "{count} status on the path", "{count} statuses on the path"),
        text("{count} off the path", count=len(cycle) - path),
    ]
    if total:
        facts.append(count_of(total, "{count} day in total", "{count} days in total"))
    if counts is not None:
        facts.append(arguments.orders(sum(counts.values())))
    return arguments.joined(*(said(fact, words) for fact in facts))


def _texts(
    status: Status, number: int | None, counts: Mapping[str, int] | None, words: Words
) -> tuple[_Text, ...]:
    """The texts of a card, from top to bottom."""
    kind = arguments.kind_of(status, on_path=number is not None)
    if number is None:
        side = said(arguments.side(status), words)
        facts = [side, status.description, said(_duration(status), words)]
    else:
        place = written_number(number, words)
        facts = [arguments.joined(place, arguments.end(status, words)), status.description]
    mark, name, *more = (*facts, arguments.who(status))
    texts: list[_Text] = [
        (wrap(mark, _ROOM, _SMALL), _SMALL, f"muted mark {kind}".rstrip()),
        (wrap(name, _ROOM, _NAME, lines=4), _NAME, "ink strong"),
        *((wrap(fact, _ROOM, _SMALL), _SMALL, "muted") for fact in more if fact),
    ]
    if counts is not None:
        count = counts.get(status.key, 0)
        class_ = "blue strong num" if count else "muted num"
        orders = said(arguments.orders(count), words)
        texts.append((wrap(orders, _ROOM, _COUNT), _COUNT, class_))
    return tuple(texts)


def _duration(status: Status) -> Message:
    return (
        _NO_DURATION if status.default_duration is None else arguments.days(status.default_duration)
    )


_NO_DURATION: Final = text("")


def _lefts(columns: int, gap: int) -> list[float]:
    """The left edges of cards in columns."""
    return [MARGIN + column * (_CARD + gap) for column in range(columns)]


def _cards(
    statuses: Sequence[Status],
    counts: Mapping[str, int] | None,
    xs: Sequence[float],
    y: float,
    words: Words,
    *,
    on_path: bool,
) -> tuple[list[_Card], float]:
    """The cards in rows, and their lower edge; on the path, every second row runs backwards."""
    cards: list[_Card] = []
    gap = _ROW_GAP if on_path else _ASIDE_GAP
    for row, begin in enumerate(range(0, len(statuses), len(xs))):
        chosen = statuses[begin : begin + len(xs)]
        texts = [
            _texts(status, number if on_path else None, counts, words)
            for number, status in enumerate(chosen, begin + 1)
        ]
        height = 2 * _PADDING + max(
            sum(len(lines) * size * LINE + 3 for lines, size, _ in card) for card in texts
        )
        cards.extend(
            _Card(status, arguments.kind_of(status, on_path=on_path), lines, x, y, height)
            for status, lines, x in zip(
                chosen, texts, xs[::-1] if on_path and row % 2 else xs, strict=False
            )
        )
        y += height + gap
    return cards, y - gap


def _drawn(card: _Card) -> Markup:
    y = card.y + _PADDING
    parts = [tip(card.status.description)]
    box = f"box {card.kind}".rstrip()
    parts.append(rectangle(card.x, card.y, _CARD, card.height, box))
    if card.status.colour is not None:
        parts.append(_stripe(card, card.status.colour))
    for lines, size, class_ in card.texts:
        parts.append(label(lines, card.x + _PADDING, y, size, class_))
        y += len(lines) * size * LINE + 3
    class_ = f"status {card.kind}".rstrip()
    return tag("g", *parts, class_=class_, data_status=card.status.key)


def _stripe(card: _Card, colour: str) -> Markup:
    """A stripe in the colour of the status; no text is on it, so any colour is readable."""
    return tag(
        "rect",
        x=card.x + _STRIPE / 2,
        y=card.y + _PADDING,
        width=_STRIPE,
        height=card.height - 2 * _PADDING,
        rx=_STRIPE / 2,
        fill=colour,
    )


def _arrows(cards: Sequence[_Card], words: Words) -> Iterator[Markup]:
    """The arrows along the path, with the days between statuses."""
    for one, two in pairwise(cards):
        days = wrap(said(_duration(one.status), words), _GAP - _ARROW, _SMALL)
        if one.y == two.y:
            way = 1 if two.x > one.x else -1
            y = one.y + one.height / 2
            begin = one.x + (_CARD if way > 0 else 0)
            end = two.x + (0 if way > 0 else _CARD)
            yield tag(
                "path",
                d=f"M{begin:g} {y:g}H{end - way * _ARROW:g}",
                class_="edge",
                stroke_width=1.5,
            )
            head = f"M{end:g} {y:g}l{-way * _ARROW} -4.5v9z"
            place, anchor = ((begin + end) / 2 - way * 3, y - _SMALL * LINE - 5), "middle"
        else:
            x = one.x + _CARD / 2
            begin, end = one.y + one.height, two.y
            yield tag(
                "path", d=f"M{x:g} {begin:g}V{end - _ARROW:g}", class_="edge", stroke_width=1.5
            )
            head = f"M{x:g} {end:g}l-4.5 {-_ARROW}h9z"
            place, anchor = (x + 10, (begin + end - _SMALL * LINE) / 2 - 4), "start"
        yield tag("path", d=head, class_="tip")
        if any(days):
            yield label(days, *place, _SMALL, "muted num", anchor=anchor)


def _about(named: arguments.Named, counts: Mapping[str, int] | None) -> Message:
    """The picture in words."""
    path, off_path = (
        sentences(_in_words(status, counts) for status in statuses)
        for statuses in (named.path, named.off_path)
    )
    if not off_path:
        return text("The path: {path}. Off the path: none.", path=path)
    return text("The path: {path}. Off the path: {off_path}.", path=path, off_path=off_path)


def _in_words(status: Status, counts: Mapping[str, int] | None) -> str:
    facts: list[str] = [status.description]
    if status.default_duration is not None and not status.final:
        facts.append(_duration(status))
    if counts is not None:
        facts.append(arguments.orders(counts.get(status.key, 0)))
    return joined(facts)
