"""Says which orders of a window have changed since the user saw them, by whom and when."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Final, Protocol, get_args

from attrs import frozen

from prodflow import _checks as checks
from prodflow._messages import Message, text
from prodflow._names import Names
from prodflow.errors import Refusal
from prodflow.forms._lines import Line
from prodflow.order import CycleAdopted, HistoryEntry, ProductionOrder, StatusChanged


class History(Protocol):
    """Gives the entries of an order after a version, such as `store.history`."""

    def __call__(self, order_id: str, /, *, after: int) -> Iterable[HistoryEntry]:
        """The entries that are later than a version, in their sequence."""
        ...


@frozen
class Seen:
    """What the user saw, and what tells how the orders have changed since."""

    versions: Mapping[str, int]
    """The version of each order that the user saw."""
    history: History | None
    zone: tzinfo | None

    def compared(self, line: Line, names: Names) -> Line:
        """The line, with a notice if the order has changed since the user saw it."""
        seen = self.versions.get(line.id)
        if line.order is None or line.is_moved or seen is None or seen == line.order.version:
            return line
        return line._replace(notices=(Refusal("order-moved", self._told(line.order, seen, names)),))

    def _told(self, order: ProductionOrder, seen: int, names: Names) -> Message:
        given = () if self.history is None else self.history(order.id, after=seen)
        entries = checks.items("what history gives", given, "entries of a history")
        for entry in entries:
            checks.instance("what history gives", entry, _KINDS, "an entry of a history")
        if not entries:
            return text(
                "order {order_id} has changed since you saw it: check it again", order_id=order.id
            )
        before = next((it.from_status for it in entries if isinstance(it, _FROM)), None)
        by, at = entries[-1].by, self._local(entries[-1].at)
        if before in {None, order.status.key}:
            return text(
                "order {order_id} has changed since you saw it: {by} changed it at {at}",
                order_id=order.id,
                by=by,
                at=at,
            )
        return text(
            "order {order_id} is at {status} now, and was at {before}: {by} changed it at {at}",
            order_id=order.id,
            status=names.newest(order.order_type, order.status).description,
            before=names.title((order.order_type, str(before))),
            by=by,
            at=at,
        )

    def _local(self, at: datetime) -> datetime:
        """An instant on the clock of the host."""
        try:
            # Without a zone, `astimezone` would ask the machine for one.
            return at if self.zone is None else at.astimezone(self.zone)
        except OverflowError:
            return at  # the first or last day of the calendar


_KINDS: Final = get_args(HistoryEntry)
_FROM: Final = (StatusChanged, CycleAdopted)
