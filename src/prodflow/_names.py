"""Names: what people call order types and statuses, and the sequence of statuses in lists.

An order keeps to its own version of the cycle, but people read the newest names. Every list,
board, report and picture takes the description and the workflow stage of a status from the newest
version. So if you correct a typo, open orders show the new text at once (decision D5).
"""

from collections.abc import Iterable

from prodflow import _checks as checks
from prodflow.cycle import Status, StatusCycle, type_name

StatusKey = tuple[str, str]
"""An order type and the key of one of its statuses."""


class Names:
    """The names of order types and statuses, from the newest version of each type.

    If the newest version no longer has a status, its name comes from the last version that has it.
    So a list shows one name for a status, even if the orders in the list have several versions.

    Args:
        cycles: the cycle versions that the user passed in. Of each type, the highest of these
            versions counts as the newest.
        own: the cycle versions of the orders that are shown. These versions name the types and
            statuses that *cycles* lacks.
    """

    def __init__(self, cycles: Iterable[StatusCycle], own: Iterable[StatusCycle] = ()) -> None:
        given = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
        newest: dict[str, StatusCycle] = {}
        for cycle in _newest_first(given):
            newest.setdefault(cycle.order_type, cycle)
        ranked = [*newest.values(), *_newest_first((*given, *own))]
        self._cycles: dict[str, StatusCycle] = {}
        self.statuses: dict[StatusKey, Status] = {}
        """Sorted by order type, then in list order; statuses of older versions come last."""
        for cycle in sorted(ranked, key=lambda cycle: cycle.order_type):
            self._cycles.setdefault(cycle.order_type, cycle)
            for status in cycle:
                self.statuses.setdefault((cycle.order_type, status.key), status)
        self._ranks = {key: rank for rank, key in enumerate(self.statuses)}

    def newest(self, order_type: str, own: Status) -> Status:
        """A status as the newest version has it; *own* if that version has no such status."""
        cycle = self._cycles[order_type]
        if own.key not in cycle:
            return own
        return cycle[own.key]

    def title(self, key: StatusKey) -> str:
        """The description of a status, or its key if no cycle has it."""
        status = self.statuses.get(key)
        return key[1] if status is None else status.description

    def type_name(self, order_type: str) -> str:
        """The description of an order type, or its key if it has no description."""
        cycle = self._cycles.get(order_type)
        return order_type if cycle is None else type_name(cycle)

    def rank(self, key: StatusKey) -> tuple[str, int, str]:
        """The sort key of a status: its order type, then its place in the list, then its key."""
        return (key[0], self._ranks.get(key, len(self._ranks)), key[1])


def _newest_first(cycles: Iterable[StatusCycle]) -> list[StatusCycle]:
    return sorted(cycles, key=lambda cycle: -cycle.version)
