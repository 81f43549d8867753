"""Where orders go: how often they return to a status, and their moves between statuses."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise, starmap
from typing import NamedTuple, final

from attrs import field, frozen

from prodflow._fields import checked
from prodflow._messages import text
from prodflow._names import Names, StatusKey
from prodflow._words import AnyWords
from prodflow.cycle import StatusCycle
from prodflow.export import Table
from prodflow.hub._orders import ORDERS, STATUS, TYPE, versions
from prodflow.hub._visits import Visit, by_order, by_status, parts_of

__all__ = ["MoveCount", "MoveGraph", "Rework", "StatusRework", "move_graph", "rework"]


@final
class StatusRework(NamedTuple):
    """How often orders returned to one status.

    Args:
        orders: how many orders were in the status.
        visits: how many visits these orders made to the status.
        repeats: how many of these visits weren't the order's first visit to the status.
        reworked: how many orders visited the status more than once.
    """

    order_type: str
    status: str
    title: str
    orders: int
    visits: int
    repeats: int
    reworked: int


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Rework:
    """How often orders returned to a status that they had been in.

    Args:
        rows: the statuses that orders visited, by order type, in cycle order.
        cycles: the cycle versions that name the order types.
    """

    rows: tuple[StatusRework, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each status.

        Args:
            words: your words; None for English.
        """
        names = Names(self.cycles)
        return Table(
            text("Rework"),
            (
                *(TYPE, STATUS, ORDERS, text("Visits")),
                *(text("Repeat Visits"), text("Orders with Repeats")),
            ),
            [(names.type_name(row.order_type), *row[2:]) for row in self.rows],
        ).said(words)


def rework(visits: Iterable[Visit], *, cycles: Iterable[StatusCycle] = ()) -> Rework:
    """How often orders returned to a status that they had been in.

    A return from a hold isn't a repeat, since it continues the visit. If an order was cancelled by
    mistake, its return isn't a repeat either.

    Source:
        Decisions D17 and D18.
    """
    given = versions(cycles)
    return Rework(rows=tuple(starmap(_rework, by_status(visits, given))), cycles=given)


def _rework(key: StatusKey, title: str, stays: list[Visit]) -> StatusRework:
    orders: set[str] = set()
    repeats: list[Visit] = []
    for visit in sorted(stays, key=lambda visit: visit.sequence):
        if visit.order_id in orders:
            repeats.append(visit)
        orders.add(visit.order_id)
    return StatusRework(
        *key,
        title,
        len(orders),
        len(stays),
        len(repeats),
        len({visit.order_id for visit in repeats}),
    )


@final
class MoveCount(NamedTuple):
    """How often orders moved from one status to another: an edge of the graph.

    Args:
        from_status: the key of the status that they left.
        to_status: the key of the status that they entered.
        from_title: the title of the status that they left.
        to_title: the title of the status that they entered.
        weight: how many moves there were.
    """

    order_type: str
    from_status: str
    to_status: str
    from_title: str
    to_title: str
    weight: int


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class MoveGraph:
    """The moves between statuses as a weighted graph.

    Args:
        edges: the pairs of statuses that orders moved between. They are sorted by order type, then
            in cycle order by the first and by the second status.
        cycles: the cycle versions that name the order types.
    """

    edges: tuple[MoveCount, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each edge.

        Args:
            words: your words; None for English.
        """
        names = Names(self.cycles)
        moves = sum(edge.weight for edge in self.edges)
        return Table(
            text("Moves between Statuses"),
            (TYPE, text("From"), text("To"), text("Moves")),
            [(names.type_name(edge.order_type), *edge[3:]) for edge in self.edges],
            notes=(text("All moves: {count}.", count=moves),),
        ).said(words)


def move_graph(visits: Iterable[Visit], *, cycles: Iterable[StatusCycle] = ()) -> MoveGraph:
    """How often orders moved between each pair of statuses.

    Every kind of move counts, even a hold or a return; opening an order isn't a move. If a
    migration mapped the status of a visit to another key, the last key counts.

    Args:
        visits: all visits of the orders.

    Raises:
        ValueError: if a visit of an order is missing.

    Source:
        Decisions D5b, D17 and D18.
    """
    given = versions(cycles)
    names = Names(given)
    counts: Counter[tuple[StatusKey, StatusKey]] = Counter(
        pair
        for stays in by_order(visits).values()
        for pair in pairwise((part.visit.order_type, part.visit.status) for part in parts_of(stays))
    )
    return MoveGraph(
        edges=tuple(
            MoveCount(*left, entered[1], names.title(left), names.title(entered), weight)
            for (left, entered), weight in sorted(
                counts.items(), key=lambda item: tuple(map(names.rank, item[0]))
            )
        ),
        cycles=given,
    )
