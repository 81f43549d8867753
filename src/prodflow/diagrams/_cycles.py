"""A cycle as a picture: its path as a line of cards, and the other statuses below.

Theory of operation. The path runs like a line of writing that turns at its end: left to right,
down, right to left. Cards stand in columns, as many as keep the picture within 1,000 pixels; the
cards of a row are as high as the highest.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import Final, NamedTuple

from prodflow.cycle import Status, StatusCycle
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

__all__ = ["cycle_svg"]

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
_ROOM: Final = _CARD - 2 * _PADDING
_DOT: Final = " \N{MIDDLE DOT} "

_Text = tuple[tuple[str, ...], float, str]
"""Lines, their size and their class."""


class _Card(NamedTuple):
    """A status with what is written on its card, and where the card stands."""

    status: Status
    class_: str
    texts: tuple[_Text, ...]
    x: float
    y: float
    height: float


def cycle_svg(
    cycle: StatusCycle, *, counts: Mapping[str, int] | None = None, title: str | None = None
) -> str:
    """A cycle as an SVG picture, the path as a line with the days between its statuses.

    Every status stands in it once, inactive ones too. The days on an arrow are the default duration
    of the status that it leaves; a status off the path has its own on its card.

    Args:
        cycle: the cycle to draw.
        counts: how many orders are in each status, by key; None to show none. A status that is not
            named has none.
        title: what stands above; None for the description of the order type, or its key.

    Returns:
        An SVG document of up to 1,000 pixels in width, for light and dark pages.

    Raises:
        UnknownStatusError: if *counts* names a status that *cycle* has not.
        TypeError: for a value of the wrong kind.
        ValueError: for a title, key or count out of bounds.

    Source:
        "Setting up Production Statuses"; decisions D2 and D3.

    Example:
        >>> from prodflow import Status, StatusCycle
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [
        ...         Status("ordered", "Ordered", default_duration=1, initial=True),
        ...         Status("done", "Delivered", final=True),
        ...     ],
        ... )
        >>> cycle_svg(cycle, counts={"ordered": 7}).count("7 orders")
        2
    """
    arguments.known_cycle(cycle)
    found = arguments.counted(cycle, counts)
    name = arguments.titled(title, cycle)
    path = cycle.path
    beside = tuple(status for status in cycle if cycle.place(status.key).position is None)
    rows = ceil(len(path) / _COLUMNS)
    columns = max(ceil(len(path) / rows), 3 if beside else 2)
    width = 2 * MARGIN + columns * _CARD + (columns - 1) * _GAP
    head, y = heading(name, _subtitle(path, beside, found), width)
    line, y = _path(path, found, columns, y)
    parts = [head, *_arrows(line), *map(_drawn, line)]
    if beside:
        y += 28
        parts.append(label(["Off the path"], MARGIN, y, 13, "muted strong"))
        cards, y = _beside(beside, found, width, y + 26)
        parts.extend(map(_drawn, cards))
    return document(name, _about(path, beside, found), width, y + MARGIN, parts)


def _subtitle(
    path: Sequence[Status], beside: Sequence[Status], counts: Mapping[str, int] | None
) -> str:
    total = sum(status.default_duration or 0 for status in path if status.is_due)
    facts = [f"{len(path)} statuses on the path", f"{len(beside)} off it"]
    if total:
        facts.append(f"{arguments.days(total)} in all")
    if counts is not None:
        facts.append(arguments.orders(sum(counts.values())))
    return _DOT.join(facts)


def _texts(
    status: Status, number: int | None, counts: Mapping[str, int] | None
) -> tuple[_Text, ...]:
    """What stands on a card, from above."""
    if number is None:
        facts = [arguments.side(status), status.description, _duration(status)]
    else:
        end = "initial" if status.initial else "final" if status.final else ""
        facts = [_DOT.join(filter(None, (str(number), end))), status.description]
    mark, name, *more = (*facts, arguments.who(status))
    texts: list[_Text] = [
        (wrap(mark, _ROOM, _SMALL), _SMALL, "muted mark"),
        (wrap(name, _ROOM, _NAME, lines=4), _NAME, "ink strong"),
        *((wrap(fact, _ROOM, _SMALL), _SMALL, "muted") for fact in more if fact),
    ]
    if counts is not None:
        count = counts.get(status.key, 0)
        class_ = "blue strong num" if count else "muted num"
        texts.append((wrap(arguments.orders(count), _ROOM, _COUNT), _COUNT, class_))
    return tuple(texts)


def _duration(status: Status) -> str:
    return "" if status.default_duration is None else arguments.days(status.default_duration)


def _row(
    statuses: Sequence[tuple[Status, str, tuple[_Text, ...]]], xs: Sequence[float], y: float
) -> list[_Card]:
    """Cards beside one another, as high as the highest."""
    height = max(
        2 * _PADDING + sum(len(lines) * size * LINE + 3 for lines, size, _ in texts)
        for _, _, texts in statuses
    )
    return [
        _Card(status, class_, texts, x, y, height)
        for (status, class_, texts), x in zip(statuses, xs, strict=False)
    ]


def _path(
    path: Sequence[Status], counts: Mapping[str, int] | None, columns: int, y: float
) -> tuple[list[_Card], float]:
    """The cards of the path, and where they end."""
    xs = [MARGIN + column * (_CARD + _GAP) for column in range(columns)]
    cards: list[_Card] = []
    for row, begin in enumerate(range(0, len(path), columns)):
        statuses = [
            (status, _class(status), _texts(status, begin + index + 1, counts))
            for index, status in enumerate(path[begin : begin + columns])
        ]
        cards.extend(_row(statuses, xs[::-1] if row % 2 else xs, y))
        y = cards[-1].y + cards[-1].height + _ROW_GAP
    return cards, y - _ROW_GAP


def _class(status: Status) -> str:
    return "status initial" if status.initial else "status final" if status.final else "status"


def _beside(
    statuses: Sequence[Status], counts: Mapping[str, int] | None, width: float, y: float
) -> tuple[list[_Card], float]:
    """The cards of the statuses off the path, and where they end."""
    step = _CARD + _ASIDE_GAP
    columns = int((width - 2 * MARGIN + _ASIDE_GAP) // step)
    xs = [MARGIN + column * step for column in range(columns)]
    cards: list[_Card] = []
    for begin in range(0, len(statuses), columns):
        row = [
            (status, "status aside", _texts(status, None, counts))
            for status in statuses[begin : begin + columns]
        ]
        cards.extend(_row(row, xs, y))
        y = cards[-1].y + cards[-1].height + _ASIDE_GAP
    return cards, y - _ASIDE_GAP


def _drawn(card: _Card) -> Markup:
    y = card.y + _PADDING
    parts = [tip(card.status.description)]
    parts.append(rectangle(card.x, card.y, _CARD, card.height, "box"))
    for lines, size, class_ in card.texts:
        parts.append(label(lines, card.x + _PADDING, y, size, class_))
        y += len(lines) * size * LINE + 3
    return tag("g", *parts, class_=card.class_, data_status=card.status.key)


def _arrows(cards: Sequence[_Card]) -> Iterator[Markup]:
    """From each card of the path to the next, with the days between them."""
    for one, two in pairwise(cards):
        text = _duration(one.status)
        if one.y == two.y:
            way = 1 if two.x > one.x else -1
            y = one.y + one.height / 2
            begin = one.x + (_CARD if way > 0 else 0)
            end = two.x + (0 if way > 0 else _CARD)
            yield tag("path", d=f"M{begin:g} {y:g}H{end - way * _ARROW:g}", class_="edge")
            head = f"M{end:g} {y:g}l{-way * _ARROW} -4.5v9z"
            place, anchor = ((begin + end) / 2 - way * 3, y - _SMALL * LINE - 5), "middle"
        else:
            x = one.x + _CARD / 2
            begin, end = one.y + one.height, two.y
            yield tag("path", d=f"M{x:g} {begin:g}V{end - _ARROW:g}", class_="edge")
            head = f"M{x:g} {end:g}l-4.5 {-_ARROW}h9z"
            place, anchor = (x + 10, (begin + end - _SMALL * LINE) / 2 - 4), "start"
        yield tag("path", d=head, class_="tip")
        if text:
            yield label([text], *place, _SMALL, "muted num", anchor=anchor)


def _about(
    path: Sequence[Status], beside: Sequence[Status], counts: Mapping[str, int] | None
) -> str:
    """The picture in words."""
    named = "; ".join(_said(status, counts) for status in path)
    also = "; ".join(_said(status, counts) for status in beside)
    return f"The path: {named}. Off the path: {also or 'none'}."


def _said(status: Status, counts: Mapping[str, int] | None) -> str:
    count = "" if counts is None else arguments.orders(counts.get(status.key, 0))
    duration = "" if status.final else _duration(status)
    return ", ".join(filter(None, (status.description, duration, count)))
