"""Where orders go: rework, and the moves between statuses as a weighted graph."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import checked
from prodflow.cycle import StatusCycle
from prodflow.export import Table
from prodflow.hub._names import Key, StatusNames
from prodflow.hub._visits import Visit, each_visit, lives

__all__ = ["MoveCount", "MoveGraph", "Rework", "StatusRework", "move_graph", "rework"]


@final
class StatusRework(NamedTuple):
    """How often orders were in one status more than once."""

    order_type: str
    """The key of the order type."""
    status: str
    """The key of the status."""
    title: str
    """Its description; its key where no cycle says more."""
    orders: int
    """How many orders were in it."""
    visits: int
    """How many visits they made."""
    repeats: int
    """How many of the visits were not the first of their order: visits less orders."""
    after_hold: int
    """How many of the repeats only went on after a hold."""
    reworked: int
    """How many orders were in it more than once."""


def _rows(value: Iterable[StatusRework]) -> tuple[StatusRework, ...]:
    return checks.instances("rows", value, StatusRework, "StatusRework")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Rework:
    """How often orders came back to a status.

    Args:
        rows: the statuses that were visited, by order type, in cycle order.

    Raises:
        TypeError: for a value of the wrong kind.
    """

    rows: tuple[StatusRework, ...] = field(converter=_rows)

    def table(self) -> Table:
        """A line for each status."""
        return Table(
            "Rework",
            (
                *("Type", "Status", "Orders", "Visits", "Beyond the First", "After a Hold"),
                "Orders with More than One",
            ),
            [(row.order_type, *row[2:]) for row in self.rows],
        )


def rework(visits: Iterable[Visit], *, cycles: Iterable[StatusCycle] = ()) -> Rework:
    """How often orders came back to a status: their visits beyond the first.

    A visit that goes on after a hold is beyond the first, though nothing was done again: these are
    counted apart too, to be taken off.

    Args:
        visits: visits of any orders, each once.
        cycles: where the order and the descriptions of the statuses come from, any versions;
            statuses that no cycle has follow by key.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a visit that is given twice.

    Source:
        Decisions D17 and D18.
    """
    titles = StatusNames(cycles)
    found: defaultdict[Key, defaultdict[str, list[Visit]]] = defaultdict(lambda: defaultdict(list))
    for visit in sorted(each_visit(visits), key=lambda visit: visit.sequence):
        found[visit.order_type, visit.status][visit.order_id].append(visit)
    return Rework(
        rows=[
            StatusRework(
                *key,
                titles.of(key),
                len(found[key]),
                sum(map(len, found[key].values())),
                sum(len(stays) - 1 for stays in found[key].values()),
                sum(stay.after_hold for stays in found[key].values() for stay in stays[1:]),
                sum(len(stays) > 1 for stays in found[key].values()),
            )
            for key in sorted(found, key=titles.place)
        ]
    )


@final
class MoveCount(NamedTuple):
    """An edge of the graph: how often orders went from one status to another."""

    order_type: str
    """The key of the order type."""
    from_status: str
    """The key of the status left."""
    to_status: str
    """The key of the status entered."""
    from_title: str
    """The description of the status left; its key where no cycle says more."""
    to_title: str
    """The description of the status entered; its key where no cycle says more."""
    weight: int
    """How many moves there were."""


def _edges(value: Iterable[MoveCount]) -> tuple[MoveCount, ...]:
    return checks.instances("edges", value, MoveCount, "MoveCount")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class MoveGraph:
    """The moves between statuses as a weighted graph.

    Args:
        edges: each pair of statuses between which orders moved, by order type, in cycle order of
            the status left, then of the one entered.

    Raises:
        TypeError: for a value of the wrong kind.
    """

    edges: tuple[MoveCount, ...] = field(converter=_edges)

    def table(self) -> Table:
        """A line for each edge."""
        return Table(
            "Moves between Statuses",
            ("Type", "From", "To", "Moves"),
            [(edge.order_type, *edge[3:]) for edge in self.edges],
            notes=(f"{sum(edge.weight for edge in self.edges):,} moves.",),
        )


def move_graph(visits: Iterable[Visit], *, cycles: Iterable[StatusCycle] = ()) -> MoveGraph:
    """How often orders went from each status to each other, whatever kind of step it was.

    An opening is no move. Where a change of the cycle version gave the status another key, the one
    it had last is the one that was left.

    Args:
        visits: all visits of some orders.
        cycles: where the order and the descriptions of the statuses come from, any versions;
            statuses that no cycle has follow by key.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a visit that is given twice, or an order whose visits are not all there.

    Source:
        Decisions D5b and D17.
    """
    titles = StatusNames(cycles)
    counts: Counter[tuple[Key, Key]] = Counter(
        ((left.order_type, left.status), (entered.order_type, entered.status))
        for of_order in lives(visits).values()
        for left, entered in pairwise(of_order)
    )
    return MoveGraph(
        edges=[
            MoveCount(left[0], left[1], entered[1], titles.of(left), titles.of(entered), count)
            for (left, entered), count in sorted(
                counts.items(), key=lambda item: tuple(map(titles.place, item[0]))
            )
        ]
    )
