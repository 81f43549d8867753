"""The moves of orders as a picture: lines between statuses, as wide as they are often made.

Theory of operation. The path is a row of boxes, and what is off the path another row at the bottom.
Moves forward run in lanes above the path; moves back and repeated ones in lanes below it; moves to,
from and between the statuses off the path in lanes below those. Where a row has too many statuses
for names to stand in their boxes, the boxes of the picture bear numbers, and a list says which is
which.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Final, NamedTuple

from prodflow.cycle import Status, StatusCycle
from prodflow.diagrams import _arguments as arguments
from prodflow.diagrams._lanes import Box, Line, lanes, ports
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

__all__ = ["flow_svg"]

_WIDTH: Final = 1000
_LEAST_WIDTH: Final = 700
_SMALL: Final = 12
_NAMED: Final = 8  # more boxes of a row bear numbers
_PITCH: Final = 200.0
_NARROW: Final = 29.0
_LANE: Final = 24
_PILL: Final = 18
_THICK: Final = 10.0
_ROUND: Final = 9.0
_HEAD: Final = 7.0
_SPACE: Final = 26
_KEY_COLUMNS: Final = 3
_KEY_LINE: Final = 20
_BANDS: Final = (("forward",), ("back", "repeat"), ("beside",))
_KINDS: Final = {
    "forward": "forward",
    "back": "back",
    "repeat": "repeated",
    "beside": "to, from and between those off the path",
}


class _Route(NamedTuple):
    """A move with what there is to know of its line before anything has a height."""

    pair: tuple[str, str]
    line: Line
    times: int
    begin: float
    end: float
    lane: int
    middle: float
    room: float
    width: float


def flow_svg(
    cycle: StatusCycle, moves: Mapping[tuple[str, str], int], *, title: str | None = None
) -> str:
    """The moves of orders as an SVG picture, each line as wide as the move is frequent.

    Moves forward run above the path, moves back and repeated ones below it, and those from or to
    statuses off the path below that. Every status stands in it once.

    Args:
        cycle: the cycle whose statuses to draw.
        moves: how often orders went from one status to another, by (from key, to key).
        title: what stands above; None for the description of the order type, or its key.

    Returns:
        An SVG document for light and dark pages, of up to 1,000 pixels in width where neither the
        path nor what is off it has more than 32 statuses, and wider where one has.

    Raises:
        UnknownStatusError: if *moves* names a status that *cycle* has not.
        TypeError: for a value of the wrong kind.
        ValueError: for a title, key or count out of bounds.

    Source:
        "Tracking Production Statuses"; decision D17.

    Example:
        >>> from prodflow import Status, StatusCycle
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [
        ...         Status("ordered", "Ordered", initial=True),
        ...         Status("done", "Delivered", final=True),
        ...     ],
        ... )
        >>> picture = flow_svg(cycle, {("ordered", "done"): 1_250, ("done", "ordered"): 3})
        >>> ">1,250<" in picture
        True
    """
    arguments.known_cycle(cycle)
    found = arguments.moved(cycle, moves)
    name = arguments.titled(title, cycle)
    beside = [status for status in cycle if cycle.place(status.key).position is None]
    boxes, width = _boxes(cycle.path, beside)
    totals = dict.fromkeys(_KINDS, 0)
    for pair, count in found.items():
        totals[_line(cycle, pair).kind] += count
    head, y = heading(name, f"{sum(totals.values()):,} moves", width)
    legend, y = _legend(totals, y)

    numbered = {"path": len(cycle.path) > _NAMED, "beside": len(beside) > _NAMED}
    rows = {"path": cycle.path, "beside": beside}
    heights = {
        row: 26.0 if numbered[row] else _height(statuses, boxes) for row, statuses in rows.items()
    }
    routes = _routes(cycle, found, boxes, width)
    above, below, deep = (_lanes_of(routes, kinds) for kinds in _BANDS)
    top = y + above * _LANE + _SPACE * bool(above)
    bottom = top + heights["path"]
    under = bottom + below * _LANE + _SPACE * bool(below)
    last = under + deep * _LANE + _SPACE
    sides = {"above": top, "below": bottom, "beside": last}
    middles = {"forward": (top, -1), "back": (bottom, 1), "repeat": (bottom, 1)}
    parts = [head, *legend]
    pills: list[Markup] = []
    for route in sorted(routes, key=lambda route: -route.width):
        base, way = middles.get(route.line.kind, (under, 1))
        lane = base + way * (_SPACE / 2 + 6 + route.lane * _LANE)
        parts.append(_stroke(route, lane, sides[route.line.from_[1]], sides[route.line.to[1]]))
        pills.append(_pill(cycle, route, lane))
    parts.extend(pills)
    numbers = {status.key: number for number, status in enumerate((*cycle.path, *beside), 1)}
    for row, at in (("path", top), ("beside", last)):
        for status in rows[row]:
            text = str(numbers[status.key]) if numbered[row] else ""
            box = boxes[status.key]
            parts.append(_box(status, row, text, box=box, y=at, height=heights[row]))
    listed = [status for row in rows for status in rows[row] if numbered[row]]
    key, y = _key(listed, numbers, width, last + heights["beside"] if beside else last - _SPACE)
    about = "; ".join(
        f"{cycle[from_].description} to {cycle[to].description}, {count:,}"
        for (from_, to), count in found.items()
    )
    return document(name, f"Moves: {about or 'none'}.", width, y + MARGIN, [*parts, *key])


def _line(cycle: StatusCycle, pair: tuple[str, str]) -> Line:
    """At which sides of which boxes a move begins and ends."""
    from_, to = (cycle.place(key).position for key in pair)
    if from_ is None or to is None:
        begin, end = ("beside" if place is None else "below" for place in (from_, to))
        return Line((pair[0], begin), (pair[1], end), "beside")
    side = "above" if to > from_ else "below"
    kind = "forward" if to > from_ else "repeat" if to == from_ else "back"
    return Line((pair[0], side), (pair[1], side), kind)


def _boxes(path: Sequence[Status], beside: Sequence[Status]) -> tuple[dict[str, Box], float]:
    """The boxes of both rows, and how wide the picture is."""
    found: dict[str, Box] = {}
    width = float(_LEAST_WIDTH)
    for row in (path, beside):
        room = (_WIDTH - 2 * MARGIN) / max(len(row), 1)
        pitch = max(min(_PITCH, room), _NARROW)
        gap = 4 if len(row) > _NAMED else 16
        for index, status in enumerate(row):
            found[status.key] = Box(MARGIN + index * pitch + gap / 2, pitch - gap)
        width = max(width, 2 * MARGIN + len(row) * pitch)
    return found, width


def _height(statuses: Sequence[Status], boxes: Mapping[str, Box]) -> float:
    """How high a row of named boxes is."""
    lines = max((len(_named(status, boxes[status.key])) for status in statuses), default=0)
    return lines * _SMALL * LINE + 20


def _named(status: Status, box: Box) -> tuple[str, ...]:
    return wrap(status.description, box.width - 12, _SMALL, lines=4)


def _routes(
    cycle: StatusCycle,
    moves: Mapping[tuple[str, str], int],
    boxes: Mapping[str, Box],
    width: float,
) -> list[_Route]:
    """Where the line of each move runs, the three bands each with lanes of their own."""
    lines = [_line(cycle, pair) for pair in moves]
    ways = ports(lines, boxes)
    counts = list(moves.values())
    rooms = [width_of(f"{count:,}", _SMALL) + 10 for count in counts]
    middles = [
        min(max(sum(way) / 2, MARGIN / 2 + room / 2), width - MARGIN / 2 - room / 2)
        for way, room in zip(ways, rooms, strict=True)
    ]
    thick = _thickness(lines, counts, boxes)
    found: list[_Route] = []
    for kinds in _BANDS:
        chosen = [index for index, line in enumerate(lines) if line.kind in kinds]
        placed = lanes(
            [ways[index] for index in chosen],
            [
                (middles[index] - rooms[index] / 2, middles[index] + rooms[index] / 2)
                for index in chosen
            ],
        )
        found.extend(
            _Route(
                (lines[index].from_[0], lines[index].to[0]),
                lines[index],
                counts[index],
                *ways[index],
                lane,
                middles[index],
                rooms[index],
                max(counts[index] * thick, 1.2),
            )
            for index, lane in zip(chosen, placed, strict=True)
        )
    return found


def _thickness(lines: Sequence[Line], counts: Sequence[int], boxes: Mapping[str, Box]) -> float:
    """How wide a line is for each move: no side of a box has more lines than room."""
    sides: Counter[tuple[str, str]] = Counter()
    for line, count in zip(lines, counts, strict=True):
        sides[line.from_] += count
        sides[line.to] += count
    limits = (boxes[key].width * 0.7 / count for (key, _), count in sides.items())
    thickest = min((_THICK, *(box.width / 6 for box in boxes.values())))
    return min((thickest / max(counts, default=1), *limits))


def _lanes_of(routes: Sequence[_Route], kinds: Sequence[str]) -> int:
    return max((route.lane + 1 for route in routes if route.line.kind in kinds), default=0)


def _stroke(route: _Route, lane: float, begin: float, end: float) -> Markup:
    """A line with round corners and a head: from the box, along its lane, to the other."""
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
        tag("path", d=path, class_=f"edge {kind}", style=f"stroke-width:{route.width:.1f}"),
        tag("path", d=point, class_=f"head {kind}"),
    )


def _pill(cycle: StatusCycle, route: _Route, lane: float) -> Markup:
    """How often the move was made, on its line."""
    from_, to = (cycle[key].description for key in route.pair)
    text = f"{route.times:,}"
    left, top = route.middle - route.room / 2, lane - _PILL / 2
    return tag(
        "g",
        tip(f"{from_} \N{RIGHTWARDS ARROW} {to}: {text}"),
        rectangle(left, top, route.room, _PILL, "pill", radius=_PILL / 2),
        label(
            [text],
            route.middle,
            top + 1.2,
            _SMALL,
            f"text {route.line.kind} num strong",
            anchor="middle",
        ),
        data_move=" ".join(route.pair),
    )


def _box(status: Status, row: str, text: str, *, box: Box, y: float, height: float) -> Markup:
    end = "initial" if status.initial else "final" if status.final else ""
    lines = (text,) if text else _named(status, box)
    top = y + (height - len(lines) * _SMALL * LINE) / 2 - 1
    return tag(
        "g",
        tip(status.description),
        rectangle(box.left, y, box.width, height, "box", radius=6),
        label(lines, box.middle, top, _SMALL, "ink strong", anchor="middle"),
        class_=f"status {end if row == 'path' else 'aside'}".rstrip(),
        data_status=status.key,
    )


def _legend(totals: Mapping[str, int], y: float) -> tuple[list[Markup], float]:
    """What the colours mean, for the kinds of moves that there are."""
    parts: list[Markup] = []
    x = float(MARGIN)
    for kind, words in _KINDS.items():
        if totals[kind]:
            text = f"{totals[kind]:,} {words}"
            parts.append(tag("path", d=f"M{x:.1f} {y + 8:.1f}h18", class_=f"edge {kind} key"))
            parts.append(label([text], x + 24, y, _SMALL, "muted"))
            x += width_of(text, _SMALL) + 40
    return parts, y + (_SMALL * LINE + 8 if parts else 0)


def _key(
    statuses: Sequence[Status], numbers: Mapping[str, int], width: float, y: float
) -> tuple[list[Markup], float]:
    """Which number is which status, in columns, and where they end."""
    if not statuses:
        return [], y
    room = (width - 2 * MARGIN) / _KEY_COLUMNS
    rows = ceil(len(statuses) / _KEY_COLUMNS)
    y += 20
    parts: list[Markup] = []
    for index, status in enumerate(statuses):
        column, row = divmod(index, rows)
        x, top = MARGIN + column * room, y + row * _KEY_LINE
        number = str(numbers[status.key])
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
