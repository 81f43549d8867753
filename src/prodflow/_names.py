"""Names: what people call order types and statuses, and in which order lists show them.

A version of a cycle pins what an order does, but not what people read. Every list, board, report
and picture takes the description of a status and its workflow stage from the newest version of the
order type, so a corrected typo reaches orders in flight at once (decision D5).
"""

from collections.abc import Iterable

from prodflow import _checks as checks
from prodflow.cycle import Status, StatusCycle

StatusKey = tuple[str, str]
"""An order type and the key of one of its statuses."""


class Names:
    """The names of order types and statuses now, in the newest version of each type.

    A status that the newest version no longer has is named as in the version before that has it.
    So a list shows one name for a status, even if its orders are pinned to several versions.

    Args:
        cycles: what the user passed in. The newest version of each type counts.
        own: the versions of the orders shown. They count for types and statuses that *cycles* lack.
    """

    def __init__(self, cycles: Iterable[StatusCycle], own: Iterable[StatusCycle] = ()) -> None:
        given = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
        newest: dict[str, StatusCycle] = {}
        for cycle in _newest_first(given):
            newest.setdefault(cycle.order_type, cycle)
        ranked = [*newest.values(), *_newest_first((*given, *own))]
        self._cycles: dict[str, StatusCycle] = {}
        self.statuses: dict[StatusKey, Status] = {}
        """By order type, then in list order; statuses of older versions come after those."""
        for cycle in sorted(ranked, key=lambda cycle: cycle.order_type):
            self._cycles.setdefault(cycle.order_type, cycle)
            for status in cycle:
                self.statuses.setdefault((cycle.order_type, status.key), status)
        self._ranks = {key: rank for rank, key in enumerate(self.statuses)}

    def title(self, key: StatusKey) -> str:
        """The description of a status, or its key if no cycle has it."""
        status = self.statuses.get(key)
        return key[1] if status is None else status.description

    def type_name(self, order_type: str) -> str:
        """The description of an order type, or its key if it has none."""
        cycle = self._cycles.get(order_type)
        return order_type if cycle is None else type_name(cycle)

    def rank(self, key: StatusKey) -> tuple[str, int, str]:
        """The sort key of a status: by order type, in list order, then by key."""
        return (key[0], self._ranks.get(key, len(self._ranks)), key[1])


def type_name(cycle: StatusCycle) -> str:
    """The description of a cycle, or its key if it has none."""
    return cycle.description or cycle.order_type


def _newest_first(cycles: Iterable[StatusCycle]) -> list[StatusCycle]:
    return sorted(cycles, key=lambda cycle: -cycle.version)
