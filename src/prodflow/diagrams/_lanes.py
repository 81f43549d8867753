"""Where the lines of a flow run: ports at the boxes, and lanes that keep the lines apart.

Theory of operation. A line leaves a box at a port, runs along a lane, and comes to another box at a
port of that. Of the lines on one side of a box those that go left stand on the left; of each half
the longer ones stand nearer the middle of the box, so that shorter lines nest below longer
ones. A line takes the first lane where nothing lies in its way, the short ones first; its label has
room in that lane even where it is wider than the line.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

__all__ = ["Box", "Line", "lanes", "ports"]

_APART: Final = 6


class Box(NamedTuple):
    """Where a status stands, from left to right."""

    left: float
    width: float

    @property
    def middle(self) -> float:
        """Halfway."""
        return self.left + self.width / 2


class Line(NamedTuple):
    """A move between two boxes, each with the side at which the line comes to it."""

    from_: tuple[str, str]
    to: tuple[str, str]
    kind: str


def ports(lines: Sequence[Line], boxes: Mapping[str, Box]) -> list[tuple[float, float]]:
    """For each line where it leaves and where it arrives."""
    sides: dict[tuple[str, str], list[tuple[tuple[float, ...], int, int]]] = defaultdict(list)
    for index, line in enumerate(lines):
        way = boxes[line.to[0]].middle - boxes[line.from_[0]].middle
        # Lines to what is beside run deeper than the others: as if they were longer.
        deep = 1.0 if line.kind == "beside" else 0.0
        sides[line.from_].append((_order(way, deep), index, 0))
        sides[line.to].append((_order(-way, deep), index, 1))
    found = [[0.0, 0.0] for _ in lines]
    for (key, _), ends in sides.items():
        box = boxes[key]
        room = box.width - min(12, box.width / 4)
        for place, (_, index, end) in enumerate(sorted(ends)):
            offset = (place + 0.5) / len(ends) - 0.5
            found[index][end] = box.middle + offset * room
    return [(begin, end) for begin, end in found]


def _order(way: float, deep: float) -> tuple[float, ...]:
    """Where a line stands among those of its side, seen from the box."""
    if way < 0:
        return (0, deep, -way)
    return (2, -deep, -way) if way > 0 else (1, deep, 0)


def lanes(ways: Sequence[tuple[float, float]], labels: Sequence[tuple[float, float]]) -> list[int]:
    """For each line its lane, from 0.

    Args:
        ways: where each line leaves and arrives.
        labels: where the label of each begins and ends.
    """
    taken: list[list[tuple[float, float]]] = []
    found = [0] * len(ways)
    for index in sorted(range(len(ways)), key=lambda index: abs(ways[index][0] - ways[index][1])):
        places = (*ways[index], *labels[index])
        low, high = min(places) - _APART, max(places) + _APART
        free = (
            lane
            for lane, spans in enumerate(taken)
            if all(high <= left or right <= low for left, right in spans)
        )
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        found[index] = lane
    return found
