"""The moves of orders as a picture: lines between statuses, thicker for more frequent moves.

`_routes` decides where boxes and lines are; this module draws them. In a row of many boxes, names
don't fit: the boxes have numbers instead, and a list below says which status each number stands
for.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Final

from prodflow._messages import count_of, sentences, text
from prodflow._words import AnyWords, Words, said, words_of, written_number
from prodflow.cycle import Status, StatusCycle
from prodflow.diagrams import _arguments as arguments
from prodflow.diagrams._routes import BANDS, LABEL_SIZE, NAMED, Box, Route, boxes_of, routes_of
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
from prodflow.diagrams._text import width as width_of
from prodflow.diagrams._text import wrap
from prodflow.export._cells import optional_lang

_SMALL: Final = 12
_LANE: Final = 24
_PILL: Final = 18
_ROUND: Final = 9.0
_HEAD: Final = 7.0
_SPACE: Final = 26
_KEY_COLUMNS: Final = 3
_KEY_LINE: Final = 20
_KINDS: Final = {
    "forward": text("{count} forward"),
    "back": text("{count} back"),
    "repeat": text("{count} repeated"),
    "off": text("{count} to or from a status off the path"),
}


def flow_svg(
    cycle: StatusCycle,
    moves: Mapping[tuple[str, str], int],
    *,
    title: str | None = None,
    cycles: Iterable[StatusCycle] = (),
    theme: Theme = "auto",
    lang: str | None = None,
    words: AnyWords | None = None,
) -> str:
    """The moves of orders between statuses as an SVG picture.

    The more frequent a move is, the thicker its line. The path, which is the active standard
    statuses in order, is a row of boxes. Lines above the path are moves forward. Lines
    below the path are moves back and repeats; a repeat is a move from a status to itself. Lines
    further down are moves to or from statuses off the path.

    Args:
        cycle: the cycle; each of its statuses is drawn once.
        moves: how often orders moved from one status to another, by (from key, to key).
        title: the title. If it's None, the title is the description of the order type. An order
            type without a description is shown by its key.
        theme: as for `cycle_svg`.
        lang: as for `cycle_svg`.
        words: your words; None for English.

    Returns:
        An SVG document, which is narrower where a page has less room. With up to 32 statuses on the
        path and up to 32 off it, the picture is at most 1,000 pixels wide. With more statuses, it
        can be wider.

    Raises:
        UnknownStatusError: if *moves* has a key that isn't in *cycle*.
        ValueError: if *theme* isn't one of the three words, or *lang* isn't a language tag.

    Source:
        "Tracking Production Statuses"; decision D17.

    Example:
        >>> from prodflow.samples import PRINTS
        >>> moves = {("retouch", "sent-to-lab"): 1_250, ("at-lab", "retouch"): 3}
        >>> ">1,250<" in flow_svg(PRINTS.cycle, moves)
        True
    """
    arguments.known_cycle(cycle)
    made = arguments.moved(cycle, moves)
    colours, language = arguments.known_theme(theme), optional_lang(lang)
    spoken = words_of(words)
    title, path, off_path, statuses = arguments.named(cycle, cycles, title)
    rows = {"path": path, "off": off_path}
    boxes, width = boxes_of(*rows.values())
    routes = routes_of(cycle, made, boxes, width, spoken)
    totals = {kind: sum(r.times for r in routes if r.line.kind == kind) for kind in _KINDS}
    subtitle = count_of(sum(totals.values()), "{count} move", "{count} moves")
    head, y = heading(title, said(subtitle, spoken), width)
    legend, y = _legend(totals, width, y, spoken)

    numbered = {row: len(statuses) > NAMED for row, statuses in rows.items()}
    heights = {
        row: 26.0 if numbered[row] else _height(statuses, boxes) for row, statuses in rows.items()
    }
    above, below, deep = (
        max((route.lane + 1 for route in routes if route.line.kind in kinds), default=0)
        for kinds in BANDS
    )
    top = y + above * _LANE + _SPACE * bool(above)
    bottom = top + heights["path"]
    under = bottom + below * _LANE + _SPACE * bool(below)
    last = under + deep * _LANE + _SPACE
    sides = {"above": top, "below": bottom, "off": last}
    middles = {"forward": (top, -1), "back": (bottom, 1), "repeat": (bottom, 1), "off": (under, 1)}
    parts = [head, *legend]
    pills: list[Markup] = []
    for route in sorted(routes, key=lambda route: -route.width):
        base, way = middles[route.line.kind]
        lane = base + way * (_SPACE / 2 + 6 + route.lane * _LANE)
        parts.append(_stroke(route, lane, sides[route.line.from_[1]], sides[route.line.to[1]]))
        pills.append(_pill(statuses, route, lane, spoken))
    parts.extend(pills)
    both = (*rows["path"], *rows["off"])
    numbers = {status.key: number for number, status in enumerate(both, 1)}
    for row, at in (("path", top), ("off", last)):
        for status in rows[row]:
            number = written_number(numbers[status.key], spoken)
            lines = (number,) if numbered[row] else _name(status, boxes)
            kind = arguments.kind_of(status, on_path=row == "path")
            box = boxes[status.key]
            parts.append(_drawn(status, lines, kind, box, y=at, height=heights[row]))
    numbered_ones = [status for row in rows for status in rows[row] if numbered[row]]
    y = last + heights["off"] if rows["off"] else last - _SPACE
    key, y = _key(numbered_ones, numbers, width, y, spoken)
    listed = sentences(
        text(
            "{from_status} to {to_status}, {count}",
            from_status=statuses[from_].description,
            to_status=statuses[to].description,
            count=count,
        )
        for (from_, to), count in made.items()
    )
    about = said(text("Moves: {moves}.", moves=listed) if listed else _NO_MOVES, spoken)
    return document(title, about, width, y + MARGIN, [*parts, *key], theme=colours, lang=language)


_NO_MOVES: Final = text("Moves: none.")


def _height(statuses: Sequence[Status], boxes: Mapping[str, Box]) -> float:
    """The height of a row of boxes with names."""
    lines = max((len(_name(status, boxes)) for status in statuses), default=0)
    return lines * _SMALL * LINE + 20


def _name(status: Status, boxes: Mapping[str, Box]) -> tuple[str, ...]:
    return wrap(status.description, boxes[status.key].width - 12, _SMALL, lines=4)


def _stroke(route: Route, lane: float, begin: float, end: float) -> Markup:
    """A line with round corners and an arrow head: out of a box, along *lane*, into a box."""
    x, to = route.begin, route.end
    way = 1 if to >= x else -1
    leave, arrive = (1 if lane > y else -1 for y in (begin, end))
    head = _HEAD + route.width / 2
    turn = min(_ROUND, abs(to - x) / 2)
    path = (
        f"M{x:.1f} {begin:.1f}V{lane - leave * turn:.1f}"
        f"Q{x:.1f} {lane:.1f} {x + way * turn:.1f} {lane:.1f}H{to - way * turn:.1f}"
        f"Q{to:.1f} {lane:.1f} {to:.1f} {lane - arrive * turn:.1f}V{end + arrive * (head - 1):.1f}"
    )
    half = 3 + route.width / 2
    point = f"M{to:.1f} {end:.1f}l{-half:.1f} {arrive * head:.1f}h{2 * half:.1f}z"
    kind = route.line.kind
    return tag(
        "g",
        tag("path", d=path, class_=f"edge {kind}", stroke_width=route.width),
        tag("path", d=point, class_=f"head {kind}"),
    )


def _pill(statuses: Mapping[str, Status], route: Route, lane: float, words: Words) -> Markup:
    """The number on a line: how often orders made the move."""
    (from_key, _), (to_key, _), kind = route.line
    from_, to = statuses[from_key].description, statuses[to_key].description
    names = f"{from_} \N{RIGHTWARDS ARROW} {to}"
    times = written_number(route.times, words)
    (left, right), top = route.label, lane - _PILL / 2
    class_ = f"text {kind} num strong"
    return tag(
        "g",
        tip(f"{names}: {times}"),
        rectangle(left, top, right - left, _PILL, "pill", radius=_PILL / 2),
        label([times], (left + right) / 2, top + 1.2, LABEL_SIZE, class_, anchor="middle"),
        data_move=f"{from_key} {to_key}",
    )


def _drawn(
    status: Status, lines: Sequence[str], kind: str, box: Box, *, y: float, height: float
) -> Markup:
    top = y + (height - len(lines) * _SMALL * LINE) / 2 - 1
    return tag(
        "g",
        tip(status.description),
        rectangle(box.left, y, box.width, height, f"box {kind}".rstrip(), radius=6),
        label(lines, box.middle, top, _SMALL, "ink strong", anchor="middle"),
        class_=f"status {kind}".rstrip(),
        data_status=status.key,
    )


def _legend(
    totals: Mapping[str, int], width: float, y: float, words: Words
) -> tuple[list[Markup], float]:
    """The meaning of the colours, for the kinds of moves in the picture."""
    parts: list[Markup] = []
    x = float(MARGIN)
    for kind, template in _KINDS.items():
        if totals[kind]:
            meaning = said(template.with_fields(count=totals[kind]), words)
            lines = wrap(meaning, max(width - MARGIN - 24 - x, 0), _SMALL)
            parts.append(
                tag("path", d=f"M{x:.1f} {y + 8:.1f}h18", class_=f"edge {kind}", stroke_width=4)
            )
            parts.append(label(lines, x + 24, y, _SMALL, "muted"))
            x += width_of(lines[0], _SMALL) + 40
    return parts, y + (_SMALL * LINE + 8 if parts else 0)


def _key(
    statuses: Sequence[Status],
    numbers: Mapping[str, int],
    width: float,
    y: float,
    words: Words,
) -> tuple[list[Markup], float]:
    """The list that explains the numbers in the boxes, and the y of its lower edge."""
    if not statuses:
        return [], y
    room = (width - 2 * MARGIN) / _KEY_COLUMNS
    rows = ceil(len(statuses) / _KEY_COLUMNS)
    y += 20
    parts: list[Markup] = []
    for index, status in enumerate(statuses):
        column, row = divmod(index, rows)
        x, top = MARGIN + column * room, y + row * _KEY_LINE
        number = written_number(numbers[status.key], words)
        name = wrap(status.description, room - 56, _SMALL)
        parts.append(
            tag(
                "g",
                tip(status.description),
                label([number], x + 28, top, _SMALL, "muted strong num", anchor="end"),
                label(name, x + 36, top, _SMALL, "ink"),
            )
        )
    return parts, y + rows * _KEY_LINE
