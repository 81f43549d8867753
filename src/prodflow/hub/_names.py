"""How the reports on visits sort and name statuses, of which a visit keeps only the key."""

from collections.abc import Iterable

from prodflow import _checks as checks
from prodflow.cycle import StatusCycle
from prodflow.hub._orders import in_list_order

Key = tuple[str, str]
"""An order type and the key of a status."""


class StatusNames:
    """What statuses are called and where they stand, as far as cycles say so."""

    def __init__(self, cycles: Iterable[StatusCycle]) -> None:
        known = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
        self._titles = {
            (cycle.order_type, status.key): status.description
            for cycle, status in in_list_order(known)
        }
        self._places = {key: place for place, key in enumerate(self._titles)}

    def of(self, key: Key) -> str:
        """What people call the status; its key where no cycle is known."""
        return self._titles.get(key, key[1])

    def place(self, key: Key) -> tuple[str, int, str]:
        """Its place in a report: by order type, in cycle order, then by key."""
        return (key[0], self._places.get(key, len(self._places)), key[1])
