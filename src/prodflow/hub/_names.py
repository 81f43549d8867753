"""Names: what people call order types and statuses, and in which order reports list them."""

from collections.abc import Iterable, Iterator

from prodflow import _checks as checks
from prodflow.cycle import Status, StatusCycle

StatusKey = tuple[str, str]
"""An order type and the key of one of its statuses."""


def type_name(cycle: StatusCycle) -> str:
    """What people call an order type."""
    return cycle.description or cycle.order_type


def in_list_order(cycles: Iterable[StatusCycle]) -> Iterator[tuple[StatusCycle, Status]]:
    """The statuses of cycles with their cycle: by order type, newest version first, in list order.

    Each status comes once, as the newest version that has it.
    """
    seen: set[StatusKey] = set()
    for cycle in sorted(cycles, key=lambda cycle: (cycle.order_type, -cycle.version)):
        for status in cycle:
            if (cycle.order_type, status.key) not in seen:
                seen.add((cycle.order_type, status.key))
                yield cycle, status


class StatusNames:
    """The titles and the order of statuses, as far as the cycles have them."""

    def __init__(self, cycles: Iterable[StatusCycle]) -> None:
        known = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
        self._titles = {
            (cycle.order_type, status.key): status.description
            for cycle, status in in_list_order(known)
        }
        self._positions = {key: position for position, key in enumerate(self._titles)}

    def title(self, key: StatusKey) -> str:
        """The description of a status, or its key if no cycle has it."""
        return self._titles.get(key, key[1])

    def rank(self, key: StatusKey) -> tuple[str, int, str]:
        """The sort key of a status: by order type, in cycle order, then by key."""
        return (key[0], self._positions.get(key, len(self._positions)), key[1])
