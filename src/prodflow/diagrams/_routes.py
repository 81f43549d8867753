"""The layout of a flow: boxes in two rows, and lines between them that don't overlap.

Theory of operation. The path is a row of boxes, and the statuses off the path are another row below
it. A line leaves a box at a *port*, runs along a *lane*, and arrives at a port of a box.

1. There are three bands of lanes. Forward moves run above the path. Backward moves run below the
   path, and so do repeats (moves from a status to itself). Moves to or from statuses off the path
   run below the backward moves.
2. A line to the left has its port on the left of a box. The longer the line, the nearer its port
   is to the middle of the box. So short lines nest inside long ones.
3. A line takes the first lane of its band that is free for the line and its label. Short lines
   choose first.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from prodflow._words import Words, written_number
from prodflow.cycle import Status, StatusCycle
from prodflow.diagrams._svg import MARGIN
from prodflow.diagrams._text import width

NAMED: Final = 8
"""A row of up to this many boxes shows names; the boxes of a longer row have numbers."""
BANDS: Final = (("forward",), ("back", "repeat"), ("off",))
"""The bands of lanes, from top to bottom, each with the kinds of moves in it."""
LABEL_SIZE: Final = 12
"""The font size of the number on a line, in pixels."""

_WIDTH: Final = 1000
_LEAST_WIDTH: Final = 700
_PITCH: Final = 200.0
_NARROW: Final = 29.0
_THICK: Final = 10.0
_APART: Final = 6


class Box(NamedTuple):
    """The horizontal position of a status."""

    left: float
    width: float

    @property
    def middle(self) -> float:
        """The middle of the box."""
        return self.left + self.width / 2


class Line(NamedTuple):
    """A move between two boxes: the key and the side of each box, and the kind of the move."""

    from_: tuple[str, str]
    to: tuple[str, str]
    kind: str


class Route(NamedTuple):
    """A line with its ports, its lane (an index), the ends of its label, and its thickness."""

    line: Line
    times: int
    begin: float
    end: float
    lane: int
    label: tuple[float, float]
    width: float


def boxes_of(path: Sequence[Status], off_path: Sequence[Status]) -> tuple[dict[str, Box], float]:
    """The boxes of both rows by key, and the width of the picture."""
    boxes: dict[str, Box] = {}
    total = float(_LEAST_WIDTH)
    for row in (path, off_path):
        room = (_WIDTH - 2 * MARGIN) / max(len(row), 1)
        pitch = max(min(_PITCH, room), _NARROW)
        gap = 4 if len(row) > NAMED else 16
        for index, status in enumerate(row):
            boxes[status.key] = Box(MARGIN + index * pitch + gap / 2, pitch - gap)
        total = max(total, 2 * MARGIN + len(row) * pitch)
    return boxes, total


def routes_of(
    cycle: StatusCycle,
    moves: Mapping[tuple[str, str], int],
    boxes: Mapping[str, Box],
    total: float,
    words: Words,
) -> list[Route]:
    """The routes of the moves, band by band, in a picture of this total width."""
    lines = [_line(cycle, pair) for pair in moves]
    counts = list(moves.values())
    ports = _ports(lines, boxes)
    labels = [
        _label(sum(ends) / 2, width(written_number(count, words), LABEL_SIZE) + 10, total)
        for ends, count in zip(ports, counts, strict=True)
    ]
    thickness = _thickness(lines, counts, boxes)
    routes: list[Route] = []
    for kinds in BANDS:
        chosen = [index for index, line in enumerate(lines) if line.kind in kinds]
        lanes = _lanes([(*ports[index], *labels[index]) for index in chosen])
        routes.extend(
            Route(
                lines[index],
                counts[index],
                *ports[index],
                lane,
                labels[index],
                max(counts[index] * thickness, 1.2),
            )
            for index, lane in zip(chosen, lanes, strict=True)
        )
    return routes


def _line(cycle: StatusCycle, pair: tuple[str, str]) -> Line:
    from_, to = (cycle.place(key).position for key in pair)
    if from_ is None or to is None:
        begin, end = ("off" if position is None else "below" for position in (from_, to))
        return Line((pair[0], begin), (pair[1], end), "off")
    side = "above" if to > from_ else "below"
    kind = "forward" if to > from_ else "repeat" if to == from_ else "back"
    return Line((pair[0], side), (pair[1], side), kind)


def _ports(lines: Sequence[Line], boxes: Mapping[str, Box]) -> list[tuple[float, float]]:
    """For each line, the x where it leaves its box and the x where it arrives."""
    sides: dict[tuple[str, str], list[tuple[tuple[float, ...], int, int]]] = defaultdict(list)
    for index, line in enumerate(lines):
        way = boxes[line.to[0]].middle - boxes[line.from_[0]].middle
        # Lines to and from statuses off the path run deeper, as if they were longer.
        deep = 1.0 if line.kind == "off" else 0.0
        sides[line.from_].append((_order(way, deep), index, 0))
        sides[line.to].append((_order(-way, deep), index, 1))
    ports = [[0.0, 0.0] for _ in lines]
    for (key, _), ends in sides.items():
        box = boxes[key]
        room = box.width - min(12, box.width / 4)
        for place, (_, index, end) in enumerate(sorted(ends)):
            offset = (place + 0.5) / len(ends) - 0.5
            ports[index][end] = box.middle + offset * room
    return [(begin, end) for begin, end in ports]


def _order(way: float, deep: float) -> tuple[float, ...]:
    """The sort key of a line among the lines on the same side of a box."""
    if way < 0:
        return (0, deep, -way)
    return (2, -deep, -way) if way > 0 else (1, deep, 0)


def _label(middle: float, room: float, total: float) -> tuple[float, float]:
    """The left and right end of a label, moved so that it's inside the picture."""
    left = min(max(middle - room / 2, MARGIN / 2), total - MARGIN / 2 - room)
    return left, left + room


def _thickness(lines: Sequence[Line], counts: Sequence[int], boxes: Mapping[str, Box]) -> float:
    """The thickness that each move adds to its line, so that all lines fit on their boxes."""
    sides: Counter[tuple[str, str]] = Counter()
    for line, count in zip(lines, counts, strict=True):
        sides[line.from_] += count
        sides[line.to] += count
    limits = (boxes[key].width * 0.7 / count for (key, _), count in sides.items())
    thickest = min((_THICK, *(box.width / 6 for box in boxes.values())))
    return min((thickest / max(counts, default=1), *limits))


def _lanes(spans: Sequence[tuple[float, float, float, float]]) -> list[int]:
    """The lane of each line, given its two ports and the two ends of its label."""
    taken: list[list[tuple[float, float]]] = []
    lanes = [0] * len(spans)
    for index in sorted(range(len(spans)), key=lambda at: abs(spans[at][0] - spans[at][1])):
        low, high = min(spans[index]) - _APART, max(spans[index]) + _APART
        free = (
            lane
            for lane, others in enumerate(taken)
            if all(high <= left or right <= low for left, right in others)
        )
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        lanes[index] = lane
    return lanes
